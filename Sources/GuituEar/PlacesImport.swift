import Foundation

/// Takes an operator's newer or better list into the tables of places.
///
/// A row with a known code replaces it and the old name is kept as a former
/// one; a code that the new list lacks stays, so that old records keep their
/// meaning. With a fault anywhere nothing is written.
public struct PlacesImport {
    public struct Report: Sendable, Equatable {
        public var added = 0
        public var renamed = 0
        public var unchanged = 0
        /// Rows of the old list that the new one does not have; they stay.
        public var kept = 0
    }

    /// One sentence a fault, with file and row; 50 at most.
    public struct Faults: Error, CustomStringConvertible {
        public var lines: [String]
        public var description: String { lines.joined(separator: "\n") }
    }

    private struct List {
        var file: String
        var columns: [String]
        var codeLength: Int
        var parentLength: Int
    }

    private static let lists = [
        List(
            file: "divisions.tsv",
            columns: ["code", "level", "name", "parent", "lon", "lat", "source"],
            codeLength: 6, parentLength: 0),
        List(
            file: "townships.tsv", columns: ["code", "name", "county", "lon", "lat", "status"],
            codeLength: 9, parentLength: 6),
        List(
            file: "villages.tsv",
            columns: ["code", "name", "name_2016_if_different", "status", "lon", "lat"],
            codeLength: 12, parentLength: 9),
    ]

    /// - Parameters: the folder with the operator's tables (any of the three), the
    ///   folder they are taken into, and the folder to write; the last two may be one.
    public static func merge(_ new: String, into old: String, output: String) throws -> Report {
        var report = Report()
        var faults: [String] = []
        var written: [(String, String)] = []
        var known = Set<String>()
        var found = false
        for list in lists {
            let path = new + "/" + list.file
            let before = try read(old + "/" + list.file, list, faults: nil).rows
            var rows = before
            var order = before.keys.sorted()
            if FileManager.default.fileExists(atPath: path) {
                found = true
                let (fresh, bad) = try read(path, list, faults: known)
                faults += bad
                for (code, row) in fresh.sorted(by: { $0.key < $1.key }) {
                    guard let earlier = before[code] else {
                        report.added += 1
                        rows[code] = row
                        order.append(code)
                        continue
                    }
                    let name = list.columns.firstIndex(of: "name") ?? 1
                    if earlier[name] == row[name] {
                        report.unchanged += 1
                        rows[code] = row
                    } else {
                        report.renamed += 1
                        rows[code] = row
                        keep(earlier, code, list, name, &rows, &order)
                    }
                }
                report.kept += before.keys.count { fresh[$0] == nil && !$0.contains("\u{1}") }
            }
            known.formUnion(rows.keys)
            order.sort()
            let text =
                ([list.columns] + order.compactMap { rows[$0] })
                .map { $0.joined(separator: "\t") + "\n" }.joined()
            written.append((list.file, text))
        }
        guard found else {
            throw TableError(
                file: new, row: nil,
                reason: "holds none of divisions.tsv, townships.tsv, villages.tsv")
        }
        guard faults.isEmpty else { throw Faults(lines: Array(faults.prefix(50))) }
        try FileManager.default.createDirectory(
            atPath: output, withIntermediateDirectories: true)
        for (file, text) in written {
            try Data(text.utf8).write(
                to: URL(fileURLWithPath: output + "/" + file), options: .atomic)
        }
        let history = "/county-history.tsv"
        if old != output, FileManager.default.fileExists(atPath: old + history) {
            try Data(contentsOf: URL(fileURLWithPath: old + history))
                .write(to: URL(fileURLWithPath: output + history), options: .atomic)
        }
        return report
    }

    /// The old name stays findable: townships as a row that is gone, villages
    /// in their own column; of counties the history table tells.
    private static func keep(
        _ earlier: [String], _ code: String, _ list: List, _ name: Int,
        _ rows: inout [String: [String]], _ order: inout [String]
    ) {
        if list.codeLength == 9 {
            var gone = earlier
            gone[5] = "former"
            // A key of its own, sorted behind the row of today.
            let key = code + "\u{1}" + earlier[name]
            if rows[key] == nil { order.append(key) }
            rows[key] = gone
        } else if list.codeLength == 12 {
            rows[code]?[2] = earlier[name]
            if rows[code]?[3].isEmpty ?? false { rows[code]?[3] = "r" }
        }
    }

    /// - Parameter faults: codes of the level above when rows are to be checked.
    private static func read(_ path: String, _ list: List, faults known: Set<String>?) throws -> (
        rows: [String: [String]], faults: [String]
    ) {
        guard FileManager.default.fileExists(atPath: path) else { return ([:], []) }
        var rows: [String: [String]] = [:]
        var bad: [String] = []
        let name = list.columns.firstIndex(of: "name") ?? 1
        let lon = list.columns.firstIndex(of: "lon") ?? 0
        let needed = list.codeLength == 6 ? ["code", "level", "name"] : ["code", "name"]
        try Table(path: path, columns: needed).forEach(list.columns) { row, field in
            func fault(_ reason: String) { bad.append("\(list.file), row \(row): \(reason)") }
            let code = field[0]
            if known != nil {
                if code.utf8.count != list.codeLength
                    || !code.utf8.allSatisfy({ (48...57).contains($0) || (65...90).contains($0) })
                {
                    return fault(
                        "the code \"\(code.prefix(20))\" has not \(list.codeLength) digits")
                }
                if field[name].trimmingCharacters(in: .whitespaces).isEmpty {
                    return fault("\(code) has no name")
                }
                if rows[code] != nil { return fault("the code \(code) stands twice") }
                if list.codeLength == 6, PlaceLevel(field[1]) == nil {
                    return fault("no level \(field[1])")
                }
                if list.codeLength == 9, field[2].isEmpty {
                    return fault("\(code) has no county")
                }
                if list.parentLength > 0, let known,
                    !known.contains(String(code.prefix(list.parentLength))),
                    !known.contains(code.prefix(4) + "00"), list.codeLength == 9
                {
                    return fault("no county \(code.prefix(6)) for \(code)")
                }
                for (value, limit) in [(field[lon], 180.0), (field[lon + 1], 90.0)]
                where !value.isEmpty {
                    guard let number = Double(value), abs(number) <= limit else {
                        return fault("\"\(value.prefix(20))\" is no coordinate")
                    }
                }
            }
            let former = list.codeLength == 9 && field[5].hasSuffix("former")
            rows[former ? code + "\u{1}" + field[name] : code] = field
        }
        return (rows, bad)
    }
}
