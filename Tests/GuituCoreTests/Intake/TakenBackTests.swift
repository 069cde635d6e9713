import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("What was written down wrongly")
struct TakenBackTests {
    private func see(_ office: Office, _ person: Person.ID) async throws -> SeePerson.Answer {
        try await office.workplace.perform(
            SeePerson(person: person), as: .program(reason: "test"))
    }

    private func correction(
        _ arrived: RegisterArrival.Arrived, version: Int = 1, at moment: Instant
    ) -> CorrectArrival {
        var correction = CorrectArrival(
            episode: arrived.episode, version: version, arrivedAt: moment, mode: .police,
            check: .init(condition: .unwell, notes: "右脚肿"), reason: "交接单写的是昨晚")
        correction.broughtBy = "城关派出所"
        correction.foundPlace = "火车站东广场"
        return correction
    }

    @Test(
        "an arrival is corrected, and what began with it begins anew",
        arguments: TestDatabase.engines)
    func corrected(engine: Engine) async throws {
        let office = try await Office(engine)
        let clerk = try await office.account(.reception, at: office.station)
        let place = office.workplace
        var arrival = office.arrival()
        arrival.foundPlace = "汽车站"
        arrival.check.notes = "平静"
        arrival.belongings = [.init(name: "布包")]
        arrival.consent = .agreed
        let arrived = try await place.perform(arrival, as: clerk.actor)
        let earlier = arrival.arrivedAt.adding(.seconds(-8 * 3600))
        try await place.perform(correction(arrived, at: earlier), as: clerk.actor)

        let file = try await see(office, arrived.person)
        let episode = try #require(file.episodes.first)
        #expect(episode.arrivedAt == earlier && episode.mode == .police)
        #expect(episode.broughtBy == "城关派出所" && episode.foundPlace == "火车站东广场")
        #expect(episode.condition == .unwell && episode.conditionNotes == "右脚肿")
        #expect(episode.caseNumber == arrived.caseNumber)
        #expect(episode.correctedBecause == "交接单写的是昨晚")
        #expect(file.belongings.map(\.keptAt) == [earlier])
        #expect(file.request?.openedAt == earlier)
        func valid(_ kind: ObservationKind) -> [String] {
            file.observations.filter { $0.kind == kind && $0.retractedAt == nil }.map(\.value)
        }
        #expect(valid(.foundPlace) == ["火车站东广场"] && valid(.condition) == ["右脚肿"])
        #expect(
            file.observations.contains { $0.value == "汽车站" && $0.retractionReason != nil })
        // What stood there is kept, and where they were has no gap.
        let id = arrived.episode
        let (before, from) = try await office.database.read { tx in
            (
                try tx.first(
                    "SELECT arrived_at, found_place FROM arrival_correction WHERE episode = \(id)"),
                try tx.first("SELECT from_at FROM whereabouts WHERE episode = \(id)")
            )
        }
        #expect(try before?["arrived_at"] == arrival.arrivedAt)
        #expect(try before?["found_place"] == "汽车站")
        #expect(try from?["from_at"] == earlier)
        // The second of two clerks sees what the first saved.
        #expect(
            await ending {
                try await place.perform(correction(arrived, at: earlier), as: clerk.actor)
            } == "stale")
    }

    @Test("nobody arrives after what followed, nor long ago unasked")
    func impossible() async throws {
        let office = try await Office(.sqlite)
        let clerk = try await office.account(.reception, at: office.station)
        let place = office.workplace
        let arrived = try await place.perform(office.arrival(), as: clerk.actor)
        let began = office.clock.now
        office.clock.advance(by: .seconds(3600))
        try await place.perform(
            GiveBed(episode: arrived.episode, bed: try await office.beds("male")[0]),
            as: clerk.actor)
        office.clock.advance(by: .seconds(3600))
        for (moment, ends) in [
            (office.clock.now, "refused arrival.laterThanWhatFollowed"),
            (office.clock.now.adding(.seconds(3600)), "refused intake.arrivalInTheFuture"),
            (began.adding(.seconds(-400 * 86_400)), "refused intake.arrivalLongAgo"),
        ] {
            #expect(
                await ending {
                    try await place.perform(correction(arrived, at: moment), as: clerk.actor)
                } == ends)
        }
        var meant = correction(arrived, at: began.adding(.seconds(-400 * 86_400)))
        meant.isLateEntry = true
        try await place.perform(meant, as: clerk.actor)
        // Long ago already: corrected again without another question.
        meant.isLateEntry = false
        meant.version = 2
        try await place.perform(meant, as: clerk.actor)
    }

    @Test(
        "a departure that was none is undone: their relief goes on, without the bed",
        arguments: TestDatabase.engines)
    func undone(engine: Engine) async throws {
        let office = try await Office(engine)
        let clerk = try await office.account(.reception, at: office.station)
        let other = try await office.account(.reception, at: office.station)
        let director = try await office.account(.director, at: office.station)
        let place = office.workplace
        let arrived = try await place.perform(office.arrival(), as: clerk.actor)
        try await place.perform(
            GiveBed(episode: arrived.episode, bed: try await office.beds("male")[0]),
            as: clerk.actor)
        let undo = UndoDeparture(episode: arrived.episode, reason: "点错了人")
        func leave() async throws {
            office.clock.advance(by: .seconds(600))
            try await place.perform(
                Depart(
                    episode: arrived.episode, kind: .selfDeparture, leftAt: office.clock.now),
                as: clerk.actor)
        }
        #expect(
            await ending { try await place.perform(undo, as: clerk.actor) }
                == "refused depart.notDeparted")
        try await leave()
        // A colleague asks the director.
        #expect(
            await ending { try await place.perform(undo, as: other.actor) }
                == "refused depart.directorUndoes")
        try await place.perform(undo, as: clerk.actor)
        let file = try await see(office, arrived.person)
        let episode = try #require(file.episodes.first)
        #expect(episode.endedAt == nil && episode.place?.kind == .station && episode.bed == nil)
        #expect(episode.departure == nil && episode.undoneBecause == "点错了人")
        let id = arrived.episode
        let kept = try await office.database.read { tx in
            try tx.rows("SELECT kind, reason FROM undone_departure WHERE episode = \(id)")
        }
        #expect(try kept.count == 1 && kept[0]["kind"] == DepartureKind.selfDeparture)
        // They may leave again; two days later it is the director's to undo.
        try await leave()
        office.clock.advance(by: .seconds(2 * 86_400))
        #expect(
            await ending { try await place.perform(undo, as: clerk.actor) }
                == "refused depart.directorUndoes")
        try await place.perform(undo, as: director.actor)
        #expect(try await see(office, arrived.person).episodes.first?.endedAt == nil)
    }

    @Test("a family that collected by a report stays the one who did")
    func ledHome() async throws {
        let scene = try await Scene(.sqlite)
        let candidate = scene.candidate
        _ = try await scene.office.database.write { tx in
            try tx.execute("UPDATE candidate SET state = 'confirmed' WHERE id = \(candidate)")
        }
        var leaving = Depart(
            episode: scene.episode, kind: .familyCollects, leftAt: scene.office.clock.now)
        leaving.collector = .init(
            name: "李建军", relation: "子女", identityNumber: "110105196503120013",
            identityChecked: true)
        leaving.agreed = true
        let program = Actor.program(reason: "test")
        let place = scene.office.workplace
        try await place.perform(
            ReturnBelongings(episode: scene.episode, receivedBy: "李建军"), as: program)
        try await place.perform(leaving, as: program)
        #expect(
            await ending {
                try await place.perform(
                    UndoDeparture(episode: scene.episode, reason: "点错"), as: program)
            } == "refused depart.ledHome")
    }
}
