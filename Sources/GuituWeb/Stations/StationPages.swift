import GuituCore
import GuituModel
import GuituText

/// The tree of offices, the stations in it, their rooms and beds.
enum StationPages {
    static let routes: [Route] = [
        .page("/stations", [ListAreas.self, SeeStaffing.self, Export<ListAreas>.self], list),
        .page("/stations/new", [ListAreas.self], showNewStation),
        .action("/stations", [MakeStation.self], again: showNewStation, makeStation),
        .page("/stations/new-area", [ListAreas.self], showNewArea),
        .action("/stations/areas", [MakeArea.self], again: showNewArea, makeArea),
        .page("/stations/{area}/retire", [ListAreas.self], askRetirement),
        .action("/stations/{area}/retire", [RetireArea.self], again: askRetirement, retire),
        .page("/stations/{area}", [SeeStation.self], show),
        .page("/stations/{area}/correct", [SeeStation.self], showCorrection),
        .action("/stations/{area}/correct", [ChangeStation.self], again: showCorrection, correct),
        .page("/stations/{area}/rooms/new", [SeeStation.self], showNewRoom),
        .action("/stations/{area}/rooms", [MakeRoom.self], again: showNewRoom, makeRoom),
        .page("/stations/{area}/rooms/{room}", [SeeStation.self], showNewBeds),
        .action("/stations/{area}/rooms/{room}", [MakeBeds.self], again: showNewBeds, makeBeds),
        .action("/stations/{area}/beds/{bed}/out-of-use", [ChangeBed.self], again: show) {
            try await changeBed($0, isOutOfUse: true)
        },
        .action("/stations/{area}/beds/{bed}/in-use", [ChangeBed.self], again: show) {
            try await changeBed($0, isOutOfUse: false)
        },
    ]

    private static func link(to station: Area.ID) -> Link { "/stations/\(station.text)" }

    // MARK: The tree

    @Sendable private static func list(_ visit: Visit) async throws -> Reply {
        var list = ListAreas()
        list.includesRetired = visit.query["retired"] == "yes"
        if visit.wantsTable { return try await table(list, visit) }
        let areas = try await visit.see(list)
        let text = visit.text
        var lacks = false
        for area in visit.viewer?.areas(granting: .manageStations) ?? [] {
            if try await !visit.see(SeeStaffing(area: area)).isEmpty { lacks = true }
        }
        let query = visit.listQuery("/stations", filters: ["retired"], sorts: [])
        let listing = Listing(
            text("place.stations"),
            columns: [
                .init(text("area.name")) { line in
                    line.level == .station
                        ? "<a href=\"\(link(to: line.id))\">\(line.name)</a>" : "\(line.name)"
                },
                .init(text("area.codeLabel")) { "<span class=\"masked\">\($0.code)</span>" },
                .init(text("area.levelLabel")) { "\(text(of: $0.level))" },
                .init(text("area.parent")) { "\($0.parentName ?? "—")" },
                .init(text("station.beds"), isNumber: true) { line in
                    "\(line.level == .station ? text(line.beds) : "—")"
                },
                .init(text("area.retirement")) { line in
                    if let day = line.validUntil {
                        return badge(text("area.retiredOn", ["day": text(day)]))
                    }
                    return line.parent == nil
                        ? ""
                        : "<a href=\"\("\(base: link(to: line.id))/retire" as Link)\">\(text("area.retire"))</a>"
                },
            ], rows: areas, query: query, total: areas.count, exports: true,
            empty: .init(text("area.none"), text("area.none.advice")))
        let naming: HTML = """
            <p>\(text("setUp.lacking.advice"))</p>
            <p>\(button(text("setUp.name"), "/set-up/administrators"))</p>
            """
        let advice: HTML? =
            areas.contains { $0.level == .station }
            ? nil : callout(.info, text("station.none"), "<p>\(text("station.none.advice"))</p>")
        return .page(
            Page(
                text("place.stations"),
                actions: """
                    \(button(text("area.new"), "/stations/new-area", icon: .plus))\
                    \(button(text("station.new"), "/stations/new", icon: .plus, primary: true))
                    """,
                """
                \(lacks ? callout(.warning, text("setUp.lacking"), naming) : nil)
                \(advice)
                \(listing.view(text, filters: query.filter("retired", text("area.retirement"),
                    [Form.Option("yes", text("area.withRetired"))], all: text("area.inForce"))))
                """))
    }

    private static func table(_ list: ListAreas, _ visit: Visit) async throws -> Reply {
        let text = visit.text
        return try await visit.export(
            list, as: "stations.csv",
            [
                (text("area.name"), { $0.name }),
                (text("area.codeLabel"), { $0.code }),
                (text("area.levelLabel"), { text(of: $0.level) }),
                (text("area.parent"), { $0.parentName ?? "" }),
                (text("station.beds"), { $0.level == .station ? "\($0.beds)" : "" }),
                (
                    text("area.retirement"),
                    { $0.validUntil.map { text("area.retiredOn", ["day": text($0)]) } ?? "" }
                ),
            ])
    }

    // MARK: Out of force

    /// What is there now, for the area that ends and the choice of its successor.
    @Sendable private static func askRetirement(_ visit: Visit) async throws -> Reply {
        let id: Area.ID = try visit.id("area")
        let areas = try await visit.see(ListAreas())
        guard let area = areas.first(where: { $0.id == id }) else { throw Ending.notFound }
        let text = visit.text
        let form = visit.form("\(base: link(to: id))/retire")
        let successors = areas.filter { $0.level == area.level && $0.id != id }
        return .page(
            Page(
                text("area.retire"), lead: "\(area.name) · \(area.code)",
                trail: [(text("place.stations"), "/stations")], isNarrow: true,
                confirmation(
                    text, text("area.retire.question", ["name": area.name]),
                    consequences: [
                        text("area.retire.records"), text("area.retire.empty"),
                        text("area.retire.forGood"),
                    ], form: form, submit: text("area.retire"), back: "/stations",
                    """
                    \(form.line("lastDay", text("area.lastDay"), .date, value: "\(visit.today)",
                        required: true, limit: 10, short: true))
                    \(form.select("successor", text("area.successor"),
                        successors.map { Form.Option($0.id.text, "\($0.name) · \($0.code)") },
                        empty: text("area.noSuccessor"), hint: text("area.successor.hint")))
                    """)))
    }

    @Sendable private static func retire(_ visit: Visit) async throws -> Reply {
        var form = FormReading(visit.typed)
        let lastDay = Day(visit.typed["lastDay"])
        if lastDay == nil { form.fail(Saying("field.date", field: "lastDay")) }
        let successor: Area.ID? = visit.typed["successor"].isEmpty ? nil : form.id("successor")
        try form.finish()
        guard let lastDay else { throw InvalidFields([]) }
        try await visit.perform(
            RetireArea(area: visit.id("area"), lastDay: lastDay, successor: successor))
        return .go("/stations", saying: Saying("area.retired"))
    }

    /// The office above a new one. With one to choose from it is chosen.
    private static func parentField(
        _ form: Form, _ areas: [ListAreas.Line], _ text: Text
    ) -> HTML {
        let offices = areas.filter { $0.level != .station }
        return form.select(
            "parent", text("area.parent"),
            offices.map { Form.Option($0.id.text, "\($0.name) · \(text(of: $0.level))") },
            value: offices.count == 1 ? offices[0].id.text : "", empty: text("form.choose"),
            required: true)
    }

    @Sendable private static func showNewArea(_ visit: Visit) async throws -> Reply {
        let areas = try await visit.see(ListAreas())
        let text = visit.text
        let form = visit.form("/stations/areas")
        let levels: [Area.Level] = [.province, .city, .county]
        return .page(
            Page(
                text("area.new"), trail: [(text("place.stations"), "/stations")], isNarrow: true,
                form.view(
                    submit: text("area.make"),
                    beside: button(text("confirm.back"), "/stations"),
                    """
                    \(parentField(form, areas, text))
                    \(form.choices("level", text("area.levelLabel"),
                        levels.map { Form.Option($0.rawValue, text(of: $0)) }, required: true))
                    \(form.line("name", text("area.name"), required: true, limit: 60))
                    \(form.line("code", text("area.codeLabel"), .number, hint: text("area.code"),
                        required: true, limit: 6, short: true))
                    """)))
    }

    @Sendable private static func makeArea(_ visit: Visit) async throws -> Reply {
        let typed = visit.typed
        var form = FormReading(typed)
        let parent: Area.ID? = form.id("parent")
        let level = form.choice("level", Area.Level.self)
        try form.finish()
        guard let parent, let level else { throw InvalidFields([]) }
        try await visit.perform(
            MakeArea(
                parent: parent,
                area: AreaDraft(
                    code: typed["code"], name: typed["name"], level: level,
                    validFrom: visit.today)))
        return .go("/stations", saying: Saying("area.made"))
    }

    @Sendable private static func showNewStation(_ visit: Visit) async throws -> Reply {
        let areas = try await visit.see(ListAreas())
        let text = visit.text
        let form = visit.form("/stations")
        return .page(
            Page(
                text("station.new"), trail: [(text("place.stations"), "/stations")],
                isNarrow: true,
                form.view(
                    submit: text("station.make"),
                    beside: button(text("confirm.back"), "/stations"),
                    """
                    \(parentField(form, areas, text))
                    \(form.line("name", text("area.name"), required: true, limit: 60))
                    \(form.line("code", text("area.codeLabel"), hint: text("area.stationCode"),
                        required: true, limit: 20, short: true))
                    \(addressFields(form, "", "", text))
                    """)))
    }

    private static func addressFields(
        _ form: Form, _ address: String, _ hotline: String, _ text: Text
    ) -> HTML {
        """
        \(form.line("address", text("station.address"), value: address, required: true))
        \(form.line("hotline", text("station.hotline"), .tel, value: hotline, required: true,
            limit: 40, short: true))
        """
    }

    @Sendable private static func makeStation(_ visit: Visit) async throws -> Reply {
        let typed = visit.typed
        var form = FormReading(typed)
        let parent: Area.ID? = form.id("parent")
        try form.finish()
        guard let parent else { throw InvalidFields([]) }
        let station = try await visit.perform(
            MakeStation(
                parent: parent,
                station: StationDraft(
                    code: typed["code"], name: typed["name"], address: typed["address"],
                    hotline: typed["hotline"], validFrom: visit.today)))
        return .go(link(to: station), saying: Saying("station.made"))
    }

    // MARK: One station

    @Sendable private static func show(_ visit: Visit) async throws -> Reply {
        let station = try await visit.see(SeeStation(station: visit.id("area")))
        let text = visit.text
        let base = link(to: station.id)
        let newRoom = button(
            text("room.new"), "\(base: base)/rooms/new", icon: .plus, primary: true)
        let rooms = station.rooms.map { room -> HTML in
            card(
                "\(room.name) · \(text(of: room.kind))",
                actions: room.kind == .single && !room.beds.isEmpty
                    ? ""
                    : button(text("room.addBeds"), "\(base: base)/rooms/\(room.id.text)"),
                room.beds.isEmpty
                    ? "<p>\(text("room.noBeds"))</p>"
                    : "<ul class=\"beds\">\(room.beds.map { line($0, base, visit) })</ul>")
        }
        let beds = station.rooms.flatMap(\.beds)
        return .page(
            Page(
                station.name,
                lead: text(
                    "station.bedCount",
                    [
                        "count": text(beds.count { !$0.isOutOfUse }),
                        "closed": text(beds.count(where: \.isOutOfUse)),
                    ]),
                trail: [(text("place.stations"), "/stations")], actions: newRoom,
                """
                \(card(text("station.about"),
                    actions: button(text("station.correct"), "\(base: base)/correct"),
                    facts(text, [
                        (text("area.codeLabel"), "<span class=\"masked\">\(station.code)</span>"),
                        (text("station.address"), "\(station.address)"),
                        (text("station.hotline"), "\(station.hotline)"),
                    ])))
                \(rooms.isEmpty
                    ? emptyState(text("room.none"), text("room.none.advice"), step: newRoom)
                    : HTML(rooms))
                """))
    }

    private static func line(_ bed: SeeStation.BedLine, _ base: Link, _ visit: Visit) -> HTML {
        let text = visit.text
        let close = visit.form("\(base: base)/beds/\(bed.id.text)/out-of-use")
        let open = visit.form("\(base: base)/beds/\(bed.id.text)/in-use")
        let action = bed.isOutOfUse ? open : close
        let label = bed.isOutOfUse ? text("room.open") : text("room.close")
        return """
            <li><b>\(bed.name)</b> \
            \(bed.isOutOfUse ? badge(text("bed.isOutOfUse"), .warning) : nil) \
            \(action.button(label))\(close.summary)\(open.summary)</li>
            """
    }

    private static func changeBed(_ visit: Visit, isOutOfUse: Bool) async throws -> Reply {
        let station: Area.ID = try visit.id("area")
        let bed: Bed.ID = try visit.id("bed")
        try await visit.perform(ChangeBed(bed: bed, isOutOfUse: isOutOfUse))
        let back = "\(base: link(to: station))/beds/\(bed.text)" as Link
        return .go(
            link(to: station),
            saying: isOutOfUse ? Saying("room.bedClosed") : Saying("room.bedOpened"),
            undo: isOutOfUse ? "\(base: back)/in-use" : "\(base: back)/out-of-use")
    }

    // MARK: Address and hotline

    @Sendable private static func showCorrection(_ visit: Visit) async throws -> Reply {
        let station = try await visit.see(SeeStation(station: visit.id("area")))
        let text = visit.text
        let base = link(to: station.id)
        let form = visit.form("\(base: base)/correct", version: station.version)
        return .page(
            Page(
                text("station.correct"), trail: [(station.name, base)], isNarrow: true,
                form.view(
                    submit: text("form.save"), beside: button(text("confirm.back"), base),
                    addressFields(form, station.address, station.hotline, text))))
    }

    @Sendable private static func correct(_ visit: Visit) async throws -> Reply {
        let station: Area.ID = try visit.id("area")
        guard let version = Int(visit.typed[Form.versionName]) else { throw InvalidFields([]) }
        try await visit.perform(
            ChangeStation(
                station: station, version: version, address: visit.typed["address"],
                hotline: visit.typed["hotline"]))
        return .go(link(to: station), saying: Saying("station.corrected"))
    }

    // MARK: Rooms and beds

    @Sendable private static func showNewRoom(_ visit: Visit) async throws -> Reply {
        let station = try await visit.see(SeeStation(station: visit.id("area")))
        let text = visit.text
        let base = link(to: station.id)
        let form = visit.form("\(base: base)/rooms")
        return .page(
            Page(
                text("room.new"), trail: [(station.name, base)], isNarrow: true,
                form.view(
                    submit: text("room.make"), beside: button(text("confirm.back"), base),
                    """
                    \(form.line("name", text("room.name"), required: true, limit: 20, short: true))
                    \(form.choices("kind", text("room.kind"), Form.Option.all(RoomKind.self, text),
                        hint: text("room.kind.hint"), required: true))
                    \(bedsField(form, text))
                    """)))
    }

    private static func bedsField(_ form: Form, _ text: Text) -> HTML {
        form.area(
            "beds", text("room.beds"), hint: text("room.beds.hint"), required: true, limit: 2000,
            rows: 2)
    }

    /// One bed a line, or parted by commas of either width.
    private static func beds(in typed: Typed) -> [String] {
        typed["beds"].split { ",，、;；\n".contains($0) }
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    @Sendable private static func makeRoom(_ visit: Visit) async throws -> Reply {
        let station: Area.ID = try visit.id("area")
        var form = FormReading(visit.typed)
        let kind = form.choice("kind", RoomKind.self)
        let beds = beds(in: visit.typed)
        if beds.isEmpty { form.fail(Saying("field.required", field: "beds")) }
        try form.finish()
        guard let kind else { throw InvalidFields([]) }
        try await visit.perform(
            MakeRoom(station: station, name: visit.typed["name"], kind: kind, beds: beds))
        return .go(link(to: station), saying: Saying("room.made"))
    }

    @Sendable private static func showNewBeds(_ visit: Visit) async throws -> Reply {
        let station = try await visit.see(SeeStation(station: visit.id("area")))
        let id: Room.ID = try visit.id("room")
        guard let room = station.rooms.first(where: { $0.id == id }) else { throw Ending.notFound }
        let text = visit.text
        let base = link(to: station.id)
        let form = visit.form("\(base: base)/rooms/\(room.id.text)")
        let there: HTML? =
            room.beds.isEmpty
            ? nil : "<p>\(text("room.bedsThere", ["beds": text.list(room.beds.map(\.name))]))</p>"
        return .page(
            Page(
                text("room.addBeds"), lead: "\(room.name) · \(text(of: room.kind))",
                trail: [(station.name, base)], isNarrow: true,
                """
                \(there)
                \(form.view(
                    submit: text("room.addBeds"), beside: button(text("confirm.back"), base),
                    bedsField(form, text)))
                """))
    }

    @Sendable private static func makeBeds(_ visit: Visit) async throws -> Reply {
        let station: Area.ID = try visit.id("area")
        let beds = beds(in: visit.typed)
        guard !beds.isEmpty else {
            throw InvalidFields([Saying("field.required", field: "beds")])
        }
        let made = try await visit.perform(
            MakeBeds(station: station, room: visit.id("room"), beds: beds))
        return .go(
            link(to: station), saying: Saying("room.bedsAdded", ["count": "\(made.count)"]))
    }
}
