import Foundation

/// Hears places: an index and what stations have added to it.
public struct Ear: Sendable {
    public let index: EarIndex
    public let reader: HeardReader
    /// Names that solved cases added, each with the cells it is scored by.
    var aliases: [AliasName] = []
    let levelRanges: [PlaceLevel: Range<Int>]
    /// Numbers of characters in the index.
    let characterNumbers: [Character: Int]

    public init(index: EarIndex) {
        self.index = index
        var characters: [Character: [UInt16]] = [:]
        var numbers: [Character: Int] = [:]
        index.with(.characters, as: UInt32.self) { scalars in
            index.with(.characterSyllables, as: UInt16.self) { syllables in
                for (number, scalar) in scalars.enumerated() {
                    guard let scalar = Unicode.Scalar(scalar) else { continue }
                    let known = syllables[number * 3..<number * 3 + 3].filter {
                        $0 < Mandarin.count
                    }
                    characters[Character(scalar)] = known
                    numbers[Character(scalar)] = number
                }
            }
        }
        reader = HeardReader(characters: characters)
        characterNumbers = numbers
        levelRanges = index.with(.levels, as: UInt8.self) { levels in
            var ranges: [PlaceLevel: Range<Int>] = [:]
            var start = 0
            for level in PlaceLevel.allCases {
                // Sorted by level, so a binary search finds where the next begins.
                var low = start
                var high = levels.count
                while low < high {
                    let middle = (low + high) / 2
                    if levels[middle] <= level.rawValue { low = middle + 1 } else { high = middle }
                }
                ranges[level] = start..<low
                start = low
            }
            return ranges
        }
    }

    /// P(fragment | each name of its levels), summed to places: eight lanes each.
    func placeLanes(_ fragment: Fragment, _ levels: Set<PlaceLevel>) -> [PlaceLevel: [Lanes]] {
        var total: [PlaceLevel: [Lanes]] = [:]
        for (number, spelling) in fragment.spellings.enumerated() {
            var one: [PlaceLevel: [Lanes]] = [:]
            for (variant, weight) in variants(of: spelling, levels) {
                add(variant, weight, levels, to: &one)
            }
            if number == 0 {
                total = one
            } else {
                // Two ears on one utterance are not two utterances: together
                // they count for one and a half.
                for (level, values) in one {
                    total[level] = zip(total[level] ?? [], values).map { $0 * $1 }
                }
            }
        }
        let count = Float(fragment.spellings.count)
        if count > 1 {
            let exponent = (1 + (count - 1) / 2) / count
            for level in total.keys {
                total[level] = total[level]?.map { lanes in
                    var out = lanes
                    for lane in 0..<8 { out[lane] = pow(lanes[lane], exponent) }
                    return out
                }
            }
        }
        return total
    }

    /// The words as written, and without a last word that may only say the kind.
    private func variants(of spelling: Spelling, _ levels: Set<PlaceLevel>) -> [([[UInt16]], Float)]
    {
        let all = spelling.syllables
        let ends =
            all.count >= 3
            && levels.contains { level in
                (all.last ?? []).contains {
                    CoreName.spoken[level]?.contains(Mandarin.syllables[Int($0)]) ?? false
                }
            }
        let whole = Array(all.prefix(HeardReader.longestName))
        guard ends else { return [(whole, 1)] }
        let share = spelling.endsInKind ? Channel.kindWritten : Channel.kindSaid
        return [(whole, 1 - share), (Array(all.dropLast()), share)]
    }

    private func add(
        _ heard: [[UInt16]], _ weight: Float, _ levels: Set<PlaceLevel>,
        to total: inout [PlaceLevel: [Lanes]]
    ) {
        withColumns(heard, villages: levels.contains(.village)) { columns in
            index.with(.nameCells, as: UInt32.self) { cells in
                index.with(.namePlaces, as: UInt32.self) { places in
                    guard let firstCell = cells.baseAddress else { return }
                    for group in index.groups where levels.contains(group.level) {
                        guard let range = levelRanges[group.answers] else { continue }
                        total[
                            group.answers, default: Array(repeating: Lanes(), count: range.count)
                        ].withUnsafeMutableBufferPointer { values in
                            scan(
                                group, firstCell + group.firstCell, places, range.lowerBound,
                                columns, weight, values)
                        }
                    }
                }
            }
            for alias in aliases where levels.contains(alias.level) {
                guard let range = levelRanges[alias.level] else { continue }
                let found = alias.cells.withUnsafeBufferPointer { cells in
                    cells.baseAddress.map { Channel.match($0, cells.count, columns) } ?? Lanes()
                }
                total[alias.level]?[alias.place - range.lowerBound] += found * weight * alias.weight
            }
        }
    }

    private func scan(
        _ group: NameGroup, _ cells: UnsafePointer<UInt32>, _ places: UnsafeBufferPointer<UInt32>,
        _ firstPlace: Int, _ columns: UnsafeBufferPointer<UnsafeMutablePointer<Lanes>>,
        _ weight: Float, _ values: UnsafeMutableBufferPointer<Lanes>
    ) {
        let length = group.length
        guard abs(length - columns.count) <= 1 || (length == columns.count + 2 && length >= 4)
        else {
            return
        }
        let weight = weight * (group.former ? Channel.formerShare : 1)
        var at = cells
        for name in group.names {
            let found = Channel.match(at, length, columns)
            let place = Int(places[name]) - firstPlace
            // A place may have several names: the one of today, others out of use.
            values[place] += found * weight
            at += length
        }
    }

    /// For each heard syllable, what it is worth for each cell.
    func withColumns<Result>(
        _ heard: [[UInt16]], villages: Bool,
        _ body: (UnsafeBufferPointer<UnsafeMutablePointer<Lanes>>) -> Result
    ) -> Result {
        // Cells of provinces' characters stand behind the upper ones; aliases use them.
        let count =
            villages || !aliases.isEmpty ? index.about.cells : index.about.upperCells
        let store = UnsafeMutablePointer<Lanes>.allocate(capacity: max(1, count * heard.count))
        defer { store.deallocate() }
        let columns = (0..<heard.count).map { store + $0 * count }
        for (syllables, column) in zip(heard, columns) { fill(column, count, syllables) }
        return columns.withUnsafeBufferPointer(body)
    }

    private func fill(_ column: UnsafeMutablePointer<Lanes>, _ count: Int, _ syllables: [UInt16]) {
        let sounds = index.about.sounds
        let bySound = soundColumn(.soundTable, sounds, syllables)
        let byCharacter = soundColumn(.characterTable, index.about.characters, syllables)
        let standard = standardColumn(syllables)
        index.with(.cellStarts, as: UInt32.self) { starts in
            index.with(.cellReadings, as: UInt32.self) { readings in
                index.with(.cellCharacters, as: UInt16.self) { characters in
                    bySound.withUnsafeBufferPointer { bySound in
                        let near = (1 - Channel.national) / 65_535
                        for cell in 0..<count {
                            var sum = SIMD2<Float>()
                            for entry in Int(starts[cell])..<Int(starts[cell + 1]) {
                                let reading = readings[entry]
                                sum += bySound[Int(reading >> 16)] * Float(reading & 0xFFFF)
                            }
                            let character = Int(characters[cell])
                            let dialect = sum * near + byCharacter[character] * Channel.national
                            column[cell] = Channel.lanes(
                                dialect: dialect, standard: standard[character])
                        }
                    }
                }
            }
        }
    }

    func soundColumn(_ section: Section, _ count: Int, _ syllables: [UInt16])
        -> [SIMD2<Float>]
    {
        var out = [SIMD2<Float>](repeating: .zero, count: count)
        let share = 1 / Float(syllables.count)
        index.with(section, as: UInt8.self) { bytes in
            for syllable in syllables {
                let start = Int(syllable) * count * 2
                for at in 0..<count {
                    out[at] +=
                        SIMD2(
                            IndexFormat.probability[Int(bytes[start + at * 2])],
                            IndexFormat.probability[Int(bytes[start + at * 2 + 1])]) * share
                }
            }
        }
        return out
    }

    func standardColumn(_ syllables: [UInt16]) -> [Float] {
        let share = 1 / Float(syllables.count)
        return index.with(.characterSyllables, as: UInt16.self) { said in
            (0..<index.about.characters).map { character in
                var sum: Float = 0
                var weights: Float = 0
                for place in 0..<3 {
                    let syllable = Int(said[character * 3 + place])
                    guard syllable < Mandarin.count else { break }
                    // The first reading is the usual one.
                    let weight: Float = place == 0 ? 0.8 : 0.1
                    weights += weight
                    for heard in syllables {
                        sum +=
                            weight * share
                            * Channel.standardTable[syllable * Mandarin.count + Int(heard)]
                    }
                }
                return weights > 0 ? sum / weights : 0
            }
        }
    }
}
