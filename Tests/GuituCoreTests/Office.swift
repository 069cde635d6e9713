import Foundation
import GuituCore
import GuituModel
import GuituStore
import Logging
import TestSupport

/// A small invented province in a fresh database: two cities with a station
/// each, beds, and one account for every role at each station.
///
/// Accounts are put in by hand and signed in by a session row, so that tests of
/// the path do not wait for password hashing; signing in has tests of its own.
struct Office: Sendable {
    let database: Database
    let workplace: Workplace
    let clock: FrozenClock
    let province: Area.ID
    let city: Area.ID
    /// Invented: 河洛救助管理站.
    let station: Area.ID
    /// Invented: 颍上游救助管理站, in another city of the province.
    let otherStation: Area.ID

    static let day = Day("2026-11-24") ?? Day(daysSince1970: 0)

    init(_ engine: Engine, logger: Logger = Logger(label: "guitu")) async throws {
        try await self.init(
            try await TestDatabase.fresh(engine, migrations: Schema.migrations), logger: logger)
    }

    /// The same office over a copy of its database.
    init(_ original: Office, over database: Database, logger: Logger = Logger(label: "guitu")) {
        self.database = database
        clock = FrozenClock(original.clock.now)
        workplace = Workplace(
            database: database, clock: clock, keys: original.workplace.keys,
            passwords: PasswordPool(cost: .init(logN: 4)), logger: logger)
        province = original.province
        city = original.city
        station = original.station
        otherStation = original.otherStation
    }

    init(_ database: Database, logger: Logger = Logger(label: "guitu")) async throws {
        self.database = database
        clock = FrozenClock(Instant(Office.day, hour: 2, minute: 30))
        workplace = Workplace(
            database: database, clock: clock, keys: try Keys(Keys.newRing(at: clock.now)),
            logger: logger)
        let now = clock.now
        let ids = (0..<5).map { _ in Area.ID(at: now) }
        province = ids[0]
        city = ids[1]
        station = ids[3]
        otherStation = ids[4]
        let rows: [(Area.ID, String, String, Area.Level, Area.ID?)] = [
            (ids[0], "410000", "河南省", .province, nil),
            (ids[1], "410300", "河洛市", .city, ids[0]),
            (ids[2], "410400", "颍上游市", .city, ids[0]),
            (ids[3], "410300J1", "河洛救助管理站", .station, ids[1]),
            (ids[4], "410400J1", "颍上游救助管理站", .station, ids[2]),
        ]
        try await database.write { tx in
            for (id, code, name, level, parent) in rows {
                try tx.execute(
                    """
                    INSERT INTO area (id, code, name, pinyin, level, parent, valid_from)
                    VALUES (\(id), \(code), \(name), \(code), \(level), \(parent), '2000-01-01')
                    """)
                var ancestor: Area.ID? = id
                while let above = ancestor {
                    try tx.execute(
                        "INSERT INTO area_ancestor (area, ancestor) VALUES (\(id), \(above))")
                    ancestor = rows.first { $0.0 == above }?.4
                }
                if level == .station {
                    try tx.execute(
                        """
                        INSERT INTO station (area, address, hotline, next_unnamed, version)
                        VALUES (\(id), '河边路1号', '0379-0000000', 1, 1)
                        """)
                }
            }
            for station in [ids[3], ids[4]] {
                for (name, kind) in [("男一室", "male"), ("女一室", "female"), ("单间", "single")] {
                    let room = Room.ID(at: now)
                    try tx.execute(
                        """
                        INSERT INTO room (id, station, name, kind)
                        VALUES (\(room), \(station), \(name), \(kind))
                        """)
                    for bed in 1...(kind == "single" ? 1 : 2) {
                        try tx.execute(
                            """
                            INSERT INTO bed (id, station, room, kind, name, out_of_use)
                            VALUES (\(Bed.ID(at: now)), \(station), \(room), \(kind), \("\(bed)床"), 0)
                            """)
                    }
                }
            }
        }
        _ = try await account(.securityAdministrator, at: province)
        _ = try await account(.auditAdministrator, at: province)
    }

    /// Somebody who works at `area`, with an open session.
    func account(_ role: Role, at area: Area.ID, name: String = "值班员") async throws -> Worker {
        let id = Account.ID(at: clock.now)
        let token = Keys.newToken()
        let now = clock.now
        try await database.write { tx in
            try tx.execute(
                """
                INSERT INTO account (id, login, name, home, password, must_change_password, failures,
                    made_at, version)
                VALUES (\(id), \(id.text), \(name), \(area), \([0] as [UInt8]), 0, 0, \(now), 1)
                """)
            try tx.execute(
                """
                INSERT INTO role_grant (id, account, role, area, granted_by, granted_at)
                VALUES (\(ID<Role>(at: now)), \(id), \(role), \(area), 'test', \(now))
                """)
            try tx.execute(
                """
                INSERT INTO session (digest, account, kind, label, made_at, expires_at)
                VALUES (\(Keys.tokenDigest(token)), \(id), 'browser', 'test', \(now),
                    \(now.adding(.seconds(86_400 * 365))))
                """)
        }
        return Worker(id: id, actor: .session(digest: Keys.tokenDigest(token)))
    }

    struct Worker: Sendable {
        let id: Account.ID
        let actor: Actor
    }

    /// A man who cannot say who he is, found at the bus station.
    func arrival(at station: Area.ID? = nil, sex: Sex = .male) -> RegisterArrival {
        var arrival = RegisterArrival(
            station: station ?? self.station, arrivedAt: clock.now, mode: .police, sex: sex,
            communication: .unclear, check: .init(condition: .well))
        arrival.broughtBy = "车站派出所 李警官"
        arrival.foundPlace = "汽车站候车厅"
        return arrival
    }

    func beds(_ kind: String, at station: Area.ID? = nil) async throws -> [Bed.ID] {
        let station = station ?? self.station
        return try await database.read { tx in
            try tx.rows(
                "SELECT id FROM bed WHERE station = \(station) AND kind = \(kind) ORDER BY name"
            ).map { try $0["id"] }
        }
    }
}

/// The refusal that `body` ends with, or nil if it does not.
func refusal(_ body: () async throws -> Void) async -> (any Refusal)? {
    do {
        try await body()
        return nil
    } catch Ending.refused(let refusal) {
        return refusal
    } catch {
        return nil
    }
}

/// The ending of `body` in one word, for tables of who may do what.
func ending(_ body: () async throws -> Void) async -> String {
    do {
        try await body()
        return "done"
    } catch let ending as Ending {
        switch ending {
        case .signInRequired: return "signInRequired"
        case .passwordChangeRequired: return "passwordChangeRequired"
        case .notAllowed: return "notAllowed"
        case .notFound: return "notFound"
        case .refused(let refusal): return "refused \(refusal.saying.key)"
        case .stale: return "stale"
        case .busy: return "busy"
        case .unavailable: return "unavailable"
        case .broke: return "broke"
        }
    } catch {
        return "\(type(of: error))"
    }
}
