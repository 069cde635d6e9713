import CSQLite
import Foundation
import GuituStore

/// One connection to the file, used by one thread at a time.
final class SQLiteConnection: Connection {
    private let handle: SQLiteConnectionHandle
    private var prepared: [StatementText: Prepared] = [:]
    private let clock = StatementClock()
    private var isOpen = true
    private(set) var isUsable = true

    /// More texts than our use-cases have; lists of many lengths make more.
    private static let mostPrepared = 400

    /// Opens a file that is there.
    ///
    /// - Parameter busyTimeout: How long a statement waits for another
    ///   connection's lock.
    init(path: String, busyTimeout: Duration) throws {
        var opened: SQLiteConnectionHandle?
        // No mutex: a connection belongs to one thread.
        let code = sqlite3_open_v2(
            path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let opened else {
            // It may have made one only to say what is wrong.
            let failure = opened.map(SQLiteFailure.init(last:)) ?? SQLiteFailure(code: code)
            sqlite3_close_v2(opened)
            throw failure
        }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        guitu_refuse_double_quoted_texts(handle)
        sqlite3_busy_timeout(handle, Int32(busyTimeout / .milliseconds(1)))
    }

    deinit { close() }

    func begin(_ mode: TransactionMode) throws {
        // A writer takes its lock at once: it can then only lose at the
        // beginning, and a rerun repeats nothing.
        try execute(mode == .write ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED")
    }

    func commit() throws { try execute("COMMIT") }

    func rollback() {
        // Some failures have rolled back already.
        guard isUsable, sqlite3_get_autocommit(handle) == 0 else { return }
        do { try execute("ROLLBACK") } catch { isUsable = false }
    }

    @discardableResult
    func execute(_ sql: SQL) throws -> Int {
        try using(sql) { statement in
            // The counter keeps the last change's number, whatever came since.
            let before = sqlite3_total_changes(handle)
            while try isRow(statement.pointer) {}
            return sqlite3_total_changes(handle) == before ? 0 : Int(sqlite3_changes(handle))
        }
    }

    func rows(_ sql: SQL) throws -> [Row] {
        var rows: [Row] = []
        try forEachRow(sql) { rows.append($0) }
        return rows
    }

    func forEachRow(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        try using(sql) { statement in
            while try isRow(statement.pointer) {
                // After the first step: SQLite reads a changed schema there.
                let columns = statement.columns()
                let values = (0..<Int32(columns.count)).map {
                    value(of: statement.pointer, column: $0)
                }
                do {
                    try body(Row(columns: columns, values: values))
                } catch {
                    throw BodyFailure(cause: error)
                }
            }
        }
    }

    func limitStatements(to limit: Duration?) throws {
        clock.limit = limit
        // Every 2,000 steps of SQLite's machine, some tens of microseconds, it
        // looks at the clock.
        sqlite3_progress_handler(
            handle, limit == nil ? 0 : 2000,
            { Unmanaged<StatementClock>.fromOpaque($0!).takeUnretainedValue().isOver ? 1 : 0 },
            Unmanaged.passUnretained(clock).toOpaque())
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        isUsable = false
        forgetStatements()
        sqlite3_close_v2(handle)
    }

    /// `sql` prepared once per connection, bound, under the statement's limit.
    private func using<A>(_ sql: SQL, _ body: (Prepared) throws -> A) throws -> A {
        guard isUsable else {
            throw DatabaseError.unavailable(reason: "the connection is closed")
        }
        let (text, values) = try sql.rendered { _ in "?" }
        clock.start()
        do {
            let statement = try prepare(text)
            defer {
                sqlite3_reset(statement.pointer)
                sqlite3_clear_bindings(statement.pointer)
            }
            guard sqlite3_bind_parameter_count(statement.pointer) == values.count else {
                throw DatabaseError.engine(
                    code: "parameters", message: "a ? stands in the statement's text")
            }
            for (index, value) in values.enumerated() {
                try bind(value, at: Int32(index + 1), of: statement.pointer)
            }
            return try body(statement)
        } catch let failure as BodyFailure {
            throw failure.cause
        } catch {
            let mapped = mapped(error)
            if case .unavailable = mapped { isUsable = false }
            throw mapped
        }
    }

    private func prepare(_ text: String) throws -> Prepared {
        if let statement = prepared[StatementText(text)] { return statement }
        if prepared.count >= Self.mostPrepared { forgetStatements() }
        var statement: SQLiteStatement?
        let code = sqlite3_prepare_v3(
            handle, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK else { throw failure() }
        guard let statement else {
            throw DatabaseError.engine(code: "statement", message: "an empty statement")
        }
        let fresh = Prepared(statement)
        prepared[StatementText(text)] = fresh
        return fresh
    }

    private func forgetStatements() {
        for statement in prepared.values { sqlite3_finalize(statement.pointer) }
        prepared = [:]
    }

    /// Steps on; false at the end.
    private func isRow(_ statement: SQLiteStatement) throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure()
        }
    }

    private func bind(_ value: SQLValue, at index: Int32, of statement: SQLiteStatement) throws {
        let code =
            switch value {
            case .null: sqlite3_bind_null(statement, index)
            case .integer(let integer): sqlite3_bind_int64(statement, index, integer)
            case .real(let real): sqlite3_bind_double(statement, index, real)
            case .text(let text):
                sqlite3_bind_text(statement, index, text, Int32(text.utf8.count), copied)
            case .blob(let bytes):
                // An empty one has no address, which would bind NULL.
                bytes.isEmpty
                    ? sqlite3_bind_zeroblob(statement, index, 0)
                    : sqlite3_bind_blob(statement, index, bytes, Int32(bytes.count), copied)
            }
        guard code == SQLITE_OK else { throw failure() }
    }

    private func failure() -> SQLiteFailure { SQLiteFailure(last: handle) }
}

/// What SQLite said, in its own words and numbers.
struct SQLiteFailure: Error {
    /// The extended one.
    let code: Int32
    let message: String

    init(code: Int32) {
        self.code = code
        message = String(cString: sqlite3_errstr(code))
    }

    init(last handle: SQLiteConnectionHandle) {
        code = sqlite3_extended_errcode(handle)
        message = String(cString: sqlite3_errmsg(handle))
    }

    /// Without what extends it.
    var primary: Int32 { code & 0xFF }
}

typealias SQLiteConnectionHandle = OpaquePointer
typealias SQLiteStatement = OpaquePointer

/// SQLITE_TRANSIENT: SQLite copies the bytes before the call returns.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

private final class Prepared {
    let pointer: SQLiteStatement
    private var names: [String] = []

    init(_ pointer: SQLiteStatement) { self.pointer = pointer }

    /// Read once; a schema that changed may have changed their number.
    func columns() -> [String] {
        let count = sqlite3_column_count(pointer)
        if names.count != count {
            names = (0..<count).map { String(cString: sqlite3_column_name(pointer, $0)) }
        }
        return names
    }
}

/// Keeps a caller's own error apart from the engine's.
private struct BodyFailure: Error {
    var cause: any Error
}

/// When the running statement has to end; read by SQLite's progress handler
/// on the same thread.
private final class StatementClock {
    var limit: Duration?
    private var deadline: ContinuousClock.Instant?

    func start() { deadline = limit.map { .now + $0 } }
    var isOver: Bool { deadline.map { $0 <= .now } ?? false }
}

private func value(of statement: SQLiteStatement, column: Int32) -> SQLValue {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
    case SQLITE_TEXT:
        let count = Int(sqlite3_column_bytes(statement, column))
        guard let text = sqlite3_column_text(statement, column) else { return .text("") }
        return .text(
            String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
    case SQLITE_BLOB:
        let count = Int(sqlite3_column_bytes(statement, column))
        // An empty one has no address.
        guard let blob = sqlite3_column_blob(statement, column) else { return .blob([]) }
        return .blob([UInt8](UnsafeRawBufferPointer(start: blob, count: count)))
    default: return .null
    }
}
