/// A globally unique name for one `Subject`, made without asking anybody.
///
/// Twenty-six lower-case Crockford base-32 characters: 48 bits of the
/// millisecond it was made, then 80 random bits. A phone in the street can make
/// one offline, ids made later sort later, and one id never names two things.
public struct ID<Subject>: Hashable, Comparable, Sendable, Codable, CustomStringConvertible,
    LosslessStringConvertible
{
    public let text: String

    /// Nil unless `text` is a well-formed id; forged and truncated ids end here.
    public init?(_ text: String) {
        var text = text
        let isID = text.withUTF8 { utf8 in
            guard utf8.count == 26, utf8[0] <= UInt8(ascii: "7")  // 130 bits; the first two are 0
            else { return false }
            for byte in utf8 where !isCrockfordDigit(byte) { return false }
            return true
        }
        guard isID else { return nil }
        self.text = text
    }

    public init(at instant: Instant, using random: inout some RandomNumberGenerator) {
        let time = UInt64(bitPattern: instant.milliseconds) & 0xFFFF_FFFF_FFFF
        let high = UInt64(UInt16.random(in: .min ... .max, using: &random))
        let low = UInt64.random(in: .min ... .max, using: &random)
        // 128 bits = time(48) high(16) low(64), read from the top five at a time.
        let upper = time << 16 | high
        var characters = [UInt8]()
        characters.reserveCapacity(26)
        for position in 0..<26 {
            let shift = 125 - 5 * position
            let digit: UInt64
            if shift >= 64 {
                digit = (upper >> UInt64(shift - 64)) & 31
            } else if shift + 5 > 64 {
                digit = (upper << UInt64(64 - shift) | low >> UInt64(shift)) & 31
            } else {
                digit = (low >> UInt64(shift)) & 31
            }
            characters.append(crockfordDigits[Int(digit)])
        }
        text = String(decoding: characters, as: UTF8.self)
    }

    public init(at instant: Instant) {
        var random = SystemRandomNumberGenerator()
        self.init(at: instant, using: &random)
    }

    /// An id that sorts after `previous`, also when both are of one millisecond
    /// or the clock was set back: what is written down later is listed later.
    public init(at instant: Instant, after previous: String?) {
        let fresh = Self(at: instant)
        // Ten characters are the time; see above.
        guard let previous, fresh.text.prefix(10) <= previous.prefix(10),
            let next = Self.successor(of: previous)
        else {
            self = fresh
            return
        }
        self = next
    }

    /// The next id of the same millisecond; nil after the last one.
    private static func successor(of text: String) -> Self? {
        var characters = Array(text.utf8)
        for place in characters.indices.reversed() where place >= 10 {
            guard let digit = crockfordDigits.firstIndex(of: characters[place]) else { return nil }
            guard digit == crockfordDigits.count - 1 else {
                characters[place] = crockfordDigits[digit + 1]
                return Self(String(decoding: characters, as: UTF8.self))
            }
            characters[place] = crockfordDigits[0]
        }
        return nil
    }

    public var description: String { text }
    public static func < (a: Self, b: Self) -> Bool { a.text < b.text }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let id = Self(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not an id"))
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

private let crockfordDigits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

/// Digits and small letters but i, l, o and u.
private func isCrockfordDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "i"), UInt8(ascii: "l"), UInt8(ascii: "o"), UInt8(ascii: "u"): false
    case UInt8(ascii: "a")...UInt8(ascii: "z"): true
    default: false
    }
}
