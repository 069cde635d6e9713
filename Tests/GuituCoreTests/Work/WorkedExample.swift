import Foundation
import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

// begin
/// Notes that somebody did or did not eat a meal.
struct NoteMeal: ChangingUseCase {
    static let needs = Permission.describePerson
    var target: Target { .person(person) }
    var person: Person.ID
    var eaten: Bool
    var remark: String

    enum Failure: Refusal, Equatable {
        case notInRelief
        var saying: Saying { Saying("meal.notInRelief") }
    }

    func perform(in work: Work) throws -> Observation.ID {
        var form = FormCheck()
        let remark = form.text(remark, "remark", limit: 200, required: !eaten)
        try form.finish()
        let open = try work.tx.first(
            "SELECT id FROM episode WHERE person = \(person) AND ended_at IS NULL")
        guard open != nil else { throw Failure.notInRelief }
        return try work.observations.add(
            kind: .condition, value: eaten ? "已用餐" : "未用餐:\(remark)", of: person,
            source: .staff, certainty: .sure, observed: nil, occurredAt: work.now)
    }
}
// end

@Suite("The worked example of AddingAUseCase.md")
struct WorkedExampleTests {
    @Test("runs, and refuses who is not in relief", arguments: TestDatabase.engines)
    func runs(engine: Engine) async throws {
        let scene = try await Scene(engine)
        let place = scene.office.workplace
        let carer = try await scene.office.account(.carer, at: scene.office.station)
        let note = NoteMeal(person: scene.person, eaten: false, remark: "没有胃口")
        try await place.perform(note, as: carer.actor)
        let file = try await place.perform(SeePerson(person: scene.person), as: carer.actor)
        #expect(file.observations.contains { $0.value == "未用餐:没有胃口" })
        let silent = NoteMeal(person: scene.person, eaten: false, remark: "")
        #expect(
            await ending { try await place.perform(silent, as: carer.actor) }
                == "refused refusal.fields")
        try await scene.office.database.write { tx in
            try tx.execute("UPDATE episode SET ended_at = arrived_at")
        }
        #expect(
            await ending { try await place.perform(note, as: carer.actor) }
                == "refused meal.notInRelief")
    }

    @Test("is the text of the page, word for word")
    func same() throws {
        let here = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        let source = try String(contentsOf: here, encoding: .utf8)
        let page = try String(
            contentsOf: here.deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Documentation/AddingAUseCase.md"), encoding: .utf8)
        let code = try #require(
            source.components(separatedBy: "// begin\n").last?.components(separatedBy: "// end")
                .first)
        #expect(page.contains(code), "edit both together")
    }
}
