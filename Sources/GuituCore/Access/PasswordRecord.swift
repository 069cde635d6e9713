import Crypto
import CryptoExtras
import Foundation

/// What is kept of a password: scrypt (RFC 7914) with everything needed to
/// check it again, so that the cost may grow without asking anybody to change.
///
/// Bytes: 1 (scrypt), log2 N, r, p, 16 bytes of salt, 32 bytes of hash.
public struct PasswordRecord: Hashable, Sendable {
    public let bytes: [UInt8]

    /// How much one try costs: 128 × 2^logN × r bytes and p passes.
    public struct Cost: Hashable, Sendable, Codable {
        public var logN: Int
        public var r: Int
        public var p: Int

        public init(logN: Int, r: Int = 8, p: Int = 1) {
            self.logN = logN
            self.r = r
            self.p = p
        }

        /// 32 MB and about 0.1 s on a station's PC (measured: 0.08 to 0.15 s on
        /// two busy x86-64 cores). Two at once are 64 MB.
        public static let standard = Cost(logN: 15)

        /// Beyond these a damaged record could take all memory.
        var isSane: Bool {
            (1...20).contains(logN) && (1...32).contains(r) && (1...16).contains(p)
                && r << logN <= 1 << 24
        }
        var work: Int { r * p << logN }
    }

    public enum Failure: Error, Equatable {
        case malformed
        case outOfMemory
    }

    private static let saltCount = 16
    private static let hashCount = 32
    private static let header = 4

    public init(bytes: [UInt8]) throws {
        guard bytes.count == Self.header + Self.saltCount + Self.hashCount, bytes[0] == 1,
            Cost(logN: Int(bytes[1]), r: Int(bytes[2]), p: Int(bytes[3])).isSane
        else { throw Failure.malformed }
        self.bytes = bytes
    }

    public var cost: Cost { Cost(logN: Int(bytes[1]), r: Int(bytes[2]), p: Int(bytes[3])) }

    /// Takes long, on purpose: call it through `PasswordPool`.
    static func make(_ password: String, cost: Cost) throws -> PasswordRecord {
        guard cost.isSane else { throw Failure.malformed }
        var random = SystemRandomNumberGenerator()
        let salt = (0..<saltCount).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        return try PasswordRecord(
            bytes: [1, UInt8(cost.logN), UInt8(cost.r), UInt8(cost.p)] + salt
                + hash(password, salt: salt, cost: cost))
    }

    /// As long as `make`, whether right or wrong.
    func verify(_ password: String) throws -> Bool {
        let salt = bytes[Self.header..<(Self.header + Self.saltCount)]
        let expected = bytes[(Self.header + Self.saltCount)...]
        let actual = try Self.hash(password, salt: Array(salt), cost: cost)
        // Every byte is looked at, so the time tells nothing.
        return zip(expected, actual).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func hash(_ password: String, salt: [UInt8], cost: Cost) throws -> [UInt8] {
        do {
            // NFC: the same characters give the same bytes from every keyboard.
            let key = try KDF.Scrypt.deriveKey(
                from: Data(password.precomposedStringWithCanonicalMapping.utf8), salt: salt,
                outputByteCount: hashCount, rounds: 1 << cost.logN, blockSize: cost.r,
                parallelism: cost.p, maxMemory: 160 * cost.r << cost.logN)
            return key.withUnsafeBytes { Array($0) }
        } catch {
            throw Failure.outOfMemory
        }
    }
}
