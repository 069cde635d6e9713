import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("Areas, stations, rooms and beds")
struct StationTests {
    @Test(
        "a new station is seen by every office above it and by no other",
        arguments: TestDatabase.engines)
    func tree(engine: Engine) async throws {
        let office = try await Office(engine)
        let system = try await office.account(.systemAdministrator, at: office.province)
        let place = office.workplace
        let county = try await place.perform(
            MakeArea(
                parent: office.city,
                area: AreaDraft(code: "410381", name: "洛阴县", level: .county, validFrom: Office.day)),
            as: system.actor)
        let station = try await place.perform(
            MakeStation(
                parent: county,
                station: StationDraft(
                    code: "410381J1", name: "洛阴救助管理站", address: "县前街8号", hotline: "0379-1111111",
                    validFrom: Office.day)),
            as: system.actor)
        let above = try await office.database.read { tx in
            try tx.rows("SELECT ancestor FROM area_ancestor WHERE area = \(station)").map {
                try $0["ancestor"] as Area.ID
            }
        }
        #expect(Set(above) == [station, county, office.city, office.province])
        let director = try await office.account(.director, at: station)
        let arrived = try await place.perform(office.arrival(at: station), as: director.actor)
        #expect(arrived.caseNumber.hasPrefix("410381J1-2026-"))
        let official = try await office.account(.official, at: office.city)
        _ = try await place.perform(SeePerson(person: arrived.person), as: official.actor)
        let foreign = try await office.account(.official, at: office.otherStation)
        #expect(
            await ending {
                _ = try await place.perform(SeePerson(person: arrived.person), as: foreign.actor)
            }
                == "notFound")
        let names = try await place.perform(ListAreas(), as: system.actor).map(\.name)
        #expect(names.contains("洛阴救助管理站"))
    }

    @Test("an area has a code of its level and province, once", arguments: TestDatabase.engines)
    func codes(engine: Engine) async throws {
        let office = try await Office(engine)
        let system = try await office.account(.systemAdministrator, at: office.province)
        func make(_ code: String, _ level: Area.Level, under parent: Area.ID) async -> String {
            await ending {
                try await office.workplace.perform(
                    MakeArea(
                        parent: parent,
                        area: AreaDraft(code: code, name: "某地", level: level, validFrom: Office.day)
                    ),
                    as: system.actor)
            }
        }
        #expect(await make("410381", .county, under: office.city) == "done")
        #expect(await make("410381", .county, under: office.city) == "refused area.codeTaken")
        #expect(await make("41038", .county, under: office.city) == "refused refusal.fields")
        #expect(await make("110105", .county, under: office.city) == "refused area.otherProvince")
        #expect(await make("410382", .city, under: office.city) == "refused area.wrongLevel")
        #expect(await make("410383", .county, under: office.station) == "refused area.wrongLevel")
        #expect(await make("410384J1", .station, under: office.city) == "refused area.wrongLevel")
        #expect(await make("410385", .county, under: Area.ID(at: office.clock.now)) == "notFound")
        let local = try await office.account(.systemAdministrator, at: office.otherStation)
        #expect(
            await ending {
                try await office.workplace.perform(
                    MakeArea(
                        parent: office.city,
                        area: AreaDraft(
                            code: "410386", name: "某地", level: .county, validFrom: Office.day)),
                    as: local.actor)
            } == "notFound")
    }

    @Test(
        "an area retires with a successor once nobody is in its care, and its code is free again",
        arguments: TestDatabase.engines)
    func retire(engine: Engine) async throws {
        let office = try await Office(engine)
        let system = try await office.account(.systemAdministrator, at: office.province)
        let place = office.workplace
        func make(_ code: String, _ name: String) async throws -> Area.ID {
            try await place.perform(
                MakeArea(
                    parent: office.city,
                    area: AreaDraft(code: code, name: name, level: .county, validFrom: Office.day)),
                as: system.actor)
        }
        let old = try await make("410381", "旧县")
        let new = try await make("410399", "新区")
        let last = Office.day.adding(days: 30)
        func retire(_ area: Area.ID, _ successor: Area.ID?) async -> String {
            await ending {
                try await place.perform(
                    RetireArea(area: area, lastDay: last, successor: successor), as: system.actor)
            }
        }
        #expect(await retire(old, office.city) == "refused area.successorOfOtherLevel")
        #expect(await retire(old, old) == "refused area.successorOfOtherLevel")
        #expect(await retire(old, new) == "done")
        #expect(await retire(old, new) == "refused area.alreadyRetired")
        _ = try await make("410381", "旧号新县")
        #expect(await retire(office.city, nil) == "refused area.stillInUse")
        let clerk = try await office.account(.reception, at: office.station)
        try await place.perform(office.arrival(), as: clerk.actor)
        #expect(await retire(office.station, nil) == "refused area.stillInUse")
        var list = ListAreas()
        #expect(try await place.perform(list, as: system.actor).contains { $0.id == old } == false)
        list.includesRetired = true
        #expect(
            try await place.perform(list, as: system.actor).first { $0.id == old }?.validUntil
                == last)
    }

    @Test(
        "a room has a kind, beds have names of their own, and a bed in use stays in use",
        arguments: TestDatabase.engines)
    func rooms(engine: Engine) async throws {
        let office = try await Office(engine)
        let system = try await office.account(.systemAdministrator, at: office.province)
        let place = office.workplace
        let station = office.station
        func room(_ name: String, _ kind: RoomKind, _ beds: [String]) async -> String {
            await ending {
                try await place.perform(
                    MakeRoom(station: station, name: name, kind: kind, beds: beds), as: system.actor
                )
            }
        }
        #expect(await room("男一室", .male, ["1"]) == "refused room.nameTaken")
        #expect(await room("单间二", .single, ["1", "2"]) == "refused room.oneBedOnly")
        #expect(await room("男二室", .male, ["1", "1"]) == "refused room.bedTaken")
        #expect(await room("男二室", .male, [""]) == "refused refusal.fields")
        #expect(await room("男二室", .male, (0..<201).map { "\($0)" }) == "refused refusal.fields")
        let made = try await place.perform(
            MakeRoom(station: station, name: "男二室", kind: .male, beds: ["1"]), as: system.actor)
        let more = try await place.perform(
            MakeBeds(station: station, room: made.room, beds: ["2", "靠窗"]), as: system.actor)
        let seen = try await place.perform(SeeStation(station: station), as: system.actor)
        #expect(seen.rooms.first { $0.id == made.room }?.beds.map(\.name) == ["1", "2", "靠窗"])
        // A room of another station is not found, not even by who keeps both.
        #expect(
            await ending {
                try await place.perform(
                    MakeBeds(station: office.otherStation, room: made.room, beds: ["3"]),
                    as: system.actor)
            } == "notFound")
        let clerk = try await office.account(.reception, at: station)
        let arrived = try await place.perform(office.arrival(), as: clerk.actor)
        try await place.perform(GiveBed(episode: arrived.episode, bed: more[1]), as: clerk.actor)
        func change(_ bed: Bed.ID) async -> String {
            await ending {
                try await place.perform(ChangeBed(bed: bed, isOutOfUse: true), as: system.actor)
            }
        }
        #expect(await change(more[1]) == "refused room.bedOccupied")
        #expect(await change(more[0]) == "done")
        #expect(
            await ending {
                try await place.perform(
                    GiveBed(episode: arrived.episode, bed: more[0]), as: clerk.actor)
            } == "refused bed.outOfUse")
    }

    @Test("a station's address is changed by one editor at a time", arguments: TestDatabase.engines)
    func stale(engine: Engine) async throws {
        let office = try await Office(engine)
        let system = try await office.account(.systemAdministrator, at: office.province)
        let change = ChangeStation(
            station: office.station, version: 1, address: "新路2号", hotline: "0379-2222222")
        #expect(try await office.workplace.perform(change, as: system.actor) == 2)
        do {
            try await office.workplace.perform(change, as: system.actor)
            Issue.record("the second editor was not told")
        } catch Ending.stale(let current) {
            #expect(current["address"] == "新路2号")
        }
        #expect(
            await ending {
                try await office.workplace.perform(
                    ChangeStation(station: office.city, version: 1, address: "x", hotline: "1"),
                    as: system.actor)
            } == "refused area.notAStation")
    }
}
