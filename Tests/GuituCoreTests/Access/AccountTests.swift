import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("Accounts and roles")
struct AccountTests {
    @Test(
        "a new account must change its one-time password before anything else",
        arguments: TestDatabase.engines)
    func firstChange(engine: Engine) async throws {
        let door = try await Door(engine)
        let key = try #require(IdempotencyKey("0123456789abcdef"))
        func make() async throws -> OneTimePassword {
            try await door.place.makeAccount(
                login: "Wang.Li", name: "王莉", home: door.office.station, roles: [.reception],
                as: door.security.actor, key: key)
        }
        let made = try await make()
        let again = try await make()
        #expect(again.account == made.account)
        #expect(again.password.reveal == made.password.reveal, "sent twice, shown twice")
        #expect(made.isCurrent && again.isCurrent)
        #expect(made.password.reveal.count == 19)

        let opened = try await door.place.signIn(
            SignInRequest(login: "wang.li", password: made.password, address: Door.address))
        #expect(opened.mustChangePassword)
        let session = Actor.session(digest: Keys.tokenDigest(opened.token.reveal))
        let other = try await door.signIn("wang.li", made.password, from: "10.0.0.2")
        let arrival = door.office.arrival()
        #expect(
            await ending { try await door.place.perform(arrival, as: session) }
                == "passwordChangeRequired")
        #expect(
            await ending { _ = try await door.place.makeToken(label: "x", days: 1, as: session) }
                == "passwordChangeRequired")
        func change(_ current: Secret, _ new: String) async -> String {
            await ending {
                try await door.place.changeOwnPassword(from: current, to: Secret(new), as: session)
            }
        }
        #expect(await change(made.password, "wang.li123") == "refused password.isTheLogin")
        #expect(await change(made.password, "short") == "refused password.tooShort")
        #expect(await change(Secret("wrong"), "河边有三只白鹭在等鱼") == "refused password.currentIsWrong")
        #expect(
            await change(made.password, made.password.reveal) == "refused password.sameAsBefore")
        #expect(await change(made.password, "河边有三只白鹭在等鱼") == "done")
        try await door.place.perform(arrival, as: session)
        #expect(
            await ending {
                _ = try await door.place.perform(ListOwnSessions(), as: .session(digest: other))
            }
                == "signInRequired", "other sessions end with the old password")
        #expect(await door.tries("wang.li", made.password) == "refused signIn.wrong")
        #expect(await door.tries("wang.li", Secret("河边有三只白鹭在等鱼")) == "done")
        let late = try await make()
        #expect(late.account == made.account)
        #expect(!late.isCurrent, "it opens nothing any more")
    }

    @Test(
        "who found a screen unlocked guesses the current password no faster than at the door",
        arguments: TestDatabase.engines)
    func guessingCurrent(engine: Engine) async throws {
        let door = try await Door(engine)
        _ = try await door.account("wang.li")
        let session = Actor.session(digest: try await door.signIn("wang.li"))
        func change(_ current: Secret) async -> String {
            await ending {
                try await door.place.changeOwnPassword(
                    from: current, to: Secret("河边有三只白鹭在等鱼"), as: session)
            }
        }
        for _ in 0..<7 {
            #expect(await change(Secret("guess")) == "refused password.currentIsWrong")
        }
        #expect(await change(Secret("guess")) == "refused signIn.slow")
        #expect(await change(Door.right) == "refused signIn.slow")
        #expect(await door.tries("wang.li", Door.right) == "done", "the owner still gets in")
    }

    @Test(
        "a reset ends every session and gives a password that works once handed over",
        arguments: TestDatabase.engines)
    func reset(engine: Engine) async throws {
        let door = try await Door(engine)
        let id = try await door.account("wang.li")
        let session = try await door.signIn("wang.li")
        for _ in 0..<8 { _ = await door.tries("wang.li") }
        let given = try await door.place.resetPassword(of: id, as: door.security.actor)
        #expect(
            await ending {
                _ = try await door.place.perform(ListOwnSessions(), as: .session(digest: session))
            }
                == "signInRequired")
        #expect(await door.tries("wang.li", Door.right) == "refused signIn.wrong")
        let opened = try await door.place.signIn(
            SignInRequest(login: "wang.li", password: given.password, address: Door.address))
        #expect(opened.mustChangePassword)
        #expect(opened.failuresBefore == 1, "the owner is told what happened since the reset")
    }

    @Test(
        "duties are separate: administrators exclude each other and every case role",
        arguments: TestDatabase.engines)
    func duties(engine: Engine) async throws {
        let door = try await Door(engine)
        let station = door.office.station
        for (index, role) in Role.allCases.enumerated() {
            let made = try await door.place.makeAccount(
                login: "someone-\(index)", name: "某人", home: station, roles: [role],
                as: door.security.actor)
            for other in Role.allCases {
                let end = await ending {
                    try await door.place.perform(
                        GrantRole(account: made.account, role: other, area: station),
                        as: door.security.actor)
                }
                let expected =
                    other == role
                    ? "refused duties.alreadyHeld"
                    : role.isAdministrator || other.isAdministrator
                        ? "refused duties.incompatible" : "done"
                #expect(end == expected, "\(role) then \(other)")
            }
        }
        // The same holds for the roles an account is made with.
        #expect(
            await ending {
                _ = try await door.place.makeAccount(
                    login: "both", name: "两可", home: station,
                    roles: [.director, .auditAdministrator], as: door.security.actor)
            } == "refused duties.incompatible")
        // And an account made in a refused request does not exist.
        #expect(await door.tries("both") == "refused signIn.wrong")
    }

    @Test(
        "nobody gives themselves a role, disables or resets themselves",
        arguments: TestDatabase.engines)
    func oneself(engine: Engine) async throws {
        let door = try await Door(engine)
        let (me, actor) = (door.security.id, door.security.actor)
        let province = door.office.province
        let seen = try await door.place.perform(SeeAccount(account: me), as: actor)
        let ends = [
            await ending {
                try await door.place.perform(
                    GrantRole(account: me, role: .director, area: province), as: actor)
            },
            await ending {
                try await door.place.perform(
                    RevokeRole(account: me, role: .securityAdministrator, area: province), as: actor
                )
            },
            await ending {
                try await door.place.perform(
                    ChangeAccount(account: me, version: seen.version, name: "我", isDisabled: true),
                    as: actor)
            },
            await ending { _ = try await door.place.resetPassword(of: me, as: actor) },
        ]
        #expect(ends == Array(repeating: "refused duties.oneself", count: 4))
    }

    @Test("an office keeps its last administrator of each kind", arguments: TestDatabase.engines)
    func last(engine: Engine) async throws {
        let door = try await Door(engine)
        let province = door.office.province
        let accounts = try await door.place.perform(ListAccounts(), as: door.security.actor).lines
        let audits = accounts.filter { $0.roles == [.auditAdministrator] }
        #expect(audits.count == 1)
        let only = audits[0].id
        let version = try await door.place.perform(
            SeeAccount(account: only), as: door.security.actor
        ).version
        let disable = ChangeAccount(account: only, version: version, name: "审计", isDisabled: true)
        #expect(
            await ending { try await door.place.perform(disable, as: door.security.actor) }
                == "refused duties.lastAdministrator")
        #expect(
            await ending {
                try await door.place.perform(
                    RevokeRole(account: only, role: .auditAdministrator, area: province),
                    as: door.security.actor)
            } == "refused duties.lastAdministrator")
        _ = try await door.account("next.audit", [.auditAdministrator], at: province)
        try await door.place.perform(disable, as: door.security.actor)
    }

    @Test(
        "another province's account, a missing one and a foreign area are all not found",
        arguments: TestDatabase.engines)
    func foreign(engine: Engine) async throws {
        let door = try await Door(engine)
        let here = try await door.account("wang.li")
        let local = try await door.office.account(
            .securityAdministrator, at: door.office.otherStation)
        let missing = Account.ID(at: door.clock.now)
        for id in [here, missing] {
            let ends = [
                await ending {
                    try await door.place.perform(
                        GrantRole(account: id, role: .carer, area: door.office.station),
                        as: local.actor)
                },
                await ending {
                    try await door.place.perform(
                        RevokeRole(account: id, role: .reception, area: door.office.station),
                        as: local.actor)
                },
                await ending {
                    try await door.place.perform(
                        ChangeAccount(account: id, version: 1, name: "x", isDisabled: true),
                        as: local.actor)
                },
                await ending {
                    _ = try await door.place.perform(SeeAccount(account: id), as: local.actor)
                },
                await ending { _ = try await door.place.resetPassword(of: id, as: local.actor) },
            ]
            #expect(ends == Array(repeating: "notFound", count: 5))
        }
        let own = try await door.place.makeAccount(
            login: "qian.yu", name: "钱雨", home: door.office.otherStation, roles: [.carer],
            as: local.actor)
        #expect(
            await ending {
                try await door.place.perform(
                    GrantRole(account: own.account, role: .reception, area: door.office.station),
                    as: local.actor)
            } == "notFound")
        #expect(
            await ending {
                _ = try await door.place.makeAccount(
                    login: "sun.he", name: "孙禾", home: door.office.station, roles: [],
                    as: local.actor)
            } == "notFound")
        let seen = try await door.place.perform(ListAccounts(), as: local.actor).lines
        #expect(Set(seen.map(\.homeName)) == ["颍上游救助管理站"])
    }

    @Test("only the security administrator keeps accounts", arguments: TestDatabase.engines)
    func permission(engine: Engine) async throws {
        let door = try await Door(engine)
        let target = try await door.account("wang.li")
        for role in Role.allCases where role != .securityAdministrator {
            let worker = try await door.office.account(role, at: door.office.province)
            let end = await ending {
                try await door.place.perform(
                    GrantRole(account: target, role: .carer, area: door.office.station),
                    as: worker.actor)
            }
            #expect(end == "notAllowed", "\(role)")
        }
    }

    @Test(
        "logins are unique, readable and fold width and case; a second editor is told",
        arguments: TestDatabase.engines)
    func logins(engine: Engine) async throws {
        let door = try await Door(engine)
        let id = try await door.account("wang.li")
        func make(_ login: String, _ name: String = "王莉") async -> String {
            await ending {
                _ = try await door.place.makeAccount(
                    login: login, name: name, home: door.office.station, roles: [],
                    as: door.security.actor)
            }
        }
        #expect(await make("WANG.LI") == "refused account.loginTaken")
        #expect(await make("ｗａｎｇ.li") == "refused account.loginTaken")
        for bad in [
            "", "ab", "has blank", "semi;colon", "' OR 1=1 --", String(repeating: "a", count: 33),
        ] {
            #expect(await make(bad) == "refused refusal.fields", "\(bad)")
        }
        #expect(await make("值班一号", "") == "refused refusal.fields")
        #expect(await make("值班一号") == "done")

        let change = ChangeAccount(account: id, version: 2, name: "王丽", isDisabled: false)
        let seen = try await door.place.perform(SeeAccount(account: id), as: door.security.actor)
        #expect(seen.version == change.version)
        #expect(try await door.place.perform(change, as: door.security.actor) == 3)
        do {
            try await door.place.perform(change, as: door.security.actor)
            Issue.record("the second editor was not told")
        } catch Ending.stale(let current) {
            #expect(current["name"] == "王丽")
            #expect(current["version"] == "3")
        }
    }

    @Test(
        "the list is found by login or name, and goes on where it stopped",
        arguments: TestDatabase.engines)
    func list(engine: Engine) async throws {
        let door = try await Door(engine)
        for index in 0..<5 {
            _ = try await door.place.makeAccount(
                login: "night-\(index)", name: index == 3 ? "夜班组长" : "夜班",
                home: door.office.station,
                roles: [.reception], as: door.security.actor)
        }
        var list = ListAccounts()
        list.search = "NIGHT"
        list.limit = 2
        var logins: [String] = []
        repeat {
            let answer = try await door.place.perform(list, as: door.security.actor)
            logins += answer.lines.map(\.login)
            list.after = answer.next
        } while list.after != nil
        #expect(logins == (0..<5).map { "night-\($0)" })
        list = ListAccounts()
        list.search = "夜班组"
        #expect(
            try await door.place.perform(list, as: door.security.actor).lines.map(\.login) == [
                "night-3"
            ])
        list = ListAccounts()
        list.role = .auditAdministrator
        #expect(try await door.place.perform(list, as: door.security.actor).lines.count == 1)
    }

    @Test(
        "two grants of one role at the same moment are one grant", arguments: TestDatabase.engines)
    func twoGrants(engine: Engine) async throws {
        let door = try await Door(engine)
        let id = try await door.account("wang.li")
        // One makes them a director, the other an auditor: never both.
        async let one = ending {
            try await door.place.perform(
                GrantRole(account: id, role: .director, area: door.office.station),
                as: door.security.actor)
        }
        async let two = ending {
            try await door.place.perform(
                GrantRole(account: id, role: .director, area: door.office.station),
                as: door.security.actor)
        }
        #expect(await [one, two].sorted() == ["done", "refused duties.alreadyHeld"])
    }

    @Test(
        "two administrators who disable each other at the same moment leave one",
        arguments: TestDatabase.engines)
    func eachOther(engine: Engine) async throws {
        for _ in 0..<5 {
            let door = try await Door(engine)
            let only = try await door.place.perform(ListAccounts(), as: door.security.actor).lines
                .filter { $0.roles == [.securityAdministrator] }
            let one = try await door.office.account(
                .securityAdministrator, at: door.office.province)
            let two = try await door.office.account(
                .securityAdministrator, at: door.office.province)
            for line in only where line.id != door.security.id {
                try await door.place.perform(
                    ChangeAccount(account: line.id, version: 1, name: "离任", isDisabled: true),
                    as: one.actor)
            }
            try await door.place.perform(
                ChangeAccount(account: door.security.id, version: 1, name: "离任", isDisabled: true),
                as: one.actor)
            func disable(_ other: Office.Worker, by worker: Office.Worker) async -> String {
                await ending {
                    try await door.place.perform(
                        ChangeAccount(account: other.id, version: 1, name: "离任", isDisabled: true),
                        as: worker.actor)
                }
            }
            async let a = disable(two, by: one)
            async let b = disable(one, by: two)
            let ends = await [a, b].sorted()
            #expect(
                [
                    ["done", "refused duties.lastAdministrator"], ["done", "signInRequired"],
                ].contains(ends), "\(ends)")
        }
    }

    @Test(
        "a station's administrator cannot take over an account with a role above the station",
        arguments: TestDatabase.engines)
    func heldAbove(engine: Engine) async throws {
        let door = try await Door(engine)
        let id = try await door.account("wang.li")
        let local = try await door.office.account(.securityAdministrator, at: door.office.station)
        _ = try await door.place.resetPassword(of: id, as: local.actor)
        try await door.place.perform(
            GrantRole(account: id, role: .official, area: door.office.province),
            as: door.security.actor)
        #expect(
            await ending { _ = try await door.place.resetPassword(of: id, as: local.actor) }
                == "refused duties.heldAbove")
        let seen = try await door.place.perform(SeeAccount(account: id), as: local.actor)
        #expect(
            await ending {
                try await door.place.perform(
                    ChangeAccount(account: id, version: seen.version, name: "王", isDisabled: true),
                    as: local.actor)
            } == "refused duties.heldAbove")
        _ = try await door.place.resetPassword(of: id, as: door.security.actor)
    }

    @Test(
        "a password form sent twice is done once and says so twice", arguments: TestDatabase.engines
    )
    func sentTwice(engine: Engine) async throws {
        let door = try await Door(engine)
        _ = try await door.account("wang.li")
        let session = Actor.session(digest: try await door.signIn("wang.li"))
        for _ in 0..<2 {
            try await door.place.changeOwnPassword(
                from: Door.right, to: Secret("河边有三只白鹭在等鱼"), as: session)
        }
        let changes = try await door.office.database.read { tx in
            try tx.first(
                "SELECT COUNT(*) AS n FROM audit_entry WHERE use_case = 'ChangeOwnPassword'")?["n"]
                as Int?
        }
        #expect(changes == 2, "the first change of the new account, and this one")
    }
}
