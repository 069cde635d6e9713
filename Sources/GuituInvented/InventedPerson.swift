import GuituModel

/// Somebody who does not exist, as they are.
public struct InventedPerson: Sendable, Hashable {
    public var name: String
    public var sex: Sex
    public var birth: Day
    public var home: Place
    public var village: String
    public var height: Int
    public var marks: [String]
    public var communication: Communication
    /// Of invented people: a county 9999 that issues none, with a right check
    /// digit, so that forms take it and everybody sees what it is.
    public var identityNumber: String
    public var lostOn: Day
    public var lostAt: Place
    public var foundOn: Day
    public var foundAt: Place
    public var relative: Relative

    public struct Relative: Sendable, Hashable {
        public var name: String
        /// 儿子, 母亲 … of the missing person.
        public var relation: String
        /// 142 begins numbers that no carrier gives out.
        public var phone: String
    }
}

/// What a clerk at the station wrote down about one of them.
public struct InventedArrival: Sendable, Hashable {
    /// Empty for somebody nobody has a name for.
    public var name: String
    public var nameCertainty: NameCertainty
    public var sex: Sex
    public var birth: PartialDay?
    public var birthIsEstimate: Bool
    public var identityNumber: String
    public var arrivedAt: Instant
    public var mode: ArrivalMode
    public var broughtBy: String
    public var foundOn: PartialDay
    public var foundPlace: String
    /// County or city where they were found, to choose a station by.
    public var foundCode: String
    public var homePlace: String
    public var height: Int?
    public var marks: [String]
    public var accent: String
    public var communication: Communication
    public var condition: Condition
    public var belongings: [String]

    public var description: PersonDescription {
        var known = PersonDescription(side: .found)
        if !name.isEmpty { known.names = [.init(name, nameCertainty)] }
        known.sex = sex
        known.birth = birth
        known.birthIsEstimate = birthIsEstimate
        known.height = height.map { ($0 - 2)...($0 + 2) }
        if !homePlace.isEmpty { known.homes = [.init(said: homePlace)] }
        known.scene = .init(said: foundPlace)
        known.day = foundOn
        known.marks = marks
        known.accent = accent
        known.communication = communication
        return known
    }
}

/// What a family reported about one of them.
public struct InventedReport: Sendable, Hashable {
    public var name: String
    public var sex: Sex
    public var birth: PartialDay?
    public var identityNumber: String
    public var lostOn: PartialDay
    public var lostPlace: String
    public var homePlace: String
    public var homeCode: String
    public var height: Int?
    public var marks: [String]
    public var accent: String
    public var reporterName: String
    public var reporterRelation: String
    public var reporterPhone: String
    public var reportedAt: Instant

    public var description: PersonDescription {
        var known = PersonDescription(side: .missed)
        known.names = [.init(name, .verified)]
        known.sex = sex
        known.birth = birth
        known.height = height.map { $0...$0 }
        known.homes = [.init(said: homePlace)]
        if !lostPlace.isEmpty { known.scene = .init(said: lostPlace) }
        known.day = lostOn
        known.marks = marks
        known.accent = accent
        return known
    }
}

/// People at stations, reports of families, and which belong together.
public struct InventedWorld: Sendable, Hashable {
    public struct Pair: Sendable, Hashable {
        public var person: Int
        public var report: Int
    }

    public var people: [InventedArrival]
    public var reports: [InventedReport]
    /// By their places in `people` and `reports`, in the order of the people.
    public var truth: [Pair]
}
