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
        public var tasks: [Task]
        public var stations: [StationLine]
        public var openReports: Int
    }

    public func perform(in work: Work) throws -> Answer {
        let viewer = work.viewer
        var tasks: [Task] = []
        if viewer.may(.giveBed) {
            tasks += try work.tx.rows(
                """
                SELECT p.id AS person, p.name, e.id AS episode, e.arrived_at AS since,
                    a.name AS station_name
                FROM episode e JOIN person p ON p.id = e.person JOIN area a ON a.id = e.station
                JOIN whereabouts w ON w.episode = e.id AND w.until_at IS NULL AND w.kind = 'station'
                WHERE e.ended_at IS NULL AND \(viewer.peopleScope(.giveBed, person: "p"))
                    AND NOT EXISTS (SELECT 1 FROM bed_stay s
                        WHERE s.episode = e.id AND s.until_at IS NULL)
                ORDER BY e.arrived_at LIMIT 20
                """
            ).map {
                try task(.giveBed, $0, person: try $0["person"], episode: try $0["episode"])
            }
        }
        if viewer.may(.decideConsent) {
            tasks += try requests(
                work, .askConsent, .decideConsent, "r.consent = 'awaiting-decision'")
        }
        if viewer.may(.decideCandidate) {
            tasks += try candidates(
                work, .settleDispute,
                "c.state = 'disputed' AND \(viewer.scopeAsDirector(area: "r.station"))")
            tasks += try candidates(
                work, .secondOpinion,
                """
                c.state IN ('first-confirmed', 'first-refused') AND NOT EXISTS (
                    SELECT 1 FROM decision d WHERE d.candidate = c.id AND d.withdrawn_at IS NULL
                        AND d.officer = \(viewer.account) AND d.evidence_version = c.evidence_version)
                """)
            tasks += try candidates(
                work, .lookAtCandidates,
                """
                c.state = 'proposed' AND c.place = 1 AND c.probability >= 0.5
                    AND r.consent IN ('agreed', 'cannot-decide')
                """)
        }
        if viewer.may(.depart) {
            tasks += try requests(
                work, .familyCanCome, .seeTracing,
                """
                EXISTS (SELECT 1 FROM candidate c WHERE c.request = r.id AND c.state = 'confirmed')
                """)
        }
        return Answer(
            tasks: tasks, stations: try stations(work),
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

    private func requests(
        _ work: Work, _ kind: Task.Kind, _ permission: Permission, _ condition: SQL
    ) throws -> [Task] {
        try work.tx.rows(
            """
            SELECT r.id AS request, p.id AS person, p.name, r.opened_at AS since,
                a.name AS station_name
            FROM tracing_request r JOIN person p ON p.id = r.person JOIN area a ON a.id = r.station
            WHERE r.closed_at IS NULL AND \(condition)
                AND \(work.viewer.requestScope(permission, request: "r", person: "p"))
            ORDER BY r.opened_at LIMIT 20
            """
        ).map { try task(kind, $0, person: try $0["person"], request: try $0["request"]) }
    }

    private func candidates(_ work: Work, _ kind: Task.Kind, _ condition: SQL) throws -> [Task] {
        try work.tx.rows(
            """
            SELECT c.id AS candidate, r.id AS request, p.name, c.ranked_at AS since,
                a.name AS station_name
            FROM candidate c JOIN tracing_request r ON r.id = c.request
            JOIN person p ON p.id = r.person JOIN area a ON a.id = r.station
            WHERE r.closed_at IS NULL AND \(condition)
                AND \(work.viewer.requestScope(.decideCandidate, request: "r", person: "p"))
            ORDER BY c.probability DESC, c.ranked_at LIMIT 20
            """
        ).map { try task(kind, $0, request: try $0["request"], candidate: try $0["candidate"]) }
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
