import Foundation

/// `guitu dna search`: the files of a search, read and checked, ready to run.
public struct SearchReport: Sendable {
    /// The files as one population's table numbers their alleles.
    struct Population: Sendable {
        let name: String
        let queries: [Profile]
        let library: ProfileLibrary
    }

    let tables: [Population]
    public let settings: KinshipSettings
    public let warnings: [KinshipWarning]

    public var populations: [String] { tables.map(\.name) }
    /// Who is asked about and among whom; the alleles as the first population
    /// numbers them.
    public var queries: [Profile] { tables[0].queries }
    public var library: ProfileLibrary { tables[0].library }

    /// - Parameter population: only this table of the frequency files; all of
    ///   them side by side if nil.
    /// - Throws: `InputError`, before anything is computed.
    public init(
        frequencies: [CSVFile], queries: CSVFile, library: CSVFile,
        settings: KinshipSettings = KinshipSettings(), population: String? = nil
    ) throws {
        let files = [try ProfileFile(queries), try ProfileFile(library)]
        var seen: [LocusName: Set<Allele>] = [:]
        if settings.minimum != .none {
            for file in files {
                seen.merge(try file.seenAlleles()) { $0.union($1) }
            }
        }
        var chosen = try settings.tables(frequencies, seen: seen)
        if population != nil || chosen.isEmpty {
            chosen = [try Self.choose(population, chosen, frequencies)]
        }
        let wanted = Set(files.flatMap { $0.lociNames.map { LocusName($0) } })
        var tables: [Population] = []
        for table in chosen {
            for file in files { try file.checkLoci(table) }
            let loci = table.loci.filter { wanted.contains(LocusName($0.name)) }
            if loci.count > 64 {
                throw InputError(file: library.name, row: 1, .tooManyLoci(loci.count))
            }
            tables.append(
                Population(
                    name: table.population,
                    queries: try files[0].profiles(loci, onX: settings.options.onX),
                    library: ProfileLibrary(
                        loci: loci,
                        profiles: try files[1].profiles(loci, onX: settings.options.onX))))
        }
        self.tables = tables
        self.settings = settings
        warnings = KinshipWarning.about(chosen, tables[0].library.loci.map(\.name))
    }

    static func choose(
        _ population: String?, _ tables: [FrequencyTable], _ files: [CSVFile]
    ) throws(InputError) -> FrequencyTable {
        let name = files.first?.name ?? ""
        if let population {
            guard let found = tables.first(where: { $0.population == population }) else {
                throw InputError(file: name, .unknownPopulation(population))
            }
            return found
        }
        guard tables.count == 1, let only = tables.first else {
            throw InputError(file: name, .severalPopulations(tables.map(\.population)))
        }
        return only
    }

    static func family(
        _ pedigrees: CSVFile, _ missing: String, _ options: KinshipOptions
    ) throws(InputError) -> MissingPerson {
        let file = try PedigreeFile(pedigrees)
        guard file.cases.count == 1, let pedigree = file.cases[0].pedigrees[1] else {
            throw InputError(file: pedigrees.name, .oneCaseOnly)
        }
        do {
            return try MissingPerson(pedigree, missing: missing, options: options)
        } catch {
            switch error {
            case .unknownPerson(let id):
                throw InputError(file: pedigrees.name, .unknownPerson(id))
            case .pedigree(let reason):
                throw InputError(file: pedigrees.name, .pedigree(reason))
            }
        }
    }

    /// The typed relatives, each a person of the family and of its sex there.
    static func relatives(
        _ profiles: [Profile], of family: MissingPerson, file: String
    ) throws(InputError) -> [String: [Genotype]] {
        var genotypes: [String: [Genotype]] = [:]
        for profile in profiles {
            guard profile.id != family.missing,
                let place = family.pedigree.position(of: profile.id)
            else { throw InputError(file: file, .unknownPerson(profile.id)) }
            let sex = family.pedigree.sex(at: place)
            if profile.sex != .unknown && sex != .unknown && profile.sex != sex {
                throw InputError(file: file, .otherSex(profile.id))
            }
            genotypes[profile.id] = profile.genotypes
        }
        return genotypes
    }
}
