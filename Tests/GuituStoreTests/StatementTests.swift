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

@Suite("Statements that are asked again and again")
struct RepeatedStatementTests {
    private let measures = [
        Migration(
            number: 1, name: "measures",
            shared:
                "CREATE TABLE measure (id INTEGER NOT NULL PRIMARY KEY, value INTEGER, words TEXT)")
    ]

    @Test("NULL first, a value later, and the other way round", arguments: TestDatabase.engines)
    func nulls(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: measures)
        let found = try await database.write { tx in
            let values: [Int?] = [nil, nil, nil, 7, nil, -7, .max, nil]
            for (id, value) in values.enumerated() {
                try tx.execute(
                    """
                    INSERT INTO measure (id, value, words)
                    VALUES (\(id), \(value), \(value.map(String.init)))
                    """)
            }
            return try tx.rows("SELECT value, words FROM measure ORDER BY id").map {
                (try $0["value"] as Int?, try $0["words"] as String?)
            }
        }
        #expect(found.map(\.0) == [nil, nil, nil, 7, nil, -7, .max, nil])
        #expect(found.allSatisfy { $0.map(String.init) == $1 })
    }

    @Test("sums and means are the numbers they are", arguments: TestDatabase.engines)
    func numbers(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: measures)
        for values in [
            [0], [1, 2], [-1, -2, -4], [9999, 1], [10_000], [-10_000, 100_000_000], [Int.max],
            [Int.min], [1_000_000_000_000, 7], [3, -3],
        ] {
            let row = try await database.write { tx in
                try tx.execute("DELETE FROM measure")
                for (id, value) in values.enumerated() {
                    try tx.execute("INSERT INTO measure (id, value) VALUES (\(id), \(value))")
                }
                return try #require(
                    try tx.first("SELECT SUM(value) AS sum, AVG(value) AS mean FROM measure"))
            }
            #expect(try row["sum"] == values.reduce(0, +), "\(values)")
            let mean: Double = try row["mean"]
            let expected = values.map(Double.init).reduce(0, +) / Double(values.count)
            #expect(abs(mean - expected) <= abs(expected) * 1e-12, "\(values)")
        }
        let none = try await database.write { tx in
            try tx.execute("DELETE FROM measure")
            return try tx.first("SELECT SUM(value) AS sum FROM measure")
        }
        #expect(try #require(none)["sum"] as Int? == nil)
    }

    @Test("more different statements than a session keeps", arguments: TestDatabase.engines)
    func many(engine: Engine) async throws {
        var options = TestDatabase.options
        options.connections = 1
        let database = try await TestDatabase.fresh(engine, migrations: measures, options: options)
        try await database.read { tx in
            for _ in 0..<3 {
                for number in 1...400 {
                    let sql = SQL(trusted: "SELECT COUNT(*) + \(number) AS n FROM measure")
                    let row = try #require(try tx.first(sql))
                    #expect(try row["n"] == number)
                }
            }
        }
    }

    @Test("a column that changes under prepared statements", arguments: TestDatabase.engines)
    func changedColumn(engine: Engine) async throws {
        var options = TestDatabase.options
        options.connections = 1
        let database = try await TestDatabase.fresh(engine, migrations: measures, options: options)
        let ask: @Sendable (any Transaction) throws -> SQLValue? = { tx in
            try tx.first("SELECT value FROM measure WHERE id = \(1)")?.values[0]
        }
        try await database.write { tx in
            try tx.execute("INSERT INTO measure (id, value) VALUES (1, 5)")
        }
        for _ in 0..<3 { #expect(try await database.read(ask) == .integer(5)) }
        let change = Migration(
            number: 2, name: "words",
            sqlite: """
                ALTER TABLE measure DROP COLUMN value;
                ALTER TABLE measure ADD COLUMN value TEXT DEFAULT '5';
                """,
            postgres: "ALTER TABLE measure ALTER COLUMN value TYPE TEXT USING value::text")
        try await Migrator(measures + [change]).migrate(database)
        for _ in 0..<3 { #expect(try await database.read(ask) == .text("5")) }
    }

    @Test("what the engine says of a fault holds no values", arguments: TestDatabase.engines)
    func silent(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: measures)
        let secret = "王小明41010119600101"
        for sql: SQL in [
            "INSERT INTO measure (id, value) VALUES (1, \(secret))",
            "INSERT INTO measure (id, value) VALUES (2, CAST(\(secret) AS BIGINT) / 0)",
            "SELECT nothing FROM measure WHERE words = \(secret)",
            "INSERT INTO measure (id, words) VALUES (3, \(secret)), (3, \(secret))",
        ] {
            do {
                try await database.write { tx in _ = try tx.execute(sql) }
            } catch {
                #expect(!"\(error)".contains("王小明") && !"\(error)".contains("4101"), "\(error)")
            }
        }
    }
}
