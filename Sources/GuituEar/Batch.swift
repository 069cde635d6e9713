import Foundation

/// Many queries from a file to a file (the contract of `guitu places hear`).
public struct EarBatch {
    let ear: Ear
    let limit: Int

    public init(ear: Ear, limit: Int = 200) {
        self.ear = ear
        self.limit = limit
    }

    public struct Outcome: Sendable {
        public var csv: String
        public var queries: Int
        /// One line for each query that could not be read.
        public var complaints: [String]
    }

    /// - Throws: `TableError` when the header lacks a column.
    public func run(csv text: String, name: String = "input") throws -> Outcome {
        let rows = Self.rows(text)
        guard let header = rows.first else {
            throw TableError(file: name, row: 1, reason: "is empty")
        }
        func column(_ wanted: String) throws -> Int {
            guard let found = header.firstIndex(of: wanted) else {
                throw TableError(file: name, row: 1, reason: "column \(wanted) is missing")
            }
            return found
        }
        let (id, heard) = (try column("id"), try column("heard"))
        let (levels, province) = (
            header.firstIndex(of: "levels"), header.firstIndex(of: "province")
        )
        var out = "id,rank,code,probability,score\n"
        var complaints: [String] = []
        for (number, row) in rows.enumerated().dropFirst() where row != [""] {
            func field(_ at: Int?) -> String { at.flatMap { $0 < row.count ? row[$0] : nil } ?? "" }
            let utterance: Utterance
            do {
                utterance = try ear.reader.utterance(
                    field(heard), levels: field(levels),
                    province: field(province).trimmingCharacters(in: .whitespaces))
            } catch {
                complaints.append(
                    "\(name), row \(number + 1), \(String(field(id).prefix(80))): \(error)")
                continue
            }
            for (rank, candidate) in ear.hear(utterance, limit: limit).enumerated() {
                out += "\(Self.quoted(field(id))),\(rank + 1),\(ear.code(of: candidate.place)),"
                out += Self.number(candidate.probability) + ","
                out += Self.number(log(max(candidate.nameProbability, 1e-300))) + "\n"
            }
        }
        return Outcome(csv: out, queries: max(0, rows.count - 1), complaints: complaints)
    }

    /// id, heard, area in; id, rank, name, lr, share out.
    public func runNames(csv text: String, among shares: NameFrequencies, name: String = "input")
        throws
        -> Outcome
    {
        let rows = Self.rows(text)
        guard let header = rows.first, let id = header.firstIndex(of: "id"),
            let heard = header.firstIndex(of: "heard")
        else {
            throw TableError(file: name, row: 1, reason: "columns id and heard are needed")
        }
        let area = header.firstIndex(of: "area")
        var out = "id,rank,name,lr,share\n"
        var complaints: [String] = []
        for (number, row) in rows.enumerated().dropFirst() where row != [""] {
            func field(_ at: Int?) -> String { at.flatMap { $0 < row.count ? row[$0] : nil } ?? "" }
            do {
                let found = try ear.hearName(
                    try ear.reader.spelling(field(heard)), area: field(area), among: shares,
                    limit: limit)
                for (rank, candidate) in found.enumerated() {
                    out += "\(Self.quoted(field(id))),\(rank + 1),\(candidate.name),"
                    out += Self.number(candidate.ratio) + ","
                    out += Self.number(candidate.probability) + "\n"
                }
            } catch let error as HeardError {
                complaints.append(
                    "\(name), row \(number + 1), \(String(field(id).prefix(80))): \(error)")
            }
        }
        return Outcome(csv: out, queries: max(0, rows.count - 1), complaints: complaints)
    }

    static func number(_ value: Double) -> String { String(format: "%.6g", value) }

    static func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }

    /// RFC 4180, lenient: a quote that never ends takes the rest.
    static func rows(_ text: String) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var field: [UInt8] = []
        var quoted = false
        let bytes = Array(text.utf8)
        var at = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        func close() {
            row.append(String(decoding: field, as: UTF8.self))
            field.removeAll(keepingCapacity: true)
        }
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if quoted {
                if byte != 34 {
                    field.append(byte)
                } else if at < bytes.count, bytes[at] == 34 {
                    field.append(34)
                    at += 1
                } else {
                    quoted = false
                }
            } else if byte == 34, field.isEmpty {
                quoted = true
            } else if byte == 44 {
                close()
            } else if byte == 10 || byte == 13 {
                if byte == 13, at < bytes.count, bytes[at] == 10 { at += 1 }
                close()
                rows.append(row)
                row = []
            } else {
                field.append(byte)
            }
        }
        if !field.isEmpty || !row.isEmpty {
            close()
            rows.append(row)
        }
        return rows
    }
}
