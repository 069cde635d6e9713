import Foundation
import GuituInvented
import GuituModel
import Testing

private let today = Day("2026-11-24")!

@Suite("Dates as far as somebody knows them")
struct PartialDayTests {
    @Test(
        "what people say leaves the window it means",
        arguments: [
            ("2016-08-14", "2016-08-14", "2016-08-14"),
            ("2016/8/14", "2016-08-14", "2016-08-14"),
            ("2016.08.14", "2016-08-14", "2016-08-14"),
            ("２０１６年８月１４日", "2016-08-14", "2016-08-14"),
            ("20160814", "2016-08-14", "2016-08-14"),
            ("2016-08-14 21:30:05", "2016-08-14", "2016-08-14"),
            ("2016-08-14T21:30:05", "2016-08-14", "2016-08-14"),
            ("2016年8月14日晚上", "2016-08-14", "2016-08-14"),
            ("2016年8月14号", "2016-08-14", "2016-08-14"),
            ("二〇一六年八月十四日", "2016-08-14", "2016-08-14"),
            ("二零一六年十二月三十一日", "2016-12-31", "2016-12-31"),
            ("2016-08", "2016-08-01", "2016-08-31"),
            ("201602", "2016-02-01", "2016-02-29"),
            ("2016年2月", "2016-02-01", "2016-02-29"),
            ("2016年8月份", "2016-08-01", "2016-08-31"),
            ("2016年8月中旬", "2016-08-10", "2016-08-21"),
            ("2016年8月底", "2016-08-20", "2016-08-31"),
            ("1956", "1956-01-01", "1956-12-31"),
            ("1956年", "1956-01-01", "1956-12-31"),
            ("1956年生", "1956-01-01", "1956-12-31"),
            ("一九五六年出生", "1956-01-01", "1956-12-31"),
            ("89年", "1989-01-01", "1989-12-31"),
            ("约1956年", "1956-01-01", "1956-12-31"),
            ("民国三十年", "1941-01-01", "1941-12-31"),
            ("1956年腊月", "1956-12-20", "1957-02-22"),
            ("1956年臘月", "1956-12-20", "1957-02-22"),
            ("1956年腊月初八", "1956-12-20", "1957-02-22"),
            ("农历1956年八月十五", "1956-08-23", "1956-10-26"),
            ("1956年正月", "1956-01-19", "1956-03-23"),
            ("农历1956年", "1956-01-21", "1957-02-20"),
            ("去年冬天", "2025-01-01", "2026-02-28"),
            ("去年", "2025-01-01", "2025-12-31"),
            ("前年秋天", "2024-08-01", "2024-11-30"),
            ("今年3月", "2026-03-01", "2026-03-31"),
            ("昨天", "2026-11-23", "2026-11-23"),
            ("大前天晚上", "2026-11-21", "2026-11-21"),
            ("上个月", "2026-10-01", "2026-10-31"),
            ("三天前", "2026-11-20", "2026-11-22"),
            ("10年前", "2014-11-24", "2018-11-24"),
            ("80后", "1980-01-01", "1989-12-31"),
            ("上世纪五十年代", "1950-01-01", "1959-12-31"),
            ("周岁60", "1965-11-25", "1966-11-24"),
            ("六十周岁", "1965-11-25", "1966-11-24"),
            ("60岁", "1965-11-25", "1968-02-20"),
            ("六十歲", "1965-11-25", "1968-02-20"),
            ("虚岁60", "1967-01-21", "1968-02-20"),
            ("约六十岁", "1960-11-25", "1973-02-20"),
            ("60岁左右", "1960-11-25", "1973-02-20"),
            ("60多岁", "1956-11-25", "1968-02-20"),
            ("60-70岁", "1955-11-25", "1968-02-20"),
            ("60—70岁之间", "1955-11-25", "1968-02-20"),
            ("60岁到70岁", "1955-11-25", "1968-02-20"),
            ("六七十岁", "1946-11-25", "1968-02-20"),
            ("七八岁", "2017-11-25", "2021-02-20"),
            ("十七八岁", "2007-11-25", "2011-02-20"),
            ("十几岁", "2006-11-25", "2017-02-20"),
            ("五旬", "1966-11-25", "1978-02-20"),
            ("属龙，约60岁", "1964-01-21", "1965-02-20"),
            ("62岁，属龙", "1964-01-21", "1965-02-20"),
            ("六个月大", "2026-03-24", "2026-06-24"),
        ])
    func reads(said: String, earliest: String, latest: String) throws {
        let day = try PartialDay(reading: said, on: today)
        #expect(day.earliest?.description == earliest)
        #expect(day.latest?.description == latest)
        #expect(day.said == said)
    }

    @Test(
        "what nobody has taught us stays open rather than guessed",
        arguments: [
            "属龙", "小时候", "16年", "五六年", "中年", "发大水那年", "2016年大概收麦的时候", "13", "八月十五", "老人", "成年",
            "。。。",
            "解放前", "😀", "不详", "2016-08-14-15", "一二三四五六七八九十", "岁", "-", "年", "属", "属猫60岁", "60",
        ])
    func staysOpen(said: String) throws {
        let day = try PartialDay(reading: said, on: today)
        #expect(day.earliest == nil && day.latest == nil)
        #expect(day.said == said)
        #expect(!day.isUnderstood)
    }

    @Test("a plain contradiction is refused")
    func refuses() {
        #expect(throws: PartialDay.Failure.noSuchDate("2016-02-30")) {
            try PartialDay(reading: "2016-02-30", on: today)
        }
        #expect(throws: PartialDay.Failure.noSuchDate("2016年13月")) {
            try PartialDay(reading: "2016年13月5日", on: today)
        }
        #expect(throws: PartialDay.Failure.noSuchDate("20160231")) {
            try PartialDay(reading: "20160231", on: today)
        }
        #expect(throws: PartialDay.Failure.implausibleYear(2062)) {
            try PartialDay(reading: "2062-01-01", on: today)
        }
        #expect(throws: PartialDay.Failure.implausibleYear(1066)) {
            try PartialDay(reading: "1066年", on: today)
        }
        #expect(throws: PartialDay.Failure.implausibleAge(600)) {
            try PartialDay(reading: "600岁", on: today)
        }
        #expect(throws: PartialDay.Failure.empty) {
            try PartialDay(reading: " \u{3000} ", on: today)
        }
    }

    @Test("every day of two centuries lies in the window of its lunar month and year")
    func lunarWindowsAreWide() throws {
        var chinese = Calendar(identifier: .chinese)
        chinese.timeZone = try #require(TimeZone(identifier: "Asia/Shanghai"))
        let first = Day("1901-03-01")!
        var narrowest = Int.max
        for offset in stride(from: 0, to: 72_000, by: 1) {
            let day = first.adding(days: offset)
            let noon = Instant(day, hour: 12, minute: 0)
            let date = Date(timeIntervalSince1970: Double(noon.milliseconds) / 1000)
            let parts = chinese.dateComponents([.year, .month, .day], from: date)
            let month = try #require(parts.month)
            // A lunar year is named after the civil one it begins in.
            let year = day.year - (month >= 11 && day.civil.month <= 3 ? 1 : 0)
            let window = try #require(PartialDay.lunarMonth(month, of: year))
            #expect(window.earliest! <= day && day <= window.latest!, "\(day) is in month \(month)")
            narrowest = min(
                narrowest, day.days(since: window.earliest!), window.latest!.days(since: day))
            let whole = try #require(PartialDay.lunarYear(year))
            #expect(whole.earliest! <= day && day <= whole.latest!, "\(day) is in year \(year)")
        }
        #expect(narrowest <= 2)  // and not wider than need be
    }

    @Test("an age and the birth window it leaves agree", arguments: 0..<200)
    func agesAgree(seed: Int) throws {
        let age = AgeRange(seed * 7 % 100, seed * 7 % 100 + seed % 12)
        let day = Day(daysSince1970: 8000 + seed * 61)
        let born = PartialDay.born(aged: age, on: day)
        #expect(born.ages(on: day) == age)
        #expect(born.earliest!.fullYears(since: born.earliest!) == 0)
        #expect(day.fullYears(since: born.earliest!.adding(days: -1)) == age.oldest + 1)
        #expect(day.fullYears(since: born.latest!.adding(days: 1)) == age.youngest - 1)
        let nominal = PartialDay.born(
            nominalAge: AgeRange(age.youngest + 1, age.oldest + 1), on: day)
        // Nominal ages are one or two more than full ones.
        #expect(nominal.overlaps(born))
    }

    @Test("a child's nominal age is one on the day of birth")
    func nominalAges() {
        let born = PartialDay.born(nominalAge: AgeRange(1), on: today)
        #expect(born.earliest == Day("2026-01-21") && born.latest == today)
        let twins = PartialDay.born(nominalAge: AgeRange(2), on: Day("2026-02-01")!)
        #expect(twins.earliest == Day("2024-01-21") && twins.latest == Day("2026-02-01"))
    }

    @Test("one column and one JSON form, and both read back")
    func roundTrips() throws {
        for said in ["2016-08-14", "1956年腊月", "小时候 在 河边", "约60岁", "", "a..b 2016-01-01..", "去年冬天"] {
            let day = (try? PartialDay(reading: said, on: today)) ?? PartialDay(unread: said)
            #expect(PartialDay(day.description) == day)
            #expect(
                try JSONDecoder().decode(PartialDay.self, from: JSONEncoder().encode(day)) == day)
        }
        let half = PartialDay(said: "解放前", earliest: nil, latest: Day("1949-10-01"))
        #expect(half.description == "..1949-10-01 解放前")
        #expect(PartialDay(half.description) == half)
        for forged in [
            "", "2016", "2016-01-01", "2016-01-01..", "2016-02-30.. x", "..2016 x",
            "2016-01-02..2016-01-01 x",
            "2016-01-01 .. x", ". x",
        ] {
            #expect(PartialDay(forged) == nil, "\(forged)")
        }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(
                PartialDay.self,
                from: Data(#"{"said":"x","earliest":"2016-01-02","latest":"2016-01-01"}"#.utf8))
        }
    }

    @Test(
        "any text is read or left open, and never ends the program",
        arguments: 0..<40 as Range<UInt64>)
    func neverEnds(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet = Array("0123456789年月日岁属龙虚周约多几来十百廿初旬-/.~至半个前去今昨天正腊闰农历民国后代世纪大 T:")
        for _ in 0..<300 {
            let said = String(
                (0..<Int.random(in: 1...9, using: &random)).map { _ in
                    alphabet.randomElement(using: &random)!
                })
            do {
                let day = try PartialDay(reading: said, on: today)
                if let earliest = day.earliest, let latest = day.latest {
                    #expect(earliest <= latest, "\(said)")
                    #expect(latest.days(since: earliest) < 60_000, "\(said)")
                }
            } catch {}
        }
    }
}
