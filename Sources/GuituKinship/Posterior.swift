import Foundation

/// How likely each of a library is to be the relative asked for, from a stated
/// prior.
///
/// One of the n compared is the relative with chance `prior`, each as likely as
/// the next, or none of them is. Then candidate i has
/// (prior/n · LRᵢ) / ((1 - prior) + prior/n · ΣLR), where the sum is over all
/// who were compared, not only over those found (Bayes).
public struct Posterior: Sendable, Hashable {
    /// Taken where nobody says another: as likely here as not.
    public static let usualPrior = 0.5

    public let prior: Double
    /// Among how many the relative is supposed.
    public let compared: Int
    /// Both as natural logarithms and in units of prior/n: what speaks for
    /// nobody, and everything together.
    private let logNobody: Double
    private let logAll: Double

    /// - Parameters:
    ///   - prior: the chance that the relative is among the compared, above 0 and
    ///     below 1.
    ///   - logSum: the natural logarithm of the sum of all their ratios.
    public init(prior: Double, compared: Int, logSum: Double) throws(OptionError) {
        guard prior > 0, prior < 1 else { throw .prior("\(prior)") }
        self.prior = prior
        self.compared = compared
        logNobody = log(1 - prior) - log(prior) + log(Double(max(1, compared)))
        let most = max(logNobody, logSum)
        logAll = most + log(exp(logNobody - most) + exp(logSum - most))
    }

    /// The chance that it is the one with this ratio (its natural logarithm).
    public func chance(logRatio: Double) -> Double { exp(logRatio - logAll) }
    /// The chance that it is none of those compared.
    public var chanceOfNobody: Double { exp(logNobody - logAll) }
}

extension SearchResult {
    /// One question and the ratios of everybody it was put to, found or not.
    public struct Total: Sendable, Hashable {
        public let query: Int
        public let relation: Relation?
        /// How many the library holds besides the query.
        public let compared: Int
        /// The natural logarithm of the sum of their ratios.
        public let logSum: Double
    }
}

/// The natural logarithm of the sum of exponentials.
///
/// What is smaller than the largest by a factor of n·e³⁸ is left out: n such
/// terms together are less than 1e-16 of the sum.
func logSum(_ values: [Double]) -> Double {
    values.withUnsafeBufferPointer { values in
        var most = -Double.infinity
        for value in values where value > most { most = value }
        guard most > -.infinity, most < .infinity else { return most }
        let least = most - 38 - log(Double(values.count))
        var sum = 0.0
        for value in values where value >= least { sum += exp(value - most) }
        return most + log(sum)
    }
}
