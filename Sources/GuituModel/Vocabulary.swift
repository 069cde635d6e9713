/// A closed list of words kept in the database, in JSON and in audit entries.
///
/// Raw values are kebab-case English and never change once released; what a
/// person reads is GuituText's.
public protocol Vocabulary: RawRepresentable, CaseIterable, Codable, Hashable, Sendable
where RawValue == String {}

/// A vocabulary with the numbers of a national or departmental code list.
public protocol Coded: Vocabulary {
    /// The number on official forms and in exchanges.
    var code: Int { get }
}

extension Coded {
    /// Nil for a number the list does not have.
    public init?(code: Int) {
        guard let word = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = word
    }
}

/// GB/T 2261.1.
public enum Sex: String, Coded {
    case unknown, male, female, unspecified

    public var code: Int {
        switch self {
        case .unknown: 0
        case .male: 1
        case .female: 2
        case .unspecified: 9
        }
    }

    /// Whether anything is known: `unknown` and `unspecified` say nothing.
    public var isKnown: Bool { self == .male || self == .female }
}

/// How somebody came to the station (来站方式, list C1).
public enum ArrivalMode: String, Coded {
    case alone
    case withRelatives = "with-relatives"
    case police
    case urbanManagement = "urban-management"
    case hospital
    case community
    case passerBy = "passer-by"
    case outreach
    case otherUnit = "other-unit"
    case hotline
    case otherStation = "other-station"
    case township

    public var code: Int {
        switch self {
        case .alone: 1
        case .withRelatives: 2
        case .police: 3
        case .urbanManagement: 4
        case .hospital: 5
        case .community: 6
        case .passerBy: 7
        case .outreach: 8
        case .otherUnit: 9
        case .hotline: 10
        case .otherStation: 11
        case .township: 12
        }
    }

    /// Whether a unit or a person handed them over, so that who must be noted (IN-07).
    public var isEscorted: Bool {
        switch self {
        case .alone, .outreach, .hotline: false
        default: true
        }
    }
}

/// How far a name can be trusted (姓名可信度, list C2).
public enum NameCertainty: String, Coded {
    case verified
    case selfReported = "self-reported"
    /// Written down by ear, from dialect or unclear speech (音译).
    case transcribed
    /// Given by the station, such as 无名氏 with a number (代称).
    case alias
    case unknown

    public var code: Int {
        switch self {
        case .verified: 1
        case .selfReported: 2
        case .transcribed: 3
        case .alias: 4
        case .unknown: 9
        }
    }
}

/// Kinds of identity documents (list C3).
public enum IdentityDocumentKind: String, Coded {
    case residentCard = "resident-card"
    case householdRegister = "household-register"
    case temporaryCard = "temporary-card"
    case disabilityCard = "disability-card"
    case passport
    case other
    case none

    public var code: Int {
        switch self {
        case .residentCard: 1
        case .householdRegister: 2
        case .temporaryCard: 3
        case .disabilityCard: 4
        case .passport: 5
        case .other: 6
        case .none: 9
        }
    }
}

/// Whether and how somebody can speak with us (语言能力, list C8).
public enum Communication: String, Coded {
    case canSpeak = "can-speak"
    case dialectOnly = "dialect-only"
    case unclear
    case deaf
    case mute
    case deafMute = "deaf-mute"
    case unwilling
    case unconscious
    case unknown

    public var code: Int {
        switch self {
        case .canSpeak: 0
        case .dialectOnly: 1
        case .unclear: 2
        case .deaf: 3
        case .mute: 4
        case .deafMute: 5
        case .unwilling: 6
        case .unconscious: 7
        case .unknown: 9
        }
    }
}

/// Why somebody is without a home (流浪乞讨原因, list C4).
public enum Cause: String, Coded {
    case lostTheWay = "lost-the-way"
    case noWork = "no-work"
    case robbed
    case kinNotFound = "kin-not-found"
    case domesticViolence = "domestic-violence"
    case abandoned
    case trafficked
    case mentalIllness = "mental-illness"
    case intellectualDisability = "intellectual-disability"
    case disaster
    case epidemic
    case begging
    case ranAway = "ran-away"
    case habit
    case other
    case unknown

    public var code: Int {
        switch self {
        case .lostTheWay: 1
        case .noWork: 2
        case .robbed: 3
        case .kinNotFound: 4
        case .domesticViolence: 5
        case .abandoned: 6
        case .trafficked: 7
        case .mentalIllness: 8
        case .intellectualDisability: 9
        case .disaster: 10
        case .epidemic: 11
        case .begging: 12
        case .ranAway: 13
        case .habit: 14
        case .other: 15
        case .unknown: 99
        }
    }
}

/// What the initial check found before anybody is let in (IN-03, IN-04).
public enum Condition: String, Vocabulary {
    case well
    /// Needs a doctor's look or watching; can stay meanwhile.
    case unwell
    /// To hospital first; relief begins there.
    case urgent
}

/// Where somebody is.
public enum WhereaboutsKind: String, Vocabulary {
    case station, hospital, institution, street, placed, gone, unknown
}

/// What a person said to being searched for (寻亲意愿).
public enum ConsentToTracing: String, Vocabulary {
    /// Seen inside the station only.
    case awaitingDecision = "awaiting-decision"
    case agreed
    case refused
    /// A signed best-interest decision stands in for their own.
    case cannotDecide = "cannot-decide"
}

/// Why being found can be a danger to somebody.
public enum Protection: String, Vocabulary {
    case none
    case domesticViolence = "domestic-violence"
    case trafficking
    case minor
    case doesNotWantToBeFound = "does-not-want-to-be-found"
}

/// The state of a tracing request.
public enum RequestState: String, Vocabulary {
    case awaitingDecision = "awaiting-decision"
    case open
    case closed
}

/// The state of a missing report.
public enum ReportState: String, Vocabulary {
    case open
    case found
    case withdrawn
}

/// How a search ended.
public enum TracingOutcome: String, Vocabulary {
    case reunited
    /// Known who they are; the family could or would not take them.
    case identified
    case placed
    case withdrawn
    case died
}

/// The state of a candidate; two different people lead it to `confirmed`.
public enum CandidateState: String, Vocabulary {
    case proposed
    case firstConfirmed = "first-confirmed"
    case firstRefused = "first-refused"
    /// Two officers disagree; a director decides.
    case disputed
    case confirmed
    case refused
    /// One officer asked for more before anybody decides.
    case needsMore = "needs-more"
    /// No longer proposed: consent was refused or the evidence fell away.
    case withdrawn
}

/// What one officer says of one candidate.
public enum Verdict: String, Vocabulary {
    case confirm
    case refuse
    case needMore = "need-more"
}

/// How an episode ends (离站去向, list C11; that list has words, no numbers).
public enum DepartureKind: String, Vocabulary {
    case selfDeparture = "self-departure"
    case familyCollects = "family-collects"
    case escortHome = "escort-home"
    case transfer
    case placement
    case leftWithoutNotice = "left-without-notice"
    case death
}

/// Who keeps a thing somebody brought (IN-14).
public enum Keeping: String, Vocabulary {
    case custody
    case withPerson = "with-person"
    case police
}

/// What an observation is about.
public enum ObservationKind: String, Vocabulary {
    case name, sex, age, height, build, mark, clothing, carried, accent, condition
    case foundPlace = "found-place"
    case homePlace = "home-place"
    /// A place mentioned, of which nobody knows yet what it is to them.
    case place
    case kin
    case note
    /// A place's name as it was heard, before anybody knows which place it is.
    case wordsHeard = "words-heard"
    /// A place that was named to them, with what they said to it.
    case placeAsked = "place-asked"
    /// Their own or a parent's name as it was heard, whatever its characters.
    case nameHeard = "name-heard"

    /// What somebody types by hand; the last three come from pages of their own.
    public static let byHand = allCases.filter {
        ![.wordsHeard, .placeAsked, .nameHeard].contains($0)
    }
}

/// Who an observation comes from.
public enum ObservationSource: String, Vocabulary {
    case person = "self"
    case staff, escort, document, relative, system
}

/// How sure the one who wrote it down was.
public enum Certainty: String, Vocabulary {
    case sure, likely, doubtful
}

/// What an account may be, in an area.
public enum Role: String, Vocabulary {
    case reception
    case carer
    case tracingOfficer = "tracing-officer"
    case safetyOfficer = "safety-officer"
    case director
    case official
    case supervisor
    /// At a centre or a province: works with the library of profiles.
    case laboratoryOfficer = "laboratory-officer"
    case systemAdministrator = "system-administrator"
    case securityAdministrator = "security-administrator"
    case auditAdministrator = "audit-administrator"

    /// The three that never read cases and never belong to one account.
    public var isAdministrator: Bool {
        switch self {
        case .systemAdministrator, .securityAdministrator, .auditAdministrator: true
        default: false
        }
    }
}

/// Whose a sample is that a station had taken.
public enum SampleSubject: String, Vocabulary {
    case person, relative
}
