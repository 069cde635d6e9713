import Foundation
import GuituKinship

extension Benchmark {
    /// Families whose truth is known: where the missing person stands among the
    /// strangers of a library, and how many strangers reach a threshold.
    ///
    /// Strangers and families are drawn from the same frequencies and the same
    /// mutation model as the search supposes, so this says what the method can do,
    /// not how well the model fits a people.
    func found(strangers count: Int = 100_000, families: Int = 200) throws {
        let pedigree = try Pedigree([
            .init("gf", sex: .man), .init("gm", sex: .woman), .init("m", sex: .woman),
            .init("o", sex: .woman),
            .init("f", father: "gf", mother: "gm", sex: .man),
            .init("u", father: "gf", mother: "gm", sex: .man),
            .init("a", father: "f", mother: "m", sex: .man),
            .init("b", father: "f", mother: "m", sex: .woman),
            .init("d", father: "f", mother: "m", sex: .woman),
            .init("h", father: "f", mother: "o", sex: .man),
            .init("missing", father: "f", mother: "m", sex: .man),
        ])
        let sampled: [(String, [String])] = [
            ("a parent", ["f"]), ("both parents", ["f", "m"]),
            ("a sib", ["a"]), ("two sibs", ["a", "b"]), ("three sibs", ["a", "b", "d"]),
            ("a half sib", ["h"]), ("a sib and a half sib", ["a", "h"]),
            ("a grandparent", ["gf"]), ("two grandparents", ["gf", "gm"]),
            ("an uncle", ["u"]), ("an uncle and a half sib", ["u", "h"]),
        ]
        var random = Numbers(state: 31)
        let single = try GeneDrop(Pedigree([.init("s", sex: .man)]), loci, options: options)
        var profiles = (0..<count).map { k in
            Profile(
                id: "S\(k)", sex: .man, genotypes: single.family(using: &random).map { $0[0] })
        }
        let drop = try GeneDrop(pedigree, loci, options: options)
        let known = (0..<families).map { _ in drop.family(using: &random) }
        let place = pedigree.position(of: "missing") ?? 0
        // The true ones stand behind the strangers, each family's own at its place.
        for (k, family) in known.enumerated() {
            profiles.append(
                Profile(id: "T\(k)", sex: .man, genotypes: family.map { $0[place] }))
        }
        let library = ProfileLibrary(loci: loci, profiles: profiles)
        let search = try Search(library, options: options, threshold: 0, threads: 1)
        let missing = try MissingPerson(pedigree, missing: "missing", options: options)
        let (low, high) = (1e4, 1e6)

        print(
            "\nfound: \(families) families, the true one among \(count) strangers; false hits a "
                + "search, at most \(Double(count) / low) at 10^4 and \(Double(count) / high) at 10^6"
        )
        print(
            "sampled                   first  first 10  median rank  median log10 LR  "
                + "true >= 10^4, 10^6   false >= 10^4    10^6")
        var values: [Double] = []
        for (name, ids) in sampled {
            var (ranks, truths, falseLow, falseHigh) = ([Int](), [Double](), 0, 0)
            for (k, family) in known.enumerated() {
                var typed: [String: [Genotype]] = [:]
                for id in ids {
                    let relative = pedigree.position(of: id) ?? 0
                    typed[id] = family.map { $0[relative] }
                }
                try search.logRatios(missing, typed, into: &values)
                let own = values[count + k]
                var ahead = 0
                for value in values[..<count] {
                    // Who is as likely stands before: no tie flatters the rank.
                    if value >= own { ahead += 1 }
                    if value >= log(low) { falseLow += 1 }
                    if value >= log(high) { falseHigh += 1 }
                }
                ranks.append(ahead + 1)
                truths.append(own / M_LN10)
            }
            precondition(Double(falseLow * Int(low)) <= Double(count * families))
            ranks.sort()
            truths.sort()
            func share(_ test: Int) -> Double { 100 * Double(test) / Double(families) }
            print(
                name.padding(toLength: 24, withPad: " ", startingAt: 0)
                    + String(
                        format: "%6.1f %%  %6.1f %%  %11d  %15.1f  %9.1f %% %6.1f %%"
                            + "  %14.3f  %6.3f",
                        share(ranks.count { $0 == 1 }), share(ranks.count { $0 <= 10 }),
                        ranks[families / 2], truths[families / 2],
                        share(truths.count { $0 >= log10(low) }),
                        share(truths.count { $0 >= log10(high) }),
                        Double(falseLow) / Double(families), Double(falseHigh) / Double(families)))
        }
    }
}
