import GuituStore

/// What officers corrected in notices that were read for them.
let m0005 = Migration(
    number: 5, name: "notice-examples",
    shared: """
        CREATE TABLE notice_example (
            id TEXT PRIMARY KEY,
            holder TEXT NOT NULL REFERENCES area (id),
            corrected INTEGER NOT NULL CHECK (corrected > 0),  -- fields that were changed
            example BLOB NOT NULL,               -- sealed: the text, and each field as read and as right
            digest BLOB NOT NULL,                -- keyed, of all that: the same is kept once
            kept_at INTEGER NOT NULL,
            kept_by TEXT NOT NULL,
            UNIQUE (holder, digest)
        );
        """)
