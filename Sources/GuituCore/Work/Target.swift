import GuituModel
import GuituStore

/// What a use-case acts on, named by what the caller knows: an id.
public enum Target: Sendable, Hashable {
    /// No record: signing in, one's own notifications.
    case nobody
    /// Everything in the areas where the actor holds the permission: lists.
    case ownAreas
    case area(Area.ID)
    case person(Person.ID)
    case episode(ReliefEpisode.ID)
    case bed(Bed.ID)
    case request(TracingRequest.ID)
    case report(MissingReport.ID)
    case candidate(Candidate.ID)
    case account(Account.ID)
    case attachment(Attachment.ID)

    /// The word and id an audit entry keeps.
    var label: (kind: String, id: String) {
        switch self {
        case .nobody: ("nobody", "")
        case .ownAreas: ("own-areas", "")
        case .area(let id): ("area", id.text)
        case .person(let id): ("person", id.text)
        case .episode(let id): ("episode", id.text)
        case .bed(let id): ("bed", id.text)
        case .request(let id): ("request", id.text)
        case .report(let id): ("report", id.text)
        case .candidate(let id): ("candidate", id.text)
        case .account(let id): ("account", id.text)
        case .attachment(let id): ("attachment", id.text)
        }
    }
}

/// Who holds a record and how far it may be seen.
public struct Holding: Sendable {
    /// The areas whose staff may act on it; a candidate has two, the holder of
    /// the person and the holder of the report.
    public var areas: [Area.ID]
    public var reach: Reach

    public init(areas: [Area.ID], reach: Reach = .subtree) {
        self.areas = areas
        self.reach = reach
    }
}

/// How far up the tree of areas a record is seen.
public enum Reach: Sendable, Equatable {
    /// The holder and every office above it.
    case subtree
    /// The holder only: a person who has not agreed to be searched for.
    case holderOnly
    /// The holder's directors and the officer named: a protected person.
    case namedOnly(officer: Account.ID?)
}

extension Target {
    /// Reads the holder and protection of the record, or nil if there is none.
    func holding(in tx: any Transaction) throws -> Holding? {
        switch self {
        case .nobody, .ownAreas:
            return Holding(areas: [])
        case .area(let id):
            return try tx.first("SELECT id FROM area WHERE id = \(id)").map { _ in
                Holding(areas: [id])
            }
        case .person(let id):
            return try tx.first("SELECT holder, protection FROM person WHERE id = \(id)").map {
                // A protected person is cared for like anyone in the station;
                // no office above it sees who it is.
                let protection: Protection = try $0["protection"]
                return Holding(
                    areas: [try $0["holder"]], reach: protection == .none ? .subtree : .holderOnly)
            }
        case .episode(let id):
            guard let row = try tx.first("SELECT person FROM episode WHERE id = \(id)") else {
                return nil
            }
            return try Target.person(row["person"]).holding(in: tx)
        case .bed(let id):
            return try tx.first("SELECT station FROM bed WHERE id = \(id)").map {
                Holding(areas: [try $0["station"]])
            }
        case .request(let id):
            return try tx.first(
                """
                SELECT r.station, r.consent, r.officer, p.protection
                FROM tracing_request r JOIN person p ON p.id = r.person WHERE r.id = \(id)
                """
            ).map {
                Holding(
                    areas: [try $0["station"]],
                    reach: reach(
                        consent: try $0["consent"], protection: try $0["protection"],
                        officer: try $0["officer"]))
            }
        case .report(let id):
            return try tx.first("SELECT holder FROM missing_report WHERE id = \(id)").map {
                Holding(areas: [try $0["holder"]])
            }
        case .candidate(let id):
            return try tx.first(
                """
                SELECT r.station, r.consent, r.officer, p.protection, m.holder
                FROM candidate c
                JOIN tracing_request r ON r.id = c.request
                JOIN person p ON p.id = r.person
                JOIN missing_report m ON m.id = c.report
                WHERE c.id = \(id)
                """
            ).map {
                let reach = reach(
                    consent: try $0["consent"], protection: try $0["protection"],
                    officer: try $0["officer"])
                let station: Area.ID = try $0["station"]
                let holder: Area.ID = try $0["holder"]
                return Holding(
                    areas: reach == .subtree ? [station, holder] : [station], reach: reach)
            }
        case .account(let id):
            return try tx.first("SELECT home FROM account WHERE id = \(id)").map {
                Holding(areas: [try $0["home"]])
            }
        case .attachment(let id):
            guard
                let row = try tx.first(
                    "SELECT subject_kind, subject FROM attachment WHERE id = \(id)")
            else { return nil }
            let kind: String = try row["subject_kind"]
            return kind == "person"
                ? try Target.person(row["subject"]).holding(in: tx)
                : try Target.report(row["subject"]).holding(in: tx)
        }
    }
}

extension Target {
    /// What somebody needs to look at it.
    var seenWith: Permission {
        switch self {
        case .nobody, .ownAreas, .area: .useOwnAccount
        case .person, .episode, .attachment: .seePeople
        case .bed: .seeBeds
        case .request: .seeTracing
        case .report: .seeMissing
        case .candidate: .seeCandidates
        case .account: .seeAccounts
        }
    }

    /// Whether this is `owner` itself or a part of it.
    func belongs(to owner: Target, in tx: any Transaction) throws -> Bool {
        if self == owner { return true }
        let label = owner.label
        switch (self, owner) {
        case (.episode(let id), .person(let person)):
            return try tx.first("SELECT id FROM episode WHERE id = \(id) AND person = \(person)")
                != nil
        case (.person(let person), .request(let id)):
            // What was heard of a person is corrected on the search's own page.
            return try tx.first(
                "SELECT id FROM tracing_request WHERE id = \(id) AND person = \(person)") != nil
        case (.bed(let id), .area(let station)):
            return try tx.first("SELECT id FROM bed WHERE id = \(id) AND station = \(station)")
                != nil
        case (.attachment(let id), .person), (.attachment(let id), .report):
            return try tx.first(
                """
                SELECT id FROM attachment
                WHERE id = \(id) AND subject_kind = \(label.kind) AND subject = \(label.id)
                """) != nil
        default: return false
        }
    }
}

/// Consent and protection decide how far a tracing request is seen.
func reach(consent: ConsentToTracing, protection: Protection, officer: Account.ID?) -> Reach {
    if protection != .none { return .namedOnly(officer: officer) }
    switch consent {
    case .agreed, .cannotDecide: return .subtree
    case .awaitingDecision, .refused: return .holderOnly
    }
}
