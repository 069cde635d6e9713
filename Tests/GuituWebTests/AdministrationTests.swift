import Foundation
import GuituCore
import GuituModel
import GuituStore
import GuituText
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import GuituWeb

@Suite("The pages of the administrators")
struct AdministrationTests {
    // MARK: Accounts

    @Test(
        "an account is made, given and denied roles, renamed, reset, disabled and let back in",
        arguments: TestDatabase.engines)
    func accounts(engine: Engine) async throws {
        let site = try await Site(engine)
        let office = site.office
        try await site.visit(as: .securityAdministrator, at: office.province) { browser in
            try await browser.open("/accounts/new")
            let none = try await browser.submit("/accounts", [("login", "qian.yu")])
            #expect(none.status == 422)
            for field in ["home", "role"] {
                #expect(none.body.contains("id=\"field-\(field)-problem\""), "\(field)")
            }
            let fields = try browser.filled(
                try #require(browser.form("/accounts")),
                [("name", "钱雨"), ("home", office.station.text), ("role", "reception")])
            let made = try await browser.post("/accounts", fields)
            #expect(made.status == 200, "\(made.body)")
            let password = try SetUpPagesTests.oneTime(made)
            // The same form sent again makes nothing and shows the same one.
            #expect(
                try SetUpPagesTests.oneTime(try await browser.post("/accounts", fields)) == password
            )

            let link = try #require(
                made.body.firstMatch(of: /href="(\/accounts\/[^"\/]+)"/)?.output.1)
            let page = String(link)
            let shown = try await browser.open(page)
            #expect(shown.body.contains("接待员"))
            #expect(!shown.body.contains(password))

            let twice = try await browser.submit(
                "\(page)/roles", [("role", "reception"), ("area", office.station.text)])
            #expect(twice.status == 422)
            #expect(twice.body.contains("id=\"field-role-problem\""))
            let given = try await browser.submit(
                "\(page)/roles", [("role", "carer"), ("area", office.station.text)])
            #expect(given.status == 303)
            #expect(try await browser.follow().body.contains("岗位已授予"))
            let taken = try await browser.submit("\(page)/take-role")
            #expect(taken.status == 303)
            #expect(try await browser.follow().body.contains("岗位已收回"))

            // Two who correct one name: the second sees both.
            let mine = try browser.filled(
                try #require(browser.form("\(page)/name")), [("name", "钱玉")])
            try await browser.open(page)
            #expect(try await browser.submit("\(page)/name", [("name", "钱宇")]).status == 303)
            let clash = try await browser.post("\(page)/name", mine)
            #expect(clash.status == 409)
            #expect(clash.body.contains("钱宇"))
            #expect(try await browser.submit("\(page)/name").status == 303)
            #expect(try await browser.follow().body.contains("钱玉"))

            try await browser.open("\(page)/password")
            let reset = try await browser.submit("\(page)/password")
            #expect(reset.status == 200)
            #expect(try SetUpPagesTests.oneTime(reset) != password)
            #expect(reset.headers[.cacheControl] == "no-store")
            let late = try await browser.post("/accounts", fields)
            #expect(late.status == 200)
            #expect(late.body.contains("密码不再显示") && !late.body.contains("class=\"masked\""))
            #expect(late.body.contains("\(page)/password"))

            try await browser.open("\(page)/access")
            #expect(try await browser.submit("\(page)/access").status == 303)
            #expect(try await browser.follow().body.contains("已停用"))
            #expect(try await !browser.open("/accounts").body.contains("钱玉"))
            #expect(try await browser.open("/accounts?state=all").body.contains("钱玉"))
            try await browser.open("\(page)/access")
            #expect(try await browser.submit("\(page)/access").status == 303)
            #expect(try await browser.open("/accounts?q=qian").body.contains("钱玉"))
            #expect(try await browser.open("/accounts?q=nobody").body.contains("没有符合条件的记录"))
        }
    }

    @Test(
        "nobody changes their own account, and the audit administrator only looks",
        arguments: TestDatabase.engines)
    func lookingOn(engine: Engine) async throws {
        let site = try await Site(engine)
        let security = try await site.office.account(
            .securityAdministrator, at: site.office.province, name: "卫青")
        let token = try await site.token(of: security.id, kind: "browser")
        let page = "/accounts/\(security.id.text)"
        try await site.visit { browser in
            browser.cookies["guitu"] = token
            #expect(try await browser.open(page).body.contains("这是您自己的账户"))
            #expect(browser.form("\(page)/roles") == nil)
            // Typed in by hand, it is refused all the same.
            try await browser.open("\(page)/password")
            #expect(try await browser.submit("\(page)/password").status == 422)
        }
        try await site.visit(as: .auditAdministrator, at: site.office.province) { browser in
            let list = try await browser.open("/accounts")
            #expect(!list.body.contains("/accounts/new"))
            #expect(try await browser.open(page).body.contains("卫青"))
            #expect(browser.form("\(page)/name") == nil)
            for path in ["/accounts/new", "\(page)/password", "\(page)/access"] {
                #expect(try await browser.open(path).status == 403, "\(path)")
            }
        }
    }

    // MARK: Stations

    @Test(
        "offices, a station, rooms and beds are made; a bed somebody has stays in use",
        arguments: TestDatabase.engines)
    func stations(engine: Engine) async throws {
        let site = try await Site(engine)
        let office = site.office
        try await site.visit(as: .systemAdministrator, at: office.province) { browser in
            try await browser.open("/stations/new-area")
            let county = [
                ("parent", office.city.text), ("level", "county"), ("name", "洛阴县"),
                ("code", "410381"),
            ]
            let wrong = try await browser.submit(
                "/stations/areas", county.map { $0.0 == "level" ? ($0.0, "province") : $0 })
            #expect(wrong.status == 422)
            #expect(wrong.body.contains("id=\"field-level-problem\""))
            #expect(try await browser.submit("/stations/areas", county).status == 303)
            #expect(try await browser.follow().body.contains("洛阴县"))

            try await browser.open("/stations/new")
            let parent = try #require(
                browser.page.body.firstMatch(of: /<option value="([^"]+)">\s*洛阴县/)?.output.1)
            let made = try await browser.submit(
                "/stations",
                [
                    ("parent", String(parent)), ("name", "洛阴救助管理站"), ("code", "410381J1"),
                    ("address", "县前街8号"), ("hotline", "0379-1111111"),
                ])
            #expect(made.status == 303, "\(made.body)")
            let page = try #require(made.location)
            #expect(try await browser.follow().body.contains("还没有房间"))

            try await browser.open("\(page)/rooms/new")
            let bare = try await browser.submit("\(page)/rooms", [("name", "男一室")])
            #expect(bare.status == 422)
            for field in ["kind", "beds"] {
                #expect(bare.body.contains("id=\"field-\(field)-problem\""), "\(field)")
            }
            let room = try await browser.submit(
                "\(page)/rooms", [("kind", "male"), ("beds", "1床、2床，靠窗\n")])
            #expect(room.status == 303, "\(room.body)")
            let shown = try await browser.follow()
            #expect(shown.body.contains("可用床位3张"))

            let more = try #require(
                shown.body.firstMatch(of: /href="([^"]+\/rooms\/[^"]{20,})"/)?.output.1)
            try await browser.open(String(more))
            let again = try await browser.submit(String(more), [("beds", "2床")])
            #expect(again.status == 422)
            #expect(again.body.contains("房间里已有床位“2床”"))
            #expect(try await browser.submit(String(more), [("beds", "4床")]).status == 303)
            #expect(try await browser.follow().body.contains("可用床位4张"))

            // Out of use, and taken back at once.
            let close = try #require(
                browser.page.body.firstMatch(of: /action="([^"]+\/out-of-use)"/)?.output.1)
            #expect(try await browser.submit(String(close)).status == 303)
            #expect(try await browser.follow().body.contains("可用床位3张，停用1张"))
            let open = String(close).replacing("/out-of-use", with: "/in-use")
            #expect(try await browser.submit(open).status == 303)
            #expect(try await browser.follow().body.contains("可用床位4张，停用0张"))

            let correct = "\(page)/correct"
            try await browser.open(correct)
            let mine = try browser.filled(
                try #require(browser.form(correct)), [("hotline", "0379-2222222")])
            try await browser.open(correct)
            #expect(
                try await browser.submit(correct, [("hotline", "0379-3333333")]).status == 303)
            let clash = try await browser.post(correct, mine)
            #expect(clash.status == 409)
            #expect(clash.body.contains("0379-3333333"))
            #expect(try await browser.submit(correct).status == 303)
            #expect(try await browser.follow().body.contains("0379-2222222"))
        }
        let arrived = try await office.workplace.perform(
            office.arrival(), as: .program(reason: "test"))
        let bed = try #require(try await office.beds("male").first)
        try await office.workplace.perform(
            GiveBed(episode: arrived.episode, bed: bed), as: .program(reason: "test"))
        try await site.visit(as: .systemAdministrator, at: office.station) { browser in
            let page = "/stations/\(office.station.text)"
            try await browser.open(page)
            let refused = try await browser.submit("\(page)/beds/\(bed.text)/out-of-use")
            #expect(refused.status == 422)
            #expect(refused.body.contains("这张床有人"))
            #expect(!refused.body.contains("无名氏"), "who sleeps there is not told")
        }
    }

    // MARK: Every page

    /// The routes of these pages, with `ids` in their patterns.
    private func paths(_ ids: [String: String]) -> [(HTTPRequest.Method, String)] {
        (AccountPages.routes + StationPages.routes).map { route in
            (
                route.method,
                ids.reduce(route.pattern) { $0.replacing("{\($1.key)}", with: $1.value) }
            )
        }
    }

    @Test(
        "who is no administrator is refused every one of these pages and forms",
        arguments: TestDatabase.engines)
    func notAllowed(engine: Engine) async throws {
        let site = try await Site(engine)
        let office = site.office
        let worker = try await office.account(.carer, at: office.station)
        let bed = try #require(try await office.beds("male").first)
        let room: Room.ID = try #require(
            try await office.database.read { tx in
                try tx.first("SELECT room FROM bed WHERE id = \(bed)")?["room"]
            })
        let own = paths([
            "account": worker.id.text, "area": office.station.text, "room": room.text,
            "bed": bed.text,
        ])
        for role in Role.allCases where !role.isAdministrator {
            try await site.visit(as: role) { browser in
                try await browser.open("/account")
                let csrf = try #require(browser.form("/language")?.first { $0.name == "csrf" })
                let form = [
                    ("csrf", csrf.value), ("key", Keys.newToken()), ("version", "1"),
                    ("isDisabled", "true"), ("name", "甲"),
                ]
                for (method, path) in own + [(.get, "/set-up/administrators")] {
                    let seen =
                        method == .get
                        ? try await browser.open(path) : try await browser.post(path, form)
                    #expect(seen.status == 403, "\(role) \(method) \(path)")
                }
            }
        }
        try await site.visit { browser in
            for (method, path) in own where method == .get {
                let door = try await browser.open(path)
                #expect(door.location?.hasPrefix("/sign-in") == true, "\(path)")
            }
        }
        #expect(
            try await office.database.read { tx in
                try tx.first("SELECT COUNT(*) AS n FROM account WHERE disabled_at IS NOT NULL")?[
                    "n"] as Int?
            } == 0)
    }

    @Test(
        "a foreign account or station, a missing one and a malformed id look exactly alike",
        arguments: TestDatabase.engines)
    func forged(engine: Engine) async throws {
        let site = try await Site(engine)
        let office = site.office
        let worker = try await office.account(.carer, at: office.otherStation)
        let bed = try #require(try await office.beds("male", at: office.otherStation).first)
        let now = office.clock.now
        let foreign = [
            "account": worker.id.text, "area": office.otherStation.text,
            "room": Room.ID(at: now).text, "bed": bed.text,
        ]
        let missing = [
            "account": Account.ID(at: now).text, "area": Area.ID(at: now).text,
            "room": Room.ID(at: now).text, "bed": Bed.ID(at: now).text,
        ]
        let malformed = foreign.mapValues { _ in "not-an-id" }
        for role in [Role.securityAdministrator, .systemAdministrator] {
            let mine = role == .securityAdministrator ? "/accounts/" : "/stations/"
            try await site.visit(as: role) { browser in
                try await browser.open("/account")
                let csrf = try #require(browser.form("/language")?.first { $0.name == "csrf" })
                let form = [
                    ("csrf", csrf.value), ("key", Keys.newToken()), ("version", "1"),
                    ("isDisabled", "true"), ("name", "甲"), ("role", "carer"), ("beds", "1"),
                    ("kind", "male"), ("area", office.station.text),
                ]
                var told: [[String]] = []
                for ids in [foreign, missing, malformed] {
                    var bodies: [String] = []
                    for ((method, path), (_, pattern)) in zip(paths(ids), paths([:]))
                    where pattern.hasPrefix(mine + "{") {
                        let seen =
                            method == .get
                            ? try await browser.open(path) : try await browser.post(path, form)
                        #expect(seen.status == 404, "\(method) \(pattern)")
                        bodies.append(
                            ids.values.reduce(seen.body) { $0.replacing($1, with: "") })
                    }
                    #expect(bodies.count >= 6)
                    told.append(bodies)
                }
                #expect(told[0] == told[1])
                #expect(told[1] == told[2])
            }
        }
    }

    private func check(_ browser: Browser, _ path: String) async throws {
        for language in Language.allCases {
            browser.cookies["guitu-language"] = language.rawValue
            let seen = try await browser.open(path)
            #expect(seen.status == 200, "\(path)")
            #expect(!seen.body.contains("⟨"), "\(language) \(path)")
            let ids = seen.body.matches(of: /\bid="([^"]+)"/).map { String($0.output.1) }
            #expect(Set(ids).count == ids.count, "\(path): \(ids.sorted())")
            #expect(seen.body.matches(of: /<h1>/).count == 1, "\(path)")
        }
    }

    @Test(
        "every page says all its words in both languages and names no field twice",
        arguments: TestDatabase.engines)
    func words(engine: Engine) async throws {
        let site = try await Site(engine)
        let office = site.office
        let worker = try await office.account(.carer, at: office.station)
        let bed = try #require(try await office.beds("male").first)
        let room: Room.ID = try #require(
            try await office.database.read { tx in
                try tx.first("SELECT room FROM bed WHERE id = \(bed)")?["room"]
            })
        let all =
            paths([
                "account": worker.id.text, "area": office.station.text, "room": room.text,
                "bed": bed.text,
            ]).filter { $0.0 == .get }.map(\.1) + ["/set-up/administrators"]
        try await site.visit(as: .securityAdministrator, at: office.province) { browser in
            for path in all where path.hasPrefix("/accounts") { try await check(browser, path) }
        }
        try await site.visit(as: .systemAdministrator, at: office.province) { browser in
            for path in all where !path.hasPrefix("/accounts") { try await check(browser, path) }
        }
        let (_, server) = try await SetUpPagesTests.empty(.sqlite)
        try await server.application().test(.router) { client in
            try await check(Browser(client), "/set-up")
        }
    }
}
