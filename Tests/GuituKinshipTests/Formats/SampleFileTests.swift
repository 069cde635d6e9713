import Foundation
import Testing

@testable import GuituKinship

/// Everything a file gives: the samples, and each fault with its row.
private func readFile(
    _ text: String, _ format: SampleFormat, single: SinglePeak = .half, leastLoci: Int = 1
) throws -> (samples: [TypedSample], faults: [String]) {
    try readFile(Array(text.utf8), format, single: single, leastLoci: leastLoci)
}

private func readFile(
    _ bytes: [UInt8], _ format: SampleFormat, single: SinglePeak = .half, leastLoci: Int = 1
) throws -> (samples: [TypedSample], faults: [String]) {
    var options = SampleFileOptions(format: format)
    options.single = single
    options.leastLoci = leastLoci
    var file = try SampleFile(.bytes(name: "invented", bytes), options)
    var samples: [TypedSample] = []
    var faults: [String] = []
    while let item = file.next() {
        switch item {
        case .sample(let sample): samples.append(sample)
        case .fault(let row, _, let fault): faults.append("\(row) \(fault.word)")
        }
    }
    return (samples, faults)
}

private func calls(_ sample: TypedSample) -> [String] {
    sample.calls.map { "\($0.locus) \($0.given) > \($0.read)" }
}

@Suite("A laboratory's file")
struct SampleFileTests {
    @Test("of our contract is read with off-ladder peaks and single ones as they were given")
    func csv() throws {
        let (samples, faults) = try readFile(
            """
            id,kind,sex,family,member,D3S1358,"Penta E",TH01,AMEL,DYS391
            R-1,relative,2,F-7,mother,15/17,7/12.3,9.3/9.3,X/X,
            U-1,living,,,,15,OL/14,>9,X/Y,11
            U-2,remains,M,,,16/?,-,6/9.3,,
            """, .csv)
        #expect(faults == [])
        try #require(samples.count == 3)
        #expect(
            samples[0].kind == .relative && samples[0].family == "F-7"
                && samples[0].member == "mother")
        #expect(
            calls(samples[0]) == [
                "D3S1358 15/17 > 15/17", "Penta E 7/12.3 > 7/12.3", "TH01 9.3/9.3 > 9.3/9.3",
                "AMEL X/X > ",
            ])
        #expect(
            calls(samples[1]) == [
                "D3S1358 15 > 15/?", "Penta E OL/14 > 14/?", "TH01 >9 > ", "AMEL X/Y > ",
                "DYS391 11 > ",
            ])
        #expect(samples[1].sex == .man, "amelogenin says it where nobody else does")
        #expect(samples[1].marks == [.offLadder(locus: "Penta E"), .offLadder(locus: "TH01")])
        #expect(calls(samples[2]) == ["D3S1358 16/? > 16/?", "TH01 6/9.3 > 6/9.3"])
    }

    @Test("says for itself whether one peak is two equal alleles")
    func single() throws {
        let text = "id,D3S1358\nA,15\n"
        #expect(try readFile(text, .csv).samples[0].calls[0].read == "15/?")
        #expect(try readFile(text, .csv, single: .homozygote).samples[0].calls[0].read == "15/15")
    }

    @Test(
        "with a bad row names the row and the reason and reads on",
        arguments: [
            ("A,15/16/17", "2 three-alleles"), ("A,\"9,3/15\"", "2 decimal-comma"),
            ("A,'15", "2 not-an-allele"), ("A,１５", "2 not-an-allele"),
            ("A,9.35", "2 not-an-allele"),
            ("A,", "2 nothing-typed"), (",15/16", "2 no-number"), ("A B,15/16", "2 bad-number"),
            ("A,15/16,17", "2 fields"), ("A", "2 fields"),
        ])
    func badRow(row: String, fault: String) throws {
        let (samples, faults) = try readFile("id,D3S1358\n\(row)\nZ,15/16\n", .csv)
        #expect(faults == [fault])
        #expect(samples.map(\.number) == ["Z"])
    }

    @Test("is refused whole when its columns make no sense")
    func columns() throws {
        #expect(throws: SampleFault.unknownLocus("D5S99999999")) {
            try readFile("id,D5S99999999\nA,15\n", .csv)
        }
        #expect(throws: SampleFault.columnMissing("id")) { try readFile("D3S1358\n15\n", .csv) }
        #expect(throws: SampleFault.columnTwice("D3")) {
            try readFile("id,D3S1358,D3\nA,15,15\n", .csv)
        }
        #expect(throws: SampleFault.empty) { try readFile("", .csv) }
        #expect(throws: SampleFault.empty) { try readFile("\n\n", .genemapper) }
    }

    @Test("with a number twice names both rows")
    func twice() throws {
        var file = try SampleFile(
            .bytes(name: "x", Array("id,D3S1358\nA,15/16\nB,14/15\nA,15/16\n".utf8)),
            SampleFileOptions(format: .csv))
        _ = file.next()
        _ = file.next()
        guard case .fault(4, "A", .numberTwice(row: 2)) = file.next() else {
            Issue.record("not told")
            return
        }
    }

    @Test("of GeneMapper is read with a row a marker")
    func long() throws {
        let (samples, faults) = try readFile(
            "Sample File\tSample Name\tMarker\tAllele 1\tAllele 2\tAllele 3\n"
                + "a.fsa\tU-1\tAMEL\tX\tY\t\na.fsa\tU-1\tD3S1358\t15\t17\t\n"
                + "a.fsa\tU-1\tTH01\t9.3\t\t\na.fsa\tU-1\tvWA\tOL\t16\t\n"
                + "b.fsa\tU-2\tD3S1358\t15\t16\t17\n"
                + "c.fsa\tU-3\tD3S1358\t15\t16\nc.fsa\tU-3\tTH01\t6\t7\t\t\n", .genemapper)
        #expect(faults == ["6 three-alleles"])
        #expect(samples.map(\.number) == ["U-1", "U-3"])
        #expect(
            calls(samples[0]) == [
                "AMEL X/Y > ", "D3S1358 15/17 > 15/17", "TH01 9.3 > 9.3/?", "vWA OL/16 > 16/?",
            ])
        #expect(samples[1].calls.count == 2)
    }

    @Test("with a row that nobody can read takes neither sample beside it")
    func brokenRow() throws {
        let (samples, faults) = try readFile(
            "Sample Name\tMarker\tAllele 1\tAllele 2\n" + "A\tD3S1358\t15\t16\nx\ty\tz\t1\t2\t3\n"
                + "A\tTH01\t6\t7\nB\tD3S1358\t15\t16\nC\tD3S1358\t14\t14\n", .genemapper)
        #expect(samples.map(\.number) == ["B", "C"])
        #expect(faults == ["3 fields"])
        let first = try readFile(
            "Sample Name\tMarker\tAllele 1\tAllele 2\nx\ty\tz\t1\t2\nA\tTH01\t6\t7\nB\tTH01\t6\t7\n",
            .genemapper)
        #expect(first.samples.map(\.number) == ["B"])
        #expect(first.faults == ["2 fields", "3 not-together"])
    }

    @Test("of GeneMapper is read with a column a marker, headings repeated or numbered")
    func wide() throws {
        for header in ["D3S1358\tD3S1358\tTH01\tTH01", "D3S1358 1\tD3S1358 2\tTH01_1\tTH01_2"] {
            let (samples, faults) = try readFile(
                "Sample Name\t\(header)\nU-1\t15\t17\t9.3\t\n", .genemapper)
            #expect(faults == [])
            #expect(calls(samples[0]) == ["D3S1358 15/17 > 15/17", "TH01 9.3 > 9.3/?"])
        }
    }

    static let message = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- invented -->
        <c:CODISImportFile xmlns:c="urn:CODISImportFile-schema">
          <HEADERVERSION>3.2</HEADERVERSION>
          <SPECIMEN CASEID='1' SOURCEID="Yes">
            <SPECIMENID>U-1</SPECIMENID>
            <SPECIMENCATEGORY>Unidentified Person</SPECIMENCATEGORY>
            <LOCUS><LOCUSNAME>D3S1358</LOCUSNAME><READINGBY>A&amp;B</READINGBY>
              <ALLELE><ALLELEVALUE>15</ALLELEVALUE></ALLELE>
              <ALLELE><ALLELEVALUE>17</ALLELEVALUE></ALLELE></LOCUS>
            <LOCUS><LOCUSNAME>TH01</LOCUSNAME>
              <ALLELE><ALLELEVALUE><![CDATA[9.3]]></ALLELEVALUE></ALLELE></LOCUS>
          </SPECIMEN>
          <SPECIMEN>
            <SPECIMENID>R-1</SPECIMENID><SPECIMENCATEGORY>Biological Mother</SPECIMENCATEGORY>
            <LOCUS><LOCUSNAME>D3S1358</LOCUSNAME>
              <ALLELE><ALLELEVALUE>9,3</ALLELEVALUE></ALLELE></LOCUS>
          </SPECIMEN>
          <SPECIMEN><SPECIMENID>R-2</SPECIMENID>
            <LOCUS><LOCUSNAME>FGA</LOCUSNAME><ALLELE><ALLELEVALUE>&#50;2</ALLELEVALUE></ALLELE></LOCUS>
          </SPECIMEN>
        </c:CODISImportFile>
        """

    @Test("of the Common Message Format is read specimen by specimen")
    func cmf() throws {
        let (samples, faults) = try readFile(Self.message, .cmf)
        #expect(samples.map(\.number) == ["U-1", "R-2"])
        #expect(samples[0].kind == .living)
        #expect(calls(samples[0]) == ["D3S1358 15/17 > 15/17", "TH01 9.3 > 9.3/?"])
        #expect(calls(samples[1]) == ["FGA 22 > 22/?"])
        #expect(faults == ["14 decimal-comma"])
    }

    @Test("with a document type, an entity or broken XML is refused where it breaks")
    func badXML() throws {
        let bomb = """
            <?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
            <CODISImportFile>&b;</CODISImportFile>
            """
        #expect(throws: SampleFault.documentType) { try readFile(bomb, .cmf) }
        #expect(throws: SampleFault.notCMF) { try readFile("<html></html>", .cmf) }
        #expect(throws: SampleFault.notXML) { try readFile("id,D3S1358", .cmf) }
        #expect(throws: SampleFault.notUTF8) { try readFile([0xFF, 0xFE, 60, 0], .cmf) }
        func faults(_ inside: String) throws -> [String] {
            try readFile("<CODISImportFile>\(inside)</CODISImportFile>", .cmf).faults
        }
        #expect(try faults("&xxe;") == ["1 document-type"])
        #expect(try faults("<SPECIMEN>") == ["1 not-well-formed"])
        #expect(try faults("<A></B>") == ["1 not-well-formed"])
        #expect(try faults("<A b=1/>") == ["1 not-well-formed"])
        #expect(try faults("<A b='1' b='2'/>") == ["1 not-well-formed"])
        #expect(
            try faults(String(repeating: "<A>", count: 100_000)) == ["1 not-well-formed"], "deep")
    }

    @Test("cut anywhere or with any byte changed is read or refused, and never crashes")
    func fuzz() throws {
        let table = "Sample Name\tMarker\tAllele 1\tAllele 2\nU-1\tAMEL\tX\tY\nU-1\tTH01\t9.3\tOL\n"
        let csv =
            "id,kind,sex,D3S1358,\"Penta E\",AMEL\nR-1,relative,2,15/17,\"7/12\",X/X\nU-1,,,15,OL/14,\n"
        var state: UInt64 = 20261125
        func random(_ below: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % below
        }
        var read = 0
        var refused = 0
        for (text, format) in [(table, SampleFormat.genemapper), (csv, .csv), (Self.message, .cmf)]
        {
            let whole = Array(text.utf8)
            for round in 0..<3000 {
                var bytes = whole
                if round % 2 == 0 { bytes = Array(bytes.prefix(random(bytes.count + 1))) }
                for _ in 0..<(round % 5) where !bytes.isEmpty {
                    bytes[random(bytes.count)] = UInt8(random(256))
                }
                do {
                    let found = try readFile(bytes, format)
                    read += found.samples.count
                    refused += found.faults.count
                    for sample in found.samples {
                        #expect(sample.typedLoci > 0)
                        for call in sample.calls where !call.read.isEmpty {
                            _ = try GenotypeText(call.read)
                        }
                    }
                } catch is SampleFault { refused += 1 }
            }
        }
        #expect(read > 1000 && refused > 1000)
    }

    @Test("of 100,000 rows with one bad is read in one piece of memory at a time")
    func long100000() throws {
        var text = "id,D3S1358,TH01,FGA\n"
        for number in 0..<100_000 {
            text += "S\(number),15/\(10 + number % 9),9.3/6,22\(number == 77_777 ? ",9" : "")\n"
        }
        let (samples, faults) = try readFile(text, .csv)
        #expect(samples.count == 99_999)
        #expect(faults == ["77779 fields"])
    }
}
