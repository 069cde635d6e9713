import Foundation
import Testing

@testable import guitu

@Suite("guitu notices")
struct NoticesCommandTests {
    static let notice = "姓名：覃大牛\n性别：男\n年龄：约50岁\n身高：1.65米\n发现地点：河西村路口\n发现时间：昨日"

    @Test("a file becomes a list, and with --json a line by the schema")
    func file() async throws {
        let shell = try await Shell()
        let file = shell.folder.appending(path: "a.txt")
        try Self.notice.write(to: file, atomically: true, encoding: .utf8)
        let list = try await shell.run("notices", "read", "--published", "2021-06-04", file.path)
        #expect(list.status == 0, "\(list.complaints)")
        #expect(list.output.contains("覃大牛") && list.output.contains("2021-06-03"))
        let line = try await shell.run("notices", "read", "--json", file.path)
        let read = try JSONSerialization.jsonObject(with: Data(line.output.utf8)) as? [String: Any]
        #expect(read?["id"] as? String == "a.txt")
        let person = try #require((read?["persons"] as? [[String: Any]])?.first)
        let name = person["name"] as? [String: Any]
        #expect(name?["value"] as? String == "覃大牛")
        #expect(name?["span"] as? [Int] == [3, 6])
    }

    @Test("a folder and a list end with a report, copies are told and a bad line is named")
    func several() async throws {
        let shell = try await Shell()
        let folder = shell.folder.appending(path: "notices")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["a.txt", "b.txt"] {
            try Self.notice.write(
                to: folder.appending(path: name), atomically: true, encoding: .utf8)
        }
        let read = try await shell.run("notices", "read", "--json", "--duplicates", folder.path)
        #expect(read.status == 0)
        #expect(read.output.contains("\"like\":\"a.txt\",\"alike\":1.0"))
        #expect(read.complaints.contains("2 read, 2 persons, 0 without anybody, 1 copies"))
        let list = shell.folder.appending(path: "list.jsonl")
        try """
        {"id":"1","published":"2021-06-04","text":"男，约50岁，昨日在河西村路口被发现。"}
        {"id":2}
        {"id":"3","published":null,"text":"明天开会。"}
        """.write(to: list, atomically: true, encoding: .utf8)
        let lines = try await shell.run("notices", "read", "--json", "--input", list.path)
        #expect(lines.status == 6)
        #expect(lines.complaints.contains("list.jsonl:2"))
        #expect(lines.output.split(separator: "\n").count == 2)
        #expect(lines.output.contains("{\"id\":\"3\",\"persons\":[]}"))
        #expect(try await shell.run("notices", "read", "/no/such/file").status == 6)
        #expect(try await shell.run("notices", "read").status == 64)
    }
}
