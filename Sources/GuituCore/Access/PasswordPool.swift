import Foundation
import Synchronization

/// Threads of their own for hashing passwords, few and with a bounded queue.
///
/// A hash costs a tenth of a second and 32 MB by design. Here a flood of
/// sign-ins fills this queue and is told to come back; pages, the database and
/// everybody already signed in never wait for it.
public final class PasswordPool: Sendable {
    public let cost: PasswordRecord.Cost
    private let threads: Int
    private let queueLimit: Int
    private let state = Mutex(State())
    /// Checked when there is no such account, so that it takes as long.
    private let dummy: PasswordRecord

    private struct State {
        var queue: [@Sendable () -> Void] = []
        var running = 0
        var hashes = 0
    }

    /// - Parameters:
    ///   - threads: hashes at the same time. 2 leave a two-core PC answering.
    ///   - queueLimit: hashes that may wait; 40 are two seconds on two threads.
    public init(
        cost: PasswordRecord.Cost = .standard, threads: Int = 2, queueLimit: Int = 40
    ) {
        self.cost = cost
        self.threads = max(1, threads)
        self.queueLimit = max(0, queueLimit)
        let bytes: [UInt8] = [1, UInt8(cost.logN), UInt8(cost.r), UInt8(cost.p)]
        do {
            dummy = try PasswordRecord(bytes: bytes + Array(repeating: 0xA5, count: 48))
        } catch {
            preconditionFailure("a password cost that no record can hold: \(cost)")
        }
    }

    /// How many hashes were computed, for `/metrics` and for the tests that
    /// show that a wrong login costs as much as a right one.
    public var hashes: Int { state.withLock { $0.hashes } }

    /// Throws `Ending.busy` when too many wait.
    public func hash(_ password: Secret) async throws -> PasswordRecord {
        let cost = cost
        return try await run { try PasswordRecord.make(password.reveal, cost: cost) }
    }

    /// Always one hash; without a record the answer is no.
    public func verify(_ password: Secret, against record: PasswordRecord?) async throws -> Bool {
        let dummy = dummy
        return try await run {
            let isRight = try (record ?? dummy).verify(password.reveal)
            return isRight && record != nil
        }
    }

    func isWeak(_ record: PasswordRecord) -> Bool { record.cost.work < cost.work }

    private enum Way { case start, wait, refuse }

    private func run<A: Sendable>(_ body: @escaping @Sendable () throws -> A) async throws -> A {
        try await withCheckedThrowingContinuation { continuation in
            let job: @Sendable () -> Void = { continuation.resume(with: Result { try body() }) }
            let way: Way = state.withLock { state in
                if state.running < threads {
                    state.running += 1
                    state.hashes += 1
                    return .start
                }
                guard state.queue.count < queueLimit else { return .refuse }
                state.queue.append(job)
                return .wait
            }
            switch way {
            case .start:
                // Made for the work and gone after it: starting a thread costs
                // a thousandth of one hash.
                let thread = Thread { self.work(job) }
                thread.name = "passwords"
                thread.start()
            case .wait: break
            case .refuse: continuation.resume(throwing: Ending.busy)
            }
        }
    }

    private func work(_ first: @Sendable () -> Void) {
        first()
        while let job = next() { job() }
    }

    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard !state.queue.isEmpty else {
                state.running -= 1
                return nil
            }
            state.hashes += 1
            return state.queue.removeFirst()
        }
    }
}
