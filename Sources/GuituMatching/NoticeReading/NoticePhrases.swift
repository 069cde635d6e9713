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
