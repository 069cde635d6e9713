import Foundation
import GuituKinship

extension Benchmark {
    /// Families one at a time, each summed anew.
    func single() throws {
        print(
            "\none family at a time, one thread, processor time, \(loci.count) loci, peeling included"
        )
        typealias P = Pedigree.Person
        let trio: [P] = [
            .init("f", sex: .man), .init("m", sex: .woman),
            .init("c", father: "f", mother: "m", sex: .man),
        ]
        let sibs: [P] = trio + [.init("d", father: "f", mother: "m", sex: .woman)]
        let loop: [P] = [
            .init("gf", sex: .man), .init("gm", sex: .woman),
            .init("f", father: "gf", mother: "gm", sex: .man),
            .init("x", father: "gf", mother: "gm", sex: .man),
            .init("fm", sex: .woman), .init("xm", sex: .woman),
            .init("a", father: "f", mother: "fm", sex: .man),
            .init("b", father: "x", mother: "xm", sex: .woman),
            .init("c", father: "a", mother: "b", sex: .man),
        ]
        let kinds: [(String, [P], [String], KinshipOptions)] = [
            ("trio, no mutation", trio, ["f", "m", "c"], KinshipOptions()),
            ("trio, stepwise", trio, ["f", "m", "c"], options),
            ("trio, stepwise, theta", trio, ["f", "m", "c"], withTheta),
            ("parent and child, stepwise", trio, ["f", "c"], options),
            ("two sibs, no mutation", sibs, ["c", "d"], KinshipOptions()),
            ("two sibs, stepwise", sibs, ["c", "d"], options),
            ("parent and two sibs, stepwise", sibs, ["f", "c", "d"], options),
            ("child of cousins and a grandparent, equal", loop, ["gf", "c"], equal),
        ]
        for (name, persons, typed, options) in kinds {
            let pedigree = try Pedigree(persons)
            let comparison = try Comparison(
                pedigree, .strangers(persons), typedPersons: typed, options: options)
            let prepared = try loci.map { try comparison.prepared($0) }
            var random = Numbers(state: 5)
            let drop = try GeneDrop(pedigree, loci, options: options)
            let families = (0..<50).map { _ in
                let all = drop.family(using: &random)
                return loci.indices.map { l in typed.map { all[l][pedigree.position(of: $0) ?? 0] }
                }
            }
            var rounds = 0
            var sum = 0.0
            let start = processorSeconds()
            var seconds = 0.0
            while seconds < 0.5 {
                for family in families {
                    for l in loci.indices { sum += try prepared[l].ratio(family[l]).log }
                }
                rounds += families.count
                seconds = processorSeconds() - start
            }
            print(
                name.padding(toLength: 44, withPad: " ", startingAt: 0)
                    + String(format: "%10.0f /s", Double(rounds) / seconds))
        }
    }

    private var withTheta: KinshipOptions {
        KinshipOptions(mutation: Benchmark.stepwise, theta: 0.01)
    }
    private var equal: KinshipOptions { KinshipOptions(mutation: .equal(0.002)) }

    /// Every pair computed one by one against what the search finds.
    func verify() throws {
        var library = invented(340_000, loci, seed: 11)
        var random = Numbers(state: 12)
        // What a bound could forget: loci missing, half known, rarest alleles.
        for k in library.indices where k % 3 == 0 {
            for l in loci.indices {
                switch random.next() % 6 {
                case 0, 1: library[k].genotypes[l] = .untyped
                case 2:
                    library[k].genotypes[l] = Genotype(half: Int(library[k].genotypes[l].first))
                case 3:
                    let rarest = loci[l].frequencies.indices.min {
                        loci[l].frequencies[$0] < loci[l].frequencies[$1]
                    }
                    library[k].genotypes[l] = Genotype(rarest ?? 0, rarest ?? 0)
                default: break
                }
            }
        }
        var queries = invented(80, loci, seed: 13)
        queries += (0..<20).map { library[3 * $0] }
        for k in queries.indices { queries[k].sex = .man }
        // Relatives among them: children of the queries.
        for k in 0..<5000 {
            let parent = queries[k % queries.count]
            for l in loci.indices where parent.genotypes[l].isTyped && !parent.genotypes[l].isHalf {
                let own = library[k].genotypes[l]
                guard own.isTyped, !own.isHalf else { continue }
                let passed =
                    random.next() % 2 == 0 ? parent.genotypes[l].first : parent.genotypes[l].second
                library[k].genotypes[l] = Genotype(Int(passed), Int(own.first))
            }
        }
        let naive = Naive(loci, library)
        let packed = ProfileLibrary(loci: loci, profiles: library)
        var (pairs, missed, added, found) = (0, 0, 0, 0)
        let thresholds = [1, 100, 10_000, 1e8]
        for relation in [Relation.child, .fullSib, .grandparent] {
            let searches = try thresholds.map { threshold in
                try Search(packed, options: options, threshold: threshold, threads: 2)
                    .run(queries, [relation])
            }
            let byQuery = searches.map { Dictionary(grouping: $0.hits, by: \.query) }
            for q in queries.indices {
                let (one, two) = relation.example(queries[q])
                let rows = try naive.rows(queries[q], one, two, options)
                for (t, threshold) in thresholds.enumerated() {
                    // Pairs within 1e-9 of the threshold may fall to either side.
                    let must = naive.reaching(threshold * (1 + 1e-9), rows)
                    let may = Set(naive.reaching(threshold * (1 - 1e-9), rows))
                    let got = Set((byQuery[t][q] ?? []).map(\.candidate))
                    missed += must.count { !got.contains($0) }
                    added += got.count { !may.contains($0) }
                    found += got.count
                }
                pairs += library.count
            }
        }
        print(
            "\nverify: \(pairs) pairs by plain sums, at thresholds \(thresholds): "
                + "\(found) found, \(missed) missed, \(added) too many")
        precondition(missed == 0 && added == 0)
    }
}
