import Crypto
import Foundation
import GuituKinship
import GuituModel
import GuituStore

/// Loads a laboratory's file: all of it or nothing, and nothing twice.
///
/// The file is read twice: first to check every row, which locks nothing, and
/// to name the bad ones, then to seal and keep. Memory holds one sample and the
/// numbers. A file with faults is refused whole unless `skipsFaults`.
public struct ImportSamples: LibraryUseCase {
    public static let needs = Permission.laboratory
    public static let isLong = true

    public var input: SampleInput
    public var format: SampleFormat
    /// For rows that do not say it.
    public var kind: SampleKind?
    public var single = SinglePeak.half
    public var leastLoci = 12
    /// Keeps the good rows of a file that has bad ones.
    public var skipsFaults = false
    /// Reads and reports only.
    public var onlyChecks = false

    public init(input: SampleInput, format: SampleFormat) {
        self.input = input
        self.format = format
    }

    /// What the audit digest is made over: the file's name, not its content.
    private enum CodingKeys: String, CodingKey { case name, format, kind, skips, checks }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(input.name, forKey: .name)
        try container.encode(format, forKey: .format)
        try container.encode(kind, forKey: .kind)
        try container.encode(skipsFaults, forKey: .skips)
        try container.encode(onlyChecks, forKey: .checks)
    }

    public struct Problem: Codable, Sendable, Equatable {
        /// As an editor counts: the header is row 1; for XML the line.
        public var row: Int
        public var number: String?
        public var fault: SampleFault
        public var saying: Saying { fault.saying }
    }

    public struct Remark: Codable, Sendable, Equatable {
        public var row: Int
        public var number: String
        public var mark: SampleMark
        public var saying: Saying { mark.saying }
    }

    public struct Report: Codable, Sendable, Equatable {
        public var file: String
        public var rows = 0
        /// Nothing where the file was refused or only checked.
        public var loaded = 0
        /// Already there with the same typing.
        public var known = 0
        public var refused = 0
        /// The first thousand.
        public var problems: [Problem] = []
        public var remarks: [Remark] = []
        public var wasRefused = false
        /// The comparison of the new ones that now waits.
        public var search: ID<LibrarySearch>?
    }

    private static let mostTold = 1000

    /// What the first reading found.
    private struct Looked: Sendable {
        var options: SampleFileOptions
        var report: Report
        var digest: String
        /// Numbers that are refused, for the second reading.
        var refused: Set<String>
        /// Rows that do not read.
        var faults: Int
    }
    private var looked: Looked?

    public static let looksFirst = true

    public mutating func look(in work: LibraryWork) throws {
        var options = SampleFileOptions(format: format)
        options.single = single
        options.leastLoci = leastLoci
        if let method = try work.methods.newest()?.method {
            options.furtherLoci = try explaining {
                Set(try method.table().loci.map { LocusName($0.name) })
            }
        }
        var looked = Looked(
            options: options, report: Report(file: input.name), digest: try digest(), refused: [],
            faults: 0)
        try check(&looked, work)
        looked.report.wasRefused = looked.report.refused > 0 && !skipsFaults
        self.looked = looked
    }

    public func perform(in work: LibraryWork) throws -> Report {
        guard let looked else { throw SampleFileRefused(fault: .unreadable) }
        var report = looked.report
        let digest = looked.digest
        let batch = work.newID() as ID<ImportSamples>
        if !report.wasRefused && !onlyChecks { try keep(looked, batch, &report, work) }
        work.entry.options = [
            "file": input.name, "format": format.rawValue, "sha256": digest,
            "refused": "\(report.refused)", "known": "\(report.known)",
            "checked": onlyChecks ? "1" : "0",
        ]
        work.entry.queries = report.rows
        work.entry.results = report.loaded
        return report
    }

    private func digest() throws -> String {
        var hash = SHA256()
        do {
            let bytes = try ByteStream(input)
            try bytes.forEachPiece { hash.update(data: $0) }
        } catch let fault as SampleFault { throw SampleFileRefused(fault: fault) }
        return hex(hash.finalize())
    }

    private func opened(_ options: SampleFileOptions) throws -> SampleFile {
        do {
            return try SampleFile(input, options)
        } catch let fault as SampleFault { throw SampleFileRefused(fault: fault) }
    }

    /// Samples in groups, since each asks the library.
    private func forEachGroup(
        _ options: SampleFileOptions, _ fault: (Int, String?, SampleFault) -> Void,
        _ body: ([TypedSample]) throws -> Void
    ) throws {
        var file = try opened(options)
        var group: [TypedSample] = []
        while let item = file.next() {
            switch item {
            case .fault(let row, let number, let problem): fault(row, number, problem)
            case .sample(let sample): group.append(sample)
            }
            if group.count == 200 {
                try body(group)
                group.removeAll(keepingCapacity: true)
            }
        }
        if !group.isEmpty { try body(group) }
    }

    private func check(_ looked: inout Looked, _ work: LibraryWork) throws {
        var refused = Set<String>()
        var faults = 0
        var told = looked.report
        // Who has the same typing, within the file too.
        var firsts: [ArraySlice<UInt8>: String] = [:]
        func refuse(_ row: Int, _ number: String?, _ fault: SampleFault) {
            told.refused += 1
            if let number { refused.insert(number) }
            if told.problems.count < Self.mostTold {
                told.problems.append(Problem(row: row, number: number, fault: fault))
            }
        }
        func remark(_ sample: TypedSample, _ mark: SampleMark) {
            guard told.remarks.count < Self.mostTold else { return }
            told.remarks.append(Remark(row: sample.row, number: sample.number, mark: mark))
        }
        try forEachGroup(
            looked.options,
            { row, number, fault in
                told.rows += 1
                faults += 1
                refuse(row, number, fault)
            },
            { group in
                told.rows += group.count
                let known = try self.known(group, work)
                let same = try self.samePersons(group, work)
                for sample in group {
                    if sample.kind == nil && kind == nil {
                        refuse(sample.row, sample.number, .unknownKind(""))
                        continue
                    }
                    if let digest = known[sample.number] {
                        if digest == work.samples.givenDigest(sample) {
                            told.known += 1
                        } else {
                            refuse(sample.row, sample.number, .otherTyping(sample.number))
                        }
                        continue
                    }
                    for mark in sample.marks { remark(sample, mark) }
                    let digest = work.samples.readDigest(sample)
                    if let other = same[digest] ?? firsts[digest[..<16]] {
                        remark(sample, .samePerson(other))
                    } else {
                        firsts[digest[..<16]] = sample.number
                    }
                }
            })
        told.problems.sort { $0.row < $1.row }
        looked.report = told
        looked.refused = refused
        looked.faults = faults
    }

    private func known(_ group: [TypedSample], _ work: LibraryWork) throws -> [String: [UInt8]] {
        let rows = try work.tx.rows(
            """
            SELECT number, given_digest FROM library_sample
            WHERE number IN \(list: group.map(\.number))
            """)
        return Dictionary(
            uniqueKeysWithValues: try rows.map { (try $0["number"], try $0["given_digest"]) })
    }

    private func samePersons(_ group: [TypedSample], _ work: LibraryWork) throws
        -> [[UInt8]: String]
    {
        let rows = try work.tx.rows(
            """
            SELECT number, read_digest FROM library_sample
            WHERE read_digest IN \(list: group.map { work.samples.readDigest($0) })
            """)
        return Dictionary(
            try rows.map { (try $0["read_digest"] as [UInt8], try $0["number"] as String) },
            uniquingKeysWith: { first, _ in first })
    }

    private func keep(
        _ looked: Looked, _ batch: ID<ImportSamples>, _ report: inout Report, _ work: LibraryWork
    ) throws {
        try work.tx.execute(
            """
            INSERT INTO library_import (id, name, format, digest, rows_total, rows_loaded,
                rows_known, rows_refused, imported_at, imported_by)
            VALUES (\(batch), \(input.name), \(format.rawValue), \(looked.digest), \(report.rows),
                0, 0, 0, \(work.now), \(work.who.label))
            """)
        let first: Int =
            try work.tx.first("SELECT COALESCE(MAX(position), 0) + 1 AS next FROM library_sample")?[
                "next"] ?? 1
        var position = first
        var (faults, rows, again) = (0, 0, 0)
        try forEachGroup(looked.options, { _, _, _ in faults += 1 }) { group in
            rows += group.count
            // Somebody else may have brought the same meanwhile.
            let known = try self.known(group, work)
            let same = try self.samePersons(group, work)
            var values: [[SQLValue]] = []
            for sample in group {
                let isRefused = looked.refused.contains(sample.number)
                if let digest = known[sample.number] {
                    if digest == work.samples.givenDigest(sample) {
                        again += 1
                    } else if !isRefused {
                        throw SampleFileRefused(fault: .otherTyping(sample.number))
                    }
                    continue
                }
                guard !isRefused, let kind = sample.kind ?? kind else { continue }
                var marks = sample.marks
                if let other = same[work.samples.readDigest(sample)] {
                    marks.append(.samePerson(other))
                }
                values.append(
                    try work.samples.values(
                        sample, kind: kind, position: position, marks: marks, batch: batch.text))
                position += 1
            }
            try work.tx.insert(
                into: "library_sample",
                columns: [
                    "number", "position", "kind", "sex", "family", "member", "loci", "marks",
                    "typing", "given_digest", "read_digest", "batch",
                ], rows: values)
        }
        // The file changed between its two readings.
        guard faults == looked.faults, faults + rows == report.rows else {
            throw SampleFileRefused(fault: .unreadable)
        }
        report.loaded = position - first
        report.known = again
        // Of a number that stands twice neither row is taken.
        report.refused = report.rows - report.loaded - again
        try work.tx.execute(
            """
            UPDATE library_import SET rows_loaded = \(report.loaded), rows_known = \(again),
                rows_refused = \(report.refused) WHERE id = \(batch)
            """)
        if report.loaded > 0, let method = try work.methods.newest() {
            report.search = try work.searches.begin(
                .new, subject: nil, positions: first...(position - 1), method: method,
                inquiry: Inquiry(purpose: "import \(batch.text)"))
        }
    }
}

/// The whole file cannot be read.
public struct SampleFileRefused: Refusal, Equatable {
    public var fault: SampleFault
    public init(fault: SampleFault) { self.fault = fault }
    public var saying: Saying { fault.saying }
}
