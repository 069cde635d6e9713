import Foundation

/// Words that only one engine understands, or that mean another thing on the
/// other. The one list; what it catches is written differently or not at all.
public enum EngineWords {
    public struct Word: Sendable {
        /// Read without regard to case, outside the statement's strings and
        /// comments.
        var pattern: String
        var instead: String
    }

    public static let list: [Word] = [
        // Characters and operators
        Word(pattern: "->", instead: "a column; JSON is only kept, never searched"),
        Word(pattern: "::", instead: "CAST (… AS …)"),
        Word(pattern: "==", instead: "="),
        Word(pattern: #"[@#]>|<@|~\*?\s|!~|\?\|"#, instead: "plain comparisons"),
        Word(pattern: #"\[\d*\]|\bARRAY\b|\bANY\s*\(|\bUNNEST\b"#, instead: "IN \\(list:)"),
        // Text
        Word(
            pattern: #"\b(I?LIKE|GLOB|MATCH|REGEXP|SIMILAR)\b"#,
            instead: "search_key, or >= and < for a prefix"),
        Word(
            pattern: #"\b(LOWER|UPPER|INITCAP)\s*\("#,
            instead: "Swift: SQLite's know ASCII only"),
        Word(
            pattern:
                #"\b(INSTR|STRPOS|POSITION|PRINTF|FORMAT|HEX|UNHEX|ENCODE|DECODE|QUOTE|CHAR|CHR)\s*\("#,
            instead: "Swift"),
        Word(
            pattern: #"\b(GROUP_CONCAT|STRING_AGG|ARRAY_AGG|JSONB?\w*)\b"#,
            instead: "several rows, put together in Swift"),
        Word(pattern: #"\bCOLLATE\b"#, instead: "the column's own order, which is by bytes"),
        // Numbers and conditions
        Word(pattern: #"\b(IFNULL|NVL|ISNULL|NOTNULL|IIF)\b"#, instead: "COALESCE, CASE, IS NULL"),
        Word(pattern: #"\b(TRUE|FALSE)\b"#, instead: "1 and 0"),
        Word(pattern: #"\bBOOL(EAN)?\b"#, instead: "INTEGER with CHECK (… IN (0, 1))"),
        Word(
            pattern: #"\bIS\s+(?!(NOT\s+)?(NULL|DISTINCT)\b)"#,
            instead: "= or IS NOT DISTINCT FROM"),
        Word(
            pattern: #"\b(MAX|MIN)\s*\([^()]*,|\b(GREATEST|LEAST)\b"#,
            instead: "CASE; of two values, not of rows"),
        Word(pattern: #"\bROUND\s*\([^()]*,"#, instead: "Swift"),
        Word(
            pattern: #"\b(TOTAL|TYPEOF|RANDOM|RANDOMBLOB|GEN_RANDOM_UUID|CHANGES)\s*\("#,
            instead: "Swift"),
        // Time: the clock is injected
        Word(
            pattern:
                #"\b(NOW|DATE|TIME|DATETIME|STRFTIME|JULIANDAY|UNIXEPOCH|TO_CHAR|AGE|DATE_TRUNC)\s*\("#,
            instead: "a Day or an Instant, bound"),
        Word(
            pattern:
                #"\b(CURRENT_(DATE|TIME|TIMESTAMP)|LOCALTIME\w*|EXTRACT|INTERVAL|TIMESTAMP(TZ)?)\b"#,
            instead: "a Day or an Instant, bound"),
        // Identity of rows
        Word(
            pattern: #"\b(AUTOINCREMENT|(BIG|SMALL)?SERIAL|GENERATED|NEXTVAL|LAST_INSERT_ROWID)\b"#,
            instead: "an ID, or a counter's row"),
        Word(pattern: #"\b(?<!WITHOUT )(ROWID|CTID|XMIN|OID)\b"#, instead: "the primary key"),
        // Statements
        Word(pattern: #"\bINSERT\s+OR\b|\bREPLACE\s+INTO\b"#, instead: "ON CONFLICT"),
        Word(
            pattern: #"\bFOR\s+(UPDATE|SHARE|NO\s+KEY)\b|\bSKIP\s+LOCKED\b|\bNOWAIT\b"#,
            instead: "an UPDATE of the row, which locks it on both"),
        Word(
            pattern: #"\bDISTINCT\s+ON\b|\bLATERAL\b|\bTABLESAMPLE\b"#, instead: "GROUP BY, a join"),
        Word(
            pattern: #"\bLIMIT\s+[^\s,]+\s*,|\bLIMIT\s+(-1|ALL)\b|\bFETCH\s+FIRST\b"#,
            instead: "LIMIT … OFFSET"),
        Word(
            pattern: #"\bUSING\s+(GIN|GIST|BRIN|HASH|fts)|\bINDEXED\s+BY\b"#,
            instead: "a plain index"),
        Word(
            pattern: #"\b(PRAGMA|VACUUM|ATTACH|REINDEX|TRUNCATE|COPY|LISTEN|NOTIFY|EXPLAIN)\b"#,
            instead: "the driver's business"),
        Word(pattern: #"\b(SQLITE_|PG_|INFORMATION_SCHEMA)"#, instead: "the store's business"),
        // Types; what migrations may say is in SharedDialect
        Word(
            pattern:
                #"\b(VARCHAR|BYTEA|SMALLINT|NUMERIC|DECIMAL|DOUBLE|FLOAT\d?|UUID|HSTORE|INET)\b"#,
            instead: "TEXT, INTEGER, REAL, BLOB"),
    ]

    /// A runtime statement is not translated, and INTEGER is 32 bits there.
    public static let runtimeOnly: [Word] = [
        Word(
            pattern: #"\bAS\s+(INTEGER|INT|REAL|BLOB)\s*\)"#,
            instead: "CAST (… AS BIGINT) or AS TEXT")
    ]

    /// What of a statement one engine would not understand, with the remedy.
    public static func offences(in sql: String, isMigration: Bool = false) -> [String] {
        let text = bare(sql)
        return (list + (isMigration ? [] : runtimeOnly)).compactMap { word in
            guard
                let range = text.range(
                    of: word.pattern, options: [.regularExpression, .caseInsensitive])
            else { return nil }
            return
                "\(text[range].trimmingCharacters(in: .whitespacesAndNewlines)): use \(word.instead)"
        }
    }

    /// String literals of a Swift file that are SQL, with their lines; what
    /// was interpolated reads as `?`.
    public static func statements(inSwift source: String) -> [(line: Int, sql: String)] {
        SwiftLiterals(source).literals.filter { isSQL($0.text) }.map { ($0.line, $0.text) }
    }

    private static func isSQL(_ text: String) -> Bool {
        // SQL of ours has its key words in capitals; a sentence does not.
        text.range(
            of:
                #"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE (UNIQUE )?(TABLE|INDEX)|ALTER TABLE|WHERE|ORDER BY|FROM \w+|JOIN|(AND|OR) \w+ ?(=|<|>|I))"#,
            options: .regularExpression) != nil
    }

    /// Without strings, quoted names and comments.
    private static func bare(_ sql: String) -> String {
        var text = sql
        for pattern in [#"'(?:[^']|'')*'"#, #""[^"\n]*""#, #"--[^\n]*"#, #"/\*[\s\S]*?\*/"#] {
            text = text.replacingOccurrences(of: pattern, with: " ' ", options: .regularExpression)
        }
        return text
    }
}

/// The string literals of a Swift file. Knows comments, both kinds of quotes,
/// raw strings and nested interpolation; not regular expression literals.
struct SwiftLiterals {
    private(set) var literals: [(line: Int, text: String)] = []
    private let characters: [Character]
    private var at = 0
    private var line = 1

    init(_ source: String) {
        characters = Array(source)
        code(until: nil)
    }

    private func has(_ text: String) -> Bool {
        let wanted = Array(text)
        return at + wanted.count <= characters.count
            && Array(characters[at..<at + wanted.count]) == wanted
    }

    private mutating func step(_ count: Int = 1) {
        for _ in 0..<count where at < characters.count {
            if characters[at].isNewline { line += 1 }
            at += 1
        }
    }

    /// Reads code up to its closing parenthesis, or to the end of the file.
    private mutating func code(until closing: Character?) {
        var depth = 0
        while at < characters.count {
            if has("//") {
                while at < characters.count, !characters[at].isNewline { step() }
            } else if has("/*") {
                while at < characters.count, !has("*/") { step() }
                step(2)
            } else if characters[at] == "\"" || characters[at] == "#" && isRawString() {
                string()
            } else if closing != nil, characters[at] == "(" {
                depth += 1
                step()
            } else if let closing, characters[at] == closing {
                step()
                if depth == 0 { return }
                depth -= 1
            } else {
                step()
            }
        }
    }

    private func isRawString() -> Bool {
        var next = at
        while next < characters.count, characters[next] == "#" { next += 1 }
        return next < characters.count && characters[next] == "\""
    }

    private mutating func string() {
        let start = line
        var hashes = ""
        while characters[at] == "#" {
            hashes += "#"
            step()
        }
        let quote = has("\"\"\"") ? "\"\"\"" : "\""
        step(quote.count)
        let place = literals.count
        literals.append((start, ""))  // before those inside its interpolations
        var text = ""
        while at < characters.count, !has(quote + hashes) {
            if has("\\" + hashes + "(") {
                step(2 + hashes.count)
                code(until: ")")
                text += "?"
            } else if has("\\" + hashes) {
                text.append(" ")
                step(2 + hashes.count)
            } else {
                text.append(characters[at])
                step()
            }
        }
        step(quote.count + hashes.count)
        literals[place].text = text
    }
}
