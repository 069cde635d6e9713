import Foundation
import GuituModel
import Testing

@testable import GuituMatching

/// Nothing that can be pasted may stop the program.
@Suite("Reading anything", .serialized)
struct NoticeReadingFuzzTests {
    struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return z ^ z >> 31
        }
    }

    private func check(_ text: String, _ published: Day? = Day("2021-05-05")) {
        let scalars = text.unicodeScalars.count
        for field in NoticeReader.read(text, published: published).flatMap(\.fields) {
            guard let span = field.span else { continue }
            if span.lowerBound < 0 || span.upperBound > scalars || span.isEmpty {
                Issue.record("a span outside: \(field.key) \(span) of \(scalars)")
            }
        }
    }

    @Test("labelled texts cut, shuffled, doubled and sprinkled", arguments: 0..<24 as Range<UInt64>)
    func mutated(seed: UInt64) throws {
        var random = Random(state: seed)
        let texts = try LabelledNotices.all.flatMap { try LabelledNotices($0).texts.map(\.text) }
        let sprinkles = Array(
            "0123456789OlI年月日岁米,，。、：:；;()（）“”\"【】|/\t\n 男女左右穿叫在由被于从自家住人的一二十廿初😀é<>&#-.~至到cm口音话氏"
                .unicodeScalars)
        for _ in 0..<60 {
            var scalars = Array(texts.randomElement(using: &random)!.unicodeScalars)
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let place = Int.random(in: 0...scalars.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: scalars = Array(scalars[place...])
                case 1: scalars = Array(scalars[..<place])
                case 2: scalars.insert(sprinkles.randomElement(using: &random)!, at: place)
                case 3:
                    let end = min(scalars.count, place + Int.random(in: 0..<30, using: &random))
                    scalars.removeSubrange(place..<end)
                default:
                    let end = min(scalars.count, place + Int.random(in: 0..<40, using: &random))
                    scalars.insert(contentsOf: scalars[place..<end], at: place)
                }
            }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            check(text, Bool.random(using: &random) ? Day("2019-02-28") : nil)
        }
    }

    @Test("heaps of the words and marks the reader looks for", arguments: 0..<16 as Range<UInt64>)
    func heaps(seed: UInt64) {
        var random = Random(state: seed &+ 1000)
        let words = [
            "姓名", "：", "性别", "男", "女", "年龄", "约", "岁", "身高", "米", "一米六", "1.", "65", "在", "发现",
            "走失", "由", "派出所", "送来",
            "救助站", "，", "。", "、", "（", "）", "“", "”", "\n", " ", "\t", "|", "/", "穿", "黑色", "上衣",
            "裤", "戴", "左", "手", "疤", "背", "骑",
            "口音", "话", "家住", "人", "农历", "腊月", "初", "廿", "三十", "2021年", "13月", "32日", "去年", "上周",
            "昨天", "前", "除夕", "民国", "年次",
            "叫", "自称", "音", "(音)", "1、", "①", "（一）", "A.", "第", "位", "另一名", "应为", "原文", "无名氏",
            "<td>", "</tr>", "<br>", "<", "&nbsp;", "&#",
            "😀", "0", "15400000000", "0371-", "O", "l", "-", "至", "~", "无", "不详", "回家", "团聚", "县",
            "村", "\u{200B}", "\u{FE0F}", "\r\n", "𠮷", "é",
        ]
        for _ in 0..<150 {
            check(
                (0..<Int.random(in: 1...60, using: &random)).map { _ in
                    words.randomElement(using: &random)!
                }.joined())
        }
    }

    @Test("random scalars of every plane", arguments: 0..<4 as Range<UInt64>)
    func noise(seed: UInt64) {
        var random = Random(state: seed &+ 5000)
        for _ in 0..<60 {
            var text = ""
            for _ in 0..<Int.random(in: 0...200, using: &random) {
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random)) {
                    text.unicodeScalars.append(scalar)
                }
            }
            check(text)
        }
    }

    @Test(
        "a quarter of a megabyte of anything ends in seconds",
        arguments: [
            "男，约60岁，", "姓名：", "姓名：\n", "（", "“", "<", "1、", "1、男，60岁\n", "啊", "0", "在", "应为”", "|",
            " ",
            "\n", "a&", "在河边被发现，", "2021年3月5日",
        ])
    func large(unit: String) {
        let text = String(repeating: unit, count: 250_000 / unit.utf8.count)
        let begin = ContinuousClock.now
        _ = NoticeReader.read(text, published: Day("2021-05-05"))
        #expect(ContinuousClock.now - begin < .seconds(20), "\(unit.debugDescription)")
    }

    @Test("ten megabytes of notices give every person of them, with spans in the whole text")
    func heap() throws {
        let one = "姓名：覃大牛\n性别：男\n年龄：约50岁\n身高：1.65米\n特征：左脸有一道疤\n\n"
        let count = 10_000_000 / one.utf8.count
        let text = String(repeating: one, count: count)
        let persons = NoticeReader.read(text)
        #expect(persons.count == count)
        let length = one.unicodeScalars.count
        let last = try #require(persons.last?.first(.name)?.span)
        #expect(last == ((count - 1) * length + 3)..<((count - 1) * length + 6))
    }
}
