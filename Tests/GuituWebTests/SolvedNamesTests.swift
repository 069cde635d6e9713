import Foundation
import GuituCore
import GuituModel
import GuituStore
import GuituText
import Synchronization
import TestSupport
import Testing

@testable import GuituWeb

@Suite("Names that solved cases teach, on pages")
struct SolvedNamesPageTests {
    private func first(_ body: String) -> String {
        let found = body.firstMatch(
            of:
                /<li class="candidate"><div class="candidate-head"><p><b>([^<]+)<\/b> <span>([^<]+)</
        )
        return found.map { "\($0.2) \($0.1)" } ?? ""
    }

    private func solved(_ site: Site) async throws -> String {
        let records = try await Records(site, at: site.office.station)
        let request = try #require(records.ids["request"])
        let id = try #require(TracingRequest.ID(request))
        let program = Actor.program(reason: "test")
        try await site.office.workplace.perform(
            SaveWordsHeard(
                request: id, words: [WordsHeard(["lao lao", "nan san"])], answers: [],
                source: .person, certainty: .likely), as: program)
        let person = try #require(records.ids["person"].flatMap { Person.ID($0) })
        try await site.office.workplace.perform(
            AddObservation(
                person: person, kind: .homePlace, value: "湘南省湖州市南山县", source: .relative,
                certainty: .sure), as: program)
        return "/tracing/\(request)/heard"
    }

    private func close(_ page: String, _ site: Site) async throws {
        let id = try #require(TracingRequest.ID(String(page.split(separator: "/")[1])))
        try await site.office.workplace.perform(
            CloseTracing(request: id, outcome: .identified), as: .program(reason: "test"))
    }

    @Test(
        "what a case taught is offered, heard at once at every station, and withdrawn with a reason",
        arguments: TestDatabase.engines)
    func lesson(engine: Engine) async throws {
        try await SmallIndex.with { path in
            var options = GuituServer.Options()
            options.ear = EarShelf(path: path)
            let site = try await Site(engine, options)
            let page = try await solved(site)
            let there = "湘南省 湖州市 南山县"
            func bench() async throws -> String {
                let answer = Answered()
                try await site.visit(as: .tracingOfficer, at: site.office.otherStation) { browser in
                    try await browser.open("/heard")
                    answer.body = try await browser.submit(
                        "/heard", [("heard0", "lao lao"), ("do", "hear")]
                    ).body
                }
                return answer.body
            }
            let before = try await bench()
            #expect(first(before) != there)
            try await site.visit(as: .tracingOfficer) { browser in
                let open = try await browser.open(page)
                #expect(!open.body.contains("案例教会的叫法"))
                try await close(page, site)
                let offered = try await browser.open(page)
                #expect(offered.body.contains("案例教会的叫法"))
                // What was heard and the home on record stand there already.
                let fields = try #require(browser.form(page + "/learn"))
                #expect(fields.first { $0.name == "heard" }?.value == "lao lao")
                #expect(fields.first { $0.name == "place" }?.value == "湘南省湖州市南山县")
                for (field, typed, said) in [
                    ("place", "太平镇", "有几个同名的地方"), ("place", "月球", "没有这个地方"),
                    ("place", "", "请填写这一项"), ("heard", "<b>", "只能写拼音或汉字"),
                    ("until", "2020-01-01", "不再使用的日子要晚于"), ("since", "soon", "看不懂"),
                ] {
                    let wrong = try await browser.submit(page + "/learn", [(field, typed)])
                    #expect(wrong.status == 422, "\(typed)")
                    #expect(wrong.body.contains(said) || field == "since", "\(typed)")
                    try await browser.open(page)
                }
                #expect(try await browser.submit(page + "/learn", []).status == 303)
                let next = try await browser.follow()
                #expect(next.body.contains("已补充，马上生效"))
                #expect(next.body.contains("听到“lao lao”，实为\(there)"))
                // The next words of the same case are offered now.
                let rest = try #require(browser.form(page + "/learn"))
                #expect(rest.first { $0.name == "heard" }?.value == "nan san")
            }
            let taught = try await bench()
            #expect(first(taught) == there)
            #expect(taught.contains("寻亲成功后补充的叫法"))

            try await site.visit(as: .tracingOfficer) { browser in
                try await browser.open(page)
                let form = try #require(browser.form(page + "/unlearn"))
                let id = try #require(form.first { $0.name == "name" }?.value)
                let refused = try await browser.submit(
                    page + "/unlearn", [("name", id), ("reason", "")])
                #expect(refused.status == 422)
                try await browser.open(page)
                #expect(
                    try await browser.submit(
                        page + "/unlearn", [("name", id), ("reason", "记错了村名")]
                    ).status == 303)
                #expect(try await browser.follow().body.contains("已撤回：记错了村名"))
            }
            let after = try await bench()
            #expect(first(after) != there)
            try await site.visit(as: .official, at: site.office.province) { browser in
                let above = try await browser.open(page)
                #expect(above.status == 200 && !above.body.contains("案例教会的叫法"))
            }
        }
    }

    @Test("a number plate counts once an operator's table knows it, and its share is shown")
    func plate() async throws {
        try await SmallIndex.with { path in
            var options = GuituServer.Options()
            options.ear = EarShelf(path: path)
            let site = try await Site(.sqlite, options)
            let records = try await Records(site, at: site.office.station)
            let page = "/tracing/\(try #require(records.ids["request"]))/heard"
            try await site.visit(as: .tracingOfficer) { browser in
                try await browser.open(page)
                let unknown = try await browser.submit(
                    page, [("heard0", "湘Z·6789"), ("level", "plate"), ("do", "hear")])
                #expect(unknown.status == 200 && unknown.body.contains("未计入"))
                let table = URL(filePath: path).deletingLastPathComponent()
                    .appending(path: "places-clues.tsv")
                try Data(
                    "kind\tvalue\tcode\tweight\tsource\nplate\t湘Z\t430102\t1\t本站\n".utf8
                ).write(to: table)
                let known = try await browser.submit(page, [("heard0", ""), ("do", "hear")])
                #expect(first(known.body) == "湘南省 湖州市 南山县")
                #expect(known.body.contains("车牌") && !known.body.contains("未计入"))
                #expect(try await browser.submit(page, [("do", "save")]).status == 303)
                let saved = try await browser.follow()
                #expect(saved.body.contains("<b>湘Z·6789</b>"))
                #expect(first(saved.body) == "湘南省 湖州市 南山县")
                let wrong = try await browser.submit(
                    page, [("heard0", "<b>"), ("level", "plate"), ("do", "hear")])
                #expect(wrong.status == 422 && wrong.body.contains("只能写字母、数字和汉字"))
            }
        }
    }

    @Test("the card looks as it did", arguments: Language.allCases)
    func snapshot(language: Language) async throws {
        try await SmallIndex.with { path in
            var options = GuituServer.Options()
            options.ear = EarShelf(path: path)
            let site = try await Site(.sqlite, options)
            let page = try await solved(site)
            try await close(page, site)
            try await site.visit(as: .tracingOfficer) { browser in
                let look = Look(browser, language)
                try await browser.open(page)
                try await browser.submit(page + "/learn", [("until", "2030-01-01")])
                try await look.next("heard-learned")
            }
        }
    }

    /// What a visit's closure carries out.
    private final class Answered: Sendable {
        private let box = Mutex("")
        var body: String {
            get { box.withLock { $0 } }
            set { box.withLock { $0 = newValue } }
        }
    }
}
