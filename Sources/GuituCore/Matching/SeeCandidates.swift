import Foundation
import GuituModel
import GuituStore

/// One piece of evidence as a candidate keeps it.
public struct EvidenceLine: Codable, Sendable, Equatable {
    /// What was compared: `name`, `sex`, `age` ...
    public var field: String
    /// Natural logarithm of the likelihood ratio; 0 where nothing is known.
    public var logRatio: Double
    /// The sentence and what goes into its blanks.
    public var key: String
    public var arguments: [String: String]
    /// Engine and version: `linkage@1`.
    public var engine: String

    public init(
        field: String, logRatio: Double, key: String, arguments: [String: String], engine: String
    ) {
        self.field = field
        self.logRatio = logRatio
        self.key = key
        self.arguments = arguments
        self.engine = engine
    }
}

/// A tracing request with its ranking, first the likeliest.
public struct SeeRequest: ReadingUseCase {
    public static let needs = Permission.seeTracing
    public static let effect = Effect.readsSensitive
    public var target: Target { .request(request) }
    public var request: TracingRequest.ID

    public init(request: TracingRequest.ID) { self.request = request }

    public struct Answer: Sendable {
        public var id: TracingRequest.ID
        public var version: Int
        public var person: Person.ID
        /// Masked for an office above the station.
        public var personName: String
        public var sex: Sex
        public var birth: PartialDay?
        public var stationName: String
        public var station: Area.ID
        public var officer: Account.ID?
        public var officerName: String?
        public var officers: [Officer]
        public var state: RequestState
        public var consent: ConsentToTracing
        /// Nil for an office above: a form that starts with it would save a mask.
        public var consentReason: String?
        public var protection: Protection
        public var openedAt: Instant
        public var closedAt: Instant?
        public var outcome: TracingOutcome?
        public var rankedAt: Instant?
        /// Probability that none of the reports on file is the right one.
        public var noRightReport: Double?
        public var candidates: [Line]
        /// Numbers of samples, and that laboratories concluded on them.
        public var samples: [NotedSample]
    }

    public struct Officer: Sendable {
        public var id: Account.ID
        public var name: String
    }

    public struct Line: Sendable {
        public var id: Candidate.ID
        public var state: CandidateState
        public var place: Int
        public var logRatio: Double
        public var probability: Double
        public var evidence: [EvidenceLine]
        public var reportName: String
        public var reportHolderName: String
        public var lostPlace: String?
        public var homePlace: String?
    }

    public func perform(in work: Work) throws -> Answer {
        guard
            let row = try work.tx.first(
                """
                SELECT r.version, r.person, r.station, r.officer, r.state, r.consent,
                    r.consent_reason, r.opened_at, r.closed_at, r.outcome, r.ranked_at,
                    r.no_right_report, p.name, p.sex, p.birth, p.protection,
                    a.name AS station_name, o.name AS officer_name
                FROM tracing_request r JOIN person p ON p.id = r.person
                JOIN area a ON a.id = r.station LEFT JOIN account o ON o.id = r.officer
                WHERE r.id = \(request)
                """)
        else { throw Ending.notFound }
        let station: Area.ID = try row["station"]
        let sight = work.viewer.sight(of: station, Self.needs)
        let reason: String? = try row["consent_reason"]
        let officers = try work.tx.rows(
            """
            SELECT DISTINCT a.id, a.name FROM role_grant g JOIN account a ON a.id = g.account
            WHERE g.area = \(station) AND g.role = 'tracing-officer' AND g.revoked_at IS NULL
                AND a.disabled_at IS NULL ORDER BY a.name, a.id
            """
        ).map { Officer(id: try $0["id"], name: try $0["name"]) }
        return Answer(
            id: request, version: try row["version"], person: try row["person"],
            personName: sight.name(try row["name"]),
            sex: try row["sex"], birth: try row["birth"],
            stationName: try row["station_name"], station: station, officer: try row["officer"],
            officerName: try row["officer_name"], officers: officers, state: try row["state"],
            consent: try row["consent"], consentReason: sight.isMasked ? nil : reason,
            protection: try row["protection"], openedAt: try row["opened_at"],
            closedAt: try row["closed_at"], outcome: try row["outcome"],
            rankedAt: try row["ranked_at"], noRightReport: try row["no_right_report"],
            candidates: try candidates(work),
            samples: try work.tracing.samples(of: request))
    }

    /// Whoever lets people leave sees what two officers confirmed, and no other
    /// candidate: a family collects at the desk, where nobody compares.
    private func candidates(_ work: Work) throws -> [Line] {
        let all = work.viewer.may(.seeCandidates)
        guard all || work.viewer.may(.depart) else { return [] }
        return try work.tx.rows(
            """
            SELECT c.id, c.state, c.place, c.log_ratio, c.probability, c.evidence, m.name,
                m.lost_place, m.home_place, a.name AS holder_name,
                CASE WHEN \(work.viewer.scope(.seeMissing, area: "m.holder")) THEN 1 ELSE 0 END AS own
            FROM candidate c JOIN missing_report m ON m.id = c.report
            JOIN area a ON a.id = m.holder
            WHERE c.request = \(request) AND c.state <> 'withdrawn'
                AND (c.state = 'confirmed' OR \(all) = 1)
            ORDER BY c.probability DESC, c.place, c.id
            """
        ).map { row in
            let own: Bool = try row["own"]
            let name: String = try row["name"]
            return Line(
                id: try row["id"], state: try row["state"], place: try row["place"],
                logRatio: try row["log_ratio"], probability: try row["probability"],
                evidence: try EvidenceLine.list(row["evidence"]),
                reportName: own ? name : Masking.name(name),
                reportHolderName: try row["holder_name"], lostPlace: try row["lost_place"],
                homePlace: try row["home_place"])
        }
    }
}

extension EvidenceLine {
    static func list(_ json: String) throws -> [EvidenceLine] {
        try JSONDecoder().decode([EvidenceLine].self, from: Data(json.utf8))
    }
}

/// The two records of a candidate side by side, what another area holds masked.
public struct CompareCandidate: ReadingUseCase {
    public static let needs = Permission.seeCandidates
    public static let effect = Effect.readsSensitive
    public var target: Target { .candidate(candidate) }
    public var candidate: Candidate.ID

    public init(candidate: Candidate.ID) { self.candidate = candidate }

    /// What both sides have, for one column of the comparison.
    public struct Side: Sendable {
        public var id: String
        public var holderName: String
        /// Held by another area, or for a person's file by a station below one's
        /// office: the name is masked, contact goes through the holder.
        public var foreign: Bool
        public var name: String
        /// Other names that were heard or read.
        public var heard: [String]
        public var sex: Sex
        public var birth: PartialDay?
        public var maskedIdentity: String?
        public var date: PartialDay?
        public var place: String?
        public var homePlace: String?
        public var height: String?
        public var marks: String?
        public var accent: String?
        public var recordedAt: Instant
    }

    public struct Spoken: Sendable {
        public var officer: Account.ID
        public var officerName: String
        public var verdict: Verdict
        public var reason: String
        public var decidedAt: Instant
        public var withdrawn: Bool
        /// Given on evidence that has changed since.
        public var outdated: Bool
    }

    public struct Answer: Sendable {
        public var id: Candidate.ID
        public var request: TracingRequest.ID
        public var state: CandidateState
        public var place: Int
        public var logRatio: Double
        public var probability: Double
        public var evidence: [EvidenceLine]
        public var evidenceVersion: Int
        public var consent: ConsentToTracing
        public var requestOpen: Bool
        public var person: Side
        public var report: Side
        public var reporterRelation: String
        public var decisions: [Spoken]
        /// Whether the one who looks has spoken on this evidence already.
        public var spokenByViewer: Bool
    }

    public func perform(in work: Work) throws -> Answer {
        guard
            let row = try work.tx.first(
                """
                SELECT c.request, c.report, c.state, c.place, c.log_ratio, c.probability, c.evidence,
                    c.evidence_version, r.person, r.consent, r.closed_at, r.station
                FROM candidate c JOIN tracing_request r ON r.id = c.request WHERE c.id = \(candidate)
                """)
        else { throw Ending.notFound }
        let version: Int = try row["evidence_version"]
        let closed: Instant? = try row["closed_at"]
        let sight = work.viewer.sight(of: try row["station"], Self.needs)
        let decisions = try work.tx.rows(
            """
            SELECT d.officer, a.name, d.verdict, d.reason, d.decided_at, d.withdrawn_at,
                d.evidence_version
            FROM decision d JOIN account a ON a.id = d.officer
            WHERE d.candidate = \(candidate) ORDER BY d.decided_at, d.id
            """
        ).map { row in
            let withdrawn: Instant? = try row["withdrawn_at"]
            return Spoken(
                officer: try row["officer"], officerName: try row["name"],
                verdict: try row["verdict"], reason: sight.words(try row["reason"]),
                decidedAt: try row["decided_at"], withdrawn: withdrawn != nil,
                outdated: try row["evidence_version"] != version)
        }
        let (report, relation) = try reportSide(row["report"], work)
        return Answer(
            id: candidate, request: try row["request"], state: try row["state"],
            place: try row["place"], logRatio: try row["log_ratio"],
            probability: try row["probability"], evidence: try EvidenceLine.list(row["evidence"]),
            evidenceVersion: version, consent: try row["consent"], requestOpen: closed == nil,
            person: try personSide(row["person"], work), report: report,
            reporterRelation: relation, decisions: decisions,
            spokenByViewer: decisions.contains {
                $0.officer == work.viewer.account && !$0.withdrawn && !$0.outdated
            })
    }

    private func foreign(_ holder: Area.ID, _ work: Work) throws -> Bool {
        try work.tx.first(
            """
            SELECT id FROM area WHERE id = \(holder)
                AND \(work.viewer.scope(.seeCandidates, area: "area.id"))
            """) == nil
    }

    private func personSide(_ id: Person.ID, _ work: Work) throws -> Side {
        guard
            let row = try work.tx.first(
                """
                SELECT p.holder, a.name AS holder_name, p.name, p.sex, p.birth, p.identity_number,
                    p.recorded_at, e.found_on, e.found_place
                FROM person p JOIN area a ON a.id = p.holder
                LEFT JOIN episode e ON e.person = p.id
                WHERE p.id = \(id) ORDER BY e.arrived_at DESC
                """)
        else { throw Ending.notFound }
        let sight = work.viewer.sight(of: try row["holder"], Self.needs)
        let seen = try work.tx.rows(
            """
            SELECT kind, value FROM observation WHERE person = \(id) AND retracted_at IS NULL
                AND kind IN ('name', 'height', 'mark', 'accent', 'home-place', 'place')
            ORDER BY recorded_at, id
            """)
        func values(_ kinds: Set<ObservationKind>) throws -> String? {
            let found = try seen.filter { kinds.contains(try $0["kind"]) }.map {
                sight.value(try $0["value"], of: try $0["kind"])
            }
            return found.isEmpty ? nil : found.joined(separator: ";")
        }
        // The engine compares these too; the page must show what it saw.
        let name: String = try row["name"]
        let heard = try seen.filter { try $0["kind"] == ObservationKind.name }.map {
            try $0["value"] as String
        }.filter { $0 != name }
        let sealed: [UInt8]? = try row["identity_number"]
        return Side(
            id: id.text, holderName: try row["holder_name"], foreign: sight.isMasked,
            name: sight.name(name), heard: heard.map(sight.name), sex: try row["sex"],
            birth: try row["birth"],
            maskedIdentity: sight.isMasked
                ? nil : try maskedIdentity(sealed, table: "person", row: id.text, work),
            date: try row["found_on"], place: try row["found_place"],
            homePlace: try values([.homePlace, .place]), height: try values([.height]),
            marks: try values([.mark]), accent: try values([.accent]),
            recordedAt: try row["recorded_at"])
    }

    private func reportSide(_ id: MissingReport.ID, _ work: Work) throws -> (Side, String) {
        guard
            let row = try work.tx.first(
                """
                SELECT m.holder, a.name AS holder_name, m.name, m.sex, m.birth, m.identity_number,
                    m.lost, m.lost_place, m.home_place, m.height, m.marks, m.accent,
                    m.reporter_relation, m.recorded_at
                FROM missing_report m JOIN area a ON a.id = m.holder WHERE m.id = \(id)
                """)
        else { throw Ending.notFound }
        let foreign = try foreign(row["holder"], work)
        let name: String = try row["name"]
        let sealed: [UInt8]? = try row["identity_number"]
        let height: Int? = try row["height"]
        return (
            Side(
                id: id.text, holderName: try row["holder_name"], foreign: foreign,
                name: foreign ? Masking.name(name) : name, heard: [], sex: try row["sex"],
                birth: try row["birth"],
                maskedIdentity: foreign
                    ? nil : try maskedIdentity(sealed, table: "missing_report", row: id.text, work),
                date: try row["lost"], place: try row["lost_place"],
                homePlace: try row["home_place"], height: height.map { "\($0)" },
                marks: try row["marks"], accent: try row["accent"],
                recordedAt: try row["recorded_at"]), try row["reporter_relation"]
        )
    }

    private func maskedIdentity(_ sealed: [UInt8]?, table: String, row: String, _ work: Work) throws
        -> String?
    {
        try sealed.map {
            Masking.identityNumber(
                try work.keys.openText(
                    $0, from: .init(table: table, column: "identity_number", row: row)))
        }
    }
}
