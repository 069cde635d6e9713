import Foundation
import GuituPostgres
import GuituSQLite
import GuituStore

/// All rows of all tables, each row as one text, by the table's name.
///
/// For tests that ask what a request changed, or where a word has got to.
/// Blobs appear as text where they are text, byte by byte otherwise.
public func contents(of database: Database) async throws -> [String: [String]] {
    let engine = database.engine
    return try await database.read { tx in
        let names: [String] = try tx.rows(
            engine == .sqlite
                ? "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'"
                : """
                SELECT relname AS name FROM pg_class
                WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
                """
        ).map { try $0["name"] }
        var contents: [String: [String]] = [:]
        for name in names {
            contents[name] = try tx.rows("SELECT * FROM \(SQL(trusted: name))").map { row in
                row.values.map(shown).joined(separator: " | ")
            }.sorted()
        }
        return contents
    }
}

private func shown(_ value: SQLValue) -> String {
    switch value {
    case .null: "NULL"
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .text(let text): text
    case .blob(let bytes): String(validating: bytes, as: UTF8.self) ?? "\(bytes)"
    }
}

extension TestDatabase {
    /// A database of its own with everything that `driver`'s has, which nobody
    /// may have open meanwhile on PostgreSQL.
    public static func copy(of driver: any Driver) async throws -> any Driver {
        switch driver {
        case let sqlite as SQLiteDriver:
            let path = try await temporaryFolder().appendingPathComponent("guitu.sqlite").path
            try sqlite.copy(to: path)
            return SQLiteDriver(path: path, synchronous: .normal)
        case let postgres as PostgresDriver:
            return try await PostgresTemplates.shared.copy(of: postgres)
        default: throw DatabaseError.unavailable(reason: "another engine")
        }
    }

    /// Removes a copy; nobody may have it open any more.
    public static func remove(_ driver: any Driver) async throws {
        if let sqlite = driver as? SQLiteDriver {
            try FileManager.default.removeItem(
                at: URL(fileURLWithPath: sqlite.path).deletingLastPathComponent())
        } else if let postgres = driver as? PostgresDriver {
            try await PostgresTemplates.shared.remove(postgres)
        }
    }
}
