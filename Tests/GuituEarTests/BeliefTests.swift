import Foundation
import GuituModel
import Testing

@testable import GuituEar

@Suite("Belief about where a person comes from")
struct BeliefTests {
    let ear: Ear
    init() throws { ear = try SmallCountry.ear() }

    private func heard(_ text: String, _ levels: String = "") throws -> Clue {
        .heard(try ear.reader.utterance(text, levels: levels))
    }

    @Test("the order of clues does not matter, to the last bit")
    func order() throws {
        let clues = [
            try heard("fu lan", "county"), try heard("tai ping", "township"),
            .refused(code: "110101"), .unsure(code: "4301"), .agreed(code: "430000"),
        ]
        .map { clue -> Clue in
            if case .unsure = clue { return .unsure(code: "430100") }
            return clue
        }
        let one = try ear.belief(in: clues)
        let two = try ear.belief(in: clues.reversed())
        #expect(one.candidates.map(\.place) == two.candidates.map(\.place))
        #expect(one.candidates.map(\.probability) == two.candidates.map(\.probability))
        #expect(one.entropy == two.entropy)
        #expect(one.shares.map(\.logRatio) == two.shares.reversed().map(\.logRatio))
    }

    @Test("each clue sharpens; a no takes its places down and does not erase them")
    func sharpens() throws {
        let first = try ear.belief(in: [try heard("tai ping", "township")])
        let both = try ear.belief(in: [
            try heard("tai ping", "township"), .refused(code: "110101"),
        ])
        #expect(both.entropy < first.entropy)
        #expect(ear.code(of: both.candidates[0].place) == "430102101")
        let north = try #require(both.candidates.first { ear.code(of: $0.place) == "110101100" })
        #expect(north.probability > 0 && north.probability < 0.2)
        #expect(both.candidates.reduce(0) { $0 + $1.probability } > 0.999)
    }

    @Test("a refused name is refused with all places called so, worked by hand")
    func refusal() throws {
        // Two counties 湖南 of seven-to-be: P(no | there) .06, elsewhere .85.
        let belief = try ear.belief(in: [.refused(code: "430101"), try heard("hu nan", "county")])
        let plain = try ear.belief(in: [try heard("hu nan", "county")])
        func probability(_ belief: Belief, _ code: String) -> Double {
            belief.candidates.first { ear.code(of: $0.place) == code }?.probability ?? 0
        }
        let before = probability(plain, "110101") / probability(plain, "430102")
        let after = probability(belief, "110101") / probability(belief, "430102")
        #expect(abs(after / before - 0.06 / 0.85) < 1e-6)
    }

    @Test("a clue that speaks against the rest is shown as such")
    func contradiction() throws {
        let belief = try ear.belief(in: [
            try heard("lan san", "county"), try heard("nan shan", "county"),
            .refused(code: "430102"),
        ])
        #expect(ear.code(of: belief.candidates[0].place) == "430102")
        #expect(belief.shares[0].logRatio > 0)
        #expect(belief.shares[2].contradicts)
    }

    @Test("the next question is the one that is expected to tell most")
    func question() throws {
        // An even split tells more than a sure thing or a long shot.
        #expect(Ear.gain(0.5) > Ear.gain(0.1) && Ear.gain(0.1) > Ear.gain(0.001))
        #expect(Ear.gain(0) == 0 && abs(Ear.gain(1)) < 1e-12)
        let belief = try ear.belief(in: [try heard("tai ping", "township")])
        let best = try #require(belief.questions.first)
        #expect(best.gain > 0.3)
        #expect(belief.questions.allSatisfy { $0.gain <= best.gain })
        // Asked once, not asked again.
        let code = ear.code(of: best.place)
        let next = try ear.belief(in: [try heard("tai ping", "township"), .unsure(code: code)])
        #expect(!next.questions.contains { ear.code(of: $0.place) == code })
    }

    @Test("a code that is no place is refused")
    func unknownCode() {
        #expect(throws: TableError.self) { try ear.belief(in: [.refused(code: "999999")]) }
    }

    @Test("settlements and the station's own history weigh when asked to")
    func prior() throws {
        let utterance = try ear.reader.utterance("hu nan", levels: "county")
        let plain = ear.hear(utterance)
        let seen = ear.hear(utterance, prior: Prior(seen: ["110101": 9]))
        #expect(ear.code(of: seen[0].place) == "110101")
        #expect(seen[0].probability > plain[0].probability)
    }
}

@Suite("Names of solved cases, and lists of operators")
struct AliasAndImportTests {
    @Test("a name that a solved case taught is used at once, and no longer when ended")
    func alias() throws {
        var ear = try SmallCountry.ear()
        let utterance = try ear.reader.utterance("du an lao", levels: "county/township")
        func place(_ ear: Ear) -> Int? {
            ear.hear(utterance).firstIndex { ear.code(of: $0.place) == "430102100" }
        }
        #expect(place(ear) != 0)
        let row = AliasTable.Row(
            heard: "du an lao", code: "430102100", who: "寻亲员甲", when: "2026-11-01")
        let today = try #require(Day("2026-11-24"))
        #expect(ear.use(AliasTable(rows: [row]), on: today) == [])
        #expect(place(ear) == 0)
        let truth = try #require(ear.places(code: "430102100").last)
        let why = try #require(ear.explain(utterance.fragments[0].spellings[0], as: truth))
        #expect(why.isAlias)
        for (until, counts) in [
            ("2026-11-20", false), ("2026-11-24", false), ("2026-11-25", true),
        ] {
            var ended = row
            ended.until = until
            #expect(ear.use(AliasTable(rows: [ended]), on: today) == [])
            #expect((place(ear) == 0) == counts, "until \(until)")
        }
        // By the computer's clock, which has left 1970 and not come to 9999.
        var endless = row
        (endless.when, endless.until) = ("1970-01-02", "9999-12-31")
        #expect(ear.use(AliasTable(rows: [endless])) == [])
        #expect(place(ear) == 0)
    }

    @Test("an alias whose days cannot be read is named and left out")
    func aliasDays() throws {
        var ear = try SmallCountry.ear()
        let row = AliasTable.Row(heard: "hu", code: "430102100", who: "甲", when: "昨天")
        var until = row
        (until.when, until.until) = ("2026-01-01", "soon")
        let faults = ear.use(AliasTable(rows: [row, until]))
        #expect(faults.count == 2 && faults[0].contains("昨天") && faults[1].contains("soon"))
    }

    @Test("an alias of an unknown code is named and left out")
    func aliasFault() throws {
        var ear = try SmallCountry.ear()
        let faults = ear.use(
            AliasTable(rows: [.init(heard: "hu", code: "000000", who: "甲", when: "2026-01-01")]))
        #expect(faults.count == 1 && faults[0].contains("000000"))
    }

    @Test("the table of aliases survives writing and reading")
    func aliasTable() throws {
        let table = AliasTable(rows: [
            .init(heard: "lao\thu", code: "430102100", who: "\"甲", when: "2026-11-01"),
            .init(
                heard: "虎头", code: "430102101", who: "乙", when: "2026-11-02", until: "2026-12-01"),
        ])
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: path) }
        try Data(table.text.utf8).write(to: path)
        let read = try AliasTable(path: path.path)
        #expect(read.rows[1] == table.rows[1])
        #expect(read.rows[0].heard == "lao hu" && read.rows[0].who == "\"甲")
    }

    @Test("a newer list replaces names, keeps old codes and old names findable")
    func importing() throws {
        try withImport(
            "430101100\t古城镇\t430101\t\t\t2023\n430101103\t新渡乡\t430101\t\t\t2023\n"
        ) { new, old in
            let report = try PlacesImport.merge(new, into: old, output: old)
            #expect(report == .init(added: 1, renamed: 1, unchanged: 0, kept: 4))
            let (bytes, _) = try IndexBuilder(places: old, readings: old).build()
            let ear = Ear(index: try EarIndex(data: Data(bytes)))
            #expect(ear.places(code: "430101100").map { ear.name(of: $0) } == ["古城镇"])
            let found = ear.hear(try ear.reader.utterance("shan nan", levels: "township"))
            #expect(ear.code(of: found[0].place) == "430101100")
            #expect(!ear.places(code: "430101101").isEmpty)
        }
    }

    @Test("faults are named with their row, and nothing is written")
    func importFaults() throws {
        try withImport(
            "43010\t短镇\t430101\t\t\t2023\n430101109\t\t430101\t\t\t2023\n"
                + "999901100\t远镇\t999901\t200\t\t2023\n"
        ) { new, old in
            let townships = URL(fileURLWithPath: old + "/townships.tsv")
            let before = try Data(contentsOf: townships)
            let faults = #expect(throws: PlacesImport.Faults.self) {
                try PlacesImport.merge(new, into: old, output: old)
            }
            #expect(
                faults?.lines.map { $0.prefix(20) } == [
                    "townships.tsv, row 2", "townships.tsv, row 3", "townships.tsv, row 4",
                ])
            #expect(try Data(contentsOf: townships) == before)
        }
    }

    /// Calls with the folder of an operator's townships and the folder in use.
    private func withImport(
        _ townships: String, _ body: (_ new: String, _ old: String) throws -> Void
    ) throws {
        let old = try SmallCountry.folder()
        let new = try SmallCountry.folder(
            places: ["townships.tsv": "code\tname\tcounty\tlon\tlat\tstatus\n" + townships],
            readings: [:])
        defer {
            try? FileManager.default.removeItem(at: old)
            try? FileManager.default.removeItem(at: new)
        }
        try body(new.path, old.path)
    }
}
