import Foundation
import Testing

@testable import GuituText

/// The catalogs against each other and against the sources that use them.
@Suite("Catalogs")
struct CatalogTests {
    let chinese = Catalog.of(.zhHans)
    let english = Catalog.of(.en)

    @Test("both languages have the same keys")
    func sameKeys() {
        let onlyChinese = Set(chinese.source.keys).subtracting(english.source.keys).sorted()
        let onlyEnglish = Set(english.source.keys).subtracting(chinese.source.keys).sorted()
        #expect(onlyChinese.isEmpty, "missing in en.json: \(onlyChinese)")
        #expect(onlyEnglish.isEmpty, "missing in zh-Hans.json: \(onlyEnglish)")
        #expect(chinese.source.count > 50)
    }

    @Test("no key stands twice in a file, and the files are sorted by key")
    func sortedKeys() throws {
        for language in Language.allCases {
            let keys = try Sources.catalogKeys(language)
            #expect(
                keys == keys.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
            #expect(Set(keys).count == keys.count, "a key stands twice in \(language)")
        }
    }

    @Test("a sentence has the same blanks in both languages")
    func sameBlanks() {
        for (key, sentence) in chinese.sentences {
            let other = english.sentences[key]?.blanks ?? []
            #expect(sentence.blanks == other, "\(key)")
        }
    }

    @Test("no sentence is empty or has a brace left over")
    func wellFormed() {
        for catalog in [chinese, english] {
            for (key, source) in catalog.source {
                #expect(!source.trimmingCharacters(in: .whitespaces).isEmpty, "\(key)")
                let blanks = Dictionary(
                    uniqueKeysWithValues: Sentence(source).blanks.map { ($0, "x") })
                let said = Sentence(source).said(with: blanks)
                #expect(!said.contains("{") && !said.contains("}"), "\(key): \(said)")
            }
        }
    }

    @Test("Chinese sentences are Chinese and use full-width punctuation between characters")
    func chinesePunctuation() throws {
        let narrow = try Regex("\\p{Han}[,;:!?]\\p{Han}")
        for (key, source) in chinese.source {
            #expect(source.firstMatch(of: narrow) == nil, "\(key): \(source)")
        }
    }

    @Test("every key used in the sources is in the catalogs")
    func everyUsedKeyExists() throws {
        let used = try Sources.usedKeys()
        #expect(used.count > 50)
        for (key, file) in used where chinese.source[key] == nil {
            Issue.record("\(file) says \(key), which no catalog has")
        }
    }

    @Test("every key in the catalogs is used")
    func noKeyIsUnused() throws {
        let used = try Sources.literals().union(Sources.vocabularyKeys(required: false).keys)
            .union(Sources.familyKeys().keys)
        for key in chinese.source.keys.sorted() {
            #expect(used.contains(key), "nothing says \(key)")
        }
    }

    @Test("every case of every vocabulary has its words")
    func vocabularyIsSaid() throws {
        let keys = try Sources.vocabularyKeys(required: true)
        #expect(keys.count > 100)
        for (key, file) in keys {
            #expect(chinese.source[key] != nil, "\(file) has no words: \(key)")
        }
    }

    @Test("every word a parser fails with has its sentence")
    func failuresAreSaid() throws {
        let keys = try Sources.familyKeys()
        #expect(keys["identity.wrongLength"] != nil)
        for (key, file) in keys where try Sources.families().contains(key.prefix { $0 != "." }) {
            #expect(chinese.source[key] != nil, "\(file) has no sentence: \(key)")
        }
    }
}

/// Reads the program's own sources.
enum Sources {
    static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    static func files(in subfolder: String = "") throws -> [(name: String, text: String)] {
        let root = folder.appending(path: subfolder).path
        let paths = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return try paths.filter { $0.hasSuffix(".swift") }.map {
            ($0, try String(contentsOfFile: root + "/" + $0, encoding: .utf8))
        }
    }

    /// A key written as a literal: `list.total`.
    private static var key: Regex<(Substring, Substring)> {
        /"([a-z][A-Za-z0-9]*(?:\.[A-Za-z0-9-]+)+)"/
    }

    private static func code(_ text: String) -> String {
        // Examples in comments say nothing to anybody.
        text.split(separator: "\n").map { $0.components(separatedBy: "//")[0] }
            .joined(separator: "\n")
    }

    /// The keys inside `text(…)`, `self(…)` of Text's own formats, `TextKey(…)`,
    /// `Saying(…)` and a form check's `fail(…)`, both sides of a choice included.
    static func usedKeys() throws -> [String: String] {
        let call = /\b(?:text|self|TextKey|Saying|fail)\(/
        var keys: [String: String] = [:]
        for file in try files() {
            let code = code(file.text)
            for match in code.matches(of: call) {
                var depth = 1
                let inside = code[match.range.upperBound...].prefix {
                    depth += $0 == "(" ? 1 : $0 == ")" ? -1 : 0
                    return depth > 0
                }
                for key in inside.matches(of: key) { keys[String(key.1)] = file.name }
            }
        }
        return keys
    }

    /// Every literal anywhere that has the shape of a key.
    static func literals() throws -> Set<String> {
        Set(try files().flatMap { code($0.text).matches(of: key).map { String($0.1) } })
    }

    /// `"identity.\(error.word)"`: the prefixes that are completed by a word.
    static func families() throws -> Set<Substring> {
        let family = /"([a-zA-Z]+)\.\\\((?:[a-z]+\.)*word\)"/
        return Set(
            try files().flatMap { file in file.text.matches(of: family).map { Substring($0.1) } })
    }

    /// The words of the parsers' failures, under the prefix of each.
    static func familyKeys() throws -> [String: String] {
        var keys: [String: String] = [:]
        for (prefix, name) in [
            ("identity", "IdentityNumber.swift"), ("partialDay", "PartialDay+Reading.swift"),
        ] {
            let text = try files(in: "GuituModel").first { $0.name == name }?.text ?? ""
            let words = text.components(separatedBy: "public var word: String").dropFirst().first
            for match in (words ?? "").prefix(while: { $0 != "}" }).matches(of: /: "([a-zA-Z]+)"/) {
                keys[prefix + "." + match.1] = name
            }
        }
        return keys
    }

    static func catalogKeys(_ language: Language) throws -> [String] {
        let path = folder.appending(path: "GuituText/Catalogs/\(language.rawValue).json").path
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            .compactMap { line in
                let parts = line.split(separator: "\"", maxSplits: 2)
                return parts.count == 3 ? String(parts[1]) : nil
            }
    }

    /// `sex.male` for every `case male` of every `enum Sex: String`. Those
    /// declared as `Vocabulary` or `Coded` are the ones pages say.
    static func vocabularyKeys(required: Bool) throws -> [String: String] {
        var keys: [String: String] = [:]
        for file in try files() {
            for vocabulary in Vocabularies(in: file.text).found
            where vocabulary.isDeclared || !required {
                for value in vocabulary.values {
                    keys[vocabulary.prefix + "." + value] = file.name
                }
            }
        }
        return keys
    }
}

/// The string enums of one file, with the types they are nested in.
struct Vocabularies {
    var found: [(prefix: String, isDeclared: Bool, values: [String])] = []

    init(in source: String) {
        // name, depth inside it, whether its cases are words
        var open: [(name: String, depth: Int, isVocabulary: Bool)] = []
        var depth = 0
        let type = /(?:struct|enum|class|actor|extension) ([A-Z][A-Za-z.]*)/
        let vocabulary = /enum [A-Z][A-Za-z]*\s*:\s*String\b/
        for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
            let code = line.components(separatedBy: "//")[0]
            if let match = code.firstMatch(of: type), code.contains("{") {
                let isVocabulary = code.firstMatch(of: vocabulary) != nil
                open.append((String(match.1), depth + 1, isVocabulary))
                if isVocabulary {
                    let isDeclared = code.contains(/: String, (?:Vocabulary|Coded)\b/)
                    found.append((prefix(open.map(\.name)), isDeclared, []))
                }
            }
            if let last = open.last, last.isVocabulary,
                depth == last.depth || code.contains("enum "),
                let cases = code.firstMatch(of: /\bcase ([a-zA-Z`].*)/), !code.contains("case .")
            {
                for part in String(cases.1).components(separatedBy: ",") {
                    let sides = part.components(separatedBy: "=")
                    let trim = CharacterSet(charactersIn: " `\"{}")
                    let value = (sides.count == 2 ? sides[1] : sides[0]).trimmingCharacters(
                        in: trim)
                    found[found.count - 1].values.append(value)
                }
            }
            depth += code.filter { $0 == "{" }.count - code.filter { $0 == "}" }.count
            while let last = open.last, depth < last.depth { open.removeLast() }
        }
    }

    private func prefix(_ names: [String]) -> String {
        names.joined(separator: ".").split(separator: ".")
            .map(VocabularyNames.lowered).joined(separator: ".")
    }
}
