import Foundation
import GuituCore
import GuituModel
import GuituSQLite
import GuituStore
import Testing

@testable import guitu

@Suite("The audit and backup commands")
struct AuditAndBackupTests {
    @Test("verify a trail, and find one edited row")
    func verify() async throws {
        let shell = try await Shell()
        #expect(try await shell.run("migrate").status == 0)
        let done = try await shell.setUp()
        let audit = try await shell.token(of: .auditAdministrator, "audit", at: done.home)
        let system = try await shell.token(of: nil, "system", at: done.home)

        #expect(try await shell.run("audit", "verify").status == 3)
        #expect(try await shell.run("audit", "verify", token: system).status == 4)
        let sound = try await shell.run("audit", "verify", token: audit)
        #expect(sound.status == 0)
        #expect(sound.output.contains("sound"))
        let anchored = try await shell.run("audit", "anchor", "--json", token: audit)
        #expect(anchored.status == 0)
        #expect(try anchored.json(AnchorHeads.Answer.self).forged == [])
        // The table and the file have the same ones; each counts once.
        let anchors = try await shell.run("audit", "verify", "--json", token: audit)
        #expect(
            try anchors.json(AuditVerification.Report.self).anchors
                == anchored.json(AnchorHeads.Answer.self).signed)
        let heads = try await shell.run("audit", "heads", token: audit)
        #expect(heads.output.split(separator: "\t").first?.count == 16)
        let shown = try await shell.run(
            "audit", "show", "--use-case", "VerifyAudit", "--limit", "1", token: audit)
        #expect(shown.output.contains("VerifyAudit"))
        #expect(shown.output.contains("Next page: --after"), "the refused try came first")

        let database = Database(
            driver: SQLiteDriver(path: shell.folder.appending(path: "data/guitu.sqlite").path))
        try await database.write { tx in
            try tx.execute("DROP TRIGGER audit_entry_stays")
            try tx.execute(
                """
                UPDATE audit_entry SET actor = 'somebody-else'
                WHERE use_case = 'VerifyAudit' AND outcome = 'done' AND sequence =
                    (SELECT MIN(sequence) FROM audit_entry
                     WHERE use_case = 'VerifyAudit' AND outcome = 'done')
                """)
        }
        await database.close()
        let faulty = try await shell.run("audit", "verify", token: audit)
        #expect(faulty.status == 10)
        #expect(faulty.output.contains("changed"))
        // An operator knows the place by its name sooner than by its id.
        #expect(
            faulty.output.split(separator: "\n").contains {
                $0.contains("changed") && $0.contains("河洛市")
            }, "\(faulty.output)")
        let report = try await shell.run("audit", "verify", "--json", token: audit)
        #expect(report.status == 10)
        #expect(
            try report.json(AuditVerification.Report.self).faults.map(\.kind) == [.changed])
    }

    @Test("take everything to another folder, with the key ring and not without")
    func backUp() async throws {
        let shell = try await Shell()
        #expect(try await shell.run("migrate").status == 0)
        let done = try await shell.setUp()
        let audit = try await shell.token(of: .auditAdministrator, "audit", at: done.home)
        let system = try await shell.token(of: nil, "system", at: done.home)
        let file = shell.folder.appending(path: "backup").path
        #expect(try await shell.run("backup", file, token: audit).status == 4)
        let made = try await shell.run("backup", file, token: system)
        #expect(made.status == 0, "\(made.complaints)")
        #expect(try await shell.run("backup", file, token: system).status == 6, "never over a file")
        #expect(try await shell.run("restore", file).status == 6, "the database is not empty")

        let other = try await Shell()
        #expect(try await other.run("restore", file).status == 78, "there is no key ring")
        let data = other.folder.appending(path: "data")
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        let ring = data.appending(path: "guitu.keys")
        _ = try Keys.open(path: ring.path, makeIfMissing: true, now: SystemClock().now)
        let refused = try await other.run("restore", file)
        #expect(refused.status == 6)
        #expect(refused.complaints.contains("This key ring does not open the backup"))
        try FileManager.default.removeItem(at: ring)
        try FileManager.default.copyItem(
            at: shell.folder.appending(path: "data/guitu.keys"), to: ring)
        let restored = try await other.run("restore", file)
        #expect(restored.status == 0, "\(restored.complaints)")
        #expect(restored.output.contains("sound"))
        // Tokens of before are over; passwords are not.
        #expect(try await other.run("jobs", "list", token: system).status == 3)
        let again = try await other.run(
            "account", "token", "--as", "system", input: Shell.password + "\n")
        let token = again.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try await other.run("jobs", "list", token: token).status == 0)
        #expect(try await other.run("jobs", "retry", "not-an-id", token: token).status == 5)
    }
}

extension Shell {
    /// A command token of an administrator, who is named first if need be.
    func token(of role: Role?, _ login: String, at area: Area.ID) async throws -> String {
        let place = try workplace()
        if let role {
            let system = try await place.signIn(
                SignInRequest(login: "system", password: Secret(Self.password), address: "test"))
            let made = try await place.nameAdministrator(
                role, of: area, login: login, name: login,
                as: .session(digest: Keys.tokenDigest(system.token.reveal)))
            let own = try await place.signIn(
                SignInRequest(login: login, password: made.password, address: "test"))
            try await place.changeOwnPassword(
                from: made.password, to: Secret(Self.password),
                as: .session(digest: Keys.tokenDigest(own.token.reveal)))
        }
        await place.database.close()
        let ended = try await run("account", "token", "--as", login, input: Self.password + "\n")
        return ended.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
