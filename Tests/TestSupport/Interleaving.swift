import Dispatch
import Synchronization

/// Makes two transactions meet at named points, so that a test decides which
/// of them comes first.
///
///     let steps = Interleaving()
///     async let one = database.write { tx in …; steps.reach("one has read") ; … }
///     async let two = database.write { tx in steps.await("one has read"); … }
///
/// Waiting ends after some seconds, so that a deadlock of the test fails it
/// instead of hanging the run.
public final class Interleaving: Sendable {
    private let points = Mutex<[String: DispatchSemaphore]>([:])

    public init() {}

    /// Says that a point is reached; later waiters pass too.
    public func reach(_ point: String) { semaphore(point).signal() }

    /// Waits for the point; false when it was not reached in time.
    @discardableResult
    public func await(_ point: String, within seconds: Double = 10) -> Bool {
        let semaphore = semaphore(point)
        guard semaphore.wait(timeout: .now() + seconds) == .success else { return false }
        semaphore.signal()
        return true
    }

    private func semaphore(_ point: String) -> DispatchSemaphore {
        points.withLock { points in
            if let known = points[point] { return known }
            let new = DispatchSemaphore(value: 0)
            points[point] = new
            return new
        }
    }
}
