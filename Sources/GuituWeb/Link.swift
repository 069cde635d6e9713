/// An address of ours, the only kind of value a browser is told to follow.
///
/// ```swift
/// let link: Link = "/people/\(person.id.text)/edit"
/// ```
/// Values are percent-encoded as one path component each, so that no value adds
/// a slash, a query or another host. Whatever does not begin with one slash,
/// `?` or `#` becomes `/`: a typed-in address can never lead out of Guitu.
public struct Link: Hashable, Sendable {
    public let address: String

    fileprivate init(checking address: String) {
        let first = address.utf8.first
        let second = address.utf8.dropFirst().first
        let isOurs =
            first == UInt8(ascii: "?") || first == UInt8(ascii: "#")
            || (first == UInt8(ascii: "/") && second != UInt8(ascii: "/")
                && second != UInt8(ascii: "\\"))
        var isPlain = true
        for byte in address.utf8 where byte <= 0x20 || byte >= 0x7F { isPlain = false }
        self.address = isOurs && isPlain ? address : "/"
    }

    /// An address that came back from a browser, such as the page to return to
    /// after signing in. Nil when it would lead elsewhere.
    public init?(returning address: String) {
        let link = Link(checking: address)
        guard link.address == address, address.utf8.first == UInt8(ascii: "/"),
            !address.utf8.contains(UInt8(ascii: "\\"))
        else { return nil }
        self = link
    }

    /// The same address with one more query field; nothing is added for nil or
    /// an empty value, which a filter form also leaves out.
    public func with(_ name: String, _ value: String?) -> Link {
        guard let value, !value.isEmpty else { return self }
        let (path, fragment) = split(at: "#")
        let separator = path.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
        return Link(
            checking: path + separator + name.percentEncoded + "=" + value.percentEncoded + fragment
        )
    }

    public func with(_ fields: [(String, String)]) -> Link {
        fields.reduce(self) { $0.with($1.0, $1.1) }
    }

    /// A place in the page.
    public func at(_ fragment: String) -> Link {
        Link(checking: split(at: "#").0 + "#" + fragment.percentEncoded)
    }

    private func split(at mark: Character) -> (String, String) {
        guard let index = address.firstIndex(of: mark) else { return (address, "") }
        return (String(address[..<index]), String(address[index...]))
    }
}

extension Link: ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self.init(checking: value) }
    public init(stringInterpolation: StringInterpolation) {
        self.init(checking: stringInterpolation.address)
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        var address = ""

        public init(literalCapacity: Int, interpolationCount: Int) {
            address.reserveCapacity(literalCapacity + interpolationCount * 26)
        }

        public mutating func appendLiteral(_ literal: String) { address += literal }

        /// The page above this one, an address of ours already.
        public mutating func appendInterpolation(base: Link) { address += base.address }

        /// One component. "." and ".." vanish: browsers climb on them even when
        /// they are percent-encoded.
        public mutating func appendInterpolation(_ component: String) {
            guard component != ".", component != ".." else { return }
            address += component.percentEncoded
        }
    }
}

extension String {
    /// Everything but letters, digits, `-._~` as `%XX` of its UTF-8.
    var percentEncoded: String {
        var utf8: [UInt8] = []
        utf8.reserveCapacity(self.utf8.count)
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 55 + value }
        for byte in self.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                utf8.append(byte)
            default:
                utf8.append(UInt8(ascii: "%"))
                utf8.append(digit(byte >> 4))
                utf8.append(digit(byte & 15))
            }
        }
        return String(decoding: utf8, as: UTF8.self)
    }
}
