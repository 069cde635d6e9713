import Foundation

/// SHA-256 (FIPS 180-4), so that the library needs nothing beside Foundation.
enum SHA256Digest {
    static func hex(of data: some Collection<UInt8>) -> String {
        var state: [UInt32] = [
            0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
            0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
        ]
        var block: [UInt8] = []
        block.reserveCapacity(64)
        var schedule = [UInt32](repeating: 0, count: 64)
        func take(_ byte: UInt8) {
            block.append(byte)
            if block.count == 64 {
                mix(block, &state, &schedule)
                block.removeAll(keepingCapacity: true)
            }
        }
        for byte in data { take(byte) }
        let bits = UInt64(data.count) * 8
        take(0x80)
        while block.count != 56 { take(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            take(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        return state.map { word in
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 8 - text.count) + text
        }.joined()
    }

    private static func mix(_ block: [UInt8], _ state: inout [UInt32], _ w: inout [UInt32]) {
        for i in 0..<16 {
            w[i] =
                UInt32(block[i * 4]) << 24 | UInt32(block[i * 4 + 1]) << 16
                | UInt32(block[i * 4 + 2]) << 8 | UInt32(block[i * 4 + 3])
        }
        func turn(_ x: UInt32, _ n: UInt32) -> UInt32 { x >> n | x << (32 - n) }
        for i in 16..<64 {
            let a = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3
            let b = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10
            w[i] = w[i - 16] &+ a &+ w[i - 7] &+ b
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for i in 0..<64 {
            let one =
                h &+ (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) &+ (e & f ^ ~e & g)
                &+ constants[i] &+ w[i]
            let two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) &+ (a & b ^ a & c ^ b & c)
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ one, c, b, a, one &+ two)
        }
        for (i, value) in [a, b, c, d, e, f, g, h].enumerated() { state[i] &+= value }
    }

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static let constants: [UInt32] = {
        var primes: [Int] = []
        var n = 2
        while primes.count < 64 {
            if primes.allSatisfy({ n % $0 != 0 }) { primes.append(n) }
            n += 1
        }
        return primes.map { prime in
            // Exact by whole numbers: the largest r with r³ ≤ prime · 2^96, without its upper part.
            var low: UInt64 = 0
            var high: UInt64 = 1 << 36
            while high - low > 1 {
                let middle = (low + high) / 2
                let square = middle.multipliedFullWidth(by: middle)
                // middle < 2^36, so its cube is below 2^108: compare in two parts.
                let lowPart = square.low.multipliedFullWidth(by: middle)
                let top = square.high &* middle &+ lowPart.high
                if top < UInt64(prime) << 32 { low = middle } else { high = middle }
            }
            return UInt32(truncatingIfNeeded: low)
        }
    }()
}
