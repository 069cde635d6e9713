import GuituCore
import GuituModel
import GuituText

/// Taking somebody in: one page, and nothing about identity is required.
enum ArrivalPages {
    static let routes: [Route] = [
        .page("/arrivals/new", [SeeOwnAccount.self], show),
        .action("/arrivals", [RegisterArrival.self], again: show, register),
        .page("/people/{person}/arrival", [SeePerson.self], showCorrection),
        .action(
            "/people/{person}/arrival", [CorrectArrival.self], again: showCorrection, correct),
    ]

    @Sendable static func show(_ visit: Visit) async throws -> Reply {
        try await show(visit, visit.form("/arrivals"))
    }

    /// - Parameter form: Of `/arrivals`; with what a notice said, if one was read.
    static func show(_ visit: Visit, _ form: Form) async throws -> Reply {
        let own = try await visit.see(SeeOwnAccount())
        guard visit.may(.registerArrival) else { throw Ending.notAllowed }
        let stations = own.grants.filter { Permission.of($0.role).contains(.registerArrival) }
        let text = visit.text
        return .page(
            Page(
                text("arrival.new"), lead: text("arrival.lead"), isNarrow: true,
                form.view(
                    submit: text("arrival.register"),
                    """
                    \(stationField(form, stations, text))
                    \(form.section(text("arrival.how"), how(form, visit)))
                    \(form.section(text("arrival.check"), hint: text("arrival.check.hint"), check(form, text)))
                    \(form.section(text("arrival.who"), hint: text("arrival.who.hint"), who(form, text)))
                    \(form.section(text("arrival.found"), found(form, text)))
                    \(form.section(text("arrival.belongings"), belongings(form, text)))
                    """)))
    }

    /// Most clerks work at one station and are not asked.
    private static func stationField(
        _ form: Form, _ grants: [SeeAccount.Granted], _ text: Text
    ) -> HTML {
        var seen = Set<Area.ID>()
        let areas = grants.filter { seen.insert($0.area).inserted }
        if areas.count == 1 { return form.hidden("station", areas[0].area.text) }
        return form.select(
            "station", text("station.name"),
            areas.map { Form.Option($0.area.text, $0.areaName) }, empty: text("form.choose"),
            required: true)
    }

    /// - Parameter stood: What is corrected; nil while it is new.
    private static func how(
        _ form: Form, _ visit: Visit, _ stood: SeePerson.Episode? = nil
    ) -> HTML {
        let text = visit.text
        return """
            \(form.line("arrivedAt", text("arrival.at"), .moment,
                value: (stood?.arrivedAt ?? visit.now).localMoment,
                required: true, limit: 20, short: true))
            \(late(form, text))
            \(form.choices("mode", text("arrival.mode"), Form.Option.all(ArrivalMode.self, text),
                value: stood?.mode.rawValue ?? "", required: true))
            \(form.line("broughtBy", text("arrival.broughtBy"), value: stood?.broughtBy ?? "",
                hint: text("arrival.broughtBy.hint")))
            """
    }

    /// Asked only of who typed a day long past.
    private static func late(_ form: Form, _ text: Text) -> HTML? {
        guard form.problem("isLateEntry") != nil || !form.typed["isLateEntry"].isEmpty else {
            return nil
        }
        return form.check("isLateEntry", text("arrival.isLateEntry"))
    }

    private static func check(
        _ form: Form, _ text: Text, _ stood: SeePerson.Episode? = nil
    ) -> HTML {
        """
        \(form.choices("condition", text("arrival.condition"), Condition.allCases.map {
            Form.Option($0.rawValue, text(of: $0), hint: $0 == .urgent ? text("arrival.urgent.hint") : nil)
        }, value: stood?.condition.rawValue ?? "", required: true))
        \(form.area("checkNotes", text("arrival.checkNotes"), value: stood?.conditionNotes ?? "",
            limit: 2000, rows: 2))
        """
    }

    private static func who(_ form: Form, _ text: Text) -> HTML {
        """
        \(form.choices("sex", text("person.sex"), Form.Option.sexes(text), required: true))
        \(form.choices("communication", text("person.communication"),
            Form.Option.all(Communication.self, text), required: true))
        \(form.partialDay("birth", text("person.birth")))
        \(form.select("birthSource", text("arrival.birthSource"), [
            Form.Option(ObservationSource.staff.rawValue, text("arrival.birthSource.looks")),
            Form.Option(ObservationSource.person.rawValue, text("arrival.birthSource.said")),
            Form.Option(ObservationSource.document.rawValue, text("arrival.birthSource.read")),
        ]))
        \(form.line("name", text("person.name"), hint: text("arrival.name.hint"), limit: 60))
        \(form.select("nameCertainty", text("person.nameCertainty"),
            [.verified, .selfReported, .transcribed].map { (word: NameCertainty) in
                Form.Option(word.rawValue, text(of: word))
            }, value: NameCertainty.selfReported.rawValue))
        \(form.line("identityNumber", text("person.identity"), limit: 40))
        """
    }

    private static func found(_ form: Form, _ text: Text) -> HTML {
        """
        \(place(form, text))
        \(form.select("consent", text("arrival.consent"),
            [.awaitingDecision, .agreed, .refused].map { (word: ConsentToTracing) in
                Form.Option(word.rawValue, text(of: word))
            }, empty: text("arrival.noTracing"), hint: text("arrival.consent.hint")))
        """
    }

    private static func place(
        _ form: Form, _ text: Text, _ stood: SeePerson.Episode? = nil
    ) -> HTML {
        """
        \(form.line("foundPlace", text("arrival.foundPlace"), value: stood?.foundPlace ?? ""))
        \(form.partialDay("foundOn", text("arrival.foundOn"), value: stood?.foundOn?.said ?? "",
            hint: text("arrival.foundOn.hint")))
        """
    }

    private static func belongings(_ form: Form, _ text: Text) -> HTML {
        form.area(
            "belongings", text("arrival.belongings"), hint: text("arrival.belongings.hint"),
            limit: 2000, rows: 3)
    }

    @Sendable private static func register(_ visit: Visit) async throws -> Reply {
        let arrival = try read(visit)
        let arrived = try await visit.perform(arrival)
        let saying = Saying("arrival.done", ["number": arrived.caseNumber])
        // In danger: to hospital first, a bed here can wait.
        return arrival.check.condition == .urgent
            ? .go("/people/\(arrived.person.text)", saying: saying)
            : .go("/people/\(arrived.person.text)/bed", saying: saying)
    }

    static func read(_ visit: Visit) throws -> RegisterArrival {
        let typed = visit.typed
        var form = FormReading(typed)
        let station: Area.ID? = form.id("station")
        let arrivedAt = form.moment("arrivedAt")
        let mode = form.choice("mode", ArrivalMode.self)
        let condition = form.choice("condition", Condition.self)
        let sex = form.choice("sex", Sex.self)
        let communication = form.choice("communication", Communication.self)
        let certainty = form.optionalChoice("nameCertainty", NameCertainty.self)
        let birth = form.partialDay("birth", on: visit.today)
        let birthSource = form.optionalChoice("birthSource", ObservationSource.self)
        let foundOn = form.partialDay("foundOn", on: visit.today)
        let consent = form.optionalChoice("consent", ConsentToTracing.self)
        guard let station, let arrivedAt, let mode, let condition, let sex, let communication else {
            try form.finish()
            throw InvalidFields([])
        }
        try form.finish()
        var arrival = RegisterArrival(
            station: station, arrivedAt: arrivedAt, mode: mode, sex: sex,
            communication: communication,
            check: .init(condition: condition, notes: typed["checkNotes"]))
        arrival.broughtBy = typed["broughtBy"]
        arrival.name = typed["name"]
        arrival.nameCertainty = certainty ?? .selfReported
        arrival.birth = birth
        arrival.birthSource = birthSource ?? .staff
        arrival.identityNumber = typed["identityNumber"]
        arrival.foundPlace = typed["foundPlace"]
        arrival.foundOn = foundOn
        arrival.belongings = items(typed["belongings"])
        arrival.isLateEntry = !typed["isLateEntry"].isEmpty
        arrival.consent = consent
        return arrival
    }

    // MARK: Correcting

    @Sendable static func showCorrection(_ visit: Visit) async throws -> Reply {
        let person = try await visit.see(SeePerson(person: visit.id("person")))
        // Saved as seen, masked words would become the words: only the station corrects.
        guard visit.may(.registerArrival), !person.isMasked else { throw Ending.notAllowed }
        // The last time they came; what was before is history.
        guard let stood = person.episodes.first else { throw Ending.notFound }
        let text = visit.text
        let back = PersonPages.link(to: person.id)
        let form = visit.form("/people/\(person.id.text)/arrival", version: person.version)
        return .page(
            Page(
                text("arrival.correct"), lead: stood.caseNumber, trail: [(person.name, back)],
                isNarrow: true,
                form.view(
                    submit: text("form.save"), beside: button(text("confirm.back"), back),
                    """
                    \(form.hidden("episode", stood.id.text))
                    \(form.section(text("arrival.how"), how(form, visit, stood)))
                    \(form.section(text("arrival.check"), hint: text("arrival.correct.hint"),
                        check(form, text, stood)))
                    \(form.section(text("arrival.found"), place(form, text, stood)))
                    \(form.line("reason", text("arrival.correct.reason"), required: true, limit: 500))
                    """)))
    }

    @Sendable private static func correct(_ visit: Visit) async throws -> Reply {
        let typed = visit.typed
        var form = FormReading(typed)
        let arrivedAt = form.moment("arrivedAt")
        let mode = form.choice("mode", ArrivalMode.self)
        let condition = form.choice("condition", Condition.self)
        let foundOn = form.partialDay("foundOn", on: visit.today)
        try form.finish()
        guard let arrivedAt, let mode, let condition, let version = Int(typed[Form.versionName])
        else { throw InvalidFields([]) }
        var correction = CorrectArrival(
            episode: try StayPages.episode(visit), version: version, arrivedAt: arrivedAt,
            mode: mode, check: .init(condition: condition, notes: typed["checkNotes"]),
            reason: typed["reason"])
        correction.broughtBy = typed["broughtBy"]
        correction.foundPlace = typed["foundPlace"]
        correction.foundOn = foundOn
        correction.isLateEntry = !typed["isLateEntry"].isEmpty
        try await visit.perform(correction)
        return .go(
            PersonPages.link(to: try visit.id("person")), saying: Saying("arrival.corrected"))
    }

    /// One thing a line; "布鞋 ×2" is two of them.
    static func items(_ lines: String) -> [RegisterArrival.Item] {
        lines.split(separator: "\n").compactMap { line in
            let words = line.trimmingPrefix { $0.isWhitespace }
            guard !words.allSatisfy(\.isWhitespace) else { return nil }
            if let match = words.wholeMatch(of: /(.*\S)\s*[×xX*]\s*([0-9]{1,4})\s*/),
                let quantity = Int(match.2)
            {
                return .init(name: String(match.1), quantity: quantity)
            }
            return .init(name: String(words))
        }
    }
}
