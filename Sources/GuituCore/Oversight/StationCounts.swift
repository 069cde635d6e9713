import GuituStore

/// What is counted of a station wherever stations are listed, as columns of a
/// statement in which `a.id` is the station.
enum StationCounts {
    static let here = people("w.kind = 'station'")
    /// In relief, but in a hospital or another place.
    static let elsewhere = people("w.kind <> 'station'")
    static let beds: SQL =
        "(SELECT COUNT(*) FROM bed b WHERE b.station = a.id AND b.out_of_use = 0)"
    static let bedsFree: SQL = """
        (SELECT COUNT(*) FROM bed b WHERE b.station = a.id AND b.out_of_use = 0
            AND NOT EXISTS (SELECT 1 FROM bed_stay s WHERE s.bed = b.id AND s.until_at IS NULL))
        """
    static let withoutBed = people(
        """
        w.kind = 'station' AND NOT EXISTS (SELECT 1 FROM bed_stay s
            WHERE s.episode = e.id AND s.until_at IS NULL)
        """)
    static let openRequests: SQL = """
        (SELECT COUNT(*) FROM tracing_request r WHERE r.station = a.id AND r.closed_at IS NULL)
        """

    private static func people(_ condition: SQL) -> SQL {
        """
        (SELECT COUNT(*) FROM episode e
         JOIN whereabouts w ON w.episode = e.id AND w.until_at IS NULL
         WHERE e.station = a.id AND e.ended_at IS NULL AND \(condition))
        """
    }
}
