import Foundation
import GuituCore
import GuituKinship
import GuituModel
import GuituText

/// Matches of the library, locus by locus, and what two officers say of them.
enum MatchPages {
    static let routes: [Route] =
        [
            .page(
                "/laboratory/matches", [AtLaboratory<ListMatches>.self],
                LaboratoryPages.whileOn(list)),
            .page(
                "/laboratory/matches/{match}",
                [AtLaboratory<SeeMatch>.self, AtLaboratory<CompareSamples>.self],
                LaboratoryPages.whileOn(show)),
            .action(
                "/laboratory/matches/{match}/decide", [AtLaboratory<DecideMatch>.self], again: show,
                decide),
        ] + MatchReport.routes

    static func link(to match: Match.ID) -> Link { "/laboratory/matches/\(match.text)" }

    @Sendable private static func list(_ visit: Visit) async throws -> Reply {
        let text = visit.text
        let state = Match.State(rawValue: visit.query["state"])
        let offset = max(0, Int(visit.query["from"]) ?? 0)
        let isTable = visit.wantsTable
        let seen = try await visit.ask(
            ListMatches(state: state, offset: isTable ? 0 : offset, limit: isTable ? nil : 50))
        if isTable { return .table("matches.csv", table(seen.matches, text)) }
        let query = visit.listQuery("/laboratory/matches", filters: ["state"], sorts: [])
        return .page(
            Page(
                text("laboratory.matches"), lead: text("laboratory.matches.lead"),
                trail: [LaboratoryPages.trail(text)],
                listing(
                    seen.matches, query,
                    next: seen.hasMore ? "\(offset + seen.matches.count)" : nil, text,
                    empty: .init(
                        text("laboratory.noMatches"), text("laboratory.noMatches.advice"),
                        step: button(
                            text("laboratory.search.begin"), "/laboratory/searches", primary: true))
                ).view(
                    text,
                    filters: query.filter(
                        "state", text("tracing.state"),
                        Match.State.allCases.map { Form.Option($0.rawValue, text.word($0)) },
                        all: text("list.all")))))
    }

    static func listing(
        _ matches: [Match], _ query: ListQuery, next: String?, _ text: Text,
        empty: Listing<Match>.Empty
    ) -> Listing<Match> {
        Listing(
            text("laboratory.matches"),
            columns: [
                .init(text("laboratory.pair")) { match in
                    "<a href=\"\(link(to: match.id))\">\(match.query) – \(match.candidate)</a>"
                },
                .init(text("laboratory.relation")) { "\(text.relation($0.relation))" },
                .init(text("laboratory.ratio"), isNumber: true) { "\(text.ratio($0.log10))" },
                .init(text("tracing.state")) { badge(text.word($0.state), tone($0.state)) },
                .init(text("laboratory.foundAt"), isShort: true) { "\(text($0.foundAt))" },
            ], rows: matches, query: query, next: next, exports: true, empty: empty)
    }

    static func table(_ matches: [Match], _ text: Text) -> [[String]] {
        [
            [
                text("laboratory.asked"), text("laboratory.other"), text("laboratory.relation"),
                "log10 LR", text("tracing.state"), text("laboratory.foundAt"),
            ]
        ]
            + matches.map {
                [
                    $0.query, $0.candidate, text.relation($0.relation), "\($0.log10)",
                    text.word($0.state), text($0.foundAt),
                ]
            }
    }

    static func tone(_ state: Match.State) -> Tone {
        switch state {
        case .new: .info
        case .firstConfirmed: .warning
        case .confirmed: .success
        case .rejected: .neutral
        }
    }

    // MARK: One match

    @Sendable private static func show(_ visit: Visit) async throws -> Reply {
        let text = visit.text
        let (seen, comparison, library) = try await read(visit)
        let match = seen.match
        return .page(
            Page(
                "\(match.query) – \(match.candidate)",
                lead: text(
                    "laboratory.match.lead",
                    [
                        "other": match.candidate, "asked": match.query,
                        "relation": text.relation(match.relation),
                    ]),
                trail: [
                    LaboratoryPages.trail(text),
                    (text("laboratory.matches"), "/laboratory/matches"),
                ],
                actions:
                    """
                    \(badge(text.word(match.state), tone(match.state)))\
                    \(button(text("laboratory.report"), MatchReport.link(to: match.id), icon: .print))
                    """,
                """
                \(weight(match, comparison, library, text))
                \(loci(match, comparison, text))
                \(method(comparison, library, text))
                \(spoken(seen, text))
                \(decision(seen, visit))
                """))
    }

    /// What a match is read with, on its page and on its report alike; the
    /// ledger has the comparison with its purpose.
    static func read(_ visit: Visit) async throws -> (
        seen: SeeMatch.Answer, comparison: CompareSamples.Answer, library: SeeLibrary.Answer
    ) {
        let id: Match.ID = try visit.id("match")
        let seen = try await visit.ask(SeeMatch(match: id))
        let comparison = try await visit.ask(
            CompareSamples(
                query: seen.match.query, candidate: seen.match.candidate,
                relation: seen.match.relation,
                inquiry: Inquiry(purpose: visit.text("laboratory.review", ["match": id.text]))))
        return (seen, comparison, try await visit.ask(SeeLibrary()))
    }

    /// The ratio, and the probability under a prior that is said beside it.
    struct Weight {
        /// The decimal logarithm; NaN where a locus is undefined.
        let log: Double
        /// Odds of 1 to the number of samples: one of them, none likelier.
        let size: Int
        let posterior: Double

        init(_ comparison: CompareSamples.Answer, _ library: SeeLibrary.Answer) {
            log = comparison.isExcluded ? -.infinity : comparison.log10 ?? .nan
            size = max(library.samples.values.reduce(0, +), 2)
            let odds = pow(10, log) / Double(size)
            posterior = odds.isInfinite ? 1 : odds / (1 + odds)
        }
    }

    static func hypotheses(_ match: Match, _ text: Text) -> HTML {
        let names = [
            "other": match.candidate, "asked": match.query,
            "relation": text.relation(match.relation),
        ]
        return facts(
            text,
            [
                (text("laboratory.hypothesis1"), "\(text("laboratory.hypothesis1.of", names))"),
                (text("laboratory.hypothesis2"), "\(text("laboratory.hypothesis2.of", names))"),
            ])
    }

    private static func weight(
        _ match: Match, _ comparison: CompareSamples.Answer, _ library: SeeLibrary.Answer,
        _ text: Text
    ) -> HTML {
        let weight = Weight(comparison, library)
        let note = text("laboratory.posterior.note", ["count": text(weight.size)])
        let posterior =
            weight.posterior.isNaN
            ? text("laboratory.undefined") : RequestPages.percent(weight.posterior)
        return """
            <div class="figures">\(figure(text("laboratory.ratio"), ratio(weight.log, text)))\
            \(figure(text("laboratory.posterior"), posterior, note: note))</div>
            \(hypotheses(match, text))
            """
    }

    private static func ratio(_ log: Double, _ text: Text, digits: Int = 3) -> String {
        log.isNaN ? text("laboratory.undefined") : text.ratio(log, digits: digits)
    }

    /// A row for each locus, a column for each sample.
    ///
    /// - Parameter digits: of a ratio above a million.
    static func loci(
        _ match: Match, _ comparison: CompareSamples.Answer, _ text: Text, digits: Int = 3
    ) -> HTML {
        let numbers = comparison.samples.map(\.number)
        let (ratioTitle, rarestTitle) = (text("laboratory.ratio"), text("laboratory.rarest"))
        let titles: [String] = [text("laboratory.locus")] + numbers + [ratioTitle, rarestTitle]
        func genotype(_ call: LocusCall?) -> HTML {
            call.map { "\($0.given)" } ?? "<span class=\"unknown\">–</span>"
        }
        let rows = comparison.lines.map { line -> HTML in
            let isTyped = line.candidate != nil && line.relatives.contains { $0 != nil }
            let shown: HTML =
                line.isUndefined
                ? badge(text("laboratory.undefined"), .danger)
                : !isTyped
                    ? "<span class=\"unknown\">–</span>"
                    : "\(line.log10.map { text.ratio($0, digits: digits) } ?? "0")"
            return """
                <tr><th scope="row">\(line.locus)</th>\
                \(zip(numbers, line.relatives + [line.candidate]).map { number, call in
                    "<td data-label=\"\(number)\">\(genotype(call))</td>" as HTML
                })\
                <td class="number" data-label="\(ratioTitle)">\(shown)\
                \(line.needsMutation ? badge(text("laboratory.mutationNeeded"), .warning) : nil)</td>\
                <td class="number" data-label="\(rarestTitle)">\
                \(line.rarest.map { String(format: "%.4f", $0) } ?? "–")</td></tr>

                """
        }
        let log = comparison.isExcluded ? -.infinity : comparison.log10 ?? .nan
        return """
            <div class="table-frame"><table class="comparison"><caption class="unseen">\(text("laboratory.byLocus"))</caption>
            <thead><tr>\(titles.map { "<th scope=\"col\">\($0)</th>" as HTML })</tr></thead>
            <tbody>\(rows)</tbody>
            <tfoot><tr><th scope="row" colspan="\(numbers.count + 1)">\(text("laboratory.product"))</th>\
            <td class="number">\(ratio(log, text, digits: digits))</td><td></td></tr></tfoot></table></div>
            \(Relation(rawValue: match.relation) == nil
                ? "<p class=\"hint\">\(text("laboratory.familyMatch"))</p>" as HTML : nil)
            <p class="hint">\(text("laboratory.byLocus.advice"))</p>
            """
    }

    private static func method(
        _ comparison: CompareSamples.Answer, _ library: SeeLibrary.Answer, _ text: Text
    ) -> HTML {
        let given = library.authorisation
        return card(
            text("laboratory.method"),
            facts(
                text,
                [
                    (text("laboratory.laboratory"), given.map { "\($0.laboratory)" }),
                    (text("laboratory.documentNumber"), given.map { "\($0.document)" }),
                ] + LaboratoryPages.methodFacts(comparison.method, text)))
    }

    private static func spoken(_ seen: SeeMatch.Answer, _ text: Text) -> HTML? {
        guard !seen.decisions.isEmpty else { return nil }
        return card(
            text("candidate.decisions"),
            timeline(
                seen.decisions.map { said in
                    Moment(
                        text(said.decidedAt),
                        said.verdict == .confirm
                            ? text("laboratory.confirm") : text("laboratory.reject"),
                        "<p>\(said.reason)</p>", who: said.officerName,
                        tone: said.verdict == .confirm ? .success : .danger)
                }))
    }

    private static func decision(_ seen: SeeMatch.Answer, _ visit: Visit) -> HTML? {
        let text = visit.text
        switch seen.match.state {
        case .confirmed: return callout(.success, text("laboratory.concluded"))
        case .rejected: return nil
        case .new, .firstConfirmed: break
        }
        if seen.spokenByViewer { return callout(.info, text("library.alreadyDecidedByYou")) }
        let form = visit.form("/laboratory/matches/\(seen.match.id.text)/decide")
        return card(
            text("laboratory.decide"),
            """
            <p>\(text("laboratory.twoPersons"))</p>
            \(form.view(submit: text("laboratory.decide"), """
                \(form.choices("verdict", text("candidate.verdict"), [
                    Form.Option("confirm", text("laboratory.confirm")),
                    Form.Option("reject", text("laboratory.reject")),
                ], required: true))
                \(form.area("reason", text("candidate.reason"), required: true, limit: 1000, rows: 3))
                """))
            """)
    }

    @Sendable private static func decide(_ visit: Visit) async throws -> Reply {
        let match: Match.ID = try visit.id("match")
        var form = FormReading(visit.typed)
        let verdict = form.choice("verdict", MatchDecision.Verdict.self)
        try form.finish()
        guard let verdict else { throw InvalidFields([]) }
        let state = try await visit.library().decide(
            DecideMatch(match: match, verdict: verdict, reason: visit.typed["reason"]),
            as: visit.actor)
        let saying =
            switch state {
            case .confirmed: Saying("laboratory.nowConfirmed")
            case .firstConfirmed: Saying("laboratory.nowFirst")
            case .new, .rejected: Saying("laboratory.nowRejected")
            }
        return .go(link(to: match), saying: saying)
    }
}
