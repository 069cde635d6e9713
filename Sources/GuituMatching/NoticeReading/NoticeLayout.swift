/// A mark that counts the persons of a list: 1、 (一) ① A.
struct Enumerator {
    enum Style: Equatable { case digits, bracketed, chinese, circled, letters, ordinal }
    var style: Style
    var number: Int
    var end: Int

    static func read(_ text: NoticeText, at place: Int) -> Enumerator? {
        let first = text[place]
        switch first {
        case 0x2460...0x2473:
            return Enumerator(style: .circled, number: Int(first - 0x2460) + 1, end: place + 1)
        case 0x2776...0x277F:
            return Enumerator(style: .circled, number: Int(first - 0x2776) + 1, end: place + 1)
        case 0x2780...0x2789:
            return Enumerator(style: .circled, number: Int(first - 0x2780) + 1, end: place + 1)
        case 0x3220...0x3229:
            return Enumerator(style: .bracketed, number: Int(first - 0x3220) + 1, end: place + 1)
        case 0x41...0x5A:
            let next = text[place + 1]
            guard !text[place - 1].isLatin,
                next == 0x2E || next == 0x3001 || next == 0x29 || next == 0x3A
            else {
                return nil
            }
            return Enumerator(style: .letters, number: Int(first - 0x40), end: place + 2)
        case 0x28, 0x5B:
            let close: UInt32 = first == 0x28 ? 0x29 : 0x5D
            guard let (value, end) = small(text, place + 1), text[end] == close else { return nil }
            var stop = end + 1
            if text[stop] == 0x3001 || text[stop] == 0x2E { stop += 1 }
            return Enumerator(style: .bracketed, number: value, end: stop)
        case 0x7B2C:
            guard let (value, end) = small(text, place + 1),
                text[end] == 0x4F4D || text[end] == 0x540D || text[end] == 0x4EBA
            else { return nil }
            let stop = text[end + 1] == 0x3A || text[end + 1] == 0x2C ? end + 2 : end + 1
            return Enumerator(style: .ordinal, number: value, end: stop)
        default:
            guard let (value, end) = small(text, place) else { return nil }
            let mark = text[end]
            if first.isDigit {
                guard
                    mark == 0x3001 || mark == 0x2E || mark == 0x29
                        || mark == 0x3A && text[place - 1] != 0x3A
                            && text.gap(place) >= NoticeText.Gap.line,
                    !(mark == 0x2E || mark == 0x3A) || !text[end + 1].isDigit
                        || text.gap(end + 1) > 0
                else { return nil }
                return Enumerator(style: .digits, number: value, end: end + 1)
            }
            guard mark == 0x3001 || mark == 0x2E else { return nil }
            return Enumerator(style: .chinese, number: value, end: end + 1)
        }
    }

    private static func small(_ text: NoticeText, _ place: Int) -> (value: Int, end: Int)? {
        if let (value, end) = Numeral.plain(text, place, limit: 2), value > 0 {
            return (value, end)
        }
        guard let number = Numeral.chinese(text, place), number.isExact, number.low > 0 else {
            return nil
        }
        return (number.low, number.end)
    }
}

/// What the text is divided into before anything is understood.
struct NoticeLayout {
    /// A cell or a stretch of a person's text, with its label if it has one.
    struct Unit {
        var label: NoticeLabel?
        var range: Range<Int>
        /// A cell of a table: its bounds are sure.
        var isCell = false
    }

    /// The units of each person that the layout shows.
    var persons: [[Unit]] = []
    /// What stands before, between and after them and may hold for all.
    var shared: [Range<Int>] = []
    /// Whether persons come from a table or list, so that each stands for one.
    var isList = false

    private let text: NoticeText
    private var lines: [Range<Int>] = []

    init(_ text: NoticeText) {
        self.text = text
        var begin = 0
        for place in 1...max(1, text.count) where text.gap(place) >= NoticeText.Gap.line {
            if place > text.count { break }
            lines.append(begin..<place)
            begin = place
        }
        if text.count == 0 { return }
        if readTables() || readSlashed() || readList() || readForms() {
            isList = persons.count > 1
        } else {
            persons = [units(of: text.all)]
        }
    }

    /// Divides stretches only; looks for no persons.
    init(dividing text: NoticeText) { self.text = text }

    // MARK: Tables

    private func cells(of line: Range<Int>, by mark: UInt32) -> [Range<Int>] {
        var cells: [Range<Int>] = []
        var begin = line.lowerBound
        for place in line where text.scalars[place] == mark {
            // A comma within brackets divides nothing: （自报，音）.
            cells.append(begin..<place)
            begin = place + 1
        }
        cells.append(begin..<line.upperBound)
        if mark == 0x7C {
            if cells.first?.isEmpty == true { cells.removeFirst() }
            if cells.last?.isEmpty == true { cells.removeLast() }
        }
        return cells
    }

    private func blankCells(of line: Range<Int>) -> [Range<Int>] {
        var cells: [Range<Int>] = []
        var begin = line.lowerBound
        for place in line where place > begin && text.gap(place) > 0 {
            cells.append(begin..<place)
            begin = place
        }
        cells.append(begin..<line.upperBound)
        return cells
    }

    private mutating func readTables() -> Bool {
        var at = 0
        var used = Array(repeating: false, count: lines.count)
        while at < lines.count {
            if let end = table(from: at) ?? transposed(from: at) ?? form(from: at) {
                for place in at..<end { used[place] = true }
                at = end
            } else {
                at += 1
            }
        }
        guard !persons.isEmpty else { return false }
        for (line, isUsed) in zip(lines, used) where !isUsed { shared.append(line) }
        return true
    }

    /// A line of labels and the rows under it.
    private mutating func table(from at: Int) -> Int? {
        let line = lines[at]
        guard line.count < 400 else { return nil }
        for mark in [9, 0x7C, 0x2F, 0x2C, 0x3001, 0] as [UInt32] {
            let header = mark == 0 ? blankCells(of: line) : cells(of: line, by: mark)
            guard header.count >= 3 else { continue }
            let labels = header.map { NoticeLabels.cell(text, $0) }
            let known = labels.count { $0 != nil }
            guard known >= 3, known * 3 >= header.count * 2 else { continue }
            if mark == 0x3001 || mark == 0x2C {
                // 姓名、性别、年龄 in a sentence is no table: nothing else may be on the line.
                guard known == header.count, at + 1 < lines.count else { continue }
            }
            var rows: [[Unit]] = []
            var next = at + 1
            while next < lines.count {
                let row = lines[next]
                if text.scalars[row].allSatisfy({
                    $0 == 0x2D || $0 == 0x7C || $0 == 0x3A || $0 == 0x3D
                }) {
                    next += 1
                    continue
                }
                let parts =
                    mark == 0 ? blankCells(of: row) : split(row, by: mark, into: header.count)
                guard parts.count >= 3, parts.count * 2 > header.count else { break }
                // A header again is the next page of the same table.
                if parts.count(where: { NoticeLabels.cell(text, $0) != nil }) * 2 > parts.count {
                    next += 1; continue
                }
                if mark == 0, parts.count != header.count { break }
                var units: [Unit] = []
                for (place, cell) in parts.enumerated() where !cell.isEmpty {
                    let label = place < labels.count ? labels[place] ?? .mixed : .mixed
                    units.append(Unit(label: label, range: cell, isCell: true))
                }
                rows.append(units)
                next += 1
            }
            guard !rows.isEmpty else { continue }
            persons += rows
            return next
        }
        return nil
    }

    /// Cells of a row; marks within quotes and brackets stay, and what is too
    /// many belongs to the last column.
    private func split(_ row: Range<Int>, by mark: UInt32, into count: Int) -> [Range<Int>] {
        var cells: [Range<Int>] = []
        var begin = row.lowerBound
        var depth = 0
        for place in row {
            switch text.scalars[place] {
            case 0x28, 0x201C: depth += 1
            case 0x29, 0x201D: depth = max(0, depth - 1)
            case mark where depth == 0 && cells.count + 1 < count + (mark == 0x7C ? 2 : 0):
                cells.append(begin..<place)
                begin = place + 1
            default: break
            }
        }
        cells.append(begin..<row.upperBound)
        if mark == 0x7C {
            if cells.first?.isEmpty == true { cells.removeFirst() }
            if cells.last?.isEmpty == true { cells.removeLast() }
        }
        return cells
    }

    /// Labels down the first column and a person in each of the others.
    private mutating func transposed(from at: Int) -> Int? {
        for mark in [9, 0x7C] as [UInt32] {
            var next = at
            var columns: [[Unit]] = []
            while next < lines.count {
                let row = lines[next]
                if next > at,
                    text.scalars[row].allSatisfy({ $0 == 0x2D || $0 == 0x7C || $0 == 0x3A })
                {
                    next += 1
                    continue
                }
                let parts = cells(of: row, by: mark)
                guard parts.count >= 3, let label = NoticeLabels.cell(text, parts[0]),
                    !parts.dropFirst().contains(where: { NoticeLabels.cell(text, $0) != nil }),
                    columns.isEmpty || parts.count - 1 == columns.count
                else { break }
                if columns.isEmpty { columns = Array(repeating: [], count: parts.count - 1) }
                for (place, cell) in parts.dropFirst().enumerated() where !cell.isEmpty {
                    columns[place].append(Unit(label: label, range: cell, isCell: true))
                }
                next += 1
            }
            if next - at >= 3, columns.count >= 2 {
                persons += columns
                return next
            }
        }
        return nil
    }

    /// Labels and values by turns, as a form on a web page has them.
    private mutating func form(from at: Int) -> Int? {
        for mark in [9, 0x7C] as [UInt32] {
            var next = at
            var units: [Unit] = []
            while next < lines.count {
                let parts = cells(of: lines[next], by: mark).filter { !$0.isEmpty }
                if text.scalars[lines[next]].allSatisfy({ $0 == 0x2D || $0 == 0x7C || $0 == 0x3A })
                {
                    next += 1
                    continue
                }
                guard parts.count >= 2, let first = NoticeLabels.cell(text, parts[0]) else { break }
                if !units.isEmpty, case .name = first,
                    units.contains(where: { if case .name? = $0.label { true } else { false } })
                {
                    persons.append(units)
                    units = []
                }
                var label: NoticeLabel? = nil
                for part in parts {
                    if label == nil, let found = NoticeLabels.cell(text, part) {
                        label = found
                    } else {
                        units.append(Unit(label: label ?? .mixed, range: part, isCell: true))
                        label = nil
                    }
                }
                next += 1
            }
            if units.count >= 3 {
                persons.append(units)
                return next
            }
        }
        return nil
    }

    /// 张三妹/女/目测50岁/155cm/…: no header, each cell says what it is.
    private mutating func readSlashed() -> Bool {
        var rows: [[Unit]] = []
        var rest: [Range<Int>] = []
        let columns = text.isScan ? [] : lines.filter(isSpaced)
        let spaced = Set(columns.count >= 2 ? columns.map(\.lowerBound) : [])
        for line in lines {
            var begin = line.lowerBound
            for place in line.lowerBound...line.upperBound
            where place == line.upperBound || text[place] == 0x3B || text[place] == 0x3002 {
                let part = begin..<place
                begin = min(place + 1, line.upperBound)
                guard !part.isEmpty else { continue }
                var found: [Range<Int>]?
                for mark in [0x2F, 0x7C, 9] as [UInt32] {
                    let parts = cells(of: part, by: mark).filter { !$0.isEmpty }
                    if parts.count >= 4, parts.contains(where: isSex) { found = parts }
                }
                if found == nil, spaced.contains(part.lowerBound) { found = blankCells(of: part) }
                if let found {
                    rows.append(typed(found))
                } else {
                    rest.append(part)
                }
            }
        }
        guard !rows.isEmpty else { return false }
        persons = rows
        shared = rest
        return true
    }

    /// 陈大妹 女 58岁左右 1.51米 …: cells with blanks between, one an age.
    private func isSpaced(_ line: Range<Int>) -> Bool {
        guard line.count < 120 else { return false }
        let cells = blankCells(of: line)
        return cells.count >= 4 && !line.contains(where: { text[$0] == 0x3A || text[$0] == 0x3002 })
            && cells.contains { Ages.mentions(text, in: $0).contains { $0.hasUnit } }
            && cells.prefix(3).contains {
                isSex($0) || SexWords.nouns.isIn(text, $0)
                    || SexWords.stands(text, $0.upperBound - 1) != nil
            }
    }

    private func isSex(_ cell: Range<Int>) -> Bool {
        cell.count <= 2 && (text[cell.lowerBound] == 0x7537 || text[cell.lowerBound] == 0x5973)
    }

    private func typed(_ cells: [Range<Int>]) -> [Unit] {
        var cells = cells
        // 【5月寻亲】 before the first cell is a title.
        if let first = cells.first,
            let close = first.last(where: { text[$0] == 0x5D || text[$0] == 0x3A })
        {
            cells[0] = (close + 1)..<first.upperBound
        }
        if let first = cells.first, let mark = Enumerator.read(text, at: first.lowerBound),
            mark.end <= first.upperBound
        {
            cells[0] = mark.end..<first.upperBound
        }
        if let first = cells.first, text.scalars[first].allSatisfy(\.isDigit), first.count <= 3 {
            cells.removeFirst()
        }
        let sex = cells.firstIndex(where: isSex) ?? 0
        return cells.enumerated().filter { !$0.element.isEmpty }.map { place, cell in
            if let (label, end) = NoticeLabels.begins(text, at: cell.lowerBound, needsColon: true),
                end < cell.upperBound
            {
                return Unit(label: label, range: end..<cell.upperBound, isCell: true)
            }
            if isSex(cell) { return Unit(label: .sex, range: cell, isCell: true) }
            if place < sex, place == sex - 1 || place == 0 {
                return Unit(label: .name, range: cell, isCell: true)
            }
            return Unit(label: nil, range: cell, isCell: true)
        }
    }

    // MARK: Lists

    /// Persons counted 1、 2、, at the beginning of lines or after a full stop.
    private mutating func readList() -> Bool {
        var best: [(mark: Enumerator, begin: Int)] = []
        var byStyle: [(style: Enumerator.Style, marks: [(mark: Enumerator, begin: Int)])] = []
        for place in 0..<text.count {
            let previous = text[place - 1]
            let atLine = text.gap(place) >= NoticeText.Gap.line
            guard
                atLine || previous == 0x3002 || previous == 0x3B || previous == 0x3A
                    || previous == 0x5D || text.isBreak(place)
                    || (0x2460...0x2473).contains(text[place]),
                let mark = Enumerator.read(text, at: place)
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
            let persons = items(entry.marks).count { evidence(of: $0) >= 2 }
            if persons >= 1, persons * 2 > entry.marks.count || persons >= 2,
                entry.marks.count > best.count
            {
                best = entry.marks
            }
        }
        guard !best.isEmpty else { return false }
        let ranges = items(best)
        shared.append(0..<best[0].begin)
        for range in ranges {
            if evidence(of: range) >= 2 { persons.append(units(of: range)) }
        }
        let end = ranges.last?.upperBound ?? text.count
        if end < text.count { shared.append(end..<text.count) }
        return true
    }

    private func items(_ marks: [(mark: Enumerator, begin: Int)]) -> [Range<Int>] {
        marks.indices.map { index in
            let begin = marks[index].mark.end
            let isLast = index + 1 == marks.count
            let end = isLast ? lastEnd(begin) : marks[index + 1].begin
            return min(begin, end)..<end
        }
    }

    /// The last of a list ends where the telephone of all begins.
    private func lastEnd(_ begin: Int) -> Int {
        guard begin < text.count else { return text.count }
        for place in begin..<text.count where place > begin {
            let isNew = text.gap(place) >= NoticeText.Gap.line
            if isNew, text.gap(place) == NoticeText.Gap.paragraph, place - begin > 20 {
                return place
            }
            guard isNew || text[place - 1] == 0x3002 || text[place - 1] == 0x3B else { continue }
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
    private func evidence(of range: Range<Int>) -> Int {
        var count = 0
        if Ages.mentions(text, in: range).contains(where: { $0.hasUnit }) { count += 1 }
        if SexWords.reading(text, range, isMissing: false) != nil { count += 1 }
        if !Heights.mentions(text, in: range).isEmpty { count += 1 }
        if hasLabel(range) { count += 1 }
        return count
    }

    private func hasLabel(_ range: Range<Int>) -> Bool {
        range.contains {
            (text.has("姓名", at: $0) || text.has("性别", at: $0)) && text.gap($0) > 0
        }
    }

    /// Several forms one below the other, and several lines with a person each.
    private mutating func readForms() -> Bool {
        for word in ["姓名:", "编号:", "性别:"] as [StaticWord] {
            let begins = text.all.filter { place in
                text.has(word, at: place) && !text[place - 1].isHan
                    || (text.has(word, at: place) && text.gap(place) > 0)
                    || (text.has(word, at: place) && word.first == 0x59D3
                        && text[place - 1] == 0x62A5)
            }
            guard begins.count >= 2 else { continue }
            let starts = begins.map(lineStart)
            guard Set(starts).count == starts.count else { continue }
            return cut(at: starts)
        }
        let intros = lines.filter { introduces($0) }
        if intros.count >= 2 { return cut(at: intros.map(\.lowerBound)) }
        return readOthers()
    }

    /// 另一名 opens a second person in running text.
    private mutating func readOthers() -> Bool {
        let words = Lexicon<Void>.another
        let starts = text.all.filter { place in
            let previous = text[place - 1]
            return
                (previous == 0x3002 || previous == 0x3B || text.gap(place) >= NoticeText.Gap.line)
                && words.match(text, at: place, to: text.count) != nil
        }
        guard let first = starts.first else { return false }
        let bounds = [0] + starts
        let parts = bounds.indices.map {
            bounds[$0]..<($0 + 1 < bounds.count ? bounds[$0 + 1] : lastEnd(bounds[$0]))
        }
        guard first > 0, parts.allSatisfy({ evidence(of: $0) >= 2 }) else { return false }
        persons = parts.map(units)
        shared = [(parts.last?.upperBound ?? text.count)..<text.count]
        return true
    }

    private mutating func cut(at starts: [Int]) -> Bool {
        guard let first = starts.first else { return false }
        shared.append(0..<first)
        for (index, begin) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1] : lastEnd(begin)
            persons.append(units(of: begin..<max(begin, end)))
            if index + 1 == starts.count, end < text.count { shared.append(end..<text.count) }
        }
        return true
    }

    private func lineStart(_ place: Int) -> Int {
        var (low, high) = (0, lines.count)
        while low + 1 < high {
            let middle = (low + high) / 2
            if lines[middle].lowerBound <= place { low = middle } else { high = middle }
        }
        return lines[low].lowerBound
    }

    /// 张三，男，45岁 or 男，60岁 within the first characters of a line.
    private func introduces(_ line: Range<Int>) -> Bool {
        let head = line.lowerBound..<min(line.upperBound, line.lowerBound + 30)
        guard let age = Ages.mentions(text, in: head).first(where: { $0.hasUnit }) else {
            return false
        }
        for place in head.lowerBound..<age.range.lowerBound
        where SexWords.stands(text, place) != nil
            || SexWords.nouns.match(text, at: place, to: age.range.lowerBound) != nil
        {
            return true
        }
        // 公公：闵庆余，81岁，1米70
        if !Heights.mentions(text, in: head).isEmpty { return true }
        let tail = age.range.upperBound..<min(line.upperBound, age.range.upperBound + 3)
        return tail.contains { SexWords.stands(text, $0) != nil }
    }

    // MARK: Labels within a person's text

    /// Divides a stretch by the labels in it.
    func units(of range: Range<Int>) -> [Unit] {
        var units: [Unit] = []
        var label: NoticeLabel?
        var begin = range.lowerBound
        let isDense = isDense(range)
        var at = range.lowerBound
        func close(_ end: Int) {
            let part = trimmed(begin..<end)
            if !part.isEmpty { units.append(Unit(label: label, range: part)) }
        }
        while at < range.upperBound {
            let value = text.scalars[at]
            let isNewLine = at > begin && text.gap(at) >= NoticeText.Gap.line
            if let (found, end) = labelBegins(at, begin, label, isDense), end <= range.upperBound {
                close(at)
                (label, begin) = (found, end)
                at = end
                continue
            }
            if isNewLine, label != nil, text[at - 1] != 0x3001, text[at - 1] != 0x2C {
                close(at)
                (label, begin) = (nil, at)
            } else if value == 0x3002, label != nil, !isMixed(label) {
                close(at)
                (label, begin) = (nil, at + 1)
            } else if value == 0x7C || value == 9, label != nil {
                close(at)
                (label, begin) = (nil, at + 1)
            }
            at += 1
        }
        close(range.upperBound)
        return units
    }

    private func labelBegins(_ at: Int, _ begin: Int, _ label: NoticeLabel?, _ isDense: Bool) -> (
        label: NoticeLabel, end: Int
    )? {
        let previous = text[at - 1]
        let gap = text.gap(at)
        if gap > 0 || at == begin || !(previous.isHan || previous.isDigit || previous.isLatin) {
            if let found = NoticeLabels.begins(text, at: at, needsColon: !(gap > 0 && !text.isScan))
            {
                return found
            }
        }
        guard let (found, end) = NoticeLabels.words.match(text, at: at, to: text.count),
            end - at >= 2
        else { return nil }
        if isDense {
            // 来站 in 救助站 … a label is followed by its value, not by a verb.
            if case .nothing = found { return nil }
            if found.isStrict || end - at >= 4 || text.has("特征", at: at) || text.has("救助单位", at: at)
            {
                return (found, end)
            }
            return nil
        }
        // 性别:男年龄:约70岁
        return found.isStrict && text[end] == 0x3A && text.gap(end) < NoticeText.Gap.line
            ? (found, end + 1) : nil
    }

    private func isMixed(_ label: NoticeLabel?) -> Bool {
        if case .mixed? = label { true } else { false }
    }

    /// 姓名无名氏性别男年龄约58岁: many labels and nothing between.
    private func isDense(_ range: Range<Int>) -> Bool {
        var count = 0
        for word in ["姓名", "性别", "年龄", "身高", "口音", "时间", "地点", "特征", "衣着", "电话"] as [StaticWord] {
            if let place = text.find(word, in: range) {
                count += 1
                if text[place + 2] == 0x3A || text[place + 2] == 0x3001 || text[place + 2] == 0x2C {
                    return false
                }
            }
        }
        return count >= 5
    }

    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var range = range
        while let first = range.first, Self.isRim(text.scalars[first]) { range.removeFirst() }
        while let last = range.last, Self.isRim(text.scalars[last]) { range.removeLast() }
        return range
    }

    private static func isRim(_ value: UInt32) -> Bool {
        switch value {
        case 0x2C, 0x3002, 0x3B, 0x3A, 0x3001, 0x7C, 9, 0x21, 0x2D, 0x5B, 0x5D, 0x7E, 0x2E, 0x2A,
            0x23:
            true
        default: false
        }
    }
}

extension Range where Bound == Int {
    mutating func removeFirst() { self = (lowerBound + 1)..<upperBound }
    mutating func removeLast() { self = lowerBound..<(upperBound - 1) }
}

extension Lexicon where Meaning == Void {
    static let another = Lexicon<Void>(
        "另一名 另一位 另有一名 另有一位 还有一名 还有一位 另外一名 另外一位 另一个 另一人 第二位 第三位 第二名 第三名 还有一个 另外还有")
}
