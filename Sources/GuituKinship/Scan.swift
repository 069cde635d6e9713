import CKinship
import Foundation

/// One set of rows made ready for one threshold.
///
/// With t[g] the log ratio of a genotype at a locus, m the largest of them and
/// d = m - t, a profile reaches the threshold if and only if the d of its
/// genotypes sum to no more than budget = sum of m - log threshold. In steps of
/// budget/250, rounded down and held at 255, a sum above 250 proves it out.
struct Scan: Sendable {
    let rows: [CodeRow]
    let logThreshold: Double
    /// Below zero nobody at all can reach the threshold.
    let budget: Double
    let isUndefined: Bool
    private(set) var tables: [UInt8] = []
    private(set) var order: [UInt8] = []

    /// - Parameter threshold: a ratio; 0 for everybody.
    init(_ rows: [CodeRow], threshold: Double) {
        self.rows = rows
        logThreshold = threshold > 0 ? log(threshold) : -.infinity
        isUndefined = rows.contains { $0.isUndefined }
        let most = rows.reduce(0) { $0 + $1.most }
        budget = most - logThreshold
        guard threshold > 0, budget >= 0, !isUndefined else { return }
        // Both sides err towards keeping: the budget a little larger, the steps
        // a little fewer. 1e-9 is far above the rounding of 64 sums.
        let scale = 250 / (budget + 1e-9 * (1 + abs(most))) * (1 - 1e-12)
        tables = [UInt8](repeating: 0, count: 256 * rows.count)
        tables.withUnsafeMutableBufferPointer { tables in
            guard let base = tables.baseAddress else { return }
            for (l, row) in rows.enumerated() {
                kinship_penalties(row.byCode, row.most, scale, base + 256 * l)
                base[256 * l + Int(ProfileLibrary.offCodebook)] = 0
            }
        }
    }

    /// Loci that rule out most come first.
    /// - Parameter weights: by locus and code, how common it is in the library.
    mutating func arrange(_ weights: [[Float]]) {
        var expected: [(Float, UInt8)] = []
        tables.withUnsafeBufferPointer { tables in
            for l in rows.indices {
                var sum: Float = 0
                weights[l].withUnsafeBufferPointer { weights in
                    for code in 0..<weights.count {
                        sum += weights[code] * Float(tables[256 * l + code])
                    }
                }
                expected.append((sum, UInt8(l)))
            }
        }
        order = expected.sorted { $0.0 > $1.0 }.map(\.1)
    }

    /// The log ratio of one profile, added in the order of the loci.
    func exact(_ section: ProfileLibrary.Section, _ place: Int) -> Double {
        let block = Int(KINSHIP_BLOCK)
        let start = place / block * block * rows.count + place % block
        var sum = 0.0
        for l in rows.indices {
            let code = section.codes[start + l * block]
            if code == ProfileLibrary.offCodebook, let wide = section.wide[place] {
                sum += rows[l].full[Int(wide[l])]
            } else {
                sum += rows[l].byCode[Int(code)]
            }
        }
        return sum
    }

    /// Those of a block who reach the threshold: places in the section and logs.
    func reach(
        _ section: ProfileLibrary.Section, block: Int, isFast: Bool,
        _ found: (Int, Double) -> Void
    ) {
        let size = Int(KINSHIP_BLOCK)
        let first = block * size
        let count = min(size, section.count - first)
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: size) { places in
            let survivors = section.codes.withUnsafeBufferPointer { codes -> Int in
                guard let base = codes.baseAddress, let places = places.baseAddress else {
                    return 0
                }
                return kinship_survivors(
                    base + first * rows.count, rows.count, tables, order, places, isFast ? 1 : 0)
            }
            for k in 0..<survivors where Int(places[k]) < count {
                let place = first + Int(places[k])
                let value = exact(section, place)
                if value >= logThreshold { found(place, value) }
            }
        }
    }

    /// The log ratios of everybody in the section, block by block: the place of
    /// the first, how many, and their values while they are in the cache. A
    /// genotype off the codebook adds nothing yet, see `exact`.
    private func sums(
        _ section: ProfileLibrary.Section,
        _ body: (Int, Int, UnsafeMutablePointer<Double>) -> Void
    ) {
        let size = Int(KINSHIP_BLOCK)
        var flat: [Double] = []
        flat.reserveCapacity(256 * rows.count)
        for row in rows { flat += row.byCode }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: size) { values in
            section.codes.withUnsafeBufferPointer { codes in
                flat.withUnsafeBufferPointer { flat in
                    guard let codes = codes.baseAddress, let flat = flat.baseAddress,
                        let values = values.baseAddress
                    else { return }
                    for block in 0..<section.blocks {
                        kinship_sums(
                            codes + block * size * rows.count, rows.count, flat, values)
                        body(block * size, min(size, section.count - block * size), values)
                    }
                }
            }
        }
    }

    /// Writes the section's log ratios into `result`, by profile of the library.
    /// - Parameter isFirst: false keeps what stands there where it is larger.
    func write(
        _ result: inout [Double], _ section: ProfileLibrary.Section, isFirst: Bool
    ) {
        result.withUnsafeMutableBufferPointer { result in
            section.profiles.withUnsafeBufferPointer { profiles in
                sums(section) { first, count, values in
                    if isFirst {
                        for i in 0..<count { result[Int(profiles[first + i])] = values[i] }
                    } else {
                        for i in 0..<count {
                            let candidate = Int(profiles[first + i])
                            // NaN of an impossible family stays NaN.
                            if !(values[i] <= result[candidate]) { result[candidate] = values[i] }
                        }
                    }
                }
            }
        }
    }

    /// The log ratios of everybody in the section, in its order.
    func all(_ section: ProfileLibrary.Section) -> [Double] {
        var result = [Double](repeating: 0, count: section.count)
        sums(section) { first, count, values in
            for i in 0..<count { result[first + i] = values[i] }
        }
        for place in section.wide.keys { result[place] = exact(section, place) }
        return result
    }
}
