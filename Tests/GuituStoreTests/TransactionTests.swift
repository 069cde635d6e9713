import Foundation
import GuituStore
import Synchronization
import TestSupport
import Testing

private let counters = [
    Migration(
        number: 1, name: "counters",
        shared: """
            CREATE TABLE counter (id TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL CHECK (value < 100))
            """)
]

@Suite("Transactions on both engines")
struct TransactionTests {
    struct Refused: Error {}

    @Test(
        "a body that throws leaves nothing, one that returns is kept",
        arguments: TestDatabase.engines)
    func rollback(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: counters)
        await #expect(throws: Refused.self) {
            try await database.write { tx in
                try tx.execute("INSERT INTO counter VALUES ('a', 1)")
                throw Refused()
            }
        }
        try await database.write { tx in try tx.execute("INSERT INTO counter VALUES ('b', 1)") }
        let ids = try await database.read { tx in
            try tx.rows("SELECT id FROM counter").map { try $0["id"] as String }
        }
        #expect(ids == ["b"])
    }

    @Test(
        "a swallowed failure cannot be committed, a savepoint can", arguments: TestDatabase.engines)
    func swallowed(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: counters)
        await #expect(throws: DatabaseError.self) {
            try await database.write { tx in
                try tx.execute("INSERT INTO counter VALUES ('a', 1)")
                _ = try? tx.execute("INSERT INTO counter VALUES ('b', 1000)")
            }
        }
        try await database.write { tx in
            try tx.execute("INSERT INTO counter VALUES ('c', 1)")
            #expect(throws: DatabaseError.self) {
                try tx.savepoint {
                    try tx.execute("INSERT INTO counter VALUES ('d', 1)")
                    try tx.execute("INSERT INTO counter VALUES ('e', 1000)")
                }
            }
            try tx.savepoint { try tx.execute("INSERT INTO counter VALUES ('f', 1)") }
        }
        let ids = try await database.read { tx in
            try tx.rows("SELECT id FROM counter ORDER BY id").map { try $0["id"] as String }
        }
        #expect(ids == ["c", "f"])
    }

    @Test("a reader changes nothing", arguments: TestDatabase.engines)
    func readOnly(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: counters)
        await #expect(throws: DatabaseError.self) {
            try await database.read { tx in
                _ = try tx.execute("INSERT INTO counter VALUES ('a', 1)")
            }
        }
        #expect(try await database.read { try $0.rows("SELECT id FROM counter").count } == 0)
    }

    @Test("a reader sees one state, whatever is written meanwhile", arguments: TestDatabase.engines)
    func snapshot(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: counters)
        let (written, seen) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let counts = database.read { tx in
            let before = try tx.rows("SELECT id FROM counter").count
            seen.signal()
            written.wait()
            return [before, try tx.rows("SELECT id FROM counter").count]
        }
        try await database.write { tx in
            seen.wait()
            try tx.execute("INSERT INTO counter VALUES ('a', 1)")
        }
        written.signal()
        #expect(try await counts == [0, 0])
    }

    @Test("hundred writers at once lose nothing", arguments: TestDatabase.engines)
    func concurrent(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: counters)
        try await database.write { tx in try tx.execute("INSERT INTO counter VALUES ('a', 0)") }
        try await withThrowingTaskGroup { group in
            for _ in 0..<99 {
                group.addTask {
                    try await database.write { tx in
                        _ = try tx.execute("UPDATE counter SET value = value + 1 WHERE id = 'a'")
                    }
                }
            }
            try await group.waitForAll()
        }
        let value: Int? = try await database.read {
            try $0.first("SELECT value FROM counter")?["value"]
        }
        #expect(value == 99)
    }

    @Test(
        "after a serialization failure the whole body runs again", arguments: TestDatabase.engines)
    func rerun(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: counters)
        let runs = Mutex(0)
        try await database.write { tx in
            try tx.execute("INSERT INTO counter VALUES ('a', 1)")
            let run = runs.withLock {
                $0 += 1; return $0
            }
            if run < 3 { throw DatabaseError.serialization }
        }
        #expect(runs.withLock { $0 } == 3)
        await #expect(throws: DatabaseError.self) {
            try await database.write { _ in throw DatabaseError.serialization }
        }
    }
}
