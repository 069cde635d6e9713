import Foundation
import GuituModel

/// A place's name as somebody heard it, and the names said of what lies above.
///
/// Kept as one line that staff can read and write as well:
/// `gu lan | lian yuan · township · 43`.
public struct WordsHeard: Codable, Sendable, Hashable {
    /// What the first name may be the name of, if the listener knows.
    public enum Level: String, Vocabulary {
        case province, prefecture, county, township, village
        // No name, but something by which they remember home.
        case phone, plate, bus, landmark

        public var isName: Bool {
            switch self {
            case .province, .prefecture, .county, .township, .village: true
            case .phone, .plate, .bus, .landmark: false
            }
        }
    }

    /// Whether it names places by their sound; else it is a dialling code, a
    /// plate, a bus line or a landmark.
    public var isName: Bool { level?.isName ?? true }

    /// The place asked for first, then what lies above it; 1 to 4.
    public var fragments: [String]
    public var level: Level?
    /// The province by its two digits, if known.
    public var province: String?

    public static let mostFragments = 4
    /// Sixteen syllables with their blanks; a sentence is longer.
    public static let longestFragment = 80

    public init(_ fragments: [String], level: Level? = nil, province: String? = nil) {
        self.fragments = fragments
        self.level = level
        self.province = province
    }

    public var said: String {
        ([fragments.joined(separator: " | ")] + [level?.rawValue, province].compactMap { $0 })
            .joined(separator: " · ")
    }

    /// Reads `said` again. Nil when there is no name in it.
    public init?(reading said: String) {
        var parts = said.components(separatedBy: " · ")
        var province: String?
        var level: Level?
        if parts.count > 1, let last = parts.last, Self.isProvince(last) {
            province = last
            parts.removeLast()
        }
        if parts.count > 1, let known = parts.last.flatMap(Level.init(rawValue:)) {
            level = known
            parts.removeLast()
        }
        let fragments = Self.parts(parts.joined(separator: " · "))
        guard !fragments.isEmpty else { return nil }
        self.init(fragments, level: level, province: province)
    }

    public static func parts(_ text: String) -> [String] {
        text.split { "|｜".contains($0) }.map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    public static func isProvince(_ digits: String) -> Bool {
        digits.utf8.count == 2 && digits.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// What is wrong with it as a clerk would have to write it, by the number
    /// of the fragment. Whether there is a syllable in it, only an ear knows.
    public var faults: [(fragment: Int, saying: Saying)] {
        if fragments.isEmpty { return [(0, Saying("field.required"))] }
        let most = isName ? Self.mostFragments : 1
        if fragments.count > most {
            return [(isName ? 0 : 1, Saying("heard.tooManyParts", ["max": "\(most)"]))]
        }
        return fragments.enumerated().compactMap { number, fragment in
            if fragment.count > Self.longestFragment {
                return (number, Saying("heard.tooLong"))
            }
            if isName {
                return fragment.unicodeScalars.allSatisfy(Self.isWritten)
                    ? nil : (number, Saying("heard.notAName"))
            }
            return fragment.allSatisfy { $0.isLetter || $0.isNumber || " ·-－".contains($0) }
                ? nil : (number, Saying("heard.notAClue"))
        }
    }

    /// Letters of pinyin with their marks, characters, tones, and the signs for
    /// "or" and "another listener".
    private static func isWritten(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x61...0x7A, 0x41...0x5A, 0x30...0x35, 0xC0...0x24F, 0x300...0x30C: true
        default: " /;；'’-·:…".unicodeScalars.contains(scalar) || scalar.properties.isIdeographic
        }
    }
}

/// A place that was named to somebody, and what they said to it.
///
/// Kept as one line: `不是 · 431382 · 湖南省 娄底市 涟源市`.
public struct PlaceAnswer: Codable, Sendable, Hashable {
    public enum Word: String, Vocabulary { case yes, no, unsure }

    public var word: Word
    /// Of the place in the list of the ear; a name says it should codes change.
    public var code: String
    public var name: String

    public init(_ word: Word, code: String, name: String) {
        self.word = word
        self.code = code
        self.name = name
    }

    /// In the record's own language, as everything that staff write down.
    private static func said(_ word: Word) -> String {
        switch word {
        case .yes: "是"
        case .no: "不是"
        case .unsure: "说不清"
        }
    }

    public var said: String { "\(Self.said(word)) · \(code) · \(name)" }

    public init?(reading said: String) {
        let parts = said.components(separatedBy: " · ")
        guard parts.count == 3, Self.isCode(parts[1]),
            let word = Word.allCases.first(where: { Self.said($0) == parts[0] })
        else { return nil }
        self.init(word, code: parts[1], name: parts[2])
    }

    public static func isCode(_ code: String) -> Bool {
        (2...12).contains(code.utf8.count)
            && code.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
    }
}
