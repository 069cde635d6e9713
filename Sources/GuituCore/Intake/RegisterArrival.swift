import GuituModel
import GuituRules
import GuituStore

/// Takes somebody in: who came, how, found where, how they are, what they carry.
///
/// Nothing about identity is required (IN-10: first relief, then who they are):
/// a person without a name becomes 无名氏 with the station's next number. What is
/// required is the initial check (IN-03) and, when somebody was brought, by whom
/// (IN-07). Everything said is kept as an observation as well.
public struct RegisterArrival: ChangingUseCase {
    public static let needs = Permission.registerArrival
    public var target: Target { .area(station) }

    public struct InitialCheck: Codable, Sendable, Equatable {
        public var condition: Condition
        public var notes: String
        public init(condition: Condition, notes: String = "") {
            self.condition = condition
            self.notes = notes
        }
    }

    /// Something a person brought, and who keeps it meanwhile.
    public struct Item: Codable, Sendable, Equatable {
        public var name: String
        public var quantity: Int
        public var keeping: Keeping
        public init(name: String, quantity: Int = 1, keeping: Keeping = .custody) {
            self.name = name
            self.quantity = quantity
            self.keeping = keeping
        }
    }

    public var station: Area.ID
    /// Given by a device that registered the arrival offline; else new.
    public var person: Person.ID?
    public var arrivedAt: Instant
    public var mode: ArrivalMode
    public var broughtBy = ""
    public var name = ""
    public var nameCertainty = NameCertainty.unknown
    public var sex: Sex
    public var birth: PartialDay?
    /// Who knows the age: `staff` guessed it by looking.
    public var birthSource = ObservationSource.staff
    public var identityNumber = ""
    public var foundPlace = ""
    public var foundOn: PartialDay?
    public var communication: Communication
    public var check: InitialCheck
    public var belongings: [Item] = []
    /// Written down more than `lateAfter` days later, and meant so: a mistyped
    /// year would stand in every figure.
    public var isLateEntry = false
    /// Asks at once that their family be searched for, and what they said to it.
    public var consent: ConsentToTracing?

    public init(
        station: Area.ID, arrivedAt: Instant, mode: ArrivalMode, sex: Sex,
        communication: Communication, check: InitialCheck
    ) {
        self.station = station
        self.arrivedAt = arrivedAt
        self.mode = mode
        self.sex = sex
        self.communication = communication
        self.check = check
    }

    public struct Arrived: Codable, Sendable, Equatable {
        public var person: Person.ID
        public var episode: ReliefEpisode.ID
        public var caseNumber: String
        public var request: TracingRequest.ID?
        /// Other files with the same identity number, to be looked at and linked.
        public var sameIdentity: [Person.ID]
    }

    public enum Failure: Refusal, Equatable {
        case notAStation
        /// The station was closed or merged; register at its successor.
        case stationRetired
        /// Security and audit administrators must be named before the first intake.
        case notStaffed
        case arrivalInTheFuture
        /// Long ago, and nobody said that this is meant.
        case arrivalLongAgo(days: Int)
        case idInUse

        public var saying: Saying {
            switch self {
            case .notAStation: Saying("intake.notAStation")
            case .stationRetired: Saying("intake.stationRetired")
            case .notStaffed: Saying("intake.notStaffed")
            case .arrivalInTheFuture: Saying("intake.arrivalInTheFuture", field: "arrivedAt")
            case .arrivalLongAgo(let days):
                Saying("intake.arrivalLongAgo", ["days": "\(days)"], field: "isLateEntry")
            case .idInUse: Saying("intake.idInUse")
            }
        }
    }

    /// Ours, not the law's: whoever is taken in is written down the same month.
    static let lateAfter = 31
    /// Before there were stations for relief.
    static let earliest = Day(daysSince1970: -7305)  // 1950-01-01

    public func perform(in work: Work) throws -> Arrived {
        let fields = try checked(on: work.today)
        guard try work.isStaffed() else { throw Failure.notStaffed }
        try Self.expect(arrivedAt, isLateEntry: isLateEntry, in: work)

        guard
            let place = try work.tx.first(
                """
                SELECT a.code, a.valid_until FROM station s JOIN area a ON a.id = s.area
                WHERE s.area = \(station)
                """)
        else { throw Failure.notAStation }
        let until: Day? = try place["valid_until"]
        if let until, until < arrivedAt.inChina.day { throw Failure.stationRetired }

        let id = person ?? work.newID()
        if person != nil, try work.people.exists(id) { throw Failure.idInUse }
        // From here to the commit no other arrival of this station can take a
        // number: what only has to be read was read before.
        let number = fields.name.isEmpty ? try work.intake.nextUnnamed(at: station) : nil
        let caseNumber = try work.intake.caseNumber(
            at: station, coded: place["code"], on: arrivedAt.inChina.day)

        let name = number.map { "无名氏\($0)" } ?? fields.name
        try work.people.insert(
            PersonRecord(
                id: id, holder: station, name: name,
                nameCertainty: number == nil ? nameCertainty : .alias, sex: sex,
                birth: fields.birth,
                communication: communication, identityNumber: fields.identity))
        let episode: ReliefEpisode.ID = work.newID()
        try work.intake.insert(
            EpisodeRecord(
                id: episode, person: id, station: station, caseNumber: caseNumber,
                arrivedAt: arrivedAt, mode: mode, broughtBy: fields.broughtBy,
                foundPlace: fields.foundPlace, foundOn: foundOn, condition: check.condition,
                conditionNotes: fields.notes,
                rule: Rules.inForce("IN-03", on: arrivedAt.inChina.day)?.reference ?? "IN-03"))
        // Somebody in danger goes to hospital first; their relief begins there.
        try work.intake.place(
            episode, .init(kind: check.condition == .urgent ? .hospital : .station, place: nil),
            from: arrivedAt)
        for item in fields.items { try work.belongings.keep(item, for: episode, at: arrivedAt) }
        try observe(id, fields, in: work)
        try work.emit(
            .arrivalRegistered, about: .person(id), in: station, at: arrivedAt,
            ["episode": episode.text, "mode": mode.rawValue, "condition": check.condition.rawValue])

        var request: TracingRequest.ID?
        if let consent {
            request = try work.tracing.open(
                for: id, at: station, consent: consent, reason: "", openedAt: arrivedAt)
        }
        let same =
            try fields.identity.map { try work.people.others(withIdentity: $0, than: id) } ?? []
        return Arrived(
            person: id, episode: episode, caseNumber: caseNumber, request: request,
            sameIdentity: same)
    }

    /// Refuses a moment at which nobody can have arrived, or that is unlikely
    /// and not said to be meant.
    static func expect(_ arrivedAt: Instant, isLateEntry: Bool, in work: Work) throws {
        // Five minutes for a desk clock that runs ahead.
        guard arrivedAt <= work.now.adding(.seconds(300)) else { throw Failure.arrivalInTheFuture }
        let day = arrivedAt.inChina.day
        let late = work.today.daysSince1970 - day.daysSince1970
        guard day >= earliest, late <= lateAfter || isLateEntry else {
            throw Failure.arrivalLongAgo(days: late)
        }
    }

    private struct Checked {
        var name: String
        var identity: IdentityNumber?
        var birth: PartialDay?
        var broughtBy: String
        var foundPlace: String
        var notes: String
        var items: [Item]
    }

    /// All fields at once, so that one answer names everything that is wrong.
    private func checked(on today: Day) throws -> Checked {
        var form = FormCheck()
        let name = form.text(self.name, "name", limit: 60)
        let brought = form.text(broughtBy, "broughtBy", limit: 200)
        if mode.isEscorted, brought.isEmpty { form.fail("broughtBy", "intake.broughtByMissing") }
        let place = form.text(foundPlace, "foundPlace", limit: 200)
        let notes = form.text(check.notes, "checkNotes", limit: 2000, lines: true)
        let identity = form.identity(identityNumber, "identityNumber")
        if let identity, identity.sex != sex, sex.isKnown {
            form.fail("sex", "intake.sexAgainstIdentity")
        }
        let birth = form.birth(birth, by: identity, on: today)
        form.past(foundOn, "foundOn", on: today)
        if belongings.count > 100 { form.fail("belongings", "intake.tooManyItems") }
        let items = belongings.map { item in
            if item.quantity < 1 || item.quantity > 9999 {
                form.fail("belongings", "intake.quantity")
            }
            return Item(
                name: form.text(item.name, "belongings", limit: 200, required: true),
                quantity: item.quantity, keeping: item.keeping)
        }
        try form.finish()
        return Checked(
            name: name, identity: identity, birth: birth, broughtBy: brought, foundPlace: place,
            notes: notes,
            items: items)
    }

    private func observe(_ id: Person.ID, _ fields: Checked, in work: Work) throws {
        var seen: [(ObservationKind, String)] = []
        if !fields.name.isEmpty { seen.append((.name, fields.name)) }
        if sex.isKnown { seen.append((.sex, sex.rawValue)) }
        if let birth = fields.birth { seen.append((.age, birth.said)) }
        if !fields.foundPlace.isEmpty { seen.append((.foundPlace, fields.foundPlace)) }
        if !fields.notes.isEmpty { seen.append((.condition, fields.notes)) }
        for (kind, value) in seen {
            let source: ObservationSource =
                switch kind {
                case .name where nameCertainty == .selfReported: .person
                case .age: birth == nil ? .document : birthSource
                default: .staff
                }
            try work.observations.add(
                kind: kind, value: value, of: id, source: source,
                certainty: .likely, observed: nil, occurredAt: arrivedAt)
        }
    }
}
