/// What an attachment is, found from its content and never from its name.
public enum MediaType: String, CaseIterable, Sendable, Codable {
    case jpeg = "image/jpeg"
    case png = "image/png"
    case webp = "image/webp"
    case pdf = "application/pdf"
    case text = "text/plain"

    public var suffix: String {
        switch self {
        case .jpeg: "jpg"
        case .png: "png"
        case .webp: "webp"
        case .pdf: "pdf"
        case .text: "txt"
        }
    }

    public var isImage: Bool {
        switch self {
        case .jpeg, .png, .webp: true
        case .pdf, .text: false
        }
    }
}

/// An attachment after intake: what it is, and the bytes that are kept.
///
/// The original is not kept. Cameras write where and when a picture was taken,
/// and whose camera it was, into the file; for someone who is hiding from a
/// violent home that place is a danger, and a copy would leave the house with
/// every download. So pictures are rebuilt from the parts that draw them (and
/// the turn of the camera, without which they lie on their side). Documents
/// and plain text are kept byte for byte.
public struct CheckedContent: Sendable, Equatable {
    public var type: MediaType
    public var bytes: [UInt8]
    /// The file held something besides the picture that is now gone: place,
    /// time, camera, comments, or data behind the end.
    public var metadataRemoved: Bool
    /// The size of a picture in pixels.
    public var pixels: Pixels?

    public struct Pixels: Sendable, Equatable {
        public var width: Int
        public var height: Int
    }
}

/// Why content is not taken in.
public enum ContentFault: Error, Sendable, Equatable {
    case empty
    /// Not one of `MediaType`, or something else beneath it: SVG, HTML, an
    /// archive behind a picture.
    case unknownType
    /// Begins like its type, but is cut off or broken.
    case damaged(MediaType)
    /// A document that would run or open something when it is read.
    case active
    /// Text that is not UTF-8.
    case notUTF8
    /// A picture of more pixels than a reader's device can hold.
    case tooManyPixels
}

extension CheckedContent {
    // A picture is four bytes a pixel when it is opened: 100 million pixels
    // are 400 MB, the most a five-year-old phone survives; the largest camera
    // sensors people carry give 50 to 200 million, usually binned to 12 to 50.
    static let mostPixels = 100_000_000

    /// Finds the type by content, checks the structure and keeps what belongs.
    public init(checking bytes: [UInt8]) throws(ContentFault) {
        guard !bytes.isEmpty else { throw .empty }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = try JPEG.rebuilt(bytes)
        } else if bytes.starts(with: PNG.signature) {
            self = try PNG.rebuilt(bytes)
        } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
            self = try WebP.rebuilt(bytes)
        } else if bytes.starts(with: "%PDF-".utf8) {
            try PDF.check(bytes)
            self.init(type: .pdf, bytes: bytes, metadataRemoved: false, pixels: nil)
        } else {
            try PlainNote.check(bytes)
            self.init(type: .text, bytes: bytes, metadataRemoved: false, pixels: nil)
        }
        if let pixels {
            guard pixels.width > 0, pixels.height > 0 else { throw .damaged(type) }
            guard pixels.width * pixels.height <= Self.mostPixels else { throw .tooManyPixels }
        }
    }
}

/// Words that make a browser or a reader treat a file as a program. A picture
/// is rebuilt and cannot carry them outside its pixels; documents and text are
/// kept as they are, so they are searched.
private let markup = [
    "<!doctype", "<html", "<script", "<svg", "<iframe", "<body", "<head", "<?xml",
]

enum PDF {
    /// A document in the usual frame, without scripts, programs to start or
    /// files inside. Names can be hidden in compressed parts, so this is no
    /// proof: pages hand documents out as downloads only.
    static func check(_ bytes: [UInt8]) throws(ContentFault) {
        let version = bytes.dropFirst(5).prefix(3)
        guard version.count == 3, [0x31, 0x32].contains(version.first),
            version.dropFirst().first == 0x2E
        else { throw .damaged(.pdf) }
        let tail = Array(bytes.suffix(1024))
        guard find("%%EOF", in: tail), find("startxref", in: tail) else { throw .damaged(.pdf) }
        // An archive keeps its table at the end: PK 05 06.
        guard !find([0x50, 0x4B, 0x05, 0x06], in: Array(bytes.suffix(66_000))) else {
            throw .unknownType
        }
        let head = lowercased(bytes.prefix(4096))
        for word in markup where word != "<?xml" && find(word, in: head) { throw .unknownType }
        for name in ["/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/RichMedia", "/XFA"]
        where containsName(name, in: bytes) { throw .active }
    }

    /// The name as a whole: `/JS` but not `/JSomething`.
    private static func containsName(_ name: String, in bytes: [UInt8]) -> Bool {
        let pattern = Array(name.utf8)
        var start = 0
        while let found = index(of: pattern, in: bytes, from: start) {
            let after = found + pattern.count
            guard after < bytes.count else { return true }
            let next = bytes[after]
            let isLetterOrDigit =
                (0x30...0x39).contains(next) || (0x41...0x5A).contains(next)
                || (0x61...0x7A).contains(next)
            if !isLetterOrDigit { return true }
            start = after
        }
        return false
    }
}

enum PlainNote {
    /// UTF-8 without control characters, and nothing a browser would run.
    static func check(_ bytes: [UInt8]) throws(ContentFault) {
        guard
            bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D })
        else { throw .unknownType }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
        let text = lowercased(bytes[...])
        for word in markup where find(word, in: text) { throw .unknownType }
    }
}

private func lowercased(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
}

private func find(_ word: String, in bytes: [UInt8]) -> Bool { find(Array(word.utf8), in: bytes) }

private func find(_ pattern: [UInt8], in bytes: [UInt8]) -> Bool {
    index(of: pattern, in: bytes, from: 0) != nil
}

private func index(of pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard let first = pattern.first, bytes.count >= pattern.count else { return nil }
    return bytes.withUnsafeBufferPointer { buffer in
        var position = start
        while position + pattern.count <= buffer.count {
            if buffer[position] == first,
                buffer[position..<position + pattern.count].elementsEqual(pattern)
            {
                return position
            }
            position += 1
        }
        return nil
    }
}
