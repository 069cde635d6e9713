import GuituModel
import GuituStore

/// The missing reports of one's own areas.
public struct ListMissing: ReadingUseCase, ListUseCase {
    public static let needs = Permission.seeMissing
    public static let effect = Effect.readsSensitive
    public var target: Target { .ownAreas }

    public enum Order: String, CaseIterable, Codable, Sendable {
        case newest
        case name
        /// By the day they were last seen; who is longest away first, unknown
        /// days before all others.
        case lost
        case state
    }

    public var search = ""
    public var state: ReportState? = .open
    public var order = Order.newest
    /// The other way round; the newest always come first.
    public var isDescending = false
    public var after: String?
    public var limit = 50

    public init() {}

    public struct Line: Sendable {
        public var id: MissingReport.ID
        public var name: String
        public var sex: Sex
        public var birth: PartialDay?
        public var lost: PartialDay?
        public var lostPlace: String?
        public var homePlace: String?
        public var holderName: String
        public var state: ReportState
        public var reportedAt: Instant
        /// Candidates that point to this report and still wait.
        public var candidates: Int
    }

    public typealias Answer = ListPage<Line>

    public func perform(in work: Work) throws -> Answer {
        var conditions: [SQL] = [work.viewer.scope(.seeMissing, area: "m.holder")]
        if let found = SearchKeys.found(search, "report", "m.id") { conditions.append(found) }
        if let state { conditions.append("m.state = \(state)") }
        let order = sorting
        let (rows, next) = try order.page(
            """
            SELECT m.id, m.name, m.sex, m.birth, m.lost, m.lost_place, m.home_place, m.state,
                m.reported_at, a.name AS holder_name, \(order.selected),
                (SELECT COUNT(*) FROM candidate c JOIN tracing_request r ON r.id = c.request
                 JOIN person p ON p.id = r.person
                 WHERE c.report = m.id AND c.state IN ('proposed', 'first-confirmed')
                    AND (c.probability >= 0.01 OR c.state <> 'proposed') AND p.protection = 'none'
                    AND r.consent IN ('agreed', 'cannot-decide')) AS candidates
            FROM missing_report m JOIN area a ON a.id = m.holder
            """, where: conditions, after: after, limit: limit, in: work)
        let seesCandidates = work.viewer.may(.seeCandidates)
        let lines = try rows.map {
            Line(
                id: try $0["id"], name: try $0["name"], sex: try $0["sex"], birth: try $0["birth"],
                lost: try $0["lost"], lostPlace: try $0["lost_place"],
                homePlace: try $0["home_place"], holderName: try $0["holder_name"],
                state: try $0["state"], reportedAt: try $0["reported_at"],
                candidates: seesCandidates ? try $0["candidates"] : 0)
        }
        return Answer(lines: lines, next: next)
    }

    private var sorting: ListOrder {
        switch order {
        case .newest: ListOrder(.instant("m.recorded_at"), id: "m.id", isDescending: true)
        case .name: ListOrder(.words("m.pinyin"), id: "m.id", isDescending: isDescending)
        case .lost:
            ListOrder(.words("COALESCE(m.lost_from, '')"), id: "m.id", isDescending: isDescending)
        case .state: ListOrder(.words("m.state"), id: "m.id", isDescending: isDescending)
        }
    }
}

/// One missing report in full, the reporter's number masked.
public struct SeeMissing: ReadingUseCase {
    public static let needs = Permission.seeMissing
    public static let effect = Effect.readsSensitive
    public var target: Target { .report(report) }
    public var report: MissingReport.ID

    public init(report: MissingReport.ID) { self.report = report }

    public struct Answer: Sendable {
        public var id: MissingReport.ID
        public var holderName: String
        public var state: ReportState
        public var name: String
        public var sex: Sex
        public var birth: PartialDay?
        public var maskedIdentity: String?
        public var lost: PartialDay?
        public var lostPlace: String?
        public var homePlace: String?
        public var height: Int?
        public var marks: String?
        public var accent: String?
        public var reporterName: String
        public var reporterRelation: String
        public var maskedPhone: String
        public var source: String
        public var sourceKey: String
        public var reportedAt: Instant
        public var recordedAt: Instant
        public var candidates: [Hit]
    }

    /// A person who may be the one, likeliest first; who it is, the candidate's
    /// own page says to those who may know.
    public struct Hit: Sendable, Equatable {
        public var id: Candidate.ID
        public var state: CandidateState
        public var probability: Double
    }

    public func perform(in work: Work) throws -> Answer {
        guard
            let row = try work.tx.first(
                """
                SELECT m.state, m.name, m.sex, m.birth, m.identity_number, m.lost, m.lost_place,
                    m.home_place, m.height, m.marks, m.accent, m.reporter_name, m.reporter_relation,
                    m.reporter_phone, m.source, m.source_key, m.reported_at, m.recorded_at,
                    a.name AS holder_name
                FROM missing_report m JOIN area a ON a.id = m.holder WHERE m.id = \(report)
                """)
        else { throw Ending.notFound }
        func open(_ sealed: [UInt8], _ column: String) throws -> String {
            try work.keys.openText(
                sealed, from: .init(table: "missing_report", column: column, row: report.text))
        }
        let identity: [UInt8]? = try row["identity_number"]
        // The person's side decides who may look at a candidate from here.
        let candidates: [Hit] =
            !work.viewer.may(.seeCandidates)
            ? []
            : try work.tx.rows(
                """
                SELECT c.id, c.state, c.probability FROM candidate c JOIN tracing_request r ON r.id = c.request
                JOIN person p ON p.id = r.person
                WHERE c.report = \(report) AND c.state <> 'withdrawn' AND p.protection = 'none'
                    AND r.consent IN ('agreed', 'cannot-decide')
                ORDER BY c.probability DESC, c.id LIMIT 20
                """
            ).map {
                Hit(id: try $0["id"], state: try $0["state"], probability: try $0["probability"])
            }
        return Answer(
            id: report, holderName: try row["holder_name"], state: try row["state"],
            name: try row["name"], sex: try row["sex"], birth: try row["birth"],
            maskedIdentity: try identity.map {
                Masking.identityNumber(try open($0, "identity_number"))
            }, lost: try row["lost"], lostPlace: try row["lost_place"],
            homePlace: try row["home_place"], height: try row["height"], marks: try row["marks"],
            accent: try row["accent"], reporterName: try row["reporter_name"],
            reporterRelation: try row["reporter_relation"],
            maskedPhone: Masking.phone(try open(row["reporter_phone"], "reporter_phone")),
            source: try row["source"], sourceKey: try row["source_key"],
            reportedAt: try row["reported_at"], recordedAt: try row["recorded_at"],
            candidates: candidates)
    }
}
