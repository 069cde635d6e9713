import Foundation
import GuituStore
import TestSupport
import Testing

private let families = Migration(
    number: 1, name: "families",
    shared: """
        CREATE TABLE family (id TEXT NOT NULL PRIMARY KEY, size INTEGER);
        CREATE TABLE member (
            id TEXT NOT NULL PRIMARY KEY,
            family TEXT NOT NULL REFERENCES family (id)
        );
        CREATE INDEX member_by_family ON member (family);
        """)

/// A rehearsal of what SQLite cannot do with ALTER TABLE: `size` becomes
/// NOT NULL, guarded, and is called `heads`; `member` refers to the table.
private let rebuilt = Migration(
    number: 2, name: "family-heads",
    sqlite: """
        CREATE TABLE family_new (
            id TEXT NOT NULL PRIMARY KEY,
            heads INTEGER NOT NULL CONSTRAINT family_heads CHECK (heads > 0)
        ) STRICT;
        INSERT INTO family_new (id, heads) SELECT id, COALESCE(size, 1) FROM family;
        DROP TABLE family;
        ALTER TABLE family_new RENAME TO family;
        CREATE INDEX family_by_heads ON family (heads);
        """,
    postgres: """
        UPDATE family SET size = 1 WHERE size IS NULL;
        ALTER TABLE family ALTER COLUMN size SET NOT NULL;
        ALTER TABLE family RENAME COLUMN size TO heads;
        ALTER TABLE family ADD CONSTRAINT family_heads CHECK (heads > 0);
        CREATE INDEX family_by_heads ON family (heads);
        """,
    rebuildsTables: true)

@Suite("Migrations on both engines")
struct MigratorTests {
    private func opened(_ engine: Engine) async throws -> (any Driver, Database) {
        let driver = try await TestDatabase.driver(engine)
        return (driver, Database(driver: driver, options: TestDatabase.options))
    }

    private func tables(_ database: Database) async throws -> String {
        try await schemaSnapshot(of: database)
    }

    @Test(
        "they are applied once, in order, and a second run does nothing",
        arguments: TestDatabase.engines)
    func once(engine: Engine) async throws {
        let (_, database) = try await opened(engine)
        let migrator = Migrator([rebuilt, families])
        #expect(try await migrator.pending(in: database).map(\.number) == [1, 2])
        #expect(try await migrator.migrate(database).map(\.number) == [1, 2])
        let schema = try await tables(database)
        #expect(try await migrator.migrate(database).isEmpty)
        #expect(try await migrator.pending(in: database).isEmpty)
        #expect(try await tables(database) == schema)
    }

    @Test("a text that was edited after it was applied is refused", arguments: TestDatabase.engines)
    func edited(engine: Engine) async throws {
        let (_, database) = try await opened(engine)
        try await Migrator([families]).migrate(database)
        var other = families
        other.shared += " "
        for attempt in [other] {
            await #expect {
                try await Migrator([attempt, rebuilt]).migrate(database)
            } throws: { error in
                if case MigrationError.changed(1, "families") = error { true } else { false }
            }
        }
        #expect(try await tables(database).contains("size"))
    }

    @Test("a database newer than the program is refused", arguments: TestDatabase.engines)
    func newer(engine: Engine) async throws {
        let (_, database) = try await opened(engine)
        try await Migrator([families, rebuilt]).migrate(database)
        await #expect {
            try await Migrator([families]).pending(in: database)
        } throws: { error in
            if case MigrationError.unknown(2, "family-heads") = error { true } else { false }
        }
    }

    @Test(
        "one that fails half-way leaves nothing, and those before it stay",
        arguments: TestDatabase.engines)
    func half(engine: Engine) async throws {
        let (_, database) = try await opened(engine)
        let broken = Migration(
            number: 2, name: "broken",
            shared: """
                CREATE TABLE pet (id TEXT NOT NULL PRIMARY KEY);
                INSERT INTO pet (id) VALUES ('cat');
                INSERT INTO pet (id) VALUES ('cat');
                """)
        await #expect {
            try await Migrator([families, broken]).migrate(database)
        } throws: { error in
            if case MigrationError.failed(2, "broken", cause: .constraint(.unique, _)) = error {
                true
            } else {
                false
            }
        }
        let schema = try await tables(database)
        #expect(schema.contains("family") && !schema.contains("pet"))
        #expect(try await Migrator([families, rebuilt]).migrate(database).map(\.number) == [2])
    }

    @Test("two programs that migrate at once do it once", arguments: TestDatabase.engines)
    func together(engine: Engine) async throws {
        let driver = try await TestDatabase.driver(engine)
        let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let database = Database(driver: driver, options: TestDatabase.options)
                    return try await Migrator([families, rebuilt]).migrate(database).map(\.number)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied.sorted() == [1, 2])
    }

    @Test("a table that others refer to is rebuilt with its rows", arguments: TestDatabase.engines)
    func rebuild(engine: Engine) async throws {
        let (_, database) = try await opened(engine)
        try await Migrator([families]).migrate(database)
        try await database.write { tx in
            try tx.insert(
                into: "family", columns: ["id", "size"],
                rows: (0..<500).map { [.text("f\($0)"), $0 % 5 == 0 ? .null : .integer(3)] })
            try tx.insert(
                into: "member", columns: ["id", "family"],
                rows: (0..<1000).map { [.text("m\($0)"), .text("f\($0 % 500)")] })
        }
        try await Migrator([families, rebuilt]).migrate(database)
        let row = try await database.read { tx in
            try #require(
                try tx.first(
                    """
                    SELECT COUNT(*) AS members, SUM(f.heads) AS heads
                    FROM member m JOIN family f ON f.id = m.family
                    """))
        }
        #expect(try row["members"] == 1000)
        #expect(try row["heads"] == 2 * (400 * 3 + 100))
        // The new guard and the old reference both hold, on every connection.
        for sql: SQL in [
            "INSERT INTO family (id, heads) VALUES ('x', 0)",
            "INSERT INTO member (id, family) VALUES ('x', 'nobody')",
            "DELETE FROM family WHERE id = 'f1'",
        ] {
            await #expect(throws: DatabaseError.self) {
                try await database.write { tx in _ = try tx.execute(sql) }
            }
        }
    }

    @Test("a rebuild that would lose a referred row is refused and undone")
    func brokenRebuild() async throws {
        let (_, database) = try await opened(.sqlite)
        try await Migrator([families]).migrate(database)
        try await database.write { tx in
            try tx.execute("INSERT INTO family VALUES ('f', 2)")
            try tx.execute("INSERT INTO member VALUES ('m', 'f')")
        }
        var forgetful = rebuilt
        forgetful.sqlite = rebuilt.sqlite?.replacingOccurrences(
            of: "FROM family;", with: "FROM family WHERE size > 2;")
        await #expect {
            try await Migrator([families, forgetful]).migrate(database)
        } throws: { error in
            if case MigrationError.brokenReferences(2, "member", count: 1) = error {
                true
            } else {
                false
            }
        }
        #expect(try await tables(database).contains("size"))
    }

    @Test("the schema as it is reads the same every time", arguments: TestDatabase.engines)
    func snapshot(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: [families, rebuilt])
        try expectSnapshot(try await tables(database), named: "families.\(engine.rawValue).sql")
    }
}
