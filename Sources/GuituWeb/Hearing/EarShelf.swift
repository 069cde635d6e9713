import Foundation
import GuituCore
import GuituEar
import GuituMatching
import Synchronization

/// The index of places of this server, opened when first asked and again when
/// the file was replaced.
public final class EarShelf: Sendable {
    /// Why nobody can be heard; pages say what to do about it.
    enum Failure: Error, Equatable {
        case missing
        case damaged
    }

    public let path: String
    private let desk: EngineDesk
    private let opened = Mutex<(stamp: [String], learned: [SolvedName], ear: OpenedEar)?>(nil)
    private let learned = Mutex<[SolvedName]>([])
    private let teacher = Mutex<(@Sendable () async throws -> [SolvedName])?>(nil)

    /// - Parameter path: The file that `guitu places build` writes; a file of
    ///   more names, `places-aliases.tsv`, may lie beside it.
    public init(path: String, desk: EngineDesk = EngineDesk()) {
        self.path = path
        self.desk = desk
    }

    /// Asks `teacher` before each question what solved cases taught.
    func learn(from teacher: @escaping @Sendable () async throws -> [SolvedName]) {
        self.teacher.withLock { $0 = teacher }
    }

    /// Runs on the desk's thread. Throws `Failure`, `Ending.busy`, or what
    /// `body` throws.
    func ask<Result: Sendable>(_ body: @escaping @Sendable (OpenedEar) throws -> Result)
        async throws -> Result
    {
        // Without an answer the ear hears with what it last knew.
        if let teacher = teacher.withLock({ $0 }), let names = try? await teacher() {
            learned.withLock { $0 = names }
        }
        return try await desk.run { try body(self.open()) }
    }

    /// Engines without an index use the same thread.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws
        -> Result
    {
        try await desk.run(body)
    }

    /// On the thread that asks; pages use `ask`.
    func open() throws -> OpenedEar {
        let aliases = URL(fileURLWithPath: path).deletingLastPathComponent()
            .appendingPathComponent("places-aliases.tsv").path
        let clues = URL(fileURLWithPath: path).deletingLastPathComponent()
            .appendingPathComponent("places-clues.tsv").path
        // Names that were added begin and end with a day in China.
        let day = Int(Date().timeIntervalSince1970 + 8 * 3600) / 86_400
        let stamp = [
            Self.stamp(of: path), Self.stamp(of: aliases), "\(day)", Self.stamp(of: clues),
        ]
        guard !stamp[0].isEmpty else { throw Failure.missing }
        let learned = learned.withLock { $0 }
        if let opened = opened.withLock({ $0 }), opened.stamp == stamp, opened.learned == learned {
            return opened.ear
        }
        let opened: OpenedEar
        do {
            var ear = Ear(index: try EarIndex(path: path))
            // A table of names that cannot be read costs those names only.
            let kept = stamp[1].isEmpty ? nil : try? AliasTable(path: aliases)
            let rows = (kept?.rows ?? []) + learned.compactMap { Self.row($0, ear) }
            if !rows.isEmpty { _ = ear.use(AliasTable(rows: rows)) }
            if !stamp[3].isEmpty, let table = try? ClueTable(path: clues) { _ = ear.use(table) }
            opened = OpenedEar(ear)
        } catch {
            throw Failure.damaged
        }
        self.opened.withLock { $0 = (stamp, learned, opened) }
        return opened
    }

    /// Nil when the list in use has no such place, or another under the code.
    private static func row(_ name: SolvedName, _ ear: Ear) -> AliasTable.Row? {
        guard let since = name.since, let place = ear.places(code: name.code).last,
            HearingRun.names(place, ear).joined(separator: " ") == name.place
        else { return nil }
        return AliasTable.Row(
            heard: name.heard, code: name.code, who: "", when: since.description,
            until: name.until?.description ?? "")
    }

    /// With the counties of the index, where there is one.
    public func placeNames() -> PlaceNames { (try? open())?.placeNames ?? .common }

    /// What tells one version of a file from the next; empty without a file.
    private static func stamp(of path: String) -> String {
        guard !path.isEmpty, let found = try? FileManager.default.attributesOfItem(atPath: path),
            found[.type] as? FileAttributeType == .typeRegular
        else { return "" }
        let changed = (found[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return "\(found[.systemFileNumber] ?? 0) \(found[.size] ?? 0) \(changed)"
    }
}

/// An ear with what pages need of its lists besides hearing.
struct OpenedEar: Sendable {
    struct Point: Sendable, Hashable {
        var longitude: Double
        var latitude: Double
    }

    let ear: Ear
    /// By their two digits.
    let provinces: [(digits: String, name: String)]
    /// Of all counties: the shape of the country, for maps.
    let counties: [Point]
    let names: NameFrequencies
    /// For notices, which say 利辛 for 利辛县.
    let placeNames: PlaceNames

    init(_ ear: Ear) {
        self.ear = ear
        // Without clues all townships are believed alike: the list of them all.
        let all = (try? ear.belief(in: [], limit: 100_000))?.candidates ?? []
        var provinces: [String: String] = [:]
        var counties: [Place: Point] = [:]
        for candidate in all {
            let path = ear.path(of: candidate.place)
            if let province = path.first {
                provinces[String(ear.code(of: province).prefix(2))] = ear.name(of: province)
            }
            guard let county = path.last(where: { ear.level(of: $0) <= .county }),
                counties[county] == nil, let point = Self.point(county, ear)
            else { continue }
            counties[county] = point
        }
        self.provinces = provinces.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        self.counties = counties.sorted { $0.key < $1.key }.map(\.value)
        names = Self.frequencies(ear)
        placeNames = PlaceNames(counties: ear.names(of: .county))
    }

    static func point(_ place: Place, _ ear: Ear) -> Point? {
        ear.coordinates(of: place).map { Point(longitude: $0.longitude, latitude: $0.latitude) }
    }
}
