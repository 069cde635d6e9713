import GuituEar
import GuituMatching
import GuituModel

/// The candidates of the tracing desk hear names with the ear that pages use.
extension EarShelf: NameChannel {
    /// Nil without an index too: names are then compared by their sounds in the
    /// standard language.
    public func listen(to heard: String, province: Int) -> (any HeardName)? {
        guard let opened = try? open(), let spelling = try? opened.ear.reader.spelling(heard)
        else { return nil }
        return opened.ear.listener(
            to: spelling, area: province > 0 ? "\(province)" : "", among: opened.names)
    }
}

extension NameListener: HeardName {
    public func ratio(of characters: [UInt32?], surnameLength: Int) -> Double? {
        ratio(
            of: characters.map { $0.flatMap(Unicode.Scalar.init).map(Character.init) },
            surnameLength: surnameLength)
    }
}

extension OpenedEar {
    /// Our own shares of surnames and given-name characters.
    static func frequencies(_ ear: Ear) -> NameFrequencies {
        NameFrequencies(
            surnames: NameShares.surnames.map { ($0.surname, $0.share) }
                + NameShares.rareSurnames.map { ($0, NameShares.surnameFloor) },
            given: NameShares.givenShareList.map { ($0.character, $0.share) }, ear: ear)
    }
}
