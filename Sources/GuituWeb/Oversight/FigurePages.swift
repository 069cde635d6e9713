import GuituCore
import GuituModel
import GuituText

/// The figures of a station or an office, each with what it counts. Nobody is
/// named: a special supervisor reads this page and no other.
enum FigurePages {
    static let routes: [Route] = [.page("/figures", [SeeFigures.self], show)]

    @Sendable private static func show(_ visit: Visit) async throws -> Reply {
        let text = visit.text
        var asked = SeeFigures()
        asked.area = Area.ID(visit.query["area"])
        asked.month = Day(visit.query["month"] + "-01")
        let answer = try await visit.see(asked)
        if visit.wantsTable { return table(answer, text) }
        let query = visit.listQuery("/figures", filters: ["area", "month"], sorts: [])
        let places = answer.places.map { Form.Option($0.id.text, $0.name) }
        let thisMonth = visit.today
        let months = (1...11).map { back -> Form.Option in
            let day = thisMonth.adding(days: 1 - thisMonth.civil.day).adding(months: -back)
            return Form.Option(String(day.description.prefix(7)), text.month(day))
        }
        let filters: HTML = """
            \(places.count < 2 ? nil : query.filter("area", text("station.name"), places,
                all: text("figures.all")))
            \(query.filter("month", text("figures.month"), months, all: text.month(thisMonth)))
            """
        return .page(
            Page(
                text("figures.title"), lead: text("figures.lead"),
                actions: """
                    \(exportLink(query.export(), text))\(printButton(text))
                    """,
                """
                <form class="filters" method="get" action="/figures">\(filters)
                <div class="filter-go"><button type="submit">\(text("figures.show"))</button></div></form>
                \(headlines(answer, text))
                \(card(text("figures.arrivals"), chart(answer, text)))
                \(card(text("figures.waiting"), waiting(answer.now, visit)))
                <h2 class="part">\(text("figures.indicators", ["month": text.month(answer.month.first)]))</h2>
                \(indicators(answer, text))
                \(answer.stations.count < 2 ? nil : stations(answer.stations, text))
                """))
    }

    private static func sum(
        _ answer: SeeFigures.Answer, _ value: (SeeFigures.StationLine) -> Int
    ) -> Int { answer.stations.reduce(0) { $0 + value($1) } }

    private static func headlines(_ answer: SeeFigures.Answer, _ text: Text) -> HTML {
        let closed = answer.flow.closed.values.reduce(0, +)
        let figures = [
            figure(
                text("home.inStation"), text(sum(answer, \.inStation)), note: text("figures.now")),
            figure(text("home.bedsFree"), text(sum(answer, \.bedsFree)), note: text("figures.now")),
            figure(
                text("figures.withoutBed"), text(sum(answer, \.withoutBed)),
                note: text("figures.now")),
            figure(
                text("home.openRequests"), text(sum(answer, \.openRequests)),
                note: text("figures.now")),
            figure(
                text("figures.arrived"), text(answer.flow.arrivals),
                note: text.month(answer.month.first)),
            figure(text("figures.closed"), text(closed), note: text.month(answer.month.first)),
        ]
        return "<div class=\"figures\">\(figures)</div>"
    }

    /// Bars with their numbers; the same as a table for who cannot see them.
    private static func chart(_ answer: SeeFigures.Answer, _ text: Text) -> HTML {
        let most = max(1, answer.arrivals.map(\.count).max() ?? 1)
        let bars = answer.arrivals.enumerated().map { index, bar -> HTML in
            let height = bar.count == 0 ? 0 : max(2, bar.count * 120 / most)
            let x = index * 52
            return """
                <rect x="\(x + 6)" y="\(150 - height)" width="40" height="\(height)" rx="3"/>\
                <text x="\(x + 26)" y="\(142 - height)">\(text(bar.count))</text>\
                <text class="axis" x="\(x + 26)" y="172">\(text.shortMonth(bar.month.first))</text>
                """
        }
        let rows = answer.arrivals.map { bar -> HTML in
            "<tr><th scope=\"row\">\(text.month(bar.month.first))</th><td>\(text(bar.count))</td></tr>"
        }
        return """
            <div class="chart-frame" tabindex="0" role="group" aria-label="\(text("figures.arrivals"))"><svg class="chart" viewBox="0 0 624 180" aria-hidden="true" focusable="false">\
            <path d="M0 150.5h624"/>\(bars)</svg></div>
            <table class="unseen"><caption>\(text("figures.arrivals"))</caption><tbody>\(rows)</tbody></table>
            """
    }

    private static func waiting(_ now: SeeFigures.Now, _ visit: Visit) -> HTML {
        let text = visit.text
        let spans = [
            text("figures.to10"), text("figures.to30"), text("figures.to90"),
            text("figures.over90"),
        ]
        let most = max(1, now.requestsByAge.max() ?? 1)
        let lines = zip(spans, now.requestsByAge).map { label, count in
            progress(label, done: count, of: most, said: text(count))
        }
        return """
            \(lines)
            \(facts(text, [
                (text("figures.awaitingConsent"), "\(text(now.requestsAwaitingConsent))"),
                (text("figures.longest"), now.longestRequest.map {
                    "\(text(visit.now.since($0)))"
                } ?? "—"),
            ]))
            """
    }

    // MARK: Indicators

    /// One figure of the ministry's own list, with the way it is counted here.
    private struct Indicator: Sendable {
        var number: String
        var name: String
        var value: String
        var definition: String
    }

    private static func all(_ answer: SeeFigures.Answer, _ text: Text) -> [Indicator] {
        let (now, flow) = (answer.now, answer.flow)
        func row(_ number: String, _ name: TextKey, _ value: String, _ definition: TextKey)
            -> Indicator
        {
            Indicator(number: number, name: text(name), value: value, definition: text(definition))
        }
        return [
            row(
                "K02", TextKey("figures.k02"), text(flow.arrivals), TextKey("figures.k02.means")),
            row(
                "K04", TextKey("figures.k04"),
                text(
                    "figures.k04.value",
                    [
                        "all": text(sum(answer, \.inStation)), "men": text(now.men),
                        "women": text(now.women), "unknown": text(now.sexUnknown),
                    ]), TextKey("figures.k04.means")),
            row(
                "K05", TextKey("figures.k05"),
                text(
                    "figures.k05.value",
                    ["under18": text(flow.under18), "under16": text(flow.under16)]),
                TextKey("figures.k05.means")),
            row("K06", TextKey("figures.k06"), text(flow.from60), TextKey("figures.k06.means")),
            row("K08", TextKey("figures.k08"), text(flow.toHospital), TextKey("figures.k08.means")),
            row(
                "K10", TextKey("figures.k10"), text(flow.departures[.escortHome] ?? 0),
                TextKey("figures.k10.means")),
            row(
                "K12", TextKey("figures.k12"),
                text(
                    "figures.k12.value",
                    [
                        "all": text(now.stranded), "year": text(now.strandedYear),
                        "years": text(now.strandedFiveYears),
                    ]), TextKey("figures.k12.means")),
            row(
                "K13", TextKey("figures.k13"), text(now.strandedMonths),
                TextKey("figures.k13.means")),
            row(
                "K14", TextKey("figures.k14"), text(now.inInstitutions),
                TextKey("figures.k14.means")),
            row(
                "K17", TextKey("figures.k17"), text(flow.closed[.reunited] ?? 0),
                TextKey("figures.k17.means")),
            row(
                "K22", TextKey("figures.k22"),
                flow.averageStay.map { text.days($0) } ?? text("figures.nobodyLeft"),
                TextKey("figures.k22.means")),
            row(
                "K27", TextKey("figures.k27"),
                flow.bedUse.map { "\(Int(($0 * 100).rounded()))%" } ?? text("figures.noBeds"),
                TextKey("figures.k27.means")),
            row("K28", TextKey("figures.k28"), text(flow.returned), TextKey("figures.k28.means")),
        ]
    }

    private static func indicators(_ answer: SeeFigures.Answer, _ text: Text) -> HTML {
        Listing(
            text("figures.title"),
            columns: [
                .init(text("figures.name")) { "\($0.name) <small>\($0.number)</small>" },
                .init(text("figures.value")) { "<b>\($0.value)</b>" },
                .init(text("figures.means")) { "\($0.definition)" },
            ], rows: all(answer, text), query: ListQuery("/figures"), prints: false,
            empty: .init(text("figures.title"), "")
        ).view(text)
    }

    private static func stations(_ lines: [SeeFigures.StationLine], _ text: Text) -> HTML {
        let listing = Listing(
            text("home.stations"),
            columns: [
                .init(text("station.name")) {
                    "<a href=\"\(("/figures" as Link).with("area", $0.id.text))\">\($0.name)</a>"
                },
                .init(text("figures.arrived"), isNumber: true) { "\(text($0.arrivals))" },
                .init(text("home.inStation"), isNumber: true) { "\(text($0.inStation))" },
                .init(text("home.elsewhere"), isNumber: true) { "\(text($0.elsewhere))" },
                .init(text("home.bedsFree"), isNumber: true) {
                    "\(text($0.bedsFree)) / \(text($0.beds))"
                },
                .init(text("figures.withoutBed"), isNumber: true) { "\(text($0.withoutBed))" },
                .init(text("home.openRequests"), isNumber: true) { "\(text($0.openRequests))" },
            ], rows: lines, query: ListQuery("/figures"), prints: false,
            empty: .init(text("home.stations"), ""))
        return "<h2 class=\"part\">\(text("home.stations"))</h2>\(listing.view(text))"
    }

    private static func table(_ answer: SeeFigures.Answer, _ text: Text) -> Reply {
        let title = [
            text("figures.number"), text("figures.name"), text("figures.value"),
            text("figures.means"),
        ]
        return .table(
            "figures.csv",
            [title] + all(answer, text).map { [$0.number, $0.name, $0.value, $0.definition] })
    }
}

extension Text {
    /// `2026年11月` / `Nov 2026`
    func month(_ day: Day) -> String {
        let (year, month, _) = day.civil
        return language == .zhHans ? "\(year)年\(month)月" : "\(shortMonth(day)) \(year)"
    }

    /// `11月` / `Nov`
    func shortMonth(_ day: Day) -> String {
        let names = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let month = day.civil.month
        return language == .zhHans ? "\(month)月" : names[month - 1]
    }

    /// `3.5天` / `3.5 days`
    func days(_ duration: Duration) -> String {
        let tenths = Int((duration / .seconds(8640)).rounded())
        return self("span.days", ["count": "\(tenths / 10).\(tenths % 10)"])
    }
}
