import Clibpq
import Foundation
import GuituStore

/// One session with the server, used by one thread at a time.
///
/// BEGIN travels with the first statement and the end of a reading
/// transaction is not waited for: a page that asks one question costs one
/// round trip.
final class PostgresConnection: Connection {
    private enum Step { case aside, prepare, describe, query, commit, rollback, sync }

    private let wire: PostgresWire
    private let patience: Duration
    private var limit: Duration?
    private var statements = StatementCache()
    /// BEGIN that nobody has sent yet.
    private var unsentBegin: TransactionMode?
    private var mode: TransactionMode?
    /// Commands sent whose answers nobody has read yet.
    private var unread: [Step] = []

    init(_ wire: PostgresWire, patience: Duration) {
        self.wire = wire
        self.patience = patience
    }

    var isUsable: Bool { wire.isOpen }
    func close() { wire.close() }

    func limitStatements(to limit: Duration?) throws {
        self.limit = limit
        let setting = limit.map(milliseconds) ?? "0"
        try execute("SELECT set_config('statement_timeout', \(setting), false)")
    }

    func begin(_ mode: TransactionMode) throws {
        guard self.mode == nil else {
            throw DatabaseError.engine(code: "nested", message: "a transaction is open already")
        }
        if !unread.isEmpty { try settle() }
        try wire.checkResting()
        (self.mode, unsentBegin) = (mode, mode)
    }

    func commit() throws {
        defer { mode = nil }
        guard unsentBegin == nil else {
            unsentBegin = nil  // nothing was asked
            return
        }
        try send("COMMIT", as: .commit)
        if mode == .read {
            try wire.flush(until: deadline())
            return
        }
        do {
            try settle()
        } catch DatabaseError.unavailable(let reason) {
            throw DatabaseError.unavailable(
                reason: "\(reason) during the commit; whether it was kept is not known")
        }
    }

    func rollback() {
        defer { mode = nil }
        guard mode != nil, unsentBegin == nil, isUsable else {
            unsentBegin = nil
            return
        }
        do {
            try send("ROLLBACK", as: .rollback)
            try settle()
        } catch {
            // Whatever state it is in, nobody should meet it again.
            wire.close()
        }
    }

    @discardableResult
    func execute(_ sql: SQL) throws -> Int {
        try run(sql, streaming: false) { _, _ in }
    }

    func rows(_ sql: SQL) throws -> [Row] {
        var rows: [Row] = []
        _ = try run(sql, streaming: false) { result, columns in
            rows.reserveCapacity(rows.count + Int(PQntuples(result)))
            try result.eachRow(columns) { rows.append($0) }
        }
        return rows
    }

    func forEachRow(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        _ = try run(sql, streaming: true) { result, columns in
            try result.eachRow(columns, body)
        }
    }

    // MARK: -

    private func deadline() -> ContinuousClock.Instant {
        // Without a limit a server still has to show a sign of life an hour.
        .now + (limit.map { $0 + patience } ?? .seconds(3600))
    }

    /// Sends one statement, with BEGIN before it if that is still to be sent,
    /// and hands its results to `take`.
    private func run(
        _ sql: SQL, streaming: Bool, _ take: (OpaquePointer, ResultColumns) throws -> Void
    ) throws -> Int {
        let (text, values) = try sql.rendered { "$\($0)" }
        if !unread.isEmpty { try settle() }
        var steps: [Step] = []
        if let mode = unsentBegin {
            try push(
                mode == .write
                    ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
                    : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            steps.append(.aside)
            unsentBegin = nil
        }
        let parameters = Parameters(values)
        let use = statements.use(text, parameters)
        var sent: Int32
        switch use {
        case .once:
            sent = parameters.withPointers { types, values, lengths, formats in
                PQsendQueryParams(
                    wire.pointer, text, Int32(parameters.count), types, values, lengths, formats, 1)
            }
        case .prepare(let statement, let evicted):
            if let evicted {
                try push("DEALLOCATE \(evicted)")
                steps.append(.aside)
            }
            sent = parameters.withPointers { types, _, _, _ in
                PQsendPrepare(wire.pointer, statement.name, text, Int32(parameters.count), types)
            }
            if sent == 1 { sent = PQsendDescribePrepared(wire.pointer, statement.name) }
            if sent == 1 { sent = execute(statement, parameters) }
            steps += [.prepare, .describe]
        case .execute(let statement):
            sent = execute(statement, parameters)
        }
        guard sent == 1, PQpipelineSync(wire.pointer) == 1 else {
            throw wire.drop("took no statement")
        }
        unread = steps + [.query, .sync]
        return try receive(streaming: streaming, use.statement, take)
    }

    private func execute(_ statement: StatementCache.Statement, _ parameters: Parameters) -> Int32 {
        parameters.withPointers { _, values, lengths, formats in
            PQsendQueryPrepared(
                wire.pointer, statement.name, Int32(parameters.count), values, lengths, formats, 1)
        }
    }

    private func push(_ text: String) throws {
        guard PQsendQueryParams(wire.pointer, text, 0, nil, nil, nil, nil, 1) == 1 else {
            throw wire.drop("took no statement")
        }
    }

    private func send(_ text: String, as step: Step) throws {
        if !unread.isEmpty { try settle() }
        try push(text)
        guard PQpipelineSync(wire.pointer) == 1 else { throw wire.drop("took no statement") }
        unread = [step, .sync]
    }

    /// Reads the answers that are still to come.
    private func settle() throws {
        _ = try receive(streaming: false, nil) { _, _ in }
    }

    /// Reads all answers; throws the first failure, after the last answer.
    private func receive(
        streaming: Bool, _ statement: StatementCache.Statement?,
        _ take: (OpaquePointer, ResultColumns) throws -> Void
    ) throws -> Int {
        let deadline = deadline()
        try wire.flush(until: deadline)
        var failure: (any Error)?
        var changed = 0
        var columns = statement?.columns
        while let step = unread.first {
            if step == .query, streaming { PQsetSingleRowMode(wire.pointer) }
            // A command ends with no result; the synchronisation is one.
            while let result = try wire.result(until: limit == nil ? self.deadline() : deadline) {
                defer { PQclear(result) }
                if step == .sync { break }
                switch PQresultStatus(result) {
                case PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE:
                    changed = result.changedRows
                    guard step == .query, failure == nil else { continue }
                    do {
                        let known = try columns ?? ResultColumns(result)
                        columns = known
                        statement?.columns = known
                        try take(result, known)
                    } catch {
                        failure = error
                    }
                case PGRES_COMMAND_OK:
                    switch step {
                    case .query: changed = result.changedRows
                    case .prepare: statement?.isReady = true
                    case .describe: statement?.learnTypes(from: result)
                    case .commit where result.command == "ROLLBACK":
                        failure = DatabaseError.engine(
                            code: "failed", message: "an earlier statement failed: nothing was kept"
                        )
                    default: break
                    }
                case PGRES_PIPELINE_ABORTED: continue
                default:
                    let error = ServerError(result)
                    if error.makesPlansStale { statements.forgetAll() }
                    failure = failure ?? error.shared
                }
            }
            unread.removeFirst()
        }
        if let failure {
            if let statement, !statement.isReady { statements.forget(statement) }
            throw failure
        }
        return changed
    }
}
