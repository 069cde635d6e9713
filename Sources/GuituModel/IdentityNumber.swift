/// A resident identity number (GB 11643-1999), or one of the fifteen digits before it.
///
/// Only a number whose check digit is right becomes a value; every other text
/// says why, so that a clerk can look at the card again.
public struct IdentityNumber: Hashable, Sendable, CustomStringConvertible {
    public enum Failure: Error, Equatable, Sendable {
        case empty
        case wrongLength(Int)
        /// Something that is no digit, or an X before the last place.
        case notDigits
        case noSuchBirthDate(String)
        /// The first two digits are no province (GB/T 2260).
        case noSuchProvince(String)
        /// The check digit the other seventeen digits ask for.
        case wrongCheckDigit(expected: Character)
        /// A spreadsheet read it as a number: `4.1E+17`, or sixteen digits and zeros.
        case spoiltBySpreadsheet
        /// `410***********123X`: a number somebody has hidden.
        case masked

        /// The case as one word, for catalogs of sentences.
        public var word: String {
            switch self {
            case .empty: "empty"
            case .wrongLength: "wrongLength"
            case .notDigits: "notDigits"
            case .noSuchBirthDate: "noSuchBirthDate"
            case .noSuchProvince: "noSuchProvince"
            case .wrongCheckDigit: "wrongCheckDigit"
            case .spoiltBySpreadsheet: "spoiltBySpreadsheet"
            case .masked: "masked"
            }
        }

        /// What the sentence is about, by name.
        public var arguments: [String: String] {
            switch self {
            case .wrongLength(let count): ["is": "\(count)"]
            case .noSuchBirthDate(let text): ["date": text]
            case .noSuchProvince(let text): ["province": text]
            case .wrongCheckDigit(let digit): ["expected": String(digit)]
            case .empty, .notDigits, .spoiltBySpreadsheet, .masked: [:]
            }
        }
    }

    /// Eighteen places, an X upper case. A number of fifteen becomes the one of
    /// eighteen it was succeeded by, so that both are found as one.
    public let normalised: String
    /// Whether fifteen digits were given: they carry no check digit.
    public let wasFifteen: Bool
    public let birth: Day

    public init(_ text: String) throws(Failure) {
        var compact = [UInt8]()
        for scalar in TextNormalizer.plain(text).unicodeScalars {
            // A leading apostrophe is how spreadsheets are told that a number is text.
            if scalar.properties.isWhitespace || scalar == "'" || scalar == "\u{2019}" { continue }
            guard scalar.isASCII || scalar == "•" || scalar == "×" else { throw .notDigits }
            compact.append(scalar.isASCII ? UInt8(scalar.value) : UInt8(ascii: "*"))
        }
        guard !compact.isEmpty else { throw .empty }
        if compact.contains(UInt8(ascii: "*")) { throw .masked }
        if Self.isScientific(compact) { throw .spoiltBySpreadsheet }
        if compact.last == UInt8(ascii: "x") { compact[compact.count - 1] = UInt8(ascii: "X") }
        let isDigit = { (byte: UInt8) in (48...57).contains(byte) }
        let body = compact.count == 18 ? compact.dropLast() : compact[...]
        guard body.allSatisfy(isDigit), isDigit(compact.last!) || compact.last == UInt8(ascii: "X")
        else { throw .notDigits }

        switch compact.count {
        case 15:
            wasFifteen = true
            // Those born in the 1800s got the numbers 999 to 996 and are gone.
            let full = Array(compact[0..<6]) + Array("19".utf8) + Array(compact[6..<15])
            normalised = String(decoding: full + [Self.checkDigit(full)], as: UTF8.self)
        case 18:
            wasFifteen = false
            normalised = String(decoding: compact, as: UTF8.self)
        default: throw .wrongLength(compact.count)
        }
        let digits = Array(normalised.utf8)
        let expected = Self.checkDigit(digits[0..<17])
        if !wasFifteen, expected != digits[17] {
            // Fifteen digits are as many as a spreadsheet keeps; the rest become 0.
            if digits[15...].allSatisfy({ $0 == 48 }) { throw .spoiltBySpreadsheet }
        }
        guard Self.provinces.contains(Self.number(digits[0..<2])) else {
            throw .noSuchProvince(String(normalised.prefix(2)))
        }
        guard
            let birth = Day(
                year: Self.number(digits[6..<10]), month: Self.number(digits[10..<12]),
                day: Self.number(digits[12..<14])), birth.year >= 1850
        else { throw .noSuchBirthDate(String(decoding: digits[6..<14], as: UTF8.self)) }
        self.birth = birth
        guard expected == digits[17] else {
            throw .wrongCheckDigit(expected: Character(Unicode.Scalar(expected)))
        }
    }

    /// Seventeen digits and the check digit they ask for; nil unless they are
    /// seventeen digits of a possible number. For invented people and tests.
    public init?(completing seventeen: String) {
        guard seventeen.utf8.count == 17, seventeen.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        let check = Self.checkDigit(Array(seventeen.utf8))
        guard let number = try? Self(seventeen + String(Character(Unicode.Scalar(check)))) else {
            return nil
        }
        self = number
    }

    /// The county that issued it (GB/T 2260 as it was then).
    public var areaCode: String { String(normalised.prefix(6)) }

    /// The seventeenth digit is odd for men and even for women.
    public var sex: Sex {
        normalised.utf8.dropFirst(16).first! % 2 == 1 ? .male : .female
    }

    /// Whether its last three places are 0, as a spreadsheet leaves them.
    ///
    /// One rounded number in eleven keeps a right check digit by chance, and one
    /// real number in a thousand or so ends like this: a clerk with the card in
    /// hand is believed, an imported file is asked.
    public var endsLikeRounded: Bool { !wasFifteen && normalised.hasSuffix("000") }

    public var masked: String { Masking.identityNumber(normalised) }

    /// Masked: a number in a log or a message is a fault, and this is what it shows.
    public var description: String { masked }

    /// ISO 7064 MOD 11-2 over seventeen digits.
    private static func checkDigit(_ digits: some Sequence<UInt8>) -> UInt8 {
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(digits, weights).reduce(0) { $0 + Int($1.0 - 48) * $1.1 }
        return Array("10X98765432".utf8)[sum % 11]
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int {
        digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    /// `4.1E+17`, `4.10101199001010E+17`, `410101199001010000.00`.
    private static func isScientific(_ bytes: [UInt8]) -> Bool {
        guard (48...57).contains(bytes[0]),
            bytes.allSatisfy({ (48...57).contains($0) || "eE+.,".utf8.contains($0) })
        else { return false }
        return bytes.contains { "eE.,".utf8.contains($0) }
    }

    /// First two digits of GB/T 2260, and 83 for Taiwan residents' permits.
    private static let provinces: Set<Int> = [
        11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51,
        52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83, 91,
    ]
}
