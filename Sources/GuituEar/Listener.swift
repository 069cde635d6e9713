import Foundation

/// What a Mandarin-speaking clerk writes down on hearing a sound.
///
/// P(syllable | sound) falls with the cost of taking the one for the other. The
/// costs below are no list of mergers: they were fitted (log-linear, by
/// gradient) so that the dialect readings, heard by this listener, give the
/// table `heard-given-true.tsv` of 403 syllables; see Documentation/Ear.md.
public struct Listener: Sendable {
    /// Two stand for all: one who pays little attention, one who pays more.
    /// Which of them wrote an utterance down is left open and summed over.
    public static let hurried = Listener(attention: 0.5)
    public static let careful = Listener(attention: 1.15)
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
        cost += breath[said.breathClass * 4 + written.writtenBreathClass]
        cost += glide[Int(said.glide) * 4 + Int(written.glide)]
        cost += ending[Int(said.ending) * 8 + Int(written.ending)]
        cost += apical[Int(said.vowel.apical) * 3 + Int(written.vowel.apical)]
        let open = abs(Float(said.vowel.openness) - Float(written.vowel.openness)) / 10
        let back = abs(Float(said.vowel.backness) - Float(written.vowel.backness)) / 10
        let round = abs(Float(said.vowel.rounded) - Float(written.vowel.rounded))
        return cost + 0.73 * open + 0.67 * open * open + 1.14 * back + 1.57 * round
    }

    /// Said (rows: lips, lip and teeth, teeth, retroflex, palate, soft palate, throat, none)
    /// against written.
    private static let place: [Float] = [
        -1.83, 2.01, 2.94, 2.05, 2.03, 2.58, 2, 2.22,
        2.04, -1.22, 2.55, 2.1, 2.46, 2.48, 2, 1.58,
        3.32, 2.54, -0.98, 0.19, 1.52, 3.05, 2, 2.36,
        2.07, 2.24, 1.73, 0.01, 1.69, 2.28, 2, 1.96,
        3.1, 2.18, 1.01, 1.97, -0.72, 2.09, 2, 2.37,
        3.4, 2.39, 3.41, 2.53, 2.05, -1.34, 2, -0.44,
        2.06, 2.49, 2.66, 2.68, 2.13, 0.36, 0, 1.62,
        2.14, 2.06, 2.32, 2.02, 2.12, 2.1, 2, -0.77,
    ]
    /// Stop, affricate, fricative, nasal, lateral, none.
    private static let manner: [Float] = [
        -1.31, 2.06, 2.35, 2.44, 2.29, 2.16,
        2.51, -0.49, 1.48, 2.26, 2.24, 2,
        2.63, 1.16, -0.71, 2.93, 2.85, 1.15,
        2.65, 2.57, 3.68, -0.85, 1.66, 0.29,
        2.26, 2.36, 2.97, 1.34, -1.02, 2.08,
        2.07, 2.07, 2.3, 2.21, 2.12, -0.77,
    ]
    private static let breath: [Float] = [
        -0.54, 2, 1.43, 1.11,
        1.93, -0.46, 1.44, 1.08,
        0.23, 1.61, 1.15, 1.01,
        0.97, 1.01, 1.01, 1,
        1.51, 1.61, -0.7, 1.58,
        1.31, 1.35, 1.78, -0.44,
    ]
    /// None, i, u, ü.
    private static let glide: [Float] = [
        -0.69, 2.13, 2.05, 2.51,
        1.68, -0.63, 3.19, 1.76,
        1.88, 2.58, -0.53, 2.07,
        2.33, 1.85, 2.18, -0.36,
    ]
    /// Open, i, u, stop, n, ng, r, nasal vowel.
    private static let ending: [Float] = [
        -1.22, 1.54, 1.33, 2, 3.3, 2.99, 2.06, 2,
        1.29, -1.28, 2.61, 2, 2.84, 2.53, 2.02, 2,
        1, 2.38, -1.6, 2, 3.08, 2.96, 2.18, 2,
        -0.08, 1.82, 1.85, 0, 3.25, 3.11, 2.05, 2,
        2.76, 2.6, 2.83, 2, -1.11, 0.87, 2.04, 2,
        2.64, 2.66, 3.73, 2, 0.38, -1.5, 2.09, 2,
        1.97, 2.03, 2.03, 2, 2.09, 2.02, -0.13, 2,
        1.53, 2.95, 3.21, 2, 0.95, 1.29, 2.08, 0,
    ]
    private static let apical: [Float] = [
        0.23, 2.15, 1.62,
        2.27, 0.24, 1.49,
        2.07, 1.99, -0.07,
    ]
}

extension Sound {
    /// Plain, aspirated, voiced, both; then other consonants, voiceless or voiced fricatives.
    fileprivate var breathClass: Int {
        manner < 2 ? (aspirated ? 1 : 0) + (voiced ? 2 : 0) : manner == 2 && voiced ? 5 : 4
    }
    fileprivate var writtenBreathClass: Int {
        manner < 2 ? (aspirated ? 1 : 0) : manner == 2 && voiced ? 3 : 2
    }
}
