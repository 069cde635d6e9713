import Foundation
import GuituInvented
import GuituModel
import Testing

@Suite("Ids")
struct IDTests {
    @Test("ids made later sort later, and none is made twice", arguments: 0..<10 as Range<UInt64>)
    func sortsByTime(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var seen = Set<Person.ID>()
        var before: Person.ID?
        // From 1970 to the year 10889, where 48 bits of milliseconds end.
        for step in 0..<500 {
            let now = Instant(milliseconds: Int64(step) * 562_949_953_421)
            let id = Person.ID(at: now, using: &random)
            #expect(seen.insert(id).inserted)
            if let before { #expect(before < id) }
            #expect(Person.ID(id.text) == id && id.text.utf8.count == 26)
            before = id
        }
        // Within one millisecond only chance tells them apart, and it does.
        let same = (0..<1000).map { _ in
            Person.ID(at: Instant(milliseconds: 1), using: &random).text
        }
        #expect(Set(same).count == 1000)
        #expect(Set(same.map { $0.prefix(9) }).count == 1)
    }

    @Test("the time and the chance are both kept whole")
    func bits() {
        struct Fixed: RandomNumberGenerator {
            let value: UInt64
            mutating func next() -> UInt64 { value }
        }
        var ones = Fixed(value: .max)
        var zeros = Fixed(value: 0)
        let last = Instant(milliseconds: 0xFFFF_FFFF_FFFF)
        #expect(Person.ID(at: last, using: &ones).text == "7" + String(repeating: "z", count: 25))
        #expect(
            Person.ID(at: Instant(milliseconds: 0), using: &zeros).text
                == String(repeating: "0", count: 26))
        #expect(
            Person.ID(at: Instant(milliseconds: 1), using: &zeros).text == "0000000001"
                + String(repeating: "0", count: 16))
        #expect(
            Person.ID(at: Instant(milliseconds: 0), using: &ones).text == "0000000000"
                + String(repeating: "z", count: 16))
    }

    @Test("what is no id is none")
    func forged() throws {
        var random = SplitMix64(seed: 1)
        let good = Person.ID(at: Instant(milliseconds: 1_700_000_000_000), using: &random).text
        let head = String(good.dropFirst())
        let tail = String(good.dropLast())
        let forgeries: [String] = [
            "", tail, good + "0", good.uppercased(), "8" + head, "z" + head, "i" + head, tail + "u",
            tail + "é", " " + head, tail + "'", tail + "\0",
            String(repeating: "0", count: 25) + "０",
            "../../etc/passwd0000000000",
        ]
        for forged in forgeries {
            #expect(Person.ID(forged) == nil, "\(forged)")
        }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Person.ID].self, from: Data("[\"x\"]".utf8))
        }
        let decoded = try JSONDecoder().decode([Person.ID].self, from: Data("[\"\(good)\"]".utf8))
        #expect(decoded.map(\.text) == [good])
    }
}

@Suite("Days and moments")
struct TimeTests {
    @Test("every day of eight centuries is itself again")
    func roundTrip() {
        var previous: (Int, Int, Int)?
        for number in Day("1600-01-01")!.daysSince1970...Day("2400-12-31")!.daysSince1970 {
            let day = Day(daysSince1970: number)
            let civil = day.civil
            #expect(Day(year: civil.year, month: civil.month, day: civil.day) == day)
            if let previous { #expect(previous < (civil.year, civil.month, civil.day)) }
            previous = (civil.year, civil.month, civil.day)
            if number % 97 == 0 { #expect(Day(day.description) == day) }
        }
    }

    @Test("the calendar agrees with another one")
    func agrees() throws {
        var gregorian = Calendar(identifier: .gregorian)
        gregorian.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for number in stride(from: -60_000, to: 60_000, by: 37) {
            let civil = Day(daysSince1970: number).civil
            let parts = gregorian.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(number) * 86_400))
            #expect(
                civil.year == parts.year && civil.month == parts.month && civil.day == parts.day)
        }
    }

    @Test("dates that are none are none")
    func noSuchDay() {
        for text in [
            "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1-01",
            "2026-01-1", "26-01-01",
            "2026/01/01", " 2026-01-01", "2026-01-01 ", "0000-01-01", "２０２６-01-01", "",
            "-026-01-01", "2026-01-00", "+026-01-01",
        ] {
            #expect(Day(text) == nil, "\(text)")
        }
        #expect(Day("2000-02-29") != nil && Day("0001-01-01") != nil && Day("9999-12-31") != nil)
        #expect(Day("0001-01-01")!.description == "0001-01-01")
    }

    @Test("months go to the corresponding day or the month's last")
    func months() {
        #expect(Day("2026-01-31")!.adding(months: 1) == Day("2026-02-28"))
        #expect(Day("2024-01-31")!.adding(months: 1) == Day("2024-02-29"))
        #expect(Day("2024-02-29")!.adding(years: 1) == Day("2025-02-28"))
        #expect(Day("2026-03-31")!.adding(months: -1) == Day("2026-02-28"))
        #expect(Day("2026-01-15")!.adding(months: -13) == Day("2024-12-15"))
        #expect(Day("2026-11-24")!.adding(months: 3) == Day("2027-02-24"))
        #expect(Day("2026-11-24")!.fullYears(since: Day("2008-11-24")!) == 18)
        #expect(Day("2026-11-23")!.fullYears(since: Day("2008-11-24")!) == 17)
        #expect(Day("2008-11-23")!.fullYears(since: Day("2008-11-24")!) == -1)
        for offset in -500...500 {
            let moved = Day("2026-11-24")!.adding(months: offset)
            #expect(moved.civil.day == 24)
            #expect(moved.adding(months: -offset) == Day("2026-11-24"))
        }
    }

    @Test("a moment is a day and a clock in China, before and after 1970")
    func china() {
        #expect(Instant(milliseconds: 0).inChina == (Day("1970-01-01")!, 8, 0, 0))
        #expect(Instant(milliseconds: -1).inChina == (Day("1970-01-01")!, 7, 59, 59))
        let midnight = Instant(Day("2026-11-25")!, hour: 0, minute: 0)
        #expect(
            midnight.inChina.day == Day("2026-11-25")
                && midnight.milliseconds % 86_400_000 == 57_600_000)
        #expect(midnight.adding(.milliseconds(-1)).inChina.day == Day("2026-11-24"))
        for hours in stride(from: -500_000, through: 700_000, by: 777) {
            let instant = Instant(milliseconds: Int64(hours) * 3_600_000 + 61_000)
            let (day, hour, minute, second) = instant.inChina
            #expect(Instant(day, hour: hour, minute: minute, second: second) == instant)
        }
        #expect(Instant(milliseconds: 5000).since(Instant(milliseconds: 2000)) == .seconds(3))
    }
}

@Suite("Identity numbers")
struct IdentityNumberTests {
    /// Invented: a county that issues none (the village of tests), a real check digit.
    static let good = IdentityNumber(completing: "41010119900307123")!.normalised

    @Test("a right number gives its birth day, sex and county, in every spelling")
    func reads() throws {
        for text in [
            Self.good, " \(Self.good) ", Self.good.lowercased(), "'\(Self.good)",
            "410101 19900307 \(Self.good.suffix(4))",
            "４１０１０１" + Self.good.dropFirst(6),
        ] {
            let number = try IdentityNumber(text)
            #expect(
                number.normalised == Self.good && number.birth == Day("1990-03-07")
                    && number.sex == .male)
            #expect(number.areaCode == "410101" && !number.wasFifteen)
        }
        // The standard's own example number of GB 11643.
        #expect(try IdentityNumber("11010519491231002X").sex == .female)
        #expect(try IdentityNumber("11010519491231002x").birth == Day("1949-12-31"))
    }

    @Test("fifteen digits become the eighteen they were succeeded by")
    func fifteen() throws {
        let number = try IdentityNumber("110105491231002")
        #expect(number.normalised == "11010519491231002X" && number.wasFifteen)
        #expect(number == (try IdentityNumber("110105491231002")))
    }

    @Test("every wrong number says why")
    func refusals() {
        let cases: [(String, IdentityNumber.Failure)] = [
            ("", .empty), (" ", .empty), ("1234", .wrongLength(4)),
            (Self.good + "1", .wrongLength(19)),
            ("4101011990030712AX", .notDigits), ("X10105194912310021", .notDigits),
            ("张", .notDigits),
            ("11010519491331002X", .noSuchBirthDate("19491331")),
            ("11010519490229002X", .noSuchBirthDate("19490229")),
            ("110105490229002", .noSuchBirthDate("19490229")),
            ("10010519491231002X", .noSuchProvince("10")),
            ("110105194912310021", .wrongCheckDigit(expected: "X")),
            ("4.1E+17", .spoiltBySpreadsheet),
            ("4.10101199003071E+17", .spoiltBySpreadsheet),
            ("410101199003071000", .spoiltBySpreadsheet),
            ("410101199003071234.00", .spoiltBySpreadsheet), ("410***********123X", .masked),
            ("4101••••••••••1234", .masked),
        ]
        for (text, failure) in cases {
            #expect(throws: failure, "\(text)") { try IdentityNumber(text) }
        }
        #expect(
            IdentityNumber.Failure.wrongCheckDigit(expected: "X").arguments == ["expected": "X"])
    }

    @Test(
        "one wrong digit and two swapped ones are always noticed",
        arguments: 0..<50 as Range<UInt64>)
    func noticesErrors(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let day = Day(daysSince1970: Int.random(in: -20_000...18_000, using: &random))
        let digits = day.description.replacing("-", with: "")
        let number = try #require(
            IdentityNumber(
                completing: "4114" + "25" + digits
                    + String(Int.random(in: 100...999, using: &random))))
        #expect(number.birth == day)
        var text = Array(number.normalised)
        for place in 0..<17 {
            let right = text[place]
            for wrong in "0123456789" where wrong != right {
                text[place] = wrong
                #expect(throws: IdentityNumber.Failure.self) { try IdentityNumber(String(text)) }
            }
            text[place] = right
            guard place < 16, text[place] != text[place + 1] else { continue }
            text.swapAt(place, place + 1)
            #expect(throws: IdentityNumber.Failure.self) { try IdentityNumber(String(text)) }
            text.swapAt(place, place + 1)
        }
    }

    @Test("a rounded number whose check digit is right by chance can be told")
    func rounded() throws {
        let first = Day("1960-01-01")!
        let numbers = (0..<400).compactMap { offset -> IdentityNumber? in
            let digits = first.adding(days: offset).description.replacing("-", with: "")
            return try? IdentityNumber("419999" + digits + "1000")
        }
        #expect(numbers.count > 20 && numbers.allSatisfy(\.endsLikeRounded))
        #expect(try !IdentityNumber(Self.good).endsLikeRounded)
    }

    @Test("a number never prints itself whole")
    func masked() throws {
        let number = try IdentityNumber(Self.good)
        #expect("\(number)" == Self.good.prefix(3) + "***********" + Self.good.suffix(4))
    }
}

@Suite("Vocabulary")
struct VocabularyTests {
    private func check<Word: Vocabulary>(_ type: Word.Type) {
        for word in Word.allCases {
            #expect(word.rawValue.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil, "\(word)")
        }
    }
    private func checkCodes<Word: Coded>(_ type: Word.Type) {
        check(type)
        #expect(Set(Word.allCases.map(\.code)).count == Word.allCases.count, "\(type)")
        for word in Word.allCases { #expect(Word(code: word.code) == word) }
        #expect(Word(code: 1000) == nil)
    }

    @Test("words are kebab-case and each code means one word")
    func words() {
        checkCodes(Sex.self)
        checkCodes(ArrivalMode.self)
        checkCodes(NameCertainty.self)
        checkCodes(IdentityDocumentKind.self)
        checkCodes(Communication.self)
        checkCodes(Cause.self)
        check(Condition.self)
        check(WhereaboutsKind.self)
        check(ConsentToTracing.self)
        check(Protection.self)
        check(RequestState.self)
        check(ReportState.self)
        check(TracingOutcome.self)
        check(CandidateState.self)
        check(Verdict.self)
        check(DepartureKind.self)
        check(Keeping.self)
        check(ObservationKind.self)
        check(ObservationSource.self)
        check(Certainty.self)
        check(Role.self)
        check(Area.Level.self)
        #expect(Area.Level.ministry < .province && Area.Level.county < .station)
    }
}
