/// The labels within one person's text, and what stands behind each.
extension NoticeLayout {
    /// Divides a stretch by the labels in it.
    func units(of range: Range<Int>) -> [Unit] {
        var units: [Unit] = []
        var label: NoticeLabel?
        var begin = range.lowerBound
        var labelBegin = begin
        let isDense = isDense(range)
        var at = range.lowerBound
        var isAnswer = false
        func close(_ end: Int) {
            let part = trimmed(begin..<end)
            if !part.isEmpty {
                units.append(
                    Unit(label: label, begin: labelBegin, range: part, isAnswer: isAnswer))
            }
            isAnswer = false
        }
        while at < range.upperBound {
            let value = text.scalars[at]
            let isNewLine = at > begin && text.gap(at) >= NoticeText.Gap.line
            if let (found, end) = labelBegins(at, begin, label, isDense), end <= range.upperBound {
                close(at)
                (label, begin, labelBegin) = (found, end, at)
                at = end
                continue
            }
            if isNewLine || at == range.lowerBound, let (asked, end) = question(at),
                end <= range.upperBound
            {
                close(at)
                (label, begin, labelBegin) = (asked, end, end)
                isAnswer = true
                at = end
                continue
            }
            if isNewLine, label != nil, text[at - 1] != "、", text[at - 1] != "," {
                close(at)
                (label, begin, labelBegin) = (nil, at, at)
            } else if value == "。", label != nil, !isMixed(label) {
                close(at)
                (label, begin, labelBegin) = (nil, at + 1, at + 1)
            } else if value == "|" || value == "\t", label != nil {
                close(at)
                (label, begin, labelBegin) = (nil, at + 1, at + 1)
            }
            at += 1
        }
        close(range.upperBound)
        return units
    }

    /// 多大年纪？ as a message of its own is the label of the next one.
    func question(_ at: Int) -> (label: NoticeLabel, end: Int)? {
        guard text.isTalk, let line = lines.first(where: { $0.lowerBound == at }), line.count <= 30,
            line.upperBound < text.count, Self.asking.isIn(text, line),
            let label = NoticeLabels.composed(text, line), label != .mixed, label != .nothing
        else { return nil }
        return (label, line.upperBound)
    }

    static let asking = Lexicon<Void>("? 什么 多大 哪 几岁 多高 多少 啥 谁 吗 呢 怎么 何时 何地 请提供 请说 名字没")

    func labelBegins(_ at: Int, _ begin: Int, _ label: NoticeLabel?, _ isDense: Bool) -> (
        label: NoticeLabel, end: Int
    )? {
        let previous = text[at - 1]
        let gap = text.gap(at)
        if gap > 0 || at == begin || !(previous.isHan || previous.isDigit || previous.isLatin) {
            if let found = NoticeLabels.begins(text, at: at, needsColon: !(gap > 0 && !text.isScan))
            {
                return found
            }
        }
        guard let (found, end) = NoticeLabels.words.match(text, at: at, to: text.count),
            end - at >= 2
        else { return nil }
        if isDense {
            // 来站 in 救助站 … a label is followed by its value, not by a verb.
            if case .nothing = found { return nil }
            if found.isStrict || end - at >= 4 || text.has("特征", at: at) || text.has("救助单位", at: at)
            {
                return (found, end)
            }
            return nil
        }
        // 性别:男年龄:约70岁
        return found.isStrict && text[end] == ":" && text.gap(end) < NoticeText.Gap.line
            ? (found, end + 1) : nil
    }

    func isMixed(_ label: NoticeLabel?) -> Bool {
        if case .mixed? = label { true } else { false }
    }

    /// 姓名无名氏性别男年龄约58岁: many labels and nothing between.
    func isDense(_ range: Range<Int>) -> Bool {
        var count = 0
        for word in ["姓名", "性别", "年龄", "身高", "口音", "时间", "地点", "特征", "衣着", "电话"] as [StaticWord] {
            if let place = text.find(word, in: range) {
                count += 1
                if text[place + 2] == ":" || text[place + 2] == "、" || text[place + 2] == "," {
                    return false
                }
            }
        }
        return count >= 5
    }

    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var range = range
        while let first = range.first, Self.isRim(text.scalars[first]) { range.removeFirst() }
        while let last = range.last, Self.isRim(text.scalars[last]) { range.removeLast() }
        return range
    }

    static func isRim(_ value: Unicode.Scalar) -> Bool {
        switch value {
        case ",", "。", ";", ":", "、", "|", "\t", "!", "-", "[", "]", "~", ".", "*",
            "#":
            true
        default: false
        }
    }
}
