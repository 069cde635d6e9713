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
    /// Those and every area above them.
    public var above: Set<Area.ID>
    public var reach: Reach

    public init(areas: [Area.ID], above: Set<Area.ID>, reach: Reach = .subtree) {
        self.areas = areas
        self.above = above
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
        if let question { return try holding(from: try tx.rows(question)) }
        guard case .attachment(let id) = self else { return Holding(areas: [], above: []) }
        guard
            let row = try tx.first("SELECT subject_kind, subject FROM attachment WHERE id = \(id)")
        else { return nil }
        let kind: String = try row["subject_kind"]
        let subject: Target =
            kind == "person" ? .person(try row["subject"]) : .report(try row["subject"])
        return try subject.holding(in: tx)
    }

    /// What `holding` asks, where one question is enough, so that it can travel
    /// with others: a row for each area at or above the holder.
    var question: SQL? {
        switch self {
        case .nobody, .ownAreas, .attachment: nil
        case .area(let id):
            "SELECT area AS holder, ancestor FROM area_ancestor WHERE area = \(id)"
        case .person(let id):
            """
            SELECT p.holder, p.protection, up.ancestor
            FROM person p JOIN area_ancestor up ON up.area = p.holder WHERE p.id = \(id)
            """
        case .episode(let id):
            """
            SELECT p.holder, p.protection, up.ancestor
            FROM episode e JOIN person p ON p.id = e.person
            JOIN area_ancestor up ON up.area = p.holder WHERE e.id = \(id)
            """
        case .bed(let id):
            """
            SELECT b.station AS holder, up.ancestor
            FROM bed b JOIN area_ancestor up ON up.area = b.station WHERE b.id = \(id)
            """
        case .request(let id):
            """
            SELECT r.station AS holder, r.consent, r.officer, p.protection, up.ancestor
            FROM tracing_request r JOIN person p ON p.id = r.person
            JOIN area_ancestor up ON up.area = r.station WHERE r.id = \(id)
            """
        case .report(let id):
            """
            SELECT m.holder, up.ancestor
            FROM missing_report m JOIN area_ancestor up ON up.area = m.holder WHERE m.id = \(id)
            """
        case .candidate(let id):
            """
            SELECT r.station AS holder, r.consent, r.officer, p.protection,
                m.holder AS other_holder, up.ancestor
            FROM candidate c
            JOIN tracing_request r ON r.id = c.request
            JOIN person p ON p.id = r.person
            JOIN missing_report m ON m.id = c.report
            JOIN area_ancestor up ON up.area IN (r.station, m.holder)
            WHERE c.id = \(id)
            """
        case .account(let id):
            """
            SELECT a.home AS holder, up.ancestor
            FROM account a JOIN area_ancestor up ON up.area = a.home WHERE a.id = \(id)
            """
        }
    }

    /// Reads the answer to `question`.
    func holding(from rows: [Row]) throws -> Holding? {
        guard let row = rows.first else { return nil }
        let holder: Area.ID = try row["holder"]
        let above = Set(try rows.map { try $0["ancestor"] as Area.ID })
        switch self {
        case .person, .episode:
            // A protected person is cared for like anyone in the station; no
            // office above it sees who it is.
            let protection: Protection = try row["protection"]
            return Holding(
                areas: [holder], above: above, reach: protection == .none ? .subtree : .holderOnly)
        case .request, .candidate:
            let reach = reach(
                consent: try row["consent"], protection: try row["protection"],
                officer: try row["officer"])
            var areas = [holder]
            if case .candidate = self, reach == .subtree { areas.append(try row["other_holder"]) }
            return Holding(areas: areas, above: above, reach: reach)
        case .nobody, .ownAreas, .attachment, .area, .bed, .report, .account:
            return Holding(areas: [holder], above: above)
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
