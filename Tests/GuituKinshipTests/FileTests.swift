import Foundation
import Testing

@testable import GuituKinship

@Suite("Files of the laboratory")
struct FileTests {
    static let frequencies = """
        locus,allele,frequency
        D3S1358,15,0.25
        D3S1358,16,0.25
        D3S1358,17,0.5
        TH01,6,0.5
        TH01,9.3,0.5
        """
    static let pedigrees = """
        case,hypothesis,id,father,mother,sex
        K,1,f,0,0,1
        K,1,m,0,0,2
        K,1,c,f,m,1
        K,2,f,0,0,1
        K,2,c,0,0,1
        """
    static let genotypes = """
        case,family,id,locus,genotype
        K,1,f,D3S1358,15/16
        K,1,c,D3S1358,15/17
        K,1,f,tho1,6/9.30
        K,1,c,TH01,9.3/9.3
        """
    static let profiles = """
        id,sex,D3S1358,TH01,Amelogenin
        f,1,15/16,6/9.3,X/Y
        c,1,15/17,9.3/9.3,
        x,,17/17,,
        """

    static func report(
        _ frequencies: String = frequencies, _ genotypes: String = genotypes,
        _ pedigrees: String = pedigrees, _ settings: KinshipSettings = KinshipSettings()
    ) throws -> RatioReport {
        try RatioReport(
            frequencies: [CSVFile(name: "f.csv", text: frequencies)],
            genotypes: CSVFile(name: "g.csv", text: genotypes),
            pedigrees: CSVFile(name: "p.csv", text: pedigrees), settings: settings)
    }

    static func search(
        _ profiles: String = profiles, _ frequencies: String = frequencies,
        _ settings: KinshipSettings = KinshipSettings()
    ) throws -> SearchReport {
        try SearchReport(
            frequencies: [CSVFile(name: "f.csv", text: frequencies)],
            queries: CSVFile(name: "q.csv", text: Self.profiles),
            library: CSVFile(name: "l.csv", text: profiles), settings: settings)
    }

    @Test("ratios come in the order of the table with a total, names and decimals read kindly")
    func ratios() throws {
        let csv = try Self.report().csv()
        #expect(
            csv == """
                case,family,locus,lr,log10_lr
                K,1,D3S1358,1,0
                K,1,TH01,1,0
                K,1,TOTAL,1,0

                """)
    }

    @Test("the search prints what lr prints")
    func searchEqualsRatio() throws {
        let settings = KinshipSettings(
            options: KinshipOptions(mutation: .stepwise(male: 0.004, female: 0.001)))
        let report = try Self.search(Self.profiles, Self.frequencies, settings)
        var result = try SideBySide(report, threshold: 0, threads: 1).run([.child])
        result.found = result.found.filter { $0.query == 0 && $0.candidate == 1 }
        let hit = try #require(result.found.first)
        let total = try #require(
            try Self.report(Self.frequencies, Self.genotypes, Self.pedigrees, settings).lines.last)
        #expect(differs(exp(hit.logRatio), total.ratio) < 1e-12)
        #expect(try report.csv(result).hasPrefix("f,c,child,"))
    }

    @Test("several populations stand side by side and the smallest is marked")
    func populations() throws {
        let two =
            "locus,allele,frequency,population\n"
            + ["A", "B"].flatMap { p in
                ["15", "16", "17"].map { a in
                    "D3S1358,\(a),\(a == "15" ? (p == "A" ? 0.1 : 0.4) : (p == "A" ? 0.45 : 0.3)),\(p)"
                } + ["TH01,6,0.5,\(p)", "TH01,9.3,0.5,\(p)"]
            }.joined(separator: "\n")
        let totals = try Self.report(two).lines.filter { $0.locus == nil }
        #expect(totals.map(\.population) == ["A", "B"])
        #expect(totals[0].ratio > totals[1].ratio)
        #expect(totals.map(\.isSmallest) == [false, true])
        let csv = try Self.report(two).csv()
        #expect(
            csv.hasPrefix(
                "case,family,locus,lr,log10_lr,population,smallest"))
    }

    @Test("a least frequency adds what the table lacks, raises, then scales")
    func minimum() throws {
        let rare = Self.genotypes + "\nK,2,f,D3S1358,18/18\nK,2,c,D3S1358,15/18"
        #expect(
            throws: InputError(
                file: "g.csv", row: 6, .unknownAllele(locus: "D3S1358", allele: "18"))
        ) {
            try Self.report(Self.frequencies, rare)
        }
        let settings = KinshipSettings(minimum: .flat(0.01))
        let line = try #require(
            try Self.report(Self.frequencies, rare, Self.pedigrees, settings).lines.first {
                $0.family == "2" && $0.locus == "D3S1358"
            })
        // f18 = 0.01 / 1.01; father 18/18, child 15/18: 1 / (2 f18)
        #expect(differs(line.ratio, 1.01 / 0.02) < 1e-12)
        #expect(throws: InputError(file: "f.csv", .sampleSizes(locus: "D3S1358"))) {
            try Self.report(
                Self.frequencies, Self.genotypes, Self.pedigrees,
                KinshipSettings(minimum: .fiveOver2N))
        }
        let table = try KinshipSettings(minimum: .fiveOver2N, persons: 25)
            .tables(
                [CSVFile(name: "f.csv", text: Self.frequencies)],
                seen: [LocusName("TH01"): [Allele(tenths: 100)]])
        let th01 = table[0].loci[1]
        #expect(th01.alleles.map(\.description) == ["6", "9.3", "10"])
        #expect(differs(th01.frequencies[2], 0.1 / 1.1) < 1e-12)
    }

    @Test("linked loci and sums that are off are said, not hidden")
    func warnings() throws {
        let linked = """
            locus,allele,frequency
            VWA,15,0.5
            VWA,16,0.5003
            D12S391,18,1
            """
        let report = try Self.report(
            linked, "case,family,id,locus,genotype\nK,1,f,vWA,15/16\nK,1,f,D12S391,18/18")
        #expect(report.warnings.count == 2)
        #expect("\(report.warnings)".contains("11.4 cM"))
    }

    typealias Refusal = (name: String, expected: InputError, attempt: @Sendable () throws -> Void)

    static func refusal(
        _ name: String, _ expected: InputError, _ attempt: @escaping @Sendable () throws -> Void
    ) -> Refusal { (name, expected, attempt) }

    static let refusals: [Refusal] = [
        refusal(
            "off ladder", InputError(file: "g.csv", row: 2, .notAnAllele("OL"))
        ) {
            _ = try report(frequencies, genotypes.replacing("15/16", with: "OL/16"))
        },
        refusal(
            "three alleles", InputError(file: "g.csv", row: 2, .threeAlleles("15/16/17"))
        ) {
            _ = try report(frequencies, genotypes.replacing("15/16", with: "15/16/17"))
        },
        refusal(
            "a comma for a point", InputError(file: "g.csv", row: 4, .notAnAllele("9,3"))
        ) {
            _ = try report(frequencies, genotypes.replacing("6/9.30", with: "\"6/9,3\""))
        },
        refusal(
            "a bare comma", InputError(file: "g.csv", row: 4, .columns(expected: 5, found: 6))
        ) {
            _ = try report(frequencies, genotypes.replacing("6/9.30", with: "6/9,3"))
        },
        refusal(
            "one allele of two", InputError(file: "g.csv", row: 2, .notAGenotype("15"))
        ) {
            _ = try report(frequencies, genotypes.replacing("15/16", with: "15"))
        },
        refusal(
            "unknown locus", InputError(file: "g.csv", row: 2, .unknownLocus("D99S1"))
        ) {
            _ = try report(frequencies, genotypes.replacing("f,D3S1358", with: "f,D99S1"))
        },
        refusal(
            "a sex marker", InputError(file: "g.csv", row: 2, .notAFactor("AMEL"))
        ) {
            _ = try report(frequencies, genotypes.replacing("f,D3S1358", with: "f,AMEL"))
        },
        refusal(
            "typed twice",
            InputError(file: "g.csv", row: 6, .genotypeTwice(person: "f", locus: "D3"))
        ) {
            _ = try report(frequencies, genotypes + "\nK,1,f,D3,15/15")
        },
        refusal(
            "a stranger to the pedigree", InputError(file: "g.csv", row: 6, .unknownPerson("z"))
        ) {
            _ = try report(frequencies, genotypes + "\nK,1,z,TH01,6/6")
        },
        refusal(
            "typed under one hypothesis", InputError(file: "g.csv", row: 6, .notInBoth(person: "m"))
        ) {
            _ = try report(frequencies, genotypes + "\nK,1,m,TH01,6/6")
        },
        refusal(
            "no such case", InputError(file: "g.csv", row: 6, .unknownCase("L"))
        ) {
            _ = try report(frequencies, genotypes + "\nL,1,m,TH01,6/6")
        },
        refusal(
            "a father who is a woman",
            InputError(file: "p.csv", row: 2, .pedigree(.fatherIsAWoman("f")))
        ) {
            _ = try report(
                frequencies, genotypes, pedigrees.replacing("K,1,f,0,0,1", with: "K,1,f,0,0,2"))
        },
        refusal(
            "a person twice", InputError(file: "p.csv", row: 7, .personTwice("c"))
        ) {
            _ = try report(frequencies, genotypes, pedigrees + "\nK,2,c,0,0,1")
        },
        refusal(
            "an own ancestor", InputError(file: "p.csv", row: 2, .pedigree(.ownAncestor("f")))
        ) {
            _ = try report(
                frequencies, genotypes, pedigrees.replacing("K,1,f,0,0,1", with: "K,1,f,c,0,1"))
        },
        refusal(
            "a parent not there",
            InputError(file: "p.csv", row: 4, .pedigree(.unknownParent(of: "c", "g")))
        ) {
            _ = try report(frequencies, genotypes, pedigrees.replacing("c,f,m,1", with: "c,g,m,1"))
        },
        refusal(
            "a sum far from 1", InputError(file: "f.csv", .frequencySum(locus: "TH01", 1.1))
        ) {
            _ = try report(frequencies.replacing("9.3,0.5", with: "9.3,0.6"))
        },
        refusal(
            "a number as words",
            InputError(file: "f.csv", row: 3, .notANumber(column: "frequency", "half"))
        ) {
            _ = try report(frequencies.replacing("16,0.25", with: "16,half"))
        },
        refusal(
            "an allele twice",
            InputError(file: "f.csv", row: 3, .alleleTwice(locus: "D3S1358", allele: "15"))
        ) {
            _ = try report(frequencies.replacing("16,0.25", with: "15.0,0.25"))
        },
        refusal(
            "a missing column", InputError(file: "g.csv", row: 1, .missingColumn("genotype"))
        ) {
            _ = try report(frequencies, "case,family,id,locus\nK,1,f,TH01")
        },
        refusal(
            "an empty file", InputError(file: "g.csv", .empty)
        ) {
            _ = try report(frequencies, "\n\n")
        },
        refusal(
            "an open quote", InputError(file: "g.csv", row: 6, .unclosedQuote)
        ) {
            _ = try report(frequencies, genotypes + "\nK,1,\"c,TH01,6/6")
        },
        refusal(
            "a profile twice", InputError(file: "l.csv", row: 5, .personTwice("c"))
        ) {
            _ = try search(profiles + "\nc,2,15/15,6/6,")
        },
        refusal(
            "a column of Y", InputError(file: "l.csv", row: 1, .notAFactor("DYS391"))
        ) {
            _ = try search(profiles.replacing("Amelogenin", with: "DYS391"))
        },
        refusal(
            "a strange sex", InputError(file: "l.csv", row: 2, .unknownSex("M"))
        ) {
            _ = try search(profiles.replacing("f,1,", with: "f,M,"))
        },
    ]

    @Test("is refused with file, row and reason", arguments: refusals.indices)
    func refused(index: Int) {
        let (name, expected, attempt) = Self.refusals[index]
        #expect(throws: expected, "\(name)") { try attempt() }
    }

    @Test("one bad row among a hundred thousand is found and named")
    func needle() throws {
        var text = "id,sex,D3S1358,TH01\n"
        for k in 0..<100_000 { text += "\(k),,15/16,6/9.3\n" }
        text += "last,,15/16,6/99\n"
        #expect(
            throws: InputError(
                file: "l.csv", row: 100_002, .unknownAllele(locus: "TH01", allele: "99"))
        ) {
            _ = try Self.search(text)
        }
    }

    @Test(
        "no damaged file breaks the reader: it is read or refused",
        arguments: 0..<400 as Range<UInt64>)
    func fuzz(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var files = [Self.frequencies, Self.genotypes, Self.pedigrees, Self.profiles].map {
            Array($0.utf8)
        }
        let pieces = [
            ",", "\"", "\n", "/", "?", "-", "0", "9.3", "OL", "\u{FEFF}", "1e309", "nan", "，",
        ].map { Array($0.utf8) }
        for _ in 0..<(1 + random.below(6)) {
            let f = random.below(4)
            let at = random.below(files[f].count)
            switch random.below(4) {
            case 0: files[f].remove(at: at)
            case 1: files[f][at] = UInt8(truncatingIfNeeded: random.next())
            case 2: files[f].insert(contentsOf: pieces[random.below(pieces.count)], at: at)
            default: files[f].removeSubrange(at..<min(files[f].count, at + random.below(40)))
            }
            if files[f].isEmpty { files[f] = [65] }
        }
        do {
            let report = try RatioReport(
                frequencies: [CSVFile(name: "f", bytes: files[0])],
                genotypes: CSVFile(name: "g", bytes: files[1]),
                pedigrees: CSVFile(name: "p", bytes: files[2]))
            #expect(report.lines.allSatisfy { $0.ratio >= 0 || $0.ratio.isNaN })
            let search = try SearchReport(
                frequencies: [CSVFile(name: "f", bytes: files[0])],
                queries: CSVFile(name: "q", bytes: files[3]),
                library: CSVFile(name: "l", bytes: files[3]))
            let found = try SideBySide(search, threshold: 2, threads: 1).run([.parent, .same])
            #expect(found.found.allSatisfy { $0.logRatio >= log(2) })
        } catch {
            #expect(error is InputError, "\(error)")
            #expect(!"\(error)".isEmpty)
        }
    }

    @Test("options that mean nothing are refused")
    func options() throws {
        for text in [
            "", "equal", "equal:x", "none:1", "stepwise:0.1,2", "equal:0.1,range=2",
            "proportional:2", "foo:1",
        ] {
            #expect(throws: OptionError.self, "\(text)") { try Mutation(parsing: text) }
        }
        let read = try Mutation(parsing: "stepwise:male=0.002,female=0.0005,range=0.1,rate2=1e-6")
        #expect(read == .stepwise(male: 0.002, female: 0.0005, range: 0.1, rate2: 1e-6))
        let equal = try Mutation(parsing: "equal:0.002")
        #expect(equal == .equal(0.002))
        #expect(throws: OptionError.self) { try Relation(parsing: "cousin") }
        #expect(throws: OptionError.self) { try MinimumFrequency(parsing: "flat:0") }
    }

    @Test("names of loci are one, whoever writes them; neighbours are not")
    func names() {
        for (a, b) in [
            ("PENTA_E", "Penta E"), ("PE", "Penta-E"), ("vWA31", "VWA"), ("THO1", "TH01"),
            ("CSF", "CSF1PO"),
        ] {
            #expect(LocusName(a) == LocusName(b))
        }
        #expect(LocusName("D5S2500") != LocusName("D5S2800"))
        #expect([" 9.3 ", "9.30", "9.3"].map { Allele($0)?.tenths } == [93, 93, 93])
        #expect(
            ["OL", "<12", ">20", "9,3", "9.35", "", "-3", "9.", "１５"].allSatisfy {
                Allele($0) == nil
            })
    }

    @Test("the reference folder agrees where it is given (GUITU_KINSHIP_REFERENCE)")
    func reference() throws {
        guard let folder = ProcessInfo.processInfo.environment["GUITU_KINSHIP_REFERENCE"] else {
            return
        }
        func file(_ name: String) throws -> CSVFile {
            try CSVFile(
                name: name, text: String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8))
        }
        let expected = try file("expected.csv")
        var values: [String: Double] = [:]
        for row in expected.rows {
            let f = try expected.fields(of: row)
            values["\(f[3]) \(f[0]) \(f[1]) \(f[4])"] = Double(f[5])
        }
        let models = [
            "none": "none", "equal": "equal:0.002",
            "stepwise": "stepwise:male=0.002,female=0.0005,range=0.1,rate2=1e-6",
        ]
        var compared = 0
        for (name, text) in models {
            let report = try RatioReport(
                frequencies: [file("frequencies.csv")], genotypes: file("genotypes.csv"),
                pedigrees: file("pedigrees.csv"),
                settings: KinshipSettings(
                    options: KinshipOptions(mutation: Mutation(parsing: text))))
            for line in report.lines {
                let key = "\(name) \(line.caseName) \(line.family) \(line.locus ?? "TOTAL")"
                #expect(differs(try #require(values[key]), line.ratio) < 2e-9, "\(key)")
                compared += 1
            }
        }
        #expect(compared == values.count)
    }
}
