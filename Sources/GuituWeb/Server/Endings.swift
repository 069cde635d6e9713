import Foundation
import GuituCore
import GuituText
import HTTPTypes
import Hummingbird

/// How what went wrong is said: as a page, or as problem+json (RFC 9457) to
/// devices and other systems.
extension Responder {
    // A queue empties in seconds; a database that went away takes longer.
    static let busyWait = Duration.seconds(5)
    static let awayWait = Duration.seconds(30)

    func reply(to ending: Ending, _ visit: Visit) async -> Reply {
        if visit.route.kind == .data { return problem(ending, visit) }
        switch ending {
        case .signInRequired: return signIn(visit)
        case .passwordChangeRequired: return .go("/account/password")
        case .notAllowed: return page(.notAllowed, visit)
        case .notFound: return page(.notFound, visit)
        case .refused(let refusal):
            let sayings = (refusal as? InvalidFields)?.fields ?? [refusal.saying]
            let problems = sayings.map { Form.Problem($0.field, visit.sentence($0)) }
            return await refused(visit.again(problems), .unprocessableContent)
        case .stale(let current):
            return await refused(visit.again([], current: current), .conflict)
        case .busy: return later(.busy(retryAfter: Responder.busyWait), visit)
        case .unavailable: return later(.unavailable(retryAfter: Responder.awayWait), visit)
        case .broke(let reference): return page(.broke(reference: reference), visit)
        }
    }

    /// The page the form stands on, with what was typed. `above` stands over it
    /// and is told whether the form is there; where the page cannot be read any
    /// more it stands alone.
    private func again(
        _ visit: Visit, _ status: HTTPResponse.Status, _ title: String,
        above: (_ hasForm: Bool) -> HTML?
    ) async -> Reply {
        if let again = visit.route.again {
            do {
                var reply = try await again(visit)
                if case .page(var page) = reply.content {
                    page.body = "\(above(visit.hasForm))\(page.body)"
                    reply.content = .page(page)
                    reply.status = status
                    return reply
                }
            } catch let ending as Ending {
                if case .refused = ending {} else { return await reply(to: ending, visit) }
            } catch {}
        }
        return .page(
            Page(
                title, isNarrow: true,
                """
                \(above(false))
                <p>\(button(visit.text("answer.home"), "/", primary: true))</p>
                """), status)
    }

    /// What is wrong stands in the form; on a page that no longer has it (it was
    /// sent twice, or somebody was faster) the sentences stand above.
    private func refused(_ visit: Visit, _ status: HTTPResponse.Status) async -> Reply {
        let text = visit.text
        let sentences = visit.problems.map { "<li>\($0.sentence)</li>" as HTML }
        return await again(visit, status, text("answer.refused")) { hasForm in
            if !visit.current.isEmpty { return clash(visit) }
            return hasForm
                ? nil
                : callout(.danger, text("answer.refused.advice"), "<ul>\(sentences)</ul>")
        }
    }

    /// A form that was kept while somebody signed in, filled in as it was and
    /// not sent. Where its page no longer has it, one button sends it.
    func resume(_ visit: Visit, _ status: HTTPResponse.Status) async -> Reply {
        let kept = Kept(action: Link(returning: visit.path) ?? "/", typed: visit.typed)
        return await again(visit, status, visit.text("kept.back")) { hasForm in
            kept.back(visit.text, csrf: hasForm ? nil : visit.csrf)
        }
    }

    /// Both texts, before the second editor sends again.
    private func clash(_ visit: Visit) -> HTML {
        let found = visit.current.keys.sorted().filter { $0 != Form.versionName }.compactMap {
            field -> Clash? in
            let label = ClashField.named(field)
            let theirs = label.say(visit.current[field] ?? "", visit.text)
            let mine = label.say(visit.typed[field], visit.text)
            guard theirs != mine else { return nil }
            return Clash(visit.text(label.key), field: field, mine: mine, theirs: theirs)
        }
        return clashes(visit.text, found)
    }

    /// Nobody is signed in: a page is asked for again after signing in, and
    /// what was typed into a form travels through the sign-in page.
    private func signIn(_ visit: Visit) -> Reply {
        guard visit.route.method == .post else {
            return .go(("/sign-in" as Link).with("next", visit.path == "/" ? nil : visit.path))
        }
        let action = Link(returning: visit.path) ?? "/"
        return SignInPages.page(
            visit, kept: Kept(action: action, typed: visit.typed), status: .unauthorized)
    }

    /// Not now. What was typed into a form stays on the page, ready to be sent
    /// again; files and passwords have to be given again.
    private func later(_ answer: Answer, _ visit: Visit) -> Reply {
        var reply = page(answer, visit)
        let kept = Kept(action: Link(returning: visit.path) ?? "/", typed: visit.typed)
        guard visit.route.kind == .action, !visit.route.takesFiles, kept.isWhole,
            case .page(var page) = reply.content
        else { return reply }
        page.body = "\(page.body)\(kept.sendLater(visit.text, csrf: visit.csrf))"
        reply.content = .page(page)
        return reply
    }

    func page(_ answer: Answer, _ visit: Visit) -> Reply {
        var reply = Reply.page(
            Page(answer.title(visit.text), isNarrow: true, answer.view(visit.text)),
            .init(code: answer.status))
        switch answer {
        case .unavailable(let wait), .busy(let wait), .tooMany(let wait):
            reply.headers[.retryAfter] = "\(wait.components.seconds)"
        default: break
        }
        return reply
    }

    func answerPage(_ answer: Answer, _ visit: Visit, _ guest: Guest) async -> Response {
        await dress(page(answer, visit), visit, guest)
    }

    // MARK: Faults of the request itself

    func answerFault(_ fault: WebFault, _ visit: Visit, _ guest: Guest) async -> Response {
        switch fault {
        // The rest of the body is not waited for.
        case .tooLarge, .tooSlow: guest.close(.seconds(2))
        default: break
        }
        let status: HTTPResponse.Status =
            switch fault {
            case .formWithoutKey, .forged: .forbidden
            case .tooManyTries: .tooManyRequests
            case .tooLarge: .contentTooLarge
            case .tooSlow: .requestTimeout
            case .malformed: .badRequest
            case .wrongType: .unsupportedMediaType
            }
        if visit.route.kind == .data {
            return await dress(problem(status, key: fault.key, visit), visit, guest)
        }
        let answer: Answer? =
            switch fault {
            case .formWithoutKey, .forged: .formExpired
            case .tooManyTries: .tooMany(retryAfter: server.options.signInPause)
            case .tooLarge:
                .tooLarge(
                    limit: visit.route.takesFiles
                        ? size(server.workplace.settings.attachmentLimit)
                        : size(server.options.bodyLimit))
            case .tooSlow, .malformed, .wrongType: nil
            }
        if let answer { return await answerPage(answer, visit, guest) }
        let text = visit.text
        return await dress(
            .page(
                Page(
                    text("answer.malformed"), isNarrow: true,
                    """
                    <div class="answer"><p>\(text(fault.key))</p>
                    <p>\(button(text("answer.home"), "/", primary: true))</p></div>
                    """), status), visit, guest)
    }

    /// A form of ours that was made for a session or visitor that is gone.
    func answerAged(_ visit: Visit, _ guest: Guest) async -> Response {
        if visit.route.pattern == "/sign-in", let again = visit.route.again,
            let reply = try? await again(visit.again([]))
        {
            return await dress(reply, visit, guest)
        }
        do {
            _ = try await visit.see(SeeFrame())
        } catch Ending.signInRequired {
            return await dress(signIn(visit), visit, guest)
        } catch let ending as Ending {
            return await dress(await reply(to: ending, visit), visit, guest)
        } catch {
            return await answerFault(.malformed, visit, guest)
        }
        return await dress(await resume(visit, .conflict), visit, guest)
    }

    private func size(_ bytes: Int) -> String {
        bytes >= 1 << 20 ? "\(bytes >> 20) MB" : "\(bytes >> 10) kB"
    }

    // MARK: JSON

    private struct Problem: Encodable {
        struct Field: Encodable {
            var field: String
            var key: String
            var detail: String
        }
        var type: String
        var title: String
        var status: Int
        var detail: String?
        var reference: String?
        var fields: [Field]?
        var current: [String: String]?
    }

    private func problem(_ ending: Ending, _ visit: Visit) -> Reply {
        let text = visit.text
        switch ending {
        case .signInRequired:
            var reply = problem(.unauthorized, key: TextKey("answer.tokenRequired"), visit)
            reply.headers[.wwwAuthenticate] = "Bearer"
            return reply
        case .passwordChangeRequired:
            return problem(.forbidden, key: TextKey("answer.passwordChangeRequired"), visit)
        case .notAllowed: return problem(.forbidden, key: TextKey("answer.notAllowed"), visit)
        case .notFound: return problem(.notFound, key: TextKey("answer.notFound"), visit)
        case .refused(let refusal):
            let sayings = (refusal as? InvalidFields)?.fields ?? [refusal.saying]
            return json(
                .unprocessableContent,
                Problem(
                    type: "urn:guitu:\(refusal.saying.key)", title: text("answer.refused"),
                    status: 422, detail: visit.sentence(refusal.saying),
                    fields: sayings.compactMap { saying in
                        saying.field.map {
                            .init(field: $0, key: saying.key, detail: visit.sentence(saying))
                        }
                    }))
        case .stale(let current):
            return json(
                .conflict,
                Problem(
                    type: "urn:guitu:stale", title: text("clash.title"), status: 409,
                    current: current))
        case .busy:
            var reply = problem(.serviceUnavailable, key: TextKey("answer.busy"), visit)
            reply.headers[.retryAfter] = "\(Responder.busyWait.components.seconds)"
            return reply
        case .unavailable:
            var reply = problem(.serviceUnavailable, key: TextKey("answer.unavailable"), visit)
            reply.headers[.retryAfter] = "\(Responder.awayWait.components.seconds)"
            return reply
        case .broke(let reference):
            return json(
                .internalServerError,
                Problem(
                    type: "urn:guitu:answer.broke", title: text("answer.broke"), status: 500,
                    reference: reference))
        }
    }

    private func problem(_ status: HTTPResponse.Status, key: TextKey, _ visit: Visit) -> Reply {
        json(
            status,
            Problem(
                type: "urn:guitu:\(key.name)", title: visit.text(key),
                status: status.code))
    }

    private func json(_ status: HTTPResponse.Status, _ problem: Problem) -> Reply {
        .json(status, problem, type: "application/problem+json")
    }
}

extension Reply {
    static func json(
        _ status: HTTPResponse.Status, _ value: some Encodable, type: String = "application/json"
    ) -> Reply {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Only strings, numbers and lists of them: this cannot fail.
        let data = (try? encoder.encode(value)) ?? Data("{}".utf8)
        return Reply(status, .bytes(Array(data), type: type))
    }
}

extension WebFault {
    var key: TextKey {
        switch self {
        case .formWithoutKey: TextKey("answer.formExpired")
        case .tooManyTries: TextKey("answer.tooMany")
        case .tooLarge: TextKey("answer.tooLarge")
        case .tooSlow: TextKey("answer.tooSlow")
        case .malformed: TextKey("answer.malformed.advice")
        case .wrongType: TextKey("answer.wrongType")
        case .forged: TextKey("answer.formExpired")
        }
    }
}
