import Foundation
import GuituText
import Logging
import Synchronization
import Testing

@testable import guitu

@Suite("Configuration")
struct ConfigurationTests {
    private func read(_ text: String, _ environment: [String: String] = [:]) -> (
        Configuration, [String]
    ) {
        let (configuration, problems) = Configuration.read(
            file: ("guitu.conf", text), environment: environment)
        return (configuration, problems.map { "\($0.source) \($0.key) \($0.saying.key)" })
    }

    @Test("the file stands over the defaults, the environment over the file")
    func order() {
        let (configuration, problems) = read(
            """
            # a comment
            listen = 0.0.0.0:9000
              session-hours=8

            database = /srv/guitu/a = b.sqlite
            """, ["GUITU_SESSION_HOURS": "4", "GUITU_DATA": "/srv/guitu", "HOME": "/root"])
        #expect(problems == [])
        #expect(configuration.host == "0.0.0.0")
        #expect(configuration.port == 9000)
        #expect(configuration.settings.sessionHours == 4)
        #expect(configuration.databaseFile == "/srv/guitu/a = b.sqlite")
        #expect(configuration.keyRing == "/srv/guitu/guitu.keys")
    }

    @Test("every fault is told at once, with its place")
    func faults() {
        let (_, problems) = read(
            """
            sesion-hours = 8
            nothing at all
            session-hours = many
            session-hours = 8
            listen = 8080
            public-url = jiuzhu.example
            log-level = loud
            secure-cookies = true
            colour = red
            keys =
            """, ["GUITU_LISTN": "1:1", "GUITU_PORT": "8080", "GUITU_TOKEN_DAYS": "0"])
        #expect(
            problems == [
                "guitu.conf:1 sesion-hours config.unknownKeyNear",
                "guitu.conf:2 nothing at all config.noEquals",
                "guitu.conf:3 session-hours config.notANumber",
                "guitu.conf:4 session-hours config.twice",
                "guitu.conf:5 listen config.notAnAddress",
                "guitu.conf:6 public-url config.notAURL",
                "guitu.conf:7 log-level config.notOneOf",
                "guitu.conf:8 secure-cookies config.notOneOf",
                "guitu.conf:9 colour config.unknownKey", "guitu.conf:10 keys config.empty",
                "GUITU_LISTN listn config.unknownKeyNear",
                "GUITU_TOKEN_DAYS token-days config.notANumber",
            ])
    }

    @Test("IPv6, https and proxies", arguments: Language.allCases)
    func addresses(language: Language) {
        let (configuration, problems) = read(
            "listen = [::1]:8080\npublic-url = https://jiuzhu.example/\nbehind-proxy = yes")
        #expect(problems == [])
        #expect(configuration.host == "::1")
        #expect(configuration.address == "https://jiuzhu.example")
        #expect(configuration.isSecure)
        #expect(configuration.isBehindProxy)
        #expect(read("public-url = http://10.0.0.5:8080").0.isSecure == false)
    }

    @Test(
        "a connection string is PostgreSQL, anything else a file",
        arguments: [
            ("host=db.example dbname=guitu", true), ("postgres://guitu@db/guitu", true),
            ("dbname=guitu", true), ("/srv/guitu.sqlite", false), ("data/host.sqlite", false),
        ])
    func engines(value: String, isPostgres: Bool) {
        #expect((read("database = \(value)").0.engine == .postgres) == isPostgres)
    }

    @Test(
        "a password in a connection string is never printed",
        arguments: [
            "host=db dbname=guitu password=tigerlily user=g", "postgres://g:tigerlily@db/guitu",
            "host=db password='tiger lily' dbname=g", "postgresql://db/guitu?password=tigerlily",
            "host=db dbname=g PASSWORD = tigerlily",
        ])
    func secrets(value: String) {
        let (configuration, _) = read("database = \(value)")
        let shown = Key.all.map { $0.shown(configuration) }.joined(separator: "\n")
        #expect(configuration.database.contains("tiger"))
        #expect(!shown.contains("tiger") && !shown.contains("lily"))
        #expect(shown.contains("db"))
    }

    @Test("the example reads back as the defaults, in both languages", arguments: Language.allCases)
    func example(language: Language) throws {
        let example = ConfigCommand.example(Text(language))
        let values = example.split(separator: "\n").filter { line in
            Key.all.contains { line.hasPrefix("# \($0.name) = ") }
        }.map { $0.dropFirst(2) }
        #expect(values.count == Key.all.count)
        // The public address follows from `listen` until it is set.
        let (configuration, problems) = read(values.joined(separator: "\n"))
        #expect(problems == [])
        #expect(
            Key.all.map { $0.value(configuration) } == Key.all.map { $0.value(Configuration()) })
        #expect(read(example).0 == Configuration(), "as it stands it changes nothing")
    }

    @Test("a log record is one line of JSON, whatever it holds")
    func log() throws {
        let lines = Mutex<[String]>([])
        var logger = Logger(label: "guitu.test") {
            JSONLog(label: $0, level: .info) { line in lines.withLock { $0.append(line) } }
        }
        logger[metadataKey: "stage"] = "begin"
        logger.info(
            "two\nlines \"and\" a \\ \u{1}\u{2028}", metadata: ["count": "3", "stage": "end"])
        logger.debug("not shown")
        let written = lines.withLock { $0 }
        #expect(written.count == 1)
        #expect(written[0].filter { $0.isNewline }.count == 1)
        let json = try JSONDecoder().decode([String: String].self, from: Data(written[0].utf8))
        #expect(json["message"] == "two\nlines \"and\" a \\ \u{1}\u{2028}")
        #expect(json["stage"] == "end")
        #expect(json["count"] == "3")
        #expect(json["level"] == "info")
        #expect(json["time"]?.hasSuffix("Z") == true)
    }
}
