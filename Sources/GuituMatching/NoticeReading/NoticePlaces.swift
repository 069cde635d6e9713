import GuituModel

/// Where something happened or somebody comes from, as far as words show it.
enum NoticePlaces {
    /// 省 市 县 区 旗 州 盟 乡 镇 村 屯 庄 寨 苏木 and what a spot is called by.
    private static let areas: Set<Unicode.Scalar> = Set("省市县区旗州盟乡镇村屯庄寨沟湾坪营堡集组".unicodeScalars)
    private static let spots: Set<Unicode.Scalar> = Set(
        "路街道口站桥场园店厂院校楼巷里城门广边旁下侧河坝山库堤岸码头亭台铺馆厅库库段处市县区镇乡村庄寨屯湾港局所湖矿林苑庙寺洞坡岭隧高速服务田地滩弄社心塘井".unicodeScalars)

    static func isKnown(_ text: NoticeText, _ place: Int, _ limit: Int) -> Int? {
        text.places.lexicon.match(text, at: place, to: limit)?.end
    }

    /// Whether a stretch reads like a place; `isName` asks for a name of an area.
    static func looksLike(_ text: NoticeText, _ range: Range<Int>, isName: Bool) -> Bool {
        guard range.count >= 2 else { return false }
        if text.places.lexicon.match(text, at: range.lowerBound, to: range.upperBound) != nil {
            return true
        }
        if range.contains(where: { areas.contains(text[$0]) && $0 > range.lowerBound }) {
            return true
        }
        if isName {
            return text.places.lexicon.match(text, at: range.upperBound - 2, to: range.upperBound)
                != nil
        }
        return range.contains { spots.contains(text[$0]) && $0 > range.lowerBound }
    }

    /// 桥头, 站台, 路口: where somebody can be found.
    static func endsInSpot(_ text: NoticeText, _ range: Range<Int>) -> Bool {
        range.count >= 4 && spots.contains(text[range.upperBound - 1])
    }

    /// Words at which the name of a place is over.
    private static let stops = Lexicon<Bool>([
        (
            true,
            """
            等了 待了 呆了 住了 坐了 睡了 躲了 转了 打捞 乞食 讨食 讨要 过夜 坐错 接来 带来 受理 申请 宣告 跑 跟 领来 发现 发觉 走失 走丢 失踪 失联 离家 离开 出走 外出 出门 出门后 出去 出来 被 由 时 后 因 并 将 把 一名 一位 一个 一男 一女 一对 有一 有名 有位 有个 该 民警 群众 村民 居民 市民 路人 徘徊 游荡 流浪 乞讨 逗留 滞留 停留 露宿 夜宿 \
            晕倒 昏倒 昏迷 摔倒 跌倒 迷路 独自 救助 遇到 遇见 遇 捡到 捡拾 捡 拾荒 拾到 接到 接回 接走 送来 送到 送至 送往 送 求助 坐着 坐在 躺着 躺在 睡觉 睡着 睡 蹲 蜷缩 哭泣 哭 转悠 闲逛 的时候 看到 看见 不慎 与家人 与亲人 与父母 和家人 和亲人 与妻 与丈夫 与儿 与女 \
            候车 玩耍 买菜 赶集 赶场 赶街 见她 见他 瞧见 碰到 碰见 撞见 哭闹 缩成 看病 打工 务工 干活 上车 下车 乘车 乘坐 骑 遛弯 散步 附近 一带 周边 等地 等候 等车 巡逻 巡查 执勤 值班 工作人员 好心人 热心 我 他 她 老人 男子 女子 孩子 老太 大爷 之间 期间 以来 以后 之后 突然 至今 未归 一直 已 也 就 曾 还 没 不见 不知 下落 \
            的一 的路 的人 的男 的女 受伤 受凉 跌 哭喊 说 称 问 找 报警 报案 接报 接诊 收治 拾 偷 吃 喝 住 租房 租住 打零工 遛狗 遗弃 抛弃 弃 丢弃 和一 与一 内躺 内睡 门前坐 门口坐 捡破烂 捡垃圾 捡废品 捡食 讨饭 行走 步行 走路 过马路 来回 走动 溜达 晒太阳 锻炼 跳广场舞 打牌 下棋 买东西 购物 逛街 看戏 洗澡 放牛 放羊 烤火 避雨 过夜 休息 打盹 游走 走散 失散 失去联系 失去 为 带回 带到 带至 带走 领回 抱走 拐走 拐 转来 转入 转送 转至 转 移交 护送 入院 入站 进站 来站 以北京 等处 等 参加 上学 放学 工作 准备 打算 正 是 用 靠 倒 躺 伏 趴 瘫 候诊 就诊 住院 治疗
            """
        ),
        (
            false,
            """
            小时 接待 后街 后寨 后海 后庄 后村 后湖 后营 后山 后门 后巷 前后 后面 后院 已故 正阳 正定 正宁 正安 正街 正门 正兴 正大 起点 是是 时代 时光 我市 我县 我镇 我村 我区 我乡 我院 为民 由拳 住宅 住宅区 住宅楼 住院部 住院楼 休息区 休息室 休息站 巡逻亭 救助站门口 救助管理站门口 救助站 救助管理站 候车室 候车厅 候车亭 候车棚 候车大厅 候车区 候车 候诊区 候诊室 \
            候诊大厅 工作站 治疗室 说唱 问津 吃街 小吃 小吃街 小吃店 小吃城 找零 就业 还地桥 捡子 市民广场 市民公园 市民中心 居民楼 居民区 居民小区 村民组 村民小组 村民委员会 农民街 等级 期货 打石 购物中心 购物广场 购物城 老人公寓 孩子王 接官亭 接待 送变电 自由路 由头 转盘 转弯 转角 工业园 骑楼 骑岸 倒座 自由 因民 还乡 遇仙 遇龙 将军 将乐 旧城 用友 打铁 靠山 靠河 行政 外出口 起凤 倒马 步行街 人行 休闲 称多 称钩 即墨 参店 转运 新乞 睡虎 拐角 拐弯
            """
        ),
    ])
    /// The words above that are stops unless a longer word keeps them.
    static func stop(_ text: NoticeText, at place: Int, to limit: Int) -> (isStop: Bool, end: Int)?
    {
        guard let (isStop, end) = stops.match(text, at: place, to: limit) else { return nil }
        return (isStop, end)
    }

    /// The name that begins at `place`, up to what cannot be of it.
    static func chunk(_ text: NoticeText, from place: Int, to limit: Int) -> Range<Int>? {
        var at = place
        var opened = false
        if text[at] == "“" {
            at += 1
            opened = true
        }
        // 我市, 我辖区 begin with what else ends a place.
        if let (_, end) = heads.match(text, at: at, to: limit), text[at] == "我" || text[at] == "本" {
            at = end
        }
        let begin = at
        while at < limit, at - begin < 40 {
            let value = text.scalars[at]
            if at > begin, text.isBreak(at) { break }
            switch value {
            case ",", "。", ";", ":", "!", "?", ")", "”", "[", "]", "|", "\t", "/":
                return finish(text, begin..<at)
            case "(", "“":
                return finish(text, begin..<at)
            case "、":
                return finish(text, begin..<at)
            default: break
            }
            if !opened, let (isStop, end) = stop(text, at: at, to: limit) {
                if isStop { break }
                at = end
                continue
            }
            at += 1
        }
        return finish(text, begin..<at)
    }

    private static let heads = Lexicon<Void>(
        "我辖区 我局辖区 我所辖区 我院 我站 我省 我乡 我市 我县 我区 我镇 辖区 辖区内 本市 本县 位于 一处 了 着 其 今 自家 的 县内 市内 区内")
    private static let tails: [StaticWord] = [
        "附近", "一带", "周边", "的", "等地", "那边", "处", "里面", "内", "里", "中", "地段", "上",
    ]

    private static func finish(_ text: NoticeText, _ range: Range<Int>) -> Range<Int>? {
        var range = range
        for _ in 0..<2 {
            if let (_, end) = heads.match(text, at: range.lowerBound, to: range.upperBound),
                range.count - (end - range.lowerBound) >= 2
            {
                // 一处 within the name stays; before it, it says nothing.
                range = end..<range.upperBound
            }
        }
        return trimmedTail(text, range)
    }

    static func trimmedTail(_ text: NoticeText, _ range: Range<Int>) -> Range<Int>? {
        var range = range
        var changed = true
        while changed {
            changed = false
            for (index, tail) in tails.enumerated()
            where range.count > tail.count + 1 && text.has(tail, before: range.upperBound) {
                // 内, 里, 中 and 上 only behind a name that stands without them.
                if index >= 6, index != 7 || range.count < 5 { if range.count < 6 { continue } }
                if text.has("路上", before: range.upperBound)
                    || text.has("街上", before: range.upperBound)
                    || text.has("镇里", before: range.upperBound)
                    || text.has("家里", before: range.upperBound)
                    || text.has("家中", before: range.upperBound)
                    || text.has("办事处", before: range.upperBound)
                    || text.has("交叉处", before: range.upperBound)
                    || text.has("交界处", before: range.upperBound)
                    || text.has("交汇处", before: range.upperBound)
                    || text.has("村里", before: range.upperBound)
                    || text.has("地里", before: range.upperBound)
                {
                    continue
                }
                range = range.lowerBound..<(range.upperBound - tail.count)
                changed = true
            }
        }
        return range.count >= 2 ? range : nil
    }
}
