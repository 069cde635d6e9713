import Foundation

/// A place of the lists, by its row in the index.
public struct Place: Sendable, Hashable, Comparable {
    public let row: Int
    public static func < (a: Self, b: Self) -> Bool { a.row < b.row }
}

/// One place that may have been meant.
public struct Candidate: Sendable {
    public var place: Place
    /// Of that very row, over all rows the utterance could mean.
    public var probability: Double
    /// Of the name, all places of one name together; ranks one fragment alone.
    public var nameProbability: Double
}

/// Where the places asked for lie in the index, and what is known of each.
public struct PlaceLikelihood: Sendable {
    public let levels: [PlaceLevel]
    /// Rows in order, level by level.
    let ranges: [Range<Int>]
    /// P(heard | row) up to one common factor.
    var values: [Float]

    func row(at index: Int) -> Int {
        var left = index
        for range in ranges {
            if left < range.count { return range.lowerBound + left }
            left -= range.count
        }
        return 0
    }
}

extension Ear {
    /// Everything that may have been meant, best first.
    ///
    /// All names are compared; nothing is cut short. With one fragment the
    /// names are ranked (all the 太平 stand together), with several the rows.
    public func hear(
        _ utterance: Utterance, prior: Prior = .uniform, limit: Int = 200
    ) -> [Candidate] {
        var likelihood = likelihood(of: utterance)
        apply(prior, to: &likelihood)
        return rank(likelihood, byName: utterance.fragments.count == 1, limit: limit)
    }

    /// P(heard | row) for every row of the levels asked for.
    public func likelihood(of utterance: Utterance) -> PlaceLikelihood {
        let levels = (utterance.fragments.first?.levels ?? []).sorted()
            .filter { levelRanges[$0]?.isEmpty == false }
        let ranges = levels.compactMap { levelRanges[$0] }
        var likelihood = PlaceLikelihood(levels: levels, ranges: ranges, values: [])
        guard let fragment = utterance.fragments.first, let first = ranges.first,
            let last = ranges.last
        else { return likelihood }
        let above = context(utterance.fragments.dropFirst())
        // Levels between those asked for take part and are left out at the end.
        let rows = first.lowerBound..<last.upperBound
        var values = [Float](repeating: 0, count: rows.count)
        index.with(.parents, as: UInt32.self) { parents in
            above.withUnsafeBufferPointer { above in
                values.withUnsafeMutableBufferPointer { values in
                    func add(_ row: Int, _ lanes: Lanes) {
                        guard rows.contains(row) else { return }
                        var weighed = lanes * Channel.weights
                        if !above.isEmpty {
                            let parent = parents[row]
                            guard parent != IndexFormat.none else { return }
                            weighed *= above[Int(parent)]
                        }
                        values[row - rows.lowerBound] += weighed.sum()
                    }
                    if fragment.spellings.count == 1, let spelling = fragment.spellings.first {
                        // Sums of names need no lanes of their own in between.
                        forEachMatch(of: spelling, Set(levels), add)
                    } else {
                        let found = placeLanes(fragment, Set(levels), rows)
                        for (row, lanes) in zip(rows, found) { add(row, lanes) }
                    }
                }
            }
        }
        if utterance.province == nil, rows.count == ranges.reduce(0, { $0 + $1.count }) {
            likelihood.values = values
            return likelihood
        }
        for (level, range) in zip(levels, ranges) {
            let own = utterance.province.map { rowsOfProvince($0, level) } ?? range
            likelihood.values += range.map {
                own.contains($0) ? values[$0 - rows.lowerBound] : 0
            }
        }
        return likelihood
    }

    /// P(fragment | each name), summed to the places that answer, eight lanes each.
    private func placeLanes(_ fragment: Fragment, _ levels: Set<PlaceLevel>, _ rows: Range<Int>)
        -> [Lanes]
    {
        var total: [Lanes] = []
        for spelling in fragment.spellings {
            var one = [Lanes](repeating: Lanes(), count: rows.count)
            one.withUnsafeMutableBufferPointer { one in
                forEachMatch(of: spelling, levels) { row, lanes in
                    if rows.contains(row) { one[row - rows.lowerBound] += lanes }
                }
            }
            // Two ears on one utterance are not two utterances: together they
            // count for one and a half.
            total = total.isEmpty ? one : zip(total, one).map { $0 * $1 }
        }
        let count = Float(fragment.spellings.count)
        guard count > 1 else { return total }
        let exponent = (1 + (count - 1) / 2) / count
        return total.map { lanes in
            var out = lanes
            for lane in 0..<8 where lanes[lane] > 0 { out[lane] = pow(lanes[lane], exponent) }
            return out
        }
    }

    /// The rows of a level whose code begins with the province's two digits;
    /// sorted by code, they stand together.
    private func rowsOfProvince(_ digits: String, _ level: PlaceLevel) -> Range<Int> {
        guard let range = levelRanges[level], digits.utf8.count >= 2 else { return 0..<0 }
        let wanted = Array(digits.utf8.prefix(2))
        return index.with(.codes, as: UInt8.self) { codes in
            func before(_ row: Int, _ orEqual: Bool) -> Bool {
                let here = codes[row * 12..<row * 12 + 2]
                return here.lexicographicallyPrecedes(wanted)
                    || (orEqual && here.elementsEqual(wanted))
            }
            let start = range.partition { !before($0, false) }
            return start..<(start..<range.upperBound).partition { !before($0, true) }
        }
    }

    /// For every place above villages: how well what was said of the places
    /// above fits it and its parents. Empty when nothing was said.
    private func context(_ fragments: ArraySlice<Fragment>) -> [Lanes] {
        guard !fragments.isEmpty else { return [] }
        let count = levelRanges[.village]?.lowerBound ?? index.about.places
        var total = [Lanes](repeating: Lanes(repeating: 1), count: count)
        for fragment in fragments {
            let levels = fragment.levels.filter { $0 < .village }
            var own = placeLanes(fragment, levels, 0..<count)
            let peak = own.reduce(Float(1e-30)) { max($0, $1.max()) }
            // Never nothing: a place above may have been named that no list has.
            let least = Lanes(repeating: 1e-7)
            let share = 1 / Float(max(1, levels.count)) / peak
            index.with(.parents, as: UInt32.self) { parents in
                // Parents stand before their children.
                for row in 0..<count {
                    own[row] *= share
                    let parent = parents[row]
                    if parent != IndexFormat.none { own[row] += own[Int(parent)] }
                }
            }
            for row in 0..<count { total[row] *= own[row] + least }
        }
        return total
    }

    private func apply(_ prior: Prior, to likelihood: inout PlaceLikelihood) {
        guard prior.bySettlements || !prior.seen.isEmpty else { return }
        index.with(.settlements, as: UInt32.self) { settlements in
            for at in likelihood.values.indices {
                let row = likelihood.row(at: at)
                if prior.bySettlements {
                    likelihood.values[at] *= Float(settlements[row] + 1)
                }
                if let times = prior.seen[code(of: Place(row: row))] {
                    likelihood.values[at] *= Float(1 + times)
                }
            }
        }
    }

    /// Best first; rows of equal worth in the order of their codes.
    func rank(_ likelihood: PlaceLikelihood, byName: Bool, limit: Int) -> [Candidate] {
        let total = likelihood.values.reduce(0.0) { $0 + Double($1) }
        guard total > 0, limit > 0 else { return [] }
        if byName { return rankByName(likelihood, total, limit) }
        return Self.largest(likelihood.values, limit).map { at in
            let share = Double(likelihood.values[at]) / total
            return Candidate(
                place: Place(row: likelihood.row(at: at)), probability: share,
                nameProbability: share)
        }
    }

    /// By the sum of all rows of one name, then by the rows themselves.
    private func rankByName(_ likelihood: PlaceLikelihood, _ total: Double, _ limit: Int)
        -> [Candidate]
    {
        let values = likelihood.values
        return index.with(.nameKeys, as: UInt32.self) { keys in
            func forEachRow(_ body: (_ at: Int, _ row: Int, _ name: Int) -> Void) {
                var at = 0
                for range in likelihood.ranges {
                    for row in range {
                        body(at, row, Int(keys[row]))
                        at += 1
                    }
                }
            }
            let names = likelihood.levels.compactMap { namesDownTo[$0] }.max() ?? 0
            var sums = [Float](repeating: 0, count: names)
            forEachRow { at, _, name in sums[name] += values[at] }
            let best = Self.largest(sums, limit)
            var wanted = [Bool](repeating: false, count: names)
            for name in best { wanted[name] = true }
            var rows: [Int: [(at: Int, row: Int)]] = [:]
            forEachRow { at, row, name in
                if wanted[name], values[at] > 0 { rows[name, default: []].append((at, row)) }
            }
            return best.flatMap { name in
                // Twelve of one name at most, so that other names are seen as well.
                (rows[name] ?? []).sorted { (values[$1.at], $0.at) < (values[$0.at], $1.at) }
                    .prefix(12).map { at, row in
                        Candidate(
                            place: Place(row: row), probability: Double(values[at]) / total,
                            nameProbability: Double(sums[name]) / total)
                    }
            }.prefix(limit).map { $0 }
        }
    }

    /// Positions of the largest values, best first; equal ones by position.
    static func largest(_ values: [Float], _ count: Int) -> [Int] {
        guard values.count > count * 2 else {
            return Array(
                values.indices.filter { values[$0] > 0 }
                    .sorted { (values[$1], $0) < (values[$0], $1) }.prefix(count))
        }
        var kept: [Int] = []
        var least: Float = 0
        func cut() {
            kept.sort { (values[$1], $0) < (values[$0], $1) }
            kept.removeSubrange(min(count, kept.count)...)
            if kept.count == count { least = values[kept[count - 1]] }
        }
        for at in values.indices where values[at] > least {
            kept.append(at)
            if kept.count >= count * 2 { cut() }
        }
        cut()
        return kept
    }
}

/// What is likely before anybody said a word.
public struct Prior: Sendable {
    /// Rows with more villages below them are likelier.
    public var bySettlements = false
    /// Places with more people are likelier, where an operator's table counts them.
    public var byPopulation = false
    /// How often the station had somebody from there, by code.
    public var seen: [String: Int] = [:]
    public static let uniform = Prior()

    public init(
        bySettlements: Bool = false, byPopulation: Bool = false, seen: [String: Int] = [:]
    ) {
        self.bySettlements = bySettlements
        self.byPopulation = byPopulation
        self.seen = seen
    }
}

extension Ear {
    public func code(of place: Place) -> String {
        index.with(.codes, as: UInt8.self) { codes in
            String(
                decoding: codes[place.row * 12..<place.row * 12 + 12].prefix { $0 != 0 },
                as: UTF8.self)
        }
    }

    public func name(of place: Place) -> String {
        let (start, end) = index.with(.nameStarts, as: UInt32.self) {
            (Int($0[place.row]), Int($0[place.row + 1]))
        }
        return index.text(.nameText, start..<end)
    }

    /// The names of today of every place of a level.
    public func names(of level: PlaceLevel) -> [String] {
        (levelRanges[level] ?? 0..<0).map { name(of: Place(row: $0)) }
    }

    public func level(of place: Place) -> PlaceLevel {
        PlaceLevel(rawValue: index.number(.levels, place.row, as: UInt8.self)) ?? .village
    }

    public func parent(of place: Place) -> Place? {
        let parent = index.number(.parents, place.row, as: UInt32.self)
        return parent == IndexFormat.none ? nil : Place(row: Int(parent))
    }

    /// Longitude and latitude of the place, or of what lies above it.
    public func coordinates(of place: Place) -> (longitude: Double, latitude: Double)? {
        index.with(.coordinates, as: Float.self) {
            let (x, y) = ($0[place.row * 2], $0[place.row * 2 + 1])
            return x.isNaN ? nil : (Double(x), Double(y))
        }
    }

    /// From the province down: 湖南省 娄底市 涟源市.
    public func path(of place: Place) -> [Place] {
        var path = [place]
        while let above = parent(of: path[0]) { path.insert(above, at: 0) }
        return path
    }

    /// Every place with this code, the highest level first.
    public func places(code: String) -> [Place] {
        let wanted = Array(code.utf8)
        guard !wanted.isEmpty, wanted.count <= 12 else { return [] }
        return index.with(.codes, as: UInt8.self) { codes in
            PlaceLevel.allCases.compactMap { level in
                guard let range = levelRanges[level] else { return nil }
                let low = range.partition { row in
                    !codes[row * 12..<row * 12 + 12].prefix { $0 != 0 }
                        .lexicographicallyPrecedes(wanted)
                }
                guard low < range.upperBound,
                    codes[low * 12..<low * 12 + 12].prefix(while: { $0 != 0 }).elementsEqual(wanted)
                else { return nil }
                return Place(row: low)
            }
        }
    }
}

/// A name a station added, scored like any other.
struct AliasName: Sendable {
    var place: Int
    var level: PlaceLevel
    var cells: [UInt32]
    var weight: Float
}
