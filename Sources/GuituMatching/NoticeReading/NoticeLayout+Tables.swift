/// Rows and columns, with a header or without.
extension NoticeLayout {
    /// What stands between two cells of a row.
    enum Separator: Equatable {
        case mark(Unicode.Scalar)
        /// Several blanks, so that a cell may hold single ones.
        case wide
        case blank

        static let all: [Separator] =
            (["\t", "|", "/", ";", ",", "、"] as [Unicode.Scalar]).map { .mark($0) } + [
                .wide, .blank,
            ]
        static let ruled: [Separator] = [.mark("\t"), .mark("|")]

        /// Stands in sentences too, so that a header must be nothing but labels.
        var isPunctuation: Bool { self == .mark("、") || self == .mark(",") || self == .mark(";") }
        var isBlank: Bool { self == .wide || self == .blank }
    }

    /// The cells of a row, without the quotes around one. Marks within quotes
    /// and brackets divide nothing; what is more than `most` stays with the last.
    func cells(of line: Range<Int>, by separator: Separator, most: Int = .max) -> [Range<Int>] {
        var cells: [Range<Int>] = []
        var begin = line.lowerBound
        var depth = 0
        for place in line {
            var isNext = false
            switch separator {
            case .mark(let mark):
                switch text.scalars[place] {
                case "(", "\u{201C}": depth += 1
                case ")", "\u{201D}": depth = max(0, depth - 1)
                default: break
                }
                isNext = text.scalars[place] == mark && depth == 0
            case .wide: isNext = place > begin && text.gap(place) >= NoticeText.Gap.wide
            case .blank: isNext = place > begin && text.gap(place) > 0
            }
            guard isNext, cells.count + 1 < most || separator == .mark("|") else { continue }
            cells.append(begin..<place)
            begin = separator.isBlank ? place : place + 1
        }
        cells.append(begin..<line.upperBound)
        if separator == .mark("|") {
            if cells.first?.isEmpty == true { cells.removeFirst() }
            if cells.last?.isEmpty == true { cells.removeLast() }
        }
        return cells.map { cell in
            guard cell.count >= 2, text[cell.lowerBound] == "\u{201C}",
                text[cell.upperBound - 1] == "\u{201D}"
            else { return cell }
            return (cell.lowerBound + 1)..<(cell.upperBound - 1)
        }
    }

    /// |---|---| under a header.
    func isRule(_ line: Range<Int>) -> Bool {
        text.scalars[line].allSatisfy {
            $0 == "-" || $0 == "|" || $0 == ":" || $0 == "=" || $0 == "+"
        }
    }

    func unit(_ label: NoticeLabel?, _ cell: Range<Int>, at begin: Int? = nil) -> Unit {
        Unit(label: label, begin: begin ?? cell.lowerBound, range: cell, isCell: true)
    }

    mutating func readTables() -> Bool {
        var at = 0
        var used = Array(repeating: false, count: lines.count)
        while at < lines.count {
            if let end = rowsOfForms(from: at) ?? columns(from: at) ?? table(from: at)
                ?? transposed(from: at) ?? stacked(
                    from: at)
                ?? form(from: at)
            {
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

    /// Rows whose cells hold a form each: 姓名：… 性别：… in one, 入站日期：… in the next.
    mutating func rowsOfForms(from at: Int) -> Int? {
        var next = at
        while next < lines.count, text.scalars[lines[next]].contains("\t"),
            lines[next].count(where: { place in
                text.isBreak(place) || text[place - 1] == "\t"
                    ? NoticeLabels.begins(text, at: place, needsColon: true) != nil : false
            }) >= 3, evidence(of: lines[next]) >= 2
        { next += 1 }
        guard next - at >= 2 else { return nil }
        persons += lines[at..<next].map(units)
        return next
    }

    /// Two cards side by side: each line holds the same label as often.
    mutating func columns(from at: Int) -> Int? {
        for separator in [.mark("|"), .mark("\t"), .wide] as [Separator] {
            var next = at
            var columns: [[Unit]] = []
            while next < lines.count {
                if isRule(lines[next]) {
                    next += 1
                    continue
                }
                let cells = cells(of: lines[next], by: separator)
                guard cells.count >= 2, columns.isEmpty || cells.count == columns.count else {
                    break
                }
                let found = cells.map {
                    NoticeLabels.begins(text, at: $0.lowerBound, needsColon: true)
                }
                guard let first = found[0], found.allSatisfy({ $0?.label == first.label }) else {
                    break
                }
                if columns.isEmpty { columns = Array(repeating: [], count: cells.count) }
                for (place, cell) in cells.enumerated() {
                    guard let (label, end) = found[place], end < cell.upperBound else { continue }
                    columns[place].append(unit(label, end..<cell.upperBound, at: cell.lowerBound))
                }
                next += 1
            }
            if let one = columns.first, one.count >= 3 {
                persons += columns
                return next
            }
        }
        return nil
    }

    /// A line of labels and the rows under it.
    mutating func table(from at: Int) -> Int? {
        let line = lines[at]
        guard line.count < 400 else { return nil }
        for separator in Separator.all {
            let header = cells(of: line, by: separator)
            guard (3...30).contains(header.count) else { continue }
            let labels = header.map { NoticeLabels.cell(text, $0) }
            let known = labels.count { $0 != nil }
            guard known >= 3, known * 3 >= header.count * 2 else { continue }
            // 姓名、性别、年龄 in a sentence is no table.
            if separator.isPunctuation, known < header.count || at + 1 == lines.count { continue }
            var rows: [[Unit]] = []
            var next = at + 1
            while next < lines.count {
                let row = lines[next]
                let parts = cells(of: row, by: separator, most: header.count)
                // A header again is the next page of the same table.
                let isHeader =
                    parts.count >= 3
                    && parts.count { NoticeLabels.cell(text, $0) != nil } * 2 > parts.count
                if isRule(row) || isHeader {
                    next += 1
                    continue
                }
                if separator.isBlank, !rows.isEmpty, parts.count * 2 < header.count,
                    text.isIndented(row.lowerBound),
                    let last = rows[rows.count - 1].indices.last
                {
                    // The last cell goes on below itself.
                    rows[rows.count - 1][last].range =
                        rows[rows.count - 1][last].range.lowerBound..<row.upperBound
                    next += 1
                    continue
                }
                guard parts.count >= 3, parts.count * 2 > header.count,
                    !separator.isBlank || parts.count == header.count
                else { break }
                rows.append(
                    parts.enumerated().filter { !$0.element.isEmpty }.map { place, cell in
                        // The numbers of a column without a label we know are no ages.
                        let isNumber = text.scalars[cell].allSatisfy(\.isDigit)
                        let label = place < labels.count ? labels[place] : .mixed
                        return unit(label ?? (isNumber ? .nothing : nil), cell)
                    })
                next += 1
            }
            guard !rows.isEmpty else { continue }
            persons += rows
            return next
        }
        return nil
    }

    /// Labels down the first column and a person in each of the others.
    mutating func transposed(from at: Int) -> Int? {
        for separator in Separator.ruled + [.wide] {
            var next = at
            var columns: [[Unit]] = []
            var known = 0
            while next < lines.count {
                let row = lines[next]
                if next > at, isRule(row) {
                    next += 1
                    continue
                }
                let parts = cells(of: row, by: separator)
                guard parts.count >= 3, columns.isEmpty || parts.count - 1 == columns.count,
                    !parts.dropFirst().contains(where: { NoticeLabels.cell(text, $0) != nil })
                else { break }
                let label = NoticeLabels.cell(text, parts[0])
                if label != nil { known += 1 }
                guard label != nil || known >= 2 && (2...8).contains(parts[0].count) else { break }
                if columns.isEmpty { columns = Array(repeating: [], count: parts.count - 1) }
                for (place, cell) in parts.dropFirst().enumerated() where !cell.isEmpty {
                    columns[place].append(unit(label, cell))
                }
                next += 1
            }
            if known >= 3, columns.count >= 2 {
                persons += columns
                return next
            }
        }
        return nil
    }

    /// Labels one below the other, then the values of each person in their order.
    mutating func stacked(from at: Int) -> Int? {
        var labels: [NoticeLabel] = []
        var next = at
        while next < lines.count, let label = NoticeLabels.cell(text, lines[next]) {
            labels.append(label)
            next += 1
        }
        guard labels.count >= 4, let sex = labels.firstIndex(of: .sex) else { return nil }
        let first = next
        while next + labels.count <= lines.count, isSex(lines[next + sex]) {
            persons.append(zip(labels, lines[next...]).map { unit($0, $1) })
            next += labels.count
        }
        return next > first ? next : nil
    }

    /// Labels and values by turns, as a form on a web page has them.
    mutating func form(from at: Int) -> Int? {
        for separator in Separator.ruled {
            var next = at
            var units: [Unit] = []
            while next < lines.count {
                if isRule(lines[next]) {
                    next += 1
                    continue
                }
                let parts = cells(of: lines[next], by: separator).filter { !$0.isEmpty }
                // A cell as wide as the table goes on with its own label.
                if parts.count == 1, !units.isEmpty,
                    let (label, end) = NoticeLabels.begins(
                        text, at: parts[0].lowerBound, needsColon: true), end < parts[0].upperBound
                {
                    units.append(
                        Unit(
                            label: label, begin: parts[0].lowerBound,
                            range: end..<parts[0].upperBound))
                    next += 1
                    continue
                }
                // A label nobody knows, within a form.
                let isKnown = NoticeLabels.cell(text, parts.first ?? 0..<0) != nil
                guard parts.count >= 2,
                    let first = NoticeLabels.cell(text, parts[0])
                        ?? (units.isEmpty || parts.count > 2 || !(2...6).contains(parts[0].count)
                            ? nil : .mixed),
                    !parts.allSatisfy({ NoticeLabels.cell(text, $0) != nil })
                else { break }
                if first == .name, units.contains(where: { $0.label == .name }) {
                    persons.append(units)
                    units = []
                }
                var label: NoticeLabel?
                for (place, part) in parts.enumerated() {
                    if label == nil,
                        let found = NoticeLabels.cell(text, part)
                            ?? (place == 0 && !isKnown ? first : nil)
                    {
                        label = found
                    } else {
                        units.append(unit(label ?? .mixed, part))
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
        return lined(from: at)
    }

    /// A label on one line and its value on the next.
    mutating func lined(from at: Int) -> Int? {
        var next = at
        var units: [Unit] = []
        while next + 1 < lines.count, let label = NoticeLabels.cell(text, lines[next]),
            NoticeLabels.cell(text, lines[next + 1]) == nil, lines[next + 1].count <= 60
        {
            if label == .name, units.contains(where: { $0.label == .name }) {
                persons.append(units)
                units = []
            }
            units.append(unit(label, lines[next + 1]))
            next += 2
        }
        guard units.count >= 3 else { return nil }
        persons.append(units)
        return next
    }

    /// 张三妹/女/目测50岁/155cm/…: no header, each cell says what it is.
    mutating func readSlashed() -> Bool {
        var rows: [[Unit]] = []
        var rest: [Range<Int>] = []
        let columns = text.isScan ? [] : lines.filter(isSpaced)
        let spaced = Set(columns.count >= 2 ? columns.map(\.lowerBound) : [])
        for line in lines {
            var begin = line.lowerBound
            for place in line.lowerBound...line.upperBound
            where place == line.upperBound || text[place] == ";" || text[place] == "。" {
                let part = begin..<place
                begin = min(place + 1, line.upperBound)
                guard !part.isEmpty else { continue }
                var found: [Range<Int>]?
                for mark in ["/", "|", "\t"] as [Unicode.Scalar] {
                    let parts = cells(of: part, by: .mark(mark)).filter { !$0.isEmpty }
                    if parts.count >= 4, parts.contains(where: isSex) { found = parts }
                }
                if found == nil, spaced.contains(part.lowerBound) {
                    found = cells(of: part, by: .blank)
                }
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
    func isSpaced(_ line: Range<Int>) -> Bool {
        guard line.count < 120 else { return false }
        let cells = cells(of: line, by: .blank)
        return cells.count >= 4 && !line.contains(where: { text[$0] == ":" || text[$0] == "。" })
            && cells.contains { Ages.mentions(text, in: $0).contains { $0.hasUnit } }
            && cells.prefix(3).contains {
                isSex($0) || SexWords.nouns.isIn(text, $0)
                    || SexWords.stands(text, $0.upperBound - 1) != nil
            }
    }

    func isSex(_ cell: Range<Int>) -> Bool {
        cell.count <= 2 && (text[cell.lowerBound] == "男" || text[cell.lowerBound] == "女")
    }

    func typed(_ cells: [Range<Int>]) -> [Unit] {
        var cells = cells
        // 【5月寻亲】 before the first cell is a title.
        if let first = cells.first,
            let close = first.last(where: { text[$0] == "]" || text[$0] == ":" })
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
                return unit(label, end..<cell.upperBound, at: cell.lowerBound)
            }
            if isSex(cell) { return unit(.sex, cell) }
            if place < sex, place == sex - 1 || place == 0 {
                return unit(.name, cell)
            }
            return unit(nil, cell)
        }
    }
}
