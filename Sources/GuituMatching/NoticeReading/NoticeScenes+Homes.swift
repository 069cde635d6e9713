/// Where somebody comes from, and who holds them now.
extension NoticeScenes {
    // MARK: Home

    static let homes = Lexicon<Bool>([
        // Whether 人 or 的 must follow the place.
        (
            false,
            "家住 家住在 家在 住在 家是 老家 老家在 老家是 籍贯 籍贯是 原籍 祖籍 祖籍是 户籍 户籍在 户籍地 户籍地为 户籍所在地 来自 家乡在 家乡是 家庭住址 住址 居住在 家里住 居住于 现住 住址为 家庭住址为 家住址 住 回到 回到了 返回 接回 送回 护送回 送返 接回了 返回了 家属在 家人在 户籍地址 户籍地是 家里在 自家住 出生在 家位于 家可能在 家应该在 家好像在 娘家在 婆家在 娘家 老家写的 老家就在 说家在 家乡 口述家乡 老家叫"
        ),
        (
            true,
            "自称是 自称系 自称 自述是 自述系 自述 自己是 说是 系 是 为 说自己是 自己家是 自报是 自报 疑似 疑为 可能是 可能为 应该是 自己说是 说他是 说她是 像是"
        ),
    ])

    static let surely = Lexicon<Void>("家在 家住 家住在 老家 老家在 老家是 说家在 家可能在")

    /// Words before 人 that make a kind of person of it and no people of a town.
    static let kinds = Set(
        "老男女本病家好工助系责事疾浪轻年情护哑生心地路亲踪寻案主客军夫名个众何他别某怪盲聋罪外介养送托保领发登录收负当证知监等两一二三四五六七八九十几位做打救找害见通的伤患方理商黑坏熟任新候织"
            .unicodeScalars)

    static let noHome = Lexicon<Void>(
        "门前 门口 附近 那边 这边 在哪 哪 谁 怎么 何 本地 外地 当地 老 男 女 好 什么 哪 一个 病 中年 年轻 这 那 家 亲 乡下 农村 城里 工 军 商 没 不 有")

    /// Where somebody comes from, as told.
    func homes(in range: Range<Int>) -> [(range: Range<Int>, confidence: Double)] {
        var found: [(range: Range<Int>, confidence: Double)] = []
        var at = range.lowerBound
        var clause = at
        while at < range.upperBound {
            let value = text.scalars[at]
            let edge =
                value == "," || value == "。" || value == ";" || value == ":"
                || value == "、" || value == "("
            if edge { clause = at + 1 } else if text.isBreak(at) { clause = at }
            if let (needsPerson, end) = Self.homes.match(text, at: at, to: range.upperBound),
                let home = home(after: end, needsPerson, at, range)
            {
                found.append(home)
                at = max(at + 1, home.range.upperBound)
                continue
            }
            if !isMissing, value == "从", text[at - 1] != "自",
                let chunk = homeChunk(from: at + 1, to: range.upperBound),
                comes(after: chunk, range)
            {
                found.append((chunk, 0.6))
                at = chunk.upperBound
                continue
            }
            if at == clause, let home = origin(from: at, range) {
                found.append(home)
                at = home.range.upperBound
                continue
            }
            // 四川籍男子
            if value == "籍", at - clause >= 2, at - clause <= 8, text[at + 1].isHan,
                text[at + 1] != "贯",
                NoticePlaces.isKnown(text, clause, at) != nil
            {
                found.append((clause..<at, 0.8))
            }
            at += 1
        }
        return found
    }

    func home(
        after end: Int, _ needsPerson: Bool, _ at: Int, _ range: Range<Int>
    ) -> (
        range: Range<Int>, confidence: Double
    )? {
        // 住 alone opens a clause: 住孝感市朋兴乡.
        if text[at] == "住", end == at + 1, text[at - 1].isHan, text.gap(at) == 0 { return nil }
        var place = end
        for word in ["你县", "贵县", "贵市", "你市", "本县", "贵区", "你区", "我县", "一个叫", "叫", "一个名叫", "名叫"]
            as [StaticWord] where text.has(word, at: place)
        { place += word.count }
        if text[place] == "在" || text[place] == ":" || text[place] == "是"
            || text[place] == "了"
        {
            place += 1
        }
        let isQuoted = text[place] == "“"
        guard let chunk = homeChunk(from: place, to: range.upperBound),
            Self.noHome.match(text, at: chunk.lowerBound, to: chunk.upperBound) == nil
                || NoticePlaces.isKnown(text, chunk.lowerBound, chunk.upperBound) != nil
        else { return nil }
        var after = chunk.upperBound
        if isQuoted, text[after] == "”" { after += 1 }
        if text[after] == "(" {
            var close = after
            while close < min(range.upperBound, after + 8), text[close] != ")" { close += 1 }
            if text[close] == ")" { after = close + 1 }
        }
        if needsPerson {
            // 我是监利县汪桥镇的农民 is said of kin who are looked for.
            if isMissing, text[after] == "的", text[at - 1] == "我" || text.has("我们", before: at),
                NoticePlaces.looksLike(text, chunk, isName: true)
            {
                return (chunk, 0.7)
            }
            let follows = text[after] == "人" || text[after] == "的" || text[after] == "籍"
            // 自称是利辛人: only a place can stand there.
            let only =
                end - at >= 2 && text[after] == "人" && (2...4).contains(chunk.count)
                && !Self.noHome.isIn(text, chunk)
            guard follows, isQuoted || only || NoticePlaces.looksLike(text, chunk, isName: true)
            else { return nil }
            if text[after] == "的", !isQuoted,
                !(text[after + 1] == "," || text[after + 1] == "。" || text[after + 1] == "\0"
                    || text.gap(after + 1) > 0)
            {
                return nil
            }
            return (chunk, 0.88)
        }
        // 家在光泽，: behind these words only a place can stand.
        let isSure =
            (2...4).contains(chunk.count) && !text[after].isHan
            && Self.surely.match(text, at: at, to: end) != nil
            && !Self.noHome.isIn(text, chunk) && !PlaceNames.isRatherAWord(text.written(chunk))
        guard isQuoted || isSure || NoticePlaces.looksLike(text, chunk, isName: false) else {
            return nil
        }
        if text[after] == "的", text[after + 1].isHan {
            // The reader and finder have homes too.
            for word in ["居民", "市民", "村民", "热心", "志愿者", "网友", "司机", "张", "王", "李"] as [StaticWord]
            where text.has(word, at: after + 1) { return nil }
        }
        if text.has("救助站", before: chunk.upperBound) || text.has("福利院", before: chunk.upperBound)
            || text.has("敬老院", before: chunk.upperBound) || text.has("医院", before: chunk.upperBound)
        {
            return nil
        }
        let isBack = text[at] == "回" || text[at] == "返"
        return (chunk, isQuoted ? 0.92 : isBack ? 0.75 : 0.9)
    }

    /// The place up to 人, 的, 附近, 家中 or any other end.
    func homeChunk(from place: Int, to limit: Int) -> Range<Int>? {
        guard let chunk = NoticePlaces.chunk(text, from: place, to: limit) else { return nil }
        var end = chunk.upperBound
        for at in chunk where at > chunk.lowerBound {
            if text[at] == "人", text[at + 1] != "民" {
                end = at
                break
            }
            if text[at] == "的" {
                end = at
                break
            }
            if text[at] == "籍" {
                end = at
                break
            }
            if text.has("老家", at: at) || text.has("家中", at: at) || text.has("家里", at: at)
                || text.has("与家", at: at) || text.has("与亲", at: at) || text.has("家附近", at: at)
                || text.has("和家", at: at) || text.has("电话", at: at) || text.has("家的", at: at)
            {
                end = at
                break
            }
        }
        guard end - chunk.lowerBound >= 2 else { return nil }
        return NoticePlaces.trimmedTail(text, chunk.lowerBound..<end)
    }

    /// 睢县河堤乡孟楼人 as a clause of its own.
    func origin(from clause: Int, _ range: Range<Int>) -> (
        range: Range<Int>, confidence: Double
    )? {
        var at = clause
        while at < min(range.upperBound, clause + 24) {
            let value = text.scalars[at]
            guard value.isHan, at == clause || !text.isBreak(at) else { return nil }
            // 丰都的，
            if value == "的", at - clause >= 2, !text[at + 1].isHan || text.isBreak(at + 1),
                at - clause <= 8, NoticePlaces.isKnown(text, clause, at) != nil
            {
                return (clause..<at, 0.75)
            }
            if value == "人", at - clause >= 2 {
                let next = text[at + 1]
                guard !next.isHan || text.gap(at + 1) > 0 || next == "氏" else { return nil }
                let chunk = clause..<at
                // 桐梓人，: a town nobody listed.
                let isTown = (2...3).contains(chunk.count) && !Self.kinds.contains(text[at - 1])
                guard isTown || NoticePlaces.looksLike(text, chunk, isName: true),
                    !chunk.contains(where: {
                        ["的", "老", "一", "这", "异", "像", "话", "说"].contains(text[$0])
                    }),
                    text[at - 1] != "家", text[at - 1] != "亲"
                else { return nil }
                for word in ["本地", "当地", "外地", "路过", "好心", "知情", "联系"] as [StaticWord]
                where text.has(word, at: clause) { return nil }
                return (chunk, isTown ? 0.8 : 0.9)
            }
            at += 1
        }
        return nil
    }

    // MARK: Who holds them

    static let holding = Lexicon<Void>(
        "现在 现于 目前在 现 安置在 安置于 安置 送到 送至 送往 送进 送入 移交 转至 转到 转入 收治于 入住 转往 暂住 暂时在 留在 带到 转送 暂居 生活在 救助于 在")

    /// How likely a body is the one that holds the person.
    func holds(_ organisation: Organisation) -> Double {
        var confidence =
            switch organisation.kind {
            case .station: 0.8
            case .home: 0.76
            case .hospital: 0.6
            case .police: 0.36
            case .other: 0.05
            }
        let begin = organisation.range.lowerBound
        for back in 1...4 where back <= begin {
            if let (_, end) = Self.holding.match(text, at: begin - back, to: begin), end == begin {
                // 移交, 送到, 安置在 tell where the person is now.
                confidence += back >= 2 ? 0.12 : 0.02
            }
        }
        let end = organisation.range.upperBound
        if Self.sends.match(text, at: end, to: text.count) != nil { confidence -= 0.45 }
        if text[begin - 1] == "由" || text[begin - 1] == "被" { confidence -= 0.4 }
        // A line of its own, or beside the number: the signature.
        if text.gap(begin) >= NoticeText.Gap.wide,
            text.gap(end) >= NoticeText.Gap.line || text[end] == "(" || text[end].isDigit
        {
            confidence += 0.1
        }
        for word in [
            "门口", "附近", "门前", "旁", "对面", "后门", "大门", "路口", "公交", "走廊", "大厅", "工作人员", "民警", "职工",
            "巡",
        ] as [StaticWord] where text.has(word, at: end) { confidence -= 0.45 }
        for word in ["抚养", "照料", "照顾", "收养", "救治", "治疗", "安置", "看护", "代养", "托养"] as [StaticWord]
        where text.has(word, at: end) { confidence += 0.6 }
        if organisation.range.count <= 3 { confidence -= 0.1 }
        if text.has("您好", at: end) || text[end] == ":" && text.gap(begin) >= NoticeText.Gap.line {
            confidence -= 0.5
        }
        return confidence
    }
}
