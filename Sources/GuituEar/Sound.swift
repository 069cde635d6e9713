import Foundation

/// What an ear takes in of one syllable, whoever said it: the initial, the
/// glide, the vowel and how it ends. Tone is left out, as clerks leave it out.
///
/// Dialect readings come in many hands' notations; two spellings of one sound
/// become the same value here, so that counting does not learn notations.
public struct Sound: Hashable, Sendable {
    /// 0 lips, 1 lip and teeth, 2 teeth, 3 retroflex, 4 palate, 5 soft palate, 6 throat, 7 none.
    var place: UInt8
    /// 0 stop, 1 affricate, 2 fricative, 3 nasal, 4 lateral, 5 no consonant.
    var manner: UInt8
    var aspirated: Bool
    var voiced: Bool
    /// 0 none, 1 i, 2 u, 3 ü.
    var glide: UInt8
    var vowel: Vowel
    /// 0 open, 1 i, 2 u, 3 stop, 4 n or m, 5 ng, 6 r, 7 nasal vowel.
    var ending: UInt8

    /// Places in the mouth in tenths, so that equal sounds are equal values.
    struct Vowel: Hashable, Sendable {
        /// 0 close to 30 open.
        var openness: UInt8
        /// 0 front to 20 back.
        var backness: UInt8
        var rounded: UInt8
        /// 0 not, 1 as in *zi*, 2 as in *zhi*.
        var apical: UInt8
    }

    static let noInitial = Consonant(place: 7, manner: 5, voiced: false)

    struct Consonant {
        var place: UInt8
        var manner: UInt8
        var voiced: Bool
    }
}

extension Sound {
    /// Reads one IPA syllable without tone; nil when no sound is in it.
    public init?(ipa text: String) {
        var tokens = Self.tokens(text)
        // In some tables ø before a vowel says that there is no initial.
        if tokens.count > 1, tokens[0] == "ø", let next = Self.vowels[tokens[1]],
            next.openness > 4
        {
            tokens.removeFirst()
        }
        let hasVowel = tokens.contains {
            Self.vowels[$0] != nil || Self.apicals[$0] != nil || $0 == "ɚ"
        }
        guard hasVowel else {
            self.init(syllabic: tokens)
            return
        }
        var index = 0
        var head: [Character] = []
        while index < tokens.count, head.count < 4,
            Self.consonants[tokens[index]] != nil || tokens[index] == "ʰ"
        {
            head.append(tokens[index])
            index += 1
        }
        let (initial, breath) = Self.initial(head)
        self.init(initial: initial, aspirated: breath, rime: tokens[index...])
    }

    /// m̩, ŋ̍, hŋ, fv: the consonant is the syllable's middle.
    private init?(syllabic tokens: [Character]) {
        let letters = tokens.filter { Self.consonants[$0] != nil }
        guard let last = letters.last, let middle = Self.consonants[last] else { return nil }
        let before = Array(letters.dropLast())
        if middle.manner == 3 {
            let lead = before.first.flatMap { Self.consonants[$0] }
            let initial = lead.flatMap { $0.place == 6 ? nil : $0 } ?? Self.noInitial
            self.init(
                place: initial.place, manner: initial.manner, aspirated: false,
                voiced: initial.voiced, glide: 0,
                vowel: Vowel(openness: 15, backness: 10, rounded: 0, apical: 0),
                ending: middle.place == 5 ? 5 : 4)
            return
        }
        let (initial, breath) = Self.initial(before + (tokens.contains("ʰ") ? ["ʰ"] : []))
        let vowel =
            switch middle.place {
            case 0, 1: Vowel(openness: 0, backness: 20, rounded: 1, apical: 0)
            case 3: Vowel(openness: 0, backness: 10, rounded: 0, apical: 2)
            case 4: Vowel(openness: 0, backness: 0, rounded: 0, apical: 0)
            default: Vowel(openness: 0, backness: 10, rounded: 0, apical: 1)
            }
        self.init(
            place: initial.place, manner: initial.manner, aspirated: breath,
            voiced: initial.voiced, glide: 0, vowel: vowel, ending: 0)
    }

    private init?(initial: Consonant, aspirated: Bool, rime: ArraySlice<Character>) {
        var open: [Character] = []
        var coda: UInt8?
        var nasal = false
        var curled = false
        reading: for token in rime {
            if Self.vowels[token] != nil || Self.apicals[token] != nil {
                // After a coda the next syllable begins: two readings run together.
                if coda != nil { break reading }
                open.append(token)
            } else if token == "ɚ" {
                open.append("ə")
                curled = true
            } else if token == "˞" {
                curled = true
            } else if token == "~" {
                nasal = true
            } else if let consonant = Self.consonants[token], !open.isEmpty, coda == nil {
                coda = Self.coda(token, consonant)
            }
        }
        guard let first = open.first else { return nil }
        var glide: UInt8 = 0
        var ending: UInt8 = 0
        let vowel: Vowel
        if let apical = Self.apicals[first] {
            if open.count > 1, let last = Self.vowels[open[open.count - 1]] {
                glide = apical.rounded == 1 ? 3 : 1
                vowel = last
            } else {
                vowel = apical
            }
        } else {
            var shapes = open.compactMap { Self.vowels[$0] }
            func glideOf(_ shape: Vowel) -> UInt8 {
                shape.rounded == 0 && shape.backness < 10
                    ? 1 : shape.rounded == 1 && shape.backness <= 10 ? 3 : 2
            }
            if shapes.count > 1, shapes[0].openness <= 5,
                shapes.count > 2 || shapes[1].openness >= shapes[0].openness + 3
            {
                glide = glideOf(shapes.removeFirst())
            }
            if shapes.count > 1, let last = shapes.last {
                if last.openness <= 11, last.openness < shapes[0].openness {
                    ending = last.backness < 10 ? 1 : 2
                } else if last.openness <= 5, shapes[0].openness <= 5 {
                    // iu and ui: the middle of the syllable is hardly said.
                    glide = glideOf(shapes[0])
                    ending = last.backness < 10 ? 1 : 2
                    shapes[0] = Vowel(openness: 10, backness: 10, rounded: 0, apical: 0)
                }
            }
            vowel = shapes[0]
        }
        if let coda { ending = coda } else if nasal { ending = 7 }
        if curled, ending == 0 { ending = 6 }
        self.init(
            place: initial.place, manner: initial.manner, aspirated: aspirated,
            voiced: initial.voiced, glide: glide, vowel: vowel, ending: ending)
    }

    private static func coda(_ letter: Character, _ consonant: Consonant) -> UInt8 {
        if letter == "ɻ" || letter == "ɹ" { return 6 }
        return switch consonant.manner {
        case 3: consonant.place == 5 ? 5 : 4
        case 0, 5: 3
        case 4: letter == "l" ? 3 : 6
        default: 0
        }
    }

    private static func initial(_ head: [Character]) -> (Consonant, aspirated: Bool) {
        var breath = head.contains("ʰ")
        var letters = head.filter { $0 != "ʰ" }
        if letters.count >= 2, "hɦ".contains(letters[letters.count - 1]),
            let before = consonants[letters[letters.count - 2]],
            before.manner <= 1 || (letters.count >= 3 && before.manner == 2)
        {
            breath = true  // written h for aspiration
            letters.removeLast()
        }
        guard let first = letters.first, var sound = consonants[first] else {
            return (noInitial, false)
        }
        if letters.count >= 2, let second = consonants[letters[1]] {
            if sound.manner == 0, second.manner == 2 {
                if (1...4).contains(second.place) { sound.place = second.place }
                sound.manner = 1
                return (sound, breath)
            }
            if sound.manner == 3, second.manner <= 1 { return (sound, false) }  // mb, nd
            if sound.place == 7 { return (second, breath && second.manner < 2) }
        }
        return (sound, breath && sound.manner < 2)
    }

    private static func tokens(_ text: String) -> [Character] {
        var out: [Character] = []
        // ç would fall apart into c and a mark.
        let plain = text.replacingOccurrences(of: "ç", with: "ɕ")
        for scalar in plain.decomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar {
            case "\u{303}", "ⁿ", "ᵑ", "ᵐ": out.append("~")
            case "ʰ", "ʱ", "‘", "`", "ʻ": out.append("ʰ")
            case "w", "ᵘ", "ʷ": out.append("u")
            case "j", "ᶦ", "ⁱ", "ʲ": out.append("i")
            case "ɥ": out.append("y")
            case "ᵊ": out.append("ə")
            case "ˀ": out.append("ʔ")
            case "ɝ": out.append("ɚ")
            default:
                let letter = Character(scalar)
                if vowels[letter] != nil || consonants[letter] != nil || apicals[letter] != nil
                    || letter == "ɚ" || letter == "˞"
                {
                    out.append(letter)
                }
            }
        }
        return out
    }

    private static let consonants: [Character: Consonant] = {
        var table: [Character: Consonant] = [:]
        func add(_ letters: String, _ place: UInt8, _ manner: UInt8, voiced: Bool = false) {
            for letter in letters {
                table[letter] = Consonant(place: place, manner: manner, voiced: voiced)
            }
        }
        add("p", 0, 0)
        add("bɓ", 0, 0, voiced: true)
        add("mɱ", 0, 3, voiced: true)
        add("fɸ", 1, 2)
        add("vβʋⅴ", 1, 2, voiced: true)
        add("t", 2, 0)
        add("dɗ", 2, 0, voiced: true)
        add("nṇƞ", 2, 3, voiced: true)
        add("lɭrɾ", 2, 4, voiced: true)
        add("sθɬȿ", 2, 2)
        add("zð", 2, 2, voiced: true)
        add("ʦ", 2, 1)
        add("ʣ", 2, 1, voiced: true)
        add("ʈ", 3, 0)
        add("ɖ", 3, 0, voiced: true)
        add("ɳ", 3, 3, voiced: true)
        add("ʂʃ∫", 3, 2)
        add("ʐʒɻɹ", 3, 2, voiced: true)
        add("ʧ", 3, 1)
        add("ʤ", 3, 1, voiced: true)
        add("cȶ", 4, 0)
        add("ɟʄȡ", 4, 0, voiced: true)
        add("ȵɲ", 4, 3, voiced: true)
        add("ɕ", 4, 2)
        add("ʑʝ", 4, 2, voiced: true)
        add("ʨ", 4, 1)
        add("ʥ", 4, 1, voiced: true)
        add("kq", 5, 0)
        add("ɡg", 5, 0, voiced: true)
        add("ŋ", 5, 3, voiced: true)
        add("xχ", 5, 2)
        add("ɣʁ", 5, 2, voiced: true)
        add("hħ", 6, 2)
        add("ɦ", 6, 2, voiced: true)
        add("ʔ∅Ø", 7, 5)
        return table
    }()

    private static let vowels: [Character: Vowel] = {
        var table: [Character: Vowel] = [:]
        func add(_ letters: String, _ openness: UInt8, _ backness: UInt8, _ rounded: UInt8) {
            for letter in letters {
                table[letter] = Vowel(
                    openness: openness, backness: backness, rounded: rounded, apical: 0)
            }
        }
        add("i", 0, 0, 0)
        add("ɪ", 4, 2, 0)
        add("y", 0, 2, 1)
        add("ʏ", 4, 3, 1)
        add("ɨ", 0, 10, 0)
        add("ʉ", 0, 10, 1)
        add("ɯ", 0, 20, 0)
        add("u", 0, 20, 1)
        add("ʊɷ", 4, 18, 1)
        add("e", 10, 0, 0)
        add("ø", 10, 2, 1)
        add("ɘ", 10, 10, 0)
        add("ɵ", 10, 10, 1)
        add("ɤ", 10, 20, 0)
        add("o", 10, 20, 1)
        add("əǝ", 15, 10, 0)
        add("ᴇ", 16, 0, 0)
        add("ɛε", 20, 0, 0)
        add("œ", 20, 2, 1)
        add("ɜ", 20, 10, 0)
        add("ɞ", 20, 10, 1)
        add("ʌ", 20, 20, 0)
        add("ɔ", 20, 20, 1)
        add("æ", 26, 0, 0)
        add("ɐ", 26, 10, 0)
        add("a", 30, 6, 0)
        add("ᴀ", 30, 10, 0)
        add("ɑ", 30, 18, 0)
        add("ɒ", 30, 20, 1)
        add("ɶ", 30, 2, 1)
        return table
    }()

    private static let apicals: [Character: Vowel] = [
        "ɿ": Vowel(openness: 0, backness: 10, rounded: 0, apical: 1),
        "ʅ": Vowel(openness: 0, backness: 10, rounded: 0, apical: 2),
        "ʮ": Vowel(openness: 0, backness: 13, rounded: 1, apical: 1),
        "ʯ": Vowel(openness: 0, backness: 13, rounded: 1, apical: 2),
    ]
}
