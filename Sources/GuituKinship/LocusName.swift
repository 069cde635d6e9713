/// The name of a locus, blind to case, spaces, hyphens and underscores, and to
/// the second names in use. One table for everything that reads names.
public struct LocusName: Hashable, Sendable {
    /// The canonical form, in capitals: `PENTAE`, `VWA`, `D3S1358`.
    public let key: String

    public init(_ text: some StringProtocol) {
        var key = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case " ", "-", "_", "\t", "\u{3000}", "\u{FEFF}": continue
            default: key.unicodeScalars.append(scalar)
            }
        }
        key = key.uppercased()
        self.key = Self.aliases[key] ?? key
    }

    // D5S2500 and D5S2800 are two loci 2 kb apart which kits have confused.
    // They are deliberately not aliases of each other.
    private static let aliases = [
        "PE": "PENTAE", "PD": "PENTAD", "PC": "PENTAC",
        "VWA31": "VWA", "VWF31": "VWA", "VWF": "VWA",
        "THO1": "TH01", "HUMTH01": "TH01", "TC11": "TH01",
        "CSF": "CSF1PO", "HUMFIBRA": "FGA", "FIBRA": "FGA", "HUMTPOX": "TPOX",
        "D3": "D3S1358", "D5": "D5S818", "D7": "D7S820", "D8": "D8S1179",
        "D13": "D13S317", "D16": "D16S539", "D18": "D18S51", "D21": "D21S11",
        "ACTBP2": "SE33", "AMEL": "AMELOGENIN", "AMELXY": "AMELOGENIN", "AM": "AMELOGENIN",
    ]

    /// Amelogenin is a check of the sex and never a factor.
    public var isSexMarker: Bool { key == "AMELOGENIN" }
    /// Y and mitochondrial markers are one haplotype, not independent loci.
    public var isHaplotype: Bool {
        key.hasPrefix("DY") || key.hasPrefix("YGATA") || key.hasPrefix("MT")
    }
}

/// Two loci of one chromosome, near enough to be inherited together.
public struct Linkage: Hashable, Sendable {
    public let first: String
    public let second: String
    public let centimorgans: Double

    /// The pairs among `loci` whose joint use overstates or understates the
    /// evidence for sibs, grandparents, uncles. Parent and child do not care.
    ///
    /// Distances: positions of the norSTR map, computed with ibdsim2 on the
    /// sex-averaged map of Halldorsson et al. 2019.
    public static func pairs(among loci: [String]) -> [Linkage] {
        let present = Set(loci.map { LocusName($0).key })
        return known.filter {
            present.contains(LocusName($0.first).key) && present.contains(LocusName($0.second).key)
        }
    }

    private static let known = [
        Linkage(first: "D18S51", second: "D18S1364", centimorgans: 3.5),
        Linkage(first: "D6S1043", second: "SE33", centimorgans: 4.8),
        Linkage(first: "vWA", second: "D12S391", centimorgans: 11.4),
        Linkage(first: "D21S2055", second: "PentaD", centimorgans: 12.3),
        Linkage(first: "D8S1132", second: "D8S1179", centimorgans: 16.3),
        Linkage(first: "D5S818", second: "CSF1PO", centimorgans: 26.2),
        Linkage(first: "D11S2368", second: "TH01", centimorgans: 28.5),
        Linkage(first: "D21S11", second: "PentaD", centimorgans: 45.7),
    ]
}
