import Foundation
import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("Importing missing reports")
struct ImportMissingTests {
    static let header = "编号,姓名,性别,出生日期,身份证号,走失日期,走失地点,联系人,关系,联系电话"

    private func run(_ text: String, list: String = "走失登记表", in office: Office) async throws
        -> SeeImport.Answer
    {
        try await run(Array(text.utf8), list: list, in: office)
    }

    private func run(_ file: [UInt8], list: String = "走失登记表", in office: Office) async throws
        -> SeeImport.Answer
    {
        let officer = try await office.account(.tracingOfficer, at: office.station)
        let load = MissingImport(holder: office.station, list: list, file: file)
        let batch = try await load.begin(in: office.workplace, as: officer.actor)
        try await load.run(batch, in: office.workplace, as: officer.actor)
        return try await office.workplace.perform(
            SeeImport(holder: office.station, batch: batch), as: officer.actor)
    }

    @Test(
        "loads the good rows and names each bad one by line and reason",
        arguments: TestDatabase.engines)
    func goodAndBad(engine: Engine) async throws {
        let office = try await Office(engine)
        let file = """
            \(Self.header)
            A1,王建国,男,1968,,2016-08-14,颍上游市,王建军,兄弟,13800000000
            A2,刘秀英,女,1940-02-30,,,,刘强,子女,13800000001
            ,赵大山,男,,,,,赵小山,子女,13800000002
            A4,钱三,男,,4.1E+17,,,钱四,兄弟,13800000003
            A5,孙五,男,,410102195001010000,,,孙六,子女,13800000004
            A1,重复,男,,,,,某,子女,13800000005
            A7,少一列,男,,,,,某,子女
            A8,,男,,,,,某,子女,13800000006
            A9,周八,火星,,,,,周九,子女,13800000007
            A10,吴十,女,约60岁,,去年冬天,,吴一,子女,13800000008
            """
        let seen = try await run(file, in: office)
        #expect(seen.state == .done)
        #expect(seen.rows == 10)
        #expect(seen.loaded == 2)
        #expect(seen.refused == 8)
        let told = seen.problems.map { "\($0.line) \($0.saying.key)" }
        #expect(
            told == [
                "3 partialDay.noSuchDate", "4 import.keyBlank", "5 identity.spoiltBySpreadsheet",
                "6 identity.spoiltBySpreadsheet", "7 import.keyTwice", "8 import.columns",
                "9 field.required", "10 import.sex",
            ])
    }

    @Test(
        "a repeat loads nothing twice and an edited row is told, not overwritten",
        arguments: TestDatabase.engines)
    func again(engine: Engine) async throws {
        let office = try await Office(engine)
        let row = "A1,王建国,男,1968,,2016-08-14,颍上游市,王建军,兄弟,13800000000"
        _ = try await run("\(Self.header)\n\(row)\n", in: office)
        let second = try await run("\(Self.header)\n\(row)", in: office)
        #expect(second.known == 1 && second.loaded == 0 && second.refused == 0)
        let edited = try await run(
            "\(Self.header)\n\(row.replacingOccurrences(of: "1968", with: "1969"))", in: office)
        #expect(edited.loaded == 0 && edited.refused == 1)
        #expect(edited.problems.map(\.saying.key) == ["missing.keyWithOtherContent"])
        let officer = try await office.account(.tracingOfficer, at: office.station)
        let listed = try await office.workplace.perform(ListMissing(), as: officer.actor)
        #expect(listed.lines.count == 1)
    }

    @Test(
        "reads what Chinese spreadsheets write",
        arguments: [
            "utf-8", "utf-8-bom", "utf-16le", "utf-16be", "gb18030",
        ])
    func encodings(name: String) async throws {
        let office = try await Office(.sqlite)
        let text = "Key,Name,Sex,Reporter,Relation,Phone\r\nK1,王𠮷国,男,王军,兄弟,13800000000"
        let file: [UInt8] =
            switch name {
            case "utf-8": Array(text.utf8)
            case "utf-8-bom": [0xEF, 0xBB, 0xBF] + Array(text.utf8)
            case "utf-16le":
                [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
            case "utf-16be":
                [0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
            default:
                // 王 𠮷 国 男 军 兄 弟 in GB 18030; the second is a four-byte code.
                Array("Key,Name,Sex,Reporter,Relation,Phone\r\nK1,".utf8)
                    + [0xCD, 0xF5, 0x95, 0x34, 0xB2, 0x35, 0xB9, 0xFA] + Array(",".utf8)
                    + [0xC4, 0xD0] + Array(",".utf8) + [0xCD, 0xF5, 0xBE, 0xFC] + Array(",".utf8)
                    + [0xD0, 0xD6, 0xB5, 0xDC] + Array(",13800000000".utf8)
            }
        let seen = try await run(file, in: office)
        #expect(seen.loaded == 1, "\(seen.problems)")
        let officer = try await office.account(.tracingOfficer, at: office.station)
        let listed = try await office.workplace.perform(ListMissing(), as: officer.actor)
        if name != "gb18030" { #expect(listed.lines.map(\.name) == ["王𠮷国"]) }
        #expect(listed.lines.first?.name.hasPrefix("王") == true)
    }

    @Test("a file without the needed columns is refused whole, with the column's name")
    func columns() async throws {
        let office = try await Office(.sqlite)
        let refused = await refusal {
            _ = try await run("姓名,联系人,关系,联系电话\n王,王,子女,13800000000", in: office)
        }
        #expect(refused as? MissingImport.Failure == .columnMissing(.key))
        #expect(
            await refusal { _ = try await run("", in: office) } as? MissingImport.Failure == .empty)
    }

    @Test(
        "cut off by a stop says so, and is completed by the same file",
        arguments: TestDatabase.engines)
    func cutOff(engine: Engine) async throws {
        let office = try await Office(engine)
        let officer = try await office.account(.tracingOfficer, at: office.station)
        let place = office.workplace
        let file = "\(Self.header)\nA1,王建国,男,1968,,2016-08-14,颍上游市,王建军,兄弟,13800000000\n"
        let load = MissingImport(
            holder: office.station, list: "走失登记表", file: Array(file.utf8))
        func state(_ batch: ID<ImportBatch>) async throws -> ImportState {
            let listed = try await place.perform(ListImports(), as: officer.actor)
            let seen = try await place.perform(
                SeeImport(holder: office.station, batch: batch), as: officer.actor)
            #expect(listed.first { $0.batch == batch }?.state == seen.state)
            return seen.state
        }
        let stopped = try await load.begin(in: place, as: officer.actor)
        #expect(try await state(stopped) == .running)
        try await place.endCutImports()
        #expect(try await state(stopped) == .interrupted)
        #expect(try await run(file, in: office).loaded == 1)
        // It was another copy's, which is still at it: nothing is lost.
        try await load.run(stopped, in: place, as: officer.actor)
        #expect(try await state(stopped) == .done)
        try await place.endCutImports()
        #expect(try await state(stopped) == .done)

        // The officer's session ends in the middle.
        let forbidden = try await load.begin(in: place, as: officer.actor)
        await #expect(throws: Ending.self) {
            try await load.run(forbidden, in: place, as: .visitor)
        }
        #expect(try await state(forbidden) == .interrupted)
    }

    @Test("thousands of rows with one bad lose only that one")
    func many() async throws {
        let office = try await Office(.sqlite)
        var text = "编号,姓名,联系人,关系,联系电话\n"
        for row in 0..<1_000 {
            text += "R\(row),王\(row == 777 ? "\u{7}" : "建")国,王军,兄弟,13800000000\n"
        }
        let seen = try await run(text, in: office)
        #expect(seen.loaded == 999)
        #expect(seen.problems.map(\.line) == [779])
    }
}
