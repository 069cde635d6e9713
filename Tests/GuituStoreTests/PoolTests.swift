import Dispatch
import GuituStore
import Synchronization
import TestSupport
import Testing

/// Long enough on any machine to be stopped by a limit of some 100 ms.
let endless: SQL = """
    WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 2000000000)
    SELECT COUNT(*) AS n FROM n
    """

private let counter = [
    Migration(
        number: 1, name: "counter",
        shared: """
            CREATE TABLE counter (id TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL);
            INSERT INTO counter (id, value) VALUES ('a', 0), ('b', 0);
            """)
]

/// How a call ended, for comparisons; nil when it succeeded.
func ending(_ body: () async throws -> some Any) async -> String? {
    do {
        _ = try await body()
        return nil
    } catch let error as DatabaseError {
        return switch error {
        case .overloaded: "overloaded"
        case .timeout: "timeout"
        case .unavailable: "unavailable"
        case .serialization: "serialization"
        case .full: "full"
        case .constraint: "constraint"
        case .engine(let code, let message): "\(code) \(message)"
        }
    } catch {
        return "\(error)"
    }
}

@Suite("The queue before the database, on both engines")
struct PoolTests {
    private func narrow(_ engine: Engine, wait: Duration = .seconds(5)) async throws -> Database {
        var options = TestDatabase.options
        options.connections = 1
        options.queueLimit = 2
        options.queueWait = wait
        return try await TestDatabase.fresh(engine, migrations: counter, options: options)
    }

    /// Occupies the one writer until the semaphore is signalled.
    private func occupy(_ database: Database) async -> (Task<Void, any Error>, DispatchSemaphore) {
        let (started, free) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let task = Task {
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
        return (task, free)
    }

    private func waitUntil(_ condition: () -> Bool) async throws {
        for _ in 0..<1000 where !condition() { try await Task.sleep(for: .milliseconds(5)) }
        #expect(condition())
    }

    @Test("what does not fit into the queue is refused at once", arguments: TestDatabase.engines)
    func full(engine: Engine) async throws {
        let database = try await narrow(engine)
        let (occupied, free) = await occupy(database)
        let queued = (0..<2).map { _ in Task { try await database.write { _ in } } }
        try await waitUntil { database.waiting == 2 }
        let started = ContinuousClock.now
        #expect(await ending { try await database.write { _ in } } == "overloaded")
        #expect(ContinuousClock.now - started < .seconds(1))
        free.signal()
        try await occupied.value
        for task in queued { try await task.value }
        try await database.write { _ in }
    }

    @Test(
        "what waits too long while all connections hang is told that nothing answers",
        arguments: TestDatabase.engines)
    func patience(engine: Engine) async throws {
        let database = try await narrow(engine, wait: .milliseconds(200))
        let (occupied, free) = await occupy(database)
        let started = ContinuousClock.now
        #expect(await ending { try await database.write { _ in } } == "unavailable")
        #expect(ContinuousClock.now - started < .seconds(3))
        #expect(database.waiting == 0)
        free.signal()
        try await occupied.value
        try await database.write { _ in }
    }

    @Test(
        "a statement that runs too long is stopped, and the next one runs",
        arguments: TestDatabase.engines)
    func timeout(engine: Engine) async throws {
        var options = TestDatabase.options
        options.statementTimeout = .milliseconds(200)
        let database = try await TestDatabase.fresh(engine, options: options)
        #expect(await ending { try await database.read { try $0.rows(endless) } } == "timeout")
        #expect(await ending { try await database.write { try $0.rows(endless) } } == "timeout")
        #expect(try await database.read { try $0.first("SELECT 1 AS one")?["one"] } == 1)
    }

    @Test("closing finishes what is queued and refuses the rest", arguments: TestDatabase.engines)
    func close(engine: Engine) async throws {
        let database = try await narrow(engine)
        let (occupied, free) = await occupy(database)
        let queued = (0..<2).map { _ in
            Task {
                try await database.write { tx in
                    _ = try tx.execute("UPDATE counter SET value = value + 1 WHERE id = 'a'")
                }
            }
        }
        try await waitUntil { database.waiting == 2 }
        async let closed: Void = database.close()
        try await waitUntil { true }
        free.signal()
        try await occupied.value
        for task in queued { try await task.value }
        await closed
        #expect(await ending { try await database.read { _ in } } == "unavailable")
    }

    @Test("the transaction is of no use after its end", arguments: TestDatabase.engines)
    func escaped(engine: Engine) async throws {
        final class Thief: @unchecked Sendable { var tx: (any Transaction)? }  // misuse on purpose
        let database = try await TestDatabase.fresh(engine, migrations: counter)
        let thief = Thief()
        try await database.write { thief.tx = $0 }
        #expect(throws: DatabaseError.self) { try thief.tx?.rows("SELECT id FROM counter") }
    }

    @Test(
        "of two programs that need each other's row one runs again and both succeed",
        arguments: TestDatabase.engines)
    func crossed(engine: Engine) async throws {
        let driver = try await TestDatabase.driver(engine, migrations: counter)
        let (runs, steps) = (Runs(), Interleaving())
        async let one: Void = cross(driver, "a", "b", runs) {
            steps.reach("one")
            // On SQLite the other cannot have come as far: it waits.
            if engine == .postgres { steps.await("two") }
        }
        async let two: Void = cross(driver, "b", "a", runs) {
            steps.reach("two")
            if engine == .postgres { steps.await("one") }
        }
        _ = try await (one, two)
        // PostgreSQL's loser may meet the winner's commit and run once more.
        let count = runs.count.withLock { $0 }
        #expect(engine == .postgres ? count > 2 : count == 2)
        let values = try await Database(driver: driver).read { tx in
            try tx.rows("SELECT value FROM counter").map { try $0["value"] as Int }
        }
        #expect(values == [2, 2])
    }

    private final class Runs: Sendable { let count = Mutex(0) }

    private func cross(
        _ driver: any Driver, _ first: String, _ second: String, _ runs: Runs,
        _ between: @escaping @Sendable () -> Void
    ) async throws {
        try await Database(driver: driver, options: TestDatabase.options).write { tx in
            runs.count.withLock { $0 += 1 }
            try tx.execute("UPDATE counter SET value = value + 1 WHERE id = \(first)")
            between()
            try tx.execute("UPDATE counter SET value = value + 1 WHERE id = \(second)")
        }
    }
}
