/// Who brought somebody in.
extension NoticeScenes {
    /// 由渔政送来, 渡口派出所民警把老人送到, 被好心人送至.
    func escorts(in range: Range<Int>, organisations: [Organisation]) -> [(
        range: Range<Int>, confidence: Double
    )] {
        var found: [(range: Range<Int>, confidence: Double)] = []
        var at = range.lowerBound
        while at < range.upperBound {
            guard text[at] == "由" || text[at] == "被",
                let actor = actor(from: at + 1, to: range.upperBound)
            else {
                at += 1
                continue
            }
            found.append((actor, text[at] == "由" ? 0.88 : 0.75))
            at = actor.upperBound
        }
        for at in range {
            guard let (_, end) = Self.people.match(text, at: at, to: range.upperBound) else {
                continue
            }
            for next in end..<min(range.upperBound, end + 8) {
                if text[next] == "," || text[next] == "。" { break }
                if Self.sends.match(text, at: next, to: range.upperBound) != nil {
                    found.append((at..<end, 0.55))
                    break
                }
            }
        }
        for organisation in organisations
        where organisation.kind < .hospital && range.contains(organisation.range.lowerBound) {
            var next = organisation.range.upperBound
            while next < min(range.upperBound, organisation.range.upperBound + 16) {
                if text[next] == "," || text[next] == "。" { break }
                if Self.sends.match(text, at: next, to: range.upperBound) != nil
                    || text[next] == "送"
                {
                    found.append((organisation.range, 0.7))
                    break
                }
                next += 1
            }
        }
        return found
    }

    static let sends = Lexicon<Void>(
        "送来 送到 送至 送往 送进 送入 送站 护送 转来 转入 移交 转送 送医 送诊 带回 带到 送回 送院 送 转介 救助送 发现送 发现并送 发现后送 转送")

    static let people = Lexicon<Void>(
        "村民 群众 市民 路人 好心人 热心人 环卫工人 热心市民 热心群众 保安 司机 志愿者 民警 村干部 护林员 店主 好心村民 巡逻民警")

    func actor(from begin: Int, to limit: Int) -> Range<Int>? {
        var begin = begin
        for word in ["巡逻的", "热心的", "路过的", "当地的", "附近的", "好心的", "当地", "执勤的", "值班的"] as [StaticWord]
        where text.has(word, at: begin) { begin += word.count }
        var at = begin
        while at < min(limit, begin + 26) {
            let value = text.scalars[at]
            if value == "," || value == "。" || value == ";" || value == ":"
                || text.isBreak(at) && at > begin
            {
                return nil
            }
            if at > begin,
                Self.sends.match(text, at: at, to: limit) != nil
                    || text[at] == "发" && text[at + 1] == "现" || text[at] == "自"
                    || text[at] == "从" || text[at] == "在" || text.has("工作人员", at: at)
                    || text.has("于", at: at) || text.has("将", at: at)
            {
                // The verb may stand further on: 由120自…接回, 由居委会工作人员在…发现送来.
                var end = at
                if text.has("民警", before: end), end - begin > 2 { end -= 2 }
                let stop = min(limit, at + 30)
                guard end - begin >= 2,
                    (at..<max(at, stop)).contains(where: {
                        Self.sends.match(text, at: $0, to: limit) != nil || text.has("接回", at: $0)
                    })
                else { return nil }
                return begin..<end
            }
            at += 1
        }
        return nil
    }
}
