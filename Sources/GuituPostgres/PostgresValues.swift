import Clibpq
import GuituStore

/// The types that cross the wire, always in PostgreSQL's binary form.
enum TypeOID {
    static let bool: Oid = 16
    static let bytea: Oid = 17
    static let char: Oid = 18
    static let name: Oid = 19
    static let int8: Oid = 20
    static let int2: Oid = 21
    static let int4: Oid = 23
    static let text: Oid = 25
    static let oid: Oid = 26
    static let float4: Oid = 700
    static let float8: Oid = 701
    static let unknown: Oid = 705
    static let bpchar: Oid = 1042
    static let varchar: Oid = 1043
    static let numeric: Oid = 1700
    static let void: Oid = 2278
}

/// A statement's values in one buffer, as libpq wants them.
struct Parameters {
    private(set) var types: [Oid] = []
    private var bytes: [UInt8] = []
    /// Nil for NULL.
    private var ranges: [Range<Int>?] = []

    init(_ values: [SQLValue]) {
        for value in values {
            let start = bytes.count
            switch value {
            case .null:
                // The server finds the type where the value is used.
                types.append(0)
                ranges.append(nil)
                continue
            case .integer(let integer):
                types.append(TypeOID.int8)
                append(UInt64(bitPattern: integer))
            case .real(let real):
                types.append(TypeOID.float8)
                append(real.bitPattern)
            case .text(let text):
                types.append(TypeOID.text)
                bytes.append(contentsOf: text.utf8)
            case .blob(let blob):
                types.append(TypeOID.bytea)
                bytes.append(contentsOf: blob)
            }
            ranges.append(start..<bytes.count)
        }
    }

    var count: Int { types.count }

    private mutating func append(_ number: UInt64) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    func withPointers<A>(
        _ body: (
            [Oid], [UnsafePointer<CChar>?], [Int32], [Int32]
        ) -> A
    ) -> A {
        // One byte more: an empty value still needs an address, or it is NULL.
        (bytes + [0]).withUnsafeBytes { buffer in
            let start = buffer.baseAddress!.assumingMemoryBound(to: CChar.self)
            return body(
                types, ranges.map { $0.map { start + $0.lowerBound } },
                ranges.map { Int32($0?.count ?? 0) }, Array(repeating: 1, count: count))
        }
    }
}

/// Names and types of a result's columns, read once per prepared statement.
struct ResultColumns {
    let names: [String]
    let types: [Oid]

    /// Throws when a column's type has no counterpart in the shared dialect.
    init(_ result: OpaquePointer) throws {
        let all = 0..<PQnfields(result)
        names = all.map { String(cString: PQfname(result, $0)) }
        types = all.map { PQftype(result, $0) }
        for (name, type) in zip(names, types) where !Self.known.contains(type) {
            throw DatabaseError.engine(
                code: "type", message: "column \(name) has PostgreSQL's type \(type)")
        }
    }

    private static let known: Set<Oid> = [
        TypeOID.bool, TypeOID.bytea, TypeOID.char, TypeOID.name, TypeOID.int8, TypeOID.int2,
        TypeOID.int4, TypeOID.text, TypeOID.oid, TypeOID.float4, TypeOID.float8, TypeOID.unknown,
        TypeOID.bpchar, TypeOID.varchar, TypeOID.numeric, TypeOID.void,
    ]
}

extension OpaquePointer {
    func eachRow(_ columns: ResultColumns, _ body: (Row) throws -> Void) throws {
        for row in 0..<PQntuples(self) {
            let values = columns.types.indices.map { column in
                value(row: row, column: Int32(column), type: columns.types[column])
            }
            try body(Row(columns: columns.names, values: values))
        }
    }

    /// INSERT, UPDATE and DELETE tell how many rows they changed; a query none.
    var changedRows: Int {
        command.hasPrefix("SELECT") ? 0 : Int(String(cString: PQcmdTuples(self))) ?? 0
    }

    var command: String { String(cString: PQcmdStatus(self)) }

    private func value(row: Int32, column: Int32, type: Oid) -> SQLValue {
        guard PQgetisnull(self, row, column) == 0 else { return .null }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(self, row, column), count: Int(PQgetlength(self, row, column)))
        switch type {
        case TypeOID.int8: return .integer(Int64(bitPattern: UInt64(bigEndian: bytes.unaligned())))
        case TypeOID.int4:
            return .integer(Int64(Int32(bitPattern: UInt32(bigEndian: bytes.unaligned()))))
        case TypeOID.int2:
            return .integer(Int64(Int16(bitPattern: UInt16(bigEndian: bytes.unaligned()))))
        case TypeOID.oid: return .integer(Int64(UInt32(bigEndian: bytes.unaligned())))
        case TypeOID.bool: return .integer(bytes[0] == 0 ? 0 : 1)
        case TypeOID.float8:
            return .real(Double(bitPattern: UInt64(bigEndian: bytes.unaligned())))
        case TypeOID.float4:
            return .real(Double(Float(bitPattern: UInt32(bigEndian: bytes.unaligned()))))
        case TypeOID.numeric: return numeric(bytes)
        case TypeOID.bytea: return .blob([UInt8](bytes))
        case TypeOID.void: return .null
        default: return .text(String(decoding: bytes, as: UTF8.self))
        }
    }
}

/// SUM of integers is NUMERIC on PostgreSQL and an integer on SQLite, AVG has
/// digits after the point and is a REAL there: so it becomes here.
private func numeric(_ bytes: UnsafeRawBufferPointer) -> SQLValue {
    func word(_ index: Int) -> Int {
        Int(Int16(bitPattern: UInt16(bytes[2 * index]) << 8 | UInt16(bytes[2 * index + 1])))
    }
    // Count of base-10,000 digits, weight of the first, sign, digits shown
    // after the point; then the digits.
    let (count, weight, sign, scale) = (
        word(0), word(1), UInt16(truncatingIfNeeded: word(2)), word(3)
    )
    guard sign == 0 || sign == 0x4000 else { return .null }  // NaN and infinities
    if scale == 0 {
        var sum: Int64? = 0
        for position in 0...max(weight, 0) {
            let digit = position < count ? Int64(word(4 + position)) : 0
            sum = sum.flatMap { sum in
                let (product, overflows) = sum.multipliedReportingOverflow(by: 10_000)
                // Negative all along, so that the least Int64 fits.
                let (difference, overflowsToo) = product.subtractingReportingOverflow(digit)
                return overflows || overflowsToo ? nil : difference
            }
        }
        if let sum, sign != 0 || sum != .min { return .integer(sign == 0 ? -sum : sum) }
    }
    var text = sign == 0 ? "" : "-"
    for index in 0..<count {
        text +=
            "\(index == 0 ? "" : "0000".dropLast(String(word(4 + index)).count))\(word(4 + index))"
    }
    return .real(
        Double(text.isEmpty || text == "-" ? "0" : "\(text)e\(4 * (weight + 1 - count))") ?? 0)
}

extension UnsafeRawBufferPointer {
    fileprivate func unaligned<A: BitwiseCopyable>() -> A { loadUnaligned(as: A.self) }
}
