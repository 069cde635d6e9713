import CKinship
import Dispatch
import Foundation
import Synchronization

/// Someone of the library who may be the one looked for.
public struct Hit: Sendable, Hashable {
    /// Which question, in the order they were asked.
    public let query: Int
    /// Which profile of the library.
    public let candidate: Int
    public let relation: Relation?
    /// The natural logarithm of the ratio.
    public let logRatio: Double

    public var ratio: Double { exp(logRatio) }
    public var log10: Double { logRatio / M_LN10 }
}

/// What a search found, and what chance alone would have found.
public struct SearchResult: Sendable {
    /// By query; within a query the best first, then in the library's order.
    public var hits: [Hit] = []
    /// How many were found, also where they are no longer kept.
    public var observed = 0
    /// Pairs compared, each relation counted.
    public var comparisons = 0
    /// Queries with which nobody at all could reach the threshold.
    public var outOfReach: [(query: Int, relation: Relation?)] = []
    /// Queries whose own data are impossible.
    public var undefined: [(query: Int, relation: Relation?)] = []
    /// What a posterior divides by, for each question that could be computed, if
    /// the search was told to sum.
    public var totals: [Total] = []

    public init() {}

    /// At most this many unrelated pairs reach the threshold on average: a ratio
    /// of t or more comes from strangers with a chance of at most 1/t.
    public func expectedFalseHits(threshold: Double) -> Double {
        threshold > 0 ? Double(comparisons) / threshold : Double(comparisons)
    }
}

/// Looks for relatives of many among many, and misses nobody above the
/// threshold.
public struct Search: Sendable {
    public let library: ProfileLibrary
    public let options: KinshipOptions
    /// A ratio; 0 gives every pair.
    public let threshold: Double
    public var threads: Int
    /// The query is the library's own profile of the same place; it is not
    /// compared with itself.
    public var isAmongThemselves = false
    /// Also sum the ratios of everybody, found or not. It asks for each one's
    /// exact ratio, which a threshold alone does not.
    public var sumsEverybody = false
    /// For tests and measurements: false takes the portable scan.
    var isFast = kinship_is_fast() != 0

    private let store: RowStore
    private let weights: [[Float]]

    public init(
        _ library: ProfileLibrary, options: KinshipOptions = KinshipOptions(),
        threshold: Double = 1000, threads: Int = ProcessInfo.processInfo.activeProcessorCount
    ) throws(OptionError) {
        self.library = library
        self.options = options
        self.threshold = threshold
        self.threads = max(1, threads)
        store = try RowStore(library, options)
        weights = library.codeWeights()
    }

    /// Whether the processor's byte look-ups are used.
    public static var usesWideLookups: Bool { kinship_is_fast() != 0 }

    /// One question to the whole library: for each section the ways to compute it.
    private struct Question: Sendable {
        let query: Int
        let relation: Relation?
        var scans: [(scan: Scan, sections: [Int])] = []
    }

    /// Everybody in the library who is related to a query in one of the ways.
    ///
    /// Ask for many queries at once: blocks of the library stay in the cache
    /// while several are looked at. Call it for slices of the queries to show
    /// progress, to stop, and to go on later.
    /// - Parameter range: which of the queries; all if nil.
    public func run(
        _ queries: [Profile], _ relations: [Relation], range: Range<Int>? = nil
    ) throws(OptionError) -> SearchResult {
        let range = range ?? queries.indices
        try prepare(Array(queries[range]), relations)
        let jobs = range.flatMap { query in relations.map { (query, $0) } }
        return collect(jobs.count) { index in
            let (query, relation) = jobs[index]
            return question(query, queries[query], relation)
        }
    }

    /// Everybody in the library who may be the missing member of a family.
    public func run(
        _ families: [(family: MissingPerson, genotypes: [String: [Genotype]])]
    ) throws(OptionError) -> SearchResult {
        var questions: [Question] = []
        for (index, (family, genotypes)) in families.enumerated() {
            questions.append(try question(index, family, genotypes))
        }
        let ready = questions
        return collect(ready.count) { ready[$0] }
    }

    /// The log ratio of every profile of the library with one query, in the
    /// library's order.
    public func logRatios(_ query: Profile, _ relation: Relation) throws(OptionError) -> [Double] {
        var result: [Double] = []
        try logRatios(query, relation, into: &result)
        return result
    }

    /// The same into an array that is used again and again: eight megabytes of
    /// fresh memory a million profiles cost as much as half the sums.
    public func logRatios(
        _ query: Profile, _ relation: Relation, into result: inout [Double]
    ) throws(OptionError) {
        try prepare([query], [relation])
        write(question(0, query, relation), into: &result)
    }

    /// The same for the missing member of a family.
    public func logRatios(
        _ family: MissingPerson, _ genotypes: [String: [Genotype]], into result: inout [Double]
    ) throws(OptionError) {
        write(try question(0, family, genotypes), into: &result)
    }

    private func write(_ question: Question, into result: inout [Double]) {
        if result.count != library.count {
            result = [Double](repeating: -.infinity, count: library.count)
        }
        for (s, section) in library.sections.enumerated() {
            let scans = question.scans.filter { $0.sections.contains(s) }
            if scans.isEmpty {
                for profile in section.profiles { result[Int(profile)] = -.infinity }
            }
            for (k, scan) in scans.enumerated() {
                if section.wide.isEmpty {
                    scan.scan.write(&result, section, isFirst: k == 0)
                    continue
                }
                for (place, value) in scan.scan.all(section).enumerated() {
                    let candidate = Int(section.profiles[place])
                    if k == 0 || !(value <= result[candidate]) { result[candidate] = value }
                }
            }
        }
    }

    private func question(
        _ index: Int, _ family: MissingPerson, _ genotypes: [String: [Genotype]]
    ) throws(OptionError) -> Question {
        var rows: [CodeRow] = []
        for (l, locus) in library.loci.enumerated() {
            let row = try family.row(at: locus, genotypes.mapValues { $0[l] })
            rows.append(CodeRow(row, codebook: library.codebooks[l]))
        }
        return Question(
            query: index, relation: nil,
            scans: [(Scan(rows, threshold: threshold), Array(library.sections.indices))])
    }

    private func prepare(_ queries: [Profile], _ relations: [Relation]) throws(OptionError) {
        var bySex: [Sex: [[Genotype]]] = [:]
        for query in queries { bySex[query.sex, default: []].append(query.genotypes) }
        for relation in relations {
            for (sex, genotypes) in bySex.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                for section in library.sections where section.count > 0 {
                    for variant in relation.variants(
                        query: sex, candidate: section.sex, options)
                    {
                        try store.prepare(variant, genotypes, threads: threads)
                    }
                }
            }
        }
    }

    private func question(_ index: Int, _ query: Profile, _ relation: Relation) -> Question {
        var sections: [Relation.Variant: [Int]] = [:]
        var variants: [Relation.Variant] = []
        for (s, section) in library.sections.enumerated() where section.count > 0 {
            for variant in relation.variants(query: query.sex, candidate: section.sex, options) {
                if sections[variant] == nil { variants.append(variant) }
                sections[variant, default: []].append(s)
            }
        }
        return Question(
            query: index, relation: relation,
            scans: variants.map { variant in
                (
                    Scan(store.rows(variant, query), threshold: threshold),
                    sections[variant, default: []]
                )
            })
    }

    /// Runs questions in bundles, so that a block of the library is looked at by
    /// several while it is in the nearest cache.
    private func collect(
        _ count: Int, _ question: @Sendable (Int) -> Question
    ) -> SearchResult {
        let bundle = 16
        let bundles = (count + bundle - 1) / bundle
        let next = Atomic<Int>(0)
        let parts = Mutex<[(Int, SearchResult)]>([])
        DispatchQueue.concurrentPerform(iterations: max(1, min(threads, bundles))) { _ in
            var own: [(Int, SearchResult)] = []
            while true {
                let b = next.add(1, ordering: .relaxed).oldValue
                if b >= bundles { break }
                let questions = (b * bundle..<min(count, (b + 1) * bundle)).map(question)
                own.append((b, answer(questions)))
            }
            parts.withLock { $0 += own }
        }
        var result = SearchResult()
        for (_, part) in parts.withLock({ $0 }).sorted(by: { $0.0 < $1.0 }) {
            result.hits += part.hits
            result.comparisons += part.comparisons
            result.outOfReach += part.outOfReach
            result.undefined += part.undefined
            result.totals += part.totals
        }
        result.observed = result.hits.count
        // Relations of one query may lie in two bundles.
        result.hits.sort {
            if $0.query != $1.query { return $0.query < $1.query }
            if $0.logRatio != $1.logRatio { return $0.logRatio > $1.logRatio }
            return $0.candidate < $1.candidate
        }
        return result
    }

    private func answer(_ given: [Question]) -> SearchResult {
        var result = SearchResult()
        var questions = given
        var everybody: [Double] = []
        var usable: [(question: Int, scan: Int)] = []
        for q in questions.indices {
            let (query, relation) = (questions[q].query, questions[q].relation)
            result.comparisons += library.count - (isAmongThemselves ? 1 : 0)
            let scans = questions[q].scans
            if scans.contains(where: { $0.scan.isUndefined }) {
                result.undefined.append((query, relation))
                continue
            }
            if sumsEverybody {
                write(questions[q], into: &everybody)
                if isAmongThemselves { everybody[query] = -.infinity }
                result.totals.append(
                    .init(
                        query: query, relation: relation,
                        compared: library.count - (isAmongThemselves ? 1 : 0),
                        logSum: logSum(everybody)))
            }
            if threshold > 0 && !scans.isEmpty && scans.allSatisfy({ $0.scan.budget < 0 }) {
                result.outOfReach.append((query, relation))
                continue
            }
            for k in scans.indices where threshold <= 0 || scans[k].scan.budget >= 0 {
                if threshold > 0 { questions[q].scans[k].scan.arrange(weights) }
                usable.append((q, k))
            }
        }
        // A candidate of unknown sex is asked twice; the likelier way counts.
        var best = [[Int: Double]](repeating: [:], count: questions.count)
        for (s, section) in library.sections.enumerated() where section.count > 0 {
            let here = usable.filter { questions[$0.question].scans[$0.scan].sections.contains(s) }
            var asked = [Int](repeating: 0, count: questions.count)
            for (q, _) in here { asked[q] += 1 }
            func keep(_ q: Int, _ place: Int, _ value: Double) {
                let candidate = Int(section.profiles[place])
                if isAmongThemselves && candidate == questions[q].query { return }
                if asked[q] > 1 {
                    best[q][candidate] = max(value, best[q][candidate] ?? -.infinity)
                } else {
                    result.hits.append(
                        Hit(
                            query: questions[q].query, candidate: candidate,
                            relation: questions[q].relation, logRatio: value))
                }
            }
            if threshold <= 0 {
                for (q, k) in here {
                    let values = questions[q].scans[k].scan.all(section)
                    for (place, value) in values.enumerated() { keep(q, place, value) }
                }
                continue
            }
            for block in 0..<section.blocks {
                for (q, k) in here {
                    questions[q].scans[k].scan.reach(section, block: block, isFast: isFast) {
                        keep(q, $0, $1)
                    }
                }
            }
        }
        for q in questions.indices {
            for (candidate, value) in best[q] {
                result.hits.append(
                    Hit(
                        query: questions[q].query, candidate: candidate,
                        relation: questions[q].relation, logRatio: value))
            }
        }
        return result
    }
}

extension ProfileLibrary {
    /// How common each code is at each locus, from at most 2,048 profiles of each sex.
    fileprivate func codeWeights() -> [[Float]] {
        let block = Int(KINSHIP_BLOCK)
        var weights = loci.map { _ in [Float](repeating: 0, count: 256) }
        for section in sections {
            for b in 0..<min(section.blocks, 2) {
                let count = min(block, section.count - b * block)
                for l in loci.indices {
                    let start = (b * loci.count + l) * block
                    for code in section.codes[start..<start + count] {
                        weights[l][Int(code)] += 1
                    }
                }
            }
        }
        return weights
    }
}
