import Foundation
import TestSupport
import Testing

@Suite("Which engines take part")
struct EnginesTests {
    @Test("PostgreSQL takes part, or it is said that it does not; never silently absent in CI")
    func engines() {
        guard TestDatabase.postgresConninfo == nil else {
            #expect(TestDatabase.engines == [.sqlite, .postgres])
            return
        }
        #expect(TestDatabase.engines == [.sqlite])
        if ProcessInfo.processInfo.environment["CI"] == "true" {
            Issue.record("GUITU_TEST_POSTGRES is not set: run through Scripts/postgres-for-tests")
        } else {
            print("PostgreSQL was SKIPPED: GUITU_TEST_POSTGRES is not set.")
        }
    }
}
