/// A locus with its alleles and how frequent they are; sums to 1.
public struct Locus: Sendable, Hashable {
    /// As the table writes it.
    public let name: String
    /// Ascending.
    public let alleles: [Allele]
    public let frequencies: [Double]
    /// What the table's numbers summed to before they were scaled.
    public let givenSum: Double
    /// The size of the sample, if the table says it.
    public let persons: Double?
    private let positions: [Allele: Int]

    /// - Parameter given: at least one allele, frequencies above 0.
    public init(name: String, given: [Allele: Double], persons: Double? = nil) {
        self.name = name
        self.persons = persons
        alleles = given.keys.sorted()
        let sum = alleles.reduce(0) { $0 + given[$1, default: 0] }
        givenSum = sum
        frequencies = alleles.map { given[$0, default: 0] / sum }
        positions = Dictionary(
            uniqueKeysWithValues: alleles.enumerated().map { ($0.element, $0.offset) })
    }

    public func position(of allele: Allele) -> Int? { positions[allele] }
    public var numbering: GenotypeNumbering { GenotypeNumbering(alleles: alleles.count) }
    /// Beyond this a sum is worth a word; every published table is a little off.
    public var sumIsOff: Bool { abs(givenSum - 1) > 1e-6 }

    public func text(_ genotype: Genotype) -> String {
        if !genotype.isTyped { return "-/-" }
        let first = "\(alleles[Int(genotype.first)])"
        return genotype.isHalf ? "\(first)/?" : "\(first)/\(alleles[Int(genotype.second)])"
    }
}

/// Allele frequencies of one population.
public struct FrequencyTable: Sendable {
    /// What the file calls the population; empty if it does not say.
    public let population: String
    /// Where the numbers come from, as the file says.
    public let source: String
    public let loci: [Locus]
    private let positions: [LocusName: Int]

    init(population: String, source: String, loci: [Locus]) {
        self.population = population
        self.source = source
        self.loci = loci
        positions = Dictionary(
            loci.enumerated().map { (LocusName($0.element.name), $0.offset) },
            uniquingKeysWith: { first, _ in first })
    }

    public func position(of name: LocusName) -> Int? { positions[name] }
}

/// How rare an allele may be.
///
/// The order: alleles that were seen in casework but are not in the table are
/// added, then every frequency below the least is raised to it, then the locus
/// is scaled to 1. The added alleles count as alleles of the mutation model.
public enum MinimumFrequency: Sendable, Hashable {
    /// Nothing is raised and an allele off the table is refused.
    case none
    case flat(Double)
    /// 5/(2N), N the persons behind the table.
    case fiveOver2N

    public init(parsing text: String) throws(OptionError) {
        switch text {
        case "none": self = .none
        case "5/2N", "5/(2N)": self = .fiveOver2N
        default:
            guard text.hasPrefix("flat:"), let value = Double(text.dropFirst(5)), value > 0,
                value < 0.5
            else { throw .minimum(text) }
            self = .flat(value)
        }
    }
}

/// The rows of a frequency file before a rule of least frequencies is applied:
/// which alleles it must add is known only when the typings have been read.
public struct FrequencyFile: Sendable {
    struct Population: Sendable {
        var name: String
        var source: String
        /// In the order of the file.
        var loci: [(name: String, alleles: [Allele: Double], persons: Double?)] = []
        var positions: [LocusName: Int] = [:]
    }

    public let name: String
    var populations: [Population] = []

    /// Reads `locus,allele,frequency` and, where they are there, `population`,
    /// `n` (persons) and `source`.
    public init(_ file: CSVFile) throws(InputError) {
        name = file.name
        let locusColumn = try file.column("locus")
        let alleleColumn = try file.column("allele")
        let frequencyColumn = try file.column("frequency")
        let populationColumn = file.optionalColumn("population")
        let personsColumn = file.optionalColumn("n")
        let sourceColumn = file.optionalColumn("source")
        var byName: [String: Int] = [:]
        for row in file.rows {
            let fields = try file.fields(of: row)
            let locusText = try fields.required(locusColumn, "locus")
            let alleleText = fields[alleleColumn]
            let frequencyText = fields[frequencyColumn]
            guard let allele = Allele(alleleText) else {
                throw InputError(file: name, row: row.number, .notAnAllele(alleleText))
            }
            guard let frequency = Double(frequencyText), frequency.isFinite else {
                throw InputError(
                    file: name, row: row.number,
                    .notANumber(column: "frequency", frequencyText))
            }
            guard frequency > 0, frequency <= 1 else {
                throw InputError(file: name, row: row.number, .frequencyOutOfRange(frequencyText))
            }
            let population = populationColumn.map { fields[$0] } ?? ""
            let source = sourceColumn.map { fields[$0] } ?? ""
            var persons: Double?
            if let personsColumn, !fields[personsColumn].isEmpty {
                guard let number = Double(fields[personsColumn]), number > 0 else {
                    throw InputError(
                        file: name, row: row.number,
                        .notANumber(column: "n", fields[personsColumn]))
                }
                persons = number
            }
            let place: Int
            if let known = byName[population] {
                place = known
            } else {
                place = populations.count
                byName[population] = place
                populations.append(Population(name: population, source: source))
            }
            let key = LocusName(locusText)
            let at: Int
            if let known = populations[place].positions[key] {
                at = known
            } else {
                at = populations[place].loci.count
                populations[place].positions[key] = at
                populations[place].loci.append((locusText, [:], persons))
            }
            if populations[place].loci[at].alleles.updateValue(frequency, forKey: allele) != nil {
                throw InputError(
                    file: name, row: row.number,
                    .alleleTwice(locus: locusText, allele: allele.description))
            }
        }
        if populations.isEmpty { throw InputError(file: name, .empty) }
        for population in populations {
            for locus in population.loci {
                // The same order as the locus sums in, so that the message agrees.
                let sum = Locus(name: locus.name, given: locus.alleles).givenSum
                if abs(sum - 1) > 0.01 {
                    throw InputError(file: name, .frequencySum(locus: locus.name, sum))
                }
            }
        }
    }

    /// One table a population.
    /// - Parameters:
    ///   - seen: alleles of the typings; those off the table are added if the
    ///     rule gives them a frequency.
    ///   - persons: N for tables that do not say it.
    public func tables(
        minimum: MinimumFrequency = .none, seen: [LocusName: Set<Allele>] = [:],
        persons: Double? = nil
    ) throws(InputError) -> [FrequencyTable] {
        var tables: [FrequencyTable] = []
        for population in populations {
            var loci: [Locus] = []
            for locus in population.loci {
                var alleles = locus.alleles
                let least: Double
                switch minimum {
                case .none: least = 0
                case .flat(let value): least = value
                case .fiveOver2N:
                    guard let n = locus.persons ?? persons else {
                        throw InputError(file: name, .sampleSizes(locus: locus.name))
                    }
                    least = min(5 / (2 * n), 0.5)
                }
                if least > 0 {
                    for allele in seen[LocusName(locus.name), default: []] {
                        alleles[allele, default: 0] += 0
                    }
                    alleles = alleles.mapValues { max($0, least) }
                }
                loci.append(
                    Locus(
                        name: locus.name, given: alleles, persons: locus.persons ?? persons))
            }
            tables.append(
                FrequencyTable(population: population.name, source: population.source, loci: loci))
        }
        return tables
    }
}
