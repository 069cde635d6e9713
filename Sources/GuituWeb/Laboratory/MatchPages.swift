import Foundation
import GuituCore
import GuituKinship
import GuituModel
import GuituText

/// Matches of the library, locus by locus, and what two officers say of them.
enum MatchPages {
    static let routes: [Route] = [
        .page(
            "/laboratory/matches", [AtLaboratory<ListMatches>.self], LaboratoryPages.whileOn(list)),
        .page(
            "/laboratory/matches/{match}",
            [AtLaboratory<SeeMatch>.self, AtLaboratory<CompareSamples>.self],
            LaboratoryPages.whileOn(show)),
        .action(
            "/laboratory/matches/{match}/decide", [AtLaboratory<DecideMatch>.self], again: show,
            decide),
    ]

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
        let id: Match.ID = try visit.id("match")
        let text = visit.text
        let seen = try await visit.ask(SeeMatch(match: id))
        let match = seen.match
        let library = try await visit.ask(SeeLibrary())
        var comparison: CompareSamples.Answer?
        if Relation(rawValue: match.relation) != nil {
            comparison = try await visit.ask(
                CompareSamples(
                    query: match.query, candidate: match.candidate, relation: match.relation,
                    inquiry: Inquiry(purpose: text("laboratory.review", ["match": id.text]))))
        }
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
                    "\(badge(text.word(match.state), tone(match.state)))\(printButton(text))",
                """
                \(weight(match, comparison, library, text))
                \(comparison.map { loci(match, $0, text) }
                    ?? callout(.info, text("laboratory.familyMatch")))
                \(comparison.map { method($0, library, text) })
                \(spoken(seen, text))
                \(decision(seen, visit))
                """))
    }

    /// What the ratio means: the hypotheses in words, the ratio, and the
    /// probability under a prior that is said beside it.
    private static func weight(
        _ match: Match, _ comparison: CompareSamples.Answer?, _ library: SeeLibrary.Answer,
        _ text: Text
    ) -> HTML {
        let log = comparison.map { $0.isExcluded ? -.infinity : $0.log10 ?? .nan } ?? match.log10
        let size = max(library.samples.values.reduce(0, +), 2)
        // Odds of 1 to the number of samples: one of them, none likelier.
        let odds = pow(10, log) / Double(size)
        let posterior = odds.isInfinite ? 1 : odds / (1 + odds)
        let names = [
            "other": match.candidate, "asked": match.query,
            "relation": text.relation(match.relation),
        ]
        let note = text("laboratory.posterior.note", ["count": text(size)])
        return """
            <div class="figures">\(figure(text("laboratory.ratio"), text.ratio(log)))\
            \(figure(text("laboratory.posterior"), RequestPages.percent(posterior), note: note))</div>
            \(facts(text, [
                (text("laboratory.hypothesis1"), "\(text("laboratory.hypothesis1.of", names))"),
                (text("laboratory.hypothesis2"), "\(text("laboratory.hypothesis2.of", names))"),
            ]))
            """
    }

    private static func loci(
        _ match: Match, _ comparison: CompareSamples.Answer, _ text: Text
    ) -> HTML {
        let titles = [
            text("laboratory.locus"), match.query, match.candidate, text("laboratory.ratio"),
            text("laboratory.rarest"),
        ]
        func genotype(_ call: LocusCall?) -> HTML {
            call.map { "\($0.given)" } ?? "<span class=\"unknown\">–</span>"
        }
        let rows = comparison.lines.map { line -> HTML in
            let ratio: HTML =
                line.isUndefined
                ? badge(text("laboratory.undefined"), .danger)
                : line.query == nil || line.candidate == nil
                    ? "<span class=\"unknown\">–</span>"
                    : "\(line.log10.map { text.ratio($0) } ?? "0")"
            return """
                <tr><th scope="row">\(line.locus)</th>\
                <td data-label="\(titles[1])">\(genotype(line.query))</td>\
                <td data-label="\(titles[2])">\(genotype(line.candidate))</td>\
                <td class="number" data-label="\(titles[3])">\(ratio)\
                \(line.needsMutation ? badge(text("laboratory.mutationNeeded"), .warning) : nil)</td>\
                <td class="number" data-label="\(titles[4])">\
                \(line.rarest.map { String(format: "%.4f", $0) } ?? "–")</td></tr>

                """
        }
        let total =
            comparison.isExcluded
            ? "0" : comparison.log10.map { text.ratio($0) } ?? text("laboratory.undefined")
        return """
            <div class="table-frame"><table class="comparison"><caption class="unseen">\(text("laboratory.byLocus"))</caption>
            <thead><tr>\(titles.map { "<th scope=\"col\">\($0)</th>" as HTML })</tr></thead>
            <tbody>\(rows)</tbody>
            <tfoot><tr><th scope="row" colspan="3">\(text("laboratory.product"))</th>\
            <td class="number">\(total)</td><td></td></tr></tfoot></table></div>
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
