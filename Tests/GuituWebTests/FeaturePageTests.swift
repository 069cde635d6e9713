import Foundation
import GuituCore
import GuituModel
import GuituStore
import GuituText
import HTTPTypes
import TestSupport
import Testing

@testable import GuituWeb

@Suite("Figures, attachments and masks on pages")
struct FeaturePageTests {
    private let program = Actor.program(reason: "test")
    private static let dot = Data(
        base64Encoded:
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
            + "AABJRU5ErkJggg==")

    // MARK: Figures

    @Test("a supervisor reads figures and nothing about anybody", arguments: TestDatabase.engines)
    func figures(engine: Engine) async throws {
        let site = try await Site(engine)
        let office = site.office
        var arrival = office.arrival()
        arrival.name = "欧阳建国"
        arrival.consent = .agreed
        let arrived = try await office.workplace.perform(arrival, as: program)
        try await site.visit(as: .supervisor) { browser in
            let home = try await browser.open("/")
            #expect(home.body.contains("href=\"/figures\""))
            for language in Language.allCases {
                browser.cookies["guitu-language"] = language.rawValue
                let page = try await browser.open("/figures")
                #expect(page.status == 200)
                #expect(!page.body.contains("⟨"))
                for number in ["K02", "K04", "K05", "K06", "K08", "K10", "K12", "K13", "K14"]
                    + ["K17", "K22", "K27", "K28"]
                {
                    #expect(page.body.contains("<small>\(number)</small>"), "\(number)")
                }
                for word in ["欧阳", "建国", arrived.person.text, "/people"] {
                    #expect(!page.body.contains(word), "\(word)")
                }
                #expect(page.body.components(separatedBy: "<rect ").count == 13)
            }
            browser.cookies["guitu-language"] = "zh-Hans"
            let before = try await browser.open("/figures?month=2026-10")
            #expect(before.body.contains("2026年10月"))
            let file = try await browser.open("/figures?as=csv")
            #expect(file.body.contains("K02,在站救助人次,1,"))
            for path in ["/people", "/tracing", "/missing", "/people/\(arrived.person.text)"] {
                let seen = try await browser.open(path)
                #expect([403, 404].contains(seen.status), "\(path)")
            }
            let foreign = try await browser.open("/figures?area=\(office.otherStation.text)")
            #expect(foreign.status == 404)
        }
        try await site.visit(as: .official, at: office.province) { browser in
            let page = try await browser.open("/figures")
            #expect(page.body.contains("颍上游救助管理站"))
            let one = try await browser.open("/figures?area=\(office.otherStation.text)")
            #expect(one.status == 200)
            #expect(one.body.contains("<option value=\"\(office.otherStation.text)\" selected>"))
        }
        try await site.visit(as: .carer) { browser in
            let seen = try await browser.open("/figures")
            #expect(seen.status == 403)
        }
    }

    // MARK: Attachments

    private func upload(_ browser: Browser, _ path: String, _ name: String, _ bytes: [UInt8])
        async throws -> Browser.Seen
    {
        try await browser.open(path)
        let hidden = try #require(browser.form(path)).filter(\.isSent)
        var body: [UInt8] = []
        for field in hidden {
            body += Array(
                "--b\r\nContent-Disposition: form-data; name=\"\(field.name)\"\r\n\r\n\(field.value)\r\n"
                    .utf8)
        }
        body += Array(
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n\r\n"
                .utf8)
        body += bytes + Array("\r\n--b--\r\n".utf8)
        return try await browser.send(
            .post, path, body: body, type: "multipart/form-data; boundary=b")
    }

    @Test(
        "a photo is kept with a missing report as with a person: seen, taken off, brought back",
        arguments: ["report", "person"], TestDatabase.engines)
    func attachments(owner: String, engine: Engine) async throws {
        let site = try await Site(engine)
        let records = try await Records(site, at: site.office.station)
        let id = try #require(records.ids[owner])
        let page = owner == "report" ? "/missing/\(id)" : "/people/\(id)"
        let files = page + "/attachments"
        let dot = try #require(Self.dot)
        try await site.visit(as: .tracingOfficer) { browser in
            #expect(try await browser.open(page).body.contains("href=\"\(files)\""))
            #expect(try await browser.open(files).body.contains("没有附件"))
            let none = try await upload(browser, files, "", [])
            #expect(none.status == 422)
            let wrong = try await upload(browser, files, "a.jpg", Array("<svg/>\0".utf8))
            #expect(wrong.status == 422)
            #expect(wrong.body.contains("id=\"field-file-problem\""))
            #expect(try await upload(browser, files, "合影.png", Array(dot)).status == 303)
            let list = try await browser.follow()
            #expect(list.body.contains("合影.png"))
            let picture = try #require(
                list.body.firstMatch(of: /<img src="([^"]+)"/).map { String($0.output.1) })
            let shown = try await browser.open(picture)
            #expect(shown.status == 200)
            #expect(shown.headers[.contentType] == "image/png")
            try await browser.open(files)
            let remove = try #require(
                list.body.firstMatch(of: /action="([^"]+\/remove)"/).map { String($0.output.1) })
            #expect(try await browser.submit(remove).status == 303)
            let gone = try await browser.follow()
            #expect(!gone.body.contains("合影.png"))
            #expect(try await browser.open(picture).status == 404)
            // The flash offers it back.
            let restore = remove.replacing("/remove", with: "/restore")
            let back = try #require(gone.body.contains("action=\"\(restore)\"") ? restore : nil)
            let csrf = try #require(browser.form("/sign-out")?.first { $0.name == "csrf" }?.value)
            #expect(
                try await browser.post(back, [("csrf", csrf), ("key", Keys.newToken())]).status
                    == 303)
            #expect(try await browser.follow().body.contains("合影.png"))
        }
        try await site.visit(as: .tracingOfficer, at: site.office.otherStation) { browser in
            let seen = try await browser.open(files)
            #expect(seen.status == 404)
        }
    }

    // MARK: Masks

    @Test(
        "an official sees a masked name, unmasks it with a reason, and corrects nothing",
        arguments: TestDatabase.engines)
    func masks(engine: Engine) async throws {
        let site = try await Site(engine)
        var arrival = site.office.arrival()
        arrival.name = "欧阳建国"
        arrival.birth = .year(1960)
        arrival.identityNumber = PageTests.identity
        let person = try await site.office.workplace.perform(arrival, as: program).person
        let page = "/people/\(person.text)"
        try await site.visit(as: .official, at: site.office.province) { browser in
            let seen = try await browser.open(page)
            #expect(seen.body.contains("<h1>欧阳*国</h1>"))
            #expect(!seen.body.contains("欧阳建国"))
            #expect(seen.body.contains("目测估计"))
            let nothing = try await browser.submit("\(page)/unmask", [("value", "name")])
            #expect(nothing.status == 422)
            #expect(nothing.body.contains("id=\"field-unmask-reason-problem\""))
            let plain = try await browser.submit(
                "\(page)/unmask", [("value", "name"), ("reason", "督查回访")])
            #expect(plain.status == 200)
            #expect(plain.body.contains("欧阳建国"))
            try await browser.open(page)
            let number = try await browser.submit(
                "\(page)/unmask", [("value", "identity-number"), ("reason", "督查回访")])
            #expect(number.body.contains(PageTests.identity))
            #expect(try await browser.open(page + "/correct").status == 403)
        }
        #expect(try await site.count("unmasking WHERE reason = '督查回访'") == 2)
        // A director of the city would save the mask as the name.
        try await site.visit(as: .director, at: site.office.city) { browser in
            let seen = try await browser.open(page)
            #expect(!seen.body.contains("\(page)/correct"))
            #expect(try await browser.open(page + "/correct").status == 403)
        }
        try await site.visit(as: .reception) { browser in
            let seen = try await browser.open(page)
            #expect(seen.body.contains("<h1>欧阳建国</h1>"))
            #expect(try await browser.open(page + "/correct").status == 200)
        }
    }

    @Test("an age that somebody said is not called an estimate", arguments: TestDatabase.engines)
    func saidAge(engine: Engine) async throws {
        let site = try await Site(engine)
        try await site.visit(as: .reception) { browser in
            for (source, isEstimate) in [("staff", true), ("self", false), ("document", false)] {
                try await browser.open("/arrivals/new")
                try await browser.submit(
                    "/arrivals",
                    [
                        ("mode", "alone"), ("condition", "well"), ("sex", "female"),
                        ("communication", "can-speak"), ("birth", "1961年"),
                        ("birthSource", source),
                    ])
                let person = try #require(browser.page.location?.replacing("/bed", with: ""))
                let seen = try await browser.open(person)
                #expect(seen.body.contains("目测估计") == isEstimate, "\(source)")
            }
        }
    }

    @Test("an office above chooses among its stations' beds, a station goes to its own")
    func bedsAbove() async throws {
        let site = try await Site(.sqlite)
        let (station, other) = (site.office.station.text, site.office.otherStation.text)
        try await site.visit(as: .official, at: site.office.province) { browser in
            let list = try await browser.open("/beds")
            #expect(list.status == 200)
            for id in [station, other] {
                #expect(list.body.contains("href=\"/stations/\(id)/beds\""))
                let beds = try await browser.open("/stations/\(id)/beds")
                #expect(beds.body.contains("男一室"))
            }
        }
        try await site.visit(as: .carer) { browser in
            let seen = try await browser.open("/beds")
            #expect(seen.location == "/stations/\(station)/beds")
        }
    }

    // MARK: Areas out of force

    @Test(
        "an area is ended once nobody is there, with its successor", arguments: TestDatabase.engines
    )
    func retirement(engine: Engine) async throws {
        let site = try await Site(engine)
        let office = site.office
        let page = "/stations/\(office.otherStation.text)/retire"
        let someone = try await office.workplace.perform(
            office.arrival(at: office.otherStation), as: program)
        try await site.visit(as: .systemAdministrator, at: office.province) { browser in
            #expect(try await browser.open("/stations").body.contains("href=\"\(page)\""))
            try await browser.open(page)
            let wrong = try await browser.submit(page, [("lastDay", "明天")])
            #expect(wrong.status == 422)
            #expect(wrong.body.contains("id=\"field-lastDay-problem\""))
            let early = try await browser.submit(page, [("lastDay", "1999-01-01")])
            #expect(early.status == 422)
            let used = try await browser.submit(page, [("lastDay", "2026-11-24")])
            #expect(used.status == 422)
            #expect(used.body.contains("还有下级单位或在站人员"))
            var leaving = Depart(
                episode: someone.episode, kind: .selfDeparture, leftAt: office.clock.now)
            leaving.destination = "回家"
            leaving.agreed = true
            try await office.workplace.perform(leaving, as: program)
            try await browser.open(page)
            let ended = try await browser.submit(
                page, [("lastDay", "2026-11-24"), ("successor", office.station.text)])
            #expect(ended.status == 303, "\(ended.body)")
            #expect(try await browser.follow().body.contains("单位已撤销"))
            #expect(try await !browser.open("/stations").body.contains("颍上游救助管理站"))
            let all = try await browser.open("/stations?retired=yes")
            #expect(all.body.contains("2026年11月24日撤销"))
            #expect(try await browser.open(page).status == 404)
        }
        let successor: Area.ID? = try await office.database.read { tx in
            try tx.first("SELECT successor FROM area WHERE id = \(office.otherStation)")?[
                "successor"]
        }
        #expect(successor == office.station)
    }

    // MARK: Sessions

    @Test(
        "any page keeps a session that is used awake; one that rests ends",
        arguments: TestDatabase.engines)
    func awake(engine: Engine) async throws {
        let site = try await Site(engine)
        var settings = Settings()
        settings.sessionIdleMinutes = 30
        let place = Workplace(
            database: site.office.database, clock: site.office.clock,
            keys: site.office.workplace.keys, settings: settings)
        let worker = try await site.office.account(.reception, at: site.office.station)
        let token = try await site.token(of: worker.id, kind: "browser")
        let now = site.office.clock.now
        try await site.office.database.write { tx in
            try tx.execute(
                """
                UPDATE session SET expires_at = \(now.adding(.seconds(1800)))
                WHERE account = \(worker.id)
                """)
        }
        try await GuituServer(workplace: place).application().test(.router) { client in
            let browser = Browser(client)
            browser.cookies["guitu"] = token
            try await browser.open("/account")
            for _ in 0..<4 {
                site.office.clock.advance(by: .seconds(20 * 60))
                #expect(try await browser.open("/account/awake").location == "/account")
            }
            site.office.clock.advance(by: .seconds(31 * 60))
            #expect(
                try await browser.open("/account/awake").location?.hasPrefix("/sign-in") == true)
        }
    }
}
