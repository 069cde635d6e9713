import GuituModel
import GuituStore

/// The figures of a station, or of every station below one's office: counts
/// and averages, nothing about anybody.
///
/// What is true at a moment is counted now; what happened is counted for one
/// month. Each figure's definition stands beside it on the page.
public struct SeeFigures: ReadingUseCase {
    public static let needs = Permission.seeIndicators
    public static let effect = Effect.reads
    public var target: Target { area.map { .area($0) } ?? .ownAreas }
    /// Only what lies in or below it; nil: everything of one's own.
    public var area: Area.ID?
    /// Any day of the month; nil: this month.
    public var month: Day?

    public init() {}

    public struct Answer: Sendable {
        /// The stations there are to choose from.
        public var places: [Place]
        public var stations: [StationLine]
        public var month: Span
        /// Arrivals of the twelve months up to the one asked for, oldest first.
        public var arrivals: [(month: Span, count: Int)]
        public var now: Now
        public var flow: Flow
    }

    public struct Place: Sendable, Equatable {
        public var id: Area.ID
        public var name: String
    }

    /// A civil month, or of the present one as much as has passed.
    public struct Span: Sendable, Equatable {
        public var first: Day
        public var from: Instant
        /// Exclusive.
        public var until: Instant
    }

    public struct StationLine: Sendable, Equatable {
        public var id: Area.ID
        public var name: String
        public var inStation: Int
        public var elsewhere: Int
        public var beds: Int
        public var bedsFree: Int
        public var withoutBed: Int
        public var openRequests: Int
        public var arrivals: Int
    }

    /// What is true now.
    public struct Now: Sendable, Equatable {
        public var men = 0
        public var women = 0
        public var sexUnknown = 0
        /// Nobody knows who they are, longer than 10 days, 3 months, a year,
        /// 5 years after they came.
        public var stranded = 0
        public var strandedMonths = 0
        public var strandedYear = 0
        public var strandedFiveYears = 0
        public var inInstitutions = 0
        /// Open tracing requests by how long: to 10 days, to 30, to 90, longer.
        public var requestsByAge: [Int] = [0, 0, 0, 0]
        public var requestsAwaitingConsent = 0
        public var longestRequest: Instant?
    }

    /// What happened in the month.
    public struct Flow: Sendable, Equatable {
        public var arrivals = 0
        public var under18 = 0
        public var under16 = 0
        public var from60 = 0
        public var toHospital = 0
        public var returned = 0
        public var departures: [DepartureKind: Int] = [:]
        /// From arrival to departure, of those who left; nil when nobody did.
        public var averageStay: Duration?
        public var closed: [TracingOutcome: Int] = [:]
        /// Of the bed days there were, how many somebody slept; nil without beds.
        public var bedUse: Double?
    }

    public func perform(in work: Work) throws -> Answer {
        let month = span(of: month ?? work.now.inChina.day, at: work.now)
        let stations = try stations(work, month)
        return Answer(
            places: try work.tx.rows(
                """
                SELECT a.id, a.name FROM station s JOIN area a ON a.id = s.area
                WHERE \(work.viewer.scope(.seeIndicators, area: "a.id")) ORDER BY a.code, a.id
                """
            ).map { Place(id: try $0["id"], name: try $0["name"]) },
            stations: stations, month: month, arrivals: try arrivals(work, up: month),
            now: try now(work),
            flow: try flow(
                work, month, beds: stations.reduce(0) { $0 + $1.beds }))
    }

    private func span(of day: Day, at now: Instant) -> Span {
        let (year, month, date) = day.civil
        let first = day.adding(days: 1 - date)
        let next = first.adding(days: Day.daysIn(month: month, of: year))
        let from = Instant(first, hour: 0, minute: 0)
        // This very moment belongs to the month.
        let until = min(Instant(next, hour: 0, minute: 0), now.adding(.milliseconds(1)))
        return Span(first: first, from: from, until: max(from, until))
    }

    /// A condition: the station in `column` is one of those asked about.
    private func inside(_ column: SQL, _ work: Work) -> SQL {
        let own = work.viewer.scope(.seeIndicators, area: column)
        guard let area else { return own }
        return """
            (\(own) AND EXISTS (SELECT 1 FROM area_ancestor below
                WHERE below.area = \(column) AND below.ancestor = \(area)))
            """
    }

    private func stations(_ work: Work, _ month: Span) throws -> [StationLine] {
        try work.tx.rows(
            """
            SELECT a.id, a.name,
                \(StationCounts.here) AS here, \(StationCounts.elsewhere) AS elsewhere,
                \(StationCounts.beds) AS beds, \(StationCounts.bedsFree) AS beds_free,
                \(StationCounts.withoutBed) AS without_bed,
                \(StationCounts.openRequests) AS requests,
                (SELECT COUNT(*) FROM episode e WHERE e.station = a.id
                    AND e.arrived_at >= \(month.from) AND e.arrived_at < \(month.until)) AS arrivals
            FROM station t JOIN area a ON a.id = t.area
            WHERE \(inside("a.id", work)) ORDER BY a.code, a.id
            """
        ).map {
            StationLine(
                id: try $0["id"], name: try $0["name"], inStation: try $0["here"],
                elsewhere: try $0["elsewhere"], beds: try $0["beds"],
                bedsFree: try $0["beds_free"], withoutBed: try $0["without_bed"],
                openRequests: try $0["requests"], arrivals: try $0["arrivals"])
        }
    }

    private func arrivals(_ work: Work, up last: Span) throws -> [(month: Span, count: Int)] {
        let months = (0..<12).reversed().map {
            span(of: last.first.adding(months: -$0), at: work.now)
        }
        let names: [SQL] = [
            "m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10", "m11",
        ]
        let columns = zip(months, names).map { month, name -> SQL in
            """
            COALESCE(SUM(CASE WHEN e.arrived_at >= \(month.from) AND e.arrived_at < \(month.until)
                THEN 1 ELSE 0 END), 0) AS \(name)
            """
        }
        let row = try work.tx.first(
            """
            SELECT \(SQL.joined(columns, by: ", ")) FROM episode e
            WHERE e.arrived_at >= \(months[0].from) AND \(inside("e.station", work))
            """)
        return try months.enumerated().map { index, month in
            (month, try row?["m\(index)"] ?? 0)
        }
    }

    private func now(_ work: Work) throws -> Now {
        var now = Now()
        func before(_ days: Int) -> Instant { work.now.adding(.seconds(-86_400 * days)) }
        let unknown: SQL = "p.identity_digest IS NULL AND p.name_certainty <> 'verified'"
        if let row = try work.tx.first(
            """
            SELECT \(count("w.kind = 'station' AND p.sex = 'male'")) AS men,
                \(count("w.kind = 'station' AND p.sex = 'female'")) AS women,
                \(count("w.kind = 'station' AND p.sex NOT IN ('male', 'female')")) AS others,
                \(count("\(unknown) AND e.arrived_at < \(before(10))")) AS days,
                \(count("\(unknown) AND e.arrived_at < \(before(91))")) AS months,
                \(count("\(unknown) AND e.arrived_at < \(before(365))")) AS year,
                \(count("\(unknown) AND e.arrived_at < \(before(1826))")) AS years,
                \(count("w.kind = 'institution'")) AS institutions
            FROM episode e JOIN person p ON p.id = e.person
            JOIN whereabouts w ON w.episode = e.id AND w.until_at IS NULL
            WHERE e.ended_at IS NULL AND \(inside("e.station", work))
            """)
        {
            now.men = try row["men"]
            now.women = try row["women"]
            now.sexUnknown = try row["others"]
            now.stranded = try row["days"]
            now.strandedMonths = try row["months"]
            now.strandedYear = try row["year"]
            now.strandedFiveYears = try row["years"]
            now.inInstitutions = try row["institutions"]
        }
        if let row = try work.tx.first(
            """
            SELECT \(count("r.opened_at >= \(before(10))")) AS days,
                \(count("r.opened_at < \(before(10)) AND r.opened_at >= \(before(30))")) AS weeks,
                \(count("r.opened_at < \(before(30)) AND r.opened_at >= \(before(90))")) AS months,
                \(count("r.opened_at < \(before(90))")) AS longer,
                \(count("r.consent = 'awaiting-decision'")) AS awaiting, MIN(r.opened_at) AS longest
            FROM tracing_request r WHERE r.closed_at IS NULL AND \(inside("r.station", work))
            """)
        {
            now.requestsByAge = [
                try row["days"], try row["weeks"], try row["months"], try row["longer"],
            ]
            now.requestsAwaitingConsent = try row["awaiting"]
            now.longestRequest = try row["longest"]
        }
        return now
    }

    private func count(_ condition: SQL) -> SQL {
        "COALESCE(SUM(CASE WHEN \(condition) THEN 1 ELSE 0 END), 0)"
    }

    private func flow(_ work: Work, _ month: Span, beds: Int) throws -> Flow {
        var flow = Flow()
        // Whoever is surely younger, surely older on the month's last day.
        let day = month.until.adding(.milliseconds(-1)).inChina.day
        let halfYear = Int64(182 * 86_400_000)
        if let row = try work.tx.first(
            """
            SELECT COUNT(*) AS all_of_them,
                \(count("p.birth_from > \(day.adding(years: -18))")) AS under18,
                \(count("p.birth_from > \(day.adding(years: -16))")) AS under16,
                \(count("p.birth_until <= \(day.adding(years: -60))")) AS from60,
                \(count("""
                    p.identity_digest IS NOT NULL AND EXISTS (SELECT 1 FROM person o
                        JOIN episode f ON f.person = o.id WHERE o.identity_digest = p.identity_digest
                        AND f.ended_at <= e.arrived_at AND f.ended_at > e.arrived_at - \(halfYear))
                    """)) AS returned
            FROM episode e JOIN person p ON p.id = e.person
            WHERE e.arrived_at >= \(month.from) AND e.arrived_at < \(month.until)
                AND \(inside("e.station", work))
            """)
        {
            flow.arrivals = try row["all_of_them"]
            flow.under18 = try row["under18"]
            flow.under16 = try row["under16"]
            flow.from60 = try row["from60"]
            flow.returned = try row["returned"]
        }
        flow.toHospital =
            try work.tx.first(
                """
                SELECT COUNT(DISTINCT w.episode) AS n FROM whereabouts w
                JOIN episode e ON e.id = w.episode
                WHERE w.kind = 'hospital' AND w.from_at >= \(month.from)
                    AND w.from_at < \(month.until) AND \(inside("e.station", work))
                """)?["n"] ?? 0
        for row in try work.tx.rows(
            """
            SELECT d.kind, COUNT(*) AS n, CAST(SUM(d.left_at - e.arrived_at) AS BIGINT) AS stayed
            FROM departure d JOIN episode e ON e.id = d.episode
            WHERE d.left_at >= \(month.from) AND d.left_at < \(month.until)
                AND \(inside("e.station", work)) GROUP BY d.kind ORDER BY d.kind
            """)
        {
            let kind: DepartureKind = try row["kind"]
            let stayed: Int64 = try row["stayed"]
            flow.departures[kind] = try row["n"]
            flow.averageStay = (flow.averageStay ?? .zero) + .milliseconds(stayed)
        }
        let left = flow.departures.values.reduce(0, +)
        flow.averageStay = flow.averageStay.map { $0 / max(left, 1) }
        for row in try work.tx.rows(
            """
            SELECT r.outcome, COUNT(*) AS n FROM tracing_request r
            WHERE r.closed_at >= \(month.from) AND r.closed_at < \(month.until)
                AND r.outcome IS NOT NULL AND \(inside("r.station", work))
            GROUP BY r.outcome ORDER BY r.outcome
            """)
        {
            let outcome: TracingOutcome = try row["outcome"]
            flow.closed[outcome] = try row["n"]
        }
        flow.bedUse = try bedUse(work, month, beds: beds)
        return flow
    }

    /// Beds out of use today are left out of the whole month: since when they
    /// are is not on file.
    private func bedUse(_ work: Work, _ month: Span, beds: Int) throws -> Double? {
        let whole = Double(month.until.milliseconds - month.from.milliseconds) * Double(beds)
        guard whole > 0 else { return nil }
        let row = try work.tx.first(
            """
            SELECT CAST(COALESCE(SUM(
                CASE WHEN s.until_at IS NULL OR s.until_at > \(month.until)
                    THEN \(month.until) ELSE s.until_at END
                - CASE WHEN s.from_at < \(month.from) THEN \(month.from) ELSE s.from_at END
                ), 0) AS BIGINT) AS slept
            FROM bed_stay s JOIN bed b ON b.id = s.bed
            WHERE s.from_at < \(month.until) AND (s.until_at IS NULL OR s.until_at > \(month.from))
                AND b.out_of_use = 0 AND \(inside("b.station", work))
            """)
        let slept: Int64 = try row?["slept"] ?? 0
        return Double(slept) / whole
    }
}
