import GuituModel
import Synchronization

/// A clock that stands until a test moves it.
public final class FrozenClock: Clock {
    private let instant: Mutex<Instant>

    public init(_ now: Instant) { instant = Mutex(now) }

    /// Ten in the morning in China.
    public convenience init(_ day: Day) { self.init(Instant(day, hour: 10, minute: 0)) }

    public var now: Instant {
        get { instant.withLock { $0 } }
        set { instant.withLock { $0 = newValue } }
    }

    public func advance(by duration: Duration) {
        instant.withLock { $0 = $0.adding(duration) }
    }
}
