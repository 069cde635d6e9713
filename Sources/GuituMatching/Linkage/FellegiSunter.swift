import Foundation
import GuituModel

/// Fellegi and Sunter's (1969) linkage of descriptions, scored against every
/// report rather than inside blocks: each one lost to a block is a person.
///
/// One comparison a fact, in levels from the same to the different, each worth
/// log(m/u): how often it is seen with one person, over how often with two. What
/// one side does not know is worth exactly nothing.
public struct FellegiSunter: EvidenceEngine {
    public static let id = "linkage"
    public static let version = 1

    public let parameters: LinkageParameters
    public let pool: ReportPool
    /// Asked about names that were said aloud, where an ear is at hand.
    public var names: (any NameChannel)?

    public init(
        parameters: LinkageParameters = .init(), pool: ReportPool = .init(),
        names: (any NameChannel)? = nil
    ) {
        self.parameters = parameters
        self.pool = pool
        self.names = names
    }

    /// Learns from the reports on file what is common among them.
    public init(
        parameters: LinkageParameters = .init(),
        learningFrom reports: some Collection<PersonDescription>,
        names: (any NameChannel)? = nil
    ) {
        self.init(parameters: parameters, pool: ReportPool(reports), names: names)
    }

    public func prepare(_ description: PersonDescription) -> PreparedDescription {
        PreparedDescription(description, pool, names)
    }

    public func evidence(between one: PersonDescription, and other: PersonDescription) -> [Evidence]
    {
        evidence(between: prepare(one), and: prepare(other))
    }

    /// Ranks all reports for a person. Prepare the reports once and keep them.
    public func rank(
        _ person: PreparedDescription, _ reports: [PreparedDescription], prior: Prior = Prior(),
        top: Int = .max
    ) -> Ranking {
        Ranking(logRatios: reports.map { compare(person, $0).total }, prior: prior, top: top)
    }

    /// The person's side first, whichever way they were given.
    func compare(_ one: PreparedDescription, _ other: PreparedDescription) -> Comparison {
        one.side == .missed && other.side == .found
            ? compare(found: other, missed: one) : compare(found: one, missed: other)
    }

    private func compare(found: PreparedDescription, missed: PreparedDescription) -> Comparison {
        var comparison = Comparison()
        comparison.identity = identity(found, missed)
        comparison.name = name(found, missed)
        comparison.sex = sex(found, missed)
        comparison.age = age(found, missed)
        comparison.height = height(found, missed)
        comparison.home = home(found, missed)
        comparison.scene = scene(found, missed)
        if found.side != missed.side { comparison.time = time(found, missed) }
        comparison.marks = found.marks.compare(missed.marks, parameters)
        comparison.communication = speech(found, missed)
        if comparison.home == nil { comparison.accent = accent(found, missed) }
        comparison.shrinkPlaces()
        return comparison
    }

    // MARK: Facts, one function each

    private func identity(_ found: PreparedDescription, _ missed: PreparedDescription) -> Double? {
        guard !found.identity.isEmpty, !missed.identity.isEmpty else { return nil }
        return found.identity == missed.identity
            ? log(parameters.identityAgrees / parameters.identityByChance)
            : log(1 - parameters.identityAgrees)
    }

    /// Several names are alternatives: the mean of their ratios, as when one of
    /// them, nobody knows which, is the name in use.
    private func name(_ found: PreparedDescription, _ missed: PreparedDescription)
        -> NameComparison?
    {
        var best: NameComparison?
        var sum = 0.0
        var count = 0.0
        for said in found.names {
            for known in missed.names {
                guard let seen = NameComparison.compare(said, known, parameters) else { continue }
                let other = parameters.nameIsOther(said.certainty)
                count += 1
                sum += (1 - other) * exp(seen.weight) + other
                if best == nil || seen.weight > best!.weight { best = seen }
            }
        }
        best?.weight = log(sum / count)
        return best
    }

    private func sex(_ found: PreparedDescription, _ missed: PreparedDescription) -> Double? {
        guard found.sex.isKnown, missed.sex.isKnown else { return nil }
        let chance = found.sex == .male ? parameters.menAmongFound : 1 - parameters.menAmongFound
        let agrees = parameters.sexAgrees
        return found.sex == missed.sex ? log(agrees / chance) : log((1 - agrees) / chance)
    }

    private func age(_ found: PreparedDescription, _ missed: PreparedDescription) -> (
        weight: Double, years: Double, sameDay: Bool
    )? {
        guard let seen = found.birth, let known = missed.birth else { return nil }
        let apart = abs(seen.middle - known.middle)
        // How many births a year of the reports lie here; the parameters' bell
        // counts as much as twenty reports.
        let bell = normal(known.middle - parameters.foundBirthMean, parameters.foundBirthSpread)
        let chance = (20 * bell + missed.birthMass) / (20 + pool.births.total)
        if let one = found.exactBirth, let other = missed.exactBirth, one == other {
            // Half the days said are the right day; by chance one in 365 is.
            return (log(0.5 / (chance / 365.2425)), 0, true)
        }
        let error =
            found.birthIsEstimate
            ? parameters.ageErrorBase + parameters.ageErrorPerYear
                * max(0, parameters.ageYear - seen.middle)
            : parameters.saidBirthError
        let spread =
            (error * error + 0.5 + (seen.width * seen.width + known.width * known.width) / 12)
            .squareRoot()
        let wild = parameters.wildBirth
        let density =
            (1 - wild) * normal(apart, spread) + wild * normal(apart, parameters.wildBirthError)
        return (log(density / max(chance, 0.000_5)), apart, false)
    }

    private func height(_ found: PreparedDescription, _ missed: PreparedDescription) -> (
        weight: Double, centimetres: Double
    )? {
        guard let seen = found.height, let known = missed.height else { return nil }
        let apart = abs(seen.middle - known.middle)
        let spread =
            (parameters.heightError * parameters.heightError
            + (seen.width * seen.width + known.width * known.width) / 12).squareRoot()
        let chance = normal(seen.middle - parameters.foundHeightMean, parameters.foundHeightSpread)
        let density = 0.95 * normal(apart, spread) + 0.05 * normal(apart, 20)
        return (log(density / max(chance, 0.001)), apart)
    }

    private func home(_ found: PreparedDescription, _ missed: PreparedDescription)
        -> PlaceComparison?
    {
        guard !found.homes.isEmpty, !missed.homes.isEmpty else { return nil }
        var best: PlaceComparison?
        var sum = 0.0
        var count = 0.0
        for said in found.homes {
            for known in missed.homes {
                guard var seen = PlaceComparison.compare(said, known, parameters.home) else {
                    continue
                }
                if seen.level == .county, said.village != 0, known.village != 0 {
                    let agrees = parameters.villageAgrees
                    if said.village == known.village {
                        seen = PlaceComparison(
                            level: .village, weight: seen.weight + log(agrees / 0.03))
                    } else {
                        seen.weight += log((1 - agrees) / 0.97)
                    }
                }
                count += 1
                sum += exp(seen.weight)
                if best == nil || seen.weight > best!.weight { best = seen }
            }
        }
        best?.weight = log(sum / count)
        return best
    }

    /// Found against lost; a report without the place of loss is taken to mean
    /// that it was at home.
    private func scene(_ found: PreparedDescription, _ missed: PreparedDescription)
        -> PlaceComparison?
    {
        guard let here = found.scene, let there = missed.scene ?? missed.homes.first else {
            return nil
        }
        return PlaceComparison.compare(here, there, parameters.scene)
    }

    private func time(_ found: PreparedDescription, _ missed: PreparedDescription) -> (
        weight: Double, days: Double
    )? {
        guard let here = found.day, let there = missed.day else { return nil }
        // Days from lost to found, least and most; both days count whole.
        let least = here.low - there.high
        let most = here.high - there.low + 1
        var same = 0.0
        for (part, mean) in zip(parameters.gapShares, parameters.gapMeans) {
            same += part * share(least, most, mean: mean)
        }
        let early = parameters.foundBeforeLost
        same =
            (1 - early) * same + early
            * (0.8 * share(-most, -least, mean: parameters.wrongDateMean)
                + 0.2 * share(-most, -least, mean: 50 * parameters.wrongDateMean))
        let before = parameters.randomFoundBeforeLost
        let random =
            (1 - before) * share(least, most, mean: parameters.randomGapMean)
            + before * share(-most, -least, mean: parameters.randomLaterMean)
        let width = most - least
        let chance = (20 * random / width + missed.dayMass) / (20 + pool.lostDays.total)
        let weight = log(max(same / width, 1e-9) / max(chance, 1e-9))
        return (weight, most < 0 ? -1 : max(0, here.middle - there.middle))
    }

    private func speech(_ found: PreparedDescription, _ missed: PreparedDescription) -> Double? {
        guard found.speech != .unknown, missed.speech != .unknown else { return nil }
        let chance =
            missed.speech == .silent ? parameters.muteAmongReports : 1 - parameters.muteAmongReports
        let agrees = parameters.communicationAgrees
        return found.speech == missed.speech
            ? log(agrees / chance) : log((1 - agrees) / chance)
    }

    private func accent(_ found: PreparedDescription, _ missed: PreparedDescription) -> Double? {
        guard found.accentProvince > 0 else { return nil }
        let known =
            missed.accentProvince > 0 ? missed.accentProvince : missed.homes.first?.province ?? 0
        guard known > 0 else { return nil }
        let chance = pool.places.share(of: "\(found.accentProvince)")
        return found.accentProvince == known
            ? log(parameters.accentAgrees / chance)
            : log((1 - parameters.accentAgrees) / max(1 - chance, 0.05))
    }

    /// The share of an exponential that lies between two days, 0 before day 0.
    private func share(_ low: Double, _ high: Double, mean: Double) -> Double {
        high <= 0 ? 0 : exp(-max(0, low) / mean) - exp(-high / mean)
    }

    private func normal(_ distance: Double, _ spread: Double) -> Double {
        exp(-distance * distance / (2 * spread * spread)) / (spread * 2.506_628_274_631)
    }
}

/// How close two places are in the tree of offices.
struct PlaceComparison: Sendable {
    enum Level: Int, Sendable { case village, county, city, province, elsewhere }
    var level: Level
    var weight: Double

    /// Compares down to the level both name; nil when they name none in common.
    static func compare(
        _ one: PreparedDescription.Spot, _ other: PreparedDescription.Spot,
        _ m: LinkageParameters.Levels
    ) -> PlaceComparison? {
        let compatible =
            (one.province == 0 || other.province == 0 || one.province == other.province)
            && (one.city == 0 || other.city == 0 || one.city == other.city)
        if one.county != 0, one.county == other.county, compatible {
            return PlaceComparison(level: .county, weight: log(m.same) - one.logCounty)
        }
        guard one.province != 0, other.province != 0 else {
            // Two counties of different names, their provinces not both known.
            guard one.county != 0, other.county != 0 else { return nil }
            return PlaceComparison(level: .elsewhere, weight: log(1 - m.same))
        }
        guard one.province == other.province else {
            return PlaceComparison(level: .elsewhere, weight: log(m.different) - one.logElsewhere)
        }
        guard one.city != 0, other.city != 0 else {
            return PlaceComparison(
                level: .province, weight: log(m.same + m.near + m.far) - one.logWholeProvince)
        }
        guard one.city == other.city else {
            return PlaceComparison(level: .province, weight: log(m.far) - one.logOutsideCity)
        }
        guard one.county != 0, other.county != 0 else {
            return PlaceComparison(level: .city, weight: log(m.same + m.near) - one.logWholeCity)
        }
        return PlaceComparison(level: .city, weight: log(m.near) - one.logCity)
    }
}
