import GuituModel
import GuituStore

/// One line of the trail as the audit administrator reads it: ids and words,
/// never what was typed.
public struct AuditLine: Codable, Sendable, Equatable {
    public var chain: String
    /// The area's name, or nil for what belongs to no area.
    public var chainName: String?
    public var sequence: Int64
    public var at: Instant
    /// An account's id, `visitor`, or `program:` with a reason.
    public var actor: String
    public var actorName: String?
    public var useCase: String
    public var targetKind: String
    public var target: String
    public var outcome: String
}

/// Reads the trail of the areas one is audit administrator of, newest first
/// unless another order is asked for.
public struct ReadAudit: ReadingUseCase, ListUseCase {
    public static let needs = Permission.readAudit
    public static let effect = Effect.readsSensitive
    public var target: Target { .ownAreas }

    public struct Filter: Codable, Sendable, Equatable {
        public var chain: String?
        public var targetKind: String?
        public var target: String?
        public var actor: String?
        public var useCase: String?
        public var outcome: String?
        public var from: Instant?
        /// Exclusive.
        public var until: Instant?
        public init() {}
    }

    /// The last line of the page before.
    public struct Cursor: Codable, Sendable, Equatable {
        public var at: Instant
        public var chain: String
        public var sequence: Int64
        /// What the list is ordered by, where that is not the time.
        public var key: String?
        public init(at: Instant, chain: String, sequence: Int64, key: String? = nil) {
            self.at = at
            self.chain = chain
            self.sequence = sequence
            self.key = key
        }
    }

    public enum Order: String, CaseIterable, Codable, Sendable {
        /// Whatever the direction.
        case newest
        case time, who
        case what = "use-case"
        case outcome
    }

    public var filter: Filter
    public var order = Order.newest
    public var isDescending = false
    public var after: Cursor?
    public var limit: Int

    public init(filter: Filter = Filter(), after: Cursor? = nil, limit: Int = 50) {
        self.filter = filter
        self.after = after
        self.limit = limit
    }

    public struct Answer: Codable, Sendable {
        public var lines: [AuditLine]
        public var next: Cursor?
    }

    public func perform(in work: Work) throws -> Answer {
        let most = min(max(limit, 1), 500)
        var conditions = [try work.auditScope()]
        if let chain = filter.chain { conditions.append("e.chain = \(chain)") }
        if let kind = filter.targetKind { conditions.append("e.target_kind = \(kind)") }
        if let target = filter.target { conditions.append("e.target = \(target)") }
        if let actor = filter.actor { conditions.append("e.actor = \(actor)") }
        if let useCase = filter.useCase { conditions.append("e.use_case = \(useCase)") }
        if let outcome = filter.outcome { conditions.append("e.outcome = \(outcome)") }
        if let from = filter.from { conditions.append("e.at >= \(from)") }
        if let until = filter.until { conditions.append("e.at < \(until)") }
        if let after { conditions.append(following(after)) }
        let rows = try work.tx.rows(
            """
            SELECT e.chain, a.name AS chain_name, e.sequence, e.at, e.actor, b.name AS actor_name,
                e.use_case, e.target_kind, e.target, e.outcome, \(key ?? "NULL") AS sort_key
            FROM audit_entry e LEFT JOIN area a ON a.id = e.chain
                LEFT JOIN account b ON b.id = e.actor
            WHERE \(SQL.joined(conditions, by: " AND "))
            ORDER BY \(clause) LIMIT \(most + 1)
            """)
        let lines = try rows.prefix(most).map { row in
            AuditLine(
                chain: try row["chain"], chainName: try row["chain_name"],
                sequence: try row["sequence"], at: try row["at"], actor: try row["actor"],
                actorName: try row["actor_name"], useCase: try row["use_case"],
                targetKind: try row["target_kind"], target: try row["target"],
                outcome: try row["outcome"])
        }
        guard rows.count > most, let last = lines.last else {
            return Answer(lines: lines, next: nil)
        }
        return Answer(
            lines: lines,
            next: Cursor(
                at: last.at, chain: last.chain, sequence: last.sequence,
                key: try rows[most - 1]["sort_key"]))
    }

    private var key: SQL? {
        switch order {
        case .newest, .time: nil
        case .who: "COALESCE(b.name, e.actor)"
        case .what: "e.use_case"
        case .outcome: "e.outcome"
        }
    }

    /// Under one key, or without one, the newest first, but for who asked for
    /// the oldest.
    private var isOldestFirst: Bool { order == .time && !isDescending }

    private var clause: SQL {
        let time: SQL =
            isOldestFirst
            ? "e.at, e.chain DESC, e.sequence" : "e.at DESC, e.chain, e.sequence DESC"
        guard let key else { return time }
        return isDescending ? "\(key) DESC, \(time)" : "\(key), \(time)"
    }

    /// Only what comes after the last line of the page before.
    private func following(_ last: Cursor) -> SQL {
        let (older, beyond): (SQL, SQL) = isOldestFirst ? (">", "<") : ("<", ">")
        let time: SQL = """
            (e.at \(older) \(last.at) OR (e.at = \(last.at) AND (e.chain \(beyond) \(last.chain)
                OR (e.chain = \(last.chain) AND e.sequence \(older) \(last.sequence)))))
            """
        guard let key, let word = last.key else { return time }
        let further: SQL = isDescending ? "<" : ">"
        return "(\(key) \(further) \(word) OR (\(key) = \(word) AND \(time)))"
    }

    public static func parts(of answer: Answer) -> (lines: [AuditLine], next: Cursor?) {
        (answer.lines, answer.next)
    }
}

/// A chain's head in the form that fits on a shift sheet: written down on
/// paper it is an anchor nobody can reach from a keyboard.
public struct AuditHeadLine: Codable, Sendable, Equatable {
    public var chain: String
    public var chainName: String?
    public var sequence: Int64
    /// The first sixteen hexadecimal digits of the hash.
    public var short: String
    public var anchoredSequence: Int64
    public var anchoredAt: Instant?
}

/// Lists the heads of the chains one is audit administrator of.
public struct AuditHeads: ReadingUseCase {
    public static let needs = Permission.readAudit
    public static let effect = Effect.reads
    public var target: Target { .ownAreas }

    public init() {}

    public func perform(in work: Work) throws -> [AuditHeadLine] {
        try work.tx.rows(
            """
            SELECT e.chain, a.name AS chain_name, e.sequence, e.hash,
                (SELECT MAX(k.sequence) FROM audit_anchor k WHERE k.chain = e.chain) AS anchored,
                (SELECT MAX(k.at) FROM audit_anchor k WHERE k.chain = e.chain) AS anchored_at
            FROM audit_head e LEFT JOIN area a ON a.id = e.chain
            WHERE \(try work.auditScope()) ORDER BY COALESCE(a.pinyin, ''), e.chain
            """
        ).map { row in
            let hash: [UInt8] = try row["hash"]
            return AuditHeadLine(
                chain: try row["chain"], chainName: try row["chain_name"],
                sequence: try row["sequence"], short: hex(hash.prefix(8)),
                anchoredSequence: try row["anchored"] ?? 0, anchoredAt: try row["anchored_at"])
        }
    }
}

extension Work {
    /// Chains of the viewer's areas. What belongs to no area (wrong passwords
    /// of strangers, the program's own doings) is for whoever audits the top.
    fileprivate func auditScope() throws -> SQL {
        if case .program = viewer.kind { return "1 = 1" }
        let scope = viewer.scope(.readAudit, area: "e.chain")
        let top = try tx.first(
            """
            SELECT id FROM area WHERE parent IS NULL
                AND id IN \(list: viewer.areas(granting: .readAudit))
            """)
        return top == nil ? scope : "(\(scope) OR e.chain = \(Audit.office))"
    }
}

/// Writes down that somebody has the trail verified; `AuditVerification` then
/// reads it outside any transaction, since that takes long.
public struct VerifyAudit: ChangingUseCase {
    public static let needs = Permission.readAudit
    public var target: Target { .ownAreas }
    public init() {}
    public func perform(in work: Work) throws -> Nothing { Nothing() }
}

/// Writes down that somebody has heads signed now; `AnchorHeads` does it.
public struct AnchorAudit: ChangingUseCase {
    public static let needs = Permission.readAudit
    public var target: Target { .ownAreas }
    public init() {}
    public func perform(in work: Work) throws -> Nothing { Nothing() }
}
