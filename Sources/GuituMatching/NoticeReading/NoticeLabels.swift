/// What the label before a value, or the head of a column, says the value is.
enum NoticeLabel: Sendable {
    case name, alias, code, sex, ethnicity, age, birth, height, build, hair
    case accent, speech, mental, disability, health, marks, clothing, items
    case foundOn, arrivedOn, lostOn, foundAt, lostAt, home, station, escort, contact
    /// Marks, clothes, health and the rest together: 特征, 备注, 发现情况.
    case mixed
    /// Known, and no fact of a person: 照片, 文化程度, 发布日期.
    case nothing

    /// Whether its value may follow with nothing between.
    func needsNoMark(length: Int) -> Bool {
        switch self {
        case .foundOn, .arrivedOn, .lostOn, .foundAt, .lostAt: length >= 4
        case .code: true
        default: false
        }
    }

    /// When and where somebody was found or lost.
    var isOfScene: Bool {
        switch self {
        case .foundOn, .lostOn, .foundAt, .lostAt: true
        default: false
        }
    }

    /// Whether it may follow another label's value without any punctuation.
    var isStrict: Bool {
        switch self {
        case .mixed, .nothing, .mental, .health, .items, .station: false
        default: true
        }
    }
}

enum NoticeLabels {
    /// What shows that 发现地点 is the subject of a sentence.
    private static let followers = Lexicon<Void>("的 不 未 等 、 和 及 或 与 , 。 尚 信息 可 请 进行 应 要")

    static let words = Lexicon<NoticeLabel>([
        (
            .name,
            """
            姓名 登记姓名 自报姓名 自称姓名 自述姓名 受助人员姓名 走失人姓名 走失者姓名 Name name 失踪人姓名 失踪者姓名 被寻人姓名 被寻人 宝宝姓名 患者姓名 孩子姓名 \
            走失人 走失者 失踪人 失踪者 失踪人员 走失人员 真实姓名 疑似姓名 名字 寻找 寻找人 受助人 受助人员 自报名 称呼 寻人姓名 患者 失联者 寻亲对象 受助对象 老人姓名 姓名或称呼
            """
        ),
        (.alias, "小名 乳名 曾用名 又名 别名 绰号 外号 昵称 站内名 站内取名 临时姓名 临时名 暂用名 别称"),
        (
            .code,
            """
            编号 代号 寻亲编号 受助编号 公告编号 照片编号 登记编号 住院号 病案号 床号 床位 病历号 救助编号 档案号 登记号 人员编号 患者编号 信息编号 受助人员编号 ID号 就诊卡号 腕带号 门诊号 寻人编号 案件编号
            """
        ),
        (.sex, "性别 男女 Sex sex Gender gender"), (.ethnicity, "民族 族别"),
        (
            .age,
            "Age age 年龄 目测年龄 估计年龄 自报年龄 自称年龄 自述年龄 大概年龄 大约年龄 岁数 年纪 约龄 骨龄 实际年龄 现年龄 走失时年龄 失踪时年龄 年龄段 推测年龄 年岁 目测岁数 预估年龄 现年"
        ),
        (.birth, "出生年月 出生日期 出生年份 出生时间 生日 出生 出生年月日 生于 年次 出生年 生年"),
        (.height, "高 Height height 身高 目测身高 大约身高 估计身高 身长 个头 个子 现身高 失踪时身高 走失时身高 高度"),
        (.build, "体型 体形 体态 身材 胖瘦 体格"), (.hair, "发型 头发 毛发 发式"),
        (
            .accent,
            "口音 语言口音 口音特点 口音特征 方言 方言口音 地方口音 说话口音 语种 使用语言 语言 自述口音 疑似口音 听口音 口音或方言 语言特点 讲话口音 所讲方言"
        ),
        (
            .speech,
            "语言能力 语言表达 表达能力 语言状况 语言情况 言语 言语能力 沟通能力 交流能力 说话能力 表达 言语情况 沟通情况 交流情况 能否交流 语言交流"
        ),
        (
            .mental,
            "精神状况 精神状态 智力状况 智力情况 智力 精神 精神情况 神志 意识 精神智力状况 智力水平 精神智力 认知情况 认知状况 智力状态 精神及智力 意识状态 精神面貌"
        ),
        (.disability, "残疾情况 残疾类型 残疾 残疾状况 肢体 肢体情况 肢体状况 听力 视力 肢体残疾 身体残疾 残疾类别"),
        (
            .health,
            "健康状况 身体状况 疾病 诊断 病情 健康情况 身体情况 健康 病史 初步诊断 入院诊断 疾病情况 主要诊断 伤情 既往史 身体健康状况 疾病史 患病情况 临床诊断 病况"
        ),
        (
            .marks,
            "Marks marks Feature Features features feature 体貌特征 体表特征 身体特征 明显特征 特征 外貌特征 特殊标记 标记 体表 面部特征 体表标记 显著特征 身体标记 特殊特征 特征描述 特点 主要特征 体征 体貌 外貌 相貌特征 其他特征 其它特征 突出特征 体表印记 特别特征 特殊印记 外形特征 疤痕 印记 体貌特点 身体标志"
        ),
        (
            .clothing,
            "随身衣物 Clothing clothing Clothes clothes Wearing wearing 衣着 衣着特征 穿着 穿着打扮 衣着打扮 衣物 发现时衣着 走失时衣着 失踪时衣着 来站时衣着 入站时衣着 走失时穿着 失踪时穿着 服装 服饰 衣着情况 衣服 入院时衣着 穿戴 走失衣着 当时衣着 发现时穿着 来时衣着 被发现时衣着 衣着描述 着装 外出衣着 入院衣着 衣着外貌 上衣 下装 裤子 鞋 鞋子 上装"
        ),
        (.items, "携带物品 随身物品 随身携带 物品 所带物品 携带物 随身携带物品 随身财物 随身物 财物 所带物 身上物品 发现时携带物品"),
        (
            .foundOn,
            "found_date Foundon FoundOn 拍摄时间 偶遇时间 时间 发现时间 发现日期 被发现时间 发现年月 捡拾时间 捡拾日期 接诊时间 发现日 救助时间 救助日期 接回时间 拾得时间 发现时日 被救助时间 遇见时间 接诊日期"
        ),
        (
            .arrivedOn,
            """
            来院时间 来院日期 到院时间 救助入站时间 入站时间 入站日期 来站时间 来站日期 进站时间 进站日期 到站时间 到站日期 接收时间 接收日期 送站时间 送站日期 入院时间 入院日期 \
            收治时间 求助时间 求助日期 受助时间 受助日期 入住时间 护送时间 送来时间 送诊时间 移交时间 转入时间 滞留时间 进站 入站 在站时间 收治日期 转入日期 安置时间 送院时间 收容时间
            """
        ),
        (
            .lostOn,
            """
            走失时间 走失日期 失踪时间 失踪日期 失联时间 失联日期 走丢时间 离家时间 丢失时间 丢失日期 出走时间 离开时间 失散时间 失散日期 \
            最后出现时间 最后见到时间 最后一次见到时间 走散时间 离家日期 离家出走时间 被拐时间 最后露面时间 失踪年月 走丢日期
            """
        ),
        (
            .foundAt,
            "found_place Foundat FoundAt 事发地 案发地 出事地点 拍摄地点 偶遇地点 出现地点 发现地点 发现地址 发现地 被发现地点 捡拾地点 接诊地点 救助地点 救助地 捡拾地 发病地点 接回地点 流浪地点 发现位置 发现处 接诊地 接车地点 遇见地点 被发现地 发现区域 发现场所 拾得地点 常出没地点 流浪区域 来源地 地点 事发地点 出车地点 发现的地点"
        ),
        (
            .lostAt,
            """
            Lastseen LastSeen lastseen 走失地点 失踪地点 失踪地 走失地 失联地点 走丢地点 丢失地点 离家地点 失散地点 失散地 最后出现地点 最后出现地 最后露面地点 走散地点 \
            最后见到地点 走失地址 出走地点 走失位置 失踪位置 被拐地点 失联位置 走丢地址 最后位置 失踪地址 最后出现位置 走失的地点
            """
        ),
        (
            .home,
            """
            疑似来源地 可能来源地 家庭住址 住址 家庭地址 户籍地 户籍 户籍地址 籍贯 原籍 户籍所在地 现住址 家住 自称住址 自述住址 自报住址 自述家庭住址 自称家庭住址 自报家庭住址 原居地 \
            可能来自 疑似籍贯 自述地址 自报地址 自称地址 地址 老家 居住地 居住地址 常住地 常住地址 家乡 自称籍贯 自述籍贯 自报籍贯 自称家乡 疑似户籍 疑似住址 疑似家乡 来自 原住址 原住地 祖籍 自称户籍 自述户籍 自称来自 自称家住 自述来自 自述家住 户口所在地 疑似来自 疑似原籍 家住地址 自述原籍 自称原籍 住所
            """
        ),
        (
            .station,
            "所在机构 救助单位 救助机构 所在单位 安置机构 安置单位 救助站 收治医院 现安置地 现安置地点 现所在地 现所在 接收单位 现在位置 寄养机构 发布单位 所在站 安置地点 托养机构 收治机构 救助管理站 现安置机构 现所在机构 收留机构 所在医院 目前所在 现居 承办单位 收治单位 所在地 安置地"
        ),
        (
            .escort,
            "送站单位 护送单位 送来单位 送诊单位 护送人 送站人 送来人 移交单位 来站方式 入站方式 送诊 求助方式 送诊人员 护送机构 送助单位 送站人员 护送人员 送医单位 送入单位 送诊人 进站方式 来院方式 转介单位 求助途径 送站来源 引导护送单位 送往单位 送诊方式 入院方式 送治单位 报送单位 护送来源 送站机构 送护单位"
        ),
        (
            .contact,
            """
            Contact contact Phone phone 联系电话 电话 查询电话 咨询电话 手机 联系方式 联络电话 联系手机 热线 热线电话 求助电话 寻亲热线 家属电话 联系人电话 值班电话 联系号码 服务热线 \
            救助热线 联系人 联络人 家属 联系 电话号码 认领电话 寻亲电话 咨询热线 联系人及电话 固定电话 办公电话 Tel TEL tel 报警电话 联系家属 提供线索电话 线索电话 手机号 手机号码 家属联系电话 联系微信 微信同号
            """
        ),
        (
            .mixed,
            "备注 其他 其它 说明 情况 基本情况 发现情况 其他情况 简要情况 发现经过 情况说明 来处 来历 走失经过 走失原因 情况描述 来源 线索 其他信息 自述情况 基本特征 人员情况 简介 个人情况 其它情况 补充 补充说明 附注 经过 描述 失踪经过 身份信息 详细情况 入站情况 救助情况 求助情况 救助经过 其他线索 备考 现状 现况 其他说明 具体情况 自述信息 表现"
        ),
        (
            .nothing,
            """
            照片 文化程度 文化 学历 血型 体重 发布日期 发布时间 公告日期 登记日期 登记时间 婚姻 职业 身份证号 身份证 传真 邮箱 QQ 微信 网址 邮编 落款 酬谢 报酬 悬赏 \
            序号 脸型 肤色 眼睛 鼻子 文号 来文 主送 抄送 医保 费用 科室 主治医生 主管医生 责任护士 填表人 审核人 经办人 登记人 制表人 记者 通讯员 编辑 责编 摄影 责任编辑 签发 采血编号 DNA编号 \
            血样编号 鞋码 体温 血压 微信号 官网 公众号 联系地址 站址 地址邮编 单位地址 填报单位 填报人 发布人 发帖 楼主 声明 文化水平 教育程度 婚姻状况 报案时间 报警时间 采集时间 更新时间 接待人 值班员 DNA采集 采血 打印时间 版次 审核 来源网站 经手人 护送车牌 报告时间 公示期 公告期
            """
        ),
    ])

    /// The label at `place`, where its value begins, when a colon or a gap follows.
    static func begins(_ text: NoticeText, at place: Int, needsColon: Bool) -> (
        label: NoticeLabel, end: Int
    )? {
        if let (label, end) = words.match(text, at: place, to: text.count) {
            // Name姓名:
            if text[place].isLatin, text[end].isHan,
                let (other, last) = words.match(text, at: end, to: text.count),
                let value = colon(text, at: last)
            {
                return (other, value)
            }
            if let value = colon(text, at: end) {
                // 各县救助管理站： and its like greet; what follows is no value.
                if case .station = label, text.gap(value) >= NoticeText.Gap.line { return nil }
                return (label, value)
            }
            // 身高(cm): and 原居地（自述）: and 走失时间(农历):
            if text[end] == "(" {
                var close = end + 1
                while close < min(text.count, end + 10), text[close] != ")" { close += 1 }
                if text[close] == ")", let value = colon(text, at: close + 1) {
                    return (label, value)
                }
            }
            // 发现地为冯塘乡, 走失地点（义县…）
            if label.isOfScene, end - place >= 3, text[end] == "为" || text[end] == "(" {
                return (label, end + 1)
            }
            if text[end] == "]" {  // 【性别】男
                return text[place - 1] == "[" ? (label, end + 1) : nil
            }
            // 走失地点芜湖市…, 床号外二-23 at the beginning of a clause.
            if end - place >= 2, label.needsNoMark(length: end - place),
                text[end].isHan || text[end].isDigit || text[end].isLatin,
                !followers.isIn(text, end..<min(text.count, end + 2))
            {
                return (label, end)
            }
            if !needsColon, label.isStrict || label == .items || label == .health,
                text.gap(end) != NoticeText.Gap.none, text.gap(end) < NoticeText.Gap.line
            {
                return (label, end)
            }
        }
        return guessed(text, at: place)
    }

    private static func colon(_ text: NoticeText, at place: Int) -> Int? {
        text[place] == ":" && text.gap(place) < NoticeText.Gap.line ? place + 1 : nil
    }

    /// A label nobody has listed: up to ten characters at the beginning of a
    /// line before a colon, understood by the word that ends it.
    private static func guessed(_ text: NoticeText, at place: Int) -> (
        label: NoticeLabel, end: Int
    )? {
        guard text.isBreak(place) || text[place - 1] == "," || text[place - 1] == "。" else {
            return nil
        }
        var end = place
        while end < text.count, end - place <= (text[place].isLatin ? 18 : 10),
            text.scalars[end].isHan || text[end].isLatin || text[end] == ".",
            end == place || !text.isBreak(end)
        {
            end += 1
        }
        guard end - place >= 2, let value = colon(text, at: end) else { return nil }
        // 褚玉芳：女 is no label.
        if SexWords.stands(text, value) != nil,
            Names.name(text, place, end)?.upperBound == end
        {
            return nil
        }
        return (composed(text, place..<end) ?? .mixed, value)
    }

    /// Whether a line holds a label and a colon anywhere.
    static func hasOwnLabel(_ text: NoticeText, line: Range<Int>) -> Bool {
        for place in line.prefix(14) where text[place] == ":" { return true }
        return false
    }

    /// The label a cell is, and nothing else: listed, or composed of its words.
    static func cell(_ text: NoticeText, _ range: Range<Int>) -> NoticeLabel? {
        var range = range
        while let last = range.last, text[last] == ":" || text[last] == "\u{201D}" {
            range.removeLast()
        }
        if let first = range.first, text[first] == "\u{201C}" { range.removeFirst() }
        guard let first = range.first else { return nil }
        if let (label, end) = words.match(text, at: first, to: range.upperBound),
            end == range.upperBound || text[end] == "(" || text[end] == "/"
        {
            return label
        }
        if range.count == 1, text[first] == "高" { return .height }
        guard range.count <= 8, text[first].isHan,
            !range.contains(where: {
                text[$0].isDigit || text[$0] == "," || text[$0] == "。" || text[$0] == "十"
                    || Numeral.digit(text[$0]) != nil
            })
        else { return nil }
        return composed(text, range)
    }
}

extension Lexicon where Meaning == Void {
    static let lost = Lexicon<Void>("走失 走丢 失踪 失联 离家 丢失 出走 失散 走散 被拐 最后 末次 走开 不见 离开")
    static let arrival = Lexicon<Void>("站 院 救助 接收 接诊 收治 求助 送 转入")
}
