import GuituModel

/// Names as they are borne, and as a clerk writes them down.
struct InventedNames: Sendable {
    private let surnames: [String]
    private let surnameTotals: [Double]
    private let given: [[Character]]
    private let givenTotals: [[Double]]
    /// Characters of each toneless syllable, surnames and given names apart.
    private let surnamesBySound: [String: [Character]]
    private let givenBySound: [String: [Character]]

    /// Built once; the tables do not depend on the seed.
    static let shared = InventedNames()

    private init() {
        let rare = NameShares.rareSurnames
        let common = NameShares.surnames
        surnames = common.map(\.surname) + rare
        // Who bears none of the common names shares out what they leave.
        let left = max(0.01, 1 - common.reduce(0) { $0 + $1.share }) / Double(rare.count)
        surnameTotals = Self.totals(common.map(\.share) + rare.map { _ in left })
        given = [Sex.male, .female].flatMap { sex in
            NameShares.Generation.allCases.map { NameShares.givenCharacters(sex, $0) }
        }
        givenTotals = given.map { Self.totals($0.indices.map { NameShares.weight(ofRank: $0) }) }
        surnamesBySound = Self.bySound(surnames.compactMap { $0.count == 1 ? $0.first : nil })
        givenBySound = Self.bySound(NameShares.givenShareList.map(\.character))
    }

    private static func totals(_ weights: [Double]) -> [Double] {
        var sum = 0.0
        return weights.map {
            sum += $0
            return sum
        }
    }

    private static func bySound(_ characters: [Character]) -> [String: [Character]] {
        var sounds: [String: [Character]] = [:]
        for character in characters {
            if let reading = Pinyin.of(character) {
                sounds[reading.letters, default: []].append(character)
            }
        }
        return sounds
    }

    func surname(_ random: inout SplitMix64) -> String { surnames[random.weighted(surnameTotals)] }

    func given(_ sex: Sex, _ birthYear: Int, _ random: inout SplitMix64) -> String {
        let generation = NameShares.Generation(birthYear: birthYear)
        let table = (sex == .female ? 3 : 0) + generation.rawValue
        let single = generation == .middle ? 0.32 : 0.14
        func draw(_ random: inout SplitMix64) -> Character {
            given[table][random.weighted(givenTotals[table])]
        }
        let first = draw(&random)
        return random.chance(single) ? String(first) : String([first, draw(&random)])
    }

    private static let dotted: [(first: [String], second: [String])] = [
        (
            ["买买提", "艾合买提", "阿布都", "吐尔逊", "玉素甫", "古丽", "阿依夏木", "热依汗", "帕提古丽", "肉孜"],
            ["吐尔逊", "艾山", "卡德尔", "买买提", "库尔班", "依明", "热合曼", "阿吾提"]
        )
    ]

    func full(_ sex: Sex, _ birthYear: Int, _ random: inout SplitMix64) -> String {
        if random.chance(0.006) {
            return random.pick(Self.dotted[0].first) + "·" + random.pick(Self.dotted[0].second)
        }
        return surname(&random) + given(sex, birthYear, &random)
    }

    // MARK: What a clerk writes

    /// The name as written down by ear; sometimes right.
    func heard(_ name: String, _ random: inout SplitMix64) -> String {
        let parsed = ChineseName(name)
        guard !parsed.surname.isEmpty, parsed.surname.count == 1 else { return name }
        var surname = parsed.surname
        var given = parsed.given
        if random.chance(0.14) { surname = respelled(surname, surnamesBySound, &random) }
        given = String(
            given.map { random.chance(0.30) ? respelled($0, givenBySound, &random) : $0 })
        if random.chance(0.025) { surname = self.surname(&random) }
        switch random.unit() {
        case ..<0.03:
            return (random.chance(0.5) ? "小" : "老")
                + (random.chance(0.5) ? surname : String(given.suffix(1)))
        case ..<0.05 where given.count == 2: return surname + String(given.suffix(1))
        case ..<0.065: return given
        default: return surname + given
        }
    }

    private func respelled(
        _ text: some StringProtocol, _ table: [String: [Character]], _ random: inout SplitMix64
    ) -> String {
        String(text.map { respelled($0, table, &random) })
    }

    /// Another character of the same sound, or of the sound a tired ear hears.
    private func respelled(
        _ character: Character, _ table: [String: [Character]], _ random: inout SplitMix64
    ) -> Character {
        guard let reading = Pinyin.of(character) else { return character }
        let sound = random.chance(0.3) ? Self.misheard(reading.letters, &random) : reading.letters
        guard let same = table[sound], !same.isEmpty else { return character }
        return random.pick(same)
    }

    /// Rules of a listener of our own, not of the engine that is measured.
    private static func misheard(_ sound: String, _ random: inout SplitMix64) -> String {
        let beginnings = [
            ("zh", "z"), ("ch", "c"), ("sh", "s"), ("z", "zh"), ("s", "sh"), ("n", "l"), ("l", "n"),
            ("h", "f"),
            ("f", "h"), ("hu", "wu"), ("r", "l"), ("j", "z"), ("x", "h"),
        ]
        let ends = [
            ("ing", "in"), ("in", "ing"), ("eng", "en"), ("en", "eng"), ("ang", "an"),
            ("an", "ang"), ("ong", "eng"),
        ]
        if random.chance(0.5) {
            let fitting = beginnings.filter { sound.hasPrefix($0.0) }
            guard !fitting.isEmpty else { return sound }
            let rule = random.pick(fitting)
            return rule.1 + sound.dropFirst(rule.0.count)
        }
        let fitting = ends.filter { sound.hasSuffix($0.0) }
        guard !fitting.isEmpty else { return sound }
        let rule = random.pick(fitting)
        return sound.dropLast(rule.0.count) + rule.1
    }
}
