import GuituCore
import GuituModel
import GuituText
import HTTPTypes

/// One person's file, and what is added to it.
enum PersonPages {
    static let routes: [Route] = [
        .page("/people/{person}", [SeePerson.self], show),
        .action("/people/{person}/observations", [AddObservation.self], again: show, observe),
        .action("/people/{person}/retract", [RetractObservation.self], again: show, retract),
        .action("/people/{person}/unmask", [Unmask.self], again: show, unmask),
        .action("/people/{person}/link", [LinkFiles.self], again: show, link),
        .action("/people/{person}/unlink", [UnlinkFiles.self], again: show, unlink),
        .action("/people/{person}/protect", [Protect.self], again: show, protect),
        .action("/people/{person}/tracing", [OpenTracing.self], again: show, openTracing),
        .page("/people/{person}/correct", [SeePerson.self], showCorrection),
        .action("/people/{person}/correct", [CorrectPerson.self], again: showCorrection, correct),
    ]

    @Sendable static func show(_ visit: Visit) async throws -> Reply {
        let person = try await visit.see(SeePerson(person: visit.id("person")))
        return .page(PersonView(person: person, visit: visit).page)
    }

    static func link(to person: Person.ID) -> Link { "/people/\(person.text)" }

    // MARK: What is added

    @Sendable private static func observe(_ visit: Visit) async throws -> Reply {
        let person: Person.ID = try visit.id("person")
        var form = FormReading(visit.typed)
        let kind = form.choice("kind", ObservationKind.self)
        let source = form.choice("source", ObservationSource.self)
        let certainty = form.choice("certainty", Certainty.self)
        let observed = form.partialDay("observed", on: visit.today)
        try form.finish()
        guard let kind, let source, let certainty else { throw InvalidFields([]) }
        try await visit.perform(
            AddObservation(
                person: person, kind: kind, value: visit.typed["value"], source: source,
                certainty: certainty, observed: observed))
        return .go(link(to: person).at("observations"), saying: Saying("observation.added"))
    }

    @Sendable private static func retract(_ visit: Visit) async throws -> Reply {
        let person: Person.ID = try visit.id("person")
        guard let observation = Observation.ID(visit.typed["observation"]) else {
            throw Ending.notFound
        }
        try await visit.perform(
            RetractObservation(
                person: person, observation: observation, reason: visit.typed["reason"]))
        return .go(link(to: person).at("observations"), saying: Saying("observation.retracted"))
    }

    /// Shown once, on a page of its own that nobody keeps.
    @Sendable private static func unmask(_ visit: Visit) async throws -> Reply {
        let person: Person.ID = try visit.id("person")
        let value = Unmask.Value(rawValue: visit.typed["value"]) ?? .identityNumber
        let plain = try await visit.perform(
            Unmask(person: person, value, reason: visit.typed["reason"]))
        let label = value == .name ? visit.text("person.name") : visit.text("person.identity")
        return .page(unmasked(visit, label, plain, back: link(to: person)))
    }

    static func unmasked(_ visit: Visit, _ label: String, _ plain: Unmask.Plain, back: Link) -> Page
    {
        let text = visit.text
        // Sent twice, the second answer is not shown again: give the reason again.
        let shown = plain.text.isEmpty ? text("mask.shownOnce") : plain.text
        return Page(
            label, lead: text("mask.recorded"), isNarrow: true,
            """
            <p class="unmasked">\(shown)</p>
            <p>\(button(text("confirm.back"), back))</p>
            """)
    }

    @Sendable private static func link(_ visit: Visit) async throws -> Reply {
        let person: Person.ID = try visit.id("person")
        var form = FormReading(visit.typed)
        let other: Person.ID? = form.id("other")
        try form.finish()
        guard let other else { throw InvalidFields([]) }
        try await visit.perform(
            LinkFiles(person: person, other: other, reason: visit.typed["reason"]))
        return .go(link(to: person).at("links"), saying: Saying("link.made"))
    }

    @Sendable private static func unlink(_ visit: Visit) async throws -> Reply {
        let person: Person.ID = try visit.id("person")
        guard let link = ID<PersonLink>(visit.typed["link"]) else { throw Ending.notFound }
        try await visit.perform(
            UnlinkFiles(person: person, link: link, reason: visit.typed["reason"]))
        return .go(Self.link(to: person).at("links"), saying: Saying("link.undone"))
    }

    @Sendable private static func protect(_ visit: Visit) async throws -> Reply {
        let person: Person.ID = try visit.id("person")
        var form = FormReading(visit.typed)
        let protection = form.choice("protection", Protection.self)
        try form.finish()
        guard let protection, let version = Int(visit.typed[Form.versionName]) else {
            throw InvalidFields([])
        }
        try await visit.perform(
            Protect(
                person: person, protection: protection, reason: visit.typed["reason"],
                version: version))
        return .go(link(to: person), saying: Saying("person.protectionSaved"))
    }

    @Sendable private static func openTracing(_ visit: Visit) async throws -> Reply {
        let person: Person.ID = try visit.id("person")
        var form = FormReading(visit.typed)
        let consent = form.choice("consent", ConsentToTracing.self)
        try form.finish()
        guard let consent else { throw InvalidFields([]) }
        let request = try await visit.perform(
            OpenTracing(person: person, consent: consent, reason: visit.typed["consentReason"]))
        return .go("/tracing/\(request.text)", saying: Saying("tracing.opened"))
    }

    // MARK: Correcting

    @Sendable static func showCorrection(_ visit: Visit) async throws -> Reply {
        let person = try await visit.see(SeePerson(person: visit.id("person")))
        // Saved as seen, a masked name would become the name: only the station corrects.
        guard visit.may(.describePerson), !person.isMasked else { throw Ending.notAllowed }
        let text = visit.text
        let form = visit.form("/people/\(person.id.text)/correct", version: person.version)
        let certainties = Form.Option.all(NameCertainty.self, text)
        return .page(
            Page(
                text("person.correct"), trail: [(person.name, link(to: person.id))], isNarrow: true,
                form.view(
                    submit: text("form.save"),
                    beside: button(text("confirm.back"), link(to: person.id)),
                    """
                    \(form.line("name", text("person.name"), value: person.name, required: true, limit: 60))
                    \(form.select("nameCertainty", text("person.nameCertainty"), certainties,
                        value: person.nameCertainty.rawValue))
                    \(form.choices("sex", text("person.sex"), Form.Option.sexes(text),
                        value: person.sex.rawValue, required: true))
                    \(form.partialDay("birth", text("person.birth"), value: person.birth?.said ?? ""))
                    \(form.select("communication", text("person.communication"),
                        Form.Option.all(Communication.self, text), value: person.communication.rawValue))
                    \(form.line("identityNumber", text("person.identity"),
                        hint: text("person.identity.keep"), limit: 40))
                    """)))
    }

    @Sendable private static func correct(_ visit: Visit) async throws -> Reply {
        let person: Person.ID = try visit.id("person")
        let typed = visit.typed
        var form = FormReading(typed)
        let certainty = form.choice("nameCertainty", NameCertainty.self)
        let sex = form.choice("sex", Sex.self)
        let communication = form.choice("communication", Communication.self)
        let birth = form.partialDay("birth", on: visit.today)
        try form.finish()
        guard let certainty, let sex, let communication,
            let version = Int(typed[Form.versionName])
        else { throw InvalidFields([]) }
        try await visit.perform(
            CorrectPerson(
                person: person, version: version, name: typed["name"], nameCertainty: certainty,
                sex: sex, birth: birth, communication: communication,
                identityNumber: typed["identityNumber"]))
        return .go(link(to: person), saying: Saying("person.corrected"))
    }
}
