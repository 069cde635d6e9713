import Crypto
import Foundation
import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("The audit trail")
struct AuditVerificationTests {
    @Test("verifies after ordinary work", arguments: TestDatabase.engines)
    func ordinary(engine: Engine) async throws {
        let office = try await Office(engine)
        let place = office.workplace
        let clerk = try await office.account(.reception, at: office.station)
        for _ in 0..<3 { try await place.perform(office.arrival(), as: clerk.actor) }
        let person = try await place.perform(office.arrival(), as: clerk.actor).person
        let stranger = try await office.account(.reception, at: office.otherStation)
        _ = try await place.perform(SeePerson(person: person), as: clerk.actor)
        _ = try? await place.perform(SeePerson(person: person), as: stranger.actor)
        let report = try await AuditVerification.run(
            office.database, keys: place.keys, anchorsFile: nil)
        #expect(report.isSound, "\(report.faults)")
        #expect(report.chains == 2, "the refusal stands in the stranger's own chain")
        #expect(report.entries == 6)
    }

    @Test("cannot be changed by the program itself", arguments: TestDatabase.engines)
    func triggers(engine: Engine) async throws {
        let trail = try await Trail(engine)
        await #expect(throws: DatabaseError.self) {
            try await trail.database.write { tx in
                try tx.execute("UPDATE audit_entry SET actor = 'somebody' WHERE sequence = 3")
            }
        }
        await #expect(throws: DatabaseError.self) {
            try await trail.database.write { tx in
                try tx.execute("DELETE FROM audit_entry WHERE sequence = 3")
            }
        }
        #expect(try await trail.verify() == [])
    }

    @Test("finds a changed entry", arguments: TestDatabase.engines)
    func changed(engine: Engine) async throws {
        let trail = try await Trail(engine)
        for column in ["actor", "use_case", "target", "outcome"] {
            let old = try await trail.text(column, of: 3)
            try await trail.meddle([
                "UPDATE audit_entry SET \(SQL(trusted: column)) = 'done-by-another' WHERE sequence = 3"
            ])
            #expect(try await trail.verify() == [.init(trail, 3, .changed)], "\(column)")
            try await trail.meddle([
                "UPDATE audit_entry SET \(SQL(trusted: column)) = \(old) WHERE sequence = 3"
            ])
            #expect(try await trail.verify() == [])
        }
        try await trail.meddle(["UPDATE audit_entry SET at = at + 1 WHERE sequence = 8"])
        #expect(try await trail.verify() == [.init(trail, 8, .changed)], "the last one too")
    }

    @Test("finds removed entries", arguments: TestDatabase.engines)
    func removed(engine: Engine) async throws {
        let trail = try await Trail(engine)
        try await trail.meddle(["DELETE FROM audit_entry WHERE sequence IN (3, 4)"])
        #expect(try await trail.verify() == [.init(trail, 3, through: 4, .removed)])
        try await trail.meddle(["DELETE FROM audit_entry WHERE sequence = 1"])
        #expect(
            try await trail.verify() == [
                .init(trail, 1, .removed), .init(trail, 3, through: 4, .removed),
            ])
    }

    @Test(
        "finds a removed entry whose place the later ones have taken",
        arguments: TestDatabase.engines)
    func removedAndClosed(engine: Engine) async throws {
        let trail = try await Trail(engine)
        try await trail.meddle(
            ["DELETE FROM audit_entry WHERE sequence = 3"]
                + (4...8).map {
                    "UPDATE audit_entry SET sequence = \($0 - 1) WHERE sequence = \($0)"
                }
                + ["UPDATE audit_head SET sequence = 7"])
        let kinds = try await trail.verify().map(\.kind)
        #expect(kinds.contains(.reordered))
        #expect(kinds.contains(.forgedHead))
    }

    @Test("finds entries that changed places", arguments: TestDatabase.engines)
    func reordered(engine: Engine) async throws {
        let trail = try await Trail(engine)
        func swap(_ a: Int64, _ b: Int64) -> [SQL] {
            [
                "UPDATE audit_entry SET sequence = 1000 WHERE sequence = \(a)",
                "UPDATE audit_entry SET sequence = \(a) WHERE sequence = \(b)",
                "UPDATE audit_entry SET sequence = \(b) WHERE sequence = 1000",
            ]
        }
        try await trail.meddle(swap(3, 4))
        #expect(try await trail.verify() == [.init(trail, 3, through: 4, .reordered)])
        try await trail.meddle(swap(3, 4))
        try await trail.meddle(swap(2, 6))
        #expect(
            try await trail.verify() == [.init(trail, 2, .reordered), .init(trail, 6, .reordered)])
    }

    @Test("finds a tail rewritten with hashes that look right", arguments: TestDatabase.engines)
    func rewritten(engine: Engine) async throws {
        let trail = try await Trail(engine)
        // Somebody who knows this source, but not the keys: the entry is
        // changed and every hash after it made anew, as is the head.
        try await trail.rewrite(from: 5) { Array(SHA256.hash(data: $0)) }
        let faults = try await trail.verify()
        #expect(faults.contains(.init(trail, 5, through: 8, .rewritten)))
        #expect(faults.contains(.init(trail, 8, .forgedHead)))
        #expect(faults.count == 2)
    }

    @Test("finds a tail rewritten with the keys, by its anchor", arguments: TestDatabase.engines)
    func rewrittenWithKeys(engine: Engine) async throws {
        let trail = try await Trail(engine)
        _ = try await trail.anchor()
        let keys = trail.keys
        try await trail.rewrite(from: 5, keys: keys) { keys.auditDigest($0) }
        #expect(try await trail.verify() == [.init(trail, 8, .rewritten)])
        #expect(
            try await trail.verify(file: nil) == [.init(trail, 8, .rewritten)], "the table knows")
        try await trail.meddle(["DELETE FROM audit_anchor"])
        #expect(try await trail.verify() == [.init(trail, 8, .rewritten)], "the file knows")
        #expect(try await trail.verify(file: nil) == [], "nobody else does")
    }

    @Test("finds a cut tail by its head", arguments: TestDatabase.engines)
    func cut(engine: Engine) async throws {
        let trail = try await Trail(engine)
        try await trail.meddle(["DELETE FROM audit_entry WHERE sequence > 6"])
        #expect(try await trail.verify() == [.init(trail, 7, through: 8, .cut)])
    }

    @Test("finds a head that was moved back", arguments: TestDatabase.engines)
    func movedBack(engine: Engine) async throws {
        let trail = try await Trail(engine)
        let chain = trail.chain
        try await trail.meddle([
            """
            UPDATE audit_head SET sequence = 6,
                hash = (SELECT hash FROM audit_entry WHERE chain = \(chain) AND sequence = 6)
            """
        ])
        #expect(try await trail.verify() == [.init(trail, 6, .forgedHead)], "entries behind it")
        try await trail.meddle(["DELETE FROM audit_entry WHERE sequence > 6"])
        #expect(try await trail.verify() == [.init(trail, 6, .forgedHead)])
        // The next entry gives the head a right mark again; the chain itself
        // then says what had happened.
        try await trail.append(1)
        #expect(try await trail.verify() == [.init(trail, 7, .forgedHead)])
        try await trail.append(3)
        #expect(try await trail.verify() == [.init(trail, 7, .forgedHead)])
    }

    @Test(
        "finds an old head put back with its own mark, by its anchor",
        arguments: TestDatabase.engines)
    func oldHead(engine: Engine) async throws {
        let trail = try await Trail(engine)
        let old = try await trail.head()
        try await trail.append(4)
        _ = try await trail.anchor()
        try await trail.meddle([
            "DELETE FROM audit_entry WHERE sequence > 8",
            "UPDATE audit_head SET sequence = 8, hash = \(old.hash), mac = \(old.mac)",
        ])
        #expect(try await trail.verify() == [.init(trail, 9, through: 12, .cut)])
        try await trail.meddle(["DELETE FROM audit_anchor"])
        #expect(try await trail.verify() == [.init(trail, 9, through: 12, .cut)])
        #expect(try await trail.verify(file: nil) == [], "why anchors are kept elsewhere")
    }

    @Test("finds that a whole chain is gone, by its anchor", arguments: TestDatabase.engines)
    func wholeChain(engine: Engine) async throws {
        let trail = try await Trail(engine)
        _ = try await trail.anchor()
        let chain = trail.chain
        try await trail.meddle([
            "DELETE FROM audit_entry WHERE chain = \(chain)",
            "DELETE FROM audit_head WHERE chain = \(chain)",
        ])
        #expect(try await trail.verify() == [.init(trail, 1, through: 8, .removed)])
        // Beginning again does not hide it.
        try await trail.append(2)
        #expect(try await trail.verify() == [.init(trail, 3, through: 8, .cut)])
    }

    @Test("finds that only the head is gone", arguments: TestDatabase.engines)
    func headGone(engine: Engine) async throws {
        let trail = try await Trail(engine)
        try await trail.meddle(["DELETE FROM audit_head"])
        #expect(try await trail.verify() == [.init(trail, 8, .forgedHead)])
    }

    @Test("finds anchors without our signature", arguments: TestDatabase.engines)
    func forgedAnchors(engine: Engine) async throws {
        let trail = try await Trail(engine)
        _ = try await trail.anchor()
        try await trail.meddle(["UPDATE audit_anchor SET sequence = 5"])
        #expect(try await trail.verify() == [.init(trail, 5, .forgedAnchor)])
        try await trail.meddle(["UPDATE audit_anchor SET sequence = 8"])
        let text = try String(contentsOfFile: trail.file.path, encoding: .utf8)
        try text.replacingOccurrences(of: "\"sequence\":8", with: "\"sequence\":4")
            .write(toFile: trail.file.path, atomically: true, encoding: .utf8)
        #expect(try await trail.verify() == [.init(trail, 4, .forgedAnchor)])
        try (text + "something else\n").write(
            toFile: trail.file.path, atomically: true, encoding: .utf8)
        #expect(
            try await trail.verify() == [
                .init(chain: "anchors", sequence: 2, kind: .forgedAnchor)
            ])
    }

    @Test(
        "is checked with the keys it was written with, also after a rotation",
        arguments: TestDatabase.engines)
    func rotation(engine: Engine) async throws {
        let trail = try await Trail(engine)
        _ = try await trail.anchor()
        let renewed = Keys.newRing(at: trail.office.clock.now)
        var both = trail.ring
        both.keys += renewed.keys
        let keys = try Keys(both)
        try await trail.append(3, keys: keys)
        let after = try await AuditVerification.run(
            trail.database, keys: keys, anchorsFile: trail.file)
        #expect(after.isSound, "\(after.faults)")
        let without = try await AuditVerification.run(
            trail.database, keys: try Keys(renewed), anchorsFile: trail.file)
        #expect(!without.isSound, "another ring verifies nothing")
    }

    @Test("is read in pages without holding it all", arguments: TestDatabase.engines)
    func pages(engine: Engine) async throws {
        let trail = try await Trail(engine)
        try await trail.append(2500)
        #expect(try await trail.verify() == [])
        try await trail.meddle(["UPDATE audit_entry SET actor = 'x' WHERE sequence = 1000"])
        try await trail.meddle(["DELETE FROM audit_entry WHERE sequence = 2001"])
        #expect(
            try await trail.verify() == [
                .init(trail, 1000, .changed), .init(trail, 2001, .removed),
            ])
    }
}

@Suite("Audit anchors")
struct AuditAnchorTests {
    @Test(
        "are signed once for each head that moved and kept by the area above",
        arguments: TestDatabase.engines)
    func once(engine: Engine) async throws {
        let trail = try await Trail(engine)
        #expect(try await trail.anchor() == .init(signed: 1, forged: []))
        #expect(try await trail.anchor() == .init(signed: 0, forged: []))
        try await trail.append(1)
        #expect(try await trail.anchor() == .init(signed: 1, forged: []))
        let city = trail.office.city
        let keepers = try await trail.database.read { tx in
            try tx.rows("SELECT kept_by, sequence FROM audit_anchor ORDER BY sequence").map {
                (try $0["kept_by"] as String, try $0["sequence"] as Int64)
            }
        }
        #expect(keepers.map(\.0) == [city.text, city.text])
        #expect(keepers.map(\.1) == [8, 9])
        let lines = try String(contentsOfFile: trail.file.path, encoding: .utf8)
        #expect(lines.split(separator: "\n").count == 2)
        let mode = try FileManager.default.attributesOfItem(atPath: trail.file.path)
        #expect(mode[.posixPermissions] as? Int == 0o600)
    }

    @Test("are never given to a head that somebody moved", arguments: TestDatabase.engines)
    func refused(engine: Engine) async throws {
        let trail = try await Trail(engine)
        try await trail.meddle(["UPDATE audit_head SET sequence = 6"])
        #expect(try await trail.anchor() == .init(signed: 0, forged: [trail.chain]))
        #expect(!FileManager.default.fileExists(atPath: trail.file.path))
    }

    @Test("say so when their file cannot be written", arguments: TestDatabase.engines)
    func unwritable(engine: Engine) async throws {
        let trail = try await Trail(engine)
        let nowhere = AnchorsFile(path: trail.file.path + "/no/such/folder")
        await #expect(throws: AnchorsFile.Failure.self) {
            try await AnchorHeads(file: nowhere).run(
                trail.database, keys: trail.keys, now: trail.office.clock.now)
        }
        let stored = try await trail.database.read { tx in
            try tx.rows("SELECT chain FROM audit_anchor").count
        }
        #expect(stored == 0, "the file comes first")
    }

    @Test(
        "of entries that a restore took away are explained by its own signed line",
        arguments: TestDatabase.engines)
    func restored(engine: Engine) async throws {
        let trail = try await Trail(engine)
        let old = try await trail.head()
        try await trail.append(4)
        _ = try await trail.anchor()
        try await trail.meddle([
            "DELETE FROM audit_entry WHERE sequence > 8", "DELETE FROM audit_anchor",
            "UPDATE audit_head SET sequence = 8, hash = \(old.hash), mac = \(old.mac)",
        ])
        #expect(try await trail.verify() == [.init(trail, 9, through: 12, .cut)])
        let now = trail.office.clock.now
        let other = try Keys(Keys.newRing(at: now))
        try trail.file.append(
            [Anchor(signing: trail.chain, 8, old.hash, at: now, as: .restored, with: other)],
            as: .restored)
        #expect(
            try await trail.verify() == [
                .init(trail, 8, .forgedAnchor), .init(trail, 9, through: 12, .cut),
            ], "a line of another ring explains nothing")
        try trail.file.append(
            [Anchor(signing: trail.chain, 8, old.hash, at: now, as: .restored, with: trail.keys)],
            as: .restored)
        let report = try await AuditVerification.run(
            trail.database, keys: trail.keys, anchorsFile: trail.file)
        #expect(report.faults == [.init(trail, 8, .forgedAnchor)])
        #expect(report.lostInRestore == 1)
    }
}

/// A chain of eight entries, and somebody who goes round the program.
struct Trail: Sendable {
    let office: Office
    let keys: Keys
    let ring: Keys.RingFile
    let file: AnchorsFile
    let chain: String
    var database: Database { office.database }

    init(_ engine: Engine) async throws {
        office = try await Office(engine)
        ring = Keys.newRing(at: office.clock.now)
        keys = try Keys(ring)
        chain = office.station.text
        file = AnchorsFile(
            path: try await TestDatabase.temporaryFolder().appendingPathComponent("anchors").path)
        try await append(8)
        let drops: [SQL] =
            engine == .sqlite
            ? ["DROP TRIGGER audit_entry_stays", "DROP TRIGGER audit_entry_kept"] : []
        self.drops = engine == .sqlite ? drops : ["DROP TRIGGER audit_entry_stays ON audit_entry"]
    }
    private var drops: [SQL] = []

    func append(_ count: Int, keys: Keys? = nil) async throws {
        let (chain, now, keys) = (chain, office.clock.now, keys ?? self.keys)
        try await database.write { tx in
            let entries = (0..<count).map { number in
                AuditEntry(
                    chain: chain, at: now.adding(.seconds(number)), actor: "tester",
                    useCase: "Example\(number)", targetKind: "person", target: "p\(number)",
                    outcome: .done, digest: keys.auditDigest([UInt8(truncatingIfNeeded: number)]))
            }
            try Audit.append(entries, to: chain, keys: keys, in: tx)
        }
    }

    /// Statements on the database itself, with the triggers taken away.
    func meddle(_ statements: [SQL]) async throws {
        let drops = drops
        try await database.write { tx in
            let there = try tx.rows(
                drops.count == 2
                    ? "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name = 'audit_entry_stays'"
                    : "SELECT tgname FROM pg_trigger WHERE tgname = 'audit_entry_stays'")
            if !there.isEmpty { for drop in drops { try tx.execute(drop) } }
            for statement in statements { try tx.execute(statement) }
        }
    }

    /// Changes an entry and makes every hash from there on anew, head included.
    func rewrite(
        from first: Int64, keys: Keys? = nil, hash: @escaping @Sendable (Data) -> [UInt8]
    ) async throws {
        let chain = chain
        let known = self.keys
        let rows = try await database.read { tx in
            try tx.rows("SELECT * FROM audit_entry ORDER BY sequence")
        }
        var statements: [SQL] = []
        var previous = Audit.beginning
        for row in rows {
            let sequence: Int64 = try row["sequence"]
            guard sequence >= first else {
                previous = try row["hash"]
                continue
            }
            let actor = sequence == first ? "somebody-else" : try row["actor"] as String
            let entry = AuditEntry(
                chain: chain, at: try row["at"], actor: actor, useCase: try row["use_case"],
                targetKind: try row["target_kind"], target: try row["target"], outcome: .done,
                digest: try row["digest"])
            previous = hash(entry.bytes(sequence: sequence, previous: previous))
            statements.append(
                """
                UPDATE audit_entry SET actor = \(actor), hash = \(previous) WHERE sequence = \(sequence)
                """)
        }
        let mac =
            keys == nil
            ? hash(Audit.headBytes("head", chain, 8, previous))
            : Audit.headMAC(chain, 8, previous, known)
        statements.append("UPDATE audit_head SET hash = \(previous), mac = \(mac)")
        try await meddle(statements)
    }

    func head() async throws -> (hash: [UInt8], mac: [UInt8]) {
        try await database.read { tx in
            let row = try tx.first("SELECT hash, mac FROM audit_head")
            return (try row?["hash"] ?? [], try row?["mac"] ?? [])
        }
    }

    func text(_ column: String, of sequence: Int64) async throws -> String {
        try await database.read { tx in
            try tx.first(
                """
                SELECT \(SQL(trusted: column)) AS text FROM audit_entry WHERE sequence = \(sequence)
                """)?["text"] ?? ""
        }
    }

    func anchor() async throws -> AnchorHeads.Answer {
        try await AnchorHeads(file: file).run(database, keys: keys, now: office.clock.now)
    }

    func verify() async throws -> [AuditVerification.Fault] { try await verify(file: file) }

    func verify(file: AnchorsFile?) async throws -> [AuditVerification.Fault] {
        try await AuditVerification.run(database, keys: keys, anchorsFile: file).faults
    }
}

extension AuditVerification.Fault {
    init(_ trail: Trail, _ sequence: Int64, through: Int64? = nil, _ kind: Kind) {
        self.init(chain: trail.chain, sequence: sequence, through: through, kind: kind)
    }
}
