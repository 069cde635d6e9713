import GuituModel
import GuituStore

/// The people of one's own areas, found by name, pinyin, initials or case number.
public struct ListPeople: ReadingUseCase, ListUseCase {
    public static let needs = Permission.seePeople
    public static let effect = Effect.readsSensitive
    public var target: Target { .ownAreas }

    public enum Standing: String, CaseIterable, Codable, Sendable {
        case inRelief = "in-relief"
        case left
        case all
    }

    public enum Order: String, CaseIterable, Codable, Sendable {
        case newest
        case name
        /// Who has waited longest first.
        case arrival
        /// By room and bed; who has none first.
        case bed
    }

    public var search = ""
    public var standing = Standing.inRelief
    public var sex: Sex?
    public var station: Area.ID?
    public var order = Order.newest
    /// The other way round; the newest always come first.
    public var isDescending = false
    /// The cursor that the page before gave.
    public var after: String?
    public var limit = 50

    public init() {}

    public struct Line: Sendable {
        public var id: Person.ID
        public var maskedName: String
        public var sex: Sex
        public var birth: PartialDay?
        public var stationName: String
        public var arrivedAt: Instant?
        public var place: WhereaboutsKind?
        public var bed: String?
        public var caseNumber: String?
        public var traced: Bool
        public var isProtected: Bool
    }

    public typealias Answer = ListPage<Line>

    public func perform(in work: Work) throws -> Answer {
        var conditions: [SQL] = [work.viewer.peopleScope(.seePeople, person: "p")]
        if let found = SearchKeys.found(search, "person", "p.id") {
            conditions.append("(\(found) OR \(numbered))")
        }
        switch standing {
        case .inRelief: conditions.append("e.id IS NOT NULL")
        case .left: conditions.append("e.id IS NULL")
        case .all: break
        }
        if let sex { conditions.append("p.sex = \(sex)") }
        if let station { conditions.append("p.holder = \(station)") }
        let order = sorting
        let (rows, next) = try order.page(
            """
            SELECT p.id, p.name, p.sex, p.birth, p.protection, a.name AS station_name, e.arrived_at,
                e.case_number, w.kind AS place, o.name AS room, b.name AS bed, \(order.selected),
                (SELECT COUNT(*) FROM tracing_request r
                 WHERE r.person = p.id AND r.closed_at IS NULL) AS traced
            FROM person p JOIN area a ON a.id = p.holder
            LEFT JOIN episode e ON e.person = p.id AND e.ended_at IS NULL
            LEFT JOIN whereabouts w ON w.episode = e.id AND w.until_at IS NULL
            LEFT JOIN bed_stay s ON s.episode = e.id AND s.until_at IS NULL
            LEFT JOIN bed b ON b.id = s.bed LEFT JOIN room o ON o.id = b.room
            """, where: conditions, after: after, limit: limit, in: work)
        let seesTracing = work.viewer.may(.seeTracing)
        let lines = try rows.map { row in
            let traced: Int = try row["traced"]
            let protection: Protection = try row["protection"]
            let room: String? = try row["room"]
            let bed: String? = try row["bed"]
            return Line(
                id: try row["id"], maskedName: Masking.name(try row["name"]), sex: try row["sex"],
                birth: try row["birth"], stationName: try row["station_name"],
                arrivedAt: try row["arrived_at"], place: try row["place"],
                bed: room.flatMap { room in bed.map { "\(room) \($0)" } },
                caseNumber: try row["case_number"],
                traced: seesTracing && traced > 0 && protection == .none,
                isProtected: protection != .none)
        }
        return Answer(lines: lines, next: next)
    }

    /// The number on somebody's papers, or how it begins.
    private var numbered: SQL {
        let number = search.filter { !$0.isWhitespace }.uppercased()
        return """
            EXISTS (SELECT 1 FROM episode x WHERE x.person = p.id
                AND x.case_number >= \(number) AND x.case_number < \(number + "\u{10FFFF}"))
            """
    }

    private var sorting: ListOrder {
        switch order {
        case .newest: ListOrder(.instant("p.recorded_at"), id: "p.id", isDescending: true)
        case .name: ListOrder(.words("p.pinyin"), id: "p.id", isDescending: isDescending)
        case .arrival:
            ListOrder(
                .instant("COALESCE(e.arrived_at, 0)"), id: "p.id", isDescending: isDescending)
        case .bed:
            ListOrder(
                .words("COALESCE(o.name || ' ' || b.name, '')"), id: "p.id",
                isDescending: isDescending)
        }
    }
}
