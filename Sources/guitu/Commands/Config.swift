import ArgumentParser
import Foundation
import GuituCore
import GuituStore
import GuituText

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show, explain and check the configuration.",
        subcommands: [Example.self, Show.self, Check.self])

    struct Example: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a configuration file with every key, its default and what it is for.")

        @OptionGroup var options: CommonOptions

        func run() throws {
            let environment = ProcessInfo.processInfo.environment
            let defaults = Configuration()
            print(
                ConfigCommand.example(
                    Text(CommandSetting.language(options.language, environment, defaults))),
                terminator: "")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print every key with the value in force. Passwords stay hidden.")

        @OptionGroup var options: CommonOptions

        func run() throws {
            let setting = try CommandSetting(options)
            let values = Key.all.map { ($0.name, $0.shown(setting.configuration)) }
            try setting.print(
                values.map { "\($0) = \($1)" }.joined(separator: "\n"),
                json: Dictionary(uniqueKeysWithValues: values))
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check every key, the key ring, the database and the data folder.",
            discussion: "Says for each fault where it is and what to do; exit code 78 if any.")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let environment = ProcessInfo.processInfo.environment
            let (configuration, problems) = try CommandSetting.read(options, environment)
            let text = Text(CommandSetting.language(options.language, environment, configuration))
            var complaints = problems.map { CommandSetting.say($0, text) }
            complaints += await ConfigCommand.trials(of: configuration, text)
            if options.json {
                print(try jsonText(["problems": complaints]))
            } else if complaints.isEmpty {
                print(text("config.good"))
            } else {
                for complaint in complaints { complain(complaint) }
            }
            if !complaints.isEmpty { throw Exit.configuration.code }
        }
    }

    static func example(_ text: Text) -> String {
        var lines = text("config.intro").split(separator: "\n").map { "# \($0)" }
        for key in Key.all {
            lines.append("")
            lines += text(key.about).split(separator: "\n").map { "# \($0)" }
            lines.append("# \(key.name) = \(key.value(Configuration()))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What reading the file alone cannot tell.
    static func trials(of configuration: Configuration, _ text: Text) async -> [String] {
        var complaints: [String] = []
        let files = FileManager.default
        func parent(_ path: String) -> String {
            let folder = (path as NSString).deletingLastPathComponent
            return folder.isEmpty ? "." : folder
        }
        /// A folder that `serve` will make inside an existing one is good too.
        func canWrite(_ folder: String) -> Bool {
            files.fileExists(atPath: folder)
                ? files.isWritableFile(atPath: folder)
                : files.isWritableFile(atPath: parent(folder))
        }
        for (key, path) in [
            ("data", configuration.data), ("keys", parent(configuration.keyRing)),
            ("anchors", parent(configuration.anchorsFile)),
        ] where !canWrite(path) {
            complaints.append("\(key): " + text("config.cannotWrite", ["path": path]))
        }
        if files.fileExists(atPath: configuration.keyRing) {
            do {
                _ = try Keys.open(
                    path: configuration.keyRing, makeIfMissing: false, now: SystemClock().now)
            } catch Keys.Failure.readableByOthers(let path) {
                complaints.append("keys: " + text("config.keysOpen", ["path": path]))
            } catch {
                complaints.append(
                    "keys: " + text("config.keysUnreadable", ["path": configuration.keyRing]))
            }
        }
        if configuration.isSecure == false, configuration.publicURL.hasPrefix("https://") {
            complaints.append("secure-cookies: " + text("config.insecureCookies"))
        }
        if configuration.secureCookies == true, configuration.address.hasPrefix("http://") {
            complaints.append("secure-cookies: " + text("config.cookiesNeedHTTPS"))
        }
        let exists =
            configuration.engine == .postgres
            || files.fileExists(atPath: configuration.databaseFile)
        if exists {
            let database = Database(
                driver: CommandSetting.driver(for: configuration),
                options: configuration.databaseOptions)
            do {
                _ = try await Migrator(Schema.migrations).pending(in: database)
            } catch let error as MigrationError {
                complaints.append("database: \(error)")
            } catch {
                complaints.append("database: " + text("command.databaseAway"))
            }
            await database.close()
        }
        return complaints
    }
}
