import Dispatch
import GuituStore
import Synchronization
import TestSupport
import Testing

private let ledger = [
    Migration(
        number: 1, name: "ledger",
        shared: """
            CREATE TABLE ledger (id TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL CHECK (value < 100));
            """)
]

/// On SQLite there is one writer; what waits for it shares a commit.
@Suite("Writers that wait together share one commit")
struct SharedCommitTests {
    /// Occupies the writer, queues `bodies` behind it in their order, and
    /// returns how each ended and how many commits it took.
    private func together(
        _ database: Database, _ counting: CountingDriver,
        _ bodies: [@Sendable (any Transaction) throws -> Void]
    ) async throws -> (endings: [String?], commits: Int) {
        let (started, free) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let first = Task {
            try await database.write { _ in
                started.signal()
                free.wait()
            }
        }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                started.wait()
                continuation.resume()
            }
        }
        var tasks: [Task<String?, Never>] = []
        for body in bodies {
            let before = database.waiting
            tasks.append(Task { await ending { try await database.write(body) } })
            while database.waiting == before { try await Task.sleep(for: .milliseconds(1)) }
        }
        free.signal()
        try await first.value
        var endings: [String?] = []
        for task in tasks { endings.append(await task.value) }
        // The one that occupied the writer had a commit of its own.
        return (endings, counting.commits.withLock { $0 } - 1)
    }

    private func open(timeout: Duration = .seconds(10)) async throws -> (Database, CountingDriver) {
        let driver = CountingDriver(try await TestDatabase.driver(.sqlite, migrations: ledger))
        var options = TestDatabase.options
        options.statementTimeout = timeout
        options.sharedCommit = .seconds(60)
        return (Database(driver: driver, options: options), driver)
    }

    private func add(_ id: String, _ value: Int = 1) -> @Sendable (any Transaction) throws -> Void {
        { try $0.execute("INSERT INTO ledger (id, value) VALUES (\(id), \(value))") }
    }

    private func ids(_ database: Database) async throws -> [String] {
        try await database.read { tx in
            try tx.rows("SELECT id FROM ledger ORDER BY id").map { try $0["id"] }
        }
    }

    @Test("twenty writers need one commit")
    func one() async throws {
        let (database, driver) = try await open()
        let ids = (10..<30).map { "\($0)" }
        let (endings, commits) = try await together(database, driver, ids.map { add($0) })
        #expect(endings == ids.map { _ in nil })
        #expect(commits == 1)
        #expect(try await self.ids(database) == ids)
    }

    @Test("one that fails takes back its own change and nobody else's")
    func failing() async throws {
        struct Stop: Error {}
        let (database, driver) = try await open()
        let (endings, commits) = try await together(
            database, driver,
            [
                add("a"), add("a"), add("b", 500),
                { tx in
                    try tx.execute("INSERT INTO ledger (id, value) VALUES ('c', 1)")
                    throw Stop()
                },
                { tx in
                    // A failure inside its own savepoint is its own affair.
                    try tx.execute("INSERT INTO ledger (id, value) VALUES ('d', 1)")
                    try? tx.savepoint { try tx.execute("INSERT INTO ledger VALUES ('a', 1)") }
                },
                { tx in
                    // One that swallows a failure may not commit.
                    try tx.execute("INSERT INTO ledger (id, value) VALUES ('e', 1)")
                    _ = try? tx.execute("INSERT INTO ledger (id, value) VALUES ('a', 1)")
                },
                add("f"),
            ])
        #expect(
            endings == [nil, "constraint", "constraint", "Stop()", nil, "constraint", nil])
        #expect(commits == 1)
        #expect(try await ids(database) == ["a", "d", "f"])
    }

    @Test("one that breaks the common transaction leaves the others whole")
    func broken() async throws {
        let (database, driver) = try await open(timeout: .milliseconds(200))
        // SQLite undoes a whole transaction when a change is interrupted.
        let (endings, commits) = try await together(
            database, driver,
            [
                add("a"),
                {
                    try $0.execute("INSERT INTO ledger (id, value) SELECT 'x', n FROM (\(endless))")
                },
                add("b"),
            ])
        #expect(endings == [nil, "timeout", nil])
        #expect(commits == 2)
        #expect(try await ids(database) == ["a", "b"])
    }

    @Test("when the common commit fails each is tried alone")
    func refusedCommit() async throws {
        let (database, driver) = try await open()
        driver.refuseCommits.withLock { $0 = 2 }  // the occupier's and the common one
        let (endings, commits) = try await together(database, driver, [add("a"), add("b")])
        #expect(endings == [nil, nil])
        #expect(commits == 2)
        #expect(try await ids(database) == ["a", "b"])
    }
}

/// The engine's driver, with its commits counted and, if asked, refused.
private final class CountingDriver: Driver {
    let commits = Mutex(0)
    let refuseCommits = Mutex(0)
    private let driver: any Driver

    init(_ driver: any Driver) { self.driver = driver }

    var engine: Engine { driver.engine }
    var writers: Int? { driver.writers }
    func connect(for mode: TransactionMode) throws -> any Connection {
        let connection = try driver.connect(for: mode)
        return mode == .write ? Counted(connection, self) : connection
    }

    private final class Counted: Connection {
        private let connection: any Connection
        private let driver: CountingDriver

        init(_ connection: any Connection, _ driver: CountingDriver) {
            self.connection = connection
            self.driver = driver
        }

        func commit() throws {
            let refused = driver.refuseCommits.withLock { left in
                defer { left = max(0, left - 1) }
                return left == 1
            }
            if refused { throw DatabaseError.full }
            try connection.commit()
            driver.commits.withLock { $0 += 1 }
        }

        func begin(_ mode: TransactionMode) throws { try connection.begin(mode) }
        func rollback() { connection.rollback() }
        func limitStatements(to limit: Duration?) throws {
            try connection.limitStatements(to: limit)
        }
        var isUsable: Bool { connection.isUsable }
        func close() { connection.close() }
        func execute(_ sql: SQL) throws -> Int { try connection.execute(sql) }
        func rows(_ sql: SQL) throws -> [Row] { try connection.rows(sql) }
        func forEachRow(_ sql: SQL, _ body: (Row) throws -> Void) throws {
            try connection.forEachRow(sql, body)
        }
    }
}
