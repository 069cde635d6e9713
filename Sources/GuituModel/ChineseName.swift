/// A person's name as it is written in Chinese.
///
/// What was typed stays in `text`. Surname and given name are parted only where
/// a surname we know begins the name; a name with a middle dot (买买提·吐尔逊) and
/// one we cannot part have an empty surname and are compared whole.
public struct ChineseName: Hashable, Sendable {
    /// As typed, without blanks at the ends and with one kind of middle dot.
    public let text: String
    public let surname: String
    public let given: String

    public init(_ text: String) {
        let dotted = Self.normalisingDots(text)
        self.text = dotted
        let characters = Array(dotted)
        guard !Self.isPlaceholder(dotted), characters.allSatisfy(\.isHan), characters.count <= 6
        else {
            surname = ""
            given = dotted
            return
        }
        let simple = characters.map(TextNormalizer.simplified)
        var length = 0
        if simple.count >= 3, Surnames.compound.contains(String(simple[0...1])) {
            length = 2
        } else if simple.count >= 2, simple.count <= 4, Surnames.isSurname(simple[0]) {
            length = 1
            // 张王秀英 keeps her husband's name before her own.
            if simple.count == 4, Surnames.isSurname(simple[1]) { length = 2 }
        }
        surname = String(characters.prefix(length))
        given = String(characters.dropFirst(length))
    }

    /// Whether a station made the name because nobody knew one: 无名氏12, 不详, 某某.
    public var isPlaceholder: Bool { Self.isPlaceholder(text) }

    /// One reading a character, with the surname's own where it is one (单 Shàn);
    /// nil for what has none.
    public var readings: [Syllable?] {
        let characters = Array(text)
        var readings = characters.map(Pinyin.of)
        guard !surname.isEmpty else { return readings }
        let simple = surname.map(TextNormalizer.simplified)
        let whole = Surnames.readings[String(simple)]
        for (index, character) in simple.enumerated() {
            if let whole, index < whole.count {
                readings[index] = whole[index]
            } else if let own = Surnames.readings[String(character)]?.first {
                readings[index] = own
            }
        }
        return readings
    }

    /// `wangjianguo`: without tones, unreadable characters as they are.
    public var toneless: String {
        zip(text, readings).map { $1?.letters ?? String($0).lowercased() }.joined()
    }

    /// `wjg`; characters without a reading are left out.
    public var initials: String {
        String(readings.compactMap { $0?.letters.first })
    }

    /// The many dots people and systems write between the parts of a name.
    private static func normalisingDots(_ text: String) -> String {
        if text.unicodeScalars.allSatisfy(\.isUnifiedHan) { return text }
        var result = ""
        var pending = false
        for character in TextNormalizer.plain(text) {
            let isBlank = character.isWhitespace
            if isBlank || character.unicodeScalars.first!.isNameDot {
                // Blanks inside a Chinese name are padding (王 刚), dots are not.
                if !isBlank, !result.isEmpty, result.last != "·" { pending = true }
                if isBlank, let last = result.last, !last.isHan, last != " ", !pending {
                    result.append(" ")
                }
                continue
            }
            if pending {
                result.append(result.last?.isHan == true || character.isHan ? "·" : ".")
                pending = false
            }
            if result.last == " ", character.isHan { result.removeLast() }
            result.append(character)
        }
        while result.last == " " { result.removeLast() }
        return result
    }

    private static func isPlaceholder(_ text: String) -> Bool {
        guard let first = text.first else { return true }
        if "无無不未某身佚待uUnN".contains(first) {
            let key = TextNormalizer.key(text)
            let words = [
                "无名", "不详", "未知", "某某", "身份不明", "不明", "无姓名", "佚名", "待查", "unknown", "none",
            ]
            if words.contains(where: { key.hasPrefix($0) }) { return true }
        }
        // 王某, 王某某: a surname at most, and a newspaper's.
        return text.last == "某" && text.count > 1 && text.count <= 4
    }
}

extension Unicode.Scalar {
    /// The common block of Chinese characters, where nothing needs folding.
    fileprivate var isUnifiedHan: Bool { (0x4E00...0x9FFF).contains(value) }

    /// The many dots that stand for one: · • ・ ‧ ∙ ⋅ ● . ．｡ 。 ﹒ ᛫ ꞏ.
    fileprivate var isNameDot: Bool {
        switch value {
        case 0xB7, 0x2022, 0x30FB, 0x2027, 0x2219, 0x22C5, 0x25CF, 0x2E, 0xFF0E, 0xFF61, 0x3002,
            0xFE52,
            0x16EB, 0xA78F, 0xFF65, 0x2E31:
            true
        default: false
        }
    }
}

/// Keys by which a name is found through a sorted index.
public enum SearchKeys {
    /// Characters, bigrams, what the name says from each character on, and the
    /// same in toneless pinyin and initials.
    ///
    /// A prefix of some key is any run of the name's characters, any run of its
    /// pinyin that begins with a syllable, and its initials: `建`, `建国`, `jiang`
    /// for 建国, `wjg`. Keys are lower case, simplified and never empty.
    public static func of(_ name: String) -> Set<String> {
        let parsed = ChineseName(name)
        var keys = Set<String>()
        insert(units(parsed.text, parsed.readings), into: &keys)
        // A surname's own reading and the common one both find the name.
        insert(units(parsed.text, parsed.text.map(Pinyin.of)), into: &keys)
        return keys
    }

    /// A Chinese character, or a whole word of other letters, with its sound.
    private struct Unit {
        var written: String
        var sound: String
        var isHan: Bool
    }

    private static func units(_ text: String, _ readings: [Syllable?]) -> [Unit] {
        var units: [Unit] = []
        var joins = false
        for (character, reading) in zip(text, readings) {
            let written = TextNormalizer.key(String(character))
            if character == "·" || written.isEmpty {
                joins = false
            } else if character.isHan {
                units.append(
                    Unit(written: written, sound: reading?.letters ?? written, isHan: true))
                joins = false
            } else if joins {
                units[units.count - 1].written += written
                units[units.count - 1].sound += written
            } else {
                units.append(Unit(written: written, sound: written, isHan: false))
                joins = true
            }
        }
        return Array(units.prefix(24))
    }

    private static func insert(_ units: [Unit], into keys: inout Set<String>) {
        for start in units.indices {
            let rest = units[start...]
            keys.insert(units[start].written)
            keys.insert(rest.map(\.written).joined())
            keys.insert(rest.map(\.sound).joined())
            guard start + 1 < units.count else { continue }
            keys.insert(units[start].written + units[start + 1].written)
            if rest.allSatisfy(\.isHan) { keys.insert(String(rest.compactMap(\.sound.first))) }
        }
    }

    /// What somebody typed into the search box, as the beginning of a key; empty
    /// when nothing is left to search for.
    public static func beginning(_ typed: String) -> String {
        Pinyin.typed(ChineseName(typed).text).filter { $0 != "·" }
    }
}

/// The order of names in a list.
public enum PinyinSortKey {
    /// An ASCII key: the names' syllables with tones, then the characters
    /// themselves, so that names that sound the same still have one order.
    /// Names that do not begin with a Chinese character come after the others.
    public static func of(_ name: String) -> String {
        let parsed = ChineseName(name)
        var sounds = ""
        var signs = ""
        for (character, reading) in zip(parsed.text, parsed.readings) {
            if let reading {
                // The blank sorts before letters: 西安 xi an before 先 xian.
                sounds += "\(reading.letters) \(reading.tone)"
            } else {
                sounds += "~"
                for scalar in TextNormalizer.key(String(character)).unicodeScalars {
                    sounds +=
                        (0x21...0x7E).contains(scalar.value) ? String(scalar) : hexadecimal(scalar)
                }
            }
            sounds += " "
            for scalar in character.unicodeScalars { signs += hexadecimal(scalar) }
        }
        return sounds + "!" + signs
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}
