import GuituCore
import GuituText
import HTTPTypes
import Hummingbird

/// A page without its frame; the server puts the frame round it.
public struct Page: Sendable {
    public var title: String
    public var lead: String?
    /// The pages above this one, outermost first.
    public var trail: [(String, Link)]
    public var actions: HTML
    public var isNarrow: Bool
    /// Made to be printed: no places and no search beside it.
    public var isForPaper = false
    public var body: HTML

    public init(
        _ title: String, lead: String? = nil, trail: [(String, Link)] = [], actions: HTML = "",
        isNarrow: Bool = false, _ body: HTML
    ) {
        self.title = title
        self.lead = lead
        self.trail = trail
        self.actions = actions
        self.isNarrow = isNarrow
        self.body = body
    }
}

/// What a route answers.
public struct Reply: Sendable {
    enum Content: Sendable {
        case page(Page)
        case bytes([UInt8], type: String)
        case nothing
    }

    var status: HTTPResponse.Status
    var content: Content
    var headers = HTTPFields()
    /// Said on the next page.
    var flash: Saying?
    /// The action that takes it back, offered beside it.
    var undo: Link?
    /// A new session's cookie; an empty one takes the cookie away.
    var session: String?
    var language: Language?
    /// What was typed before somebody had to sign in: its page follows.
    var kept: Kept?
    /// What this browser is known by the next time somebody signs in.
    var device: String?

    init(_ status: HTTPResponse.Status, _ content: Content) {
        self.status = status
        self.content = content
    }

    public static func page(_ page: Page, _ status: HTTPResponse.Status = .ok) -> Reply {
        Reply(status, .page(page))
    }

    /// Answers a POST: the browser fetches `link`, so that going back or
    /// reloading sends nothing twice.
    public static func go(_ link: Link, saying: Saying? = nil, undo: Link? = nil) -> Reply {
        var reply = Reply(.seeOther, .nothing)
        reply.headers[.location] = link.address
        reply.flash = saying
        reply.undo = undo
        return reply
    }

    /// A file to keep. `name` is ours, never somebody's.
    public static func file(_ name: String, type: String, _ bytes: [UInt8]) -> Reply {
        var reply = Reply(.ok, .bytes(bytes, type: type))
        reply.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        return reply
    }

    /// A picture or paper shown in the browser; its own policy lets it do nothing.
    public static func shown(type: String, _ bytes: [UInt8]) -> Reply {
        var reply = Reply(.ok, .bytes(bytes, type: type))
        reply.headers[.contentDisposition] = "inline"
        return reply
    }

    static func plain(_ status: HTTPResponse.Status, _ words: String) -> Reply {
        Reply(status, .bytes(Array(words.utf8), type: "text/plain; charset=utf-8"))
    }

    func signedIn(_ token: String) -> Reply {
        var reply = self
        reply.session = token
        return reply
    }

    func signedOut() -> Reply { signedIn("") }
}
