import Dispatch
import Synchronization

/// A database as the rest of the program sees it: a bounded queue before
/// threads of its own, one per connection.
///
/// The bodies are synchronous, so nothing that waits for a network or a person
/// fits into them, and a body cannot call `read` or `write` again. A database
/// that hangs costs its own threads and nobody else's; callers get
/// `.overloaded`, `.timeout` or `.unavailable` within bounds known beforehand.
public final class Database: Sendable {
    public struct Options: Sendable {
        /// Connections on PostgreSQL; readers beside the one writer on SQLite.
        public var connections = 8
        /// Transactions that may wait for a connection; more are refused at
        /// once with `.overloaded`.
        public var queueLimit = 256
        /// The longest a transaction waits for a connection before it is
        /// refused with `.overloaded`.
        public var queueWait = Duration.seconds(5)
        /// The longest one statement may run.
        public var statementTimeout = Duration.seconds(10)
        /// How often a body runs before `.serialization` reaches the caller.
        public var attempts = 5
        /// Where the engine has one writer: how long transactions that waited
        /// for it go on joining one commit.
        public var sharedCommit = Duration.milliseconds(10)
        /// After a failed connection, how long callers are told so without
        /// another one being tried.
        public var retryConnection = Duration.milliseconds(500)

        public init() {}
    }

    public let options: Options
    private let driver: any Driver
    private let circuit: Circuit
    private let reading: Lane
    private let writing: Lane
    private let isOpen: Atomic<Bool>

    /// Opens nothing yet: connections are made by the work that needs them.
    ///
    /// - Parameter isOpen: false while nobody knows whether the tables are
    ///   there; work is refused with `.unavailable` until `open()`.
    public init(driver: any Driver, options: Options = .init(), isOpen: Bool = true) {
        self.driver = driver
        self.options = options
        self.isOpen = Atomic(isOpen)
        circuit = Circuit(retryAfter: options.retryConnection)
        if let writers = driver.writers {
            reading = Lane(.read, driver, options.connections, options, circuit)
            writing = Lane(.write, driver, writers, options, circuit)
        } else {
            reading = Lane(.write, driver, options.connections, options, circuit)
            writing = reading
        }
    }

    deinit {
        reading.stop()
        writing.stop()
    }

    public var engine: Engine { driver.engine }

    /// The tables are as this program needs them: work may come.
    public func open() { isOpen.store(true, ordering: .releasing) }

    /// Runs `body` in one transaction that sees one state and changes nothing.
    public func read<A: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> A
    ) async throws -> A {
        try await rerunning { try await self.reading.run(.read, body) }
    }

    /// Runs `body` in one transaction and commits it; rolls back when it throws.
    ///
    /// After `.serialization` the whole body runs again, so it may do nothing
    /// outside the database. `.unavailable` from the commit itself leaves open
    /// whether it happened: callers repeat with the same idempotency key.
    @discardableResult
    public func write<A: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> A
    ) async throws -> A {
        try await rerunning { try await self.writing.run(.write, body) }
    }

    /// Refuses new work, finishes what is queued, closes the connections.
    public func close() async {
        reading.stop()
        writing.stop()
        await reading.stopped()
        await writing.stopped()
    }

    /// Nil while the engine answers; otherwise the reason it does not. Asks
    /// nobody: `/health` and `/metrics` may call it at any time.
    public var trouble: String? { circuit.trouble }

    /// Transactions waiting for a connection at this moment.
    public var waiting: Int {
        reading === writing ? reading.waiting : reading.waiting + writing.waiting
    }

    /// Migrations, backups: long work on a connection and a thread that are
    /// not the pool's, without a statement limit.
    package func withOwnConnection<A: Sendable>(
        for mode: TransactionMode, _ body: @escaping @Sendable (any Connection) throws -> A
    ) async throws -> A {
        let driver = driver
        return try await withCheckedThrowingContinuation { continuation in
            startThread(named: "database, long work") {
                continuation.resume(
                    with: Result {
                        let connection = try driver.connect(for: mode)
                        defer { connection.close() }
                        try connection.limitStatements(to: nil)
                        return try body(connection)
                    })
            }
        }
    }

    private func rerunning<A>(_ body: () async throws -> A) async throws -> A {
        guard isOpen.load(ordering: .acquiring) else {
            throw DatabaseError.unavailable(reason: "the database was not met yet")
        }
        for attempt in 1... {
            do {
                return try await body()
            } catch DatabaseError.serialization where attempt < options.attempts {
                // The thread and its connection serve others meanwhile. Jitter,
                // so that two rivals do not meet again: 1-4, 1-8, 1-16 ms …
                let most = 2000 << min(attempt, 8)
                try await Task.sleep(for: .microseconds(Int.random(in: 1000...most)))
            }
        }
        throw DatabaseError.serialization
    }
}

/// Remembers that the engine could not be reached, so that only one caller at
/// a time waits for a connection that may never come.
final class Circuit: Sendable {
    private enum State {
        case closed
        case open(until: ContinuousClock.Instant, reason: String)
        case probing(reason: String)
    }

    private let state = Mutex(State.closed)
    private let retryAfter: Duration

    init(retryAfter: Duration) { self.retryAfter = retryAfter }

    var trouble: String? {
        state.withLock { state in
            switch state {
            case .closed: nil
            case .open(_, let reason), .probing(let reason): reason
            }
        }
    }

    func connect(_ attempt: () throws -> any Connection) throws -> any Connection {
        try state.withLock { state in
            switch state {
            case .closed: break
            case .probing(let reason): throw DatabaseError.unavailable(reason: reason)
            case .open(let until, let reason):
                guard until <= .now else { throw DatabaseError.unavailable(reason: reason) }
                state = .probing(reason: reason)
            }
        }
        do {
            let connection = try attempt()
            state.withLock { $0 = .closed }
            return connection
        } catch {
            let reason =
                if case .unavailable(let reason) = error as? DatabaseError { reason } else {
                    "the database refused a connection"
                }
            state.withLock { $0 = .open(until: .now + retryAfter, reason: reason) }
            throw error
        }
    }
}
