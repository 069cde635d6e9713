import GuituModel
import GuituStore

/// A list that is read page by page, and as a whole when somebody exports it.
public protocol ListUseCase: ReadingUseCase {
    associatedtype Line: Sendable
    /// Where a page ends and the next begins.
    associatedtype Place: Sendable

    var after: Place? { get set }
    /// Lines a page; 500 at most.
    var limit: Int { get set }

    static func parts(of answer: Answer) -> (lines: [Line], next: Place?)
}

/// One page of a list in an order that was asked for.
public struct ListPage<Line: Sendable>: Sendable {
    public var lines: [Line]
    /// What `after` begins the next page with; nil on the last.
    public var next: String?
}

extension ListUseCase where Answer == ListPage<Line>, Place == String {
    public static func parts(of answer: Answer) -> (lines: [Line], next: String?) {
        (answer.lines, answer.next)
    }
}

/// Everything of a list that matches, to be taken away as a file.
///
/// Its own entry in the trail, `ExportListPeople`, says that a copy left the
/// program. What a page masks is masked here too: it is the same list.
public struct Export<List: ListUseCase>: ReadingUseCase {
    public static var name: String { "Export" + List.name }
    public static var needs: Permission { List.needs }
    public static var effect: Effect { .readsSensitive }
    public var target: Target { list.target }
    public var list: List

    // What a spreadsheet on an office PC still scrolls through.
    static var most: Int { 20_000 }

    public init(_ list: List) { self.list = list }

    public struct Answer: Sendable {
        public var lines: [List.Line]
        /// More match than are here; the file says so in its last line.
        public var isCut: Bool
    }

    public func perform(in work: Work) throws -> Answer {
        var list = list
        list.limit = 500
        list.after = nil
        var lines: [List.Line] = []
        repeat {
            let (page, next) = List.parts(of: try list.perform(in: work))
            lines += page
            list.after = next
        } while list.after != nil && lines.count < Self.most
        return Answer(lines: lines, isCut: list.after != nil)
    }
}

/// The order of a list: one column that is never NULL, then the id.
struct ListOrder {
    enum Column {
        case words(SQL)
        case instant(SQL)
    }

    var column: Column
    var id: SQL
    var isDescending: Bool

    init(_ column: Column, id: SQL, isDescending: Bool) {
        self.column = column
        self.id = id
        self.isDescending = isDescending
    }

    private var key: SQL {
        switch column {
        case .words(let column), .instant(let column): column
        }
    }

    /// What the rows must carry, so that `page` can say where it ended.
    var selected: SQL { "\(key) AS sort_key" }

    /// The rows of one page.
    ///
    /// - Parameters:
    ///   - select: All of the statement before its conditions; it reads
    ///     `selected` too.
    ///   - after: The cursor of the page before; nil for the first.
    ///   - limit: Lines at the most, 500 whatever is asked.
    func page(
        _ select: SQL, where conditions: [SQL], after: String?, limit: Int, in work: Work
    ) throws -> (rows: ArraySlice<Row>, next: String?) {
        let limit = min(max(limit, 1), 500)
        let seal = Cursor.Seal(work)
        let all = conditions + [following(after.flatMap(seal.opened))].compactMap(\.self)
        let clause: SQL = isDescending ? "\(key) DESC, \(id) DESC" : "\(key), \(id)"
        // One more than is shown tells whether there is a next page.
        let rows = try work.tx.rows(
            """
            \(select) WHERE \(SQL.joined(all, by: " AND "))
            ORDER BY \(clause) LIMIT \(limit + 1)
            """)
        let shown = rows.prefix(limit)
        guard rows.count > limit, let last = shown.last else { return (shown, nil) }
        let cursor =
            switch column {
            case .words: Cursor.of(try last["sort_key"] as String, try last["id"])
            case .instant: Cursor.of(try last["sort_key"] as Instant, try last["id"])
            }
        return (shown, try seal.closed(cursor))
    }

    /// Only what comes after `cursor`; nil for the first page.
    private func following(_ cursor: String?) -> SQL? {
        let beyond: SQL = isDescending ? "<" : ">"
        switch column {
        case .words:
            guard let (key, last) = Cursor.text(cursor) else { return nil }
            return
                "(\(self.key) \(beyond) \(key) OR (\(self.key) = \(key) AND \(id) \(beyond) \(last)))"
        case .instant:
            guard let (key, last) = Cursor.instant(cursor) else { return nil }
            return
                "(\(self.key) \(beyond) \(key) OR (\(self.key) = \(key) AND \(id) \(beyond) \(last)))"
        }
    }
}

extension SearchKeys {
    /// A condition for lists: a name of `subject` (a column) begins as was
    /// typed, by characters, pinyin or initials; nil for a blank search.
    static func found(_ search: String, _ kind: String, _ subject: SQL) -> SQL? {
        let key = beginning(search)
        guard !key.isEmpty else { return nil }
        return """
            EXISTS (SELECT 1 FROM search_key k WHERE k.subject_kind = \(kind)
                AND k.subject = \(subject) AND k.key >= \(key) AND k.key < \(key + "\u{10FFFF}"))
            """
    }
}

/// Where a list goes on: the sort key and id of the last line shown.
enum Cursor {
    /// Keeps a cursor from being read or made by whom it is given to: it holds
    /// the whole name of somebody whom the line above it masks.
    struct Seal {
        private let keys: Keys
        private let place: Keys.Place

        init(_ work: Work) {
            keys = work.keys
            place = .init(table: "list", column: "cursor", row: work.viewer.label)
        }

        func closed(_ cursor: String) throws -> String { hex(try keys.seal(cursor, for: place)) }

        /// Nil for what was not sealed for this viewer: the list begins anew.
        func opened(_ cursor: String) -> String? {
            bytes(hex: cursor).flatMap { try? keys.openText($0, from: place) }
        }
    }

    static func of(_ instant: Instant, _ id: String) -> String { "\(instant.milliseconds)~\(id)" }
    static func of(_ text: String, _ id: String) -> String { "\(text)~\(id)" }

    static func instant(_ cursor: String?) -> (Instant, String)? {
        guard let (key, id) = text(cursor), let milliseconds = Int64(key) else { return nil }
        return (Instant(milliseconds: milliseconds), id)
    }

    static func text(_ cursor: String?) -> (String, String)? {
        guard let cursor, let cut = cursor.lastIndex(of: "~") else { return nil }
        return (String(cursor[..<cut]), String(cursor[cursor.index(after: cut)...]))
    }
}
