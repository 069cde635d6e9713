/// Two unidentified persons and forty relatives, of whom R-1 is the mother of U-1 but for a mutation and R-2
/// the brother of U-2.
public enum InventedProfiles {
    public static let loci = (0..<18).map { "D\($0 % 22 + 1)S\(1000 + 37 * $0)" }
    private static let alleles = 8...17

    public static var frequencies: String {
        var text = "locus,allele,frequency\n"
        for (l, locus) in loci.enumerated() {
            for (a, allele) in alleles.enumerated() {
                text += "\(locus),\(allele),\(Double((a * 7 + l * 3) % 10 + 1) / 55)\n"
            }
        }
        return text
    }

    private typealias Typing = [(Int, Int)]

    private static let people: [(id: String, kind: String, sex: Int, typing: Typing)] = {
        // Numbers of a fixed sequence: the file is the same on every machine.
        var state: UInt64 = 20_261_125
        func next(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        func stranger() -> Typing { loci.map { _ in (8 + next(10), 8 + next(10)) } }
        func child(_ father: Typing, _ mother: Typing) -> Typing {
            zip(father, mother).map { f, m in
                (next(2) == 0 ? f.0 : f.1, next(2) == 0 ? m.0 : m.1)
            }
        }
        let (mother, father) = (stranger(), stranger())
        var found = child(stranger(), mother)
        // Neither allele of locus 3 is the mother's.
        let own = [mother[3].0, mother[3].1]
        let other = alleles.first { !own.contains($0) } ?? 8
        found[3] = (other, other)
        let wife = stranger()
        var all = [
            (id: "U-1", kind: "living", sex: 1, typing: found),
            (id: "U-2", kind: "living", sex: 2, typing: child(father, wife)),
            (id: "R-1", kind: "relative", sex: 2, typing: mother),
            (id: "R-2", kind: "relative", sex: 1, typing: child(father, wife)),
        ]
        all += (3...40).map { ("R-\($0)", "relative", next(2) + 1, stranger()) }
        return all
    }()

    public static var file: String {
        "id,kind,sex," + loci.joined(separator: ",") + "\n"
            + people.map { "\($0.id),\($0.kind),\($0.sex)," + cells($0.typing) }.joined()
    }

    /// As `guitu dna search` reads profiles.
    public static var plain: String {
        "id,sex," + loci.joined(separator: ",") + "\n"
            + people.map { "\($0.id),\($0.sex)," + cells($0.typing) }.joined()
    }

    private static func cells(_ typing: Typing) -> String {
        typing.map { "\($0.0)/\($0.1)" }.joined(separator: ",") + "\n"
    }
}
