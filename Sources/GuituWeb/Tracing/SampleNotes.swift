import GuituCore
import GuituModel
import GuituText

/// The samples of a search: their numbers, and that laboratories concluded.
/// Typings are never here.
enum SampleNotes {
    static func view(_ request: SeeRequest.Answer, _ visit: Visit) -> HTML? {
        let text = visit.text
        let notes = visit.may(.openTracing) && request.state != .closed
        if request.samples.isEmpty, !notes { return nil }
        let listing = Listing(
            text("tracing.samples"),
            columns: [
                .init(text("sample.number")) { "\($0.number)" },
                .init(text("sample.subject")) { sample in
                    "\(text.list([text(of: sample.subject), sample.relative].filter { !$0.isEmpty }))"
                },
                .init(text("sample.takenOn"), isShort: true) { "\(text($0.takenOn))" },
                .init(text("sample.conclusion")) { conclusion($0, text) },
            ], rows: request.samples, query: ListQuery(RequestPages.link(to: request.id)),
            prints: false,
            empty: .init(text("tracing.samples.none"), text("tracing.samples.none.advice")))
        return card(
            text("tracing.samples"),
            """
            <p class="hint">\(text("tracing.samples.advice"))</p>
            \(listing.view(text))
            \(notes ? form(request, visit) : nil)
            """)
    }

    private static func conclusion(_ sample: NotedSample, _ text: Text) -> HTML {
        guard !sample.conclusions.isEmpty else { return badge(text("sample.noConclusion")) }
        return
            "\(sample.conclusions.map { said in badge(text("sample.concluded", ["laboratory": said.laboratory, "day": text(said.on)]), .success) })"
    }

    private static func form(_ request: SeeRequest.Answer, _ visit: Visit) -> HTML {
        let text = visit.text
        let form = visit.form("/tracing/\(request.id.text)/samples", scope: "sample")
        return disclosure(
            text("tracing.samples.note"), isOpen: form.isBack,
            form.view(
                submit: text("tracing.samples.note"),
                """
                \(form.line("number", text("sample.number"), hint: text("sample.number.hint"),
                    required: true, limit: 64, short: true))
                \(form.choices("subject", text("sample.subject"),
                    Form.Option.all(SampleSubject.self, text), value: "person", required: true))
                \(form.line("relative", text("sample.relative"),
                    hint: text("sample.relative.hint"), limit: 60, short: true))
                \(form.line("taken", text("sample.takenOn"), .date, value: "\(visit.today)",
                    required: true, short: true))
                """))
    }

    @Sendable static func note(_ visit: Visit) async throws -> Reply {
        let request: TracingRequest.ID = try visit.id("request")
        var form = FormReading(visit.typed)
        let subject = form.choice("subject", SampleSubject.self)
        let taken = form.day("taken")
        try form.finish()
        guard let subject, let taken else { throw InvalidFields([]) }
        try await visit.perform(
            NoteSample(
                request: request, number: visit.typed["number"], subject: subject,
                relative: visit.typed["relative"], takenOn: taken))
        return .go(RequestPages.link(to: request), saying: Saying("sample.notedNow"))
    }
}
