import GuituModel

/// Names of places that a text may use without the word for what they are, as
/// people say where they come from: 河南, 驻马店, 利辛.
public struct PlaceNames: Sendable {
    let lexicon: Lexicon<Void>

    /// Provinces, prefectures and a few regions: what the program itself knows.
    public static let common = PlaceNames(counties: [])

    /// Those and counties, county cities and banners by their full names (利辛县,
    /// 景宁畲族自治县), as a list of places has them; districts and what is also
    /// a word are left out.
    public init(counties: some Sequence<String>) {
        var names = Set(Self.regions)
        for place in Places.all {
            names.insert(place.name)
            if let short = Self.short(place.name, without: Self.areas) { names.insert(short) }
        }
        for county in counties {
            guard let short = Self.short(county, without: Self.countyWords) else { continue }
            let name = Self.withoutPeople(short)
            if name.count >= 2, !Self.words.contains(name) { names.insert(name) }
        }
        lexicon = Lexicon<Void>(names.joined(separator: " "))
    }

    private static let areas = [
        "特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "地区", "省", "市", "县", "区", "盟",
    ]
    private static let countyWords = ["自治县", "自治旗", "林区", "特区", "县", "旗", "市"]

    private static let regions = [
        "东北", "湘西", "黔东南", "陕北", "苏北", "皖北", "鲁西南", "台湾", "内蒙", "新疆", "宁夏", "广西", "西藏",
        "延边", "恩施", "凉山", "大理", "红河",
    ]

    /// Names of counties that a sentence rather uses as a word or a person's name.
    private static let words = Set(
        """
        东光 东安 东山 东方 东海 东港 中方 乐业 会同 保德 光山 公安 兴安 兴隆 凤凰 南部 古田 合作 同心 和政 和田 大余 大名 大安 \
        大方 大田 大邑 天等 太白 安平 安福 定边 宝兴 富民 富裕 寿光 平原 平和 平安 平山 平顺 广饶 建始 开化 成武 新丰 新兴 新安 \
        新干 新田 明水 松溪 正宁 正安 永和 江口 清水 白水 石棉 石门 罗定 金川 长丰 长子 青田 高平 黄梅
        """.split(whereSeparator: \.isWhitespace).map(String.init))

    static func isRatherAWord(_ name: String) -> Bool { words.contains(name) }

    private static let peoples =
        "蒙古 回族 藏族 维吾尔 苗族 彝族 壮族 布依 朝鲜 满族 侗族 瑶族 白族 土家 哈尼 哈萨克 傣族 黎族 傈僳 佤族 畲族 拉祜 水族 东乡 纳西 景颇 柯尔克孜 土族 达斡尔 仫佬 羌族 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒族 俄罗斯 鄂温克 德昂 保安 裕固 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 各族"
        .split(separator: " ").map(String.init)

    private static func short(_ name: String, without endings: [String]) -> String? {
        // The longest first: 自治县 before 县.
        for ending in endings where name.hasSuffix(ending) {
            let short = String(name.dropLast(ending.count))
            return short.count >= 2 ? short : nil
        }
        return nil
    }

    /// 景宁 of 景宁畲族; a name that is a people's own (鄂伦春) stays.
    private static func withoutPeople(_ name: String) -> String {
        let characters = Array(name)
        for begin in characters.indices.dropFirst(2) {
            let rest = String(characters[begin...])
            if peoples.contains(where: rest.hasPrefix) { return String(characters[..<begin]) }
        }
        return name
    }
}
