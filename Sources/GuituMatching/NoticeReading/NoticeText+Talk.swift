/// What stands around the words and is none of them: who speaks and when, the
/// quotes of an export, the wrong value beside the right one.
extension NoticeText {
    // MARK: Corrections

    /// Words between a wrong value and the right one, and before a wrong one.
    private static let rights = Lexicon<Void>("应为 应是 更正为 改为 实为 实际为 而是 正确为 现更正为 应当为")
    private static let wrongs = Lexicon<Void>(
        "误写为 误写成 误为 误作 误登为 误报为 误记为 误排为 错写成 错写为 错登为 错印为 误录为 写成了 误写作 不是")

    /// 原文“甲”应为“乙”, 误写为甲，应为乙, 不是甲是乙: what was wrong is taken
    /// away, so that only 乙 is read.
    mutating func correct() {
        var isCorrection = false
        for place in scalars.indices {
            if let (_, end) = Self.rights.match(self, at: place, to: count) {
                wipeQuoted(before: place, to: end)
            }
            if has("原文:", at: place), gap(place) >= Gap.line { wipeLine(place) }
            // 年龄54岁系45岁之误
            if has("之误", at: place) { wipeMistake(before: place) }
            guard let (_, begin) = Self.wrongs.match(self, at: place, to: count) else { continue }
            // 将“81岁”误排为“18岁”: the wrong one is the last.
            if self[begin] == "“", self[place - 1] == "”",
                let close = (begin..<min(count, begin + 40)).first(where: { scalars[$0] == "”" })
            {
                for wrong in place...close { scalars[wrong] = ":" }
                isCorrection = true
                continue
            }
            let mayBeBare = has("不是", at: place)
            if mayBeBare, self[place - 1] == "是" || self[begin] == "很" { continue }
            for at in begin..<min(count, begin + 18) {
                if scalars[at] == "。" || scalars[at] == ";" || scalars[at] == "?" { break }
                var end = Self.rights.match(self, at: at, to: count)?.end
                if end == nil, mayBeBare, at > begin + 1, scalars[at] == "是" { end = at + 1 }
                guard let end else { continue }
                for wrong in place..<end { scalars[wrong] = ":" }
                isCorrection = true
                break
            }
        }
        guard isCorrection, let open = scalars.firstIndex(of: "《"),
            let close = scalars.firstIndex(of: "》"), open < close, close - open < 30
        else { return }
        // The title of what is corrected says the wrong thing once more.
        for place in open...close { scalars[place] = ":" }
    }

    private mutating func wipeLine(_ place: Int) {
        var end = place
        repeat {
            scalars[end] = "。"
            end += 1
        } while end < count && gaps[end] < Gap.line
    }

    private mutating func wipeMistake(before place: Int) {
        var joint = place
        while joint > 0, place - joint < 16, scalars[joint] != "系" { joint -= 1 }
        guard scalars[joint] == "系" else { return }
        var begin = joint
        while begin > 0, joint - begin < 14, ![",", "。", ";"].contains(scalars[begin - 1]) {
            begin -= 1
        }
        for wrong in begin...joint { scalars[wrong] = ":" }
        for mark in place..<(place + 2) { scalars[mark] = "," }
    }

    private mutating func wipeQuoted(before place: Int, to end: Int) {
        var begin = place
        while begin > 0, [",", "现"].contains(scalars[begin - 1]) { begin -= 1 }
        if has("有误", before: begin) || has("错误", before: begin) { begin -= 2 }
        guard begin > 1, scalars[begin - 1] == "”" else { return }
        var open = begin - 1
        while open > 0, begin - open < 60, scalars[open] != "“" { open -= 1 }
        guard scalars[open] == "“" else { return }
        for wrong in open..<end { scalars[wrong] = ":" }
    }

    // MARK: Exports

    /// {"姓名":"张三","性别":"男"} is a form: the marks go, each entry is a line.
    mutating func openObject() {
        var isGone = Array(repeating: false, count: count)
        var entries = 0
        for place in scalars.indices where scalars[place] == "”" && self[place + 1] == ":" {
            if self[place + 2] == "“" || self[place + 2].isDigit { entries += 1 }
        }
        guard entries >= 3, scalars.contains("{") else { return }
        var isOpen = false
        for place in scalars.indices {
            switch scalars[place] {
            case "“": isOpen = true
            case "”": isOpen = false
            case "{", "}": break
            case ",": if isOpen { continue }
            default: continue
            }
            isGone[place] = true
            if scalars[place] == ",", place + 1 < count { gaps[place + 1] = Gap.line }
        }
        remove(isGone, gap: Gap.none)
    }

    // MARK: Talk

    /// Takes speakers and clocks away. What is left is a line a message; the
    /// day above messages stays, a line of its own.
    mutating func dropSpeakers() {
        guard scalars.contains(":") else { return }
        breakAtRoles()
        let lines = lineRanges()
        guard (3...4000).contains(lines.count) else { return }
        let heads = lines.map(head)
        var known: [ArraySlice<Unicode.Scalar>: Int] = [:]
        for head in heads {
            if let head, !head.name.isEmpty { known[scalars[head.name], default: 0] += 1 }
        }
        func speaks(_ head: Head) -> Bool {
            head.hasClock || Self.roles.fills(self, head.name)
                || (known[scalars[head.name]] ?? 0) >= 2
        }
        let sure = heads.count { $0.map(speaks) ?? false }
        let dated = heads.count { $0.map { $0.hasClock && !$0.day.isEmpty } ?? false }
        guard sure >= 3 || dated >= 2, sure * 3 >= lines.count else { return }
        isTalk = true
        var isGone = Array(repeating: false, count: count)
        for (line, head) in zip(lines, heads) {
            guard let head, speaks(head) || head.name.count <= 8 else { continue }
            for place in line.lowerBound..<head.end where !head.day.contains(place) {
                isGone[place] = true
            }
        }
        remove(isGone, gap: Gap.line)
    }

    /// 主持人：… 听众：… in one paragraph.
    private mutating func breakAtRoles() {
        var places: [Int] = []
        for place in scalars.indices where self[place - 1] == "。" || self[place - 1] == "?" {
            if let (_, end) = Self.roles.match(self, at: place, to: count), self[end] == ":" {
                places.append(place)
            }
        }
        guard places.count >= 3 else { return }
        for place in places { gaps[place] = max(gaps[place], Gap.line) }
    }

    private struct Head {
        var name: Range<Int>
        var day: Range<Int>
        var end: Int
        var hasClock: Bool
    }

    private static let roles = Lexicon<Void>(
        "问 答 甲 乙 丙 主持人 听众 记者 客服 用户 社工 民警 老人 大娘 大爷 阿姨 大叔 老乡 大姐 女孩 男孩 婆婆 老头 受助人员 受助人 站长 医生 护士 家属 楼主 管理员 群助手 群主 工作人员 导播 司机 志愿者 网友"
    )

    func lineRanges() -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var begin = 0
        for place in 1...max(1, count) where place >= count || gaps[place] >= Gap.line {
            if place > begin { lines.append(begin..<min(place, count)) }
            begin = place
        }
        return lines
    }

    /// 老彭 08:12, [7月18日 20:15] 二舅妈:, 秦岭(09:01), 问: at the head of a line.
    private func head(_ line: Range<Int>) -> Head? {
        var at = line.lowerBound
        var day = at..<at
        var hasClock = false
        func readStamp() {
            guard let stamp = stamp(at, line.upperBound) else { return }
            (at, hasClock) = (stamp.end, true)
            if !stamp.day.isEmpty { day = stamp.day }
        }
        readStamp()
        let begin = at
        let isStamped = hasClock
        while at < line.upperBound, at - begin < 12 {
            let value = scalars[at]
            if value == ":" || value == "(" || value == "[" || value == "," || value == "。" {
                break
            }
            if at > begin, gaps[at] > Gap.none, stamp(at, line.upperBound) != nil { break }
            at += 1
        }
        let name = begin..<at
        // 楼主：草原狼 发表于 2017-8-8 22:31
        if let post = find("发表于", in: line), let stamp = stamp(post + 3, line.upperBound) {
            return Head(name: begin..<begin, day: stamp.day, end: stamp.end, hasClock: true)
        }
        if !hasClock { readStamp() }
        if isStamped, at < line.upperBound, scalars[at] != ":" {
            return Head(name: begin..<begin, day: day, end: begin, hasClock: true)
        }
        if at < line.upperBound, scalars[at] == ":", self[at + 1] != ":" {
            at += 1
        } else if !hasClock || name.isEmpty && at < line.upperBound {
            return nil
        } else if at < line.upperBound, name.count > 8 {
            return nil
        }
        if Self.roles.fills(self, name) {
            return Head(name: name, day: day, end: at, hasClock: hasClock)
        }
        guard hasClock || !name.isEmpty, NoticeLabels.cell(self, name) == nil,
            NoticeLabels.words.match(self, at: name.lowerBound, to: name.upperBound) == nil
                || hasClock
        else { return nil }
        return Head(name: name, day: day, end: at, hasClock: hasClock)
    }

    /// [2021/11/1 19:02], 08:12, 2022年10月4日 下午5:12 with the place of its day.
    private func stamp(_ begin: Int, _ limit: Int) -> (end: Int, day: Range<Int>)? {
        var at = begin
        if self[at] == "(" || self[at] == "[" { at += 1 }
        let first = at
        var dayEnd = at
        var colon: Int?
        while at < limit, at - first < 24 {
            let value = scalars[at]
            if value == ":" {
                guard self[at - 1].isDigit, self[at + 1].isDigit, self[at + 2].isDigit else {
                    break
                }
                colon = colon ?? at
            } else if Self.dayWords.contains(value) || value.isDigit {
                if value == "日" || value == "号"
                    || value.isDigit && colon == nil
                        && gap(at + 1) > Gap.none
                {
                    dayEnd = at + 1
                }
            } else {
                break
            }
            at += 1
        }
        guard colon != nil else { return nil }
        if self[at] == ")" || self[at] == "]" { at += 1 }
        return (at, first..<dayEnd)
    }

    private static let dayWords: Set<Unicode.Scalar> = Set(
        "年月日号上下午晚早凌晨中夜星期周一二三四五六-/.".unicodeScalars)
}

extension Lexicon where Meaning == Void {
    /// Whether one of the words is all of `range`.
    func fills(_ text: NoticeText, _ range: Range<Int>) -> Bool {
        match(text, at: range.lowerBound, to: range.upperBound)?.end == range.upperBound
    }
}
