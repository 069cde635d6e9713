import GuituCore
import GuituModel
import GuituRules
import GuituText

/// The first screen: what must be done now.
enum HomePages {
    static let routes: [Route] = [.page("/", [SeeDesk.self], show)]

    @Sendable static func show(_ visit: Visit) async throws -> Reply {
        let desk = try await visit.see(SeeDesk())
        let text = visit.text
        let tasks = desk.tasks.map { task in view(task, visit) }
        let more = SeeDesk.Task.Kind.allCases.compactMap { kind in
            desk.more[kind].map { rest($0, kind, text) }
        }
        return .page(
            Page(
                text("home.title"), lead: text(visit.today),
                actions: visit.may(.registerArrival)
                    ? button(text("arrival.new"), "/arrivals/new", icon: .plus, primary: true) : "",
                """
                \(tasks.isEmpty
                    ? emptyState(text("home.nothing"), text("home.nothing.advice"), step: places(visit))
                    : "<ul class=\"duties\">\(tasks)</ul>\(more)" as HTML)
                \(figures(desk, visit))
                \(desk.stations.count < 2 ? nil : stations(desk.stations, text))
                """))
    }

    /// What the first screen has no room for is counted, never left out unsaid.
    private static func rest(_ count: Int, _ kind: SeeDesk.Task.Kind, _ text: Text) -> HTML {
        let all: Link = kind == .giveBed ? "/people?sort=bed" : "/tracing"
        return """
            <p>\(text("home.more", ["count": text(count), "kind": text(of: kind)])) \
            <a href="\(all)">\(text("home.all"))</a></p>
            """
    }

    /// For who keeps accounts or stations nothing ever waits here: where to go.
    private static func places(_ visit: Visit) -> HTML {
        guard let viewer = visit.viewer, !viewer.may(.seePeople) else { return "" }
        let places = Navigation.places(for: viewer, visit.text, at: visit.path)
            .filter { !$0.isHere }
        guard !places.isEmpty else { return "" }
        let buttons = places.map { button($0.label, $0.link, icon: $0.icon) }
        return "<p>\(visit.text("home.places"))</p><div class=\"ways\">\(buttons)</div>"
    }

    /// All stations of the reader together.
    private static func figures(_ desk: SeeDesk.Answer, _ visit: Visit) -> HTML {
        let text = visit.text
        func sum(_ value: (SeeDesk.StationLine) -> Int) -> String {
            text(desk.stations.reduce(0) { $0 + value($1) })
        }
        var figures: [HTML] = []
        if !desk.stations.isEmpty {
            figures = [
                figure(
                    text("home.inStation"), sum(\.inStation),
                    visit.may(.seePeople) ? "/people" : nil),
                figure(text("home.elsewhere"), sum(\.elsewhere)),
                figure(text("home.bedsFree"), sum(\.bedsFree), visit.may(.seeBeds) ? "/beds" : nil),
                figure(
                    text("home.openRequests"), sum(\.openRequests),
                    visit.may(.seeTracing) ? "/tracing" : nil),
            ]
        }
        if visit.may(.seeMissing) {
            figures.append(figure(text("home.openReports"), text(desk.openReports), "/missing"))
        }
        return figures.isEmpty ? "" : "<div class=\"figures\">\(figures)</div>"
    }

    private static func stations(_ stations: [SeeDesk.StationLine], _ text: Text) -> HTML {
        let lines = Listing<SeeDesk.StationLine>(
            text("home.stations"),
            columns: [
                .init(text("station.name")) { "\($0.name)" },
                .init(text("home.inStation"), isNumber: true) { "\(text($0.inStation))" },
                .init(text("home.elsewhere"), isNumber: true) { "\(text($0.elsewhere))" },
                .init(text("home.bedsFree"), isNumber: true) { "\(text($0.bedsFree))" },
                .init(text("home.openRequests"), isNumber: true) { "\(text($0.openRequests))" },
            ], rows: stations, query: ListQuery("/"),
            empty: .init(text("home.stations"), ""))
        return "<h2 class=\"part\">\(text("home.stations"))</h2>\(lines.view(text))"
    }

    private static func view(_ task: SeeDesk.Task, _ visit: Visit) -> HTML {
        let text = visit.text
        let waiting = visit.now.since(task.since)
        // Ours, until the clocks of the law arrive: after a day it is late.
        let urgency: Urgency =
            waiting >= .seconds(86_400) ? .overdue : waiting >= .seconds(4 * 3600) ? .soon : .later
        return duty(
            text, text(of: task.kind), about: "\(task.maskedName) · \(task.stationName)",
            left: text("home.waiting", ["time": text(waiting)]),
            due: text("home.since", ["when": text(task.since, today: visit.today)]),
            urgency: urgency, basis: basis(of: task.kind, on: visit.today),
            action: action(task, text))
    }

    /// The article that asks for it, as in force today.
    private static func basis(of kind: SeeDesk.Task.Kind, on day: Day) -> Basis? {
        let rule: String? =
            switch kind {
            case .giveBed: "CA-01"
            case .lookAtCandidates: "TR-03"
            case .secondOpinion, .settleDispute: "TR-09"
            case .familyCanCome: "DE-05"
            case .askConsent: nil
            }
        return rule.flatMap { Rules.inForce($0, on: day) }.map {
            Basis("《\($0.instrument)》", $0.article)
        }
    }

    private static func action(_ task: SeeDesk.Task, _ text: Text) -> HTML {
        let label = text("home.go")
        switch task.kind {
        case .giveBed:
            return task.person.map { button(label, "/people/\($0.text)/bed", primary: true) } ?? ""
        case .askConsent, .familyCanCome:
            return task.request.map { button(label, "/tracing/\($0.text)", primary: true) } ?? ""
        case .secondOpinion, .settleDispute, .lookAtCandidates:
            return task.candidate.map { button(label, "/candidates/\($0.text)", primary: true) }
                ?? ""
        }
    }
}
