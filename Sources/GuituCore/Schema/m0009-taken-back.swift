import GuituStore

/// What an arrival said before it was corrected, and departures that were not.
let m0009 = Migration(
    number: 9, name: "taken-back",
    shared: """
        CREATE TABLE arrival_correction (
            id TEXT PRIMARY KEY,
            episode TEXT NOT NULL REFERENCES episode (id),
            arrived_at INTEGER NOT NULL,         -- these seven as they stood before
            arrival_mode TEXT NOT NULL,
            brought_by TEXT,
            found_place TEXT,
            found_on TEXT,
            condition TEXT NOT NULL,
            condition_notes TEXT,
            reason TEXT NOT NULL,
            recorded_at INTEGER NOT NULL,
            recorded_by TEXT NOT NULL
        );
        CREATE INDEX arrival_correction_by_episode ON arrival_correction (episode, recorded_at);

        CREATE TABLE undone_departure (
            id TEXT PRIMARY KEY,                 -- the departure's
            episode TEXT NOT NULL REFERENCES episode (id),
            kind TEXT NOT NULL,
            left_at INTEGER NOT NULL,
            destination TEXT,
            collector_name TEXT,
            collector_relation TEXT,
            collector_identity BLOB,             -- sealed, at its place in departure
            identity_checked_by TEXT,
            notes TEXT,
            rule TEXT NOT NULL,
            recorded_at INTEGER NOT NULL,
            recorded_by TEXT NOT NULL,
            reason TEXT NOT NULL,
            undone_at INTEGER NOT NULL,
            undone_by TEXT NOT NULL
        );
        CREATE INDEX undone_departure_by_episode ON undone_departure (episode, undone_at);
        """)
