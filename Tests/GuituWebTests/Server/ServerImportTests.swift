import Foundation
import GuituCore
import GuituModel
import GuituStore
import HTTPTypes
import TestSupport
import Testing

@testable import GuituWeb

/// Lists as offices really send them, through the page and its form.
@Suite("A list that is uploaded", .serialized)
struct ImportPageTests {
    static let header = "编号,姓名,性别,联系人,关系,联系电话"

    /// How an import ended, as its page says.
    struct Ended: Equatable, CustomStringConvertible {
        var loaded: Int
        var known: Int
        var refused: Int
        var lines: [Int]
        var description: String { "\(loaded) new, \(known) known, \(refused) refused at \(lines)" }
    }

    private func upload(_ file: [UInt8], named name: String, list: String, _ browser: Browser)
        async throws -> Browser.Seen
    {
        try await browser.open("/imports")
        let fields = try #require(browser.form("/imports"))
        var body: [UInt8] = []
        let typed = try browser.filled(fields, [("list", list)])
        for (name, value) in typed {
            body += Array(
                "--list7\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
                    .utf8)
        }
        body += Array(
            """
            --list7\r\nContent-Disposition: form-data; name="file"; filename="\(name)"\r\n\
            Content-Type: text/csv\r\n\r\n
            """.utf8)
        body += file + Array("\r\n--list7--\r\n".utf8)
        return try await browser.send(
            .post, "/imports", body: body, type: "multipart/form-data; boundary=list7")
    }

    /// Uploads and looks at the page until it says that all is done.
    private func load(
        _ file: [UInt8], list: String, _ browser: Browser,
        _ watch: (Browser.Seen) -> Void = { _ in }
    ) async throws -> Ended {
        let begun = try await upload(file, named: "名单.csv", list: list, browser)
        #expect(begun.status == 303, "\(begun.status) \(begun.body)")
        let address = try #require(begun.location)
        for _ in 0..<6000 {
            let seen = try await browser.open(address)
            #expect(seen.status == 200)
            watch(seen)
            if seen.headers[.refresh] == nil { return try ended(seen.body) }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Browser.Missing(what: "the import never ended")
    }

    private func ended(_ page: String) throws -> Ended {
        func figure(_ label: String) throws -> Int {
            let end = try #require(page.range(of: "figure-label\">\(label)<"), "no \(label)")
            let match = try #require(
                page[..<end.lowerBound].matches(of: /figure-value">([\d,]+)</).last)
            return try #require(Int(match.1.replacing(",", with: "")))
        }
        let rows = page.matches(of: /<td class="number">([\d,]+)<\/td>/).compactMap {
            Int($0.1.replacing(",", with: ""))
        }
        return Ended(
            loaded: try figure("新登记"), known: try figure("此前已导入"), refused: try figure("未导入"),
            lines: rows)
    }

    private static func written(_ text: String) -> [(name: String, bytes: [UInt8])] {
        let utf16 = Array(text.utf16)
        return [
            ("UTF-8", Array(text.utf8)),
            ("UTF-8 with its mark", [0xEF, 0xBB, 0xBF] + Array(text.utf8)),
            ("UTF-16 little", [0xFF, 0xFE] + utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
            ("UTF-16 big", [0xFE, 0xFF] + utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }),
        ]
    }

    @Test(
        "in every encoding that spreadsheets write is loaded, and a repeat loads nothing twice",
        arguments: TestDatabase.engines)
    func encodings(engine: Engine) async throws {
        let site = try await Site(engine)
        // No newline at the end, a character outside the BMP, a quoted comma.
        let text =
            Self.header + "\r\nK1,王𠮷国,男,\"王军,哥哥\",兄弟,13800000001\r\nK2,欧阳秀,女,欧阳军,父女,13800000002"
        let gb: [UInt8] =
            Array("Key,Name,Reporter,Relation,Phone\r\nG1,".utf8)
            + [0xCD, 0xF5, 0x95, 0x34, 0xB2, 0x35, 0xB9, 0xFA] + Array(",".utf8)
            + [0xCD, 0xF5, 0xBE, 0xFC] + Array(",".utf8) + [0xD0, 0xD6, 0xB5, 0xDC]
            + Array(",13800000003".utf8)
        try await site.visit(as: .tracingOfficer) { browser in
            for (index, file) in Self.written(text).enumerated() {
                let first = try await load(file.bytes, list: "名单\(index)", browser)
                #expect(first == Ended(loaded: 2, known: 0, refused: 0, lines: []), "\(file.name)")
                let again = try await load(file.bytes, list: "名单\(index)", browser)
                #expect(again == Ended(loaded: 0, known: 2, refused: 0, lines: []), "\(file.name)")
            }
            #expect(
                try await load(gb, list: "GB18030", browser)
                    == Ended(loaded: 1, known: 0, refused: 0, lines: []))
            let found = try await browser.open("/missing?q=" + "王𠮷国".percentEncoded)
            #expect(found.body.components(separatedBy: "王𠮷国").count >= 5)
        }
        #expect(try await site.count("missing_report") == 9)
        #expect(site.log.lines.allSatisfy { !$0.contains("王") && !$0.contains("1380000") })
    }

    @Test(
        "with bad rows says which and why, and loads the good ones; mended, it loads only those",
        arguments: TestDatabase.engines)
    func badRows(engine: Engine) async throws {
        let site = try await Site(engine)
        let header = "编号,姓名,性别,身份证号,走失日期,联系人,关系,联系电话"
        let rows = [
            "K1,王建国,男,,2026-11-01,王军,兄弟,13800000001",
            "K2,王建军,男,4.1E+17,,王军,兄弟,13800000002",  // line 3
            "K3,王建民,男,,,王军,兄弟",  // line 4: a column too few
            "K4,王建民,男,,,王军,兄弟,13800000004,多一列",  // line 5
            ",王建新,男,,,王军,兄弟,13800000005",  // line 6: no key
            "K1,王建功,男,,,王军,兄弟,13800000006",  // line 7: the first one's key
            "K7,王建业,雄,,,王军,兄弟,13800000007",  // line 8
            "K8,王建华,男,410303195601010000,,王军,兄弟,13800000008",  // line 9: rounded
            "K9,王建\u{1}华,男,,,王军,兄弟,13800000009",  // line 10
            "K10,王建中,男,,2026-02-30,王军,兄弟,13800000010",  // line 11
            "K11,王建成,男,,,王军,兄弟,电话忘了",  // line 12
            "K12,<script>alert(7)</script>,男,,,王军,兄弟,13800000012",
        ]
        let file = Array(([header] + rows).joined(separator: "\r\n").utf8)
        try await site.visit(as: .tracingOfficer) { browser in
            let ended = try await load(file, list: "市局名单", browser)
            #expect(ended.loaded == 2, "\(ended)")
            #expect(ended.refused == 10, "\(ended)")
            #expect(Set(ended.lines) == Set(3...12), "\(ended)")
            for reason in ["被表格软件改成了数值", "应为8列", "来源编号是空的", "与第2行重复", "看不懂性别“雄”"] {
                #expect(browser.page.body.contains(reason), "\(reason)")
            }
            #expect(!browser.page.body.contains("<script>alert"))
            let mended = Array(
                ([header] + rows.dropLast() + ["K3,王建民,男,,,王军,兄弟,13800000003", rows.last ?? ""])
                    .joined(separator: "\n").utf8)
            let again = try await load(mended, list: "市局名单", browser)
            #expect(again.loaded == 1, "\(again)")
            #expect(again.known == 2, "\(again)")
        }
        #expect(try await site.count("missing_report") == 3)
    }

    @Test("that is no table is refused with words beside the file, and loads nothing")
    func noTables() async throws {
        let site = try await Site(.sqlite)
        let picture: [UInt8] =
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
            + (0..<2000).map { UInt8(truncatingIfNeeded: $0 &* 131 &+ $0 / 7) }
        let files: [(String, [UInt8])] = [
            ("a picture", picture), ("one byte", [0xFF]),
            ("only a header", Array(Self.header.utf8)), ("blank lines", Array("\r\n\r\n".utf8)),
            ("no key column", Array("姓名,联系人,关系,联系电话\n王,王,子女,13800000000".utf8)),
            ("the name twice", Array("编号,姓名,姓名,联系人,关系,联系电话\n1,王,王,王,子女,13800000000".utf8)),
            ("an open quote", Array((Self.header + "\n\"K1,王建国,男,王军,兄弟,13800000001\n").utf8)),
        ]
        try await site.visit(as: .tracingOfficer) { browser in
            for (name, bytes) in files {
                let seen = try await upload(bytes, named: "名单.csv", list: "名单𠮷", browser)
                if seen.status == 303 {
                    // Read as a table, whose rows say what is wrong.
                    let page = try await browser.open(seen.location ?? "")
                    #expect(page.status == 200, "\(name)")
                    continue
                }
                #expect(seen.status == 422, "\(name) \(seen.status)")
                let problem = seen.body.contains("class=\"problem\" id=\"field-file-problem\"")
                #expect(problem, "\(name)")
                #expect(
                    browser.form("/imports")?.first { $0.name == "list" }?.value == "名单𠮷", "\(name)"
                )
            }
            // An empty file is sent as a field with no bytes.
            let empty = try await upload([], named: "空.csv", list: "名单", browser)
            #expect(empty.status == 422)
        }
        #expect(try await site.count("missing_report") == 0)
        #expect(site.log.lines.allSatisfy { !$0.contains("broke") })
    }

    @Test("of ten megabytes shows how far it is; one byte too many is refused")
    func large() async throws {
        let site = try await Site(.sqlite)
        // What Guitu has no column for is passed over.
        let remark = String(repeating: "说明", count: 700)
        var text = Self.header + ",备注\n"
        var rows = 0
        while text.utf8.count < (10 << 20) - 4400 {
            text += "R\(rows),王建国,男,王军,兄弟,13800000000,\(remark)\n"
            rows += 1
        }
        let bytes = Array(text.utf8)
        let steps = Said()
        let count = rows
        try await site.visit(as: .tracingOfficer) { browser in
            let ended = try await load(bytes, list: "大名单", browser) { seen in
                guard seen.headers[.refresh] != nil else { return }
                if let said = seen.body.firstMatch(of: /已处理([\d,]+)行/)?.1 {
                    steps.add(String(said))
                }
            }
            #expect(ended == Ended(loaded: count, known: 0, refused: 0, lines: []))
            let more = try await upload(
                bytes + Array(repeating: UInt8(ascii: "x"), count: 3 << 20), named: "大.csv",
                list: "更大", browser)
            #expect(more.status == 413)
            #expect(more.body.contains("文件过大"))
        }
        #expect(Set(steps.all).count >= 3, "\(Set(steps.all))")
        print("10 MB: \(count) rows, \(Set(steps.all).count) steps seen")
    }
}
