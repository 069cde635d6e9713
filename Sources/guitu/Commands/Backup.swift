import ArgumentParser
import Foundation
import GuituCore
import GuituModel
import GuituStore
import GuituText

struct BackupCommand: ActingCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Write everything in the database into one sealed file.",
        discussion: """
            The file is one state of the database while others go on working, and either engine \
            can be filled from it. It opens only with the key ring: keep a copy of the ring, and \
            not beside the backups. A library of profiles goes into FILE.library, which opens only \
            with the library's own key ring.
            """)
    @OptionGroup var options: ActingOptions

    @Argument(help: "The file to make; it must not exist.")
    var file: String

    func run(in context: CommandContext) async throws {
        try await context.perform(MakeBackup())
        let workplace = context.workplace
        struct Answer: Encodable {
            var file: String
            var ring: String
            var rows: Int
            var tables: Int
            var digest: String
            var library: Library?
        }
        struct Library: Encodable {
            var file: String
            var ring: String
            var rows: Int
        }
        let libraryFile = Backup.libraryPath(beside: file)
        let made: (header: BackupHeader, summary: BackupSummary)
        var library: Library?
        do {
            made = try await Backup.make(
                workplace.database, keys: workplace.keys, to: file, now: workplace.clock.now)
            let laboratory = context.setting.laboratory(at: workplace)
            if let taken = try await laboratory.backUp(to: libraryFile) {
                library = Library(
                    file: libraryFile, ring: taken.header.ring, rows: taken.summary.total)
            }
            await laboratory.close()
        } catch let refusal as BackupRefusal {
            throw Ending.refused(refusal)
        }
        let answer = Answer(
            file: file, ring: made.header.ring, rows: made.summary.total,
            tables: made.summary.rows.count, digest: made.summary.digest, library: library)
        func said(_ file: String, _ rows: Int, _ ring: String) -> String {
            context.text("backup.made", ["path": file, "rows": "\(rows)", "ring": ring])
        }
        let lines =
            [said(file, answer.rows, answer.ring)]
            + (library.map { [said($0.file, $0.rows, $0.ring)] } ?? [])
        try context.print(lines.joined(separator: "\n"), json: answer)
    }
}

/// Needs no account: there is none in an empty database. Who holds the key
/// ring and the database's folder or password may fill it.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Fill an empty database from a backup and verify its audit trail.",
        discussion: """
            The configuration names the database, which must be empty, and the key ring, which \
            must be the one of the backup (or have more keys). The whole file is checked before \
            anything is written. Everybody signs in again afterwards. FILE.library, where it stands \
            beside FILE, is restored too, with the library's own key ring. Exit code 10: restored, \
            but the audit trail or the ledger has faults.
            """)
    @OptionGroup var options: CommonOptions

    @Argument(help: "The backup.")
    var file: String

    func run() async throws {
        let setting = try CommandSetting(options)
        try await setting.ended {
            let clock = SystemClock()
            let keys: Keys
            do {
                keys = try Keys.open(
                    path: setting.configuration.keyRing, makeIfMissing: false, now: clock.now)
            } catch let failure as Keys.Failure {
                throw setting.complaint(about: failure)
            }
            let libraryFile = Backup.libraryPath(beside: file)
            var libraryKeys: Keys?
            if FileManager.default.fileExists(atPath: libraryFile) {
                let ring = setting.configuration.libraryKeyRing
                do {
                    libraryKeys = try Keys.open(path: ring, makeIfMissing: false, now: clock.now)
                } catch let failure as Keys.Failure {
                    throw setting.complaint(about: failure, of: ring)
                }
            }
            try setting.makeDataFolder()
            let database = setting.openDatabase()
            let restored: Backup.Restored
            var library: Backup.Restored?
            do {
                restored = try await Backup.restore(
                    file, into: database, keys: keys, anchorsFile: setting.anchors, now: clock.now)
                if let libraryKeys {
                    let database = CommandSetting.libraryDatabase(setting.configuration)
                    library = try await Backup.restoreLibrary(
                        libraryFile, into: database, keys: libraryKeys, now: clock.now)
                    await database.close()
                }
            } catch let refusal as BackupRefusal {
                throw Ending.refused(refusal)
            }
            await database.close()
            func said(_ file: String, _ restored: Backup.Restored) -> [String] {
                [
                    setting.text(
                        "backup.restored", ["path": file, "rows": "\(restored.summary.total)"]),
                    setting.sentences(of: restored.verification),
                ]
            }
            let lines = said(file, restored) + (library.map { said(libraryFile, $0) } ?? [])
            try setting.print(lines.joined(separator: "\n"), json: restored)
            let isSound = restored.verification.isSound && library?.verification.isSound != false
            if !isSound { throw Exit.faults.code }
        }
    }
}
