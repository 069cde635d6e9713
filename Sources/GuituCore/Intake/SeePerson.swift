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
        public var facts: [Happened]
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

    public struct Happened: Sendable {
        public var kind: Fact.Kind
        public var at: Instant
    }

    public func perform(in work: Work) throws -> Answer {
        guard
            let row = try work.tx.first(
                """
                SELECT p.holder, a.name AS station_name, p.name, p.name_certainty, p.sex, p.birth,
                    p.communication, p.identity_number, p.identity_digest, p.protection, p.version
                FROM person p JOIN area a ON a.id = p.holder WHERE p.id = \(person)
                """)
        else { throw Ending.notFound }
        let sealed: [UInt8]? = try row["identity_number"]
        let digest: [UInt8]? = try row["identity_digest"]
        let holder: Area.ID = try row["holder"]
        let sight = work.viewer.sight(of: holder, Self.needs)
        let name: String = try row["name"]
        let certainty: NameCertainty = try row["name_certainty"]
        let birth: PartialDay? = try row["birth"]
        let observations = try observations(work, sight)
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
                && !observations.contains {
                    $0.kind == .age && $0.retractedAt == nil && $0.source.tellsAge
                },
            communication: try row["communication"],
            maskedIdentity: try sealed.map {
                Masking.identityNumber(
                    try work.keys.openText(
                        $0,
                        from: .init(table: "person", column: "identity_number", row: person.text)))
            }, protection: try row["protection"], episodes: try episodes(work, sight),
            observations: observations, belongings: try belongings(work, sight),
            links: try links(work, sight), sameIdentity: same, request: try request(work),
            facts: try facts(work))
    }

    private func episodes(_ work: Work, _ sight: Sight) throws -> [Episode] {
        try work.tx.rows(
            """
            SELECT e.id, e.case_number, a.name AS station_name, e.arrived_at, e.ended_at,
                e.arrival_mode, e.brought_by, e.found_place, e.found_on, e.condition,
                e.condition_notes, e.rule, w.kind, w.place, r.name AS room, b.name AS bed,
                d.kind AS departure
            FROM episode e JOIN area a ON a.id = e.station
            LEFT JOIN whereabouts w ON w.episode = e.id AND w.until_at IS NULL
            LEFT JOIN bed_stay s ON s.episode = e.id AND s.until_at IS NULL
            LEFT JOIN bed b ON b.id = s.bed LEFT JOIN room r ON r.id = b.room
            LEFT JOIN departure d ON d.episode = e.id
            WHERE e.person = \(person) ORDER BY e.arrived_at DESC
            """
        ).map { row in
            let kind: WhereaboutsKind? = try row["kind"]
            let room: String? = try row["room"]
            let bed: String? = try row["bed"]
            let broughtBy: String? = try row["brought_by"]
            let notes: String? = try row["condition_notes"]
            return Episode(
                id: try row["id"], caseNumber: try row["case_number"],
                stationName: try row["station_name"], arrivedAt: try row["arrived_at"],
                endedAt: try row["ended_at"], mode: try row["arrival_mode"],
                broughtBy: broughtBy.map(sight.words), foundPlace: try row["found_place"],
                foundOn: try row["found_on"], condition: try row["condition"],
                conditionNotes: notes.map(sight.words), rule: try row["rule"],
                place: try kind.map { PlaceOfStay(kind: $0, place: try row["place"]) },
                bed: room.flatMap { room in bed.map { "\(room) \($0)" } },
                departure: try row["departure"])
        }
    }

    private func observations(_ work: Work, _ sight: Sight) throws -> [Seen] {
        try work.tx.rows(
            """
            SELECT o.id, o.kind, o.value, o.source, o.certainty, o.observed, o.occurred_at,
                o.recorded_at, COALESCE(a.name, o.recorded_by) AS recorded_by, o.retracted_at,
                o.retraction_reason
            FROM observation o LEFT JOIN account a ON a.id = o.recorded_by
            WHERE o.person = \(person) ORDER BY o.recorded_at DESC, o.id DESC
            """
        ).map {
            let kind: ObservationKind = try $0["kind"]
            let reason: String? = try $0["retraction_reason"]
            return Seen(
                id: try $0["id"], kind: kind, value: sight.value(try $0["value"], of: kind),
                source: try $0["source"], certainty: try $0["certainty"],
                observed: try $0["observed"], occurredAt: try $0["occurred_at"],
                recordedAt: try $0["recorded_at"], recordedBy: try $0["recorded_by"],
                retractedAt: try $0["retracted_at"],
                retractionReason: reason.map(sight.words))
        }
    }

    private func belongings(_ work: Work, _ sight: Sight) throws -> [Held] {
        try work.tx.rows(
            """
            SELECT g.name, g.quantity, g.keeping, g.kept_at, g.returned_at, g.returned_to
            FROM belonging g JOIN episode e ON e.id = g.episode
            WHERE e.person = \(person) ORDER BY g.kept_at, g.id
            """
        ).map {
            let taker: String? = try $0["returned_to"]
            return Held(
                name: sight.words(try $0["name"]), quantity: try $0["quantity"],
                keeping: try $0["keeping"],
                keptAt: try $0["kept_at"], returnedAt: try $0["returned_at"],
                returnedTo: taker.map(sight.name))
        }
    }

    private func links(_ work: Work, _ sight: Sight) throws -> [Linked] {
        try work.tx.rows(
            """
            SELECT l.id, l.reason, l.linked_at, p.id AS person, p.name
            FROM person_link l
            JOIN person p ON p.id = CASE WHEN l.one = \(person) THEN l.other ELSE l.one END
            WHERE (l.one = \(person) OR l.other = \(person)) AND l.unlinked_at IS NULL
                AND \(work.viewer.peopleScope(.seePeople, person: "p"))
            ORDER BY l.linked_at
            """
        ).map {
            Linked(
                link: try $0["id"], person: try $0["person"],
                maskedName: Masking.name(try $0["name"]), reason: sight.words(try $0["reason"]),
                linkedAt: try $0["linked_at"])
        }
    }

    private func request(_ work: Work) throws -> Request? {
        guard work.viewer.may(.seeTracing) else { return nil }
        return try work.tx.first(
            """
            SELECT r.id, r.state, r.consent, r.opened_at
            FROM tracing_request r JOIN person p ON p.id = r.person
            WHERE r.person = \(person)
                AND \(work.viewer.requestScope(.seeTracing, request: "r", person: "p"))
            ORDER BY r.opened_at DESC
            """
        ).map {
            Request(
                id: try $0["id"], state: try $0["state"], consent: try $0["consent"],
                openedAt: try $0["opened_at"])
        }
    }

    private func facts(_ work: Work) throws -> [Happened] {
        try work.tx.rows(
            """
            SELECT kind, occurred_at FROM fact
            WHERE subject_kind = 'person' AND subject = \(person) ORDER BY occurred_at, id
            """
        ).map { Happened(kind: try $0["kind"], at: try $0["occurred_at"]) }
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
