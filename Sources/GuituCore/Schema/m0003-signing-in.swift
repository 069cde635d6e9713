import GuituStore

/// Wrong passwords counted by client, devices an account knows, and what the
/// administrators' checks ask.
let m0003 = Migration(
    number: 3, name: "signing-in",
    shared: """
        -- Wrong passwords by login and client, so that a stranger's failures slow
        -- the stranger. The login may be nobody's: unknown ones behave the same.
        CREATE TABLE sign_in_failure (
            login BLOB NOT NULL,                 -- keyed digest of the login as typed
            client TEXT NOT NULL,                -- 'device:…', 'address:…', or 'strangers' for all
            failures INTEGER NOT NULL,           -- since the last right one or a quiet day
            last_at INTEGER NOT NULL,
            slow_until INTEGER,                  -- no password is tried before this instant
            PRIMARY KEY (login, client)
        );
        CREATE INDEX sign_in_failure_by_age ON sign_in_failure (last_at);

        -- Browsers that signed in to an account before, by their cookie's digest.
        CREATE TABLE known_device (
            account TEXT NOT NULL REFERENCES account (id),
            digest BLOB NOT NULL,
            first_at INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            PRIMARY KEY (account, digest)
        );

        -- Every arrival asks whether the administrators are named.
        CREATE INDEX role_grant_now ON role_grant (role, area) WHERE revoked_at IS NULL;
        -- Case numbers begin with a station's code: two stations never share one.
        CREATE UNIQUE INDEX area_code_once ON area (code) WHERE valid_until IS NULL;
        """)
