import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("Names heard of a person")
struct NameHeardTests {
    private let program = Actor.program(reason: "test")

    @Test("what was written down reads again as it was, by staff and by the program")
    func line() {
        for name in [
            NameHeard(.own, "fu jian hua"), NameHeard(.father, "付 jian 华", province: "43"),
            NameHeard(.mother, "hu/fu lan"),
        ] {
            #expect(NameHeard(reading: name.said) == name)
        }
        #expect(NameHeard(.own, "fu lan", province: "43").said == "本人 · fu lan（音） · 43")
        // Whoever copies a notice copies its mark.
        #expect(NameHeard(.own, " 付建华（音）").heard == "付建华")
        #expect(NameHeard(.own, "付建华(音)").heard == "付建华")
        for odd in ["", "本人", "本人 · （音）", "叔叔 · fu lan（音）", "本人 · fu（音） · x"] {
            #expect(NameHeard(reading: odd) == nil, "\(odd)")
        }
    }

    @Test(
        "their own name is ranked with, a parent's is kept; what is retracted is neither",
        arguments: TestDatabase.engines)
    func kept(engine: Engine) async throws {
        let scene = try await Scene(engine)
        let place = scene.office.workplace
        func save(_ names: [NameHeard]) async throws {
            try await place.perform(
                SaveNamesHeard(
                    request: scene.request, names: names, source: .person, certainty: .likely),
                as: scene.officer.actor)
        }
        try await scene.office.database.write { tx in try tx.execute("DELETE FROM job") }
        try await save([NameHeard(.father, "fu da san")])
        #expect(try await jobs(scene) == 0)
        try await save([NameHeard(.own, "fu lan", province: "43"), NameHeard(.own, "胡兰")])
        #expect(try await jobs(scene) == 1)

        let seen = try await place.perform(
            SeeWordsHeard(request: scene.request), as: scene.officer.actor)
        #expect(
            seen.names.map(\.value).sorted() == [
                "本人 · fu lan（音） · 43", "本人 · 胡兰（音）", "父亲 · fu da san（音）",
            ])
        #expect(seen.names.allSatisfy { $0.recordedBy == "寻亲 李" })
        #expect(seen.lines.isEmpty)
        let told = try await description(scene)
        #expect(told.namesHeard == [.init("fu lan", province: 43)])
        #expect(told.names.contains(.init("胡兰", .transcribed)))

        for line in seen.names where line.value.hasPrefix("本人") {
            try await place.perform(
                RetractObservation(person: scene.person, observation: line.id, reason: "听错了"),
                as: scene.officer.actor)
        }
        let after = try await description(scene)
        #expect(after.namesHeard.isEmpty)
        #expect(!after.names.contains(.init("胡兰", .transcribed)))
    }

    private func jobs(_ scene: Scene) async throws -> Int {
        try await scene.office.database.read { tx in
            try tx.first("SELECT COUNT(*) AS n FROM job")?["n"] ?? 0
        }
    }

    private func description(_ scene: Scene) async throws -> PersonDescription {
        try await scene.office.database.read { tx in
            try Descriptions.person(scene.person, in: tx)
        }
    }

    @Test(
        "nothing, too long, markup, too many and a search that was refused are not kept",
        arguments: TestDatabase.engines)
    func refusals(engine: Engine) async throws {
        let scene = try await Scene(engine)
        let place = scene.office.workplace
        func save(_ names: [NameHeard]) async -> String {
            let refusal = await refusal {
                try await place.perform(
                    SaveNamesHeard(
                        request: scene.request, names: names, source: .person,
                        certainty: .likely), as: program)
            }
            if let fields = refusal as? InvalidFields {
                return fields.fields.map { "\($0.field ?? "") \($0.key)" }.joined()
            }
            return refusal?.saying.key ?? "kept"
        }
        #expect(await save([]) == "heard.nothingToSave")
        #expect(await save([NameHeard(.mother, "<b>")]) == "mother heard.notAName")
        let long = String(repeating: "fu ", count: 30)
        #expect(await save([NameHeard(.own, long)]) == "own namesHeard.tooLong")
        let many = Array(repeating: NameHeard(.own, "fu lan"), count: SaveWordsHeard.most)
        #expect(await save(many) == "kept")
        #expect(await save([NameHeard(.own, "fu nan")]) == "heard.tooMany")

        let other = try await Scene(engine)
        try await other.office.workplace.perform(
            DecideConsent(
                request: other.request, consent: .refused, reason: "本人不愿意", version: 1),
            as: program)
        let ended = await refusal {
            try await other.office.workplace.perform(
                SaveNamesHeard(
                    request: other.request, names: [NameHeard(.own, "fu lan")], source: .person,
                    certainty: .likely), as: program)
        }
        #expect(ended?.saying.key == "tracing.consentMissing")
    }
}
