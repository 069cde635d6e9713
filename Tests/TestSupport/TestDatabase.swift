import Foundation
import GuituPostgres
import GuituSQLite
import GuituStore
import Synchronization
import Testing

/// A fresh database for every test, on every engine there is.
///
///     @Test("a bed holds one person", arguments: TestDatabase.engines)
///     func oneBed(engine: Engine) async throws {
///         let database = try await TestDatabase.fresh(engine, migrations: [...])
///
/// PostgreSQL takes part when `GUITU_TEST_POSTGRES` names a cluster where we
/// may create databases; Scripts/postgres-for-tests makes one.
public enum TestDatabase {
    public static var engines: [Engine] {
        postgresConninfo == nil ? [.sqlite] : [.sqlite, .postgres]
    }

    /// A libpq connection string, or nil.
    public static var postgresConninfo: String? {
        ProcessInfo.processInfo.environment["GUITU_TEST_POSTGRES"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Few connections: many tests run at once.
    public static var options: Database.Options {
        var options = Database.Options()
        options.connections = 4
        // A crowded machine is no failure of what is tested.
        options.queueWait = .seconds(60)
        return options
    }

    public static func fresh(
        _ engine: Engine, migrations: [Migration] = [], options: Database.Options = options
    ) async throws -> Database {
        Database(driver: try await driver(engine, migrations: migrations), options: options)
    }

    /// The driver of a fresh database, for tests that open it more than once.
    public static func driver(
        _ engine: Engine, migrations: [Migration] = []
    ) async throws -> any Driver {
        switch engine {
        case .sqlite:
            let driver = SQLiteDriver(
                path: try await temporaryFolder().appendingPathComponent("guitu.sqlite").path,
                synchronous: .normal)
            if !migrations.isEmpty {
                let database = Database(driver: driver)
                try await Migrator(migrations).migrate(database)
                await database.close()
            }
            return driver
        case .postgres:
            return try await PostgresTemplates.shared.fresh(migrations)
        }
    }

    /// A folder that is removed when the tests end.
    public static func temporaryFolder() async throws -> URL {
        let folder = folderOfThisRun.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    private static let folderOfThisRun: URL = {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("guitu-tests-\(getpid())")
        atexit {
            try? FileManager.default.removeItem(
                at: FileManager.default.temporaryDirectory
                    .appendingPathComponent("guitu-tests-\(getpid())"))
        }
        return folder
    }()
}
