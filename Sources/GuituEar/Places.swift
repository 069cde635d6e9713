import Foundation

/// A row of the lists the index is built from.
struct PlaceRow {
    var code: String
    var name: String
    var level: PlaceLevel
    var parent: Int?
    var longitude: Float?
    var latitude: Float?
}

/// Another thing a place was called, or the name of one that is gone.
struct FormerName {
    var name: String
    var level: PlaceLevel
    /// The row of today that answers for it.
    var answer: Int
    var years: ClosedRange<UInt16>?
}

/// The gazetteer's tables, as they were found.
struct Gazetteer {
    /// Sorted by level, then code: a parent stands before its children.
    private(set) var rows: [PlaceRow] = []
    private(set) var former: [FormerName] = []
    /// One sentence for each table that was not there.
    private(set) var missing: [String] = []
    private var byCode: [PlaceLevel: [String: Int]] = [:]

    func row(_ code: String, _ level: PlaceLevel) -> Int? { byCode[level]?[code] }

    init(folder: String) throws {
        func table(_ name: String, _ columns: [String]) throws -> Table? {
            let path = folder + "/" + name
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            return try Table(path: path, columns: columns)
        }
        guard let divisions = try table("divisions.tsv", ["code", "level", "name"]) else {
            throw TableError(file: "divisions.tsv", row: nil, reason: "is missing")
        }
        try read(divisions)
        if let townships = try table("townships.tsv", ["code", "name", "county"]) {
            try read(townships: townships)
        } else {
            missing.append("townships.tsv")
        }
        if let villages = try table("villages.tsv", ["code", "name"]) {
            try read(villages: villages)
        } else {
            missing.append("villages.tsv")
        }
        if let history = try table("county-history.tsv", ["name", "id_today"]) {
            try read(history: history)
        } else {
            missing.append("county-history.tsv")
        }
    }

    private mutating func add(_ found: [PlaceRow]) {
        for row in found.sorted(by: { $0.code < $1.code }) {
            // A code that stands twice on a level keeps its first row.
            guard byCode[row.level]?[row.code] == nil else { continue }
            byCode[row.level, default: [:]][row.code] = rows.count
            rows.append(row)
        }
    }

    private mutating func read(_ table: Table) throws {
        var found: [PlaceLevel: [PlaceRow]] = [:]
        try table.forEach(["code", "level", "name", "lon", "lat", "source"]) { row, field in
            guard let level = PlaceLevel(field[1]), level <= .county else {
                throw TableError(file: table.file, row: row, reason: "no level \(field[1])")
            }
            guard field[0].utf8.count == 6 else {
                throw TableError(
                    file: table.file, row: row,
                    reason: "the code \(field[0]) has not six characters")
            }
            // Codes newer than the lists below them have no townships yet.
            guard field[5] != "cpca2026" || level < .county else { return }
            found[level, default: []].append(
                PlaceRow(
                    code: field[0], name: field[2], level: level, parent: nil,
                    longitude: Float(field[3]), latitude: Float(field[4])))
        }
        add(found[.province] ?? [])
        for level in [PlaceLevel.prefecture, .county] {
            add(
                (found[level] ?? []).map {
                    var row = $0
                    row.parent =
                        (level == .county ? self.row(row.code.prefix(4) + "00", .prefecture) : nil)
                        ?? self.row(row.code.prefix(2) + "0000", .province)
                    return row
                })
        }
    }

    private mutating func read(townships table: Table) throws {
        var found: [PlaceRow] = []
        var gone: [(code: String, name: String, county: String)] = []
        try table.forEach(["code", "name", "county", "lon", "lat", "status"]) { row, field in
            guard field[0].utf8.count == 9 else {
                throw TableError(
                    file: table.file, row: row,
                    reason: "the code \(field[0]) has not nine characters")
            }
            if field[5].hasSuffix("former") {
                gone.append((field[0], field[1], field[2]))
                return
            }
            // 东莞 and 中山 have no counties: their townships hang on the city.
            guard
                let parent = self.row(field[2], .county) ?? self.row(field[2], .prefecture)
                    ?? self.row(field[2].prefix(4) + "00", .prefecture)
            else { return }
            found.append(
                PlaceRow(
                    code: field[0], name: field[1], level: .township, parent: parent,
                    longitude: Float(field[3]), latitude: Float(field[4])))
        }
        add(found)
        for row in gone {
            guard let answer = self.row(row.code, .township) ?? self.row(row.county, .county) else {
                continue
            }
            former.append(FormerName(name: row.name, level: .township, answer: answer))
        }
    }

    private mutating func read(villages table: Table) throws {
        var found: [PlaceRow] = []
        var renamed: [(code: String, name: String)] = []
        try table.forEach(["code", "name", "name_2016_if_different", "status", "lon", "lat"]) {
            row, field in
            guard field[0].utf8.count == 12 else {
                throw TableError(
                    file: table.file, row: row,
                    reason: "the code \(field[0]) has not twelve characters")
            }
            guard field[3] != "o" else { return }
            // The township list is of 2023: a village of a township that has
            // another code by now hangs on its county.
            guard
                let parent = self.row(String(field[0].prefix(9)), .township)
                    ?? self.row(String(field[0].prefix(6)), .county)
                    ?? self.row(field[0].prefix(4) + "00", .prefecture)
            else { return }
            found.append(
                PlaceRow(
                    code: field[0], name: field[1], level: .village, parent: parent,
                    longitude: Float(field[4]), latitude: Float(field[5])))
            if !field[2].isEmpty, CoreName.of(field[2], .village) != CoreName.of(field[1], .village)
            {
                renamed.append((field[0], field[2]))
            }
        }
        add(found)
        for row in renamed {
            guard let answer = self.row(row.code, .village) else { continue }
            former.append(FormerName(name: row.name, level: .village, answer: answer))
        }
    }

    private mutating func read(history table: Table) throws {
        var years: [String: (FormerName, String)] = [:]
        try table.forEach(["name", "id_today", "first_year", "last_year"]) { _, field in
            guard !field[0].isEmpty, let answer = row(field[1], .county) else { return }
            let core = CoreName.of(field[0], .county)
            guard core != CoreName.of(rows[answer].name, .county),
                let first = UInt16(field[2]), let last = UInt16(field[3]), first <= last
            else { return }
            let key = field[1] + core
            if let (known, _) = years[key], let span = known.years {
                years[key]?.0.years = min(span.lowerBound, first)...max(span.upperBound, last)
            } else {
                years[key] = (
                    FormerName(name: field[0], level: .county, answer: answer, years: first...last),
                    key
                )
            }
        }
        former += years.sorted { $0.key < $1.key }.map(\.value.0)
    }
}
