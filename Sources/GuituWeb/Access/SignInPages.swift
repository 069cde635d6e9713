import GuituCore
import GuituText
import Hummingbird

/// The door: signing in, with what was typed before the session ran out.
enum SignInPages {
    @Sendable static func show(_ visit: Visit) async throws -> Reply {
        page(visit, kept: Kept(signedInWith: visit.typed), status: .ok)
    }

    static func page(_ visit: Visit, kept: Kept?, status: HTTPResponse.Status) -> Reply {
        let text = visit.text
        let form = visit.form("/sign-in")
        let next = visit.route.pattern == "/sign-in" ? nextLink(visit) : nil
        let fields: HTML = """
            \(kept?.hidden)\(next.map { form.hidden("next", $0.address) })
            \(form.line("login", text("signIn.login"), required: true, limit: 60,
                autocomplete: "username"))
            \(form.line("password", text("signIn.password"), .password, required: true, limit: 200,
                autocomplete: "current-password"))
            """
        return .page(
            Page(
                text("signIn.title"), isNarrow: true,
                """
                \(kept?.notice(text))
                \(form.view(submit: text("signIn.go"), fields))
                <p class="hint">\(text("signIn.help"))</p>
                """), status)
    }

    /// Where to go afterwards: a page of ours, never this one.
    static func nextLink(_ visit: Visit) -> Link? {
        let address = visit.typed["next"].isEmpty ? visit.query["next"] : visit.typed["next"]
        guard let link = Link(returning: address), !address.hasPrefix("/sign-") else { return nil }
        return link
    }
}
