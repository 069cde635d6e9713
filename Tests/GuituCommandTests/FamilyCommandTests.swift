import Foundation
import Testing

@Suite("guitu dna family")
struct FamilyCommandTests {
    @Test("reads a family in words, prints it as a table and draws it")
    func draws() async throws {
        let shell = try await Shell()
        let file = shell.folder.appending(path: "family.txt")
        try """
        王大山 男 已故
        李秀英 女 已采样
        王小明 父=王大山 母=李秀英 男 失踪
        """.write(to: file, atomically: true, encoding: .utf8)
        let svg = shell.folder.appending(path: "family.svg")
        let table = try await shell.run("dna", "family", file.path, "--csv", "--svg", svg.path)
        #expect(table.status == 0, "\(table.complaints)")
        #expect(table.output.contains("王小明,王大山,李秀英,"))
        let drawing = try String(contentsOf: svg, encoding: .utf8)
        #expect(drawing.hasPrefix("<svg") && drawing.contains("王小明") && drawing.contains("失踪"))
        let english = try await shell.run("dna", "family", file.path, "--language", "en")
        #expect(english.output.contains("王小明 man father=王大山 mother=李秀英 missing"))
    }

    @Test("refuses what is no family with its row, and draws nothing")
    func refuses() async throws {
        let shell = try await Shell()
        let file = shell.folder.appending(path: "family.txt")
        try "王大山 女\n王小明 男 父=王大山\n".write(to: file, atomically: true, encoding: .utf8)
        let svg = shell.folder.appending(path: "family.svg")
        let told = try await shell.run("dna", "family", file.path, "--svg", svg.path)
        #expect(told.status == 6 && told.output.isEmpty, "\(told.status)")
        #expect(told.complaints.contains("row"))
        #expect(!FileManager.default.fileExists(atPath: svg.path))
        #expect(try await shell.run("dna", "family", "/no/such/file").status == 6)
    }
}
