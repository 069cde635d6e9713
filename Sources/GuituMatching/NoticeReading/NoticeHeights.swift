/// A height with its ends in centimetres.
struct HeightMention {
    var low: Int
    var high: Int
    var range: Range<Int>
    /// 身高, 个头 or 高 stands before it.
    var isNamed: Bool
    /// The newer of two heights of a child.
    var isPresent: Bool
}

enum Heights {
    private static let names = Lexicon<Void>("身高 身长 个头 个子 净高 身材 高 体高 个儿")
    private static let about = Lexicon<Void>("约 大约 大概 大致 目测约 差不多 将近 接近 约莫")
    private static let after = Lexicon<Void>("左右 上下 许 前后 的样子 光景")

    static func mentions(_ text: NoticeText, in range: Range<Int>, bare: Bool = false)
        -> [HeightMention]
    {
        var found: [HeightMention] = []
        var at = range.lowerBound
        while at < range.upperBound {
            let value = text.scalars[at]
            if value.isDigit || Numeral.digit(value) != nil,
                let mention = mention(text, at, range, bare: bare)
            {
                found.append(mention)
                at = max(at + 1, mention.range.upperBound)
            } else {
                at += 1
            }
        }
        return found
    }

    private static func mention(_ text: NoticeText, _ place: Int, _ range: Range<Int>, bare: Bool)
        -> HeightMention?
    {
        let previous = text[place - 1]
        if place > range.lowerBound,
            previous.isDigit || previous == "." || previous == "-" || previous.isLatin
                || Numeral.digit(previous) != nil
        {
            return nil
        }
        let named = isNamed(text, place, range)
        guard var one = length(text, place, range.upperBound, bare: true),
            bare || named || one.hasUnit || one.low >= 140
        else {
            return nil
        }
        if text.has("不到", before: place) || text.has("不足", before: place)
            || text.has("不到", at: one.end) || text.has("不足", at: one.end)
        {
            return nil
        }
        var isRange = one.low != one.high
        let joint = text[one.end]
        if joint == "-" || joint == "至" || joint == "到" || joint == "~" {
            var next = one.end + 1
            if text[next] == "-" || text[next] == "~" { next += 1 }
            if let other = length(text, next, range.upperBound, bare: true), other.low > one.low {
                one = (one.low, other.low, other.end, one.hasUnit || other.hasUnit)
                isRange = true
            }
        }
        // 160至165: the first had no unit and was read as metres of nothing.
        // 168左右 as a clause of its own.
        let isLone =
            place - 1 < range.lowerBound || !text[place - 1].isHan || text.isBreak(place)
        let stands =
            isLone && (140...199).contains(one.low)
            && after.match(text, at: one.end, to: text.count) != nil
        guard named || bare || one.hasUnit || stands, (45...220).contains(one.low), one.high <= 230
        else {
            return nil
        }
        // Three centimetres of scar, fifty metres of road, a weight.
        if !named, !bare {
            guard one.low >= 80, !isLengthOfOther(text, place, one.end) else { return nil }
        }
        var end = one.end
        if let (_, stop) = after.match(text, at: end, to: text.count) {
            end = stop
            if !isRange { (one.low, one.high) = (one.low - 2, one.high + 2) }
        } else if !isRange {
            for begin in max(range.lowerBound, place - 4)..<max(place, range.lowerBound + 1) {
                if begin < place, let (_, stop) = about.match(text, at: begin, to: place),
                    stop == place
                        || (text[stop] == ":" || text[stop] == "为" || text[stop] == "有")
                {
                    (one.low, one.high) = (one.low - 2, one.high + 2)
                    break
                }
            }
        }
        let present = presence(text, place, range)
        return HeightMention(
            low: one.low, high: one.high, range: place..<min(end, max(range.upperBound, place + 1)),
            isNamed: named,
            isPresent: present)
    }

    /// 1.65米, 1米65, 1米6, 一米六五, 一米六几, 165cm, 165公分, 1.65m, 165.
    private static func length(_ text: NoticeText, _ place: Int, _ limit: Int, bare: Bool) -> (
        low: Int, high: Int, end: Int, hasUnit: Bool
    )? {
        let metre: Unicode.Scalar = "米"
        // 一米六五 and 1米65
        if let metres = Numeral.digit(text[place])
            ?? (text[place].isDigit ? Int(text[place].value - 48) : nil),
            (1...2).contains(metres), text[place + 1] == metre || isM(text, place + 1)
        {
            var at = place + 2
            var digits: [Int] = []
            if text[at] == "零" || text[at] == "〇" {
                digits.append(0)
                at += 1
            }
            while digits.count < 2, at < text.count, text.gap(at) == 0 || text.isScan,
                let digit = Numeral.digit(text[at])
                    ?? (text[at].isDigit ? Int(text[at].value - 48) : nil)
            {
                digits.append(digit)
                at += 1
            }
            if digits.isEmpty {
                return text[at] == "多" || text[at] == "几"
                    ? nil : (metres * 100, metres * 100, at, true)
            }
            let base = metres * 100 + digits[0] * 10
            if digits.count == 1 {
                if text[at] == "几" || text[at] == "多" {  // 几 多
                    return (base, base + 9, at + 1, true)
                }
                if text.has("出头", at: at) { return (base, base + 3, at + 2, true) }
                return (base, base, at, true)
            }
            return (base + digits[1], base + digits[1], at, true)
        }
        if let spelled = Numeral.chinese(text, place), spelled.isExact, spelled.low >= 45,
            text.has("公分", at: spelled.end) || text.has("厘米", at: spelled.end)
        {
            return (spelled.low, spelled.low, spelled.end + 2, true)
        }
        guard let (whole, end) = Numeral.plain(text, place, limit: 3) else { return nil }
        if text[end] == "." || text[end] == "。" || text[end] == "·", text[end + 1].isDigit,
            (0...2).contains(whole), let (part, stop) = Numeral.plain(text, end + 1, limit: 2)
        {
            let digits = stop - end - 1
            let centimetres = whole * 100 + (digits == 1 ? part * 10 : part)
            if text[stop] == metre { return (centimetres, centimetres, stop + 1, true) }
            if isM(text, stop) { return (centimetres, centimetres, stop + 1, true) }
            return bare || text[stop] == "至" || text[stop] == "-"
                ? (centimetres, centimetres, stop, false) : nil
        }
        for unit in ["厘米", "公分", "cm", "CM", "Cm", "㎝"] as [StaticWord]
        where text.has(unit, at: end) {
            return (whole, whole, end + unit.count, true)
        }
        if text[end] == "㎝" { return (whole, whole, end + 1, true) }
        let next = text[end]
        let other =
            next == "岁" || next == "公" || next == "斗" || next == "斤" || next == "k"
            || next == "K" || next == "年"
        return bare && !other && whole >= 45 ? (whole, whole, end, false) : nil
    }

    private static func isM(_ text: NoticeText, _ place: Int) -> Bool {
        (text[place] == "m" || text[place] == "M") && !text[place + 1].isLatin
    }

    /// 身高 within the few characters before.
    private static func isNamed(_ text: NoticeText, _ place: Int, _ range: Range<Int>) -> Bool {
        var at = place
        while at > range.lowerBound, place - at < 9 {
            at -= 1
            let value = text[at]
            if value == "," || value == "。" || value == ";" { return false }
            if let (_, end) = names.match(text, at: at, to: place) {
                // 高 alone is tall only right before the number.
                return end - at > 1 || place - end <= 2
            }
        }
        return false
    }

    private static func isLengthOfOther(_ text: NoticeText, _ place: Int, _ end: Int) -> Bool {
        let next = text[end]
        if text.gap(end) > NoticeText.Gap.none { return false }
        if next == "长" || next == "宽" || next == "处" || next == "远" || next == "深"
            || next == "的" && text[end + 1] == "疤"
        {
            return true
        }
        return text.has("长", before: place) || text.has("长约", before: place)
            || text.has("约长", before: place)
            || text.has("跑", before: place) || text.has("宽", before: place)
    }

    private static func presence(_ text: NoticeText, _ place: Int, _ range: Range<Int>) -> Bool {
        var at = place
        while at > range.lowerBound, place - at < 16 {
            at -= 1
            if text[at] == "。" || text[at] == ";" { return false }
            if text[at] == "现" && text[at + 1] != "场" && text[at - 1] != "发" {
                return true
            }  // 现
            if text.has("目前", at: at) || text.has("如今", at: at) { return true }
        }
        return false
    }
}
