import Foundation

/// The likelihood ratio of each genotype that the person looked for may have at
/// a locus, given everybody else: one row, and a search needs nothing more.
public struct GenotypeRow: Sendable {
    /// By `GenotypeNumbering`.
    public let ratios: [Double]
    /// The chance of each genotype if the first or the second hypothesis holds,
    /// together with what the others show.
    public let first: [Double]
    public let second: [Double]

    /// Nobody could have been seen: the others are impossible already.
    public var isUndefined: Bool { second[second.count - 1] <= 0 }

    /// - Parameters:
    ///   - firstTarget: the person looked for in the first pedigree.
    ///   - secondTarget: the same in the second.
    ///   - genotypes: by person of each pedigree; the target's are ignored.
    init(
        _ first: Likelihood, _ firstGenotypes: [Genotype], _ firstTarget: Int,
        _ second: Likelihood, _ secondGenotypes: [Genotype], _ secondTarget: Int
    ) throws(OptionError) {
        self.first = try Self.chances(first, firstGenotypes, firstTarget)
        self.second = try Self.chances(second, secondGenotypes, secondTarget)
        ratios = zip(self.first, self.second).map { a, b in
            // A man's X has no heterozygote: nobody shows it, it is not undefined.
            a == 0 && b == 0 ? 0 : a / b
        }
    }

    /// The chance of each genotype of a person together with what others show.
    static func chances(
        _ likelihood: Likelihood, _ genotypes: [Genotype], _ target: Int
    ) throws(OptionError) -> [Double] {
        let model = likelihood.model
        let numbering = GenotypeNumbering(alleles: model.visible)
        let single = model.onX && likelihood.pedigree.members[target].sex == .man
        if model.theta > 0 {
            var typed = genotypes
            var result = [Double](repeating: 0, count: numbering.count)
            for number in 0..<numbering.count {
                let genotype = numbering.genotype(number)
                if single && !genotype.isHalf && genotype.first != genotype.second { continue }
                typed[target] = genotype
                result[number] = try likelihood.probability(typed)
            }
            return result
        }
        return sums(likelihood.joint(genotypes, target: target), model, numbering, single)
    }

    /// From ordered copies to what a laboratory would report.
    private static func sums(
        _ joint: [Double], _ model: LocusModel, _ numbering: GenotypeNumbering, _ single: Bool
    ) -> [Double] {
        let (n, size, silent) = (numbering.alleles, model.size, model.silent)
        var result = [Double](repeating: 0, count: numbering.count)
        if single {
            for a in 0..<n {
                result[numbering.number(Genotype(a, a))] = joint[a]
                result[numbering.number(Genotype(half: a))] = joint[a]
            }
            result[numbering.untyped] = joint.reduce(0, +)
            return result
        }
        for b in 0..<n {
            for a in 0..<b {
                result[b * (b + 1) / 2 + a] = joint[a * size + b] + joint[b * size + a]
            }
            var own = joint[b * size + b]
            if silent >= 0 { own += joint[b * size + silent] + joint[silent * size + b] }
            result[b * (b + 1) / 2 + b] = own
            var any = -joint[b * size + b]
            for x in 0..<size { any += joint[b * size + x] + joint[x * size + b] }
            result[numbering.known + b] = any
        }
        result[numbering.untyped] = joint.reduce(0, +)
        return result
    }
}

/// What is asked of a library: rows for every locus, one set for each way in
/// which the two may be related; the likeliest way counts.
struct PairModel: Sendable {
    let first: Likelihood
    let second: Likelihood
    let query: (first: Int, second: Int)
    let candidate: (first: Int, second: Int)

    init(_ variant: Relation.Variant, _ model: LocusModel) {
        // The pedigrees of the relations are ours and families by construction.
        guard let one = try? variant.pedigree(), let two = try? variant.strangers(),
            let q1 = one.position(of: Relation.Variant.query),
            let c1 = one.position(of: Relation.Variant.candidate),
            let q2 = two.position(of: Relation.Variant.query),
            let c2 = two.position(of: Relation.Variant.candidate)
        else { preconditionFailure("\(variant.relation) is not a family") }
        first = Likelihood(one, model)
        second = Likelihood(two, model)
        query = (q1, q2)
        candidate = (c1, c2)
    }

    func row(_ genotype: Genotype) throws(OptionError) -> GenotypeRow {
        var one = [Genotype](repeating: .untyped, count: first.pedigree.members.count)
        one[query.first] = genotype
        var two = [Genotype](repeating: .untyped, count: second.pedigree.members.count)
        two[query.second] = genotype
        return try GenotypeRow(first, one, candidate.first, second, two, candidate.second)
    }
}

/// A family that misses one of its members.
public struct MissingPerson: Sendable {
    public let pedigree: Pedigree
    public let missing: String
    public let options: KinshipOptions
    private let beside: Pedigree
    private let target: Int

    public enum Failure: Error, Equatable, Sendable {
        case unknownPerson(String)
        case pedigree(PedigreeError)
    }

    /// Hypothesis 2: the pedigree stays, its missing member is somebody else,
    /// and the profile is a stranger's beside it.
    public init(
        _ pedigree: Pedigree, missing: String, options: KinshipOptions = KinshipOptions()
    ) throws(Failure) {
        guard let target = pedigree.position(of: missing) else { throw .unknownPerson(missing) }
        self.pedigree = pedigree
        self.missing = missing
        self.options = options
        self.target = target
        do {
            if options.onX { try pedigree.checkSexes() }
            var stranger = "stranger"
            while pedigree.position(of: stranger) != nil { stranger += "'" }
            beside = try Pedigree(
                pedigree.persons + [Pedigree.Person(stranger, sex: pedigree.sex(at: target))])
        } catch { throw .pedigree(error) }
    }

    /// - Parameter genotypes: of the relatives, by id.
    public func row(
        at locus: Locus, _ genotypes: [String: Genotype]
    ) throws(OptionError) -> GenotypeRow {
        let model = try LocusModel(locus, options)
        return try row(model, genotypes)
    }

    /// The chance of each genotype of a relative together with what others show.
    func chances(
        of id: String, _ model: LocusModel, _ genotypes: [String: Genotype]
    ) throws(OptionError) -> [Double] {
        var typed = [Genotype](repeating: .untyped, count: pedigree.persons.count)
        for (other, genotype) in genotypes where other != id {
            if let place = pedigree.position(of: other) { typed[place] = genotype }
        }
        return try GenotypeRow.chances(
            Likelihood(pedigree, model), typed, pedigree.position(of: id) ?? target)
    }

    func row(_ model: LocusModel, _ genotypes: [String: Genotype]) throws(OptionError)
        -> GenotypeRow
    {
        var one = [Genotype](repeating: .untyped, count: pedigree.persons.count)
        for (id, genotype) in genotypes {
            if let place = pedigree.position(of: id) { one[place] = genotype }
        }
        one[target] = .untyped
        let two = one + [.untyped]
        return try GenotypeRow(
            Likelihood(pedigree, model), one, target,
            Likelihood(beside, model), two, pedigree.persons.count)
    }
}
