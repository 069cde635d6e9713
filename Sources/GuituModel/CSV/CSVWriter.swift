/// Writes rows that spreadsheets and `CSVReader` read back.
///
/// UTF-8 with a byte order mark, which spreadsheets need to see Chinese, commas
/// and CRLF. A cell that begins with = + - @, a tab or a full-width form of one
/// gets an apostrophe before it: a spreadsheet would run it as a formula, and
/// some of these cells were typed by strangers. The apostrophe stays in the file.
public struct CSVWriter: Sendable {
    public private(set) var text = ""
    private let columns: Int

    public init(header: [String]) {
        columns = header.count
        write(header)
    }

    /// Appends a row; one that is shorter than the header is filled up, and a
    /// longer one is a fault of the program.
    public mutating func write(_ row: [String]) {
        precondition(row.count <= columns, "a row is longer than its header")
        for column in 0..<columns {
            if column > 0 { text += "," }
            if column < row.count { text += Self.cell(row[column]) }
        }
        text += "\r\n"
    }

    /// The whole file.
    public var bytes: [UInt8] { [0xEF, 0xBB, 0xBF] + Array(text.utf8) }

    static func cell(_ value: String) -> String {
        var value = value
        if let first = value.unicodeScalars.first, "=+-@\t\r＝＋－＠".unicodeScalars.contains(first) {
            value = "'" + value
        }
        guard value.unicodeScalars.contains(where: { ",;\t\"\r\n".unicodeScalars.contains($0) })
        else {
            return value
        }
        return "\"" + value.replacing("\"", with: "\"\"") + "\""
    }
}
