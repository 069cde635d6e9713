import Crypto
import Foundation
import GuituModel

/// One step of the schema. Once merged it is history: add another instead of
/// editing it; databases in the field remember its checksum.
public struct Migration: Sendable {
    public var number: Int
    public var name: String
    /// For both engines, see `SharedDialect`.
    public var shared: String
    /// What only one engine needs, after the shared text.
    public var sqlite: String?
    public var postgres: String?
    /// For a change that SQLite cannot make with ALTER TABLE.
    ///
    /// The `sqlite` text then makes the table anew (create `x_new`, INSERT …
    /// SELECT, DROP TABLE `x`, ALTER TABLE `x_new` RENAME TO `x`, the indexes
    /// and triggers again) while foreign keys are not enforced; before the
    /// commit every reference is checked. PostgreSQL does the same with ALTER
    /// TABLE in the `postgres` text.
    public var rebuildsTables: Bool

    public init(
        number: Int, name: String, shared: String = "", sqlite: String? = nil,
        postgres: String? = nil, rebuildsTables: Bool = false
    ) {
        self.number = number
        self.name = name
        self.shared = shared
        self.sqlite = sqlite
        self.postgres = postgres
        self.rebuildsTables = rebuildsTables
    }

    /// SHA-256 of all its texts, in lower-case hexadecimal digits.
    public var checksum: String {
        var digest = SHA256()
        for text in [name, shared, sqlite ?? "", postgres ?? "", "\(rebuildsTables)"] {
            digest.update(data: Data(text.utf8))
            digest.update(data: Data([0]))
        }
        return hexadecimal(digest.finalize())
    }

    func statements(for engine: Engine) -> [String] {
        let own = engine == .sqlite ? sqlite : postgres
        return SharedDialect.statements(shared, for: engine)
            + (own.map(SharedDialect.split) ?? [])
    }
}

public enum MigrationError: Error, CustomStringConvertible {
    /// The database was changed by a text that is not the one we have.
    case changed(number: Int, name: String)
    /// The database is newer than this program.
    case unknown(number: Int, name: String)
    /// A rebuilt table left references to rows that are not there.
    case brokenReferences(number: Int, table: String, count: Int)
    /// Nothing of it remains in the database.
    case failed(number: Int, name: String, cause: DatabaseError)

    public var description: String {
        switch self {
        case .changed(let number, let name):
            "Migration \(number) (\(name)) was edited after it was applied here."
        case .unknown(let number, let name):
            "The database has migration \(number) (\(name)); this program is older than it."
        case .brokenReferences(let number, let table, let count):
            "Migration \(number) left \(count) rows of \(table) pointing nowhere."
        case .failed(let number, let name, let cause):
            "Migration \(number) (\(name)) failed and changed nothing: \(cause)"
        }
    }
}

/// Applies what a database lacks, one transaction per migration.
public struct Migrator: Sendable {
    public let migrations: [Migration]

    /// - Precondition: every number is used once.
    public init(_ migrations: [Migration]) {
        self.migrations = migrations.sorted { $0.number < $1.number }
        precondition(
            Set(migrations.map(\.number)).count == migrations.count,
            "two migrations have the same number")
    }

    /// What `migrate` would apply, in order. Changes nothing.
    ///
    /// Throws `MigrationError` when the database has another history.
    public func pending(in database: Database) async throws -> [Migration] {
        try await database.withOwnConnection(for: .read) { connection in
            try connection.begin(.read)
            defer { connection.rollback() }
            return try lacking(connection, database.engine)
        }
    }

    /// Applies what is pending and returns it. Several programs may do so at
    /// once: one works, the others wait and find it done.
    @discardableResult
    public func migrate(_ database: Database) async throws -> [Migration] {
        let engine = database.engine
        return try await database.withOwnConnection(for: .write) { connection in
            var applied: [Migration] = []
            while true {
                // Looked up again under the lock for each one.
                let rebuilds = try preview(connection, engine)?.rebuildsTables ?? false
                let withoutKeys = engine == .sqlite && rebuilds
                if withoutKeys { try connection.execute("PRAGMA foreign_keys = OFF") }
                defer { if withoutKeys { _ = try? connection.execute("PRAGMA foreign_keys = ON") } }
                try beginAlone(connection, engine)
                do {
                    guard let migration = try lacking(connection, engine).first else {
                        connection.rollback()
                        return applied
                    }
                    // Another program applied the one we looked at: look again.
                    guard !migration.rebuildsTables || withoutKeys || engine == .postgres else {
                        connection.rollback()
                        continue
                    }
                    try apply(migration, connection, engine)
                    try connection.commit()
                    applied.append(migration)
                } catch {
                    connection.rollback()
                    throw error
                }
            }
        }
    }

    private func preview(_ connection: any Connection, _ engine: Engine) throws -> Migration? {
        try connection.begin(.read)
        defer { connection.rollback() }
        return try lacking(connection, engine).first
    }

    private func apply(
        _ migration: Migration, _ connection: any Connection, _ engine: Engine
    ) throws {
        do {
            if try !hasHistory(connection, engine) {
                for statement in SharedDialect.statements(historyTable, for: engine) {
                    try connection.execute(SQL(trusted: statement))
                }
            }
            for statement in migration.statements(for: engine) {
                try connection.execute(SQL(trusted: statement))
            }
            if engine == .sqlite, migration.rebuildsTables {
                let broken = try connection.rows("PRAGMA foreign_key_check")
                if let first = broken.first {
                    throw MigrationError.brokenReferences(
                        number: migration.number, table: try first["table"], count: broken.count)
                }
            }
            let now = Int64(Date().timeIntervalSince1970 * 1000)
            try connection.execute(
                """
                INSERT INTO schema_migration (number, name, checksum, applied_at)
                VALUES (\(migration.number), \(migration.name), \(migration.checksum), \(now))
                """)
        } catch let cause as DatabaseError {
            throw MigrationError.failed(
                number: migration.number, name: migration.name, cause: cause)
        }
    }

    /// Migrations the database does not have, after checking those it has.
    private func lacking(_ connection: any Connection, _ engine: Engine) throws -> [Migration] {
        guard try hasHistory(connection, engine) else { return migrations }
        let ours = Dictionary(uniqueKeysWithValues: migrations.map { ($0.number, $0) })
        var applied: Set<Int> = []
        for row in try connection.rows(
            "SELECT number, name, checksum FROM schema_migration ORDER BY number")
        {
            let number: Int = try row["number"]
            let name: String = try row["name"]
            guard let migration = ours[number] else {
                throw MigrationError.unknown(number: number, name: name)
            }
            guard migration.checksum == (try row["checksum"] as String) else {
                throw MigrationError.changed(number: number, name: name)
            }
            applied.insert(number)
        }
        return migrations.filter { !applied.contains($0.number) }
    }
}

private let historyTable = """
    CREATE TABLE schema_migration (
        number INTEGER NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        checksum TEXT NOT NULL,  -- SHA-256 of the texts that were applied
        applied_at INTEGER NOT NULL  -- milliseconds since 1970
    )
    """

private func hasHistory(_ connection: any Connection, _ engine: Engine) throws -> Bool {
    switch engine {
    case .sqlite:
        try connection.first(
            "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'schema_migration'"
        ) != nil
    case .postgres:
        try connection.first(
            "SELECT 1 AS found FROM pg_class WHERE oid = to_regclass('schema_migration')") != nil
    }
}

/// Begins a transaction that no other migrating program shares.
private func beginAlone(_ connection: any Connection, _ engine: Engine) throws {
    switch engine {
    case .sqlite:
        // Another program's migration may be long; its lock is our queue.
        for attempt in 1... {
            do { return try connection.begin(.write) } catch DatabaseError.serialization
                where attempt < 300
            {
                continue  // each attempt waits for the driver's busy timeout
            }
        }
    case .postgres:
        try connection.begin(.write)
        do {
            // "guitu" in bytes: a lock of this name is ours in this database.
            try connection.execute("SELECT pg_advisory_xact_lock(443504260213)")
        } catch {
            connection.rollback()
            throw error
        }
    }
}
