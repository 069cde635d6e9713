import GuituCore
import GuituModel
import GuituText
import HTTPTypes
import Hummingbird
import Logging

/// Asks who is reading, for the frame of a page that asked nothing itself.
struct SeeFrame: ReadingUseCase {
    static let needs = Permission.useOwnAccount
    static let effect = Effect.reads
    var target: Target { .nobody }
    func perform(in work: Work) throws -> Nothing { Nothing() }
}

extension Responder {
    /// Turns what a route said into a response: the frame round a page, the
    /// cookies, the flash.
    func dress(_ reply: Reply, _ visit: Visit, _ guest: Guest) async -> Response {
        var response: Response
        var headers = reply.headers
        if let token = reply.session {
            headers.append(setCookie(cookies.session, token, lasting: token.isEmpty ? .zero : nil))
        }
        if let device = reply.device {
            headers.append(setCookie(cookies.device, device, lasting: .seconds(365 * 86_400)))
        }
        if let language = reply.language {
            headers.append(
                setCookie(cookies.language, language.rawValue, lasting: .seconds(365 * 86_400)))
        }
        let flash = reply.flash.map { Flash(saying: $0, undo: reply.undo?.address) }
        if let value = flash?.signed(with: reply.session ?? guest.secret) {
            headers.append(setCookie(cookies.flash, value, lasting: .seconds(60)))
        }
        switch reply.content {
        case .nothing:
            response = Response(status: reply.status, headers: headers)
        case .bytes(let bytes, let type):
            headers[.contentType] = type
            response = Response(
                status: reply.status, headers: headers,
                body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        case .page(let page):
            if let visitor = guest.newVisitor {
                headers.append(setCookie(cookies.visitor, visitor))
            }
            var flash: HTML?
            if let cookie = guest.flash {
                headers.append(setCookie(cookies.flash, "", lasting: .zero))
                flash = Flash(cookie, secret: guest.secret).map { said($0, visit) }
            }
            headers[.contentType] = "text/html; charset=utf-8"
            let html = await framed(page, visit, flash: flash)
            if let fault = html.fault {
                server.logger.error(
                    "page", metadata: ["route": "\(visit.route.pattern)", "fault": "\(fault)"])
            }
            response = Response(
                status: reply.status, headers: headers,
                body: .init(byteBuffer: ByteBuffer(bytes: html.bytes)))
        }
        return response
    }

    private func said(_ flash: Flash, _ visit: Visit) -> HTML {
        let undo = flash.undo.flatMap(Link.init(returning:)).map {
            (label: visit.text("flash.undo"), form: visit.form($0))
        }
        return GuituWeb.flash(visit.sentence(flash.saying), undo: undo)
    }

    private func framed(_ page: Page, _ visit: Visit, flash: HTML?) async -> HTML {
        var viewer = visit.viewer
        if viewer == nil, visit.route.kind != .fixed {
            // A page that asked nothing, or could not: who reads it decides
            // where they can go. Without a database it stands alone.
            if case .session = visit.actor {
                _ = try? await visit.see(SeeFrame())
                viewer = visit.viewer
            }
        }
        let frame = Frame(
            text: visit.text, reader: viewer.flatMap { reader($0, visit.text) },
            places: page.isForPaper
                ? [] : viewer.map { Navigation.places(for: $0, visit.text, at: visit.path) } ?? [],
            search: viewer?.may(.seePeople) == true && !page.isForPaper ? "/people" : nil,
            here: Link(returning: visit.path) ?? "/", csrf: visit.csrf, now: visit.now,
            flash: flash)
        return frame.page(
            page.title, lead: page.lead, trail: page.trail, actions: page.actions,
            narrow: page.isNarrow, page.body)
    }

    private func reader(_ viewer: Viewer, _ text: Text) -> Frame.Reader? {
        guard viewer.account != nil else { return nil }
        var seen = Set<Role>()
        let roles = viewer.grants.map(\.role).filter { seen.insert($0).inserted }
        return Frame.Reader(
            name: viewer.name, office: viewer.homeName, roles: roles.map { text(of: $0) },
            unread: viewer.unreadNotifications)
    }

    private func setCookie(_ name: String, _ value: String, lasting: Duration? = nil) -> HTTPField {
        HTTPField(name: .setCookie, value: cookies.set(name, value, lasting: lasting))
    }

    /// Every response, whatever it is.
    func protect(_ response: inout Response) {
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = contentSecurityPolicy
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "no-referrer"
        response.headers[.frameOptions] = "DENY"
        response.headers[.openerPolicy] = "same-origin"
        response.headers[.resourcePolicy] = "same-origin"
        response.headers[.permissionsPolicy] =
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        if server.options.isSecure {
            response.headers[.strictTransportSecurity] = "max-age=31536000"
        }
    }
}
