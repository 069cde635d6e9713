import Foundation
import GuituCore
import GuituEar
import GuituModel
import GuituText

/// The page of words heard: what to write down, what it may mean and why, what
/// to ask next, and on paper a list of whom to call.
struct HearingView: Sendable {
    enum EarState: Sendable {
        case open(HearingRun, OpenedEar)
        case shut(EarShelf.Failure)
    }

    let visit: Visit
    let subject: SeeWordsHeard.Answer?
    let draft: HeardDraft
    let typed: Typed
    let ear: EarState
    /// Beside the saved lines; nil where a line is of the other kind or does
    /// not read.
    let savedWords: [WordsHeard?]
    let savedAnswers: [PlaceAnswer?]

    private var text: Text { visit.text }
    private var action: Link { subject.map { HearingPages.link(to: $0.request) } ?? "/heard" }
    private var takesMore: Bool {
        subject.map { $0.takesMore && visit.may(.describePerson) } ?? true
    }
    private var run: HearingRun? { if case .open(let run, _) = ear { run } else { nil } }
    /// Answers are taken where a form stands and an index knows the places.
    private var takesAnswers: Bool { takesMore && run != nil }

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
        let hasSheet = run?.counties.isEmpty == false
        let names = button(
            text("namesHeard.title"),
            subject.map { NamesHeardPages.link(to: $0.request) } ?? "/heard/names", icon: .person)
        return Page(
            subject.map { text("heard.of", ["name": $0.personName]) } ?? text("heard.title"),
            lead: text("heard.lead"), trail: trail,
            actions: hasSheet ? "\(names)\(printButton(text))" : names,
            """
            \(shutNotice)
            <div class="screen-only">\(first)<div class="columns"><div>
            \(form)
            \(savedCard)
            \(lesson)
            \(map)
            </div><div>
            \(question)
            \(ranking)
            </div></div></div>
            \(sheet)
            """)
    }

    /// The first place in one line, above what is long on a phone.
    private var first: HTML? {
        guard let best = run?.counties.first else { return nil }
        return """
            <p class="heard-first">\(text("heard.first", [
                "place": best.path.joined(separator: " "),
                "share": RequestPages.percent(best.probability),
            ])) <a href="#places">\(text("heard.first.all"))</a></p>
            """
    }

    private var shutNotice: HTML? {
        guard case .shut(let failure) = ear else { return nil }
        return Self.notice(failure, text)
    }

    static func notice(_ failure: EarShelf.Failure?, _ text: Text) -> HTML? {
        guard let failure else { return nil }
        let title =
            switch failure {
            case .missing: text("heard.noIndex")
            case .damaged: text("heard.damagedIndex")
            }
        return callout(.warning, title, "<p>\(text("heard.noIndex.advice"))</p>")
    }

    // MARK: What was heard

    private var form: HTML? {
        guard takesMore else {
            return callout(.info, text("heard.readOnly"))
        }
        let given = visit.form(action)
        let form = Form(
            given.action, text, typed: typed, problems: given.problems, csrf: given.csrf,
            key: given.key)
        var provinces: HTML?
        if case .open(_, let opened) = ear, !opened.provinces.isEmpty {
            provinces = form.select(
                "province", text("heard.province"),
                opened.provinces.map { Form.Option($0.digits, $0.name) },
                empty: text("heard.province.any"))
        }
        // The first button of a form is the one that Enter presses.
        return card(
            text("heard.next"),
            """
            \(form.summary)
            <form class="form" id="heard" method="post" action="\(action)" novalidate>\(form.hidden)
            \(form.line("heard0", text("heard.asked"), hint: text("heard.asked.hint"), limit: 200))
            \(form.line("heard1", text("heard.town"), hint: text("heard.town.hint"), limit: 200))
            \(form.line("heard2", text("heard.county"), limit: 200))
            \(form.select("level", text("heard.level"),
                Form.Option.all(WordsHeard.Level.self, text), empty: text("heard.level.any"),
                hint: text("heard.level.hint")))
            \(provinces)
            <div class="submit"><button type="submit" class="primary" name="do" value="hear">\
            \(text("heard.hear"))</button></div>
            \(unsaved(form))
            </form>
            """)
    }

    private func unsaved(_ form: Form) -> HTML? {
        guard !draft.isEmpty else { return nil }
        let savedWordCount = savedWords.count { $0 != nil }
        let savedAnswerCount = savedAnswers.count { $0 != nil }
        let words = draft.words.enumerated().map { number, words -> HTML in
            line(
                said(words), run?.words[savedWordCount + number] ?? nil,
                """
                \(form.hidden(HeardDraft.wordsName, words.said))\
                \(drop("drop-words:\(number)", words.fragments.joined(separator: " ")))
                """)
        }
        let answers = draft.answers.enumerated().map { number, answer -> HTML in
            line(
                said(answer), run?.answers[savedAnswerCount + number] ?? nil,
                """
                \(form.hidden(HeardDraft.answersName, answer.said))\
                \(drop("drop-answers:\(number)", answer.name))
                """)
        }
        let saving: HTML? =
            subject == nil
            ? nil
            : """
            \(form.select("source", text("observation.source"),
                Form.Option.all(ObservationSource.self, text), value: ObservationSource.person.rawValue))
            \(form.select("certainty", text("observation.certainty"),
                Form.Option.all(Certainty.self, text), value: Certainty.likely.rawValue))
            <div class="submit"><button type="submit" name="do" value="save">\(text("heard.save"))</button></div>
            """
        let title =
            subject == nil ? text("heard.onTheBench") : text("heard.unsaved")
        return form.section(title, "<ul class=\"heard-lines\">\(words)\(answers)</ul>\(saving)")
    }

    private func drop(_ deed: String, _ what: String) -> HTML {
        """
        <button type="submit" class="quiet" name="do" value="\(deed)">\(text("heard.drop"))\
        <span class="unseen"> \(what)</span></button>
        """
    }

    private var savedCard: HTML? {
        guard let subject else { return nil }
        guard !subject.lines.isEmpty else {
            return card(
                text("heard.soFar"),
                emptyState(text("heard.nothingYet"), text("heard.nothingYet.advice")))
        }
        var wordsBefore = 0
        var answersBefore = 0
        var at = 0
        let lines = subject.lines.map { line -> HTML in
            let value: HTML
            var weight: HearingRun.Weight = nil
            guard !line.isRetracted else {
                return """
                    <li><p><del>\(line.value)</del></p><p class="hint">\
                    \(text("observation.retractedWhy", ["reason": line.retractionReason ?? ""]))</p></li>
                    """
            }
            if let words = savedWords[at] {
                value = said(words)
                weight = run?.words[wordsBefore] ?? nil
                wordsBefore += 1
            } else if let answer = savedAnswers[at] {
                value = said(answer)
                weight = run?.answers[answersBefore] ?? nil
                answersBefore += 1
            } else {
                value = "\(line.value)"
            }
            at += 1
            let who = text.list([
                text(line.occurredAt), text(of: line.source), text(of: line.certainty),
                text.who(line.recordedBy),
            ])
            return self.line(
                value, weight,
                "<p class=\"hint\">\(who)</p>\(visit.retraction(of: line, under: action))")
        }
        return card(text("heard.soFar"), "<ul class=\"heard-lines\">\(lines)</ul>")
    }

    private var lesson: HTML? {
        guard let subject, let lesson = subject.lesson else { return nil }
        return SolvedNamesView(
            visit: visit, subject: subject, lesson: lesson,
            heard: savedWords.flatMap { $0.flatMap { $0.isName ? $0.fragments : nil } ?? [] }
        ).view
    }

    private func line(_ value: HTML, _ weight: HearingRun.Weight, _ rest: HTML) -> HTML {
        "<li><p>\(value) \(share(weight))</p>\(rest)</li>"
    }

    /// How much a clue speaks for the place that stands first.
    private func share(_ weight: HearingRun.Weight) -> HTML? {
        guard let run, subject?.isMasked != true else { return nil }
        guard let weight, !run.counties.isEmpty else {
            return badge(text("heard.notCounted"), .warning)
        }
        let times = pow(10, min(abs(weight), 6))
        let count = times < 10 ? "\((times * 10).rounded() / 10)" : text(Int(times.rounded()))
        if weight < -0.1 {
            return badge(text("heard.against", ["times": count]), .warning)
        }
        return weight > 0.1 ? badge(text("heard.for", ["times": count]), .info) : nil
    }

    private func said(_ words: WordsHeard) -> HTML {
        let more = [
            words.level.map { text(of: $0) },
            words.province.map { digits in
                if case .open(_, let opened) = ear {
                    return opened.provinces.first { $0.digits == digits }?.name ?? digits
                }
                return digits
            },
        ].compactMap { $0 }
        return """
            <b>\(words.fragments.joined(separator: " ‹ "))</b>\
            \(more.isEmpty ? nil : " (\(text.list(more)))" as HTML)
            """
    }

    private func said(_ answer: PlaceAnswer) -> HTML {
        "\(badge(text(of: answer.word), answer.word == .yes ? .success : .neutral)) \(answer.name)"
    }

    // MARK: What it may mean

    private var ranking: HTML? {
        guard let run else { return nil }
        guard !run.counties.isEmpty else {
            guard takesMore else { return nil }
            return card(
                text("heard.places"),
                emptyState(text("heard.noPlaces"), text("heard.noPlaces.advice")))
        }
        let rows = run.counties.enumerated().map { row($1, isOpen: $0 < 3) }
        let rest = rows.dropFirst(10)
        return card(
            text("heard.places"),
            """
            <ol class="ranking" id="places">\(Array(rows.prefix(10)))</ol>
            \(rest.isEmpty ? nil : disclosure(text("tracing.rest", ["count": text(rest.count)]), "<ol class=\"ranking\">\(Array(rest))</ol>"))
            <p class="hint">\(text("heard.open", ["bits": text(Int(run.entropy.rounded()))]))</p>
            """)
    }

    /// - Parameter isOpen: Whether reasons stand there at once; else a key away.
    private func row(_ county: HearingRun.County, isOpen: Bool) -> HTML {
        let reasons: HTML =
            "<ul class=\"evidence\">\(county.reasons.map { reason($0, county.path) })</ul>"
        let above = county.path.dropLast().joined(separator: " ")
        let towns = county.towns.map { town -> HTML in
            """
            <li><span>\(town.name)</span> <span class="hint">\(RequestPages.percent(town.probability))</span>\
            \(answers(town.code, town.name))</li>
            """
        }
        return """
            <li class="candidate"><div class="candidate-head"><p><b>\(county.path.last ?? "")</b> \
            <span>\(above)</span></p>\
            <p class="probability"><b>\(RequestPages.percent(county.probability))</b></p></div>\
            \(isOpen || county.reasons.isEmpty ? reasons : disclosure(text("heard.why"), reasons))\
            \(answers(county.code, county.path.last ?? ""))\
            <p class="hint">\(text("heard.call", ["offices": text.list(offices(county))]))</p>\
            \(towns.isEmpty ? nil : "<ul class=\"heard-towns\">\(towns)</ul>" as HTML)</li>
            """
    }

    /// Whom to call, by the names their offices bear in Chinese. Numbers are
    /// in no list of ours.
    private func offices(_ county: HearingRun.County) -> [String] {
        let own = county.path.last ?? ""
        // Many cities have a 市中区: the city's name goes before.
        let name = (own.hasSuffix("区") ? Self.city(county.path) : "") + own
        let towns = Set(county.towns.compactMap { $0.name.split(separator: " ").first }).sorted()
        return [name + "民政局", name + "救助管理站"] + towns.map { $0 + "派出所" }
    }

    /// What lies above a county, without the list's own words for nothing.
    private static func city(_ path: [String]) -> String {
        path.dropLast().last { !isFiller($0) } ?? ""
    }

    static func isFiller(_ name: String) -> Bool {
        name == "市辖区" || name == "县" || name.contains("直辖县级")
    }

    /// Three buttons of the form above, for a place that was named to them.
    private func answers(_ code: String, _ name: String) -> HTML? {
        guard takesAnswers else { return nil }
        return """
            <span class="heard-answers" role="group" aria-label="\(text("heard.ask", ["place": name]))">\
            \(PlaceAnswer.Word.allCases.map { word in
                """
                <button type="submit" form="heard" class="quiet" name="do" \
                value="\("\(word.rawValue):\(code)")">\(text(of: word))</button>
                """ as HTML
            })</span>
            """
    }

    private func reason(_ reason: HearingRun.Reason, _ path: [String]) -> HTML {
        let why = reason.why
        let kind: String? =
            if why.isFormer {
                why.formerYears.map {
                    text(
                        "heard.former.years",
                        ["name": why.name, "from": "\($0.lowerBound)", "until": "\($0.upperBound)"])
                } ?? text("heard.former", ["name": why.name])
            } else if why.isAlias {
                text("heard.alias", ["name": why.name])
            } else {
                nil
            }
        return """
            <li><b>\(reason.place)</b> \(kind.map { "(\($0)) " as HTML })\
            \(text.list(why.steps.map { step($0, path) }))</li>
            """
    }

    private func step(_ step: Explanation.Step, _ path: [String]) -> String {
        Self.words(step, { Self.isFiller($0) ? path.first ?? $0 : $0 }, text)
    }

    /// - Parameter around: What to call the area that a step speaks of.
    static func words(
        _ step: Explanation.Step, _ around: (String) -> String, _ text: Text
    ) -> String {
        var blanks = [
            "heard": step.heard, "standard": step.standard,
            "character": step.character.map(String.init) ?? "",
        ]
        switch step.reason {
        case .standard: return text("heard.step.standard", blanks)
        case .usual(let area, let share):
            blanks["area"] = around(area)
            blanks["share"] = RequestPages.percent(share)
            return text("heard.step.usual", blanks)
        case .known(let area, let share):
            blanks["area"] = around(area)
            blanks["share"] = RequestPages.percent(share)
            return text("heard.step.known", blanks)
        case .slip: return text("heard.step.slip", blanks)
        case .lost: return text("heard.step.lost", blanks)
        case .added: return text("heard.step.added", blanks)
        }
    }

    private var question: HTML? {
        guard let first = run?.questions.first, takesAnswers else { return nil }
        let place = first.path.joined(separator: " ")
        return card(
            text("heard.question"),
            """
            <p class="question">\(text("heard.ask", ["place": place]))</p>
            <p>\(answers(first.code, place))</p>
            <p class="hint">\(text("heard.question.why"))</p>
            """)
    }

    private var map: HTML? {
        guard case .open(let run, let opened) = ear,
            let map = HeardMap(run.counties, over: opened.counties)
        else { return nil }
        return card(
            text("heard.map"),
            """
            \(map.view(text("heard.map")))
            <p class="hint">\(text("heard.map.legend"))</p>
            """)
    }

    // MARK: On paper

    /// The first ten with space to write beside; instead of the screen's page.
    private var sheet: HTML? {
        guard let run, !run.counties.isEmpty else { return nil }
        let said = (savedWords.compactMap { $0 } + draft.words).map {
            $0.fragments.joined(separator: " ‹ ")
        }
        let rows = run.counties.prefix(10).enumerated().map { number, county -> HTML in
            """
            <tr><td>\(number + 1)</td><td>\(county.path.first ?? "")</td>\
            <td>\(county.path.dropFirst().dropLast().joined(separator: " "))</td>\
            <td><b>\(county.path.last ?? "")</b> \(text.list(county.towns.map(\.name)))\
            <br>\(text.list(offices(county)))</td>\
            <td>\(RequestPages.percent(county.probability))</td><td class="to-write"></td></tr>
            """
        }
        return """
            <section class="paper-only" aria-hidden="true"><h2>\(text("heard.sheet"))</h2>
            <p>\(text("heard.sheet.said", ["words": said.joined(separator: "; ")]))</p>
            <table><thead><tr><th>\(text("heard.sheet.number"))</th><th>\(text("heard.sheet.province"))</th>\
            <th>\(text("heard.sheet.city"))</th><th>\(text("wordsHeard.level.county"))</th>\
            <th>\(text("heard.sheet.probability"))</th><th>\(text("heard.sheet.notes"))</th></tr></thead>
            <tbody>\(rows)</tbody></table></section>
            """
    }
}

extension Visit {
    /// The folded form that takes back one line of what was heard; nil for who
    /// may not.
    func retraction(of line: SeeWordsHeard.Line, under action: Link) -> HTML? {
        guard may(.describePerson) else { return nil }
        let form = form("\(base: action)/retract", of: "observation", line.id.text)
        return disclosure(
            text("observation.retract"), isOpen: form.isBack,
            form.view(
                submit: text("observation.retract"),
                """
                \(form.hidden("observation", line.id.text))
                \(form.line("reason", text("observation.retractionReason"), required: true, limit: 500))
                """))
    }
}
