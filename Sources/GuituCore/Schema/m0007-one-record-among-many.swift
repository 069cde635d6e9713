import GuituStore

/// What the pages of one record ask for: without these, every page of a person
/// read all searches and all links there are.
let m0007 = Migration(
    number: 7, name: "one-record-among-many",
    shared: """
        CREATE INDEX tracing_by_person ON tracing_request (person, opened_at);
        CREATE INDEX tracing_by_officer ON tracing_request (officer) WHERE closed_at IS NULL;
        CREATE INDEX person_link_by_one ON person_link (one);
        CREATE INDEX decision_by_candidate ON decision (candidate);
        """)
