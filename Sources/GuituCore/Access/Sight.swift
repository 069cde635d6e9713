import GuituModel
import GuituStore

/// How what was written about somebody is shown (decision 11): as it is to the
/// staff of the holder, masked to the offices above it.
struct Sight: Sendable {
    let isMasked: Bool

    func name(_ name: String) -> String { isMasked ? Masking.name(name) : name }

    /// Free text: it may name anybody.
    func words(_ words: String) -> String { isMasked ? Masking.words(words) : words }

    /// What names somebody is masked; how they look and where they were is what
    /// an office above compares and answers for.
    func value(_ value: String, of kind: ObservationKind) -> String {
        guard isMasked else { return value }
        switch kind {
        case .name: return Masking.name(value)
        case .homePlace, .place, .placeAsked: return Masking.address(value)
        case .kin, .note, .condition, .carried, .wordsHeard, .nameHeard:
            return Masking.words(value)
        case .sex, .age, .height, .build, .mark, .clothing, .accent, .foundPlace: return value
        }
    }
}

extension Viewer {
    func sight(of holder: Area.ID, _ permission: Permission) -> Sight {
        Sight(isMasked: !serves(holder, permission))
    }
}

extension Work {
    /// Of what the target holds.
    func sight(_ permission: Permission) -> Sight {
        Sight(isMasked: !holding.areas.contains { viewer.serves($0, permission) })
    }
}
