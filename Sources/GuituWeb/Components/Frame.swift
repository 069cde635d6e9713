import GuituModel
import GuituText

/// Everything around a page: who reads it, where they can go, what just happened.
///
/// The server fills one per request; a page asks it for the whole document.
public struct Frame: Sendable {
    public struct Reader: Sendable {
        public var name: String
        /// The station or office the account is at home in.
        public var office: String
        /// The roles, already said in the reader's language.
        public var roles: [String]
        public var unread: Int

        public init(name: String, office: String, roles: [String], unread: Int = 0) {
            self.name = name
            self.office = office
            self.roles = roles
            self.unread = unread
        }
    }

    /// A place the reader may go; places they may not are left out by the server.
    public struct Place: Sendable {
        public var label: String
        public var link: Link
        public var icon: Icon
        /// Pressed after `g`.
        public var shortcut: Character?
        public var isHere: Bool

        public init(
            _ label: String, _ link: Link, icon: Icon, shortcut: Character? = nil,
            isHere: Bool = false
        ) {
            self.label = label
            self.link = link
            self.icon = icon
            self.shortcut = shortcut
            self.isHere = isHere
        }
    }

    public var text: Text
    /// Nil for a visitor.
    public var reader: Reader?
    public var places: [Place]
    /// Where a name or number typed into the header is looked for; nil hides it.
    public var search: Link?
    /// The page itself, to come back to after switching the language.
    public var here: Link
    public var csrf: String
    public var now: Instant
    /// What the last step did; see `flash`.
    public var flash: HTML?

    public init(
        text: Text, reader: Reader? = nil, places: [Place] = [], search: Link? = nil,
        here: Link = "/", csrf: String = "", now: Instant, flash: HTML? = nil
    ) {
        self.text = text
        self.reader = reader
        self.places = places
        self.search = search
        self.here = here
        self.csrf = csrf
        self.now = now
        self.flash = flash
    }

    /// A whole document.
    ///
    /// - Parameters:
    ///   - trail: The pages above this one, outermost first.
    ///   - actions: What can be done with the whole page, beside its heading.
    ///   - narrow: One thing per page: a form a clerk fills from top to bottom.
    public func page(
        _ title: String, lead: String? = nil, trail: [(String, Link)] = [], actions: HTML = "",
        narrow: Bool = false, _ body: HTML
    ) -> HTML {
        """
        <!doctype html>
        <html lang="\(text.language.rawValue)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light">
        <meta name="robots" content="noindex">
        <meta name="format-detection" content="telephone=no">
        <title>\(title) · \(text("product.name"))</title>
        <link rel="icon" type="image/svg+xml" href="\(Asset.logo.link)">
        <link rel="stylesheet" href="\(Asset.style.link)">
        <script type="module" src="\(Asset.script.link)"></script>
        </head>
        <body\(attribute: "class", reader == nil ? "visitor" : nil)>
        <a class="skip" href="#content">\(text("page.skip"))</a>
        \(header)
        \(printHeader(title))
        <div class="frame">
        \(navigation)
        <main id="content" tabindex="-1"\(attribute: "class", narrow ? "narrow" : nil)>
        \(flash)
        \(breadcrumb(trail))
        <div class="heading"><div><h1>\(title)</h1>\(lead.map { "<p class=\"lead\">\($0)</p>" })</div>\
        \(actions.isEmpty ? nil : "<div class=\"actions\">\(actions)</div>" as HTML)</div>
        \(body)
        </main>
        </div>
        <footer class="foot"><p>\(text("product.promise")) <a href="/about">\(text("page.about"))</a></p></footer>
        \(shortcutHelp)
        </body>
        </html>
        """
    }

    private var header: HTML {
        """
        <header class="top">
        <a class="brand" href="/">\(Logo.mark)<span class="brand-name">\(text("product.name"))</span></a>
        \(reader.map { "<p class=\"office\">\($0.office)</p>" })
        \(searchForm)
        <div class="who">
        \(reader.map(inbox))
        \(languageSwitch)
        \(reader.map(account))
        </div>
        </header>
        """
    }

    private var searchForm: HTML? {
        search.map { search in
            """
            <form class="search" role="search" method="get" action="\(search)">
            <input type="hidden" name="standing" value="all">
            <label class="unseen" for="search">\(text("page.search"))</label>
            <input id="search" type="search" name="q" maxlength="60" autocomplete="off" \
            placeholder="\(text("page.search.placeholder"))" aria-keyshortcuts="/">
            <button type="submit" class="plain">\(Icon.search.html)<span class="unseen">\
            \(text("page.search.go"))</span></button>
            </form>
            """
        }
    }

    private func inbox(_ reader: Reader) -> HTML {
        """
        <a class="inbox" href="/notifications">\(Icon.bell.html)<span class="unseen">\
        \(text("page.notifications"))</span>\
        \(reader.unread > 0 ? "<span class=\"count\">\(text(reader.unread))<span class=\"unseen\"> \(text("page.unread"))</span></span>" as HTML : nil)</a>
        """
    }

    private var languageSwitch: HTML {
        """
        <form class="languages" method="post" action="/language">
        <input type="hidden" name="\(Form.csrfName)" value="\(csrf)">
        <input type="hidden" name="return" value="\(here)">
        \(Language.allCases.filter { $0 != text.language }.map { other in
            """
            <button type="submit" class="plain" name="language" value="\(other.rawValue)" \
            lang="\(other.rawValue)">\(other.ownName)</button>
            """ as HTML
        })</form>
        """
    }

    private func account(_ reader: Reader) -> HTML {
        """
        <details class="me"><summary>\(Icon.person.html)<span><b>\(reader.name)</b> \
        <span class="roles">\(text.list(reader.roles))</span></span></summary>
        <div class="menu">
        <a href="/account">\(text("page.account"))</a>
        <form method="post" action="/sign-out">
        <input type="hidden" name="\(Form.csrfName)" value="\(csrf)">
        <button type="submit" class="plain">\(text("page.signOut"))</button>
        </form></div></details>
        """
    }

    private var navigation: HTML? {
        guard !places.isEmpty else { return nil }
        return """
            <nav class="places" aria-label="\(text("page.navigation"))"><ul>
            \(places.map { place in
                """
                <li><a href="\(place.link)"\(attribute: "aria-current", place.isHere ? "page" : nil)\
                \(attribute: "data-key", place.shortcut.map(String.init))>\
                \(place.icon.html)<span>\(place.label)</span></a></li>
                """ as HTML
            })
            </ul></nav>
            """
    }

    private func breadcrumb(_ trail: [(String, Link)]) -> HTML? {
        guard !trail.isEmpty else { return nil }
        return """
            <nav class="trail" aria-label="\(text("page.trail"))"><ol>\
            \(trail.map { "<li><a href=\"\($0.1)\">\($0.0)</a></li>" as HTML })</ol></nav>
            """
    }

    /// On paper only: what it is, whose it is, who printed it and when.
    private func printHeader(_ title: String) -> HTML {
        """
        <p class="print-header">\(text("product.name")) · \(reader?.office ?? "") · \(title)<br>\
        \(text("page.printed", ["who": reader?.name ?? "", "when": text(now)]))</p>
        """
    }

    /// Opened by the script with `?`; without the script nobody misses it.
    private var shortcutHelp: HTML? {
        guard reader != nil else { return nil }
        return """
            <dialog id="shortcuts" aria-labelledby="shortcuts-title">
            <h2 id="shortcuts-title">\(text("keys.title"))</h2>
            <dl class="keys">
            <dt><kbd>/</kbd></dt><dd>\(text("keys.search"))</dd>
            <dt><kbd>?</kbd></dt><dd>\(text("keys.help"))</dd>
            \(places.compactMap { place in
                place.shortcut.map {
                    "<dt><kbd>g</kbd> <kbd>\(String($0))</kbd></dt><dd>\(place.label)</dd>" as HTML
                }
            })
            </dl>
            <form method="dialog"><button type="submit">\(text("keys.close"))</button></form>
            </dialog>
            """
    }
}
