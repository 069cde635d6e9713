import Foundation
import GuituCore
import GuituModel
import GuituText
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// From a request to an answer: finds the route, reads the form, proves where
/// it comes from, asks the route, and dresses what it says.
struct Responder: HTTPResponder {
    typealias Context = Caller

    let server: GuituServer
    let signInLimit: RateLimit
    let cookies: CookieNames

    init(server: GuituServer) {
        self.server = server
        signInLimit = RateLimit(
            burst: server.options.signInBurst, pause: server.options.signInPause)
        cookies = CookieNames(isSecure: server.options.isSecure)
    }

    func respond(to request: Request, context: Caller) async throws -> Response {
        let start = ContinuousClock.now
        let address = request.head.path ?? "/"
        let end = address.utf8.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        let path = end.map { String(address[..<$0]) } ?? address
        let match = server.routes.match(request.method, path)
        var response = await answer(request, path, match, context)
        protect(&response)
        if request.method == .head { response.body = .init() }
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        server.logger.info(
            "request",
            metadata: [
                "method": "\(request.method.rawValue.prefix(10))",
                // Never the path: ids say who was looked at.
                "route": "\(match.pattern)", "status": "\(response.status.code)",
                "ms": "\((milliseconds * 10).rounded() / 10)",
            ])
        return response
    }

    private func answer(
        _ request: Request, _ path: String, _ match: RouteTable.Match, _ context: Caller
    ) async -> Response {
        let guest = Guest(request, cookies, context, server.options)
        switch match {
        case .nothing:
            return await answerPage(.notFound, unknown(path, guest), guest)
        case .methods(let methods):
            var response = Response(status: .methodNotAllowed)
            response.headers[.allow] = methods.map(\.rawValue).joined(separator: ", ")
            return response
        case .route(let route, let parameters):
            return await answer(request, path, route, parameters, guest)
        }
    }

    private func answer(
        _ request: Request, _ path: String, _ route: Route, _ parameters: [String: String],
        _ guest: Guest
    ) async -> Response {
        let empty = visit(route, path, parameters, guest)
        do {
            guard path.utf8.count <= 500, request.uri.query?.utf8.count ?? 0 <= 4000 else {
                throw WebFault.malformed
            }
            let query = try FormBody.urlEncoded(Array((request.uri.query ?? "").utf8))
            // No database holds one, and nobody types one into an address.
            guard query.fields.allSatisfy({ !$0.value.contains("\0") }) else {
                throw WebFault.malformed
            }
            var visit = visit(route, path, parameters, guest, query: Typed(query.fields))
            if route.method != .get {
                visit = try await read(request, visit, guest)
            }
            let reply = try await perform(visit)
            if let viewer = visit.viewer {
                await visit.workplace.keepAwake(viewer, as: visit.actor)
            }
            if let kept = reply.kept, let token = reply.session {
                return await bringBack(kept, after: reply, guest.signedIn(token))
            }
            return await dress(reply, visit, guest)
        } catch let fault as WebFault {
            return await answerFault(fault, empty, guest)
        } catch let aged as AgedForm {
            return await answerAged(aged.visit, guest)
        } catch {
            return await answerFault(.malformed, empty, guest)
        }
    }

    /// The page of a form that waited while somebody signed in.
    private func bringBack(_ kept: Kept, after signedIn: Reply, _ guest: Guest) async -> Response {
        let path = kept.action.address
        guard case .route(let route, let parameters) = server.routes.match(.post, path),
            route.kind == .action
        else { return await dress(signedIn, unknown(path, guest), guest) }
        let visit = visit(route, path, parameters, guest, typed: kept.typed)
        var reply = await resume(visit, .ok)
        (reply.session, reply.device) = (signedIn.session, signedIn.device)
        reply.flash = signedIn.flash
        return await dress(reply, visit, guest)
    }

    // MARK: Reading

    private func visit(
        _ route: Route, _ path: String, _ parameters: [String: String], _ guest: Guest,
        query: Typed = Typed(), typed: Typed = Typed(), files: [Upload] = [], body: [UInt8] = []
    ) -> Visit {
        Visit(
            workplace: server.workplace, settings: server.options, route: route, path: path,
            parameters: parameters, query: query, typed: typed, files: files, body: body,
            headers: guest.headers, text: Text(guest.language),
            actor: route.kind == .data ? guest.bearer : guest.actor, origin: guest.origin,
            device: guest.device, secret: guest.secret, csrf: guest.csrf)
    }

    private func read(_ request: Request, _ empty: Visit, _ guest: Guest) async throws -> Visit {
        let route = empty.route
        // Both try secrets: a password, or the code of the first set-up.
        if ["/sign-in", "/set-up"].contains(route.pattern), !signInLimit.take(guest.origin) {
            throw WebFault.tooManyTries
        }
        let limit =
            route.takesFiles
            ? server.workplace.settings.attachmentLimit + server.options.bodyLimit
            : server.options.bodyLimit
        let body = try await collect(request, limit: limit)
        if route.kind == .data {
            return visit(route, empty.path, empty.parameters, guest, query: empty.query, body: body)
        }
        let form: FormBody
        do {
            form = try FormBody.parse(body, contentType: request.headers[.contentType] ?? "")
        } catch FormBody.Failure.unknownType {
            throw WebFault.wrongType
        } catch {
            throw WebFault.malformed
        }
        let visit = visit(
            route, empty.path, empty.parameters, guest, query: empty.query,
            typed: Typed(form.fields), files: form.files)
        let token = visit.typed[Form.csrfName]
        if guest.site == .elsewhere { throw WebFault.forged }
        if !sameSecret(token, visit.csrf) {
            // Sent from a page of ours, but that page was made for a session
            // or visitor cookie that is gone. What was typed is kept.
            guard guest.site == .ours else { throw WebFault.forged }
            throw AgedForm(visit: visit)
        }
        return visit
    }

    /// The whole body. A length must be announced and kept: a connection that
    /// breaks in the middle looks like the end of the body otherwise.
    private func collect(_ request: Request, limit: Int) async throws -> [UInt8] {
        guard let announced = request.headers[.contentLength].flatMap({ Int($0) }) else {
            if request.headers[.transferEncoding] == nil { return [] }
            throw WebFault.malformed
        }
        guard announced <= limit else { throw WebFault.tooLarge }
        let body = request.body
        let heard = Heard()
        let options = server.options
        // A picture of 10 MB over a poor mobile network takes minutes.
        let time = options.bodyTime + .seconds(announced / options.slowestBody)
        let bytes = try await within(time, silence: options.bodySilence, heard) {
            var bytes: [UInt8] = []
            // Not all at once: what is announced costs nothing to announce.
            bytes.reserveCapacity(min(announced, 1 << 16))
            for try await buffer in body {
                heard.something()
                bytes.append(contentsOf: buffer.readableBytesView)
                guard bytes.count <= limit else { throw WebFault.tooLarge }
            }
            return bytes
        }
        guard let bytes else { throw WebFault.tooSlow }
        guard bytes.count == announced else { throw WebFault.malformed }
        return bytes
    }

    // MARK: Performing

    private func perform(_ visit: Visit) async throws -> Reply {
        do {
            return try await visit.route.answer(visit)
        } catch let ending as Ending {
            return await reply(to: ending, visit)
        } catch let invalid as InvalidFields {
            return await reply(to: .refused(invalid), visit)
        } catch let fault as WebFault {
            throw fault
        } catch {
            let reference = ID<Visit>(at: visit.now).text
            server.logger.error(
                "broke",
                metadata: [
                    "route": "\(visit.route.pattern)", "reference": "\(reference)",
                    "type": "\(type(of: error))",
                ])
            return await reply(to: .broke(reference: reference), visit)
        }
    }

    /// A visit to an address that is nobody's.
    private func unknown(_ path: String, _ guest: Guest) -> Visit {
        visit(.page("/-", []) { _ in .plain(.notFound, "") }, path, [:], guest)
    }
}

/// A form that was made for another session; see `Responder.read`.
struct AgedForm: Error {
    var visit: Visit
}

extension RouteTable.Match {
    /// For the log: what was matched, never an id.
    var pattern: String {
        switch self {
        case .route(let route, _): route.pattern
        case .methods: "method"
        case .nothing: "-"
        }
    }
}
