/// `guitu dna power`: a family and what is typed of it, from files.
public struct PowerFiles: Sendable {
    public let family: MissingPerson
    public let loci: [Locus]
    public let genotypes: [String: [Genotype]]
    public let warnings: [KinshipWarning]
    private let file: String
    private let deceased: Set<String>
    /// Whom the family says to be sampled and whose profile is not here: to be
    /// simulated like those planned.
    private let sampled: [String]

    /// - Parameters:
    ///   - missing: who is looked for; whom the family marks so if nil.
    ///   - profiles: relatives already typed; all loci of the table are foreseen
    ///     if nobody is.
    /// - Throws: `InputError`.
    public init(
        frequencies: [CSVFile], pedigrees: CSVFile, missing: String? = nil, profiles: CSVFile?,
        settings: KinshipSettings = KinshipSettings(), population: String? = nil
    ) throws {
        let typed = try profiles.map { try ProfileFile($0) }
        let seen = settings.minimum == .none ? [:] : try typed?.seenAlleles() ?? [:]
        let tables = try settings.tables(frequencies, seen: seen)
        let table = try SearchReport.choose(population, tables, frequencies)
        try typed?.checkLoci(table)
        let wanted = typed.map { Set($0.lociNames.map { LocusName($0) }) }
        loci = table.loci.filter { wanted?.contains(LocusName($0.name)) ?? true }
        family = try SearchReport.family(
            pedigrees, missing ?? pedigrees.markedMissing(), settings.options)
        let genotypes = try SearchReport.relatives(
            try typed?.profiles(loci, onX: settings.options.onX) ?? [], of: family,
            file: profiles?.name ?? "")
        warnings = KinshipWarning.about([table], loci.map(\.name))
        file = pedigrees.name
        self.genotypes = genotypes
        deceased = Set(try pedigrees.marked("deceased"))
        let missing = family.missing
        sampled = try pedigrees.marked("sampled").filter {
            genotypes[$0] == nil && $0 != missing
        }
    }

    /// - Throws: `InputError` if a planned relative is not in the family.
    public func study(planned: [String]) throws -> PowerStudy {
        for id in planned where family.pedigree.position(of: id) == nil || id == family.missing {
            throw InputError(file: file, .unknownPerson(id))
        }
        var study = try PowerStudy(
            family, loci: loci, genotypes: genotypes,
            planned: sampled + planned.filter { !sampled.contains($0) })
        study.deceased = deceased
        return study
    }
}

extension CSVFile {
    /// A family's pedigree file: a table as it stands, or lines of words as
    /// `Family` reads them.
    public init(family bytes: [UInt8], name: String) throws(InputError) {
        guard let said = String(validating: bytes, as: UTF8.self) else {
            throw InputError(file: name, .notUTF8)
        }
        if Family.isTable(said) {
            try self.init(name: name, bytes: bytes)
        } else {
            try self.init(name: name, text: try Family(reading: said, name: name).csv())
        }
    }

    /// Whom a family's table marks so, as `Family.csv()` writes it; 0 is no mark.
    func marked(_ name: String) throws(InputError) -> [String] {
        guard let column = optionalColumn(name) else { return [] }
        let id = try self.column("id")
        var found: [String] = []
        for row in rows {
            let fields = try fields(of: row)
            if !["", "0"].contains(fields[column]) { found.append(fields[id]) }
        }
        return found
    }

    /// Who the family says is missing.
    /// - Throws: `InputError` if it says nobody, or two.
    public func markedMissing() throws(InputError) -> String {
        let found = try marked("missing")
        if found.count > 1 { throw InputError(file: name, .missingTwice(found[0], found[1])) }
        guard let missing = found.first else { throw InputError(file: name, .nobodyMissing) }
        return missing
    }
}
