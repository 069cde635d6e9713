import GuituModel

/// Stretches that a label names.
extension NoticeReader {
    // MARK: Labels

    func read(_ unit: NoticeLayout.Unit, into draft: inout NoticeDraft) {
        let range = unit.range
        guard let label = unit.label else {
            return readProse(range, nil, unit.isCell, into: &draft)
        }
        // 听不懂问话，左手有疤 says more than that nothing is known.
        if range.count <= 10 || label.isStrict, isEmpty(range) { return }
        if unit.isAnswer { return readAnswer(range, label, into: &draft) }
        switch label {
        case .name: readName(range, unit.isCell, into: &draft)
        case .alias: readAlias(range, into: &draft)
        case .code: readCode(range, into: &draft)
        case .sex:
            if text[range.lowerBound] == "M" || text[range.lowerBound] == "F",
                !text[range.lowerBound + 1].isLatin || text.has("ale", at: range.lowerBound + 1)
                    || text.has("emale", at: range.lowerBound + 1)
            {
                draft.add(
                    .sex, .text(text[range.lowerBound] == "M" ? "male" : "female"),
                    range.lowerBound..<(range.lowerBound + 1), 0.97)
            } else if let place = range.first(where: { text[$0] == "男" || text[$0] == "女" }),
                place - range.lowerBound < 3
            {
                draft.add(
                    .sex, .text(text[place] == "男" ? "male" : "female"), place..<(place + 1),
                    0.99)
                // 男/约65 under 性别/年龄
                if text[place + 1] == "/", place + 2 < range.upperBound {
                    readAge((place + 2)..<range.upperBound, label: .age, into: &draft)
                } else {
                    readRest(after: place + 1, of: range, into: &draft)
                }
            }
        case .ethnicity:
            let end = range.first { text[$0] == "族" }.map { $0 + 1 } ?? range.upperBound
            if end - range.lowerBound <= 8 {
                draft.addText(.ethnicity, range.lowerBound..<end, 0.95)
            }
            readRest(after: end, of: range, into: &draft)
        case .age: readAge(range, label: unit.label, into: &draft)
        case .birth: readBirth(range, into: &draft)
        case .height:
            if let height = Heights.mentions(text, in: range, bare: true).first {
                draft.addHeight(height, 0.97)
                readRest(after: height.range.upperBound, of: range, into: &draft)
            }
        case .accent: readAccentLabel(range, into: &draft)
        case .foundOn, .arrivedOn, .lostOn: readDate(range, label, into: &draft)
        case .home where draft.situation.kind == .found && isOfSender(unit.begin): break
        case .foundAt, .lostAt, .home: readPlace(range, label, into: &draft)
        case .station:
            let named = organisations.last {
                range.contains($0.range.lowerBound) && $0.kind >= .police
            }
            draft.addText(.station, named?.range ?? clipped(range), 0.96)
        case .escort: readEscortLabel(range, into: &draft)
        case .contact: break  // numbers and bodies are found everywhere
        case .build where !Heights.mentions(text, in: range).isEmpty:
            readFacts(range, isCell: unit.isCell, into: &draft)
        case .build, .hair, .speech, .mental, .disability, .health, .clothing, .items, .marks:
            addPhrases(range, label, unit.isCell, into: &draft)
            if label.isList { readFacts(range, isCell: unit.isCell, into: &draft) }
        case .mixed: readProse(range, .mixed, unit.isCell, into: &draft)
        case .nothing: break
        }
    }

    /// 地址 below the name of a station is the station's.
    func isOfSender(_ begin: Int) -> Bool {
        guard text.has("地址", at: begin), text.gap(begin) >= NoticeText.Gap.line, begin > 0 else {
            return false
        }
        var line = begin - 1
        while line > 0, text.gap(line) < NoticeText.Gap.line { line -= 1 }
        return Organisations.fills(text, line..<begin)
    }

    /// What somebody says when asked: the value if it is one, and the rest.
    func readAnswer(_ range: Range<Int>, _ label: NoticeLabel, into draft: inout NoticeDraft) {
        switch label {
        case .name:
            // （想了一会）蒲……蒲永贵: the last that is a name.
            let name = range.lazy.compactMap { Names.name(text, $0, range.upperBound) }.first {
                let next = text[$0.upperBound]
                return !next.isHan && !["姓", "叫", "我", "是"].contains(text[$0.lowerBound])
            }
            let piece = NoticePhrases(text: text).pieces(of: range).first
            if let name {
                draft.addText(.name, name, 0.8)
            } else if let piece, (2...4).contains(piece.count), text[piece.lowerBound] != "不" {
                draft.addText(.name, piece, 0.6)
            }
        case .age:
            if let age = Ages.mentions(text, in: range, bare: true).first(where: { $0.low >= 3 }) {
                draft.addAge(age, 0.9)
            }
        case .height:
            if let height = Heights.mentions(text, in: range, bare: true).first {
                draft.addHeight(height, 0.9)
            }
        case .home:
            var begin = range.lowerBound
            while begin < range.upperBound,
                let (_, end) = Self.saying.match(text, at: begin, to: range.upperBound)
            { begin = end }
            if let chunk = NoticePlaces.chunk(text, from: begin, to: range.upperBound) {
                var chunk = chunk
                if text[chunk.upperBound - 1] == "人" { chunk.removeLast() }
                let knows =
                    text.find("不", in: chunk) == nil && text.find("忘", in: chunk) == nil
                    && text.find("没", in: chunk) == nil
                if NoticePlaces.looksLike(text, chunk, isName: true) || knows && chunk.count <= 8 {
                    draft.addText(.placeClaimed, chunk, 0.8)
                }
            }
        case .foundAt, .lostAt, .foundOn, .arrivedOn, .lostOn:
            if let date = dates.first(where: { range.contains($0.range.lowerBound) }) {
                let event: SceneEvent =
                    draft.situation.kind == .missing ? .lost : label == .foundOn ? .found : .arrived
                draft.addDate(date, event, 0.85)
                draft.used.append(date.range)
            }
        default: addPhrases(range, label, false, into: &draft)
        }
        readProse(range, .mixed, false, into: &draft)
    }

    static let saying = Lexicon<Void>("还记得 记得 晓得 知道 她说 他说 说 是 在 老家 家 就 嗯 呃 哦 我 , : ( 自己 讲 像 好像")

    /// 姓名：张三 男 45岁 goes on behind its value.
    func readRest(after place: Int, of range: Range<Int>, into draft: inout NoticeDraft) {
        var begin = place
        while begin < range.upperBound, !text[begin].isHan, !text[begin].isDigit,
            text[begin] != "("
        { begin += 1 }
        guard range.upperBound - begin >= 2 else { return }
        readProse(begin..<range.upperBound, .mixed, false, into: &draft)
    }

    static let empties = Lexicon<Void>(
        "不详 不明 无 未知 不清 暂无 没有 不祥 未详 无法提供 不知 听不懂 不能提供 说不出 不会说 拒绝 不肯说 无法表达 不能表达 待查 待核实 未提供 无法得知 -- 无法说 不愿"
    )

    /// 不详, 无 and the like as the whole value.
    func isEmpty(_ range: Range<Int>) -> Bool {
        guard let (_, end) = Self.empties.match(text, at: range.lowerBound, to: range.upperBound)
        else { return false }
        let next = text[end]
        return end == range.upperBound
            || (text[range.lowerBound] != "无" && next != "(" && !(next == ","))
    }

    func clipped(_ range: Range<Int>) -> Range<Int> {
        var end = range.lowerBound
        while end < range.upperBound {
            let value = text.scalars[end]
            if value == "," || value == "。" || value == ";" || value == "(" { break }
            if end > range.lowerBound, text.gap(end) >= NoticeText.Gap.wide { break }
            end += 1
        }
        return end - range.lowerBound >= 2 ? range.lowerBound..<end : range
    }

    func readName(_ range: Range<Int>, _ isCell: Bool, into draft: inout NoticeDraft) {
        var begin = range.lowerBound
        if readNobody(range, into: &draft) { return }
        for word in [
            "自报姓名", "自称姓名", "自称叫", "自称是", "自称", "自报", "自述", "说叫", "疑似", "疑为", "叫", "走失老人", "老人",
            "可能叫", "名叫",
        ] as [StaticWord] where text.has(word, at: begin) {
            begin += word.count
            while text[begin] == ":" || text[begin] == "叫" { begin += 1 }
            break
        }
        // Zhou Jianhua 周建华 is written twice.
        if text[begin].isLatin, let han = range.first(where: { text[$0].isHan }) { begin = han }
        let quoted = Names.quoted(text, begin, range.upperBound)
        var end = begin
        if let quoted {
            (begin, end) = (quoted.lowerBound, quoted.upperBound)
        } else {
            while end < range.upperBound,
                text.scalars[end].isHan || text[end] == "·" || text[end].isLatin, end - begin < 8
            {
                if end > begin, text.gap(end) >= NoticeText.Gap.blank, !text.isScan {
                    // 张 三 with a blank in it, but 张三 男.
                    guard end - begin == 1,
                        text[end + 1] == "\0" || !text[end + 1].isHan || text.gap(end + 1) > 0
                            || end + 1 == range.upperBound, text[end] != "男", text[end] != "女"
                    else { break }
                }
                if end - begin >= 2, SexWords.stands(text, end) != nil || text.has("性别", at: end) {
                    break
                }
                end += 1
            }
        }
        guard end - begin >= 2 || (end - begin == 1 && quoted != nil) else {
            readRest(after: range.lowerBound, of: range, into: &draft)
            return
        }
        let name = begin..<end
        let (isHeard, stop) = Names.heard(text, after: end)
        // What a bracket says of the name: 小名狗娃, 站内起名, 音.
        let note = end..<max(end, min(stop, range.upperBound))
        let isGiven =
            text.find("站", in: note) != nil || text.find("取名", in: note) != nil
            || text.find("起名", in: note) != nil || text.find("暂", in: note) != nil
        let call = quoted != nil && !(Names.name(text, begin, end)?.upperBound == end)
        if end - begin > 5, text.find("·", in: name) == nil {
            readProse(range, .mixed, isCell, into: &draft)
            return
        }
        draft.addText(
            isGiven || (call && end - begin == 2 && text[begin] == "老") ? .aliases : .name, name,
            0.97)
        if isHeard || text.find("音", in: note) != nil {
            draft.add(.nameHeard, .flag(true), nil, 0.95)
        }
        for (word, length) in [
            ("小名" as StaticWord, 2), ("乳名", 2), ("又名", 2), ("绰号", 2), ("外号", 2), ("曾用名", 3),
        ] {
            if let place = text.find(word, in: note) {
                var at = place + length
                if text[at] == "叫" || text[at] == ":" || text[at] == "“" { at += 1 }
                var last = at
                while last < note.upperBound, text[last].isHan { last += 1 }
                if last > at { draft.addText(.aliases, at..<last, 0.9) }
            }
        }
        readRest(after: max(end, stop), of: range, into: &draft)
    }

    /// 无名氏 is no name; the number behind it stands for the person.
    func readNobody(_ range: Range<Int>, into draft: inout NoticeDraft) -> Bool {
        let begin = range.lowerBound
        var end = begin
        for word in [
            "无名氏", "聋哑男", "聋哑女", "不知道", "不肯说", "不清楚", "无名", "无姓名", "未知名", "不知名", "未知", "不详", "不明",
            "某男", "某女",
        ] as [StaticWord]
        where text.has(word, at: begin) {
            end = begin + word.count
            break
        }
        guard end > begin else { return false }
        // 无名氏-女
        let mark = text[end] == "-" ? end + 1 : end
        if mark < range.upperBound, text[mark] == "男" || text[mark] == "女" {
            draft.add(
                .sex, .text(text[mark] == "男" ? "male" : "female"), mark..<(mark + 1), 0.95)
        }
        readNobodyCode(begin, end, range.upperBound, into: &draft)
        var rest = end
        while rest < range.upperBound, text[rest] != ",", text[rest] != ")",
            text.gap(rest) < NoticeText.Gap.blank || rest == end
        { rest += 1 }
        if rest < range.upperBound { readRest(after: rest, of: range, into: &draft) }
        return true
    }

    func readNobodyCode(
        _ begin: Int, _ nameEnd: Int, _ limit: Int, into draft: inout NoticeDraft
    ) {
        var end = nameEnd
        if text[end] == "(" {
            var close = end + 1
            var digits = false
            while close < min(limit, end + 14), text[close] != ")" {
                if text[close].isDigit { digits = true }
                close += 1
            }
            // 无名氏（男，30岁） tells other things.
            let inner = (end + 1)..<close
            if text[close] == ")", digits, inner.count >= 2,
                !inner.contains(where: {
                    text[$0] == "岁" || text[$0] == "," || text[$0] == "男"
                        || text[$0] == "女"
                })
            {
                draft.addText(.code, inner, 0.75)
            }
            return
        }
        var digits = false
        while end < limit, end - nameEnd < 12,
            text[end].isDigit || text[end].isLatin || text[end] == "-"
                || text[end] == "号" && digits,
            text.gap(end) == 0 || text.isScan
                || end == nameEnd && text[end].isDigit && text.gap(end) <= 1
        {
            if text[end].isDigit { digits = true }
            end += 1
        }
        if digits, text[end] != "岁", text[end] != "年" || end - nameEnd != 4 {
            draft.addText(.code, begin..<end, 0.9)
        }
    }

    func readAlias(_ range: Range<Int>, into draft: inout NoticeDraft) {
        var begin = range.lowerBound
        if text[begin] == "“" { begin += 1 }
        var end = begin
        while end < range.upperBound, text[end].isHan, end - begin < 6 { end += 1 }
        if end > begin { draft.addText(.aliases, begin..<end, 0.92) }
    }

    func readCode(_ range: Range<Int>, into draft: inout NoticeDraft) {
        var end = range.lowerBound
        var digits = false
        while end < range.upperBound, end - range.lowerBound < 24, text[end] != ",",
            text[end] != ";", text[end] != "。", text[end] != ")", text[end] != "(",
            text[end] != "]",
            end == range.lowerBound || text.gap(end) == 0
                || (text.isScan && text.gap(end) == 1 && !text[end].isHan)
        {
            if text[end].isDigit { digits = true }
            end += 1
        }
        if digits, end > range.lowerBound { draft.addText(.code, range.lowerBound..<end, 0.92) }
        readRest(after: end, of: range, into: &draft)
    }

    func readAge(_ range: Range<Int>, label: NoticeLabel?, into draft: inout NoticeDraft) {
        let mentions = Ages.mentions(text, in: range, bare: true).filter { $0.high <= 115 }
        // 目测年龄 says who says so.
        let head = max(0, range.lowerBound - 8)..<range.lowerBound
        let said: NoticeField.AgeSource? =
            text.find("目测", in: head) != nil || text.find("估计", in: head) != nil
                || text.find("骨龄", in: head) != nil
            ? .estimated
            : text.find("自", in: head) != nil ? .own : nil
        for mention in mentions.prefix(3) {
            var mention = mention
            mention.source = mention.source ?? said
            draft.addAge(mention, 0.96)
        }
        if let last = mentions.last {
            readRest(after: last.range.upperBound, of: range, into: &draft)
        } else {
            readBirth(range, into: &draft)
        }
    }

    func readBirth(_ range: Range<Int>, into draft: inout NoticeDraft) {
        for at in range.lowerBound..<min(range.upperBound, range.lowerBound + 10) {
            guard let (value, end) = Numeral.plain(text, at, limit: 8) else { continue }
            let republic =
                text.has("民国", before: at) || text[end] == "年" && text[end + 1] == "次"
            let year =
                end - at == 8
                ? value / 10000 : end - at == 6 ? value / 100 : republic ? value + 1911 : value
            if (1900...2030).contains(year) {
                draft.add(.birthYear, .number(year), at..<end, 0.95)
                return readRest(after: end + 1, of: range, into: &draft)
            }
            break
        }
        readRest(after: range.lowerBound, of: range, into: &draft)
    }

    func readAccentLabel(_ range: Range<Int>, into draft: inout NoticeDraft) {
        var begin = range.lowerBound
        for word in ["疑似", "类似", "像", "似", "说", "讲", "操", "会说", "会讲", "疑为", "带有", "带"]
            as [StaticWord] where text.has(word, at: begin)
        {
            begin += word.count
        }
        let value = clipped(begin..<range.upperBound)
        if NoticePhrases(text: text).isSpeech(value) {
            draft.addText(.speech, value, 0.8)
        } else if value.count <= 12, text.find("普通话", in: value) == nil || value.count > 4 {
            draft.addText(.accent, value, 0.9)
        } else if value.count <= 5 {
            draft.addText(.accent, value, 0.5)
        }
        readRest(after: value.upperBound, of: range, into: &draft)
    }

    func readDate(_ range: Range<Int>, _ label: NoticeLabel, into draft: inout NoticeDraft) {
        guard let date = dates.first(where: { range.contains($0.range.lowerBound) }) else {
            return readRest(after: range.lowerBound, of: range, into: &draft)
        }
        let event: SceneEvent =
            label == .lostOn || draft.situation.kind == .missing
            ? .lost : label == .foundOn ? .found : .arrived
        draft.addDate(date, event, label == .arrivedOn ? 0.9 : 0.97)
        draft.used.append(date.range)
        // 2022年8月27日，洪雅县柳江古镇廊桥
        let rest = scenes(draft).afterTime(date.range.upperBound, range.upperBound)
        if rest < range.upperBound, text[rest - 1] == "," || text.isBreak(rest),
            let chunk = NoticePlaces.chunk(text, from: rest, to: range.upperBound),
            chunk.count >= 4,
            NoticePlaces.looksLike(text, chunk, isName: true), scenes(draft).isPlace(chunk)
        {
            draft.addText(event == .lost ? .placeMissing : .placeFound, chunk, 0.55)
        }
        readRest(after: date.range.upperBound, of: range, into: &draft)
    }

    func readPlace(_ range: Range<Int>, _ label: NoticeLabel, into draft: inout NoticeDraft) {
        var begin = range.lowerBound
        // 2022-04-05, 闵行区莘庄地铁站: the day before the place.
        if let date = dates.first(where: { $0.range.lowerBound == begin }),
            range.contains(date.range.upperBound)
        {
            draft.addDate(date, label == .lostAt ? .lost : .found, 0.8)
            draft.used.append(date.range)
            begin = scenes(draft).afterTime(date.range.upperBound, range.upperBound)
        }
        for word in [
            "在", "位于", "于", "自称家住", "自称", "自述", "疑似", "家住", "可能是", "可能为", "疑为", "自报", "均为", "为",
            "是", "都是", ":",
        ] as [StaticWord] where text.has(word, at: begin) && range.upperBound - begin > 3 {
            begin += word.count
            while text[begin] == ":" { begin += 1 }
        }
        var value = clipped(begin..<range.upperBound)
        if let cut = value.first(where: {
            $0 > value.lowerBound + 1 && text.isBreak($0) && !goesOn(from: $0, to: value.upperBound)
        }) {
            value = value.lowerBound..<cut
        }
        let end = value.upperBound
        if text[value.lowerBound] == "“", value.count > 2 {
            let close = value.first { text[$0] == "”" } ?? value.upperBound
            value = (value.lowerBound + 1)..<close
        }
        // 市民在湖边发现 has the verb behind.
        if let cut = value.first(where: { at in
            at > value.lowerBound + 1
                && (text.has("被", at: at) || text.has("发现", at: at) || text.has("走失", at: at)
                    || text.has("流浪", at: at) || text.has("走丢", at: at) || text.has("徘徊", at: at))
        }) {
            value = value.lowerBound..<cut
        }
        if let trimmed = NoticePlaces.trimmedTail(text, value) { value = trimmed }
        if label == .home, value.count > 2, text[value.upperBound - 1] == "人" {
            value.removeLast()
        }
        if label == .home, value.count <= 4,
            text.find("不", in: value) != nil || text.find("无", in: value) != nil
        {
            return
        }
        let isMissing = draft.situation.kind == .missing
        let key: NoticeKey =
            label == .foundAt && !isMissing
            ? .placeFound : label == .lostAt || label == .foundAt ? .placeMissing : .placeClaimed
        // 来源地 of a station's own table, an address in the signature.
        if label == .home, draft.situation.kind == .found,
            organisations.contains(where: { $0.range == value })
        {
            return
        }
        if !value.isEmpty { draft.addText(key, value, 0.96) }
        readRest(after: end, of: range, into: &draft)
    }

    /// Whether what stands behind a blank is still of the place.
    func goesOn(from place: Int, to limit: Int) -> Bool {
        var end = place + 1
        while end < limit, !text.isBreak(end) { end += 1 }
        let other = Self.others.isIn(text, place..<end)
        return end - place <= 14 && !other
            && NoticePlaces.looksLike(text, place..<end, isName: false)
    }

    static let others = Lexicon<Void>("请 如 电话 联系 看 我 他 她 老人 好心 穿 男 女 岁 时间 身高")

    func readEscortLabel(_ range: Range<Int>, into draft: inout NoticeDraft) {
        var begin = range.lowerBound
        if text[begin] == "由" || text[begin] == "被" { begin += 1 }
        for word in ["自行来站", "自行", "自己", "主动", "本人", "上门"] as [StaticWord]
        where text.has(word, at: begin) { return }
        var value = clipped(begin..<range.upperBound)
        for word in ["护送", "送来", "引导", "移交", "送站", "转送", "转介", "送至", "送到", "转来"] as [StaticWord] {
            if let place = text.find(word, in: value), place > value.lowerBound {
                value = value.lowerBound..<place
            }
        }
        if value.count >= 2 { draft.addText(.escortedBy, value, 0.93) }
        readRest(after: value.upperBound + 2, of: range, into: &draft)
    }
}
