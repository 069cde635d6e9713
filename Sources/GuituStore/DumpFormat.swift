import Crypto
import Foundation

private let magic = Array("guitu-dump 1\n".utf8)
/// No frame of ours is larger than one row and this; a length that is much
/// larger was never written by us.
private let chunk = 256 * 1024
private let mostFrame = 1 << 30

/// Writes the frames of a dump; see `TableDump` for the layout.
struct DumpWriter {
    private let sink: ([UInt8]) throws -> Void
    private var digest = SHA256()
    private var hasBegun = false

    init(sink: @escaping ([UInt8]) throws -> Void) { self.sink = sink }

    mutating func frame(_ kind: Character, _ fill: (inout Payload) throws -> Void) throws {
        var payload = Payload()
        try fill(&payload)
        var bytes = hasBegun ? [] : magic
        hasBegun = true
        bytes.append(kind.asciiValue!)
        withUnsafeBytes(of: UInt32(payload.bytes.count).bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: payload.bytes)
        if kind != "Z" { digest.update(data: bytes) }
        try sink(bytes)
    }

    mutating func table(_ table: Table, from tx: any Transaction) throws -> Int {
        try frame("T") { payload in
            payload.text(table.name)
            payload.count(table.columns.count)
            for column in table.columns { payload.text(column) }
        }
        var (total, pending, values) = (0, 0, Payload())
        func flush(_ writer: inout DumpWriter) throws {
            guard pending > 0 else { return }
            try writer.frame("R") { payload in
                payload.count(pending)
                payload.append(values)
            }
            (pending, values) = (0, Payload())
        }
        try tx.forEachRow("SELECT \(SQL.joined(table.columnsSQL, by: ", ")) FROM \(table.sql)") {
            row in
            for value in row.values { values.value(value) }
            (total, pending) = (total + 1, pending + 1)
            if values.bytes.count >= chunk { try flush(&self) }
        }
        try flush(&self)
        try frame("E") { $0.count(total) }
        return total
    }

    mutating func end(_ rows: [String: Int]) throws -> String {
        let digest = Array(digest.finalize())
        try frame("Z") { payload in
            payload.count(rows.count)
            payload.count(rows.values.reduce(0, +))
            payload.append(digest)
        }
        return hexadecimal(digest)
    }
}

struct Payload {
    private(set) var bytes: [UInt8] = []

    mutating func count(_ number: Int) { integer(UInt64(number)) }
    mutating func append(_ other: Payload) { bytes.append(contentsOf: other.bytes) }
    mutating func append(_ other: [UInt8]) { bytes.append(contentsOf: other) }

    mutating func text(_ text: String) {
        count(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func value(_ value: SQLValue) {
        switch value {
        case .null: bytes.append(0)
        case .integer(let number):
            bytes.append(1)
            integer(UInt64(bitPattern: number))
        case .real(let number):
            bytes.append(2)
            integer(number.bitPattern)
        case .text(let string):
            bytes.append(3)
            text(string)
        case .blob(let blob):
            bytes.append(4)
            count(blob.count)
            bytes.append(contentsOf: blob)
        }
    }

    private mutating func integer(_ number: UInt64) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}

/// Reads a dump frame by frame and never trusts a length.
struct DumpReader {
    enum Frame {
        case history([(number: Int, checksum: String)])
        case table(Table)
        case rows([[SQLValue]])
        case endOfTable(Int)
        /// The digest, which fitted what was read.
        case end(String)
    }

    private let source: () throws -> [UInt8]?
    private var buffer: [UInt8] = []
    private var position = 0
    private var digest = SHA256()
    private var columns = 0
    private var (tables, rows) = (0, 0)

    init(source: @escaping () throws -> [UInt8]?) { self.source = source }

    mutating func begin() throws {
        let begin = try take(magic.count, or: .notADump)
        guard begin == magic else { throw DumpError.notADump }
        digest.update(data: begin)
    }

    mutating func next() throws -> Frame {
        let head = try take(5, or: .damaged)
        let length = head[1...].reduce(0) { $0 << 8 | Int($1) }
        guard length <= mostFrame else { throw DumpError.damaged }
        let payload = try take(length, or: .damaged)
        if head[0] != UInt8(ascii: "Z") {
            digest.update(data: head)
            digest.update(data: payload)
        }
        var cursor = Cursor(payload)
        let frame: Frame
        switch Character(UnicodeScalar(head[0])) {
        case "H":
            frame = .history(
                try (0..<cursor.elements()).map { _ in (try cursor.count(), try cursor.text()) })
        case "T":
            let name = try cursor.text()
            let names = try (0..<cursor.elements()).map { _ in try cursor.text() }
            // They become part of statements, so they must be names of ours.
            guard ([name] + names).allSatisfy(isName) else { throw DumpError.damaged }
            (columns, tables) = (names.count, tables + 1)
            frame = .table(Table(name: name, columns: names))
        case "R":
            let count = try cursor.elements()
            rows += count
            frame = .rows(
                try (0..<count).map { _ in try (0..<columns).map { _ in try cursor.value() } })
        case "E": frame = .endOfTable(try cursor.count())
        case "Z":
            let (tables, rows) = (try cursor.count(), try cursor.count())
            let expected = try cursor.bytes(32)
            guard tables == self.tables, rows == self.rows, expected == Array(digest.finalize()),
                try isAtEnd()
            else { throw DumpError.damaged }
            frame = .end(hexadecimal(expected))
        default: throw DumpError.damaged
        }
        guard cursor.isAtEnd else { throw DumpError.damaged }
        return frame
    }

    private mutating func isAtEnd() throws -> Bool {
        if position < buffer.count { return false }
        while let more = try source() { if !more.isEmpty { return false } }
        return true
    }

    private mutating func take(_ count: Int, or error: DumpError) throws -> [UInt8] {
        while buffer.count - position < count {
            guard let more = try source() else { throw error }
            buffer.removeFirst(position)
            position = 0
            buffer.append(contentsOf: more)
        }
        defer { position += count }
        return Array(buffer[position..<position + count])
    }
}

private struct Cursor {
    private let all: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { all = bytes }

    var isAtEnd: Bool { at == all.count }

    mutating func bytes(_ count: Int) throws -> [UInt8] {
        guard count >= 0, count <= all.count - at else { throw DumpError.damaged }
        defer { at += count }
        return Array(all[at..<at + count])
    }

    mutating func integer() throws -> UInt64 {
        guard all.count - at >= 8 else { throw DumpError.damaged }
        defer { at += 8 }
        return all[at..<at + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Of things that follow and take a byte each at least: what a damaged
    /// dump claims is not reserved before it is there.
    mutating func elements() throws -> Int {
        let number = try count()
        guard number <= all.count - at else { throw DumpError.damaged }
        return number
    }

    mutating func count() throws -> Int {
        let number = try integer()
        guard number <= UInt64(Int.max) else { throw DumpError.damaged }
        return Int(number)
    }

    mutating func text() throws -> String {
        guard let text = String(validating: try bytes(try count()), as: UTF8.self) else {
            throw DumpError.damaged
        }
        return text
    }

    mutating func value() throws -> SQLValue {
        switch try bytes(1)[0] {
        case 0: .null
        case 1: .integer(Int64(bitPattern: try integer()))
        case 2: .real(Double(bitPattern: try integer()))
        case 3: .text(try text())
        case 4: .blob(try bytes(try count()))
        default: throw DumpError.damaged
        }
    }
}

/// Lower-case letters, digits and underscores.
private func isName(_ name: String) -> Bool {
    !name.isEmpty
        && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
