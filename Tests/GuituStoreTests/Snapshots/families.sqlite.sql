CREATE TABLE "family" (
    id TEXT NOT NULL PRIMARY KEY,
    heads INTEGER NOT NULL CONSTRAINT family_heads CHECK (heads > 0)
) STRICT;

CREATE INDEX family_by_heads ON family (heads);

CREATE TABLE member (
    id TEXT NOT NULL PRIMARY KEY,
    family TEXT NOT NULL REFERENCES family (id)
) STRICT;

CREATE INDEX member_by_family ON member (family);

CREATE TABLE schema_migration (
    number INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,  -- SHA-256 of the texts that were applied
    applied_at INTEGER NOT NULL  -- milliseconds since 1970
) STRICT;
