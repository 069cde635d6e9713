import Foundation
import GuituCore
import GuituModel
import GuituSQLite
import GuituStore
import TestSupport

@testable import guitu

/// The program itself, run as somebody at a terminal would, on a folder of its own.
struct Shell: Sendable {
    let folder: URL
    static let password = "清早的河边有三只白鹭"

    struct NotJSON: Error {
        var status: Int32
        var output: String
        var complaints: String
    }

    struct Ended: Sendable {
        var status: Int32
        var output: String
        var complaints: String

        func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
            do {
                return try JSONDecoder().decode(type, from: Data(output.utf8))
            } catch {
                throw NotJSON(status: status, output: output, complaints: complaints)
            }
        }
    }

    init() async throws {
        folder = try await TestDatabase.temporaryFolder()
        try "password-cost = 14\nlanguage = en\n".write(
            to: folder.appending(path: "guitu.conf"), atomically: true, encoding: .utf8)
    }

    /// The program stands beside the test's own executable.
    static let program = URL(fileURLWithPath: CommandLine.arguments[0])
        .deletingLastPathComponent().appending(path: "guitu")

    func run(_ arguments: String..., token: String? = nil, input: String = "") async throws -> Ended
    {
        try await run(arguments, token: token, input: input)
    }

    func run(
        _ arguments: [String], token: String? = nil, input: String = "",
        language: String = "en_GB.UTF-8"
    ) async throws -> Ended {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = arguments
        process.currentDirectoryURL = folder
        var environment = ["HOME": folder.path, "LANG": language, "PATH": "/usr/bin:/bin"]
        environment["GUITU_TOKEN"] = token
        process.environment = environment
        let (typed, output, complaints) = (Pipe(), Pipe(), Pipe())
        process.standardInput = typed
        process.standardOutput = output
        process.standardError = complaints
        try process.run()
        typed.fileHandleForWriting.write(Data(input.utf8))
        try typed.fileHandleForWriting.close()
        // Answers are smaller than a pipe's 64 kB, so neither waits for the other.
        async let said = Self.all(of: output)
        async let complained = Self.all(of: complaints)
        let ended = await (said, complained)
        process.waitUntilExit()
        return Ended(status: process.terminationStatus, output: ended.0, complaints: ended.1)
    }

    private static func all(of pipe: Pipe) async -> String {
        String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }

    /// Sets the folder's database up in this process, as the first visitor would.
    func setUp() async throws -> SetUpDone {
        let place = try workplace()
        guard let code = try await place.offerSetUp() else { throw Ending.notFound }
        let from = Day(daysSince1970: 0)
        let done = try await place.setUp(
            SetUpRequest(
                code: code,
                areas: [AreaDraft(code: "410300", name: "河洛市", level: .city, validFrom: from)],
                station: StationDraft(
                    code: "410300J1", name: "河洛救助管理站", address: "河边路1号", hotline: "0379-0000000",
                    validFrom: from),
                login: "system", name: "系统管理员", password: Secret(Self.password)))
        await place.database.close()
        return done
    }

    /// A security administrator who has changed the first password.
    func nameSecurity(of area: Area.ID) async throws {
        let place = try workplace()
        let system = try await session(place, "system", Secret(Self.password))
        let made = try await place.nameAdministrator(
            .securityAdministrator, of: area, login: "security", name: "安全管理员", as: system)
        let security = try await session(place, "security", made.password)
        try await place.changeOwnPassword(
            from: made.password, to: Secret(Self.password), as: security)
        await place.database.close()
    }

    private func session(_ place: Workplace, _ login: String, _ password: Secret) async throws
        -> Actor
    {
        let opened = try await place.signIn(
            SignInRequest(login: login, password: password, address: "test"))
        return .session(digest: Keys.tokenDigest(opened.token.reveal))
    }

    func workplace() throws -> Workplace {
        let data = folder.appending(path: "data").path
        let clock = SystemClock()
        return Workplace(
            database: Database(driver: SQLiteDriver(path: data + "/guitu.sqlite")), clock: clock,
            keys: try Keys.open(path: data + "/guitu.keys", makeIfMissing: true, now: clock.now),
            passwords: PasswordPool(cost: .init(logN: 14)))
    }
}

extension Shell {
    /// Starts `guitu serve` on a port of the system's choice.
    func serve() throws -> Serving {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = ["serve"]
        process.currentDirectoryURL = folder
        process.environment = [
            "HOME": folder.path, "LANG": "en_GB.UTF-8", "GUITU_LISTEN": "127.0.0.1:0",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        return Serving(process: process, output: output)
    }

    struct Serving {
        let process: Process
        let output: Pipe

        /// What it has printed once `word` is among it.
        func output(until word: String) async -> String {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    var said = ""
                    while !said.contains(word) {
                        let more = output.fileHandleForReading.availableData
                        if more.isEmpty { break }
                        said += String(decoding: more, as: UTF8.self)
                    }
                    continuation.resume(returning: said)
                }
            }
        }

        /// As an operator would; gives the exit status.
        func stop() async -> Int32 {
            process.terminate()
            process.waitUntilExit()
            return process.terminationStatus
        }
    }
}
