import GuituCore
import GuituModel
import GuituText
import Hummingbird
import Synchronization

/// Lists of missing reports from spreadsheets: one file, watched while it loads.
enum ImportPages {
    static let routes: [Route] = [
        .page("/imports", [ListImports.self, SeeOwnAccount.self], list),
        .action("/imports", [], takesFiles: true, again: list, begin),
        .page("/stations/{area}/imports/{import}", [SeeImport.self], show),
    ]

    @Sendable private static func list(_ visit: Visit) async throws -> Reply {
        let imports = try await visit.see(ListImports())
        let own = try await visit.see(SeeOwnAccount())
        let text = visit.text
        let form = visit.form("/imports")
        let listing = Listing(
            text("import.earlier"),
            columns: [
                .init(text("import.list")) { line in
                    "<a href=\"\(link(line.holder, line.batch))\">\(line.list)</a>"
                },
                .init(text("import.startedAt")) { "\(text($0.startedAt))" },
                .init(text("import.rows"), isNumber: true) { "\(text($0.rows))" },
                .init(text("import.refused"), isNumber: true) { "\(text($0.refused))" },
                .init(text("missing.holder")) { "\($0.holderName)" },
                .init(text("tracing.state")) { line in
                    switch line.state {
                    case .running: badge(text("import.running"), .info)
                    case .done: badge(text("import.done"), .success)
                    case .interrupted: badge(text("import.interrupted"), .warning)
                    }
                },
            ], rows: imports, query: ListQuery("/imports"),
            empty: .init(text("import.none"), text("import.none.advice")))
        return .page(
            Page(
                text("import.title"), lead: text("import.lead"),
                trail: [(text("missing.title"), "/missing")],
                """
                \(form.view(submit: text("import.begin"), sendsFiles: true, """
                    \(MissingPages.holderField(form, own, .importMissing, text))
                    \(form.line("list", text("import.list"), hint: text("import.list.hint"),
                        required: true, limit: 60))
                    \(form.file("file", text("import.file"), accept: ".csv,text/csv,text/plain",
                        hint: text("import.file.hint"), required: true))
                    """))
                \(card(text("import.earlier"), listing.view(text)))
                """))
    }

    private static func link(_ area: Area.ID, _ batch: ID<ImportBatch>) -> Link {
        "/stations/\(area.text)/imports/\(batch.text)"
    }

    /// What this process loads at the moment.
    private static let loading = Mutex<Set<ID<ImportBatch>>>([])

    @Sendable private static func begin(_ visit: Visit) async throws -> Reply {
        var form = FormReading(visit.typed)
        let holder: Area.ID? = form.id("holder")
        let list = visit.typed["list"]
        if list.allSatisfy(\.isWhitespace) { form.fail(Saying("field.required", field: "list")) }
        let file = visit.files.first { $0.field == "file" }
        if file == nil { form.fail(Saying("field.required", field: "file")) }
        try form.finish()
        guard let holder, let file else { throw InvalidFields([]) }
        let load = MissingImport(holder: holder, list: list, file: file.bytes)
        let batch = try await load.begin(
            in: visit.workplace, as: visit.actor, key: visit.formKey())
        // Clicked twice: one of them loads.
        guard loading.withLock({ $0.insert(batch).inserted }) else {
            return .go(link(holder, batch))
        }
        // Goes on after the answer: the page that follows shows how far it is.
        // Cut off by a restart, the same file completes it without doubles.
        let (workplace, actor) = (visit.workplace, visit.actor)
        Task.detached {
            defer { loading.withLock { _ = $0.remove(batch) } }
            do {
                try await load.run(batch, in: workplace, as: actor)
            } catch {
                // The funnel has logged why, and the page says how to go on.
            }
        }
        return .go(link(holder, batch))
    }

    @Sendable private static func show(_ visit: Visit) async throws -> Reply {
        let seen = try await visit.see(
            SeeImport(holder: visit.id("area"), batch: visit.id("import")))
        let text = visit.text
        let handled = seen.loaded + seen.known + seen.refused
        let problems = seen.problems.map { problem -> HTML in
            """
            <tr><td class="number">\(text(problem.line))</td>\
            <td>\(problem.saying.field.map { text("import.field", ["field": fieldName($0, text)]) } ?? "") \(visit.sentence(problem.saying))</td></tr>
            """
        }
        let lead =
            switch seen.state {
            case .running: text("import.running.advice")
            case .done: text("import.done")
            case .interrupted: text("import.interrupted.advice")
            }
        var reply = Reply.page(
            Page(
                seen.list, lead: lead,
                trail: [(text("missing.title"), "/missing"), (text("import.title"), "/imports")],
                """
                \(progress(text("import.progress"), done: handled, of: max(seen.rows, handled),
                    said: text("import.handled", ["count": text(handled)])))
                <div class="figures">\(figure(text("import.loaded"), text(seen.loaded)))\
                \(figure(text("import.known"), text(seen.known)))\
                \(figure(text("import.refused"), text(seen.refused)))</div>
                \(problems.isEmpty ? nil : card(text("import.problems"), """
                    <p>\(text("import.problems.advice"))</p>
                    <div class="table-frame"><table class="list"><thead><tr><th scope="col">\(text("import.line"))</th>\
                    <th scope="col">\(text("import.why"))</th></tr></thead><tbody>\(problems)</tbody></table></div>
                    """))
                """))
        // Looks again by itself, without a script.
        if seen.state == .running { reply.headers[.refresh] = "2" }
        return reply
    }

    /// The column as the form of a report calls it.
    private static func fieldName(_ field: String, _ text: Text) -> String {
        let key: TextKey? =
            switch field {
            case "key": TextKey("import.key")
            case "name": TextKey("person.name")
            case "sex": TextKey("person.sex")
            case "birth": TextKey("person.birth")
            case "identityNumber": TextKey("person.identity")
            case "lost": TextKey("missing.lost")
            case "lostPlace": TextKey("missing.lostPlace")
            case "homePlace": TextKey("missing.homePlace")
            case "height": TextKey("missing.height")
            case "marks": TextKey("missing.marks")
            case "accent": TextKey("missing.accent")
            case "reporterName": TextKey("missing.reporterName")
            case "reporterRelation": TextKey("missing.relation")
            case "reporterPhone": TextKey("missing.phone")
            default: nil
            }
        return key.map { text($0) } ?? field
    }
}
