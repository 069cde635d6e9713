import GuituModel

/// What happened to somebody, as verbs tell it.
enum SceneEvent: Sendable {
    /// 发现, 捡到, 徘徊: where the person was come upon.
    case found
    /// 送到, 入站, 转来: where and when the person was brought.
    case arrived
    /// 走失, 离家: where the family saw them last.
    case lost
}

/// Places, dates, bodies and those who brought somebody in, told in prose.
struct NoticeScenes {
    let text: NoticeText
    let isMissing: Bool
    let dates: [DateMention]

    static let events = Lexicon<SceneEvent>([
        (
            .found,
            """
            发现 捡到 捡拾 拾到 遇到 遇见 徘徊 游荡 流浪 乞讨 逗留 滞留 停留 露宿 夜宿 晕倒 昏倒 摔倒 跌倒 迷路 弃 遗弃 抛弃 接回 接到 救下 蜷缩 躺 坐 睡 蹲 拾荒 倒地 转悠 求助 看到 看见 闲逛 哭泣 收留 救助 倒 伏 救起 徒步行走 独自行走 \
            拦下 有一名 有一位 有一个 有名 等了 待了 呆了 住了 乞食 讨食 讨要 捡食 过夜 打捞 打捞起 接报 接警 报警 报案 打110 找到一名 找到一位 转来转去 翻捡 翻垃圾 栖身 哭闹 见她 见他 瞧见 碰到 碰见 撞见 缩成 哭 站着 站在 卧 昏睡 打转 走动 行走 溜达 来回走
            """
        ),
        (
            .arrived,
            "送来 送到 送至 送往 送进 送入 送站 护送 入站 来站 进站 到站 转来 转入 移交 接收 接诊 收治 入院 送院 送医 收容 入住 转送 送诊 带回 带到 接入 转至 送我站 救助到 送回 转介 领来 接来 带来 送过来 领回来 来院 送助"
        ),
        (
            .lost,
            "走失 走丢 失踪 失联 离家 出走 离开 不见 失散 走散 丢失 被拐 被人抱走 抱走 外出 出门 出去 未归 没回 没有回 下落不明 失去联系 失去联络 走没 遛弯 没再回来 再没回来 没有再回来 走了 没回来 一去不 被人拐走 拐走 与家人分散 迷失 最后一次 不见了 找不到 跑了 跑出去 跑掉 跑丢 去上学 走出去 走开 走掉 走没了 跟人走 杳无音信 没有音信 失去音讯 再没有消息 没了消息 没了音讯 人就没了 人没了 没有联系 没联系 被卖 被放在"
        ),
    ])
    static let before = Lexicon<Void>(
        "巡逻至 巡逻到 巡查至 巡查到 行至 途经 路过 经过 流浪至 流浪到 流落到 流落至 游荡到 游荡至 走到 来到 徘徊至 步行至 走至 漂泊到 流浪于 倒卧于 倒卧在 倒于 卧于 躺于 昏倒于 晕倒于 遗弃于 露宿于 弃于 徘徊于 滞留于 救助于 发现于 走失于 失踪于 失踪地点在 走丢于 现身于 巡至 行驶至 行驶到 出现在 出现于 巡游至 走失到 扫到 骑到 开到 巡到 转到 靠上 驶入 流浪在 漂流到 逃到 跑到 行经"
    )

    // MARK: Where

    struct Place {
        var range: Range<Int>
        var event: SceneEvent
        var confidence: Double
    }

    /// Places with what happened there, in the order of the text.
    func places(in range: Range<Int>) -> [Place] {
        var found: [Place] = []
        var at = range.lowerBound
        while at < range.upperBound {
            guard let (begin, given) = opens(at, range) else {
                at += 1
                continue
            }
            var start = begin
            // 于2021年在…: the date is no place.
            if let date = dates.first(where: { $0.range.upperBound > start }),
                date.range.lowerBound - start <= 2
            {
                at = begin
                continue
            }
            if text[start].isDigit,
                text.find("年", in: start..<min(range.upperBound, start + 6)) != nil
                    || text.find("月", in: start..<min(range.upperBound, start + 4)) != nil
            {
                at = begin
                continue
            }
            while text[start] == "了" { start += 1 }
            guard let chunk = NoticePlaces.chunk(text, from: start, to: range.upperBound),
                isPlace(chunk),
                let place = judged(chunk, given, at, begin, range)
            else {
                at += 1
                continue
            }
            found.append(place)
            at = max(at + 1, chunk.upperBound)
        }
        return found + existing(in: range)
    }

    private static let beings = Lexicon<Void>(
        "坐着 坐了 躺着 躺了 蹲着 站着 睡着 趴着 蜷着 蜷缩 缩着 卧着 倒着 倒卧 有一名 有一位 有一个 有个 有名 来了一 走来 捡到 拾到 发现一 发现有 发现了一")
    private static let leads = Lexicon<Void>(
        "看到 看见 发现 瞧见 见到 听见 经过 路过 途经 走到 来到 扫到 到了 把 在 于 从 说 称 报警 赶到 巡查至 巡逻至 他 她 我 时")

    /// 鼓楼西大街尽头坐着一位老人: the place before what is there.
    private func existing(in range: Range<Int>) -> [Place] {
        var found: [Place] = []
        var clause = range.lowerBound
        for at in range {
            switch text.scalars[at] {
            case ",", "。", ";", ":", "“", "”", "!", "?", "(", ")": clause = at + 1
            default: if text.isBreak(at) { clause = at }
            }
            guard at - clause >= 3, Self.beings.match(text, at: at, to: range.upperBound) != nil
            else { continue }
            var begin = clause
            var place = clause
            while place < at {
                if let (_, end) = Self.leads.match(text, at: place, to: at) {
                    (begin, place) = (end, end)
                } else {
                    place += 1
                }
            }
            if let date = dates.last(where: {
                $0.range.lowerBound < at && $0.range.upperBound > begin
            }) {
                begin = afterTime(date.range.upperBound, at)
            }
            guard at - begin >= 3, at - begin <= 26,
                let chunk = NoticePlaces.chunk(text, from: begin, to: at),
                chunk.upperBound + 3 >= at, chunk.count >= 3, isPlace(chunk),
                NoticePlaces.looksLike(text, chunk, isName: false)
            else { continue }
            found.append(Place(range: chunk, event: isMissing ? .lost : .found, confidence: 0.62))
        }
        return found
    }

    /// Behind the time of day and a comma that follow a date.
    func afterTime(_ place: Int, _ limit: Int) -> Int {
        var at = place
        while at < limit, at - place < 12 {
            if let (_, end) = Self.timeOfDay.match(text, at: at, to: limit) {
                at = end
            } else if text[at].isDigit || text[at] == ":" || text[at] == "," || text[at] == "十"
                || Numeral.digit(text[at]) != nil
            {
                at += 1
            } else {
                break
            }
        }
        return at
    }

    /// A word that opens a place: 在, 于, 从, 自, 巡逻至; with the event it tells.
    func opens(_ at: Int, _ range: Range<Int>) -> (end: Int, event: SceneEvent?)? {
        if let (_, end) = Self.before.match(text, at: at, to: range.upperBound) {
            let lost =
                text[at] == "走" && text[at + 1] == "失" || text[at] == "失"
                || text[at + 1] == "丢"
            let passing =
                text[at] == "巡" || text[at] == "行" || text[at] == "途" || text[at] == "路"
                || text[at] == "经"
            return (end, lost ? .lost : passing ? nil : .found)
        }
        let previous = text[at - 1]
        switch text.scalars[at] {
        case "在":  // 在
            guard
                text.has("派出所", before: at)
                    || !["现", "存", "所", "正", "实", "内", "否", "自"].contains(previous)
                    || text.has("发现", before: at)
            else { return nil }
            if [
                "弃", "倒", "躺", "坐", "睡", "蹲", "缩", "宿", "丢", "放",
                "徘", "蜷", "站", "靠", "趴", "卧", "跪", "守", "窝", "停",
            ].contains(previous) || text.has("发现", before: at) || text.has("遗落", before: at) {
                return (at + 1, .found)
            }
            // 家住在, 说在, 住在 are homes.
            if previous == "住" || previous == "家" { return nil }
            if (max(range.lowerBound, at - 10)..<at).contains(where: { text.has("最后", at: $0) }) {
                return (at + 1, isMissing ? .lost : .found)
            }
            if text.has("被看到", before: at) || text.has("最后出现", before: at) {
                return (at + 1, isMissing ? .lost : .found)
            }
            return (at + 1, nil)
        case "于":  // 于
            guard
                ![
                    "由", "关", "对", "终", "属", "鉴", "位", "生", "过", "等",
                    "至", "基",
                ].contains(previous),
                text[at + 1] != "是"
            else { return nil }
            return (at + 1, nil)
        case "从":  // 从
            guard !["此", "小", "事", "未", "不"].contains(text[at + 1]) else {
                return nil
            }
            return (at + 1, nil)
        case "自":  // 自
            guard
                ![
                    "称", "己", "述", "报", "然", "行", "由", "从", "言", "愿",
                    "家", "主", "说", "杀", "理", "治", "留", "助", "诉", "带", "我", "动", "力", "来", "古",
                ].contains(text[at + 1]),
                !["独", "亲", "来", "各", "擅"].contains(previous)
            else { return nil }
            return (at + 1, nil)
        case "由" where isMissing:
            // 由眉县槐芽镇家中去上学
            guard
                NoticePlaces.chunk(text, from: at + 1, to: range.upperBound).map({
                    NoticePlaces.looksLike(text, $0, isName: true)
                }) == true
            else { return nil }
            return (at + 1, nil)
        case "去" where isMissing:
            guard !["出", "回", "过", "进", "失", "上", "下"].contains(previous),
                !["赶", "找", "买", "看", "打", "上", "了", "世", "年", "接", "拿", "取"].contains(text[at + 1])
            else { return nil }
            return (at + 1, nil)
        default: return nil
        }
    }

    static let noPlace = Lexicon<Void>(
        "贵 共同 各方 当时 此 家里 家中 家 外面 外地 一起 我们 路上 途中 街头 身上 其 大家 各地 网上 群里 手机 电话 询问 工作 多方 民警的 公安 派出所的 救助站的 站里 站内 家人 亲人 社会 广大 父母 儿子 女儿 丈夫 妻子 哥哥 姐姐 妹妹 弟弟 朋友 老伴 医护 护送 爱心 今天 昨天 今年 去年 每天 这里 那里 这儿 那儿 哪里 哪 左 右 眉 头 脸 手 脚 腿 背 额 下巴 脖 胸 腰 嘴 鼻 耳 眼 肩 膝 什么 口袋 衣 裤 包里 年 月 不同 各 沟通 交谈 交流 寒风 雨中 大雨 一旁 门外 屋里 外 现场 身份 全国 公众"
    )
    static let help = Lexicon<Void>("努力 帮助下 协助下 配合下 指导 支持下 协作 联合")
    static let holders: [StaticWord] = [
        "救助站", "救助管理站", "福利院", "敬老院", "养老院", "救助管理中心", "托养中心", "荣民之家", "救助中心",
    ]

    func isPlace(_ chunk: Range<Int>) -> Bool {
        if text[chunk.lowerBound].isDigit,
            !(text.find("国道", in: chunk) != nil || text.find("省道", in: chunk) != nil
                || text.find("号", in: chunk) != nil || text.find("路", in: chunk) != nil)
        {
            return false
        }
        if let (_, end) = Self.noPlace.match(text, at: chunk.lowerBound, to: chunk.upperBound) {
            // 家 of 家乐福, 手 of 手帕街: the word is all, or the rest is no place.
            if end == chunk.upperBound || chunk.upperBound - end <= 2
                || !NoticePlaces.looksLike(text, end..<chunk.upperBound, isName: false)
            {
                return false
            }
        }
        if text.has("辖区", before: chunk.upperBound) { return false }
        if Self.help.isIn(text, chunk) { return false }
        for holder in Self.holders where text.has(holder, before: chunk.upperBound) { return false }
        return true
    }

    /// What happened at `chunk`, by the verb before or the first one after it.
    func judged(
        _ chunk: Range<Int>, _ given: SceneEvent?, _ at: Int, _ begin: Int, _ range: Range<Int>
    ) -> Place? {
        if let given { return Place(range: chunk, event: given, confidence: 0.9) }
        // 从十堰那边走山路过来 tells of home.
        if !isMissing, text[at] == "从", comes(after: chunk, range) { return nil }
        var place = chunk.upperBound
        var commas = 0
        let last = min(range.upperBound, chunk.upperBound + 32)
        while place < last {
            let value = text.scalars[place]
            if value == "。" || value == ";" || text.gap(place) >= NoticeText.Gap.paragraph {
                break
            }
            if value == "," || value == "!" || (place > chunk.upperBound && text.isBreak(place)) {
                commas += 1
            }
            if commas > (isMissing ? 2 : 1) { break }
            if let (event, end) = Self.events.match(text, at: place, to: range.upperBound) {
                if isName(place) || isRide(place)
                    || text.has("未", before: place) && event == .found
                    || text.has("疑似", before: place)
                {
                    place = end
                    continue
                }
                let near = place - chunk.upperBound
                var confidence = near <= 4 ? 0.92 : commas == 0 ? 0.8 : 0.66
                let isSpot = NoticePlaces.looksLike(text, chunk, isName: false)
                if !isSpot { confidence -= 0.25 }
                switch event {
                case .found: break
                case .arrived:
                    // 在码头由渔政送来, 从烟草局门口送来; not 在医院接受移交.
                    guard isSpot, near <= 14 else { return nil }
                    confidence -= 0.2
                    return Place(
                        range: chunk, event: isMissing ? .lost : .found, confidence: confidence)
                case .lost:
                    // 未归 far away tells of leaving; so does 从…出去.
                    if !isMissing, text[at] != "从", near > 12 { return nil }
                    // 走失21年的 is told long after.
                    if text.gap(end) == 0, text[end].isDigit || Numeral.digit(text[end]) != nil {
                        return nil
                    }
                }
                return Place(range: chunk, event: event, confidence: confidence)
            }
            place += 1
        }
        // 2020年4月18日 于 庐江县泥河镇, and no verb.
        if !isMissing, text[at] == "于", dates.contains(where: { $0.range.upperBound == at }) {
            return Place(range: chunk, event: .found, confidence: 0.5)
        }
        if isMissing, text[at] == "从", NoticePlaces.looksLike(text, chunk, isName: false) {
            return Place(range: chunk, event: .lost, confidence: 0.6)
        }
        // 在万达广场三楼, and no word of what happened.
        if isMissing, text[at] == "在", NoticePlaces.looksLike(text, chunk, isName: true),
            chunk.count >= 4
        {
            return Place(range: chunk, event: .lost, confidence: 0.35)
        }
        // 在桥头 with a verb that nobody listed.
        if !isMissing, text[at] == "在", NoticePlaces.endsInSpot(text, chunk) {
            return Place(range: chunk, event: .found, confidence: 0.38)
        }
        return nil
    }

    /// Whether somebody comes here from `chunk`: 从内黄一路走来.
    func comes(after chunk: Range<Int>, _ range: Range<Int>) -> Bool {
        guard NoticePlaces.looksLike(text, chunk, isName: true),
            !NoticePlaces.endsInSpot(text, chunk) || text[chunk.upperBound - 1] == "县"
                || text[chunk.upperBound - 1] == "市"
        else { return false }
        for at in chunk.upperBound..<min(range.upperBound, chunk.upperBound + 12) {
            if [",", "。", ";", "接", "送", "领", "带", "救"].contains(text[at]) { return false }
            if text[at] == "来" { return true }
        }
        return false
    }

    /// A place right behind a date or the time of day: 10月3日相山公园北门发现.
    func bare(after place: Int, in range: Range<Int>, needsVerb: Bool = true) -> Place? {
        var at = place
        while at < range.upperBound, at - place < 10,
            Self.timeOfDay.match(text, at: at, to: range.upperBound) != nil || text[at].isDigit
                || text[at] == ":"
                || Numeral.digit(text[at]) != nil
                    && (text[at + 1] == "时" || text[at + 1] == "点")
                || text[at] == "十"
        {
            if let (_, end) = Self.timeOfDay.match(text, at: at, to: range.upperBound) {
                at = end
            } else {
                at += 1
            }
        }
        if text[at] == "," { at += 1 }
        // A word that opens a place has been looked at already.
        if ["在", "从", "于", "自", "由", "被"].contains(text[at]) { return nil }
        guard let chunk = NoticePlaces.chunk(text, from: at, to: range.upperBound), isPlace(chunk),
            NoticePlaces.looksLike(text, chunk, isName: false)
        else { return nil }
        var next = chunk.upperBound
        while next < min(range.upperBound, chunk.upperBound + 6) {
            if let (event, _) = Self.events.match(text, at: next, to: range.upperBound),
                event != .arrived
                    || !Organisations.mentions(text, in: chunk).contains(where: {
                        $0.range.upperBound == chunk.upperBound
                    })
            {
                return Place(
                    range: chunk, event: event == .arrived ? .found : event,
                    confidence: event == .arrived ? 0.5 : 0.72)
            }
            if text[next] == "," || text[next] == "。" { break }
            next += 1
        }
        guard !needsVerb || NoticePlaces.looksLike(text, chunk, isName: true), chunk.count >= 4,
            !chunk.contains(where: { text[$0] == "在" })
        else {
            return nil
        }
        return Place(range: chunk, event: isMissing ? .lost : .found, confidence: 0.45)
    }

    static let timeOfDay = Lexicon<Void>(
        "上午 下午 中午 早上 早晨 清晨 凌晨 傍晚 晚上 晚 夜里 夜间 深夜 午后 时 点 分 许 多 左右 半 钟 早 夜 那天 当天")

    // MARK: When

    /// What a date tells of: the first event after it in its sentence, or the
    /// one before when it closes the clause.
    func event(of date: DateMention, next: Int, in range: Range<Int>) -> (
        event: SceneEvent, confidence: Double
    )? {
        var at = date.range.upperBound
        var commas = 0
        let last = min(range.upperBound, next, at + 70)
        var arrived: Double?
        while at < last {
            let value = text.scalars[at]
            if value == "。" || value == ";" || text.gap(at) >= NoticeText.Gap.line { break }
            if value == "," || text.isBreak(at) { commas += 1 }
            if isMissing
                ? Self.filed.match(text, at: at, to: last) != nil && commas == 0
                : Self.told.match(text, at: at, to: last) != nil && commas <= 1 && arrived == nil
            {
                return nil
            }
            if let (event, end) = Self.events.match(text, at: at, to: range.upperBound) {
                // Kin who come for somebody end the story, and so does the way home.
                if text.has("接回", at: at) || text.has("接走", at: at),
                    text.find("被", in: max(range.lowerBound, at - 6)..<at) != nil
                {
                    return nil
                }
                if text.has("返乡", at: end) || text.has("回家", at: end) || text.has("回到", at: end)
                    || text.has("返回", at: end) || text.has("老家", at: end)
                {
                    return nil
                }
                if text.has("家属", before: at) || text.has("家人", before: at)
                    || text.has("亲属", before: at) || text.has("亲人", before: at)
                {
                    return nil
                }
                let sure = commas == 0 ? 0.92 : commas == 1 ? 0.85 : 0.7
                if isName(at) || text.has("疑似", before: at)
                    || event == .lost && text.gap(end) == 0
                        && (text[end].isDigit || Numeral.digit(text[end]) != nil)
                    || (event == .lost && !isMissing
                        && (text.has("老人", at: end) || text.has("人员", at: end)
                            || text.has("男", at: end) || text.has("女", at: end)
                            || text.has("儿童", at: end)))
                {
                    at = end
                    continue
                }
                // 发现 further on is when; 送 comes after it.
                if event == .arrived {
                    arrived = arrived ?? sure
                } else {
                    return (event, sure)
                }
                at = end
                continue
            }
            // 检票口来了一位没有票的阿姨
            if !isMissing, arrived == nil, Self.beings.match(text, at: at, to: last) != nil {
                return (.found, 0.75)
            }
            at += 1
        }
        if let arrived { return (.arrived, arrived) }
        // 走失于9月5日, 发现时间是…, 入站(2021.3.2)
        at = date.range.lowerBound
        let begin = max(range.lowerBound, at - 8)
        while at > begin {
            at -= 1
            if text[at] == "。" || text[at] == ";" || text[at] == "," { break }
            if let (event, end) = Self.events.match(text, at: at, to: date.range.lowerBound),
                date.range.lowerBound - end <= 3
            {
                return (event, 0.85)
            }
        }
        return nil
    }

    /// 坐大巴 is no sitting.
    func isRide(_ place: Int) -> Bool {
        text[place] == "坐"
            && ["大", "车", "火", "公", "高", "客", "上", "船", "错", "过"].contains(text[place + 1])
    }

    /// 救助 of 救助站 happens to nobody.
    func isName(_ place: Int) -> Bool {
        text.has("救助站", at: place) || text.has("救助管理", at: place) || text.has("救助中心", at: place)
            || text.has("救助保护", at: place) || text.has("求助热线", at: place)
            || text.has("求助电话", at: place) || text.has("救助热线", at: place)
            || text.has("流浪乞讨人员", at: place) || text.has("流浪人员", at: place)
            || text.has("救助对象", at: place) || text.has("流浪救助", at: place)
    }

    static let filed = Lexicon<Void>("版 受理 立案 判决 申请 发布 刊发 刊登 发的 发帖 讯")
    static let told = Lexicon<Void>(
        "受理 立案 判决 申请 刊发 发帖 记者 告诉 介绍 表示 发布 公告 通知 截至 截止 走进 举办 举行 志愿者 说 报道 刊登 来到 出生 生于 公示 讯 采血")
}
