/// A station, hospital, police station or another body, named in a text.
struct Organisation {
    enum Kind: Sendable, Comparable {
        /// Brings people in: police, a street office, a village.
        case other
        case police
        case hospital
        /// Houses people: welfare homes, old people's homes.
        case home
        case station
    }
    var kind: Kind
    var range: Range<Int>
}

enum Organisations {
    private static let suffixes = Lexicon<Organisation.Kind>([
        (
            .station,
            """
            救助管理站 救助站 救助管理中心 救助中心 救助分站 救助保护中心 未成年人保护中心 救助服务中心 救助管理服务中心 救助保护站 救助点 救助管理所
            """
        ),
        (
            .home,
            """
            福利院 敬老院 养老院 福利中心 托养中心 养老服务中心 老年公寓 荣民之家 荣誉军人休养院 光荣院 托养机构 养护院 养老中心 安养院 护理院 儿童之家 福利服务中心 养老公寓 \
            收容所 庇护所 收容中心 敬老中心 安置中心
            """
        ),
        (
            .hospital,
            "医院 卫生院 卫生所 精神卫生中心 急救中心 医疗中心 康复中心 卫生服务中心 卫生室 医学院附属医院 精神病院 急救站"
        ),
        (
            .police,
            """
            派出所 公安局 公安分局 分局 交警大队 交警中队 交警支队 巡警大队 巡特警大队 特警大队 刑警大队 警务站 警务室 公安处 警务工作站 边防派出所 铁路公安处 刑侦大队 \
            巡逻大队 高速交警 巡警中队 巡特警 治安大队 警察局 分驻所 派出分所 巡防大队 警务中心 便民警务站 警署
            """
        ),
        (
            .other,
            """
            街道办事处 街道办 办事处 民政局 民政所 民政办 民政科 社区居委会 居委会 村委会 村民委员会 城管局 城管执法局 综合执法局 执法大队 城管大队 城管中队 执法局 执法中队 \
            环卫所 环卫处 镇政府 乡政府 人民政府 收费站派出所 综治中心 社工站 志愿服务队 志愿者协会 救援队 消防救援站 消防站 消防中队 残联 妇联 社区
            """
        ),
    ])
    /// Words that a name of a body cannot reach across; the others look like
    /// one and belong to names.
    private static let edges = Lexicon<Bool>([
        (
            true,
            """
            由 被 在 到 至 往 给 送 将 把 是 了 请 的 系 于 并 与 和 及 从 向 入 进 经 让 叫 有 联系 拨打 致电 告知 通知 安置 安置在 转 转送 移交 护送 联络 现 目前 或 为 \
            自 我 该 其 他 她 后 时 即 已 接 报 老人 男子 女子 民警 工作人员 记者 据 对 受 同 以 经过 协助 通过 跟 带 带回 接回 介绍 地址 电话 单位 站 曾 另 还 就 以及 接收 接到 来自 属 求助 说 如 找
            """
        ),
        (
            false,
            """
            和平 和县 和田 和顺 和林 和静 和龙 和政 和硕 和兴 和谐 和睦 从化 从江 向阳 向东 向塘 进贤 进化 自贡 自流井 有色 为民 到溪 至善 往流 经开 经济 经十 同安 同江 同心 同仁 同德 \
            大同 对山 将乐 把荷 报国 就业 于都 于洪 于田 于家 后街 后湖 后寨 后海 后庄 后巷 前后 受降 现代 自强 自由 自力 自治 自治区 自治州 自治县 自治旗 入口 出站 火车站 车站 客运站 北站 南站 东站 西站 汽车站 高铁站 站前 站北 站南 站东 站西 \
            地铁站 我市 我县 我区 接官亭 送变电 时代 时光 以勒 让胡路 说法 如皋 如东 带岭 另山 其塔木 他留 叫河 经纬 属地 通州 同兴 还地桥 永和 泰和 政和 太和 云和 平和 人和 协和 兴和 仁和 怡和 嘉和 中和 祥和 保和 三和 义和 德和 顺和 大和 清和 万和 \
            顺义 老人民 东向 方向 来宾 有限 自来水 太原 系马桩 石系 报业 现河 经区
            """
        ),
    ])

    static func mentions(_ text: NoticeText, in range: Range<Int>) -> [Organisation] {
        var found: [Organisation] = []
        var at = range.lowerBound
        var clause = range.lowerBound
        while at < range.upperBound {
            let value = text.scalars[at]
            if isEdge(value) || text.isBreak(at) { clause = isEdge(value) ? at + 1 : at }
            guard let (kind, end) = suffixes.match(text, at: at, to: range.upperBound) else {
                at += 1
                continue
            }
            let begin = start(text, from: clause, to: at)
            if let last = found.last, last.range.lowerBound == begin, last.range.upperBound > begin
            {
                // 公安局 … 派出所 is one body.
                found[found.count - 1] = Organisation(kind: kind, range: begin..<end)
            } else {
                found.append(Organisation(kind: kind, range: begin..<end))
            }
            at = end
        }
        return found
    }

    private static func isEdge(_ value: Unicode.Scalar) -> Bool {
        switch value {
        case ",", "。", ";", ":", "、", "!", "?", "(", ")", "[", "]", "“", "”",
            "|", "\t", "/", "《", "》", "#", "@":
            true
        default: false
        }
    }

    private static func start(_ text: NoticeText, from clause: Int, to end: Int) -> Int {
        var begin = max(clause, end - 26)
        var at = begin
        while at < end {
            if let (edge, stop) = edges.match(text, at: at, to: end) {
                if edge { begin = stop }
                at = stop
            } else {
                if !text.scalars[at].isHan && !text.scalars[at].isDigit { begin = at + 1 }
                at += 1
            }
        }
        // A date or number before the name is not of it: 8月18日城关派出所.
        while begin < end, text.scalars[begin].isDigit || text.scalars[begin] == "日" {
            begin += 1
        }
        return begin
    }

    /// Whether a line begins with the name of a body and a blank or its end.
    static func opens(_ text: NoticeText, _ line: Range<Int>) -> Bool {
        let head = line.lowerBound..<min(line.upperBound, line.lowerBound + 30)
        return mentions(text, in: head).contains {
            $0.range.lowerBound == line.lowerBound
                && ($0.range.upperBound == line.upperBound || text.gap($0.range.upperBound) > 0
                    || !text[$0.range.upperBound].isHan)
        }
    }

    /// Whether a line is the name of a body and nothing else.
    static func fills(_ text: NoticeText, _ line: Range<Int>) -> Bool {
        mentions(text, in: line).contains {
            $0.range.lowerBound == line.lowerBound && line.upperBound - $0.range.upperBound <= 1
        }
    }
}

/// Phone numbers to call, as digits.
enum Phones {
    struct Mention {
        var digits: String
        var range: Range<Int>
    }

    private static let foreign = Lexicon<Void>(
        "传真 QQ qq 微信号 身份证 住院号 编号 证号 病案号 工号 车牌 群号 邮编 案号 卡号 批号")
    private static let called = Lexicon<Void>("电话 手机 热线 联系 拨打 致电 电 打 拨 Tel TEL tel 号码")

    static func mentions(_ text: NoticeText, in range: Range<Int>) -> [Mention] {
        var found: [Mention] = []
        var at = range.lowerBound
        while at < range.upperBound {
            guard text.scalars[at].isDigit else {
                at += 1
                continue
            }
            let (digits, end) = run(text, at, range.upperBound)
            if let length = length(of: digits, text, at, end) {
                let number = digits.prefix(length).map {
                    Character(Unicode.Scalar(UInt8($0 + 48)))
                }
                let mention = Mention(digits: String(number), range: at..<end)
                if !found.contains(where: { $0.digits == mention.digits }) { found.append(mention) }
            }
            at = end
        }
        return found
    }

    /// Digits with the blanks and hyphens that people put among them.
    private static func run(_ text: NoticeText, _ place: Int, _ limit: Int) -> (
        digits: [Int], end: Int
    ) {
        var digits: [Int] = []
        var at = place
        var end = place
        while at < limit, digits.count < 24 {
            let value = text.scalars[at]
            if value.isDigit {
                // A second number after a blank is one of its own.
                if text.gap(at) > NoticeText.Gap.blank, at > place { break }
                if text.gap(at) > 0, isWhole(digits) || endsCode(digits, text, at) { break }
                digits.append(Int(value.value - 48))
                end = at + 1
            } else if value == "-" || value == ")" && digits.count <= 4,
                text.gap(at) <= NoticeText.Gap.blank
            {
                if isWhole(digits) { break }
            } else {
                break
            }
            at += 1
        }
        return (digits, max(end, place + 1))
    }

    /// 0954-3012010 13995041120: ten digits or more with an area code, and another
    /// number of seven or more behind the blank.
    private static func endsCode(_ digits: [Int], _ text: NoticeText, _ at: Int) -> Bool {
        guard digits.first == 0, digits.count >= 10 else { return false }
        var end = at
        while text[end].isDigit, end == at || text.gap(end) == 0 { end += 1 }
        return end - at >= 7
    }

    private static func isWhole(_ digits: [Int]) -> Bool {
        guard let first = digits.first else { return false }
        if first == 1 { return digits.count == 11 }
        if first == 0 { return digits.count >= 12 || (digits.count == 11 && !isLong(digits)) }
        return false
    }

    private static func isLong(_ digits: [Int]) -> Bool { digits[0] == 0 && digits[1] > 2 }

    /// How many of the digits are the number; nil when it is something else.
    private static func length(of digits: [Int], _ text: NoticeText, _ place: Int, _ end: Int)
        -> Int?
    {
        let before = text[place - 1]
        if text.gap(place) == 0,
            before.isLatin || before == "." || before == "*" || before == "-"
        {
            return nil
        }
        if text[end] == "*" || (text[end].isLatin && text.gap(end) == 0) { return nil }
        var at = max(0, place - 6)
        var isCalled = false
        while at < place {
            if foreign.match(text, at: at, to: place) != nil { return nil }
            if called.match(text, at: at, to: place) != nil { isCalled = true }
            at += 1
        }
        switch digits.first {
        case 1 where digits.count == 11 && digits[1] >= 3: return 11
        case 0 where digits.count > 9 && digits.count <= 12 && digits[1] != 0:
            return digits.count
        case 0 where digits.count == 9 && text.scalars[place..<end].contains("-") && digits[1] > 1:
            return 9
        case 4 where digits.count == 10 && digits[1] == 0 && digits[2] == 0: return 10
        case 8 where digits.count == 10 && digits[1] == 0 && digits[2] == 0: return 10
        case let first? where (first >= 2) && (digits.count == 7 || digits.count == 8) && isCalled:
            return digits.count
        default: return nil
        }
    }
}
