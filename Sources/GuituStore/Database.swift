import GuituModel

/// What a use-case sees of a database: statements inside one transaction.
///
/// Synchronous on purpose: it lives on one of the database's own threads, and
/// nothing that waits for a network or a person may happen while it is open.
public protocol Transaction: AnyObject {
    /// Runs a statement and returns the number of rows it changed.
    @discardableResult
    func execute(_ sql: SQL) throws -> Int
    /// Runs a statement of which only a failure matters. Where an engine is
    /// across a network it travels with the next statement or the commit, and
    /// its failure is thrown there: not for failures that somebody catches.
    func send(_ sql: SQL) throws
    /// All rows of a query, or of a statement with RETURNING.
    func rows(_ sql: SQL) throws -> [Row]
    /// The rows of each of several queries that do not need each other's
    /// answers: one round trip where the engine is across a network.
    func rows(ofEach questions: [SQL]) throws -> [[Row]]
    /// Rows one at a time, for results too large to hold. `body` may not run
    /// another statement.
    func forEachRow(_ sql: SQL, _ body: (Row) throws -> Void) throws
}

extension Transaction {
    public func send(_ sql: SQL) throws { _ = try execute(sql) }

    public func rows(ofEach questions: [SQL]) throws -> [[Row]] { try questions.map(rows) }

    /// The first row, or nil.
    public func first(_ sql: SQL) throws -> Row? { try rows(sql).first }

    /// Undoes what `body` changed when it throws, and only that.
    ///
    /// A statement that fails outside a savepoint ends the whole transaction,
    /// on both engines; inside one, the transaction goes on after it.
    @discardableResult
    public func savepoint<A>(_ body: () throws -> A) throws -> A {
        try execute("SAVEPOINT attempt")
        do {
            let value = try body()
            try execute("RELEASE SAVEPOINT attempt")
            return value
        } catch {
            try execute("ROLLBACK TO SAVEPOINT attempt")
            try execute("RELEASE SAVEPOINT attempt")
            throw error
        }
    }

    /// Inserts many rows with few statements.
    ///
    /// `table` and `columns` are identifiers of ours, never anything typed.
    public func insert(into table: SQL, columns: [SQL], rows: some Sequence<[SQLValue]>) throws {
        // Half of SQLite's 32,766 parameters, and few enough rows that the
        // statement's text stays in the processor's cache.
        let most = max(1, min(200, 16_000 / max(1, columns.count)))
        let head: SQL = "INSERT INTO \(table) (\(SQL.joined(columns, by: ", "))) VALUES "
        var pending: [SQL] = []
        for row in rows {
            guard row.count == columns.count else {
                throw DatabaseError.engine(code: "insert", message: "a row of another width")
            }
            pending.append("\(list: row)")
            if pending.count == most {
                try send(head + SQL.joined(pending, by: ", "))
                pending.removeAll(keepingCapacity: true)
            }
        }
        if !pending.isEmpty { try send(head + SQL.joined(pending, by: ", ")) }
    }
}

public enum Engine: String, Sendable, CaseIterable {
    case sqlite
    case postgres
}

/// What went wrong between us and the engine, in words both share.
public enum DatabaseError: Error, Sendable {
    /// A guard of the schema said no. `name` is the constraint on PostgreSQL
    /// and `table.column` on SQLite (several columns are joined by ", "; a
    /// named CHECK has its name on both; foreign keys have none on SQLite). A
    /// trigger that refuses is `.check` with the words it gave.
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

extension DatabaseError {
    /// Nothing is wrong with what was asked: it may work a little later.
    public var mayPass: Bool {
        switch self {
        case .serialization, .timeout, .overloaded, .unavailable, .full: true
        case .constraint, .engine: false
        }
    }
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
    /// Statements that run longer end with `.timeout`; nil: no limit.
    func limitStatements(to limit: Duration?) throws
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
