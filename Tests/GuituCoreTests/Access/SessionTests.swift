import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("Sessions and tokens")
struct SessionTests {
    @Test(
        "a session ends by signing out, by time and by disabling, from one page to the next",
        arguments: TestDatabase.engines)
    func ends(engine: Engine) async throws {
        let door = try await Door(engine)
        let id = try await door.account("wang.li")
        func works(_ digest: [UInt8]) async -> String {
            await ending {
                _ = try await door.place.perform(ListOwnSessions(), as: .session(digest: digest))
            }
        }
        let out = try await door.signIn("wang.li")
        #expect(await works(out) == "done")
        try await door.place.perform(SignOut(), as: .session(digest: out))
        #expect(await works(out) == "signInRequired")

        let late = try await door.signIn("wang.li")
        door.clock.advance(by: .seconds(12 * 3600 - 1))
        #expect(await works(late) == "done")
        door.clock.advance(by: .seconds(1))
        #expect(await works(late) == "signInRequired")

        let session = try await door.signIn("wang.li")
        let token = try await door.place.makeToken(
            label: "值班脚本", days: 7, as: .session(digest: session))
        let account = try await door.place.perform(SeeAccount(account: id), as: door.security.actor)
        #expect(account.openSessions == 2)
        try await door.place.perform(
            ChangeAccount(
                account: id, version: account.version, name: account.name, isDisabled: true),
            as: door.security.actor)
        #expect(await works(session) == "signInRequired")
        #expect(
            await ending {
                _ = try await door.place.perform(
                    ListOwnSessions(), as: .token(digest: Keys.tokenDigest(token.token.reveal)))
            } == "signInRequired")
        // Let in again, the old sessions stay closed.
        try await door.place.perform(
            ChangeAccount(
                account: id, version: account.version + 1, name: account.name, isDisabled: false),
            as: door.security.actor)
        #expect(await works(session) == "signInRequired")
        try await door.signIn("wang.li")
    }

    @Test(
        "a session revoked in the middle of a form refuses it and changes nothing",
        arguments: TestDatabase.engines)
    func revokedInTheMiddle(engine: Engine) async throws {
        let door = try await Door(engine)
        let id = try await door.account("wang.li")
        let digest = try await door.signIn("wang.li")
        let arrival = door.office.arrival()
        try await door.place.perform(arrival, as: .session(digest: digest))
        // The administrator's write and the clerk's meet; whatever the order, a
        // form sent after the revocation is refused.
        async let revoked = door.place.perform(
            RevokeRole(account: id, role: .reception, area: door.office.station),
            as: door.security.actor)
        async let raced = ending {
            try await door.place.perform(arrival, as: .session(digest: digest))
        }
        _ = try await revoked
        #expect(["done", "notAllowed"].contains(await raced))
        let count = try await people(door)
        #expect(
            await ending { try await door.place.perform(arrival, as: .session(digest: digest)) }
                == "notAllowed")
        try await door.place.perform(SignOutEverywhere(), as: .session(digest: digest))
        #expect(
            await ending { try await door.place.perform(arrival, as: .session(digest: digest)) }
                == "signInRequired")
        #expect(try await people(door) == count)
    }

    private func people(_ door: Door) async throws -> Int {
        try await door.office.database.read { tx in
            try tx.first("SELECT COUNT(*) AS n FROM person")?["n"] ?? 0
        }
    }

    @Test(
        "signing out everywhere ends tokens too and makes devices strangers",
        arguments: TestDatabase.engines)
    func everywhere(engine: Engine) async throws {
        let door = try await Door(engine)
        _ = try await door.account("wang.li")
        let one = try await door.place.signIn(
            SignInRequest(login: "wang.li", password: Door.right, address: "10.0.0.1"))
        let digest = Keys.tokenDigest(one.token.reveal)
        let token = try await door.place.makeToken(
            label: "备份", days: 30, as: .session(digest: digest))
        #expect(
            try await door.place.perform(SignOutEverywhere(), as: .session(digest: digest)) == 2)
        #expect(
            await ending {
                _ = try await door.place.perform(
                    ListOwnSessions(), as: .token(digest: Keys.tokenDigest(token.token.reveal)))
            } == "signInRequired")
        for _ in 0..<8 { _ = await door.tries("wang.li", from: "10.0.0.1") }
        #expect(
            await door.tries("wang.li", Door.right, from: "10.0.0.1", device: one.device)
                == "refused signIn.slow")
    }

    @Test("one session of the list can be ended, nobody else's", arguments: TestDatabase.engines)
    func one(engine: Engine) async throws {
        let door = try await Door(engine)
        _ = try await door.account("wang.li")
        _ = try await door.account("zhao.min")
        let mine = try await door.signIn("wang.li")
        door.clock.advance(by: .seconds(1))
        let other = try await door.signIn("wang.li", from: "10.0.0.9")
        let stranger = try await door.signIn("zhao.min")
        let list = try await door.place.perform(ListOwnSessions(), as: .session(digest: mine))
        #expect(list.map(\.isThisOne) == [false, true])
        for id in [hexText(stranger), "00", "not hex", ""] {
            #expect(
                await ending {
                    try await door.place.perform(
                        EndSession(session: id), as: .session(digest: mine))
                } == "notFound")
        }
        try await door.place.perform(EndSession(session: list[0].id), as: .session(digest: mine))
        #expect(
            await ending {
                _ = try await door.place.perform(ListOwnSessions(), as: .session(digest: other))
            }
                == "signInRequired")
        _ = try await door.place.perform(ListOwnSessions(), as: .session(digest: stranger))
    }

    private func hexText(_ bytes: [UInt8]) -> String { hex(bytes) }

    /// Somebody signed in for an hour at most, and half an hour's rest.
    private func briefly(_ engine: Engine) async throws -> (Door, Actor) {
        var settings = Settings()
        settings.sessionIdleMinutes = 30
        settings.sessionHours = 1
        let door = try await Door(engine, settings: settings)
        _ = try await door.account("wang.li")
        return (door, .session(digest: try await door.signIn("wang.li")))
    }

    @Test(
        "a used session lives on, a resting one ends, none outlives the shift",
        arguments: TestDatabase.engines)
    func idle(engine: Engine) async throws {
        let (door, session) = try await briefly(engine)
        door.clock.advance(by: .seconds(29 * 60))
        try await door.place.perform(ProlongSession(), as: session)
        door.clock.advance(by: .seconds(29 * 60))
        try await door.place.perform(ProlongSession(), as: session)
        door.clock.advance(by: .seconds(2 * 60))
        #expect(
            await ending { try await door.place.perform(ProlongSession(), as: session) }
                == "signInRequired")
        let other = Actor.session(digest: try await door.signIn("wang.li"))
        door.clock.advance(by: .seconds(30 * 60))
        #expect(
            await ending { try await door.place.perform(ProlongSession(), as: other) }
                == "signInRequired")
    }

    @Test(
        "a page keeps a session awake only when more than half of its rest is over",
        arguments: TestDatabase.engines)
    func awake(engine: Engine) async throws {
        let (door, session) = try await briefly(engine)
        func look() async throws -> Instant? {
            let seen = try await door.place.see(ListOwnSessions(), as: session)
            await door.place.keepAwake(seen.viewer, as: session)
            return try await door.place.perform(ListOwnSessions(), as: session)
                .first(where: \.isThisOne)?.expiresAt
        }
        let began = door.clock.now
        door.clock.advance(by: .seconds(14 * 60))
        #expect(try await look() == began.adding(.seconds(30 * 60)))
        door.clock.advance(by: .seconds(2 * 60))
        #expect(try await look() == began.adding(.seconds(46 * 60)))
        door.clock.advance(by: .seconds(29 * 60))
        #expect(try await look() == began.adding(.seconds(3600)), "never longer than the shift")
        let prolonged = try await door.office.database.read { tx in
            try tx.first(
                "SELECT COUNT(*) AS n FROM audit_entry WHERE use_case = 'ProlongSession'")?["n"]
                as Int?
        }
        #expect(prolonged == 2)
    }

    @Test(
        "a token asked for twice with one key is one token; its label and days are checked",
        arguments: TestDatabase.engines)
    func tokens(engine: Engine) async throws {
        let door = try await Door(engine)
        _ = try await door.account("wang.li")
        let session = Actor.session(digest: try await door.signIn("wang.li"))
        let key = try #require(IdempotencyKey("0123456789abcdef"))
        let one = try await door.place.makeToken(label: "备份", days: 30, as: session, key: key)
        let two = try await door.place.makeToken(label: "备份", days: 30, as: session, key: key)
        #expect(one.token.reveal == two.token.reveal)
        #expect(one.expiresAt == door.clock.now.adding(.seconds(30 * 86_400)))
        let actor = Actor.token(digest: Keys.tokenDigest(one.token.reveal))
        #expect(
            try await door.place.perform(ListOwnSessions(), as: actor).count { $0.isToken } == 1)
        let other = try await door.place.makeToken(label: "备份", days: 30, as: session)
        #expect(other.token.reveal != one.token.reveal)
        for (label, days) in [
            ("", 30), ("x", 0), ("x", 366), (String(repeating: "长", count: 61), 1),
        ] {
            let end = await ending {
                _ = try await door.place.makeToken(label: label, days: days, as: session)
            }
            #expect(end == "refused refusal.fields", "\(label) \(days)")
        }
        door.clock.advance(by: .seconds(30 * 86_400))
        #expect(
            await ending { _ = try await door.place.perform(ListOwnSessions(), as: actor) }
                == "signInRequired")
    }
}
