import GuituModel
import GuituStore

/// Ends the session that asks.
public struct SignOut: ChangingUseCase {
    public static let needs = Permission.useOwnAccount
    public var target: Target { .nobody }
    public init() {}

    public func perform(in work: Work) throws -> Nothing {
        let account = try work.account
        if let digest = work.viewer.sessionDigest {
            _ = try work.sessions.end(digest, of: account)
        }
        try work.emitOwn(.signedOut)
        return Nothing()
    }
}

/// Ends every session and token of one's own account and forgets its devices,
/// the one that asks included: after a lost phone nothing stays open.
public struct SignOutEverywhere: ChangingUseCase {
    public static let needs = Permission.useOwnAccount
    public var target: Target { .nobody }
    public init() {}

    /// How many sessions and tokens ended.
    public func perform(in work: Work) throws -> Int {
        let account = try work.account
        let ended = try work.sessions.endAll(of: account)
        try work.sessions.forgetDevices(of: account)
        try work.emitOwn(.signedOut, ["ended": "\(ended)"])
        return ended
    }
}

/// Ends one session or token of one's own, named as in the list.
public struct EndSession: ChangingUseCase {
    public static let needs = Permission.useOwnAccount
    public var target: Target { .nobody }
    public var session: String
    public init(session: String) { self.session = session }

    public func perform(in work: Work) throws -> Nothing {
        guard let digest = bytes(hex: session), try work.sessions.end(digest, of: work.account)
        else { throw Ending.notFound }
        try work.emitOwn(.signedOut)
        return Nothing()
    }
}

/// Lets a session that is being used live on, up to its longest.
///
/// `Workplace.keepAwake` asks when less than half of `sessionIdleMinutes` is
/// left, so that a page costs no write.
public struct ProlongSession: ChangingUseCase {
    public static let needs = Permission.useOwnAccount
    public var target: Target { .nobody }
    public init() {}

    public func perform(in work: Work) throws -> Nothing {
        guard let digest = work.viewer.sessionDigest else { throw Ending.signInRequired }
        let longest = Int64(work.settings.sessionHours) * 3_600_000
        let wished = work.now.adding(work.settings.sessionLasts)
        try work.tx.execute(
            """
            UPDATE session SET expires_at =
                CASE WHEN made_at + \(longest) < \(wished) THEN made_at + \(longest) ELSE \(wished) END
            WHERE digest = \(digest) AND kind = 'browser' AND ended_at IS NULL
            """)
        return Nothing()
    }
}

extension Workplace {
    /// After a page was shown: prolongs the browser's session when more than
    /// half of its rest is over. Never throws; the page is there already.
    public func keepAwake(_ viewer: Viewer, as actor: Actor) async {
        guard settings.sessionIdleMinutes > 0, case .session = actor, let session = viewer.session
        else { return }
        let longest = session.from.adding(.seconds(3600 * settings.sessionHours))
        guard session.until < longest,
            session.until.since(clock.now) < settings.sessionLasts / 2
        else { return }
        _ = try? await perform(ProlongSession(), as: actor)
    }
}

/// One's own open sessions and tokens, newest first.
public struct ListOwnSessions: ReadingUseCase {
    public static let needs = Permission.useOwnAccount
    public static let effect = Effect.reads
    public var target: Target { .nobody }
    public init() {}

    public struct Line: Sendable, Encodable, Equatable {
        /// Names it for `EndSession`; opens nothing.
        public var id: String
        public var isToken: Bool
        public var label: String
        public var madeAt: Instant
        public var expiresAt: Instant
        public var isThisOne: Bool
    }

    public func perform(in work: Work) throws -> [Line] {
        try work.tx.rows(
            """
            SELECT digest, kind, label, made_at, expires_at FROM session
            WHERE account = \(work.account) AND ended_at IS NULL AND expires_at > \(work.now)
            ORDER BY made_at DESC, digest
            """
        ).map { row in
            let digest: [UInt8] = try row["digest"]
            return Line(
                id: hex(digest), isToken: try row["kind"] == "token",
                label: try row["label"], madeAt: try row["made_at"],
                expiresAt: try row["expires_at"],
                isThisOne: digest == work.viewer.sessionDigest)
        }
    }
}

/// Opens a token for commands or scripts, as the account that asks.
///
/// Use `Workplace.makeToken`, which makes the secret; only its digest comes here.
struct MakeToken: ChangingUseCase {
    static let needs = Permission.useOwnAccount
    var target: Target { .nobody }
    var session: SessionDraft

    func perform(in work: Work) throws -> Instant {
        if work.viewer.mustChangePassword { throw Ending.passwordChangeRequired }
        let expires = try work.sessions.open(session, for: work.account)
        try work.emitOwn(.signedIn, ["kind": "token"])
        return expires
    }
}

extension Workplace {
    /// A token and when it ends. The same key gives the same token again, so
    /// that a form sent twice shows the one that works.
    public func makeToken(label: String, days: Int, as actor: Actor, key: IdempotencyKey? = nil)
        async throws -> (token: Secret, expiresAt: Instant)
    {
        let token = keys.secret(for: key, as: actor, "token")
        let draft = SessionDraft(
            .token(label: label, days: days), digest: Keys.tokenDigest(token.reveal))
        let expires = try await perform(MakeToken(session: draft), as: actor, key: key)
        return (token, expires)
    }
}

extension Keys {
    /// 256 bits as 64 hexadecimal digits: random, or the same for the same key
    /// of the same session, so that a replay can show again what is kept nowhere.
    func secret(for key: IdempotencyKey?, as actor: Actor, _ purpose: String) -> Secret {
        let who: [UInt8]
        switch actor {
        case .session(let digest), .token(let digest): who = digest
        case .visitor, .program: return Secret(Keys.newToken())
        }
        guard let key else { return Secret(Keys.newToken()) }
        let text = hex(who) + ":" + key.text
        return Secret(hex(searchDigest(text, kind: "secret-" + purpose)))
    }
}

extension Work {
    /// A fact about the account that acts.
    func emitOwn(_ kind: Fact.Kind, _ details: [String: String] = [:]) throws {
        guard let home = viewer.home else { throw Ending.signInRequired }
        try emit(kind, about: .account(account), in: home, details)
    }
}
