import Foundation
import GuituMatching
import GuituModel
import Testing

/// An ear that knows one dialect: h is f there. It says of each character asked
/// whether it may be what was heard.
private struct InventedEar: NameChannel {
    var likely: Set<Character>

    struct Heard: HeardName {
        var likely: Set<Character>
        func ratio(of characters: [UInt32?], surnameLength: Int) -> Double? {
            characters.reduce(1.0) { product, scalar in
                guard let scalar, let known = Unicode.Scalar(scalar) else { return product }
                return product * (likely.contains(Character(known)) ? 50 : 0.001)
            }
        }
    }

    func listen(to heard: String, province: Int) -> (any HeardName)? {
        province == 43 ? Heard(likely: likely) : nil
    }
}

@Suite("Names by ear")
struct NameChannelTests {
    private func evidence(
        _ said: String, _ known: String, accent: String = "湖南",
        certainty: NameCertainty = .transcribed, _ ear: InventedEar?
    ) throws -> Evidence {
        var found = PersonDescription(side: .found)
        found.names = [.init(said, certainty)]
        found.accent = accent
        var missed = PersonDescription(side: .missed)
        missed.names = [.init(known, .verified)]
        let engine = FellegiSunter(names: ear)
        let one = engine.evidence(between: found, and: missed)
        #expect(one == engine.evidence(between: missed, and: found))
        return try #require(one.first { $0.field == .name })
    }

    @Test("a name the dialect explains counts for, one it does not counts against")
    func heard() throws {
        // 付 heard for 胡, 浪 for 兰: other sounds to the standard language.
        let ear = InventedEar(likely: ["胡", "兰"])
        let plain = try evidence("付浪", "胡兰", nil)
        let fits = try evidence("付浪", "胡兰", ear)
        #expect(fits.logLikelihoodRatio > plain.logLikelihoodRatio + 2)
        #expect(fits.logLikelihoodRatio > 5)
        #expect(fits.explanation.key == "evidence.name.heardFits")
        #expect(fits.explanation.arguments["times"].flatMap(Int.init) ?? 0 > 100)
        let differs = try evidence("付浪", "李强", ear)
        #expect(differs.logLikelihoodRatio < -2)
        #expect(differs.explanation.key == "evidence.name.heardDiffers")
    }

    @Test("the same characters, a verified name and another province stay as they were")
    func unasked() throws {
        let ear = InventedEar(likely: [])
        for (said, known, accent, certainty) in [
            ("胡兰", "胡兰", "湖南", NameCertainty.transcribed),
            ("付浪", "胡兰", "湖南", .verified), ("付浪", "胡兰", "河南", .transcribed),
            // Another length: the ear compares names of one build only.
            ("付浪", "胡兰英", "湖南", .transcribed),
        ] {
            let plain = try evidence(said, known, accent: accent, certainty: certainty, nil)
            #expect(
                try evidence(said, known, accent: accent, certainty: certainty, ear) == plain,
                "\(said) \(known)")
        }
    }

    @Test("what was written with the same character is not asked about and keeps its worth")
    func part() throws {
        let ear = InventedEar(likely: ["兰"])
        let rare = try evidence("欧浪", "欧兰", ear).logLikelihoodRatio
        let common = try evidence("王浪", "王兰", ear).logLikelihoodRatio
        #expect(rare > common + 1)
        #expect(common > 3)
    }

    @Test("a name heard in pinyin is weighed by the ear, in the province it was said in")
    func inPinyin() throws {
        let ear = InventedEar(likely: ["胡", "南"])
        func weight(_ known: String, province: Int, _ ear: InventedEar?) throws -> Double {
            var found = PersonDescription(side: .found)
            found.namesHeard = [.init("fu lang", province: province)]
            var missed = PersonDescription(side: .missed)
            missed.names = [.init(known, .verified)]
            let engine = FellegiSunter(names: ear)
            return try #require(
                engine.evidence(between: found, and: missed).first { $0.field == .name }
            ).logLikelihoodRatio
        }
        // Fifty for each of two characters, less what another name takes.
        let fits = try weight("胡南", province: 43, ear)
        #expect(abs(fits - 2 * log(50.0)) < 0.1)
        #expect(try weight("李强", province: 43, ear) < -2)
        // Where nobody listens, fu lang and hu nan are two names by their letters.
        #expect(try weight("胡南", province: 41, ear) < 0)
        #expect(try weight("胡南", province: 43, nil) < 0)
        #expect(try weight("付浪", province: 43, nil) > 3)
    }

    @Test("what holds no letter is no name, and a name heard never hides a written one")
    func beside() throws {
        var found = PersonDescription(side: .found)
        found.names = [.init("胡兰", .transcribed)]
        var missed = PersonDescription(side: .missed)
        missed.names = [.init("胡兰", .verified)]
        let engine = FellegiSunter(names: nil)
        let alone = engine.evidence(between: found, and: missed)
        found.namesHeard = [.init("???")]
        #expect(engine.evidence(between: found, and: missed) == alone)
        found.namesHeard = [.init("bai cai")]
        let both = try #require(
            engine.evidence(between: found, and: missed).first { $0.field == .name })
        let one = try #require(alone.first { $0.field == .name })
        // The mean of two ratios: at most a half is lost.
        #expect(both.logLikelihoodRatio > one.logLikelihoodRatio - log(2.0) - 1e-9)
    }
}
