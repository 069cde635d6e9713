import GuituModel
import GuituStore

/// Adds something that somebody said or that was seen; nothing is overwritten.
public struct AddObservation: ChangingUseCase {
    public static let needs = Permission.describePerson
    public var target: Target { .person(person) }
    public var person: Person.ID
    public var kind: ObservationKind
    public var value: String
    public var source: ObservationSource
    public var certainty: Certainty
    public var observed: PartialDay?
    public var occurredAt: Instant?

    public init(
        person: Person.ID, kind: ObservationKind, value: String, source: ObservationSource,
        certainty: Certainty, observed: PartialDay? = nil, occurredAt: Instant? = nil
    ) {
        self.person = person
        self.kind = kind
        self.value = value
        self.source = source
        self.certainty = certainty
        self.observed = observed
        self.occurredAt = occurredAt
    }

    public func perform(in work: Work) throws -> Observation.ID {
        var form = FormCheck()
        let value = form.text(value, "value", limit: 2000, required: true, lines: true)
        if kind == .height, !(Int(value).map { (30...250).contains($0) } ?? false) {
            form.fail("value", "observation.height")
        }
        try form.finish()
        let id = try work.observations.add(
            kind: kind, value: value, of: person, source: source, certainty: certainty,
            observed: observed, occurredAt: occurredAt ?? work.now)
        try work.rankAgain(person)
        try work.emit(
            .observationAdded, about: .person(person), in: work.holder, ["kind": kind.rawValue])
        return id
    }
}

extension Work {
    /// New evidence: what was ranked with less is ranked again.
    func rankAgain(_ person: Person.ID) throws {
        guard
            let request = try tx.first(
                """
                SELECT id, consent FROM tracing_request
                WHERE person = \(person) AND closed_at IS NULL
                """), (try request["consent"] as ConsentToTracing) != .refused
        else { return }
        try enqueueRanking(of: try request["id"])
    }
}

/// Marks an observation as mistaken; it stays readable, with the reason.
public struct RetractObservation: ChangingUseCase {
    public static let needs = Permission.describePerson
    public var target: Target { .person(person) }
    public var person: Person.ID
    public var observation: Observation.ID
    public var reason: String

    public init(person: Person.ID, observation: Observation.ID, reason: String) {
        self.person = person
        self.observation = observation
        self.reason = reason
    }

    public func perform(in work: Work) throws -> Nothing {
        var form = FormCheck()
        let reason = form.text(reason, "reason", limit: 500, required: true, lines: true)
        try form.finish()
        let changed = try work.tx.execute(
            """
            UPDATE observation SET retracted_at = \(work.now), retracted_by = \(work.viewer.label),
                retraction_reason = \(reason)
            WHERE id = \(observation) AND person = \(person) AND retracted_at IS NULL
            """)
        guard changed == 1 else { throw Ending.notFound }
        return Nothing()
    }
}

/// Corrects what lists and engines use of a person. The editor names the
/// version seen; the second of two editors sees both texts.
public struct CorrectPerson: ChangingUseCase {
    public static let needs = Permission.describePerson
    public var target: Target { .person(person) }
    public var person: Person.ID
    public var version: Int
    public var name: String
    public var nameCertainty: NameCertainty
    public var sex: Sex
    public var birth: PartialDay?
    public var communication: Communication
    /// Empty leaves the number on file.
    public var identityNumber: String

    public init(
        person: Person.ID, version: Int, name: String, nameCertainty: NameCertainty, sex: Sex,
        birth: PartialDay?, communication: Communication, identityNumber: String = ""
    ) {
        self.person = person
        self.version = version
        self.name = name
        self.nameCertainty = nameCertainty
        self.sex = sex
        self.birth = birth
        self.communication = communication
        self.identityNumber = identityNumber
    }

    public enum Failure: Refusal, Equatable {
        /// They lie in a room of the sex on file; move them first.
        case bedOfOtherSex
        public var saying: Saying { Saying("person.bedOfOtherSex", field: "sex") }
    }

    public func perform(in work: Work) throws -> Nothing {
        var form = FormCheck()
        let name = form.text(name, "name", limit: 60, required: true)
        let identity = form.identity(identityNumber, "identityNumber")
        try form.finish()
        guard
            let before = try work.tx.first(
                """
                SELECT name, name_certainty, sex, birth, communication FROM person
                WHERE id = \(person)
                """)
        else { throw Ending.notFound }
        if try before["sex"] != sex,
            try work.tx.first(
                """
                SELECT s.id FROM bed_stay s JOIN episode e ON e.id = s.episode
                WHERE e.person = \(person) AND s.until_at IS NULL AND s.kind <> 'single'
                """) != nil
        {
            throw Failure.bedOfOtherSex
        }
        try work.expectOne(
            try work.tx.execute(
                """
                UPDATE person SET name = \(name), name_certainty = \(nameCertainty),
                    pinyin = \(PinyinSortKey.of(name)), sex = \(sex), birth = \(birth),
                    birth_from = \(birth?.earliest), birth_until = \(birth?.latest),
                    communication = \(communication), version = version + 1
                WHERE id = \(person) AND version = \(version)
                """)
        ) {
            [
                "name": try before["name"], "nameCertainty": try before["name_certainty"],
                "sex": try before["sex"], "birth": try before["birth"] ?? "",
                "communication": try before["communication"],
            ]
        }
        if let identity {
            let sealed = try work.sealIdentity(identity, table: "person", row: person.text)
            try work.tx.execute(
                """
                UPDATE person SET identity_kind = \(IdentityDocumentKind.residentCard),
                    identity_number = \(sealed.sealed), identity_digest = \(sealed.digest)
                WHERE id = \(person)
                """)
        }
        try work.reindex(name, kind: "person", id: person.text)
        try work.emit(.personCorrected, about: .person(person), in: work.holder)
        return Nothing()
    }
}

/// Reads one masked value in full, for a reason that the trail keeps.
public struct Unmask: ChangingUseCase {
    public static let needs = Permission.unmask
    public var target: Target { subject }

    public enum Value: String, Codable, Sendable {
        case identityNumber = "identity-number"
        case name
        case reporterPhone = "reporter-phone"
    }

    public var subjectID: String
    public var value: Value
    public var reason: String

    /// `value` is one of a person's own: the identity number or, for an office
    /// above, the name.
    public init(person: Person.ID, _ value: Value = .identityNumber, reason: String) {
        subjectID = person.text
        self.value = value
        self.reason = reason
    }

    public init(report: MissingReport.ID, reason: String) {
        subjectID = report.text
        value = .reporterPhone
        self.reason = reason
    }

    private var subject: Target {
        switch value {
        // An id is well formed here: only the two initialisers make one.
        case .identityNumber, .name: Person.ID(subjectID).map { .person($0) } ?? .nobody
        case .reporterPhone: MissingReport.ID(subjectID).map { .report($0) } ?? .nobody
        }
    }

    /// Not kept beside an idempotency key: `Answer` encodes as nothing.
    public struct Plain: Codable, Sendable {
        public var text: String
        public init(text: String) { self.text = text }
        public init(from decoder: any Decoder) throws { text = "" }
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode("")
        }
    }

    public func perform(in work: Work) throws -> Plain {
        var form = FormCheck()
        let reason = form.text(reason, "reason", limit: 500, required: true, lines: true)
        try form.finish()
        guard let plain = try plain(work) else { throw Ending.notFound }
        try work.tx.execute(
            """
            INSERT INTO unmasking (id, subject, value, reason, account, at)
            VALUES (\(work.newID() as ID<Unmask>), \(subjectID), \(value.rawValue), \(reason),
                \(work.viewer.label), \(work.now))
            """)
        try work.emit(.unmasked, about: target, in: work.holder, ["value": value.rawValue])
        return Plain(text: plain)
    }

    private func plain(_ work: Work) throws -> String? {
        let sealed: [UInt8]?
        let place: Keys.Place
        switch value {
        case .name:
            return try work.tx.first("SELECT name FROM person WHERE id = \(subjectID)")?["name"]
        case .identityNumber:
            sealed = try work.tx.first(
                "SELECT identity_number FROM person WHERE id = \(subjectID)")?["identity_number"]
            place = .init(table: "person", column: "identity_number", row: subjectID)
        case .reporterPhone:
            sealed = try work.tx.first(
                "SELECT reporter_phone FROM missing_report WHERE id = \(subjectID)")?[
                    "reporter_phone"]
            place = .init(table: "missing_report", column: "reporter_phone", row: subjectID)
        }
        return try sealed.map { try work.keys.openText($0, from: place) }
    }
}

/// Says that two files may be one human being. Both stay as they are.
public struct LinkFiles: ChangingUseCase {
    public static let needs = Permission.describePerson
    public var target: Target { .person(person) }
    public var person: Person.ID
    public var other: Person.ID
    public var reason: String

    public init(person: Person.ID, other: Person.ID, reason: String) {
        self.person = person
        self.other = other
        self.reason = reason
    }

    public enum Failure: Refusal, Equatable {
        case sameFile
        case alreadyLinked

        public var saying: Saying {
            switch self {
            case .sameFile: Saying("link.sameFile", field: "other")
            case .alreadyLinked: Saying("link.alreadyLinked", field: "other")
            }
        }
    }

    public func perform(in work: Work) throws -> ID<PersonLink> {
        var form = FormCheck()
        let reason = form.text(reason, "reason", limit: 500, required: true, lines: true)
        try form.finish()
        guard person != other else { throw Failure.sameFile }
        // The other file must be one this person may see, or it does not exist.
        _ = try work.viewer.authorise(Self.needs, on: .person(other), in: work.tx)
        let (one, two) = person < other ? (person, other) : (other, person)
        let id: ID<PersonLink> = work.newID()
        let inserted = try work.tx.execute(
            """
            INSERT INTO person_link (id, one, other, reason, linked_at, linked_by)
            VALUES (\(id), \(one), \(two), \(reason), \(work.now), \(work.viewer.label))
            ON CONFLICT DO NOTHING
            """)
        guard inserted == 1 else { throw Failure.alreadyLinked }
        try work.emit(.filesLinked, about: .person(person), in: work.holder, ["other": other.text])
        return id
    }
}

/// Undoes a link, with the reason kept.
public struct UnlinkFiles: ChangingUseCase {
    public static let needs = Permission.describePerson
    public var target: Target { .person(person) }
    public var person: Person.ID
    public var link: ID<PersonLink>
    public var reason: String

    public init(person: Person.ID, link: ID<PersonLink>, reason: String) {
        self.person = person
        self.link = link
        self.reason = reason
    }

    public func perform(in work: Work) throws -> Nothing {
        var form = FormCheck()
        let reason = form.text(reason, "reason", limit: 500, required: true, lines: true)
        try form.finish()
        let changed = try work.tx.execute(
            """
            UPDATE person_link SET unlinked_at = \(work.now), unlinked_by = \(work.viewer.label),
                unlink_reason = \(reason)
            WHERE id = \(link) AND (one = \(person) OR other = \(person)) AND unlinked_at IS NULL
            """)
        guard changed == 1 else { throw Ending.notFound }
        try work.emit(.filesUnlinked, about: .person(person), in: work.holder)
        return Nothing()
    }
}
