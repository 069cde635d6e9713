import Foundation

/// `guitu dna search`: the files of a search, read and checked, ready to run.
public struct SearchReport: Sendable {
    public let queries: [Profile]
    public let library: ProfileLibrary
    public let settings: KinshipSettings
    public let warnings: [KinshipWarning]
    public let population: String

    /// - Parameter population: which table of the frequency file; the only one
    ///   if nil.
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
        let tables = try settings.tables(frequencies, seen: seen)
        let table = try Self.choose(population, tables, frequencies)
        for file in files { try file.checkLoci(table) }
        let wanted = Set(files.flatMap { $0.lociNames.map { LocusName($0) } })
        let loci = table.loci.filter { wanted.contains(LocusName($0.name)) }
        if loci.count > 64 {
            throw InputError(file: library.name, row: 1, .tooManyLoci(loci.count))
        }
        self.queries = try files[0].profiles(loci, onX: settings.options.onX)
        self.library = ProfileLibrary(
            loci: loci, profiles: try files[1].profiles(loci, onX: settings.options.onX))
        self.settings = settings
        self.population = table.population
        warnings = KinshipWarning.about([table], loci.map(\.name))
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

    /// - Parameter amongThemselves: the queries are the library; nobody is
    ///   compared with themselves.
    public func search(
        threshold: Double, threads: Int, amongThemselves: Bool = false
    ) throws(OptionError) -> Search {
        var search = try Search(
            library, options: settings.options, threshold: threshold, threads: threads)
        search.isAmongThemselves = amongThemselves
        return search
    }

    /// The family of a pedigree file with the queries as its typed members.
    public func family(
        _ pedigrees: CSVFile, missing: String, queries name: String
    ) throws(InputError) -> (family: MissingPerson, genotypes: [String: [Genotype]]) {
        let family = try Self.family(pedigrees, missing, settings.options)
        return (family, try Self.relatives(queries, of: family, file: name))
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

    public static let header = "query,candidate,relation,lr,log10_lr\n"

    /// - Parameter family: what the query and the relation are called when a
    ///   family was asked about.
    public func csv(_ hits: [Hit], family: (name: String, missing: String)? = nil) -> String {
        var text = ""
        for hit in hits {
            text += CSVText.field(family?.name ?? queries[hit.query].id) + ","
            text += CSVText.field(library.ids[hit.candidate]) + ","
            text += CSVText.field(hit.relation?.rawValue ?? family?.missing ?? "") + ","
            text += CSVText.number(hit.ratio) + "," + CSVText.number(hit.log10) + "\n"
        }
        return text
    }
}
