import GuituModel
import GuituStore

/// Gives an account a one-time password; for who forgot theirs.
///
/// Every session and token of it ends and its devices are strangers again: the
/// old password may be in other hands. Use `Workplace.resetPassword`.
struct ResetPassword: ChangingUseCase {
    static let needs = Permission.manageAccounts
    var target: Target { .account(account) }
    var account: Account.ID
    var password: Protected

    func perform(in work: Work) throws -> Nothing {
        try work.expectNotOneself(account)
        let row = try work.accounts.lock(account)
        try work.accounts.expectNothingHeldAbove(account)
        guard row.disabledAt == nil else { throw AccountRefused.isDisabled }
        try work.tx.execute(
            """
            UPDATE account SET password = \(password.bytes), must_change_password = 1, failures = 0,
                version = version + 1
            WHERE id = \(account)
            """)
        try work.sessions.endAll(of: account)
        try work.sessions.forgetDevices(of: account)
        let caution = work.signInCaution
        try caution.forgetAll(caution.loginDigest(row.login))
        try work.emit(.passwordChanged, about: .account(account), in: row.home, ["by": "reset"])
        return Nothing()
    }
}

public enum PasswordRefused: Refusal, Equatable {
    case currentIsWrong
    case sameAsBefore
    case rule(PasswordRules.Failure)
    case slow(seconds: Int)

    public var saying: Saying {
        switch self {
        case .currentIsWrong: Saying("password.currentIsWrong", field: "current")
        case .sameAsBefore: Saying("password.sameAsBefore", field: "new")
        case .rule(let failure): failure.saying(field: "new")
        case .slow(let seconds): Saying("signIn.slow", ["seconds": "\(seconds)"])
        }
    }
}

extension Workplace {
    /// A new one-time password; the same key in the same session gives it again.
    public func resetPassword(
        of account: Account.ID, as actor: Actor, key: IdempotencyKey? = nil
    ) async throws -> OneTimePassword {
        let password = keys.oneTimePassword(for: key, as: actor)
        let record = try await passwords.hash(password)
        try await perform(
            ResetPassword(account: account, password: .init(record)), as: actor, key: key)
        return try await oneTime(password, record, of: account)
    }

    /// Changes one's own password and ends every other session.
    ///
    /// Who found a screen unlocked guesses the current one no faster than at
    /// the door: wrong ones are counted for this session.
    public func changeOwnPassword(from current: Secret, to new: Secret, as actor: Actor)
        async throws
    {
        let own = try await perform(SeeOwnPassword(), as: actor)
        if let until = own.slowUntil {
            throw Ending.refused(PasswordRefused.slow(seconds: until.seconds(from: clock.now)))
        }
        if let failure = PasswordRules.failure(of: new, login: own.login) {
            throw Ending.refused(PasswordRefused.rule(failure))
        }
        guard try await passwords.verify(current, against: own.record) else {
            // The form was sent twice and the first one did it.
            if try await passwords.verify(new, against: own.record) { return }
            let until = try await perform(
                CountWrongPassword(
                    account: own.account, loginDigest: own.loginDigest, client: own.client),
                as: .program(reason: "change-password"))
            throw Ending.refused(
                until.map { PasswordRefused.slow(seconds: $0.seconds(from: clock.now)) }
                    ?? .currentIsWrong)
        }
        guard current.reveal != new.reveal else {
            throw Ending.refused(PasswordRefused.sameAsBefore)
        }
        let record = try await passwords.hash(new)
        try await perform(
            ChangeOwnPassword(
                verified: .init(own.record), password: .init(record),
                loginDigest: own.loginDigest, client: own.client),
            as: actor)
    }
}

/// The record against which the current password is checked; it never leaves
/// the core.
struct SeeOwnPassword: ReadingUseCase {
    static let needs = Permission.useOwnAccount
    static let effect = Effect.reads
    var target: Target { .nobody }

    struct Found: Sendable {
        var account: Account.ID
        var login: String
        var record: PasswordRecord
        var loginDigest: [UInt8]
        var client: SignInCaution.Client
        var slowUntil: Instant?
    }

    func perform(in work: Work) throws -> Found {
        let account = try work.account
        guard
            let row = try work.tx.first("SELECT login, password FROM account WHERE id = \(account)")
        else { throw Ending.notFound }
        let session = hex((work.viewer.sessionDigest ?? []).prefix(16))
        let client = SignInCaution.Client(name: "session:" + session, isKnown: true)
        let login: String = try row["login"]
        let digest = work.signInCaution.loginDigest(login)
        return Found(
            account: account, login: login, record: try PasswordRecord(bytes: row["password"]),
            loginDigest: digest, client: client,
            slowUntil: try work.signInCaution.slowUntil(digest, client))
    }
}

struct ChangeOwnPassword: ChangingUseCase {
    static let needs = Permission.useOwnAccount
    var target: Target { .nobody }
    var verified: Protected
    var password: Protected
    var loginDigest: [UInt8]
    var client: SignInCaution.Client

    func perform(in work: Work) throws -> Nothing {
        let row = try work.accounts.lock(work.account)
        if let until = try work.signInCaution.slowUntil(loginDigest, client) {
            throw PasswordRefused.slow(seconds: until.seconds(from: work.now))
        }
        guard row.password == verified.bytes else { throw PasswordRefused.currentIsWrong }
        try work.tx.execute(
            """
            UPDATE account SET password = \(password.bytes), must_change_password = 0, failures = 0,
                version = version + 1
            WHERE id = \(row.id)
            """)
        try work.signInCaution.forget(loginDigest, client)
        try work.sessions.endAll(of: row.id, except: work.viewer.sessionDigest)
        try work.emitOwn(.passwordChanged, ["by": "owner"])
        return Nothing()
    }
}
