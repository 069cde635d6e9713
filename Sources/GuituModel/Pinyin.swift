import Foundation
import Synchronization

/// How one character is read in Mandarin.
public struct Syllable: Hashable, Sendable {
    /// Lower-case ASCII, ü as v: `zhong`, `lv`.
    public let letters: String
    /// 1 to 4; 5 is the neutral tone.
    public let tone: Int

    public init(_ letters: String, _ tone: Int) {
        self.letters = letters
        self.tone = tone
    }

    /// Reads `zhōng`, `zhong1` or `zhong`; nil for what is no Latin syllable.
    public init?(marked: some StringProtocol) {
        var letters = ""
        var tone = 5
        for scalar in String(marked).decomposedStringWithCanonicalMapping.lowercased()
            .unicodeScalars
        {
            switch scalar.value {
            case 0x61...0x7A: letters.unicodeScalars.append(scalar)
            case 0x304: tone = 1
            case 0x301: tone = 2
            case 0x30C: tone = 3
            case 0x300: tone = 4
            case 0x308:
                guard letters.last == "u" else { return nil }
                letters.removeLast()
                letters.append("v")
            case 0x31...0x35 where !letters.isEmpty: tone = Int(scalar.value) - 0x30
            case 0x302: break  // ê of 诶
            default: return nil
            }
        }
        guard !letters.isEmpty else { return nil }
        self.init(letters, tone)
    }

    /// `zh`, `l` or empty, as in 安.
    public var initial: Substring {
        if letters.hasPrefix("zh") || letters.hasPrefix("ch") || letters.hasPrefix("sh") {
            return letters.prefix(2)
        }
        guard let first = letters.first, !"aeiouv".contains(first) else { return "" }
        return letters.prefix(1)
    }

    /// What follows the initial: `ong`, `v`, `an`.
    public var final: Substring { letters.dropFirst(initial.count) }
}

/// Readings of characters.
public enum Pinyin {
    /// The usual reading; nil for what is no Chinese character or has none on record.
    public static func of(_ character: Character) -> Syllable? {
        CharacterFacts.of(character).reading
    }

    /// What a person types to find a name: lower case, no tones, ü as v, no
    /// apostrophes; Chinese characters stay.
    public static func typed(_ text: String) -> String {
        let lower = TextNormalizer.key(text)
        if lower.utf8.allSatisfy({ $0 < 0x80 }) { return lower.filter { $0 != "'" } }
        var result = ""
        for character in lower where character != "'" && character != "\u{2019}" {
            if character.unicodeScalars.first!.value < 0x250 || character == "ü",
                let syllable = Syllable(marked: String(character))
            {
                result += syllable.letters
            } else {
                result.append(character)
            }
        }
        return result
    }
}

/// What the Unicode tables of the system say of one character, asked once.
struct CharacterFacts: Sendable {
    let simplified: Character
    let reading: Syllable?

    private static let known = Mutex<[Character: CharacterFacts]>([:])

    static func of(_ character: Character) -> CharacterFacts {
        if let facts = known.withLock({ $0[character] }) { return facts }
        let facts = CharacterFacts(character)
        known.withLock {
            // Text from outside could otherwise fill memory with nonsense.
            if $0.count < 60_000 { $0[character] = facts }
        }
        return facts
    }

    private init(_ character: Character) {
        guard character.isHan else {
            simplified = character
            reading = nil
            return
        }
        let text = String(character)
        let changed = text.applyingTransform(
            StringTransform("Traditional-Simplified"), reverse: false)
        simplified = changed?.count == 1 ? changed!.first! : character
        let latin = text.applyingTransform(.mandarinToLatin, reverse: false)
        reading = latin.flatMap { $0 == text ? nil : Syllable(marked: $0) }
    }
}

extension Character {
    /// Whether this is one Chinese character, rare ones outside the BMP included.
    public var isHan: Bool {
        switch unicodeScalars.first!.value {
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF, 0x3007: true
        default: false
        }
    }
}
