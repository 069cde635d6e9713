import Foundation

/// Builds the index from tables: the same tables give the same bytes.
public struct IndexBuilder {
    /// How far a dialect carries, in kilometres: weights of points fall by e over
    /// this distance. Chosen on held-out points among 30 to 120 (Documentation/Ear.md).
    static let reach: Float = 100
    /// Points of the place's own province count double.
    static let ownProvince: Float = 2
    /// Far points keep a little weight, so that nothing is impossible.
    static let farShare: Float = 0.02
    static let nearestPoints = 24
    /// Sounds kept a cell; what is left out is below one in fifty.
    static let soundsKept = 12
    static let longestName = 16

    private let gazetteer: Gazetteer
    private let mandarin: MandarinReadings
    private let points: [DialectPoint]
    private var readings: DialectReadings
    private var about: EarIndex.About
    private let characters: [Character]
    private let numbers: [Character: UInt16]
    private let coordinates: [SIMD2<Float>?]

    /// Reads the tables of two folders; a missing one is named in `about.missing`.
    public init(places: String, readings folder: String) throws {
        let gazetteer = try Gazetteer(folder: places)
        let mandarin = try MandarinReadings(path: folder + "/mandarin.tsv")
        let coordinates = Self.coordinates(gazetteer.rows)
        var missing = gazetteer.missing
        var points: [DialectPoint] = []
        var unplaced: [String] = []
        let pointsPath = folder + "/dialect-points.tsv"
        let readingsPath = folder + "/dialect-readings.tsv"
        if !FileManager.default.fileExists(atPath: pointsPath) {
            missing.append("dialect-points.tsv")
        } else if !FileManager.default.fileExists(atPath: readingsPath) {
            missing.append("dialect-readings.tsv")
        } else {
            (points, unplaced) = try DialectPoint.read(
                path: pointsPath, gazetteer: gazetteer, coordinates: coordinates,
                mandarin: mandarin)
        }
        var used = Set<Character>()
        for row in gazetteer.rows { used.formUnion(CoreName.of(row.name, row.level)) }
        for name in gazetteer.former { used.formUnion(CoreName.of(name.name, name.level)) }
        if !points.isEmpty {
            try Table(path: readingsPath, columns: ["chars"]).forEach(["chars"]) { _, field in
                used.formUnion(field[0])
            }
        }
        let characters = used.filter {
            mandarin.syllables[$0] != nil && $0.unicodeScalars.count == 1
        }.sorted().prefix(65_000)
        let numbers = Dictionary(
            uniqueKeysWithValues: characters.enumerated().map { ($1, UInt16($0)) })
        self.readings = try DialectReadings(
            path: readingsPath, points: points, characters: numbers)
        self.gazetteer = gazetteer
        self.mandarin = mandarin
        self.points = points
        self.characters = Array(characters)
        self.numbers = numbers
        self.coordinates = coordinates
        var sources: [String: String] = [:]
        for (folder, name) in [
            (places, "divisions"), (places, "townships"), (places, "villages"),
            (places, "county-history"), (folder, "dialect-points"), (folder, "dialect-readings"),
            (folder, "mandarin"),
        ] {
            let path = "\(folder)/\(name).tsv"
            if let data = try? Data(contentsOf: URL(fileURLWithPath: path)) {
                sources[name] = EarIndex.digest(of: data)
            }
        }
        about = EarIndex.About(
            places: gazetteer.rows.count, names: 0, points: points.count,
            characters: characters.count, sounds: 0, cells: 0, missing: missing,
            sources: sources,
            placed: Dictionary(
                points.map { ($0.id + " " + $0.name, $0.place) }, uniquingKeysWith: { a, _ in a }),
            unplaced: unplaced)
    }

    /// A place without coordinates lies where its parent does; a parent without,
    /// in the middle of its children.
    private static func coordinates(_ rows: [PlaceRow]) -> [SIMD2<Float>?] {
        var found = rows.map { row in
            row.longitude.flatMap { x in row.latitude.map { SIMD2(x, $0) } }
        }
        var sums: [Int: (SIMD2<Float>, Float)] = [:]
        for (index, row) in rows.enumerated() where row.level == .county {
            guard let at = found[index], let parent = row.parent, found[parent] == nil else {
                continue
            }
            let (sum, count) = sums[parent] ?? (.zero, 0)
            sums[parent] = (sum + at, count + 1)
        }
        for (parent, sum) in sums { found[parent] = sum.0 / sum.1 }
        for (index, row) in rows.enumerated() where found[index] == nil {
            found[index] = row.parent.flatMap { found[$0] }
        }
        return found
    }

    private struct Name {
        var place: Int
        var level: PlaceLevel
        var characters: [UInt16]
        var area: Int
        var former: FormerName?
        /// 0 the name of today; else 1 + the level of the row that answers.
        var kind: UInt32
    }

    /// The file's bytes, and what is in it.
    public consuming func build() throws -> (bytes: [UInt8], about: EarIndex.About) {
        var sections: [Section: [UInt8]] = [:]
        let rows = gazetteer.rows
        // An area is a prefecture; its province stands in where there is none.
        var areaRows: [Int] = []
        var areaOfRow: [Int: Int] = [:]
        func area(_ row: Int) -> Int? {
            var top = row
            while rows[top].level > .prefecture, let parent = rows[top].parent { top = parent }
            if let known = areaOfRow[top] { return known }
            guard coordinates[top] != nil else { return nil }
            areaOfRow[top] = areaRows.count
            areaRows.append(top)
            return areaRows.count - 1
        }
        for row in rows.indices where rows[row].level == .province { _ = area(row) }
        let provinces = areaRows.count

        var names: [Name] = []
        func add(_ text: String, _ level: PlaceLevel, _ place: Int, _ former: FormerName?) {
            let core = CoreName.of(text, level).compactMap { numbers[$0] }
            guard !core.isEmpty, core.count <= Self.longestName, let area = area(place) else {
                return
            }
            names.append(
                Name(
                    place: place, level: level, characters: core, area: area, former: former,
                    kind: former == nil ? 0 : 1 + UInt32(rows[place].level.rawValue)))
        }
        for (index, row) in rows.enumerated() { add(row.name, row.level, index, nil) }
        for name in gazetteer.former { add(name.name, name.level, name.answer, name) }
        let order = names.indices.sorted {
            let (a, b) = (names[$0], names[$1])
            if a.area != b.area { return a.area < b.area }
            if a.level != b.level { return a.level < b.level }
            return (a.characters.count, a.kind, $0) < (b.characters.count, b.kind, $1)
        }

        // An area's cells stand together, those of upper levels first: a query
        // fills one area's, compares its names and goes on.
        var upper = [Set<UInt16>](repeating: [], count: areaRows.count)
        var deeper = upper
        for name in names {
            if name.level < .village {
                upper[name.area].formUnion(name.characters)
            } else {
                deeper[name.area].formUnion(name.characters)
            }
        }
        var cells: [UInt64: UInt32] = [:]
        var list: [(area: Int, character: UInt16)] = []
        var runs: [UInt32] = []
        func key(_ area: Int, _ character: UInt16) -> UInt64 {
            UInt64(area) << 16 | UInt64(character)
        }
        for area in areaRows.indices {
            runs.append(UInt32(list.count))
            for some in [upper[area], deeper[area].subtracting(upper[area])] {
                for character in some.sorted() {
                    cells[key(area, character)] = UInt32(list.count)
                    list.append((area, character))
                }
                runs.append(UInt32(list.count))
            }
        }
        sections[.areaRuns] = IndexFormat.bytes(runs)
        // Then provinces with every character, a run each: people's names are
        // heard by province.
        sections[.areaCells] = IndexFormat.bytes(
            (0..<provinces).map { UInt32(list.count + $0 * characters.count) })
        for province in 0..<provinces {
            list += characters.indices.map { (province, UInt16($0)) }
        }
        var groups: [UInt32] = []
        var nameCells: [UInt32] = []
        var ownNames = [UInt32](repeating: IndexFormat.none, count: rows.count)
        for (position, index) in order.enumerated() {
            let name = names[index]
            let kind = [
                UInt32(name.area), UInt32(name.level.rawValue), UInt32(name.characters.count),
                name.kind,
            ]
            if !groups.suffix(NameGroup.numbers).starts(with: kind) {
                groups += kind + [UInt32(position), 0, UInt32(nameCells.count)]
            }
            groups[groups.count - 2] = UInt32(position + 1)
            if name.former == nil { ownNames[name.place] = UInt32(position) }
            nameCells += name.characters.compactMap { cells[key(name.area, $0)] }
        }
        about.names = names.count
        about.cells = list.count

        sections[.ownNames] = IndexFormat.bytes(ownNames)
        sections[.groups] = IndexFormat.bytes(groups)
        sections[.nameCells] = IndexFormat.bytes(nameCells)
        sections[.namePlaces] = IndexFormat.bytes(order.map { UInt32(names[$0].place) })
        addFormer(order.map { names[$0].former }, to: &sections)
        addPlaces(to: &sections)
        let sounds = addCells(list, areaRows, to: &sections)
        addSounds(sounds, to: &sections)
        sections[.areaPlaces] = IndexFormat.bytes(areaRows.map(UInt32.init))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        sections[.about] = Array(try encoder.encode(about))
        return (IndexFormat.file(sections), about)
    }

    /// Sorted by the place that answers, so that a place's are found by halving.
    private func addFormer(_ former: [FormerName?], to sections: inout [Section: [UInt8]]) {
        var records: [UInt32] = []
        var text: [UInt8] = []
        let found = former.enumerated().compactMap { index, name in name.map { (index, $0) } }
            .sorted { ($0.1.answer, $0.0) < ($1.1.answer, $1.0) }
        for (index, name) in found {
            let bytes = Array(name.name.utf8)
            let years = name.years.map { UInt32($0.lowerBound) << 16 | UInt32($0.upperBound) } ?? 0
            records += [UInt32(index), UInt32(text.count), UInt32(bytes.count), years]
            text += bytes
        }
        sections[.formerNames] = IndexFormat.bytes(records)
        sections[.formerText] = text
    }

    private func addPlaces(to sections: inout [Section: [UInt8]]) {
        let rows = gazetteer.rows
        var codes: [UInt8] = []
        var starts: [UInt32] = [0]
        var text: [UInt8] = []
        var settlements = [UInt32](repeating: 0, count: rows.count)
        // What makes two names one to the ear: the syllables of the core name.
        var keys: [[UInt16]: UInt32] = [:]
        var nameKeys: [UInt32] = []
        for (index, row) in rows.enumerated() {
            let said = CoreName.of(row.name, row.level).compactMap { mandarin.syllables[$0]?.first }
            let key = keys[said] ?? UInt32(keys.count)
            keys[said] = key
            nameKeys.append(key)
            let code = Array(row.code.utf8.prefix(12))
            codes += code + repeatElement(0, count: 12 - code.count)
            text += Array(row.name.utf8)
            starts.append(UInt32(text.count))
            guard row.level == .village else { continue }
            settlements[index] = 1
            var above = row.parent
            while let place = above {
                settlements[place] += 1
                above = rows[place].parent
            }
        }
        sections[.codes] = codes
        sections[.nameStarts] = IndexFormat.bytes(starts)
        sections[.nameText] = text
        sections[.levels] = rows.map(\.level.rawValue)
        sections[.parents] = IndexFormat.bytes(
            rows.map { $0.parent.map(UInt32.init) ?? IndexFormat.none })
        sections[.coordinates] = IndexFormat.bytes(
            coordinates.flatMap { [$0?.x ?? .nan, $0?.y ?? .nan] })
        sections[.nameKeys] = IndexFormat.bytes(nameKeys)
        sections[.settlements] = IndexFormat.bytes(settlements)
    }

    /// The points that speak for an area, with weights that sum to 1.
    private func weights(of row: PlaceRow, at: SIMD2<Float>) -> [(point: Int, weight: Float)] {
        let reach = row.level == .province ? Self.reach * 3 : Self.reach
        let own = row.level == .province ? Self.ownProvince * 2 : Self.ownProvince
        let all = points.indices.map { index -> (point: Int, weight: Float) in
            let point = points[index]
            let x = (point.longitude - at.x) * cos((point.latitude + at.y) / 2 * .pi / 180) * 111.3
            let y = (point.latitude - at.y) * 111.2
            let distance = (x * x + y * y).squareRoot()
            let same: Float = row.code.hasPrefix(point.province) ? own : 1
            return (index, exp(-distance / reach) * same + Self.farShare * exp(-distance / 400))
        }
        return Array(
            all.sorted { ($1.weight, $0.point) < ($0.weight, $1.point) }
                .prefix(row.level == .province ? 80 : Self.nearestPoints))
    }

    /// - Returns: the sounds in use, those that most cells have first: their rows
    ///   of the table lie together and stay near at hand.
    private mutating func addCells(
        _ list: [(area: Int, character: UInt16)], _ areaRows: [Int],
        to sections: inout [Section: [UInt8]]
    ) -> [UInt16] {
        let spoken = areaRows.map { weights(of: gazetteer.rows[$0], at: coordinates[$0] ?? .zero) }
        let standard = characters.map { character in
            Mandarin.sounds[Int(mandarin.syllables[character]?.first ?? 0)]
        }
        var starts: [UInt32] = [0]
        var entries: [UInt32] = []
        var sum: [UInt16: Float] = [:]
        for (area, character) in list {
            sum.removeAll(keepingCapacity: true)
            for (point, weight) in spoken[area] {
                guard let sounds = readings.byPoint[point][character] else { continue }
                for sound in sounds { sum[sound, default: 0] += weight / Float(sounds.count) }
            }
            var best = sum.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .prefix(Self.soundsKept)
            if best.isEmpty, let sound = try? readings.number(of: standard[Int(character)]) {
                best = [(sound, 1)]
            }
            let total = best.reduce(0) { $0 + $1.value }
            for (sound, weight) in best where weight > total / 200 {
                entries.append(
                    UInt32(sound) << 16 | UInt32(max(1, (weight / total * 65_535).rounded())))
            }
            starts.append(UInt32(entries.count))
        }
        sections[.cellStarts] = IndexFormat.bytes(starts)
        var uses = [Int](repeating: 0, count: readings.sounds.count)
        for entry in entries { uses[Int(entry >> 16)] += 1 }
        let sounds = uses.indices.filter { uses[$0] > 0 }.sorted { (uses[$1], $0) < (uses[$0], $1) }
        var places = [UInt32](repeating: 0, count: uses.count)
        for (place, sound) in sounds.enumerated() { places[sound] = UInt32(place) }
        sections[.cellReadings] = IndexFormat.bytes(
            entries.map { places[Int($0 >> 16)] << 16 | $0 & 0xFFFF })
        sections[.cellCharacters] = IndexFormat.bytes(list.map(\.character))
        sections[.cellAreas] = IndexFormat.bytes(list.map { UInt16($0.area) })
        return sounds.map(UInt16.init)
    }

    private mutating func addSounds(_ used: [UInt16], to sections: inout [Section: [UInt8]]) {
        let heard = readings.sounds.map { sound in Listener.both.map { $0.hears(sound) } }
        about.sounds = used.count
        var table = [UInt8](repeating: 255, count: Mandarin.count * used.count * 2)
        for (place, sound) in used.enumerated() {
            for (which, row) in heard[Int(sound)].enumerated() {
                for syllable in 0..<Mandarin.count {
                    table[(syllable * used.count + place) * 2 + which] =
                        IndexFormat.byte(row[syllable])
                }
            }
        }
        sections[.soundTable] = table

        // The whole country's readings of a character, for areas that lack it.
        let count = characters.count
        var national = [Float](repeating: 0, count: Mandarin.count * 2)
        var characterTable = [UInt8](repeating: 255, count: Mandarin.count * count * 2)
        var byCharacter = [[UInt16: Float]](repeating: [:], count: count)
        for point in readings.byPoint {
            for (character, sounds) in point {
                for sound in sounds {
                    byCharacter[Int(character)][sound, default: 0] += 1 / Float(sounds.count)
                }
            }
        }
        for (character, sounds) in byCharacter.enumerated() {
            for index in national.indices { national[index] = 0 }
            // Sorted: sums of floating numbers depend on their order.
            var weights = sounds.sorted { $0.key < $1.key }
            if weights.isEmpty, let syllable = mandarin.syllables[characters[character]]?.first,
                let sound = readings.sounds.firstIndex(of: Mandarin.sounds[Int(syllable)])
            {
                weights = [(UInt16(sound), 1)]
            }
            let total = max(weights.reduce(0) { $0 + $1.value }, 1e-9)
            for (sound, weight) in weights {
                for which in 0..<2 {
                    let row = heard[Int(sound)][which]
                    for syllable in 0..<Mandarin.count {
                        national[syllable * 2 + which] += weight / total * row[syllable]
                    }
                }
            }
            for syllable in 0..<Mandarin.count {
                for which in 0..<2 {
                    characterTable[(syllable * count + character) * 2 + which] =
                        IndexFormat.byte(national[syllable * 2 + which])
                }
            }
        }
        sections[.characterTable] = characterTable
        sections[.characters] = IndexFormat.bytes(
            characters.map { $0.unicodeScalars.first?.value ?? 0 })
        sections[.characterSyllables] = IndexFormat.bytes(
            characters.flatMap { character -> [UInt16] in
                let known = (mandarin.syllables[character] ?? []).prefix(3)
                return Array(known) + Array(repeating: UInt16.max, count: 3 - known.count)
            })
    }
}
