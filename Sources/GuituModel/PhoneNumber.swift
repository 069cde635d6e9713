/// A telephone number of China, in one form for searching.
public struct PhoneNumber: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Sendable, Equatable {
        case mobile, landline, service
    }

    /// Digits only: `13800000000`, `0371` + `66000000`, `95555`.
    public let normalised: String
    public let kind: Kind
    /// What was typed after 转, `-` or `ext`; empty without one.
    public let `extension`: String

    /// Reads a mobile number, a landline with its area code, a hotline (400, 800)
    /// or a short number, with +86, blanks, dashes, brackets and full-width digits.
    /// Nil for anything else, also for a landline without its area code.
    public init?(_ text: String) {
        var digits = [UInt8]()
        var tail = [UInt8]()
        var inTail = false
        var plus = false
        for scalar in TextNormalizer.plain(text).lowercased().unicodeScalars {
            switch scalar {
            case "0"..."9":
                if inTail {
                    tail.append(UInt8(scalar.value))
                } else {
                    digits.append(UInt8(scalar.value))
                }
            case "+":
                guard digits.isEmpty, !plus else { return nil }
                plus = true
            case " ", "-", "(", ")", ".", "/", "\u{2010}", "\u{2011}", "\u{2013}", "\u{2014}":
                continue
            case "转", "轉", "e", "x", "t": inTail = !digits.isEmpty
            default: return nil
            }
        }
        var number = String(decoding: digits, as: UTF8.self)
        if number.hasPrefix("0086") {
            number.removeFirst(4)
        } else if number.hasPrefix("86"),
            plus || number.utf8.count == 13
        {
            number.removeFirst(2)
        } else if plus {
            return nil
        }
        let count = number.utf8.count
        switch number.first {
        case "1"
        where count == 11 && !number.hasPrefix("10") && !number.hasPrefix("11")
            && !number.hasPrefix("12"):
            kind = .mobile
        case "0" where (10...12).contains(count) && !number.hasPrefix("00"): kind = .landline
        case "4" where count == 10 && number.hasPrefix("400"): kind = .service
        case "8" where count == 10 && number.hasPrefix("800"): kind = .service
        case "1" where (3...6).contains(count), "9" where count == 5: kind = .service
        default: return nil
        }
        guard tail.count <= 6 else { return nil }
        normalised = number
        self.extension = String(decoding: tail, as: UTF8.self)
    }

    /// `138****0000`; a landline keeps its area code and last two digits.
    public var masked: String { Masking.phone(normalised) }

    public var description: String {
        self.extension.isEmpty ? normalised : normalised + "-" + self.extension
    }
}
