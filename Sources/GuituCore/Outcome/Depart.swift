import GuituModel
import GuituRules
import GuituStore

/// Somebody leaves: on their own, with their family, escorted, placed.
///
/// Nobody leaves while the station still keeps their belongings (IN-14). Family
/// collects only after the relative's identity was checked (DE-05), and a
/// person found by tracing only after two officers confirmed whose they are
/// (TR-09). A capable adult is asked first.
public struct Depart: ChangingUseCase {
    public static let needs = Permission.depart
    public var target: Target { .episode(episode) }

    public struct Collector: Codable, Sendable, Equatable {
        public var name: String
        public var relation: String
        public var identityNumber: String
        /// The clerk compared the card with the face.
        public var identityChecked: Bool
        public init(name: String, relation: String, identityNumber: String, identityChecked: Bool) {
            self.name = name
            self.relation = relation
            self.identityNumber = identityNumber
            self.identityChecked = identityChecked
        }
    }

    public var episode: ReliefEpisode.ID
    public var kind: DepartureKind
    public var leftAt: Instant
    public var destination = ""
    public var collector: Collector?
    /// The confirmed candidate whose report the family filed. Nil: the one that
    /// two officers confirmed, if the person is being traced; the desk that lets
    /// them go may not look at candidates.
    public var candidate: Candidate.ID?
    /// The person was asked and agrees; true also where a guardian decides.
    public var agreed = false
    public var notes = ""

    public init(episode: ReliefEpisode.ID, kind: DepartureKind, leftAt: Instant) {
        self.episode = episode
        self.kind = kind
        self.leftAt = leftAt
    }

    public enum Failure: Refusal, Equatable {
        case episodeEnded
        case belongingsLeft(count: Int)
        case notConfirmed
        /// Being traced, and has not agreed to be found.
        case consentMissing
        /// The report was found or withdrawn meanwhile: whose family is this?
        case reportClosed
        case identityNotChecked
        case notAsked
        case tooYoung
        case inTheFuture
        case beforeArrival
        /// Being found is a danger to them: a director lets them go.
        case directorDecides
        case candidateOfAnother
        /// Their search ended without two officers' confirmation.
        case directorHandsOver

        public var saying: Saying {
            switch self {
            case .episodeEnded: Saying("bed.episodeEnded")
            case .belongingsLeft(let count): Saying("depart.belongingsLeft", ["count": "\(count)"])
            case .notConfirmed: Saying("depart.notConfirmed", field: "candidate")
            case .consentMissing: Saying("tracing.consentMissing", field: "candidate")
            case .reportClosed: Saying("candidate.reportClosed", field: "candidate")
            case .identityNotChecked: Saying("depart.identityNotChecked", field: "identityChecked")
            case .notAsked: Saying("depart.notAsked", field: "agreed")
            case .tooYoung: Saying("depart.tooYoung", field: "kind")
            case .inTheFuture: Saying("whereabouts.inTheFuture", field: "leftAt")
            case .beforeArrival: Saying("whereabouts.tooEarly", field: "leftAt")
            case .directorDecides: Saying("depart.directorDecides")
            case .directorHandsOver: Saying("depart.directorHandsOver", field: "kind")
            case .candidateOfAnother: Saying("depart.candidateOfAnother", field: "candidate")
            }
        }
    }

    public func perform(in work: Work) throws -> Nothing {
        var form = FormCheck()
        let destination = form.text(self.destination, "destination", limit: 200)
        let notes = form.text(self.notes, "notes", limit: 2000, lines: true)
        var identity: IdentityNumber?
        var name = ""
        var relation = ""
        if kind == .familyCollects {
            name = form.text(collector?.name ?? "", "collectorName", limit: 60, required: true)
            relation = form.text(
                collector?.relation ?? "", "collectorRelation", limit: 40, required: true)
            identity = form.identity(collector?.identityNumber ?? "", "collectorIdentity")
            if identity == nil, (collector?.identityNumber ?? "").isEmpty {
                form.fail("collectorIdentity", "field.required")
            }
        }
        try form.finish()

        let stay = try work.beds.lockStay(episode)
        guard !stay.ended else { throw Failure.episodeEnded }
        guard leftAt <= work.now.adding(.seconds(300)) else { throw Failure.inTheFuture }
        guard stay.since <= leftAt else { throw Failure.beforeArrival }
        let person = try work.tx.first(
            "SELECT protection, birth_from FROM person WHERE id = \(stay.person)")
        let protection: Protection = try person?["protection"] ?? .none
        if protection != .none, !work.viewer.directs(stay.station) { throw Failure.directorDecides }
        let day = leftAt.inChina.day
        if kind == .selfDeparture, let youngest: Day = try person?["birth_from"],
            day.isBefore(years: 16, after: youngest)
        {
            // DE-01: under sixteen for certain, even at the oldest they may be.
            throw Failure.tooYoung
        }
        var report: MissingReport.ID?
        if kind == .familyCollects {
            guard collector?.identityChecked == true else { throw Failure.identityNotChecked }
            guard agreed else { throw Failure.notAsked }
            report = try confirmedReport(of: stay.person, in: work)
        }
        let left = try work.belongings.inCustody(of: episode)
        guard left == 0 else { throw Failure.belongingsLeft(count: left) }

        if stay.bed != nil { try work.beds.free(episode, at: leftAt) }
        try work.intake.place(
            episode,
            PlaceOfStay(kind: kind == .placement ? .placed : .gone, place: destination.orNil),
            from: leftAt)
        try work.tx.execute("UPDATE episode SET ended_at = \(leftAt) WHERE id = \(episode)")
        let id: ID<Depart> = work.newID()
        let sealed = try identity.map {
            try work.keys.seal(
                $0.normalised,
                for: .init(table: "departure", column: "collector_identity", row: id.text))
        }
        let rule = kind == .familyCollects ? "DE-05" : "DE-01"
        try work.tx.execute(
            """
            INSERT INTO departure (id, episode, kind, left_at, destination, collector_name,
                collector_relation, collector_identity, identity_checked_by, report, notes, rule,
                recorded_at, recorded_by)
            VALUES (\(id), \(episode), \(kind), \(leftAt), \(destination.orNil), \(name.orNil),
                \(relation.orNil), \(sealed),
                \(kind == .familyCollects ? work.viewer.label : nil), \(report), \(notes.orNil),
                \(Rules.inForce(rule, on: day)?.reference ?? rule), \(work.now),
                \(work.viewer.label))
            """)
        if let report { try reunite(stay.person, with: report, in: work) }
        try work.emit(
            .departed, about: .episode(episode), in: stay.station, at: leftAt,
            ["kind": kind.rawValue])
        return Nothing()
    }

    /// The report of the confirmed candidate; refuses a person who is being
    /// traced and for whom nothing is confirmed.
    private func confirmedReport(of person: Person.ID, in work: Work) throws -> MissingReport.ID? {
        if let candidate {
            guard
                let row = try work.tx.first(
                    """
                    SELECT c.report, c.state, r.person, r.consent FROM candidate c
                    JOIN tracing_request r ON r.id = c.request WHERE c.id = \(candidate)
                    """)
            else { throw Ending.notFound }
            guard try row["person"] == person else { throw Failure.candidateOfAnother }
            guard try (row["consent"] as ConsentToTracing).allowsTracing else {
                throw Failure.consentMissing
            }
            guard try row["state"] == CandidateState.confirmed else { throw Failure.notConfirmed }
            return try row["report"]
        }
        guard
            let last = try work.tx.first(
                """
                SELECT c.report, r.consent, r.station, r.closed_at FROM tracing_request r
                LEFT JOIN candidate c ON c.request = r.id AND c.state = 'confirmed'
                WHERE r.person = \(person) ORDER BY r.opened_at DESC, r.id DESC LIMIT 1
                """)
        else { return nil }
        guard try (last["closed_at"] as Instant?) == nil else {
            // Searched for in vain, and now somebody comes: the one at the desk
            // could have ended that search themselves.
            guard work.viewer.directs(try last["station"]) else {
                throw Failure.directorHandsOver
            }
            return nil
        }
        guard try (last["consent"] as ConsentToTracing).allowsTracing else {
            throw Failure.consentMissing
        }
        let report: MissingReport.ID? = try last["report"]
        guard let report else { throw Failure.notConfirmed }
        return report
    }

    /// The search is over: whose they are is now known and on file.
    private func reunite(_ person: Person.ID, with report: MissingReport.ID, in work: Work) throws {
        guard let row = try work.tx.first("SELECT name FROM missing_report WHERE id = \(report)")
        else { throw Ending.notFound }
        let name: String = try row["name"]
        try work.tx.execute(
            """
            UPDATE person SET name = \(name), name_certainty = \(NameCertainty.verified),
                pinyin = \(PinyinSortKey.of(name)), version = version + 1 WHERE id = \(person)
            """)
        try work.reindex(name, kind: "person", id: person.text)
        try work.observations.add(
            kind: .name, value: name, of: person, source: .relative, certainty: .sure,
            observed: nil, occurredAt: leftAt)
        if let open = try work.tx.first(
            "SELECT id FROM tracing_request WHERE person = \(person) AND closed_at IS NULL")
        {
            try work.tracing.close(try work.tracing.lock(open["id"]), outcome: .reunited)
        }
        guard
            try work.tx.execute(
                """
                UPDATE missing_report SET state = \(ReportState.found), closed_at = \(work.now),
                    version = version + 1 WHERE id = \(report) AND state = 'open'
                """) == 1
        else { throw Failure.reportClosed }
        try work.emit(.missingClosed, about: .report(report), in: work.holder)
    }
}

extension Viewer {
    func directs(_ station: Area.ID) -> Bool {
        if case .program = kind { return true }
        return grants.contains { $0.role == .director && $0.area == station }
    }
}

extension Day {
    /// Whether this day comes before somebody born on `birth` turns `years`.
    /// Born on 29 February, they turn on 1 March of a common year.
    func isBefore(years: Int, after birth: Day) -> Bool {
        let (year, month, day) = birth.civil
        let turns =
            Day(year: year + years, month: month, day: day)
            ?? Day(year: year + years, month: 3, day: 1)
        return turns.map { self < $0 } ?? false
    }
}
