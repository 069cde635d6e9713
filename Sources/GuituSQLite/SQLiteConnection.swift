import Foundation
import GRDB
import GRDBSQLite
import GuituStore

/// One connection to the file, used by one thread at a time.
final class SQLiteConnection: Connection {
    private let queue: DatabaseQueue
    private let clock = StatementClock()
    private(set) var isUsable = true

    init(queue: DatabaseQueue) { self.queue = queue }

    func begin(_ mode: TransactionMode) throws {
        // A writer takes its lock at once: it can then only lose at the
        // beginning, and a rerun repeats nothing.
        try run(mode == .write ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED")
    }

    func commit() throws { try run("COMMIT") }

    func rollback() {
        queue.inDatabase { db in
            // Some failures have rolled back already.
            guard db.isInsideTransaction else { return }
            do { try db.execute(sql: "ROLLBACK") } catch { isUsable = false }
        }
    }

    func execute(_ sql: SQL) throws -> Int {
        try using(sql) { db, statement in
            // The counter keeps the last change's number, whatever came since.
            let before = db.totalChangesCount
            try statement.execute()
            return db.totalChangesCount == before ? 0 : db.changesCount
        }
    }

    func rows(_ sql: SQL) throws -> [Row] {
        var rows: [Row] = []
        try forEachRow(sql) { rows.append($0) }
        return rows
    }

    func forEachRow(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        try using(sql) { _, statement in
            let columns = statement.columnNames
            let cursor = try GRDB.Row.fetchCursor(statement)
            while try cursor.next() != nil {
                let values = (0..<columns.count).map { column in
                    value(of: statement.sqliteStatement, column: Int32(column))
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
        queue.inDatabase { db in
            // Every 2,000 steps of SQLite's machine, some tens of
            // microseconds, it looks at the clock.
            sqlite3_progress_handler(
                db.sqliteConnection, limit == nil ? 0 : 2000,
                { Unmanaged<StatementClock>.fromOpaque($0!).takeUnretainedValue().isOver ? 1 : 0 },
                Unmanaged.passUnretained(clock).toOpaque())
        }
    }

    func close() {
        isUsable = false
        // What fails here closes when the queue is released.
        try? queue.close()
    }

    private func run(_ sql: SQL) throws { _ = try using(sql) { try $1.execute() } }

    /// `sql` prepared once per connection, bound, under the statement's limit.
    private func using<A>(
        _ sql: SQL, _ body: (GRDB.Database, Statement) throws -> A
    ) throws -> A {
        let (text, values) = try sql.rendered { _ in "?" }
        clock.start()
        do {
            return try queue.inDatabase { db in
                let statement = try db.cachedStatement(sql: text)
                guard statement.sqliteStatementParameterCount == values.count else {
                    throw DatabaseError.engine(
                        code: "parameters", message: "a ? stands in the statement's text")
                }
                statement.setUncheckedArguments(StatementArguments(values.map(databaseValue)))
                return try body(db, statement)
            }
        } catch let failure as BodyFailure {
            throw failure.cause
        } catch {
            let mapped = mapped(error)
            if case .unavailable = mapped { isUsable = false }
            throw mapped
        }
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

extension Statement {
    fileprivate var sqliteStatementParameterCount: Int {
        Int(sqlite3_bind_parameter_count(sqliteStatement))
    }
}

private func databaseValue(_ value: SQLValue) -> DatabaseValue {
    switch value {
    case .null: .null
    case .integer(let integer): integer.databaseValue
    case .real(let real): real.databaseValue
    case .text(let text): text.databaseValue
    case .blob(let bytes): Data(bytes).databaseValue
    }
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
