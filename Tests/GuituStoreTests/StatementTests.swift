import GuituModel
import GuituStore
import TestSupport
import Testing

private let notes = [
    Migration(
        number: 1, name: "notes",
        shared: """
            CREATE TABLE note (
                id TEXT NOT NULL PRIMARY KEY,
                words TEXT, count INTEGER, score REAL, picture BLOB,
                about TEXT REFERENCES note (id),
                body TEXT,  -- without an index: PostgreSQL's hold 2,700 bytes
                CONSTRAINT note_count CHECK (count >= 0)
            );
            CREATE UNIQUE INDEX note_words ON note (words);
            """)
]

@Suite("Statements on both engines")
struct StatementTests {
    static let hostile = [
        "", "'", "'; DROP TABLE note; --", "\"", "\\", "$1", "?", "%_", "无名氏", "𠮷·阿卜杜拉", "👨‍👩‍👧",
        "e\u{301}", "\r\n\t\u{1}\u{7f}", String(repeating: "长", count: 100_000),
    ]

    @Test("what is bound comes back as it was, whatever it is", arguments: TestDatabase.engines)
    func values(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: notes)
        for text in Self.hostile {
            let found = try await database.write { tx in
                try tx.execute("INSERT INTO note (id, body) VALUES ('x', \(text))")
                let row = try #require(try tx.first("SELECT body FROM note WHERE body = \(text)"))
                try tx.execute("DELETE FROM note")
                return try row["body"] as String
            }
            #expect(Array(found.utf8) == Array(text.utf8))
        }
        let all = try await database.write { tx in
            for (id, count) in [("a", Int64.max), ("b", 0)] {
                try tx.execute(
                    """
                    INSERT INTO note (id, count, score, picture)
                    VALUES (\(id), \(count), \(id == "a" ? -1.5e300 : 0.1), \([0, 255, 0] as [UInt8]))
                    """)
            }
            try tx.execute("INSERT INTO note (id, picture) VALUES ('c', \([] as [UInt8]))")
            try tx.execute("INSERT INTO note (id, words) VALUES ('d', \(nil as String?))")
            return try tx.rows("SELECT id, words, count, score, picture FROM note ORDER BY id")
        }
        #expect(
            all.map(\.values) == [
                [.text("a"), .null, .integer(.max), .real(-1.5e300), .blob([0, 255, 0])],
                [.text("b"), .null, .integer(0), .real(0.1), .blob([0, 255, 0])],
                [.text("c"), .null, .null, .null, .blob([])],
                [.text("d"), .null, .null, .null, .null],
            ])
        #expect(all[0].columns == ["id", "words", "count", "score", "picture"])
    }

    @Test("lists, fragments and aggregates read alike", arguments: TestDatabase.engines)
    func lists(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: notes)
        try await database.write { tx in
            try tx.insert(
                into: "note", columns: ["id", "count", "words"],
                rows: (0..<1000).map {
                    [.text("n\($0)"), .integer(Int64($0)), $0 % 2 == 0 ? .null : .text("w\($0)")]
                })
        }
        let row = try await database.read { tx in
            let few = ["n1", "n2", "n999", "nobody"]
            let condition: SQL = "id IN \(list: few)"
            return try #require(
                try tx.first(
                    """
                    SELECT COUNT(*) AS n, SUM(count) AS sum, AVG(count) AS mean, MAX(words) AS top,
                           SUM(CASE WHEN words IS NULL THEN 1 ELSE 0 END) AS nulls
                    FROM note WHERE \(condition) AND count < \(5000)
                    """))
        }
        #expect(try row["n"] == 3)
        #expect(try row["sum"] == 1002)
        #expect(try row["mean"] == 334.0)
        #expect(try row["top"] == "w999")
        #expect(try row["nulls"] == 1)
        let none = try await database.read { tx in
            try tx.rows("SELECT id FROM note WHERE id IN \(list: [] as [String])")
        }
        #expect(none.isEmpty)
    }

    @Test("the number of changed rows is told", arguments: TestDatabase.engines)
    func counts(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: notes)
        let counts = try await database.write { tx in
            [
                try tx.execute("INSERT INTO note (id, count) VALUES ('a', 1), ('b', 1)"),
                try tx.execute("UPDATE note SET count = 2 WHERE id = 'nobody'"),
                try tx.execute("UPDATE note SET count = count + 1"),
                try tx.rows("DELETE FROM note WHERE id = 'a' RETURNING id").count,
                try tx.execute("DELETE FROM note WHERE id = 'a'"),
            ]
        }
        #expect(counts == [2, 0, 2, 1, 0])
    }

    @Test("text sorts by its bytes", arguments: TestDatabase.engines)
    func order(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: notes)
        let words = ["b", "A", "a", "B", "é", "中", "𠮷", "a b", "a-b", "-"]
        let found = try await database.write { tx in
            try tx.insert(
                into: "note", columns: ["id", "words"], rows: words.map { [.text($0), .text($0)] })
            return try tx.rows("SELECT words FROM note ORDER BY words").map {
                try $0["words"] as String
            }
        }
        #expect(found == words.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    }

    @Test("a value that one engine cannot hold is refused by both", arguments: TestDatabase.engines)
    func unholdable(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: notes)
        await #expect(throws: DatabaseError.self) {
            try await database.write { tx in
                try tx.execute("INSERT INTO note (id) VALUES (\("a\0b"))")
            }
        }
        await #expect(throws: DatabaseError.self) {
            try await database.write { tx in
                try tx.execute("INSERT INTO note (id, score) VALUES ('a', \(Double.nan))")
            }
        }
    }

    @Test("each guard of the schema has its name", arguments: TestDatabase.engines)
    func constraints(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: notes)
        try await database.write { tx in
            try tx.execute("INSERT INTO note (id, words) VALUES ('a', 'same')")
        }
        let isSQLite = engine == .sqlite
        let expected: [(SQL, ConstraintKind, String)] = [
            ("INSERT INTO note (id) VALUES ('a')", .unique, isSQLite ? "note.id" : "note_pkey"),
            (
                "INSERT INTO note (id, words) VALUES ('b', 'same')", .unique,
                isSQLite ? "note.words" : "note_words"
            ),
            ("INSERT INTO note (id, count) VALUES ('b', -1)", .check, "note_count"),
            (
                "INSERT INTO note (id, words) VALUES (NULL, 'x')", .notNull,
                "note.id"
            ),
            (
                "INSERT INTO note (id, about) VALUES ('b', 'nobody')", .foreignKey,
                isSQLite ? "" : "note_about_fkey"
            ),
        ]
        for (sql, kind, name) in expected {
            do {
                try await database.write { tx in _ = try tx.execute(sql) }
                Issue.record("\(kind) did not hold")
            } catch DatabaseError.constraint(let found, name: let foundName) {
                #expect(found == kind)
                #expect(foundName == name)
            }
        }
    }

    @Test("rows come one at a time when there are many", arguments: TestDatabase.engines)
    func streaming(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: notes)
        struct Enough: Error {}
        try await database.write { tx in
            try tx.insert(
                into: "note", columns: ["id", "count"],
                rows: (0..<5000).map { [.text("n\($0)"), .integer(Int64($0))] })
        }
        let sum = try await database.read { tx in
            var sum = 0
            try tx.forEachRow("SELECT count FROM note WHERE count < \(4000)") {
                sum += try $0["count"] as Int
            }
            return sum
        }
        #expect(sum == 4000 * 3999 / 2)
        await #expect(throws: Enough.self) {
            try await database.read { tx in
                try tx.forEachRow("SELECT count FROM note") { _ in throw Enough() }
            }
        }
        #expect(try await database.read { try $0.first("SELECT 1 AS one")?["one"] } == 1)
    }
}
