import ArgumentParser
import Foundation
import GuituCore
import GuituModel

struct MissingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "missing", abstract: "Take down, import and look at missing reports.",
        subcommands: [
            Register.self, Import.self, List.self, Show.self, Close.self, Reopen.self,
        ])

    struct Register: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register that somebody is missing.")
        @OptionGroup var options: ActingOptions
        @Option(help: "The id of the station or office that takes the report.")
        var holder: String
        @Option(help: "The missing person's name.")
        var name: String
        @Option(help: "Sex: \(Sex.words).")
        var sex = Sex.unknown
        @Option(help: "Date of birth or age, as said.")
        var birth: String?
        @Option(help: "Resident identity number, if known.")
        var identity = ""
        @Option(help: "When they went missing, as said.")
        var lost: String?
        @Option(help: "Where they went missing.")
        var lostPlace = ""
        @Option(help: "Where they come from.")
        var home = ""
        @Option(help: "Height in centimetres.")
        var height = ""
        @Option(help: "Scars, moles and other marks.")
        var marks = ""
        @Option(help: "Accent or dialect.")
        var accent = ""
        @Option(help: "The reporter's name.")
        var reporter: String
        @Option(help: "The reporter's relation.")
        var relation: String
        @Option(help: "The reporter's phone number.")
        var phone: String

        func run(in context: CommandContext) async throws {
            let now = context.workplace.clock.now
            var fields = ReportFields()
            fields.name = name
            fields.sex = sex
            fields.birth = try partialDay(birth, "--birth", now)
            fields.identityNumber = identity
            fields.lost = try partialDay(lost, "--lost", now)
            fields.lostPlace = lostPlace
            fields.homePlace = home
            fields.height = height
            fields.marks = marks
            fields.accent = accent
            fields.reporterName = reporter
            fields.reporterRelation = relation
            fields.reporterPhone = phone
            let made = try await context.perform(
                RegisterMissing(holder: context.id(holder), fields: fields, reportedAt: now))
            try context.print("report \(made.report)", json: made)
        }
    }

    struct Import: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import a list of missing reports from a CSV file.",
            discussion: """
                UTF-8, UTF-16 and GB18030 are read, with Chinese or English headers. Good rows are \
                loaded, bad ones named with line and reason; importing the same list again loads \
                nothing twice. Ends with 6 when rows were refused.
                """)
        @OptionGroup var options: ActingOptions
        @Option(help: "The id of the station or office that holds the reports.")
        var holder: String
        @Option(help: "What the list is called; with a row's key it names the row for good.")
        var list: String
        @Argument(help: "The CSV file.")
        var file: String

        func run(in context: CommandContext) async throws {
            guard let bytes = FileManager.default.contents(atPath: file) else {
                throw ValidationError("no file at '\(file)'")
            }
            let holder: Area.ID = try context.id(holder)
            let load = MissingImport(holder: holder, list: list, file: Array(bytes))
            let batch = try await load.begin(in: context.workplace, as: context.actor)
            let see = SeeImport(holder: holder, batch: batch)
            let progress = Task {
                while !Task.isCancelled {
                    try await Task.sleep(for: .seconds(1))
                    let seen = try await context.perform(see)
                    complain(context.text("command.imported", ["rows": "\(seen.rows)"]))
                }
            }
            defer { progress.cancel() }
            try await load.run(batch, in: context.workplace, as: context.actor)
            let seen = try await context.perform(see)
            for problem in seen.problems {
                complain(
                    "\(file):\(problem.line): \(problem.saying.field ?? ""): "
                        + context.setting.say(problem.saying))
            }
            try context.print(
                context.text(
                    "command.importDone",
                    [
                        "rows": "\(seen.rows)", "loaded": "\(seen.loaded)",
                        "known": "\(seen.known)", "refused": "\(seen.refused)",
                    ]), json: ImportJSON(batch: batch, seen))
            if seen.refused > 0 { throw Exit.refused.code }
        }
    }

    struct List: ActingCommand {
        static let configuration = CommandConfiguration(abstract: "List open missing reports.")
        @OptionGroup var options: ActingOptions
        @Option(help: "Characters, pinyin or initials of the name.")
        var search = ""
        @Option(help: "Lines at the most, up to 500.")
        var limit = 50
        @Option(help: "Go on where the page before ended.")
        var after: String?

        func run(in context: CommandContext) async throws {
            var list = ListMissing()
            list.search = search
            list.limit = limit
            list.after = after
            let answer = try await context.perform(list)
            try context.print(
                answer.lines.map {
                    "\($0.id)  \($0.name)  \(context.text(of: $0.sex))  \($0.lostPlace ?? "")  \($0.holderName)"
                }.joined(separator: "\n") + (answer.next.map { "\n--after '\($0)'" } ?? ""),
                json: answer.lines.map { ReportJSON(id: $0.id, name: $0.name, state: $0.state) })
        }
    }

    struct Close: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a report whose person came home, or that was taken back.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The report's id.")
        var report: String
        @Option(help: "Why: \(CloseMissing.Outcome.words).")
        var outcome: CloseMissing.Outcome

        func run(in context: CommandContext) async throws {
            try context.print(
                context.text("missing.ended"),
                json: try await context.perform(
                    CloseMissing(report: context.id(report), outcome: outcome)))
        }
    }

    struct Reopen: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open a report again that was ended by mistake.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The report's id.")
        var report: String

        func run(in context: CommandContext) async throws {
            try context.print(
                context.text("missing.reopened"),
                json: try await context.perform(ReopenMissing(report: context.id(report))))
        }
    }

    struct Show: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one missing report, the reporter's number masked.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The report's id.")
        var report: String

        func run(in context: CommandContext) async throws {
            let seen = try await context.perform(SeeMissing(report: context.id(report)))
            let rows = [
                seen.name, context.text(of: seen.sex), seen.birth?.said, seen.lost?.said,
                seen.lostPlace, seen.homePlace, seen.marks,
                "\(seen.reporterName) (\(seen.reporterRelation)) \(seen.maskedPhone)",
            ]
            try context.print(
                rows.compactMap { $0 }.joined(separator: "\n"),
                json: ReportJSON(id: seen.id, name: seen.name, state: seen.state))
        }
    }
}

private struct ImportJSON: Encodable {
    var batch: ID<ImportBatch>
    var rows: Int
    var loaded: Int
    var known: Int
    var refused: Int
    var problems: [ImportProblem]

    init(batch: ID<ImportBatch>, _ seen: SeeImport.Answer) {
        self.batch = batch
        rows = seen.rows
        loaded = seen.loaded
        known = seen.known
        refused = seen.refused
        problems = seen.problems
    }
}

private struct ReportJSON: Encodable {
    var id: MissingReport.ID
    var name: String
    var state: ReportState
}
