import Foundation

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

/// A tab-separated UTF-8 file with a header line.
struct Table {
    let file: String
    private let bytes: [UInt8]
    private let columns: [String]

    /// Columns are found by name, so their order does not matter.
    init(path: String, columns needed: [String]) throws {
        file = (path as NSString).lastPathComponent
        do { bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) } catch {
            throw TableError(file: file, row: nil, reason: "cannot be read")
        }
        let end = bytes.firstIndex(of: 10) ?? bytes.endIndex
        columns = Self.fields(bytes[..<end]).map {
            $0.hasPrefix("\u{FEFF}") ? String($0.dropFirst()) : $0
        }
        for name in needed where !columns.contains(name) {
            throw TableError(file: file, row: 1, reason: "column \(name) is missing")
        }
    }

    /// Calls `body` with each row's fields in the order of `names`; a column
    /// that the file lacks is empty. Row 2 is the first after the header.
    func forEach(_ names: [String], _ body: (_ row: Int, _ fields: [String]) throws -> Void) throws
    {
        let places = names.map { columns.firstIndex(of: $0) }
        var start = (bytes.firstIndex(of: 10) ?? bytes.endIndex - 1) + 1
        var row = 1
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: 10) ?? bytes.endIndex
            row += 1
            if end > start {
                let fields = Self.fields(bytes[start..<end])
                guard fields.count <= columns.count else {
                    throw TableError(
                        file: file, row: row,
                        reason: "\(fields.count) fields, the header has \(columns.count)")
                }
                try body(row, places.map { $0.map { $0 < fields.count ? fields[$0] : "" } ?? "" })
            }
            start = end + 1
        }
    }

    /// For tables whose columns are known by their order.
    func forEachLine(_ body: (_ row: Int, _ fields: [String]) throws -> Void) throws {
        try forEach(columns, body)
    }

    private static func fields(_ line: ArraySlice<UInt8>) -> [String] {
        let line = line.last == 13 ? line.dropLast() : line
        return line.split(separator: 9, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
