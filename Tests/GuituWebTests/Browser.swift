import Foundation
import GuituCore
import GuituModel
import GuituStore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Synchronization
import TestSupport

@testable import GuituWeb

/// The server over a small invented province, and browsers that visit it.
struct Site: Sendable {
    let office: Office
    let server: GuituServer
    let log: LogLines
    let options: GuituServer.Options

    /// A library of its own beside the cases, made when somebody enables it.
    private static func laboratory(_ office: Office) -> Laboratory {
        let isMade = Mutex<Laboratory.Library?>(nil)
        return Laboratory(office.workplace) { makes in
            if let made = isMade.withLock({ $0 }) { return made }
            guard makes else { return nil }
            let made = Laboratory.Library(
                database: try await TestDatabase.fresh(
                    office.database.engine, migrations: LibrarySchema.migrations),
                keys: try Keys(Keys.newRing(at: office.clock.now)))
            isMade.withLock { $0 = made }
            return made
        }
    }

    init(
        _ engine: Engine, routes: [Route] = allRoutes,
        _ options: GuituServer.Options = GuituServer.Options()
    ) async throws {
        self.init(try await Office(engine), routes: routes, options)
    }

    init(
        _ office: Office, log: LogLines = LogLines(), routes: [Route] = allRoutes,
        _ options: GuituServer.Options = GuituServer.Options()
    ) {
        self.office = office
        self.log = log
        var options = options
        if options.laboratory == nil { options.laboratory = Self.laboratory(office) }
        self.options = options
        server = GuituServer(
            workplace: office.workplace, options: options,
            logger: log.logger, routes: routes)
    }

    /// Runs `body` with a browser in which nobody is signed in.
    func visit(_ body: @Sendable (Browser) async throws -> Void) async throws {
        try await server.application().test(.router) { client in
            try await body(Browser(client))
        }
    }

    /// Runs `body` with the browser of somebody who works at `area`.
    func visit(
        as role: Role, at area: Area.ID? = nil, _ body: @Sendable (Browser) async throws -> Void
    ) async throws {
        let token = try await session(role, at: area)
        try await visit { browser in
            browser.cookies["guitu"] = token
            try await body(browser)
        }
    }

    /// The cookie of a new account's open session.
    func session(_ role: Role, at area: Area.ID? = nil) async throws -> String {
        let worker = try await office.account(role, at: area ?? office.station)
        return try await token(of: worker.id, kind: "browser")
    }

    func token(of account: Account.ID, kind: String) async throws -> String {
        let token = Keys.newToken()
        let now = office.clock.now
        try await office.database.write { tx in
            try tx.execute(
                """
                INSERT INTO session (digest, account, kind, label, made_at, expires_at)
                VALUES (\(Keys.tokenDigest(token)), \(account), \(kind), 'test', \(now),
                    \(now.adding(.seconds(86_400))))
                """)
        }
        return token
    }

    func endSessions() async throws {
        let now = office.clock.now
        try await office.database.write { tx in
            try tx.execute("UPDATE session SET ended_at = \(now)")
        }
    }

    func count(_ table: SQL) async throws -> Int {
        try await office.database.read { tx in
            try tx.first("SELECT COUNT(*) AS n FROM \(table)")?["n"] ?? 0
        }
    }
}

/// What the server logged, a line each.
final class LogLines: Sendable {
    private let kept = Mutex<[String]>([])
    var lines: [String] { kept.withLock { $0 } }
    func add(_ line: String) { kept.withLock { $0.append(line) } }
    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info
        init(lines: LogLines) { self.lines = lines }
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(
            level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata?,
            source: String, file: String, function: String, line: UInt
        ) {
            let words = (metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            lines.add("\(level) \(message) \(words.joined(separator: " "))")
        }
    }
}

/// A browser without JavaScript: keeps cookies, follows nothing by itself,
/// fills in the forms it finds on the page.
final class Browser: @unchecked Sendable {  // used by one test, one step after the other
    struct Seen: Sendable {
        var status: Int
        var headers: HTTPFields
        var body: String
        var location: String? { headers[.location] }
    }

    var cookies: [String: String] = [:]
    /// What browsers of today say with a request from a page of the same site.
    var site: String? = "same-origin"
    private let client: any TestClientProtocol
    private(set) var page = Seen(status: 0, headers: [:], body: "")

    init(_ client: any TestClientProtocol) { self.client = client }

    @discardableResult
    func send(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:],
        body: [UInt8]? = nil, type: String = "application/x-www-form-urlencoded"
    ) async throws -> Seen {
        var headers = headers
        if !cookies.isEmpty {
            headers[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        }
        if let site { headers[.secFetchSite] = site }
        if body != nil { headers[.contentType] = type }
        let response = try await client.execute(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(bytes: $0) })
        for cookie in response.headers[values: .setCookie] {
            let pair = cookie.prefix { $0 != ";" }.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            cookies[String(pair[0])] = pair[1].isEmpty ? nil : String(pair[1])
        }
        page = Seen(
            status: response.status.code, headers: response.headers,
            body: String(buffer: response.body))
        return page
    }

    @discardableResult
    func open(_ path: String) async throws -> Seen { try await send(.get, path) }

    @discardableResult
    func follow() async throws -> Seen { try await open(page.location ?? "/nowhere") }

    @discardableResult
    func post(_ path: String, _ fields: [(String, String)]) async throws -> Seen {
        try await send(.post, path, body: Array(Browser.encoded(fields).utf8))
    }

    /// Fills in the form with this action on the page and sends it. A value
    /// replaces the field's; a name that the form lacks is a fault of the test.
    @discardableResult
    func submit(_ action: String, _ values: [(String, String)] = []) async throws -> Seen {
        guard let fields = form(action) else { throw Missing(what: "no form \(action)") }
        return try await post(action, try filled(fields, values))
    }

    struct Missing: Error, CustomStringConvertible {
        var what: String
        var description: String { what }
    }

    struct Field: Sendable, Equatable {
        var name: String
        var value: String
        /// Sent with the form: a hidden field, a line, what is chosen.
        var isSent: Bool
    }

    func filled(_ fields: [Field], _ values: [(String, String)]) throws -> [(String, String)] {
        var result = fields.filter(\.isSent).map { ($0.name, $0.value) }
        for (name, value) in values {
            guard fields.contains(where: { $0.name == name }) else {
                throw Missing(what: "the form has no field \(name)")
            }
            result.removeAll { $0.0 == name }
            result.append((name, value))
        }
        return result
    }

    /// The fields of the form with this action, or nil.
    func form(_ action: String) -> [Field]? { forms(action).first }

    /// The same of all forms with this action.
    func forms(_ action: String) -> [[Field]] {
        page.body.components(separatedBy: "<form").dropFirst().filter {
            $0.prefix { $0 != ">" }.contains("action=\"\(action)\"")
        }.compactMap { $0.components(separatedBy: "</form>").first }.map(Browser.fields)
    }

    private static func fields(_ form: String) -> [Field] {
        var fields: [Field] = []
        for match in form.matches(of: /<(input|textarea|select|button)\b([^>]*)>/) {
            let tag = match.1
            let attributes = String(match.2)
            guard let name = Browser.attribute("name", attributes) else { continue }
            let after = form[match.range.upperBound...]
            switch tag {
            case "textarea":
                let inside = after.prefix(
                    upTo: after.range(of: "</textarea>")?.lowerBound ?? after.endIndex)
                fields.append(
                    Field(
                        name: name, value: Browser.plain(String(inside.drop { $0 == "\n" })),
                        isSent: true))
            case "select":
                let inside = String(
                    after.prefix(upTo: after.range(of: "</select>")?.lowerBound ?? after.endIndex))
                let options = inside.matches(of: /<option\b([^>]*)>/).map { String($0.1) }
                let chosen = options.first { $0.contains("selected") } ?? options.first
                fields.append(
                    Field(
                        name: name,
                        value: chosen.flatMap { Browser.attribute("value", $0) } ?? "",
                        isSent: chosen != nil))
            case "button":
                fields.append(
                    Field(
                        name: name, value: Browser.attribute("value", attributes) ?? "",
                        isSent: false))
            default:
                let type = Browser.attribute("type", attributes) ?? "text"
                let value = Browser.attribute("value", attributes) ?? ""
                let isSent =
                    switch type {
                    case "radio", "checkbox": attributes.contains("checked")
                    case "file": false
                    default: true
                    }
                fields.append(Field(name: name, value: value, isSent: isSent))
            }
        }
        return fields
    }

    static func attribute(_ name: String, _ tag: String) -> String? {
        guard let start = tag.range(of: " \(name)=\"") else { return nil }
        return plain(String(tag[start.upperBound...].prefix { $0 != "\"" }))
    }

    static func plain(_ html: String) -> String {
        html.replacing("&quot;", with: "\"").replacing("&#39;", with: "'")
            .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
    }

    static func encoded(_ fields: [(String, String)]) -> String {
        fields.map { $0.0.percentEncoded + "=" + $0.1.percentEncoded }.joined(separator: "&")
    }
}
