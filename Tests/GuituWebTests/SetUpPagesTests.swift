import Foundation
import GuituCore
import GuituModel
import GuituStore
import GuituText
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import GuituWeb

@Suite("The first set-up on pages")
struct SetUpPagesTests {
    private static let own = "清早的河边有三只白鹭"

    /// The one-time password on the page.
    static func oneTime(_ seen: Browser.Seen) throws -> String {
        let groups = /[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}/
        return String(try #require(seen.body.firstMatch(of: groups)).output)
    }

    /// A server over a database in which nobody has an account.
    static func empty(_ engine: Engine, _ options: GuituServer.Options = .init()) async throws -> (
        Workplace, GuituServer
    ) {
        let clock = FrozenClock(Instant(Office.day, hour: 8, minute: 0))
        let place = Workplace(
            database: try await TestDatabase.fresh(engine, migrations: Schema.migrations),
            clock: clock, keys: try Keys(Keys.newRing(at: clock.now)),
            passwords: PasswordPool(cost: .init(logN: 4)))
        return (place, GuituServer(workplace: place, options: options))
    }

    private static let places = [
        ("province.name", "河南省"), ("province.code", "410000"), ("city.name", "河洛市"),
        ("city.code", "410300"), ("station.name", "河洛救助管理站"), ("station.code", "410300J1"),
        ("station.address", "河边路1号"), ("station.hotline", "0379-0000000"),
        ("name", "周明"), ("login", "zhou.ming"), ("password", own), ("again", own),
    ]

    @Test(
        "from an empty database to a clerk who can sign in, on pages alone",
        arguments: TestDatabase.engines)
    func setUp(engine: Engine) async throws {
        let (place, server) = try await Self.empty(engine)
        let code = try #require(try await place.offerSetUp()).reveal
        try await server.application().test(.router) { client in
            let system = Browser(client)
            #expect(try await system.open("/").location == "/sign-in")
            #expect(try await system.follow().location == "/set-up")
            #expect(try await system.follow().body.contains("一次性设置码"))
            let done = try await system.submit("/set-up", Self.places + [("code", code)])
            #expect(done.status == 303, "\(done.body)")
            #expect(done.location == "/set-up/administrators")
            #expect(try await system.follow().body.contains("单位和系统管理员已建立"))

            func name(_ role: String, _ login: String) async throws -> String {
                try await system.open("/set-up/administrators")
                let shown = try await system.submit(
                    "/set-up/administrators", [("role", role), ("login", login), ("name", "吴静")])
                #expect(shown.status == 200, "\(shown.body)")
                return try Self.oneTime(shown)
            }
            let first = try await name("security-administrator", "wu.jing")
            // One of the two alone is not enough, and the stations' page says so.
            #expect(try await system.open("/stations").body.contains("审计管理员"))
            #expect(try await system.open("/stations").body.contains("/set-up/administrators"))
            _ = try await name("audit-administrator", "zheng.an")
            #expect(
                try await system.open("/set-up/administrators").body.contains("三位管理员已到位"))
            #expect(try await !system.open("/stations").body.contains("/set-up/administrators"))

            // The security administrator signs in, changes it, and makes a clerk.
            let security = Browser(client)
            try await signIn(security, "wu.jing", first)
            try await security.open("/accounts/new")
            let home = try #require(
                security.page.body.firstMatch(of: /<option value="([^"]+)">\s*河洛救助管理站/)?.output.1)
            let made = try await security.submit(
                "/accounts",
                [
                    ("login", "sun.he"), ("name", "孙禾"), ("home", String(home)),
                    ("role", "reception"),
                ])
            #expect(made.status == 200, "\(made.body)")
            let clerk = Browser(client)
            try await signIn(clerk, "sun.he", try Self.oneTime(made))
            #expect(try await clerk.open("/arrivals/new").status == 200)

            // Set up once: the page is gone, and its form is refused.
            let late = Browser(client)
            #expect(try await late.open("/set-up").location == "/sign-in")
        }
        #expect(
            try await place.database.read { tx in
                try tx.first("SELECT COUNT(*) AS n FROM account")?["n"] as Int?
            } == 4)
    }

    private func signIn(_ browser: Browser, _ login: String, _ password: String) async throws {
        try await browser.open("/sign-in")
        let entered = try await browser.submit(
            "/sign-in", [("login", login), ("password", password)])
        #expect(entered.location == "/account/password", "\(entered.body)")
        try await browser.follow()
        let changed = try await browser.submit(
            "/account/password", [("current", password), ("new", Self.own), ("again", Self.own)])
        #expect(changed.status == 303, "\(changed.body)")
    }

    @Test("a refused set-up keeps what was typed, says it beside its area, and may be tried again")
    func refusedSetUp() async throws {
        let (place, server) = try await Self.empty(.sqlite)
        let code = try #require(try await place.offerSetUp()).reveal
        try await server.application().test(.router) { client in
            let browser = Browser(client)
            try await browser.open("/set-up")
            func refused(_ change: (String, String), beside field: String) async throws {
                let values = (Self.places + [("code", code)]).filter { $0.0 != change.0 }
                let seen = try await browser.submit("/set-up", values + [change])
                #expect(seen.status == 422, "\(change)")
                #expect(seen.body.contains("id=\"field-\(field)-problem\""), "\(change)")
                let fields = try #require(browser.form("/set-up"))
                #expect(fields.first { $0.name == "city.name" }?.value == "河洛市")
                #expect(fields.first { $0.name == "password" }?.value == "")
                #expect(!seen.body.contains(Self.own))
            }
            try await refused(("code", "0000-0000-0000-0000"), beside: "code")
            try await refused(("again", "别的"), beside: "again")
            try await refused(("login", "a b"), beside: "login")
            try await refused(("city.code", "110100"), beside: "city.code")
            try await refused(("province.name", ""), beside: "province.name")
            try await refused(("station.code", "410300"), beside: "station.code")
            try await refused(("station.hotline", ""), beside: "station.hotline")
            #expect(try await place.perform(SeeSetUp(), as: .visitor).isNew)
            let done = try await browser.submit("/set-up", Self.places + [("code", code)])
            #expect(done.status == 303)
        }
    }

    @Test("codes are tried a few times from one address, then not looked at for a while")
    func setUpLimit() async throws {
        var options = GuituServer.Options()
        options.signInBurst = 3
        options.signInPause = .seconds(3600)
        let (place, server) = try await Self.empty(.sqlite, options)
        let code = try #require(try await place.offerSetUp()).reveal
        try await server.application().test(.router) { client in
            let browser = Browser(client)
            for number in 1...3 {
                try await browser.open("/set-up")
                let wrong = try await browser.submit(
                    "/set-up", Self.places + [("code", "0000-0000-0000-000\(number)")])
                #expect(wrong.status == 422)
            }
            try await browser.open("/set-up")
            let right = try await browser.submit("/set-up", Self.places + [("code", code)])
            #expect(right.status == 429)
            #expect(right.headers[.retryAfter] == "3600")
        }
        #expect(try await place.perform(SeeSetUp(), as: .visitor).isNew)
    }
}
