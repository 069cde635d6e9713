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

    /// Appends entries of one chain and moves its head, which is locked from
    /// here to the commit: called last, so that the lock is short.
    static func append(
        _ entries: [AuditEntry], to chain: String, keys: Keys, in tx: any Transaction
    )
        throws
    {
        guard !entries.isEmpty else { return }
        let empty = [UInt8](repeating: 0, count: 32)
        try tx.execute(
            """
            INSERT INTO audit_head (chain, sequence, hash, mac)
            VALUES (\(chain), 0, \(empty), \(headMAC(chain, 0, empty, keys)))
            ON CONFLICT DO NOTHING
            """)
        guard
            let head = try tx.first(
                """
                UPDATE audit_head SET sequence = sequence + \(entries.count)
                WHERE chain = \(chain) RETURNING sequence, hash
                """)
        else { throw DatabaseError.engine(code: "audit", message: "no head") }
        var sequence: Int64 = try head["sequence"] - Int64(entries.count)
        var previous: [UInt8] = try head["hash"]
        for entry in entries {
            sequence += 1
            let hash = keys.auditDigest(entry.bytes(sequence: sequence, previous: previous))
            try tx.execute(
                """
                INSERT INTO audit_entry
                    (chain, sequence, at, actor, use_case, target_kind, target, outcome, digest, hash)
                VALUES (\(chain), \(sequence), \(entry.at), \(entry.actor), \(entry.useCase),
                    \(entry.targetKind), \(entry.target), \(entry.outcome), \(entry.digest), \(hash))
                """)
            previous = hash
        }
        try tx.execute(
            """
            UPDATE audit_head SET hash = \(previous), mac = \(headMAC(chain, sequence, previous, keys))
            WHERE chain = \(chain)
            """)
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
