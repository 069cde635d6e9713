import Foundation
import GuituModel
import Testing

@testable import GuituEar

@Suite("Files of the ear, and bad input")
struct FileTests {
    @Test("the same tables give the same bytes, whatever their order")
    func determinism() throws {
        let (one, about) = try SmallCountry.bytes()
        let (two, _) = try SmallCountry.bytes()
        #expect(one == two)
        var shuffled = SmallCountry.places
        var lines = (shuffled["townships.tsv"] ?? "").split(separator: "\n")
        lines[1...].reverse()
        shuffled["townships.tsv"] = lines.joined(separator: "\n")
        let (three, other) = try SmallCountry.bytes(shuffled)
        #expect(other.names == about.names && three.count == one.count)
        #expect(about.placed["0 湖南"] == "湖南县")
        #expect(about.placed["1 1930南山城"] == "南山县")
        #expect(about.unplaced == ["不知何處"])
    }

    @Test("a missing table is named and done without")
    func missing() throws {
        var few = SmallCountry.places
        few["villages.tsv"] = nil
        few["county-history.tsv"] = nil
        let (bytes, about) = try SmallCountry.bytes(few)
        #expect(about.missing == ["villages.tsv", "county-history.tsv"])
        let ear = Ear(index: try EarIndex(data: Data(bytes)))
        #expect(!ear.hear(try ear.reader.utterance("nan shan")).isEmpty)
        few["divisions.tsv"] = nil
        #expect(throws: TableError.self) { try SmallCountry.bytes(few) }
    }

    @Test("a fault in a table is named with its row")
    func tableFault() throws {
        var bad = SmallCountry.places
        bad["townships.tsv"] = "code\tname\tcounty\tlon\tlat\tstatus\n4301\t短镇\t430101\t\t\t2023"
        let error = #expect(throws: TableError.self) { try SmallCountry.bytes(bad) }
        #expect(error?.row == 2 && error?.file == "townships.tsv")
    }

    @Test("a damaged or foreign index is refused, never read past its end")
    func damaged() throws {
        let (bytes, _) = try SmallCountry.bytes()
        #expect(throws: IndexError.notAnIndex("index")) { try EarIndex(data: Data("PNG".utf8)) }
        for cut in stride(from: 0, to: bytes.count - 1, by: 997) {
            #expect(throws: IndexError.self) { try EarIndex(data: Data(bytes[..<cut])) }
        }
        #expect(throws: IndexError.self) { try EarIndex(path: "/nowhere/places.index") }
    }

    @Test("a number that points outside the index is refused when it is opened")
    func pointsOutside() throws {
        let (bytes, _) = try SmallCountry.bytes()
        #expect(try EarIndex(data: Data(bytes)).isIntact)
        for section in [
            Section.nameStarts, .parents, .ownNames, .nameKeys, .groups, .namePlaces,
            .nameCells, .formerNames, .cellStarts, .cellReadings, .cellCharacters, .cellAreas,
            .areaPlaces,
            .areaRuns, .areaCells,
        ] {
            let at = IndexFormat.head - (Section.allCases.count - section.rawValue) * 16
            let start = bytes[at..<at + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
            var damaged = bytes
            // 0xFFFFFFFF would say "none" of parents and own names.
            for byte in 0..<4 { damaged[start + byte] = 0xFE }
            #expect(throws: IndexError.damaged("index"), "\(section)") {
                try EarIndex(data: Data(damaged))
            }
        }
    }

    @Test("queries of a file are answered by the contract")
    func contract() throws {
        let ear = try SmallCountry.ear()
        let outcome = try Self.batch(
            ear,
            """
            id,heard,levels,province
            a,tai ping|nan shan,township|county,
            "b,1",hu nan,county/township,43
            c,,county,
            d,🙂🙂,county,
            e,hu nan,planet,

            f,lao cheng,county/township,
            """)
        let answers = try CSVReader(Array(outcome.csv.utf8))
        let rows =
            [answers.header]
            + answers.compactMap { if case .row(let row) = $0 { row.fields } else { nil } }
        #expect(rows[0] == ["id", "rank", "code", "probability", "score"])
        #expect(rows.first { $0[0] == "a" }?[1...2] == ["1", "430102101"])
        #expect(rows.first { $0[0] == "b,1" }?[2] == "430101")
        #expect(rows.first { $0[0] == "f" }?[2] == "110101")
        #expect(!rows.contains { ["c", "d", "e"].contains($0[0]) })
        #expect(outcome.complaints.count == 3)
        for row in rows.dropFirst() {
            let probability = try #require(Double(row[3]))
            #expect((0...1.000_001).contains(probability))
            #expect(Double(row[4]) != nil)
        }
        #expect(throws: TableError.self) { try Self.batch(ear, "what\n1") }
    }

    private static func batch(_ ear: Ear, _ text: String) throws -> EarBatch.Outcome {
        try EarBatch(ear: ear).run(csv: Array(text.utf8))
    }

    @Test("queries in an office's own encoding are read; a broken row is named and passed over")
    func encodings() throws {
        let ear = try SmallCountry.ear()
        // 湖南 in GB18030.
        let file = Array("id,heard,levels\na,".utf8) + [0xBA, 0xFE, 0xC4, 0xCF]
        let found = try EarBatch(ear: ear).run(csv: file + Array(",county\n".utf8))
        #expect(found.csv.contains("a,1,430101") || found.csv.contains("a,1,110101"))
        let broken = try Self.batch(ear, "id,heard\na,\"hu\nb,hu nan\n")
        #expect(broken.complaints.count == 1 && broken.complaints[0].contains("row 2"))
        #expect(broken.csv.contains("b,1,"))
    }

    @Test(
        "whatever is typed is answered or refused",
        arguments: [
            "", " ", "zh", "1 2 3 4", "ABC xyz", "<b>hu</b> nan", "hu\u{0}nan", "🙂",
            "我想回家因为我已经很久没有回去过了",
            "hu|", "|hu", "||||||", ";;;", "/", "hu/", "/hu", "hu//nan", "́́́", "ｈｕ ｎａｎ",
            "hu nan \u{202E}nan",
            "l1 O0 湖x南", "ü", "u:", ":", "hu nan|hu nan|hu nan|hu nan",
        ])
    func anything(text: String) throws {
        let ear = try SmallCountry.ear()
        do {
            let found = ear.hear(try ear.reader.utterance(text))
            #expect(found.allSatisfy { $0.probability.isFinite })
        } catch is HeardError {}
    }

    @Test("forty syllables, a sentence and ten megabytes are refused for their length")
    func tooLong() throws {
        let reader = try SmallCountry.ear().reader
        for text in [
            Array(repeating: "hu", count: 40).joined(separator: " "),
            String(repeating: "湖南", count: 20), String(repeating: "hunan ", count: 1_750_000),
        ] {
            #expect {
                try reader.utterance(text)
            } throws: {
                if case HeardError.tooLong = $0 { true } else { false }
            }
        }
        #expect(throws: HeardError.tooManyFragments(5)) { try reader.utterance("hu|hu|hu|hu|hu") }
        #expect(throws: HeardError.nothingReadable) { try reader.utterance("1 2 3") }
        #expect(throws: HeardError.unknownLevel("planet")) {
            try reader.utterance("hu", levels: "planet")
        }
    }

    @Test(
        "random bytes never break the reader, the batch or the index",
        arguments: 0..<60 as Range<UInt64>)
    func fuzz(seed: UInt64) throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        let pieces = [
            "hu", "nan", " ", "|", "/", ";", "湖", "县", "4", "\"", ",", "\n", "🙂", "ü", "<p>",
            "\u{301}", "zh",
        ]
        let ear = try SmallCountry.ear()
        for _ in 0..<30 {
            let text = (0..<(next() % 14)).map { _ in pieces[Int(next() % UInt64(pieces.count))] }
                .joined()
            if let utterance = try? ear.reader.utterance(text) { _ = ear.hear(utterance) }
            _ = try Self.batch(ear, "id,heard,levels\n1," + text)
        }
        let whole = try SmallCountry.bytes().0
        for _ in 0..<40 {
            var bytes = whole
            let end = next() % 2 == 0 ? 600 : UInt64(bytes.count)
            for _ in 0..<4 { bytes[Int(next() % end)] = UInt8(next() & 0xFF) }
            guard bytes != whole, let index = try? EarIndex(data: Data(bytes)) else { continue }
            // Wrong, perhaps, but never read past its end; and found out when asked.
            #expect(!index.isIntact)
            let ear = Ear(index: index)
            let utterance = try ear.reader.utterance("hu nan xian|hu nan")
            for candidate in ear.hear(utterance, limit: 5) {
                _ = ear.explain(utterance.fragments[0].spellings[0], as: candidate.place)
                _ = ear.otherNames(of: candidate.place)
            }
        }
    }
}

@Suite("Names of people heard")
struct NamesHeardTests {
    @Test("the ratio is of the name against everybody's, worked from its parts")
    func ratio() throws {
        let ear = try SmallCountry.ear()
        let shares = NameFrequencies(
            surnames: [("胡", 0.5), ("吴", 0.3), ("王", 0.2)],
            given: [("平", 0.5), ("安", 0.5)], ear: ear)
        let heard = try ear.reader.spelling("fu ping")
        let found = try ear.hearName(heard, area: "43", among: shares)
        // 胡 is read fu there.
        #expect(found.first?.name == "胡平")
        #expect(abs(found.reduce(0) { $0 + $1.probability } - 1) < 1e-3)
        for name in found {
            let ratio = try #require(
                ear.nameRatio(heard, name: name.name, area: "43", among: shares))
            #expect(abs(ratio / name.ratio - 1) < 1e-3)
        }
        // Where hu is hu, fu is less of a reason for 胡.
        let south = try #require(ear.nameRatio(heard, name: "胡平", area: "43", among: shares))
        let north = try #require(ear.nameRatio(heard, name: "胡平", area: "11", among: shares))
        #expect(south > north)
        #expect(ear.nameRatio(heard, name: "胡", area: "43", among: shares) == nil)
        #expect(throws: HeardError.self) {
            try ear.hearName(ear.reader.spelling("hu hu hu hu hu"), area: "", among: shares)
        }
    }
}
