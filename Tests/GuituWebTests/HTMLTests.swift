import Foundation
import Testing

@testable import GuituWeb

private let hostile = "<script>alert(1)</script>\"'&\u{0}\u{1F}𠮷·"
private let markup: HTML = "<b>x</b>"

@Suite("HTML")
struct HTMLTests {
    @Test("text is escaped between tags and markup is kept")
    func textAndMarkup() {
        let page: HTML = "<p>\(hostile)\(markup)</p>"
        #expect(
            page.description
                == "<p>&lt;script&gt;alert(1)&lt;/script&gt;\"'&amp;\u{FFFD}\u{FFFD}𠮷·<b>x</b></p>")
        #expect(page.fault == nil)
    }

    @Test("text in a quoted attribute cannot leave it")
    func attribute() {
        let page: HTML = "<p title=\"\(hostile)\">x</p>"
        #expect(
            page.description
                == "<p title=\"&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\u{FFFD}\u{FFFD}𠮷·\">x</p>"
        )
        #expect(page.fault == nil)
    }

    @Test("text in a title or a textarea cannot close it, and markup may not enter")
    func rcdata() {
        let title: HTML = "<title>\("</title><script>")</title><p>\("a<b")</p>"
        #expect(title.description == "<title>&lt;/title&gt;&lt;script&gt;</title><p>a&lt;b</p>")
        let area: HTML = "<textarea rows=\"4\">\n\("</TEXTAREA>")</textarea>\(markup)"
        #expect(area.description == "<textarea rows=\"4\">\n&lt;/TEXTAREA&gt;</textarea><b>x</b>")
        let wrong: HTML = "<textarea>\(markup)</textarea>"
        #expect(wrong.fault?.kind == .markupOutsideText)
        #expect(wrong.description == "<textarea></textarea>")
    }

    @Test("a quote in a literal's own value and a tag spread over pieces are followed")
    func spread() {
        let page: HTML = "<a title=\"a > b\" class=\"\(hostile)\"\(flag: "hidden", true)>\("<")</a>"
        #expect(page.fault == nil)
        #expect(page.description.hasSuffix("hidden>&lt;</a>"))
    }

    @Test("flags and attributes are left out when they are off or nil")
    func flags() {
        let none: String? = nil
        let page: HTML =
            "<input\(flag: "checked", true)\(flag: "disabled", false)\(attribute: "id", "a\"b")\(attribute: "title", none)>"
        #expect(page.description == "<input checked id=\"a&quot;b\">")
        #expect(page.fault == nil)
        let link: Link? = "/people/\("a/b")"
        #expect(
            ("<a\(attribute: "href", link)>x</a>" as HTML).description
                == "<a href=\"/people/a%2Fb\">x</a>")
    }

    @Test("nothing is rendered, and a fault is left, where a value may not stand")
    func refusals() {
        let value = "javascript:alert(1)"
        let link: Link = "/a"
        let cases: [(HTML, HTML.Fault.Kind, String)] = [
            ("<p class=\(value)>", .notQuoted, "<p class=>"),
            ("<p \(value)>", .notQuoted, "<p >"),
            ("<p title='\(value)'>", .notQuoted, "<p title=''>"),
            ("<\(value)>", .notQuoted, "<>"),
            ("<h\(1)>x</h1>", .notQuoted, "<h>x</h1>"),
            ("<a href=\"\(value)\">", .addressIsNotALink, "<a href=\"\">"),
            ("<a HREF=\"\(value)\">", .addressIsNotALink, "<a HREF=\"\">"),
            ("<form action=\"/a/\(value)\">", .addressIsNotALink, "<form action=\"/a/\">"),
            (
                "<a href=\"https://example.org\(link)\">", .addressIsNotALink,
                "<a href=\"https://example.org\">"
            ),
            ("<use xlink:href=\"\(value)\"/>", .addressIsNotALink, "<use xlink:href=\"\"/>"),
            ("<p onclick=\"\(value)\">", .neverHere, "<p onclick=\"\">"),
            ("<p style=\"\(value)\">", .neverHere, "<p style=\"\">"),
            ("<p style=\"\(link)\">", .neverHere, "<p style=\"\">"),
            ("<p\(attribute: "onclick", value)>", .neverHere, "<p>"),
            ("<a\(attribute: "href", value)>", .addressIsNotALink, "<a>"),
            ("<script>\(value)</script>", .neverHere, "<script></script>"),
            ("<style>\(value)</style>", .neverHere, "<style></style>"),
            ("<!-- \(value) -->", .neverHere, "<!--  -->"),
            ("<p>\(link)</p>", .neverHere, "<p></p>"),
            ("<p title=\"\(markup)\">", .markupOutsideText, "<p title=\"\">"),
            ("<p", .unfinished, "<p"),
            ("<textarea>x", .unfinished, "<textarea>x"),
            ("<!-- x", .unfinished, "<!-- x"),
        ]
        for (page, kind, rendered) in cases {
            #expect(page.fault?.kind == kind, "\(rendered)")
            #expect(page.description == rendered)
        }
    }

    @Test("a fault inside grows into the whole page")
    func faultsGrow() {
        let inner: HTML = "<p \("x")>"
        #expect((("<div>\([inner])</div>" as HTML).fault?.kind) == .notQuoted)
        #expect(HTML([markup, inner]).fault?.after == "<p ")
    }

    @Test("after script, style, comment and doctype text is text again")
    func backToText() {
        let page: HTML = """
            <!doctype html><!-- a > b --><script src="\("/a.js" as Link)"></script><style>p>b{}</style>\
            <STYLE>a</STYLE ><p>\("<")</p>
            """
        #expect(page.fault == nil)
        #expect(page.description.hasSuffix("<p>&lt;</p>"))
    }

    /// Whatever is put in, a reader of the page finds the same tags, and the
    /// value back unharmed.
    @Test("hostile strings change no tag in any context", arguments: 0..<300 as Range<UInt64>)
    func fuzz(seed: UInt64) throws {
        var random = SmallRandom(seed: seed)
        let parts = [
            "<", ">", "\"", "'", "&", "&lt;", "&#x3c;", "</textarea>", "</title>", "<!--", "-->",
            "<script>", "]]>", "\u{0}", "\n", "\r", "\t", " ", "=", "/", "`", "{{", "王", "𠮷", "·",
            "e\u{301}", "\u{202E}", "javascript:", "onerror=", "a", "\u{FEFF}", "\u{7F}",
        ]
        var value = ""
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            value += parts.randomElement(using: &random)!
        }
        let link: Link = "/p/\(value)?q=1"
        let page: HTML = """
            <title>\(value)</title><p class="c" title="\(value)"\(attribute: "lang", value)>\(value)</p>\
            <a href="\(link)">x</a><textarea>
            \(value)</textarea><i>end</i>
            """
        #expect(page.fault == nil)
        let tokens = Tokens(of: page.description)
        #expect(
            tokens.tags == [
                "title", "/title", "p", "/p", "a", "/a", "textarea", "/textarea", "i", "/i",
            ])
        let seen = String(
            value.unicodeScalars.map {
                $0.value < 32 && !"\t\n\r".unicodeScalars.contains($0) ? "\u{FFFD}" : Character($0)
            })
        #expect(tokens.attributes["title"] == seen)
        #expect(tokens.attributes["lang"] == seen)
        #expect(tokens.text == [seen, seen, "x", "\n" + seen, "end"].filter { !$0.isEmpty })
        #expect(link.address.hasPrefix("/p/") && link.address.hasSuffix("?q=1"))
        #expect(
            link.address.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"\"'<>\\".utf8.contains($0) })
    }
}

@Suite("Links")
struct LinkTests {
    @Test("a value is one component, whatever it holds")
    func components() {
        #expect(("/people/\("01a")/edit" as Link).address == "/people/01a/edit")
        #expect(("/people/\("../../x?y#z")" as Link).address == "/people/..%2F..%2Fx%3Fy%23z")
        #expect(("/people/\("..")/edit" as Link).address == "/people//edit")
        #expect(("/q/\("王 ·𠮷")" as Link).address == "/q/%E7%8E%8B%20%C2%B7%F0%A0%AE%B7")
    }

    @Test("an address that leads elsewhere becomes the start page")
    func elsewhere() {
        for address in [
            "https://example.org", "//example.org", "/\\example.org", "javascript:x", "", "a",
        ] {
            #expect(Link(stringLiteral: address).address == "/")
            #expect(Link(returning: address) == nil)
        }
        #expect(("\("javascript:x")" as Link).address == "/")
        #expect(("/\("/example.org")" as Link).address == "/%2Fexample.org")
        #expect(Link(returning: "/people?q=%E7%8E%8B") != nil)
        #expect(Link(returning: "/a\r\nSet-Cookie: x") == nil)
        #expect(Link(returning: "/a\\b") == nil)
    }

    @Test("queries and fragments are added in their places")
    func queries() {
        let link: Link = "/people"
        #expect(
            link.with("q", "a&b=c").with("sort", "name").with("x", nil).with("y", "").address
                == "/people?q=a%26b%3Dc&sort=name")
        #expect(link.at("field-名").with("q", "1").address == "/people?q=1#field-%E5%90%8D")
    }
}

/// SplitMix64, so that a seed gives the same page on every machine.
struct SmallRandom: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A plain reading of a page as a browser would tokenize it, written apart
/// from the state machine it checks.
struct Tokens {
    var tags: [String] = []
    var attributes: [String: String] = [:]
    var text: [String] = []

    init(of page: String) {
        var rest = Substring(page)
        var literal: String? = nil  // the element whose content is not markup
        while !rest.isEmpty {
            let end = literal.map { "</" + $0 } ?? "<"
            let next = rest.range(of: end, options: .caseInsensitive)?.lowerBound ?? rest.endIndex
            if next > rest.startIndex { text.append(Tokens.decoded(rest[..<next])) }
            rest = rest[next...]
            guard !rest.isEmpty else { break }
            let name = rest.dropFirst().prefix { !" >\n".contains($0) }
            tags.append(name.lowercased())
            rest = rest.dropFirst(1 + name.count)
            literal = ["title", "textarea"].contains(name.lowercased()) ? name.lowercased() : nil
            while let first = rest.first, first != ">" {
                rest = rest.drop { $0 == " " }
                let attribute = rest.prefix { !"=> ".contains($0) }
                rest = rest.dropFirst(attribute.count)
                if rest.hasPrefix("=\"") {
                    let value = rest.dropFirst(2).prefix { $0 != "\"" }
                    attributes[String(attribute)] = Tokens.decoded(value)
                    rest = rest.dropFirst(3 + value.count)
                }
            }
            rest = rest.dropFirst()
        }
    }

    static func decoded(_ text: Substring) -> String {
        String(text).replacing("&lt;", with: "<").replacing("&gt;", with: ">")
            .replacing("&quot;", with: "\"").replacing("&#39;", with: "'")
            .replacing("&amp;", with: "&")
    }
}
