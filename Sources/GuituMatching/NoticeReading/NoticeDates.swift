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
    let published: Day?
    private var last: DateMention?

    private static let year: UInt32 = 0x5E74
    private static let month: UInt32 = 0x6708
    private static let day: UInt32 = 0x65E5

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
                if !reader.repeats(mention) { found.append(mention) }
                // A year of birth says nothing about the dates behind it.
                let tail = mention.range.upperBound..<min(text.count, mention.range.upperBound + 3)
                if text[mention.range.upperBound] != 0x751F, text.find("出生", in: tail) == nil {
                    reader.last = mention
                }
                at = max(at + 1, mention.range.upperBound)
            } else {
                at += 1
            }
        }
        return found
    }

    /// Whether a line is a date and nothing else, as a signature has it.
    static func fills(_ text: NoticeText, _ line: Range<Int>) -> Bool {
        guard line.count >= 6, line.count <= 14 else { return false }
        return text.scalars[line].allSatisfy {
            $0.isDigit || Numeral.digit($0) != nil || $0 == year || $0 == month || $0 == day
                || $0 == 0x5341 || $0 == 0x2D || $0 == 0x2E || $0 == 0x2F || $0 == 0x25CB
        }
            && line.contains {
                text[$0] == year || text[$0] == 0x2D || text[$0] == 0x2E || text[$0] == 0x2F
            }
    }

    /// 2021年4月11日(农历二月三十): the bracket says the same day again.
    private func repeats(_ mention: DateMention) -> Bool {
        guard let last, text[mention.range.lowerBound - 1] == 0x28 else { return false }
        return mention.range.lowerBound - last.range.upperBound <= 4 && last.day != nil
    }

    // MARK: One date

    private func read(_ at: Int) -> DateMention? {
        let first = text.scalars[at]
        if first.isDigit || Numeral.digit(first) != nil || first == 0x5341 {
            if text.gap(at) == 0, text[at - 1].isDigit || text[at - 1] == 0x2E { return nil }
            return full(at) ?? republic(at) ?? monthAndDay(at) ?? dayAlone(at) ?? ago(at)
        }
        return word(at) ?? festival(at, year: nil) ?? lunar(at, year: nil)
    }

    /// 2022年3月8日, 2022-03-08, 2O17.8.3, 20220308, 2022年, 二〇二二年, 22年3月8日.
    private func full(_ at: Int) -> DateMention? {
        var year: Int
        var end: Int
        if let (value, stop) = Numeral.plain(text, at, limit: 8), stop - at == 8,
            value / 10000 >= 1980,
            value / 10000 <= 2100,
            let day = Day(year: value / 10000, month: value / 100 % 100, day: value % 100)
        {
            // 20220806 as the head of a longer number is a case number.
            guard !text[stop].isDigit, !text[at - 1].isLatin, text[stop] != 0x2D else { return nil }
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
            if text[at - 1] == 0x56FD { return nil }  // 民国
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
            if text[end] == 0x4EFD { end += 1 }
            let plain = DateMention(year: year, at..<end)
            return rest(of: plain, year: year, at: end)
        }
        guard !short,
            separator == 0x2D || separator == 0x2E || separator == 0x2F || separator == 0x3001,
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
        guard separator != 0x3001,
            text[stop] == Self.month || text.gap(at) > 0 || text[at - 1] == 0x3A
                || text[at - 1] == 9 || text[at - 1] == 0x7C || text[at - 1] == 0x2C,
            text[stop] != 0x29, stop - end == 3 || text[stop] == Self.month
        else { return nil }
        return DateMention(year: year, month: month, at..<stop)
    }

    private func spelledYear(_ at: Int) -> (value: Int, end: Int)? {
        var value = 0
        for place in at..<(at + 4) {
            if let digit = Numeral.digit(text[place]) {
                value = value * 10 + digit
            } else if text[place] == 0x25CB || text[place] == 0x30 {
                value *= 10
            } else {
                return nil
            }
        }
        return text[at + 4] == Self.year ? (value, at + 4) : nil
    }

    /// What follows a year: a month, a day, a season, a feast, a lunar day.
    private func rest(of plain: DateMention, year: Int, at place: Int) -> DateMention {
        let begin = plain.range.lowerBound
        var at = place
        if text[at] == 0x7684 || text[at] == 0x2C { at += 1 }
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

    private func monthNumber(_ at: Int) -> (month: Int, end: Int)? {
        guard let number = small(at), text[number.end] == Self.month,
            (1...12).contains(number.value),
            text[number.end + 1] != 0x9F84  // 月龄
        else { return nil }
        return (number.value, text[number.end + 1] == 0x4EFD ? number.end + 2 : number.end + 1)
    }

    /// One or two digits, or a Chinese number up to 31.
    private func small(_ at: Int) -> (value: Int, end: Int)? {
        if let (value, end) = Numeral.plain(text, at, limit: 2) { return (value, end) }
        guard let number = Numeral.chinese(text, at) else {
            // 二十一日 is read above; 一一 is nothing.
            return nil
        }
        guard number.isExact, number.low <= 31 else { return nil }
        return (number.low, number.end)
    }

    private func day(of month: Int, year: Int, _ range: Range<Int>, completed: Bool) -> DateMention
    {
        if let (day, end) = small(range.upperBound), (1...31).contains(day),
            text[end] == Self.day || text[end] == 0x53F7 || !text[end].isHan
        {
            let stop = text[end] == Self.day || text[end] == 0x53F7 ? end + 1 : end
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
    private func republic(_ at: Int) -> DateMention? {
        guard let (value, end) = Numeral.plain(text, at, limit: 3), text[end] == Self.year,
            (1...150).contains(value)
        else { return nil }
        let named = text.has("民国", before: at)
        guard named || (value > 80 && text[end + 1].isDigit) else { return nil }
        if text[end + 1] == 0x6B21 { return nil }
        let begin = named ? at - 2 : at
        let plain = DateMention(year: value + 1911, begin..<(end + 1))
        return rest(of: plain, year: value + 1911, at: end + 1)
    }

    /// 10月28日; the year follows from the day of publication or the date before.
    private func monthAndDay(_ at: Int) -> DateMention? {
        guard let (month, end) = monthNumber(at) else { return nil }
        if let lunarDay = lunarDay(end) {
            return nearest(lunarMonth: month, day: lunarDay.value, at..<lunarDay.end)
        }
        let mention = day(of: month, year: 2000, at..<end, completed: true)
        if mention.day == nil {
            // 怀孕5个月 is no month; 三月 needs 份, 底, 中旬 or a clear beginning.
            if text[end - 1] != 0x4EFD, !text[at].isDigit, !text.isBreak(at) { return nil }
        }
        return completed(mention)
    }

    private func completed(_ mention: DateMention) -> DateMention? {
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
    private func dayAlone(_ at: Int) -> DateMention? {
        guard let (day, end) = small(at), (1...31).contains(day),
            text[end] == Self.day || text[end] == 0x53F7
        else { return nil }
        let previous = text[at - 1]
        if text.gap(at) == 0, previous.isHan || previous == 0x2D || previous == 0x2F,
            ![0x4E8E, 0x81EA, 0x5728, 0x4ECE, 0x5230, 0x65E5, 0x6708, 0x6B21, 0x672C, 0x662F]
                .contains(previous),
            !text.has("上月", before: at), !text.has("本月", before: at), !text.has("该月", before: at),
            !text.has("同月", before: at), !text.has("当月", before: at)
        {
            return nil
        }
        if text[end] == 0x53F7 || text[end] == 0x65E5, let next = Optional(text[end + 1]),
            // 13号楼, 3号线, 2日游
            [
                0x697C, 0x7EBF, 0x9662, 0x95E8, 0x5E8A, 0x8F66, 0x5E97, 0x6865, 0x8DEF, 0x7AD9,
                0x53F0, 0x516C, 0x6E38, 0x5BA4, 0x6D1E, 0x69BB, 0x5C0F, 0x5382, 0x4E95, 0x9505,
            ].contains(next)
        {
            return nil
        }
        if text[at].isDigit == false, text[end] == 0x65E5, end - at == 1,
            text[at] == 0x4E00 || text[at] == 0x4E8C
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
    private func ago(_ at: Int) -> DateMention? {
        guard let published, let number = Numeral.read(text, at), number.isExact else { return nil }
        var end = number.end
        if text[end] == 0x4E2A { end += 1 }
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
        if text.has("年前", at: end), number.low < 60, text[at - 1] != 0x7B2C {
            return DateMention(year: published.year - number.low, at..<(end + 2), isCompleted: true)
        }
        return nil
    }
}

// MARK: Words that lean on publication

extension NoticeDates {
    private enum Word: Sendable {
        case back(Int), sameDay, nextDay, year(Int), month(Int), weekday(Int)
    }

    private static let words = Lexicon<Word>([
        (.back(0), "今天 今日 今早 今晨 今晚 今上午 今下午 今凌晨"),
        (.back(1), "昨天 昨日 昨晚 昨晨 昨早 昨夜 昨下午 昨上午 昨凌晨 昨中午"),
        (.back(2), "前天 前日 前晚 前晨 前夜"), (.back(3), "大前天"),
        (.sameDay, "当天 当日 当晚 同日 同一天"), (.nextDay, "次日 第二天 翌日 隔天"),
        (.year(0), "今年 本年"), (.year(1), "去年 上年"), (.year(2), "前年"), (.year(3), "大前年"),
        (.month(0), "本月 这个月 当月"), (.month(1), "上月 上个月"),
        (.weekday(1), "上周 上星期 上礼拜"), (.weekday(0), "本周 这周 这星期 本星期"),
        (.weekday(-1), "周 星期 礼拜"),
    ])

    private func word(_ at: Int) -> DateMention? {
        guard let (word, end) = Self.words.match(text, at: at, to: text.count) else { return nil }
        switch word {
        case .sameDay, .nextDay:
            guard let day = last?.exact else { return nil }
            if case .nextDay = word { return DateMention(day.adding(days: 1), at..<end) }
            return DateMention(day, at..<end)
        case .back(let days):
            // 昨天 in "在昨天的..." is fine; 目前天气 holds 前天.
            guard let published, text[at - 1] != 0x76EE, text[at - 1] != 0x4EE5 else { return nil }
            return DateMention(published.adding(days: -days), at..<end)
        case .year(let back):
            guard let published else { return nil }
            let year = published.year - back
            let plain = DateMention(year: year, at..<end, isCompleted: true)
            let full = rest(of: plain, year: year, at: end)
            // 今年四十七 is an age.
            return full.range == plain.range && back == 0 ? nil : full
        case .month(let back):
            guard let published else { return nil }
            let civil = published.adding(months: -back).civil
            return day(of: civil.month, year: civil.year, at..<end, completed: true)
        case .weekday(let back):
            guard let published, let number = weekdayNumber(end) else { return nil }
            let today = (published.daysSince1970 + 3) % 7 + 1  // Thursday was the first
            var days = today - number + max(0, back) * 7
            if back < 0, days < 0 { days += 7 }
            return DateMention(published.adding(days: -days), at..<(end + 1))
        }
    }

    private func weekdayNumber(_ at: Int) -> Int? {
        if text[at] == 0x65E5 || text[at] == 0x5929 { return 7 }
        guard let number = Numeral.digit(text[at]), (1...6).contains(number),
            text[at + 1] != 0x5C81, text[at + 1] != 0x5341
        else { return nil }
        return number
    }

    // MARK: The lunar calendar

    private enum Feast: Sendable {
        case civil(Int, Int)
        case lunar(Int, Int)
        /// A solar term, by its month and the constant of this century's rule:
        /// day = ⌊0.2422 y + c⌋ − ⌊y / 4⌋, for January and February of y − 1.
        case term(Int, Double)
        /// One that is also a word of the weather or a name: only 小雪那天 counts.
        case weather(Int, Double)
        case eve
    }

    private static let feasts = Lexicon<Feast>([
        (.civil(1, 1), "元旦"), (.civil(5, 1), "五一 劳动节"), (.civil(6, 1), "六一 儿童节"),
        (.civil(10, 1), "国庆 国庆节"), (.civil(12, 25), "圣诞节 圣诞"), (.civil(3, 8), "三八节 妇女节"),
        (.civil(2, 14), "情人节"), (.term(4, 4.81), "清明 清明节"), (.term(12, 21.94), "冬至"),
        (.term(6, 21.37), "夏至"), (.term(2, 3.87), "立春"), (.term(11, 7.438), "立冬"),
        (.term(8, 7.5), "立秋"), (.term(5, 5.52), "立夏"), (.weather(11, 22.36), "小雪"),
        (.weather(12, 7.18), "大雪"), (.weather(1, 5.4055), "小寒"), (.weather(1, 20.12), "大寒"),
        (.weather(2, 18.73), "雨水"), (.weather(3, 5.63), "惊蛰"), (.weather(3, 20.646), "春分"),
        (.weather(4, 20.1), "谷雨"), (.weather(5, 21.04), "小满"), (.weather(6, 5.678), "芒种"),
        (.weather(7, 7.108), "小暑"), (.weather(7, 22.83), "大暑"), (.weather(8, 23.13), "处暑"),
        (.weather(9, 7.646), "白露"), (.weather(9, 23.042), "秋分"), (.weather(10, 8.318), "寒露"),
        (.weather(10, 23.438), "霜降"),
        (.lunar(1, 1), "春节 大年初一 年初一 农历新年 正月初一"), (.eve, "除夕 大年三十 年三十 大年夜 除夕夜 大年三十晚"),
        (.lunar(1, 2), "大年初二 年初二"), (.lunar(1, 3), "大年初三 年初三"), (.lunar(1, 4), "大年初四 年初四"),
        (.lunar(1, 5), "大年初五 年初五 破五"), (.lunar(1, 6), "大年初六 年初六"), (.lunar(1, 7), "大年初七 年初七 人日"),
        (.lunar(1, 8), "大年初八 年初八"), (.lunar(1, 15), "元宵节 元宵 上元节"), (.lunar(2, 2), "龙抬头 二月二"),
        (.lunar(3, 3), "三月三 上巳节"), (.lunar(5, 5), "端午节 端午 端阳 端阳节"), (.lunar(7, 7), "七夕 七夕节"),
        (.lunar(7, 15), "中元节 鬼节 七月半"), (.lunar(8, 15), "中秋节 中秋 八月十五 八月半"),
        (.lunar(9, 9), "重阳节 重阳 九月九"), (.lunar(12, 8), "腊八 腊八节"), (.lunar(12, 23), "小年"),
    ])

    private func term(_ month: Int, _ constant: Double, _ year: Int) -> Day? {
        let within = year % 100
        let leaps = month <= 2 ? (within + 3) / 4 - 1 : within / 4
        return Day(year: year, month: month, day: Int(Double(within) * 0.2422 + constant) - leaps)
    }

    /// A feast of `year`, or the latest one by the day of publication.
    private func festival(_ at: Int, year: Int?) -> DateMention? {
        guard var (feast, end) = Self.feasts.match(text, at: at, to: text.count) else { return nil }
        if text[end] == 0x8DEF || text[end] == 0x8857 || text[end] == 0x5E97 { return nil }  // 五一路
        if case .weather = feast {
            guard
                text[end] == 0x8282 || text.has("那天", at: end) || text.has("当天", at: end)
                    || text.has("前", at: end) || text.has("这天", at: end)
            else { return nil }
        }
        if text[end] == 0x8282 { end += 1 }
        func day(_ year: Int) -> Day? {
            switch feast {
            case .civil(let month, let day): Day(year: year, month: month, day: day)
            case .term(let month, let constant), .weather(let month, let constant):
                term(month, constant, year)
            // A plain year names the one in which the feast is kept.
            case .lunar(12, let day): LunarDays.day(day, month: 12, of: year - 1)
            case .lunar(let month, let day): LunarDays.day(day, month: month, of: year)
            case .eve: LunarDays.month(1, of: year)?.first.adding(days: -1)
            }
        }
        var found: Day?
        if let year {
            found = day(year)
        } else if let published {
            found = [published.year + 1, published.year, published.year - 1, published.year - 2]
                .lazy
                .compactMap(day).first { $0 <= published }
        } else if let last {
            found = day(last.year)
        }
        guard var found else { return nil }
        var mention = DateMention(found, at..<end)
        if text.has("前夕", at: end) || text.has("前几天", at: end) || text.has("前后", at: end)
            || text.has("期间", at: end)
            || (text[end] == 0x524D && text[end + 1] != 0x4E00 && text[end + 1] != 0x5929)
            || text.has("假期", at: end) || text.has("过后", at: end)
            || text[end] == 0x540E && text[end + 1] != 0x5929
        {
            if text[end] == 0x524D { found = found.adding(days: -3) }
            mention = DateMention(found, at..<end)
            mention.day = nil
        } else if text.has("前一天", at: end) {
            mention = DateMention(found.adding(days: -1), at..<(end + 3))
        }
        if let moved = dayOfFeast(end) {
            mention = DateMention(found.adding(days: moved - 1), at..<end)
        }
        return mention
    }

    /// 国庆节第三天.
    private func dayOfFeast(_ at: Int) -> Int? {
        guard text[at] == 0x7B2C, let number = small(at + 1), text[number.end] == 0x5929 else {
            return nil
        }
        return number.value
    }

    /// 农历八月十五, 腊月廿三, 正月初九, 阴历三月.
    private func lunar(_ at: Int, year: Int?) -> DateMention? {
        var place = at
        var named = false
        for word in ["农历", "阴历", "旧历", "古历"] as [StaticWord] where text.has(word, at: place) {
            place += word.count
            named = true
        }
        if text[place] == 0x3A { place += 1 }
        var year = year
        if named, year == nil, let (value, end) = Numeral.plain(text, place, limit: 4),
            end - place == 4,
            text[end] == Self.year
        {
            year = value
            place = end + 1
        }
        var leap = false
        if text[place] == 0x95F0 {
            leap = true
            place += 1
        }
        var month: Int
        if text[place] == 0x6B63, text[place + 1] == Self.month {  // 正月
            month = 1
            place += 2
        } else if text[place] == 0x814A, text[place + 1] == Self.month {  // 腊月
            month = 12
            place += 2
        } else if text[place] == 0x51AC, text[place + 1] == Self.month {  // 冬月
            month = 11
            place += 2
        } else if let (value, end) = monthNumber(place), named || leap || lunarDay(end) != nil {
            month = value
            place = end
        } else {
            return nil
        }
        var day = lunarDay(place)
        if day == nil, let (value, end) = small(place), (1...30).contains(value) {
            day = (value, text[end] == Self.day || text[end] == 0x53F7 ? end + 1 : end)
        }
        let range = at..<(day?.end ?? place)
        guard let year else {
            guard let day else { return monthOnly(month, range) }
            return nearest(lunarMonth: month, day: day.value, range)
        }
        guard let day else { return lunarMonth(month, year, range) }
        return LunarDays.day(day.value, month: month, of: year, leap: leap).map {
            DateMention($0, range)
        }
    }

    /// 初三, 廿六, 二十八, 三十, 十五 after a lunar month.
    private func lunarDay(_ at: Int) -> (value: Int, end: Int)? {
        if text[at] == 0x521D, let number = Numeral.chinese(text, at + 1), number.isExact,
            number.low <= 10
        {
            return (number.low, number.end)
        }
        guard text[at] == 0x5EFF, let number = Numeral.chinese(text, at) else { return nil }
        return (number.low, number.end)
    }

    private func nearest(lunarMonth month: Int, day: Int, _ range: Range<Int>) -> DateMention? {
        if let published {
            for year in [published.year, published.year - 1, published.year - 2] {
                if let found = LunarDays.day(day, month: month, of: year), found <= published {
                    return DateMention(found, range)
                }
            }
            return nil
        }
        guard let last else { return nil }
        return LunarDays.day(day, month: month, of: last.year).map { DateMention($0, range) }
    }

    private func monthOnly(_ month: Int, _ range: Range<Int>) -> DateMention? {
        guard let published else { return nil }
        for year in [published.year, published.year - 1] {
            if let (first, _) = LunarDays.month(month, of: year), first <= published {
                return lunarMonth(month, year, range)
            }
        }
        return nil
    }

    /// A lunar month that lies in two civil ones is dated by its year.
    private func lunarMonth(_ month: Int, _ year: Int, _ range: Range<Int>) -> DateMention? {
        guard let (first, days) = LunarDays.month(month, of: year) else { return nil }
        let begin = first.civil
        let end = first.adding(days: days - 1).civil
        return begin.month == end.month
            ? DateMention(year: begin.year, month: begin.month, range, isCompleted: true)
            : DateMention(year: begin.year, range, isCompleted: true)
    }
}
