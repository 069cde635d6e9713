/// What the text is divided into before anything is understood.
struct NoticeLayout {
    /// A cell or a stretch of a person's text, with its label if it has one.
    struct Unit {
        var label: NoticeLabel?
        /// Where it begins, its label included.
        var begin: Int
        var range: Range<Int>
        /// A cell of a table: its bounds are sure.
        var isCell = false
        /// Said when asked for what the label names, and perhaps not that.
        var isAnswer = false
    }

    /// The units of each person that the layout shows.
    var persons: [[Unit]] = []
    /// What stands before, between and after them and may hold for all.
    var shared: [Range<Int>] = []
    /// Whether persons come from a table or list, so that each stands for one.
    var isList = false

    /// A form of one who looks for another: the names in it are two people's.
    private var isSought = false

    let text: NoticeText
    var lines: [Range<Int>] = []

    init(_ text: NoticeText) {
        self.text = text
        var begin = 0
        for place in 1...max(1, text.count) where text.gap(place) >= NoticeText.Gap.line {
            if place > text.count { break }
            lines.append(begin..<place)
            begin = place
        }
        if text.count == 0 { return }
        if text.isTalk {
            // Messages look like cells and lists and are neither.
            if !readList(in: [.ordinal]) && !readOthers() { persons = [units(of: text.all)] }
            isList = persons.count > 1
        } else if readTables() || readSlashed() || readList() || readForms() {
            isList = persons.count > 1
            if persons.count == 1, !isSought {
                // What stands around the form of one person is about the same one.
                persons[0] += shared.flatMap { units(of: $0) }
                persons[0].sort { $0.begin < $1.begin }
                shared = []
            }
        } else {
            persons = [units(of: text.all)]
        }
    }

    /// Divides stretches only; looks for no persons.
    init(dividing text: NoticeText) { self.text = text }

    // MARK: Lists

    /// Persons counted 1、 2、, at the beginning of lines or after a full stop.
    mutating func readList(in styles: [Enumerator.Style]? = nil) -> Bool {
        var best: [(mark: Enumerator, begin: Int)] = []
        var byStyle: [(style: Enumerator.Style, marks: [(mark: Enumerator, begin: Int)])] = []
        for place in 0..<text.count {
            let previous = text[place - 1]
            let atLine = text.gap(place) >= NoticeText.Gap.line
            guard
                atLine || previous == "。" || previous == ";" || previous == ":"
                    || previous == "]" || text.isBreak(place)
                    || ("①"..."⑳").contains(text[place]),
                let mark = Enumerator.read(text, at: place), styles?.contains(mark.style) ?? true
            else { continue }
            let index = byStyle.firstIndex { $0.style == mark.style }
            if let index {
                let count = byStyle[index].marks.count
                // Numbers run on; a list within a person begins again at 1.
                if mark.number == byStyle[index].marks[count - 1].mark.number + 1 {
                    byStyle[index].marks.append((mark, place))
                }
            } else if mark.number == 1 || mark.style == .letters {
                byStyle.append((mark.style, [(mark, place)]))
            }
        }
        for entry in byStyle where entry.marks.count >= 2 {
            let shown = items(entry.marks).map { evidence(of: $0) }
            let persons = shown.count { $0 >= 2 }
            // One told in full among others told shortly: ③ 男，自称四十.
            let isShort = shown.count >= 3 && shown.count { $0 >= 1 } * 2 > shown.count
            if persons >= 1, persons * 2 > shown.count || persons >= 2 || isShort,
                entry.marks.count > best.count
            {
                best = entry.marks
            }
        }
        guard !best.isEmpty else { return false }
        let ranges = items(best)
        shared.append(0..<best[0].begin)
        for range in ranges {
            // Among people counted, an age is enough.
            if evidence(of: range) >= (best.count >= 3 ? 1 : 2) { persons.append(units(of: range)) }
        }
        let end = ranges.last?.upperBound ?? text.count
        if end < text.count { shared.append(end..<text.count) }
        return true
    }

    func items(_ marks: [(mark: Enumerator, begin: Int)]) -> [Range<Int>] {
        marks.indices.map { index in
            let begin = marks[index].mark.end
            let isLast = index + 1 == marks.count
            let end = isLast ? lastEnd(begin) : marks[index + 1].begin
            return min(begin, end)..<end
        }
    }

    /// The last of a list ends where the telephone of all begins.
    func lastEnd(_ begin: Int) -> Int {
        guard begin < text.count else { return text.count }
        for place in begin..<text.count where place > begin {
            let isNew = text.gap(place) >= NoticeText.Gap.line
            if isNew, text.gap(place) == NoticeText.Gap.paragraph, place - begin > 20 {
                return place
            }
            guard isNew || text[place - 1] == "。" || text[place - 1] == ";" else { continue }
            if let (label, _) = NoticeLabels.words.match(text, at: place, to: text.count),
                case .contact = label
            {
                return place
            }
            for word in ["请", "如有", "以上", "望", "有知情", "知情", "若有", "凡", "上述", "有认识", "如您", "希望"]
                as [StaticWord] where text.has(word, at: place)
            {
                return place
            }
            if isNew,
                Lexicon<Void>.titles.match(text, at: place, to: text.count).map({
                    text.gap($0.end) >= NoticeText.Gap.line
                }) == true
            {
                return place
            }
            if isNew {
                let line = lines.first { $0.contains(place) } ?? place..<text.count
                if Organisations.fills(text, line) || NoticeDates.fills(text, line) { return place }
                if let organisation = Organisations.mentions(text, in: line).first,
                    organisation.range.lowerBound == line.lowerBound,
                    !Phones.mentions(text, in: line).isEmpty
                {
                    return place
                }
            }
        }
        return text.count
    }

    /// How many of sex, age and height a stretch shows.
    func evidence(of range: Range<Int>) -> Int {
        var count = 0
        if Ages.mentions(text, in: range).contains(where: { $0.hasUnit }) { count += 1 }
        if SexWords.reading(text, range, isMissing: false) != nil { count += 1 }
        if !Heights.mentions(text, in: range).isEmpty { count += 1 }
        if hasLabel(range) { count += 1 }
        return count
    }

    func hasLabel(_ range: Range<Int>) -> Bool {
        range.contains {
            (text.has("姓名", at: $0) || text.has("性别", at: $0)) && text.gap($0) > 0
        }
    }

    /// Several forms one below the other, and several lines with a person each.
    mutating func readForms() -> Bool {
        for word in ["姓名:", "编号:", "性别:"] as [StaticWord] {
            let begins = text.all.filter { place in
                text.has(word, at: place) && !text[place - 1].isHan
                    || (text.has(word, at: place) && text.gap(place) > 0)
                    || (text.has(word, at: place) && text[place] == "姓"
                        && text[place - 1] == "报")
            }
            guard begins.count >= 2 else { continue }
            let starts = begins.map(lineStart)
            guard Set(starts).count == starts.count else { continue }
            return cut(at: starts)
        }
        for label in [NoticeLabel.name, .code, .sex] {
            let starts = lines.map(\.lowerBound).filter {
                NoticeLabels.begins(text, at: $0, needsColon: false)?.label == label
            }
            let sought = starts.filter {
                Lexicon<Void>.sought.match(text, at: $0, to: text.count) != nil
            }
            if starts.count >= 2, !sought.isEmpty {
                isSought = true
                return cut(at: sought)
            }
            if starts.count >= 2 { return cut(at: starts) }
        }
        // A head and labelled lines below it, again and again.
        let ages = lines.indices.filter {
            NoticeLabels.begins(text, at: lines[$0].lowerBound, needsColon: true)?.label == .age
        }
        if ages.count >= 2, ages.count < 200 {
            return cut(
                at: ages.map { line in
                    guard line > 0 else { return lines[line].lowerBound }
                    let head = lines[line - 1]
                    let isHead =
                        head.count <= 30
                        && NoticeLabels.begins(text, at: head.lowerBound, needsColon: true) == nil
                    return isHead ? head.lowerBound : lines[line].lowerBound
                })
        }
        let intros = openings.filter { introduces($0) }
        if intros.count >= 2 { return cut(at: intros.map(\.lowerBound)) }
        let heads = lines.filter(isHeaded)
        if heads.count >= 2 { return cut(at: heads.map(\.lowerBound)) }
        return readOthers() || readParagraphs()
    }

    /// （淮阴）6月1日晚接回：男，…: a line with who tells it in front.
    func isHeaded(_ line: Range<Int>) -> Bool {
        guard text[line.lowerBound] == "(",
            let close = line.prefix(10).first(where: { text[$0] == ")" })
        else { return false }
        return (close + 1..<line.upperBound).contains { SexWords.stands(text, $0) != nil }
    }

    /// Paragraphs that each tell of somebody found, of another sex than the
    /// one above: of the same sex it may be the same one told on.
    mutating func readParagraphs() -> Bool {
        var starts: [Int] = []
        var before: SexWords.Sex?
        for line in lines {
            let head = line.lowerBound..<min(line.upperBound, line.lowerBound + 60)
            guard line.count >= 30,
                Ages.mentions(text, in: line).contains(where: { $0.hasUnit })
                    || text.find("年", in: head) != nil && text.find("月", in: head) != nil,
                let sex = SexWords.reading(text, head, isMissing: false)?.sex,
                text.find("发现", in: line) != nil || text.find("送来", in: line) != nil
                    || text.find("护送", in: line) != nil || text.find("送入", in: line) != nil
            else { continue }
            if before == sex { return false }
            before = sex
            starts.append(line.lowerBound)
        }
        return starts.count >= 2 && cut(at: starts)
    }

    /// Lines, and parts of one behind a semicolon.
    var openings: [Range<Int>] {
        lines.flatMap { line in
            let cuts = line.filter { $0 > line.lowerBound && text[$0 - 1] == ";" }
            let bounds = [line.lowerBound] + cuts + [line.upperBound]
            return zip(bounds, bounds.dropFirst()).map { $0..<$1 }
        }
    }

    /// 另一名 opens a second person in running text.
    mutating func readOthers() -> Bool {
        let words = Lexicon<Void>.another
        let pair = clauses.filter { clause in
            Lexicon<Void>.members.match(text, at: clause.lowerBound, to: clause.upperBound) != nil
                && evidence(of: clause) >= 2
        }
        if pair.count >= 2 {
            return cut(at: pair.map(\.lowerBound))
        }
        let starts = text.all.filter { place in
            let previous = text[place - 1]
            return
                (previous == "。" || previous == ";" || text.gap(place) >= NoticeText.Gap.line)
                && words.match(text, at: place, to: text.count) != nil
        }
        guard let first = starts.first else { return false }
        let bounds = [0] + starts
        let parts = bounds.indices.map {
            bounds[$0]..<($0 + 1 < bounds.count ? bounds[$0 + 1] : lastEnd(bounds[$0]))
        }
        let shown = parts.map { evidence(of: $0) }
        // A grandmother of 九十还差一 has no age in figures and is one more.
        guard first > 0, shown.allSatisfy({ $0 >= (shown.count > 2 ? 1 : 2) }),
            shown.contains(where: { $0 >= 2 })
        else { return false }
        persons = parts.map(units)
        shared = [(parts.last?.upperBound ?? text.count)..<text.count]
        return true
    }

    /// The text between full stops and semicolons.
    var clauses: [Range<Int>] {
        let cuts = text.all.filter {
            $0 > 0
                && (text[$0 - 1] == "。" || text[$0 - 1] == ";"
                    || text.gap($0) >= NoticeText.Gap.line)
        }
        let bounds = [0] + cuts + [text.count]
        return zip(bounds, bounds.dropFirst()).map { $0..<$1 }
    }

    mutating func cut(at starts: [Int]) -> Bool {
        guard let first = starts.first else { return false }
        shared.append(0..<first)
        for (index, begin) in starts.enumerated() {
            var end = index + 1 < starts.count ? starts[index + 1] : lastEnd(begin)
            // 寻物 as a line begins what is about nobody.
            if let title = lines.first(where: {
                $0.lowerBound > begin && $0.lowerBound < end
                    && (Lexicon<Void>.titles.fills(text, $0)
                        || text[$0.lowerBound] == "["
                            && Lexicon<Void>.titles.match(text, at: $0.lowerBound + 1, to: end).map
                            {
                                text[$0.end] == "]"
                            } == true)
            }) {
                end = title.lowerBound
            }
            persons.append(units(of: begin..<max(begin, end)))
            if index + 1 == starts.count, end < text.count { shared.append(end..<text.count) }
        }
        return true
    }

    func lineStart(_ place: Int) -> Int {
        var (low, high) = (0, lines.count)
        while low + 1 < high {
            let middle = (low + high) / 2
            if lines[middle].lowerBound <= place { low = middle } else { high = middle }
        }
        return lines[low].lowerBound
    }

    /// 张三，男，45岁 or 男，60岁 within the first characters of a line.
    func introduces(_ line: Range<Int>) -> Bool {
        let head = line.lowerBound..<min(line.upperBound, line.lowerBound + 30)
        guard let age = Ages.mentions(text, in: head).first(where: { $0.hasUnit }) else {
            // 宣念静，女，2016年11月8日出生
            return (2...4).contains {
                let comma = head.lowerBound + $0
                return text[comma] == "," && SexWords.stands(text, comma + 1) != nil
                    && text[comma + 2] == ","
                    && Names.name(text, head.lowerBound, comma)?.upperBound == comma
            }
        }
        for place in head.lowerBound..<age.range.lowerBound
        where SexWords.stands(text, place) != nil
            || SexWords.nouns.match(text, at: place, to: age.range.lowerBound) != nil
        {
            return true
        }
        if (text[head.lowerBound] == "他" || text[head.lowerBound] == "她"),
            text[head.lowerBound + 1] == ","
        {
            return true
        }
        // 公公：闵庆余，81岁，1米70
        if !Heights.mentions(text, in: head).isEmpty { return true }
        let tail = age.range.upperBound..<min(line.upperBound, age.range.upperBound + 3)
        return tail.contains { SexWords.stands(text, $0) != nil }
    }
}

extension Range where Bound == Int {
    mutating func removeFirst() { self = (lowerBound + 1)..<upperBound }
    mutating func removeLast() { self = lowerBound..<(upperBound - 1) }
}

extension Lexicon where Meaning == Void {
    static let sought = Lexicon<Void>("被寻 失踪 走失 受助 寻找人")
    static let titles = Lexicon<Void>("寻物 寻人 寻亲 招领 遗失 声明 失物招领 寻人启事 寻物启事 遗失声明 招领启事")
    /// Two of a family, or of those found together, told one after the other.
    static let members = Lexicon<Void>(
        "母亲 儿子 女儿 父亲 哥哥 弟弟 姐姐 妹妹 丈夫 妻子 大的 小的 男的 女的 老大 老二 姐弟 男孩 女孩 男童 女童 男子 女子 老太 老汉 奶奶 爷爷")
    static let another = Lexicon<Void>(
        "另一名 另一位 还有一对 还有一人 另有一名 另有一位 还有一名 还有一位 另外一名 另外一位 另一个 另一人 第二位 第三位 第二名 第三名 还有一个 另外还有")
}
