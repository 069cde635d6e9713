import Dispatch
import Foundation
import Synchronization

/// One queue and the threads that serve it, each with a connection of its own.
///
/// Threads start when there is work for them, and the one that rested last is
/// woken first: a quiet station keeps one or two connections, not all of them.
final class Lane: Sendable {
    /// A body that keeps what it returned to itself until it hears how its
    /// transaction ended. It may run again after a transaction that failed.
    struct Job: Sendable {
        var mode: TransactionMode
        var deadline: ContinuousClock.Instant
        /// Jobs that were finished before this one had to wait.
        var finished = 0
        var body: @Sendable (any Transaction) throws -> Void
        var end: @Sendable ((any Error)?) -> Void
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
        var finished = 0
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
    /// Then what waits for the writer shares its commit.
    private let isOnlyWriter: Bool
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
        isOnlyWriter = mode == .write && driver.writers == 1
    }

    var waiting: Int { state.withLock { $0.count } }

    func run<A: Sendable>(
        _ mode: TransactionMode, _ body: @escaping @Sendable (any Transaction) throws -> A
    ) async throws -> A {
        try await withCheckedThrowingContinuation { continuation in
            let answer = Answer<A>()
            enqueue(
                Job(mode: mode, deadline: .now + options.queueWait) { transaction in
                    let value = try body(transaction)
                    answer.value.withLock { $0 = value }
                } end: { error in
                    if let error { return continuation.resume(throwing: error) }
                    guard let value = answer.value.withLock({ $0 }) else {
                        return continuation.resume(
                            throwing: DatabaseError.engine(code: "lane", message: "no answer"))
                    }
                    continuation.resume(returning: value)
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
            var job = job
            job.finished = state.finished
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
        case .refuse(let error): job.end(error)
        }
    }

    private func serve(as worker: Worker) {
        let seat = Seat(mode, driver, options, circuit)
        while let job = worker.job.withLock({ $0.take() }) ?? next(for: worker) {
            if isOnlyWriter {
                seat.run(job, andThen: { self.state.withLock { $0.pop() } })
            } else {
                seat.run(job)
            }
            state.withLock { $0.finished += 1 }
        }
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
        let (overdue, next, finished) = state.withLock {
            state -> ([Job], ContinuousClock.Instant?, Int) in
            var overdue: [Job] = []
            while state.count > 0, state.queue[state.first].deadline <= now {
                overdue.append(state.pop()!)
            }
            let next = state.count > 0 ? state.queue[state.first].deadline : nil
            state.timerIsSet = next != nil
            return (overdue, next, state.finished)
        }
        for job in overdue {
            // Nobody got anywhere meanwhile: that is not many people at once.
            job.end(
                job.finished == finished
                    ? DatabaseError.unavailable(reason: "the database does not answer")
                    : DatabaseError.overloaded)
        }
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

    /// One job in a transaction of its own.
    func run(_ job: Lane.Job) {
        do {
            let connection = try begin(job.mode)
            let work = Guarded(connection)
            do {
                try job.body(work)
                try work.finish()
                try connection.commit()
            } catch {
                work.end()
                if connection.isUsable { connection.rollback() }
                throw error
            }
            job.end(nil)
        } catch {
            job.end(error)
        }
    }

    /// The job and those that wait behind it, one after the other in one
    /// transaction, each in a savepoint: a commit waits for the disk, and the
    /// engine has one writer, so that many share the wait. Nobody is answered
    /// before that commit. Whatever breaks the common transaction, everybody
    /// whose own body did not fail runs again alone.
    func run(_ first: Lane.Job, andThen next: () -> Lane.Job?) {
        guard let second = next() else { return run(first) }
        var kept: [Lane.Job] = []
        var waiting: [Lane.Job] = [second, first]  // taken from the end
        do {
            let connection = try begin(.write)
            let until = ContinuousClock.now + options.sharedCommit
            do {
                while let job = waiting.popLast() ?? (until > .now ? next() : nil) {
                    do {
                        try within(connection, job)
                        kept.append(job)
                    } catch let failure as Failed {
                        job.end(failure.cause)
                        if failure.isBroken { throw failure }
                    } catch {
                        waiting.append(job)
                        throw error
                    }
                }
                try connection.commit()
                for job in kept { job.end(nil) }
                return
            } catch {
                if connection.isUsable { connection.rollback() }
            }
        } catch {
            // It cannot begin: each is told so, by its own attempt.
        }
        for job in kept + waiting.reversed() { run(job) }
    }

    /// A body that failed. It left the transaction as it was before, unless
    /// that broke: a full disk or an interrupted change undo all of it.
    private struct Failed: Error {
        var cause: any Error
        var isBroken: Bool
    }

    private func within(_ connection: any Connection, _ job: Lane.Job) throws {
        try connection.execute("SAVEPOINT job")
        let work = Guarded(connection)
        do {
            try job.body(work)
            try work.finish()
        } catch {
            work.end()
            do {
                try connection.execute("ROLLBACK TO SAVEPOINT job")
                try connection.execute("RELEASE SAVEPOINT job")
            } catch _ {  // the body's own failure says more
                throw Failed(cause: error, isBroken: true)
            }
            throw Failed(cause: error, isBroken: false)
        }
        try connection.execute("RELEASE SAVEPOINT job")
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

    func send(_ sql: SQL) throws { try guarding { try $0.send(sql) } }

    func rows(_ sql: SQL) throws -> [Row] { try guarding { try $0.rows(sql) } }

    func rows(ofEach questions: [SQL]) throws -> [[Row]] {
        try guarding { try $0.rows(ofEach: questions) }
    }

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

/// What a body returned, until its transaction has ended.
private final class Answer<A: Sendable>: Sendable {
    let value = Mutex<A?>(nil)
}

func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.name = name
    // Use-cases call deep and keep little on the stack; eight megabytes, the
    // system's usual, would only be address space.
    thread.stackSize = 4 << 20
    thread.start()
}
