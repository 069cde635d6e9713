/// The definition itself: every assignment of alleles to every copy of every
/// person, one after the other, in whole numbers. Shares no code with the
/// engine, takes nothing apart, drops nobody.
struct BruteForce {
    enum Seen {
        case pair(Int, Int)
        case half(Int)
    }
    enum Model {
        case none
        case equal
        case proportional
        case stepwise(range: Fraction, rate2: Fraction)
    }
    struct Person {
        var father = -1
        var mother = -1
        var isMan = true
        /// An identical twin earlier in the list, or -1.
        var twin = -1
    }

    var persons: [Person]
    /// By person, may be several for twins.
    var seen: [Int: Seen]
    /// Lengths in tenths of repeats, ascending.
    var alleles: [Int]
    var frequencies: [Fraction]
    var model = Model.none
    var male = Fraction(0, 1)
    var female = Fraction(0, 1)
    var theta = Fraction(0, 1)
    var silent = Fraction(0, 1)
    var onX = false

    private struct Numbers {
        var size: Int
        var silent: Int
        var frequencies: [Int]
        var frequencyUnit: Int
        var matrices: [[[Int]]]  // father's, mother's
        var matrixUnits: [Int]
    }

    /// Numerator and denominator.
    func probability() -> (Natural, Natural) {
        let numbers = numbers()
        var state = State(
            first: [Int](repeating: -1, count: persons.count),
            second: [Int](repeating: -1, count: persons.count),
            counts: [Int](repeating: 0, count: numbers.size))
        var unit = Natural(1)
        let sum = walk(0, 0, &state, numbers, &unit)
        return (sum, unit)
    }

    static func ratio(_ a: BruteForce, _ b: BruteForce) -> Double {
        let (x, xu) = a.probability()
        let (y, yu) = b.probability()
        return Natural.ratio(x * yu, y * xu)
    }

    /// How many leaves the walk has at most; to keep tests short.
    var size: Double {
        let n = Double(alleles.count + (silent.n > 0 ? 1 : 0))
        return persons.indices.reduce(1.0) { size, i in
            if persons[i].twin >= 0 { return size }
            var own = 1.0
            let parents =
                onX && persons[i].isMan
                ? [persons[i].mother] : [persons[i].father, persons[i].mother]
            for parent in parents { own *= parent < 0 ? n : 2 * n }
            return size * (seen[i] == nil ? own : min(own, 8))
        }
    }

    private struct State {
        var first: [Int]
        var second: [Int]
        var counts: [Int]
        var drawn = 0
    }

    /// The sum over person `i`'s copy `k` and all that follows, as a numerator;
    /// `unit` becomes the denominator, the same on every path.
    private func walk(
        _ i: Int, _ k: Int, _ state: inout State, _ numbers: Numbers, _ unit: inout Natural
    ) -> Natural {
        unit = Natural(1)
        if i == persons.count { return Natural(1) }
        let person = persons[i]
        if person.twin >= 0 {
            state.first[i] = state.first[person.twin]
            state.second[i] = state.second[person.twin]
            return matches(i, state, numbers) ? walk(i + 1, 0, &state, numbers, &unit) : Natural(0)
        }
        let single = onX && person.isMan
        let isMaternal = single || k == 1
        let parent = isMaternal ? person.mother : person.father
        var sum = Natural(0)
        var found: Natural?
        for allele in 0..<numbers.size {
            var weight = 0
            if parent < 0 {
                weight = draw(allele, state, numbers)
            } else {
                let matrix = numbers.matrices[isMaternal ? 1 : 0]
                weight = matrix[state.first[parent]][allele] + matrix[state.second[parent]][allele]
            }
            if weight == 0 { continue }
            if single {
                state.first[i] = allele
                state.second[i] = allele
            } else if k == 0 {
                state.first[i] = allele
            } else {
                state.second[i] = allele
            }
            let done = single || k == 1
            if done && !matches(i, state, numbers) { continue }
            if parent < 0 {
                state.counts[allele] += 1
                state.drawn += 1
            }
            var below = Natural(1)
            let rest =
                done ? walk(i + 1, 0, &state, numbers, &below) : walk(i, 1, &state, numbers, &below)
            if parent < 0 {
                state.counts[allele] -= 1
                state.drawn -= 1
            }
            if rest.isZero { continue }
            found = below
            sum += Natural(weight) * rest
        }
        let own =
            parent < 0
            ? numbers.frequencyUnit * (theta.n == 0 ? 1 : theta.d + (state.drawn - 1) * theta.n)
            : 2 * numbers.matrixUnits[isMaternal ? 1 : 0]
        unit = Natural(own) * (found ?? Natural(1))
        return sum
    }

    /// Balding-Nichols: (n_a theta + (1 - theta) f_a) / (1 + (n - 1) theta).
    private func draw(_ allele: Int, _ state: State, _ numbers: Numbers) -> Int {
        if theta.n == 0 { return numbers.frequencies[allele] }
        return state.counts[allele] * theta.n * numbers.frequencyUnit
            + (theta.d - theta.n) * numbers.frequencies[allele]
    }

    private func matches(_ i: Int, _ state: State, _ numbers: Numbers) -> Bool {
        guard let seen = seen[i] else { return true }
        let shown = Set([state.first[i], state.second[i]].filter { $0 != numbers.silent })
        switch seen {
        case .half(let a): return shown.contains(a)
        case .pair(let a, let b): return shown == Set([a, b])
        }
    }

    private func numbers() -> Numbers {
        let n = alleles.count
        let one = Fraction(1, 1)
        let hasSilent = silent.n > 0
        var f = frequencies
        if hasSilent { f = f.map { $0 * (one - silent) } + [silent] }
        let unit = Fraction.commonDenominator(f)
        var matrices: [[[Int]]] = []
        var units: [Int] = []
        for rate in [male, female] {
            var m = rows(rate)
            if hasSilent {
                m = m.map { $0 + [Fraction(0, 1)] }
                m.append([Fraction](repeating: Fraction(0, 1), count: n) + [one])
            }
            let u = Fraction.commonDenominator(m.flatMap { $0 })
            matrices.append(m.map { $0.map { $0.n * (u / $0.d) } })
            units.append(u)
        }
        return Numbers(
            size: f.count, silent: hasSilent ? n : -1, frequencies: f.map { $0.n * (unit / $0.d) },
            frequencyUnit: unit, matrices: matrices, matrixUnits: units)
    }

    private func rows(_ rate: Fraction) -> [[Fraction]] {
        let n = alleles.count
        let (zero, one) = (Fraction(0, 1), Fraction(1, 1))
        return (0..<n).map { i in
            var row = [Fraction](repeating: zero, count: n)
            switch model {
            case .none: break
            case .equal:
                for j in 0..<n where j != i { row[j] = rate / Fraction(n - 1, 1) }
            case .proportional:
                let h = frequencies.reduce(zero) { $0 + $1 * (one - $1) }
                for j in 0..<n where j != i {
                    row[j] = rate / ((one - silent) * h) * frequencies[j]
                }
            case .stepwise(let range, let rate2):
                let kin = (0..<n).filter { $0 != i && (alleles[$0] - alleles[i]) % 10 == 0 }
                let others = (0..<n).filter { $0 != i && !kin.contains($0) }
                let weights = kin.map { j in
                    (0..<abs(alleles[j] - alleles[i]) / 10).reduce(one) { product, _ in
                        product * range
                    }
                }
                let sum = weights.reduce(zero, +)
                for (j, w) in zip(kin, weights) { row[j] = rate * w / sum }
                for j in others { row[j] = rate2 / Fraction(others.count, 1) }
            }
            row[i] = row.indices.filter { $0 != i }.reduce(one) { $0 - row[$1] }
            return row
        }
    }
}
