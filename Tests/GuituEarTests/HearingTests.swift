import Foundation
import Testing

@testable import GuituEar

@Suite("Places heard")
struct HearingTests {
    let ear: Ear
    init() throws { ear = try SmallCountry.ear() }

    private func codes(_ text: String, _ levels: String = "", province: String = "") throws
        -> [String]
    {
        ear.hear(try ear.reader.utterance(text, levels: levels, province: province))
            .map { ear.code(of: $0.place) }
    }

    @Test("what the place's own dialect makes of a name decides among namesakes")
    func ownDialect() throws {
        // 湖南县 lies in both provinces; only the southern one says fu lan.
        let found = try codes("fu lan", "county")
        #expect(found.first == "110102" || found.first == "430101")
        let south = found.firstIndex(of: "430101") ?? .max
        let north = found.firstIndex(of: "110101") ?? .max
        #expect(south < north)
        // As the standard has it, both stand together.
        let plain = try codes("hu nan", "county")
        #expect(Set(plain.prefix(2)) == ["430101", "110101"])
    }

    @Test("probabilities are of rows and sum to one")
    func probabilities() throws {
        let all = ear.hear(try ear.reader.utterance("fu nan", levels: "county/township"))
        #expect(abs(all.reduce(0) { $0 + $1.probability } - 1) < 1e-6)
        #expect(all.allSatisfy { $0.nameProbability >= $0.probability - 1e-12 })
    }

    @Test("a second fragment above the first picks the row")
    func containment() throws {
        #expect(try codes("tai ping", "township").prefix(2).count == 2)
        #expect(try codes("tai ping|lan san", "township|county").first == "430102101")
        #expect(try codes("tai ping|hu nan", "township|county").first == "110101100")
        #expect(
            try codes("fu tou|fu san|lan san", "village|township|county").first == "430102100200")
    }

    @Test("a syllable lost or added, the generic word said, characters and pinyin mixed")
    func spokenForms() throws {
        #expect(
            try codes("lan", "county").first == "430102"
                || (try codes("lan", "county")).contains("430102"))
        #expect(try codes("nan shan xian", "county").first == "430102")
        #expect(try codes("nan a shan", "county").first == "430102")
        #expect(try codes("南shan县", "county").first == "430102")
        #expect(try codes("nanshan", "county").first == "430102")
        #expect(try codes("nán shān", "county").first == "430102")
        #expect(try codes("lan/nan shan", "county").first == "430102")
        #expect(try codes("lan shan; nan san", "county").first == "430102")
    }

    @Test("former counties, vanished townships and renamed villages are answered by today's rows")
    func former() throws {
        #expect(try codes("an ning", "county").first == "430102")
        #expect(try codes("gu du", "township").first == "430102101")
        #expect(try codes("bei he", "village").first == "430101100201")
        #expect(try codes("lao cheng", "county/township").first == "110101")
        let place = try #require(ear.places(code: "430102").last)
        #expect(ear.otherNames(of: place).contains { $0.text == "安宁县" && $0.years == 1980...1994 })
        let why = try #require(ear.explain(try ear.reader.spelling("an ning"), as: place))
        #expect(why.isFormer && why.formerYears == 1980...1994)
        // In the 2016 list only, or newer than the lists below: no answer.
        #expect(ear.places(code: "110101100200").isEmpty)
        #expect(ear.places(code: "110109").isEmpty)
    }

    @Test("every place of a level is named as it is today")
    func names() throws {
        let names = try SmallCountry.ear().names(of: .county)
        #expect(Set(names) == ["湖南县", "南山县", "福山县", "福兰县"])
    }

    @Test("the province, when known, leaves only its rows")
    func province() throws {
        let found = try codes("hu nan", "county", province: "11")
        #expect(!found.isEmpty && found.allSatisfy { $0.hasPrefix("11") })
    }

    @Test("the reasons follow the syllables")
    func reasons() throws {
        let place = try #require(ear.places(code: "430101").last)
        let why = try #require(ear.explain(try ear.reader.spelling("fu nan"), as: place))
        #expect(why.name == "湖南")
        #expect(why.steps.map(\.heard) == ["fu", "nan"])
        if case .usual(let area, let share) = why.steps[0].reason {
            #expect(area == "湖州市" && share > 0.3)
        } else {
            Issue.record("fu for hu is usual there, not \(why.steps[0].reason)")
        }
        #expect(why.steps[1].reason == .standard)
        let short = try #require(ear.explain(try ear.reader.spelling("fu"), as: place))
        #expect(short.steps.map(\.reason).contains(.lost))
    }

    @Test("nothing is lost against a scan that compares every name in the slowest way")
    func fullScan() throws {
        for text in ["fu lan", "hu nan", "tai ping", "san", "fu tou", "lan he kou"] {
            let utterance = try ear.reader.utterance(text, levels: "county/township/village")
            let fast = ear.likelihood(of: utterance)
            let slow = slowLikelihood(utterance)
            #expect(fast.values.count == slow.count)
            let peak = fast.values.max() ?? 1
            for at in slow.indices {
                #expect(abs(fast.values[at] - slow[at]) < peak * 1e-4, "\(text) row \(at)")
            }
        }
    }

    /// Every name by itself, every alignment of one left out, cell by cell.
    private func slowLikelihood(_ utterance: Utterance) -> [Float] {
        let heard = utterance.fragments[0].spellings[0].syllables
        var out: [Float] = []
        for level in utterance.fragments[0].levels.sorted() {
            guard let range = ear.levelRanges[level] else { continue }
            var values = [Float](repeating: 0, count: range.count)
            for group in ear.index.groups where utterance.fragments[0].levels.contains(group.level)
            {
                guard group.answers == level else { continue }
                for (offset, name) in group.names.enumerated() {
                    let cells = (0..<group.length).map {
                        Int(
                            ear.index.number(
                                .nameCells, group.firstCell + offset * group.length + $0,
                                as: UInt32.self))
                    }
                    let row = Int(ear.index.number(.namePlaces, name, as: UInt32.self))
                    var sum = Lanes()
                    func lanes(_ i: Int, _ j: Int) -> Lanes {
                        let (dialect, standard) = ear.worth(of: heard[i], cell: cells[j])
                        return Channel.lanes(dialect: dialect, standard: standard) * Channel.kept
                    }
                    if cells.count == heard.count {
                        sum = cells.indices.reduce(Lanes(repeating: 1)) { $0 * lanes($1, $1) }
                    } else if cells.count == heard.count + 1 {
                        for left in cells.indices {
                            let kept = cells.indices.filter { $0 != left }
                            sum += zip(heard.indices, kept).reduce(Lanes(repeating: Channel.lost)) {
                                $0 * lanes($1.0, $1.1)
                            }
                        }
                    } else if heard.count == cells.count + 1 {
                        for extra in heard.indices {
                            let kept = heard.indices.filter { $0 != extra }
                            sum += zip(kept, cells.indices).reduce(
                                Lanes(repeating: Channel.added / Float(Mandarin.count))
                            ) { $0 * lanes($1.0, $1.1) }
                        }
                    }
                    values[row - range.lowerBound] +=
                        (sum * Channel.weights).sum() * (group.former ? Channel.formerShare : 1)
                }
            }
            out += values
        }
        return out
    }

    @Test("the largest values are those of a full sort")
    func largest() {
        var state: UInt64 = 7
        let values = (0..<5000).map { _ -> Float in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 54) / 64  // many are equal
        }
        let sorted = values.indices.filter { values[$0] > 0 }
            .sorted { (values[$1], $0) < (values[$0], $1) }
        #expect(
            Ear.largest(values, 100).map { values[$0] } == sorted.prefix(100).map { values[$0] })
    }
}
