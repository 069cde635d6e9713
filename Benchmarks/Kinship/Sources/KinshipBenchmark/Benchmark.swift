import Foundation
import GuituKinship

/// Measures the kinship engine and says under which conditions.
///
///     swift run -c release KinshipBenchmark <frequencies.csv> [part ...]
///
/// Parts: scan, many, single, verify, found (all by default) and nation, which takes
/// minutes.
@main
struct Benchmark {
    static let stepwise = Mutation.stepwise(
        male: 0.002, female: 0.0005, range: 0.1, rate2: 1e-6)
    let loci: [Locus]
    let options = KinshipOptions(mutation: stepwise)
    let parts: Set<String>

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 1 else {
            print(
                "usage: KinshipBenchmark <frequencies.csv> "
                    + "[scan|many|single|verify|found|nation ...]")
            return
        }
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: arguments[1])))
        let file = try CSVFile(name: arguments[1], bytes: bytes)
        let table = try FrequencyFile(file).tables()[0]
        let named = Set(arguments.dropFirst(2))
        let benchmark = Benchmark(
            loci: Array(table.loci.prefix(21)),
            parts: named.isEmpty
                ? ["scan", "many", "single", "verify", "found"]
                : named)
        try benchmark.run()
    }

    init(loci: [Locus], parts: Set<String>) {
        self.loci = loci
        self.parts = parts
    }

    func run() throws {
        print("processor  \(Machine.processor), \(Machine.cores) cores, load \(Machine.load)")
        print("look-ups   \(Search.usesWideLookups ? "AVX-512 VBMI" : "portable")")
        print("loci       \(loci.count), \(loci.map(\.alleles.count).reduce(0, +)) alleles")
        print("mutation   stepwise male 0.002 female 0.0005 range 0.1 rate2 1e-6, all loci typed")
        if parts.contains("scan") { try scan() }
        if parts.contains("many") { try many() }
        if parts.contains("nation") { try nation() }
        if parts.contains("single") { try single() }
        if parts.contains("verify") { try verify() }
        if parts.contains("found") { try found() }
    }

    /// One profile, and one family, against a million.
    private func scan() throws {
        let count = 1_000_000
        var profiles = invented(count, loci, seed: 1)
        // Men and women by turns, as a real library has them.
        for k in profiles.indices where k % 2 == 1 { profiles[k].sex = .woman }
        let library = ProfileLibrary(loci: loci, profiles: profiles)
        let naive = Naive(loci, profiles)
        let query = invented(1, loci, seed: 2)[0]
        print(
            "\n1 against \(count), one thread, processor time, best of 7; \(library.bytesPerProfile) bytes a profile"
        )
        print("relation        naive C   exact all   >= 1,000   >= 10,000   rows")
        for relation in [Relation.child, .fullSib, .grandparent] {
            let rows = try naive.rows(
                query, relation.example(query).0, relation.example(query).1, options)
            var sums = [Double](repeating: 0, count: count)
            let plain = best { naive.sums(rows, into: &sums) }
            let fresh = try Search(library, options: options, threshold: 0, threads: 1)
            let building = try best(1) {
                _ = try fresh.logRatios(invented(1, loci, seed: 3)[0], relation)
            }
            var values: [Double] = []
            _ = try fresh.logRatios(query, relation)
            let exact = try best { try fresh.logRatios(query, relation, into: &values) }
            var columns = [plain, exact]
            for threshold in [1000.0, 10_000] {
                let search = try Search(library, options: options, threshold: threshold, threads: 1)
                var found = SearchResult()
                _ = try search.run([query], [relation])
                columns.append(try best { found = try search.run([query], [relation]) })
                let expected = values.indices.filter { values[$0] >= log(threshold) }
                precondition(Set(found.hits.map(\.candidate)) == Set(expected))
            }
            print(
                relation.rawValue.padding(toLength: 14, withPad: " ", startingAt: 0)
                    + columns.map { String(format: "%8.2f ms", $0 * 1000) }.joined()
                    + String(format: "%8.2f ms", max(0, building - exact) * 1000))
        }
        try family(library)
    }

    private func family(_ library: ProfileLibrary) throws {
        let pedigree = try Pedigree([
            .init("gf", sex: .man), .init("gm", sex: .woman), .init("m", sex: .woman),
            .init("f", father: "gf", mother: "gm", sex: .man),
            .init("u", father: "gf", mother: "gm", sex: .man),
            .init("a", father: "f", mother: "m", sex: .man),
            .init("b", father: "f", mother: "m", sex: .woman),
            .init("missing", father: "f", mother: "m", sex: .woman),
        ])
        var random = SystemRandomNumberGenerator()
        let dropped = try GeneDrop(pedigree, loci, options: options).family(using: &random)
        var typed: [String: [Genotype]] = [:]
        for id in ["gf", "u", "a", "b"] {
            let place = pedigree.position(of: id) ?? 0
            typed[id] = dropped.map { $0[place] }
        }
        let missing = try MissingPerson(pedigree, missing: "missing", options: options)
        let peeling = try best(3) {
            for (l, locus) in loci.enumerated() {
                _ = try missing.row(at: locus, typed.mapValues { $0[l] })
            }
        }
        let everybody = try Search(library, options: options, threshold: 0, threads: 1)
        var values: [Double] = []
        let exact = try best { try everybody.logRatios(missing, typed, into: &values) }
        let search = try Search(library, options: options, threshold: 10_000, threads: 1)
        let reaching = try best { _ = try search.run([(missing, typed)]) }
        print(
            String(
                format: "family of four (two sibs, uncle, grandfather): peeling %.1f ms; after it "
                    + "all exact %.2f ms, >= 10,000 %.2f ms", peeling * 1000,
                (exact - peeling) * 1000, (reaching - peeling) * 1000))
    }

    /// Many against many.
    private func many() throws {
        let count = 100_000
        let library = ProfileLibrary(loci: loci, profiles: invented(count, loci, seed: 1))
        let queries = invented(count, loci, seed: 4)
        print("\n\(count) against \(count), two threads, rows included")
        for relation in [Relation.child, .fullSib, .grandparent] {
            for threshold in [1000.0, 1e6] {
                let search = try Search(library, options: options, threshold: threshold, threads: 2)
                var found = SearchResult()
                var work = 0.0
                let seconds = try wallSeconds {
                    work = try best(1) { found = try search.run(queries, [relation]) }
                }
                print(
                    String(
                        format:
                            "%@ >= %.0f: %.1f s on the wall, %.1f s of two processors, %d found, "
                            + "at most %.0f by chance",
                        relation.rawValue, threshold, seconds, work / 2, found.hits.count,
                        found.expectedFalseHits(threshold: threshold)))
            }
        }
    }

    /// A tenth of a million against a million.
    private func nation() throws {
        let library = ProfileLibrary(loci: loci, profiles: invented(1_000_000, loci, seed: 1))
        let queries = invented(100_000, loci, seed: 4)
        let search = try Search(library, options: options, threshold: 1e6, threads: 2)
        let seconds = try wallSeconds { _ = try search.run(queries, [.child]) }
        print(
            String(
                format: "\n100,000 against 1,000,000 child, two threads, >= 1e6: %.0f s measured; "
                    + "a million against a million would be %.1f min (extrapolated)", seconds,
                seconds * 10 / 60))
    }
}

extension Relation {
    /// The claimed pedigree and strangers, for a query of this sex.
    func example(_ query: Profile) -> (Pedigree, Pedigree) {
        let sex: Sex = query.sex
        let spouse: Sex = sex == .woman ? .man : .woman
        let parents = sex == .woman ? ("spouse", "query") : ("query", "spouse")
        let family: [Pedigree.Person] =
            switch self {
            case .child:
                [
                    .init("query", sex: sex), .init("spouse", sex: spouse),
                    .init("candidate", father: parents.0, mother: parents.1),
                ]
            case .fullSib:
                [
                    .init("f", sex: .man), .init("m", sex: .woman),
                    .init("query", father: "f", mother: "m"),
                    .init("candidate", father: "f", mother: "m"),
                ]
            default:
                [
                    .init("candidate", sex: .man), .init("gm", sex: .woman),
                    .init("m", sex: .woman),
                    .init("f", father: "candidate", mother: "gm", sex: .man),
                    .init("query", father: "f", mother: "m"),
                ]
            }
        guard let one = try? Pedigree(family),
            let two = try? Pedigree([.init("query"), .init("candidate")])
        else { preconditionFailure("written wrongly here") }
        return (one, two)
    }
}

/// Profiles of nobody: alleles drawn by their frequencies.
func invented(_ count: Int, _ loci: [Locus], seed: UInt64, sex: Sex? = nil) -> [Profile] {
    var random = Numbers(state: seed)
    let tables = loci.map { locus in
        // 4,096 slots: fast, and nearer to the frequencies than any sample.
        locus.frequencies.enumerated().flatMap {
            [Int](repeating: $0, count: max(1, Int(($1 * 4096).rounded())))
        }
    }
    return (0..<count).map { k in
        Profile(
            id: "P\(k)", sex: sex ?? .man,
            genotypes: tables.map {
                Genotype(
                    $0[Int(random.next() % UInt64($0.count))],
                    $0[Int(random.next() % UInt64($0.count))])
            })
    }
}

struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Seconds of the processor in the fastest of some runs: on a machine that is
/// shared the clock on the wall measures the others.
func best(_ times: Int = 7, _ body: () throws -> Void) rethrows -> Double {
    var least = Double.infinity
    for _ in 0..<times {
        let start = processorSeconds()
        try body()
        least = min(least, processorSeconds() - start)
    }
    return least
}

/// Of all threads together.
func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func wallSeconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    try body()
    let (seconds, attoseconds) = (clock.now - start).components
    return Double(seconds) + Double(attoseconds) * 1e-18
}

enum Machine {
    static var processor: String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
            ?? "unknown"
    }
    static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }
    static var load: String {
        let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? "unknown"
        return String(text.prefix { $0 != " " })
    }
}
