// Pictures are taken apart along the outlines of their formats and put
// together again from the parts that draw. Nothing is decoded here.

/// JPEG: ITU-T T.81 Annex B.
enum JPEG {
    static func rebuilt(_ bytes: [UInt8]) throws(ContentFault) -> CheckedContent {
        var out: [UInt8] = [0xFF, 0xD8]
        var position = 2
        var pixels: CheckedContent.Pixels?
        var removed = false
        var hasScan = false

        while true {
            guard let marker = marker(in: bytes, at: &position) else { throw .damaged(.jpeg) }
            if marker == 0xD9 {  // end of image
                guard hasScan, let pixels else { throw .damaged(.jpeg) }
                out += [0xFF, 0xD9]
                // Some cameras put a film or a second picture behind the end.
                return CheckedContent(
                    type: .jpeg, bytes: out, metadataRemoved: removed || position < bytes.count,
                    pixels: pixels)
            }
            guard marker >= 0xC0, !(0xD0...0xD8).contains(marker), position + 2 <= bytes.count
            else {
                throw .damaged(.jpeg)
            }
            let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            guard length >= 2, position + length <= bytes.count else { throw .damaged(.jpeg) }
            let segment = bytes[position..<position + length]
            position += length

            switch marker {
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:  // frame
                guard length >= 8 else { throw .damaged(.jpeg) }
                let body = Array(segment)
                pixels = .init(
                    width: Int(body[5]) << 8 | Int(body[6]),
                    height: Int(body[3]) << 8 | Int(body[4]))
                keep()
            case 0xC4, 0xCC, 0xDB, 0xDD, 0xDC:  // tables, restart interval, lines
                keep()
            case 0xDA:  // scan: its header, then coded data up to the next marker
                keep()
                hasScan = true
                let start = position
                guard let end = endOfScan(in: bytes, from: position) else { throw .damaged(.jpeg) }
                position = end
                out += bytes[start..<end]
            case 0xE0:  // JFIF: how dense the pixels are. Its thumbnail goes with JFXX.
                if segment.dropFirst(2).starts(with: "JFIF\0".utf8) {
                    keep()
                } else {
                    removed = true
                }
            case 0xE2:  // colour profile
                if segment.dropFirst(2).starts(with: "ICC_PROFILE\0".utf8) {
                    keep()
                } else {
                    removed = true
                }
            case 0xEE:  // how colours are coded
                if segment.dropFirst(2).starts(with: "Adobe".utf8) {
                    keep()
                } else {
                    removed = true
                }
            case 0xE1:
                // EXIF and XMP: place, time, camera. Only the turn stays.
                if let turn = EXIF.orientation(Array(segment.dropFirst(2))), turn != 1 {
                    let exif = EXIF.withOrientation(turn)
                    out += [
                        0xFF, 0xE1, UInt8((exif.count + 2) >> 8), UInt8((exif.count + 2) & 0xFF),
                    ]
                    out += exif
                    removed = removed || Array(segment.dropFirst(2)) != exif
                } else {
                    removed = true
                }
            case 0xE3...0xEF, 0xFE: removed = true  // makers' own, comments
            default: throw .damaged(.jpeg)
            }

            func keep() {
                out += [0xFF, marker]
                out += segment
            }
        }
    }

    /// The next marker; fill bytes before it are skipped.
    private static func marker(in bytes: [UInt8], at position: inout Int) -> UInt8? {
        guard position < bytes.count, bytes[position] == 0xFF else { return nil }
        while position < bytes.count, bytes[position] == 0xFF { position += 1 }
        guard position < bytes.count, bytes[position] != 0 else { return nil }
        position += 1
        return bytes[position - 1]
    }

    /// Coded data ends at a marker that is neither a stuffed zero nor a restart.
    private static func endOfScan(in bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBufferPointer { buffer in
            var position = start
            while position + 1 < buffer.count {
                if buffer[position] == 0xFF {
                    let next = buffer[position + 1]
                    if next != 0, next != 0xFF, !(0xD0...0xD7).contains(next) { return position }
                }
                position += 1
            }
            return nil
        }
    }
}

/// The one thing kept of EXIF: which way the camera was held (tag 0x0112,
/// 1 to 8, CIPA DC-008).
enum EXIF {
    static func orientation(_ body: [UInt8]) -> UInt8? {
        guard body.starts(with: "Exif\0\0".utf8) else { return nil }
        let tiff = Array(body.dropFirst(6))
        let isBig: Bool
        if tiff.starts(with: "MM\0*".utf8) {
            isBig = true
        } else if tiff.starts(with: "II*\0".utf8) {
            isBig = false
        } else {
            return nil
        }
        func short(_ at: Int) -> Int? {
            guard at >= 0, at + 2 <= tiff.count else { return nil }
            return isBig
                ? Int(tiff[at]) << 8 | Int(tiff[at + 1]) : Int(tiff[at + 1]) << 8 | Int(tiff[at])
        }
        func long(_ at: Int) -> Int? {
            guard let a = short(at), let b = short(at + 2) else { return nil }
            return isBig ? a << 16 | b : b << 16 | a
        }
        guard let directory = long(4), let count = short(directory) else { return nil }
        for entry in 0..<min(count, 512) {
            let at = directory + 2 + entry * 12
            guard let tag = short(at) else { return nil }
            if tag == 0x0112 {
                guard let value = short(at + 8), (1...8).contains(value) else { return nil }
                return UInt8(value)
            }
        }
        return nil
    }

    static func withOrientation(_ turn: UInt8) -> [UInt8] {
        Array("Exif\0\0MM\0*".utf8) + [
            0, 0, 0, 8,  // the directory follows
            0, 1,  // one entry
            0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, turn, 0, 0,
            0, 0, 0, 0,  // no further directory
        ]
    }
}

/// PNG: ISO/IEC 15948.
enum PNG {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    private static let kept: Set<String> = [
        "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "pHYs",
        "bKGD",
    ]

    static func rebuilt(_ bytes: [UInt8]) throws(ContentFault) -> CheckedContent {
        var out = signature
        var position = 8
        var pixels: CheckedContent.Pixels?
        var removed = false
        var hasData = false
        while true {
            guard position + 12 <= bytes.count else { throw .damaged(.png) }
            let length = bigEndian(bytes, position)
            guard length <= bytes.count - position - 12 else { throw .damaged(.png) }
            let body = position + 4..<position + 8 + length
            guard UInt32(bigEndian(bytes, body.upperBound)) == CRC32.of(bytes[body]) else {
                throw .damaged(.png)
            }
            let name = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
            let next = body.upperBound + 4
            guard (name == "IHDR") == (pixels == nil) else { throw .damaged(.png) }
            if name == "IHDR" {
                guard length == 13 else { throw .damaged(.png) }
                pixels = .init(
                    width: bigEndian(bytes, position + 8), height: bigEndian(bytes, position + 12))
            }
            if name == "IDAT" { hasData = true }
            if kept.contains(name) {
                out += bytes[position..<next]
            } else {
                // A part whose first letter is a capital must be understood.
                guard bytes[position + 4] & 0x20 != 0 else { throw .damaged(.png) }
                removed = true
            }
            position = next
            if name == "IEND" {
                guard hasData, length == 0 else { throw .damaged(.png) }
                return CheckedContent(
                    type: .png, bytes: out, metadataRemoved: removed || position < bytes.count,
                    pixels: pixels)
            }
        }
    }

    private static func bigEndian(_ bytes: [UInt8], _ at: Int) -> Int {
        Int(bytes[at]) << 24 | Int(bytes[at + 1]) << 16 | Int(bytes[at + 2]) << 8
            | Int(bytes[at + 3])
    }
}

/// WebP: RFC 9649.
enum WebP {
    static func rebuilt(_ bytes: [UInt8]) throws(ContentFault) -> CheckedContent {
        guard bytes.count >= 20 else { throw .damaged(.webp) }
        let end = 8 + littleEndian(bytes, 4, 4)
        guard end <= bytes.count, end >= 20 else { throw .damaged(.webp) }
        var parts: [UInt8] = Array("WEBP".utf8)
        var position = 12
        var pixels: CheckedContent.Pixels?
        var removed = end < bytes.count
        var hasPicture = false
        while position < end {
            guard position + 8 <= end else { throw .damaged(.webp) }
            let name = String(decoding: bytes[position..<position + 4], as: UTF8.self)
            let length = littleEndian(bytes, position + 4, 4)
            let body = position + 8
            guard length <= end - body else { throw .damaged(.webp) }
            // Parts are padded to even lengths; the last pad is often forgotten.
            let next = min(end, body + length + length % 2)
            var part = Array(bytes[position..<body + length])
            switch name {
            case "VP8X":
                guard length >= 10 else { throw .damaged(.webp) }
                part[8] &= ~0b0000_1100  // no EXIF, no XMP
                pixels = .init(
                    width: littleEndian(bytes, body + 4, 3) + 1,
                    height: littleEndian(bytes, body + 7, 3) + 1)
                keep()
            case "VP8 ":
                guard length >= 10, bytes[body + 3..<body + 6].elementsEqual([0x9D, 0x01, 0x2A])
                else {
                    throw .damaged(.webp)
                }
                hasPicture = true
                pixels =
                    pixels
                    ?? .init(
                        width: littleEndian(bytes, body + 6, 2) & 0x3FFF,
                        height: littleEndian(bytes, body + 8, 2) & 0x3FFF)
                keep()
            case "VP8L":
                guard length >= 5, bytes[body] == 0x2F else { throw .damaged(.webp) }
                hasPicture = true
                let packed = littleEndian(bytes, body + 1, 4)
                pixels =
                    pixels ?? .init(width: packed & 0x3FFF + 1, height: packed >> 14 & 0x3FFF + 1)
                keep()
            case "ANMF":
                hasPicture = true
                keep()
            case "ALPH", "ICCP", "ANIM": keep()
            default: removed = true  // EXIF, XMP and what nobody knows
            }
            position = next

            func keep() {
                parts += part
                if part.count % 2 == 1 { parts.append(0) }
            }
        }
        guard hasPicture, pixels != nil else { throw .damaged(.webp) }
        let size = UInt32(parts.count)
        let head = Array("RIFF".utf8) + (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
        return CheckedContent(
            type: .webp, bytes: head + parts, metadataRemoved: removed, pixels: pixels)
    }

    private static func littleEndian(_ bytes: [UInt8], _ at: Int, _ count: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
}

/// CRC-32 as PNG uses it (ISO 3309, reflected 0xEDB88320).
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { start in
        (0..<8).reduce(UInt32(start)) { value, _ in
            value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
        }
    }

    static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        table.withUnsafeBufferPointer { table in
            bytes.withUnsafeBufferPointer { bytes in
                var crc = ~UInt32(0)
                for byte in bytes { crc = table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ crc >> 8 }
                return ~crc
            }
        }
    }
}
