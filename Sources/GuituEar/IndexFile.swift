import Crypto
import Foundation

/// One index file: sections of plain numbers and text, little-endian, each
/// beginning at a multiple of 64 bytes, read where they lie in the file.
enum Section: Int, CaseIterable {
    case about
    // Places, sorted by level and code.
    case codes, nameStarts, nameText, levels, parents, coordinates, settlements, ownNames, nameKeys
    // Names to be heard, sorted by area, level, number of syllables.
    case groups, namePlaces, nameCells, formerNames, formerText
    // Cells: one character in one area; an area's stand together.
    case cellStarts, cellReadings, cellCharacters, cellAreas, areaPlaces, areaRuns, areaCells
    // What a listener makes of sounds and characters, by syllable.
    case soundTable, characters, characterSyllables, characterTable
}

/// Names of one area, one level and one number of syllables: a run that is
/// scanned together.
struct NameGroup {
    static let numbers = 7
    var area: Int
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

/// Where the cells of an area stand, and its groups.
struct AreaRun {
    static let numbers = 3
    /// Those of names down to the township stand first.
    var upperCells: Range<Int>
    var cells: Range<Int>
    var groups: Range<Int>
}

enum IndexFormat {
    static let magic = Array("GuituEar 3\n\0\0\0\0\0".utf8)
    static let none = UInt32.max
    /// The magic, the digest of all that follows it, offset and length of each section.
    static let head = magic.count + SHA256.byteCount + Section.allCases.count * 16

    /// Logarithms in sixteenths, so that a probability takes one byte: 3 % off at most.
    static func byte(_ probability: Float) -> UInt8 {
        UInt8(min(255, max(0, (-log(max(probability, 1e-30)) * 16).rounded())))
    }
    static let probability: [Float] = (0..<256).map { exp(-Float($0) / 16) }

    static func file(_ sections: [Section: [UInt8]]) -> [UInt8] {
        var body: [UInt8] = []
        var offset = head
        for section in Section.allCases {
            offset = (offset + 63) / 64 * 64
            let length = sections[section]?.count ?? 0
            body += bytes([UInt64(offset), UInt64(length)])
            offset += length
        }
        body.reserveCapacity(offset)
        for section in Section.allCases {
            let padding = 63 - (magic.count + SHA256.byteCount + body.count + 63) % 64
            body += repeatElement(0, count: padding)
            body += sections[section] ?? []
        }
        return magic + SHA256.hash(data: body) + body
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

/// An index of places, mapped into memory. Opening looks once at every number
/// that says where another stands, so that no later reading leaves the file.
public struct EarIndex: Sendable {
    private let sections: IndexSections
    let groups: [NameGroup]
    let areas: [AreaRun]
    /// Of the area that has most.
    let mostCells: Int
    public let about: About

    /// What was built, from what.
    public struct About: Codable, Sendable, Equatable {
        public var places: Int
        public var names: Int
        public var points: Int
        public var characters: Int
        public var sounds: Int
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
        sections = try IndexSections(data, path)
        guard
            let about = try? sections.with(
                .about, as: UInt8.self,
                { try JSONDecoder().decode(About.self, from: Data($0)) })
        else { throw IndexError.damaged(path) }
        self.about = about
        let check = IndexCheck(about: about, file: sections)
        guard let (groups, areas) = check.runs(), check.holds(groups, areas) else {
            throw IndexError.damaged(path)
        }
        self.groups = groups
        self.areas = areas
        mostCells = areas.map(\.cells.count).max() ?? 0
    }

    @inline(__always)
    func with<Number: BitwiseCopyable, Result>(
        _ section: Section, as type: Number.Type,
        _ body: (UnsafeBufferPointer<Number>) throws -> Result
    ) rethrows -> Result {
        try sections.with(section, as: type, body)
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
    public var digest: String { Self.digest(of: sections.data) }

    /// Whether every byte is as it was built. Opening does not look at text and
    /// at shares, which cannot lead astray but can be wrong.
    public var isIntact: Bool { sections.isIntact }

    static func digest(of data: Data) -> String {
        SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined()
    }
}

/// The file and where its sections lie in it.
struct IndexSections: Sendable {
    let data: Data
    private let offsets: [Int]
    private let lengths: [Int]

    init(_ data: Data, _ path: String) throws {
        guard data.count >= IndexFormat.head,
            data.prefix(IndexFormat.magic.count).elementsEqual(IndexFormat.magic)
        else { throw IndexError.notAnIndex(path) }
        var offsets: [Int] = []
        var lengths: [Int] = []
        data.withUnsafeBytes { bytes in
            for section in Section.allCases {
                let at = IndexFormat.magic.count + SHA256.byteCount + section.rawValue * 16
                offsets.append(
                    Int(truncatingIfNeeded: bytes.load(fromByteOffset: at, as: UInt64.self)))
                lengths.append(
                    Int(truncatingIfNeeded: bytes.load(fromByteOffset: at + 8, as: UInt64.self)))
            }
        }
        for (offset, length) in zip(offsets, lengths) {
            guard offset >= IndexFormat.head, offset % 64 == 0, length >= 0, offset <= data.count,
                length <= data.count - offset
            else { throw IndexError.damaged(path) }
        }
        self.data = data
        self.offsets = offsets
        self.lengths = lengths
    }

    /// Bytes.
    func length(_ section: Section) -> Int { lengths[section.rawValue] }

    var isIntact: Bool {
        let start = data.startIndex + IndexFormat.magic.count
        let end = start + SHA256.byteCount
        return SHA256.hash(data: data[end...]).elementsEqual(data[start..<end])
    }

    /// The section's numbers where they lie; valid inside `body` only.
    @inline(__always)
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
}
