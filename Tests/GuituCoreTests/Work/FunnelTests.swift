import Foundation
import GuituModel
import GuituStore
import Logging
import Synchronization
import TestSupport
import Testing

@testable import GuituCore

@Suite("The funnel")
struct FunnelTests {
    @Test(
        "the same key with the same request is one arrival and one answer",
        arguments: TestDatabase.engines)
    func replay(engine: Engine) async throws {
        let office = try await Office(engine)
        let clerk = try await office.account(.reception, at: office.station)
        let place = office.workplace
        let key = try #require(IdempotencyKey("6f1c9d1e-press-twice-0001"))
        let arrival = office.arrival()
        // Two clicks at once, then a third after the back button.
        async let a = place.perform(arrival, as: clerk.actor, key: key)
        async let b = place.perform(arrival, as: clerk.actor, key: key)
        let (one, two) = try await (a, b)
        let three = try await place.perform(arrival, as: clerk.actor, key: key)
        #expect(one == two && two == three)
        let people = try await place.perform(ListPeople(), as: clerk.actor)
        #expect(people.lines.count == 1)

        var other = arrival
        other.foundPlace = "别处"
        #expect(
            await ending { try await place.perform(other, as: clerk.actor, key: key) }
                == "refused refusal.keyReused")
        // The key is the clerk's own: a colleague's equal key is another request.
        let colleague = try await office.account(.reception, at: office.station)
        _ = try await place.perform(arrival, as: colleague.actor, key: key)
        #expect(try await place.perform(ListPeople(), as: clerk.actor).lines.count == 2)
    }

    @Test("the second of two editors sees what stands there now", arguments: TestDatabase.engines)
    func editors(engine: Engine) async throws {
        let office = try await Office(engine)
        let clerk = try await office.account(.reception, at: office.station)
        let place = office.workplace
        let arrived = try await place.perform(office.arrival(), as: clerk.actor)
        func correct(_ name: String, version: Int) -> CorrectPerson {
            CorrectPerson(
                person: arrived.person, version: version, name: name, nameCertainty: .selfReported,
                sex: .male, birth: nil, communication: .unclear)
        }
        try await place.perform(correct("王建国", version: 1), as: clerk.actor)
        do {
            try await place.perform(correct("黄建国", version: 1), as: clerk.actor)
            Issue.record("the second editor was not told")
        } catch Ending.stale(let current) {
            #expect(current["name"] == "王建国")
        }
        let file = try await place.perform(SeePerson(person: arrived.person), as: clerk.actor)
        #expect(file.name == "王建国" && file.version == 2)
        #expect(file.observations.isEmpty || file.observations.contains { $0.kind == .foundPlace })
    }

    @Test(
        "a refused change leaves nothing behind but its audit entry",
        arguments: TestDatabase.engines)
    func refused(engine: Engine) async throws {
        let office = try await Office(engine)
        let clerk = try await office.account(.reception, at: office.station)
        let place = office.workplace
        var arrival = office.arrival()
        arrival.identityNumber = "410102195001010001"
        arrival.broughtBy = ""
        arrival.belongings = [.init(name: "", quantity: 0)]
        let refused = await refusal { _ = try await place.perform(arrival, as: clerk.actor) }
        let fields = try #require(refused as? InvalidFields).fields.compactMap(\.field)
        #expect(fields == ["broughtBy", "identityNumber", "belongings", "belongings"])
        try await office.database.read { tx in
            for table: SQL in ["person", "episode", "observation", "belonging", "fact", "job"] {
                #expect(try tx.rows("SELECT * FROM \(table)").isEmpty)
            }
            let entry = try #require(
                try tx.first(
                    "SELECT outcome, actor FROM audit_entry WHERE use_case = 'RegisterArrival'"))
            #expect(try entry["outcome"] == "refused")
            #expect(try entry["actor"] == clerk.id.text)
        }
    }

    @Test("unnamed people get numbers that never meet", arguments: TestDatabase.engines)
    func unnamed(engine: Engine) async throws {
        let office = try await Office(engine)
        let clerk = try await office.account(.reception, at: office.station)
        let place = office.workplace
        let arrivals = try await withThrowingTaskGroup(of: RegisterArrival.Arrived.self) { group in
            for _ in 0..<20 {
                group.addTask { try await place.perform(office.arrival(), as: clerk.actor) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(arrivals.map(\.caseNumber)).count == 20)
        let names = try await office.database.read { tx in
            try tx.rows("SELECT name FROM person").map { try $0["name"] as String }
        }
        #expect(Set(names) == Set((1...20).map { "无名氏\($0)" }))
    }

    @Test(
        "nobody is taken in before both administrators are named", arguments: TestDatabase.engines)
    func staffed(engine: Engine) async throws {
        let office = try await Office(engine)
        let clerk = try await office.account(.reception, at: office.station)
        try await office.database.write { tx in
            try tx.execute(
                "UPDATE role_grant SET revoked_at = 1 WHERE role = 'audit-administrator'")
        }
        #expect(
            await ending {
                _ = try await office.workplace.perform(office.arrival(), as: clerk.actor)
            } == "refused intake.notStaffed")
    }

    @Test(
        "two officers who decide at the same moment are two decisions",
        arguments: TestDatabase.engines)
    func decisions(engine: Engine) async throws {
        let scene = try await Scene(engine)
        let place = scene.office.workplace
        let second = try await scene.office.account(.tracingOfficer, at: scene.office.station)
        let confirm = DecideCandidate(
            candidate: scene.candidate, verdict: .confirm, reason: "相符", evidenceVersion: 1)
        async let a = place.perform(confirm, as: scene.officer.actor)
        async let b = place.perform(confirm, as: second.actor)
        let states = try await [a.state, b.state]
        #expect(Set(states) == [.firstConfirmed, .confirmed])
    }

    @Test("two officers who disagree leave it to the director", arguments: TestDatabase.engines)
    func dispute(engine: Engine) async throws {
        let scene = try await Scene(engine)
        let place = scene.office.workplace
        let second = try await scene.office.account(.tracingOfficer, at: scene.office.station)
        let third = try await scene.office.account(.tracingOfficer, at: scene.office.station)
        let director = try await scene.office.account(.director, at: scene.office.station)
        func say(_ verdict: Verdict) -> DecideCandidate {
            DecideCandidate(
                candidate: scene.candidate, verdict: verdict, reason: "看过", evidenceVersion: 1)
        }
        try await place.perform(say(.confirm), as: scene.officer.actor)
        #expect(try await place.perform(say(.refuse), as: second.actor).state == .disputed)
        #expect(
            await ending { try await place.perform(say(.confirm), as: third.actor) }
                == "refused candidate.directorNeeded")
        let desk = try await place.perform(SeeDesk(), as: director.actor)
        #expect(desk.tasks.contains { $0.kind == .settleDispute })
        #expect(try await place.perform(say(.refuse), as: director.actor).state == .refused)
    }

    @Test("a verdict taken back is as if it had not been given", arguments: TestDatabase.engines)
    func withdrawn(engine: Engine) async throws {
        let scene = try await Scene(engine)
        let place = scene.office.workplace
        let confirm = DecideCandidate(
            candidate: scene.candidate, verdict: .confirm, reason: "相符", evidenceVersion: 1)
        try await place.perform(confirm, as: scene.officer.actor)
        try await place.perform(
            WithdrawDecision(candidate: scene.candidate), as: scene.officer.actor)
        #expect(
            try await place.perform(confirm, as: scene.officer.actor).state == .firstConfirmed)
    }

    @Test("a decided candidate comes back only with new evidence", arguments: TestDatabase.engines)
    func evidence(engine: Engine) async throws {
        let scene = try await Scene(engine)
        let place = scene.office.workplace
        let second = try await scene.office.account(.tracingOfficer, at: scene.office.station)
        func say(_ version: Int) -> DecideCandidate {
            DecideCandidate(
                candidate: scene.candidate, verdict: .refuse, reason: "不符",
                evidenceVersion: version)
        }
        func rank(_ evidence: [EvidenceLine]) async throws -> CandidateState {
            try await place.perform(
                StoreRanking(
                    request: scene.request,
                    ranked: [
                        .init(
                            report: scene.report, place: 1, logRatio: 3, probability: 0.9,
                            evidence: evidence)
                    ], noRightReport: 0.1), as: .program(reason: "test"))
            return try await place.perform(
                CompareCandidate(candidate: scene.candidate), as: second.actor
            ).state
        }
        try await place.perform(say(1), as: scene.officer.actor)
        try await place.perform(say(1), as: second.actor)
        #expect(try await rank([]) == .refused, "the same evidence changes nothing")
        let new = EvidenceLine(
            field: "marks", logRatio: 2, key: "evidence.x", arguments: [:], engine: "linkage@1")
        #expect(try await rank([new]) == .proposed)
        #expect(
            await ending { try await place.perform(say(1), as: second.actor) }
                == "refused candidate.evidenceChanged")
        #expect(try await place.perform(say(2), as: second.actor).state == .firstRefused)
    }

    @Test("what nobody foresaw gets a reference, and the log no value of it")
    func broke() async throws {
        let office = try await Office(.sqlite)
        let lines = CapturedLog()
        let place = Workplace(
            database: office.database, clock: office.clock,
            keys: try Keys(Keys.newRing(at: office.clock.now)),
            logger: Logger(label: "test") { _ in lines })
        do {
            try await place.perform(Breaks(note: "王建国410102195001010001"), as: .visitor)
            Issue.record("it did not break")
        } catch Ending.broke(let reference) {
            #expect(lines.text.contains(reference))
            #expect(!lines.text.contains("王建国") && !lines.text.contains("410102"))
        }
    }

    @Test("every verdict in every state leads where two people must agree")
    func table() {
        for state in CandidateState.allCases {
            for verdict in Verdict.allCases {
                let next = DecideCandidate.state(after: verdict, in: state)
                if next == .confirmed, state != .confirmed {
                    #expect([.firstConfirmed, .disputed].contains(state) && verdict == .confirm)
                }
                if next == .refused, state != .refused {
                    #expect([.firstRefused, .disputed].contains(state) && verdict == .refuse)
                }
            }
        }
    }
}

private struct Breaks: ChangingUseCase {
    static let needs = Permission.visit
    var target: Target { .nobody }
    var note: String

    struct Fault: Error { var about: String }

    func perform(in work: Work) throws -> Nothing { throw Fault(about: note) }
}

private final class CapturedLog: LogHandler {
    private let lines = Mutex("")
    var text: String { lines.withLock { $0 } }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    func log(
        level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata?, source: String,
        file: String, function: String, line: UInt
    ) {
        lines.withLock { $0 += "\(message) \(metadata ?? [:])\n" }
    }
}
