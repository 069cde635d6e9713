import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("Ending a report")
struct CloseMissingTests {
    private func close(_ scene: Scene, _ outcome: CloseMissing.Outcome = .cameHome) async throws {
        try await scene.office.workplace.perform(
            CloseMissing(report: scene.report, outcome: outcome), as: scene.reportOwner.actor)
    }

    private func seen(_ scene: Scene) async throws -> SeeMissing.Answer {
        try await scene.office.workplace.perform(
            SeeMissing(report: scene.report), as: scene.reportOwner.actor)
    }

    @Test(
        "whose person came home takes part in no ranking, until it is opened again",
        arguments: TestDatabase.engines)
    func ended(engine: Engine) async throws {
        let scene = try await Scene(engine)
        let place = scene.office.workplace
        func ranked() async throws -> Int {
            try await RankReports.run(in: place)
            let request = scene.request
            return try await scene.office.database.read { tx in
                try tx.rows(
                    "SELECT id FROM candidate WHERE request = \(request) AND state <> 'withdrawn'"
                ).count
            }
        }
        #expect(try await ranked() == 1)
        try await close(scene)
        #expect(try await seen(scene).state == .found)
        #expect(try await ranked() == 0)
        #expect(await ending { try await close(scene) } == "refused missing.notOpen")
        try await place.perform(
            ReopenMissing(report: scene.report), as: scene.reportOwner.actor)
        #expect(try await seen(scene).state == .open)
        #expect(try await ranked() == 1)
        try await close(scene, .withdrawn)
        #expect(try await seen(scene).state == .withdrawn)
    }

    @Test("that is confirmed for somebody waits for the family", arguments: TestDatabase.engines)
    func confirmed(engine: Engine) async throws {
        let scene = try await Scene(engine)
        let candidate = scene.candidate
        _ = try await scene.office.database.write { tx in
            try tx.execute("UPDATE candidate SET state = 'confirmed' WHERE id = \(candidate)")
        }
        #expect(await ending { try await close(scene) } == "refused missing.leadsToSomebody")
        #expect(try await seen(scene).state == .open)
        // Once they are home, nothing opens it again.
        var leaving = Depart(
            episode: scene.episode, kind: .familyCollects, leftAt: scene.office.clock.now)
        leaving.collector = .init(
            name: "李建军", relation: "子女", identityNumber: "110105196503120013",
            identityChecked: true)
        leaving.agreed = true
        let program = Actor.program(reason: "test")
        try await scene.office.workplace.perform(
            ReturnBelongings(episode: scene.episode, receivedBy: "李建军"), as: program)
        try await scene.office.workplace.perform(leaving, as: program)
        #expect(
            await ending {
                try await scene.office.workplace.perform(
                    ReopenMissing(report: scene.report), as: scene.reportOwner.actor)
            } == "refused missing.ledHome")
    }
}
