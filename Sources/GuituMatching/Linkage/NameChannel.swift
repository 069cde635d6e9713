import Foundation

/// What a name that was written down by ear may have been.
///
/// The engine of descriptions knows sounds of the standard language only; where
/// an ear is at hand it is asked instead.
public protocol NameChannel: Sendable {
    /// - Parameters:
    ///   - heard: The characters written down, surname first.
    ///   - province: Two digits of where the person may come from; 0 if unknown.
    /// - Returns: Nil when nothing can be said of what was heard.
    func listen(to heard: String, province: Int) -> (any HeardName)?
}

/// One name heard, ready to be laid over many names.
public protocol HeardName: Sendable {
    /// P(heard | this name) / P(heard | anybody's name), over the characters
    /// that are not nil; nil for a name of another length or of characters
    /// nobody knows the sound of.
    func ratio(of characters: [UInt32?], surnameLength: Int) -> Double?
}

extension NameComparison {
    /// What the ear makes of a name of which nobody wrote a character.
    static func listen(
        _ heard: any HeardName, _ missed: PreparedName, _ model: LinkageParameters
    ) -> NameComparison? {
        let known = missed.surname + missed.given
        guard !known.isEmpty else { return nil }
        var result = NameComparison(weight: 0, surname: nil, given: nil, logShare: 0)
        result.isHeard = true
        result.weight =
            if let ratio = heard.ratio(
                of: known.map(\.scalar), surnameLength: missed.surname.count)
            {
                log(max(ratio, 1e-12))
            } else {
                // Said in part, or another's: three in ten random names differ.
                log(model.givenLengthDiffers / 0.3)
            }
        return result
    }

    /// What the ear makes of two names of the same build, in place of the
    /// standard language's sounds.
    ///
    /// A character that is the same is worth what it was: the clerk knew it.
    /// The others were written for their sound, and P(character | sound) is the
    /// same whoever it was, so that the ratio of the sounds is left.
    mutating func listen(
        _ found: PreparedName, _ missed: PreparedName, _ model: LinkageParameters
    ) {
        guard let heard = found.heard, let surname, let given, max(surname, given) > 0,
            found.surname.count == missed.surname.count, found.given.count == missed.given.count
        else { return }
        let said = found.surname + found.given
        let known = missed.surname + missed.given
        var weight = 0.0
        var asked: [UInt32?] = []
        for (at, (one, other)) in zip(said, known).enumerated() {
            let levels =
                at < found.surname.count
                ? model.surname(found.certainty) : model.given(found.certainty)
            if one.scalar == other.scalar {
                weight += log(levels.same) - one.logShare
                asked.append(nil)
            } else {
                weight += log(1 - levels.same)
                asked.append(other.scalar)
            }
        }
        guard let ratio = heard.ratio(of: asked, surnameLength: found.surname.count) else {
            return
        }
        self.weight = weight + log(max(ratio, 1e-12))
        isHeard = true
    }
}
