/// Where the persons of a family stand in its drawing.
///
/// Generations are rows, partners share one where the family allows it. A line
/// over several rows holds a place in each row it passes, so that it never
/// passes through a person. The order of a row is found by trying moves until
/// none makes the drawing better; the same family is always drawn the same.
struct FamilyLayout {
    /// A person, or a place where a line passes a row.
    struct Node {
        var person: Int?
        var row: Int
        var width: Double
        var x = 0.0
    }

    /// Persons with a common child, or one parent alone.
    struct Union {
        /// Nodes of one row; the father first.
        var parents: [Int]
        /// Nodes of the next row.
        var children: [Int]
        var isConsanguine = false
        var row: Int
    }

    private(set) var nodes: [Node] = []
    private(set) var unions: [Union] = []
    /// Nodes from left to right.
    private(set) var rows: [[Int]] = []
    /// Of each person.
    private(set) var nodeOf: [Int] = []
    /// Of the node of each twin of either kind: the one who stands for the birth.
    private(set) var twinOf: [Int: Int] = [:]

    static let symbol = 36.0
    static let space = 20.0

    /// - Parameter widths: of each person's symbol and label, whichever is wider.
    init(_ family: Family, widths: [Double]) {
        let ranks = Self.ranks(family)
        rows = (0...(ranks.max() ?? 0)).map { _ in [] }
        for index in family.persons.indices {
            nodeOf.append(add(index, ranks[index], max(widths[index], Self.symbol)))
        }
        for (index, birth) in family.births.enumerated() where birth != index {
            twinOf[nodeOf[index]] = birth
            twinOf[nodeOf[birth]] = birth
        }
        marry(family, ranks)
        order(family)
        place()
    }

    private mutating func add(_ person: Int?, _ row: Int, _ width: Double) -> Int {
        nodes.append(Node(person: person, row: row, width: width))
        rows[row].append(nodes.count - 1)
        return nodes.count - 1
    }

    // MARK: rows

    /// The row of each person: below the parents, beside the partners.
    private static func ranks(_ family: Family) -> [Int] {
        let count = family.persons.count
        let parents = family.persons.indices.map { family.parents(of: $0) }
        // Who must stand in one row is one class: partners and twins, unless
        // that would put somebody beside an ancestor.
        var classOf = Array(0..<count)
        func edges() -> [[Int]] {
            var below = [[Int]](repeating: [], count: count)
            for child in 0..<count {
                for parent in [parents[child].father, parents[child].mother] {
                    if let parent { below[classOf[parent]].append(classOf[child]) }
                }
            }
            return below
        }
        func reaches(_ from: Int, _ to: Int, _ below: [[Int]]) -> Bool {
            var seen = Set<Int>(), open = below[from]
            while let next = open.popLast() {
                if next == to { return true }
                if seen.insert(next).inserted { open += below[next] }
            }
            return false
        }
        var pairs: [(Int, Int)] = []
        for index in 0..<count {
            if let twin = family.persons[index].twin.flatMap({ family.pedigree.position(of: $0) }) {
                pairs.append((index, twin))
            }
        }
        for (father, mother) in parents {
            if let father, let mother { pairs.append((father, mother)) }
        }
        for (a, b) in pairs where classOf[a] != classOf[b] {
            let below = edges()
            let (one, two) = (classOf[a], classOf[b])
            if reaches(one, two, below) || reaches(two, one, below) { continue }
            for index in 0..<count where classOf[index] == two { classOf[index] = one }
        }
        let below = edges()
        var rank = [Int](repeating: 0, count: count)
        // Longest paths; at most `count` rounds since nobody is an own ancestor.
        for _ in 0..<count {
            var changed = false
            for (parent, children) in below.enumerated() {
                for child in children where rank[child] <= rank[parent] {
                    rank[child] = rank[parent] + 1
                    changed = true
                }
            }
            if !changed { break }
        }
        // Founders come down to just above their eldest child.
        let hasParents = Set(below.joined())
        for (parent, children) in below.enumerated() where !hasParents.contains(parent) {
            if let eldest = children.map({ rank[$0] }).min() { rank[parent] = eldest - 1 }
        }
        return (0..<count).map { rank[classOf[$0]] }
    }

    /// Unions, and places for lines that pass a row.
    private mutating func marry(_ family: Family, _ ranks: [Int]) {
        struct Key: Hashable {
            var father: Int?
            var mother: Int?
        }
        var order: [Key] = []
        var children: [Key: [Int]] = [:]
        for child in family.persons.indices {
            let (father, mother) = family.parents(of: child)
            if father == nil && mother == nil { continue }
            let key = Key(father: father, mother: mother)
            if children[key] == nil { order.append(key) }
            children[key, default: []].append(child)
        }
        let ancestors = Self.ancestors(family)
        for key in order {
            let parents = [key.father, key.mother].compactMap { $0 }
            let row = parents.map { ranks[$0] }.max() ?? 0
            var union = Union(parents: [], children: [], row: row)
            if parents.count == 2 {
                union.isConsanguine = !ancestors[parents[0]].isDisjoint(with: ancestors[parents[1]])
            }
            for parent in parents {
                var node = nodeOf[parent]
                for below in ranks[parent]..<row { node = pass(node, below) }
                union.parents.append(node)
            }
            for child in children[key, default: []] {
                // From the child up to the row below the parents.
                var node = nodeOf[child]
                for above in stride(from: ranks[child] - 1, to: row, by: -1) {
                    let place = add(nil, above, Self.space)
                    unions.append(Union(parents: [place], children: [node], row: above))
                    node = place
                }
                union.children.append(node)
            }
            unions.append(union)
        }
    }

    /// Leads a parent's line one row down.
    private mutating func pass(_ node: Int, _ row: Int) -> Int {
        let place = add(nil, row + 1, Self.space)
        unions.append(Union(parents: [node], children: [place], row: row))
        return place
    }

    /// Everybody's ancestors and themselves.
    private static func ancestors(_ family: Family) -> [Set<Int>] {
        var result = family.persons.indices.map { Set([$0]) }
        for _ in family.persons {
            var changed = false
            for index in family.persons.indices {
                let (father, mother) = family.parents(of: index)
                for parent in [father, mother].compactMap({ $0 }) {
                    let before = result[index].count
                    result[index].formUnion(result[parent])
                    if result[index].count != before { changed = true }
                }
            }
            if !changed { break }
        }
        return result
    }

    // MARK: the order of a row

    private mutating func order(_ family: Family) {
        var judge = Judge(self, family)
        judge.startFromFamilies()
        // Beyond this a drawing is a wall of lines in any order.
        if nodes.count <= 120 { judge.improve() }
        rows = judge.rows
    }

    // MARK: places

    private mutating func place() {
        for row in rows {
            var x = 0.0
            for (k, node) in row.enumerated() {
                if k > 0 { x += distance(row[k - 1], node) }
                nodes[node].x = x
            }
            let middle = x / 2
            for node in row { nodes[node].x -= middle }
        }
        for sweep in 0..<60 {
            for row in sweep % 2 == 0 ? Array(rows.indices) : rows.indices.reversed() {
                settle(row)
            }
        }
        let least = nodes.map { $0.x - $0.width / 2 }.min() ?? 0
        for index in nodes.indices { nodes[index].x -= least }
    }

    /// How far two neighbours must be apart at least.
    private func distance(_ a: Int, _ b: Int) -> Double {
        let apart = (nodes[a].width + nodes[b].width) / 2 + Self.space
        let arePersons = nodes[a].person != nil && nodes[b].person != nil
        return arePersons ? max(apart, Self.symbol * 2) : apart
    }

    func middle(of places: [Int]) -> Double {
        let xs = places.map { nodes[$0].x }
        return ((xs.min() ?? 0) + (xs.max() ?? 0)) / 2
    }

    /// Moves a row towards its parents, children and partners; the order and the
    /// distances stay.
    private mutating func settle(_ row: Int) {
        var wanted: [Int: (sum: Double, weight: Double)] = [:]
        func pull(_ node: Int, to x: Double, _ weight: Double) {
            wanted[node, default: (0, 0)].sum += x * weight
            wanted[node, default: (0, 0)].weight += weight
        }
        for union in unions where !union.children.isEmpty {
            let shift = middle(of: union.parents) - middle(of: union.children)
            if union.row + 1 == row {
                for child in union.children { pull(child, to: nodes[child].x + shift, 1) }
            } else if union.row == row {
                for parent in union.parents { pull(parent, to: nodes[parent].x - shift, 1) }
            }
            if union.row == row, union.parents.count == 2 {
                // Partners stay near each other.
                let (a, b) = (union.parents[0], union.parents[1])
                let near = distance(a, b) * (nodes[a].x < nodes[b].x ? 1 : -1)
                pull(a, to: nodes[b].x - near, 0.7)
                pull(b, to: nodes[a].x + near, 0.7)
            }
        }
        let order = rows[row]
        var offset = 0.0
        var blocks: [(sum: Double, weight: Double, count: Int)] = []
        for (k, node) in order.enumerated() {
            if k > 0 { offset += distance(order[k - 1], node) }
            let want = wanted[node] ?? (nodes[node].x * 0.1, 0.1)
            // Least squares under an order: pool neighbours that would overlap.
            blocks.append((want.sum - offset * want.weight, want.weight, 1))
            while blocks.count > 1 {
                let last = blocks[blocks.count - 1], other = blocks[blocks.count - 2]
                if other.sum / other.weight <= last.sum / last.weight { break }
                blocks.removeLast(2)
                blocks.append(
                    (other.sum + last.sum, other.weight + last.weight, other.count + last.count))
            }
        }
        offset = 0
        var k = 0
        for block in blocks {
            for _ in 0..<block.count {
                if k > 0 { offset += distance(order[k - 1], order[k]) }
                nodes[order[k]].x = block.sum / block.weight + offset
                k += 1
            }
        }
    }
}

/// Says how bad an order is, and looks for a better one.
private struct Judge {
    var rows: [[Int]]
    let unions: [FamilyLayout.Union]
    let nodes: [FamilyLayout.Node]
    let twins: [(Int, Int)]
    let isWoman: [Bool]
    private var position: [Double] = []

    init(_ layout: FamilyLayout, _ family: Family) {
        rows = layout.rows
        unions = layout.unions
        nodes = layout.nodes
        twins = family.persons.indices.flatMap { index in
            [family.persons[index].twin, family.persons[index].fraternal]
                .compactMap { $0.flatMap { family.pedigree.position(of: $0) } }
                .map { (layout.nodeOf[index], layout.nodeOf[$0]) }
        }
        isWoman = layout.nodes.map { node in
            node.person.map { family.persons[$0].sex == .woman } ?? false
        }
        position = [Double](repeating: 0, count: nodes.count)
        for row in rows.indices { number(row) }
    }

    private mutating func number(_ row: Int) {
        // Centred, so that rows of different lengths compare.
        let middle = Double(rows[row].count - 1) / 2
        for (k, node) in rows[row].enumerated() { position[node] = Double(k) - middle }
    }

    /// Partners side by side, then their children below in that order.
    mutating func startFromFamilies() {
        var placed = Set<Int>()
        var fresh = rows.map { _ in [Int]() }
        func visit(_ node: Int) {
            guard placed.insert(node).inserted else { return }
            fresh[nodes[node].row].append(node)
            let own = unions.filter { $0.parents.contains(node) }
            for union in own {
                for partner in union.parents { visit(partner) }
            }
            for union in own {
                for child in union.children { visit(child) }
            }
        }
        for row in rows { for node in row { visit(node) } }
        rows = fresh
        for row in rows.indices { number(row) }
    }

    /// Nodes, and short runs of them, are moved and turned while it helps.
    mutating func improve() {
        var best = cost()
        for _ in 0..<12 {
            let before = best
            for row in rows.indices {
                let count = rows[row].count
                let longest = count <= 8 ? count - 1 : 3
                for length in stride(from: 1, through: longest, by: 1) {
                    for from in 0...(count - length) {
                        for to in 0...(count - length) {
                            for turned in [false, true] where to != from || turned {
                                if turned && length == 1 { continue }
                                let old = rows[row]
                                var run = Array(old[from..<from + length])
                                if turned { run.reverse() }
                                rows[row].removeSubrange(from..<from + length)
                                rows[row].insert(contentsOf: run, at: to)
                                number(row)
                                let now = cost()
                                if now < best - 1e-9 {
                                    best = now
                                } else {
                                    rows[row] = old
                                    number(row)
                                }
                            }
                        }
                    }
                }
            }
            if best >= before - 1e-9 { break }
        }
    }

    /// Crossings first, then partners apart, sibs mixed with others, long lines;
    /// last the customs: men to the left, the elder to the left.
    private func cost() -> Double {
        var cost = 0.0
        for (k, union) in unions.enumerated() {
            let middle = center(union.parents)
            if union.parents.count == 2 {
                let (a, b) = (position[union.parents[0]], position[union.parents[1]])
                cost += 6 * (abs(a - b) - 1)
                if a > b && !isWoman[union.parents[0]] { cost += 0.05 }
            }
            for (c, child) in union.children.enumerated() {
                cost += 0.3 * abs(position[child] - middle)
                for other in union.children[..<c] where position[other] > position[child] {
                    cost += 0.03
                }
            }
            for other in unions[..<k] where other.row == union.row {
                cost += 4 * crossings(union, middle, other)
            }
        }
        for (a, b) in twins { cost += 2 * (abs(position[a] - position[b]) - 1) }
        return cost
    }

    private func center(_ places: [Int]) -> Double {
        var (least, most) = (Double.infinity, -Double.infinity)
        for place in places {
            least = min(least, position[place])
            most = max(most, position[place])
        }
        return (least + most) / 2
    }

    /// Sibships whose bars lie over each other, counted by the lines that cross.
    private func crossings(
        _ union: FamilyLayout.Union, _ middle: Double, _ other: FamilyLayout.Union
    ) -> Double {
        let far = center(other.parents)
        var count = 0.0
        for child in union.children {
            for sib in other.children {
                let above = middle - far, below = position[child] - position[sib]
                if above * below < 0 || (above == 0 && below != 0) { count += 1 }
            }
        }
        return count
    }
}
