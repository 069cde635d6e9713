import Foundation
import GuituCore
import GuituEar
import GuituModel
import GuituText

/// Names of people as they were heard: on the bench, and for somebody who is
/// traced, where they are kept once somebody presses save.
enum NamesHeardPages {
    static let routes: [Route] = [
        .page("/heard/names", [SeeOwnAccount.self], show),
        .action("/heard/names", [SeeOwnAccount.self], again: show, act),
        .page("/tracing/{request}/names", [SeeWordsHeard.self], show),
        .action(
            "/tracing/{request}/names", [SeeWordsHeard.self, SaveNamesHeard.self], again: show, act),
        .action(
            "/tracing/{request}/names/retract", [SeeWordsHeard.self, RetractObservation.self],
            again: show, retract),
    ]

    static func link(to request: TracingRequest.ID) -> Link { "/tracing/\(request.text)/names" }

    @Sendable static func show(_ visit: Visit) async throws -> Reply {
        let subject = try await HearingPages.subject(visit)
        // What was wrongly typed stands in the form and is not heard.
        let names = visit.form("").problems.isEmpty ? Self.names(visit) : []
        return try await page(visit, subject, names)
    }

    private static func page(
        _ visit: Visit, _ subject: SeeWordsHeard.Answer?, _ typed: [NameHeard]
    ) async throws -> Reply {
        let isRead = subject?.isMasked != true
        let saved = (subject?.names ?? []).map { line in
            isRead && !line.isRetracted ? NameHeard(reading: line.value) : nil
        }
        let words = (subject?.lines ?? []).filter { isRead && !$0.isRetracted }
        let ear: NamesHeardView.EarState
        do {
            ear = try await visit.settings.ear.ask { opened in
                let believed = try HearingRun(
                    words.compactMap { WordsHeard(reading: $0.value) },
                    words.compactMap { PlaceAnswer(reading: $0.value) }, opened
                ).province
                return .open(
                    NamesRun(typed + saved.compactMap { $0 }, believed, opened), opened.provinces)
            }
        } catch let failure as EarShelf.Failure {
            ear = .shut(failure)
        }
        return .page(
            NamesHeardView(visit: visit, subject: subject, saved: saved, ear: ear).page)
    }

    /// What stands in the fields.
    private static func names(_ visit: Visit) -> [NameHeard] {
        let province = visit.typed["province"]
        return NameHeard.Whose.allCases.compactMap { whose in
            let word = visit.typed[whose.rawValue]
            return word.allSatisfy(\.isWhitespace)
                ? nil
                : NameHeard(
                    whose, word, province: WordsHeard.isProvince(province) ? province : nil)
        }
    }

    @Sendable private static func act(_ visit: Visit) async throws -> Reply {
        let subject = try await HearingPages.subject(visit)
        var names = names(visit)
        var form = FormReading(visit.typed)
        let province = visit.typed["province"]
        if !province.isEmpty, !WordsHeard.isProvince(province) {
            form.fail(Saying("field.unreadable", field: "province"))
        }
        if names.isEmpty { form.fail(Saying("field.required", field: "own")) }
        for name in names {
            guard var fault = try await fault(name, visit) else { continue }
            fault.field = name.whose.rawValue
            form.fail(fault)
        }
        guard visit.typed["do"] == "save", let subject else {
            try form.finish()
            return try await page(visit, subject, names)
        }
        let source = form.choice("source", ObservationSource.self)
        let certainty = form.choice("certainty", Certainty.self)
        try form.finish()
        guard let source, let certainty else { throw InvalidFields([]) }
        if province.isEmpty, let believed = try await believed(subject, visit) {
            // Kept with the name: what is believed tomorrow may be another.
            for at in names.indices { names[at].province = believed }
        }
        try await visit.perform(
            SaveNamesHeard(
                request: subject.request, names: names, source: source, certainty: certainty))
        return .go(link(to: subject.request), saying: Saying("namesHeard.saved"))
    }

    private static func fault(_ name: NameHeard, _ visit: Visit) async throws -> Saying? {
        if let fault = name.fault { return fault }
        do {
            return try await visit.settings.ear.ask { opened in
                guard let spelling = try? opened.ear.reader.spelling(name.heard) else {
                    return Saying("heard.noSyllable")
                }
                return (1...4).contains(spelling.syllables.count)
                    ? nil : Saying("namesHeard.tooLong")
            }
        } catch is EarShelf.Failure {
            // Without an index the name can still be kept.
            return nil
        }
    }

    private static func believed(_ subject: SeeWordsHeard.Answer, _ visit: Visit) async throws
        -> String?
    {
        let words = subject.lines.filter { !$0.isRetracted }
        do {
            return try await visit.settings.ear.ask { opened in
                try HearingRun(
                    words.compactMap { WordsHeard(reading: $0.value) },
                    words.compactMap { PlaceAnswer(reading: $0.value) }, opened
                ).province?.digits
            }
        } catch is EarShelf.Failure {
            return nil
        }
    }

    @Sendable private static func retract(_ visit: Visit) async throws -> Reply {
        try await HearingPages.retract(visit, among: \.names, back: link)
    }
}

/// What names heard may be, as the page shows it.
struct NamesRun: Sendable {
    struct Row: Sendable {
        var name: String
        /// By its sound: other characters than were written down.
        var isBySound: Bool
        var ratio: Double
        var probability: Double
        var steps: [GuituEar.Explanation.Step]
    }

    struct Heard: Sendable {
        var name: NameHeard
        /// Two digits; empty for the whole country.
        var area: String
        var rows: [Row]
    }

    /// Where everything heard of places so far points to.
    var believed: HearingRun.Province?
    var heard: [Heard]

    /// Their own, two parents', and what another officer heard of each.
    static let most = 6
    static let shown = 10

    init(_ names: [NameHeard], _ believed: HearingRun.Province?, _ opened: OpenedEar) {
        self.believed = believed
        let ear = opened.ear
        heard = names.prefix(Self.most).map { name in
            let area = name.province ?? believed?.digits ?? ""
            guard let spelling = try? ear.reader.spelling(name.heard),
                let found = try? ear.hearName(
                    spelling, area: area, among: opened.names, limit: Self.shown)
            else { return Heard(name: name, area: area, rows: []) }
            return Heard(
                name: name, area: area,
                rows: found.map {
                    Row(
                        name: $0.name, isBySound: $0.name != name.heard, ratio: $0.ratio,
                        probability: $0.probability,
                        steps: ear.steps(spelling, to: $0.name, area: area) ?? [])
                })
        }
    }
}
