import Foundation
import GuituKinship
import GuituModel
import GuituStore

/// What is asked of the library in one search.
public enum SearchKind: String, Codable, CaseIterable, Sendable, SQLConvertible {
    /// One sample against everyone.
    case one
    /// What an import brought, against everyone.
    case new
    /// All unidentified against all relatives, and against all families.
    case unidentified
    case everyone
}

public struct LibrarySearch: Codable, Sendable, Equatable {
    public typealias ID = GuituModel.ID<LibrarySearch>

    public enum State: String, Codable, CaseIterable, Sendable, SQLConvertible {
        case waiting, running, done, failed
    }

    public var id: ID
    public var kind: SearchKind
    public var subject: String?
    public var relations: [String]
    public var threshold: Double
    public var purpose: String
    public var caseNumber: String
    public var state: State
    public var done: Int
    public var total: Int
    public var profiles: Int
    public var comparisons: Int
    public var observed: Int
    public var outOfReach: Int
    public var undefined: Int
    public var passedOver: Int
    public var failure: String
    public var askedAt: Instant
    public var askedBy: String
    public var endedAt: Instant?

    /// At most this many strangers reach the threshold on average.
    public var expectedFalseHits: Double { Double(comparisons) / max(threshold, 1) }
}

extension LibraryWork {
    var searches: SearchStore { SearchStore(work: self) }
}

struct SearchStore {
    let work: LibraryWork

    static let columns: SQL = """
        id, kind, subject, first_position, last_position, method, relations, threshold, purpose,
        case_number, state, done, total, profiles, comparisons, observed, out_of_reach, undefined,
        passed_over, failure, asked_at, asked_by, ended_at
        """

    static func read(_ row: Row) throws -> LibrarySearch {
        let relations: String = try row["relations"]
        return LibrarySearch(
            id: try row["id"], kind: try row["kind"], subject: try row["subject"],
            relations: relations.split(separator: ",").map(String.init),
            threshold: try row["threshold"], purpose: try row["purpose"],
            caseNumber: try row["case_number"], state: try row["state"], done: try row["done"],
            total: try row["total"], profiles: try row["profiles"],
            comparisons: try row["comparisons"], observed: try row["observed"],
            outOfReach: try row["out_of_reach"], undefined: try row["undefined"],
            passedOver: try row["passed_over"], failure: try row["failure"],
            askedAt: try row["asked_at"], askedBy: try row["asked_by"],
            endedAt: try row["ended_at"])
    }

    /// - Parameter positions: which samples ask; nil: all there are now.
    func begin(
        _ kind: SearchKind, subject: String?, positions: ClosedRange<Int>?, method: KeptMethod,
        relations: [String]? = nil, threshold: Double? = nil, inquiry: Inquiry
    ) throws -> LibrarySearch.ID {
        let last: Int =
            try work.tx.first("SELECT COALESCE(MAX(position), 0) AS last FROM library_sample")?[
                "last"] ?? 0
        let id: LibrarySearch.ID = work.newID()
        let asked = (relations ?? method.method.relations).joined(separator: ",")
        try work.tx.execute(
            """
            INSERT INTO library_search (id, kind, subject, first_position, last_position, method,
                relations, threshold, purpose, case_number, state, done, total, profiles,
                comparisons, observed, out_of_reach, undefined, passed_over, failure, asked_at,
                asked_by)
            VALUES (\(id), \(kind), \(subject), \(positions?.lowerBound ?? 1),
                \(positions?.upperBound ?? last), \(method.id), \(asked),
                \(threshold ?? method.method.threshold), \(inquiry.purpose),
                \(inquiry.caseNumber), 'waiting', 0, 0, 0, 0, 0, 0, 0, 0, '', \(work.now),
                \(work.who.label))
            """)
        return id
    }

    func find(_ id: LibrarySearch.ID) throws -> LibrarySearch {
        guard
            let row = try work.tx.first(
                "SELECT \(Self.columns) FROM library_search WHERE id = \(id)")
        else { throw Ending.notFound }
        return try Self.read(row)
    }
}

/// Asks the library; `Laboratory.run` or the job answers.
public struct SearchLibrary: LibraryUseCase {
    public static let needs = Permission.laboratory
    public var kind: SearchKind
    /// The sample, of a search for one.
    public var subject: String?
    /// Nil: the one in force.
    public var method: LibraryMethod?
    /// Nil: the method's.
    public var relations: [String]?
    public var threshold: Double?
    public var inquiry: Inquiry

    public init(kind: SearchKind, subject: String? = nil, inquiry: Inquiry) {
        self.kind = kind
        self.subject = subject
        self.inquiry = inquiry
    }

    public func perform(in work: LibraryWork) throws -> LibrarySearch.ID {
        let inquiry = try inquiry.checked()
        if kind == .one {
            guard let subject else { throw Ending.notFound }
            _ = try work.samples.find(subject)
        }
        if let relations { try explaining { _ = try relations.map { try Relation(parsing: $0) } } }
        if let threshold, !(threshold >= 1) { throw LibraryFailure.method("threshold >= 1") }
        let kept = try work.methods.used(method)
        let id = try work.searches.begin(
            kind, subject: subject, positions: nil, method: kept, relations: relations,
            threshold: threshold, inquiry: inquiry)
        let found = try work.searches.find(id)
        work.tell(inquiry)
        work.entry.options = [
            "search": id.text, "kind": kind.rawValue, "method": kept.digest,
            "relations": found.relations.joined(separator: ","), "subject": subject ?? "",
        ]
        work.entry.threshold = found.threshold
        return id
    }
}

/// How far a search has come, and what it found, the best first.
public struct SeeSearch: LibraryUseCase {
    public static let needs = Permission.laboratory
    public var search: LibrarySearch.ID
    public var offset: Int
    /// Nil: all there are, for a file.
    public var limit: Int?

    public init(search: LibrarySearch.ID, offset: Int = 0, limit: Int? = 100) {
        self.search = search
        self.offset = offset
        self.limit = limit
    }

    public struct Answer: Codable, Sendable {
        public var search: LibrarySearch
        public var matches: [Match]
        public var hasMore: Bool
    }

    public func perform(in work: LibraryWork) throws -> Answer {
        let found = try work.searches.find(search)
        let most = limit.map { min(max($0, 1), 10_000) } ?? Int(Int32.max)
        let rows = try work.tx.rows(
            """
            SELECT m.id, m.query, m.candidate, m.relation, r.log10, m.state, m.found_at
            FROM library_result r JOIN library_match m ON m.id = r.found
            WHERE r.search = \(search) ORDER BY r.log10 DESC, m.id
            LIMIT \(most + 1) OFFSET \(max(offset, 0))
            """)
        let matches = try rows.prefix(most).map(Match.init)
        work.entry.purpose = found.purpose
        work.entry.caseNumber = found.caseNumber
        work.entry.options = ["search": search.text]
        work.tell(results: matches.map(\.ledgerRow))
        return Answer(search: found, matches: matches, hasMore: rows.count > most)
    }
}

/// The latest searches.
public struct ListSearches: LibraryUseCase {
    public static let needs = Permission.laboratory
    public init() {}

    public func perform(in work: LibraryWork) throws -> [LibrarySearch] {
        try work.tx.rows(
            "SELECT \(SearchStore.columns) FROM library_search ORDER BY id DESC LIMIT 50"
        ).map(SearchStore.read)
    }
}

/// A part of a search that was computed, with what it found; the ledger has it
/// before anybody sees it.
struct StoreFound: LibraryUseCase {
    static let needs = Permission.laboratory
    var search: LibrarySearch.ID
    /// Questions answered before this part; another worker may have been faster.
    var from: Int
    var part: Part

    struct Part: Codable, Sendable {
        var through = 0
        var total = 0
        var profiles = 0
        var comparisons = 0
        var outOfReach = 0
        var undefined = 0
        var passedOver = 0
        var found: [Found] = []
    }

    struct Found: Codable, Sendable {
        var query: String
        var candidate: String
        var relation: String
        var log10: Double
    }

    /// False when the part was there already.
    func perform(in work: LibraryWork) throws -> Bool {
        let isLast = part.through >= part.total
        let changed = try work.tx.execute(
            """
            UPDATE library_search SET state = \(isLast ? "done" : "running"),
                done = \(part.through), total = \(part.total), profiles = \(part.profiles),
                comparisons = comparisons + \(part.comparisons),
                observed = observed + \(part.found.count),
                out_of_reach = out_of_reach + \(part.outOfReach),
                undefined = undefined + \(part.undefined), passed_over = \(part.passedOver),
                ended_at = \(isLast ? work.now : nil)
            WHERE id = \(search) AND done = \(from) AND state IN ('waiting', 'running')
            """)
        let found = try work.searches.find(search)
        work.entry.purpose = found.purpose
        work.entry.caseNumber = found.caseNumber
        work.entry.options = ["search": search.text, "from": "\(from)", "asked": found.askedBy]
        work.entry.queries = part.through - from
        work.entry.profiles = part.profiles
        work.entry.threshold = found.threshold
        guard changed == 1 else { return false }
        work.tell(
            results: part.found.map {
                "\($0.query),\($0.candidate),\($0.relation),\($0.log10)"
            })
        for found in part.found {
            // A pair that is known keeps its state; a new ratio is told beside
            // the search that gave it.
            let row = try work.tx.first(
                """
                INSERT INTO library_match (id, query, candidate, relation, log10, search, state,
                    found_at)
                VALUES (\(work.newID() as ID<Match>), \(found.query), \(found.candidate),
                    \(found.relation), \(found.log10), \(search), 'new', \(work.now))
                ON CONFLICT (query, candidate, relation) DO UPDATE
                    SET query = library_match.query
                RETURNING id
                """)
            guard let id: ID<Match> = try row?["id"] else { throw Ending.notFound }
            try work.tx.send(
                """
                INSERT INTO library_result (search, found, log10)
                VALUES (\(search), \(id), \(found.log10)) ON CONFLICT DO NOTHING
                """)
        }
        return true
    }
}

/// A search that cannot be computed, with why.
struct FailSearch: LibraryUseCase {
    static let needs = Permission.laboratory
    var search: LibrarySearch.ID
    var reason: String

    func perform(in work: LibraryWork) throws -> Nothing {
        try work.tx.execute(
            """
            UPDATE library_search SET state = 'failed', failure = \(reason), ended_at = \(work.now)
            WHERE id = \(search) AND state IN ('waiting', 'running')
            """)
        work.entry.options = ["search": search.text]
        return Nothing()
    }
}
