import GuituModel
import GuituStore

/// The people of one's own areas, found by name, pinyin, initials or case number.
public struct ListPeople: ReadingUseCase {
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
    }

    public var search = ""
    public var standing = Standing.inRelief
    public var sex: Sex?
    public var station: Area.ID?
    public var order = Order.newest
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
        public var caseNumber: String?
        public var traced: Bool
        public var isProtected: Bool
    }

    public struct Answer: Sendable {
        public var lines: [Line]
        public var next: String?
    }

    public func perform(in work: Work) throws -> Answer {
        var conditions: [SQL] = [work.viewer.peopleScope(.seePeople, person: "p")]
        let key = SearchKeys.beginning(search)
        if !key.isEmpty {
            conditions.append(
                """
                EXISTS (SELECT 1 FROM search_key k WHERE k.subject_kind = 'person'
                    AND k.subject = p.id AND k.key >= \(key) AND k.key < \(key + "\u{10FFFF}"))
                """)
        }
        switch standing {
        case .inRelief: conditions.append("e.id IS NOT NULL")
        case .left: conditions.append("e.id IS NULL")
        case .all: break
        }
        if let sex { conditions.append("p.sex = \(sex)") }
        if let station { conditions.append("p.holder = \(station)") }
        let order: SQL
        switch self.order {
        case .newest:
            order = "p.recorded_at DESC, p.id DESC"
            if let (instant, id) = Cursor.instant(after) {
                conditions.append(
                    """
                    (p.recorded_at < \(instant) OR (p.recorded_at = \(instant) AND p.id < \(id)))
                    """)
            }
        case .name:
            order = "p.pinyin, p.id"
            if let (pinyin, id) = Cursor.text(after) {
                conditions.append(
                    "(p.pinyin > \(pinyin) OR (p.pinyin = \(pinyin) AND p.id > \(id)))")
            }
        }
        let limit = min(max(limit, 1), 500)
        let rows = try work.tx.rows(
            """
            SELECT p.id, p.name, p.pinyin, p.sex, p.birth, p.protection, p.recorded_at,
                a.name AS station_name, e.arrived_at, e.case_number, w.kind AS place,
                (SELECT COUNT(*) FROM tracing_request r
                 WHERE r.person = p.id AND r.closed_at IS NULL) AS traced
            FROM person p JOIN area a ON a.id = p.holder
            LEFT JOIN episode e ON e.person = p.id AND e.ended_at IS NULL
            LEFT JOIN whereabouts w ON w.episode = e.id AND w.until_at IS NULL
            WHERE \(SQL.joined(conditions, by: " AND ")) ORDER BY \(order) LIMIT \(limit + 1)
            """)
        let seesTracing = work.viewer.may(.seeTracing)
        let lines = try rows.prefix(limit).map { row in
            let traced: Int = try row["traced"]
            let protection: Protection = try row["protection"]
            return Line(
                id: try row["id"], maskedName: Masking.name(try row["name"]), sex: try row["sex"],
                birth: try row["birth"], stationName: try row["station_name"],
                arrivedAt: try row["arrived_at"], place: try row["place"],
                caseNumber: try row["case_number"],
                traced: seesTracing && traced > 0 && protection == .none,
                isProtected: protection != .none)
        }
        guard rows.count > limit, let last = rows.prefix(limit).last else {
            return Answer(lines: lines, next: nil)
        }
        let next =
            switch self.order {
            case .newest: Cursor.of(try last["recorded_at"] as Instant, try last["id"])
            case .name: Cursor.of(try last["pinyin"] as String, try last["id"])
            }
        return Answer(lines: lines, next: next)
    }
}

/// Where a list goes on: the sort key and id of the last line shown.
enum Cursor {
    static func of(_ instant: Instant, _ id: String) -> String { "\(instant.milliseconds)~\(id)" }
    static func of(_ text: String, _ id: String) -> String { "\(text)~\(id)" }

    static func instant(_ cursor: String?) -> (Instant, String)? {
        guard let (key, id) = text(cursor), let milliseconds = Int64(key) else { return nil }
        return (Instant(milliseconds: milliseconds), id)
    }

    static func text(_ cursor: String?) -> (String, String)? {
        guard let cursor, let cut = cursor.lastIndex(of: "~") else { return nil }
        return (String(cursor[..<cut]), String(cursor[cursor.index(after: cut)...]))
    }
}
