import Foundation
import Testing

@testable import GuituKinship

/// A small world of loci and people, some of them related.
struct World {
    var loci: [Locus]
    var options: KinshipOptions
    var profiles: [Profile] = []

    /// - Parameter large: whether one locus has more genotypes than a byte.
    init(
        _ options: KinshipOptions, loci count: Int, large: Bool, people: Int,
        _ random: inout SplitMix64
    ) throws {
        self.options = options
        loci = []
        for l in 0..<count {
            let n: Int = large && l == 1 ? 30 : 3 + random.below(4)
            var given: [Allele: Double] = [:]
            for k in 0..<n {
                let tenths: Int = 80 + 10 * k + (k % 4 == 3 ? 2 : 0)
                let most: Int = random.chance(3) ? 200 : 20
                given[Allele(tenths: Int32(tenths))] = Double(1 + random.below(most))
            }
            loci.append(Locus(name: "L\(l)", given: given))
        }
        let family = try Pedigree([
            .init("gf", sex: .man), .init("gm", sex: .woman), .init("m", sex: .woman),
            .init("o", sex: .woman),
            .init("f", father: "gf", mother: "gm", sex: .man),
            .init("u", father: "gf", mother: "gm", sex: .woman),
            .init("a", father: "f", mother: "m", sex: .man),
            .init("b", father: "f", mother: "m", sex: .woman),
            .init("h", father: "f", mother: "o", sex: .man),
        ])
        let drop = try GeneDrop(family, loci, options: options)
        while profiles.count < people {
            let byLocus = drop.family(using: &random)
            for (i, person) in family.persons.enumerated() {
                var genotypes = byLocus.map { $0[i] }
                for l in loci.indices {
                    if random.chance(12) { genotypes[l] = .untyped }
                    if random.chance(15), genotypes[l].isTyped, !options.onX {
                        genotypes[l] = Genotype(half: Int(genotypes[l].first))
                    }
                }
                let sex: Sex = options.onX || !random.chance(4) ? person.sex : .unknown
                profiles.append(Profile(id: "\(profiles.count)", sex: sex, genotypes: genotypes))
            }
        }
        // Everybody's rarest: what a bound might forget.
        profiles.append(
            Profile(
                id: "nothing", sex: options.onX ? .woman : .unknown,
                genotypes: loci.map { _ in .untyped }))
        profiles.append(
            Profile(
                id: "rare", sex: .woman,
                genotypes: loci.map { locus in
                    let rarest =
                        locus.frequencies.indices.min {
                            locus.frequencies[$0] < locus.frequencies[$1]
                        } ?? 0
                    return Genotype(rarest, rarest)
                }))
    }

    /// What `lr` gives for the pair, the larger where a sex is open.
    func ratio(_ relation: Relation, _ query: Profile, _ candidate: Profile) throws -> Double {
        var best = -Double.infinity
        for variant in relation.variants(query: query.sex, candidate: candidate.sex, options) {
            let comparison = try Comparison(
                variant.pedigree(), variant.strangers(), typedPersons: ["query", "candidate"],
                options: options)
            let total = try loci.enumerated().map { l, locus in
                try comparison.prepared(locus).ratio([query.genotypes[l], candidate.genotypes[l]])
            }.logTotal()
            best = max(best, total)
        }
        return best
    }
}

@Suite("The search")
struct SearchTests {
    static let worlds: [(String, KinshipOptions)] = [
        ("no mutation", KinshipOptions()),
        ("equal", KinshipOptions(mutation: Mutation(.equal, male: 0.004, female: 0.001))),
        ("proportional", KinshipOptions(mutation: .proportional(0.0005))),
        ("stepwise", KinshipOptions(mutation: .stepwise(male: 0.004, female: 0.001, rate2: 1e-5))),
        ("silent", KinshipOptions(mutation: .stepwise(male: 0.002, female: 0.001), silent: 0.01)),
        ("theta", KinshipOptions(mutation: .equal(0.002), theta: 0.02)),
        ("X", KinshipOptions(mutation: .stepwise(male: 0.004, female: 0.001), onX: true)),
    ]

    @Test(
        "gives what lr gives, and above a threshold misses nobody and adds nobody",
        arguments: worlds.indices)
    func agrees(index: Int) throws {
        let (name, options) = Self.worlds[index]
        var random = SplitMix64(seed: UInt64(index))
        let theta = options.theta > 0
        let world = try World(
            options, loci: theta ? 3 : 6, large: !theta, people: theta ? 40 : 1100, &random)
        let library = ProfileLibrary(loci: world.loci, profiles: world.profiles)
        let queries = Array(world.profiles.prefix(5)) + Array(world.profiles.suffix(2))
        let everybody = try Search(library, options: options, threshold: 0, threads: 2)
        let all = try everybody.run(queries, Relation.allCases)
        let pairs = queries.count * 9 * library.count
        // On the X one person under two names has one sex: such pairs are none.
        if !options.onX { #expect(all.hits.count == pairs) }

        for hit in all.hits where random.chance(theta ? 10 : 400) {
            let relation = try #require(hit.relation)
            let exact = try world.ratio(relation, queries[hit.query], world.profiles[hit.candidate])
            #expect(
                hit.logRatio == exact || abs(hit.logRatio - exact) < 1e-10,
                "\(name) \(relation): \(hit.logRatio) \(exact)")
        }

        // Also exactly at a pair's own ratio.
        let some = all.hits.filter { $0.logRatio > 0 }.randomElement(using: &random)
        for threshold in [0.001, 1, 30, 3000, some?.ratio ?? 2] {
            let limit = Foundation.log(threshold)
            let expected = Set(all.hits.filter { $0.logRatio >= limit })
            for isFast in [true, false] where !isFast || Search.usesWideLookups {
                var search = try Search(library, options: options, threshold: threshold, threads: 2)
                search.isFast = isFast
                let found = try search.run(queries, Relation.allCases)
                #expect(Set(found.hits) == expected, "\(name) at \(threshold), fast \(isFast)")
                #expect(found.comparisons == queries.count * 9 * library.count)
            }
        }
    }

    @Test(
        "a family's missing member is searched with the ratio that lr gives", arguments: [0, 3, 4])
    func family(index: Int) throws {
        let options = Self.worlds[index].1
        var random = SplitMix64(seed: 77)
        let world = try World(options, loci: 5, large: true, people: 300, &random)
        let persons: [Pedigree.Person] = [
            .init("gf", sex: .man), .init("gm", sex: .woman), .init("m", sex: .woman),
            .init("f", father: "gf", mother: "gm", sex: .man),
            .init("a", father: "f", mother: "m", sex: .man),
            .init("b", father: "f", mother: "m", sex: .woman),
        ]
        let typed = ["gf": world.profiles[0].genotypes, "a": world.profiles[6].genotypes]
        let pedigree = try Pedigree(persons)
        let missing = try MissingPerson(pedigree, missing: "b", options: options)
        let library = ProfileLibrary(loci: world.loci, profiles: world.profiles)
        let all = try Search(library, options: options, threshold: 0).run([(missing, typed)])
        // The other hypothesis: the family as it is, the profile beside it.
        let beside = try Pedigree(
            persons.map {
                .init(
                    $0.id == "b" ? "nobody" : $0.id, father: $0.father, mother: $0.mother,
                    sex: $0.sex)
            }
                + [.init("b", sex: .woman)])
        let comparison = try Comparison(
            pedigree, beside, typedPersons: ["gf", "a", "b"], options: options)
        let prepared = try world.loci.map { try comparison.prepared($0) }
        for hit in all.hits {
            let total = try world.loci.indices.map { l in
                try prepared[l].ratio([
                    world.profiles[0].genotypes[l], world.profiles[6].genotypes[l],
                    world.profiles[hit.candidate].genotypes[l],
                ])
            }.logTotal()
            #expect(total == hit.logRatio || abs(total - hit.logRatio) < 1e-10)
        }
        let found = try Search(library, options: options, threshold: 10).run([(missing, typed)])
        #expect(Set(found.hits) == Set(all.hits.filter { $0.ratio >= 10 }))
        // Place 6 is the typed brother himself, who is in the library too.
        let best = all.hits.prefix(30).map(\.candidate)
        #expect(best.contains(7), "the true sister stands among the first tenth")
    }

    @Test("relatives impossible among themselves are said, not searched")
    func impossibleFamily() throws {
        let place = locus("D1", [("15", 0.5), ("16", 0.3), ("17", 0.2)])
        let missing = try MissingPerson(
            Pedigree([
                .init("f", sex: .man), .init("a", father: "f"), .init("b", father: "f"),
            ]), missing: "b")
        let library = ProfileLibrary(
            loci: [place], profiles: [Profile(id: "1", genotypes: [Genotype(0, 1)])])
        let result = try Search(library, threshold: 1).run([
            (missing, ["f": [Genotype(0, 0)], "a": [Genotype(1, 2)]])
        ])
        #expect(result.hits.isEmpty)
        #expect(result.undefined.count == 1)
    }

    @Test("a threshold nobody can reach is an answer")
    func outOfReach() throws {
        let place = locus("D1", [("15", 0.5), ("16", 0.3), ("17", 0.2)])
        let profile = Profile(id: "1", genotypes: [Genotype(0, 1)])
        let library = ProfileLibrary(loci: [place], profiles: [profile])
        let result = try Search(library, threshold: 1000).run([profile], [.fullSib, .parent])
        #expect(result.hits.isEmpty)
        #expect(result.outOfReach.map(\.relation) == [.fullSib, .parent])
        #expect(result.expectedFalseHits(threshold: 1000) == 0.002)
    }

    @Test("a profile added later is found at once, also with genotypes nobody had")
    func append() throws {
        var random = SplitMix64(seed: 3)
        let world = try World(KinshipOptions(), loci: 6, large: true, people: 1500, &random)
        let (old, new) = (Array(world.profiles.prefix(20)), Array(world.profiles.dropFirst(20)))
        var grown = ProfileLibrary(loci: world.loci, profiles: old)
        for profile in new { grown.append(profile) }
        let whole = ProfileLibrary(loci: world.loci, profiles: world.profiles)
        #expect(grown.sections.contains { !$0.wide.isEmpty })
        for threshold in [0, 50.0] {
            let a = try Search(grown, threshold: threshold).run(Array(old.prefix(3)), [.fullSib])
            let b = try Search(whole, threshold: threshold).run(Array(old.prefix(3)), [.fullSib])
            #expect(a.hits == b.hits)
            #expect(!a.hits.isEmpty)
        }
        #expect(whole.bytesPerProfile < 120)  // few profiles, three started blocks
    }

    @Test("everybody's ratios in one array are those of the search", arguments: [false, true])
    func everybody(ofOneSex: Bool) throws {
        var random = SplitMix64(seed: 8)
        var world = try World(Self.worlds[3].1, loci: 8, large: false, people: 2500, &random)
        if ofOneSex { for k in world.profiles.indices { world.profiles[k].sex = .woman } }
        let library = ProfileLibrary(loci: world.loci, profiles: world.profiles)
        let search = try Search(library, options: world.options, threshold: 0)
        var values: [Double] = []
        for relation in [Relation.parent, .fullSib] {
            try search.logRatios(world.profiles[6], relation, into: &values)
            let hits = try search.run([world.profiles[6]], [relation]).hits
            #expect(hits.count == values.count)
            #expect(hits.allSatisfy { values[$0.candidate] == $0.logRatio })
        }
    }

    @Test("slices of the queries give together what one run gives, and nobody meets themselves")
    func slices() throws {
        var random = SplitMix64(seed: 4)
        let world = try World(Self.worlds[3].1, loci: 6, large: false, people: 200, &random)
        let library = ProfileLibrary(loci: world.loci, profiles: world.profiles)
        var search = try Search(library, options: world.options, threshold: 5, threads: 2)
        search.isAmongThemselves = true
        let whole = try search.run(world.profiles, [.parent, .same])
        var parts: [Hit] = []
        for start in stride(from: 0, to: world.profiles.count, by: 64) {
            let range = start..<min(start + 64, world.profiles.count)
            parts += try search.run(world.profiles, [.parent, .same], range: range).hits
        }
        #expect(whole.hits == parts)
        #expect(!whole.hits.contains { $0.query == $0.candidate })
    }
}
