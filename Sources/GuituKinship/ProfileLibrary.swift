import CKinship

/// A person's genotypes at the loci of a library.
public struct Profile: Sendable, Hashable {
    public var id: String
    public var sex: Sex
    /// In the order of the loci.
    public var genotypes: [Genotype]

    public init(id: String, sex: Sex = .unknown, genotypes: [Genotype]) {
        self.id = id
        self.sex = sex
        self.genotypes = genotypes
    }

    public var typedLoci: Int { genotypes.reduce(0) { $0 + ($1.isTyped ? 1 : 0) } }
}

/// Profiles laid out for scanning: one byte a locus, one locus after the other
/// within blocks of 1,024, men, women and persons of unknown sex apart.
///
/// A byte is a place in the locus's codebook: 0 untyped, then the genotypes the
/// library shows most, 255 for the rest, whose true genotypes are kept beside.
/// So a locus of any number of alleles takes one byte a profile.
public struct ProfileLibrary: Sendable {
    struct Section: Sendable {
        let sex: Sex
        var count = 0
        var codes: [UInt8] = []
        /// Which profile of the library this is.
        var profiles: [UInt32] = []
        /// Genotypes of profiles that have a 255.
        var wide: [Int: [UInt16]] = [:]

        var blocks: Int { (count + Int(KINSHIP_BLOCK) - 1) / Int(KINSHIP_BLOCK) }
    }

    static let offCodebook: UInt8 = 255
    private static let mostCodes = 254

    public let loci: [Locus]
    public private(set) var ids: [String] = []
    private(set) var sections: [Section]
    /// By locus and code: the genotype's number.
    let codebooks: [[UInt16]]
    /// By locus and genotype number: the code.
    private let codes: [[UInt8]]

    public var count: Int { ids.count }

    /// Bytes a profile takes, ids of up to 15 bytes included.
    public var bytesPerProfile: Double {
        if ids.isEmpty { return 0 }
        var bytes = ids.count * MemoryLayout<String>.stride
        for section in sections {
            bytes += section.codes.count + 4 * section.profiles.count
            bytes += section.wide.count * (2 * loci.count + 64)
        }
        return Double(bytes) / Double(ids.count)
    }

    /// - Parameters:
    ///   - loci: at most 64.
    ///   - profiles: their genotypes in the order of `loci`.
    public init(loci: [Locus], profiles: [Profile]) {
        self.loci = loci
        var codebooks: [[UInt16]] = []
        var codes: [[UInt8]] = []
        for (l, locus) in loci.enumerated() {
            let numbering = locus.numbering
            var book: [UInt16] = [UInt16(numbering.untyped)]
            if numbering.count <= Self.mostCodes + 1 {
                book += (0..<numbering.untyped).map { UInt16($0) }
            } else {
                var seen = [Int](repeating: 0, count: numbering.untyped)
                for profile in profiles where profile.genotypes[l].isTyped {
                    seen[numbering.number(profile.genotypes[l])] += 1
                }
                let ranked = (0..<numbering.untyped).sorted {
                    (seen[$0], $1) > (seen[$1], $0)
                }
                book += ranked.prefix(Self.mostCodes).map { UInt16($0) }
            }
            var inverse = [UInt8](repeating: Self.offCodebook, count: numbering.count)
            for (code, number) in book.enumerated() { inverse[Int(number)] = UInt8(code) }
            codebooks.append(book)
            codes.append(inverse)
        }
        self.codebooks = codebooks
        self.codes = codes
        sections = Sex.allCases.map { Section(sex: $0) }
        ids.reserveCapacity(profiles.count)
        for index in sections.indices {
            let size = profiles.reduce(0) { $0 + ($1.sex == sections[index].sex ? 1 : 0) }
            sections[index].profiles.reserveCapacity(size)
            let blocks = (size + Int(KINSHIP_BLOCK) - 1) / Int(KINSHIP_BLOCK)
            sections[index].codes.reserveCapacity(blocks * Int(KINSHIP_BLOCK) * loci.count)
        }
        for profile in profiles { append(profile) }
    }

    /// Adds a profile at once; genotypes new to the codebook are kept beside.
    public mutating func append(_ profile: Profile) {
        let block = Int(KINSHIP_BLOCK)
        let s = Int(profile.sex.rawValue)
        let place = sections[s].count
        if place % block == 0 {
            sections[s].codes.append(contentsOf: repeatElement(0, count: block * loci.count))
        }
        let start = place / block * block * loci.count + place % block
        var isWide = false
        for l in loci.indices {
            let code = codes[l][loci[l].numbering.number(profile.genotypes[l])]
            if code == Self.offCodebook { isWide = true }
            sections[s].codes[start + l * block] = code
        }
        if isWide {
            sections[s].wide[place] = loci.indices.map {
                UInt16(loci[$0].numbering.number(profile.genotypes[$0]))
            }
        }
        sections[s].profiles.append(UInt32(ids.count))
        sections[s].count += 1
        ids.append(profile.id)
    }
}
