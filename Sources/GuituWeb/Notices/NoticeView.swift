import GuituCore
import GuituMatching
import GuituModel
import GuituText

/// A notice with every value marked where it stands, and beside it what was
/// understood of each person.
struct NoticeView: Sendable {
    let visit: Visit
    /// Of several that were dropped at once, from 1.
    let number: Int
    let notice: NoticePages.Notice
    let persons: [NoticePerson]
    let published: Day?
    /// Where an example would be kept; nil keeps none.
    let holder: Area.ID?

    private var text: Text { visit.text }
    /// The year in which ages were told.
    private var told: Int { (published ?? visit.today).civil.year }

    var body: HTML {
        guard !persons.isEmpty else {
            return card(
                notice.title ?? text("reading.found"),
                emptyState(text("reading.nobody"), text("reading.nobody.advice")))
        }
        return """
            <div class="columns"><div>
            \(card(notice.title ?? text("reading.marked"), """
                <p class="hint">\(text("reading.marked.hint"))</p>
                <div class="marked">\(marked)</div>
                """))
            </div><div>
            \(persons.enumerated().map { person($0, $1) })
            </div></div>
            """
    }

    // MARK: The text

    private var marked: HTML {
        let scalars = Array(notice.text.unicodeScalars)
        let hidden = NoticeTags.hidden(scalars)
        var marks: [(span: Range<Int>, label: String)] = []
        for (number, person) in persons.enumerated() {
            for field in person.fields {
                guard let span = field.span?.clamped(to: 0..<scalars.count), !span.isEmpty else {
                    continue
                }
                let name = text(of: field.key)
                let label = persons.count == 1 ? name : "\(number + 1) \(name)"
                if let same = marks.firstIndex(where: { $0.span == span }) {
                    marks[same].label = text.list([marks[same].label, label])
                } else {
                    marks.append((span, label))
                }
            }
        }
        // A value inside another one keeps its own mark inside that one's.
        marks.sort {
            ($0.span.lowerBound, $1.span.upperBound) < ($1.span.lowerBound, $0.span.upperBound)
        }
        var at = 0
        var rest = marks[...]
        func plain(until end: Int) -> HTML {
            var shown = String.UnicodeScalarView()
            while at < end {
                if !hidden[at] {
                    shown.append(scalars[at])
                } else if scalars[at] == "<" {
                    // What two tags keep apart stays apart.
                    shown.append(" ")
                }
                at += 1
            }
            return "\(String(shown))"
        }
        func run(until end: Int) -> HTML {
            var pieces: [HTML] = []
            while let next = rest.first, next.span.lowerBound < end {
                rest.removeFirst()
                // Two that cross: the second begins where the first ends.
                guard next.span.upperBound > at else { continue }
                pieces.append(plain(until: max(at, next.span.lowerBound)))
                let inside = run(until: min(end, next.span.upperBound))
                pieces.append("<mark>\(inside)<small>\(next.label)</small></mark>")
            }
            pieces.append(plain(until: end))
            return HTML(pieces)
        }
        return run(until: scalars.count)
    }

    // MARK: The persons

    private func person(_ number: Int, _ person: NoticePerson) -> HTML {
        let name = person.text(.name) ?? text("reading.noName")
        let title = text("reading.person", ["number": text(number + 1), "name": name])
        let isMissing = person.kind == .missing
        let kind = isMissing ? text("reading.kind.missing") : text("reading.kind.found")
        let fields = person.fields.filter { ![.kind, .status].contains($0.key) }
        return card(
            title,
            """
            <p>\(person.isReunited
                ? badge(text("reading.reunited"), .success)
                : badge(kind, isMissing ? .info : .neutral))</p>
            <table class="read-fields"><thead><tr><th>\(text("reading.field"))</th>\
            <th>\(text("reading.value"))</th><th>\(text("reading.confidence"))</th></tr></thead><tbody>
            \(fields.map { field in
                """
                <tr><th scope="row">\(text(of: field.key))</th><td>\(said(field))</td>\
                <td>\(confidence(field.confidence))</td></tr>
                """ as HTML
            })</tbody></table>
            \(ways(number, person))
            """)
    }

    /// Where the person may be taken to: what the notice tells first, the
    /// other behind a line that says why not.
    private func ways(_ number: Int, _ person: NoticePerson) -> HTML {
        let report = draft(number, person, isMissing: true)
        if person.isReunited {
            return disclosure(
                text("reading.solved"), "<p>\(text("reading.solved.advice"))</p>\(report)")
        }
        guard person.kind == .found else { return report }
        let arrival: HTML =
            visit.may(.registerArrival)
            ? draft(number, person, isMissing: false)
            : "<p class=\"hint\">\(text("reading.arrivalElsewhere"))</p>"
        return """
            \(arrival)
            \(disclosure(text("reading.notMissing"),
                "<p>\(text("reading.notMissing.advice"))</p>\(report)"))
            """
    }

    /// The form of a missing report or an arrival with what was read; it opens
    /// there, to be completed, and is saved there.
    private func draft(_ number: Int, _ person: NoticePerson, isMissing: Bool) -> HTML {
        let given = visit.form("/notices/take")
        let form = Form(
            given.action, text, csrf: given.csrf, key: given.key,
            scope: "\(isMissing ? "missing" : "found")\(self.number)-\(number + 1)")
        let values = NoticeReport(person, told: told)
        let before = NoticeReport.fields(isMissing: isMissing).map { name in
            form.hidden(NoticePages.readPrefix + name, values[name])
        }
        return form.view(
            submit: isMissing ? text("reading.take") : text("reading.takeArrival"),
            """
            \(form.hidden("kind", isMissing ? "missing" : "found"))
            \(form.hidden("notice", passage(of: person)))
            \(form.hidden("published", published.map { "\($0)" } ?? ""))
            \(before)
            \(form.line("name", text("person.name"), value: values.name, limit: 60))
            \(form.select("sex", text("person.sex"), Form.Option.sexes(text), value: values.sex.rawValue))
            \(form.partialDay("birth", text("person.birth"), value: values.birth))
            \(isMissing ? lost(form, values) : found(form, values))
            <p class="hint">\(text("reading.kept"))</p>
            """)
    }

    private func lost(_ form: Form, _ values: NoticeReport) -> HTML {
        """
        \(form.line("height", text("missing.height"), .number, value: values.height, limit: 3, short: true))
        \(form.area("marks", text("missing.marks"), value: values.marks, limit: 1000, rows: 3))
        \(form.line("accent", text("missing.accent"), value: values.accent, limit: 100))
        \(form.partialDay("lost", text("missing.lost"), value: values.lost))
        \(form.line("lostPlace", text("missing.lostPlace"), value: values.lostPlace))
        \(form.line("homePlace", text("missing.homePlace"), value: values.homePlace))
        """
    }

    private func found(_ form: Form, _ values: NoticeReport) -> HTML {
        """
        \(form.line("foundPlace", text("arrival.foundPlace"), value: values.foundPlace))
        \(form.partialDay("foundOn", text("arrival.foundOn"), value: values.foundOn))
        \(form.line("broughtBy", text("arrival.broughtBy"), value: values.broughtBy))
        \(form.area("checkNotes", text("arrival.checkNotes"), value: values.checkNotes, limit: 2000, rows: 3))
        """
    }

    /// The lines that tell of one person: an example needs no one else's.
    private func passage(of person: NoticePerson) -> String {
        let scalars = Array(notice.text.unicodeScalars)
        guard persons.count > 1 else { return notice.text }
        let spans = person.fields.compactMap { $0.span?.clamped(to: 0..<scalars.count) }
        guard var start = spans.map(\.lowerBound).min(), var end = spans.map(\.upperBound).max()
        else { return "" }
        while start > 0, scalars[start - 1] != "\n" { start -= 1 }
        while end < scalars.count, scalars[end] != "\n" { end += 1 }
        return String(String.UnicodeScalarView(scalars[start..<end]))
    }

    private func said(_ field: NoticeField) -> String {
        switch field.value {
        case .text(let value):
            if field.key == .sex, let sex = Sex(rawValue: value) { return text(of: sex) }
            return String(NoticeTags.shown(value))
        case .number(let number): return "\(number)"
        case .range(let low, let high, _): return low == high ? "\(low)" : "\(low)–\(high)"
        case .flag(let flag): return flag ? text("reading.yes") : text("reading.no")
        }
    }

    private func confidence(_ share: Double) -> HTML {
        // Below three in four somebody should look at the place in the text.
        let words = RequestPages.percent(share)
        return share < 0.75 ? badge(text("reading.check", ["share": words]), .warning) : "\(words)"
    }
}

/// What a notice says, in the fields of a missing report and of an arrival.
struct NoticeReport: Equatable {
    var name = ""
    var sex = Sex.unknown
    var birth = ""
    var height = ""
    var marks = ""
    var accent = ""
    var lost = ""
    var lostPlace = ""
    var homePlace = ""
    var foundPlace = ""
    var foundOn = ""
    var broughtBy = ""
    var checkNotes = ""

    /// The names of the form's fields that a notice can fill.
    static func fields(isMissing: Bool) -> [String] {
        ["name", "sex", "birth"]
            + (isMissing
                ? ["height", "marks", "accent", "lost", "lostPlace", "homePlace"]
                : ["foundPlace", "foundOn", "broughtBy", "checkNotes"])
    }

    subscript(field: String) -> String {
        switch field {
        case "name": name
        case "sex": sex.rawValue
        case "birth": birth
        case "height": height
        case "marks": marks
        case "accent": accent
        case "lost": lost
        case "lostPlace": lostPlace
        case "homePlace": homePlace
        case "foundPlace": foundPlace
        case "foundOn": foundOn
        case "broughtBy": broughtBy
        case "checkNotes": checkNotes
        default: ""
        }
    }

    /// - Parameter told: The year in which the age was told.
    init(_ person: NoticePerson, told: Int) {
        func all(_ key: NoticeKey) -> [String] {
            person.all(key).compactMap {
                if case .text(let text) = $0.value { NoticeTags.shown(text) } else { nil }
            }
        }
        func one(_ key: NoticeKey, _ limit: Int = 200) -> String {
            String((all(key).first ?? "").prefix(limit))
        }
        name = one(.name, 60)
        sex = Sex(rawValue: one(.sex)) ?? .unknown
        if case .number(let year)? = person.first(.birthYear)?.value {
            birth = "\(year)年"
        } else if case .range(let low, let high, _)? = person.first(.age)?.value {
            // Not the age itself: the form would count it from today.
            birth = low == high ? "约\(told - low)年" : "约\(told - (low + high) / 2)年"
        }
        if case .range(let low, let high, _)? = person.first(.height)?.value {
            height = "\((low + high) / 2)"
        }
        // Whatever tells somebody apart; the form has one field for it.
        let looks: [NoticeKey] = [
            .marks, .clothing, .items, .build, .hair, .speech, .mental, .disability, .health,
        ]
        marks = String(looks.flatMap(all).joined(separator: "；").prefix(1000))
        accent = one(.accent, 100)
        lost = one(.dateMissing)
        lostPlace = one(.placeMissing)
        homePlace = one(.placeClaimed)
        foundPlace = one(.placeFound)
        foundOn = one(.dateFound)
        broughtBy = one(.escortedBy)
        // The form of an arrival has no fields for these; the checks' remarks
        // are read by whoever describes the person next.
        checkNotes = ([marks] + [accent, height, homePlace].filter { !$0.isEmpty })
            .filter { !$0.isEmpty }.joined(separator: "；")
    }
}

/// Tags of a page that was pasted or dropped are not shown; spans count them.
enum NoticeTags {
    /// For each scalar, whether it belongs to a tag, a script or a style.
    static func hidden(_ scalars: [Unicode.Scalar]) -> [Bool] {
        var hidden = [Bool](repeating: false, count: scalars.count)
        var at = 0
        var skipsUntil: String?
        while at < scalars.count {
            guard scalars[at] == "<", let end = tagEnd(scalars, at) else {
                if skipsUntil != nil { hidden[at] = true }
                at += 1
                continue
            }
            for place in at...end { hidden[place] = true }
            let name = String(
                String.UnicodeScalarView(
                    scalars[(at + 1)..<end].prefix { $0 == "/" || $0.properties.isAlphabetic })
            ).lowercased()
            if name == skipsUntil {
                skipsUntil = nil
            } else if skipsUntil == nil, ["script", "style"].contains(name) {
                skipsUntil = "/" + name
            }
            at = end + 1
        }
        return hidden
    }

    static func shown(_ text: String) -> String {
        guard text.contains("<") else { return text }
        let scalars = Array(text.unicodeScalars)
        let hidden = hidden(scalars)
        var shown = String.UnicodeScalarView()
        for (scalar, isHidden) in zip(scalars, hidden) where !isHidden { shown.append(scalar) }
        return String(shown)
    }

    /// Where the tag that begins at `start` ends; nil when "<" begins none.
    private static func tagEnd(_ scalars: [Unicode.Scalar], _ start: Int) -> Int? {
        guard start + 1 < scalars.count else { return nil }
        let next = scalars[start + 1]
        guard next == "/" || next == "!" || (next.isASCII && next.properties.isAlphabetic) else {
            return nil
        }
        // No tag of a notice is longer; without the limit many "<" cost a square.
        return scalars[start..<min(scalars.count, start + 2000)].firstIndex(of: ">")
    }
}
