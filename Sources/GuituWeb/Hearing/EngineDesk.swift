import Foundation
import GuituCore
import Synchronization

/// One thread for engines that take tens of milliseconds, beside the threads
/// that answer requests, with a short queue: who finds it full is told so.
public final class EngineDesk: Sendable {
    private let queue = DispatchQueue(label: "guitu.engines")
    private let waiting = Mutex(0)
    private let limit: Int

    // Sixteen questions of up to a tenth of a second are done within two.
    public init(limit: Int = 16) { self.limit = limit }

    /// Throws `Ending.busy` when too many wait, and what `body` throws.
    public func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws
        -> Result
    {
        let isAdmitted = waiting.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { throw Ending.busy }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async {
                let result = Swift.Result { try body() }
                self.waiting.withLock { $0 -= 1 }
                continuation.resume(with: result)
            }
        }
    }
}
