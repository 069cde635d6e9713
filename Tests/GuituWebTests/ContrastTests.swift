import Foundation
import Testing

@testable import GuituWeb

/// WCAG 2.2, 1.4.3 and 1.4.11, from the style's own colours.
@Suite("Contrast")
struct ContrastTests {
    static let style = String(decoding: Asset.style.bytes, as: UTF8.self)

    static func colour(_ name: String) throws -> [Double] {
        if name == "white" { return [1, 1, 1] }
        let match = try #require(
            style.firstMatch(
                of: try Regex("--\(name): #([0-9a-f]{6});", as: (Substring, Substring).self)),
            "no colour --\(name)")
        let value = try #require(Int(match.1, radix: 16))
        return [16, 8, 0].map { Double(value >> $0 & 255) / 255 }
    }

    static func luminance(_ colour: [Double]) -> Double {
        let linear = colour.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    static func contrast(_ a: String, _ b: String) throws -> Double {
        let (x, y) = (luminance(try colour(a)), luminance(try colour(b)))
        return (max(x, y) + 0.05) / (min(x, y) + 0.05)
    }

    @Test(
        "text is readable on every ground it stands on",
        arguments: [
            (
                "ink",
                [
                    "paper", "surface", "sunken", "lamp-wash", "teal-wash", "danger-wash",
                    "warning-wash", "success-wash", "info-wash", "lamp",
                ]
            ),
            (
                "ink-soft",
                [
                    "paper", "surface", "sunken", "lamp-wash", "teal-wash", "danger-wash",
                    "warning-wash", "info-wash",
                ]
            ),
            ("teal", ["paper", "surface", "sunken", "lamp-wash", "teal-wash", "danger-wash"]),
            ("teal-deep", ["teal-wash", "paper"]),
            ("night-ink", ["night", "night-raised"]),
            ("night-soft", ["night", "night-raised"]),
            ("white", ["teal", "teal-deep", "danger", "danger-deep"]),
            ("danger", ["surface", "danger-wash", "paper"]),
            ("warning", ["surface", "warning-wash"]),
            ("success", ["surface", "success-wash", "paper"]),
            ("info", ["surface", "info-wash"]),
        ])
    func text(on: String, grounds: [String]) throws {
        for ground in grounds {
            let ratio = try Self.contrast(on, ground)
            #expect(ratio >= 4.5, "\(on) on \(ground): \(ratio)")
        }
    }

    @Test(
        "edges of fields, bars and rings stand out",
        arguments: [
            ("edge", "surface"), ("edge", "paper"), ("edge", "sunken"), ("teal", "sunken"),
            ("danger", "sunken"), ("lamp", "night"), ("night-soft", "night"), ("ink", "paper"),
            ("info", "surface"),
        ])
    func edges(of: String, ground: String) throws {
        let ratio = try Self.contrast(of, ground)
        #expect(ratio >= 3, "\(of) on \(ground): \(ratio)")
    }

    @Test("the measure itself is right")
    func measure() throws {
        #expect(Self.luminance([0, 0, 0]) == 0)
        #expect(abs(Self.luminance([1, 1, 1]) - 1) < 1e-9)
        #expect(try abs(Self.contrast("white", "white") - 1) < 1e-9)
        // #777 on white is the known edge case: 4.48.
        let grey = Self.luminance([119.0 / 255, 119.0 / 255, 119.0 / 255])
        #expect(abs((1 + 0.05) / (grey + 0.05) - 4.48) < 0.01)
    }
}
