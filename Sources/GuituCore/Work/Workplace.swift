import Foundation
import GuituMatching
import GuituModel
import GuituStore
import Logging

/// The funnel: the only way in for pages, the JSON API and commands.
///
/// Inside one transaction it finds out who asks, resolves the target's holder
/// and protection, checks the permission, runs the use-case, appends the audit
/// entry and commits. After a serialisation failure all of it runs again.
public final class Workplace: Sendable {
    public let database: Database
    public let clock: any Clock
    public let keys: Keys
    public let settings: Settings
    public let passwords: PasswordPool
    /// An ear for names in dialect, where the server has one.
    let names: (any NameChannel)?
    /// Rung after every change, for the jobs and the feed of this process.
    public let wakes = Wakes()
    let shelves = ReportShelves()
    let logger: Logger
    private let audits: AuditGroup
    private let ids = IDSource()

    public init(
        database: Database, clock: any Clock, keys: Keys, settings: Settings = Settings(),
        passwords: PasswordPool = PasswordPool(), names: (any NameChannel)? = nil,
        logger: Logger = Logger(label: "guitu")
    ) {
        self.database = database
        self.clock = clock
        self.keys = keys
        self.settings = settings
        self.passwords = passwords
        self.names = names
        self.logger = logger
        audits = AuditGroup(database: database, keys: keys)
    }

    /// An answer together with who asked, for a page's frame.
    public struct Seen<Answer: Sendable>: Sendable {
        public var answer: Answer
        public var viewer: Viewer
    }

    /// Reads, audited first where the use-case says that it is sensitive.
    /// Throws `Ending` and nothing else.
    public func perform<Reading: ReadingUseCase>(_ useCase: Reading, as actor: Actor) async throws
        -> Reading.Answer
    {
        try await see(useCase, as: actor).answer
    }

    public func see<Reading: ReadingUseCase>(_ useCase: Reading, as actor: Actor) async throws
        -> Seen<Reading.Answer>
    {
        try await ended(type(of: useCase).name) {
            let attempt = try self.attempt(useCase)
            let (outcome, viewer, entry) = try await self.database.read { tx in
                try attempt.run(as: actor, in: tx) { work in try useCase.perform(in: work) }
            }
            if Reading.effect == .readsSensitive || outcome.isDenial, let entry {
                try await self.audits.append(entry)
            }
            return Seen(answer: try outcome.get(), viewer: viewer)
        }
    }

    /// Changes something, at most once for a key: the same key with the same
    /// request gives the first answer again. Throws `Ending` and nothing else.
    ///
    /// - Parameter owner: What the caller says the target is part of; anything
    ///   else is not found.
    @discardableResult
    public func perform<Change: ChangingUseCase>(
        _ useCase: Change, as actor: Actor, key: IdempotencyKey? = nil, under owner: Target? = nil
    ) async throws -> Change.Answer {
        try await ended(type(of: useCase).name) {
            let attempt = try self.attempt(useCase, key: key, under: owner)
            do {
                let answer = try await self.database.write { tx in
                    let (outcome, _, entry) = try attempt.run(as: actor, in: tx) { work in
                        try attempt.once(work) { try useCase.perform(in: work) }
                    }
                    let answer = try outcome.getOrThrow(entry)
                    if let entry {
                        try Audit.append([entry], to: entry.chain, keys: self.keys, in: tx)
                    }
                    return answer
                }
                self.wakes.ring()
                return answer
            } catch let denied as Denied {
                // The change was rolled back; that it was tried is kept.
                if let entry = denied.entry { try await self.audits.append(entry) }
                throw denied.ending
            }
        }
    }

    private func attempt(
        _ useCase: some UseCase, key: IdempotencyKey? = nil, under owner: Target? = nil
    ) throws -> Attempt {
        Attempt(
            name: type(of: useCase).name, needs: type(of: useCase).needs, target: useCase.target,
            owner: owner,
            digest: keys.auditDigest(Data(try canonicalJSON(useCase).utf8)), key: key,
            now: clock.now, keys: keys, settings: settings, ids: ids)
    }

    /// Turns whatever went wrong into an `Ending`; what nobody foresaw is
    /// logged under a reference, without values.
    func ended<Answer>(_ name: String, _ body: () async throws -> Answer) async throws
        -> Answer
    {
        do {
            return try await body()
        } catch let ending as Ending {
            throw ending
        } catch let refusal as any Refusal {
            throw Ending.refused(refusal)
        } catch let error as DatabaseError {
            switch error {
            case .overloaded: throw Ending.busy
            case .unavailable, .full, .timeout, .serialization:
                logger.warning("database", metadata: ["kind": "\(error.kind)"])
                throw Ending.unavailable
            case .constraint, .engine: throw broke(name, error)
            }
        } catch {
            throw broke(name, error)
        }
    }

    private func broke(_ name: String, _ error: any Error) -> Ending {
        let reference = ID<Workplace>(at: clock.now).text
        logger.error(
            "broke",
            metadata: [
                "useCase": "\(name)", "reference": "\(reference)",
                "type": "\(type(of: error))", "error": "\((error as? DatabaseError)?.kind ?? "")",
            ])
        return .broke(reference: reference)
    }
}

/// Chosen by the caller, so that a request sent twice is one request.
public struct IdempotencyKey: Sendable, Hashable {
    public let text: String
    /// 16 to 64 letters, digits or hyphens.
    public init?(_ text: String) {
        guard (16...64).contains(text.utf8.count),
            text.utf8.allSatisfy({
                (48...57).contains($0) || (97...122).contains($0) || (65...90).contains($0)
                    || $0 == 45
            })
        else { return nil }
        self.text = text
    }
    public static func new() -> IdempotencyKey? { IdempotencyKey(Keys.newToken()) }
}

public struct IdempotencyKeyReused: Refusal {
    public var saying: Saying { Saying("refusal.keyReused") }
}

private struct Denied: Error {
    var ending: Ending
    var entry: AuditEntry?
}

private enum Outcome<Answer: Sendable>: Sendable {
    case answer(Answer)
    case denied(Ending)

    var isDenial: Bool { if case .denied = self { true } else { false } }

    func get() throws -> Answer {
        switch self {
        case .answer(let answer): return answer
        case .denied(let ending): throw ending
        }
    }

    func getOrThrow(_ entry: AuditEntry?) throws -> Answer {
        switch self {
        case .answer(let answer): return answer
        case .denied(let ending): throw Denied(ending: ending, entry: entry)
        }
    }
}

/// One use-case on its way through the funnel, without its type.
private struct Attempt: Sendable {
    var name: String
    var needs: Permission
    var target: Target
    var owner: Target?
    var digest: [UInt8]
    var key: IdempotencyKey?
    var now: Instant
    var keys: Keys
    var settings: Settings
    var ids: IDSource

    func run<Answer: Sendable>(
        as actor: Actor, in tx: any Transaction, _ body: (Work) throws -> Answer
    ) throws -> (Outcome<Answer>, Viewer, AuditEntry?) {
        guard let (viewer, told) = try Viewer.resolve(actor, on: target, in: tx, now: now) else {
            return (.denied(.signInRequired), .visitor, nil)
        }
        var chain = viewer.home?.text ?? Audit.office
        func entry(_ outcome: AuditEntry.Outcome, _ holding: Holding?) -> AuditEntry {
            if let area = holding?.areas.first { chain = area.text }
            let label = target.label
            return AuditEntry(
                chain: chain, at: now, actor: viewer.label, useCase: name, targetKind: label.kind,
                target: label.id, outcome: outcome, digest: digest)
        }
        do {
            let holding = try viewer.authorise(
                needs, on: target, under: owner, told: told, in: tx)
            let work = Work(
                tx: tx, viewer: viewer, holding: holding, now: now, keys: keys,
                settings: settings, ids: ids)
            do {
                let answer = try body(work)
                return (.answer(answer), viewer, entry(key == nil ? .done : work.outcome, holding))
            } catch let refusal as any Refusal {
                return (.denied(.refused(refusal)), viewer, entry(.refused, holding))
            } catch let ending as Ending {
                return (.denied(ending), viewer, entry(.refused, holding))
            }
        } catch Ending.notFound {
            return (.denied(.notFound), viewer, entry(.notFound, nil))
        } catch Ending.notAllowed {
            return (.denied(.notAllowed), viewer, entry(.notAllowed, nil))
        } catch let ending as Ending {
            return (.denied(ending), viewer, nil)
        }
    }

    /// Runs `body` unless this key already has an answer.
    func once<Answer: Codable>(_ work: Work, _ body: () throws -> Answer) throws -> Answer {
        guard let key else { return try body() }
        let who = work.viewer.label
        // On PostgreSQL a second insert of the key waits here for the first
        // transaction, then changes nothing: two clicks become one.
        let inserted = try work.tx.execute(
            """
            INSERT INTO idempotency (actor, request_key, use_case, digest, made_at)
            VALUES (\(who), \(key.text), \(name), \(digest), \(now)) ON CONFLICT DO NOTHING
            """)
        if inserted == 0 {
            guard
                let row = try work.tx.first(
                    """
                    SELECT use_case, digest, answer FROM idempotency
                    WHERE actor = \(who) AND request_key = \(key.text)
                    """)
            else { throw DatabaseError.serialization }
            guard try row["use_case"] == name, try row["digest"] == digest else {
                throw IdempotencyKeyReused()
            }
            work.outcome = .replayed
            let answer: String = try row["answer"]
            return try JSONDecoder().decode(Answer.self, from: Data(answer.utf8))
        }
        let answer = try body()
        try work.tx.send(
            """
            UPDATE idempotency SET answer = \(try canonicalJSON(answer))
            WHERE actor = \(who) AND request_key = \(key.text)
            """)
        return answer
    }
}

extension Viewer {
    /// How the audit trail names who asked.
    var label: String {
        switch kind {
        case .visitor: "visitor"
        case .account(let id): id.text
        case .program(let reason): "program:\(reason)"
        }
    }
}

extension DatabaseError {
    /// For logs: the kind and constraint, never values.
    var kind: String {
        switch self {
        case .constraint(let kind, let name): "constraint \(kind.rawValue) \(name)"
        case .serialization: "serialization"
        case .timeout: "timeout"
        case .overloaded: "overloaded"
        case .unavailable(let reason): "unavailable: \(reason)"
        case .full: "full"
        case .engine(let code, let message): "engine \(code): \(message)"
        }
    }
}
