import Foundation
import GuituCore
import GuituKinship
import GuituModel
import GuituText

/// Searches of the library: asked here, answered by a job in parts.
enum SearchPages {
    static let routes: [Route] = [
        .page(
            "/laboratory/searches", [AtLaboratory<ListSearches>.self],
            LaboratoryPages.whileOn(list)),
        .action(
            "/laboratory/searches", [AtLaboratory<SearchLibrary>.self], again: list, begin),
        .page(
            "/laboratory/searches/{search}", [AtLaboratory<SeeSearch>.self],
            LaboratoryPages.whileOn(show)),
    ]

    static func link(to search: LibrarySearch.ID) -> Link {
        "/laboratory/searches/\(search.text)"
    }

    @Sendable private static func list(_ visit: Visit) async throws -> Reply {
        let searches = try await visit.ask(ListSearches())
        let text = visit.text
        let form = visit.form("/laboratory/searches")
        let listing = Listing(
            text("laboratory.searches"),
            columns: [
                .init(text("laboratory.search.kind")) { search in
                    """
                    <a href="\(link(to: search.id))">\(text.word(search.kind))\
                    \(search.subject.map { " \($0)" } ?? "")</a>
                    """
                },
                .init(text("laboratory.purpose")) { "\($0.purpose)" },
                .init(text("laboratory.search.askedAt"), isShort: true) {
                    "\(text($0.askedAt))"
                },
                .init(text("laboratory.search.found"), isNumber: true) {
                    "\(text($0.observed))"
                },
                .init(text("tracing.state")) { state($0, text) },
            ], rows: searches, query: ListQuery("/laboratory/searches"),
            empty: .init(text("laboratory.noSearches"), text("laboratory.noSearches.advice")))
        return .page(
            Page(
                text("laboratory.searches"), lead: text("laboratory.searches.lead"),
                trail: [LaboratoryPages.trail(text)],
                """
                \(card(text("laboratory.search.begin"), form.view(
                    submit: text("laboratory.search.begin"), """
                    \(form.choices("kind", text("laboratory.search.kind"), [
                        Form.Option("one", text("laboratory.search.one")),
                        Form.Option("unidentified", text("laboratory.search.unidentified")),
                        Form.Option("everyone", text("laboratory.search.everyone")),
                    ], value: "one", required: true))
                    \(form.line("subject", text("laboratory.number"),
                        value: visit.query["subject"], hint: text("laboratory.search.subject.hint"),
                        limit: 64))
                    \(form.checks("relation", text("laboratory.relations"),
                        LaboratoryPages.relationOptions(text),
                        hint: text("laboratory.search.relations.hint")))
                    \(form.line("threshold", text("laboratory.threshold"),
                        hint: text("laboratory.search.threshold.hint"), short: true))
                    \(form.line("purpose", text("laboratory.purpose"),
                        hint: text("laboratory.purpose.hint"), required: true))
                    \(form.line("case", text("laboratory.case"), limit: 60))
                    """)))
                \(card(text("laboratory.searches.earlier"), listing.view(text)))
                """))
    }

    private static func state(_ search: LibrarySearch, _ text: Text) -> HTML {
        switch search.state {
        case .waiting: badge(text("laboratory.search.waiting"), .info)
        case .running: badge(text("laboratory.search.running"), .info)
        case .done: badge(text("laboratory.search.done"), .success)
        case .failed: badge(text("laboratory.search.failed"), .danger)
        }
    }

    @Sendable private static func begin(_ visit: Visit) async throws -> Reply {
        var form = FormReading(visit.typed)
        let kind = form.choice("kind", SearchKind.self)
        let subject = visit.typed["subject"].trimmingCharacters(in: .whitespaces)
        if kind == .one, subject.isEmpty { form.fail(Saying("field.required", field: "subject")) }
        let threshold =
            visit.typed["threshold"].isEmpty ? nil : form.real("threshold", in: 1...1e30)
        if visit.typed["purpose"].allSatisfy(\.isWhitespace) {
            form.fail(Saying("field.required", field: "purpose"))
        }
        try form.finish()
        guard let kind else { throw InvalidFields([]) }
        var search = SearchLibrary(
            kind: kind, subject: kind == .one ? subject : nil,
            inquiry: Inquiry(purpose: visit.typed["purpose"], caseNumber: visit.typed["case"]))
        let relations = visit.typed.all("relation")
        search.relations = relations.isEmpty ? nil : relations
        search.threshold = threshold
        do {
            return .go(link(to: try await visit.ask(search)))
        } catch Ending.notFound where kind == .one {
            throw InvalidFields([Saying("laboratory.search.noSuchNumber", field: "subject")])
        }
    }

    // MARK: One search

    @Sendable private static func show(_ visit: Visit) async throws -> Reply {
        let id: LibrarySearch.ID = try visit.id("search")
        let text = visit.text
        let offset = max(0, Int(visit.query["from"]) ?? 0)
        let isTable = visit.wantsTable
        let seen = try await visit.ask(
            SeeSearch(search: id, offset: isTable ? 0 : offset, limit: isTable ? nil : 50))
        if isTable { return .table("matches.csv", MatchPages.table(seen.matches, text)) }
        let search = seen.search
        let isOpen = search.state == .waiting || search.state == .running
        var query = ListQuery(link(to: id))
        query.cursor = offset == 0 ? nil : "\(offset)"
        let listing = MatchPages.listing(
            seen.matches, query, next: seen.hasMore ? "\(offset + seen.matches.count)" : nil, text,
            empty: isOpen
                ? .init(text("laboratory.search.notYet"), text("laboratory.search.notYet.advice"))
                : .init(text("laboratory.search.nothing"), text("laboratory.search.nothing.advice"))
        )
        var reply = Reply.page(
            Page(
                text.word(search.kind) + (search.subject.map { " \($0)" } ?? ""),
                lead: search.purpose
                    + (search.caseNumber.isEmpty ? "" : " · \(search.caseNumber)"),
                trail: [
                    LaboratoryPages.trail(text),
                    (text("laboratory.searches"), "/laboratory/searches"),
                ],
                actions: state(search, text),
                """
                \(isOpen ? progress(text("laboratory.search.progress"), done: search.done,
                    of: max(search.total, 1),
                    said: text("laboratory.search.answered",
                        ["done": text(search.done), "total": text(search.total)])) : nil)
                \(search.state == .failed ? callout(.danger, text("laboratory.search.failed"),
                    "<p>\(text("library.method", ["reason": search.failure]))</p>") : nil)
                \(figures(search, text))
                \(listing.view(text))
                """))
        // Looks again by itself, without a script.
        if isOpen { reply.headers[.refresh] = "2" }
        return reply
    }

    private static func figures(_ search: LibrarySearch, _ text: Text) -> HTML {
        """
        <div class="figures">\
        \(figure(text("laboratory.search.comparisons"), text(search.comparisons)))\
        \(figure(text("laboratory.search.observed"), text(search.observed),
            note: text("laboratory.search.atLeast", ["threshold": text.ratio(log10(search.threshold))])))\
        \(figure(text("laboratory.search.expected"), String(format: "%.3g", search.expectedFalseHits),
            note: text("laboratory.search.expected.note")))</div>
        <p class="hint">\(text("laboratory.search.relations", [
            "list": text.list(search.relations.map { text.relation($0) }),
            "profiles": text(search.profiles),
        ]))
        \(search.outOfReach == 0 ? "" : text("laboratory.search.outOfReach", ["count": text(search.outOfReach)]))
        \(search.undefined == 0 ? "" : text("laboratory.search.undefined", ["count": text(search.undefined)]))
        \(search.passedOver == 0 ? "" : text("laboratory.search.passedOver", ["count": text(search.passedOver)]))</p>
        """
    }
}
