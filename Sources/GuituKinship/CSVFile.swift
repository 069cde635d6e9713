/// A table of text: the first row names the columns.
///
/// Fields may be quoted, lines may end as on any system, a byte order mark is
/// skipped, blank lines are ignored. Rows are found once and read when asked
/// for, so that a million rows cost little more than their bytes.
public struct CSVFile: Sendable {
    public struct Row: Sendable {
        /// Counted as an editor counts: the header is 1.
        public let number: Int
        let start: Int
        let end: Int
    }

    public struct Fields: Sendable {
        let file: String
        let row: Int
        var values: [String]

        subscript(column: Int) -> String { values[column] }

        func required(_ column: Int, _ name: String) throws(InputError) -> String {
            let value = values[column]
            if value.isEmpty { throw InputError(file: file, row: row, .missingValue(name)) }
            return value
        }
    }

    public let name: String
    public let columns: [String]
    public let rows: [Row]
    let bytes: [UInt8]

    /// - Parameter name: what refusals call the file.
    public init(name: String, bytes given: [UInt8]) throws(InputError) {
        self.name = name
        var bytes = given
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        var rows: [Row] = []
        var start = 0
        var quoted = false
        var number = 1
        var startNumber = 1
        var blank = true
        let count = bytes.count
        bytes.withUnsafeBufferPointer { buffer in
            var i = 0
            while i < count {
                let byte = buffer[i]
                if byte == UInt8(ascii: "\"") {
                    quoted.toggle()
                    blank = false
                } else if byte == 10 || byte == 13 {
                    if !quoted {
                        if !blank { rows.append(Row(number: startNumber, start: start, end: i)) }
                        if byte == 13, i + 1 < count, buffer[i + 1] == 10 { i += 1 }
                        start = i + 1
                        startNumber = number + 1
                        blank = true
                    }
                    number += 1
                } else if byte != 32 && byte != 9 {
                    blank = false
                }
                i += 1
            }
        }
        if quoted { throw InputError(file: name, row: startNumber, .unclosedQuote) }
        if !blank { rows.append(Row(number: startNumber, start: start, end: count)) }
        guard let header = rows.first else { throw InputError(file: name, .empty) }
        self.bytes = bytes
        self.rows = Array(rows.dropFirst())
        let fields = Self.split(bytes, header)
        columns = try fields.map { field throws(InputError) in
            try Self.text(field, name, header.number).trimmed()
        }
        for (index, column) in columns.enumerated()
        where !column.isEmpty
            && columns[..<index].contains(where: { $0.lowercased() == column.lowercased() })
        {
            throw InputError(file: name, row: header.number, .columnTwice(column))
        }
    }

    public init(name: String, text: String) throws(InputError) {
        try self.init(name: name, bytes: Array(text.utf8))
    }

    public func optionalColumn(_ wanted: String) -> Int? {
        columns.firstIndex { $0.lowercased() == wanted }
    }

    public func column(_ wanted: String) throws(InputError) -> Int {
        guard let found = optionalColumn(wanted) else {
            throw InputError(file: name, row: 1, .missingColumn(wanted))
        }
        return found
    }

    /// The fields of a row, trimmed; as many as there are columns.
    public func fields(of row: Row) throws(InputError) -> Fields {
        let ranges = Self.split(bytes, row)
        var values: [String] = []
        values.reserveCapacity(columns.count)
        for range in ranges { values.append(try Self.text(range, name, row.number).trimmed()) }
        guard values.count == columns.count else {
            throw InputError(
                file: name, row: row.number,
                .columns(expected: columns.count, found: values.count))
        }
        return Fields(file: name, row: row.number, values: values)
    }

    private static func split(_ bytes: [UInt8], _ row: Row) -> [ArraySlice<UInt8>] {
        var fields: [ArraySlice<UInt8>] = []
        var start = row.start
        var quoted = false
        for i in row.start..<row.end {
            let byte = bytes[i]
            if byte == UInt8(ascii: "\"") {
                quoted.toggle()
            } else if byte == UInt8(ascii: ","), !quoted {
                fields.append(bytes[start..<i])
                start = i + 1
            }
        }
        fields.append(bytes[start..<row.end])
        return fields
    }

    private static func text(
        _ field: ArraySlice<UInt8>, _ file: String, _ row: Int
    ) throws(InputError) -> String {
        var field = field
        if field.contains(UInt8(ascii: "\"")) {
            // "a ""b"" c" is a "b" c; quotes in the middle of a field are text.
            let trimmed = field.drop { $0 == 32 }
            if trimmed.first == UInt8(ascii: "\"") {
                var plain: [UInt8] = []
                var inside = false
                var last: UInt8 = 0
                for byte in trimmed {
                    if byte == UInt8(ascii: "\"") {
                        if !inside && last == byte { plain.append(byte) }
                        inside.toggle()
                        last = byte
                    } else {
                        plain.append(byte)
                        last = 0
                    }
                }
                field = plain[...]
            }
        }
        guard let text = String(validating: field, as: UTF8.self) else {
            throw InputError(file: file, row: row, .notUTF8)
        }
        return text
    }
}

extension String {
    /// Without spaces and tabs at its ends; made anew only if there are any.
    func trimmed() -> String {
        guard let first = utf8.first, let last = utf8.last else { return self }
        let blank: (UInt8) -> Bool = { $0 == 32 || $0 == 9 }
        if !blank(first) && !blank(last) { return self }
        var view = utf8[...]
        while let byte = view.first, blank(byte) { view.removeFirst() }
        while let byte = view.last, blank(byte) { view.removeLast() }
        return String(view) ?? self
    }
}
