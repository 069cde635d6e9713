import GuituModel
import GuituRules
import GuituStore

/// Begins the search for who somebody is and where their home is.
///
/// Until the person has agreed, the request is seen inside the station only.
public struct OpenTracing: ChangingUseCase {
    public static let needs = Permission.openTracing
    public var target: Target { .person(person) }
    public var person: Person.ID
    public var consent: ConsentToTracing
    public var reason: String

    public init(person: Person.ID, consent: ConsentToTracing, reason: String = "") {
        self.person = person
        self.consent = consent
        self.reason = reason
    }

    public func perform(in work: Work) throws -> TracingRequest.ID {
        var form = FormCheck()
        let reason = form.text(reason, "reason", limit: 500, lines: true)
        try form.finish()
        return try work.tracing.open(for: person, at: work.holder, consent: consent, reason: reason)
    }
}

/// Records what the person, or for someone who cannot decide the director,
/// decided about being searched for.
public struct DecideConsent: ChangingUseCase {
    public static let needs = Permission.decideConsent
    public var target: Target { .request(request) }
    public var request: TracingRequest.ID
    public var consent: ConsentToTracing
    public var reason: String
    public var version: Int

    public init(request: TracingRequest.ID, consent: ConsentToTracing, reason: String, version: Int)
    {
        self.request = request
        self.consent = consent
        self.reason = reason
        self.version = version
    }

    public func perform(in work: Work) throws -> Nothing {
        var form = FormCheck()
        let reason = form.text(
            reason, "reason", limit: 500, required: consent != .awaitingDecision, lines: true)
        try form.finish()
        let found = try work.tracing.lock(request)
        guard found.isOpen else { throw TracingFailure.closed }
        try work.tracing.requireDirector(for: consent, at: found.station)
        try work.expectOne(
            try work.tx.execute(
                """
                UPDATE tracing_request SET consent = \(consent), consent_reason = \(reason.orNil),
                    consent_by = \(work.viewer.label), consent_at = \(work.now),
                    state = \(consent.requestState), version = version + 1
                WHERE id = \(request) AND version = \(version)
                """)
        ) {
            [
                "consent": found.consent.rawValue,
                "reason": work.sight(Self.needs).words(found.consentReason),
            ]
        }
        if consent == .refused {
            // What was proposed or confirmed before is no longer anybody's to
            // look at, and no family is called.
            try work.tx.execute(
                """
                UPDATE candidate SET state = 'withdrawn'
                WHERE request = \(request) AND state <> 'refused'
                """)
        } else {
            // Who agrees again finds what officers have said where it was.
            if found.consent == .refused { try work.matching.restore(request) }
            try work.enqueueRanking(of: request)
        }
        try work.emit(
            .consentDecided, about: .request(request), in: found.station,
            ["consent": consent.rawValue])
        return Nothing()
    }
}

/// Names the officer who is responsible for one person's search (TR-03).
public struct NameOfficer: ChangingUseCase {
    public static let needs = Permission.openTracing
    public var target: Target { .request(request) }
    public var request: TracingRequest.ID
    public var officer: Account.ID

    public init(request: TracingRequest.ID, officer: Account.ID) {
        self.request = request
        self.officer = officer
    }

    public func perform(in work: Work) throws -> Nothing {
        let found = try work.tracing.lock(request)
        guard try work.accounts(.tracingOfficer, at: found.station).contains(officer) else {
            throw TracingFailure.notAnOfficerHere
        }
        try work.tx.execute(
            """
            UPDATE tracing_request SET officer = \(officer), version = version + 1
            WHERE id = \(request)
            """)
        try work.notify(
            officer,
            Saying("notice.namedOfficer", ["case": try work.tracing.caseNumber(of: found.person)]),
            about: .request(request))
        return Nothing()
    }
}

/// Marks somebody for whom being found is a danger, or ends that mark.
public struct Protect: ChangingUseCase {
    public static let needs = Permission.protect
    public var target: Target { .person(person) }
    public var person: Person.ID
    public var protection: Protection
    public var reason: String
    public var version: Int

    public init(person: Person.ID, protection: Protection, reason: String, version: Int) {
        self.person = person
        self.protection = protection
        self.reason = reason
        self.version = version
    }

    public func perform(in work: Work) throws -> Nothing {
        var form = FormCheck()
        let reason = form.text(reason, "reason", limit: 500, required: true, lines: true)
        try form.finish()
        let row = try work.tx.first("SELECT protection FROM person WHERE id = \(person)")
        let current: String = try row?["protection"] ?? ""
        try work.expectOne(
            try work.tx.execute(
                """
                UPDATE person SET protection = \(protection), protection_reason = \(reason),
                    version = version + 1
                WHERE id = \(person) AND version = \(version)
                """)
        ) { ["protection": current] }
        try work.emit(
            .personProtected, about: .person(person), in: work.holder,
            ["protection": protection.rawValue])
        return Nothing()
    }
}

/// Ends a search once every confirmed candidate has led somewhere.
public struct CloseTracing: ChangingUseCase {
    public static let needs = Permission.openTracing
    public var target: Target { .request(request) }
    public var request: TracingRequest.ID
    public var outcome: TracingOutcome

    public init(request: TracingRequest.ID, outcome: TracingOutcome) {
        self.request = request
        self.outcome = outcome
    }

    public func perform(in work: Work) throws -> Nothing {
        let found = try work.tracing.lock(request)
        guard found.isOpen else { throw TracingFailure.closed }
        let undecided = try work.tracing.halfDecided(request)
        guard undecided == 0 else { throw TracingFailure.undecided(count: undecided) }
        // TR-09: one person alone never says whose somebody is.
        if outcome == .reunited, try work.matching.confirmed(of: request) == nil {
            throw TracingFailure.notConfirmed
        }
        try work.tracing.close(found, outcome: outcome)
        return Nothing()
    }
}

public enum TracingFailure: Refusal, Equatable {
    case alreadyOpen
    case closed
    case undecided(count: Int)
    /// Reunited with whom? No two officers have confirmed a report.
    case notConfirmed
    case notAnOfficerHere
    /// Only a director signs a best-interest decision for somebody else.
    case directorSigns
    /// A capable adult who refuses is not searched for.
    case consentMissing

    public var saying: Saying {
        switch self {
        case .alreadyOpen: Saying("tracing.alreadyOpen")
        case .closed: Saying("tracing.closed")
        case .undecided(let count): Saying("tracing.undecided", ["count": "\(count)"])
        case .notConfirmed: Saying("tracing.notConfirmed", field: "outcome")
        case .notAnOfficerHere: Saying("tracing.notAnOfficerHere", field: "officer")
        case .directorSigns: Saying("tracing.directorSigns", field: "consent")
        case .consentMissing: Saying("tracing.consentMissing")
        }
    }
}
