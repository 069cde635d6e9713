import Foundation

/// How much likelier the genotypes are if the first pedigree is true than if
/// the second is.
public struct Ratio: Sendable, Hashable {
    /// 0 to infinity; NaN where both hypotheses are impossible.
    public let value: Double

    public init(_ value: Double) { self.value = value }

    /// Both hypotheses say that this could not have been seen.
    public var isUndefined: Bool { value.isNaN }
    public var log: Double { Foundation.log(value) }
}

/// Two pedigrees over the same typed persons, ready for many families.
public struct Comparison: Sendable {
    public let first: Pedigree
    public let second: Pedigree
    public let options: KinshipOptions
    /// Of `typedPersons`, the position in either pedigree.
    private let firstPlaces: [Int]
    private let secondPlaces: [Int]
    public let typedPersons: [String]

    public enum Failure: Error, Equatable, Sendable {
        case notInBoth(String)
        case pedigree(PedigreeError)
    }

    /// - Parameter typedPersons: who may have genotypes; each in both pedigrees.
    public init(
        _ first: Pedigree, _ second: Pedigree, typedPersons: [String],
        options: KinshipOptions = KinshipOptions()
    ) throws(Failure) {
        self.first = first
        self.second = second
        self.typedPersons = typedPersons
        self.options = options
        var places: ([Int], [Int]) = ([], [])
        for id in typedPersons {
            guard let a = first.position(of: id), let b = second.position(of: id) else {
                throw .notInBoth(id)
            }
            places.0.append(a)
            places.1.append(b)
        }
        (firstPlaces, secondPlaces) = places
        if options.onX {
            do {
                try first.checkSexes()
                try second.checkSexes()
            } catch { throw .pedigree(error) }
        }
    }

    /// Gets a locus ready; keep it for all families.
    public func prepared(_ locus: Locus) throws(OptionError) -> PreparedLocus {
        let model = try LocusModel(locus, options)
        return PreparedLocus(
            locus: locus, first: Likelihood(first, model), second: Likelihood(second, model),
            firstPlaces: firstPlaces, secondPlaces: secondPlaces)
    }
}

/// A comparison at one locus.
public struct PreparedLocus: Sendable {
    public let locus: Locus
    let first: Likelihood
    let second: Likelihood
    let firstPlaces: [Int]
    let secondPlaces: [Int]

    /// - Parameter genotypes: one for each of the comparison's typed persons.
    public func ratio(_ genotypes: [Genotype]) throws(OptionError) -> Ratio {
        let (a, b) = try probabilities(genotypes)
        return Ratio(a / b)
    }

    /// What either hypothesis gives to the genotypes.
    public func probabilities(_ genotypes: [Genotype]) throws(OptionError) -> (Double, Double) {
        var typed = [Genotype](repeating: .untyped, count: first.pedigree.members.count)
        for (k, place) in firstPlaces.enumerated() { typed[place] = genotypes[k] }
        let a = try first.probability(typed)
        if second.pedigree.members.count != typed.count {
            typed = [Genotype](repeating: .untyped, count: second.pedigree.members.count)
        } else {
            for place in firstPlaces { typed[place] = .untyped }
        }
        for (k, place) in secondPlaces.enumerated() { typed[place] = genotypes[k] }
        return (a, try second.probability(typed))
    }
}

extension Sequence where Element == Ratio {
    /// The natural logarithm of the product; NaN as soon as one is undefined.
    public func logTotal() -> Double { reduce(0) { $0 + $1.log } }
}
