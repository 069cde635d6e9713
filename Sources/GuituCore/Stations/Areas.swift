import GuituModel
import GuituStore

/// Adds an office to the tree: a province, a city or a county.
public struct MakeArea: ChangingUseCase {
    public static let needs = Permission.manageStations
    public var target: Target { .area(parent) }
    public var parent: Area.ID
    public var area: AreaDraft

    public init(parent: Area.ID, area: AreaDraft) {
        self.parent = parent
        self.area = area
    }

    public func perform(in work: Work) throws -> Area.ID {
        // A station has beds and a hotline: `MakeStation`.
        guard area.level != .station else { throw AreaRefused.wrongLevel(.station, in: .station) }
        let id = try work.areas.insert(area, under: parent)
        try work.emit(.stationChanged, about: .area(id), in: id, ["made": area.level.rawValue])
        return id
    }
}

/// Ends the validity of an area whose code changed or that was merged into
/// another, and names its successor. Records keep the area they were made in.
public struct RetireArea: ChangingUseCase {
    public static let needs = Permission.manageStations
    public var target: Target { .area(area) }
    public var area: Area.ID
    /// The last day on which it is in force.
    public var lastDay: Day
    public var successor: Area.ID?

    public init(area: Area.ID, lastDay: Day, successor: Area.ID?) {
        self.area = area
        self.lastDay = lastDay
        self.successor = successor
    }

    public func perform(in work: Work) throws -> Nothing {
        try work.areas.lock(area)
        guard
            let row = try work.tx.first(
                "SELECT level, valid_from, valid_until FROM area WHERE id = \(area)")
        else { throw Ending.notFound }
        let until: Day? = try row["valid_until"]
        if let until { throw AreaRefused.alreadyRetired(on: until) }
        let from: Day = try row["valid_from"]
        guard lastDay >= from else {
            throw InvalidFields([Saying("area.endsBeforeItBegins", field: "lastDay")])
        }
        if let successor {
            _ = try work.viewer.authorise(.manageStations, on: .area(successor), in: work.tx)
            let level: Area.Level = try row["level"]
            guard successor != area,
                try work.tx.first("SELECT level FROM area WHERE id = \(successor)")?["level"]
                    == level
            else { throw AreaRefused.successorOfOtherLevel }
        }
        let living = try work.tx.first(
            """
            SELECT 1 AS found FROM area a LEFT JOIN episode e ON e.station = a.id AND e.ended_at IS NULL
            WHERE (a.id = \(area) AND e.id IS NOT NULL) OR (a.parent = \(area) AND a.valid_until IS NULL)
            LIMIT 1
            """)
        guard living == nil else { throw AreaRefused.stillInUse }
        try work.tx.execute(
            """
            UPDATE area SET valid_until = \(lastDay), successor = \(successor) WHERE id = \(area)
            """)
        try work.emit(
            .stationChanged, about: .area(area), in: area,
            ["retired": "\(lastDay)", "successor": successor?.text ?? ""])
        return Nothing()
    }
}

/// The offices and stations below one's own, in the order of their codes: a
/// tree, read whole.
public struct ListAreas: ReadingUseCase, ListUseCase {
    public static let needs = Permission.manageStations
    public static let effect = Effect.reads
    public var target: Target { .ownAreas }
    public var includesRetired = false
    public var after: Never?
    public var limit = 500
    public init() {}

    public struct Line: Sendable, Encodable, Equatable {
        public var id: Area.ID
        public var code: String
        public var name: String
        public var level: Area.Level
        public var parent: Area.ID?
        public var parentName: String?
        public var validUntil: Day?
        public var beds: Int
    }

    public func perform(in work: Work) throws -> [Line] {
        let retired: SQL = includesRetired ? "1 = 1" : "a.valid_until IS NULL"
        return try work.tx.rows(
            """
            SELECT a.id, a.code, a.name, a.level, a.parent, u.name AS parent_name, a.valid_until,
                (SELECT COUNT(*) FROM bed b WHERE b.station = a.id AND b.out_of_use = 0) AS beds
            FROM area a LEFT JOIN area u ON u.id = a.parent
            WHERE \(work.viewer.scope(.manageStations, area: "a.id")) AND \(retired)
            ORDER BY a.code, a.id
            """
        ).map {
            Line(
                id: try $0["id"], code: try $0["code"], name: try $0["name"],
                level: try $0["level"],
                parent: try $0["parent"], parentName: try $0["parent_name"],
                validUntil: try $0["valid_until"], beds: try $0["beds"])
        }
    }

    public static func parts(of answer: [Line]) -> (lines: [Line], next: Never?) { (answer, nil) }
}
