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

    /// A date of birth, or the one that the identity number tells. A guess by
    /// looks may be three years off; more, and one of the two is wrong.
    mutating func birth(
        _ said: PartialDay?, by identity: IdentityNumber?, on today: Day, _ field: String = "birth"
    ) -> PartialDay? {
        past(said, field, on: today)
        guard let identity else { return said }
        guard let said else { return PartialDay(identity.birth) }
        let slack = 3
        if let first = said.earliest, identity.birth.adding(years: slack) < first {
            fail(field, "intake.birthAgainstIdentity")
        }
        if let last = said.latest, last < identity.birth.adding(years: -slack) {
            fail(field, "intake.birthAgainstIdentity")
        }
        return said
    }

    /// Nothing of what is taken down has happened tomorrow.
    mutating func past(_ said: PartialDay?, _ field: String, on today: Day) {
        if let first = said?.earliest, first > today { fail(field, "field.inTheFuture") }
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
