import Foundation
import GuituModel
import GuituStore

/// One line of the trail: who did what to which record, when, and how it ended.
///
/// It keeps ids and a keyed digest of the request, never what was typed.
struct AuditEntry: Sendable {
    /// The area whose chain it joins; `Audit.office` when no area is concerned.
    var chain: String
    var at: Instant
    var actor: String
    var useCase: String
    var targetKind: String
    var target: String
    var outcome: Outcome
    var digest: [UInt8]

    enum Outcome: String, Sendable, CaseIterable, SQLConvertible {
        case done, seen, refused
        case notAllowed = "not-allowed"
        case notFound = "not-found"
        case replayed
        /// Said by the chain itself: its head had been moved round the program.
        case forgedHead = "forged-head"
    }

    /// Every field with its length before it, so that no two entries share bytes.
    func bytes(sequence: Int64, previous: [UInt8]) -> Data {
        var data = Data("guitu-audit-1".utf8)
        func append(_ bytes: some Collection<UInt8>) {
            withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { data.append(contentsOf: $0) }
            data.append(contentsOf: bytes)
        }
        append(chain.utf8)
        append("\(sequence)".utf8)
        append("\(at.milliseconds)".utf8)
        for text in [actor, useCase, targetKind, target, outcome.rawValue] { append(text.utf8) }
        append(digest)
        append(previous)
        return data
    }
}

enum Audit {
    /// The chain for what belongs to no area: signing in, set-up.
    static let office = "office"

    /// Before the first entry.
    static let beginning = [UInt8](repeating: 0, count: 32)

    /// Appends entries of one chain and moves its head, which is locked from
    /// here to the commit: called last, so that the lock is short.
    ///
    /// A head without our mark was moved by somebody who went round the
    /// program. Work goes on, since people wait at the door, but the chain
    /// says so from here on: the next mark would otherwise hide it.
    static func append(
        _ entries: [AuditEntry], to chain: String, keys: Keys, in tx: any Transaction
    )
        throws
    {
        guard let first = entries.first else { return }
        let head = try lockedHead(of: chain, keys: keys, in: tx)
        var pending = entries
        if !keys.isAuditDigest(head.mac, of: headBytes("head", chain, head.sequence, head.hash)) {
            pending.insert(.forgedHead(of: chain, at: first.at), at: 0)
        }
        var sequence = head.sequence
        var previous = head.hash
        var rows: [SQL] = []
        for entry in pending {
            sequence += 1
            previous = keys.auditDigest(entry.bytes(sequence: sequence, previous: previous))
            rows.append(
                """
                (\(chain), \(sequence), \(entry.at), \(entry.actor), \(entry.useCase),
                \(entry.targetKind), \(entry.target), \(entry.outcome), \(entry.digest), \(previous))
                """)
        }
        // Ten values a row, and 999 values a statement in the oldest SQLite.
        for start in stride(from: 0, to: rows.count, by: 64) {
            let group = Array(rows[start..<min(start + 64, rows.count)])
            try tx.send(
                """
                INSERT INTO audit_entry
                    (chain, sequence, at, actor, use_case, target_kind, target, outcome, digest, hash)
                VALUES \(SQL.joined(group, by: ", "))
                """)
        }
        try tx.send(
            """
            UPDATE audit_head SET sequence = \(sequence), hash = \(previous),
                mac = \(headMAC(chain, sequence, previous, keys))
            WHERE chain = \(chain)
            """)
    }

    private static func lockedHead(of chain: String, keys: Keys, in tx: any Transaction) throws
        -> (sequence: Int64, hash: [UInt8], mac: [UInt8])
    {
        // An update that changes nothing locks the row on both engines.
        let lock: SQL = """
            UPDATE audit_head SET sequence = sequence WHERE chain = \(chain)
            RETURNING sequence, hash, mac
            """
        var found = try tx.first(lock)
        if found == nil {
            try tx.execute(
                """
                INSERT INTO audit_head (chain, sequence, hash, mac)
                VALUES (\(chain), 0, \(beginning), \(headMAC(chain, 0, beginning, keys)))
                ON CONFLICT DO NOTHING
                """)
            found = try tx.first(lock)
        }
        guard let found else { throw DatabaseError.engine(code: "audit", message: "no head") }
        return (try found["sequence"], try found["hash"], try found["mac"])
    }

    /// A head carries a keyed mark: without the ring nobody can move it back
    /// to an earlier entry and cut what came after.
    static func headMAC(_ chain: String, _ sequence: Int64, _ hash: [UInt8], _ keys: Keys)
        -> [UInt8]
    {
        keys.auditDigest(headBytes("head", chain, sequence, hash))
    }

    static func headBytes(_ word: String, _ chain: String, _ sequence: Int64, _ hash: [UInt8])
        -> Data
    {
        Data("guitu-\(word)-1|\(chain)|\(sequence)|".utf8) + hash
    }
}

extension AuditEntry {
    /// What the chain says of itself after it found its head without our mark.
    fileprivate static func forgedHead(of chain: String, at: Instant) -> AuditEntry {
        AuditEntry(
            chain: chain, at: at, actor: "program:audit", useCase: "AuditHead", targetKind: "chain",
            target: chain, outcome: .forgedHead, digest: Audit.beginning)
    }
}

/// Commits the audit entries of reads in groups: many answers wait for one
/// commit, and none leaves before its entry is safe.
actor AuditGroup {
    private let database: Database
    private let keys: Keys
    private var waiting: [(AuditEntry, CheckedContinuation<Void, any Error>)] = []
    private var committing = false

    init(database: Database, keys: Keys) {
        self.database = database
        self.keys = keys
    }

    func append(_ entry: AuditEntry) async throws {
        try await withCheckedThrowingContinuation { continuation in
            waiting.append((entry, continuation))
            if !committing {
                committing = true
                Task { await drain() }
            }
        }
    }

    private func drain() async {
        while !waiting.isEmpty {
            let group = waiting
            waiting = []
            let keys = keys
            // Chains in a fixed order: two processes that lock several heads
            // never wait for each other in a circle.
            let chains = Dictionary(grouping: group.map(\.0), by: \.chain).sorted {
                $0.key < $1.key
            }
            do {
                try await database.write { tx in
                    for (chain, entries) in chains {
                        try Audit.append(entries, to: chain, keys: keys, in: tx)
                    }
                }
                for (_, continuation) in group { continuation.resume() }
            } catch {
                for (_, continuation) in group { continuation.resume(throwing: error) }
            }
        }
        committing = false
    }
}
