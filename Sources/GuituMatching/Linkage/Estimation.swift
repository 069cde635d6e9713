import GuituModel

extension LinkageParameters {
    /// The parameters with their levels counted anew from pairs that people have
    /// decided are the same person.
    ///
    /// Each table begins as `weight` pairs distributed as the prior (Dirichlet),
    /// so that ten decided pairs nudge and a thousand replace it. Only what is a
    /// share of levels is counted: surnames, given names, sex, homes and scenes.
    public func estimated(
        from pairs: some Sequence<(found: PersonDescription, missed: PersonDescription)>,
        weight: Double = 50
    ) -> LinkageParameters {
        let engine = FellegiSunter(parameters: self)
        var surnames: [NameCertainty: [Double]] = [:]
        var given: [NameCertainty: [Double]] = [:]
        var homes = [0.0, 0, 0, 0]
        var scenes = [0.0, 0, 0, 0]
        var sexes = (agree: 0.0, all: 0.0)
        for (found, missed) in pairs {
            let one = engine.prepare(found)
            let other = engine.prepare(missed)
            if let said = one.names.first, let known = other.names.first,
                let seen = NameComparison.compare(said, known, self)
            {
                if let level = seen.surname {
                    surnames[said.certainty, default: [0, 0, 0, 0]][level] += 1
                }
                if let level = seen.given {
                    given[said.certainty, default: [0, 0, 0, 0]][level] += 1
                }
            }
            if one.sex.isKnown, other.sex.isKnown {
                sexes.all += 1
                if one.sex == other.sex { sexes.agree += 1 }
            }
            if let said = one.homes.first, let known = other.homes.first {
                Self.count(said, known, &homes)
            }
            if let here = one.scene, let there = other.scene { Self.count(here, there, &scenes) }
        }
        var new = self
        new.version += 1
        func counts(_ table: [NameCertainty: [Double]], _ which: [NameCertainty]) -> [Double] {
            which.reduce([0, 0, 0, 0]) { sum, certainty in
                zip(sum, table[certainty] ?? [0, 0, 0, 0]).map { $0 + $1 }
            }
        }
        let heard: [NameCertainty] = [.transcribed, .alias, .unknown]
        new.verifiedSurname = verifiedSurname.counted(counts(surnames, [.verified]), weight)
        new.saidSurname = saidSurname.counted(counts(surnames, [.selfReported]), weight)
        new.heardSurname = heardSurname.counted(counts(surnames, heard), weight)
        new.verifiedGiven = verifiedGiven.counted(counts(given, [.verified]), weight)
        new.saidGiven = saidGiven.counted(counts(given, [.selfReported]), weight)
        new.heardGiven = heardGiven.counted(counts(given, heard), weight)
        new.home = home.counted(homes, weight)
        new.scene = scene.counted(scenes, weight)
        new.sexAgrees = (sexAgrees * weight + sexes.agree) / (weight + sexes.all)
        return new
    }

    /// Only places known to the county on both sides say how often levels agree.
    private static func count(
        _ one: PreparedDescription.Spot, _ other: PreparedDescription.Spot, _ counts: inout [Double]
    ) {
        guard one.county != 0, other.county != 0, one.city != 0, other.city != 0 else { return }
        if one.county == other.county, one.city == other.city {
            counts[0] += 1
        } else if one.city == other.city {
            counts[1] += 1
        } else {
            counts[one.province == other.province ? 2 : 3] += 1
        }
    }
}

extension LinkageParameters.Levels {
    fileprivate func counted(_ counts: [Double], _ weight: Double) -> Self {
        let total = weight + counts.reduce(0, +)
        let shares = zip(all, counts).map { ($0 * weight + $1) / total }
        return Self(shares[0], shares[1], shares[2], shares[3])
    }
}
