import GuituModel

/// One rule of the law as data: what it is called, where it stands, since when,
/// and how surely we know its text.
public struct Rule: Sendable, Hashable {
    public enum Confidence: String, Sendable {
        /// The article was read in full.
        case a = "A"
        /// Read in part, or an official paraphrase.
        case b = "B"
        /// From memory: only ever a setting.
        case c = "C"
    }

    /// As in the table of rules: `IN-03`.
    public let id: String
    /// The day this wording came into force; with the id it names the version.
    public let since: Day
    public let instrument: String
    public let article: String
    public let confidence: Confidence

    /// What a decision keeps of the rule it applied: `IN-03@2014-08-01`.
    public var reference: String { "\(id)@\(since)" }
}

/// The rules that the path from the door to home applies today.
///
/// Instruments and articles as read in the sources named beside each; a case is
/// judged by the wording in force on its day, so a changed rule is a new row.
public enum Rules {
    static let all: [Rule] = [
        // 求助人到站先作初步检视;无检视记录不能入站
        rule("IN-03", "2014-08-01", "生活无着的流浪乞讨人员救助管理机构工作规程", "第七条", .b),
        // 公安、城管等护送来站须办交接
        rule(
            "IN-07", "2015-08-20", "民政部 公安部关于加强生活无着流浪乞讨人员身份查询和照料安置工作的意见",
            "一(一)", .a),
        // 说不清个人情况的,先救助后查明
        rule("IN-10", "2003-08-01", "城市生活无着的流浪乞讨人员救助管理办法实施细则", "第五条", .a),
        // 随身物品由站保管,离站归还
        rule("IN-14", "2003-08-01", "城市生活无着的流浪乞讨人员救助管理办法实施细则", "第六条", .a),
        // 按性别分室住宿
        rule("CA-01", "2003-08-01", "城市生活无着的流浪乞讨人员救助管理办法", "第八条", .a),
        // 一人一床
        rule("CA-02", "2014-08-01", "生活无着的流浪乞讨人员救助管理机构工作规程", "条号待核", .b),
        // 不得限制受助人员离站
        rule("CA-07", "2003-08-01", "城市生活无着的流浪乞讨人员救助管理办法", "第十一条", .a),
        // 自行离站
        rule("DE-01", "2014-08-01", "生活无着的流浪乞讨人员救助管理机构工作规程", "离站准备", .b),
        // 特殊困难受助人员由亲属接领,查验接领人身份
        rule("DE-05", "2014-08-01", "生活无着的流浪乞讨人员救助管理机构工作规程", "接送返回", .b),
        // 专人负责比对、询问、反馈
        rule("TR-03", "2021-06-17", "河南省民政厅开放日活动和夏季专项救助行动通知", "三", .a),
        // 认亲要复核后才交接
        rule("TR-09", "2014-08-01", "生活无着的流浪乞讨人员救助管理机构工作规程", "接送返回", .b),
    ]

    /// The wording of `id` in force on `day`; nil before the first.
    public static func inForce(_ id: String, on day: Day) -> Rule? {
        all.filter { $0.id == id && $0.since <= day }.max { $0.since < $1.since }
    }

    private static func rule(
        _ id: String, _ since: String, _ instrument: String, _ article: String,
        _ confidence: Rule.Confidence
    ) -> Rule {
        // A date that does not read is a typing error of ours: the epoch makes
        // the table's own test fail on it.
        Rule(
            id: id, since: Day(since) ?? Day(daysSince1970: 0), instrument: instrument,
            article: article, confidence: confidence)
    }
}
