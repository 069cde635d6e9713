/// Words that say whether somebody is a man or a woman.
enum SexWords {
    enum Sex: Sendable { case male, female }

    static let nouns = Lexicon<Sex>([
        (
            .male,
            """
            无名男 阿公 男性 男尸 男子 男童 男孩 男婴 男青年 男士 老汉 老翁 老头 老头子 老头儿 老大爷 大爷 老爷爷 大叔 小伙 小伙子 老伯 阿伯 老爷子 男患者 男人 流浪汉 中年男 男孩子 汉子 老大哥 大哥 老先生 之父 之夫 之兄 之弟 家父 男娃 男老人 小男孩 帅哥 老叔 爷爷
            """
        ),
        (
            .female,
            """
            无名女 小妹妹 女性 女尸 女子 女童 女孩 女婴 女青年 妇女 老太太 老太 老太婆 老奶奶 婆婆 阿婆 大妈 大娘 大婶 妇人 老妇 老妇人 老妪 少女 女患者 女人 姑娘 小姑娘 女孩子 大姐 之母 之妻 之姐 之妹 家母 女娃 女老人 小女孩 阿姨 奶奶 女流浪人员 老大娘 老婆婆 老阿姨 妹子 老妈妈
            """
        ),
    ])
    private static let relatives = Lexicon<Sex>([
        (
            .male,
            "弟 哥 二弟 三弟 大弟 二舅 三舅 大舅 岳丈 舅舅 父亲 爸爸 老爸 爸 爷爷 外公 姥爷 儿子 哥哥 弟弟 大哥 二哥 三哥 叔叔 伯伯 舅舅 丈夫 老公 侄子 外甥 表哥 表弟 堂哥 堂弟 公公 岳父 爹 老爹 阿爸 二叔 三叔 大伯 大爷 小弟 孙子 叔 老父亲 爷 姑父 姨父 阿公 舅"
        ),
        (
            .female,
            "姐 妹 二妹 大妹 三妹 弟媳 儿媳 母亲 妈妈 老妈 妈 奶奶 外婆 姥姥 女儿 姐姐 妹妹 大姐 二姐 三姐 姑姑 姑妈 姨妈 阿姨 婶婶 妻子 老婆 侄女 外甥女 表姐 表妹 堂姐 婆婆 岳母 娘 老娘 阿妈 小妹 孙女 老母亲 大妈 媳妇 嫂子 阿婆 姑 姨 太婆"
        ),
    ])

    /// 男 or 女 that stands for itself.
    static func stands(_ text: NoticeText, _ place: Int) -> Sex? {
        let value = text[place]
        guard value == "男" || value == "女" else { return nil }
        let next = text[place + 1]
        let closed =
            !next.isHan && !next.isDigit || text.gap(place + 1) > 0 || next == "性"
            || text.has("年龄", at: place + 1)
            || next == "约" || next == "的" && !text[place + 2].isHan
            || next.isDigit && text.find("岁", in: place..<min(text.count, place + 8)) != nil
            || text.has("身高", at: place + 1) || text.has("汉族", at: place + 1)
            || text.has("目测", at: place + 1) || text.has("现年", at: place + 1)
            || text.has("今年", at: place + 1)
            || (Numeral.chinese(text, place + 1).map {
                text[$0.end] == "岁" || text[$0.end] == "多" || text[$0.end] == "来"
            } ?? false)
        guard closed else { return nil }
        return value == "男" ? .male : .female
    }

    struct Reading {
        var sex: Sex
        var range: Range<Int>
        var confidence: Double
    }

    /// The sex of the person a stretch tells of; nil when it does not say.
    static func reading(_ text: NoticeText, _ range: Range<Int>, isMissing: Bool) -> Reading? {
        var votes: [(Reading, Double)] = []
        var at = range.lowerBound
        // 儿子五岁左右 and 妹妹约4岁 begin what is told of one of two.
        if let (sex, end) = relatives.match(text, at: at, to: range.upperBound), end - at == 2 {
            votes.append((Reading(sex: sex, range: at..<end, confidence: 0.85), 2))
            at = end
        }
        while at < range.upperBound {
            if let sex = stands(text, at) {
                let previous = text[at - 1]
                // 子女, 男女 and 男312人 are nobody.
                if !(previous == "子" || previous == "男" || previous == "儿"),
                    !isCount(text, at + 1)
                {
                    votes.append((Reading(sex: sex, range: at..<(at + 1), confidence: 0.97), 3))
                }
                at += 1
                continue
            }
            if let (sex, end) = nouns.match(text, at: at, to: range.upperBound) {
                // 郑大爷 is somebody with a name; 您的儿女 nobody.
                let named =
                    text.gap(at) == 0 && Names.isSurname(text[at - 1]) && !text[at - 2].isHan
                let own = text.has("我", before: at) || text.has("的", before: at)
                votes.append(
                    (
                        Reading(sex: sex, range: at..<end, confidence: 0.9),
                        named ? 0.4 : own && !isMissing ? 1 : 1.6
                    ))
                at = end
                continue
            }
            if text[at] == "我" || text[at] == "俺" || text.has("寻找", at: at)
                || text.has("寻", at: at)
            {
                var place = at + (text.has("寻找", at: at) ? 2 : 1)
                if text[place] == "我" { place += 1 }
                if text[place] == "的" || text[place] == "家" { place += 1 }
                if isMissing,
                    let (sex, end) = relatives.match(text, at: place, to: range.upperBound)
                {
                    votes.append((Reading(sex: sex, range: place..<end, confidence: 0.9), 2))
                    at = end
                    continue
                }
            }
            if text[at] == "她" {
                votes.append((Reading(sex: .female, range: at..<(at + 1), confidence: 0.8), 0.4))
            }
            if text[at] == "他", text[at - 1] != "其" {
                votes.append((Reading(sex: .male, range: at..<(at + 1), confidence: 0.7), 0.2))
            }
            at += 1
        }
        if isMissing, votes.isEmpty, let (sex, found) = relatives.first(text, in: range) {
            return Reading(sex: sex, range: found, confidence: 0.6)
        }
        // The first word that tells is about the person; later ones may be others.
        var totals: [Double] = [0, 0]
        for (order, vote) in votes.prefix(12).enumerated() {
            totals[vote.0.sex == .male ? 0 : 1] += vote.1 / (1 + 0.35 * Double(order))
        }
        guard totals[0] != totals[1] else { return nil }
        let winner: Sex = totals[0] > totals[1] ? .male : .female
        guard var best = votes.filter({ $0.0.sex == winner }).max(by: { $0.1 < $1.1 })?.0 else {
            return nil
        }
        let share = max(totals[0], totals[1]) / (totals[0] + totals[1])
        best.confidence *= share
        return best
    }

    private static func isCount(_ text: NoticeText, _ place: Int) -> Bool {
        guard let (_, end) = Numeral.plain(text, place, limit: 6) else { return false }
        return text[end] == "人" || text[end] == "名"
    }
}
