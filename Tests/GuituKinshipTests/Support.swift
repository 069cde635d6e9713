@testable import GuituKinship

/// Numbers that are the same in every run.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func below(_ n: Int) -> Int { Int.random(in: 0..<n, using: &self) }
    mutating func chance(_ oneIn: Int) -> Bool { below(oneIn) == 0 }
}

func differs(_ a: Double, _ b: Double) -> Double {
    if a.isNaN && b.isNaN { return 0 }
    if a == b { return 0 }
    return abs(a - b) / max(abs(a), abs(b))
}

func locus(_ name: String = "D1", _ given: [(String, Double)]) -> Locus {
    Locus(
        name: name,
        given: Dictionary(
            uniqueKeysWithValues: given.map { (Allele($0.0) ?? Allele(tenths: 0), $0.1) }))
}

/// Both methods on one question.
struct TwoMethods {
    var first: BruteForce
    var second: BruteForce
    var typed: [Int]

    var exact: Double { BruteForce.ratio(first, second) }

    func engine() throws -> Double {
        let locus = Locus(
            name: "D1",
            given: Dictionary(
                uniqueKeysWithValues: zip(first.alleles, first.frequencies).map {
                    (Allele(tenths: Int32($0)), $1.double)
                }))
        let kind: Mutation.Kind =
            switch first.model {
            case .none: .none
            case .equal: .equal
            case .proportional: .proportional
            case .stepwise(let range, let rate2):
                .stepwise(range: range.double, rate2: rate2.double)
            }
        let options = KinshipOptions(
            mutation: Mutation(kind, male: first.male.double, female: first.female.double),
            theta: first.theta.double, silent: first.silent.double, onX: first.onX)
        let comparison = try Comparison(
            pedigree(first), pedigree(second), typedPersons: typed.map { "\($0)" },
            options: options)
        let genotypes = typed.map { i -> Genotype in
            switch first.seen[i] {
            case .pair(let a, let b): Genotype(a, b)
            case .half(let a): Genotype(half: a)
            case nil: .untyped
            }
        }
        return try comparison.prepared(locus).ratio(genotypes).value
    }

    private func pedigree(_ brute: BruteForce) throws -> Pedigree {
        try Pedigree(
            brute.persons.enumerated().map { index, person in
                let name = { (i: Int) in i < 0 ? nil : "\(i)" }
                return Pedigree.Person(
                    "\(index)", father: name(person.father), mother: name(person.mother),
                    sex: person.isMan ? .man : .woman, sameAs: name(person.twin))
            })
    }

    /// A question nobody would ask: any family, any options.
    static func random(_ random: inout SplitMix64) -> TwoMethods {
        while true {
            let pool = [130, 140, 142, 150, 152, 160, 180]
            let n = 2 + random.below(3)
            let alleles = Array(pool.shuffled(using: &random).prefix(n)).sorted()
            var parts = (0..<n).map { _ in 1 + random.below(6) }
            if random.chance(4) { parts[0] = 40 }
            let sum = parts.reduce(0, +)
            var brute = BruteForce(
                persons: [], seen: [:], alleles: alleles,
                frequencies: parts.map { Fraction($0, sum) })
            brute.model =
                switch random.below(5) {
                case 0: .none
                case 1: .equal
                case 2: .proportional
                default: .stepwise(range: Fraction(1, 2 + random.below(3)), rate2: Fraction(1, 50))
                }
            brute.male = Fraction(1, 20 + random.below(20))
            brute.female = Fraction(1, 20 + random.below(20))
            if random.chance(3) { brute.theta = Fraction(1, 10 + random.below(30)) }
            if random.chance(3) { brute.silent = Fraction(1, 10 + random.below(20)) }
            brute.onX = random.chance(4)
            let count = 2 + random.below(4)
            let men = (0..<count).map { _ in random.chance(2) }
            brute.persons = family(men, &random)
            var other = brute
            other.persons =
                random.chance(2)
                ? men.map { BruteForce.Person(isMan: $0) } : family(men, &random)
            let typed = (0..<count).filter { _ in !random.chance(3) }
            var seen: [Int: BruteForce.Seen] = [:]
            for i in typed {
                let a = random.below(n)
                let b = brute.onX && men[i] ? a : random.below(n)
                seen[i] = random.chance(5) ? .half(a) : .pair(a, b)
                // Twins nearly always look alike.
                if brute.persons[i].twin >= 0, let same = seen[brute.persons[i].twin],
                    !random.chance(8)
                {
                    seen[i] = same
                }
            }
            brute.seen = seen
            other.seen = seen
            if case .proportional = brute.model, parts[0] == 40 { continue }  // rate too high
            if typed.isEmpty || brute.size > 20000 || other.size > 20000 { continue }
            return TwoMethods(first: brute, second: other, typed: typed)
        }
    }

    private static func family(_ men: [Bool], _ random: inout SplitMix64) -> [BruteForce.Person] {
        var persons: [BruteForce.Person] = []
        for (i, isMan) in men.enumerated() {
            var person = BruteForce.Person(isMan: isMan)
            let fathers = (0..<i).filter { men[$0] }
            let mothers = (0..<i).filter { !men[$0] }
            if let father = fathers.randomElement(using: &random), !random.chance(4) {
                person.father = father
            }
            if let mother = mothers.randomElement(using: &random), !random.chance(4) {
                person.mother = mother
            }
            if random.chance(8),
                let twin = (0..<i).first(where: { men[$0] == isMan && persons[$0].twin < 0 })
            {
                person = BruteForce.Person(isMan: isMan, twin: twin)
            }
            persons.append(person)
        }
        return persons
    }
}
