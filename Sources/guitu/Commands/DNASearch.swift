import ArgumentParser
import Foundation
import GuituKinship

struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Search a library of profiles for relatives.",
        discussion: """
            Gives every pair at or above the threshold, the best first within a query, and misses \
            none. The relation says what the library's person would be to the person asked about. \
            A parent of unknown sex is computed as both and the larger is given. If both files are \
            the same, nobody is compared with themselves. With several populations a pair is given \
            if it reaches the threshold under all, each ratio beside the others, the smallest \
            marked. The posterior is (prior/n · LR) / ((1 - prior) + prior/n · sum of LR), n the \
            number compared, the sum over all of them, also those below the threshold; nobody is \
            (1 - prior) over the same. Each relation is a question of its own.
            """)

    @OptionGroup var flags: KinshipFlags

    @Option(help: "Profiles asked about: id,sex, then a column a locus (15/17, empty is untyped).")
    var queries: String

    @Option(help: "Profiles to search, in the same form.")
    var library: String

    @Option(
        help: """
            One or several, by comma: \
            \(Relation.allCases.map(\.rawValue).joined(separator: ", ")).
            """)
    var relation: String?

    @Option(help: "In place of a relation: a family of one case, the queries are its relatives.")
    var pedigrees: String?

    @Option(help: "Who of that family is looked for; whom it marks as missing if not given.")
    var missing: String?

    @Option(help: "The least ratio to give; 0 gives every pair.")
    var threshold = 1000.0

    @Option(
        help: """
            The chance, before looking, that one such relative is in the library, above 0 and below \
            1; each as likely as the next. none prints no posterior and is faster. If not given: \
            \(Posterior.usualPrior), but none with --csv or above \(Self.mostSummedUnasked) comparisons.
            """)
    var prior: String?

    @Option(help: "Only this population of the frequencies; all side by side if not given.")
    var population: String?

    @Option(help: "Threads; all processors if not given.")
    var threads: Int?

    @Option(help: "Go on after this query of an earlier run that was stopped.")
    var after: String?

    @Flag(help: "Show on standard error how far it is.")
    var progress = false

    @Flag(help: "Comma-separated with 17 digits, instead of a table to read.")
    var csv = false

    func validate() throws {
        if (relation == nil) == (pedigrees == nil) || (pedigrees == nil && missing != nil) {
            throw ValidationError("Give either --relation, or --pedigrees, perhaps with --missing.")
        }
        if !(threshold >= 0) { throw ValidationError("The threshold is a ratio, 0 or more.") }
    }

    /// About ten seconds of one processor.
    private static let mostSummedUnasked = 1_000_000_000

    func run() throws {
        try refusing {
            let report = try SearchReport(
                frequencies: flags.files(), queries: readCSV(queries), library: readCSV(library),
                settings: flags.settings(), population: population)
            let relations = try (relation ?? "").split(separator: ",").map {
                try Relation(parsing: String($0))
            }
            let prior = try chosenPrior(report, questions: relations.count * report.queries.count)
            let search = try SideBySide(
                report, threshold: threshold,
                threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
                amongThemselves: relation != nil && isSameFile(queries, library),
                sumsEverybody: prior != nil)
            warn(report.warnings)
            if let pedigrees {
                let family = try readFamily(pedigrees)
                let missing = try missing ?? family.markedMissing()
                let found = try search.run(family, missing: missing, queries: queries)
                write(
                    report.header(prior: prior)
                        + (try report.csv(found, prior: prior, family: ("family", missing))),
                    asTable: !csv)
                return try conclude(found, report, prior)
            }
            try scan(report, search, relations, prior)
        }
    }

    private func chosenPrior(_ report: SearchReport, questions: Int) throws -> Double? {
        guard let prior else {
            // What machines read has the columns it always had, until they ask.
            if csv { return nil }
            let comparisons =
                max(1, questions) * report.library.count * report.populations.count
            if comparisons <= Self.mostSummedUnasked { return Posterior.usualPrior }
            complain("note: no posterior for so many comparisons unless --prior asks for it")
            return nil
        }
        if prior == "none" { return nil }
        guard let value = Double(prior), value > 0, value < 1 else {
            throw OptionError.prior(prior)
        }
        return value
    }

    /// Slices of queries, so that what is found is out before the next begins.
    private func scan(
        _ report: SearchReport, _ search: SideBySide, _ relations: [Relation], _ prior: Double?
    ) throws {
        var next = 0
        if let after {
            guard let place = report.queries.firstIndex(where: { $0.id == after }) else {
                throw InputError(file: queries, .unknownPerson(after))
            }
            next = place + 1
        }
        var all = Findings()
        var text = next == 0 ? report.header(prior: prior) : ""
        while next < report.queries.count {
            let slice = next..<min(next + 1024, report.queries.count)
            let found = try search.run(relations, range: slice)
            // Without --csv everything is held back: columns need their widths.
            all.add(found, keeping: !csv)
            if csv {
                write(text + (try report.csv(found, prior: prior)), asTable: false)
                text = ""
            }
            next = slice.upperBound
            if progress {
                complain("\(next) of \(report.queries.count) queries, \(all.observed) found")
            }
        }
        if csv { write(text, asTable: false) }
        if !csv {
            write(report.header(prior: prior) + (try report.csv(all, prior: prior)), asTable: true)
        }
        try conclude(all, report, prior)
    }

    private func conclude(_ result: Findings, _ report: SearchReport, _ prior: Double?) throws {
        func name(_ question: Findings.Question) -> String {
            guard let relation = question.relation else { return "the family" }
            return "\(report.queries[question.query].id) (\(relation.rawValue))"
        }
        for question in result.undefined.prefix(20) {
            complain("note: \(name(question)): impossible already without the library's person")
        }
        for question in result.outOfReach.prefix(20) {
            complain("note: \(name(question)) could reach the threshold with nobody at all")
        }
        if result.outOfReach.count > 20 {
            complain("note: and \(result.outOfReach.count - 20) more could reach it with nobody")
        }
        if let prior {
            for question in result.unanswered.prefix(20) {
                let chances = try report.populations.indices.compactMap {
                    try result.posterior(question, population: $0, prior: prior)
                }.map { String(format: "%.6g", $0.chanceOfNobody) }
                complain(
                    "note: \(name(question)): nobody found; that no such relative is here: "
                        + chances.joined(separator: ", "))
            }
            if result.unanswered.count > 20 {
                complain("note: and \(result.unanswered.count - 20) more with nobody found")
            }
            complain(
                "posterior: prior \(prior) \(self.prior == nil ? "(assumed, see --prior) " : "")"
                    + "that one such relative is in the library of \(report.library.count), "
                    + "each as likely")
        }
        let expected = result.expectedFalseHits(threshold: max(threshold, 1))
        complain(
            "\(result.comparisons) comparisons, \(result.observed) at or above \(threshold)"
                + (report.populations.count > 1 ? " under every population" : "")
                + "; among strangers at most \(String(format: "%.3g", expected)) would be by chance"
        )
    }
}

private func isSameFile(_ a: String, _ b: String) -> Bool {
    URL(fileURLWithPath: a).resolvingSymlinksInPath().path
        == URL(fileURLWithPath: b).resolvingSymlinksInPath().path
}
