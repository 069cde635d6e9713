import GuituModel

/// A toneless Mandarin syllable as two small numbers, fast to compare.
struct Sound: Hashable, Sendable {
    let initial: UInt8
    let final: UInt8

    /// How alike two syllables are to a clerk who writes down what he hears.
    enum Likeness: UInt8, Comparable, Sendable {
        case different, similar, same
        static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    /// Nil for a syllable Mandarin does not have.
    init?(_ syllable: Syllable) {
        guard let initial = Self.initials[String(syllable.initial)],
            let final = Self.finals[String(syllable.final)]
        else { return nil }
        self.initial = initial
        self.final = final
    }

    func likeness(to other: Sound) -> Likeness {
        if self == other { return .same }
        let near =
            Self.nearInitials[Int(initial) * Self.initialNames.count + Int(other.initial)]
            && Self.nearFinals[Int(final) * Self.finalNames.count + Int(other.final)]
        return near ? .similar : .different
    }

    private static let initialNames = [
        "", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "zh", "ch", "sh",
        "r",
        "z", "c", "s", "y", "w",
    ]
    private static let finalNames = [
        "a", "o", "e", "i", "u", "v", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "ong", "er",
        "ia",
        "ie", "iao", "iu", "ian", "in", "iang", "ing", "iong", "ua", "uo", "uai", "ui", "uan", "un",
        "uang", "ue", "ve", "van", "vn",
    ]
    private static let initials = Dictionary(
        uniqueKeysWithValues: initialNames.enumerated().map { ($1, UInt8($0)) })
    private static let finals = Dictionary(
        uniqueKeysWithValues: finalNames.enumerated().map { ($1, UInt8($0)) })

    // What dialects and tired ears confuse most: n/l (south-west, Huai), f/h
    // and h/w (Hunan, Guangdong), flat and curled tongue (south and north-east),
    // the unshifted g k h before front vowels (街 gai, 下 ha, 咸 han), r.
    private static let nearInitials = matrix(
        initialNames,
        [
            "n l", "f h", "h w", "z zh", "c ch", "s sh", "r l", "r y", "j g", "q k", "x h", "j z",
            "q c", "x s",
            "y ", "w ", "l d",
        ])
    // Front and back nasals, rounded and plain, medials lost or added.
    private static let nearFinals = matrix(
        finalNames,
        [
            "an ang", "en eng", "in ing", "ian iang", "uan uang", "un ong", "un iong", "eng ong",
            "in en", "ing eng",
            "ie ai", "ia a", "ian an", "iang ang", "iao ao", "ang uang", "an uan", "en un",
            "ai uai", "ei ui", "a ua",
            "o uo", "e uo", "e o", "i v", "u v", "u ou", "ue ve", "ei i", "ai ei", "ie ue", "uo u",
        ])

    private static func matrix(_ names: [String], _ pairs: [String]) -> [Bool] {
        var near = [Bool](repeating: false, count: names.count * names.count)
        for index in names.indices { near[index * names.count + index] = true }
        for pair in pairs {
            let parts = pair.split(separator: " ", omittingEmptySubsequences: false).map(
                String.init)
            let one = names.firstIndex(of: parts[0])!
            let other = names.firstIndex(of: parts[1])!
            near[one * names.count + other] = true
            near[other * names.count + one] = true
        }
        return near
    }
}
