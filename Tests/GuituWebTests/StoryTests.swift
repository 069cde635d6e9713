import Foundation
import GuituCore
import GuituModel
import GuituStore
import HTTPTypes
import TestSupport
import Testing

@testable import GuituWeb

@Suite("From the door to home, on pages alone")
struct StoryTests {
    @Test(
        "a family's report stands first, two officers confirm, and the family collects",
        arguments: TestDatabase.engines)
    func story(engine: Engine) async throws {
        let site = try await Site(engine)
        let reception = try await site.session(.reception)
        let first = try await site.session(.tracingOfficer)
        let second = try await site.session(.tracingOfficer)
        let ranking = JobRunner(
            site.office.workplace, handlers: [RankRequestJob(), RankReportsJob()])

        try await site.visit { browser in
            // At the night desk.
            browser.cookies["guitu"] = reception
            try await browser.open("/arrivals/new")
            try await browser.submit(
                "/arrivals",
                [
                    ("mode", "police"), ("broughtBy", "车站派出所"), ("condition", "well"),
                    ("sex", "male"), ("communication", "unclear"), ("birth", "约62岁"),
                    ("name", "陈福根"), ("foundPlace", "河洛市汽车站"), ("foundOn", "2026-11-23"),
                    ("belongings", "蓝布包"), ("consent", "agreed"),
                ])
            let person = try #require(browser.page.location?.replacing("/bed", with: ""))
            try await browser.follow()
            let bed = try #require(browser.form(person + "/bed")?.first { $0.name == "bed" }?.value)
            try await browser.submit(person + "/bed", [("bed", bed)])
            try await browser.open(person)
            let request = try #require(
                browser.page.body.firstMatch(of: /href="(\/tracing\/[0-9a-z]{26})"/)
            ).1

            // A family telephones; others have telephoned before.
            for (name, birth) in [("陈福根", "1964年"), ("赵志强", "1990年"), ("孙德海", "1951年")] {
                try await browser.open("/missing/new")
                try await browser.submit(
                    "/missing",
                    [
                        ("name", name), ("sex", "male"), ("birth", birth), ("lost", "2026年11月"),
                        ("lostPlace", "河洛市汽车站"), ("reporterName", "陈秀英"),
                        ("reporterRelation", "女儿"), ("reporterPhone", "13900000000"),
                    ])
                #expect(browser.page.status == 303, "\(browser.page.body)")
            }
            try await ranking.runDue()

            // The first officer sees the true family first, and why.
            browser.cookies["guitu"] = first
            let desk = try await browser.open(String(request))
            #expect(desk.status == 200)
            let ranked = desk.body.matches(of: /href="(\/candidates\/[0-9a-z]{26})"/).map(\.1)
            let candidate = String(try #require(ranked.first))
            #expect(desk.body.contains("都不是"))
            let compared = try await browser.open(candidate)
            #expect(compared.body.contains("陈福根"))
            #expect(!compared.body.contains("13900000000"))
            try await browser.submit(
                candidate + "/decide", [("verdict", "confirm"), ("reason", "与女儿视频,老人认出了她")])
            #expect(browser.page.status == 303, "\(browser.page.body)")
            #expect(try await browser.follow().body.contains("意见已记录"))

            // The same officer cannot be the second, and may take it back.
            #expect(browser.form(candidate + "/decide") == nil)
            #expect(try await browser.submit(candidate + "/withdraw").status == 303)
            try await browser.follow()
            try await browser.submit(
                candidate + "/decide", [("verdict", "confirm"), ("reason", "再次核实,女儿说出了旧疤")])

            // Nobody leaves on one officer's word.
            browser.cookies["guitu"] = reception
            try await browser.open(person + "/departure")
            try await browser.submit(person + "/return-belongings", [("receivedBy", "陈秀英")])
            try await browser.follow()
            let collecting = [
                ("kind", "family-collects"), ("collectorName", "陈秀英"),
                ("collectorRelation", "女儿"), ("collectorIdentity", "11010119900307109X"),
                ("identityChecked", "yes"), ("agreed", "yes"),
            ]
            let early = try await browser.submit(person + "/departure", collecting)
            #expect(early.status == 422)
            #expect(early.body.contains("还没有经两人确认"))

            browser.cookies["guitu"] = second
            try await browser.open(candidate)
            try await browser.submit(
                candidate + "/decide", [("verdict", "confirm"), ("reason", "户籍照片与本人一致")])
            #expect(try await browser.follow().body.contains("两人已确认"))

            browser.cookies["guitu"] = reception
            #expect(try await browser.open("/").body.contains("联系家属接领"))
            try await browser.open(person + "/departure")
            let fields = try browser.filled(
                try #require(browser.form(person + "/departure")), collecting)
            let left = try await browser.post(person + "/departure", fields)
            #expect(left.status == 303, "\(left.body)")
            #expect(try await browser.post(person + "/departure", fields).status == 303)
            #expect(try await browser.open(person).body.contains("现在不在救助中"))
            #expect(try await browser.open(String(request)).body.contains("已结束"))
        }
        #expect(try await site.count("departure") == 1)
        let check = try await AuditVerification.run(
            site.office.database, keys: site.office.workplace.keys, anchorsFile: nil)
        #expect(check.isSound, "\(check.faults)")
    }

    @Test(
        "a new account signs in, must choose a password, and signs out everywhere",
        arguments: TestDatabase.engines)
    func door(engine: Engine) async throws {
        let site = try await Site(engine)
        let made = try await site.office.workplace.makeAccount(
            login: "wang.fang", name: "王芳", home: site.office.station, roles: [.reception],
            as: .program(reason: "test"))
        try await site.visit { browser in
            let asked = try await browser.open("/people")
            #expect(asked.status == 303)
            #expect(asked.location == "/sign-in?next=%2Fpeople")
            try await browser.follow()
            let wrong = try await browser.submit(
                "/sign-in", [("login", "wang.fang"), ("password", "not this one")])
            #expect(wrong.status == 422)
            #expect(browser.form("/sign-in")?.first { $0.name == "login" }?.value == "wang.fang")
            #expect(browser.form("/sign-in")?.first { $0.name == "password" }?.value == "")
            try await browser.submit("/sign-in", [("password", made.password.reveal)])
            #expect(browser.page.location == "/account/password")
            // Nothing else opens before that.
            #expect(try await browser.open("/people").location == "/account/password")
            try await browser.open("/account/password")
            let choice = "冬天的第一场雪下得很大"
            let differs = try await browser.submit(
                "/account/password",
                [("current", made.password.reveal), ("new", choice), ("again", choice + "1")])
            #expect(differs.status == 422)
            let changed = try await browser.submit(
                "/account/password",
                [("current", made.password.reveal), ("new", choice), ("again", choice)])
            #expect(changed.status == 303, "\(changed.body)")
            #expect(try await browser.open("/people").status == 200)
            try await browser.open("/account")
            #expect(try await browser.submit("/account/sign-out-everywhere").status == 303)
            #expect(browser.cookies["guitu"] == nil)
            #expect(try await browser.open("/people").status == 303)
        }
    }

    @Test(
        "a device registers an arrival once, and problems come back as JSON",
        arguments: TestDatabase.engines)
    func device(engine: Engine) async throws {
        let site = try await Site(engine)
        let worker = try await site.office.account(.reception, at: site.office.station)
        let token = try await site.token(of: worker.id, kind: "token")
        let station = site.office.station.text
        try await site.visit { browser in
            browser.site = nil
            let now = site.office.clock.now.milliseconds
            let good = """
                {"station":"\(station)","arrivedAt":\(now),"mode":"alone","sex":"female",
                "communication":"can-speak","condition":"well","name":"王秀兰","birth":"1956年",
                "birthSource":"self"}
                """
            func send(_ body: String, key: String = "0123456789abcdef", as token: String?)
                async throws -> Browser.Seen
            {
                var headers: HTTPFields = [.idempotencyKey: key]
                if let token { headers[.authorization] = "Bearer \(token)" }
                return try await browser.send(
                    .post, "/api/arrivals", headers: headers, body: Array(body.utf8),
                    type: "application/json")
            }
            let stranger = try await send(good, as: nil)
            #expect(stranger.status == 401)
            #expect(stranger.headers[.contentType] == "application/problem+json")
            let made = try await send(good, as: token)
            #expect(made.status == 201, "\(made.body)")
            #expect(try await send(good, as: token).body == made.body)
            let wrong = try await send(
                good.replacing("\"mode\":\"alone\"", with: "\"mode\":\"police\""),
                key: "fedcba9876543210", as: token)
            #expect(wrong.status == 422)
            #expect(wrong.body.contains("\"field\":\"broughtBy\""))
            let unread = try await send(
                good.replacing("female", with: "x"), key: "fedcba9876543211", as: token)
            #expect(unread.status == 422)
            #expect(unread.body.contains("\"field\":\"sex\""))
            #expect(try await send("{", key: "fedcba9876543212", as: token).status == 422)
            let person = try await browser.send(
                .get, made.headers[.location] ?? "",
                headers: [.authorization: "Bearer \(token)"])
            #expect(person.status == 200)
            #expect(person.body.contains("王秀兰"))
            #expect(person.body.contains("\"birthIsEstimate\":false"))
            let cookie = try await browser.send(.get, made.headers[.location] ?? "")
            #expect(cookie.status == 401)
        }
        #expect(try await site.count("person") == 1)
    }
}
