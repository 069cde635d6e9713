/// Profiles of a file, one a row: `id`, `sex`, then a column a locus.
struct ProfileFile {
    let name: String
    /// The loci of the columns, as the file writes them.
    let lociNames: [String]
    private let file: CSVFile
    private let columns: [(column: Int, name: LocusName)]
    private let idColumn: Int
    private let sexColumn: Int?

    init(_ file: CSVFile) throws(InputError) {
        self.file = file
        name = file.name
        idColumn = try file.column("id")
        sexColumn = file.optionalColumn("sex")
        var columns: [(column: Int, name: LocusName)] = []
        var names: [String] = []
        for (index, text) in file.columns.enumerated()
        where index != idColumn && index != sexColumn {
            let locus = LocusName(text)
            if text.isEmpty { throw InputError(file: name, row: 1, .missingValue("locus")) }
            // A check of the sex, not of kinship: passed over.
            if locus.isSexMarker { continue }
            if locus.isHaplotype { throw InputError(file: name, row: 1, .notAFactor(text)) }
            if columns.contains(where: { $0.name == locus }) {
                throw InputError(file: name, row: 1, .columnTwice(text))
            }
            columns.append((index, locus))
            names.append(text)
        }
        self.columns = columns
        lociNames = names
    }

    /// Every allele of the file, for rules that add what a table lacks.
    func seenAlleles() throws(InputError) -> [LocusName: Set<Allele>] {
        var seen: [LocusName: Set<Allele>] = [:]
        var known: [String: [Allele]] = [:]
        for row in file.rows {
            let fields = try file.fields(of: row)
            for (column, locus) in columns {
                let text = fields[column]
                let alleles: [Allele]
                if let read = known[text] {
                    alleles = read
                } else {
                    do {
                        alleles = try GenotypeText(text).alleles
                    } catch { throw InputError(file: name, row: row.number, error) }
                    known[text] = alleles
                }
                seen[locus, default: []].formUnion(alleles)
            }
        }
        return seen
    }

    func checkLoci(_ table: FrequencyTable) throws(InputError) {
        for (index, column) in columns.enumerated() where table.position(of: column.name) == nil {
            throw InputError(file: name, row: 1, .unknownLocus(lociNames[index]))
        }
    }

    /// - Parameter loci: in this order the profiles get their genotypes; a locus
    ///   without a column is untyped.
    func profiles(_ loci: [Locus], onX: Bool) throws(InputError) -> [Profile] {
        let keys = loci.map { LocusName($0.name) }
        let places = columns.map { column in keys.firstIndex(of: column.name) }
        // Few different cells fill a file of millions: read each but once.
        var known = loci.map { _ in [String: Genotype]() }
        var profiles: [Profile] = []
        profiles.reserveCapacity(file.rows.count)
        var ids: Set<String> = []
        for row in file.rows {
            let fields = try file.fields(of: row)
            let id = try fields.required(idColumn, "id")
            guard ids.insert(id).inserted else {
                throw InputError(file: name, row: row.number, .personTwice(id))
            }
            let sex: Sex
            switch sexColumn.map({ fields[$0] }) ?? "" {
            case "1": sex = .man
            case "2": sex = .woman
            case "", "0": sex = .unknown
            case let other: throw InputError(file: name, row: row.number, .unknownSex(other))
            }
            if onX && sex == .unknown {
                throw InputError(file: name, row: row.number, .pedigree(.sexNeeded(id)))
            }
            let oneCopy = onX && sex == .man
            var genotypes = [Genotype](repeating: .untyped, count: loci.count)
            for (index, place) in places.enumerated() {
                guard let place else { continue }
                let text = fields[columns[index].column]
                if text.isEmpty { continue }
                if !oneCopy, let genotype = known[place][text] {
                    genotypes[place] = genotype
                    continue
                }
                do {
                    let genotype = try GenotypeText(text)
                        .genotype(at: loci[place], oneCopy: oneCopy, person: id)
                    genotypes[place] = genotype
                    if !oneCopy { known[place][text] = genotype }
                } catch { throw InputError(file: name, row: row.number, error) }
            }
            profiles.append(Profile(id: id, sex: sex, genotypes: genotypes))
        }
        return profiles
    }
}
