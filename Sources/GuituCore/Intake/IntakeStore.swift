import GuituModel
import GuituStore

extension Work {
    var intake: IntakeStore { IntakeStore(work: self) }
    var belongings: BelongingStore { BelongingStore(work: self) }
}

struct EpisodeRecord {
    var id: ReliefEpisode.ID
    var person: Person.ID
    var station: Area.ID
    var caseNumber: String
    var arrivedAt: Instant
    var mode: ArrivalMode
    var broughtBy: String
    var foundPlace: String
    var foundOn: PartialDay?
    var condition: Condition
    var conditionNotes: String
    var rule: String
}

/// Where somebody is, as of a moment.
public struct PlaceOfStay: Codable, Sendable, Equatable {
    public var kind: WhereaboutsKind
    /// The hospital's or institution's name; nil in the station itself.
    public var place: String?
    public init(kind: WhereaboutsKind, place: String?) {
        self.kind = kind
        self.place = place
    }
}

struct IntakeStore {
    let work: Work

    /// Takes the station's next 无名氏 number; the row stays locked until the
    /// commit, so two clerks never get the same.
    func nextUnnamed(at station: Area.ID) throws -> Int {
        guard
            let row = try work.tx.first(
                """
                UPDATE station SET next_unnamed = next_unnamed + 1
                WHERE area = \(station) RETURNING next_unnamed
                """)
        else { throw RegisterArrival.Failure.notAStation }
        return try row["next_unnamed"] - 1
    }

    /// Station code, year and the episode's number of that year.
    func caseNumber(at station: Area.ID, coded code: String, on day: Day) throws -> String {
        let next = try work.tx.first(
            """
            INSERT INTO case_number (station, year, next) VALUES (\(station), \(day.year), 2)
            ON CONFLICT (station, year) DO UPDATE SET next = case_number.next + 1
            RETURNING next - 1 AS number
            """)
        let number: Int = try next?["number"] ?? 1
        let digits = String(number)
        return code + "-\(day.year)-" + String(repeating: "0", count: max(0, 5 - digits.count))
            + digits
    }

    func insert(_ episode: EpisodeRecord) throws {
        try work.tx.send(
            """
            INSERT INTO episode (id, person, station, case_number, arrived_at, arrival_mode, brought_by,
                found_place, found_on, condition, condition_notes, checked_by, rule, recorded_at,
                recorded_by)
            VALUES (\(episode.id), \(episode.person), \(episode.station), \(episode.caseNumber),
                \(episode.arrivedAt), \(episode.mode), \(episode.broughtBy.orNil),
                \(episode.foundPlace.orNil), \(episode.foundOn), \(episode.condition),
                \(episode.conditionNotes.orNil), \(work.viewer.label), \(episode.rule), \(work.now),
                \(work.viewer.label))
            """)
    }

    /// Ends where somebody was and begins where they are now.
    @discardableResult
    func place(_ episode: ReliefEpisode.ID, _ place: PlaceOfStay, from instant: Instant) throws
        -> Whereabouts.ID
    {
        try work.tx.send(
            """
            UPDATE whereabouts SET until_at = \(instant)
            WHERE episode = \(episode) AND until_at IS NULL
            """)
        let id: Whereabouts.ID = work.newID()
        try work.tx.send(
            """
            INSERT INTO whereabouts (id, episode, kind, place, from_at, recorded_at, recorded_by)
            VALUES (\(id), \(episode), \(place.kind), \(place.place), \(instant), \(work.now),
                \(work.viewer.label))
            """)
        return id
    }
}

struct BelongingStore {
    let work: Work

    func keep(_ item: RegisterArrival.Item, for episode: ReliefEpisode.ID, at instant: Instant)
        throws
    {
        let id: Belonging.ID = work.newID()
        try work.tx.send(
            """
            INSERT INTO belonging (id, episode, name, quantity, keeping, kept_at, kept_by)
            VALUES (\(id), \(episode), \(item.name), \(item.quantity), \(item.keeping), \(instant),
                \(work.viewer.label))
            """)
    }

    func inCustody(of episode: ReliefEpisode.ID) throws -> Int {
        try work.tx.first(
            """
            SELECT COUNT(*) AS n FROM belonging
            WHERE episode = \(episode) AND keeping = 'custody' AND returned_at IS NULL
            """)?["n"] ?? 0
    }
}

extension String {
    var orNil: String? { isEmpty ? nil : self }
}
