import GuituModel
import GuituStore

/// The searches one may see, the newest first unless another order is asked for.
public struct ListRequests: ReadingUseCase, ListUseCase {
    public static let needs = Permission.seeTracing
    public static let effect = Effect.readsSensitive
    public var target: Target { .ownAreas }

    public enum Order: String, CaseIterable, Codable, Sendable {
        case newest
        /// By the day they were opened; what waits longest first.
        case opened
        case name
        case state
    }

    /// Nil: all that are not closed.
    public var state: RequestState?
    /// Those that the one who asks is responsible for.
    public var onlyMine = false
    public var order = Order.newest
    /// The other way round; the newest always come first.
    public var isDescending = false
    public var after: String?
    public var limit = 50

    public init() {}

    public struct Line: Sendable, Encodable {
        public var id: TracingRequest.ID
        public var person: Person.ID
        public var maskedName: String
        public var state: RequestState
        public var consent: ConsentToTracing
        public var stationName: String
        public var officerName: String?
        public var openedAt: Instant
        /// Candidates that still wait for a verdict.
        public var candidates: Int
    }

    public typealias Answer = ListPage<Line>

    public func perform(in work: Work) throws -> Answer {
        var conditions = [work.viewer.requestScope(.seeTracing, request: "r", person: "p")]
        conditions.append(state.map { "r.state = \($0)" } ?? "r.closed_at IS NULL")
        if onlyMine { conditions.append("r.officer = \(work.viewer.account)") }
        let order = sorting
        let (rows, next) = try order.page(
            """
            SELECT r.id, r.person, r.state, r.consent, r.opened_at, p.name, a.name AS station_name,
                o.name AS officer_name, \(order.selected),
                (SELECT COUNT(*) FROM candidate c WHERE c.request = r.id
                    AND c.state IN ('proposed', 'first-confirmed', 'first-refused', 'needs-more',
                        'disputed')
                    AND (c.probability >= 0.01 OR c.state <> 'proposed')) AS candidates
            FROM tracing_request r JOIN person p ON p.id = r.person
            JOIN area a ON a.id = r.station LEFT JOIN account o ON o.id = r.officer
            """, where: conditions, after: after, limit: limit, in: work)
        let seesCandidates = work.viewer.may(.seeCandidates)
        let lines = try rows.map {
            Line(
                id: try $0["id"], person: try $0["person"],
                maskedName: Masking.name(try $0["name"]), state: try $0["state"],
                consent: try $0["consent"], stationName: try $0["station_name"],
                officerName: try $0["officer_name"], openedAt: try $0["opened_at"],
                candidates: seesCandidates ? try $0["candidates"] : 0)
        }
        return Answer(lines: lines, next: next)
    }

    private var sorting: ListOrder {
        switch order {
        case .newest: ListOrder(.instant("r.opened_at"), id: "r.id", isDescending: true)
        case .opened: ListOrder(.instant("r.opened_at"), id: "r.id", isDescending: isDescending)
        case .name: ListOrder(.words("p.pinyin"), id: "r.id", isDescending: isDescending)
        case .state: ListOrder(.words("r.state"), id: "r.id", isDescending: isDescending)
        }
    }
}
