import Foundation
import TestSupport
import Testing

@Suite("Words of one engine only")
struct EngineWordsTests {
    @Test(
        "each of them is found",
        arguments: [
            "SELECT details -> 'a' AS a FROM fact", "SELECT id::text FROM person",
            "SELECT id FROM person WHERE name LIKE ?", "SELECT id FROM person WHERE name ILIKE ?",
            "SELECT id FROM person WHERE name GLOB ?", "SELECT LOWER(name) AS n FROM person",
            "SELECT NOW() AS now FROM person", "UPDATE person SET at = datetime('now')",
            "SELECT strftime('%s') AS s FROM person", "SELECT rowid FROM person",
            "DELETE FROM person WHERE ctid = ?", "INSERT OR REPLACE INTO person VALUES (?)",
            "SELECT id FROM job WHERE state = ? FOR UPDATE SKIP LOCKED",
            "SELECT MAX(a, b) AS m FROM person", "SELECT IFNULL(a, b) AS c FROM person",
            "SELECT id FROM person WHERE flag = TRUE", "SELECT id FROM person WHERE a IS ?",
            "SELECT id FROM person LIMIT 5, 10", "SELECT CAST(at AS INTEGER) AS a FROM person",
            "SELECT group_concat(name) AS n FROM person", "SELECT id FROM person WHERE a == 1",
            "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT)",
            "CREATE TABLE a (id SERIAL)", "SELECT json_extract(a, b) AS c FROM fact",
        ])
    func found(sql: String) {
        #expect(!EngineWords.offences(in: sql).isEmpty)
    }

    @Test(
        "what both understand passes",
        arguments: [
            "INSERT INTO a (id) VALUES (?) ON CONFLICT (id) DO UPDATE SET n = excluded.n RETURNING n",
            "SELECT COUNT(*) AS n, MAX(at) AS last FROM a WHERE b IS NOT NULL AND c IS NOT DISTINCT FROM ?",
            "SELECT 'LIKE -> NOW()' AS a FROM b  -- rowid, LIKE",
            "SELECT id FROM a WHERE (at, id) > (?, ?) ORDER BY at, id LIMIT ? OFFSET ?",
            "SELECT COALESCE(a, '') || ' ' || b AS c, CAST(d AS BIGINT) AS e FROM f",
            "SELECT id FROM a WHERE name >= ? AND name < ? AND date = ?",
        ])
    func passes(sql: String) {
        #expect(EngineWords.offences(in: sql) == [])
    }

    @Test("migrations may say INTEGER and WITHOUT ROWID")
    func migrations() {
        let text = "CREATE TABLE a (id INTEGER CHECK (CAST(b AS INTEGER) > 0)) WITHOUT ROWID"
        #expect(EngineWords.offences(in: text, isMigration: true) == [])
    }

    @Test("statements are found in Swift as it is written")
    func literals() {
        let source = #"""
            // "SELECT comment FROM a"
            let words = "从数据库选取 from the start"
            try tx.execute("UPDATE bed SET a = \(f("x", (1))) WHERE id = \(id)")
            let more: SQL = """
                SELECT "a" FROM b
                WHERE c = \(cond ? "SELECT x FROM y" as SQL : "")
                """
            """#
        let found = EngineWords.statements(inSwift: source)
        #expect(found.map(\.line) == [3, 4, 6])
        #expect(found.first?.sql == "UPDATE bed SET a = ? WHERE id = ?")
        #expect(found.last?.sql == "SELECT x FROM y")
    }

    @Test("no statement of the program uses them")
    func program() throws {
        let sources = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources")
        var count = 0
        for folder in ["GuituCore", "GuituWeb", "guitu"] {
            let files = FileManager.default.enumerator(
                at: sources.appendingPathComponent(folder), includingPropertiesForKeys: nil)
            while let file = files?.nextObject() as? URL {
                guard file.pathExtension == "swift" else { continue }
                let text = try String(contentsOf: file, encoding: .utf8)
                for (line, sql) in EngineWords.statements(inSwift: text) {
                    count += 1
                    // A migration's extra text is for one engine, and says so.
                    let isMigration = file.path.contains("/Schema/")
                    if isMigration, sql.contains("TRIGGER") || sql.contains("FUNCTION") { continue }
                    for offence in EngineWords.offences(in: sql, isMigration: isMigration) {
                        Issue.record("\(folder)/\(file.lastPathComponent):\(line): \(offence)")
                    }
                }
            }
        }
        print("\(count) statements read")
        #expect(count > 0, "no statement was found: the reader of sources is broken")
    }
}
