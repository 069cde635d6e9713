import GuituStore

/// The library's own tables; they never stand in the database of cases.
public enum LibrarySchema {
    public static let migrations: [Migration] = [l0001, l0002]
}

/// Its first migration. The trail's tables are those of the main database, so
/// that one code writes and verifies both chains.
let l0001 = Migration(
    number: 1, name: "library",
    shared: """
        -- Under which document the library may be used, and until when.
        CREATE TABLE library_authorisation (
            id TEXT PRIMARY KEY,
            laboratory TEXT NOT NULL,            -- as conclusions name it
            holder TEXT NOT NULL,                -- the office, by its id in the database of cases
            document TEXT NOT NULL,              -- the document's number
            office TEXT NOT NULL,                -- who signed it
            signed_on TEXT NOT NULL,
            valid_until TEXT NOT NULL,           -- the last day
            enabled_at INTEGER NOT NULL,
            enabled_by TEXT NOT NULL
        );

        -- How typings are compared: frequencies, mutation, threshold.
        CREATE TABLE library_method (
            id TEXT PRIMARY KEY,
            digest TEXT NOT NULL UNIQUE,         -- SHA-256 of what follows
            method TEXT NOT NULL,                -- JSON, the frequency table in it
            made_at INTEGER NOT NULL,
            made_by TEXT NOT NULL,
            chosen_at INTEGER NOT NULL           -- the newest is in force
        );

        CREATE TABLE library_import (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,                  -- of the file, without its folders
            format TEXT NOT NULL,
            digest TEXT NOT NULL,                -- SHA-256 of the file
            rows_total INTEGER NOT NULL,
            rows_loaded INTEGER NOT NULL,
            rows_known INTEGER NOT NULL,
            rows_refused INTEGER NOT NULL,
            imported_at INTEGER NOT NULL,
            imported_by TEXT NOT NULL
        );

        CREATE TABLE library_sample (
            number TEXT PRIMARY KEY,             -- all that joins it with a case
            position INTEGER NOT NULL UNIQUE,    -- in the order of arrival
            kind TEXT NOT NULL,
            sex INTEGER NOT NULL,                -- 0 unknown, 1 man, 2 woman
            family TEXT NOT NULL,
            member TEXT NOT NULL,                -- what the person is in the family
            loci INTEGER NOT NULL,               -- typed ones that are computed with
            marks TEXT NOT NULL,                 -- JSON
            typing BLOB NOT NULL,                -- sealed: locus, as given, as read
            given_digest BLOB NOT NULL,          -- keyed: another typing of the number
            read_digest BLOB NOT NULL,           -- keyed: the same person
            batch TEXT NOT NULL REFERENCES library_import (id)
        );
        CREATE INDEX library_sample_same ON library_sample (read_digest);
        CREATE INDEX library_sample_kind ON library_sample (kind, position);

        CREATE TABLE library_family (
            code TEXT PRIMARY KEY,
            pedigree BLOB NOT NULL,              -- sealed: CSV, typed persons by sample number
            missing TEXT NOT NULL,               -- who of it is looked for
            kept_at INTEGER NOT NULL,
            kept_by TEXT NOT NULL,
            version INTEGER NOT NULL
        );

        CREATE TABLE library_search (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            subject TEXT,                        -- the sample asked about, of a search for one
            first_position INTEGER NOT NULL,     -- of the samples that ask
            last_position INTEGER NOT NULL,
            method TEXT NOT NULL REFERENCES library_method (id),
            relations TEXT NOT NULL,             -- by comma
            threshold REAL NOT NULL,
            purpose TEXT NOT NULL,
            case_number TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
            done INTEGER NOT NULL,               -- questions answered
            total INTEGER NOT NULL,              -- questions there are
            profiles INTEGER NOT NULL,           -- of the library they were asked of
            comparisons INTEGER NOT NULL,
            observed INTEGER NOT NULL,           -- at or above the threshold
            out_of_reach INTEGER NOT NULL,       -- questions that nobody could reach
            undefined INTEGER NOT NULL,
            passed_over INTEGER NOT NULL,        -- typings with alleles off the table
            failure TEXT NOT NULL,
            asked_at INTEGER NOT NULL,
            asked_by TEXT NOT NULL,
            ended_at INTEGER
        );
        CREATE INDEX library_search_open ON library_search (state, id);

        -- Pairs above the threshold; a family asks under its code.
        CREATE TABLE library_match (
            id TEXT PRIMARY KEY,
            query TEXT NOT NULL,
            candidate TEXT NOT NULL,
            relation TEXT NOT NULL,              -- what the candidate is to the query
            log10 REAL NOT NULL,
            search TEXT NOT NULL REFERENCES library_search (id),
            state TEXT NOT NULL CHECK (state IN ('new', 'first-confirmed', 'confirmed', 'rejected')),
            found_at INTEGER NOT NULL,
            UNIQUE (query, candidate, relation)
        );
        CREATE INDEX library_match_state ON library_match (state, log10);

        CREATE TABLE library_result (
            search TEXT NOT NULL REFERENCES library_search (id),
            found TEXT NOT NULL REFERENCES library_match (id),
            log10 REAL NOT NULL,
            PRIMARY KEY (search, found)
        );
        CREATE INDEX library_result_best ON library_result (search, log10);

        CREATE TABLE library_decision (
            found TEXT NOT NULL REFERENCES library_match (id),
            officer TEXT NOT NULL,
            verdict TEXT NOT NULL,
            reason TEXT NOT NULL,
            decided_at INTEGER NOT NULL,
            PRIMARY KEY (found, officer)
        );

        -- What a station may read: that the laboratory concluded, and when.
        CREATE TABLE library_conclusion (
            number TEXT NOT NULL,
            found TEXT NOT NULL REFERENCES library_match (id),
            concluded_on TEXT NOT NULL,
            reported_at INTEGER,                 -- to the database of cases
            PRIMARY KEY (number, found)
        );
        CREATE INDEX library_conclusion_waits ON library_conclusion (number)
            WHERE reported_at IS NULL;

        -- Who asked what and why; the trail's entry has the keyed digest of it.
        CREATE TABLE ledger_entry (
            id TEXT PRIMARY KEY,
            details TEXT NOT NULL
        );

        CREATE TABLE audit_entry (
            chain TEXT NOT NULL,
            sequence INTEGER NOT NULL CHECK (sequence > 0),
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            use_case TEXT NOT NULL,
            target_kind TEXT NOT NULL,
            target TEXT NOT NULL,
            outcome TEXT NOT NULL,
            digest BLOB NOT NULL,
            hash BLOB NOT NULL,
            PRIMARY KEY (chain, sequence)
        );

        CREATE TABLE audit_head (
            chain TEXT PRIMARY KEY,
            sequence INTEGER NOT NULL,
            hash BLOB NOT NULL,
            mac BLOB NOT NULL
        );

        CREATE TABLE audit_anchor (
            chain TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            hash BLOB NOT NULL,
            kept_by TEXT NOT NULL,
            at INTEGER NOT NULL,
            signature BLOB NOT NULL,
            PRIMARY KEY (chain, sequence)
        );
        """,
    sqlite: """
        CREATE TRIGGER audit_entry_stays BEFORE UPDATE ON audit_entry
        BEGIN SELECT RAISE(ABORT, 'audit entries stay'); END;
        CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry
        BEGIN SELECT RAISE(ABORT, 'audit entries stay'); END;
        CREATE TRIGGER ledger_entry_stays BEFORE UPDATE ON ledger_entry
        BEGIN SELECT RAISE(ABORT, 'ledger entries stay'); END;
        CREATE TRIGGER ledger_entry_kept BEFORE DELETE ON ledger_entry
        BEGIN SELECT RAISE(ABORT, 'ledger entries stay'); END;
        """,
    postgres: """
        CREATE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'audit entries stay'; END $$;
        CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON audit_entry
        FOR EACH ROW EXECUTE FUNCTION audit_entries_stay();
        CREATE TRIGGER ledger_entry_stays BEFORE UPDATE OR DELETE ON ledger_entry
        FOR EACH ROW EXECUTE FUNCTION audit_entries_stay();
        """)

/// Accounts are known to the database of cases only, so a verdict keeps the name.
let l0002 = Migration(
    number: 2, name: "officer-names",
    shared: """
        ALTER TABLE library_decision ADD COLUMN officer_name TEXT NOT NULL DEFAULT '';
        """)
