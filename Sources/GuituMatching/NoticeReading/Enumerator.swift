/// A mark that counts the persons of a list: 1、 (一) ① A.
struct Enumerator {
    enum Style: Equatable { case digits, bracketed, chinese, circled, letters, ordinal }
    var style: Style
    var number: Int
    var end: Int

    static func read(_ text: NoticeText, at place: Int) -> Enumerator? {
        let first = text[place]
        switch first {
        case "①"..."⑳":
            return Enumerator(
                style: .circled, number: Int(first.value - ("①" as Unicode.Scalar).value) + 1,
                end: place + 1)
        case "❶"..."❿":
            return Enumerator(
                style: .circled, number: Int(first.value - ("❶" as Unicode.Scalar).value) + 1,
                end: place + 1)
        case "➀"..."➉":
            return Enumerator(
                style: .circled, number: Int(first.value - ("➀" as Unicode.Scalar).value) + 1,
                end: place + 1)
        case "㈠"..."㈩":
            return Enumerator(
                style: .bracketed, number: Int(first.value - ("㈠" as Unicode.Scalar).value) + 1,
                end: place + 1)
        case "A"..."Z":
            let next = text[place + 1]
            guard !text[place - 1].isLatin,
                next == "." || next == "、" || next == ")" || next == ":"
            else {
                return nil
            }
            return Enumerator(
                style: .letters, number: Int(first.value - ("@" as Unicode.Scalar).value),
                end: place + 2)
        case "(", "[":
            let close: Unicode.Scalar = first == "(" ? ")" : "]"
            guard let (value, end) = small(text, place + 1), text[end] == close else { return nil }
            var stop = end + 1
            if text[stop] == "、" || text[stop] == "." { stop += 1 }
            return Enumerator(style: .bracketed, number: value, end: stop)
        case "儿", "男", "女", "人", "受", "对", "老", "孩", "走", "甲", "乙", "丙", "一", "二", "三":
            if let named = named(text, place) { return named }
            guard let (value, end) = small(text, place), text[end] == "、" || text[end] == "." else {
                return nil
            }
            return Enumerator(style: .chinese, number: value, end: end + 1)
        case "第":
            guard let (value, end) = small(text, place + 1),
                text[end] == "位" || text[end] == "名" || text[end] == "人"
            else { return nil }
            let stop = text[end + 1] == ":" || text[end + 1] == "," ? end + 2 : end + 1
            return Enumerator(style: .ordinal, number: value, end: stop)
        default:
            if first.isDigit, text.gap(place) >= NoticeText.Gap.line, let named = named(text, place)
            {
                return named
            }
            guard let (value, end) = small(text, place) else { return nil }
            let mark = text[end]
            if first.isDigit {
                // 1 冉茂才 男: a number, a blank and a name begin the line.
                if text.gap(place) >= NoticeText.Gap.line, mark.isHan,
                    text.gap(end) > NoticeText.Gap.none, text.gap(end) < NoticeText.Gap.line,
                    !text.isScan
                {
                    return Enumerator(style: .digits, number: value, end: end)
                }
                guard
                    mark == "、" || mark == "." || mark == ")"
                        || mark == ":" && text[place - 1] != ":"
                            && text.gap(place) >= NoticeText.Gap.line,
                    !(mark == "." || mark == ":") || !text[end + 1].isDigit
                        || text.gap(end + 1) > 0
                else { return nil }
                return Enumerator(style: .digits, number: value, end: end + 1)
            }
            guard mark == "、" || mark == "." else { return nil }
            return Enumerator(style: .chinese, number: value, end: end + 1)
        }
    }

    private static let nouns = Lexicon<Void>("儿童 男童 女童 人员 受助人员 受助人 受助者 对象 老人 孩子 走失人员 男子 女子 男孩 女孩")

    /// 儿童一：, 人员2：, 一号，, 甲：
    private static func named(_ text: NoticeText, _ place: Int) -> Enumerator? {
        let begin = nouns.match(text, at: place, to: text.count)?.end ?? place
        var (number, end) = (0, begin)
        if let cyclic = ["甲", "乙", "丙", "丁"].firstIndex(of: text[begin] as Unicode.Scalar) {
            (number, end) = (cyclic + 1, begin + 1)
        } else if let (value, stop) = small(text, begin) {
            (number, end) = (value, stop)
        } else {
            return nil
        }
        if text[end] == "号" {
            end += 1
        } else if begin == place, number > 0, text[begin] != "甲",
            text[begin] != "乙", text[begin] != "丙", text[begin] != "丁"
        {
            return nil
        }
        guard
            text[end] == ":"
                || text[end - 1] == "号"
                    && (text[end] == ","
                        || text.gap(end) > NoticeText.Gap.none
                            && text.gap(place) >= NoticeText.Gap.line)
        else { return nil }
        return Enumerator(style: .ordinal, number: number, end: end + 1)
    }

    private static func small(_ text: NoticeText, _ place: Int) -> (value: Int, end: Int)? {
        if let (value, end) = Numeral.plain(text, place, limit: 2), value > 0 {
            return (value, end)
        }
        guard let number = Numeral.chinese(text, place), number.isExact, number.low > 0 else {
            return nil
        }
        return (number.low, number.end)
    }
}
