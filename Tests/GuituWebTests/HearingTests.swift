import Foundation
import GuituCore
import GuituEar
import GuituModel
import GuituStore
import GuituText
import TestSupport
import Testing

@testable import GuituWeb

/// An index of two invented provinces: the dialect of one says hu as fu and n
/// as l, the other speaks like the standard.
enum SmallIndex {
    /// Its tables, which the browser tests use too.
    private static let tables = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Rig/small-country").path

    /// Writes the index into a folder of its own and takes it away afterwards.
    static func with<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("hearing-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let bytes = try IndexBuilder(places: tables, readings: tables).build().bytes
        let path = folder.appendingPathComponent("places.index").path
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try await body(path)
    }
}

@Suite("Words heard, on pages")
struct HearingTests {
    private func site(_ engine: Engine, _ path: String) async throws -> Site {
        var options = GuituServer.Options()
        options.ear = EarShelf(path: path)
        return try await Site(engine, options)
    }

    /// The counties of the ranking, best first.
    private func counties(_ body: String) -> [String] {
        body.matches(
            of:
                /<li class="candidate"><div class="candidate-head"><p><b>([^<]+)<\/b> <span>([^<]+)</
        )
        .map { "\($0.2) \($0.1)" }
    }

    private func first(_ body: String) -> Double {
        let share = body.firstMatch(of: /class="probability"><b>(?:&gt; )?([0-9.]+) %/)?.1 ?? "0"
        return Double(share) ?? 0
    }

    @Test("an old man's words find his county, one no and a town narrow it; nothing is kept")
    func bench() async throws {
        try await SmallIndex.with { path in
            let site = try await site(.sqlite, path)
            let rows = try await site.count("observation")
            try await site.visit(as: .tracingOfficer) { browser in
                let empty = try await browser.open("/heard")
                #expect(empty.body.contains("写下听到的地名"))
                #expect(empty.body.contains("<option value=\"43\">湘南省</option>"))
                // hu is fu and nan is lang where he comes from: 湖南县, not 福兰.
                let heard = try await browser.submit(
                    "/heard", [("heard0", "fu lang"), ("do", "hear")])
                #expect(counties(heard.body).first == "湘南省 湖州市 湖南县")
                #expect(heard.body.contains("把湖（hu）听成 fu，湖州市一带常见"))
                #expect(heard.body.contains("<svg class=\"dot-map\""))
                #expect(heard.body.contains("电话核实单"))
                #expect(heard.body.contains("湖南县民政局、湖南县救助管理站"))
                #expect(heard.body.contains("最可能：湘南省 湖州市 湖南县"))
                let before = first(heard.body)
                // Typed words are taken over, not offered once more.
                let fields = try #require(browser.form("/heard"))
                #expect(fields.first { $0.name == "heard0" }?.value == "")
                #expect(fields.first { $0.name == "words" }?.value == "fu lang")

                let no = try await browser.submit("/heard", [("do", "no:110102")])
                #expect(no.body.contains("京畿省 京北市 福兰县"))
                #expect(no.body.contains("说不是"))
                #expect(first(no.body) > before)
                #expect(no.body.contains("问：您家在"))
                let dropped = try await browser.submit("/heard", [("do", "drop-answers:0")])
                #expect(first(dropped.body) == before)
                let town = try await browser.submit(
                    "/heard", [("heard0", "san lan"), ("level", "township"), ("do", "hear")])
                #expect(counties(town.body).first == "湘南省 湖州市 湖南县")
                #expect(town.body.contains("<span>山南镇</span>"))
                #expect(first(town.body) > before)

                // A name of any level: the city he names stands above its counties.
                let city = try await browser.submit(
                    "/heard", [("heard0", "fu zhou"), ("level", "prefecture"), ("do", "hear")])
                #expect(counties(city.body).prefix(3).allSatisfy { $0.contains("湖州市") })
                try await browser.submit("/heard", [("do", "drop-words:2")])

                browser.cookies["guitu-language"] = "en"
                let english = try await browser.submit("/heard", [("do", "hear")])
                #expect(english.body.contains("heard fu for hu (湖), usual around 湖州市"))
                #expect(!english.body.contains("⟨"))
            }
            #expect(try await site.count("observation") == rows)
        }
    }

    @Test(
        "words of a person are kept when saved, weighed with the next, and taken back",
        arguments: TestDatabase.engines)
    func kept(engine: Engine) async throws {
        try await SmallIndex.with { path in
            let site = try await site(engine, path)
            let records = try await Records(site, at: site.office.station)
            let request = try #require(records.ids["request"])
            let page = "/tracing/\(request)/heard"
            try await site.visit(as: .tracingOfficer) { browser in
                let desk = try await browser.open("/tracing/\(request)")
                #expect(desk.body.contains("href=\"\(page)\""))
                #expect(try await browser.open(page).body.contains("还没有记录"))
                let rows = try await site.count("observation")
                try await browser.submit(page, [("heard0", "fu lan"), ("do", "hear")])
                try await browser.submit(page, [("do", "no:110102")])
                #expect(try await site.count("observation") == rows)
                #expect(browser.page.body.contains("尚未保存"))
                let saved = try await browser.submit(page, [("do", "save")])
                #expect(saved.status == 303, "\(saved.body)")
                #expect(try await site.count("observation") == rows + 2)
                let next = try await browser.follow()
                #expect(next.body.contains("已记入档案"))
                #expect(counties(next.body).first == "湘南省 湖州市 湖南县")
                #expect(next.body.contains("<b>fu lan</b>"))
                #expect(!next.body.contains("尚未保存"))
                // The trail knows who looked and who wrote.
                #expect(
                    try await site.count(
                        "audit_entry WHERE use_case = 'SaveWordsHeard' AND outcome = 'done'") == 1)

                let id = try #require(
                    next.body.firstMatch(of: /name="observation" value="([^"]+)"/)?.1)
                let refused = try await browser.submit(
                    page + "/retract", [("observation", String(id)), ("reason", "")])
                #expect(refused.status == 422)
                try await browser.open(page)
                #expect(
                    try await browser.submit(
                        page + "/retract", [("observation", String(id)), ("reason", "听错了")]
                    ).status == 303)
                #expect(try await browser.follow().body.contains("有误：听错了"))
            }
            // An office above reads; only who may describe a person adds.
            try await site.visit(as: .official, at: site.office.province) { browser in
                let seen = try await browser.open(page)
                #expect(seen.status == 200)
                #expect(seen.body.contains("只能查看"))
                #expect(browser.form(page) == nil)
                try await browser.open("/heard")
                let token = browser.form("/heard")?.first { $0.name == "csrf" }?.value ?? ""
                let tried = try await browser.post(
                    page,
                    [
                        ("csrf", token), ("key", Keys.newToken()), ("heard0", "fu lan"),
                        ("do", "save"), ("source", "self"), ("certainty", "sure"),
                    ])
                #expect(tried.status == 403)
            }
            try await site.visit(as: .carer) { browser in
                let (own, bench) = (
                    try await browser.open(page), try await browser.open("/heard")
                )
                #expect(own.status == 403 && bench.status == 403)
            }
            try await site.visit(as: .tracingOfficer, at: site.office.otherStation) { browser in
                let bench = try await browser.open("/heard")
                #expect(bench.status == 200)
            }
        }
    }

    @Test(
        "what is no name gets a clear answer, and stays as it was typed",
        arguments: [
            ("🙂🙂", "只能写拼音或汉字"), ("<b>gu lan</b>", "只能写拼音或汉字"),
            ("ta shuo ta jia zai yi ge you qiao you he you shan you shu de di fang li", "最多16个音"),
            ("zzzz", "没有能读出来的音"),
            (String(repeating: "gu", count: 90), "最多16个音"), ("a|b|c|d|e", "一次最多4个地名"),
            ("", "请填写这一项"),
        ])
    func badInput(_ typed: String, _ said: String) async throws {
        try await SmallIndex.with { path in
            let site = try await site(.sqlite, path)
            try await site.visit(as: .tracingOfficer) { browser in
                try await browser.open("/heard")
                let seen = try await browser.submit("/heard", [("heard0", typed), ("do", "hear")])
                #expect(seen.status == 422)
                #expect(seen.body.contains(said), "\(typed)")
                #expect(!seen.body.contains("<b>gu lan"))
                #expect(browser.form("/heard")?.first { $0.name == "heard0" }?.value == typed)
            }
        }
    }

    @Test("without an index, or with a damaged one, pages say what to do and words are kept")
    func withoutIndex() async throws {
        try await SmallIndex.with { path in
            let damaged = path + ".damaged"
            try Data("not an index of places".utf8).write(to: URL(fileURLWithPath: damaged))
            for (index, words) in [("", "还没有地名索引"), (damaged, "地名索引损坏")] {
                let site = try await site(.sqlite, index)
                let records = try await Records(site, at: site.office.station)
                let page = "/tracing/\(try #require(records.ids["request"]))/heard"
                try await site.visit(as: .tracingOfficer) { browser in
                    for address in ["/heard", page] {
                        let seen = try await browser.open(address)
                        #expect(seen.status == 200)
                        #expect(seen.body.contains(words))
                        #expect(seen.body.contains("guitu places build"))
                    }
                    let saved = try await browser.submit(
                        page, [("heard0", "fu lan"), ("do", "hear")])
                    #expect(saved.body.contains("尚未保存"))
                    #expect(try await browser.submit(page, [("do", "save")]).status == 303)
                    #expect(try await browser.follow().body.contains("<b>fu lan</b>"))
                }
            }
        }
    }

    @Test("an index built later is used without a restart")
    func builtLater() async throws {
        try await SmallIndex.with { path in
            let later = path + ".later"
            let site = try await site(.sqlite, later)
            try await site.visit(as: .tracingOfficer) { browser in
                #expect(try await browser.open("/heard").body.contains("还没有地名索引"))
                try FileManager.default.copyItem(atPath: path, toPath: later)
                #expect(!(try await browser.open("/heard").body.contains("还没有地名索引")))
            }
        }
    }

    @Test("a name is found on the bench by what the province calls hu; nothing is kept")
    func namesOnTheBench() async throws {
        try await SmallIndex.with { path in
            let site = try await site(.sqlite, path)
            let rows = try await site.count("observation")
            try await site.visit(as: .tracingOfficer) { browser in
                #expect(try await browser.open("/heard").body.contains("href=\"/heard/names\""))
                #expect(try await browser.open("/heard/names").body.contains("先写下听到的姓名"))
                let heard = try await browser.submit(
                    "/heard/names",
                    [("own", "fu lan（音）"), ("mother", "兰 nan"), ("province", "43"), ("do", "hear")])
                #expect(heard.status == 200)
                #expect(names(heard.body).first == "胡兰（音）")
                #expect(heard.body.contains("本人姓名：fu lan"))
                #expect(heard.body.contains("母亲姓名：兰 nan"))
                #expect(heard.body.contains("把胡（hu）听成 fu，湘南省一带常见"))
                #expect(heard.body.contains("似然比 "))
                #expect(heard.body.contains("按湘南省的读音"))
                // Where hu stays hu, a heard fu is no 胡.
                let north = try await browser.submit(
                    "/heard/names", [("own", "fu lan"), ("province", "11"), ("do", "hear")])
                #expect(north.body.contains("按京畿省的读音"))
                #expect(!north.body.contains("把胡（hu）听成 fu，京畿省一带常见"))

                for (typed, said) in [
                    ("", "请填写这一项"), ("<b>", "只能写拼音或汉字"), ("zzzz", "没有能读出来的音"),
                    ("fu lan fu lan fu", "姓名最多四个音"),
                ] {
                    let wrong = try await browser.submit(
                        "/heard/names",
                        [("own", typed), ("mother", ""), ("province", ""), ("do", "hear")])
                    #expect(wrong.status == 422 && wrong.body.contains(said), "\(typed)")
                    #expect(
                        browser.form("/heard/names")?.first { $0.name == "own" }?.value == typed)
                }
                browser.cookies["guitu-language"] = "en"
                let english = try await browser.submit(
                    "/heard/names", [("own", "fu lan"), ("province", "43"), ("do", "hear")])
                #expect(english.body.contains("heard fu for hu (胡), usual around 湘南省"))
                #expect(!english.body.contains("⟨"))
            }
            #expect(try await site.count("observation") == rows)
        }
    }

    /// The names of the ranking, best first.
    private func names(_ body: String) -> [String] {
        body.matches(
            of: /<li class="candidate"><div class="candidate-head"><p><b>([^<]+)<\/b>([^ ]*)/
        )
        .map { "\($0.1)\($0.2)" }
    }

    @Test(
        "names of a person are kept with the province believed, and a mistaken one is taken back",
        arguments: TestDatabase.engines)
    func namesKept(engine: Engine) async throws {
        try await SmallIndex.with { path in
            let site = try await site(engine, path)
            let records = try await Records(site, at: site.office.station)
            let request = try #require(records.ids["request"])
            let page = "/tracing/\(request)/names"
            try await site.visit(as: .tracingOfficer) { browser in
                let places = try await browser.open("/tracing/\(request)/heard")
                #expect(places.body.contains("href=\"\(page)\""))
                try await browser.submit(
                    "/tracing/\(request)/heard", [("heard0", "fu lan"), ("do", "hear")])
                try await browser.submit("/tracing/\(request)/heard", [("do", "no:110102")])
                try await browser.submit("/tracing/\(request)/heard", [("do", "save")])
                #expect(try await browser.open(page).body.contains("按已听到的地名：湘南省"))
                let rows = try await site.count("observation")
                let heard = try await browser.submit(
                    page, [("own", "fu lan"), ("father", "fu san"), ("do", "hear")])
                #expect(names(heard.body).first == "胡兰（音）")
                #expect(try await site.count("observation") == rows)
                let saved = try await browser.submit(page, [("do", "save")])
                #expect(saved.status == 303, "\(saved.body)")
                #expect(try await site.count("observation") == rows + 2)
                #expect(
                    try await site.count("observation WHERE value = '本人 · fu lan（音） · 43'") == 1)
                #expect(
                    try await site.count(
                        "audit_entry WHERE use_case = 'SaveNamesHeard' AND outcome = 'done'") == 1)
                let next = try await browser.follow()
                #expect(next.body.contains("听到的姓名已记入档案"))
                #expect(names(next.body).contains("胡兰（音）"))
                let id = try #require(
                    next.body.firstMatch(of: /name="observation" value="([^"]+)"/)?.1)
                let refused = try await browser.submit(
                    page + "/retract", [("observation", String(id)), ("reason", "")])
                #expect(refused.status == 422)
                try await browser.open(page)
                #expect(
                    try await browser.submit(
                        page + "/retract", [("observation", String(id)), ("reason", "听错了")]
                    ).status == 303)
                #expect(try await browser.follow().body.contains("有误：听错了"))
            }
            try await site.visit(as: .official, at: site.office.province) { browser in
                let seen = try await browser.open(page)
                #expect(seen.status == 200 && seen.body.contains("只能查看"))
                #expect(browser.form(page) == nil)
                // Masked words are laid over no names.
                #expect(names(seen.body).isEmpty && !seen.body.contains("fu lan"))
            }
            try await site.visit(as: .carer) { browser in
                let (own, bench) = (
                    try await browser.open(page), try await browser.open("/heard/names")
                )
                #expect(own.status == 403 && bench.status == 403)
            }
        }
    }

    @Test("without an index a name is still kept, and the page says what to do")
    func namesWithoutIndex() async throws {
        let site = try await site(.sqlite, "")
        let records = try await Records(site, at: site.office.station)
        let page = "/tracing/\(try #require(records.ids["request"]))/names"
        try await site.visit(as: .tracingOfficer) { browser in
            for address in ["/heard/names", page] {
                let seen = try await browser.open(address)
                #expect(seen.status == 200 && seen.body.contains("还没有地名索引"))
            }
            #expect(
                try await browser.submit(page, [("own", "fu lan"), ("do", "save")]).status == 303)
            #expect(try await browser.follow().body.contains("<b>fu lan</b>（音）"))
        }
    }

    @Test("the pages look as they did", arguments: Language.allCases)
    func snapshots(language: Language) async throws {
        try await SmallIndex.with { path in
            let site = try await site(.sqlite, path)
            let records = try await Records(site, at: site.office.station)
            let page = "/tracing/\(try #require(records.ids["request"]))/heard"
            try await site.visit(as: .tracingOfficer) { browser in
                let look = Look(browser, language)
                try await look.at("/heard", "heard-empty")
                try await browser.submit(
                    "/heard", [("heard0", "fu lan"), ("heard1", "<b>"), ("do", "hear")])
                try look.here("heard-wrong")
                try await browser.open(page)
                try await browser.submit(page, [("heard0", "fu lan"), ("do", "hear")])
                try await browser.submit(page, [("do", "no:110102")])
                try look.here("heard-unsaved")
                try await browser.submit(page, [("do", "save")])
                try await look.next("heard-saved")
                try await browser.open("/tracing/\(records.ids["request"] ?? "")/names")
                try await browser.submit(
                    "/tracing/\(records.ids["request"] ?? "")/names",
                    [("own", "fu lan"), ("do", "save")])
                try await look.next("names-saved")
                try await look.at("/notices/new", "notice-new")
                try await browser.submit("/notices/new", [("text", NoticePageTests.notice)])
                try look.here("notice-read")
            }
        }
    }

    @Test("a full desk turns the next question away")
    func busy() async throws {
        let desk = EngineDesk(limit: 0)
        await #expect(throws: Ending.self) { try await desk.run { 1 } }
        #expect(try await EngineDesk().run { 7 } == 7)
    }
}
