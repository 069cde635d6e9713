import ArgumentParser
import Foundation
import GuituKinship
import GuituText

/// A laboratory's own work, of which the station sees only a conclusion: on
/// files, without a server and without an account, or in the library.
struct DNACommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dna",
        abstract: "Compute kinship from files of DNA profiles, or in a laboratory's library.",
        discussion: """
            lr, search, power, family and frequencies need no account: everything comes from the \
            files you name and goes to standard output; nothing is kept. What is worth knowing goes to \
            standard error. A file with a fault is refused, with the row and the reason, before \
            anything is written. The others work in the library, as an account.
            """,
        subcommands: [
            RatioCommand.self, SearchCommand.self, PowerCommand.self, FamilyCommand.self,
            FrequenciesCommand.self,
            LibraryCommands.self, ImportProfilesCommand.self, ConfirmMatchCommand.self,
            LedgerCommand.self,
        ])
}

/// What every computation shares: one flag for each option of the engine.
struct KinshipFlags: ParsableArguments {
    @Option(help: "Frequencies: locus,allele,frequency[,population,n,source]. May be repeated.")
    var frequencies: [String]

    @Option(
        help: """
            none, equal:0.002, proportional:0.002 or \
            stepwise:male=0.002,female=0.0005,range=0.1,rate2=1e-6 (male= and female= everywhere).
            """)
    var mutation = "none"

    @Option(help: "Balding-Nichols coefficient, 0 to below 1.")
    var theta = 0.0

    @Option(help: "Frequency of a silent allele.")
    var silent = 0.0

    @Flag(help: "The loci are on the X.")
    var x = false

    @Option(
        help: """
            Least frequency: none, flat:0.001 or 5/2N. Alleles off the table are added, all are \
            raised to it, then each locus is scaled to 1.
            """)
    var minimum = "none"

    @Option(help: "N for 5/2N where the table does not say it.")
    var persons: Double?

    func settings() throws -> KinshipSettings {
        KinshipSettings(
            options: KinshipOptions(
                mutation: try Mutation(parsing: mutation), theta: theta, silent: silent, onX: x),
            minimum: try MinimumFrequency(parsing: minimum), persons: persons)
    }

    func files() throws -> [CSVFile] { try frequencies.map(readCSV) }
}

struct RatioCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lr",
        abstract: "Compute the likelihood ratio of two pedigrees, locus by locus.",
        discussion: """
            For each family of the genotypes: P(genotypes | hypothesis 1) / P(genotypes | \
            hypothesis 2). With several populations each stands beside the others and the smallest \
            total is marked. "nan" is undefined: impossible under both hypotheses.
            """)

    @OptionGroup var flags: KinshipFlags

    @Option(help: "case,family,id,locus,genotype with 15/17, 15/? or -/- for untyped.")
    var genotypes: String

    @Option(help: "case,hypothesis,id,father,mother,sex[,same_as]; 0 is no parent, sex 1 or 2.")
    var pedigrees: String

    @Flag(help: "Comma-separated with 17 digits, instead of a table to read.")
    var csv = false

    func run() throws {
        try refusing {
            let report = try RatioReport(
                frequencies: flags.files(), genotypes: readCSV(genotypes),
                pedigrees: readCSV(pedigrees), settings: flags.settings())
            warn(report.warnings)
            write(report.csv(), asTable: !csv)
        }
    }
}

struct FamilyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "family",
        abstract: "Read a family from lines of words or a table, check it and draw it.",
        discussion: """
            One person a line: the name, then man or woman, father=, mother=, twin= (identical), \
            fraternal=, missing, sampled, deceased, or 男 女 父= 母= 同卵= 异卵= 失踪 已采样 已故. Or a \
            table: id,father,mother,sex[,same_as,fraternal_of,missing,sampled,deceased]. Prints the family as lines, in \
            order; what is no family is refused with its row.
            """)

    @Argument(help: "The family.")
    var file: String

    @Option(
        help: "Write the drawing there: squares, circles, filled when sampled, ? who is missing.")
    var svg: String?

    @Option(help: "Words of the lines and the drawing: zh-Hans or en.")
    var language = Language.zhHans

    @Flag(help: "Print the table that the other dna commands read, instead of lines.")
    var csv = false

    func run() throws {
        try refusing {
            guard let said = String(validating: try readBytes(file), as: UTF8.self) else {
                throw InputError(file: file, .notUTF8)
            }
            let family = try Family(reading: said, name: file)
            if let svg {
                let text = Text(language)
                let drawing = FamilyDrawing(family).svg(
                    .init(
                        title: text("family.drawing"), sampled: text("family.sampled"),
                        missing: text("family.missing"), deceased: text("family.deceased")))
                do {
                    try Data(drawing.utf8).write(to: URL(fileURLWithPath: svg))
                } catch { throw InputError(file: svg, .unwritable) }
            }
            let lines = csv ? family.csv() : family.text(inEnglish: language == .en)
            FileHandle.standardOutput.write(Data(lines.utf8))
        }
    }
}

struct PowerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "power",
        abstract: "Foresee how well a family can recognise its missing member.",
        discussion: """
            Simulates the missing person and strangers against the relatives typed so far and those \
            planned, and says which relative to sample next. Whom the family marks as sampled and \
            whose profile is not among those given is taken as planned. The same seed gives the same \
            numbers.
            """)

    @OptionGroup var flags: KinshipFlags

    @Option(
        help: """
            The family: lines of words as guitu dna family reads them, or one case of \
            id,father,mother,sex[,same_as,missing,sampled,deceased].
            """)
    var pedigrees: String

    @Option(help: "Who is missing; whom the family marks so if not given.")
    var missing: String?

    @Option(help: "Profiles of relatives already typed: id,sex, then a column a locus.")
    var profiles: String?

    @Option(help: "Relatives who would be sampled as well, by comma.")
    var planned: String?

    @Option(help: "The ratio that would count as found.")
    var threshold = 10000.0

    @Option(help: "How many times each.")
    var simulations = 2000

    @Option(help: "Where the random numbers begin.")
    var seed: UInt64 = 1

    @Option(help: "Which population of the frequencies.")
    var population: String?

    @Flag(help: "Also try every relative not yet typed as the next.")
    var next = false

    @Flag(help: "Show on standard error how far it is.")
    var progress = false

    @Flag(help: "Comma-separated, instead of a table to read.")
    var csv = false

    func validate() throws {
        if simulations < 1 || simulations > 1_000_000 {
            throw ValidationError("Between 1 and 1,000,000 simulations.")
        }
        if !(threshold > 0) { throw ValidationError("The threshold is a ratio above 0.") }
    }

    func run() throws {
        try refusing {
            let given = try PowerFiles(
                frequencies: flags.files(), pedigrees: readFamily(pedigrees), missing: missing,
                profiles: profiles.map(readCSV), settings: flags.settings(),
                population: population)
            warn(given.warnings)
            let ids = (planned ?? "").split(separator: ",").map(String.init)
            let study = try given.study(planned: ids)
            var said = ""
            func show(_ name: String, _ share: Double) -> Bool {
                let now = "\(name): \(Int(share * 10) * 10) % simulated"
                if progress, now != said { complain(now) }
                said = now
                return true
            }
            let planned = try study.run(
                simulations: simulations, threshold: threshold, seed: seed
            ) { show("as planned", $0) }
            var lines = [(name: "as planned", outcome: planned)]
            if next {
                let tried = try study.nextRelative(
                    simulations: simulations, threshold: threshold, seed: seed
                ) { show("with \($0)", $1) }
                lines += tried.map { ("with \($0.id)", $0.outcome) }
            }
            var text =
                "sampled,found,false,excluded,log10_5,log10_25,log10_50,log10_75,log10_95,"
                + "stranger_50,stranger_95\n"
            for (name, outcome) in lines {
                let quantiles = [0.05, 0.25, 0.5, 0.75, 0.95]
                    .map { outcome.quantile($0, of: outcome.related) }
                let strangers = [0.5, 0.95].map { outcome.quantile($0, of: outcome.unrelated) }
                let numbers =
                    [outcome.found, outcome.falselyFound, outcome.exclusionPower] + quantiles
                    + strangers
                text +=
                    ([CSVText.field(name)] + numbers.map { String(format: "%.6g", $0) })
                    .joined(separator: ",") + "\n"
            }
            write(text, asTable: !csv)
        }
    }
}

struct FrequenciesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "frequencies",
        abstract: "Check a table of allele frequencies and show what it holds.",
        discussion: "One line a locus: alleles, what the numbers sum to, the rarest, the source.")

    @OptionGroup var flags: KinshipFlags

    @Flag(help: "Comma-separated, instead of a table to read.")
    var csv = false

    func run() throws {
        try refusing {
            let tables = try flags.settings().tables(flags.files())
            var text = "population,locus,alleles,sum,rarest,persons,source\n"
            for table in tables {
                for locus in table.loci {
                    text +=
                        [
                            CSVText.field(table.population), CSVText.field(locus.name),
                            "\(locus.alleles.count)", "\(locus.givenSum)",
                            String(format: "%.6g", locus.frequencies.min() ?? 0),
                            locus.persons.map { String(format: "%g", $0) } ?? "",
                            CSVText.field(table.source),
                        ].joined(separator: ",") + "\n"
                }
                for pair in Linkage.pairs(among: table.loci.map(\.name)) {
                    warn([.linked(pair)])
                }
            }
            write(text, asTable: !csv)
        }
    }
}

/// A whole file; a missing one is refused like a wrong one.
func readCSV(_ path: String) throws -> CSVFile {
    try CSVFile(name: path, bytes: readBytes(path))
}

/// A family as lines of words or as a table.
func readFamily(_ path: String) throws -> CSVFile {
    try CSVFile(family: readBytes(path), name: path)
}

func readBytes(_ path: String) throws -> [UInt8] {
    do {
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch { throw InputError(file: path, .unreadable) }
}

func warn(_ warnings: [KinshipWarning]) {
    for warning in warnings { complain("note: \(warning)") }
}

func write(_ csv: String, asTable: Bool) {
    FileHandle.standardOutput.write(Data((asTable ? TextTable.aligned(csv) : csv).utf8))
}

/// Runs; a refusal is said on standard error and ends with its exit code.
func refusing(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let error as InputError {
        complain(said(error, Text(languageOfCommands())))
        throw Exit.refused.code
    } catch let error as OptionError {
        complain("\(error)")
        throw Exit.usage.code
    }
}

/// A refusal in words: the file, the row if there is one, and what is wrong.
func said(_ error: InputError, _ text: Text) -> String {
    let words = error.reason.words
    let reason = text(TextKey(said: words.key), words.values)
    guard let row = error.row else {
        return text("kinship.file", ["file": error.file, "reason": reason])
    }
    return text("kinship.row", ["file": error.file, "row": "\(row)", "reason": reason])
}

/// What the environment asks for, else Chinese: these commands read no
/// configuration.
private func languageOfCommands() -> Language {
    CommandSetting.language(nil, ProcessInfo.processInfo.environment, Configuration())
}
