/// Reads SQL just far enough to translate a migration and to split it.
///
/// One text describes the schema for both engines, with SQLite's four types in
/// capitals: TEXT, INTEGER, REAL, BLOB. Names are in lower case, so a column
/// may be called `text`. What each engine gets:
///
///     shared                  SQLite                 PostgreSQL
///     TEXT                    TEXT                   TEXT COLLATE "C"
///     INTEGER                 INTEGER                BIGINT
///     REAL                    REAL                   DOUBLE PRECISION
///     BLOB                    BLOB                   BYTEA
///     CREATE TABLE …          … STRICT               …
///     … WITHOUT ROWID         … WITHOUT ROWID, STRICT …
///
/// Strings, quoted names and comments are left alone.
public enum SharedDialect {
    /// The statements of a migration's shared text, for `engine`.
    public static func statements(_ text: String, for engine: Engine) -> [String] {
        split(text).map { tokens in
            switch engine {
            case .sqlite: sqlite(tokens)
            case .postgres: postgres(tokens)
            }
        }
    }

    /// The statements of a text that is for one engine already.
    public static func split(_ text: String) -> [String] {
        let statements: [[Token]] = split(text)
        return statements.map { $0.map(\.text).joined() }
    }

    private static func sqlite(_ tokens: [Token]) -> String {
        let words = tokens.lazy.filter { $0.kind == .word }.map { $0.text.uppercased() }
        let text = tokens.map(\.text).joined()
        guard Array(words.prefix(2)) == ["CREATE", "TABLE"] else { return text }
        // The end of the statement may be a comment that would swallow a word.
        let tail = Array(words.suffix(2)) == ["WITHOUT", "ROWID"] ? ", STRICT" : " STRICT"
        let end = tokens.lastIndex { !$0.isBlank }.map { $0 + 1 } ?? tokens.count
        return tokens[..<end].map(\.text).joined() + tail + tokens[end...].map(\.text).joined()
    }

    private static func postgres(_ tokens: [Token]) -> String {
        var output = ""
        var previous = ""
        for (index, token) in tokens.enumerated() {
            guard token.kind == .word else {
                output += token.text
                if !token.isBlank { previous = token.text }
                continue
            }
            switch token.text {
            case "INTEGER": output += "BIGINT"
            case "BLOB": output += "BYTEA"
            case "REAL": output += "DOUBLE PRECISION"
            // A type in CAST(… AS TEXT) takes no collation.
            case "TEXT": output += previous.uppercased() == "AS" ? "TEXT" : "TEXT COLLATE \"C\""
            case "WITHOUT" where tokens[index...].first { $0.text == "ROWID" } != nil: break
            case "ROWID" where previous == "WITHOUT": break
            default: output += token.text
            }
            previous = token.text
        }
        return output
    }

    // MARK: - Reading

    struct Token: Equatable {
        enum Kind { case word, quoted, comment, space, symbol }
        var kind: Kind
        var text: String
        var isBlank: Bool { kind == .space || kind == .comment }
    }

    /// Statements without their semicolons; those without any word are left out.
    private static func split(_ text: String) -> [[Token]] {
        var statements: [[Token]] = []
        var current: [Token] = []
        var depth = 0  // of BEGIN … END in a trigger's body
        func isTrigger() -> Bool {
            let words = current.lazy.filter { $0.kind == .word }.prefix(3).map {
                $0.text.uppercased()
            }
            return words.first == "CREATE" && words.contains("TRIGGER")
        }
        func finish() {
            while current.first?.kind == .space { current.removeFirst() }
            while current.last?.kind == .space { current.removeLast() }
            if current.contains(where: { !$0.isBlank }) { statements.append(current) }
            current = []
            depth = 0
        }
        for token in tokens(of: text) {
            if token.kind == .symbol, token.text == ";", depth == 0 {
                finish()
                continue
            }
            current.append(token)
            guard token.kind == .word else { continue }
            switch token.text.uppercased() {
            case "BEGIN" where isTrigger(): depth += 1
            case "CASE" where depth > 0: depth += 1
            case "END" where depth > 0: depth -= 1
            default: break
            }
        }
        finish()
        return statements
    }

    static func tokens(of text: String) -> [Token] {
        let bytes = Array(text.utf8)
        var tokens: [Token] = []
        var at = 0
        func byte(_ offset: Int) -> UInt8? { at + offset < bytes.count ? bytes[at + offset] : nil }
        func take(_ kind: Token.Kind, to end: Int) {
            let end = min(end, bytes.count)
            tokens.append(Token(kind: kind, text: String(decoding: bytes[at..<end], as: UTF8.self)))
            at = end
        }
        func end(while condition: (UInt8) -> Bool) -> Int {
            bytes[at...].firstIndex { !condition($0) } ?? bytes.count
        }
        /// The index after `closing`, looked for from `start`.
        func end(after closing: [UInt8], from start: Int) -> Int {
            var index = start
            while index + closing.count <= bytes.count {
                if Array(bytes[index..<index + closing.count]) == closing {
                    return index + closing.count
                }
                index += 1
            }
            return bytes.count
        }
        while let first = byte(0) {
            switch first {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                // A doubled quote reads as two neighbouring texts: no harm.
                take(.quoted, to: end(after: [first], from: at + 1))
            case UInt8(ascii: "-") where byte(1) == UInt8(ascii: "-"):
                take(.comment, to: end { $0 != 10 })
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"):
                take(.comment, to: end(after: Array("*/".utf8), from: at + 2))
            case UInt8(ascii: "$"):
                // $$ … $$ or $name$ … $name$; otherwise a parameter.
                let tagEnd = bytes[(at + 1)...].firstIndex { !isWord($0) } ?? bytes.count
                if tagEnd < bytes.count, bytes[tagEnd] == UInt8(ascii: "$") {
                    take(.quoted, to: end(after: Array(bytes[at...tagEnd]), from: tagEnd + 1))
                } else {
                    take(.symbol, to: at + 1)
                }
            case 9, 10, 13, 32: take(.space, to: end { [9, 10, 13, 32].contains($0) })
            case _ where isWord(first): take(.word, to: end(while: isWord))
            default: take(.symbol, to: at + 1)
            }
        }
        return tokens
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...0xff:
            true
        default: false
        }
    }
}
