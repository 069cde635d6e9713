import GuituCore
import GuituModel
import GuituText

/// What families and offices say of people who are missing.
enum MissingPages {
    static let routes: [Route] = [
        .page("/missing", [ListMissing.self, Export<ListMissing>.self], list),
        .page("/missing/new", [SeeOwnAccount.self], showForm),
        .action("/missing", [RegisterMissing.self], again: showForm, register),
        .page("/missing/{report}", [SeeMissing.self], show),
        .action("/missing/{report}/unmask", [Unmask.self], again: show, unmask),
        .action("/missing/{report}/close", [CloseMissing.self], again: show, close),
        .action("/missing/{report}/reopen", [ReopenMissing.self], again: show, reopen),
    ]

    @Sendable private static func list(_ visit: Visit) async throws -> Reply {
        let text = visit.text
        var list = ListMissing()
        list.search = String(visit.query["q"].prefix(60))
        list.state =
            visit.query["state"] == "all"
            ? nil : ReportState(rawValue: visit.query["state"]) ?? .open
        list.after = visit.query["from"].isEmpty ? nil : visit.query["from"]
        list.order = ListMissing.Order(rawValue: visit.query["sort"]) ?? .newest
        list.isDescending = visit.query["order"] == "down"
        if visit.wantsTable { return try await table(list, visit) }
        let answer = try await visit.see(list)
        let today = visit.today
        let query = visit.listQuery(
            "/missing", filters: ["q", "state"], sorts: ["name", "lost", "state"])
        // One's own station on every line says nothing.
        let isOneHolder = answer.lines.allSatisfy { $0.holderName == visit.viewer?.homeName }
        let holder = Listing<ListMissing.Line>.Column(text("missing.holder")) { "\($0.holderName)" }
        let listing = Listing(
            text("missing.title"),
            columns: [
                .init(text("person.name"), sort: "name") {
                    "<a href=\"\("/missing/\($0.id.text)" as Link)\">\($0.name)</a>"
                },
                .init(text("person.sex"), isShort: true) { "\(text(of: $0.sex))" },
                .init(text("person.age"), isShort: true) {
                    "\(text.age(of: $0.birth, on: today) ?? text("fact.unknown"))"
                },
                .init(text("missing.lost"), sort: "lost", isShort: true) {
                    "\($0.lost?.said ?? "")"
                },
                .init(text("missing.lostPlace")) { "\($0.lostPlace ?? "")" },
                .init(text("missing.homePlace")) { "\($0.homePlace ?? "")" },
                .init(text("tracing.candidates"), isNumber: true) { "\(text($0.candidates))" },
                .init(text("tracing.state"), sort: "state") {
                    badge(text(of: $0.state), $0.state == .found ? .success : .neutral)
                },
            ] + (isOneHolder ? [] : [holder]), rows: answer.lines, query: query, next: answer.next,
            exports: true,
            empty: .init(text("missing.none"), text("missing.none.advice")))
        var actions: [HTML] = []
        if visit.may(.registerMissing) {
            actions.append(button(text("missing.new"), "/missing/new", icon: .plus, primary: true))
        }
        if visit.may(.importMissing) {
            actions.append(button(text("import.title"), "/imports", icon: .list))
        }
        return .page(
            Page(
                text("missing.title"), actions: HTML(actions),
                listing.view(
                    text,
                    filters: """
                        \(query.filter("q", text("missing.search")))
                        \(query.filter("state", text("tracing.state"),
                            [.found, .withdrawn].map { (word: ReportState) in
                                Form.Option(word.rawValue, text(of: word))
                            } + [Form.Option("all", text("list.all"))], all: text(of: ReportState.open)))
                        """)))
    }

    private static func table(_ list: ListMissing, _ visit: Visit) async throws -> Reply {
        let text = visit.text
        let today = visit.today
        return try await visit.export(
            list, as: "missing.csv",
            [
                (text("person.name"), { $0.name }),
                (text("person.sex"), { text(of: $0.sex) }),
                (text("person.age"), { text.age(of: $0.birth, on: today) ?? "" }),
                (text("missing.lost"), { $0.lost?.said ?? "" }),
                (text("missing.lostPlace"), { $0.lostPlace ?? "" }),
                (text("missing.homePlace"), { $0.homePlace ?? "" }),
                (text("tracing.candidates"), { "\($0.candidates)" }),
                (text("missing.holder"), { $0.holderName }),
                (text("tracing.state"), { text(of: $0.state) }),
            ])
    }

    // MARK: Taking one down

    @Sendable static func showForm(_ visit: Visit) async throws -> Reply {
        try await showForm(visit, visit.form("/missing"))
    }

    /// - Parameter form: Of `/missing`; with what a notice said, if one was read.
    static func showForm(_ visit: Visit, _ form: Form) async throws -> Reply {
        let own = try await visit.see(SeeOwnAccount())
        guard visit.may(.registerMissing) else { throw Ending.notAllowed }
        let text = visit.text
        return .page(
            Page(
                text("missing.new"), lead: text("missing.lead"),
                trail: [(text("missing.title"), "/missing")], isNarrow: true,
                form.view(
                    submit: text("missing.register"),
                    """
                    \(holderField(form, own, .registerMissing, text))
                    \(form.section(text("missing.who"), who(form, text)))
                    \(form.section(text("missing.when"), lost(form, text)))
                    \(form.section(text("missing.reporter"), reporter(form, visit)))
                    """)))
    }

    /// The area that will hold it: asked only of who works in several.
    static func holderField(
        _ form: Form, _ own: SeeOwnAccount.Answer, _ permission: Permission, _ text: Text
    ) -> HTML {
        var seen = Set<Area.ID>()
        let areas = own.grants.filter {
            Permission.of($0.role).contains(permission) && seen.insert($0.area).inserted
        }
        if areas.count == 1 { return form.hidden("holder", areas[0].area.text) }
        return form.select(
            "holder", text("missing.holder"),
            areas.map { Form.Option($0.area.text, $0.areaName) }, empty: text("form.choose"),
            required: true)
    }

    private static func who(_ form: Form, _ text: Text) -> HTML {
        """
        \(form.line("name", text("person.name"), required: true, limit: 60))
        \(form.choices("sex", text("person.sex"), Form.Option.sexes(text), required: true))
        \(form.partialDay("birth", text("person.birth")))
        \(form.line("identityNumber", text("person.identity"), limit: 40))
        \(form.line("height", text("missing.height"), .number, hint: text("missing.height.hint"), limit: 3, short: true))
        \(form.area("marks", text("missing.marks"), hint: text("missing.marks.hint"), limit: 1000, rows: 2))
        \(form.line("accent", text("missing.accent"), limit: 100))
        """
    }

    private static func lost(_ form: Form, _ text: Text) -> HTML {
        """
        \(form.partialDay("lost", text("missing.lost"), hint: text("missing.lost.hint")))
        \(form.line("lostPlace", text("missing.lostPlace")))
        \(form.line("homePlace", text("missing.homePlace")))
        """
    }

    private static func reporter(_ form: Form, _ visit: Visit) -> HTML {
        let text = visit.text
        return """
            \(form.line("reporterName", text("missing.reporterName"), required: true, limit: 60))
            \(form.line("reporterRelation", text("missing.relation"), required: true, limit: 40))
            \(form.line("reporterPhone", text("missing.phone"), .tel, required: true, limit: 40))
            \(form.line("reportedAt", text("missing.reportedAt"), .moment,
                value: visit.now.localMoment, required: true, limit: 20, short: true))
            """
    }

    @Sendable private static func register(_ visit: Visit) async throws -> Reply {
        let typed = visit.typed
        var form = FormReading(typed)
        let holder: Area.ID? = form.id("holder")
        let reportedAt = form.moment("reportedAt")
        var fields = ReportFields()
        fields.name = typed["name"]
        fields.sex = form.choice("sex", Sex.self) ?? .unknown
        fields.birth = form.partialDay("birth", on: visit.today)
        fields.identityNumber = typed["identityNumber"]
        fields.lost = form.partialDay("lost", on: visit.today)
        fields.lostPlace = typed["lostPlace"]
        fields.homePlace = typed["homePlace"]
        fields.height = typed["height"]
        fields.marks = typed["marks"]
        fields.accent = typed["accent"]
        fields.reporterName = typed["reporterName"]
        fields.reporterRelation = typed["reporterRelation"]
        fields.reporterPhone = typed["reporterPhone"]
        try form.finish()
        guard let holder, let reportedAt else { throw InvalidFields([]) }
        let registered = try await visit.perform(
            RegisterMissing(holder: holder, fields: fields, reportedAt: reportedAt))
        return .go("/missing/\(registered.report.text)", saying: Saying("missing.registered"))
    }

    // MARK: One report

    @Sendable static func show(_ visit: Visit) async throws -> Reply {
        let report = try await visit.see(SeeMissing(report: visit.id("report")))
        let text = visit.text
        let form = visit.may(.unmask) ? visit.form("/missing/\(report.id.text)/unmask") : nil
        func said(_ value: String?) -> HTML? { value.map { "\($0)" } }
        // One of twenty below one in a hundred is worth nobody's evening.
        let likely = report.candidates.filter { $0.state != .proposed || $0.probability >= 0.01 }
        let candidates = likely.enumerated().map { index, candidate -> HTML in
            let label = text(
                "missing.candidate",
                [
                    "number": text(index + 1),
                    "probability": RequestPages.percent(candidate.probability),
                ])
            return """
                <li><a href="\("/candidates/\(candidate.id.text)" as Link)">\(label)</a> \
                \(badge(text(of: candidate.state)))</li>
                """
        }
        let rest = report.candidates.count - likely.count
        let unlikely: HTML? =
            rest == 0
            ? nil : "<p class=\"hint\">\(text("missing.unlikely", ["count": text(rest)]))</p>"
        return .page(
            Page(
                report.name,
                lead: text.list(
                    [
                        text(of: report.sex), text.age(of: report.birth, on: visit.today),
                        report.holderName,
                    ].compactMap { $0 }),
                trail: [(text("missing.title"), "/missing")],
                actions:
                    """
                    \(badge(text(of: report.state), report.state == .open ? .info : .success))\
                    \(visit.may(.attach)
                        ? button(text("attachment.title"), "/missing/\(report.id.text)/attachments") : nil)\
                    \(printButton(text))
                    """,
                """
                \(form?.summary)
                <div class="columns"><div>
                \(card(text("missing.who"), facts(text, [
                    (text("person.name"), said(report.name)),
                    (text("person.sex"), "\(text(of: report.sex))"),
                    (text("person.birth"), said(report.birth?.said)),
                    (text("person.identity"), said(report.maskedIdentity)),
                    (text("missing.height"), report.height.map { "\($0) cm" }),
                    (text("missing.marks"), said(report.marks)),
                    (text("missing.accent"), said(report.accent)),
                ])))
                \(card(text("missing.when"), facts(text, [
                    (text("missing.lost"), said(report.lost?.said)),
                    (text("missing.lostPlace"), said(report.lostPlace)),
                    (text("missing.homePlace"), said(report.homePlace)),
                ])))
                </div><div>
                \(card(text("missing.reporter"), facts(text, [
                    (text("missing.reporterName"), said(report.reporterName)),
                    (text("missing.relation"), said(report.reporterRelation)),
                    (text("missing.phone"), masked(text, report.maskedPhone, form: form)),
                    (text("missing.reportedAt"), "\(text(report.reportedAt))"),
                    (text("missing.source"), report.source == "desk"
                        ? "\(text("missing.desk"))" : "\(report.source) \(report.sourceKey)"),
                ])))
                \(report.candidates.isEmpty
                    ? nil
                    : card(text("tracing.candidates"), """
                        \(candidates.isEmpty ? nil : "<ul>\(candidates)</ul>" as HTML)\(unlikely)
                        """))
                \(ending(report, visit))
                </div></div>
                """))
    }

    /// A report whose person came home is compared with nobody any more.
    private static func ending(_ report: SeeMissing.Answer, _ visit: Visit) -> HTML? {
        guard visit.may(.registerMissing) else { return nil }
        let text = visit.text
        let address = "/missing/\(report.id.text)" as Link
        guard report.state == .open else {
            let form = visit.form("\(base: address)/reopen")
            return card(
                text("missing.end"),
                "\(form.summary)<p>\(text("missing.reopen.hint"))</p>\(form.button(text("missing.reopen")))"
            )
        }
        let form = visit.form("\(base: address)/close", scope: "close")
        return card(
            text("missing.end"),
            disclosure(
                text("missing.end"), isOpen: form.isBack,
                form.view(
                    submit: text("missing.end"),
                    form.choices(
                        "outcome", text("missing.end.why"),
                        Form.Option.all(CloseMissing.Outcome.self, text), required: true))))
    }

    @Sendable private static func close(_ visit: Visit) async throws -> Reply {
        let report: MissingReport.ID = try visit.id("report")
        var form = FormReading(visit.typed)
        let outcome = form.choice("outcome", CloseMissing.Outcome.self)
        try form.finish()
        guard let outcome else { throw InvalidFields([]) }
        try await visit.perform(CloseMissing(report: report, outcome: outcome))
        return .go(
            "/missing/\(report.text)", saying: Saying("missing.ended"),
            undo: "/missing/\(report.text)/reopen")
    }

    @Sendable private static func reopen(_ visit: Visit) async throws -> Reply {
        let report: MissingReport.ID = try visit.id("report")
        try await visit.perform(ReopenMissing(report: report))
        return .go("/missing/\(report.text)", saying: Saying("missing.reopened"))
    }

    @Sendable private static func unmask(_ visit: Visit) async throws -> Reply {
        let report: MissingReport.ID = try visit.id("report")
        let plain = try await visit.perform(Unmask(report: report, reason: visit.typed["reason"]))
        return .page(
            PersonPages.unmasked(
                visit, visit.text("missing.phone"), plain, back: "/missing/\(report.text)"))
    }
}
