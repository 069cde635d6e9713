import GuituModel
import GuituStore
import TestSupport
import Testing

@testable import GuituCore

@Suite("Corrected notices")
struct NoticeExampleTests {
    private static func example(_ right: String) -> NoticeExample {
        NoticeExample(
            text: "姓名:王桂花\t女 13800000026", published: "2026-11-20", kind: "missing",
            fields: [
                .init("name", read: "王桂花", right: right),
                .init("sex", read: "female", right: "female"),
            ])
    }

    @Test(
        "a correction is kept once, sealed, and read by its own station only",
        arguments: TestDatabase.engines)
    func kept(engine: Engine) async throws {
        let scene = try await Scene(engine)
        let place = scene.office.workplace
        let own = try await scene.office.account(
            .tracingOfficer, at: scene.office.station, name: "寻亲 王")
        let other = try await scene.office.account(
            .tracingOfficer, at: scene.office.otherStation, name: "寻亲 赵")
        let example = Self.example("王桂华")
        for _ in 0..<2 {
            try await place.perform(
                KeepNoticeExample(holder: scene.office.station, example: example), as: own.actor)
        }
        let seen = try await place.perform(ListNoticeExamples(), as: own.actor)
        #expect(seen.map(\.example) == [example])
        #expect(seen.first?.example.corrected == 1)
        #expect(try await place.perform(ListNoticeExamples(), as: other.actor).isEmpty)
        let sealed: [UInt8] = try await scene.office.database.read { tx in
            try tx.first("SELECT example FROM notice_example")?["example"] ?? []
        }
        #expect(!sealed.isEmpty)
        #expect(!String(decoding: sealed, as: UTF8.self).contains("王桂"))
    }

    @Test("what was read rightly and what is too long are not kept")
    func refusals() async throws {
        let scene = try await Scene(.sqlite)
        func keep(_ example: NoticeExample) async -> String {
            let refusal = await refusal {
                try await scene.office.workplace.perform(
                    KeepNoticeExample(holder: scene.office.station, example: example),
                    as: .program(reason: "test"))
            }
            if let fields = refusal as? InvalidFields {
                return fields.fields.map(\.key).joined(separator: " ")
            }
            return refusal?.saying.key ?? "kept"
        }
        #expect(await keep(Self.example("王桂花")) == "reading.nothingCorrected")
        var long = Self.example("王桂华")
        long.text = String(repeating: "长", count: 20_001)
        #expect(await keep(long) == "field.tooLong")
        #expect(await keep(Self.example(String(repeating: "长", count: 2001))) == "field.tooLong")
        #expect(await keep(Self.example("王桂华")) == "kept")
    }
}
