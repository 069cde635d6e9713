import Crypto
import Foundation
import GuituModel

/// The key ring: every key that protects what the database holds.
///
/// It lives in a file outside the database, so that neither a copy of the
/// database nor a backup alone tells an identity number, and nobody who can
/// only write to the database can rewrite the audit trail. Rotation adds keys;
/// old ones stay to open what they sealed.
public struct Keys: Sendable {
    public struct RingFile: Codable, Sendable {
        public struct Key: Codable, Sendable {
            /// Eight hexadecimal digits, unique in the ring.
            public var id: String
            public var purpose: Purpose
            public var secret: Data
            public var madeAt: Instant
        }
        public var version = 1
        public var keys: [Key]
    }

    public enum Purpose: String, Codable, Sendable, CaseIterable {
        /// AES-256-GCM for columns and attachments.
        case seal
        /// HMAC-SHA-256 of normalised identity and phone numbers, to find them.
        case search
        /// HMAC-SHA-256 of audit entries and request digests.
        case audit
        /// Ed25519 over audit heads.
        case sign
    }

    public enum Failure: Error, Equatable {
        case unreadable(path: String)
        case readableByOthers(path: String)
        case missing(Purpose)
        /// A value was sealed with a key that this ring does not have.
        case unknownKey(id: String)
        /// The bytes are not what was sealed for this table, column and row.
        case forged
    }

    private let sealing: [String: SymmetricKey]
    private let sealingID: String
    private let searchKey: SymmetricKey
    /// Newest first; the others know what was written before a rotation.
    private let auditKeys: [SymmetricKey]
    private let signingKey: Curve25519.Signing.PrivateKey
    private let signers: [Curve25519.Signing.PublicKey]
    /// What names each key without telling it: a backup lists them, so that a
    /// restore knows beforehand whether this ring opens everything in it.
    public let prints: [KeyPrint]

    public struct KeyPrint: Codable, Sendable, Hashable {
        public var id: String
        public var purpose: Purpose
        /// Sixteen hexadecimal digits of a SHA-256 over the secret, which has
        /// 256 random bits.
        public var print: String
    }

    /// A fingerprint of the whole ring, for people to compare.
    public var fingerprint: String {
        hex(SHA256.hash(data: Data(prints.map { $0.id + $0.print }.joined().utf8)).prefix(8))
    }

    public init(_ file: RingFile) throws {
        func newest(_ purpose: Purpose) throws -> RingFile.Key {
            guard let key = file.keys.last(where: { $0.purpose == purpose }) else {
                throw Failure.missing(purpose)
            }
            return key
        }
        sealing = Dictionary(
            file.keys.filter { $0.purpose == .seal }.map { ($0.id, SymmetricKey(data: $0.secret)) },
            uniquingKeysWith: { $1 })
        sealingID = try newest(.seal).id
        searchKey = SymmetricKey(data: try newest(.search).secret)
        _ = try newest(.audit)
        auditKeys = file.keys.filter { $0.purpose == .audit }.reversed().map {
            SymmetricKey(data: $0.secret)
        }
        signingKey = try Curve25519.Signing.PrivateKey(rawRepresentation: newest(.sign).secret)
        signers = try file.keys.filter { $0.purpose == .sign }.reversed().map {
            try Curve25519.Signing.PrivateKey(rawRepresentation: $0.secret).publicKey
        }
        prints = file.keys.map { key in
            KeyPrint(
                id: key.id, purpose: key.purpose,
                print: hex(
                    SHA256.hash(data: Data("guitu-key-print-1".utf8) + key.secret).prefix(8)))
        }
    }

    public static func newRing(at now: Instant) -> RingFile {
        RingFile(
            keys: Purpose.allCases.map { purpose in
                let secret =
                    purpose == .sign
                    ? Curve25519.Signing.PrivateKey().rawRepresentation
                    : SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
                let id = String(newToken().prefix(8))
                return RingFile.Key(id: id, purpose: purpose, secret: secret, madeAt: now)
            })
    }

    /// Reads the ring, or makes one that only its owner can read.
    public static func open(path: String, makeIfMissing: Bool, now: Instant) throws -> Keys {
        let url = URL(fileURLWithPath: path)
        if !FileManager.default.fileExists(atPath: path), makeIfMissing {
            let data = try JSONEncoder().encode(newRing(at: now))
            guard
                FileManager.default.createFile(
                    atPath: path, contents: data, attributes: [.posixPermissions: 0o600])
            else { throw Failure.unreadable(path: path) }
        }
        guard let data = try? Data(contentsOf: url),
            let file = try? JSONDecoder().decode(RingFile.self, from: data)
        else { throw Failure.unreadable(path: path) }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        guard (mode ?? 0) & 0o077 == 0 else { throw Failure.readableByOthers(path: path) }
        return try Keys(file)
    }

    // MARK: Sealing

    /// Where a sealed value lives; it opens nowhere else.
    public struct Place: Sendable {
        var table: String
        var column: String
        var row: String
        public init(table: String, column: String, row: String) {
            self.table = table
            self.column = column
            self.row = row
        }
        var bytes: Data { Data("\(table).\(column):\(row)".utf8) }
    }

    // Envelope: version 1, algorithm 1 (AES-256-GCM), key id (4 bytes), nonce
    // (12), ciphertext, tag (16). SM4 will be algorithm 2.
    private static let header = 6

    public func seal(_ plain: [UInt8], for place: Place) throws -> [UInt8] {
        guard let key = sealing[sealingID] else { throw Failure.unknownKey(id: sealingID) }
        let box = try AES.GCM.seal(Data(plain), using: key, authenticating: place.bytes)
        guard let combined = box.combined, let id = bytes(hex: sealingID) else {
            throw Failure.forged
        }
        return [1, 1] + id + combined
    }

    public func open(_ sealed: [UInt8], from place: Place) throws -> [UInt8] {
        guard sealed.count > Self.header + 28, sealed[0] == 1, sealed[1] == 1 else {
            throw Failure.forged
        }
        let id = hex(sealed[2..<Self.header])
        guard let key = sealing[id] else { throw Failure.unknownKey(id: id) }
        do {
            let box = try AES.GCM.SealedBox(combined: Data(sealed[Self.header...]))
            return Array(try AES.GCM.open(box, using: key, authenticating: place.bytes))
        } catch {
            throw Failure.forged
        }
    }

    public func seal(_ text: String, for place: Place) throws -> [UInt8] {
        try seal(Array(text.utf8), for: place)
    }

    public func openText(_ sealed: [UInt8], from place: Place) throws -> String {
        String(decoding: try open(sealed, from: place), as: UTF8.self)
    }

    /// A key for one backup file, from a seal key and the file's salt.
    /// Nil when the ring does not have that key.
    func backupKey(from id: String, salt: [UInt8]) -> SymmetricKey? {
        sealing[id].map {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: $0, salt: salt, info: Data("guitu-backup-1".utf8),
                outputByteCount: 32)
        }
    }

    /// The key that seals now.
    var newestSealID: String { sealingID }

    // MARK: Digests

    /// Finds a sealed value again: the same normalised text always gives the
    /// same 32 bytes, and without the ring they tell nothing. `kind` keeps a
    /// phone number from matching an identity number.
    public func searchDigest(_ normalised: String, kind: String) -> [UInt8] {
        Array(
            HMAC<SHA256>.authenticationCode(
                for: Data("\(kind):\(normalised)".utf8), using: searchKey))
    }

    /// Keyed with the newest audit key.
    public func auditDigest(_ data: some DataProtocol) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: data, using: auditKeys[0]))
    }

    /// Whether any audit key of the ring gives this digest.
    public func isAuditDigest(_ digest: [UInt8], of data: some DataProtocol) -> Bool {
        auditKeys.contains {
            HMAC<SHA256>.isValidAuthenticationCode(digest, authenticating: data, using: $0)
        }
    }

    public func sign(_ data: some DataProtocol) throws -> [UInt8] {
        Array(try signingKey.signature(for: data))
    }

    /// Whether any signing key of the ring made this signature.
    public func isSigned(_ data: some DataProtocol, by signature: [UInt8]) -> Bool {
        signers.contains { $0.isValidSignature(Data(signature), for: data) }
    }

    /// Printed on anchors, so that another office can check a signature.
    public var publicKey: [UInt8] { Array(signingKey.publicKey.rawRepresentation) }

    /// The digest under which a session cookie or token is stored. Plain
    /// SHA-256: the token itself holds 256 random bits.
    public static func tokenDigest(_ token: String) -> [UInt8] {
        Array(SHA256.hash(data: Data(token.utf8)))
    }

    public static func newToken() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { hex($0) }
    }
}

/// Two digits a byte, lower case.
public func hex(_ bytes: some Sequence<UInt8>) -> String {
    // Copied at once: one call a byte through a stranger's iterator is slow.
    let bytes = Array(bytes)
    func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }
    return String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
        for (index, byte) in bytes.enumerated() {
            text[2 * index] = digit(byte >> 4)
            text[2 * index + 1] = digit(byte & 15)
        }
        return 2 * bytes.count
    }
}

func bytes(hex text: String) -> [UInt8]? {
    guard text.utf8.count % 2 == 0 else { return nil }
    var result: [UInt8] = []
    var rest = Substring(text)
    while !rest.isEmpty {
        guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
        result.append(byte)
        rest = rest.dropFirst(2)
    }
    return result
}
