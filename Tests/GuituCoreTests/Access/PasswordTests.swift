import GuituModel
import Testing

@testable import GuituCore

@Suite("Passwords")
struct PasswordTests {
    @Test("a record fits its own password and no other")
    func verify() throws {
        let record = try PasswordRecord.make("correct horse battery", cost: Door.cheap)
        #expect(try record.verify("correct horse battery"))
        #expect(try !record.verify("correct horse batterz"))
        #expect(try !record.verify(""))
        #expect(
            try PasswordRecord.make("correct horse battery", cost: Door.cheap) != record,
            "two people with one password have different records")
    }

    @Test("a composed and a decomposed character are the same password")
    func normalForm() throws {
        let record = try PasswordRecord.make("caf\u{E9} caf\u{E9} caf\u{E9}", cost: Door.cheap)
        #expect(try record.verify("cafe\u{301} cafe\u{301} cafe\u{301}"))
    }

    @Test("scrypt gives what RFC 7914 says")
    func knownAnswer() throws {
        // Section 12: scrypt("pleaseletmein", "SodiumChloride", 16384, 8, 1)
        // has a salt of 14 bytes; ours is 16, so the vector is computed with
        // another implementation: hashlib.scrypt(b"pleaseletmein",
        // salt=b"SodiumChlorideNa", n=16384, r=8, p=1, dklen=32).
        let hash = try #require(bytes(hex: Self.expected))
        let record = try PasswordRecord(
            bytes: [1, 14, 8, 1] + Array("SodiumChlorideNa".utf8) + hash)
        #expect(try record.verify("pleaseletmein"))
    }
    static let expected = "697d12d7a2eaedf071c99af1444d8e043c42d93dd282982123e071b0ff4d5262"

    @Test("a damaged record is refused before it takes all memory")
    func damaged() throws {
        let good = try PasswordRecord.make("correct horse battery", cost: Door.cheap).bytes
        #expect(throws: PasswordRecord.Failure.malformed) {
            try PasswordRecord(bytes: Array(good.dropLast()))
        }
        for (index, value) in [(0, 2), (1, 40), (2, 0), (3, 255)] {
            var bad = good
            bad[index] = UInt8(value)
            #expect(throws: PasswordRecord.Failure.malformed) { try PasswordRecord(bytes: bad) }
        }
    }

    @Test("the pool refuses what it cannot answer soon, and computes the rest")
    func bounded() async throws {
        let pool = PasswordPool(cost: .init(logN: 12), threads: 1, queueLimit: 2)
        let ends = await withTaskGroup(of: String.self) { group in
            for _ in 0..<12 {
                group.addTask { await ending { _ = try await pool.hash(Secret("河边的三只白鹭")) } }
            }
            return await group.reduce(into: [String]()) { $0.append($1) }
        }
        let done = ends.count { $0 == "done" }
        #expect(done >= 3, "one runs and two wait")
        #expect(ends.count { $0 == "busy" } == 12 - done)
        #expect(done < 12)
        #expect(pool.hashes == done)
        #expect(try await pool.verify(Secret("x"), against: nil) == false)
        #expect(pool.hashes == done + 1, "no record costs a hash too")
    }

    @Test(
        "long passwords pass, the ones everybody tries first do not",
        arguments: [
            ("清早的河边有三只白鹭", nil), ("correct horse battery", nil), ("九月 半夜 下雨 没带伞", nil),
            ("x7#kQ9!mmZ", nil), ("short", .tooShort), ("九个汉字还差一个字", .tooShort),
            ("password1234", .isCommon), ("Passw0rd2026", .isCommon), ("1234567890", .isCommon),
            ("qwertyuiop123", .isCommon), ("救助管理站2026!", .isCommon), ("aaaaaaaaaaaa", .isCommon),
            ("zyxwvutsrqp", .isCommon), ("woaini5201314", .isCommon), ("guitu@123456", .isCommon),
            ("wang.li.night", .isTheLogin), ("wang.li.night1", .isTheLogin),
            ("ＷＡＮＧ.li.night", .isTheLogin), ("tab\u{9}in the middle", .controlCharacter),
            (String(repeating: "很长的一句话", count: 40), .tooLong),
        ] as [(String, PasswordRules.Failure?)])
    func rules(password: String, expected: PasswordRules.Failure?) {
        #expect(PasswordRules.failure(of: Secret(password), login: "wang.li.night") == expected)
    }

    @Test("a secret never prints itself")
    func secrets() throws {
        let secret = Secret("清早的河边有三只白鹭")
        #expect("\(secret) \(String(reflecting: secret))".contains("白鹭") == false)
        #expect(try canonicalJSON(["password": secret]).contains("白鹭") == false)
        let record = try PasswordRecord.make("清早的河边有三只白鹭", cost: Door.cheap)
        #expect(try canonicalJSON(["record": Protected(record)]) == #"{"record":"•"}"#)
    }
}
