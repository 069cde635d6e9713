extension PartialDay {
    public enum Failure: Error, Equatable, Sendable {
        case empty
        /// A date written out in full that no calendar has: 2016-02-30.
        case noSuchDate(String)
        /// A year nobody alive, or nobody yet, can mean.
        case implausibleYear(Int)
        case implausibleAge(Int)

        /// The case as one word, for catalogs of sentences.
        public var word: String {
            switch self {
            case .empty: "empty"
            case .noSuchDate: "noSuchDate"
            case .implausibleYear: "implausibleYear"
            case .implausibleAge: "implausibleAge"
            }
        }

        public var arguments: [String: String] {
            switch self {
            case .empty: [:]
            case .noSuchDate(let text): ["date": text]
            case .implausibleYear(let year): ["year": "\(year)"]
            case .implausibleAge(let age): ["age": "\(age)"]
            }
        }
    }

    /// Reads a date or an age as people say and write them, said on `day`.
    ///
    /// Understood are civil dates (2016-08-14, 2016/8, 20160814, 2016年8月中旬,
    /// 一九五六年), lunar ones (1956年腊月, 农历1956年八月初三, 正月), seasons (去年冬天),
    /// words relative to `day` (昨天, 上个月, 前年, 三天前), ages (六十岁, 约60岁, 七八岁,
    /// 60多岁, 60-70岁, 虚岁61, 五旬), animals with an age (属龙, 约60岁), 民国三十年 and
    /// 80后. The window is wide enough for every usual meaning. Anything else is
    /// kept as said with an open window; only a plain contradiction is refused.
    public init(reading said: String, on day: Day) throws(Failure) {
        var kept = said[...]
        while kept.first?.isWhitespace == true { kept.removeFirst() }
        while kept.last?.isWhitespace == true { kept.removeLast() }
        guard !kept.isEmpty else { throw .empty }
        var reader = DayReader(String(kept), on: day)
        let window = try reader.window()
        self.init(said: String(kept), earliest: window?.earliest, latest: window?.latest)
    }
}

/// One pass over what was said; every function either takes what it
/// understands or leaves the place where it was.
struct DayReader {
    let today: Day
    var text: [Unicode.Scalar]
    var at = 0
    var lunar = false
    var nominal = false
    var completed = false
    var about = false

    init(_ said: String, on today: Day) {
        self.today = today
        var said = said[...]
        // The time of day says nothing about the day: 2016-08-14 21:30:00.
        if let colon = said.firstIndex(of: ":"),
            let cut = said[..<colon].lastIndex(where: { $0 == " " || $0 == "T" })
        {
            said = said[..<cut]
        }
        text = TextNormalizer.key(String(said)).unicodeScalars.filter {
            !",，、。()（）".unicodeScalars.contains($0)
        }
    }

    mutating func window() throws(PartialDay.Failure) -> PartialDay? {
        skipWords()
        let start = self
        for kind in 0..<5 {
            self = start
            let found: PartialDay? =
                switch kind {
                case 0: try animal()
                case 1: try age()
                case 2: try date()
                case 3: try relative()
                default: try era()
                }
            if let found {
                skipWords()
                if at == text.count { return found }
            }
        }
        return nil
    }

    // MARK: What stands around a date or an age

    private static let around: [(word: String, flag: WritableKeyPath<DayReader, Bool> & Sendable)] =
        [
            ("目测", \.about), ("大约", \.about), ("大概", \.about), ("左右", \.about), ("上下", \.about),
            ("前后", \.about), ("可能", \.about), ("估计", \.about), ("差不多", \.about), ("约", \.about),
            ("农历", \.lunar), ("阴历", \.lunar), ("旧历", \.lunar), ("虚岁", \.nominal),
            ("周岁", \.completed),
            ("实岁", \.completed),
        ]
    private static let fillers = [
        "出生日期", "出生于", "出生", "生于", "年龄", "自称", "自述", "自报", "据说", "据称", "公历", "阳历", "新历", "之间", "那年",
        "年生",
        "生人", "生", "的", ":", "-", "人",
    ]

    mutating func skipWords() {
        var moved = true
        while moved, at < text.count {
            moved = false
            for (word, flag) in Self.around where take(word) {
                self[keyPath: flag] = true
                moved = true
            }
            // A dash stands between words, not before a number: -5岁 is no age.
            for word in Self.fillers where (word != "-" || at > 0) && take(word) { moved = true }
        }
    }

    mutating func take(_ word: String) -> Bool {
        var place = at
        for scalar in word.unicodeScalars {
            guard place < text.count, text[place] == scalar else { return false }
            place += 1
        }
        at = place
        return true
    }

    mutating func takeOne(of words: [String]) -> String? {
        for word in words where take(word) { return word }
        return nil
    }

    var next: Unicode.Scalar? { at < text.count ? text[at] : nil }

    // MARK: Numbers

    static func digit(_ scalar: Unicode.Scalar) -> Int? {
        switch scalar {
        case "零", "〇", "○": 0
        case "一", "元": 1
        case "二", "两": 2
        case "三": 3
        case "四": 4
        case "五": 5
        case "六": 6
        case "七": 7
        case "八": 8
        case "九": 9
        default: nil
        }
    }

    /// Whether a number in characters begins here.
    var startsNumeral: Bool {
        guard let next else { return false }
        return Self.digit(next) != nil || Self.isTens(next)
    }

    static func isTens(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "十" || scalar == "百" || scalar == "廿" || scalar == "卅"
    }

    /// A number in digits or in characters, and the characters it took.
    mutating func number() -> (value: Int, written: [Unicode.Scalar])? {
        let start = at
        var value = 0
        while let scalar = next, ("0"..."9").contains(scalar), at - start < 9 {
            value = value * 10 + Int(scalar.value - 48)
            at += 1
        }
        if at > start { return (value, Array(text[start..<at])) }
        while let scalar = next, Self.digit(scalar) != nil || Self.isTens(scalar), at - start < 9 {
            at += 1
        }
        let written = Array(text[start..<at])
        guard let value = Self.value(of: written) else {
            at = start
            return nil
        }
        return (value, written)
    }

    /// 二〇一六 digit by digit, 一百零二, 二十三 and 廿三 by their places.
    static func value(of written: [Unicode.Scalar]) -> Int? {
        guard !written.isEmpty else { return nil }
        if !written.contains(where: isTens) {
            return written.reduce(0) { $0 * 10 + (digit($1) ?? 0) }
        }
        var total = 0
        var pending: Int?
        for scalar in written {
            switch scalar {
            case "百":
                total += (pending ?? 1) * 100
                pending = nil
            case "十":
                total += (pending ?? 1) * 10
                pending = nil
            case "廿", "卅":
                total += scalar == "廿" ? 20 : 30
                pending = nil
            default:
                if let pending, pending != 0 { return nil }
                pending = digit(scalar)
            }
        }
        return total + (pending ?? 0)
    }

    // MARK: Civil and lunar dates

    mutating func date() throws(PartialDay.Failure) -> PartialDay? {
        if let found = try numericDate() { return found }
        guard let year = try writtenYear() else { return nil }
        return try rest(of: year)
    }

    /// 2016-08-14, 2016/8/14, 2016.8, 20160814, 201608 and 2016 alone.
    mutating func numericDate() throws(PartialDay.Failure) -> PartialDay? {
        let start = at
        guard let first = number(), first.written.allSatisfy(\.isASCII) else {
            at = start
            return nil
        }
        let written = string(from: start)
        switch written.count {
        case 8 where at == text.count:
            return try exact(
                first.value / 10_000, first.value / 100 % 100, first.value % 100, written)
        case 6 where at == text.count && (1850...2100).contains(first.value / 100):
            return try month(first.value / 100, first.value % 100, written)
        case 4: break
        default:
            at = start
            return nil
        }
        try plausible(year: first.value)
        if at == text.count { return .year(first.value) }
        guard let separator = next, separator == "-" || separator == "/" || separator == "." else {
            at = start
            return nil
        }
        at += 1
        guard let second = number(), second.written.count <= 2 else {
            at = start
            return nil
        }
        guard next == separator else {
            return try month(first.value, second.value, string(from: start))
        }
        at += 1
        guard let third = number(), third.written.count <= 2 else {
            at = start
            return nil
        }
        return try exact(first.value, second.value, third.value, string(from: start))
    }

    func string(from start: Int) -> String {
        var string = ""
        string.unicodeScalars.append(contentsOf: text[start..<at])
        return string
    }

    func exact(_ year: Int, _ month: Int, _ day: Int, _ text: String) throws(PartialDay.Failure)
        -> PartialDay
    {
        try plausible(year: year)
        if lunar { return try lunarDay(year, month, day, text) }
        guard let day = Day(year: year, month: month, day: day) else { throw .noSuchDate(text) }
        return PartialDay(day)
    }

    func month(_ year: Int, _ month: Int, _ text: String) throws(PartialDay.Failure) -> PartialDay {
        try plausible(year: year)
        guard let window = lunar ? PartialDay.lunarMonth(month, of: year) : .month(month, of: year)
        else { throw .noSuchDate(text) }
        return window
    }

    func lunarDay(_ year: Int, _ month: Int, _ day: Int, _ text: String) throws(PartialDay.Failure)
        -> PartialDay
    {
        guard (1...30).contains(day), let window = PartialDay.lunarMonth(month, of: year) else {
            throw .noSuchDate(text)
        }
        return window
    }

    func plausible(year: Int) throws(PartialDay.Failure) {
        guard (1850...(today.year + 1)).contains(year) else { throw .implausibleYear(year) }
    }

    /// 2016年, 一九五六年, 89年, 民国三十年; nil and nothing taken for anything else.
    mutating func writtenYear() throws(PartialDay.Failure) -> Int? {
        let start = at
        if let word = takeOne(of: ["今年", "本年", "当年", "去年", "上年", "大前年", "前年"]) {
            switch word {
            case "去年", "上年": return today.year - 1
            case "前年": return today.year - 2
            case "大前年": return today.year - 3
            case "当年":  // of which year, nobody said
                at = start
                return nil
            default: return today.year
            }
        }
        let republic = take("民国")
        guard let number = number(), take("年") else {
            at = start
            return nil
        }
        if republic {
            let year = 1911 + number.value
            try plausible(year: year)
            return year
        }
        if number.written.count == 4 {
            try plausible(year: number.value)
            return number.value
        }
        // 89年 can only be 1989 for a while yet; 16年 can be 1916 or 2016, and
        // 五六年 can be five years or 1956.
        if number.written.count == 2, number.written.allSatisfy(\.isASCII),
            number.value > today.year % 100 + 1
        {
            return 1900 + number.value
        }
        at = start
        return nil
    }

    /// What follows a year: nothing, a month, a season.
    mutating func rest(of year: Int) throws(PartialDay.Failure) -> PartialDay? {
        skipWords()
        if at == text.count { return lunar ? .lunarYear(year) : .year(year) }
        let start = at
        if let season = takeOne(of: ["春节", "过年", "年初", "年底", "年末", "上半年", "下半年"]) {
            switch season {
            case "春节", "过年": return days(year, 1, 1, year, 3, 10)
            case "年初": return days(year, 1, 1, year, 4, 30)
            case "年底", "年末": return days(year, 10, 1, year + 1, 2, 20)
            case "上半年": return days(year, 1, 1, year, 6, 30)
            default: return days(year, 7, 1, year, 12, 31)
            }
        }
        if let season = takeOne(of: ["春", "夏", "秋", "冬"]) {
            _ = takeOne(of: ["天", "季"])
            switch season {
            case "春": return days(year, 2, 1, year, 5, 31)
            case "夏": return days(year, 5, 1, year, 8, 31)
            case "秋": return days(year, 8, 1, year, 11, 30)
            // The winter of a year is the one that begins in it or the one it began in.
            default: return days(year, 1, 1, year + 1, 2, 28)
            }
        }
        let leap = take("闰")
        if leap { lunar = true }
        if let month = takeOne(of: ["正月", "冬月", "腊月"]) {
            lunar = true
            return try afterMonth(year, month == "正月" ? 1 : month == "冬月" ? 11 : 12, start)
        }
        guard let month = number(), takeOne(of: ["月份", "月"]) != nil else { return nil }
        guard (1...12).contains(month.value) else {
            throw .noSuchDate("\(year)年\(string(from: start))")
        }
        return try afterMonth(year, month.value, start)
    }

    /// What follows a month: nothing, a part of it, a day.
    mutating func afterMonth(_ year: Int, _ month: Int, _ start: Int) throws(PartialDay.Failure)
        -> PartialDay?
    {
        skipWords()
        let whole = try self.month(year, month, "\(year)年\(string(from: start))")
        if at == text.count { return whole }
        if let part = takeOne(of: ["上旬", "中旬", "下旬", "月初", "初", "中", "月底", "底", "末"]),
            !startsNumeral
        {
            guard !lunar, let first = whole.earliest, let last = whole.latest else { return whole }
            switch part {
            case "上旬", "初", "月初":
                return PartialDay(said: "", earliest: first, latest: first.adding(days: 9))
            case "中旬", "中":
                return PartialDay(
                    said: "", earliest: first.adding(days: 9), latest: first.adding(days: 20))
            default: return PartialDay(said: "", earliest: first.adding(days: 19), latest: last)
            }
        }
        // 初三 is how a lunar day is said.
        if at > start, text[at - 1] == "初" { lunar = true }
        guard let day = number() else { return nil }
        let written = takeOne(of: ["日", "号"]) != nil || at == text.count
        guard written else { return nil }
        if next != nil {
            _ = takeOne(of: ["凌晨", "早上", "上午", "中午", "下午", "傍晚", "晚上", "夜里", "夜间", "晚"])
        }
        return try exact(year, month, day.value, "\(year)年\(string(from: start))")
    }

    func days(_ y1: Int, _ m1: Int, _ d1: Int, _ y2: Int, _ m2: Int, _ d2: Int) -> PartialDay {
        PartialDay(
            said: "", earliest: Day(year: y1, month: m1, day: d1),
            latest: Day(year: y2, month: m2, day: d2))
    }

    // MARK: Relative to today

    mutating func relative() throws(PartialDay.Failure) -> PartialDay? {
        let daysAgo = [
            "今天": 0, "今日": 0, "今早": 0, "今晚": 0, "昨天": 1, "昨日": 1, "昨晚": 1, "前天": 2, "前日": 2,
            "大前天": 3,
        ]
        if let word = takeOne(of: ["大前天", "今天", "今日", "今早", "今晚", "昨天", "昨日", "昨晚", "前天", "前日"]) {
            _ = takeOne(of: ["凌晨", "早上", "上午", "中午", "下午", "傍晚", "晚上", "夜里", "晚"])
            return PartialDay(today.adding(days: -daysAgo[word]!))
        }
        // Said by mistake; whoever asks for the past refuses them.
        if takeOne(of: ["明天", "明日", "明晚"]) != nil { return PartialDay(today.adding(days: 1)) }
        if takeOne(of: ["后天", "后日"]) != nil { return PartialDay(today.adding(days: 2)) }
        if takeOne(of: ["下个月", "下月"]) != nil { return monthAgo(-1) }
        if takeOne(of: ["明年"]) != nil { return .year(today.year + 1) }
        if takeOne(of: ["后年"]) != nil { return .year(today.year + 2) }
        if takeOne(of: ["这个月", "本月", "这月"]) != nil { return monthAgo(0) }
        if takeOne(of: ["上个月", "上月"]) != nil { return monthAgo(1) }
        if takeOne(of: ["上周", "上星期", "上礼拜"]) != nil { return ago(6 + 1...14) }
        if takeOne(of: ["半年前"]) != nil { return ago(120...270) }
        guard let count = number(), count.value <= 60 else { return nil }
        if takeOne(of: ["天前", "日前"]) != nil {
            return ago(max(0, count.value - 1)...(count.value + 1))
        }
        if takeOne(of: ["周前", "星期前", "个星期前", "礼拜前"]) != nil {
            return ago((count.value * 7 - 7)...(count.value * 7 + 7))
        }
        if takeOne(of: ["个月前", "月前"]) != nil {
            return PartialDay(
                said: "", earliest: today.adding(months: -count.value - 1),
                latest: today.adding(months: -count.value + 1))
        }
        if takeOne(of: ["年前"]) != nil {
            // Rounded, and the more so the longer ago.
            let slack = max(1, count.value / 5)
            return PartialDay(
                said: "", earliest: today.adding(years: -count.value - slack),
                latest: today.adding(years: -count.value + slack))
        }
        return nil
    }

    func ago(_ days: ClosedRange<Int>) -> PartialDay {
        PartialDay(
            said: "", earliest: today.adding(days: -days.upperBound),
            latest: today.adding(days: -days.lowerBound))
    }

    func monthAgo(_ months: Int) -> PartialDay? {
        let civil = today.adding(months: -months).civil
        return .month(civil.month, of: civil.year)
    }

    /// 80后, 八十年代, 上世纪五十年代.
    mutating func era() throws(PartialDay.Failure) -> PartialDay? {
        let century = takeOne(of: ["上个世纪", "上世纪", "二十世纪", "20世纪"]) != nil
        guard let decade = number(), decade.value % 10 == 0, decade.value < 100 else { return nil }
        if take("后") || take("年代") {
            // 00后 and 10后 are of this century, the others of the last.
            let base = !century && decade.value <= 10 ? 2000 : 1900
            return days(base + decade.value, 1, 1, base + decade.value + 9, 12, 31)
        }
        return nil
    }
}
