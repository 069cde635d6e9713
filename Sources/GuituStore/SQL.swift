import Foundation
import GuituModel

/// What a column can hold in both engines.
public enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// A Swift value with one form in a column.
public protocol SQLConvertible: Sendable {
    var sqlValue: SQLValue { get }
    /// Throws `RowError` when the column holds something else.
    init(sqlValue: SQLValue) throws
}

/// One statement in the dialect both engines share, its values bound.
///
///     try tx.execute("UPDATE bed SET closed_on = \(day) WHERE id = \(bed)")
///
/// A value in the literal becomes a parameter, never text. There is no way to
/// put a `String` in as text: fragments are `SQL` themselves.
public struct SQL: Sendable, ExpressibleByStringInterpolation {
    public enum Piece: Sendable, Hashable {
        case text(String)
        case value(SQLValue)
    }

    public private(set) var pieces: [Piece]

    public init(stringLiteral value: String) { pieces = [.text(value)] }
    public init(stringInterpolation: StringInterpolation) { pieces = stringInterpolation.pieces }

    public struct StringInterpolation: StringInterpolationProtocol {
        var pieces: [Piece] = []
        public init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(interpolationCount * 2 + 1)
        }
        public mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { pieces.append(.text(literal)) }
        }
        public mutating func appendInterpolation(_ value: some SQLConvertible) {
            pieces.append(.value(value.sqlValue))
        }
        public mutating func appendInterpolation(_ value: (some SQLConvertible)?) {
            pieces.append(.value(value?.sqlValue ?? .null))
        }
        /// A fragment, with its own values.
        public mutating func appendInterpolation(_ fragment: SQL) {
            pieces.append(contentsOf: fragment.pieces)
        }
        /// `IN \(list: ids)`: a parenthesised list of parameters; an empty list
        /// matches nothing.
        public mutating func appendInterpolation(list values: some Sequence<some SQLConvertible>) {
            var first = true
            for value in values {
                pieces.append(.text(first ? "(" : ", "))
                pieces.append(.value(value.sqlValue))
                first = false
            }
            pieces.append(.text(first ? "(NULL)" : ")"))
        }
    }

    /// A statement kept outside the program, such as a migration's. Never
    /// anything that somebody typed.
    public init(trusted text: String) { pieces = [.text(text)] }

    public static func + (a: SQL, b: SQL) -> SQL {
        var sum = a
        sum.pieces.append(contentsOf: b.pieces)
        return sum
    }

    /// Joins fragments: `SQL.joined(conditions, by: " AND ")`.
    public static func joined(_ parts: [SQL], by separator: SQL) -> SQL {
        var joined = parts.first ?? ""
        for part in parts.dropFirst() {
            joined.pieces.append(contentsOf: separator.pieces)
            joined.pieces.append(contentsOf: part.pieces)
        }
        return joined
    }
}

extension SQLValue: SQLConvertible {
    public var sqlValue: SQLValue { self }
    public init(sqlValue: SQLValue) { self = sqlValue }
}

extension SQL {
    /// For drivers: the text with the engine's own placeholders, and the
    /// values in their order.
    ///
    /// Refuses what one of the engines cannot hold, so that both refuse it: a
    /// NUL character in a text (PostgreSQL), a number that is none (SQLite).
    public func rendered(
        placeholder: (Int) -> String
    ) throws(DatabaseError) -> (text: String, values: [SQLValue]) {
        if pieces.count == 1, case .text(let text) = pieces[0] { return (text, []) }
        var text = ""
        text.reserveCapacity(
            pieces.reduce(0) { sum, piece in
                if case .text(let literal) = piece { sum + literal.utf8.count } else { sum + 3 }
            })
        var values: [SQLValue] = []
        values.reserveCapacity(pieces.count / 2 + 1)
        for piece in pieces {
            switch piece {
            case .text(let literal): text += literal
            case .value(let value):
                switch value {
                case .text(let string) where string.holdsNUL:
                    throw .engine(code: "value", message: "a text holds a NUL character")
                case .real(let real) where real.isNaN:
                    throw .engine(code: "value", message: "a number is not a number")
                default: values.append(value)
                }
                text += placeholder(values.count)
            }
        }
        return (text, values)
    }
}

extension String {
    fileprivate var holdsNUL: Bool {
        utf8.withContiguousStorageIfAvailable { memchr($0.baseAddress!, 0, $0.count) != nil }
            ?? utf8.contains(0)
    }
}

/// A statement's text as a key. Texts are long and few: their length and end
/// tell most apart, and hashing all of each took longer than its execution.
public struct StatementText: Hashable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 {
            hasher.combine($0.count)
            hasher.combine(
                bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer($0).suffix(24)))
        }
    }
}

/// A row as the engine gave it; columns are read by the names the query gave.
public struct Row: Sendable {
    public let columns: [String]
    public let values: [SQLValue]

    public init(columns: [String], values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    public subscript<Value: SQLConvertible>(_ column: String) -> Value {
        get throws {
            let value = try raw(column)
            guard value != .null else { throw RowError.unexpectedNull(column: column) }
            return try Value(sqlValue: value)
        }
    }

    public subscript<Value: SQLConvertible>(_ column: String) -> Value? {
        get throws {
            let value = try raw(column)
            return value == .null ? nil : try Value(sqlValue: value)
        }
    }

    public func raw(_ column: String) throws -> SQLValue {
        guard let index = columns.firstIndex(of: column) else {
            throw RowError.noSuchColumn(column)
        }
        return values[index]
    }
}

public enum RowError: Error, Equatable {
    case noSuchColumn(String)
    case unexpectedNull(column: String)
    /// The value is of another kind, or not one this type has; never printed,
    /// since it may be about a person.
    case unexpectedValue(type: String)
}

extension String: SQLConvertible {
    public var sqlValue: SQLValue { .text(self) }
    public init(sqlValue: SQLValue) throws {
        guard case .text(let text) = sqlValue else {
            throw RowError.unexpectedValue(type: "String")
        }
        self = text
    }
}

extension Int64: SQLConvertible {
    public var sqlValue: SQLValue { .integer(self) }
    public init(sqlValue: SQLValue) throws {
        guard case .integer(let integer) = sqlValue else {
            throw RowError.unexpectedValue(type: "Int64")
        }
        self = integer
    }
}

extension Int: SQLConvertible {
    public var sqlValue: SQLValue { .integer(Int64(self)) }
    public init(sqlValue: SQLValue) throws { self = Int(try Int64(sqlValue: sqlValue)) }
}

extension Bool: SQLConvertible {
    public var sqlValue: SQLValue { .integer(self ? 1 : 0) }
    public init(sqlValue: SQLValue) throws { self = try Int64(sqlValue: sqlValue) != 0 }
}

extension Double: SQLConvertible {
    public var sqlValue: SQLValue { .real(self) }
    public init(sqlValue: SQLValue) throws {
        switch sqlValue {
        case .real(let real): self = real
        case .integer(let integer): self = Double(integer)
        default: throw RowError.unexpectedValue(type: "Double")
        }
    }
}

extension Array: SQLConvertible where Element == UInt8 {
    public var sqlValue: SQLValue { .blob(self) }
    public init(sqlValue: SQLValue) throws {
        guard case .blob(let bytes) = sqlValue else {
            throw RowError.unexpectedValue(type: "bytes")
        }
        self = bytes
    }
}

extension ID: SQLConvertible {
    public var sqlValue: SQLValue { .text(text) }
    public init(sqlValue: SQLValue) throws {
        guard let id = Self(try String(sqlValue: sqlValue)) else {
            throw RowError.unexpectedValue(type: "ID")
        }
        self = id
    }
}

extension Day: SQLConvertible {
    public var sqlValue: SQLValue { .text(description) }
    public init(sqlValue: SQLValue) throws {
        guard let day = Day(try String(sqlValue: sqlValue)) else {
            throw RowError.unexpectedValue(type: "Day")
        }
        self = day
    }
}

extension Instant: SQLConvertible {
    public var sqlValue: SQLValue { .integer(milliseconds) }
    public init(sqlValue: SQLValue) throws {
        self.init(milliseconds: try Int64(sqlValue: sqlValue))
    }
}

/// Vocabulary enums are stored by their raw text.
extension SQLConvertible where Self: RawRepresentable, RawValue == String {
    public var sqlValue: SQLValue { .text(rawValue) }
    public init(sqlValue: SQLValue) throws {
        guard let value = Self(rawValue: try String(sqlValue: sqlValue)) else {
            throw RowError.unexpectedValue(type: "\(Self.self)")
        }
        self = value
    }
}
