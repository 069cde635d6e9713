import GuituCore
import GuituKinship
import GuituModel
import GuituText

/// Samples of the library: the list, one with its typing, and files of them.
enum SamplePages {
    static let routes: [Route] = [
        .page(
            "/laboratory/samples", [AtLaboratory<ListSamples>.self], LaboratoryPages.whileOn(list)),
        .page(
            "/laboratory/sample", [AtLaboratory<SeeSample>.self], LaboratoryPages.whileOn(show)),
        .page(
            "/laboratory/import", [AtLaboratory<SeeLibrary>.self],
            LaboratoryPages.whileOn(importing)),
        .action(
            "/laboratory/import", [AtLaboratory<ImportSamples>.self], takesFiles: true,
            again: importing, load),
    ]

    static func link(to number: String) -> Link {
        ("/laboratory/sample" as Link).with("number", number)
    }

    // MARK: The list

    @Sendable private static func list(_ visit: Visit) async throws -> Reply {
        let text = visit.text
        let kind = SampleKind(rawValue: visit.query["kind"])
        if visit.wantsTable { return try await table(kind, visit) }
        let after = visit.query["from"].isEmpty ? nil : visit.query["from"]
        let answer = try await visit.ask(ListSamples(kind: kind, after: after))
        let query = visit.listQuery("/laboratory/samples", filters: ["kind"], sorts: [])
        let listing = Listing(
            text("laboratory.samples"),
            columns: [
                .init(text("laboratory.number")) {
                    "<a href=\"\(link(to: $0.number))\">\($0.number)</a>"
                },
                .init(text("laboratory.kind")) { "\(text.word($0.kind))" },
                .init(text("person.sex"), isShort: true) { "\(text.sex($0.sex))" },
                .init(text("laboratory.family")) { line in
                    "\(text.list([line.family, line.member].filter { !$0.isEmpty }))"
                },
                .init(text("laboratory.loci"), isNumber: true) { "\(text($0.loci))" },
                .init(text("laboratory.marks")) { line in marks(line.marks, visit) },
            ], rows: answer.lines, query: query,
            next: answer.hasMore ? answer.lines.last?.number : nil, exports: true,
            empty: .init(
                text("laboratory.noSamples"), text("laboratory.noSamples.advice"),
                step: button(text("laboratory.import"), "/laboratory/import", primary: true)))
        return .page(
            Page(
                text("laboratory.samples"), lead: text("laboratory.samples.lead"),
                trail: [LaboratoryPages.trail(text)],
                actions: button(
                    text("laboratory.import"), "/laboratory/import", icon: .plus, primary: true),
                listing.view(
                    text,
                    filters: query.filter(
                        "kind", text("laboratory.kind"),
                        SampleKind.allCases.map { Form.Option($0.rawValue, text.word($0)) },
                        all: text("list.all")))))
    }

    static func marks(_ marks: [SampleMark], _ visit: Visit) -> HTML {
        "\(marks.map { mark in "<p class=\"why\">\(visit.sentence(mark.saying))</p>" as HTML })"
    }

    /// All of a kind, a page of the library at a time; never a typing.
    private static func table(_ kind: SampleKind?, _ visit: Visit) async throws -> Reply {
        let text = visit.text
        var rows = [
            [
                text("laboratory.number"), text("laboratory.kind"), text("person.sex"),
                text("laboratory.family"), text("laboratory.member"), text("laboratory.loci"),
                text("laboratory.marks"),
            ]
        ]
        var after: String?
        // More is for the command line, which writes as it reads.
        while rows.count <= 100_000 {
            let part = try await visit.ask(ListSamples(kind: kind, after: after, limit: 500))
            rows += part.lines.map { line in
                [
                    line.number, text.word(line.kind), text.sex(line.sex), line.family,
                    line.member, "\(line.loci)",
                    line.marks.map { visit.sentence($0.saying) }.joined(separator: " "),
                ]
            }
            guard part.hasMore, let last = part.lines.last else {
                return .table("samples.csv", rows)
            }
            after = last.number
        }
        rows.append([text("list.cut", ["count": text(rows.count - 1)])])
        return .table("samples.csv", rows)
    }

    // MARK: One of them

    /// A typing is shown to who says why; the reason stands in the ledger.
    @Sendable private static func show(_ visit: Visit) async throws -> Reply {
        let text = visit.text
        let number = visit.query["number"]
        let purpose = visit.query["purpose"].trimmingCharacters(in: .whitespacesAndNewlines)
        guard !number.isEmpty else {
            // Asked first, so that a visitor is sent to sign in.
            _ = try await visit.ask(ListSamples(limit: 1))
            return .go("/laboratory/samples")
        }
        let trail = [
            LaboratoryPages.trail(text),
            (text("laboratory.samples"), "/laboratory/samples" as Link),
        ]
        let title = text("laboratory.sample", ["number": number])
        guard !purpose.isEmpty else {
            // Who may not see samples learns nothing here either.
            _ = try await visit.ask(ListSamples(limit: 1))
            return .page(
                Page(
                    title, trail: trail, isNarrow: true,
                    asking("/laboratory/sample", ["number": number], visit)))
        }
        let seen = try await visit.ask(
            SeeSample(
                number: number,
                inquiry: Inquiry(purpose: purpose, caseNumber: visit.query["case"])))
        let line = seen.line
        let rows = seen.calls.map { call -> HTML in
            """
            <tr><th scope="row">\(call.locus)</th>\
            <td data-label="\(text("laboratory.given"))">\(call.given)</td>\
            <td data-label="\(text("laboratory.read"))">\
            \(call.read.isEmpty ? "<span class=\"unknown\">\(text("laboratory.notRead"))</span>" as HTML : "\(call.read)")</td></tr>
            """
        }
        return .page(
            Page(
                title, lead: text("laboratory.written", ["purpose": purpose]), trail: trail,
                actions: printButton(text),
                """
                \(facts(text, [
                    (text("laboratory.kind"), "\(text.word(line.kind))"),
                    (text("person.sex"), "\(text.sex(line.sex))"),
                    (text("laboratory.family"), "\(text.list([line.family, line.member].filter { !$0.isEmpty }))"),
                    (text("laboratory.loci"), "\(text(line.loci))"),
                ]))
                \(line.marks.isEmpty ? nil : callout(.warning, text("laboratory.marks"), marks(line.marks, visit)))
                <div class="table-frame"><table class="comparison"><caption class="unseen">\(title)</caption>
                <thead><tr><th scope="col">\(text("laboratory.locus"))</th>\
                <th scope="col">\(text("laboratory.given"))</th>\
                <th scope="col">\(text("laboratory.read"))</th></tr></thead><tbody>\(rows)</tbody></table></div>
                """))
    }

    /// Asks for the reason before anything of a typing is read.
    static func asking(_ action: Link, _ fields: [String: String], _ visit: Visit) -> HTML {
        let text = visit.text
        let kept = fields.sorted { $0.key < $1.key }.map { name, value in
            "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">" as HTML
        }
        return """
            <form class="form" method="get" action="\(action)">\(kept)
            <div class="field"><label for="purpose">\(text("laboratory.purpose"))</label>
            <p class="hint" id="purpose-hint">\(text("laboratory.purpose.hint"))</p>
            <input id="purpose" name="purpose" type="text" maxlength="200" required \
            autocomplete="off" aria-describedby="purpose-hint"></div>
            <div class="field"><label for="case">\(text("laboratory.case"))</label>
            <input id="case" name="case" type="text" maxlength="60" autocomplete="off"></div>
            <div class="submit"><button type="submit" class="primary">\(text("laboratory.go"))</button></div>
            </form>
            """
    }

    // MARK: Files

    @Sendable private static func importing(_ visit: Visit) async throws -> Reply {
        let seen = try await visit.ask(SeeLibrary())
        guard visit.typed.values.isEmpty ? seen.isOn : true else { return .go("/laboratory") }
        let text = visit.text
        let form = visit.form("/laboratory/import")
        return .page(
            Page(
                text("laboratory.import"), lead: text("laboratory.import.lead"),
                trail: [
                    LaboratoryPages.trail(text),
                    (text("laboratory.samples"), "/laboratory/samples"),
                ],
                """
                \(seen.method == nil ? callout(.warning, text("library.noMethod"),
                    "<p>\(text("laboratory.import.noMethod"))</p>") : nil)
                \(form.view(submit: text("laboratory.import"), sendsFiles: true, """
                    \(form.file("file", text("laboratory.file"),
                        accept: ".csv,.txt,.tsv,.xml,text/csv,text/plain,text/xml",
                        hint: text("laboratory.file.hint"), required: true))
                    \(form.choices("format", text("laboratory.format"), [
                        Form.Option("csv", text("laboratory.format.csv")),
                        Form.Option("genemapper", text("laboratory.format.genemapper")),
                        Form.Option("cmf", text("laboratory.format.cmf"),
                            hint: text("laboratory.format.cmf.hint")),
                    ], value: "csv", required: true))
                    \(form.select("kind", text("laboratory.kind"),
                        SampleKind.allCases.map { Form.Option($0.rawValue, text.word($0)) },
                        empty: text("laboratory.kind.inFile"), hint: text("laboratory.kind.hint")))
                    \(form.choices("single", text("laboratory.single"), [
                        Form.Option("half", text("laboratory.single.half")),
                        Form.Option("homozygote", text("laboratory.single.homozygote")),
                    ], value: "half", required: true))
                    \(form.check("check", text("laboratory.onlyCheck")))
                    \(form.check("keepGood", text("laboratory.keepGood")))
                    """))
                """))
    }

    /// The report is the answer itself: a file that is refused leaves nothing
    /// that another page could show, and sending it again loads nothing twice.
    @Sendable private static func load(_ visit: Visit) async throws -> Reply {
        var form = FormReading(visit.typed)
        let format = form.choice("format", SampleFormat.self)
        let kind = form.optionalChoice("kind", SampleKind.self)
        let single = form.choice("single", SinglePeak.self)
        let file = visit.files.first { $0.field == "file" && !$0.bytes.isEmpty }
        if file == nil { form.fail(Saying("field.required", field: "file")) }
        try form.finish()
        guard let format, let single, let file else { throw InvalidFields([]) }
        var load = ImportSamples(
            input: .bytes(name: file.fileName, file.bytes), format: format)
        load.kind = kind
        load.single = single
        load.onlyChecks = visit.typed["check"] == "yes"
        load.skipsFaults = visit.typed["keepGood"] == "yes"
        let report = try await visit.ask(load)
        return .page(
            Page(
                text(report, load, visit.text),
                trail: [
                    LaboratoryPages.trail(visit.text),
                    (visit.text("laboratory.import"), "/laboratory/import"),
                ],
                actions: printButton(visit.text), view(report, visit)),
            report.wasRefused ? .unprocessableContent : .ok)
    }

    private static func text(
        _ report: ImportSamples.Report, _ load: ImportSamples, _ text: Text
    ) -> String {
        report.wasRefused
            ? text("laboratory.wasRefused", ["file": report.file])
            : load.onlyChecks
                ? text("laboratory.wasChecked", ["file": report.file])
                : text("laboratory.wasImported", ["file": report.file])
    }

    /// Many notes as one line a sample, at the row that comes first; few stay as
    /// they are.
    static func bySample(
        _ notes: [(row: Int, number: String, note: String)], _ text: Text, most: Int = 20
    ) -> [(Int, String, String)] {
        guard notes.count > most else { return notes.map { ($0.row, $0.number, $0.note) } }
        let groups = Dictionary(grouping: notes, by: \.number).values.map { group in
            let notes = group.map(\.note)
            let once = notes.indices.filter { !notes[..<$0].contains(notes[$0]) }
            return (group[0].row, group[0].number, text.list(once.map { notes[$0] }))
        }
        return groups.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    }

    private static func view(_ report: ImportSamples.Report, _ visit: Visit) -> HTML {
        let text = visit.text
        func rows(_ lines: [(Int, String, String)]) -> HTML {
            """
            <div class="table-frame"><table class="list"><thead><tr>\
            <th scope="col">\(text("import.line"))</th><th scope="col">\(text("laboratory.number"))</th>\
            <th scope="col">\(text("import.why"))</th></tr></thead><tbody>
            \(lines.map { row, number, why in
                """
                <tr><td class="number" data-label="\(text("import.line"))">\(text(row))</td>\
                <td data-label="\(text("laboratory.number"))">\(number)</td>\
                <td data-label="\(text("import.why"))">\(why)</td></tr>
                """ as HTML
            })</tbody></table></div>
            """
        }
        let problems = report.problems.map {
            ($0.row, $0.number ?? "", visit.sentence($0.saying))
        }
        let remarks = bySample(
            report.remarks.map { ($0.row, $0.number, visit.sentence($0.saying)) }, text)
        return """
            <div class="figures">\(figure(text("laboratory.rows"), text(report.rows)))\
            \(figure(text("import.loaded"), text(report.loaded)))\
            \(figure(text("import.known"), text(report.known)))\
            \(figure(text("import.refused"), text(report.refused)))</div>
            \(report.search.map { search in
                "<p>\(button(text("laboratory.seeSearch"), SearchPages.link(to: search), primary: true))</p>" as HTML
            })
            \(problems.isEmpty ? nil : card(text("import.problems"), """
                <p>\(text(report.wasRefused ? "laboratory.nothingKept" : "laboratory.othersKept"))</p>\(rows(problems))
                """))
            \(remarks.isEmpty ? nil : card(text("laboratory.remarks"), rows(remarks)))
            <p>\(button(text("laboratory.samples"), "/laboratory/samples"))</p>
            """
    }
}
