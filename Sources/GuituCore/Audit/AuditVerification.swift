import Foundation
import GuituModel
import GuituStore

/// Reads every chain of the trail from its first entry to its head and holds
/// it against the keys and the anchors.
///
/// Who can write to the database but does not have the key ring can change,
/// remove, reorder or rewrite entries; each of these shows here. Who also has
/// an old copy of the database can put back an old head with its right mark
/// and cut what came after: that shows against the anchors, which is why they
/// are kept by the area above, in a file outside, and on paper.
public struct AuditVerification: Sendable {
    public struct Fault: Codable, Sendable, Equatable {
        public enum Kind: String, Codable, Sendable, CaseIterable {
            /// What the entry says is not what its hash was made over.
            case changed
            /// Entries that were there are gone; others follow.
            case removed
            /// The entry was written, but at another place of the chain.
            case reordered
            /// Entries whose hashes were not made with our key, or that are
            /// not the ones an anchor saw.
            case rewritten
            /// The end is missing: the head or an anchor knows of more.
            case cut
            /// The head was altered round the program.
            case forgedHead = "forged-head"
            /// An anchor without our signature.
            case forgedAnchor = "forged-anchor"
        }

        public var chain: String
        /// The first entry concerned.
        public var sequence: Int64
        /// The last one, when there are several.
        public var through: Int64?
        public var kind: Kind
    }

    public struct Report: Codable, Sendable, Equatable {
        public var chains = 0
        public var entries: Int64 = 0
        public var anchors = 0
        /// Anchors of entries that a restore from an older backup took away,
        /// as the restore itself wrote down.
        public var lostInRestore = 0
        public var faults: [Fault] = []
        public var isSound: Bool { faults.isEmpty }
    }

    /// - Parameter anchorsFile: nil when there is none yet.
    public static func run(_ database: Database, keys: Keys, anchorsFile: AnchorsFile?) async throws
        -> Report
    {
        var report = Report()
        var anchors = try await Anchors.read(database, keys, anchorsFile, &report)
        var chains = Set(anchors.byChain.keys)
        chains.formUnion(try await namesOfChains(database))
        for chain in chains.sorted() {
            let known = anchors.byChain.removeValue(forKey: chain) ?? []
            var walk = ChainWalk(chain: chain, keys: keys, anchors: known)
            try await walk.run(database)
            report.chains += 1
            report.entries += walk.checked
            report.faults += walk.faults
        }
        return report
    }

    /// Every chain that has an entry or a head. Entries are looked through in
    /// jumps from name to name, not one by one.
    private static func namesOfChains(_ database: Database) async throws -> [String] {
        try await database.read { tx in
            var names: [String] = try tx.rows("SELECT chain FROM audit_head").map {
                try $0["chain"]
            }
            var last = ""
            while let next: String = try tx.first(
                "SELECT MIN(chain) AS next FROM audit_entry WHERE chain > \(last)")?["next"]
            {
                names.append(next)
                last = next
            }
            return names
        }
    }
}

/// The anchors of all chains, from the table and from the file.
private struct Anchors {
    var byChain: [String: [Anchor]] = [:]

    static func read(
        _ database: Database, _ keys: Keys, _ file: AnchorsFile?,
        _ report: inout AuditVerification.Report
    ) async throws -> Anchors {
        var anchors = Anchors()
        var seen = Set<[UInt8]>()
        func add(_ anchor: Anchor) {
            if anchor.isSigned(with: keys) {
                // The table and the file usually have the same ones.
                guard seen.insert(anchor.signature).inserted else { return }
                report.anchors += 1
                anchors.byChain[anchor.chain, default: []].append(anchor)
            } else {
                report.faults.append(
                    .init(chain: anchor.chain, sequence: anchor.sequence, kind: .forgedAnchor))
            }
        }
        for line in try file?.lines() ?? [] {
            switch line {
            case .anchor(let anchor): add(anchor)
            case .restored(let anchor):
                // Older lines about what came after the restored head are
                // explained; without our signature it explains nothing.
                guard anchor.isSigned(with: keys, as: .restored) else {
                    report.faults.append(
                        .init(chain: anchor.chain, sequence: anchor.sequence, kind: .forgedAnchor))
                    continue
                }
                let before = anchors.byChain[anchor.chain] ?? []
                let kept = before.filter { $0.sequence <= anchor.sequence }
                report.lostInRestore += before.count - kept.count
                anchors.byChain[anchor.chain] = kept + [anchor]
            case .unreadable(let number):
                report.faults.append(
                    .init(chain: "anchors", sequence: Int64(number), kind: .forgedAnchor))
            }
        }
        let stored = try await database.read { tx in
            try tx.rows("SELECT chain, sequence, hash, at, signature FROM audit_anchor").map {
                row in
                Anchor(
                    chain: try row["chain"], sequence: try row["sequence"], hash: try row["hash"],
                    at: try row["at"], signature: try row["signature"])
            }
        }
        stored.forEach(add)
        return anchors
    }
}

/// One chain, page after page.
private struct ChainWalk {
    let chain: String
    let keys: Keys
    /// What anchors know: the hash of an entry by its number.
    var anchored: [Int64: [[UInt8]]]
    let furthestAnchor: Int64

    var faults: [AuditVerification.Fault] = []
    var checked: Int64 = 0

    private var expected: Int64 = 1
    /// Nil after a gap: the next entry cannot be held against what is gone.
    private var previous: [UInt8]? = Audit.beginning
    private var mismatches = Mismatches()
    private var notAsAnchored: [Int64] = []

    // A page is 1,000 entries of about 300 bytes: 300 kB at a time.
    private static let page = 1000

    init(chain: String, keys: Keys, anchors: [Anchor]) {
        self.chain = chain
        self.keys = keys
        anchored = Dictionary(grouping: anchors, by: \.sequence).mapValues { $0.map(\.hash) }
        furthestAnchor = anchors.map(\.sequence).max() ?? 0
    }

    private struct Head: Sendable {
        var sequence: Int64
        var hash: [UInt8]
        var mac: [UInt8]
    }

    mutating func run(_ database: Database) async throws {
        let chain = chain
        // The head and the last entry in one statement: one state.
        let (head, last) = try await database.read { tx -> (Head?, Int64) in
            let row = try tx.first(
                """
                SELECT h.sequence, h.hash, h.mac,
                    (SELECT MAX(e.sequence) FROM audit_entry e WHERE e.chain = \(chain)) AS last
                FROM (SELECT 1 AS one) o LEFT JOIN audit_head h ON h.chain = \(chain)
                """)
            guard let row else { return (nil, 0) }
            let sequence: Int64? = try row["sequence"]
            let head = try sequence.map {
                Head(sequence: $0, hash: try row["hash"], mac: try row["mac"])
            }
            return (head, try row["last"] ?? 0)
        }
        var after: Int64 = 0
        while after < last {
            let rows = try await database.read { [after] tx in
                try tx.rows(
                    """
                    SELECT sequence, at, actor, use_case, target_kind, target, outcome, digest, hash
                    FROM audit_entry WHERE chain = \(chain) AND sequence > \(after)
                        AND sequence <= \(last)
                    ORDER BY sequence LIMIT \(Self.page)
                    """)
            }
            guard let final = rows.last else { break }
            for row in rows { try check(row) }
            after = try final["sequence"]
        }
        mismatches.endRun(
            nextFits: head.map { $0.sequence == last && $0.hash == previous } ?? false)
        for fault in mismatches.faults(chain: chain, keys) { report(fault) }
        for sequence in notAsAnchored { report(.rewritten, sequence) }
        close(head, last)
        faults.sort { ($0.sequence, $0.kind.rawValue) < ($1.sequence, $1.kind.rawValue) }
    }

    private mutating func check(_ row: Row) throws {
        let entry = try StoredEntry(row, chain: chain)
        checked += 1
        if entry.sequence > expected {
            mismatches.endRun(nextFits: false)
            report(.removed, expected, through: entry.sequence - 1)
            previous = nil
        }
        expected = entry.sequence + 1
        if entry.isForgedHeadNote { report(.forgedHead, entry.sequence) }
        if let hashes = anchored.removeValue(forKey: entry.sequence),
            hashes.contains(where: { $0 != entry.hash })
        {
            notAsAnchored.append(entry.sequence)
        }
        // After a gap the entry can only be taken at its word; the one after
        // it is held against it again.
        if previous.map({ entry.fits(entry.sequence, after: $0, keys) }) ?? true {
            mismatches.endRun(nextFits: true)
        } else {
            mismatches.append(entry, after: previous ?? [])
        }
        previous = entry.hash
    }

    private mutating func close(_ head: Head?, _ last: Int64) {
        if let head {
            let bytes = Audit.headBytes("head", chain, head.sequence, head.hash)
            let isMarked = keys.isAuditDigest(head.mac, of: bytes)
            if !isMarked || head.sequence < last { report(.forgedHead, head.sequence) }
            if head.sequence > last { report(.cut, last + 1, through: head.sequence) }
            if isMarked, head.sequence == last, last > 0, head.hash != previous {
                report(.rewritten, last)
            }
        } else if last > 0 {
            report(.forgedHead, last)
        }
        let known = max(last, head?.sequence ?? 0)
        if furthestAnchor > known {
            report(last == 0 ? .removed : .cut, known + 1, through: furthestAnchor)
        }
    }

    private mutating func report(
        _ kind: AuditVerification.Fault.Kind, _ sequence: Int64, through: Int64? = nil
    ) {
        report(.init(chain: chain, sequence: sequence, through: through, kind: kind))
    }

    /// Adds a fault unless a longer one of its kind tells it already.
    private mutating func report(_ fault: AuditVerification.Fault) {
        var fault = fault
        if fault.through == fault.sequence { fault.through = nil }
        let isTold = faults.contains {
            $0.kind == fault.kind && $0.sequence <= fault.sequence
                && ($0.through ?? $0.sequence) >= (fault.through ?? fault.sequence)
        }
        if !isTold { faults.append(fault) }
    }
}

/// An entry as the database holds it now.
private struct StoredEntry {
    let sequence: Int64
    let hash: [UInt8]
    private let entry: AuditEntry?

    init(_ row: Row, chain: String) throws {
        sequence = try row["sequence"]
        hash = try row["hash"]
        let word: String = try row["outcome"]
        // An outcome we never wrote fits no hash.
        entry = try AuditEntry.Outcome(rawValue: word).map {
            AuditEntry(
                chain: chain, at: try row["at"], actor: try row["actor"],
                useCase: try row["use_case"],
                targetKind: try row["target_kind"], target: try row["target"], outcome: $0,
                digest: try row["digest"])
        }
    }

    var isForgedHeadNote: Bool { entry?.outcome == .forgedHead }

    func fits(_ sequence: Int64, after previous: [UInt8], _ keys: Keys) -> Bool {
        guard let entry else { return false }
        return keys.isAuditDigest(hash, of: entry.bytes(sequence: sequence, previous: previous))
    }
}

/// The entries of a chain that do not fit, in runs of neighbours. What was
/// done to them shows only when all are known: a swap leaves two runs.
private struct Mismatches {
    private struct Run {
        var first: Int64
        var last: Int64
        /// The hash before the run.
        var before: [UInt8]
        /// What follows the run agrees with the hash at its end.
        var nextFits = false
        var entries: [StoredEntry]
    }

    private var runs: [Run] = []
    private var isOpen = false
    private var kept = 0

    // Telling moved entries from rewritten ones tries every place for every
    // entry: 24 cubed is 14,000 digests, a few milliseconds. Beyond that a run
    // is named as a whole.
    private static let most = 24

    mutating func append(_ entry: StoredEntry, after previous: [UInt8]) {
        if !isOpen {
            runs.append(
                Run(first: entry.sequence, last: entry.sequence, before: previous, entries: []))
            isOpen = true
        }
        runs[runs.count - 1].last = entry.sequence
        if kept < Self.most {
            runs[runs.count - 1].entries.append(entry)
            kept += 1
        }
    }

    mutating func endRun(nextFits: Bool) {
        guard isOpen else { return }
        isOpen = false
        runs[runs.count - 1].nextFits = nextFits
    }

    func faults(chain: String, _ keys: Keys) -> [AuditVerification.Fault] {
        let hashes = runs.flatMap { [$0.before] + $0.entries.map(\.hash) }
        let places = runs.flatMap { $0.entries.map(\.sequence) + [$0.last + 1] }
        return runs.flatMap { run -> [AuditVerification.Fault] in
            // One entry whose neighbours agree with its hash: its words changed.
            if run.first == run.last, run.nextFits {
                return [.init(chain: chain, sequence: run.first, kind: .changed)]
            }
            // An entry that is right at its own place after a hash that now
            // stands elsewhere was not touched itself.
            let touched = run.entries.filter { entry in
                !hashes.contains { entry.fits(entry.sequence, after: $0, keys) }
            }
            let moved = touched.filter { entry in
                places.contains { place in
                    place != entry.sequence
                        && hashes.contains { entry.fits(place, after: $0, keys) }
                }
            }
            guard let first = moved.first, let last = moved.last else {
                return [
                    .init(chain: chain, sequence: run.first, through: run.last, kind: .rewritten)
                ]
            }
            return [
                .init(
                    chain: chain, sequence: first.sequence, through: last.sequence, kind: .reordered
                )
            ]
        }
    }
}
