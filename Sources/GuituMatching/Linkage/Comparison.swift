import Foundation
import GuituModel

/// What one comparison saw, fact by fact; nil where one side knows nothing.
struct Comparison: Sendable {
    var identity: Double?
    var name: NameComparison?
    var sex: Double?
    var age: (weight: Double, years: Double, sameDay: Bool)?
    var height: (weight: Double, centimetres: Double)?
    var home: PlaceComparison?
    var scene: PlaceComparison?
    var time: (weight: Double, days: Double)?
    var marks: (weight: Double, shared: Int, missed: Int)?
    var communication: Double?
    var accent: Double?

    var total: Double {
        (identity ?? 0) + (name?.weight ?? 0) + (sex ?? 0) + (age?.weight ?? 0)
            + (height?.weight ?? 0)
            + (home?.weight ?? 0) + (scene?.weight ?? 0) + (time?.weight ?? 0)
            + (marks?.weight ?? 0)
            + (communication ?? 0) + (accent ?? 0)
    }

    /// Most people are lost near home, so that home and scene say much the same:
    /// the weaker of two that agree in sign counts half.
    mutating func shrinkPlaces() {
        guard let home, let scene, (home.weight > 0) == (scene.weight > 0) else { return }
        if abs(home.weight) < abs(scene.weight) {
            self.home!.weight /= 2
        } else {
            self.scene!.weight /= 2
        }
    }
}

extension FellegiSunter {
    /// The same numbers as `rank` adds up, each with its sentence.
    public func evidence(between one: PreparedDescription, and other: PreparedDescription)
        -> [Evidence]
    {
        let seen = compare(one, other)
        var evidence: [Evidence] = []
        func add(_ field: Evidence.Field, _ weight: Double, _ explanation: Explanation) {
            evidence.append(
                Evidence(
                    field: field, logLikelihoodRatio: weight, explanation: explanation,
                    engine: Self.label))
        }
        if let identity = seen.identity {
            add(
                .identity, identity,
                Explanation(identity > 0 ? .identitySame : .identityDifferent))
        }
        if let name = seen.name { add(.name, name.weight, Self.explain(name)) }
        if let sex = seen.sex { add(.sex, sex, Explanation(sex > 0 ? .sexSame : .sexDifferent)) }
        if let age = seen.age { add(.age, age.weight, Self.explain(age: age)) }
        if let height = seen.height {
            add(
                .height, height.weight,
                Explanation(
                    height.weight > 0 ? .heightClose : .heightApart,
                    ["centimetres": Self.whole(height.centimetres)]))
        }
        if let home = seen.home { add(.home, home.weight, Self.explain(home: home.level)) }
        if let scene = seen.scene { add(.scene, scene.weight, Self.explain(scene: scene.level)) }
        if let time = seen.time { add(.time, time.weight, Self.explain(time: time)) }
        if let marks = seen.marks, marks.shared + marks.missed > 0 {
            add(
                .marks, marks.weight,
                marks.shared > 0
                    ? Explanation(.marksShared, ["count": "\(marks.shared)"])
                    : Explanation(.marksMissing, ["count": "\(marks.missed)"]))
        }
        if let speech = seen.communication {
            add(
                .communication, speech,
                Explanation(speech > 0 ? .communicationSame : .communicationDifferent))
        }
        if let accent = seen.accent {
            add(.accent, accent, Explanation(accent > 0 ? .accentFits : .accentDiffers))
        }
        return evidence
    }

    private static func whole(_ number: Double) -> String { "\(Int(number.rounded()))" }

    private static func explain(_ name: NameComparison) -> Explanation {
        if name.isHeard {
            let times = exp(abs(name.weight))
            let step = pow(10, max(0, (log(times) / log(10)).rounded(.down)))
            return Explanation(
                name.weight > 0 ? .nameHeardFits : .nameHeardDiffers,
                ["times": whole((times / step).rounded() * step)])
        }
        // Two significant figures: nobody knows it better.
        let people = exp(-name.logShare)
        let step = pow(10, max(0, (log(people) / log(10)).rounded(.down) - 1))
        let arguments = ["oneIn": whole((people / step).rounded() * step)]
        switch (name.surname ?? name.given ?? 3, name.given ?? name.surname ?? 3) {
        case (0, 0): return Explanation(.nameSame, arguments)
        case (0...1, 0...1): return Explanation(.nameSameSound, arguments)
        case (0...2, 0...2): return Explanation(.nameSimilarSound, arguments)
        case (0...2, _): return Explanation(.nameSurnameOnly, arguments)
        case (_, 0...2): return Explanation(.nameGivenOnly, arguments)
        default: return Explanation(.nameDifferent)
        }
    }

    private static func explain(age: (weight: Double, years: Double, sameDay: Bool)) -> Explanation
    {
        if age.sameDay { return Explanation(.ageSameDay) }
        return Explanation(age.weight > 0 ? .ageClose : .ageApart, ["years": whole(age.years)])
    }

    private static func explain(home level: PlaceComparison.Level) -> Explanation {
        switch level {
        case .village: Explanation(.homeSameVillage)
        case .county: Explanation(.homeSameCounty)
        case .city: Explanation(.homeSameCity)
        case .province: Explanation(.homeSameProvince)
        case .elsewhere: Explanation(.homeElsewhere)
        }
    }

    private static func explain(scene level: PlaceComparison.Level) -> Explanation {
        switch level {
        case .village, .county: Explanation(.sceneSameCounty)
        case .city: Explanation(.sceneSameCity)
        case .province: Explanation(.sceneSameProvince)
        case .elsewhere: Explanation(.sceneElsewhere)
        }
    }

    private static func explain(time: (weight: Double, days: Double)) -> Explanation {
        if time.days < 0 { return Explanation(.timeImpossible) }
        return Explanation(time.weight > 0 ? .timeSoon : .timeLater, ["days": whole(time.days)])
    }
}
