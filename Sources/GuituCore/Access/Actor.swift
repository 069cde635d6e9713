import GuituModel
import GuituStore

/// Who asks. The funnel turns the first three into a `Viewer` inside the
/// transaction, so that a session revoked a moment ago is not honoured.
public enum Actor: Sendable {
    case visitor
    /// A browser session, by the digest of its cookie.
    case session(digest: [UInt8])
    /// A command-line or device token, by its digest.
    case token(digest: [UInt8])
    /// The program itself: jobs, `invent`, `migrate`. The reason is audited.
    case program(reason: String)
}

/// Who asks, as the funnel found out.
public struct Viewer: Sendable {
    public struct Grant: Sendable, Hashable {
        public var role: Role
        public var area: Area.ID
        public init(role: Role, area: Area.ID) {
            self.role = role
            self.area = area
        }
    }

    public enum Kind: Sendable, Equatable {
        case visitor
        case account(Account.ID)
        case program(reason: String)
    }

    public var kind: Kind
    public var name: String
    public var homeName: String
    public var home: Area.ID?
    public var grants: [Grant]
    public var mustChangePassword: Bool
    public var unreadNotifications: Int
    public var sessionDigest: [UInt8]?
    /// When the session began and when it ends unless it is used.
    var session: (from: Instant, until: Instant)?

    public var account: Account.ID? {
        if case .account(let id) = kind { id } else { nil }
    }

    public func may(_ permission: Permission) -> Bool {
        switch kind {
        case .program: true
        case .visitor: permission == .visit
        case .account:
            permission == .useOwnAccount || permission == .visit
                || grants.contains { Permission.of($0.role).contains(permission) }
        }
    }

    /// The areas at or above which this permission was granted.
    public func areas(granting permission: Permission) -> [Area.ID] {
        var seen = Set<Area.ID>()
        return grants.filter { Permission.of($0.role).contains(permission) }.map(\.area)
            .filter { seen.insert($0).inserted }
    }

    static let visitor = Viewer(
        kind: .visitor, name: "", homeName: "", home: nil, grants: [], mustChangePassword: false,
        unreadNotifications: 0, sessionDigest: nil)
}

extension Viewer {
    /// Nil when the session or token is unknown, expired or revoked, or the
    /// account is disabled.
    ///
    /// - Parameter target: Its `question` travels with ours where we ask one.
    static func resolve(
        _ actor: Actor, on target: Target, in tx: any Transaction, now: Instant
    ) throws -> (viewer: Viewer, told: [Row]?)? {
        let digest: [UInt8]
        switch actor {
        case .visitor: return (.visitor, nil)
        case .program(let reason):
            var viewer = Viewer.visitor
            viewer.kind = .program(reason: reason)
            viewer.name = reason
            return (viewer, nil)
        case .session(let bytes), .token(let bytes): digest = bytes
        }
        let kind = if case .session = actor { "browser" } else { "token" }
        var questions: [SQL] = [
            """
            SELECT a.id, a.name, a.home, a.must_change_password, h.name AS home_name,
                s.made_at, s.expires_at,
                (SELECT COUNT(*) FROM notification n
                 WHERE n.account = a.id AND n.read_at IS NULL) AS unread
            FROM session s JOIN account a ON a.id = s.account JOIN area h ON h.id = a.home
            WHERE s.digest = \(digest) AND s.kind = \(kind) AND s.ended_at IS NULL
                AND s.expires_at > \(now) AND a.disabled_at IS NULL
            """,
            grants(of: "(SELECT account FROM session WHERE digest = \(digest))"),
        ]
        if let question = target.question { questions.append(question) }
        let found = try tx.rows(ofEach: questions)
        guard let row = found[0].first else { return nil }
        let viewer = Viewer(
            kind: .account(try row["id"]), name: try row["name"], homeName: try row["home_name"],
            home: try row["home"], grants: try found[1].map(Grant.init),
            mustChangePassword: try row["must_change_password"],
            unreadNotifications: try row["unread"], sessionDigest: digest,
            session: (try row["made_at"], try row["expires_at"]))
        return (viewer, found.count > 2 ? found[2] : nil)
    }

    private static func grants(of account: SQL) -> SQL {
        """
        SELECT role, area FROM role_grant
        WHERE account = \(account) AND revoked_at IS NULL ORDER BY role, area
        """
    }

    /// Whether somebody who is not here now could open the page of `target`.
    static func maySee(_ target: Target, _ account: Account.ID, in tx: any Transaction) throws
        -> Bool
    {
        var viewer = Viewer.visitor
        viewer.kind = .account(account)
        viewer.grants = try tx.rows(grants(of: "\(account)")).map(Grant.init)
        do {
            _ = try viewer.authorise(target.seenWith, on: target, in: tx)
            return true
        } catch is Ending {
            return false
        }
    }
}

extension Viewer.Grant {
    fileprivate init(_ row: Row) throws {
        self.init(role: try row["role"], area: try row["area"])
    }
}
