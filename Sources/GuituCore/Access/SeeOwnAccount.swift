import GuituModel
import GuituStore

/// Who one is and what one may do, for "my account" and `--as`.
public struct SeeOwnAccount: ReadingUseCase {
    public static let needs = Permission.useOwnAccount
    public static let effect = Effect.reads
    public var target: Target { .nobody }
    public init() {}

    public struct Answer: Sendable, Encodable, Equatable {
        public var id: Account.ID
        public var login: String
        public var name: String
        public var home: Area.ID
        public var homeName: String
        public var grants: [SeeAccount.Granted]
        public var mustChangePassword: Bool
    }

    public func perform(in work: Work) throws -> Answer {
        let seen = try SeeAccount(account: work.account).perform(in: work)
        return Answer(
            id: seen.id, login: seen.login, name: seen.name, home: seen.home,
            homeName: seen.homeName, grants: seen.grants,
            mustChangePassword: seen.mustChangePassword)
    }
}
