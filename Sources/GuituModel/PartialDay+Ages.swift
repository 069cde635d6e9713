/// Ages, and animals with an age.
extension DayReader {
    /// 属龙 with an age beside it; the animal alone fits one year in twelve and
    /// leaves the window open.
    mutating func animal() throws(PartialDay.Failure) -> PartialDay? {
        let start = at
        guard let sign = text[at...].firstIndex(of: "属"), sign + 1 < text.count,
            let animal = Zodiac(name: Character(text[sign + 1]))
        else { return nil }
        let around = Array(text[..<sign]) + Array(text[(sign + 2)...])
        guard !around.isEmpty else { return nil }
        var reader = self
        reader.text = around
        reader.at = start
        reader.skipWords()
        guard let age = try reader.ageRange() else { return nil }
        reader.skipWords()
        guard reader.at == reader.text.count else { return nil }
        at = text.count
        return .born(under: animal, aged: reader.about ? age.widened : age, on: today)
    }

    mutating func age() throws(PartialDay.Failure) -> PartialDay? {
        let start = at
        if let range = try ageRange() {
            skipWords()
            let age = about ? range.widened : range
            if nominal { return .born(nominalAge: age, on: today) }
            let full = PartialDay.born(aged: age, on: today)
            if completed { return full }
            // Elders count nominal ages without saying so.
            let counted = PartialDay.born(nominalAge: age, on: today)
            return PartialDay(said: "", earliest: full.earliest, latest: counted.latest)
        }
        at = start
        return try months()
    }

    /// 六个月大, 半岁, 8月龄.
    mutating func months() throws(PartialDay.Failure) -> PartialDay? {
        if take("半岁") { return ago(120...270) }
        guard let count = number(), count.value < 36 else { return nil }
        guard takeOne(of: ["个月大", "月龄", "个月的婴儿", "个多月大"]) != nil else { return nil }
        return PartialDay(
            said: "", earliest: today.adding(months: -count.value - 2),
            latest: today.adding(months: -max(0, count.value - 1)))
    }

    mutating func ageRange() throws(PartialDay.Failure) -> AgeRange? {
        let named: [(String, AgeRange)] = [
            ("花甲", AgeRange(60, 69)), ("古稀", AgeRange(70, 79)), ("耄耋", AgeRange(80, 99)),
            ("十几岁", AgeRange(11, 19)), ("十多岁", AgeRange(11, 19)), ("几十岁", AgeRange(20, 99)),
            ("几岁", AgeRange(2, 9)),
        ]
        for (word, range) in named where take(word) { return range }
        let start = at
        if let range = pair(), take("岁") || take("多岁") { return range }
        at = start
        guard let first = number() else { return nil }
        if let range = decades(first) { return range }
        if takeOne(of: ["多岁", "几岁"]) != nil {
            try plausible(age: first.value)
            let width = first.value % 10 == 0 ? 9 : 1
            return AgeRange(first.value, first.value + width)
        }
        if take("来岁") || take("岁来") {
            try plausible(age: first.value)
            return AgeRange(first.value).widened
        }
        if takeOne(of: ["-", "—", "–", "~", "至", "到", "或"]) != nil
            || (take("岁") && takeOne(of: ["-", "—", "–", "~", "至", "到", "或"]) != nil)
        {
            while takeOne(of: ["-", "—"]) != nil {}
            guard let second = number(), take("岁") || take("多岁") else {
                at = start
                return nil
            }
            try plausible(age: first.value)
            try plausible(age: second.value)
            return AgeRange(first.value, second.value)
        }
        // `take("岁")` above may have taken it already.
        if takeOne(of: ["周岁", "实岁"]) != nil { completed = true }
        let hasYears = text[at - 1] == "岁" || take("岁")
        guard hasYears || ((nominal || completed) && at == text.count) else {
            at = start
            return nil
        }
        if take("半") {}
        try plausible(age: first.value)
        return AgeRange(first.value)
    }

    /// 五旬, 年过六旬.
    mutating func decades(_ first: (value: Int, written: [Unicode.Scalar])) -> AgeRange? {
        guard (2...10).contains(first.value), take("旬") else { return nil }
        return AgeRange(first.value * 10, first.value * 10 + 9)
    }

    /// 七八 is seven or eight, 十七八 is 17 or 18, 二十七八 27 or 28, 六七十 the
    /// sixties and seventies.
    mutating func pair() -> AgeRange? {
        func digit(_ offset: Int) -> Int? {
            at + offset < text.count ? Self.digit(text[at + offset]) : nil
        }
        func isTen(_ offset: Int) -> Bool { at + offset < text.count && text[at + offset] == "十" }
        if isTen(0), let one = digit(1), digit(2) == one + 1 {
            at += 3
            return AgeRange(10 + one, 11 + one)
        }
        guard let one = digit(0), one > 0 else { return nil }
        if isTen(1), let two = digit(2), digit(3) == two + 1 {
            at += 4
            return AgeRange(one * 10 + two, one * 10 + two + 1)
        }
        guard digit(1) == one + 1 else { return nil }
        at += 2
        guard take("十") else { return AgeRange(one, one + 1) }
        return AgeRange(one * 10, one * 10 + 19)
    }

    func plausible(age: Int) throws(PartialDay.Failure) {
        guard age <= 130 else { throw .implausibleAge(age) }
    }
}

extension AgeRange {
    /// What "about" means: two years for a child, three for a youth, five later.
    fileprivate var widened: AgeRange {
        let slack = youngest < 10 ? 2 : youngest < 20 ? 3 : 5
        return AgeRange(youngest - slack, oldest + slack)
    }
}
