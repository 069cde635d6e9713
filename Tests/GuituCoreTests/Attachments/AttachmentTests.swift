import Foundation
import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("Attachments")
struct AttachmentTests {
    @Test("are kept sealed, listed and opened again", arguments: TestDatabase.engines)
    func roundTrip(engine: Engine) async throws {
        let scene = try await Desk(engine)
        let added = try await scene.add("照片.JPG", SampleFile.jpeg(orientation: 6, extras: true))
        #expect(added.metadataRemoved)
        let list = try await scene.place.perform(
            ListAttachments(subject: .person(scene.person)), as: scene.clerk.actor)
        #expect(list.map(\.name) == ["照片.jpg"])
        #expect(list.first?.addedBy == "值班员")
        let seen = try await scene.place.perform(SeeAttachment(id: added.id), as: scene.clerk.actor)
        #expect(seen.summary == list.first)
        #expect(seen.bytes == SampleFile.jpeg(orientation: 6, extras: false))
        let (content, digest) = try await scene.office.database.read { tx in
            let row = try tx.first("SELECT content, digest FROM attachment")
            return (try row?["content"] ?? [UInt8](), try row?["digest"] ?? [UInt8]())
        }
        #expect(!content.isEmpty && !Data(content).contains(Data(seen.bytes.prefix(40))))
        let plain = try await scene.office.database.read { tx in
            try tx.rows("SELECT id FROM attachment WHERE digest = \(digest)").count
        }
        #expect(plain == 1)
    }

    @Test("open at their own row only", arguments: TestDatabase.engines)
    func bound(engine: Engine) async throws {
        let scene = try await Desk(engine)
        let one = try await scene.add("a.txt", Array("一".utf8))
        let other = try await scene.add("b.txt", Array("二".utf8))
        try await scene.office.database.write { tx in
            try tx.execute(
                """
                UPDATE attachment SET content =
                    (SELECT b.content FROM attachment b WHERE b.id = \(other.id))
                WHERE id = \(one.id)
                """)
        }
        #expect(
            await ending {
                _ = try await scene.place.perform(SeeAttachment(id: one.id), as: scene.clerk.actor)
            } == "broke")
    }

    @Test("are removed and brought back", arguments: TestDatabase.engines)
    func removed(engine: Engine) async throws {
        let scene = try await Desk(engine)
        let added = try await scene.add("a.txt", Array("一".utf8))
        let place = scene.place
        func restore() async -> String {
            await ending {
                try await place.perform(RestoreAttachment(id: added.id), as: scene.clerk.actor)
            }
        }
        #expect(await restore() == "notFound", "nothing to bring back")
        try await place.perform(RemoveAttachment(id: added.id), as: scene.clerk.actor)
        #expect(
            await ending {
                try await place.perform(RemoveAttachment(id: added.id), as: scene.clerk.actor)
            } == "notFound")
        #expect(
            await ending {
                _ = try await place.perform(SeeAttachment(id: added.id), as: scene.clerk.actor)
            } == "notFound")
        let list = ListAttachments(subject: .person(scene.person))
        #expect(try await place.perform(list, as: scene.clerk.actor) == [])
        #expect(await restore() == "done")
        #expect(try await place.perform(list, as: scene.clerk.actor).count == 1)
    }

    @Test(
        "are refused when too large, of another kind, or already there",
        arguments: TestDatabase.engines)
    func refusals(engine: Engine) async throws {
        let scene = try await Desk(engine, limit: 1024 * 1024)
        func outcome(_ bytes: [UInt8]) async -> String {
            await ending { _ = try await scene.add("x", bytes) }
        }
        #expect(
            await outcome([UInt8](repeating: 65, count: 1024 * 1024 + 1))
                == "refused attachment.tooLarge")
        #expect(await outcome([]) == "refused attachment.empty")
        #expect(await outcome(Array("<svg>".utf8)) == "refused attachment.unknownType")
        #expect(await outcome([0xFF, 0xD8, 0xFF, 0]) == "refused attachment.damaged")
        #expect(await outcome(SampleFile.pdf("/JavaScript")) == "refused attachment.active")
        #expect(await outcome([0xC4, 0xE3]) == "refused attachment.notUTF8")
        #expect(
            await outcome(SampleFile.png(width: 60_000, height: 60_000, extras: false))
                == "refused attachment.tooManyPixels")
        #expect(await outcome(SampleFile.png(extras: true)) == "done")
        #expect(await outcome(SampleFile.png(extras: false)) == "refused attachment.alreadyThere")
        #expect(
            try await scene.place.perform(
                ListAttachments(subject: .person(scene.person)), as: scene.clerk.actor
            ).count == 1)
    }

    @Test("belong to a report as well as to a person", arguments: TestDatabase.engines)
    func reports(engine: Engine) async throws {
        let scene = try await Desk(engine)
        var fields = ReportFields()
        fields.name = "李秀兰"
        fields.reporterName = "李建军"
        fields.reporterRelation = "子女"
        fields.reporterPhone = "13800000000"
        let officer = try await scene.office.account(.tracingOfficer, at: scene.office.station)
        let report = try await scene.place.perform(
            RegisterMissing(
                holder: scene.office.station, fields: fields, reportedAt: scene.office.clock.now),
            as: officer.actor
        ).report
        let file = UploadedFile(name: "旧照片.png", bytes: SampleFile.png(extras: false))
        try await scene.place.perform(
            AddAttachment(subject: .report(report), file: file), as: officer.actor)
        // The same picture on a person is another attachment.
        _ = try await scene.add("旧照片.png", file.bytes)
        let list = try await scene.place.perform(
            ListAttachments(subject: .report(report)), as: officer.actor)
        #expect(list.count == 1)
    }

    @Test("of a protected person stay with the station", arguments: TestDatabase.engines)
    func protected(engine: Engine) async throws {
        let scene = try await Desk(engine)
        let added = try await scene.add("a.txt", Array("一".utf8))
        let above = try await scene.office.account(.tracingOfficer, at: scene.office.province)
        func see() async -> String {
            await ending {
                _ = try await scene.place.perform(SeeAttachment(id: added.id), as: above.actor)
            }
        }
        #expect(await see() == "done")
        let director = try await scene.office.account(.director, at: scene.office.station)
        try await scene.place.perform(
            Protect(
                person: scene.person, protection: .trafficking, reason: "疑似被拐", version: 1),
            as: director.actor)
        #expect(await see() == "notFound")
        _ = try await scene.place.perform(SeeAttachment(id: added.id), as: scene.clerk.actor)
    }

    @Test(
        "sent twice with one key are kept once, and audited without their bytes",
        arguments: TestDatabase.engines)
    func replay(engine: Engine) async throws {
        let scene = try await Desk(engine)
        let key = IdempotencyKey.new()
        let file = UploadedFile(name: "a.txt", bytes: Array("一".utf8))
        let add = AddAttachment(subject: .person(scene.person), file: file)
        let first = try await scene.place.perform(add, as: scene.clerk.actor, key: key)
        let second = try await scene.place.perform(add, as: scene.clerk.actor, key: key)
        #expect(first == second)
        let large = UploadedFile(name: "b", bytes: [UInt8](repeating: 0, count: 1_000_000))
        #expect(try canonicalJSON(large).utf8.count < 200)
    }
}

private struct Desk: Sendable {
    let office: Office
    let place: Workplace
    let clerk: Office.Worker
    let person: Person.ID

    init(_ engine: Engine, limit: Int? = nil) async throws {
        office = try await Office(engine)
        var settings = Settings()
        if let limit { settings.attachmentLimit = limit }
        place = Workplace(
            database: office.database, clock: office.clock,
            keys: try Keys(Keys.newRing(at: office.clock.now)), settings: settings)
        clerk = try await office.account(.carer, at: office.station)
        person = try await place.perform(office.arrival(), as: .program(reason: "test")).person
    }

    func add(_ name: String, _ bytes: [UInt8]) async throws -> AddAttachment.Answer {
        try await place.perform(
            AddAttachment(
                subject: .person(person), file: UploadedFile(name: name, bytes: bytes)),
            as: clerk.actor)
    }
}
