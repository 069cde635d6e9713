import Foundation
import GuituModel
import Testing

@testable import GuituEar

@Suite("What an operator knows of places")
struct ClueTests {
    private let table = ClueTable(rows: [
        .init(.phone, "0730", code: "430100", source: "本站"),
        .init(.plate, "湘Z", code: "430102", weight: 4, source: "本站"),
        .init(.plate, "湘Z", code: "430103", source: "本站"),
        .init(.landmark, "双塔", code: "110102", source: "本站"),
    ])

    private func ear(_ table: ClueTable) throws -> Ear {
        var ear = try SmallCountry.ear()
        #expect(ear.use(table) == [])
        return ear
    }

    private func probability(_ belief: Belief, _ code: String, _ ear: Ear) -> Double {
        belief.candidates.filter { ear.path(of: $0.place).contains { ear.code(of: $0) == code } }
            .reduce(0) { $0 + $1.probability }
    }

    @Test("a plate and a dialling code weigh their places, worked by hand, and show their share")
    func told() throws {
        let ear = try ear(table)
        let heard = Clue.heard(try ear.reader.utterance("nan san", levels: "county"))
        let plain = try ear.belief(in: [heard])
        let told = try ear.belief(in: [heard, .told(.plate, "湘z·12345")])
        func odds(_ belief: Belief, _ one: String, _ other: String) -> Double {
            probability(belief, one, ear) / probability(belief, other, ear)
        }
        // .80 there, .05 elsewhere; a quarter of the weight is a quarter of the way.
        let gain = odds(told, "430102", "110101") / odds(plain, "430102", "110101")
        #expect(abs(gain - 0.80 / 0.05) < 1e-6)
        let less = odds(told, "430103", "110101") / odds(plain, "430103", "110101")
        #expect(abs(less - (0.05 + 0.75 / 4) / 0.05) < 1e-6)
        #expect(told.shares[1].logRatio > 0)
        // 730-1234 is the number of somebody under 0730; whose county stays open.
        let phone = try ear.belief(in: [heard, .told(.phone, "730-1234")])
        let above = odds(phone, "430101", "110101") / odds(plain, "430101", "110101")
        #expect(abs(above - 0.80 / 0.05) < 1e-6)
        let against = try ear.belief(in: [heard, .told(.landmark, "双塔")])
        #expect(against.shares[1].contradicts)
    }

    @Test("the order of clues does not matter, and what nobody knows is refused")
    func order() throws {
        let ear = try ear(table)
        let clues: [Clue] = [
            .told(.phone, "0730"), .told(.plate, "湘Z"), .refused(code: "430103"),
        ]
        let one = try ear.belief(in: clues)
        let two = try ear.belief(in: clues.reversed())
        #expect(one.candidates.map(\.probability) == two.candidates.map(\.probability))
        #expect(!ear.knows(.plate, "豫N") && ear.knows(.plate, "湘Z"))
        // A landmark is known by all of its name only.
        #expect(!ear.knows(.landmark, "双塔寺") && !ear.knows(.bus, "双塔"))
        #expect(throws: TableError.self) { try ear.belief(in: [.told(.plate, "豫N")]) }
        #expect(throws: TableError.self) {
            try SmallCountry.ear().belief(in: [.told(.plate, "湘Z")])
        }
    }

    @Test("places with more people are likelier when asked for, whatever their number of rows")
    func population() throws {
        let ear = try ear(
            ClueTable(rows: [
                .init(.population, "", code: "430102", weight: 900, source: "普查"),
                .init(.population, "", code: "110101", weight: 100, source: "普查"),
            ]))
        let heard = Clue.heard(try ear.reader.utterance("tai ping", levels: "township"))
        let plain = try ear.belief(in: [heard])
        let weighed = try ear.belief(in: [heard], prior: Prior(byPopulation: true))
        func odds(_ belief: Belief) -> Double {
            probability(belief, "430102101", ear) / probability(belief, "110101100", ear)
        }
        // 430102 has two towns of today, 110101 one: 450 people against 100.
        #expect(abs(odds(weighed) / odds(plain) - 4.5) < 1e-6)
        let none = try SmallCountry.ear()
        let unweighed = try none.belief(in: [heard], prior: Prior(byPopulation: true))
        #expect(abs(odds(unweighed) - odds(plain)) < 1e-9)
    }

    @Test("a table is written as it is read; every row at fault is named and none is used")
    func file() throws {
        let folder = try SmallCountry.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("clues.tsv").path
        try Data(table.text.utf8).write(to: URL(fileURLWithPath: path))
        #expect(try ClueTable(path: path) == table)
        let faulty = """
            kind	value	code	weight	source
            phone	0730	430100		本站
            taste	辣	430100		本站
            plate		430100		本站
            plate	湘Z	430100	-1	本站
            bus	1路	430100	1
            bus	1路		1	本站
            phone	730	430100		本站
            population		430100		普查
            """
        try Data(faulty.utf8).write(to: URL(fileURLWithPath: path))
        do {
            _ = try ClueTable(path: path)
            Issue.record("read")
        } catch let faults as PlacesImport.Faults {
            let rows = faults.lines.map { $0.split(separator: ":")[0] }
            #expect(rows == (3...9).map { "clues.tsv, row \($0)" }.map { Substring($0) })
            #expect(faults.description.contains("no kind \"taste\""))
            #expect(faults.description.contains("phone 0730 of 430100 stands twice"))
        }
        var ear = try SmallCountry.ear()
        let lost = ear.use(ClueTable(rows: [.init(.bus, "1路", code: "999999", source: "x")]))
        #expect(lost == ["bus 1路: no place has the code 999999"])
        let newer = ClueTable(rows: [.init(.plate, "湘Y", code: "430101", source: "x")])
        #expect(table.taking(newer).rows.map(\.value) == ["0730", "双塔", "湘Y"])
    }
}
