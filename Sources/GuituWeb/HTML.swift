/// A piece of a page whose interpolation escapes by where it stands.
///
/// ```swift
/// let row: HTML = "<td class=\"name\">\(person.name)</td>"
/// ```
/// The literal pieces are read by a small state machine, so a `String` is
/// escaped for text, for a double-quoted attribute or for a textarea as the
/// place asks; `HTML` is kept; an address enters only as a `Link`. Anything
/// else does not compile, or, where only the literal tells (an unquoted
/// attribute, a script, a comment, a raw string as an address), renders nothing
/// and leaves a `fault` that grows upwards into the whole page: every page and
/// component is tested to have none, and a page in production loses one value
/// instead of running a stranger's script or ending the program.
public struct HTML: Sendable {
    /// UTF-8, ready to send.
    public internal(set) var bytes: [UInt8]
    /// The first value that stood where it may not, or nil.
    public internal(set) var fault: Fault?

    // A class: there is hardly ever one, and every piece is copied often.
    public final class Fault: Error, CustomStringConvertible {
        public enum Kind: Sendable {
            /// Inside a tag, but not in a double-quoted value.
            case notQuoted
            /// A `String` where the browser would follow it: use `Link`.
            case addressIsNotALink
            /// Script, style, comment, event handler: no value belongs there.
            case neverHere
            /// Markup inside an attribute, a title or a textarea.
            case markupOutsideText
            /// The piece ends inside a tag, a comment or a textarea.
            case unfinished
        }
        public let kind: Kind
        /// The end of the literal before it; never the value, which is somebody's.
        public let after: String

        init(_ kind: Kind, after: String) {
            self.kind = kind
            self.after = after
        }

        public var description: String { "\(kind) after …\(after)" }
    }

    public init() {
        bytes = []
        fault = nil
    }

    public init(_ parts: [HTML]) {
        self.init()
        for part in parts { append(part) }
    }

    public mutating func append(_ other: HTML) {
        bytes.append(contentsOf: other.bytes)
        if fault == nil { fault = other.fault }
    }

    public var isEmpty: Bool { bytes.isEmpty }
}

extension HTML: CustomStringConvertible {
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}

extension HTML: ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) {
        var interpolation = StringInterpolation(
            literalCapacity: value.utf8.count, interpolationCount: 0)
        interpolation.appendLiteral(value)
        self.init(stringInterpolation: interpolation)
    }

    public init(stringInterpolation interpolation: StringInterpolation) {
        var interpolation = interpolation
        if interpolation.context.state != .text { interpolation.refuse(.unfinished) }
        self = interpolation.html
    }

    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        var html = HTML()
        var context = HTMLContext()
        /// Where the literal read last stands in the bytes.
        private var lastLiteral = 0..<0

        public init(literalCapacity: Int, interpolationCount: Int) {
            html.bytes.reserveCapacity(literalCapacity + interpolationCount * 32)
        }

        public mutating func appendLiteral(_ literal: String) {
            var literal = literal
            literal.withUTF8 {
                context.read($0)
                let start = html.bytes.count
                html.bytes.append(contentsOf: $0)
                lastLiteral = start..<html.bytes.count
            }
        }

        /// Text, escaped for the place.
        public mutating func appendInterpolation(_ value: String) {
            switch context.state {
            case .text: html.bytes.append(escaping: value, quotes: false)
            case .rcdata: html.bytes.append(escaping: value, quotes: false)
            case .quoted:
                switch context.attribute {
                case .plain: html.bytes.append(escaping: value, quotes: true)
                case .address: refuse(.addressIsNotALink)
                case .never: refuse(.neverHere)
                }
                context.valueIsEmpty = false
            default: refuse(context.state.isInTag ? .notQuoted : .neverHere)
            }
        }

        public mutating func appendInterpolation(_ value: Substring) {
            appendInterpolation(String(value))
        }

        public mutating func appendInterpolation(_ value: Int) {
            appendInterpolation(String(value))
        }

        public mutating func appendInterpolation(_ value: HTML) {
            guard context.state == .text else { return refuse(.markupOutsideText) }
            html.append(value)
        }

        /// Nothing for nil.
        public mutating func appendInterpolation(_ value: HTML?) {
            if let value { appendInterpolation(value) }
        }

        public mutating func appendInterpolation(_ values: [HTML]) {
            for value in values { appendInterpolation(value) }
        }

        /// An address, as the whole value of a quoted attribute.
        public mutating func appendInterpolation(_ link: Link) {
            guard context.state == .quoted else {
                return refuse(context.state.isInTag ? .notQuoted : .neverHere)
            }
            guard context.attribute != .never else { return refuse(.neverHere) }
            guard context.attribute == .plain || context.valueIsEmpty else {
                return refuse(.addressIsNotALink)
            }
            html.bytes.append(escaping: link.address, quotes: true)
            context.valueIsEmpty = false
        }

        /// ` name` when `isOn`: `<input \(flag: "required", isRequired)>`.
        public mutating func appendInterpolation(flag name: StaticString, _ isOn: Bool) {
            guard startsAttribute(name, as: .plain), isOn else { return }
            html.bytes.append(UInt8(ascii: " "))
            html.bytes.append(name)
        }

        /// ` name="value"`, or nothing for nil.
        public mutating func appendInterpolation(attribute name: StaticString, _ value: String?) {
            guard startsAttribute(name, as: .plain), let value else { return }
            html.bytes.append(attribute: name, value)
        }

        /// ` name="address"`, or nothing for nil.
        public mutating func appendInterpolation(attribute name: StaticString, _ link: Link?) {
            guard startsAttribute(name, as: .address), let link else { return }
            html.bytes.append(attribute: name, link.address)
        }

        private mutating func startsAttribute(
            _ name: StaticString, as kind: HTMLContext.Attribute
        ) -> Bool {
            guard context.state.endsBeforeAttribute else {
                refuse(.neverHere)
                return false
            }
            context.state = .inTag
            let named = name.withUTF8Buffer { HTMLContext.Attribute(named: $0) }
            switch (named, kind) {
            case (.never, _):
                refuse(.neverHere)
                return false
            case (.address, .plain):
                refuse(.addressIsNotALink)
                return false
            default: return true
            }
        }

        mutating func refuse(_ kind: Fault.Kind) {
            guard html.fault == nil else { return }
            let tail = html.bytes[lastLiteral].suffix(40)
            html.fault = Fault(kind, after: String(decoding: tail, as: UTF8.self))
        }
    }
}

/// A bit for each of the first 64 bytes that is not written as it is. Most
/// values have none of them.
private let escapedInText: UInt64 = 1 << 0x26 | 1 << 0x3C | 1 << 0x3E | 0xFFFF_D9FF  // & < >
private let escapedInQuotes: UInt64 = escapedInText | 1 << 0x22 | 1 << 0x27  // " '

extension [UInt8] {
    /// Appends `value` so that it cannot leave its text or quoted value.
    ///
    /// Control characters other than tab and line ends become U+FFFD: browsers
    /// drop or misread them, and a reader must see that something was there.
    mutating func append(escaping value: String, quotes: Bool) {
        var value = value
        value.withUTF8 { utf8 in
            let mayNeedIt: UInt64 = quotes ? escapedInQuotes : escapedInText
            var start = 0
            for index in 0..<utf8.count {
                let byte = utf8[index]
                guard byte < 0x40, mayNeedIt >> UInt64(byte) & 1 == 1 else { continue }
                let replacement: StaticString
                switch byte {
                case UInt8(ascii: "&"): replacement = "&amp;"
                case UInt8(ascii: "<"): replacement = "&lt;"
                case UInt8(ascii: ">"): replacement = "&gt;"
                case UInt8(ascii: "\"") where quotes: replacement = "&quot;"
                case UInt8(ascii: "'") where quotes: replacement = "&#39;"
                case 0x00...0x08, 0x0B, 0x0C, 0x0E...0x1F: replacement = "\u{FFFD}"
                default: continue
                }
                append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index]))
                append(replacement)
                start = index + 1
            }
            append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start...]))
        }
    }

    fileprivate mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    fileprivate mutating func append(attribute name: StaticString, _ value: String) {
        append(UInt8(ascii: " "))
        append(name)
        append(contentsOf: [UInt8(ascii: "="), UInt8(ascii: "\"")])
        append(escaping: value, quotes: true)
        append(UInt8(ascii: "\""))
    }
}
