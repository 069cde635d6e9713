import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("Names that solved cases teach")
struct SolvedNameTests {
    private let program = Actor.program(reason: "test")
    private let name = SolvedName(
        heard: "gu lan", code: "431382", place: "湖南省 娄底市 涟源市")

    @Test(
        "an open case teaches nothing; a solved one does, to every station, until it is withdrawn",
        arguments: TestDatabase.engines)
    func lesson(engine: Engine) async throws {
        let scene = try await Scene(engine)
        let place = scene.office.workplace
        let add = AddSolvedName(request: scene.request, name: name)
        let early = await refusal { try await place.perform(add, as: scene.officer.actor) }
        #expect(early?.saying.key == "solvedName.notSolved")
        #expect(
            try await place.perform(
                SeeWordsHeard(request: scene.request), as: scene.officer.actor
            ).lesson == nil)

        try await place.perform(
            AddObservation(
                person: scene.person, kind: .homePlace, value: "湖南省涟源市", source: .relative,
                certainty: .sure), as: program)
        try await place.perform(
            CloseTracing(request: scene.request, outcome: .identified), as: program)
        let id = try await place.perform(add, as: scene.officer.actor)
        let again = await refusal { try await place.perform(add, as: scene.officer.actor) }
        #expect(again?.saying.key == "solvedName.alreadyKnown")
        let seen = try #require(
            try await place.perform(
                SeeWordsHeard(request: scene.request), as: scene.officer.actor
            ).lesson)
        #expect(seen.home == "湖南省涟源市")
        #expect(seen.lines.map(\.id) == [id])
        #expect(seen.lines[0].recordedBy == "寻亲 李")
        #expect(seen.lines[0].name.since == scene.office.clock.now.inChina.day)

        let other = try await scene.office.account(
            .tracingOfficer, at: scene.office.otherStation)
        #expect(
            try await place.perform(ListSolvedNames(), as: other.actor).map(\.heard) == ["gu lan"])
        #expect(try await SolvedName.inUse(in: place).map(\.code) == ["431382"])

        let withdraw = WithdrawSolvedName(request: scene.request, name: id, reason: "听成别人说的")
        try await place.perform(withdraw, as: scene.officer.actor)
        #expect(try await SolvedName.inUse(in: place) == [])
        let twice = await refusal { try await place.perform(withdraw, as: program) }
        #expect(twice?.saying.key == "solvedName.noLongerThere")
        let after = try await place.perform(
            SeeWordsHeard(request: scene.request), as: scene.officer.actor)
        #expect(after.lesson?.lines.map(\.withdrawnWhy) == ["听成别人说的"])
    }

    @Test(
        "a confirmed report's home is offered, whatever was said", arguments: TestDatabase.engines)
    func reportedHome(engine: Engine) async throws {
        let scene = try await Scene(engine)
        try await scene.office.database.write { tx in
            try tx.execute("UPDATE missing_report SET home_place = '河南省商丘市虞城县'")
            try tx.execute("UPDATE candidate SET state = 'confirmed'")
        }
        let seen = try await scene.office.workplace.perform(
            SeeWordsHeard(request: scene.request), as: scene.officer.actor)
        #expect(seen.lesson?.home == "河南省商丘市虞城县")
    }

    @Test(
        "one with an end counts until that day, one of tomorrow not yet",
        arguments: TestDatabase.engines)
    func days(engine: Engine) async throws {
        let scene = try await Scene(engine)
        let place = scene.office.workplace
        try await place.perform(
            CloseTracing(request: scene.request, outcome: .identified), as: program)
        let today = scene.office.clock.now.inChina.day
        var ending = name
        ending.until = today.adding(days: 2)
        var beginning = name
        beginning.heard = "lian yan"
        beginning.since = today.adding(days: 1)
        for one in [ending, beginning] {
            try await place.perform(AddSolvedName(request: scene.request, name: one), as: program)
        }
        func heard() async throws -> [String] {
            try await SolvedName.inUse(in: place).map(\.heard).sorted()
        }
        #expect(try await heard() == ["gu lan"])
        scene.office.clock.now = scene.office.clock.now.adding(.seconds(86_400))
        #expect(try await heard() == ["gu lan", "lian yan"])
        scene.office.clock.now = scene.office.clock.now.adding(.seconds(86_400))
        #expect(try await heard() == ["lian yan"])
    }

    @Test("markup, a code that is none and an end before the beginning are refused")
    func refusals() async throws {
        let scene = try await Scene(.sqlite)
        try await scene.office.workplace.perform(
            CloseTracing(request: scene.request, outcome: .identified), as: program)
        var (markup, code, end) = (name, name, name)
        markup.heard = "<b>"
        code.code = "4'"
        end.since = Day("2026-11-20")
        end.until = Day("2026-11-20")
        for (wrong, said) in [
            (markup, "heard heard.notAName"), (code, "place field.unreadable"),
            (end, "until solvedName.endsBefore"),
        ] {
            let refusal = await refusal {
                try await scene.office.workplace.perform(
                    AddSolvedName(request: scene.request, name: wrong), as: program)
            }
            let fields = (refusal as? InvalidFields)?.fields ?? []
            #expect(fields.map { "\($0.field ?? "") \($0.key)" } == [said])
        }
    }
}
