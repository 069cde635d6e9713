import GuituStore

/// People, their relief and their tracing: the path from the door to home.
let m0002 = Migration(
    number: 2, name: "people-and-tracing",
    shared: """
        -- One human being, known or not. What is known of them is in
        -- `observation`; the columns here are what lists show and engines compare.
        CREATE TABLE person (
            id TEXT PRIMARY KEY,
            holder TEXT NOT NULL REFERENCES area (id),
            name TEXT NOT NULL,                  -- as known, or 无名氏 with a number
            name_certainty TEXT NOT NULL,
            pinyin TEXT NOT NULL,                -- sort key
            sex TEXT NOT NULL,
            birth TEXT,                          -- PartialDay: what was said and the window
            birth_from TEXT,
            birth_until TEXT,
            communication TEXT NOT NULL,
            identity_kind TEXT,
            identity_number BLOB,                -- sealed
            identity_digest BLOB,                -- keyed, to find it
            protection TEXT NOT NULL,
            protection_reason TEXT,
            recorded_at INTEGER NOT NULL,
            recorded_by TEXT NOT NULL,
            version INTEGER NOT NULL
        );
        CREATE INDEX person_by_holder ON person (holder, recorded_at);
        CREATE INDEX person_by_name ON person (holder, pinyin);
        CREATE INDEX person_by_identity ON person (identity_digest);

        -- What somebody said or saw, with when and how surely. Contradictions
        -- stand side by side; a retracted one stays readable.
        CREATE TABLE observation (
            id TEXT PRIMARY KEY,
            person TEXT NOT NULL REFERENCES person (id),
            kind TEXT NOT NULL,                  -- name, age, height, mark, accent, place, note ...
            value TEXT NOT NULL,
            source TEXT NOT NULL,                -- self, staff, escort, document, relative, system
            certainty TEXT NOT NULL,             -- sure, likely, doubtful
            observed TEXT,                       -- PartialDay
            occurred_at INTEGER NOT NULL,
            recorded_at INTEGER NOT NULL,
            recorded_by TEXT NOT NULL,
            retracted_at INTEGER,
            retracted_by TEXT,
            retraction_reason TEXT
        );
        CREATE INDEX observation_by_person ON observation (person, recorded_at);

        -- Files that may be one person: linked, never merged.
        CREATE TABLE person_link (
            id TEXT PRIMARY KEY,
            one TEXT NOT NULL REFERENCES person (id),
            other TEXT NOT NULL REFERENCES person (id),
            reason TEXT NOT NULL,
            linked_at INTEGER NOT NULL,
            linked_by TEXT NOT NULL,
            unlinked_at INTEGER,
            unlinked_by TEXT,
            unlink_reason TEXT,
            CHECK (one < other)
        );
        CREATE UNIQUE INDEX person_linked_once ON person_link (one, other) WHERE unlinked_at IS NULL;
        CREATE INDEX person_link_by_other ON person_link (other);

        -- Characters, bigrams, pinyin and initials of names; see SearchKeys.
        CREATE TABLE search_key (
            key TEXT NOT NULL,
            subject_kind TEXT NOT NULL CHECK (subject_kind IN ('person', 'report')),
            subject TEXT NOT NULL,
            PRIMARY KEY (subject_kind, key, subject)
        );
        CREATE INDEX search_key_by_subject ON search_key (subject_kind, subject);

        -- One time relief is given.
        CREATE TABLE episode (
            id TEXT PRIMARY KEY,
            person TEXT NOT NULL REFERENCES person (id),
            station TEXT NOT NULL REFERENCES area (id),
            case_number TEXT NOT NULL UNIQUE,
            arrived_at INTEGER NOT NULL,
            arrival_mode TEXT NOT NULL,
            brought_by TEXT,                     -- unit, name, hand-over form
            found_place TEXT,
            found_on TEXT,                       -- PartialDay
            condition TEXT NOT NULL,             -- outcome of the initial check (IN-03)
            condition_notes TEXT,
            checked_by TEXT NOT NULL,
            rule TEXT NOT NULL,                  -- rule and version this was decided under
            recorded_at INTEGER NOT NULL,
            recorded_by TEXT NOT NULL,
            ended_at INTEGER
        );
        CREATE INDEX episode_by_person ON episode (person);
        CREATE INDEX episode_by_station ON episode (station, arrived_at);
        CREATE UNIQUE INDEX episode_open_once ON episode (person) WHERE ended_at IS NULL;

        CREATE TABLE case_number (
            station TEXT NOT NULL REFERENCES area (id),
            year INTEGER NOT NULL,
            next INTEGER NOT NULL,
            PRIMARY KEY (station, year)
        );

        CREATE TABLE whereabouts (
            id TEXT PRIMARY KEY,
            episode TEXT NOT NULL REFERENCES episode (id),
            kind TEXT NOT NULL,
            place TEXT,
            from_at INTEGER NOT NULL,
            until_at INTEGER,
            recorded_at INTEGER NOT NULL,
            recorded_by TEXT NOT NULL,
            CHECK (until_at IS NULL OR until_at >= from_at)
        );
        CREATE UNIQUE INDEX whereabouts_now ON whereabouts (episode) WHERE until_at IS NULL;

        -- Sexes sleep apart (CA-01): a room is for men, for women, or for one.
        CREATE TABLE room (
            id TEXT PRIMARY KEY,
            station TEXT NOT NULL REFERENCES area (id),
            name TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('male', 'female', 'single')),
            UNIQUE (station, name),
            UNIQUE (id, kind)
        );
        CREATE TABLE bed (
            id TEXT PRIMARY KEY,
            station TEXT NOT NULL REFERENCES area (id),
            room TEXT NOT NULL,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            out_of_use INTEGER NOT NULL CHECK (out_of_use IN (0, 1)),
            UNIQUE (room, name),
            UNIQUE (id, kind),
            FOREIGN KEY (room, kind) REFERENCES room (id, kind)
        );
        CREATE INDEX bed_by_station ON bed (station);

        -- One bed one person, one person one bed (CA-02), of the right kind.
        CREATE TABLE bed_stay (
            id TEXT PRIMARY KEY,
            bed TEXT NOT NULL,
            kind TEXT NOT NULL,
            whereabouts TEXT NOT NULL REFERENCES whereabouts (id),
            episode TEXT NOT NULL REFERENCES episode (id),
            sex TEXT NOT NULL,
            from_at INTEGER NOT NULL,
            until_at INTEGER,
            given_by TEXT NOT NULL,
            FOREIGN KEY (bed, kind) REFERENCES bed (id, kind),
            CHECK (kind = 'single' OR kind = sex)
        );
        CREATE UNIQUE INDEX bed_taken_once ON bed_stay (bed) WHERE until_at IS NULL;
        CREATE UNIQUE INDEX bed_one_each ON bed_stay (episode) WHERE until_at IS NULL;

        CREATE TABLE belonging (
            id TEXT PRIMARY KEY,
            episode TEXT NOT NULL REFERENCES episode (id),
            name TEXT NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            keeping TEXT NOT NULL CHECK (keeping IN ('custody', 'with-person', 'police')),
            kept_at INTEGER NOT NULL,
            kept_by TEXT NOT NULL,
            returned_at INTEGER,
            returned_by TEXT,
            returned_to TEXT
        );
        CREATE INDEX belonging_by_episode ON belonging (episode);

        -- The search for who somebody is and where their home; it belongs to the
        -- person and outlives every episode.
        CREATE TABLE tracing_request (
            id TEXT PRIMARY KEY,
            person TEXT NOT NULL REFERENCES person (id),
            station TEXT NOT NULL REFERENCES area (id),
            officer TEXT REFERENCES account (id),    -- the officer named for it (S20)
            state TEXT NOT NULL,
            consent TEXT NOT NULL,
            consent_reason TEXT,
            consent_by TEXT,
            consent_at INTEGER,
            opened_at INTEGER NOT NULL,
            opened_by TEXT NOT NULL,
            closed_at INTEGER,
            closed_by TEXT,
            outcome TEXT,
            ranked_at INTEGER,
            no_right_report REAL,                    -- probability that no report on file is right
            version INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX tracing_open_once ON tracing_request (person) WHERE closed_at IS NULL;
        CREATE INDEX tracing_by_station ON tracing_request (station, state);

        CREATE TABLE import_batch (
            id TEXT PRIMARY KEY,
            area TEXT NOT NULL REFERENCES area (id),
            source TEXT NOT NULL,                    -- the list's name, e.g. 走失人员登记表
            file_digest BLOB NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
            rows_total INTEGER NOT NULL,
            rows_loaded INTEGER NOT NULL,
            rows_known INTEGER NOT NULL,             -- loaded by an earlier run
            rows_refused INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            started_by TEXT NOT NULL
        );
        CREATE TABLE import_problem (
            batch TEXT NOT NULL REFERENCES import_batch (id),
            line INTEGER NOT NULL,
            saying TEXT NOT NULL,
            field TEXT NOT NULL,
            arguments TEXT NOT NULL,
            PRIMARY KEY (batch, line, saying, field)
        );

        CREATE TABLE missing_report (
            id TEXT PRIMARY KEY,
            holder TEXT NOT NULL REFERENCES area (id),
            source TEXT NOT NULL,                    -- 'desk', or the imported list's name
            source_key TEXT NOT NULL,                -- its key there
            source_digest BLOB,                      -- keyed, of the row as imported
            batch TEXT REFERENCES import_batch (id),
            state TEXT NOT NULL,
            name TEXT NOT NULL,
            pinyin TEXT NOT NULL,
            sex TEXT NOT NULL,
            birth TEXT,
            birth_from TEXT,
            birth_until TEXT,
            identity_number BLOB,
            identity_digest BLOB,
            lost TEXT,                               -- PartialDay
            lost_from TEXT,
            lost_until TEXT,
            lost_place TEXT,
            home_place TEXT,
            height INTEGER,                          -- centimetres
            marks TEXT,
            accent TEXT,
            reporter_name TEXT NOT NULL,
            reporter_relation TEXT NOT NULL,
            reporter_phone BLOB NOT NULL,            -- sealed
            reporter_phone_digest BLOB NOT NULL,
            reported_at INTEGER NOT NULL,
            recorded_at INTEGER NOT NULL,
            recorded_by TEXT NOT NULL,
            closed_at INTEGER,
            version INTEGER NOT NULL,
            UNIQUE (holder, source, source_key)
        );
        CREATE INDEX report_by_holder ON missing_report (holder, recorded_at);
        CREATE INDEX report_by_identity ON missing_report (identity_digest);
        CREATE INDEX report_by_state ON missing_report (state);

        -- A request and a report that an engine holds together.
        CREATE TABLE candidate (
            id TEXT PRIMARY KEY,
            request TEXT NOT NULL REFERENCES tracing_request (id),
            report TEXT NOT NULL REFERENCES missing_report (id),
            state TEXT NOT NULL,
            place INTEGER NOT NULL,                  -- 1 is the first of the ranking
            log_ratio REAL NOT NULL,                 -- natural logarithm of the likelihood ratio
            probability REAL NOT NULL,
            evidence TEXT NOT NULL,                  -- JSON, a line a piece of evidence
            evidence_version INTEGER NOT NULL,       -- grows when the evidence changes
            ranked_at INTEGER NOT NULL,
            UNIQUE (request, report)
        );
        CREATE INDEX candidate_by_report ON candidate (report);

        -- Two different people decide; a machine never does.
        CREATE TABLE decision (
            id TEXT PRIMARY KEY,
            candidate TEXT NOT NULL REFERENCES candidate (id),
            officer TEXT NOT NULL REFERENCES account (id),
            verdict TEXT NOT NULL,
            reason TEXT NOT NULL,
            evidence_version INTEGER NOT NULL,
            rule TEXT NOT NULL,
            decided_at INTEGER NOT NULL,
            withdrawn_at INTEGER
        );
        CREATE UNIQUE INDEX decision_once ON decision (candidate, officer, evidence_version)
            WHERE withdrawn_at IS NULL;

        -- Every value read in full, and why.
        CREATE TABLE unmasking (
            id TEXT PRIMARY KEY,
            subject TEXT NOT NULL,
            value TEXT NOT NULL,
            reason TEXT NOT NULL,
            account TEXT NOT NULL,
            at INTEGER NOT NULL
        );
        CREATE INDEX unmasking_by_subject ON unmasking (subject);

        CREATE TABLE departure (
            id TEXT PRIMARY KEY,
            episode TEXT NOT NULL UNIQUE REFERENCES episode (id),
            kind TEXT NOT NULL,
            left_at INTEGER NOT NULL,
            destination TEXT,
            collector_name TEXT,
            collector_relation TEXT,
            collector_identity BLOB,                 -- sealed
            identity_checked_by TEXT,
            report TEXT REFERENCES missing_report (id),
            notes TEXT,
            rule TEXT NOT NULL,
            recorded_at INTEGER NOT NULL,
            recorded_by TEXT NOT NULL
        );

        CREATE TABLE attachment (
            id TEXT PRIMARY KEY,
            subject_kind TEXT NOT NULL CHECK (subject_kind IN ('person', 'report')),
            subject TEXT NOT NULL,
            name TEXT NOT NULL,
            media_type TEXT NOT NULL,                -- by its content, not its name
            size INTEGER NOT NULL,
            digest BLOB NOT NULL,
            content BLOB NOT NULL,                   -- sealed
            added_at INTEGER NOT NULL,
            added_by TEXT NOT NULL,
            removed_at INTEGER
        );
        CREATE INDEX attachment_by_subject ON attachment (subject_kind, subject);
        """, sqlite: nil, postgres: nil)
