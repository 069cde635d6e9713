import Foundation
import GuituModel

/// Names that solved cases added: what was heard, and the row it truly was.
///
/// A tab-separated file with a header: heard, code, who, when, until. Lines are
/// only ever added; a wrong one is ended by writing `until`.
public struct AliasTable: Sendable {
    public struct Row: Sendable, Equatable {
        /// As it was heard or called: characters or pinyin.
        public var heard: String
        public var code: String
        public var who: String
        /// Civil days, 2026-11-24.
        public var when: String
        /// The day from which it no longer counts; empty while it does.
        public var until: String

        public init(heard: String, code: String, who: String, when: String, until: String = "") {
            self.heard = heard
            self.code = code
            self.who = who
            self.when = when
            self.until = until
        }
    }

    public static let columns = ["heard", "code", "who", "when", "until"]
    public var rows: [Row] = []

    public init(rows: [Row] = []) { self.rows = rows }

    public init(path: String) throws {
        try Table(path: path, columns: Array(Self.columns.prefix(4)))
            .forEach(Self.columns) { _, field in
                rows.append(
                    Row(
                        heard: field[0], code: field[1], who: field[2], when: field[3],
                        until: field[4]))
            }
    }

    public var text: String {
        ([Self.columns]
            + rows.map { [$0.heard, $0.code, $0.who, $0.when, $0.until] })
            .map { row in
                row.map { field in
                    Table.quoted(String(field.map { "\t\n\r".contains($0) ? " " : $0 }))
                }
                .joined(separator: "\t") + "\n"
            }.joined()
    }
}

extension Ear {
    /// Takes the names into use that count today, by the computer's clock.
    public mutating func use(_ table: AliasTable) -> [String] {
        use(
            table, on: Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)).inChina.day
        )
    }

    /// Takes the names into use at once.
    ///
    /// - Parameter day: rows that begin after it, or ended on or before it, are
    ///   left out.
    /// - Returns: one sentence for each row that cannot be used.
    public mutating func use(_ table: AliasTable, on day: Day) -> [String] {
        var faults: [String] = []
        aliases = []
        for (number, row) in table.rows.enumerated() {
            func fault(_ reason: String) {
                faults.append("alias \(number + 1), \(row.heard): \(reason)")
            }
            guard let since = Day(row.when) else {
                fault("\"\(row.when)\" is no day")
                continue
            }
            let until = Day(row.until)
            if until == nil, !row.until.isEmpty {
                fault("\"\(row.until)\" is no day")
                continue
            }
            guard since <= day, until.map({ day < $0 }) ?? true else { continue }
            guard let place = places(code: row.code).last else {
                fault("no place has the code \(row.code)")
                continue
            }
            let level = level(of: place)
            guard let cells = aliasCells(row.heard, level, at: place), !cells.isEmpty else {
                fault("no syllable in it")
                continue
            }
            // Somebody truly said it, which weighs more than a name on a list.
            aliases.append(AliasName(place: place.row, level: level, cells: cells, weight: 2))
        }
        return faults
    }

    /// Characters are heard as they are read in the place's province; pinyin by
    /// the character that clerks most surely hear as that syllable.
    private func aliasCells(_ heard: String, _ level: PlaceLevel, at place: Place) -> [UInt32]? {
        guard let first = provinceCells(of: place) else { return nil }
        let core = CoreName.of(heard, level)
        let written = core.compactMap { characterNumbers[$0] }
        if written.count == core.count, !written.isEmpty {
            return written.prefix(HeardReader.longestName).map { UInt32(first + $0) }
        }
        guard let spelling = try? reader.spelling(heard) else { return nil }
        return spelling.syllables.prefix(HeardReader.longestName).map { syllables in
            UInt32(first + faithfulCharacter(for: syllables[0]))
        }
    }

    private func faithfulCharacter(for syllable: UInt16) -> Int {
        let count = index.about.characters
        return index.with(.characterTable, as: UInt8.self) { table in
            index.with(.characterSyllables, as: UInt16.self) { said in
                let row = Int(syllable) * count
                var best = 0
                var cost = Int.max
                for number in 0..<count {
                    let standard = said[number * 3] == syllable ? 0 : 256
                    let here = standard + Int(table[(row + number) * 2 + 1])
                    if here < cost { (best, cost) = (number, here) }
                }
                return best
            }
        }
    }

    /// Where the run of cells of the place's province begins.
    func provinceCells(of place: Place) -> Int? {
        let province = path(of: place)[0].row
        guard let range = levelRanges[.province], range.contains(province) else { return nil }
        return index.with(.areaPlaces, as: UInt32.self) { areas in
            index.with(.areaCells, as: UInt32.self) { cells in
                cells.indices.first { areas[$0] == UInt32(province) }.map { Int(cells[$0]) }
            }
        }
    }
}
