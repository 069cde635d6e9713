import Foundation
import GuituModel
import GuituStore
import Synchronization

/// Everything a use-case has while it runs: its transaction, who asks, what
/// time it is, the keys, and a place to say what happened.
///
/// A feature adds its store in an extension in its own folder
/// (`work.beds.give(...)`), so this file never grows a list.
public final class Work {
    public let tx: any Transaction
    public let viewer: Viewer
    public let holding: Holding
    public let now: Instant
    public let keys: Keys
    public let settings: Settings
    /// What the audit entry will say; a replayed key sets it.
    var outcome: AuditEntry.Outcome = .done

    let ids: IDSource

    init(
        tx: any Transaction, viewer: Viewer, holding: Holding, now: Instant, keys: Keys,
        settings: Settings, ids: IDSource
    ) {
        self.tx = tx
        self.viewer = viewer
        self.holding = holding
        self.now = now
        self.keys = keys
        self.settings = settings
        self.ids = ids
    }

    public var today: Day { now.inChina.day }

    /// The account that acts. Only accounts reach a use-case that asks for it.
    public var account: Account.ID {
        get throws {
            guard let account = viewer.account else { throw Ending.signInRequired }
            return account
        }
    }

    /// Sorts after every id this workplace gave before.
    public func newID<Subject>() -> ID<Subject> { ids.next(at: now) }

    /// The station or office that holds the target.
    public var holder: Area.ID {
        get throws {
            guard let area = holding.areas.first else { throw Ending.notFound }
            return area
        }
    }

    /// Says that something happened, in this transaction. Clocks, indexes and
    /// other systems feed on facts; a fact names ids and vocabulary, never what
    /// identifies a person.
    public func emit(
        _ kind: Fact.Kind, about target: Target, in area: Area.ID, at occurred: Instant? = nil,
        _ details: [String: String] = [:]
    ) throws {
        let label = target.label
        try tx.send(
            """
            INSERT INTO fact (id, kind, subject_kind, subject, area, details, occurred_at, recorded_at)
            VALUES (\(newID() as ID<Fact>), \(kind), \(label.kind), \(label.id), \(area),
                \(try canonicalJSON(details)), \(occurred ?? now), \(now))
            """)
    }

    /// What must happen later or outside, as a row of this transaction.
    /// A job of the same `key` that still waits is not added twice.
    public func enqueue(_ kind: String, key: String, _ details: [String: String] = [:]) throws {
        try JobStore(tx: tx, now: now).add(kind: kind, key: key, details: details)
    }

    /// Tells an account something on its next page, unless it may not look at
    /// what that is about: that there is something is told by a notice too.
    public func notify(_ account: Account.ID, _ saying: Saying, about target: Target) throws {
        guard try Viewer.maySee(target, account, in: tx) else { return }
        let label = target.label
        try tx.execute(
            """
            INSERT INTO notification
                (id, account, saying, arguments, subject_kind, subject, made_at)
            VALUES (\(newID() as ID<Notification>), \(account), \(saying.key),
                \(try canonicalJSON(saying.arguments)), \(label.kind), \(label.id), \(now))
            """)
    }

    /// Accounts that hold `role` at exactly `area`.
    public func accounts(_ role: Role, at area: Area.ID) throws -> [Account.ID] {
        try tx.rows(
            """
            SELECT DISTINCT g.account FROM role_grant g JOIN account a ON a.id = g.account
            WHERE g.area = \(area) AND g.role = \(role) AND g.revoked_at IS NULL
                AND a.disabled_at IS NULL ORDER BY g.account
            """
        ).map { try $0["account"] }
    }

    /// Runs an update that must change exactly one row of a version the editor
    /// saw; otherwise the editor is shown what stands there now.
    public func expectOne(_ changed: Int, current: () throws -> [String: String]) throws {
        guard changed == 1 else { throw Ending.stale(current: try current()) }
    }
}

/// Gives ids in the order in which they were asked for.
final class IDSource: Sendable {
    private let last = Mutex<String?>(nil)

    func next<Subject>(at now: Instant) -> ID<Subject> {
        last.withLock { last in
            let id = ID<Subject>(at: now, after: last)
            last = id.text
            return id
        }
    }
}

/// Numbers that are ours or that the law leaves open; confidence C in the
/// rules table means a setting, never a constant.
public struct Settings: Sendable, Codable {
    /// The longest a browser session lasts: a shift.
    public var sessionHours = 12
    /// A session that rests longer ends; 0: only `sessionHours` counts.
    public var sessionIdleMinutes = 0
    /// The longest life of a command-line token.
    public var tokenDays = 365
    /// Wrong passwords from one client before it must wait, and how long at most.
    public var lockoutAfter = 8
    public var lockoutMinutes = 10
    public var attachmentLimit = 10 * 1024 * 1024
    /// Candidates kept for each request.
    public var candidatesKept = 20
    public init() {}
}

/// JSON with sorted keys, so that equal values have equal bytes.
func canonicalJSON(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}
