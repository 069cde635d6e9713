import Foundation
import GuituInvented
import GuituKinship
import GuituModel
import GuituStore
import Synchronization
import TestSupport

@testable import GuituCore

/// A laboratory of the office's province with a library of its own.
struct Lab: Sendable {
    let office: Office
    let laboratory: Laboratory
    let database: Database
    let keys: Keys
    let first: Office.Worker
    let second: Office.Worker
    let system: Office.Worker

    static let day = Office.day

    init(_ office: Office, _ engine: Engine) async throws {
        self.office = office
        database = try await TestDatabase.fresh(engine, migrations: LibrarySchema.migrations)
        keys = try Keys(Keys.newRing(at: office.clock.now))
        let library = Laboratory.Library(database: database, keys: keys)
        let isMade = Mutex(false)
        laboratory = Laboratory(office.workplace) { makes in
            isMade.withLock { isMade in
                isMade = isMade || makes
                return isMade ? library : nil
            }
        }
        first = try await office.account(.laboratoryOfficer, at: office.province, name: "林检")
        second = try await office.account(.laboratoryOfficer, at: office.province, name: "何检")
        system = try await office.account(.systemAdministrator, at: office.province)
    }

    func enabling(until: Day = Lab.day.adding(days: 30)) -> EnableLibrary {
        EnableLibrary(
            area: office.province, laboratory: "河洛司法鉴定中心", document: "民函〔2026〕12号",
            office: "省民政厅", signedOn: Lab.day, until: until)
    }

    func enable() async throws {
        try await laboratory.perform(enabling(), as: system.actor)
    }

    static var method: LibraryMethod {
        var method = LibraryMethod(frequencies: Invented.frequencies, name: "invented.csv")
        method.mutation = "equal:0.002"
        method.threshold = 100
        return method
    }

    @discardableResult
    func load(
        _ text: String, _ format: SampleFormat = .csv, kind: SampleKind? = nil,
        skips: Bool = false, as worker: Office.Worker? = nil
    ) async throws -> ImportSamples.Report {
        try await load(Array(text.utf8), format, kind: kind, skips: skips, as: worker)
    }

    @discardableResult
    func load(
        _ bytes: [UInt8], _ format: SampleFormat = .csv, kind: SampleKind? = nil,
        skips: Bool = false, as worker: Office.Worker? = nil
    ) async throws -> ImportSamples.Report {
        var load = ImportSamples(input: .bytes(name: "batch.csv", bytes), format: format)
        load.kind = kind
        load.skipsFaults = skips
        return try await laboratory.perform(load, as: (worker ?? first).actor)
    }

    func count(_ table: SQL) async throws -> Int {
        try await database.read { try $0.first("SELECT COUNT(*) AS n FROM \(table)")?["n"] ?? 0 }
    }

    /// With triggers out of the way, as somebody who goes round the program.
    func meddle(_ statements: [SQL]) async throws {
        let engine = database.engine
        try await database.write { tx in
            let off: [SQL] =
                engine == .sqlite
                ? [
                    "DROP TRIGGER audit_entry_stays", "DROP TRIGGER audit_entry_kept",
                    "DROP TRIGGER ledger_entry_stays", "DROP TRIGGER ledger_entry_kept",
                ]
                : [
                    "DROP TRIGGER audit_entry_stays ON audit_entry",
                    "DROP TRIGGER ledger_entry_stays ON ledger_entry",
                ]
            for statement in off + statements { _ = try tx.execute(statement) }
        }
    }
}

/// Persons of an invented population.
struct Invented {
    static let loci = (0..<18).map { "D\($0 % 22 + 1)S\(1000 + 37 * $0)" }
    static let alleles = 8...17

    /// The same table for every locus but for a turn: frequencies sum to 1.
    static var frequencies: String {
        var text = "locus,allele,frequency\n"
        for (l, locus) in loci.enumerated() {
            for (a, allele) in alleles.enumerated() {
                let weight = Double((a * 7 + l * 3) % 10 + 1) / 55
                text += "\(locus),\(allele),\(weight)\n"
            }
        }
        return text
    }

    typealias Typing = [(Int, Int)]
    var random: SplitMix64

    init(_ seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func stranger() -> Typing {
        Self.loci.map { _ in
            (
                Int.random(in: Self.alleles, using: &random),
                Int.random(in: Self.alleles, using: &random)
            )
        }
    }

    mutating func child(_ father: Typing, _ mother: Typing) -> Typing {
        zip(father, mother).map { f, m in
            (Bool.random(using: &random) ? f.0 : f.1, Bool.random(using: &random) ? m.0 : m.1)
        }
    }

    static var header: String { "id,kind,sex," + loci.joined(separator: ",") + "\n" }

    static func row(_ id: String, _ kind: String, _ sex: Int, _ typing: Typing) -> String {
        "\(id),\(kind),\(sex)," + typing.map { "\($0.0)/\($0.1)" }.joined(separator: ",") + "\n"
    }
}
