import GuituCore
import GuituModel
import GuituStore
import HTTPTypes
import TestSupport
import Testing

@testable import GuituWeb

@Suite("A database server that has no room", .serialized)
struct FullServerTests {
    @Test(
        "each shortage that PostgreSQL reports is told in words, keeps what was typed and passes",
        .enabled(if: TestDatabase.engines.contains(.postgres)),
        arguments: [
            ("53100", "disk full"), ("53200", "out of memory"), ("53400", "a limit was reached"),
            ("53000", "insufficient resources"),
        ])
    func shortage(code: String, message: String) async throws {
        let site = try await Site(.postgres)
        // The server itself raises it, where a full disk would: while the
        // person's row is written, after other rows of the same transaction.
        try await site.office.database.write { tx in
            _ = try tx.execute(
                SQL(
                    trusted: """
                        CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
                        BEGIN RAISE EXCEPTION '\(message)' USING ERRCODE = '\(code)'; END $$
                        """))
            _ = try tx.execute(
                """
                CREATE TRIGGER no_room BEFORE INSERT ON whereabouts
                FOR EACH ROW EXECUTE FUNCTION no_room()
                """)
        }
        try await site.visit(as: .reception) { browser in
            try await browser.open("/arrivals/new")
            let typed = [
                ("mode", "police"), ("broughtBy", "车站派出所 李警官"), ("condition", "well"),
                ("sex", "male"), ("communication", "mute"),
            ]
            let told = try await browser.submit("/arrivals", typed)
            #expect(told.status == 503)
            #expect(told.headers[.retryAfter] != nil)
            #expect(told.body.contains("磁盘已满"))
            #expect(told.body.contains("车站派出所 李警官"))
            #expect(try await site.count("person") == 0)
            #expect(try await site.count("idempotency") == 0)
            try await site.office.database.write { tx in
                _ = try tx.execute("DROP TRIGGER no_room ON whereabouts")
            }
            // The button on the page that told so.
            #expect(try await browser.submit("/arrivals").status == 303)
        }
        #expect(try await site.count("person") == 1)
        #expect(site.log.lines.allSatisfy { !$0.contains("李警官") })
    }
}
