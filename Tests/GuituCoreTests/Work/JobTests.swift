import Foundation
import GuituModel
import GuituStore
import Synchronization
import TestSupport
import Testing

@testable import GuituCore

@Suite("Jobs")
struct JobTests {
    @Test("are performed once and then done", arguments: TestDatabase.engines)
    func once(engine: Engine) async throws {
        let office = try await Office(engine)
        let log = Log()
        let runner = JobRunner(office.workplace, handlers: [Noting(log)])
        try await office.enqueue("a", ["id": "1"])
        try await office.enqueue("b")
        #expect(try await runner.runDue() == 2)
        #expect(try await runner.runDue() == 0)
        #expect(log.entries.sorted() == ["1", "b"])
        #expect(try await office.jobs() == ["done 1", "done 1"])
    }

    @Test(
        "of one key wait once, but a change during the work is worked on again",
        arguments: TestDatabase.engines)
    func sameKey(engine: Engine) async throws {
        let office = try await Office(engine)
        try await office.enqueue("a")
        try await office.enqueue("a")
        #expect(try await office.jobs() == ["waiting 0"])
        let log = Log()
        let runner = JobRunner(
            office.workplace,
            handlers: [
                Noting(log) { _, count in if count == 1 { try await office.enqueue("a") } }
            ])
        #expect(try await runner.runDue() == 2)
        #expect(log.entries == ["a", "a"])
    }

    @Test(
        "wait longer after each failure and end among the dead with the kind of error only",
        arguments: TestDatabase.engines)
    func backoff(engine: Engine) async throws {
        let office = try await Office(engine)
        var options = JobRunner.Options()
        options.backoff.attempts = 4
        let log = Log()
        let runner = JobRunner(
            office.workplace, handlers: [Noting(log) { _, _ in throw Secretive("李秀兰") }],
            options: options)
        try await office.enqueue("a")
        var waits: [Duration] = []
        for attempt in 1...4 {
            #expect(try await runner.runDue() == 1, "attempt \(attempt)")
            guard attempt < 4 else { break }
            let runAt = try await office.runAt()
            waits.append(runAt.since(office.clock.now))
            office.clock.now = runAt.adding(.milliseconds(-1))
            #expect(try await runner.runDue() == 0, "not before its time")
            office.clock.now = runAt
        }
        #expect(waits[0] >= .seconds(1) && waits[0] < .seconds(3))
        #expect(waits[1] >= .seconds(2) && waits[1] < .seconds(6))
        #expect(waits[2] >= .seconds(4) && waits[2] < .seconds(12))
        #expect(try await office.jobs() == ["dead 4"])
        let admin = try await office.account(.systemAdministrator, at: office.province)
        let dead = try await office.workplace.perform(ListJobs(), as: admin.actor)
        #expect(dead.jobs.map(\.lastError) == ["Secretive"])
        #expect(dead.counts == ["dead": 1])
    }

    @Test("that are dead get all their attempts again", arguments: TestDatabase.engines)
    func retry(engine: Engine) async throws {
        let office = try await Office(engine)
        var options = JobRunner.Options()
        options.backoff.attempts = 1
        let log = Log()
        let runner = JobRunner(
            office.workplace,
            handlers: [Noting(log) { _, count in if count == 1 { throw Secretive("x") } }],
            options: options)
        try await office.enqueue("a")
        #expect(try await runner.runDue() == 1)
        #expect(try await office.jobs() == ["dead 1"])
        let admin = try await office.account(.systemAdministrator, at: office.province)
        let clerk = try await office.account(.reception, at: office.station)
        let place = office.workplace
        let id = try #require(
            try await place.perform(ListJobs(), as: admin.actor).jobs.first?.id)
        #expect(
            await ending { try await place.perform(RetryJob(id: id), as: clerk.actor) }
                == "notAllowed")
        try await office.enqueue("a")
        #expect(
            await ending { try await place.perform(RetryJob(id: id), as: admin.actor) }
                == "refused job.alreadyWaiting")
        #expect(try await runner.runDue() == 1)
        try await place.perform(RetryJob(id: id), as: admin.actor)
        #expect(
            await ending { try await place.perform(RetryJob(id: id), as: admin.actor) }
                == "refused job.notDead")
        #expect(try await runner.runDue() == 1)
        #expect(try await office.jobs() == ["done 1", "done 1"])
        #expect(
            await ending {
                try await place.perform(RetryJob(id: ID(at: office.clock.now)), as: admin.actor)
            } == "notFound")
    }

    @Test(
        "whose worker died are taken by another when the lease is over",
        arguments: TestDatabase.engines)
    func lostLease(engine: Engine) async throws {
        let office = try await Office(engine)
        try await office.enqueue("a")
        let dead = try #require(try await office.lease(by: "dead"))
        let log = Log()
        let runner = JobRunner(office.workplace, handlers: [Noting(log)])
        #expect(try await runner.runDue() == 0, "the lease still holds")
        office.clock.advance(by: .seconds(61))
        #expect(try await runner.runDue() == 1)
        // The one believed dead wakes up: it may not say how it ended.
        let now = office.clock.now
        let (renewed, finished) = try await office.database.write { tx in
            let store = JobStore(tx: tx, now: now)
            return (try store.renew(dead, for: .seconds(60)), try store.finish(dead))
        }
        #expect(!renewed && !finished)
        #expect(try await office.jobs() == ["done 2"])
    }

    @Test("that kill every worker end among the dead", arguments: TestDatabase.engines)
    func killers(engine: Engine) async throws {
        let office = try await Office(engine)
        var options = JobRunner.Options()
        options.backoff.attempts = 3
        let log = Log()
        let runner = JobRunner(office.workplace, handlers: [Noting(log)], options: options)
        try await office.enqueue("a")
        for _ in 1...3 {
            _ = try await office.lease(by: "dies")
            office.clock.advance(by: .seconds(61))
        }
        #expect(try await runner.runDue() == 1)
        #expect(log.entries == [], "not tried a fourth time")
        #expect(try await office.jobs() == ["dead 4"])
    }

    @Test("are cancelled when another worker has them", arguments: TestDatabase.engines)
    func cancelled(engine: Engine) async throws {
        let office = try await Office(engine)
        var options = JobRunner.Options()
        options.lease = .milliseconds(60)
        let log = Log()
        let runner = JobRunner(
            office.workplace,
            handlers: [
                Noting(log) { _, count in
                    guard count == 1 else { return }
                    // Another process believes us dead, by its clock.
                    office.clock.advance(by: .seconds(61))
                    _ = try await office.lease(by: "another")
                    do { try await Task.sleep(for: .seconds(20)) } catch {
                        log.add("cancelled")
                        throw error
                    }
                }
            ], options: options)
        try await office.enqueue("a")
        #expect(try await runner.runDue() == 1)
        #expect(log.entries == ["a", "cancelled"])
        #expect(try await office.jobs() == ["leased 2"], "it is the other's now")
    }

    @Test("broken off by a stop are neither failed nor done", arguments: TestDatabase.engines)
    func brokenOff(engine: Engine) async throws {
        let office = try await Office(engine)
        let log = Log()
        let runner = JobRunner(
            office.workplace,
            handlers: [
                Noting(log) { _, _ in
                    log.add("begun")
                    try await Task.sleep(for: .seconds(60))
                }
            ])
        try await office.enqueue("a")
        let run = Task { await runner.run() }
        while !log.entries.contains("begun") { try await Task.sleep(for: .milliseconds(5)) }
        run.cancel()
        await run.value
        #expect(
            try await office.jobs() == ["leased 1"], "another worker takes it when the lease ends")
    }

    @Test("keep their lease while they work", arguments: TestDatabase.engines)
    func renewed(engine: Engine) async throws {
        let office = try await Office(engine)
        var options = JobRunner.Options()
        options.lease = .milliseconds(60)
        let before = Log()
        let runner = JobRunner(
            office.workplace,
            handlers: [
                Noting(before) { _, _ in
                    let first = try await office.leaseUntil()
                    office.clock.advance(by: .seconds(1))
                    for _ in 0..<100 where try await office.leaseUntil() == first {
                        try await Task.sleep(for: .milliseconds(20))
                    }
                    if try await office.leaseUntil() > first { before.add("renewed") }
                }
            ], options: options)
        try await office.enqueue("a")
        #expect(try await runner.runDue() == 1)
        #expect(before.entries == ["a", "renewed"])
        #expect(try await office.jobs() == ["done 1"])
    }

    @Test("are each given to one of many workers", arguments: TestDatabase.engines)
    func manyWorkers(engine: Engine) async throws {
        let office = try await Office(engine)
        let log = Log()
        for number in 0..<60 { try await office.enqueue("\(number)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let runner = JobRunner(office.workplace, handlers: [Noting(log)])
                    try await runner.runDue()
                }
            }
            try await group.waitForAll()
        }
        #expect(log.entries.count == 60, "none twice while nobody dies")
        #expect(Set(log.entries).count == 60)
    }

    @Test(
        "that come back while a newer one waits leave the work to it",
        arguments: TestDatabase.engines)
    func superseded(engine: Engine) async throws {
        let office = try await Office(engine)
        let log = Log()
        let runner = JobRunner(
            office.workplace,
            handlers: [
                Noting(log) { _, count in
                    guard count == 1 else { return }
                    try await office.enqueue("a")
                    throw Secretive("x")
                }
            ])
        try await office.enqueue("a")
        #expect(try await runner.runDue() == 1)
        #expect(try await office.jobs() == ["done 1", "waiting 1"])
        office.clock.advance(by: .seconds(10))
        #expect(try await runner.runDue() == 1)
        #expect(log.entries == ["a", "a"])
    }

    @Test(
        "that repeat are begun once and planned again after each run",
        arguments: TestDatabase.engines)
    func periodic(engine: Engine) async throws {
        let office = try await Office(engine)
        let log = Log()
        let runner = JobRunner(office.workplace, handlers: [Noting(log, every: .seconds(600))])
        try await runner.ensurePeriodic()
        try await runner.ensurePeriodic()
        #expect(try await runner.runDue() == 1)
        #expect(try await runner.runDue() == 0)
        try await runner.ensurePeriodic()
        office.clock.advance(by: .seconds(599))
        #expect(try await runner.runDue() == 0)
        office.clock.advance(by: .seconds(1))
        #expect(try await runner.runDue() == 1)
        #expect(log.entries.count == 2)
    }

    @Test(
        "are seen by a worker only together with what their transaction changed",
        arguments: TestDatabase.engines.filter { $0 == .postgres })
    func notBeforeTheCommit(engine: Engine) async throws {
        // A waits already. A use-case changes something and wants A again: it
        // finds A waiting. If a worker could take A before that commit, it
        // would work on the old state, and nobody on the new one.
        let office = try await Office(engine)
        try await office.enqueue("a")
        let now = office.clock.now
        let (added, mayCommit) = (Signal(), Signal())
        let order = Log()
        async let change: Void = office.database.write { tx in
            try JobStore(tx: tx, now: now).add(kind: Noting.kind, key: "a", details: [:])
            added.send()
            mayCommit.waitBlocking()
            order.add("committing")
        }
        await added.wait()
        async let leased: LeasedJob? = {
            let job = try await office.lease(by: "worker")
            order.add("leased")
            return job
        }()
        try await Task.sleep(for: .milliseconds(150))
        mayCommit.send()
        _ = try await (change, leased)
        #expect(order.entries == ["committing", "leased"])
    }

    @Test("that are done are forgotten after a week", arguments: TestDatabase.engines)
    func tidy(engine: Engine) async throws {
        let office = try await Office(engine)
        let runner = JobRunner(office.workplace, handlers: [Noting(Log())])
        try await office.enqueue("a")
        try await runner.runDue()
        try await TidyJobs().perform([:], in: office.workplace)
        #expect(try await office.jobs() == ["done 1"])
        office.clock.advance(by: .seconds(7 * 86_400 + 1))
        try await TidyJobs().perform([:], in: office.workplace)
        #expect(try await office.jobs() == [])
    }

    @Test("start at once when something is written, and stop when told")
    func running() async throws {
        let office = try await Office(.sqlite)
        var options = JobRunner.Options()
        options.pause = .seconds(30)
        options.feedPause = .seconds(30)
        let log = Log()
        let runner = JobRunner(office.workplace, handlers: [Noting(log)], options: options)
        let running = Task { await runner.run() }
        try await Task.sleep(for: .milliseconds(100))
        try await office.enqueue("a")
        office.workplace.wakes.ring()
        for _ in 0..<200 where log.entries.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        #expect(log.entries == ["a"], "woken, not after thirty seconds")
        running.cancel()
        await running.value
    }
}

/// Writes down what it did.
struct Noting: JobHandler {
    static let kind = "noting"
    let log: Log
    var every: Duration?
    var work: @Sendable ([String: String], Int) async throws -> Void

    init(
        _ log: Log, every: Duration? = nil,
        work: @escaping @Sendable ([String: String], Int) async throws -> Void = { _, _ in }
    ) {
        self.log = log
        self.every = every
        self.work = work
    }

    func perform(_ details: [String: String], in workplace: Workplace) async throws {
        try await work(details, log.add(details["id"] ?? "-"))
    }
}

/// An error that carries what must not be written down.
struct Secretive: Error {
    let name: String
    init(_ name: String) { self.name = name }
}

final class Log: Sendable {
    private let lines = Mutex<[String]>([])
    var entries: [String] { lines.withLock { $0 } }
    @discardableResult
    func add(_ line: String) -> Int {
        lines.withLock {
            $0.append(line)
            return $0.count
        }
    }
}

/// Lets a body on a database thread and a test wait for each other.
final class Signal: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func send() { semaphore.signal() }
    func waitBlocking() { semaphore.wait() }
    func wait() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                self.semaphore.wait()
                continuation.resume()
            }
        }
    }
}

extension Office {
    func enqueue(_ key: String, _ details: [String: String]? = nil) async throws {
        let now = clock.now
        try await database.write { tx in
            try JobStore(tx: tx, now: now).add(
                kind: Noting.kind, key: key, details: details ?? ["id": key])
        }
    }

    func lease(by worker: String) async throws -> LeasedJob? {
        let now = clock.now
        return try await database.write { tx in
            try JobStore(tx: tx, now: now).lease([Noting.kind], for: .seconds(60), by: worker)
        }
    }

    /// State and attempts of each, oldest first.
    func jobs() async throws -> [String] {
        try await database.read { tx in
            try tx.rows("SELECT state, attempts FROM job ORDER BY state, id").map {
                "\(try $0["state"] as String) \(try $0["attempts"] as Int)"
            }
        }
    }

    func runAt() async throws -> Instant {
        try await database.read { tx in
            try tx.first("SELECT MAX(run_at) AS run_at FROM job")?["run_at"]
                ?? Instant(milliseconds: 0)
        }
    }

    func leaseUntil() async throws -> Instant {
        try await database.read { tx in
            try tx.first("SELECT lease_until FROM job WHERE state = 'leased'")?["lease_until"]
                ?? Instant(milliseconds: 0)
        }
    }
}
