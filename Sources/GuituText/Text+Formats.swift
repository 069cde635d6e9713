import GuituModel

/// Dates, times, ages and numbers the way a reader of the language writes them.
extension Text {
    /// `2026年11月24日` / `24 Nov 2026`
    public func callAsFunction(_ day: Day) -> String {
        let (year, month, date) = day.civil
        switch language {
        case .zhHans: return "\(year)年\(month)月\(date)日"
        case .en: return "\(date) \(englishMonths[month - 1]) \(year)"
        }
    }

    /// `2026年11月24日 18:05` / `24 Nov 2026, 18:05`, as a clock in China shows it.
    public func callAsFunction(_ instant: Instant) -> String {
        let (day, hour, minute, _) = instant.inChina
        let separator = language == .zhHans ? " " : ", "
        return self(day) + separator + clock(hour, minute)
    }

    /// `18:05` when it is today, else the day and the time.
    public func callAsFunction(_ instant: Instant, today: Day) -> String {
        let (day, hour, minute, _) = instant.inChina
        return day == today ? clock(hour, minute) : self(instant)
    }

    /// Whole numbers with separators from five digits up: `300`, `12,345`.
    public func callAsFunction(_ number: Int) -> String {
        let digits = String(number.magnitude)
        guard digits.count > 4 else { return String(number) }
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        return number < 0 ? "-" + grouped : grouped
    }

    /// `43岁` / `43`, and `40—45岁` / `40–45` when only a range is known.
    public func age(_ years: ClosedRange<Int>) -> String {
        switch language {
        case .zhHans:
            years.count == 1
                ? "\(years.lowerBound)岁" : "\(years.lowerBound)—\(years.upperBound)岁"
        case .en:
            years.count == 1
                ? "\(years.lowerBound)" : "\(years.lowerBound)–\(years.upperBound)"
        }
    }

    /// `3天` / `3 days`; a span of less than a day in hours, of less than an hour in minutes.
    public func callAsFunction(_ duration: Duration) -> String {
        let minutes = Int(duration.components.seconds / 60)
        switch minutes {
        case ..<60: return self("span.minutes", ["count": self(minutes)])
        case ..<1440: return self("span.hours", ["count": self(minutes / 60)])
        default: return self("span.days", ["count": self(minutes / 1440)])
        }
    }

    /// `甲、乙、丙` / `A, B, C`
    public func list(_ items: [String]) -> String {
        items.joined(separator: language == .zhHans ? "、" : ", ")
    }

    private func clock(_ hour: Int, _ minute: Int) -> String {
        (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)"
    }
}

private let englishMonths = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
]
