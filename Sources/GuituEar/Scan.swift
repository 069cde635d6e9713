import Foundation

/// What each syllable of one spelling is worth for each cell of an area.
///
/// A cell's syllables lie side by side: a name is compared with its neighbours
/// as well, for a syllable lost or added.
struct Columns {
    private let lanes: UnsafeMutablePointer<Lanes>
    let syllables: Int
    /// The cell that stands first.
    var first = 0

    init(cells: Int, syllables: Int) {
        self.syllables = syllables
        lanes = .allocate(capacity: max(1, cells * syllables))
        lanes.initialize(repeating: Lanes(), count: max(1, cells * syllables))
    }

    func deallocate() { lanes.deallocate() }

    @inline(__always)
    subscript(cell: UInt32, syllable: Int) -> Lanes {
        get { lanes[(Int(cell) - first) * syllables + syllable] }
        nonmutating set { lanes[(Int(cell) - first) * syllables + syllable] = newValue }
    }

    /// P(the first `heard` syllables | name) in every lane: one lost or one
    /// added, or two lost of names of four and more.
    ///
    /// Runs along the name once; each sum holds the ways that lead here with
    /// none, one or two left out.
    @inline(__always)
    func match(_ cells: UnsafePointer<UInt32>, _ length: Int, _ heard: Int) -> Lanes {
        var none = Lanes(repeating: 1)
        var one = Lanes()
        var two = Lanes()
        switch length - heard {
        case 0:
            for at in 0..<length { none *= self[cells[at], at] }
            return none
        case 1:
            for at in 0..<length {
                one = (at > 0 ? one * self[cells[at], at - 1] : one) + none * Channel.lost
                if at < heard { none *= self[cells[at], at] }
            }
            return one
        case -1:
            for at in 0..<heard {
                one = (at > 0 ? one * self[cells[at - 1], at] : one) + none * Channel.addedAny
                if at < length { none *= self[cells[at], at] }
            }
            return one
        case 2 where length >= 4:
            for at in 0..<length {
                two = (at > 1 ? two * self[cells[at], at - 2] : two) + one * Channel.lost
                if at <= heard {
                    one = (at > 0 ? one * self[cells[at], at - 1] : one) + none * Channel.lost
                }
                if at < heard { none *= self[cells[at], at] }
            }
            return two
        default: return Lanes()
        }
    }

    static func canMatch(_ length: Int, _ heard: Int) -> Bool {
        abs(length - heard) <= 1 || (length == heard + 2 && length >= 4)
    }
}

/// One spelling made ready to fill columns.
struct HeardSyllables {
    let count: Int
    /// Four syllables each; the last one or two in a block half as wide.
    private var fours: [SyllableBlock<SIMD8<Float>>] = []
    private var pair: SyllableBlock<SIMD4<Float>>?

    init(_ syllables: [[UInt16]], _ index: EarIndex) {
        count = syllables.count
        var start = 0
        while count - start > 2 {
            let end = min(start + 4, count)
            fours.append(SyllableBlock(syllables[start..<end], index))
            start = end
        }
        if start < count { pair = SyllableBlock(syllables[start...], index) }
    }

    /// Writes the worth of these cells.
    @inline(__always)
    func fill(_ columns: Columns, _ cells: some Sequence<Int>) {
        for block in fours { block.fill(columns, cells) }
        pair?.fill(columns, cells)
    }

    /// Writes the worth of every character as the whole country reads it.
    func fillNational(_ columns: Columns) {
        for block in fours { block.fillNational(columns) }
        pair?.fillNational(columns)
    }
}

/// What each sound and each character is worth for a few syllables with two
/// listeners each, side by side in one number.
private struct SyllableBlock<Syllables: SIMD<Float>> {
    private let index: EarIndex
    /// Where these syllables stand among all.
    private let place: Range<Int>
    /// By sound: P(syllables | sound), for the share of near readings in the
    /// 65,535ths of the file.
    private var bySound: [Syllables]
    /// By character: P(syllables | the whole country's readings), for their share.
    private var byCharacter: [Syllables]
    /// By character, then syllable.
    private let standard: [Float]

    init(_ syllables: ArraySlice<[UInt16]>, _ index: EarIndex) {
        self.index = index
        place = syllables.indices
        let syllables = Array(syllables)
        bySound = Self.table(
            .soundTable, index.about.sounds, syllables, index, (1 - Channel.national) / 65_535)
        byCharacter = Self.table(
            .characterTable, index.about.characters, syllables, index, Channel.national)
        standard = Self.standard(syllables, index)
    }

    @inline(__always)
    func fill(_ columns: Columns, _ cells: some Sequence<Int>) {
        index.with(.cellStarts, as: UInt32.self) { starts in
            index.with(.cellReadings, as: UInt32.self) { readings in
                index.with(.cellCharacters, as: UInt16.self) { characters in
                    bySound.withUnsafeBufferPointer { bySound in
                        write(
                            columns,
                            cells.lazy.map { cell in
                                var worth = Syllables()
                                for entry in Int(starts[cell])..<Int(starts[cell + 1]) {
                                    let reading = readings[entry]
                                    worth +=
                                        bySound[Int(reading >> 16)] * Float(reading & 0xFFFF)
                                }
                                return (cell, Int(characters[cell]), worth)
                            })
                    }
                }
            }
        }
    }

    func fillNational(_ columns: Columns) {
        // Together with its share in `write` it makes the whole.
        let rest = (1 - Channel.national) / Channel.national
        write(columns, byCharacter.indices.lazy.map { ($0, $0, byCharacter[$0] * rest) })
    }

    @inline(__always)
    private func write(
        _ columns: Columns, _ worths: some Sequence<(cell: Int, character: Int, near: Syllables)>
    ) {
        let ofDialect = Channel.ofDialect.lowHalf * Channel.kept
        let ofStandard = Channel.ofStandard.lowHalf * Channel.kept
        let ofSlip = Channel.ofSlip.lowHalf * Channel.kept
        byCharacter.withUnsafeBufferPointer { byCharacter in
            standard.withUnsafeBufferPointer { standard in
                for (cell, character, near) in worths {
                    var dialect = near + byCharacter[character]
                    withUnsafeBytes(of: &dialect) { dialect in
                        let dialect = dialect.assumingMemoryBound(to: Float.self)
                        for at in 0..<place.count {
                            let rest = standard[character * place.count + at] * ofStandard + ofSlip
                            columns[UInt32(cell), place.lowerBound + at] = Lanes(
                                lowHalf: dialect[at * 2] * ofDialect + rest,
                                highHalf: dialect[at * 2 + 1] * ofDialect + rest)
                        }
                    }
                }
            }
        }
    }

    /// By row of the table. Where the listener was unsure, the mean of the
    /// syllables written.
    private static func table(
        _ section: Section, _ rows: Int, _ syllables: [[UInt16]], _ index: EarIndex,
        _ factor: Float
    ) -> [Syllables] {
        index.with(section, as: UInt8.self) { bytes in
            IndexFormat.probability.withUnsafeBufferPointer { probability in
                var out = [Syllables](repeating: Syllables(), count: rows)
                out.withUnsafeMutableBytes { out in
                    let floats = out.assumingMemoryBound(to: Float.self)
                    for (at, written) in syllables.enumerated() {
                        let share = factor / Float(written.count)
                        for syllable in written {
                            var from = Int(syllable) * rows * 2
                            var to = at * 2
                            for _ in 0..<rows {
                                floats[to] += probability[Int(bytes[from])] * share
                                floats[to + 1] += probability[Int(bytes[from + 1])] * share
                                from += 2
                                to += Syllables.scalarCount
                            }
                        }
                    }
                }
                return out
            }
        }
    }

    private static func standard(_ syllables: [[UInt16]], _ index: EarIndex) -> [Float] {
        index.with(.characterSyllables, as: UInt16.self) { said in
            var out = [Float](repeating: 0, count: index.about.characters * syllables.count)
            for (at, written) in syllables.enumerated() {
                let column = (0..<Mandarin.count).map { Channel.standard($0, written) }
                column.withUnsafeBufferPointer { column in
                    for character in 0..<index.about.characters {
                        out[character * syllables.count + at] = Channel.standard(
                            ofReadings: said[character * 3..<character * 3 + 3]
                        ) { column[$0] }
                    }
                }
            }
            return out
        }
    }
}

extension Ear {
    /// Calls `body` with a row and P(words | one of its names), eight lanes, for
    /// every name of the levels; a row may come several times.
    ///
    /// Area by area, so that an area's columns stay near at hand while its names
    /// are compared.
    @inline(__always)
    func forEachMatch(
        of spelling: Spelling, _ levels: Set<PlaceLevel>,
        _ body: (_ row: Int, _ lanes: Lanes) -> Void
    ) {
        let whole = Array(spelling.syllables.prefix(HeardReader.longestName))
        let kindShare = shareOfKind(spelling, levels)
        let short = min(spelling.syllables.count - 1, whole.count)
        let heard = HeardSyllables(whole, index)
        var columns = Columns(cells: index.mostCells, syllables: heard.count)
        defer { columns.deallocate() }
        let wanted = PlaceLevel.allCases.map { levels.contains($0) }
        index.with(.nameCells, as: UInt32.self) { cells in
            index.with(.namePlaces, as: UInt32.self) { places in
                guard let firstCell = cells.baseAddress else { return }
                for area in index.areas {
                    let groups = index.groups[area.groups].filter { group in
                        wanted[Int(group.level.rawValue)]
                            && (Columns.canMatch(group.length, heard.count)
                                || kindShare > 0 && Columns.canMatch(group.length, short))
                    }
                    guard !groups.isEmpty else { continue }
                    columns.first = area.cells.lowerBound
                    fill(columns, heard, area, groups, cells)
                    for group in groups {
                        let share: Float = group.former ? Channel.formerShare : 1
                        var name = firstCell + group.firstCell
                        for place in places[group.names] {
                            var found = columns.match(name, group.length, heard.count)
                            if kindShare > 0 {
                                found *= 1 - kindShare
                                found += columns.match(name, group.length, short) * kindShare
                            }
                            body(Int(place), found * share)
                            name += group.length
                        }
                    }
                }
            }
        }
        for alias in aliases where levels.contains(alias.level) {
            body(alias.place, match(alias, heard, short, kindShare))
        }
    }

    /// The cells that the groups need: all of the area's, or only those named
    /// where few names are as long as what was heard.
    private func fill(
        _ columns: Columns, _ heard: HeardSyllables, _ area: AreaRun, _ groups: [NameGroup],
        _ cells: UnsafeBufferPointer<UInt32>
    ) {
        let needed = groups.contains { $0.level == .village } ? area.cells : area.upperCells
        let named = groups.reduce(0) { $0 + $1.names.count * $1.length }
        if named >= needed.count {
            heard.fill(columns, needed)
        } else {
            for group in groups {
                let names = group.firstCell..<group.firstCell + group.names.count * group.length
                heard.fill(columns, cells[names].lazy.map { Int($0) })
            }
        }
    }

    private func match(
        _ alias: AliasName, _ heard: HeardSyllables, _ short: Int, _ kindShare: Float
    ) -> Lanes {
        let columns = Columns(cells: alias.cells.count, syllables: heard.count)
        defer { columns.deallocate() }
        var at = columns
        for (number, cell) in alias.cells.enumerated() {
            at.first = Int(cell) - number
            heard.fill(at, CollectionOfOne(Int(cell)))
        }
        let numbers = alias.cells.indices.map { UInt32($0) }
        let whole = columns.match(numbers, numbers.count, heard.count)
        let withoutKind = columns.match(numbers, numbers.count, short)
        return (whole * (1 - kindShare) + withoutKind * kindShare) * alias.weight
    }

    /// How likely the last syllable only says what kind of place it is; 0 where
    /// it cannot.
    private func shareOfKind(_ spelling: Spelling, _ levels: Set<PlaceLevel>) -> Float {
        let ends =
            spelling.syllables.count >= 3
            && levels.contains { level in
                (spelling.syllables.last ?? []).contains {
                    CoreName.spoken[level]?.contains(Mandarin.syllables[Int($0)]) ?? false
                }
            }
        guard ends else { return 0 }
        return spelling.endsInKind ? Channel.kindWritten : Channel.kindSaid
    }
}
