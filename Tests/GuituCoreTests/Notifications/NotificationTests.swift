import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("Notifications")
struct NotificationTests {
    @Test("are one's own, newest first, page by page", arguments: TestDatabase.engines)
    func pages(engine: Engine) async throws {
        let office = try await Office(engine)
        let (one, other) = (
            try await office.account(.tracingOfficer, at: office.station),
            try await office.account(.tracingOfficer, at: office.station)
        )
        for number in 0..<5 { try await office.notify(one.id, "n\(number)") }
        try await office.notify(other.id, "other")
        let place = office.workplace
        let first = try await place.perform(MyNotifications(limit: 3), as: one.actor)
        #expect(first.items.map { $0.saying.arguments["name"] } == ["n4", "n3", "n2"])
        #expect(first.hasMore)
        let second = try await place.perform(
            MyNotifications(before: first.items.last?.id, limit: 3), as: one.actor)
        #expect(second.items.map { $0.saying.arguments["name"] } == ["n1", "n0"])
        #expect(!second.hasMore)
        #expect(second.items.first?.subject == office.station.text)
    }

    @Test("are marked as read, once, by their owner only", arguments: TestDatabase.engines)
    func read(engine: Engine) async throws {
        let office = try await Office(engine)
        let (one, other) = (
            try await office.account(.tracingOfficer, at: office.station),
            try await office.account(.tracingOfficer, at: office.station)
        )
        try await office.notify(one.id, "a")
        let place = office.workplace
        let id = try #require(
            try await place.perform(MyNotifications(), as: one.actor).items.first?.id)
        #expect(
            await ending {
                try await place.perform(MarkNotificationRead(id: id), as: other.actor)
            } == "notFound")
        #expect(
            await ending {
                try await place.perform(
                    MarkNotificationRead(id: ID(at: office.clock.now)), as: other.actor)
            } == "notFound")
        try await place.perform(MarkNotificationRead(id: id), as: one.actor)
        let readAt = office.clock.now
        office.clock.advance(by: .seconds(60))
        try await place.perform(MarkNotificationRead(id: id), as: one.actor)
        let seen = try await place.see(MyNotifications(), as: one.actor)
        #expect(seen.answer.items.first?.readAt == readAt, "the first time counts")
        #expect(seen.viewer.unreadNotifications == 0)
        #expect(
            try await place.perform(MyNotifications(unreadOnly: true), as: one.actor).items == [])
    }

    @Test("that came in after the page was shown stay unread", arguments: TestDatabase.engines)
    func all(engine: Engine) async throws {
        let office = try await Office(engine)
        let one = try await office.account(.tracingOfficer, at: office.station)
        let place = office.workplace
        for number in 0..<3 { try await office.notify(one.id, "n\(number)") }
        let newest = try #require(
            try await place.perform(MyNotifications(), as: one.actor).items.first?.id)
        try await office.notify(one.id, "later")
        #expect(
            try await place.perform(MarkAllNotificationsRead(upTo: newest), as: one.actor).marked
                == 3)
        let unread = try await place.perform(MyNotifications(unreadOnly: true), as: one.actor)
        #expect(unread.items.map { $0.saying.arguments["name"] } == ["later"])
    }

    @Test(
        "of a protected person's candidate reach the director and the named officer only",
        arguments: TestDatabase.engines)
    func protected(engine: Engine) async throws {
        for isProtected in [false, true] {
            let scene = try await Scene(engine)
            let (office, place) = (scene.office, scene.office.workplace)
            if isProtected { try await scene.protect() }
            let director = try await office.account(.director, at: office.station)
            let colleague = try await office.account(.tracingOfficer, at: office.station)
            let clerk = try await office.account(.reception, at: office.station)
            let other = try await office.account(.reception, at: office.otherStation)
            func told(_ worker: Office.Worker) async throws -> [String] {
                try await place.perform(MyNotifications(), as: worker.actor).items.map(\.saying.key)
            }
            let confirm = DecideCandidate(
                candidate: scene.candidate, verdict: .confirm, reason: "相符", evidenceVersion: 1)
            try await place.perform(confirm, as: scene.officer.actor)
            #expect(try await told(colleague) == (isProtected ? [] : ["notice.secondOfficer"]))
            #expect(try await told(director) == (isProtected ? ["notice.secondOfficer"] : []))
            try await place.perform(confirm, as: director.actor)
            #expect(try await told(clerk) == (isProtected ? [] : ["notice.familyCanCome"]))
            #expect(try await told(other) == [])
        }
    }
}

extension Office {
    func notify(_ account: Account.ID, _ name: String) async throws {
        clock.advance(by: .seconds(1))
        let (now, station) = (clock.now, station)
        try await database.write { tx in
            try tx.execute(
                """
                INSERT INTO notification (id, account, saying, arguments, subject_kind, subject, made_at)
                VALUES (\(ID<GuituCore.Notification>(at: now)), \(account), 'notification.example',
                    \(#"{"name":"\#(name)"}"#), 'area', \(station), \(now))
                """)
        }
    }
}
