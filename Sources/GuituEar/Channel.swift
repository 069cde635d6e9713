import Foundation

/// What is not known about one utterance and is summed over: how attentive the
/// clerk was (two ways) and how much of it was said as the standard language
/// has it (four shares). One lane for each of the eight.
typealias Lanes = SIMD8<Float>

/// The numbers of the noisy channel beside the readings themselves.
enum Channel {
    static let standardShares: [Float] = [0, 0.15, 0.5, 0.9]
    static let shareWeights: [Float] = [0.4, 0.3, 0.2, 0.1]
    /// A syllable that has nothing to do with what was said.
    static let slip: Float = 0.06
    static let added: Float = 0.02
    static let lost: Float = 0.06
    static let kept: Float = 1 - added - lost
    /// Any one syllable added.
    static let addedAny = added / Float(Mandarin.count)
    /// Readings of the whole country beside the near ones.
    static let national: Float = 0.05
    /// A name out of use against the name of today.
    static let formerShare: Float = 0.05
    /// A syllable such as *zhen* at the end was only said to say what kind of place it is.
    static let kindSaid: Float = 0.25
    /// The same when it was written as that character.
    static let kindWritten: Float = 0.9

    static let weights: Lanes = {
        var lanes = Lanes()
        for lane in 0..<8 { lanes[lane] = 0.5 * shareWeights[lane % 4] }
        return lanes
    }()
    static let ofDialect: Lanes = {
        var lanes = Lanes()
        for lane in 0..<8 { lanes[lane] = (1 - slip) * (1 - standardShares[lane % 4]) }
        return lanes
    }()
    static let ofStandard: Lanes = {
        var lanes = Lanes()
        for lane in 0..<8 { lanes[lane] = (1 - slip) * standardShares[lane % 4] }
        return lanes
    }()
    static let ofSlip = Lanes(repeating: slip / Float(Mandarin.count))

    @inline(__always)
    static func lanes(dialect: SIMD2<Float>, standard: Float) -> Lanes {
        let both = Lanes(
            lowHalf: SIMD4(repeating: dialect.x), highHalf: SIMD4(repeating: dialect.y))
        return both * ofDialect + standard * ofStandard + ofSlip
    }

    /// P(written | standard syllable said): nearly always itself.
    static let standardTable: [Float] = Mandarin.sounds.indices.flatMap { said -> [Float] in
        var row = Listener.careful.hears(Mandarin.sounds[said])
        for syllable in row.indices {
            row[syllable] = 0.1 * row[syllable] + (syllable == said ? 0.9 : 0)
        }
        return row
    }

    /// P(written | standard syllable said); where the clerk was unsure, the mean
    /// of what was written.
    static func standard(_ said: Int, _ written: [UInt16]) -> Float {
        written.reduce(0) { $0 + standardTable[said * Mandarin.count + Int($1)] }
            / Float(written.count)
    }

    /// P(written | a character), `worth` being P(written | one of the standard
    /// readings it has).
    @inline(__always)
    static func standard(
        ofReadings readings: Slice<UnsafeBufferPointer<UInt16>>, _ worth: (Int) -> Float
    ) -> Float {
        var sum: Float = 0
        var weights: Float = 0
        for said in readings {
            guard said < Mandarin.count else { break }
            // The first reading is the usual one.
            let weight: Float = weights == 0 ? 0.8 : 0.1
            weights += weight
            sum += weight * worth(Int(said))
        }
        return weights > 0 ? sum / weights : 0
    }
}
