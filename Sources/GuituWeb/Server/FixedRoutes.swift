import GuituCore
import GuituModel
import GuituStore
import GuituText
import Hummingbird

/// What is answered while the database is away: health, our own files, the
/// language, and the page about Guitu.
enum FixedRoutes {
    static let all: [Route] = [
        .fixed(.get, "/health") { _ in .plain(.ok, "ok\n") },
        .fixed(.get, "/health/ready", ready),
        .fixed(.get, "/about", about),
        .fixed(.get, "/assets/{asset}", asset),
        .fixed(.get, "/robots.txt") { _ in .plain(.ok, "User-agent: *\nDisallow: /\n") },
        .fixed(.post, "/language", language),
    ]

    /// Whether the database answers: for whoever decides where requests go.
    @Sendable private static func ready(_ visit: Visit) async throws -> Reply {
        let database = visit.workplace.database
        do {
            let answered = try await within(visit.settings.readyTime) {
                try await database.read { tx in try tx.first("SELECT 1 AS one") != nil }
            }
            if answered == true { return .plain(.ok, "ready\n") }
        } catch {}
        var reply = Reply.plain(.serviceUnavailable, "the database does not answer\n")
        reply.headers[.retryAfter] = "\(Responder.awayWait.components.seconds)"
        return reply
    }

    @Sendable private static func asset(_ visit: Visit) async throws -> Reply {
        guard let asset = Asset.named(visit.parameters["asset"] ?? "") else {
            return .plain(.notFound, "not found\n")
        }
        var reply = Reply(.ok, .bytes(asset.bytes, type: asset.contentType))
        if visit.headers[.ifNoneMatch] == asset.tag { reply = Reply(.notModified, .nothing) }
        reply.headers[.eTag] = asset.tag
        reply.headers[.cacheControl] = Asset.cacheControl
        return reply
    }

    @Sendable private static func language(_ visit: Visit) async throws -> Reply {
        var reply = Reply.go(Link(returning: visit.typed["return"]) ?? "/")
        reply.language = Language(rawValue: visit.typed["language"])
        return reply
    }

    @Sendable private static func about(_ visit: Visit) async throws -> Reply {
        let text = visit.text
        return .page(
            Page(
                text("about.title"), lead: text("about.lead"), isNarrow: true,
                """
                <p>\(text("about.path"))</p>
                <p>\(text("about.care"))</p>
                <p>\(text("about.help"))</p>
                \(DataSource.view(text))
                <p>\(button(text("about.signIn"), "/sign-in", primary: true))</p>
                """))
    }
}
