import GuituCore
import GuituModel
import GuituText

/// Accounts and roles, for the security administrator.
enum AccountsPages {
    static let routes: [Route] = [
        .page("/accounts", [ListAccounts.self], list),
        .page("/accounts/new", [SeeOwnAccount.self], showNew),
        .action("/accounts", [], again: showNew, make),
        .page("/accounts/{account}", [SeeAccount.self], show),
        .action("/accounts/{account}/change", [ChangeAccount.self], again: show, change),
        .action("/accounts/{account}/grant", [GrantRole.self], again: show, grant),
        .action("/accounts/{account}/revoke", [RevokeRole.self], again: show, revoke),
        .action("/accounts/{account}/reset", [], again: show, reset),
    ]

    @Sendable private static func list(_ visit: Visit) async throws -> Reply {
        let text = visit.text
        var list = ListAccounts()
        list.search = String(visit.query["q"].prefix(60))
        list.role = Role(rawValue: visit.query["role"])
        list.includesDisabled = visit.query["disabled"] == "yes"
        list.after = visit.query["from"].isEmpty ? nil : visit.query["from"]
        let answer = try await visit.see(list)
        let query = visit.listQuery("/accounts", filters: ["q", "role", "disabled"], sorts: [])
        let listing = Listing(
            text("place.accounts"),
            columns: [
                .init(text("account.name")) { "<a href=\"\(link($0.id))\">\($0.name)</a>" },
                .init(text("signIn.login")) { "\($0.login)" },
                .init(text("account.home")) { "\($0.homeName)" },
                .init(text("account.roles")) { "\(text.list($0.roles.map { text(of: $0) }))" },
                .init(text("account.lastSignIn")) { "\($0.lastSignIn.map { text($0) } ?? "")" },
                .init(text("tracing.state")) { line in
                    line.isDisabled
                        ? badge(text("account.disabled"), .danger)
                        : line.mustChangePassword ? badge(text("account.fresh"), .warning) : ""
                },
            ], rows: answer.lines, query: query, next: answer.next,
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
                        \(query.filter("role", text("account.roles"), Form.Option.all(Role.self, text),
                            all: text("list.all")))
                        \(query.filter("disabled", text("account.disabled"),
                            [Form.Option("yes", text("account.withDisabled"))],
                            all: text("account.withoutDisabled")))
                        """)))
    }

    private static func link(_ account: Account.ID) -> Link { "/accounts/\(account.text)" }

    // MARK: A new one

    @Sendable private static func showNew(_ visit: Visit) async throws -> Reply {
        let own = try await visit.see(SeeOwnAccount())
        guard visit.may(.manageAccounts) else { throw Ending.notAllowed }
        let text = visit.text
        let form = visit.form("/accounts")
        return .page(
            Page(
                text("account.new"), trail: [(text("place.accounts"), "/accounts")], isNarrow: true,
                form.view(
                    submit: text("account.new"),
                    """
                    \(form.line("login", text("signIn.login"), hint: text("account.login"),
                        required: true, limit: 32))
                    \(form.line("name", text("account.name"), required: true, limit: 40))
                    \(form.line("home", text("account.homeID"), value: own.home.text,
                        hint: text("account.homeID.hint", ["name": own.homeName, "id": own.home.text]),
                        required: true, limit: 26))
                    \(form.checks("roles", text("account.roles"), Form.Option.all(Role.self, text)))
                    """)))
    }

    @Sendable private static func make(_ visit: Visit) async throws -> Reply {
        var form = FormReading(visit.typed)
        let home: Area.ID? = form.id("home")
        try form.finish()
        guard let home else { throw InvalidFields([]) }
        let made = try await visit.workplace.makeAccount(
            login: visit.typed["login"], name: visit.typed["name"], home: home,
            roles: visit.typed.all("roles").compactMap(Role.init(rawValue:)), as: visit.actor,
            key: IdempotencyKey(visit.typed[Form.keyName]))
        return oneTime(made, visit)
    }

    /// Read out or written down once: it is kept nowhere.
    static func oneTime(_ made: OneTimePassword, _ visit: Visit) -> Reply {
        let text = visit.text
        return .page(
            Page(
                text("account.oneTime"), lead: text("account.oneTime.advice"), isNarrow: true,
                """
                <p class="unmasked"><code>\(made.password.reveal)</code></p>
                <p>\(button(text("account.toAccount"), link(made.account)))</p>
                """))
    }

    // MARK: One account

    @Sendable private static func show(_ visit: Visit) async throws -> Reply {
        let account = try await visit.see(SeeAccount(account: visit.id("account")))
        let text = visit.text
        let base = link(account.id).address
        let mayManage = visit.may(.manageAccounts)
        let grants = account.grants.map { grant -> HTML in
            let form = visit.form("\(base: base)/revoke")
            let take: HTML? =
                !mayManage
                ? nil
                : form.button(
                    text("account.revoke"),
                    "\(form.hidden("role", grant.role.rawValue))\(form.hidden("area", grant.area.text))"
                )
            return
                "<li>\(text(of: grant.role)) · \(grant.areaName) · \(text(grant.since)) \(take)</li>"
        }
        return .page(
            Page(
                account.name, lead: account.homeName,
                trail: [(text("place.accounts"), "/accounts")],
                """
                \(visit.problems.first { $0.field == nil }.map { callout(.danger, $0.sentence) })
                \(card(text("account.who"), facts(text, [
                    (text("signIn.login"), "\(account.login)"),
                    (text("account.home"), "\(account.homeName)"),
                    (text("account.madeAt"), "\(text(account.madeAt))"),
                    (text("account.openSessions"), "\(text(account.openSessions))"),
                    (text("account.failures"), "\(text(account.failures))"),
                    (text("tracing.state"), account.isDisabled
                        ? badge(text("account.disabled"), .danger) : badge(text("account.active"), .success)),
                ])))
                \(card(text("account.roles"), grants.isEmpty
                    ? "<p>\(text("account.noRoles"))</p>" as HTML : "<ul>\(grants)</ul>"))
                \(mayManage ? manage(account, visit) : nil)
                """))
    }

    private static func manage(_ account: SeeAccount.Answer, _ visit: Visit) -> HTML {
        let text = visit.text
        let base = link(account.id).address
        let grant = visit.form("\(base: base)/grant")
        let change = visit.form("\(base: base)/change", version: account.version)
        let reset = visit.form("\(base: base)/reset")
        return """
            \(disclosure(text("account.grant"), isOpen: !grant.problems.isEmpty, grant.view(
                submit: text("account.grant"), """
                    \(grant.select("role", text("account.role"), Form.Option.all(Role.self, text),
                        empty: text("form.choose"), required: true))
                    \(grant.line("area", text("account.areaID"), value: account.home.text,
                        hint: text("account.homeID.hint", ["name": account.homeName, "id": account.home.text]),
                        required: true, limit: 26))
                    """)))
            \(disclosure(text("account.change"), isOpen: !change.problems.isEmpty, change.view(
                submit: text("form.save"), """
                    \(change.line("name", text("account.name"), value: account.name, required: true, limit: 40))
                    \(change.check("isDisabled", text("account.disable"), value: account.isDisabled,
                        hint: text("account.disable.hint")))
                    """)))
            \(disclosure(text("account.reset"), "<p>\(text("account.reset.advice"))</p>\(reset.button(text("account.reset")))"))
            """
    }

    @Sendable private static func change(_ visit: Visit) async throws -> Reply {
        let account: Account.ID = try visit.id("account")
        guard let version = Int(visit.typed[Form.versionName]) else { throw InvalidFields([]) }
        try await visit.perform(
            ChangeAccount(
                account: account, version: version, name: visit.typed["name"],
                isDisabled: visit.typed["isDisabled"] == "yes"))
        return .go(link(account), saying: Saying("account.changed"))
    }

    @Sendable private static func grant(_ visit: Visit) async throws -> Reply {
        let account: Account.ID = try visit.id("account")
        var form = FormReading(visit.typed)
        let role = form.choice("role", Role.self)
        let area: Area.ID? = form.id("area")
        try form.finish()
        guard let role, let area else { throw InvalidFields([]) }
        try await visit.perform(GrantRole(account: account, role: role, area: area))
        return .go(link(account), saying: Saying("account.granted"))
    }

    @Sendable private static func revoke(_ visit: Visit) async throws -> Reply {
        let account: Account.ID = try visit.id("account")
        var form = FormReading(visit.typed)
        let role = form.choice("role", Role.self)
        let area: Area.ID? = form.id("area")
        try form.finish()
        guard let role, let area else { throw InvalidFields([]) }
        try await visit.perform(RevokeRole(account: account, role: role, area: area))
        return .go(link(account), saying: Saying("account.revoked"))
    }

    @Sendable private static func reset(_ visit: Visit) async throws -> Reply {
        let made = try await visit.workplace.resetPassword(
            of: visit.id("account"), as: visit.actor,
            key: IdempotencyKey(visit.typed[Form.keyName]))
        return oneTime(made, visit)
    }
}
