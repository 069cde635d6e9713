import Foundation

/// The syllables a clerk can write down: toneless pinyin, ü as v.
public enum Mandarin {
    /// In alphabetical order; a syllable's place here is its number everywhere.
    public static let syllables: [String] = """
        a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can
        cang cao ce cen ceng cha chai chan chang chao che chen cheng chi chong chou chu
        chua chuai chuan chuang chui chun chuo ci cong cou cu cuan cui cun cuo da dai dan
        dang dao de den deng di dia dian diao die ding diu dong dou du duan dui dun duo e
        ei en er fa fan fang fei fen feng fiao fo fou fu ga gai gan gang gao ge gei gen
        geng gong gou gu gua guai guan guang gui gun guo ha hai han hang hao he hei hen
        heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin
        jing jiong jiu ju juan jue jun ka kai kan kang kao ke ken keng kong kou ku kua
        kuai kuan kuang kui kun kuo la lai lan lang lao le lei leng li lia lian liang liao
        lie lin ling liu long lou lu luan lun luo lv lve ma mai man mang mao me mei men
        meng mi mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng
        ni nia nian niang niao nie nin ning niu nong nou nu nuan nun nuo nv nve ou pa pai
        pan pang pao pei pen peng pi pian piao pie pin ping po pou pu qi qia qian qiang
        qiao qie qin qing qiong qiu qu quan que qun ran rang rao re ren reng ri rong rou
        ru rua ruan rui run ruo sa sai san sang sao se sen seng sha shai shan shang shao
        she shen sheng shi shou shu shua shuai shuan shuang shui shun shuo si song sou su
        suan sui sun suo ta tai tan tang tao te teng ti tian tiao tie ting tong tou tu
        tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia xian xiang xiao xie xin
        xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yong you yu yuan yue
        yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhen zheng
        zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui
        zun zuo
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    public static let count = syllables.count

    static let numbers: [String: UInt16] = Dictionary(
        uniqueKeysWithValues: syllables.enumerated().map { ($1, UInt16($0)) })

    /// Longest first where letters are split without blanks.
    static let longest = syllables.map(\.count).max() ?? 0

    /// Reads `zhong`, `zhong1`, `zhōng`, `lü`, `lu:`; nil for what is no syllable.
    public static func number(of text: some StringProtocol) -> UInt16? {
        var letters = ""
        for scalar in text.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar {
            case "a"..."z": letters.unicodeScalars.append(scalar)
            case "\u{308}", ":":
                guard letters.last == "u" else { return nil }
                letters.removeLast()
                letters.append("v")
            case "1"..."5", "\u{304}", "\u{301}", "\u{30c}", "\u{300}": continue
            default: return nil
            }
        }
        if let found = numbers[letters] { return found }
        // Spellings in use beside the standard's own.
        let respelled: String =
            switch letters {
            case "lue", "nue": String(letters.prefix(1)) + "ve"
            case "jv", "qv", "xv", "yv": String(letters.prefix(1)) + "u"
            case "jve", "qve", "xve", "yve": String(letters.prefix(1)) + "ue"
            case "ng", "eng": "en"
            case "dei": "dai"
            case "shei": "shui"
            case "lo": "luo"
            case "kei", "tei": String(letters.prefix(1)) + "e"
            default: letters
            }
        return numbers[respelled]
    }

    /// How the standard language says it.
    static let sounds: [Sound] = syllables.map { syllable in
        guard let sound = Sound(ipa: ipa(of: syllable)) else {
            preconditionFailure("every syllable of the list has a sound: \(syllable)")
        }
        return sound
    }

    static func ipa(of syllable: String) -> String {
        var initial = ""
        var rest = syllable[...]
        for candidate in ["zh", "ch", "sh"] where rest.hasPrefix(candidate) { initial = candidate }
        if initial.isEmpty, let first = rest.first, "bpmfdtnlgkhjqxrzcs".contains(first) {
            initial = String(first)
        }
        rest = rest.dropFirst(initial.count)
        var final = String(rest)
        if initial.isEmpty {
            final = withoutInitial[final] ?? final
        } else if "jqx".contains(initial), final.hasPrefix("u") {
            final = "v" + final.dropFirst()
        }
        var sound = finals[final] ?? final
        if final == "i" {
            if ["z", "c", "s"].contains(initial) { sound = "ɿ" }
            if ["zh", "ch", "sh", "r"].contains(initial) { sound = "ʅ" }
        }
        return (initials[initial] ?? "") + sound
    }

    private static let withoutInitial = [
        "yi": "i", "ya": "ia", "ye": "ie", "yao": "iao", "you": "iu", "yan": "ian", "yin": "in",
        "yang": "iang", "ying": "ing", "yong": "iong", "wu": "u", "wa": "ua", "wo": "uo",
        "wai": "uai", "wei": "ui", "wan": "uan", "wen": "un", "wang": "uang", "weng": "ueng",
        "yu": "v", "yue": "ve", "yuan": "van", "yun": "vn",
    ]
    private static let initials = [
        "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l",
        "g": "k", "k": "kʰ", "h": "x", "j": "tɕ", "q": "tɕʰ", "x": "ɕ", "zh": "tʂ",
        "ch": "tʂʰ", "sh": "ʂ", "r": "ʐ", "z": "ts", "c": "tsʰ", "s": "s",
    ]
    private static let finals = [
        "a": "a", "o": "o", "e": "ɤ", "ai": "ai", "ei": "ei", "ao": "au", "ou": "ou",
        "an": "an", "en": "ən", "ang": "ɑŋ", "eng": "əŋ", "ong": "uŋ", "i": "i", "ia": "ia",
        "ie": "iɛ", "iao": "iau", "iu": "iou", "ian": "iɛn", "in": "in", "iang": "iɑŋ",
        "ing": "iŋ", "iong": "yŋ", "u": "u", "ua": "ua", "uo": "uo", "uai": "uai",
        "ui": "uei", "uan": "uan", "un": "uən", "uang": "uɑŋ", "ueng": "uəŋ", "v": "y",
        "ve": "yɛ", "van": "yɛn", "vn": "yn", "er": "ɚ",
    ]
}
