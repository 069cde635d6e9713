import GuituInvented
import GuituModel
import Testing

@Suite("Text from anywhere")
struct AnyTextTests {
    private static let alphabet = Array(
        "王欧阳單𠮷無名氏某·•.0123456789XxEe+-*/() 　省市县区旗州河南郑岁约属龙年月日腊闰初a Zéñ🏠👨‍👩‍👧\u{301}\u{202E}\u{0}\n\t\u{FEFF}＝１Ａ٣ก한'\"<>&;"
    )

    private func text(_ random: inout SplitMix64, _ longest: Int) -> String {
        String(
            (0..<Int.random(in: 0...longest, using: &random)).map { _ in
                Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &random)]
            })
    }

    @Test(
        "no parser ends the program, and each keeps its promise", arguments: 0..<20 as Range<UInt64>
    )
    func parsers(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let today = Day("2026-11-24")!
        for _ in 0..<150 {
            let text = text(&random, 40)
            if let clean = try? PlainText.check(text, max: 20) {
                #expect(clean.count <= 20 && !clean.unicodeScalars.contains("\0"), "seed \(seed)")
                // What one form took, the next takes unchanged.
                #expect((try? PlainText.check(clean, max: 20)) == clean, "seed \(seed)")
            }
            if let number = try? IdentityNumber(text) {
                #expect((try? IdentityNumber(number.normalised)) == number)
            }
            if let phone = PhoneNumber(text) {
                #expect(PhoneNumber(phone.normalised)?.normalised == phone.normalised, "\(text)")
            }
            if let day = try? PartialDay(reading: text, on: today) {
                #expect(PartialDay(day.description) == day, "seed \(seed)")
            }
            let name = ChineseName(text)
            #expect(name.surname + name.given == name.text, "seed \(seed)")
            // An accent that stands alone joins whatever comes to stand before it.
            if !text.unicodeScalars.contains("\u{301}") {
                #expect(ChineseName(name.text).text == name.text, "seed \(seed): \(text)")
            }
            #expect(name.readings.count == name.text.count, "seed \(seed)")
            #expect(
                TextNormalizer.key(TextNormalizer.key(text)) == TextNormalizer.key(text),
                "seed \(seed)")
            #expect(SearchKeys.of(text).allSatisfy { !$0.isEmpty })
            _ = SearchKeys.beginning(text)
            #expect(PinyinSortKey.of(text).utf8.allSatisfy { (0x20...0x7E).contains($0) })
            let place = PlaceReading(text)
            #expect(place.code.isEmpty || Places.named(place.code) != nil)
            #expect(Masking.name(text).count <= max(text.count, name.text.count))
            _ = Masking.address(text)
            #expect(Masking.identityNumber(text).count == text.count)
            _ = Masking.phone(text)
            _ = Day(text)
            _ = Person.ID(text)
        }
    }
}
