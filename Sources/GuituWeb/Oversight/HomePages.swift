import GuituCore
import GuituModel
import GuituText

/// The first screen: what must be done now.
enum HomePages {
    static let routes: [Route] = [.page("/", [SeeDesk.self], show)]

    @Sendable static func show(_ visit: Visit) async throws -> Reply {
        let desk = try await visit.see(SeeDesk())
        let text = visit.text
        let now = visit.now
        let tasks = desk.tasks.map { task in view(task, text, now) }
        let lines = Listing(
            text("home.stations"),
            columns: [
                .init(text("station.name")) { "\($0.name)" },
                .init(text("home.inStation"), isNumber: true) { "\(text($0.inStation))" },
                .init(text("home.elsewhere"), isNumber: true) { "\(text($0.elsewhere))" },
                .init(text("home.bedsFree"), isNumber: true) { "\(text($0.bedsFree))" },
                .init(text("home.openRequests"), isNumber: true) { "\(text($0.openRequests))" },
            ], rows: desk.stations, query: ListQuery("/"),
            empty: .init(text("home.stations"), ""))
        let figures: [HTML] =
            !visit.may(.seeMissing)
            ? [] : [figure(text("home.openReports"), text(desk.openReports), "/missing")]
        return .page(
            Page(
                text("home.title"),
                actions: visit.may(.registerArrival)
                    ? button(text("arrival.new"), "/arrivals/new", icon: .plus, primary: true) : "",
                """
                \(tasks.isEmpty
                    ? emptyState(text("home.nothing"), text("home.nothing.advice"))
                    : "<ul class=\"duties\">\(tasks)</ul>" as HTML)
                \(figures.isEmpty ? nil : "<div class=\"figures\">\(figures)</div>" as HTML)
                \(desk.stations.isEmpty ? nil : card(text("home.stations"), lines.view(text)))
                """))
    }

    private static func view(_ task: SeeDesk.Task, _ text: Text, _ now: Instant) -> HTML {
        let waiting = now.since(task.since)
        // Ours, until the clocks of the law arrive: after a day it is late.
        let urgency: Urgency =
            waiting >= .seconds(86_400) ? .overdue : waiting >= .seconds(4 * 3600) ? .soon : .later
        return duty(
            text, text(of: task.kind), about: "\(task.maskedName) · \(task.stationName)",
            left: text("home.waiting", ["time": text(waiting)]), due: text(task.since),
            urgency: urgency, action: action(task, text))
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
