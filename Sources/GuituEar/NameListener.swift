import Foundation

/// One name heard, with what each of its syllables is worth for every
/// character: laid over a name in well under a microsecond.
public struct NameListener: Sendable {
    let ear: Ear
    /// One a syllable; by the numbers of characters.
    let columns: [[Lanes]]
    /// What a syllable is worth on average over everybody's given names, and
    /// over surnames of one and of two characters.
    let given: [Lanes]
    let surname: [Lanes]
    let compound: [Lanes]

    /// P(heard | these characters) / P(heard | anybody's in their place).
    ///
    /// - Parameters:
    ///   - characters: One a syllable, surname first; nil where the two are
    ///     known to be the same and the ear is not asked.
    ///   - surnameLength: 1 or 2.
    /// - Returns: Nil when the lengths differ, a character is unknown or nothing
    ///   is asked.
    public func ratio(of characters: [Character?], surnameLength: Int) -> Double? {
        guard characters.count == columns.count, (0...2).contains(surnameLength) else { return nil }
        var this = Channel.weights
        var anybody = Channel.weights
        var asked = false
        for (at, character) in characters.enumerated() {
            guard let character else { continue }
            guard let number = ear.characterNumbers[character] else { return nil }
            asked = true
            this *= columns[at][number]
            anybody *=
                at >= surnameLength ? given[at] : surnameLength == 1 ? surname[at] : compound[at]
        }
        let evidence = Double(anybody.sum())
        return asked && evidence > 0 ? Double(this.sum()) / evidence : nil
    }
}

extension Ear {
    /// Listens once to a name of at most four syllables, to compare it with many.
    ///
    /// - Parameter area: two digits of the province, or empty for anywhere.
    public func listener(
        to spelling: Spelling, area: String, among shares: NameFrequencies
    ) -> NameListener? {
        let heard = spelling.syllables
        guard (1...4).contains(heard.count) else { return nil }
        let columns = characterColumns(heard, area: area)
        func mean(_ at: Int, surnamesOf length: Int) -> Lanes {
            var sum = Lanes()
            var total: Float = 0
            for (name, share) in shares.surnames where name.count == length && at < length {
                guard let number = characterNumbers[name[name.index(name.startIndex, offsetBy: at)]]
                else { continue }
                sum += columns[at][number] * share
                total += share
            }
            return total > 0 ? sum / total : sum
        }
        return NameListener(
            ear: self, columns: columns,
            given: columns.map { column in
                shares.given.reduce(Lanes()) { $0 + column[$1.character] * $1.share }
            },
            surname: columns.indices.map { mean($0, surnamesOf: 1) },
            compound: columns.indices.map { mean($0, surnamesOf: 2) })
    }
}
