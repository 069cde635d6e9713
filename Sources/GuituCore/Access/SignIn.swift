import Foundation
import GuituModel
import GuituStore

/// Somebody at the door: what they typed and what they come with.
public struct SignInRequest: Sendable {
    public var login: String
    public var password: Secret
    /// The cookie that this browser was given when it signed in before.
    public var device: Secret?
    /// Where the request comes from, as the server saw it.
    public var address: String
    public var session: NewSession

    public init(
        login: String, password: Secret, device: Secret? = nil, address: String,
        session: NewSession = .browser(label: "")
    ) {
        self.login = login
        self.password = password
        self.device = device
        self.address = address
        self.session = session
    }
}

/// What signing in opens.
public enum NewSession: Sendable {
    /// `label` is shown in the list of one's sessions: "Firefox, Windows".
    case browser(label: String)
    /// For commands and scripts; `days` at most `Settings.tokenDays`.
    case token(label: String, days: Int)
}

/// A door opened. The secrets are kept nowhere else.
public struct SignedIn: Sendable {
    public var account: Account.ID
    public var token: Secret
    public var expiresAt: Instant
    /// To be kept by the browser for a year, beside the session.
    public var device: Secret
    public var mustChangePassword: Bool
    /// Wrong passwords since the last right one: the owner should know.
    public var failuresBefore: Int
}

public enum SignInRefused: Refusal, Equatable {
    /// No such login, or another password: never say which.
    case wrong
    /// Too many wrong ones from here.
    case slow(seconds: Int)
    /// Said only to who knows the password.
    case disabled

    public var saying: Saying {
        switch self {
        case .wrong: Saying("signIn.wrong", field: "password")
        case .slow(let seconds): Saying("signIn.slow", ["seconds": "\(seconds)"])
        case .disabled: Saying("signIn.disabled")
        }
    }
}

extension Workplace {
    /// Checks a password and opens a session. Throws `Ending`.
    ///
    /// Read, hash, write: the hash runs between two transactions, on threads of
    /// its own. What the first transaction found is checked again in the last,
    /// so a hundred tries sent at once are still counted one by one.
    public func signIn(_ request: SignInRequest) async throws -> SignedIn {
        guard (try? PlainText.check(request.login, max: 200)) != nil else {
            // Nobody is called so, and no database would hold it.
            throw Ending.refused(SignInRefused.wrong)
        }
        let login = Login.normalised(request.login)
        let device = request.device.map { Keys.tokenDigest($0.reveal) }
        let program = Actor.program(reason: "sign-in")
        let found = try await perform(
            PrepareSignIn(login: login, device: device, address: request.address), as: program)
        if let until = found.slowUntil {
            throw Ending.refused(SignInRefused.slow(seconds: until.seconds(from: clock.now)))
        }
        guard try await passwords.verify(request.password, against: found.record) else {
            let until = try await perform(
                CountWrongPassword(
                    account: found.account, loginDigest: found.loginDigest, client: found.client),
                as: program)
            throw Ending.refused(
                until.map { SignInRefused.slow(seconds: $0.seconds(from: clock.now)) } ?? .wrong)
        }
        guard let account = found.account, let record = found.record else {
            throw Ending.refused(SignInRefused.wrong)
        }
        let better = passwords.isWeak(record) ? try await passwords.hash(request.password) : nil
        let token = Secret(Keys.newToken())
        // A desk's PC is one device to everybody who signs in at it.
        let kept =
            request.device.flatMap { $0.reveal.isToken ? $0 : nil } ?? Secret(Keys.newToken())
        let opened = try await perform(
            SignIn(
                account: account, loginDigest: found.loginDigest, client: found.client,
                verified: .init(record), better: better.map { .init($0) },
                session: .init(request.session, digest: Keys.tokenDigest(token.reveal)),
                device: Keys.tokenDigest(kept.reveal)),
            as: program)
        return SignedIn(
            account: account, token: token, expiresAt: opened.expiresAt, device: kept,
            mustChangePassword: opened.mustChangePassword, failuresBefore: opened.failuresBefore)
    }
}

/// Bytes that protect an account: part of a use-case, not of its digest.
struct Protected: Encodable, Sendable {
    var bytes: [UInt8]
    init(_ record: PasswordRecord) { bytes = record.bytes }
    init(_ bytes: [UInt8]) { self.bytes = bytes }
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode("•")
    }
}

/// What signing in must know before it can hash.
struct PrepareSignIn: ReadingUseCase {
    static let needs = Permission.visit
    static let effect = Effect.reads
    var target: Target { .nobody }
    var login: String
    var device: [UInt8]?
    var address: String

    struct Found: Sendable {
        var account: Account.ID?
        var record: PasswordRecord?
        var loginDigest: [UInt8]
        var client: SignInCaution.Client
        var slowUntil: Instant?
    }

    func perform(in work: Work) throws -> Found {
        let caution = work.signInCaution
        let row = try work.tx.first("SELECT id, password FROM account WHERE login = \(login)")
        let account: Account.ID? = try row?["id"]
        let digest = caution.loginDigest(login)
        let client = try caution.client(account, device: device, address: address)
        return Found(
            account: account, record: try row.map { try PasswordRecord(bytes: $0["password"]) },
            loginDigest: digest, client: client, slowUntil: try caution.slowUntil(digest, client))
    }
}

/// Keeps a failure; it must be an answer, since what a refusal did is undone.
struct CountWrongPassword: ChangingUseCase {
    static let needs = Permission.visit
    var target: Target { account.map { .account($0) } ?? .nobody }
    var account: Account.ID?
    var loginDigest: [UInt8]
    var client: SignInCaution.Client

    func perform(in work: Work) throws -> Instant? {
        if let account {
            try work.tx.execute(
                "UPDATE account SET failures = failures + 1 WHERE id = \(account)")
        }
        return try work.signInCaution.countFailure(loginDigest, client)
    }
}

/// Opens the session of somebody whose password was right a moment ago.
struct SignIn: ChangingUseCase {
    static let needs = Permission.visit
    var target: Target { .account(account) }
    var account: Account.ID
    var loginDigest: [UInt8]
    var client: SignInCaution.Client
    var verified: Protected
    var better: Protected?
    var session: SessionDraft
    var device: [UInt8]

    struct Opened: Codable, Sendable {
        var expiresAt: Instant
        var mustChangePassword: Bool
        var failuresBefore: Int
    }

    func perform(in work: Work) throws -> Opened {
        // The account's row first: everybody who signs in to it waits here.
        guard
            let row = try work.tx.first(
                """
                UPDATE account SET version = version WHERE id = \(account)
                RETURNING password, disabled_at, must_change_password, failures, home
                """)
        else { throw Ending.notFound }
        let caution = work.signInCaution
        // Others may have failed while this password was hashed.
        if let until = try caution.slowUntil(loginDigest, client) {
            throw SignInRefused.slow(seconds: until.seconds(from: work.now))
        }
        let password: [UInt8] = try row["password"]
        guard password == verified.bytes else { throw SignInRefused.wrong }
        let disabledAt: Instant? = try row["disabled_at"]
        guard disabledAt == nil else { throw SignInRefused.disabled }

        try work.tx.execute(
            """
            UPDATE account SET failures = 0, password = \(better?.bytes ?? password)
            WHERE id = \(account)
            """)
        try caution.forget(loginDigest, client)
        let expiresAt = try work.sessions.open(session, for: account)
        if case .browser = session.kind {
            try work.sessions.know(device, of: account)
        }
        try work.emit(
            .signedIn, about: .account(account), in: try row["home"],
            ["kind": session.kind.rawValue])
        return Opened(
            expiresAt: expiresAt, mustChangePassword: try row["must_change_password"],
            failuresBefore: try row["failures"])
    }
}

extension Work {
    var signInCaution: SignInCaution {
        SignInCaution(tx: tx, now: now, settings: settings, keys: keys)
    }
}

extension String {
    /// As `Keys.newToken` makes them.
    fileprivate var isToken: Bool { utf8.count == 64 && bytes(hex: self) != nil }
}

extension Instant {
    /// Whole seconds, at least one: "in 0 seconds" would be no help.
    func seconds(from now: Instant) -> Int {
        max(1, Int((milliseconds - now.milliseconds + 999) / 1000))
    }
}
