import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("Set-up")
struct SetUpTests {
    private func empty(_ engine: Engine) async throws -> Workplace {
        let clock = FrozenClock(Office.day)
        return Workplace(
            database: try await TestDatabase.fresh(engine, migrations: Schema.migrations),
            clock: clock, keys: try Keys(Keys.newRing(at: clock.now)),
            passwords: PasswordPool(cost: Door.cheap))
    }

    private func request(_ code: Secret) -> SetUpRequest {
        let from = Office.day
        return SetUpRequest(
            code: code,
            areas: [
                AreaDraft(code: "410000", name: "河南省", level: .province, validFrom: from),
                AreaDraft(code: "410300", name: "河洛市", level: .city, validFrom: from),
            ],
            station: StationDraft(
                code: "410300J1", name: "河洛救助管理站", address: "河边路1号", hotline: "0379-0000000",
                validFrom: from),
            login: "system", name: "系统管理员甲", password: Door.right)
    }

    @Test(
        "the first visitor sets up with the code, and nobody is taken in before both administrators are named",
        arguments: TestDatabase.engines)
    func story(engine: Engine) async throws {
        let place = try await empty(engine)
        #expect(try await place.perform(SeeSetUp(), as: .visitor).isNew)
        let code = try #require(try await place.offerSetUp())
        let done = try await place.setUp(request(code))
        let station = try #require(done.station)
        #expect(try await place.perform(SeeSetUp(), as: .visitor).isNew == false)
        #expect(try await place.offerSetUp() == nil)

        let opened = try await place.signIn(
            SignInRequest(login: "system", password: Door.right, address: Door.address))
        #expect(!opened.mustChangePassword)
        let system = Actor.session(digest: Keys.tokenDigest(opened.token.reveal))
        #expect(
            try await place.perform(SeeStaffing(area: done.home), as: system)
                == [.securityAdministrator, .auditAdministrator])

        func name(_ role: Role, _ login: String) async throws -> Actor {
            let made = try await place.nameAdministrator(
                role, of: done.home, login: login, name: "管理员", as: system)
            return try await first(place, login, made.password)
        }
        let security = try await name(.securityAdministrator, "security")
        let clerk = try await place.makeAccount(
            login: "clerk", name: "值班员", home: station, roles: [.reception], as: security)
        let reception = try await first(place, "clerk", clerk.password)
        var arrival = RegisterArrival(
            station: station, arrivedAt: place.clock.now, mode: .police, sex: .male,
            communication: .unclear, check: .init(condition: .well))
        arrival.broughtBy = "车站派出所"
        let intake = arrival
        #expect(
            await ending { try await place.perform(intake, as: reception) }
                == "refused intake.notStaffed")
        _ = try await name(.auditAdministrator, "audit")
        #expect(try await place.perform(SeeStaffing(area: done.home), as: system).isEmpty)
        try await place.perform(intake, as: reception)

        // Named once; who else may, the security administrator decides.
        for role in [Role.securityAdministrator, .auditAdministrator] {
            #expect(
                await ending {
                    _ = try await place.nameAdministrator(
                        role, of: done.home, login: "more", name: "又一个", as: system)
                } == "refused setUp.alreadyNamed")
        }
        #expect(
            await ending {
                _ = try await place.nameAdministrator(
                    .director, of: done.home, login: "more", name: "站长", as: system)
            } == "refused setUp.notSuchARole")
        #expect(
            await ending {
                _ = try await place.makeAccount(
                    login: "more", name: "又一个", home: station, roles: [], as: system)
            } == "notAllowed", "the system administrator makes no accounts")
    }

    private func first(_ place: Workplace, _ login: String, _ password: Secret) async throws
        -> Actor
    {
        let opened = try await place.signIn(
            SignInRequest(login: login, password: password, address: Door.address))
        let session = Actor.session(digest: Keys.tokenDigest(opened.token.reveal))
        try await place.changeOwnPassword(from: password, to: Door.right, as: session)
        return session
    }

    @Test(
        "a wrong, an old and a used code open nothing; blanks and case do not matter",
        arguments: TestDatabase.engines)
    func codes(engine: Engine) async throws {
        let place = try await empty(engine)
        #expect(
            await ending { _ = try await place.setUp(request(Secret(""))) }
                == "refused setUp.wrongCode")
        let old = try #require(try await place.offerSetUp())
        let code = try #require(try await place.offerSetUp())
        for wrong in [old, Secret("0000-0000-0000-0000")] {
            #expect(
                await ending { _ = try await place.setUp(request(wrong)) }
                    == "refused setUp.wrongCode")
        }
        // The code is asked first: without it not even the password is looked at.
        var weakToo = request(old)
        weakToo.password = Secret("password1234")
        let codeless = weakToo
        #expect(
            await ending { _ = try await place.setUp(codeless) } == "refused setUp.wrongCode")
        var weak = request(code)
        weak.password = Secret("password1234")
        let refused = weak
        #expect(await ending { _ = try await place.setUp(refused) } == "refused refusal.fields")
        var disorder = request(code)
        disorder.areas.reverse()
        let reversed = disorder
        #expect(
            await ending { _ = try await place.setUp(reversed) } == "refused setUp.areasOutOfOrder")
        var misplaced = request(code)
        misplaced.areas[1].code = "110100"
        let elsewhere = misplaced
        let misfit = await refusal { _ = try await place.setUp(elsewhere) } as? InvalidFields
        #expect(misfit?.fields == [Saying("area.otherProvince", field: "city.code")])
        // None of the refusals used it up.
        let typed = code.reveal.uppercased().replacing("-", with: " ")
        _ = try await place.setUp(request(Secret(typed)))
        #expect(
            await ending { _ = try await place.setUp(request(code)) } == "refused setUp.alreadyDone"
        )
    }

    @Test("of two visitors with one code one sets up", arguments: TestDatabase.engines)
    func race(engine: Engine) async throws {
        let place = try await empty(engine)
        let code = try #require(try await place.offerSetUp())
        async let one = ending { _ = try await place.setUp(request(code)) }
        async let two = ending { _ = try await place.setUp(request(code)) }
        #expect(await [one, two].sorted() == ["done", "refused setUp.alreadyDone"])
        let accounts = try await place.database.read { tx in
            try tx.first("SELECT COUNT(*) AS n FROM account")?["n"] as Int?
        }
        #expect(accounts == 1)
    }
}
