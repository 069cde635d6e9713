/// Small line drawings, 24 by 24, always beside words that say the same.
public enum Icon: String, CaseIterable, Sendable {
    case search, bell, person, people, door, bed, trace, report, scales, chart, list, gear, lock
    case check, warning, danger, info, clock, arrow, print, export, plus, undo, eye, ear, page

    public var html: HTML { Icon.drawn[self] ?? "" }

    // Drawn once: a page has some twenty.
    private static let drawn = Dictionary(
        uniqueKeysWithValues: allCases.map { icon -> (Icon, HTML) in
            (
                icon,
                """
                <svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" \
                focusable="false">\(icon.drawing)</svg>
                """
            )
        })

    private var drawing: HTML {
        switch self {
        case .search: "<circle cx=\"10.5\" cy=\"10.5\" r=\"6\"/><path d=\"M15 15l5.5 5.5\"/>"
        case .bell: "<path d=\"M6 17V11a6 6 0 0 1 12 0v6l1.5 2h-15zM10 21h4\"/>"
        case .person:
            "<circle cx=\"12\" cy=\"8\" r=\"4\"/><path d=\"M4.5 21c.7-4.4 3.6-6.5 7.5-6.5s6.8 2.1 7.5 6.5\"/>"
        case .people:
            "<circle cx=\"9\" cy=\"8.5\" r=\"3.5\"/><path d=\"M2.5 20c.6-3.9 3-5.5 6.5-5.5s5.9 1.6 6.5 5.5M15.5 5.5a3.3 3.3 0 0 1 0 6.2M17.5 14.8c2.3.6 3.6 2.2 4 5.2\"/>"
        case .door: "<path d=\"M6 21V4.5h12V21M3 21h18M14.5 12.5v1.5\"/>"
        case .bed:
            "<path d=\"M3 19V6M3 16h18v3M21 16v-3.5a3 3 0 0 0-3-3h-7V16\"/><circle cx=\"7\" cy=\"11.5\" r=\"2\"/>"
        case .trace:
            "<path d=\"M5 20c5-1 1-6.5 6-8s3-5 7-7.5\"/><circle cx=\"4.5\" cy=\"20\" r=\"1.5\"/><circle cx=\"19\" cy=\"4.5\" r=\"2\"/>"
        case .ear:
            "<path d=\"M7 10a5 5 0 0 1 10 0c0 4-4 4.5-4 8a3 3 0 0 1-5.5 1.5M10 10.5a2 2 0 0 1 4 0c0 1.6-2 1.8-2 3.5\"/>"
        case .page: "<path d=\"M6 3h12v18H6zM9 8h6M9 12h6M9 16h3\"/>"
        case .report: "<path d=\"M6 3h9l4 4v14H6zM14.5 3v4.5H19M9 12h7M9 16h7\"/>"
        case .scales: "<path d=\"M12 4v16M7 20h10M5 7h14M5 7l-3 7h6zM19 7l-3 7h6z\"/>"
        case .chart: "<path d=\"M4 4v16h16M8.5 16v-4M13 16V8M17.5 16v-6\"/>"
        case .list: "<path d=\"M8.5 6H20M8.5 12H20M8.5 18H20M4 6h.5M4 12h.5M4 18h.5\"/>"
        case .gear:
            "<circle cx=\"12\" cy=\"12\" r=\"3.5\"/><path d=\"M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1M16.3 16.3l2.1 2.1M18.4 5.6l-2.1 2.1M7.7 16.3l-2.1 2.1\"/>"
        case .lock: "<path d=\"M5.5 11h13v9.5h-13zM8.5 11V8a3.5 3.5 0 0 1 7 0v3\"/>"
        case .check: "<path d=\"M4.5 12.5l5 5L20 7\"/>"
        case .warning: "<path d=\"M12 3.5L22 20.5H2zM12 10v5M12 17.7v.3\"/>"
        case .danger: "<path d=\"M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 7.5v6M12 16.5v.3\"/>"
        case .info: "<circle cx=\"12\" cy=\"12\" r=\"9\"/><path d=\"M12 11v6M12 7.5v.3\"/>"
        case .clock: "<circle cx=\"12\" cy=\"12\" r=\"9\"/><path d=\"M12 6.5V12l3.5 2.5\"/>"
        case .arrow: "<path d=\"M4 12h15M13 6l6 6-6 6\"/>"
        case .print: "<path d=\"M7 8V3.5h10V8M7 17H4V8.5h16V17h-3M7 14h10v6.5H7z\"/>"
        case .export: "<path d=\"M12 15V3.5M7.5 8L12 3.5 16.5 8M4 14v6.5h16V14\"/>"
        case .plus: "<path d=\"M12 5v14M5 12h14\"/>"
        case .undo: "<path d=\"M8 5L4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11H9\"/>"
        case .eye:
            "<path d=\"M2 12c2.5-4.5 6-6.5 10-6.5s7.5 2 10 6.5c-2.5 4.5-6 6.5-10 6.5S4.5 16.5 2 12z\"/><circle cx=\"12\" cy=\"12\" r=\"3\"/>"
        }
    }
}

/// A path that leads to a lit door.
public enum Logo {
    public static let mark: HTML = """
        <svg class="logo" viewBox="0 0 48 48" width="44" height="44" aria-hidden="true" \
        focusable="false"><path class="logo-arch" d="M15.5 27V16a8.5 8.5 0 0 1 17 0v11"/>\
        <path class="logo-arch" d="M6 27h9.5M32.5 27H42"/><path class="logo-path" \
        d="M19.5 28.2h9c.6 3.3 6.5 4.3 6.5 7.8 0 3-3.5 4.5-5.5 8H9.5c3.5-4 12-4.5 12-8.5 0-2.5-2-3.5-2-7.3z"/>\
        <path class="logo-light" d="M19.5 28.2V16.5a4.5 4.5 0 0 1 9 0v11.7z"/></svg>
        """
}
