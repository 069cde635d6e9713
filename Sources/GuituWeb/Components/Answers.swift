import GuituText

/// Pages that say why what was asked did not happen, and what to do now.
///
/// Each is the body of a page; the frame goes round it. The same words answer
/// a record that is missing and one that is somebody else's.
public enum Answer: Sendable {
    case notFound
    case notAllowed
    /// The database is away or hung. Nothing was done.
    case unavailable(retryAfter: Duration)
    /// Too much waits at once. Nothing was done.
    case busy(retryAfter: Duration)
    /// A fault of ours; the log has the cause under the reference.
    case broke(reference: String)
    /// A forged or aged form.
    case formExpired
    case tooLarge(limit: String)
    case tooMany(retryAfter: Duration)

    public var status: Int {
        switch self {
        case .notFound: 404
        case .notAllowed: 403
        case .unavailable, .busy: 503
        case .broke: 500
        case .formExpired: 403
        case .tooLarge: 413
        case .tooMany: 429
        }
    }

    public func title(_ text: Text) -> String {
        switch self {
        case .notFound: text("answer.notFound")
        case .notAllowed: text("answer.notAllowed")
        case .unavailable: text("answer.unavailable")
        case .busy: text("answer.busy")
        case .broke: text("answer.broke")
        case .formExpired: text("answer.formExpired")
        case .tooLarge: text("answer.tooLarge")
        case .tooMany: text("answer.tooMany")
        }
    }

    public func view(_ text: Text) -> HTML {
        let advice: String =
            switch self {
            case .notFound: text("answer.notFound.advice")
            case .notAllowed: text("answer.notAllowed.advice")
            case .unavailable(let wait):
                text("answer.unavailable.advice", ["seconds": seconds(wait)])
            case .busy(let wait): text("answer.busy.advice", ["seconds": seconds(wait)])
            case .broke(let reference): text("answer.broke.advice", ["reference": reference])
            case .formExpired: text("answer.formExpired.advice")
            case .tooLarge(let limit): text("answer.tooLarge.advice", ["limit": limit])
            case .tooMany(let wait): text("answer.tooMany.advice", ["seconds": seconds(wait)])
            }
        return """
            <div class="answer"><p>\(advice)</p>
            <p>\(button(text("answer.home"), "/", primary: true))</p></div>
            """
    }

    private func seconds(_ wait: Duration) -> String {
        "\(max(1, Int(wait.components.seconds)))"
    }
}

/// Asks once more before something that cannot be taken back.
public func confirmation(
    _ text: Text, _ question: String, consequences: [String], form: Form, submit: String,
    dangerous: Bool = true, back: Link, _ fields: HTML = ""
) -> HTML {
    """
    <p class="question">\(question)</p>
    <ul class="consequences">\(consequences.map { "<li>\($0)</li>" as HTML })</ul>
    \(form.view(
        submit: submit, dangerous: dangerous,
        beside: "<a class=\"button\" href=\"\(back)\">\(text("confirm.back"))</a>", fields))
    """
}

/// What was typed into a form whose session ran out, carried through signing in.
///
/// The values travel in hidden fields of the sign-in form, never in the
/// browser's storage and never on the server before somebody is signed in.
public struct Kept: Sendable, Equatable {
    public static let prefix = "kept."
    public static let actionName = "kept-for"
    /// Never carried: what proves who somebody is belongs to the old session.
    private static let dropped: Set<String> = [
        Form.csrfName, "password", "current", "new", "again", actionName,
    ]

    /// The one-time code is a secret; the code of an area is not.
    private static func drops(_ name: String, for action: Link) -> Bool {
        dropped.contains(name) || name == "code" && action.address == "/set-up"
    }
    /// Nothing was dropped but the old session's proof: what is sent again is
    /// what was typed.
    public let isWhole: Bool

    public var action: Link
    public var typed: Typed

    public static func == (a: Kept, b: Kept) -> Bool {
        a.action == b.action && a.typed == b.typed
    }

    public init(action: Link, typed: Typed) {
        self.action = action
        isWhole = typed.values.allSatisfy {
            $0.name == Form.csrfName || !Kept.drops($0.name, for: action)
        }
        self.typed = Typed(
            typed.values.filter {
                !Kept.drops($0.name, for: action) && !$0.name.hasPrefix(Kept.prefix)
            })
    }

    /// Reads them back from what the sign-in form sent; nil when nothing was kept.
    public init?(signedInWith typed: Typed) {
        guard let action = Link(returning: typed[Kept.actionName]) else { return nil }
        self.init(
            action: action,
            typed: Typed(
                typed.values.compactMap {
                    $0.name.hasPrefix(Kept.prefix)
                        ? (String($0.name.dropFirst(Kept.prefix.count)), $0.value) : nil
                }))
    }

    /// Put inside the sign-in form.
    public var hidden: HTML {
        """
        <input type="hidden" name="\(Kept.actionName)" value="\(action)">
        \(typed.values.map {
            "<input type=\"hidden\" name=\"\(Kept.prefix + $0.name)\" value=\"\($0.value)\">\n" as HTML
        })
        """
    }

    /// Said above the sign-in form.
    public func notice(_ text: Text) -> HTML {
        callout(.warning, text("kept.title"), "<p>\(text("kept.advice"))</p>")
    }

    /// After signing in, above the form; with `csrf` in its place, one button
    /// that sends it.
    public func back(_ text: Text, csrf: String?) -> HTML {
        """
        \(callout(.success, text("kept.back"), "<p>\(text("kept.back.advice"))</p>"))
        \(csrf.map { send(text, csrf: $0) })
        """
    }

    /// After the database was away: the same button, with the same key, so that
    /// sending it as often as one likes does one thing.
    public func sendLater(_ text: Text, csrf: String) -> HTML {
        """
        \(callout(.info, text("kept.here"), "<p>\(text("kept.here.advice"))</p>"))
        \(send(text, csrf: csrf))
        """
    }

    private func send(_ text: Text, csrf: String) -> HTML {
        """
        <form class="form" method="post" action="\(action)">
        <input type="hidden" name="\(Form.csrfName)" value="\(csrf)">
        \(typed.values.map {
            "<input type=\"hidden\" name=\"\($0.name)\" value=\"\($0.value)\">\n" as HTML
        })
        <div class="submit"><button type="submit" class="primary">\(text("kept.send"))</button>\
        <a class="button" href="/">\(text("kept.drop"))</a></div></form>
        """
    }
}

/// One line of the audit trail, already said.
public struct AuditLine: Sendable {
    public var time: String
    public var who: String
    public var what: String
    public var about: HTML
    public var outcome: String
    public var tone: Tone
    public init(
        time: String, who: String, what: String, about: HTML, outcome: String, tone: Tone
    ) {
        self.time = time
        self.who = who
        self.what = what
        self.about = about
        self.outcome = outcome
        self.tone = tone
    }

    /// The columns of an audit list.
    public static func columns(_ text: Text) -> [Listing<AuditLine>.Column] {
        [
            .init(text("audit.time"), sort: "time") { "\($0.time)" },
            .init(text("audit.who"), sort: "who") { "\($0.who)" },
            .init(text("audit.what"), sort: "use-case") { "\($0.what)" },
            .init(text("audit.about")) { $0.about },
            .init(text("audit.outcome"), sort: "outcome") { badge($0.outcome, $0.tone) },
        ]
    }
}
