import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("Ranking jobs, on both engines")
struct RankingJobTests {
    private func waiting(_ office: Office) async throws -> [String] {
        try await office.workplace.database.read { tx in
            try tx.rows("SELECT kind FROM job WHERE state = 'waiting' ORDER BY kind").map {
                try $0["kind"]
            }
        }
    }

    private func arrive(_ office: Office, _ clerk: Office.Worker) async throws
        -> TracingRequest.ID
    {
        var arrival = office.arrival()
        arrival.consent = .agreed
        let arrived = try await office.workplace.perform(arrival, as: clerk.actor)
        return try #require(arrived.request)
    }

    private func report(_ office: Office, _ tracer: Office.Worker, name: String) async throws {
        var fields = ReportFields()
        fields.name = name
        fields.sex = .male
        fields.reporterName = "王建军"
        fields.reporterRelation = "兄弟"
        fields.reporterPhone = "13800000000"
        try await office.workplace.perform(
            RegisterMissing(
                holder: office.station, fields: fields, reportedAt: office.clock.now),
            as: tracer.actor)
    }

    @Test("ranking everybody ends the jobs that would rank one", arguments: TestDatabase.engines)
    func covered(engine: Engine) async throws {
        let office = try await Office(engine)
        let clerk = try await office.account(.reception, at: office.station)
        let requests = [try await arrive(office, clerk), try await arrive(office, clerk)]
        #expect(try await waiting(office) == ["rank-request", "rank-request"])
        try await RankReports.run(in: office.workplace)
        #expect(try await waiting(office) == [])
        let ranked = try await office.workplace.database.read { tx in
            try tx.rows("SELECT id FROM tracing_request WHERE ranked_at IS NOT NULL").count
        }
        #expect(ranked == requests.count)
        _ = try await arrive(office, clerk)
        #expect(try await waiting(office) == ["rank-request"])
    }

    @Test("ranking everybody ends when the server stops, and is done again later")
    func stopped() async throws {
        let office = try await Office(.sqlite)
        let clerk = try await office.account(.reception, at: office.station)
        _ = try await arrive(office, clerk)
        let run = Task {
            while !Task.isCancelled { await Task.yield() }
            try await RankReports.run(in: office.workplace)
        }
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
        let unranked = try await office.workplace.database.read { tx in
            try tx.rows("SELECT id FROM tracing_request WHERE ranked_at IS NULL").count
        }
        #expect(unranked == 1)
    }

    @Test(
        "prepared reports are kept until one is added or changed", arguments: TestDatabase.engines)
    func shelf(engine: Engine) async throws {
        let office = try await Office(engine)
        let tracer = try await office.account(.tracingOfficer, at: office.station)
        func ids() async throws -> [MissingReport.ID] {
            try await office.workplace.shelves.shelf(in: office.workplace).ids
        }
        #expect(try await ids() == [])
        try await report(office, tracer, name: "王建国")
        let one = try await ids()
        #expect(one.count == 1)
        #expect(try await ids() == one)
        try await report(office, tracer, name: "李秀英")
        #expect(try await ids().count == 2)
        try await office.workplace.database.write { tx in
            _ = try tx.execute(
                "UPDATE missing_report SET state = 'found', version = version + 1 WHERE id = \(one[0])"
            )
        }
        #expect(try await ids().count == 1)
    }
}
