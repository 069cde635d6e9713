import GuituModel
import GuituStore

/// One person's file as a page shows it: masked, complete, with what is open.
public struct SeePerson: ReadingUseCase {
    public static let needs = Permission.seePeople
    public static let effect = Effect.readsSensitive
    public var target: Target { .person(person) }
    public var person: Person.ID

    public init(person: Person.ID) { self.person = person }

    public struct Answer: Sendable {
        public var id: Person.ID
        public var version: Int
        public var stationName: String
        public var station: Area.ID
        /// Masked for an office above, as is what was heard and written of
        /// them (`Sight`).
        public var name: String
        public var isMasked: Bool
        public var nameCertainty: NameCertainty
        public var sex: Sex
        public var birth: PartialDay?
        /// Guessed by looking: nobody said it and no document shows it.
        public var birthIsEstimate: Bool
        public var communication: Communication
        public var maskedIdentity: String?
        public var protection: Protection
        public var episodes: [Episode]
        public var observations: [Seen]
        public var belongings: [Held]
        public var links: [Linked]
        public var sameIdentity: [Person.ID]
        public var request: Request?
    }

    public struct Episode: Sendable {
        public var id: ReliefEpisode.ID
        public var caseNumber: String
        public var stationName: String
        public var arrivedAt: Instant
        public var endedAt: Instant?
        public var mode: ArrivalMode
        public var broughtBy: String?
        public var foundPlace: String?
        public var foundOn: PartialDay?
        public var condition: Condition
        public var conditionNotes: String?
        public var rule: String
        public var place: PlaceOfStay?
        public var bed: String?
        public var departure: DepartureKind?
        /// Why the arrival was corrected, and a departure taken back, last.
        public var correctedBecause: String?
        public var undoneBecause: String?
    }

    public struct Seen: Sendable {
        public var id: Observation.ID
        public var kind: ObservationKind
        public var value: String
        public var source: ObservationSource
        public var certainty: Certainty
        public var observed: PartialDay?
        public var occurredAt: Instant
        public var recordedAt: Instant
        public var recordedBy: String
        public var retractedAt: Instant?
        public var retractionReason: String?
    }

    public struct Held: Sendable {
        public var name: String
        public var quantity: Int
        public var keeping: Keeping
        public var keptAt: Instant
        public var returnedAt: Instant?
        public var returnedTo: String?
    }

    public struct Linked: Sendable {
        public var link: ID<PersonLink>
        public var person: Person.ID
        public var maskedName: String
        public var reason: String
        public var linkedAt: Instant
    }

    public struct Request: Sendable {
        public var id: TracingRequest.ID
        public var state: RequestState
        public var consent: ConsentToTracing
        public var openedAt: Instant
    }

    public func perform(in work: Work) throws -> Answer {
        var questions = [own, episodes, observations, belongings, links(work)]
        if work.viewer.may(.seeTracing) { questions.append(requests(work)) }
        let found = try work.tx.rows(ofEach: questions)
        guard let row = found[0].first else { throw Ending.notFound }
        let sealed: [UInt8]? = try row["identity_number"]
        let digest: [UInt8]? = try row["identity_digest"]
        let holder: Area.ID = try row["holder"]
        let sight = work.viewer.sight(of: holder, Self.needs)
        let name: String = try row["name"]
        let certainty: NameCertainty = try row["name_certainty"]
        let birth: PartialDay? = try row["birth"]
        let seen = try found[2].map { try Seen($0, sight) }
        let same: [Person.ID] =
            try digest.map { digest in
                try work.tx.rows(
                    """
                    SELECT p.id FROM person p WHERE p.identity_digest = \(digest) AND p.id <> \(person)
                        AND \(work.viewer.peopleScope(.seePeople, person: "p")) ORDER BY p.id
                    """
                ).map { try $0["id"] }
            } ?? []
        return Answer(
            id: person, version: try row["version"], stationName: try row["station_name"],
            station: holder, name: sight.name(name), isMasked: sight.isMasked,
            nameCertainty: certainty, sex: try row["sex"], birth: birth,
            birthIsEstimate: birth != nil && certainty != .verified
                && !seen.contains {
                    $0.kind == .age && $0.retractedAt == nil && $0.source.tellsAge
                },
            communication: try row["communication"],
            maskedIdentity: try sealed.map {
                Masking.identityNumber(
                    try work.keys.openText(
                        $0,
                        from: .init(table: "person", column: "identity_number", row: person.text)))
            }, protection: try row["protection"],
            episodes: try found[1].map { try Episode($0, sight) }, observations: seen,
            belongings: try found[3].map { try Held($0, sight) },
            links: try found[4].map { try Linked($0, sight) }, sameIdentity: same,
            request: try found.count > 5 ? found[5].first.map(Request.init) : nil)
    }

    // MARK: What is asked, all at once

    private var own: SQL {
        """
        SELECT p.holder, a.name AS station_name, p.name, p.name_certainty, p.sex, p.birth,
            p.communication, p.identity_number, p.identity_digest, p.protection, p.version
        FROM person p JOIN area a ON a.id = p.holder WHERE p.id = \(person)
        """
    }

    private var episodes: SQL {
        """
        SELECT e.id, e.case_number, a.name AS station_name, e.arrived_at, e.ended_at,
            e.arrival_mode, e.brought_by, e.found_place, e.found_on, e.condition,
            e.condition_notes, e.rule, w.kind, w.place, r.name AS room, b.name AS bed,
            d.kind AS departure,
            (SELECT c.reason FROM arrival_correction c WHERE c.episode = e.id
                ORDER BY c.recorded_at DESC LIMIT 1) AS corrected_because,
            (SELECT u.reason FROM undone_departure u WHERE u.episode = e.id
                ORDER BY u.undone_at DESC LIMIT 1) AS undone_because
        FROM episode e JOIN area a ON a.id = e.station
        LEFT JOIN whereabouts w ON w.episode = e.id AND w.until_at IS NULL
        LEFT JOIN bed_stay s ON s.episode = e.id AND s.until_at IS NULL
        LEFT JOIN bed b ON b.id = s.bed LEFT JOIN room r ON r.id = b.room
        LEFT JOIN departure d ON d.episode = e.id
        WHERE e.person = \(person) ORDER BY e.arrived_at DESC
        """
    }

    private var observations: SQL {
        """
        SELECT o.id, o.kind, o.value, o.source, o.certainty, o.observed, o.occurred_at,
            o.recorded_at, COALESCE(a.name, o.recorded_by) AS recorded_by, o.retracted_at,
            o.retraction_reason
        FROM observation o LEFT JOIN account a ON a.id = o.recorded_by
        WHERE o.person = \(person) ORDER BY o.recorded_at DESC, o.id DESC
        """
    }

    private var belongings: SQL {
        """
        SELECT g.name, g.quantity, g.keeping, g.kept_at, g.returned_at, g.returned_to
        FROM belonging g JOIN episode e ON e.id = g.episode
        WHERE e.person = \(person) ORDER BY g.kept_at, g.id
        """
    }

    private func links(_ work: Work) -> SQL {
        """
        SELECT l.id, l.reason, l.linked_at, p.id AS person, p.name
        FROM person_link l
        JOIN person p ON p.id = CASE WHEN l.one = \(person) THEN l.other ELSE l.one END
        WHERE (l.one = \(person) OR l.other = \(person)) AND l.unlinked_at IS NULL
            AND \(work.viewer.peopleScope(.seePeople, person: "p"))
        ORDER BY l.linked_at
        """
    }

    private func requests(_ work: Work) -> SQL {
        """
        SELECT r.id, r.state, r.consent, r.opened_at
        FROM tracing_request r JOIN person p ON p.id = r.person
        WHERE r.person = \(person)
            AND \(work.viewer.requestScope(.seeTracing, request: "r", person: "p"))
        ORDER BY r.opened_at DESC
        """
    }
}

// MARK: What is read from a row

extension SeePerson.Episode {
    fileprivate init(_ row: Row, _ sight: Sight) throws {
        let kind: WhereaboutsKind? = try row["kind"]
        let room: String? = try row["room"]
        let bed: String? = try row["bed"]
        let broughtBy: String? = try row["brought_by"]
        let notes: String? = try row["condition_notes"]
        let corrected: String? = try row["corrected_because"]
        let undone: String? = try row["undone_because"]
        self.init(
            id: try row["id"], caseNumber: try row["case_number"],
            stationName: try row["station_name"], arrivedAt: try row["arrived_at"],
            endedAt: try row["ended_at"], mode: try row["arrival_mode"],
            broughtBy: broughtBy.map(sight.words), foundPlace: try row["found_place"],
            foundOn: try row["found_on"], condition: try row["condition"],
            conditionNotes: notes.map(sight.words), rule: try row["rule"],
            place: try kind.map { PlaceOfStay(kind: $0, place: try row["place"]) },
            bed: room.flatMap { room in bed.map { "\(room) \($0)" } },
            departure: try row["departure"], correctedBecause: corrected.map(sight.words),
            undoneBecause: undone.map(sight.words))
    }
}

extension SeePerson.Seen {
    fileprivate init(_ row: Row, _ sight: Sight) throws {
        let kind: ObservationKind = try row["kind"]
        let reason: String? = try row["retraction_reason"]
        self.init(
            id: try row["id"], kind: kind, value: sight.value(try row["value"], of: kind),
            source: try row["source"], certainty: try row["certainty"],
            observed: try row["observed"], occurredAt: try row["occurred_at"],
            recordedAt: try row["recorded_at"], recordedBy: try row["recorded_by"],
            retractedAt: try row["retracted_at"], retractionReason: reason.map(sight.words))
    }
}

extension SeePerson.Held {
    fileprivate init(_ row: Row, _ sight: Sight) throws {
        let taker: String? = try row["returned_to"]
        self.init(
            name: sight.words(try row["name"]), quantity: try row["quantity"],
            keeping: try row["keeping"], keptAt: try row["kept_at"],
            returnedAt: try row["returned_at"],
            returnedTo: taker.map(sight.name))
    }
}

extension SeePerson.Linked {
    fileprivate init(_ row: Row, _ sight: Sight) throws {
        self.init(
            link: try row["id"], person: try row["person"],
            maskedName: Masking.name(try row["name"]), reason: sight.words(try row["reason"]),
            linkedAt: try row["linked_at"])
    }
}

extension SeePerson.Request {
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row["id"], state: try row["state"], consent: try row["consent"],
            openedAt: try row["opened_at"])
    }
}

extension ObservationSource {
    /// Whoever knows an age and did not guess it by looking.
    var tellsAge: Bool {
        switch self {
        case .person, .document, .relative: true
        case .staff, .escort, .system: false
        }
    }
}

public enum PersonLink {}
