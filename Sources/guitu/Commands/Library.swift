import ArgumentParser
import Foundation
import GuituCore
import GuituKinship
import GuituModel
import GuituText

/// A command that works in the library of profiles, as an account.
protocol LibraryCommand: ActingCommand {
    func run(in context: CommandContext, at laboratory: Laboratory) async throws
}

extension LibraryCommand {
    func run(in context: CommandContext) async throws {
        let laboratory = context.setting.laboratory(at: context.workplace)
        do {
            try await run(in: context, at: laboratory)
        } catch {
            await laboratory.close()
            throw error
        }
        await laboratory.close()
    }
}

/// Why the library is asked; the ledger keeps both.
struct InquiryFlags: ParsableArguments {
    @Option(help: "Why you ask; it stands in the ledger.")
    var purpose: String

    @Option(name: .customLong("case"), help: "The number of the case or of the request.")
    var caseNumber = ""

    var inquiry: Inquiry { Inquiry(purpose: purpose, caseNumber: caseNumber) }
}

extension SampleKind: ExpressibleByArgument {
    static var words: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
extension SampleFormat: ExpressibleByArgument {}
extension SinglePeak: ExpressibleByArgument {}

struct LibraryCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "library",
        abstract: "Keep, compare and search a laboratory's library of profiles.",
        discussion: """
            The library is a database of its own with its own key ring, off until a system \
            administrator records the authorising document. Every query is written to its ledger.
            """,
        subcommands: [
            Enable.self, Status.self, Method.self, List.self, Show.self, Family.self, Ask.self,
            Result.self, Searches.self, Compare.self, Matches.self,
        ])
}

extension LibraryCommands {
    struct Enable: LibraryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enable the library: record the document that authorises it.",
            discussion: "A later document goes on from an earlier one; the office stays the same.")
        @OptionGroup var options: ActingOptions
        @Option(help: "The id of the office that holds the library; not a station.")
        var area: String
        @Option(help: "The laboratory, as conclusions name it.")
        var laboratory: String
        @Option(help: "The document's number.")
        var document: String
        @Option(help: "Who signed the document.")
        var office: String
        @Option(help: "The day it was signed, as 2026-11-24.")
        var signed: Day
        @Option(help: "The last day on which the library may be used.")
        var until: Day

        func run(in context: CommandContext, at laboratory: Laboratory) async throws {
            try await laboratory.perform(
                EnableLibrary(
                    area: context.id(area), laboratory: self.laboratory, document: document,
                    office: office, signedOn: signed, until: until), as: context.actor)
            try context.print(
                context.text("library.enabled", ["day": context.text(until)]), json: Nothing())
        }
    }

    struct Status: LibraryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show whether the library is on, under which document, and what is in it.")
        @OptionGroup var options: ActingOptions

        func run(in context: CommandContext, at laboratory: Laboratory) async throws {
            let seen = try await laboratory.perform(SeeLibrary(), as: context.actor)
            let text = context.text
            var lines = [text(seen.isOn ? "library.on" : "library.off")]
            if let given = seen.authorisation {
                lines.append("\(given.laboratory)\t\(given.document)\t\(given.office)")
                lines.append("\(given.signedOn)\t\(given.until)")
            }
            lines += seen.samples.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value)" }
            lines.append("\(text("library.families"))\t\(seen.families)")
            lines += seen.matches.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value)" }
            lines.append("\(text("library.openSearches"))\t\(seen.openSearches)")
            if let method = seen.method {
                lines.append(
                    [method.name, method.mutation, method.relations.joined(separator: ",")]
                        .joined(separator: "\t") + "\t≥ \(method.threshold)")
            } else {
                lines.append(text("library.noMethod"))
            }
            try context.print(lines.joined(separator: "\n"), json: seen)
        }
    }

    struct Method: LibraryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Choose how the library compares from now on.",
            discussion: "The table is kept in the library, so that a search can be repeated.")
        @OptionGroup var options: ActingOptions
        @Option(help: "Frequencies: locus,allele,frequency[,population,n,source].")
        var frequencies: String
        @Option(help: "Which population of them.")
        var population: String?
        @Option(help: "The model of mutation, as of 'guitu dna lr'.")
        var mutation = "none"
        @Option(help: "Balding-Nichols coefficient.")
        var theta = 0.0
        @Option(help: "Frequency of a silent allele.")
        var silent = 0.0
        @Option(help: "Least frequency: none, flat:0.001 or 5/2N.")
        var minimum = "flat:0.001"
        @Option(help: "N for 5/2N where the table does not say it.")
        var persons: Double?
        @Option(help: "What new samples are compared as, by comma.")
        var relation = "parent,child,full-sib"
        @Option(help: "The least ratio that is kept.")
        var threshold = 10_000.0

        func run(in context: CommandContext, at laboratory: Laboratory) async throws {
            guard let data = FileManager.default.contents(atPath: frequencies) else {
                throw Ending.refused(SampleFileRefused(fault: .unreadable))
            }
            var method = LibraryMethod(
                frequencies: String(decoding: data, as: UTF8.self),
                name: URL(fileURLWithPath: frequencies).lastPathComponent)
            method.population = population
            method.mutation = mutation
            method.theta = theta
            method.silent = silent
            method.minimum = minimum
            method.persons = persons
            method.relations = words(relation)
            method.threshold = threshold
            let chosen = try await laboratory.perform(
                ChooseMethod(method: method), as: context.actor)
            try context.print(
                context.text("library.methodChosen", ["name": chosen.name]), json: chosen)
        }
    }

    struct List: LibraryCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the library's samples by number, without their typings.")
        @OptionGroup var options: ActingOptions
        @Option(help: "Only these: \(SampleKind.words).")
        var kind: SampleKind?
        @Option(help: "Begin after this number.")
        var after: String?
        @Option(help: "Lines on a page, up to 500.")
        var limit = 50

        func run(in context: CommandContext, at laboratory: Laboratory) async throws {
            let page = try await laboratory.perform(
                ListSamples(kind: kind, after: after, limit: limit), as: context.actor)
            var lines = page.lines.map { line in
                ([
                    line.number, line.kind.rawValue, "\(line.sex)", line.family, line.member,
                    "\(line.loci)",
                ] + line.marks.map { context.setting.say($0.saying) }).joined(separator: "\t")
            }
            if page.hasMore, let last = page.lines.last {
                lines.append(context.text("audit.nextPage", ["after": last.number]))
            }
            try context.print(lines.joined(separator: "\n"), json: page)
        }
    }

    struct Show: LibraryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one sample with its typing.")
        @OptionGroup var options: ActingOptions
        @OptionGroup var why: InquiryFlags
        @Argument(help: "The sample's number.")
        var number: String

        func run(in context: CommandContext, at laboratory: Laboratory) async throws {
            let seen = try await laboratory.perform(
                SeeSample(number: number, inquiry: why.inquiry), as: context.actor)
            var lines = ["\(seen.line.number)\t\(seen.line.kind.rawValue)\t\(seen.line.sex)"]
            lines += seen.line.marks.map { context.setting.say($0.saying) }
            lines += seen.calls.map { "\($0.locus)\t\($0.given)\t\($0.read)" }
            try context.print(lines.joined(separator: "\n"), json: seen)
        }
    }

    struct Family: LibraryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep the family of somebody missing; without a file list the families.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The family's code.")
        var code: String?
        @Option(help: "Its members: id,father,mother,sex; a typed one's id is its sample number.")
        var pedigree: String?
        @Option(help: "Who of it is missing.")
        var missing: String?

        func validate() throws {
            if (code == nil) != (pedigree == nil) || (pedigree == nil) != (missing == nil) {
                throw ValidationError("Give a code, --pedigree and --missing, or none of them.")
            }
        }

        func run(in context: CommandContext, at laboratory: Laboratory) async throws {
            if let code, let pedigree, let missing {
                guard let data = FileManager.default.contents(atPath: pedigree) else {
                    throw Ending.refused(SampleFileRefused(fault: .unreadable))
                }
                let kept = try await laboratory.perform(
                    KeepFamily(
                        code: code, pedigree: String(decoding: data, as: UTF8.self),
                        missing: missing), as: context.actor)
                try context.print(
                    context.text(
                        "library.familyKept", ["list": kept.typed.joined(separator: ", ")]),
                    json: kept)
            } else {
                let all = try await laboratory.perform(ListFamilies(), as: context.actor)
                try context.print(
                    all.map { "\($0.code)\t\($0.missing)" }.joined(separator: "\n"), json: all)
            }
        }
    }
}

/// Words by comma, none of them empty.
func words(_ typed: String) -> [String] {
    typed.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
}

/// Loads laboratories' files into the library.
struct ImportProfilesCommand: LibraryCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import laboratories' files of profiles into the library.",
        discussion: """
            A file with a fault is refused whole, every row with its reason, unless --keep-good. \
            What is there already with the same typing is passed over. New samples are compared at \
            once with everyone by the method in force. CODIS CMF is read by our reading of public \
            descriptions. Exit code 6: a file was refused.
            """)
    @OptionGroup var options: ActingOptions
    @Argument(help: "The files.")
    var files: [String]
    @Option(help: "csv, genemapper or cmf.")
    var format = SampleFormat.csv
    @Option(help: "Whose samples, where the file does not say: \(SampleKind.words).")
    var kind: SampleKind?
    @Option(help: "What a single allele is: homozygote (15/15) or half (15/?).")
    var single = SinglePeak.half
    @Option(help: "Samples with fewer loci are marked.")
    var leastLoci = 12
    @Flag(help: "Read and report only; keep nothing.")
    var check = false
    @Flag(help: "Keep the good rows of a file that has bad ones.")
    var keepGood = false
    @Flag(help: "Leave the comparison of new samples to the running server.")
    var later = false

    func run(in context: CommandContext, at laboratory: Laboratory) async throws {
        var reports: [ImportSamples.Report] = []
        for file in files {
            var load = ImportSamples(input: .file(path: file), format: format)
            load.kind = kind
            load.single = single
            load.leastLoci = leastLoci
            load.skipsFaults = keepGood
            load.onlyChecks = check
            reports.append(try await laboratory.perform(load, as: context.actor))
        }
        if !later {
            for case let search? in reports.map(\.search) { try await laboratory.answer(search) }
        }
        let text = context.text
        let lines = reports.flatMap { report -> [String] in
            [
                text(
                    report.wasRefused ? "library.fileRefused" : "library.fileRead",
                    [
                        "file": report.file, "rows": "\(report.rows)",
                        "loaded": "\(report.loaded)", "known": "\(report.known)",
                        "refused": "\(report.refused)",
                    ])
            ]
                + report.problems.map { problem in
                    "\(report.file):\(problem.row)\t\(problem.number ?? "")\t"
                        + context.setting.say(problem.saying)
                }
                + report.remarks.map { remark in
                    "\(report.file):\(remark.row)\t\(remark.number)\t"
                        + context.setting.say(remark.saying)
                } + (report.search.map { ["search \($0)"] } ?? [])
        }
        try context.print(lines.joined(separator: "\n"), json: reports)
        if reports.contains(where: \.wasRefused) { throw Exit.refused.code }
    }
}
