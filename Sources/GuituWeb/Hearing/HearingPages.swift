import GuituCore
import GuituModel
import GuituText

/// Words heard in dialect become places: on the bench for trying, and for a
/// person who is traced, where they are kept once somebody presses save.
enum HearingPages {
    static let routes: [Route] = [
        .page("/heard", [SeeOwnAccount.self], show),
        .action("/heard", [SeeOwnAccount.self], again: show, act),
        .page("/tracing/{request}/heard", [SeeWordsHeard.self], show),
        .action(
            "/tracing/{request}/heard", [SeeWordsHeard.self, SaveWordsHeard.self], again: show, act),
        .action(
            "/tracing/{request}/heard/retract", [SeeWordsHeard.self, RetractObservation.self],
            again: show, retract),
        .action("/tracing/{request}/heard/learn", [AddSolvedName.self], again: show, learn),
        .action(
            "/tracing/{request}/heard/unlearn", [WithdrawSolvedName.self], again: show, unlearn),
    ]

    static func link(to request: TracingRequest.ID) -> Link { "/tracing/\(request.text)/heard" }

    /// Whose words they are; nil on the bench.
    static func subject(_ visit: Visit) async throws -> SeeWordsHeard.Answer? {
        if visit.parameters["request"] != nil {
            return try await visit.see(SeeWordsHeard(request: visit.id("request")))
        }
        _ = try await visit.see(SeeOwnAccount())
        guard visit.may(.seeTracing) else { throw Ending.notAllowed }
        return nil
    }

    @Sendable static func show(_ visit: Visit) async throws -> Reply {
        let subject = try await subject(visit)
        return try await page(visit, subject, HeardDraft(visit.typed), visit.typed)
    }

    private static func page(
        _ visit: Visit, _ subject: SeeWordsHeard.Answer?, _ draft: HeardDraft, _ typed: Typed
    ) async throws -> Reply {
        let saved = (subject?.lines ?? []).filter { !$0.isRetracted }
        // An office above sees masked words; they mean no place any more.
        let isRead = subject?.isMasked != true
        let words = saved.map { line in
            isRead && line.kind == .wordsHeard ? WordsHeard(reading: line.value) : nil
        }
        let answers = saved.map { line in
            isRead && line.kind == .placeAsked ? PlaceAnswer(reading: line.value) : nil
        }
        let counted = (
            words.compactMap { $0 } + draft.words, answers.compactMap { $0 } + draft.answers
        )
        let ear: HearingView.EarState
        do {
            ear = try await visit.settings.ear.ask { opened in
                .open(try HearingRun(counted.0, counted.1, opened), opened)
            }
        } catch let failure as EarShelf.Failure {
            ear = .shut(failure)
        }
        let view = HearingView(
            visit: visit, subject: subject, draft: draft, typed: typed, ear: ear,
            savedWords: words, savedAnswers: answers)
        return .page(view.page)
    }

    /// Hears the next words, takes an answer, drops a line, or saves.
    @Sendable private static func act(_ visit: Visit) async throws -> Reply {
        let subject = try await subject(visit)
        var draft = HeardDraft(visit.typed)
        let deed = visit.typed["do"]
        if draft.drops(deed) { return try await page(visit, subject, draft, visit.typed) }
        if let words = try await newWords(visit) {
            draft.words.append(words)
        } else if deed == "hear", draft.isEmpty, subject?.lines.isEmpty ?? true {
            throw InvalidFields([Saying("field.required", field: "heard0")])
        }
        if let answer = try await newAnswer(deed, visit) {
            draft.answers.removeAll { $0.code == answer.code }
            draft.answers.append(answer)
        }
        guard draft.count <= HeardDraft.most else {
            throw InvalidFields([
                Saying("heard.tooMany", ["max": "\(HeardDraft.most)"], field: "heard0")
            ])
        }
        guard deed == "save", let subject else {
            // What was taken over is not offered once more.
            let rest = Typed(visit.typed.values.filter { !HeardDraft.fields.contains($0.name) })
            return try await page(visit, subject, draft, rest)
        }
        var form = FormReading(visit.typed)
        let source = form.choice("source", ObservationSource.self)
        let certainty = form.choice("certainty", Certainty.self)
        try form.finish()
        guard let source, let certainty else { throw InvalidFields([]) }
        try await visit.perform(
            SaveWordsHeard(
                request: subject.request, words: draft.words, answers: draft.answers,
                source: source, certainty: certainty))
        return .go(link(to: subject.request), saying: Saying("heard.saved"))
    }

    /// What stands in the fields; nil when they are empty.
    private static func newWords(_ visit: Visit) async throws -> WordsHeard? {
        var fragments: [String] = []
        var fields: [String] = []
        for field in HeardDraft.fields {
            for part in WordsHeard.parts(visit.typed[field]) {
                fragments.append(part)
                fields.append(field)
            }
        }
        guard let first = fields.first else { return nil }
        guard first == "heard0" else {
            throw InvalidFields([Saying("field.required", field: "heard0")])
        }
        var form = FormReading(visit.typed)
        let level = form.optionalChoice("level", WordsHeard.Level.self)
        let province = visit.typed["province"]
        if !province.isEmpty, !WordsHeard.isProvince(province) {
            form.fail(Saying("field.unreadable", field: "province"))
        }
        let words = WordsHeard(
            fragments, level: level, province: province.isEmpty ? nil : province)
        var faults = words.faults
        if faults.isEmpty {
            do {
                let fault = try await visit.settings.ear.ask { HearingRun.fault(words, $0) }
                if let fault { faults.append(fault) }
            } catch is EarShelf.Failure {
                // Without an index the words can still be kept.
            }
        }
        for fault in faults {
            var saying = fault.saying
            saying.field = fields[fault.fragment]
            form.fail(saying)
        }
        try form.finish()
        return words
    }

    /// `no:431382`, from a button beside a place.
    private static func newAnswer(_ deed: String, _ visit: Visit) async throws -> PlaceAnswer? {
        let parts = deed.split(separator: ":").map(String.init)
        guard parts.count == 2, let word = PlaceAnswer.Word(rawValue: parts[0]) else { return nil }
        let code = parts[1]
        let name = try await visit.settings.ear.ask { opened in
            opened.ear.places(code: code).first.map {
                HearingRun.names($0, opened.ear).joined(separator: " ")
            }
        }
        guard let name else { throw InvalidFields([Saying("heard.noSuchPlace")]) }
        return PlaceAnswer(word, code: code, name: name)
    }

    @Sendable private static func retract(_ visit: Visit) async throws -> Reply {
        try await retract(visit, among: \.lines, back: link)
    }

    /// Takes back one of the lines that a page of things heard shows.
    static func retract(
        _ visit: Visit, among lines: (SeeWordsHeard.Answer) -> [SeeWordsHeard.Line],
        back: (TracingRequest.ID) -> Link
    ) async throws -> Reply {
        let request: TracingRequest.ID = try visit.id("request")
        let subject = try await visit.see(SeeWordsHeard(request: request))
        var form = FormReading(visit.typed)
        let observation: Observation.ID? = form.id("observation")
        try form.finish()
        guard let observation, lines(subject).contains(where: { $0.id == observation }) else {
            throw Ending.notFound
        }
        try await visit.perform(
            RetractObservation(
                person: subject.person, observation: observation, reason: visit.typed["reason"]))
        return .go(back(request), saying: Saying("observation.retracted"))
    }
}

/// What was typed and answered and is not saved: it travels in the form.
struct HeardDraft: Sendable {
    static let fields = ["heard0", "heard1", "heard2"]
    static let wordsName = "words"
    static let answersName = "answers"
    static let most = 20

    var words: [WordsHeard]
    var answers: [PlaceAnswer]
    var count: Int { words.count + answers.count }
    var isEmpty: Bool { count == 0 }

    init(_ typed: Typed) {
        words = typed.all(Self.wordsName).prefix(Self.most).compactMap {
            WordsHeard(reading: $0)
        }.filter(\.faults.isEmpty)
        answers = typed.all(Self.answersName).prefix(Self.most).compactMap {
            $0.count <= 200 ? PlaceAnswer(reading: $0) : nil
        }
    }

    /// Whether `deed` was to take a line away: `drop-words:0`.
    mutating func drops(_ deed: String) -> Bool {
        let parts = deed.split(separator: ":")
        guard parts.count == 2, let at = Int(parts[1]), at >= 0 else { return false }
        if parts[0] == "drop-words", at < words.count { words.remove(at: at) }
        if parts[0] == "drop-answers", at < answers.count { answers.remove(at: at) }
        return parts[0].hasPrefix("drop-")
    }
}
