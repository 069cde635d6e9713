import GuituModel
import GuituStore

extension Work {
    var people: PersonStore { PersonStore(work: self) }
    var observations: ObservationStore { ObservationStore(work: self) }
}

struct PersonRecord {
    var id: Person.ID
    var holder: Area.ID
    var name: String
    var nameCertainty: NameCertainty
    var sex: Sex
    var birth: PartialDay?
    var communication: Communication
    var identityNumber: IdentityNumber?
}

struct PersonStore {
    let work: Work

    func exists(_ id: Person.ID) throws -> Bool {
        try work.tx.first("SELECT id FROM person WHERE id = \(id)") != nil
    }

    func insert(_ person: PersonRecord) throws {
        let identity = try person.identityNumber.map {
            try work.sealIdentity($0, table: "person", row: person.id.text)
        }
        try work.tx.send(
            """
            INSERT INTO person (id, holder, name, name_certainty, pinyin, sex, birth, birth_from,
                birth_until, communication, identity_kind, identity_number, identity_digest,
                protection, recorded_at, recorded_by, version)
            VALUES (\(person.id), \(person.holder), \(person.name), \(person.nameCertainty),
                \(PinyinSortKey.of(person.name)), \(person.sex), \(person.birth),
                \(person.birth?.earliest), \(person.birth?.latest), \(person.communication),
                \(identity == nil ? nil : IdentityDocumentKind.residentCard),
                \(identity?.sealed), \(identity?.digest), 'none', \(work.now), \(work.viewer.label), 1)
            """)
        try work.index(person.name, kind: "person", id: person.id.text)
    }

    func others(withIdentity number: IdentityNumber, than id: Person.ID) throws -> [Person.ID] {
        let digest = work.keys.searchDigest(number.normalised, kind: "identity")
        return try work.tx.rows(
            """
            SELECT p.id FROM person p WHERE p.identity_digest = \(digest) AND p.id <> \(id)
                AND \(work.viewer.peopleScope(.seePeople, person: "p")) ORDER BY p.id
            """
        ).map { try $0["id"] }
    }
}

struct ObservationStore {
    let work: Work

    @discardableResult
    func add(
        kind: ObservationKind, value: String, of person: Person.ID, source: ObservationSource,
        certainty: Certainty, observed: PartialDay?, occurredAt: Instant
    ) throws -> Observation.ID {
        let id: Observation.ID = work.newID()
        try work.tx.send(
            """
            INSERT INTO observation (id, person, kind, value, source, certainty, observed, occurred_at,
                recorded_at, recorded_by)
            VALUES (\(id), \(person), \(kind), \(value), \(source), \(certainty), \(observed),
                \(occurredAt), \(work.now), \(work.viewer.label))
            """)
        return id
    }
}

extension Work {
    /// An identity number as its column and its search column hold it.
    func sealIdentity(_ number: IdentityNumber, table: String, row: String) throws -> (
        sealed: [UInt8], digest: [UInt8]
    ) {
        (
            try keys.seal(
                number.normalised,
                for: .init(table: table, column: "identity_number", row: row)),
            keys.searchDigest(number.normalised, kind: "identity")
        )
    }

    /// Writes the search keys of a name that has none yet.
    func index(_ name: String, kind: String, id: String) throws {
        try tx.insert(
            into: "search_key", columns: ["key", "subject_kind", "subject"],
            rows: SearchKeys.of(name).sorted().map { [.text($0), .text(kind), .text(id)] })
    }

    /// Replaces the search keys of a name.
    func reindex(_ name: String, kind: String, id: String) throws {
        try tx.send("DELETE FROM search_key WHERE subject_kind = \(kind) AND subject = \(id)")
        try index(name, kind: kind, id: id)
    }
}
