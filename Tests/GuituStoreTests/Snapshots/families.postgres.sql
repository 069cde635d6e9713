TABLE family
    id text COLLATE "C" NOT NULL
    heads bigint NOT NULL
    family_heads CHECK ((heads > 0))
    family_pkey PRIMARY KEY (id)
    CREATE INDEX family_by_heads ON family USING btree (heads)

TABLE member
    id text COLLATE "C" NOT NULL
    family text COLLATE "C" NOT NULL
    member_family_fkey FOREIGN KEY (family) REFERENCES family(id)
    member_pkey PRIMARY KEY (id)
    CREATE INDEX member_by_family ON member USING btree (family)

TABLE schema_migration
    number bigint NOT NULL
    name text COLLATE "C" NOT NULL
    checksum text COLLATE "C" NOT NULL
    applied_at bigint NOT NULL
    schema_migration_pkey PRIMARY KEY (number)
