import Foundation

/// Looks whether an index holds together: lengths that must agree, and every
/// number that points to a place, name, cell or text inside it.
struct IndexCheck {
    let about: EarIndex.About
    let file: IndexSections

    /// The runs of names and cells; nil when they contradict one another.
    func runs() -> (groups: [NameGroup], areas: [AreaRun])? {
        let counts = [about.places, about.names, about.cells, about.sounds, about.characters]
        // Bounded, so that no product below can overflow.
        guard counts.allSatisfy({ (0...1 << 31).contains($0) }) else { return nil }
        var groups: [NameGroup] = []
        let numbers = file.with(.groups, as: UInt32.self) { Array($0) }
        guard numbers.count % NameGroup.numbers == 0 else { return nil }
        for at in stride(from: 0, to: numbers.count, by: NameGroup.numbers) {
            let field = numbers[at..<at + NameGroup.numbers].map { Int($0) }
            let level = PlaceLevel(rawValue: UInt8(truncatingIfNeeded: field[1]))
            let answers =
                field[3] == 0
                ? level : PlaceLevel(rawValue: UInt8(truncatingIfNeeded: field[3] - 1))
            guard let level, let answers, (1...64).contains(field[2]), field[4] <= field[5],
                field[5] <= about.names,
                field[6] + (field[5] - field[4]) * field[2]
                    <= file.length(.nameCells) / 4,
                // One after another, so that a name is found by halving.
                field[4] == groups.last?.names.upperBound ?? 0,
                field[0] >= groups.last?.area ?? 0
            else { return nil }
            groups.append(
                NameGroup(
                    area: field[0], level: level, length: field[2], former: field[3] > 0,
                    answers: answers, names: field[4]..<field[5], firstCell: field[6]))
        }
        var areas: [AreaRun] = []
        var first = 0
        let runs = file.with(.areaRuns, as: UInt32.self) { Array($0) }
        guard runs.count % AreaRun.numbers == 0 else { return nil }
        for at in stride(from: 0, to: runs.count, by: AreaRun.numbers) {
            let (start, middle, end) = (Int(runs[at]), Int(runs[at + 1]), Int(runs[at + 2]))
            guard start <= middle, middle <= end, end <= about.cells else { return nil }
            let own = groups[first...].prefix { $0.area == areas.count }
            areas.append(
                AreaRun(
                    upperCells: start..<middle, cells: start..<end,
                    groups: own.startIndex..<own.endIndex))
            first = own.endIndex
        }
        return first == groups.count ? (groups, areas) : nil
    }

    func holds(_ groups: [NameGroup], _ areas: [AreaRun]) -> Bool {
        let a = about
        func has(_ section: Section, _ count: Int, bytes size: Int) -> Bool {
            file.length(section) == count * size
        }
        guard has(.codes, a.places, bytes: 12), has(.nameStarts, a.places + 1, bytes: 4),
            has(.levels, a.places, bytes: 1), has(.parents, a.places, bytes: 4),
            has(.coordinates, a.places, bytes: 8), has(.settlements, a.places, bytes: 4),
            has(.ownNames, a.places, bytes: 4), has(.nameKeys, a.places, bytes: 4),
            has(.namePlaces, a.names, bytes: 4),
            has(.cellStarts, a.cells + 1, bytes: 4), has(.cellCharacters, a.cells, bytes: 2),
            has(.cellAreas, a.cells, bytes: 2), has(.areaPlaces, areas.count, bytes: 4),
            has(.soundTable, a.sounds, bytes: 2 * Mandarin.count),
            has(.characters, a.characters, bytes: 4),
            has(.characterSyllables, a.characters, bytes: 6),
            has(.characterTable, a.characters, bytes: 2 * Mandarin.count)
        else { return false }
        return rises(.nameStarts, to: .nameText, bytes: 1)
            && rises(.cellStarts, to: .cellReadings, bytes: 4)
            && below(.ownNames, a.names, orNone: true) && below(.namePlaces, a.places)
            && below(.nameKeys, a.places)
            && below(.areaPlaces, a.places) && parentsStandBefore() && formerNamesHold()
            && file.length(.areaCells) / 4 <= areas.count
            && all(.areaCells, as: UInt32.self) { Int($0) + a.characters <= a.cells }
            && all(.cellReadings, as: UInt32.self) { Int($0 >> 16) < a.sounds }
            && all(.cellCharacters, as: UInt16.self) { $0 < a.characters }
            && all(.cellAreas, as: UInt16.self) { $0 < areas.count }
            && groupsHold(groups, areas)
    }

    /// A name's cells are its area's own, and its places of the level that answers.
    private func groupsHold(_ groups: [NameGroup], _ areas: [AreaRun]) -> Bool {
        file.with(.nameCells, as: UInt32.self) { cells in
            file.with(.namePlaces, as: UInt32.self) { places in
                file.with(.levels, as: UInt8.self) { levels in
                    zip(levels, levels.dropFirst()).allSatisfy { $0 <= $1 }
                        && groups.allSatisfy { group in
                            let area = areas[group.area]
                            let own = group.level == .village ? area.cells : area.upperCells
                            let end = group.firstCell + group.names.count * group.length
                            let level = group.answers.rawValue
                            return cells[group.firstCell..<end].allSatisfy { own.contains(Int($0)) }
                                && places[group.names].allSatisfy { levels[Int($0)] == level }
                        }
                }
            }
        }
    }

    /// So that a way up ends.
    private func parentsStandBefore() -> Bool {
        file.with(.parents, as: UInt32.self) { parents in
            parents.indices.allSatisfy {
                parents[$0] == IndexFormat.none || Int(parents[$0]) < $0
            }
        }
    }

    private func formerNamesHold() -> Bool {
        file.with(.formerNames, as: UInt32.self) { records in
            records.count % 4 == 0
                && stride(from: 0, to: records.count, by: 4).allSatisfy {
                    Int(records[$0]) < about.names
                        && Int(records[$0 + 1]) + Int(records[$0 + 2]) <= file.length(.formerText)
                }
        }
    }

    private func rises(_ section: Section, to end: Section, bytes size: Int) -> Bool {
        file.with(section, as: UInt32.self) { starts in
            zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 }
                && Int(starts.last ?? 0) * size <= file.length(end)
        }
    }

    private func below(_ section: Section, _ end: Int, orNone: Bool = false) -> Bool {
        all(section, as: UInt32.self) { Int($0) < end || (orNone && $0 == IndexFormat.none) }
    }

    private func all<Number: BitwiseCopyable>(
        _ section: Section, as type: Number.Type, _ holds: (Number) -> Bool
    ) -> Bool {
        file.with(section, as: type) { $0.allSatisfy(holds) }
    }
}
