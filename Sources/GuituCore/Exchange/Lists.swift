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

    /// What the rows must carry, so that `next` can say where a page ended.
    var selected: SQL { "\(key) AS sort_key" }

    var clause: SQL {
        isDescending ? "\(key) DESC, \(id) DESC" : "\(key), \(id)"
    }

    /// Only what comes after `cursor`; nil for the first page.
    func following(_ cursor: String?) -> SQL? {
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

    /// The cursor of the next page, when `rows` has more than `limit`.
    func next(_ rows: [Row], limit: Int) throws -> String? {
        guard rows.count > limit, let last = rows.prefix(limit).last else { return nil }
        switch column {
        case .words: return Cursor.of(try last["sort_key"] as String, try last["id"])
        case .instant: return Cursor.of(try last["sort_key"] as Instant, try last["id"])
        }
    }
}

/// Where a list goes on: the sort key and id of the last line shown.
enum Cursor {
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
