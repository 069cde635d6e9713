import GuituCore
import GuituModel
import GuituText

/// Other people's accounts: the security administrator keeps them, the audit
/// administrator looks on.
enum AccountPages {
    static let routes: [Route] = [
        .page("/accounts", [ListAccounts.self, Export<ListAccounts>.self], list),
        .page("/accounts/new", [ListAccountAreas.self], showNew),
        .action("/accounts", [], again: showNew, make),
        .page("/accounts/{account}", [SeeAccount.self, ListAccountAreas.self], show),
        .action("/accounts/{account}/name", [ChangeAccount.self], again: show, change),
        .action("/accounts/{account}/roles", [GrantRole.self], again: show, grant),
        .action("/accounts/{account}/take-role", [RevokeRole.self], again: show, takeRole),
        .page("/accounts/{account}/password", [SeeAccount.self], askReset),
        .action("/accounts/{account}/password", [SeeAccount.self], again: askReset, reset),
        .page("/accounts/{account}/access", [SeeAccount.self], askAccess),
        .action("/accounts/{account}/access", [ChangeAccount.self], again: askAccess, change),
    ]

    private static func link(to account: Account.ID) -> Link { "/accounts/\(account.text)" }

    // MARK: The list

    @Sendable private static func list(_ visit: Visit) async throws -> Reply {
        let text = visit.text
        var list = ListAccounts()
        list.search = String(visit.query["q"].prefix(60))
        list.role = Role(rawValue: visit.query["role"])
        list.includesDisabled = visit.query["state"] == "all"
        list.after = visit.query["from"].isEmpty ? nil : visit.query["from"]
        list.order = ListAccounts.Order(rawValue: visit.query["sort"]) ?? .login
        list.isDescending = visit.query["order"] == "down"
        if visit.wantsTable { return try await table(list, visit) }
        let answer = try await visit.see(list)
        let query = visit.listQuery(
            "/accounts", filters: ["q", "role", "state"],
            sorts: ["login", "name", "last-sign-in"])
        let listing = Listing(
            text("place.accounts"),
            columns: [
                .init(text("signIn.login"), sort: "login") {
                    "<a href=\"\(link(to: $0.id))\">\($0.login)</a>"
                },
                .init(text("account.name"), sort: "name") { "\($0.name)" },
                .init(text("account.home")) { "\($0.homeName)" },
                .init(text("account.roles")) { line in
                    "\(line.roles.isEmpty ? text("account.noRoles") : text.list(line.roles.map { text(of: $0) }))"
                },
                .init(text("account.lastSignIn"), sort: "last-sign-in", isShort: true) {
                    "\($0.lastSignIn.map { text($0) } ?? text("account.never"))"
                },
                .init(text("account.access")) { line in
                    state(line.isDisabled, line.mustChangePassword, text)
                },
            ], rows: answer.lines, query: query, next: answer.next, exports: true,
            empty: .init(text("account.none"), text("account.none.advice")))
        return .page(
            Page(
                text("place.accounts"),
                actions: visit.may(.manageAccounts)
                    ? button(text("account.new"), "/accounts/new", icon: .plus, primary: true) : "",
                listing.view(
                    text,
                    filters: """
                        \(query.filter("q", text("account.search")))
                        \(query.filter("role", text("account.role"),
                            Form.Option.all(Role.self, text), all: text("list.all")))
                        \(query.filter("state", text("account.access"),
                            [Form.Option("all", text("account.withDisabled"))],
                            all: text("account.enabled")))
                        """)))
    }

    private static func table(_ list: ListAccounts, _ visit: Visit) async throws -> Reply {
        let text = visit.text
        return try await visit.export(
            list, as: "accounts.csv",
            [
                (text("signIn.login"), { $0.login }),
                (text("account.name"), { $0.name }),
                (text("account.home"), { $0.homeName }),
                (text("account.roles"), { text.list($0.roles.map { text(of: $0) }) }),
                (
                    text("account.lastSignIn"),
                    { $0.lastSignIn.map { text($0) } ?? text("account.never") }
                ),
                (
                    text("account.access"),
                    { standing($0.isDisabled, $0.mustChangePassword, text).words }
                ),
            ])
    }

    private static func standing(_ isDisabled: Bool, _ mustChange: Bool, _ text: Text) -> (
        words: String, tone: Tone
    ) {
        if isDisabled { return (text("account.disabled"), .warning) }
        if mustChange { return (text("account.firstPassword"), .info) }
        return (text("account.enabled"), .success)
    }

    private static func state(_ isDisabled: Bool, _ mustChange: Bool, _ text: Text) -> HTML {
        let (words, tone) = standing(isDisabled, mustChange, text)
        return badge(words, tone)
    }

    // MARK: A new one

    /// Who an account is for; on the set-up page too.
    static func whoFields(_ form: Form, _ text: Text) -> HTML {
        """
        \(form.line("name", text("account.name"), required: true, limit: 40))
        \(form.line("login", text("signIn.login"), hint: text("account.login.hint"),
            required: true, limit: 64))
        """
    }

    private static func areaField(
        _ form: Form, _ name: String, _ label: String, _ areas: [ListAccountAreas.Line],
        value: String, _ text: Text
    ) -> HTML {
        form.select(
            name, label,
            areas.map { Form.Option($0.id.text, "\($0.name) · \(text(of: $0.level))") },
            value: areas.count == 1 ? areas[0].id.text : value, empty: text("form.choose"),
            required: true)
    }

    @Sendable private static func showNew(_ visit: Visit) async throws -> Reply {
        let areas = try await visit.see(ListAccountAreas())
        let text = visit.text
        let form = visit.form("/accounts")
        return .page(
            Page(
                text("account.new"), lead: text("account.new.lead"),
                trail: [(text("place.accounts"), "/accounts")], isNarrow: true,
                form.view(
                    submit: text("account.make"),
                    beside: button(text("confirm.back"), "/accounts"),
                    """
                    \(whoFields(form, text))
                    \(areaField(form, "home", text("account.home"), areas, value: "", text))
                    \(form.checks("role", text("account.roles"), Form.Option.all(Role.self, text),
                        hint: text("account.roles.hint")))
                    """)))
    }

    @Sendable private static func make(_ visit: Visit) async throws -> Reply {
        let typed = visit.typed
        var form = FormReading(typed)
        let home: Area.ID? = form.id("home")
        let roles = typed.all("role").compactMap(Role.init(rawValue:))
        if roles.isEmpty { form.fail(Saying("field.required", field: "role")) }
        try form.finish()
        guard let home else { throw InvalidFields([]) }
        let made = try await visit.workplace.makeAccount(
            login: typed["login"], name: typed["name"], home: home, roles: roles, as: visit.actor,
            key: visit.formKey())
        return .page(
            shownOnce(
                visit, made, login: typed["login"], name: typed["name"],
                next: (visit.text("account.goOn"), link(to: made.account))))
    }

    /// The answer to the form itself: a password is on no address that a
    /// browser keeps. Sending the same form again shows the same one, while it
    /// opens the account; later it says how to get another.
    ///
    /// - Parameter mayReset: Who names the first administrators may not reset
    ///   them.
    static func shownOnce(
        _ visit: Visit, _ made: OneTimePassword, login: String, name: String,
        mayReset: Bool = true, next: (label: String, link: Link)
    ) -> Page {
        let text = visit.text
        guard made.isCurrent else {
            return Page(
                text("oneTime.title"), lead: name, isNarrow: true,
                """
                \(callout(.info, text("oneTime.gone"), "<p>\(text("oneTime.gone.advice"))</p>"))
                <p>\(mayReset
                    ? button(text("account.reset"), "\(base: link(to: made.account))/password") : nil)
                \(button(next.label, next.link, primary: true))</p>
                """)
        }
        return Page(
            text("oneTime.title"), lead: name, isNarrow: true,
            """
            \(callout(.warning, text("oneTime.once"), "<p>\(text("oneTime.once.advice"))</p>"))
            \(card(text("oneTime.handOver"), facts(text, [
                (text("signIn.login"), "<span class=\"masked\">\(login)</span>"),
                (text("oneTime.title"), "<span class=\"masked\">\(made.password.reveal)</span>"),
            ])))
            <ul class="consequences"><li>\(text("oneTime.inPerson"))</li>\
            <li>\(text("oneTime.changes"))</li><li>\(text("oneTime.lost"))</li></ul>
            <p>\(button(next.label, next.link, primary: true))</p>
            """)
    }

    // MARK: One account

    @Sendable private static func show(_ visit: Visit) async throws -> Reply {
        let account = try await visit.see(SeeAccount(account: visit.id("account")))
        let text = visit.text
        let isOwn = visit.viewer?.account == account.id
        let mayChange = visit.may(.manageAccounts) && !isOwn
        let areas = mayChange ? try await visit.see(ListAccountAreas()) : []
        var actions: [HTML] = []
        if mayChange {
            let base = link(to: account.id)
            if !account.isDisabled {
                actions.append(button(text("account.reset"), "\(base: base)/password"))
            }
            actions.append(
                button(
                    account.isDisabled ? text("account.enable") : text("account.disable"),
                    "\(base: base)/access"))
        }
        return .page(
            Page(
                account.name, lead: account.homeName,
                trail: [(text("place.accounts"), "/accounts")], actions: HTML(actions),
                """
                \(isOwn ? callout(.info, text("account.isOwn"), "<p>\(text("duties.oneself"))</p>") : nil)
                <div class="columns"><div>
                \(card(text("account.who"), facts(text, [
                    (text("signIn.login"), "\(account.login)"),
                    (text("account.home"), "\(account.homeName)"),
                    (text("account.access"), state(account.isDisabled, account.mustChangePassword, text)),
                    (text("account.madeAt"), "\(text(account.madeAt))"),
                    (text("account.openSessions"), "\(text(account.openSessions))"),
                    (text("account.failures"), "\(text(account.failures))"),
                ])))
                \(mayChange ? card(text("account.correctName"), nameForm(account, visit)) : nil)
                </div><div>
                \(card(text("account.roles"), roles(account, areas, mayChange: mayChange, visit)))
                </div></div>
                """))
    }

    private static func nameForm(_ account: SeeAccount.Answer, _ visit: Visit) -> HTML {
        let form = visit.form(
            "\(base: link(to: account.id))/name", version: account.version)
        return form.view(
            submit: visit.text("form.save"),
            """
            \(form.hidden("isDisabled", "\(account.isDisabled)"))
            \(form.line("name", visit.text("account.name"), value: account.name, required: true,
                limit: 40))
            """)
    }

    private static func roles(
        _ account: SeeAccount.Answer, _ areas: [ListAccountAreas.Line], mayChange: Bool,
        _ visit: Visit
    ) -> HTML {
        let text = visit.text
        let base = link(to: account.id)
        let take = visit.form("\(base: base)/take-role")
        let lines = account.grants.map { grant -> HTML in
            // A key for each button: two roles taken back are two changes.
            let button: HTML? =
                mayChange
                ? visit.form("\(base: base)/take-role").button(
                    text("account.takeRole"),
                    "\(take.hidden("role", grant.role.rawValue))\(take.hidden("area", grant.area.text))"
                ) : nil
            return """
                <li><b>\(text(of: grant.role))</b> · \(grant.areaName) \
                <small>\(text("account.roleSince", ["when": text(grant.since)]))</small> \(button)</li>
                """
        }
        let held: HTML =
            lines.isEmpty
            ? emptyState(text("account.noRoles"), text("account.noRoles.advice"))
            : "<ul>\(lines)</ul>"
        guard mayChange else { return held }
        let form = visit.form("\(base: base)/roles")
        return """
            \(take.summary)\(held)
            \(form.view(
                submit: text("account.giveRole"),
                """
                \(form.select("role", text("account.role"), Form.Option.all(Role.self, text),
                    empty: text("form.choose"), hint: text("account.roles.hint"), required: true))
                \(areaField(form, "area", text("account.roleArea"), areas,
                    value: account.home.text, text))
                """))
            """
    }

    @Sendable private static func grant(_ visit: Visit) async throws -> Reply {
        let account: Account.ID = try visit.id("account")
        let (role, area) = try readGrant(visit.typed)
        try await visit.perform(GrantRole(account: account, role: role, area: area))
        return .go(link(to: account), saying: Saying("account.roleGiven"))
    }

    @Sendable private static func takeRole(_ visit: Visit) async throws -> Reply {
        let account: Account.ID = try visit.id("account")
        let (role, area) = try readGrant(visit.typed)
        try await visit.perform(RevokeRole(account: account, role: role, area: area))
        return .go(link(to: account), saying: Saying("account.roleTaken"))
    }

    private static func readGrant(_ typed: Typed) throws -> (Role, Area.ID) {
        var form = FormReading(typed)
        let role = form.choice("role", Role.self)
        let area: Area.ID? = form.id("area")
        try form.finish()
        guard let role, let area else { throw InvalidFields([]) }
        return (role, area)
    }

    // MARK: Password and access

    @Sendable private static func askReset(_ visit: Visit) async throws -> Reply {
        let account = try await visit.see(SeeAccount(account: visit.id("account")))
        guard visit.may(.manageAccounts) else { throw Ending.notAllowed }
        let text = visit.text
        let base = link(to: account.id)
        return .page(
            Page(
                text("account.reset"), lead: account.name, trail: [(account.name, base)],
                isNarrow: true,
                confirmation(
                    text, text("account.reset.question", ["name": account.name]),
                    consequences: [
                        text("account.reset.oneTime"), text("account.reset.sessions"),
                        text("account.reset.identity"),
                    ], form: visit.form("\(base: base)/password"), submit: text("account.reset"),
                    dangerous: false, back: base)))
    }

    @Sendable private static func reset(_ visit: Visit) async throws -> Reply {
        let account = try await visit.see(SeeAccount(account: visit.id("account")))
        let made = try await visit.workplace.resetPassword(
            of: account.id, as: visit.actor, key: visit.formKey())
        return .page(
            shownOnce(
                visit, made, login: account.login, name: account.name,
                next: (visit.text("account.goOn"), link(to: account.id))))
    }

    @Sendable private static func askAccess(_ visit: Visit) async throws -> Reply {
        let account = try await visit.see(SeeAccount(account: visit.id("account")))
        guard visit.may(.manageAccounts) else { throw Ending.notAllowed }
        let text = visit.text
        let base = link(to: account.id)
        let form = visit.form("\(base: base)/access", version: account.version)
        let isDisabled = account.isDisabled
        let title = isDisabled ? text("account.enable") : text("account.disable")
        return .page(
            Page(
                title, lead: account.name, trail: [(account.name, base)], isNarrow: true,
                confirmation(
                    text,
                    isDisabled
                        ? text("account.enable.question", ["name": account.name])
                        : text("account.disable.question", ["name": account.name]),
                    consequences: isDisabled
                        ? [text("account.enable.roles")]
                        : [text("account.disable.sessions"), text("account.disable.kept")],
                    form: form, submit: title, dangerous: !isDisabled, back: base,
                    """
                    \(form.hidden("name", account.name))\
                    \(form.hidden("isDisabled", "\(!isDisabled)"))
                    """)))
    }

    /// A corrected name, or access taken or given back: one form each, and each
    /// says of the other what its page showed.
    @Sendable private static func change(_ visit: Visit) async throws -> Reply {
        let account: Account.ID = try visit.id("account")
        guard let version = Int(visit.typed[Form.versionName]),
            let isDisabled = Bool(visit.typed["isDisabled"])
        else { throw InvalidFields([]) }
        try await visit.perform(
            ChangeAccount(
                account: account, version: version, name: visit.typed["name"],
                isDisabled: isDisabled))
        return .go(link(to: account), saying: Saying("account.changed"))
    }
}
