import GuituModel

/// Something that compares a person with a report and says how much each fact
/// it saw speaks for their being the same.
///
/// The interface of every engine: descriptions, words heard, faces, DNA. An
/// engine says nothing about what one side does not know, and never decides.
public protocol EvidenceEngine: Sendable {
    /// A word that stays: `linkage`, `faces`.
    static var id: String { get }
    /// Grows when the same input may give another answer.
    static var version: Int { get }

    /// The facts that were compared, unknown ones left out. The order of the two
    /// makes no difference.
    func evidence(between one: PersonDescription, and other: PersonDescription) -> [Evidence]
}

extension EvidenceEngine {
    /// `linkage@1`, kept with every candidate.
    public static var label: String { "\(id)@\(version)" }
}

/// One fact and how much it speaks for (above 0) or against (below 0) two
/// descriptions being of one person.
public struct Evidence: Hashable, Sendable, Codable {
    public enum Field: String, Vocabulary {
        case identity, name, sex, age, height, home, scene, time, marks, communication, accent
    }

    public var field: Field
    /// Natural logarithm of P(seen | same person) / P(seen | two people).
    public var logLikelihoodRatio: Double
    public var explanation: Explanation
    /// Engine and version, `linkage@1`.
    public var engine: String

    public init(
        field: Field, logLikelihoodRatio: Double, explanation: Explanation, engine: String
    ) {
        self.field = field
        self.logLikelihoodRatio = logLikelihoodRatio
        self.explanation = explanation
        self.engine = engine
    }
}

/// A sentence of GuituText and what goes into its blanks.
///
/// Arguments are counts and levels, never names or places: a candidate's
/// explanation is read by people who see the record masked.
public struct Explanation: Hashable, Sendable, Codable {
    /// Every sentence the engines here can say; catalogs are tested against it.
    public enum Key: String, CaseIterable, Sendable {
        case identitySame = "evidence.identity.same"
        case identityDifferent = "evidence.identity.different"
        // {oneIn}: one person in how many has such a name.
        case nameSame = "evidence.name.same"
        case nameSameSound = "evidence.name.sameSound"
        case nameSimilarSound = "evidence.name.similarSound"
        case nameSurnameOnly = "evidence.name.surnameOnly"
        case nameGivenOnly = "evidence.name.givenOnly"
        case nameDifferent = "evidence.name.different"
        // {times}: how much likelier this name than anybody's sounds so, or less.
        case nameHeardFits = "evidence.name.heardFits"
        case nameHeardDiffers = "evidence.name.heardDiffers"
        case sexSame = "evidence.sex.same"
        case sexDifferent = "evidence.sex.different"
        // {years}: between the middles of both windows.
        case ageSameDay = "evidence.age.sameDay"
        case ageClose = "evidence.age.close"
        case ageApart = "evidence.age.apart"
        // {centimetres}
        case heightClose = "evidence.height.close"
        case heightApart = "evidence.height.apart"
        case homeSameVillage = "evidence.home.sameVillage"
        case homeSameCounty = "evidence.home.sameCounty"
        case homeSameCity = "evidence.home.sameCity"
        case homeSameProvince = "evidence.home.sameProvince"
        case homeElsewhere = "evidence.home.elsewhere"
        case sceneSameCounty = "evidence.scene.sameCounty"
        case sceneSameCity = "evidence.scene.sameCity"
        case sceneSameProvince = "evidence.scene.sameProvince"
        case sceneElsewhere = "evidence.scene.elsewhere"
        // {days}: from lost to found.
        case timeSoon = "evidence.time.soon"
        case timeLater = "evidence.time.later"
        case timeImpossible = "evidence.time.impossible"
        // {count}: marks both sides mention.
        case marksShared = "evidence.marks.shared"
        case marksMissing = "evidence.marks.missing"
        case communicationSame = "evidence.communication.same"
        case communicationDifferent = "evidence.communication.different"
        case accentFits = "evidence.accent.fits"
        case accentDiffers = "evidence.accent.differs"
    }

    public var key: String
    public var arguments: [String: String]

    public init(_ key: Key, _ arguments: [String: String] = [:]) {
        self.key = key.rawValue
        self.arguments = arguments
    }
}
