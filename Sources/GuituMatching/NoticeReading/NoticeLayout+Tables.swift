/// Rows and columns, with a header or without.
extension NoticeLayout {
    // MARK: Tables

    func cells(of line: Range<Int>, by mark: Unicode.Scalar) -> [Range<Int>] {
        var cells: [Range<Int>] = []
        var begin = line.lowerBound
        for place in line where text.scalars[place] == mark {
            // A comma within brackets divides nothing: （自报，音）.
            cells.append(begin..<place)
            begin = place + 1
        }
        cells.append(begin..<line.upperBound)
        if mark == "|" {
            if cells.first?.isEmpty == true { cells.removeFirst() }
            if cells.last?.isEmpty == true { cells.removeLast() }
        }
        return cells
    }

    func blankCells(of line: Range<Int>) -> [Range<Int>] {
        var cells: [Range<Int>] = []
        var begin = line.lowerBound
        for place in line where place > begin && text.gap(place) > 0 {
            cells.append(begin..<place)
            begin = place
        }
        cells.append(begin..<line.upperBound)
        return cells
    }

    mutating func readTables() -> Bool {
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
    mutating func table(from at: Int) -> Int? {
        let line = lines[at]
        guard line.count < 400 else { return nil }
        for mark in ["\t", "|", "/", ",", "、", " "] as [Unicode.Scalar] {
            let header = mark == " " ? blankCells(of: line) : cells(of: line, by: mark)
            guard header.count >= 3 else { continue }
            let labels = header.map { NoticeLabels.cell(text, $0) }
            let known = labels.count { $0 != nil }
            guard known >= 3, known * 3 >= header.count * 2 else { continue }
            if mark == "、" || mark == "," {
                // 姓名、性别、年龄 in a sentence is no table: nothing else may be on the line.
                guard known == header.count, at + 1 < lines.count else { continue }
            }
            var rows: [[Unit]] = []
            var next = at + 1
            while next < lines.count {
                let row = lines[next]
                if text.scalars[row].allSatisfy({
                    $0 == "-" || $0 == "|" || $0 == ":" || $0 == "="
                }) {
                    next += 1
                    continue
                }
                let parts =
                    mark == " " ? blankCells(of: row) : split(row, by: mark, into: header.count)
                guard parts.count >= 3, parts.count * 2 > header.count else { break }
                // A header again is the next page of the same table.
                if parts.count(where: { NoticeLabels.cell(text, $0) != nil }) * 2 > parts.count {
                    next += 1
                    continue
                }
                if mark == " ", parts.count != header.count { break }
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
    func split(_ row: Range<Int>, by mark: Unicode.Scalar, into count: Int) -> [Range<Int>] {
        var cells: [Range<Int>] = []
        var begin = row.lowerBound
        var depth = 0
        for place in row {
            switch text.scalars[place] {
            case "(", "“": depth += 1
            case ")", "”": depth = max(0, depth - 1)
            case mark where depth == 0 && cells.count + 1 < count + (mark == "|" ? 2 : 0):
                cells.append(begin..<place)
                begin = place + 1
            default: break
            }
        }
        cells.append(begin..<row.upperBound)
        if mark == "|" {
            if cells.first?.isEmpty == true { cells.removeFirst() }
            if cells.last?.isEmpty == true { cells.removeLast() }
        }
        return cells
    }

    /// Labels down the first column and a person in each of the others.
    mutating func transposed(from at: Int) -> Int? {
        for mark in ["\t", "|"] as [Unicode.Scalar] {
            var next = at
            var columns: [[Unit]] = []
            while next < lines.count {
                let row = lines[next]
                if next > at,
                    text.scalars[row].allSatisfy({ $0 == "-" || $0 == "|" || $0 == ":" })
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
    mutating func form(from at: Int) -> Int? {
        for mark in ["\t", "|"] as [Unicode.Scalar] {
            var next = at
            var units: [Unit] = []
            while next < lines.count {
                let parts = cells(of: lines[next], by: mark).filter { !$0.isEmpty }
                if text.scalars[lines[next]].allSatisfy({ $0 == "-" || $0 == "|" || $0 == ":" })
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
    func isSpaced(_ line: Range<Int>) -> Bool {
        guard line.count < 120 else { return false }
        let cells = blankCells(of: line)
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
                return Unit(label: label, range: end..<cell.upperBound, isCell: true)
            }
            if isSex(cell) { return Unit(label: .sex, range: cell, isCell: true) }
            if place < sex, place == sex - 1 || place == 0 {
                return Unit(label: .name, range: cell, isCell: true)
            }
            return Unit(label: nil, range: cell, isCell: true)
        }
    }
}
