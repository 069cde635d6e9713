import GuituStore
import Testing

@Suite("The shared dialect of migrations")
struct SharedDialectTests {
    @Test("types and table options are translated, strings, names and comments are not")
    func translation() {
        let text = """
            CREATE TABLE note (  -- TEXT; a comment
                id TEXT NOT NULL PRIMARY KEY,
                text TEXT CHECK (text <> 'TEXT; INTEGER'),
                "INTEGER" INTEGER, score REAL, picture BLOB,
                CHECK (length(CAST(id AS TEXT)) = 26)  -- the end;
            );
            CREATE TABLE pair (a TEXT, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
            """
        #expect(
            SharedDialect.statements(text, for: .postgres) == [
                """
                CREATE TABLE note (  -- TEXT; a comment
                    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
                    text TEXT COLLATE "C" CHECK (text <> 'TEXT; INTEGER'),
                    "INTEGER" BIGINT, score DOUBLE PRECISION, picture BYTEA,
                    CHECK (length(CAST(id AS TEXT)) = 26)  -- the end;
                )
                """,
                "CREATE TABLE pair (a TEXT COLLATE \"C\", b TEXT COLLATE \"C\", PRIMARY KEY (a, b))  ",
            ])
        let sqlite = SharedDialect.statements(text, for: .sqlite)
        #expect(sqlite.count == 2)
        #expect(sqlite[0].hasSuffix(") STRICT"))
        #expect(sqlite[1].hasSuffix(") WITHOUT ROWID, STRICT"))
        #expect(sqlite[0].contains("\"INTEGER\" INTEGER, score REAL, picture BLOB"))
    }

    @Test("a comment at the end does not swallow STRICT")
    func trailingComment() {
        #expect(
            SharedDialect.statements("CREATE TABLE a (b TEXT)  -- why\n;", for: .sqlite)
                == ["CREATE TABLE a (b TEXT) STRICT  -- why"])
    }

    @Test("bodies of triggers and functions keep their semicolons")
    func bodies() {
        let trigger = """
            CREATE TRIGGER keep BEFORE DELETE ON audit BEGIN
                SELECT CASE WHEN 1 THEN RAISE(ABORT, 'no; never') END;
            END
            """
        let function = """
            CREATE FUNCTION keep() RETURNS trigger AS $body$
            BEGIN RAISE EXCEPTION 'no; never'; END; $body$ LANGUAGE plpgsql
            """
        #expect(
            SharedDialect.split("\(trigger);\n\n-- only a remark\n;\(function);SELECT $1;")
                == [trigger, function, "SELECT $1"])
    }
}
