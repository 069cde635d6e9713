import GuituModel
import GuituStore

/// What a solved case teaches the ear: a place's name as somebody said it, and
/// the place it truly was.
public struct SolvedName: Codable, Sendable, Hashable {
    public typealias ID = GuituModel.ID<SolvedName>

    public var heard: String
    /// Of the place in the ear's list.
    public var code: String
    /// From the province down, with blanks: `湖南省 娄底市 涟源市`.
    public var place: String
    /// Today when it is left out.
    public var since: Day?
    /// The first day on which it no longer counts; nil while nobody knows of one.
    public var until: Day?

    public init(
        heard: String, code: String, place: String, since: Day? = nil, until: Day? = nil
    ) {
        self.heard = heard
        self.code = code
        self.place = place
        self.since = since
        self.until = until
    }

    init(_ row: Row) throws {
        self.init(
            heard: try row["heard"], code: try row["code"], place: try row["place"],
            since: try row["since"], until: try row["until"])
    }

    /// One that is on record.
    public struct Line: Sendable {
        public var id: SolvedName.ID
        public var name: SolvedName
        public var recordedAt: Instant
        public var recordedBy: String
        /// Nil while it stands.
        public var withdrawnWhy: String?
    }

    /// What a case that is solved has taught and may teach.
    public struct Lesson: Sendable {
        /// Where they were truly from, as far as the records say; may be empty.
        public var home: String
        public var lines: [Line]
    }

    /// Everything that counts today, for the ear. Names of places and days, of
    /// nobody's record: whoever may hear may use what other stations learned.
    public static func inUse(in workplace: Workplace) async throws -> [SolvedName] {
        let today = workplace.clock.now.inChina.day
        return try await workplace.database.read { tx in try inUse(on: today, in: tx) }
    }

    static func inUse(on day: Day, in tx: any Transaction) throws -> [SolvedName] {
        try tx.rows(
            """
            SELECT heard, code, place, since, until FROM solved_name
            WHERE withdrawn_at IS NULL AND since <= \(day) AND (until IS NULL OR until > \(day))
            ORDER BY recorded_at, id
            """
        ).map(SolvedName.init)
    }
}

/// Adds a name that a solved case taught; the ear uses it at once.
public struct AddSolvedName: ChangingUseCase {
    public static let needs = Permission.decideCandidate
    public var target: Target { .request(request) }
    public var request: TracingRequest.ID
    public var name: SolvedName

    public init(request: TracingRequest.ID, name: SolvedName) {
        self.request = request
        self.name = name
    }

    public enum Failure: Refusal, Equatable {
        /// Nobody knows yet where they are from.
        case notSolved
        case alreadyKnown
        public var saying: Saying {
            switch self {
            case .notSolved: Saying("solvedName.notSolved")
            case .alreadyKnown: Saying("solvedName.alreadyKnown", field: "heard")
            }
        }
    }

    public func perform(in work: Work) throws -> SolvedName.ID {
        let since = name.since ?? work.today
        var form = FormCheck()
        let heard = form.text(
            name.heard, "heard", limit: WordsHeard.longestFragment, required: true)
        let place = form.text(name.place, "place", limit: 200, required: true)
        if !heard.isEmpty, let fault = WordsHeard([heard]).faults.first {
            form.fail("heard", fault.saying.key)
        }
        if !PlaceAnswer.isCode(name.code) { form.fail("place", "field.unreadable") }
        if let until = name.until, until <= since { form.fail("until", "solvedName.endsBefore") }
        try form.finish()
        _ = try work.tracing.lock(request)
        guard try work.tracing.isSolved(request) else { throw Failure.notSolved }
        let known: Int =
            try work.tx.first(
                """
                SELECT COUNT(*) AS n FROM solved_name
                WHERE request = \(request) AND heard = \(heard) AND code = \(name.code)
                    AND withdrawn_at IS NULL
                """)?["n"] ?? 0
        guard known == 0 else { throw Failure.alreadyKnown }
        let id: SolvedName.ID = work.newID()
        try work.tx.execute(
            """
            INSERT INTO solved_name (id, request, heard, code, place, since, until, recorded_at,
                recorded_by)
            VALUES (\(id), \(request), \(heard), \(name.code), \(place), \(since), \(name.until),
                \(work.now), \(work.viewer.label))
            """)
        return id
    }
}

/// Takes back a name that a case was thought to have taught.
public struct WithdrawSolvedName: ChangingUseCase {
    public static let needs = Permission.decideCandidate
    public var target: Target { .request(request) }
    public var request: TracingRequest.ID
    public var name: SolvedName.ID
    public var reason: String

    public init(request: TracingRequest.ID, name: SolvedName.ID, reason: String) {
        self.request = request
        self.name = name
        self.reason = reason
    }

    public enum Failure: Refusal, Equatable {
        case noLongerThere
        public var saying: Saying { Saying("solvedName.noLongerThere") }
    }

    public func perform(in work: Work) throws -> Nothing {
        var form = FormCheck()
        let reason = form.text(reason, "reason", limit: 500, required: true, lines: true)
        try form.finish()
        let changed = try work.tx.execute(
            """
            UPDATE solved_name SET withdrawn_at = \(work.now), withdrawn_by = \(work.viewer.label),
                withdrawal_reason = \(reason)
            WHERE id = \(name) AND request = \(request) AND withdrawn_at IS NULL
            """)
        guard changed == 1 else { throw Failure.noLongerThere }
        return Nothing()
    }
}

/// Everything the ear has learned that counts today: names of places alone.
public struct ListSolvedNames: ReadingUseCase {
    public static let needs = Permission.seeTracing
    public static let effect = Effect.reads
    public var target: Target { .ownAreas }

    public init() {}

    public func perform(in work: Work) throws -> [SolvedName] {
        try SolvedName.inUse(on: work.today, in: work.tx)
    }
}

extension TracingStore {
    /// Two officers confirmed a report, or the search ended with a home known.
    func isSolved(_ request: TracingRequest.ID) throws -> Bool {
        let row = try work.tx.first(
            """
            SELECT q.outcome, (SELECT COUNT(*) FROM candidate c
                WHERE c.request = q.id AND c.state = 'confirmed') AS confirmed
            FROM tracing_request q WHERE q.id = \(request)
            """)
        let outcome: TracingOutcome? = try row?["outcome"]
        let confirmed: Int = try row?["confirmed"] ?? 0
        return confirmed > 0 || outcome == .reunited || outcome == .identified
    }

    /// Nil while the case is not solved.
    func lesson(of request: TracingRequest.ID, _ person: Person.ID) throws -> SolvedName.Lesson? {
        guard try isSolved(request) else { return nil }
        let reported: String? =
            try work.tx.first(
                """
                SELECT m.home_place FROM candidate c JOIN missing_report m ON m.id = c.report
                WHERE c.request = \(request) AND c.state = 'confirmed'
                """)?["home_place"] ?? nil
        let said: String? =
            try work.tx.first(
                """
                SELECT value FROM observation
                WHERE person = \(person) AND kind = \(ObservationKind.homePlace)
                    AND retracted_at IS NULL
                ORDER BY recorded_at DESC, id DESC LIMIT 1
                """)?["value"]
        let lines = try work.tx.rows(
            """
            SELECT s.id, s.heard, s.code, s.place, s.since, s.until, s.recorded_at,
                s.withdrawal_reason, COALESCE(a.name, s.recorded_by) AS recorded_by
            FROM solved_name s LEFT JOIN account a ON a.id = s.recorded_by
            WHERE s.request = \(request) ORDER BY s.recorded_at, s.id
            """
        ).map { row in
            SolvedName.Line(
                id: try row["id"], name: try SolvedName(row), recordedAt: try row["recorded_at"],
                recordedBy: try row["recorded_by"], withdrawnWhy: try row["withdrawal_reason"])
        }
        return SolvedName.Lesson(home: reported ?? said ?? "", lines: lines)
    }
}
