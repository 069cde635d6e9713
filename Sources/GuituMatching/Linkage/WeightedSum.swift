import GuituModel

/// What most registers do instead: likeness from 0 to 1 a field, times a weight
/// somebody chose, summed. Kept to measure the other engine against.
///
/// The same fields from the same preparation; what one side does not know adds
/// nothing. It knows no frequencies, no probability and no explanation.
public struct WeightedSum: Sendable {
    public init() {}

    /// Points of 100 when everything is known and agrees.
    public func score(_ found: PreparedDescription, _ missed: PreparedDescription) -> Double {
        var points = 0.0
        if let name = nameLikeness(found, missed) { points += 30 * name }
        if found.sex.isKnown, missed.sex.isKnown, found.sex == missed.sex { points += 10 }
        if let seen = found.birth, let known = missed.birth {
            points += 15 * max(0, 1 - abs(seen.middle - known.middle) / 15)
        }
        if let seen = found.height, let known = missed.height {
            points += 5 * max(0, 1 - abs(seen.middle - known.middle) / 15)
        }
        if let said = found.homes.first, let known = missed.homes.first {
            points += 15 * placeLikeness(said, known)
        }
        if let here = found.scene, let there = missed.scene ?? missed.homes.first {
            points += 10 * placeLikeness(here, there)
        }
        if let here = found.day, let there = missed.day, here.high >= there.low {
            points += 5 * max(0, 1 - (here.middle - there.middle) / 3650)
        }
        let shared = found.marks.features.count { feature in
            missed.marks.features.contains { $0.kind == feature.kind && $0.part == feature.part }
        }
        points += min(10, Double(shared) * 5)
        return points
    }

    /// The order of the reports for a person, best first, equal ones as listed.
    public func rank(_ person: PreparedDescription, _ reports: [PreparedDescription]) -> [Int] {
        let scores = reports.map { score(person, $0) }
        return scores.indices.sorted {
            scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1]
        }
    }

    private func nameLikeness(_ found: PreparedDescription, _ missed: PreparedDescription)
        -> Double?
    {
        var best: Double?
        for said in found.names {
            for known in missed.names {
                let one = (said.surname + said.given).map { ($0.scalar, $0.sound) }
                let other = (known.surname + known.given).map { ($0.scalar, $0.sound) }
                var likeness = 0.0
                if one.isEmpty || other.isEmpty {
                    likeness = NameComparison.similarity(said.whole, known.whole)
                } else {
                    for (part, heard) in zip(one, other) {
                        if part.0 == heard.0 {
                            likeness += 1
                        } else if part.1 != nil, part.1 == heard.1 {
                            likeness += 0.7
                        }
                    }
                    likeness /= Double(max(one.count, other.count))
                }
                best = max(best ?? 0, likeness)
            }
        }
        return best
    }

    private func placeLikeness(_ one: PreparedDescription.Spot, _ other: PreparedDescription.Spot)
        -> Double
    {
        if one.county != 0, one.county == other.county { return 1 }
        if one.city != 0, one.city == other.city { return 0.6 }
        return one.province != 0 && one.province == other.province ? 0.3 : 0
    }
}
