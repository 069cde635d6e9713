import Foundation
import GuituModel

/// A description with everything looked up that a comparison needs; made once,
/// compared ten thousand times. A class, so that a comparison copies no arrays.
public final class PreparedDescription: Sendable {
    struct Span: Sendable {
        var low: Double
        var high: Double
        var middle: Double { (low + high) / 2 }
        var width: Double { high - low }
    }

    struct Spot: Sendable {
        /// Codes as numbers; 0 where nobody knows.
        var province: Int
        var city: Int
        /// A county by its name, so that one without a code can agree.
        var county: Int
        var village: Int
        /// Logarithms of the shares of reports that name this county, this city
        /// outside of it, this province outside of that, and any other place.
        var logCounty: Double
        var logCity: Double
        var logProvince: Double
        var logElsewhere: Double
        /// Shares of the city and the province as a whole.
        var logWholeCity: Double
        var logOutsideCity: Double
        var logWholeProvince: Double
    }

    let side: PersonDescription.Side
    let identity: String
    let names: [PreparedName]
    let sex: Sex
    /// Years, 1968.5 for July 1968.
    let birth: Span?
    let exactBirth: Int?
    let birthIsEstimate: Bool
    let height: Span?
    let homes: [Spot]
    let scene: Spot?
    /// Days since 1970.
    let day: Span?
    /// How many reports on file a year or a day hold at this birth and this
    /// loss, as `Histogram.mass`.
    let birthMass: Double
    let dayMass: Double
    let marks: Marks
    let speech: Speech
    let accentProvince: Int

    enum Speech: Sendable { case unknown, speaks, silent }

    init(_ description: PersonDescription, _ pool: ReportPool, _ channel: (any NameChannel)?) {
        side = description.side
        identity = description.identity
        sex = description.sex
        birth = Self.years(description.birth)
        exactBirth = description.birthIsEstimate ? nil : description.birth?.exactDay?.daysSince1970
        birthIsEstimate = description.birthIsEstimate
        height = description.height.map {
            Span(low: Double($0.lowerBound), high: Double($0.upperBound))
        }
        homes = description.homes.compactMap { Self.spot($0, pool.places) }
        scene = description.scene.flatMap { Self.spot($0, pool.places) }
        day = Self.days(description.day)
        birthMass = birth.map(pool.births.mass) ?? 0
        dayMass = day.map(pool.lostDays.mass) ?? 0
        marks = Marks(description.marks)
        speech =
            switch description.communication {
            case .canSpeak, .dialectOnly: .speaks
            case .deaf, .mute, .deafMute: .silent
            // Unclear, unwilling and unconscious pass; they are no traits.
            case .unclear, .unwilling, .unconscious, .unknown: .unknown
            }
        accentProvince =
            description.accent.isEmpty
            ? 0 : Int(PlaceReading(description.accent).code.prefix(2)) ?? 0
        let province = accentProvince > 0 ? accentProvince : homes.first?.province ?? 0
        var names = description.names.compactMap(PreparedName.init)
        if let channel, side == .found {
            for at in names.indices where names[at].certainty != .verified && names[at].isParted {
                let parts = names[at].surname + names[at].given
                names[at].heard = channel.listen(
                    to: String(
                        String.UnicodeScalarView(parts.compactMap { Unicode.Scalar($0.scalar) })),
                    province: province)
            }
        }
        // What the ear made of a name has no characters to compare.
        let listens = side == .found ? channel : nil
        names += description.namesHeard.compactMap { name in
            let area = name.province > 0 ? name.province : province
            return PreparedName(
                sounds: name.text, heard: listens?.listen(to: name.text, province: area))
        }
        self.names = names
    }

    /// A window in years, or nil when it is open.
    static func years(_ day: PartialDay?) -> Span? {
        guard let first = day?.earliest, let last = day?.latest else { return nil }
        return Span(
            low: 1970 + Double(first.daysSince1970) / 365.2425,
            high: 1970 + Double(last.daysSince1970 + 1) / 365.2425)
    }

    /// A window in days since 1970, or nil when it is open.
    static func days(_ day: PartialDay?) -> Span? {
        guard let first = day?.earliest, let last = day?.latest else { return nil }
        return Span(low: Double(first.daysSince1970), high: Double(last.daysSince1970))
    }

    private static func spot(_ place: PersonDescription.Place, _ shares: PlaceShares) -> Spot? {
        let reading = PlaceReading(place.said)
        let code = place.code.utf8.count > reading.code.utf8.count ? place.code : reading.code
        let county =
            code.utf8.count == 6 && reading.code.utf8.count < 6
            ? Places.named(code).map { PlaceReading($0.name).county } ?? code : reading.county
        guard !code.isEmpty || !county.isEmpty else { return nil }
        let inProvince = code.isEmpty ? 0.05 : shares.share(of: String(code.prefix(2)))
        let inCity =
            code.utf8.count >= 4 ? shares.share(of: String(code.prefix(4))) : inProvince / 12
        let inCounty = code.utf8.count == 6 ? shares.share(of: code) : min(inCity / 8, 0.001)
        let least = 0.000_1
        return Spot(
            province: Int(code.prefix(2)) ?? 0,
            city: code.utf8.count >= 4 ? Int(code.prefix(4))! : 0,
            county: county.isEmpty ? 0 : hash(county),
            village: reading.rest.count >= 2 ? hash(String(reading.rest.prefix(2))) : 0,
            logCounty: log(inCounty), logCity: log(max(inCity - inCounty, least)),
            logProvince: log(max(inProvince - inCity, least)),
            logElsewhere: log(max(1 - inProvince, 0.02)),
            logWholeCity: log(inCity), logOutsideCity: log(max(inProvince - inCity, least)),
            logWholeProvince: log(inProvince))
    }

    /// FNV-1a: the same on every machine, unlike `Hashable`.
    private static func hash(_ text: String) -> Int {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: value >> 1) | 1
    }
}

/// Marks of a body as kinds at places: a scar at the left hand.
struct Marks: Sendable {
    /// Kind, part and side in one number, each once.
    private(set) var features: [(kind: Int, part: Int, side: Int)] = []

    var isEmpty: Bool { features.isEmpty }

    private static let kinds: [(words: [String], share: Double, isStriking: Bool)] = [
        (["断指", "缺指", "少指", "六指"], 0.006, true),
        (["截肢", "残肢", "断臂", "断腿", "假肢", "缺胳膊"], 0.008, true),
        (["唇裂", "兔唇"], 0.002, true), (["纹身", "刺青", "刺字"], 0.03, false),
        (["胎记", "红记", "黑记"], 0.02, false),
        (["烧伤", "烫伤"], 0.015, false), (["缺牙", "掉牙", "豁牙", "假牙", "缺齿"], 0.06, false),
        (["疤", "伤痕", "刀口"], 0.06, false),
        (["痣", "瘊"], 0.05, false), (["跛", "瘸"], 0.03, true), (["驼背", "罗锅"], 0.015, true),
        (["独眼", "失明", "斜眼", "假眼"], 0.015, true),
    ]
    // The longer words first: a 手臂 is no 手, and a 手背 no 背.
    private static let parts: [[String]] = [
        ["手臂", "胳膊", "前臂", "上臂", "肘"], ["手", "指", "腕", "虎口"], ["脚", "踝", "趾"], ["腿", "膝"],
        ["额", "脑门"], ["眉"],
        ["眼"], ["鼻"], ["下巴", "下颌"], ["嘴", "唇", "口角"], ["脸", "面部", "颊"], ["耳"], ["头"], ["颈", "脖"],
        ["肩"], ["背"],
        ["胸"], ["腹", "肚"], ["腰"],
    ]

    private static let kindWords = kinds.map { $0.words.map { Array($0.unicodeScalars) } }
    private static let partWords = parts.map { $0.map { Array($0.unicodeScalars) } }
    private static let ends = Set(",，;；、。./和".unicodeScalars)

    init(_ marks: [String]) {
        for mark in marks {
            let text = Array(TextNormalizer.key(mark).replacing("手术", with: "").unicodeScalars)
            for phrase in text.split(whereSeparator: Self.ends.contains) {
                guard let kind = Self.first(of: Self.kindWords, in: phrase) else { continue }
                let part = Self.first(of: Self.partWords, in: phrase).map { $0 + 1 } ?? 0
                // Sides are written the wrong way round too often to separate.
                let side = phrase.contains("左") ? 1 : phrase.contains("右") ? 2 : 0
                if !features.contains(where: { $0 == (kind, part, side) }) {
                    features.append((kind, part, side))
                }
            }
        }
    }

    /// The first list with a word that stands anywhere in the phrase.
    private static func first(
        of lists: [[[Unicode.Scalar]]], in phrase: ArraySlice<Unicode.Scalar>
    ) -> Int? {
        lists.firstIndex { words in
            words.contains { word in
                phrase.indices.contains { phrase[$0...].starts(with: word) }
            }
        }
    }

    /// log LR of what both mention, and of a striking mark that only one does;
    /// nil when one side has no marks, since silence is no denial.
    func compare(_ other: Marks, _ model: LinkageParameters) -> (
        weight: Double, shared: Int, missed: Int
    )? {
        guard !features.isEmpty, !other.features.isEmpty else { return nil }
        var weight = 0.0
        var shared = 0
        var missed = 0
        var taken = [Bool](repeating: false, count: other.features.count)
        for feature in features {
            let match = other.features.indices.first {
                !taken[$0] && other.features[$0].kind == feature.kind
                    && (other.features[$0].part == feature.part || other.features[$0].part == 0
                        || feature.part == 0)
            }
            if let match {
                taken[match] = true
                shared += 1
                weight += Self.agreement(feature, other.features[match], model)
            } else if Self.kinds[feature.kind].isStriking {
                missed += 1
            }
        }
        for index in other.features.indices
        where !taken[index] && Self.kinds[other.features[index].kind].isStriking {
            missed += 1
        }
        weight += Double(missed) * log(model.strikingMarkMissed)
        return (weight, shared, missed)
    }

    private static func agreement(
        _ one: (kind: Int, part: Int, side: Int), _ other: (kind: Int, part: Int, side: Int),
        _ model: LinkageParameters
    ) -> Double {
        var chance = kinds[one.kind].share
        // The same kind at the same one of some nineteen places of a body.
        if one.part > 0, other.part > 0, !kinds[one.kind].isStriking { chance /= 6 }
        var weight = log(model.markAgrees / max(chance, 0.001))
        if one.side > 0, other.side > 0 {
            // 下巴右侧 and 下巴左侧 have been one person's before.
            weight += one.side == other.side ? log(1.6) : log(0.4)
        }
        return weight
    }
}
