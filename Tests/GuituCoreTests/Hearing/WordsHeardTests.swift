import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("Words heard of a person")
struct WordsHeardTests {
    private let program = Actor.program(reason: "test")

    @Test("what was written down reads again as it was, by staff and by the program")
    func line() {
        for words in [
            WordsHeard(["gu lan"]), WordsHeard(["gu lan", "lian yuan"], level: .township),
            WordsHeard(["hu/fu nan; fu lan"], level: .village, province: "43"),
            WordsHeard(["王家湾"], province: "41"),
        ] {
            #expect(WordsHeard(reading: words.said) == words)
        }
        #expect(
            WordsHeard(["gu lan", "lian yuan"], level: .township, province: "43").said
                == "gu lan | lian yuan · township · 43")
        // Typed by hand on the person's page.
        #expect(WordsHeard(reading: "gu lan|lian yuan")?.fragments == ["gu lan", "lian yuan"])
        #expect(WordsHeard(reading: " | ") == nil)
        let answer = PlaceAnswer(.no, code: "431381", name: "湖南省 娄底市 冷水江市")
        #expect(answer.said == "不是 · 431381 · 湖南省 娄底市 冷水江市")
        #expect(PlaceAnswer(reading: answer.said) == answer)
        for odd in ["", "不是 · 431381", "maybe · 431381 · x", "不是 · <b> · x"] {
            #expect(PlaceAnswer(reading: odd) == nil)
        }
    }

    @Test(
        "emoji, markup and sentences are no names; pinyin with tones and characters are",
        arguments: [
            ("gu lan", ""), ("gǔ lán", ""), ("gu3 lan2", ""), ("湖南省涟源市", ""), ("𠮷安", ""),
            ("hu/fu nan; fu lan", ""), ("xi'an", ""), ("🙂", "heard.notAName"),
            ("<b>gu</b>", "heard.notAName"), ("gu lan。", "heard.notAName"),
            (String(repeating: "gu ", count: 40), "heard.tooLong"),
        ])
    func names(_ text: String, _ key: String) {
        #expect(WordsHeard([text]).faults.first?.saying.key ?? "" == key)
    }

    @Test(
        "words of several days and officers add up, signed, and a mistaken line is retracted",
        arguments: TestDatabase.engines)
    func adding(engine: Engine) async throws {
        let scene = try await Scene(engine)
        let place = scene.office.workplace
        let before: Int = try await jobs(scene)
        let other = try await scene.office.account(
            .tracingOfficer, at: scene.office.station, name: "寻亲 王")
        try await place.perform(
            SaveWordsHeard(
                request: scene.request, words: [WordsHeard(["gu lan"])], answers: [],
                source: .person, certainty: .likely), as: scene.officer.actor)
        scene.office.clock.now = scene.office.clock.now.adding(.seconds(86_400))
        try await place.perform(
            SaveWordsHeard(
                request: scene.request, words: [],
                answers: [PlaceAnswer(.no, code: "431381", name: "湖南省 娄底市 冷水江市")],
                source: .person, certainty: .sure), as: other.actor)
        var seen = try await place.perform(
            SeeWordsHeard(request: scene.request), as: other.actor)
        #expect(seen.lines.map(\.value) == ["gu lan", "不是 · 431381 · 湖南省 娄底市 冷水江市"])
        #expect(seen.lines.map(\.recordedBy) == ["寻亲 李", "寻亲 王"])
        #expect(seen.lines.map(\.certainty) == [.likely, .sure])
        #expect(seen.lines[0].occurredAt < seen.lines[1].occurredAt)
        #expect(seen.takesMore)
        // Sounds are no places: nothing is ranked anew with them.
        #expect(try await jobs(scene) == before)

        try await place.perform(
            RetractObservation(
                person: scene.person, observation: seen.lines[0].id, reason: "听成别人说的"),
            as: other.actor)
        seen = try await place.perform(SeeWordsHeard(request: scene.request), as: other.actor)
        #expect(seen.lines.map(\.isRetracted) == [true, false])
        #expect(seen.lines[0].retractionReason == "听成别人说的")
    }

    private func jobs(_ scene: Scene) async throws -> Int {
        try await scene.office.database.read { tx in
            try tx.first("SELECT COUNT(*) AS n FROM job")?["n"] ?? 0
        }
    }

    @Test(
        "nothing, too much, markup, a closed search and one that was refused are not kept",
        arguments: TestDatabase.engines)
    func refusals(engine: Engine) async throws {
        let scene = try await Scene(engine)
        let place = scene.office.workplace
        func save(_ words: [WordsHeard], _ answers: [PlaceAnswer] = []) async -> String {
            let refusal = await refusal {
                try await place.perform(
                    SaveWordsHeard(
                        request: scene.request, words: words, answers: answers, source: .person,
                        certainty: .likely), as: program)
            }
            if let fields = refusal as? InvalidFields {
                return fields.fields.map(\.key).joined(separator: " ")
            }
            return refusal?.saying.key ?? "kept"
        }
        #expect(await save([]) == "heard.nothingToSave")
        #expect(await save([WordsHeard(["<script>"])]) == "heard.notAName")
        #expect(
            await save([], [PlaceAnswer(.yes, code: "4'", name: "x")]) == "field.unreadable")
        let many = Array(repeating: WordsHeard(["gu lan"]), count: SaveWordsHeard.most)
        #expect(await save(many) == "kept")
        #expect(await save([WordsHeard(["fu nan"])]) == "heard.tooMany")

        let other = try await Scene(engine)
        try await other.office.workplace.perform(
            DecideConsent(
                request: other.request, consent: .refused, reason: "本人不愿意", version: 1),
            as: program)
        let ended = await refusal {
            try await other.office.workplace.perform(
                SaveWordsHeard(
                    request: other.request, words: [WordsHeard(["gu lan"])], answers: [],
                    source: .person, certainty: .likely), as: program)
        }
        #expect(ended?.saying.key == "tracing.consentMissing")
        let seen = try await other.office.workplace.perform(
            SeeWordsHeard(request: other.request), as: program)
        #expect(!seen.takesMore && seen.lines.isEmpty)
    }
}
