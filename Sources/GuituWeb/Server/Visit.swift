import Crypto
import Foundation
import GuituCore
import GuituModel
import GuituText
import HTTPTypes
import Hummingbird
import Synchronization

/// One request on its way through a route: who asks, in which language, what
/// was typed, and the funnel to ask.
public final class Visit: Sendable {
    public let workplace: Workplace
    public let route: Route
    public let path: String
    public let parameters: [String: String]
    public let query: Typed
    /// What a form sent; empty on a GET.
    public let typed: Typed
    public let files: [Upload]
    /// The raw body of a data route.
    public let body: [UInt8]
    public let headers: HTTPFields
    public let text: Text
    public let actor: Actor
    /// The bucket of the caller's address, for limits.
    public let origin: String
    /// What this browser was given when somebody signed in at it before.
    public let device: String?
    public let now: Instant
    /// The secret that form tokens are bound to: the session's cookie, or the
    /// visitor's.
    let secret: String
    let settings: GuituServer.Options
    public let problems: [Form.Problem]
    /// What somebody else saved meanwhile, by field.
    public let current: [String: String]
    private let viewerBox = Mutex<Viewer?>(nil)
    private let formBox = Mutex(false)
    /// What makes this page's forms differ from all others': random once, then
    /// counted, since a page may hold a hundred forms.
    private let formKeys = Mutex<(page: String?, count: Int)>((nil, 0))
    /// Bound to the secret; every form of the page carries it.
    public let csrf: String

    init(
        workplace: Workplace, settings: GuituServer.Options, route: Route, path: String,
        parameters: [String: String], query: Typed, typed: Typed, files: [Upload], body: [UInt8],
        headers: HTTPFields, text: Text, actor: Actor, origin: String, device: String?,
        secret: String, csrf: String,
        problems: [Form.Problem] = [], current: [String: String] = [:]
    ) {
        self.workplace = workplace
        self.settings = settings
        self.route = route
        self.path = path
        self.parameters = parameters
        self.query = query
        self.typed = typed
        self.files = files
        self.body = body
        self.headers = headers
        self.text = text
        self.actor = actor
        self.origin = origin
        self.device = device
        self.now = workplace.clock.now
        self.secret = secret
        self.problems = problems
        self.current = current
        self.csrf = csrf
    }

    /// The same visit with what is wrong, to show its form again.
    func again(_ problems: [Form.Problem], current: [String: String] = [:]) -> Visit {
        Visit(
            workplace: workplace, settings: settings, route: route, path: path,
            parameters: parameters, query: query, typed: typed, files: [], body: [],
            headers: headers, text: text, actor: actor, origin: origin, device: device,
            secret: secret, csrf: csrf, problems: problems, current: current)
    }

    // MARK: The funnel

    public func see<Reading: ReadingUseCase>(_ useCase: Reading) async throws -> Reading.Answer {
        let seen = try await workplace.see(useCase, as: actor)
        viewerBox.withLock { $0 = seen.viewer }
        return seen.answer
    }

    /// Once for the key that the form carries, however often it is sent, and
    /// only on what the address names: no hidden field leads to another record.
    @discardableResult
    public func perform<Change: ChangingUseCase>(_ useCase: Change) async throws -> Change.Answer {
        try await workplace.perform(useCase, as: actor, key: formKey(), under: addressed())
    }

    /// The key that every form of ours carries.
    func formKey() throws -> IdempotencyKey {
        guard let key = IdempotencyKey(typed[Form.keyName]) else { throw WebFault.formWithoutKey }
        return key
    }

    /// Who asked, once something was seen.
    public var viewer: Viewer? { viewerBox.withLock { $0 } }

    public func may(_ permission: Permission) -> Bool { viewer?.may(permission) ?? false }

    // MARK: What the address says

    /// A malformed id is as unknown as a missing one.
    public func id<Subject>(_ name: String) throws -> ID<Subject> {
        guard let id = ID<Subject>(parameters[name] ?? "") else { throw Ending.notFound }
        return id
    }

    /// The record that the address is about: its first id. Nil where that is no
    /// target of the funnel, as a notification of one's own.
    private func addressed() throws -> Target? {
        switch route.firstID {
        case "person": .person(try id("person"))
        case "report": .report(try id("report"))
        case "request": .request(try id("request"))
        case "candidate": .candidate(try id("candidate"))
        case "account": .account(try id("account"))
        case "area": .area(try id("area"))
        default: nil
        }
    }

    public var today: Day { now.inChina.day }

    // MARK: Forms

    /// A form of this page. The one that was just refused has what was typed
    /// and what is wrong; others on the page stay as they are.
    ///
    /// - Parameter scope: Where a page has several forms, the name of this one.
    public func form(_ action: Link, version: Int? = nil, scope: String = "") -> Form {
        guard route.method == .post, action.address == path else {
            return Form(
                action, text, csrf: csrf, key: newFormKey(), version: version, scope: scope)
        }
        formBox.withLock { $0 = true }
        // What the editor saw, until they have seen what somebody else saved.
        let seen = current.isEmpty ? typed[Form.versionName] : current[Form.versionName] ?? ""
        return Form(
            action, text, typed: typed, problems: problems, csrf: csrf,
            key: IdempotencyKey(typed[Form.keyName])?.text ?? newFormKey(),
            version: version.map { Int(seen) ?? $0 }, scope: scope)
    }

    /// Whether the form that was sent stands on the page again.
    var hasForm: Bool { formBox.withLock { $0 } }

    private func newFormKey() -> String {
        formKeys.withLock { keys in
            let page = keys.page ?? String(Keys.newToken().prefix(48))
            keys = (page, keys.count + 1)
            return "\(page)-\(keys.count)"
        }
    }

    /// One of several forms with the same action, each about a record of its
    /// own that a hidden `field` names: what was typed comes back in that one.
    public func form(_ action: Link, of field: String, _ id: String) -> Form {
        typed[field] == id
            ? form(action, scope: id)
            : Form(action, text, csrf: csrf, key: newFormKey(), scope: id)
    }

    /// The form of a list's filters, sorted and paged by its address.
    public func listQuery(_ link: Link, filters: [String], sorts: Set<String>) -> ListQuery {
        let sort = query["sort"]
        return ListQuery(
            link, filters: filters.map { ($0, query[$0]) },
            sort: sorts.contains(sort) ? sort : nil, isDescending: query["order"] == "down",
            cursor: query["from"].isEmpty ? nil : query["from"])
    }

    public var wantsTable: Bool { query["as"] == "csv" }

    public func sentence(_ saying: Saying) -> String {
        text(TextKey(said: saying.key), saying.arguments)
    }

    static func token(for secret: String) -> String {
        mac("guitu-form-1", secret)
    }

    static func mac(_ words: String, _ secret: String) -> String {
        hex(
            HMAC<SHA256>.authenticationCode(
                for: Data(words.utf8), using: SymmetricKey(data: Data(secret.utf8))))
    }
}

/// What only the web can get wrong.
enum WebFault: Error {
    /// A POST without the key that every form of ours carries.
    case formWithoutKey
    case tooManyTries
    case tooLarge
    case tooSlow
    case malformed
    case wrongType
    /// Neither a form of ours nor from our own pages.
    case forged
}

/// Compares in a time that does not tell where two texts differ.
func sameSecret(_ a: String, _ b: String) -> Bool {
    let a = Array(a.utf8)
    let b = Array(b.utf8)
    guard a.count == b.count else { return false }
    return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}

/// Reads typed fields into values and collects everything that does not read,
/// so that one answer names all of it.
public struct FormReading {
    public let typed: Typed
    public private(set) var wrong: [Saying] = []

    public init(_ typed: Typed) { self.typed = typed }

    public mutating func fail(_ saying: Saying) { wrong.append(saying) }

    /// A word of a vocabulary; nil and a problem when it is none of them.
    public mutating func choice<Word: RawRepresentable<String>>(
        _ field: String, _ vocabulary: Word.Type = Word.self
    ) -> Word? {
        let word = typed[field]
        if let value = Word(rawValue: word) { return value }
        unread(field, word)
        return nil
    }

    /// The same, but may be left out.
    public mutating func optionalChoice<Word: RawRepresentable<String>>(
        _ field: String, _ vocabulary: Word.Type = Word.self
    ) -> Word? {
        typed[field].isEmpty ? nil : choice(field, vocabulary)
    }

    /// `2026-11-24T18:05`, a wall clock in China.
    public mutating func moment(_ field: String) -> Instant? {
        let word = typed[field]
        guard !word.isEmpty else {
            fail(Saying("field.required", field: field))
            return nil
        }
        let parts = word.split(separator: "T").flatMap { $0.split(separator: " ") }
        let clock = parts.count == 2 ? parts[1].split(separator: ":").compactMap { Int($0) } : []
        guard parts.count == 2, let day = Day(String(parts[0])), clock.count >= 2,
            (0...23).contains(clock[0]), (0...59).contains(clock[1])
        else {
            fail(Saying("field.moment", field: field))
            return nil
        }
        return Instant(day, hour: clock[0], minute: clock[1])
    }

    /// A date or an age as people say it; nil when nobody said one.
    public mutating func partialDay(_ field: String, on day: Day) -> PartialDay? {
        guard !typed[field].allSatisfy(\.isWhitespace) else { return nil }
        let said: String
        do throws(PlainText.Failure) {
            said = try PlainText.check(typed[field], max: 200)
        } catch {
            switch error {
            case .tooLong(let max, let length):
                fail(
                    Saying("field.tooLong", ["max": "\(max)", "length": "\(length)"], field: field))
            case .controlCharacter: fail(Saying("field.controlCharacter", field: field))
            }
            return nil
        }
        do throws(PartialDay.Failure) {
            return try PartialDay(reading: said, on: day)
        } catch {
            fail(Saying("partialDay.\(error.word)", error.arguments, field: field))
            return nil
        }
    }

    public mutating func number(_ field: String, in range: ClosedRange<Int>) -> Int? {
        guard !typed[field].isEmpty else { return nil }
        guard let number = Int(typed[field].trimmingCharacters(in: .whitespaces)),
            range.contains(number)
        else {
            fail(
                Saying(
                    "field.number", ["min": "\(range.lowerBound)", "max": "\(range.upperBound)"],
                    field: field))
            return nil
        }
        return number
    }

    public mutating func id<Subject>(_ field: String) -> ID<Subject>? {
        guard let id = ID<Subject>(typed[field]) else {
            unread(field, typed[field])
            return nil
        }
        return id
    }

    private mutating func unread(_ field: String, _ word: String) {
        fail(
            word.isEmpty
                ? Saying("field.required", field: field) : Saying("field.unreadable", field: field))
    }

    public func finish() throws {
        if !wrong.isEmpty { throw InvalidFields(wrong) }
    }
}
