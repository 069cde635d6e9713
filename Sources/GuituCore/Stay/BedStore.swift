import GuituModel
import GuituStore

extension Work {
    var beds: BedStore { BedStore(work: self) }
}

/// Where an episode stands: enough to decide about beds and leaving.
struct Stay {
    var person: Person.ID
    var station: Area.ID
    var sex: Sex
    var ended: Bool
    var bed: Bed.ID?
    /// The whereabouts, if the person is in the station now.
    var inStation: Whereabouts.ID?
    var since: Instant
}

struct BedStore {
    let work: Work

    /// Locks the episode first, then reads: another clerk may be moving them.
    func lockStay(_ episode: ReliefEpisode.ID) throws -> Stay {
        try work.tx.execute("UPDATE episode SET person = person WHERE id = \(episode)")
        guard
            let row = try work.tx.first(
                """
                SELECT e.person, e.station, e.ended_at, e.arrived_at, p.sex, s.bed,
                    w.id AS whereabouts, w.kind, w.from_at
                FROM episode e JOIN person p ON p.id = e.person
                LEFT JOIN whereabouts w ON w.episode = e.id AND w.until_at IS NULL
                LEFT JOIN bed_stay s ON s.episode = e.id AND s.until_at IS NULL
                WHERE e.id = \(episode)
                """)
        else { throw Ending.notFound }
        let ended: Instant? = try row["ended_at"]
        let kind: WhereaboutsKind? = try row["kind"]
        let from: Instant? = try row["from_at"]
        return Stay(
            person: try row["person"], station: try row["station"], sex: try row["sex"],
            ended: ended != nil, bed: try row["bed"],
            inStation: kind == .station ? try row["whereabouts"] : nil,
            since: try from ?? row["arrived_at"])
    }

    /// False if somebody else has it. The unique index decides, so a clerk at
    /// the other desk cannot come in between.
    func give(
        _ bed: Bed.ID, kind: String, to episode: ReliefEpisode.ID, at whereabouts: Whereabouts.ID,
        sex: Sex, from: Instant
    ) throws -> Bool {
        let id: ID<Stay> = work.newID()
        return try work.tx.execute(
            """
            INSERT INTO bed_stay (id, bed, kind, whereabouts, episode, sex, from_at, given_by)
            VALUES (\(id), \(bed), \(kind), \(whereabouts), \(episode), \(sex), \(from),
                \(work.viewer.label))
            ON CONFLICT DO NOTHING
            """) == 1
    }

    /// A bed that was given after `instant` was never slept in: it ends as it
    /// began.
    func free(_ episode: ReliefEpisode.ID, at instant: Instant) throws {
        try work.tx.execute(
            """
            UPDATE bed_stay
            SET until_at = CASE WHEN from_at > \(instant) THEN from_at ELSE \(instant) END
            WHERE episode = \(episode) AND until_at IS NULL
            """)
    }
}
