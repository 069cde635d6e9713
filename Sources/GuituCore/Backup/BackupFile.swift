import Crypto
import Foundation
import GuituModel
import GuituStore

/// What a backup says of itself before it is opened. It is not secret, and it
/// is bound to every chunk: a changed header opens nothing.
public struct BackupHeader: Codable, Sendable, Equatable {
    public var format = 1
    public var madeAt: Instant
    /// The last migration of the database it was made from.
    public var migration: Int
    public var engine: String
    /// The fingerprint of the key ring, for people to compare.
    public var ring: String
    /// Every key of that ring by id and print: what is sealed inside needs them.
    public var keys: [Keys.KeyPrint]
    /// The seal key and the salt from which this file's own key comes.
    public var sealKey: String
    public var salt: [UInt8]
}

/// What the last chunk says: how much there was.
public struct BackupSummary: Codable, Sendable, Equatable {
    /// Rows by table.
    public var rows: [String: Int]
    public var migration: Int
    /// SHA-256 of the content, in hexadecimal digits.
    public var digest: String

    public var total: Int { rows.values.reduce(0, +) }
}

/// Why a backup is not made or not restored. Nothing was changed.
public enum BackupRefusal: Refusal, Equatable {
    case alreadyThere(path: String)
    case unwritable(path: String)
    case unreadable(path: String)
    case notABackup(path: String)
    /// Made by a newer program.
    case newer(migration: Int)
    /// The ring lacks keys that sealed what is inside.
    case otherRing(backup: String, ours: String)
    /// Cut off, or changed since it was made.
    case altered
    /// The database holds something already.
    case notEmpty
    /// The database is ahead of the backup.
    case otherSchema(backup: Int, database: Int)

    public var saying: Saying {
        switch self {
        case .alreadyThere(let path): Saying("backup.alreadyThere", ["path": path])
        case .unwritable(let path): Saying("backup.unwritable", ["path": path])
        case .unreadable(let path): Saying("backup.unreadable", ["path": path])
        case .notABackup(let path): Saying("backup.notABackup", ["path": path])
        case .newer(let migration): Saying("backup.newer", ["migration": "\(migration)"])
        case .otherRing(let backup, let ours):
            Saying("backup.otherRing", ["backup": backup, "ours": ours])
        case .altered: Saying("backup.altered")
        case .notEmpty: Saying("backup.notEmpty")
        case .otherSchema(let backup, let database):
            Saying("backup.otherSchema", ["backup": "\(backup)", "database": "\(database)"])
        }
    }
}

// The file: the line `guitu-backup 1`, a big-endian UInt32 length and that
// many bytes of JSON (the header), then chunks. A chunk is one letter (`C` for
// content, `Z` for the summary, which is last), a big-endian UInt32 length and
// that many bytes: AES-256-GCM ciphertext and tag. The nonce is the letter,
// three zeros and the chunk's number as a big-endian UInt64; the key is this
// file's own, so no nonce repeats. The header's SHA-256 is authenticated with
// every chunk. So a chunk that is changed, moved, left out or of another file
// does not open, and a file that was cut off has no summary.
enum BackupFormat {
    static let magic = Array("guitu-backup 1\n".utf8)
    /// Content is cut at this; the store hands over about as much at a time.
    static let chunk = 1 << 20
    static let mostHeader = 1 << 20
    static let tag = 16

    static func nonce(_ kind: UInt8, _ number: UInt64) throws -> AES.GCM.Nonce {
        try AES.GCM.Nonce(data: [kind, 0, 0, 0] + bigEndian(number))
    }

    static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}

/// Seals chunks into a file as they come. Used by one thread at a time.
final class BackupWriter {
    private let file: FileHandle
    private let key: SymmetricKey
    private let binding: [UInt8]
    private var number: UInt64 = 0
    private var pending: [UInt8] = []

    init(_ file: FileHandle, header: BackupHeader, key: SymmetricKey) throws {
        self.file = file
        self.key = key
        let bytes = Array(try canonicalJSON(header).utf8)
        binding = Array(SHA256.hash(data: bytes))
        try file.write(
            contentsOf: Data(
                BackupFormat.magic + BackupFormat.bigEndian(UInt32(bytes.count)) + bytes))
    }

    func append(_ content: [UInt8]) throws {
        pending += content
        guard pending.count >= BackupFormat.chunk else { return }
        var start = 0
        while pending.count - start >= BackupFormat.chunk {
            try seal(pending[start..<start + BackupFormat.chunk], as: UInt8(ascii: "C"))
            start += BackupFormat.chunk
        }
        pending.removeFirst(start)
    }

    func end(_ summary: BackupSummary) throws {
        if !pending.isEmpty { try seal(pending[...], as: UInt8(ascii: "C")) }
        pending = []
        try seal(Array(try canonicalJSON(summary).utf8)[...], as: UInt8(ascii: "Z"))
        try file.synchronize()
    }

    private func seal(_ plain: ArraySlice<UInt8>, as kind: UInt8) throws {
        let box = try AES.GCM.seal(
            plain, using: key, nonce: BackupFormat.nonce(kind, number), authenticating: binding)
        number += 1
        let sealed = box.ciphertext + box.tag
        try file.write(
            contentsOf: Data([kind] + BackupFormat.bigEndian(UInt32(sealed.count))) + sealed)
    }
}

/// Opens chunks of a file one after the other. Used by one thread at a time.
final class BackupReader {
    let header: BackupHeader
    private let file: FileHandle
    private let path: String
    private let binding: [UInt8]
    private var key: SymmetricKey?
    private var number: UInt64 = 0
    private(set) var summary: BackupSummary?

    /// Reads the header; opens nothing yet.
    init(path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw BackupRefusal.unreadable(path: path)
        }
        self.file = file
        self.path = path
        func take(_ count: Int) throws -> [UInt8] {
            guard let data = try file.read(upToCount: count), data.count == count else {
                throw BackupRefusal.notABackup(path: path)
            }
            return Array(data)
        }
        guard try take(BackupFormat.magic.count) == BackupFormat.magic else {
            throw BackupRefusal.notABackup(path: path)
        }
        let length = try take(4).reduce(0) { $0 << 8 | Int($1) }
        guard length <= BackupFormat.mostHeader else { throw BackupRefusal.altered }
        let bytes = try take(length)
        guard let header = try? JSONDecoder().decode(BackupHeader.self, from: Data(bytes)) else {
            throw BackupRefusal.altered
        }
        self.header = header
        binding = Array(SHA256.hash(data: bytes))
    }

    deinit { try? file.close() }

    /// Refuses a ring that lacks any key of the one the backup was made with.
    func unlock(with keys: Keys) throws {
        let ours = Set(keys.prints)
        guard header.keys.allSatisfy(ours.contains),
            let key = keys.backupKey(from: header.sealKey, salt: header.salt)
        else { throw BackupRefusal.otherRing(backup: header.ring, ours: keys.fingerprint) }
        self.key = key
    }

    /// The next content, or nil after the summary, which must be the last.
    func next() throws -> [UInt8]? {
        guard summary == nil else { return nil }
        guard let key else { throw BackupRefusal.altered }
        let head = try take(5)
        let length = head[1...].reduce(0) { $0 << 8 | Int($1) }
        guard (BackupFormat.tag...BackupFormat.chunk + BackupFormat.tag).contains(length) else {
            throw BackupRefusal.altered
        }
        let sealed = try take(length)
        let plain: Data
        do {
            let box = try AES.GCM.SealedBox(
                nonce: BackupFormat.nonce(head[0], number),
                ciphertext: sealed.dropLast(BackupFormat.tag),
                tag: sealed.suffix(BackupFormat.tag))
            plain = try AES.GCM.open(box, using: key, authenticating: binding)
        } catch {
            throw BackupRefusal.altered
        }
        number += 1
        switch head[0] {
        case UInt8(ascii: "C"): return Array(plain)
        case UInt8(ascii: "Z"):
            guard let summary = try? JSONDecoder().decode(BackupSummary.self, from: plain),
                try (file.read(upToCount: 1) ?? Data()).isEmpty
            else { throw BackupRefusal.altered }
            self.summary = summary
            return nil
        default: throw BackupRefusal.altered
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        guard let data = try? file.read(upToCount: count), data.count == count else {
            throw BackupRefusal.altered
        }
        return Array(data)
    }
}
