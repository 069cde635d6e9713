import Foundation
import GuituCore
import GuituKinship
import GuituModel
import TestSupport
import Testing

@testable import guitu

@Suite("The commands of the library of profiles")
struct LibraryCommandTests {
    @Test("a parent and a sib of invented families stand first, with the ratio that files give")
    func path() async throws {
        let shell = try await Shell()
        let lab = try await Laboratories(shell)
        try shell.write(InventedProfiles.frequencies, "frequencies.csv")
        try shell.write(InventedProfiles.file, "batch.csv")
        try shell.write(
            InventedProfiles.file.replacing("U-1,living", with: "U-1,lviing"), "bad.csv")

        // Off until the document is recorded, and only by who may.
        #expect(try await lab.first("dna", "library", "status").output.contains("is off"))
        let off = try await lab.first("dna", "import", "batch.csv")
        #expect(off.status == 6)
        #expect(off.complaints.contains("system administrator"))
        let enable = [
            "dna", "library", "enable", "--area", lab.home, "--laboratory", "河洛司法鉴定中心",
            "--document", "民函〔2026〕12号", "--office", "河洛市民政局", "--signed", "2026-01-05",
            "--until", "2099-12-31",
        ]
        #expect(try await shell.run(enable, token: lab.firstToken).status == 4)
        let enabled = try await shell.run(enable, token: lab.system)
        #expect(enabled.status == 0, "\(enabled.complaints)")
        let method = try await lab.first(
            "dna", "library", "method", "--frequencies", "frequencies.csv", "--mutation",
            "equal:0.002", "--threshold", "1000")
        #expect(method.status == 0, "\(method.complaints)")

        // A file is refused with its rows; nothing of it is kept.
        let bad = try await lab.first("dna", "import", "bad.csv", "--json")
        #expect(bad.status == 6)
        let report = try #require(try bad.json([ImportSamples.Report].self).first)
        #expect(report.problems.map(\.number) == ["U-1"])
        #expect(try await lab.first("dna", "import", "batch.csv", "--check").status == 0)
        #expect(try await lab.first("dna", "library", "list").output == "\n")
        let loaded = try await lab.first("dna", "import", "batch.csv", "--json")
        #expect(loaded.status == 0, "\(loaded.complaints)")
        #expect(try loaded.json([ImportSamples.Report].self).first?.loaded == 42)
        #expect(
            try await lab.first("dna", "import", "batch.csv").output.contains("42 there already"))
        let people = try await lab.first("dna", "library", "list", "--kind", "living")
        #expect(people.output.split(separator: "\n").count == 2)
        #expect(!people.output.contains("/"), "a list has no typings")

        // Found at once by the import; asked again, the best first.
        let asked = try await lab.first(
            "dna", "library", "search", "--sample", "U-1", "--relation", "parent,full-sib",
            "--purpose", "寻亲比对", "--json")
        #expect(asked.status == 0, "\(asked.complaints)")
        let parent = try #require(try asked.json(SeeSearch.Answer.self).matches.first)
        #expect([parent.query, parent.candidate, parent.relation] == ["U-1", "R-1", "parent"])
        let sib = try await lab.first(
            "dna", "library", "search", "--sample", "U-2", "--relation", "full-sib", "--purpose",
            "寻亲比对", "--json")
        let brother = try #require(try sib.json(SeeSearch.Answer.self).matches.first)
        #expect([brother.candidate, brother.relation] == ["R-2", "full-sib"])

        // The same number from files, without any library, and locus by locus.
        try shell.write(InventedProfiles.plain, "profiles.csv")
        let files = try await shell.run(
            "dna", "search", "--frequencies", "frequencies.csv", "--mutation", "equal:0.002",
            "--minimum", "flat:0.001", "--queries", "profiles.csv", "--library", "profiles.csv",
            "--relation", "parent", "--csv")
        let row = try #require(
            files.output.split(separator: "\n").first { $0.hasPrefix("U-1,R-1,parent") })
        let ratio = try #require(row.split(separator: ",").last.flatMap { Double($0) })
        #expect(abs(ratio - parent.log10) < 1e-9 * abs(ratio), "\(ratio) \(parent.log10)")
        let compared = try await lab.first(
            "dna", "library", "lr", "U-1", "R-1", "--relation", "parent", "--purpose", "寻亲比对",
            "--json")
        let lines = try compared.json(CompareSamples.Answer.self)
        #expect(lines.lines.count == InventedProfiles.loci.count)
        #expect(lines.lines.filter(\.needsMutation).map(\.locus) == [InventedProfiles.loci[3]])
        let total = try #require(lines.log10)
        #expect(abs(total - parent.log10) < 1e-9)

        // Two persons confirm.
        let id = parent.id.text
        #expect(
            try await lab.first("dna", "confirm", id, "--reason", "符合").output
                == "first-confirmed\n")
        let again = try await lab.first("dna", "confirm", id, "--reason", "符合")
        #expect(again.status == 6)
        #expect(again.complaints.contains("another person"))
        #expect(
            try await lab.second("dna", "confirm", id, "--reason", "复核符合").output
                == "confirmed\n")

        // Every query is in the ledger, which anybody's hand would spoil.
        let verified = try await lab.second("dna", "ledger", "verify")
        #expect(verified.status == 0, "\(verified.output)")
        let taken = try await lab.second("dna", "ledger", "export")
        #expect(taken.output.hasPrefix("sequence,at,actor,by,what"))
        #expect(taken.output.contains("CompareSamples,寻亲比对"))
        #expect(try await lab.first("dna", "ledger", "list", "--limit", "1").status == 0)
        #expect(try await shell.run("dna", "ledger", "list", token: lab.system).status == 4)
    }

    @Test("a backup takes the library along in a file of its own, under its own keys")
    func backUp() async throws {
        let shell = try await Shell()
        let lab = try await Laboratories(shell)
        try await lab.enable()
        try shell.write(InventedProfiles.file, "batch.csv")
        #expect(try await lab.first("dna", "import", "batch.csv").status == 0)
        let made = try await shell.run("backup", "all.backup", token: lab.system)
        #expect(made.status == 0, "\(made.complaints)")
        #expect(made.output.contains("all.backup.library"))

        let other = try await Shell()
        let (data, new) = (
            shell.folder.appending(path: "data"), other.folder.appending(path: "data")
        )
        try FileManager.default.createDirectory(at: new, withIntermediateDirectories: true)
        func take(_ name: String, from: URL, to: URL) throws {
            try FileManager.default.copyItem(
                at: from.appending(path: name), to: to.appending(path: name))
        }
        for name in ["all.backup", "all.backup.library"] {
            try take(name, from: shell.folder, to: other.folder)
        }
        try take("guitu.keys", from: data, to: new)
        let without = try await other.run("restore", "all.backup")
        #expect(without.status == 78)
        #expect(without.complaints.contains("library.keys"))
        try take("library.keys", from: data, to: new)
        let restored = try await other.run("restore", "all.backup")
        #expect(restored.status == 0, "\(restored.complaints)")
        #expect(restored.output.contains("all.backup.library"))
        // Everybody signs in again.
        let login = try await other.run(
            "account", "token", "--as", "linjian", input: Shell.password + "\n")
        let token = login.output.trimmingCharacters(in: .newlines)
        let there = try await other.run(
            "dna", "library", "show", "U-1", "--purpose", "核对", token: token)
        #expect(there.status == 0, "\(there.complaints)")
        #expect(there.output.contains(InventedProfiles.loci[0]))
        #expect(try await other.run("dna", "ledger", "verify", token: token).status == 0)
    }

    @Test("what the library refuses is refused in the trail of cases too")
    func refused() async throws {
        let shell = try await Shell()
        let lab = try await Laboratories(shell)
        #expect(try await lab.first("dna", "library", "list").status == 6)
        let database = try shell.workplace().database
        func outcomes(_ useCase: String) async throws -> [String] {
            try await database.read { tx in
                try tx.rows(
                    """
                    SELECT outcome FROM audit_entry WHERE use_case = \(useCase)
                    ORDER BY chain, sequence
                    """
                ).map { try $0["outcome"] }
            }
        }
        #expect(try await outcomes("ListSamples") == ["refused"])
        try await lab.enable()
        #expect(try await lab.first("dna", "library", "list").status == 0)
        #expect(try await outcomes("ListSamples") == ["refused", "done"])
        let unknown = try await lab.first(
            "dna", "library", "show", "N-1", "--purpose", "x")
        #expect(unknown.status == 5)
        // Let in, and refused by the library itself.
        let nobody = try await lab.first(
            "dna", "library", "search", "--everyone", "--purpose", "寻亲比对")
        #expect(nobody.status == 6)
        #expect(nobody.complaints.contains("No method"))
        #expect(try await outcomes("SearchLibrary") == ["done", "refused"])
        await database.close()
    }
}

/// Two laboratory officers of the city, and who may enable.
struct Laboratories: Sendable {
    let shell: Shell
    let home: String
    let system: String
    let firstToken: String
    let secondToken: String

    init(_ shell: Shell) async throws {
        self.shell = shell
        _ = try await shell.run("migrate")
        let done = try await shell.setUp()
        try await shell.nameSecurity(of: done.home)
        let security = try await shell.token(of: nil, "security", at: done.home)
        home = done.home.text
        system = try await shell.token(of: nil, "system", at: done.home)
        func officer(_ login: String, _ name: String) async throws -> String {
            let made = try await shell.run(
                "account", "make", login, "--name", name, "--home", done.home.text, "--roles",
                "laboratory-officer", "--json", token: security)
            let password = try #require(try made.json([String: String].self)["password"])
            let token = try await shell.run(
                "account", "token", "--as", login, input: password + "\n"
            ).output.trimmingCharacters(in: .newlines)
            let changed = try await shell.run(
                "account", "password", token: token, input: password + "\n\(Shell.password)\n")
            #expect(changed.status == 0, "\(changed.complaints)")
            return try await shell.token(of: nil, login, at: done.home)
        }
        firstToken = try await officer("linjian", "林检")
        secondToken = try await officer("hejian", "何检")
    }

    func first(_ arguments: String...) async throws -> Shell.Ended {
        try await shell.run(arguments, token: firstToken)
    }

    func second(_ arguments: String...) async throws -> Shell.Ended {
        try await shell.run(arguments, token: secondToken)
    }

    func enable() async throws {
        let enabled = try await shell.run(
            "dna", "library", "enable", "--area", home, "--laboratory", "河洛司法鉴定中心",
            "--document", "民函〔2026〕12号", "--office", "河洛市民政局", "--signed", "2026-01-05",
            "--until", "2099-12-31", token: system)
        #expect(enabled.status == 0, "\(enabled.complaints)")
    }
}

extension Shell {
    func write(_ text: String, _ name: String) throws {
        try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
}
