import Foundation
import GuituModel
import GuituStore

/// A chain's head at some moment, signed: what the area above, a file outside
/// the database and the printed shift sheet keep of it.
public struct Anchor: Codable, Sendable, Equatable {
    public var chain: String
    public var sequence: Int64
    public var hash: [UInt8]
    public var at: Instant
    /// Ed25519 over chain, sequence and hash.
    public var signature: [UInt8]

    enum Word: String { case anchor, restored }

    init(chain: String, sequence: Int64, hash: [UInt8], at: Instant, signature: [UInt8]) {
        self.chain = chain
        self.sequence = sequence
        self.hash = hash
        self.at = at
        self.signature = signature
    }

    init(
        signing chain: String, _ sequence: Int64, _ hash: [UInt8], at: Instant,
        as word: Word = .anchor,
        with keys: Keys
    ) throws {
        let bytes = Audit.headBytes(word.rawValue, chain, sequence, hash)
        self.init(
            chain: chain, sequence: sequence, hash: hash, at: at, signature: try keys.sign(bytes))
    }

    func isSigned(with keys: Keys, as word: Word = .anchor) -> Bool {
        keys.isSigned(Audit.headBytes(word.rawValue, chain, sequence, hash), by: signature)
    }
}

/// The append-only file of anchors, one JSON line each. It belongs on another
/// disk or machine than the database; `chattr +a` keeps even its owner from
/// shortening it.
///
///     {"at":1795485600000,"chain":"01j…","hash":"9f…","kind":"anchor","sequence":120,"signature":"…"}
public struct AnchorsFile: Sendable {
    public let path: String
    public init(path: String) { self.path = path }

    public enum Failure: Error, Sendable {
        /// With the system's error number.
        case unwritable(path: String, code: Int32)
        case unreadable(path: String)
    }

    enum Line {
        case anchor(Anchor)
        case restored(Anchor)
        case unreadable(number: Int)
    }

    private struct Written: Codable {
        var kind: String
        var chain: String
        var sequence: Int64
        var hash: String
        var at: Int64
        var signature: String
    }

    func lines() throws -> [Line] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure.unreadable(path: path)
        }
        let decoder = JSONDecoder()
        return data.split(separator: UInt8(ascii: "\n")).enumerated().map { index, line in
            guard let written = try? decoder.decode(Written.self, from: Data(line)),
                let word = Anchor.Word(rawValue: written.kind), let hash = bytes(hex: written.hash),
                let signature = bytes(hex: written.signature)
            else { return .unreadable(number: index + 1) }
            let anchor = Anchor(
                chain: written.chain, sequence: written.sequence, hash: hash,
                at: Instant(milliseconds: written.at), signature: signature)
            return word == .anchor ? .anchor(anchor) : .restored(anchor)
        }
    }

    /// Appends and waits until the disk has it.
    func append(_ anchors: [Anchor], as word: Anchor.Word = .anchor) throws {
        guard !anchors.isEmpty else { return }
        let text = try anchors.map { anchor in
            let written = Written(
                kind: word.rawValue, chain: anchor.chain, sequence: anchor.sequence,
                hash: hex(anchor.hash), at: anchor.at.milliseconds,
                signature: hex(anchor.signature))
            return try canonicalJSON(written) + "\n"
        }.joined()
        let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure.unwritable(path: path, code: errno) }
        defer { close(file) }
        var rest = ArraySlice(Array(text.utf8))
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Failure.unwritable(path: path, code: errno) }
            rest = rest.dropFirst(written)
        }
        guard fsync(file) == 0 else { throw Failure.unwritable(path: path, code: errno) }
    }
}

/// Signs every head that moved since its last anchor.
///
/// The file is written first: after a crash in between, the next run signs the
/// same head again, and a line too many harms nobody.
public struct AnchorHeads: JobHandler {
    public static let kind = "anchor-heads"
    public var every: Duration? { interval }
    private let file: AnchorsFile?
    private let interval: Duration

    // What is cut between two anchors can be cut unseen by somebody who has an
    // old copy and database access; ten minutes bounds it, and costs a station
    // at most 144 lines of 300 bytes a day.
    public init(file: AnchorsFile?, every interval: Duration = .seconds(600)) {
        self.file = file
        self.interval = interval
    }

    public struct Answer: Codable, Sendable, Equatable {
        public var signed: Int
        /// Heads without our mark: never signed, `audit verify` says why.
        public var forged: [String]
    }

    public func perform(_ details: [String: String], in workplace: Workplace) async throws {
        let answer = try await run(
            workplace.database, keys: workplace.keys, now: workplace.clock.now)
        if !answer.forged.isEmpty {
            workplace.logger.error(
                "audit heads without our mark", metadata: ["chains": "\(answer.forged.count)"])
        }
    }

    @discardableResult
    public func run(_ database: Database, keys: Keys, now: Instant) async throws -> Answer {
        struct Moved: Sendable {
            var chain: String
            var sequence: Int64
            var hash: [UInt8]
            var mac: [UInt8]
            var keptBy: String
        }
        let moved = try await database.read { tx in
            try tx.rows(
                """
                SELECT h.chain, h.sequence, h.hash, h.mac,
                    COALESCE(a.parent, \(Audit.office)) AS kept_by
                FROM audit_head h LEFT JOIN area a ON a.id = h.chain
                WHERE h.sequence > 0 AND NOT EXISTS (SELECT 1 FROM audit_anchor k
                    WHERE k.chain = h.chain AND k.sequence = h.sequence)
                ORDER BY h.chain
                """
            ).map { row in
                Moved(
                    chain: try row["chain"], sequence: try row["sequence"], hash: try row["hash"],
                    mac: try row["mac"], keptBy: try row["kept_by"])
            }
        }
        var answer = Answer(signed: 0, forged: [])
        var anchors: [(Anchor, keptBy: String)] = []
        for head in moved {
            // Signing a head that somebody moved would make it true.
            let bytes = Audit.headBytes("head", head.chain, head.sequence, head.hash)
            guard keys.isAuditDigest(head.mac, of: bytes) else {
                answer.forged.append(head.chain)
                continue
            }
            let anchor = try Anchor(
                signing: head.chain, head.sequence, head.hash, at: now, with: keys)
            anchors.append((anchor, head.keptBy))
        }
        try file?.append(anchors.map(\.0))
        let signed = anchors
        try await database.write { tx in
            for (anchor, keptBy) in signed {
                try tx.execute(
                    """
                    INSERT INTO audit_anchor (chain, sequence, hash, kept_by, at, signature)
                    VALUES (\(anchor.chain), \(anchor.sequence), \(anchor.hash), \(keptBy),
                        \(anchor.at), \(anchor.signature))
                    ON CONFLICT DO NOTHING
                    """)
            }
        }
        answer.signed = anchors.count
        return answer
    }
}
