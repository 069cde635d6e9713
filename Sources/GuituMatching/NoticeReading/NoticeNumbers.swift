/// Numbers as people write them: digits, 五十九, 六七十, 五十多.
struct Numeral {
    var low: Int
    var high: Int
    var end: Int
    /// Nothing says it is not exact.
    var isExact: Bool { low == high }

    static func digit(_ value: Unicode.Scalar) -> Int? {
        switch value {
        case "〇", "零": 0  // 〇 零
        case "一", "壹", "幺": 1  // 一 壹 幺
        case "二", "两", "贰": 2  // 二 两 贰
        case "三", "叁": 3
        case "四", "肆": 4
        case "五", "伍": 5
        case "六", "陆": 6
        case "七", "柒": 7
        case "八", "捌": 8
        case "九", "玖": 9
        default: nil
        }
    }

    /// Digits with at most `limit` of them, no letter or digit around.
    static func plain(_ text: NoticeText, _ place: Int, limit: Int = 4) -> (value: Int, end: Int)? {
        var end = place
        var value = 0
        while end < text.count, text.scalars[end].isDigit, end - place <= limit,
            end == place
                || text.gap(end) <= (text.isScan ? NoticeText.Gap.blank : NoticeText.Gap.none)
        {
            value = value * 10 + Int(text.scalars[end].value - 48)
            end += 1
        }
        guard end > place, end - place <= limit else { return nil }
        return (value, end)
    }

    /// Digits or a Chinese number below 200 at `place`.
    static func read(_ text: NoticeText, _ place: Int) -> Numeral? {
        if text[place].isDigit {
            guard !text[place - 1].isDigit || text.gap(place) > 0,
                let (value, end) = plain(text, place, limit: 3)
            else { return nil }
            return tailed(text, Numeral(low: value, high: value, end: end))
        }
        return chinese(text, place).map { tailed(text, $0) }
    }

    /// 十 八十 五十九 六七十 四十五六 十七八 七八 一百零二 七; 廿 卅 are 20 and 30.
    static func chinese(_ text: NoticeText, _ place: Int) -> Numeral? {
        let ten: Unicode.Scalar = "十"
        var at = place
        if text[at] == "廿" || text[at] == "卅" {
            let tens = text[at] == "廿" ? 20 : 30
            if let unit = digit(text[at + 1]), unit > 0 {
                return Numeral(low: tens + unit, high: tens + unit, end: at + 2)
            }
            return Numeral(low: tens, high: tens, end: at + 1)
        }
        var tensLow = 0
        var tensHigh = 0
        if text[at] == ten {
            (tensLow, tensHigh) = (10, 10)
            at += 1
        } else if let first = digit(text[at]) {
            if text[at + 1] == ten {
                (tensLow, tensHigh) = (first * 10, first * 10)
                at += 2
            } else if let second = digit(text[at + 1]), second == first + 1, text[at + 2] == ten {
                return Numeral(low: first * 10, high: second * 10, end: at + 3)
            } else if text[at + 1] == "百" {  // 百
                var value = first * 100
                at += 2
                if text[at] == "零", let unit = digit(text[at + 1]) {
                    value += unit
                    at += 2
                } else if let tens = digit(text[at]), text[at + 1] == ten {
                    value += tens * 10
                    at += 2
                    if let unit = digit(text[at]) {
                        value += unit
                        at += 1
                    }
                }
                return Numeral(low: value, high: value, end: at)
            } else if let second = digit(text[at + 1]), second == first + 1, first > 0 {
                return Numeral(low: first, high: second, end: at + 2)
            } else {
                // 五五 and 二〇二二 are no numbers below a hundred.
                if digit(text[at + 1]) != nil { return nil }
                return Numeral(low: first, high: first, end: at + 1)
            }
        } else {
            return nil
        }
        // 六十有三
        if text[at] == "有", tensLow > 10, let unit = digit(text[at + 1]), unit > 0 { at += 1 }
        guard let unit = digit(text[at]), unit > 0 else {
            return Numeral(low: tensLow, high: tensHigh, end: at)
        }
        if let next = digit(text[at + 1]), next == unit + 1 {
            return Numeral(low: tensLow + unit, high: tensLow + next, end: at + 2)
        }
        return Numeral(low: tensLow + unit, high: tensLow + unit, end: at + 1)
    }

    /// 多, 几, 余, 来, 出头, 开外 and + behind a number of tens.
    private static func tailed(_ text: NoticeText, _ number: Numeral) -> Numeral {
        guard number.isExact, number.low > 0 else { return number }
        var number = number
        let at = number.end
        let tens = number.low % 10 == 0
        switch text[at] {
        case "多", "几", "余", "+", "屏":  // 多 几 余 +
            if tens {
                number.high = number.low + 9
                number.end = at + 1
            } else if text[at] != "几" {
                number.high = number.low + 1
                number.end = at + 1
            }
        case "来":  // 来
            if tens {
                (number.low, number.high) = (number.low - 2, number.low + 2)
                number.end = at + 1
            }
        case "出" where text[at + 1] == "头":
            number.high = number.low + 3
            number.end = at + 2
        case "开" where text[at + 1] == "外":
            number.high = number.low + 9
            number.end = at + 2
        default: break
        }
        return number
    }
}

/// An age with what stands around it.
struct AgeMention {
    var low: Int
    var high: Int
    var range: Range<Int>
    var source: NoticeField.AgeSource?
    /// 约, 左右, 目测 and the like.
    var isVague: Bool
    var hasUnit: Bool
    /// 1 for 现年, -1 for 当时 and 走失时.
    var time = 0
}

enum Ages {
    private static let before = Lexicon<NoticeField.AgeSource?>([
        (.some(.estimated), "目测 约 大约 大概 估计 看上去 看着 看样子 看起来 约莫 似 推测 估摸 年约 貌似 疑似 大致 预估 骨龄 目测约"),
        (.some(.own), "自称 自述 自报 自己 自己说 自说 称自己 说自己 自称是 说是 称 自言"),
        (
            .some(.register),
            "实查 户籍 身份证 实为 查实 登记 核实 档案 证件 实际 实足 户口 经查 病历 经核 经比对"
        ),
    ])
    private static let about = Lexicon<Void>("约 大约 大概 年约 约莫 大致 差不多 将近 接近 年近")
    private static let after = Lexicon<Void>("左右 上下 往上 许 前后 的样子 光景 样子")
    private static let others = Lexicon<Void>(
        """
        的儿子 的女儿 的孙子 的孙女 的侄子 的市民 市民 的志愿者 志愿者 的民警 的村民 的外甥 的妹妹 的弟弟 的哥哥 的姐姐 的丈夫 的妻子 的老伴 的母亲 的父亲 的居民 \
        居民 的站长 的护士 的医生 的热心 热心 的司机 的摊主 的店主 的老板 的环卫 的保安 的工作人员 的社工 的女婿 的儿媳 的重孙 的网友 的记者 的邻居 的出租 的快递 的外卖 的养女 的养子 的干部 的辅警
        """)
    private static let words: [(StaticWord, Int, Int)] = [
        ("年过花甲", 60, 69), ("花甲", 60, 69), ("古稀", 70, 79), ("耄耋", 80, 89), ("年过半百", 50, 59),
        ("半百", 48, 52), ("不惑", 40, 49), ("刚满月", 0, 0), ("未满月", 0, 0), ("刚出生", 0, 0),
    ]

    /// Every age in `range`. `bare` allows one without 岁, as a column has it.
    static func mentions(_ text: NoticeText, in range: Range<Int>, bare: Bool = false)
        -> [AgeMention]
    {
        var found: [AgeMention] = []
        var at = range.lowerBound
        while at < range.upperBound {
            if let mention = mention(text, at, range, bare: bare) {
                found.append(mention)
                at = max(at + 1, mention.range.upperBound)
            } else {
                at += 1
            }
        }
        return found
    }

    private static func mention(
        _ text: NoticeText, _ place: Int, _ range: Range<Int>, bare: Bool
    ) -> AgeMention? {
        for (word, low, high) in words where text.has(word, at: place) {
            let end = place + word.count
            return AgeMention(
                low: low, high: high, range: place..<end, source: .estimated, isVague: true,
                hasUnit: true)
        }
        // 1岁 of 21岁 and 三岁 of 十三岁 are no ages.
        let previous = text[place - 1]
        if place > range.lowerBound,
            text.gap(place) == 0 || (previous.isDigit && text[place].isDigit)
        {
            if previous.isDigit || Numeral.digit(previous) != nil || previous == "十"
                || previous == "." || previous == "第"
            {
                return nil
            }
        }
        guard var number = Numeral.read(text, place), number.end <= range.upperBound else {
            return nil
        }
        var end = number.end
        var isVague = !number.isExact
        if number.isExact,
            text[end] == "岁" || text[end] == "-" || text[end] == "至"
                || text[end] == "到" || text[end] == "~"
        {
            // 60-70岁, 60岁至70岁, 20到25
            var next = end
            if text[next] == "岁" { next += 1 }
            if text[next] == "-" || text[next] == "至" || text[next] == "到"
                || text[next] == "~"
            {
                if text[next + 1] == "-" || text[next + 1] == "~" { next += 1 }
                if let other = Numeral.read(text, next + 1), other.low > number.low,
                    other.high <= 120,
                    other.end <= range.upperBound
                {
                    number = Numeral(low: number.low, high: other.high, end: other.end)
                    end = other.end
                    isVague = true
                }
            }
        }
        if number.isExact, text[end] == "±", let (spread, stop) = Numeral.plain(text, end + 1) {
            number = Numeral(low: number.low - spread, high: number.high + spread, end: stop)
            end = stop
            isVague = true
        }
        // 17、8岁
        if number.isExact, number.low >= 10, text[end] == "、" || text[end] == ",",
            text[end + 1].isDigit,
            text[end + 2] == "岁", Int(text[end + 1].value) - 48 == number.low % 10 + 1
        {
            number = Numeral(low: number.low, high: number.low + 1, end: end + 2)
            end += 2
            isVague = true
        }
        var unit = self.unit(text, at: end, number)
        // 六十出头, 五十开外 are ages without 岁.
        if unit == nil, text.has("出头", before: end) || text.has("开外", before: end) {
            unit = (number, end)
        }
        if let unit {
            number = unit.number
            end = unit.end
        } else {
            let opens = !previous.isHan || text.isBreak(place)
            let rounded =
                opens && number.low >= 10 && after.match(text, at: end, to: text.count) != nil
            guard
                bare || rounded || introduced(text, place) || (number.low >= 10 && text[end] == "了")
            else { return nil }
            // A bare number with something else behind it is something else.
            let next = text[end]
            let closed =
                end >= range.upperBound || next == "," || next == "。" || next == ";"
                || next == ")" || next == "、" || text.gap(end) > 0
                || ["了", "喽", "啦", "哦", "咯", "嘛"].contains(next)
                    && (!text[end + 1].isHan || text.has("哦", at: end + 1))
                || after.match(text, at: end, to: text.count) != nil
            guard closed, number.low <= 110, number.end - place <= 5, !text[place - 1].isLatin,
                text[place - 1] != "-"
            else { return nil }
        }
        guard number.low <= 120, number.high <= 130 else { return nil }
        var source = self.source(text, place, range)
        if let (_, stop) = after.match(text, at: end, to: text.count) {
            isVague = true
            if number.isExact, number.low > 0 {
                number = Numeral(low: max(0, number.low - 2), high: number.high + 2, end: stop)
            }
            end = stop
        } else if number.isExact, number.low > 0, isAbout(text, place, range) {
            isVague = true
            number = Numeral(low: max(0, number.low - 2), high: number.high + 2, end: end)
        }
        if isVague, source == nil { source = .estimated }
        if others.match(text, at: end, to: text.count) != nil { return nil }
        if isForeign(text, place, end) { return nil }
        return AgeMention(
            low: number.low, high: number.high,
            range: place..<min(end, max(range.upperBound, place + 1)), source: source,
            isVague: isVague, hasUnit: unit != nil || !bare, time: time(text, place, range))
    }

    private static let kin = Lexicon<Void>(
        "女儿 儿子 丈夫 妻子 老伴 母亲 父亲 孙子 孙女 哥哥 弟弟 姐姐 妹妹 爸爸 妈妈 老公 老婆 大儿 小儿 外孙 民警 记者 站长 司机 护士 医生")

    /// 我叫任晓东，今年18岁 is who looks for somebody.
    static func isOfWriter(_ text: NoticeText, _ mention: AgeMention, in range: Range<Int>) -> Bool
    {
        var at = mention.range.lowerBound
        while at > range.lowerBound, text[at - 1] != "。", text[at - 1] != ";",
            mention.range.lowerBound - at < 24, text.gap(at) < NoticeText.Gap.line
        { at -= 1 }
        return text.has("我叫", at: at) || text.has("我是", at: at) || text.has("我今年", at: at)
            || text.has("本人叫", at: at)
    }

    /// 女儿今年40岁 in a notice about her mother.
    static func isOfKin(_ text: NoticeText, _ mention: AgeMention, in range: Range<Int>) -> Bool {
        let begin = clauseStart(text, mention.range.lowerBound, range)
        guard let (_, found) = kin.first(text, in: begin..<mention.range.lowerBound) else {
            return false
        }
        // 妹妹约4岁 at the head of what is told of her.
        if found.lowerBound == range.lowerBound { return false }
        return text[found.lowerBound - 1] != "我" && text[found.lowerBound - 1] != "的"
    }

    private static func time(_ text: NoticeText, _ place: Int, _ range: Range<Int>) -> Int {
        for at in clauseStart(text, place, range)..<place {
            if text.has("现年", at: at) || text.has("今年", at: at) || text.has("目前", at: at)
                || text.has("现在", at: at) || text.has("现约", at: at)
            {
                return 1
            }
            if text.has("当时", at: at) || text.has("走失时", at: at) || text.has("失踪时", at: at)
                || text.has("时年", at: at) || text.has("那时", at: at) || text.has("那年", at: at)
                || text.has("被拐时", at: at)
            {
                return -1
            }
        }
        return 0
    }

    /// 岁, 周岁, 多岁, 来岁, 旬, 个月大 and what they make of the number.
    private static func unit(_ text: NoticeText, at place: Int, _ number: Numeral) -> (
        number: Numeral, end: Int
    )? {
        var number = number
        var at = place
        if text[at] == "周" || text[at] == "虚" { at += 1 }  // 周岁 虚岁
        if text[at] == "岁" {
            at += 1
            switch text[at] {
            case "多" where number.isExact, "余" where number.isExact:
                number.high = number.low + (number.low % 10 == 0 && number.low >= 20 ? 9 : 1)
                at += 1
            case "半": at += 1
            case "出" where text[at + 1] == "头":
                number.high = number.low + 3
                at += 2
            default: break
            }
            return (number, at)
        }
        if text[at] == "旬", number.low <= 10, place == at {  // 七旬, 六七旬
            let decade = Numeral(low: number.low * 10, high: number.high * 10 + 9, end: at + 1)
            return number.low >= 2 ? (decade, at + 1) : nil
        }
        if text.has("天", at: at),
            text.has("出生约", before: at - 1)
                || text.has("出生约", before: at - 2) || text.has("出生", before: at - 1)
                || text.has("出生", before: at - 2)
        {
            return (Numeral(low: 0, high: 0, end: at + 1), at + 1)
        }
        if text.has("个月大", at: at) || text.has("个多月大", at: at) || text.has("月龄", at: at) {
            let years = number.low / 12
            return (Numeral(low: years, high: years, end: at + 3), at + 3)
        }
        return nil
    }

    /// 今年四十七, 年龄约45, 现年60.
    private static func introduced(_ text: NoticeText, _ place: Int) -> Bool {
        var at = place
        for word in ["大约", "大概", "约", "目测", ":", "是", "为", "在", "也就", "已", "有", "虚岁"]
            as [StaticWord] where text.has(word, before: at)
        { at -= word.count }
        if at < place, text.has("年约", before: place) || text.has("虚岁", before: place) {
            return true
        }
        let looks: [StaticWord] = [
            "看着", "看上去", "看样子", "看起来", "怕", "瞧着", "像", "年近", "她说", "他说", "自称", "约莫",
        ]
        if looks.contains(where: { text.has($0, before: at) }) {
            return (Numeral.read(text, place)?.low ?? 0) >= 10
        }
        return text.has("今年", before: at) || text.has("年龄", before: at)
            || text.has("现年", before: at) || text.has("岁数", before: at)
            || text.has("年纪", before: at)
            || text.has("年已", before: at)
    }

    private static func clauseStart(_ text: NoticeText, _ place: Int, _ range: Range<Int>) -> Int {
        var at = place
        while at > range.lowerBound, place - at < 12 {
            let previous = text[at - 1]
            if previous == "," || previous == "。" || previous == ";" || previous == ")"
                || text.gap(at) >= NoticeText.Gap.wide
            {
                break
            }
            at -= 1
        }
        return at
    }

    private static func source(_ text: NoticeText, _ place: Int, _ range: Range<Int>)
        -> NoticeField.AgeSource?
    {
        var result: NoticeField.AgeSource?
        var at = clauseStart(text, place, range)
        while at < place {
            if let (meaning, end) = before.match(text, at: at, to: place) {
                result = meaning ?? result
                at = end
            } else {
                at += 1
            }
        }
        return result
    }

    private static func isAbout(_ text: NoticeText, _ place: Int, _ range: Range<Int>) -> Bool {
        let begin = max(clauseStart(text, place, range), place - 5)
        for at in begin..<max(begin, place) {
            if let (_, end) = about.match(text, at: at, to: place), place - end <= 3 { return true }
        }
        return false
    }

    /// The oldest of the year, a course of so many years, an age at a time.
    private static func isForeign(_ text: NoticeText, _ place: Int, _ end: Int) -> Bool {
        for word in [
            "最大年龄", "最小年龄", "平均年龄", "最大的", "最大", "最小的", "最小", "年长的", "未满", "不满", "年满", "最年长", "已满",
            "满",
        ]
            as [StaticWord]
        where text.has(word, before: place) {
            return true
        }
        return text.has("时", at: end) || text.has("那年", at: end) || text.has("以上", at: end)
            || text.has("以下", at: end) || text.has("的时候", at: end) || text.has("就", at: end)
            || text.has("起", at: end)
            || text.has("生日", at: end)
    }
}
