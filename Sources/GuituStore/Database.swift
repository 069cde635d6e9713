import GuituModel

/// What a use-case sees of a database: statements inside one transaction.
///
/// Synchronous on purpose: it lives on one of the database's own threads, and
/// nothing that waits for a network or a person may happen while it is open.
public protocol Transaction: AnyObject {
    /// Runs a statement and returns the number of rows it changed.
    @discardableResult
    func execute(_ sql: SQL) throws -> Int
    /// All rows of a query, or of a statement with RETURNING.
    func rows(_ sql: SQL) throws -> [Row]
}

extension Transaction {
    /// The first row, or nil.
    public func first(_ sql: SQL) throws -> Row? { try rows(sql).first }
}

public enum Engine: String, Sendable, CaseIterable {
    case sqlite
    case postgres
}

/// What went wrong between us and the engine, in words both share.
public enum DatabaseError: Error, Sendable {
    /// A guard of the schema said no. `name` is the constraint on PostgreSQL
    /// and `table.column` on SQLite.
    case constraint(ConstraintKind, name: String)
    /// Another transaction won; the whole use-case may run again.
    case serialization
    /// A statement ran longer than allowed.
    case timeout
    /// More work is waiting than we promised to answer: try again later.
    case overloaded
    /// The engine is away or does not answer.
    case unavailable(reason: String)
    /// No room on the disk: nothing was written.
    case full
    /// A fault of ours in a statement, or anything else the engine says.
    /// `message` never holds values.
    case engine(code: String, message: String)
}

public enum ConstraintKind: String, Sendable {
    case unique
    case foreignKey
    case check
    case notNull
}

/// One connection as a driver gives it. Used by one thread at a time.
public protocol Connection: Transaction {
    func begin(_ mode: TransactionMode) throws
    func commit() throws
    func rollback()
    /// False once the engine has gone away; the pool then makes a new one.
    var isUsable: Bool { get }
    func close()
}

public enum TransactionMode: Sendable {
    /// Sees one state, changes nothing.
    case read
    /// BEGIN IMMEDIATE on SQLite; READ COMMITTED on PostgreSQL.
    case write
}

/// What a driver provides: how to open connections, and how many writers the
/// engine allows.
public protocol Driver: Sendable {
    var engine: Engine { get }
    /// Throws `DatabaseError.unavailable` when the engine cannot be reached.
    func connect(for mode: TransactionMode) throws -> any Connection
    /// 1 on SQLite. Nil: readers and writers share the connections.
    var writers: Int? { get }
}
