import GuituText

/// The fields of a form. All keep what was typed; `value` stands there before
/// anything was.
extension Form {
    public enum LineKind: String, Sendable {
        case text, email, tel, password, search
        /// Digits only: the phone shows its number pad, nothing spins.
        case number
        /// A whole civil date, by the browser's own picker.
        case date
        /// A moment of the day.
        case time
        /// A day and a time in China: `2026-11-24T18:05`.
        case moment

        var inputType: String {
            switch self {
            case .number: "text"
            case .moment: "datetime-local"
            default: rawValue
            }
        }
    }

    /// One line of text, or a number, a date, a password.
    public func line(
        _ name: String, _ label: String, _ kind: LineKind = .text, value: String = "",
        hint: String? = nil, required: Bool = false, limit: Int = 200, short: Bool = false,
        autocomplete: String = "off", suggestions: [String] = []
    ) -> HTML {
        let list = suggestions.isEmpty ? nil : id(name) + "-list"
        return wrap(
            name, label, hint: hint, required: required,
            """
            <input id="\(id(name))" name="\(name)" type="\(kind.inputType)" \
            value="\(kind == .password ? "" : shown(name, value))" maxlength="\(limit)" \
            autocomplete="\(autocomplete)"\
            \(attribute: "class", short ? "short" : nil)\
            \(attribute: "inputmode", kind == .number ? "numeric" : nil)\
            \(attribute: "list", list)\
            \(flag: "required", required)\
            \(attribute: "aria-invalid", problem(name) == nil ? nil : "true")\
            \(attribute: "aria-describedby", describedBy(name, hint))>\
            \(list.map { list in
                """
                <datalist id="\(list)">\
                \(suggestions.map { "<option value=\"\($0)\"></option>" as HTML })</datalist>
                """
            })
            """)
    }

    /// A date as people say it: a year, "腊月", "属龙", or a whole date.
    public func partialDay(
        _ name: String, _ label: String, value: String = "", hint: String? = nil,
        required: Bool = false
    ) -> HTML {
        line(
            name, label, value: value, hint: hint ?? text("form.partialDay.hint"),
            required: required, limit: 60, short: true)
    }

    /// Several lines of text.
    public func area(
        _ name: String, _ label: String, value: String = "", hint: String? = nil,
        required: Bool = false, limit: Int = 4000, rows: Int = 4
    ) -> HTML {
        wrap(
            name, label, hint: hint, required: required,
            """
            <textarea id="\(id(name))" name="\(name)" rows="\(rows)" maxlength="\(limit)"\
            \(flag: "required", required)\
            \(attribute: "aria-invalid", problem(name) == nil ? nil : "true")\
            \(attribute: "aria-describedby", describedBy(name, hint))>
            \(shown(name, value))</textarea>
            """)
    }

    /// One of many, in a list that opens. `empty` names the choice of none.
    public func select(
        _ name: String, _ label: String, _ options: [Option], value: String = "",
        empty: String? = nil, hint: String? = nil, required: Bool = false
    ) -> HTML {
        let chosen = shown(name, value)
        return wrap(
            name, label, hint: hint, required: required,
            """
            <select id="\(id(name))" name="\(name)"\(flag: "required", required)\
            \(attribute: "aria-invalid", problem(name) == nil ? nil : "true")\
            \(attribute: "aria-describedby", describedBy(name, hint))>
            \(empty.map { "<option value=\"\">\($0)</option>" })
            \(options.map { option in
                """
                <option value="\(option.value)"\(flag: "selected", option.value == chosen)>\
                \(option.label)</option>
                """ as HTML
            })
            </select>
            """)
    }

    /// One of a few, as buttons large enough for a tired hand.
    public func choices(
        _ name: String, _ label: String, _ options: [Option], value: String = "",
        hint: String? = nil, required: Bool = false
    ) -> HTML {
        let chosen = shown(name, value)
        return group(
            name, label, hint: hint, required: required,
            options.enumerated().map { index, option in
                choice(name, index, option, type: "radio", isOn: option.value == chosen)
            })
    }

    /// Any number of a few.
    public func checks(
        _ name: String, _ label: String, _ options: [Option], values: [String] = [],
        hint: String? = nil
    ) -> HTML {
        let chosen = typed.values.isEmpty ? values : typed.all(name)
        return group(
            name, label, hint: hint, required: false,
            options.enumerated().map { index, option in
                choice(name, index, option, type: "checkbox", isOn: chosen.contains(option.value))
            })
    }

    /// Yes or not: one box, sent as "yes" when it is ticked.
    public func check(
        _ name: String, _ label: String, value: Bool = false, hint: String? = nil
    ) -> HTML {
        labels.note(name, label)
        let isOn = typed.values.isEmpty ? value : typed[name] == "yes"
        return """
            <div class="\(problem(name) == nil ? "field" : "field wrong")">\(complaint(name))\
            \(choice(name, 0, Option("yes", label, hint: hint), type: "checkbox", isOn: isOn))</div>
            """
    }

    /// A file from the device, or straight from its camera.
    public func file(
        _ name: String, _ label: String, accept: String, hint: String? = nil,
        required: Bool = false, several: Bool = false
    ) -> HTML {
        wrap(
            name, label, hint: hint, required: required,
            """
            <input id="\(id(name))" name="\(name)" type="file" accept="\(accept)"\
            \(flag: "required", required)\(flag: "multiple", several)\
            \(attribute: "aria-invalid", problem(name) == nil ? nil : "true")\
            \(attribute: "aria-describedby", describedBy(name, hint))>
            """)
    }

    /// Fields that belong together under one heading.
    public func section(_ title: String, hint: String? = nil, _ fields: HTML) -> HTML {
        """
        <fieldset class="section"><legend>\(title)</legend>\
        \(hint.map { "<p class=\"hint\">\($0)</p>" })
        \(fields)</fieldset>
        """
    }

    // MARK: Parts

    private func shown(_ name: String, _ value: String) -> String {
        typed.values.contains { $0.name == name } ? typed[name] : value
    }

    private func describedBy(_ name: String, _ hint: String?) -> String? {
        let ids =
            (hint == nil ? [] : [id(name) + "-hint"])
            + (problem(name) == nil ? [] : [id(name) + "-problem"])
        return ids.isEmpty ? nil : ids.joined(separator: " ")
    }

    private func complaint(_ name: String) -> HTML? {
        problem(name).map {
            """
            <p class="problem" id="\(id(name))-problem">\(Icon.danger.html)<span>\($0)</span></p>
            """
        }
    }

    private func required(_ isRequired: Bool) -> HTML? {
        isRequired ? " <span class=\"required\">\(text("form.required"))</span>" : nil
    }

    private func hintLine(_ name: String, _ hint: String?) -> HTML? {
        hint.map { "<p class=\"hint\" id=\"\(id(name))-hint\">\($0)</p>" }
    }

    private func wrap(
        _ name: String, _ label: String, hint: String?, required isRequired: Bool, _ control: HTML
    ) -> HTML {
        labels.note(name, label)
        return """
            <div class="\(problem(name) == nil ? "field" : "field wrong")">
            <label for="\(id(name))">\(label)\(required(isRequired))</label>
            \(hintLine(name, hint))\(complaint(name))
            \(control)
            </div>
            """
    }

    private func group(
        _ name: String, _ label: String, hint: String?, required isRequired: Bool, _ boxes: [HTML]
    ) -> HTML {
        labels.note(name, label)
        return """
            <fieldset class="\(problem(name) == nil ? "field" : "field wrong")"\
            \(attribute: "aria-describedby", describedBy(name, hint))>
            <legend>\(label)\(required(isRequired))</legend>
            \(hintLine(name, hint))\(complaint(name))
            <div class="choices">\(boxes)</div>
            </fieldset>
            """
    }

    /// The first box carries the field's own id, so that the summary's link
    /// leads to it.
    private func choice(
        _ name: String, _ index: Int, _ option: Option, type: String, isOn: Bool
    ) -> HTML {
        let id = index == 0 ? id(name) : id(name) + "-\(index)"
        return """
            <label class="choice" for="\(id)"><input id="\(id)" type="\(type)" name="\(name)" \
            value="\(option.value)"\(flag: "checked", isOn)\
            \(attribute: "aria-invalid", problem(name) == nil || type == "radio" ? nil : "true")>\
            <span>\(option.label)\(option.hint.map { "<small>\($0)</small>" })</span></label>
            """
    }
}
