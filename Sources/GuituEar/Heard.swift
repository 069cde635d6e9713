import Foundation

/// What somebody was heard to say, as one or several people wrote it down.
public struct Utterance: Sendable, Hashable {
    /// The place asked for first, then what lies above it.
    public var fragments: [Fragment]
    /// Two digits, if the province is known.
    public var province: String?

    public init(fragments: [Fragment], province: String? = nil) {
        self.fragments = fragments
        self.province = province
    }
}

/// One name heard.
public struct Fragment: Sendable, Hashable {
    /// One for each person who listened; they heard the same words.
    public var spellings: [Spelling]
    /// What the name may be the name of.
    public var levels: Set<PlaceLevel>

    public init(spellings: [Spelling], levels: Set<PlaceLevel>) {
        self.spellings = spellings
        self.levels = levels
    }
}

/// Syllables in order; where the listener was unsure, several for one.
public struct Spelling: Sendable, Hashable {
    public let syllables: [[UInt16]]
    /// The last word was written as a character that says what kind of place it is.
    let endsInKind: Bool

    /// As it would be written down: `fu/hu nan`.
    public var text: String {
        syllables.map { $0.map { Mandarin.syllables[Int($0)] }.joined(separator: "/") }
            .joined(separator: " ")
    }
}

/// Why something heard cannot be asked about.
public enum HeardError: Error, Equatable, CustomStringConvertible {
    /// No syllable of Mandarin and no known character in it.
    case nothingReadable
    /// More than anybody says for one name; a sentence is cut by the person, not guessed at.
    case tooLong(syllables: Int)
    case tooManyFragments(Int)
    case unknownLevel(String)

    public var description: String {
        switch self {
        case .nothingReadable: "no syllable of Mandarin in it"
        case .tooLong(let count):
            "\(count) syllables in one name; write down the name only (16 at most), and others after |"
        case .tooManyFragments(let count): "\(count) fragments; 4 at most"
        case .unknownLevel(let word): "no level \(word)"
        }
    }
}

/// Reads characters, pinyin or both, with or without blanks and tones.
public struct HeardReader: Sendable {
    static let longestName = 16
    static let mostFragments = 4
    let characters: [Character: [UInt16]]

    /// `xian ling|gu lan`, levels as in `township|county`; without levels the
    /// first may be anything from county to village and the rest lies above.
    public func utterance(_ text: String, levels: String = "", province: String = "") throws
        -> Utterance
    {
        // Ten megabytes are refused before they are looked at closely.
        guard text.utf8.count <= 4000 else {
            throw HeardError.tooLong(syllables: text.utf8.count / 3)
        }
        let parts = text.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count <= Self.mostFragments else {
            throw HeardError.tooManyFragments(parts.count)
        }
        let words =
            levels.isEmpty ? [] : levels.split(separator: "|", omittingEmptySubsequences: false)
        let fragments = try parts.enumerated().map { index, part in
            let allowed: Set<PlaceLevel>
            if index < words.count {
                allowed = try Set(
                    words[index].split(separator: "/").map { word in
                        guard let level = PlaceLevel(word.trimmingCharacters(in: .whitespaces))
                        else {
                            throw HeardError.unknownLevel(String(word.prefix(40)))
                        }
                        return level
                    })
            } else if index == 0 {
                allowed = parts.count > 1 ? [.county, .township, .village] : [.county, .township]
            } else {
                allowed = [.prefecture, .county, .township]
            }
            return Fragment(spellings: try spellings(part), levels: allowed)
        }
        return Utterance(fragments: fragments, province: province.isEmpty ? nil : province)
    }

    /// Several listeners' spellings of the same words, apart by `;`.
    func spellings(_ text: some StringProtocol) throws -> [Spelling] {
        let found = try text.split(whereSeparator: { ";；".contains($0) }).prefix(6).map(spelling)
        guard !found.isEmpty else { throw HeardError.nothingReadable }
        return found
    }

    /// One person's spelling of one name.
    public func spelling(_ text: some StringProtocol) throws -> Spelling {
        var syllables: [[UInt16]] = []
        var letters = ""
        var unsure = false
        var endsInKind = false
        func flush() {
            guard !letters.isEmpty else { return }
            let found = Self.split(letters)
            letters = ""
            for (index, number) in found.enumerated() {
                // `hu/fu` gives two for one place.
                if unsure, index == 0, !syllables.isEmpty {
                    if !syllables[syllables.count - 1].contains(number) {
                        syllables[syllables.count - 1].append(number)
                    }
                } else {
                    syllables.append([number])
                }
            }
            if !found.isEmpty { unsure = false }
        }
        for character in text.lowercased() {
            if character.isASCII && character.isLetter
                || "üāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ".contains(character)
                || (character == ":" && letters.last == "u")
            {
                letters.append(character)
                endsInKind = false
            } else if "12345".contains(character) {
                letters.append(character)  // a tone ends its syllable
            } else {
                flush()
                if character == "/" {
                    unsure = true
                } else if let known = characters[character], let first = known.first {
                    syllables.append([first])
                    unsure = false
                    endsInKind = "省市县区旗州盟镇乡村寨庄屯湾坝坪场".contains(character)
                } else if !character.isWhitespace {
                    unsure = false
                }
            }
            // Enough to say that it is too long.
            if syllables.count > 200 { throw HeardError.tooLong(syllables: syllables.count) }
        }
        flush()
        guard !syllables.isEmpty else { throw HeardError.nothingReadable }
        guard syllables.count <= Self.longestName + 1 else {
            throw HeardError.tooLong(syllables: syllables.count)
        }
        return Spelling(syllables: syllables, endsInKind: endsInKind)
    }

    /// Letters without blanks into the fewest syllables; letters that are no
    /// syllable are left out.
    static func split(_ letters: String) -> [UInt16] {
        if let whole = Mandarin.number(of: letters) { return [whole] }
        let text = Array(letters)
        var best: [(skipped: Int, parts: [UInt16])?] = Array(repeating: nil, count: text.count + 1)
        best[0] = (0, [])
        for end in 1...text.count {
            if let before = best[end - 1] { best[end] = (before.skipped + 1, before.parts) }
            for length in 1...min(8, end) {
                guard let before = best[end - length],
                    let number = Mandarin.number(of: String(text[end - length..<end]))
                else { continue }
                let candidate = (before.skipped, before.parts + [number])
                if let known = best[end],
                    (known.skipped, known.parts.count) <= (candidate.0, candidate.1.count)
                {
                    continue
                }
                best[end] = candidate
            }
        }
        guard let found = best[text.count], found.skipped * 2 <= text.count else { return [] }
        return found.parts
    }
}
