import GuituModel
import GuituStore

extension Work {
    var accounts: AccountStore { AccountStore(work: self) }
}

/// An account as its row stands, locked for this transaction.
struct AccountRow {
    var id: Account.ID
    var login: String
    var name: String
    var home: Area.ID
    var password: [UInt8]
    var disabledAt: Instant?
    var version: Int
}

struct AccountStore {
    let work: Work

    /// Locks the account first, then reads: grants, resets and disabling of one
    /// account happen one after the other.
    func lock(_ id: Account.ID) throws -> AccountRow {
        guard
            let row = try work.tx.first(
                """
                UPDATE account SET version = version WHERE id = \(id)
                RETURNING login, name, home, password, disabled_at, version
                """)
        else { throw Ending.notFound }
        return AccountRow(
            id: id, login: try row["login"], name: try row["name"], home: try row["home"],
            password: try row["password"], disabledAt: try row["disabled_at"],
            version: try row["version"])
    }

    /// Nil if the login is taken; the unique column decides.
    func insert(
        login: String, name: String, home: Area.ID, password: [UInt8], mustChange: Bool
    ) throws -> Account.ID? {
        let id: Account.ID = work.newID()
        let inserted = try work.tx.execute(
            """
            INSERT INTO account (id, login, name, home, password, must_change_password, failures,
                made_at, version)
            VALUES (\(id), \(login), \(name), \(home), \(password), \(mustChange), 0, \(work.now), 1)
            ON CONFLICT (login) DO NOTHING
            """)
        return inserted == 1 ? id : nil
    }

    func grants(of account: Account.ID) throws -> [Viewer.Grant] {
        try work.tx.rows(
            """
            SELECT role, area FROM role_grant WHERE account = \(account) AND revoked_at IS NULL
            ORDER BY role, area
            """
        ).map { Viewer.Grant(role: try $0["role"], area: try $0["area"]) }
    }

    /// Adds a role after the rules of separate duties; the account's row is locked.
    func grant(_ role: Role, at area: Area.ID, to account: Account.ID) throws {
        let held = try grants(of: account)
        guard !held.contains(Viewer.Grant(role: role, area: area)) else {
            throw SeparateDuties.alreadyHeld
        }
        if let other = SeparateDuties.conflict(of: role, with: held.map(\.role)) {
            throw SeparateDuties.incompatible(role, with: other)
        }
        let id: ID<Viewer.Grant> = work.newID()
        try work.tx.execute(
            """
            INSERT INTO role_grant (id, account, role, area, granted_by, granted_at)
            VALUES (\(id), \(account), \(role), \(area), \(work.viewer.label), \(work.now))
            """)
    }

    /// Refuses if `role` at `area` would be held by nobody but `account`.
    ///
    /// An office never loses its last administrator: without a security
    /// administrator nobody can name another.
    func expectAnother(_ role: Role, at area: Area.ID, than account: Account.ID) throws {
        guard role.isAdministrator else { return }
        // The area's row first: two administrators who remove each other at the
        // same moment do it one after the other, and the second is refused.
        try work.areas.lock(area)
        guard try hasHolder(of: role, over: area, except: account) else {
            throw SeparateDuties.lastAdministrator(role)
        }
    }

    /// Refuses if the account holds a role outside the areas where the viewer
    /// keeps accounts: who may reset its password could act with that role.
    func expectNothingHeldAbove(_ account: Account.ID) throws {
        let beyond = try work.tx.first(
            """
            SELECT 1 AS found FROM role_grant g WHERE g.account = \(account) AND g.revoked_at IS NULL
                AND NOT \(work.viewer.scope(.manageAccounts, area: "g.area"))
            """)
        guard beyond == nil else { throw SeparateDuties.heldAbove }
    }

    /// Whether an enabled account holds `role` at `area` or above it.
    func hasHolder(of role: Role, over area: Area.ID, except account: Account.ID? = nil) throws
        -> Bool
    {
        try work.tx.first(
            """
            SELECT 1 AS found FROM role_grant g JOIN account a ON a.id = g.account
            JOIN area_ancestor up ON up.area = \(area) AND up.ancestor = g.area
            WHERE g.role = \(role) AND g.revoked_at IS NULL AND a.disabled_at IS NULL
                AND a.id <> \(account?.text ?? "")
            """) != nil
    }
}

/// Who can do one thing must not be able to do the other.
///
/// The system administrator keeps the stations, the security administrator the
/// accounts, the audit administrator watches both; none of them reads cases, and
/// nobody changes what they may do themselves (三员分立, GB/T 22239-2019 8.1.5).
public enum SeparateDuties: Refusal, Equatable {
    case incompatible(Role, with: Role)
    case alreadyHeld
    case notHeld
    /// Nobody gives themselves a role, disables or resets themselves.
    case oneself
    case lastAdministrator(Role)
    /// It has a role where the one who asks keeps no accounts.
    case heldAbove

    public var saying: Saying {
        switch self {
        case .incompatible: Saying("duties.incompatible", field: "role")
        case .alreadyHeld: Saying("duties.alreadyHeld", field: "role")
        case .notHeld: Saying("duties.notHeld", field: "role")
        case .oneself: Saying("duties.oneself")
        case .lastAdministrator: Saying("duties.lastAdministrator")
        case .heldAbove: Saying("duties.heldAbove")
        }
    }

    /// The held role that forbids the new one, if any.
    static func conflict(of role: Role, with held: [Role]) -> Role? {
        held.first { $0 != role && ($0.isAdministrator || role.isAdministrator) }
    }
}

extension Work {
    /// Security and system administrators change others, never themselves.
    func expectNotOneself(_ account: Account.ID) throws {
        if viewer.account == account { throw SeparateDuties.oneself }
    }
}
