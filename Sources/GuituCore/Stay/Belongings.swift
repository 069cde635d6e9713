import GuituModel
import GuituStore

/// Takes something into custody after intake (IN-14).
public struct KeepBelonging: ChangingUseCase {
    public static let needs = Permission.keepBelongings
    public var target: Target { .episode(episode) }
    public var episode: ReliefEpisode.ID
    public var item: RegisterArrival.Item

    public init(episode: ReliefEpisode.ID, item: RegisterArrival.Item) {
        self.episode = episode
        self.item = item
    }

    public enum Failure: Refusal, Equatable {
        case episodeEnded
        public var saying: Saying { Saying("bed.episodeEnded") }
    }

    public func perform(in work: Work) throws -> Nothing {
        var form = FormCheck()
        let name = form.text(item.name, "item", limit: 200, required: true)
        if item.quantity < 1 || item.quantity > 9999 { form.fail("quantity", "intake.quantity") }
        try form.finish()
        let stay = try work.beds.lockStay(episode)
        guard !stay.ended else { throw Failure.episodeEnded }
        try work.belongings.keep(
            .init(name: name, quantity: item.quantity, keeping: item.keeping), for: episode,
            at: work.now)
        try work.emit(.belongingKept, about: .episode(episode), in: stay.station)
        return Nothing()
    }
}

/// Gives everything in custody back and says to whom; leaving needs zero left.
public struct ReturnBelongings: ChangingUseCase {
    public static let needs = Permission.keepBelongings
    public var target: Target { .episode(episode) }
    public var episode: ReliefEpisode.ID
    /// The person, or the relative who collects them.
    public var receivedBy: String

    public init(episode: ReliefEpisode.ID, receivedBy: String) {
        self.episode = episode
        self.receivedBy = receivedBy
    }

    public struct Returned: Codable, Sendable, Equatable {
        public var items: Int
    }

    public func perform(in work: Work) throws -> Returned {
        var form = FormCheck()
        let receiver = form.text(receivedBy, "receivedBy", limit: 60, required: true)
        try form.finish()
        let stay = try work.beds.lockStay(episode)
        let count = try work.tx.execute(
            """
            UPDATE belonging SET returned_at = \(work.now), returned_by = \(work.viewer.label),
                returned_to = \(receiver)
            WHERE episode = \(episode) AND keeping = 'custody' AND returned_at IS NULL
            """)
        try work.emit(
            .belongingReturned, about: .episode(episode), in: stay.station, ["items": "\(count)"])
        return Returned(items: count)
    }
}
