import Foundation
import Synchronization

/// A language of the pages. Simplified Chinese is the source.
public enum Language: String, CaseIterable, Sendable, Codable {
    case zhHans = "zh-Hans"
    case en

    /// The language in its own words, for the switch.
    public var ownName: String {
        switch self {
        case .zhHans: "中文"
        case .en: "English"
        }
    }

    /// The first language of an `Accept-Language` header that we speak;
    /// Chinese when there is none.
    public init(acceptLanguage header: String) {
        for part in header.split(separator: ",") {
            let tag = part.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
            if tag.hasPrefix("zh") {
                self = .zhHans
                return
            }
            if tag.hasPrefix("en") {
                self = .en
                return
            }
        }
        self = .zhHans
    }
}

/// The name of a sentence in the catalogs, such as `field.required`.
///
/// Written as a literal, so that a test finds every key in the sources and
/// refuses one that is missing or unused.
public struct TextKey: Hashable, Sendable, ExpressibleByStringLiteral {
    public let name: String
    public init(stringLiteral value: String) { name = value }
    /// A key that is data: a refusal's `Saying`, a notification in the database.
    public init(said name: String) { self.name = name }
}

/// Says things to a person in their language.
///
/// ```swift
/// text("list.total", ["count": "3"])     // 共3条 / 3 records
/// text(of: Sex.female)                   // 女 / female
/// ```
/// In a catalog `{name}` is replaced by the argument, and
/// `{count|record|records}` by the first form when the argument is "1", else
/// by the second (Chinese has no plural and never needs it).
public struct Text: Sendable {
    public let language: Language
    private let catalog: Catalog

    public init(_ language: Language) {
        self.language = language
        catalog = Catalog.of(language)
    }

    /// A key that no catalog has is shown itself in `⟨ ⟩`: ugly, but the page lives.
    public func callAsFunction(_ key: TextKey, _ arguments: [String: String] = [:]) -> String {
        guard let sentence = catalog.phrases[key.name] else { return "⟨\(key.name)⟩" }
        return sentence.said(with: arguments)
    }

    /// The words for a case of a vocabulary enum: `Sex.male` is `sex.male`,
    /// `Bed.Kind.child` is `bed.kind.child`.
    public func callAsFunction<Value: RawRepresentable<String>>(of value: Value) -> String {
        catalog.words(for: Value.self)[value.rawValue]?.said(with: [:])
            ?? "⟨\(VocabularyNames.prefix(of: Value.self) + value.rawValue)⟩"
    }

    public func has(_ key: TextKey) -> Bool { catalog.phrases[key.name] != nil }
}

/// The catalogs, read once each.
public final class Catalog: Sendable {
    let sentences: [String: Sentence]
    let phrases: Phrases
    /// The words of each vocabulary asked for so far, by raw value.
    private let words = Mutex<[ObjectIdentifier: Phrases]>([:])

    /// What the file says, for tests and translators.
    public let source: [String: String]

    public static func of(_ language: Language) -> Catalog {
        switch language {
        case .zhHans: chinese
        case .en: english
        }
    }

    private static let chinese = Catalog(PackageResources.zh_Hans_json)
    private static let english = Catalog(PackageResources.en_json)

    private init(_ json: [UInt8]) {
        do {
            source = try JSONDecoder().decode([String: String].self, from: Data(json))
        } catch {
            // The file is part of the program: a test reads both.
            fatalError("a catalog is not a JSON object of strings: \(error)")
        }
        sentences = source.mapValues(Sentence.init)
        phrases = Phrases(sentences)
    }

    func words<Value>(for vocabulary: Value.Type) -> Phrases {
        words.withLock { words in
            if let known = words[ObjectIdentifier(vocabulary)] { return known }
            let prefix = VocabularyNames.prefix(of: vocabulary)
            let own = sentences.filter { $0.key.hasPrefix(prefix) }
            let phrases = Phrases(
                own.map { (key: String($0.key.dropFirst(prefix.count)), value: $0.value) })
            words[ObjectIdentifier(vocabulary)] = phrases
            return phrases
        }
    }
}

/// A sentence split at its blanks.
struct Sentence: Sendable {
    enum Piece: Sendable, Equatable {
        case literal(String)
        case blank(String)
        case plural(String, one: String, other: String)
    }
    let pieces: [Piece]

    init(_ source: String) {
        var pieces: [Piece] = []
        var rest = Substring(source)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            if open > rest.startIndex { pieces.append(.literal(String(rest[..<open]))) }
            let parts = rest[rest.index(after: open)..<close].split(
                separator: "|", omittingEmptySubsequences: false
            ).map(String.init)
            if parts.count == 3 {
                pieces.append(.plural(parts[0], one: parts[1], other: parts[2]))
            } else {
                pieces.append(.blank(parts[0]))
            }
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        self.pieces = pieces
    }

    /// The names of its blanks.
    var blanks: Set<String> {
        Set(
            pieces.compactMap {
                switch $0 {
                case .literal: nil
                case .blank(let name), .plural(let name, _, _): name
                }
            })
    }

    func said(with arguments: [String: String]) -> String {
        if pieces.count == 1, case .literal(let only) = pieces[0] { return only }
        var result = ""
        for piece in pieces {
            switch piece {
            case .literal(let literal): result += literal
            case .blank(let name): result += arguments[name] ?? "{\(name)}"
            case .plural(let name, let one, let other):
                result += arguments[name] == "1" ? one : other
            }
        }
        return result
    }
}

/// Where a vocabulary's words stand in the catalogs.
enum VocabularyNames {
    /// "GuituModel.Bed.Kind" says "bed.kind."
    static func prefix<Value>(of type: Value.Type) -> String {
        String(reflecting: type).split(separator: ".").dropFirst()
            .map(lowered).joined(separator: ".") + "."
    }

    /// `Bed` is `bed`, `CSVReader` is `csvReader`.
    static func lowered(_ name: Substring) -> String {
        let capitals = name.prefix { $0.isUppercase }.count
        let count = capitals > 1 && capitals < name.count ? capitals - 1 : capitals
        return name.prefix(count).lowercased() + name.dropFirst(count)
    }
}
