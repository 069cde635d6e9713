/// The probability of genotypes in a pedigree at one locus.
///
/// What is known is used first: a person whose genotype is known passes on a
/// fixed distribution, so families of typed persons (pairs, trios) fall apart
/// into single terms. Only what stays unknown goes to the elimination.
struct Likelihood {
    let pedigree: Pedigree
    let model: LocusModel

    init(_ pedigree: Pedigree, _ model: LocusModel) {
        self.pedigree = pedigree
        self.model = model
    }

    /// - Parameter genotypes: one a person, in the order of the pedigree.
    func probability(_ genotypes: [Genotype]) throws(OptionError) -> Double {
        let count = pedigree.members.count
        let direct = withUnsafeTemporaryAllocation(of: Int16.self, capacity: 4 * count) {
            directProbability(genotypes, $0, count)
        }
        if let direct { return direct }
        return try Pieces(pedigree, model, genotypes).probability()
    }

    /// The joint weight of the genotypes and of each ordered pair of alleles of
    /// a person, row after row; a man's X has one row. Only without theta.
    func joint(_ genotypes: [Genotype], target: Int) -> [Double] {
        Pieces(pedigree, model, genotypes, target: target).joint()
    }

    /// The probability, if nobody's alleles have to be summed over.
    private func directProbability(
        _ genotypes: [Genotype], _ scratch: UnsafeMutableBufferPointer<Int16>, _ count: Int
    ) -> Double? {
        let (a, b, passed, needed) = (0, count, 2 * count, 3 * count)
        scratch.initialize(repeating: 0)
        for i in 0..<count { scratch[a + i] = Genotype.unknown }
        for i in 0..<count where genotypes[i].isTyped {
            let own = pedigree.members[i].alias
            let one = model.onX && pedigree.members[own].sex == .man
            let genotype = genotypes[i]
            let second = one ? genotype.first : genotype.second
            if second < 0 || (second == genotype.first && model.silent >= 0 && !one) { return nil }
            if scratch[needed + own] != 0 {
                // Two typings of one person must agree.
                if scratch[a + own] != genotype.first || scratch[b + own] != second { return 0 }
                continue
            }
            scratch[a + own] = genotype.first
            scratch[b + own] = second
            scratch[needed + own] = 1
        }
        for i in pedigree.order.reversed() where scratch[needed + i] != 0 {
            let member = pedigree.members[i]
            let fromFather = !(model.onX && member.sex == .man)
            if fromFather, member.father >= 0 {
                scratch[needed + member.father] = 1
                scratch[passed + member.father] += 1
            }
            if member.mother >= 0 {
                scratch[needed + member.mother] = 1
                scratch[passed + member.mother] += 1
            }
        }
        var urn = model.theta > 0 ? Urn(model) : nil
        var product = 1.0
        for i in pedigree.order where scratch[needed + i] != 0 {
            let member = pedigree.members[i]
            let one = model.onX && member.sex == .man
            let isFounder = (one || member.father < 0) && member.mother < 0
            let x = Int(scratch[a + i])
            if x < 0 {
                // An untyped founder with one child passes on f M, no more.
                if isFounder && scratch[passed + i] == 1 && urn == nil { continue }
                return nil
            }
            let y = Int(scratch[b + i])
            if urn != nil {
                if isFounder {
                    product *= urn?.draw(x) ?? 1
                    if !one { product *= (urn?.draw(y) ?? 1) * (x == y ? 1 : 2) }
                    continue
                }
                if member.mother < 0 || (!one && member.father < 0) { return nil }
            }
            if one {
                product *= copy(x, from: member.mother, .woman, scratch, count)
                continue
            }
            if isFounder {
                product *= model.frequencies[x] * model.frequencies[y] * (x == y ? 1 : 2)
                continue
            }
            var sum =
                copy(x, from: member.father, .man, scratch, count)
                * copy(y, from: member.mother, .woman, scratch, count)
            if x != y {
                sum +=
                    copy(y, from: member.father, .man, scratch, count)
                    * copy(x, from: member.mother, .woman, scratch, count)
            }
            product *= sum
        }
        return product
    }

    /// The chance that a parent passes on this allele.
    private func copy(
        _ allele: Int, from parent: Int, _ sex: Sex,
        _ scratch: UnsafeMutableBufferPointer<Int16>, _ count: Int
    ) -> Double {
        if parent < 0 { return model.frequencies[allele] }
        let x = Int(scratch[parent])
        if x < 0 { return sex == .man ? model.fromFather[allele] : model.fromMother[allele] }
        let y = Int(scratch[count + parent])
        let n = model.size
        let m = sex == .man ? model.father : model.mother
        return 0.5 * (m[x * n + allele] + m[y * n + allele])
    }
}

/// A pedigree taken apart into variables and factors for the elimination.
private struct Pieces {
    private var elimination: Elimination
    private var urn: Urn?
    /// Copies drawn from the population whose allele is not settled.
    private var drawn: [Int] = []
    private var scale = 1.0
    private let target: Int
    private var targetCopies: [Int] = []
    private let model: LocusModel

    init(
        _ pedigree: Pedigree, _ given: LocusModel, _ givenGenotypes: [Genotype], target: Int = -1
    ) {
        var model = given
        var genotypes = givenGenotypes
        if target < 0 {
            var shown = [Bool](repeating: false, count: given.visible)
            for genotype in genotypes {
                if genotype.first >= 0 { shown[Int(genotype.first)] = true }
                if genotype.second >= 0 { shown[Int(genotype.second)] = true }
            }
            if let (lumped, places) = given.lumped(keeping: shown) {
                model = lumped
                genotypes = genotypes.map { genotype in
                    if !genotype.isTyped { return genotype }
                    let first = places[Int(genotype.first)]
                    return genotype.isHalf
                        ? Genotype(half: first) : Genotype(first, places[Int(genotype.second)])
                }
            }
        }
        self.model = model
        self.target = target < 0 ? -1 : pedigree.members[target].alias
        elimination = Elimination(
            domains: [], pieces: [], alleles: model.size, silent: model.silent)
        urn = model.theta > 0 ? Urn(model) : nil
        build(pedigree, genotypes)
    }

    private mutating func build(_ pedigree: Pedigree, _ genotypes: [Genotype]) {
        let members = pedigree.members
        let all = Array(0..<model.size)
        var seen = [[Genotype]](repeating: [], count: members.count)
        for (i, genotype) in genotypes.enumerated() where genotype.isTyped {
            seen[members[i].alias].append(genotype)
        }
        var needed = [Bool](repeating: false, count: members.count)
        var passed = [Int](repeating: 0, count: members.count)
        for i in pedigree.order.reversed() {
            if !seen[i].isEmpty || i == target { needed[i] = true }
            guard needed[i] else { continue }
            if !isSingle(members[i]), members[i].father >= 0 {
                needed[members[i].father] = true
                passed[members[i].father] += 1
            }
            if members[i].mother >= 0 {
                needed[members[i].mother] = true
                passed[members[i].mother] += 1
            }
        }

        var copies = [(first: Int, second: Int)](repeating: (-1, -1), count: members.count)
        var fixed = [(a: Int, b: Int)?](repeating: nil, count: members.count)
        for i in pedigree.order where needed[i] {
            let member = members[i]
            let single = isSingle(member)
            let isFounder = (single || member.father < 0) && member.mother < 0
            fixed[i] = i == target ? nil : known(seen[i], single)
            if let (a, b) = fixed[i], isFounder {
                scale *= chanceOfFounder(a, b, single)
                continue
            }
            let domain = seen[i].reduce(all) { domain, genotype in
                domain.filter { possible($0, genotype, single) }
            }
            if single {
                let copy = variable(domain)
                copies[i] = (copy, copy)
                inherit(copy, from: member.mother, .woman, copies, fixed, members)
            } else if isFounder && seen[i].isEmpty && i != target && passed[i] == 1 {
                // Only the copy that was passed on matters.
                let copy = variable(all)
                copies[i] = (copy, copy)
                inherit(copy, from: -1, .woman, copies, fixed, members)
            } else {
                let (p, m) = (variable(domain), variable(domain))
                copies[i] = (p, m)
                inherit(p, from: member.father, .man, copies, fixed, members)
                inherit(m, from: member.mother, .woman, copies, fixed, members)
                if !seen[i].isEmpty { elimination.pieces.append(.seen(p, m, seen[i])) }
            }
            if i == target {
                targetCopies = single ? [copies[i].first] : [copies[i].first, copies[i].second]
            }
        }
    }

    private func isSingle(_ member: Pedigree.Member) -> Bool { model.onX && member.sex == .man }

    /// The two alleles, if the typings leave no doubt.
    private func known(_ seen: [Genotype], _ single: Bool) -> (Int, Int)? {
        guard let first = seen.first, seen.allSatisfy({ $0 == first }) else { return nil }
        if single { return (Int(first.first), Int(first.first)) }
        if first.isHalf || (first.isHomozygous && model.silent >= 0) { return nil }
        return (Int(first.first), Int(first.second))
    }

    private func possible(_ allele: Int, _ genotype: Genotype, _ single: Bool) -> Bool {
        if single { return allele == Int(genotype.first) }
        if genotype.isHalf { return true }
        return allele == Int(genotype.first) || allele == Int(genotype.second)
            || (genotype.isHomozygous && allele == model.silent)
    }

    private mutating func chanceOfFounder(_ a: Int, _ b: Int, _ single: Bool) -> Double {
        if urn == nil {
            if single { return model.frequencies[a] }
            return model.frequencies[a] * model.frequencies[b] * (a == b ? 1 : 2)
        }
        var chance = urn?.draw(a) ?? 1
        if !single { chance *= (urn?.draw(b) ?? 1) * (a == b ? 1 : 2) }
        return chance
    }

    private mutating func variable(_ domain: [Int]) -> Int {
        elimination.domains.append(domain)
        return elimination.domains.count - 1
    }

    private mutating func inherit(
        _ copy: Int, from parent: Int, _ sex: Sex, _ copies: [(first: Int, second: Int)],
        _ fixed: [(a: Int, b: Int)?], _ members: [Pedigree.Member]
    ) {
        if parent < 0 {
            if urn == nil {
                elimination.pieces.append(.weights(copy, model.frequencies))
            } else {
                drawn.append(copy)
            }
            return
        }
        let matrix = model.matrix(sex)
        if let (a, b) = fixed[parent] {
            let n = model.size
            let weights = (0..<n).map { 0.5 * (matrix[a * n + $0] + matrix[b * n + $0]) }
            elimination.pieces.append(.weights(copy, weights))
        } else if copies[parent].first == copies[parent].second {
            elimination.pieces.append(.only(copies[parent].first, child: copy, matrix))
        } else {
            elimination.pieces.append(
                .either(copies[parent].first, copies[parent].second, child: copy, matrix))
        }
    }

    func probability() throws(OptionError) -> Double {
        guard let urn, !drawn.isEmpty else { return scale * elimination.sum()[0] }
        guard drawn.count <= Urn.mostCopies else { throw .tooManyFounders(drawn.count) }
        let base = urn.base
        var total = 0.0
        urn.partitions(of: drawn.count) { first, chance in
            guard chance > 0 else { return }
            var place = Array(elimination.domains.indices)
            var shared = elimination
            for (index, leader) in first.enumerated() {
                let (copy, with) = (drawn[index], drawn[leader])
                if index == leader {
                    shared.pieces.append(.weights(copy, base))
                } else {
                    place[copy] = with
                    shared.domains[with] = shared.domains[with].filter {
                        elimination.domains[copy].contains($0)
                    }
                    shared.domains[copy] = [0]  // summed over once, touched by nothing
                }
            }
            shared.pieces = shared.pieces.map { $0.moved(place) }
            total += chance * shared.sum()[0]
        }
        return scale * total
    }

    func joint() -> [Double] {
        let n = model.size
        let sums = elimination.sum(keeping: targetCopies)
        let domains = targetCopies.map { elimination.domains[$0] }
        if domains.count == 1 {
            var result = [Double](repeating: 0, count: n)
            for (i, a) in domains[0].enumerated() { result[a] = scale * sums[i] }
            return result
        }
        var result = [Double](repeating: 0, count: n * n)
        for (i, a) in domains[0].enumerated() {
            for (j, b) in domains[1].enumerated() {
                result[a * n + b] = scale * sums[i * domains[1].count + j]
            }
        }
        return result
    }
}

extension Elimination.Piece {
    /// The same factor after variables have been found to be one.
    fileprivate func moved(_ place: [Int]) -> Elimination.Piece {
        switch self {
        case .weights(let v, let weights): .weights(place[v], weights)
        case .either(let p, let m, let c, let matrix):
            .either(place[p], place[m], child: place[c], matrix)
        case .only(let p, let c, let matrix): .only(place[p], child: place[c], matrix)
        case .seen(let x, let y, let genotypes): .seen(place[x], place[y], genotypes)
        }
    }
}
