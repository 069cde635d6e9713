import Foundation
import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("A backup")
struct BackupTests {
    static let ways: [(from: Engine, to: Engine)] = TestDatabase.engines.flatMap { from in
        TestDatabase.engines.map { (from, $0) }
    }

    @Test("is restored whole, on the same engine and on the other", arguments: ways)
    func roundTrip(from: Engine, to: Engine) async throws {
        let scene = try await Yard(from)
        let made = try await scene.backUp()
        #expect(made.summary.total > 20)
        #expect(made.summary.rows["person"] == 2)
        #expect(made.header.ring == scene.keys.fingerprint)
        let target = try await TestDatabase.fresh(to)
        let restored = try await scene.restore(into: target)
        #expect(restored.verification.isSound, "\(restored.verification.faults)")
        #expect(restored.verification.entries > 3)
        #expect(restored.summary == made.summary)
        // Everything is there and opens: the same rows, table by table.
        let (before, after) = (
            try await scene.contents(of: scene.office.database),
            try await scene.contents(of: target)
        )
        #expect(before == after)
        let place = Workplace(
            database: target, clock: scene.office.clock, keys: scene.keys)
        // Sessions of before the restore are over.
        #expect(
            await ending {
                _ = try await place.perform(SeePerson(person: scene.person), as: scene.clerk.actor)
            } == "signInRequired")
        let program = Actor.program(reason: "test")
        let opened = try await place.perform(SeeAttachment(id: scene.attachment), as: program)
        #expect(opened.bytes == Array("他说家在河边".utf8))
        // And work goes on: guards are back, the trail continues.
        try await place.perform(scene.office.arrival(), as: program)
        #expect(
            try await AuditVerification.run(target, keys: scene.keys, anchorsFile: nil).isSound)
        await #expect(throws: DatabaseError.self) {
            try await target.write { tx in try tx.execute("DELETE FROM audit_entry") }
        }
        await #expect(throws: DatabaseError.self) {
            try await target.write { tx in try tx.execute("DELETE FROM person") }
        }
    }

    @Test("holds nothing that can be read without the keys", arguments: TestDatabase.engines)
    func sealed(engine: Engine) async throws {
        let scene = try await Yard(engine)
        _ = try await scene.backUp()
        let data = try Data(contentsOf: URL(fileURLWithPath: scene.path))
        for word in ["河洛救助管理站", "赵大山", "audit_entry", "person"] {
            #expect(data.range(of: Data(word.utf8)) == nil, "\(word)")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: scene.path)
        #expect(mode[.posixPermissions] as? Int == 0o600)
    }

    @Test(
        "is refused without its key ring, and nothing is touched", arguments: TestDatabase.engines)
    func otherRing(engine: Engine) async throws {
        let scene = try await Yard(engine)
        _ = try await scene.backUp()
        let target = try await TestDatabase.fresh(engine)
        let other = try Keys(Keys.newRing(at: scene.office.clock.now))
        await #expect(
            throws: BackupRefusal.otherRing(backup: scene.keys.fingerprint, ours: other.fingerprint)
        ) {
            try await scene.restore(into: target, keys: other)
        }
        #expect(try await scene.isUntouched(target))
        // A ring that opens the file but lacks a key of what is inside.
        var partial = scene.ring
        partial.keys.removeAll { $0.purpose == .search }
        partial.keys += Keys.newRing(at: scene.office.clock.now).keys.filter {
            $0.purpose == .search
        }
        let lacking = try Keys(partial)
        await #expect(throws: BackupRefusal.self) {
            try await scene.restore(into: target, keys: lacking)
        }
        #expect(try await scene.isUntouched(target))
        // A ring that has more keys, by rotation, opens it.
        var more = scene.ring
        more.keys += Keys.newRing(at: scene.office.clock.now).keys
        let restored = try await scene.restore(into: target, keys: try Keys(more))
        #expect(restored.verification.isSound)
    }

    @Test(
        "is refused when a byte was changed or the end is missing, and nothing is touched",
        arguments: TestDatabase.engines)
    func altered(engine: Engine) async throws {
        let scene = try await Yard(engine)
        _ = try await scene.backUp()
        let whole = try Data(contentsOf: URL(fileURLWithPath: scene.path))
        let target = try await TestDatabase.fresh(engine)
        var broken: [(String, Data)] = [
            ("empty", Data()), ("cut in the header", whole.prefix(40)),
            ("cut in a chunk", whole.prefix(whole.count / 2)),
            ("without its last byte", whole.dropLast()), ("with a byte more", whole + [0]),
            ("something else", Data("SQLite format 3\0".utf8) + whole),
        ]
        for place in stride(from: 20, to: whole.count, by: max(1, whole.count / 40)) {
            var changed = whole
            changed[place] ^= 0x04
            broken.append(("byte \(place)", changed))
        }
        for (what, data) in broken {
            try data.write(to: URL(fileURLWithPath: scene.path))
            await #expect(throws: BackupRefusal.self, "\(what)") {
                try await scene.restore(into: target)
            }
        }
        #expect(try await scene.isUntouched(target))
        try whole.write(to: URL(fileURLWithPath: scene.path))
        #expect(try await scene.restore(into: target).verification.isSound)
    }

    @Test("whose chunks were dropped, moved or taken from another is refused")
    func chunks() async throws {
        let scene = try await Yard(.sqlite)
        // Large enough for several chunks.
        let program = Actor.program(reason: "test")
        for number in 0..<4 {
            let text = [UInt8](repeating: UInt8(65 + number), count: 900_000)
            try await scene.place.perform(
                AddAttachment(
                    subject: .person(scene.person), file: UploadedFile(name: "x", bytes: text)),
                as: program)
        }
        _ = try await scene.backUp()
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: scene.path)))
        let target = try await TestDatabase.fresh(.sqlite)
        var parts: [[UInt8]] = []
        let magic = BackupFormat.magic.count
        var position = magic + 4 + whole[magic..<magic + 4].reduce(0) { $0 << 8 | Int($1) }
        let head = Array(whole[..<position])
        while position < whole.count {
            let length = whole[position + 1..<position + 5].reduce(0) { $0 << 8 | Int($1) }
            parts.append(Array(whole[position..<position + 5 + length]))
            position += 5 + length
        }
        #expect(parts.count >= 4)
        let another = scene.path + ".other"
        _ = try await Backup.make(
            scene.office.database, keys: scene.keys, to: another, now: scene.office.clock.now)
        let foreign = Array(
            try Data(contentsOf: URL(fileURLWithPath: another)).suffix(from: head.count))
        let orders: [[[UInt8]]] = [
            Array(parts.dropFirst()), [parts[1], parts[0]] + parts[2...], parts + [parts[0]],
            [parts[0]] + [parts[parts.count - 1]], [foreign],
        ]
        for (number, order) in orders.enumerated() {
            try Data(head + order.flatMap { $0 }).write(to: URL(fileURLWithPath: scene.path))
            await #expect(throws: BackupRefusal.altered, "\(number)") {
                try await scene.restore(into: target)
            }
        }
        #expect(try await scene.isUntouched(target))
    }

    @Test("goes into an empty database only", arguments: TestDatabase.engines)
    func notEmpty(engine: Engine) async throws {
        let scene = try await Yard(engine)
        _ = try await scene.backUp()
        await #expect(throws: BackupRefusal.notEmpty) {
            try await scene.restore(into: scene.office.database)
        }
        // One that was migrated and never used is empty enough.
        let fresh = try await TestDatabase.fresh(engine, migrations: Schema.migrations)
        #expect(try await scene.restore(into: fresh).verification.isSound)
        await #expect(throws: BackupRefusal.notEmpty) { try await scene.restore(into: fresh) }
    }

    @Test("of an older schema is restored and then migrated", arguments: TestDatabase.engines)
    func olderSchema(engine: Engine) async throws {
        let scene = try await Yard(engine)
        let older = Array(Schema.migrations.dropLast())
        let old = try await TestDatabase.fresh(engine, migrations: older)
        let path = scene.path
        _ = try await Backup.make(old, keys: scene.keys, to: path, now: scene.office.clock.now)
        let target = try await TestDatabase.fresh(engine)
        #expect(try await scene.restore(into: target).verification.isSound)
        #expect(try await Migrator(Schema.migrations).pending(in: target).isEmpty)
        // A database that is ahead of the backup is not taken back.
        let ahead = try await TestDatabase.fresh(engine, migrations: Schema.migrations)
        await #expect(throws: BackupRefusal.self) { try await scene.restore(into: ahead) }
    }

    @Test("is one state, while others go on writing", arguments: TestDatabase.engines)
    func consistent(engine: Engine) async throws {
        let scene = try await Yard(engine)
        let program = Actor.program(reason: "test")
        let writing = Task {
            while !Task.isCancelled {
                try await scene.place.perform(scene.office.arrival(), as: program)
            }
        }
        for number in 0..<3 {
            let path = scene.path + "\(number)"
            _ = try await Backup.make(
                scene.office.database, keys: scene.keys, to: path, now: scene.office.clock.now)
            let target = try await TestDatabase.fresh(engine)
            let restored = try await Backup.restore(
                path, into: target, keys: scene.keys, anchorsFile: nil, now: scene.office.clock.now)
            #expect(restored.verification.isSound, "\(restored.verification.faults)")
            #expect(
                restored.summary.rows["episode"] == restored.summary.rows["person"],
                "nobody without an episode")
        }
        writing.cancel()
        _ = try? await writing.value
    }

    @Test("never overwrites a file and leaves none behind when it fails")
    func files() async throws {
        let scene = try await Yard(.sqlite)
        _ = try await scene.backUp()
        await #expect(throws: BackupRefusal.alreadyThere(path: scene.path)) {
            _ = try await scene.backUp()
        }
        let nowhere = scene.path + ".d/no/such/folder"
        await #expect(throws: BackupRefusal.unwritable(path: nowhere)) {
            _ = try await Backup.make(
                scene.office.database, keys: scene.keys, to: nowhere, now: scene.office.clock.now)
        }
        let folder = URL(fileURLWithPath: scene.path).deletingLastPathComponent().path
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["backup"])
        await #expect(throws: BackupRefusal.unreadable(path: nowhere)) {
            try BackupReader(path: nowhere)
        }
    }

    @Test(
        "that is older than the anchors explains what it took away", arguments: TestDatabase.engines
    )
    func anchors(engine: Engine) async throws {
        let scene = try await Yard(engine)
        let now = scene.office.clock.now
        let file = AnchorsFile(path: scene.path + ".anchors")
        _ = try await scene.backUp()
        // Work that the backup does not have, and its anchor.
        let program = Actor.program(reason: "test")
        for _ in 0..<3 { try await scene.place.perform(scene.office.arrival(), as: program) }
        _ = try await AnchorHeads(file: file).run(
            scene.office.database, keys: scene.keys, now: now)
        let target = try await TestDatabase.fresh(engine)
        let restored = try await Backup.restore(
            scene.path, into: target, keys: scene.keys, anchorsFile: file, now: now)
        #expect(restored.verification.isSound, "\(restored.verification.faults)")
        #expect(restored.verification.lostInRestore > 0)
        // Later work and anchors stand on the restored head.
        let place = Workplace(database: target, clock: scene.office.clock, keys: scene.keys)
        for _ in 0..<5 { try await place.perform(scene.office.arrival(), as: program) }
        _ = try await AnchorHeads(file: file).run(target, keys: scene.keys, now: now)
        let after = try await AuditVerification.run(target, keys: scene.keys, anchorsFile: file)
        #expect(after.isSound, "\(after.faults)")
    }
}

/// A station with two people, an attachment and a place for a backup.
private struct Yard: Sendable {
    let office: Office
    let place: Workplace
    let ring: Keys.RingFile
    let keys: Keys
    let clerk: Office.Worker
    let person: Person.ID
    let attachment: GuituModel.Attachment.ID
    let path: String

    init(_ engine: Engine) async throws {
        office = try await Office(engine)
        ring = Keys.newRing(at: office.clock.now)
        keys = try Keys(ring)
        place = Workplace(database: office.database, clock: office.clock, keys: keys)
        clerk = try await office.account(.reception, at: office.station)
        var arrival = office.arrival(sex: .female)
        arrival.name = "赵大山"
        arrival.identityNumber = "11010519491231002X"
        person = try await place.perform(arrival, as: clerk.actor).person
        try await place.perform(office.arrival(), as: clerk.actor)
        attachment = try await place.perform(
            AddAttachment(
                subject: .person(person),
                file: UploadedFile(name: "便条.txt", bytes: Array("他说家在河边".utf8))),
            as: clerk.actor
        ).id
        try await Feed.sequence(office.database)
        path = try await TestDatabase.temporaryFolder().appendingPathComponent("backup").path
    }

    func backUp() async throws -> (header: BackupHeader, summary: BackupSummary) {
        try await Backup.make(office.database, keys: keys, to: path, now: office.clock.now)
    }

    @discardableResult
    func restore(into database: Database, keys: Keys? = nil) async throws -> Backup.Restored {
        try await Backup.restore(
            path, into: database, keys: keys ?? self.keys, anchorsFile: nil, now: office.clock.now)
    }

    /// Not even the tables are there.
    func isUntouched(_ database: Database) async throws -> Bool {
        do {
            _ = try await database.read { tx in try tx.rows("SELECT id FROM area") }
            return false
        } catch DatabaseError.engine {
            return true
        }
    }

    /// Every row of the tables that a restore leaves as they were.
    func contents(of database: Database) async throws -> [String: [String]] {
        try await database.read { tx in
            var all: [String: [String]] = [:]
            for table in [
                "area", "area_ancestor", "station", "account", "role_grant", "person", "episode",
                "whereabouts", "observation", "search_key", "attachment", "fact", "feed_head",
                "idempotency", "room", "bed", "notification", "tracing_request",
            ] {
                all[table] = try tx.rows("SELECT * FROM \(SQL(trusted: table))").map { row in
                    zip(row.columns, row.values).map { "\($0)=\($1)" }.joined(separator: "|")
                }.sorted()
            }
            return all
        }
    }
}
