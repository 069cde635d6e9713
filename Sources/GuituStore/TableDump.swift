import Crypto
import Foundation

/// All rows of a database as bytes that either engine can read back.
///
/// The schema is not in it: a dump is loaded into a database that was migrated
/// to the same point. It is not encrypted; whoever stores it encrypts it.
///
/// Layout: the line `guitu-dump 1`, then frames of one letter, a big-endian
/// UInt32 length and that many bytes:
///
///     H  the history: count, then number and checksum of each migration
///     T  a table begins: its name, count of columns, their names
///     R  rows of it: count of rows, then their values
///     E  the table ends: its number of rows
///     Z  the end: number of tables and rows, SHA-256 of all bytes before Z
///
/// Counts and integers are big-endian UInt64; a text or blob is its count of
/// bytes and these. A value begins with its kind: 0 NULL, 1 integer, 2 real
/// (IEEE bits), 3 text, 4 blob.
public struct TableDump: Sendable, Equatable {
    /// Rows by table.
    public var rows: [String: Int]
    /// The last migration of the database it was made from.
    public var migration: Int
    /// SHA-256 of the content, in hexadecimal digits.
    public var digest: String
}

public enum DumpError: Error, Equatable, CustomStringConvertible {
    case notADump
    /// Cut off, or changed on its way.
    case damaged
    /// Made at another point of the schema's history than the database is at.
    case otherSchema(dump: Int, database: Int)
    case otherColumns(table: String)
    /// The database holds something already.
    case notEmpty(table: String)
    /// Its rows refer to rows that it does not have.
    case brokenReferences(table: String)

    public var description: String {
        switch self {
        case .notADump: "This is not a dump of Guitu's."
        case .damaged: "The dump is incomplete or damaged; nothing was loaded."
        case .otherSchema(let dump, let database):
            "The dump is of migration \(dump), the database of migration \(database)."
        case .otherColumns(let table): "The dump has other columns of \(table) than the database."
        case .notEmpty(let table): "The table \(table) is not empty; nothing was loaded."
        case .brokenReferences(let table): "Rows of \(table) refer to rows that are missing."
        }
    }
}

extension Database {
    /// Hands all rows to `sink`, chunk by chunk, as one transaction sees them
    /// while others go on writing.
    public func dump(
        into sink: @escaping @Sendable ([UInt8]) throws -> Void
    ) async throws -> TableDump {
        let engine = engine
        return try await withOwnConnection(for: .read) { connection in
            try connection.begin(.read)
            defer { connection.rollback() }
            var writer = DumpWriter(sink: sink)
            let history = try connection.history(engine)
            try writer.frame("H") { payload in
                payload.count(history.count)
                for step in history {
                    payload.count(step.number)
                    payload.text(step.checksum)
                }
            }
            var rows: [String: Int] = [:]
            for table in try connection.tables(engine) {
                rows[table.name] = try writer.table(table, from: connection)
            }
            let digest = try writer.end(rows)
            return TableDump(rows: rows, migration: history.last?.number ?? 0, digest: digest)
        }
    }

    /// Fills a database from a dump, in one transaction: a damaged dump leaves
    /// it as it was.
    ///
    /// `source` gives the bytes in pieces of any size and nil at the end. With
    /// `replacing` the rows that are there, such as those the migrations put
    /// in, are deleted first; otherwise any row is a refusal.
    public func load(
        replacing: Bool, from source: @escaping @Sendable () throws -> [UInt8]?
    ) async throws -> TableDump {
        let engine = engine
        return try await withOwnConnection(for: .write) { connection in
            if engine == .sqlite { try connection.execute("PRAGMA foreign_keys = OFF") }
            try connection.begin(.write)
            do {
                var reader = DumpReader(source: source)
                let dump = try connection.fill(from: &reader, engine, replacing: replacing)
                try connection.commit()
                return dump
            } catch {
                connection.rollback()
                throw error
            }
        }
    }
}

// MARK: - What a database has

struct Table: Equatable {
    var name: String
    var columns: [String]

    var sql: SQL { SQL(trusted: quoted(name)) }
    var columnsSQL: [SQL] { columns.map { SQL(trusted: quoted($0)) } }
}

private func quoted(_ name: String) -> String { "\"\(name)\"" }

extension Transaction {
    fileprivate func history(_ engine: Engine) throws -> [(number: Int, checksum: String)] {
        try rows("SELECT number, checksum FROM schema_migration ORDER BY number").map {
            (try $0["number"], try $0["checksum"])
        }
    }

    /// Tables with rows of ours, by name.
    fileprivate func tables(_ engine: Engine) throws -> [Table] {
        let rows =
            switch engine {
            case .sqlite:
                try self.rows(
                    """
                    SELECT m.name AS "table", c.name AS "column"
                    FROM sqlite_master m, pragma_table_info(m.name) c
                    WHERE m.type = 'table' AND substr(m.name, 1, 7) <> 'sqlite_'
                    ORDER BY m.name, c.cid
                    """)
            case .postgres:
                try self.rows(
                    """
                    SELECT c.relname AS "table", a.attname AS "column"
                    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                    WHERE c.relnamespace = current_schema()::regnamespace
                        AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                        AND a.attnum > 0 AND NOT a.attisdropped
                    ORDER BY c.relname COLLATE "C", a.attnum
                    """)
            }
        var tables: [Table] = []
        for row in rows {
            let name: String = try row["table"]
            // Not data: the database that is filled has its own, equal one.
            guard name != "schema_migration" else { continue }
            if tables.last?.name != name { tables.append(Table(name: name, columns: [])) }
            tables[tables.count - 1].columns.append(try row["column"])
        }
        return tables
    }

    fileprivate func fill(
        from reader: inout DumpReader, _ engine: Engine, replacing: Bool
    ) throws -> TableDump {
        try reader.begin()
        guard case .history(let history) = try reader.next() else { throw DumpError.damaged }
        let ours = try self.history(engine)
        guard history.map(\.number) == ours.map(\.number),
            history.map(\.checksum) == ours.map(\.checksum)
        else {
            throw DumpError.otherSchema(
                dump: history.last?.number ?? 0, database: ours.last?.number ?? 0)
        }
        let tables = try tables(engine)
        let guards = try removeGuards(tables, engine)
        for table in tables {
            if replacing {
                try execute("DELETE FROM \(table.sql)")
            } else if try first("SELECT 1 AS found FROM \(table.sql) LIMIT 1") != nil {
                throw DumpError.notEmpty(table: table.name)
            }
        }
        var counts: [String: Int] = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, 0) })
        var current: Table?
        while true {
            switch try reader.next() {
            case .table(let table):
                guard let known = tables.first(where: { $0.name == table.name }),
                    Set(known.columns) == Set(table.columns)
                else { throw DumpError.otherColumns(table: table.name) }
                current = table
            case .rows(let rows):
                guard let current else { throw DumpError.damaged }
                try insert(into: current.sql, columns: current.columnsSQL, rows: rows)
                counts[current.name, default: 0] += rows.count
            case .endOfTable(let count):
                guard let current, counts[current.name] == count else { throw DumpError.damaged }
            case .history: throw DumpError.damaged
            case .end(let digest):
                try guards.restore(self, engine)
                try execute("ANALYZE")
                return TableDump(rows: counts, migration: ours.last?.number ?? 0, digest: digest)
            }
        }
    }

    /// Foreign keys and triggers wait until all rows are there: rows come
    /// table by table, and a trigger has done its work before the dump.
    private func removeGuards(_ tables: [Table], _ engine: Engine) throws -> Guards {
        var guards = Guards()
        switch engine {
        case .sqlite:
            for row in try rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'") {
                guards.statements.append(SQL(trusted: try row["sql"]))
                try execute(SQL(trusted: "DROP TRIGGER \(quoted(try row["name"]))"))
            }
        case .postgres:
            for row in try rows(
                """
                SELECT r.relname AS "table", c.conname AS name, pg_get_constraintdef(c.oid) AS text
                FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
                WHERE c.contype = 'f' AND r.relnamespace = current_schema()::regnamespace
                    AND c.conparentid = 0
                ORDER BY c.oid
                """)
            {
                let table: String = try row["table"]
                let name: String = try row["name"]
                let alter = "ALTER TABLE \(quoted(table))"
                guards.statements.append(
                    SQL(
                        trusted:
                            "\(alter) ADD CONSTRAINT \(quoted(name)) \(try row["text"] as String)"))
                try execute(SQL(trusted: "\(alter) DROP CONSTRAINT \(quoted(name))"))
            }
            for table in tables {
                try execute("ALTER TABLE \(table.sql) DISABLE TRIGGER USER")
                guards.statements.append("ALTER TABLE \(table.sql) ENABLE TRIGGER USER")
            }
        }
        return guards
    }
}

private struct Guards {
    var statements: [SQL] = []

    func restore(_ tx: any Transaction, _ engine: Engine) throws {
        if engine == .sqlite, let row = try tx.first("PRAGMA foreign_key_check") {
            throw DumpError.brokenReferences(table: try row["table"])
        }
        for statement in statements {
            do {
                try tx.execute(statement)
            } catch DatabaseError.constraint(.foreignKey, let name) {
                throw DumpError.brokenReferences(table: name)
            }
        }
    }
}
