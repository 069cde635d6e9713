/// What a web page leaves in a notice: tags, entities, pinyin after characters.
struct Markup {
    let source: [Unicode.Scalar]

    init(_ source: [Unicode.Scalar]) { self.source = source }

    private func ascii(_ place: Int) -> UInt8 {
        place < source.count && source[place].value < 0x80 ? UInt8(source[place].value) : 0
    }

    private func letter(_ place: Int) -> Unicode.Scalar { Unicode.Scalar(ascii(place)) }

    /// What a tag makes of what stands on its two sides.
    enum Effect: Equatable {
        case gap(UInt8)
        case cellBegins, cellEnds
    }

    /// The tag that begins here, its end and what it does; nil for a mere `<`.
    func tag(at begin: Int) -> (end: Int, effect: Effect, isRow: Bool)? {
        var at = begin + 1
        let closes = ascii(at) == 0x2F
        if closes { at += 1 }
        if ascii(at) == 0x21 {  // <!-- … -->, <!DOCTYPE …>
            if ascii(begin + 2) == 0x2D, ascii(begin + 3) == 0x2D,
                let end = (begin + 4..<min(source.count, begin + 20_000)).first(where: {
                    source[$0] == ">" && source[$0 - 1] == "-" && source[$0 - 2] == "-"
                })
            {
                return (end + 1, .gap(NoticeText.Gap.none), false)
            }
            return end(of: begin, limit: 2000).map { ($0, .gap(NoticeText.Gap.none), false) }
        }
        var name: [UInt8] = []
        while name.count < 12, letter(at).isDigit || letter(at).isLatin {
            name.append(ascii(at) | 0x20)
            at += 1
        }
        guard let first = name.first, Unicode.Scalar(first).isLatin,
            let end = end(of: begin, limit: 2000)
        else { return nil }
        let word = String(decoding: name, as: UTF8.self)
        switch word {
        case "script", "style":
            guard !closes else { return (end, .gap(NoticeText.Gap.none), false) }
            return (skip(to: word, from: end), .gap(NoticeText.Gap.line), false)
        case "td", "th", "dt":
            return (
                end,
                word == "dt" && !closes
                    ? .gap(NoticeText.Gap.line) : closes ? .cellEnds : .cellBegins, word == "dt"
            )
        case "p", "br", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6",
            "section", "article", "dl", "hr", "body", "html", "head", "title":
            return (end, .gap(NoticeText.Gap.line), word == "tr" || word == "table")
        case "dd": return (end, closes ? .gap(NoticeText.Gap.line) : .cellBegins, true)
        default:
            // </span><span>: a label and its value, each in an element.
            let isJoint = closes && ascii(end) == 0x3C && ascii(end + 1) != 0x2F
            return (end, .gap(isJoint ? NoticeText.Gap.blank : NoticeText.Gap.none), false)
        }
    }

    private func end(of begin: Int, limit: Int) -> Int? {
        let last = min(source.count, begin + limit)
        var at = begin + 1
        while at < last {
            if source[at] == ">" { return at + 1 }
            if source[at] == "<" { return nil }
            at += 1
        }
        return nil
    }

    /// The end of a script; without one only its opening tag is dropped.
    private func skip(to word: String, from begin: Int) -> Int {
        let letters = Array(word.utf8)
        var at = begin
        while at + letters.count + 2 < source.count, at < begin + 200_000 {
            if source[at] == "<", ascii(at + 1) == 0x2F,
                letters.indices.allSatisfy({ ascii(at + 2 + $0) | 0x20 == letters[$0] })
            {
                return end(of: at, limit: 100) ?? begin
            }
            at += 1
        }
        return begin
    }

    func entity(at begin: Int) -> (end: Int, value: UInt32)? {
        var at = begin + 1
        var name: [UInt8] = []
        while name.count < 9, ascii(at) != 0x3B, ascii(at) > 0x20 {
            name.append(ascii(at))
            at += 1
        }
        guard ascii(at) == 0x3B, let first = name.first else { return nil }
        let word = String(decoding: name, as: UTF8.self)
        if first == 0x23 {
            let digits = word.dropFirst()
            let value =
                digits.first == "x" || digits.first == "X"
                ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            guard let value, Unicode.Scalar(value) != nil else { return nil }
            return (at + 1, value)
        }
        let known: [String: UInt32] = [
            "nbsp": 0x20, "ensp": 0x20, "emsp": 0x2003, "thinsp": 0x20, "amp": 0x26, "lt": 0x3C,
            "gt": 0x3E, "quot": 0x22, "apos": 0x27, "middot": 0xB7, "ldquo": 0x201C,
            "rdquo": 0x201D, "mdash": 0x2014, "ndash": 0x2013, "hellip": 0x2026, "bull": 0x2022,
            "shy": 0x200B, "times": 0xD7,
        ]
        return known[word].map { (at + 1, $0) }
    }

    /// Where `(lián)` ends that a bad conversion put after a character.
    func pinyin(after open: Int) -> Int? {
        var at = open + 1
        var marked = false
        while at < source.count, at - open <= 8 {
            let value = source[at].value
            if value == 0x29 || value == 0xFF09 { return marked && at - open > 1 ? at + 1 : nil }
            switch value {
            case 0x61...0x7A: break
            case 0xE0...0x1DC, 0x300...0x30C: marked = true
            default: return nil
            }
            at += 1
        }
        return nil
    }
}
