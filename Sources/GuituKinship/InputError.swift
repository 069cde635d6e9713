/// Why a file was refused: which file, which row (the header is row 1) and what
/// is wrong there, said so that the person who made the file can mend it.
public struct InputError: Error, Equatable, Sendable, CustomStringConvertible {
    public var file: String
    public var row: Int?
    public var reason: Reason

    public init(file: String, row: Int? = nil, _ reason: Reason) {
        self.file = file
        self.row = row
        self.reason = reason
    }

    public enum Reason: Error, Equatable, Sendable {
        case unreadable
        case unwritable
        case empty
        case notUTF8
        case unclosedQuote
        case columns(expected: Int, found: Int)
        case missingColumn(String)
        case columnTwice(String)
        case missingValue(String)
        case notAnAllele(String)
        case notAGenotype(String)
        case threeAlleles(String)
        case notANumber(column: String, String)
        case frequencyOutOfRange(String)
        case frequencySum(locus: String, Double)
        case alleleTwice(locus: String, allele: String)
        case sampleSizes(locus: String)
        case unknownLocus(String)
        case notAFactor(String)
        case unknownAllele(locus: String, allele: String)
        case unknownHypothesis(String)
        case unknownSex(String)
        case unknownPerson(String)
        case unknownCase(String)
        case missingHypothesis(case: String, hypothesis: Int)
        case personTwice(String)
        case genotypeTwice(person: String, locus: String)
        case notInBoth(person: String)
        case pedigree(PedigreeError)
        case twoAllelesOfX(person: String, String)
        case tooManyLoci(Int)
        case unknownPopulation(String)
        case severalPopulations([String])
        case oneCaseOnly
        case otherSex(String)
        case familyWord(String)
        case missingTwice(String, String)
        case missingSampled
        case nobodyMissing
        case notAName(String)
        case tooManyPersons(Int)
    }

    public var description: String {
        row.map { "\(file), row \($0): \(reason)" } ?? "\(file): \(reason)"
    }
}

extension InputError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable: "the file is not there or cannot be read"
        case .unwritable: "cannot be written"
        case .empty: "the file is empty"
        case .notUTF8: "the text is not UTF-8"
        case .unclosedQuote: "a quoted field is never closed"
        case .columns(let expected, let found):
            "\(found) fields where the header has \(expected) columns"
        case .missingColumn(let name): "the column '\(name)' is missing"
        case .columnTwice(let name): "the column '\(name)' is there twice"
        case .missingValue(let name): "'\(name)' is empty"
        case .notAnAllele(let text): "'\(text)' is not an allele; write 15 or 9.3"
        case .notAGenotype(let text):
            "'\(text)' is not a genotype; write 15/17, 15/? or nothing for untyped"
        case .threeAlleles(let text): "'\(text)' has more than two alleles"
        case .notANumber(let column, let text): "\(column) '\(text)' is not a number"
        case .frequencyOutOfRange(let text): "the frequency '\(text)' is not above 0 and at most 1"
        case .frequencySum(let locus, let sum):
            "the frequencies of \(locus) sum to \(sum), more than 0.01 away from 1"
        case .alleleTwice(let locus, let allele): "allele \(allele) of \(locus) is there twice"
        case .sampleSizes(let locus):
            "the number of persons behind \(locus) is unknown, so 5/(2N) cannot be applied"
        case .unknownLocus(let name): "the locus '\(name)' is not in the frequency table"
        case .notAFactor(let name):
            "'\(name)' is a sex, Y or mitochondrial marker and not a factor of the ratio"
        case .unknownAllele(let locus, let allele):
            "allele \(allele) of \(locus) is not in the frequency table"
        case .unknownHypothesis(let text): "the hypothesis '\(text)' is neither 1 nor 2"
        case .unknownSex(let text): "the sex '\(text)' is neither 1 (man) nor 2 (woman)"
        case .unknownPerson(let id): "the person '\(id)' is not in the pedigree"
        case .unknownCase(let name): "the case '\(name)' has no pedigree"
        case .missingHypothesis(let name, let hypothesis):
            "the case '\(name)' has no pedigree for hypothesis \(hypothesis)"
        case .personTwice(let id): "the person '\(id)' is there twice"
        case .genotypeTwice(let person, let locus):
            "the person '\(person)' has two genotypes at \(locus)"
        case .notInBoth(let person):
            "the person '\(person)' is typed but not in both hypotheses"
        case .pedigree(let error): error.description
        case .twoAllelesOfX(let person, let text):
            "'\(person)' is a man and has one allele of X, not '\(text)'"
        case .unknownPopulation(let name): "the population '\(name)' is not in the file"
        case .severalPopulations(let names):
            "there are several populations, name one: \(names.joined(separator: "; "))"
        case .oneCaseOnly: "one case with a pedigree for hypothesis 1 is needed"
        case .otherSex(let id): "'\(id)' has another sex in the pedigree"
        case .familyWord(let word):
            "'\(word)' is not understood here; write man, woman, father=, mother=, twin=, "
                + "fraternal=, missing, sampled or deceased after the name"
        case .missingTwice(let first, let second):
            "'\(first)' and '\(second)' are both missing; a family looks for one"
        case .missingSampled: "the missing person cannot be sampled"
        case .nobodyMissing: "nobody of the family is marked as missing"
        case .notAName(let text): "'\(text)' is not a name of one line and at most 60 characters"
        case .tooManyPersons(let most): "more than \(most) persons"
        case .tooManyLoci(let count): "\(count) loci are more than the 64 a library can hold"
        }
    }
}
