import Foundation
import GuituCore
import GuituModel
import GuituText

/// A search for somebody's family: the ranking, consent, who is responsible.
enum RequestPages {
    static let routes: [Route] = [
        .page("/tracing", [ListRequests.self, Export<ListRequests>.self], list),
        .page("/tracing/{request}", [SeeRequest.self], show),
        .action("/tracing/{request}/consent", [DecideConsent.self], again: show, decideConsent),
        .action("/tracing/{request}/officer", [NameOfficer.self], again: show, nameOfficer),
        .action("/tracing/{request}/close", [CloseTracing.self], again: show, close),
        .action("/tracing/{request}/samples", [NoteSample.self], again: show, SampleNotes.note),
    ]

    static func link(to request: TracingRequest.ID) -> Link { "/tracing/\(request.text)" }

    @Sendable private static func list(_ visit: Visit) async throws -> Reply {
        let text = visit.text
        var list = ListRequests()
        let state = RequestState(rawValue: visit.query["state"])
        list.state = state
        list.onlyMine = visit.query["whose"] == "mine"
        list.order = ListRequests.Order(rawValue: visit.query["sort"]) ?? .newest
        list.isDescending = visit.query["order"] == "down"
        list.after = visit.query["from"].isEmpty ? nil : visit.query["from"]
        if visit.wantsTable { return try await table(list, visit) }
        let answer = try await visit.see(list)
        let query = visit.listQuery(
            "/tracing", filters: ["state", "whose"], sorts: ["name", "state", "opened"])
        // One's own station on every line says nothing.
        let isOneStation = answer.lines.allSatisfy { $0.stationName == visit.viewer?.homeName }
        let station = Listing<ListRequests.Line>.Column(text("station.name")) {
            "\($0.stationName)"
        }
        let listing = Listing(
            text("tracing.list"),
            columns: [
                .init(text("person.name"), sort: "name") {
                    "<a href=\"\(link(to: $0.id))\">\($0.maskedName)</a>"
                },
                .init(text("tracing.state"), sort: "state") {
                    badge(text(of: $0.state), $0.state == .open ? .info : .neutral)
                },
                .init(text("tracing.consent")) { "\(text(of: $0.consent))" },
                .init(text("tracing.candidates"), isNumber: true) { "\(text($0.candidates))" },
                .init(text("tracing.officer")) { "\($0.officerName ?? "")" },
                .init(text("tracing.openedAt"), sort: "opened", isShort: true) {
                    "\(text($0.openedAt))"
                },
            ] + (isOneStation ? [] : [station]), rows: answer.lines, query: query,
            next: answer.next, exports: true,
            empty: .init(text("tracing.listEmpty"), text("tracing.listEmpty.advice")))
        return .page(
            Page(
                text("tracing.list"),
                listing.view(
                    text,
                    filters: """
                        \(query.filter("state", text("tracing.state"),
                            Form.Option.all(RequestState.self, text), all: text("tracing.notClosed")))
                        \(query.filter("whose", text("tracing.officer"),
                            [Form.Option("mine", text("tracing.mine"))], all: text("list.all")))
                        """)))
    }

    private static func table(_ list: ListRequests, _ visit: Visit) async throws -> Reply {
        let text = visit.text
        return try await visit.export(
            list, as: "tracing.csv",
            [
                (text("person.name"), { $0.maskedName }),
                (text("tracing.state"), { text(of: $0.state) }),
                (text("tracing.consent"), { text(of: $0.consent) }),
                (text("tracing.candidates"), { "\($0.candidates)" }),
                (text("tracing.officer"), { $0.officerName ?? "" }),
                (text("station.name"), { $0.stationName }),
                (text("tracing.openedAt"), { text($0.openedAt) }),
            ])
    }

    @Sendable static func show(_ visit: Visit) async throws -> Reply {
        let request = try await visit.see(SeeRequest(request: visit.id("request")))
        let text = visit.text
        return .page(
            Page(
                text("tracing.of", ["name": request.personName]),
                lead: text.list(
                    [
                        text(of: request.sex), text.age(of: request.birth, on: visit.today),
                        request.stationName,
                    ].compactMap { $0 }),
                trail: [
                    (text("tracing.list"), "/tracing"),
                    (request.personName, PersonPages.link(to: request.person)),
                ],
                actions:
                    """
                    \(button(text("heard.title"), HearingPages.link(to: request.id), icon: .ear))\
                    \(printButton(text))
                    """,
                """
                \(request.protection == .none ? nil : callout(.danger, text("person.isProtected")))
                \(state(request, visit))
                \(ranking(request, visit))
                \(SampleNotes.view(request, visit))
                \(manage(request, visit))
                """))
    }

    private static func state(_ request: SeeRequest.Answer, _ visit: Visit) -> HTML {
        let text = visit.text
        var pairs: [(String, HTML?)] = [
            (text("tracing.state"), badge(text(of: request.state), .info)),
            (
                text("tracing.consent"),
                "\(text(of: request.consent)) \(request.consentReason ?? "")"
            ),
            (text("tracing.officer"), request.officerName.map { "\($0)" }),
            (text("tracing.openedAt"), "\(text(request.openedAt))"),
        ]
        if let closed = request.closedAt {
            pairs.append((text("tracing.closedAt"), "\(text(closed))"))
            pairs.append((text("tracing.outcome"), request.outcome.map { "\(text(of: $0))" }))
        }
        return card(text("tracing.title"), facts(text, pairs))
    }

    /// First the likeliest; that no report on file is right stands among them,
    /// where its probability puts it.
    private static func ranking(_ request: SeeRequest.Answer, _ visit: Visit) -> HTML? {
        guard visit.may(.seeCandidates) else { return nil }
        let text = visit.text
        guard let ranked = request.rankedAt else {
            return card(
                text("tracing.candidates"),
                emptyState(
                    text("tracing.notRanked"),
                    request.consent == .refused
                        ? text("tracing.notRanked.refused") : text("tracing.notRanked.soon")))
        }
        var rows = request.candidates.map { ($0.probability, row($0, text)) }
        if let none = request.noRightReport {
            rows.append((none, noneRow(none, text)))
        }
        rows.sort { $0.0 > $1.0 }
        // Ten is what somebody reads; the rest is one key away.
        let rest = rows.dropFirst(10).map(\.1)
        return card(
            text("tracing.candidates"),
            """
            <p class="hint">\(text("tracing.rankedAt", ["when": text(ranked)]))</p>
            <ol class="ranking">\(rows.prefix(10).map(\.1))</ol>
            \(rest.isEmpty ? nil : disclosure(text("tracing.rest", ["count": text(rest.count)]), "<ol class=\"ranking\" start=\"11\">\(rest)</ol>"))
            <p class="hint">\(text("compare.advice"))</p>
            """)
    }

    private static func row(_ line: SeeRequest.Line, _ text: Text) -> HTML {
        let link: Link = "/candidates/\(line.id.text)"
        let places = [line.lostPlace, line.homePlace].compactMap { $0 }
        return """
            <li class="candidate"><div class="candidate-head"><p><a href="\(link)"><b>\(line.reportName)</b></a> \
            <span>\(line.reportHolderName)</span></p><p>\(badge(text(of: line.state), tone(line.state)))</p>\
            <p class="probability"><b>\(percent(line.probability))</b></p></div>\
            <p>\(text.list(places))</p>\
            <ul class="evidence">\(line.evidence.map { evidence($0, text) })</ul>\
            <p>\(button(text("candidate.compare"), link))</p></li>
            """
    }

    private static func noneRow(_ probability: Double, _ text: Text) -> HTML {
        """
        <li class="candidate none"><div class="candidate-head"><p><b>\(text("tracing.noRightReport"))</b></p>\
        <p class="probability"><b>\(percent(probability))</b></p></div>\
        <p>\(text("tracing.noRightReport.advice"))</p></li>
        """
    }

    private static func evidence(_ line: EvidenceLine, _ text: Text) -> HTML {
        """
        <li>\(weightBar(text, line.logRatio / log(10), scale: 4)) \
        \(text(TextKey(said: line.key), line.arguments))</li>
        """
    }

    static func tone(_ state: CandidateState) -> Tone {
        switch state {
        case .proposed, .needsMore: .info
        case .firstConfirmed, .firstRefused: .warning
        case .confirmed: .success
        case .disputed: .danger
        case .refused, .withdrawn: .neutral
        }
    }

    /// Never 100 %: a machine is not sure.
    static func percent(_ probability: Double) -> String {
        switch probability {
        case 0.999...: "> 99.9 %"
        case ..<0.001: "< 0.1 %"
        default: "\((probability * 1000).rounded() / 10) %"
        }
    }

    // MARK: What is decided about the search

    private static func manage(_ request: SeeRequest.Answer, _ visit: Visit) -> HTML? {
        guard request.state != .closed else { return nil }
        let text = visit.text
        let base = link(to: request.id).address
        var parts: [HTML] = []
        if visit.may(.decideConsent) {
            let form = visit.form("\(base: base)/consent", version: request.version)
            parts.append(
                disclosure(
                    text("tracing.decideConsent"),
                    isOpen: form.isBack || request.consent == .awaitingDecision,
                    form.view(
                        submit: text("form.save"),
                        """
                        \(form.choices("consent", text("tracing.consent"),
                            Form.Option.all(ConsentToTracing.self, text),
                            value: request.consent.rawValue, hint: text("tracing.consent.hint"),
                            required: true))
                        \(form.line("reason", text("tracing.consentReason"),
                            value: request.consentReason ?? "", limit: 500))
                        """)))
        }
        if visit.may(.openTracing), !request.officers.isEmpty {
            let form = visit.form("\(base: base)/officer")
            parts.append(
                disclosure(
                    text("tracing.nameOfficer"), isOpen: form.isBack,
                    form.view(
                        submit: text("form.save"),
                        form.select(
                            "officer", text("tracing.officer"),
                            request.officers.map { Form.Option($0.id.text, $0.name) },
                            value: request.officer?.text ?? "", required: true))))
        }
        if visit.may(.openTracing) {
            let form = visit.form("\(base: base)/close")
            parts.append(
                disclosure(
                    text("tracing.close"), isOpen: form.isBack,
                    form.view(
                        submit: text("tracing.close"), dangerous: true,
                        form.select(
                            "outcome", text("tracing.outcome"),
                            Form.Option.all(TracingOutcome.self, text), empty: text("form.choose"),
                            required: true))))
        }
        return parts.isEmpty ? nil : card(text("tracing.manage"), HTML(parts))
    }

    @Sendable private static func decideConsent(_ visit: Visit) async throws -> Reply {
        let request: TracingRequest.ID = try visit.id("request")
        var form = FormReading(visit.typed)
        let consent = form.choice("consent", ConsentToTracing.self)
        try form.finish()
        guard let consent, let version = Int(visit.typed[Form.versionName]) else {
            throw InvalidFields([])
        }
        try await visit.perform(
            DecideConsent(
                request: request, consent: consent, reason: visit.typed["reason"], version: version)
        )
        return .go(link(to: request), saying: Saying("tracing.consentSaved"))
    }

    @Sendable private static func nameOfficer(_ visit: Visit) async throws -> Reply {
        let request: TracingRequest.ID = try visit.id("request")
        var form = FormReading(visit.typed)
        let officer: Account.ID? = form.id("officer")
        try form.finish()
        guard let officer else { throw InvalidFields([]) }
        try await visit.perform(NameOfficer(request: request, officer: officer))
        return .go(link(to: request), saying: Saying("tracing.officerNamed"))
    }

    @Sendable private static func close(_ visit: Visit) async throws -> Reply {
        let request: TracingRequest.ID = try visit.id("request")
        var form = FormReading(visit.typed)
        let outcome = form.choice("outcome", TracingOutcome.self)
        try form.finish()
        guard let outcome else { throw InvalidFields([]) }
        try await visit.perform(CloseTracing(request: request, outcome: outcome))
        return .go(link(to: request), saying: Saying("tracing.closedNow"))
    }
}
