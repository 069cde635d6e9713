import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("The feed")
struct FeedTests {
    @Test(
        "gives facts their place after their commit, in the order of commits",
        arguments: TestDatabase.engines)
    func lateCommit(engine: Engine) async throws {
        let office = try await Office(engine)
        let database = office.database
        let early = ID<Fact>(at: office.clock.now)
        office.clock.advance(by: .seconds(1))
        let late = ID<Fact>(at: office.clock.now)
        #expect(early < late)
        // The lower id commits last.
        try await office.fact(late)
        #expect(try await Feed.sequence(database) == 1)
        let first = try await Feed.read(database, after: 0)
        #expect(first.map(\.id) == [late.text])
        try await office.fact(early)
        #expect(try await Feed.sequence(database) == 1)
        let second = try await Feed.read(database, after: first.last?.position ?? 0)
        #expect(second.map(\.id) == [early.text], "a cursor over positions does not skip it")
        #expect(try await Feed.read(database, after: 0).map(\.position) == [1, 2])
        #expect(try await Feed.sequence(database) == 0)
    }

    @Test(
        "does not skip a transaction that is still open while others commit",
        arguments: TestDatabase.engines.filter { $0 == .postgres })
    func openTransaction(engine: Engine) async throws {
        // SQLite has one writer at a time: there this cannot happen.
        let office = try await Office(engine)
        let database = office.database
        let ids = (0..<3).map { ID<Fact>(at: office.clock.now.adding(.seconds($0))) }
        let (inserted, mayCommit) = (Signal(), Signal())
        async let slow: Void = database.write { tx in
            try Office.insertFact(ids[0], in: tx, office)
            inserted.send()
            mayCommit.waitBlocking()
        }
        await inserted.wait()
        try await office.fact(ids[1])
        #expect(try await Feed.sequence(database) == 1, "it waits for nobody")
        let cursor = try await Feed.read(database, after: 0).last?.position ?? 0
        #expect(cursor == 1)
        mayCommit.send()
        try await slow
        try await office.fact(ids[2])
        #expect(try await Feed.sequence(database) == 2)
        #expect(
            try await Feed.read(database, after: cursor).map(\.id) == [ids[0].text, ids[2].text])
    }

    @Test("is given places by one sequencer at a time", arguments: TestDatabase.engines)
    func manySequencers(engine: Engine) async throws {
        let office = try await Office(engine)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<15 {
                        try await office.fact(ID(at: office.clock.now))
                        try await Feed.sequence(office.database)
                    }
                }
            }
            // A reader that follows meanwhile sees every place once, in order.
            group.addTask {
                var position: Int64 = 0
                while position < 60 {
                    for entry in try await Feed.read(office.database, after: position, limit: 7) {
                        #expect(entry.position == position + 1)
                        position = entry.position
                    }
                    try await Feed.sequence(office.database)
                }
            }
            try await group.waitForAll()
        }
        let all = try await Feed.read(office.database, after: 0)
        #expect(all.map(\.position) == Array(1...60))
        #expect(Set(all.map(\.id)).count == 60)
    }

    @Test(
        "carries what use-cases say, with kind, record, area and details",
        arguments: TestDatabase.engines)
    func useCases(engine: Engine) async throws {
        let office = try await Office(engine)
        let clerk = try await office.account(.reception, at: office.station)
        let person = try await office.workplace.perform(office.arrival(), as: clerk.actor).person
        try await Feed.sequence(office.database)
        let facts = try await Feed.read(office.database, after: 0)
        let arrival = try #require(facts.first { $0.kind == .arrivalRegistered })
        #expect(arrival.area == office.station)
        #expect(facts.contains { $0.subject == person.text })
        #expect(try await Feed.read(office.database, after: 0, limit: 1).count == 1)
    }

    @Test(
        "is followed by subscribers that write each fact exactly once",
        arguments: TestDatabase.engines)
    func subscribers(engine: Engine) async throws {
        let office = try await Office(engine)
        for _ in 0..<10 { try await office.fact(ID(at: office.clock.now)) }
        try await Feed.sequence(office.database)
        let now = office.clock.now
        struct Stumble: Error {}
        await #expect(throws: Stumble.self) {
            try await Feed.follow(office.database, as: "counter", limit: 4, now: now) { _, tx in
                try JobStore(tx: tx, now: now).add(kind: "noted", key: "lost", details: [:])
                throw Stumble()
            }
        }
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await Feed.follow(office.database, as: "counter", limit: 4, now: now) {
                        facts, tx in
                        for fact in facts {
                            try JobStore(tx: tx, now: now).add(
                                kind: "noted", key: fact.id, details: [:])
                        }
                    }
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(counts.sorted() == [0, 2, 4, 4])
        #expect(try await office.jobs().count == 10, "none lost, none twice")
    }
}

extension Office {
    func fact(_ id: ID<Fact>) async throws {
        let office = self
        try await database.write { tx in try Office.insertFact(id, in: tx, office) }
    }

    static func insertFact(_ id: ID<Fact>, in tx: any Transaction, _ office: Office) throws {
        try tx.execute(
            """
            INSERT INTO fact (id, kind, subject_kind, subject, area, details, occurred_at, recorded_at)
            VALUES (\(id), \(Fact.Kind.invented), 'area', \(office.station), \(office.station), '{}',
                \(office.clock.now), \(office.clock.now))
            """)
    }
}
