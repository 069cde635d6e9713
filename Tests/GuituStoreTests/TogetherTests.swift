import GuituStore
import TestSupport
import Testing

private let names = [
    Migration(
        number: 1, name: "names",
        shared: """
            CREATE TABLE names (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE);
            """)
]

/// What travels together on PostgreSQL and one by one on SQLite means the same.
@Suite("Statements sent ahead and questions asked together, on both engines")
struct TogetherTests {
    private func ids(_ database: Database) async throws -> [Int] {
        try await database.read { tx in
            try tx.rows("SELECT id FROM names ORDER BY id").map { try $0["id"] }
        }
    }

    private func add(_ id: Int, _ name: String? = nil) -> SQL {
        "INSERT INTO names (id, name) VALUES (\(id), \(name ?? "name \(id)"))"
    }

    @Test("what was sent is seen by the next question and kept", arguments: TestDatabase.engines)
    func sent(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: names)
        let counts = try await database.write { tx in
            for id in 1...40 { try tx.send(add(id)) }
            let counted: Int? = try tx.first("SELECT COUNT(*) AS n FROM names")?["n"]
            let changed = try tx.execute("UPDATE names SET name = name || '!' WHERE id <= 3")
            for id in 41...50 { try tx.send(add(id)) }
            return (counted, changed)
        }
        #expect(counts == (40, 3))
        #expect(try await ids(database) == Array(1...50))
    }

    @Test(
        "a failure of what was sent reaches the caller and keeps nothing",
        arguments: TestDatabase.engines, [0, 1, 2])
    func failing(engine: Engine, after: Int) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: names)
        let ended = await ending {
            try await database.write { tx in
                try tx.send(add(1))
                try tx.send(add(2, "name 1"))
                for id in 0..<after { try tx.send(add(10 + id)) }
                if after == 2 { _ = try tx.rows("SELECT id FROM names") }
            }
        }
        #expect(ended == "constraint")
        #expect(try await ids(database) == [])
        // The connection is whole: the same one serves the next.
        try await database.write { tx in try tx.send(add(1)) }
        #expect(try await ids(database) == [1])
    }

    @Test("a savepoint undoes what was sent inside it", arguments: TestDatabase.engines)
    func savepoint(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: names)
        try await database.write { tx in
            try tx.send(add(1))
            do {
                try tx.savepoint {
                    try tx.send(add(2))
                    try tx.send(add(3, "name 1"))
                }
                Issue.record("two of one name")
            } catch DatabaseError.constraint {
                // As it should be.
            }
            try tx.send(add(4))
        }
        #expect(try await ids(database) == [1, 4])
    }

    @Test("each question gets its own answer, again and again", arguments: TestDatabase.engines)
    func together(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: names)
        try await database.write { tx in
            for id in 1...5 { try tx.send(add(id)) }
        }
        // Asked once, prepared, and executed as prepared.
        for _ in 1...4 {
            let found = try await database.read { tx in
                try tx.rows(ofEach: [
                    "SELECT id FROM names WHERE id > \(3) ORDER BY id",
                    "SELECT name FROM names WHERE id = \(99)",
                    "SELECT name, id FROM names WHERE id = \(2)",
                ])
            }
            #expect(try found[0].map { try $0["id"] as Int } == [4, 5])
            #expect(found[1].isEmpty)
            #expect(try found[2].first?["name"] == "name 2")
        }
        #expect(try await database.read { try $0.rows(ofEach: []) }.isEmpty)
    }

    @Test("one question of several that fails ends all of them", arguments: TestDatabase.engines)
    func oneFails(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: names)
        for _ in 1...3 {
            let ended = await ending {
                try await database.read { tx in
                    try tx.rows(ofEach: [
                        "SELECT id FROM names", "SELECT id FROM nothing", "SELECT name FROM names",
                    ])
                }
            }
            #expect(ended != nil)
            #expect(try await ids(database) == [])
        }
    }
}
