import GuituModel

/// Reads free Chinese text about people found or missed: notices, posts, news,
/// cards, bulletins, letters, tables, scans.
///
/// First the text is brought into one form (`NoticeText`), then divided into
/// persons and labelled stretches (`NoticeLayout`), then each stretch is
/// understood by its label or as prose. Nothing is guessed that no words
/// stand for: what the text does not say has no field.
///
/// ```swift
/// for person in NoticeReader.read(text, published: Day("2022-03-15")) {
///     print(person.text(.name) ?? "-", person.first(.age)?.span ?? 0..<0)
/// }
/// ```
public struct NoticeReader {
    /// Grows when the same text may be read otherwise.
    public static let version = 3

    let text: NoticeText
    let published: Day?
    let dates: [DateMention]
    let organisations: [Organisation]

    /// The persons of `text` in its order, none when it tells of none.
    ///
    /// - Parameters:
    ///   - published: The day 昨日 and a date without its year count from.
    ///   - places: What is known to be a place by its name alone. More counties
    ///     are found with those of an index of places.
    public static func read(
        _ text: String, published: Day? = nil, places: PlaceNames = .common
    ) -> [NoticePerson] {
        guard text.utf8.count > window else { return readOne(text, published, places) }
        // A heap of notices is read piece by piece: what takes the square of a
        // notice's length must not take the square of a heap's.
        let scalars = Array(text.unicodeScalars)
        var persons: [NoticePerson] = []
        var begin = 0
        while begin < scalars.count {
            var end = min(scalars.count, begin + window)
            if end < scalars.count,
                let line = scalars[(begin + window / 2)..<end].lastIndex(of: "\n")
            {
                end = line + 1
            }
            var piece = ""
            piece.unicodeScalars.append(contentsOf: scalars[begin..<end])
            for var person in readOne(piece, published, places) {
                for place in person.fields.indices {
                    person.fields[place].span = person.fields[place].span.map {
                        ($0.lowerBound + begin)..<($0.upperBound + begin)
                    }
                }
                persons.append(person)
            }
            begin = end
        }
        return persons
    }

    /// Longer than any notice; a long list of persons has a hundred a piece.
    static let window = 16_000

    private static func readOne(
        _ text: String, _ published: Day?, _ places: PlaceNames
    ) -> [NoticePerson] {
        let reader = NoticeReader(text, published, places)
        guard reader.text.count >= 6 else { return [] }
        return reader.persons()
    }

    private init(_ text: String, _ published: Day?, _ places: PlaceNames) {
        self.text = NoticeText(text, places: places)
        self.published = published
        dates = NoticeDates.mentions(self.text, published: published)
        organisations = Organisations.mentions(self.text, in: self.text.all)
    }

    // MARK: Persons

    func persons() -> [NoticePerson] {
        let layout = NoticeLayout(text)
        let whole = Situation(text, layout)
        var drafts: [NoticeDraft] = []
        for units in layout.persons {
            guard let first = units.first, let last = units.last else { continue }
            let range = first.range.lowerBound..<max(first.range.lowerBound, last.range.upperBound)
            let situation = whole.narrowed(to: range, text, isList: layout.isList)
            var draft = NoticeDraft(text: text, situation: situation, range: range)
            for unit in units { read(unit, into: &draft) }
            readScenes(range, units, into: &draft)
            // 公公： and 寻找母亲： stand before the first stretch.
            let head = max(0, range.lowerBound - 6)..<range.lowerBound
            if draft.fields[.sex] == nil,
                let sex = SexWords.reading(text, head, isMissing: situation.kind == .missing)
            {
                draft.add(
                    .sex, .text(sex.sex == .male ? "male" : "female"), sex.range, sex.confidence)
            }
            drafts.append(draft)
        }
        // A sentence for all of a list stands before or after it.
        var common = NoticeDraft(text: text, situation: whole, range: text.all)
        if layout.isList || !layout.shared.isEmpty {
            for range in layout.shared where !range.isEmpty { readShared(range, into: &common) }
        }
        if drafts.count == 1, Situation.isOther(text, text.all) { return [] }
        let isAlone = drafts.count == 1
        let lone = toldOnce(drafts)
        var persons: [NoticePerson] = []
        for draft in drafts {
            var draft = draft
            if !layout.shared.isEmpty {
                draft.complete(from: common, isAlone: isAlone)
            }
            if drafts.count > 1, draft.situation.kind == .found, !draft.situation.isMixed {
                for (key, fields) in lone where draft.fields[key] == nil {
                    draft.fields[key] = fields
                }
            }
            guard draft.isSomebody(inList: layout.isList),
                !layout.isList || !Situation.isOther(text, draft.range)
            else { continue }
            persons.append(draft.person())
        }
        return persons
    }

    /// A station or number told with one of several only belongs to all.
    func toldOnce(_ drafts: [NoticeDraft]) -> [NoticeKey: [NoticeDraft.Candidate]] {
        var lone: [NoticeKey: [NoticeDraft.Candidate]] = [:]
        for key in [NoticeKey.station, .contacts] {
            let owners = drafts.lazy.filter { $0.fields[key] != nil }
            if owners.prefix(2).count == 1 { lone[key] = owners.first?.fields[key] }
        }
        return lone
    }

    // MARK: Prose

    func readProse(
        _ range: Range<Int>, _ label: NoticeLabel?, _ isCell: Bool, into draft: inout NoticeDraft
    ) {
        if isCell, label == nil, readBareCell(range, into: &draft) { return }
        readFacts(range, isCell: isCell, into: &draft)
        addPhrases(range, label, isCell, into: &draft)
    }

    /// A cell without a header that is a date, a place, an accent.
    func readBareCell(_ range: Range<Int>, into draft: inout NoticeDraft) -> Bool {
        if let date = dates.first(where: { range.contains($0.range.lowerBound) }) {
            let rest = scenes(draft).afterTime(date.range.upperBound, range.upperBound)
            let isPlace =
                date.range.lowerBound == range.lowerBound && range.upperBound - rest >= 4
                && rest > date.range.upperBound && text[rest - 1] == ","
            if range.count - date.range.count <= 2 || isPlace {
                draft.addDate(date, draft.situation.kind == .missing ? .lost : .found, 0.75)
                draft.used.append(date.range)
                return !isPlace || readBareCell(rest..<range.upperBound, into: &draft)
            }
        }
        if Heights.mentions(text, in: range, bare: true).first.map({
            range.count - $0.range.count <= 3 && $0.low >= 100
        }) == true, let height = Heights.mentions(text, in: range, bare: true).first {
            draft.addHeight(height, 0.9)
            return true
        }
        if let age = Ages.mentions(text, in: range, bare: true).first,
            age.hasUnit || range.count <= 3
        {
            draft.addAge(age, 0.9)
            return true
        }
        if !Phones.mentions(text, in: range).isEmpty { return false }
        if NoticePlaces.looksLike(text, range, isName: false), range.count >= 4,
            draft.fields[.placeFound] == nil, draft.fields[.placeMissing] == nil,
            NoticePhrases(text: text).phrases(in: range, hint: nil).isEmpty,
            text.find("口音", in: range) == nil, text.find("话", in: range) == nil,
            text.find("送", in: range) == nil
        {
            draft.addText(
                draft.situation.kind == .missing ? .placeMissing : .placeFound, range, 0.72)
            return true
        }
        return false
    }

    func addPhrases(
        _ range: Range<Int>, _ label: NoticeLabel?, _ isCell: Bool, into draft: inout NoticeDraft
    ) {
        for phrase in NoticePhrases(text: text).phrases(in: range, hint: label, isCell: isCell) {
            draft.addText(phrase.key, phrase.range, phrase.confidence)
        }
    }

    /// Name, sex, age, height, home and accent in running text.
    func readFacts(_ range: Range<Int>, isCell: Bool, into draft: inout NoticeDraft) {
        let isMissing = draft.situation.kind == .missing
        for name in Names.mentions(text, in: range, isMissing: isMissing) {
            draft.addName(name)
        }
        if let place = text.find("无名氏", in: range) ?? text.find("编号", in: range) {
            if text[place] == "无" {
                readNobodyCode(place, place + 3, range.upperBound, into: &draft)
            } else {
                var begin = place + 2
                if text[begin] == ":" || text[begin] == "为" { begin += 1 }
                readCode(begin..<min(range.upperBound, begin + 16), into: &draft, alone: true)
            }
        }
        if let sex = SexWords.reading(text, range, isMissing: isMissing) {
            draft.add(.sex, .text(sex.sex == .male ? "male" : "female"), sex.range, sex.confidence)
        }
        let ages = Ages.mentions(text, in: range)
        let told = ages.filter { !(isMissing && Ages.isOfWriter(text, $0, in: range)) }
        let own = told.filter { !Ages.isOfKin(text, $0, in: range) }
        for age in isMissing && own.isEmpty ? told : own {
            draft.addAge(age, age.hasUnit ? 0.9 : 0.8)
        }
        readBareAge(range, into: &draft)
        readBirthYear(range, into: &draft)
        for height in Heights.mentions(text, in: range) {
            draft.addHeight(height, height.isNamed ? 0.95 : 0.85)
        }
        for (home, confidence) in scenes(draft).homes(in: range) {
            draft.addText(.placeClaimed, home, confidence)
        }
        readAccent(range, into: &draft)
        readEthnicity(range, into: &draft)
    }

    func readCode(_ range: Range<Int>, into draft: inout NoticeDraft, alone: Bool) {
        var end = range.lowerBound
        var digits = false
        while end < range.upperBound, text[end].isLatin || text[end].isDigit || text[end] == "-",
            text.gap(end) == 0 || end == range.lowerBound
        {
            if text[end].isDigit { digits = true }
            end += 1
        }
        if digits { draft.addText(.code, range.lowerBound..<end, 0.85) }
    }

    /// 叫占德福，五十九，一米六三: a number as a clause behind name or sex.
    func readBareAge(_ range: Range<Int>, into draft: inout NoticeDraft) {
        guard draft.fields[.age] == nil else { return }
        for at in range where at > range.lowerBound {
            guard text[at - 1] == "," || text.isBreak(at) || text[at - 1] == ";",
                let number = Numeral.read(text, at),
                (3...105).contains(number.low),
                number.end - at >= 2
            else { continue }
            let closes =
                text[number.end] == "," || text[number.end] == "。"
                || (text.isBreak(number.end) && text.gap(number.end) < NoticeText.Gap.paragraph)
            let before = text[at - 2]
            guard closes, before.isHan || text.isBreak(at) && text[at - 1].isHan,
                SexWords.stands(text, at - 2) != nil || text[at - 1] == "男"
                    || text[at - 1] == "女" || draft.fields[.name] != nil
                    || !number.isExact && number.low >= 15  // 二十三四
            else { continue }
            let mention = AgeMention(
                low: number.low, high: number.high, range: at..<number.end, source: nil,
                isVague: !number.isExact, hasUnit: false)
            draft.addAge(mention, 0.7)
            return
        }
    }

    /// 1978年生, 2006年11月出生, 生于1950年, 属马.
    func readBirthYear(_ range: Range<Int>, into draft: inout NoticeDraft) {
        for date in dates where range.contains(date.range.lowerBound) {
            let end = date.range.upperBound
            guard text[end] == "生" && !text.has("生病", at: end) || text.has("出生", at: end) else {
                continue
            }
            draft.add(.birthYear, .number(date.year), date.range, 0.9)
            draft.used.append(date.range)
        }
        for at in range where text[at].isDigit && !text[at - 1].isDigit {
            // 民國32年次
            if let (value, end) = Numeral.plain(text, at, limit: 3), text.has("年次", at: end),
                value < 130
            {
                draft.add(.birthYear, .number(value + 1911), at..<end, 0.93)
                continue
            }
            guard let (year, end) = Numeral.plain(text, at, limit: 4),
                end - at == 4 || end - at == 2, text[end] == "年"
            else { continue }
            let full = year < 100 ? year + (year > 30 ? 1900 : 2000) : year
            guard (1900...2030).contains(full) else { continue }
            let tail = end..<min(range.upperBound, end + 10)
            var born =
                text.has("生于", before: at) || text.has("出生", before: at)
                || text.has("出生于", before: at) || text[end + 1] == "生"
            for place in tail where !born {
                if text[place] == "," || text[place] == "。" { break }
                if text.has("出生", at: place) || (text[place] == "生" && !text[place + 1].isHan) {
                    born = true
                }
            }
            if born {
                draft.add(.birthYear, .number(full), at..<end, 0.9)
                draft.used.append(at..<tail.upperBound)
            }
        }
    }

    func readEthnicity(_ range: Range<Int>, into draft: inout NoticeDraft) {
        for at in range where text[at] == "族" && at - range.lowerBound >= 1 {
            var begin = at
            while begin > range.lowerBound, at - begin < 4, text[begin - 1].isHan,
                !text.isBreak(begin),
                !["男", "女", "是", "系", "为"].contains(text[begin - 1])
            { begin -= 1 }
            let edge =
                !text[begin - 1].isHan || text.isBreak(begin)
                || ["男", "女", "是", "系", "为"].contains(text[begin - 1])
            let next = text[at + 1]
            guard begin < at, edge,
                !next.isHan || text.gap(at + 1) > 0 || text.has("老", at: at + 1)
                    || text.has("男", at: at + 1) || text.has("女", at: at + 1)
                    || text.has("人", at: at + 1), text[at - 1] != "家", text[at - 1] != "民"
            else { continue }
            draft.addText(.ethnicity, begin..<(at + 1), 0.85)
        }
    }

    func readAccent(_ range: Range<Int>, into draft: inout NoticeDraft) {
        for (accent, confidence) in Accents.mentions(text, in: range) {
            draft.addText(.accent, accent, confidence)
        }
    }

    func scenes(_ draft: NoticeDraft) -> NoticeScenes {
        NoticeScenes(text: text, isMissing: draft.situation.kind == .missing, dates: dates)
    }

    // MARK: Scenes

    func readScenes(
        _ range: Range<Int>, _ units: [NoticeLayout.Unit], into draft: inout NoticeDraft
    ) {
        let scenes = scenes(draft)
        for unit in units where !unit.isClosed {
            for place in scenes.places(in: unit.range) { draft.addPlace(place) }
        }
        readDates(range, scenes, into: &draft)
        for (escort, confidence) in scenes.escorts(in: range, organisations: organisations) {
            draft.addText(.escortedBy, escort, confidence - 0.1)
        }
        readHolders(range, scenes, into: &draft)
        for phone in Phones.mentions(text, in: range) {
            draft.add(.contacts, .text(phone.digits), phone.range, 0.95)
        }
    }

    func readDates(
        _ range: Range<Int>, _ scenes: NoticeScenes, into draft: inout NoticeDraft
    ) {
        let own = dates.filter { range.contains($0.range.lowerBound) }
        for (order, date) in own.enumerated() {
            if draft.used.contains(where: { $0.overlaps(date.range) }) { continue }
            let next = order + 1 < own.count ? own[order + 1].range.lowerBound : range.upperBound
            // A date that nothing follows but another for the same event.
            guard let (event, confidence) = scenes.event(of: date, next: next, in: range) else {
                continue
            }
            draft.addDate(date, event, confidence)
            if let place = scenes.bare(after: date.range.upperBound, in: range) {
                draft.addPlace(place)
            }
        }
        guard draft.fields[.dateFound] == nil, draft.fields[.dateMissing] == nil,
            !draft.situation.isReunited,
            let lone = own.first(where: { isUntold($0, in: range, draft) })
        else { return }
        // One date, and no verb that says what it is of.
        draft.addDate(lone, draft.situation.kind == .missing ? .lost : .found, 0.5)
        if draft.fields[.placeFound] == nil, draft.fields[.placeMissing] == nil,
            let place = scenes.bare(after: lone.range.upperBound, in: range, needsVerb: false)
        {
            draft.addPlace(place)
        }
    }

    /// A day that is nobody's birth, nor when the notice was written.
    func isUntold(_ date: DateMention, in range: Range<Int>, _ draft: NoticeDraft) -> Bool {
        let first = text[date.range.lowerBound]
        guard date.day != nil, first.isDigit || first == "十" || Numeral.digit(first) != nil,
            !draft.used.contains(where: { $0.overlaps(date.range) })
        else {
            return false
        }
        let (begin, end) = (date.range.lowerBound, date.range.upperBound)
        let isLine =
            text.gap(begin) >= NoticeText.Gap.line && text.gap(end) >= NoticeText.Gap.line
        let near = max(0, begin - 5)..<min(text.count, end + 6)
        return !isLine && end + 2 < range.upperBound && !NoticeScenes.told.isIn(text, near)
            && text.find("生", in: end..<min(text.count, end + 3)) == nil
    }

    func readHolders(
        _ range: Range<Int>, _ scenes: NoticeScenes, into draft: inout NoticeDraft
    ) {
        guard draft.situation.kind == .found else { return }
        for organisation in organisations where range.contains(organisation.range.lowerBound) {
            let confidence = scenes.holds(organisation)
            if confidence >= 0.2 {
                draft.addText(.station, organisation.range, min(0.93, confidence))
            }
        }
    }

    /// What may hold for everybody of a list.
    func readShared(_ range: Range<Int>, into draft: inout NoticeDraft) {
        let scenes = scenes(draft)
        readScenes(
            range, [NoticeLayout.Unit(label: nil, begin: range.lowerBound, range: range)],
            into: &draft)
        // 发现地点均为榆林火车站广场 has no colon.
        for (words, key) in [
            (["发现地点均为", "发现地点为", "发现地点都是", "发现地均为"] as [StaticWord], NoticeKey.placeFound)
        ] {
            for word in words {
                if let place = text.find(word, in: range),
                    let chunk = NoticePlaces.chunk(
                        text, from: place + word.count, to: range.upperBound)
                {
                    draft.addText(key, chunk, 0.9)
                }
            }
        }
        for unit in NoticeLayout(dividing: text).units(of: range) {
            switch unit.label {
            case .foundOn?, .arrivedOn?, .foundAt?, .station?, .escort?: read(unit, into: &draft)
            default: break
            }
        }
        _ = scenes
    }
}

extension NoticeLayout.Unit {
    /// Its label leaves no room for a place told in prose.
    var isClosed: Bool {
        if range.count > 26 { return false }
        switch label {
        case nil, .mixed?, .foundOn?, .arrivedOn?, .lostOn?, .marks?, .clothing?, .escort?:
            return false
        default: return true
        }
    }
}

extension NoticeLabel {
    /// What stands behind it may go on with anything: 特征：…；身高…；讲客家话.
    var isList: Bool {
        switch self {
        case .marks, .clothing, .items, .health, .mental, .disability: true
        default: false
        }
    }
}
