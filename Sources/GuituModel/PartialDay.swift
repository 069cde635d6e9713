/// A date as far as somebody knows it: what was said beside what follows from it.
///
/// "1956", "腊月", "属龙", "约六十岁" and "去年冬天" all leave a window of days, the
/// true day somewhere inside. What was said is kept as it was said. Words that
/// nobody has taught us leave an open window rather than a guess.
public struct PartialDay: Hashable, Sendable {
    public let said: String
    /// The first day it can be; nil when nothing is known.
    public let earliest: Day?
    /// The last day it can be; nil when nothing is known.
    public let latest: Day?

    /// Takes the bounds in either order, so that a window is never empty.
    public init(said: String, earliest: Day?, latest: Day?) {
        self.said = said
        if let earliest, let latest, latest < earliest {
            self.earliest = latest
            self.latest = earliest
        } else {
            self.earliest = earliest
            self.latest = latest
        }
    }

    /// What was said, and nothing concluded from it.
    public init(unread said: String) {
        self.init(said: said, earliest: nil, latest: nil)
    }

    public init(_ day: Day, said: String? = nil) {
        self.init(said: said ?? day.description, earliest: day, latest: day)
    }

    /// Whether anything was concluded from what was said.
    public var isUnderstood: Bool { earliest != nil || latest != nil }

    /// The day, when there is only one it can be.
    public var exactDay: Day? { earliest == latest ? earliest : nil }

    /// Whether one day could be both.
    public func overlaps(_ other: PartialDay) -> Bool {
        if let latest, let begin = other.earliest, latest < begin { return false }
        if let earliest, let end = other.latest, end < earliest { return false }
        return true
    }
}

extension PartialDay {
    /// Some day of a civil year; nil outside 1 to 9999.
    public static func year(_ year: Int, said: String? = nil) -> PartialDay? {
        guard let first = Day(year: year, month: 1, day: 1),
            let last = Day(year: year, month: 12, day: 31)
        else { return nil }
        return PartialDay(said: said ?? "\(year)", earliest: first, latest: last)
    }

    /// Some day of a civil month.
    public static func month(_ month: Int, of year: Int, said: String? = nil) -> PartialDay? {
        guard let first = Day(year: year, month: month, day: 1) else { return nil }
        let last = first.adding(days: Day.daysIn(month: month, of: year) - 1)
        return PartialDay(
            said: said ?? String(first.description.prefix(7)), earliest: first, latest: last)
    }

    /// Some day of a lunar year, from its New Year's Day to the eve of the next.
    ///
    /// New Year's Day falls between 21 January and 20 February (1900 to 2100:
    /// a new moon between 雨水 and the one before), so the window reaches from
    /// the first to the eve of the last such day a year later.
    public static func lunarYear(_ year: Int, said: String? = nil) -> PartialDay? {
        guard let first = Day(year: year, month: 1, day: 21),
            let last = Day(year: year + 1, month: 2, day: 20)
        else { return nil }
        return PartialDay(said: said ?? "农历\(year)年", earliest: first, latest: last)
    }

    /// Some day of a lunar month (1 正月 … 11 冬月, 12 腊月) or of the leap month after it.
    ///
    /// Month *m* is the one in which the sun passes its *m*-th principal term
    /// (雨水, 春分 … 大寒), whose civil date moves by two days at most. A month has
    /// 30 days at most, and a leap month ends before the next term. So the window
    /// is 31 days before the term's usual date to 33 days after it. Tested
    /// against an astronomical calendar for two centuries.
    public static func lunarMonth(_ month: Int, of year: Int, said: String? = nil) -> PartialDay? {
        guard (1...12).contains(month) else { return nil }
        // 雨水 春分 谷雨 小满 夏至 大暑 处暑 秋分 霜降 小雪 冬至 大寒
        let terms = [
            (2, 19), (3, 21), (4, 20), (5, 21), (6, 21), (7, 23), (8, 23), (9, 23), (10, 23),
            (11, 22), (12, 22), (1, 20),
        ]
        let (civilMonth, day) = terms[month - 1]
        guard let term = Day(year: month == 12 ? year + 1 : year, month: civilMonth, day: day)
        else { return nil }
        return PartialDay(
            said: said ?? "农历\(year)年\(month)月", earliest: term.adding(days: -31),
            latest: term.adding(days: 33))
    }

    /// The day of birth of somebody of this age in full years on `day`.
    public static func born(aged age: AgeRange, on day: Day, said: String? = nil) -> PartialDay {
        PartialDay(
            said: said ?? age.description,
            earliest: day.adding(years: -age.oldest - 1).adding(days: 1),
            latest: day.adding(years: -age.youngest))
    }

    /// The day of birth of somebody of this nominal age (虚岁) on `day`: one at
    /// birth, and one more at every lunar New Year.
    public static func born(nominalAge age: AgeRange, on day: Day, said: String? = nil)
        -> PartialDay
    {
        let (year, month, date) = day.civil
        // Before 20 February nobody here knows whether the lunar year has turned.
        let mayBeOldYear = month == 1 || (month == 2 && date <= 20)
        let surelyOldYear = month == 1 && date < 21
        let first = mayBeOldYear ? year - 1 : year
        let last = surelyOldYear ? year - 1 : year
        let earliest = PartialDay.lunarYear(first - age.oldest + 1)?.earliest
        let latest = PartialDay.lunarYear(last - age.youngest + 1)?.latest
        return PartialDay(
            said: said ?? "虚岁\(age)", earliest: earliest, latest: latest.map { min($0, day) })
    }

    /// The day of birth of somebody born in the year of `animal` and about so old.
    ///
    /// One year in twelve fits; when the range leaves room for two, both are kept
    /// in one window, and when for none, the animal counts less than the age.
    public static func born(
        under animal: Zodiac, aged age: AgeRange, on day: Day, said: String? = nil
    ) -> PartialDay {
        let said = said ?? "属\(animal.name)，\(age)"
        // Elders give nominal ages, one or two years more than full ones.
        let window = PartialDay.born(
            aged: AgeRange(max(0, age.youngest - 2), age.oldest), on: day)
        let years = (window.earliest!.year - 1)...(window.latest!.year)
        let fitting = years.filter { Zodiac(lunarYear: $0) == animal }
            .compactMap { PartialDay.lunarYear($0) }.filter { $0.overlaps(window) }
        guard let first = fitting.first?.earliest, let last = fitting.last?.latest else {
            return PartialDay(said: said, earliest: window.earliest, latest: window.latest)
        }
        return PartialDay(said: said, earliest: first, latest: min(last, day))
    }

    /// Full years somebody born in this window has lived on `day`; nil when the
    /// window is open or wholly later.
    public func ages(on day: Day) -> AgeRange? {
        guard let earliest, let latest, earliest <= day else { return nil }
        return AgeRange(max(0, day.fullYears(since: latest)), day.fullYears(since: earliest))
    }
}

/// Ages in full years, both ends included, 0 to 150.
public struct AgeRange: Hashable, Sendable, Codable, CustomStringConvertible {
    public let youngest: Int
    public let oldest: Int

    /// Takes the ends in either order and holds them within 0 to 150.
    public init(_ one: Int, _ other: Int) {
        youngest = min(max(min(one, other), 0), 150)
        oldest = min(max(max(one, other), 0), 150)
    }

    public init(_ age: Int) { self.init(age, age) }

    public var description: String {
        youngest == oldest ? "\(youngest)岁" : "\(youngest)–\(oldest)岁"
    }
}

/// The twelve animals of the lunar years.
public enum Zodiac: String, Vocabulary {
    case rat, ox, tiger, rabbit, dragon, snake, horse, goat, monkey, rooster, dog, pig

    public init(lunarYear year: Int) {
        let place = ((year - 4) % 12 + 12) % 12  // the year 4 was a rat's
        self = Self.allCases[place]
    }

    public var name: Character {
        switch self {
        case .rat: "鼠"
        case .ox: "牛"
        case .tiger: "虎"
        case .rabbit: "兔"
        case .dragon: "龙"
        case .snake: "蛇"
        case .horse: "马"
        case .goat: "羊"
        case .monkey: "猴"
        case .rooster: "鸡"
        case .dog: "狗"
        case .pig: "猪"
        }
    }

    public init?(name: Character) {
        guard let animal = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = animal
    }
}

// One form for a column: the window, a blank, what was said. It sorts by the
// first day and reads back unchanged: "1956-12-20..1957-02-22 1956年腊月".
extension PartialDay: LosslessStringConvertible {
    public var description: String {
        "\(earliest?.description ?? "")..\(latest?.description ?? "") \(said)"
    }

    /// Reads what `description` wrote; nil for anything else.
    public init?(_ text: String) {
        guard let blank = text.firstIndex(of: " ") else { return nil }
        let window = text[..<blank]
        let earliest: Day?
        let rest: Substring
        if window.hasPrefix("..") {
            (earliest, rest) = (nil, window.dropFirst(2))
        } else {
            guard let day = Day(String(window.prefix(10))), window.dropFirst(10).hasPrefix("..")
            else { return nil }
            (earliest, rest) = (day, window.dropFirst(12))
        }
        var latest: Day?
        if !rest.isEmpty {
            guard let day = Day(String(rest)) else { return nil }
            latest = day
        }
        if let earliest, let latest, latest < earliest { return nil }
        self.init(
            said: String(text[text.index(after: blank)...]), earliest: earliest, latest: latest)
    }
}

extension PartialDay: Codable {
    private enum CodingKeys: CodingKey { case said, earliest, latest }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let earliest = try values.decodeIfPresent(Day.self, forKey: .earliest)
        let latest = try values.decodeIfPresent(Day.self, forKey: .latest)
        if let earliest, let latest, latest < earliest {
            throw DecodingError.dataCorruptedError(
                forKey: .latest, in: values, debugDescription: "a window ends before it begins")
        }
        self.init(
            said: try values.decode(String.self, forKey: .said), earliest: earliest, latest: latest)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(said, forKey: .said)
        try values.encodeIfPresent(earliest, forKey: .earliest)
        try values.encodeIfPresent(latest, forKey: .latest)
    }
}
