import GuituStore

/// Areas, accounts, audit, jobs and the feed: what every feature stands on.
let m0001 = Migration(
    number: 1, name: "areas-and-accounts",
    shared: """
        -- Ministry, provinces, cities, counties and stations: one tree.
        CREATE TABLE area (
            id TEXT PRIMARY KEY,
            code TEXT NOT NULL,          -- GB/T 2260; a station adds its own suffix
            name TEXT NOT NULL,
            pinyin TEXT NOT NULL,        -- sort key
            level TEXT NOT NULL CHECK (level IN ('ministry', 'province', 'city', 'county', 'station')),
            parent TEXT REFERENCES area (id),  -- NULL at the top of this installation
            valid_from TEXT NOT NULL,    -- civil date the code came into force
            valid_until TEXT,            -- last day in force; NULL while it is
            successor TEXT REFERENCES area (id)
        );
        CREATE INDEX area_by_parent ON area (parent);
        CREATE INDEX area_by_code ON area (code);

        -- Each area with itself and everything above it.
        CREATE TABLE area_ancestor (
            area TEXT NOT NULL REFERENCES area (id),
            ancestor TEXT NOT NULL REFERENCES area (id),
            PRIMARY KEY (area, ancestor)
        );
        CREATE INDEX area_by_ancestor ON area_ancestor (ancestor);

        CREATE TABLE station (
            area TEXT PRIMARY KEY REFERENCES area (id),
            address TEXT NOT NULL,
            hotline TEXT NOT NULL,
            next_unnamed INTEGER NOT NULL CHECK (next_unnamed > 0),  -- next 无名氏 number
            version INTEGER NOT NULL
        );

        CREATE TABLE account (
            id TEXT PRIMARY KEY,
            login TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            home TEXT NOT NULL REFERENCES area (id),
            password BLOB NOT NULL,              -- self-describing scrypt record
            must_change_password INTEGER NOT NULL CHECK (must_change_password IN (0, 1)),
            second_factor BLOB,                  -- sealed; kept free for it
            failures INTEGER NOT NULL,           -- wrong passwords since the last right one
            disabled_at INTEGER,
            made_at INTEGER NOT NULL,
            version INTEGER NOT NULL
        );
        CREATE INDEX account_by_home ON account (home);

        CREATE TABLE role_grant (
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL REFERENCES account (id),
            role TEXT NOT NULL,
            area TEXT NOT NULL REFERENCES area (id),
            granted_by TEXT NOT NULL,
            granted_at INTEGER NOT NULL,
            revoked_at INTEGER
        );
        CREATE UNIQUE INDEX role_granted_once ON role_grant (account, role, area)
            WHERE revoked_at IS NULL;

        -- A browser session or a command-line token; the secret itself is kept nowhere.
        CREATE TABLE session (
            digest BLOB PRIMARY KEY,
            account TEXT NOT NULL REFERENCES account (id),
            kind TEXT NOT NULL CHECK (kind IN ('browser', 'token')),
            label TEXT NOT NULL,                 -- 'night desk PC', 'backup script'
            made_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            ended_at INTEGER
        );
        CREATE INDEX session_by_account ON session (account);

        -- The one-time code of the first visitor, as a digest.
        CREATE TABLE setup_code (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            digest BLOB NOT NULL,
            used_at INTEGER
        );

        -- A request sent twice is one request.
        CREATE TABLE idempotency (
            actor TEXT NOT NULL,
            request_key TEXT NOT NULL,
            use_case TEXT NOT NULL,
            digest BLOB NOT NULL,
            answer TEXT,
            made_at INTEGER NOT NULL,
            PRIMARY KEY (actor, request_key)
        );

        CREATE TABLE audit_entry (
            chain TEXT NOT NULL,                 -- an area's id, or 'office'
            sequence INTEGER NOT NULL CHECK (sequence > 0),
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            use_case TEXT NOT NULL,
            target_kind TEXT NOT NULL,
            target TEXT NOT NULL,
            outcome TEXT NOT NULL,
            digest BLOB NOT NULL,                -- keyed, of the request
            hash BLOB NOT NULL,                  -- keyed, over this entry and the one before
            PRIMARY KEY (chain, sequence)
        );
        CREATE INDEX audit_by_target ON audit_entry (target_kind, target);

        CREATE TABLE audit_head (
            chain TEXT PRIMARY KEY,
            sequence INTEGER NOT NULL,
            hash BLOB NOT NULL,
            mac BLOB NOT NULL
        );

        -- Signed heads, kept by the area above.
        CREATE TABLE audit_anchor (
            chain TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            hash BLOB NOT NULL,
            kept_by TEXT NOT NULL,               -- the area above, or 'office'
            at INTEGER NOT NULL,
            signature BLOB NOT NULL,
            PRIMARY KEY (chain, sequence)
        );

        CREATE TABLE fact (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            subject_kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            area TEXT NOT NULL,
            details TEXT NOT NULL,               -- JSON of ids and vocabulary
            occurred_at INTEGER NOT NULL,
            recorded_at INTEGER NOT NULL,
            position INTEGER UNIQUE              -- place in the feed, given after the commit
        );
        CREATE INDEX fact_without_position ON fact (id) WHERE position IS NULL;
        CREATE INDEX fact_by_subject ON fact (subject_kind, subject);

        CREATE TABLE feed_head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            position INTEGER NOT NULL
        );
        INSERT INTO feed_head (id, position) VALUES (1, 0);

        CREATE TABLE job (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            job_key TEXT NOT NULL,               -- what it is about
            details TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'done', 'dead')),
            attempts INTEGER NOT NULL,
            run_at INTEGER NOT NULL,
            lease_until INTEGER,
            leased_by TEXT,
            last_error TEXT,                     -- a kind of error, never a value
            made_at INTEGER NOT NULL,
            ended_at INTEGER
        );
        CREATE UNIQUE INDEX job_waiting_once ON job (kind, job_key) WHERE state = 'waiting';
        CREATE INDEX job_due ON job (state, run_at);

        CREATE TABLE notification (
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL REFERENCES account (id),
            saying TEXT NOT NULL,
            arguments TEXT NOT NULL,
            subject_kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            made_at INTEGER NOT NULL,
            read_at INTEGER
        );
        CREATE INDEX notification_unread ON notification (account) WHERE read_at IS NULL;
        CREATE INDEX notification_by_account ON notification (account, made_at);
        """,
    // Nobody who writes through the program can change the trail; who writes
    // around it is found by `guitu audit verify`.
    sqlite: """
        CREATE TRIGGER audit_entry_stays BEFORE UPDATE ON audit_entry
        BEGIN SELECT RAISE(ABORT, 'audit entries stay'); END;
        CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry
        BEGIN SELECT RAISE(ABORT, 'audit entries stay'); END;
        """,
    postgres: """
        CREATE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'audit entries stay'; END $$;
        CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON audit_entry
        FOR EACH ROW EXECUTE FUNCTION audit_entries_stay();
        """)
