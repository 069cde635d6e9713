import GuituModel

/// What somebody may do; every use-case names exactly one.
public enum Permission: String, CaseIterable, Sendable {
    /// Sign in, change one's own password, read one's own notifications: every
    /// account, and for a few pages every visitor.
    case useOwnAccount
    case visit
    case registerArrival
    case seePeople
    /// Add what was said or seen, correct and link files.
    case describePerson
    case unmask
    case giveBed
    case seeBeds
    case keepBelongings
    case openTracing
    case decideConsent
    case protect
    case seeTracing
    case registerMissing
    case importMissing
    case seeMissing
    case seeCandidates
    case decideCandidate
    case depart
    case attach
    case seeIndicators
    case manageStations
    case manageAccounts
    case seeAccounts
    case seeJobs
    /// Take a sealed copy of everything; the copy opens only with the key ring.
    case backUp
    case readAudit
    /// Record the document that lets an office keep a library of profiles.
    case enableLibrary
    /// Whether that library is on, and how much is in it.
    case seeLibrary
    /// Import, compare and decide in the library: the only one that sees typings.
    case laboratory
    /// Who asked the library what, and why.
    case readLedger

    /// The table of roles, as one place to read and to question.
    ///
    /// None of the three administrators reads cases: who can create accounts
    /// cannot look at people, and who checks the trail cannot change anything.
    public static func of(_ role: Role) -> Set<Permission> { byRole[role] ?? [] }

    // Made once: a page asks some thirty times.
    private static let byRole = Dictionary(
        uniqueKeysWithValues: Role.allCases.map { ($0, granted(to: $0)) })

    private static func granted(to role: Role) -> Set<Permission> {
        switch role {
        case .reception:
            [
                .registerArrival, .seePeople, .describePerson, .unmask, .giveBed, .seeBeds,
                .keepBelongings,
                .openTracing, .decideConsent, .seeTracing, .registerMissing, .seeMissing, .depart,
                .attach,
            ]
        case .carer:
            [.seePeople, .describePerson, .giveBed, .seeBeds, .keepBelongings, .attach]
        case .tracingOfficer:
            [
                .seePeople, .describePerson, .unmask, .openTracing, .decideConsent, .seeTracing,
                .registerMissing,
                .importMissing, .seeMissing, .seeCandidates, .decideCandidate, .attach, .seeBeds,
            ]
        case .safetyOfficer:
            [.seeBeds]
        case .director:
            [
                .registerArrival, .seePeople, .describePerson, .unmask, .giveBed, .seeBeds,
                .keepBelongings,
                .openTracing, .decideConsent, .protect, .seeTracing, .registerMissing,
                .importMissing, .seeMissing, .seeCandidates, .decideCandidate, .depart, .attach,
                .seeIndicators,
            ]
        case .official:
            [.seePeople, .unmask, .seeBeds, .seeTracing, .seeMissing, .seeIndicators]
        case .supervisor:
            [.seeIndicators]
        case .laboratoryOfficer:
            [.laboratory, .seeLibrary, .readLedger]
        case .systemAdministrator:
            [.manageStations, .seeJobs, .backUp, .enableLibrary, .seeLibrary]
        case .securityAdministrator:
            [.manageAccounts, .seeAccounts]
        case .auditAdministrator:
            [.readAudit, .seeAccounts, .seeLibrary, .readLedger]
        }
    }
}
