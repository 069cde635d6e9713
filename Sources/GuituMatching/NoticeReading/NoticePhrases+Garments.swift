/// What is worn and carried.
extension NoticePhrases {
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
}
