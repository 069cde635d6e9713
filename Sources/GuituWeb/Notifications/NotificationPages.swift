import GuituCore
import GuituModel
import GuituText

/// What somebody should know, told on their own page.
enum NotificationPages {
    static let routes: [Route] = [
        .page("/notifications", [MyNotifications.self], show),
        .action("/notifications/read", [MarkAllNotificationsRead.self], again: show, readAll),
        .action("/notifications/{notification}", [MarkNotificationRead.self], again: show, open),
    ]

    @Sendable private static func show(_ visit: Visit) async throws -> Reply {
        let text = visit.text
        let before = ID<GuituCore.Notification>(visit.query["from"])
        let answer = try await visit.see(MyNotifications(before: before))
        let lines = answer.items.map { item -> HTML in
            let form = visit.form("/notifications/\(item.id.text)")
            return """
                <li class="\(item.readAt == nil ? "unread" : "read")"><div><p>\(visit.sentence(item.saying))</p>\
                <p class="hint">\(text(item.madeAt))</p></div>\
                \(form.button(text("notification.open"), primary: item.readAt == nil,
                    form.hidden("about", address(item).address)))</li>
                """
        }
        let newest = answer.items.first?.id
        let readAll: HTML? = newest.map { newest in
            let form = visit.form("/notifications/read")
            return form.button(text("notification.readAll"), form.hidden("upTo", newest.text))
        }
        let next = answer.hasMore ? answer.items.last?.id : nil
        return .page(
            Page(
                text("page.notifications"), actions: readAll ?? "", isNarrow: true,
                """
                \(lines.isEmpty
                    ? emptyState(text("notification.none"), text("notification.none.advice"))
                    : "<ul class=\"notifications\">\(lines)</ul>" as HTML)
                \(next.map { button(text("list.next"), ("/notifications" as Link).with("from", $0.text)) })
                """))
    }

    private static func address(_ item: NotificationSummary) -> Link {
        switch item.subjectKind {
        case "person": "/people/\(item.subject)"
        case "request": "/tracing/\(item.subject)"
        case "candidate": "/candidates/\(item.subject)"
        case "report": "/missing/\(item.subject)"
        default: "/"
        }
    }

    /// Read, and on to what it is about.
    @Sendable private static func open(_ visit: Visit) async throws -> Reply {
        try await visit.perform(MarkNotificationRead(id: visit.id("notification")))
        return .go(Link(returning: visit.typed["about"]) ?? "/")
    }

    @Sendable private static func readAll(_ visit: Visit) async throws -> Reply {
        guard let upTo = ID<GuituCore.Notification>(visit.typed["upTo"]) else {
            throw Ending.notFound
        }
        try await visit.perform(MarkAllNotificationsRead(upTo: upTo))
        return .go("/notifications")
    }
}
