import Foundation
import GuituModel
import GuituStore

/// Something an officer is told on the next page: a sentence and the record
/// it is about. It names no person; whoever follows it is asked again whether
/// they may see.
public struct NotificationSummary: Codable, Sendable, Equatable {
    public var id: ID<Notification>
    public var saying: Saying
    /// The kind and id of the record, as `Target` labels them.
    public var subjectKind: String
    public var subject: String
    public var madeAt: Instant
    public var readAt: Instant?
}

/// Shows one's own notifications, newest first.
public struct MyNotifications: ReadingUseCase {
    public static let needs = Permission.useOwnAccount
    public static let effect = Effect.reads
    public var target: Target { .nobody }
    public var unreadOnly: Bool
    /// The last one of the page before.
    public var before: ID<Notification>?
    public var limit: Int

    public init(unreadOnly: Bool = false, before: ID<Notification>? = nil, limit: Int = 50) {
        self.unreadOnly = unreadOnly
        self.before = before
        self.limit = limit
    }

    public struct Answer: Codable, Sendable {
        public var items: [NotificationSummary]
        public var hasMore: Bool
    }

    public func perform(in work: Work) throws -> Answer {
        let most = min(max(limit, 1), 200)
        var conditions: [SQL] = ["account = \(try work.account)"]
        if unreadOnly { conditions.append("read_at IS NULL") }
        // Ids made later sort later.
        if let before { conditions.append("id < \(before)") }
        let rows = try work.tx.rows(
            """
            SELECT id, saying, arguments, subject_kind, subject, made_at, read_at FROM notification
            WHERE \(SQL.joined(conditions, by: " AND ")) ORDER BY id DESC LIMIT \(most + 1)
            """)
        return Answer(
            items: try rows.prefix(most).map { row in
                let arguments: String = try row["arguments"]
                return NotificationSummary(
                    id: try row["id"],
                    saying: Saying(
                        try row["saying"],
                        try JSONDecoder().decode(
                            [String: String].self, from: Data(arguments.utf8))),
                    subjectKind: try row["subject_kind"], subject: try row["subject"],
                    madeAt: try row["made_at"], readAt: try row["read_at"])
            }, hasMore: rows.count > most)
    }
}

/// Marks one of one's own notifications as read; again changes nothing.
public struct MarkNotificationRead: ChangingUseCase {
    public static let needs = Permission.useOwnAccount
    public var target: Target { .nobody }
    public var id: ID<Notification>

    public init(id: ID<Notification>) { self.id = id }

    public func perform(in work: Work) throws -> Nothing {
        let account = try work.account
        let changed = try work.tx.execute(
            """
            UPDATE notification SET read_at = COALESCE(read_at, \(work.now))
            WHERE id = \(id) AND account = \(account)
            """)
        // Somebody else's and a missing one look the same.
        guard changed == 1 else { throw Ending.notFound }
        return Nothing()
    }
}

/// Marks as read everything up to the newest one that was on the page; what
/// came in since stays unread.
public struct MarkAllNotificationsRead: ChangingUseCase {
    public static let needs = Permission.useOwnAccount
    public var target: Target { .nobody }
    public var upTo: ID<Notification>

    public init(upTo: ID<Notification>) { self.upTo = upTo }

    public struct Answer: Codable, Sendable, Equatable { public var marked: Int }

    public func perform(in work: Work) throws -> Answer {
        let account = try work.account
        return Answer(
            marked: try work.tx.execute(
                """
                UPDATE notification SET read_at = \(work.now)
                WHERE account = \(account) AND id <= \(upTo) AND read_at IS NULL
                """))
    }
}
