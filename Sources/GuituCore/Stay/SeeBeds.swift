import GuituModel
import GuituStore

/// The beds of a station: which are free, and who lies in the others.
public struct SeeBeds: ReadingUseCase {
    public static let needs = Permission.seeBeds
    public static let effect = Effect.reads
    public var target: Target { .area(station) }
    public var station: Area.ID

    public init(station: Area.ID) { self.station = station }

    public struct BedLine: Sendable {
        public var id: Bed.ID
        public var room: String
        public var name: String
        /// `male`, `female` or `single`.
        public var kind: String
        public var outOfUse: Bool
        public var occupant: Occupant?
    }

    public struct Occupant: Sendable {
        /// Nil, as the episode is, for who may see that a bed is taken but not
        /// by whom: safety, and the offices above a protected person's station.
        public var person: Person.ID?
        public var episode: ReliefEpisode.ID?
        public var maskedName: String
        public var since: Instant
    }

    /// Somebody in the station who has no bed yet.
    public struct Waiting: Sendable {
        public var person: Person.ID
        public var episode: ReliefEpisode.ID
        public var maskedName: String
        public var sex: Sex
        public var arrivedAt: Instant
    }

    public struct Answer: Sendable {
        public var stationName: String
        public var beds: [BedLine]
        public var waiting: [Waiting]
    }

    public func perform(in work: Work) throws -> Answer {
        // Who may see beds but not people (safety) learns only that one is taken.
        let named = work.viewer.may(.seePeople)
        let beds = try work.tx.rows(
            """
            SELECT b.id, b.name, b.kind, b.out_of_use, r.name AS room, s.from_at, s.episode,
                p.id AS person, p.name AS person_name,
                CASE WHEN \(work.viewer.peopleScope(.seeBeds, person: "p")) THEN 1 ELSE 0 END AS seen
            FROM bed b JOIN room r ON r.id = b.room
            LEFT JOIN bed_stay s ON s.bed = b.id AND s.until_at IS NULL
            LEFT JOIN episode e ON e.id = s.episode LEFT JOIN person p ON p.id = e.person
            WHERE b.station = \(station) ORDER BY r.name, b.name
            """
        ).map { row in
            let person: Person.ID? = try row["person"]
            let isNamed = try named && row["seen"] == true
            return BedLine(
                id: try row["id"], room: try row["room"], name: try row["name"],
                kind: try row["kind"], outOfUse: try row["out_of_use"],
                occupant: try person.map {
                    Occupant(
                        person: isNamed ? $0 : nil, episode: isNamed ? try row["episode"] : nil,
                        maskedName: isNamed ? Masking.name(try row["person_name"]) : "•",
                        since: try row["from_at"])
                })
        }
        let waiting =
            !named
            ? []
            : try work.tx.rows(
                """
                SELECT p.id, p.name, p.sex, e.id AS episode, e.arrived_at
                FROM episode e JOIN person p ON p.id = e.person
                JOIN whereabouts w ON w.episode = e.id AND w.until_at IS NULL AND w.kind = 'station'
                WHERE e.station = \(station) AND e.ended_at IS NULL
                AND \(work.viewer.peopleScope(.seeBeds, person: "p")) AND NOT EXISTS (
                    SELECT 1 FROM bed_stay s WHERE s.episode = e.id AND s.until_at IS NULL)
                ORDER BY e.arrived_at, e.id
                """
            ).map {
                Waiting(
                    person: try $0["id"], episode: try $0["episode"],
                    maskedName: Masking.name(try $0["name"]), sex: try $0["sex"],
                    arrivedAt: try $0["arrived_at"])
            }
        let name = try work.tx.first("SELECT name FROM area WHERE id = \(station)")
        return Answer(stationName: try name?["name"] ?? "", beds: beds, waiting: waiting)
    }
}

/// The stations whose beds one may see, with how many are free: for an office
/// above, which has no beds of its own.
public struct ListBedStations: ReadingUseCase {
    public static let needs = Permission.seeBeds
    public static let effect = Effect.reads
    public var target: Target { .ownAreas }
    public init() {}

    public struct Line: Sendable, Encodable, Equatable {
        public var id: Area.ID
        public var name: String
        public var beds: Int
        public var free: Int
    }

    /// In the order of their codes; beds out of use are not counted.
    public func perform(in work: Work) throws -> [Line] {
        try work.tx.rows(
            """
            SELECT a.id, a.name,
                (SELECT COUNT(*) FROM bed b WHERE b.station = a.id AND b.out_of_use = 0) AS beds,
                (SELECT COUNT(*) FROM bed b WHERE b.station = a.id AND b.out_of_use = 0
                    AND NOT EXISTS (SELECT 1 FROM bed_stay s
                        WHERE s.bed = b.id AND s.until_at IS NULL)) AS free
            FROM station t JOIN area a ON a.id = t.area
            WHERE \(work.viewer.scope(.seeBeds, area: "a.id")) ORDER BY a.code, a.id
            """
        ).map {
            Line(
                id: try $0["id"], name: try $0["name"], beds: try $0["beds"], free: try $0["free"])
        }
    }
}

/// The beds of a station, to be taken away as a file; the trail has an entry of
/// its own.
public struct ExportBeds: ReadingUseCase {
    public static let needs = Permission.seeBeds
    public static let effect = Effect.readsSensitive
    public var target: Target { .area(station) }
    public var station: Area.ID

    public init(station: Area.ID) { self.station = station }

    public func perform(in work: Work) throws -> SeeBeds.Answer {
        try SeeBeds(station: station).perform(in: work)
    }
}
