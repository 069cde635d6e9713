import GuituStore

/// What solved cases teach the ear: places' names as they were truly said.
let m0008 = Migration(
    number: 8, name: "names-of-solved-cases",
    shared: """
        CREATE TABLE solved_name (
            id TEXT PRIMARY KEY,
            request TEXT NOT NULL REFERENCES tracing_request (id),
            heard TEXT NOT NULL,                 -- pinyin or characters, of a place only
            code TEXT NOT NULL,                  -- in the ear's list
            place TEXT NOT NULL,                 -- its names from the province down, should codes change
            since TEXT NOT NULL,
            until TEXT,                          -- the first day it no longer counts
            recorded_at INTEGER NOT NULL,
            recorded_by TEXT NOT NULL,
            withdrawn_at INTEGER,
            withdrawn_by TEXT,
            withdrawal_reason TEXT,
            CHECK (until IS NULL OR until > since),
            CHECK ((withdrawn_at IS NULL) = (withdrawal_reason IS NULL))
        );
        CREATE INDEX solved_name_by_request ON solved_name (request);
        CREATE INDEX solved_name_in_use ON solved_name (since) WHERE withdrawn_at IS NULL;
        """)
