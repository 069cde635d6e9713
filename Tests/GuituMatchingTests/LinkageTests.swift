import Foundation
import GuituInvented
import GuituMatching
import GuituModel
import Testing

private let today = Day("2026-11-24")!

private func found(_ change: (inout PersonDescription) -> Void = { _ in }) -> PersonDescription {
    var one = PersonDescription(side: .found)
    one.names = [.init("王建国", .selfReported)]
    one.sex = .male
    one.birth = try? PartialDay(reading: "约60岁", on: today)
    one.birthIsEstimate = true
    one.height = 168...172
    one.homes = [.init(said: "河南省商丘市虞城县")]
    one.scene = .init(said: "郑州市金水区某路")
    one.day = PartialDay(Day("2026-10-01")!)
    one.marks = ["左手背疤痕"]
    one.communication = .canSpeak
    change(&one)
    return one
}

private func missed(_ change: (inout PersonDescription) -> Void = { _ in }) -> PersonDescription {
    var other = PersonDescription(side: .missed)
    other.names = [.init("王建国", .verified)]
    other.sex = .male
    other.birth = PartialDay(Day("1966-03-07")!)
    other.height = 170...170
    other.homes = [.init(said: "河南省商丘市虞城县城郊乡张庄村")]
    other.scene = .init(said: "河南省商丘市虞城县")
    other.day = PartialDay(Day("2026-09-20")!)
    other.marks = ["左手有疤"]
    other.communication = .canSpeak
    change(&other)
    return other
}

private func weight(_ field: Evidence.Field, _ one: PersonDescription, _ other: PersonDescription)
    -> Double?
{
    FellegiSunter().evidence(between: one, and: other).first { $0.field == field }?
        .logLikelihoodRatio
}

private func key(_ field: Evidence.Field, _ one: PersonDescription, _ other: PersonDescription)
    -> String?
{
    FellegiSunter().evidence(between: one, and: other).first { $0.field == field }?.explanation.key
}

@Suite("Linkage of descriptions")
struct LinkageTests {
    @Test("what one side does not know is worth exactly nothing")
    func unknownIsNothing() {
        let whole = FellegiSunter().evidence(between: found(), and: missed())
        #expect(
            whole.map(\.field) == [
                .name, .sex, .age, .height, .home, .scene, .time, .marks, .communication,
            ])
        // Home and scene are dependent and shrink each other, so they go together.
        let losses: [(Set<Evidence.Field>, (inout PersonDescription) -> Void)] = [
            ([.name], { $0.names = [] }), ([.name], { $0.names = [.init("无名氏12", .alias)] }),
            ([.name], { $0.names = [.init("", .unknown)] }), ([.sex], { $0.sex = .unknown }),
            ([.sex], { $0.sex = .unspecified }),
            ([.age], { $0.birth = nil }), ([.age], { $0.birth = PartialDay(unread: "属龙") }),
            ([.height], { $0.height = nil }),
            (
                [.home, .scene],
                {
                    $0.homes = []; $0.scene = nil
                }
            ),
            (
                [.home, .scene],
                {
                    $0.homes = [.init(said: "不知道")]; $0.scene = .init(said: "河边")
                }
            ), ([.time], { $0.day = nil }),
            ([.time], { $0.day = PartialDay(unread: "发大水那年") }), ([.marks], { $0.marks = [] }),
            ([.marks], { $0.marks = ["无"] }),
            ([.communication], { $0.communication = .unknown }),
            ([.communication], { $0.communication = .unwilling }),
        ]
        for (fields, lose) in losses {
            for (one, other) in [(found(lose), missed()), (found(), missed(lose))] {
                let left = FellegiSunter().evidence(between: one, and: other)
                #expect(left == whole.filter { !fields.contains($0.field) }, "\(fields)")
            }
        }
        #expect(
            FellegiSunter().evidence(between: .init(side: .found), and: .init(side: .missed))
                .isEmpty)
    }

    @Test("a score does not depend on who is asked about whom", arguments: 0..<10 as Range<UInt64>)
    func symmetric(seed: UInt64) {
        var invented = InventedPeople(seed: seed)
        let world = invented.world(people: 12, reports: 12, truePairShare: 0.5)
        let engine = FellegiSunter(learningFrom: world.reports.map(\.description))
        for person in world.people {
            for report in world.reports {
                let (one, other) = (person.description, report.description)
                let evidence = engine.evidence(between: one, and: other)
                #expect(evidence == engine.evidence(between: other, and: one), "seed \(seed)")
                let sum = evidence.reduce(0) { $0 + $1.logLikelihoodRatio }
                let ranking = engine.rank(engine.prepare(one), [engine.prepare(other)])
                #expect(abs(ranking.scored[0].logRatio - sum) < 1e-9, "seed \(seed)")
                #expect(evidence.allSatisfy { $0.logLikelihoodRatio.isFinite })
                #expect(evidence.allSatisfy { $0.engine == "linkage@1" })
            }
        }
    }

    @Test("the better a name agrees the more it is worth, and the more the rarer it is")
    func names() throws {
        func name(_ said: String, _ known: String, _ certainty: NameCertainty = .selfReported)
            throws -> Double
        {
            try #require(
                weight(
                    .name, found { $0.names = [.init(said, certainty)] },
                    missed { $0.names = [.init(known, .verified)] }))
        }
        let steps = try ["王建国", "王健国", "汪健国", "李建国", "王建中", "李中文"].map { try name($0, "王建国") }
        #expect(steps == steps.sorted(by: >))
        #expect(steps[0] > 8 && steps[2] > 3 && steps.last! < -1)
        // A sound easily misheard is worth less than the same sound, more than another.
        #expect(try name("胡建国", "吴建国") > name("李建国", "吴建国"))
        #expect(try name("吴建国", "吴建国") > name("胡建国", "吴建国"))
        #expect(try name("尉迟建国", "尉迟建国") > name("王建国", "王建国") + 3)
        #expect(try name("𠮷田", "𠮷田") > 5)
        // Certainty: a document that disagrees weighs more than a mumbled word.
        #expect(try name("李中文", "王建国", .verified) < name("李中文", "王建国", .transcribed))
        // Nobody's name is held against them beyond the chance that it is not theirs.
        #expect(try name("李中文", "王建国") >= log(0.03) - 1e-9)
        // Parts of a name, called names, dotted names, the traditional form.
        #expect(try name("建国", "王建国") > 3 && name("王国", "王建国") > 1 && name("小国", "王建国") > 0)
        #expect(try name("老王", "王建国") > 1 && name("王建國", "王建国") == name("王建国", "王建国"))
        #expect(try name("买买提·吐尔逊", "买买提·吐尔逊") > 8)
        #expect(try name("买买提·吐尔逊", "买买题吐逊") > 0 && name("买买提·吐尔逊", "王建国") < 0)
        #expect(try name("张王秀英", "张秀英") > 3)
    }

    @Test("of several names the right one counts, and trying many is worth less")
    func aliases() throws {
        let one = try #require(weight(.name, found(), missed()))
        let two = try #require(
            weight(.name, found { $0.names.append(.init("李中文", .transcribed)) }, missed()))
        #expect(two < one && two > one - 1)
    }

    @Test("sex, age and height lose weight as they grow apart")
    func bodies() throws {
        #expect(weight(.sex, found(), missed())! > 0)
        #expect(weight(.sex, found(), missed { $0.sex = .female })! < -3)
        var before = Double.infinity
        for years in stride(from: 0, through: 40, by: 2) {
            let other = missed { $0.birth = PartialDay.year(1966 - years) }
            let age = try #require(weight(.age, found(), other))
            #expect(age < before)
            before = age
        }
        #expect(before < -2)
        before = .infinity
        for centimetres in stride(from: 170, through: 200, by: 3) {
            let height = try #require(
                weight(.height, found(), missed { $0.height = centimetres...centimetres }))
            #expect(height < before)
            before = height
        }
        // The same day of birth in a document and a report is nearly a name.
        let papers = found {
            $0.birth = PartialDay(Day("1966-03-07")!); $0.birthIsEstimate = false
        }
        #expect(weight(.age, papers, missed())! > 8)
        // An estimate for an old person is looser than one for a child.
        func childAge(_ years: Int) -> Double {
            weight(
                .age, found { $0.birth = PartialDay.born(aged: AgeRange(8), on: today) },
                missed { $0.birth = PartialDay.year(2018 - years) })!
        }
        #expect(
            childAge(0) - childAge(8) > weight(.age, found(), missed())! - weight(
                .age, found(), missed { $0.birth = .year(1958) })!)
    }

    @Test("places are worth more the closer and the rarer they are")
    func places() throws {
        func home(_ said: String, _ known: String) -> Double? {
            weight(
                .home,
                found {
                    $0.homes = [.init(said: said)]; $0.scene = nil
                },
                missed {
                    $0.homes = [.init(said: known)]; $0.scene = nil
                })
        }
        let steps = ["河南省商丘市虞城县", "河南省商丘市睢县", "河南省南阳市唐河县", "四川省成都市"].map {
            home($0, "河南省商丘市虞城县张庄村")!
        }
        #expect(steps == steps.sorted(by: >) && steps[0] > 4 && steps[3] < -1)
        #expect(home("河南省商丘市虞城县张庄村", "河南虞城县张庄")! > steps[0] + 1)
        #expect(home("虞城县", "河南省商丘市虞城县") == steps[0])
        // Half a place is compared as far as it goes.
        #expect(home("商丘", "河南省商丘市虞城县")! > 1 && home("商丘", "河南省商丘市虞城县")! < steps[0])
        #expect(home("河南", "河南省商丘市虞城县")! > 0)
        // A county outside the table agrees by its name.
        #expect(home("四川成都双流县", "成都市双流区")! > 3 && home("双流县", "金堂县")! < 0)
        #expect(home("不知道", "河南省") == nil)
        // A code without words is as good as the words.
        #expect(
            weight(
                .home,
                found {
                    $0.homes = [.init(code: "411425")]; $0.scene = nil
                }, missed { $0.scene = nil })! > 4)
        // What many reports say is worth less.
        let many = (0..<200).map { _ in missed() }
        let learnt = FellegiSunter(learningFrom: many).evidence(
            between: found { $0.scene = nil }, and: missed { $0.scene = nil })
        #expect(learnt.first { $0.field == .home }!.logLikelihoodRatio < 2)
    }

    @Test("home and scene are not counted twice")
    func dependence() {
        let near = found { $0.scene = .init(said: "河南省商丘市虞城县") }
        let both = weight(.home, near, missed())! + weight(.scene, near, missed())!
        let home = weight(
            .home, near,
            missed {
                $0.scene = nil; $0.homes = [.init(said: "河南省商丘市虞城县")]
            })!
        let alone = weight(.home, found { $0.scene = nil }, missed { $0.scene = nil })!
        #expect(both < alone * 2 && both > alone && home <= alone)
    }

    @Test("nobody is found before they are lost, but dates are written wrongly")
    func order() throws {
        func time(_ lost: String) -> Double {
            weight(.time, found(), missed { $0.day = PartialDay(Day(lost)!) })!
        }
        #expect(time("2026-09-30") > time("2026-08-01") && time("2026-08-01") > time("2020-01-01"))
        #expect(time("2026-10-02") < time("2026-10-01") - 1)
        #expect(time("2026-11-20") < time("2026-10-02"))
        #expect(time("2026-11-20") < -1)
        #expect(
            key(.time, found(), missed { $0.day = PartialDay(Day("2026-11-20")!) })
                == "evidence.time.impossible")
        // A vague date that leaves room says little either way.
        #expect(abs(weight(.time, found(), missed { $0.day = .year(2026) })!) < 3)
    }

    @Test("marks agree by kind and place, and silence denies nothing")
    func marks() {
        func marks(_ one: [String], _ other: [String]) -> Double? {
            weight(.marks, found { $0.marks = one }, missed { $0.marks = other })
        }
        let scar = marks(["左手背疤痕"], ["左手有疤"])!
        #expect(scar > 2 && marks(["左手背疤痕"], ["右手有疤"])! < scar && marks(["左手背疤痕"], ["右手有疤"])! > 0)
        #expect(marks(["左手断指"], ["左手断指"])! > 4)
        #expect(marks(["左手背疤痕"], ["下巴黑痣"]) == nil)
        #expect(marks(["左手断指"], ["下巴黑痣"])! < 0)
        #expect(marks(["左手断指，下巴有痣"], ["下巴右侧有一颗痣", "断指"])! > marks(["左手断指"], ["断指"])!)
        #expect(marks(["左手背疤痕"], []) == nil && marks(["说不清"], ["左手有疤"]) == nil)
    }

    @Test("an accent stands in for a home nobody said")
    func accents() {
        let heard = found {
            $0.homes = []; $0.accent = "四川口音"
        }
        #expect(weight(.accent, heard, missed { $0.homes = [.init(said: "四川省成都市")] })! > 1)
        #expect(weight(.accent, heard, missed())! < 0)
        #expect(weight(.accent, found { $0.accent = "四川口音" }, missed()) == nil)
        #expect(
            weight(
                .accent,
                found {
                    $0.homes = []; $0.accent = "听不懂"
                }, missed()) == nil)
    }

    @Test("explanations are sentences of the catalog and name nobody")
    func explanations() {
        var invented = InventedPeople(seed: 5)
        let world = invented.world(people: 30, reports: 30, truePairShare: 1)
        let engine = FellegiSunter()
        let known = Set(Explanation.Key.allCases.map(\.rawValue))
        #expect(known.count == Explanation.Key.allCases.count)
        for pair in world.truth {
            let evidence = engine.evidence(
                between: world.people[pair.person].description,
                and: world.reports[pair.report].description)
            for piece in evidence {
                #expect(known.contains(piece.explanation.key))
                #expect(piece.explanation.key.hasPrefix("evidence.\(piece.field.rawValue)."))
                #expect(
                    piece.explanation.arguments.values.allSatisfy { Int($0) != nil }, "\(piece)")
            }
        }
        #expect(key(.name, found(), missed()) == "evidence.name.same")
        #expect(
            key(.name, found { $0.names = [.init("汪建国")] }, missed()) == "evidence.name.sameSound")
        #expect(
            key(.name, found { $0.names = [.init("王中文")] }, missed()) == "evidence.name.surnameOnly"
        )
        #expect(
            key(.name, found { $0.names = [.init("李中文")] }, missed()) == "evidence.name.different")
        #expect(key(.scene, found(), missed()) == "evidence.scene.sameProvince")
    }

    @Test("evidence is stored and read back")
    func stored() throws {
        let evidence = FellegiSunter().evidence(between: found(), and: missed())
        #expect(
            try JSONDecoder().decode([Evidence].self, from: JSONEncoder().encode(evidence))
                == evidence)
    }
}

@Suite("Rankings")
struct RankingTests {
    @Test("probabilities of all reports and of none sum to one", arguments: 0..<20 as Range<UInt64>)
    func sums(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let ratios = (0..<50).map { _ in Double.random(in: -30...30, using: &random) }
        let ranking = Ranking(logRatios: ratios, prior: Prior(reported: 0.7))
        #expect(
            abs(ranking.scored.reduce(ranking.noRightReport) { $0 + $1.probability } - 1) < 1e-9)
        #expect(ranking.scored.map(\.logRatio) == ratios.sorted(by: >))
        let short = Ranking(logRatios: ratios, prior: Prior(reported: 0.7), top: 3)
        #expect(
            short.scored == Array(ranking.scored.prefix(3))
                && short.noRightReport == ranking.noRightReport)
    }

    @Test("that no report is right is an outcome like the others")
    func none() {
        #expect(Ranking(logRatios: []).noRightReport == 1)
        let equal = Ranking(logRatios: [0, 0, 0, 0], prior: Prior(reported: 0.8))
        #expect(
            abs(equal.noRightReport - 0.2) < 1e-12 && abs(equal.scored[0].probability - 0.2) < 1e-12
        )
        #expect(equal.scored.map(\.index) == [0, 1, 2, 3])
        // The best of a bad lot is not certain.
        #expect(Ranking(logRatios: [-3, -5, -6]).noRightReport > 0.9)
        let sure = Ranking(logRatios: [800, 0, -700])
        #expect(sure.scored[0].probability > 0.999_999 && sure.noRightReport < 1e-9)
        #expect(Prior(reported: 2).reported < 1 && Prior(reported: -1).reported > 0)
    }

    @Test(
        "invented families are found, more often than by a weighted sum",
        arguments: 1...2 as ClosedRange<UInt64>)
    func invented(seed: UInt64) {
        var invented = InventedPeople(seed: seed)
        let world = invented.world(people: 150, reports: 1000, truePairShare: 0.8)
        let reports = world.reports.map(\.description)
        let engine = FellegiSunter(learningFrom: reports)
        let prepared = reports.map(engine.prepare)
        let sum = WeightedSum()
        var hits = (first: 0, ten: 0, firstBySum: 0)
        for pair in world.truth {
            let person = engine.prepare(world.people[pair.person].description)
            let ranking = engine.rank(person, prepared, top: 10)
            if ranking.scored[0].index == pair.report { hits.first += 1 }
            if ranking.scored.contains(where: { $0.index == pair.report }) { hits.ten += 1 }
            if sum.rank(person, prepared)[0] == pair.report { hits.firstBySum += 1 }
        }
        let count = Double(world.truth.count)
        #expect(Double(hits.first) / count > 0.80, "seed \(seed): \(hits)")
        #expect(Double(hits.ten) / count > 0.87, "seed \(seed): \(hits)")
        #expect(hits.first > hits.firstBySum, "seed \(seed): \(hits)")
    }
}

@Suite("Parameters counted from decided pairs")
struct EstimationTests {
    private func pairs(_ seed: UInt64, _ count: Int) -> [(
        found: PersonDescription, missed: PersonDescription
    )] {
        var invented = InventedPeople(seed: seed)
        let world = invented.world(people: count, reports: count, truePairShare: 1)
        return world.truth.map {
            (world.people[$0.person].description, world.reports[$0.report].description)
        }
    }

    @Test("nothing decided changes nothing but the version")
    func none() {
        var same = LinkageParameters().estimated(from: pairs(1, 0))
        #expect(same.version == 2)
        same.version = 1
        #expect(same == LinkageParameters())
    }

    @Test("levels stay shares, and many pairs pull them to what is seen")
    func counted() {
        let prior = LinkageParameters()
        let one = prior.estimated(from: pairs(1, 600))
        let other = prior.estimated(from: pairs(2, 600))
        for levels in [one.saidSurname, one.heardGiven, one.home, one.scene] {
            let shares = [levels.same, levels.near, levels.far, levels.different]
            #expect(abs(shares.reduce(0, +) - 1) < 1e-9 && shares.allSatisfy { $0 > 0 })
        }
        // Two samples of one world agree better with each other than with the prior.
        #expect(abs(one.saidGiven.same - other.saidGiven.same) < 0.08)
        #expect(abs(one.scene.same - other.scene.same) < 0.08)
        #expect(one.sexAgrees > 0.97)
    }

    @Test("an identity number that agrees outweighs a name that does not")
    func identity() {
        let one = found {
            $0.identity = "a"; $0.names = [.init("李中文")]
        }
        #expect(weight(.identity, one, missed { $0.identity = "a" })! > 10)
        #expect(weight(.identity, one, missed { $0.identity = "b" })! < -2)
        #expect(weight(.identity, one, missed()) == nil)
        let evidence = FellegiSunter().evidence(between: one, and: missed { $0.identity = "a" })
        #expect(evidence.reduce(0) { $0 + $1.logLikelihoodRatio } > 8)
    }
}
