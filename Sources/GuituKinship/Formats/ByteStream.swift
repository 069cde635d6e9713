import Foundation

/// Where a laboratory's file comes from: a path, or what a page was sent.
public enum SampleInput: Sendable {
    case file(path: String)
    case bytes(name: String, [UInt8])

    /// What reports call the file: without its folders.
    public var name: String {
        switch self {
        case .file(let path): String(path.split(separator: "/").last ?? "")
        case .bytes(let name, _): name
        }
    }
}

/// Bytes one after the other, read in pieces: a file of any size takes the
/// memory of one piece.
public final class ByteStream {
    private static let piece = 1 << 18
    private let file: Int32
    private var buffer: [UInt8]
    private var at = 0
    private var end: Int
    /// Lines begun so far; an editor's count.
    public private(set) var line = 1

    /// - Throws: `SampleFault.unreadable`.
    public init(_ input: SampleInput) throws(SampleFault) {
        switch input {
        case .bytes(_, let bytes):
            file = -1
            buffer = bytes
            end = bytes.count
        case .file(let path):
            file = open(path, O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { throw .unreadable }
            buffer = [UInt8](repeating: 0, count: Self.piece)
            end = 0
        }
    }

    deinit { if file >= 0 { close(file) } }

    private func fill() throws(SampleFault) -> Bool {
        guard file >= 0 else { return false }
        while true {
            let count = buffer.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable }
            at = 0
            end = count
            return count > 0
        }
    }

    /// The next byte without taking it; nil at the end.
    public func peek() throws(SampleFault) -> UInt8? {
        if at == end, try !fill() { return nil }
        return buffer[at]
    }

    public func next() throws(SampleFault) -> UInt8? {
        if at == end, try !fill() { return nil }
        let byte = buffer[at]
        at += 1
        if byte == 10 { line += 1 }
        return byte
    }

    /// Every piece in its order, for a digest of the whole.
    public func forEachPiece(_ body: ([UInt8]) -> Void) throws(SampleFault) {
        if at < end { body(Array(buffer[at..<end])) }
        at = end
        while try fill() {
            body(Array(buffer[..<end]))
            at = end
        }
    }

    /// Passes over a byte order mark; UTF-16 is refused.
    public func skipMark() throws(SampleFault) {
        switch try peek() {
        case 0xEF:
            for expected in [0xEF, 0xBB, 0xBF] as [UInt8] {
                guard try next() == expected else { throw .notUTF8 }
            }
        case 0xFE, 0xFF: throw .notUTF8
        default: break
        }
    }
}

/// Rows of a text table, comma or tab between the fields, one at a time.
///
/// Fields may be quoted, lines may end as on any system, blank lines are passed
/// over. A row is at most 64 kB and 512 fields.
struct TableRows {
    private let bytes: ByteStream
    private let delimiter: UInt8
    private static let most = 1 << 16
    private var field: [UInt8] = []

    init(_ bytes: ByteStream, delimiter: UInt8) throws(SampleFault) {
        self.bytes = bytes
        self.delimiter = delimiter
        try bytes.skipMark()
    }

    /// The fields of the next row, trimmed, and the line it begins on; nil at
    /// the end. After a fault the following row can be read.
    mutating func next() throws(SampleFault) -> (line: Int, fields: [String])? {
        while true {
            let line = bytes.line
            guard let fields = try row() else { return nil }
            if fields.count > 1 || !fields[0].isEmpty { return (line, fields) }
        }
    }

    private(set) var lastLine = 1

    private mutating func row() throws(SampleFault) -> [String]? {
        guard try bytes.peek() != nil else { return nil }
        lastLine = bytes.line
        var fields: [String] = []
        var taken = 0
        var fault: SampleFault?
        var inQuotes = false
        var atStart = true
        field.removeAll(keepingCapacity: true)
        func trimmed(_ bytes: [UInt8]) -> String? {
            String(validating: bytes, as: UTF8.self)?.trimmed()
        }
        while true {
            guard let byte = try bytes.next() else {
                if inQuotes { fault = fault ?? .unclosedQuote }
                break
            }
            taken += 1
            if taken > Self.most {
                fault = fault ?? .rowTooLong
                // A quote that is never closed must not swallow the file.
                inQuotes = false
                field.removeAll(keepingCapacity: true)
            }
            if inQuotes {
                if byte == UInt8(ascii: "\"") {
                    if try bytes.peek() == byte {
                        _ = try bytes.next()
                        field.append(byte)
                    } else {
                        inQuotes = false
                    }
                } else {
                    field.append(byte)
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\"") where atStart:
                inQuotes = true
                atStart = false
            case delimiter:
                if fields.count >= 512 {
                    fault = fault ?? .rowTooLong
                } else {
                    if let text = trimmed(field) {
                        fields.append(text)
                    } else {
                        fault = fault ?? .notUTF8
                    }
                }
                field.removeAll(keepingCapacity: true)
                atStart = true
            case 10, 13:
                if byte == 13, try bytes.peek() == 10 { _ = try bytes.next() }
                if let text = trimmed(field) {
                    fields.append(text)
                } else {
                    fault = fault ?? .notUTF8
                }
                if let fault { throw fault }
                return fields
            default:
                if byte != 32 { atStart = false }
                field.append(byte)
            }
        }
        if let text = trimmed(field) { fields.append(text) } else { fault = fault ?? .notUTF8 }
        if let fault { throw fault }
        return fields
    }
}
