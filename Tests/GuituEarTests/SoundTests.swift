import Foundation
import Testing

@testable import GuituEar

@Suite("Sounds and syllables")
struct SoundTests {
    @Test("one sound in two hands' notations is one sound")
    func notations() {
        #expect(Sound(ipa: "tsʰuan") == Sound(ipa: "tsʻuan"))
        #expect(Sound(ipa: "tsʰa") == Sound(ipa: "tsha"))
        #expect(Sound(ipa: "ʔa") == Sound(ipa: "a"))
        #expect(Sound(ipa: "tiu[]") == Sound(ipa: "tiu"))
        #expect(Sound(ipa: "hŋ")?.ending == 5)
        #expect(Sound(ipa: "ŋ̍") == Sound(ipa: "ŋ"))
    }

    @Test("what is no sound is none", arguments: ["", "[]", "？", "𛈱", "123", "🙂"])
    func nothing(text: String) {
        #expect(Sound(ipa: text) == nil)
    }

    @Test("every syllable of the list has a sound, and is heard as itself most of all")
    func ownSounds() {
        #expect(Mandarin.sounds.count == Mandarin.syllables.count)
        for (number, sound) in Mandarin.sounds.enumerated() {
            let heard = Listener.careful.hears(sound)
            #expect(abs(heard.reduce(0, +) - 1) < 1e-3)
            let best = heard.max() ?? 0
            #expect(heard[number] > best * 0.3, "\(Mandarin.syllables[number])")
        }
    }

    @Test("pinyin is read with tones, with ü, and in other spellings")
    func pinyin() {
        #expect(Mandarin.number(of: "zhōng") == Mandarin.number(of: "zhong1"))
        #expect(Mandarin.number(of: "lü4") == Mandarin.number(of: "lv"))
        #expect(Mandarin.number(of: "nüe") == Mandarin.number(of: "nve"))
        #expect(Mandarin.number(of: "xyz") == nil)
        #expect(Mandarin.number(of: "") == nil)
    }

    @Test(
        "generic words and peoples are taken off, two characters are left",
        arguments: [
            ("城步苗族自治县", PlaceLevel.county, "城步"), ("易县", .county, "易县"),
            ("新乡县", .county, "新乡"), ("东乡族自治县", .county, "东乡"),
            ("石头街道", .township, "石头"), ("李家村村民委员会", .village, "李家"),
            ("小里罕村委会", .village, "小里罕"), ("内蒙古自治区", .province, "内蒙古"),
        ])
    func cores(name: String, level: PlaceLevel, core: String) {
        #expect(CoreName.of(name, level) == core)
    }
}
