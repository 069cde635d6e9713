import Foundation
import GuituMatching

/// Right, too much and missing readings of one field.
struct Count {
    var right = 0
    var extra = 0
    var missed = 0

    var precision: Double { right + extra == 0 ? 1 : Double(right) / Double(right + extra) }
    var recall: Double { right + missed == 0 ? 1 : Double(right) / Double(right + missed) }
    var f1: Double {
        let all = 2 * right + extra + missed
        return all == 0 ? 1 : 2 * Double(right) / Double(all)
    }

    static func += (one: inout Count, other: Count) {
        one.right += other.right
        one.extra += other.extra
        one.missed += other.missed
    }
}

/// Compares what was read with what was labelled, by the rules of notices.md.
enum Scoring {
    typealias Person = [String: Any]

    static let core: Set<NoticeKey> = [
        .sex, .age, .dateFound, .dateMissing, .placeFound, .placeMissing, .placeClaimed, .name,
        .height, .marks, .clothing,
    ]

    /// Counts by field for one text, and what was wrong in words.
    static func score(read: [NoticePerson], labelled: [Person]) -> (
        counts: [NoticeKey: Count], errors: [String]
    ) {
        var counts: [NoticeKey: Count] = [:]
        var errors: [String] = []
        var pairs: [(score: Double, one: Int, other: Int)] = []
        for (one, person) in read.enumerated() {
            for (other, label) in labelled.enumerated() {
                pairs.append((agreement(person, label), one, other))
            }
        }
        pairs.sort { $0.score > $1.score }
        var (usedRead, usedLabel): (Set<Int>, Set<Int>) = ([], [])
        func add(_ person: NoticePerson?, _ label: Person?) {
            for (key, count, words) in compare(person, label) {
                counts[key, default: Count()] += count
                if !words.isEmpty { errors.append("\(key.rawValue): \(words)") }
            }
        }
        for pair in pairs where !usedRead.contains(pair.one) && !usedLabel.contains(pair.other) {
            guard pair.score > 0 else { continue }
            usedRead.insert(pair.one)
            usedLabel.insert(pair.other)
            add(read[pair.one], labelled[pair.other])
        }
        for one in read.indices where !usedRead.contains(one) {
            errors.append("PERSON too much")
            add(read[one], nil)
        }
        for other in labelled.indices where !usedLabel.contains(other) {
            errors.append("PERSON missed")
            add(nil, labelled[other])
        }
        return (counts, errors)
    }

    private static func agreement(_ person: NoticePerson, _ label: Person) -> Double {
        var sum = 0.01
        for (_, count, _) in compare(person, label) {
            sum += Double(count.right) - 0.2 * Double(count.extra + count.missed)
        }
        return max(0.001, sum + 5)
    }

    static func compare(_ person: NoticePerson?, _ label: Person?) -> [(NoticeKey, Count, String)] {
        let accept = label?["accept"] as? [String: Any] ?? [:]
        return NoticeKey.allCases.map { key in
            let wanted = values(label?[key.rawValue])
            let also = values(accept[key.rawValue])
            let got: [Any]
            switch key {
            case .kind: got = person.map { [$0.kind.rawValue] } ?? []
            case .status: got = person?.isReunited == true ? ["reunited"] : []
            default: got = person?.all(key).map(plain) ?? []
            }
            return compare(
                key, got: key.isList ? got : Array(got.prefix(1)), wanted: wanted, also: also)
        }
    }

    private static func compare(_ key: NoticeKey, got: [Any], wanted: [Any], also: [Any]) -> (
        NoticeKey, Count, String
    ) {
        var count = Count()
        var open = Array(wanted.indices)
        var extra: [Any] = []
        for value in got {
            if let place = open.firstIndex(where: { same(key, value, wanted[$0]) }) {
                open.remove(at: place)
                count.right += 1
            } else if also.contains(where: { same(key, value, $0) }) {
                // Also right: it stands for what it was labelled instead of.
                if !key.isList, !open.isEmpty {
                    open.removeAll()
                    count.right += 1
                } else if let text = value as? String {
                    open.removeAll { (wanted[$0] as? String).map { text.contains($0) } ?? false }
                }
            } else {
                extra.append(value)
            }
        }
        count.extra = extra.count
        count.missed = open.count
        var words = ""
        if !extra.isEmpty || !open.isEmpty {
            words = "read \(extra.map(describe)) labelled \(open.map { describe(wanted[$0]) })"
        }
        return (key, count, words)
    }

    private static func describe(_ value: Any) -> String {
        if let range = value as? [String: Any] {
            return "\(range["min"] ?? "?")-\(range["max"] ?? "?")"
        }
        return "\(value)"
    }

    private static func plain(_ field: NoticeField) -> Any {
        switch field.value {
        case .text(let text): text
        case .number(let number): number
        case .flag(let flag): flag
        case .range(let low, let high, _): ["min": low, "max": high]
        }
    }

    private static func values(_ value: Any?) -> [Any] {
        guard let value, !(value is NSNull) else { return [] }
        return (value as? [Any] ?? [value]).map(bare)
    }

    /// The schema allows `{"value": …, "span": …}` for any value or element.
    private static func bare(_ value: Any) -> Any {
        (value as? [String: Any])?["value"] ?? value
    }

    // MARK: Sameness

    private static func same(_ key: NoticeKey, _ read: Any, _ label: Any) -> Bool {
        switch key {
        case .age, .height:
            guard let one = read as? [String: Any], let other = label as? [String: Any] else {
                return false
            }
            return ["min", "max"].allSatisfy {
                abs(number(one[$0]) - number(other[$0])) <= 1
            }
        case .birthYear: return number(read) == number(label)
        case .nameHeard: return (read as? Bool) == (label as? Bool)
        case .dateFound, .dateMissing:
            guard let one = read as? String, let other = label as? String else { return false }
            return one.hasPrefix(other)
        case .kind, .status, .sex, .name, .code, .contacts:
            return normal(read) == normal(label)
        default: return overlap(normal(read), normal(label)) >= 0.7
        }
    }

    private static func number(_ value: Any?) -> Int {
        (value as? Int) ?? (value as? NSNumber)?.intValue ?? -1000
    }

    static func normal(_ value: Any) -> String {
        guard let text = value as? String else { return "\(value)" }
        let bare = text.replacingOccurrences(
            of: "[(（][a-zā-ɏ]+[)）]|<[^>]*>", with: "", options: .regularExpression)
        return String(
            String.UnicodeScalarView(
                bare.precomposedStringWithCompatibilityMapping.unicodeScalars.filter {
                    CharacterSet.alphanumerics.contains($0)
                })
        ).lowercased()
    }

    /// F of the characters in common.
    static func overlap(_ one: String, _ other: String) -> Double {
        guard !one.isEmpty, !other.isEmpty else { return one == other ? 1 : 0 }
        var bag: [Character: Int] = [:]
        for character in one { bag[character, default: 0] += 1 }
        var common = 0
        for character in other where bag[character, default: 0] > 0 {
            bag[character]! -= 1
            common += 1
        }
        return 2 * Double(common) / Double(one.count + other.count)
    }
}
