import Foundation

/// Where in a page the next value would stand, read from the literal pieces.
///
/// It follows the HTML tokenizer closely enough for markup written by us: the
/// literals are ours, only the values are strangers'. A tag or attribute name
/// therefore never spans two literals.
struct HTMLContext: Sendable {
    enum State: UInt8, Sendable {
        case text, tagOpen, tagName, inTag, attributeName, afterEquals, unquoted, quoted
        case singleQuoted, markup, comment
        /// Inside script or style.
        case raw
        /// Inside title or textarea: references are read, tags are not.
        case rcdata

        var isInTag: Bool {
            rawValue >= State.tagOpen.rawValue && rawValue <= State.singleQuoted.rawValue
        }
        var endsBeforeAttribute: Bool {
            self == .tagName || self == .inTag || self == .attributeName
        }
    }

    enum Attribute: Sendable {
        case plain
        /// The browser follows it.
        case address
        /// The browser runs it.
        case never

        init(named name: UnsafeBufferPointer<UInt8>) {
            func isNamed(_ other: StaticString) -> Bool {
                other.utf8CodeUnitCount == name.count
                    && other.withUTF8Buffer { zip(name, $0).allSatisfy { $0 | 0x20 == $1 } }
            }
            if isNamed("href") || isNamed("src") || isNamed("action") || isNamed("formaction")
                || isNamed("xlink:href") || isNamed("poster") || isNamed("data") || isNamed("cite")
                || isNamed("manifest") || isNamed("ping") || isNamed("background")
                || isNamed("icon") || isNamed("longdesc") || isNamed("usemap")
            {
                self = .address
            } else if name.count > 2 && name[0] | 0x20 == UInt8(ascii: "o")
                && name[1] | 0x20 == UInt8(ascii: "n")
                || isNamed("style") || isNamed("srcdoc") || isNamed("srcset")
                || isNamed("imagesrcset") || isNamed("http-equiv") || isNamed("is")
            {
                self = .never
            } else {
                self = .plain
            }
        }
    }

    private enum Element: Sendable { case ordinary, script, style, title, textarea }

    private(set) var attribute = Attribute.plain
    private var element = Element.ordinary
    private var isEndTag = false
    var state = State.text
    var valueIsEmpty = true
    mutating func read(_ literal: UnsafeBufferPointer<UInt8>) {
        var index = 0
        var nameStart = 0
        // Named at the end only: most values are whole inside one literal, and
        // nobody asks what their attribute is.
        var attributeName: Range<Int>?
        let end = literal.count
        while index < end {
            let byte = literal[index]
            switch state {
            case .text:
                index = literal.position(of: UInt8(ascii: "<"), from: index)
                if index < end { state = .tagOpen }
            case .tagOpen:
                isEndTag = byte == UInt8(ascii: "/")
                if byte == UInt8(ascii: "!") {
                    let isComment =
                        index + 2 < end && literal[index + 1] == UInt8(ascii: "-")
                        && literal[index + 2] == UInt8(ascii: "-")
                    state = isComment ? .comment : .markup
                } else if isEndTag || isLetter(byte) {
                    nameStart = isEndTag ? index + 1 : index
                    state = .tagName
                } else {
                    state = .text  // "1 < 2" written by us; a browser agrees
                }
            case .tagName:
                while index < end, !endsTagName(literal[index]) { index += 1 }
                if index < end {
                    element = name(in: literal, nameStart..<index)
                    state = .inTag
                    continue
                }
            case .inTag:
                if byte == UInt8(ascii: ">") {
                    state = contentState
                } else if !isSpace(byte), byte != UInt8(ascii: "/") {
                    nameStart = index
                    state = .attributeName
                }
            case .attributeName:
                while index < end, !endsAttributeName(literal[index]) { index += 1 }
                if index < end {
                    guard literal[index] == UInt8(ascii: "=") else {
                        state = .inTag
                        continue
                    }
                    attributeName = nameStart..<index
                    valueIsEmpty = true
                    state = .afterEquals
                }
            case .afterEquals:
                if byte == UInt8(ascii: "\"") {
                    state = .quoted
                } else if byte == UInt8(ascii: "'") {
                    state = .singleQuoted
                } else if byte == UInt8(ascii: ">") {
                    state = contentState
                } else if !isSpace(byte) {
                    state = .unquoted
                }
            case .quoted:
                let close = literal.position(of: UInt8(ascii: "\""), from: index)
                if close > index { valueIsEmpty = false }
                index = close
                if index < end { state = .inTag }
            case .singleQuoted:
                if byte == UInt8(ascii: "'") { state = .inTag }
            case .unquoted:
                if isSpace(byte) {
                    state = .inTag
                } else if byte == UInt8(ascii: ">") {
                    state = contentState
                }
            case .markup:
                if byte == UInt8(ascii: ">") { state = .text }
            case .comment:
                if byte == UInt8(ascii: ">"), index >= 2, literal[index - 1] == UInt8(ascii: "-"),
                    literal[index - 2] == UInt8(ascii: "-")
                {
                    state = .text
                }
            case .raw, .rcdata:
                index = literal.position(of: UInt8(ascii: "<"), from: index)
                if index + 2 < end, literal[index + 1] == UInt8(ascii: "/"),
                    name(in: literal, index + 2..<nameEnd(in: literal, from: index + 2)) == element
                {
                    element = .ordinary
                    isEndTag = true
                    state = .tagName
                    nameStart = index + 2
                    index += 1
                }
            }
            index += 1
        }
        if state == .tagName { element = name(in: literal, nameStart..<end) }
        if state == .quoted, let attributeName {
            attribute = Attribute(named: UnsafeBufferPointer(rebasing: literal[attributeName]))
        }
    }

    /// What follows the `>` of a tag.
    private var contentState: State {
        guard !isEndTag else { return .text }
        switch element {
        case .ordinary: return .text
        case .script, .style: return .raw
        case .title, .textarea: return .rcdata
        }
    }

    private func nameEnd(in literal: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var end = start
        while end < literal.count, isLetter(literal[end]) { end += 1 }
        return end
    }

    private func name(in literal: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Element {
        // Most tags are short; the four that matter have five to eight letters.
        guard (5...8).contains(range.count),
            literal[range.lowerBound] | 0x20 == UInt8(ascii: "s")
                || literal[range.lowerBound] | 0x20 == UInt8(ascii: "t")
        else { return .ordinary }
        func isNamed(_ other: StaticString) -> Bool {
            other.utf8CodeUnitCount == range.count
                && other.withUTF8Buffer { zip(literal[range], $0).allSatisfy { $0 | 0x20 == $1 } }
        }
        if isNamed("title") { return .title }
        if isNamed("textarea") { return .textarea }
        if isNamed("style") { return .style }
        if isNamed("script") { return .script }
        return .ordinary
    }
}

private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
private func endsTagName(_ byte: UInt8) -> Bool {
    byte <= UInt8(ascii: ">")
        && (isSpace(byte) || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/"))
}
private func endsAttributeName(_ byte: UInt8) -> Bool {
    byte <= UInt8(ascii: ">")
        && (isSpace(byte) || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "="))
}
private func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 0x20) }

extension UnsafeBufferPointer<UInt8> {
    /// The end where there is none.
    fileprivate func position(of byte: UInt8, from start: Int) -> Int {
        guard let base = baseAddress, start < count,
            let found = memchr(base + start, Int32(byte), count - start)
        else { return count }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
}
