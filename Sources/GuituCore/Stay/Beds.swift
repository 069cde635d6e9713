import GuituModel
import GuituRules
import GuituStore

/// Gives somebody a free bed in a room of their sex, and ends the bed they had.
///
/// The database holds the promise (one bed one person, sexes apart: CA-01,
/// CA-02); two clerks who reach for one bed get one bed and one clear answer.
public struct GiveBed: ChangingUseCase {
    public static let needs = Permission.giveBed
    public var target: Target { .episode(episode) }

    public var episode: ReliefEpisode.ID
    public var bed: Bed.ID

    public init(episode: ReliefEpisode.ID, bed: Bed.ID) {
        self.episode = episode
        self.bed = bed
    }

    public enum Failure: Refusal, Equatable {
        case taken
        case outOfUse
        case otherStation
        case otherSex
        case episodeEnded
        case notInStation
        case hasThisBed

        public var saying: Saying {
            switch self {
            case .taken: Saying("bed.taken", field: "bed")
            case .outOfUse: Saying("bed.outOfUse", field: "bed")
            case .otherStation: Saying("bed.otherStation", field: "bed")
            case .otherSex: Saying("bed.otherSex", field: "bed")
            case .episodeEnded: Saying("bed.episodeEnded")
            case .notInStation: Saying("bed.notInStation")
            case .hasThisBed: Saying("bed.hasThisBed", field: "bed")
            }
        }
    }

    public func perform(in work: Work) throws -> Nothing {
        let stay = try work.beds.lockStay(episode)
        guard !stay.ended else { throw Failure.episodeEnded }
        guard let whereabouts = stay.inStation else { throw Failure.notInStation }
        guard
            let row = try work.tx.first(
                "SELECT station, kind, out_of_use FROM bed WHERE id = \(bed)")
        else { throw Ending.notFound }
        guard try row["station"] == stay.station else { throw Failure.otherStation }
        guard try row["out_of_use"] == false else { throw Failure.outOfUse }
        let kind: String = try row["kind"]
        guard kind == "single" || kind == stay.sex.rawValue else { throw Failure.otherSex }
        if let current = stay.bed {
            guard current != bed else { throw Failure.hasThisBed }
            try work.beds.free(episode, at: work.now)
        }
        guard
            try work.beds.give(
                bed, kind: kind, to: episode, at: whereabouts, sex: stay.sex, from: work.now)
        else { throw Failure.taken }
        try work.emit(.bedGiven, about: .bed(bed), in: stay.station, ["episode": episode.text])
        return Nothing()
    }
}

/// Takes back the bed of somebody who has gone to hospital or sleeps elsewhere.
public struct FreeBed: ChangingUseCase {
    public static let needs = Permission.giveBed
    public var target: Target { .episode(episode) }
    public var episode: ReliefEpisode.ID

    public init(episode: ReliefEpisode.ID) { self.episode = episode }

    public enum Failure: Refusal, Equatable {
        case hasNoBed
        public var saying: Saying { Saying("bed.hasNone") }
    }

    public func perform(in work: Work) throws -> Nothing {
        let stay = try work.beds.lockStay(episode)
        guard let bed = stay.bed else { throw Failure.hasNoBed }
        try work.beds.free(episode, at: work.now)
        try work.emit(.bedFreed, about: .bed(bed), in: stay.station, ["episode": episode.text])
        return Nothing()
    }
}

/// Moves somebody to hospital, to an institution, or back into the station.
/// Whoever leaves the station leaves their bed.
public struct ChangeWhereabouts: ChangingUseCase {
    public static let needs = Permission.giveBed
    public var target: Target { .episode(episode) }
    public var episode: ReliefEpisode.ID
    public var place: PlaceOfStay
    public var from: Instant

    public init(episode: ReliefEpisode.ID, place: PlaceOfStay, from: Instant) {
        self.episode = episode
        self.place = place
        self.from = from
    }

    public enum Failure: Refusal, Equatable {
        case episodeEnded
        case beforeThePlaceBefore
        case inTheFuture
        case notByMoving

        public var saying: Saying {
            switch self {
            case .episodeEnded: Saying("bed.episodeEnded")
            case .beforeThePlaceBefore: Saying("whereabouts.tooEarly", field: "from")
            case .inTheFuture: Saying("whereabouts.inTheFuture", field: "from")
            case .notByMoving: Saying("whereabouts.notByMoving", field: "kind")
            }
        }
    }

    public func perform(in work: Work) throws -> Nothing {
        var form = FormCheck()
        let name = form.text(
            place.place ?? "", "place", limit: 200,
            required: place.kind == .hospital || place.kind == .institution)
        try form.finish()
        // Placed and gone are outcomes, decided by a departure.
        guard [.station, .hospital, .institution, .street].contains(place.kind) else {
            throw Failure.notByMoving
        }
        guard from <= work.now else { throw Failure.inTheFuture }
        let stay = try work.beds.lockStay(episode)
        guard !stay.ended else { throw Failure.episodeEnded }
        guard stay.since <= from else { throw Failure.beforeThePlaceBefore }
        if stay.bed != nil { try work.beds.free(episode, at: from) }
        try work.intake.place(episode, PlaceOfStay(kind: place.kind, place: name.orNil), from: from)
        try work.emit(
            .whereaboutsChanged, about: .episode(episode), in: stay.station, at: from,
            ["kind": place.kind.rawValue])
        return Nothing()
    }
}
