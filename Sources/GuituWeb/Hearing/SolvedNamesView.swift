import GuituCore
import GuituEar
import GuituModel
import GuituText

/// What a solved case taught of how a place is called: offered, taken back.
struct SolvedNamesView: Sendable {
    let visit: Visit
    let subject: SeeWordsHeard.Answer
    let lesson: SolvedName.Lesson
    /// Names of places heard of this person.
    let heard: [String]

    private var text: Text { visit.text }
    private var base: Link { HearingPages.link(to: subject.request) }

    var view: HTML {
        card(
            text("solvedName.title"),
            """
            <p class="hint">\(text("solvedName.lead"))</p>
            \(lesson.lines.isEmpty ? nil : "<ul class=\"heard-lines\">\(lesson.lines.map(line))</ul>" as HTML)
            \(visit.may(.decideCandidate) ? form : nil)
            """)
    }

    private func line(_ line: SolvedName.Line) -> HTML {
        let words = text(
            "solvedName.was", ["heard": line.name.heard, "place": line.name.place])
        if let why = line.withdrawnWhy {
            return """
                <li><p><del>\(words)</del></p><p class="hint">\
                \(text("solvedName.withdrawnWhy", ["reason": why]))</p></li>
                """
        }
        let who = text.list(
            [
                line.name.since.map { text("solvedName.from", ["day": text($0)]) },
                line.name.until.map { text("solvedName.to", ["day": text($0)]) },
                text.who(line.recordedBy),
            ].compactMap { $0 })
        return "<li><p>\(words)</p><p class=\"hint\">\(who)</p>\(withdrawal(line))</li>"
    }

    private func withdrawal(_ line: SolvedName.Line) -> HTML? {
        guard visit.may(.decideCandidate) else { return nil }
        let form = visit.form("\(base: base)/unlearn", of: "name", line.id.text)
        return disclosure(
            text("solvedName.withdraw"), isOpen: form.isBack,
            form.view(
                submit: text("solvedName.withdraw"),
                """
                \(form.hidden("name", line.id.text))
                \(form.line("reason", text("solvedName.reason"), required: true, limit: 500))
                """))
    }

    private var form: HTML {
        let taught = Set(lesson.lines.filter { $0.withdrawnWhy == nil }.map(\.name.heard))
        let offered = heard.filter { !taught.contains($0) }
        let form = visit.form("\(base: base)/learn")
        return form.view(
            submit: text("solvedName.add"),
            """
            \(form.line("heard", text("solvedName.heard"), value: offered.first ?? "",
                required: true, limit: WordsHeard.longestFragment, suggestions: offered))
            \(form.line("place", text("solvedName.place"), value: lesson.home,
                hint: text("solvedName.place.hint"), required: true))
            \(form.line("since", text("solvedName.since"), .date, hint: text("solvedName.since.hint"),
                limit: 10, short: true))
            \(form.line("until", text("solvedName.until"), .date, hint: text("solvedName.until.hint"),
                limit: 10, short: true))
            """)
    }
}

extension HearingPages {
    @Sendable static func learn(_ visit: Visit) async throws -> Reply {
        let request: TracingRequest.ID = try visit.id("request")
        var form = FormReading(visit.typed)
        let days = ["since", "until"].map { field -> Day? in
            let day = Day(visit.typed[field])
            if day == nil, !visit.typed[field].isEmpty {
                form.fail(Saying("field.unreadable", field: field))
            }
            return day
        }
        try form.finish()
        let place = try await visit.settings.ear.namedPlace(visit.typed["place"])
        try await visit.perform(
            AddSolvedName(
                request: request,
                name: SolvedName(
                    heard: visit.typed["heard"], code: place.code, place: place.name,
                    since: days[0], until: days[1])))
        return .go(link(to: request), saying: Saying("solvedName.added"))
    }

    @Sendable static func unlearn(_ visit: Visit) async throws -> Reply {
        let request: TracingRequest.ID = try visit.id("request")
        var form = FormReading(visit.typed)
        let name: SolvedName.ID? = form.id("name")
        try form.finish()
        guard let name else { throw Ending.notFound }
        try await visit.perform(
            WithdrawSolvedName(request: request, name: name, reason: visit.typed["reason"]))
        return .go(link(to: request), saying: Saying("solvedName.withdrawn"))
    }
}

extension EarShelf {
    /// The place that an address or a code names, in the list's own words.
    ///
    /// - Throws: `InvalidFields` of the field `place` when no place fits best, or
    ///   nobody can look.
    public func namedPlace(_ written: String) async throws -> (code: String, name: String) {
        func wrong(_ key: String) -> InvalidFields { InvalidFields([Saying(key, field: "place")]) }
        guard !written.allSatisfy(\.isWhitespace) else { throw wrong("field.required") }
        let found: [(code: String, name: String)]
        do { found = try await ask { $0.named(written) } } catch is Failure {
            throw wrong("solvedName.noIndex")
        }
        guard let first = found.first else { throw wrong("solvedName.noSuchPlace") }
        guard found.count == 1 else { throw wrong("solvedName.severalPlaces") }
        return first
    }
}

extension OpenedEar {
    /// The places whose own name and names above stand in an address, as much of
    /// it as can be; several when it does not tell them apart.
    fileprivate func named(_ written: String) -> [(code: String, name: String)] {
        let address = written.filter { !$0.isWhitespace }
        func line(_ place: GuituEar.Place) -> (code: String, name: String) {
            (ear.code(of: place), HearingRun.names(place, ear).joined(separator: " "))
        }
        if let place = ear.places(code: address.uppercased()).last { return [line(place)] }
        var best: [GuituEar.Place] = []
        var most = 0
        var seen: Set<GuituEar.Place> = []
        for candidate in (try? ear.belief(in: [], limit: 100_000))?.candidates ?? [] {
            var length = 0
            for place in ear.path(of: candidate.place) {
                let name = ear.name(of: place)
                guard !HearingView.isFiller(name), address.contains(name) else { continue }
                length += name.count
                guard length >= most, seen.insert(place).inserted else { continue }
                if length > most { best = [] }
                most = length
                best.append(place)
            }
        }
        return best.map(line)
    }
}

extension EarShelf {
    /// The table of names that commands read, without the last line's end.
    public static func table(_ names: [SolvedName]) -> String {
        let rows = names.map {
            AliasTable.Row(
                heard: $0.heard, code: $0.code, who: "", when: $0.since?.description ?? "",
                until: $0.until?.description ?? "")
        }
        return String(AliasTable(rows: rows).text.dropLast())
    }
}
