import Crypto
import Foundation
import GuituModel
import GuituStore

/// Loads a list of missing reports from a spreadsheet's CSV, good rows kept,
/// bad ones named with line and reason, a repeat loading nothing twice.
///
/// Rows are loaded in parts of `part`, each a transaction through the bulk path.
/// A run that was cut off leaves whole parts; running it again completes it.
public struct MissingImport: Sendable {
    public static let part = 200

    public var holder: Area.ID
    /// What staff call the list; with a row's key it names the row for good.
    public var list: String
    public var file: [UInt8]

    public init(holder: Area.ID, list: String, file: [UInt8]) {
        self.holder = holder
        self.list = list
        self.file = file
    }

    /// Why a whole file was not read.
    public enum Failure: Refusal, Equatable {
        case unreadable(line: Int)
        case empty
        case columnMissing(ImportColumn)
        case columnTwice(ImportColumn)

        public var saying: Saying {
            switch self {
            case .unreadable(let line):
                Saying("import.unreadable", ["line": "\(line)"], field: "file")
            case .empty: Saying("import.empty", field: "file")
            case .columnMissing(let column):
                Saying("import.columnMissing", ["column": column.header], field: "file")
            case .columnTwice(let column):
                Saying("import.columnTwice", ["column": column.header], field: "file")
            }
        }
    }

    /// Begins the import and returns at once with its number; `run` does the rest.
    /// The same `key` gives the same number again.
    public func begin(in workplace: Workplace, as actor: Actor, key: IdempotencyKey? = nil)
        async throws -> ID<ImportBatch>
    {
        do {
            _ = try ImportSheet(file: file, today: workplace.clock.now.inChina.day)
        } catch let refusal as Failure {
            throw Ending.refused(refusal)
        }
        return try await workplace.perform(
            BeginImport(
                holder: holder, list: list, digest: Array(SHA256.hash(data: file))), as: actor,
            key: key)
    }

    /// Loads every row; progress stands in the batch, to be looked at meanwhile.
    public func run(_ batch: ID<ImportBatch>, in workplace: Workplace, as actor: Actor) async throws
    {
        do {
            try await loadAll(batch, workplace, actor)
        } catch {
            // Without the database this is said when the server starts again.
            try? await workplace.endCutImports(only: batch)
            throw error
        }
    }

    private func loadAll(_ batch: ID<ImportBatch>, _ workplace: Workplace, _ actor: Actor)
        async throws
    {
        var sheet = try ImportSheet(file: file, today: workplace.clock.now.inChina.day)
        var rows: [ImportSheet.Row] = []
        while let row = sheet.next() {
            rows.append(row)
            if rows.count == Self.part {
                try await load(rows, batch, workplace, actor)
                rows = []
            }
        }
        try await load(rows, batch, workplace, actor)
        try await workplace.perform(EndImport(holder: holder, batch: batch), as: actor)
    }

    private func load(
        _ rows: [ImportSheet.Row], _ batch: ID<ImportBatch>, _ workplace: Workplace, _ actor: Actor
    ) async throws {
        guard !rows.isEmpty else { return }
        var problems: [ImportProblem] = []
        var items: [(line: Int, item: RegisterMissing)] = []
        for row in rows {
            switch row.content {
            case .problem(let sayings):
                problems += sayings.map { ImportProblem(line: row.line, saying: $0) }
            case .report(let key, let fields):
                var item = RegisterMissing(
                    holder: holder, fields: fields, reportedAt: workplace.clock.now)
                item.source = .init(list: list, key: key, batch: batch)
                items.append((row.line, item))
            }
        }
        let bulk = try await workplace.perform(
            Bulk(area: holder, items: items.map(\.item)), as: actor)
        for refused in bulk.refused {
            problems += refused.sayings.map {
                ImportProblem(line: items[refused.item].line, saying: $0)
            }
        }
        let known = bulk.answers.count { $0?.known == true }
        try await workplace.perform(
            RecordImport(
                holder: holder, batch: batch, rows: rows.count,
                loaded: bulk.answers.count { $0 != nil } - known, known: known,
                problems: problems), as: actor)
    }
}

public enum ImportState: String, Sendable, CaseIterable, SQLConvertible {
    case running, done
    /// Cut off, by a stop of the server or a fault. The same file sent again
    /// completes it.
    case interrupted = "failed"
}

extension Workplace {
    /// Says of imports that run no more that they were cut off: when the server
    /// starts, of all that it finds running.
    ///
    /// Should another copy of the server be loading one at that moment, it says
    /// the contrary with its next part (`RecordImport`).
    public func endCutImports(only batch: ID<ImportBatch>? = nil) async throws {
        let which: SQL = batch.map { "AND id = \($0)" } ?? ""
        try await database.write { [now = clock.now] tx in
            _ = try tx.execute(
                """
                UPDATE import_batch SET state = \(ImportState.interrupted), ended_at = \(now)
                WHERE state = \(ImportState.running) \(which)
                """)
        }
    }
}

public struct ImportProblem: Codable, Sendable, Equatable {
    public var line: Int
    public var saying: Saying
}

/// Notes that an import of a list has begun.
struct BeginImport: ChangingUseCase {
    static let needs = Permission.importMissing
    var target: Target { .area(holder) }
    var holder: Area.ID
    var list: String
    var digest: [UInt8]

    func perform(in work: Work) throws -> ID<ImportBatch> {
        var form = FormCheck()
        let list = form.text(list, "list", limit: 60, required: true)
        try form.finish()
        let id: ID<ImportBatch> = work.newID()
        try work.tx.execute(
            """
            INSERT INTO import_batch (id, area, source, file_digest, state, rows_total, rows_loaded,
                rows_known, rows_refused, started_at, started_by)
            VALUES (\(id), \(holder), \(list), \(digest), 'running', 0, 0, 0, 0, \(work.now),
                \(work.viewer.label))
            """)
        return id
    }
}

/// Adds up one part of an import.
struct RecordImport: ChangingUseCase {
    static let needs = Permission.importMissing
    var target: Target { .area(holder) }
    var holder: Area.ID
    var batch: ID<ImportBatch>
    var rows: Int
    var loaded: Int
    var known: Int
    var problems: [ImportProblem]

    func perform(in work: Work) throws -> Nothing {
        let refused = Set(problems.map(\.line)).count
        let changed = try work.tx.execute(
            """
            UPDATE import_batch SET rows_total = rows_total + \(rows),
                rows_loaded = rows_loaded + \(loaded), rows_known = rows_known + \(known),
                rows_refused = rows_refused + \(refused), state = \(ImportState.running),
                ended_at = NULL
            WHERE id = \(batch) AND area = \(holder) AND state <> \(ImportState.done)
            """)
        guard changed == 1 else { throw Ending.notFound }
        for problem in problems {
            try work.tx.execute(
                """
                INSERT INTO import_problem (batch, line, saying, field, arguments)
                VALUES (\(batch), \(problem.line), \(problem.saying.key),
                    \(problem.saying.field ?? ""), \(try canonicalJSON(problem.saying.arguments)))
                ON CONFLICT DO NOTHING
                """)
        }
        return Nothing()
    }
}

/// Notes that an import is complete.
struct EndImport: ChangingUseCase {
    static let needs = Permission.importMissing
    var target: Target { .area(holder) }
    var holder: Area.ID
    var batch: ID<ImportBatch>

    func perform(in work: Work) throws -> Nothing {
        let changed = try work.tx.execute(
            """
            UPDATE import_batch SET state = \(ImportState.done), ended_at = \(work.now)
            WHERE id = \(batch) AND area = \(holder) AND state <> \(ImportState.done)
            """)
        guard changed == 1 else { throw Ending.notFound }
        try work.emit(.missingImported, about: .area(holder), in: holder, ["batch": batch.text])
        return Nothing()
    }
}

/// How far an import has come, and every row it could not load.
public struct SeeImport: ReadingUseCase {
    public static let needs = Permission.importMissing
    public static let effect = Effect.reads
    public var target: Target { .area(holder) }
    public var holder: Area.ID
    public var batch: ID<ImportBatch>

    public init(holder: Area.ID, batch: ID<ImportBatch>) {
        self.holder = holder
        self.batch = batch
    }

    public struct Answer: Sendable {
        public var list: String
        public var state: ImportState
        public var rows: Int
        public var loaded: Int
        public var known: Int
        public var refused: Int
        public var startedAt: Instant
        public var problems: [ImportProblem]
    }

    public func perform(in work: Work) throws -> Answer {
        guard
            let row = try work.tx.first(
                """
                SELECT source, state, rows_total, rows_loaded, rows_known, rows_refused, started_at
                FROM import_batch WHERE id = \(batch) AND area = \(holder)
                """)
        else { throw Ending.notFound }
        let problems = try work.tx.rows(
            """
            SELECT line, saying, field, arguments FROM import_problem WHERE batch = \(batch)
            ORDER BY line, saying LIMIT 5000
            """
        ).map { row in
            let arguments: String = try row["arguments"]
            let field: String = try row["field"]
            return ImportProblem(
                line: try row["line"],
                saying: Saying(
                    try row["saying"],
                    try JSONDecoder().decode([String: String].self, from: Data(arguments.utf8)),
                    field: field.orNil))
        }
        return Answer(
            list: try row["source"], state: try row["state"], rows: try row["rows_total"],
            loaded: try row["rows_loaded"], known: try row["rows_known"],
            refused: try row["rows_refused"], startedAt: try row["started_at"], problems: problems)
    }
}

/// The latest imports of an area.
public struct ListImports: ReadingUseCase {
    public static let needs = Permission.importMissing
    public static let effect = Effect.reads
    public var target: Target { .ownAreas }

    public init() {}

    public struct Line: Sendable {
        public var holder: Area.ID
        public var holderName: String
        public var batch: ID<ImportBatch>
        public var list: String
        public var state: ImportState
        public var rows: Int
        public var refused: Int
        public var startedAt: Instant
    }

    public func perform(in work: Work) throws -> [Line] {
        try work.tx.rows(
            """
            SELECT b.id, b.area, a.name, b.source, b.state, b.rows_total, b.rows_refused, b.started_at
            FROM import_batch b JOIN area a ON a.id = b.area
            WHERE \(work.viewer.scope(.importMissing, area: "b.area"))
            ORDER BY b.started_at DESC, b.id DESC LIMIT 50
            """
        ).map {
            Line(
                holder: try $0["area"], holderName: try $0["name"], batch: try $0["id"],
                list: try $0["source"], state: try $0["state"],
                rows: try $0["rows_total"], refused: try $0["rows_refused"],
                startedAt: try $0["started_at"])
        }
    }
}
