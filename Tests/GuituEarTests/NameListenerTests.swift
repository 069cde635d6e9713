import Testing

@testable import GuituEar

@Suite("A name heard, laid over many names")
struct NameListenerTests {
    @Test("it says what the whole calculation says, and the province counts")
    func same() throws {
        let ear = try SmallCountry.ear()
        let shares = NameFrequencies(
            surnames: [("胡", 0.5), ("吴", 0.3), ("王", 0.2)],
            given: [("平", 0.5), ("安", 0.5)], ear: ear)
        let heard = try ear.reader.spelling("fu ping")
        let listener = try #require(ear.listener(to: heard, area: "43", among: shares))
        for name in ["胡平", "吴平", "王安"] {
            let ratio = try #require(listener.ratio(of: Array(name), surnameLength: 1))
            let whole = try #require(ear.nameRatio(heard, name: name, area: "43", among: shares))
            #expect(abs(ratio / whole - 1) < 1e-3, "\(name)")
        }
        let north = try #require(ear.listener(to: heard, area: "11", among: shares))
        let (here, there) = (
            try #require(listener.ratio(of: ["胡", "平"], surnameLength: 1)),
            try #require(north.ratio(of: ["胡", "平"], surnameLength: 1))
        )
        #expect(here > there)
        // Only what is asked counts: 胡 alone, with the same 平 on both sides.
        let surname = try #require(listener.ratio(of: ["胡", nil], surnameLength: 1))
        let other = try #require(listener.ratio(of: ["王", nil], surnameLength: 1))
        #expect(surname > 1 && other < 1)
    }

    @Test("another length, an unknown character and no question have no answer")
    func none() throws {
        let ear = try SmallCountry.ear()
        let shares = NameFrequencies(
            surnames: [("胡", 1)], given: [("平", 1)], ear: ear)
        let heard = try ear.reader.spelling("fu ping")
        let listener = try #require(ear.listener(to: heard, area: "", among: shares))
        #expect(listener.ratio(of: ["胡"], surnameLength: 1) == nil)
        #expect(listener.ratio(of: ["龘", "平"], surnameLength: 1) == nil)
        #expect(listener.ratio(of: [nil, nil], surnameLength: 1) == nil)
        #expect(
            try ear.listener(
                to: ear.reader.spelling("fu ping fu ping fu"), area: "", among: shares) == nil)
    }

    @Test("each syllable has its reason: the standard reading, the province's own, or a slip")
    func reasons() throws {
        let ear = try SmallCountry.ear()
        let heard = try ear.reader.spelling("fu lan")
        let here = try #require(ear.steps(heard, to: "胡兰", area: "43"))
        #expect(here.map(\.character) == ["胡", "兰"])
        #expect(here.map(\.heard) == ["fu", "lan"])
        #expect(here[1].reason == .standard)
        guard case .usual(let area, let share) = here[0].reason else {
            Issue.record("\(here[0].reason)")
            return
        }
        #expect(area == "湖南省" && share > 0.08 && share <= 1)
        let wrong = try #require(ear.steps(heard, to: "王兰", area: "43"))
        #expect(wrong[0].reason == .slip)
        // Without a province they speak of the whole country.
        let anywhere = try #require(ear.steps(heard, to: "胡兰", area: ""))
        if case .usual(let area, _) = anywhere[0].reason { #expect(area.isEmpty) }
        #expect(anywhere[0].reason != .standard && anywhere[1].reason == .standard)
        #expect(ear.steps(heard, to: "胡", area: "43") == nil)
        #expect(ear.steps(heard, to: "龘兰", area: "43") == nil)
    }
}
