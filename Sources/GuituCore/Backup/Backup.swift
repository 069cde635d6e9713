import Foundation
import GuituModel
import GuituStore
import Synchronization

/// Writes down that somebody takes a copy of everything; `Backup.make` then
/// does it outside any use-case's transaction.
public struct MakeBackup: ChangingUseCase {
    public static let needs = Permission.backUp
    public var target: Target { .nobody }
    public init() {}
    public func perform(in work: Work) throws -> Nothing { Nothing() }
}

/// All rows of a database, as one transaction sees them, sealed into one file
/// that either engine can be filled from.
public enum Backup {
    /// Makes `path`, which must not exist; it appears only when it is whole.
    public static func make(
        _ database: Database, keys: Keys, to path: String, now: Instant
    ) async throws -> (header: BackupHeader, summary: BackupSummary) {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw BackupRefusal.alreadyThere(path: path)
        }
        let migration = try await database.read { tx -> Int in
            try tx.first("SELECT MAX(number) AS last FROM schema_migration")?["last"] ?? 0
        }
        let salt = (0..<32).map { _ in UInt8.random(in: 0...255) }
        let header = BackupHeader(
            madeAt: now, migration: migration, engine: database.engine.rawValue,
            ring: keys.fingerprint, keys: keys.prints, sealKey: keys.newestSealID, salt: salt)
        guard let key = keys.backupKey(from: keys.newestSealID, salt: salt) else {
            throw Keys.Failure.missing(.seal)
        }
        let unfinished = path + ".unfinished"
        guard
            FileManager.default.createFile(
                atPath: unfinished, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: unfinished)
        else { throw BackupRefusal.unwritable(path: path) }
        do {
            // The store calls back from a thread of its own, one call at a time.
            let writer = Mutex(try BackupWriter(file, header: header, key: key))
            let dump = try await database.dump { bytes in
                try writer.withLock { try $0.append(bytes) }
            }
            let summary = BackupSummary(
                rows: dump.rows, migration: dump.migration, digest: dump.digest)
            try writer.withLock { try $0.end(summary) }
            try file.close()
            // Never over a file that came in between.
            guard link(unfinished, path) == 0 else { throw BackupRefusal.alreadyThere(path: path) }
            unlink(unfinished)
            return (header, summary)
        } catch {
            try? FileManager.default.removeItem(atPath: unfinished)
            // Foundation's: no room, no right, a disk that went away.
            if error is CocoaError { throw BackupRefusal.unwritable(path: path) }
            throw error
        }
    }

    /// Where the library's backup stands beside that of the cases.
    public static func libraryPath(beside path: String) -> String { path + ".library" }

    public struct Restored: Codable, Sendable {
        public var madeAt: Instant
        public var summary: BackupSummary
        public var verification: AuditVerification.Report
    }

    /// Fills an empty database from a backup and verifies its audit trail.
    ///
    /// The whole file is opened and checked before anything is written, and
    /// again while it is loaded, in one transaction. Everybody has to sign in
    /// again afterwards: a session that was ended since the backup was made
    /// must not live again.
    public static func restore(
        _ path: String, into database: Database, keys: Keys, anchorsFile: AnchorsFile?, now: Instant
    ) async throws -> Restored {
        let (header, summary) = try await fill(
            path, database, keys, Schema.migrations, among: ["area", "account", "audit_entry"])
        try await explainLostAnchors(database, keys, anchorsFile, now)
        try await finish(database, keys, now)
        let verification = try await AuditVerification.run(
            database, keys: keys, anchorsFile: anchorsFile)
        return Restored(madeAt: header.madeAt, summary: summary, verification: verification)
    }

    /// The same of the library of profiles: a file, a database and a key ring
    /// of its own. Its ledger is verified.
    public static func restoreLibrary(
        _ path: String, into database: Database, keys: Keys, now: Instant
    ) async throws -> Restored {
        let (header, summary) = try await fill(
            path, database, keys, LibrarySchema.migrations,
            among: ["library_authorisation", "library_sample", "audit_entry"])
        try await database.write { tx in
            try append("RestoreBackup", to: Ledger.chain, keys, now, in: tx)
        }
        let verification = try await AuditVerification.run(
            database, keys: keys, anchorsFile: nil)
        return Restored(madeAt: header.madeAt, summary: summary, verification: verification)
    }

    /// - Parameter tables: of which none may have a row yet.
    private static func fill(
        _ path: String, _ database: Database, _ keys: Keys, _ migrations: [Migration],
        among tables: [SQL]
    ) async throws -> (BackupHeader, BackupSummary) {
        let reader = try check(path, keys)
        guard let summary = reader.summary else { throw BackupRefusal.altered }
        let header = reader.header
        let known = migrations.map(\.number)
        guard known.contains(header.migration) else {
            throw BackupRefusal.newer(migration: header.migration)
        }
        // The tables as they were, then the rows, then what came since.
        let upToBackup = Migrator(migrations.filter { $0.number <= header.migration })
        do { try await upToBackup.migrate(database) } catch MigrationError.unknown(let number, _) {
            throw BackupRefusal.otherSchema(backup: header.migration, database: number)
        }
        let isEmpty = try await database.read { tx in
            for table in tables
            where try tx.first("SELECT 1 AS found FROM \(table) LIMIT 1") != nil { return false }
            return true
        }
        guard isEmpty else { throw BackupRefusal.notEmpty }
        let again = Mutex(try opened(path, keys))
        do {
            _ = try await database.load(replacing: true) { try again.withLock { try $0.next() } }
        } catch let error as DumpError {
            switch error {
            case .otherSchema(let dump, let database):
                throw BackupRefusal.otherSchema(backup: dump, database: database)
            case .notADump, .damaged, .otherColumns, .notEmpty, .brokenReferences:
                throw BackupRefusal.altered
            }
        }
        try await Migrator(migrations).migrate(database)
        return (header, summary)
    }

    /// Opens every chunk and throws them away.
    private static func check(_ path: String, _ keys: Keys) throws -> BackupReader {
        let reader = try opened(path, keys)
        while try reader.next() != nil {}
        return reader
    }

    private static func opened(_ path: String, _ keys: Keys) throws -> BackupReader {
        let reader = try BackupReader(path: path)
        try reader.unlock(with: keys)
        return reader
    }

    private static func finish(_ database: Database, _ keys: Keys, _ now: Instant) async throws {
        try await database.write { tx in
            try tx.execute("UPDATE session SET ended_at = \(now) WHERE ended_at IS NULL")
            // Their workers are of another time.
            try tx.execute(
                "UPDATE job SET lease_until = \(now) WHERE state = 'leased' AND lease_until > \(now)"
            )
            try append("RestoreBackup", to: Audit.office, keys, now, in: tx)
        }
    }

    private static func append(
        _ useCase: String, to chain: String, _ keys: Keys, _ now: Instant, in tx: any Transaction
    ) throws {
        let entry = AuditEntry(
            chain: chain, at: now, actor: "program:restore", useCase: useCase,
            targetKind: "nobody", target: "", outcome: .done,
            digest: keys.auditDigest(Array("restore".utf8)))
        try Audit.append([entry], to: chain, keys: keys, in: tx)
    }

    /// Anchors that know of entries after the backup would look like a cut
    /// trail for ever; a signed line says that a restore took them away.
    private static func explainLostAnchors(
        _ database: Database, _ keys: Keys, _ file: AnchorsFile?, _ now: Instant
    ) async throws {
        guard let file else { return }
        var furthest: [String: Int64] = [:]
        for case .anchor(let anchor) in try file.lines() {
            furthest[anchor.chain] = max(furthest[anchor.chain] ?? 0, anchor.sequence)
        }
        let heads = try await database.read { tx in
            try tx.rows("SELECT chain, sequence, hash FROM audit_head").map { row in
                (
                    try row["chain"] as String, try row["sequence"] as Int64,
                    try row["hash"] as [UInt8]
                )
            }
        }
        let byChain = Dictionary(uniqueKeysWithValues: heads.map { ($0.0, ($0.1, $0.2)) })
        let lines = try furthest.sorted { $0.key < $1.key }.compactMap { chain, sequence in
            let (head, hash) = byChain[chain] ?? (0, Audit.beginning)
            guard sequence > head else { return nil as Anchor? }
            return try Anchor(signing: chain, head, hash, at: now, as: .restored, with: keys)
        }
        try file.append(lines, as: .restored)
    }
}
