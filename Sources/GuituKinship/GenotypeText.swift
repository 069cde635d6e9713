/// A genotype as a file writes it, before its alleles are looked up.
public enum GenotypeText: Hashable, Sendable {
    case untyped
    /// `15` alone: right only for a man's X.
    case single(Allele)
    case half(Allele)
    case pair(Allele, Allele)

    /// Reads `15/17`, `15/?`, `15` and the ways to write "untyped": nothing,
    /// `-`, `-/-`, `?/?`.
    public init(_ text: String) throws(InputError.Reason) {
        var parts: [Substring] = []
        if !text.isEmpty { parts = text.split(separator: "/", omittingEmptySubsequences: false) }
        if parts.count > 2 { throw .threeAlleles(text) }
        var alleles: [Allele] = []
        for part in parts {
            let word = String(part).trimmed()
            if word == "?" || word == "-" { continue }
            guard let allele = Allele(word) else {
                throw word.isEmpty ? .notAGenotype(text) : .notAnAllele(word)
            }
            alleles.append(allele)
        }
        switch (parts.count, alleles.count) {
        case (_, 0): self = .untyped
        case (1, _): self = .single(alleles[0])
        case (_, 1): self = .half(alleles[0])
        default: self = .pair(alleles[0], alleles[1])
        }
    }

    var alleles: [Allele] {
        switch self {
        case .untyped: []
        case .single(let a), .half(let a): [a]
        case .pair(let a, let b): [a, b]
        }
    }

    /// The positions in a locus.
    /// - Parameter oneCopy: whether the person has one copy: a man's X.
    func genotype(
        at locus: Locus, oneCopy: Bool, person: String
    ) throws(InputError.Reason) -> Genotype {
        var places: [Int] = []
        for allele in alleles {
            guard let place = locus.position(of: allele) else {
                throw .unknownAllele(locus: locus.name, allele: allele.description)
            }
            places.append(place)
        }
        switch self {
        case .untyped: return .untyped
        case .single(let allele):
            guard oneCopy else { throw .notAGenotype(allele.description) }
            return Genotype(places[0], places[0])
        case .half: return oneCopy ? Genotype(places[0], places[0]) : Genotype(half: places[0])
        case .pair(let a, let b):
            if oneCopy && a != b { throw .twoAllelesOfX(person: person, "\(a)/\(b)") }
            return Genotype(places[0], places[1])
        }
    }
}

/// What is decided about the frequencies and the model before files are read.
public struct KinshipSettings: Sendable {
    public var options: KinshipOptions
    public var minimum: MinimumFrequency
    /// N for tables that do not say how many persons they come from.
    public var persons: Double?

    public init(
        options: KinshipOptions = KinshipOptions(), minimum: MinimumFrequency = .none,
        persons: Double? = nil
    ) {
        self.options = options
        self.minimum = minimum
        self.persons = persons
    }

    /// One table a population, from one file or several.
    public func tables(
        _ files: [CSVFile], seen: [LocusName: Set<Allele>] = [:]
    ) throws(InputError) -> [FrequencyTable] {
        var tables: [FrequencyTable] = []
        for file in files {
            let read = try FrequencyFile(file)
            tables += try read.tables(minimum: minimum, seen: seen, persons: persons)
        }
        return tables
    }
}

/// Things worth knowing that do not stop a computation.
public enum KinshipWarning: Hashable, Sendable, CustomStringConvertible {
    case sum(population: String, locus: String, Double)
    case linked(Linkage)
    case undefined(what: String)
    case cannotReach(query: String, relation: String)

    public var description: String {
        switch self {
        case .sum(let population, let locus, let sum):
            "the frequencies of \(locus)\(population.isEmpty ? "" : " (\(population))") "
                + "sum to \(sum); they were scaled to 1"
        case .linked(let pair):
            "\(pair.first) and \(pair.second) are \(pair.centimorgans) cM apart: multiplied as if "
                + "they were independent, which is wrong for sibs, grandparents and uncles"
        case .undefined(let what):
            "\(what): the persons are impossible under both hypotheses"
        case .cannotReach(let query, let relation):
            "no profile at all could reach the threshold with \(query) as \(relation)"
        }
    }

    /// What the tables and the loci in use give reason to say.
    static func about(_ tables: [FrequencyTable], _ loci: [String]) -> [KinshipWarning] {
        var warnings: [KinshipWarning] = []
        for table in tables {
            for name in loci {
                guard let place = table.position(of: LocusName(name)) else { continue }
                let locus = table.loci[place]
                if locus.sumIsOff {
                    warnings.append(
                        .sum(population: table.population, locus: name, locus.givenSum))
                }
            }
        }
        return warnings + Linkage.pairs(among: loci).map { .linked($0) }
    }
}
