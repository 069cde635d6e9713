import Foundation
import GuituCore
import GuituKinship
import GuituModel
import GuituText

/// The library of profiles: whether it is on, under which document, and how it
/// compares.
enum LaboratoryPages {
    static let routes: [Route] =
        [
            .page("/laboratory", [AtLaboratory<SeeLibrary>.self], show),
            .action("/laboratory/enable", [AtLaboratory<EnableLibrary>.self], again: show, enable),
            .action(
                "/laboratory/method", [AtLaboratory<ChooseMethod>.self], takesFiles: true,
                again: show, choose),
        ] + SamplePages.routes + SearchPages.routes + MatchPages.routes + LedgerPages.routes

    /// Before the document is recorded, and after its last day, there is only
    /// the page that says so.
    static func whileOn(_ show: @escaping Route.Handler) -> Route.Handler {
        { visit in
            do {
                return try await show(visit)
            } catch Ending.refused(let refusal) {
                switch refusal as? LibraryFailure {
                case .notEnabled, .ended: return .go("/laboratory")
                default: throw Ending.refused(refusal)
                }
            }
        }
    }

    static let trail: @Sendable (Text) -> (String, Link) = {
        ($0("laboratory.title"), "/laboratory")
    }

    /// What an officer goes between.
    static func places(_ text: Text) -> HTML {
        """
        \(button(text("laboratory.samples"), "/laboratory/samples", icon: .list))\
        \(button(text("laboratory.searches"), "/laboratory/searches", icon: .search))\
        \(button(text("laboratory.matches"), "/laboratory/matches", icon: .people))
        """
    }

    @Sendable private static func show(_ visit: Visit) async throws -> Reply {
        let seen = try await visit.ask(SeeLibrary())
        let own = try await visit.see(SeeOwnAccount())
        let text = visit.text
        let isOfficer = visit.may(.laboratory)
        return .page(
            Page(
                text("laboratory.title"), lead: text("laboratory.lead"),
                actions: """
                    \(isOfficer && seen.isOn ? places(text) : nil)\
                    \(visit.may(.readLedger) && seen.authorisation != nil
                        ? button(text("laboratory.ledger"), "/laboratory/ledger", icon: .lock) : nil)
                    """,
                """
                \(standing(seen, visit))
                \(seen.isOn ? holdings(seen, visit) : nil)
                \(isOfficer && seen.isOn ? method(seen, visit) : nil)
                \(visit.may(.enableLibrary) ? enabling(seen, own, visit) : nil)
                """))
    }

    private static func standing(_ seen: SeeLibrary.Answer, _ visit: Visit) -> HTML {
        let text = visit.text
        guard let given = seen.authorisation else {
            return emptyState(text("library.off"), text("laboratory.off.advice"))
        }
        return card(
            text("laboratory.document"),
            facts(
                text,
                [
                    (
                        text("laboratory.standing"),
                        seen.isOn
                            ? badge(text("laboratory.isOn"), .success)
                            : badge(text("laboratory.isOver"), .danger)
                    ),
                    (text("laboratory.laboratory"), "\(given.laboratory)"),
                    (text("laboratory.documentNumber"), "\(given.document)"),
                    (text("laboratory.office"), "\(given.office)"),
                    (text("laboratory.signed"), "\(text(given.signedOn))"),
                    (text("laboratory.until"), "\(text(given.until))"),
                ]))
    }

    private static func holdings(_ seen: SeeLibrary.Answer, _ visit: Visit) -> HTML {
        let text = visit.text
        let isOfficer = visit.may(.laboratory)
        let samples = seen.samples.values.reduce(0, +)
        guard samples > 0 else {
            return emptyState(
                text("laboratory.noSamples"), text("laboratory.noSamples.advice"),
                step: isOfficer
                    ? button(
                        text("laboratory.import"), "/laboratory/import", icon: .plus, primary: true)
                    : "")
        }
        let matches: Link = "/laboratory/matches"
        func count(_ state: Match.State) -> HTML {
            figure(
                text("laboratory.matchesOf", ["state": text.word(state)]),
                text(seen.matches[state.rawValue] ?? 0),
                isOfficer ? matches.with("state", state.rawValue) : nil)
        }
        let kinds = SampleKind.allCases.compactMap { kind in
            seen.samples[kind.rawValue].map { (text.word(kind), "\(text($0))" as HTML?) }
        }
        return """
            <div class="figures">\
            \(figure(text("laboratory.samples"), text(samples), isOfficer ? "/laboratory/samples" : nil))\
            \(figure(text("library.families"), text(seen.families)))\
            \(figure(text("library.openSearches"), text(seen.openSearches)))\
            \(Match.State.allCases.map(count))</div>
            \(card(text("laboratory.samples"), facts(text, kinds)))
            """
    }

    // MARK: The method

    private static func method(_ seen: SeeLibrary.Answer, _ visit: Visit) -> HTML {
        let text = visit.text
        let form = visit.form("/laboratory/method", scope: "method")
        let now = seen.method
        return card(
            text("laboratory.method"),
            """
            \(now.map { facts(text, methodFacts($0, text)) } ?? callout(.warning, text("library.noMethod")))
            \(disclosure(text("laboratory.chooseMethod"), isOpen: form.isBack || now == nil, """
                \(form.view(submit: text("laboratory.chooseMethod"), sendsFiles: true, """
                    \(form.file("frequencies", text("laboratory.frequencies"),
                        accept: ".csv,text/csv", hint: text("laboratory.frequencies.hint"),
                        required: true))
                    \(form.line("population", text("laboratory.population"),
                        value: now?.population ?? "", hint: text("laboratory.population.hint")))
                    \(form.line("mutation", text("laboratory.mutation"),
                        value: now?.mutation ?? "equal:0.002",
                        hint: text("laboratory.mutation.hint"), required: true))
                    \(form.line("theta", text("laboratory.theta"),
                        value: "\(now?.theta ?? 0)", hint: text("laboratory.theta.hint"),
                        required: true, short: true))
                    \(form.line("minimum", text("laboratory.minimum"),
                        value: now?.minimum ?? "flat:0.001",
                        hint: text("laboratory.minimum.hint"), required: true, short: true))
                    \(form.checks("relation", text("laboratory.relations"),
                        relationOptions(text), values: now?.relations ?? ["parent", "child", "full-sib"]))
                    \(form.line("threshold", text("laboratory.threshold"),
                        value: "\(Int(now?.threshold ?? 10_000))",
                        hint: text("laboratory.threshold.hint"), required: true, short: true))
                    """))
                """))
            """)
    }

    static func methodFacts(_ method: LibraryMethod.Summary, _ text: Text) -> [(String, HTML?)] {
        [
            (text("laboratory.frequencies"), "\(method.name)"),
            (text("laboratory.mutation"), "<code>\(method.mutation)</code>"),
            (text("laboratory.theta"), "\(plain(method.theta))"),
            (text("laboratory.minimum"), "<code>\(method.minimum)</code>"),
            (
                text("laboratory.relations"),
                "\(text.list(method.relations.map { text.relation($0) }))"
            ),
            (text("laboratory.threshold"), "\(plain(method.threshold))"),
            (text("laboratory.digest"), "<code>\(String(method.digest.prefix(16)))</code>"),
        ]
    }

    /// 0.01 and 10000, as somebody would write them.
    static func plain(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15
            ? String(Int64(number)) : String(number)
    }

    static func relationOptions(_ text: Text) -> [Form.Option] {
        Relation.allCases.map { Form.Option($0.rawValue, text.relation($0.rawValue)) }
    }

    @Sendable private static func choose(_ visit: Visit) async throws -> Reply {
        var form = FormReading(visit.typed)
        let file = visit.files.first { $0.field == "frequencies" && !$0.bytes.isEmpty }
        if file == nil { form.fail(Saying("field.required", field: "frequencies")) }
        let theta = form.real("theta", in: 0...0.5)
        let threshold = form.real("threshold", in: 1...1e30)
        let relations = visit.typed.all("relation")
        if relations.isEmpty { form.fail(Saying("field.required", field: "relation")) }
        try form.finish()
        guard let file, let theta, let threshold else { throw InvalidFields([]) }
        guard let table = String(validating: file.bytes, as: UTF8.self) else {
            throw InvalidFields([Saying("field.unreadable", field: "frequencies")])
        }
        var method = LibraryMethod(frequencies: table, name: file.fileName)
        let population = visit.typed["population"].trimmingCharacters(in: .whitespaces)
        method.population = population.isEmpty ? nil : population
        method.mutation = visit.typed["mutation"]
        method.theta = theta
        method.minimum = visit.typed["minimum"]
        method.relations = relations
        method.threshold = threshold
        let chosen = try await visit.ask(ChooseMethod(method: method))
        return .go("/laboratory", saying: Saying("library.methodChosen", ["name": chosen.name]))
    }

    // MARK: Enabling

    private static func enabling(
        _ seen: SeeLibrary.Answer, _ own: SeeOwnAccount.Answer, _ visit: Visit
    ) -> HTML {
        let text = visit.text
        let form = visit.form("/laboratory/enable", scope: "enable")
        let offices = own.grants.filter { Permission.of($0.role).contains(.enableLibrary) }
            .map { Form.Option($0.area.text, $0.areaName) }
        let given = seen.authorisation
        return card(
            text(given == nil ? "laboratory.enable" : "laboratory.goOn"),
            """
            <p class="hint">\(text("laboratory.enable.advice"))</p>
            \(form.view(submit: text("laboratory.record"), """
                \(form.select("area", text("laboratory.holder"), offices,
                    value: given?.holder.text ?? offices.first?.value ?? "", required: true))
                \(form.line("laboratory", text("laboratory.laboratory"),
                    value: given?.laboratory ?? "", hint: text("laboratory.laboratory.hint"),
                    required: true, limit: 100))
                \(form.line("document", text("laboratory.documentNumber"), required: true, limit: 100))
                \(form.line("office", text("laboratory.office"), value: given?.office ?? "",
                    required: true, limit: 100))
                \(form.line("signed", text("laboratory.signed"), .date, required: true, short: true))
                \(form.line("until", text("laboratory.until"), .date, required: true, short: true))
                """))
            """)
    }

    @Sendable private static func enable(_ visit: Visit) async throws -> Reply {
        var form = FormReading(visit.typed)
        let area: Area.ID? = form.id("area")
        let signed = form.day("signed")
        let until = form.day("until")
        try form.finish()
        guard let area, let signed, let until else { throw InvalidFields([]) }
        try await visit.ask(
            EnableLibrary(
                area: area, laboratory: visit.typed["laboratory"],
                document: visit.typed["document"], office: visit.typed["office"],
                signedOn: signed, until: until))
        return .go(
            "/laboratory", saying: Saying("library.enabled", ["day": visit.text(until)]))
    }
}

extension Visit {
    /// Asks the library of profiles; where the server keeps none, nothing is here.
    @discardableResult
    func ask<Each: LibraryUseCase>(_ useCase: Each) async throws -> Each.Answer {
        try await library().perform(useCase, as: actor)
    }

    func library() async throws -> Laboratory {
        guard let laboratory = settings.laboratory else {
            // A visitor is asked to sign in here as everywhere.
            _ = try await see(SeeOwnAccount())
            throw Ending.notFound
        }
        return laboratory
    }
}

extension FormReading {
    mutating func day(_ field: String) -> Day? {
        if typed[field].isEmpty {
            fail(Saying("field.required", field: field))
            return nil
        }
        guard let day = Day(typed[field]) else {
            fail(Saying("field.unreadable", field: field))
            return nil
        }
        return day
    }

    mutating func real(_ field: String, in range: ClosedRange<Double>) -> Double? {
        guard let number = Double(typed[field].trimmingCharacters(in: .whitespaces)),
            range.contains(number)
        else {
            fail(
                Saying(
                    "field.number",
                    ["min": "\(range.lowerBound)", "max": "\(range.upperBound)"], field: field))
            return nil
        }
        return number
    }
}

extension Text {
    func word(_ kind: SampleKind) -> String {
        switch kind {
        case .relative: self("laboratory.kind.relative")
        case .living: self("laboratory.kind.living")
        case .remains: self("laboratory.kind.remains")
        case .direct: self("laboratory.kind.direct")
        case .elimination: self("laboratory.kind.elimination")
        }
    }

    func word(_ state: Match.State) -> String {
        switch state {
        case .new: self("laboratory.match.new")
        case .firstConfirmed: self("laboratory.match.firstConfirmed")
        case .confirmed: self("laboratory.match.confirmed")
        case .rejected: self("laboratory.match.rejected")
        }
    }

    func word(_ kind: SearchKind) -> String {
        switch kind {
        case .one: self("laboratory.search.one")
        case .new: self("laboratory.search.new")
        case .unidentified: self("laboratory.search.unidentified")
        case .everyone: self("laboratory.search.everyone")
        }
    }

    /// What the other would be; a word of the engine, or `missing`.
    func relation(_ word: String) -> String {
        switch Relation(rawValue: word) {
        case .parent: self("laboratory.relation.parent")
        case .child: self("laboratory.relation.child")
        case .fullSib: self("laboratory.relation.fullSib")
        case .halfSib: self("laboratory.relation.halfSib")
        case .grandparent: self("laboratory.relation.grandparent")
        case .grandchild: self("laboratory.relation.grandchild")
        case .avuncular: self("laboratory.relation.avuncular")
        case .nephew: self("laboratory.relation.nephew")
        case .same: self("laboratory.relation.same")
        case nil: self("laboratory.relation.missing")
        }
    }

    func sex(_ sex: UInt8) -> String {
        switch sex {
        case 1: self("laboratory.man")
        case 2: self("laboratory.woman")
        default: self("laboratory.sexUnknown")
        }
    }

    /// A ratio from its decimal logarithm: "3.2 × 10⁸", or as it is below a million.
    ///
    /// - Parameter digits: shown of it, at most; one more below a million.
    func ratio(_ log10: Double, digits count: Int = 3) -> String {
        guard log10.isFinite else { return log10 < 0 ? "0" : "∞" }
        guard abs(log10) >= 6 else {
            return String(format: "%.\(count + 1)g", pow(10, log10))
        }
        var exponent = Int(log10.rounded(.down))
        var digits = String(format: "%.\(count - 1)f", pow(10, log10 - Double(exponent)))
        // 9.999 rounds to ten.
        if digits.hasPrefix("10") {
            exponent += 1
            digits = String(format: "%.\(count - 1)f", 1.0)
        }
        let raised = "\(exponent)".map { character in
            switch character {
            case "-": "⁻"
            case "1": "¹"
            case "2": "²"
            case "3": "³"
            case "4": "⁴"
            case "5": "⁵"
            case "6": "⁶"
            case "7": "⁷"
            case "8": "⁸"
            case "9": "⁹"
            default: "⁰"
            }
        }.joined()
        return "\(digits) × 10\(raised)"
    }
}
