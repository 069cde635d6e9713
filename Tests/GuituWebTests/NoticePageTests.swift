import Foundation
import GuituCore
import GuituMatching
import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituWeb

@Suite("Reading a notice, on pages")
struct NoticePageTests {
    /// Invented.
    static let notice = """
        寻人启事
        王桂花，女，65岁，身高155cm，左手背有烫伤疤痕，操信阳口音，走失时上身穿红色棉袄。
        2026年11月20日在河洛市汽车站走失，家住河南省信阳市固始县。联系电话13800000026。
        """

    @Test(
        "a pasted notice is marked, becomes a draft with the reporter's fields empty, and is saved there",
        arguments: TestDatabase.engines)
    func draft(engine: Engine) async throws {
        let site = try await Site(engine)
        try await site.visit(as: .tracingOfficer) { browser in
            try await browser.open("/notices/new")
            let read = try await browser.submit("/notices/new", [("text", Self.notice)])
            #expect(read.status == 200, "\(read.body)")
            for (value, label) in [("王桂花", "姓名"), ("女", "性别"), ("河洛市汽车站", "走失地点")] {
                #expect(
                    read.body.contains("<mark>\(value)<small>\(label)</small></mark>"), "\(label)")
            }
            // What was pasted stays in its field.
            #expect(
                browser.form("/notices/new")?.first { $0.name == "text" }?.value == Self.notice)
            #expect(try await site.count("missing_report") == 0)

            // The officer corrects a field and takes the person over; that one
            // correction is kept as an example, twice sent or not.
            let corrections = [("accent", "信阳话")]
            let form = try await browser.submit("/notices/take", corrections)
            #expect(form.status == 200, "\(form.body)")
            #expect(try await site.count("missing_report") == 0)
            #expect(try await site.count("notice_example WHERE corrected = 1") == 1)
            let fields = try #require(browser.form("/missing"))
            func value(_ name: String) -> String? {
                fields.first { $0.name == name && $0.isSent }?.value
            }
            #expect(value("name") == "王桂花")
            #expect(value("sex") == "female")
            #expect(value("birth") == "约1961年")
            #expect(value("height") == "155")
            #expect(value("accent") == "信阳话")
            #expect(value("marks")?.contains("烫伤疤痕") == true)
            #expect(value("lost") == "2026-11-20")
            #expect(value("lostPlace") == "河洛市汽车站")
            for reporter in ["reporterName", "reporterRelation", "reporterPhone"] {
                #expect(value(reporter) == "", "\(reporter)")
            }
            let saved = try await browser.submit(
                "/missing",
                [
                    ("reporterName", "李建国"), ("reporterRelation", "丈夫"),
                    ("reporterPhone", "13800000026"),
                ])
            #expect(saved.status == 303, "\(saved.body)")
        }
        #expect(try await site.count("missing_report") == 1)
        #expect(
            try await site.count(
                "audit_entry WHERE use_case = 'KeepNoticeExample' AND outcome = 'done'") == 1)
    }

    @Test("somebody found becomes a draft of an arrival where one may register it")
    func found() async throws {
        let site = try await Site(.sqlite)
        let notice = "无名氏，男，约60岁，身高165cm，右手缺食指，2026年11月3日在河洛市火车站被发现。"
        try await site.visit(as: .director) { browser in
            try await browser.open("/notices/new")
            try await browser.submit("/notices/new", [("text", notice)])
            let form = try await browser.submit("/notices/take", [])
            #expect(form.status == 200, "\(form.body)")
            let fields = try #require(browser.form("/arrivals"))
            #expect(fields.first { $0.name == "foundPlace" }?.value.contains("河洛市火车站") == true)
            #expect(fields.first { $0.name == "foundOn" }?.value == "2026-11-03")
            #expect(form.body.contains("缺食指"))
            // Nothing was corrected: nothing is kept.
            #expect(try await site.count("notice_example") == 0)
        }
    }

    @Test("several files are read at once, a solved notice says so, and one bad file is named")
    func several() async throws {
        let site = try await Site(.sqlite)
        try await site.visit(as: .tracingOfficer) { browser in
            let both = try await upload(
                browser, [Array(Self.notice.utf8), Array("今天天气很好。".utf8)])
            #expect(both.body.contains("<mark>王桂花<small>"))
            #expect(both.body.contains("没有读到具体的人"))
            #expect(both.body.contains("a1.txt") && both.body.contains("a2.txt"))
            let bad = try await upload(
                browser, [Array(Self.notice.utf8), Array("\u{0}\u{1}\u{2}".utf8) + [0xFF, 0xC0]])
            #expect(bad.status == 422)
            let many = try await upload(
                browser, Array(repeating: Array("王".utf8), count: 13))
            #expect(many.status == 422)
            #expect(many.body.contains("最多12个文件"))
            try await browser.open("/notices/new")
            let solved = try await browser.submit(
                "/notices/new",
                [("text", "【已团聚】" + Self.notice + "目前王桂花已与家人团聚，感谢大家的关心。")])
            #expect(solved.body.contains("一般不用再登记"))
        }
    }

    @Test("somebody found, nobody, too much text and a file that is no text are told apart")
    func other() async throws {
        let site = try await Site(.sqlite)
        try await site.visit(as: .tracingOfficer) { browser in
            try await browser.open("/notices/new")
            let found = try await browser.submit(
                "/notices/new",
                [("text", "无名氏，男，约60岁，身高165cm，2026年11月3日在河洛市火车站被发现，现在河洛市救助管理站。")])
            #expect(found.body.contains("已被救助、待寻亲的人"))
            let nobody = try await browser.submit("/notices/new", [("text", "今天天气很好。")])
            #expect(nobody.status == 200)
            #expect(nobody.body.contains("没有读到具体的人"))
            #expect(browser.form("/notices/take") == nil)
            let blank = try await browser.submit("/notices/new", [("text", " ")])
            #expect(blank.status == 422)
            let long = String(repeating: "很长的字", count: 6000)
            let refused = try await browser.submit("/notices/new", [("text", long)])
            #expect(refused.status == 422)
            #expect(browser.form("/notices/new")?.first { $0.name == "text" }?.value == long)
            let day = try await browser.submit(
                "/notices/new", [("text", "x"), ("published", "2026-02-30")])
            #expect(day.status == 422)
            #expect(
                try await upload(browser, [Array("\u{0}\u{1}\u{2}".utf8) + [0xFF, 0xC0]]).status
                    == 422)
            let file = try await upload(browser, [Array(Self.notice.utf8)])
            #expect(file.body.contains("<mark>王桂花<small>"))
            let huge = try await upload(browser, [Array(repeating: 0x61, count: 90_000)])
            #expect(huge.status == 422)
        }
        try await site.visit(as: .carer) { browser in
            let refused = try await browser.open("/notices/new")
            #expect(refused.status == 403)
        }
    }

    private func upload(_ browser: Browser, _ files: [[UInt8]]) async throws -> Browser.Seen {
        try await browser.open("/notices/new")
        var body: [UInt8] = []
        for field in try #require(browser.form("/notices/new")).filter(\.isSent) {
            body += Array(
                "--b\r\nContent-Disposition: form-data; name=\"\(field.name)\"\r\n\r\n\(field.value)\r\n"
                    .utf8)
        }
        for (number, bytes) in files.enumerated() {
            let head =
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\(number + 1).txt\"\r\n\r\n"
            body += Array(head.utf8) + bytes + Array("\r\n".utf8)
        }
        body += Array("--b--\r\n".utf8)
        return try await browser.send(
            .post, "/notices/new", body: body, type: "multipart/form-data; boundary=b")
    }

    @Test("tags of a pasted page are never markup and are not shown")
    func markup() async throws {
        let site = try await Site(.sqlite)
        let page = """
            <div><script>alert(7)</script><p>姓名：<b>陈福根</b></p><p>性别：男</p>\
            <p>年龄：62岁</p><p>走失时间：2026年11月20日</p><p>走失地点：河洛市汽车站</p></div> 1 < 2
            """
        try await site.visit(as: .tracingOfficer) { browser in
            try await browser.open("/notices/new")
            let read = try await browser.submit("/notices/new", [("text", page)])
            #expect(read.status == 200)
            #expect(!read.body.contains("<script>alert"))
            let marked = try #require(
                read.body.firstMatch(of: /<div class="marked">([\s\S]*?)<\/div>/)?.1)
            #expect(!marked.contains("alert(7)") && !marked.contains("&lt;p"))
            #expect(marked.contains("陈福根"))
            #expect(marked.contains("1 &lt; 2"))
        }
    }

    @Test("a report takes what tells somebody apart, and an age as a year of birth")
    func report() throws {
        let person = try #require(
            NoticeReader.read(Self.notice, published: Day("2026-11-22")).first)
        // The same words read six years later: still born about 1955.
        let report = NoticeReport(person, told: 2020)
        #expect(report.birth == "约1955年")
        #expect(report.marks.contains("烫伤疤痕") && report.marks.contains("红色棉袄"))
        #expect(!report.marks.contains("138"))
        #expect(report.homePlace == "河南省信阳市固始县")
    }
}
