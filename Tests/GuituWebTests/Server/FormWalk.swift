import Foundation
import GuituModel
import GuituStore
import HTTPTypes
import Synchronization
import TestSupport

@testable import GuituCore
@testable import GuituWeb

/// A form as it stands on a page that somebody opened.
struct FoundForm: Sendable {
    struct Field: Sendable {
        enum Kind: Sendable, Equatable {
            case hidden, line, area, password, moment, date, file, checkbox
            /// One of these.
            case choice([String])

            var word: String {
                if case .choice = self { "choice" } else { "\(self)" }
            }
        }
        var name: String
        var kind: Kind
        var value: String

        /// What a person types with their own fingers.
        var isTyped: Bool { [.line, .area].contains(kind) }
    }

    var role: Role?
    var page: String
    var action: String
    /// The action's route: `/people/{person}/correct`.
    var pattern: String
    var sendsFiles: Bool
    var fields: [Field]

    /// What decides whether another form is of the same kind.
    var kind: String { pattern + " " + fields.map(\.name).joined(separator: " ") }

    /// Filled in as somebody would who means it.
    func filled() -> [(name: String, value: String)] {
        var names = Set<String>()
        return fields.compactMap { field in
            guard field.kind != .file, field.kind != .checkbox || field.value == "yes",
                names.insert(field.name).inserted
            else { return nil }
            return (field.name, FoundForm.good(field))
        }
    }

    static func good(_ field: Field) -> String {
        switch field.kind {
        case .choice(let options): return options.first { !$0.isEmpty } ?? ""
        case .moment: return field.value.isEmpty ? "2026-11-24T08:00" : field.value
        case .hidden, .date, .file, .checkbox: return field.value
        case .password: return "清早的河边有三只白鹭"
        case .line, .area: break
        }
        if !field.value.isEmpty { return field.value }
        let name = field.name.lowercased()
        switch true {
        case name.contains("phone"): return "13911112222"
        case name.contains("identity"): return ""
        case ["birth", "lost", "foundon"].contains(name): return "1960"
        case name == "login": return "newlogin"
        case name == "code": return "410399"
        case name.contains("beds"), name.contains("height"), name.contains("count"): return "2"
        default: return "河边"
        }
    }

    func body(
        _ values: [(name: String, value: String)], file: [UInt8]? = nil,
        named fileName: String = "a.csv"
    ) -> (
        bytes: [UInt8], type: String
    ) {
        guard sendsFiles else {
            return (
                Array(Browser.encoded(values.map { ($0.name, $0.value) }).utf8),
                "application/x-www-form-urlencoded"
            )
        }
        var bytes: [UInt8] = []
        for (name, value) in values {
            bytes += Array(
                "--formwalk\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
                    .utf8)
        }
        for field in fields where field.kind == .file {
            guard let file else { continue }
            // As browsers write it.
            let plain = fileName.replacing("\"", with: "%22").replacing("\r", with: "%0D")
                .replacing("\n", with: "%0A")
            bytes += Array(
                """
                --formwalk\r\nContent-Disposition: form-data; name="\(field.name)"; \
                filename="\(plain)"\r\nContent-Type: application/octet-stream\r\n\r\n
                """.utf8)
            bytes += file + Array("\r\n".utf8)
        }
        return (bytes + Array("--formwalk--\r\n".utf8), "multipart/form-data; boundary=formwalk")
    }

    /// All forms of a page that send something.
    static func all(on html: String) -> [(action: String, sendsFiles: Bool, fields: [Field])] {
        html.components(separatedBy: "<form").dropFirst().compactMap { rest in
            let tag = String(rest.prefix { $0 != ">" })
            guard tag.contains("method=\"post\""), let action = Browser.attribute("action", tag),
                let inside = rest.components(separatedBy: "</form>").first
            else { return nil }
            return (action, tag.contains("multipart"), fields(inside))
        }
    }

    private static func fields(_ form: String) -> [Field] {
        var fields: [Field] = []
        for match in form.matches(of: /<(input|textarea|select)\b([^>]*)>/) {
            let attributes = String(match.2)
            guard let name = Browser.attribute("name", attributes) else { continue }
            let value = Browser.attribute("value", attributes) ?? ""
            let after = form[match.range.upperBound...]
            func inside(_ end: String) -> String {
                String(after.prefix(upTo: after.range(of: end)?.lowerBound ?? after.endIndex))
            }
            let kind: Field.Kind
            switch match.1 {
            case "textarea":
                fields.append(
                    Field(
                        name: name, kind: .area,
                        value: Browser.plain(inside("</textarea>")).trimmingCharacters(
                            in: .newlines)))
                continue
            case "select":
                let options = inside("</select>").matches(of: /<option\b([^>]*)>/).map {
                    Browser.attribute("value", String($0.1)) ?? ""
                }
                kind = .choice(options)
            default:
                switch Browser.attribute("type", attributes) ?? "text" {
                case "hidden": kind = .hidden
                case "password": kind = .password
                case "file": kind = .file
                case "datetime-local": kind = .moment
                case "date": kind = .date
                case "checkbox": kind = .checkbox
                case "radio":
                    if let index = fields.firstIndex(where: { $0.name == name }),
                        case .choice(let options) = fields[index].kind
                    {
                        fields[index].kind = .choice(options + [value])
                        continue
                    }
                    kind = .choice([value])
                default: kind = .line
                }
            }
            fields.append(Field(name: name, kind: kind, value: value))
        }
        return fields
    }
}

/// A small office in full work, made once for each engine and copied for every
/// test that changes something.
actor Scenes {
    static let shared = Scenes()
    private var made: [Engine: Task<Scene, any Error>] = [:]

    func scene(_ engine: Engine) async throws -> Scene {
        if let task = made[engine] { return try await task.value }
        let task = Task { try await Scene(engine) }
        made[engine] = task
        return try await task.value
    }
}

struct Scene: Sendable {
    /// Who opens the pages, and where.
    static func isProvincial(_ role: Role) -> Bool {
        readers.contains { $0.0 == role && $0.isProvince }
    }

    static let readers: [(Role, isProvince: Bool)] = [
        (.reception, false), (.carer, false), (.tracingOfficer, false), (.director, false),
        (.safetyOfficer, false), (.official, true), (.supervisor, true),
        (.systemAdministrator, true), (.securityAdministrator, true), (.auditAdministrator, true),
    ]

    /// Everybody's, for those who have to sign in again.
    static let password = "清早的河边有三只白鹭"

    let office: Office
    let driver: any Driver
    let records: Records
    let foreign: Records
    /// The session of a reader at our station or the province, by role.
    let sessions: [Role: String]
    /// The same at the other station.
    let foreignSessions: [Role: String]
    let forms: [FoundForm]

    init(_ engine: Engine) async throws {
        let driver = try await TestDatabase.driver(engine, migrations: Schema.migrations)
        let site = Site(
            try await Office(Database(driver: driver, options: TestDatabase.options)))
        let office = site.office
        records = try await Records(site, at: office.station)
        foreign = try await Records(site, at: office.otherStation)
        var sessions: [Role: String] = [:]
        var foreignSessions: [Role: String] = [:]
        for (role, isProvince) in Self.readers {
            sessions[role] = try await site.session(
                role, at: isProvince ? office.province : office.station)
            if !isProvince {
                foreignSessions[role] = try await site.session(role, at: office.otherStation)
            }
        }
        let record = try PasswordRecord.make(Self.password, cost: .init(logN: 4))
        try await office.database.write { tx in
            _ = try tx.execute("UPDATE account SET password = \(record.bytes)")
        }
        self.sessions = sessions
        self.foreignSessions = foreignSessions
        let pages = try await Self.furnish(site, records, sessions)
        self.driver = driver
        self.office = office
        var forms: [FoundForm] = []
        var kinds = Set<String>()
        for (role, _) in Self.readers {
            for form in try await site.forms(of: role, sessions[role] ?? "", pages) {
                if kinds.insert(form.kind).inserted { forms.append(form) }
            }
        }
        for form in try await site.forms(of: nil, "", []) where kinds.insert(form.kind).inserted {
            forms.append(form)
        }
        self.forms = forms
        await office.database.close()
    }

    /// Brings about what the pages have forms for: a bed to free, a link to
    /// undo, a paper to remove, a verdict to take back, a job that failed.
    ///
    /// Returns the pages where most of that stands.
    private static func furnish(_ site: Site, _ records: Records, _ sessions: [Role: String])
        async throws -> [String]
    {
        let (office, place) = (site.office, site.office.workplace)
        let program = Actor.program(reason: "test")
        func id<Subject>(_ name: String) throws -> ID<Subject> {
            guard let id = ID<Subject>(records.ids[name] ?? "") else { throw Ending.notFound }
            return id
        }
        let person: Person.ID = try id("person")
        let episode: ReliefEpisode.ID =
            try await office.database.read { tx in
                try tx.first("SELECT id FROM episode WHERE person = \(person)")?["id"]
            } ?? ID(at: office.clock.now)
        // Somebody nobody traces yet, with a number, and one more file of theirs.
        var arrival = office.arrival(sex: .female)
        arrival.identityNumber = "11010519491231002X"
        arrival.consent = .agreed
        let known = try await place.perform(arrival, as: program)
        let linked = try await place.perform(office.arrival(), as: program).person
        _ = try await place.perform(
            CorrectPerson(
                person: person, version: 1, name: "欧阳建国", nameCertainty: .selfReported, sex: .male,
                birth: .year(1960), communication: .canSpeak,
                identityNumber: "410303195603081239"), as: program)
        _ = try await place.perform(
            LinkFiles(person: person, other: linked, reason: "同一证件"), as: program)
        _ = try await place.perform(
            AddObservation(
                person: person, kind: .accent, value: "豫东口音", source: .staff, certainty: .likely),
            as: program)
        _ = try await place.perform(
            GiveBed(episode: episode, bed: try await office.beds("male")[0]), as: program)
        _ = try await place.perform(
            KeepBelonging(episode: episode, item: .init(name: "水杯")), as: program)
        let told: MissingReport.ID = try id("report")
        for subject in [AttachmentSubject.person(person), .report(told)] {
            for text in ["河边的便条", "另一张便条"] {
                let kept = try await place.perform(
                    AddAttachment(
                        subject: subject,
                        file: UploadedFile(
                            name: "便条.txt", bytes: Array("\(text)\(subject)".utf8))),
                    as: program)
                if text.hasPrefix("另") {
                    try await place.perform(RemoveAttachment(id: kept.id), as: program)
                }
            }
        }
        var pages = ["/people/\(person.text)", "/people/\(person.text)/bed"]
        // The tracing officer has said something; the director has not.
        if let request = known.request {
            var fields = ReportFields()
            fields.name = "欧阳建国"
            fields.sex = .male
            fields.reporterName = "欧阳海"
            fields.reporterRelation = "弟弟"
            fields.reporterPhone = "13911113333"
            let report = try await place.perform(
                RegisterMissing(
                    holder: office.station, fields: fields, reportedAt: office.clock.now),
                as: program
            ).report
            try await place.perform(
                StoreRanking(
                    request: request,
                    ranked: [
                        .init(report: report, place: 1, logRatio: 3, probability: 0.9, evidence: [])
                    ], noRightReport: 0.1), as: program)
            let candidate: Candidate.ID? = try await office.database.read { tx in
                try tx.first("SELECT id FROM candidate WHERE request = \(request)")?["id"]
            }
            if let candidate, let session = sessions[.tracingOfficer] {
                pages.append("/candidates/\(candidate.text)")
                try await place.perform(
                    DecideCandidate(
                        candidate: candidate, verdict: .confirm, reason: "相符", evidenceVersion: 1),
                    as: .session(digest: Keys.tokenDigest(session)))
            }
        }
        let now = office.clock.now
        try await office.database.write { tx in
            try tx.execute(
                """
                UPDATE bed SET out_of_use = 1
                WHERE station = \(office.station) AND kind = 'female' AND name = '1床'
                """)
            for row in try tx.rows("SELECT id FROM account") {
                let account: String = try row["id"]
                try tx.execute(
                    """
                    INSERT INTO notification
                        (id, account, saying, arguments, subject_kind, subject, made_at)
                    VALUES (\(ID<GuituCore.Notification>(at: now).text), \(account),
                        'notice.namedOfficer', '{}', 'person', \(person), \(now))
                    """)
            }
            try tx.execute(
                """
                INSERT INTO job (id, kind, job_key, details, state, attempts, run_at, made_at, ended_at)
                VALUES (\(ID<JobRunner>(at: now).text), 'tidy-jobs', 'x', '{}', 'dead', 9, \(now),
                    \(now), \(now))
                """)
        }
        return pages + ["/people/\(known.person.text)", "/missing/\(told.text)"]
    }

    func session(of form: FoundForm) -> String { form.role.flatMap { sessions[$0] } ?? "" }

    /// Another record of the kind that a form's address begins with, in the
    /// same hands; nil where there is none.
    func neighbour(of ours: String, _ pattern: String) async throws -> String? {
        // One reader keeps both stations.
        if pattern.hasPrefix("/stations/") { return office.otherStation.text }
        let table: SQL
        switch pattern.prefix(9) {
        case "/people/{": table = "person"
        case "/missing/": table = "missing_report"
        default: return nil
        }
        let driver = try await TestDatabase.copy(of: driver)
        let database = Database(driver: driver, options: TestDatabase.options)
        let found: String? = try await database.read { tx in
            try tx.first(
                """
                SELECT id FROM \(table) WHERE id <> \(ours)
                    AND holder = (SELECT holder FROM \(table) WHERE id = \(ours)) ORDER BY id
                """)?["id"]
        }
        await database.close()
        try await TestDatabase.remove(driver)
        return found
    }

    /// A site over a copy, which `body` may change as it likes.
    func copied<A>(
        _ options: GuituServer.Options = .init(), _ body: (Site) async throws -> A
    ) async throws -> A {
        let copy = try await TestDatabase.copy(of: driver)
        let database = Database(driver: copy, options: TestDatabase.options)
        let log = LogLines()
        let result: Result<A, any Error>
        do {
            let office = Office(office, over: database, logger: log.logger)
            result = .success(try await body(Site(office, log: log, options)))
        } catch {
            result = .failure(error)
        }
        await database.close()
        try await TestDatabase.remove(copy)
        return try result.get()
    }
}

extension Site {
    /// Every kind of form that a reader meets by following links from the
    /// start page, one page of each address.
    func forms(of role: Role?, _ session: String, _ seeds: [String]) async throws -> [FoundForm] {
        try await pages(of: session, from: seeds).flatMap { page in
            FoundForm.all(on: page.body).compactMap { form in
                guard case .route(let route, _) = server.routes.match(.post, form.action) else {
                    return nil
                }
                return FoundForm(
                    role: role, page: page.path, action: form.action, pattern: route.pattern,
                    sendsFiles: form.sendsFiles, fields: form.fields)
            }
        }
    }

    struct OpenedPage: Sendable {
        var path: String
        var status: Int
        var body: String
    }

    /// Follows links from the start page, to `most` pages of each address.
    func pages(of session: String, from seeds: [String] = [], most: Int = 2) async throws
        -> [OpenedPage]
    {
        let pages = Notes<OpenedPage>()
        try await visit { browser in
            if !session.isEmpty { browser.cookies["guitu"] = session }
            var waiting = session.isEmpty ? ["/sign-in", "/about"] : seeds + ["/", "/account"]
            var met: [String: Int] = [:]
            var known = Set(waiting)
            while !waiting.isEmpty {
                let path = waiting.removeFirst()
                let seen = try await browser.open(path)
                pages.add(OpenedPage(path: path, status: seen.status, body: seen.body))
                for match in seen.body.matches(of: /href="(\/[^"#]*)/) {
                    let link = Browser.plain(String(match.1))
                    let bare = String(link.prefix { $0 != "?" })
                    guard case .route(let route, _) = server.routes.match(.get, bare),
                        route.kind == .page, known.insert(link).inserted
                    else { continue }
                    let query = link.dropFirst(bare.count).split(separator: "&").map {
                        $0.prefix { $0 != "=" }
                    }
                    met[route.pattern + query.joined(), default: 0] += 1
                    if met[route.pattern + query.joined()] ?? 0 <= most { waiting.append(link) }
                }
            }
        }
        return pages.all
    }
}

/// What was noted on the way, in order.
final class Notes<Element: Sendable>: Sendable {
    private let kept = Mutex<[Element]>([])
    var all: [Element] { kept.withLock { $0 } }
    func add(_ element: Element) { kept.withLock { $0.append(element) } }
}

typealias Said = Notes<String>
