/// Whose a sample is.
public enum SampleKind: String, CaseIterable, Sendable, Codable {
    /// A relative of somebody missing.
    case relative
    /// Somebody alive whom nobody knows.
    case living
    case remains
    /// Of the missing person: a toothbrush, an old blood card.
    case direct
    /// Staff and others who may have touched samples.
    case elimination

    /// Looked for, rather than looking.
    public var isUnidentified: Bool { self == .living || self == .remains }
}

/// What a laboratory says of one sample at one locus.
public struct LocusCall: Sendable, Hashable, Codable {
    /// As the laboratory writes it.
    public var locus: String
    /// As the laboratory gave it, `/` between alleles: `15/OL`, `16`.
    public var given: String
    /// What is computed with: `15/?`, `16/16`; empty for nothing.
    public var read: String

    public init(locus: String, given: String, read: String) {
        self.locus = locus
        self.given = given
        self.read = read
    }
}

/// What a single allele of a pair means; laboratories differ.
public enum SinglePeak: String, CaseIterable, Sendable, Codable {
    /// 15 is 15/15.
    case homozygote
    /// 15 is 15/?: the other may not have shown.
    case half
}

/// One sample of a file, checked.
public struct TypedSample: Sendable {
    public var row: Int
    public var number: String
    public var kind: SampleKind?
    public var sex: Sex
    /// A laboratory's or our number of the family, and what the sample is in it.
    public var family: String
    public var member: String
    public var calls: [LocusCall]
    public var marks: [SampleMark]

    /// Autosomal loci with something to compute with.
    public var typedLoci: Int { calls.reduce(0) { $0 + ($1.read.isEmpty ? 0 : 1) } }

    /// The typing as given, the same whatever the order of loci: two samples of
    /// one number are the same when this is.
    public var givenText: String { text(\.given) }
    /// The typing as read; equal ones are one person or twins.
    public var readText: String { text(\.read) }

    private func text(_ path: KeyPath<LocusCall, String>) -> String {
        calls.filter { !$0[keyPath: path].isEmpty }
            .map { LocusName($0.locus).key + "=" + $0[keyPath: path] }
            .sorted().joined(separator: ";")
    }
}

/// Puts calls together and checks them; one for all formats.
struct SampleChecker {
    let single: SinglePeak
    let leastLoci: Int
    /// Loci that are known beside the usual ones: those of a frequency table.
    let further: Set<LocusName>
    // A few thousand different cells fill a file of millions.
    private var names: [String: LocusName] = [:]
    private var cells: [String: [String: (call: LocusCall, mark: SampleMark?, sex: Sex?)]] = [:]
    private var kept = 0

    init(single: SinglePeak, leastLoci: Int, further: Set<LocusName>) {
        self.single = single
        self.leastLoci = leastLoci
        self.further = further
    }

    /// Raises unless the locus is one that is known.
    mutating func name(_ text: String) throws(SampleFault) -> LocusName {
        if let known = names[text] { return known }
        let name = LocusName(text)
        guard name.isKnown || further.contains(name), text.utf8.count <= 40 else {
            throw .unknownLocus(text)
        }
        if names.count < 4096 { names[text] = name }
        return name
    }

    /// A sample from its alleles by locus; empty alleles are passed over.
    mutating func sample(
        row: Int, number: String, kind: String, sex: String, family: String, member: String,
        loci: [(locus: String, alleles: [String])]
    ) throws(SampleFault) -> TypedSample {
        let number = number.trimmed()
        guard !number.isEmpty else { throw .noNumber }
        guard number.utf8.count <= 64,
            number.unicodeScalars.allSatisfy({ $0.value > 32 && $0.value != 127 })
        else { throw .badNumber(number) }
        for text in [family, member] where text.utf8.count > 64 { throw .textTooLong(text) }
        var sample = TypedSample(
            row: row, number: number, kind: nil, sex: .unknown, family: family, member: member,
            calls: [], marks: [])
        if !kind.isEmpty {
            guard let known = SampleKind(rawValue: kind.lowercased()) else {
                throw .unknownKind(kind)
            }
            sample.kind = known
        }
        switch sex {
        case "1", "M", "m", "男": sample.sex = .man
        case "2", "F", "f", "女": sample.sex = .woman
        case "", "0", "U", "u": break
        default: throw .unknownSex(sex)
        }
        var seen = Set<LocusName>()
        var shown: Sex?
        sample.calls.reserveCapacity(loci.count)
        for (locus, alleles) in loci {
            let name = try name(locus)
            guard let (call, mark, sex) = try call(locus, name, alleles) else { continue }
            guard seen.insert(name).inserted else { throw .locusTwice(locus) }
            sample.calls.append(call)
            if let mark { sample.marks.append(mark) }
            shown = sex ?? shown
        }
        let typed = sample.typedLoci
        if typed == 0 { throw .nothingTyped }
        if typed < leastLoci { sample.marks.append(.fewLoci(typed)) }
        if let shown {
            if sample.sex == .unknown { sample.sex = shown }
            if sample.sex != shown { sample.marks.append(.sexDiffers) }
        }
        return sample
    }

    private mutating func call(
        _ locus: String, _ name: LocusName, _ alleles: [String]
    ) throws(SampleFault) -> (call: LocusCall, mark: SampleMark?, sex: Sex?)? {
        let joined = alleles.count == 1 ? alleles[0] : alleles.joined(separator: "/")
        if let known = cells[locus]?[joined] { return known }
        let parts = joined.split(separator: "/", omittingEmptySubsequences: true)
            .map { String($0).trimmed() }.filter { !$0.isEmpty && $0 != "-" }
        if parts.isEmpty { return nil }
        guard parts.count <= 2 else { throw .threeAlleles(locus: locus, joined) }
        let found = try Self.read(locus, name, parts, single)
        // Bounded, whatever a file tries.
        if kept < 100_000 {
            cells[locus, default: [:]][joined] = found
            kept += 1
        }
        return found
    }

    private static func read(
        _ locus: String, _ name: LocusName, _ parts: [String], _ single: SinglePeak
    ) throws(SampleFault) -> (call: LocusCall, mark: SampleMark?, sex: Sex?)? {
        let given = parts.joined(separator: "/")
        guard given.utf8.count <= 40 else { throw .notAnAllele(locus: locus, given) }
        if name.isSexMarker {
            let letters = parts.map { $0.uppercased() }
            guard letters.allSatisfy({ ["X", "Y", "1", "2"].contains($0) }) else {
                throw .notASexMark(given)
            }
            let hasY = letters.contains("Y") || letters.contains("2")
            return (LocusCall(locus: locus, given: given, read: ""), nil, hasY ? .man : .woman)
        }
        var known: [Allele] = []
        var offLadder = false
        var unknown = false
        for part in parts {
            if let allele = Allele(part) {
                known.append(allele)
            } else if part == "?" {
                unknown = true
            } else if part.uppercased().hasPrefix("OL")
                || (part.hasPrefix("<") || part.hasPrefix(">")) && Allele(part.dropFirst()) != nil
            {
                offLadder = true
            } else if part.contains(",") && Allele(part.replacing(",", with: ".")) != nil {
                throw .decimalComma(locus: locus, part)
            } else {
                throw .notAnAllele(locus: locus, part)
            }
        }
        let mark = offLadder ? SampleMark.offLadder(locus: locus) : nil
        if known.isEmpty && !offLadder { return nil }
        // Haplotypes are kept for exclusion, never a factor.
        if name.isHaplotype || name.isOnX {
            return (LocusCall(locus: locus, given: given, read: ""), mark, nil)
        }
        known.sort()
        let read =
            switch (known.count, offLadder || unknown) {
            case (2, _): "\(known[0])/\(known[1])"
            case (1, true): "\(known[0])/?"
            case (1, false): single == .homozygote ? "\(known[0])/\(known[0])" : "\(known[0])/?"
            default: ""
            }
        return (LocusCall(locus: locus, given: given, read: read), mark, nil)
    }
}

extension LocusName {
    /// X markers are kept as given and not computed with by the library.
    public var isOnX: Bool { key.hasPrefix("DXS") || key == "HPRTB" }

    /// `D3S1358`, `DYS391`, and those with names of their own.
    public var isKnown: Bool {
        if isSexMarker || isHaplotype || isOnX || Self.named.contains(key) { return true }
        guard key.first == "D", let s = key.firstIndex(of: "S") else { return false }
        let chromosome = key[key.index(after: key.startIndex)..<s]
        let number = key[key.index(after: s)...]
        return (Int(chromosome).map { (1...22).contains($0) } ?? false)
            && (2...5).contains(number.utf8.count)
            && number.utf8.allSatisfy { (48...57).contains($0) }
    }

    private static let named: Set<String> = [
        "TH01", "TPOX", "CSF1PO", "FGA", "VWA", "SE33", "PENTAA", "PENTAB", "PENTAC", "PENTAD",
        "PENTAE", "F13A01", "F13B", "FESFPS", "LPL", "YINDEL",
    ]
}
