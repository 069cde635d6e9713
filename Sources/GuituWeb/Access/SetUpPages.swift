import GuituCore
import GuituModel
import GuituText

/// The first visitor of a new database, with the code from the terminal.
enum SetUpPages {
    static let routes: [Route] = [
        .page("/set-up", [SeeSetUp.self], show),
        .action("/set-up", [], again: show, setUp),
    ]

    @Sendable private static func show(_ visit: Visit) async throws -> Reply {
        guard try await visit.see(SeeSetUp()).isNew else { return .go("/sign-in") }
        let text = visit.text
        let form = visit.form("/set-up")
        return .page(
            Page(
                text("setUp.title"), lead: text("setUp.lead"), isNarrow: true,
                form.view(
                    submit: text("setUp.go"),
                    """
                    \(form.line("code", text("setUp.code"), hint: text("setUp.code.hint"), required: true, limit: 40))
                    \(form.section(text("setUp.places"), """
                        \(form.line("provinceCode", text("setUp.provinceCode"), required: true, limit: 6, short: true))
                        \(form.line("province", text("setUp.province"), required: true, limit: 60))
                        \(form.line("cityCode", text("setUp.cityCode"), required: true, limit: 6, short: true))
                        \(form.line("city", text("setUp.city"), required: true, limit: 60))
                        \(form.line("stationCode", text("station.code"), hint: text("station.code.hint"), required: true, limit: 20, short: true))
                        \(form.line("station", text("station.name"), required: true, limit: 60))
                        \(form.line("address", text("station.address"), required: true))
                        \(form.line("hotline", text("station.hotline"), .tel, required: true, limit: 40))
                        """))
                    \(form.section(text("setUp.you"), hint: text("setUp.you.hint"), """
                        \(form.line("name", text("account.name"), required: true, limit: 40))
                        \(form.line("login", text("signIn.login"), required: true, limit: 32, autocomplete: "username"))
                        \(form.line("password", text("signIn.password"), .password, hint: text("password.hint"),
                            required: true, autocomplete: "new-password"))
                        """))
                    """)))
    }

    @Sendable private static func setUp(_ visit: Visit) async throws -> Reply {
        let typed = visit.typed
        let today = visit.today
        _ = try await visit.workplace.setUp(
            SetUpRequest(
                code: Secret(typed["code"]),
                areas: [
                    AreaDraft(
                        code: typed["provinceCode"], name: typed["province"], level: .province,
                        validFrom: today),
                    AreaDraft(
                        code: typed["cityCode"], name: typed["city"], level: .city, validFrom: today
                    ),
                ],
                station: StationDraft(
                    code: typed["stationCode"], name: typed["station"], address: typed["address"],
                    hotline: typed["hotline"], validFrom: today),
                login: typed["login"], name: typed["name"], password: Secret(typed["password"])))
        return .go("/sign-in", saying: Saying("setUp.done"))
    }
}
