import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("An invented province")
struct InventedProvinceTests {
    @Test("is made whatever chance says", arguments: 1...8 as ClosedRange<UInt64>)
    func seeds(seed: UInt64) async throws {
        let clock = FrozenClock(Instant(Office.day, hour: 2, minute: 30))
        let place = Workplace(
            database: try await TestDatabase.fresh(.sqlite, migrations: Schema.migrations),
            clock: clock, keys: try Keys(Keys.newRing(at: clock.now)),
            passwords: PasswordPool(cost: .init(logN: 4)))
        _ = try await InventedProvince(
            people: 40, reports: 60, seed: seed, password: Secret("guitu-demo-2026")
        ).fill(place)
        let people = try await place.database.read { tx in
            try tx.rows("SELECT id FROM person").count
        }
        #expect(people == 40)
    }

    @Test("reads as if officers had written it down on the day each person came")
    func believable() async throws {
        let clock = FrozenClock(Instant(Office.day, hour: 2, minute: 30))
        let place = Workplace(
            database: try await TestDatabase.fresh(.sqlite, migrations: Schema.migrations),
            clock: clock, keys: try Keys(Keys.newRing(at: clock.now)),
            passwords: PasswordPool(cost: .init(logN: 4)))
        _ = try await InventedProvince(
            people: 60, reports: 40, seed: 1, password: Secret("guitu-demo-2026")
        ).fill(place)
        try await place.database.read { tx in
            func count(_ condition: SQL) throws -> Int {
                try tx.first("SELECT COUNT(*) AS n FROM \(condition)")?["n"] ?? 0
            }
            #expect(try count("tracing_request") > 10)
            let early = try count(
                """
                tracing_request r JOIN episode e ON e.person = r.person
                WHERE r.opened_at = e.arrived_at
                """)
            #expect(try early == count("tracing_request"))
            #expect(try count("tracing_request WHERE opened_at < \(clock.now)") > 10)
            #expect(try count("observation") > 100)
            #expect(try count("observation WHERE recorded_by LIKE 'program:%'") == 0)
            #expect(try count("tracing_request WHERE consent = 'cannot-decide'") > 0)
            // Whoever reads the trail sees who filed, who protected, who gave a bed.
            let byProgram = try tx.rows(
                "SELECT DISTINCT use_case FROM audit_entry WHERE actor = 'program:invent'"
            ).map { try $0["use_case"] as String }
            #expect(Set(byProgram) == ["InventOffices", "EndInventing"])
        }
    }
}
