import GuituText

/// What a list was asked for, as its address says it: filters, order, place.
public struct ListQuery: Sendable {
    public var path: Link
    /// The filters in force, by field name.
    public var filters: [(String, String)]
    public var sort: String?
    public var isDescending: Bool
    /// Where this page begins; nil for the first.
    public var cursor: String?

    public init(
        _ path: Link, filters: [(String, String)] = [], sort: String? = nil,
        isDescending: Bool = false, cursor: String? = nil
    ) {
        self.path = path
        self.filters = filters
        self.sort = sort
        self.isDescending = isDescending
        self.cursor = cursor
    }

    public func value(_ filter: String) -> String {
        filters.first { $0.0 == filter }?.1 ?? ""
    }

    public var isFiltered: Bool { filters.contains { !$0.1.isEmpty } }

    /// From the first record, ordered by `key`; by the same key again, the
    /// other way round.
    public func sorted(by key: String) -> Link {
        path.with(filters).with("sort", key)
            .with("order", sort == key && !isDescending ? "down" : nil)
    }

    public func page(from cursor: String?) -> Link {
        path.with(filters).with("sort", sort).with("order", isDescending ? "down" : nil)
            .with("from", cursor)
    }

    /// All records that match, as a file for a spreadsheet.
    public func export(_ format: String = "csv") -> Link {
        path.with(filters).with("sort", sort).with("order", isDescending ? "down" : nil)
            .with("as", format)
    }
}

/// A list that filters, sorts, turns its pages, exports and prints.
public struct Listing<Row>: Sendable where Row: Sendable {
    public struct Column: Sendable {
        public var title: String
        /// The key of its order, when it can be ordered by.
        public var sort: String?
        public var isNumber: Bool
        /// A date or a word that reads badly in two lines.
        public var isShort: Bool
        public var cell: @Sendable (Row) -> HTML

        public init(
            _ title: String, sort: String? = nil, isNumber: Bool = false, isShort: Bool = false,
            _ cell: @escaping @Sendable (Row) -> HTML
        ) {
            self.title = title
            self.sort = sort
            self.isNumber = isNumber
            self.isShort = isShort
            self.cell = cell
        }
    }

    /// What is said when there is nothing, and what to do next.
    public struct Empty: Sendable {
        public var title: String
        public var advice: String
        public var step: HTML
        public init(_ title: String, _ advice: String, step: HTML = "") {
            self.title = title
            self.advice = advice
            self.step = step
        }
    }

    public var caption: String
    public var columns: [Column]
    public var rows: [Row]
    public var query: ListQuery
    /// The cursor of the next page; nil on the last.
    public var next: String?
    /// How many match in all, when the database was asked.
    public var total: Int?
    public var exports: Bool
    /// False for a list on a page that has its own way to print.
    public var prints: Bool
    public var empty: Empty

    public init(
        _ caption: String, columns: [Column], rows: [Row], query: ListQuery, next: String? = nil,
        total: Int? = nil, exports: Bool = false, prints: Bool = true, empty: Empty
    ) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
        self.query = query
        self.next = next
        self.total = total
        self.exports = exports
        self.prints = prints
        self.empty = empty
    }

    /// - Parameter filters: The fields of the filter form; see `filter(…)`.
    public func view(_ text: Text, filters: HTML = "") -> HTML {
        """
        \(filters.isEmpty ? nil : filterForm(text, filters))
        \(rows.isEmpty || !(prints || exports || total != nil) ? nil : head(text))
        \(rows.isEmpty ? nothing(text) : table(text))
        \(paging(text))
        """
    }

    private func head(_ text: Text) -> HTML {
        """
        \(sorts(text))<div class="list-head"><p class="total">\
        \(total.map { "\(text("list.total", ["count": text($0)]))" })</p>
        <div class="actions">\(exports ? exportLink(query.export(), text) : nil)\(prints ? printButton(text) : nil)</div></div>
        """
    }

    /// On a phone, where rows are cards without a head; the style hides it elsewhere.
    private func sorts(_ text: Text) -> HTML? {
        let links = columns.compactMap { column -> HTML? in
            column.sort.map { key in
                """
                <a href="\(query.sorted(by: key))"\(attribute: "aria-current", query.sort == key ? "true" : nil)>\
                \(column.title)\(query.sort == key ? (query.isDescending ? " ▼" : " ▲") : "")</a>
                """
            }
        }
        guard !links.isEmpty else { return nil }
        return
            "<nav class=\"sorts\" aria-label=\"\(text("list.sort"))\"><span>\(text("list.sort"))</span>\(links)</nav>"
    }

    private func filterForm(_ text: Text, _ fields: HTML) -> HTML {
        """
        <form class="filters" method="get" action="\(query.path)" role="search" \
        aria-label="\(text("list.filter"))">
        \(fields)
        \(query.sort.map { "<input type=\"hidden\" name=\"sort\" value=\"\($0)\">" })\
        \(query.isDescending ? "<input type=\"hidden\" name=\"order\" value=\"down\">" : nil)
        <div class="filter-go"><button type="submit">\(text("list.filter.go"))</button>\
        \(query.isFiltered ? "<a href=\"\(query.path)\">\(text("list.filter.clear"))</a>" : nil)</div>
        </form>
        """
    }

    /// The explicit roles keep it a table to a screen reader when the style
    /// lays rows out as cards on a phone.
    private func table(_ text: Text) -> HTML {
        """
        <div class="table-frame"><table class="list" role="table">
        <caption class="unseen">\(caption)</caption>
        <thead role="rowgroup"><tr role="row">\(columns.map { header($0, text) })</tr></thead>
        <tbody role="rowgroup">
        \(rows.map { row in
            """
            <tr role="row">\(columns.map { column in
                """
                <td role="cell" data-label="\(column.title)"\
                \(attribute: "class", column.isNumber ? "number" : column.isShort ? "brief" : nil)>\
                \(column.cell(row))</td>
                """ as HTML
            })</tr>

            """ as HTML
        })</tbody></table></div>
        """
    }

    private func header(_ column: Column, _ text: Text) -> HTML {
        guard let key = column.sort else {
            return """
                <th role="columnheader" scope="col"\
                \(attribute: "class", column.isNumber ? "number" : nil)>\(column.title)</th>
                """
        }
        let isSorted = query.sort == key
        let direction = query.isDescending ? "descending" : "ascending"
        let mark = query.isDescending ? "▼" : "▲"
        return """
            <th role="columnheader" scope="col"\
            \(attribute: "class", column.isNumber ? "number" : nil)\
            \(attribute: "aria-sort", isSorted ? direction : nil)>\
            <a href="\(query.sorted(by: key))">\(column.title)\
            <span class="sort" aria-hidden="true">\(isSorted ? mark : "↕")</span></a></th>
            """
    }

    private func nothing(_ text: Text) -> HTML {
        query.isFiltered
            ? emptyState(
                text("list.noMatch"), text("list.noMatch.advice"),
                step: "<a class=\"button\" href=\"\(query.path)\">\(text("list.filter.clear"))</a>")
            : emptyState(empty.title, empty.advice, step: empty.step)
    }

    private func paging(_ text: Text) -> HTML? {
        guard next != nil || query.cursor != nil else { return nil }
        return """
            <nav class="paging" aria-label="\(text("list.paging"))">\
            \(query.cursor.map { _ in "<a class=\"button\" href=\"\(query.page(from: nil))\">\(text("list.first"))</a>" })\
            \(next.map { "<a class=\"button\" rel=\"next\" href=\"\(query.page(from: $0))\">\(text("list.next"))</a>" })\
            </nav>
            """
    }

}

extension ListQuery {
    /// A select of the filter form.
    public func filter(
        _ name: String, _ label: String, _ options: [Form.Option], all: String
    ) -> HTML {
        let chosen = value(name)
        return """
            <div class="filter"><label for="filter-\(name)">\(label)</label>
            <select id="filter-\(name)" name="\(name)"><option value="">\(all)</option>
            \(options.map { option in
                """
                <option value="\(option.value)"\(flag: "selected", option.value == chosen)>\
                \(option.label)</option>
                """ as HTML
            })</select></div>
            """
    }

    /// A line of text of the filter form.
    public func filter(_ name: String, _ label: String, type: String = "search") -> HTML {
        """
        <div class="filter"><label for="filter-\(name)">\(label)</label>
        <input id="filter-\(name)" name="\(name)" type="\(type)" value="\(value(name))" \
        maxlength="60" autocomplete="off"></div>
        """
    }
}

/// Takes a list away as a file.
public func exportLink(_ link: Link, _ text: Text) -> HTML {
    """
    <a class="button quiet" href="\(link)" download>\(Icon.export.html)\(text("list.export"))</a>
    """
}

/// Prints the page; hidden until the script is there to do it.
public func printButton(_ text: Text) -> HTML {
    """
    <button type="button" class="quiet" data-print hidden>\(Icon.print.html)\(text("list.print"))</button>
    """
}

public func emptyState(_ title: String, _ advice: String, step: HTML = "") -> HTML {
    """
    <div class="empty"><p class="empty-title">\(title)</p><p>\(advice)</p>\(step)</div>
    """
}
