import Foundation
import GuituModel
import GuituStore
import Logging
import Synchronization

/// Performs jobs; any number of processes may run one over the same database.
///
///     let runner = JobRunner(workplace, handlers: [AnchorHeads(file: file), TidyJobs()])
///     try await runner.run()        // until the task is cancelled
///
/// `run` also gives facts their place in the feed.
public final class JobRunner: Sendable {
    public struct Options: Sendable {
        /// How long a worker may be silent before another takes its job.
        public var lease = Duration.seconds(60)
        /// How often an idle runner looks for jobs of other processes; its own
        /// process wakes it at once.
        public var pause = Duration.milliseconds(500)
        /// Jobs at the same time in this process.
        public var workers = 2
        public var backoff = Backoff()
        /// How often facts are given their place when nothing wakes us.
        public var feedPause = Duration.milliseconds(200)
        public init() {}
    }

    private let workplace: Workplace
    private let handlers: [String: any JobHandler]
    private let options: Options
    private let name: String

    public init(_ workplace: Workplace, handlers: [any JobHandler], options: Options = Options()) {
        self.workplace = workplace
        self.handlers = Dictionary(
            handlers.map { (type(of: $0).kind, $0) }, uniquingKeysWith: { $1 })
        self.options = options
        name = ID<JobRunner>(at: workplace.clock.now).text
    }

    /// Works until it is cancelled, then finishes what it has begun.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<options.workers {
                group.addTask { await self.work(as: "\(self.name)-\(number)") }
            }
            group.addTask { await self.sequence() }
        }
    }

    /// Performs everything that is due now and returns how many jobs that was;
    /// for commands and tests.
    @discardableResult
    public func runDue() async throws -> Int {
        var count = 0
        while try await step(as: name) { count += 1 }
        return count
    }

    /// Begins the periodic jobs that nobody has begun.
    public func ensurePeriodic() async throws {
        let now = workplace.clock.now
        let kinds = handlers.values.filter { $0.every != nil }.map { type(of: $0).kind }.sorted()
        try await workplace.database.write { tx in
            for kind in kinds { try JobStore(tx: tx, now: now).ensurePeriodic(kind, runAt: now) }
        }
    }

    private func work(as worker: String) async {
        var troubles = 0
        while !Task.isCancelled {
            do {
                if troubles >= 0 {
                    try await ensurePeriodic()
                    troubles = -1
                }
                if try await step(as: worker) { continue }
                await workplace.wakes.wait(at: options.pause)
            } catch {
                // The database is away or busy: ask again, ever more slowly.
                troubles = min(max(troubles, 0) + 1, 6)
                try? await Task.sleep(for: options.pause * (1 << troubles))
            }
        }
    }

    private func sequence() async {
        while !Task.isCancelled {
            let given = try? await Feed.sequence(workplace.database)
            if given == Feed.most { continue }
            await workplace.wakes.wait(at: options.feedPause)
        }
    }

    /// Takes and performs one job; false when none is due.
    private func step(as worker: String) async throws -> Bool {
        let kinds = handlers.keys.sorted()
        let (now, lease) = (workplace.clock.now, options.lease)
        // A look first, so that an idle station does not write twice a second.
        guard try await workplace.database.read({ try JobStore(tx: $0, now: now).isAnyDue(kinds) })
        else { return false }
        let leased = try await workplace.database.write { tx in
            try JobStore(tx: tx, now: now).lease(kinds, for: lease, by: worker)
        }
        guard let job = leased, let handler = handlers[job.kind] else { return false }
        if job.attempts > options.backoff.attempts {
            // Whoever had it died each time: it kills its workers.
            await settle(job, handler, .failure(JobLost()))
            return true
        }
        let result = await perform(job, handler)
        // Broken off because we stop: the lease runs out and it is done again.
        if Task.isCancelled, case .failure(let failure) = result, failure is CancellationError {
            return false
        }
        await settle(job, handler, result)
        return true
    }

    private struct JobLost: Error {}

    private func perform(_ job: LeasedJob, _ handler: any JobHandler) async -> Result<
        Void, any Error
    > {
        await withTaskGroup(of: Result<Void, any Error>?.self) { group in
            let workplace = workplace
            group.addTask {
                do {
                    try await handler.perform(job.details, in: workplace)
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask { await self.keepLease(of: job) ? nil : .failure(JobLost()) }
            var result: Result<Void, any Error> = .failure(JobLost())
            while let next = await group.next() {
                guard let next else { continue }
                result = next
                break
            }
            group.cancelAll()
            return result
        }
    }

    /// Renews until cancelled; false once another worker has the job.
    private func keepLease(of job: LeasedJob) async -> Bool {
        let lease = options.lease
        while true {
            do { try await Task.sleep(for: lease / 3) } catch { return true }
            let now = workplace.clock.now
            let isOurs = try? await workplace.database.write { tx in
                try JobStore(tx: tx, now: now).renew(job, for: lease)
            }
            if isOurs == false { return false }
        }
    }

    /// Writes down how it ended. If even that fails the lease runs out and
    /// somebody does it again.
    private func settle(
        _ job: LeasedJob, _ handler: any JobHandler, _ result: Result<Void, any Error>
    ) async {
        let now = workplace.clock.now
        let backoff = options.backoff
        var random = SystemRandomNumberGenerator()
        let delay = backoff.delay(after: job.attempts, using: &random)
        let next = handler.every.map { now.adding($0) }
        let failure: String? =
            if case .failure(let error) = result { errorKind(error) } else { nil }
        func write() async throws {
            try await workplace.database.write { tx in
                let store = JobStore(tx: tx, now: now)
                if let failure {
                    try store.fail(job, error: failure, backoff: backoff, delay: delay)
                    guard job.attempts >= backoff.attempts else { return }
                } else {
                    guard try store.finish(job) else { return }
                }
                if let next {
                    try store.add(kind: job.kind, key: job.key, details: [:], runAt: next)
                }
            }
        }
        do {
            do { try await write() } catch DatabaseError.constraint {
                // One of its key came to wait in between; now it is seen.
                try await write()
            }
        } catch {
            workplace.logger.warning("job not settled", metadata: ["kind": "\(job.kind)"])
        }
        if let failure {
            workplace.logger.warning(
                "job failed",
                metadata: [
                    "kind": "\(job.kind)", "job": "\(job.id)", "attempt": "\(job.attempts)",
                    "error": "\(failure)",
                ])
        }
    }
}

/// What kind of error it was, without the values it may carry.
func errorKind(_ error: any Error) -> String {
    switch error {
    case let error as DatabaseError: error.kind
    case let error as any Refusal: error.saying.key
    case Ending.refused(let refusal): refusal.saying.key
    case Ending.broke(let reference): "broke \(reference)"
    default: "\(type(of: error))"
    }
}

extension JobStore {
    func isAnyDue(_ kinds: [String]) throws -> Bool {
        try tx.first(
            """
            SELECT id FROM job WHERE kind IN \(list: kinds)
                AND ((state = 'waiting' AND run_at <= \(now))
                    OR (state = 'leased' AND lease_until < \(now)))
            LIMIT 1
            """) != nil
    }
}

/// Tells whoever waits in this process that something was written.
public final class Wakes: Sendable {
    private let waiting = Mutex<[Int: CheckedContinuation<Void, Never>]>([:])
    private let next = Atomic<Int>(0)

    public init() {}

    public func ring() {
        let all = waiting.withLock { waiting in
            defer { waiting = [:] }
            return waiting
        }
        for continuation in all.values { continuation.resume() }
    }

    /// Returns when rung, when `longest` has passed, or when cancelled.
    func wait(at longest: Duration) async {
        let number = next.add(1, ordering: .relaxed).newValue
        let alarm = Task {
            try? await Task.sleep(for: longest)
            self.wake(number)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiting.withLock { $0[number] = continuation }
                if Task.isCancelled { wake(number) }
            }
        } onCancel: {
            wake(number)
        }
        alarm.cancel()
    }

    private func wake(_ number: Int) {
        waiting.withLock { $0.removeValue(forKey: number) }?.resume()
    }
}
