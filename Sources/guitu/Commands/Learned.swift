import ArgumentParser
import GuituCore
import GuituModel
import GuituWeb

extension TraceCommand {
    struct Learn: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add the name of a place that a solved case taught.",
            discussion: """
                Pages use it from the next question on. The place is its full name as an address, \
                or its code: guitu trace learn ID "gu lan" 湖南省娄底市涟源市
                """)
        @OptionGroup var options: ActingOptions
        @Argument(help: "The request's id; its home must be known.")
        var request: String
        @Argument(help: "What was heard, in characters or pinyin.")
        var heard: String
        @Argument(help: "The place it truly was.")
        var place: String
        @Option(help: "Since when, 2026-11-24; else today.") var since: String?
        @Option(help: "The day from which it no longer counts.") var until: String?

        func validate() throws {
            for text in [since, until].compactMap({ $0 }) where Day(text) == nil {
                throw ValidationError("\(text) is no day; write it like 2026-11-24.")
            }
        }

        func run(in context: CommandContext) async throws {
            let shelf = EarShelf(path: context.setting.configuration.placesIndex)
            let found: (code: String, name: String)
            do { found = try await shelf.namedPlace(place) } catch let wrong as InvalidFields {
                throw Ending.refused(wrong)
            }
            let id = try await context.perform(
                AddSolvedName(
                    request: context.id(request),
                    name: SolvedName(
                        heard: heard, code: found.code, place: found.name,
                        since: since.flatMap { Day($0) }, until: until.flatMap { Day($0) })))
            try context.print("\(id)  \(found.code)  \(found.name)", json: ["name": id])
        }
    }

    struct Learned: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print all names that solved cases taught and that count today.",
            discussion: """
                As the table that "guitu places hear --aliases FILE" reads: \
                guitu trace learned > places-aliases.tsv
                """)
        @OptionGroup var options: ActingOptions

        func run(in context: CommandContext) async throws {
            let names = try await context.perform(ListSolvedNames())
            try context.print(EarShelf.table(names), json: names)
        }
    }

    struct Unlearn: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Withdraw a name that a case was thought to have taught.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The request's id.")
        var request: String
        @Argument(help: "The name's id, as \"trace learn\" printed it.")
        var name: String
        @Option(help: "Why, in a sentence.") var reason: String

        func run(in context: CommandContext) async throws {
            try context.print(
                context.text("command.done"),
                json: try await context.perform(
                    WithdrawSolvedName(
                        request: context.id(request), name: context.id(name), reason: reason)))
        }
    }
}
