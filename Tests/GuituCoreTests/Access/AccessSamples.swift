import GuituModel

@testable import GuituCore

extension Samples {
    /// Steps of `Workplace.signIn` and its like; tested where they are used.
    static let accessExceptions: [String: String] = [
        "PrepareSignIn": "a step of signing in; SignInTests",
        "CountWrongPassword": "a step of signing in; SignInTests",
        "SignIn": "a step of signing in; SignInTests",
        "SeeOwnPassword": "a step of changing one's password; AccountTests",
        "ChangeOwnPassword": "a step of changing one's password; AccountTests",
        "EndSession": "needs a session of one's own; SessionTests",
        "OfferSetUp": "only before there are accounts; SetUpTests",
        "SetUp": "only before there are accounts; SetUpTests",
        "TrySetUpCode": "only before there are accounts; SetUpTests",
        "SeeSetUp": "for every visitor; SetUpTests",
    ]

    static let access: [Sample] = own + accounts + stations

    private static let own: [Sample] = [
        .change(.carer, record: false) { _, _ in SignOut() },
        .change(.carer, record: false) { _, _ in SignOutEverywhere() },
        .change(.carer, record: false) { _, _ in ProlongSession() },
        .read(.carer, record: false) { _, _ in ListOwnSessions() },
        .read(.carer, record: false) { _, _ in SeeOwnAccount() },
        .change(.carer, record: false) { _, _ in
            MakeToken(session: .init(.token(label: "备份", days: 1), digest: [1, 2, 3]))
        },
    ]

    private static let accounts: [Sample] = [
        .change(.securityAdministrator) {
            MakeAccount(
                login: "sun.he", name: "孙禾", home: $1.id($0.office.station), roles: [.carer],
                password: .init([0]))
        },
        .change(.securityAdministrator) {
            ChangeAccount(account: $1.id($0.account), version: 1, name: "孙禾", isDisabled: false)
        },
        .change(.securityAdministrator) {
            GrantRole(account: $1.id($0.account), role: .carer, area: $0.office.station)
        },
        .change(.securityAdministrator) {
            RevokeRole(account: $1.id($0.account), role: .tracingOfficer, area: $0.office.station)
        },
        .change(.securityAdministrator) {
            ResetPassword(account: $1.id($0.account), password: .init([0]))
        },
        .read(.securityAdministrator, record: false) { _, _ in ListAccounts() },
        .read(.securityAdministrator, record: false) { _, _ in ListAccountAreas() },
        .read(.auditAdministrator) { SeeAccount(account: $1.id($0.account)) },
    ]

    private static let stations: [Sample] = [
        .change(.systemAdministrator) {
            NameAdministrator(
                area: $1.id($0.office.station), role: .auditAdministrator, login: "qian.yu",
                name: "钱雨", password: .init([0]))
        },
        .read(.systemAdministrator) { SeeStaffing(area: $1.id($0.office.station)) },
        .change(.systemAdministrator, province: true) {
            MakeArea(
                parent: $1.id($0.office.city),
                area: AreaDraft(code: "410381", name: "洛阴县", level: .county, validFrom: Office.day))
        },
        .change(.systemAdministrator, province: true) {
            MakeStation(
                parent: $1.id($0.office.city),
                station: StationDraft(
                    code: "410381J1", name: "洛阴救助管理站", address: "县前街8号", hotline: "0379-1111111",
                    validFrom: Office.day))
        },
        .change(.systemAdministrator) {
            RetireArea(area: $1.id($0.office.station), lastDay: Office.day, successor: nil)
        },
        .read(.systemAdministrator, record: false) { _, _ in ListAreas() },
        .read(.systemAdministrator) { SeeStation(station: $1.id($0.office.station)) },
        .change(.systemAdministrator) {
            ChangeStation(
                station: $1.id($0.office.station), version: 1, address: "新路2号", hotline: "1")
        },
        .change(.systemAdministrator) {
            MakeRoom(station: $1.id($0.office.station), name: "男二室", kind: .male, beds: ["1"])
        },
        .change(.systemAdministrator) { scene, place in
            MakeBeds(
                station: place.id(scene.office.station), room: scene.room, beds: ["靠窗"])
        },
        .change(.systemAdministrator) { ChangeBed(bed: $1.id($0.bed), isOutOfUse: true) },
    ]
}
