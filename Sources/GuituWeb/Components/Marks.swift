import GuituText

/// How something stands. Always said in words and drawn with an icon, so that
/// nobody needs to tell two colours apart.
public enum Tone: String, CaseIterable, Sendable {
    case neutral, info, success, warning, danger

    var icon: Icon? {
        switch self {
        case .neutral: nil
        case .info: .info
        case .success: .check
        case .warning: .warning
        case .danger: .danger
        }
    }
}

/// A word about how something stands.
public func badge(_ words: String, _ tone: Tone = .neutral) -> HTML {
    "<span class=\"badge \(tone.rawValue)\">\(tone.icon?.html)\(words)</span>"
}

/// Something the reader must not miss before going on.
public func callout(_ tone: Tone, _ title: String, _ body: HTML = "") -> HTML {
    """
    <div class="callout \(tone.rawValue)"\(attribute: "role", tone == .danger ? "alert" : nil)>\
    \((tone.icon ?? .info).html)<div><p class="callout-title">\(title)</p>\(body)</div></div>
    """
}

/// What the last step did, with the way back while there is one.
public func flash(_ sentence: String, undo: (label: String, form: Form)? = nil) -> HTML {
    """
    <div class="flash" role="status">\(Icon.check.html)<p>\(sentence)</p>\
    \(undo.map { $0.form.button($0.label) })</div>
    """
}

/// A box of its own with a heading.
public func card(_ title: String, actions: HTML = "", _ body: HTML) -> HTML {
    """
    <section class="card"><div class="card-head"><h2>\(title)</h2>\
    \(actions.isEmpty ? nil : "<div class=\"actions\">\(actions)</div>" as HTML)</div>
    \(body)
    </section>
    """
}

/// A link that looks like what it is for.
public func button(_ label: String, _ link: Link, icon: Icon? = nil, primary: Bool = false) -> HTML
{
    """
    <a class="\(primary ? "button primary" : "button")" href="\(link)">\(icon?.html)\(label)</a>
    """
}

/// Facts in pairs; a missing one says so instead of leaving a hole.
public func facts(_ text: Text, _ pairs: [(String, HTML?)]) -> HTML {
    """
    <dl class="facts">
    \(pairs.map { label, value in
        """
        <div><dt>\(label)</dt><dd>\
        \(value.flatMap { $0.isEmpty ? nil : $0 } ?? "<span class=\"unknown\">\(text("fact.unknown"))</span>")</dd></div>

        """ as HTML
    })</dl>
    """
}

/// A value that is hidden until somebody says why they need it.
///
/// - Parameter form: Posts the reason to the use-case that unmasks; nil when
///   the reader may not.
public func masked(_ text: Text, _ shown: String, form: Form? = nil) -> HTML {
    """
    <span class="masked">\(shown)</span>\
    \(form.map { form in
        """
         <details class="unmask"\(flag: "open", form.isBack)><summary>\(Icon.eye.html)\(text("mask.show"))</summary>\
        <form class="form" method="post" action="\(form.action)">\(form.hidden)\
        \(form.line("reason", text("mask.reason"), hint: text("mask.hint"), required: true))\
        <button type="submit">\(text("mask.go"))</button></form></details>
        """
    })
    """
}

public struct Moment: Sendable {
    public var time: String
    public var title: String
    public var detail: HTML
    public var who: String?
    public var tone: Tone

    public init(
        _ time: String, _ title: String, _ detail: HTML = "", who: String? = nil,
        tone: Tone = .neutral
    ) {
        self.time = time
        self.title = title
        self.detail = detail
        self.who = who
        self.tone = tone
    }
}

/// What happened, in the order given.
public func timeline(_ moments: [Moment]) -> HTML {
    """
    <ol class="timeline">
    \(moments.map { moment in
        """
        <li class="\(moment.tone.rawValue)"><p class="when">\(moment.time)</p>\
        <div><p class="what">\(moment.title)</p>\(moment.detail)\
        \(moment.who.map { "<p class=\"by\">\($0)</p>" })</div></li>

        """ as HTML
    })</ol>
    """
}

/// Where one is in something that takes several pages. `current` counts from 0.
public func steps(_ text: Text, _ names: [String], current: Int) -> HTML {
    """
    <nav class="steps" aria-label="\(text("steps.label"))"><p class="unseen">\
    \(text("steps.at", ["step": text(current + 1), "count": text(names.count)]))</p><ol>
    \(names.enumerated().map { index, name in
        """
        <li class="\(index < current ? "done" : index == current ? "now" : "later")"\
        \(attribute: "aria-current", index == current ? "step" : nil)><span class="dot">\
        \(index < current ? Icon.check.html : "\(index + 1)" as HTML)</span><span>\(name)</span></li>
        """ as HTML
    })</ol></nav>
    """
}

/// The article a limit comes from, and who put it there.
public struct Basis: Sendable {
    public var instrument: String
    public var article: String
    public init(_ instrument: String, _ article: String) {
        self.instrument = instrument
        self.article = article
    }

    public func view(_ text: Text) -> HTML {
        """
        <p class="basis">\(Icon.scales.html)<span>\
        \(text("basis.cites", ["instrument": instrument, "article": article]))</span></p>
        """
    }
}

public enum Urgency: Sendable {
    case overdue, soon, later

    var tone: Tone {
        switch self {
        case .overdue: .danger
        case .soon: .warning
        case .later: .info
        }
    }
}

/// One thing that must be done, with its clock and the article beside it.
///
/// - Parameters:
///   - left: How long is left or past, already said.
///   - due: When it is due, or since when it waits, already said.
public func duty(
    _ text: Text, _ title: String, about: HTML, left: String, due: String, urgency: Urgency,
    basis: Basis? = nil, action: HTML
) -> HTML {
    let tone = urgency.tone
    return """
        <li class="duty \(tone.rawValue)">
        <p class="clock">\(urgency == .overdue ? Icon.danger.html : Icon.clock.html)<b>\(left)</b>\
        <span>\(due)</span></p>
        <div class="duty-body"><p class="duty-title">\(title)</p><p class="about">\(about)</p>\
        \(basis?.view(text))</div>
        <div class="actions">\(action)</div>
        </li>
        """
}

/// How far something that takes long has come.
public func progress(_ label: String, done: Int, of whole: Int, said: String) -> HTML {
    """
    <div class="progress"><p><span>\(label)</span><b>\(said)</b></p>\
    <progress max="\(max(1, whole))" value="\(min(done, max(1, whole)))" aria-label="\(label)">\
    \(said)</progress></div>
    """
}

/// A figure with its name, for the top of a page.
public func figure(_ label: String, _ value: String, _ link: Link? = nil, note: String? = nil)
    -> HTML
{
    let inside: HTML = """
        <span class="figure-value">\(value)</span><span class="figure-label">\(label)</span>\
        \(note.map { "<span class=\"figure-note\">\($0)</span>" })
        """
    return link.map { "<a class=\"figure\" href=\"\($0)\">\(inside)</a>" }
        ?? "<div class=\"figure\">\(inside)</div>"
}
