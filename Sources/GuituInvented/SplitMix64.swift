/// Steele, Lea and Flood's SplitMix64: small, fast and the same everywhere.
///
/// For invented people and tests only; nothing secret is made with it.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

// Drawn by our own arithmetic rather than the library's, so that a seed makes
// the same people with every version of it.
extension SplitMix64 {
    /// From 0 up to 1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// From 0 up to `count`.
    mutating func below(_ count: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }

    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// The sum of twelve draws less six: near enough to a bell, and without a
    /// logarithm that machines round differently.
    mutating func bell() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += unit() }
        return sum
    }

    /// The place of a draw in running totals that end with the largest.
    mutating func weighted(_ totals: [Double]) -> Int {
        let drawn = unit() * totals[totals.count - 1]
        var low = 0
        var high = totals.count - 1
        while low < high {
            let middle = (low + high) / 2
            if totals[middle] > drawn { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
