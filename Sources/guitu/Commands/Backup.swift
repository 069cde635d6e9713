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
            not beside the backups.
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
        }
        let made: (header: BackupHeader, summary: BackupSummary)
        do {
            made = try await Backup.make(
                workplace.database, keys: workplace.keys, to: file, now: workplace.clock.now)
        } catch let refusal as BackupRefusal {
            throw Ending.refused(refusal)
        }
        let answer = Answer(
            file: file, ring: made.header.ring, rows: made.summary.total,
            tables: made.summary.rows.count, digest: made.summary.digest)
        try context.print(
            context.text(
                "backup.made",
                ["path": file, "rows": "\(answer.rows)", "ring": answer.ring]),
            json: answer)
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
            anything is written. Everybody signs in again afterwards. Exit code 10: restored, but \
            the audit trail has faults.
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
            try setting.makeDataFolder()
            let database = setting.openDatabase()
            let restored: Backup.Restored
            do {
                restored = try await Backup.restore(
                    file, into: database, keys: keys, anchorsFile: setting.anchors, now: clock.now)
            } catch let refusal as BackupRefusal {
                throw Ending.refused(refusal)
            }
            await database.close()
            let said = [
                setting.text(
                    "backup.restored",
                    ["path": file, "rows": "\(restored.summary.total)"]),
                setting.sentences(of: restored.verification),
            ]
            try setting.print(said.joined(separator: "\n"), json: restored)
            if !restored.verification.isSound { throw Exit.faults.code }
        }
    }
}
