/// How common surnames and the characters of given names are.
///
/// Written by us from what is generally reported of the registers: shares of the
/// commonest surnames per ten thousand people, and given-name characters in the
/// order of their popularity by sex and generation, with a Zipf-like fall.
/// Rough in the tail on purpose: a rare name is floored, never trusted to one
/// in a million. A province with better counts replaces the numbers, not the code.
public enum NameShares {
    /// Surname and share of all people, the commonest first.
    public static let surnames: [(surname: String, share: Double)] = {
        let tenThousandths = """
            王 720 李 705 张 680 刘 515 陈 455 杨 309 黄 228 赵 211 吴 203 周 197 徐 145 孙 139 马 129 朱 127 \
            胡 118 郭 114 何 108 林 113 高 101 罗 95 郑 93 梁 84 谢 76 宋 71 唐 69 许 66 邓 62 韩 62 冯 62 曹 60 \
            彭 58 曾 58 肖 56 田 52 董 51 潘 51 袁 50 蔡 52 蒋 48 余 48 于 48 杜 47 叶 46 程 46 魏 45 苏 45 吕 45 \
            丁 43 任 42 卢 41 姚 41 沈 41 钟 40 姜 39 崔 38 谭 38 陆 37 范 37 汪 37 廖 36 石 34 金 34 韦 33 贾 33 \
            夏 32 付 31 方 31 邹 30 熊 29 白 29 孟 29 秦 29 邱 29 侯 28 江 28 尹 27 薛 27 闫 27 段 25 雷 24 龙 22 \
            黎 22 史 22 陶 21 贺 21 毛 21 郝 20 顾 20 龚 20 邵 20 万 19 覃 19 武 18 钱 18 戴 34 严 18 莫 18 孔 17 \
            向 17 常 16 汤 17 康 16 易 13 温 16 乔 13 赖 18 文 15 庞 13 樊 15 兰 9 殷 11 施 15 洪 18 翟 11 安 13 \
            颜 12 倪 12 牛 15 邢 14 葛 15 伍 13 章 12 鲁 11 岳 11 申 11 齐 13 聂 12 尤 8 欧 11 俞 9 关 10 焦 9 \
            耿 9 柳 9 左 9 甘 8 祝 8 包 8 宁 8 尚 8 符 8 舒 8 阮 7 柯 8 纪 8 梅 8 童 8 凌 8 毕 8 单 7 季 8 裴 8 \
            霍 8 涂 8 成 7 苗 7 谷 7 盛 7 曲 7 翁 7 冉 7 骆 7 蓝 7 路 7 游 7 辛 7 靳 7 管 7 柴 6 蒙 6 鲍 6 华 6 \
            喻 6 祁 6 蒲 6 房 6 滕 6 屈 6 饶 6 解 6 牟 6 艾 5 时 5 穆 5 阳 5 项 5 郎 5 吉 5 车 5 闵 5 池 5 戚 4 \
            褚 4 冷 4 景 4 娄 4 楚 4 丛 4 桂 4 边 4 卓 4 代 8 党 3 苑 3 买 2 欧阳 5 上官 1 司马 1 诸葛 1 尉迟 1 皇甫 1 \
            仇 2 区 2 查 2 盖 2 缪 2 乐 1 朴 2 晏 2 隋 3 麦 3 宫 3 栾 3 初 1 衡 1 亢 1 揭 1 冼 1
            """
        let words = tenThousandths.split(separator: " ")
        return stride(from: 0, to: words.count - 1, by: 2).compactMap { index in
            Double(words[index + 1]).map { (String(words[index]), $0 / 10_000) }
        }
    }()

    /// Surnames that exist and are in no list of the commonest, in a fixed order.
    public static let rareSurnames: [String] = {
        let common = Set(surnames.map(\.surname))
        return Surnames.single.map(String.init).filter { !common.contains($0) }.sorted()
            + Surnames.compound.filter { !common.contains($0) }.sorted()
    }()

    /// Below this nobody knows how rare a surname is.
    public static let surnameFloor = 0.000_05

    /// Characters of given names, the commonest first.
    public enum Generation: Int, CaseIterable, Sendable {
        /// Born until 1959, 1960 to 1984, and since.
        case elder, middle, younger

        public init(birthYear: Int) {
            self = birthYear < 1960 ? .elder : birthYear < 1985 ? .middle : .younger
        }
    }

    public static func givenCharacters(_ sex: Sex, _ generation: Generation) -> [Character] {
        switch (sex, generation) {
        case (.female, .elder): elderWomen
        case (.female, .middle): middleWomen
        case (.female, .younger): youngerWomen
        case (_, .elder): elderMen
        case (_, .middle): middleMen
        case (_, .younger): youngerMen
        }
    }

    private static let elderMen = Array(
        "国明德建文志海玉生成林永金华福忠荣清祥春长贵树学连学义发财有万兴宝云庆光富山洪喜全根顺仁银全土水来良才孝家龙少新大凤克敬宗安保江廷善道石友正和天子同振东田桂秀章俊昌吉桥堂继耀法双松柱传占书臣绍元民宏青方泽世立兆克守西九怀贤运心景锁合"
    )
    private static let middleMen = Array(
        "军伟国建强平明华文志勇新海林红春辉刚东永庆峰斌杰民亮宏飞超涛胜立金玉晓卫利德学成荣江生小波少光祥清忠兵磊洪龙全发云宝良才福顺长根青山武雷进跃凯保双宁义安坤松振俊友喜树兴鹏旭家世彬维启正中继昌西银占书振团会社旗钢铁"
    )
    private static let youngerMen = Array(
        "浩宇杰伟俊鹏鑫晨博涛超龙飞志明文轩子凯辉磊帆凡家泽嘉翔思旭阳昊斌林森一健航瑞天毅松宏宁建晓鸿威强亮坤诚豪远锋皓然洋钰恒楠佳睿哲铭涵琪奕梓辰逸诺")
    private static let elderWomen = Array(
        "秀英兰玉桂珍凤芝芳淑素荣梅花香华云莲春翠金爱清琴娥连霞菊贞月仙美琼惠银桃巧青文招红英大小喜改彩珠妮姐妹变花焕雪爱凤素俊莲环瑞枝枣叶麦锁")
    private static let middleWomen = Array(
        "丽芳红玲霞艳敏英燕华萍秀梅兰平静娟玉琴洁晓春云小凤爱莉桂利丹美荣珍军娜慧雪明香琼新翠青菊素海珠月莲群文改花志彩会巧喜锦冬秋黎瑞卫")
    private static let youngerWomen = Array(
        "婷欣雨丽静佳娜思雪嘉梦琪颖晓敏怡琳洁玉燕莹丹慧倩文瑶萌雅晨诗涵紫芳璐艳萱梓彤薇娟蕾楠婉可馨瑞妍悦月冰依心霞宁宇如甜菲露蓉")

    /// The share of a rank in such a list: the first characters are some 3 % each.
    public static func weight(ofRank rank: Int) -> Double { 1 / Double(rank + 12) }

    /// The share of a character among all characters of given names; floored,
    /// so that a character outside our lists counts as one in two thousand.
    public static func share(ofGiven character: Character) -> Double {
        givenShares[character] ?? givenFloor
    }

    public static let givenFloor = 0.000_5

    /// Characters of given names with their share, in a fixed order.
    public static let givenShareList: [(character: Character, share: Double)] = {
        var sums: [Character: Double] = [:]
        var order: [Character] = []
        for list in [elderMen, middleMen, youngerMen, elderWomen, middleWomen, youngerWomen] {
            let total = list.indices.reduce(0) { $0 + weight(ofRank: $1) }
            for (rank, character) in list.enumerated() {
                if sums[character] == nil { order.append(character) }
                sums[character, default: 0] += weight(ofRank: rank) / total / 6
            }
        }
        return order.map { ($0, max(sums[$0]!, givenFloor)) }
    }()

    private static let givenShares: [Character: Double] = Dictionary(
        uniqueKeysWithValues: givenShareList.map { ($0.character, $0.share) })

    private static let surnameShares: [String: Double] = Dictionary(
        surnames.map { ($0.surname, $0.share) }, uniquingKeysWith: { $0 + $1 })

    /// The share of people with a surname, simplified characters.
    public static func share(ofSurname surname: String) -> Double {
        max(surnameShares[surname] ?? 0, surnameFloor)
    }
}
