/// Whole numbers of any size: only what sums of products need.
struct Natural {
    private var words: [UInt32]  // least first, no zeros at the end

    init(_ value: Int) {
        words = []
        var rest = UInt64(value)
        while rest > 0 {
            words.append(UInt32(truncatingIfNeeded: rest))
            rest >>= 32
        }
    }

    var isZero: Bool { words.isEmpty }

    static func += (a: inout Natural, b: Natural) {
        var carry: UInt64 = 0
        for i in 0..<max(a.words.count, b.words.count) {
            let x = i < a.words.count ? UInt64(a.words[i]) : 0
            let y = i < b.words.count ? UInt64(b.words[i]) : 0
            carry += x + y
            if i < a.words.count {
                a.words[i] = UInt32(truncatingIfNeeded: carry)
            } else {
                a.words.append(UInt32(truncatingIfNeeded: carry))
            }
            carry >>= 32
        }
        if carry > 0 { a.words.append(UInt32(carry)) }
    }

    static func * (a: Natural, b: Natural) -> Natural {
        var result = Natural(0)
        result.words = [UInt32](repeating: 0, count: a.words.count + b.words.count)
        for i in a.words.indices {
            var carry: UInt64 = 0
            for j in b.words.indices {
                carry += UInt64(result.words[i + j]) + UInt64(a.words[i]) * UInt64(b.words[j])
                result.words[i + j] = UInt32(truncatingIfNeeded: carry)
                carry >>= 32
            }
            result.words[i + b.words.count] = UInt32(carry)
        }
        while result.words.last == 0 { result.words.removeLast() }
        return result
    }

    /// The quotient, right to the last bits of a double.
    static func ratio(_ a: Natural, _ b: Natural) -> Double {
        if b.isZero { return a.isZero ? .nan : .infinity }
        let (x, y) = (a.leading, b.leading)
        return x.value / y.value
            * Double(sign: .plus, exponent: 32 * (x.words - y.words), significand: 1)
    }

    /// The first four words as a number, and how many words follow.
    private var leading: (value: Double, words: Int) {
        var value = 0.0
        for word in words.suffix(4).reversed() { value = value * 4_294_967_296 + Double(word) }
        return (value, max(0, words.count - 4))
    }
}

/// A small fraction in lowest terms.
struct Fraction {
    var n: Int
    var d: Int

    init(_ n: Int, _ d: Int) {
        let g = max(1, Fraction.gcd(n, d))
        self.n = n / g
        self.d = d / g
    }

    var double: Double { Double(n) / Double(d) }

    static func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }
    static func + (a: Fraction, b: Fraction) -> Fraction {
        Fraction(a.n * b.d + b.n * a.d, a.d * b.d)
    }
    static func - (a: Fraction, b: Fraction) -> Fraction {
        Fraction(a.n * b.d - b.n * a.d, a.d * b.d)
    }
    static func * (a: Fraction, b: Fraction) -> Fraction {
        let (x, y) = (Fraction(a.n, b.d), Fraction(b.n, a.d))
        return Fraction(x.n * y.n, x.d * y.d)
    }
    static func / (a: Fraction, b: Fraction) -> Fraction { a * Fraction(b.d, b.n) }

    static func commonDenominator(_ all: [Fraction]) -> Int {
        all.reduce(1) { $0 / gcd($0, $1.d) * $1.d }
    }
}
