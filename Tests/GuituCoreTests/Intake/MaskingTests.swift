import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("Masks for the offices above")
struct MaskingForOfficesTests {
    @Test(
        "an office above sees masks and reads a name in full with a reason; the station sees it",
        arguments: TestDatabase.engines)
    func names(engine: Engine) async throws {
        let office = try await Office(engine)
        let place = office.workplace
        var arrival = office.arrival()
        arrival.name = "欧阳建国"
        arrival.consent = .agreed
        arrival.belongings = [.init(name: "布包")]
        let arrived = try await place.perform(arrival, as: .program(reason: "test"))
        for (kind, value) in [
            (ObservationKind.kin, "哥哥欧阳建军"), (.homePlace, "河南省商丘市虞城县柳林村3号"), (.mark, "左手有疤"),
        ] {
            try await place.perform(
                AddObservation(
                    person: arrived.person, kind: kind, value: value, source: .person,
                    certainty: .likely), as: .program(reason: "test"))
        }
        try await place.perform(
            ReturnBelongings(episode: arrived.episode, receivedBy: "欧阳建军"),
            as: .program(reason: "test"))
        let clerk = try await office.account(.reception, at: office.station)
        let official = try await office.account(.official, at: office.province)

        let near = try await place.perform(SeePerson(person: arrived.person), as: clerk.actor)
        #expect(near.name == "欧阳建国")
        #expect(!near.isMasked)

        let far = try await place.perform(SeePerson(person: arrived.person), as: official.actor)
        #expect(far.isMasked)
        #expect(far.name == "欧阳*国")
        let said = Set(far.observations.map(\.value))
        #expect(said.isSuperset(of: ["欧阳*国", "***", "河南省商丘市虞城县…", "左手有疤"]))
        #expect(!said.contains { $0.contains("建") })
        #expect(far.belongings.map(\.returnedTo) == ["欧阳*军"])
        let request = try #require(arrived.request)
        #expect(
            try await place.perform(SeeRequest(request: request), as: official.actor).personName
                == "欧阳*国")
        #expect(
            try await place.perform(SeeRequest(request: request), as: clerk.actor).personName
                == "欧阳建国")

        #expect(
            await ending {
                _ = try await place.perform(
                    Unmask(person: arrived.person, .name, reason: " "), as: official.actor)
            } == "refused refusal.fields")
        let plain = try await place.perform(
            Unmask(person: arrived.person, .name, reason: "督查回访"), as: official.actor)
        #expect(plain.text == "欧阳建国")
        let kept = try await office.database.read { tx in
            try tx.first("SELECT value, reason, account FROM unmasking").map {
                [try $0["value"] as String, try $0["reason"], try $0["account"]]
            }
        }
        #expect(kept == ["name", "督查回访", official.id.text])
        let carer = try await office.account(.carer, at: office.station)
        #expect(
            await ending {
                _ = try await place.perform(
                    Unmask(person: arrived.person, .name, reason: "看看"), as: carer.actor)
            } == "notAllowed")
    }

    @Test(
        "an age is an estimate until somebody said it or a document shows it",
        arguments: TestDatabase.engines)
    func ages(engine: Engine) async throws {
        let office = try await Office(engine)
        let place = office.workplace
        let program = Actor.program(reason: "test")
        let clerk = try await office.account(.reception, at: office.station)
        func estimates(_ source: ObservationSource, _ certainty: NameCertainty) async throws -> (
            person: Person.ID, page: Bool, engine: Bool
        ) {
            var arrival = office.arrival()
            arrival.name = "周明"
            arrival.nameCertainty = certainty
            arrival.birth = .year(1961)
            arrival.birthSource = source
            let person = try await place.perform(arrival, as: program).person
            let seen = try await place.perform(SeePerson(person: person), as: clerk.actor)
            let described = try await office.database.read { tx in
                try Descriptions.person(person, in: tx)
            }
            return (person, seen.birthIsEstimate, described.birthIsEstimate)
        }
        let looked = try await estimates(.staff, .selfReported)
        #expect(looked.page && looked.engine)
        for (source, certainty) in [
            (ObservationSource.person, NameCertainty.selfReported), (.document, .transcribed),
            (.staff, .verified),
        ] {
            let told = try await estimates(source, certainty)
            #expect(!told.page && !told.engine, "\(source) \(certainty)")
        }
        // Said later, and taken back again.
        let said = try await place.perform(
            AddObservation(
                person: looked.person, kind: .age, value: "六十五", source: .person,
                certainty: .likely), as: clerk.actor)
        #expect(
            try await !place.perform(SeePerson(person: looked.person), as: clerk.actor)
                .birthIsEstimate)
        try await place.perform(
            RetractObservation(person: looked.person, observation: said, reason: "听错了"),
            as: clerk.actor)
        #expect(
            try await place.perform(SeePerson(person: looked.person), as: clerk.actor)
                .birthIsEstimate)
    }
}
