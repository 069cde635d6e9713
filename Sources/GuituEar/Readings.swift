import Foundation

/// Mandarin readings of characters.
struct MandarinReadings {
    /// Most common first, toneless, each once.
    private(set) var syllables: [Character: [UInt16]] = [:]
    private var toned: [Character: Set<String>] = [:]

    init(path: String) throws {
        let table = try Table(path: path, columns: [])
        // The columns' names differ between collections; their order does not.
        try table.forEachLine { _, field in
            guard field.count >= 2, field[0].count == 1 else { return }
            let character = Character(field[0])
            var seen: [UInt16] = []
            for reading in field[1].split(whereSeparator: { $0 == " " || $0 == "," }) {
                guard let number = Mandarin.number(of: reading) else { continue }
                if !seen.contains(number) { seen.append(number) }
                toned[character, default: []].insert(String(reading))
            }
            if !seen.isEmpty { syllables[character] = seen }
        }
    }

    /// Whether two characters may be one in another script: 甌 and 瓯 share a
    /// reading with its tone. Safe only within one province's few names.
    func soundAlike(_ a: Character, _ b: Character) -> Bool {
        a == b || !(toned[a] ?? []).isDisjoint(with: toned[b] ?? [])
    }
}

/// Where a dialect was written down, and how each character is read there.
struct DialectPoint {
    var id: String
    var name: String
    /// Two digits.
    var province: String
    var longitude: Float
    var latitude: Float
    /// The place its name was found to be, for people to check.
    var place: String
}

extension DialectPoint {
    /// Points of the table that can be placed, in the table's order. Rows that
    /// cannot are named in `unplaced`.
    static func read(
        path: String, gazetteer: Gazetteer, coordinates: [SIMD2<Float>?],
        mandarin: MandarinReadings
    ) throws -> (points: [DialectPoint], unplaced: [String]) {
        var candidates: [String: [(core: [Character], row: Int, rank: Int)]] = [:]
        for (index, row) in gazetteer.rows.enumerated() where row.level <= .township {
            guard row.level != .province, coordinates[index] != nil else { continue }
            let rank = row.level == .county ? 0 : row.level == .prefecture ? 1 : 4
            candidates[String(row.code.prefix(2)), default: []]
                .append((Array(CoreName.of(row.name, row.level)), index, rank))
        }
        for name in gazetteer.former where name.level == .county {
            guard coordinates[name.answer] != nil else { continue }
            candidates[String(gazetteer.rows[name.answer].code.prefix(2)), default: []]
                .append((Array(CoreName.of(name.name, .county)), name.answer, 2))
        }
        var points: [DialectPoint] = []
        var unplaced: [String] = []
        try Table(path: path, columns: ["id", "point", "province"])
            .forEach(["id", "point", "province"]) { _, field in
                let name = Array(field[1].drop { $0.isASCII })
                var best: (key: [Int], row: Int)?
                for candidate in candidates[field[2]] ?? [] where candidate.core.count >= 2 {
                    let core = candidate.core
                    guard name.count >= core.count else { continue }
                    for start in 0...(name.count - core.count)
                    where core.indices.allSatisfy({
                        mandarin.soundAlike(core[$0], name[start + $0])
                    }) {
                        let same = core.indices.count { core[$0] == name[start + $0] }
                        // Earliest, then counties before towns, longest, most characters the same.
                        let key = [-start, -candidate.rank, core.count, same, -candidate.row]
                        if best.map({ $0.key.lexicographicallyPrecedes(key) }) ?? true {
                            best = (key, candidate.row)
                        }
                        break
                    }
                }
                let row = best?.row ?? gazetteer.row(field[2] + "0000", .province)
                guard let row, let at = coordinates[row] else {
                    unplaced.append(field[1])
                    return
                }
                points.append(
                    DialectPoint(
                        id: field[0], name: field[1], province: field[2], longitude: at.x,
                        latitude: at.y, place: gazetteer.rows[row].name))
            }
        return (points, unplaced)
    }
}

/// Characters × points → sounds.
struct DialectReadings {
    /// Every sound that occurs, in the order of the table.
    private(set) var sounds: [Sound] = []
    private var numbers: [Sound: UInt16] = [:]
    /// Per point, per character number: sounds. Sorted runs of `(character, sound)`.
    private(set) var byPoint: [[UInt16: [UInt16]]]

    init(path: String, points: [DialectPoint], characters: [Character: UInt16]) throws {
        byPoint = Array(repeating: [:], count: points.count)
        let place = Dictionary(
            points.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        let table = try Table(path: path, columns: ["point", "ipa_without_tone", "chars"])
        var cache: [String: UInt16?] = [:]
        try table.forEach(["point", "ipa_without_tone", "chars"]) { row, field in
            guard let point = place[field[0]] else { return }
            let sound: UInt16?
            if let known = cache[field[1]] {
                sound = known
            } else {
                sound = try Sound(ipa: field[1]).map { try number(of: $0, table.file, row) }
                cache[field[1]] = .some(sound)
            }
            guard let sound else { return }
            for character in field[2] {
                guard let number = characters[character] else { continue }
                byPoint[point][number, default: []].append(sound)
            }
        }
    }

    mutating func number(of sound: Sound, _ file: String = "", _ row: Int? = nil) throws -> UInt16 {
        if let known = numbers[sound] { return known }
        guard sounds.count < 65_535 else {
            throw TableError(file: file, row: row, reason: "more than 65,535 different sounds")
        }
        let number = UInt16(sounds.count)
        numbers[sound] = number
        sounds.append(sound)
        return number
    }
}
