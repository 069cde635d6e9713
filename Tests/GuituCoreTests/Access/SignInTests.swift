import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("Signing in")
struct SignInTests {
    @Test(
        "the right password opens a session that the funnel honours",
        arguments: TestDatabase.engines)
    func opens(engine: Engine) async throws {
        let door = try await Door(engine)
        let id = try await door.account("wang.li")
        let session = Actor.session(digest: try await door.signIn(" ＷＡＮＧ.li "))
        let seen = try await door.place.see(ListOwnSessions(), as: session)
        #expect(seen.viewer.account == id)
        #expect(seen.answer.map(\.isThisOne) == [true])
        // A session is no token, nor the other way round.
        if case .session(let digest) = session {
            #expect(
                await ending {
                    _ = try await door.place.perform(ListOwnSessions(), as: .token(digest: digest))
                }
                    == "signInRequired")
        }
    }

    @Test(
        "an unknown login, a wrong password and a disabled account cost the same and say the same",
        arguments: TestDatabase.engines)
    func sameCost(engine: Engine) async throws {
        let door = try await Door(engine)
        let id = try await door.account("wang.li")
        let gone = try await door.account("gone")
        let before = try await door.place.perform(
            SeeAccount(account: gone), as: door.security.actor)
        try await door.place.perform(
            ChangeAccount(account: gone, version: before.version, name: "离任", isDisabled: true),
            as: door.security.actor)
        for (login, address) in [
            ("wang.li", "1.1.1.1"), ("nobody", "1.1.1.2"), ("gone", "1.1.1.3"),
        ] {
            let hashes = door.place.passwords.hashes
            #expect(await door.tries(login, from: address) == "refused signIn.wrong", "\(login)")
            #expect(door.place.passwords.hashes == hashes + 1, "\(login)")
        }
        // Only who knows the password learns that the account is disabled.
        #expect(await door.tries("gone", Door.right) == "refused signIn.disabled")
        let account = try await door.place.perform(SeeAccount(account: id), as: door.security.actor)
        #expect(account.failures == 1)
    }

    @Test(
        "known and unknown logins are slowed alike, without a hash, and for longer each time",
        arguments: TestDatabase.engines)
    func slows(engine: Engine) async throws {
        let door = try await Door(engine)
        _ = try await door.account("wang.li")
        for login in ["wang.li", "nobody"] {
            var ends: [String] = []
            for _ in 0..<8 { ends.append(await door.tries(login)) }
            #expect(
                ends == Array(repeating: "refused signIn.wrong", count: 7) + ["refused signIn.slow"]
            )
            let hashes = door.place.passwords.hashes
            #expect(await door.tries(login, Door.right) == "refused signIn.slow")
            #expect(door.place.passwords.hashes == hashes, "\(login)")
            var waits: [Int] = []
            for _ in 0..<8 {
                let refused = await refusal {
                    _ = try await door.place.signIn(
                        SignInRequest(
                            login: login, password: Secret("wrong"), address: Door.address))
                }
                guard case .slow(let seconds) = refused as? SignInRefused else { break }
                waits.append(seconds)
                door.clock.advance(by: .seconds(seconds))
                _ = await door.tries(login)
            }
            #expect(waits == [15, 30, 60, 120, 240, 480, 600, 600], "\(login)")
            door.clock.advance(by: .seconds(600))
        }
        try await door.signIn("wang.li")
    }

    @Test(
        "a stranger's failures slow neither the owner's device nor another address",
        arguments: TestDatabase.engines)
    func fair(engine: Engine) async throws {
        let door = try await Door(engine)
        _ = try await door.account("wang.li")
        let opened = try await door.place.signIn(
            SignInRequest(login: "wang.li", password: Door.right, address: Door.address))
        // From the very address of the owner.
        for _ in 0..<8 { _ = await door.tries("wang.li") }
        #expect(await door.tries("wang.li", Door.right) == "refused signIn.slow")
        #expect(await door.tries("wang.li", Door.right, device: opened.device) == "done")
        #expect(await door.tries("wang.li", Door.right, from: "10.9.9.9") == "done")
        // Another account's device is a stranger to this one.
        _ = try await door.account("zhao.min")
        #expect(await door.tries("zhao.min", Door.right, device: opened.device) == "done")
        for _ in 0..<8 { _ = await door.tries("wang.li", device: Secret(Keys.newToken())) }
        #expect(
            await door.tries("wang.li", Door.right, device: Secret(Keys.newToken()))
                == "refused signIn.slow")
        // The owner's device slows down by itself too.
        for _ in 0..<8 { _ = await door.tries("wang.li", device: opened.device) }
        #expect(
            await door.tries("wang.li", Door.right, device: opened.device) == "refused signIn.slow")
    }

    @Test(
        "guessing from many addresses leaves two tries each, and the owner gets in at the first",
        arguments: TestDatabase.engines)
    func manyStrangers(engine: Engine) async throws {
        let door = try await Door(engine)
        _ = try await door.account("wang.li")
        for index in 0..<32 {
            #expect(
                await door.tries("wang.li", from: "172.16.0.\(index)") == "refused signIn.wrong")
        }
        #expect(await door.tries("wang.li", from: "172.17.0.1") == "refused signIn.wrong")
        #expect(await door.tries("wang.li", from: "172.17.0.1") == "refused signIn.slow")
        #expect(await door.tries("wang.li", Door.right, from: "172.18.0.1") == "done")
        // A quiet day forgets it.
        door.clock.advance(by: .seconds(86_401))
        #expect(await door.tries("wang.li", from: "172.17.0.1") == "refused signIn.wrong")
        #expect(await door.tries("wang.li", from: "172.17.0.1") == "refused signIn.wrong")
    }

    @Test("guesses sent all at once are counted one by one", arguments: TestDatabase.engines)
    func racing(engine: Engine) async throws {
        let door = try await Door(engine)
        _ = try await door.account("wang.li")
        let ends = await withTaskGroup(of: String.self) { group in
            for _ in 0..<24 { group.addTask { await door.tries("wang.li") } }
            return await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(ends.count { $0 == "refused signIn.wrong" } == 7)
        #expect(ends.count { $0 == "refused signIn.slow" } == 17)
    }

    @Test(
        "a right guess among wrong ones sent together does not count once the client must wait",
        arguments: TestDatabase.engines)
    func rightTooLate(engine: Engine) async throws {
        let door = try await Door(engine)
        let id = try await door.account("wang.li")
        let found = try await door.place.perform(
            PrepareSignIn(login: "wang.li", device: nil, address: Door.address),
            as: .program(reason: "test"))
        #expect(found.slowUntil == nil)
        let record = try #require(found.record)
        // The password was right, but meanwhile the others failed.
        for _ in 0..<8 { _ = await door.tries("wang.li") }
        #expect(
            await ending {
                _ = try await door.place.perform(
                    SignIn(
                        account: id, loginDigest: found.loginDigest, client: found.client,
                        verified: .init(record), better: nil,
                        session: .init(.browser(label: ""), digest: [1]), device: [2]),
                    as: .program(reason: "test"))
            } == "refused signIn.slow")
    }

    @Test("two sign-ins at the same moment open two sessions", arguments: TestDatabase.engines)
    func twoAtOnce(engine: Engine) async throws {
        let door = try await Door(engine)
        _ = try await door.account("wang.li")
        async let one = door.signIn("wang.li", from: "10.0.0.1")
        async let two = door.signIn("wang.li", from: "10.0.0.2")
        let (first, second) = try await (one, two)
        #expect(first != second)
        #expect(
            try await door.place.perform(ListOwnSessions(), as: .session(digest: first)).count == 2)
    }

    @Test(
        "a password that was changed while it was hashed no longer opens",
        arguments: TestDatabase.engines)
    func changedMeanwhile(engine: Engine) async throws {
        let door = try await Door(engine)
        let id = try await door.account("wang.li")
        let found = try await door.place.perform(
            PrepareSignIn(login: "wang.li", device: nil, address: Door.address),
            as: .program(reason: "test"))
        let record = try #require(found.record)
        _ = try await door.place.resetPassword(of: id, as: door.security.actor)
        #expect(
            await ending {
                _ = try await door.place.perform(
                    SignIn(
                        account: id, loginDigest: found.loginDigest, client: found.client,
                        verified: .init(record), better: nil,
                        session: .init(.browser(label: ""), digest: [1]), device: [2]),
                    as: .program(reason: "test"))
            } == "refused signIn.wrong")
    }

    @Test(
        "a record of an older, cheaper cost is renewed at sign-in", arguments: TestDatabase.engines)
    func rehash(engine: Engine) async throws {
        let door = try await Door(engine)
        let id = try await door.account("wang.li")
        let stronger = Workplace(
            database: door.office.database, clock: door.clock, keys: door.place.keys,
            passwords: PasswordPool(cost: .init(logN: 6)))
        func cost() async throws -> Int {
            try await door.office.database.read { tx in
                let row = try tx.first("SELECT password FROM account WHERE id = \(id)")
                return try PasswordRecord(bytes: row?["password"] ?? []).cost.logN
            }
        }
        #expect(try await cost() == 4)
        let request = SignInRequest(login: "wang.li", password: Door.right, address: Door.address)
        _ = try await stronger.signIn(request)
        #expect(try await cost() == 6)
        #expect(stronger.passwords.hashes == 2)
        _ = try await stronger.signIn(request)
        #expect(stronger.passwords.hashes == 3, "only once")
        // And a stronger record is left alone by a program of a cheaper setting.
        try await door.signIn("wang.li")
        #expect(try await cost() == 6)
    }

    @Test(
        "signing in is audited under the account, with what was typed nowhere",
        arguments: TestDatabase.engines)
    func audited(engine: Engine) async throws {
        let door = try await Door(engine)
        let id = try await door.account("wang.li")
        _ = await door.tries("wang.li", Secret("gargantuan-typing-error"))
        try await door.signIn("wang.li")
        _ = await door.tries("nobody-typed-here", Secret("gargantuan-typing-error"))
        let entries = try await door.office.database.read { tx in
            try tx.rows(
                "SELECT use_case, target, outcome FROM audit_entry ORDER BY at, chain, sequence"
            )
            .map {
                try
                    "\($0["use_case"] as String) \($0["target"] as String) \($0["outcome"] as String)"
            }
        }
        #expect(entries.contains("CountWrongPassword \(id) done"))
        #expect(entries.contains("SignIn \(id) done"))
        #expect(entries.contains("CountWrongPassword  done"))
        let found = try await door.office.database.read { tx in
            try ["sign_in_failure", "audit_entry", "fact", "idempotency", "session"].flatMap {
                table in
                try tx.rows("SELECT * FROM \(SQL(trusted: table))").filter {
                    "\($0.values)".contains("gargantuan") || "\($0.values)".contains("nobody-typed")
                }
            }
        }
        #expect(found.isEmpty)
    }

    @Test(
        "an address is one IPv4 address or one IPv6 network",
        arguments: [
            ("10.1.2.3", "10.1.2.3"), ("::ffff:10.1.2.3", "10.1.2.3"),
            ("2001:db8:1:2::3", "20010db800010002"), ("2001:db8:1:2:ffff::9", "20010db800010002"),
            ("fe80::1%eth0", "fe80000000000000"), ("", ""),
        ])
    func buckets(address: String, bucket: String) {
        #expect(SignInCaution.bucket(of: address) == bucket)
    }
}
