import GuituCore
import GuituText
import HTTPTypes
import Hummingbird

/// The door: signing in, with what was typed before the session ran out.
enum SignInPages {
    static let routes: [Route] = [
        .page("/sign-in", [SeeSetUp.self], show),
        .action("/sign-in", [], again: show, signIn),
        .action("/sign-out", [SignOut.self], again: HomePages.show, signOut),
    ]

    @Sendable static func show(_ visit: Visit) async throws -> Reply {
        // As a visitor: a browser whose session has ended must get in again.
        if visit.route.method == .get,
            try await visit.workplace.perform(SeeSetUp(), as: .visitor).isNew
        {
            return .go("/set-up")
        }
        return page(visit, kept: Kept(signedInWith: visit.typed), status: .ok)
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

    @Sendable private static func signIn(_ visit: Visit) async throws -> Reply {
        let signedIn = try await visit.workplace.signIn(
            SignInRequest(
                login: visit.typed["login"], password: Secret(visit.typed["password"]),
                device: visit.device.map { Secret($0) }, address: visit.origin,
                session: .browser(label: browserName(visit.headers[.userAgent] ?? ""))))
        let token = signedIn.token.reveal
        var reply: Reply
        if signedIn.mustChangePassword {
            reply = .go("/account/password")
        } else {
            reply = .go(nextLink(visit) ?? "/")
            // The kept form is sent again by the person, as who they are now.
            reply.kept = Kept(signedInWith: visit.typed)
        }
        if signedIn.failuresBefore > 0 {
            reply.flash = Saying(
                "signIn.failuresBefore", ["count": "\(signedIn.failuresBefore)"])
        }
        reply.device = signedIn.device.reveal
        return reply.signedIn(token)
    }

    @Sendable private static func signOut(_ visit: Visit) async throws -> Reply {
        // An ended session is signed out already.
        do { try await visit.workplace.perform(SignOut(), as: visit.actor) } catch Ending
            .signInRequired
        {}
        return Reply.go("/sign-in").signedOut()
    }

    /// What the list of one's sessions calls this browser: enough to know one's
    /// own again, nothing that tells browsers of one kind apart.
    static func browserName(_ agent: String) -> String {
        let browsers = [
            ("Edg/", "Edge"), ("Firefox/", "Firefox"), ("MicroMessenger", "微信"),
            ("Chrome/", "Chrome"), ("Safari/", "Safari"),
        ]
        let systems = [
            ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
            ("Mac OS", "macOS"), ("Linux", "Linux"),
        ]
        let names = [browsers, systems].compactMap { list in
            list.first { agent.contains($0.0) }?.1
        }
        return names.joined(separator: ", ")
    }
}
