import GuituModel
import GuituStore

/// Takes a departure back that was not one: a wrong person, a wrong button.
///
/// Whoever recorded it may for a day, later a director of the station. Their
/// relief goes on where they were before; the bed may be somebody else's by
/// now and is given anew. What was recorded is kept with the reason. A family
/// that collected by a confirmed report closed that report and named the person:
/// who comes back from there arrives anew.
public struct UndoDeparture: ChangingUseCase {
    public static let needs = Permission.depart
    public var target: Target { .episode(episode) }
    public var episode: ReliefEpisode.ID
    public var reason: String

    public init(episode: ReliefEpisode.ID, reason: String) {
        self.episode = episode
        self.reason = reason
    }

    public enum Failure: Refusal, Equatable {
        case notDeparted
        case ledHome
        /// Recorded by another or more than a day ago, or they are protected.
        case directorUndoes
        case takenInAgain

        public var saying: Saying {
            switch self {
            case .notDeparted: Saying("depart.notDeparted")
            case .ledHome: Saying("depart.ledHome")
            case .directorUndoes: Saying("depart.directorUndoes")
            case .takenInAgain: Saying("depart.takenInAgain")
            }
        }
    }

    /// Ours, not the law's: a mistake at the desk is seen within the next shift.
    static let ownFor = Duration.seconds(86_400)

    public func perform(in work: Work) throws -> Nothing {
        var form = FormCheck()
        let reason = form.text(reason, "reason", limit: 500, required: true, lines: true)
        try form.finish()

        let stay = try work.beds.lockStay(episode)
        guard
            let left = try work.tx.first(
                """
                SELECT d.id, d.report, d.kind, d.left_at, d.recorded_at, d.recorded_by, p.protection
                FROM departure d JOIN episode e ON e.id = d.episode
                JOIN person p ON p.id = e.person WHERE d.episode = \(episode)
                """)
        else { throw Failure.notDeparted }
        guard try (left["report"] as MissingReport.ID?) == nil else { throw Failure.ledHome }
        let isOwn =
            try left["recorded_by"] == work.viewer.label
            && work.now <= (left["recorded_at"] as Instant).adding(Self.ownFor)
            && left["protection"] == Protection.none
        guard isOwn || work.viewer.directs(stay.station) else { throw Failure.directorUndoes }
        let open = try work.tx.first(
            "SELECT id FROM episode WHERE person = \(stay.person) AND ended_at IS NULL")
        guard open == nil else { throw Failure.takenInAgain }

        try work.tx.execute(
            """
            INSERT INTO undone_departure (id, episode, kind, left_at, destination, collector_name,
                collector_relation, collector_identity, identity_checked_by, notes, rule,
                recorded_at, recorded_by, reason, undone_at, undone_by)
            SELECT id, episode, kind, left_at, destination, collector_name, collector_relation,
                collector_identity, identity_checked_by, notes, rule, recorded_at, recorded_by,
                \(reason), \(work.now), \(work.viewer.label)
            FROM departure WHERE episode = \(episode)
            """)
        try work.tx.execute("DELETE FROM departure WHERE episode = \(episode)")
        try work.tx.execute("UPDATE episode SET ended_at = NULL WHERE id = \(episode)")
        // They never were gone: what ended then goes on.
        try work.tx.execute(
            "DELETE FROM whereabouts WHERE episode = \(episode) AND until_at IS NULL")
        try work.tx.execute(
            """
            UPDATE whereabouts SET until_at = NULL WHERE id = (
                SELECT id FROM whereabouts WHERE episode = \(episode)
                ORDER BY from_at DESC, id DESC LIMIT 1)
            """)
        let kind: DepartureKind = try left["kind"]
        try work.emit(
            .departureUndone, about: .episode(episode), in: stay.station,
            ["kind": kind.rawValue])
        return Nothing()
    }
}
