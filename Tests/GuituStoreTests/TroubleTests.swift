import Foundation
import GuituPostgres
import GuituSQLite
import GuituStore
import TestSupport
import Testing

private let marks = [
    Migration(
        number: 1, name: "marks",
        shared: "CREATE TABLE mark (id TEXT NOT NULL PRIMARY KEY, picture BLOB)")
]

@Suite("A database that is away, hung or full", .serialized)
struct TroubleTests {
    static var hasPostgres: Bool { TestDatabase.engines.contains(.postgres) }

    private func impatient(_ conninfo: String) async throws -> Database {
        var options = Database.Options()
        options.connections = 2
        options.statementTimeout = .milliseconds(400)
        options.queueWait = .milliseconds(500)
        options.retryConnection = .milliseconds(100)
        let database = Database(
            driver: PostgresDriver(
                conninfo: conninfo, connectTimeout: .milliseconds(500),
                patience: .milliseconds(200)),
            options: options)
        try await Migrator(marks).migrate(database)
        return database
    }

    private func ask(_ database: Database) async -> (ending: String?, took: Duration) {
        let started = ContinuousClock.now
        let ending = await ending { try await database.read { try $0.rows("SELECT id FROM mark") } }
        return (ending, .now - started)
    }

    /// Asks again until it works, as a browser would; the number of attempts.
    private func recovers(_ database: Database) async throws {
        for _ in 0..<100 {
            if await ask(database).ending == nil { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("it did not recover")
    }

    @Test(
        "a stopped server is told at once, and a started one is found again",
        .enabled(if: hasPostgres))
    func away() async throws {
        let cluster = try await PostgresCluster()
        defer { cluster.end() }
        let database = try await impatient(cluster.conninfo)
        #expect(await ask(database).ending == nil)
        try cluster.stop()
        for _ in 0..<5 {
            let (ending, took) = await ask(database)
            #expect(ending == "unavailable")
            #expect(took < .seconds(1))
        }
        #expect(database.trouble != nil)
        try cluster.start()
        try await recovers(database)
        #expect(database.trouble == nil)
        // Restarted between two questions: nobody notices.
        try cluster.stop()
        try cluster.start()
        #expect(await ask(database).ending == nil)
        await database.close()
    }

    @Test("a hung server costs one deadline, not a thread", .enabled(if: hasPostgres))
    func hung() async throws {
        let cluster = try await PostgresCluster()
        defer { cluster.end() }
        let database = try await impatient(cluster.conninfo)
        #expect(await ask(database).ending == nil)
        try cluster.freeze()
        defer { try? cluster.thaw() }
        let answers = await withTaskGroup(of: (String?, Duration).self) { group in
            for _ in 0..<20 { group.addTask { await ask(database) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { ["unavailable", "overloaded", "timeout"].contains($0.0) })
        #expect(answers.allSatisfy { $0.1 < .seconds(3) })
        try cluster.thaw()
        try await recovers(database)
        await database.close()
    }

    @Test("a file locked by somebody else is told, and used when it is free")
    func locked() async throws {
        let path = try await TestDatabase.temporaryFolder().appendingPathComponent("a.sqlite").path
        var options = TestDatabase.options
        options.attempts = 2
        let database = Database(
            driver: SQLiteDriver(path: path, busyTimeout: .milliseconds(100)), options: options)
        try await Migrator(marks).migrate(database)
        let other = try SQLiteDriver(path: path).connect(for: .write)
        try other.execute("BEGIN EXCLUSIVE")
        let started = ContinuousClock.now
        let write: @Sendable (any Transaction) throws -> Void = { tx in
            try tx.execute("INSERT INTO mark (id) VALUES ('a')")
        }
        #expect(await ending { try await database.write(write) } == "serialization")
        #expect(ContinuousClock.now - started < .seconds(3))
        #expect(await ask(database).ending == nil)  // readers are not in its way
        try other.execute("COMMIT")
        try await database.write(write)
    }

    @Test("a folder that is not there is told, and the file is used once it is")
    func missing() async throws {
        let folder = try await TestDatabase.temporaryFolder().appendingPathComponent("later")
        var options = TestDatabase.options
        options.retryConnection = .milliseconds(50)
        let database = Database(
            driver: SQLiteDriver(path: folder.appendingPathComponent("a.sqlite").path),
            options: options)
        #expect(await ask(database).ending == "unavailable")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await Task.sleep(for: .milliseconds(100))
        try await Migrator(marks).migrate(database)
        #expect(await ask(database).ending == nil)
    }

    @Test("a file that is no database is told and left alone")
    func foreign() async throws {
        let file = try await TestDatabase.temporaryFolder().appendingPathComponent("a.sqlite")
        let bytes = Data(repeating: 65, count: 9000)
        try bytes.write(to: file)
        let database = Database(
            driver: SQLiteDriver(path: file.path), options: TestDatabase.options)
        #expect(await ask(database).ending == "unavailable")
        #expect(try Data(contentsOf: file) == bytes)
    }

    // MARK: - A full disk

    /// A small disk; nil where mounting is not permitted, and says so.
    private func smallDisk(_ size: String) async throws -> URL? {
        let disk = try await TestDatabase.temporaryFolder()
        guard run(["mount", "-t", "tmpfs", "-o", "size=\(size),mode=777", "tmpfs", disk.path]) == 0
        else {
            print("The full disk was SKIPPED: mounting a tmpfs is not permitted.")
            return nil
        }
        return disk
    }

    /// Writes until the disk is full, makes room, and writes again.
    private func fill(_ database: Database, filler: URL) async throws {
        let picture = [UInt8](repeating: 7, count: 50_000)
        var kept = 0
        var last: String?
        while kept < 200 {
            let id = "m\(kept)"
            last = await ending {
                try await database.write { tx in
                    _ = try tx.execute("INSERT INTO mark (id, picture) VALUES (\(id), \(picture))")
                }
            }
            if last != nil { break }
            kept += 1
        }
        #expect(last == "full")
        let count = kept
        let rows = try await database.read { tx in
            try tx.rows("SELECT id, LENGTH(picture) AS bytes FROM mark").map {
                try $0["bytes"] as Int
            }
        }
        #expect(rows == Array(repeating: picture.count, count: count))
        try FileManager.default.removeItem(at: filler)
        try await database.write { tx in
            _ = try tx.execute("INSERT INTO mark (id, picture) VALUES ('after', \(picture))")
        }
    }

    @Test("a full disk is told, nothing half-written, and it goes on when there is room")
    func fullDiskSQLite() async throws {
        guard let disk = try await smallDisk("4m") else { return }
        defer { _ = run(["umount", "-l", disk.path]) }
        let filler = disk.appendingPathComponent("filler")
        try Data(count: 1_500_000).write(to: filler)
        let database = Database(
            driver: SQLiteDriver(path: disk.appendingPathComponent("a.sqlite").path),
            options: TestDatabase.options)
        try await Migrator(marks).migrate(database)
        try await fill(database, filler: filler)
        let check = try await database.read { try $0.first("PRAGMA integrity_check")?.values }
        #expect(check == [.text("ok")])
        await database.close()
    }

    @Test("the same on PostgreSQL, its table on a small disk", .enabled(if: hasPostgres))
    func fullDiskPostgres() async throws {
        guard let disk = try await smallDisk("4m") else { return }
        defer { _ = run(["umount", "-l", disk.path]) }
        let cluster = try await PostgresCluster()
        defer { cluster.end() }
        let filler = disk.appendingPathComponent("filler")
        try Data(count: 1_500_000).write(to: filler)
        _ = run(["chown", "postgres", disk.path])
        let connection = try PostgresDriver(conninfo: cluster.conninfo).connect(for: .write)
        try connection.execute(SQL(trusted: "CREATE TABLESPACE small LOCATION '\(disk.path)'"))
        try connection.execute("ALTER DATABASE postgres SET default_tablespace = small")
        connection.close()
        let database = Database(
            driver: PostgresDriver(conninfo: cluster.conninfo), options: TestDatabase.options)
        try await Migrator(marks).migrate(database)
        try await database.write { tx in
            // Stored as it is: fifty thousand equal bytes compress to nothing.
            _ = try tx.execute("ALTER TABLE mark ALTER COLUMN picture SET STORAGE EXTERNAL")
        }
        try await fill(database, filler: filler)
        await database.close()
    }
}
