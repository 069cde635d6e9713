import GuituCore
import GuituModel
import GuituText

/// Somebody leaves; above all the family that collects them.
enum DeparturePages {
    static let routes: [Route] = [
        .page("/people/{person}/departure", [SeePerson.self, SeeRequest.self], show),
        .action("/people/{person}/departure", [Depart.self], again: show, depart),
        .action(
            "/people/{person}/departure/undo", [UndoDeparture.self], again: PersonPages.show, undo),
    ]

    @Sendable static func show(_ visit: Visit) async throws -> Reply {
        let (person, episode) = try await StayPages.openEpisode(visit)
        guard visit.may(.depart) else { throw Ending.notAllowed }
        let text = visit.text
        let link = PersonPages.link(to: person.id)
        var confirmed: [SeeRequest.Line] = []
        if let request = person.request, request.state != .closed {
            confirmed = try await visit.see(SeeRequest(request: request.id)).candidates.filter {
                $0.state == .confirmed
            }
        }
        let form = visit.form("/people/\(person.id.text)/departure")
        // Said before the form is filled, not after.
        let isDirectors = person.protection != .none && !visit.may(.protect)
        let held = person.belongings.filter { $0.returnedAt == nil && $0.keeping == .custody }
        return .page(
            Page(
                text("depart.title"),
                lead: text.list(
                    [
                        person.name, text(of: person.sex),
                        text.age(of: person.birth, on: visit.today),
                    ]
                    .compactMap { $0 }),
                trail: [(person.name, link)], isNarrow: true,
                """
                \(belongings(held, person, episode, visit))
                \(isDirectors ? callout(.warning, text("depart.directorDecides"), "<p>\(button(text("confirm.back"), link))</p>") : form.view(submit: text("depart.confirm"), beside: button(text("confirm.back"), link), """
                    \(form.hidden("episode", episode.id.text))
                    \(form.choices("kind", text("depart.kind"), Form.Option.all(DepartureKind.self, text),
                        value: confirmed.isEmpty ? "" : DepartureKind.familyCollects.rawValue,
                        required: true))
                    \(form.line("leftAt", text("depart.leftAt"), .moment, value: visit.now.localMoment,
                        required: true, limit: 20, short: true))
                    \(form.line("destination", text("depart.destination")))
                    \(family(form, confirmed, text))
                    \(form.area("notes", text("depart.notes"), limit: 2000, rows: 2))
                    """))
                """))
    }

    @Sendable private static func undo(_ visit: Visit) async throws -> Reply {
        try await visit.perform(
            UndoDeparture(episode: try StayPages.episode(visit), reason: visit.typed["reason"]))
        return .go(
            PersonPages.link(to: try visit.id("person")), saying: Saying("depart.undone"))
    }

    private static func belongings(
        _ held: [SeePerson.Held], _ person: SeePerson.Answer, _ episode: SeePerson.Episode,
        _ visit: Visit
    ) -> HTML {
        let text = visit.text
        guard !held.isEmpty else { return callout(.success, text("depart.nothingHeld")) }
        let lines = held.map {
            "<li>\($0.name)\($0.quantity > 1 ? " ×\($0.quantity)" : "")</li>" as HTML
        }
        let form = visit.form("/people/\(person.id.text)/return-belongings")
        return callout(
            .warning, text("depart.stillHeld"),
            """
            <ul>\(lines)</ul>
            \(form.view(submit: text("belonging.return"), """
                \(form.hidden("episode", episode.id.text))\(form.hidden("then", "departure"))
                \(form.line("receivedBy", text("belonging.receivedBy"), required: true, limit: 60))
                """))
            """)
    }

    private static func family(_ form: Form, _ confirmed: [SeeRequest.Line], _ text: Text) -> HTML {
        let report: HTML? =
            confirmed.isEmpty
            ? nil
            : form.select(
                "candidate", text("depart.report"),
                confirmed.map {
                    Form.Option($0.id.text, $0.reportName + " · " + $0.reportHolderName)
                },
                value: confirmed[0].id.text)
        return form.section(
            text(of: DepartureKind.familyCollects), hint: text("depart.family.hint"),
            """
            \(report)
            \(form.line("collectorName", text("depart.collectorName"), limit: 60))
            \(form.line("collectorRelation", text("depart.collectorRelation"), limit: 40,
                suggestions: text("depart.relations").split(separator: "|").map(String.init)))
            \(form.line("collectorIdentity", text("depart.collectorIdentity"), limit: 40))
            \(form.check("identityChecked", text("depart.identityChecked"),
                hint: text("depart.identityChecked.hint")))
            \(form.check("agreed", text("depart.agreed"), hint: text("depart.agreed.hint")))
            """)
    }

    @Sendable private static func depart(_ visit: Visit) async throws -> Reply {
        let typed = visit.typed
        var form = FormReading(typed)
        let kind = form.choice("kind", DepartureKind.self)
        let leftAt = form.moment("leftAt")
        let candidate: Candidate.ID? = typed["candidate"].isEmpty ? nil : form.id("candidate")
        try form.finish()
        guard let kind, let leftAt else { throw InvalidFields([]) }
        let person: Person.ID = try visit.id("person")
        var departure = Depart(episode: try StayPages.episode(visit), kind: kind, leftAt: leftAt)
        departure.destination = typed["destination"]
        departure.notes = typed["notes"]
        departure.agreed = typed["agreed"] == "yes"
        if kind == .familyCollects {
            departure.candidate = candidate
            departure.collector = .init(
                name: typed["collectorName"], relation: typed["collectorRelation"],
                identityNumber: typed["collectorIdentity"],
                identityChecked: typed["identityChecked"] == "yes")
        }
        try await visit.perform(departure)
        return .go(PersonPages.link(to: person), saying: Saying("depart.done"))
    }
}
