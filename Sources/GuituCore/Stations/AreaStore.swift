import GuituModel
import GuituStore

extension Work {
    var areas: AreaStore { AreaStore(work: self) }
}

/// An area about to be made.
public struct AreaDraft: Codable, Sendable, Equatable {
    /// Six digits of GB/T 2260; a station adds its own mark, such as J1.
    public var code: String
    public var name: String
    public var level: Area.Level
    public var validFrom: Day

    public init(code: String, name: String, level: Area.Level, validFrom: Day) {
        self.code = code
        self.name = name
        self.level = level
        self.validFrom = validFrom
    }

    static func ministry(from day: Day) -> AreaDraft {
        AreaDraft(code: "000000", name: "民政部", level: .ministry, validFrom: day)
    }
}

/// A station about to be made: an area with beds, an address and a hotline.
public struct StationDraft: Codable, Sendable, Equatable {
    public var area: AreaDraft
    public var address: String
    public var hotline: String

    public init(code: String, name: String, address: String, hotline: String, validFrom: Day) {
        area = AreaDraft(code: code, name: name, level: .station, validFrom: validFrom)
        self.address = address
        self.hotline = hotline
    }
}

public enum AreaRefused: Refusal, Equatable {
    case codeTaken
    /// A county does not lie in a station, nor in another county.
    case wrongLevel(Area.Level, in: Area.Level)
    /// Its code is of another province.
    case otherProvince
    case parentRetired
    case alreadyRetired(on: Day)
    case successorOfOtherLevel
    case stillInUse
    case notAStation

    public var saying: Saying {
        switch self {
        case .codeTaken: Saying("area.codeTaken", field: "code")
        case .wrongLevel: Saying("area.wrongLevel", field: "level")
        case .otherProvince: Saying("area.otherProvince", field: "code")
        case .parentRetired: Saying("area.parentRetired")
        case .alreadyRetired(let day): Saying("area.alreadyRetired", ["day": "\(day)"])
        case .successorOfOtherLevel: Saying("area.successorOfOtherLevel", field: "successor")
        case .stillInUse: Saying("area.stillInUse")
        case .notAStation: Saying("area.notAStation")
        }
    }
}

struct AreaStore {
    let work: Work

    /// Holds the area's row to the end of the transaction.
    func lock(_ id: Area.ID) throws {
        guard try work.tx.execute("UPDATE area SET level = level WHERE id = \(id)") == 1 else {
            throw Ending.notFound
        }
    }

    /// Adds the area and its line of ancestors; `parent` is nil for the ministry.
    func insert(_ draft: AreaDraft, under parent: Area.ID?) throws -> Area.ID {
        let (code, name) = try checked(draft)
        if let parent {
            try lock(parent)
            let row = try work.tx.first(
                "SELECT code, level, valid_until FROM area WHERE id = \(parent)")
            guard let row else { throw Ending.notFound }
            let level: Area.Level = try row["level"]
            guard level < draft.level else { throw AreaRefused.wrongLevel(draft.level, in: level) }
            let above: String = try row["code"]
            guard level == .ministry || above.prefix(2) == code.prefix(2) else {
                throw AreaRefused.otherProvince
            }
            let until: Day? = try row["valid_until"]
            if let until, until < draft.validFrom { throw AreaRefused.parentRetired }
        }
        let id: Area.ID = work.newID()
        let inserted = try work.tx.execute(
            """
            INSERT INTO area (id, code, name, pinyin, level, parent, valid_from)
            VALUES (\(id), \(code), \(name), \(PinyinSortKey.of(name)), \(draft.level), \(parent),
                \(draft.validFrom))
            ON CONFLICT DO NOTHING
            """)
        guard inserted == 1 else { throw AreaRefused.codeTaken }
        try work.tx.execute("INSERT INTO area_ancestor (area, ancestor) VALUES (\(id), \(id))")
        if let parent {
            try work.tx.execute(
                """
                INSERT INTO area_ancestor (area, ancestor)
                SELECT \(id), ancestor FROM area_ancestor WHERE area = \(parent)
                """)
        }
        return id
    }

    func insert(_ draft: StationDraft, under parent: Area.ID) throws -> Area.ID {
        var form = FormCheck()
        let address = form.text(draft.address, "address", limit: 200, required: true)
        let hotline = form.text(draft.hotline, "hotline", limit: 40, required: true)
        try form.finish()
        let id = try insert(draft.area, under: parent)
        try work.tx.execute(
            """
            INSERT INTO station (area, address, hotline, next_unnamed, version)
            VALUES (\(id), \(address), \(hotline), 1, 1)
            """)
        return id
    }

    private func checked(_ draft: AreaDraft) throws -> (code: String, name: String) {
        var form = FormCheck()
        let code = form.text(draft.code, "code", limit: 20, required: true)
        let name = form.text(draft.name, "name", limit: 60, required: true)
        if !code.isEmpty, !Self.isCode(code, of: draft.level) {
            if draft.level == .station {
                form.fail("code", "area.stationCode")
            } else {
                form.fail("code", "area.code")
            }
        }
        try form.finish()
        return (code, name)
    }

    /// `110105`; a station goes on with one to six capitals or digits: `110105J1`.
    static func isCode(_ code: String, of level: Area.Level) -> Bool {
        let bytes = Array(code.utf8)
        guard bytes.count >= 6, bytes.prefix(6).allSatisfy({ (48...57).contains($0) }) else {
            return false
        }
        let rest = bytes.dropFirst(6)
        return level == .station
            ? (1...6).contains(rest.count)
                && rest.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
            : rest.isEmpty
    }
}
