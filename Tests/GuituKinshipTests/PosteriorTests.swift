import Foundation
import Testing

@testable import GuituKinship

@Suite("The posterior of a search")
struct PosteriorTests {
    static let place = locus("D1", [("15", 0.25), ("16", 0.25), ("17", 0.5)])

    static func profile(_ id: String, _ a: Int, _ b: Int, _ sex: Sex = .man) -> Profile {
        Profile(id: id, sex: sex, genotypes: [Genotype(a, b)])
    }

    // As parents of 15/15: 1/f = 4 for 15/15, 1/(2f) = 2 for 15/16, 0 for 16/16.
    static let three = [profile("a", 0, 0), profile("b", 0, 1, .woman), profile("c", 1, 1)]

    static func total(
        _ threshold: Double, _ queries: [Profile] = [profile("q", 0, 0)],
        _ library: [Profile] = three, _ relations: [Relation] = [.parent],
        amongThemselves: Bool = false
    ) throws -> SearchResult {
        var search = try Search(
            ProfileLibrary(loci: [place], profiles: library), threshold: threshold, threads: 1)
        search.sumsEverybody = true
        search.isAmongThemselves = amongThemselves
        return try search.run(queries, relations)
    }

    @Test(
        "is that of Bayes in fractions, also counting whom the threshold leaves out",
        arguments: [0, 3, 1000.0])
    func fractions(threshold: Double) throws {
        let result = try Self.total(threshold)
        #expect(result.hits.count == (threshold == 0 ? 3 : threshold == 3 ? 1 : 0))
        let total = try #require(result.totals.first)
        #expect(total.compared == 3)
        #expect(differs(exp(total.logSum), 6) < 1e-14)

        // Prior 1/2 among 3: shares 4/6, 2/6, 0 of the compared and 1/2 of nobody.
        let even = try Posterior(prior: 0.5, compared: 3, logSum: total.logSum)
        #expect(differs(even.chance(logRatio: log(4)), 4.0 / 9) < 1e-14)
        #expect(differs(even.chance(logRatio: log(2)), 2.0 / 9) < 1e-14)
        #expect(even.chance(logRatio: -.infinity) == 0)
        #expect(differs(even.chanceOfNobody, 1.0 / 3) < 1e-14)

        // Prior 1/10: (1/30 · 4) / (9/10 + 6/30) = 4/33, and 27/33 for nobody.
        let small = try Posterior(prior: 0.1, compared: 3, logSum: total.logSum)
        #expect(differs(small.chance(logRatio: log(4)), 4.0 / 33) < 1e-14)
        #expect(differs(small.chanceOfNobody, 27.0 / 33) < 1e-14)
    }

    @Test("leaves the query out of a library that holds it, and asks each relation by itself")
    func amongThemselves() throws {
        let result = try Self.total(
            0, Self.three, Self.three, [.parent, .same], amongThemselves: true)
        #expect(result.totals.count == 6)
        func total(_ query: Int, _ relation: Relation) throws -> SearchResult.Total {
            try #require(
                result.totals.first { $0.query == query && $0.relation == relation })
        }
        // a: b as a parent 2, c 0. b: a 2; c 2 (1/(2f) for the shared 16). c: b 2, a 0.
        let expected = [2.0, 4, 2]
        for query in 0..<3 {
            let parent = try total(query, .parent)
            #expect(parent.compared == 2)
            #expect(differs(exp(parent.logSum), expected[query]) < 1e-14)
            #expect(try total(query, .same).logSum == -.infinity)
        }
        // Nobody of these is the same person, so it is nobody here for certain.
        let none = try Posterior(prior: 0.5, compared: 2, logSum: -.infinity)
        #expect(none.chanceOfNobody == 1)
    }

    @Test("sums what brute force sums, of all relations, sexes and genotypes off the codebook")
    func sums() throws {
        var random = SplitMix64(seed: 12)
        let world = try World(
            SearchTests.worlds[3].1, loci: 6, large: true, people: 1500, &random)
        var library = ProfileLibrary(loci: world.loci, profiles: Array(world.profiles.prefix(20)))
        for profile in world.profiles.dropFirst(20) { library.append(profile) }
        let queries = Array(world.profiles.prefix(4))
        let relations: [Relation] = [.parent, .grandchild, .fullSib]
        let all = try Search(library, options: world.options, threshold: 0)
            .run(queries, relations)
        var search = try Search(library, options: world.options, threshold: 100, threads: 2)
        search.sumsEverybody = true
        let result = try search.run(queries, relations)
        #expect(result.totals.count == 12)
        for total in result.totals {
            let plain = all.hits.filter {
                $0.query == total.query && $0.relation == total.relation
            }
            #expect(plain.count == total.compared)
            #expect(
                differs(exp(total.logSum), plain.reduce(0) { $0 + $1.ratio }) < 1e-12)
        }
    }

    @Test("is as often right as it says, in worlds with known truth", arguments: [0.5, 0.2])
    func calibrated(prior: Double) throws {
        var random = SplitMix64(seed: 77)
        let options = KinshipOptions(mutation: .stepwise(male: 0.01, female: 0.005))
        let loci = (0..<6).map { l in
            locus("L\(l)", (0..<6).map { ("\(10 + $0)", Double(1 + (l + $0) % 6) / 21) })
        }
        let drop = try GeneDrop(
            Pedigree([
                .init("f", sex: .man), .init("m", sex: .woman),
                .init("a", father: "f", mother: "m", sex: .man),
            ]), loci, options: options)
        func two() -> (father: Profile, child: Profile) {
            let family = drop.family(using: &random)
            return (
                Profile(id: "f", sex: .man, genotypes: family.map { $0[0] }),
                Profile(id: "a", sex: .man, genotypes: family.map { $0[2] })
            )
        }
        let trials = 1500
        var (nobody, sureOfNobody, squares, ofTrue) = (0.0, 0.0, 0.0, 0.0)
        for _ in 0..<trials {
            let asked = two()
            let isHere = Double.random(in: 0..<1, using: &random) < prior
            let place = Int.random(in: 0..<12, using: &random)
            // The others are fathers of other children.
            let people = (0..<12).map { $0 == place && isHere ? asked.father : two().father }
            var search = try Search(
                ProfileLibrary(loci: loci, profiles: people), options: options, threshold: 0,
                threads: 1)
            search.sumsEverybody = true
            let result = try search.run([asked.child], [.parent])
            let total = try #require(result.totals.first)
            let posterior = try Posterior(
                prior: prior, compared: total.compared, logSum: total.logSum)
            var all = posterior.chanceOfNobody
            sureOfNobody += posterior.chanceOfNobody
            if !isHere { nobody += 1 }
            for hit in result.hits {
                let chance = posterior.chance(logRatio: hit.logRatio)
                all += chance
                squares += chance * chance
                if isHere && hit.candidate == place { ofTrue += chance }
            }
            #expect(abs(all - 1) < 1e-12)
        }
        // Means over trials whose standard errors are below 0.013.
        let n = Double(trials)
        #expect(abs(sureOfNobody / n - nobody / n) < 0.03)
        #expect(abs(squares / n - ofTrue / n) < 0.03)
        #expect(ofTrue / n > 0.3 * prior)
    }

    @Test("does not overflow where ratios do")
    func large() throws {
        let posterior = try Posterior(prior: 0.5, compared: 1000, logSum: 2000)
        #expect(posterior.chance(logRatio: 2000) == 1)
        #expect(posterior.chanceOfNobody == 0)
        #expect(logSum([1000, 1000, -.infinity]) == 1000 + log(2))
        #expect(logSum([-.infinity]) == -.infinity)
    }

    @Test("takes only a prior that leaves both open", arguments: [0, 1, -0.5, 1.5, .nan])
    func prior(value: Double) {
        #expect(throws: OptionError.self) {
            try Posterior(prior: value, compared: 3, logSum: 0)
        }
    }
}
