import Foundation
import GuituText

/// One field of two records side by side, and what it says about their being
/// one person.
public struct ComparedField: Sendable {
    public enum Verdict: String, CaseIterable, Sendable {
        case agrees, close, differs
        /// One side or both do not know. Never counted as disagreement.
        case unknown
    }

    public var label: String
    public var left: HTML?
    public var right: HTML?
    public var verdict: Verdict
    /// log10 of the likelihood ratio: 1 is ten times likelier for one person
    /// than for two, -1 ten times less; 0 says nothing.
    public var weight: Double
    /// Why, in a sentence.
    public var why: String?

    public init(
        _ label: String, left: HTML?, right: HTML?, verdict: Verdict, weight: Double,
        why: String? = nil
    ) {
        self.label = label
        self.left = left
        self.right = right
        self.verdict = verdict
        self.weight = weight
        self.why = why
    }
}

/// Two records side by side, with what each field contributes.
public func comparison(
    _ text: Text, left: String, right: String, _ fields: [ComparedField], total: Double
) -> HTML {
    // One scale for all bars, or their lengths would say nothing.
    let scale = fields.map { abs($0.weight) }.reduce(max(4, abs(total)), max)
    return """
        <div class="table-frame"><table class="comparison">
        <caption class="unseen">\(text("compare.caption"))</caption>
        <thead><tr><th scope="col">\(text("compare.field"))</th><th scope="col">\(left)</th>\
        <th scope="col">\(right)</th><th scope="col">\(text("compare.agreement"))</th>\
        <th scope="col">\(text("compare.weight"))</th></tr></thead>
        <tbody>
        \(fields.map { comparedRow(text, left, right, $0, scale: scale) })</tbody>
        <tfoot><tr><th scope="row" colspan="4">\(text("compare.total"))</th>\
        <td>\(weightBar(text, total, scale: scale))</td></tr></tfoot>
        </table></div>
        <p class="hint">\(text("compare.advice"))</p>
        """
}

private func comparedRow(
    _ text: Text, _ left: String, _ right: String, _ field: ComparedField, scale: Double
) -> HTML {
    let unknown: HTML = "<span class=\"unknown\">\(text("fact.unknown"))</span>"
    let (tone, mark): (Tone, String) =
        switch field.verdict {
        case .agrees: (.success, text("compare.agrees"))
        case .close: (.info, text("compare.close"))
        case .differs: (.danger, text("compare.differs"))
        case .unknown: (.neutral, text("compare.unknown"))
        }
    return """
        <tr class="\(field.verdict.rawValue)"><th scope="row">\(field.label)</th>\
        <td data-label="\(left)">\(field.left ?? unknown)</td>\
        <td data-label="\(right)">\(field.right ?? unknown)</td>\
        <td data-label="\(text("compare.agreement"))">\(badge(mark, tone))</td>\
        <td data-label="\(text("compare.weight"))">\(weightBar(text, field.weight, scale: scale))\
        \(field.why.map { "<p class=\"why\">\($0)</p>" })</td></tr>

        """
}

/// A bar to the right for one person, to the left for two, and the words.
///
/// - Parameter scale: The weight that fills one side.
public func weightBar(_ text: Text, _ weight: Double, scale: Double) -> HTML {
    let length = Int((min(abs(weight), scale) / scale * 58).rounded())
    let shown = max(length, weight == 0 ? 0 : 2)
    return """
        <span class="weight"><svg viewBox="0 0 120 12" width="120" height="12" aria-hidden="true" \
        focusable="false"><path class="axis" d="M60 0v12"/>\
        <rect class="\(weight < 0 ? "against" : "for")" x="\(weight < 0 ? 60 - shown : 60)" y="2" \
        width="\(shown)" height="8" rx="2"/></svg><span>\(weightWords(text, weight))</span></span>
        """
}

/// "支持(约 200 倍)": how strongly, and how many times likelier.
func weightWords(_ text: Text, _ weight: Double) -> String {
    // Under a factor of 1.26 (0.1) nothing is said: rounding is louder.
    guard abs(weight) >= 0.1 else { return text("weight.none") }
    let times = min(pow(10, abs(weight)), 1_000_000)
    let count = times < 10 ? oneDecimal(times) : text(roundedToTwoDigits(times))
    let arguments = ["times": count]
    // Bands of the forensic verbal scale: 10 and 1,000.
    switch weight {
    case 3...: return text("weight.for.strong", arguments)
    case 1..<3: return text("weight.for.moderate", arguments)
    case 0..<1: return text("weight.for.weak", arguments)
    case -1..<0: return text("weight.against.weak", arguments)
    case -3 ..< -1: return text("weight.against.moderate", arguments)
    default: return text("weight.against.strong", arguments)
    }
}

private func oneDecimal(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
}

private func roundedToTwoDigits(_ value: Double) -> Int {
    var unit = 1
    while value / Double(unit) >= 100 { unit *= 10 }
    return Int((value / Double(unit)).rounded()) * unit
}

/// What two people wrote into the same place, so that the second can decide.
public struct Clash: Sendable {
    public var label: String
    public var field: String
    public var mine: String
    public var theirs: String
    public init(_ label: String, field: String, mine: String, theirs: String) {
        self.label = label
        self.field = field
        self.mine = mine
        self.theirs = theirs
    }
}

/// Somebody was faster: both texts, before the form is sent again.
public func clashes(_ text: Text, _ clashes: [Clash]) -> HTML {
    """
    \(callout(.warning, text("clash.title"), "<p>\(text("clash.advice"))</p>"))
    <div class="table-frame"><table class="clash"><caption class="unseen">\(text("clash.title"))</caption>
    <thead><tr><th scope="col">\(text("compare.field"))</th><th scope="col">\(text("clash.theirs"))</th>\
    <th scope="col">\(text("clash.mine"))</th></tr></thead><tbody>
    \(clashes.map { clash in
        """
        <tr><th scope="row"><a href="\("#field-\(clash.field)" as Link)">\(clash.label)</a></th>\
        <td data-label="\(text("clash.theirs"))">\(clash.theirs)</td>\
        <td data-label="\(text("clash.mine"))">\(clash.mine)</td></tr>
        """ as HTML
    })</tbody></table></div>
    """
}
