import Dispatch
import Foundation
import Synchronization

/// One queue and the threads that serve it, each with a connection of its own.
///
/// Threads start when there is work for them, and the one that rested last is
/// woken first: a quiet station keeps one or two connections, not all of them.
final class Lane: Sendable {
    private struct Job {
        var deadline: ContinuousClock.Instant
        var run: @Sendable (Seat) -> Void
        var refuse: @Sendable (DatabaseError) -> Void
    }

    /// What a thread waits on, and the job handed to it.
    private final class Worker: Sendable {
        let wake = DispatchSemaphore(value: 0)
        let job = Mutex<Job?>(nil)
    }

    private struct State {
        var queue: [Job] = []
        var first = 0  // index of the queue's head; a removal costs nothing
        var idle: [Worker] = []
        var threads = 0
        var timerIsSet = false
        var isStopping = false
        var onStopped: [CheckedContinuation<Void, Never>] = []

        var count: Int { queue.count - first }
        mutating func pop() -> Job? {
            guard first < queue.count else { return nil }
            let job = queue[first]
            first += 1
            if first > 64, first * 2 > queue.count {
                queue.removeFirst(first)
                first = 0
            }
            return job
        }
    }

    private let mode: TransactionMode
    private let driver: any Driver
    private let most: Int
    private let options: Database.Options
    private let circuit: Circuit
    private let state = Mutex(State())
    private let timer = DispatchQueue(label: "guitu.database.timer")

    init(
        _ mode: TransactionMode, _ driver: any Driver, _ threads: Int, _ options: Database.Options,
        _ circuit: Circuit
    ) {
        self.mode = mode
        self.driver = driver
        self.options = options
        self.circuit = circuit
        most = max(1, threads)
    }

    var waiting: Int { state.withLock { $0.count } }

    func run<A: Sendable>(
        _ mode: TransactionMode, _ body: @escaping @Sendable (any Transaction) throws -> A
    ) async throws -> A {
        try await withCheckedThrowingContinuation { continuation in
            enqueue(
                Job(deadline: .now + options.queueWait) { seat in
                    continuation.resume(with: Result { try seat.run(mode, body) })
                } refuse: { error in
                    continuation.resume(throwing: error)
                })
        }
    }

    /// Refuses new jobs; queued ones still run, then the threads end.
    func stop() {
        let idle = state.withLock { state in
            state.isStopping = true
            defer { state.idle = [] }
            return state.idle
        }
        for worker in idle { worker.wake.signal() }
    }

    func stopped() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.threads > 0 { state.onStopped.append(continuation) }
                return state.threads == 0
            }
            if isOver { continuation.resume() }
        }
    }

    private func enqueue(_ job: Job) {
        enum Way {
            case hand(Worker)
            case start, wait
            case waitAndSetTimer
            case refuse(DatabaseError)
        }
        let way: Way = state.withLock { state in
            if state.isStopping { return .refuse(.unavailable(reason: "the database is closed")) }
            if let worker = state.idle.popLast() { return .hand(worker) }
            if state.threads < most {
                state.threads += 1
                return .start
            }
            guard state.count < options.queueLimit else { return .refuse(.overloaded) }
            state.queue.append(job)
            defer { state.timerIsSet = true }
            return state.timerIsSet ? .wait : .waitAndSetTimer
        }
        switch way {
        case .hand(let worker):
            worker.job.withLock { $0 = job }
            worker.wake.signal()
        case .start:
            let worker = Worker()
            worker.job.withLock { $0 = job }
            startThread(named: "database, \(mode)") { self.serve(as: worker) }
        case .wait: break
        case .waitAndSetTimer: setTimer(for: job.deadline)
        case .refuse(let error): job.refuse(error)
        }
    }

    private func serve(as worker: Worker) {
        let seat = Seat(mode, driver, options, circuit)
        while let job = worker.job.withLock({ $0.take() }) ?? next(for: worker) { job.run(seat) }
        seat.leave()
        let waiters = state.withLock { state in
            state.threads -= 1
            guard state.threads == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.onStopped = [] }
            return state.onStopped
        }
        for waiter in waiters { waiter.resume() }
    }

    /// The next job, however long that takes; nil when there will be none.
    private func next(for worker: Worker) -> Job? {
        while true {
            let (job, isOver) = state.withLock { state -> (Job?, Bool) in
                if let job = state.pop() { return (job, false) }
                if !state.isStopping { state.idle.append(worker) }
                return (nil, state.isStopping)
            }
            if let job { return job }
            if isOver { return nil }
            worker.wake.wait()
            if let job = worker.job.withLock({ $0.take() }) { return job }
        }
    }

    /// All threads may hang with the engine, so a timer refuses what has
    /// waited too long. It exists only while something waits.
    private func setTimer(for deadline: ContinuousClock.Instant) {
        let wait = max(.zero, deadline - .now)
        timer.asyncAfter(deadline: .now() + .nanoseconds(Int(wait / .nanoseconds(1)))) {
            [weak self] in
            self?.refuseOverdue()
        }
    }

    private func refuseOverdue() {
        let now = ContinuousClock.now
        let (overdue, next) = state.withLock { state -> ([Job], ContinuousClock.Instant?) in
            var overdue: [Job] = []
            while state.count > 0, state.queue[state.first].deadline <= now {
                overdue.append(state.pop()!)
            }
            let next = state.count > 0 ? state.queue[state.first].deadline : nil
            state.timerIsSet = next != nil
            return (overdue, next)
        }
        for job in overdue { job.refuse(.overloaded) }
        if let next { setTimer(for: next) }
    }
}

/// One thread's place at the database: its connection, replaced when it died.
final class Seat {
    private let mode: TransactionMode
    private let driver: any Driver
    private let options: Database.Options
    private let circuit: Circuit
    private var connection: (any Connection)?

    init(
        _ mode: TransactionMode, _ driver: any Driver, _ options: Database.Options,
        _ circuit: Circuit
    ) {
        self.mode = mode
        self.driver = driver
        self.options = options
        self.circuit = circuit
    }

    func run<A>(_ mode: TransactionMode, _ body: (any Transaction) throws -> A) throws -> A {
        let connection = try begin(mode)
        let work = Guarded(connection)
        do {
            let value = try body(work)
            try work.finish()
            try connection.commit()
            return value
        } catch {
            work.end()
            if connection.isUsable { connection.rollback() }
            throw error
        }
    }

    func leave() {
        connection?.close()
        connection = nil
    }

    private func begin(_ mode: TransactionMode) throws -> any Connection {
        if let connection, connection.isUsable {
            do {
                try connection.begin(mode)
                return connection
            } catch DatabaseError.unavailable where !connection.isUsable {
                // It died while it rested, so nothing is lost by a new one.
            }
        }
        leave()
        let fresh = try circuit.connect { try driver.connect(for: self.mode) }
        connection = fresh
        try fresh.limitStatements(to: options.statementTimeout)
        try fresh.begin(mode)
        return fresh
    }
}

/// The transaction a body sees. It makes both engines behave as PostgreSQL
/// does: after a statement failed, only going back to a savepoint helps.
private final class Guarded: Transaction {
    private var connection: (any Connection)?
    private var failure: (any Error)?

    init(_ connection: any Connection) { self.connection = connection }

    func execute(_ sql: SQL) throws -> Int {
        if failure != nil, sql.isRollbackToSavepoint {
            failure = nil
        }
        return try guarding { try $0.execute(sql) }
    }

    func rows(_ sql: SQL) throws -> [Row] { try guarding { try $0.rows(sql) } }

    func forEachRow(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        try guarding { try $0.forEachRow(sql, body) }
    }

    /// A body that swallowed a statement's failure may not commit.
    func finish() throws {
        defer { connection = nil }
        if let failure { throw failure }
    }

    func end() { connection = nil }

    private func guarding<A>(_ body: (any Connection) throws -> A) throws -> A {
        guard let connection else {
            throw DatabaseError.engine(code: "ended", message: "the transaction has ended")
        }
        if failure != nil {
            throw DatabaseError.engine(
                code: "failed", message: "an earlier statement of this transaction failed")
        }
        do {
            return try body(connection)
        } catch {
            failure = error
            throw error
        }
    }
}

extension SQL {
    fileprivate var isRollbackToSavepoint: Bool {
        pieces == [.text("ROLLBACK TO SAVEPOINT attempt")]
    }
}

func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.name = name
    // Use-cases call deep and keep little on the stack; eight megabytes, the
    // system's usual, would only be address space.
    thread.stackSize = 4 << 20
    thread.start()
}
