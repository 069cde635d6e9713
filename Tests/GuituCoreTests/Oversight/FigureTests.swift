import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("Figures")
struct FigureTests {
    private let program = Actor.program(reason: "test")

    /// Somebody who came `days` ago, of this sex and birth.
    private func arrive(
        _ office: Office, days: Int, sex: Sex = .male, birth: PartialDay? = nil,
        identity: String = "",
        at station: Area.ID? = nil, consent: ConsentToTracing? = nil
    ) async throws -> RegisterArrival.Arrived {
        var arrival = office.arrival(at: station, sex: sex)
        arrival.arrivedAt = office.clock.now.adding(.seconds(-86_400 * days))
        arrival.birth = birth
        arrival.identityNumber = identity
        arrival.consent = consent
        arrival.isLateEntry = true
        return try await office.workplace.perform(arrival, as: program)
    }

    @Test(
        "each figure counts what its definition says, and a station only its own",
        arguments: TestDatabase.engines)
    func counts(engine: Engine) async throws {
        let office = try await Office(engine)
        let place = office.workplace
        let now = office.clock.now
        let identity = "11010519491231002X"
        // 24 November: three came this month, four before.
        let old = try await arrive(office, days: 1, birth: .year(1950), consent: .agreed)
        _ = try await arrive(office, days: 3, sex: .female, birth: .year(2011))
        let back = try await arrive(office, days: 2, sex: .female, identity: identity)
        _ = try await arrive(office, days: 40, consent: .awaitingDecision)
        _ = try await arrive(office, days: 100)
        _ = try await arrive(office, days: 400)
        // With an identity number nobody is stranded, and she came back.
        let first = try await arrive(office, days: 60, sex: .female, identity: identity)
        _ = try await arrive(office, days: 1, at: office.otherStation)
        var leaving = Depart(
            episode: first.episode, kind: .escortHome, leftAt: now.adding(.seconds(-86_400 * 10)))
        leaving.destination = "回家"
        leaving.agreed = true
        try await place.perform(leaving, as: program)
        let bed = try await office.beds("male")[0]
        try await place.perform(GiveBed(episode: old.episode, bed: bed), as: program)
        try await place.perform(
            ChangeWhereabouts(
                episode: back.episode, place: PlaceOfStay(kind: .hospital, place: "二院"), from: now),
            as: program)
        office.clock.advance(by: .seconds(86_400))
        try await place.perform(
            CloseTracing(request: try #require(old.request), outcome: .identified), as: program)
        _ = try await office.database.write { tx in
            // Only two officers lead to this outcome; here it is only counted.
            try tx.execute(
                "UPDATE tracing_request SET outcome = 'reunited' WHERE outcome IS NOT NULL")
        }

        let supervisor = try await office.account(.supervisor, at: office.station)
        let seen = try await place.perform(SeeFigures(), as: supervisor.actor)
        #expect(seen.places.map(\.id) == [office.station])
        let line = try #require(seen.stations.first)
        #expect(seen.stations.count == 1)
        #expect(line.inStation == 5)
        #expect(line.elsewhere == 1)
        #expect((line.beds, line.bedsFree) == (5, 4))
        #expect(line.withoutBed == 4)
        #expect(line.openRequests == 1)
        #expect(line.arrivals == 3)

        #expect(seen.now.men == 4)
        #expect(seen.now.women == 1)
        #expect(seen.now.stranded == 3)
        #expect(seen.now.strandedMonths == 2)
        #expect(seen.now.strandedYear == 1)
        #expect(seen.now.strandedFiveYears == 0)
        // Open since the arrival, 41 days ago.
        #expect(seen.now.requestsByAge == [0, 0, 1, 0])
        #expect(seen.now.requestsAwaitingConsent == 1)

        #expect(seen.flow.arrivals == 3)
        // One whose birth only the identity number tells.
        #expect((seen.flow.under18, seen.flow.under16, seen.flow.from60) == (1, 1, 2))
        #expect(seen.flow.toHospital == 1)
        #expect(seen.flow.returned == 1)
        #expect(seen.flow.departures == [.escortHome: 1])
        #expect(seen.flow.averageStay == .seconds(86_400 * 50))
        #expect(seen.flow.closed == [.reunited: 1])
        // One of five beds for one day, of 24 days and two and a half hours.
        #expect(abs((seen.flow.bedUse ?? 0) - 1 / (5 * (24 + 2.5 / 24))) < 0.000_1)
        #expect(seen.arrivals.count == 12)
        #expect(seen.arrivals.map(\.count).suffix(3) == [1, 1, 3])
        #expect(seen.arrivals.last?.month.first == Day("2026-11-01"))

        // October: what happened then, and nothing of November.
        var october = SeeFigures()
        october.month = Day("2026-10-20")
        let before = try await place.perform(october, as: supervisor.actor)
        #expect(before.flow.arrivals == 1)
        #expect(before.flow.closed == [:])
        #expect(before.flow.averageStay == nil)
        #expect(before.arrivals.map(\.count).suffix(2) == [1, 1])

        // The office above sees both stations, together or one at a time.
        let official = try await office.account(.official, at: office.province)
        let both = try await place.perform(SeeFigures(), as: official.actor)
        #expect(both.stations.count == 2)
        #expect(both.flow.arrivals == 4)
        var one = SeeFigures()
        one.area = office.otherStation
        let other = try await place.perform(one, as: official.actor)
        #expect(other.stations.map(\.id) == [office.otherStation])
        #expect(other.places.count == 2)
        #expect(other.flow.arrivals == 1)
        #expect(
            await ending {
                _ = try await place.perform(one, as: supervisor.actor)
            } == "notFound")
    }

    @Test("an empty station has figures of nothing, not errors", arguments: TestDatabase.engines)
    func empty(engine: Engine) async throws {
        let office = try await Office(engine)
        let director = try await office.account(.director, at: office.station)
        let seen = try await office.workplace.perform(SeeFigures(), as: director.actor)
        #expect(seen.flow.averageStay == nil)
        #expect(seen.flow.bedUse == 0)
        #expect(seen.now == SeeFigures.Now())
        #expect(seen.arrivals.allSatisfy { $0.count == 0 })
    }
}
