/// Reads a comma-separated file as offices really send them.
///
/// UTF-8 with or without a byte order mark, UTF-16 of either order and GB18030;
/// commas, tabs or semicolons; LF, CRLF or CR; quoted fields with line breaks;
/// no final newline. A row with the wrong number of columns, or a quote that
/// never closes, is handed out as a problem with its line, and reading goes on.
///
///     for entry in try CSVReader(bytes) {
///         switch entry {
///         case .row(let row): load(row.fields, line: row.line)
///         case .problem(let problem): report(problem)
///         }
///     }
public struct CSVReader: Sequence, IteratorProtocol, Sendable {
    public struct Row: Hashable, Sendable {
        /// The line of the file it begins on, from 1.
        public let line: Int
        public let fields: [String]
    }

    public struct Problem: Hashable, Sendable {
        public enum Kind: Hashable, Sendable {
            case columns(expected: Int, is: Int)
            case unclosedQuote
            /// A field longer than `longestField` bytes.
            case fieldTooLong
        }
        public let line: Int
        public let kind: Kind
        /// What was read of it, so that a person can put it right.
        public let fields: [String]
    }

    public enum Entry: Hashable, Sendable {
        case row(Row)
        case problem(Problem)
    }

    public enum Failure: Error, Equatable, Sendable {
        /// No line with anything in it.
        case empty
        /// Neither UTF-8, UTF-16 nor GB18030 from this line on.
        case unreadable(line: Int)
        /// The header line itself has a quote that never closes.
        case brokenHeader(line: Int)
    }

    public enum Encoding: String, Vocabulary {
        case utf8 = "utf-8"
        case utf16LittleEndian = "utf-16le"
        case utf16BigEndian = "utf-16be"
        case gb18030
    }

    /// Longer than any remark in a register, and far shorter than a file whose
    /// one open quote swallows the rest.
    public static let longestField = 65_536

    public let encoding: Encoding
    public let delimiter: Character
    /// The first line that holds anything, blanks at the ends of names removed.
    public private(set) var header: [String] = []

    private let bytes: [UInt8]
    private let separator: UInt8
    private var at = 0
    private var line = 1

    public init(_ file: [UInt8]) throws(Failure) {
        let (bytes, encoding) = try TextEncoding.utf8(of: file)
        var reader = CSVReader(decoded: bytes, encoding)
        guard let first = reader.record() else { throw .empty }
        guard case .row(let row) = first else { throw .brokenHeader(line: reader.line) }
        var names = row.fields.map { field in
            var name = field[...]
            while name.first?.isWhitespace == true { name.removeFirst() }
            while name.last?.isWhitespace == true { name.removeLast() }
            return String(name)
        }
        // A spreadsheet likes to end every line with empty columns.
        while names.count > 1, names.last == "" { names.removeLast() }
        reader.header = names
        self = reader
    }

    private init(decoded bytes: [UInt8], _ encoding: Encoding) {
        self.bytes = bytes
        self.encoding = encoding
        separator = Self.delimiter(of: bytes)
        delimiter = Character(Unicode.Scalar(separator))
    }

    /// The next row or problem; nil at the end.
    public mutating func next() -> Entry? {
        guard let entry = record() else { return nil }
        guard case .row(let row) = entry else { return entry }
        var fields = row.fields
        while fields.count > header.count, fields.last == "" { fields.removeLast() }
        guard fields.count == header.count else {
            return .problem(
                Problem(
                    line: row.line, kind: .columns(expected: header.count, is: fields.count),
                    fields: fields))
        }
        return .row(Row(line: row.line, fields: fields))
    }

    /// How far reading has come, 0 to 1.
    public var progress: Double { bytes.isEmpty ? 1 : Double(at) / Double(bytes.count) }

    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// One record of any width; lines with nothing in them are passed over.
    private mutating func record() -> Entry? {
        while true {
            guard at < bytes.count else { return nil }
            let begin = at
            let beginLine = line
            var fields: [String] = []
            var problem: Problem.Kind?
            var ended = false
            while !ended {
                let field = field(&problem)
                if let problem {
                    // Reading goes on after the line where the record began.
                    at = begin
                    line = beginLine
                    let rest = takeLine()
                    return .problem(Problem(line: beginLine, kind: problem, fields: [rest]))
                }
                fields.append(field)
                if at < bytes.count, bytes[at] == separator { at += 1 } else { ended = true }
            }
            takeNewline()
            if fields.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) { continue }
            return .row(Row(line: beginLine, fields: fields))
        }
    }

    /// One field, up to but without its separator.
    private mutating func field(_ problem: inout Problem.Kind?) -> String {
        guard at < bytes.count, bytes[at] == Self.quote else {
            let start = at
            skipPlain()
            if at - start > Self.longestField { problem = .fieldTooLong }
            return String(decoding: bytes[start..<at], as: UTF8.self)
        }
        at += 1
        var content: [UInt8] = []
        var start = at
        while at < bytes.count {
            let byte = bytes[at]
            if byte == Self.quote {
                content += bytes[start..<at]
                if at + 1 < bytes.count, bytes[at + 1] == Self.quote {
                    at += 1
                    start = at
                } else {
                    at += 1
                    // What follows a closing quote belongs to the field: "12"号.
                    let tail = at
                    skipPlain()
                    content += bytes[tail..<at]
                    return String(decoding: content, as: UTF8.self)
                }
            } else if byte == Self.newline
                || (byte == Self.carriageReturn
                    && !(at + 1 < bytes.count && bytes[at + 1] == Self.newline))
            {
                line += 1
            }
            at += 1
            if content.count + at - start > Self.longestField {
                problem = .fieldTooLong
                return ""
            }
        }
        problem = .unclosedQuote
        return ""
    }

    private mutating func skipPlain() {
        while at < bytes.count {
            let byte = bytes[at]
            if byte == separator || byte == Self.newline || byte == Self.carriageReturn { return }
            at += 1
        }
    }

    private mutating func takeNewline() {
        guard at < bytes.count else { return }
        if bytes[at] == Self.carriageReturn, at + 1 < bytes.count, bytes[at + 1] == Self.newline {
            at += 1
        }
        at += 1
        line += 1
    }

    private mutating func takeLine() -> String {
        let start = at
        while at < bytes.count, bytes[at] != Self.newline, bytes[at] != Self.carriageReturn {
            at += 1
        }
        let text = String(decoding: bytes[start..<Swift.min(at, start + 1000)], as: UTF8.self)
        takeNewline()
        return text
    }

    /// The one of comma, tab and semicolon that the first line has most of.
    private static func delimiter(of bytes: [UInt8]) -> UInt8 {
        var counts = [UInt8(ascii: ","): 0, UInt8(ascii: "\t"): 0, UInt8(ascii: ";"): 0]
        var quoted = false
        var seen = false
        for byte in bytes {
            if byte == quote { quoted.toggle() }
            if quoted { continue }
            if byte == newline || byte == carriageReturn {
                if seen { break }
                continue
            }
            seen = true
            counts[byte]? += 1
        }
        return [UInt8(ascii: "\t"), UInt8(ascii: ";"), UInt8(ascii: ",")].reduce(UInt8(ascii: ","))
        {
            counts[$1]! > counts[$0]! ? $1 : $0
        }
    }
}
