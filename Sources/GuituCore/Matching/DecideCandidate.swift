import GuituModel
import GuituRules
import GuituStore

/// One officer's verdict on one candidate. A machine never decides: two
/// different people must agree, to confirm and to refuse alike; when they do
/// not, a director who has not decided yet does, or where every director has
/// spoken, a third officer.
///
/// A decided candidate comes back only with new evidence: verdicts count for
/// the evidence version they were given on.
public struct DecideCandidate: ChangingUseCase {
    public static let needs = Permission.decideCandidate
    public var target: Target { .candidate(candidate) }
    public var candidate: Candidate.ID
    public var verdict: Verdict
    public var reason: String
    /// What the officer was looking at.
    public var evidenceVersion: Int

    public init(candidate: Candidate.ID, verdict: Verdict, reason: String, evidenceVersion: Int) {
        self.candidate = candidate
        self.verdict = verdict
        self.reason = reason
        self.evidenceVersion = evidenceVersion
    }

    public enum Failure: Refusal, Equatable {
        case alreadyDecidedByYou
        case alreadyDecided
        /// The evidence changed since the page was opened: look again.
        case evidenceChanged
        case requestClosed
        case consentMissing
        /// Another candidate of the same person is confirmed.
        case anotherConfirmed
        case directorNeeded
        /// The family's report has led to somebody else.
        case reportTaken
        /// The family's report was found or withdrawn meanwhile.
        case reportClosed

        public var saying: Saying {
            switch self {
            case .alreadyDecidedByYou: Saying("candidate.alreadyDecidedByYou")
            case .alreadyDecided: Saying("candidate.alreadyDecided")
            case .evidenceChanged: Saying("candidate.evidenceChanged")
            case .requestClosed: Saying("tracing.closed")
            case .consentMissing: Saying("tracing.consentMissing")
            case .anotherConfirmed: Saying("candidate.anotherConfirmed")
            case .directorNeeded: Saying("candidate.directorNeeded")
            case .reportTaken: Saying("candidate.reportTaken")
            case .reportClosed: Saying("candidate.reportClosed")
            }
        }
    }

    public struct Decided: Codable, Sendable, Equatable {
        public var state: CandidateState
    }

    public func perform(in work: Work) throws -> Decided {
        var form = FormCheck()
        let reason = form.text(reason, "reason", limit: 1000, required: true, lines: true)
        try form.finish()
        let officer = try work.account
        guard let id = try work.matching.request(of: candidate) else { throw Ending.notFound }
        // First the lock, then the facts: the other officer may be deciding now.
        let request = try work.tracing.lock(id)
        guard let found = try work.matching.find(candidate) else { throw Ending.notFound }
        guard request.isOpen else { throw Failure.requestClosed }
        guard request.consent.allowsTracing else { throw Failure.consentMissing }
        guard found.evidenceVersion == evidenceVersion else { throw Failure.evidenceChanged }
        guard ![.confirmed, .refused, .withdrawn].contains(found.state) else {
            throw Failure.alreadyDecided
        }
        if found.state == .disputed, !work.viewer.directs(request.station),
            try !work.matching.unspokenDirectors(
                at: request.station, on: candidate, version: evidenceVersion
            ).isEmpty
        {
            throw Failure.directorNeeded
        }
        if verdict == .confirm {
            guard try work.matching.confirmed(of: id) == nil else {
                throw Failure.anotherConfirmed
            }
            if let refusal = try work.matching.refusal(of: found.report, for: id) { throw refusal }
        }
        let rule = Rules.inForce("TR-09", on: work.today)?.reference ?? "TR-09"
        guard
            try work.matching.decide(
                candidate, officer: officer, verdict: verdict, reason: reason,
                version: evidenceVersion, rule: rule)
        else { throw Failure.alreadyDecidedByYou }

        let state = Self.state(after: verdict, in: found.state)
        try work.tx.execute("UPDATE candidate SET state = \(state) WHERE id = \(candidate)")
        if state == .firstConfirmed || state == .disputed {
            let word = state == .disputed ? "notice.disputed" : "notice.secondOfficer"
            for other in try askedNext(state, of: request, in: work).sorted(by: {
                $0.text < $1.text
            }) {
                try work.notify(
                    other, Saying(word, ["case": try work.tracing.caseNumber(of: request.person)]),
                    about: .candidate(candidate))
            }
        }
        if state == .confirmed {
            let number = try work.tracing.caseNumber(of: request.person)
            for other in try work.accounts(.reception, at: request.station) {
                try work.notify(
                    other, Saying("notice.familyCanCome", ["case": number]), about: .request(id))
            }
        }
        try work.emit(
            .candidateDecided, about: .candidate(candidate), in: request.station,
            ["verdict": verdict.rawValue, "state": state.rawValue])
        return Decided(state: state)
    }

    /// Who should look now. Of a protected person only the named officer and the
    /// director know.
    private func askedNext(
        _ state: CandidateState, of request: FoundRequest, in work: Work
    ) throws -> Set<Account.ID> {
        if state == .disputed {
            let directors = try work.matching.unspokenDirectors(
                at: request.station, on: candidate, version: evidenceVersion)
            if !directors.isEmpty || request.protection != .none { return directors }
        }
        let roles: [Role] =
            request.protection == .none ? [.tracingOfficer] : [.tracingOfficer, .director]
        return Set(try roles.flatMap { try work.accounts($0, at: request.station) })
            .subtracting(try work.matching.spoken(on: candidate, version: evidenceVersion))
    }

    /// Where a verdict leads. Pure, so that a test can walk the whole table.
    static func state(after verdict: Verdict, in state: CandidateState) -> CandidateState {
        switch (state, verdict) {
        case (.disputed, .confirm): .confirmed
        case (.disputed, .refuse): .refused
        case (.firstConfirmed, .confirm): .confirmed
        case (.firstRefused, .refuse): .refused
        case (.firstConfirmed, .refuse), (.firstRefused, .confirm): .disputed
        case (.proposed, .confirm), (.needsMore, .confirm): .firstConfirmed
        case (.proposed, .refuse), (.needsMore, .refuse): .firstRefused
        case (.proposed, .needMore), (.needsMore, .needMore): .needsMore
        case (_, .needMore), (.confirmed, _), (.refused, _), (.withdrawn, _): state
        }
    }
}

/// Takes back one's own verdict while two people have not agreed.
public struct WithdrawDecision: ChangingUseCase {
    public static let needs = Permission.decideCandidate
    public var target: Target { .candidate(candidate) }
    public var candidate: Candidate.ID

    public init(candidate: Candidate.ID) { self.candidate = candidate }

    public enum Failure: Refusal, Equatable {
        case nothingToWithdraw
        public var saying: Saying { Saying("candidate.nothingToWithdraw") }
    }

    public func perform(in work: Work) throws -> Nothing {
        let officer = try work.account
        guard let id = try work.matching.request(of: candidate) else { throw Ending.notFound }
        let request = try work.tracing.lock(id)
        guard let found = try work.matching.find(candidate),
            [.firstConfirmed, .firstRefused, .needsMore, .disputed].contains(found.state),
            try work.tx.execute(
                """
                UPDATE decision SET withdrawn_at = \(work.now)
                WHERE candidate = \(candidate) AND officer = \(officer) AND withdrawn_at IS NULL
                    AND evidence_version = \(found.evidenceVersion)
                """) == 1
        else { throw Failure.nothingToWithdraw }
        // What the others said still stands; only two people differ in state.
        let state = try work.matching.standing(of: candidate, version: found.evidenceVersion)
        try work.tx.execute("UPDATE candidate SET state = \(state) WHERE id = \(candidate)")
        try work.emit(
            .candidateDecided, about: .candidate(candidate), in: request.station,
            ["verdict": "withdrawn", "state": state.rawValue])
        return Nothing()
    }
}
