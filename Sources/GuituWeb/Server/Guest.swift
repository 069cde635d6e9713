import Foundation
import GuituCore
import GuituText
import HTTPTypes
import Hummingbird
import NIOCore

/// The names of our cookies. Over HTTPS a browser takes a `__Host-` cookie
/// from nobody but this very host.
struct CookieNames: Sendable {
    let session: String
    let visitor: String
    let flash: String
    let device: String
    let language = "guitu-language"
    let isSecure: Bool

    init(isSecure: Bool) {
        let prefix = isSecure ? "__Host-" : ""
        session = prefix + "guitu"
        visitor = prefix + "guitu-visit"
        flash = prefix + "guitu-flash"
        device = prefix + "guitu-device"
        self.isSecure = isSecure
    }

    /// A `Set-Cookie` value. Without `lasting` it ends with the browser.
    func set(_ name: String, _ value: String, lasting: Duration? = nil) -> String {
        var cookie = "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax"
        if isSecure { cookie += "; Secure" }
        if let lasting { cookie += "; Max-Age=\(lasting.components.seconds)" }
        return cookie
    }
}

/// What a request says about who sent it, before anybody is asked.
struct Guest: Sendable {
    enum Site: Sendable {
        /// The browser vouches that a page of ours sent it.
        case ours
        case elsewhere
        /// An older browser, or no browser.
        case unknown
    }

    let headers: HTTPFields
    private(set) var session: String?
    /// A visitor's cookie that is not there yet and must be set.
    private(set) var newVisitor: String?
    /// The secret that form tokens are bound to.
    private(set) var secret: String
    /// Bound to the secret; every form of a page carries it.
    private(set) var csrf: String
    private(set) var actor: Actor
    let flash: String?
    let device: String?
    let language: Language
    let origin: String
    let site: Site
    let close: @Sendable (Duration) -> Void

    init(
        _ request: Request, _ names: CookieNames, _ caller: Caller, _ options: GuituServer.Options
    ) {
        headers = request.headers
        let cookies = Guest.cookies(request.headers)
        // Tokens of ours are 64 hexadecimal digits; anything else is no cookie.
        session = cookies[names.session].flatMap { $0.utf8.count == 64 ? $0 : nil }
        let visitor = cookies[names.visitor].flatMap { $0.utf8.count == 64 ? $0 : nil }
        newVisitor = session == nil && visitor == nil ? Keys.newToken() : nil
        secret = session ?? visitor ?? newVisitor ?? ""
        csrf = Visit.token(for: secret)
        actor = session.map { .session(digest: Keys.tokenDigest($0)) } ?? .visitor
        flash = cookies[names.flash]
        device = cookies[names.device]
        language =
            cookies[names.language].flatMap(Language.init(rawValue:))
            ?? Language(acceptLanguage: request.headers[.acceptLanguage] ?? "")

        var address = caller.address?.ipAddress ?? "-"
        // The last one is what our own proxy saw; earlier ones are hearsay.
        if options.isBehindProxy,
            let forwarded = request.headers[values: .xForwardedFor].last?
                .split(separator: ",").last
        {
            address = forwarded.trimmingCharacters(in: .whitespaces)
        }
        origin = addressBucket(String(address.prefix(64)))
        site = Guest.site(request)
        let channel = caller.channel
        close = { delay in
            channel?.eventLoop.scheduleTask(in: .nanoseconds(Int64(delay / .nanoseconds(1)))) {
                channel?.close(promise: nil)
            }
        }
    }

    /// The same browser with the session it was just given.
    func signedIn(_ token: String) -> Guest {
        var guest = self
        guest.session = token
        guest.newVisitor = nil
        guest.secret = token
        guest.csrf = Visit.token(for: token)
        guest.actor = .session(digest: Keys.tokenDigest(token))
        return guest
    }

    /// Devices and other systems carry their token in a header, which no
    /// foreign page can make a browser send.
    var bearer: Actor {
        guard let value = headers[.authorization], value.lowercased().hasPrefix("bearer ") else {
            return .visitor
        }
        let token = value.dropFirst(7).trimmingCharacters(in: .whitespaces)
        return .token(digest: Keys.tokenDigest(token))
    }

    private static func cookies(_ headers: HTTPFields) -> [String: String] {
        var cookies: [String: String] = [:]
        for header in headers[values: .cookie] {
            for pair in header.utf8.split(separator: UInt8(ascii: ";")) {
                let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1)
                guard parts.count == 2 else { continue }
                var name = parts[0]
                while let first = name.first, first <= UInt8(ascii: " ") { name.removeFirst() }
                while let last = name.last, last <= UInt8(ascii: " ") { name.removeLast() }
                // The first one wins: browsers send the most specific path first.
                let word = String(decoding: name, as: UTF8.self)
                if cookies[word] == nil {
                    cookies[word] = String(decoding: parts[1], as: UTF8.self)
                }
            }
        }
        return cookies
    }

    private static func site(_ request: Request) -> Site {
        switch request.headers[.secFetchSite] {
        case "same-origin": return .ours
        case "none": return .unknown
        case .some: return .elsewhere
        case nil: break
        }
        // Our own referrer policy makes browsers say "null" here.
        guard let origin = request.headers[.origin], origin != "null" else { return .unknown }
        guard let host = request.head.authority,
            let separator = origin.range(of: "://")
        else { return .elsewhere }
        return origin[separator.upperBound...] == host ? .ours : .elsewhere
    }
}

/// A flash on its way through the browser: what the last step did, and where
/// it is taken back. Signed, so that nobody puts words on a page of ours.
struct Flash: Codable, Sendable {
    var saying: Saying
    /// The address of an action that undoes it.
    var undo: String?

    func signed(with secret: String) -> String? {
        guard let json = try? JSONEncoder().encode(self) else { return nil }
        let words = json.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
        return words + "." + Visit.mac("guitu-flash-1" + words, secret)
    }

    init(saying: Saying, undo: String? = nil) {
        self.saying = saying
        self.undo = undo
    }

    init?(_ cookie: String, secret: String) {
        let parts = cookie.split(separator: ".").map(String.init)
        guard parts.count == 2, cookie.utf8.count < 2000,
            sameSecret(parts[1], Visit.mac("guitu-flash-1" + parts[0], secret))
        else { return nil }
        let padding = String(repeating: "=", count: (4 - parts[0].utf8.count % 4) % 4)
        let base64 = parts[0].replacing("-", with: "+").replacing("_", with: "/") + padding
        guard let json = Data(base64Encoded: base64),
            let flash = try? JSONDecoder().decode(Flash.self, from: json)
        else { return nil }
        self = flash
    }
}

extension HTTPField.Name {
    // Literals that are valid names; a test builds every one of them.
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
    static let xForwardedFor = HTTPField.Name("X-Forwarded-For")!
    static let permissionsPolicy = HTTPField.Name("Permissions-Policy")!
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    static let frameOptions = HTTPField.Name("X-Frame-Options")!
    static let openerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")!
    static let resourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy")!
    static let refresh = HTTPField.Name("Refresh")!
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
}
