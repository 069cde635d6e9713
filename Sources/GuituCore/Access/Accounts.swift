import Foundation
import GuituModel
import GuituStore

public enum AccountRefused: Refusal, Equatable {
    case loginTaken
    case isDisabled

    public var saying: Saying {
        switch self {
        case .loginTaken: Saying("account.loginTaken", field: "login")
        case .isDisabled: Saying("account.isDisabled")
        }
    }
}

/// Makes an account with its first roles at its home.
///
/// Use `Workplace.makeAccount`, which makes the one-time password.
struct MakeAccount: ChangingUseCase {
    static let needs = Permission.manageAccounts
    var target: Target { .area(home) }
    var login: String
    var name: String
    var home: Area.ID
    var roles: [Role]
    var password: Protected

    func perform(in work: Work) throws -> Account.ID {
        var form = FormCheck()
        let login = form.login(login, "login")
        let name = form.text(name, "name", limit: 40, required: true)
        try form.finish()
        guard
            let id = try work.accounts.insert(
                login: login, name: name, home: home, password: password.bytes, mustChange: true)
        else { throw AccountRefused.loginTaken }
        for role in roles { try work.accounts.grant(role, at: home, to: id) }
        try work.emit(
            .accountMade, about: .account(id), in: home,
            ["roles": roles.map(\.rawValue).joined(separator: " ")])
        return id
    }
}

/// An account just made or reset. The password is shown once, handed over, and
/// must be changed at the first sign-in.
public struct OneTimePassword: Sendable {
    public var account: Account.ID
    public var password: Secret
    /// Whether it opens the account: not when the request was sent again after
    /// the password had been changed, or in a later session, which would make
    /// another one of the same key.
    public var isCurrent: Bool
}

extension Workplace {
    /// Makes an account; the same key gives the same account, and in the same
    /// session the same password.
    public func makeAccount(
        login: String, name: String, home: Area.ID, roles: [Role], as actor: Actor,
        key: IdempotencyKey? = nil
    ) async throws -> OneTimePassword {
        let password = keys.oneTimePassword(for: key, as: actor)
        let record = try await passwords.hash(password)
        let id = try await perform(
            MakeAccount(
                login: login, name: name, home: home, roles: roles, password: .init(record)),
            as: actor, key: key)
        return try await oneTime(password, record, of: id)
    }

    /// - Parameter record: What was to be stored; a request sent again stored
    ///   nothing, and its password may not be the account's.
    func oneTime(_ password: Secret, _ record: PasswordRecord, of account: Account.ID)
        async throws -> OneTimePassword
    {
        let stored: [UInt8]?
        do {
            stored = try await database.read { tx in
                try tx.first("SELECT password FROM account WHERE id = \(account)")?["password"]
            }
        } catch is DatabaseError {
            // It is made; asked again, the same form tells.
            throw Ending.unavailable
        }
        var isCurrent = stored == record.bytes
        if !isCurrent, let stored {
            isCurrent = try await passwords.verify(
                password, against: PasswordRecord(bytes: stored))
        }
        return OneTimePassword(account: account, password: password, isCurrent: isCurrent)
    }
}

extension Keys {
    /// Eighty bits in four groups that can be read out on the phone: no i, l, o, u.
    func oneTimePassword(for key: IdempotencyKey?, as actor: Actor) -> Secret {
        let digits = Array("0123456789abcdefghjkmnpqrstvwxyz")
        let secret = bytes(hex: secret(for: key, as: actor, "password").reveal) ?? []
        let characters = secret.prefix(16).map { String(digits[Int($0) & 31]) }
        return Secret(
            stride(from: 0, to: 16, by: 4).map { characters[$0..<$0 + 4].joined() }
                .joined(separator: "-"))
    }
}

/// Corrects a name, disables an account or lets it back in.
///
/// Disabling ends its sessions and tokens in the same transaction; nothing of
/// what the person did is removed.
public struct ChangeAccount: ChangingUseCase {
    public static let needs = Permission.manageAccounts
    public var target: Target { .account(account) }
    public var account: Account.ID
    /// The version that the editor saw.
    public var version: Int
    public var name: String
    public var isDisabled: Bool

    public init(account: Account.ID, version: Int, name: String, isDisabled: Bool) {
        self.account = account
        self.version = version
        self.name = name
        self.isDisabled = isDisabled
    }

    /// The new version.
    public func perform(in work: Work) throws -> Int {
        var form = FormCheck()
        let name = form.text(name, "name", limit: 40, required: true)
        try form.finish()
        let before = try work.accounts.lock(account)
        guard before.version == version else {
            throw Ending.stale(current: [
                "name": before.name, "isDisabled": "\(before.disabledAt != nil)",
                "version": "\(before.version)",
            ])
        }
        if isDisabled, before.disabledAt == nil {
            try work.expectNotOneself(account)
            try work.accounts.expectNothingHeldAbove(account)
            for grant in try work.accounts.grants(of: account) {
                try work.accounts.expectAnother(grant.role, at: grant.area, than: account)
            }
            try work.sessions.endAll(of: account)
        }
        try work.tx.execute(
            """
            UPDATE account SET name = \(name),
                disabled_at = \(isDisabled ? before.disabledAt ?? work.now : nil),
                version = version + 1
            WHERE id = \(account)
            """)
        try work.emit(
            .accountChanged, about: .account(account), in: before.home,
            ["disabled": "\(isDisabled)"])
        return version + 1
    }
}

/// Accounts of the offices below one's own, by login unless another order is
/// asked for.
public struct ListAccounts: ReadingUseCase, ListUseCase {
    public static let needs = Permission.seeAccounts
    public static let effect = Effect.reads
    public var target: Target { .ownAreas }

    public enum Order: String, CaseIterable, Codable, Sendable {
        case login
        case name
        /// Who never signed in first.
        case lastSignIn = "last-sign-in"
    }

    /// The beginning of a login or name.
    public var search = ""
    public var includesDisabled = false
    public var role: Role?
    public var order = Order.login
    public var isDescending = false
    public var after: String?
    public var limit = 50
    public init() {}

    public struct Line: Sendable, Encodable, Equatable {
        public var id: Account.ID
        public var login: String
        public var name: String
        public var homeName: String
        public var roles: [Role]
        public var isDisabled: Bool
        public var mustChangePassword: Bool
        public var lastSignIn: Instant?
    }

    public typealias Answer = ListPage<Line>

    public func perform(in work: Work) throws -> Answer {
        var conditions: [SQL] = [work.viewer.scope(.seeAccounts, area: "a.home")]
        let wanted = Login.normalised(search)
        if !wanted.isEmpty {
            // Prefixes: `LIKE` folds case in one engine only.
            let end = wanted + "\u{10FFFF}"
            let typed = search.trimmingCharacters(in: .whitespaces)
            conditions.append(
                """
                ((a.login >= \(wanted) AND a.login < \(end))
                OR (a.name >= \(typed) AND a.name < \(typed + "\u{10FFFF}")))
                """)
        }
        if !includesDisabled { conditions.append("a.disabled_at IS NULL") }
        if let role {
            conditions.append(
                """
                EXISTS (SELECT 1 FROM role_grant g WHERE g.account = a.id AND g.role = \(role)
                    AND g.revoked_at IS NULL)
                """)
        }
        let order = sorting
        let (rows, next) = try order.page(
            """
            SELECT a.id, a.login, a.name, h.name AS home_name, a.disabled_at,
                a.must_change_password,
                (SELECT MAX(s.made_at) FROM session s WHERE s.account = a.id) AS last_sign_in,
                \(order.selected)
            FROM account a JOIN area h ON h.id = a.home
            """, where: conditions, after: after, limit: limit, in: work)
        var roles: [Account.ID: [Role]] = [:]
        for row in try work.tx.rows(
            """
            SELECT DISTINCT account, role FROM role_grant
            WHERE revoked_at IS NULL
                AND account IN \(list: try rows.map { try $0["id"] as Account.ID })
            ORDER BY account, role
            """)
        {
            roles[try row["account"], default: []].append(try row["role"])
        }
        let lines = try rows.map { row in
            let id: Account.ID = try row["id"]
            let disabledAt: Instant? = try row["disabled_at"]
            return Line(
                id: id, login: try row["login"], name: try row["name"],
                homeName: try row["home_name"], roles: roles[id] ?? [],
                isDisabled: disabledAt != nil, mustChangePassword: try row["must_change_password"],
                lastSignIn: try row["last_sign_in"])
        }
        return Answer(lines: lines, next: next)
    }

    private var sorting: ListOrder {
        switch order {
        case .login: ListOrder(.words("a.login"), id: "a.id", isDescending: isDescending)
        case .name: ListOrder(.words("a.name"), id: "a.id", isDescending: isDescending)
        case .lastSignIn:
            ListOrder(
                .instant(
                    "COALESCE((SELECT MAX(s.made_at) FROM session s WHERE s.account = a.id), 0)"),
                id: "a.id", isDescending: isDescending)
        }
    }
}

/// The offices and stations where the viewer keeps accounts, to choose the home
/// of a new one or where a role holds.
public struct ListAccountAreas: ReadingUseCase {
    public static let needs = Permission.manageAccounts
    public static let effect = Effect.reads
    public var target: Target { .ownAreas }
    public init() {}

    public struct Line: Sendable, Encodable, Equatable {
        public var id: Area.ID
        public var name: String
        public var level: Area.Level
    }

    /// In the order of their codes, the retired ones left out.
    public func perform(in work: Work) throws -> [Line] {
        try work.tx.rows(
            """
            SELECT a.id, a.name, a.level FROM area a
            WHERE \(work.viewer.scope(.manageAccounts, area: "a.id")) AND a.valid_until IS NULL
            ORDER BY a.code, a.id
            """
        ).map { Line(id: try $0["id"], name: try $0["name"], level: try $0["level"]) }
    }
}

/// One account with its roles, for the page where it is changed.
public struct SeeAccount: ReadingUseCase {
    public static let needs = Permission.seeAccounts
    public static let effect = Effect.reads
    public var target: Target { .account(account) }
    public var account: Account.ID
    public init(account: Account.ID) { self.account = account }

    public struct Answer: Sendable, Encodable, Equatable {
        public var id: Account.ID
        public var login: String
        public var name: String
        public var home: Area.ID
        public var homeName: String
        public var grants: [Granted]
        public var isDisabled: Bool
        public var mustChangePassword: Bool
        /// Wrong passwords since the last right one.
        public var failures: Int
        public var openSessions: Int
        public var madeAt: Instant
        public var version: Int
    }

    public struct Granted: Sendable, Encodable, Equatable {
        public var role: Role
        public var area: Area.ID
        public var areaName: String
        public var since: Instant
    }

    public func perform(in work: Work) throws -> Answer {
        guard
            let row = try work.tx.first(
                """
                SELECT a.login, a.name, a.home, h.name AS home_name, a.disabled_at,
                    a.must_change_password, a.failures, a.made_at, a.version,
                    (SELECT COUNT(*) FROM session s WHERE s.account = a.id AND s.ended_at IS NULL
                        AND s.expires_at > \(work.now)) AS open_sessions
                FROM account a JOIN area h ON h.id = a.home WHERE a.id = \(account)
                """)
        else { throw Ending.notFound }
        let grants = try work.tx.rows(
            """
            SELECT g.role, g.area, a.name, g.granted_at FROM role_grant g JOIN area a ON a.id = g.area
            WHERE g.account = \(account) AND g.revoked_at IS NULL ORDER BY g.role, a.code
            """
        ).map {
            Granted(
                role: try $0["role"], area: try $0["area"], areaName: try $0["name"],
                since: try $0["granted_at"])
        }
        let disabledAt: Instant? = try row["disabled_at"]
        return Answer(
            id: account, login: try row["login"], name: try row["name"], home: try row["home"],
            homeName: try row["home_name"], grants: grants, isDisabled: disabledAt != nil,
            mustChangePassword: try row["must_change_password"], failures: try row["failures"],
            openSessions: try row["open_sessions"], madeAt: try row["made_at"],
            version: try row["version"])
    }
}
