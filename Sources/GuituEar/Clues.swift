import Foundation

/// What an operator knows of places besides their names, by which somebody may
/// remember home: a dialling code, a number plate, a bus line, a landmark.
///
/// A tab-separated file with a header: kind, value, code, weight, source. None
/// ships: without a table there are no such clues.
public struct ClueTable: Sendable, Equatable {
    public enum Kind: String, CaseIterable, Sendable {
        /// `0370`.
        case phone
        /// `豫N`.
        case plate
        case bus
        case landmark
        /// How many people live there; nobody says it, it only weighs places.
        case population
    }

    public struct Row: Sendable, Equatable {
        public var kind: Kind
        /// As `normal` writes it; empty for `population`.
        public var value: String
        public var code: String
        /// How much likelier than another row of the same value; for
        /// `population` the people.
        public var weight: Double
        /// Where the operator has it from.
        public var source: String

        public init(
            _ kind: Kind, _ value: String, code: String, weight: Double = 1, source: String
        ) {
            self.kind = kind
            self.value = ClueTable.normal(kind, value)
            self.code = code
            self.weight = weight
            self.source = source
        }
    }

    public static let columns = ["kind", "value", "code", "weight", "source"]
    public var rows: [Row] = []

    public init(rows: [Row] = []) { self.rows = rows }

    /// - Throws: `PlacesImport.Faults` that names every row that cannot be read,
    ///   50 at most; `TableError` when the file cannot be.
    public init(path: String) throws {
        let table = try Table(path: path, columns: Self.columns)
        var faults: [String] = []
        var seen: Set<[String]> = []
        try table.forEach(Self.columns, fault: { faults.append($0.description) }) { line, field in
            func fault(_ reason: String) {
                faults.append("\(table.file), row \(line): \(reason)")
            }
            let field = field.map { $0.trimmingCharacters(in: .whitespaces) }
            guard let kind = Kind(rawValue: field[0]) else {
                let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
                return fault("no kind \"\(field[0].prefix(20))\"; one of \(known)")
            }
            let weight = field[3].isEmpty ? (kind == .population ? nil : 1) : Double(field[3])
            guard let weight, weight > 0, weight.isFinite else {
                return fault("the weight \"\(field[3].prefix(20))\" is no number above 0")
            }
            let row = Row(kind, field[1], code: field[2], weight: weight, source: field[4])
            if row.value.isEmpty != (kind == .population) {
                return fault(
                    kind == .population
                        ? "population has no value; people stand under weight"
                        : "no value in \"\(field[1].prefix(20))\"")
            }
            if row.code.isEmpty { return fault("no code of a place") }
            if row.source.isEmpty { return fault("no source; say where it is from") }
            guard seen.insert([kind.rawValue, row.value, row.code]).inserted else {
                return fault("\(kind.rawValue) \(row.value) of \(row.code) stands twice")
            }
            rows.append(row)
        }
        guard faults.isEmpty else { throw PlacesImport.Faults(lines: Array(faults.prefix(50))) }
    }

    public var text: String {
        ([Self.columns]
            + rows.map {
                [
                    $0.kind.rawValue, $0.value, $0.code,
                    $0.weight == $0.weight.rounded() && $0.weight < 1e15
                        ? "\(Int($0.weight))" : "\($0.weight)",
                    $0.source,
                ]
            })
            .map { $0.map(Table.quoted).joined(separator: "\t") + "\n" }.joined()
    }

    /// This table with the kinds that `newer` has replaced by its rows.
    public func taking(_ newer: ClueTable) -> ClueTable {
        let kinds = Set(newer.rows.map(\.kind))
        return ClueTable(rows: rows.filter { !kinds.contains($0.kind) } + newer.rows)
    }

    /// As values are compared: `0370-2345678` is `03702345678`, `豫 n·12345` is
    /// `豫N12345`.
    public static func normal(_ kind: Kind, _ value: String) -> String {
        let text = value.uppercased().filter { !$0.isWhitespace && !"·-－—.".contains($0) }
        guard kind == .phone else { return text }
        let digits = text.filter { ("0"..."9").contains($0) }
        return digits.isEmpty || digits.hasPrefix("0") ? digits : "0" + digits
    }
}

/// An operator's table, looked up.
struct KnownClues: Sendable {
    struct Key: Hashable {
        var kind: ClueTable.Kind
        var value: String
    }

    /// Weights of rows of places, the largest of a value 1.
    var places: [Key: [UInt32: Double]] = [:]
    var population: [UInt32: Double] = [:]

    /// A whole plate or number is known by its beginning, the rest by all of it.
    func find(_ kind: ClueTable.Kind, _ value: String) -> [UInt32: Double]? {
        var value = ClueTable.normal(kind, value)
        while !value.isEmpty {
            if let found = places[Key(kind: kind, value: value)] { return found }
            guard kind == .phone || kind == .plate else { return nil }
            value.removeLast()
        }
        return nil
    }
}

extension Ear {
    /// Takes an operator's table into use.
    ///
    /// - Returns: One sentence for each row whose code is no place of the index.
    public mutating func use(_ table: ClueTable) -> [String] {
        var faults: [String] = []
        var known = KnownClues()
        for row in table.rows {
            guard let place = places(code: row.code).last else {
                faults.append(
                    "\(row.kind.rawValue) \(row.value): no place has the code \(row.code)")
                continue
            }
            if row.kind == .population {
                known.population[UInt32(place.row)] = row.weight
            } else {
                let key = KnownClues.Key(kind: row.kind, value: row.value)
                known.places[key, default: [:]][UInt32(place.row)] = row.weight
            }
        }
        for (key, weights) in known.places {
            let most = weights.values.max() ?? 1
            known.places[key] = weights.mapValues { $0 / most }
        }
        clues = known
        return faults
    }

    /// Whether the table in use says anything of it.
    public func knows(_ kind: ClueTable.Kind, _ value: String) -> Bool {
        clues.find(kind, value) != nil
    }

    /// P(they say it | from there) is .80, as of a place they say yes to, for the
    /// heaviest place of the value and less for lighter ones; .05 from elsewhere:
    /// people also remember where they worked.
    func logLikelihood(_ kind: ClueTable.Kind, _ value: String, over range: Range<Int>) throws
        -> [Double]
    {
        guard let weights = clues.find(kind, value) else {
            throw TableError(
                file: "clue", row: nil, reason: "nothing is known of \(kind.rawValue) \(value)")
        }
        let (there, elsewhere) = Self.answers[0]
        return index.with(.parents, as: UInt32.self) { parents in
            range.map { row in
                let weight = Self.nearest(weights, UInt32(row), parents)?.value ?? 0
                return log(elsewhere + (there - elsewhere) * weight)
            }
        }
    }

    /// Each row's share of the people of the place it lies in, by the deepest
    /// place that the table counts; rows of places it does not count weigh as
    /// the mean. Nil without a count.
    func logPopulation(over range: Range<Int>) -> [Double]? {
        guard !clues.population.isEmpty else { return nil }
        return index.with(.parents, as: UInt32.self) { parents in
            let counted = range.map { Self.nearest(clues.population, UInt32($0), parents) }
            var rows: [UInt32: Double] = [:]
            for place in counted.compactMap({ $0?.place }) { rows[place, default: 0] += 1 }
            let weights = counted.map { place in place.map { $0.value / (rows[$0.place] ?? 1) } }
            let known = weights.compactMap { $0 }
            guard !known.isEmpty else { return nil }
            let mean = known.reduce(0, +) / Double(known.count)
            return weights.map { log($0 ?? mean) }
        }
    }

    private static func nearest(
        _ values: [UInt32: Double], _ row: UInt32, _ parents: UnsafeBufferPointer<UInt32>
    ) -> (place: UInt32, value: Double)? {
        var at = row
        while at != IndexFormat.none {
            if let value = values[at] { return (at, value) }
            at = parents[Int(at)]
        }
        return nil
    }
}
