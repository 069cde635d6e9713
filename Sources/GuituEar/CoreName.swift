import Foundation

/// What level of the tree a place stands on.
public enum PlaceLevel: UInt8, Sendable, CaseIterable, Comparable {
    case province, prefecture, county, township, village

    public init?(_ word: some StringProtocol) {
        guard let found = Self.allCases.first(where: { "\($0)" == word }) else { return nil }
        self = found
    }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A place's name without the words that only say what kind of place it is.
public enum CoreName {
    /// 城步苗族自治县 → 城步, 新乡县 → 新乡, 易县 stays: two characters are kept at least.
    public static func of(_ name: String, _ level: PlaceLevel) -> String {
        var text = name
        if let open = text.firstIndex(where: { "（(".contains($0) }) {
            let close = text[open...].firstIndex(where: { "）)".contains($0) })
            text.removeSubrange(open..<(close.map { text.index(after: $0) } ?? text.endIndex))
            if text.isEmpty { text = name }
        }
        // A village carries several: 社区 before 居民委员会, 村 before 村民委员会.
        for _ in 0..<(level == .village ? 3 : 1) {
            guard
                let word = genericWords[level]?.first(where: {
                    text.hasSuffix($0) && text.count - $0.count >= 2
                })
            else { break }
            text.removeLast(word.count)
        }
        return level == .village ? text : withoutPeoples(text)
    }

    /// Also what a speaker may add or leave out, toneless: `xian`, `zhen`, `cun`.
    static let spoken: [PlaceLevel: Set<String>] = [
        .province: ["sheng"],
        .prefecture: ["shi", "zhou", "qu", "meng"],
        .county: ["xian", "shi", "qu", "qi"],
        .township: ["zhen", "xiang", "jie", "chang"],
        .village: ["cun", "zhuang", "zhai", "wan", "tun", "ping", "ba", "she", "dui"],
    ]

    private static let genericWords: [PlaceLevel: [String]] = [
        .province: ["维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市"],
        .prefecture: ["自治州", "地区", "盟", "市"],
        .county: ["自治县", "自治旗", "新区", "林区", "特区", "矿区", "县", "市", "区", "旗"],
        .township: [
            "街道办事处", "办事处", "街道", "民族乡", "民族苏木", "镇", "乡", "苏木", "地区", "管理区", "开发区",
            "农场", "林场",
        ],
        .village: [
            "社区居民委员会", "居民委员会", "村民委员会", "社区居委会", "村委会", "居委会", "社区", "嘎查", "行政村", "村",
            "委会",
        ],
    ]

    private static func withoutPeoples(_ name: String) -> String {
        var text = name[...]
        var found = true
        while found {
            found = false
            for people in peoples where text.hasSuffix(people) && text.count - people.count >= 2 {
                text.removeLast(people.count)
                found = true
                break
            }
        }
        // 东乡族自治县 is named after its people.
        if text.hasSuffix("族"), text.count >= 3 { text.removeLast() }
        return String(text)
    }

    /// Longest first, so that 土家族 is not read as 家族 after 土.
    private static let peoples: [String] = {
        let long = ["蒙古", "哈萨克", "达斡尔", "鄂温克", "柯尔克孜", "锡伯", "塔吉克"]
        let others = """
            回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 \
            土 仫佬 羌 布朗 撒拉 毛南 毛难 仡佬 阿昌 普米 怒 乌孜别克 俄罗斯 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 \
            赫哲 门巴 珞巴 基诺 各
            """
        let all = long + (long + others.split(separator: " ").map(String.init)).map { $0 + "族" }
        return all.sorted { ($0.count, $0) > ($1.count, $1) }
    }()
}
