import Foundation
import GuituCore
import GuituModel
import GuituStore
import HTTPTypes
import Synchronization
import TestSupport
import Testing

@testable import GuituWeb

/// Types a word that exists nowhere else into every field of every form and
/// every field of the JSON interface, and looks where it has got to.
@Suite("What was typed stays where it belongs", .serialized)
struct MarksTests {
    /// What other people and programs read, or what outlives a case: ids,
    /// vocabulary and digests, never words about a person.
    static let wordless: Set<String> = [
        "audit_entry", "audit_head", "audit_anchor", "fact", "feed_head", "feed_cursor", "job",
        "notification", "idempotency", "session", "setup_code", "sign_in_failure", "known_device",
        "case_number",
    ]

    /// Marks made so far, and which of them may be nowhere in plain.
    final class Marks: Sendable {
        private let made = Mutex<(next: Int, words: [String], secrets: [String])>((1000, [], []))

        /// A value for this field that is a mark, of the form the field wants.
        func mark(_ field: FoundForm.Field) -> String {
            made.withLock { made in
                made.next += 1
                let name = field.name.lowercased()
                if field.kind == .password {
                    made.secrets.append("qz\(made.next)鹭鸶河岸")
                    return made.secrets.last ?? ""
                }
                if name.contains("phone") {
                    made.secrets.append("1397777\(made.next)")
                    return made.secrets.last ?? ""
                }
                if name.contains("identity") {
                    made.secrets.append(Self.identity(made.next))
                    return made.secrets.last ?? ""
                }
                made.words.append("qz\(made.next)x")
                return made.words.last ?? ""
            }
        }

        var all: [String] { made.withLock { $0.words + $0.secrets } }
        var secrets: [String] { made.withLock { $0.secrets } }

        /// A valid number nobody else has: the last digit is a checksum.
        private static func identity(_ serial: Int) -> String {
            // Odd order numbers are men's; the day makes the number another one.
            let body =
                "41030319\(50 + serial % 40)1\(serial / 40 % 3)\(10 + serial / 120 % 18)\(101 + serial % 400 * 2)"
            let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
            let sum = zip(body, weights).reduce(0) { $0 + ($1.0.wholeNumberValue ?? 0) * $1.1 }
            return body + String(Array("10X98765432")[sum % 11])
        }
    }

    /// Every typed field marked, the rest filled in properly (`everywhere`:
    /// marked as well, as somebody sends who went round the page).
    private func values(_ form: FoundForm, _ marks: Marks, everywhere: Bool = false)
        -> [(name: String, value: String)]
    {
        let kept: Set<String> = [Form.csrfName, Form.keyName]
        var filled = form.filled()
        for index in filled.indices {
            guard !kept.contains(filled[index].name),
                let field = form.fields.first(where: { $0.name == filled[index].name }),
                everywhere || field.isTyped || field.kind == .password,
                // A date or a number that is a mark would only be refused.
                everywhere || !["birth", "lost", "foundOn", "beds"].contains(field.name)
            else { continue }
            filled[index].value = marks.mark(field)
        }
        return filled
    }

    private func renewed(_ values: [(name: String, value: String)]) -> [(
        name: String, value: String
    )] {
        values.map { $0.name == Form.keyName ? ($0.name, Keys.newToken()) : $0 }
    }

    @Test(
        "no mark of any field is in a log line, a job, a notice, the trail or another's page",
        arguments: TestDatabase.engines)
    func forms(engine: Engine) async throws {
        let scene = try await Scenes.shared.scene(engine)
        let marks = Marks()
        let accepted = Tally()
        // The pages are the same on PostgreSQL; every third form shows that its
        // tables and messages keep silent too.
        for (number, form) in scene.forms.enumerated()
        where engine == .sqlite || number % 3 == 0 {
            try await scene.copied { site in
                let session = scene.session(of: form)
                try await site.visit { browser in
                    if !session.isEmpty { browser.cookies["guitu"] = session }
                    func send(_ values: [(name: String, value: String)], to action: String)
                        async throws
                    {
                        let (bytes, type) = form.body(values, file: Array("a,b\n1,2\n".utf8))
                        accepted.add(
                            try await browser.send(.post, action, body: bytes, type: type).status)
                    }
                    try await send(renewed(values(form, marks, everywhere: true)), to: form.action)
                    let good = values(form, marks)
                    try await send(good, to: form.action)
                    // Sent again with other words, and by somebody who still
                    // sees the version before.
                    try await send(values(form, marks), to: form.action)
                    try await send(renewed(good), to: form.action)
                    // Somebody else's records, and ids that are nobody's.
                    if form.role.map(Scene.isProvincial) ?? true { return }
                    var foreign = form.action
                    for (name, id) in scene.records.ids {
                        foreign = foreign.replacing(id, with: scene.foreign.ids[name] ?? id)
                    }
                    try await send(renewed(values(form, marks)), to: foreign)
                    try await send(
                        renewed(values(form, marks)),
                        to: form.action.replacing(/[0-9a-z]{26}/, with: marks.mark(form.fields[0])))
                }
                try await runJobs(site)
                let all = marks.all
                try await look(for: all, secrets: marks.secrets, in: site, form.pattern)
                // What administrators of the province keep, others may read.
                if engine == .sqlite, let role = form.role, !Scene.isProvincial(role) {
                    try await others(of: scene, number, site, all, form.pattern)
                }

                // And while the database is away.
                await site.office.database.close()
                try await site.visit { browser in
                    if !session.isEmpty { browser.cookies["guitu"] = session }
                    let (bytes, type) = form.body(renewed(values(form, marks)))
                    try await browser.send(.post, form.action, body: bytes, type: type)
                }
                silent(site, marks.all, form.pattern)
            }
        }
        print(
            "\(engine): \(marks.all.count) marks in \(scene.forms.count) forms, answers \(accepted.said)"
        )
        #expect(marks.all.count > scene.forms.count)
    }

    @Test(
        "no mark of any field of the JSON interface is in a log line, a job, a notice or the trail",
        arguments: TestDatabase.engines)
    func json(engine: Engine) async throws {
        let scene = try await Scenes.shared.scene(engine)
        try await scene.copied { site in
            let worker = try await site.office.account(.reception, at: site.office.station)
            let token = try await site.token(of: worker.id, kind: "token")
            let marks = Marks()
            let good: [String: Any] = [
                "station": site.office.station.text,
                "arrivedAt": site.office.clock.now.milliseconds, "mode": "alone", "sex": "male",
                "communication": "mute", "condition": "well", "birth": "1960", "foundOn": "昨天",
                "nameCertainty": "self-reported", "consent": "agreed",
            ]
            let words = DataRoutes.Arrival.CodingKeys.allCases.map(\.rawValue)
            #expect(words.count >= 15)
            var bodies: [[String: Any]] = []
            var whole = good
            for key in words {
                let mark = marks.mark(.init(name: key, kind: .line, value: ""))
                let value: Any = key == "belongings" ? [["name": mark]] : mark
                if good[key] == nil, key != "person" { whole[key] = value }
                bodies.append(good.merging([key: value]) { $1 })
                // A word where something else is wanted, and the other way round.
                bodies.append(good.merging([key: ["\(mark)": mark]]) { $1 })
                bodies.append(good.merging([mark: mark, key: NSNull()]) { $1 })
            }
            bodies.append(whole)
            let sent = try bodies.map { try JSONSerialization.data(withJSONObject: $0) }
            let statuses = Tally()
            try await site.visit { browser in
                for data in sent + [Data("{\"name\": \"\(marks.all[0])".utf8)] {
                    let seen = try await browser.send(
                        .post, "/api/arrivals",
                        headers: [
                            .authorization: "Bearer \(token)", .idempotencyKey: Keys.newToken(),
                        ], body: Array(data), type: "application/json")
                    statuses.add(seen.status)
                    #expect([201, 404, 422].contains(seen.status), "\(seen.body)")
                }
            }
            try await runJobs(site)
            try await look(for: marks.all, secrets: marks.secrets, in: site, "/api/arrivals")
            print("\(engine): \(marks.all.count) marks in JSON, answers \(statuses.said)")
        }
    }

    @Test("a mark is found wherever it gets to: the test itself can fail")
    func itself() async throws {
        let scene = try await Scenes.shared.scene(.sqlite)
        try await scene.copied { site in
            let now = site.office.clock.now
            try await site.office.database.write { tx in
                try tx.execute(
                    """
                    INSERT INTO notification
                        (id, account, saying, arguments, subject_kind, subject, made_at)
                    SELECT 'n', id, 'x', 'qz7x', '', '', \(now) FROM account LIMIT 1
                    """)
            }
            try await withKnownIssue {
                try await look(for: ["qz7x"], secrets: [], in: site, "itself")
            }
        }
    }

    // MARK: Looking

    private func runJobs(_ site: Site) async throws {
        let jobs = JobRunner(
            site.office.workplace,
            handlers: [RankRequestJob(), RankReportsJob(), TidyJobs()])
        try await jobs.runDue()
    }

    private func silent(_ site: Site, _ marks: [String], _ said: String) {
        let log = site.log.lines.joined(separator: "\n")
        for mark in marks where log.contains(mark) {
            Issue.record("\(said): the log has \(mark)")
        }
    }

    private func look(
        for marks: [String], secrets: [String], in site: Site, _ said: String
    ) async throws {
        silent(site, marks, said)
        for (table, rows) in try await contents(of: site.office.database) {
            let text = rows.joined(separator: "\n")
            for mark in (Self.wordless.contains(table) ? marks : secrets) where text.contains(mark)
            {
                Issue.record("\(said): \(table) has \(mark)")
            }
        }
    }

    /// Administrators read no cases, and another station none of ours but
    /// reports, which are there to be compared with.
    private func others(
        of scene: Scene, _ number: Int, _ site: Site, _ marks: [String], _ said: String
    )
        async throws
    {
        let readers: [(String, String)] = [
            ("audit", scene.sessions[.auditAdministrator] ?? ""),
            ("system", scene.sessions[.systemAdministrator] ?? ""),
            ("other tracing", scene.foreignSessions[.tracingOfficer] ?? ""),
            ("other director", scene.foreignSessions[.director] ?? ""),
        ]
        // One reader a form, each form another one.
        for (name, session) in [readers[number % readers.count]] {
            for page in try await site.pages(of: session, most: 1) {
                for mark in marks where page.body.contains(mark) {
                    Issue.record("\(said): \(name) reads \(mark) on \(page.path)")
                }
            }
        }
    }
}
