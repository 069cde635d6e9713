import ArgumentParser

@main
struct Guitu: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guitu",
        abstract: "Run and keep a relief station: who arrives, who is missed, who goes home.",
        discussion: """
            Every command asks the same questions of the same rules as the pages: it acts as an \
            account, whose token comes from GUITU_TOKEN, --token-file or the file that \
            "guitu account token --save" wrote.

            Exit codes: \(Exit.table)
            """,
        subcommands: [
            Serve.self,
            MigrateCommand.self,
            ConfigCommand.self,
            AccountCommand.self,
            ArrivalCommand.self,
            BedCommand.self,
            MissingCommand.self,
            TraceCommand.self,
            DecideCommand.self,
            DepartCommand.self,
            UndoDepartureCommand.self,
            InventCommand.self,
            NoticesCommand.self,
            DNACommand.self,
            PlacesCommand.self,
            NamesCommand.self,
            AuditCommand.self,
            JobsCommand.self,
            BackupCommand.self,
            RestoreCommand.self,
        ])
}
