import Foundation

/// How far a family can tell its missing member from a stranger, before anybody
/// is found or even sampled.
public struct PowerStudy: Sendable {
    public let family: MissingPerson
    public let loci: [Locus]
    /// Of relatives already typed, in the order of the loci.
    public let genotypes: [String: [Genotype]]
    /// Relatives who would be typed as well; their genotypes are simulated from
    /// what is known of the others.
    public let planned: [String]
    /// Who can give no sample any more; not proposed as the next.
    public var deceased: Set<String> = []
    private let models: [LocusModel]

    public struct Outcome: Sendable {
        /// Base-10 logarithms of the ratio, ascending: for the missing person and
        /// for a stranger.
        public var related: [Double]
        public var unrelated: [Double]
        /// The share of true ones and of strangers who reach the threshold.
        public var found: Double
        public var falselyFound: Double
        /// The chance that a stranger is impossible (ratio 0) at one locus or
        /// more: computed if nothing is planned, else from the simulations.
        public var exclusionPower: Double

        public func quantile(_ share: Double, of values: [Double]) -> Double {
            if values.isEmpty { return .nan }
            return values[min(values.count - 1, Int(share * Double(values.count)))]
        }
        public var median: Double { quantile(0.5, of: related) }
    }

    public init(
        _ family: MissingPerson, loci: [Locus], genotypes: [String: [Genotype]],
        planned: [String] = []
    ) throws {
        self.family = family
        self.loci = loci
        self.genotypes = genotypes
        self.planned = planned
        for id in planned where family.pedigree.position(of: id) == nil {
            throw MissingPerson.Failure.unknownPerson(id)
        }
        var models: [LocusModel] = []
        for locus in loci { models.append(try LocusModel(locus, family.options)) }
        self.models = models
    }

    /// - Parameters:
    ///   - seed: the same seed gives the same numbers.
    ///   - progress: asked now and then with the share done; false stops, and the
    ///     outcome is of the simulations made so far.
    public func run(
        simulations: Int, threshold: Double, seed: UInt64 = 1,
        progress: (Double) -> Bool = { _ in true }
    ) throws(OptionError) -> Outcome {
        var random = SplitMix(seed)
        var related = [Double](repeating: 0, count: simulations)
        var unrelated = related
        var passed = 1.0  // the chance that a stranger is possible everywhere
        var done = simulations
        // A relative has few genotypes at a locus: rows are computed once each.
        var rows = loci.map { _ in [[Int]: GenotypeRow]() }
        var relatives = loci.map { _ in [[Int]: [Double]]() }
        for k in 0..<simulations {
            if k % 64 == 0, !progress(Double(k) / Double(simulations)) {
                done = k
                break
            }
            for l in loci.indices {
                let numbering = loci[l].numbering
                var typed = genotypes.mapValues { $0[l] }
                var drawn: [Int] = []
                for id in planned {
                    let chances: [Double]
                    if let known = relatives[l][drawn] {
                        chances = known
                    } else {
                        chances = try family.chances(of: id, models[l], typed)
                        relatives[l][drawn] = chances
                    }
                    let number = chances[..<numbering.known].draw(using: &random)
                    drawn.append(number)
                    typed[id] = numbering.genotype(number)
                }
                let row: GenotypeRow
                if let known = rows[l][drawn] {
                    row = known
                } else {
                    row = try family.row(models[l], typed)
                    rows[l][drawn] = row
                }
                let own = row.first[..<numbering.known].draw(using: &random)
                let stranger = row.second[..<numbering.known].draw(using: &random)
                related[k] += log10(row.ratios[own])
                unrelated[k] += log10(row.ratios[stranger])
                if k == 0 && planned.isEmpty { passed *= Self.possible(row, numbering.known) }
            }
        }
        related.removeLast(simulations - done)
        unrelated.removeLast(simulations - done)
        let limit = log10(threshold)
        func share(_ values: [Double], _ test: (Double) -> Bool) -> Double {
            values.isEmpty ? .nan : Double(values.filter(test).count) / Double(values.count)
        }
        return Outcome(
            related: related.sorted(), unrelated: unrelated.sorted(),
            found: share(related) { $0 >= limit }, falselyFound: share(unrelated) { $0 >= limit },
            exclusionPower: planned.isEmpty
                ? 1 - passed : share(unrelated) { $0 == -.infinity })
    }

    /// The chance that a stranger is not impossible at a locus.
    private static func possible(_ row: GenotypeRow, _ known: Int) -> Double {
        var (all, left) = (0.0, 0.0)
        for number in 0..<known {
            all += row.second[number]
            if row.first[number] > 0 { left += row.second[number] }
        }
        return all > 0 ? left / all : 1
    }

    /// Which relative would help most if sampled next: the one with whom the
    /// true person most often reaches the threshold, then by the median.
    /// - Parameters:
    ///   - among: who could be asked; every untyped living relative if nil.
    ///   - progress: asked now and then with who is tried and the share done;
    ///     false stops that one's simulation where it is.
    public func nextRelative(
        among: [String]? = nil, simulations: Int, threshold: Double, seed: UInt64 = 1,
        progress: (String, Double) -> Bool = { _, _ in true }
    ) throws -> [(id: String, outcome: Outcome)] {
        let able =
            among ?? family.pedigree.persons.map(\.id).filter { !deceased.contains($0) }
        var result: [(id: String, outcome: Outcome)] = []
        for id in able where id != family.missing && genotypes[id] == nil && !planned.contains(id) {
            let study = try PowerStudy(
                family, loci: loci, genotypes: genotypes, planned: planned + [id])
            result.append(
                (
                    id,
                    try study.run(simulations: simulations, threshold: threshold, seed: seed) {
                        progress(id, $0)
                    }
                ))
        }
        return result.sorted {
            ($0.outcome.found, $0.outcome.median) > ($1.outcome.found, $1.outcome.median)
        }
    }
}

/// Random numbers that a seed repeats (Steele, Lea, Flood 2014).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
