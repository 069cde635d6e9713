import Foundation
import Testing

@testable import GuituCore

@Suite("The content of an attachment")
struct ContentTests {
    @Test("of a JPEG is kept without place, camera, comments and what stands behind its end")
    func jpeg() throws {
        let clean = SampleFile.jpeg(orientation: 1, extras: false)
        let kept = try CheckedContent(checking: SampleFile.jpeg(orientation: 1, extras: true))
        #expect(kept.type == .jpeg)
        #expect(kept.bytes == clean)
        #expect(kept.metadataRemoved)
        #expect(kept.pixels == .init(width: 32, height: 16))
        #expect(!contains(kept.bytes, "GPS"))
        #expect(!contains(kept.bytes, "a second picture"))
        let again = try CheckedContent(checking: kept.bytes)
        #expect(again.bytes == kept.bytes && !again.metadataRemoved, "nothing left to remove")
    }

    @Test("of a JPEG keeps which way the camera was held", arguments: [3, 6, 8] as [UInt8])
    func orientation(turn: UInt8) throws {
        let kept = try CheckedContent(checking: SampleFile.jpeg(orientation: turn, extras: true))
        #expect(kept.metadataRemoved)
        #expect(!contains(kept.bytes, "GPS"))
        let exif = try #require(index(of: "Exif", in: kept.bytes))
        #expect(EXIF.orientation(Array(kept.bytes[exif...])) == turn)
        let again = try CheckedContent(checking: kept.bytes)
        #expect(again.bytes == kept.bytes && !again.metadataRemoved)
    }

    @Test("of a PNG is kept without words, time and what stands behind its end")
    func png() throws {
        let kept = try CheckedContent(checking: SampleFile.png(extras: true))
        #expect(kept.type == .png)
        #expect(kept.bytes == SampleFile.png(extras: false))
        #expect(kept.metadataRemoved)
        #expect(kept.pixels == .init(width: 2, height: 3))
    }

    @Test("of a WebP is kept without EXIF and XMP, and says so in its flags")
    func webp() throws {
        let kept = try CheckedContent(checking: SampleFile.webp(extras: true))
        #expect(kept.type == .webp)
        #expect(kept.bytes == SampleFile.webp(extras: false))
        #expect(kept.metadataRemoved)
        #expect(kept.pixels == .init(width: 40, height: 30))
    }

    @Test("of a document or a note is kept byte for byte")
    func unchanged() throws {
        let pdf = SampleFile.pdf()
        #expect(try CheckedContent(checking: pdf).bytes == pdf)
        #expect(try CheckedContent(checking: pdf).type == .pdf)
        let note = Array("他说家在河边,有个妹妹叫小芳。\r\n𠮷 a < b\t。".utf8)
        #expect(try CheckedContent(checking: note).bytes == note)
        #expect(try CheckedContent(checking: note).type == .text)
    }

    @Test(
        "is refused when it is something else than it looks",
        arguments: [
            ("an empty file", [], ContentFault.empty),
            ("HTML", Array("  <!DOCTYPE html><p>".utf8), .unknownType),
            ("a script in a note", Array("hello <SCRIPT src=x>".utf8), .unknownType),
            ("SVG", Array("<svg xmlns='http://www.w3.org/2000/svg'>".utf8), .unknownType),
            ("SVG behind an XML line", Array("<?xml version='1.0'?><svg>".utf8), .unknownType),
            ("GIF", Array("GIF89a\u{1}\u{1}".utf8), .unknownType),
            ("a program", [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0], .unknownType),
            ("an archive", [0x50, 0x4B, 3, 4, 20, 0], .unknownType),
            ("GB18030", [0xC4, 0xE3, 0xBA, 0xC3], .notUTF8),
            (
                "a document with a script",
                SampleFile.pdf("/OpenAction << /S /JavaScript /JS (app) >>"), .active
            ),
            ("a document that starts programs", SampleFile.pdf("/S /Launch"), .active),
            ("a document with files inside", SampleFile.pdf("/EmbeddedFile"), .active),
            ("a document that is an archive", SampleFile.pdf("PK\u{5}\u{6}"), .unknownType),
            ("a document that is a page", SampleFile.pdf("<html>"), .unknownType),
            ("a document without an end", Array("%PDF-1.7\n1 0 obj".utf8), .damaged(.pdf)),
            ("three bytes of a JPEG", [0xFF, 0xD8, 0xFF], .damaged(.jpeg)),
            (
                "a page that begins like a JPEG", [0xFF, 0xD8, 0xFF] + Array("<html>".utf8),
                .damaged(.jpeg)
            ),
            (
                "too many pixels", SampleFile.png(width: 20_000, height: 20_000, extras: false),
                .tooManyPixels
            ),
            ("no pixels", SampleFile.png(width: 0, height: 4, extras: false), .damaged(.png)),
        ] as [(String, [UInt8], ContentFault)])
    func refused(what: String, bytes: [UInt8], fault: ContentFault) {
        #expect(throws: fault, "\(what)") { try CheckedContent(checking: bytes) }
    }

    @Test("is refused wherever it is cut off")
    func cut() {
        for picture in [
            SampleFile.jpeg(orientation: 6, extras: false), SampleFile.png(extras: false),
            SampleFile.webp(extras: false),
        ] {
            for length in 12..<picture.count {
                #expect(throws: ContentFault.self, "\(length) of \(picture.count)") {
                    try CheckedContent(checking: Array(picture.prefix(length)))
                }
            }
        }
    }

    @Test(
        "never makes the check fail otherwise, whatever the bytes",
        arguments: 0..<300 as Range<UInt64>)
    func fuzz(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func random(_ limit: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(limit))
        }
        var bytes = [
            SampleFile.jpeg(orientation: 6, extras: true), SampleFile.png(extras: true),
            SampleFile.webp(extras: true), SampleFile.pdf(),
        ][Int(seed % 4)]
        for _ in 0..<1 + random(8) {
            switch random(3) {
            case 0: bytes[random(bytes.count)] = UInt8(random(256))
            case 1: bytes.insert(UInt8(random(256)), at: random(bytes.count))
            default: bytes.remove(at: random(bytes.count))
            }
        }
        if let kept = try? CheckedContent(checking: bytes) {
            // Whatever was accepted is stable.
            #expect(
                (try? CheckedContent(checking: kept.bytes))?.bytes == kept.bytes, "seed \(seed)")
        }
    }

    @Test(
        "gets a name that is safe to show and to save",
        arguments: [
            ("照片.JPG", "照片.jpg"),
            ("../../etc/passwd", "passwd.jpg"),
            ("C:\\temp\\张三.png", "张三.jpg"),
            ("invoice\u{202E}gpj.exe", "invoicegpj.jpg"),
            ("a\u{0}b\r\n.jpeg", "ab.jpg"),
            ("", "attachment.jpg"),
            ("...", "attachment.jpg"),
            (".htaccess", "htaccess.jpg"),
            ("报告.2026.最终版本说明文件", "报告.2026.最终版本说明文件.jpg"),
        ] as [(String, String)])
    func names(given: String, kept: String) {
        #expect(AttachmentName.clean(given, type: .jpeg) == kept)
    }

    @Test("gets a name that fits a file system, however long it was")
    func longNames() {
        let name = AttachmentName.clean(String(repeating: "𠮷", count: 500) + ".png", type: .png)
        #expect(name.utf8.count <= 255)
    }
}

/// The smallest files of each kind, put together by hand.
enum SampleFile {
    static func jpeg(orientation: UInt8, extras: Bool) -> [UInt8] {
        func segment(_ marker: UInt8, _ body: [UInt8]) -> [UInt8] {
            [0xFF, marker, UInt8((body.count + 2) >> 8), UInt8((body.count + 2) & 0xFF)] + body
        }
        var bytes: [UInt8] = [0xFF, 0xD8]
        bytes += segment(0xE0, Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0])
        if extras {
            // Little-endian EXIF: the turn, then a word where a place would be.
            bytes += segment(
                0xE1,
                Array("Exif\0\0II*\0".utf8) + [8, 0, 0, 0, 2, 0]
                    + [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]
                    + [0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0, 0, 0, 0, 0]
                    + Array("GPS 34.6N".utf8))
            bytes += segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0<GPS>".utf8))
            bytes += segment(0xE2, Array("MPF\0".utf8) + [1, 2, 3])
            bytes += segment(0xFE, Array("GPS comment".utf8))
        } else if orientation != 1 {
            bytes += segment(0xE1, EXIF.withOrientation(orientation))
        }
        bytes += segment(0xDB, [0] + [UInt8](repeating: 1, count: 64))
        bytes += segment(0xC0, [8, 0, 16, 0, 32, 1, 1, 0x11, 0])
        bytes += segment(0xC4, [0] + [UInt8](repeating: 0, count: 16))
        bytes += segment(0xDA, [1, 1, 0, 0, 63, 0])
        bytes += [0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56]  // a stuffed byte, a restart
        bytes += [0xFF, 0xD9]
        return extras ? bytes + Array("a second picture".utf8) : bytes
    }

    static func png(width: Int = 2, height: Int = 3, extras: Bool) -> [UInt8] {
        func number(_ value: Int) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
        }
        func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
            let named = Array(name.utf8) + body
            return number(body.count) + named + number(Int(CRC32.of(named[...])))
        }
        var bytes = PNG.signature
        bytes += chunk("IHDR", number(width) + number(height) + [8, 2, 0, 0, 0])
        if extras {
            bytes += chunk("tEXt", Array("Comment\0GPS".utf8))
            bytes += chunk("tIME", [7, 0xEA, 11, 24, 10, 0, 0])
            bytes += chunk("eXIf", Array("MM\0*GPS".utf8))
        }
        bytes += chunk("IDAT", [0x78, 0x9C, 1, 2, 3])
        bytes += chunk("IEND", [])
        return extras ? bytes + Array("<html>".utf8) : bytes
    }

    static func webp(extras: Bool) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
            Array(name.utf8) + number(body.count, 4) + body + (body.count % 2 == 1 ? [0] : [])
        }
        var parts = Array("WEBP".utf8)
        parts += chunk("VP8X", [extras ? 0b1100 : 0, 0, 0, 0] + number(39, 3) + number(29, 3))
        parts += chunk(
            "VP8 ", [0x30, 1, 0, 0x9D, 0x01, 0x2A] + number(40, 2) + number(30, 2) + [9])
        if extras {
            parts += chunk("EXIF", Array("II*\0GPS".utf8))
            parts += chunk("XMP ", Array("<x:xmpmeta>".utf8))
        }
        return Array("RIFF".utf8) + number(parts.count, 4) + parts
    }

    static func pdf(_ extra: String = "") -> [UInt8] {
        Array(
            "%PDF-1.7\n1 0 obj << /Type /Catalog \(extra) >> endobj\nstartxref\n9\n%%EOF\n".utf8)
    }
}

private func contains(_ bytes: [UInt8], _ word: String) -> Bool {
    index(of: word, in: bytes) != nil
}

private func index(of word: String, in bytes: [UInt8]) -> Int? {
    let pattern = Array(word.utf8)
    guard bytes.count >= pattern.count else { return nil }
    return (0...bytes.count - pattern.count).first {
        bytes[$0..<$0 + pattern.count].elementsEqual(pattern)
    }
}
