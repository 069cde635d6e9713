import ArgumentParser
import Foundation
import GuituEar

struct PlacesClues: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clues",
        abstract: "Keep what is known of places besides their names.",
        discussion: """
            Dialling codes, number plates, bus lines, landmarks and numbers of people, by which \
            "guitu places belief --clue" and the page of words heard weigh places. None ships; the \
            columns are in Documentation/Ear.md.
            """,
        subcommands: [Import.self, Show.self])

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take an operator's table into use.",
            discussion: """
                Columns: kind (phone, plate, bus, landmark, population), value, code, weight, \
                source. The kinds in the file replace what was there of them. Rows with a fault are \
                named and nothing is written. Servers use it from the next question on.
                """)
        @OptionGroup var options: EarOptions
        @Argument(help: "The table to take in.") var file: String

        func run() throws {
            try hearing {
                let new = try ClueTable(path: file)
                let path = options.cluesPath
                let old =
                    FileManager.default.fileExists(atPath: path)
                    ? try ClueTable(path: path) : ClueTable()
                var ear = try options.ear()
                let faults = ear.use(new)
                guard faults.isEmpty else {
                    for fault in faults.prefix(50) { complain("\(file): \(fault)") }
                    throw Exit.refused.code
                }
                let all = old.taking(new)
                try Data(all.text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
                print(Self.counts(all, path))
            }
        }

        static func counts(_ table: ClueTable, _ path: String) -> String {
            let kinds = ClueTable.Kind.allCases.map { kind in
                "\(kind.rawValue) \(table.rows.count { $0.kind == kind })"
            }
            return "\(path): " + kinds.joined(separator: ", ")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the table in use.")
        @OptionGroup var options: EarOptions

        func run() throws {
            try hearing {
                let path = options.cluesPath
                guard FileManager.default.fileExists(atPath: path) else {
                    complain(
                        "\(path): no table of clues. Take one in with \"guitu places clues import\"."
                    )
                    throw Exit.notFound.code
                }
                print(try ClueTable(path: path).text, terminator: "")
            }
        }
    }
}
