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

    /// id, heard, levels, province in; id, rank, code, probability, score out.
    ///
    /// - Throws: `TableError` when the header lacks id or heard.
    public func run(csv file: [UInt8], name: String = "input") throws -> Outcome {
        try answer(
            file, name, columns: ["id", "heard", "levels", "province"],
            header: "id,rank,code,probability,score"
        ) { field in
            let utterance = try ear.reader.utterance(
                field[1], levels: field[2], province: field[3].trimmingCharacters(in: .whitespaces))
            return ear.hear(utterance, limit: limit).map { candidate in
                ear.code(of: candidate.place) + "," + Self.number(candidate.probability) + ","
                    + Self.number(log(max(candidate.nameProbability, 1e-300)))
            }
        }
    }

    /// id, heard, area in; id, rank, name, lr, share out.
    ///
    /// - Throws: `TableError` when the header lacks id or heard.
    public func runNames(
        csv file: [UInt8], among shares: NameFrequencies, name: String = "input"
    ) throws -> Outcome {
        try answer(
            file, name, columns: ["id", "heard", "area"], header: "id,rank,name,lr,share"
        ) { field in
            try ear.hearName(
                ear.reader.spelling(field[1]), area: field[2], among: shares, limit: limit
            ).map { candidate in
                candidate.name + "," + Self.number(candidate.ratio) + ","
                    + Self.number(candidate.probability)
            }
        }
    }

    /// - Parameter answers: what follows id and rank, best first.
    private func answer(
        _ file: [UInt8], _ name: String, columns: [String], header: String,
        _ answers: (_ field: [String]) throws -> [String]
    ) throws -> Outcome {
        var outcome = Outcome(csv: header + "\n", queries: 0, complaints: [])
        try Table(bytes: file, file: name, columns: ["id", "heard"]).forEach(
            columns,
            fault: {
                outcome.queries += 1
                outcome.complaints.append("\($0)")
            }
        ) { row, field in
            outcome.queries += 1
            do {
                for (rank, answer) in try answers(field).enumerated() {
                    outcome.csv += "\(Table.quoted(field[0])),\(rank + 1),\(answer)\n"
                }
            } catch let error as HeardError {
                outcome.complaints.append("\(name), row \(row), \(field[0].prefix(80)): \(error)")
            }
        }
        return outcome
    }

    private static func number(_ value: Double) -> String { String(format: "%.6g", value) }
}
