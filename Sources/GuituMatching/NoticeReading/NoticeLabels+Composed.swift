/// What a label means that nobody listed: 身上记号, 何处发现, 大约岁数.
extension NoticeLabels {
    /// What a label or a question asks for; the first that its words hold.
    private static let topics = Lexicon<NoticeLabel>([
        (.name, "name Name 姓名 名字 称呼 称谓 叫什么 叫啥 大名 人名 名叫 贵姓 姓什么 姓啥 受助者 走失者"),
        (.alias, "小名 绰号 外号 别名"), (.code, "编号 床号"), (.sex, "gender Gender 性别 男女 男或女 女/男 男/女 是男是女"),
        (.ethnicity, "民族"), (.birth, "出生 生日 哪年生"),
        (.age, "age Age 年龄 年纪 岁数 年岁 高寿 贵庚 多大 几岁 多少岁 周岁 估龄 岁 高龄"),
        (.height, "身高 身长 个子 个头 高矮 净高 多高 身材高"), (.build, "体型 体形 胖瘦 身材"), (.hair, "头发 发型"),
        (.accent, "口音 方言 口语 哪里话 哪里的话 什么话 乡音 语种"),
        (.clothing, "衣着 穿着 穿戴 着装 衣服 衣物 服饰 服装 身穿 身着 穿的 穿什么 穿啥 那天穿 当天穿 所穿"),
        (.items, "物品 携带 随身物 随身带 带了什么 带的"),
        (.marks, "特征 记号 标记 体征 体貌 外貌 外观 面貌 相貌 长相 印记 疤痕 胎记 特点 明显处"),
        (.home, "家里在 哪个县 哪个省 哪个村 哪个镇 哪个市 籍贯 住址 老家 家乡 户籍 户口 原籍 哪里人 什么地方人 家住 家在 来自 祖籍 住哪"),
        (.mental, "精神 智力 神志"), (.health, "病情 伤情 健康 诊断 疾病"),
        (.contact, "电话 手机 热线 联系 联络"), (.station, "机构 安置 收治 收留"),
        (.mixed, "情况 信息 备注 经过 说明 情形 描述 其他 简介"),
        (.nothing, "照片 图片 序号 血型 体重"),
    ])
    private static let whens = Lexicon<Void>("date Date 时间 日期 日子 哪天 何时 何日 时日 什么时候 几时 几号 哪日 日 时")
    private static let wheres = Lexicon<Void>("place Place 地点 地方 地址 位置 哪里 何处 何地 在哪 哪儿 地段 处 地 于")
    private static let finding = Lexicon<Void>(
        "found Found 警情 事发 案发 求助 拍摄 发现 捡 拾 遇 接诊 救助 找到 看见 看到 出车 接回 接来 接到")
    private static let senders = Lexicon<Void>("护送 送站单位 送来单位 由何处送 谁送 何处送来 何人送 送助 移交单位 送来的")

    /// The meaning of a short label or of a question by the words in it; nil
    /// when none of them asks for anything.
    static func composed(_ text: NoticeText, _ range: Range<Int>) -> NoticeLabel? {
        if senders.isIn(text, range) { return .escort }
        let isLost = Lexicon<Void>.lost.isIn(text, range)
        let isFound = finding.isIn(text, range)
        let isArrival = Lexicon<Void>.arrival.isIn(text, range)
        let topic = topics.first(text, in: range)?.meaning
        if isLost, text.find("最后", in: range) != nil, !wheres.isIn(text, range), range.count <= 6 {
            return .lostOn
        }
        if isLost || isFound || isArrival {
            if whens.isIn(text, range) { return isLost ? .lostOn : isFound ? .foundOn : .arrivedOn }
            // 接诊科室 and 救助单位 are no places.
            if wheres.isIn(text, range), isLost || isFound { return isLost ? .lostAt : .foundAt }
        }
        if let topic { return topic }
        if isFound, text[range.lowerBound].isLatin {
            return text.has("on", before: range.upperBound) ? .foundOn : .foundAt
        }
        if whens.isIn(text, range),
            text.has("时间", before: range.upperBound) || text.has("日期", before: range.upperBound)
        {
            return .nothing
        }
        if text.has("地址", before: range.upperBound) { return .home }
        if text.has("方式", before: range.upperBound) { return .contact }
        return nil
    }
}
