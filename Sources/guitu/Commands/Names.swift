import ArgumentParser
import Foundation
import GuituEar
import GuituModel

/// Names of people by the same channel as names of places.
struct NamesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "names",
        abstract: "Find the names that words heard in dialect may have been.",
        subcommands: [NamesHear.self])
}

struct NamesHear: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hear",
        abstract: "Rank names by how much better than anybody's they explain what was heard.",
        discussion: """
            LR(name) = P(heard | name, area) / P(heard | names as frequent as they are). The share \
            also counts how frequent the name is.
              guitu names hear "fu jian hua" --area 43
            With --input and --output: CSV with id, heard, area in; id, rank, name, lr, share out.
            """)

    @OptionGroup var options: EarOptions
    @Argument(help: "Surname and given name as heard, 1 to 4 syllables.") var heard: String?
    @Option(help: "The province they may come from, by its two digits.") var area = ""
    @Option(help: "male or female, if known; counts with --names.") var sex: String?
    @Option(help: "Folder with surnames.tsv and given-name-characters.tsv; else our own shares.")
    var names: String?
    @Option(help: "How many to show.") var limit = 20
    @Option(help: "CSV with many queries.") var input: String?
    @Option(help: "CSV for the answers.") var output: String?

    func validate() throws {
        if (heard == nil) == (input == nil) || (input == nil) != (output == nil) {
            throw ValidationError("Give either what was heard, or --input and --output.")
        }
        if let sex, NameFrequencies.Sex(rawValue: sex) == nil {
            throw ValidationError("--sex is male or female.")
        }
        if limit < 1 || limit > 200 { throw ValidationError("Show between 1 and 200.") }
    }

    func run() throws {
        try hearing {
            let ear = try options.ear()
            let shares =
                if let names {
                    try NameFrequencies(
                        folder: names, ear: ear, sex: sex.flatMap(NameFrequencies.Sex.init))
                } else {
                    NameFrequencies(
                        surnames: NameShares.surnames.map { ($0.surname, $0.share) }
                            + NameShares.rareSurnames.map { ($0, NameShares.surnameFloor) },
                        given: NameShares.givenShareList.map { ($0.character, $0.share) }, ear: ear)
                }
            if let heard {
                let spelling = try ear.reader.spelling(heard)
                for (rank, name) in try ear.hearName(
                    spelling, area: area, among: shares, limit: limit
                ).enumerated() {
                    print(
                        "\(rank + 1). \(name.name)  "
                            + String(
                                format: "LR %.3g  %.2f %%", name.ratio, name.probability * 100))
                }
            } else {
                try answerFile(input, output) {
                    try EarBatch(ear: ear, limit: limit).runNames(
                        csv: $0, among: shares, name: $1)
                }
            }
        }
    }
}
