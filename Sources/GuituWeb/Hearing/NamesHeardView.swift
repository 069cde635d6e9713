import GuituCore
import GuituModel
import GuituText

/// The page of names heard: what to write down, and the names it may be with
/// the reason for each syllable.
struct NamesHeardView: Sendable {
    enum EarState: Sendable {
        case open(NamesRun, [(digits: String, name: String)])
        case shut(EarShelf.Failure)
    }

    let visit: Visit
    let subject: SeeWordsHeard.Answer?
    /// Beside the names on record; nil where one is retracted, masked or does
    /// not read.
    let saved: [NameHeard?]
    let ear: EarState

    private var text: Text { visit.text }
    private var action: Link {
        subject.map { NamesHeardPages.link(to: $0.request) } ?? "/heard/names"
    }
    private var takesMore: Bool {
        subject.map { $0.takesMore && visit.may(.describePerson) } ?? true
    }

    var page: Page {
        var trail: [(String, Link)] = []
        if let subject {
            trail = [
                (text("tracing.list"), "/tracing"),
                (
                    text("tracing.of", ["name": subject.personName]),
                    RequestPages.link(to: subject.request)
                ),
            ]
        }
        return Page(
            subject.map { text("namesHeard.of", ["name": $0.personName]) }
                ?? text("namesHeard.title"),
            lead: text("namesHeard.lead"), trail: trail,
            actions: button(
                text("heard.title"), subject.map { HearingPages.link(to: $0.request) } ?? "/heard",
                icon: .ear),
            """
            \(HearingView.notice(ear.failure, text))
            <div class="columns"><div>\(form)\(savedCard)</div><div>\(rankings)</div></div>
            """)
    }

    private var form: HTML {
        guard takesMore else { return callout(.info, text("heard.readOnly")) }
        let given = visit.form(action)
        let form = Form(
            given.action, text, typed: visit.typed, problems: given.problems, csrf: given.csrf,
            key: given.key)
        let fields = NameHeard.Whose.allCases.map { whose in
            form.line(
                whose.rawValue, text(of: whose),
                hint: whose == .own ? text("namesHeard.hint") : nil, limit: NameHeard.longest)
        }
        var provinces: HTML?
        if case .open(let run, let known) = ear, !known.isEmpty {
            let believed = run.believed.map {
                text(
                    "namesHeard.believed",
                    ["area": $0.name, "share": RequestPages.percent($0.probability)])
            }
            provinces = form.select(
                "province", text("namesHeard.province"),
                known.map { Form.Option($0.digits, $0.name) },
                empty: believed ?? text("namesHeard.anywhere"))
        }
        let saving: HTML? =
            subject == nil
            ? nil
            : form.section(
                text("heard.save"),
                """
                \(form.select("source", text("observation.source"),
                    Form.Option.all(ObservationSource.self, text), value: ObservationSource.person.rawValue))
                \(form.select("certainty", text("observation.certainty"),
                    Form.Option.all(Certainty.self, text), value: Certainty.likely.rawValue))
                <div class="submit"><button type="submit" name="do" value="save">\(text("heard.save"))</button></div>
                """)
        return card(
            text("namesHeard.next"),
            """
            \(form.summary)
            <form class="form" method="post" action="\(action)" novalidate>\(form.hidden)
            \(fields)
            \(provinces)
            <div class="submit"><button type="submit" class="primary" name="do" value="hear">\
            \(text("namesHeard.hear"))</button></div>
            \(saving)
            </form>
            """)
    }

    private var savedCard: HTML? {
        guard let subject, !subject.names.isEmpty else { return nil }
        let lines = zip(subject.names, saved).map { line, name -> HTML in
            guard !line.isRetracted else {
                return """
                    <li><p><del>\(line.value)</del></p><p class="hint">\
                    \(text("observation.retractedWhy", ["reason": line.retractionReason ?? ""]))</p></li>
                    """
            }
            let who = text.list([
                text(line.occurredAt), text(of: line.source), text(of: line.certainty),
                text.who(line.recordedBy),
            ])
            return """
                <li><p>\(name.map(said) ?? "\(line.value)")</p><p class="hint">\(who)</p>\
                \(visit.retraction(of: line, under: action))</li>
                """
        }
        return card(text("heard.soFar"), "<ul class=\"heard-lines\">\(lines)</ul>")
    }

    private func said(_ name: NameHeard) -> HTML {
        "\(text(of: name.whose)) <b>\(name.heard)</b>\(text("namesHeard.bySound"))"
    }

    private var rankings: HTML? {
        guard case .open(let run, let provinces) = ear else { return nil }
        guard !run.heard.isEmpty else {
            guard takesMore else { return nil }
            return card(
                text("namesHeard.names"),
                emptyState(text("namesHeard.none"), text("namesHeard.none.advice")))
        }
        return HTML(
            run.heard.map { heard in
                let area =
                    provinces.first { $0.digits == heard.area }?.name
                    ?? text("namesHeard.wholeCountry")
                let rows = heard.rows.enumerated().map { row($1, area, isOpen: $0 < 3) }
                return card(
                    text(
                        "namesHeard.ranking",
                        ["whose": text(of: heard.name.whose), "heard": heard.name.heard]),
                    rows.isEmpty
                        ? "<p>\(text("namesHeard.nothing"))</p>"
                        : """
                        <p class="hint">\(text("namesHeard.area", ["area": area]))</p>
                        <ol class="ranking">\(rows)</ol>
                        <p class="hint">\(text("namesHeard.legend"))</p>
                        """)
            })
    }

    private func row(_ row: NamesRun.Row, _ area: String, isOpen: Bool) -> HTML {
        let steps = row.steps.map { step -> HTML in
            "<li>\(HearingView.words(step, { $0.isEmpty ? area : $0 }, text))</li>"
        }
        let reasons: HTML = "<ul class=\"evidence\">\(steps)</ul>"
        return """
            <li class="candidate"><div class="candidate-head"><p><b>\(row.name)</b>\
            \(row.isBySound ? text("namesHeard.bySound") : "") \
            <span>\(text("namesHeard.ratio", ["times": times(row.ratio)]))</span></p>\
            <p class="probability"><b>\(RequestPages.percent(row.probability))</b></p></div>\
            \(isOpen ? reasons : disclosure(text("heard.why"), reasons))</li>
            """
    }

    /// Two significant figures: nobody knows it better.
    private func times(_ ratio: Double) -> String {
        if ratio < 0.1 { return "< 0.1" }
        guard ratio >= 10 else { return "\((ratio * 10).rounded() / 10)" }
        var step = 1.0
        while ratio / step >= 100 { step *= 10 }
        return text(Int(min((ratio / step).rounded() * step, 1e15)))
    }
}

extension NamesHeardView.EarState {
    var failure: EarShelf.Failure? { if case .shut(let failure) = self { failure } else { nil } }
}
