import Foundation
import GuituModel
import GuituStore

/// Something done in the library of profiles, a database of its own with its
/// own keys, joined with cases by sample number only.
///
/// `Laboratory.perform` is the only way in. It goes through the funnel first,
/// which checks the permission over the library's office and leaves an audit
/// entry in the database of cases; then it runs in the library and writes the
/// ledger before the answer leaves.
public protocol LibraryUseCase: Encodable, Sendable {
    associatedtype Answer: Sendable = Nothing

    static var needs: Permission { get }
    /// Whether it works while no authorisation is in force: reading the status
    /// and the ledger, and enabling.
    static var worksWhileOff: Bool { get }
    /// Runs without a statement limit on a connection of its own.
    static var isLong: Bool { get }
    /// False for what shows nothing of the library.
    static var isWrittenDown: Bool { get }

    /// Whether `look` is to be called.
    static var looksFirst: Bool { get }

    /// Reads what takes long before `perform` keeps other writers waiting.
    mutating func look(in work: LibraryWork) throws
    func perform(in work: LibraryWork) throws -> Answer
}

extension LibraryUseCase {
    static var name: String { String(describing: Self.self) }
    public static var looksFirst: Bool { false }
    public func look(in work: LibraryWork) throws {}
    public static var worksWhileOff: Bool { false }
    public static var isLong: Bool { false }
    public static var isWrittenDown: Bool { true }
}

/// Why somebody asks the library; both stand in the ledger.
public struct Inquiry: Codable, Sendable, Equatable {
    public var purpose: String
    /// Of the case or the request for examination; may be empty.
    public var caseNumber: String

    public init(purpose: String, caseNumber: String = "") {
        self.purpose = purpose
        self.caseNumber = caseNumber
    }

    func checked() throws -> Inquiry {
        var form = FormCheck()
        let inquiry = Inquiry(
            purpose: form.text(purpose, "purpose", limit: 200, required: true),
            caseNumber: form.text(caseNumber, "case", limit: 60))
        try form.finish()
        return inquiry
    }
}

public enum LibraryFailure: Refusal, Equatable {
    case notEnabled
    case ended(on: Day)
    case otherHolder
    case stationCannotHold
    case endsBeforeToday
    case noMethod
    /// The frequencies or options do not read; the reason as the engine says it.
    case method(String)
    case pedigree(String)
    case alreadyDecided
    case alreadyDecidedByYou

    public var saying: Saying {
        switch self {
        case .notEnabled: Saying("library.notEnabled")
        case .ended(let day): Saying("library.ended", ["day": "\(day)"])
        case .otherHolder: Saying("library.otherHolder", field: "area")
        case .stationCannotHold: Saying("library.stationCannotHold", field: "area")
        case .endsBeforeToday: Saying("library.endsBeforeToday", field: "until")
        case .noMethod: Saying("library.noMethod")
        case .method(let reason): Saying("library.method", ["reason": reason])
        case .pedigree(let reason): Saying("library.pedigree", ["reason": reason])
        case .alreadyDecided: Saying("library.alreadyDecided")
        case .alreadyDecidedByYou: Saying("library.alreadyDecidedByYou")
        }
    }
}

/// What a library use-case has while it runs.
public final class LibraryWork {
    public let tx: any Transaction
    public let now: Instant
    /// The library's own ring.
    public let keys: Keys
    /// Who asks, as the funnel found out.
    let who: Admission
    /// The newest one, in force or not; nil before the first enabling.
    let authorisation: LibraryAuthorisation?
    /// What the ledger will say.
    var entry: LedgerEntry

    public var today: Day { now.inChina.day }

    init(
        tx: any Transaction, now: Instant, keys: Keys, who: Admission,
        authorisation: LibraryAuthorisation?, entry: LedgerEntry
    ) {
        self.tx = tx
        self.now = now
        self.keys = keys
        self.who = who
        self.authorisation = authorisation
        self.entry = entry
    }

    func newID<Subject>() -> ID<Subject> { ID(at: now) }
}

/// Who was let in, for the library's rows.
public struct Admission: Codable, Sendable {
    /// An account's id, or `program:` with a reason.
    var label: String
    var name: String
}

/// Leaves the audit entry of a library use-case in the database of cases and
/// says who asks. Its request is kept as a keyed digest only.
public struct AtLaboratory<Each: LibraryUseCase>: ChangingUseCase {
    public static var name: String { Each.name }
    public static var needs: Permission { Each.needs }
    /// The office that holds the library; nil before it is enabled.
    var holder: Area.ID?
    var useCase: Each
    /// Why the library refuses, for the trail.
    var refusal: (any Error)?
    public var target: Target { holder.map(Target.area) ?? .ownAreas }

    init(holder: Area.ID?, useCase: Each, refusal: (any Error)? = nil) {
        self.holder = holder
        self.useCase = useCase
        self.refusal = refusal
    }

    private enum CodingKeys: String, CodingKey { case holder, useCase }

    public func perform(in work: Work) throws -> Admission {
        if let refusal { throw refusal }
        if Each.self == EnableLibrary.self, let holder {
            let row = try work.tx.first("SELECT level FROM area WHERE id = \(holder)")
            let level: Area.Level? = try row?["level"]
            guard level != .station else { throw LibraryFailure.stationCannotHold }
        }
        return Admission(label: work.viewer.label, name: work.viewer.name)
    }
}

/// The library of profiles as pages, commands and jobs reach it.
public final class Laboratory: Sendable {
    /// The library once it is there.
    public struct Library: Sendable {
        public var database: Database
        public var keys: Keys
        public init(database: Database, keys: Keys) {
            self.database = database
            self.keys = keys
        }
    }

    /// Gives the library, its tables up to date; nil when there is none and it
    /// shall not be made.
    public typealias Opening = @Sendable (_ makes: Bool) async throws -> Library?

    public let workplace: Workplace
    private let door: Door

    public init(_ workplace: Workplace, open: @escaping Opening) {
        self.workplace = workplace
        door = Door(open)
    }

    /// Opened once, by whoever comes first.
    private actor Door {
        private let opening: Opening
        private var kept: Library?
        init(_ opening: @escaping Opening) { self.opening = opening }

        func library(makes: Bool) async throws -> Library? {
            if let kept { return kept }
            let found = try await opening(makes)
            // Two who waited at the same time: the first one's stays.
            if let kept {
                await found?.database.close()
                return kept
            }
            kept = found
            return found
        }

        func close() async {
            await kept?.database.close()
            kept = nil
        }
    }

    public func close() async { await door.close() }

    /// Seals all of the library into a file of its own, which its own key ring
    /// opens; nil where there is none. `MakeBackup` has asked who may.
    public func backUp(to path: String) async throws
        -> (header: BackupHeader, summary: BackupSummary)?
    {
        guard let library = try await library() else { return nil }
        return try await Backup.make(
            library.database, keys: library.keys, to: path, now: workplace.clock.now)
    }

    /// The library, where one was ever enabled.
    func library() async throws -> Library? { try await door.library(makes: false) }

    /// Throws `Ending` and nothing else.
    @discardableResult
    public func perform<Each: LibraryUseCase>(_ useCase: Each, as actor: Actor) async throws
        -> Each.Answer
    {
        try await workplace.ended(Each.name) {
            var library = try await self.library()
            let authorisation = try await library?.database.read {
                try LibraryAuthorisation.newest(in: $0)
            }
            var holder = authorisation?.holder
            if let enabling = useCase as? EnableLibrary { holder = holder ?? enabling.area }
            var off: LibraryFailure?
            do throws(LibraryFailure) {
                try Self.check(Each.self, authorisation, self.workplace.clock.now)
            } catch { off = error }
            let who = try await self.workplace.perform(
                AtLaboratory(holder: holder, useCase: useCase, refusal: off), as: actor)
            if library == nil, Each.self == EnableLibrary.self {
                library = try await self.door.library(makes: true)
            }
            guard let library else {
                if let status = SeeLibrary.Answer.off as? Each.Answer { return status }
                throw LibraryFailure.notEnabled
            }
            let answer: Each.Answer
            do {
                answer = try await self.run(useCase, in: library, who)
            } catch let refusal as any Refusal {
                // The trail has that they were let in; it shall not end there.
                _ = try? await self.workplace.perform(
                    AtLaboratory(holder: holder, useCase: useCase, refusal: refusal), as: actor)
                throw refusal
            }
            let begun = (answer as? ImportSamples.Report)?.search ?? answer as? LibrarySearch.ID
            if begun != nil { try await self.enqueueSearches() }
            return answer
        }
    }

    private static func check<Each: LibraryUseCase>(
        _ useCase: Each.Type, _ authorisation: LibraryAuthorisation?, _ now: Instant
    ) throws(LibraryFailure) {
        if Each.worksWhileOff { return }
        guard let authorisation else { throw .notEnabled }
        guard now.inChina.day <= authorisation.until else {
            throw .ended(on: authorisation.until)
        }
    }

    private func run<Each: LibraryUseCase>(
        _ useCase: Each, in library: Library, _ who: Admission
    ) async throws -> Each.Answer {
        let (now, keys) = (workplace.clock.now, library.keys)
        let work: @Sendable (any Transaction) throws -> LibraryWork = { tx in
            let authorisation = try LibraryAuthorisation.newest(in: tx)
            try Self.check(Each.self, authorisation, now)
            return LibraryWork(
                tx: tx, now: now, keys: keys, who: who, authorisation: authorisation,
                entry: LedgerEntry(what: Each.name))
        }
        let looked: Each
        if Each.looksFirst {
            looked = try await library.database.withOwnConnection(for: .read) { connection in
                try connection.begin(.read)
                defer { connection.rollback() }
                var looking = useCase
                try looking.look(in: work(connection))
                return looking
            }
        } else {
            looked = useCase
        }
        let body: @Sendable (any Transaction) throws -> Each.Answer = { tx in
            let work = try work(tx)
            let answer = try looked.perform(in: work)
            if Each.isWrittenDown { try work.writeDown() }
            return answer
        }
        guard Each.isLong else { return try await library.database.write(body) }
        return try await library.database.withOwnConnection(for: .write) { connection in
            try connection.begin(.write)
            do {
                let answer = try body(connection)
                try connection.commit()
                return answer
            } catch {
                connection.rollback()
                throw error
            }
        }
    }
}
