import GuituCore
import GuituModel
import GuituText

/// A person's file as a page: what must be known first, then the rest.
struct PersonView {
    let person: SeePerson.Answer
    let visit: Visit

    private var text: Text { visit.text }
    private var open: SeePerson.Episode? { person.episodes.first { $0.endedAt == nil } }
    private var base: String { "/people/\(person.id.text)" }

    var page: Page {
        Page(
            person.name, lead: lead, trail: [(text("place.people"), "/people")],
            actions: actions,
            """
            \(warnings)
            <div class="columns"><div>
            \(now)
            \(identity)
            \(belongings)
            </div><div>
            \(tracing)
            \(observations)
            \(links)
            \(history)
            \(protection)
            </div></div>
            """)
    }

    private var lead: String {
        text.list(
            [text(of: person.sex), text.age(of: person.birth, on: visit.today), person.stationName]
                .compactMap { $0 })
    }

    private var actions: HTML {
        let id = person.id.text
        var buttons: [HTML] = []
        if let open, open.place?.kind == .station, visit.may(.giveBed), open.bed == nil {
            buttons.append(button(text("bed.give"), "/people/\(id)/bed", icon: .bed, primary: true))
        }
        if open != nil, visit.may(.depart) {
            buttons.append(button(text("depart.title"), "/people/\(id)/departure", icon: .door))
        }
        if visit.may(.describePerson), !person.isMasked {
            buttons.append(button(text("person.correct"), "/people/\(id)/correct"))
        }
        if visit.may(.attach) {
            buttons.append(button(text("attachment.title"), "/people/\(id)/attachments"))
        }
        buttons.append(printButton(text))
        return HTML(buttons)
    }

    private var warnings: HTML {
        var found: [HTML] = []
        if person.protection != .none {
            found.append(
                callout(
                    .danger, text("person.isProtected"), "<p>\(text(of: person.protection))</p>"))
        }
        if let open, open.condition == .urgent {
            found.append(
                callout(.warning, text("person.isUrgent"), "<p>\(open.conditionNotes ?? "")</p>"))
        }
        if !person.sameIdentity.isEmpty {
            let files = person.sameIdentity.map { other -> HTML in
                "<li><a href=\"\(PersonPages.link(to: other))\">\(text("person.otherFile"))</a></li>"
            }
            found.append(callout(.warning, text("person.sameIdentity"), "<ul>\(files)</ul>"))
        }
        return HTML(found)
    }

    // MARK: Here and now

    private var now: HTML {
        guard let open else {
            return card(
                text("person.now"), actions: correction,
                "<p>\(text("person.notInRelief"))</p>\(undoing)")
        }
        var pairs: [(String, HTML?)] = [
            (
                text("person.whereabouts"),
                open.place.map { place in
                    "\(badge(text(of: place.kind), place.kind == .station ? .success : .warning)) \(place.place ?? "")"
                }
            ),
            (text("bed.bed"), open.bed.map { "\($0)" }),
            (text("person.caseNumber"), "\(open.caseNumber)"),
            (text("arrival.at"), "\(text(open.arrivedAt))"),
            (text("arrival.mode"), "\(text(of: open.mode))"),
        ]
        if let brought = open.broughtBy { pairs.append((text("arrival.broughtBy"), "\(brought)")) }
        pairs += [
            (text("arrival.foundPlace"), open.foundPlace.map { "\($0)" }),
            (text("arrival.foundOn"), open.foundOn.map { "\($0.said)" }),
            (text("arrival.condition"), "\(text(of: open.condition)) \(open.conditionNotes ?? "")"),
        ]
        if let reason = open.correctedBecause {
            pairs.append((text("arrival.correctedBecause"), "\(reason)"))
        }
        if let reason = open.undoneBecause {
            pairs.append((text("depart.undoneBecause"), "\(reason)"))
        }
        return card(
            text("person.now"),
            actions: """
                \(visit.may(.giveBed)
                    ? button(text("whereabouts.change"), "\(base: base)/whereabouts") : nil)\
                \(correction)
                """,
            facts(text, pairs))
    }

    private var correction: HTML {
        guard visit.may(.registerArrival), !person.isMasked, !person.episodes.isEmpty else {
            return ""
        }
        return button(text("arrival.correct"), "\(base: base)/arrival")
    }

    /// For a departure that was not one; whose it is to undo is said on asking.
    private var undoing: HTML? {
        guard visit.may(.depart), !person.isMasked, let last = person.episodes.first,
            last.departure != nil
        else { return nil }
        let form = visit.form("\(base: base)/departure/undo", scope: "undo")
        return disclosure(
            text("depart.undo"), isOpen: form.isBack,
            form.view(
                submit: text("depart.undo"),
                """
                \(form.hidden("episode", last.id.text))
                \(form.line("reason", text("depart.undo.reason"), hint: text("depart.undo.hint"),
                    required: true, limit: 500))
                """))
    }

    private var identity: HTML {
        let estimate: HTML? = person.birthIsEstimate ? badge(text("person.byLooks")) : nil
        return card(
            text("person.who"),
            """
            \(facts(text, [
                (
                    text("person.name"),
                    "\(person.name) \(badge(text(of: person.nameCertainty)))"
                ),
                (text("person.sex"), "\(text(of: person.sex))"),
                (text("person.birth"), person.birth.map { "\($0.said) \(estimate)" }),
                (text("person.communication"), "\(text(of: person.communication))"),
                (text("person.identity"), person.maskedIdentity.map { masked(text, $0) }),
            ]))
            \(unmasking)
            """)
    }

    /// What is masked here, in full, for a reason: the identity number, and for
    /// an office above the name.
    private var unmasking: HTML? {
        let values =
            (person.isMasked ? [Form.Option(Unmask.Value.name.rawValue, text("person.name"))] : [])
            + (person.maskedIdentity == nil
                ? [] : [Form.Option(Unmask.Value.identityNumber.rawValue, text("person.identity"))])
        guard visit.may(.unmask), !values.isEmpty else { return nil }
        let form = visit.form("\(base: base)/unmask", scope: "unmask")
        let what =
            values.count == 1
            ? form.hidden("value", values[0].value)
            : form.choices(
                "value", text("mask.what"), values, value: values[0].value, required: true)
        return disclosure(
            values.count == 1 ? text("mask.showOne", ["what": values[0].label]) : text("mask.show"),
            isOpen: form.isBack,
            form.view(
                submit: text("mask.go"),
                """
                \(what)
                \(form.line("reason", text("mask.reason"), hint: text("mask.hint"), required: true,
                    limit: 500))
                """))
    }

    private var belongings: HTML {
        let lines = person.belongings.map { item -> HTML in
            let state = item.returnedAt.map {
                text("belonging.returned", ["when": text($0), "who": item.returnedTo ?? ""])
            }
            return """
                <li>\(item.name)\(item.quantity > 1 ? " ×\(item.quantity)" : "") \
                \(badge(state ?? text(of: item.keeping), item.returnedAt == nil && item.keeping == .custody ? .info : .neutral))</li>
                """
        }
        var forms: [HTML] = []
        if let open, visit.may(.keepBelongings) {
            let keep = visit.form("\(base: base)/belongings")
            forms.append(
                disclosure(
                    text("belonging.keep"), isOpen: keep.isBack,
                    keep.view(
                        submit: text("belonging.keep"),
                        """
                        \(keep.hidden("episode", open.id.text))
                        \(keep.line("item", text("belonging.name"), required: true))
                        \(keep.line("quantity", text("belonging.quantity"), .number, value: "1",
                            limit: 4, short: true))
                        \(keep.select("keeping", text("belonging.keeping"),
                            Form.Option.all(Keeping.self, text), value: Keeping.custody.rawValue))
                        """)))
            let held = person.belongings.contains { $0.returnedAt == nil && $0.keeping == .custody }
            if held {
                let back = visit.form("\(base: base)/return-belongings")
                forms.append(
                    disclosure(
                        text("belonging.return"), isOpen: back.isBack,
                        back.view(
                            submit: text("belonging.return"),
                            """
                            \(back.hidden("episode", open.id.text))
                            \(back.line("receivedBy", text("belonging.receivedBy"), required: true,
                                limit: 60))
                            """)))
            }
        }
        return card(
            text("arrival.belongings"),
            """
            \(lines.isEmpty ? "<p>\(text("belonging.none"))</p>" as HTML : "<ul>\(lines)</ul>")
            \(forms)
            """)
    }

    // MARK: The search

    private var tracing: HTML? {
        guard visit.may(.seeTracing) else { return nil }
        if let request = person.request {
            return card(
                text("tracing.title"),
                actions: button(text("tracing.look"), "/tracing/\(request.id.text)", primary: true),
                facts(
                    text,
                    [
                        (text("tracing.state"), "\(badge(text(of: request.state), .info))"),
                        (text("tracing.consent"), "\(text(of: request.consent))"),
                        (text("tracing.openedAt"), "\(text(request.openedAt))"),
                    ]))
        }
        guard visit.may(.openTracing) else {
            return card(text("tracing.title"), "<p>\(text("tracing.none"))</p>")
        }
        let form = visit.form("\(base: base)/tracing")
        return card(
            text("tracing.title"),
            """
            <p>\(text("tracing.none"))</p>
            \(disclosure(text("tracing.open"), isOpen: form.isBack, form.view(
                submit: text("tracing.open"),
                """
                \(form.choices("consent", text("tracing.consent"),
                    Form.Option.all(ConsentToTracing.self, text), required: true))
                \(form.line("consentReason", text("tracing.consentReason"), limit: 500))
                """)))
            """)
    }

    private var observations: HTML {
        let moments = person.observations.map { seen in
            let retracted = seen.retractedAt != nil
            let value: HTML =
                retracted
                ? "<del>\(said(seen))</del> <p class=\"hint\">\(text("observation.retractedWhy", ["reason": seen.retractionReason ?? ""]))</p>"
                : "<p>\(said(seen))</p>\(retraction(seen))"
            return Moment(
                text(seen.occurredAt), text(of: seen.kind), value,
                who: text.list([
                    text(of: seen.source), text(of: seen.certainty), text.who(seen.recordedBy),
                ]),
                tone: retracted ? .neutral : seen.certainty == .doubtful ? .warning : .info)
        }
        let form = visit.form("\(base: base)/observations", scope: "observation")
        let adding: HTML? =
            !visit.may(.describePerson)
            ? nil
            : disclosure(
                text("observation.add"), isOpen: form.isBack,
                form.view(
                    submit: text("observation.add"),
                    """
                    \(form.select("kind", text("observation.kind"),
                        ObservationKind.byHand.map { Form.Option($0.rawValue, text(of: $0)) }, empty: text("form.choose"), required: true))
                    \(form.area("value", text("observation.value"), required: true, limit: 2000, rows: 2))
                    \(form.select("source", text("observation.source"),
                        Form.Option.all(ObservationSource.self, text), value: ObservationSource.staff.rawValue))
                    \(form.select("certainty", text("observation.certainty"),
                        Form.Option.all(Certainty.self, text), value: Certainty.likely.rawValue))
                    \(form.partialDay("observed", text("observation.observed")))
                    """))
        return """
            <div id="observations">\(card(text("observation.title"), """
            \(moments.isEmpty ? "<p>\(text("observation.none"))</p>" as HTML : timeline(moments))
            \(adding)
            """))</div>
            """
    }

    private func said(_ seen: SeePerson.Seen) -> String {
        if seen.kind == .sex, let sex = Sex(rawValue: seen.value) { return text(of: sex) }
        return seen.value
    }

    private func retraction(_ seen: SeePerson.Seen) -> HTML? {
        guard visit.may(.describePerson) else { return nil }
        let form = visit.form("\(base: base)/retract", of: "observation", seen.id.text)
        return disclosure(
            text("observation.retract"), isOpen: form.isBack,
            form.view(
                submit: text("observation.retract"),
                """
                \(form.hidden("observation", seen.id.text))
                \(form.line("reason", text("observation.retractionReason"), required: true, limit: 500))
                """))
    }

    // MARK: Links, history, protection

    private var links: HTML? {
        guard visit.may(.describePerson) || !person.links.isEmpty else { return nil }
        let lines = person.links.map { linked -> HTML in
            let form = visit.form("\(base: base)/unlink", of: "link", linked.link.text)
            return """
                <li><a href="\(PersonPages.link(to: linked.person))">\(linked.maskedName)</a> · \(linked.reason) · \
                \(text(linked.linkedAt))\
                \(!visit.may(.describePerson) ? nil : disclosure(
                    text("link.undo"), isOpen: form.isBack,
                    form.view(
                        submit: text("link.undo"),
                        """
                        \(form.hidden("link", linked.link.text))
                        \(form.line("reason", text("link.reason"), required: true, limit: 500))
                        """)))</li>
                """
        }
        let form = visit.form("\(base: base)/link", scope: "link")
        let same = person.sameIdentity.first?.text ?? ""
        let adding: HTML? =
            !visit.may(.describePerson)
            ? nil
            : disclosure(
                text("link.make"), isOpen: form.isBack,
                form.view(
                    submit: text("link.make"),
                    """
                    \(form.line("other", text("link.other"), value: same, hint: text("link.other.hint"),
                        required: true, limit: 26))
                    \(form.line("reason", text("link.reason"), required: true, limit: 500))
                    """))
        return """
            <div id="links">\(card(text("link.title"), """
            \(lines.isEmpty ? "<p>\(text("link.none"))</p>" as HTML : "<ul>\(lines)</ul>")
            \(adding)
            <p class="hint">\(text("link.thisFile", ["id": person.id.text]))</p>
            """))</div>
            """
    }

    private var history: HTML? {
        let past = person.episodes.filter { $0.endedAt != nil }
        guard !past.isEmpty else { return nil }
        return card(
            text("person.history"),
            timeline(
                past.map { episode in
                    Moment(
                        text(episode.arrivedAt), episode.stationName,
                        "<p>\(episode.caseNumber)</p>",
                        who: episode.endedAt.map { text("person.until", ["when": text($0)]) },
                        tone: .neutral)
                }))
    }

    private var protection: HTML? {
        guard visit.may(.protect) else { return nil }
        let form = visit.form("\(base: base)/protect", version: person.version)
        return card(
            text("person.protection"),
            disclosure(
                text("person.protect"), isOpen: form.isBack,
                form.view(
                    submit: text("form.save"),
                    """
                    \(form.choices("protection", text("person.protection"),
                        Form.Option.all(Protection.self, text), value: person.protection.rawValue,
                        hint: text("person.protection.hint"), required: true))
                    \(form.line("reason", text("person.protectionReason"), required: true, limit: 500))
                    """)))
    }
}

/// Something that opens when it is needed; works without a script.
func disclosure(_ label: String, isOpen: Bool = false, _ body: HTML) -> HTML {
    """
    <details class="disclosure"\(flag: "open", isOpen)><summary>\(label)</summary>\(body)</details>
    """
}

extension Link.StringInterpolation {
    /// The beginning of an address that was built from ids of ours.
    mutating func appendInterpolation(base: String) { appendLiteral(base) }
}

extension Text {
    /// How old somebody is, as far as anybody knows; nil when nobody does.
    func age(of birth: PartialDay?, on day: Day) -> String? {
        guard let birth, let first = birth.earliest, let last = birth.latest, last <= day else {
            return birth?.said
        }
        let youngest = day.years(since: last)
        let oldest = day.years(since: first)
        guard youngest >= 0, youngest <= oldest else { return birth.said }
        return age(youngest...oldest)
    }
}

extension Day {
    /// Whole years between two days.
    fileprivate func years(since earlier: Day) -> Int {
        let (year, month, day) = civil
        let (otherYear, otherMonth, otherDay) = earlier.civil
        return year - otherYear - ((month, day) < (otherMonth, otherDay) ? 1 : 0)
    }
}
