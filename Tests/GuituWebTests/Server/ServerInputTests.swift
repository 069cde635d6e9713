import Foundation
import GuituCore
import GuituModel
import GuituStore
import HTTPTypes
import Synchronization
import TestSupport
import Testing

@testable import GuituWeb

/// Walks every form that a page shows, so that a new one is asked by itself.
@Suite("Whatever somebody sends", .serialized)
struct InputTests {
    /// Forms that stand on no page of the scene, and where they are tried.
    static let elsewhere: [String: String] = [
        "/set-up": "only on an empty database: SetUpPagesTests",
        "/set-up/administrators": "only until both are named",
        "/people/{person}/attachments/{attachment}/restore": "said once, after removing",
        "/missing/{report}/attachments/{attachment}/restore": "said once, after removing",
        "/tracing/{request}/heard/retract": "only beside words that were kept: HearingTests",
        "/tracing/{request}/names/retract": "only beside names that were kept: HearingTests",
        "/tracing/{request}/heard/learn": "only once the home is known: SolvedNamesTests",
        "/tracing/{request}/heard/unlearn": "only beside a name learned: SolvedNamesTests",
        "/laboratory/method": "only once the library is on: LaboratoryPageTests",
        "/laboratory/import": "only once the library is on: LaboratoryPageTests",
        "/laboratory/searches": "only once it has a method: LaboratoryPageTests",
        "/laboratory/matches/{match}/decide": "only beside a match: LaboratoryPageTests",
        "/laboratory/ledger/verify": "only once the library is on: LaboratoryPageTests",
        "/missing/{report}/reopen": "only once a report has ended: FormUseTests",
        "/people/{person}/departure/undo": "only once they left: FormUseTests",
        "/notices/take": "only after a notice was read: NoticePageTests",
    ]

    @Test("every form of every page is met by following links", arguments: TestDatabase.engines)
    func met(engine: Engine) async throws {
        let scene = try await Scenes.shared.scene(engine)
        let met = Set(scene.forms.map(\.pattern)).union(Self.elsewhere.keys)
        let missing = allRoutes.filter { $0.kind == .action && !met.contains($0.pattern) }
        #expect(missing.isEmpty, "\(missing.map(\.pattern))")
    }

    // MARK: What is sent

    private static let strange = "張國榮👨‍👩‍👧‍👦🀄𠮷㐂𪚥𰻝阿依古丽·买买提 ᠮᠣᠩᠭᠣᠯe\u{301}ｶﾀ"
    private static let hostile =
        "'; DROP TABLE person; --\" OR ''='%_\\%\"'><script>alert(7)</script>{{7*7}}${7*7}"

    private static let texts: [(name: String, value: String)] = [
        ("overlong", String(repeating: "长", count: 40_000)),
        ("NUL", "a\u{0}b"), ("control", "a\u{1}\u{1B}[2Jb"), ("C1", "a\u{85}\u{9F}b"),
        ("direction", "a\u{202E}b\u{2066}c"), ("private", "\u{E000}\u{10FFFD}"),
        ("full width", "１３９１１１１２２２２ ＡＢＣ"), ("strange", strange),
        ("traditional", "張國榮"), ("rare", "𠮷㐂𪚥𰻝"), ("emoji", "👨‍👩‍👧‍👦🀄"),
        ("a tower", "e" + String(repeating: "\u{301}", count: 300)), ("hostile", hostile),
        ("number", "99999999999999999999"), ("exponent", "-4.1E+17"), ("date", "2026-02-30"),
        ("blanks", " \u{3000}\t\u{200B}\r\n\n "),
    ]

    /// What every kind of field gets that is wrong for it.
    private static func values(_ field: FoundForm.Field, _ scene: Scene) -> [(
        name: String, value: String
    )] {
        if field.isTyped || field.kind == .password { return texts }
        return texts + [
            ("empty", ""), ("negative", "-99999999999999999999"),
            ("forged id", "0123456789abcdefghjkmnpqrs"),
            ("another station's", scene.foreign.ids["person"] ?? ""),
            ("another station", scene.office.otherStation.text),
            ("time", "2026-02-30T25:61"), ("far", "9999-12-31T23:59"),
        ]
    }

    struct Trial: Sendable {
        var field: FoundForm.Field
        var name: String
        var values: [(name: String, value: String)]
        var file = InputTests.file
        var fileName = "a.csv"
        var said: String { "\(field.name): \(name)" }
    }

    private static let file = Array(
        "编号,姓名,联系人,关系,联系电话\nA1,王建国,王军,兄弟,13911112222\n".utf8)

    /// Every bad value in every kind of field: where a form has several fields
    /// of one kind they take turns, and each gets one at least. The key that
    /// tells forms apart is read for all of them in one place: of five values
    /// it gets one, others for each form.
    private static func trials(_ form: FoundForm, _ number: Int, _ scene: Scene) -> [Trial] {
        var seen = Set<String>()
        let fields = form.fields.filter {
            $0.name != Form.csrfName && seen.insert($0.name).inserted
        }
        let kinds = Dictionary(grouping: fields) {
            $0.name == Form.keyName ? Form.keyName : $0.kind.word
        }.sorted { $0.key < $1.key }
        return kinds.flatMap { word, alike -> [Trial] in
            if word == "file" { return files(form, alike[0]) }
            let bad = values(alike[0], scene).enumerated().filter {
                word != Form.keyName || ($0.offset + number) % 5 == 0
            }.map(\.element)
            func others(_ field: FoundForm.Field) -> [(name: String, value: String)] {
                form.filled().filter { $0.name != field.name }
            }
            return (0..<max(bad.count, alike.count)).map { turn in
                let (field, one) = (alike[turn % alike.count], bad[turn % bad.count])
                return Trial(
                    field: field, name: one.name,
                    values: others(field) + [(field.name, one.value)])
            }
                + alike.map { Trial(field: $0, name: "missing", values: others($0)) }
                + [
                    Trial(
                        field: alike[0], name: "twice",
                        values: form.filled() + [(alike[0].name, FoundForm.good(alike[0]))])
                ]
        }
    }

    /// The same texts as a file's name and as what is in it.
    private static func files(_ form: FoundForm, _ field: FoundForm.Field) -> [Trial] {
        func trial(_ name: String, _ file: [UInt8], _ fileName: String) -> Trial {
            Trial(
                field: field, name: name, values: form.filled(), file: file, fileName: fileName)
        }
        return texts.flatMap { text in
            [
                trial("named \(text.name)", file, text.value),
                trial("holds \(text.name)", Array(text.value.utf8), "a.csv"),
            ]
        } + [
            trial("empty", [], "a.csv"), trial("no name", file, ""),
            trial("bytes", [0xFF, 0xD8, 0xFF, 0xC0, 0x00, 0xFE], "a.jpg"),
        ]
    }

    /// What a refused request may still leave: the trail of it.
    private static func unchanging(_ contents: [String: [String]], _ form: FoundForm)
        -> [String: [String]]
    {
        var kept = contents
        for table in [
            "audit_entry", "audit_head", "session", "sign_in_failure", "known_device",
        ] {
            kept[table] = nil
        }
        // A wrong password is counted.
        if form.fields.contains(where: { $0.kind == .password }) { kept["account"] = nil }
        return kept
    }

    private static var patient: GuituServer.Options {
        var options = GuituServer.Options()
        options.signInBurst = 1_000_000
        return options
    }

    @Test(
        "gets a clear answer with what was typed, breaks nothing and leaves nothing half-written",
        arguments: TestDatabase.engines)
    func everything(engine: Engine) async throws {
        let scene = try await Scenes.shared.scene(engine)
        let counts = Tally()
        for (number, form) in scene.forms.enumerated() {
            let all = Self.trials(form, number, scene)
            // On PostgreSQL one of eleven, others for each form: the pages are
            // the same, and copies of its databases cost more.
            let chosen = all.enumerated().filter { (offset, _) in
                engine == .sqlite || (offset + number) % 11 == 0
            }
            let waiting = Waiting(chosen.map(\.element))
            while !waiting.isEmpty {
                try await scene.copied(Self.patient) { site in
                    let before = Self.unchanging(try await contents(of: site.office.database), form)
                    try await site.visit { browser in
                        let session = scene.session(of: form)
                        if !session.isEmpty { browser.cookies["guitu"] = session }
                        if session.isEmpty { try await browser.open(form.page) }
                        while let trial = waiting.next() {
                            let isDone = try await Self.attempt(
                                trial, of: form, browser, site, before, counts)
                            if isDone { break }
                        }
                    }
                    #expect(
                        site.log.lines.allSatisfy {
                            !$0.contains("broke") && !$0.contains("fault")
                        },
                        "\(form.pattern) \(site.log.lines.suffix(3))")
                }
            }
        }
        print("\(engine): \(scene.forms.count) forms, answers \(counts.said)")
    }

    private static let asked: Set<String> = ["NUL", "C1", "strange", "hostile", "number", "date"]

    /// What a page lets one ask in its address: the fields of its filters, and
    /// whatever its own links ask.
    private static func questions(on page: Site.OpenedPage) -> Set<String> {
        var names = Set<String>()
        for form in page.body.components(separatedBy: "<form").dropFirst()
        where form.prefix(while: { $0 != ">" }).contains("method=\"get\"") {
            let inside = form.components(separatedBy: "</form>").first ?? ""
            for match in inside.matches(of: /<(?:input|select)\b([^>]*)>/) {
                if let name = Browser.attribute("name", String(match.1)) { names.insert(name) }
            }
        }
        let path = page.path.prefix { $0 != "?" }
        for match in page.body.matches(of: /href="(\/[^"?]*)\?([^"#]*)"/) where match.1 == path {
            for pair in Browser.plain(String(match.2)).split(separator: "&") {
                names.insert(String(pair.prefix { $0 != "=" }))
            }
        }
        return names
    }

    @Test("in an address is answered as clearly as in a form", arguments: TestDatabase.engines)
    func addresses(engine: Engine) async throws {
        let scene = try await Scenes.shared.scene(engine)
        try await scene.copied { site in
            for role in [Role.director, .auditAdministrator, .securityAdministrator] {
                let pages = try await site.pages(of: scene.sessions[role] ?? "", most: 1)
                try await site.visit { browser in
                    browser.cookies["guitu"] = scene.sessions[role]
                    for page in pages where page.status == 200 {
                        let path = String(page.path.prefix { $0 != "?" })
                        for name in Self.questions(on: page).sorted() {
                            for (kind, value) in Self.texts where Self.asked.contains(kind) {
                                let seen = try await browser.open(
                                    "\(path)?\(name)=\(value.percentEncoded)")
                                #expect(
                                    [200, 303, 400, 404, 422].contains(seen.status),
                                    "\(path) \(name) \(kind) \(seen.status)")
                                #expect(!seen.body.contains("<script>alert"), "\(path) \(name)")
                            }
                        }
                        let id = /[0-9a-z]{26}/
                        guard path.contains(id) else { continue }
                        for value in ["0123456789abcdefghjkmnpqrs", "x", Self.hostile, "a\u{0}b"] {
                            let forged = path.replacing(id, with: value.percentEncoded)
                            #expect(try await browser.open(forged).status == 404, "\(forged)")
                        }
                    }
                    for raw in ["%FF", "%", "%zz", "q=%C0%80", "q=%ED%A0%80"] {
                        #expect(try await browser.open("/account?" + raw).status == 400, "\(raw)")
                    }
                }
            }
            #expect(site.log.lines.allSatisfy { !$0.contains("broke") && !$0.contains("fault") })
        }
    }

    @Test("a form of a megabyte and more is refused before it is read, in the reader's language")
    func megabyte() async throws {
        let scene = try await Scenes.shared.scene(.sqlite)
        try await scene.copied { site in
            for form in scene.forms where !form.sendsFiles && form.role != nil {
                guard let field = form.fields.first(where: \.isTyped) else { continue }
                try await site.visit { browser in
                    browser.cookies["guitu"] = scene.session(of: form)
                    let values = form.filled().filter { $0.name != field.name }
                    let (bytes, type) = form.body(
                        values + [(field.name, String(repeating: "x", count: 1 << 20))])
                    let seen = try await browser.send(.post, form.action, body: bytes, type: type)
                    #expect(seen.status == 413, "\(form.pattern) \(seen.status)")
                    #expect(seen.body.contains("文件过大"), "\(form.pattern)")
                    let cut = try await browser.send(.post, form.action, body: Array("a=%FF".utf8))
                    #expect(cut.status == 400, "\(form.pattern) \(cut.status)")
                }
            }
        }
    }

    /// Sends one and looks at the answer; true when it was accepted.
    private static func attempt(
        _ trial: Trial, of form: FoundForm, _ browser: Browser, _ site: Site,
        _ before: [String: [String]], _ counts: Tally
    ) async throws -> Bool {
        var values = trial.values
        if form.role == nil {
            // A visitor's token belongs to this browser.
            let token = browser.form("/language")?.first { $0.name == Form.csrfName }?.value
            values = values.map { $0.name == Form.csrfName ? ($0.name, token ?? "") : $0 }
        }
        let (bytes, type) = form.body(
            values, file: form.sendsFiles ? trial.file : nil, named: trial.fileName)
        let seen = try await browser.send(.post, form.action, body: bytes, type: type)
        counts.add(seen.status)
        let said = "\(form.pattern) \(trial.said) → \(seen.status)"
        #expect([200, 303, 400, 401, 403, 404, 409, 422].contains(seen.status), "\(said)")
        #expect(!seen.body.contains("<script>alert"), "\(said)")
        #expect(!seen.body.contains("⟨"), "\(said)")
        if seen.status == 303 || seen.status == 200 {
            if let location = seen.location {
                var next = try await browser.open(location)
                // An import goes on behind its page.
                for _ in 0..<500 where next.headers[.refresh] != nil {
                    try await Task.sleep(for: .milliseconds(10))
                    next = try await browser.open(location)
                }
                #expect([200, 303].contains(next.status), "\(said) → \(location) \(next.status)")
                #expect(!next.body.contains("<script>alert"), "\(said)")
            }
            return true
        }
        let after = unchanging(try await contents(of: site.office.database), form)
        if after != before {
            let tables = before.keys.filter { before[$0] != after[$0] }
            Issue.record("\(said) changed \(tables)")
            return true
        }
        if [422, 409].contains(seen.status) { comesBack(values, form, seen.body, said) }
        return false
    }

    /// Every line that was typed stands in its field again.
    private static func comesBack(
        _ values: [(name: String, value: String)], _ form: FoundForm, _ page: String, _ said: String
    ) {
        let forms = FoundForm.all(on: page).filter { $0.action == form.action }
        // Of several with one action, the one about the same record.
        let names = form.fields.filter {
            $0.kind == .hidden
                && ![Form.csrfName, Form.keyName, Form.versionName].contains($0.name)
        }
        let shown = forms.first { candidate in
            names.allSatisfy { name in
                candidate.fields.contains { $0.name == name.name && $0.value == name.value }
            }
        }
        guard let shown = shown ?? forms.first else {
            let isOnlyAButton = form.fields.allSatisfy { !$0.isTyped }
            #expect(isOnlyAButton, "\(said): the form is gone")
            return
        }
        for field in shown.fields where field.isTyped {
            guard let typed = values.first(where: { $0.name == field.name })?.value else {
                continue
            }
            // HTML has no control characters, and line ends are one character.
            func plain(_ text: String) -> String {
                String(
                    text.replacing("\r\n", with: "\n").unicodeScalars.filter {
                        !($0.properties.generalCategory == .control || $0 == "\u{FFFD}")
                    }.map(Character.init))
            }
            #expect(
                plain(field.value) == plain(typed),
                "\(said): \(field.name) came back as \(field.value.prefix(60))")
        }
    }
}

/// Trials that are still to be made.
final class Waiting<Element: Sendable>: Sendable {
    private let rest: Mutex<[Element]>
    init(_ elements: [Element]) { rest = Mutex(elements.reversed()) }
    var isEmpty: Bool { rest.withLock { $0.isEmpty } }
    func next() -> Element? { rest.withLock { $0.popLast() } }
}

/// How often each status was answered.
final class Tally: Sendable {
    private let counts = Mutex<[Int: Int]>([:])
    func add(_ status: Int) { counts.withLock { $0[status, default: 0] += 1 } }
    var said: String {
        counts.withLock { $0.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" } }
            .joined(separator: ", ")
    }
}
