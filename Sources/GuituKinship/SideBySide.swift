import Foundation

/// The search of a report under each of its populations.
///
/// Somebody is found where the ratio reaches the threshold under every one of
/// them: the smallest is the one to report, as `lr` marks it.
public struct SideBySide: Sendable {
    private let report: SearchReport
    private let searches: [Search]

    /// - Parameters:
    ///   - threshold: a ratio; 0 gives every pair.
    ///   - amongThemselves: the queries are the library; nobody is compared with
    ///     themselves.
    ///   - sumsEverybody: needed for a posterior, and costs everybody's ratio.
    public init(
        _ report: SearchReport, threshold: Double, threads: Int, amongThemselves: Bool = false,
        sumsEverybody: Bool = false
    ) throws(OptionError) {
        self.report = report
        var searches: [Search] = []
        for table in report.tables {
            var search = try Search(
                table.library, options: report.settings.options, threshold: threshold,
                threads: threads)
            search.isAmongThemselves = amongThemselves
            search.sumsEverybody = sumsEverybody
            searches.append(search)
        }
        self.searches = searches
    }

    /// - Parameter range: which of the report's queries; all if nil.
    public func run(
        _ relations: [Relation], range: Range<Int>? = nil
    ) throws(OptionError) -> Findings {
        var results: [SearchResult] = []
        for (table, search) in zip(report.tables, searches) {
            results.append(try search.run(table.queries, relations, range: range))
        }
        return Findings(results)
    }

    /// Who may be the missing member of a family whose typed members the queries
    /// are. They are query 0 together.
    /// - Parameters:
    ///   - missing: whom the family marks so if nil.
    ///   - queries: what to call the file of the queries in a refusal.
    public func run(
        _ pedigrees: CSVFile, missing: String? = nil, queries name: String
    ) throws -> Findings {
        let family = try SearchReport.family(
            pedigrees, missing ?? pedigrees.markedMissing(), report.settings.options)
        var results: [SearchResult] = []
        for (table, search) in zip(report.tables, searches) {
            let typed = try SearchReport.relatives(table.queries, of: family, file: name)
            results.append(try search.run([(family, typed)]))
        }
        return Findings(results)
    }
}

/// Somebody who reaches the threshold under every population.
public struct Finding: Sendable, Hashable {
    public let query: Int
    public let candidate: Int
    public let relation: Relation?
    /// Natural logarithms of the ratios, in the order of the populations.
    public let logRatios: [Double]
    /// The population with the least ratio: the one to report.
    public let smallest: Int

    public var logRatio: Double { logRatios[smallest] }
}

/// What a search found under several populations.
public struct Findings: Sendable {
    public struct Question: Hashable, Sendable {
        public let query: Int
        public let relation: Relation?
    }

    /// By query; within a query the best first, by the smallest ratio.
    public var found: [Finding] = []
    /// How many were found, also where they are no longer kept.
    public private(set) var observed = 0
    /// Pairs compared, each relation counted, each population not.
    public private(set) var comparisons = 0
    /// With which nobody could reach the threshold, under one population at least.
    public private(set) var outOfReach: [Question] = []
    /// Whose own data are impossible.
    public private(set) var undefined: [Question] = []
    /// Of each population, and only where the search was told to sum.
    public private(set) var totals: [[Question: SearchResult.Total]] = []
    /// Questions that were summed and with which nobody was found.
    public private(set) var unanswered: [Question] = []

    public init() {}

    init(_ results: [SearchResult]) {
        let first = results.first ?? SearchResult()
        comparisons = first.comparisons
        outOfReach = Self.once(results.map(\.outOfReach))
        undefined = Self.once(results.map(\.undefined))
        for result in results {
            totals.append(
                Dictionary(
                    result.totals.map {
                        (Question(query: $0.query, relation: $0.relation), $0)
                    }, uniquingKeysWith: { first, _ in first }))
        }
        let others = results.dropFirst().map { result in
            Dictionary(
                result.hits.map { (Pair($0), $0.logRatio) }, uniquingKeysWith: { a, _ in a })
        }
        for hit in first.hits {
            var logs = [hit.logRatio]
            for other in others { if let log = other[Pair(hit)] { logs.append(log) } }
            guard logs.count == results.count else { continue }
            found.append(
                Finding(
                    query: hit.query, candidate: hit.candidate, relation: hit.relation,
                    logRatios: logs,
                    smallest: logs.indices.min { logs[$0] < logs[$1] } ?? 0))
        }
        if results.count > 1 {
            found.sort {
                ($0.query, -$0.logRatio, $0.candidate) < ($1.query, -$1.logRatio, $1.candidate)
            }
        }
        observed = found.count
        let answered = Set(found.map { Question(query: $0.query, relation: $0.relation) })
        unanswered = first.totals.map { Question(query: $0.query, relation: $0.relation) }
            .filter { !answered.contains($0) }
    }

    private static func once(_ lists: [[(query: Int, relation: Relation?)]]) -> [Question] {
        var seen: Set<Question> = []
        return lists.joined().map { Question(query: $0.query, relation: $0.relation) }
            .filter { seen.insert($0).inserted }
    }

    /// - Parameter keeping: false only counts what was found.
    public mutating func add(_ next: Findings, keeping: Bool) {
        if keeping { found += next.found }
        observed += next.observed
        comparisons += next.comparisons
        outOfReach += next.outOfReach
        undefined += next.undefined
        unanswered += next.unanswered
        if totals.isEmpty { totals = next.totals.map { _ in [:] } }
        for (place, more) in next.totals.enumerated() {
            let kept = keeping ? more : more.filter { next.unanswered.contains($0.key) }
            totals[place].merge(kept) { first, _ in first }
        }
    }

    /// At most this many unrelated pairs are found on average, see `SearchResult`:
    /// who reaches the threshold under all reaches it under the true one.
    public func expectedFalseHits(threshold: Double) -> Double {
        threshold > 0 ? Double(comparisons) / threshold : Double(comparisons)
    }

    /// nil if the question was not summed.
    /// - Parameter population: its place among the report's.
    public func posterior(
        _ question: Question, population: Int, prior: Double
    ) throws(OptionError) -> Posterior? {
        guard let total = totals[population][question] else { return nil }
        return try Posterior(prior: prior, compared: total.compared, logSum: total.logSum)
    }

    private struct Pair: Hashable {
        let query: Int
        let candidate: Int
        let relation: Relation?

        init(_ hit: Hit) {
            query = hit.query
            candidate = hit.candidate
            relation = hit.relation
        }
    }
}

extension SearchReport {
    /// Columns beyond the first five only where several populations stand side by
    /// side, and with a prior.
    public func header(prior: Double?) -> String {
        "query,candidate,relation,lr,log10_lr"
            + (tables.count > 1 ? ",population,smallest" : "")
            + (prior == nil ? "" : ",prior,posterior,nobody") + "\n"
    }

    /// One line a population for everybody found.
    /// - Parameters:
    ///   - prior: nil leaves the posterior out.
    ///   - family: what the query and the relation are called when a family was
    ///     asked about.
    public func csv(
        _ findings: Findings, prior: Double? = nil,
        family: (name: String, missing: String)? = nil
    ) throws(OptionError) -> String {
        var text = ""
        for finding in findings.found {
            let question = Findings.Question(query: finding.query, relation: finding.relation)
            let start = [
                CSVText.field(family?.name ?? queries[finding.query].id),
                CSVText.field(library.ids[finding.candidate]),
                CSVText.field(finding.relation?.rawValue ?? family?.missing ?? ""),
            ]
            for (place, log) in finding.logRatios.enumerated() {
                var line =
                    start + [CSVText.number(exp(log)), CSVText.number(log / M_LN10)]
                if tables.count > 1 {
                    line += [
                        CSVText.field(tables[place].name), place == finding.smallest ? "1" : "",
                    ]
                }
                if let prior,
                    let posterior = try findings.posterior(
                        question, population: place, prior: prior)
                {
                    line += [
                        "\(prior)", CSVText.number(posterior.chance(logRatio: log)),
                        CSVText.number(posterior.chanceOfNobody),
                    ]
                }
                text += line.joined(separator: ",") + "\n"
            }
        }
        return text
    }
}
