import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("The schema")
struct SchemaTests {
    @Test("is the one reviewers saw", arguments: TestDatabase.engines)
    func snapshot(engine: Engine) async throws {
        let database = try await TestDatabase.fresh(engine, migrations: Schema.migrations)
        try expectSnapshot(
            try await schemaSnapshot(of: database), named: "schema-\(engine.rawValue)")
        await database.close()
    }
}
