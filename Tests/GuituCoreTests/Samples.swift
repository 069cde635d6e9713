import GuituModel
import GuituStore

@testable import GuituCore

/// Whether a sample points at the scene's records or at ids that do not exist.
enum Where {
    case here
    case nowhere
}

/// One use-case, ready to be run on a scene by anybody.
struct Sample: Sendable {
    var name: String
    var needs: Permission
    var effect: Effect
    /// A role that may do it.
    var role: Role
    var atProvince = false
    /// False for lists and one's own account: there is no record to be foreign.
    var targetsARecord = true
    /// Touches the scene's person, and so must respect protection.
    var aboutThePerson = false
    /// Touches the search for them: only the director and the named officer.
    var aboutTheirTracing = false
    /// Needs the scene's library, whose making leaves entries of its own.
    var isOfLibrary = false
    var run: @Sendable (Scene, Where, Actor) async throws -> Void

    func run(_ scene: Scene, _ place: Where, as actor: Actor) async throws {
        try await run(scene, place, actor)
    }

    func roleArea(_ scene: Scene) -> Area.ID {
        atProvince ? scene.office.province : scene.office.station
    }

    static func change<U: ChangingUseCase>(
        _ role: Role, record: Bool = true, person: Bool = false, tracing: Bool = false,
        province: Bool = false, _ make: @escaping @Sendable (Scene, Where) -> U
    ) -> Sample {
        Sample(
            name: U.name, needs: U.needs, effect: .changes, role: role, atProvince: province,
            targetsARecord: record, aboutThePerson: person, aboutTheirTracing: tracing
        ) { scene, place, actor in
            _ = try await scene.office.workplace.perform(make(scene, place), as: actor)
        }
    }

    static func read<U: ReadingUseCase>(
        _ role: Role, record: Bool = true, person: Bool = false, tracing: Bool = false,
        province: Bool = false, _ make: @escaping @Sendable (Scene, Where) -> U
    ) -> Sample {
        Sample(
            name: U.name, needs: U.needs, effect: U.effect, role: role, atProvince: province,
            targetsARecord: record, aboutThePerson: person, aboutTheirTracing: tracing
        ) { scene, place, actor in
            _ = try await scene.office.workplace.perform(make(scene, place), as: actor)
        }
    }
}

extension Where {
    /// `id`, or one that nothing has.
    func id<Subject>(_ id: ID<Subject>) -> ID<Subject> {
        self == .here ? id : ID(at: Instant(milliseconds: 1))
    }
}

enum Samples {
    /// Use-cases that only the program performs, with why no person's sample fits.
    static let exceptions = accessExceptions.merging([
        "Bulk": "generic; its tests are in BulkTests",
        "BeginImport": "a step of MissingImport; its tests are in ImportMissingTests",
        "RecordImport": "a step of MissingImport",
        "EndImport": "a step of MissingImport",
        "OpenRequests": "a job's own list",
        "OpenReports": "a job's own list",
        "MarkOfReports": "a job's own question",
        "DescribePerson": "a job's own snapshot",
        "InventOffices": "a step of InventedProvince; PathCommandTests invents one",
        "EndInventing": "a step of InventedProvince",
        "StoreRanking": "a job's own result",
        "MarkNotificationRead": "one's own only; NotificationTests",
        "RetryJob": "needs a dead job; JobTests",
        "Export": "generic: its name is that of a list; ListTests",
    ]) { $1 }.merging(laboratoryExceptions) { $1 }

    static let all: [Sample] =
        intake + stay + tracing + missing + matching + oversight + access + attachments + office
        + laboratory

    static let intake: [Sample] = [
        .change(.reception) { scene, place in
            var arrival = scene.office.arrival()
            arrival.station = place.id(scene.office.station)
            return arrival
        },
        .read(.carer, person: true) { SeePerson(person: $1.id($0.person)) },
        .read(.carer, record: false) { _, _ in ListPeople() },
        .change(.carer, person: true) {
            AddObservation(
                person: $1.id($0.person), kind: .mark, value: "左手有疤", source: .staff,
                certainty: .sure)
        },
        .change(.carer, person: true) {
            RetractObservation(
                person: $1.id($0.person), observation: $0.observation, reason: "看错了")
        },
        .change(.carer, person: true) {
            CorrectPerson(
                person: $1.id($0.person), version: 1, name: "李秀兰", nameCertainty: .selfReported,
                sex: .female, birth: nil, communication: .canSpeak)
        },
        .change(.reception, person: true) { Unmask(person: $1.id($0.person), reason: "核对身份") },
        .change(.carer, person: true) {
            LinkFiles(person: $1.id($0.person), other: $0.other, reason: "同一人")
        },
        .change(.carer, person: true) {
            UnlinkFiles(
                person: $1.id($0.person), link: $0.link, reason: "不是同一人")
        },
    ]

    static let stay: [Sample] = [
        .change(.carer, person: true) { GiveBed(episode: $1.id($0.episode), bed: $0.bed) },
        .change(.carer, person: true) { FreeBed(episode: $1.id($0.episode)) },
        .change(.carer, person: true) {
            ChangeWhereabouts(
                episode: $1.id($0.episode), place: PlaceOfStay(kind: .hospital, place: "第二人民医院"),
                from: $0.office.clock.now)
        },
        .read(.safetyOfficer) { SeeBeds(station: $1.id($0.office.station)) },
        .read(.safetyOfficer, record: false) { _, _ in ListBedStations() },
        .read(.safetyOfficer) { ExportBeds(station: $1.id($0.office.station)) },
        .change(.carer, person: true) {
            KeepBelonging(episode: $1.id($0.episode), item: .init(name: "水杯"))
        },
        .change(.carer, person: true) {
            ReturnBelongings(episode: $1.id($0.episode), receivedBy: "本人")
        },
        .change(.reception, person: true) {
            var leaving = Depart(
                episode: $1.id($0.episode), kind: .selfDeparture, leftAt: $0.office.clock.now)
            leaving.destination = "回家"
            return leaving
        },
        .change(.reception, person: true) {
            UndoDeparture(episode: $1.id($0.episode), reason: "点错了人")
        },
        .change(.reception, person: true) {
            CorrectArrival(
                episode: $1.id($0.episode), version: 1, arrivedAt: $0.office.clock.now,
                mode: .alone, check: .init(condition: .well), reason: "登记时看错")
        },
    ]

    static let tracing: [Sample] = [
        .change(.reception) { OpenTracing(person: $1.id($0.other), consent: .agreed) },
        .change(.director, person: true, tracing: true) {
            DecideConsent(
                request: $1.id($0.request), consent: .agreed, reason: "本人同意", version: 1)
        },
        .change(.director, person: true, tracing: true) {
            NoteSample(
                request: $1.id($0.request), number: "S-1", subject: .relative, relative: "母亲",
                takenOn: Office.day)
        },
        .change(.director, person: true, tracing: true) {
            NameOfficer(request: $1.id($0.request), officer: $0.officer.id)
        },
        .change(.director, person: true) {
            Protect(
                person: $1.id($0.person), protection: .trafficking, reason: "疑似被拐", version: 1)
        },
        .change(.director, person: true, tracing: true) {
            CloseTracing(request: $1.id($0.request), outcome: .identified)
        },
        .read(.director, person: true, tracing: true) { SeeRequest(request: $1.id($0.request)) },
        .change(.director, person: true, tracing: true) {
            SaveWordsHeard(
                request: $1.id($0.request), words: [WordsHeard(["gu lan", "lian yuan"])],
                answers: [PlaceAnswer(.no, code: "431381", name: "湖南省 娄底市 冷水江市")],
                source: .person, certainty: .likely)
        },
        .change(.director, person: true, tracing: true) {
            SaveNamesHeard(
                request: $1.id($0.request), names: [NameHeard(.own, "fu jian hua")],
                source: .person, certainty: .likely)
        },
        .read(.director, person: true, tracing: true) {
            SeeWordsHeard(request: $1.id($0.request))
        },
        .change(.director, person: true, tracing: true) {
            AddSolvedName(
                request: $1.id($0.request),
                name: SolvedName(heard: "gu lan", code: "431382", place: "湖南省 娄底市 涟源市"))
        },
        .change(.director, person: true, tracing: true) {
            WithdrawSolvedName(
                request: $1.id($0.request), name: SolvedName.ID(at: $0.office.clock.now),
                reason: "听错了")
        },
        .read(.tracingOfficer, record: false) { _, _ in ListSolvedNames() },
        .read(.tracingOfficer, record: false) { _, _ in ListRequests() },
        .change(.tracingOfficer) {
            KeepNoticeExample(
                holder: $1.id($0.office.station),
                example: NoticeExample(
                    text: "姓名：王桂花", published: "", kind: "missing",
                    fields: [.init("name", read: "王桂花", right: "王桂华")]))
        },
        .read(.tracingOfficer, record: false) { _, _ in ListNoticeExamples() },
    ]

    static let missing: [Sample] = [
        .change(.reception) { scene, place in
            var fields = ReportFields()
            fields.name = "赵大山"
            fields.reporterName = "赵小山"
            fields.reporterRelation = "子女"
            fields.reporterPhone = "13900000000"
            return RegisterMissing(
                holder: place.id(scene.office.station), fields: fields,
                reportedAt: scene.office.clock.now)
        },
        .read(.reception, record: false) { _, _ in ListMissing() },
        .read(.tracingOfficer, record: false) { _, _ in ListImports() },
        .read(.tracingOfficer) {
            SeeImport(holder: $1.id($0.office.station), batch: $0.batch)
        },
        .read(.reception) { SeeMissing(report: $1.id($0.report)) },
        .change(.reception) { CloseMissing(report: $1.id($0.report), outcome: .withdrawn) },
        .change(.reception) { ReopenMissing(report: $1.id($0.report)) },
    ]

    static let matching: [Sample] = [
        .read(.director, person: true, tracing: true) {
            CompareCandidate(candidate: $1.id($0.candidate))
        },
        .change(.director, person: true, tracing: true) {
            DecideCandidate(
                candidate: $1.id($0.candidate), verdict: .confirm, reason: "相符", evidenceVersion: 1)
        },
        .change(.director, person: true, tracing: true) {
            WithdrawDecision(candidate: $1.id($0.candidate))
        },
    ]

    static let oversight: [Sample] = [
        .read(.carer, record: false) { _, _ in SeeDesk() },
        .read(.supervisor) { scene, place in
            var figures = SeeFigures()
            figures.area = place.id(scene.office.station)
            return figures
        },
    ]

    static let attachments: [Sample] = [
        .change(.carer, person: true) {
            AddAttachment(
                subject: .person($1.id($0.person)),
                file: UploadedFile(name: "便条.txt", bytes: Array("河边".utf8)))
        },
        .read(.carer, person: true) { ListAttachments(subject: .person($1.id($0.person))) },
        .attached(.readsSensitive, SeeAttachment.name) { scene, id, actor in
            _ = try await scene.office.workplace.perform(SeeAttachment(id: id), as: actor)
        },
        .attached(.changes, RemoveAttachment.name) { scene, id, actor in
            try await scene.office.workplace.perform(RemoveAttachment(id: id), as: actor)
        },
        .attached(.changes, RestoreAttachment.name, removed: true) { scene, id, actor in
            try await scene.office.workplace.perform(RestoreAttachment(id: id), as: actor)
        },
    ]

    static let office: [Sample] = [
        .read(.carer, record: false) { _, _ in MyNotifications() },
        .change(.carer, record: false) { scene, _ in
            MarkAllNotificationsRead(upTo: ID(at: scene.office.clock.now))
        },
        .read(.auditAdministrator, record: false, province: true) { _, _ in ReadAudit() },
        .read(.auditAdministrator, record: false, province: true) { _, _ in AuditHeads() },
        .change(.auditAdministrator, record: false, province: true) { _, _ in VerifyAudit() },
        .change(.auditAdministrator, record: false, province: true) { _, _ in AnchorAudit() },
        .read(.systemAdministrator, record: false, province: true) { _, _ in ListJobs() },
        .change(.systemAdministrator, record: false, province: true) { _, _ in MakeBackup() },
    ]
}

extension Sample {
    /// A use-case on an attachment of the scene's person, which it adds first.
    static func attached(
        _ effect: Effect, _ name: String, removed: Bool = false,
        _ perform: @escaping @Sendable (Scene, Attachment.ID, Actor) async throws -> Void
    ) -> Sample {
        Sample(name: name, needs: .attach, effect: effect, role: .carer, aboutThePerson: true) {
            scene, place, actor in
            let program = Actor.program(reason: "test")
            let workplace = scene.office.workplace
            let note = UploadedFile(name: "便条.txt", bytes: Array(Keys.newToken().utf8))
            let id = try await workplace.perform(
                AddAttachment(subject: .person(scene.person), file: note), as: program
            ).id
            if removed { try await workplace.perform(RemoveAttachment(id: id), as: program) }
            // Removing it for the sample leaves an entry of its own, before.
            try await perform(scene, place.id(id), actor)
        }
    }
}
