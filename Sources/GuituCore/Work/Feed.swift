import Foundation
import GuituModel
import GuituStore

/// A fact at its place in the feed.
public struct FeedEntry: Codable, Sendable, Equatable {
    public var position: Int64
    public var id: String
    public var kind: Fact.Kind
    public var subjectKind: String
    public var subject: String
    public var area: Area.ID
    public var details: [String: String]
    public var occurredAt: Instant
    public var recordedAt: Instant
}

/// Facts in an order that can be followed.
///
/// Ids and sequences are given before a commit, and transactions commit in any
/// order: whoever remembers "seen up to 17" misses 16 if it commits later. So
/// a fact gets its `position` after its commit, from one sequencer at a time
/// that holds the row of `feed_head` to its own commit. Positions become
/// visible in their order, and nothing is ever added below a visible one.
public enum Feed {
    // One batch is one transaction: a thousand rows take some ten
    // milliseconds, for which no other write waits longer.
    static let most = 1000

    /// Gives places to facts that have none and returns to how many. Any number
    /// of processes may call it.
    @discardableResult
    public static func sequence(_ database: Database) async throws -> Int {
        // A look first, so that an idle station does not write.
        let isAny = try await database.read { tx in
            try tx.first("SELECT id FROM fact WHERE position IS NULL LIMIT 1") != nil
        }
        guard isAny else { return 0 }
        return try await database.write { try sequence(in: $0) }
    }

    static func sequence(in tx: any Transaction) throws -> Int {
        // An update that changes nothing locks the row on both engines; the
        // statements after it see everything the one before us committed.
        guard
            let head = try tx.first(
                "UPDATE feed_head SET position = position WHERE id = 1 RETURNING position")
        else { throw DatabaseError.engine(code: "feed", message: "no head") }
        let position: Int64 = try head["position"]
        let given = try tx.execute(
            """
            UPDATE fact SET position = n.place + \(position)
            FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM fact
                WHERE position IS NULL ORDER BY id LIMIT \(most)) n
            WHERE fact.id = n.id
            """)
        try tx.execute("UPDATE feed_head SET position = \(position + Int64(given)) WHERE id = 1")
        return given
    }

    /// Facts after a position, in order; a shorter list than `limit` means the
    /// end for now.
    public static func read(_ database: Database, after position: Int64, limit: Int = 500)
        async throws -> [FeedEntry]
    {
        try await database.read { try read(after: position, limit: limit, in: $0) }
    }

    static func read(after position: Int64, limit: Int, in tx: any Transaction) throws
        -> [FeedEntry]
    {
        try tx.rows(
            """
            SELECT position, id, kind, subject_kind, subject, area, details, occurred_at, recorded_at
            FROM fact WHERE position > \(position) ORDER BY position LIMIT \(limit)
            """
        ).map { row in
            let details: String = try row["details"]
            return FeedEntry(
                position: try row["position"], id: try row["id"], kind: try row["kind"],
                subjectKind: try row["subject_kind"], subject: try row["subject"],
                area: try row["area"],
                details: try JSONDecoder().decode([String: String].self, from: Data(details.utf8)),
                occurredAt: try row["occurred_at"], recordedAt: try row["recorded_at"])
        }
    }

    /// Hands the next facts to a subscriber and moves its cursor in the same
    /// transaction: what `body` writes is written exactly once, however many
    /// processes ask. Returns how many facts there were.
    @discardableResult
    public static func follow(
        _ database: Database, as subscriber: String, limit: Int = 500, now: Instant,
        _ body: @escaping @Sendable ([FeedEntry], any Transaction) throws -> Void
    ) async throws -> Int {
        try await database.write { tx in
            try tx.execute(
                """
                INSERT INTO feed_cursor (subscriber, position, moved_at)
                VALUES (\(subscriber), 0, \(now)) ON CONFLICT DO NOTHING
                """)
            let cursor = try tx.first(
                """
                UPDATE feed_cursor SET moved_at = \(now) WHERE subscriber = \(subscriber)
                RETURNING position
                """)
            let facts = try read(after: try cursor?["position"] ?? 0, limit: limit, in: tx)
            guard let last = facts.last else { return 0 }
            try body(facts, tx)
            try tx.execute(
                """
                UPDATE feed_cursor SET position = \(last.position) WHERE subscriber = \(subscriber)
                """)
            return facts.count
        }
    }
}
