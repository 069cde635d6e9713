import Foundation

/// A notice in the one form the reader looks at, every scalar of it tied to the
/// span of the text it came from.
///
/// Width, quotes and dashes are folded, characters simplified, markup dropped,
/// letters that a scan put for digits put right. Blanks are no scalars: they
/// are kept as the gap before the next one, because in a scan they stand
/// within words and in a post they are the only punctuation.
struct NoticeText {
    /// What lies before a scalar.
    enum Gap {
        static let none: UInt8 = 0
        static let blank: UInt8 = 1
        /// Several blanks, an emoji, a cell.
        static let wide: UInt8 = 2
        static let line: UInt8 = 3
        static let paragraph: UInt8 = 4
    }

    let source: [Unicode.Scalar]
    /// What is a place by its name alone.
    let places: PlaceNames
    var scalars: [Unicode.Scalar] = []
    var gaps: [UInt8] = []
    private var starts: [Int32] = []
    private var ends: [Int32] = []
    /// Blanks stand within words, so a single one divides nothing.
    private(set) var isScan = false
    /// Messages or questions and answers, one a line.
    var isTalk = false
    /// What divides the cells of a table whose header is labels only.
    private var headerMark: Unicode.Scalar?
    /// Tags that end a line: what they divide was not divided by paper.
    private var blocks = 0
    private var traditional = 0
    /// Written in the characters of Taiwan, with its years perhaps.
    var isTraditional: Bool { traditional * 20 > scalars.count }

    var count: Int { scalars.count }
    var all: Range<Int> { 0..<scalars.count }

    /// As written, from the first scalar of the range to its last.
    func written(_ range: Range<Int>) -> String {
        var text = ""
        for scalar in source[span(range)] { text.unicodeScalars.append(scalar) }
        return text
    }

    func span(_ range: Range<Int>) -> Range<Int> {
        guard !range.isEmpty else { return 0..<0 }
        return Int(starts[range.lowerBound])..<Int(ends[range.upperBound - 1])
    }

    subscript(_ place: Int) -> Unicode.Scalar {
        place >= 0 && place < scalars.count ? scalars[place] : "\0"
    }

    /// The gap before `place`; beyond either end is a paragraph.
    func gap(_ place: Int) -> UInt8 {
        place > 0 && place < gaps.count ? gaps[place] : Gap.paragraph
    }

    /// Whether something ends before `place`, if there is no punctuation.
    func isBreak(_ place: Int) -> Bool {
        gap(place) >= Gap.wide || (!isScan && gap(place) == Gap.blank && !isWithinWords(place))
    }

    /// Omega 手表, grey jacket: the blank that a Latin word brings with it.
    private func isWithinWords(_ place: Int) -> Bool {
        func isWord(_ at: Int, _ step: Int) -> Bool {
            self[at].isLatin && self[at + step].isLatin && self[at + 2 * step].isLatin
        }
        let (before, after) = (self[place - 1], self[place])
        if before.isLatin { return isWord(place - 1, -1) && (after.isLatin || after.isHan) }
        return before.isHan && isWord(place, 1)
    }

    /// Whether the line that begins at `place` begins with blanks.
    func isIndented(_ place: Int) -> Bool {
        guard place > 0, place < scalars.count else { return false }
        let before = source[Int(starts[place]) - 1]
        return before == " " || before == "\u{3000}" || before == "\t"
    }

    func has(_ word: StaticWord, at place: Int) -> Bool { word.stands(in: scalars, at: place) }

    /// Whether `word` ends right before `place`.
    func has(_ word: StaticWord, before place: Int) -> Bool { has(word, at: place - word.count) }

    func find(_ word: StaticWord, in range: Range<Int>) -> Int? {
        let last = range.upperBound - word.count
        guard range.lowerBound <= last else { return nil }
        for place in range.lowerBound...last where has(word, at: place) { return place }
        return nil
    }

    // MARK: Folding

    init(_ text: String, places: PlaceNames = .common) {
        self.places = places
        source = Array(text.unicodeScalars)
        scalars.reserveCapacity(source.count)
        gaps.reserveCapacity(source.count)
        starts.reserveCapacity(source.count)
        ends.reserveCapacity(source.count)
        fold()
        mendDigits()
        openObject()
        correct()
        dropSpeakers()
        isScan = blocks < 3 && looksScanned()
        if !isTalk, blocks < 3 { mendLines() }
    }

    private mutating func fold() {
        let simple = SimplifiedTable.shared
        let markup = Markup(source)
        var gap = Gap.paragraph
        var blanks = 0
        var openQuote = false
        var inCell = false
        var at = 0
        while at < source.count {
            var value = source[at].value
            let begin = at
            at += 1
            if value == 0x3C, let tag = markup.tag(at: begin) {
                at = tag.end
                if tag.effect == .gap(Gap.line) { blocks += 1 }
                inCell =
                    tag.effect == .cellBegins || inCell && tag.effect != .cellEnds && !tag.isRow
                switch tag.effect {
                case .gap(Gap.line) where inCell:
                    // A line within a cell is not a row of its own.
                    gap = max(gap, Gap.wide)
                case .cellBegins where gap < Gap.line && scalars.last != "\t", .cellEnds:
                    put("\t", begin, begin + 1, gap)
                    gap = Gap.none
                case .cellBegins: break
                case .gap(let own): gap = max(gap, own)
                }
                blanks = 0
                continue
            }
            if value == 0x26, let entity = markup.entity(at: begin) {
                value = entity.value
                at = entity.end
            }
            switch value {
            case 0x0A, 0x0D, 0x2028, 0x2029:
                gap = gap >= Gap.line && value != 0x0D && blanks >= 0 ? Gap.paragraph : Gap.line
                if value == 0x0D, at < source.count, source[at].value == 0x0A { at += 1 }
                blanks = 0
                continue
            case 0x09:
                put("\t", begin, at, gap)
                gap = Gap.none
                continue
            case 0x20, 0xA0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000:
                blanks += 1
                let wide = blanks > 1 || value == 0x3000 || value == 0x2003
                gap = max(gap, wide ? Gap.wide : Gap.blank)
                continue
            case 0...0x1F, 0x7F...0x9F, 0x200B...0x200F, 0x2060, 0xFE00...0xFE0F, 0xFEFF,
                0x1F3FB...0x1F3FF:
                continue
            default: break
            }
            if Self.isPicture(value) {
                // ▲ at the head of a line begins an entry.
                gap = gap >= Gap.line ? Gap.paragraph : Gap.wide
                continue
            }
            value = Self.plain(value)
            if value == 0x22 || value == 0x201C || value == 0x201D {
                // One kind of open and of closed quote, whatever was typed.
                if value == 0x22 { value = openQuote ? 0x201D : 0x201C }
                openQuote = value == 0x201C
            }
            let typed = value
            value = simple[value]
            if value != typed { traditional += 1 }
            if value == 0x5202, scalars.last == "另" {  // 另刂 for 别
                scalars[scalars.count - 1] = "别"
                ends[ends.count - 1] = Int32(at)
                continue
            }
            if value == 0x28, let last = scalars.last, last.isHan,
                let end = markup.pinyin(after: begin)
            {
                ends[ends.count - 1] = Int32(end)
                at = end
                continue
            }
            put(Unicode.Scalar(value) ?? " ", begin, at, gap)
            gap = Gap.none
            blanks = 0
        }
    }

    private mutating func put(_ value: Unicode.Scalar, _ start: Int, _ end: Int, _ gap: UInt8) {
        scalars.append(value)
        gaps.append(gap)
        starts.append(Int32(start))
        ends.append(Int32(end))
    }

    /// Pictures part what stands on their two sides and say nothing.
    private static func isPicture(_ value: UInt32) -> Bool {
        switch value {
        case 0x1F000...0x1FAFF, 0x2600...0x27BF, 0x2190...0x21FF, 0x25A0...0x25FF, 0x2B00...0x2BFF,
            0x2300...0x23FF:
            // Circled numbers of the dingbats count persons.
            !(0x2776...0x2793).contains(value)
        default: false
        }
    }

    private static func plain(_ value: UInt32) -> UInt32 {
        switch value {
        case 0..<0x80: value
        case 0xFF01...0xFF5E: plain(value - 0xFEE0)
        case 0x3002, 0xFF61: 0x3002
        case 0x2502, 0x2503, 0x2551, 0xFF5C, 0xFFE8: 0x7C
        case 0x2010...0x2015, 0x2212, 0x2500...0x257F, 0xFE63: 0x2D
        case 0x301C, 0x223C: 0x7E
        case 0x300C, 0x300E, 0x301D, 0x2018: 0x201C
        case 0x300D, 0x300F, 0x301E, 0x2019: 0x201D
        case 0x3010, 0x3014, 0x3016: 0x5B
        case 0x3011, 0x3015, 0x3017: 0x5D
        case 0xFE55, 0xFE13, 0x2236: 0x3A
        case 0xFE50, 0xFE10: 0x2C
        case 0x5DFF: 0x5E02  // 巿 for 市
        default: value
        }
    }

    /// 4O岁, l.52米, O7l9-8653: a run that holds a digit and else only letters
    /// that look like one is a number.
    private mutating func mendDigits() {
        func looks(_ value: Unicode.Scalar) -> Unicode.Scalar? {
            switch value {
            case "0"..."9": value
            case "O", "o": "0"  // O o
            case "I", "l": "1"  // I l
            default: nil
            }
        }
        var at = 0
        while at < scalars.count {
            guard looks(scalars[at]) != nil else {
                at += 1
                continue
            }
            var end = at
            var digits = false
            var letters = false
            while end < scalars.count {
                let value = scalars[end]
                if looks(value) != nil {
                    if value.isDigit { digits = true } else { letters = true }
                } else if !(value == "." || value == "-") {
                    break
                }
                end += 1
            }
            let after = self[end]
            let spelled = self[at - 1].isLatin || (after.isLatin && !Self.isUnit(after))
            if digits, letters, !spelled {
                for place in at..<end {
                    if let digit = looks(scalars[place]) { scalars[place] = digit }
                }
            }
            at = end
        }
    }

    /// c of cm, m, k of kg.
    private static func isUnit(_ value: Unicode.Scalar) -> Bool {
        ["c", "C", "m", "M", "k", "K"].contains(value)
    }

    /// Words of a scan lie in pieces of one to three characters.
    private func looksScanned() -> Bool {
        var pieces = 0
        var length = 0
        var alone = 0
        var begin = 0
        for place in 1..<max(2, scalars.count + 1) {
            let inner =
                place < scalars.count && gaps[place] == Gap.blank && scalars[place].isHan
                && scalars[place - 1].isHan
            let joint = place < scalars.count && gaps[place] == Gap.none && scalars[place].isHan
            if joint { continue }
            if inner || (begin < scalars.count && gaps[begin] == Gap.blank && scalars[begin].isHan)
            {
                pieces += 1
                length += place - begin
            }
            // 男 between two blanks is a cell.
            if place - begin == 1, ["男", "女"].contains(self[begin]), gap(begin) == Gap.blank,
                gap(place) == Gap.blank, self[begin - 1] != ":"
            {
                alone += 1
            }
            begin = place
        }
        return pieces >= 6 && alone * 20 <= pieces && Double(length) < 2.9 * Double(pieces)
    }

    /// A line that is broken because the paper ended is no end of anything.
    private mutating func mendLines() {
        var longest = 0
        var begin = 0
        var lines: [Range<Int>] = []
        for place in 1...max(1, scalars.count)
        where place >= scalars.count || gaps[place] >= Gap.line {
            lines.append(begin..<min(place, scalars.count))
            longest = max(longest, width(lines[lines.count - 1]))
            begin = place
        }
        guard longest >= 14 else { return }
        headerMark = lines.lazy.compactMap(headerMark).first
        // A poster breaks its lines where it has no punctuation.
        let stops = scalars.count { $0 == "," || $0 == "。" || $0 == ";" || $0 == "、" }
        guard isScan || stops * 3 >= lines.count else { return }
        for (line, next) in zip(lines, lines.dropFirst())
        where width(line) * 5 >= longest * 4 && gaps[next.lowerBound] == Gap.line {
            let last = scalars[line.upperBound - 1]
            let first = scalars[next.lowerBound]
            guard last.isHan || last == "," || last == "、" || last.isDigit,
                first.isHan || first.isDigit
            else { continue }
            // Rows of a table end where they end.
            if isRow(line), isRow(next) { continue }
            if !isScan, blanks(line) >= 3, blanks(next) >= 3 { continue }
            if NoticeLabels.begins(self, at: next.lowerBound, needsColon: false) != nil { continue }
            if NoticeLabels.hasOwnLabel(self, line: next) { continue }
            if Enumerator.read(self, at: next.lowerBound) != nil { continue }
            if Organisations.opens(self, next) { continue }
            if next.count <= 16, NoticeDates.fills(self, next) { continue }
            gaps[next.lowerBound] = Gap.none
        }
    }
}

extension NoticeText {
    private func blanks(_ line: Range<Int>) -> Int {
        line.dropFirst().count { gaps[$0] > Gap.none }
    }

    /// With the blanks, as wide as it was on the paper.
    private func width(_ line: Range<Int>) -> Int { line.isEmpty ? 0 : span(line).count }

    /// Cells of a table: commas and semicolons only count where a header has them.
    private func isRow(_ line: Range<Int>) -> Bool {
        for (mark, least) in [("/", 3), ("|", 2), ("\t", 1)] as [(Unicode.Scalar, Int)]
        where scalars[line].count(where: { $0 == mark }) >= least {
            return true
        }
        guard let headerMark else { return false }
        return scalars[line].count { $0 == headerMark } >= 3
    }

    private func headerMark(_ line: Range<Int>) -> Unicode.Scalar? {
        for mark in [",", ";"] as [Unicode.Scalar] {
            let cells = scalars[line].split(separator: mark)
            if cells.count >= 4,
                cells.allSatisfy({
                    NoticeLabels.cell(self, $0.startIndex..<$0.endIndex) != nil
                })
            {
                return mark
            }
        }
        return nil
    }

    /// Takes scalars away; what follows them keeps the larger gap of the two.
    mutating func remove(_ isGone: [Bool], gap least: UInt8) {
        var kept = 0
        var gap = Gap.none
        for place in scalars.indices {
            gap = max(gap, gaps[place])
            if isGone[place] {
                gap = max(gap, least)
                continue
            }
            scalars[kept] = scalars[place]
            gaps[kept] = gap
            starts[kept] = starts[place]
            ends[kept] = ends[place]
            kept += 1
            gap = Gap.none
        }
        scalars.removeLast(scalars.count - kept)
        gaps.removeLast(gaps.count - kept)
        starts.removeLast(starts.count - kept)
        ends.removeLast(ends.count - kept)
    }
}

extension Unicode.Scalar {
    var isHan: Bool {
        switch value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x3007, 0x20000...0x323AF, 0xF900...0xFAFF: true
        default: false
        }
    }
    var isDigit: Bool { ("0"..."9").contains(self) }
    var isLatin: Bool { ("A"..."Z").contains(self) || ("a"..."z").contains(self) }
}

/// A word of the rules, compared with the text without an array or a string.
struct StaticWord: Sendable, ExpressibleByStringLiteral {
    private let utf8: StaticString

    init(stringLiteral value: StaticString) { utf8 = value }

    /// In scalars.
    var count: Int {
        var count = 0
        for at in 0..<utf8.utf8CodeUnitCount where utf8.utf8Start[at] & 0xC0 != 0x80 { count += 1 }
        return count
    }

    /// Whether `scalars` hold the word from `place` on.
    func stands(in scalars: [Unicode.Scalar], at place: Int) -> Bool {
        guard place >= 0 else { return false }
        var at = utf8.utf8Start
        let end = at + utf8.utf8CodeUnitCount
        var place = place
        while at < end {
            guard place < scalars.count else { return false }
            let lead = UInt32(at[0])
            let value: UInt32
            if lead < 0x80 {
                value = lead
                at += 1
            } else if lead < 0xE0 {
                value = (lead & 0x1F) << 6 | UInt32(at[1] & 0x3F)
                at += 2
            } else {
                value = (lead & 0x0F) << 12 | UInt32(at[1] & 0x3F) << 6 | UInt32(at[2] & 0x3F)
                at += 3
            }
            guard scalars[place].value == value else { return false }
            place += 1
        }
        return true
    }
}

/// The simplified form of every character, and what scans put for common ones.
struct SimplifiedTable: Sendable {
    static let shared = SimplifiedTable()
    private let table: [UInt16]

    private init() {
        var table = (0...0xFFFF).map { UInt16($0) }
        // One transform of all characters at once: one by one takes a second.
        let every = (0x3400...0x9FFF).compactMap { Unicode.Scalar($0).map(String.init) }
            .joined(separator: "\n")
        let simple = every.applyingTransform(
            StringTransform("Traditional-Simplified"), reverse: false)
        let pairs = zip(every.split(separator: "\n"), (simple ?? every).split(separator: "\n"))
        for (one, other) in pairs {
            let (one, other) = (one.unicodeScalars, other.unicodeScalars)
            if other.count == 1, let from = one.first, let to = other.first, to.value <= 0xFFFF {
                table[Int(from.value)] = UInt16(to.value)
            }
        }
        let misread =
            "髙高 曰日 貟员 糸系 肋助 吿告 徵征 歳岁 亱夜 裏里 裡里 隻只 後后 髮发 發发 "
            + "臺台 檯台 颱台 鬍胡 鬚须 醜丑 瞭了 乾干 幹干 捲卷 闆板 傢家 週周 咭卡 鞦秋 瘖喑 着着 著着 "
            + "褲裤 眞真 鎭镇 戸户 靑青 髪发 缐线 綫线 峯峰 衛卫 衞卫 爲为 説说 脫脱 歲岁 衆众 産产 "
            + "綉绣 佈布 癡痴 跡迹 蹟迹 污污 徬彷 牆墙 傷伤 兇凶 劃划 採采 嚮向 慾欲 湧涌 祇只 鬆松 "
            + "齣出 鬥斗 摺折 彆别 噁恶 併并 託托 掛挂 彎弯 鬢鬓 痠酸 麵面 鹹咸 裝装"
        for pair in misread.split(separator: " ") {
            let two = Array(pair.unicodeScalars)
            if two.count == 2 { table[Int(two[0].value)] = UInt16(two[1].value) }
        }
        self.table = table
    }

    subscript(_ value: UInt32) -> UInt32 {
        value >= 0x3400 && value <= 0xFFFF ? UInt32(table[Int(value)]) : value
    }
}
