import Synchronization

/// Tries per address: a bucket that fills by one every `pause`.
///
/// In memory and per process. It slows guessing from one place; what protects
/// an account wherever the guesses come from is the funnel's own slowing.
final class RateLimit: Sendable {
    private struct Bucket {
        var left: Double
        var at: ContinuousClock.Instant
    }

    private let burst: Double
    private let pause: Duration
    private let buckets = Mutex<[String: Bucket]>([:])
    // 20,000 addresses are about 2 MB; then the fullest ones are forgotten.
    private let most = 20_000

    init(burst: Int, pause: Duration) {
        self.burst = Double(burst)
        self.pause = pause
    }

    /// Takes one try; false when none is left.
    func take(_ key: String, at now: ContinuousClock.Instant = .now) -> Bool {
        buckets.withLock { buckets in
            if buckets.count >= most {
                buckets = buckets.filter { refilled($0.value, at: now) < burst }
                // Everybody is limited: an attack from everywhere. Start anew
                // instead of growing.
                if buckets.count >= most { buckets.removeAll() }
            }
            var left = buckets[key].map { refilled($0, at: now) } ?? burst
            let isAllowed = left >= 1
            if isAllowed { left -= 1 }
            buckets[key] = Bucket(left: left, at: now)
            return isAllowed
        }
    }

    private func refilled(_ bucket: Bucket, at now: ContinuousClock.Instant) -> Double {
        min(burst, bucket.left + (now - bucket.at) / pause)
    }
}

/// What one caller is counted by: an IPv4 address, or the 64 bits of an IPv6
/// address that one subscriber has.
func addressBucket(_ address: String) -> String {
    guard address.contains(":") else { return address }
    let halves = address.prefix { $0 != "%" }.split(
        separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
    let head = halves[0].split(separator: ":").map(String.init)
    guard halves.count == 2 else { return head.prefix(4).joined(separator: ":") }
    let tail = halves[1].split(separator: ":").map(String.init)
    let zeros = Array(repeating: "0", count: max(0, 8 - head.count - tail.count))
    return (head + zeros + tail).prefix(4).joined(separator: ":")
}

/// The result of `body`, or nil when it takes longer than `limit`, or when
/// `heard` was told nothing for as long as `silence`.
///
/// Does not wait for the loser: a hung database's thread cannot be stopped.
func within<Value: Sendable>(
    _ limit: Duration, silence: Duration? = nil, _ heard: Heard = Heard(),
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
    let (stream, continuation) = AsyncThrowingStream<Value?, any Error>.makeStream()
    let work = Task {
        do {
            continuation.yield(try await body())
            continuation.finish()
        } catch {
            continuation.finish(throwing: error)
        }
    }
    let timer = Task {
        let end = ContinuousClock.now + limit
        while true {
            let next = min(end, silence.map { heard.last + $0 } ?? end)
            guard next > .now else { break }
            try await Task.sleep(until: next)
        }
        continuation.yield(nil)
        continuation.finish()
    }
    defer {
        timer.cancel()
        work.cancel()
    }
    for try await value in stream { return value }
    return nil
}

/// When something last arrived.
final class Heard: Sendable {
    private let at = Mutex(ContinuousClock.now)
    var last: ContinuousClock.Instant { at.withLock { $0 } }
    func something() { at.withLock { $0 = .now } }
}
