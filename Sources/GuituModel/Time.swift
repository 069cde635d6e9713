/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
public struct Instant: Hashable, Comparable, Sendable, Codable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }

    public func adding(_ duration: Duration) -> Instant {
        let (seconds, attoseconds) = duration.components
        return Instant(
            milliseconds: milliseconds + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    public func since(_ earlier: Instant) -> Duration {
        // A device may send any number; a page must outlive it.
        let (difference, isOver) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        return .milliseconds(isOver ? (milliseconds < 0 ? .min : .max) : difference)
    }

    /// The civil date and the minutes and seconds a wall clock in China shows.
    ///
    /// China keeps UTC+8 everywhere and all year since 1992; summer time of
    /// 1986 to 1991 is deliberately not applied: nothing here was recorded then.
    public var inChina: (day: Day, hour: Int, minute: Int, second: Int) {
        let local = milliseconds + 8 * 3_600_000
        let days = Int(local.flooredDivision(by: 86_400_000))
        let rest = Int(local - Int64(days) * 86_400_000) / 1000
        return (Day(daysSince1970: days), rest / 3600, rest / 60 % 60, rest % 60)
    }

    /// As a field for a day and a time holds it: `2026-11-24T18:05`.
    public var localMoment: String {
        let (day, hour, minute, _) = inChina
        return "\(day)T\(hour.padded(2)):\(minute.padded(2))"
    }

    /// The moment a wall clock in China shows `hour`:`minute` on `day`.
    public init(_ day: Day, hour: Int, minute: Int, second: Int = 0) {
        let seconds = day.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second
        milliseconds = Int64(seconds) * 1000 - 8 * 3_600_000
    }
}

/// Tells the time; injected, so that a test decides what day it is.
public protocol Clock: Sendable {
    var now: Instant { get }
}

/// A civil date in Asia/Shanghai; never a moment. Written `2026-11-24`.
public struct Day: Hashable, Comparable, Sendable, CustomStringConvertible,
    LosslessStringConvertible,
    Codable
{
    public let daysSince1970: Int

    public init(daysSince1970: Int) { self.daysSince1970 = daysSince1970 }

    /// Nil unless the date exists in the Gregorian calendar.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), day >= 1, day <= Day.daysIn(month: month, of: year),
            (1...9999).contains(year)
        else { return nil }
        daysSince1970 = Day.count(year: year, month: month, day: day)
    }

    /// Days from civil, proleptic Gregorian; the year begins in March so that
    /// the leap day comes last.
    private static func count(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Reads `2026-11-24` and nothing else.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count == 10, parts.count == 3, parts[0].utf8.count == 4,
            parts[1].utf8.count == 2,
            text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 45 }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    public static func daysIn(month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    public var civil: (year: Int, month: Int, day: Int) {
        let z = daysSince1970 + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let m = (5 * dayOfYear + 2) / 153
        let month = m < 10 ? m + 3 : m - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * m + 2) / 5 + 1
        )
    }

    public var year: Int { civil.year }

    /// The same date so many months on, or the month's last day where it has none.
    public func adding(months: Int) -> Day {
        let (year, month, day) = civil
        let count = year * 12 + month - 1 + months
        let target = Int(Int64(count).flooredDivision(by: 12))
        let targetMonth = count - target * 12 + 1
        return Day(
            daysSince1970: Day.count(
                year: target, month: targetMonth,
                day: Swift.min(day, Day.daysIn(month: targetMonth, of: target))))
    }

    public func adding(years: Int) -> Day { adding(months: years * 12) }

    /// Birthdays passed since `earlier`; negative when that is later.
    public func fullYears(since earlier: Day) -> Int {
        let (a, b) = (civil, earlier.civil)
        return a.year - b.year - ((a.month, a.day) < (b.month, b.day) ? 1 : 0)
    }

    public func adding(days: Int) -> Day { Day(daysSince1970: daysSince1970 + days) }
    public func days(since earlier: Day) -> Int { daysSince1970 - earlier.daysSince1970 }
    public static func < (a: Self, b: Self) -> Bool { a.daysSince1970 < b.daysSince1970 }

    public var description: String {
        let (year, month, day) = civil
        return "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))"
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let day = Day(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a day"))
        }
        self = day
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Int {
    fileprivate func padded(_ width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
