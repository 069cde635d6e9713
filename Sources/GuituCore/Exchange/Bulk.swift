import GuituModel
import GuituStore

/// Many of one use-case in one transaction: the only bulk path, for imports and
/// for invented provinces alike.
///
/// Each item runs the very use-case that a page runs, behind a savepoint: a
/// refused item leaves nothing and is told by its number, the others stay. The
/// batch is authorised once, for the area all items act on, and audited as one
/// entry with the digest of everything in it.
public struct Bulk<Each: ChangingUseCase>: ChangingUseCase {
    public static var name: String { "Bulk<\(Each.name)>" }
    public static var needs: Permission { Each.needs }
    public var target: Target { .area(area) }

    public var area: Area.ID
    public var items: [Each]

    public enum Failure: Refusal, Equatable {
        /// An item acts on another area than the batch was allowed for.
        case otherArea(item: Int)
        public var saying: Saying { Saying("bulk.otherArea") }
    }

    public init(area: Area.ID, items: [Each]) {
        self.area = area
        self.items = items
    }

    public struct Answer: Codable, Sendable {
        public var answers: [Each.Answer?]
        public var refused: [Refused]
    }

    public struct Refused: Codable, Sendable, Equatable {
        /// Place in `items`, from 0.
        public var item: Int
        public var sayings: [Saying]
    }

    public func perform(in work: Work) throws -> Answer {
        var answers: [Each.Answer?] = []
        var refused: [Refused] = []
        for (index, item) in items.enumerated() {
            guard item.target == .area(area) else { throw Failure.otherArea(item: index) }
            do {
                answers.append(try work.tx.savepoint { try item.perform(in: work) })
            } catch let refusal as any Refusal {
                answers.append(nil)
                refused.append(
                    Refused(
                        item: index,
                        sayings: (refusal as? InvalidFields)?.fields ?? [refusal.saying]))
            }
        }
        return Answer(answers: answers, refused: refused)
    }
}
