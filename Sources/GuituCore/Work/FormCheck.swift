import GuituModel

/// Checks the fields of one request and collects everything that is wrong.
struct FormCheck {
    private var wrong: [Saying] = []

    mutating func fail(_ field: String, _ key: String, _ arguments: [String: String] = [:]) {
        wrong.append(Saying(key, arguments, field: field))
    }

    /// Trimmed text within its limit; control characters are refused, not
    /// dropped, since nobody types them on purpose. `lines` allows line breaks.
    mutating func text(
        _ value: String, _ field: String, limit: Int, required: Bool = false, lines: Bool = false
    ) -> String {
        do throws(PlainText.Failure) {
            let clean = try PlainText.check(value, max: limit, lines: lines)
            if required, clean.isEmpty { fail(field, "field.required") }
            return clean
        } catch {
            switch error {
            case .tooLong(let max, let length):
                fail(field, "field.tooLong", ["max": "\(max)", "length": "\(length)"])
            case .controlCharacter: fail(field, "field.controlCharacter")
            }
            return ""
        }
    }

    /// Nil when the field was left empty or does not read.
    mutating func identity(_ value: String, _ field: String) -> IdentityNumber? {
        let text = text(value, field, limit: 40)
        guard !text.isEmpty else { return nil }
        do throws(IdentityNumber.Failure) {
            return try IdentityNumber(text)
        } catch {
            fail(field, "identity.\(error.word)", error.arguments)
            return nil
        }
    }

    mutating func phone(_ value: String, _ field: String) -> PhoneNumber? {
        let text = text(value, field, limit: 40, required: true)
        guard !text.isEmpty else { return nil }
        guard let phone = PhoneNumber(text) else {
            fail(field, "field.phone")
            return nil
        }
        return phone
    }

    func finish() throws {
        if !wrong.isEmpty { throw InvalidFields(wrong) }
    }
}
