import Foundation
import GuituPostgres
import GuituStore

/// Copies of databases that were migrated once: a copy takes some tens of
/// milliseconds, all migrations take longer.
actor PostgresTemplates {
    static let shared = PostgresTemplates()

    private var templates: [String: Task<String, any Error>] = [:]
    private var count = 0

    func fresh(_ migrations: [Migration]) async throws -> PostgresDriver {
        guard let conninfo = TestDatabase.postgresConninfo else {
            throw DatabaseError.unavailable(reason: "GUITU_TEST_POSTGRES is not set")
        }
        let template = try await template(for: migrations, conninfo)
        count += 1
        let name = "guitu_test_\(getpid())_\(count)"
        try await create(name, from: template, conninfo)
        return patient("\(conninfo) dbname=\(name)")
    }

    func copy(of driver: PostgresDriver) async throws -> PostgresDriver {
        let (conninfo, original) = try parts(of: driver)
        count += 1
        let name = "guitu_copy_\(getpid())_\(count)"
        try await create(name, from: original, conninfo)
        return patient("\(conninfo) dbname=\(name)")
    }

    /// A crowded machine is no failure of what is tested.
    private func patient(_ conninfo: String) -> PostgresDriver {
        PostgresDriver(conninfo: conninfo, connectTimeout: .seconds(30), patience: .seconds(20))
    }

    func remove(_ driver: PostgresDriver) async throws {
        let (conninfo, name) = try parts(of: driver)
        try await administer(conninfo, SQL(trusted: "DROP DATABASE \(name) WITH (FORCE)"))
    }

    private func parts(of driver: PostgresDriver) throws -> (conninfo: String, name: String) {
        guard let conninfo = TestDatabase.postgresConninfo,
            let name = driver.conninfo.split(separator: "dbname=").last
        else { throw DatabaseError.unavailable(reason: "GUITU_TEST_POSTGRES is not set") }
        return (conninfo, String(name))
    }

    private func template(for migrations: [Migration], _ conninfo: String) async throws -> String {
        guard !migrations.isEmpty else { return "template0" }
        let key = migrations.map(\.checksum).joined()
        if let known = templates[key] { return try await known.value }
        let name = "guitu_template_\(getpid())_\(templates.count)"
        let task = Task {
            try await create(name, from: "template0", conninfo)
            let database = Database(driver: patient("\(conninfo) dbname=\(name)"))
            try await Migrator(migrations).migrate(database)
            await database.close()
            return name
        }
        templates[key] = task
        return try await task.value
    }

    private func create(_ name: String, from template: String, _ conninfo: String) async throws {
        try await administer(
            conninfo,
            SQL(trusted: "CREATE DATABASE \(name) TEMPLATE \(template) ENCODING 'UTF8'"))
    }

    private func administer(_ conninfo: String, _ statement: SQL) async throws {
        let admin = Database(driver: patient(conninfo))
        try await admin.withOwnConnection(for: .write) { connection in
            _ = try connection.execute(statement)
        }
    }
}
