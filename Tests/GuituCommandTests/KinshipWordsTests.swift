import Foundation
import GuituKinship
import GuituText
import Testing

@testable import guitu

@Suite("What the kinship engine refuses, in words")
struct KinshipWordsTests {
    static let pedigrees: [PedigreeError] = [
        .personTwice("甲"), .unknownParent(of: "甲", "乙"), .fatherIsAWoman("甲"), .motherIsAMan("甲"),
        .ownAncestor("甲"), .unknownTwin(of: "甲", "乙"), .twinsDiffer("甲", "乙"), .sexNeeded("甲"),
        .fraternalTwins("甲", "乙"),
    ]
    static let reasons: [InputError.Reason] =
        [
            .unreadable, .unwritable, .empty, .notUTF8, .unclosedQuote,
            .columns(expected: 5, found: 6), .missingColumn("id"), .columnTwice("id"),
            .missingValue("id"), .notAnAllele("OL"), .notAGenotype("15"), .threeAlleles("1/2/3"),
            .notANumber(column: "n", "many"), .frequencyOutOfRange("2"),
            .frequencySum(locus: "TH01", 1.1), .alleleTwice(locus: "TH01", allele: "9.3"),
            .sampleSizes(locus: "TH01"), .unknownLocus("D99"), .notAFactor("AMEL"),
            .unknownAllele(locus: "TH01", allele: "99"), .unknownHypothesis("3"),
            .unknownSex("M"), .unknownPerson("甲"), .unknownCase("K"),
            .missingHypothesis(case: "K", hypothesis: 2), .personTwice("甲"),
            .genotypeTwice(person: "甲", locus: "TH01"), .notInBoth(person: "甲"),
            .twoAllelesOfX(person: "甲", "15/16"), .tooManyLoci(65), .unknownPopulation("A"),
            .severalPopulations(["A", "B"]), .oneCaseOnly, .otherSex("甲"), .familyWord("舅=乙"),
            .missingTwice("甲", "乙"), .missingSampled, .nobodyMissing, .notAName("x"),
            .tooManyPersons(200),
        ] + pedigrees.map { .pedigree($0) }

    @Test("say in English what the engine says, and the same in Chinese", arguments: reasons)
    func words(reason: InputError.Reason) {
        let error = InputError(file: "a.csv", row: 7, reason)
        #expect(said(error, Text(.en)) == error.description)
        #expect(said(InputError(file: "a.csv", reason), Text(.en)) == "a.csv: \(reason)")
        let chinese = said(error, Text(.zhHans))
        #expect(chinese.hasPrefix("a.csv 第 7 行：") && !chinese.contains("kinship."))
        for value in reason.words.values.values { #expect(chinese.contains(value)) }
    }

    @Test("and a command says it in the language of the terminal")
    func terminal() async throws {
        let shell = try await Shell()
        let file = shell.folder.appending(path: "family.txt")
        try "王大山 女\n王小明 男 父=王大山\n".write(to: file, atomically: true, encoding: .utf8)
        let told = try await shell.run(
            ["dna", "family", "family.txt"], language: "zh_CN.UTF-8")
        #expect(told.status == 6 && told.output.isEmpty)
        #expect(told.complaints.contains("family.txt 第 1 行：父亲“王大山”是女性"))
        let english = try await shell.run("dna", "family", "family.txt")
        #expect(english.complaints.contains("family.txt, row 1: the father '王大山' is a woman"))
    }
}
