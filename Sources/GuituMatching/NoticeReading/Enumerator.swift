/// A mark that counts the persons of a list: 1、 (一) ① A.
struct Enumerator {
    enum Style: Equatable { case digits, bracketed, chinese, circled, letters, ordinal }
    var style: Style
    var number: Int
    var end: Int

    static func read(_ text: NoticeText, at place: Int) -> Enumerator? {
        let first = text[place]
        switch first {
        case 0x2460...0x2473:
            return Enumerator(style: .circled, number: Int(first - 0x2460) + 1, end: place + 1)
        case 0x2776...0x277F:
            return Enumerator(style: .circled, number: Int(first - 0x2776) + 1, end: place + 1)
        case 0x2780...0x2789:
            return Enumerator(style: .circled, number: Int(first - 0x2780) + 1, end: place + 1)
        case 0x3220...0x3229:
            return Enumerator(style: .bracketed, number: Int(first - 0x3220) + 1, end: place + 1)
        case 0x41...0x5A:
            let next = text[place + 1]
            guard !text[place - 1].isLatin,
                next == 0x2E || next == 0x3001 || next == 0x29 || next == 0x3A
            else {
                return nil
            }
            return Enumerator(style: .letters, number: Int(first - 0x40), end: place + 2)
        case 0x28, 0x5B:
            let close: UInt32 = first == 0x28 ? 0x29 : 0x5D
            guard let (value, end) = small(text, place + 1), text[end] == close else { return nil }
            var stop = end + 1
            if text[stop] == 0x3001 || text[stop] == 0x2E { stop += 1 }
            return Enumerator(style: .bracketed, number: value, end: stop)
        case 0x7B2C:
            guard let (value, end) = small(text, place + 1),
                text[end] == 0x4F4D || text[end] == 0x540D || text[end] == 0x4EBA
            else { return nil }
            let stop = text[end + 1] == 0x3A || text[end + 1] == 0x2C ? end + 2 : end + 1
            return Enumerator(style: .ordinal, number: value, end: stop)
        default:
            guard let (value, end) = small(text, place) else { return nil }
            let mark = text[end]
            if first.isDigit {
                guard
                    mark == 0x3001 || mark == 0x2E || mark == 0x29
                        || mark == 0x3A && text[place - 1] != 0x3A
                            && text.gap(place) >= NoticeText.Gap.line,
                    !(mark == 0x2E || mark == 0x3A) || !text[end + 1].isDigit
                        || text.gap(end + 1) > 0
                else { return nil }
                return Enumerator(style: .digits, number: value, end: end + 1)
            }
            guard mark == 0x3001 || mark == 0x2E else { return nil }
            return Enumerator(style: .chinese, number: value, end: end + 1)
        }
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
