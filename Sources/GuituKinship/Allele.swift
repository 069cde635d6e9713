/// An allele of a short tandem repeat, named by its length in repeats.
///
/// Stored in tenths, because `9.3` is nine repeats and three bases: a name,
/// not a number one may round. `9.30` and `9.3` are the same allele.
public struct Allele: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let tenths: Int32

    public init(tenths: Int32) { self.tenths = tenths }

    /// Reads `15`, `9.3`, ` 9.3 ` or `9.30`; nil for `OL`, `<12`, `9,3`, `9.35`.
    public init?(_ text: some StringProtocol) {
        var text = String(text)
        let read = text.withUTF8 { Allele(bytes: $0) }
        guard let read else { return nil }
        self = read
    }

    init?(bytes: some Collection<UInt8>) {
        var whole: Int32 = 0
        var digits = 0
        var decimals = -1
        var tenth: Int32 = 0
        var ended = false
        for byte in bytes {
            switch byte {
            case UInt8(ascii: " "):
                if digits > 0 { ended = true }
            case UInt8(ascii: ".") where !ended && digits > 0 && decimals < 0:
                decimals = 0
            case UInt8(ascii: "0")...UInt8(ascii: "9") where !ended:
                let digit = Int32(byte - UInt8(ascii: "0"))
                if decimals < 0 {
                    whole = whole * 10 + digit
                    digits += 1
                    // The largest names in use are lengths in bases, below 1000.
                    if digits > 4 { return nil }
                } else {
                    if decimals == 0 { tenth = digit } else if digit != 0 { return nil }
                    decimals += 1
                }
            default: return nil
            }
        }
        if digits == 0 || decimals == 0 { return nil }
        tenths = whole * 10 + tenth
    }

    public static func < (a: Allele, b: Allele) -> Bool { a.tenths < b.tenths }

    public var description: String {
        tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}

/// What a laboratory saw of one person at one locus, as positions in the
/// locus's list of alleles.
///
/// `15/?` means that the person has a 15 and that nobody knows the other: the
/// sum over all genotypes that contain a 15. A man's X is written twice.
public struct Genotype: Hashable, Sendable {
    public let first: Int16
    public let second: Int16

    static let unknown: Int16 = -1

    private init(ordered first: Int16, _ second: Int16) {
        self.first = first
        self.second = second
    }

    public init(_ a: Int, _ b: Int) {
        self.init(ordered: Int16(min(a, b)), Int16(max(a, b)))
    }

    /// One allele seen, the other unknown.
    public init(half a: Int) { self.init(ordered: Int16(a), Genotype.unknown) }

    public static let untyped = Genotype(ordered: unknown, unknown)

    public var isTyped: Bool { first >= 0 }
    public var isHalf: Bool { first >= 0 && second < 0 }
    public var isHomozygous: Bool { first >= 0 && first == second }

    /// Whether two copies would be reported as this genotype.
    /// - Parameter silent: the position of the silent allele, -1 if there is none.
    func allows(_ x: Int, _ y: Int, silent: Int) -> Bool {
        if !isTyped { return true }
        let a = Int(first)
        if isHalf { return x == a || y == a }
        let b = Int(second)
        if a != b { return (x == a && y == b) || (x == b && y == a) }
        return (x == a || x == silent) && (y == a || y == silent) && (x == a || y == a)
    }
}

/// All genotypes of a locus in a row: first the known ones, then `a/?`, then
/// untyped. The place of `a/b`, a <= b, is b(b+1)/2 + a.
public struct GenotypeNumbering: Hashable, Sendable {
    public let alleles: Int

    public init(alleles: Int) { self.alleles = alleles }

    public var known: Int { alleles * (alleles + 1) / 2 }
    public var untyped: Int { known + alleles }
    public var count: Int { untyped + 1 }

    public func number(_ genotype: Genotype) -> Int {
        if !genotype.isTyped { return untyped }
        let a = Int(genotype.first)
        if genotype.isHalf { return known + a }
        let b = Int(genotype.second)
        return b * (b + 1) / 2 + a
    }

    public func genotype(_ number: Int) -> Genotype {
        if number >= untyped { return .untyped }
        if number >= known { return Genotype(half: number - known) }
        var b = 0
        while (b + 1) * (b + 2) / 2 <= number { b += 1 }
        return Genotype(number - b * (b + 1) / 2, b)
    }
}
