import Foundation

/// `guitu dna lr`: the ratios of all families of a file, locus by locus.
public struct RatioReport: Sendable {
    public struct Line: Sendable, Hashable {
        public let caseName: String
        public let family: String
        public let population: String
        /// nil is the total over the loci.
        public let locus: String?
        public let ratio: Double
        public let log10: Double
        /// The least total of the populations compared: the one to report.
        public var isSmallest = false
    }

    public let lines: [Line]
    public let warnings: [KinshipWarning]
    public let populations: Int

    private struct Family {
        let caseName: String
        let name: String
        /// By person, then locus.
        var typings: [String: [LocusName: (text: GenotypeText, row: Int)]] = [:]
    }

    /// - Parameters:
    ///   - frequencies: one file or several; each population gives its own lines.
    ///   - genotypes: `case,family,id,locus,genotype`.
    ///   - pedigrees: `case,hypothesis,id,father,mother,sex[,same_as]`.
    /// - Throws: `InputError` for what is wrong in a file, before anything is
    ///   computed; `OptionError` for options that cannot be used.
    public init(
        frequencies: [CSVFile], genotypes: CSVFile, pedigrees: CSVFile,
        settings: KinshipSettings = KinshipSettings()
    ) throws {
        let pedigreeFile = try PedigreeFile(pedigrees)
        let (families, loci, seen) = try Self.read(genotypes)
        let tables = try settings.tables(frequencies, seen: seen)
        try Self.check(families, pedigreeFile, tables, genotypes.name, settings)

        var lines: [Line] = []
        var warnings: [KinshipWarning] = []
        var comparisons: [String: (Comparison, [[PreparedLocus]])] = [:]
        for family in families {
            let (comparison, prepared): (Comparison, [[PreparedLocus]])
            if let known = comparisons[family.caseName] {
                (comparison, prepared) = known
            } else {
                (comparison, prepared) = try Self.compare(
                    family.caseName, families, pedigreeFile, tables, loci, settings)
                comparisons[family.caseName] = (comparison, prepared)
            }
            var totals: [(line: Int, log: Double)] = []
            for (t, table) in tables.enumerated() {
                var total = 0.0
                for locus in prepared[t] {
                    let key = LocusName(locus.locus.name)
                    var typed: [Genotype] = []
                    for id in comparison.typedPersons {
                        guard let typing = family.typings[id]?[key] else {
                            typed.append(.untyped)
                            continue
                        }
                        let sex = comparison.first.sex(
                            at: comparison.first.position(of: id) ?? 0)
                        typed.append(
                            try typing.text.genotype(
                                at: locus.locus,
                                oneCopy: settings.options.onX && sex == .man, person: id))
                    }
                    let ratio = try locus.ratio(typed)
                    total += ratio.log
                    lines.append(
                        Line(
                            caseName: family.caseName, family: family.name,
                            population: table.population, locus: locus.locus.name,
                            ratio: ratio.value, log10: Foundation.log10(ratio.value)))
                    if ratio.isUndefined {
                        warnings.append(
                            .undefined(
                                what: "\(family.caseName) \(family.name) \(locus.locus.name)"))
                    }
                }
                totals.append((lines.count, total))
                lines.append(
                    Line(
                        caseName: family.caseName, family: family.name,
                        population: table.population, locus: nil, ratio: exp(total),
                        log10: total / M_LN10))
            }
            if let least = totals.min(by: { $0.log < $1.log }) {
                lines[least.line].isSmallest = true
            }
        }
        self.lines = lines
        self.warnings = KinshipWarning.about(tables, loci) + warnings
        populations = tables.count
    }

    private static func read(
        _ file: CSVFile
    ) throws -> (families: [Family], loci: [String], seen: [LocusName: Set<Allele>]) {
        let caseColumn = try file.column("case")
        let familyColumn = try file.column("family")
        let idColumn = try file.column("id")
        let locusColumn = try file.column("locus")
        let genotypeColumn = try file.column("genotype")
        var families: [Family] = []
        var positions: [[String]: Int] = [:]
        var loci: [String] = []
        var seen: [LocusName: Set<Allele>] = [:]
        for row in file.rows {
            let fields = try file.fields(of: row)
            let name = [fields[caseColumn], fields[familyColumn]]
            let id = try fields.required(idColumn, "id")
            let locusText = try fields.required(locusColumn, "locus")
            let locus = LocusName(locusText)
            if locus.isSexMarker || locus.isHaplotype {
                throw InputError(file: file.name, row: row.number, .notAFactor(locusText))
            }
            let text: GenotypeText
            do {
                text = try GenotypeText(fields[genotypeColumn])
            } catch {
                throw InputError(file: file.name, row: row.number, error)
            }
            if seen[locus] == nil { loci.append(locusText) }
            seen[locus, default: []].formUnion(text.alleles)
            if positions[name] == nil {
                positions[name] = families.count
                families.append(Family(caseName: name[0], name: name[1]))
            }
            let place = positions[name, default: 0]
            let twice = families[place].typings[id, default: [:]]
                .updateValue((text, row.number), forKey: locus)
            if twice != nil {
                throw InputError(
                    file: file.name, row: row.number,
                    .genotypeTwice(person: id, locus: locusText))
            }
        }
        return (families, loci, seen)
    }

    /// Everything that can be wrong is found here, before any output.
    private static func check(
        _ families: [Family], _ pedigrees: PedigreeFile, _ tables: [FrequencyTable],
        _ file: String, _ settings: KinshipSettings
    ) throws {
        var first: InputError?
        func refuse(_ row: Int, _ reason: InputError.Reason) {
            // The first row of the file, whatever order the families are in.
            if let known = first?.row, known <= row { return }
            first = InputError(file: file, row: row, reason)
        }
        for family in families {
            for (id, typings) in family.typings {
                let row = typings.values.map(\.row).min() ?? 1
                guard let found = pedigrees[family.caseName] else {
                    refuse(row, .unknownCase(family.caseName))
                    continue
                }
                for hypothesis in [1, 2] where found.pedigrees[hypothesis] == nil {
                    throw InputError(
                        file: pedigrees.name,
                        .missingHypothesis(case: family.caseName, hypothesis: hypothesis))
                }
                guard let one = found.pedigrees[1], let two = found.pedigrees[2] else { continue }
                guard let place = one.position(of: id), two.position(of: id) != nil else {
                    let known = one.position(of: id) != nil || two.position(of: id) != nil
                    refuse(row, known ? .notInBoth(person: id) : .unknownPerson(id))
                    continue
                }
                for (locus, typing) in typings {
                    for table in tables {
                        guard let at = table.position(of: locus) else {
                            refuse(typing.row, .unknownLocus(locus.key))
                            continue
                        }
                        do {
                            _ = try typing.text.genotype(
                                at: table.loci[at],
                                oneCopy: settings.options.onX && one.sex(at: place) == .man,
                                person: id)
                        } catch { refuse(typing.row, error) }
                    }
                }
            }
        }
        if let first { throw first }
    }

    private static func compare(
        _ name: String, _ families: [Family], _ pedigrees: PedigreeFile,
        _ tables: [FrequencyTable], _ loci: [String], _ settings: KinshipSettings
    ) throws -> (Comparison, [[PreparedLocus]]) {
        guard let found = pedigrees[name], let one = found.pedigrees[1],
            let two = found.pedigrees[2]
        else { throw InputError(file: pedigrees.name, .unknownCase(name)) }
        var persons: Set<String> = []
        for family in families where family.caseName == name {
            persons.formUnion(family.typings.keys)
        }
        let comparison: Comparison
        do {
            comparison = try Comparison(
                one, two, typedPersons: persons.sorted(), options: settings.options)
        } catch {
            switch error {
            case .notInBoth(let id):
                throw InputError(file: pedigrees.name, .notInBoth(person: id))
            case .pedigree(let reason):
                throw InputError(file: pedigrees.name, .pedigree(reason))
            }
        }
        let wanted = Set(loci.map { LocusName($0) })
        let prepared = try tables.map { table in
            try table.loci.filter { wanted.contains(LocusName($0.name)) }
                .map { try comparison.prepared($0) }
        }
        return (comparison, prepared)
    }

    /// The lines as CSV. Columns beyond the first five only when several
    /// populations stand side by side.
    public func csv() -> String {
        var text = "case,family,locus,lr,log10_lr"
        text += populations > 1 ? ",population,smallest\n" : "\n"
        for line in lines {
            text += [
                CSVText.field(line.caseName), CSVText.field(line.family),
                CSVText.field(line.locus ?? "TOTAL"), CSVText.number(line.ratio),
                CSVText.number(line.log10),
            ].joined(separator: ",")
            if populations > 1 {
                text += ",\(CSVText.field(line.population)),\(line.isSmallest ? "1" : "")"
            }
            text += "\n"
        }
        return text
    }
}

/// How results are written.
public enum CSVText {
    /// 17 significant digits: reading them back gives the same number.
    public static func number(_ value: Double) -> String {
        if value == 0 { return "0" }
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        return String(format: "%.17g", value)
    }

    /// Quoted where it must be, and never a formula to a spreadsheet.
    public static func field(_ text: String) -> String {
        var text = text
        if let first = text.first, "=+@\t".contains(first) { text = "'" + text }
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
}

/// A table to read at a terminal, from the same text a pipe gets.
public enum TextTable {
    public static func aligned(_ csv: String) -> String {
        guard let file = try? CSVFile(name: "", text: csv) else { return csv }
        var lines = [file.columns]
        for row in file.rows {
            guard let fields = try? file.fields(of: row) else { return csv }
            lines.append(fields.values.map(short))
        }
        let widths = file.columns.indices.map { c in lines.map { $0[c].count }.max() ?? 0 }
        return lines.map { line in
            line.indices.map { c in
                line[c].padding(toLength: widths[c], withPad: " ", startingAt: 0)
            }.joined(separator: "  ").trimmed()
        }.joined(separator: "\n") + "\n"
    }

    /// Seventeen digits are for machines.
    private static func short(_ text: String) -> String {
        guard text.count > 8, text.contains("."), let number = Double(text) else { return text }
        return String(format: "%.6g", number)
    }
}
