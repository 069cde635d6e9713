import GuituModel
import GuituStore
import Synchronization
import TestSupport
import Testing

@testable import GuituCore

/// A page of one record must not grow slower with every record there is.
@Suite("Among a million records")
struct PlanTests {
    @Test("no use-case about one record reads a whole table")
    func noScan() async throws {
        let listening = Listening(
            try await TestDatabase.driver(.sqlite, migrations: Schema.migrations))
        let database = Database(driver: listening, options: TestDatabase.options)
        let scene = try await Scene(try await Office(database))
        var scans: Set<String> = []
        // The figures of an area count its records: their months are the question.
        for sample in Samples.all
        where sample.targetsARecord && !sample.isOfLibrary && sample.name != SeeFigures.name {
            let worker = try await scene.office.account(sample.role, at: sample.roleArea(scene))
            listening.heard.withLock { $0 = [] }
            try? await sample.run(scene, .here, as: worker.actor)
            for statement in listening.heard.withLock({ $0 }) {
                let plan = try await database.read { tx in
                    try tx.rows("EXPLAIN QUERY PLAN " + statement).map {
                        try $0["detail"] as String
                    }
                }
                for step in plan where readsAll(step) {
                    scans.insert("\(sample.name): \(step) in \(statement.words)")
                }
            }
        }
        #expect(scans.sorted() == [])
    }

    /// An index made for one question alone reads the table as a scan does.
    private func readsAll(_ step: String) -> Bool {
        (step.hasPrefix("SCAN ") && !step.contains("CONSTANT ROW")) || step.contains("AUTOMATIC")
    }
}

extension SQL {
    fileprivate var words: String {
        ((try? rendered { "$\($0)" })?.text ?? "").split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
    }
}

/// Remembers what the engine is asked.
private final class Listening: Driver {
    let driver: any Driver
    let heard = Mutex<[SQL]>([])

    init(_ driver: any Driver) { self.driver = driver }

    var engine: Engine { driver.engine }
    var writers: Int? { driver.writers }

    func connect(for mode: TransactionMode) throws -> any Connection {
        Line(try driver.connect(for: mode), self)
    }

    final class Line: Connection {
        let connection: any Connection
        let listening: Listening

        init(_ connection: any Connection, _ listening: Listening) {
            self.connection = connection
            self.listening = listening
        }

        private func hear(_ sql: SQL) -> SQL {
            listening.heard.withLock { $0.append(sql) }
            return sql
        }

        func execute(_ sql: SQL) throws -> Int { try connection.execute(hear(sql)) }
        func rows(_ sql: SQL) throws -> [Row] { try connection.rows(hear(sql)) }
        func forEachRow(_ sql: SQL, _ body: (Row) throws -> Void) throws {
            try connection.forEachRow(hear(sql), body)
        }
        func begin(_ mode: TransactionMode) throws { try connection.begin(mode) }
        func commit() throws { try connection.commit() }
        func rollback() { connection.rollback() }
        func limitStatements(to limit: Duration?) throws {
            try connection.limitStatements(to: limit)
        }
        var isUsable: Bool { connection.isUsable }
        func close() { connection.close() }
    }
}
