import ArgumentParser
import Foundation
import FoundationNetworking
import GuituCore
import GuituModel
import Testing

@testable import guitu

@Suite("Commands")
struct CommandTests {
    @Test("an account is kept from the command line, by who may and nobody else")
    func accounts() async throws {
        let shell = try await Shell()
        #expect(try await shell.run("migrate").status == 0)
        #expect(try await shell.run("migrate").output == "The database is up to date.\n")
        let done = try await shell.setUp()
        try await shell.nameSecurity(of: done.home)
        let station = try #require(done.station)

        #expect(try await shell.run("account", "who").status == 3, "there is no token")
        let wrong = try await shell.run("account", "token", "--as", "security", input: "wrong\n")
        #expect(wrong.status == 6)
        #expect(wrong.complaints.contains("not right"))
        let token = try await shell.run(
            "account", "token", "--as", "security", input: Shell.password + "\n")
        #expect(token.status == 0)
        let secret = token.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(secret.count == 64)
        let who = try await shell.run("account", "who", token: secret)
        #expect(who.output.contains("security administrator"))
        #expect(
            try await shell.run("account", "who", "--as", "security", token: secret).status == 0)
        let other = try await shell.run("account", "who", "--as", "system", token: secret)
        #expect(other.status == 3)
        #expect(other.complaints.contains("\"security\""))

        let made = try await shell.run(
            "account", "make", "clerk", "--name", "值班员", "--home", station.text, "--roles",
            "reception", "--json", token: secret)
        #expect(made.status == 0)
        let clerk = try made.json([String: String].self)
        let id = try #require(clerk["account"])
        #expect(clerk["password"]?.count == 19)
        #expect(
            try await shell.run(
                "account", "make", "clerk", "--name", "x", "--home", station.text, token: secret
            ).status == 6)
        #expect(
            try await shell.run("account", "grant", id, "carer", station.text, token: secret).status
                == 0)
        let incompatible = try await shell.run(
            "account", "grant", id, "audit-administrator", station.text, token: secret)
        #expect(incompatible.status == 6)
        #expect(
            try await shell.run("account", "show", "not-an-id", token: secret).status == 5)
        #expect(
            try await shell.run("account", "grant", id, "king", station.text, token: secret).status
                == 64, "the parser's own code for a value that does not read")

        // --save keeps it where the next command finds it.
        let saved = try await shell.run(
            "account", "token", "--as", "system", "--save", input: Shell.password + "\n")
        #expect(saved.status == 0)
        #expect(!saved.output.contains("token\n"))
        #expect(try await shell.run("account", "list", "--as", "system").status == 4)
        #expect(try await shell.run("account", "who").output.contains("system"))

        let list = try await shell.run("account", "list", token: secret)
        #expect(list.output.split(separator: "\n").count == 3)
        #expect(
            try await shell.run("account", "change", id, "--disable-access", token: secret).status
                == 0)
        #expect(
            try await shell.run("account", "list", token: secret).output.split(separator: "\n")
                .count
                == 2)
        #expect(
            try await shell.run("account", "sign-out", "--everywhere", token: secret).status == 0)
        #expect(try await shell.run("account", "who", token: secret).status == 3)
    }

    @Test("a one-time password is changed from the command line")
    func password() async throws {
        let shell = try await Shell()
        _ = try await shell.run("migrate")
        let done = try await shell.setUp()
        try await shell.nameSecurity(of: done.home)
        let security = try await shell.run(
            "account", "token", "--as", "security", input: Shell.password + "\n"
        ).output.trimmingCharacters(in: .newlines)
        let made = try await shell.run(
            "account", "make", "clerk", "--name", "值班员", "--home", try #require(done.station).text,
            "--json", token: security)
        let first = try #require(try made.json([String: String].self)["password"])
        let token = try await shell.run("account", "token", "--as", "clerk", input: first + "\n")
        #expect(token.complaints.contains("Change the one-time password"))
        let secret = token.output.trimmingCharacters(in: .newlines)
        let short = try await shell.run(
            "account", "password", token: secret, input: first + "\nshort\n")
        #expect(short.status == 6)
        #expect(short.complaints.contains("at least 10"))
        let new = "河边有三只白鹭在等鱼"
        #expect(
            try await shell.run("account", "password", token: secret, input: first + "\n\(new)\n")
                .status == 0)
        #expect(
            try await shell.run("account", "token", "--as", "clerk", input: new + "\n").status == 0)
    }

    @Test("who forgot the only security administrator's password gets back in at the server")
    func recover() async throws {
        let shell = try await Shell()
        _ = try await shell.run("migrate")
        let done = try await shell.setUp()
        try await shell.nameSecurity(of: done.home)
        #expect(try await shell.run("account", "recover", "system").status == 5)
        #expect(try await shell.run("account", "recover", "nobody").status == 5)
        let given = try await shell.run("account", "recover", "security", "--json")
        #expect(given.status == 0)
        let password = try #require(try given.json([String: String].self)["password"])
        let token = try await shell.run(
            "account", "token", "--as", "security", input: password + "\n")
        #expect(token.status == 0)
        #expect(token.complaints.contains("Change the one-time password"))
    }

    @Test("the configuration is checked with advice, and its secrets stay hidden")
    func config() async throws {
        let shell = try await Shell()
        #expect(try await shell.run("config", "check").output == "The configuration is good.\n")
        _ = try await shell.run("migrate")
        #expect(try await shell.run("config", "check").status == 0)
        let ring = shell.folder.appending(path: "data/guitu.keys").path
        _ = try shell.workplace()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: ring)
        let open = try await shell.run("config", "check")
        #expect(open.status == 78)
        #expect(open.complaints.contains("chmod 600 data/guitu.keys"))

        try "sesion-hours = 8\ndatabase = host=127.0.0.1 port=1 dbname=g password=tigerlily\n"
            .write(
                to: shell.folder.appending(path: "guitu.conf"), atomically: true, encoding: .utf8)
        let bad = try await shell.run("config", "check")
        #expect(bad.status == 78)
        #expect(bad.complaints.contains("guitu.conf:1: sesion-hours"))
        #expect(bad.complaints.contains("session-hours"))
        #expect(bad.complaints.contains("does not answer"))
        #expect(!bad.complaints.contains("tigerlily"))
        let refused = try await shell.run("account", "who")
        #expect(refused.status == 78)
        #expect(!(refused.output + refused.complaints).contains("tigerlily"))
        #expect(try await shell.run("config", "show", "--config", "nowhere.conf").status == 78)
    }

    @Test("commands refuse a database that is behind, and say what to do")
    func behind() async throws {
        let shell = try await Shell()
        _ = try await shell.run("migrate")
        _ = try shell.workplace()
        try FileManager.default.removeItem(
            at: shell.folder.appending(path: "data/guitu.sqlite"))
        for leftover in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(
                at: shell.folder.appending(path: "data/guitu.sqlite" + leftover))
        }
        let who = try await shell.run("account", "who", token: "x")
        #expect(who.status == 78)
        #expect(who.complaints.contains("guitu migrate"))
    }

    @Test("help begins with the verb and stays as it was read", arguments: Self.commands)
    func help(path: String) throws {
        let names = path.split(separator: " ").map(String.init)
        var command: any ParsableCommand.Type = Guitu.self
        for name in names {
            command = try #require(
                command.configuration.subcommands.first { $0._commandName == name })
        }
        let help = Guitu.helpMessage(for: command, columns: 80)
        #expect(command.configuration.abstract.first?.isUppercase == true)
        #expect(command.configuration.abstract.last == ".")
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Snapshots/\(names.joined(separator: "-")).txt")
        if ProcessInfo.processInfo.environment["GUITU_RECORD"] == "1" {
            try help.write(to: file, atomically: true, encoding: .utf8)
        }
        let kept = try? String(contentsOf: file, encoding: .utf8)
        #expect(kept == help, "GUITU_RECORD=1 records it")
    }

    /// Every command by its path: "account token".
    static let commands: [String] = {
        func paths(_ command: any ParsableCommand.Type, _ prefix: String) -> [String] {
            command.configuration.subcommands.flatMap { sub in
                let path = prefix + sub._commandName
                return [path] + paths(sub, path + " ")
            }
        }
        return paths(Guitu.self, "")
    }()

    @Test("every ending has an exit code of its own, and help tells them")
    func exitCodes() {
        #expect(Exit(.notAllowed) == .notAllowed)
        #expect(Set(Exit.allCases.map(\.rawValue)).count == Exit.allCases.count)
        for exit in Exit.allCases { #expect(Exit.table.contains("\(exit.rawValue) ")) }
    }
}

@Suite("guitu serve")
struct ServeTests {
    @Test("starts on an empty folder, prints a code that sets up, answers, and stops when told")
    func serve() async throws {
        let shell = try await Shell()
        let serving = try shell.serve()
        let said = await serving.output(until: "code: ")
        let address = try #require(said.firstMatch(of: /http:\/\/127\.0\.0\.1:\d+/)).output
        let code = try #require(said.firstMatch(of: /code: ([0-9a-z-]{19})/)).output.1
        let (body, _) = try await URLSession.shared.data(
            from: try #require(URL(string: address + "/health")))
        #expect(String(decoding: body, as: UTF8.self) == "ok\n")
        // The code opens the database beside the running server.
        let place = try shell.workplace()
        let done = try await place.setUp(
            SetUpRequest(
                code: Secret(String(code)),
                areas: [
                    AreaDraft(
                        code: "410300", name: "河洛市", level: .city,
                        validFrom: Day(daysSince1970: 0))
                ], station: nil, login: "system", name: "系统管理员", password: Secret(Shell.password)))
        #expect(done.station == nil)
        await place.database.close()
        #expect(await serving.stop() == 0)
        // A second start has nothing to offer.
        let again = try shell.serve()
        let second = await again.output(until: "stops it")
        #expect(await again.stop() == 0)
        #expect(!second.contains("code: "))
    }
}
