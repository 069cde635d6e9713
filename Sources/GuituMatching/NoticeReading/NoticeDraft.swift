import GuituModel

/// What kind of story a stretch of text tells.
struct Situation {
    var kind: NoticePerson.Kind
    var isReunited: Bool
    /// Persons of both kinds stand in one text.
    var isMixed = false

    private static let found = Lexicon<Int>([
        (0, "头条寻人 寻人弹窗 爱心寻人 以图寻人 寻人平台 寻人群"),
        (
            3,
            "捡到一 捡到了一 拾到一 找他的家人 找她的家人 寻亲登记 无名患者 协查通报 送来的 认领启事 寻亲公告 寻亲启事 救助寻亲 寻找家人 寻找亲人 受助人员 滞留人员 无名氏 无名患者 认领 寻亲 寻家 送站 入站 来站 我站 找家 寻找亲属 走失人员认领"
        ),
        (
            2,
            "救助管理站 救助站 福利院 敬老院 发现时间 发现地点 发现一名 发现一位 捡拾 流浪 迷路 送来 护送 接诊 收治 被发现 无法联系家属 找不到家 身份不明 联系不上家人 遇到一位 遇到一名"
        ),
        (1, "协查 发现 派出所 民警 医院 移交 徘徊 自称 自述 目测 口音 疑似"),
    ])
    private static let seen = Lexicon<Void>(
        "您认识 谁认识 认识这位 认识她 认识他 看到一位 看到一名 看到一个 看见一个 发现一个 发现了一个 现在人在 将她送 将他送 便将 是不是谁家 谁家老人 谁家孩子 人在派出所")
    private static let missing = Lexicon<Int>([
        (
            4,
            "寻人启事 寻人启示 寻父启示 失蹤人口 失踪人口 走失时间 走失地点 失踪时间 失踪地点 走失日期 失踪日期 失联时间 失联地点 寻人 走失人 失踪人 尋人 寻找父亲 寻找母亲 寻找儿子 寻找女儿 寻找弟弟 寻找哥哥 寻找我 寻子 寻父 寻母 寻夫 寻妻 寻女 走丢时间 走丢地点 宝贝回家"
        ),
        (
            3,
            "没再回来 就没回 没见了 没看到 不见了 找不到了 走没了 没回家 还没回 到现在没 没有回来 没有再回 再也没 杳无音信 杳无音讯 音讯全无 没有消息 至今没有消息 无下落 失去联系 我弟 我舅舅 我二弟 我婆婆 我公公 我岳父 老头子出去 家父 家母 我老头子 爸,回家 妈,回家 你在哪里 寻找我丈夫 撤销寻人 寻我 我爸 我妈 我奶奶 我爷爷 我父亲 我母亲 我儿子 我女儿 我弟弟 我哥 我姐 我妹 我叔 我舅 我老公 我老婆 我丈夫 我妻子 我的弟弟 我的儿子 我的父亲 我的母亲 我的女儿 我的孩子 我外公 我外婆 我姑 我伯 我家老人 我老伴 我侄 走失至今 至今未归 离家出走 从家中走失 查找走失 查找我 失联 走丢了 没回家 至今没有回来 被人抱走 被拐 家人焦急 联系家属"
        ),
        (1, "走失的"), (2, "走散 走失 走丢 失踪 重谢 重金 酬谢 外出未归 未归 没回来 下落不明"),
        (1, "离家 有见到 有看到 急寻 速与 好心人"),
    ])
    private static let solved = Lexicon<Int>([
        (
            3,
            "父亲接回 母亲接回 儿子接回 女儿接回 侄子接回 由父亲接 由母亲接 由儿子接 由女儿接 母亲领回 父亲领回 家长领回 已回家 已找到家人 已经找到 已找到 已与家人团聚 已团圆 已团聚 与家人团聚 与亲人团聚 与亲人团圆 与家人团圆 亲人团聚 家属接回 家人接回 由家属接 被家人接 被家属接 家属领回 家人领回 已接回 成功返乡 送回家 顺利返家 护送返乡 回到了家 回到家中 回到老家 回家了 回来了 找到家人 找到了家人 找到亲人 找到了亲人 找到家了 认亲 一家团圆 终于团圆 终于团聚 团圆了 寻亲成功 安全返回 已安全 返回家乡 重回家 接回家中 接回家 回到亲人 终于回家 终于找到 平安到家 平安回家 已由家属 已由家人 已被家人 已被家属 已联系上家 已核实身份 重逢 相认 护送回家 找回 家人接走 家属接走 亲人接走 被接走 被接回 已返乡 找到他的家 找到她的家 帮他找到家 帮她找到家 团聚"
        )
    ])
    private static let unsolved = Lexicon<Void>(
        "仍在寻找 尚未找到 还没有找到 还没找到 未找到 没有找到 无法找到 继续寻找 早日 希望 尽快 帮助找 帮他找 帮她找 帮忙 协助 让她回家 让他回家 盼 期待 寻找家人 找到家人吗 能否 如果 如能 若"
    )

    /// What is about no person held or looked for, though it has ages and heights.
    private static let other = Lexicon<Int>([
        (
            3,
            "招聘 诚聘 急聘 招工 征婚 月薪 寻狗 寻猫 寻车 寻物 嫌疑人 作案 盗窃 悬赏 小说 连载 未完待续 爱犬 宠物 通缉 在逃 辟谣 谣言 造谣 虚假信息 旧闻 诈骗 防骗 填表说明 填写说明 采购 供货 面议 包吃住 择偶 房屋出租 失物招领 失主 求购 非诚勿扰 工资 安全提醒 安全提示 温馨提示 便民提示 友情提示 招收 招生 报名 模拟 演练 样例 示例 模板 范例 填写"
        ),
        (
            1,
            "志愿服务 慰问 走访 理发 简讯 组织 职责 负责 年龄最大 人次 培训 讲座 应当 不得 制度 规定 办法 细则 提醒 家长 市民朋友 开放日 参观 活动 栏 注明 逐项 其中 共计 同比 累计 请记录 如发现 若发现 请记下 要教 情形"
        ),
    ])
    private static let cases = Lexicon<Void>(
        "被发现 走失时间 走失地点 发现时间 发现地点 入站时间 寻人启事 寻亲公告 认领 急寻 寻找家人 现寻 入站日期 走失日期 自称 自报 经查 该男子 该女子 该人 老人")

    /// Ads, warnings, rules, totals: every word of a notice and nobody looked for.
    static func isOther(_ text: NoticeText, _ range: Range<Int>) -> Bool {
        var points = 0
        var seen: Set<Int> = []
        var told = 0
        for at in range {
            if let (weight, end) = other.match(text, at: at, to: range.upperBound),
                weight == 1 || seen.insert(Int(text[at].value) << 4 | end - at).inserted
            {
                points += weight
            }
            if let (_, end) = cases.match(text, at: at, to: range.upperBound),
                seen.insert(Int(text[at].value) << 8 | end - at).inserted
            {
                told += 1
            }
        }
        return points >= 3 && points > told * 2
    }

    private var foundScore = 0
    private var missingScore = 0

    init(_ text: NoticeText, _ layout: NoticeLayout) {
        (foundScore, missingScore) = Self.scores(text, text.all)
        kind = missingScore > foundScore ? .missing : .found
        isReunited = Self.isSolved(text, text.all)
    }

    /// The situation of one person of several, by the words near them.
    func narrowed(to range: Range<Int>, _ text: NoticeText, isList: Bool) -> Situation {
        guard isList else { return self }
        var own = self
        // 已团圆： and 寻人： stand before the stretch on its line.
        var begin = range.lowerBound
        while begin > 0, range.lowerBound - begin < 10, text.gap(begin) < NoticeText.Gap.line,
            text[begin - 1] != "。", text[begin - 1] != ";"
        { begin -= 1 }
        let head = begin..<range.upperBound
        let (found, missing) = Self.scores(text, head)
        if missing >= found + 2 { own.kind = .missing }
        if found >= missing + 2 { own.kind = .found }
        own.isMixed = own.kind != kind || (missing >= 2 && kind == .found)
        own.isReunited = Self.isSolved(text, head)
        return own
    }

    private static func scores(_ text: NoticeText, _ range: Range<Int>) -> (
        found: Int, missing: Int
    ) {
        var (sumFound, sumMissing, sumSeen) = (0, 0, 0)
        var counted: Set<Int> = []
        for at in range {
            if let (points, end) = found.match(text, at: at, to: range.upperBound) {
                // A word counts once, or a long report outvotes its title.
                if counted.insert(Int(text[at].value) << 20 | Int(text[end - 1].value) << 4 | 1)
                    .inserted
                {
                    sumFound += points
                }
            }
            if sumSeen == 0, seen.match(text, at: at, to: range.upperBound) != nil { sumSeen = 3 }
            if let (points, end) = missing.match(text, at: at, to: range.upperBound) {
                let told = text.has("疑似", before: at) || text.has("老人", at: end) && points == 2
                if !told,
                    counted.insert(Int(text[at].value) << 20 | Int(text[end - 1].value) << 4 | 2)
                        .inserted
                {
                    sumMissing += points
                }
            }
        }
        return (sumFound + sumSeen, sumMissing)
    }

    private static func isSolved(_ text: NoticeText, _ range: Range<Int>) -> Bool {
        for at in range {
            guard let (_, end) = solved.match(text, at: at, to: range.upperBound) else { continue }
            // 早日与家人团聚 is a wish.
            var begin = at
            while begin > range.lowerBound, at - begin < 24,
                !["。", ";", "!"].contains(text[begin - 1]),
                text.gap(begin) < NoticeText.Gap.line
            { begin -= 1 }
            if unsolved.isIn(text, begin..<at) { continue }
            var tail = end
            while tail < range.upperBound, tail - end < 6,
                !["。", ";", ","].contains(text[tail])
            { tail += 1 }
            if text[tail] == "?" || text.has("的希望", at: end) || text.has("活动", at: end) {
                continue
            }
            return true
        }
        return false
    }
}

/// What was read of one person, several candidates a key, before one is chosen.
struct NoticeDraft {
    struct Candidate {
        var value: NoticeField.Value
        var range: Range<Int>?
        var confidence: Double
        /// Before confidence: the day found before the day of arrival.
        var rank = 0
    }

    let text: NoticeText
    var situation: Situation
    let range: Range<Int>
    var fields: [NoticeKey: [Candidate]] = [:]
    /// Dates that already mean something.
    var used: [Range<Int>] = []

    init(text: NoticeText, situation: Situation, range: Range<Int>) {
        self.text = text
        self.situation = situation
        self.range = range
    }

    mutating func add(
        _ key: NoticeKey, _ value: NoticeField.Value, _ range: Range<Int>?, _ confidence: Double,
        rank: Int = 0
    ) {
        fields[key, default: []].append(
            Candidate(value: value, range: range, confidence: confidence, rank: rank))
    }

    mutating func addText(_ key: NoticeKey, _ range: Range<Int>, _ confidence: Double) {
        guard !range.isEmpty, range.count <= 80 else { return }
        add(key, .text(text.written(range)), range, confidence)
    }

    mutating func addName(_ name: NameMention) {
        addText(name.isAlias ? .aliases : .name, name.range, name.confidence)
        if name.isHeard, !name.isAlias { add(.nameHeard, .flag(true), name.range, name.confidence) }
    }

    mutating func addAge(_ age: AgeMention, _ confidence: Double) {
        let source =
            age.source ?? (situation.kind == .missing || situation.isReunited ? .register : nil)
        // Papers before own words before looks.
        let rank = source == .register ? 0.03 : source == .own ? 0.02 : source == nil ? 0.015 : 0
        add(
            .age, .range(age.low, age.high, stated: source ?? .estimated), age.range,
            min(0.99, confidence + rank), rank: age.time == 0 && isTitle(age.range) ? -1 : age.time)
    }

    /// A headline rounds what the text below tells exactly.
    private func isTitle(_ range: Range<Int>) -> Bool {
        var at = range.lowerBound
        while at > 0, text.gap(at) < NoticeText.Gap.line { at -= 1 }
        guard at == 0 else { return false }
        var end = range.upperBound
        while end < text.count, end < 40, text.gap(end) < NoticeText.Gap.line {
            if text[end] == "。" || text[end] == ":" { return false }
            end += 1
        }
        return end < 40 && end < text.count
    }

    mutating func addHeight(_ height: HeightMention, _ confidence: Double) {
        add(
            .height, .range(height.low, height.high, stated: nil), height.range,
            min(0.99, confidence + (height.isPresent ? 0.03 : 0)))
    }

    mutating func addDate(_ date: DateMention, _ event: SceneEvent, _ confidence: Double) {
        let key: NoticeKey = event == .lost ? .dateMissing : .dateFound
        // The day of arrival stands in for the day found.
        let sure = date.day == nil ? confidence - 0.02 : confidence
        if situation.kind == .missing, key == .dateFound { return }
        add(key, .text(date.written), date.range, sure, rank: event == .arrived ? 0 : 1)
    }

    mutating func addPlace(_ place: NoticeScenes.Place) {
        if situation.kind == .missing {
            addText(
                .placeMissing, place.range,
                place.event == .lost ? place.confidence : place.confidence - 0.25)
        } else {
            addText(
                place.event == .lost ? .placeMissing : .placeFound, place.range, place.confidence)
        }
    }

    /// Fills what the person's own text leaves open.
    mutating func complete(from common: NoticeDraft, isAlone: Bool) {
        for key in [
            NoticeKey.station, .contacts, .escortedBy, .dateFound, .placeFound, .dateMissing,
            .placeMissing,
        ]
        where fields[key] == nil {
            let ofMissing = key == .dateMissing || key == .placeMissing
            if key != .contacts, ofMissing != (situation.kind == .missing) { continue }
            if situation.isReunited, key == .escortedBy || key == .placeFound { continue }
            fields[key] = common.fields[key]?.map {
                Candidate(value: $0.value, range: $0.range, confidence: $0.confidence - 0.05)
            }
        }
        if let station = common.fields[.station]?.max(by: { $0.confidence < $1.confidence }),
            situation.kind == .found,
            (fields[.station]?.map(\.confidence).max() ?? 0) < station.confidence - 0.05
        {
            fields[.station] = [station]
        }
    }

    /// Whether enough was read for a human being and not a rule or a total.
    func isSomebody(inList: Bool) -> Bool {
        func has(_ key: NoticeKey) -> Bool { fields[key]?.isEmpty == false }
        let facts = [NoticeKey.sex, .age, .name, .code, .height, .aliases, .birthYear].count {
            has($0)
        }
        let looks = [NoticeKey.marks, .clothing, .hair, .build, .disability, .mental].count {
            has($0)
        }
        let scenes = [NoticeKey.placeFound, .placeMissing, .dateFound, .dateMissing, .placeClaimed]
            .count { has($0) }
        if inList { return facts >= 2 || (facts >= 1 && looks + scenes >= 1) }
        if facts >= 3 { return true }
        guard has(.age) || has(.name) || has(.height) || has(.code) || has(.birthYear) else {
            return has(.sex) && scenes >= 1 && looks >= 1 || has(.aliases) && scenes >= 1
        }
        return facts >= 2 && looks + scenes >= 1 || looks >= 2 && scenes >= 1
            || facts >= 1 && scenes >= 2
    }

    // MARK: Choosing

    func person() -> NoticePerson {
        var chosen: [NoticeField] = []
        for key in NoticeKey.allCases {
            guard let candidates = fields[key], !candidates.isEmpty else { continue }
            if key.isList {
                chosen += list(key, candidates)
            } else if let best = best(key, candidates) {
                chosen.append(field(key, best))
            }
        }
        return NoticePerson(
            kind: situation.kind, isReunited: situation.isReunited, fields: tidied(chosen))
    }

    private func field(_ key: NoticeKey, _ candidate: Candidate) -> NoticeField {
        NoticeField(
            key: key, value: candidate.value, span: candidate.range.map(text.span),
            confidence: min(0.99, max(0.05, candidate.confidence)))
    }

    private func best(_ key: NoticeKey, _ candidates: [Candidate]) -> Candidate? {
        if key == .age {
            // A register beats own words, own words beat looks.
            func rank(_ candidate: Candidate) -> Int {
                guard case .range(_, _, let stated) = candidate.value else { return 0 }
                return stated == .register ? 2 : stated == .own ? 1 : 0
            }
            let top = candidates.map(rank).max() ?? 0
            let least = (candidates.map(\.confidence).max() ?? 0) - 0.15
            let fitting = candidates.filter { rank($0) == top && $0.confidence >= least }
            return fitting.first { $0.rank > 0 } ?? fitting.first { $0.rank == 0 } ?? fitting.first
                ?? candidates.first
        }
        // The first of equals: what comes later is about something else.
        var best: Candidate?
        for candidate in candidates {
            guard let one = best else {
                best = candidate
                continue
            }
            if candidate.rank > one.rank
                || (candidate.rank == one.rank && candidate.confidence > one.confidence + 0.001)
            {
                best = candidate
            }
        }
        guard let best, best.confidence >= 0.3 || key == .sex else { return nil }
        return best
    }

    private func list(_ key: NoticeKey, _ candidates: [Candidate]) -> [NoticeField] {
        var kept: [Candidate] = []
        for candidate in candidates {
            let again = kept.contains { other in
                if other.value == candidate.value { return true }
                guard let one = other.range, let two = candidate.range else { return false }
                return one.overlaps(two)
            }
            if !again { kept.append(candidate) }
        }
        kept.sort { ($0.range?.lowerBound ?? 0) < ($1.range?.lowerBound ?? 0) }
        return kept.map { field(key, $0) }
    }

    /// Last agreement between fields.
    private func tidied(_ fields: [NoticeField]) -> [NoticeField] {
        var fields = fields
        let name = fields.first { $0.key == .name }
        if name == nil { fields.removeAll { $0.key == .nameHeard } }
        // Who was lost from home and is found has a home.
        if situation.kind == .found, situation.isReunited,
            !fields.contains(where: { $0.key == .placeClaimed }),
            var home = fields.first(where: { $0.key == .placeMissing })
        {
            home.key = .placeClaimed
            home.confidence = min(home.confidence, 0.6)
            fields.insert(home, at: fields.firstIndex { $0.key == .placeMissing } ?? 0)
        }
        // The name and the nickname from one place are one.
        if let name { fields.removeAll { $0.key == .aliases && $0.value == name.value } }
        // Who holds somebody did not bring them in the same breath.
        if let station = fields.first(where: { $0.key == .station })?.value {
            fields.removeAll { $0.key == .escortedBy && $0.value == station }
        }
        if situation.kind == .missing {
            fields.removeAll { [.escortedBy, .placeFound, .dateFound].contains($0.key) }
        }
        return fields
    }
}

/// The words that name an accent: 四川口音, 客家话, 像是靖州话.
enum Accents {
    private static let verbs = Lexicon<Void>(
        "讲 说 操 会说 会讲 带 带有 听口音像 听口音似 口音像 口音似 口音为 口音是 像是 像 似 疑似 是 为 只会讲 只会说 能说 听 有 一口 说话 说话像是 说话像 说话带有 说话是 说着 用 的 着 满口 懂 能讲 略带 浓重的 近似 类似 说话带 听着像 只会 可能是 听上去像"
    )
    private static let foreign = Lexicon<Void>(
        "电话 说话 讲话 的话 废话 闲话 通话 对话 听话 回话 笑话 神话 问话 搭话 实话 无口音 没有口音 没口音 话语 二话 插话 听不懂 地方口音 不会说 不会讲 不说 不讲 胡话 少语 不语 寡语 无语 梦话 好话 几句话 一句话 童话 怪话 无法听懂 不懂"
    )

    static func mentions(_ text: NoticeText, in range: Range<Int>) -> [(
        range: Range<Int>, confidence: Double
    )] {
        var found: [(range: Range<Int>, confidence: Double)] = []
        var clause = range.lowerBound
        for at in range {
            let value = text.scalars[at]
            if value == "," || value == "。" || value == ";" || value == "、" || value == ":"
                || value == "(" || value == "“"
            {
                clause = at + 1
            } else if text.isBreak(at) {
                clause = at
            }
            let isAccent = text.has("口音", at: at)
            let isTongue =
                value == "话" || text.has("方言", at: at)
                || value == "语" && !text.has("语言", at: at) && !text.has("语", at: at - 1)
            guard isAccent || isTongue, at >= clause else { continue }
            let end = isAccent || text.has("方言", at: at) ? at + 2 : at + 1
            // 口音似甘肃, 听口音像湖南
            if isAccent {
                for word in ["似", "像", "为", "是", "像是", "疑似", "类似"] as [StaticWord]
                where text.has(word, at: end) {
                    var begin = end + word.count
                    if text[begin] == "是" { begin += 1 }
                    var stop = begin
                    while stop < range.upperBound, text[stop].isHan, stop - begin < 8,
                        !text.isBreak(stop) || stop == begin
                    { stop += 1 }
                    if stop - begin >= 2 { found.append((begin..<stop, 0.85)) }
                    break
                }
                if found.last.map({ $0.range.lowerBound >= at }) == true { continue }
            }
            var begin = max(clause, end - 12)
            var hadVerb = false
            var place = begin
            while place < at {
                if let (_, stop) = verbs.match(text, at: place, to: at) {
                    begin = stop
                    hadVerb = true
                    place = stop
                } else {
                    place += 1
                }
            }
            guard at - begin >= 1, end - begin <= 10, begin < at else { continue }
            let phrase = begin..<end
            if (max(range.lowerBound, begin - 3)..<end).contains(where: {
                foreign.match(text, at: $0, to: end) != nil
            }) {
                continue
            }
            let isAlone =
                begin == clause
                && (end == range.upperBound || !text[end].isHan || text.isBreak(end))
                && end - begin <= 4
            if !isAccent, !(hadVerb || isAlone) || at - begin > 5 { continue }
            if text.has("普通", at: begin) { continue }
            found.append((phrase, isAccent ? 0.9 : 0.82))
        }
        return found
    }
}

extension NoticePhrases {
    /// 不会说话 behind 语言： is how somebody speaks, not an accent.
    func isSpeech(_ range: Range<Int>) -> Bool {
        phrases(in: range, hint: nil).contains { $0.key == .speech || $0.key == .disability }
    }
}
