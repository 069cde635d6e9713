import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

/// Two people decide, one family's report leads to one person, and who refuses
/// to be found is not handed over.
@Suite("One family and one person")
struct OneFamilyTests {
    /// A station with officers, and people who all may be the one reported.
    private struct Case {
        let office: Office
        let first: Office.Worker
        let second: Office.Worker
        let director: Office.Worker
        let clerk: Office.Worker
        let report: MissingReport.ID
        let people: [RegisterArrival.Arrived]
        let requests: [TracingRequest.ID]
        let candidates: [Candidate.ID]

        init(_ engine: Engine, people count: Int = 1) async throws {
            let office = try await Office(engine)
            self.office = office
            first = try await office.account(.tracingOfficer, at: office.station)
            second = try await office.account(.tracingOfficer, at: office.station)
            director = try await office.account(.director, at: office.station)
            clerk = try await office.account(.reception, at: office.station)
            let program = Actor.program(reason: "test")
            var fields = ReportFields()
            fields.name = "王建国"
            fields.reporterName = "王建军"
            fields.reporterRelation = "兄弟"
            fields.reporterPhone = "13800000000"
            let report = try await office.workplace.perform(
                RegisterMissing(
                    holder: office.otherStation, fields: fields, reportedAt: office.clock.now),
                as: program
            ).report
            var people: [RegisterArrival.Arrived] = []
            for _ in 0..<count {
                var arrival = office.arrival()
                arrival.consent = .agreed
                people.append(try await office.workplace.perform(arrival, as: program))
            }
            let requests = people.compactMap(\.request)
            var candidates: [Candidate.ID] = []
            for request in requests {
                try await office.workplace.perform(
                    StoreRanking(
                        request: request,
                        ranked: [
                            .init(
                                report: report, place: 1, logRatio: 3, probability: 0.9,
                                evidence: [])
                        ], noRightReport: 0.1), as: program)
                candidates.append(
                    try await office.database.read { tx in
                        try #require(
                            try tx.first("SELECT id FROM candidate WHERE request = \(request)"))[
                                "id"]
                    })
            }
            self.report = report
            self.people = people
            self.requests = requests
            self.candidates = candidates
        }

        @discardableResult
        func decide(
            _ verdict: Verdict, by officer: Office.Worker, on candidate: Int = 0
        ) async throws -> CandidateState {
            try await office.workplace.perform(
                DecideCandidate(
                    candidate: candidates[candidate], verdict: verdict, reason: "问过本人",
                    evidenceVersion: 1), as: officer.actor
            ).state
        }

        func consent(_ consent: ConsentToTracing) async throws {
            let request = requests[0]
            let version: Int = try await office.database.read { tx in
                try #require(
                    try tx.first("SELECT version FROM tracing_request WHERE id = \(request)"))[
                        "version"]
            }
            try await office.workplace.perform(
                DecideConsent(
                    request: request, consent: consent, reason: "本人说", version: version),
                as: .program(reason: "test"))
        }

        func state(_ candidate: Int = 0) async throws -> CandidateState {
            let id = candidates[candidate]
            return try await office.database.read { tx in
                try #require(try tx.first("SELECT state FROM candidate WHERE id = \(id)"))["state"]
            }
        }

        func collect(_ person: Int = 0, by worker: Office.Worker) async throws {
            var departure = Depart(
                episode: people[person].episode, kind: .familyCollects,
                leftAt: office.clock.now)
            departure.collector = .init(
                name: "王建军", relation: "兄弟", identityNumber: "110105196503120013",
                identityChecked: true)
            departure.agreed = true
            try await office.workplace.perform(departure, as: worker.actor)
        }
    }

    @Test("a report confirmed for one is refused for another", arguments: TestDatabase.engines)
    func taken(engine: Engine) async throws {
        let scene = try await Case(engine, people: 2)
        try await scene.decide(.confirm, by: scene.first)
        try await scene.decide(.confirm, by: scene.first, on: 1)
        #expect(try await scene.decide(.confirm, by: scene.second) == .confirmed)
        #expect(
            await ending { try await scene.decide(.confirm, by: scene.second, on: 1) }
                == "refused candidate.reportTaken")
        try await scene.collect(by: scene.clerk)
        #expect(
            await ending { try await scene.decide(.confirm, by: scene.second, on: 1) }
                == "refused candidate.reportClosed")
    }

    @Test("nobody is handed over on a report that is closed", arguments: TestDatabase.engines)
    func closed(engine: Engine) async throws {
        let scene = try await Case(engine)
        try await scene.decide(.confirm, by: scene.first)
        try await scene.decide(.confirm, by: scene.second)
        let report = scene.report
        _ = try await scene.office.database.write { tx in
            try tx.execute("UPDATE missing_report SET state = 'withdrawn' WHERE id = \(report)")
        }
        #expect(
            await ending { try await scene.collect(by: scene.clerk) }
                == "refused candidate.reportClosed")
    }

    @Test(
        "who refuses after a confirmation is not handed over, and finds it again on agreeing",
        arguments: TestDatabase.engines)
    func refusedAfterwards(engine: Engine) async throws {
        let scene = try await Case(engine)
        try await scene.decide(.confirm, by: scene.first)
        try await scene.decide(.confirm, by: scene.second)
        let desk = { try await scene.office.workplace.perform(SeeDesk(), as: scene.clerk.actor) }
        #expect(try await desk().tasks.contains { $0.kind == .familyCanCome })
        try await scene.consent(.refused)
        #expect(try await scene.state() == .withdrawn)
        #expect(try await !desk().tasks.contains { $0.kind == .familyCanCome })
        #expect(
            await ending { try await scene.collect(by: scene.clerk) }
                == "refused tracing.consentMissing")
        try await scene.consent(.agreed)
        #expect(try await scene.state() == .confirmed)
        try await scene.collect(by: scene.clerk)
    }

    @Test(
        "what one officer said before a refusal counts when the person agrees again",
        arguments: TestDatabase.engines)
    func verdictKept(engine: Engine) async throws {
        let scene = try await Case(engine)
        try await scene.decide(.confirm, by: scene.first)
        try await scene.consent(.refused)
        try await scene.consent(.agreed)
        #expect(try await scene.state() == .firstConfirmed)
        #expect(try await scene.decide(.confirm, by: scene.second) == .confirmed)
    }

    @Test(
        "where the only director is one of two who disagree, a third officer settles it",
        arguments: TestDatabase.engines)
    func dispute(engine: Engine) async throws {
        let scene = try await Case(engine)
        try await scene.decide(.confirm, by: scene.director)
        #expect(try await scene.decide(.refuse, by: scene.first) == .disputed)
        let desk = try await scene.office.workplace.perform(SeeDesk(), as: scene.second.actor)
        #expect(desk.tasks.contains { $0.kind == .settleDispute })
        #expect(try await scene.decide(.confirm, by: scene.second) == .confirmed)
    }

    @Test("a director who has not spoken settles a dispute, or one takes back a verdict")
    func directorFirst() async throws {
        let scene = try await Case(.sqlite)
        let third = try await scene.office.account(.tracingOfficer, at: scene.office.station)
        try await scene.decide(.confirm, by: scene.first)
        try await scene.decide(.refuse, by: scene.second)
        #expect(
            await ending { try await scene.decide(.confirm, by: third) }
                == "refused candidate.directorNeeded")
        try await scene.office.workplace.perform(
            WithdrawDecision(candidate: scene.candidates[0]), as: scene.second.actor)
        #expect(try await scene.state() == .firstConfirmed)
    }

    @Test(
        "one person alone neither ends a search as reunited nor hands over after ending it",
        arguments: TestDatabase.engines)
    func alone(engine: Engine) async throws {
        let scene = try await Case(engine)
        let close = { (outcome: TracingOutcome) in
            try await scene.office.workplace.perform(
                CloseTracing(request: scene.requests[0], outcome: outcome), as: scene.clerk.actor)
        }
        #expect(await ending { _ = try await close(.reunited) } == "refused tracing.notConfirmed")
        _ = try await close(.identified)
        #expect(
            await ending { try await scene.collect(by: scene.clerk) }
                == "refused depart.directorHandsOver")
        try await scene.collect(by: scene.director)
    }
}
