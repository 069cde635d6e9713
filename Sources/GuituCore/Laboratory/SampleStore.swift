import Foundation
import GuituKinship
import GuituModel
import GuituStore

extension LibraryWork {
    var samples: SampleStore { SampleStore(tx: tx, keys: keys) }
}

/// A sample as the library lists it, without its typing.
public struct SampleLine: Codable, Sendable, Equatable {
    public var number: String
    public var position: Int
    public var kind: SampleKind
    /// 0 unknown, 1 man, 2 woman.
    public var sex: UInt8
    public var family: String
    public var member: String
    public var loci: Int
    public var marks: [SampleMark]
}

/// A sample with its typing, as the laboratory gave it and as it is read.
public struct StoredSample: Codable, Sendable, Equatable {
    public var line: SampleLine
    public var calls: [LocusCall]
}

struct SampleStore {
    let tx: any Transaction
    let keys: Keys

    static let columns: SQL = "number, position, kind, sex, family, member, loci, marks"

    private static func place(_ number: String) -> Keys.Place {
        Keys.Place(table: "library_sample", column: "typing", row: number)
    }

    /// The values of a row, typing sealed.
    func values(
        _ sample: TypedSample, kind: SampleKind, position: Int, marks: [SampleMark], batch: String
    ) throws -> [SQLValue] {
        let text = sample.calls.map { "\($0.locus)\t\($0.given)\t\($0.read)" }
            .joined(separator: "\n")
        return [
            .text(sample.number), .integer(Int64(position)), .text(kind.rawValue),
            .integer(Int64(sample.sex.rawValue)), .text(sample.family), .text(sample.member),
            .integer(Int64(sample.typedLoci)), .text(try canonicalJSON(marks)),
            .blob(try keys.seal(text, for: Self.place(sample.number))),
            .blob(givenDigest(sample)), .blob(readDigest(sample)), .text(batch),
        ]
    }

    func givenDigest(_ sample: TypedSample) -> [UInt8] {
        keys.searchDigest(sample.givenText, kind: "typing-given")
    }

    func readDigest(_ sample: TypedSample) -> [UInt8] {
        keys.searchDigest(sample.readText, kind: "typing-read")
    }

    func line(_ row: Row) throws -> SampleLine {
        let kind: String = try row["kind"]
        let marks: String = try row["marks"]
        let sex: Int = try row["sex"]
        return SampleLine(
            number: try row["number"], position: try row["position"],
            kind: SampleKind(rawValue: kind) ?? .elimination, sex: UInt8(sex),
            family: try row["family"], member: try row["member"], loci: try row["loci"],
            marks: try JSONDecoder().decode([SampleMark].self, from: Data(marks.utf8)))
    }

    static func calls(_ sealed: [UInt8], of number: String, keys: Keys) throws -> [LocusCall] {
        let text = try keys.openText(sealed, from: place(number))
        return text.split(separator: "\n").map { line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            return LocusCall(
                locus: String(parts[0]), given: parts.count > 1 ? String(parts[1]) : "",
                read: parts.count > 2 ? String(parts[2]) : "")
        }
    }

    /// Throws `notFound` for a number the library does not have.
    func find(_ number: String) throws -> StoredSample {
        guard
            let row = try tx.first(
                "SELECT \(Self.columns), typing FROM library_sample WHERE number = \(number)")
        else { throw Ending.notFound }
        let sealed: [UInt8] = try row["typing"]
        return StoredSample(
            line: try line(row), calls: try Self.calls(sealed, of: number, keys: keys))
    }
}

/// Lists samples by number, without their typings.
public struct ListSamples: LibraryUseCase {
    public static let needs = Permission.laboratory
    public var kind: SampleKind?
    public var after: String?
    public var limit: Int

    public init(kind: SampleKind? = nil, after: String? = nil, limit: Int = 50) {
        self.kind = kind
        self.after = after
        self.limit = limit
    }

    public struct Answer: Codable, Sendable {
        public var lines: [SampleLine]
        public var hasMore: Bool
    }

    public func perform(in work: LibraryWork) throws -> Answer {
        let most = min(max(limit, 1), 500)
        let ofKind: SQL = kind.map { "AND kind = \($0.rawValue)" } ?? ""
        let rows = try work.tx.rows(
            """
            SELECT \(SampleStore.columns) FROM library_sample
            WHERE number > \(after ?? "") \(ofKind) ORDER BY number LIMIT \(most + 1)
            """)
        work.entry.results = min(rows.count, most)
        return Answer(
            lines: try rows.prefix(most).map(work.samples.line), hasMore: rows.count > most)
    }
}

/// Shows one sample with its typing.
public struct SeeSample: LibraryUseCase {
    public static let needs = Permission.laboratory
    public var number: String
    public var inquiry: Inquiry

    public init(number: String, inquiry: Inquiry) {
        self.number = number
        self.inquiry = inquiry
    }

    public func perform(in work: LibraryWork) throws -> StoredSample {
        work.tell(try inquiry.checked())
        let found = try work.samples.find(number)
        work.entry.queries = 1
        work.tell(results: [number])
        return found
    }
}
