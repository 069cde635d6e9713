import Foundation
import GuituCore
import GuituEar
import GuituText

/// Everything heard of one person, as pages show it: counties first, since an
/// officer telephones counties, and in each the towns that stand out.
struct HearingRun: Sendable {
    struct County: Sendable {
        var code: String
        /// From the province down.
        var path: [String]
        var probability: Double
        var towns: [Town]
        var reasons: [Reason]
        var point: OpenedEar.Point?
    }

    struct Town: Sendable {
        var code: String
        var name: String
        /// Of the town, not within its county.
        var probability: Double
    }

    /// One name heard, laid over the name of a place.
    struct Reason: Sendable {
        var place: String
        var why: Explanation
    }

    struct Question: Sendable {
        var code: String
        var path: [String]
        var gain: Double
    }

    struct Province: Sendable {
        var digits: String
        var name: String
        var probability: Double
    }

    /// How much one clue speaks for the first county; nil: it is not counted.
    typealias Weight = Double?

    var counties: [County] = []
    var questions: [Question] = []
    /// The likeliest, once it is likelier than not.
    var province: Province?
    /// Bits.
    var entropy = 0.0
    /// In the order given.
    var words: [Weight] = []
    var answers: [Weight] = []

    static let shown = 20

    /// - Throws: Nothing that was typed makes it throw: what cannot be read, or
    ///   names a place that the list does not have, is not counted.
    init(_ words: [WordsHeard], _ answers: [PlaceAnswer], _ opened: OpenedEar) throws {
        let ear = opened.ear
        let told = words.map { Self.clue($0, ear) }
        let asked = answers.map { Self.clue($0, ear) }
        let clues = (told + asked).compactMap { $0 }
        guard !clues.isEmpty else {
            self.words = words.map { _ in nil }
            self.answers = answers.map { _ in nil }
            return
        }
        // Beyond twenty thousand rows nothing is left that anybody would see.
        let belief = try ear.belief(in: clues, limit: 20_000)
        entropy = belief.entropy
        var shares = belief.shares.map(\.logRatio)[...]
        self.words = told.map { $0 == nil ? nil : shares.popFirst() }
        self.answers = asked.map { $0 == nil ? nil : shares.popFirst() }
        let heard = told.compactMap { clue -> Utterance? in
            if case .heard(let utterance) = clue { utterance } else { nil }
        }
        counties = Self.counties(belief.candidates, heard, ear)
        province = Self.province(belief.candidates, ear)
        questions = belief.questions.map {
            Question(code: ear.code(of: $0.place), path: Self.names($0.place, ear), gain: $0.gain)
        }
    }

    private static func province(_ candidates: [Candidate], _ ear: Ear) -> Province? {
        var sums: [String: Double] = [:]
        for candidate in candidates {
            sums[String(ear.code(of: candidate.place).prefix(2)), default: 0] +=
                candidate.probability
        }
        guard let best = sums.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
            best.value > 0.5, let place = ear.places(code: best.key + "0000").first
        else { return nil }
        return Province(digits: best.key, name: ear.name(of: place), probability: best.value)
    }

    /// What is wrong with words that a person is about to add, by fragment.
    static func fault(_ words: WordsHeard, _ opened: OpenedEar) -> (fragment: Int, saying: Saying)?
    {
        for (number, fragment) in words.fragments.enumerated() where words.isName {
            do {
                _ = try opened.ear.reader.utterance(fragment)
            } catch HeardError.tooLong {
                return (number, Saying("heard.tooLong"))
            } catch {
                return (number, Saying("heard.noSyllable"))
            }
        }
        return nil
    }

    /// Nil when it cannot be read, or no operator's table knows it.
    private static func clue(_ words: WordsHeard, _ ear: Ear) -> Clue? {
        guard let kind = words.level.flatMap({ ClueTable.Kind(rawValue: $0.rawValue) }) else {
            return (try? utterance(words, ear)).map(Clue.heard)
        }
        let value = words.fragments.first ?? ""
        return ear.knows(kind, value) ? .told(kind, value) : nil
    }

    private static func utterance(_ words: WordsHeard, _ ear: Ear) throws -> Utterance {
        // Without a level the first name may be a county's or a town's; villages
        // are 600,000 and only searched when asked for.
        let level = words.level?.rawValue ?? "county/township"
        return try ear.reader.utterance(
            words.fragments.joined(separator: "|"), levels: level, province: words.province ?? "")
    }

    /// Nil when the list in use has no such place, or another under the code.
    private static func clue(_ answer: PlaceAnswer, _ ear: Ear) -> Clue? {
        guard let place = ear.places(code: answer.code).first,
            names(place, ear).joined(separator: " ") == answer.name
        else { return nil }
        return switch answer.word {
        case .yes: .agreed(code: answer.code)
        case .no: .refused(code: answer.code)
        case .unsure: .unsure(code: answer.code)
        }
    }

    static func names(_ place: Place, _ ear: Ear) -> [String] {
        ear.path(of: place).map { ear.name(of: $0) }
    }

    private static func counties(_ candidates: [Candidate], _ heard: [Utterance], _ ear: Ear)
        -> [County]
    {
        var order: [Place] = []
        var sums: [Place: Double] = [:]
        var inside: [Place: [Candidate]] = [:]
        for candidate in candidates {
            let path = ear.path(of: candidate.place)
            // Two cities have no counties: there the city stands for one.
            guard let county = path.last(where: { ear.level(of: $0) <= .county }) else { continue }
            if sums[county] == nil { order.append(county) }
            sums[county, default: 0] += candidate.probability
            if inside[county, default: []].count < 3, candidate.place != county {
                inside[county, default: []].append(candidate)
            }
        }
        let best = order.enumerated().sorted { a, b in
            (sums[b.element] ?? 0, a.offset) < (sums[a.element] ?? 0, b.offset)
        }.prefix(shown)
        return best.map { _, county in
            let sum = sums[county] ?? 0
            let first = inside[county]?.first?.place ?? county
            return County(
                code: ear.code(of: county), path: names(county, ear), probability: sum,
                // All towns of a county alike say nothing; one in eight does.
                towns: (inside[county] ?? []).filter { $0.probability > sum / 8 }.map {
                    Town(
                        code: ear.code(of: $0.place),
                        name: names($0.place, ear).dropFirst(names(county, ear).count)
                            .joined(separator: " "), probability: $0.probability)
                },
                reasons: heard.flatMap { reasons($0, first, ear) },
                point: OpenedEar.point(county, ear))
        }
    }

    /// Each name heard with the place on the way up that it fits best.
    private static func reasons(_ heard: Utterance, _ place: Place, _ ear: Ear) -> [Reason] {
        let path = ear.path(of: place)
        return heard.fragments.compactMap { fragment in
            guard let spelling = fragment.spellings.first else { return nil }
            return path.filter { fragment.levels.contains(ear.level(of: $0)) }
                .compactMap { place in
                    ear.explain(spelling, as: place).map {
                        Reason(place: ear.name(of: place), why: $0)
                    }
                }
                .max { worth($0.why) < worth($1.why) }
        }
    }

    private static func worth(_ why: Explanation) -> Int {
        why.steps.reduce(0) { sum, step in
            switch step.reason {
            case .standard: sum + 4
            case .usual: sum + 3
            case .known: sum + 1
            case .slip: sum - 2
            case .lost, .added: sum - 3
            }
        }
    }
}
