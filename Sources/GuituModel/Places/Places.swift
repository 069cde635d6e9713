/// A province, city or county by its code (GB/T 2260).
public struct Place: Hashable, Sendable {
    public enum Level: Int, Sendable, Comparable {
        case nation, province, city, county
        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    /// Two, four or six digits.
    public let code: String
    public let name: String

    public var level: Level { Place.level(of: code) }

    /// `41` for 4114 and 411425, empty for 41.
    public var parent: String { String(code.dropLast(2)) }

    public static func level(of code: some StringProtocol) -> Level {
        switch code.utf8.count {
        case 0: .nation
        case 1...2: .province
        case 3...4: .city
        default: .county
        }
    }
}

/// The places we know by name, and how to find them in what people say.
public enum Places {
    /// In the order of their codes, provinces before their cities.
    public static let all: [Place] = {
        var places: [Place] = []
        for line in placeTable.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard let head = parts.first?.split(separator: " "), head.count == 2 else { continue }
            let code = String(head[0])
            if code.count == 2 { places.append(Place(code: code, name: String(head[1]))) }
            // A municipality has districts and one city between, of no name of its own.
            let base = ["11", "12", "31", "50"].contains(code) ? code + "01" : code
            for entry in parts.dropFirst().first?.split(separator: " ") ?? [] {
                let digits = entry.prefix { $0.isASCII }
                places.append(
                    Place(code: base + digits, name: String(entry.dropFirst(digits.count))))
            }
        }
        return places.sorted { $0.code < $1.code }
    }()

    /// Nil for a code that is not in our table.
    public static func named(_ code: String) -> Place? { byCode[code] }

    /// `河南省商丘市虞城县`, as far as the code's parts are known.
    public static func fullName(of code: String) -> String {
        [2, 4, 6].filter { $0 <= code.utf8.count }
            .compactMap { byCode[String(code.prefix($0))]?.name }.joined()
    }

    public static func counties(in code: String) -> [Place] {
        all.filter { $0.level == .county && $0.code.hasPrefix(code) }
    }

    private static let byCode: [String: Place] = Dictionary(
        all.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })

    fileprivate struct Word {
        var characters: [Character]
        var code: String
        /// Whether the last character says what it is: 虞城县, not 虞城.
        var isWhole: Bool
        var isDistrict: Bool
    }

    /// Names and short names by their first character, the longest first.
    fileprivate static let words: [Character: [Word]] = {
        var words: [Character: [Word]] = [:]
        for place in all {
            let district = place.level == .county && place.name.hasSuffix("区")
            var names = [(place.name, true)]
            if !district, let short = shortName(place) { names.append((short, false)) }
            for (name, whole) in names {
                let characters = Array(name)
                words[characters[0], default: []].append(
                    Word(
                        characters: characters, code: place.code, isWhole: whole,
                        isDistrict: district))
            }
        }
        return words.mapValues {
            $0.sorted { ($1.characters.count, $0.code) < ($0.characters.count, $1.code) }
        }
    }()

    /// 河南, 商丘, 虞城, 恩施; nil where a single character would be left.
    private static func shortName(_ place: Place) -> String? {
        var name = place.name
        for people in [
            "壮族", "回族", "维吾尔", "土家族", "苗族", "朝鲜族", "藏族", "羌族", "彝族", "布依族", "侗族", "哈尼族", "傣族",
            "景颇族",
            "白族", "傈僳族", "蒙古族", "哈萨克", "柯尔克孜",
        ] where name.hasSuffix("自治州") || name.hasSuffix("自治区") {
            if !name.hasPrefix(people) { name = name.replacing(people, with: "") }
        }
        for end in ["特别行政区", "自治区", "自治州", "地区", "省", "市", "县", "盟", "林区"] where name.hasSuffix(end)
        {
            name.removeLast(end.count)
            break
        }
        return name.count >= 2 ? name : nil
    }
}

/// Where somebody means, as far as we could read it.
public struct PlaceReading: Hashable, Sendable {
    /// Two, four or six digits; empty when nothing was recognised.
    public let code: String
    /// The county's name without its last character, also of one we have no
    /// code for; empty when none was said.
    public let county: String
    /// What follows the county: township, village, street.
    public let rest: String

    public init(_ text: String) {
        let characters = Array(TextNormalizer.key(text))
        var code = ""
        var county = ""
        var end = 0
        var at = 0
        // Further in than this only roads and shops are named after places.
        while at < characters.count, at <= end + 2, code.utf8.count < 6 {
            guard let word = Self.word(in: characters, at: at, below: code) else {
                at += 1
                continue
            }
            at += word.characters.count
            if !word.isWhole, at < characters.count, "省市县州".contains(characters[at]) { at += 1 }
            end = at
            code = word.code
            if Place.level(of: code) == .county { county = Self.bare(word.characters) }
        }
        if county.isEmpty {
            // A county outside our table: 睢县 of a city that we know, or alone.
            let tail = characters[end...].prefix(9)
            if let last = tail.firstIndex(where: { "县区旗市".contains($0) }), last > end {
                county = Self.bare(Array(characters[end...last]))
                end = last + 1
            }
        }
        self.code = code
        self.county = county
        rest = String(characters[end...])
    }

    private static func bare(_ characters: [Character]) -> String {
        characters.count > 2 && "县区市旗".contains(characters.last!)
            ? String(characters.dropLast()) : String(characters)
    }

    private static func word(in text: [Character], at: Int, below code: String) -> Places.Word? {
        var best: Places.Word?
        for word in Places.words[text[at]] ?? [] {
            let end = at + word.characters.count
            guard word.code.hasPrefix(code), word.code.utf8.count > code.utf8.count,
                end <= text.count, text[at..<end].elementsEqual(word.characters)
            else { continue }
            // 上海路 and 南阳街 are in other cities.
            if !word.isWhole, end < text.count, "路街巷道桥".contains(text[end]) { continue }
            if code.isEmpty, Place.level(of: word.code) == .county {
                // Many cities have a 鼓楼区; a short name counts only in front.
                if word.isDistrict || (!word.isWhole && at > 0) { continue }
            }
            if let found = best {
                if found.characters.count > word.characters.count { break }
                // Two places of one name: the upper one when it holds the lower
                // (吉林), neither when they lie apart.
                if word.code.hasPrefix(found.code) { continue }
                return nil
            }
            best = word
        }
        return best
    }
}
