import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("Lists")
struct ListTests {
    /// Seven people, some with a bed, one of them gone.
    private func people(_ engine: Engine) async throws -> Office {
        let office = try await Office(engine)
        let program = Actor.program(reason: "test")
        let beds = try await office.beds("male") + office.beds("single")
        for (index, name) in ["赵一", "钱二", "", "孙三", "李四", "周五", "吴六"].enumerated() {
            var arrival = office.arrival()
            arrival.name = name
            arrival.arrivedAt = office.clock.now.adding(.seconds(-3600 * ((index * 5) % 7)))
            let arrived = try await office.workplace.perform(arrival, as: program)
            if index < beds.count {
                try await office.workplace.perform(
                    GiveBed(episode: arrived.episode, bed: beds[beds.count - 1 - index]),
                    as: program)
            }
            office.clock.advance(by: .seconds(1))
        }
        return office
    }

    /// Every line, page by page.
    private func all<List: ListUseCase>(_ list: List, _ office: Office, as actor: Actor)
        async throws -> [List.Line]
    {
        var list = list
        list.limit = 2
        var lines: [List.Line] = []
        repeat {
            let (page, next) = List.parts(
                of: try await office.workplace.perform(list, as: actor))
            #expect(page.count <= 2)
            lines += page
            list.after = next
        } while list.after != nil
        return lines
    }

    @Test(
        "every order of people shows everybody once, page by page, and turns round",
        arguments: TestDatabase.engines)
    func people(inOrder engine: Engine) async throws {
        let office = try await people(engine)
        let clerk = try await office.account(.reception, at: office.station)
        for order in ListPeople.Order.allCases {
            var list = ListPeople()
            list.order = order
            let up = try await all(list, office, as: clerk.actor)
            #expect(Set(up.map(\.id)).count == 7, "\(order)")
            list.isDescending = true
            let down = try await all(list, office, as: clerk.actor)
            switch order {
            case .newest: #expect(down.map(\.id) == up.map(\.id))
            case .name, .arrival, .bed: #expect(down.map(\.id) == up.map(\.id).reversed())
            }
            switch order {
            case .arrival:
                let times = up.compactMap(\.arrivedAt)
                #expect(times == times.sorted() && Set(times).count == 7)
            case .bed:
                #expect(up.prefix(4).allSatisfy { $0.bed == nil })
                let beds = up.compactMap(\.bed)
                #expect(beds.count == 3 && beds.first != beds.last)
            case .newest, .name: break
            }
        }
    }

    @Test(
        "where a page ends says nothing of whom it masks, and cannot be made up",
        arguments: TestDatabase.engines)
    func sealedCursor(engine: Engine) async throws {
        let office = try await Office(engine)
        let official = try await office.account(.official, at: office.province)
        let other = try await office.account(.official, at: office.province)
        for name in ["王建国", "李秀兰", "张伟"] {
            var arrival = office.arrival()
            arrival.name = name
            try await office.workplace.perform(arrival, as: .program(reason: "test"))
        }
        var list = ListPeople()
        list.order = .name
        list.limit = 1
        let first = try await office.workplace.perform(list, as: official.actor)
        let cursor = try #require(first.next)
        let letters = bytes(hex: cursor).map { String(decoding: $0, as: UTF8.self) } ?? cursor
        #expect(!letters.contains("li") && !letters.contains("674e"))
        list.after = cursor
        let second = try await office.workplace.perform(list, as: official.actor)
        #expect(second.lines.map(\.id) != first.lines.map(\.id))
        // Somebody else's, or one made up, begins the list anew.
        let foreign = try await office.workplace.perform(list, as: other.actor)
        #expect(foreign.lines.map(\.id) == first.lines.map(\.id))
        list.after = "wang 2~\(first.lines[0].id)"
        let forged = try await office.workplace.perform(list, as: official.actor)
        #expect(forged.lines.map(\.id) == first.lines.map(\.id))
    }

    @Test("somebody is found by the number on their papers", arguments: TestDatabase.engines)
    func byNumber(engine: Engine) async throws {
        let office = try await Office(engine)
        let clerk = try await office.account(.reception, at: office.station)
        let arrived = try await office.workplace.perform(office.arrival(), as: clerk.actor)
        try await office.workplace.perform(office.arrival(), as: clerk.actor)
        var list = ListPeople()
        list.search = arrived.caseNumber.lowercased()
        let found = try await office.workplace.perform(list, as: clerk.actor)
        #expect(found.lines.map(\.id) == [arrived.person])
        list.search = String(arrived.caseNumber.dropLast(3))
        #expect(try await office.workplace.perform(list, as: clerk.actor).lines.count == 2)
    }

    @Test(
        "every order of requests, reports and accounts shows each once and turns round",
        arguments: TestDatabase.engines)
    func others(engine: Engine) async throws {
        let office = try await Office(engine)
        let program = Actor.program(reason: "test")
        let officer = try await office.account(.tracingOfficer, at: office.station)
        let security = try await office.account(.securityAdministrator, at: office.province)
        for (index, name) in ["王建国", "李秀兰", "张伟", "陈静", "刘洋"].enumerated() {
            var arrival = office.arrival()
            arrival.name = name
            arrival.consent = index % 2 == 0 ? .agreed : .awaitingDecision
            try await office.workplace.perform(arrival, as: program)
            var fields = ReportFields()
            fields.name = name
            fields.lost = index == 3 ? nil : PartialDay(Office.day.adding(days: -index * 7 % 30))
            fields.reporterName = "家人"
            fields.reporterRelation = "子女"
            fields.reporterPhone = "13800000000"
            try await office.workplace.perform(
                RegisterMissing(
                    holder: office.station, fields: fields, reportedAt: office.clock.now),
                as: program)
            office.clock.advance(by: .seconds(1))
        }
        for order in ListRequests.Order.allCases {
            var list = ListRequests()
            list.order = order
            let up = try await all(list, office, as: officer.actor).map(\.id)
            list.isDescending = true
            let down = try await all(list, office, as: officer.actor).map(\.id)
            #expect(Set(up).count == 5, "\(order)")
            #expect(order == .newest ? up == down : up == down.reversed(), "\(order)")
        }
        for order in ListMissing.Order.allCases {
            var list = ListMissing()
            list.order = order
            let up = try await all(list, office, as: officer.actor)
            list.isDescending = true
            let down = try await all(list, office, as: officer.actor).map(\.id)
            #expect(Set(up.map(\.id)).count == 5, "\(order)")
            #expect(
                order == .newest ? up.map(\.id) == down : up.map(\.id) == down.reversed(),
                "\(order)")
            if order == .lost {
                #expect(up[0].lost == nil, "unknown days come before all others")
                let days = up.compactMap { $0.lost?.earliest }
                #expect(days == days.sorted())
            }
        }
        for order in ListAccounts.Order.allCases {
            var list = ListAccounts()
            list.order = order
            let up = try await all(list, office, as: security.actor).map(\.id)
            list.isDescending = true
            let down = try await all(list, office, as: security.actor).map(\.id)
            #expect(Set(up).count == up.count && up.count >= 4, "\(order)")
            #expect(up == down.reversed(), "\(order)")
        }
    }

    @Test(
        "a list taken away is whole, masked as on the page, and has an entry of its own",
        arguments: TestDatabase.engines)
    func exports(engine: Engine) async throws {
        let office = try await people(engine)
        let clerk = try await office.account(.reception, at: office.station)
        var list = ListPeople()
        list.limit = 2
        let file = try await office.workplace.perform(Export(list), as: clerk.actor)
        #expect(file.lines.count == 7)
        #expect(!file.isCut)
        #expect(file.lines.contains { $0.maskedName == "赵*" })
        #expect(!file.lines.contains { $0.maskedName == "赵一" })
        let beds = try await office.workplace.perform(
            ExportBeds(station: office.station), as: clerk.actor)
        #expect(beds.beds.count == 5)
        let entries = try await office.database.read { tx in
            try tx.rows(
                """
                SELECT use_case, actor FROM audit_entry
                WHERE use_case IN ('ExportListPeople', 'ExportBeds', 'ListPeople')
                ORDER BY use_case
                """
            ).map { "\(try $0["use_case"] as String) \(try $0["actor"] as String)" }
        }
        #expect(entries == ["ExportBeds \(clerk.id.text)", "ExportListPeople \(clerk.id.text)"])
        // Who may not see the list may not take it away either.
        let auditor = try await office.account(.auditAdministrator, at: office.station)
        #expect(
            await ending {
                _ = try await office.workplace.perform(Export(ListPeople()), as: auditor.actor)
            } == "notAllowed")
    }
}
