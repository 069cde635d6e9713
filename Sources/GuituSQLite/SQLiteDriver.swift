import CSQLite
import Foundation
import GuituStore
import Synchronization

/// An embedded database in one file: WAL, one writer, many readers.
public struct SQLiteDriver: Driver {
    public enum Synchronous: String, Sendable {
        /// A commit is on the disk before it returns.
        case full = "FULL"
        /// A power cut may take back the last commits; nothing breaks.
        case normal = "NORMAL"
    }

    public var path: String
    public var synchronous: Synchronous
    /// How long a writer waits for another process before `.serialization`.
    public var busyTimeout: Duration

    public init(
        path: String, synchronous: Synchronous = .full, busyTimeout: Duration = .seconds(2)
    ) {
        self.path = path
        self.synchronous = synchronous
        self.busyTimeout = busyTimeout
    }

    public var engine: Engine { .sqlite }
    public var writers: Int? { 1 }

    public func connect(for mode: TransactionMode) throws -> any Connection {
        makeFile(path)
        do {
            let connection = try SQLiteConnection(path: path, busyTimeout: busyTimeout)
            try becomeWAL(connection)
            try connection.execute("PRAGMA foreign_keys = ON")
            try connection.execute(SQL(trusted: "PRAGMA synchronous = \(synchronous.rawValue)"))
            try connection.execute("PRAGMA temp_store = MEMORY")
            try connection.execute("PRAGMA trusted_schema = OFF")
            try connection.execute("PRAGMA cache_size = -16000")
            if mode == .read {
                try connection.execute("PRAGMA query_only = ON")
                // After every commit of the writer a reader's pages are stale
                // and read again: mapped, they are not copied. The size is
                // address space, not memory.
                try connection.execute("PRAGMA mmap_size = 1073741824")
            }
            // Reads the file: one that is no database is refused here, and from
            // here on it bears our lock.
            try connection.execute("SELECT COUNT(*) FROM sqlite_schema")
            return connection
        } catch {
            throw DatabaseError.unavailable(
                reason: "the database file cannot be opened: \(mapped(error))")
        }
    }

    /// Writes a consistent copy of the whole file, while others go on working.
    ///
    /// `destination` may not exist yet. Blocks: call it where waiting is
    /// allowed.
    public func copy(to destination: String) throws {
        let connection = try connect(for: .write)
        defer { connection.close() }
        try connection.execute("VACUUM INTO \(destination)")
        _ = chmod(destination, 0o600)
    }
}

private let makingFile = Mutex(())

/// Makes the file if there is none. Only its owner reads a file about people;
/// SQLite gives the journal beside it the same permissions.
///
/// Never opens a file that is there: closing *any* descriptor of a file drops
/// every lock that this process holds on it, SQLite's among them, and the next
/// program to leave the database would remove the journal under our feet. The
/// mutex keeps a second connection from opening between making and closing.
private func makeFile(_ path: String) {
    makingFile.withLock { _ in
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if file >= 0 { _ = close(file) }
    }
}

/// SQLite does not wait for others while the journal mode changes, so two
/// programs that meet a new file have to try again.
private func becomeWAL(_ connection: SQLiteConnection) throws {
    for attempt in 1... {
        do {
            try connection.execute("PRAGMA journal_mode = WAL")
            return
        } catch DatabaseError.serialization where attempt < 50 {
            usleep(10_000)
        }
    }
}

/// In the words both engines share; the values of a statement stay out.
func mapped(_ error: any Error) -> DatabaseError {
    guard let error = error as? SQLiteFailure else {
        return error as? DatabaseError ?? .engine(code: "sqlite", message: "\(error)")
    }
    let message = error.message
    let named = message.range(of: ": ").map { String(message[$0.upperBound...]) } ?? ""
    switch error.primary {
    case SQLITE_CONSTRAINT:
        switch error.code >> 8 {
        case 6, 8, 10: return .constraint(.unique, name: named)  // primary key, unique, rowid
        case 5: return .constraint(.notNull, name: named)
        case 1: return .constraint(.check, name: named)
        case 3: return .constraint(.foreignKey, name: named)
        case 7: return .constraint(.check, name: message)  // a trigger's RAISE
        default: return .engine(code: "\(error.code)", message: message)
        }
    case SQLITE_BUSY, SQLITE_LOCKED: return .serialization
    case SQLITE_FULL: return .full
    case SQLITE_INTERRUPT: return .timeout
    case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_READONLY:
        return .unavailable(reason: "SQLite \(error.code): \(message)")
    default:
        return .engine(code: "\(error.code)", message: message)
    }
}
