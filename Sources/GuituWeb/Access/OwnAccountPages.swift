import GuituCore
import GuituModel
import GuituText
import Hummingbird

/// One's own account: what one may do, the password, open sessions.
enum OwnAccountPages {
    static let routes: [Route] = [
        .page("/account", [SeeOwnAccount.self, ListOwnSessions.self], show),
        .page("/account/password", [SeeOwnAccount.self], showPassword),
        // Asked by the script while somebody types: any page keeps a session awake.
        .page("/account/awake", [SeeOwnAccount.self]) { visit in
            _ = try await visit.see(SeeOwnAccount())
            return .go("/account")
        },
        .action("/account/password", [], again: showPassword, changePassword),
        .action(
            "/account/sign-out-everywhere", [SignOutEverywhere.self], again: show,
            signOutEverywhere),
        .action("/account/end-session", [EndSession.self], again: show, endSession),
    ]

    @Sendable static func show(_ visit: Visit) async throws -> Reply {
        let own = try await visit.see(SeeOwnAccount())
        let sessions = try await visit.see(ListOwnSessions())
        let text = visit.text
        let roles = own.grants.map { grant -> HTML in
            "<li>\(text(of: grant.role)) · \(grant.areaName)</li>"
        }
        let list = Listing(
            text("account.sessions"),
            columns: [
                .init(text("account.session")) { line in
                    let kind = line.isToken ? text("account.token") : text("account.browser")
                    return
                        "\(line.label.isEmpty ? kind : line.label)\(line.isThisOne ? badge(text("account.thisOne"), .info) : nil)"
                },
                .init(text("account.since")) { "\(text($0.madeAt))" },
                .init(text("account.until")) { "\(text($0.expiresAt))" },
                .init(text("account.end")) { line in
                    guard !line.isThisOne else { return "" }
                    let form = visit.form("/account/end-session", of: "session", line.id)
                    return form.button(text("account.end"), form.hidden("session", line.id))
                },
            ], rows: sessions, query: ListQuery("/account"), prints: false,
            empty: .init(text("account.sessions"), ""))
        return .page(
            Page(
                text("account.title"),
                """
                \(card(text("account.who"), facts(text, [
                    (text("account.name"), "\(own.name)"),
                    (text("signIn.login"), "\(own.login)"),
                    (text("account.home"), "\(own.homeName)"),
                    (text("account.roles"), "<ul>\(roles)</ul>"),
                ])))
                <p>\(button(text("password.change"), "/account/password"))</p>
                \(card(text("account.sessions"), list.view(text)))
                \(visit.form("/account/sign-out-everywhere").button(text("account.signOutEverywhere")))
                """))
    }

    @Sendable static func showPassword(_ visit: Visit) async throws -> Reply {
        let own = try await visit.see(SeeOwnAccount())
        let text = visit.text
        let form = visit.form("/account/password")
        return .page(
            Page(
                text("password.change"),
                lead: own.mustChangePassword ? text("password.mustChange") : nil, isNarrow: true,
                form.view(
                    submit: text("password.change"),
                    """
                    \(form.line("current", text("password.current"), .password, required: true,
                        autocomplete: "current-password"))
                    \(form.line("new", text("password.new"), .password,
                        hint: text("password.hint"), required: true,
                        autocomplete: "new-password"))
                    \(form.line("again", text("password.again"), .password, required: true,
                        autocomplete: "new-password"))
                    """)))
    }

    @Sendable private static func changePassword(_ visit: Visit) async throws -> Reply {
        let typed = visit.typed
        guard typed["new"] == typed["again"] else {
            throw InvalidFields([Saying("password.notTheSame", field: "again")])
        }
        try await visit.workplace.changeOwnPassword(
            from: Secret(typed["current"]), to: Secret(typed["new"]), as: visit.actor)
        return .go("/", saying: Saying("password.changed"))
    }

    @Sendable private static func signOutEverywhere(_ visit: Visit) async throws -> Reply {
        try await visit.perform(SignOutEverywhere())
        return Reply.go("/sign-in").signedOut()
    }

    @Sendable private static func endSession(_ visit: Visit) async throws -> Reply {
        try await visit.perform(EndSession(session: visit.typed["session"]))
        return .go("/account", saying: Saying("account.sessionEnded"))
    }
}
