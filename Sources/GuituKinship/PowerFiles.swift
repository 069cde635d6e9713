/// `guitu dna power`: a family and what is typed of it, from files.
public struct PowerFiles: Sendable {
    public let family: MissingPerson
    public let loci: [Locus]
    public let genotypes: [String: [Genotype]]
    public let warnings: [KinshipWarning]
    private let file: String
    private let deceased: Set<String>

    /// - Parameter profiles: relatives already typed; all loci of the table are
    ///   foreseen if nobody is.
    /// - Throws: `InputError`.
    public init(
        frequencies: [CSVFile], pedigrees: CSVFile, missing: String, profiles: CSVFile?,
        settings: KinshipSettings = KinshipSettings(), population: String? = nil
    ) throws {
        let typed = try profiles.map { try ProfileFile($0) }
        let seen = settings.minimum == .none ? [:] : try typed?.seenAlleles() ?? [:]
        let tables = try settings.tables(frequencies, seen: seen)
        let table = try SearchReport.choose(population, tables, frequencies)
        try typed?.checkLoci(table)
        let wanted = typed.map { Set($0.lociNames.map { LocusName($0) }) }
        loci = table.loci.filter { wanted?.contains(LocusName($0.name)) ?? true }
        family = try SearchReport.family(pedigrees, missing, settings.options)
        genotypes = try SearchReport.relatives(
            try typed?.profiles(loci, onX: settings.options.onX) ?? [], of: family,
            file: profiles?.name ?? "")
        warnings = KinshipWarning.about([table], loci.map(\.name))
        file = pedigrees.name
        deceased = try Self.deceased(pedigrees)
    }

    /// Whom a family's table marks so, as `Family.csv()` writes it; 0 is no mark.
    private static func deceased(_ file: CSVFile) throws(InputError) -> Set<String> {
        guard let column = file.optionalColumn("deceased") else { return [] }
        let id = try file.column("id")
        var found: Set<String> = []
        for row in file.rows {
            let fields = try file.fields(of: row)
            if !["", "0"].contains(fields[column]) { found.insert(fields[id]) }
        }
        return found
    }

    /// - Throws: `InputError` if a planned relative is not in the family.
    public func study(planned: [String]) throws -> PowerStudy {
        for id in planned where family.pedigree.position(of: id) == nil || id == family.missing {
            throw InputError(file: file, .unknownPerson(id))
        }
        var study = try PowerStudy(family, loci: loci, genotypes: genotypes, planned: planned)
        study.deceased = deceased
        return study
    }
}
