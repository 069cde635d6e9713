import ArgumentParser
import Foundation
import GuituCore
import GuituModel
import GuituPostgres
import GuituSQLite
import GuituStore
import GuituText
import GuituWeb
import Logging

/// What every command understands.
struct CommonOptions: ParsableArguments {
    @Option(help: "Read this configuration file instead of guitu.conf.")
    var config: String?

    @Option(help: "Speak zh-Hans or en; without it as LANG says.")
    var language: String?

    @Flag(help: "Print JSON for other programs.")
    var json = false
}

/// Who a command acts as.
struct ActingOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions

    @Option(name: .customLong("as"), help: "Act as this account; its token must be at hand.")
    var login: String?

    @Option(help: "Read the token from this file instead of GUITU_TOKEN.")
    var tokenFile: String?
}

/// A command that acts as an account, through the same use-cases as the pages.
///
/// ```swift
/// struct Give: ActingCommand {
///     static let configuration = CommandConfiguration(abstract: "Give somebody a bed.")
///     @OptionGroup var options: ActingOptions
///     @Argument var episode: String
///     func run(in context: CommandContext) async throws {
///         try await context.perform(GiveBed(episode: context.id(episode), bed: …))
///     }
/// }
/// ```
protocol ActingCommand: AsyncParsableCommand {
    var options: ActingOptions { get }
    func run(in context: CommandContext) async throws
}

extension ActingCommand {
    func run() async throws {
        let setting = try CommandSetting(options.common)
        try await setting.ended {
            let workplace = try await setting.openWorkplace()
            let actor = try await setting.actor(options, at: workplace)
            let context = CommandContext(setting: setting, workplace: workplace, actor: actor)
            try await run(in: context)
            await workplace.database.close()
        }
    }
}

/// The configuration, the language and the way to print: what a command has
/// before it opens anything.
struct CommandSetting: Sendable {
    let configuration: Configuration
    let text: Text
    let isJSON: Bool
    let logger: Logger

    /// Throws an exit code after saying what is wrong with the configuration.
    init(
        _ options: CommonOptions,
        environment: [String: String] = ProcessInfo.processInfo.environment
    )
        throws
    {
        let (configuration, problems) = try Self.read(options, environment)
        self.configuration = configuration
        text = Text(Self.language(options.language, environment, configuration))
        isJSON = options.json
        let level = configuration.logLevel
        logger = Logger(label: "guitu") { JSONLog(label: $0, level: level) }
        guard problems.isEmpty else {
            for problem in problems { complain(Self.say(problem, text)) }
            throw Exit.configuration.code
        }
    }

    static func read(_ options: CommonOptions, _ environment: [String: String]) throws
        -> (Configuration, [Configuration.Problem])
    {
        let named = options.config ?? environment["GUITU_CONFIG"]
        let path = named ?? "guitu.conf"
        var file: (String, String)?
        if named != nil || FileManager.default.fileExists(atPath: path) {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                let text = Text(language(options.language, environment, Configuration()))
                complain(text("config.unreadableFile", ["path": path]))
                throw Exit.configuration.code
            }
            file = (path, text)
        }
        return Configuration.read(file: file, environment: environment)
    }

    static func language(
        _ asked: String?, _ environment: [String: String], _ configuration: Configuration
    ) -> Language {
        if let asked {
            return Language(rawValue: asked) ?? Language(acceptLanguage: asked)
        }
        let said = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }
            .first { !$0.isEmpty }
        switch said?.prefix(2) {
        case "zh": return .zhHans
        case "en": return .en
        default: return configuration.language
        }
    }

    static func say(_ problem: Configuration.Problem, _ text: Text) -> String {
        let sentence = text(TextKey(said: problem.saying.key), problem.saying.arguments)
        return "\(problem.source): \(problem.key): \(sentence)"
    }

    // MARK: Opening

    static func driver(for configuration: Configuration) -> any Driver {
        switch configuration.engine {
        case .sqlite: SQLiteDriver(path: configuration.databaseFile)
        case .postgres: PostgresDriver(conninfo: configuration.database)
        }
    }

    func openDatabase(isOpen: Bool = true) -> Database {
        Database(
            driver: Self.driver(for: configuration), options: configuration.databaseOptions,
            isOpen: isOpen)
    }

    /// Makes the data folder if it is missing, for its owner only.
    func makeDataFolder() throws {
        try FileManager.default.createDirectory(
            atPath: configuration.data, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    /// Opens keys and database; the schema must be up to date.
    ///
    /// - Parameter migrates: applies what is missing and makes a key ring,
    ///   as `serve` and `migrate` do for a new station.
    func openWorkplace(migrates: Bool = false, clock: any GuituModel.Clock = SystemClock())
        async throws -> Workplace
    {
        let workplace = try closedWorkplace(migrates: migrates, clock: clock)
        if migrates {
            try await migrate(workplace.database)
        } else {
            let isBehind = try await telling {
                try await !Migrator(Schema.migrations).pending(in: workplace.database).isEmpty
            }
            if isBehind {
                complain(text("command.needsMigration"))
                throw Exit.configuration.code
            }
        }
        workplace.database.open()
        return workplace
    }

    /// Brings the tables up to date.
    func migrate(_ database: Database) async throws {
        _ = try await telling { try await Migrator(Schema.migrations).migrate(database) }
    }

    /// Says what is wrong with a database's history; nobody but an operator can
    /// mend that.
    private func telling<A>(_ body: () async throws -> A) async throws -> A {
        do {
            return try await body()
        } catch let error as MigrationError {
            if case .failed(_, _, let cause) = error, cause.mayPass { throw cause }
            complain(text("command.migrationFailed", ["problem": "\(error)"]))
            throw Exit.configuration.code
        }
    }

    /// Opens the keys; the database refuses work until it was met and opened.
    func closedWorkplace(migrates: Bool, clock: any GuituModel.Clock = SystemClock()) throws
        -> Workplace
    {
        if migrates { try makeDataFolder() }
        let keys: Keys
        do {
            keys = try Keys.open(
                path: configuration.keyRing, makeIfMissing: migrates, now: clock.now)
        } catch let failure as Keys.Failure {
            throw complaint(about: failure)
        }
        let database = openDatabase(isOpen: false)
        return Workplace(
            database: database, clock: clock, keys: keys, settings: configuration.settings,
            passwords: PasswordPool(
                cost: .init(logN: configuration.passwordCost),
                threads: configuration.passwordThreads, queueLimit: configuration.passwordQueue),
            names: EarShelf(path: configuration.placesIndex), logger: logger)
    }

    /// The library of profiles beside the workplace; not made before somebody
    /// enables it, so its key ring says whether it is there.
    func laboratory(at workplace: Workplace) -> Laboratory {
        let (configuration, now) = (configuration, workplace.clock.now)
        return Laboratory(workplace) { makes in
            let path = configuration.libraryKeyRing
            guard makes || FileManager.default.fileExists(atPath: path) else { return nil }
            let keys = try Keys.open(path: path, makeIfMissing: makes, now: now)
            let database = Self.libraryDatabase(configuration)
            do {
                try await Migrator(LibrarySchema.migrations).migrate(database)
            } catch {
                await database.close()
                throw error
            }
            return Laboratory.Library(database: database, keys: keys)
        }
    }

    static func libraryDatabase(_ configuration: Configuration) -> Database {
        let name = configuration.libraryFile
        let driver: any Driver =
            Configuration.engine(of: name) == .sqlite
            ? SQLiteDriver(path: name) : PostgresDriver(conninfo: name)
        return Database(driver: driver, options: configuration.databaseOptions)
    }

    /// - Parameter ring: the key ring's path; nil for that of the cases.
    func complaint(about failure: Keys.Failure, of ring: String? = nil) -> ExitCode {
        let path = ring ?? configuration.keyRing
        switch failure {
        case .readableByOthers:
            complain(text("config.keysOpen", ["path": path]))
        case .missing, .unknownKey, .forged:
            complain(text("config.keysIncomplete", ["path": path]))
        case .unreadable:
            complain(text("config.keysUnreadable", ["path": path]))
        }
        return Exit.configuration.code
    }

    // MARK: Who acts

    /// The token at hand, checked against `--as`.
    func actor(_ options: ActingOptions, at workplace: Workplace) async throws -> Actor {
        let environment = ProcessInfo.processInfo.environment
        guard let token = try token(options, environment) else {
            complain(text("command.noToken"))
            throw Exit.notSignedIn.code
        }
        let actor = Actor.token(digest: Keys.tokenDigest(token))
        if let login = options.login {
            let own = try await workplace.perform(SeeOwnAccount(), as: actor)
            guard own.login == login.lowercased() else {
                complain(text("command.otherAccount", ["login": own.login]))
                throw Exit.notSignedIn.code
            }
        }
        return actor
    }

    private func token(_ options: ActingOptions, _ environment: [String: String]) throws -> String?
    {
        if let path = options.tokenFile {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                complain(text("command.unreadableToken", ["path": path]))
                throw Exit.usage.code
            }
            return text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        if let token = environment["GUITU_TOKEN"], !token.isEmpty { return token }
        let saved = options.login.map { [Self.tokenFile(for: $0)] } ?? Self.savedTokens()
        guard saved.count == 1 else { return nil }
        return (try? String(contentsOfFile: saved[0], encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Where `guitu account token --save` keeps tokens, one a file.
    static var tokenFolder: String {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        // Foundation's home is the one of the password file, whatever HOME says.
        return (home ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.config") + "/guitu"
    }

    static func tokenFile(for login: String) -> String {
        let safe = login.lowercased().filter { $0 != "/" && $0 != "\0" }
        return tokenFolder + "/" + safe + ".token"
    }

    private static func savedTokens() -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: tokenFolder)) ?? []
        return files.filter { $0.hasSuffix(".token") }.map { tokenFolder + "/" + $0 }
    }

    // MARK: Ending

    /// Runs `body`; what went wrong is said on standard error and becomes a
    /// documented exit code.
    func ended(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let ending as Ending {
            for line in sentences(of: ending) { complain(line) }
            throw Exit(ending).code
        } catch let error as DatabaseError {
            logger.error("database", metadata: ["kind": "\(type(of: error))"])
            complain(text("command.databaseAway"))
            throw Exit.unavailable.code
        }
    }

    func sentences(of ending: Ending) -> [String] {
        switch ending {
        case .signInRequired: [text("command.signInRequired")]
        case .passwordChangeRequired: [text("command.passwordChangeRequired")]
        case .notAllowed: [text("answer.notAllowed"), text("answer.notAllowed.advice")]
        case .notFound: [text("answer.notFound"), text("answer.notFound.advice")]
        case .refused(let refusal):
            if let several = refusal as? InvalidFields {
                several.fields.map { "\($0.field ?? ""): \(say($0))" }
            } else {
                [say(refusal.saying)]
            }
        case .stale(let current):
            [text("command.stale")]
                + current.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        case .busy: [text("answer.busy"), text("answer.busy.advice", ["seconds": "5"])]
        case .unavailable:
            [text("answer.unavailable"), text("command.databaseAway")]
        case .broke(let reference):
            [text("answer.broke"), text("answer.broke.advice", ["reference": reference])]
        }
    }

    func say(_ saying: Saying) -> String { text(TextKey(said: saying.key), saying.arguments) }

    /// For another program with `--json`, else the sentence.
    func print(_ sentence: @autoclosure () -> String, json: some Encodable) throws {
        if isJSON {
            Swift.print(try jsonText(json))
        } else {
            Swift.print(sentence())
        }
    }
}

/// An account at work by commands.
struct CommandContext: Sendable {
    let setting: CommandSetting
    let workplace: Workplace
    let actor: Actor

    var text: Text { setting.text }

    func perform<Reading: ReadingUseCase>(_ useCase: Reading) async throws -> Reading.Answer {
        try await workplace.perform(useCase, as: actor)
    }

    /// A command is typed once, so it needs no key unless a script gives one.
    @discardableResult
    func perform<Change: ChangingUseCase>(_ useCase: Change, key: IdempotencyKey? = nil)
        async throws
        -> Change.Answer
    {
        try await workplace.perform(useCase, as: actor, key: key)
    }

    func print(_ sentence: @autoclosure () -> String, json: some Encodable) throws {
        try setting.print(sentence(), json: json)
    }

    /// An id as typed; a forged one is not found, like a missing one.
    func id<Subject>(_ typed: String) throws -> ID<Subject> {
        guard let id = ID<Subject>(typed) else { throw Ending.notFound }
        return id
    }
}

struct SystemClock: GuituModel.Clock {
    var now: Instant { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}

/// Says something on standard error.
func complain(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}

/// JSON with sorted keys; instants as milliseconds, days as `2026-11-24`.
func jsonText(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}
