/// What is wrong with a sample of a laboratory's file, or with the file.
///
/// A key and what goes into its sentence: the library says it in the language
/// of whoever imports.
public enum SampleFault: Error, Hashable, Sendable, Codable {
    // The file
    case unreadable
    case notUTF8
    case empty
    case unclosedQuote
    case rowTooLong
    case columnMissing(String)
    case columnTwice(String)
    case notXML
    case notWellFormed
    /// A DTD or an entity of its own: refused unread.
    case documentType
    case notCMF
    // A row
    case fields(expected: Int, found: Int)
    case noNumber
    case badNumber(String)
    case unknownKind(String)
    case unknownSex(String)
    case unknownLocus(String)
    case locusTwice(String)
    case threeAlleles(locus: String, String)
    case notAnAllele(locus: String, String)
    case decimalComma(locus: String, String)
    case notASexMark(String)
    case nothingTyped
    case textTooLong(String)
    /// A row before it did not read and may be of this sample.
    case notTogether
    case numberTwice(row: Int)
    /// The library knows the number with another typing.
    case otherTyping(String)

    /// Nothing after it can be read.
    public var endsFile: Bool {
        switch self {
        case .unreadable, .empty, .columnMissing, .columnTwice, .notXML, .notWellFormed,
            .documentType, .notCMF:
            true
        default: false
        }
    }

    /// The word under which the sentence is kept: `three-alleles`.
    public var word: String {
        switch self {
        case .unreadable: "unreadable"
        case .notUTF8: "not-utf8"
        case .empty: "empty"
        case .unclosedQuote: "unclosed-quote"
        case .rowTooLong: "row-too-long"
        case .columnMissing: "column-missing"
        case .columnTwice: "column-twice"
        case .notXML: "not-xml"
        case .notWellFormed: "not-well-formed"
        case .documentType: "document-type"
        case .notCMF: "not-cmf"
        case .fields: "fields"
        case .noNumber: "no-number"
        case .badNumber: "bad-number"
        case .unknownKind: "unknown-kind"
        case .unknownSex: "unknown-sex"
        case .unknownLocus: "unknown-locus"
        case .locusTwice: "locus-twice"
        case .threeAlleles: "three-alleles"
        case .notAnAllele: "not-an-allele"
        case .decimalComma: "decimal-comma"
        case .notASexMark: "not-a-sex-mark"
        case .nothingTyped: "nothing-typed"
        case .textTooLong: "text-too-long"
        case .notTogether: "not-together"
        case .numberTwice: "number-twice"
        case .otherTyping: "other-typing"
        }
    }

    /// What goes into the sentence: `locus`, `text`, `expected`, `found`, `row`.
    /// Texts are cut to 40 characters.
    public var arguments: [String: String] {
        switch self {
        case .columnMissing(let text), .columnTwice(let text), .badNumber(let text),
            .unknownKind(let text), .unknownSex(let text), .notASexMark(let text),
            .otherTyping(let text), .textTooLong(let text):
            ["text": short(text)]
        case .unknownLocus(let locus), .locusTwice(let locus): ["locus": short(locus)]
        case .threeAlleles(let locus, let text), .notAnAllele(let locus, let text),
            .decimalComma(let locus, let text):
            ["locus": short(locus), "text": short(text)]
        case .fields(let expected, let found): ["expected": "\(expected)", "found": "\(found)"]
        case .numberTwice(let row): ["row": "\(row)"]
        default: [:]
        }
    }

    private func short(_ text: String) -> String {
        text.count <= 40 ? text : text.prefix(39) + "…"
    }
}

/// What is worth knowing of a sample that is taken all the same.
public enum SampleMark: Hashable, Sendable, Codable {
    /// A peak off the ladder: kept as given, not computed with.
    case offLadder(locus: String)
    case fewLoci(Int)
    /// The sex stated is not the one amelogenin shows.
    case sexDiffers
    /// Another sample of the library has the same typing.
    case samePerson(String)

    public var word: String {
        switch self {
        case .offLadder: "off-ladder"
        case .fewLoci: "few-loci"
        case .sexDiffers: "sex-differs"
        case .samePerson: "same-person"
        }
    }

    public var arguments: [String: String] {
        switch self {
        case .offLadder(let locus): ["locus": locus]
        case .fewLoci(let count): ["count": "\(count)"]
        case .sexDiffers: [:]
        case .samePerson(let number): ["text": number]
        }
    }
}
