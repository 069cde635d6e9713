/// Reads XML an event at a time, in the memory of one element.
///
/// What laboratories exchange needs elements, attributes and text. Document
/// types and entities of one's own are refused where they begin, so there is
/// nothing to expand and nothing to fetch; names lose their prefixes.
struct XMLPull {
    enum Event: Equatable {
        case start(String, [String: String])
        case text(String)
        case end(String)
    }

    private let bytes: ByteStream
    /// Names as written, to be closed by the same.
    private var open: [String] = []
    private var hasRoot = false
    /// `<a/>` is two events.
    private var pendingEnd: String?
    private static let deepest = 64
    private static let longest = 1 << 16

    /// Where the last event began.
    private(set) var line = 1

    init(_ bytes: ByteStream) throws(SampleFault) {
        self.bytes = bytes
        try bytes.skipMark()
    }

    /// Nil after the end of the root.
    mutating func next() throws(SampleFault) -> Event? {
        if let name = pendingEnd {
            pendingEnd = nil
            return .end(name)
        }
        while true {
            line = bytes.line
            guard let byte = try bytes.peek() else {
                guard open.isEmpty, hasRoot else { throw hasRoot ? .notWellFormed : .notXML }
                return nil
            }
            if byte != UInt8(ascii: "<") {
                let text = try text()
                if open.isEmpty {
                    guard text.allSatisfy(\.isWhitespace) else {
                        throw hasRoot ? .notWellFormed : .notXML
                    }
                    continue
                }
                return .text(text)
            }
            _ = try bytes.next()
            guard let mark = try bytes.peek() else { throw .notWellFormed }
            switch mark {
            case UInt8(ascii: "?"):
                try skip(through: "?>")
            case UInt8(ascii: "!"):
                _ = try bytes.next()
                if let text = try declaration() { return .text(text) }
            case UInt8(ascii: "/"):
                _ = try bytes.next()
                let name = try name()
                try skipBlanks()
                guard try bytes.next() == UInt8(ascii: ">"), open.last == name else {
                    throw .notWellFormed
                }
                open.removeLast()
                return .end(Self.local(name))
            default:
                return try startTag()
            }
        }
    }

    private static func local(_ name: String) -> String {
        name.lastIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name
    }

    private mutating func startTag() throws(SampleFault) -> Event {
        let written = try name()
        guard open.isEmpty ? !hasRoot : open.count < Self.deepest else { throw .notWellFormed }
        hasRoot = true
        var attributes: [String: String] = [:]
        while true {
            let hadBlank = try skipBlanks()
            guard let byte = try bytes.peek() else { throw .notWellFormed }
            if byte == UInt8(ascii: ">") {
                _ = try bytes.next()
                open.append(written)
                return .start(Self.local(written), attributes)
            }
            if byte == UInt8(ascii: "/") {
                _ = try bytes.next()
                guard try bytes.next() == UInt8(ascii: ">") else { throw .notWellFormed }
                pendingEnd = Self.local(written)
                return .start(Self.local(written), attributes)
            }
            guard hadBlank, attributes.count < 64 else { throw .notWellFormed }
            let key = try name()
            try skipBlanks()
            guard try bytes.next() == UInt8(ascii: "=") else { throw .notWellFormed }
            try skipBlanks()
            guard let quote = try bytes.next(),
                quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
            else { throw .notWellFormed }
            let value = try text(until: quote)
            _ = try bytes.next()
            guard attributes.updateValue(value, forKey: key) == nil else { throw .notWellFormed }
        }
    }

    private mutating func name() throws(SampleFault) -> String {
        var name: [UInt8] = []
        while let byte = try bytes.peek() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "_"), UInt8(ascii: ":"), 0x80...:
                break
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                guard !name.isEmpty else { throw .notWellFormed }
            default:
                guard !name.isEmpty, let text = String(validating: name, as: UTF8.self) else {
                    throw .notWellFormed
                }
                return text
            }
            guard name.count < 256 else { throw .notWellFormed }
            name.append(byte)
            _ = try bytes.next()
        }
        throw .notWellFormed
    }

    @discardableResult
    private mutating func skipBlanks() throws(SampleFault) -> Bool {
        var any = false
        while let byte = try bytes.peek(), [9, 10, 13, 32].contains(byte) {
            _ = try bytes.next()
            any = true
        }
        return any
    }

    /// Text up to `<`, or an attribute's value up to its quote, which is left.
    private mutating func text(until quote: UInt8? = nil) throws(SampleFault) -> String {
        var text: [UInt8] = []
        while let byte = try bytes.peek() {
            if byte == quote || quote == nil && byte == UInt8(ascii: "<") { break }
            guard byte != UInt8(ascii: "<"), text.count < Self.longest else { throw .notWellFormed }
            _ = try bytes.next()
            if byte == UInt8(ascii: "&") {
                text += try reference()
            } else {
                guard byte >= 32 || [9, 10, 13].contains(byte) else { throw .notWellFormed }
                text.append(byte)
            }
        }
        if quote != nil, try bytes.peek() == nil { throw .notWellFormed }
        guard let valid = String(validating: text, as: UTF8.self) else { throw .notUTF8 }
        return valid
    }

    /// Behind `&`: the five that XML has, or a character's number.
    private mutating func reference() throws(SampleFault) -> [UInt8] {
        var name: [UInt8] = []
        while let byte = try bytes.next(), byte != UInt8(ascii: ";") {
            guard name.count < 10 else { throw .notWellFormed }
            name.append(byte)
        }
        let text = String(decoding: name, as: UTF8.self)
        switch text {
        case "lt": return [UInt8(ascii: "<")]
        case "gt": return [UInt8(ascii: ">")]
        case "amp": return [UInt8(ascii: "&")]
        case "quot": return [UInt8(ascii: "\"")]
        case "apos": return [UInt8(ascii: "'")]
        default:
            guard text.hasPrefix("#") else { throw .documentType }
            let number =
                text.hasPrefix("#x")
                ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text.dropFirst())
            guard let scalar = number.flatMap(Unicode.Scalar.init),
                scalar.value >= 32 || [9, 10, 13].contains(scalar.value)
            else { throw .notWellFormed }
            return Array(String(scalar).utf8)
        }
    }

    /// Behind `<!`: a comment (nil), or the text of a CDATA section.
    private mutating func declaration() throws(SampleFault) -> String? {
        switch try bytes.peek() {
        case UInt8(ascii: "-"):
            for _ in 0..<2 {
                guard try bytes.next() == UInt8(ascii: "-") else { throw .notWellFormed }
            }
            try skip(through: "-->")
            return nil
        case UInt8(ascii: "["):
            for expected in "[CDATA[".utf8 {
                guard try bytes.next() == expected else { throw .notWellFormed }
            }
            guard !open.isEmpty else { throw .notWellFormed }
            var text: [UInt8] = []
            while let byte = try bytes.next() {
                guard text.count < Self.longest else { throw .notWellFormed }
                text.append(byte)
                if text.suffix(3) == Array("]]>".utf8)[...] {
                    guard let valid = String(validating: text.dropLast(3), as: UTF8.self) else {
                        throw .notUTF8
                    }
                    return valid
                }
            }
            throw .notWellFormed
        default: throw .documentType
        }
    }

    private mutating func skip(through end: StaticString) throws(SampleFault) {
        let wanted = Array(end.description.utf8)
        var last: [UInt8] = []
        while let byte = try bytes.next() {
            last.append(byte)
            if last.count > wanted.count { last.removeFirst() }
            if last == wanted { return }
        }
        throw .notWellFormed
    }
}
