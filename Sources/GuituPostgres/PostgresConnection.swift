import Clibpq
import Foundation
import GuituStore

/// One session with the server, used by one thread at a time.
///
/// BEGIN travels with the first statement and the end of a reading
/// transaction is not waited for: a page that asks one question costs one
/// round trip. What was only sent travels with the next question or COMMIT.
final class PostgresConnection: Connection {
    /// A command on its way, in the order in which answers come.
    private struct Step {
        enum Kind { case aside, prepare, describe, query, commit, rollback, sync }
        var kind: Kind
        var statement: StatementCache.Statement?
        /// Which of the questions asked together this is; nil for what was
        /// only sent.
        var question: Int?
    }

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
        } catch {
            // A statement sent before COMMIT failed, and COMMIT went unheard.
            if wire.isInTransaction { endFailed() }
            throw error
        }
    }

    func rollback() {
        defer { mode = nil }
        guard mode != nil, unsentBegin == nil, isUsable else {
            unsentBegin = nil
            return
        }
        endFailed()
    }

    @discardableResult
    func execute(_ sql: SQL) throws -> Int {
        try push(sql, question: 0)
        return try receive { _, _, _ in }
    }

    func send(_ sql: SQL) throws { try push(sql, question: nil) }

    func rows(_ sql: SQL) throws -> [Row] { try rows(ofEach: [sql])[0] }

    func rows(ofEach questions: [SQL]) throws -> [[Row]] {
        for (index, sql) in questions.enumerated() { try push(sql, question: index) }
        var rows = questions.map { _ in [Row]() }
        _ = try receive { question, result, columns in
            rows[question].reserveCapacity(rows[question].count + Int(PQntuples(result)))
            try result.eachRow(columns) { rows[question].append($0) }
        }
        return rows
    }

    func forEachRow(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        try push(sql, question: 0)
        _ = try receive(streaming: true) { _, result, columns in
            try result.eachRow(columns, body)
        }
    }

    // MARK: -

    private func deadline() -> ContinuousClock.Instant {
        // Without a limit a server still has to show a sign of life an hour.
        .now + (limit.map { $0 + patience } ?? .seconds(3600))
    }

    /// Hands one statement to libpq, with BEGIN before it if that is still to
    /// be sent. `receive` or `settle` sends it off.
    private func push(_ sql: SQL, question: Int?) throws {
        let (text, values) = try sql.rendered { "$\($0)" }
        if unread.last?.kind == .sync { try settle() }
        if let mode = unsentBegin {
            try push(
                mode == .write
                    ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
                    : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", as: .aside)
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
            if let evicted { try push("DEALLOCATE \(evicted)", as: .aside) }
            sent = parameters.withPointers { types, _, _, _ in
                PQsendPrepare(wire.pointer, statement.name, text, Int32(parameters.count), types)
            }
            if sent == 1 { sent = PQsendDescribePrepared(wire.pointer, statement.name) }
            if sent == 1 { sent = execute(statement, parameters) }
            unread += [
                Step(kind: .prepare, statement: statement),
                Step(kind: .describe, statement: statement),
            ]
        case .execute(let statement):
            sent = execute(statement, parameters)
        }
        guard sent == 1 else { throw wire.drop("took no statement") }
        unread.append(Step(kind: .query, statement: use.statement, question: question))
    }

    private func execute(_ statement: StatementCache.Statement, _ parameters: Parameters) -> Int32 {
        parameters.withPointers { _, values, lengths, formats in
            PQsendQueryPrepared(
                wire.pointer, statement.name, Int32(parameters.count), values, lengths, formats, 1)
        }
    }

    private func push(_ text: String, as kind: Step.Kind) throws {
        guard PQsendQueryParams(wire.pointer, text, 0, nil, nil, nil, nil, 1) == 1 else {
            throw wire.drop("took no statement")
        }
        unread.append(Step(kind: kind))
    }

    private func send(_ text: String, as kind: Step.Kind) throws {
        if unread.last?.kind == .sync { try settle() }
        try push(text, as: kind)
        try sync()
    }

    private func sync() throws {
        guard PQpipelineSync(wire.pointer) == 1 else { throw wire.drop("took no statement") }
        unread.append(Step(kind: .sync))
    }

    /// Goes back to before BEGIN. What was sent and not answered is of no
    /// interest any more.
    private func endFailed() {
        do {
            try? settle()
            try send("ROLLBACK", as: .rollback)
            try settle()
        } catch {
            // Whatever state it is in, nobody should meet it again.
            wire.close()
        }
    }

    /// Reads the answers that are still to come.
    private func settle() throws {
        guard !unread.isEmpty else { return }
        _ = try receive { _, _, _ in }
    }

    /// Sends off what was pushed and reads all answers; throws the first
    /// failure, after the last answer. Returns how many rows the last
    /// statement changed.
    private func receive(
        streaming: Bool = false, _ take: (Int, OpaquePointer, ResultColumns) throws -> Void
    ) throws -> Int {
        if unread.last?.kind != .sync { try sync() }
        let deadline = deadline()
        try wire.flush(until: deadline)
        var failure: (any Error)?
        var changed = 0
        var unready: [StatementCache.Statement] = []
        while let step = unread.first {
            var columns = step.statement?.columns
            if step.kind == .query {
                changed = 0
                if streaming, step.question != nil { PQsetSingleRowMode(wire.pointer) }
            }
            // A command ends with no result; the synchronisation is one.
            while let result = try wire.result(until: limit == nil ? self.deadline() : deadline) {
                defer { PQclear(result) }
                if step.kind == .sync { break }
                switch PQresultStatus(result) {
                case PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE:
                    changed = result.changedRows
                    guard step.kind == .query, let question = step.question, failure == nil
                    else { continue }
                    do {
                        let known = try columns ?? ResultColumns(result)
                        columns = known
                        step.statement?.columns = known
                        try take(question, result, known)
                    } catch {
                        failure = error
                    }
                case PGRES_COMMAND_OK:
                    switch step.kind {
                    case .query: changed = result.changedRows
                    case .prepare: step.statement?.isReady = true
                    case .describe: step.statement?.learnTypes(from: result)
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
            if let statement = step.statement, !statement.isReady { unready.append(statement) }
            unread.removeFirst()
        }
        if let failure {
            for statement in unready { statements.forget(statement) }
            throw failure
        }
        return changed
    }
}
