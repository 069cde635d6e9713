/// Surnames written by us: which exist, which have two characters, and how those
/// are read whose usual reading is another.
public enum Surnames {
    public static func isSurname(_ character: Character) -> Bool { single.contains(character) }

    public static let compound: Set<String> = Set(
        """
        欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 夏侯 司徒 轩辕 宇文 长孙 端木 独孤 南宫 拓跋 闻人 \
        澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于 闾丘 司空 亓官 赫连 呼延 百里 东郭 西门 南门 \
        羊舌 微生 梁丘 左丘 谷梁 公羊 万俟 第五 贺兰 完颜 纳兰 叶赫 达奚 褚师 漆雕 乐正 壤驷 公良 \
        夹谷 宰父 段干 巫马 子车 颛孙 司寇 东野
        """.split(separator: " ").map(String.init))

    static let single: Set<Character> = Set(
        """
        王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏\
        魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛\
        郝龚邵万钱严赖覃洪武莫孔汤向常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰\
        焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲\
        房滕屈饶解牟艾尤时穆司农阳缪全项郎吉车闵池戚褚冷景古娄敖楚丛桂边迟鹿连卓佟宫米栾晏应鞠占\
        卜苑丰党麦慕隋位匡宗冀郁岑由乐苟窦冼巩荆卫臧鄢乌原宣晋查肖代闫付邝佘仇区盖朴令么逄逯揭谌\
        亓仝芮羿储汲邴糜松井富巫巴弓牧隗山宓蓬郗班仰秋仲伊钭厉戎祖束幸韶郜薄印宿怀邰从鄂索咸籍蔺\
        屠阴能苍闻莘贡劳姬扶堵宰郦雍璩桑濮寿扈燕郏浦别瞿茹习宦鱼容慎戈庾暨居衡步都满弘寇广禄阙东\
        殳沃利蔚越隆师厍晁勾融訾阚那简空毋沙乜养须巢蒯相后竺权益仉帅缑亢况有琴海汝钦商佴墨哈谯笪\
        展庹补刁凤潭粟洛谈初仁门豆普敬轩尧忻芦荀邸恽强贲水酆柏云奚和计伏席麻危虞支昝经裘干杭诸钮\
        嵇滑惠甄家封邬瓮綦呙禚衣类揣战费楼卞丘荣胥南栗皮盘练廉禹漆卿狄辜赫贝植郇郄官扬檀励伦腾黑\
        萨茆木玉羊修鲜雒眭折忽朵
        """.filter(\.isHan))

    /// Readings that differ from the character's usual one, a syllable each.
    static let readings: [String: [Syllable]] = {
        let written = """
            单 shan4; 曾 zeng1; 仇 qiu2; 区 ou1; 解 xie4; 查 zha1; 任 ren2; 盖 ge3; 朴 piao2; 华 hua4; 缪 miao4; \
            乐 yue4; 尉迟 yu4 chi2; 万俟 mo4 qi2; 长孙 zhang3 sun1; 单于 chan2 yu2; 澹台 tan2 tai2; \
            令狐 ling2 hu2; 令 ling2; 宁 ning4; 纪 ji3; 燕 yan1; 应 ying1; 过 guo1; 那 na1; 哈 ha3; 召 shao4; \
            冼 xian3; 洗 xian3; 员 yun4; 郇 xun2; 祭 zhai4; 翟 zhai2; 盛 sheng4; 晟 cheng2; 黑 he4; 秘 bi4; \
            折 she2; 重 chong2; 种 chong2; 适 kuo4; 都 du1; 卜 bu3; 隗 wei3; 俞 yu2; 覃 qin2; 谌 chen2; \
            车 che1; 乜 nie4; 逄 pang2; 逯 lu4; 佘 she2; 句 gou1; 勾 gou1; 葛 ge3; 薄 bo2; 能 nai4; 曲 qu1; \
            洪 hong2; 隽 juan4; 尹 yin3; 郗 xi1; 郝 hao3; 亓官 qi2 guan1; 亓 qi2; 宓 mi4; 冯 feng2; 贾 jia3; 石 shi2; \
            幺 yao1; 么 yao1; 繁 po2; 钭 tou3; 邰 tai2; 訾 zi1; 阚 kan4; 仉 zhang3; 缑 gou1; 妫 gui1; 牟 mu4; \
            褚 chu3; 瞿 qu2; 臧 zang1; 厍 she4; 呙 guo1; 庹 tuo3; 佀 si4; 覃 qin2; 鲜于 xian1 yu2; 皇甫 huang2 fu3; \
            夏侯 xia4 hou2; 侯 hou2; 宿 su4; 相 xiang4; 行 xing2; 系 xi4; 角 jue2; 眭 sui1; 晁 chao2; 啜 chuai4; \
            藏 zang4; 无 wu2; 参 can1; 于 yu2; 丁 ding1; 干 gan1; 向 xiang4; 教 jiao4; 强 qiang2; 叶 ye4; 石 shi2; 沈 shen3
            """
        var table: [String: [Syllable]] = [:]
        for entry in written.split(separator: ";") {
            let words = entry.split(whereSeparator: \.isWhitespace)
            guard let name = words.first else { continue }
            table[String(name)] = words.dropFirst().compactMap { Syllable(marked: $0) }
        }
        return table
    }()
}
