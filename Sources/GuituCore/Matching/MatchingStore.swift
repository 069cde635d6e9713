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
