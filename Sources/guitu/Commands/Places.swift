import ArgumentParser
import Foundation
import GuituEar
import GuituModel

/// Words heard become places: on files and questions typed, without a server.
struct PlacesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "places",
        abstract: "Find the places that words heard in dialect may have meant.",
        discussion: """
            Everything is computed from one index file: --index, else GUITU_PLACES, else \
            places.index beside the program. "make build" makes it; "guitu places build" makes \
            one from other lists.
            """,
        subcommands: [
            PlacesHear.self, PlacesBelief.self, PlacesShow.self, PlacesAlias.self,
            PlacesImportCommand.self, PlacesClues.self, PlacesBuild.self,
        ])
}

/// Which index, and which names stations have added.
struct EarOptions: ParsableArguments {
    @Option(help: "The index file.")
    var index: String?

    @Option(help: "Names that solved cases added; else places-aliases.tsv beside the index.")
    var aliases: String?

    @Option(help: "What else is known of places; else places-clues.tsv beside the index.")
    var clues: String?

    var indexPath: String {
        if let index { return index }
        if let set = ProcessInfo.processInfo.environment["GUITU_PLACES"], !set.isEmpty {
            return set
        }
        return Self.besideProgram("places.index")
    }

    var aliasPath: String {
        aliases
            ?? URL(fileURLWithPath: indexPath).deletingLastPathComponent()
            .appendingPathComponent("places-aliases.tsv").path
    }

    var cluesPath: String {
        clues
            ?? URL(fileURLWithPath: indexPath).deletingLastPathComponent()
            .appendingPathComponent("places-clues.tsv").path
    }

    static func besideProgram(_ name: String) -> String {
        let program =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: program).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent(name).path
    }

    func ear() throws -> Ear {
        guard FileManager.default.fileExists(atPath: indexPath) else {
            complain(
                "\(indexPath): no index of places. Make it with \"make build\" or \"guitu places build\"."
            )
            throw Exit.notFound.code
        }
        var ear = Ear(index: try EarIndex(path: indexPath))
        if FileManager.default.fileExists(atPath: aliasPath) {
            let today = SystemClock().now.inChina.day
            for fault in try ear.use(AliasTable(path: aliasPath), on: today) {
                complain("note: \(fault)")
            }
        }
        if FileManager.default.fileExists(atPath: cluesPath) {
            for fault in try ear.use(ClueTable(path: cluesPath)) { complain("note: \(fault)") }
        }
        return ear
    }
}

struct PlacesBuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build the index from tables of places and of dialect readings.",
        discussion: """
            The same tables give the same bytes; the digest is printed. Without options the tables \
            that Scripts/fetch-data took from the package registry are used. A missing table is \
            named and done without. Columns: Documentation/Ear.md.
            """)

    @Option(help: "Folder with divisions, townships, villages and county-history .tsv.")
    var places: String?

    @Option(help: "Folder with dialect-points, dialect-readings and mandarin .tsv.")
    var readings: String?

    @Option(help: "The index file to write; else places.index beside the program.")
    var output: String?

    func run() throws {
        try hearing {
            let fetched = ".build/data"
            let placesFolder = places ?? fetched + "/places"
            let readingsFolder = readings ?? fetched + "/readings"
            if places == nil || readings == nil,
                !FileManager.default.fileExists(atPath: fetched)
            {
                complain("\(fetched) is not there. Fetch the tables with Scripts/fetch-data.")
                throw Exit.notFound.code
            }
            let builder = try IndexBuilder(places: placesFolder, readings: readingsFolder)
            let (bytes, about) = try builder.build()
            let path = output ?? EarOptions.besideProgram("places.index")
            // Beside it first: a reader never sees half an index.
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
            for name in about.missing { complain("note: \(name) is missing, done without") }
            for point in about.unplaced { complain("note: dialect point \(point): no place found") }
            print(
                "\(path): \(about.places) places, \(about.names) names, \(about.points) dialect "
                    + "points, \(bytes.count) bytes")
            print("sha256 \(try EarIndex(path: path).digest)")
        }
    }
}

struct PlacesHear: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hear",
        abstract: "Rank the places that words heard may have meant, with the reasons.",
        discussion: """
            Write what was heard: pinyin without tones, characters or both; the place asked for \
            first, what lies above it after |. "hu/fu nan" is unsure between two; "hu lan; fu nan" \
            is what two people heard of the same words.
              guitu places hear "gu lan|lian yuan"
              guitu places hear "lao hu村|wu fu" --levels "village|township/county" --province 43
            With --input and --output: CSV with id, heard, levels, province in; id, rank, code, \
            probability, score out.
            """)

    @OptionGroup var options: EarOptions
    @Argument(help: "What was heard.") var heard: String?
    @Option(help: "One a fragment: county, township, village, or a/b for either.")
    var levels = ""
    @Option(help: "The province, if known, by its two digits.") var province = ""
    @Option(help: "How many to show.") var limit = 10
    @Option(help: "CSV with many queries.") var input: String?
    @Option(help: "CSV for the answers.") var output: String?

    func validate() throws {
        if (heard == nil) == (input == nil) || (input == nil) != (output == nil) {
            throw ValidationError("Give either what was heard, or --input and --output.")
        }
        if limit < 1 || limit > 200 { throw ValidationError("Show between 1 and 200.") }
    }

    func run() throws {
        try hearing {
            let ear = try options.ear()
            guard let heard else {
                return try answerFile(input, output) {
                    try EarBatch(ear: ear).run(csv: $0, name: $1)
                }
            }
            let utterance = try ear.reader.utterance(heard, levels: levels, province: province)
            let found = ear.hear(utterance, limit: limit)
            guard !found.isEmpty else {
                complain("No place of the lists fits.")
                throw Exit.notFound.code
            }
            for (rank, candidate) in found.enumerated() {
                let path = ear.path(of: candidate.place)
                print(
                    "\(rank + 1). \(percent(candidate.probability))  "
                        + path.map { ear.name(of: $0) }.joined(separator: " ")
                        + "  \(ear.code(of: candidate.place))")
                for (fragment, place) in ear.pair(utterance, with: candidate.place) {
                    guard let spelling = fragment.spellings.first,
                        let why = ear.explain(spelling, as: place)
                    else { continue }
                    print("     " + EarWords.sentence(why))
                }
            }
        }
    }

    private func percent(_ share: Double) -> String {
        share < 0.001 ? "<0.1 %" : String(format: "%.1f %%", share * 100)
    }
}

struct PlacesShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a place by its code: where it lies, what it was called.")

    @OptionGroup var options: EarOptions
    @Argument(
        help:
            "6 characters for a county, 9 for a township, 12 for a village; none: the index itself."
    )
    var code: String?

    func run() throws {
        try hearing {
            let ear = try options.ear()
            guard let code else {
                let about = ear.index.about
                print("\(options.indexPath)")
                print(
                    "\(about.places) places, \(about.names) names, \(about.points) dialect points, "
                        + "\(about.characters) characters")
                print("sha256 \(ear.index.digest)")
                guard ear.index.isIntact else { throw IndexError.damaged(options.indexPath) }
                for name in about.missing { print("missing: \(name)") }
                for (name, digest) in about.sources.sorted(by: { $0.key < $1.key }) {
                    print("\(name).tsv \(digest)")
                }
                return
            }
            let found = ear.places(code: code)
            guard !found.isEmpty else {
                complain("\(code): no such place in the index")
                throw Exit.notFound.code
            }
            for place in found {
                print(ear.path(of: place).map { ear.name(of: $0) }.joined(separator: " "))
                if let at = ear.coordinates(of: place) {
                    print(String(format: "%.3f, %.3f", at.longitude, at.latitude))
                }
                for name in ear.otherNames(of: place) {
                    print(
                        name.text + (name.years.map { " \($0.lowerBound)–\($0.upperBound)" } ?? ""))
                }
            }
        }
    }
}

/// Sentences for the terminal; pages have their own from the catalogs.
enum EarWords {
    static func sentence(_ why: Explanation) -> String {
        let name =
            why.name
            + (why.isFormer
                ? "(旧称\(why.formerYears.map { " \($0.lowerBound)–\($0.upperBound)" } ?? ""))"
                : why.isAlias ? "(本站补充)" : "")
        return name + ": " + why.steps.map(step).joined(separator: "; ")
    }

    private static func step(_ step: Explanation.Step) -> String {
        let said = step.character.map { "\($0) \(step.standard)" } ?? ""
        func share(_ value: Double) -> String { String(format: "%.0f %%", value * 100) }
        return switch step.reason {
        case .standard: "\(step.heard) = \(said)"
        case .usual(let area, let part): "\(step.heard) ← \(said) (\(area)常见 \(share(part)))"
        case .known(let area, let part): "\(step.heard) ← \(said) (\(area)偶见 \(share(part)))"
        case .slip: "\(step.heard) ← \(said) (误听)"
        case .lost: "– ← \(said) (漏听)"
        case .added: "\(step.heard) (多听)"
        }
    }
}

/// Runs; what is wrong with a file or with what was typed is said, with its exit code.
func hearing(_ body: () throws -> Void) throws {
    do { try body() } catch let error
        where error is TableError || error is IndexError || error is HeardError
        || error is PlacesImport.Faults
    {
        complain("\(error)")
        throw Exit.refused.code
    }
}

/// Answers a CSV file with another; rows that cannot be read are named.
func answerFile(
    _ input: String?, _ output: String?,
    _ answer: (_ file: [UInt8], _ name: String) throws -> EarBatch.Outcome
) throws {
    guard let input, let output else { return }
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: input)) else {
        throw TableError(file: input, row: nil, reason: "cannot be read")
    }
    let outcome = try answer([UInt8](data), input)
    do { try Data(outcome.csv.utf8).write(to: URL(fileURLWithPath: output)) } catch {
        throw TableError(file: output, row: nil, reason: "cannot be written")
    }
    for line in outcome.complaints { complain(line) }
}

struct PlacesBelief: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "belief",
        abstract:
            "Combine everything heard and answered into one ranking, and say what to ask next.",
        discussion: """
            The order of clues does not matter.
              guitu places belief --heard "gu lan|lian yuan" --heard "bei ma" --no 431381 --unsure 4313
              guitu places belief --heard "yu cheng" --clue plate=豫N --clue phone=0370
            """)

    @OptionGroup var options: EarOptions
    @Option(help: "What was heard once; may be repeated. Fragments as in \"hear\".")
    var heard: [String] = []
    @Option(help: "A code they said yes to; may be repeated.") var yes: [String] = []
    @Option(help: "A code they said no to; may be repeated.") var no: [String] = []
    @Option(help: "A code they were not sure of; may be repeated.") var unsure: [String] = []
    @Option(
        help:
            "What they remember, as phone=0370, plate=豫N, bus=12路 or landmark=TEXT; may be repeated."
    )
    var clue: [String] = []
    @Flag(help: "Places with more villages are likelier.") var bySettlements = false
    @Flag(help: "Places with more people are likelier, where the table of clues counts them.")
    var byPopulation = false
    @Option(help: "How many to show.") var limit = 10

    private func told(_ text: String) -> (ClueTable.Kind, String)? {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let kind = ClueTable.Kind(rawValue: parts[0]),
            kind != .population
        else { return nil }
        return (kind, parts[1])
    }

    func validate() throws {
        if [heard, yes, no, unsure, clue].allSatisfy(\.isEmpty) {
            throw ValidationError("Give at least one clue.")
        }
        for text in clue where told(text) == nil {
            throw ValidationError("\(text): write it like plate=豫N.")
        }
        if limit < 1 || limit > 200 { throw ValidationError("Show between 1 and 200.") }
    }

    func run() throws {
        try hearing {
            let ear = try options.ear()
            var clues: [(String, Clue)] = []
            for text in heard { clues.append((text, .heard(try ear.reader.utterance(text)))) }
            for code in yes { clues.append(("yes \(code)", .agreed(code: code))) }
            for code in no { clues.append(("no \(code)", .refused(code: code))) }
            for code in unsure { clues.append(("not sure \(code)", .unsure(code: code))) }
            for text in clue {
                if let (kind, value) = told(text) { clues.append((text, .told(kind, value))) }
            }
            let belief = try ear.belief(
                in: clues.map(\.1),
                prior: Prior(bySettlements: bySettlements, byPopulation: byPopulation),
                limit: limit)
            func line(_ place: GuituEar.Place) -> String {
                ear.path(of: place).map { ear.name(of: $0) }.joined(separator: " ")
                    + "  " + ear.code(of: place)
            }
            for (rank, candidate) in belief.candidates.enumerated() {
                print(
                    "\(rank + 1). \(String(format: "%.1f %%", candidate.probability * 100))  "
                        + line(candidate.place))
            }
            print(String(format: "\nStill open: %.1f bits", belief.entropy))
            for (clue, share) in zip(clues, belief.shares) {
                print(
                    String(format: "  ×%.3g  ", pow(10, share.logRatio)) + clue.0
                        + (share.contradicts ? "  (contradicts the first)" : ""))
            }
            if !belief.questions.isEmpty { print("Ask or say aloud next:") }
            for question in belief.questions {
                print(String(format: "  %.2f bits  ", question.gain) + line(question.place))
            }
        }
    }
}

struct PlacesAlias: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alias",
        abstract: "Add a name that a solved case taught; it is used at once.",
        discussion: """
            Written to a table of its own (--aliases): heard, code, who, when, until. The same \
            name again with --until ends it. Without arguments the table is printed.
            """)

    @OptionGroup var options: EarOptions
    @Argument(help: "What was heard, in characters or pinyin.") var heard: String?
    @Argument(help: "The code of the row it truly was.") var code: String?
    @Option(help: "Who says so.") var who: String?
    @Option(help: "Since when, 2026-11-24; else today.") var when: String?
    @Option(help: "The day from which it no longer counts.") var until: String?

    func validate() throws {
        if heard != nil && (code == nil || who == nil) {
            throw ValidationError("Give what was heard, the code and --who.")
        }
        for text in [when, until].compactMap({ $0 }) where Day(text) == nil {
            throw ValidationError("\(text) is no day; write it like 2026-11-24.")
        }
    }

    func run() throws {
        try hearing {
            let path = options.aliasPath
            var table =
                FileManager.default.fileExists(atPath: path)
                ? try AliasTable(path: path) : AliasTable()
            guard let heard, let code, let who else {
                print(table.text, terminator: "")
                return
            }
            var ear = try options.ear()
            let today = SystemClock().now.inChina.day
            let since = when.flatMap { Day($0) } ?? today
            var row = AliasTable.Row(heard: heard, code: code, who: who, when: since.description)
            let faults = ear.use(AliasTable(rows: [row]), on: since)
            guard faults.isEmpty else {
                for fault in faults { complain(fault) }
                throw Exit.refused.code
            }
            row.until = until ?? ""
            let same = table.rows.firstIndex {
                $0.heard == row.heard && $0.code == row.code && $0.until.isEmpty
            }
            if until != nil, let same {
                table.rows[same].until = row.until
            } else {
                table.rows.append(row)
            }
            try Data(table.text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            print("\(path): \(table.rows.count) names")
        }
    }
}

struct PlacesImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take an operator's newer or better lists into the tables of places.",
        discussion: """
            The folder holds any of divisions.tsv, townships.tsv, villages.tsv in the columns of \
            Documentation/Ear.md. Rows with a fault are named and nothing is written. Codes the new \
            list lacks are kept, replaced names stay as former ones. Then run "guitu places build".
            """)

    @Argument(help: "Folder with the new tables.") var folder: String
    @Option(help: "Folder with the tables in use.") var places = ".build/data/places"
    @Option(help: "Folder to write; else the tables in use are replaced.") var output: String?

    func run() throws {
        try hearing {
            let report = try PlacesImport.merge(folder, into: places, output: output ?? places)
            print(
                "\(report.added) added, \(report.renamed) renamed, \(report.unchanged) as before, "
                    + "\(report.kept) kept that the new lists do not have")
        }
    }
}
