import GuituCore
import GuituModel
import GuituStore
import TestSupport
import Testing

/// The whole path, as a social worker would tell it.
@Suite("From the door to home")
struct FromTheDoorToHomeTests {
    @Test(
        "a man who cannot say his name gets a bed and goes home with his brother",
        arguments: TestDatabase.engines)
    func story(engine: Engine) async throws {
        let office = try await Office(engine)
        let clerk = try await office.account(.reception, at: office.station, name: "夜班 王")
        let first = try await office.account(.tracingOfficer, at: office.station, name: "寻亲 李")
        let second = try await office.account(.tracingOfficer, at: office.station, name: "寻亲 赵")
        let director = try await office.account(.director, at: office.station, name: "站长 周")
        let elsewhere = try await office.account(.reception, at: office.otherStation)
        let place = office.workplace

        // A family in another city reports that their brother is missing.
        var fields = ReportFields()
        fields.name = "王建国"
        fields.sex = .male
        fields.birth = .year(1968)
        fields.lost = PartialDay(Office.day.adding(days: -20))
        fields.lostPlace = "颍上游市汽车站"
        fields.homePlace = "颍上游市柳林镇"
        fields.reporterName = "王建军"
        fields.reporterRelation = "兄弟"
        fields.reporterPhone = "13800000000"
        try await place.perform(
            RegisterMissing(
                holder: office.otherStation, fields: fields, reportedAt: office.clock.now),
            as: elsewhere.actor)
        // And another family, whose aunt it cannot be.
        fields.name = "刘秀英"
        fields.sex = .female
        fields.birth = .year(1940)
        fields.homePlace = "别处"
        try await place.perform(
            RegisterMissing(
                holder: office.otherStation, fields: fields, reportedAt: office.clock.now),
            as: elsewhere.actor)

        // Half past two at night, the police bring a man.
        var arrival = office.arrival()
        arrival.name = "王建国"
        arrival.nameCertainty = .transcribed
        arrival.birth = .born(aged: AgeRange(52, 62), on: Office.day)
        arrival.belongings = [.init(name: "旧布包", quantity: 1)]
        arrival.consent = .awaitingDecision
        let arrived = try await place.perform(arrival, as: clerk.actor)
        let request = try #require(arrived.request)
        let bed = try await office.beds("male")[0]
        try await place.perform(GiveBed(episode: arrived.episode, bed: bed), as: clerk.actor)

        // He cannot decide; the director signs that searching is in his interest.
        try await place.perform(
            DecideConsent(
                request: request, consent: .cannotDecide, reason: "不能表达,为其利益寻亲", version: 1),
            as: director.actor)
        try await RankRequest.run(request, in: place)

        // His family's report stands first, with why.
        let ranked = try await place.perform(SeeRequest(request: request), as: first.actor)
        let candidate = try #require(ranked.candidates.first)
        #expect(candidate.place == 1)
        #expect(candidate.evidence.contains { $0.field == "name" && $0.logRatio > 0 })
        // Held by another area, so the name is masked here.
        #expect(candidate.reportName != "王建国")

        // Two officers decide, not one twice.
        let compared = try await place.perform(
            CompareCandidate(candidate: candidate.id), as: first.actor)
        let confirm = DecideCandidate(
            candidate: candidate.id, verdict: .confirm, reason: "姓名、年龄、走失地相符",
            evidenceVersion: compared.evidenceVersion)
        #expect(try await place.perform(confirm, as: first.actor).state == .firstConfirmed)
        #expect(
            await refusal { try await place.perform(confirm, as: first.actor) }
                as? DecideCandidate.Failure == .alreadyDecidedByYou)
        #expect(try await place.perform(confirm, as: second.actor).state == .confirmed)

        // The brother comes. First the belongings, then the door.
        var leaving = Depart(
            episode: arrived.episode, kind: .familyCollects, leftAt: office.clock.now)
        leaving.collector = .init(
            name: "王建军", relation: "兄弟", identityNumber: "11010519491231002X",
            identityChecked: true)
        leaving.candidate = candidate.id
        leaving.agreed = true
        #expect(
            await refusal { try await place.perform(leaving, as: clerk.actor) }
                as? Depart.Failure == .belongingsLeft(count: 1))
        try await place.perform(
            ReturnBelongings(episode: arrived.episode, receivedBy: "王建军"), as: clerk.actor)
        try await place.perform(leaving, as: clerk.actor)

        let file = try await place.perform(SeePerson(person: arrived.person), as: clerk.actor)
        #expect(file.nameCertainty == .verified)
        #expect(file.episodes[0].departure == .familyCollects)
        #expect(file.request?.state == .closed)
        let desk = try await place.perform(SeeBeds(station: office.station), as: clerk.actor)
        #expect(desk.beds.allSatisfy { $0.occupant == nil })
        let reports = try await place.perform(ListMissing(), as: elsewhere.actor)
        #expect(reports.lines.map(\.name) == ["刘秀英"], "the found report is no longer open")
    }
}
