import GuituModel

/// What the reader can say about somebody, by the words of the exchange format.
public enum NoticeKey: String, Vocabulary {
    case kind, status, name
    case nameHeard = "name_heard"
    case aliases, code, sex, ethnicity, age
    case birthYear = "birth_year"
    case height = "height_cm"
    case dateFound = "date_found"
    case dateMissing = "date_missing"
    case placeFound = "place_found"
    case placeMissing = "place_missing"
    case placeClaimed = "place_claimed"
    case station
    case escortedBy = "escorted_by"
    case accent, marks, clothing, items, build, hair, speech
    case health, mental, disability, contacts

    /// Whether a person may have several of it.
    public var isList: Bool {
        switch self {
        case .aliases, .marks, .clothing, .items, .health, .mental, .disability, .contacts: true
        default: false
        }
    }
}

/// One value read from a notice, and where it stands.
public struct NoticeField: Hashable, Sendable {
    public enum Value: Hashable, Sendable {
        /// As written, dates as `2026-11-24`, `2026-11` or `2026`, phones in digits.
        case text(String)
        case number(Int)
        /// Years or centimetres, both ends included; `stated` for ages.
        case range(Int, Int, stated: AgeSource?)
        case flag(Bool)
    }

    /// Who says how old somebody is.
    public enum AgeSource: String, Sendable, Codable {
        case own = "self"
        case estimated, register
    }

    public var key: NoticeKey
    public var value: Value
    /// Offsets in Unicode scalars of the text; nil when the value follows from
    /// the whole of it (kind, status).
    public var span: Range<Int>?
    /// The share of such readings that are right, 0 to 1.
    public var confidence: Double
}

/// Somebody a notice tells of.
public struct NoticePerson: Hashable, Sendable {
    /// `found`: held by a station, hospital or home; `missing`: looked for by a family.
    public enum Kind: String, Sendable, Codable { case found, missing }

    public var kind: Kind
    /// Told as solved: the family was found.
    public var isReunited: Bool
    /// In the order of `NoticeKey`, lists in the order of the text.
    public var fields: [NoticeField]

    public init(kind: Kind, isReunited: Bool, fields: [NoticeField]) {
        self.kind = kind
        self.isReunited = isReunited
        self.fields = fields
    }

    public func first(_ key: NoticeKey) -> NoticeField? { fields.first { $0.key == key } }
    public func all(_ key: NoticeKey) -> [NoticeField] { fields.filter { $0.key == key } }

    /// The text of a field that is text.
    public func text(_ key: NoticeKey) -> String? {
        if case .text(let text)? = first(key)?.value { text } else { nil }
    }
}

// MARK: Lines for other programs

extension NoticePerson {
    /// One line of JSON, `{"id": …, "persons": […]}`, in the form of
    /// Documentation/Notices.md: a value with its span and confidence.
    public static func line(id: String, persons: [NoticePerson]) -> String {
        var json = "{\"id\":"
        json.quote(id)
        json += ",\"persons\":["
        for (place, person) in persons.enumerated() {
            if place > 0 { json += "," }
            person.write(to: &json)
        }
        return json + "]}"
    }

    private func write(to json: inout String) {
        json += "{\"kind\":\"\(kind.rawValue)\""
        if isReunited { json += ",\"status\":\"reunited\"" }
        for key in NoticeKey.allCases {
            let values = all(key)
            guard let one = values.first else { continue }
            json += ",\"\(key.rawValue)\":"
            if key.isList {
                json += "["
                for (place, field) in values.enumerated() {
                    if place > 0 { json += "," }
                    field.write(to: &json)
                }
                json += "]"
            } else {
                one.write(to: &json)
            }
        }
        json += "}"
    }
}

extension NoticeField {
    fileprivate func write(to json: inout String) {
        json += "{\"value\":"
        switch value {
        case .text(let text): json.quote(text)
        case .number(let number): json += "\(number)"
        case .flag(let flag): json += "\(flag)"
        case .range(let low, let high, let stated):
            json += "{\"min\":\(low),\"max\":\(high)"
            if let stated { json += ",\"stated\":\"\(stated.rawValue)\"" }
            json += "}"
        }
        if let span { json += ",\"span\":[\(span.lowerBound),\(span.upperBound)]" }
        // Two decimals; Foundation's formatting would cost more than the reading.
        let percent = min(99, max(1, Int((confidence * 100).rounded())))
        json += ",\"confidence\":0.\(percent < 10 ? "0" : "")\(percent)}"
    }
}

extension String {
    fileprivate mutating func quote(_ text: String) {
        unicodeScalars.append("\"")
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": self += "\\\""
            case "\\": self += "\\\\"
            case "\n": self += "\\n"
            case "\r": self += "\\r"
            case "\t": self += "\\t"
            case "\u{0}"..."\u{1F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                self += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: unicodeScalars.append(scalar)
            }
        }
        unicodeScalars.append("\"")
    }
}
