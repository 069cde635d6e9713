/// What kind of file a laboratory sent.
public enum SampleFormat: String, CaseIterable, Sendable, Codable {
    /// Ours: `id` (or `sample`), `kind`, `sex`, `family`, `member`, then a column
    /// a locus with 15/17.
    case csv
    /// A table separated by tabs as GeneMapper exports it: `Sample Name`,
    /// `Marker`, `Allele 1`, `Allele 2` …, a row a marker; or a column a marker.
    case genemapper
    /// CODIS's Common Message Format, by our reading of public descriptions.
    case cmf
}

public struct SampleFileOptions: Sendable {
    public var format: SampleFormat
    public var single = SinglePeak.half
    /// Fewer are marked.
    public var leastLoci = 12
    public var furtherLoci: Set<LocusName> = []

    public init(format: SampleFormat) { self.format = format }
}

/// The samples of a file, one after the other, in the memory of one sample and
/// of the numbers seen so far.
///
///     var file = try SampleFile(.file(path: "batch.csv"), SampleFileOptions(format: .csv))
///     while let item = file.next() { … }
public struct SampleFile {
    public enum Item: Sendable {
        case sample(TypedSample)
        /// - Parameter number: of the sample that is refused, where it can be told.
        case fault(row: Int, number: String?, SampleFault)
    }

    private var source: any SampleSource
    private var checker: SampleChecker
    /// The row on which each number stood.
    private var rows: [String: Int32] = [:]
    private var isOver = false

    /// - Throws: what is wrong with the whole file.
    public init(_ input: SampleInput, _ options: SampleFileOptions) throws(SampleFault) {
        checker = SampleChecker(
            single: options.single, leastLoci: options.leastLoci, further: options.furtherLoci)
        switch options.format {
        case .csv:
            source = try SampleTable(
                try TableRows(try ByteStream(input), delimiter: UInt8(ascii: ",")), &checker)
        case .genemapper:
            var table = try TableRows(try ByteStream(input), delimiter: 9)
            guard let header = try table.next() else { throw .empty }
            let words = header.fields.map { $0.lowercased() }
            if words.contains("marker") {
                source = try LongTable(table, header.fields)
            } else {
                source = try SampleTable(table, &checker, header: header.fields)
            }
        case .cmf:
            source = try MessageFile(try XMLPull(try ByteStream(input)))
        }
    }

    /// Nil at the end, and after a fault behind which nothing can be read.
    public mutating func next() -> Item? {
        if isOver { return nil }
        let item = source.next(&checker)
        switch item {
        case nil: isOver = true
        case .fault(_, _, let fault): if fault.endsFile { isOver = true }
        case .sample(let sample):
            if let first = rows[sample.number] {
                return .fault(
                    row: sample.row, number: sample.number, .numberTwice(row: Int(first)))
            }
            rows[sample.number] = Int32(clamping: sample.row)
        }
        return item
    }
}

private protocol SampleSource {
    mutating func next(_ checker: inout SampleChecker) -> SampleFile.Item?
}

/// A row a sample: our CSV, and GeneMapper's table with a column a marker.
private struct SampleTable: SampleSource {
    private var rows: TableRows
    private let width: Int
    private var idColumn = 0
    private var special: [String: Int] = [:]
    /// Loci with their columns: two of one name are two alleles.
    private var loci: [(locus: String, columns: [Int])] = []

    init(
        _ rows: TableRows, _ checker: inout SampleChecker, header given: [String]? = nil
    ) throws(SampleFault) {
        self.rows = rows
        let header: [String]
        if let given {
            header = given
        } else {
            guard let read = try self.rows.next() else { throw .empty }
            header = read.fields
        }
        width = header.count
        var id: Int?
        let words = ["kind", "sex", "family", "member"]
        let passedOver = ["laboratory", "taken", "case", "run name", "panel", "sample file"]
        for (index, text) in header.enumerated() {
            let word = text.lowercased()
            if ["id", "sample", "sample name", "sample_name", "样本编号"].contains(word) {
                if id != nil { throw .columnTwice(text) }
                id = index
            } else if words.contains(word) {
                if special.updateValue(index, forKey: word) != nil { throw .columnTwice(text) }
            } else if passedOver.contains(word) || text.isEmpty && index == header.count - 1 {
                continue
            } else {
                let base = Self.withoutAllele(text)
                let name = try checker.name(base)
                if let place = loci.firstIndex(where: { LocusName($0.locus) == name }) {
                    // A second column of a locus is its second allele, if it
                    // says so or GeneMapper repeats the heading.
                    guard given != nil, loci[place].columns.count < 4 else {
                        throw .columnTwice(text)
                    }
                    loci[place].columns.append(index)
                } else {
                    loci.append((base, [index]))
                }
            }
        }
        guard let id else { throw .columnMissing("id") }
        guard !loci.isEmpty else { throw .columnMissing("D3S1358") }
        idColumn = id
    }

    /// `D3S1358 1`, `D3S1358_2` and `D3S1358 Allele 1` without their ends.
    private static func withoutAllele(_ text: String) -> String {
        var words = text.split(whereSeparator: { $0 == " " || $0 == "_" }).map(String.init)
        guard words.count > 1, let last = words.last, last == "1" || last == "2" else {
            return text
        }
        words.removeLast()
        if words.count > 1, words[words.count - 1].lowercased() == "allele" { words.removeLast() }
        return words.joined(separator: " ")
    }

    mutating func next(_ checker: inout SampleChecker) -> SampleFile.Item? {
        do throws(SampleFault) {
            guard let (line, fields) = try rows.next() else { return nil }
            do throws(SampleFault) {
                guard fields.count == width else {
                    throw .fields(expected: width, found: fields.count)
                }
                func field(_ word: String) -> String { special[word].map { fields[$0] } ?? "" }
                return .sample(
                    try checker.sample(
                        row: line, number: fields[idColumn], kind: field("kind"),
                        sex: field("sex"), family: field("family"), member: field("member"),
                        loci: loci.map { ($0.locus, $0.columns.map { fields[$0] }) }))
            } catch {
                let number = fields.count == width ? fields[idColumn] : nil
                return .fault(row: line, number: number, error)
            }
        } catch {
            return .fault(row: rows.lastLine, number: nil, error)
        }
    }
}

/// A row a marker; the rows of a sample stand together.
private struct LongTable: SampleSource {
    private var rows: TableRows
    private let width: Int
    private let sample: Int
    private let marker: Int
    private var alleles: [Int] = []
    /// Already read, of the sample after.
    private var ahead: Step?
    /// The row before did not read.
    private var isBroken = false

    init(_ rows: TableRows, _ header: [String]) throws(SampleFault) {
        width = header.count
        var sample: Int?
        var marker: Int?
        for (index, text) in header.enumerated() {
            let word = text.lowercased()
            if word == "sample name" || word == "sample" {
                if sample != nil { throw .columnTwice(text) }
                sample = index
            } else if word == "marker" {
                if marker != nil { throw .columnTwice(text) }
                marker = index
            } else if word.hasPrefix("allele"),
                Int(word.dropFirst(6).drop { $0 == " " || $0 == "_" }) != nil
            {
                alleles.append(index)
            }
        }
        guard let sample else { throw .columnMissing("Sample Name") }
        guard let marker else { throw .columnMissing("Marker") }
        guard !alleles.isEmpty else { throw .columnMissing("Allele 1") }
        self.sample = sample
        self.marker = marker
        self.rows = rows
    }

    mutating func next(_ checker: inout SampleChecker) -> SampleFile.Item? {
        guard let first = ahead ?? step() else { return nil }
        ahead = nil
        guard case .row(let line, let fields) = first else {
            // A row that does not read may be of the sample before or after:
            // neither is taken without it.
            isBroken = true
            guard case .fault(let line, let fault) = first else { return nil }
            return .fault(row: line, number: nil, fault)
        }
        let number = fields[sample]
        var loci = [locus(fields)]
        var fault: (line: Int, SampleFault)? = isBroken ? (line, .notTogether) : nil
        isBroken = false
        while let next = step() {
            switch next {
            case .row(_, let fields) where fields[sample] == number:
                if loci.count < 256 { loci.append(locus(fields)) }
                isBroken = false
                continue
            case .row: ahead = next
            case .fault(let line, let problem):
                fault = (line, problem)
                isBroken = true
                if !problem.endsFile { continue }
            }
            break
        }
        if let fault { return .fault(row: fault.line, number: number, fault.1) }
        do throws(SampleFault) {
            return .sample(
                try checker.sample(
                    row: line, number: number, kind: "", sex: "", family: "", member: "",
                    loci: loci))
        } catch {
            return .fault(row: line, number: number, error)
        }
    }

    private enum Step {
        case row(line: Int, fields: [String])
        case fault(line: Int, SampleFault)
    }

    private mutating func step() -> Step? {
        do throws(SampleFault) {
            return try row().map { .row(line: $0.line, fields: $0.fields) }
        } catch {
            return .fault(line: rows.lastLine, error)
        }
    }

    private func locus(_ fields: [String]) -> (locus: String, alleles: [String]) {
        (fields[marker], alleles.map { fields[$0] })
    }

    private mutating func row() throws(SampleFault) -> (line: Int, fields: [String])? {
        guard let found = try rows.next() else { return nil }
        // Exports leave empty fields at a row's end away, or add one.
        var fields = found.fields
        while fields.count < width { fields.append("") }
        while fields.count > width, fields.last == "" { fields.removeLast() }
        guard fields.count == width else {
            throw .fields(expected: width, found: found.fields.count)
        }
        return (found.line, fields)
    }
}

/// CODIS's Common Message Format by our reading of public descriptions:
/// `SPECIMEN` holds `SPECIMENID`, `SPECIMENCATEGORY` and `LOCUS`es with
/// `LOCUSNAME` and `ALLELE`/`ALLELEVALUE`. No laboratory has confirmed it yet.
private struct MessageFile: SampleSource {
    private var xml: XMLPull

    init(_ xml: XMLPull) throws(SampleFault) {
        self.xml = xml
        guard case .start(let root, _)? = try self.xml.next(), root == "CODISImportFile" else {
            throw .notCMF
        }
    }

    mutating func next(_ checker: inout SampleChecker) -> SampleFile.Item? {
        do throws(SampleFault) {
            while let event = try xml.next() {
                if case .start("SPECIMEN", _) = event { return try specimen(&checker) }
            }
            return nil
        } catch {
            return .fault(row: xml.line, number: nil, error.endsFile ? error : .notWellFormed)
        }
    }

    private mutating func specimen(_ checker: inout SampleChecker) throws(SampleFault)
        -> SampleFile.Item
    {
        let line = xml.line
        var number = ""
        var category = ""
        var loci: [(locus: String, alleles: [String])] = []
        var path: [String] = []
        var text = ""
        while let event = try xml.next() {
            switch event {
            case .start(let name, _):
                path.append(name)
                text = ""
                if name == "LOCUS", loci.count < 256 { loci.append(("", [])) }
            case .text(let more):
                guard text.utf8.count < 4096 else { throw .notWellFormed }
                text += more
            case .end(let name):
                guard !path.isEmpty else {
                    do throws(SampleFault) {
                        return .sample(
                            try checker.sample(
                                row: line, number: number, kind: Self.kind(category), sex: "",
                                family: "", member: "", loci: loci))
                    } catch { return .fault(row: line, number: number, error) }
                }
                path.removeLast()
                let value = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                switch name {
                case "SPECIMENID": number = value
                case "SPECIMENCATEGORY": category = value
                case "LOCUSNAME" where !loci.isEmpty: loci[loci.count - 1].locus = value
                case "ALLELEVALUE" where !loci.isEmpty && loci[loci.count - 1].alleles.count < 16:
                    loci[loci.count - 1].alleles.append(value)
                default: break
                }
                text = ""
            }
        }
        throw .notWellFormed
    }

    /// The categories of missing persons that are publicly named; another one
    /// leaves the kind to whoever imports.
    private static func kind(_ category: String) -> String {
        switch category.lowercased().filter({ $0.isLetter }) {
        case "unidentifiedperson": "living"
        case "unidentifiedhumanremains", "unidentifiedhumanremainsnotrecovered": "remains"
        case "biologicalrelative", "relativesofmissingperson", "biologicalrelativeofmissingperson",
            "biologicalmother", "biologicalfather", "biologicalchild", "biologicalsibling":
            "relative"
        case "missingperson", "deducedmissingperson": "direct"
        case "staff", "elimination": "elimination"
        default: ""
        }
    }
}
