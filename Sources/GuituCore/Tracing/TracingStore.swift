import GuituModel
import GuituStore

extension Work {
    var tracing: TracingStore { TracingStore(work: self) }
}

extension ConsentToTracing {
    /// Whether anybody outside the station may be asked about this person.
    var allowsTracing: Bool { self == .agreed || self == .cannotDecide }
    var requestState: RequestState { allowsTracing ? .open : .awaitingDecision }
}

struct FoundRequest {
    var id: TracingRequest.ID
    var person: Person.ID
    var station: Area.ID
    var officer: Account.ID?
    var isOpen: Bool
    var consent: ConsentToTracing
    var consentReason: String
    var protection: Protection
    var version: Int
}

struct TracingStore {
    let work: Work

    /// - Parameter openedAt: When it was asked for: at the arrival, however
    ///   late that was written down; nil: now.
    func open(
        for person: Person.ID, at station: Area.ID, consent: ConsentToTracing, reason: String,
        openedAt: Instant? = nil
    ) throws -> TracingRequest.ID {
        try requireDirector(for: consent, at: station)
        let id: TracingRequest.ID = work.newID()
        // The officer with the fewest open requests; the director may name another.
        let officers = try work.tx.rows(
            """
            SELECT g.account FROM role_grant g JOIN account a ON a.id = g.account
            WHERE g.area = \(station) AND g.role = 'tracing-officer' AND g.revoked_at IS NULL
                AND a.disabled_at IS NULL
            ORDER BY (SELECT COUNT(*) FROM tracing_request r
                WHERE r.officer = g.account AND r.closed_at IS NULL), g.account
            """)
        let officer: Account.ID? = try officers.first?["account"]
        let inserted = try work.tx.execute(
            """
            INSERT INTO tracing_request (id, person, station, officer, state, consent, consent_reason,
                consent_by, consent_at, opened_at, opened_by, version)
            VALUES (\(id), \(person), \(station), \(officer), \(consent.requestState), \(consent),
                \(reason.orNil), \(work.viewer.label), \(openedAt ?? work.now),
                \(openedAt ?? work.now), \(work.viewer.label), 1)
            ON CONFLICT DO NOTHING
            """)
        guard inserted == 1 else { throw TracingFailure.alreadyOpen }
        if consent != .refused { try work.enqueueRanking(of: id) }
        if let officer {
            try work.notify(
                officer, Saying("notice.namedOfficer", ["case": try caseNumber(of: person)]),
                about: .request(id))
        }
        try work.emit(
            .tracingOpened, about: .request(id), in: station, at: openedAt,
            ["consent": consent.rawValue])
        return id
    }

    /// The last case number of somebody, by which colleagues know who is meant.
    func caseNumber(of person: Person.ID) throws -> String {
        try work.tx.first(
            """
            SELECT case_number FROM episode WHERE person = \(person)
            ORDER BY arrived_at DESC, id DESC LIMIT 1
            """)?["case_number"] ?? ""
    }

    /// `cannot-decide` is a signed best-interest decision, so a director's.
    func requireDirector(for consent: ConsentToTracing, at station: Area.ID) throws {
        guard consent == .cannotDecide else { return }
        if case .program = work.viewer.kind { return }
        guard work.viewer.grants.contains(where: { $0.role == .director && $0.area == station })
        else { throw TracingFailure.directorSigns }
    }

    /// Locks the request, then reads it: a candidate may be decided meanwhile.
    func lock(_ request: TracingRequest.ID) throws -> FoundRequest {
        try work.tx.execute(
            "UPDATE tracing_request SET person = person WHERE id = \(request)")
        guard
            let row = try work.tx.first(
                """
                SELECT r.person, r.station, r.officer, r.closed_at, r.consent, r.consent_reason,
                    r.version, p.protection
                FROM tracing_request r JOIN person p ON p.id = r.person WHERE r.id = \(request)
                """)
        else { throw Ending.notFound }
        let closed: Instant? = try row["closed_at"]
        return FoundRequest(
            id: request, person: try row["person"], station: try row["station"],
            officer: try row["officer"], isOpen: closed == nil, consent: try row["consent"],
            consentReason: try row["consent_reason"] ?? "", protection: try row["protection"],
            version: try row["version"])
    }

    /// Candidates that one officer has confirmed and nobody else has seen yet.
    func halfDecided(_ request: TracingRequest.ID) throws -> Int {
        try work.tx.first(
            """
            SELECT COUNT(*) AS n FROM candidate
            WHERE request = \(request) AND state = 'first-confirmed'
            """)?["n"] ?? 0
    }

    func close(_ request: FoundRequest, outcome: TracingOutcome) throws {
        try work.tx.execute(
            """
            UPDATE tracing_request SET state = 'closed', closed_at = \(work.now),
                closed_by = \(work.viewer.label), outcome = \(outcome), version = version + 1
            WHERE id = \(request.id)
            """)
        try work.emit(
            .tracingClosed, about: .request(request.id), in: request.station,
            ["outcome": outcome.rawValue])
    }
}
