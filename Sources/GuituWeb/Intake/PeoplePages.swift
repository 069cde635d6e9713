import GuituCore
import GuituModel
import GuituText

/// The people of one's own areas, to find one again.
enum PeoplePages {
    static let routes: [Route] = [
        .page("/people", [ListPeople.self, Export<ListPeople>.self], show)
    ]

    @Sendable static func show(_ visit: Visit) async throws -> Reply {
        let text = visit.text
        var list = ListPeople()
        list.search = String(visit.query["q"].prefix(60))
        list.standing = ListPeople.Standing(rawValue: visit.query["standing"]) ?? .inRelief
        list.sex = Sex(rawValue: visit.query["sex"])
        list.order = ListPeople.Order(rawValue: visit.query["sort"]) ?? .newest
        list.isDescending = visit.query["order"] == "down"
        list.after = visit.query["from"].isEmpty ? nil : visit.query["from"]
        if visit.wantsTable { return try await table(list, visit) }
        let answer = try await visit.see(list)
        let today = visit.today
        let query = visit.listQuery(
            "/people", filters: ["q", "standing", "sex"], sorts: ["name", "arrival", "bed"])
        // One's own station on every line says nothing.
        let isOneStation = answer.lines.allSatisfy { $0.stationName == visit.viewer?.homeName }
        let station = Listing<ListPeople.Line>.Column(text("station.name")) { "\($0.stationName)" }
        let listing = Listing(
            text("people.title"),
            columns: [
                .init(text("person.name"), sort: "name") { line in
                    "<a href=\"\(PersonPages.link(to: line.id))\">\(line.maskedName)</a>\(line.isProtected ? badge(text("person.protected"), .danger) : nil)"
                },
                .init(text("person.sex"), isShort: true) { "\(text(of: $0.sex))" },
                .init(text("person.age"), isShort: true) {
                    "\(text.age(of: $0.birth, on: today) ?? text("fact.unknown"))"
                },
                .init(text("person.whereabouts"), sort: "bed") { line in
                    let place = line.place.map {
                        badge(text(of: $0), $0 == .station ? .success : .warning)
                    }
                    let bed = line.bed.map { "<span class=\"brief\">\($0)</span>" as HTML }
                    return place == nil && bed == nil ? "" : "<div>\(place) \(bed)</div>"
                },
                .init(text("arrival.at"), sort: "arrival") {
                    "\($0.arrivedAt.map { text($0) } ?? "")"
                },
                .init(text("person.caseNumber")) { "\($0.caseNumber ?? "")" },
                .init(text("tracing.title")) {
                    $0.traced ? badge(text("people.traced"), .info) : ""
                },
            ] + (isOneStation ? [] : [station]), rows: answer.lines, query: query,
            next: answer.next, exports: true,
            empty: .init(text("people.none"), text("people.none.advice")))
        return .page(
            Page(
                text("people.title"),
                actions: visit.may(.registerArrival)
                    ? button(text("arrival.new"), "/arrivals/new", icon: .plus, primary: true) : "",
                listing.view(
                    text,
                    filters: """
                        \(query.filter("q", text("people.search")))
                        \(query.filter("standing", text("people.standing"),
                            [.left, .all].map { (word: ListPeople.Standing) in
                                Form.Option(word.rawValue, text(of: word))
                            }, all: text(of: ListPeople.Standing.inRelief)))
                        \(query.filter("sex", text("person.sex"), Form.Option.all(Sex.self, text),
                            all: text("list.all")))
                        """)))
    }

    private static func table(_ list: ListPeople, _ visit: Visit) async throws -> Reply {
        let text = visit.text
        let today = visit.today
        return try await visit.export(
            list, as: "people.csv",
            [
                (text("person.name"), { $0.maskedName }),
                (text("person.sex"), { text(of: $0.sex) }),
                (text("person.age"), { text.age(of: $0.birth, on: today) ?? "" }),
                (text("person.whereabouts"), { $0.place.map { text(of: $0) } ?? "" }),
                (text("bed.bed"), { $0.bed ?? "" }),
                (text("arrival.at"), { $0.arrivedAt.map { text($0) } ?? "" }),
                (text("person.caseNumber"), { $0.caseNumber ?? "" }),
                (text("station.name"), { $0.stationName }),
                (text("tracing.title"), { $0.traced ? text("people.traced") : "" }),
            ])
    }
}
