import Foundation
import GuituInvented
import GuituModel
import Testing

private func rows(_ bytes: [UInt8]) throws -> (rows: [[String]], problems: [CSVReader.Problem]) {
    var rows: [[String]] = []
    var problems: [CSVReader.Problem] = []
    for entry in try CSVReader(bytes) {
        switch entry {
        case .row(let row): rows.append(row.fields)
        case .problem(let problem): problems.append(problem)
        }
    }
    return (rows, problems)
}

@Suite("Files of rows")
struct CSVTests {
    static let table = "姓名,地点\r\n王建国,郑州\r\n𠮷田,\"虞城县,\n城关\"\r\n"
    static let expected = [["王建国", "郑州"], ["𠮷田", "虞城县,\n城关"]]

    @Test("the same table reads the same however it is written")
    func encodings() throws {
        let utf16 = Array(Self.table.utf16)
        let little = utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let big = utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        // 姓名 and so on in GB18030; 𠮷 has four bytes there.
        let gb: [UInt8] =
            [0xD0, 0xD5, 0xC3, 0xFB, 0x2C, 0xB5, 0xD8, 0xB5, 0xE3, 0x0D, 0x0A]
            + [0xCD, 0xF5, 0xBD, 0xA8, 0xB9, 0xFA, 0x2C, 0xD6, 0xA3, 0xD6, 0xDD, 0x0D, 0x0A]
            + [
                0x95, 0x34, 0xB2, 0x35, 0xCC, 0xEF, 0x2C, 0x22, 0xD3, 0xDD, 0xB3, 0xC7, 0xCF, 0xD8,
                0x2C,
            ]
            + [0x0A, 0xB3, 0xC7, 0xB9, 0xD8, 0x22, 0x0D, 0x0A]
        let written: [([UInt8], CSVReader.Encoding)] = [
            (Array(Self.table.utf8), .utf8), ([0xEF, 0xBB, 0xBF] + Array(Self.table.utf8), .utf8),
            ([0xFF, 0xFE] + little, .utf16LittleEndian), ([0xFE, 0xFF] + big, .utf16BigEndian),
            (little, .utf16LittleEndian), (big, .utf16BigEndian), (gb, .gb18030),
        ]
        for (bytes, encoding) in written {
            let reader = try CSVReader(bytes)
            #expect(reader.encoding == encoding)
            #expect(reader.header == ["姓名", "地点"])
            let (found, problems) = try rows(bytes)
            #expect(found == Self.expected && problems.isEmpty, "\(encoding)")
        }
    }

    @Test("line ends, separators and a missing last newline make no difference")
    func shapes() throws {
        for newline in ["\n", "\r\n", "\r"] {
            for separator in [",", "\t", ";"] {
                for end in ["", newline, newline + newline] {
                    let text = ["a", "b", "1", "x\"y", "3", "\"4\(separator)\"\"\(newline)\"号"]
                    let file =
                        [text[0...1], text[2...3], text[4...5]].map {
                            $0.joined(separator: separator)
                        }
                        .joined(separator: newline) + end
                    let (found, problems) = try rows(Array(file.utf8))
                    #expect(found == [["1", "x\"y"], ["3", "4\(separator)\"\(newline)号"]])
                    #expect(problems.isEmpty)
                }
            }
        }
    }

    @Test("a row of the wrong width is named with its line, and the others are read")
    func widths() throws {
        let file = "a,b,c\n1,2,3\n\n1,2\n\"x\ny\",2,3\n1,2,3,4\n4,5,6,,,\n , ,\n7,8,9"
        let (found, problems) = try rows(Array(file.utf8))
        #expect(
            found == [["1", "2", "3"], ["x\ny", "2", "3"], ["4", "5", "6"], ["7", "8", "9"]])
        #expect(problems.map(\.line) == [4, 7])
        #expect(
            problems.map(\.kind) == [.columns(expected: 3, is: 2), .columns(expected: 3, is: 4)])
        #expect(problems.first?.fields == ["1", "2"])
    }

    @Test("a quote that never closes costs one row, not the rest of the file")
    func openQuote() throws {
        let (found, problems) = try rows(Array("a,b\n1,\"2\n3,4\n5,6\n".utf8))
        #expect(found == [["3", "4"], ["5", "6"]])
        #expect(problems.map(\.line) == [2] && problems.map(\.kind) == [.unclosedQuote])
        #expect(problems.first?.fields == ["1,\"2"])
        let long = "a,b\n1,\"" + String(repeating: "长", count: 30_000) + "\n3,4\n\"5\",6\n"
        let (after, found2) = try rows(Array(long.utf8))
        #expect(after == [["3", "4"], ["5", "6"]])
        #expect(found2.map(\.kind) == [.fieldTooLong])
    }

    @Test("a file in no encoding we know is refused with the line")
    func unreadable() {
        let start = Array("姓名,地点\n王建国,郑州\n李,".utf8)
        #expect(throws: CSVReader.Failure.unreadable(line: 3)) {
            try CSVReader(start + [0xE9, 0x83] + Array("\n王,x\n".utf8))
        }
        #expect(throws: CSVReader.Failure.unreadable(line: 2)) {
            try CSVReader(Array("a,b\n".utf8) + [0xFF, 0xD5, 0x0A])
        }
        #expect(throws: CSVReader.Failure.unreadable(line: 1)) {
            try CSVReader([0xFF, 0xFE, 0x41, 0x00, 0x0A])
        }
        #expect(throws: CSVReader.Failure.unreadable(line: 1)) {
            try CSVReader([0xFF, 0xFE, 0x00, 0xD8, 0x41, 0x00])
        }
        #expect(throws: CSVReader.Failure.empty) { try CSVReader([]) }
        #expect(throws: CSVReader.Failure.empty) { try CSVReader(Array("\n \n".utf8)) }
        #expect(throws: CSVReader.Failure.brokenHeader(line: 2)) {
            try CSVReader(Array("\"a,b\n1,2\n".utf8))
        }
    }

    @Test("what is written reads back, and runs nowhere as a formula")
    func writing() throws {
        var writer = CSVWriter(header: ["姓名", "备注"])
        writer.write(["王建国", "他说:\"回家\"\n第二行,完"])
        writer.write(["=1+1", "+8613800000000"])
        writer.write(["@cmd", "-2"])
        writer.write(["只一格"])
        let (found, problems) = try rows(writer.bytes)
        #expect(problems.isEmpty)
        #expect(
            found == [
                ["王建国", "他说:\"回家\"\n第二行,完"], ["'=1+1", "'+8613800000000"], ["'@cmd", "'-2"],
                ["只一格", ""],
            ])
    }

    @Test("random bytes never end the program", arguments: 0..<30 as Range<UInt64>)
    func randomBytes(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet: [UInt8] = [
            0x2C, 0x22, 0x0A, 0x0D, 0x09, 0x3B, 0x41, 0xE7, 0x8E, 0x8B, 0xCD, 0xF5, 0xFF, 0xFE,
            0x00,
        ]
        for _ in 0..<200 {
            let count = Int.random(in: 0...120, using: &random)
            let wild = Bool.random(using: &random)
            let bytes = (0..<count).map { _ in
                wild
                    ? UInt8.random(in: 0...255, using: &random)
                    : alphabet.randomElement(using: &random)!
            }
            guard let reader = try? CSVReader(bytes) else { continue }
            let width = reader.header.count
            for entry in reader {
                if case .row(let row) = entry { #expect(row.fields.count == width) }
            }
        }
    }

    @Test("every row written comes back the same", arguments: 0..<30 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let alphabet = Array("王\"\n\r,;\t ab=🏠é")
        var writer = CSVWriter(header: ["a", "b", "c"])
        var written: [[String]] = []
        for _ in 0..<50 {
            // The first letter keeps the formula guard and the blank-line rule out.
            let row = (0..<3).map { _ in
                "x"
                    + String(
                        (0..<Int.random(in: 0...6, using: &random)).map { _ in
                            alphabet.randomElement(using: &random)!
                        })
            }
            written.append(row)
            writer.write(row)
        }
        let (found, problems) = try rows(writer.bytes)
        #expect(found == written && problems.isEmpty)
    }
}
