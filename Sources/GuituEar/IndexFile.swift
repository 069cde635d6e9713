import Foundation

/// One index file: sections of plain numbers and text, little-endian, each
/// beginning at a multiple of 64 bytes, read where they lie in the file.
enum Section: Int, CaseIterable {
    case about
    // Places, sorted by level and code.
    case codes, nameStarts, nameText, levels, parents, coordinates, settlements, ownNames
    // Names to be heard, sorted by level, number of syllables, area.
    case groups, namePlaces, nameParents, nameCells, formerNames, formerText
    // Cells: one character in one area.
    case cellStarts, cellReadings, cellCharacters, cellAreas, areaPlaces, areaCells
    // What a listener makes of sounds and characters, by syllable.
    case soundTable, characters, characterSyllables, characterTable
}

/// Names of one level and one number of syllables: a run that is scanned together.
struct NameGroup {
    var level: PlaceLevel
    var length: Int
    /// Names out of use, answered by a row of today.
    var former: Bool
    /// The level of the rows that answer: a township that is gone may be
    /// answered by its county.
    var answers: PlaceLevel
    var names: Range<Int>
    /// Where the cells of the first name stand; each name has `length` of them.
    var firstCell: Int
}

enum IndexFormat {
    static let magic = Array("GuituEar 1\n\0\0\0\0\0".utf8)
    static let none = UInt32.max

    /// Logarithms in sixteenths, so that a probability takes one byte: 3 % off at most.
    static func byte(_ probability: Float) -> UInt8 {
        UInt8(min(255, max(0, (-log(max(probability, 1e-30)) * 16).rounded())))
    }
    static let probability: [Float] = (0..<256).map { exp(-Float($0) / 16) }

    static func file(_ sections: [Section: [UInt8]]) -> [UInt8] {
        var head = magic
        var offset = magic.count + Section.allCases.count * 16
        var offsets: [Int] = []
        for section in Section.allCases {
            offset = (offset + 63) / 64 * 64
            offsets.append(offset)
            let length = sections[section]?.count ?? 0
            head += bytes([UInt64(offset), UInt64(length)])
            offset += length
        }
        var out = head
        out.reserveCapacity(offset)
        for (section, offset) in zip(Section.allCases, offsets) {
            out += repeatElement(0, count: offset - out.count)
            out += sections[section] ?? []
        }
        return out
    }

    static func bytes<Number: BitwiseCopyable>(_ numbers: [Number]) -> [UInt8] {
        numbers.withUnsafeBytes { Array($0) }
    }
}

/// What can be wrong with an index file.
public enum IndexError: Error, CustomStringConvertible, Equatable {
    case unreadable(String)
    case notAnIndex(String)
    case damaged(String)

    public var description: String {
        switch self {
        case .unreadable(let path): "\(path): cannot be read"
        case .notAnIndex(let path):
            "\(path): is no index of places, or of another version; build it again"
        case .damaged(let path): "\(path): the index is cut off or damaged; build it again"
        }
    }
}

/// An index of places, mapped into memory: opening reads its head only.
public struct EarIndex: Sendable {
    let data: Data
    private let offsets: [Int]
    private let lengths: [Int]
    let groups: [NameGroup]
    public let about: About

    /// What was built, from what.
    public struct About: Codable, Sendable, Equatable {
        public var places: Int
        public var names: Int
        public var points: Int
        public var characters: Int
        public var sounds: Int
        /// Cells of levels down to the township come first.
        public var upperCells: Int
        public var cells: Int
        /// Tables that were not there, named.
        public var missing: [String]
        /// SHA-256 of each table read.
        public var sources: [String: String]
        /// Each dialect point and the place it was put at.
        public var placed: [String: String]
        public var unplaced: [String]
    }

    public init(path: String) throws {
        guard
            let data = try? Data(
                contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        else { throw IndexError.unreadable(path) }
        try self.init(data: data, path: path)
    }

    init(data: Data, path: String = "index") throws {
        let head = IndexFormat.magic.count + Section.allCases.count * 16
        guard data.count >= head, Array(data.prefix(IndexFormat.magic.count)) == IndexFormat.magic
        else { throw IndexError.notAnIndex(path) }
        var offsets: [Int] = []
        var lengths: [Int] = []
        data.withUnsafeBytes { bytes in
            for section in Section.allCases {
                let at = IndexFormat.magic.count + section.rawValue * 16
                offsets.append(
                    Int(truncatingIfNeeded: bytes.load(fromByteOffset: at, as: UInt64.self)))
                lengths.append(
                    Int(truncatingIfNeeded: bytes.load(fromByteOffset: at + 8, as: UInt64.self)))
            }
        }
        for (offset, length) in zip(offsets, lengths) {
            guard offset >= head, offset % 64 == 0, length >= 0, offset <= data.count,
                length <= data.count - offset
            else { throw IndexError.damaged(path) }
        }
        self.data = data
        self.offsets = offsets
        self.lengths = lengths
        func slice(_ section: Section) -> Data {
            let start = data.startIndex + offsets[section.rawValue]
            return data[start..<start + lengths[section.rawValue]]
        }
        guard let about = try? JSONDecoder().decode(About.self, from: slice(.about)) else {
            throw IndexError.damaged(path)
        }
        self.about = about
        let numbers = slice(.groups).withUnsafeBytes { Array($0.bindMemory(to: UInt32.self)) }
        var groups: [NameGroup] = []
        for at in stride(from: 0, to: numbers.count / 6 * 6, by: 6) {
            let level = PlaceLevel(rawValue: UInt8(truncatingIfNeeded: numbers[at]))
            let first = Int(numbers[at + 3])
            let end = Int(numbers[at + 4])
            let kind = UInt8(truncatingIfNeeded: numbers[at + 2])
            let answers = kind == 0 ? level : PlaceLevel(rawValue: kind - 1)
            guard let level, let answers, end >= first else { throw IndexError.damaged(path) }
            groups.append(
                NameGroup(
                    level: level, length: Int(numbers[at + 1]), former: kind > 0, answers: answers,
                    names: first..<end, firstCell: Int(numbers[at + 5])))
        }
        self.groups = groups
        try check(path)
    }

    /// Lengths that must agree, so that no later reading leaves its section.
    private func check(_ path: String) throws {
        let a = about
        let counts = [a.places, a.names, a.cells, a.upperCells, a.sounds, a.characters]
        // Bounded, so that no product below can overflow.
        guard counts.allSatisfy({ (0...1 << 31).contains($0) }), a.upperCells <= a.cells,
            groups.allSatisfy({ (1...64).contains($0.length) })
        else { throw IndexError.damaged(path) }
        var ok = true
        func expect(_ section: Section, _ count: Int, bytes size: Int) {
            ok = ok && lengths[section.rawValue] == count * size
        }
        expect(.codes, a.places, bytes: 12)
        expect(.nameStarts, a.places + 1, bytes: 4)
        expect(.levels, a.places, bytes: 1)
        expect(.parents, a.places, bytes: 4)
        expect(.coordinates, a.places, bytes: 8)
        expect(.settlements, a.places, bytes: 4)
        expect(.ownNames, a.places, bytes: 4)
        expect(.namePlaces, a.names, bytes: 4)
        expect(.nameParents, a.names, bytes: 4)
        expect(.cellStarts, a.cells + 1, bytes: 4)
        expect(.cellCharacters, a.cells, bytes: 2)
        expect(.cellAreas, a.cells, bytes: 2)
        expect(.soundTable, a.sounds, bytes: 2 * Mandarin.count)
        expect(.characters, a.characters, bytes: 4)
        expect(.characterSyllables, a.characters, bytes: 6)
        expect(.characterTable, a.characters, bytes: 2 * Mandarin.count)
        for group in groups {
            let last = group.firstCell + group.names.count * group.length
            ok = ok && group.names.upperBound <= a.names
            ok = ok && last <= lengths[Section.nameCells.rawValue] / 4
        }
        guard ok else { throw IndexError.damaged(path) }
    }

    /// The section's numbers where they lie; valid inside `body` only.
    func with<Number: BitwiseCopyable, Result>(
        _ section: Section, as type: Number.Type,
        _ body: (UnsafeBufferPointer<Number>) throws -> Result
    ) rethrows -> Result {
        try data.withUnsafeBytes { bytes in
            let start = offsets[section.rawValue]
            let part = UnsafeRawBufferPointer(
                rebasing: bytes[start..<start + lengths[section.rawValue]])
            return try body(part.bindMemory(to: type))
        }
    }

    func number<Number: BitwiseCopyable>(_ section: Section, _ index: Int, as type: Number.Type)
        -> Number
    {
        with(section, as: type) { $0[index] }
    }

    func text(_ section: Section, _ range: Range<Int>) -> String {
        with(section, as: UInt8.self) { String(decoding: $0[range], as: UTF8.self) }
    }

    /// SHA-256 of the whole file, as `guitu places build` prints it.
    public var digest: String { SHA256Digest.hex(of: data) }
}
