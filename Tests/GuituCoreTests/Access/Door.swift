import GuituModel
import GuituStore
import TestSupport

@testable import GuituCore

/// An office whose accounts have real passwords, at a cost that tests can pay.
struct Door: Sendable {
    let office: Office
    let place: Workplace
    /// Keeps the accounts of the whole province.
    let security: Office.Worker
    /// Keeps its stations.
    let system: Office.Worker

    static let right = Secret("清早的河边有三只白鹭")
    static let cheap = PasswordRecord.Cost(logN: 4)
    static let address = "10.1.2.3"

    init(_ engine: Engine, settings: Settings = Settings(), cost: PasswordRecord.Cost = cheap)
        async throws
    {
        office = try await Office(engine)
        place = Workplace(
            database: office.database, clock: office.clock, keys: office.workplace.keys,
            settings: settings, passwords: PasswordPool(cost: cost))
        security = try await office.account(.securityAdministrator, at: office.province)
        system = try await office.account(.systemAdministrator, at: office.province)
    }

    var clock: FrozenClock { office.clock }

    /// An account that has changed its first password to `Door.right`.
    func account(
        _ login: String, _ roles: [Role] = [.reception], at home: Area.ID? = nil
    ) async throws -> Account.ID {
        let home = home ?? office.station
        let made = try await place.makeAccount(
            login: login, name: "值班员", home: home, roles: roles, as: security.actor)
        let first = try await signIn(login, made.password, from: "first")
        try await place.changeOwnPassword(
            from: made.password, to: Door.right, as: .session(digest: first))
        _ = try await place.perform(SignOutEverywhere(), as: .session(digest: first))
        return made.account
    }

    /// The digest of a new session.
    @discardableResult
    func signIn(_ login: String, _ password: Secret = right, from address: String = address)
        async throws -> [UInt8]
    {
        let opened = try await place.signIn(
            SignInRequest(login: login, password: password, address: address))
        return Keys.tokenDigest(opened.token.reveal)
    }

    /// How signing in ends, in one word.
    func tries(
        _ login: String, _ password: Secret = Secret("not the right one"),
        from address: String = address, device: Secret? = nil
    ) async -> String {
        await ending {
            _ = try await place.signIn(
                SignInRequest(login: login, password: password, device: device, address: address))
        }
    }
}
