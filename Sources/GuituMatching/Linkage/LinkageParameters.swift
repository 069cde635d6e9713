import GuituModel

/// The m side of the Fellegi-Sunter model: how often each level of agreement is
/// seen between two descriptions of one person. The u side comes from how common
/// names and places are (`NameShares`, `PlaceShares`).
///
/// The numbers are priors of ours, each with its reason, until an office has
/// decided pairs to count (`LinkageParameters.estimated`).
public struct LinkageParameters: Hashable, Sendable, Codable {
    /// Shares of four levels, summing to one.
    public struct Levels: Hashable, Sendable, Codable {
        public var same: Double
        /// Other characters of the same toneless sound; a city for places.
        public var near: Double
        /// A sound easily confused with it; a province for places.
        public var far: Double
        public var different: Double

        public init(_ same: Double, _ near: Double, _ far: Double, _ different: Double) {
            self.same = same
            self.near = near
            self.far = far
            self.different = different
        }

        var all: [Double] { [same, near, far, different] }
    }

    public var version = 1

    /// Identity numbers have a check digit, but papers are borrowed and numbers
    /// remembered wrongly: one in ten is not the report's.
    public var identityAgrees = 0.90
    /// No better than this however many people there are: two files can hold
    /// one number by a clerk's slip.
    public var identityByChance = 1e-6

    /// Surnames copied from a document differ by slips only.
    public var verifiedSurname = Levels(0.985, 0.008, 0.004, 0.003)
    /// Surnames said by somebody who may speak dialect and be confused: one in
    /// five is not written as at home, half of those by a homophone.
    public var saidSurname = Levels(0.80, 0.09, 0.06, 0.05)
    /// Surnames written down by ear: the sound is all there was.
    public var heardSurname = Levels(0.58, 0.22, 0.12, 0.08)
    /// Given-name characters have more homophones than surnames.
    public var verifiedGiven = Levels(0.98, 0.010, 0.005, 0.005)
    public var saidGiven = Levels(0.74, 0.15, 0.06, 0.05)
    public var heardGiven = Levels(0.45, 0.33, 0.14, 0.08)
    /// The name given is somebody else's altogether: a dead brother's, an
    /// invented one. Then it agrees with the report's by chance alone.
    public var verifiedNameIsOther = 0.003
    public var saidNameIsOther = 0.03

    /// The given name is a character shorter or longer: 建国 called 国.
    public var givenLengthDiffers = 0.06

    /// Sex is wrong in the book about once in a hundred and fifty.
    public var sexAgrees = 0.993
    /// Two of three people who come to stations are men.
    public var menAmongFound = 0.66

    /// Age estimated by looking errs by two years and a tenth of the age: about
    /// seven years at sixty (standard deviations).
    public var ageErrorBase = 1.5
    public var ageErrorPerYear = 0.09
    /// Ages are reckoned in this year for that: a few years make no difference,
    /// and so the error does not depend on whether the day found is known.
    public var ageYear = 2024.0
    /// Birth dates said or read err by a year; one in twenty is wild (a lunar
    /// year, a brother's papers).
    public var saidBirthError = 1.0
    public var wildBirth = 0.05
    public var wildBirthError = 14.0
    /// Middle and spread of the birth years of people found.
    public var foundBirthMean = 1968.0
    public var foundBirthSpread = 18.0

    /// Centimetres; families guess, stations measure, the old shrink.
    public var heightError = 4.5
    public var foundHeightMean = 163.0
    public var foundHeightSpread = 9.0

    /// Where somebody says they come from, against where the report says:
    /// county, city, province, elsewhere.
    public var home = Levels(0.64, 0.13, 0.11, 0.12)
    /// Where somebody is found, against where they were lost: most people are
    /// found near, and a long tail far away.
    public var scene = Levels(0.40, 0.15, 0.20, 0.25)
    /// Village or street agree when the county does and both name one.
    public var villageAgrees = 0.45
    /// An accent names the right province.
    public var accentAgrees = 0.78

    /// Days from lost to found: a mixture of three exponentials, in shares and
    /// mean days (the same day's search, a journey, years on the road).
    public var gapShares = [0.40, 0.30, 0.30]
    public var gapMeans = [10.0, 150.0, 2200.0]
    /// Found before lost, which only wrong dates explain: most by days.
    public var foundBeforeLost = 0.006
    public var wrongDateMean = 20.0
    /// A random report's days from lost to this person's found, until the
    /// reports on file have been counted.
    public var randomGapMean = 2600.0
    public var randomFoundBeforeLost = 0.10
    /// Reports later than a found day are few and soon after it.
    public var randomLaterMean = 200.0

    /// A mark on both sides is mentioned on the other side this often when it
    /// is the same body, whatever its kind.
    public var markAgrees = 0.5
    /// A missing limb or finger is noticed and told nine times in ten.
    public var strikingMarkMissed = 0.35
    /// Deaf and mute people are described as such nearly always.
    public var communicationAgrees = 0.92
    public var muteAmongReports = 0.04

    public init() {}

    func nameIsOther(_ certainty: NameCertainty) -> Double {
        certainty == .verified ? verifiedNameIsOther : saidNameIsOther
    }

    func surname(_ certainty: NameCertainty) -> Levels {
        switch certainty {
        case .verified: verifiedSurname
        case .selfReported: saidSurname
        case .transcribed, .alias, .unknown: heardSurname
        }
    }

    func given(_ certainty: NameCertainty) -> Levels {
        switch certainty {
        case .verified: verifiedGiven
        case .selfReported: saidGiven
        case .transcribed, .alias, .unknown: heardGiven
        }
    }
}
