/// What is known of somebody, in the form engines compare: the person at the
/// station and the missing one of a report have the same.
///
/// Unknown is empty or nil, never a made-up value; an engine says nothing where
/// one side is unknown.
public struct PersonDescription: Hashable, Sendable, Codable {
    /// A name and how far it can be trusted; the first is the one in use.
    public struct Name: Hashable, Sendable, Codable {
        public var text: String
        public var certainty: NameCertainty
        public init(_ text: String, _ certainty: NameCertainty = .selfReported) {
            self.text = text
            self.certainty = certainty
        }
    }

    /// A place from the top down, as far as known: codes of GB/T 2260 and the words said.
    public struct Place: Hashable, Sendable, Codable {
        /// Two, four or six digits (41, 4114, 411425); empty when nobody knows.
        public var code: String
        public var said: String
        public init(code: String = "", said: String = "") {
            self.code = code
            self.said = said
        }
    }

    /// Which side of a search this is: errors are of another kind on each.
    public enum Side: String, Vocabulary {
        /// Somebody found, often unable to say who they are.
        case found
        /// Somebody missed, described by those who know them.
        case missed
    }

    /// Their own name as it was heard, in pinyin or partly so.
    public struct NameSound: Hashable, Sendable, Codable {
        public var text: String
        /// Two digits of where it may have been said; 0 if unknown.
        public var province: Int
        public init(_ text: String, province: Int = 0) {
            self.text = text
            self.province = province
        }
    }

    public var side: Side
    public var names: [Name] = []
    public var namesHeard: [NameSound] = []
    public var sex: Sex = .unknown
    /// The window of birth; for a found person often an estimate of age.
    public var birth: PartialDay?
    /// Whether `birth` was estimated by looking rather than said or read.
    public var birthIsEstimate = false
    /// Standing height in centimetres.
    public var height: ClosedRange<Int>?
    /// Where they come from.
    public var homes: [Place] = []
    /// Where they were found, or last seen.
    public var scene: Place?
    /// When they were found, or last seen.
    public var day: PartialDay?
    /// Scars, moles, tattoos, missing fingers: what stays on a body, one a string.
    public var marks: [String] = []
    public var communication: Communication = .unknown
    /// The dialect or accent, in words.
    public var accent = ""
    /// The identity number as its keyed search digest, in any one form: it is
    /// only ever compared with another of the same key. Empty when unknown.
    public var identity = ""

    public init(side: Side) { self.side = side }
}
