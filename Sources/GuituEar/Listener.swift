import Foundation

/// What a Mandarin-speaking clerk writes down on hearing a sound.
///
/// P(syllable | sound) falls with the cost of taking the one for the other. The
/// costs are phonetic distances set by hand, no list of mergers and fitted to no
/// table: which sounds stand for a character the readings say.
public struct Listener: Sendable {
    /// Two stand for all: one who pays little attention, one who pays more.
    /// Which of them wrote an utterance down is left open and summed over.
    public static let hurried = Listener(attention: 1)
    public static let careful = Listener(attention: 2.4)
    static let both = [hurried, careful]

    /// Multiplies every cost; 0 hears nothing, large values never err.
    var attention: Float

    /// P(each syllable | sound), in the order of `Mandarin.syllables`.
    func hears(_ sound: Sound) -> [Float] {
        var weights = Mandarin.sounds.map { exp(-attention * Self.cost(of: sound, as: $0)) }
        let sum = weights.reduce(0, +)
        for index in weights.indices { weights[index] /= sum }
        return weights
    }

    /// The cost of writing `written` (a Mandarin sound) for `said`.
    static func cost(of said: Sound, as written: Sound) -> Float {
        var cost = place[Int(said.place) * 8 + Int(written.place)]
        cost += manner[Int(said.manner) * 6 + Int(written.manner)]
        if said.manner < 2, written.manner < 2, said.aspirated != written.aspirated {
            // Breath is hard to tell where the voice sounds at once.
            cost += said.voiced ? 0.5 : 1.2
        }
        if said.manner == 2, written.manner == 2, said.voiced != written.voiced { cost += 0.8 }
        cost += glide[Int(said.glide) * 4 + Int(written.glide)]
        cost += ending[Int(said.ending) * 8 + Int(written.ending)]
        if said.vowel.apical != written.vowel.apical { cost += 1.2 }
        cost += 0.09 * abs(Float(said.vowel.openness) - Float(written.vowel.openness))
        cost += 0.08 * abs(Float(said.vowel.backness) - Float(written.vowel.backness))
        return cost + (said.vowel.rounded == written.vowel.rounded ? 0 : 0.8)
    }

    /// Said (rows) against written: lips, lip and teeth, teeth, retroflex,
    /// palate, soft palate, throat, none.
    private static let place: [Float] = [
        0, 1.2, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5,
        1.2, 0, 2.5, 2.5, 2.5, 1.6, 1.6, 2.5,
        2.5, 2.5, 0, 0.6, 1.2, 2.5, 2.5, 2.5,
        2.5, 2.5, 0.6, 0, 1.2, 2.5, 2.5, 2.5,
        2.5, 2.5, 1.2, 1.2, 0, 2.5, 2.5, 2.5,
        2.5, 1.6, 2.5, 2.5, 2.5, 0, 0.5, 1.5,
        2.5, 1.6, 2.5, 2.5, 2.5, 0.5, 0, 1.5,
        2.5, 2.5, 2.5, 2.5, 2.5, 1.5, 1.5, 0,
    ]
    /// Stop, affricate, fricative, nasal, lateral, none.
    private static let manner: [Float] = [
        0, 1.5, 2.5, 2.5, 2.5, 2.5,
        1.5, 0, 1.2, 2.5, 2.5, 2.5,
        2.5, 1.2, 0, 2.5, 2.5, 1.5,
        2.5, 2.5, 2.5, 0, 1.2, 1.5,
        2.5, 2.5, 2.5, 1.2, 0, 2.5,
        2.5, 2.5, 1.5, 1.5, 2.5, 0,
    ]
    /// None, i, u, ü.
    private static let glide: [Float] = [
        0, 1.2, 1.2, 1.2,
        1.2, 0, 2, 0.8,
        1.2, 2, 0, 1.2,
        1.2, 0.8, 1.2, 0,
    ]
    /// Open, i, u, stop, n, ng, r, nasal vowel.
    private static let ending: [Float] = [
        0, 1, 1, 0.2, 2, 2, 1, 1.2,
        1, 0, 2, 2, 2, 2, 2, 2,
        1, 2, 0, 2, 2, 2, 2, 2,
        0.2, 2, 2, 0, 2, 2, 2, 2,
        2, 2, 2, 2, 0, 0.8, 2, 0.6,
        2, 2, 2, 2, 0.8, 0, 2, 0.6,
        1, 2, 2, 2, 2, 2, 0, 2,
        1.2, 2, 2, 2, 0.6, 0.6, 2, 0,
    ]
}
