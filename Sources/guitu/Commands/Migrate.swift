import ArgumentParser
import GuituCore
import GuituStore

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database's tables up to this version of the program.",
        discussion: """
            Each step is one transaction: an interrupted migration goes on where it stopped. \
            "guitu serve" does the same at start. Make a backup first.
            """)

    @OptionGroup var options: CommonOptions

    @Flag(help: "Only list what would be applied.")
    var dryRun = false

    func run() async throws {
        let setting = try CommandSetting(options)
        try await setting.ended {
            try setting.makeDataFolder()
            let database = setting.openDatabase()
            let migrator = Migrator(Schema.migrations)
            let applied: [Migration]
            do {
                applied =
                    dryRun
                    ? try await migrator.pending(in: database)
                    : try await migrator.migrate(database)
            } catch let error as MigrationError {
                complain(setting.text("command.migrationFailed", ["problem": "\(error)"]))
                throw Exit.configuration.code
            }
            await database.close()
            struct Step: Encodable {
                var number: Int
                var name: String
            }
            let steps = applied.map { Step(number: $0.number, name: $0.name) }
            try setting.print(
                steps.isEmpty
                    ? setting.text("command.upToDate")
                    : steps.map { "\($0.number) \($0.name)" }.joined(separator: "\n"), json: steps)
        }
    }
}
