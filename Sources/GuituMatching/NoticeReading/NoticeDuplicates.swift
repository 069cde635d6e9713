import GuituModel

/// Recognises notices that were read before: the same text, or the same with a
/// title, a date or a few words changed, as papers and posts copy each other.
///
/// Exact copies share a digest of the text in its one form, blanks and
/// punctuation left out. Near copies share most of their runs of five
/// characters, which 64 minima of hashes estimate without comparing texts:
/// two texts with a share *s* agree in each minimum with probability *s*
/// (Broder 1997). Sixteen bands of four find every pair at 0.9 with a
/// probability above 0.999999, and at 0.5 with 0.64.
public struct NoticeDuplicates {
    public enum Match: Hashable, Sendable {
        case new
        /// The id of the first notice with this text.
        case exact(String)
        /// The most alike one, and the share of runs they have in common.
        case near(String, share: Double)
    }

    /// From this share on two notices are told as near copies.
    public static let threshold = 0.75

    private static let bands = 16
    private static let rows = 4

    private var exact: [UInt64: Int] = [:]
    private var buckets: [UInt64: [Int32]] = [:]
    private var ids: [String] = []
    private var minima: [[UInt32]] = []

    public init() {}

    /// Keeps `text` under `id` and says whether it came before.
    public mutating func add(_ text: String, id: String) -> Match {
        let characters = NoticeText(text).scalars.filter { $0.isHan || $0.isDigit || $0.isLatin }
            .map(\.value)
        var digest = Mix(seed: 0)
        for character in characters { digest.add(UInt64(character)) }
        let key = digest.value ^ UInt64(characters.count)
        if let known = exact[key] { return .exact(ids[known]) }
        exact[key] = ids.count
        let own = Self.minima(of: characters)
        let match = nearest(to: own)
        for band in 0..<Self.bands {
            buckets[Self.bucket(band, own), default: []].append(Int32(ids.count))
        }
        ids.append(id)
        minima.append(own)
        return match
    }

    private func nearest(to own: [UInt32]) -> Match {
        var best: (place: Int, share: Double)?
        var seen: Set<Int32> = []
        for band in 0..<Self.bands {
            // A bucket of thousands is a form everybody fills in; its first are enough.
            for place in buckets[Self.bucket(band, own), default: []].prefix(200)
            where seen.insert(place).inserted {
                let other = minima[Int(place)]
                let same = zip(own, other).count { $0 == $1 }
                let share = Double(same) / Double(own.count)
                if share >= Self.threshold, share > best?.share ?? 0 { best = (Int(place), share) }
            }
        }
        return best.map { .near(ids[$0.place], share: $0.share) } ?? .new
    }

    private static func bucket(_ band: Int, _ minima: [UInt32]) -> UInt64 {
        var mix = Mix(seed: UInt64(band) + 1)
        for row in 0..<rows { mix.add(UInt64(minima[band * rows + row])) }
        return mix.value
    }

    /// The least of each of 64 hashes over all runs of five characters.
    private static func minima(of characters: [UInt32]) -> [UInt32] {
        var least = Array(repeating: UInt32.max, count: bands * rows)
        // A text of megabytes is told apart by its first part.
        let end = min(characters.count, 20_000)
        for begin in 0..<max(1, end - 4) {
            var run = Mix(seed: 7)
            for place in begin..<min(begin + 5, end) { run.add(UInt64(characters[place])) }
            var value = run.value
            for place in least.indices {
                value = value &* 0x9E37_79B9_7F4A_7C15 &+ 0xD1B5_4A32_D192_ED03
                let hash = UInt32(truncatingIfNeeded: (value ^ value >> 29) >> 16)
                if hash < least[place] { least[place] = hash }
            }
        }
        return least
    }

    /// A hash that is the same in every run of the program.
    private struct Mix {
        private(set) var value: UInt64
        init(seed: UInt64) { value = seed &* 0x9E37_79B9_7F4A_7C15 ^ 0xCBF2_9CE4_8422_2325 }
        mutating func add(_ other: UInt64) {
            value = (value ^ other) &* 0x100_0000_01B3
            value ^= value >> 31
        }
    }
}
