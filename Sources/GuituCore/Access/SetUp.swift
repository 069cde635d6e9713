import Crypto
import Foundation
import GuituModel
import GuituStore

/// Whether anybody has set this database up, and who is still to be named.
public struct SeeSetUp: ReadingUseCase {
    public static let needs = Permission.visit
    public static let effect = Effect.reads
    public var target: Target { .nobody }
    public init() {}

    public struct Answer: Sendable, Codable, Equatable {
        /// No account exists: the first visitor needs the one-time code.
        public var isNew: Bool
    }

    public func perform(in work: Work) throws -> Answer {
        Answer(isNew: try work.tx.first("SELECT 1 AS found FROM account LIMIT 1") == nil)
    }
}

public enum SetUpRefused: Refusal, Equatable {
    case alreadyDone
    case wrongCode
    /// The areas do not go down the tree, or none was given.
    case areasOutOfOrder

    public var saying: Saying {
        switch self {
        case .alreadyDone: Saying("setUp.alreadyDone")
        case .wrongCode: Saying("setUp.wrongCode", field: "code")
        case .areasOutOfOrder: Saying("setUp.areasOutOfOrder", field: "areas")
        }
    }
}

/// Keeps the digest of a new one-time code; the one before no longer opens.
struct OfferSetUp: ChangingUseCase {
    static let needs = Permission.manageStations
    var target: Target { .nobody }
    var code: Secret

    func perform(in work: Work) throws -> Nothing {
        guard try SeeSetUp().perform(in: work).isNew else { throw SetUpRefused.alreadyDone }
        try work.tx.execute(
            """
            INSERT INTO setup_code (id, digest) VALUES (1, \(Keys.tokenDigest(code.reveal)))
            ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, used_at = NULL
            """)
        return Nothing()
    }
}

/// Whether a code opens the set-up; uses nothing up.
struct TrySetUpCode: ReadingUseCase {
    static let needs = Permission.visit
    static let effect = Effect.reads
    var target: Target { .nobody }
    var code: Secret

    func perform(in work: Work) throws -> Nothing {
        guard try SeeSetUp().perform(in: work).isNew else { throw SetUpRefused.alreadyDone }
        let open = try work.tx.first(
            """
            SELECT 1 AS found FROM setup_code
            WHERE id = 1 AND used_at IS NULL AND digest = \(Keys.tokenDigest(SetUp.plain(code.reveal)))
            """)
        guard open != nil else { throw SetUpRefused.wrongCode }
        return Nothing()
    }
}

/// Names the places and the first system administrator, once, with the code
/// that `guitu serve` printed in the terminal.
///
/// The administrator then names the security and the audit administrator
/// (`NameAdministrator`); before that nobody is taken in.
struct SetUp: ChangingUseCase {
    static let needs = Permission.visit
    var target: Target { .nobody }
    var code: Secret
    var areas: [AreaDraft]
    var station: StationDraft?
    var login: String
    var name: String
    var password: Protected

    func perform(in work: Work) throws -> SetUpDone {
        // The row is the lock: of two visitors with one code the second waits
        // here and then finds it used.
        let used = try work.tx.execute(
            """
            UPDATE setup_code SET used_at = \(work.now)
            WHERE id = 1 AND used_at IS NULL AND digest = \(Keys.tokenDigest(SetUp.plain(code.reveal)))
            """)
        guard try SeeSetUp().perform(in: work).isNew else { throw SetUpRefused.alreadyDone }
        guard used == 1 else { throw SetUpRefused.wrongCode }

        var form = FormCheck()
        let login = form.login(login, "login")
        let name = form.text(name, "name", limit: 40, required: true)
        try form.finish()
        guard let top = areas.first ?? station?.area,
            zip(areas, areas.dropFirst()).allSatisfy({ $0.level < $1.level }),
            areas.allSatisfy({ $0.level != .station })
        else { throw SetUpRefused.areasOutOfOrder }

        var parent: Area.ID?
        if top.level != .ministry {
            // The tree has one root whoever comes first.
            parent = try work.areas.insert(.ministry(from: top.validFrom), under: nil)
        }
        var home: Area.ID?
        for area in areas {
            let made = try SetUp.about(area.level) { try work.areas.insert(area, under: parent) }
            home = home ?? made
            parent = made
        }
        var stationID: Area.ID?
        if let station, let parent {
            let made = try SetUp.about(.station) { try work.areas.insert(station, under: parent) }
            home = home ?? made
            stationID = made
        }
        guard let home,
            let account = try work.accounts.insert(
                login: login, name: name, home: home, password: password.bytes, mustChange: false)
        else { throw SetUpRefused.alreadyDone }
        try work.accounts.grant(.systemAdministrator, at: home, to: account)
        try work.emit(.accountMade, about: .account(account), in: home, ["by": "set-up"])
        return SetUpDone(account: account, home: home, station: stationID)
    }

    /// Several areas stand in one form: what is wrong with one is said beside
    /// its own fields, `city.code` or `station.address`.
    private static func about<Made>(_ level: Area.Level, _ body: () throws -> Made) throws -> Made {
        func placed(_ sayings: [Saying]) -> InvalidFields {
            InvalidFields(
                sayings.map { saying in
                    Saying(
                        saying.key, saying.arguments,
                        field: saying.field.map { "\(level.rawValue).\($0)" })
                })
        }
        do {
            return try body()
        } catch let invalid as InvalidFields {
            throw placed(invalid.fields)
        } catch let refused as AreaRefused {
            throw placed([refused.saying])
        }
    }

    /// As typed from a terminal: blanks, hyphens and case do not matter.
    static func plain(_ code: String) -> String {
        TextNormalizer.plain(code).lowercased().filter { $0.isLetter || $0.isNumber }
    }
}

public struct SetUpDone: Codable, Sendable, Equatable {
    public var account: Account.ID
    /// The area the administrator keeps.
    public var home: Area.ID
    public var station: Area.ID?
}

public struct SetUpRequest: Sendable {
    public var code: Secret
    /// From the top down, without the ministry if a province or less.
    public var areas: [AreaDraft]
    public var station: StationDraft?
    public var login: String
    public var name: String
    public var password: Secret

    public init(
        code: Secret, areas: [AreaDraft], station: StationDraft?, login: String, name: String,
        password: Secret
    ) {
        self.code = code
        self.areas = areas
        self.station = station
        self.login = login
        self.name = name
        self.password = password
    }
}

extension Workplace {
    /// The code for the first visitor, or nil when there are accounts already.
    ///
    /// `guitu serve` prints it at start; a later start makes a new one.
    public func offerSetUp() async throws -> Secret? {
        guard try await perform(SeeSetUp(), as: .visitor).isNew else { return nil }
        let digits = Array("0123456789abcdefghjkmnpqrstvwxyz")
        var random = SystemRandomNumberGenerator()
        let plain = (0..<16).map { _ in
            String(digits[Int.random(in: 0..<32, using: &random)])
        }.joined()
        do {
            try await perform(OfferSetUp(code: Secret(plain)), as: .program(reason: "serve"))
        } catch Ending.refused(is SetUpRefused) {
            return nil
        }
        let groups = stride(from: 0, to: 16, by: 4).map {
            String(plain.dropFirst($0).prefix(4))
        }
        return Secret(groups.joined(separator: "-"))
    }

    public func setUp(_ request: SetUpRequest) async throws -> SetUpDone {
        // Before the costly hashing: who has no code keeps no thread of the
        // pool busy. The change itself asks again, and uses the code up.
        _ = try await perform(TrySetUpCode(code: request.code), as: .visitor)
        if let failure = PasswordRules.failure(of: request.password, login: request.login) {
            throw Ending.refused(InvalidFields([failure.saying(field: "password")]))
        }
        let record = try await passwords.hash(request.password)
        return try await perform(
            SetUp(
                code: request.code, areas: request.areas, station: request.station,
                login: request.login, name: request.name, password: .init(record)),
            as: .visitor)
    }
}

/// Names the security or the audit administrator of an area that has none.
///
/// Only for that: once somebody holds the role, the security administrator
/// decides who else does. Use `Workplace.nameAdministrator`.
struct NameAdministrator: ChangingUseCase {
    static let needs = Permission.manageStations
    var target: Target { .area(area) }
    var area: Area.ID
    var role: Role
    var login: String
    var name: String
    var password: Protected

    enum Failure: Refusal, Equatable {
        case alreadyNamed(Role)
        case notSuchARole

        var saying: Saying {
            switch self {
            case .alreadyNamed: Saying("setUp.alreadyNamed")
            case .notSuchARole: Saying("setUp.notSuchARole", field: "role")
            }
        }
    }

    func perform(in work: Work) throws -> Account.ID {
        guard role == .securityAdministrator || role == .auditAdministrator else {
            throw Failure.notSuchARole
        }
        var form = FormCheck()
        let login = form.login(login, "login")
        let name = form.text(name, "name", limit: 40, required: true)
        try form.finish()
        // The area's row first: two who name at once do it one after the other.
        try work.areas.lock(area)
        guard try !work.accounts.hasHolder(of: role, over: area) else {
            throw Failure.alreadyNamed(role)
        }
        guard
            let id = try work.accounts.insert(
                login: login, name: name, home: area, password: password.bytes, mustChange: true)
        else { throw AccountRefused.loginTaken }
        try work.accounts.grant(role, at: area, to: id)
        try work.emit(.accountMade, about: .account(id), in: area, ["roles": role.rawValue])
        return id
    }
}

/// Which administrators an area still lacks.
public struct SeeStaffing: ReadingUseCase {
    public static let needs = Permission.manageStations
    public static let effect = Effect.reads
    public var target: Target { .area(area) }
    public var area: Area.ID
    public init(area: Area.ID) { self.area = area }

    /// Of security and audit administrator, those nobody holds.
    public func perform(in work: Work) throws -> [Role] {
        try [Role.securityAdministrator, .auditAdministrator].filter {
            try !work.accounts.hasHolder(of: $0, over: area)
        }
    }
}

extension Workplace {
    public func nameAdministrator(
        _ role: Role, of area: Area.ID, login: String, name: String, as actor: Actor,
        key: IdempotencyKey? = nil
    ) async throws -> OneTimePassword {
        let password = keys.oneTimePassword(for: key, as: actor)
        let record = try await passwords.hash(password)
        let id = try await perform(
            NameAdministrator(
                area: area, role: role, login: login, name: name, password: .init(record)),
            as: actor, key: key)
        return try await oneTime(password, record, of: id)
    }
}
