import Foundation
import GuituModel
import GuituStore
import HTTPTypes
import Synchronization
import TestSupport
import Testing

@testable import GuituCore
@testable import GuituWeb

/// What people do to forms without meaning harm: click twice, go back, be
/// called away until they are signed out. Every form is asked.
@Suite("Every form, used as people use forms", .serialized)
struct FormUseTests {
    /// Ends the session or is about nobody who is signed in.
    private static let doors: Set<String> = ["/sign-in", "/sign-out", "/set-up", "/language"]

    private static let trace: Set<String> = [
        "audit_entry", "audit_head", "session", "sign_in_failure", "known_device",
    ]

    private static let file = Array(
        "编号,姓名,联系人,关系,联系电话\nA1,王建国,王军,兄弟,13911112222\n".utf8)

    /// How many rows there are, once what goes on after an answer is over.
    private func counts(_ site: Site) async throws -> [String: Int] {
        for _ in 0..<500 {
            let running = try await site.office.database.read { tx in
                try tx.first("SELECT 1 AS one FROM import_batch WHERE state = 'running'") != nil
            }
            guard running else { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        return try await rows(site)
    }

    private func rows(_ site: Site) async throws -> [String: Int] {
        try await contents(of: site.office.database).filter { !Self.trace.contains($0.key) }
            .mapValues(\.count)
    }

    private func browse(
        _ scene: Scene, _ form: FoundForm, _ site: Site,
        _ body: @Sendable (Browser) async throws -> Void
    ) async throws {
        try await site.visit { browser in
            browser.cookies["guitu"] = scene.session(of: form)
            try await body(browser)
        }
    }

    @discardableResult
    private func send(
        _ form: FoundForm, _ values: [(name: String, value: String)], _ browser: Browser,
        file: [UInt8]? = file
    ) async throws -> Browser.Seen {
        let (bytes, type) = form.body(values, file: file)
        return try await browser.send(.post, form.action, body: bytes, type: type)
    }

    @Test(
        "sent twice, one after the other or at once, it is done once",
        arguments: TestDatabase.engines)
    func twice(engine: Engine) async throws {
        let scene = try await Scenes.shared.scene(engine)
        let done = Said()
        for form in scene.forms where !Self.doors.contains(form.pattern) && form.role != nil {
            let values = form.filled()
            let once = Notes<[String: Int]>()
            try await scene.copied { site in
                try await browse(scene, form, site) { browser in
                    let first = try await send(form, values, browser)
                    guard [200, 303].contains(first.status) else {
                        return done.add("\(form.pattern) \(first.status)")
                    }
                    let after = try await counts(site)
                    once.add(after)
                    let second = try await send(form, values, browser)
                    // What ended the very thing it was about is gone; nothing else is.
                    #expect(
                        [first.status, 401, 404, 422].contains(second.status),
                        "\(form.pattern) \(first.status), then \(second.status)")
                    #expect(
                        first.location == second.location || second.status != 303, "\(form.pattern)"
                    )
                    #expect(try await counts(site) == after, "\(form.pattern) was done twice")
                }
            }
            guard !once.all.isEmpty else { continue }
            done.add("done")
            try await scene.copied { site in
                try await browse(scene, form, site) { one in
                    try await browse(scene, form, site) { other in
                        async let a = send(form, values, one)
                        async let b = send(form, values, other)
                        let statuses = try await [a.status, b.status]
                        #expect(
                            statuses.contains(200) || statuses.contains(303),
                            "\(form.pattern) \(statuses)")
                        #expect(statuses.allSatisfy { $0 < 500 }, "\(form.pattern) \(statuses)")
                    }
                }
                #expect([try await counts(site)] == once.all, "\(form.pattern)")
            }
        }
        let all = done.all
        print(
            "\(engine): \(all.count { $0 == "done" }) of \(all.count) forms done; \(Set(all).sorted())"
        )
        #expect(
            all.count { $0 == "done" } * 2 > all.count, "most forms were not filled in properly")
    }

    @Test("gone back to and sent again, it changes nothing that somebody changed since")
    func back() async throws {
        let scene = try await Scenes.shared.scene(.sqlite)
        var asked = 0
        for form in scene.forms
        where form.role != nil && form.fields.contains(where: { $0.name == Form.versionName }) {
            asked += 1
            try await scene.copied { site in
                try await browse(scene, form, site) { browser in
                    let first = try await send(form, form.filled(), browser)
                    guard [200, 303].contains(first.status) else { return }
                    let before = try await contents(of: site.office.database).filter {
                        !Self.trace.contains($0.key)
                    }
                    let typed = form.fields.first { $0.isTyped }
                    let again = form.filled().map { field in
                        switch field.name {
                        case Form.keyName: (name: field.name, value: Keys.newToken())
                        case typed?.name: (name: field.name, value: "另一句话𠮷")
                        default: field
                        }
                    }
                    let second = try await send(form, again, browser)
                    #expect(
                        [409, 404, 422].contains(second.status), "\(form.pattern) \(second.status)")
                    if second.status == 409, typed != nil {
                        #expect(second.body.contains("另一句话𠮷"), "\(form.pattern)")
                    }
                    let after = try await contents(of: site.office.database).filter {
                        !Self.trace.contains($0.key)
                    }
                    #expect(before == after, "\(form.pattern)")
                }
            }
        }
        #expect(asked >= 3)
    }

    /// Whether a form with this action stands on the page without a click.
    private func isUnfolded(_ action: String, in page: String) -> Bool {
        page.ranges(of: "action=\"\(action)\"").contains { found in
            let before = page[..<found.lowerBound]
            guard let fold = before.ranges(of: "<details").last.map({ before[$0.lowerBound...] })
            else { return true }
            return fold.contains("</details>") || fold.prefix { $0 != ">" }.contains(" open")
        }
    }

    @Test(
        "a browser whose session has ended gets the sign-in page, from wherever it comes",
        arguments: TestDatabase.engines)
    func endedSession(engine: Engine) async throws {
        let site = try await Site(engine)
        let token = try await site.session(.reception)
        try await site.endSessions()
        try await site.visit { browser in
            for (cookie, address) in [(token, "/people"), (token, "/"), ("unknown", "/sign-in")] {
                browser.cookies["guitu"] = cookie
                var answer = try await browser.open(address)
                if answer.status != 200 {
                    #expect(answer.status == 303, "\(address)")
                    answer = try await browser.open("/sign-in")
                }
                #expect(answer.status == 200 && answer.body.contains("name=\"password\""))
            }
        }
    }

    @Test("who must not let a protected person go is told before filling anything in")
    func protectedDeparture() async throws {
        let site = try await Site(.sqlite)
        let arrived = try await site.office.workplace.perform(
            site.office.arrival(), as: .program(reason: "test"))
        let address = "/people/\(arrived.person.text)/departure"
        try await site.office.workplace.perform(
            Protect(
                person: arrived.person, protection: .domesticViolence, reason: "本人陈述", version: 1),
            as: .program(reason: "test"))
        try await site.visit(as: .reception) { browser in
            let page = try await browser.open(address)
            #expect(page.status == 200 && page.body.contains("须由站长办理"))
            #expect(browser.form(address) == nil)
        }
        try await site.visit(as: .director) { browser in
            try await browser.open(address)
            #expect(browser.form(address) != nil)
        }
    }

    @Test("a report is ended with a reason, and opened again")
    func endedReport() async throws {
        let site = try await Site(.sqlite)
        var fields = ReportFields()
        fields.name = "王建国"
        fields.reporterName = "王建军"
        fields.reporterRelation = "兄弟"
        fields.reporterPhone = "13800000000"
        let report = try await site.office.workplace.perform(
            RegisterMissing(
                holder: site.office.station, fields: fields, reportedAt: site.office.clock.now),
            as: .program(reason: "test")
        ).report
        let address = "/missing/\(report.text)"
        try await site.visit(as: .reception) { browser in
            try await browser.open(address)
            let asked = try await browser.submit("\(address)/close")
            #expect(asked.status == 422, "nobody ends one without saying why")
            try await browser.submit("\(address)/close", [("outcome", "came-home")])
            let ended = try await browser.follow()
            #expect(ended.body.contains("已找到") && browser.form("\(address)/close") == nil)
            try await browser.submit("\(address)/reopen")
            #expect(try await browser.follow().status == 200)
            #expect(browser.form("\(address)/close") != nil)
        }
    }

    @Test("a wrong arrival is corrected, and a wrong departure undone, on the person's page")
    func takenBack() async throws {
        let site = try await Site(.sqlite)
        var arrival = site.office.arrival()
        arrival.foundPlace = "汽车站"
        let arrived = try await site.office.workplace.perform(
            arrival, as: .program(reason: "test"))
        let address = "/people/\(arrived.person.text)"
        try await site.visit(as: .reception) { browser in
            let form = try await browser.open("\(address)/arrival")
            #expect(form.body.contains("value=\"汽车站\""))
            let asked = try await browser.submit(
                "\(address)/arrival", [("foundPlace", "火车站东广场")])
            #expect(asked.status == 422, "nobody corrects without saying why")
            try await browser.submit(
                "\(address)/arrival", [("foundPlace", "火车站东广场"), ("reason", "听错了")])
            let corrected = try await browser.follow()
            #expect(corrected.body.contains("火车站东广场") && corrected.body.contains("听错了"))

            try await browser.open("\(address)/departure")
            try await browser.submit(
                "\(address)/departure", [("kind", DepartureKind.selfDeparture.rawValue)])
            let left = try await browser.follow()
            #expect(left.body.contains("现在不在救助中"))
            try await browser.submit("\(address)/departure/undo", [("reason", "点错了人")])
            let back = try await browser.follow()
            #expect(back.body.contains("点错了人") && !back.body.contains("现在不在救助中"))
        }
    }

    @Test("the search above every page finds who has left, too")
    func searchAll() async throws {
        let site = try await Site(.sqlite)
        var arrival = site.office.arrival()
        arrival.name = "王建国"
        let arrived = try await site.office.workplace.perform(
            arrival, as: .program(reason: "test"))
        try await site.office.workplace.perform(
            Depart(
                episode: arrived.episode, kind: .selfDeparture, leftAt: site.office.clock.now),
            as: .program(reason: "test"))
        try await site.visit(as: .reception) { browser in
            let home = try await browser.open("/")
            #expect(home.body.contains("name=\"standing\" value=\"all\""))
            let found = try await browser.open("/people?standing=all&q=wang")
            #expect(found.body.contains(arrived.person.text))
        }
    }

    @Test("an arrival of long ago is asked about, and taken when it is meant")
    func lateEntry() async throws {
        let site = try await Site(.sqlite)
        try await site.visit(as: .reception) { browser in
            let page = try await browser.open("/arrivals/new")
            #expect(!page.body.contains("isLateEntry"))
            let typed = [
                ("arrivedAt", "2016-11-24T02:30"), ("mode", "alone"), ("condition", "well"),
                ("sex", "male"), ("communication", "unclear"),
                ("station", site.office.station.text),
            ]
            let asked = try await browser.submit("/arrivals", typed)
            #expect(asked.status == 422 && asked.body.contains("isLateEntry"))
            let taken = try await browser.submit("/arrivals", typed + [("isLateEntry", "yes")])
            #expect(taken.status == 303)
        }
    }

    @Test("when the session ran out, signing in again brings back everything that was typed")
    func expired() async throws {
        let scene = try await Scenes.shared.scene(.sqlite)
        for form in scene.forms where !Self.doors.contains(form.pattern) && form.role != nil {
            guard form.fields.allSatisfy({ $0.kind != .password }) else { continue }
            let values = form.filled().map { field in
                form.fields.first { $0.name == field.name }?.isTyped == true && field.value == "河边"
                    ? (name: field.name, value: "河边\"<𠮷>&") : field
            }
            let direct = Said()
            try await scene.copied { site in
                try await browse(scene, form, site) { browser in
                    direct.add("\(try await send(form, values, browser).status)")
                }
            }
            try await scene.copied { site in
                let session = scene.session(of: form)
                let login: String = try await site.office.database.write { tx in
                    let digest = Keys.tokenDigest(session)
                    _ = try tx.execute("UPDATE session SET ended_at = made_at")
                    return try tx.first(
                        """
                        SELECT a.login FROM account a JOIN session s ON s.account = a.id
                        WHERE s.digest = \(digest)
                        """)?["login"] ?? ""
                }
                try await browse(scene, form, site) { browser in
                    let told = try await send(form, values, browser)
                    #expect(told.status == 401, "\(form.pattern) \(told.status)")
                    guard told.status == 401 else { return }
                    let wrong = try await browser.submit(
                        "/sign-in", [("login", login), ("password", "这不是密码呀呀呀")])
                    #expect(wrong.status == 422, "\(form.pattern)")
                    let back = try await browser.submit(
                        "/sign-in", [("login", login), ("password", Scene.password)])
                    #expect(back.status == 200, "\(form.pattern) \(back.status)")
                    // Sent as it stands there, it is what was typed.
                    func sent(_ fields: [Browser.Field]) -> Set<String> {
                        Set(fields.filter(\.isSent).map { "\($0.name)=\($0.value)" })
                    }
                    let typed = values.filter { !["csrf", "then"].contains($0.name) }.map {
                        "\($0.name)=\($0.value)"
                    }
                    let shown = try #require(
                        browser.forms(form.action).first { sent($0).isSuperset(of: typed) },
                        "\(form.pattern) lost something")
                    // It is seen and may be changed: as many fields as on its own page.
                    let visible = try #require(
                        FoundForm.all(on: back.body).first {
                            $0.action == form.action && $0.fields.count == form.fields.count
                        }, "\(form.pattern)")
                    #expect(
                        visible.fields.filter { $0.kind != .hidden }.map(\.name)
                            == form.fields.filter { $0.kind != .hidden }.map(\.name),
                        "\(form.pattern)")
                    #expect(isUnfolded(form.action, in: back.body), "\(form.pattern)")
                    let again = try await send(
                        form, shown.filter(\.isSent).map { (name: $0.name, value: $0.value) },
                        browser,
                        file: nil)
                    // What signed everybody out did so to this one too.
                    if form.pattern.hasPrefix("/account/") { return }
                    // A file has to be chosen again; the rest comes back. A notice
                    // may be pasted instead.
                    let misses = form.sendsFiles && form.pattern != "/notices/new"
                    #expect(
                        misses ? again.status == 422 : ["\(again.status)"] == direct.all,
                        "\(form.pattern) \(again.status), not \(direct.all)")
                }
            }
        }
    }

    @Test(
        "with ids of another station's records in its fields, it changes nothing",
        arguments: TestDatabase.engines)
    func foreign(engine: Engine) async throws {
        let scene = try await Scenes.shared.scene(engine)
        for form in scene.forms where form.role != nil && !Self.doors.contains(form.pattern) {
            try await scene.copied { site in
                let before = try await foreignRows(site, scene)
                try await browse(scene, form, site) { browser in
                    for (name, ours) in scene.records.ids {
                        guard let theirs = scene.foreign.ids[name], theirs != ours else { continue }
                        var isForeign = false
                        let values = form.filled().map { field in
                            guard field.value == ours else { return field }
                            isForeign = true
                            return (name: field.name, value: theirs)
                        }
                        var action = form
                        action.action = form.action.replacing(ours, with: theirs)
                        guard isForeign || action.action != form.action else { continue }
                        // Administrators of the province keep both stations.
                        guard form.role.map({ !Scene.isProvincial($0) }) ?? false else { continue }
                        let seen = try await send(action, values, browser)
                        #expect(
                            [403, 404, 422].contains(seen.status),
                            "\(form.pattern) with another's \(name): \(seen.status)")
                    }
                }
                #expect(try await foreignRows(site, scene) == before, "\(form.pattern)")
            }
        }
    }

    @Test(
        "about one record, sent to the address of its neighbour, it finds nothing",
        arguments: TestDatabase.engines)
    func neighbour(engine: Engine) async throws {
        let scene = try await Scenes.shared.scene(engine)
        let id = /[0-9a-z]{26}/
        let asked = Said()
        for form in scene.forms where form.role != nil {
            guard let ours = form.action.firstMatch(of: id).map({ String($0.0) }) else { continue }
            let named = form.fields.filter { $0.kind == .hidden }.map(\.value)
                .filter { $0 != ours && $0.wholeMatch(of: id) != nil }
            guard named.count + form.action.matches(of: id).count > 1,
                let neighbour = try await scene.neighbour(of: ours, form.pattern)
            else { continue }
            try await scene.copied { site in
                let before = try await contents(of: site.office.database).filter {
                    !Self.trace.contains($0.key)
                }
                try await browse(scene, form, site) { browser in
                    var other = form
                    other.action = form.action.replacing(ours, with: neighbour)
                    let seen = try await send(other, form.filled(), browser)
                    #expect(seen.status == 404, "\(form.pattern) \(seen.status)")
                }
                let after = try await contents(of: site.office.database).filter {
                    !Self.trace.contains($0.key)
                }
                #expect(before == after, "\(form.pattern)")
            }
            asked.add(form.pattern)
        }
        for word in [
            "bed", "free-bed", "whereabouts", "belongings", "return-belongings", "departure",
            "retract", "unlink", "attachments/{attachment}/remove",
        ] {
            #expect(asked.all.contains("/people/{person}/\(word)"), "\(word) was not asked")
        }
        #expect(asked.all.contains("/missing/{report}/attachments/{attachment}/remove"))
        #expect(asked.all.contains("/stations/{area}/beds/{bed}/out-of-use"))
    }

    @Test(
        "refused for a wrong field, a form still knows what its editor saw",
        arguments: TestDatabase.engines)
    func staleAfterRefusal(engine: Engine) async throws {
        let scene = try await Scenes.shared.scene(engine)
        let person = scene.records.ids["person"] ?? ""
        try await scene.copied { site in
            try await site.visit { browser in
                browser.cookies["guitu"] = scene.sessions[.carer]
                let action = "/people/\(person)/correct"
                try await browser.open(action)
                let mine = try browser.filled(
                    try #require(browser.form(action)),
                    [("name", "欧阳建业"), ("sex", "neither")])
                try await browser.open(action)
                #expect(try await browser.submit(action, [("name", "欧阳建民")]).status == 303)
                #expect(try await browser.post(action, mine).status == 422)
                let second = try await browser.submit(action, [("sex", "male")])
                #expect(second.status == 409, "\(second.status)")
                #expect(second.body.contains("欧阳建民") && second.body.contains("欧阳建业"))
                #expect(try await browser.submit(action).status == 303, "both were seen")
            }
        }
    }

    /// Every row that names somebody or something of the other station.
    private func foreignRows(_ site: Site, _ scene: Scene) async throws -> [String: [String]] {
        let theirs = Set(scene.foreign.ids.values).subtracting(scene.records.ids.values).filter {
            $0.count == 26
        }
        return try await contents(of: site.office.database).filter { !Self.trace.contains($0.key) }
            .mapValues { rows in rows.filter { row in theirs.contains { row.contains($0) } } }
    }
}
