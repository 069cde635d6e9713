import GuituModel
import GuituStore

/// Keeps what somebody was heard to say of places, and their answers to places
/// named, as observations of the person: they add up over days and officers.
public struct SaveWordsHeard: ChangingUseCase {
    public static let needs = Permission.describePerson
    public var target: Target { .request(request) }
    public var request: TracingRequest.ID
    public var words: [WordsHeard]
    public var answers: [PlaceAnswer]
    public var source: ObservationSource
    public var certainty: Certainty

    public init(
        request: TracingRequest.ID, words: [WordsHeard], answers: [PlaceAnswer],
        source: ObservationSource, certainty: Certainty
    ) {
        self.request = request
        self.words = words
        self.answers = answers
        self.source = source
        self.certainty = certainty
    }

    /// Of one person, not retracted: more than this nobody reads, and every
    /// page hears all of them.
    public static let most = 40

    public enum Failure: Refusal, Equatable {
        case nothing
        case tooMany
        public var saying: Saying {
            switch self {
            case .nothing: Saying("heard.nothingToSave")
            case .tooMany: Saying("heard.tooMany", ["max": "\(SaveWordsHeard.most)"])
            }
        }
    }

    public func perform(in work: Work) throws -> Nothing {
        guard !words.isEmpty || !answers.isEmpty else { throw Failure.nothing }
        let wrong = words.flatMap { $0.faults.map(\.saying) }
        guard wrong.isEmpty else { throw InvalidFields(wrong) }
        var form = FormCheck()
        let lines = answers.map { form.text($0.said, "answer", limit: 200) }
        if !answers.allSatisfy({ PlaceAnswer.isCode($0.code) }) {
            form.fail("answer", "field.unreadable")
        }
        try form.finish()
        try work.tracing.keep(
            heard: words.map { (.wordsHeard, $0.said) } + lines.map { (.placeAsked, $0) },
            amongKinds: [.wordsHeard, .placeAsked], for: request, source, certainty)
        return Nothing()
    }
}

extension TracingStore {
    /// Keeps what was heard of somebody as observations.
    ///
    /// - Parameter kinds: of which one person has `SaveWordsHeard.most` at most.
    func keep(
        heard values: [(ObservationKind, String)], amongKinds kinds: [ObservationKind],
        for request: TracingRequest.ID, _ source: ObservationSource, _ certainty: Certainty
    ) throws {
        let found = try lock(request)
        guard found.isOpen else { throw TracingFailure.closed }
        // A capable adult who refuses is not searched for, not by ear either.
        guard found.consent != .refused else { throw TracingFailure.consentMissing }
        let kept: Int =
            try work.tx.first(
                """
                SELECT COUNT(*) AS n FROM observation
                WHERE person = \(found.person) AND retracted_at IS NULL
                    AND kind IN \(list: kinds)
                """)?["n"] ?? 0
        guard kept + values.count <= SaveWordsHeard.most else {
            throw SaveWordsHeard.Failure.tooMany
        }
        for (kind, value) in values {
            try work.observations.add(
                kind: kind, value: value, of: found.person, source: source, certainty: certainty,
                observed: nil, occurredAt: work.now)
            try work.emit(
                .observationAdded, about: .person(found.person), in: found.station,
                ["kind": kind.rawValue])
        }
    }
}

/// What was heard of one person so far, oldest first.
public struct SeeWordsHeard: ReadingUseCase {
    public static let needs = Permission.seeTracing
    public static let effect = Effect.readsSensitive
    public var target: Target { .request(request) }
    public var request: TracingRequest.ID

    public init(request: TracingRequest.ID) { self.request = request }

    public struct Answer: Sendable {
        public var request: TracingRequest.ID
        public var person: Person.ID
        /// Masked for an office above the station, as the words are (`Sight`):
        /// only the station can lay them over places.
        public var personName: String
        public var isMasked: Bool
        /// Open, and not refused: more may be written down.
        public var takesMore: Bool
        public var lines: [Line]
        /// Names of people that were heard, oldest first.
        public var names: [Line]
        /// What the case may teach once it is solved; nil before, and for an
        /// office above.
        public var lesson: SolvedName.Lesson?
    }

    public struct Line: Sendable {
        public var id: Observation.ID
        public var kind: ObservationKind
        public var value: String
        public var source: ObservationSource
        public var certainty: Certainty
        public var occurredAt: Instant
        public var recordedBy: String
        public var retractionReason: String?
        public var isRetracted: Bool
    }

    public func perform(in work: Work) throws -> Answer {
        guard
            let row = try work.tx.first(
                """
                SELECT r.person, r.consent, r.closed_at, p.name
                FROM tracing_request r JOIN person p ON p.id = r.person WHERE r.id = \(request)
                """)
        else { throw Ending.notFound }
        let person: Person.ID = try row["person"]
        let name: String = try row["name"]
        let closed: Instant? = try row["closed_at"]
        let consent: ConsentToTracing = try row["consent"]
        let sight = work.sight(Self.needs)
        let lines = try work.tx.rows(
            """
            SELECT o.id, o.kind, o.value, o.source, o.certainty, o.occurred_at, o.retracted_at,
                o.retraction_reason, COALESCE(a.name, o.recorded_by) AS recorded_by
            FROM observation o LEFT JOIN account a ON a.id = o.recorded_by
            WHERE o.person = \(person)
                AND o.kind IN (\(ObservationKind.wordsHeard), \(ObservationKind.placeAsked),
                    \(ObservationKind.nameHeard))
            ORDER BY o.recorded_at, o.id
            """
        ).map { row -> Line in
            let retracted: Instant? = try row["retracted_at"]
            let kind: ObservationKind = try row["kind"]
            let reason: String? = try row["retraction_reason"]
            return Line(
                id: try row["id"], kind: kind, value: sight.value(try row["value"], of: kind),
                source: try row["source"], certainty: try row["certainty"],
                occurredAt: try row["occurred_at"], recordedBy: try row["recorded_by"],
                retractionReason: reason.map(sight.words), isRetracted: retracted != nil)
        }
        return Answer(
            request: request, person: person,
            personName: sight.name(name), isMasked: sight.isMasked,
            takesMore: closed == nil && consent != .refused,
            lines: lines.filter { $0.kind != .nameHeard },
            names: lines.filter { $0.kind == .nameHeard },
            lesson: sight.isMasked ? nil : try work.tracing.lesson(of: request, person))
    }
}
