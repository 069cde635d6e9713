import GuituModel
import Testing

@testable import GuituText

enum Season: String { case summer }
struct Year {
    enum Half: String { case first }
}

@Suite("Text")
struct TextTests {
    let chinese = Text(.zhHans)
    let english = Text(.en)

    @Test("blanks are filled, and English counts one apart from many")
    func plural() {
        #expect(chinese("span.days", ["count": "1"]) == "1天")
        #expect(english("span.days", ["count": "1"]) == "1 day")
        #expect(english("span.days", ["count": "2"]) == "2 days")
        #expect(english("span.days", ["count": "0"]) == "0 days")
    }

    @Test("an argument that looks like a blank is not filled again")
    func argumentsAreNotRead() {
        let said = chinese("list.total", ["count": "{count}"])
        #expect(said == "共{count}条")
    }

    @Test("a missing argument or key shows itself instead of ending the program")
    func missing() {
        #expect(chinese("list.total") == "共{count}条")
        #expect(chinese(TextKey(said: "no.such.key")) == "⟨no.such.key⟩")
        #expect(!chinese.has(TextKey(said: "no.such.key")) && chinese.has("list.total"))
    }

    @Test("a vocabulary's key is its type and raw value, nesting included")
    func vocabulary() {
        #expect(chinese(of: Season.summer) == "⟨season.summer⟩")
        #expect(chinese(of: Year.Half.first) == "⟨year.half.first⟩")
        #expect(chinese(of: Year.Half.first) == "⟨year.half.first⟩", "the remembered prefix too")
    }

    @Test("capitals at the head of a type's name are lowered together")
    func capitals() {
        #expect(VocabularyNames.lowered("Sex") == "sex")
        #expect(VocabularyNames.lowered("CSVReader") == "csvReader")
        #expect(VocabularyNames.lowered("ArrivalMode") == "arrivalMode")
        #expect(VocabularyNames.lowered("DNA") == "dna")
    }

    @Test("days and moments are written as a reader writes them, in China's time")
    func dates() throws {
        let day = try #require(Day("2026-03-08"))
        let moment = Instant(day, hour: 8, minute: 5)
        #expect(chinese(day) == "2026年3月8日")
        #expect(english(day) == "8 Mar 2026")
        #expect(chinese(moment) == "2026年3月8日 08:05")
        #expect(english(moment) == "8 Mar 2026, 08:05")
        #expect(chinese(moment, today: day) == "08:05")
        #expect(chinese(moment, today: day.adding(days: 1)) == "2026年3月8日 08:05")
    }

    @Test("numbers are grouped from five digits up")
    func numbers() {
        #expect(chinese(0) == "0")
        #expect(chinese(2026) == "2026")
        #expect(chinese(12345) == "12,345")
        #expect(chinese(-1_234_567) == "-1,234,567")
        #expect(chinese(100_000) == "100,000")
    }

    @Test("ages are one number or a range")
    func ages() {
        #expect(chinese.age(43...43) == "43岁")
        #expect(chinese.age(40...45) == "40—45岁")
        #expect(english.age(43...43) == "43")
        #expect(english.age(40...45) == "40–45")
    }

    @Test("spans are said in the largest unit that fits")
    func spans() {
        #expect(chinese(Duration.seconds(59 * 60)) == "59分钟")
        #expect(english(Duration.seconds(3600)) == "1 hour")
        #expect(chinese(Duration.seconds(3 * 86_400 + 5)) == "3天")
    }

    @Test("the browser's languages choose ours, and Chinese is the rule")
    func acceptLanguage() {
        #expect(Language(acceptLanguage: "en-GB,en;q=0.9,zh;q=0.8") == .en)
        #expect(Language(acceptLanguage: "fr, zh-TW;q=0.8, en;q=0.5") == .zhHans)
        #expect(Language(acceptLanguage: "") == .zhHans)
        #expect(Language(acceptLanguage: ";;,,\u{0},x") == .zhHans)
    }
}

@Suite("Reading vocabularies from sources")
struct VocabulariesTests {
    @Test("nested and valued cases are found, computed members are not")
    func reads() {
        let found = Vocabularies(
            in: """
                public struct Bed {
                    public enum Kind: String, CaseIterable {
                        case plain, child
                        case sickBay = "sick-bay"  // case nothing
                        var size: Int {
                            switch self {
                            case .plain: 1
                            default: 2
                            }
                        }
                    }
                }
                enum Sex: String { case male, female }
                enum Count: Int { case one }
                """
        ).found
        #expect(found.map(\.prefix) == ["bed.kind", "sex"])
        #expect(found[0].values == ["plain", "child", "sick-bay"])
        #expect(found[1].values == ["male", "female"])
    }
}
