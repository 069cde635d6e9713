/// Founder alleles under Balding-Nichols: each copy repeats one of those before
/// it or is drawn anew, so that relatives of one village share more than chance.
///
/// With n copies seen, the next is allele a with chance
/// (n_a theta + (1-theta) f_a) / (1 + (n-1) theta). Copies are exchangeable, so
/// the known ones are drawn first; the others start from what those leave.
struct Urn {
    /// Bell(10) = 115,975 ways to share alleles among ten copies.
    static let mostCopies = 10

    let theta: Double
    let frequencies: [Double]
    private(set) var counts: [Double]
    private(set) var drawn = 0.0

    init(_ model: LocusModel) {
        theta = model.theta
        frequencies = model.frequencies
        counts = [Double](repeating: 0, count: model.size)
    }

    /// The chance that the next copy is this allele.
    mutating func draw(_ allele: Int) -> Double {
        let chance =
            (counts[allele] * theta + (1 - theta) * frequencies[allele])
            / (1 + (drawn - 1) * theta)
        counts[allele] += 1
        drawn += 1
        return chance
    }

    /// What a new allele is drawn from, once the known copies are in the urn.
    var base: [Double] {
        let weight = drawn * theta + (1 - theta)
        return zip(counts, frequencies).map { ($0 * theta + (1 - theta) * $1) / weight }
    }

    /// Every way in which `copies` further copies repeat each other: for each
    /// copy the first one it equals, and the chance of the whole.
    func partitions(of copies: Int, _ body: ([Int], Double) -> Void) {
        var first = [Int](repeating: 0, count: copies)
        var size = [Double](repeating: 0, count: copies)
        func place(_ copy: Int, _ chance: Double) {
            if copy == copies {
                body(first, chance)
                return
            }
            let all = 1 + (drawn + Double(copy) - 1) * theta
            for other in 0..<copy where first[other] == other {
                first[copy] = other
                size[other] += 1
                place(copy + 1, chance * (size[other] - 1) * theta / all)
                size[other] -= 1
            }
            first[copy] = copy
            size[copy] = 1
            place(copy + 1, chance * (drawn * theta + (1 - theta)) / all)
        }
        place(0, 1)
    }
}
