import GuituSQLite
import GuituStore
import Synchronization
import TestSupport
import Testing

private let library = [
    Migration(
        number: 7, name: "library",
        shared: """
            CREATE TABLE book (
                id TEXT NOT NULL PRIMARY KEY,
                pages INTEGER, weight REAL, cover BLOB,
                part_of TEXT REFERENCES book (id)
            );
            CREATE TABLE loan (
                book TEXT NOT NULL REFERENCES book (id),
                reader TEXT NOT NULL,
                PRIMARY KEY (reader, book)
            ) WITHOUT ROWID;
            CREATE TABLE log (number INTEGER NOT NULL PRIMARY KEY, words TEXT NOT NULL);
            INSERT INTO log (number, words) VALUES (1, 'opened');
            """,
        sqlite: """
            CREATE TRIGGER log_stays BEFORE DELETE ON log
            BEGIN SELECT RAISE(ABORT, 'the log stays'); END;
            CREATE TRIGGER loan_is_logged AFTER INSERT ON loan
            BEGIN INSERT INTO log SELECT MAX(number) + 1, NEW.reader FROM log; END;
            """,
        postgres: """
            CREATE FUNCTION log_stays() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'the log stays'; END $$;
            CREATE TRIGGER log_stays BEFORE DELETE ON log
            FOR EACH ROW EXECUTE FUNCTION log_stays();
            CREATE FUNCTION loan_is_logged() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO log SELECT MAX(number) + 1, NEW.reader FROM log; RETURN NULL; END $$;
            CREATE TRIGGER loan_is_logged AFTER INSERT ON loan
            FOR EACH ROW EXECUTE FUNCTION loan_is_logged();
            """)
]

private final class Tape: Sendable {
    let chunks = Mutex<[[UInt8]]>([])
    var bytes: [UInt8] { chunks.withLock { $0.flatMap { $0 } } }
}

/// Gives `bytes` in awkward pieces.
private func source(_ bytes: [UInt8], pieces: Int = 1009) -> @Sendable () throws -> [UInt8]? {
    let position = Mutex(0)
    return {
        position.withLock { at in
            guard at < bytes.count else { return nil }
            defer { at = min(at + pieces, bytes.count) }
            return Array(bytes[at..<min(at + pieces, bytes.count)])
        }
    }
}

@Suite("Backups that both engines read")
struct TableDumpTests {
    static let ways = TestDatabase.engines.flatMap { from in
        TestDatabase.engines.map { to in [from, to] }
    }

    private func filled(_ engine: Engine) async throws -> Database {
        let database = try await TestDatabase.fresh(engine, migrations: library)
        try await database.write { tx in
            // The last part refers to the first: no order of rows is right.
            try tx.execute("INSERT INTO book (id, pages) VALUES ('b1', \(Int64.min))")
            try tx.insert(
                into: "book", columns: ["id", "pages", "weight", "cover", "part_of"],
                rows: (2...3000).map { n in
                    [
                        .text("b\(n)"), n % 3 == 0 ? .null : .integer(Int64(n)),
                        .real(Double(n) / 7),
                        .blob(n % 5 == 0 ? [] : [UInt8](repeating: UInt8(n & 255), count: n % 400)),
                        .text("b\(n - 1)"),
                    ]
                })
            try tx.execute("UPDATE book SET part_of = 'b3000' WHERE id = 'b1'")
            for reader in ["欧阳𠮷", "O'Brien", ""] {
                try tx.execute("INSERT INTO loan (book, reader) VALUES ('b7', \(reader))")
            }
        }
        return database
    }

    private func everything(_ database: Database) async throws -> [[[SQLValue]]] {
        try await database.read { tx in
            [
                try tx.rows("SELECT id, pages, weight, cover, part_of FROM book ORDER BY id"),
                try tx.rows("SELECT book, reader FROM loan ORDER BY reader"),
                try tx.rows("SELECT number, words FROM log ORDER BY number"),
            ].map { $0.map(\.values) }
        }
    }

    private func dump(_ database: Database) async throws -> (TableDump, [UInt8]) {
        let tape = Tape()
        let dump = try await database.dump { bytes in tape.chunks.withLock { $0.append(bytes) } }
        return (dump, tape.bytes)
    }

    @Test("what was dumped from one engine stands in the other", arguments: ways)
    func roundTrip(way: [Engine]) async throws {
        let old = try await filled(way[0])
        let (dump, bytes) = try await dump(old)
        #expect(dump.rows == ["book": 3000, "loan": 3, "log": 4])
        #expect(dump.migration == 7)
        let new = try await TestDatabase.fresh(way[1], migrations: library)
        let schema = try await schemaSnapshot(of: new)
        #expect(try await new.load(replacing: true, from: source(bytes)) == dump)
        #expect(try await everything(new) == everything(old))
        // Guards and triggers are back, also on connections opened before.
        #expect(try await schemaSnapshot(of: new) == schema)
        for sql: SQL in [
            "DELETE FROM log", "DELETE FROM book WHERE id = 'b7'",
            "INSERT INTO loan (book, reader) VALUES ('nobody', 'x')",
        ] {
            #expect(await ending { try await new.write { try $0.execute(sql) } } == "constraint")
        }
        try await new.write { tx in
            try tx.execute("INSERT INTO loan (book, reader) VALUES ('b8', 'x')")
        }
        #expect(try await new.read { try $0.rows("SELECT number FROM log").count } == 5)
    }

    @Test("a dump sees one state while others write", arguments: TestDatabase.engines)
    func consistent(engine: Engine) async throws {
        let database = try await filled(engine)
        let (steps, tape) = (Interleaving(), Tape())
        async let dumped = database.dump { bytes in
            steps.reach("began")
            steps.await("written")
            tape.chunks.withLock { $0.append(bytes) }
        }
        try await database.write { tx in
            steps.await("began")
            try tx.execute("INSERT INTO book (id) VALUES ('late')")
            try tx.execute("INSERT INTO loan (book, reader) VALUES ('late', 'late')")
        }
        steps.reach("written")
        #expect(try await dumped.rows == ["book": 3000, "loan": 3, "log": 4])
    }

    @Test(
        "a damaged or foreign dump leaves the database as it was", arguments: TestDatabase.engines)
    func damaged(engine: Engine) async throws {
        let (_, bytes) = try await dump(try await filled(engine))
        let database = try await TestDatabase.fresh(engine, migrations: library)
        let before = try await everything(database)
        var changed = bytes
        changed[bytes.count / 2] ^= 1
        let cases: [([UInt8], DumpError?)] = [
            ([], .notADump), (Array("SQLite format 3".utf8), .notADump),
            (Array(bytes.dropLast()), .damaged), (Array(bytes.prefix(bytes.count / 3)), .damaged),
            (bytes + [0], .damaged), (changed, nil),
        ]
        for (bytes, expected) in cases {
            do {
                _ = try await database.load(replacing: true, from: source(bytes))
                Issue.record("it was taken for whole")
            } catch let error as DumpError {
                if let expected { #expect(error == expected) }
            }
        }
        await #expect(throws: DumpError.notEmpty(table: "log")) {
            try await database.load(replacing: false, from: source(bytes))
        }
        #expect(try await everything(database) == before)
        let newer = try await TestDatabase.fresh(
            engine,
            migrations: library + [
                Migration(
                    number: 8, name: "more", shared: "CREATE TABLE more (id TEXT PRIMARY KEY)")
            ])
        await #expect(throws: DumpError.otherSchema(dump: 7, database: 8)) {
            try await newer.load(replacing: true, from: source(bytes))
        }
    }

    @Test("no damage, wherever it is, is taken for whole or stops the program")
    func fuzz() async throws {
        let small = try await TestDatabase.fresh(.sqlite, migrations: library)
        try await small.write { tx in
            try tx.execute(
                "INSERT INTO book (id, pages, cover) VALUES ('b1', 7, \([1, 2] as [UInt8]))")
        }
        let (_, bytes) = try await dump(small)
        var random = SystemRandomNumberGenerator()
        let target = try await TestDatabase.fresh(.sqlite, migrations: library)
        for round in 0..<300 {
            var damaged = bytes
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch round % 4 {
            case 0: damaged[place] ^= UInt8.random(in: 1...255, using: &random)
            case 1: damaged.removeSubrange(place...)
            case 2: damaged.insert(UInt8.random(in: 0...255, using: &random), at: place)
            default: damaged.replaceSubrange(place..., with: bytes[place / 2..<place])
            }
            guard damaged != bytes else { continue }
            do {
                _ = try await target.load(
                    replacing: true, from: source(damaged, pieces: 1 + round % 50))
                Issue.record("taken for whole: round \(round), at \(place)")
            } catch {}
        }
        #expect(try await target.load(replacing: true, from: source(bytes)).rows["book"] == 1)
    }

    @Test("an SQLite file is copied whole while others write, and never over another")
    func copy() async throws {
        let path = try await TestDatabase.temporaryFolder().appendingPathComponent("a.sqlite").path
        let driver = SQLiteDriver(path: path)
        let database = Database(driver: driver, options: TestDatabase.options)
        try await Migrator(library).migrate(database)
        let writing = Task {
            for number in 2...200 {
                try await database.write { tx in
                    try tx.execute("INSERT INTO log (number, words) VALUES (\(number), 'x')")
                }
            }
        }
        try driver.copy(to: path + ".copy")
        try await writing.value
        let copy = Database(driver: SQLiteDriver(path: path + ".copy"))
        #expect(try await Migrator(library).pending(in: copy).isEmpty)
        let row = try await copy.read {
            try $0.first("SELECT COUNT(*) AS n, MAX(number) AS last FROM log")
        }
        #expect(try row?["n"] as Int? == row?["last"] as Int?)
        #expect(throws: DatabaseError.self) { try driver.copy(to: path + ".copy") }
    }
}
