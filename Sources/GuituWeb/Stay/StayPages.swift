import GuituCore
import GuituModel
import GuituText

/// Beds, where somebody is, and what the station keeps for them.
enum StayPages {
    static let routes: [Route] = [
        .page("/beds", [ListBedStations.self], chooseStation),
        .page("/stations/{area}/beds", [SeeBeds.self, ExportBeds.self], showBeds),
        .page("/people/{person}/bed", [SeePerson.self, SeeBeds.self], showBedChoice),
        .action("/people/{person}/bed", [GiveBed.self], again: showBedChoice, giveBed),
        .action("/people/{person}/free-bed", [FreeBed.self], again: showBedChoice, freeBed),
        .page("/people/{person}/whereabouts", [SeePerson.self], showWhereabouts),
        .action(
            "/people/{person}/whereabouts", [ChangeWhereabouts.self],
            again: showWhereabouts, changeWhereabouts),
        .action(
            "/people/{person}/belongings", [KeepBelonging.self],
            again: PersonPages.show, keep),
        .action(
            "/people/{person}/return-belongings", [ReturnBelongings.self],
            again: whereGivenBack, giveBack),
    ]

    /// The open episode of the person in the address, and their file.
    static func openEpisode(_ visit: Visit) async throws -> (SeePerson.Answer, SeePerson.Episode) {
        let person = try await visit.see(SeePerson(person: visit.id("person")))
        guard let episode = person.episodes.first(where: { $0.endedAt == nil }) else {
            throw Ending.refused(GiveBed.Failure.episodeEnded)
        }
        return (person, episode)
    }

    /// The episode that a form was made for: sent twice, it is the same one,
    /// even when the first time ended it.
    static func episode(_ visit: Visit) throws -> ReliefEpisode.ID {
        guard let episode = ReliefEpisode.ID(visit.typed["episode"]) else { throw Ending.notFound }
        return episode
    }

    // MARK: All beds of a station

    @Sendable private static func chooseStation(_ visit: Visit) async throws -> Reply {
        let stations = try await visit.see(ListBedStations())
        if stations.count == 1 { return .go("/stations/\(stations[0].id.text)/beds") }
        let text = visit.text
        let listing = Listing(
            text("place.beds"),
            columns: [
                .init(text("station.name")) {
                    "<a href=\"\("/stations/\($0.id.text)/beds" as Link)\">\($0.name)</a>"
                },
                .init(text("home.bedsFree"), isNumber: true) { "\(text($0.free))" },
                .init(text("station.beds"), isNumber: true) { "\(text($0.beds))" },
            ], rows: stations, query: ListQuery("/beds"),
            empty: .init(text("bed.noBeds"), text("bed.noBeds.advice")))
        return .page(Page(text("place.beds"), listing.view(text)))
    }

    @Sendable private static func showBeds(_ visit: Visit) async throws -> Reply {
        if visit.wantsTable { return try await table(visit) }
        let station: Area.ID = try visit.id("area")
        let beds = try await visit.see(SeeBeds(station: station))
        let text = visit.text
        let rooms = Dictionary(grouping: beds.beds, by: \.room).sorted { $0.key < $1.key }
        let cards = rooms.map { room, beds -> HTML in
            card(
                room,
                """
                <ul class="beds">\(beds.map { bed in line(bed, text) })</ul>
                """)
        }
        let waiting = beds.waiting.map { person -> HTML in
            """
            <li><a href="\(PersonPages.link(to: person.person))">\(person.maskedName)</a> \
            \(text(of: person.sex)) · \(text(person.arrivedAt)) \
            \(!visit.may(.giveBed) ? nil : button(text("bed.give"), "/people/\(person.person.text)/bed", primary: true))</li>
            """
        }
        let free = beds.beds.count { $0.occupant == nil && !$0.outOfUse }
        return .page(
            Page(
                text("place.beds"),
                lead: beds.stationName + " · "
                    + text("bed.free", ["free": text(free), "all": text(beds.beds.count)]),
                actions: """
                    \(beds.beds.isEmpty ? nil : exportLink("/stations/\(station.text)/beds?as=csv", text))\
                    \(printButton(text))
                    """,
                """
                \(waiting.isEmpty ? nil : card(text("bed.waiting"), "<ul>\(waiting)</ul>"))
                \(cards.isEmpty ? emptyState(text("bed.noBeds"), text("bed.noBeds.advice")) : HTML(cards))
                """))
    }

    /// Names masked, and for safety none at all: as on the page.
    private static func table(_ visit: Visit) async throws -> Reply {
        let beds = try await visit.see(ExportBeds(station: visit.id("area")))
        let text = visit.text
        let title = [
            text("room.name"), text("bed.bed"), text("room.kind"), text("tracing.state"),
            text("person.name"), text("bed.since"),
        ]
        let rows = beds.beds.map { bed in
            [
                bed.room, bed.name, RoomKind(rawValue: bed.kind).map { text(of: $0) } ?? "",
                bed.outOfUse
                    ? text("bed.isOutOfUse")
                    : bed.occupant == nil ? text("bed.isFree") : text("bed.occupied"),
                bed.occupant?.person == nil ? "" : bed.occupant?.maskedName ?? "",
                bed.occupant.map { text($0.since) } ?? "",
            ]
        }
        return .table("beds.csv", [title] + rows)
    }

    private static func line(_ bed: SeeBeds.BedLine, _ text: Text) -> HTML {
        let state: HTML
        if bed.outOfUse {
            state = badge(text("bed.isOutOfUse"), .warning)
        } else if let occupant = bed.occupant {
            state =
                occupant.person.map {
                    "<a href=\"\(PersonPages.link(to: $0))\">\(occupant.maskedName)</a> <small>\(text(occupant.since))</small>"
                } ?? badge(text("bed.occupied"))
        } else {
            state = badge(text("bed.isFree"), .success)
        }
        return "<li><b>\(bed.name)</b> \(state)</li>"
    }

    // MARK: A bed for one person

    @Sendable static func showBedChoice(_ visit: Visit) async throws -> Reply {
        let (person, episode) = try await openEpisode(visit)
        guard visit.may(.giveBed) else { throw Ending.notAllowed }
        let beds = try await visit.see(SeeBeds(station: person.station))
        let text = visit.text
        // The database refuses the others too; here nobody is tempted.
        let fitting = beds.beds.filter {
            $0.occupant == nil && !$0.outOfUse
                && ($0.kind == "single" || $0.kind == person.sex.rawValue)
        }
        let form = visit.form("/people/\(person.id.text)/bed")
        let back = button(text("bed.later"), PersonPages.link(to: person.id))
        let choice: HTML
        if fitting.isEmpty {
            choice = emptyState(text("bed.noneFree"), text("bed.noneFree.advice"), step: back)
        } else {
            let options = fitting.map { bed in
                Form.Option(bed.id.text, bed.room + " " + bed.name, hint: kindHint(bed.kind, text))
            }
            choice = form.view(
                submit: text("bed.give"), beside: back,
                """
                \(form.hidden("episode", episode.id.text))
                \(form.choices("bed", text("bed.choose"), options, required: true))
                """)
        }
        let free: HTML? = episode.bed.map { current in
            let form = visit.form("/people/\(person.id.text)/free-bed")
            return """
                <p>\(text("bed.now", ["bed": current]))</p>\(form.summary)\(form.button(text("bed.take"), form.hidden("episode", episode.id.text)))
                """
        }
        return .page(
            Page(
                text("bed.give"),
                lead: person.name + " · " + text(of: person.sex) + " · " + beds.stationName,
                trail: [(person.name, PersonPages.link(to: person.id))], isNarrow: true,
                "\(free)\(choice)"))
    }

    private static func kindHint(_ kind: String, _ text: Text) -> String? {
        RoomKind(rawValue: kind).map { text(of: $0) }
    }

    @Sendable private static func giveBed(_ visit: Visit) async throws -> Reply {
        var form = FormReading(visit.typed)
        let bed: Bed.ID? = form.id("bed")
        try form.finish()
        guard let bed else { throw InvalidFields([]) }
        try await visit.perform(GiveBed(episode: episode(visit), bed: bed))
        return .go(PersonPages.link(to: try visit.id("person")), saying: Saying("bed.given"))
    }

    @Sendable private static func freeBed(_ visit: Visit) async throws -> Reply {
        try await visit.perform(FreeBed(episode: episode(visit)))
        return .go(PersonPages.link(to: try visit.id("person")), saying: Saying("bed.taken.back"))
    }

    // MARK: Where somebody is

    @Sendable static func showWhereabouts(_ visit: Visit) async throws -> Reply {
        let (person, episode) = try await openEpisode(visit)
        guard visit.may(.giveBed) else { throw Ending.notAllowed }
        let text = visit.text
        let form = visit.form("/people/\(person.id.text)/whereabouts")
        let kinds: [WhereaboutsKind] = [.station, .hospital, .institution, .street]
        return .page(
            Page(
                text("whereabouts.change"), lead: person.name,
                trail: [(person.name, PersonPages.link(to: person.id))], isNarrow: true,
                form.view(
                    submit: text("form.save"),
                    beside: button(text("confirm.back"), PersonPages.link(to: person.id)),
                    """
                    \(form.hidden("episode", episode.id.text))
                    \(form.choices("kind", text("person.whereabouts"),
                        kinds.map { Form.Option($0.rawValue, text(of: $0)) },
                        value: episode.place?.kind.rawValue ?? "",
                        hint: text("whereabouts.hint"), required: true))
                    \(form.line("place", text("whereabouts.place")))
                    \(form.line("from", text("whereabouts.from"), .moment,
                        value: visit.now.localMoment, required: true, limit: 20, short: true))
                    """)))
    }

    @Sendable private static func changeWhereabouts(_ visit: Visit) async throws -> Reply {
        var form = FormReading(visit.typed)
        let kind = form.choice("kind", WhereaboutsKind.self)
        let from = form.moment("from")
        try form.finish()
        guard let kind, let from else { throw InvalidFields([]) }
        try await visit.perform(
            ChangeWhereabouts(
                episode: episode(visit),
                place: PlaceOfStay(kind: kind, place: visit.typed["place"]),
                from: from))
        return .go(
            PersonPages.link(to: try visit.id("person")), saying: Saying("whereabouts.changed"))
    }

    // MARK: Belongings

    @Sendable private static func keep(_ visit: Visit) async throws -> Reply {
        var form = FormReading(visit.typed)
        let quantity = form.number("quantity", in: 1...9999)
        let keeping = form.choice("keeping", Keeping.self)
        try form.finish()
        try await visit.perform(
            KeepBelonging(
                episode: episode(visit),
                item: .init(
                    name: visit.typed["item"], quantity: quantity ?? 1, keeping: keeping ?? .custody
                )))
        return .go(PersonPages.link(to: try visit.id("person")), saying: Saying("belonging.kept"))
    }

    /// The page that the form stood on.
    @Sendable private static func whereGivenBack(_ visit: Visit) async throws -> Reply {
        visit.typed["then"] == "departure"
            ? try await DeparturePages.show(visit) : try await PersonPages.show(visit)
    }

    @Sendable private static func giveBack(_ visit: Visit) async throws -> Reply {
        let person: Person.ID = try visit.id("person")
        let returned = try await visit.perform(
            ReturnBelongings(episode: episode(visit), receivedBy: visit.typed["receivedBy"]))
        // From the departure's own page one goes on there.
        let link: Link =
            visit.typed["then"] == "departure"
            ? "/people/\(person.text)/departure" : PersonPages.link(to: person)
        // Asked from a second window, when the first had done it.
        return .go(
            link,
            saying: returned.items == 0
                ? Saying("depart.nothingHeld")
                : Saying("belonging.allReturned", ["count": "\(returned.items)"]))
    }
}
