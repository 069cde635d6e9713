/// A sentence of a catalog: its key and what fills its blanks.
///
/// The engine itself speaks English (`description`); whoever speaks other
/// languages has the sentences under these keys.
public struct KinshipWords: Sendable, Hashable {
    public let key: String
    public let values: [String: String]

    fileprivate init(_ key: String, _ values: [String: String] = [:]) {
        self.key = key
        self.values = values
    }
}

private typealias Words = KinshipWords

extension InputError.Reason {
    public var words: KinshipWords {
        switch self {
        case .unreadable: Words("kinship.unreadable")
        case .unwritable: Words("kinship.unwritable")
        case .empty: Words("kinship.empty")
        case .notUTF8: Words("kinship.notUTF8")
        case .unclosedQuote: Words("kinship.unclosedQuote")
        case .columns(let expected, let found):
            Words("kinship.columns", ["expected": "\(expected)", "found": "\(found)"])
        case .missingColumn(let name): Words("kinship.missingColumn", ["name": name])
        case .columnTwice(let name): Words("kinship.columnTwice", ["name": name])
        case .missingValue(let name): Words("kinship.missingValue", ["name": name])
        case .notAnAllele(let text): Words("kinship.notAnAllele", ["text": text])
        case .notAGenotype(let text): Words("kinship.notAGenotype", ["text": text])
        case .threeAlleles(let text): Words("kinship.threeAlleles", ["text": text])
        case .notANumber(let column, let text):
            Words("kinship.notANumber", ["column": column, "text": text])
        case .frequencyOutOfRange(let text): Words("kinship.frequencyOutOfRange", ["text": text])
        case .frequencySum(let locus, let sum):
            Words("kinship.frequencySum", ["locus": locus, "sum": "\(sum)"])
        case .alleleTwice(let locus, let allele):
            Words("kinship.alleleTwice", ["locus": locus, "allele": allele])
        case .sampleSizes(let locus): Words("kinship.sampleSizes", ["locus": locus])
        case .unknownLocus(let name): Words("kinship.unknownLocus", ["name": name])
        case .notAFactor(let name): Words("kinship.notAFactor", ["name": name])
        case .unknownAllele(let locus, let allele):
            Words("kinship.unknownAllele", ["locus": locus, "allele": allele])
        case .unknownHypothesis(let text): Words("kinship.unknownHypothesis", ["text": text])
        case .unknownSex(let text): Words("kinship.unknownSex", ["text": text])
        case .unknownPerson(let id): Words("kinship.unknownPerson", ["id": id])
        case .unknownCase(let name): Words("kinship.unknownCase", ["name": name])
        case .missingHypothesis(let name, let hypothesis):
            Words("kinship.missingHypothesis", ["name": name, "hypothesis": "\(hypothesis)"])
        case .personTwice(let id): Words("kinship.personTwice", ["id": id])
        case .genotypeTwice(let person, let locus):
            Words("kinship.genotypeTwice", ["person": person, "locus": locus])
        case .notInBoth(let person): Words("kinship.notInBoth", ["person": person])
        case .twoAllelesOfX(let person, let text):
            Words("kinship.twoAllelesOfX", ["person": person, "text": text])
        case .unknownPopulation(let name): Words("kinship.unknownPopulation", ["name": name])
        case .severalPopulations(let names):
            Words("kinship.severalPopulations", ["names": names.joined(separator: "; ")])
        case .oneCaseOnly: Words("kinship.oneCaseOnly")
        case .otherSex(let id): Words("kinship.otherSex", ["id": id])
        case .familyWord(let word): Words("kinship.familyWord", ["word": word])
        case .missingTwice(let first, let second):
            Words("kinship.missingTwice", ["first": first, "second": second])
        case .missingSampled: Words("kinship.missingSampled")
        case .nobodyMissing: Words("kinship.nobodyMissing")
        case .notAName(let text): Words("kinship.notAName", ["text": text])
        case .tooManyPersons(let most): Words("kinship.tooManyPersons", ["most": "\(most)"])
        case .tooManyLoci(let count): Words("kinship.tooManyLoci", ["count": "\(count)"])
        case .pedigree(let error): error.words
        }
    }
}

extension PedigreeError {
    public var words: KinshipWords {
        switch self {
        case .personTwice(let id): Words("kinship.personTwice", ["id": id])
        case .unknownParent(let child, let parent):
            Words("kinship.unknownParent", ["child": child, "parent": parent])
        case .fatherIsAWoman(let id): Words("kinship.fatherIsAWoman", ["id": id])
        case .motherIsAMan(let id): Words("kinship.motherIsAMan", ["id": id])
        case .ownAncestor(let id): Words("kinship.ownAncestor", ["id": id])
        case .unknownTwin(let id, let twin): Words("kinship.unknownTwin", ["id": id, "twin": twin])
        case .twinsDiffer(let a, let b): Words("kinship.twinsDiffer", ["a": a, "b": b])
        case .fraternalTwins(let a, let b): Words("kinship.fraternalTwins", ["a": a, "b": b])
        case .sexNeeded(let id): Words("kinship.sexNeeded", ["id": id])
        }
    }
}
