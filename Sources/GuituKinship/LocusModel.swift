/// What is computed with, besides the pedigrees; the same for both hypotheses.
public struct KinshipOptions: Sendable, Hashable {
    public var mutation = Mutation.none
    /// Balding-Nichols coefficient over all founder alleles of a hypothesis.
    public var theta = 0.0
    /// The frequency of an allele that does not show.
    public var silent = 0.0
    /// The loci are on the X: a man has one allele and gives it to daughters.
    public var onX = false

    public init(
        mutation: Mutation = .none, theta: Double = 0, silent: Double = 0, onX: Bool = false
    ) {
        self.mutation = mutation
        self.theta = theta
        self.silent = silent
        self.onX = onX
    }
}

/// One locus under one set of options, as numbers.
///
/// The last allele is the silent one if there is one. `father` and `mother` are
/// mutation matrices, row after row; `fromFather[j]` is the chance of j from an
/// untyped father who is a founder: his frequencies times his matrix, which is
/// not the frequencies where the model is not stationary.
struct LocusModel: Sendable {
    let name: String
    let visible: Int
    let size: Int
    let silent: Int
    let frequencies: [Double]
    let father: [Double]
    let mother: [Double]
    let fromFather: [Double]
    let fromMother: [Double]
    let theta: Double
    let onX: Bool
    let lumps: Bool

    init(_ locus: Locus, _ options: KinshipOptions) throws(OptionError) {
        guard options.theta >= 0, options.theta < 1 else { throw .theta(options.theta) }
        guard options.silent >= 0, options.silent < 1 else { throw .silent(options.silent) }
        let n = locus.alleles.count
        let s = options.silent
        let plain = locus.frequencies
        let changed = (1 - s) * plain.reduce(0) { $0 + $1 * (1 - $1) }
        var matrices: [[Double]] = []
        for rate in [options.mutation.male, options.mutation.female] {
            let m = options.mutation.matrix(
                alleles: locus.alleles, frequencies: plain, changed: changed, rate: rate)
            guard (0..<n).allSatisfy({ m[$0 * n + $0] >= 0 }) else {
                throw .rateTooHigh(locus: locus.name)
            }
            matrices.append(s > 0 ? Self.withSilent(m, n) : m)
        }
        self.init(
            name: locus.name, visible: n, silent: s > 0 ? n : -1,
            frequencies: s > 0 ? plain.map { $0 * (1 - s) } + [s] : plain,
            father: matrices[0], mother: matrices[1], theta: options.theta, onX: options.onX,
            lumps: options.mutation.lumps)
    }

    private init(
        name: String, visible: Int, silent: Int, frequencies: [Double], father: [Double],
        mother: [Double], theta: Double, onX: Bool, lumps: Bool
    ) {
        self.name = name
        self.visible = visible
        size = frequencies.count
        self.silent = silent
        self.frequencies = frequencies
        self.father = father
        self.mother = mother
        fromFather = Self.product(frequencies, father)
        fromMother = Self.product(frequencies, mother)
        self.theta = theta
        self.onX = onX
        self.lumps = lumps
    }

    func matrix(_ sex: Sex) -> [Double] { sex == .man ? father : mother }

    private static func withSilent(_ m: [Double], _ n: Int) -> [Double] {
        var result = [Double](repeating: 0, count: (n + 1) * (n + 1))
        for i in 0..<n { for j in 0..<n { result[i * (n + 1) + j] = m[i * n + j] } }
        result[n * (n + 1) + n] = 1
        return result
    }

    private static func product(_ f: [Double], _ m: [Double]) -> [Double] {
        let n = f.count
        var result = [Double](repeating: 0, count: n)
        for i in 0..<n { for j in 0..<n { result[j] += f[i] * m[i * n + j] } }
        return result
    }

    /// The model over the shown alleles and one more for all the others, and
    /// where each allele went. Exact because the rows of the others agree in
    /// every column that is kept (`none`, `equal`, `proportional`).
    func lumped(keeping shown: [Bool]) -> (model: LocusModel, places: [Int])? {
        guard lumps else { return nil }
        var kept = (0..<visible).filter { shown[$0] }
        let others = (0..<visible).filter { !shown[$0] }
        guard others.count > 1 else { return nil }
        var places = [Int](repeating: kept.count, count: size)
        for (new, old) in kept.enumerated() { places[old] = new }
        kept.append(others[0])
        if silent >= 0 {
            places[silent] = kept.count
            kept.append(silent)
        }
        let k = kept.count
        var f = [Double](repeating: 0, count: k)
        for old in 0..<size { f[places[old]] += frequencies[old] }
        func lump(_ m: [Double]) -> [Double] {
            var result = [Double](repeating: 0, count: k * k)
            for (new, old) in kept.enumerated() {
                for j in 0..<size { result[new * k + places[j]] += m[old * size + j] }
            }
            return result
        }
        let model = LocusModel(
            name: name, visible: silent >= 0 ? k - 1 : k, silent: silent >= 0 ? k - 1 : -1,
            frequencies: f, father: lump(father), mother: lump(mother), theta: theta, onX: onX,
            lumps: true)
        return (model, places)
    }
}
