import Foundation

/// Why a place may have been meant: the name it was heard by, syllable by syllable.
public struct Explanation: Sendable {
    /// The name compared, without generic words.
    public var name: String
    /// First and last year when it is a name out of use.
    public var formerYears: ClosedRange<Int>?
    public var isFormer: Bool
    public var isAlias: Bool
    public var steps: [Step]

    public struct Step: Sendable, Equatable {
        /// What was written down; empty when the syllable was not heard.
        public var heard: String
        /// The character said; nil when a syllable too many was heard.
        public var character: Character?
        /// Its reading in the standard language.
        public var standard: String
        public var reason: Reason
    }

    public enum Reason: Sendable, Equatable {
        /// As the standard language has it.
        case standard
        /// How clerks hear the dialects around this area: share of hearings.
        case usual(area: String, share: Double)
        case known(area: String, share: Double)
        /// Nothing known leads from the one to the other.
        case slip
        case lost
        case added
    }
}

extension Ear {
    /// The path from what was heard to the place's name.
    public func explain(_ spelling: Spelling, as place: Place) -> Explanation? {
        var best: (worth: Float, explanation: Explanation)?
        for name in namesToCompare(of: place) {
            let alignment = align(spelling.syllables, name.cells)
            let all = spelling.syllables.count
            // The word for the kind of place is not compared, unless it helps.
            for count in all >= 3 ? [all, all - 1] : [all] {
                let worth =
                    alignment.worth[count][name.cells.count] * name.weight
                    * (count < all ? Channel.kindSaid : 1)
                if best.map({ worth > $0.worth }) ?? true {
                    let steps = steps(alignment, spelling.syllables.prefix(count), name.cells)
                    best = (
                        worth,
                        Explanation(
                            name: String(name.cells.map { character(ofCell: Int($0)) }),
                            formerYears: name.years, isFormer: name.isFormer,
                            isAlias: name.isAlias, steps: steps)
                    )
                }
            }
        }
        return best?.explanation
    }

    private struct ComparedName {
        var cells: [UInt32]
        var weight: Float = 1
        var isFormer = false
        var isAlias = false
        var years: ClosedRange<Int>?
    }

    private func namesToCompare(of place: Place) -> [ComparedName] {
        var names: [ComparedName] = []
        let own = index.number(.ownNames, place.row, as: UInt32.self)
        if own != IndexFormat.none { names.append(ComparedName(cells: cells(ofName: Int(own)))) }
        for former in formerNames(of: place) {
            names.append(
                ComparedName(
                    cells: cells(ofName: former.name), weight: Channel.formerShare, isFormer: true,
                    years: former.years))
        }
        for alias in aliases where alias.place == place.row {
            names.append(ComparedName(cells: alias.cells, weight: alias.weight, isAlias: true))
        }
        return names
    }

    func cells(ofName name: Int) -> [UInt32] {
        let at = index.groups.indices.partition { index.groups[$0].names.upperBound > name }
        let group = index.groups[at]
        let start = group.firstCell + (name - group.names.lowerBound) * group.length
        return index.with(.nameCells, as: UInt32.self) { Array($0[start..<start + group.length]) }
    }

    /// Names out of use that the place answers for.
    public func otherNames(of place: Place) -> [(text: String, years: ClosedRange<Int>?)] {
        formerNames(of: place).map { (index.text(.formerText, $0.text), $0.years) }
    }

    private func formerNames(of place: Place) -> [(
        name: Int, text: Range<Int>, years: ClosedRange<Int>?
    )] {
        index.with(.formerNames, as: UInt32.self) { records in
            index.with(.namePlaces, as: UInt32.self) { places in
                func answer(_ record: Int) -> UInt32 { places[Int(records[record * 4])] }
                let all = 0..<records.count / 4
                let first = all.partition { answer($0) >= UInt32(place.row) }
                return all[first...].prefix { answer($0) == UInt32(place.row) }.map { record in
                    let field = records[record * 4..<record * 4 + 4].map { Int($0) }
                    let (from, to) = (field[3] >> 16, field[3] & 0xFFFF)
                    return (
                        field[0], field[1]..<field[1] + field[2],
                        from == 0 || to < from ? nil : from...to
                    )
                }
            }
        }
    }

    func character(ofCell cell: Int) -> Character {
        let number = Int(index.number(.cellCharacters, cell, as: UInt16.self))
        let scalar = index.number(.characters, number, as: UInt32.self)
        return Unicode.Scalar(scalar).map(Character.init) ?? "?"
    }

    /// Best ways to lay the first i syllables over the first j characters: what
    /// each is worth, and whether it ends with both (0), a character only (1) or
    /// a syllable only (2).
    private struct Alignment {
        var worth: [[Float]]
        var came: [[Int]]
    }

    private func align(_ heard: [[UInt16]], _ cells: [UInt32]) -> Alignment {
        var worth = [[Float]](
            repeating: Array(repeating: 0, count: cells.count + 1), count: heard.count + 1)
        var came = [[Int]](
            repeating: Array(repeating: 0, count: cells.count + 1), count: heard.count + 1)
        worth[0][0] = 1
        for i in 0...heard.count {
            for j in 0...cells.count where i + j > 0 {
                var best: (Float, Int) = (0, 0)
                if i > 0, j > 0 {
                    let value =
                        worth[i - 1][j - 1] * Channel.kept * plainWorth(heard[i - 1], cells[j - 1])
                    best = (value, 0)
                }
                if j > 0, worth[i][j - 1] * Channel.lost > best.0 {
                    best = (worth[i][j - 1] * Channel.lost, 1)
                }
                if i > 0, worth[i - 1][j] * Channel.addedAny > best.0 {
                    best = (worth[i - 1][j] * Channel.addedAny, 2)
                }
                worth[i][j] = best.0
                came[i][j] = best.1
            }
        }
        return Alignment(worth: worth, came: came)
    }

    private func steps(
        _ alignment: Alignment, _ heard: ArraySlice<[UInt16]>, _ cells: [UInt32]
    ) -> [Explanation.Step] {
        var steps: [Explanation.Step] = []
        var (i, j) = (heard.count, cells.count)
        while i > 0 || j > 0 {
            switch i > 0 && j > 0 ? alignment.came[i][j] : i > 0 ? 2 : 1 {
            case 0:
                steps.append(step(heard[i - 1], Int(cells[j - 1])))
                i -= 1
                j -= 1
            case 1:
                steps.append(
                    Explanation.Step(
                        heard: "", character: character(ofCell: Int(cells[j - 1])),
                        standard: standardReading(ofCell: Int(cells[j - 1])) ?? "", reason: .lost))
                j -= 1
            default:
                steps.append(
                    Explanation.Step(
                        heard: written(heard[i - 1]), character: nil, standard: "", reason: .added))
                i -= 1
            }
        }
        return steps.reversed()
    }

    private func written(_ syllables: [UInt16]) -> String {
        syllables.map { Mandarin.syllables[Int($0)] }.joined(separator: "/")
    }

    private func plainWorth(_ syllables: [UInt16], _ cell: UInt32) -> Float {
        let (dialect, standard) = worth(of: syllables, cell: Int(cell))
        return (Channel.lanes(dialect: dialect, standard: standard) * Channel.weights).sum()
    }

    /// P(heard | the cell's character) with each listener, and as the standard has it.
    func worth(of syllables: [UInt16], cell: Int) -> (dialect: SIMD2<Float>, standard: Float) {
        let share = 1 / Float(syllables.count)
        let sounds = index.about.sounds
        let character = Int(index.number(.cellCharacters, cell, as: UInt16.self))
        let readings = index.with(.cellStarts, as: UInt32.self) { starts in
            index.with(.cellReadings, as: UInt32.self) {
                $0[Int(starts[cell])..<Int(starts[cell + 1])].map {
                    (sound: Int($0 >> 16), share: share * Float($0 & 0xFFFF) / 65_535)
                }
            }
        }
        var dialect = SIMD2<Float>()
        func pair(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> SIMD2<Float> {
            SIMD2(
                IndexFormat.probability[Int(bytes[at * 2])],
                IndexFormat.probability[Int(bytes[at * 2 + 1])])
        }
        for syllable in syllables {
            index.with(.soundTable, as: UInt8.self) { table in
                for reading in readings {
                    dialect +=
                        pair(table, Int(syllable) * sounds + reading.sound)
                        * ((1 - Channel.national) * reading.share)
                }
            }
            dialect += index.with(.characterTable, as: UInt8.self) {
                pair($0, Int(syllable) * index.about.characters + character)
                    * (share * Channel.national)
            }
        }
        let standard = index.with(.characterSyllables, as: UInt16.self) {
            Channel.standard(ofReadings: $0[character * 3..<character * 3 + 3]) {
                Channel.standard($0, syllables)
            }
        }
        return (dialect, standard)
    }

    private func standardReading(ofCell cell: Int) -> String? {
        reader.characters[character(ofCell: cell)]?.first.map { Mandarin.syllables[Int($0)] }
    }

    func step(_ syllables: [UInt16], _ cell: Int) -> Explanation.Step {
        let (dialect, _) = worth(of: syllables, cell: cell)
        let area = index.with(.areaPlaces, as: UInt32.self) { areas in
            areas[Int(index.number(.cellAreas, cell, as: UInt16.self))]
        }
        return step(
            syllables, character(ofCell: cell), Double((dialect.x + dialect.y) / 2),
            name(of: Place(row: Int(area))))
    }

    /// - Parameter share: Of hearings of the character around the area.
    func step(
        _ syllables: [UInt16], _ character: Character, _ share: Double, _ area: String
    ) -> Explanation.Step {
        let standard = reader.characters[character]?.first
        let reason: Explanation.Reason =
            if let standard, syllables.contains(standard) {
                .standard
            } else if share >= 0.08 {
                .usual(area: area, share: share)
            } else {
                share >= 0.02 ? .known(area: area, share: share) : .slip
            }
        return Explanation.Step(
            heard: written(syllables), character: character,
            standard: standard.map { Mandarin.syllables[Int($0)] } ?? "", reason: reason)
    }
}
