import Foundation
import GuituModel

/// One thing somebody does, the way staff say it: `RegisterArrival`.
///
/// Pages, the JSON API and commands all build the same value and hand it to
/// `Workplace.perform`, the only way in. Its stored properties are the request;
/// they are digested for the audit trail and compared when a key is replayed,
/// so a use-case is `Encodable` and nothing in it is computed at random.
public protocol UseCase: Encodable, Sendable {
    associatedtype Answer: Sendable = Nothing

    /// The word that audit entries, facts and coverage tests use.
    static var name: String { get }
    static var needs: Permission { get }
    static var effect: Effect { get }
    /// The record acted on. Somebody else's and a missing one look the same.
    var target: Target { get }

    func perform(in work: Work) throws -> Answer
}

extension UseCase {
    public static var name: String { String(describing: Self.self) }
}

/// A use-case that changes something; its answer is kept beside its
/// idempotency key so that a replay gives the same answer.
public protocol ChangingUseCase: UseCase where Answer: Codable {}

extension ChangingUseCase {
    public static var effect: Effect { .changes }
}

/// A use-case that only reads.
public protocol ReadingUseCase: UseCase {}

public enum Effect: Sendable {
    case changes
    /// Reads about a person: an audit entry is committed before the answer leaves.
    case readsSensitive
    /// Reads what is about nobody, or lists of one's own.
    case reads
}

/// The answer of a use-case that has nothing to tell.
public struct Nothing: Codable, Sendable, Equatable {
    public init() {}
}

/// A refusal that a person can act on.
///
/// Core says what is wrong as a case with data; GuituText has the sentence
/// under `saying.key` in every language, and a test walks all of them.
public protocol Refusal: Error, Sendable {
    var saying: Saying { get }
}

/// A sentence by its key in the catalogs, with what goes into its blanks.
public struct Saying: Sendable, Equatable, Codable {
    public var key: String
    public var arguments: [String: String]
    /// The form field beside which the sentence belongs, if one.
    public var field: String?

    public init(_ key: String, _ arguments: [String: String] = [:], field: String? = nil) {
        self.key = key
        self.arguments = arguments
        self.field = field
    }
}

/// Several fields of one form that were wrong at the same time.
public struct InvalidFields: Refusal, Equatable {
    public var fields: [Saying]
    public init(_ fields: [Saying]) { self.fields = fields }
    public var saying: Saying { Saying("refusal.fields", ["count": "\(fields.count)"]) }
}

/// How a use-case can end without an answer. Web and command line switch over
/// all of it.
public enum Ending: Error, Sendable {
    /// Nobody is signed in, or the session has run out.
    case signInRequired
    /// The password must be changed before anything else.
    case passwordChangeRequired
    /// This account has no role that may do this anywhere.
    case notAllowed
    /// No such record, or it is somebody else's: never say which.
    case notFound
    case refused(any Refusal)
    /// Somebody changed it first. `current` is what stands there now.
    case stale(current: [String: String])
    /// Too much waits; nothing was done.
    case busy
    /// The database is away or full; nothing was done.
    case unavailable
    /// A fault of ours. The log has the cause under this reference.
    case broke(reference: String)
}

/// A value that must not appear in a log, an error or an audit digest.
public struct Secret: Encodable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    public let reveal: String
    public init(_ text: String) { reveal = text }
    public var description: String { "•" }
    public var debugDescription: String { "•" }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode("•")
    }
}
