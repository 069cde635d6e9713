import Foundation

/// A family drawn by the usual symbols: squares are men, circles women,
/// diamonds unknown; filled is sampled, a slash deceased, a question mark the
/// missing person; a double line joins partners of one blood, two lines from
/// one point are twins, and a bar between them says that they are identical.
public struct FamilyDrawing: Sendable {
    struct Point: Hashable, Sendable {
        var x: Double
        var y: Double
    }

    struct Line: Sendable {
        var from: Point
        var to: Point
        /// Lines of one union belong together; nil joins twins.
        var union: Int?
        var isDouble = false
    }

    struct Symbol: Sendable {
        var person: Int
        var center: Point
        var label: String
        var labelWidth: Double
    }

    /// What is written around the symbols, in the reader's language.
    public struct Words: Sendable {
        public var title: String
        public var sampled: String
        public var missing: String
        public var deceased: String

        public init(title: String, sampled: String, missing: String, deceased: String) {
            self.title = title
            self.sampled = sampled
            self.missing = missing
            self.deceased = deceased
        }
    }

    public let family: Family
    public private(set) var width = 0.0
    public private(set) var height = 0.0
    private(set) var symbols: [Symbol] = []
    private(set) var lines: [Line] = []

    static let radius = FamilyLayout.symbol / 2
    static let margin = 16.0
    static let labelHeight = 20.0
    /// Between two bars, and around the lines that drop to them.
    private static let track = 9.0
    /// Room above a row for the lines of twins.
    private static let above = 28.0

    private var layout: FamilyLayout
    private var tops: [Double] = []

    public init(_ family: Family) {
        self.family = family
        let labels = family.persons.map { Self.label($0.id) }
        let widths = labels.map(Self.width)
        layout = FamilyLayout(family, widths: widths)
        let gaps = layout.rows.indices.map { Gap(layout, row: $0) }
        var y = Self.margin + Self.above
        for row in layout.rows.indices {
            tops.append(y)
            y += FamilyLayout.symbol + Self.labelHeight
            y += Double(gaps[row].tracks + 1) * Self.track + Self.above
        }
        height = (tops.last ?? 0) + FamilyLayout.symbol + Self.labelHeight + Self.margin
        width = 2 * Self.margin + (layout.nodes.map { $0.x + $0.width / 2 }.max() ?? 0)
        for index in family.persons.indices {
            symbols.append(
                Symbol(
                    person: index, center: center(layout.nodeOf[index]), label: labels[index],
                    labelWidth: widths[index]))
        }
        for gap in gaps { draw(gap) }
        drawFounderTwins()
    }

    private func center(_ node: Int) -> Point {
        Point(
            x: layout.nodes[node].x + Self.margin,
            y: tops[layout.nodes[node].row] + Self.radius)
    }

    /// Long names are cut in the drawing and whole in its description.
    static func label(_ name: String) -> String {
        name.count <= 10 ? name : name.prefix(9) + "…"
    }

    /// Generous: fonts differ and nothing may overlap.
    static func width(_ label: String) -> Double {
        label.unicodeScalars.reduce(0) { $0 + ($1.value < 0x2E80 ? 8.5 : 14) }
    }

    // MARK: lines

    private mutating func add(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ union: Int)
    {
        if x1 == x2 && y1 == y2 { return }
        lines.append(Line(from: Point(x: x1, y: y1), to: Point(x: x2, y: y2), union: union))
    }

    private mutating func draw(_ gap: Gap) {
        let row = gap.row
        let bottom = tops[row] + FamilyLayout.symbol
        // Below the labels lie the bars of partners, then those of sibs.
        func y(_ track: Int) -> Double {
            bottom + Self.labelHeight + Double(track + 1) * Self.track
        }
        let left = Self.margin
        for part in gap.parts {
            let union = layout.unions[part.union]
            var drop = bottom
            if part.isAdjacent {
                let (a, b) = (center(union.parents[0]), center(union.parents[1]))
                let sides = [(a, union.parents[0]), (b, union.parents[1])]
                    .sorted { $0.0.x < $1.0.x }
                let inset = sides.map { layout.nodes[$0.1].person == nil ? 0 : Self.radius }
                lines.append(
                    Line(
                        from: Point(x: sides[0].0.x + inset[0], y: a.y),
                        to: Point(x: sides[1].0.x - inset[1], y: a.y), union: part.union,
                        isDouble: union.isConsanguine))
                for (point, node) in sides where layout.nodes[node].person == nil {
                    add(point.x, tops[row], point.x, point.y, part.union)
                }
                drop = a.y
            } else {
                for (parent, x) in zip(union.parents, part.feet) {
                    let own = center(parent).x
                    var start = bottom
                    if layout.nodes[parent].person == nil {
                        // A passing line goes through its row, then aside.
                        start = bottom + Self.labelHeight / 2
                        add(own, tops[row], own, start, part.union)
                        add(own, start, x + left, start, part.union)
                    }
                    let end = part.bar.map(y) ?? y(part.sibs)
                    add(x + left, start, x + left, end, part.union)
                }
                if let bar = part.bar {
                    drop = y(bar)
                    lines.append(
                        Line(
                            from: Point(x: (part.feet.min() ?? 0) + left, y: drop),
                            to: Point(x: (part.feet.max() ?? 0) + left, y: drop),
                            union: part.union, isDouble: union.isConsanguine))
                }
            }
            let bar = y(part.sibs)
            if part.isAdjacent || part.bar != nil {
                add(part.drop + left, drop, part.drop + left, bar, part.union)
            }
            let ends = part.groups.map(\.x) + [part.drop]
            add((ends.min() ?? 0) + left, bar, (ends.max() ?? 0) + left, bar, part.union)
            let top = tops[row + 1]
            for group in part.groups {
                if group.nodes.count == 1 {
                    add(group.x + left, bar, group.x + left, top, part.union)
                } else {
                    twins(group.nodes, from: Point(x: group.x + left, y: bar), part.union)
                }
            }
        }
    }

    /// Lines from one point to each twin, with a bar between the identical.
    private mutating func twins(_ nodes: [Int], from point: Point, _ union: Int?) {
        // Along the lines: near the twins, where the point is already far.
        let share = 0.6
        var ends: [Int: [Point]] = [:]
        for node in nodes {
            var top = center(node)
            top.y -= Self.radius
            lines.append(Line(from: point, to: top, union: union))
            let person = layout.nodes[node].person.map { family.pedigree.members[$0].alias }
            ends[person ?? -1, default: []].append(
                Point(
                    x: point.x + (top.x - point.x) * share, y: point.y + (top.y - point.y) * share))
        }
        for (_, identical) in ends.sorted(by: { $0.key < $1.key }) where identical.count > 1 {
            let ordered = identical.sorted { $0.x < $1.x }
            lines.append(Line(from: ordered[0], to: ordered[ordered.count - 1], union: nil))
        }
    }

    /// Twins whose parents nobody knows, and twins drawn in two families.
    private mutating func drawFounderTwins() {
        var groups: [Int: [Int]] = [:]
        for index in family.persons.indices {
            let (father, mother) = family.parents(of: index)
            guard father == nil && mother == nil else { continue }
            groups[family.pedigree.members[index].alias, default: []].append(layout.nodeOf[index])
        }
        for nodes in groups.sorted(by: { $0.key < $1.key }).map(\.value) where nodes.count > 1 {
            let rows = Set(nodes.map { layout.nodes[$0].row })
            guard rows.count == 1, let row = rows.first else { continue }
            let point = Point(x: layout.middle(of: nodes) + Self.margin, y: tops[row] - 22)
            twins(nodes, from: point, nil)
        }
    }
}

/// The lines between two rows: which bar lies on which track, and where lines
/// drop, so that no two of different unions lie on each other.
private struct Gap {
    struct Part {
        var union: Int
        var isAdjacent: Bool
        /// Where a line leaves each parent, unless they stand side by side.
        var feet: [Double] = []
        /// The track that joins parents who do not.
        var bar: Int?
        var drop = 0.0
        /// The track of the sibs.
        var sibs = 0
        /// Children; twins together.
        var groups: [(x: Double, nodes: [Int])] = []
    }

    let row: Int
    private(set) var parts: [Part] = []
    private(set) var tracks = 0

    init(_ layout: FamilyLayout, row: Int) {
        self.row = row
        var place: [Int: Int] = [:]
        for (k, node) in layout.rows[row].enumerated() { place[node] = k }
        var taken: [Double] = []
        for (index, union) in layout.unions.enumerated() where union.row == row {
            var part = Part(union: index, isAdjacent: false)
            if union.parents.count == 2,
                let a = place[union.parents[0]], let b = place[union.parents[1]]
            {
                part.isAdjacent = abs(a - b) == 1
            }
            part.groups = Self.groups(union, layout)
            taken += part.groups.map(\.x)
            parts.append(part)
        }
        func free(_ x: Double, _ reach: Double, among mine: [Double]) -> Double {
            // Its own children's lines may well be met: that is a straight line.
            for step in 0...Int(reach / 3) {
                for side in step == 0 ? [0.0] : [1.0, -1.0] {
                    let tried = x + side * Double(step) * 3
                    let isClear = taken.allSatisfy { other in
                        abs(other - tried) >= 5
                            || (abs(other - tried) < 1e-9 && mine.contains(other))
                    }
                    if isClear { return tried }
                }
            }
            return x
        }
        for k in parts.indices {
            let union = layout.unions[parts[k].union]
            let own = parts[k].groups.map(\.x)
            if parts[k].isAdjacent {
                let xs = union.parents.map { layout.nodes[$0].x }
                let room = abs(xs[0] - xs[1]) / 2 - FamilyLayout.symbol / 2 - 3
                parts[k].drop = free((xs[0] + xs[1]) / 2, max(0, room), among: own)
            } else {
                for parent in union.parents {
                    let isPerson = layout.nodes[parent].person != nil
                    let x = free(
                        layout.nodes[parent].x, isPerson ? 15 : 9,
                        among: union.parents.count == 1 ? own : [])
                    parts[k].feet.append(x)
                    taken.append(x)
                }
                if union.parents.count == 2 {
                    let (a, b) = (parts[k].feet[0], parts[k].feet[1])
                    parts[k].drop = free((a + b) / 2, abs(a - b) / 2, among: own)
                } else {
                    parts[k].drop = parts[k].feet[0]
                }
            }
            taken.append(parts[k].drop)
        }
        lay { part in
            part.feet.count == 2 ? part.feet : nil
        } store: {
            $0.bar = $1
        }
        lay { part in
            part.groups.map(\.x) + [part.drop]
        } store: {
            $0.sibs = $1
        }
    }

    /// Gives each bar the first track on which nothing is in its way.
    private mutating func lay(
        _ extent: (Part) -> [Double]?, store: (inout Part, Int) -> Void
    ) {
        var ends: [Double] = []
        let order = parts.indices.compactMap { k -> (k: Int, from: Double, to: Double)? in
            guard let xs = extent(parts[k]), let from = xs.min(), let to = xs.max() else {
                return nil
            }
            return (k, from, to)
        }.sorted { ($0.from, $0.to, $0.k) < ($1.from, $1.to, $1.k) }
        for (k, from, to) in order {
            let track = ends.firstIndex { $0 + 8 <= from } ?? ends.count
            if track == ends.count { ends.append(to) } else { ends[track] = to }
            store(&parts[k], tracks + track)
        }
        tracks += ends.count
    }

    private static func groups(
        _ union: FamilyLayout.Union, _ layout: FamilyLayout
    ) -> [(x: Double, nodes: [Int])] {
        var groups: [(x: Double, nodes: [Int])] = []
        var byTwin: [Int: Int] = [:]
        for child in union.children {
            if let twin = layout.twinOf[child], let known = byTwin[twin] {
                groups[known].nodes.append(child)
                groups[known].x = layout.middle(of: groups[known].nodes)
                continue
            }
            if let twin = layout.twinOf[child] { byTwin[twin] = groups.count }
            groups.append((layout.nodes[child].x, [child]))
        }
        return groups
    }
}

// MARK: - SVG

extension FamilyDrawing {
    /// A picture that stands alone in a file or within a page.
    /// - Parameter words: nil draws no title and no legend.
    public func svg(_ words: Words? = nil) -> String {
        let legend = words.map { [$0.sampled, $0.missing, $0.deceased] } ?? []
        let legendWidth =
            legend.reduce(2 * Self.margin) { $0 + Self.width($1) + 44 }
        let (w, h) = (max(width, legendWidth), height + (words == nil ? 0 : 34))
        var text =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(n(w)) \(n(h))\" "
            + "width=\"\(n(w))\" height=\"\(n(h))\" role=\"img\" "
            + "font-family=\"Noto Sans CJK SC, Source Han Sans SC, sans-serif\" font-size=\"13\">\n"
        if let words { text += "<title>\(Self.escaped(words.title))</title>\n" }
        text += "<rect width=\"\(n(w))\" height=\"\(n(h))\" fill=\"#ffffff\"/>\n"
        text += "<g stroke=\"#333333\" stroke-width=\"1.6\" fill=\"none\">\n"
        for line in lines {
            // Partners' lines are level, so the second lies above and below.
            for shift in line.isDouble ? [-2.0, 2.0] : [0.0] {
                text +=
                    "<path d=\"M\(n(line.from.x)) \(n(line.from.y + shift))"
                    + "L\(n(line.to.x)) \(n(line.to.y + shift))\"/>\n"
            }
        }
        text += "</g>\n"
        for symbol in symbols {
            let person = family.persons[symbol.person]
            text += "<g>"
            if person.id != symbol.label { text += "<title>\(Self.escaped(person.id))</title>" }
            text += Self.symbol(
                person.sex, symbol.center, isSampled: person.isSampled,
                isMissing: person.id == family.missing, isDeceased: person.isDeceased)
            // A halo keeps a name readable where a line passes.
            text +=
                "<text x=\"\(n(symbol.center.x))\" y=\"\(n(symbol.center.y + Self.radius + 15))\" "
                + "text-anchor=\"middle\" fill=\"#111111\" stroke=\"#ffffff\" stroke-width=\"4\" "
                + "paint-order=\"stroke\">\(Self.escaped(symbol.label))</text></g>\n"
        }
        var x = Self.margin + 10
        for (k, word) in legend.enumerated() {
            let point = Point(x: x, y: height + 10)
            text += Self.symbol(
                .unknown, point, scale: 0.5, isSampled: k == 0, isMissing: k == 1,
                isDeceased: k == 2)
            text +=
                "<text x=\"\(n(x + 16))\" y=\"\(n(height + 15))\" fill=\"#111111\">"
                + "\(Self.escaped(word))</text>\n"
            x += Self.width(word) + 44
        }
        return text + "</svg>\n"
    }

    private static func symbol(
        _ sex: Sex, _ at: Point, scale: Double = 1, isSampled: Bool, isMissing: Bool,
        isDeceased: Bool
    ) -> String {
        let r = radius * scale
        let look =
            "fill=\"\(isSampled ? "#2f6f8f" : "#ffffff")\" "
            + "stroke=\"\(isMissing ? "#b3261e" : "#333333")\" "
            + "stroke-width=\"\(isMissing ? "3" : "1.8")\"/>"
        var text: String
        switch sex {
        case .man:
            text =
                "<rect x=\"\(n(at.x - r))\" y=\"\(n(at.y - r))\" width=\"\(n(2 * r))\" "
                + "height=\"\(n(2 * r))\" \(look)"
        case .woman: text = "<circle cx=\"\(n(at.x))\" cy=\"\(n(at.y))\" r=\"\(n(r))\" \(look)"
        case .unknown:
            text =
                "<path d=\"M\(n(at.x)) \(n(at.y - r))L\(n(at.x + r)) \(n(at.y))"
                + "L\(n(at.x)) \(n(at.y + r))L\(n(at.x - r)) \(n(at.y))Z\" \(look)"
        }
        if isMissing {
            text +=
                "<text x=\"\(n(at.x))\" y=\"\(n(at.y + 7 * scale))\" text-anchor=\"middle\" "
                + "font-size=\"\(n(20 * scale))\" font-weight=\"bold\" fill=\"#b3261e\">?</text>"
        }
        if isDeceased {
            let d = r + 5 * scale
            text +=
                "<path d=\"M\(n(at.x - d)) \(n(at.y + d))L\(n(at.x + d)) \(n(at.y - d))\" "
                + "stroke=\"#333333\" stroke-width=\"1.8\"/>"
        }
        return text
    }

    private func n(_ value: Double) -> String { Self.n(value) }
    private static func n(_ value: Double) -> String {
        let rounded = (value * 10).rounded() / 10
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            // Not allowed in XML at all.
            case "\u{0}"..."\u{8}", "\u{B}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
