import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("What an arrival may say")
struct ArrivalTests {
    private func outcome(_ change: (inout RegisterArrival) -> Void) async throws -> String {
        let office = try await Office(.sqlite)
        var arrival = office.arrival()
        change(&arrival)
        do {
            try await office.workplace.perform(arrival, as: .program(reason: "test"))
            return "done"
        } catch Ending.refused(let refusal) {
            let fields = (refusal as? InvalidFields)?.fields ?? [refusal.saying]
            return fields.map { "\($0.field ?? ""): \($0.key)" }.joined(separator: ", ")
        }
    }

    @Test("a day long past is asked about, and taken when it is meant")
    func late() async throws {
        let year = Duration.seconds(-86_400 * 366)
        #expect(
            try await outcome { $0.arrivedAt = $0.arrivedAt.adding(year) }
                == "isLateEntry: intake.arrivalLongAgo")
        #expect(
            try await outcome {
                $0.arrivedAt = $0.arrivedAt.adding(year)
                $0.isLateEntry = true
            } == "done")
        #expect(
            try await outcome {
                $0.arrivedAt = Instant(Day(daysSince1970: -719_000), hour: 2, minute: 0)
                $0.isLateEntry = true
            } == "isLateEntry: intake.arrivalLongAgo", "there were no stations then")
        for milliseconds in [Int64.min, Int64.max] {
            #expect(
                try await outcome { $0.arrivedAt = Instant(milliseconds: milliseconds) } != "done")
        }
    }

    @Test("nothing of what was before happens tomorrow")
    func tomorrow() async throws {
        let tomorrow = try PartialDay(reading: "明天", on: Office.day)
        #expect(try await outcome { $0.birth = tomorrow } == "birth: field.inTheFuture")
        #expect(try await outcome { $0.foundOn = tomorrow } == "foundOn: field.inTheFuture")
    }

    @Test("an identity number tells the birth, and one that does not fit is asked about")
    func identity() async throws {
        let office = try await Office(.sqlite)
        let clerk = try await office.account(.reception, at: office.station)
        var arrival = office.arrival(sex: .female)
        arrival.identityNumber = "11010519491231002X"
        let arrived = try await office.workplace.perform(arrival, as: clerk.actor)
        let seen = try await office.workplace.perform(
            SeePerson(person: arrived.person), as: clerk.actor)
        #expect(seen.birth?.earliest == Day(year: 1949, month: 12, day: 31))
        #expect(seen.observations.contains { $0.kind == .age && $0.source == .document })
        #expect(
            try await outcome {
                $0.sex = .female
                $0.identityNumber = "11010519491231002X"
                $0.birth = .year(1990)
            } == "birth: intake.birthAgainstIdentity")
        #expect(
            try await outcome {
                $0.sex = .female
                $0.identityNumber = "11010519491231002X"
                $0.birth = .year(1951)
            } == "done", "a guess by looks may be two years off")
    }

    @Test("a name that nobody can see is no name")
    func invisible() async throws {
        let office = try await Office(.sqlite)
        let clerk = try await office.account(.reception, at: office.station)
        var arrival = office.arrival()
        arrival.name = "\u{200B}\u{2060} "
        let arrived = try await office.workplace.perform(arrival, as: clerk.actor)
        let seen = try await office.workplace.perform(
            SeePerson(person: arrived.person), as: clerk.actor)
        #expect(seen.name == "无名氏1")
    }
}
