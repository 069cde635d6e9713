import GuituCore
import GuituModel
import GuituText

/// Offices, stations, rooms and beds, for the system administrator.
enum StationPages {
    static let routes: [Route] = [
        .page("/stations", [ListAreas.self], list),
        .action("/stations", [MakeStation.self], again: list, makeStation),
        .action("/areas", [MakeArea.self], again: list, makeArea),
        .page("/stations/{area}", [SeeStation.self, SeeStaffing.self], show),
        .action("/stations/{area}/change", [ChangeStation.self], again: show, change),
        .action("/stations/{area}/rooms", [MakeRoom.self], again: show, makeRoom),
        .action("/stations/{area}/beds/{bed}", [ChangeBed.self], again: show, changeBed),
        .action("/areas/{area}/administrators", [], again: list, nameAdministrator),
    ]

    private static func link(_ area: Area.ID) -> Link { "/stations/\(area.text)" }

    @Sendable private static func list(_ visit: Visit) async throws -> Reply {
        let text = visit.text
        let areas = try await visit.see(ListAreas())
        let names = Dictionary(areas.map { ($0.id, $0.name) }, uniquingKeysWith: { $1 })
        let listing = Listing(
            text("place.stations"),
            columns: [
                .init(text("station.nameOf")) { area in
                    area.level == .station
                        ? "<a href=\"\(link(area.id))\">\(area.name)</a>" : "\(area.name)"
                },
                .init(text("station.level")) { "\(text(of: $0.level))" },
                .init(text("station.code")) { "\($0.code)" },
                .init(text("station.parent")) { "\($0.parent.flatMap { names[$0] } ?? "")" },
                .init(text("station.beds"), isNumber: true) {
                    $0.level == .station ? "\(text($0.beds))" : ""
                },
                .init(text("station.number")) { "<code>\($0.id.text)</code>" },
            ], rows: areas, query: ListQuery("/stations"),
            empty: .init(text("place.stations"), ""))
        let offices = areas.filter { $0.level != .station }.map {
            Form.Option($0.id.text, $0.name)
        }
        return .page(
            Page(
                text("place.stations"),
                """
                \(listing.view(text))
                \(newStation(offices, visit))
                \(newArea(offices, visit))
                \(administrators(areas, visit))
                """))
    }

    private static func newStation(_ offices: [Form.Option], _ visit: Visit) -> HTML {
        let text = visit.text
        let form = visit.form("/stations")
        return disclosure(
            text("station.new"), isOpen: !form.problems.isEmpty,
            form.view(
                submit: text("station.new"),
                """
                \(form.select("parent", text("station.parent"), offices, empty: text("form.choose"), required: true))
                \(form.line("code", text("station.code"), hint: text("station.code.hint"), required: true, limit: 20))
                \(form.line("name", text("station.nameOf"), required: true, limit: 60))
                \(form.line("address", text("station.address"), required: true))
                \(form.line("hotline", text("station.hotline"), .tel, required: true, limit: 40))
                """))
    }

    private static func newArea(_ offices: [Form.Option], _ visit: Visit) -> HTML {
        let text = visit.text
        let form = visit.form("/areas")
        let levels: [Area.Level] = [.province, .city, .county]
        return disclosure(
            text("area.new"), isOpen: !form.problems.isEmpty,
            form.view(
                submit: text("area.new"),
                """
                \(form.select("parent", text("station.parent"), offices, empty: text("form.choose"), required: true))
                \(form.select("level", text("station.level"),
                    levels.map { Form.Option($0.rawValue, text(of: $0)) }, empty: text("form.choose"), required: true))
                \(form.line("code", text("station.code"), required: true, limit: 20))
                \(form.line("name", text("station.nameOf"), required: true, limit: 60))
                """))
    }

    private static func administrators(_ areas: [ListAreas.Line], _ visit: Visit) -> HTML? {
        guard let top = areas.first(where: { $0.level != .ministry }) ?? areas.first else {
            return nil
        }
        let text = visit.text
        let form = visit.form("/areas/\(top.id.text)/administrators")
        let roles: [Role] = [.securityAdministrator, .auditAdministrator]
        return disclosure(
            text("station.nameAdministrator", ["area": top.name]), isOpen: !form.problems.isEmpty,
            form.view(
                submit: text("form.save"),
                """
                <p>\(text("station.nameAdministrator.advice"))</p>
                \(form.choices("role", text("account.role"),
                    roles.map { Form.Option($0.rawValue, text(of: $0)) }, required: true))
                \(form.line("login", text("signIn.login"), required: true, limit: 32))
                \(form.line("name", text("account.name"), required: true, limit: 40))
                """))
    }

    @Sendable private static func nameAdministrator(_ visit: Visit) async throws -> Reply {
        var form = FormReading(visit.typed)
        let role = form.choice("role", Role.self)
        try form.finish()
        guard let role else { throw InvalidFields([]) }
        let made = try await visit.workplace.nameAdministrator(
            role, of: visit.id("area"), login: visit.typed["login"], name: visit.typed["name"],
            as: visit.actor, key: IdempotencyKey(visit.typed[Form.keyName]))
        return AccountsPages.oneTime(made, visit)
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
        return .go(link(station), saying: Saying("station.made"))
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
                    code: typed["code"], name: typed["name"], level: level, validFrom: visit.today))
        )
        return .go("/stations", saying: Saying("station.made"))
    }

    // MARK: One station

    @Sendable private static func show(_ visit: Visit) async throws -> Reply {
        let station = try await visit.see(SeeStation(station: visit.id("area")))
        let text = visit.text
        let base = link(station.id).address
        let rooms = station.rooms.map { room -> HTML in
            let beds = room.beds.map { bed -> HTML in
                let form = visit.form("\(base: base)/beds/\(bed.id.text)")
                return """
                    <li><b>\(bed.name)</b> \(bed.isOutOfUse ? badge(text("bed.isOutOfUse"), .warning) : nil) \
                    \(form.button(bed.isOutOfUse ? text("station.bedBack") : text("station.bedOut"),
                        form.hidden("isOutOfUse", bed.isOutOfUse ? "no" : "yes")))</li>
                    """
            }
            return card("\(room.name) · \(text(of: room.kind))", "<ul class=\"beds\">\(beds)</ul>")
        }
        let change = visit.form("\(base: base)/change", version: station.version)
        let room = visit.form("\(base: base)/rooms")
        return .page(
            Page(
                station.name, lead: station.code, trail: [(text("place.stations"), "/stations")],
                """
                \(visit.problems.first { $0.field == nil }.map { callout(.danger, $0.sentence) })
                \(facts(text, [
                    (text("station.address"), "\(station.address)"),
                    (text("station.hotline"), "\(station.hotline)"),
                ]))
                \(rooms)
                \(disclosure(text("room.new"), isOpen: !room.problems.isEmpty || rooms.isEmpty, room.view(
                    submit: text("room.new"), """
                        \(room.line("name", text("room.name"), required: true, limit: 20))
                        \(room.choices("kind", text("room.kind"), Form.Option.all(RoomKind.self, text), required: true))
                        \(room.line("beds", text("room.beds"), hint: text("room.beds.hint"), required: true))
                        """)))
                \(disclosure(text("station.change"), isOpen: !change.problems.isEmpty, change.view(
                    submit: text("form.save"), """
                        \(change.line("address", text("station.address"), value: station.address, required: true))
                        \(change.line("hotline", text("station.hotline"), .tel, value: station.hotline,
                            required: true, limit: 40))
                        """)))
                """))
    }

    @Sendable private static func change(_ visit: Visit) async throws -> Reply {
        let station: Area.ID = try visit.id("area")
        guard let version = Int(visit.typed[Form.versionName]) else { throw InvalidFields([]) }
        try await visit.perform(
            ChangeStation(
                station: station, version: version, address: visit.typed["address"],
                hotline: visit.typed["hotline"]))
        return .go(link(station), saying: Saying("station.changed"))
    }

    @Sendable private static func makeRoom(_ visit: Visit) async throws -> Reply {
        let station: Area.ID = try visit.id("area")
        var form = FormReading(visit.typed)
        let kind = form.choice("kind", RoomKind.self)
        try form.finish()
        guard let kind else { throw InvalidFields([]) }
        let beds = visit.typed["beds"].split { "、,, \u{FF0C}".contains($0) }.map(String.init)
        try await visit.perform(
            MakeRoom(station: station, name: visit.typed["name"], kind: kind, beds: beds))
        return .go(link(station), saying: Saying("room.made"))
    }

    @Sendable private static func changeBed(_ visit: Visit) async throws -> Reply {
        let station: Area.ID = try visit.id("area")
        try await visit.perform(
            ChangeBed(bed: visit.id("bed"), isOutOfUse: visit.typed["isOutOfUse"] == "yes"))
        return .go(link(station), saying: Saying("station.changed"))
    }
}
