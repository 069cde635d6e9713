import GuituCore
import GuituModel
import GuituStore
import TestSupport
import Testing

@Suite("Beds")
struct BedTests {
    @Test(
        "two clerks who reach for one bed get one bed and one clear answer",
        arguments: TestDatabase.engines)
    func race(engine: Engine) async throws {
        let office = try await Office(engine)
        let clerk = try await office.account(.reception, at: office.station)
        let other = try await office.account(.carer, at: office.station)
        let place = office.workplace
        let one = try await place.perform(office.arrival(), as: clerk.actor)
        let two = try await place.perform(office.arrival(), as: clerk.actor)
        let bed = try await office.beds("male")[0]
        async let a = ending {
            try await place.perform(GiveBed(episode: one.episode, bed: bed), as: clerk.actor)
        }
        async let b = ending {
            try await place.perform(GiveBed(episode: two.episode, bed: bed), as: other.actor)
        }
        #expect(await [a, b].sorted() == ["done", "refused bed.taken"])
    }

    @Test("sexes sleep apart, and a single room takes anyone", arguments: TestDatabase.engines)
    func sexes(engine: Engine) async throws {
        let office = try await Office(engine)
        let clerk = try await office.account(.reception, at: office.station)
        let place = office.workplace
        let woman = try await place.perform(office.arrival(sex: .female), as: clerk.actor)
        let unsure = try await place.perform(office.arrival(sex: .unknown), as: clerk.actor)
        let male = try await office.beds("male")[0]
        #expect(
            await ending {
                try await place.perform(GiveBed(episode: woman.episode, bed: male), as: clerk.actor)
            } == "refused bed.otherSex")
        #expect(
            await ending {
                try await place.perform(
                    GiveBed(episode: unsure.episode, bed: male), as: clerk.actor)
            } == "refused bed.otherSex")
        let single = try await office.beds("single")[0]
        try await place.perform(GiveBed(episode: unsure.episode, bed: single), as: clerk.actor)
        // The schema alone refuses it too, whoever writes past the use-case.
        await #expect(throws: DatabaseError.self) {
            try await office.database.write { tx in
                try tx.execute(
                    """
                    INSERT INTO bed_stay (id, bed, kind, whereabouts, episode, sex, from_at, given_by)
                    SELECT 'x', \(male), 'male', w.id, e.id, 'female', 0, 'x'
                    FROM episode e JOIN whereabouts w ON w.episode = e.id WHERE e.id = \(woman.episode)
                    """)
            }
        }
    }

    @Test(
        "moving to hospital frees the bed and coming back needs a new one",
        arguments: TestDatabase.engines)
    func hospital(engine: Engine) async throws {
        let office = try await Office(engine)
        let carer = try await office.account(.carer, at: office.station)
        let clerk = try await office.account(.reception, at: office.station)
        let place = office.workplace
        let arrived = try await place.perform(office.arrival(), as: clerk.actor)
        let bed = try await office.beds("male")[0]
        try await place.perform(GiveBed(episode: arrived.episode, bed: bed), as: carer.actor)
        office.clock.advance(by: .seconds(3600))
        try await place.perform(
            ChangeWhereabouts(
                episode: arrived.episode, place: PlaceOfStay(kind: .hospital, place: "第二人民医院"),
                from: office.clock.now), as: carer.actor)
        var beds = try await place.perform(SeeBeds(station: office.station), as: carer.actor)
        #expect(beds.beds.allSatisfy { $0.occupant == nil })
        #expect(beds.waiting.isEmpty, "who is in hospital does not wait for a bed")
        #expect(
            await ending {
                try await place.perform(
                    GiveBed(episode: arrived.episode, bed: bed), as: carer.actor)
            } == "refused bed.notInStation")
        office.clock.advance(by: .seconds(3600))
        try await place.perform(
            ChangeWhereabouts(
                episode: arrived.episode, place: PlaceOfStay(kind: .station, place: nil),
                from: office.clock.now), as: carer.actor)
        beds = try await place.perform(SeeBeds(station: office.station), as: carer.actor)
        #expect(beds.waiting.map(\.episode) == [arrived.episode])
    }

    @Test(
        "a move dated before the bed was given leaves no stay that ends before it began",
        arguments: TestDatabase.engines)
    func backdated(engine: Engine) async throws {
        let office = try await Office(engine)
        let place = office.workplace
        let clerk = try await office.account(.reception, at: office.station)
        let arrived = try await place.perform(office.arrival(), as: clerk.actor)
        office.clock.advance(by: .seconds(7200))
        let bed = try await office.beds("male")[0]
        try await place.perform(GiveBed(episode: arrived.episode, bed: bed), as: clerk.actor)
        office.clock.advance(by: .seconds(600))
        try await place.perform(
            ChangeWhereabouts(
                episode: arrived.episode, place: PlaceOfStay(kind: .hospital, place: "二院"),
                from: office.clock.now.adding(.seconds(-3600))), as: clerk.actor)
        let stays = try await office.database.read { tx in
            try tx.rows("SELECT from_at, until_at FROM bed_stay").map {
                (try $0["from_at"] as Instant, try $0["until_at"] as Instant)
            }
        }
        #expect(stays.count == 1 && stays.allSatisfy { $0.0 <= $0.1 })
    }
}
