import Foundation
import GuituMatching
import GuituModel
import GuituStore

extension Work {
    var matching: MatchingStore { MatchingStore(work: self) }
}

struct FoundCandidate {
    var report: MissingReport.ID
    var state: CandidateState
    var evidenceVersion: Int
}

struct MatchingStore {
    let work: Work

    func request(of candidate: Candidate.ID) throws -> TracingRequest.ID? {
        try work.tx.first("SELECT request FROM candidate WHERE id = \(candidate)")?["request"]
    }

    func find(_ candidate: Candidate.ID) throws -> FoundCandidate? {
        try work.tx.first(
            "SELECT report, state, evidence_version FROM candidate WHERE id = \(candidate)"
        ).map {
            FoundCandidate(
                report: try $0["report"], state: try $0["state"],
                evidenceVersion: try $0["evidence_version"])
        }
    }

    func confirmed(of request: TracingRequest.ID) throws -> Candidate.ID? {
        try work.tx.first(
            "SELECT id FROM candidate WHERE request = \(request) AND state = 'confirmed'")?["id"]
    }

    /// Where the verdicts on this evidence lead, whatever a refusal of consent
    /// or a ranking has made of the candidate meanwhile.
    func standing(of candidate: Candidate.ID, version: Int) throws -> CandidateState {
        try work.tx.rows(
            """
            SELECT verdict FROM decision WHERE candidate = \(candidate) AND withdrawn_at IS NULL
                AND evidence_version = \(version) ORDER BY decided_at, id
            """
        ).reduce(CandidateState.proposed) {
            DecideCandidate.state(after: try $1["verdict"], in: $0)
        }
    }

    /// Brings back the candidates of somebody who had refused to be searched for.
    func restore(_ request: TracingRequest.ID) throws {
        for row in try work.tx.rows(
            """
            SELECT id, evidence_version FROM candidate c
            WHERE request = \(request) AND state = 'withdrawn'
                AND EXISTS (SELECT 1 FROM decision d WHERE d.candidate = c.id)
            """)
        {
            let id: Candidate.ID = try row["id"]
            let state = try standing(of: id, version: try row["evidence_version"])
            try work.tx.execute("UPDATE candidate SET state = \(state) WHERE id = \(id)")
        }
    }

    /// Nil if the report may be confirmed for this request: one family's report
    /// leads to one person.
    func refusal(of report: MissingReport.ID, for request: TracingRequest.ID) throws
        -> DecideCandidate.Failure?
    {
        // The lock: officers of another request may be confirming it now.
        try work.tx.execute("UPDATE missing_report SET state = state WHERE id = \(report)")
        guard
            try work.tx.first(
                "SELECT 1 AS n FROM missing_report WHERE id = \(report) AND state = 'open'")
                != nil
        else { return .reportClosed }
        let taken = try work.tx.first(
            """
            SELECT c.id FROM candidate c JOIN tracing_request r ON r.id = c.request
            WHERE c.report = \(report) AND c.request <> \(request) AND c.state = 'confirmed'
                AND r.closed_at IS NULL
            """)
        return taken == nil ? nil : .reportTaken
    }

    /// Directors of the station who have not spoken on this evidence.
    func unspokenDirectors(
        at station: Area.ID, on candidate: Candidate.ID, version: Int
    ) throws -> Set<Account.ID> {
        Set(try work.accounts(.director, at: station)).subtracting(
            try spoken(on: candidate, version: version))
    }

    func spoken(on candidate: Candidate.ID, version: Int) throws -> Set<Account.ID> {
        Set(
            try work.tx.rows(
                """
                SELECT officer FROM decision WHERE candidate = \(candidate) AND withdrawn_at IS NULL
                    AND evidence_version = \(version)
                """
            ).map { try $0["officer"] })
    }

    /// False if this officer has decided on this evidence already.
    func decide(
        _ candidate: Candidate.ID, officer: Account.ID, verdict: Verdict, reason: String,
        version: Int, rule: String
    ) throws -> Bool {
        let id: Decision.ID = work.newID()
        return try work.tx.execute(
            """
            INSERT INTO decision (id, candidate, officer, verdict, reason, evidence_version, rule,
                decided_at)
            VALUES (\(id), \(candidate), \(officer), \(verdict), \(reason), \(version), \(rule),
                \(work.now))
            ON CONFLICT DO NOTHING
            """) == 1
    }
}
