import Foundation
import Testing

@testable import GuituKinship

@Suite("The power of a family")
struct PowerTests {
    private let loci = (0..<8).map { l in
        locus(
            "L\(l)",
            [("8", 0.1), ("9", 0.15), ("9.3", 0.05), ("10", 0.3), ("11", 0.25), ("12", 0.15)])
    }

    @Test(
        "excluding a stranger as a child: (1 - 2 sum..) is the sum over genotypes that share nothing"
    )
    func exclusion() throws {
        let place = locus("D1", [("15", 0.2), ("16", 0.3), ("17", 0.5)])
        let family = try MissingPerson(
            Pedigree([.init("f", sex: .man), .init("c", father: "f")]), missing: "c")
        let outcome = try PowerStudy(family, loci: [place], genotypes: ["f": [Genotype(0, 1)]])
            .run(simulations: 4000, threshold: 1)
        #expect(differs(outcome.exclusionPower, 0.25) < 1e-12)  // 17/17
        let simulated = Double(outcome.unrelated.filter { $0 == -.infinity }.count) / 4000
        #expect(abs(simulated - 0.25) < 0.03)
        #expect(!outcome.related.contains(-.infinity))
    }

    @Test("strangers reach t at most once in t, and the mean ratio of strangers is 1")
    func theory() throws {
        let family = try MissingPerson(
            Pedigree([
                .init("f", sex: .man), .init("m", sex: .woman),
                .init("a", father: "f", mother: "m"),
                .init("b", father: "f", mother: "m"), .init("c", father: "f", mother: "m"),
            ]), missing: "c", options: KinshipOptions(mutation: .equal(0.001)))
        let study = try PowerStudy(
            family, loci: Array(loci.prefix(3)), genotypes: [:], planned: ["a", "b"])
        let outcome = try study.run(simulations: 4000, threshold: 10)
        let mean = outcome.unrelated.reduce(0) { $0 + pow(10, $1) } / 4000
        #expect(abs(mean - 1) < 0.3)
        #expect(outcome.falselyFound <= 0.1)
        #expect(outcome.found > 0.3)
        #expect(outcome.median > 0.5)
    }

    @Test("simulated relatives are distributed as genes that fall through the pedigree")
    func conditional() throws {
        // The first method samples relatives one by one from exact rows, the
        // second drops alleles from the founders.
        let options = KinshipOptions(mutation: .stepwise(male: 0.02, female: 0.01, rate2: 0.001))
        let pedigree = try Pedigree([
            .init("f", sex: .man), .init("m", sex: .woman), .init("a", father: "f", mother: "m"),
            .init("c", father: "f", mother: "m"),
        ])
        let family = try MissingPerson(pedigree, missing: "c", options: options)
        let place = Array(loci.prefix(4))
        let outcome = try PowerStudy(family, loci: place, genotypes: [:], planned: ["a"])
            .run(simulations: 3000, threshold: 10)
        let drop = try GeneDrop(pedigree, place, options: options)
        var random = SplitMix64(seed: 9)
        var dropped: [Double] = []
        for _ in 0..<3000 {
            let genotypes = drop.family(using: &random)
            var sum = 0.0
            for l in place.indices {
                let row = try family.row(at: place[l], ["a": genotypes[l][2]])
                sum += log10(row.ratios[place[l].numbering.number(genotypes[l][3])])
            }
            dropped.append(sum)
        }
        dropped.sort()
        for share in [0.1, 0.25, 0.5, 0.75, 0.9] {
            let a = outcome.quantile(share, of: outcome.related)
            let b = outcome.quantile(share, of: dropped)
            #expect(abs(a - b) < 0.15, "\(share): \(a) \(b)")
        }
    }

    @Test("a parent helps more than a half sib, and the run can be stopped")
    func nextRelative() throws {
        let family = try MissingPerson(
            Pedigree([
                .init("f", sex: .man), .init("m", sex: .woman), .init("o", sex: .woman),
                .init("c", father: "f", mother: "m"), .init("h", father: "f", mother: "o"),
            ]), missing: "c")
        let study = try PowerStudy(family, loci: loci, genotypes: [:])
        let order = try study.nextRelative(
            among: ["h", "m"], simulations: 400, threshold: 100)
        #expect(order.map(\.id) == ["m", "h"])
        #expect(order[0].outcome.found > order[1].outcome.found)
        let stopped = try study.run(simulations: 1000, threshold: 10) { $0 < 0.5 }
        #expect(stopped.related.count == 512)
    }

    @Test("a family in words says who is missing, and who is sampled counts as planned")
    func words() throws {
        let table = "locus,allele,frequency\nD1,15,0.2\nD1,16,0.3\nD1,17,0.5\n"
        func files(_ family: String, _ profiles: String? = nil) throws -> PowerFiles {
            try PowerFiles(
                frequencies: [CSVFile(name: "q.csv", text: table)],
                pedigrees: CSVFile(family: Array(family.utf8), name: "w.txt"),
                profiles: profiles.map { try CSVFile(name: "r.csv", text: $0) })
        }
        let words = "爸 男 已采样\n妈 女\n儿 父=爸 母=妈 失踪\n"
        let study = try files(words).study(planned: ["妈"])
        #expect(study.family.missing == "儿")
        #expect(study.planned == ["爸", "妈"])
        // The same numbers as from the table with who is missing named.
        let plain = "id,father,mother,sex\n爸,0,0,1\n妈,0,0,2\n儿,爸,妈,0\n"
        let other = try PowerFiles(
            frequencies: [CSVFile(name: "q.csv", text: table)],
            pedigrees: CSVFile(family: Array(plain.utf8), name: "p.csv"), missing: "儿",
            profiles: nil)
        let ours = try study.run(simulations: 100, threshold: 2)
        let theirs = try other.study(planned: ["爸", "妈"]).run(simulations: 100, threshold: 2)
        #expect(ours.related == theirs.related && ours.unrelated == theirs.unrelated)
        // Whose profile is here needs no simulation.
        let typed = try files(words, "id,sex,D1\n爸,1,15/16\n").study(planned: [])
        #expect(typed.planned.isEmpty && typed.genotypes.keys.sorted() == ["爸"])
        #expect(throws: InputError(file: "w.txt", .nobodyMissing)) {
            try files("爸 男\n儿 父=爸\n")
        }
        #expect(throws: InputError(file: "w.txt", row: 2, .familyWord("舅=爸"))) {
            try files("爸 男\n儿 舅=爸 失踪\n")
        }
    }

    @Test("tells of each relative tried how far it is")
    func progress() throws {
        let study = try PowerStudy(
            MissingPerson(
                Pedigree([
                    .init("f", sex: .man), .init("m", sex: .woman),
                    .init("c", father: "f", mother: "m"),
                ]), missing: "c"), loci: loci, genotypes: [:])
        var told: [String: [Double]] = [:]
        _ = try study.nextRelative(simulations: 256, threshold: 10) {
            told[$0, default: []].append($1)
            return true
        }
        #expect(told == ["f": [0, 0.25, 0.5, 0.75], "m": [0, 0.25, 0.5, 0.75]])
    }

    @Test("the dead are not proposed as the next to sample")
    func deceased() throws {
        let family = try Family(
            reading: "f man\nm woman deceased\nc man father=f mother=m missing\n", name: "f.txt")
        let table = "locus,allele,frequency\nD1,15,0.2\nD1,16,0.3\nD1,17,0.5\n"
        let files = try PowerFiles(
            frequencies: [CSVFile(name: "q.csv", text: table)],
            pedigrees: CSVFile(name: "p.csv", text: family.csv()), missing: "c", profiles: nil)
        let tried = try files.study(planned: []).nextRelative(simulations: 50, threshold: 2)
        #expect(tried.map(\.id) == ["f"])
    }

    @Test(
        "the true relative stands first among strangers, and false hits stay below theory",
        arguments: [Relation.child, .fullSib])
    func knownTruth(relation: Relation) throws {
        var random = SplitMix64(seed: 21)
        let options = KinshipOptions(mutation: .stepwise(male: 0.002, female: 0.001))
        let many = (0..<20).map { l -> Locus in
            var given: [Allele: Double] = [:]
            for allele in loci[0].alleles { given[allele] = Double(1 + random.below(9)) }
            return Locus(name: "L\(l)", given: given)
        }
        let family = try Pedigree([
            .init("f", sex: .man), .init("m", sex: .woman),
            .init("a", father: "f", mother: "m", sex: .man),
            .init("b", father: "f", mother: "m", sex: .woman),
        ])
        let drop = try GeneDrop(family, many, options: options)
        var (queries, library): ([Profile], [Profile]) = ([], [])
        for k in 0..<300 {
            let genotypes = drop.family(using: &random)
            let q = relation == .child ? 0 : 2
            queries.append(Profile(id: "q\(k)", sex: .man, genotypes: genotypes.map { $0[q] }))
            library.append(Profile(id: "c\(k)", sex: .woman, genotypes: genotypes.map { $0[3] }))
        }
        let search = try Search(
            ProfileLibrary(loci: many, profiles: library), options: options, threshold: 100)
        let result = try search.run(queries, [relation])
        var first = 0
        for query in queries.indices {
            let hits = result.hits.filter { $0.query == query }
            if hits.first?.candidate == query { first += 1 }
        }
        #expect(first > (relation == .child ? 285 : 245))
        let wrong = result.hits.filter { $0.query != $0.candidate }.count
        #expect(Double(wrong) <= result.expectedFalseHits(threshold: 100))
    }
}
