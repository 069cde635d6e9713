/// How alleles change on their way from parent to child.
///
/// A matrix over the alleles of the frequency table, one for fathers and one
/// for mothers; definitions as in pedmut 0.9.1 and Familias 2.6.4.
public struct Mutation: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case none
        /// Every other allele is equally likely.
        case equal
        /// Every other allele is as likely as it is frequent.
        case proportional
        /// Near lengths are likelier: each repeat further costs the factor
        /// `range`; alleles of other decimals (14 and 14.2) share `rate2`.
        case stepwise(range: Double, rate2: Double)
    }

    public var kind: Kind
    /// The share of transmissions that change the allele, by the parent's sex.
    public var male: Double
    public var female: Double

    public init(_ kind: Kind, male: Double, female: Double) {
        self.kind = kind
        self.male = male
        self.female = female
    }

    public static let none = Mutation(.none, male: 0, female: 0)
    public static func equal(_ rate: Double) -> Mutation {
        Mutation(.equal, male: rate, female: rate)
    }
    public static func proportional(_ rate: Double) -> Mutation {
        Mutation(.proportional, male: rate, female: rate)
    }
    public static func stepwise(
        male: Double, female: Double, range: Double = 0.1, rate2: Double = 1e-6
    ) -> Mutation {
        Mutation(.stepwise(range: range, rate2: rate2), male: male, female: female)
    }

    /// Reads `none`, `equal:0.002`, `proportional:male=0.002,female=0.0005` or
    /// `stepwise:male=0.002,female=0.0005,range=0.1,rate2=1e-6`.
    ///
    /// `stepwise:0.002,0.1,1e-6` gives rate, range and rate2 in this order.
    public init(parsing text: String) throws(OptionError) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let name = parts.first else { throw .mutation(text, "is empty") }
        var plain: [Double] = []
        var named: [String: Double] = [:]
        for item in parts.count > 1 ? parts[1].split(separator: ",") : [] {
            let pair = item.split(separator: "=", maxSplits: 1)
            guard let last = pair.last, let value = Double(last), value.isFinite, value >= 0 else {
                throw .mutation(text, "has '\(item)', which is not a number")
            }
            if pair.count == 1 {
                plain.append(value)
            } else {
                let key = String(pair[0])
                guard ["male", "female", "range", "rate2"].contains(key) else {
                    throw .mutation(text, "has '\(key)'; male, female, range and rate2 are known")
                }
                if named.updateValue(value, forKey: key) != nil {
                    throw .mutation(text, "has '\(key)' twice")
                }
            }
        }
        let isStepwise = name == "stepwise"
        if !isStepwise && (named["range"] != nil || named["rate2"] != nil || plain.count > 1) {
            throw .mutation(text, "has range or rate2, which only stepwise knows")
        }
        if plain.count > 3 { throw .mutation(text, "has too many numbers") }
        let rate = plain.first
        guard let male = named["male"] ?? rate, let female = named["female"] ?? rate else {
            if name == "none", parts.count == 1 {
                self = .none
                return
            }
            throw .mutation(text, "has no rate for both sexes")
        }
        if male > 1 || female > 1 { throw .mutation(text, "has a rate above 1") }
        switch name {
        case "none": throw .mutation(text, "has a rate")
        case "equal": self.init(.equal, male: male, female: female)
        case "proportional": self.init(.proportional, male: male, female: female)
        case "stepwise":
            let range = named["range"] ?? (plain.count > 1 ? plain[1] : 0.1)
            let rate2 = named["rate2"] ?? (plain.count > 2 ? plain[2] : 0)
            if range <= 0 || range > 1 { throw .mutation(text, "has a range outside 0 to 1") }
            if max(male, female) + rate2 > 1 { throw .mutation(text, "has rates above 1") }
            self.init(.stepwise(range: range, rate2: rate2), male: male, female: female)
        default: throw .mutation(text, "is none of none, equal, proportional, stepwise")
        }
    }

    /// Whether alleles nobody shows may be taken together without changing any
    /// probability. Never for stepwise: its rows differ.
    var lumps: Bool {
        switch kind {
        case .none, .equal, .proportional: true
        case .stepwise: false
        }
    }

    /// The matrix of a locus, row after row: parent's allele, child's allele.
    /// - Parameter changed: the sum of f(1-f) times (1 - silent).
    func matrix(
        alleles: [Allele], frequencies f: [Double], changed: Double, rate: Double
    ) -> [Double] {
        let n = f.count
        var m = [Double](repeating: 0, count: n * n)
        for i in 0..<n { m[i * n + i] = 1 }
        guard n > 1 else { return m }
        switch kind {
        case .none: break
        case .equal:
            for i in 0..<n {
                for j in 0..<n { m[i * n + j] = i == j ? 1 - rate : rate / Double(n - 1) }
            }
        case .proportional:
            let a = rate / changed
            for i in 0..<n {
                for j in 0..<n { m[i * n + j] = a * f[j] }
                m[i * n + i] = 1 - a + a * f[i]
            }
        case .stepwise(let range, let rate2):
            for i in 0..<n {
                var sum = 0.0
                var others = 0
                for j in 0..<n where j != i {
                    if let steps = alleles[i].steps(to: alleles[j]) {
                        m[i * n + j] = power(range, steps)
                        sum += m[i * n + j]
                    } else {
                        others += 1
                    }
                }
                for j in 0..<n where j != i {
                    if alleles[i].steps(to: alleles[j]) == nil {
                        m[i * n + j] = rate2 / Double(others)
                    } else {
                        // Far steps of a tiny range underflow to nothing.
                        m[i * n + j] = sum > 0 ? m[i * n + j] / sum * rate : 0
                    }
                }
                m[i * n + i] = 1 - (sum > 0 ? rate : 0) - (others > 0 ? rate2 : 0)
            }
        }
        return m
    }

    func rate(of sex: Sex) -> Double { sex == .man ? male : female }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        var result = 1.0
        for _ in 0..<exponent { result *= base }
        return result
    }
}

extension Allele {
    /// Repeats between two alleles of the same decimal; nil for 14 and 14.2.
    func steps(to other: Allele) -> Int? {
        let difference = abs(tenths - other.tenths)
        return difference % 10 == 0 ? Int(difference / 10) : nil
    }
}

/// Why an option cannot be used.
public enum OptionError: Error, Equatable, Sendable, CustomStringConvertible {
    case mutation(String, String)
    case theta(Double)
    case silent(Double)
    case rateTooHigh(locus: String)
    case tooManyFounders(Int)
    case unknownRelation(String)
    case minimum(String)
    case prior(String)

    public var description: String {
        switch self {
        case .mutation(let text, let reason): "mutation '\(text)' \(reason)"
        case .theta(let value): "theta \(value) is not at least 0 and below 1"
        case .silent(let value): "silent \(value) is not at least 0 and below 1"
        case .rateTooHigh(let locus):
            "the mutation rate is higher than the model allows at \(locus)"
        case .tooManyFounders(let copies):
            "with theta at most \(Urn.mostCopies) alleles of untyped founders can be summed, "
                + "this pedigree has \(copies)"
        case .unknownRelation(let name):
            "relation '\(name)' is none of "
                + Relation.allCases.map(\.rawValue).joined(separator: ", ")
        case .minimum(let text): "minimum '\(text)' is none of none, flat:0.001, 5/2N"
        case .prior(let text): "prior '\(text)' is neither none nor above 0 and below 1"
        }
    }
}
