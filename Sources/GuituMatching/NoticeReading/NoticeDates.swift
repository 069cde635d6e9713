import GuituModel

/// A date as exact as the text and the day of publication allow.
struct DateMention {
    var year: Int
    var month: Int?
    var day: Int?
    var range: Range<Int>
    /// The year or month was taken from somewhere else.
    var isCompleted = false

    var written: String {
        var text = String(year)
        for part in [month, day] {
            guard let part else { break }
            text += part < 10 ? "-0\(part)" : "-\(part)"
        }
        return text
    }
    var exact: Day? { month.flatMap { m in day.flatMap { Day(year: year, month: m, day: $0) } } }

    init(_ day: Day, _ range: Range<Int>, isCompleted: Bool = true) {
        let civil = day.civil
        (year, month, self.day) = (civil.year, civil.month, civil.day)
        self.range = range
        self.isCompleted = isCompleted
    }

    init(
        year: Int, month: Int? = nil, day: Int? = nil, _ range: Range<Int>,
        isCompleted: Bool = false
    ) {
        (self.year, self.month, self.day, self.range) = (year, month, day, range)
        self.isCompleted = isCompleted
    }
}

/// Finds the dates of a text in its order; each may lean on the one before.
struct NoticeDates {
    let text: NoticeText
    var published: Day?
    var last: DateMention?

    static let year: Unicode.Scalar = "年"
    static let month: Unicode.Scalar = "月"
    static let day: Unicode.Scalar = "日"

    init(_ text: NoticeText, published: Day?) {
        self.text = text
        self.published = published
    }

    static func mentions(_ text: NoticeText, published: Day?) -> [DateMention] {
        var reader = NoticeDates(text, published: published)
        var found: [DateMention] = []
        var at = 0
        while at < text.count {
            if let mention = reader.read(at) {
                if reader.heads(mention) || text[mention.range.upperBound] == "讯",
                    let day = mention.exact
                {
                    reader.published = day
                } else if !reader.repeats(mention) {
                    found.append(mention)
                }
                // A year of birth says nothing about the dates behind it.
                let tail = mention.range.upperBound..<min(text.count, mention.range.upperBound + 3)
                if text[mention.range.upperBound] != "生", text.find("出生", in: tail) == nil {
                    reader.last = mention
                }
                at = max(at + 1, mention.range.upperBound)
            } else {
                at += 1
            }
        }
        return found
    }

    /// The day above messages, from which 今天 in them counts.
    func heads(_ mention: DateMention) -> Bool {
        text.isTalk && text.gap(mention.range.lowerBound) >= NoticeText.Gap.line
            && text.gap(mention.range.upperBound) >= NoticeText.Gap.line
    }

    /// Whether a line is a date and nothing else, as a signature has it.
    static func fills(_ text: NoticeText, _ line: Range<Int>) -> Bool {
        guard line.count >= 6, line.count <= 14 else { return false }
        return text.scalars[line].allSatisfy {
            $0.isDigit || Numeral.digit($0) != nil || $0 == year || $0 == month || $0 == day
                || $0 == "十" || $0 == "-" || $0 == "." || $0 == "/" || $0 == "○"
        }
            && line.contains {
                text[$0] == year || text[$0] == "-" || text[$0] == "." || text[$0] == "/"
            }
    }

    /// 2021年4月11日(农历二月三十): the bracket says the same day again.
    func repeats(_ mention: DateMention) -> Bool {
        guard let last, text[mention.range.lowerBound - 1] == "(" else { return false }
        return mention.range.lowerBound - last.range.upperBound <= 4 && last.day != nil
    }

    // MARK: One date

    func read(_ at: Int) -> DateMention? {
        let first = text.scalars[at]
        if first.isDigit || Numeral.digit(first) != nil || first == "十" {
            if text.gap(at) == 0, text[at - 1].isDigit || text[at - 1] == "." { return nil }
            return full(at) ?? republic(at) ?? monthAndDay(at) ?? dayAlone(at) ?? ago(at)
        }
        return word(at) ?? festival(at, year: nil) ?? lunar(at, year: nil)
    }

    /// 2022年3月8日, 2022-03-08, 2O17.8.3, 20220308, 2022年, 二〇二二年, 22年3月8日.
    func full(_ at: Int) -> DateMention? {
        var year: Int
        var end: Int
        if let (value, stop) = Numeral.plain(text, at, limit: 8), stop - at == 8,
            value / 10000 >= 1980,
            value / 10000 <= 2100,
            let day = Day(year: value / 10000, month: value / 100 % 100, day: value % 100)
        {
            // 20220806 as the head of a longer number is a case number.
            guard !text[stop].isDigit, !text[at - 1].isLatin, text[stop] != "-" else { return nil }
            return DateMention(day, at..<stop, isCompleted: false)
        }
        if let (value, stop) = Numeral.plain(text, at, limit: 4), stop - at == 4 || stop - at == 2 {
            (year, end) = (value, stop)
        } else if let (value, stop) = spelledYear(at) {
            (year, end) = (value, stop)
        } else {
            return nil
        }
        let short = end - at == 2
        if short {
            guard text[end] == Self.year,
                text[end + 1].isDigit || Numeral.digit(text[end + 1]) != nil
            else { return nil }
            if text[at - 1] == "国" { return nil }  // 民国
            // 99年 is 2010 in Taiwan.
            year += text.isTraditional && year > 38 ? 1911 : year > 60 ? 1900 : 2000
            guard let published, year <= published.year, year > published.year - 40 else {
                return nil
            }
        }
        guard (1930...2100).contains(year) else { return nil }
        let separator = text[end]
        if separator == Self.year {
            end += 1
            if text[end] == "份" { end += 1 }
            let plain = DateMention(year: year, at..<end)
            return rest(of: plain, year: year, at: end)
        }
        guard !short,
            separator == "-" || separator == "." || separator == "/" || separator == "、",
            let (month, stop) = Numeral.plain(text, end + 1, limit: 2), (1...12).contains(month)
        else { return nil }
        if text[stop] == separator, let (day, close) = Numeral.plain(text, stop + 1, limit: 2),
            (1...31).contains(day)
        {
            return DateMention(
                year: year, month: month, day: day,
                at..<(text[close] == Self.day ? close + 1 : close))
        }
        // 2017-12 may be a serial number; 2017.12 with nothing before it is a month.
        guard separator != "、",
            text[stop] == Self.month || text.gap(at) > 0 || text[at - 1] == ":"
                || text[at - 1] == "\t" || text[at - 1] == "|" || text[at - 1] == ",",
            text[stop] != ")", stop - end == 3 || text[stop] == Self.month
        else { return nil }
        return DateMention(year: year, month: month, at..<stop)
    }

    func spelledYear(_ at: Int) -> (value: Int, end: Int)? {
        var value = 0
        for place in at..<(at + 4) {
            if let digit = Numeral.digit(text[place]) {
                value = value * 10 + digit
            } else if text[place] == "○" || text[place] == "0" {
                value *= 10
            } else {
                return nil
            }
        }
        return text[at + 4] == Self.year ? (value, at + 4) : nil
    }

    /// What follows a year: a month, a day, a season, a feast, a lunar day.
    func rest(of plain: DateMention, year: Int, at place: Int) -> DateMention {
        let begin = plain.range.lowerBound
        var at = place
        if text[at] == "的" || text[at] == "," { at += 1 }
        if let feast = festival(at, year: year) ?? lunar(at, year: year) {
            var mention = feast
            mention.range = begin..<feast.range.upperBound
            return mention
        }
        guard let (month, end) = monthNumber(at) else {
            if text.has("年底", at: place - 1) || text.has("年末", at: place - 1) { return plain }
            return plain
        }
        return day(of: month, year: year, begin..<end, completed: plain.isCompleted)
    }

    func monthNumber(_ at: Int) -> (month: Int, end: Int)? {
        guard let number = small(at), text[number.end] == Self.month,
            (1...12).contains(number.value),
            text[number.end + 1] != "龄"  // 月龄
        else { return nil }
        return (number.value, text[number.end + 1] == "份" ? number.end + 2 : number.end + 1)
    }

    /// One or two digits, or a Chinese number up to 31.
    func small(_ at: Int) -> (value: Int, end: Int)? {
        if let (value, end) = Numeral.plain(text, at, limit: 2) { return (value, end) }
        guard let number = Numeral.chinese(text, at) else {
            // 二十一日 is read above; 一一 is nothing.
            return nil
        }
        guard number.isExact, number.low <= 31 else { return nil }
        return (number.low, number.end)
    }

    func day(of month: Int, year: Int, _ range: Range<Int>, completed: Bool) -> DateMention {
        if let (day, end) = small(range.upperBound), (1...31).contains(day),
            text[end] == Self.day || text[end] == "号" || !text[end].isHan
        {
            let stop = text[end] == Self.day || text[end] == "号" ? end + 1 : end
            return DateMention(
                year: year, month: month, day: day, range.lowerBound..<stop, isCompleted: completed)
        }
        if let lunarDay = lunarDay(range.upperBound) {
            // 八月初三 has a day that only the lunar calendar writes so.
            if let day = LunarDays.day(lunarDay.value, month: month, of: year) {
                return DateMention(day, range.lowerBound..<lunarDay.end)
            }
        }
        return DateMention(year: year, month: month, range, isCompleted: completed)
    }

    /// 民國102年3月28日 and, in a Taiwanese notice, 102年3月28日.
    func republic(_ at: Int) -> DateMention? {
        let named = text.has("民国", before: at)
        var spelled = 0
        var place = at
        while named, place - at < 3, let digit = Numeral.digit(text[place]) {
            spelled = spelled * 10 + digit
            place += 1
        }
        guard
            let (value, end) = place > at
                ? (spelled, place) : Numeral.plain(text, at, limit: 3), text[end] == Self.year,
            (1...150).contains(value)
        else { return nil }
        guard named || (value > 80 && text[end + 1].isDigit) else { return nil }
        if text[end + 1] == "次" { return nil }
        let begin = named ? at - 2 : at
        let plain = DateMention(year: value + 1911, begin..<(end + 1))
        return rest(of: plain, year: value + 1911, at: end + 1)
    }

    /// 10月28日; the year follows from the day of publication or the date before.
    func monthAndDay(_ at: Int) -> DateMention? {
        if let (month, slash) = Numeral.plain(text, at, limit: 2), text[slash] == "/",
            text[at - 1] != "/", (1...12).contains(month),
            let (day, end) = Numeral.plain(text, slash + 1, limit: 2), (1...31).contains(day),
            text[end] != "/", !text[end].isLatin, text.isBreak(at) || !text[at - 1].isHan
        {
            return completed(DateMention(year: 2000, month: month, day: day, at..<end))
        }
        guard let (month, end) = monthNumber(at) else { return nil }
        if let lunarDay = lunarDay(end) {
            return nearest(lunarMonth: month, day: lunarDay.value, at..<lunarDay.end)
        }
        let mention = day(of: month, year: 2000, at..<end, completed: true)
        if mention.day == nil {
            // 怀孕5个月 is no month; 三月 needs 份, 底, 中旬 or a clear beginning.
            if text[end - 1] != "份", !text[at].isDigit, !text.isBreak(at) { return nil }
        }
        return completed(mention)
    }

    func completed(_ mention: DateMention) -> DateMention? {
        var mention = mention
        mention.isCompleted = true
        let month = mention.month ?? 1
        if let last, !last.isCompleted, let published, last.year < published.year - 1,
            mention.range.lowerBound - last.range.upperBound < 60
        {
            mention.year = last.year
            return mention
        }
        if let published {
            let (year, today, date) = published.civil
            // A day or two after publication is a slip of the paper, not a year ago.
            let later = (month, mention.day ?? 1) > (today, date + 2)
            mention.year = later ? year - 1 : year
            return mention
        }
        guard let last else { return nil }
        mention.year = last.year
        return mention
    }

    /// 22日下午: the latest such day that is not after publication.
    func dayAlone(_ at: Int) -> DateMention? {
        guard let (day, end) = small(at), (1...31).contains(day),
            text[end] == Self.day || text[end] == "号"
        else { return nil }
        let previous = text[at - 1]
        if text.gap(at) == 0, previous.isHan || previous == "-" || previous == "/",
            !["于", "自", "在", "从", "到", "日", "月", "次", "本", "是"]
                .contains(previous),
            !text.has("上月", before: at), !text.has("本月", before: at), !text.has("该月", before: at),
            !text.has("同月", before: at), !text.has("当月", before: at)
        {
            return nil
        }
        if text[end] == "号" || text[end] == "日", let next = Optional(text[end + 1]),
            // 13号楼, 3号线, 2日游
            [
                "楼", "线", "院", "门", "床", "车", "店", "桥", "路", "站",
                "台", "公", "游", "室", "洞", "榻", "小", "厂", "井", "锅",
            ].contains(next)
        {
            return nil
        }
        if text[at].isDigit == false, text[end] == "日", end - at == 1,
            text[at] == "一" || text[at] == "二"
        {
            return nil
        }
        if text.has("上月", before: at) || text.has("上个月", before: at), let published {
            let back = published.adding(months: -1).civil
            return DateMention(
                year: back.year, month: back.month, day: day, at..<(end + 1), isCompleted: true)
        }
        if let last, let month = last.month, !last.isCompleted || published == nil {
            // The month stands just before; a smaller day is the next month's.
            if at - last.range.upperBound < 80 {
                if let lastDay = last.day, day < lastDay, last.isCompleted,
                    let next = Day(year: last.year, month: month, day: 1)?.adding(months: 1).civil
                {
                    return DateMention(
                        year: next.year, month: next.month, day: day, at..<(end + 1),
                        isCompleted: true)
                }
                return DateMention(
                    year: last.year, month: month, day: day, at..<(end + 1), isCompleted: true)
            }
        }
        guard let published else { return nil }
        let today = published.civil
        let month = day <= today.day ? published : published.adding(days: -today.day)
        let civil = month.civil
        return DateMention(
            year: civil.year, month: civil.month, day: day, at..<(end + 1), isCompleted: true)
    }

    /// 三天前, 两个月前, 一周前.
    func ago(_ at: Int) -> DateMention? {
        guard let published, let number = Numeral.read(text, at), number.isExact else { return nil }
        var end = number.end
        if text[end] == "个" { end += 1 }
        let units: [(StaticWord, Int)] = [("天前", 1), ("日前", 1), ("周前", 7), ("星期前", 7)]
        for (unit, days) in units where text.has(unit, at: end) {
            guard number.low > 0 else { return nil }
            return DateMention(published.adding(days: -number.low * days), at..<(end + unit.count))
        }
        if text.has("月前", at: end) {
            let civil = published.adding(months: -number.low).civil
            return DateMention(
                year: civil.year, month: civil.month, at..<(end + 2), isCompleted: true)
        }
        if text.has("年前", at: end), number.low < 60, text[at - 1] != "第" {
            return DateMention(year: published.year - number.low, at..<(end + 2), isCompleted: true)
        }
        return nil
    }
}
