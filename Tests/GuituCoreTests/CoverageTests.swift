import Foundation
import GuituModel
import GuituStore
import Logging
import TestSupport
import Testing

@testable import GuituCore

/// Every use-case there is, asked the same questions. A new one makes the first
/// test fail until it has a line in `Samples`.
@Suite("Every use-case")
struct CoverageTests {
    @Test("has a sample here, so that the questions below are asked of it")
    func complete() throws {
        let declared = try Self.declaredUseCases()
        let sampled = Set(Samples.all.map(\.name))
        #expect(declared.subtracting(sampled).subtracting(Samples.exceptions.keys) == [])
        #expect(sampled.subtracting(declared) == [], "a sample of something that is gone")
        #expect(declared.count > 20, "the scan finds the sources")
    }

    @Test("asks a visitor to sign in", arguments: TestDatabase.engines)
    func visitor(engine: Engine) async throws {
        let scene = try await Scene(engine)
        for sample in Samples.all where sample.needs != .visit {
            #expect(
                await ending { try await sample.run(scene, .here, as: .visitor) }
                    == "signInRequired", "\(sample.name)")
        }
    }

    @Test(
        "refuses an account whose roles do not allow it, and writes that down",
        arguments: TestDatabase.engines)
    func noRole(engine: Engine) async throws {
        let scene = try await Scene(engine)
        let nobody = try await scene.office.account(.supervisor, at: scene.office.station)
        for sample in Samples.all
        where ![.visit, .useOwnAccount, .seeIndicators].contains(sample.needs) {
            let before = try await scene.auditCount(sample.name, "not-allowed")
            #expect(
                await ending { try await sample.run(scene, .here, as: nobody.actor) }
                    == "notAllowed", "\(sample.name)")
            #expect(
                try await scene.auditCount(sample.name, "not-allowed") == before + 1,
                "\(sample.name)")
        }
    }

    @Test("answers a foreign id and a missing one alike", arguments: TestDatabase.engines)
    func foreign(engine: Engine) async throws {
        let scene = try await Scene(engine)
        for sample in Samples.all where sample.targetsARecord {
            let stranger = try await scene.office.account(
                sample.role, at: scene.office.otherStation)
            let owner = try await scene.office.account(sample.role, at: sample.roleArea(scene))
            let foreign = await ending {
                try await sample.run(scene, .here, as: stranger.actor)
            }
            let missing = await ending {
                try await sample.run(scene, .nowhere, as: owner.actor)
            }
            #expect(foreign == "notFound", "\(sample.name)")
            #expect(missing == "notFound", "\(sample.name)")
        }
    }

    @Test("lets those who may and leaves an audit entry", arguments: TestDatabase.engines)
    func allowed(engine: Engine) async throws {
        for sample in Samples.all {
            let scene = try await Scene(engine)
            let worker = try await scene.office.account(sample.role, at: sample.roleArea(scene))
            if sample.isOfLibrary { _ = try await scene.lab() }
            let entries = try await scene.auditCount(sample.name, nil)
            let outcome = await ending { try await sample.run(scene, .here, as: worker.actor) }
            #expect(
                !["notAllowed", "notFound", "signInRequired", "broke"].contains(outcome),
                "\(sample.name): \(outcome)")
            if sample.effect != .reads {
                #expect(
                    try await scene.auditCount(sample.name, nil) == entries + 1,
                    "\(sample.name): \(outcome)")
            }
        }
    }

    @Test(
        "of a protected person stays with the station, the director and the named officer",
        arguments: TestDatabase.engines)
    func protected(engine: Engine) async throws {
        let scene = try await Scene(engine)
        try await scene.protect()
        let official = try await scene.office.account(.official, at: scene.office.province)
        let above = try await scene.office.account(.tracingOfficer, at: scene.office.province)
        let colleague = try await scene.office.account(.tracingOfficer, at: scene.office.station)
        let clerk = try await scene.office.account(.reception, at: scene.office.station)
        for sample in Samples.all where sample.aboutThePerson {
            for outsider in [official, above] {
                let outcome = await ending {
                    try await sample.run(scene, .here, as: outsider.actor)
                }
                #expect(["notFound", "notAllowed"].contains(outcome), "\(sample.name): \(outcome)")
            }
            if sample.aboutTheirTracing {
                for insider in [colleague, clerk] {
                    let outcome = await ending {
                        try await sample.run(scene, .here, as: insider.actor)
                    }
                    #expect(
                        ["notFound", "notAllowed"].contains(outcome), "\(sample.name): \(outcome)")
                }
            }
        }
        // Lists hold them back as well.
        let place = scene.office.workplace
        let seen = try await place.perform(ListPeople(), as: official.actor)
        #expect(!seen.lines.contains { $0.id == scene.person })
        let own = try await place.perform(ListPeople(), as: clerk.actor)
        #expect(own.lines.contains { $0.id == scene.person && $0.isProtected })
        let report = try await place.perform(
            SeeMissing(report: scene.report), as: scene.reportOwner.actor)
        #expect(report.candidates == [], "who filed the report learns nothing")
        let listed = try await place.perform(ListMissing(), as: scene.reportOwner.actor)
        #expect(listed.lines.allSatisfy { $0.candidates == 0 })
        for worker in [official, above, colleague, clerk] {
            let desk = try await place.perform(SeeDesk(), as: worker.actor)
            #expect(!desk.tasks.contains { $0.request == scene.request })
        }
        // The director does see.
        let director = try await scene.office.account(.director, at: scene.office.station)
        #expect(
            try await place.perform(SeeRequest(request: scene.request), as: director.actor).id
                == scene.request)
        let named = try await place.perform(
            SeeRequest(request: scene.request), as: scene.officer.actor)
        #expect(named.officer == scene.officer.id)
    }

    /// Every `struct X: ChangingUseCase` and `: ReadingUseCase` in the core, and
    /// every one of the library.
    static func declaredUseCases() throws -> Set<String> {
        let core = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/GuituCore").resolvingSymlinksInPath()
        let files =
            FileManager.default.enumerator(at: core, includingPropertiesForKeys: nil)?
            .compactMap { $0 as? URL } ?? []
        let pattern = /struct (\w+)(?:<[^>]*>)?: (?:ChangingUseCase|ReadingUseCase|LibraryUseCase)/
        var names = Set<String>()
        for file in files where file.pathExtension == "swift" {
            for match in try String(contentsOf: file, encoding: .utf8).matches(of: pattern) {
                names.insert(String(match.1))
            }
        }
        return names
    }
}

/// One person with everything around them, held by `office.station`.
struct Scene: Sendable {
    let office: Office
    let officer: Office.Worker
    let reportOwner: Office.Worker
    let person: Person.ID
    let other: Person.ID
    let episode: ReliefEpisode.ID
    let request: TracingRequest.ID
    let report: MissingReport.ID
    let candidate: Candidate.ID
    let bed: Bed.ID
    let room: Room.ID
    let account: Account.ID
    let observation: Observation.ID
    let link: ID<PersonLink>
    let batch: ID<ImportBatch>
    let box = LabBox()

    init(_ engine: Engine, logger: Logger = Logger(label: "guitu")) async throws {
        try await self.init(try await Office(engine, logger: logger))
    }

    init(_ office: Office) async throws {
        self.office = office
        let place = office.workplace
        let program = Actor.program(reason: "test")
        officer = try await office.account(.tracingOfficer, at: office.station, name: "寻亲 李")
        var arrival = office.arrival()
        arrival.identityNumber = "11010519491231002X"
        arrival.sex = .female
        arrival.consent = .agreed
        arrival.belongings = [.init(name: "布包")]
        let arrived = try await place.perform(arrival, as: program)
        person = arrived.person
        episode = arrived.episode
        guard let opened = arrived.request else { throw Ending.notFound }
        request = opened
        reportOwner = try await office.account(.tracingOfficer, at: office.station)
        other = try await place.perform(office.arrival(), as: program).person
        let linked = try await place.perform(office.arrival(), as: program).person
        link = try await place.perform(
            LinkFiles(person: person, other: linked, reason: "同一证件"), as: program)
        var fields = ReportFields()
        fields.name = "李秀兰"
        fields.sex = .female
        fields.reporterName = "李建军"
        fields.reporterRelation = "子女"
        fields.reporterPhone = "13800000000"
        let registered = try await place.perform(
            RegisterMissing(
                holder: office.station, fields: fields, reportedAt: office.clock.now), as: program)
        report = registered.report
        try await place.perform(
            StoreRanking(
                request: request,
                ranked: [
                    .init(report: report, place: 1, logRatio: 3, probability: 0.9, evidence: [])
                ], noRightReport: 0.1), as: program)
        let (request, station) = (request, office.station)
        (candidate, bed, room) = try await office.database.read { tx in
            let found = try tx.first("SELECT id FROM candidate WHERE request = \(request)")
            let female = try tx.first(
                """
                SELECT id, room FROM bed WHERE station = \(station) AND kind = 'female' ORDER BY name
                """)
            guard let found, let female else { throw Ending.notFound }
            return (try found["id"], try female["id"], try female["room"])
        }
        account = officer.id
        batch = try await place.perform(
            BeginImport(holder: office.station, list: "走失登记", digest: [1]), as: program)
        observation = try await place.perform(
            AddObservation(
                person: person, kind: .accent, value: "豫东口音", source: .staff, certainty: .likely),
            as: program)
    }

    func protect() async throws {
        try await office.workplace.perform(
            Protect(person: person, protection: .domesticViolence, reason: "本人陈述", version: 1),
            as: .program(reason: "test"))
    }

    func auditCount(_ useCase: String, _ outcome: String?) async throws -> Int {
        try await office.database.read { tx in
            let condition: SQL = outcome.map { "outcome = \($0)" } ?? "1 = 1"
            return try tx.first(
                """
                SELECT COUNT(*) AS n FROM audit_entry WHERE use_case = \(useCase) AND \(condition)
                """)?["n"] ?? 0
        }
    }
}
