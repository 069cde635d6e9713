import GuituModel
import GuituRules
import GuituStore

/// Corrects how somebody came: when, how, by whom, found where, in what state.
///
/// What stood there before is kept with the reason; the case number stays. What
/// began with the arrival (where they are, things kept, the search) begins with
/// the corrected one.
public struct CorrectArrival: ChangingUseCase {
    public static let needs = Permission.registerArrival
    public var target: Target { .episode(episode) }
    public var episode: ReliefEpisode.ID
    /// Of the person's file, as seen.
    public var version: Int
    public var arrivedAt: Instant
    public var mode: ArrivalMode
    public var broughtBy = ""
    public var foundPlace = ""
    public var foundOn: PartialDay?
    public var check: RegisterArrival.InitialCheck
    /// As for an arrival: it was long ago, and that is meant.
    public var isLateEntry = false
    public var reason: String

    public init(
        episode: ReliefEpisode.ID, version: Int, arrivedAt: Instant, mode: ArrivalMode,
        check: RegisterArrival.InitialCheck, reason: String
    ) {
        self.episode = episode
        self.version = version
        self.arrivedAt = arrivedAt
        self.mode = mode
        self.check = check
        self.reason = reason
    }

    public enum Failure: Refusal, Equatable {
        /// A bed, another whereabouts or the departure came before.
        case laterThanWhatFollowed
        public var saying: Saying { Saying("arrival.laterThanWhatFollowed", field: "arrivedAt") }
    }

    private struct Stood {
        var person: Person.ID
        var arrivedAt: Instant
        var mode: ArrivalMode
        var broughtBy: String?
        var foundPlace: String?
        var foundOn: PartialDay?
        var condition: Condition
        var notes: String?
        /// The earliest of what followed; nil while nothing did.
        var followed: Instant?
    }

    public func perform(in work: Work) throws -> Nothing {
        var form = FormCheck()
        let brought = form.text(broughtBy, "broughtBy", limit: 200)
        if mode.isEscorted, brought.isEmpty { form.fail("broughtBy", "intake.broughtByMissing") }
        let place = form.text(foundPlace, "foundPlace", limit: 200)
        let notes = form.text(check.notes, "checkNotes", limit: 2000, lines: true)
        form.past(foundOn, "foundOn", on: work.today)
        let reason = form.text(reason, "reason", limit: 500, required: true, lines: true)
        try form.finish()

        _ = try work.beds.lockStay(episode)
        let stood = try stood(in: work)
        // A page shows minutes: the same minute is the same moment.
        let isSameMinute = arrivedAt.localMoment == stood.arrivedAt.localMoment
        let arrivedAt = isSameMinute ? stood.arrivedAt : arrivedAt
        // One that was long ago already needs no second asking.
        if arrivedAt != stood.arrivedAt {
            try RegisterArrival.expect(arrivedAt, isLateEntry: isLateEntry, in: work)
        }
        if let followed = stood.followed, followed < arrivedAt {
            throw Failure.laterThanWhatFollowed
        }
        try work.expectOne(
            try work.tx.execute(
                """
                UPDATE person SET version = version + 1
                WHERE id = \(stood.person) AND version = \(version)
                """)
        ) {
            [
                "arrivedAt": stood.arrivedAt.localMoment, "mode": stood.mode.rawValue,
                "broughtBy": stood.broughtBy ?? "", "foundPlace": stood.foundPlace ?? "",
                "foundOn": stood.foundOn?.said ?? "", "condition": stood.condition.rawValue,
                "checkNotes": stood.notes ?? "",
            ]
        }
        try work.tx.execute(
            """
            INSERT INTO arrival_correction (id, episode, arrived_at, arrival_mode, brought_by,
                found_place, found_on, condition, condition_notes, reason, recorded_at, recorded_by)
            SELECT \(work.newID() as ID<CorrectArrival>), id, arrived_at, arrival_mode, brought_by,
                found_place, found_on, condition, condition_notes, \(reason), \(work.now),
                \(work.viewer.label)
            FROM episode WHERE id = \(episode)
            """)
        try work.tx.execute(
            """
            UPDATE episode SET arrived_at = \(arrivedAt), arrival_mode = \(mode),
                brought_by = \(brought.orNil), found_place = \(place.orNil),
                found_on = \(foundOn), condition = \(check.condition),
                condition_notes = \(notes.orNil),
                rule = \(Rules.inForce("IN-03", on: arrivedAt.inChina.day)?.reference ?? "IN-03")
            WHERE id = \(episode)
            """)
        try move(stood, to: arrivedAt, in: work)
        for (kind, before, now) in [
            (ObservationKind.foundPlace, stood.foundPlace ?? "", place),
            (.condition, stood.notes ?? "", notes),
        ] where before != now {
            try retract(kind, before, of: stood.person, seenAt: arrivedAt, reason, in: work)
            guard !now.isEmpty else { continue }
            try work.observations.add(
                kind: kind, value: now, of: stood.person, source: .staff, certainty: .likely,
                observed: nil, occurredAt: arrivedAt)
        }
        try work.rankAgain(stood.person)
        try work.emit(
            .arrivalCorrected, about: .episode(episode), in: work.holder, at: arrivedAt,
            ["mode": mode.rawValue, "condition": check.condition.rawValue])
        return Nothing()
    }

    private func stood(in work: Work) throws -> Stood {
        guard
            let row = try work.tx.first(
                """
                SELECT person, arrived_at, ended_at, arrival_mode, brought_by, found_place, found_on,
                    condition, condition_notes,
                    (SELECT MIN(from_at) FROM bed_stay WHERE episode = \(episode)) AS bed_at,
                    (SELECT MIN(until_at) FROM whereabouts WHERE episode = \(episode)) AS moved_at
                FROM episode WHERE id = \(episode)
                """)
        else { throw Ending.notFound }
        let ended: Instant? = try row["ended_at"]
        let bed: Instant? = try row["bed_at"]
        let moved: Instant? = try row["moved_at"]
        return Stood(
            person: try row["person"], arrivedAt: try row["arrived_at"],
            mode: try row["arrival_mode"], broughtBy: try row["brought_by"],
            foundPlace: try row["found_place"], foundOn: try row["found_on"],
            condition: try row["condition"], notes: try row["condition_notes"],
            followed: [ended, bed, moved].compactMap { $0 }.min())
    }

    /// Whatever bears the moment of the arrival bears the corrected one.
    private func move(_ stood: Stood, to arrivedAt: Instant, in work: Work) throws {
        guard stood.arrivedAt != arrivedAt else { return }
        try work.tx.execute(
            """
            UPDATE whereabouts SET from_at = \(arrivedAt)
            WHERE episode = \(episode) AND from_at = \(stood.arrivedAt)
            """)
        try work.tx.execute(
            """
            UPDATE belonging SET kept_at = \(arrivedAt)
            WHERE episode = \(episode) AND kept_at = \(stood.arrivedAt)
            """)
        try work.tx.execute(
            """
            UPDATE tracing_request SET opened_at = \(arrivedAt)
            WHERE person = \(stood.person) AND opened_at = \(stood.arrivedAt)
            """)
        try work.tx.execute(
            """
            UPDATE observation SET occurred_at = \(arrivedAt)
            WHERE person = \(stood.person) AND occurred_at = \(stood.arrivedAt)
            """)
    }

    /// What the arrival added to what is known of them is mistaken now, too.
    private func retract(
        _ kind: ObservationKind, _ value: String, of person: Person.ID, seenAt: Instant,
        _ reason: String, in work: Work
    ) throws {
        try work.tx.execute(
            """
            UPDATE observation SET retracted_at = \(work.now), retracted_by = \(work.viewer.label),
                retraction_reason = \(reason)
            WHERE person = \(person) AND kind = \(kind) AND value = \(value)
                AND occurred_at = \(seenAt) AND retracted_at IS NULL
            """)
    }
}
