import Foundation
import Testing

@Suite("guitu dna search and power")
struct KinshipCommandTests {
    let shell: Shell

    init() async throws {
        shell = try await Shell()
        try write(
            "f.csv",
            """
            locus,allele,frequency,population
            D3S1358,15,0.25,A
            D3S1358,16,0.25,A
            D3S1358,17,0.5,A
            D3S1358,15,0.5,B
            D3S1358,16,0.25,B
            D3S1358,17,0.25,B
            """)
        try write("q.csv", "id,sex,D3S1358\nq,1,15/15\n")
        try write("l.csv", "id,sex,D3S1358\na,1,15/15\nb,1,15/16\nc,2,16/16\n")
    }

    private func write(_ name: String, _ text: String) throws {
        try text.write(
            to: shell.folder.appending(path: name), atomically: true, encoding: .utf8)
    }

    private func search(_ options: String...) async throws -> Shell.Ended {
        try await shell.run(
            ["dna", "search", "--frequencies", "f.csv", "--queries", "q.csv", "--library", "l.csv"]
                + options)
    }

    @Test("prints the posterior from a prior it states, and leaves it out on demand")
    func posterior() async throws {
        let assumed = try await search(
            "--population", "A", "--relation", "parent", "--threshold", "3")
        #expect(assumed.status == 0, "\(assumed.complaints)")
        // Ratios 4, 2 and 0 among 3: (1/6 · 4) / (1/2 + 1/6 · 6) = 4/9, nobody 1/3.
        let rows = assumed.output.split(separator: "\n").map {
            $0.split(separator: " ").map(String.init)
        }
        #expect(rows.count == 2 && rows[1][1] == "a")
        #expect(rows[0].suffix(3) == ["prior", "posterior", "nobody"])
        #expect(rows[1].suffix(3) == ["0.5", "0.444444", "0.333333"])
        #expect(assumed.complaints.contains("prior 0.5 (assumed, see --prior)"))
        #expect(assumed.complaints.contains("library of 3"))

        let said = try await search(
            "--population", "A", "--relation", "parent", "--prior", "0.1", "--threshold", "5")
        #expect(said.complaints.contains("prior 0.1 that"))
        // 27/33, though nobody reaches the threshold.
        #expect(said.complaints.contains("nobody found; that no such relative is here: 0.818182"))

        let digits = try await search(
            "--population", "A", "--relation", "parent", "--prior", "0.1", "--threshold", "3",
            "--csv")
        #expect(
            digits.output.hasPrefix(
                "query,candidate,relation,lr,log10_lr,prior,posterior,nobody\nq,a,parent,4,"))
        let posterior = digits.output.split(separator: ",").dropLast().last.flatMap {
            Double($0)
        }
        #expect(abs((posterior ?? 0) - 4.0 / 33) < 1e-14)

        // What machines read stays as it was until they ask.
        for options in [["--csv"], ["--csv", "--prior", "none"]] {
            let without = try await shell.run(
                [
                    "dna", "search", "--frequencies", "f.csv", "--queries", "q.csv", "--library",
                    "l.csv", "--population", "A", "--relation", "parent", "--threshold", "3",
                ] + options)
            #expect(
                without.output.hasPrefix("query,candidate,relation,lr,log10_lr\nq,a,parent,"))
            #expect(!without.complaints.contains("prior"))
        }
        for wrong in ["0", "1", "much"] {
            let refused = try await search("--relation", "parent", "--prior", wrong)
            #expect(refused.status == 64 && refused.output.isEmpty)
        }
    }

    @Test("sets populations side by side and holds the threshold against the smallest")
    func populations() async throws {
        let both = try await search("--relation", "parent", "--threshold", "1", "--csv")
        #expect(both.status == 0, "\(both.complaints)")
        // a: 4 and 2; b: 2 and 1; c: 0.
        let rows = both.output.split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(
            rows.map { [$0[1], $0[5], $0[6]] } == [
                ["a", "A", ""], ["a", "B", "1"], ["b", "A", ""], ["b", "B", "1"],
            ])
        #expect(both.complaints.contains("under every population"))
        let higher = try await search("--relation", "parent", "--threshold", "3", "--csv")
        #expect(higher.output.split(separator: "\n").count == 1)
    }

    @Test("power reads a family in words and tells how far it is")
    func power() async throws {
        try write("family.txt", "爸 男 已采样\n妈 女\n儿 父=爸 母=妈 失踪\n")
        let told = try await shell.run(
            "dna", "power", "--frequencies", "f.csv", "--population", "A", "--pedigrees",
            "family.txt", "--simulations", "640", "--next", "--progress", "--csv")
        #expect(told.status == 0, "\(told.complaints)")
        let rows = told.output.split(separator: "\n").map { $0.split(separator: ",")[0] }
        #expect(rows == ["sampled", "as planned", "with 妈"])
        let lines = told.complaints.split(separator: "\n")
        for name in ["as planned", "with 妈"] {
            #expect(
                lines.filter { $0.hasPrefix(name) }
                    == (0..<10).map { "\(name): \($0 * 10) % simulated" })
        }
        let quiet = try await shell.run(
            "dna", "power", "--frequencies", "f.csv", "--population", "A", "--pedigrees",
            "family.txt", "--simulations", "64")
        #expect(quiet.status == 0 && !quiet.complaints.contains("simulated"))
    }

    @Test("search takes a family in words and who it says is missing")
    func family() async throws {
        try write("family.txt", "q 男\n儿 父=q 失踪\n")
        let told = try await shell.run(
            "dna", "search", "--frequencies", "f.csv", "--population", "A", "--queries", "q.csv",
            "--library", "l.csv", "--pedigrees", "family.txt", "--threshold", "3", "--csv")
        #expect(told.status == 0, "\(told.complaints)")
        #expect(told.output.contains("\nfamily,a,儿,4,"))
    }
}
