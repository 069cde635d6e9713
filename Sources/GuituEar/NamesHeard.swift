import Foundation

/// Surnames and given-name characters with their shares in the population.
public struct NameFrequencies: Sendable {
    var surnames: [(name: String, share: Float)] = []
    /// Character number, share among given-name characters.
    var given: [(character: Int, share: Float)] = []

    /// Shares as they are at hand; what the index cannot read is left out.
    public init(surnames: [(String, Double)], given: [(Character, Double)], ear: Ear) {
        let known = surnames.filter { surname, share in
            (1...2).contains(surname.count) && share > 0
                && surname.allSatisfy { ear.characterNumbers[$0] != nil }
        }
        let total = known.reduce(0) { $0 + $1.1 }
        self.surnames = known.map { ($0.0, Float($0.1 / total)) }
        let sum = given.reduce(0) { $0 + $1.1 }
        self.given = given.compactMap { character, share in
            ear.characterNumbers[character].map { ($0, Float(share / sum)) }
        }
    }

    public enum Sex: String, Sendable, CaseIterable { case male, female }

    /// Reads surnames.tsv (surname, share) and given-name-characters.tsv (char, male, female).
    public init(folder: String, ear: Ear, sex: Sex? = nil) throws {
        var total: Float = 0
        try Table(path: folder + "/surnames.tsv", columns: ["surname", "share"])
            .forEach(["surname", "share"]) { row, field in
                guard let share = Float(field[1]), share >= 0 else {
                    throw TableError(file: "surnames.tsv", row: row, reason: "no share \(field[1])")
                }
                guard (1...2).contains(field[0].count),
                    field[0].allSatisfy({ ear.characterNumbers[$0] != nil })
                else { return }
                // The tail of such lists is rough: one in a million at least.
                surnames.append((field[0], max(share, 1e-6)))
                total += max(share, 1e-6)
            }
        for at in surnames.indices { surnames[at].share /= total }
        var counts: [(Int, Float)] = []
        try Table(path: folder + "/given-name-characters.tsv", columns: ["char", "male", "female"])
            .forEach(["char", "male", "female"]) { row, field in
                guard let male = Float(field[1]), let female = Float(field[2]) else {
                    throw TableError(
                        file: "given-name-characters.tsv", row: row, reason: "no counts")
                }
                guard field[0].count == 1, let number = ear.characterNumbers[Character(field[0])]
                else { return }
                counts.append((number, (sex == .female ? 0 : male) + (sex == .male ? 0 : female)))
            }
        let sum = counts.reduce(Float(0)) { $0 + $1.1 }
        given = counts.filter { $0.1 > 0 }.map { ($0.0, $0.1 / sum) }
    }
}

/// A name that may have been meant.
public struct NameCandidate: Sendable {
    public var name: String
    /// P(heard | this name) / P(heard | anybody's name).
    public var ratio: Double
    /// With the name's own share in the population.
    public var probability: Double
}

extension Ear {
    /// Surname and given name heard, one syllable a character.
    ///
    /// - Parameter area: two digits of the province, or empty for anywhere.
    public func hearName(
        _ spelling: Spelling, area: String, among shares: NameFrequencies, limit: Int = 20
    ) throws -> [NameCandidate] {
        let heard = spelling.syllables
        guard heard.count <= 4 else { throw HeardError.tooLong(syllables: heard.count) }
        let name = heardName(heard, area: area, among: shares)
        guard name.evidence > 0 else { return [] }
        let likely = name.columns.map { column -> [(character: Int, share: Float)] in
            shares.given.sorted {
                let (a, b) = (
                    (column[$0.character] * Channel.weights).sum() * $0.share,
                    (column[$1.character] * Channel.weights).sum() * $1.share
                )
                return (b, $0.character) < (a, $1.character)
            }.prefix(40).map { $0 }
        }
        let surnames = name.surnames.sorted { a, b in
            let (x, y) = (a.lanes.sum(), b.lanes.sum())
            return x > y || (x == y && a.name < b.name)
        }
        var found: [NameCandidate] = []
        for surname in surnames.prefix(40) {
            var partial: [(text: String, lanes: Lanes, share: Double)] = [
                (surname.name, surname.lanes, 1)
            ]
            for at in surname.length..<heard.count {
                partial = partial.flatMap { known in
                    likely[at].map { next in
                        (
                            known.text + String(character(number: next.character)),
                            known.lanes * name.columns[at][next.character],
                            known.share * Double(next.share)
                        )
                    }
                }
            }
            for one in partial {
                let share = Double(one.lanes.sum()) / name.evidence
                found.append(
                    NameCandidate(
                        name: one.text, ratio: share / Double(surname.share),
                        probability: share * one.share))
            }
        }
        found.sort { ($1.probability, $0.name) < ($0.probability, $1.name) }
        return Array(found.prefix(limit))
    }

    /// P(heard | this very name) / P(heard | anybody's name); nil when the
    /// lengths differ or a character is unknown.
    public func nameRatio(
        _ spelling: Spelling, name: String, area: String, among shares: NameFrequencies
    ) -> Double? {
        let numbers = name.compactMap { characterNumbers[$0] }
        let heard = spelling.syllables
        guard numbers.count == name.count, numbers.count == heard.count, heard.count <= 4 else {
            return nil
        }
        let all = heardName(heard, area: area, among: shares)
        guard all.evidence > 0 else { return nil }
        var lanes = Channel.weights
        for (at, number) in numbers.enumerated() { lanes *= all.columns[at][number] }
        return Double(lanes.sum()) / all.evidence
    }

    private struct HeardName {
        /// What each syllable is worth, by the character's number.
        var columns: [[Lanes]]
        /// Those that leave two syllables at most, with P(their syllables, surname).
        var surnames: [(name: String, length: Int, share: Float, lanes: Lanes)]
        /// P(heard) over everybody's names.
        var evidence: Double
    }

    private func heardName(_ heard: [[UInt16]], area: String, among shares: NameFrequencies)
        -> HeardName
    {
        let columns = characterColumns(heard, area: area)
        let given = columns.map { column in
            shares.given.reduce(Lanes()) { $0 + column[$1.character] * $1.share }
        }
        var all = Lanes()
        var surnames: [(name: String, length: Int, share: Float, lanes: Lanes)] = []
        for (name, share) in shares.surnames where share > 0 {
            let numbers = name.compactMap { characterNumbers[$0] }
            guard numbers.count <= heard.count, heard.count - numbers.count <= 2 else { continue }
            var lanes = Channel.weights * share
            for (at, number) in numbers.enumerated() { lanes *= columns[at][number] }
            var rest = lanes
            for at in numbers.count..<heard.count { rest *= given[at] }
            all += rest
            surnames.append((name, numbers.count, share, lanes))
        }
        return HeardName(columns: columns, surnames: surnames, evidence: Double(all.sum()))
    }

    /// The path from what was heard to a name, a step a character.
    ///
    /// - Parameter area: two digits of the province; without one the steps speak
    ///   of the whole country, with an empty area.
    /// - Returns: Nil when the lengths differ or a character is unknown.
    public func steps(_ spelling: Spelling, to name: String, area: String) -> [Explanation.Step]? {
        let heard = spelling.syllables
        let numbers = name.compactMap { characterNumbers[$0] }
        guard numbers.count == name.count, numbers.count == heard.count else { return nil }
        let first = places(code: String(area.prefix(2)) + "0000").first.flatMap {
            provinceCells(of: $0)
        }
        return zip(heard, numbers).map { syllables, number in
            if let first { return step(syllables, first + number) }
            let share = syllables.reduce(0.0) { sum, syllable in
                sum
                    + index.with(.characterTable, as: UInt8.self) { table in
                        let at = (Int(syllable) * index.about.characters + number) * 2
                        return Double(
                            IndexFormat.probability[Int(table[at])]
                                + IndexFormat.probability[Int(table[at + 1])]) / 2
                    }
            }
            return step(
                syllables, character(number: number), share / Double(syllables.count), "")
        }
    }

    func character(number: Int) -> Character {
        Unicode.Scalar(index.number(.characters, number, as: UInt32.self)).map(Character.init)
            ?? "?"
    }

    /// What each heard syllable is worth, by the character's number, as read in
    /// a province; without one, as the whole country reads it.
    func characterColumns(_ heard: [[UInt16]], area: String) -> [[Lanes]] {
        let count = index.about.characters
        let syllables = HeardSyllables(heard, index)
        var columns = Columns(cells: count, syllables: heard.count)
        defer { columns.deallocate() }
        let province = places(code: String(area.prefix(2)) + "0000").first
        if let first = province.flatMap({ provinceCells(of: $0) }) {
            columns.first = first
            syllables.fill(columns, first..<first + count)
            columns.first = 0
        } else {
            syllables.fillNational(columns)
        }
        return heard.indices.map { at in (0..<count).map { columns[UInt32($0), at] } }
    }
}
