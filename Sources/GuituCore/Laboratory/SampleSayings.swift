import GuituKinship

extension SampleFault {
    /// The sentence for whoever imports.
    public var saying: Saying {
        switch self {
        case .unreadable: Saying("sampleFault.unreadable")
        case .notUTF8: Saying("sampleFault.notUTF8")
        case .empty: Saying("sampleFault.empty")
        case .unclosedQuote: Saying("sampleFault.unclosedQuote")
        case .rowTooLong: Saying("sampleFault.rowTooLong")
        case .columnMissing: Saying("sampleFault.columnMissing", arguments)
        case .columnTwice: Saying("sampleFault.columnTwice", arguments)
        case .notXML: Saying("sampleFault.notXML")
        case .notWellFormed: Saying("sampleFault.notWellFormed")
        case .documentType: Saying("sampleFault.documentType")
        case .notCMF: Saying("sampleFault.notCMF")
        case .fields: Saying("sampleFault.fields", arguments)
        case .noNumber: Saying("sampleFault.noNumber")
        case .badNumber: Saying("sampleFault.badNumber", arguments)
        case .unknownKind: Saying("sampleFault.unknownKind", arguments)
        case .unknownSex: Saying("sampleFault.unknownSex", arguments)
        case .unknownLocus: Saying("sampleFault.unknownLocus", arguments)
        case .locusTwice: Saying("sampleFault.locusTwice", arguments)
        case .threeAlleles: Saying("sampleFault.threeAlleles", arguments)
        case .notAnAllele: Saying("sampleFault.notAnAllele", arguments)
        case .decimalComma: Saying("sampleFault.decimalComma", arguments)
        case .notASexMark: Saying("sampleFault.notASexMark", arguments)
        case .nothingTyped: Saying("sampleFault.nothingTyped")
        case .textTooLong: Saying("sampleFault.textTooLong", arguments)
        case .notTogether: Saying("sampleFault.notTogether")
        case .numberTwice: Saying("sampleFault.numberTwice", arguments)
        case .otherTyping: Saying("sampleFault.otherTyping", arguments)
        }
    }
}

extension SampleMark {
    public var saying: Saying {
        switch self {
        case .offLadder: Saying("sampleMark.offLadder", arguments)
        case .fewLoci: Saying("sampleMark.fewLoci", arguments)
        case .sexDiffers: Saying("sampleMark.sexDiffers")
        case .samePerson: Saying("sampleMark.samePerson", arguments)
        }
    }
}
