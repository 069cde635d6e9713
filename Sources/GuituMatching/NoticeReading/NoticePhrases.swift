/// What somebody looks like, wears and carries: lists in words nobody can list,
/// recognised by the words they end in or turn on.
struct NoticePhrases {
    struct Phrase {
        var key: NoticeKey
        var range: Range<Int>
        var confidence: Double
    }

    let text: NoticeText

    // MARK: Reading

    /// Every phrase of a stretch; `hint` is the label it stands behind.
    func phrases(in range: Range<Int>, hint: NoticeLabel?, isCell: Bool = false) -> [Phrase] {
        var found: [Phrase] = []
        var wasClothing = hint == .clothing
        var wasCarrying = hint == .items
        for piece in pieces(of: range) {
            let sentence = text[piece.lowerBound - 1]
            if sentence == "。" || sentence == ";" {
                if hint != .clothing { wasClothing = false }
                if hint != .items { wasCarrying = false }
            }
            let before = found.count
            read(piece, hint, wasClothing, wasCarrying, &found)
            let keys = found[before...].map(\.key)
            wasClothing =
                keys.contains(.clothing) || hint == .clothing
                || (wasClothing && keys.isEmpty && sentence == "、")
            wasCarrying = keys.contains(.items) || hint == .items
        }
        return found
    }

    /// The text between commas, ends of sentences and brackets.
    func pieces(of range: Range<Int>) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var begin = range.lowerBound
        func close(_ end: Int) { if end > begin { pieces.append(begin..<end) } }
        for at in range {
            switch text.scalars[at] {
            case "、"
            where Numeral.digit(text[at - 1]) != nil && Numeral.digit(text[at + 1]) != nil:
                continue  // 第二、三趾
            case "、"
            where isPart(at - 2, at)
                && Self.body.match(text, at: at + 1, to: range.upperBound) != nil:
                continue  // 食指、中指粘连
            case ",", "。", ";", "、", "!", "?", ":", "(", ")", "|", "\t", "/", "[",
                "]", "+", "&":
                close(at)
                begin = at + 1
            default:
                if at > begin, text.isBreak(at) {
                    close(at)
                    begin = at
                }
            }
        }
        close(range.upperBound)
        return pieces
    }

    private func isPart(_ begin: Int, _ end: Int) -> Bool {
        Self.body.match(text, at: begin, to: end)?.end == end
    }

    func stripped(_ piece: Range<Int>) -> Range<Int> {
        var piece = piece
        var count = 0
        while count < 4,
            let (_, end) = Self.subjects.match(text, at: piece.lowerBound, to: piece.upperBound),
            end < piece.upperBound
        {
            piece = end..<piece.upperBound
            count += 1
        }
        while piece.count > 2,
            text[piece.upperBound - 1] == "等" || text[piece.upperBound - 1] == "的"
                || text[piece.upperBound - 1] == "."
        { piece.removeLast() }
        return piece
    }

    func read(
        _ piece: Range<Int>, _ hint: NoticeLabel?, _ wasClothing: Bool, _ wasCarrying: Bool,
        _ found: inout [Phrase]
    ) {
        let whole = stripped(piece)
        guard whole.count >= 1 else { return }
        let isNegated =
            (Self.negated.match(text, at: whole.lowerBound, to: whole.upperBound) != nil
                && saysNothing(whole)) || (text[whole.lowerBound] == "无" && whole.count <= 2)
        if Self.measures.match(text, at: whole.lowerBound, to: whole.upperBound) != nil { return }
        if let part = missingPart(whole) {
            found.append(Phrase(key: .marks, range: part, confidence: 0.85))
            return
        }
        if isNegated,
            !Self.scars.isIn(text, whole)
                || Self.negated.isIn(
                    text, whole.lowerBound..<min(whole.upperBound, whole.lowerBound + 3))
                    && !isMissingPart(whole)
        {
            return
        }

        let carried = carries(whole, hint, wasCarrying)
        let worn = garments(whole, hint, wasClothing, carried)
        if !worn.isEmpty {
            found += worn.map {
                Phrase(key: .clothing, range: $0, confidence: hint == .clothing ? 0.95 : 0.9)
            }
        }
        if let carried, worn.isEmpty || carried.lowerBound >= (worn.last?.upperBound ?? 0) {
            found.append(Phrase(key: .items, range: carried, confidence: 0.8))
            return
        }
        if hint == .clothing, worn.isEmpty, whole.count >= 2, !Self.bareWear.isIn(text, whole),
            Self.colours.isIn(text, whole), !Self.scars.isIn(text, whole),
            !Self.goods.isIn(text, whole)
        {
            found.append(Phrase(key: .clothing, range: whole, confidence: 0.6))
            return
        }
        // 头戴黑帽 has a part of the body and no mark.
        let rest = worn.isEmpty ? whole : whole.lowerBound..<whole.lowerBound
        if rest.isEmpty { return }
        state(rest, hint, &found)
    }

    static let positive = Lexicon<Void>("正常 良好 健康 清醒 清楚 流利 清晰 尚可")

    /// 神志清醒 and 无异常 say nothing; 不太清醒 does.
    func saysNothing(_ piece: Range<Int>) -> Bool {
        for at in piece {
            guard let (_, end) = Self.negated.match(text, at: at, to: piece.upperBound) else {
                continue
            }
            if Self.positive.match(text, at: at, to: end) != nil,
                (max(piece.lowerBound, at - 3)..<at).contains(where: {
                    text[$0] == "不" || text[$0] == "欠" || text[$0] == "失"
                })
            {
                continue
            }
            return true
        }
        return false
    }

    /// 右手没有小拇指, 左手大拇指没有指甲.
    func missingPart(_ piece: Range<Int>) -> Range<Int>? {
        guard piece.count <= 20 else { return nil }
        for at in piece where at > piece.lowerBound + 1 {
            let end =
                text.has("没有", at: at)
                ? at + 2 : text[at] == "无" || text[at] == "没" ? at + 1 : at
            guard end > at,
                Self.body.match(text, at: end, to: piece.upperBound) != nil
                    || Self.lost.match(text, at: end, to: piece.upperBound) != nil,
                let part = (piece.lowerBound..<at).first(where: {
                    Self.body.match(text, at: $0, to: at) != nil
                        || ["左", "右", "双"].contains(text[$0])
                })
            else { continue }
            return part..<piece.upperBound
        }
        return nil
    }

    static let lost = Lexicon<Void>("小拇指 小指 大拇指 食指 无名指 指甲 手指 牙 耳朵")

    /// 无左手, 没有门牙: what is not there is the mark.
    func isMissingPart(_ piece: Range<Int>) -> Bool {
        var at = piece.lowerBound
        if text[at] == "无" {
            at += 1
        } else if text.has("没有", at: at) {
            at += 2
        } else {
            return false
        }
        return Self.body.match(text, at: at, to: piece.upperBound) != nil
            || Self.sides.match(text, at: at, to: piece.upperBound) != nil
    }

    func garments(
        _ piece: Range<Int>, _ hint: NoticeLabel?, _ wasClothing: Bool, _ carried: Range<Int>?
    ) -> [Range<Int>] {
        if Self.unworn.isIn(text, piece) { return [] }
        var found: [Range<Int>] = []
        var begin = piece.lowerBound
        var hadVerb = false
        var at = piece.lowerBound
        if Self.bareWear.match(text, at: at, to: piece.upperBound) != nil { return [] }
        while at < piece.upperBound {
            if let carried, at == carried.lowerBound, hadVerb == false, hint != .clothing { break }
            // The longest of verb and garment wins: 外套 is no 外 套.
            let verb = Self.wearing.match(text, at: at, to: piece.upperBound)
            let garment = Self.garments.match(text, at: at, to: piece.upperBound)
            if let verb, verb.end > garment?.end ?? 0,
                !(text[at] == "着" && at == begin && found.isEmpty && !hadVerb
                    && hint != .clothing && at > piece.lowerBound)
            {
                if text[verb.end] == "的" && text[verb.end + 1] == "是" {
                    begin = verb.end + 2
                } else {
                    begin = verb.end
                }
                hadVerb = true
                at = max(at + 1, begin)
                continue
            }
            guard let garment else {
                at += 1
                continue
            }
            // 外套紫色棉袄 has a verb in it.
            if text.has("外套", at: at), garment.end == at + 2,
                Self.colours.match(text, at: garment.end, to: piece.upperBound) != nil,
                Self.garments.isIn(text, garment.end..<piece.upperBound)
            {
                (begin, at, hadVerb) = (garment.end, garment.end, true)
                continue
            }
            // 连帽 and 带帽 go on with the garment that has one.
            if text[at] == "帽", garment.end == at + 1, ["连", "带", "戴"].contains(text[at - 1]),
                text[at - 1] != "戴",
                Self.garments.match(text, at: at + 1, to: piece.upperBound) != nil
            {
                at += 1
                continue
            }
            var end = garment.end
            // 裤 of 裤子, 棉 of 棉拖鞋: go on to the last that touches.
            while let more = Self.garments.match(text, at: end, to: piece.upperBound),
                more.end - end <= 3, !Self.isPair(text, garment.end, more.end)
            { end = more.end }
            var start = begin
            while start < at,
                Self.isFiller(text[start]) || Self.joints.match(text, at: start, to: at) != nil
            {
                start = Self.joints.match(text, at: start, to: at)?.end ?? start + 1
            }
            if start == at || start == piece.lowerBound && at == start {
                end = colourBehind(end, piece.upperBound)
            }
            let length = end - start
            let described = start < at && (Self.colours.isIn(text, start..<at) || at - start <= 6)
            let sure =
                hint == .clothing
                || start == piece.lowerBound && end == piece.upperBound
                    && length >= (hint == nil ? 3 : 2)
                || hadVerb || wasClothing
                || (described && length <= 12 && start == piece.lowerBound
                    && Self.colours.isIn(text, start..<at))
            if sure, length <= 26, length >= 2 || hint == .clothing {
                found.append(start..<end)
            }
            begin = end
            at = end
        }
        // 裤子是黑的, 上衣灰色: the garment was taken for the verb.
        if found.isEmpty, hadVerb, hint == nil || hint == .clothing || wasClothing,
            let named = Self.garments.match(text, at: piece.lowerBound, to: piece.upperBound),
            Self.colours.isIn(text, named.end..<piece.upperBound), piece.count <= 8
        {
            return [piece]
        }
        return found
    }

    static func isFiller(_ value: Unicode.Scalar) -> Bool {
        // 的 是 为 着 了 个 :
        value == "的" || value == "是" || value == "为" || value == "着" || value == "了"
            || value == ":" || value == "·"
    }

    /// 上衣裤子 are two things, 牛仔裤 and 迷彩服 one.
    static func isPair(_ text: NoticeText, _ first: Int, _ second: Int) -> Bool {
        let head = text[first - 1]
        if head == "服" || head == "装" || head == "仔" || head == "彩" || head == "襟"
            || head == "袖" || head == "动" || head == "闲" || head == "羽"
            || text[first] == text[first - 2] || head == "底" || head == "带" || head == "拖"
            || head == "京"
        {
            return false
        }  // 牛仔 迷彩 对襟 打底 吊带 棉拖 老北京
        return second - first >= 2 || !["子", "衫", "鞋", "裤"].contains(text[first])
    }

    /// 上衣黑色, 裤子是蓝色的.
    func colourBehind(_ end: Int, _ limit: Int) -> Int {
        var at = end
        while at < limit, Self.isFiller(text[at]) { at += 1 }
        guard at < limit, Self.colours.match(text, at: at, to: limit) != nil else { return end }
        var stop = at
        while stop < min(limit, at + 7), text[stop] != "的", text[stop].isHan,
            Self.garments.match(text, at: stop, to: limit) == nil
        { stop += 1 }
        // 上衣黑色裤子蓝色: the next garment begins behind the colour.
        if stop < limit, Self.garments.match(text, at: stop, to: limit) != nil,
            let colour = (at..<stop).last(where: { text[$0] == "色" })
        {
            return colour + 1
        }
        return stop
    }

    func carries(_ piece: Range<Int>, _ hint: NoticeLabel?, _ wasCarrying: Bool) -> Range<
        Int
    >? {
        for at in piece {
            guard let (_, verbEnd) = Self.carrying.match(text, at: at, to: piece.upperBound) else {
                continue
            }
            // 背部, 携带的: a part of the body, a list that follows elsewhere.
            var begin = verbEnd
            while begin < piece.upperBound,
                Self.isFiller(text[begin]) || text[begin] == "个" || text[begin] == "有"
            { begin += 1 }
            var end = piece.upperBound
            for stop in begin..<end where Self.ends.match(text, at: stop, to: end) != nil {
                end = stop
                break
            }
            let isLone = verbEnd - at == 1
            guard end - begin >= 2 || (end - begin >= 1 && Self.goods.isIn(text, begin..<end))
            else { return nil }
            if text.find("味", in: begin..<end) != nil { return nil }
            if isLone || text[at] == "背", !Self.goods.isIn(text, begin..<end) { continue }
            if text.has("带", at: at), !Self.goods.isIn(text, begin..<end) { continue }
            if text.has("拖着", at: at), !Self.goods.isIn(text, begin..<end) { continue }
            return begin..<end
        }
        if hint == .items
            || (wasCarrying && Self.goods.isIn(text, piece)
                && (text[piece.lowerBound - 1] == "、" || hint == .items))
        {
            if text[piece.lowerBound - 1] == "(" { return nil }
            if text[piece.lowerBound] == "无" || text[piece.lowerBound] == "内" { return nil }
            return piece
        }
        return nil
    }

    /// Marks, hair, build, speech, mind, limbs and illness of one piece.
    func state(_ piece: Range<Int>, _ hint: NoticeLabel?, _ found: inout [Phrase]) {
        func add(_ key: NoticeKey, _ confidence: Double, _ range: Range<Int>? = nil) {
            found.append(Phrase(key: key, range: range ?? piece, confidence: confidence))
        }
        let isShort = piece.count <= 20
        let marked = Self.scars.first(text, in: piece)
        let hasBody = Self.body.first(text, in: piece)
        switch hint {
        case .hair?:
            if isShort { add(.hair, 0.9) }
            return
        case .build?:
            if isShort { add(.build, 0.9) }
            return
        case .mental?:
            if !saysNothing(piece) {
                add(Self.disability.isIn(text, piece) ? .disability : .mental, 0.85)
            }
            return
        case .speech?:
            if !saysNothing(piece) { add(.speech, 0.8) }
            return
        case .disability?:
            if !saysNothing(piece) { add(.disability, 0.85) }
            return
        case .health?:
            guard !saysNothing(piece) else { return }
            if Self.disability.isIn(text, piece) {
                add(.disability, 0.8)
            } else if Self.mental.isIn(text, piece) {
                add(.mental, 0.8)
            } else if Self.speech.isIn(text, piece) {
                add(.speech, 0.8)
            } else if marked != nil, hasBody != nil {
                add(.marks, 0.8)
            } else {
                add(.health, 0.8)
            }
            return
        default: break
        }
        if Self.disability.isIn(text, piece), marked == nil || text.find("残疾", in: piece) != nil,
            isShort
        {
            if !saysNothing(piece) { add(.disability, 0.8, ahead(of: piece, Self.disability)) }
            return
        }
        if Self.mental.isIn(text, piece), marked == nil {
            guard isShort, !saysNothing(piece) else { return }
            add(.mental, 0.8, ahead(of: afterVerb(piece), Self.mental))
            return
        }
        if let marked, isMark(piece, marked.range, hasBody?.range, hint) {
            add(.marks, hasBody != nil ? 0.9 : 0.82, markRange(piece, marked.range))
            return
        }
        if Self.health.isIn(text, piece), isShort {
            // 脑梗以后说话不清 is an illness and what it left.
            if let spoken = Self.speech.first(text, in: piece),
                let ill = Self.health.first(text, in: piece),
                ill.range.upperBound < spoken.range.lowerBound
            {
                add(.health, 0.75, afterVerb(piece.lowerBound..<ill.range.upperBound))
                add(.speech, 0.75, spoken.range)
                return
            }
            add(.health, 0.75, ahead(of: afterVerb(piece), Self.health))
            return
        }
        if Self.speech.isIn(text, piece), piece.count <= 14 {
            add(.speech, 0.75)
            return
        }
        if Self.hair.isIn(text, piece), piece.count <= 14, !Self.isPaper(text, piece) {
            add(.hair, 0.8)
            return
        }
        if Self.build.isIn(text, piece)
            || (piece.count == 1
                && (text[piece.lowerBound] == "瘦" || text[piece.lowerBound] == "胖")),
            piece.count <= 12
        {
            add(.build, 0.8, bareBuild(piece))
            return
        }
        if hint == .marks, !Self.faces.isIn(text, piece), hasBody != nil, piece.count >= 3,
            piece.count <= 20, !Self.negated.isIn(text, piece)
        {
            add(.marks, 0.55)
        }
    }

    static func isPaper(_ text: NoticeText, _ piece: Range<Int>) -> Bool {
        text.find("发现", in: piece) != nil
    }

    /// 患有, 患, 诊断为 before an illness.
    func afterVerb(_ piece: Range<Int>) -> Range<Int> {
        for word in ["患有", "诊断为", "患", "有", "曾患", "得了", "因患"] as [StaticWord]
        where text.has(word, at: piece.lowerBound) {
            let begin = piece.lowerBound + word.count
            if piece.upperBound - begin >= 2 { return begin..<piece.upperBound }
        }
        return piece
    }

    /// 聋哑 of 聋哑老人吴秀英.
    func ahead(of piece: Range<Int>, _ words: Lexicon<Void>) -> Range<Int> {
        guard let word = words.first(text, in: piece)?.range else { return piece }
        var end = word.upperBound
        while end < piece.upperBound, end - word.upperBound < 4 {
            if Self.persons.match(text, at: end, to: piece.upperBound) != nil {
                return piece.lowerBound..<end
            }
            end += 1
        }
        return piece
    }

    /// 偏胖 of 体态偏胖.
    func bareBuild(_ piece: Range<Int>) -> Range<Int> {
        for word in ["体型", "体态", "身材", "身形", "体形", "身体"] as [StaticWord]
        where text.has(word, at: piece.lowerBound) && piece.count > 3 {
            return (piece.lowerBound + 2)..<piece.upperBound
        }
        return piece
    }

    static let strong = Lexicon<Void>("疤 痣 胎记 纹身 文身 刺青 红记 黑记 青记 伤 瘤 斑 麻 歪 斜视")
    static let weak = Lexicon<Void>(
        "缺 少了 缺了 旋 斑 歪 痕 门牙 单眼皮 酒窝 耳洞 凸 断了 颗牙 驼 烧伤 烫伤 萎缩 变形 弯曲 畸形 印记 痕迹 肿大 门牙 咬伤 记号 冻伤 疙瘩 伤痕")

    func isMark(
        _ piece: Range<Int>, _ mark: Range<Int>, _ body: Range<Int>?, _ hint: NoticeLabel?
    ) -> Bool {
        if Self.faces.isIn(text, piece), !Self.strong.isIn(text, piece) { return false }
        let isWeak =
            Self.weak.match(text, at: mark.lowerBound, to: piece.upperBound)?.end == mark.upperBound
        if piece.count > 30 { return false }
        if hint == .marks || hint == .mixed { return body != nil || !isWeak }
        if isWeak { return body != nil }
        // 记者发现…疤 without a part is still a scar; 斜 in a road is not.
        return body != nil || piece.count <= 12
    }

    /// From the part of the body on, if something else stands before it.
    func markRange(_ piece: Range<Int>, _ mark: Range<Int>) -> Range<Int> {
        var end = piece.upperBound
        for at in mark.upperBound..<max(mark.upperBound, piece.upperBound)
        where Self.ends.match(text, at: at, to: piece.upperBound) != nil {
            end = at
            break
        }
        guard
            mark.lowerBound - piece.lowerBound > 8 || text.find("发现", in: piece) != nil
                || text.find("看到", in: piece) != nil
                || text.find(
                    "见", in: piece.lowerBound..<min(piece.upperBound, piece.lowerBound + 3)) != nil
        else {
            return piece.lowerBound..<max(end, mark.upperBound)
        }
        for at in piece.lowerBound..<mark.lowerBound {
            if Self.body.match(text, at: at, to: mark.lowerBound + 1) != nil
                || (text[at] == "左" || text[at] == "右" || text[at] == "双")
            {
                return at..<max(end, mark.upperBound)
            }
        }
        return piece.lowerBound..<max(end, mark.upperBound)
    }
}
