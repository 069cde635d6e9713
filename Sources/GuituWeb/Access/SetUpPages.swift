import GuituCore
import GuituModel
import GuituText
import Hummingbird

/// The first visit: places, the first system administrator, and the two who
/// watch over accounts and over everybody.
enum SetUpPages {
    static let routes: [Route] = [
        .page("/set-up", [SeeSetUp.self], show),
        .action("/set-up", [], again: show, setUp),
        .page(
            "/set-up/administrators", [SeeOwnAccount.self, SeeStaffing.self], showAdministrators),
        .action("/set-up/administrators", [], again: showAdministrators, name),
    ]

    /// What lies between the ministry, which is always there, and the station.
    private static let levels: [Area.Level] = [.province, .city, .county]

    private static func progress(_ text: Text, _ current: Int) -> HTML {
        steps(text, [text("setUp.places"), text("setUp.administrators")], current: current)
    }

    // MARK: With the code from the terminal

    @Sendable static func show(_ visit: Visit) async throws -> Reply {
        guard try await visit.see(SeeSetUp()).isNew else {
            if visit.problems.isEmpty { return .go("/sign-in") }
            // The form was sent twice, or somebody else was first.
            throw Ending.refused(SetUpRefused.alreadyDone)
        }
        let text = visit.text
        let form = visit.form("/set-up")
        return .page(
            Page(
                text("setUp.title"), lead: text("setUp.lead"), isNarrow: true,
                """
                \(progress(text, 0))
                \(form.view(
                    submit: text("setUp.go"),
                    """
                    \(form.line("code", text("setUp.code"), hint: text("setUp.code.hint"),
                        required: true, limit: 40))
                    \(levels.map { areaFields(form, $0, text) })
                    \(form.section(text(of: Area.Level.station), hint: text("setUp.station.hint"),
                        """
                        \(form.line("station.name", text("area.name"), limit: 60))
                        \(form.line("station.code", text("area.codeLabel"),
                            hint: text("area.stationCode"), limit: 20, short: true))
                        \(form.line("station.address", text("station.address")))
                        \(form.line("station.hotline", text("station.hotline"), .tel, limit: 40,
                            short: true))
                        """))
                    \(form.section(text(of: Role.systemAdministrator), hint: text("setUp.you"),
                        """
                        \(form.line("name", text("account.name"), required: true, limit: 40,
                            autocomplete: "name"))
                        \(form.line("login", text("signIn.login"), hint: text("account.login.hint"),
                            required: true, limit: 64, autocomplete: "username"))
                        \(form.line("password", text("signIn.password"), .password,
                            hint: text("password.hint"), required: true,
                            autocomplete: "new-password"))
                        \(form.line("again", text("password.again"), .password, required: true,
                            autocomplete: "new-password"))
                        """))
                    """))
                """))
    }

    private static func areaFields(_ form: Form, _ level: Area.Level, _ text: Text) -> HTML {
        let isNeeded = level == .province
        return form.section(
            text(of: level), hint: isNeeded ? nil : text("setUp.mayBeEmpty"),
            """
            \(form.line("\(level.rawValue).name", text("area.name"), required: isNeeded, limit: 60))
            \(form.line("\(level.rawValue).code", text("area.codeLabel"), .number,
                hint: text("area.code"), required: isNeeded, limit: 6, short: true))
            """)
    }

    @Sendable private static func setUp(_ visit: Visit) async throws -> Reply {
        let typed = visit.typed
        guard typed["password"] == typed["again"] else {
            throw InvalidFields([Saying("password.notTheSame", field: "again")])
        }
        func isTyped(_ fields: [String]) -> Bool {
            fields.contains { !typed[$0].allSatisfy(\.isWhitespace) }
        }
        let areas = levels.filter { level in
            level == .province || isTyped(["\(level.rawValue).name", "\(level.rawValue).code"])
        }.map { level in
            AreaDraft(
                code: typed["\(level.rawValue).code"], name: typed["\(level.rawValue).name"],
                level: level, validFrom: visit.today)
        }
        let hasStation = isTyped([
            "station.name", "station.code", "station.address", "station.hotline",
        ])
        let station = StationDraft(
            code: typed["station.code"], name: typed["station.name"],
            address: typed["station.address"], hotline: typed["station.hotline"],
            validFrom: visit.today)
        let password = Secret(typed["password"])
        _ = try await visit.workplace.setUp(
            SetUpRequest(
                code: Secret(typed["code"]), areas: areas, station: hasStation ? station : nil,
                login: typed["login"], name: typed["name"], password: password))
        let signedIn = try await visit.workplace.signIn(
            SignInRequest(
                login: typed["login"], password: password, device: visit.device.map { Secret($0) },
                address: visit.origin,
                session: .browser(
                    label: SignInPages.browserName(visit.headers[.userAgent] ?? ""))))
        var reply = Reply.go("/set-up/administrators", saying: Saying("setUp.done"))
        reply.device = signedIn.device.reveal
        return reply.signedIn(signedIn.token.reveal)
    }

    // MARK: The two other administrators

    @Sendable private static func showAdministrators(_ visit: Visit) async throws -> Reply {
        let own = try await visit.see(SeeOwnAccount())
        let kept = own.grants.filter { $0.role == .systemAdministrator }
        guard !kept.isEmpty else { throw Ending.notAllowed }
        let text = visit.text
        // One area after the other: each needs its own people.
        for grant in kept {
            let lacking = try await visit.see(SeeStaffing(area: grant.area))
            if !lacking.isEmpty { return .page(naming(lacking, of: grant, visit)) }
        }
        return .page(
            Page(
                text("setUp.administrators"), isNarrow: true,
                """
                \(visit.form("/set-up/administrators").summary)
                \(progress(text, 2))
                \(callout(.success, text("setUp.staffed"), "<p>\(text("setUp.staffed.advice"))</p>"))
                <p>\(button(text("place.stations"), "/stations", primary: true))</p>
                """))
    }

    private static func naming(
        _ lacking: [Role], of area: SeeAccount.Granted, _ visit: Visit
    ) -> Page {
        let text = visit.text
        let form = visit.form("/set-up/administrators")
        let options = lacking.map { role in
            Form.Option(
                role.rawValue, text(of: role),
                hint: role == .securityAdministrator
                    ? text("setUp.security.hint") : text("setUp.audit.hint"))
        }
        return Page(
            text("setUp.administrators"), lead: area.areaName, isNarrow: true,
            """
            \(progress(text, 1))
            \(callout(.info, text("setUp.separate"), "<p>\(text("setUp.separate.advice"))</p>"))
            \(form.view(
                submit: text("setUp.name"),
                """
                \(form.hidden("area", area.area.text))
                \(form.choices("role", text("account.role"), options,
                    value: lacking.count == 1 ? lacking[0].rawValue : "", required: true))
                \(AccountPages.whoFields(form, text))
                """))
            """)
    }

    @Sendable private static func name(_ visit: Visit) async throws -> Reply {
        var form = FormReading(visit.typed)
        let role = form.choice("role", Role.self)
        let area: Area.ID? = form.id("area")
        try form.finish()
        guard let role, let area else { throw InvalidFields([]) }
        let made = try await visit.workplace.nameAdministrator(
            role, of: area, login: visit.typed["login"], name: visit.typed["name"],
            as: visit.actor, key: visit.formKey())
        return .page(
            AccountPages.shownOnce(
                visit, made, login: visit.typed["login"], name: visit.typed["name"],
                mayReset: false, next: (visit.text("setUp.next"), "/set-up/administrators")))
    }
}
