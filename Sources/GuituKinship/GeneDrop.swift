/// Lets alleles fall through a pedigree by chance: families whose truth is known.
public struct GeneDrop: Sendable {
    public let pedigree: Pedigree
    public let options: KinshipOptions
    private let models: [LocusModel]

    public init(
        _ pedigree: Pedigree, _ loci: [Locus], options: KinshipOptions = KinshipOptions()
    ) throws(OptionError) {
        self.pedigree = pedigree
        self.options = options
        var models: [LocusModel] = []
        for locus in loci { models.append(try LocusModel(locus, options)) }
        self.models = models
    }

    /// By locus, then by person: what a laboratory would report of everybody.
    public func family(using random: inout some RandomNumberGenerator) -> [[Genotype]] {
        models.map { drop($0, &random) }
    }

    private func drop(
        _ model: LocusModel, _ random: inout some RandomNumberGenerator
    ) -> [Genotype] {
        let members = pedigree.members
        var copies = [(Int, Int)](repeating: (0, 0), count: members.count)
        var pool: [Int] = []
        func founder(_ random: inout some RandomNumberGenerator) -> Int {
            // Balding-Nichols: repeat one of the copies before it, or draw anew.
            let n = Double(pool.count)
            let theta = model.theta
            let again = theta == 0 ? 0 : n * theta / (1 + (n - 1) * theta)
            let allele =
                Double.random(in: 0..<1, using: &random) < again
                ? pool[Int.random(in: 0..<pool.count, using: &random)]
                : model.frequencies.draw(using: &random)
            pool.append(allele)
            return allele
        }
        func pass(
            _ parent: Int, _ sex: Sex, _ random: inout some RandomNumberGenerator
        ) -> Int {
            if parent < 0 { return founder(&random) }
            let from = Bool.random(using: &random) ? copies[parent].0 : copies[parent].1
            let n = model.size
            return model.matrix(sex)[from * n..<(from + 1) * n].draw(using: &random)
        }
        for i in pedigree.order {
            let maternal = pass(members[i].mother, .woman, &random)
            let single = model.onX && members[i].sex == .man
            copies[i] = (single ? maternal : pass(members[i].father, .man, &random), maternal)
        }
        return members.map { member in
            let (a, b) = copies[member.alias]
            if a == model.silent && b == model.silent { return .untyped }
            if a == model.silent { return Genotype(b, b) }
            return b == model.silent ? Genotype(a, a) : Genotype(a, b)
        }
    }
}

extension Collection where Element == Double {
    /// A place, by weights that need not sum to 1.
    func draw(using random: inout some RandomNumberGenerator) -> Int {
        var left = Double.random(in: 0..<1, using: &random) * reduce(0, +)
        var last = 0
        for (place, weight) in enumerated() where weight > 0 {
            last = place
            left -= weight
            if left < 0 { break }
        }
        return last
    }
}
