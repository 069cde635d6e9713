import GuituStore

/// Numbers of samples and that laboratories concluded; typings stand in the
/// library's own database, never here.
let m0006 = Migration(
    number: 6, name: "dna-samples",
    shared: """
        CREATE TABLE dna_sample (
            id TEXT PRIMARY KEY,
            request TEXT NOT NULL REFERENCES tracing_request (id),
            number TEXT NOT NULL,                -- all that joins it with a laboratory
            subject TEXT NOT NULL,               -- the person themselves, or a relative
            relative TEXT NOT NULL,              -- which relative, as told
            taken_on TEXT NOT NULL,
            noted_at INTEGER NOT NULL,
            noted_by TEXT NOT NULL,
            UNIQUE (request, number)
        );
        CREATE INDEX dna_sample_number ON dna_sample (number);

        CREATE TABLE dna_conclusion (
            number TEXT NOT NULL,
            laboratory TEXT NOT NULL,
            concluded_on TEXT NOT NULL,
            recorded_at INTEGER NOT NULL,
            PRIMARY KEY (number, laboratory, concluded_on)
        );
        """)
