import Foundation
import GuituCore
import GuituModel
import GuituStore
import GuituText
import HTTPTypes
import TestSupport
import Testing

@testable import GuituWeb

@Suite("Lists on pages")
struct ListPageTests {
    private let program = Actor.program(reason: "test")

    private func site(_ engine: Engine = .sqlite) async throws -> Site {
        let site = try await Site(engine)
        let office = site.office
        for (index, name) in ["赵大山", "陈静", "王建国"].enumerated() {
            var arrival = office.arrival()
            arrival.name = name
            arrival.arrivedAt = office.clock.now.adding(.seconds(-3600 * ((index * 2) % 3)))
            arrival.consent = .agreed
            let arrived = try await office.workplace.perform(arrival, as: program)
            if name == "陈静" {
                try await office.workplace.perform(
                    GiveBed(episode: arrived.episode, bed: try await office.beds("male")[0]),
                    as: program)
            }
            var fields = ReportFields()
            fields.name = name
            fields.lost = PartialDay(Office.day.adding(days: -(index * 2) % 3))
            fields.reporterName = "家人"
            fields.reporterRelation = "子女"
            fields.reporterPhone = "13911112222"
            try await office.workplace.perform(
                RegisterMissing(
                    holder: office.station, fields: fields, reportedAt: office.clock.now),
                as: program)
        }
        return site
    }

    /// The first cells of a list's rows, in order.
    private func firstCells(_ body: String) -> [String] {
        body.components(separatedBy: "<tr role=\"row\"><td").dropFirst().map { row in
            String(row.prefix { $0 != "\n" }).replacing(/<[^>]*>/, with: "|")
                .split(separator: "|").dropFirst().first.map(String.init) ?? ""
        }
    }

    @Test("a list sorts by each of its sortable columns, both ways")
    func sorting() async throws {
        let site = try await site()
        try await site.visit(as: .director) { browser in
            for (path, sorts) in [
                ("/people", ["name", "arrival", "bed"]), ("/tracing", ["name", "opened", "state"]),
                ("/missing", ["name", "lost", "state"]),
            ] {
                for sort in sorts {
                    let up = try await browser.open("\(path)?sort=\(sort)").body
                    #expect(up.contains("aria-sort=\"ascending\""), "\(path) \(sort)")
                    #expect(up.contains("sort=\(sort)&amp;order=down"), "\(path) \(sort)")
                    let down = try await browser.open("\(path)?sort=\(sort)&order=down").body
                    #expect(down.contains("aria-sort=\"descending\""), "\(path) \(sort)")
                    #expect(firstCells(up).count == 3, "\(path) \(sort)")
                    #expect(
                        firstCells(up) == firstCells(down).reversed(), "\(path) \(sort)")
                }
            }
            let byName = firstCells(try await browser.open("/people?sort=name").body)
            #expect(byName == ["陈*", "王*国", "赵*山"])
            let byArrival = firstCells(try await browser.open("/people?sort=arrival").body)
            #expect(byArrival == ["陈*", "王*国", "赵*山"])
            #expect(
                firstCells(try await browser.open("/people?sort=bed").body).last == "陈*")
        }
    }

    @Test("every list is exported for spreadsheets, masked as its page is, and audited")
    func exports() async throws {
        let site = try await site()
        let station = site.office.station.text
        func export(
            _ role: Role, at area: Area.ID? = nil, _ path: String, _ file: String, _ useCase: String
        ) async throws -> [String] {
            let (log, shown) = try await site.exported(role, at: area, path, useCase)
            #expect(shown.status == 200, "\(path)")
            #expect(shown.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(
                shown.headers[.contentDisposition] == "attachment; filename=\"\(file)\"", "\(path)")
            // Its mark, so that a spreadsheet reads the Chinese in it.
            #expect(Array(shown.body.utf8.prefix(3)) == [0xEF, 0xBB, 0xBF], "\(path)")
            #expect(log == 1, "\(path)")
            return shown.body.dropFirst().split(separator: "\r\n").map(String.init)
        }
        let people = try await export(
            .director, "/people?as=csv&sort=name", "people.csv", "ExportListPeople")
        #expect(people.count == 4)
        #expect(people[0].hasPrefix("姓名,性别,"))
        #expect(people[1].hasPrefix("陈*,男,"))
        #expect(people[1].contains("男一室 1床"))
        #expect(!people.joined().contains("陈静"))

        let requests = try await export(
            .director, "/tracing?as=csv&sort=name", "tracing.csv", "ExportListRequests")
        #expect(requests.count == 4)
        #expect(requests[2].hasPrefix("王*国,"))

        let reports = try await export(
            .director, "/missing?as=csv&sort=name", "missing.csv", "ExportListMissing")
        #expect(reports.count == 4)
        #expect(!reports.joined().contains("13911112222"))

        let beds = try await export(
            .director, "/stations/\(station)/beds?as=csv", "beds.csv", "ExportBeds")
        #expect(beds.count == 6)
        #expect(beds.contains { $0.hasPrefix("男一室,1床,") && $0.contains("陈*") })
        let safety = try await export(
            .safetyOfficer, "/stations/\(station)/beds?as=csv", "beds.csv", "ExportBeds")
        #expect(safety.contains { $0.contains("有人") })
        #expect(!safety.joined().contains("陈"), "safety learns that a bed is taken, not by whom")

        let accounts = try await export(
            .securityAdministrator, at: site.office.province, "/accounts?as=csv", "accounts.csv",
            "ExportListAccounts")
        #expect(accounts.count >= 4)
        let audit = try await export(
            .auditAdministrator, at: site.office.province, "/audit?as=csv", "audit.csv",
            "ExportReadAudit")
        #expect(audit.contains { $0.contains("导出受助人员表") })
        let stations = try await export(
            .systemAdministrator, at: site.office.province, "/stations?as=csv", "stations.csv",
            "ExportListAreas")
        #expect(stations.contains { $0.hasPrefix("河洛救助管理站,410300J1,") })
        #expect(
            stations.contains { $0.contains(",河洛市,5,") }, "under its city, with its beds")
    }

    @Test("the trail sorts by time, by who, by what and by how it ended, page after page")
    func auditOrder() async throws {
        let site = try await site()
        let place = site.office.workplace
        let auditor = try await site.office.account(
            .auditAdministrator, at: site.office.province, name: "安审计")
        for order in ReadAudit.Order.allCases {
            for isDescending in [false, true] {
                var list = ReadAudit(limit: 500)
                list.order = order
                list.isDescending = isDescending
                list.filter.until = site.office.clock.now.adding(.seconds(1))
                site.office.clock.advance(by: .seconds(2))
                let whole = try await place.perform(list, as: auditor.actor).lines
                list.limit = 3
                var pages: [GuituCore.AuditLine] = []
                repeat {
                    let page = try await place.perform(list, as: auditor.actor)
                    pages += page.lines
                    list.after = page.next
                } while list.after != nil
                #expect(pages == whole, "\(order) \(isDescending)")
                #expect(whole.count > 2 * list.limit)
                let keys: [String] = whole.map { line in
                    switch order {
                    case .newest, .time: String("\(10_000_000_000_000 + line.at.milliseconds)")
                    case .who: line.actorName ?? line.actor
                    case .what: line.useCase
                    case .outcome: line.outcome
                    }
                }
                let isUp = order != .newest && !isDescending
                let sorted = keys.sorted {
                    Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8))
                }
                #expect(keys == (isUp ? sorted : sorted.reversed()), "\(order) \(isDescending)")
            }
        }
        try await site.visit(as: .auditAdministrator, at: site.office.province) { browser in
            for sort in ["time", "who", "use-case", "outcome"] {
                let up = try await browser.open("/audit?sort=\(sort)").body
                #expect(up.contains("aria-sort=\"ascending\""), "\(sort)")
                let next = up.firstMatch(of: /href="(\/audit\?[^"]*from=[^"]*)"/)?.output.1
                if let next {
                    let more = try await browser.open(Browser.plain(String(next)))
                    #expect(more.status == 200 && more.body.contains("aria-sort=\"ascending\""))
                }
            }
        }
    }

    @Test("the trail is read in words: every use-case of every route, and whom it was about")
    func auditWords() async throws {
        for route in allRoutes {
            // One that only reads leaves an entry when it is refused.
            for useCase in route.performs {
                #expect(AuditWords.did[useCase.name] != nil, "\(useCase.name)")
            }
        }
        for text in [Text(.zhHans), Text(.en)] {
            let many = text.did("Bulk<RegisterArrival>")
            #expect(!many.contains("<") && many.contains(text.did("RegisterArrival")))
        }
        let site = try await site()
        try await site.visit(as: .director) { browser in try await browser.open("/people") }
        try await site.visit(as: .auditAdministrator, at: site.office.province) { browser in
            for (language, words) in [
                ("zh-Hans", ["查看受助人员列表", "入站登记", "所辖范围", "系统"]),
                ("en", ["Listed people", "Took somebody in", "Their areas", "The program"]),
            ] {
                browser.cookies["guitu-language"] = language
                let body = try await browser.open("/audit").body
                for word in words { #expect(body.contains(word), "\(word)") }
                for raw in ["own-areas", "program:"] { #expect(!body.contains(raw), "\(raw)") }
            }
            let one = try await browser.open("/audit?useCase=ListPeople").body
            #expect(one.contains("Listed people</td>"))
            #expect(!one.contains("Took somebody in</td>"))
        }
    }

    @Test("a phone sorts by links above the cards, since the table's head is hidden there")
    func phone() async throws {
        let site = try await site()
        try await site.visit(as: .director) { browser in
            let body = try await browser.open("/people?sort=name").body
            let sorts = try #require(
                body.firstMatch(of: /<nav class="sorts".*?<\/nav>/.dotMatchesNewlines())?.output)
            for sort in ["sort=name&amp;order=down", "sort=arrival", "sort=bed"] {
                #expect(sorts.contains(sort), "\(sort)")
            }
        }
    }

    @Test("who keeps accounts, stations or the trail is led on from an empty desk")
    func ways() async throws {
        let site = try await Site(.sqlite)
        for (role, path) in [
            (Role.systemAdministrator, "/stations"), (.securityAdministrator, "/accounts"),
            (.auditAdministrator, "/audit"), (.supervisor, "/figures"),
        ] {
            let area = role.isAdministrator ? site.office.province : site.office.station
            try await site.visit(as: role, at: area) { browser in
                let body = try await browser.open("/").body
                #expect(body.contains("<a class=\"button\" href=\"\(path)\">"), "\(role)")
            }
        }
    }

    @Test("a page with a list that exports offers it, with its filters and its order")
    func offered() async throws {
        let site = try await site()
        try await site.visit(as: .director) { browser in
            let page = try await browser.open("/people?sort=name&q=chen").body
            #expect(page.contains("href=\"/people?q=chen&amp;sort=name&amp;as=csv\""))
        }
    }

    @Test(
        "no page of anybody has two fields or parts of one id, or two headings of the page",
        arguments: TestDatabase.engines)
    func ids(engine: Engine) async throws {
        let site = try await Site(engine)
        let records = try await Records(site, at: site.office.station)
        let program = program
        let person = try #require(Person.ID(records.ids["person"] ?? ""))
        try await site.office.workplace.perform(
            CorrectPerson(
                person: person, version: 1, name: "欧阳建国", nameCertainty: .verified, sex: .male,
                birth: nil, communication: .canSpeak,
                identityNumber: IdentityNumber(completing: "41152519600101121")?.normalised ?? ""),
            as: program)
        for role in Role.allCases {
            let area = role.isAdministrator ? site.office.province : site.office.station
            try await site.visit(as: role, at: area) { browser in
                for route in allRoutes where route.kind == .page {
                    let path = records.address(route)
                    let seen = try await browser.open(path)
                    guard seen.status == 200, seen.body.contains("<h1>") else { continue }
                    let ids = seen.body.matches(of: /\bid="([^"]+)"/).map { String($0.output.1) }
                    let twice = Dictionary(grouping: ids, by: \.self).filter { $0.value.count > 1 }
                    #expect(twice.isEmpty, "\(role) \(route.pattern): \(twice.keys.sorted())")
                    #expect(seen.body.matches(of: /<h1>/).count == 1, "\(role) \(route.pattern)")
                }
            }
        }
    }
}

extension Site {
    /// What a role's export answers, and how many entries it left.
    func exported(_ role: Role, at area: Area.ID?, _ path: String, _ useCase: String) async throws
        -> (entries: Int, seen: Browser.Seen)
    {
        func entries() async throws -> Int {
            try await count("audit_entry WHERE use_case = \(useCase)")
        }
        let before = try await entries()
        let token = try await session(role, at: area)
        let seen = try await server.application().test(.router) { client in
            let browser = Browser(client)
            browser.cookies["guitu"] = token
            return try await browser.open(path)
        }
        return (try await entries() - before, seen)
    }
}
