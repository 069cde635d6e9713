import Foundation
import GuituModel

/// What was believed before any fact was compared.
///
/// A report about this person is in the base with probability `reported`, and
/// then each open report is as likely to be it as any other. Half is a stated
/// starting point for an office that has no outcomes of its own yet; with them,
/// it is the share of closed requests whose report was already on file.
public struct Prior: Hashable, Sendable, Codable {
    public var reported: Double
    public init(reported: Double = 0.5) {
        self.reported = min(max(reported, 0.001), 0.999)
    }
}

/// One report in a ranking.
public struct Scored: Hashable, Sendable {
    /// The report's place in the list that was ranked.
    public var index: Int
    /// Natural logarithm of the likelihood ratio, summed over all facts.
    public var logRatio: Double
    /// That this very report is the right one.
    public var probability: Double

    public init(index: Int, logRatio: Double, probability: Double) {
        self.index = index
        self.logRatio = logRatio
        self.probability = probability
    }
}

/// Reports in the order of their probability, and the probability that none of
/// them is the right one; all of it sums to one.
public struct Ranking: Sendable {
    public var scored: [Scored]
    public var noRightReport: Double

    /// P(j) = π Λj/N / (1 − π + π Σ Λk/N): without the first term, the best of a
    /// bad lot would look certain (Slooten and Meester 2014 for the same in DNA).
    ///
    /// - Parameters:
    ///   - logRatios: one a report, natural logarithms.
    ///   - top: how many are kept; their probabilities still count all.
    public init(logRatios: [Double], prior: Prior = Prior(), top: Int = .max) {
        let count = Double(max(1, logRatios.count))
        let none = log(1 - prior.reported)
        let each = log(prior.reported / count)
        // In logarithms from the largest term, since a DNA ratio may be 1e60.
        let largest = max(none, each + (logRatios.max() ?? -.infinity))
        var sum = exp(none - largest)
        for ratio in logRatios { sum += exp(each + ratio - largest) }
        let total = largest + log(sum)
        noRightReport = exp(none - total)
        scored = Self.best(top, of: logRatios).map {
            Scored(
                index: $0, logRatio: logRatios[$0], probability: exp(each + logRatios[$0] - total))
        }
    }

    /// The places of the largest, in their order. Equal ones keep the order of the
    /// list, so that two runs agree.
    private static func best(_ top: Int, of ratios: [Double]) -> [Int] {
        func comesFirst(_ one: Int, _ other: Int) -> Bool {
            ratios[one] == ratios[other] ? one < other : ratios[one] > ratios[other]
        }
        guard top > 0 else { return [] }
        guard top < ratios.count / 8 else {
            return Array(ratios.indices.sorted(by: comesFirst).prefix(top))
        }
        // Few of many: most are passed over with one look.
        var best: [Int] = []
        for index in ratios.indices {
            if best.count == top, !comesFirst(index, best[top - 1]) { continue }
            if best.count == top { best.removeLast() }
            let place = best.firstIndex { comesFirst(index, $0) } ?? best.count
            best.insert(index, at: place)
        }
        return best
    }
}
