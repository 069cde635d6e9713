import GuituStore

/// What reads the feed, and the ways by which the trail and the jobs are read.
let m0004 = Migration(
    number: 4, name: "jobs-and-trail",
    shared: """
        -- How far somebody who follows the feed has come.
        CREATE TABLE feed_cursor (
            subscriber TEXT PRIMARY KEY,
            position INTEGER NOT NULL,           -- the last fact that was taken
            moved_at INTEGER NOT NULL
        );

        CREATE INDEX audit_by_time ON audit_entry (at);
        CREATE INDEX job_by_kind ON job (kind, job_key, state);
        CREATE INDEX notification_newest ON notification (account, id);
        """)
