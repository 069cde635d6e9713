import GuituInvented
import GuituModel
import Testing

@Suite("Names")
struct NameTests {
    @Test(
        "surname and given name are parted where a surname is known",
        arguments: [
            ("王建国", "王", "建国"), ("欧阳娜娜", "欧阳", "娜娜"), ("尉迟恭", "尉迟", "恭"), ("張王秀英", "張王", "秀英"),
            ("司马光", "司马", "光"), ("單雄信", "單", "雄信"), ("买买提·吐尔逊", "", "买买提·吐尔逊"), ("𠮷田", "", "𠮷田"),
            ("王", "", "王"), ("无名氏12", "", "无名氏12"), ("John Smith", "", "John Smith"), ("", "", ""),
            (" 王 刚 ", "王", "刚"), ("欧阳", "欧", "阳"), ("诸葛亮", "诸葛", "亮"),
        ])
    func parts(text: String, surname: String, given: String) {
        let name = ChineseName(text)
        #expect(name.surname == surname)
        #expect(name.given == given)
    }

    @Test(
        "a surname is read as a surname",
        arguments: [
            ("单雄信", "shanxiongxin"), ("曾国强", "zengguoqiang"), ("仇和", "qiuhe"), ("区大伟", "oudawei"),
            ("解小东", "xiexiaodong"), ("查良", "zhaliang"), ("任远", "renyuan"), ("盖叫天", "gejiaotian"),
            ("尉迟恭", "yuchigong"), ("朴一", "piaoyi"), ("华罗", "hualuo"), ("缪荣", "miaorong"),
            ("乐嘉", "yuejia"),
            ("万俟雪", "moqixue"), ("吕绿", "lvlv"), ("歐陽修", "ouyangxiu"), ("翟让", "zhairang"),
            ("黑土", "hetu"),
            ("买买提·吐尔逊", "maimaiti·tuerxun"),
        ])
    func surnameReadings(text: String, pinyin: String) {
        #expect(ChineseName(text).toneless == pinyin)
    }

    @Test("the tone of a polyphonic surname is its own")
    func tones() {
        #expect(ChineseName("任远").readings.first == Syllable("ren", 2))
        #expect(ChineseName("华罗").readings.first == Syllable("hua", 4))
        #expect(Pinyin.of("中") == Syllable("zhong", 1))
        #expect(Syllable(marked: "lǜ") == Syllable("lv", 4))
        #expect(Syllable("zhong", 1).initial == "zh" && Syllable("zhong", 1).final == "ong")
        #expect(Syllable("an", 1).initial == "" && Syllable("an", 1).final == "an")
        #expect(Pinyin.of("A") == nil && Pinyin.of("🏠") == nil)
    }

    @Test("the many middle dots are one")
    func dots() {
        for dot in ["·", "•", "・", "‧", "．", ".", "●", " · ", "⋅", "・"] {
            #expect(ChineseName("买买提\(dot)吐尔逊").text == "买买提·吐尔逊", "\(dot)")
        }
        #expect(ChineseName("·王·").text == "王")
    }

    @Test("a name made by a station is no name")
    func placeholders() {
        for text in ["无名氏", "无名氏0012", "無名氏", "不详", "某某", "王某某", "身份不明男子", "", "　"] {
            #expect(ChineseName(text).isPlaceholder, "\(text)")
        }
        for text in ["王名", "吴名", "某", "王建国", "吴明氏"] {
            #expect(!ChineseName(text).isPlaceholder, "\(text)")
        }
    }

    @Test("any run of characters, pinyin from a syllable on, and initials begin some key")
    func search() {
        func found(_ typed: String, _ name: String) -> Bool {
            let start = SearchKeys.beginning(typed)
            return !start.isEmpty && SearchKeys.of(name).contains { $0.hasPrefix(start) }
        }
        for typed in [
            "王建国", "王", "建", "国", "王建", "建国", "wang", "wangjian", "wangjianguo", "wjg", "wj",
            "jianguo", "jg", "WangJ",
            " wang jian ", "wáng", "王建國", "ｗａｎｇ", "Wang'jian",
        ] {
            #expect(found(typed, "王建国"), "\(typed)")
        }
        for typed in ["李", "国建", "li", "jgw", "", " ", "angj"] {
            #expect(!found(typed, "王建国"), "\(typed)")
        }
        #expect(found("王建国", "王建國") && found("王建國", "王建国"))
        #expect(found("dan", "单雄信") && found("shan", "单雄信"))
        #expect(found("吐尔逊", "买买提·吐尔逊") && found("买买提吐", "买买提•吐尔逊") && found("tuer", "买买提·吐尔逊"))
        #expect(found("𠮷", "𠮷田") && found("smith", "John Smith") && found("johnsm", "John Smith"))
        #expect(
            found("无名氏12", "无名氏12") && found("12", "无名氏12") && found("吕绿", "吕绿")
                && found("lülü", "吕绿"))
    }

    @Test(
        "keys are never empty, lower case and simplified, whatever the name",
        arguments: 0..<20 as Range<UInt64>)
    func keysAreClean(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet = Array("王建国欧阳單·• .A9é🏠𠮷　无名氏\u{301}")
        for _ in 0..<100 {
            let name = String(
                (0..<Int.random(in: 0...30, using: &random)).map { _ in
                    alphabet.randomElement(using: &random)!
                })
            for key in SearchKeys.of(name) {
                #expect(!key.isEmpty && key == TextNormalizer.key(key), "\(name) -> \(key)")
            }
            #expect(PinyinSortKey.of(name).utf8.allSatisfy { (0x20...0x7E).contains($0) })
        }
    }

    @Test("a list reads as in a dictionary: by syllable, tone, character, the others last")
    func order() {
        let sorted = [
            "阿一", "安一", "西安", "先知", "王建", "王建国", "王剑", "汪建国", "张三", "張三", "张伞", "Anna", "12", "𠮷田",
        ]
        .sorted { PinyinSortKey.of($0) < PinyinSortKey.of($1) }
        #expect(
            sorted == [
                "阿一", "安一", "汪建国", "王剑", "王建", "王建国", "西安", "先知", "张三", "張三", "张伞", "𠮷田", "12",
                "Anna",
            ])
        #expect(PinyinSortKey.of("王建国") == PinyinSortKey.of("王建国"))
        #expect(PinyinSortKey.of("王建国") != PinyinSortKey.of("王健国"))
    }
}

@Suite("What a form takes and what a page shows")
struct FieldTests {
    @Test("text is trimmed and measured as a person counts")
    func plainText() throws {
        #expect(try PlainText.check("  王建国\u{3000}", max: 3) == "王建国")
        #expect(try PlainText.check("👨‍👩‍👧𠮷é", max: 3) == "👨‍👩‍👧𠮷é")
        #expect(try PlainText.check("", max: 3) == "")
        #expect(
            try PlainText.check("<b>'; DROP TABLE person;--", max: 40)
                == "<b>'; DROP TABLE person;--")
        #expect(throws: PlainText.Failure.tooLong(max: 3, is: 4)) {
            try PlainText.check("王建国强", max: 3)
        }
        for bad in [
            "a\u{0}b", "a\nb", "a\u{7}b", "a\u{85}b", "a\u{202E}b", "a\u{2028}b", "a\u{FEFF}b",
            "a\tb",
        ] {
            #expect(throws: PlainText.Failure.controlCharacter) {
                try PlainText.check(bad, max: 10)
            }
        }
        #expect(try PlainText.check("一\n二\t三", max: 10, lines: true) == "一\n二\t三")
        #expect(throws: PlainText.Failure.self) {
            try PlainText.check("a" + String(repeating: "\u{301}", count: 10_000), max: 10)
        }
    }

    @Test("one key for what is written in many ways")
    func keys() {
        #expect(TextNormalizer.key("ＡＢ１２　張") == "ab12张")
        #expect(TextNormalizer.key("河南省 虞城縣") == "河南省虞城县")
        #expect(TextNormalizer.simplified("東") == "东" && TextNormalizer.simplified("𠮷") == "𠮷")
    }

    @Test("telephone numbers have one form")
    func phones() {
        let good = [
            ("138 0000 0000", "13800000000"), ("+86 138-0000-0000", "13800000000"),
            ("008613800000000", "13800000000"),
            ("8613800000000", "13800000000"), ("１３８００００００００", "13800000000"),
            ("0371-6600 0000", "037166000000"),
            ("(010)66000000", "01066000000"), ("400-100-0000", "4001000000"), ("110", "110"),
            ("12345", "12345"),
            ("0371-66000000转801", "037166000000"),
        ]
        for (typed, normal) in good {
            #expect(PhoneNumber(typed)?.normalised == normal, "\(typed)")
        }
        #expect(PhoneNumber("0371-66000000转801")?.extension == "801")
        for typed in [
            "", "1380000000", "138000000000", "abc", "66000000", "+1 202 555 0100", "12800000000",
            "1.38E+10", "--",
        ] {
            #expect(PhoneNumber(typed) == nil, "\(typed)")
        }
        #expect(PhoneNumber("13812345678")?.masked == "138****5678")
        #expect(PhoneNumber("0371-66123456")?.masked == "0371******56")
    }

    @Test("masks leave what helps to recognise and no more")
    func masks() {
        #expect(
            Masking.name("王建国") == "王*国" && Masking.name("王刚") == "王*" && Masking.name("王") == "王")
        #expect(Masking.name("欧阳娜娜") == "欧阳*娜" && Masking.name("无名氏12") == "无名氏12")
        #expect(Masking.name("买买提·吐尔逊") == "买**·***")
        #expect(Masking.identityNumber("41010119900307123X") == "410***********123X")
        #expect(Masking.identityNumber("1234") == "****")
        #expect(Masking.address("河南省商丘市虞城县城郊乡某村3号") == "河南省商丘市虞城县…")
        #expect(Masking.address("河南省郑州市金水区阳光小区5号") == "河南省郑州市金水区…")
        #expect(Masking.address("广西壮族自治区南宁市青秀区某路") == "广西壮族自治区南宁市青秀区…")
        #expect(Masking.address("郑州市北环农贸市场") == "郑州市…" && Masking.address("某村3号") == "…")
        #expect(Masking.address("虞城县") == "虞城县" && Masking.address("") == "")
    }
}
