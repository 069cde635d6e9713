import Foundation
import GuituModel

/// What is wrong with a table, and where.
public struct TableError: Error, CustomStringConvertible, Equatable {
    public var file: String
    /// 1 is the header; nil when it is about the whole file.
    public var row: Int?
    public var reason: String

    public init(file: String, row: Int?, reason: String) {
        self.file = file
        self.row = row
        self.reason = reason
    }

    public var description: String {
        row.map { "\(file), row \($0): \(reason)" } ?? "\(file): \(reason)"
    }
}

/// A table with a header line, its columns found by name: tabs or commas, in any
/// encoding that `CSVReader` knows.
struct Table {
    let file: String
    private let reader: CSVReader

    init(path: String, columns needed: [String]) throws {
        let file = (path as NSString).lastPathComponent
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
            throw TableError(file: file, row: nil, reason: "cannot be read")
        }
        try self.init(bytes: [UInt8](data), file: file, columns: needed)
    }

    init(bytes: [UInt8], file: String, columns needed: [String]) throws {
        self.file = file
        do { reader = try CSVReader(bytes) } catch .empty {
            throw TableError(file: file, row: 1, reason: "is empty")
        } catch .unreadable(let line) {
            throw TableError(file: file, row: line, reason: "neither UTF-8, UTF-16 nor GB18030")
        } catch .brokenHeader(let line) {
            throw TableError(file: file, row: line, reason: "a quote that never closes")
        }
        for name in needed where !reader.header.contains(name) {
            throw TableError(file: file, row: 1, reason: "column \(name) is missing")
        }
    }

    /// Calls `body` with each row's fields in the order of `names`; a column
    /// that the file or the row lacks is empty. Row 2 is the first after the
    /// header.
    ///
    /// - Parameter fault: takes rows that cannot be read; without it the first throws.
    func forEach(
        _ names: [String], fault: ((TableError) -> Void)? = nil,
        _ body: (_ row: Int, _ fields: [String]) throws -> Void
    ) throws {
        let places = names.map { reader.header.firstIndex(of: $0) }
        for entry in reader {
            let line: Int
            let fields: [String]
            switch entry {
            case .row(let row): (line, fields) = (row.line, row.fields)
            case .problem(let problem):
                (line, fields) = (problem.line, problem.fields)
                let reason: String
                switch problem.kind {
                case .columns(let expected, let count) where count < expected: reason = ""
                case .columns(let expected, let count):
                    reason = "\(count) fields, the header has \(expected)"
                case .unclosedQuote: reason = "a quote that never closes"
                case .fieldTooLong: reason = "a field of more than 65,536 bytes"
                }
                if !reason.isEmpty {
                    let error = TableError(file: file, row: line, reason: reason)
                    guard let fault else { throw error }
                    fault(error)
                    continue
                }
            }
            try body(line, places.map { $0.map { $0 < fields.count ? fields[$0] : "" } ?? "" })
        }
    }

    /// For tables whose columns are known by their order.
    func forEachLine(_ body: (_ row: Int, _ fields: [String]) throws -> Void) throws {
        try forEach(reader.header, body)
    }

    /// A field as `CSVReader` reads it back. Not `CSVWriter`'s: its apostrophe
    /// against formulas would change ids that programs compare.
    static func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\t\n\r".contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
