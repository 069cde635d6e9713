import GuituModel
import GuituStore

/// Adds a station below an office.
public struct MakeStation: ChangingUseCase {
    public static let needs = Permission.manageStations
    public var target: Target { .area(parent) }
    public var parent: Area.ID
    public var station: StationDraft

    public init(parent: Area.ID, station: StationDraft) {
        self.parent = parent
        self.station = station
    }

    public func perform(in work: Work) throws -> Area.ID {
        let id = try work.areas.insert(station, under: parent)
        try work.emit(.stationChanged, about: .area(id), in: id, ["made": "station"])
        return id
    }
}

/// Corrects a station's address and hotline.
public struct ChangeStation: ChangingUseCase {
    public static let needs = Permission.manageStations
    public var target: Target { .area(station) }
    public var station: Area.ID
    public var version: Int
    public var address: String
    public var hotline: String

    public init(station: Area.ID, version: Int, address: String, hotline: String) {
        self.station = station
        self.version = version
        self.address = address
        self.hotline = hotline
    }

    public func perform(in work: Work) throws -> Int {
        var form = FormCheck()
        let address = form.text(address, "address", limit: 200, required: true)
        let hotline = form.text(hotline, "hotline", limit: 40, required: true)
        try form.finish()
        let changed = try work.tx.execute(
            """
            UPDATE station SET address = \(address), hotline = \(hotline), version = version + 1
            WHERE area = \(station) AND version = \(version)
            """)
        try work.expectOne(changed) {
            guard
                let row = try work.tx.first(
                    "SELECT address, hotline, version FROM station WHERE area = \(station)")
            else { throw AreaRefused.notAStation }
            let version: Int = try row["version"]
            return [
                "address": try row["address"], "hotline": try row["hotline"],
                "version": "\(version)",
            ]
        }
        try work.emit(.stationChanged, about: .area(station), in: station, ["changed": "station"])
        return version + 1
    }
}

/// A room is for men, for women, or for one person (CA-01).
public enum RoomKind: String, CaseIterable, Codable, Sendable, SQLConvertible {
    case male, female, single
}

public enum RoomRefused: Refusal, Equatable {
    case nameTaken
    case bedTaken(String)
    case oneBedOnly
    case bedOccupied

    public var saying: Saying {
        switch self {
        case .nameTaken: Saying("room.nameTaken", field: "name")
        case .bedTaken(let name): Saying("room.bedTaken", ["name": name], field: "beds")
        case .oneBedOnly: Saying("room.oneBedOnly", field: "beds")
        case .bedOccupied: Saying("room.bedOccupied")
        }
    }
}

/// Adds a room with its beds to a station.
public struct MakeRoom: ChangingUseCase {
    public static let needs = Permission.manageStations
    public var target: Target { .area(station) }
    public var station: Area.ID
    public var name: String
    public var kind: RoomKind
    /// Their names: "1", "2", "靠窗".
    public var beds: [String]

    public init(station: Area.ID, name: String, kind: RoomKind, beds: [String]) {
        self.station = station
        self.name = name
        self.kind = kind
        self.beds = beds
    }

    public struct Made: Codable, Sendable, Equatable {
        public var room: Room.ID
        public var beds: [Bed.ID]
    }

    public func perform(in work: Work) throws -> Made {
        try work.areas.lock(station)
        guard try work.tx.first("SELECT area FROM station WHERE area = \(station)") != nil else {
            throw AreaRefused.notAStation
        }
        var form = FormCheck()
        let name = form.text(name, "name", limit: 20, required: true)
        try form.finish()
        let room: Room.ID = work.newID()
        let inserted = try work.tx.execute(
            """
            INSERT INTO room (id, station, name, kind) VALUES (\(room), \(station), \(name), \(kind))
            ON CONFLICT DO NOTHING
            """)
        guard inserted == 1 else { throw RoomRefused.nameTaken }
        let made = try work.rooms.addBeds(beds, to: room, of: kind, at: station)
        try work.emit(
            .stationChanged, about: .area(station), in: station,
            ["room": room.text, "beds": "\(made.count)"])
        return Made(room: room, beds: made)
    }
}

/// Adds beds to a room that has some.
public struct MakeBeds: ChangingUseCase {
    public static let needs = Permission.manageStations
    public var target: Target { .area(station) }
    public var station: Area.ID
    public var room: Room.ID
    public var beds: [String]

    public init(station: Area.ID, room: Room.ID, beds: [String]) {
        self.station = station
        self.room = room
        self.beds = beds
    }

    public func perform(in work: Work) throws -> [Bed.ID] {
        try work.areas.lock(station)
        guard
            let row = try work.tx.first(
                "SELECT kind FROM room WHERE id = \(room) AND station = \(station)")
        else { throw Ending.notFound }
        let made = try work.rooms.addBeds(beds, to: room, of: row["kind"], at: station)
        try work.emit(
            .stationChanged, about: .area(station), in: station,
            ["room": room.text, "beds": "\(made.count)"])
        return made
    }
}

/// Takes a bed out of use, for repair or for good, or puts it back.
public struct ChangeBed: ChangingUseCase {
    public static let needs = Permission.manageStations
    public var target: Target { .bed(bed) }
    public var bed: Bed.ID
    public var isOutOfUse: Bool

    public init(bed: Bed.ID, isOutOfUse: Bool) {
        self.bed = bed
        self.isOutOfUse = isOutOfUse
    }

    public func perform(in work: Work) throws -> Nothing {
        try work.tx.execute("UPDATE bed SET out_of_use = \(isOutOfUse) WHERE id = \(bed)")
        if isOutOfUse {
            let sleeper = try work.tx.first(
                "SELECT 1 AS found FROM bed_stay WHERE bed = \(bed) AND until_at IS NULL")
            guard sleeper == nil else { throw RoomRefused.bedOccupied }
        }
        try work.emit(
            .stationChanged, about: .bed(bed), in: work.holder, ["outOfUse": "\(isOutOfUse)"])
        return Nothing()
    }
}

extension Work {
    var rooms: RoomStore { RoomStore(work: self) }
}

struct RoomStore {
    let work: Work

    func addBeds(_ names: [String], to room: Room.ID, of kind: RoomKind, at station: Area.ID) throws
        -> [Bed.ID]
    {
        var form = FormCheck()
        let names = names.map { form.text($0, "beds", limit: 20, required: true) }
        if names.count > 200 { form.fail("beds", "field.tooMany", ["max": "200"]) }
        try form.finish()
        if kind == .single {
            let there = try work.tx.first("SELECT COUNT(*) AS n FROM bed WHERE room = \(room)")
            let count: Int = try there?["n"] ?? 0
            guard count + names.count <= 1 else { throw RoomRefused.oneBedOnly }
        }
        return try names.map { name in
            let bed: Bed.ID = work.newID()
            let inserted = try work.tx.execute(
                """
                INSERT INTO bed (id, station, room, kind, name, out_of_use)
                VALUES (\(bed), \(station), \(room), \(kind), \(name), 0) ON CONFLICT DO NOTHING
                """)
            guard inserted == 1 else { throw RoomRefused.bedTaken(name) }
            return bed
        }
    }
}

/// One station with its rooms and beds, for the page where they are changed.
public struct SeeStation: ReadingUseCase {
    public static let needs = Permission.manageStations
    public static let effect = Effect.reads
    public var target: Target { .area(station) }
    public var station: Area.ID
    public init(station: Area.ID) { self.station = station }

    public struct Answer: Sendable, Encodable, Equatable {
        public var id: Area.ID
        public var code: String
        public var name: String
        public var address: String
        public var hotline: String
        public var version: Int
        public var rooms: [RoomLine]
    }

    public struct RoomLine: Sendable, Encodable, Equatable {
        public var id: Room.ID
        public var name: String
        public var kind: RoomKind
        public var beds: [BedLine]
    }

    public struct BedLine: Sendable, Encodable, Equatable {
        public var id: Bed.ID
        public var name: String
        public var isOutOfUse: Bool
    }

    public func perform(in work: Work) throws -> Answer {
        guard
            let row = try work.tx.first(
                """
                SELECT a.code, a.name, s.address, s.hotline, s.version
                FROM station s JOIN area a ON a.id = s.area WHERE s.area = \(station)
                """)
        else { throw Ending.notFound }
        var rooms = try work.tx.rows(
            "SELECT id, name, kind FROM room WHERE station = \(station) ORDER BY name, id"
        ).map { RoomLine(id: try $0["id"], name: try $0["name"], kind: try $0["kind"], beds: []) }
        let places = Dictionary(
            uniqueKeysWithValues: rooms.enumerated().map { ($0.element.id, $0.offset) })
        for bed in try work.tx.rows(
            "SELECT id, room, name, out_of_use FROM bed WHERE station = \(station) ORDER BY name, id"
        ) {
            guard let place = places[try bed["room"]] else { continue }
            rooms[place].beds.append(
                BedLine(id: try bed["id"], name: try bed["name"], isOutOfUse: try bed["out_of_use"])
            )
        }
        return Answer(
            id: station, code: try row["code"], name: try row["name"], address: try row["address"],
            hotline: try row["hotline"], version: try row["version"], rooms: rooms)
    }
}
