import GuituModel

/// Names in a text: whose, and how they were learned.
struct NameMention {
    var range: Range<Int>
    var isHeard: Bool
    /// 小名, 绰号, what the station calls somebody, a quoted call-name.
    var isAlias: Bool
    var confidence: Double
    /// What follows the name and its bracket.
    var end: Int
}

enum Names {
    private static let surnames: Set<Unicode.Scalar> = {
        var set: Set<Unicode.Scalar> = []
        for value in UInt32(0x3400)...0x9FFF {
            if let scalar = Unicode.Scalar(value), Surnames.isSurname(Character(scalar)) {
                set.insert(scalar)
            }
        }
        // Rare ones that interviewers meet; the table of names leaves them out.
        for scalar in "遆佀妫渠禤湛茅於尉奉琚旷蹇冒释仵玄熬苌斐庚恭蒿鸿桓戢翦郐蒉寥泠卯闽沐溥祈耆羌郯巍甯智靖逯仡郄昝亓幺召刀岩玉依罕波则吉阿马沙曲俄日海勒"
            .unicodeScalars
        { set.insert(scalar) }
        return set
    }()
    private static let compounds = Lexicon<Void>(Surnames.compound.joined(separator: " "))

    private static let triggers = Lexicon<Kind>([
        (
            .name,
            """
            姓名 自诉姓名 自诉叫 自诉 全名 全名叫 大名 大名叫 学名 学名叫 原名 原名叫 登记名 会写自己的名字 写的名字是 名叫 姓名叫 名字叫 名字叫做 叫做 自称叫 自称名叫 自称名字叫 自称是 自称为 自称 自称姓名 自述 自己名字 自己的名字 自报姓名 自报姓名为 自报叫 自报名叫 自报名 自报 自述叫 自述名叫 自述姓名 自述自己叫 说自己叫 说自己名叫 说叫 说她叫 说他叫 \
            姓名为 姓名是 名字是 名字为 名为 真名叫 真实姓名 本名 本名叫 真名 口称 自称自己叫 自我介绍叫 身份为 叫 说名字叫 说自己是 自己说叫 确认为 确认是 自言叫 读音为 音似 发音似 听着像 听起来像
            """
        ),
        (.quoted, "只说 只答 答 回答 只会说 只知道 就说 答道 说 念叨 只记得 写下 写出 写了 称"),
        (
            .alias,
            """
            又名 小名 小名叫 绰号 绰号叫 乳名 乳名叫 外号 外号叫 曾用名 人称 大家叫她 大家叫他 站里叫她 站里叫他 站内取名 别名 取名 取名为 起名 起名为 取名叫 起名叫 临时取名 暂名 暂取名 称呼她 称呼他 \
            称他为 称她为 叫他 叫她 昵称 都叫她 都叫他 唤作 喊他 喊她 喊作 管他叫 管她叫 自称小名
            """
        ),
    ])
    private enum Kind: Sendable { case name, alias, quoted }

    /// What cannot be inside a name and ends one.
    private static let stops = Lexicon<Void>(
        """
        都 常 总是 男 女 今年 现年 年龄 家住 家在 家是 在 于 是 的 和 与 及 来自 自称 说 已 被 从 患 有 身高 性别 出生 老人 先生 女士 小姐 同志 师傅 大爷 大妈 阿姨 回到 走失 失踪 现 的家 因 身 岁 家人 站 住 系 回 \
        称 并 也 还 年约 约 目测 等 就 将 把 向 到 至 由 称呼 这 那 为 一 二十 三十 四十 五十 六十 七十 八十 体 自 随 不 没 会 穿 电话 手机 联系 了 吗 呢 啊 他 她 我 联 着 户籍 口音 籍贯 汉族 的名字 或 还是 又名 小名 民族 高 左右 是否 离家 出走 去 出 终于 之 此 其 属 精神 智力 哭 听 头 当 曾 患者 人 生于 年仅
        """)
    private static let veto = Lexicon<Void>(
        """
        米 黑瘦 高瘦 干瘦 瘦瘦 聋哑 家 家住 家在 左 左手 右 老人 老家 于是 时 应 向 和 和平 常 都 能 那 何时 何地 万分 高 高度 高大 白 白色 黄色 黑色 蓝色 花 花白 安徽 河南 河北 湖南 湖北 江苏 江西 云南 山东 山西 贵州 广西 广东 陕西 甘肃 宁夏 单独 单身 \
        方言 方便 路边 路过 路口 车站 车内 车上 党员 全身 全部 全家 水边 公安 公共 东北 东边 西边 南方 南边 北方 北边 门口 门卫 终于 金色 石头 古稀 双手 双目 双眼 双腿 双脚 幸好 国庆 马上 马路 牛仔 温和 温柔 明显 后 连 连日 干净 米 年 房 屋 \
        于昨 于今 盛 项 龙凤胎 成年 成功 强壮 计 谈吐 言 言语 习惯 满 满头 满口 满嘴 宿舍 包 冷 冷得 苦 苦寻 富 广 广场 尚 尚可 尚未 乐观 沙哑 玉 曲折 阿婆 阿姨 阿公 阿伯 阿妈 阿爸 皮肤 皮 付 那里 那边 商 商店 商场 平时 平头 宝宝 日 巴 有时 海边 海 生 施救 申请 季节 简单 明确 凤 席 相 相关 储 阴天 时间 时常 时而 华 来
        """)
    private static let kin = Lexicon<Void>(
        """
        大仔 二仔 细仔 老大 老二 爸 妈 父亲 母亲 哥 弟 姐 妹 儿子 女儿 丈夫 妻子 老公 老婆 叔 舅 姑 爷爷 奶奶 外公 外婆 孙 老伴 媳妇 村 镇 乡 地方 地名 记者 民警 站长 司机 医生 护士 社工 志愿者 院长 校长 通讯员 所长 同乡 老乡 邻居 朋友 老板 男友 女友 同学 同事 工友 前夫 侄 外甥 学校 厂 警官
        """)

    // MARK: One name

    /// A name of two to four characters at `place`; nil when it is none.
    static func name(_ text: NoticeText, _ place: Int, _ limit: Int) -> Range<Int>? {
        guard place < limit, text.scalars[place].isHan else { return nil }
        // 一米七三
        if text[place] == "米", Numeral.digit(text[place - 1]) != nil || text[place - 1].isDigit {
            return nil
        }
        var least = 2
        var most = 3
        if compounds.match(text, at: place, to: limit) != nil {
            (least, most) = (3, 4)
        } else if !surnames.contains(text.scalars[place]) {
            return nil
        }
        var end = place + 1
        while end < limit, end - place < most, text.scalars[end].isHan,
            text.gap(end) == 0 || text.isScan && text.gap(end) == 1,
            end - place < least - 1 || stops.match(text, at: end, to: text.count) == nil
                || isGiven(text, end, place + least - 2)
        {
            end += 1
        }
        // A name of the minorities with a dot: 阿卜杜·热合曼.
        guard end - place >= 2, end - place >= least else { return nil }
        return place..<end
    }

    /// 和 in 李和平 and 有 in 张有才: a stop that is followed by a name's end.
    private static func isGiven(_ text: NoticeText, _ at: Int, _ place: Int) -> Bool {
        guard at == place + 1 else {
            // The last character of three, right before punctuation.
            let next = text[at + 1]
            return at == place + 2 && !next.isHan
                && [
                    "高", "之", "为", "和", "会", "有", "民", "现", "在", "人",
                    "头", "一",
                ].contains(text[at])
                && !text[at - 1].isDigit
        }
        let after = text[at + 2]
        return text[at + 1].isHan
            && (!after.isHan || text.gap(at + 2) > NoticeText.Gap.none
                || stops.match(text, at: at + 2, to: text.count) != nil)
            && [
                "和", "有", "在", "于", "向", "自", "家", "会", "一", "就",
                "来", "到", "至", "高", "身", "为", "当", "之", "其", "随",
            ].contains(text[at])
    }

    static func isSurname(_ value: Unicode.Scalar) -> Bool { surnames.contains(value) }

    /// The quoted words at `place`.
    static func quoted(_ text: NoticeText, _ place: Int, _ limit: Int) -> Range<Int>? {
        guard text[place] == "“" else { return nil }
        var end = place + 1
        while end < limit, end - place <= 8, text[end] != "”" { end += 1 }
        guard text[end] == "”", end > place + 1 else { return nil }
        return (place + 1)..<end
    }

    /// Whether 音 stands in or behind what follows a name.
    static func heard(_ text: NoticeText, after place: Int) -> (isHeard: Bool, end: Int) {
        var at = place
        if text[at] == "”" { at += 1 }
        if text.has("二字", at: at) || text.has("两字", at: at) || text.has("三字", at: at) { at += 2 }
        if text[at] == "(" {
            var close = at + 1
            var heard = false
            while close < min(text.count, at + 16), text[close] != ")" {
                if text[close] == "音" { heard = true }
                close += 1
            }
            return (heard, text[close] == ")" ? close + 1 : at)
        }
        if text[at] == "音", !text[at + 1].isHan || text[at + 1] == "译" {
            return (true, text[at + 1] == "译" ? at + 2 : at + 1)
        }
        if text.has(",音", at: at) || text.has("谐音", at: at) || text.has("音译", at: at) {
            return (true, at + 2)
        }
        return (false, at)
    }

    // MARK: In prose

    static func mentions(_ text: NoticeText, in range: Range<Int>, isMissing: Bool) -> [NameMention]
    {
        var found: [NameMention] = []
        var at = range.lowerBound
        var clause = at
        while at < range.upperBound {
            let value = text.scalars[at]
            if value == "," || value == "。" || value == ";" || value == "!"
                || text.isBreak(at)
            {
                clause = text.isBreak(at) ? at : at + 1
            }
            if let (kind, end) = triggers.match(text, at: at, to: range.upperBound),
                let mention = triggered(text, kind, at, end, clause, range, isMissing)
            {
                found.append(mention)
                at = max(at + 1, mention.range.upperBound)
                continue
            }
            if at == clause || text[at - 1] == ":" || text[at - 1] == "]" || text[at - 1] == ")",
                let mention = opening(text, at, range)
            {
                found.append(mention)
                at = mention.range.upperBound
                continue
            }
            if let mention = introduced(text, at, range, isMissing) { found.append(mention) }
            at += 1
        }
        return found
    }

    private static func triggered(
        _ text: NoticeText, _ kind: Kind, _ at: Int, _ end: Int, _ clause: Int, _ range: Range<Int>,
        _ isMissing: Bool
    ) -> NameMention? {
        // 我叫 is the writer; 爸爸叫, 有个哥哥叫 are relatives unless it is 我爸叫.
        let single = end - at == 1
        // "我叫沙马木果" is told by the one found.
        let isTold = text.has("“我", before: at) && !isMissing
        if text[at - 1] == "我", !isTold, single || text[at] == "名" { return nil }
        let before = max(clause, at - 10)..<at
        // 她告诉社工她叫“林爱珠”: the one who says so, not the one who was told.
        let isOwn = text[at - 1] == "她" || text[at - 1] == "他"
        if single, !isOwn, let (_, kinRange) = kin.first(text, in: before),
            !(isMissing && kinRange.lowerBound == clause
                && (text.isTalk || isSought(text, kinRange, in: range))),
            text[kinRange.lowerBound - 1] != "我",
            text[kinRange.lowerBound - 1] != "俺", text[kinRange.lowerBound - 2] != "我"
        {
            return nil
        }
        if text.has("不", before: at) || text.has("大", before: at) || text.has("喊", before: at)
            || text.has("呼", before: at)
        {
            return nil
        }
        var place = end
        while text[place] == ":" || text.has("叫", at: place) || text[place] == "是"
            || text[place] == "为"
        { place += 1 }
        if isTold,
            let close = (place..<min(text.count, place + 6)).first(where: { !text[$0].isHan }),
            close - place >= 2
        {
            return NameMention(
                range: place..<close, isHeard: false, isAlias: name(text, place, close) == nil,
                confidence: 0.85, end: close)
        }
        if let quoted = quoted(text, place, range.upperBound) {
            // 自称“李家湾”人, 自称姓“普”: a place, a surname.
            let after = text[quoted.upperBound + 1]
            if after == "人" || after == "的" || after == "村" { return nil }
            let (isHeard, stop) = heard(text, after: quoted.upperBound)
            if quoted.count == 1 && kind == .name { return nil }
            let full =
                name(text, quoted.lowerBound, quoted.upperBound)?.upperBound == quoted.upperBound
            if kind == .quoted, !isAsked(text, clause, at), !isHeard,
                !text.has("二字", at: quoted.upperBound + 1),
                !text.has("两字", at: quoted.upperBound + 1)
            {
                return nil
            }
            let first = text[quoted.lowerBound]
            let calls =
                first == "阿" || first == "老" || first == "小" && quoted.count == 2
                || (quoted.count == 2 && first == text[quoted.lowerBound + 1])
            // 写的名字是“母安” is a name, whatever surnames we know.
            let isNamed =
                !text.has("登记的", before: at) && end - at >= 3 && (2...3).contains(quoted.count)
            let isAlias = kind == .alias || !(full || isNamed) || calls
            return NameMention(
                range: quoted, isHeard: isHeard, isAlias: isAlias, confidence: isAlias ? 0.8 : 0.93,
                end: stop)
        }
        // “仪陇”, “女儿”: what somebody repeats is no name by itself.
        if kind == .quoted { return nil }
        if kind == .alias {
            var stop = place
            while stop < range.upperBound, stop - place < 4, text.scalars[stop].isHan,
                text.gap(stop) == 0 || stop == place,
                stops.match(text, at: stop, to: text.count) == nil
            { stop += 1 }
            guard stop - place >= 2, text[at - 1] != "]" else { return nil }
            return NameMention(
                range: place..<stop, isHeard: false, isAlias: true, confidence: 0.75, end: stop)
        }
        guard let name = name(text, place, range.upperBound),
            veto.match(text, at: place, to: place + name.count) == nil
                || !text[name.upperBound].isHan && name.count == 3
        else { return nil }
        let next = text[name.upperBound]
        let closes =
            !next.isHan || text.gap(name.upperBound) > 0
            || stops.match(text, at: name.upperBound, to: text.count) != nil || next == "音"
        guard closes else { return nil }
        // 自称家住, 自称湖南人: the place that a trigger may also bring.
        if isPlaceWord(text, name) { return nil }
        let (isHeard, stop) = heard(text, after: name.upperBound)
        return NameMention(
            range: name, isHeard: isHeard, isAlias: false, confidence: single ? 0.85 : 0.92,
            end: stop)
    }

    /// 爷爷叫… where 我爷爷 is looked for.
    private static func isSought(_ text: NoticeText, _ kin: Range<Int>, in range: Range<Int>)
        -> Bool
    {
        range.contains { at in
            text[at] == "我"
                && kin.allSatisfy { text[at + 1 + $0 - kin.lowerBound] == text[$0] }
        }
    }

    /// 问他叫什么，他只说“二柱”.
    private static func isAsked(_ text: NoticeText, _ clause: Int, _ at: Int) -> Bool {
        let before = max(0, clause - 16)..<clause
        return text.find("叫什么", in: before) != nil || text.find("姓名", in: before) != nil
            || text.find("名字", in: before) != nil
    }

    /// 尕玛措，女，: a line that begins so names somebody, whatever the surname.
    private static func beforeSex(_ text: NoticeText, _ place: Int, _ range: Range<Int>)
        -> Range<Int>?
    {
        var end = place
        while end < range.upperBound, end - place < 5, text.scalars[end].isHan { end += 1 }
        guard (3...4).contains(end - place), text[end] == ",",
            SexWords.stands(text, end + 1) != nil, nouns.isIn(text, place..<end) == false
        else { return nil }
        return place..<end
    }

    /// 张三,男 or 孟宪桃,女,71岁 at the beginning of a clause.
    private static func opening(_ text: NoticeText, _ at: Int, _ range: Range<Int>) -> NameMention?
    {
        var place = at
        let inQuotes = text[at] == "“"
        if inQuotes { place += 1 }
        if let called = called(text, at, range) { return called }
        if let last = closing(text, at, range) { return last }
        guard
            let name = name(text, place, range.upperBound)
                ?? (text.gap(at) >= NoticeText.Gap.line ? beforeSex(text, at, range) : nil),
            !isPlaceWord(text, name)
        else { return nil }
        var (isHeard, next) = heard(text, after: name.upperBound)
        if inQuotes, next == name.upperBound { return nil }
        let hadBreak =
            text[next] == "," || text[next] == "、" || text[next] == ":" || text.gap(next) > 0
            || next > name.upperBound
        if [",", "、", "(", ":"].contains(text[next]) { next += 1 }
        let follows =
            SexWords.stands(text, next) != nil || text.has("性别", at: next)
            || SexWords.nouns.match(text, at: next, to: text.count) != nil
                && text.gap(next) >= NoticeText.Gap.wide
            || text.has("现年", at: next)
            || text.has("今年", at: next) || text.has("年龄", at: next) || text.has("享年", at: next)
            || text[next + 1] == "族" || text[next + 2] == "族"
            || text.has("汉族", at: next) || text.has("出生", at: next)
            || (Numeral.read(text, next).map { text[$0.end] == "岁" } ?? false)
            || (Numeral.plain(text, next, limit: 4).map {
                $0.value > 1900 && text[$0.end] == "年"
            } ?? false && text.find("生", in: next..<min(text.count, next + 14)) != nil)
            || (hadBreak && (text.has("乳名", at: next) || text.has("小名", at: next)))
        guard follows,
            hadBreak || SexWords.stands(text, next) != nil || text.has("今年", at: next)
                || text.has("现年", at: next)
        else { return nil }
        if veto.match(text, at: place, to: name.upperBound) != nil, name.count < 3 { return nil }
        return NameMention(
            range: name, isHeard: isHeard, isAlias: false, confidence: 0.93, end: next)
    }

    /// 楚村镇退休教师葛振声，男: the name that ends a clause before the sex.
    private static func closing(_ text: NoticeText, _ at: Int, _ range: Range<Int>) -> NameMention?
    {
        var end = at
        while end < range.upperBound, end - at < 24, text.scalars[end].isHan,
            end == at || !text.isBreak(end)
        { end += 1 }
        guard end - at >= 5, text[end] == ",", SexWords.stands(text, end + 1) != nil,
            let name = name(text, end - 3, end), name.upperBound == end,
            veto.match(text, at: end - 3, to: end) == nil
                || surnames.contains(text[end - 3]), !isPlaceWord(text, name)
        else { return nil }
        return NameMention(range: name, isHeard: false, isAlias: false, confidence: 0.7, end: end)
    }

    /// “胖娃”,男 and 小安安,女: call-names where a name would stand.
    private static func called(_ text: NoticeText, _ at: Int, _ range: Range<Int>) -> NameMention? {
        if let quoted = quoted(text, at, range.upperBound), quoted.count >= 2, quoted.count <= 4,
            text[quoted.upperBound + 1] == ",",
            SexWords.stands(text, quoted.upperBound + 2) != nil,
            name(text, quoted.lowerBound, quoted.upperBound)?.upperBound != quoted.upperBound
        {
            return NameMention(
                range: quoted, isHeard: false, isAlias: true, confidence: 0.8,
                end: quoted.upperBound + 1)
        }
        guard text[at] == "小" || text[at] == "阿", text[at + 1].isHan else { return nil }
        for end in (at + 2)...(at + 3)
        where text[end] == "," && SexWords.stands(text, end + 1) != nil {
            return NameMention(
                range: at..<end, isHeard: false, isAlias: false, confidence: 0.75, end: end)
        }
        return nil
    }

    private static let nouns = Lexicon<Void>(
        "老人 老汉 男子 女子 男孩 女孩 妇女 老太太 老奶奶 老爷爷 大爷 大妈 大娘 大叔 大姐 老太 老人家 小伙 小伙子 姑娘 少年 少女 青年 村民 患者 老伯 阿婆 阿公 婆婆 孩子 男童 女童 走失者 受助者 受助人员 受助人 流浪汉 走失人员 老兵 精神病人 大哥 阿姨"
    )
    private static let relations = Lexicon<Void>(
        """
        妹子 弟 哥 姐 妹 叔 舅 姑 二弟 三弟 大弟 小弟弟 二妹 三妹 大妹 舅舅 大舅 二舅 三舅 姨父 姑父 儿媳 儿媳妇 女婿 弟媳 嫂子 堂妹 表妹 堂姐 双胞胎弟弟 双胞胎哥哥 双胞胎妹妹 双胞胎姐姐 外孙 外孙女 孙儿 老表 父亲 母亲 爸爸 妈妈 老爸 老妈 爸 妈 爷爷 奶奶 外公 外婆 姥姥 姥爷 儿子 女儿 哥哥 弟弟 姐姐 妹妹 大哥 二哥 三哥 大姐 二姐 三姐 叔叔 伯伯 舅舅 姑姑 姑妈 姨妈 阿姨 婶婶 丈夫 妻子 老公 老婆 爱人 老伴 孩子 侄子 侄女 外甥 表哥 表弟 表姐 堂哥 堂弟 公公 婆婆 岳父 岳母 亲人 家人 爹 娘 老爹 老娘 阿爸 阿妈 家属 二叔 三叔 大伯 大爷 小弟 小妹 孙子 孙女 老父亲 老母亲 阿婆 阿公
        """)

    /// 71岁老人金顺姬, 52岁的龙某菊, 我父亲田桂花, 系汝南人张新民.
    private static func introduced(
        _ text: NoticeText, _ at: Int, _ range: Range<Int>, _ isMissing: Bool
    ) -> NameMention? {
        var place = at
        var confidence = 0.8
        if text[at] == "岁" {
            place += 1
            if text[place] == "的" { place += 1 }
            if let (_, end) = nouns.match(text, at: place, to: range.upperBound) { place = end }
        } else if let (_, end) = nouns.match(text, at: at, to: range.upperBound) {
            place = end
            confidence = 0.7
        } else if isMissing,
            text[at] == "我" || text[at] == "俺" || text.has("寻找", at: at)
                || text.has("寻", at: at) && text.isBreak(at) || text.has("本人", at: at)
        {
            place += text.has("寻找", at: at) || text.has("本人", at: at) ? 2 : 1
            if text[place] == "我" { place += 1 }
            if text[place] == "的" || text[place] == "家" { place += 1 }
            if text[place] == "的" { place += 1 }
            if let (_, end) = relations.match(text, at: place, to: range.upperBound) {
                place = end
            } else if !text.has("寻找", at: at) {
                return nil
            }
            confidence = 0.85
        } else if isMissing,
            ["家父", "家母", "其父", "其母", "其子", "其女", "其妻", "其夫"].contains(where: {
                text.has($0, at: at)
            })
        {
            place += 2
            confidence = 0.85
        } else if isMissing, text[at] == "之",
            ["父", "母", "妻", "夫", "子", "女", "兄", "弟", "姐", "妹"]
                .contains(text[at + 1])
        {
            // 本人之父
            place += 2
            confidence = 0.85
        } else if isMissing, text.gap(at) >= NoticeText.Gap.line || text[at - 1] == ":",
            let (_, end) = relations.match(text, at: at, to: range.upperBound),
            text.gap(end) < NoticeText.Gap.line, end - at >= 2
        {
            // 父亲 鲍宏兴 as a line of a poster.
            place = end
        } else if text[at] == "人", text[at + 1].isHan, isOrigin(text, at, range) {
            place += 1
        } else {
            return nil
        }
        guard place > at, let name = name(text, place, range.upperBound),
            veto.match(text, at: place, to: text.count) == nil
                || confidence > 0.8 && name.count == 3 && !text[name.upperBound].isHan,
            !isPlaceWord(text, name)
        else { return nil }
        let next = text[name.upperBound]
        let closes =
            !next.isHan || text.gap(name.upperBound) > 0
            || (stops.match(text, at: name.upperBound, to: text.count) != nil
                && (text[at] == "岁" || confidence > 0.8))
        guard closes else { return nil }
        let (isHeard, stop) = heard(text, after: name.upperBound)
        return NameMention(
            range: name, isHeard: isHeard, isAlias: false, confidence: confidence, end: stop)
    }

    /// 系河南汝南人 and 是山东单县人 before a name.
    private static func isOrigin(_ text: NoticeText, _ at: Int, _ range: Range<Int>) -> Bool {
        var begin = at
        while begin > range.lowerBound, at - begin < 14, text[begin - 1].isHan, !text.isBreak(begin)
        {
            begin -= 1
        }
        return (begin..<at).contains {
            text[$0] == "系" || text[$0] == "是" || text[$0] == "为"
        }
            && NoticePlaces.looksLike(text, (at - 2)..<at, isName: true)
    }

    private static func isPlaceWord(_ text: NoticeText, _ range: Range<Int>) -> Bool {
        if text[range.upperBound - 1] == "氏" || text.has("那边", at: range.upperBound)
            || text.has("那里", at: range.upperBound) || text.has("那一带", at: range.upperBound)
        {
            return true
        }  // 韦氏
        if text[range.upperBound - 1] == "人",
            NoticePlaces.isKnown(text, range.lowerBound, range.upperBound) != nil
                || range.count == 3
        {
            return true
        }
        let last = text[range.upperBound - 1]
        let next = text[range.upperBound]
        if last == "族", range.count == 3 || next == "," { return true }
        let admin: [Unicode.Scalar] = ["省", "市", "县", "区", "镇", "乡", "村", "州"]
        return admin.contains(last) || admin.contains(next) || text.has("某某", at: range.lowerBound)
            || next == "人" || next == "籍"
    }
}
