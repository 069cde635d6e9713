import Foundation
import GuituModel

/// A name as the engine compares it: everything that can be looked up once is.
struct PreparedName: Sendable {
    struct Part: Sendable {
        var scalar: UInt32
        var sound: Sound?
        /// Logarithms of the shares of people with this very character, with
        /// another of its sound, and with a sound easily confused with it.
        var logShare: Double
        var logSameSound: Double
        var logSimilarSound: Double
    }

    var surname: [Part]
    var given: [Part]
    /// The whole name in toneless letters.
    var whole: [UInt32]
    /// Names with a dot, foreign ones and long ones without a surname we know
    /// are compared as a whole.
    var isParted: Bool
    var certainty: NameCertainty
    /// What an ear made of it, if one is at hand and it was said aloud.
    var heard: (any HeardName)?

    /// Nil for 无名氏 and other names that nobody ever bore.
    init?(_ name: PersonDescription.Name) {
        let parsed = ChineseName(name.text)
        if parsed.isPlaceholder || name.certainty == .alias && parsed.surname.isEmpty { return nil }
        certainty = name.certainty
        let characters = parsed.text.map(TextNormalizer.simplified)
        let readings = parsed.readings
        whole = parsed.toneless.lowercased().unicodeScalars.filter { $0 != "·" && $0 != " " }
            .map(\.value)
        isParted =
            characters.allSatisfy(\.isHan) && characters.count <= (parsed.surname.isEmpty ? 3 : 6)
        guard isParted else {
            surname = []
            given = []
            return
        }
        var length = parsed.surname.count
        // 老王, 小王 and 阿国 are how people are called, not what they are named.
        if length == 0, characters.count == 2, "小老阿大".contains(characters[0]) {
            let isSurname = NameShares.share(ofSurname: String(characters[1])) > 0.002
            let part = [Self.part(characters[1], readings[1], isSurname ? .surname : .given)]
            surname = isSurname ? part : []
            given = isSurname ? [] : part
            return
        }
        if length == characters.count { length = 0 }
        surname = (0..<length).map { Self.part(characters[$0], readings[$0], .surname) }
        if length == 2, let whole = ShareTable.compoundShare(String(characters[0..<2])) {
            surname[0].logShare = whole
            surname[1].logShare = 0
        }
        given = (length..<characters.count).map { Self.part(characters[$0], readings[$0], .given) }
    }

    /// A name written for its sound alone: pinyin, or pinyin and characters.
    /// Nil when there is no letter in it.
    init?(sounds text: String, heard: (any HeardName)?) {
        certainty = .transcribed
        surname = []
        given = []
        isParted = false
        self.heard = heard
        // The first of "hu/fu" and of two listeners, for want of an ear.
        let first = text.split { ";；".contains($0) }.first ?? ""
        var letters = ""
        var skips = false
        for character in first.lowercased() {
            if character == "/" { skips = true } else if character == " " { skips = false }
            guard !skips else { continue }
            if character.isHan {
                letters += Pinyin.of(character)?.letters ?? ""
            } else if character.isLetter {
                letters.append(character)
            }
        }
        whole =
            letters.applyingTransform(.stripDiacritics, reverse: false)?.unicodeScalars
            .filter { $0.properties.isAlphabetic }.map(\.value) ?? []
        if whole.isEmpty { return nil }
    }

    private static func part(_ character: Character, _ reading: Syllable?, _ table: ShareTable.Kind)
        -> Part
    {
        let sound = reading.flatMap(Sound.init)
        let shares = ShareTable.of(table).shares(of: character, sound)
        return Part(
            scalar: character.unicodeScalars.first!.value, sound: sound,
            logShare: log(shares.own), logSameSound: log(shares.sameSound),
            logSimilarSound: log(shares.similarSound))
    }
}

/// How many people share a character, its sound, and sounds like it.
struct ShareTable: Sendable {
    enum Kind { case surname, given }

    private var own: [Character: Double] = [:]
    /// In the order of the table, so that every machine sums and rounds alike.
    private var sounds: [(sound: Sound, share: Double)] = []
    private var sums: [Sound: (same: Double, similar: Double)] = [:]
    private let floor: Double

    static func of(_ kind: Kind) -> ShareTable { kind == .surname ? surnames : givenNames }

    /// The logarithm of a compound surname's share; nil for two surnames in a row.
    static func compoundShare(_ surname: String) -> Double? {
        let share = NameShares.share(ofSurname: surname)
        return share > NameShares.surnameFloor ? log(share) : nil
    }

    func shares(of character: Character, _ sound: Sound?) -> (
        own: Double, sameSound: Double, similarSound: Double
    ) {
        let share = own[character] ?? floor
        guard let sound else { return (share, floor, floor) }
        let (same, similar) = sums[sound] ?? sum(sound)
        return (share, max(same - share, 4 * floor), max(similar, 8 * floor))
    }

    private func sum(_ sound: Sound) -> (same: Double, similar: Double) {
        var same = 0.0
        var similar = 0.0
        for (other, share) in sounds {
            switch sound.likeness(to: other) {
            case .same: same += share
            case .similar: similar += share
            case .different: break
            }
        }
        return (same, similar)
    }

    private init(_ shares: [(Character, Double)], floor: Double, asSurnames: Bool) {
        self.floor = floor
        for (character, share) in shares {
            own[character] = share
            let reading =
                asSurnames
                ? ChineseName(String(character) + "一").readings.first ?? nil : Pinyin.of(character)
            if let sound = reading.flatMap(Sound.init) { sounds.append((sound, share)) }
        }
        for (sound, _) in sounds where sums[sound] == nil { sums[sound] = sum(sound) }
    }

    private static let surnames = ShareTable(
        NameShares.surnames.compactMap {
            $0.surname.count == 1 ? ($0.surname.first!, $0.share) : nil
        },
        floor: NameShares.surnameFloor, asSurnames: true)
    private static let givenNames = ShareTable(
        NameShares.givenShareList.map { ($0.character, $0.share) }, floor: NameShares.givenFloor,
        asSurnames: false)
}

/// What a comparison of two names saw.
struct NameComparison: Sendable {
    var weight: Double
    /// Levels 0 same … 3 different; nil when one side lacks the part.
    var surname: Int?
    var given: Int?
    /// Logarithm of the share of people with the parts that agree.
    var logShare: Double
    /// Weighed by the ear, not by the standard language's sounds.
    var isHeard = false

    /// The name somebody gave against the name of the report.
    static func compare(_ found: PreparedName, _ missed: PreparedName, _ model: LinkageParameters)
        -> NameComparison?
    {
        if found.surname.isEmpty, found.given.isEmpty, let heard = found.heard, missed.isParted {
            return listen(heard, missed, model)
        }
        guard found.isParted, missed.isParted else { return whole(found, missed, model) }
        var result = NameComparison(weight: 0, surname: nil, given: nil, logShare: 0)
        if !found.surname.isEmpty, !missed.surname.isEmpty {
            let (level, share) = surnameLevel(found.surname, missed.surname)
            result.surname = level
            result.weight += ratio(model.surname(found.certainty), level, share)
            if level < 3 { result.logShare += share }
        }
        if !found.given.isEmpty, !missed.given.isEmpty {
            given(found, missed, model, into: &result)
        }
        result.listen(found, missed, model)
        return result.surname == nil && result.given == nil ? nil : result
    }

    /// log m/u at a level; the u of disagreement is all the rest, near one.
    private static func ratio(_ levels: LinkageParameters.Levels, _ level: Int, _ logShare: Double)
        -> Double
    {
        switch level {
        case 0: log(levels.same) - logShare
        case 1: log(levels.near) - logShare
        case 2: log(levels.far) - logShare
        default: log(levels.different)
        }
    }

    private static func surnameLevel(_ found: [PreparedName.Part], _ missed: [PreparedName.Part])
        -> (level: Int, logShare: Double)
    {
        guard found.count == missed.count else {
            // 张王秀英 and 张秀英 have the same own surname or the husband's.
            let (long, short) = found.count > missed.count ? (found, missed) : (missed, found)
            if let part = long.first(where: { $0.scalar == short[0].scalar }) {
                return (0, min(part.logShare + log(2), -1))
            }
            return (3, 0)
        }
        var level = 0
        for (one, other) in zip(found, missed) { level = max(level, partLevel(one, other)) }
        var share = 0.0
        for part in found { share += shareAt(level, part) }
        return (level, share)
    }

    private static func partLevel(_ one: PreparedName.Part, _ other: PreparedName.Part) -> Int {
        if one.scalar == other.scalar { return 0 }
        guard let sound = one.sound, let heard = other.sound else { return 3 }
        switch sound.likeness(to: heard) {
        case .same: return 1
        case .similar: return 2
        case .different: return 3
        }
    }

    private static func shareAt(_ level: Int, _ part: PreparedName.Part) -> Double {
        switch level {
        case 0: part.logShare
        case 1: part.logSameSound
        case 2: part.logSimilarSound
        default: 0
        }
    }

    private static func given(
        _ found: PreparedName, _ missed: PreparedName, _ model: LinkageParameters,
        into result: inout NameComparison
    ) {
        let levels = model.given(found.certainty)
        let (one, other) = (found.given, missed.given)
        if one.count == other.count {
            var worst = 0
            for (part, heard) in zip(one, other) {
                let level = partLevel(part, heard)
                worst = max(worst, level)
                let share = shareAt(level, part)
                result.weight += ratio(levels, level, share)
                if level < 3 { result.logShare += share }
            }
            result.given = worst
            return
        }
        // A part of the name, at its end (小国, 国) or its beginning.
        let (long, short) = one.count > other.count ? (one, other) : (other, one)
        var best: (weight: Double, level: Int, share: Double)?
        for offset in [long.count - short.count, 0] {
            var weight = 0.0
            var worst = 0
            var share = 0.0
            for (index, part) in short.enumerated() {
                let level = partLevel(part, long[offset + index])
                worst = max(worst, level)
                // Either of two places could have agreed by chance.
                let chance = min(shareAt(level, part) + (level < 3 ? log(2) : 0), 0)
                weight += ratio(levels, level, chance)
                share += chance
            }
            if best == nil || weight > best!.weight { best = (weight, worst, share) }
        }
        guard let best else { return }
        // Three in ten pairs of random names differ in length.
        result.weight += log(model.givenLengthDiffers / 0.3) + best.weight
        result.given = max(best.level, 1)
        if best.level < 3 { result.logShare += best.share }
    }

    /// Names with a dot, foreign names: by the letters of the whole.
    private static func whole(
        _ found: PreparedName, _ missed: PreparedName, _ model: LinkageParameters
    )
        -> NameComparison
    {
        let levels = model.given(found.certainty)
        let alike = similarity(found.whole, missed.whole)
        let (level, share): (Int, Double) =
            alike == 1
            ? (0, log(2e-5))
            : alike >= 0.8 ? (1, log(4e-4)) : alike >= 0.6 ? (2, log(0.01)) : (3, 0)
        return NameComparison(
            weight: ratio(levels, level, share), surname: nil, given: level, logShare: share)
    }

    /// 1 minus edits per letter of the longer.
    static func similarity(_ one: [UInt32], _ other: [UInt32]) -> Double {
        let (a, b) = (one.prefix(64), other.prefix(64))
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, heard) in b.enumerated() {
                let cost = min(row[j] + 1, row[j + 1] + 1, diagonal + (letter == heard ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = cost
            }
        }
        return 1 - Double(row[b.count]) / Double(max(a.count, b.count, 1))
    }
}
