import ArgumentParser
import Foundation
import GuituCore
import GuituKinship
import GuituModel
import GuituText

extension LibraryCommands {
    struct Ask: LibraryCommand {
        static let configuration = CommandConfiguration(
            commandName: "search",
            abstract: "Search the library, and give every pair at or above the threshold.",
            discussion: """
                Computed here and stored in parts: stopped, the running server goes on with it, or \
                'result' does. The method is the one in force.
                """)
        @OptionGroup var options: ActingOptions
        @OptionGroup var why: InquiryFlags
        @Option(help: "One sample against everyone.")
        var sample: String?
        @Flag(help: "All unidentified against all relatives and all families.")
        var unidentified = false
        @Flag(help: "Everyone against everyone.")
        var everyone = false
        @Option(help: "In place of the method's relations, by comma.")
        var relation: String?
        @Option(help: "In place of the method's least ratio.")
        var threshold: Double?
        @Flag(help: "Show on standard error how far it is.")
        var progress = false
        @Flag(help: "Leave it to the running server.")
        var later = false

        func validate() throws {
            if [sample != nil, unidentified, everyone].count(where: { $0 }) != 1 {
                throw ValidationError("Give one of --sample, --unidentified and --everyone.")
            }
        }

        func run(in context: CommandContext, at laboratory: Laboratory) async throws {
            var search = SearchLibrary(
                kind: sample != nil ? .one : unidentified ? .unidentified : .everyone,
                subject: sample, inquiry: why.inquiry)
            search.relations = relation.map(words)
            search.threshold = threshold
            let id = try await laboratory.perform(search, as: context.actor)
            if later { return try context.print("search \(id)", json: ["search": id]) }
            try await answer(id, at: laboratory, context, shows: progress)
        }
    }

    struct Result: LibraryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a search and what it found; one that was stopped goes on first.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The search's id.")
        var search: String
        @Flag(help: "Show on standard error how far it is.")
        var progress = false

        func run(in context: CommandContext, at laboratory: Laboratory) async throws {
            let id: LibrarySearch.ID = try context.id(search)
            // Who may not see it may not have it computed either.
            let seen = try await laboratory.perform(
                SeeSearch(search: id, limit: 1), as: context.actor)
            if seen.search.state == .waiting || seen.search.state == .running {
                return try await LibraryCommands.answer(
                    id, at: laboratory, context, shows: progress)
            }
            try await LibraryCommands.show(id, at: laboratory, context)
        }
    }

    struct Searches: LibraryCommand {
        static let configuration = CommandConfiguration(abstract: "List the latest searches.")
        @OptionGroup var options: ActingOptions

        func run(in context: CommandContext, at laboratory: Laboratory) async throws {
            let all = try await laboratory.perform(ListSearches(), as: context.actor)
            let lines = all.map { search in
                [
                    "\(search.id)", context.text(search.askedAt), search.kind.rawValue,
                    search.subject ?? "", search.state.rawValue, "\(search.done)/\(search.total)",
                    "\(search.observed)", search.purpose,
                ].joined(separator: "\t")
            }
            try context.print(lines.joined(separator: "\n"), json: all)
        }
    }

    struct Compare: LibraryCommand {
        static let configuration = CommandConfiguration(
            commandName: "lr",
            abstract: "Compute the likelihood ratio of two samples, locus by locus.",
            discussion: """
                As 'guitu dna lr' gives it from files, by the method in force. "mutation" marks a \
                locus that is impossible without one.
                """)
        @OptionGroup var options: ActingOptions
        @OptionGroup var why: InquiryFlags
        @Argument(help: "The sample asked about.")
        var query: String
        @Argument(help: "The other one.")
        var candidate: String
        @Option(help: "What the other would be to it.")
        var relation: String

        func run(in context: CommandContext, at laboratory: Laboratory) async throws {
            let answer = try await laboratory.perform(
                CompareSamples(
                    query: query, candidate: candidate, relation: relation, inquiry: why.inquiry),
                as: context.actor)
            func number(_ value: Double?) -> String {
                value.map { String(format: "%.17g", $0) } ?? ""
            }
            var lines = ["locus\t\(query)\t\(candidate)\tlog10_lr\trarest\t"]
            lines += answer.lines.map { line in
                [
                    line.locus, line.query?.given ?? "", line.candidate?.given ?? "",
                    line.isUndefined ? "nan" : number(line.log10),
                    line.rarest.map { String(format: "%.6g", $0) } ?? "",
                    line.needsMutation ? "mutation" : "",
                ].joined(separator: "\t")
            }
            let total = answer.isExcluded ? "-inf" : answer.log10.map { number($0) } ?? "nan"
            lines.append("TOTAL\t\t\t\(total)\t\t")
            try context.print(lines.joined(separator: "\n"), json: answer)
        }
    }

    struct Matches: LibraryCommand {
        static let configuration = CommandConfiguration(
            abstract: "List matches, the largest ratio first.")
        @OptionGroup var options: ActingOptions
        @Option(help: "new, first-confirmed, confirmed, rejected or all.")
        var state = "new"
        @Option(help: "Pass over so many.")
        var offset = 0
        @Option(help: "Lines on a page, up to 500.")
        var limit = 50

        func validate() throws {
            if state != "all", Match.State(rawValue: state) == nil {
                throw ValidationError(
                    "--state is new, first-confirmed, confirmed, rejected or all.")
            }
        }

        func run(in context: CommandContext, at laboratory: Laboratory) async throws {
            let page = try await laboratory.perform(
                ListMatches(state: Match.State(rawValue: state), offset: offset, limit: limit),
                as: context.actor)
            try context.print(
                page.matches.map(LibraryCommands.line).joined(separator: "\n"), json: page)
        }
    }

    fileprivate static func line(_ match: Match) -> String {
        [
            "\(match.id)", match.query, match.candidate, match.relation,
            String(format: "%.17g", match.log10), match.state.rawValue,
        ].joined(separator: "\t")
    }

    /// Computes what is missing of a search and shows it.
    fileprivate static func answer(
        _ id: LibrarySearch.ID, at laboratory: Laboratory, _ context: CommandContext, shows: Bool
    ) async throws {
        try await laboratory.answer(id) { done, total in
            if shows { complain("\(done)/\(total)") }
        }
        try await show(id, at: laboratory, context)
    }

    fileprivate static func show(
        _ id: LibrarySearch.ID, at laboratory: Laboratory, _ context: CommandContext
    ) async throws {
        let seen = try await laboratory.perform(
            SeeSearch(search: id, limit: 10_000), as: context.actor)
        let search = seen.search
        try context.print(seen.matches.map(line).joined(separator: "\n"), json: seen)
        if search.state == .failed {
            complain(context.text("library.method", ["reason": search.failure]))
            throw Exit.refused.code
        }
        let expected = String(format: "%.3g", search.expectedFalseHits)
        complain(
            context.text(
                "library.searched",
                [
                    "comparisons": "\(search.comparisons)", "count": "\(search.observed)",
                    "threshold": "\(search.threshold)", "expected": expected,
                ]))
    }
}

/// An officer's verdict on a match.
struct ConfirmMatchCommand: LibraryCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm",
        abstract: "Confirm or reject a match of the library; two different officers confirm.",
        discussion: """
            The second confirmation tells the stations that noted the sample numbers that the \
            laboratory concluded and when, and nothing else.
            """)
    @OptionGroup var options: ActingOptions
    @Argument(help: "The match's id.")
    var match: String
    @Option(help: "Why, in a sentence.")
    var reason: String
    @Flag(help: "Reject it; one officer does.")
    var reject = false

    func run(in context: CommandContext, at laboratory: Laboratory) async throws {
        let state = try await laboratory.decide(
            DecideMatch(
                match: context.id(match), verdict: reject ? .reject : .confirm, reason: reason),
            as: context.actor)
        try context.print(state.rawValue, json: ["state": state])
    }
}

struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Read, verify and export the ledger of the library.",
        subcommands: [List.self, Verify.self, ExportLines.self])

    struct List: LibraryCommand {
        static let configuration = CommandConfiguration(
            abstract: "List who asked the library what and why, newest first.")
        @OptionGroup var options: ActingOptions
        @Option(help: "Begin before this entry's number.")
        var before: Int64?
        @Option(help: "Lines on a page, up to 500.")
        var limit = 50

        func run(in context: CommandContext, at laboratory: Laboratory) async throws {
            let page = try await laboratory.perform(
                ReadLedger(before: before, limit: limit), as: context.actor)
            var lines = page.lines.map { line in
                [
                    "\(line.sequence)", context.text(line.at), line.entry.by,
                    line.entry.what, line.entry.purpose, line.entry.caseNumber,
                    "\(line.entry.results)",
                ].joined(separator: "\t")
            }
            if page.hasMore, let last = page.lines.last {
                lines.append(context.text("library.ledgerBefore", ["number": "\(last.sequence)"]))
            }
            try context.print(lines.joined(separator: "\n"), json: page)
        }
    }

    struct Verify: LibraryCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify the ledger against the library's keys.",
            discussion: "Exit code 0: sound; 10: faults were found.")
        @OptionGroup var options: ActingOptions

        func run(in context: CommandContext, at laboratory: Laboratory) async throws {
            let report = try await laboratory.verifyLedger(as: context.actor)
            try context.print(
                context.text(
                    report.isSound ? "library.ledgerSound" : "library.ledgerFaults",
                    [
                        "entries": "\(report.entries)",
                        "faults":
                            "\(report.faults.count + report.changed.count + report.strangers)",
                    ]), json: report)
            if !report.isSound { throw Exit.faults.code }
        }
    }

    struct ExportLines: LibraryCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Write the whole ledger to standard output, oldest first.",
            discussion: "Comma-separated, or with --json an object a line.")
        @OptionGroup var options: ActingOptions

        func run(in context: CommandContext, at laboratory: Laboratory) async throws {
            var after: Int64 = 0
            if !context.setting.isJSON { print(LedgerLine.header.joined(separator: ",")) }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            while true {
                let part = try await laboratory.perform(
                    ExportLedger(after: after), as: context.actor)
                for line in part.lines {
                    print(
                        context.setting.isJSON
                            ? String(decoding: try encoder.encode(line), as: UTF8.self)
                            : line.fields.map(CSVText.field).joined(separator: ","))
                }
                guard let last = part.lines.last, part.hasMore else { return }
                after = last.sequence
            }
        }
    }
}
