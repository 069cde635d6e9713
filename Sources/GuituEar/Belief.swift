import Foundation

/// One thing learned about where a person comes from.
public enum Clue: Sendable, Hashable {
    case heard(Utterance)
    /// A place was named or shown to them.
    case agreed(code: String)
    case refused(code: String)
    case unsure(code: String)
    /// Something by which they remember home, in an operator's table.
    case told(ClueTable.Kind, String)
}

/// What all clues together say about where one person comes from.
public struct Belief: Sendable {
    /// Best first.
    public var candidates: [Candidate]
    /// What is still open, in bits.
    public var entropy: Double
    /// In the order given: how much each clue speaks for the first candidate.
    public var shares: [Share]
    /// What to ask or to say aloud next, the most telling first.
    public var questions: [Question]

    public struct Share: Sendable {
        /// log10 P(clue | first candidate) / P(clue); below 0 it contradicts the rest.
        public var logRatio: Double
        public var contradicts: Bool { logRatio < 0 }
    }

    /// "Are you from here?", with the drop in entropy to be expected of the answer.
    public struct Question: Sendable {
        public var place: Place
        /// Bits.
        public var gain: Double
        /// How likely the place is as things stand.
        public var probability: Double
    }
}

extension Ear {
    /// P(answer | from there), P(answer | from elsewhere): yes, no, not sure.
    /// Ours: people agree out of politeness and refuse out of fear.
    static let answers: [(there: Double, elsewhere: Double)] = [
        (0.80, 0.05), (0.06, 0.85), (0.14, 0.10),
    ]

    /// Combines any number of clues; their order does not matter.
    ///
    /// - Throws: `TableError` when a code is no place of the index, or nothing is
    ///   known of what they told.
    public func belief(
        in clues: [Clue], prior: Prior = .uniform, limit: Int = 200
    ) throws -> Belief {
        var level = PlaceLevel.county
        for case .heard(let utterance) in clues {
            for deeper in utterance.fragments.first?.levels ?? [] { level = max(level, deeper) }
        }
        if !clues.contains(where: { if case .heard = $0 { true } else { false } }) {
            level = .township
        }
        guard let range = levelRanges[level], !range.isEmpty else {
            return Belief(candidates: [], entropy: 0, shares: [], questions: [])
        }
        let each = try clues.map { try logLikelihood(of: $0, over: range, at: level) }
        var sum = logPrior(prior, over: range)
        let base = sum
        // One order for the same clues, so that sums of floating numbers agree.
        let order = clues.indices.sorted { Self.sortKey(clues[$0]) < Self.sortKey(clues[$1]) }
        for number in order {
            for at in sum.indices { sum[at] += each[number][at] }
        }
        let posterior = Self.normalised(sum)
        let before = Self.normalised(base)
        let best = Self.largest(posterior.map { Float($0) }, limit)
        let candidates = best.map {
            Candidate(
                place: Place(row: range.lowerBound + $0), probability: posterior[$0],
                nameProbability: posterior[$0])
        }
        let shares = each.map { likelihood -> Belief.Share in
            guard let top = best.first else { return Belief.Share(logRatio: 0) }
            let mean = zip(before, likelihood).reduce(0.0) { $0 + $1.0 * exp($1.1) }
            return Belief.Share(logRatio: (likelihood[top] - log(mean)) / log(10))
        }
        let entropy = posterior.reduce(0.0) { $0 - ($1 > 0 ? $1 * log2($1) : 0) }
        return Belief(
            candidates: candidates, entropy: entropy, shares: shares,
            questions: questions(posterior, range, asked: clues))
    }

    private static func sortKey(_ clue: Clue) -> String {
        switch clue {
        case .agreed(let code): return "1" + code
        case .refused(let code): return "2" + code
        case .unsure(let code): return "3" + code
        case .told(let kind, let value):
            return "4" + kind.rawValue + ClueTable.normal(kind, value)
        case .heard(let utterance):
            let parts = utterance.fragments.map { fragment in
                fragment.spellings.map(\.text).joined(separator: ";")
                    + fragment.levels.sorted().map { "\($0.rawValue)" }.joined()
            }
            return "0" + parts.joined(separator: "|") + (utterance.province ?? "")
        }
    }

    private static func normalised(_ logs: [Double]) -> [Double] {
        let peak = logs.max() ?? 0
        let values = logs.map { exp($0 - peak) }
        let total = values.reduce(0, +)
        return values.map { $0 / total }
    }

    private func logPrior(_ prior: Prior, over range: Range<Int>) -> [Double] {
        let people = prior.byPopulation ? logPopulation(over: range) : nil
        return index.with(.settlements, as: UInt32.self) { settlements in
            range.map { row in
                var weight = prior.bySettlements ? Double(settlements[row] + 1) : 1
                if !prior.seen.isEmpty, let times = prior.seen[code(of: Place(row: row))] {
                    weight *= Double(1 + times)
                }
                return log(weight) + (people?[row - range.lowerBound] ?? 0)
            }
        }
    }

    private func logLikelihood(of clue: Clue, over range: Range<Int>, at level: PlaceLevel) throws
        -> [Double]
    {
        switch clue {
        case .heard(let utterance):
            let heard = likelihood(of: utterance)
            var byRow: [Int: Range<Int>] = [:]
            var offset = 0
            for (index, part) in heard.ranges.enumerated() {
                byRow[index] = offset..<offset + part.count
                offset += part.count
            }
            let peak = Double(heard.values.max() ?? 0)
            guard peak > 0 else { return Array(repeating: 0, count: range.count) }
            let share = 1 / Double(max(1, heard.levels.count))
            return index.with(.parents, as: UInt32.self) { parents in
                range.map { row in
                    // What was said may be the place itself or what it lies in.
                    var sum = 0.0
                    var at = UInt32(row)
                    while at != IndexFormat.none {
                        for (number, part) in heard.ranges.enumerated() where part.contains(Int(at))
                        {
                            let start = byRow[number]?.lowerBound ?? 0
                            sum += share * Double(heard.values[start + Int(at) - part.lowerBound])
                        }
                        at = parents[Int(at)]
                    }
                    // Never nothing: the clerk may have misheard all of it.
                    return log(sum / peak + 1e-5)
                }
            }
        case .agreed(let code): return try answer(0, about: code, over: range)
        case .refused(let code): return try answer(1, about: code, over: range)
        case .unsure(let code): return try answer(2, about: code, over: range)
        case .told(let kind, let value):
            return try logLikelihood(kind, value, over: range)
        }
    }

    private func answer(_ which: Int, about code: String, over range: Range<Int>) throws -> [Double]
    {
        guard let asked = places(code: code).first else {
            throw TableError(file: "clue", row: nil, reason: "no place has the code \(code)")
        }
        // A name said aloud is refused with all places that are called so.
        var rows: Set<UInt32> = [UInt32(asked.row)]
        let level = level(of: asked)
        if level <= .county, let peers = levelRanges[level] {
            index.with(.nameKeys, as: UInt32.self) { keys in
                for row in peers where keys[row] == keys[asked.row] { rows.insert(UInt32(row)) }
            }
        }
        let (there, elsewhere) = Self.answers[which]
        return index.with(.parents, as: UInt32.self) { parents in
            range.map { row in
                var at = UInt32(row)
                while at != IndexFormat.none {
                    if rows.contains(at) { return log(there) }
                    at = parents[Int(at)]
                }
                return log(elsewhere)
            }
        }
    }

    private func questions(_ posterior: [Double], _ range: Range<Int>, asked: [Clue])
        -> [Belief.Question]
    {
        var mass: [UInt32: Double] = [:]
        index.with(.parents, as: UInt32.self) { parents in
            for (offset, probability) in posterior.enumerated() where probability > 1e-6 {
                var at = UInt32(range.lowerBound + offset)
                while at != IndexFormat.none {
                    mass[at, default: 0] += probability
                    at = parents[Int(at)]
                }
            }
        }
        let known = Set(
            asked.compactMap { clue -> String? in
                switch clue {
                case .agreed(let code), .refused(let code), .unsure(let code): code
                case .heard, .told: nil
                }
            })
        let all = mass.map { row, probability in
            Belief.Question(
                place: Place(row: Int(row)), gain: Self.gain(probability), probability: probability)
        }
        return all.sorted { ($1.gain, $0.place.row) < ($0.gain, $1.place.row) }.prefix(40)
            .filter { !known.contains(code(of: $0.place)) && $0.gain > 0 }.prefix(5).map { $0 }
    }

    /// The drop in entropy to be expected of asking about a place of this probability.
    static func gain(_ probability: Double) -> Double {
        let p = min(1, max(0, probability))
        return answers.reduce(0.0) { sum, answer in
            let total = p * answer.there + (1 - p) * answer.elsewhere
            func part(_ weight: Double, _ value: Double) -> Double {
                weight > 0 ? weight * value * log2(value / total) : 0
            }
            return sum + part(p, answer.there) + part(1 - p, answer.elsewhere)
        }
    }

    /// Each fragment with the place on the candidate's path that it was compared with.
    public func pair(_ utterance: Utterance, with place: Place) -> [(Fragment, Place)] {
        let path = path(of: place)
        return utterance.fragments.enumerated().compactMap { number, fragment in
            if number == 0 { return (fragment, place) }
            let above = path.dropLast().filter { fragment.levels.contains(level(of: $0)) }
            let best = above.max { a, b in
                worth(of: fragment, at: a) < worth(of: fragment, at: b)
            }
            return best.map { (fragment, $0) }
        }
    }

    /// How well the first spelling fits, to choose among a place's parents.
    private func worth(of fragment: Fragment, at place: Place) -> Int {
        guard let spelling = fragment.spellings.first, let why = explain(spelling, as: place) else {
            return 0
        }
        return why.steps.reduce(0) { sum, step in
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
