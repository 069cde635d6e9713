import Foundation
import GuituCore
import GuituModel
import GuituText

/// Two records side by side, and what two officers say of them.
enum CandidatePages {
    static let routes: [Route] = [
        .page("/candidates/{candidate}", [CompareCandidate.self], show),
        .action("/candidates/{candidate}/decide", [DecideCandidate.self], again: show, decide),
        .action("/candidates/{candidate}/withdraw", [WithdrawDecision.self], again: show, withdraw),
    ]

    @Sendable static func show(_ visit: Visit) async throws -> Reply {
        let pair = try await visit.see(CompareCandidate(candidate: visit.id("candidate")))
        let text = visit.text
        return .page(
            Page(
                text("candidate.title"),
                lead: text(
                    "candidate.lead",
                    [
                        "place": text(pair.place),
                        "probability": RequestPages.percent(pair.probability),
                    ]),
                trail: [
                    (text("tracing.list"), "/tracing"),
                    (
                        text("tracing.of", ["name": pair.person.name]),
                        RequestPages.link(to: pair.request)
                    ),
                ],
                actions:
                    "\(badge(text(of: pair.state), RequestPages.tone(pair.state)))\(printButton(text))",
                """
                \(comparison(text, left: text("candidate.person"), right: text("candidate.report"),
                    fields(pair, text), total: pair.logRatio / log(10)))
                \(holders(pair, text))
                \(spoken(pair, text))
                \(decision(pair, visit))
                """))
    }

    // MARK: Side by side

    private static func fields(_ pair: CompareCandidate.Answer, _ text: Text) -> [ComparedField] {
        let (one, other) = (pair.person, pair.report)
        func said(_ value: String?) -> HTML? { value.map { "\($0)" } }
        func sex(_ value: Sex) -> HTML? { value.isKnown ? "\(text(of: value))" : nil }
        let rows: [(String, String, HTML?, HTML?)] = [
            (
                "name", text("person.name"),
                said(([one.name] + one.heard).joined(separator: " / ")),
                said(other.name)
            ),
            ("sex", text("person.sex"), sex(one.sex), sex(other.sex)),
            ("age", text("person.birth"), said(one.birth?.said), said(other.birth?.said)),
            ("height", text("missing.height"), said(one.height), said(other.height)),
            ("time", text("candidate.date"), said(one.date?.said), said(other.date?.said)),
            ("scene", text("candidate.place"), said(one.place), said(other.place)),
            ("home", text("missing.homePlace"), said(one.homePlace), said(other.homePlace)),
            ("marks", text("missing.marks"), said(one.marks), said(other.marks)),
            ("accent", text("missing.accent"), said(one.accent), said(other.accent)),
            (
                "identity", text("person.identity"), said(one.maskedIdentity),
                said(other.maskedIdentity)
            ),
        ]
        var fields = rows.map { field, label, left, right in
            let lines = pair.evidence.filter { $0.field == field }
            return compared(label, left, right, lines, text)
        }
        // What an engine saw that no column shows.
        let shown = Set(rows.map(\.0))
        fields += pair.evidence.filter { !shown.contains($0.field) }.map {
            compared(text(TextKey(said: "evidence.field." + $0.field)), nil, nil, [$0], text)
        }
        return fields
    }

    private static func compared(
        _ label: String, _ left: HTML?, _ right: HTML?, _ lines: [EvidenceLine], _ text: Text
    ) -> ComparedField {
        let weight = lines.reduce(0) { $0 + $1.logRatio } / log(10)
        // Under a factor of 1.26 nothing is said. What is the same agrees, what
        // only sounds or lies near is close: the word is the engine's own. What
        // is elsewhere or apart differs, however little that may weigh.
        let words = lines.map { line in line.key.split(separator: ".").last.map(String.init) ?? "" }
        let isSame = words.contains {
            ["same", "sameDay", "sameVillage", "sameCounty", "shared", "fits"].contains($0)
        }
        let isApart = words.contains {
            ["elsewhere", "apart", "different", "differs"].contains($0)
        }
        let verdict: ComparedField.Verdict =
            lines.isEmpty
            ? .unknown : weight <= -0.1 || isApart ? .differs : isSame ? .agrees : .close
        let why = lines.map { text(TextKey(said: $0.key), $0.arguments) }
        return ComparedField(
            label, left: left, right: right, verdict: verdict, weight: weight,
            why: why.isEmpty ? nil : why.joined(separator: " "))
    }

    private static func holders(_ pair: CompareCandidate.Answer, _ text: Text) -> HTML {
        let report: HTML =
            pair.report.foreign
            ? "\(pair.report.holderName) \(badge(text("candidate.foreign"), .warning))"
            : "<a href=\"\("/missing/\(pair.report.id)" as Link)\">\(pair.report.holderName)</a>"
        return facts(
            text,
            [
                (text("candidate.heldBy"), "\(pair.person.holderName)"),
                (text("candidate.reportHeldBy"), report),
                (text("missing.relation"), "\(pair.reporterRelation)"),
            ])
    }

    // MARK: What officers say

    private static func spoken(_ pair: CompareCandidate.Answer, _ text: Text) -> HTML? {
        guard !pair.decisions.isEmpty else { return nil }
        return card(
            text("candidate.decisions"),
            timeline(
                pair.decisions.map { said in
                    let mark: HTML? =
                        said.withdrawn
                        ? badge(text("candidate.withdrawn"))
                        : said.outdated ? badge(text("candidate.outdated"), .warning) : nil
                    let tone: Tone =
                        said.verdict == .confirm
                        ? .success : said.verdict == .refuse ? .danger : .info
                    return Moment(
                        text(said.decidedAt), text(of: said.verdict),
                        "<p>\(said.reason)</p>\(mark)", who: said.officerName,
                        tone: said.withdrawn ? .neutral : tone)
                }))
    }

    private static func decision(_ pair: CompareCandidate.Answer, _ visit: Visit) -> HTML? {
        guard visit.may(.decideCandidate) else { return nil }
        let text = visit.text
        let id = pair.id.text
        if pair.state == .confirmed || pair.state == .refused { return nil }
        guard pair.requestOpen else { return callout(.info, text("tracing.closed")) }
        if pair.state == .withdrawn { return callout(.info, text("candidate.noLonger")) }
        if pair.spokenByViewer {
            let form = visit.form("/candidates/\(id)/withdraw")
            return callout(
                .info,
                text(pair.state == .disputed ? "candidate.youDisagree" : "candidate.youDecided"),
                "\(form.summary)\(form.button(text("candidate.withdraw")))")
        }
        let form = visit.form("/candidates/\(id)/decide")
        return card(
            text("candidate.decide"),
            """
            <p>\(text("candidate.twoPeople"))</p>
            \(form.view(submit: text("candidate.decide"), """
                \(form.hidden("evidenceVersion", "\(pair.evidenceVersion)"))
                \(form.choices("verdict", text("candidate.verdict"),
                    Form.Option.all(Verdict.self, text), required: true))
                \(form.area("reason", text("candidate.reason"), hint: text("candidate.reason.hint"),
                    required: true, limit: 1000, rows: 3))
                """))
            """)
    }

    @Sendable private static func decide(_ visit: Visit) async throws -> Reply {
        let candidate: Candidate.ID = try visit.id("candidate")
        var form = FormReading(visit.typed)
        let verdict = form.choice("verdict", Verdict.self)
        let version = form.number("evidenceVersion", in: 0...Int(Int32.max))
        try form.finish()
        guard let verdict, let version else { throw InvalidFields([]) }
        let decided = try await visit.perform(
            DecideCandidate(
                candidate: candidate, verdict: verdict, reason: visit.typed["reason"],
                evidenceVersion: version))
        let saying =
            decided.state == .confirmed
            ? Saying("candidate.nowConfirmed") : Saying("candidate.saved")
        let mayUndo = decided.state != .confirmed && decided.state != .refused
        return .go(
            "/candidates/\(candidate.text)", saying: saying,
            undo: mayUndo ? "/candidates/\(candidate.text)/withdraw" : nil)
    }

    @Sendable private static func withdraw(_ visit: Visit) async throws -> Reply {
        let candidate: Candidate.ID = try visit.id("candidate")
        try await visit.perform(WithdrawDecision(candidate: candidate))
        return .go("/candidates/\(candidate.text)", saying: Saying("candidate.withdrawnNow"))
    }
}
