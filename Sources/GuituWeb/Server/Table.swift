extension Reply {
    /// A file that spreadsheets open: UTF-8 with its mark, as Chinese ones need.
    static func table(_ name: String, _ rows: [[String]]) -> Reply {
        let lines = rows.map { row in row.map(cell).joined(separator: ",") }
        let text = "\u{FEFF}" + lines.joined(separator: "\r\n") + "\r\n"
        return .file(name, type: "text/csv; charset=utf-8", Array(text.utf8))
    }

    /// Quoted where needed. A cell that a spreadsheet would run as a formula
    /// gets an apostrophe: somebody may be called "=1+1" to do harm.
    static func cell(_ value: String) -> String {
        var value = value
        if let first = value.first, "=+-@\t\r".contains(first) { value = "'" + value }
        guard value.contains(where: { ",\"\n\r".contains($0) }) else { return value }
        return "\"" + value.replacing("\"", with: "\"\"") + "\""
    }
}
