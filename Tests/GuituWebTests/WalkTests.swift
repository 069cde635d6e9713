import Foundation
import GuituCore
import GuituModel
import GuituStore
import HTTPTypes
import TestSupport
import Testing

@testable import GuituWeb

/// One record of each kind, so that every address can be filled in.
struct Records: Sendable {
    var ids: [String: String]

    /// Somebody at `station` who is traced, with a bed, a report and a candidate.
    init(_ site: Site, at station: Area.ID, protection: Protection = .none) async throws {
        let office = site.office
        let program = Actor.program(reason: "test")
        var arrival = office.arrival(at: station)
        arrival.name = "欧阳建国"
        arrival.birth = .year(1960)
        arrival.consent = .agreed
        let arrived = try await office.workplace.perform(arrival, as: program)
        var fields = ReportFields()
        fields.name = "欧阳建国"
        fields.sex = .male
        fields.birth = .year(1960)
        fields.reporterName = "欧阳秀"
        fields.reporterRelation = "妹妹"
        fields.reporterPhone = "13911112222"
        let report = try await office.workplace.perform(
            RegisterMissing(holder: station, fields: fields, reportedAt: office.clock.now),
            as: program)
        try await JobRunner(office.workplace, handlers: [RankRequestJob(), RankReportsJob()])
            .runDue()
        let person = arrived.person
        let (candidate, account, bed) = try await office.database.read { tx in
            (
                try tx.first(
                    """
                    SELECT id FROM candidate
                    WHERE report = \(report.report) AND request = \(arrived.request)
                    """)?["id"] as String?,
                try tx.first("SELECT id FROM account WHERE home = \(station)")?["id"] as String?,
                try tx.first("SELECT id FROM bed WHERE station = \(station)")?["id"] as String?
            )
        }
        if protection != .none {
            try await office.workplace.perform(
                Protect(person: person, protection: protection, reason: "test", version: 1),
                as: program)
        }
        let none = Person.ID(at: office.clock.now).text
        ids = [
            "person": person.text, "request": arrived.request?.text ?? none,
            "report": report.report.text, "candidate": candidate ?? none,
            "account": account ?? none, "bed": bed ?? none, "area": station.text,
            "search": none, "match": none,
            "room": none, "attachment": none, "import": none, "notification": none, "job": none,
            "asset": "x",
        ]
    }

    func address(_ route: Route) -> String {
        "/"
            + route.parts.map { part in
                switch part {
                case .word(let word): word
                case .id(let name): ids[name] ?? "?"
                }
            }.joined(separator: "/")
    }
}

@Suite("Every address")
struct WalkTests {
    private static let pages = allRoutes.filter { $0.kind == .page }
    private static let actions = allRoutes.filter { $0.kind == .action }

    @Test(
        "every route that touches the database names its use-cases, or is a door that the core keeps"
    )
    func named() {
        // The core's own functions hash a password between two use-cases.
        let doors: Set<String> = [
            "/sign-in", "/set-up", "/set-up/administrators", "/account/password", "/accounts",
            "/imports",
        ]
        for route in allRoutes where route.kind != .fixed && route.performs.isEmpty {
            #expect(doors.contains(route.pattern), "\(route.method) \(route.pattern)")
        }
    }

    @Test(
        "every page opens for every role that may, says every sentence and marks up nothing wrongly",
        arguments: Role.allCases, TestDatabase.engines)
    func pages(role: Role, engine: Engine) async throws {
        let site = try await Site(engine)
        let records = try await Records(site, at: site.office.station)
        let area: Area.ID
        switch role {
        case .official, .supervisor, .securityAdministrator, .auditAdministrator,
            .systemAdministrator:
            area = site.office.province
        default: area = site.office.station
        }
        try await site.visit(as: role, at: area) { browser in
            var opened = 0
            for language in ["zh-Hans", "en"] {
                browser.cookies["guitu-language"] = language
                for route in Self.pages {
                    let seen = try await browser.open(records.address(route))
                    #expect(
                        [200, 303, 403, 404].contains(seen.status),
                        "\(route.pattern) \(seen.status)")
                    #expect(!seen.body.contains("⟨"), "\(route.pattern) lacks a sentence")
                    #expect(!seen.body.contains("13911112222"), "\(route.pattern)")
                    if seen.status == 200 { opened += 1 }
                }
            }
            #expect(opened >= 6)
        }
        #expect(
            site.log.lines.allSatisfy { !$0.contains("fault") && !$0.contains("broke") },
            "\(site.log.lines)")
    }

    @Test(
        "a visitor is asked to sign in on every page and every action",
        arguments: TestDatabase.engines)
    func visitor(engine: Engine) async throws {
        let site = try await Site(engine)
        let records = try await Records(site, at: site.office.station)
        let open: Set<String> = ["/sign-in", "/set-up", "/sign-out"]
        try await site.visit { browser in
            for route in Self.pages where !open.contains(route.pattern) {
                let seen = try await browser.open(records.address(route))
                #expect(seen.status == 303, "\(route.pattern)")
                #expect(seen.location?.hasPrefix("/sign-in") == true, "\(route.pattern)")
            }
            try await browser.open("/sign-in")
            let token = try #require(browser.form("/sign-in")?.first { $0.name == "csrf" }?.value)
            for route in Self.actions where !open.contains(route.pattern) {
                let seen = try await browser.post(
                    records.address(route),
                    [("csrf", token), ("key", Keys.newToken()), ("name", "typed")])
                // What does not even read is refused; nothing is done either way.
                #expect([401, 404, 422].contains(seen.status), "\(route.pattern) \(seen.status)")
            }
        }
        #expect(try await site.count("person") == 1)
    }

    @Test(
        "no action of a station's staff reaches another station's records",
        arguments: [Role.reception, .tracingOfficer, .director], TestDatabase.engines)
    func foreign(role: Role, engine: Engine) async throws {
        let site = try await Site(engine)
        let records = try await Records(site, at: site.office.otherStation)
        let facts = try await site.count("fact")
        try await site.visit(as: role) { browser in
            for route in Self.pages
            where route.parts.contains(where: { if case .id = $0 { true } else { false } }) {
                let seen = try await browser.open(records.address(route))
                #expect([403, 404].contains(seen.status), "\(route.pattern) \(seen.status)")
                #expect(!seen.body.contains("欧阳"), "\(route.pattern)")
            }
            try await browser.open("/")
            let token = try #require(browser.form("/sign-out")?.first { $0.name == "csrf" }?.value)
            for route in Self.actions
            where route.parts.contains(where: { if case .id = $0 { true } else { false } }) {
                let seen = try await browser.post(
                    records.address(route),
                    [
                        ("csrf", token), ("key", Keys.newToken()), ("reason", "x"),
                        ("version", "1"),
                        ("episode", records.ids["person"] ?? ""), ("verdict", "confirm"),
                        ("evidenceVersion", "1"), ("consent", "agreed"), ("outcome", "reunited"),
                    ])
                #expect([403, 404, 422].contains(seen.status), "\(route.pattern) \(seen.status)")
                #expect(!seen.body.contains("欧阳"), "\(route.pattern)")
            }
        }
        #expect(try await site.count("fact") == facts)
    }

    @Test(
        "a protected person is on no page of any office above, nor of another station",
        arguments: TestDatabase.engines)
    func protected(engine: Engine) async throws {
        let site = try await Site(engine)
        let records = try await Records(
            site, at: site.office.station, protection: .domesticViolence)
        for (role, area) in [
            (Role.official, site.office.province), (.tracingOfficer, site.office.otherStation),
            (.director, site.office.otherStation), (.tracingOfficer, site.office.station),
        ] {
            try await site.visit(as: role, at: area) { browser in
                for route in Self.pages {
                    let ids = route.parts.compactMap { part -> String? in
                        if case .id(let name) = part { name } else { nil }
                    }
                    let seen = try await browser.open(records.address(route))
                    if ids.contains("request") || ids.contains("candidate") {
                        #expect([403, 404].contains(seen.status), "\(role) \(route.pattern)")
                    }
                    guard area != site.office.station else { continue }
                    if ids.contains("person") {
                        #expect([403, 404].contains(seen.status), "\(role) \(route.pattern)")
                    }
                    #expect(
                        !seen.body.contains(records.ids["person"] ?? "-")
                            || seen.status == 404 || seen.status == 403,
                        "\(role) \(route.pattern)")
                }
            }
        }
    }

    /// Words typed into every free text about somebody, each a mark of its own.
    private func writeAbout(_ records: Records, _ site: Site) async throws -> [String] {
        let (office, place) = (site.office, site.office.workplace)
        let program = Actor.program(reason: "test")
        var marks: [String] = []
        func mark() -> String {
            marks.append("记号\(marks.count + 100)")
            return marks.last ?? ""
        }
        let person = try #require(Person.ID(records.ids["person"] ?? ""))
        let request = try #require(TracingRequest.ID(records.ids["request"] ?? ""))
        let candidate = try #require(Candidate.ID(records.ids["candidate"] ?? ""))
        let (brought, notes) = (mark(), mark())
        let episode = try await office.database.write { tx in
            try tx.execute(
                """
                UPDATE episode SET brought_by = \(brought), condition = 'urgent',
                    condition_notes = \(notes)
                WHERE person = \(person)
                """)
            return try tx.first("SELECT id FROM episode WHERE person = \(person)")?["id"]
                as ReliefEpisode.ID?
        }
        for kind in [ObservationKind.kin, .note, .condition, .carried] {
            let id = try await place.perform(
                AddObservation(
                    person: person, kind: kind, value: mark(), source: .person,
                    certainty: .likely), as: program)
            if kind == .note {
                try await place.perform(
                    RetractObservation(person: person, observation: id, reason: mark()), as: program
                )
            }
        }
        try await place.perform(
            KeepBelonging(episode: #require(episode), item: .init(name: mark())), as: program)
        let other = try await place.perform(office.arrival(), as: program).person
        try await place.perform(
            LinkFiles(person: person, other: other, reason: mark()), as: program)
        try await place.perform(
            DecideConsent(request: request, consent: .agreed, reason: mark(), version: 1),
            as: program)
        let officer = try await office.account(.tracingOfficer, at: office.station)
        try await place.perform(
            DecideCandidate(
                candidate: candidate, verdict: .needMore, reason: mark(), evidenceVersion: 1),
            as: officer.actor)
        try await place.perform(
            AddAttachment(
                subject: .person(person),
                file: UploadedFile(name: "\(mark()).txt", bytes: Array("便条".utf8))), as: program)
        return marks
    }

    @Test(
        "what was written about somebody is read in their station and in no office above",
        arguments: TestDatabase.engines)
    func freeText(engine: Engine) async throws {
        let site = try await Site(engine)
        let records = try await Records(site, at: site.office.station)
        let marks = try await writeAbout(records, site)
        func read(_ role: Role, at area: Area.ID) async throws -> Set<String> {
            let found = Notes<String>()
            try await site.visit(as: role, at: area) { browser in
                for route in Self.pages {
                    let seen = try await browser.open(records.address(route))
                    for mark in marks where seen.body.contains(mark) { found.add(mark) }
                }
            }
            return Set(found.all)
        }
        #expect(try await read(.director, at: site.office.station) == Set(marks))
        for role in [Role.director, .tracingOfficer, .carer, .reception] {
            #expect(try await read(role, at: site.office.city) == [], "\(role) of the city")
        }
        #expect(try await read(.official, at: site.office.province) == [])
    }

    @Test(
        "looking at somebody is on the trail before the page is there",
        arguments: TestDatabase.engines)
    func audited(engine: Engine) async throws {
        let site = try await Site(engine)
        let records = try await Records(site, at: site.office.station)
        try await site.visit(as: .reception) { browser in
            for route in Self.pages
            where route.parts.count == 2 && route.parts.last == .id("person") {
                let before = try await site.count("audit_entry")
                #expect(try await browser.open(records.address(route)).status == 200)
                #expect(try await site.count("audit_entry") > before)
            }
        }
    }

    @Test(
        "what was typed is never markup, on any page it comes back on",
        arguments: TestDatabase.engines)
    func hostile(engine: Engine) async throws {
        let site = try await Site(engine)
        let mark = "\"'><script>alert(7)</script>"
        try await site.visit(as: .director) { browser in
            try await browser.open("/arrivals/new")
            try await browser.submit(
                "/arrivals",
                [
                    ("mode", "police"), ("broughtBy", mark), ("condition", "well"), ("sex", "male"),
                    ("communication", "unclear"), ("name", mark), ("foundPlace", mark),
                    ("checkNotes", mark), ("belongings", mark), ("birth", mark),
                    ("consent", "agreed"),
                ])
            #expect(browser.page.status == 303, "\(browser.page.body)")
            let person = try #require(browser.page.location?.replacing("/bed", with: ""))
            try await browser.open(person)
            try await browser.submit(
                person + "/observations", [("kind", "note"), ("value", mark)])
            try await browser.open("/missing/new")
            try await browser.submit(
                "/missing",
                [
                    ("name", mark), ("sex", "male"), ("marks", mark), ("accent", mark),
                    ("lost", mark),
                    ("lostPlace", mark), ("homePlace", mark), ("reporterName", mark),
                    ("reporterRelation", mark), ("reporterPhone", "13911112222"),
                ])
            let report = try #require(browser.page.location)
            for path in [
                person, person + "/departure", person + "/correct", report, "/missing", "/people",
                "/", "/tracing", "/people?q=" + mark.percentEncoded,
            ] {
                let seen = try await browser.open(path)
                #expect(seen.status == 200, "\(path)")
                #expect(!seen.body.contains("<script>alert"), "\(path)")
            }
        }
    }
}
