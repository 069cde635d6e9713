import Foundation
import GuituCore
import GuituModel
import GuituStore
import HTTPTypes
import TestSupport
import Testing

@testable import GuituWeb

@Suite("The path on its pages")
struct PathTests {
    @Test(
        "somebody who cannot speak is taken in with nine inputs on two screens and gets a bed",
        arguments: TestDatabase.engines)
    func arrival(engine: Engine) async throws {
        let site = try await Site(engine)
        try await site.visit(as: .reception) { browser in
            #expect(try await browser.open("/").status == 200)
            #expect(try await browser.open("/arrivals/new").status == 200)
            let inputs = [
                ("mode", "police"), ("broughtBy", "车站派出所 李警官"), ("condition", "well"),
                ("sex", "male"), ("communication", "mute"), ("birth", "约60岁"),
                ("foundPlace", "汽车站候车厅"), ("belongings", "蓝布包\n布鞋 ×2"),
            ]
            #expect(inputs.count + 1 <= 10)  // with login and password at most 12
            let taken = try await browser.submit("/arrivals", inputs)
            #expect(taken.status == 303, "\(taken.body)")
            let chosen = try await browser.follow()
            #expect(chosen.status == 200)
            #expect(chosen.body.contains("无名氏1"))
            let action = try #require(taken.location)
            let bed = try #require(browser.form(action)?.first { $0.name == "bed" }?.value)
            let given = try await browser.submit(action, [("bed", bed)])
            #expect(given.status == 303, "\(given.body)")
            let person = try await browser.follow()
            #expect(person.body.contains("床位已安排"))
            #expect(person.body.contains("1床"))
            #expect(person.body.contains("布鞋 ×2"))
            // The flash is said once.
            #expect(!(try await browser.open(given.location ?? "")).body.contains("床位已安排"))
        }
        #expect(try await site.count("person") == 1)
        #expect(try await site.count("bed_stay") == 1)
    }

    @Test(
        "a refused form keeps everything that was typed and says what is wrong beside it",
        arguments: TestDatabase.engines)
    func refused(engine: Engine) async throws {
        let site = try await Site(engine)
        try await site.visit(as: .reception) { browser in
            try await browser.open("/arrivals/new")
            let hostile = "\"><script>alert(1)</script>"
            let answer = try await browser.submit(
                "/arrivals",
                [
                    ("mode", "police"), ("broughtBy", hostile), ("condition", "well"),
                    ("sex", "male"), ("communication", "unclear"), ("name", "张\u{1}三"),
                    ("identityNumber", "41030319560308123X"), ("foundPlace", hostile),
                ])
            #expect(answer.status == 422)
            let fields = try #require(browser.form("/arrivals"))
            #expect(fields.first { $0.name == "broughtBy" }?.value == hostile)
            #expect(fields.first { $0.name == "foundPlace" }?.value == hostile)
            #expect(fields.first { $0.name == "sex" && $0.isSent }?.value == "male")
            #expect(!answer.body.contains("<script>alert"))
            #expect(answer.body.contains("id=\"field-identityNumber-problem\""))
            #expect(answer.body.contains("id=\"field-name-problem\""))
        }
        #expect(try await site.count("person") == 0)
    }

    @Test(
        "a form sent twice takes one person in, and with other content it is refused",
        arguments: TestDatabase.engines)
    func twice(engine: Engine) async throws {
        let site = try await Site(engine)
        try await site.visit(as: .reception) { browser in
            try await browser.open("/arrivals/new")
            let fields = try browser.filled(
                try #require(browser.form("/arrivals")),
                [
                    ("mode", "alone"), ("condition", "well"), ("sex", "female"),
                    ("communication", "can-speak"), ("name", "王秀兰"),
                ])
            let first = try await browser.post("/arrivals", fields)
            let second = try await browser.post("/arrivals", fields)
            #expect(first.status == 303)
            #expect(second.location == first.location)
            let other = fields.map { $0.0 == "name" ? ($0.0, "王秀英") : $0 }
            #expect(try await browser.post("/arrivals", other).status == 422)
            let keyless = fields.filter { $0.0 != "key" }
            #expect(try await browser.post("/arrivals", keyless).status == 403)
        }
        #expect(try await site.count("person") == 1)
    }

    @Test(
        "a session that ends in the middle of a form loses nothing", arguments: TestDatabase.engines
    )
    func expired(engine: Engine) async throws {
        let site = try await Site(engine)
        let token = try await site.session(.reception)
        try await site.visit { browser in
            browser.cookies["guitu"] = token
            try await browser.open("/arrivals/new")
            let fields = try browser.filled(
                try #require(browser.form("/arrivals")),
                [
                    ("mode", "alone"), ("condition", "well"), ("sex", "female"),
                    ("communication", "can-speak"), ("name", "李桂芳·阿依古丽𠮷"),
                ])
            try await site.endSessions()
            let door = try await browser.post("/arrivals", fields)
            #expect(door.status == 401)
            let kept = try #require(browser.form("/sign-in"))
            #expect(kept.first { $0.name == "kept.name" }?.value == "李桂芳·阿依古丽𠮷")
            #expect(!kept.contains { $0.name == "kept.csrf" })
            // As if the cookie were gone too: the form of a browser that was closed.
            browser.cookies = [:]
            let closed = try await browser.post("/arrivals", fields)
            #expect(closed.status == 401)
            #expect(closed.body.contains("李桂芳·阿依古丽𠮷"))
            // Signed in again meanwhile, in another window.
            browser.cookies["guitu"] = try await site.session(.reception)
            let aged = try await browser.post("/arrivals", fields)
            #expect(aged.status == 409)
            #expect(try await browser.submit("/arrivals").status == 303)
            // Not from a page of ours: nothing is kept, nothing is done.
            browser.site = "cross-site"
            #expect(try await browser.post("/arrivals", fields).status == 403)
        }
        #expect(try await site.count("person") == 1)
    }

    @Test("two editors: the second sees both texts and decides", arguments: TestDatabase.engines)
    func clash(engine: Engine) async throws {
        let site = try await Site(engine)
        let arrived = try await site.office.workplace.perform(
            site.office.arrival(), as: .program(reason: "test"))
        let path = "/people/\(arrived.person.text)/correct"
        try await site.visit(as: .reception) { browser in
            try await browser.open(path)
            let mine = try browser.filled(
                try #require(browser.form(path)), [("name", "赵大山")])
            try await browser.open(path)
            #expect(try await browser.submit(path, [("name", "赵大川")]).status == 303)
            let clash = try await browser.post(path, mine)
            #expect(clash.status == 409)
            #expect(clash.body.contains("赵大川"))
            #expect(browser.form(path)?.first { $0.name == "name" }?.value == "赵大山")
            #expect(try await browser.submit(path).status == 303)
            #expect(try await browser.follow().body.contains("赵大山"))
        }
    }

    @Test(
        "a foreign person, a missing one and a malformed id look exactly alike",
        arguments: TestDatabase.engines)
    func forged(engine: Engine) async throws {
        let site = try await Site(engine)
        let arrived = try await site.office.workplace.perform(
            site.office.arrival(at: site.office.otherStation), as: .program(reason: "test"))
        try await site.visit(as: .reception) { browser in
            let missing = Person.ID(at: site.office.clock.now).text
            func plain(_ id: String) async throws -> String {
                let seen = try await browser.open("/people/\(id)")
                #expect(seen.status == 404)
                return seen.body.replacing(id, with: "")
            }
            let foreign = try await plain(arrived.person.text)
            #expect(try await plain(missing) == foreign)
            #expect(try await plain("not-an-id") == foreign)
        }
    }

    @Test("what a spreadsheet would run as a formula is only text in an export")
    func formula() {
        #expect(Reply.cell("=1+1") == "'=1+1")
        #expect(Reply.cell("a,\"b\"") == "\"a,\"\"b\"\"\"")
        #expect(Reply.cell("王秀兰") == "王秀兰")
    }

    @Test("lists filter, export and stay masked", arguments: TestDatabase.engines)
    func lists(engine: Engine) async throws {
        let site = try await Site(engine)
        var arrival = site.office.arrival()
        arrival.name = "欧阳建国"
        _ = try await site.office.workplace.perform(arrival, as: .program(reason: "test"))
        try await site.visit(as: .reception) { browser in
            let list = try await browser.open("/people?q=ouyang")
            #expect(list.status == 200)
            #expect(list.body.contains("欧阳"))
            #expect(!list.body.contains("欧阳建国"))
            #expect(try await browser.open("/people?q=nobody").body.contains("没有符合条件的记录"))
            let table = try await browser.open("/people?as=csv")
            #expect(table.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(table.headers[.contentDisposition]?.contains("people.csv") == true)
            #expect(table.body.hasPrefix("\u{FEFF}姓名,"))
            #expect(!table.body.contains("欧阳建国"))
        }
    }
}
