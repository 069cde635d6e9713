import GuituModel

// MARK: Words that lean on publication

extension NoticeDates {
    enum Word: Sendable {
        case back(Int)
        case sameDay, nextDay
        case year(Int)
        case month(Int)
        case weekday(Int)
    }

    static let words = Lexicon<Word>([
        (.back(0), "刚才 刚刚 今儿 今天 今日 今早 今晨 今晚 今上午 今下午 今凌晨"),
        (.back(1), "昨儿 昨天 昨日 昨晚 昨晨 昨早 昨夜 昨下午 昨上午 昨凌晨 昨中午"),
        (.back(2), "前儿 前天 前日 前晚 前晨 前夜"), (.back(3), "大前天"),
        (.sameDay, "当天 当日 当晚 同日 同一天"), (.nextDay, "次日 第二天 翌日 隔天"),
        (.year(0), "今年 本年"), (.year(1), "去年 上年"), (.year(2), "前年"), (.year(3), "大前年"),
        (.month(0), "本月 这个月 当月"), (.month(1), "上月 上个月"),
        (.weekday(1), "上周 上星期 上礼拜"), (.weekday(0), "本周 这周 这星期 本星期"),
        (.weekday(-1), "周 星期 礼拜"),
    ])

    func word(_ at: Int) -> DateMention? {
        guard let (word, end) = Self.words.match(text, at: at, to: text.count) else { return nil }
        switch word {
        case .sameDay, .nextDay:
            guard let day = last?.exact else { return nil }
            if case .nextDay = word { return DateMention(day.adding(days: 1), at..<end) }
            return DateMention(day, at..<end)
        case .back(let days):
            // 昨天 in "在昨天的..." is fine; 目前天气 holds 前天.
            guard let published, text[at - 1] != "目", text[at - 1] != "以" else { return nil }
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

    func weekdayNumber(_ at: Int) -> Int? {
        if text[at] == "日" || text[at] == "天" { return 7 }
        guard let number = Numeral.digit(text[at]), (1...6).contains(number),
            text[at + 1] != "岁", text[at + 1] != "十"
        else { return nil }
        return number
    }

    // MARK: The lunar calendar

    enum Feast: Sendable {
        case civil(Int, Int)
        case lunar(Int, Int)
        /// A solar term, by its month and the constant of this century's rule:
        /// day = ⌊0.2422 y + c⌋ − ⌊y / 4⌋, for January and February of y − 1.
        case term(Int, Double)
        /// One that is also a word of the weather or a name: only 小雪那天 counts.
        case weather(Int, Double)
        case eve
    }

    static let feasts = Lexicon<Feast>([
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

    func term(_ month: Int, _ constant: Double, _ year: Int) -> Day? {
        let within = year % 100
        let leaps = month <= 2 ? (within + 3) / 4 - 1 : within / 4
        return Day(year: year, month: month, day: Int(Double(within) * 0.2422 + constant) - leaps)
    }

    /// A feast of `year`, or the latest one by the day of publication.
    func festival(_ at: Int, year: Int?) -> DateMention? {
        guard let (feast, named) = Self.feasts.match(text, at: at, to: text.count) else {
            return nil
        }
        var end = named
        if text[end] == "路" || text[end] == "街" || text[end] == "店" { return nil }  // 五一路
        if case .weather = feast {
            guard
                text[end] == "节" || text.has("那天", at: end) || text.has("当天", at: end)
                    || text.has("前", at: end) || text.has("这天", at: end)
            else { return nil }
        }
        if text[end] == "节" { end += 1 }
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
            || (text[end] == "前" && text[end + 1] != "一" && text[end + 1] != "天")
            || text.has("假期", at: end) || text.has("过后", at: end)
            || text[end] == "后" && text[end + 1] != "天"
        {
            if text[end] == "前" { found = found.adding(days: -3) }
            mention = DateMention(found, at..<end)
            mention.day = nil
        } else if text.has("前一天", at: end) || text.has("前一晚", at: end)
            || text.has("前一夜", at: end)
        {
            mention = DateMention(found.adding(days: -1), at..<(end + 3))
        }
        if let moved = dayOfFeast(end) {
            mention = DateMention(found.adding(days: moved - 1), at..<end)
        }
        return mention
    }

    /// 国庆节第三天.
    func dayOfFeast(_ at: Int) -> Int? {
        guard text[at] == "第", let number = small(at + 1), text[number.end] == "天" else {
            return nil
        }
        return number.value
    }

    /// 农历八月十五, 腊月廿三, 正月初九, 阴历三月.
    func lunar(_ at: Int, year: Int?) -> DateMention? {
        var place = at
        var named = false
        for word in ["农历", "阴历", "旧历", "古历"] as [StaticWord] where text.has(word, at: place) {
            place += word.count
            named = true
        }
        if text[place] == ":" { place += 1 }
        var year = year
        if named, year == nil, let (value, end) = Numeral.plain(text, place, limit: 4),
            end - place == 4,
            text[end] == Self.year
        {
            year = value
            place = end + 1
        }
        var leap = false
        if text[place] == "闰" {
            leap = true
            place += 1
        }
        var month: Int
        if text[place] == "正", text[place + 1] == Self.month {  // 正月
            month = 1
            place += 2
        } else if text[place] == "腊", text[place + 1] == Self.month {  // 腊月
            month = 12
            place += 2
        } else if text[place] == "冬", text[place + 1] == Self.month {  // 冬月
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
            day = (value, text[end] == Self.day || text[end] == "号" ? end + 1 : end)
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
    func lunarDay(_ at: Int) -> (value: Int, end: Int)? {
        if text[at] == "初", let number = Numeral.chinese(text, at + 1), number.isExact,
            number.low <= 10
        {
            return (number.low, number.end)
        }
        guard text[at] == "廿", let number = Numeral.chinese(text, at) else { return nil }
        return (number.low, number.end)
    }

    func nearest(lunarMonth month: Int, day: Int, _ range: Range<Int>) -> DateMention? {
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

    func monthOnly(_ month: Int, _ range: Range<Int>) -> DateMention? {
        guard let published else { return nil }
        for year in [published.year, published.year - 1] {
            if let (first, _) = LunarDays.month(month, of: year), first <= published {
                return lunarMonth(month, year, range)
            }
        }
        return nil
    }

    /// A lunar month that lies in two civil ones is dated by its year.
    func lunarMonth(_ month: Int, _ year: Int, _ range: Range<Int>) -> DateMention? {
        guard let (first, days) = LunarDays.month(month, of: year) else { return nil }
        let begin = first.civil
        let end = first.adding(days: days - 1).civil
        return begin.month == end.month
            ? DateMention(year: begin.year, month: begin.month, range, isCompleted: true)
            : DateMention(year: begin.year, range, isCompleted: true)
    }
}
