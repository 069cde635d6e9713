import GuituModel
import GuituText
import Synchronization

/// What somebody typed: names and values as the browser sent them.
public struct Typed: Sendable, Equatable {
    public var values: [(name: String, value: String)]

    public init(_ values: [(name: String, value: String)] = []) { self.values = values }

    public static func == (a: Self, b: Self) -> Bool {
        a.values.elementsEqual(b.values) { $0.name == $1.name && $0.value == $1.value }
    }

    /// The first value of that name, or an empty string.
    public subscript(name: String) -> String {
        values.first { $0.name == name }?.value ?? ""
    }

    public func all(_ name: String) -> [String] {
        values.lazy.filter { $0.name == name }.map(\.value)
    }
}

/// A form that keeps what was typed and says what is wrong beside the field.
///
/// ```swift
/// let form = Form("/arrivals", text, typed: typed, problems: problems, csrf: csrf, key: key)
/// form.view(submit: text("arrival.register"), """
///     \(form.line("name", text("arrival.name"), hint: text("arrival.name.hint")))
///     \(form.choices("sex", text("arrival.sex"), options, required: true))
///     """)
/// ```
public struct Form: Sendable {
    public static let csrfName = "csrf"
    public static let keyName = "key"
    public static let versionName = "version"

    /// A sentence about a field, or about the whole form when `field` is nil.
    public struct Problem: Sendable, Equatable {
        public var field: String?
        public var sentence: String
        public init(_ field: String?, _ sentence: String) {
            self.field = field
            self.sentence = sentence
        }
    }

    public struct Option: Sendable {
        public var value: String
        public var label: String
        public var hint: String?
        public init(_ value: String, _ label: String, hint: String? = nil) {
            self.value = value
            self.label = label
            self.hint = hint
        }

        /// What a clerk can say at a desk: the national list's fourth, "not
        /// stated", comes from other systems only.
        public static func sexes(_ text: Text) -> [Option] {
            [Sex.male, .female, .unknown].map { Option($0.rawValue, text(of: $0)) }
        }

        /// Every case of a vocabulary, in its own order and said in `text`.
        public static func all<V: CaseIterable & RawRepresentable<String>>(
            _ vocabulary: V.Type, _ text: Text
        ) -> [Option] {
            V.allCases.map { Option($0.rawValue, text(of: $0)) }
        }
    }

    public let action: Link
    public let text: Text
    public let typed: Typed
    public let problems: [Problem]
    public let csrf: String
    /// The idempotency key: the same form sent twice does one thing.
    public let key: String?
    /// The version the editor saw, when something that exists is edited.
    public let version: Int?
    /// Tells the fields of two forms of one page apart; empty for the only one.
    public let scope: String
    /// What each field drawn so far is called, so that the summary can name it:
    /// it stands above the fields and is drawn after them.
    let labels = Labels()
    /// What the id of each field begins with.
    private let ids: String

    final class Labels: Sendable {
        private let known = Mutex<[String: String]>([:])
        func note(_ name: String, _ label: String) { known.withLock { $0[name] = label } }
        subscript(name: String) -> String? { known.withLock { $0[name] } }
    }

    public init(
        _ action: Link, _ text: Text, typed: Typed = Typed(), problems: [Problem] = [],
        csrf: String, key: String? = nil, version: Int? = nil, scope: String = ""
    ) {
        self.action = action
        self.text = text
        self.typed = typed
        self.problems = problems
        self.csrf = csrf
        self.key = key
        self.version = version
        self.scope = scope
        ids = scope.isEmpty ? "field-" : "field-" + scope + "-"
    }

    /// The whole form, with what is wrong listed first.
    ///
    /// - Parameters:
    ///   - dangerous: The submit button takes something away.
    ///   - sendsFiles: Needed when a field is a file.
    ///   - beside: Other ways to go on: a link to cancel, a second button.
    public func view(
        submit: String, dangerous: Bool = false, sendsFiles: Bool = false, beside: HTML = "",
        _ fields: HTML
    ) -> HTML {
        """
        \(summary)
        <form class="form" method="post" action="\(action)"\
        \(attribute: "enctype", sendsFiles ? "multipart/form-data" : nil) novalidate>
        \(hidden)
        \(fields)
        <div class="submit"><button type="submit" class="\(dangerous ? "danger" : "primary")">\
        \(submit)</button>\(beside)</div>
        </form>
        """
    }

    /// A form that is only a button.
    public func button(_ label: String, primary: Bool = false, _ fields: HTML = "") -> HTML {
        """
        <form class="button-form" method="post" action="\(action)">\(hidden)\(fields)\
        <button type="submit"\(attribute: "class", primary ? "primary" : nil)>\(label)</button></form>
        """
    }

    public var hidden: HTML {
        """
        <input type="hidden" name="\(Form.csrfName)" value="\(csrf)">\
        \(key.map { "<input type=\"hidden\" name=\"\(Form.keyName)\" value=\"\($0)\">" })\
        \(version.map { "<input type=\"hidden\" name=\"\(Form.versionName)\" value=\"\($0)\">" })
        """
    }

    public func hidden(_ name: String, _ value: String) -> HTML {
        "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"
    }

    public var summary: HTML? {
        guard !problems.isEmpty else { return nil }
        return """
            <div class="callout danger summary" role="alert" tabindex="-1" id="problems">\
            \(Icon.danger.html)<div><h2>\(text("form.problems", ["count": text(problems.count)]))</h2><ul>
            \(problems.map { problem in
                if let field = problem.field {
                    "<li><a href=\"\("#\(id(field))" as Link)\">\(named(problem.sentence, field))</a></li>" as HTML
                } else {
                    "<li>\(problem.sentence)</li>" as HTML
                }
            })
            </ul></div></div>
            """
    }

    private func named(_ sentence: String, _ field: String) -> String {
        labels[field].map { text("form.problem", ["field": $0, "sentence": sentence]) } ?? sentence
    }

    public func id(_ name: String) -> String { ids + name }

    /// Whether this is what somebody sent, refused or kept while they signed in.
    var isBack: Bool { !typed.values.isEmpty }

    func problem(_ name: String) -> String? { problems.first { $0.field == name }?.sentence }
}
