import GuituModel
import GuituStore

/// The first screen: what must be done now, by the one who looks.
public struct SeeDesk: ReadingUseCase {
    public static let needs = Permission.useOwnAccount
    public static let effect = Effect.readsSensitive
    public var target: Target { .ownAreas }

    public init() {}

    /// One thing to do, with the record it is about.
    public struct Task: Sendable {
        public enum Kind: String, CaseIterable, Sendable {
            /// In the station without a bed.
            case giveBed = "give-bed"
            /// Not yet asked whether their family may be searched for.
            case askConsent = "ask-consent"
            /// A candidate that one officer has confirmed: look too.
            case secondOpinion = "second-opinion"
            /// Two officers disagree: the director decides.
            case settleDispute = "settle-dispute"
            /// Likely candidates that nobody has looked at.
            case lookAtCandidates = "look-at-candidates"
            /// Confirmed: the family can come.
            case familyCanCome = "family-can-come"
        }

        public var kind: Kind
        public var person: Person.ID?
        public var episode: ReliefEpisode.ID?
        public var request: TracingRequest.ID?
        public var candidate: Candidate.ID?
        public var maskedName: String
        public var stationName: String
        public var since: Instant
    }

    public struct StationLine: Sendable {
        public var id: Area.ID
        public var name: String
        public var inStation: Int
        public var elsewhere: Int
        public var bedsFree: Int
        public var openRequests: Int
    }

    public struct Answer: Sendable {
        /// The first of each kind, `most` at the most.
        public var tasks: [Task]
        /// How many more there are of a kind than `tasks` has.
        public var more: [Task.Kind: Int]
        public var stations: [StationLine]
        public var openReports: Int
    }

    static let most = 50

    public func perform(in work: Work) throws -> Answer {
        let viewer = work.viewer
        var tasks: [Task] = []
        var more: [Task.Kind: Int] = [:]
        func add(_ kind: Task.Kind, _ rows: [Row], _ task: (Row) throws -> Task) throws {
            tasks += try rows.map(task)
            let all: Int = try rows.first?["all_of_them"] ?? 0
            if all > rows.count { more[kind] = all - rows.count }
        }
        if viewer.may(.giveBed) {
            let rows = try work.tx.rows(
                """
                SELECT p.id AS person, p.name, e.id AS episode, e.arrived_at AS since,
                    a.name AS station_name, COUNT(*) OVER () AS all_of_them
                FROM episode e JOIN person p ON p.id = e.person JOIN area a ON a.id = e.station
                JOIN whereabouts w ON w.episode = e.id AND w.until_at IS NULL AND w.kind = 'station'
                WHERE e.ended_at IS NULL AND \(viewer.peopleScope(.giveBed, person: "p"))
                    AND NOT EXISTS (SELECT 1 FROM bed_stay s
                        WHERE s.episode = e.id AND s.until_at IS NULL)
                ORDER BY e.arrived_at LIMIT \(Self.most)
                """)
            try add(.giveBed, rows) {
                try task(.giveBed, $0, person: try $0["person"], episode: try $0["episode"])
            }
        }
        if viewer.may(.decideConsent) {
            try add(
                .askConsent,
                try requests(work, .decideConsent, "r.consent = 'awaiting-decision'")
            ) { try request(.askConsent, $0) }
        }
        if viewer.may(.decideCandidate) {
            // Not what the viewer has said already.
            let unspoken: SQL = """
                NOT EXISTS (SELECT 1 FROM decision d WHERE d.candidate = c.id
                    AND d.withdrawn_at IS NULL AND d.officer = \(viewer.account)
                    AND d.evidence_version = c.evidence_version)
                """
            let kinds: [(Task.Kind, SQL)] = [
                (
                    .settleDispute,
                    """
                    c.state = 'disputed' AND \(unspoken)
                        AND (\(viewer.scopeAsDirector(area: "r.station")) OR NOT \(directorLeft))
                    """
                ),
                (.secondOpinion, "c.state IN ('first-confirmed', 'first-refused') AND \(unspoken)"),
                (
                    .lookAtCandidates,
                    """
                    c.state = 'proposed' AND c.place = 1 AND c.probability >= 0.5
                        AND r.consent IN ('agreed', 'cannot-decide')
                    """
                ),
            ]
            for (kind, condition) in kinds {
                try add(kind, try candidates(work, condition)) {
                    try task(kind, $0, request: try $0["request"], candidate: try $0["candidate"])
                }
            }
        }
        if viewer.may(.depart) {
            let rows = try requests(
                work, .seeTracing,
                """
                r.consent IN ('agreed', 'cannot-decide')
                AND EXISTS (SELECT 1 FROM candidate c WHERE c.request = r.id AND c.state = 'confirmed')
                AND EXISTS (SELECT 1 FROM episode e WHERE e.person = p.id AND e.ended_at IS NULL)
                """)
            try add(.familyCanCome, rows) { try request(.familyCanCome, $0) }
        }
        return Answer(
            tasks: tasks, more: more, stations: try stations(work),
            openReports: viewer.may(.seeMissing)
                ? try work.tx.first(
                    """
                    SELECT COUNT(*) AS n FROM missing_report m
                    WHERE m.state = 'open' AND \(viewer.scope(.seeMissing, area: "m.holder"))
                    """)?["n"] ?? 0 : 0)
    }

    private func task(
        _ kind: Task.Kind, _ row: Row, person: Person.ID? = nil, episode: ReliefEpisode.ID? = nil,
        request: TracingRequest.ID? = nil, candidate: Candidate.ID? = nil
    ) throws -> Task {
        Task(
            kind: kind, person: person, episode: episode, request: request, candidate: candidate,
            maskedName: Masking.name(try row["name"]), stationName: try row["station_name"],
            since: try row["since"])
    }

    private func request(_ kind: Task.Kind, _ row: Row) throws -> Task {
        try task(kind, row, person: try row["person"], request: try row["request"])
    }

    private func requests(
        _ work: Work, _ permission: Permission, _ condition: SQL
    ) throws -> [Row] {
        try work.tx.rows(
            """
            SELECT r.id AS request, p.id AS person, p.name, r.opened_at AS since,
                a.name AS station_name, COUNT(*) OVER () AS all_of_them
            FROM tracing_request r JOIN person p ON p.id = r.person JOIN area a ON a.id = r.station
            WHERE r.closed_at IS NULL AND \(condition)
                AND \(work.viewer.requestScope(permission, request: "r", person: "p"))
            ORDER BY r.opened_at LIMIT \(Self.most)
            """)
    }

    private func candidates(_ work: Work, _ condition: SQL) throws -> [Row] {
        try work.tx.rows(
            """
            SELECT c.id AS candidate, r.id AS request, p.name, c.ranked_at AS since,
                a.name AS station_name, COUNT(*) OVER () AS all_of_them
            FROM candidate c JOIN tracing_request r ON r.id = c.request
            JOIN person p ON p.id = r.person JOIN area a ON a.id = r.station
            WHERE r.closed_at IS NULL AND \(condition)
                AND \(work.viewer.requestScope(.decideCandidate, request: "r", person: "p"))
            ORDER BY c.probability DESC, c.ranked_at LIMIT \(Self.most)
            """)
    }

    /// A director of the station who has not spoken on a candidate.
    private var directorLeft: SQL {
        """
        EXISTS (SELECT 1 FROM role_grant g JOIN account director ON director.id = g.account
            WHERE g.role = 'director' AND g.area = r.station AND g.revoked_at IS NULL
                AND director.disabled_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM decision said WHERE said.candidate = c.id
                    AND said.officer = g.account AND said.withdrawn_at IS NULL
                    AND said.evidence_version = c.evidence_version))
        """
    }

    /// Stations where this viewer works or that their office oversees.
    private func stations(_ work: Work) throws -> [StationLine] {
        let permission: Permission =
            [.seePeople, .seeBeds, .seeIndicators].first { work.viewer.may($0) } ?? .seePeople
        guard work.viewer.may(permission) else { return [] }
        return try work.tx.rows(
            """
            SELECT a.id, a.name,
                \(StationCounts.here) AS here, \(StationCounts.elsewhere) AS elsewhere,
                \(StationCounts.bedsFree) AS beds_free, \(StationCounts.openRequests) AS requests
            FROM station s JOIN area a ON a.id = s.area
            WHERE \(work.viewer.scope(permission, area: "a.id")) ORDER BY a.code, a.id LIMIT 200
            """
        ).map {
            StationLine(
                id: try $0["id"], name: try $0["name"], inStation: try $0["here"],
                elsewhere: try $0["elsewhere"], bedsFree: try $0["beds_free"],
                openRequests: try $0["requests"])
        }
    }
}

extension Viewer {
    func scopeAsDirector(area column: SQL) -> SQL {
        if case .program = kind { return "1 = 1" }
        return "\(column) IN \(list: grants.filter { $0.role == .director }.map(\.area))"
    }
}
