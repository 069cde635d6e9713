import Foundation
import Testing

@testable import GuituKinship

@Suite("The engine's digits")
struct EngineTests {
    /// More in the long mode: GUITU_KINSHIP_LONG=100 tries a hundred times as many.
    static let times = UInt64(ProcessInfo.processInfo.environment["GUITU_KINSHIP_LONG"] ?? "") ?? 1

    @Test(
        "random families and options agree with the sum over every allele of everybody",
        arguments: 0..<20 as Range<UInt64>)
    func agreesWithBruteForce(part: UInt64) throws {
        for k in 0..<(12 * Self.times) {
            var random = SplitMix64(seed: part * 1_000_000 + k)
            let question = TwoMethods.random(&random)
            let (exact, engine) = (question.exact, try question.engine())
            #expect(
                differs(exact, engine) < 1e-11,
                "part \(part), case \(k): \(exact) \(engine) \(question)")
        }
    }

    // f(15) = 1/10, f(16) = 2/10, f(17) = 3/10, f(18) = 4/10
    private let four = locus("D1", [("15", 0.1), ("16", 0.2), ("17", 0.3), ("18", 0.4)])

    private func ratio(
        _ first: [Pedigree.Person], _ typings: [(String, Genotype)],
        against second: [Pedigree.Person]? = nil, _ options: KinshipOptions = KinshipOptions(),
        at place: Locus? = nil
    ) throws -> Double {
        let one = try Pedigree(first)
        let two = try second.map { try Pedigree($0) } ?? Pedigree.strangers(first)
        let comparison = try Comparison(one, two, typedPersons: typings.map(\.0), options: options)
        return try comparison.prepared(place ?? four).ratio(typings.map(\.1)).value
    }

    private let parentAndChild: [Pedigree.Person] = [
        .init("F", sex: .man), .init("C", father: "F", sex: .man),
    ]
    private let sibs: [Pedigree.Person] = [
        .init("F", sex: .man), .init("M", sex: .woman), .init("A", father: "F", mother: "M"),
        .init("B", father: "F", mother: "M"),
    ]

    @Test("a parent who shares one of two alleles gives 1/(4f)")
    func parentAndChildByHand() throws {
        let got = try ratio(parentAndChild, [("F", Genotype(0, 1)), ("C", Genotype(0, 2))])
        #expect(differs(got, 2.5) < 1e-14)  // 1 / (4 * 1/10)
        let none = try ratio(parentAndChild, [("F", Genotype(0, 1)), ("C", Genotype(2, 3))])
        #expect(none == 0)
    }

    @Test("full sibs are 1/4 strangers, 1/2 parent and child, 1/4 twins")
    func sibsByHand() throws {
        // 15/16 and 15/16: 1/4 + 1/2 (1/(4p) + 1/(4q)) + 1/4 * 1/(2pq)
        let same = try ratio(sibs, [("A", Genotype(0, 1)), ("B", Genotype(0, 1))])
        #expect(differs(same, 0.25 + 0.5 * (2.5 + 1.25) + 0.25 / 0.04) < 1e-13)
        let twins = try ratio(
            [.init("A"), .init("B", sameAs: "A")], [("A", Genotype(0, 1)), ("B", Genotype(0, 1))])
        #expect(differs(twins, 1 / 0.04) < 1e-13)
    }

    @Test("the equal model spreads a mutation over all other alleles")
    func equalByHand() throws {
        // A typed father 15/15 and a child 16/17: M = r/3 to either, the other
        // allele by its frequency from a mother left out.
        let r = 0.006
        let got = try ratio(
            parentAndChild, [("F", Genotype(0, 0)), ("C", Genotype(1, 2))],
            KinshipOptions(mutation: .equal(r)))
        // (r/3 f17 + r/3 f16) / (2 f16 f17)
        #expect(differs(got, (0.002 * 0.3 + 0.002 * 0.2) / 0.12) < 1e-13)
    }

    @Test("the proportional model prefers frequent alleles")
    func proportionalByHand() throws {
        // a = r / (1 - 1/100 - 4/100 - 9/100 - 16/100) = r / 0.7
        let got = try ratio(
            parentAndChild, [("F", Genotype(0, 0)), ("C", Genotype(1, 1))],
            KinshipOptions(mutation: .proportional(0.007)))
        #expect(differs(got, 0.01 * 0.2 * 0.2 / 0.04) < 1e-13)
    }

    @Test("the stepwise model knows microvariants, the range and each sex's rate")
    func stepwiseByHand() throws {
        let place = locus("D1", [("14", 0.25), ("14.2", 0.25), ("15", 0.25), ("17", 0.25)])
        let options = KinshipOptions(
            mutation: .stepwise(male: 0.01, female: 0.002, range: 0.5, rate2: 0.001))
        // 14 goes to 15 (one step, 1/2) and 17 (three, 1/8): 0.01 * (1/2)/(5/8).
        let step = try ratio(
            parentAndChild, [("F", Genotype(0, 0)), ("C", Genotype(2, 2))], options, at: place)
        #expect(differs(step, 0.01 * 0.8 * 0.25 / 0.0625) < 1e-13)
        let micro = try ratio(
            parentAndChild, [("F", Genotype(0, 0)), ("C", Genotype(1, 1))], options, at: place)
        #expect(differs(micro, 0.001 * 0.25 / 0.0625) < 1e-13)
        let mother: [Pedigree.Person] = [.init("F", sex: .woman), .init("C", mother: "F")]
        let hers = try ratio(
            mother, [("F", Genotype(0, 0)), ("C", Genotype(2, 2))], options, at: place)
        #expect(differs(hers, 0.002 * 0.8 * 0.25 / 0.0625) < 1e-13)
    }

    @Test("an untyped parent in the pedigree changes the other allele, one left out does not")
    func untypedParent() throws {
        let options = KinshipOptions(mutation: .equal(0.03))
        let typings = [("F", Genotype(0, 0)), ("C", Genotype(0, 1))]
        let leftOut = try ratio(parentAndChild, typings, options)
        let untyped = try ratio(
            [.init("F", sex: .man), .init("M", sex: .woman), .init("C", father: "F", mother: "M")],
            typings, options)
        // f M: 16 arrives with 0.97 * 0.2 + 0.01 * 0.8, 15 with 0.97 * 0.1 + 0.01 * 0.9
        #expect(differs(leftOut, (0.97 * 0.2 + 0.01 * 0.1) / 0.04) < 1e-13)
        #expect(differs(untyped, (0.97 * 0.202 + 0.01 * 0.106) / 0.04) < 1e-13)
    }

    @Test("theta makes a shared rare allele less telling")
    func thetaByHand() throws {
        // 15/15 and 15/15. Strangers draw four 15 in a row, parent and child three.
        let (t, p) = (0.02, 0.1)
        let fourth = (3 * t + (1 - t) * p) / (1 + 2 * t)
        let got = try ratio(
            parentAndChild, [("F", Genotype(0, 0)), ("C", Genotype(0, 0))], KinshipOptions(theta: t)
        )
        #expect(differs(got, 1 / fourth) < 1e-13)
    }

    @Test("a silent allele lets 15/15 be the father of 16/16")
    func silentByHand() throws {
        let s = 0.05
        let (p, q) = (0.1 * (1 - s), 0.2 * (1 - s))
        let got = try ratio(
            parentAndChild, [("F", Genotype(0, 0)), ("C", Genotype(1, 1))],
            KinshipOptions(silent: s))
        // Father 15/silent gives the silent one, the child's other is 16.
        let together = 2 * p * s * 0.5 * q
        let apart = (p * p + 2 * p * s) * (q * q + 2 * q * s)
        #expect(differs(got, together / apart) < 1e-13)
    }

    @Test("15/? is every genotype with a 15")
    func halfByHand() throws {
        let got = try ratio(parentAndChild, [("F", Genotype(half: 0)), ("C", Genotype(0, 0))])
        // Father 15/15 passes 15, 15/x passes it half the time: (p^2 + p(1-p)) p
        // over (p^2 + 2p(1-p)) p^2
        #expect(differs(got, 0.1 * 0.1 / (0.19 * 0.01)) < 1e-13)
    }

    @Test("on the X a father gives his daughter the one he has and his son nothing")
    func onXByHand() throws {
        let options = KinshipOptions(onX: true)
        let daughter: [Pedigree.Person] = [
            .init("F", sex: .man), .init("C", father: "F", sex: .woman),
        ]
        let got = try ratio(daughter, [("F", Genotype(0, 0)), ("C", Genotype(0, 1))], options)
        #expect(differs(got, 0.2 / 0.04) < 1e-13)
        let son = try ratio(
            parentAndChild, [("F", Genotype(0, 0)), ("C", Genotype(1, 1))], options)
        #expect(son == 1)
    }

    @Test("a child of sibs is homozygous more often: P(15/15) = p^2 + p(1-p)/4")
    func inbreeding() throws {
        let incest =
            sibs.map {
                Pedigree.Person(
                    $0.id, father: $0.father, mother: $0.mother,
                    sex: $0.id == "A" ? .man : $0.id == "B" ? .woman : $0.sex)
            }
            + [Pedigree.Person("C", father: "A", mother: "B")]
        let got = try ratio(incest, [("C", Genotype(0, 0))])
        #expect(differs(got, (0.01 + 0.09 / 4) / 0.01) < 1e-13)
    }

    @Test("what is impossible under both hypotheses is undefined, never 1")
    func undefined() throws {
        let trio: [Pedigree.Person] = [
            .init("F", sex: .man), .init("M", sex: .woman), .init("C", father: "F", mother: "M"),
        ]
        let motherOnly: [Pedigree.Person] = [
            .init("F", sex: .man), .init("M", sex: .woman), .init("C", mother: "M"),
        ]
        let got = try ratio(
            trio, [("F", Genotype(0, 0)), ("M", Genotype(1, 1)), ("C", Genotype(2, 2))],
            against: motherOnly)
        #expect(got.isNaN)
        #expect([Ratio(0), Ratio(got)].logTotal().isNaN)
        #expect([Ratio(0), Ratio(1e300)].logTotal() == -.infinity)
    }

    @Test("a table too large to hold is summed value by value")
    func cutset() throws {
        var random = SplitMix64(seed: 5)
        let matrix = (0..<9).map { _ in Double.random(in: 0...1, using: &random) }
        var network = Elimination(
            domains: Array(repeating: [0, 1, 2], count: 8),
            pieces: (0..<6).flatMap { v in
                [
                    .only(v, child: (v + 1) % 8, matrix), .only(v, child: (v + 3) % 8, matrix),
                    .either(v, (v + 5) % 8, child: (v + 2) % 8, matrix),
                ] as [Elimination.Piece]
            }, alleles: 3, silent: -1)
        let whole = network.sum(keeping: [4])
        network.mostEntries = 20
        let parts = network.sum(keeping: [4])
        for (a, b) in zip(whole, parts) { #expect(a > 0 && differs(a, b) < 1e-12) }
    }

    @Test("a model whose rate leaves less than nothing is refused")
    func rateTooHigh() throws {
        let rare = locus("D1", [("15", 0.999), ("16", 0.001)])
        #expect(throws: OptionError.rateTooHigh(locus: "D1")) {
            _ = try ratio(
                parentAndChild, [("F", Genotype(0, 0))],
                KinshipOptions(mutation: .proportional(0.01)), at: rare)
        }
        #expect(throws: OptionError.theta(1)) {
            _ = try ratio(parentAndChild, [("F", Genotype(0, 0))], KinshipOptions(theta: 1))
        }
    }
}
