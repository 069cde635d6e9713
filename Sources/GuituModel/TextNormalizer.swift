import Foundation

/// One way to write what people write in many: for keys, never for display.
///
/// What was typed is kept as it was typed; only search keys, digests and
/// comparisons go through here.
public enum TextNormalizer {
    /// Full-width and other compatibility forms in their plain form (NFKC).
    public static func plain(_ text: String) -> String {
        isPlain(text) ? text : text.precomposedStringWithCompatibilityMapping
    }

    /// A comparison key: NFKC, simplified characters, lower case, without blanks.
    public static func key(_ text: String) -> String {
        guard isPlain(text) else {
            let folded = text.precomposedStringWithCompatibilityMapping.lowercased()
                .filter { !$0.isWhitespace }
            return String(folded.map(simplified))
        }
        var key = ""
        key.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 9...13, 32: continue
            case 0x41...0x5A: key.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value + 32)))
            case ..<0x80: key.unicodeScalars.append(scalar)
            default: key.append(simplified(Character(scalar)))
            }
        }
        return key
    }

    /// Whether NFKC would change nothing: ASCII and the common block of Chinese
    /// characters, which is nearly all that is ever typed here.
    private static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value < 0x80 || (0x4E00...0x9FFF).contains($0.value) }
    }

    /// The simplified form of one character, itself if there is none.
    public static func simplified(_ character: Character) -> Character {
        CharacterFacts.of(character).simplified
    }
}

/// What every field that a person fills in must be.
public enum PlainText {
    public enum Failure: Error, Equatable, Sendable {
        case tooLong(max: Int, is: Int)
        case controlCharacter
    }

    /// The text without blanks around it.
    ///
    /// Control characters are refused, not dropped: nobody types them on
    /// purpose. So are unpaired direction marks and private or unassigned code
    /// points that draw nothing; characters outside the BMP and emoji stay.
    /// - Parameters:
    ///   - max: the limit in characters as a person counts them.
    ///   - lines: whether line breaks are allowed, as in a remark.
    public static func check(_ text: String, max: Int, lines: Bool = false) throws(Failure)
        -> String
    {
        let trimmed = text.trimmed
        for scalar in trimmed.unicodeScalars where scalar.isRefused(lines: lines) {
            throw .controlCharacter
        }
        // Code units bound the work before characters are counted.
        let bytes = trimmed.utf8.count
        if bytes > max {
            let count = trimmed.count
            // 32 bytes a character: a family emoji fits, a tower of accents does not.
            if count > max || bytes > max * 32 {
                throw .tooLong(max: max, is: Swift.max(count, max + 1))
            }
        }
        return trimmed
    }
}

extension String {
    /// Without white space at the ends, nor what draws nothing: a name of only
    /// that would be a line nobody can see or click.
    fileprivate var trimmed: String {
        guard first?.isBlank == true || last?.isBlank == true else { return self }
        var slice = self[...]
        while slice.first?.isBlank == true { slice.removeFirst() }
        while slice.last?.isBlank == true { slice.removeLast() }
        return String(slice)
    }
}

extension Character {
    fileprivate var isBlank: Bool {
        isWhitespace || unicodeScalars.allSatisfy(\.drawsNothing)
    }
}

extension Unicode.Scalar {
    fileprivate var drawsNothing: Bool {
        switch value {
        case 0x00AD, 0x115F, 0x1160, 0x180E, 0x200B...0x200F, 0x2060...0x2064, 0x3164, 0xFFA0: true
        default: false
        }
    }

    fileprivate func isRefused(lines: Bool) -> Bool {
        switch value {
        case 0x0A, 0x0D, 0x09: !lines
        case 0..<0x20, 0x7F..<0xA0: true
        case 0x2028, 0x2029: !lines
        // Embedding, override and isolate marks turn the text around them.
        case 0x202A...0x202E, 0x2066...0x2069: true
        case 0xFFF9...0xFFFB, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }
}
