import Foundation
import Testing

@testable import GuituKinship

@Suite("A family")
struct FamilyTests {
    static let wang = """
        # 王家
        王大山 男 已采样
        李秀英 女 已故

        王小明 男 父=王大山 母=李秀英 失踪
        王小红,女,父=王大山,母=李秀英,已采样
        "Wang Er" man twin=王小明
        """

    @Test("is read from lines of words in either language")
    func reads() throws {
        let family = try Family(reading: Self.wang, name: "w.txt")
        #expect(family.persons.map(\.id) == ["王大山", "李秀英", "王小明", "王小红", "Wang Er"])
        #expect(family.missing == "王小明")
        #expect(family.persons[0].isSampled && family.persons[1].isDeceased)
        #expect(family.persons[3].father == "王大山" && family.persons[3].sex == .woman)
        #expect(family.parents(of: 4).father == 0)
        #expect(family.couldBeSampled == ["Wang Er"])
    }

    @Test("reads back what it writes, as lines in two languages and as a table", arguments: 0..<200)
    func roundTrip(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let family = try Self.invented(&random)
        for inEnglish in [false, true] {
            let text = family.text(inEnglish: inEnglish)
            #expect(try Family(reading: text, name: "t") == family, "\(text)")
        }
        #expect(try Family(reading: family.csv(), name: "t") == family)
    }

    @Test(
        "is refused with row and reason",
        arguments: [
            ("甲 男\n乙 男 母=甲", 1, InputError.Reason.pedigree(.motherIsAMan("甲"))),
            ("甲 女\n\n乙 男 父=甲", 1, .pedigree(.fatherIsAWoman("甲"))),
            ("甲 女\n乙 男\n甲 女", 3, .personTwice("甲")),
            ("甲 男 父=乙\n乙 男 父=甲", 1, .pedigree(.ownAncestor("甲"))),
            ("#\n甲 男 父=丙", 2, .pedigree(.unknownParent(of: "甲", "丙"))),
            ("甲 男 同卵=丙", 1, .pedigree(.unknownTwin(of: "甲", "丙"))),
            (
                "父 男\n母 女\n甲 父=父 母=母\n乙 父=父 异卵=甲", 4,
                .pedigree(.fraternalTwins("乙", "甲"))
            ),
            ("甲 男\n乙 异卵=甲", 2, .pedigree(.fraternalTwins("乙", "甲"))),
            ("甲 男 异卵=丙", 1, .pedigree(.fraternalTwins("甲", "丙"))),
            ("甲 男 已采集", 1, .familyWord("已采集")),
            ("甲 男 女", 1, .familyWord("女")),
            ("甲 男 父=", 1, .familyWord("父=")),
            ("父=乙", 1, .familyWord("父=乙")),
            ("甲 \"乙", 1, .unclosedQuote),
            ("甲 失踪\n乙 失踪", 2, .missingTwice("甲", "乙")),
            ("甲 失踪 已采样", 1, .missingSampled),
            ("id,father,mother,sex\n甲,0,0,3", 2, .unknownSex("3")),
            ("id,father,mother,sex\n甲,0,0,2\n乙,甲,0,1", 2, .pedigree(.fatherIsAWoman("甲"))),
        ])
    func refused(text: String, row: Int, reason: InputError.Reason) {
        #expect(throws: InputError(file: "f", row: row, reason)) {
            try Family(reading: text, name: "f")
        }
    }

    @Test("of nobody, or of more than can be drawn, is refused")
    func sizes() {
        #expect(throws: InputError(file: "f", .empty)) { try Family(reading: "# none", name: "f") }
        let many = (0...200).map { "p\($0)" }.joined(separator: "\n")
        #expect(throws: InputError(file: "f", row: 201, .tooManyPersons(200))) {
            try Family(reading: many, name: "f")
        }
    }

    /// Any family: loops, partners of several, twins, strange names.
    static func invented(_ random: inout SplitMix64) throws -> Family {
        let names = ["王大山", "Li \"Si\"", "a=b", "#5", "买买提·艾力", "古丽 汗", "x\\y", "，", "𠮷田"]
        let count = 1 + random.below(22)
        var persons: [Family.Person] = []
        for index in 0..<count {
            let id = random.chance(6) ? "\(names[random.below(names.count)])\(index)" : "P\(index)"
            var person = Family.Person(
                id, sex: random.chance(8) ? .unknown : random.chance(2) ? .man : .woman,
                isSampled: random.chance(3), isDeceased: random.chance(5))
            let men = persons.filter { $0.sex == .man }
            let women = persons.filter { $0.sex == .woman }
            if !random.chance(3), index > 2 {
                // Mostly recent persons, and often the parents of the last one.
                if let last = persons.last, last.father != nil, !random.chance(3) {
                    (person.father, person.mother) = (last.father, last.mother)
                } else {
                    person.father = men.suffix(4).randomElement(using: &random)?.id
                    person.mother =
                        random.chance(6)
                        ? nil : women.suffix(4).randomElement(using: &random)?.id
                }
            }
            if random.chance(10), let twin = persons.last, twin.sex == person.sex {
                person.twin = twin.id
                (person.father, person.mother) =
                    random.chance(2) ? (nil, nil) : (twin.father, twin.mother)
            } else if random.chance(4), person.father != nil, person.mother != nil,
                let sib = persons.last,
                (sib.father, sib.mother) == (person.father, person.mother)
            {
                person.fraternal = sib.id
            }
            persons.append(person)
        }
        let missing = random.chance(4) ? nil : persons.firstIndex { !$0.isSampled }
        return try Family(persons, missing: missing.map { persons[$0].id })
    }
}

@Suite("The drawing of a family")
struct FamilyDrawingTests {
    typealias Point = FamilyDrawing.Point

    @Test("lets no symbols, labels or lines of two families overlap", arguments: 0..<300)
    func geometry(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        check(FamilyDrawing(try FamilyTests.invented(&random)), "seed \(seed)")
    }

    @Test(
        "holds for families with loops, several partners, incest and long lines", arguments: known)
    func geometryOfKnown(text: String) throws {
        check(FamilyDrawing(try Family(reading: text, name: "f")), text)
    }

    static let known = [
        FamilyTests.wang,
        // Cousins marry.
        """
        a man
        b woman
        c man father=a mother=b
        d woman father=a mother=b
        e woman
        f man
        g man father=c mother=e
        h woman father=f mother=d
        i man father=g mother=h missing
        """,
        // Father and daughter; an uncle and his niece.
        """
        a man
        b woman
        c woman father=a mother=b
        d man father=a mother=c missing
        e man father=a mother=b
        g woman
        f woman father=e mother=g
        h man
        i man father=h mother=c
        j woman father=i mother=f
        """,
        // One man, four women.
        """
        a man
        b woman
        c woman
        d woman
        e woman
        f man father=a mother=b
        g man father=a mother=c
        h man father=a mother=d
        i woman father=a mother=e missing
        """,
        // Both grandparents' families.
        """
        a man
        b woman
        c man
        d woman
        e man father=a mother=b
        f woman father=a mother=b
        g man father=c mother=d
        h woman father=c mother=d
        i man father=e mother=h missing
        j woman father=e mother=h
        """,
    ]

    private func check(_ drawing: FamilyDrawing, _ what: String) {
        let r = FamilyDrawing.radius
        let symbols = drawing.symbols
        for (k, a) in symbols.enumerated() {
            #expect(a.center.x - r >= 0 && a.center.x + r <= drawing.width, "\(what)")
            #expect(a.center.y - r >= 0 && a.center.y + r <= drawing.height, "\(what)")
            for b in symbols[..<k] {
                let (dx, dy) = (abs(a.center.x - b.center.x), abs(a.center.y - b.center.y))
                #expect(dx >= 2 * r + 10 || dy >= 2 * r + 18, "symbols: \(what)")
                if dy < 1 {
                    #expect(dx >= (a.labelWidth + b.labelWidth) / 2 + 10, "labels: \(what)")
                }
            }
            for line in drawing.lines {
                #expect(!passes(line, a.center, r - 1), "line through \(k): \(what)")
            }
        }
        for (k, a) in drawing.lines.enumerated() {
            for b in drawing.lines[..<k] where a.union != b.union {
                #expect(!lieOnEachOther(a, b), "lines: \(a) \(b) \(what)")
            }
        }
        // Parents and children hang together by lines that touch.
        for child in drawing.family.persons.indices {
            let (father, mother) = drawing.family.parents(of: child)
            for parent in [father, mother].compactMap({ $0 }) {
                #expect(isJoined(drawing, parent, child), "\(parent) to \(child): \(what)")
            }
        }
        for line in drawing.lines where line.isDouble { #expect(line.from.y == line.to.y) }
    }

    /// Whether a line goes through a symbol rather than up to its edge.
    private func passes(_ line: FamilyDrawing.Line, _ center: Point, _ r: Double) -> Bool {
        (1..<200).contains { step in
            let share = Double(step) / 200
            let x = line.from.x + (line.to.x - line.from.x) * share
            let y = line.from.y + (line.to.y - line.from.y) * share
            return abs(x - center.x) < r && abs(y - center.y) < r
        }
    }

    private func lieOnEachOther(_ a: FamilyDrawing.Line, _ b: FamilyDrawing.Line) -> Bool {
        func overlap(_ a: (Double, Double), _ b: (Double, Double)) -> Double {
            min(max(a.0, a.1), max(b.0, b.1)) - max(min(a.0, a.1), min(b.0, b.1))
        }
        if a.from.x == a.to.x, b.from.x == b.to.x, abs(a.from.x - b.from.x) < 2 {
            return overlap((a.from.y, a.to.y), (b.from.y, b.to.y)) > 1
        }
        if a.from.y == a.to.y, b.from.y == b.to.y, abs(a.from.y - b.from.y) < 2 {
            return overlap((a.from.x, a.to.x), (b.from.x, b.to.x)) > 1
        }
        return false
    }

    /// Follows lines that touch, from the edge of one symbol to that of another.
    private func isJoined(_ drawing: FamilyDrawing, _ parent: Int, _ child: Int) -> Bool {
        let r = FamilyDrawing.radius + 1
        func touches(_ line: FamilyDrawing.Line, _ index: Int) -> Bool {
            [line.from, line.to].contains {
                let center = drawing.symbols[index].center
                return abs($0.x - center.x) <= r && abs($0.y - center.y) <= r
            }
        }
        func isOn(_ point: Point, _ line: FamilyDrawing.Line) -> Bool {
            let (dx, dy) = (line.to.x - line.from.x, line.to.y - line.from.y)
            let length = dx * dx + dy * dy
            let share = ((point.x - line.from.x) * dx + (point.y - line.from.y) * dy) / length
            guard share >= -1e-6, share <= 1 + 1e-6 else { return false }
            return abs(line.from.x + share * dx - point.x) < 0.5
                && abs(line.from.y + share * dy - point.y) < 0.5
        }
        func meet(_ a: FamilyDrawing.Line, _ b: FamilyDrawing.Line) -> Bool {
            isOn(a.from, b) || isOn(a.to, b) || isOn(b.from, a) || isOn(b.to, a)
        }
        let lines = drawing.lines
        var seen = Set(lines.indices.filter { touches(lines[$0], parent) })
        var open = Array(seen)
        while let next = open.popLast() {
            if touches(lines[next], child) { return true }
            for other in lines.indices
            where !seen.contains(other) && meet(lines[next], lines[other]) {
                seen.insert(other)
                open.append(other)
            }
        }
        return false
    }

    @Test("uses the usual symbols and says names as text, whatever is in them")
    func svg() throws {
        let family = try Family(
            reading: """
                甲 男 已采样
                乙 女 已故
                丙 未知 父=甲 母=乙 失踪
                "<b>&一二三四五六七八" 女 父=甲 母=乙
                """, name: "f")
        let svg = FamilyDrawing(family).svg(
            .init(title: "家系图", sampled: "已采样", missing: "失踪", deceased: "已故"))
        #expect(svg.contains("<rect x=") && svg.contains("<circle") && svg.contains("Z\" fill"))
        #expect(svg.contains(">?</text>") && svg.contains("#2f6f8f"))
        #expect(svg.contains("<title>家系图</title>") && svg.contains(">甲</text>"))
        #expect(svg.contains("&lt;b&gt;&amp;一二三四五六七八") && !svg.contains("<b>"))
        #expect(!svg.contains("style="))
        let parser = XMLCheck(svg)
        #expect(parser.isBalanced)
    }

    @Test("draws blood relatives' union double, twins from one point, and is the same every time")
    func customs() throws {
        let cousins = FamilyDrawing(try Family(reading: Self.known[1], name: "f"))
        #expect(cousins.lines.filter(\.isDouble).count == 1)
        let wang = try Family(reading: FamilyTests.wang, name: "f")
        let drawing = FamilyDrawing(wang)
        #expect(drawing.lines.filter { $0.union == nil }.count == 1)
        #expect(drawing.svg() == FamilyDrawing(wang).svg())
        // The children of one couple stand on one line, below their parents.
        let y = drawing.symbols.map(\.center.y)
        #expect(y[0] == y[1] && y[2] == y[3] && y[3] == y[4] && y[2] > y[0])
    }

    @Test("draws fraternal twins from one point without the bar, and identical ones within them")
    func fraternal() throws {
        let text = """
            父 男
            母 女
            甲 男 父=父 母=母
            乙 女 父=父 母=母 异卵=甲
            """
        let family = try Family(reading: text, name: "f")
        let drawing = FamilyDrawing(family)
        func diagonals(_ drawing: FamilyDrawing) -> [FamilyDrawing.Line] {
            drawing.lines.filter { $0.from.x != $0.to.x && $0.from.y != $0.to.y }
        }
        #expect(Set(diagonals(drawing).map(\.from)).count == 1 && diagonals(drawing).count == 2)
        #expect(!drawing.lines.contains { $0.union == nil })
        let plain = try Family(reading: text.replacing(" 异卵=甲", with: ""), name: "f")
        #expect(diagonals(FamilyDrawing(plain)).isEmpty)
        // To the engine they are sibs like any others.
        #expect(family.pedigree.members.map(\.alias) == [0, 1, 2, 3])
        // Three born together, two of them identical: three lines and one bar.
        let three = FamilyDrawing(
            try Family(reading: text + "\n丙 男 父=父 母=母 同卵=甲", name: "f"))
        #expect(Set(diagonals(three).map(\.from)).count == 1)
        #expect(three.lines.filter { $0.union == nil }.count == 1)
        // What is read as words is read as a table too.
        #expect(family.csv().contains(",fraternal_of\n"))
        #expect(!plain.csv().contains("fraternal"))
        check(drawing, "two")
        check(three, "three")
    }

    @Test("of four grandparents, their children and two cousins has no lines that cross")
    func clean() throws {
        let drawing = FamilyDrawing(try Family(reading: Self.known[4], name: "f"))
        var crossings = 0
        for a in drawing.lines where a.from.x == a.to.x {
            for b in drawing.lines where b.from.y == b.to.y && a.union != b.union {
                let (low, high) = (min(b.from.x, b.to.x), max(b.from.x, b.to.x))
                let (top, bottom) = (min(a.from.y, a.to.y), max(a.from.y, a.to.y))
                if a.from.x > low && a.from.x < high && b.from.y > top && b.from.y < bottom {
                    crossings += 1
                }
            }
        }
        #expect(crossings == 0)
    }
}

/// Tags open and close in order.
private struct XMLCheck {
    var isBalanced: Bool

    init(_ text: String) {
        var open: [Substring] = []
        isBalanced = true
        for part in text.split(separator: "<") {
            guard let end = part.firstIndex(of: ">") else { isBalanced = false; return }
            let tag = part[..<end]
            if tag.hasPrefix("/") {
                if open.popLast() != tag.dropFirst() { isBalanced = false }
            } else if !tag.hasSuffix("/") {
                open.append(tag.prefix { $0 != " " })
            }
        }
        if !open.isEmpty { isBalanced = false }
    }
}
