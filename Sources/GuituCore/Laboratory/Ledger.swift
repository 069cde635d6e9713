import Foundation
import GuituModel
import GuituStore

/// One query of the library: who asked is in the trail beside it, why and what
/// came out is here. Never a typing.
public struct LedgerEntry: Codable, Sendable, Equatable {
    /// The use-case.
    public var what: String
    /// Who asked, by name; the trail has the account.
    public var by = ""
    public var purpose = ""
    public var caseNumber = ""
    /// Kind of search, method, relation, file: words and numbers.
    public var options: [String: String] = [:]
    /// Samples that asked, and those asked.
    public var queries = 0
    public var profiles = 0
    public var threshold: Double?
    public var results = 0
    /// SHA-256 of the result rows, in hexadecimal digits; empty without.
    public var resultDigest = ""
    /// The first result rows: query, candidate, relation, log10 of the ratio.
    public var rows: [String] = []

    init(what: String) { self.what = what }
}

enum Ledger {
    static let chain = "library"
    /// Rows kept in an entry itself; the digest is of all.
    static let mostRows = 200
}

extension LibraryWork {
    /// Keeps why, and what came out.
    func tell(_ inquiry: Inquiry) {
        entry.purpose = inquiry.purpose
        entry.caseNumber = inquiry.caseNumber
    }

    func tell(results rows: [String]) {
        entry.results = rows.count
        entry.rows = Array(rows.prefix(Ledger.mostRows))
        entry.resultDigest = hex(Keys.tokenDigest(rows.joined(separator: "\n")))
    }

    /// Appends the entry to the chain, by the code that keeps the audit trail.
    fileprivate func append(_ details: String, id: ID<LedgerEntry>) throws {
        try tx.execute("INSERT INTO ledger_entry (id, details) VALUES (\(id), \(details))")
        let line = AuditEntry(
            chain: Ledger.chain, at: now, actor: who.label, useCase: entry.what,
            targetKind: "ledger", target: id.text, outcome: .done,
            digest: keys.auditDigest(Data(details.utf8)))
        try Audit.append([line], to: Ledger.chain, keys: keys, in: tx)
    }

    func writeDown() throws {
        entry.by = who.name
        try append(try canonicalJSON(entry), id: newID())
    }
}

/// A ledger entry with its line of the trail.
public struct LedgerLine: Codable, Sendable, Equatable {
    public var sequence: Int64
    public var at: Instant
    public var actor: String
    public var entry: LedgerEntry
}

/// Pages through the ledger, newest first.
public struct ReadLedger: LibraryUseCase {
    public static let needs = Permission.readLedger
    public static let worksWhileOff = true
    public static let isWrittenDown = false
    /// The last one of the page before.
    public var before: Int64?
    public var limit: Int

    public init(before: Int64? = nil, limit: Int = 50) {
        self.before = before
        self.limit = limit
    }

    public struct Answer: Codable, Sendable {
        public var lines: [LedgerLine]
        public var hasMore: Bool
    }

    public func perform(in work: LibraryWork) throws -> Answer {
        let most = min(max(limit, 1), 500)
        let older: SQL = before.map { "AND a.sequence < \($0)" } ?? ""
        let rows = try work.tx.rows(
            """
            SELECT a.sequence, a.at, a.actor, l.details
            FROM audit_entry a JOIN ledger_entry l ON l.id = a.target
            WHERE a.chain = \(Ledger.chain) \(older) ORDER BY a.sequence DESC LIMIT \(most + 1)
            """)
        return Answer(lines: try rows.prefix(most).map(LedgerLine.init), hasMore: rows.count > most)
    }
}

/// Takes the ledger away, oldest first, a part at a time.
public struct ExportLedger: LibraryUseCase {
    public static let needs = Permission.readLedger
    public static let worksWhileOff = true
    public static let isWrittenDown = false
    /// The last one of the part before; 0 for the first.
    public var after: Int64

    public init(after: Int64 = 0) { self.after = after }

    private static let most = 5000

    public func perform(in work: LibraryWork) throws -> ReadLedger.Answer {
        let rows = try work.tx.rows(
            """
            SELECT a.sequence, a.at, a.actor, l.details
            FROM audit_entry a JOIN ledger_entry l ON l.id = a.target
            WHERE a.chain = \(Ledger.chain) AND a.sequence > \(after)
            ORDER BY a.sequence LIMIT \(Self.most + 1)
            """)
        return ReadLedger.Answer(
            lines: try rows.prefix(Self.most).map(LedgerLine.init), hasMore: rows.count > Self.most)
    }
}

extension LedgerLine {
    /// The columns of the ledger as a table, and one line under them.
    public static let header = [
        "sequence", "at", "actor", "by", "what", "purpose", "case", "queries", "profiles",
        "threshold", "results", "result_digest", "options", "rows",
    ]

    public var fields: [String] {
        let time = at.inChina
        let clock = [time.hour, time.minute, time.second].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return [
            "\(sequence)", "\(time.day) \(clock.joined(separator: ":"))", actor, entry.by,
            entry.what, entry.purpose, entry.caseNumber, "\(entry.queries)", "\(entry.profiles)",
            entry.threshold.map { "\($0)" } ?? "", "\(entry.results)", entry.resultDigest,
            entry.options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                .joined(separator: "; "),
            entry.rows.joined(separator: "; "),
        ]
    }

    init(_ row: Row) throws {
        let details: String = try row["details"]
        self.init(
            sequence: try row["sequence"], at: try row["at"], actor: try row["actor"],
            entry: try JSONDecoder().decode(LedgerEntry.self, from: Data(details.utf8)))
    }
}

/// Writes down, in the database of cases, that somebody has the ledger verified.
public struct VerifyLedger: LibraryUseCase {
    public static let needs = Permission.readLedger
    public static let worksWhileOff = true
    public static let isWrittenDown = false
    public init() {}
    public func perform(in work: LibraryWork) throws -> Nothing { Nothing() }
}

public struct LedgerReport: Codable, Sendable, Equatable {
    public var entries: Int64
    /// Of the chain, by the audit trail's own verification.
    public var faults: [AuditVerification.Fault]
    /// Entries whose words are not those the chain was made over, or are gone.
    public var changed: [Int64]
    /// Words that no entry of the chain speaks of.
    public var strangers: Int
    public var isSound: Bool { faults.isEmpty && changed.isEmpty && strangers == 0 }
}

extension Laboratory {
    /// Reads the ledger from its first entry to its head and holds it against
    /// the library's keys. Throws `Ending`.
    public func verifyLedger(as actor: Actor) async throws -> LedgerReport {
        try await perform(VerifyLedger(), as: actor)
        return try await workplace.ended(VerifyLedger.name) {
            guard let library = try await self.library() else { throw LibraryFailure.notEnabled }
            let trail = try await AuditVerification.run(
                library.database, keys: library.keys, anchorsFile: nil)
            var report = LedgerReport(
                entries: trail.entries, faults: trail.faults, changed: [], strangers: 0)
            var after: Int64 = 0
            while true {
                let rows = try await library.database.read { [after] tx in
                    try tx.rows(
                        """
                        SELECT a.sequence, a.digest, l.details
                        FROM audit_entry a LEFT JOIN ledger_entry l ON l.id = a.target
                        WHERE a.chain = \(Ledger.chain) AND a.sequence > \(after)
                            AND a.target_kind = 'ledger'
                        ORDER BY a.sequence LIMIT 1000
                        """)
                }
                for row in rows {
                    let sequence: Int64 = try row["sequence"]
                    let details: String? = try row["details"]
                    let isSame = details.map {
                        library.keys.isAuditDigest(
                            (try? row["digest"]) ?? [], of: Data($0.utf8))
                    }
                    if isSame != true { report.changed.append(sequence) }
                    after = sequence
                }
                if rows.count < 1000 { break }
            }
            report.strangers = try await library.database.read { tx in
                try tx.first(
                    """
                    SELECT COUNT(*) AS n FROM ledger_entry l WHERE NOT EXISTS
                        (SELECT 1 FROM audit_entry a WHERE a.chain = \(Ledger.chain)
                            AND a.target = l.id)
                    """)?["n"] ?? 0
            }
            return report
        }
    }
}
