import Hummingbird

/// A file that came with a form, as it was sent.
public struct Upload: Sendable {
    public var field: String
    public var fileName: String
    public var bytes: [UInt8]
}

/// What a browser sent in a form: fields in their order, and files.
struct FormBody: Sendable {
    var fields: [(name: String, value: String)] = []
    var files: [Upload] = []

    enum Failure: Error {
        /// Neither of the two ways in which a form is sent.
        case unknownType
        /// Bytes that are not UTF-8, a broken part, a name that is too long.
        case malformed
        case tooManyFields
    }

    /// Our largest form has about 60 fields; what somebody kept through signing
    /// in doubles none of them.
    static let mostFields = 400
    private static let longestName = 100

    static func parse(_ body: [UInt8], contentType: String) throws -> FormBody {
        let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        switch type {
        case "application/x-www-form-urlencoded", "": return try urlEncoded(body)
        case "multipart/form-data":
            guard let boundary = parameter("boundary", of: contentType) else {
                throw Failure.malformed
            }
            return try multipart(body, boundary: boundary)
        default: throw Failure.unknownType
        }
    }

    // MARK: a=1&b=2

    static func urlEncoded(_ body: [UInt8]) throws -> FormBody {
        var form = FormBody()
        for pair in body.split(separator: UInt8(ascii: "&")) {
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let value = equals < pair.endIndex ? pair[(equals + 1)...] : []
            try form.add(percentDecoded(pair[..<equals]), percentDecoded(value))
        }
        return form
    }

    private static func percentDecoded(_ text: ArraySlice<UInt8>) throws -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index += 1
            switch byte {
            case UInt8(ascii: "+"): result.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard index + 1 < text.endIndex, let high = hexValue(text[index]),
                    let low = hexValue(text[index + 1])
                else { throw Failure.malformed }
                result.append(high << 4 | low)
                index += 2
            default: result.append(byte)
            }
        }
        return result
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    // MARK: multipart (RFC 7578)

    static func multipart(_ body: [UInt8], boundary: String) throws -> FormBody {
        guard (1...70).contains(boundary.utf8.count) else { throw Failure.malformed }
        var form = FormBody()
        let line = Array("\r\n--\(boundary)".utf8)
        let gap = Array("\r\n\r\n".utf8)
        // The first delimiter has no line end before it.
        var rest = (Array("\r\n".utf8) + body)[...]
        guard let first = range(of: line, in: rest) else { throw Failure.malformed }
        rest = rest[first.upperBound...]
        while !rest.starts(with: Array("--".utf8)) {
            guard rest.starts(with: Array("\r\n".utf8)),
                let headers = range(of: gap, in: rest),
                let next = range(of: line, in: rest[(headers.upperBound - 2)...])
            else { throw Failure.malformed }
            let disposition = contentDisposition(rest[rest.startIndex..<headers.lowerBound])
            guard let disposition, let name = parameter("name", of: disposition) else {
                throw Failure.malformed
            }
            let content = rest[min(headers.upperBound, next.lowerBound)..<next.lowerBound]
            if let fileName = parameter("filename", of: disposition) {
                guard form.files.count < 20, name.utf8.count <= longestName else {
                    throw Failure.tooManyFields
                }
                // A file field that was left empty comes as a nameless nothing.
                if !(fileName.isEmpty && content.isEmpty) {
                    form.files.append(
                        Upload(field: name, fileName: fileName, bytes: Array(content)))
                }
            } else {
                try form.add(Array(name.utf8), Array(content))
            }
            rest = rest[next.upperBound...]
        }
        return form
    }

    private static func contentDisposition(_ headers: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: headers, as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).map(String.init).first {
            $0.lowercased().hasPrefix("content-disposition:")
        }
    }

    /// `name="value"` or `name=value` in a header. Browsers write a quote
    /// inside a name as %22.
    static func parameter(_ name: String, of header: String) -> String? {
        for part in header.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map {
                $0.drop { $0 == " " }
            }
            guard pair.count == 2, pair[0].lowercased() == name else { continue }
            let value = pair[1]
            if value.first == "\"" {
                return value.dropFirst().prefix { $0 != "\"" }
                    .split(separator: "%22", omittingEmptySubsequences: false)
                    .joined(separator: "\"")
            }
            return String(value.prefix { $0 != " " })
        }
        return nil
    }

    private static func range(of needle: [UInt8], in hay: ArraySlice<UInt8>) -> Range<Int>? {
        guard let first = needle.first, hay.count >= needle.count else { return nil }
        return hay.withUnsafeBufferPointer { bytes in
            var index = 0
            let last = bytes.count - needle.count
            while index <= last {
                if bytes[index] == first,
                    bytes[index..<(index + needle.count)].elementsEqual(needle)
                {
                    let start = hay.startIndex + index
                    return start..<(start + needle.count)
                }
                index += 1
            }
            return nil
        }
    }

    private mutating func add(_ name: [UInt8], _ value: [UInt8]) throws {
        guard fields.count < FormBody.mostFields else { throw Failure.tooManyFields }
        guard name.count <= FormBody.longestName,
            let name = String(validating: name, as: UTF8.self),
            let value = String(validating: value, as: UTF8.self)
        else { throw Failure.malformed }
        // Browsers send a line end of a text area as two characters; we keep one.
        let lines =
            value.utf8.contains(13)
            ? value.split(separator: "\r\n", omittingEmptySubsequences: false).joined(
                separator: "\n") : value
        fields.append((name, lines))
    }
}
