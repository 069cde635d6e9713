#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Finds out how a file is written and turns it into UTF-8.
public enum TextEncoding {
    public static func utf8(of file: [UInt8]) throws(CSVReader.Failure) -> (
        bytes: [UInt8], encoding: CSVReader.Encoding
    ) {
        guard !file.isEmpty else { throw .empty }
        if file.starts(with: [0xEF, 0xBB, 0xBF]) {
            let body = Array(file.dropFirst(3))
            let judged = judge(body)
            if let bad = judged.firstBad { throw .unreadable(line: line(of: bad, in: body)) }
            return (body, .utf8)
        }
        if file.starts(with: [0xFF, 0xFE]) {
            return (try utf16(Array(file.dropFirst(2)), littleEndian: true), .utf16LittleEndian)
        }
        if file.starts(with: [0xFE, 0xFF]) {
            return (try utf16(Array(file.dropFirst(2)), littleEndian: false), .utf16BigEndian)
        }
        // No text in UTF-8 or GB18030 has a zero byte; every comma of UTF-16 has.
        if file.contains(0) {
            guard file.count % 2 == 0 else { throw .unreadable(line: 1) }
            var zeros = (even: 0, odd: 0)
            for (index, byte) in file.enumerated() where byte == 0 {
                if index % 2 == 0 { zeros.even += 1 } else { zeros.odd += 1 }
            }
            let little = zeros.odd > zeros.even
            return (
                try utf16(file, littleEndian: little), little ? .utf16LittleEndian : .utf16BigEndian
            )
        }
        let judged = judge(file)
        guard let bad = judged.firstBad else { return (file, .utf8) }
        // A UTF-8 file with one broken character is refused, not read as
        // GB18030: its Chinese would pass as other Chinese. In GB18030 text,
        // chance makes few longer runs of bytes look like UTF-8.
        if judged.good > judged.bad * 4 + 2 { throw .unreadable(line: line(of: bad, in: file)) }
        return (try gb18030(file), .gb18030)
    }

    /// Counts the well-formed characters beyond ASCII and the bytes that fit none.
    private static func judge(_ bytes: [UInt8]) -> (good: Int, bad: Int, firstBad: Int?) {
        var good = 0
        var bad = 0
        var first: Int?
        var at = 0
        while at < bytes.count {
            let length = wellFormed(bytes, at)
            if length > 1 { good += 1 }
            if length == 0 {
                bad += 1
                if first == nil { first = at }
            }
            at += max(1, length)
        }
        return (good, bad, first)
    }

    /// The length of the UTF-8 character at `at`, or 0.
    private static func wellFormed(_ bytes: [UInt8], _ at: Int) -> Int {
        let lead = bytes[at]
        func trails(_ count: Int, _ first: ClosedRange<UInt8>) -> Int {
            guard at + count < bytes.count, first.contains(bytes[at + 1]) else { return 0 }
            for offset in 1...count where bytes[at + offset] & 0xC0 != 0x80 { return 0 }
            return count + 1
        }
        return switch lead {
        case 0..<0x80: 1
        case 0xC2...0xDF: trails(1, 0x80...0xBF)
        case 0xE0: trails(2, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: trails(2, 0x80...0xBF)
        case 0xED: trails(2, 0x80...0x9F)
        case 0xF0: trails(3, 0x90...0xBF)
        case 0xF1...0xF3: trails(3, 0x80...0xBF)
        case 0xF4: trails(3, 0x80...0x8F)
        default: 0
        }
    }

    private static func utf16(_ bytes: [UInt8], littleEndian: Bool) throws(CSVReader.Failure)
        -> [UInt8]
    {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count * 3 / 2)
        var lines = 1
        let units = stride(from: 0, to: bytes.count - 1, by: 2).lazy.map { index -> UInt16 in
            littleEndian
                ? UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8
                : UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
        }
        var decoder = Unicode.UTF16.ForwardParser()
        var iterator = units.makeIterator()
        while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let content):
                let scalar = Unicode.UTF16.decode(content)
                guard scalar.value != 0 else { throw .unreadable(line: lines) }
                if scalar == "\n" { lines += 1 }
                result.append(contentsOf: UTF8.encode(scalar)!)
            case .emptyInput:
                if bytes.count % 2 != 0 { throw .unreadable(line: lines) }
                return result
            case .error: throw .unreadable(line: lines)
            }
        }
    }

    private static func gb18030(_ bytes: [UInt8]) throws(CSVReader.Failure) -> [UInt8] {
        let converter = iconv_open("UTF-8", "GB18030")
        // iconv_open answers (iconv_t)-1 when the C library has no such table.
        guard converter != iconv_t(bitPattern: -1) else { throw .unreadable(line: 1) }
        defer { iconv_close(converter) }
        var source = bytes.map { CChar(bitPattern: $0) }
        // Two bytes become three, four become four.
        var target = [CChar](repeating: 0, count: bytes.count * 3 / 2 + 16)
        var left = source.count
        var room = target.count
        let failed = source.withUnsafeMutableBufferPointer { input in
            target.withUnsafeMutableBufferPointer { output in
                var from = input.baseAddress
                var to = output.baseAddress
                return iconv(converter, &from, &left, &to, &room) == size_t.max
            }
        }
        if failed || left > 0 { throw .unreadable(line: line(of: bytes.count - left, in: bytes)) }
        return target[..<(target.count - room)].map { UInt8(bitPattern: $0) }
    }

    private static func line(of position: Int, in bytes: [UInt8]) -> Int {
        var lines = 1
        for index in 0..<min(position, bytes.count) {
            let byte = bytes[index]
            if byte == 0x0A { lines += 1 }
            if byte == 0x0D, index + 1 < bytes.count, bytes[index + 1] != 0x0A { lines += 1 }
        }
        return lines
    }
}
