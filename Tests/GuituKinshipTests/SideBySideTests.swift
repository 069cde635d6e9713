import Foundation
import Testing

@testable import GuituKinship

@Suite("A search under several populations")
struct SideBySideTests {
    // 15 is rare in A and common in B, 16 the other way round.
    static let frequencies = """
        locus,allele,frequency,population
        D3S1358,15,0.125,A
        D3S1358,16,0.5,A
        D3S1358,17,0.375,A
        D3S1358,15,0.5,B
        D3S1358,16,0.25,B
        D3S1358,17,0.125,B
        D3S1358,18,0.125,B
        """
    static let queries = """
        id,sex,D3S1358
        q,1,15/16
        """
    // As parents of 15/16: 15/15 gives 1/(2 f15), 16/16 1/(2 f16), 15/17 half of
    // the first, 17/17 nothing.
    static let library = """
        id,sex,D3S1358
        v,1,17/17
        w,1,15/17
        x,2,16/16
        y,1,15/15
        """

    static func report(
        _ queries: String = queries, population: String? = nil
    ) throws -> SearchReport {
        try SearchReport(
            frequencies: [CSVFile(name: "f.csv", text: frequencies)],
            queries: CSVFile(name: "q.csv", text: queries),
            library: CSVFile(name: "l.csv", text: library), population: population)
    }

    @Test("finds who reaches the threshold under all of them, by the smallest ratio")
    func smallest() throws {
        let report = try Self.report()
        #expect(report.populations == ["A", "B"])
        let all = try SideBySide(report, threshold: 0, threads: 1).run([.parent])
        // A: w 2, x 1, y 4. B: w 1/2, x 2, y 1. v is 0 in both.
        #expect(all.found.map { report.library.ids[$0.candidate] } == ["x", "y", "w", "v"])
        #expect(all.found.map(\.smallest) == [0, 1, 1, 0])
        #expect(
            all.found.prefix(3).map { $0.logRatios.map { (exp($0) * 1e9).rounded() / 1e9 } }
                == [[1, 2], [4, 1], [2, 0.5]])
        #expect(all.comparisons == 4)
        // At 1.5 each population alone finds somebody, and all together nobody.
        for (population, expected) in [("A", ["y", "w"]), ("B", ["x"])] {
            let alone = try Self.report(population: population)
            let found = try SideBySide(alone, threshold: 1.5, threads: 1).run([.parent]).found
            #expect(found.map { alone.library.ids[$0.candidate] } == expected)
        }
        #expect(try SideBySide(report, threshold: 1.5, threads: 1).run([.parent]).found.isEmpty)
        // Rounding must not lose who stands at 1 exactly.
        let most = try SideBySide(report, threshold: 1 - 1e-12, threads: 1).run([.parent])
        #expect(most.found.map { report.library.ids[$0.candidate] } == ["x", "y"])
        #expect(most.observed == 2)
    }

    @Test("prints a line a population, the smallest marked, each with its own posterior")
    func lines() throws {
        let report = try Self.report()
        let findings = try SideBySide(
            report, threshold: 1 - 1e-12, threads: 1, sumsEverybody: true
        ).run([.parent])
        let text = report.header(prior: 0.5) + (try report.csv(findings, prior: 0.5))
        let rows = text.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(
            rows[0] == [
                "query", "candidate", "relation", "lr", "log10_lr", "population", "smallest",
                "prior", "posterior", "nobody",
            ])
        #expect(
            rows.dropFirst().map { [$0[1], $0[5], $0[6]] }
                == [["x", "A", "1"], ["x", "B", ""], ["y", "A", ""], ["y", "B", "1"]])
        // The sums are 7 and 3.5, also of w, who is below: LR/(4 + sum),
        // all over 4 here.
        let expected: [(Double, Double)] = [
            (0.25 / 2.75, 1 / 2.75), (0.5 / 1.875, 1 / 1.875), (1 / 2.75, 1 / 2.75),
            (0.25 / 1.875, 1 / 1.875),
        ]
        for (row, (posterior, nobody)) in zip(rows.dropFirst(), expected) {
            #expect(row.count == 10 && row[7] == "0.5")
            #expect(differs(Double(row[8]) ?? .nan, posterior) < 1e-12)
            #expect(differs(Double(row[9]) ?? .nan, nobody) < 1e-12)
        }
        // One population, no prior: the five columns and no more.
        let alone = try Self.report(population: "A")
        #expect(alone.header(prior: nil) == "query,candidate,relation,lr,log10_lr\n")
        let plain = try SideBySide(alone, threshold: 3, threads: 1).run([.parent])
        #expect(try alone.csv(plain).split(separator: ",").count == 5)
    }

    @Test("asks about a family under each of them")
    func family() throws {
        let report = try Self.report()
        let pedigrees = try CSVFile.named(
            "case,hypothesis,id,father,mother,sex\nK,1,m,0,0,0\nK,1,q,m,0,1")
        let findings = try SideBySide(report, threshold: 0, threads: 1, sumsEverybody: true)
            .run(pedigrees, missing: "m", queries: "q.csv")
        let pair = try SideBySide(report, threshold: 0, threads: 1).run([.parent])
        #expect(findings.found.map(\.candidate) == pair.found.map(\.candidate))
        for (a, b) in zip(findings.found, pair.found) {
            for (x, y) in zip(a.logRatios, b.logRatios) { #expect(x == y || abs(x - y) < 1e-12) }
        }
        let posterior = try #require(
            try findings.posterior(
                Findings.Question(query: 0, relation: nil), population: 0, prior: 0.5))
        #expect(differs(posterior.chanceOfNobody, 4.0 / 11) < 1e-12)
    }

    @Test("an allele that one of them lacks is refused by name")
    func lacking() throws {
        #expect(
            throws: InputError(
                file: "q.csv", row: 2, .unknownAllele(locus: "D3S1358", allele: "18"))
        ) { try Self.report("id,sex,D3S1358\nq,1,15/18") }
        _ = try Self.report("id,sex,D3S1358\nq,1,15/18", population: "B")
        #expect(throws: InputError(file: "f.csv", .unknownPopulation("C"))) {
            try Self.report(population: "C")
        }
    }

    @Test("slices add up, with or without keeping what was found")
    func adding() throws {
        let report = try Self.report("id,sex,D3S1358\nq,1,15/16\nr,1,17/17")
        let search = try SideBySide(report, threshold: 1, threads: 1, sumsEverybody: true)
        let whole = try search.run([.parent])
        for keeping in [true, false] {
            var sum = Findings()
            for k in 0..<2 {
                sum.add(try search.run([.parent], range: k..<k + 1), keeping: keeping)
            }
            #expect(sum.observed == whole.observed && sum.comparisons == whole.comparisons)
            #expect(sum.found == (keeping ? whole.found : []))
            #expect(sum.unanswered == whole.unanswered)
            for question in sum.unanswered {
                #expect(
                    try sum.posterior(question, population: 1, prior: 0.5)
                        == whole.posterior(question, population: 1, prior: 0.5))
            }
        }
    }
}

extension CSVFile {
    fileprivate static func named(_ text: String) throws -> CSVFile {
        try CSVFile(name: "p.csv", text: text)
    }
}
