import Foundation
import GuituCore
import GuituStore
import GuituText
import Logging

/// Everything an operator decides, from one file and the environment.
///
/// Lines are `key = value`; `#` begins a comment. An environment variable
/// `GUITU_KEY_NAME` stands over the file's `key-name`. An unknown key is refused:
/// a misspelt one would otherwise silently be the default.
struct Configuration: Sendable, Equatable {
    /// Folder of the database, key ring and anchors, unless they say otherwise.
    var data = "data"
    /// A file for SQLite, or a libpq connection string for PostgreSQL.
    var database = ""
    var keys = ""
    /// File to which signed audit heads are appended; keep it elsewhere too.
    var anchors = ""
    /// The index of places for words heard.
    var places = ""
    /// The library of profiles, apart from cases: as `database`.
    var library = ""
    /// Its own key ring.
    var libraryKeys = ""
    var host = "127.0.0.1"
    var port = 8080
    /// As browsers reach it; decides about secure cookies and links.
    var publicURL = ""
    var secureCookies: Bool?
    var isBehindProxy = false
    var language = Language.zhHans
    var logLevel = Logger.Level.info
    var sessionHours = 12
    var sessionIdleMinutes = 0
    var tokenDays = 365
    var lockoutAfter = 8
    var lockoutMinutes = 10
    var databaseConnections = 8
    var databaseQueue = 256
    var databaseWaitSeconds = 5
    var statementSeconds = 10
    var passwordThreads = 2
    var passwordQueue = 40
    var passwordCost = 15
    var attachmentMegabytes = 10
    var candidatesKept = 50

    var databaseFile: String { database.isEmpty ? data + "/guitu.sqlite" : database }
    var keyRing: String { keys.isEmpty ? data + "/guitu.keys" : keys }
    var anchorsFile: String { anchors.isEmpty ? data + "/anchors" : anchors }
    var placesIndex: String { places.isEmpty ? EarOptions.besideProgram("places.index") : places }
    var libraryFile: String { library.isEmpty ? data + "/library.sqlite" : library }
    var libraryKeyRing: String { libraryKeys.isEmpty ? data + "/library.keys" : libraryKeys }
    var address: String { publicURL.isEmpty ? "http://\(host):\(port)" : publicURL }
    var isSecure: Bool { secureCookies ?? publicURL.hasPrefix("https://") }

    var engine: Engine { Self.engine(of: database) }

    /// The engine that a file's path or a connection string means.
    static func engine(of database: String) -> Engine {
        let isURL = database.hasPrefix("postgres://") || database.hasPrefix("postgresql://")
        return isURL || database.contains("dbname=") || database.contains("host=")
            ? .postgres : .sqlite
    }

    var settings: Settings {
        var settings = Settings()
        settings.sessionHours = sessionHours
        settings.sessionIdleMinutes = sessionIdleMinutes
        settings.tokenDays = tokenDays
        settings.lockoutAfter = lockoutAfter
        settings.lockoutMinutes = lockoutMinutes
        settings.attachmentLimit = attachmentMegabytes << 20
        settings.candidatesKept = candidatesKept
        return settings
    }

    var databaseOptions: Database.Options {
        var options = Database.Options()
        options.connections = databaseConnections
        options.queueLimit = databaseQueue
        options.queueWait = .seconds(databaseWaitSeconds)
        options.statementTimeout = .seconds(statementSeconds)
        return options
    }
}

extension Configuration {
    /// Where a value came from, for whoever has to correct it.
    enum Source: Sendable, Equatable, CustomStringConvertible {
        case file(String, line: Int)
        case environment(String)

        var description: String {
            switch self {
            case .file(let path, let line): "\(path):\(line)"
            case .environment(let name): name
            }
        }
    }

    struct Problem: Sendable, Equatable {
        var source: Source
        var key: String
        var saying: Saying
    }

    /// Reads the file, then the environment over it. What does not read keeps
    /// its default and is told as a problem; all problems come at once.
    static func read(
        file: (path: String, text: String)?, environment: [String: String]
    ) -> (Configuration, [Problem]) {
        var configuration = Configuration()
        var problems: [Problem] = []
        func set(_ name: String, _ value: String, _ source: Source) {
            guard let key = Key.all.first(where: { $0.name == name }) else {
                let near = Key.nearest(to: name)
                let saying =
                    near.map { Saying("config.unknownKeyNear", ["near": $0]) }
                    ?? Saying("config.unknownKey")
                return problems.append(Problem(source: source, key: name, saying: saying))
            }
            if let saying = key.set(&configuration, value) {
                problems.append(Problem(source: source, key: name, saying: saying))
            }
        }

        var lines: [String: Int] = [:]
        for (index, line) in (file?.text ?? "").split(
            separator: "\n", omittingEmptySubsequences: false
        ).enumerated() {
            let source = Source.file(file?.path ?? "", line: index + 1)
            let text = line.trimmingCharacters(in: .whitespacesAndNewlines)
            if text.isEmpty || text.hasPrefix("#") { continue }
            guard let equals = text.firstIndex(of: "=") else {
                problems.append(
                    Problem(source: source, key: text, saying: Saying("config.noEquals")))
                continue
            }
            let name = text[..<equals].trimmingCharacters(in: .whitespaces)
            let value = text[text.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            if let first = lines[name] {
                problems.append(
                    Problem(
                        source: source, key: name,
                        saying: Saying("config.twice", ["line": "\(first)"])))
                continue
            }
            lines[name] = index + 1
            set(name, value, source)
        }
        for (name, value) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix("GUITU_") {
            let key = name.dropFirst("GUITU_".count).lowercased().replacing("_", with: "-")
            // Commands, builds and tests have variables of that prefix too, so
            // of the unknown ones only a misspelt key is refused.
            if Key.all.contains(where: { $0.name == key }) || Key.nearest(to: key) != nil {
                set(key, value, .environment(name))
            }
        }
        return (configuration, problems)
    }
}

/// One line of the configuration file.
struct Key: Sendable {
    let name: String
    /// What it is for, in the catalogs.
    let about: TextKey
    /// The value as a file would say it.
    let value: @Sendable (Configuration) -> String
    /// Nil, or what is wrong with the value.
    let set: @Sendable (inout Configuration, String) -> Saying?

    static let all: [Key] = [
        .text("data", TextKey("config.about.data"), \.data),
        .text(
            "database", TextKey("config.about.database"), \.database, default: { $0.databaseFile }),
        .text("keys", TextKey("config.about.keys"), \.keys, default: { $0.keyRing }),
        .text("anchors", TextKey("config.about.anchors"), \.anchors, default: { $0.anchorsFile }),
        .text("places", TextKey("config.about.places"), \.places, default: { $0.placesIndex }),
        .text(
            "library", TextKey("config.about.library"), \.library, default: { $0.libraryFile }),
        .text(
            "library-keys", TextKey("config.about.libraryKeys"), \.libraryKeys,
            default: { $0.libraryKeyRing }),
        Key(
            name: "listen", about: TextKey("config.about.listen"),
            value: { "\($0.host):\($0.port)" },
            set: { configuration, value in
                guard let colon = value.lastIndex(of: ":"),
                    let port = UInt16(value[value.index(after: colon)...]), colon > value.startIndex
                else { return Saying("config.notAnAddress") }
                let host = value[..<colon]
                configuration.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
                configuration.port = Int(port)
                return nil
            }),
        Key(
            name: "public-url", about: TextKey("config.about.publicURL"), value: { $0.address },
            set: { configuration, value in
                guard let url = URL(string: value), ["http", "https"].contains(url.scheme),
                    url.host()?.isEmpty == false, ["", "/"].contains(url.path()), url.query == nil
                else { return Saying("config.notAURL") }
                configuration.publicURL = value.hasSuffix("/") ? String(value.dropLast()) : value
                return nil
            }),
        Key(
            name: "secure-cookies", about: TextKey("config.about.secureCookies"),
            value: { $0.secureCookies.map { $0 ? "yes" : "no" } ?? "auto" },
            set: { configuration, value in
                switch value {
                case "auto": configuration.secureCookies = nil
                case "yes": configuration.secureCookies = true
                case "no": configuration.secureCookies = false
                default: return Saying("config.notOneOf", ["values": "auto, yes, no"])
                }
                return nil
            }),
        Key(
            name: "behind-proxy", about: TextKey("config.about.behindProxy"),
            value: { $0.isBehindProxy ? "yes" : "no" },
            set: { configuration, value in
                guard ["yes", "no"].contains(value) else {
                    return Saying("config.notOneOf", ["values": "yes, no"])
                }
                configuration.isBehindProxy = value == "yes"
                return nil
            }),
        .oneOf("language", TextKey("config.about.language"), \.language),
        .oneOf("log-level", TextKey("config.about.logLevel"), \.logLevel),
        .number("session-hours", TextKey("config.about.sessionHours"), \.sessionHours, 1...168),
        .number(
            "session-idle-minutes", TextKey("config.about.sessionIdleMinutes"),
            \.sessionIdleMinutes,
            0...1440),
        .number("token-days", TextKey("config.about.tokenDays"), \.tokenDays, 1...3650),
        .number("lockout-after", TextKey("config.about.lockoutAfter"), \.lockoutAfter, 3...100),
        .number(
            "lockout-minutes", TextKey("config.about.lockoutMinutes"), \.lockoutMinutes, 1...60),
        .number(
            "database-connections", TextKey("config.about.databaseConnections"),
            \.databaseConnections, 1...200),
        .number(
            "database-queue", TextKey("config.about.databaseQueue"), \.databaseQueue, 1...10_000),
        .number(
            "database-wait-seconds", TextKey("config.about.databaseWaitSeconds"),
            \.databaseWaitSeconds, 1...60),
        .number(
            "statement-seconds", TextKey("config.about.statementSeconds"), \.statementSeconds,
            1...300),
        .number(
            "password-threads", TextKey("config.about.passwordThreads"), \.passwordThreads, 1...64),
        .number("password-queue", TextKey("config.about.passwordQueue"), \.passwordQueue, 1...1000),
        .number("password-cost", TextKey("config.about.passwordCost"), \.passwordCost, 14...20),
        .number(
            "attachment-megabytes", TextKey("config.about.attachmentMegabytes"),
            \.attachmentMegabytes, 1...100),
        .number(
            "candidates-kept", TextKey("config.about.candidatesKept"), \.candidatesKept, 10...500),
    ]

    /// The key that was meant: one or two letters differ, of at least three each.
    static func nearest(to name: String) -> String? {
        let near = all.map { (distance(name, $0.name), $0.name) }.min { $0.0 < $1.0 }
        return near.flatMap { $0.0 <= min(2, $0.1.count / 3) ? $0.1 : nil }
    }

    private static func distance(_ a: String, _ b: String) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(diagonal + (x == y ? 0 : 1), above + 1, row[j] + 1)
                diagonal = above
            }
        }
        return row[b.count]
    }
}

extension Key {
    fileprivate static func text(
        _ name: String, _ about: TextKey,
        _ path: WritableKeyPath<Configuration, String> & Sendable,
        default shown: (@Sendable (Configuration) -> String)? = nil
    ) -> Key {
        Key(
            name: name, about: about, value: shown ?? { $0[keyPath: path] },
            set: { configuration, value in
                guard !value.isEmpty else { return Saying("config.empty") }
                configuration[keyPath: path] = value
                return nil
            })
    }

    fileprivate static func number(
        _ name: String, _ about: TextKey, _ path: WritableKeyPath<Configuration, Int> & Sendable,
        _ range: ClosedRange<Int>
    ) -> Key {
        Key(
            name: name, about: about, value: { "\($0[keyPath: path])" },
            set: { configuration, value in
                guard let number = Int(value), range.contains(number) else {
                    return Saying(
                        "config.notANumber",
                        ["min": "\(range.lowerBound)", "max": "\(range.upperBound)"])
                }
                configuration[keyPath: path] = number
                return nil
            })
    }

    fileprivate static func oneOf<Value: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ about: TextKey, _ path: WritableKeyPath<Configuration, Value> & Sendable
    ) -> Key {
        Key(
            name: name, about: about, value: { $0[keyPath: path].rawValue },
            set: { configuration, value in
                guard let known = Value(rawValue: value) else {
                    let values = Value.allCases.map(\.rawValue).joined(separator: ", ")
                    return Saying("config.notOneOf", ["values": values])
                }
                configuration[keyPath: path] = known
                return nil
            })
    }

    /// The value with a password of a connection string blotted out.
    func shown(_ configuration: Configuration) -> String {
        let text = value(configuration)
        guard name == "database" || name == "library", Configuration.engine(of: text) == .postgres
        else { return text }
        return
            text
            .replacing(#/(?i)(password\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&]+)/#) { "\($0.1)•" }
            .replacing(#/(://[^:/@\s]*:)[^@/\s]*(?=@)/#) { "\($0.1)•" }
    }
}
