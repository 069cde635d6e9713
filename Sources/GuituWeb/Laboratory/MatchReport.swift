import Foundation
import GuituCore
import GuituKinship
import GuituModel
import GuituText

/// A match as a sheet of paper for the file: method, data, hypotheses, numbers
/// in full and who answers for them. It reads what the match's page reads.
enum MatchReport {
    static let routes: [Route] = [
        .page(
            "/laboratory/matches/{match}/report",
            [AtLaboratory<SeeMatch>.self, AtLaboratory<CompareSamples>.self],
            LaboratoryPages.whileOn(show))
    ]

    /// Of a ratio; a double holds little more.
    static let digits = 12

    static func link(to match: Match.ID) -> Link { "/laboratory/matches/\(match.text)/report" }

    @Sendable private static func show(_ visit: Visit) async throws -> Reply {
        let (seen, comparison, library) = try await MatchPages.read(visit)
        let text = visit.text
        let match = seen.match
        var page = Page(
            text("laboratory.report.title"),
            lead: "\(match.query) – \(match.candidate) · \(text.relation(match.relation))",
            trail: [
                LaboratoryPages.trail(text), (text("laboratory.matches"), "/laboratory/matches"),
                ("\(match.query) – \(match.candidate)", MatchPages.link(to: match.id)),
            ],
            actions: printButton(text),
            """
            \(match.state == .confirmed ? nil : callout(.warning, text("laboratory.report.notConfirmed")))
            \(card(text("laboratory.report.what"), """
                \(facts(text, about(seen, library, visit)))
                \(MatchPages.hypotheses(match, text))
                """))
            \(card(text("laboratory.report.data"), data(comparison.samples, visit)))
            \(card(text("laboratory.report.result"), result(seen, comparison, library, text)))
            \(card(text("laboratory.byLocus"),
                MatchPages.loci(match, comparison, text, digits: digits)))
            \(card(text("laboratory.method"), method(seen, comparison, text)))
            \(card(text("candidate.decisions"), decisions(seen, text)))
            """)
        page.isForPaper = true
        return .page(page)
    }

    private static func about(
        _ seen: SeeMatch.Answer, _ library: SeeLibrary.Answer, _ visit: Visit
    ) -> [(String, HTML?)] {
        let text = visit.text
        let given = library.authorisation
        return [
            (text("laboratory.laboratory"), given.map { "\($0.laboratory)" }),
            (
                text("laboratory.documentNumber"),
                given.map { "\($0.document) · \($0.office) · \(text($0.signedOn))" }
            ),
            (text("laboratory.report.match"), "<code>\(seen.match.id.text)</code>"),
            (text("tracing.state"), "\(text.word(seen.match.state))"),
            (text("laboratory.foundAt"), "\(text(seen.match.foundAt))"),
            (text("laboratory.report.computed"), "\(text(visit.now))"),
        ]
    }

    /// The samples that were compared; the library keeps no kits, so there is
    /// room to write them.
    private static func data(_ samples: [SampleLine], _ visit: Visit) -> HTML {
        let text = visit.text
        let titles = [
            text("laboratory.number"), text("laboratory.kind"), text("person.sex"),
            text("laboratory.loci"), text("laboratory.marks"), text("laboratory.report.kit"),
        ]
        return """
            <div class="table-frame"><table class="list"><caption class="unseen">\(text("laboratory.report.data"))</caption>
            <thead><tr>\(titles.map { "<th scope=\"col\">\($0)</th>" as HTML })</tr></thead><tbody>
            \(samples.map { sample in
                """
                <tr><th scope="row">\(sample.number)</th>\
                <td data-label="\(titles[1])">\(text.word(sample.kind))</td>\
                <td data-label="\(titles[2])">\(text.sex(sample.sex))</td>\
                <td class="number" data-label="\(titles[3])">\(text(sample.loci))</td>\
                <td data-label="\(titles[4])">\(sample.marks.isEmpty
                    ? "–" : text.list(sample.marks.map { visit.sentence($0.saying) }))</td>\
                <td class="to-fill"></td></tr>

                """ as HTML
            })</tbody></table></div>
            """
    }

    private static func result(
        _ seen: SeeMatch.Answer, _ comparison: CompareSamples.Answer,
        _ library: SeeLibrary.Answer, _ text: Text
    ) -> HTML {
        let weight = MatchPages.Weight(comparison, library)
        let search = seen.search
        func number(_ log: Double) -> String {
            log.isNaN ? text("laboratory.undefined") : text.ratio(log, digits: digits)
        }
        return facts(
            text,
            [
                (
                    text("laboratory.ratio"),
                    "<strong>\(number(weight.log))</strong> (log₁₀ = \(String(weight.log)))"
                ),
                (
                    text("laboratory.report.whenFound"),
                    "\(number(seen.match.log10)) (log₁₀ = \(String(seen.match.log10)))"
                ),
                (
                    text("laboratory.report.prior"),
                    "\(text("laboratory.posterior.note", ["count": text(weight.size)]))"
                ),
                (text("laboratory.posterior"), "\(posterior(weight, text))"),
                (text("laboratory.search.comparisons"), "\(text(search.comparisons))"),
                (
                    text("laboratory.report.falseHits"),
                    """
                    \(text("laboratory.report.falseHits.of", [
                        "threshold": LaboratoryPages.plain(search.threshold),
                        "expected": String(format: "%.3g", search.expectedFalseHits),
                        "observed": text(search.observed),
                    ]))
                    """
                ),
            ])
    }

    /// Close to 1 it is what is missing to 1 that says something.
    private static func posterior(_ weight: MatchPages.Weight, _ text: Text) -> String {
        if weight.posterior.isNaN { return text("laboratory.undefined") }
        guard weight.posterior > 0.999 else { return String(format: "%.6f", weight.posterior) }
        let rest = log10(Double(weight.size)) - weight.log
        return "1 − \(text.ratio(rest - log10(1 + pow(10, rest))))"
    }

    private static func method(
        _ seen: SeeMatch.Answer, _ comparison: CompareSamples.Answer, _ text: Text
    ) -> HTML {
        let method = comparison.method
        let table = comparison.frequencies
        let size: String? =
            if let fewest = table.fewest, let most = table.most {
                fewest == most
                    ? text("laboratory.report.persons", ["count": LaboratoryPages.plain(fewest)])
                    : text(
                        "laboratory.report.personsBetween",
                        [
                            "least": LaboratoryPages.plain(fewest),
                            "most": LaboratoryPages.plain(most),
                        ])
            } else { nil }
        // The page's, but the digest in full.
        var all: [(String, HTML?)] = LaboratoryPages.methodFacts(method, text).dropLast()
        all += [
            (text("laboratory.population"), "\(table.population)"),
            (text("laboratory.report.source"), "\(table.source)"),
            (text("laboratory.report.size"), size.map { "\($0)" }),
            (text("laboratory.report.silent"), "\(LaboratoryPages.plain(method.silent))"),
            (text("laboratory.digest"), "<code>\(method.digest)</code>"),
            (
                text("laboratory.report.program"),
                "\(text("product.name")) <code>\(RunningProgram.digest ?? "–")</code>"
            ),
        ]
        return """
            \(facts(text, all))
            <p>\(text("laboratory.report.independent"))</p>
            \(seen.foundBy.digest == method.digest ? nil : """
                <p>\(text("laboratory.report.otherMethod", ["name": seen.foundBy.name]))
                <code>\(seen.foundBy.digest)</code></p>
                """ as HTML)
            """
    }

    /// What was decided in the library, and room for those who sign the paper.
    private static func decisions(_ seen: SeeMatch.Answer, _ text: Text) -> HTML {
        let said = seen.decisions.map { decision in
            (
                decision.verdict == .confirm
                    ? text("laboratory.confirm") : text("laboratory.reject"),
                "\(decision.officerName) · \(text(decision.decidedAt)) · \(decision.reason)"
                    as HTML?
            )
        }
        let roles = [
            text("laboratory.report.examiner"), text("laboratory.report.reviewer"),
            text("laboratory.report.signatory"),
        ]
        return """
            \(said.isEmpty ? "<p>\(text("laboratory.report.nobodyYet"))</p>" : facts(text, said))
            <table class="signatures"><tbody>
            \(roles.map { role in
                """
                <tr><th scope="row">\(role)</th><td>\(text("laboratory.report.signature"))</td>\
                <td>\(text("laboratory.report.day"))</td></tr>

                """ as HTML
            })</tbody></table>
            """
    }
}
