import Foundation
import GuituStore
import Testing

/// The schema a database really has, as stable text: two databases with the
/// same schema give the same text, and a changed one a readable diff.
public func schemaSnapshot(of database: Database) async throws -> String {
    switch database.engine {
    case .sqlite: try await database.read(sqliteSnapshot)
    case .postgres: try await database.read(postgresSnapshot)
    }
}

private func sqliteSnapshot(_ tx: any Transaction) throws -> String {
    // As written by the migrations; indexes without a text belong to a
    // PRIMARY KEY or UNIQUE that the table's own text shows.
    try tx.rows(
        """
        SELECT sql FROM sqlite_master
        WHERE sql IS NOT NULL AND substr(name, 1, 7) <> 'sqlite_'
        ORDER BY tbl_name, CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, name
        """
    ).map { row in
        let text: String = try row["sql"]
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
            .joined(separator: "\n") + ";\n"
    }.joined(separator: "\n")
}

private func postgresSnapshot(_ tx: any Transaction) throws -> String {
    var lines: [String] = []
    for table in try tx.rows(
        """
        SELECT c.oid, c.relname FROM pg_class c
        WHERE c.relkind IN ('r', 'p', 'v') AND c.relnamespace = current_schema()::regnamespace
        ORDER BY c.relname COLLATE "C"
        """)
    {
        let oid: Int = try table["oid"]
        lines.append("TABLE \(try table["relname"] as String)")
        let columns = try tx.rows(
            """
            SELECT a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
                || CASE WHEN l.collname IS NULL THEN '' ELSE ' COLLATE "' || l.collname || '"' END
                || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
                || COALESCE(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') AS line
            FROM pg_attribute a
            LEFT JOIN pg_collation l ON l.oid = a.attcollation
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = CAST(\(oid) AS oid) AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """)
        let rest = try tx.rows(
            """
            SELECT line FROM (
                SELECT 1 AS part, conname || ' ' || pg_get_constraintdef(oid) AS line
                FROM pg_constraint WHERE conrelid = CAST(\(oid) AS oid)
                UNION ALL
                SELECT 2, pg_get_indexdef(i.indexrelid) FROM pg_index i
                WHERE i.indrelid = CAST(\(oid) AS oid) AND NOT EXISTS (
                    SELECT 1 FROM pg_constraint c
                    WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))
                UNION ALL
                SELECT 3, pg_get_triggerdef(t.oid) FROM pg_trigger t
                WHERE t.tgrelid = CAST(\(oid) AS oid) AND NOT t.tgisinternal
            ) AS parts ORDER BY part, line COLLATE "C"
            """)
        lines += try (columns + rest).map { "    \(try $0["line"] as String)" } + [""]
    }
    for function in try tx.rows(
        """
        SELECT pg_get_functiondef(p.oid) AS text FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND p.prokind = 'f'
        ORDER BY p.proname COLLATE "C"
        """)
    {
        lines.append(try function["text"])
    }
    // The schema's name differs when tests share a database.
    return lines.joined(separator: "\n").replacingOccurrences(of: "public.", with: "")
}

/// Compares `text` with a file beside the test, which reviewers see in the
/// diff. `GUITU_RECORD=1` writes it anew.
public func expectSnapshot(
    _ text: String, named name: String, filePath: String = #filePath,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let file = URL(fileURLWithPath: filePath).deletingLastPathComponent()
        .appendingPathComponent("Snapshots").appendingPathComponent(name)
    if ProcessInfo.processInfo.environment["GUITU_RECORD"] == "1" {
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return
    }
    guard let known = try? String(contentsOf: file, encoding: .utf8) else {
        Issue.record(
            "no snapshot \(name): run once with GUITU_RECORD=1 and commit it",
            sourceLocation: sourceLocation)
        return
    }
    let (old, new) = (
        known.split(separator: "\n", omittingEmptySubsequences: false),
        text.split(separator: "\n", omittingEmptySubsequences: false)
    )
    guard old != new else { return }
    let changes = new.difference(from: old).map { change in
        switch change {
        case .insert(let line, let element, _): "+ \(line + 1): \(element)"
        case .remove(let line, let element, _): "- \(line + 1): \(element)"
        }
    }
    Issue.record(
        "\(name) changed:\n\(changes.joined(separator: "\n"))", sourceLocation: sourceLocation)
}
