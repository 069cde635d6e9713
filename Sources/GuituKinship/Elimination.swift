/// Sums a product of small tables over all values of their variables.
///
/// A variable is one copy of a locus in one person, its values are alleles.
/// Variables are summed out one by one, the cheapest next; loops in the pedigree
/// need nothing special. If even the cheapest table would be too large, a
/// variable is held at each of its values in turn (a cutset).
struct Elimination {
    /// A factor as the pedigree gives it. Matrices are row after row: parent's
    /// allele, child's allele.
    enum Piece {
        /// A weight for each allele.
        case weights(Int, [Double])
        /// One of two copies of a parent arrives in the child, each with 1/2.
        case either(Int, Int, child: Int, [Double])
        /// The only copy that can arrive does.
        case only(Int, child: Int, [Double])
        /// What a laboratory saw of two copies.
        case seen(Int, Int, [Genotype])
    }

    /// The alleles each variable may be.
    var domains: [[Int]]
    var pieces: [Piece]
    let alleles: Int
    let silent: Int
    /// No table larger than this: 128 MB.
    var mostEntries = 1 << 24

    private struct Table {
        var variables: [Int]
        var offset: Int
    }

    /// The sum over all variables but `kept`, a table over those in the order
    /// given: the first varies slowest, indexes are positions in their domains.
    func sum(keeping kept: [Int] = []) -> [Double] {
        var total = [Double](repeating: 0, count: kept.reduce(1) { $0 * domains[$1].count })
        sum(domains, kept, into: &total)
        return total
    }

    private func sum(_ domains: [[Int]], _ kept: [Int], into total: inout [Double]) {
        if domains.contains(where: \.isEmpty) { return }
        var work = Work(sizes: domains.map(\.count))
        for piece in pieces { add(piece, domains, to: &work) }
        if let tooDear = work.eliminate(keeping: kept, most: mostEntries) {
            // One value at a time; the rest is summed anew for each.
            for allele in domains[tooDear] {
                var fixed = domains
                fixed[tooDear] = [allele]
                sum(fixed, kept, into: &total)
            }
            return
        }
        // A kept variable keeps its full place: conditioning never touches it.
        work.multiplyRest(over: kept, into: &total)
    }

    private func add(_ piece: Piece, _ domains: [[Int]], to work: inout Work) {
        let n = alleles
        switch piece {
        case .weights(let v, let weights):
            work.add([v]) { state in weights[domains[v][state[0]]] }
        case .either(let p, let m, let c, let matrix):
            work.add([p, m, c]) { state in
                let child = domains[c][state[2]]
                return 0.5 * matrix[domains[p][state[0]] * n + child] + 0.5
                    * matrix[domains[m][state[1]] * n + child]
            }
        case .only(let p, let c, let matrix):
            work.add([p, c]) { state in
                matrix[domains[p][state[0]] * n + domains[c][state[1]]]
            }
        case .seen(let x, let y, let genotypes):
            work.add([x, y]) { state in
                let (a, b) = (domains[x][state[0]], domains[y][state[1]])
                return genotypes.allSatisfy { $0.allows(a, b, silent: silent) } ? 1 : 0
            }
        }
    }

    /// Tables in one growing buffer, so that a step allocates next to nothing.
    private struct Work {
        let sizes: [Int]
        var values: [Double] = []
        var tables: [Table] = []

        init(sizes: [Int]) { self.sizes = sizes }

        /// Adds a factor over up to three variables, which may be the same.
        mutating func add(_ arguments: [Int], _ value: (borrowing [Int]) -> Double) {
            var variables: [Int] = []
            for argument in arguments where !variables.contains(argument) {
                variables.append(argument)
            }
            let places = arguments.map { argument in
                variables.firstIndex(of: argument) ?? 0
            }
            var count = 1
            for v in variables { count *= sizes[v] }
            tables.append(Table(variables: variables, offset: values.count))
            values.reserveCapacity(values.count + count)
            var states = [Int](repeating: 0, count: variables.count)
            var inputs = [Int](repeating: 0, count: arguments.count)
            for _ in 0..<count {
                for (k, place) in places.enumerated() { inputs[k] = states[place] }
                values.append(value(inputs))
                var k = variables.count - 1
                while k >= 0 {
                    states[k] += 1
                    if states[k] < sizes[variables[k]] { break }
                    states[k] = 0
                    k -= 1
                }
            }
        }

        /// Sums out everything but `kept`.
        /// - Returns: nil, or the variable whose sum would take too large a table.
        mutating func eliminate(keeping kept: [Int], most: Int) -> Int? {
            let count = sizes.count
            var open = [Bool](repeating: true, count: count)
            for v in kept { open[v] = false }
            var cost = [Double](repeating: -1, count: count)
            var mark = [Int](repeating: -1, count: count)
            var left = count - kept.count
            while left > 0 {
                var best = -1
                for v in 0..<count where open[v] {
                    if cost[v] < 0 { cost[v] = joinedSize(v, &mark) }
                    if best < 0 || cost[v] < cost[best] { best = v }
                }
                if cost[best] > Double(most) {
                    // Hold the largest of its neighbours that may be held.
                    let around = tables.filter { $0.variables.contains(best) }
                        .flatMap(\.variables).filter { open[$0] && sizes[$0] > 1 }
                    return around.max { degree($0) < degree($1) } ?? best
                }
                for v in sumOut(best) { cost[v] = -1 }
                open[best] = false
                left -= 1
            }
            return nil
        }

        private func degree(_ v: Int) -> Int {
            tables.reduce(0) { $0 + ($1.variables.contains(v) ? 1 : 0) }
        }

        /// The entries looked at when v is summed out.
        private func joinedSize(_ v: Int, _ mark: inout [Int]) -> Double {
            var size = Double(sizes[v])
            mark[v] = v
            for table in tables where table.variables.contains(v) {
                for other in table.variables where mark[other] != v {
                    mark[other] = v
                    size *= Double(sizes[other])
                }
            }
            // Stale marks of this variable must not count the next time.
            for index in mark.indices where mark[index] == v { mark[index] = -1 }
            return size
        }

        private mutating func sumOut(_ v: Int) -> [Int] {
            var joined: [Table] = []
            var rest: [Table] = []
            for table in tables {
                if table.variables.contains(v) { joined.append(table) } else { rest.append(table) }
            }
            var variables: [Int] = []
            for table in joined {
                for other in table.variables where other != v && !variables.contains(other) {
                    variables.append(other)
                }
            }
            var size = 1
            for other in variables { size *= sizes[other] }
            let offset = values.count
            values.append(contentsOf: repeatElement(0, count: size))
            multiply(joined, over: variables, summing: v, at: offset, count: size)
            rest.append(Table(variables: variables, offset: offset))
            tables = rest
            return variables
        }

        private mutating func multiply(
            _ joined: [Table], over variables: [Int], summing v: Int, at offset: Int, count: Int
        ) {
            let n = v < 0 ? 1 : sizes[v]
            let k = joined.count
            let width = variables.count
            // How far a step of each variable moves in each table.
            var steps = [Int](repeating: 0, count: k * (width + 1))
            for (t, table) in joined.enumerated() {
                var stride = 1
                for other in table.variables.reversed() {
                    let place = other == v ? width : variables.firstIndex(of: other) ?? width
                    steps[t * (width + 1) + place] = stride
                    stride *= sizes[other]
                }
            }
            var at = joined.map(\.offset)
            var states = [Int](repeating: 0, count: width)
            let limits = variables.map { sizes[$0] }
            values.withUnsafeMutableBufferPointer { values in
                for out in 0..<count {
                    var sum = 0.0
                    for s in 0..<n {
                        var product = 1.0
                        for t in 0..<k {
                            product *= values[at[t] + s * steps[t * (width + 1) + width]]
                        }
                        sum += product
                    }
                    values[offset + out] = sum
                    var w = width - 1
                    while w >= 0 {
                        states[w] += 1
                        for t in 0..<k { at[t] += steps[t * (width + 1) + w] }
                        if states[w] < limits[w] { break }
                        for t in 0..<k { at[t] -= steps[t * (width + 1) + w] * limits[w] }
                        states[w] = 0
                        w -= 1
                    }
                }
            }
        }

        /// Adds the product of what is left, a table over `kept`, to `total`.
        mutating func multiplyRest(over kept: [Int], into total: inout [Double]) {
            let offset = values.count
            values.append(contentsOf: repeatElement(0, count: total.count))
            multiply(tables, over: kept, summing: -1, at: offset, count: total.count)
            for index in total.indices { total[index] += values[offset + index] }
        }
    }
}
