import GuituCore
import HTTPTypes
import Hummingbird

/// One address of Guitu: what it answers, and which use-cases stand behind it.
///
/// ```swift
/// .page("/people/{person}", [SeePerson.self], PersonPages.show)
/// .action("/people/{person}/unmask", [UnmaskPerson.self], again: PersonPages.show, PersonPages.unmask)
/// ```
/// A part in braces is an id and says what it names, so that a test can put
/// somebody else's there. Every use-case that a route performs is listed: the
/// coverage tests walk them.
public struct Route: Sendable {
    public typealias Handler = @Sendable (Visit) async throws -> Reply

    public enum Kind: Sendable {
        case page, action
        /// JSON for devices and other systems: a token instead of a cookie.
        case data
        /// Answered without a database: health, assets, the page about Guitu.
        case fixed
    }

    public let kind: Kind
    public let method: HTTPRequest.Method
    public let pattern: String
    public let performs: [any UseCase.Type]
    /// A body may be as large as an attachment.
    public let takesFiles: Bool
    let again: Handler?
    let answer: Handler
    let parts: [Part]

    enum Part: Sendable, Equatable {
        case word(String)
        case id(String)
    }

    private init(
        _ kind: Kind, _ method: HTTPRequest.Method, _ pattern: String,
        _ performs: [any UseCase.Type], takesFiles: Bool = false, again: Handler? = nil,
        _ answer: @escaping Handler
    ) {
        self.kind = kind
        self.method = method
        self.pattern = pattern
        self.performs = performs
        self.takesFiles = takesFiles
        self.again = again
        self.answer = answer
        parts = pattern.split(separator: "/").map { part in
            part.hasPrefix("{") && part.hasSuffix("}")
                ? .id(String(part.dropFirst().dropLast())) : .word(String(part))
        }
    }

    /// A page that only reads.
    public static func page(
        _ pattern: String, _ performs: [any UseCase.Type], _ show: @escaping Handler
    ) -> Route {
        Route(.page, .get, pattern, performs, show)
    }

    /// What a form does. After a refusal `again` shows the page the form stands
    /// on, with everything that was typed and what is wrong beside each field.
    public static func action(
        _ pattern: String, _ performs: [any UseCase.Type], takesFiles: Bool = false,
        again: @escaping Handler, _ act: @escaping Handler
    ) -> Route {
        Route(.action, .post, pattern, performs, takesFiles: takesFiles, again: again, act)
    }

    public static func data(
        _ method: HTTPRequest.Method, _ pattern: String, _ performs: [any UseCase.Type],
        _ answer: @escaping Handler
    ) -> Route {
        Route(.data, method, pattern, performs, answer)
    }

    /// Touches no database, so there is nothing to permit or to audit.
    public static func fixed(
        _ method: HTTPRequest.Method, _ pattern: String, _ answer: @escaping Handler
    ) -> Route {
        Route(.fixed, method, pattern, [], answer)
    }
}

/// All routes, found by method and path.
public struct RouteTable: Sendable {
    public let routes: [Route]
    private let byLength: [Int: [Route]]

    public enum Match: Sendable {
        case route(Route, parameters: [String: String])
        /// The address exists, for other methods.
        case methods([HTTPRequest.Method])
        case nothing
    }

    public init(_ routes: [Route]) {
        self.routes = routes
        // Written words before ids: `/people/new` is not the person "new".
        byLength = Dictionary(grouping: routes) { $0.parts.count }
            .mapValues { $0.sorted { $0.wordCount > $1.wordCount } }
    }

    public func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        let slash = UInt8(ascii: "/")
        guard path.utf8.first == slash else { return .nothing }
        // A trailing slash or an empty part is another address, not this one.
        let parts =
            path == "/"
            ? []
            : path.utf8.dropFirst().split(separator: slash, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
        var methods: [HTTPRequest.Method] = []
        for route in byLength[parts.count] ?? [] {
            guard let parameters = route.parameters(of: parts) else { continue }
            if route.method == method || (method == .head && route.method == .get) {
                return .route(route, parameters: parameters)
            }
            methods.append(route.method)
        }
        return methods.isEmpty ? .nothing : .methods(methods)
    }
}

extension Route {
    /// What the first id of the address names.
    var firstID: String? {
        for case .id(let name) in parts { return name }
        return nil
    }

    fileprivate var wordCount: Int {
        parts.count { if case .word = $0 { true } else { false } }
    }

    fileprivate func parameters(of segments: [String]) -> [String: String]? {
        for (part, segment) in zip(parts, segments) {
            switch part {
            case .word(let word): guard word == segment else { return nil }
            case .id: guard !segment.isEmpty else { return nil }
            }
        }
        var parameters: [String: String] = [:]
        for case (.id(let name), let segment) in zip(parts, segments) {
            parameters[name] = segment
        }
        return parameters
    }
}
