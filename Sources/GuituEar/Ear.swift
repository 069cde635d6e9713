import Foundation

/// Hears places: an index and what stations have added to it.
public struct Ear: Sendable {
    public let index: EarIndex
    public let reader: HeardReader
    /// Names that solved cases added, each with the cells it is scored by.
    var aliases: [AliasName] = []
    /// What an operator knows of places besides their names.
    var clues = KnownClues()
    let levelRanges: [PlaceLevel: Range<Int>]
    /// How many different names the levels down to each have.
    let namesDownTo: [PlaceLevel: Int]
    /// Numbers of characters in the index.
    let characterNumbers: [Character: Int]

    public init(index: EarIndex) {
        self.index = index
        // Computed once a program; the first question need not wait for it.
        _ = Channel.standardTable
        var characters: [Character: [UInt16]] = [:]
        var numbers: [Character: Int] = [:]
        index.with(.characters, as: UInt32.self) { scalars in
            index.with(.characterSyllables, as: UInt16.self) { syllables in
                for (number, scalar) in scalars.enumerated() {
                    guard let scalar = Unicode.Scalar(scalar) else { continue }
                    let known = syllables[number * 3..<number * 3 + 3].filter {
                        $0 < Mandarin.count
                    }
                    characters[Character(scalar)] = known
                    numbers[Character(scalar)] = number
                }
            }
        }
        reader = HeardReader(characters: characters)
        characterNumbers = numbers
        levelRanges = index.with(.levels, as: UInt8.self) { levels in
            var ranges: [PlaceLevel: Range<Int>] = [:]
            var start = 0
            for level in PlaceLevel.allCases {
                let end = (start..<levels.count).partition { levels[$0] > level.rawValue }
                ranges[level] = start..<end
                start = end
            }
            return ranges
        }
        let ranges = levelRanges
        namesDownTo = index.with(.nameKeys, as: UInt32.self) { keys in
            var most = 0
            return Dictionary(
                uniqueKeysWithValues: PlaceLevel.allCases.map { level in
                    for row in ranges[level] ?? 0..<0 { most = max(most, Int(keys[row]) + 1) }
                    return (level, most)
                })
        }
    }
}

extension Range<Int> {
    /// The first number that `later` holds for, by halving: it holds for none
    /// before and all after it. The end where it holds for none.
    func partition(_ later: (Int) -> Bool) -> Int {
        var (low, high) = (lowerBound, upperBound)
        while low < high {
            let middle = (low + high) / 2
            if later(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
