import GuituKinship
import GuituModel
import GuituStore

/// Two samples, or a family and a sample, whose ratio reached a threshold.
public struct Match: Codable, Sendable, Equatable {
    public typealias ID = GuituModel.ID<Match>

    public enum State: String, Codable, CaseIterable, Sendable, SQLConvertible {
        case new
        case firstConfirmed = "first-confirmed"
        case confirmed, rejected
    }

    public var id: ID
    /// A sample's number, or a family's code where the relation is `missing`.
    public var query: String
    public var candidate: String
    /// What the candidate would be to the query.
    public var relation: String
    /// The decimal logarithm of the ratio.
    public var log10: Double
    public var state: State
    public var foundAt: Instant

    init(_ row: Row) throws {
        id = try row["id"]
        query = try row["query"]
        candidate = try row["candidate"]
        relation = try row["relation"]
        log10 = try row["log10"]
        state = try row["state"]
        foundAt = try row["found_at"]
    }

    var ledgerRow: String { "\(query),\(candidate),\(relation),\(log10)" }
}

public struct MatchDecision: Codable, Sendable, Equatable {
    public enum Verdict: String, Codable, CaseIterable, Sendable, SQLConvertible {
        case confirm, reject
    }
    public var officer: String
    public var officerName: String
    public var verdict: Verdict
    public var reason: String
    public var decidedAt: Instant
}

struct MatchStore {
    static let columns: SQL = "id, query, candidate, relation, log10, state, found_at"

    static func find(_ id: Match.ID, in tx: any Transaction) throws -> Match {
        guard let row = try tx.first("SELECT \(columns) FROM library_match WHERE id = \(id)")
        else { throw Ending.notFound }
        return try Match(row)
    }
}

/// Lists matches of a state, the largest ratio first.
public struct ListMatches: LibraryUseCase {
    public static let needs = Permission.laboratory
    public var state: Match.State?
    public var offset: Int
    /// Up to 500 for a page; nil: all there are, for a file.
    public var limit: Int?

    public init(state: Match.State? = .new, offset: Int = 0, limit: Int? = 50) {
        self.state = state
        self.offset = offset
        self.limit = limit
    }

    public struct Answer: Codable, Sendable {
        public var matches: [Match]
        public var hasMore: Bool
    }

    public func perform(in work: LibraryWork) throws -> Answer {
        let most = limit.map { min(max($0, 1), 500) } ?? Int(Int32.max)
        let ofState: SQL = state.map { "WHERE state = \($0)" } ?? ""
        let rows = try work.tx.rows(
            """
            SELECT \(MatchStore.columns) FROM library_match \(ofState)
            ORDER BY log10 DESC, id LIMIT \(most + 1) OFFSET \(max(offset, 0))
            """)
        let matches = try rows.prefix(most).map(Match.init)
        work.tell(results: matches.map(\.ledgerRow))
        return Answer(matches: matches, hasMore: rows.count > most)
    }
}

/// A match with what was decided about it.
public struct SeeMatch: LibraryUseCase {
    public static let needs = Permission.laboratory
    public var match: Match.ID

    public init(match: Match.ID) { self.match = match }

    public struct Answer: Codable, Sendable {
        public var match: Match
        /// The search that found it first, and how that compared.
        public var search: LibrarySearch
        public var foundBy: LibraryMethod.Summary
        public var decisions: [MatchDecision]
        public var spokenByViewer: Bool
    }

    public func perform(in work: LibraryWork) throws -> Answer {
        let found = try MatchStore.find(match, in: work.tx)
        work.tell(results: [found.ledgerRow])
        guard
            let row = try work.tx.first(
                """
                SELECT s.id, s.method FROM library_match m JOIN library_search s ON s.id = m.search
                WHERE m.id = \(match)
                """),
            let method = try MethodStore.find(row["method"], in: work.tx)
        else { throw Ending.notFound }
        let decisions = try work.tx.rows(
            """
            SELECT officer, officer_name, verdict, reason, decided_at FROM library_decision
            WHERE found = \(match) ORDER BY decided_at, officer
            """
        ).map {
            MatchDecision(
                officer: try $0["officer"], officerName: try $0["officer_name"],
                verdict: try $0["verdict"], reason: try $0["reason"],
                decidedAt: try $0["decided_at"])
        }
        return Answer(
            match: found, search: try work.searches.find(row["id"]), foundBy: method.summary,
            decisions: decisions,
            spokenByViewer: decisions.contains { $0.officer == work.who.label })
    }
}

/// One officer's verdict on a match: two different persons confirm, one rejects
/// with a reason. What is confirmed or rejected stays so.
public struct DecideMatch: LibraryUseCase {
    public static let needs = Permission.laboratory
    public var match: Match.ID
    public var verdict: MatchDecision.Verdict
    public var reason: String

    public init(match: Match.ID, verdict: MatchDecision.Verdict, reason: String) {
        self.match = match
        self.verdict = verdict
        self.reason = reason
    }

    public func perform(in work: LibraryWork) throws -> Match.State {
        var form = FormCheck()
        let reason = form.text(reason, "reason", limit: 1000, required: true, lines: true)
        try form.finish()
        // First the lock, then the facts: the other officer may be deciding now.
        try work.tx.execute(
            "UPDATE library_match SET state = state WHERE id = \(match)")
        let found = try MatchStore.find(match, in: work.tx)
        guard found.state == .new || found.state == .firstConfirmed else {
            throw LibraryFailure.alreadyDecided
        }
        let inserted = try work.tx.execute(
            """
            INSERT INTO library_decision (found, officer, officer_name, verdict, reason,
                decided_at)
            VALUES (\(match), \(work.who.label), \(work.who.name), \(verdict), \(reason),
                \(work.now))
            ON CONFLICT DO NOTHING
            """)
        guard inserted == 1 else { throw LibraryFailure.alreadyDecidedByYou }
        let state: Match.State =
            verdict == .reject
            ? .rejected : found.state == .firstConfirmed ? .confirmed : .firstConfirmed
        try work.tx.execute("UPDATE library_match SET state = \(state) WHERE id = \(match)")
        if state == .confirmed {
            for number in try numbers(of: found, work) {
                try work.tx.execute(
                    """
                    INSERT INTO library_conclusion (number, found, concluded_on)
                    VALUES (\(number), \(match), \(work.today)) ON CONFLICT DO NOTHING
                    """)
            }
        }
        work.entry.purpose = reason
        work.entry.options = [
            "match": match.text, "verdict": verdict.rawValue, "state": state.rawValue,
        ]
        work.tell(results: [found.ledgerRow])
        return state
    }

    /// The samples a conclusion is about: both, or the family's typed members.
    private func numbers(of match: Match, _ work: LibraryWork) throws -> [String] {
        guard match.relation == FamilyStore.relation else { return [match.query, match.candidate] }
        let family = try FamilyStore.all(in: work.tx, keys: work.keys).first { $0.0 == match.query }
        guard let (code, text, missing) = family else { return [match.candidate] }
        let members = try explaining {
            try FamilyStore.read(code, text, missing, KinshipOptions()).pedigree.persons.map(\.id)
        }
        return try work.tx.rows(
            "SELECT number FROM library_sample WHERE number IN \(list: members) ORDER BY number"
        ).map { try $0["number"] } + [match.candidate]
    }
}

extension Laboratory {
    /// A verdict; what it concludes is reported to the stations at once, and
    /// again by the job should that be cut off.
    @discardableResult
    public func decide(_ decision: DecideMatch, as actor: Actor) async throws -> Match.State {
        let state = try await perform(decision, as: actor)
        if state == .confirmed { try await reportConclusions() }
        return state
    }

    /// Tells the database of cases of each conclusion it does not know yet:
    /// number, laboratory and day, and nothing else.
    public func reportConclusions() async throws {
        try await workplace.ended("ReportConclusion") {
            guard let library = try await self.library() else { return }
            let (laboratory, waiting) = try await library.database.read {
                tx -> (String?, [(String, Match.ID, Day)]) in
                (
                    try LibraryAuthorisation.newest(in: tx)?.laboratory,
                    try tx.rows(
                        """
                        SELECT number, found, concluded_on FROM library_conclusion
                        WHERE reported_at IS NULL ORDER BY number, found
                        """
                    ).map { (try $0["number"], try $0["found"], try $0["concluded_on"]) }
                )
            }
            guard let laboratory else { return }
            for (number, match, day) in waiting {
                try await self.workplace.perform(
                    ReportConclusion(number: number, laboratory: laboratory, concludedOn: day),
                    as: Self.program)
                let now = self.workplace.clock.now
                try await library.database.write { tx in
                    _ = try tx.execute(
                        """
                        UPDATE library_conclusion SET reported_at = \(now)
                        WHERE number = \(number) AND found = \(match)
                        """)
                }
            }
        }
    }
}
