import GuituCore
import GuituMatching
import GuituModel
import GuituText

/// Notices that others published, read into the fields of a missing report or
/// of an arrival. The officer looks, corrects, and takes one person over into
/// that form; only what was corrected is kept, as an example for the reader.
enum NoticePages {
    static let routes: [Route] = [
        .page("/notices/new", [SeeOwnAccount.self], show),
        .action("/notices/new", [SeeOwnAccount.self], takesFiles: true, again: show, read),
        .action(
            "/notices/take", [SeeOwnAccount.self, KeepNoticeExample.self], again: show, take),
    ]

    /// A long list of persons fits; a book does not.
    static let longest = KeepNoticeExample.longestText
    static let mostFiles = 12

    /// One text to read, with the file's name when it came as one.
    struct Notice: Sendable {
        var title: String?
        var text: String
    }

    @discardableResult
    private static func mayRead(_ visit: Visit) async throws -> SeeOwnAccount.Answer {
        let own = try await visit.see(SeeOwnAccount())
        guard visit.may(.registerMissing) else { throw Ending.notAllowed }
        return own
    }

    @Sendable static func show(_ visit: Visit) async throws -> Reply {
        try await mayRead(visit)
        return .page(page(visit, form(visit, typed: visit.typed), ""))
    }

    @Sendable private static func read(_ visit: Visit) async throws -> Reply {
        let own = try await mayRead(visit)
        let notices = try notices(visit)
        var form = FormReading(visit.typed)
        let word = visit.typed["published"]
        let published = word.isEmpty ? nil : Day(word)
        if !word.isEmpty, published == nil {
            form.fail(Saying("field.unreadable", field: "published"))
        }
        for notice in notices {
            let field = notice.title == nil ? "text" : "file"
            if notice.text.allSatisfy(\.isWhitespace) {
                form.fail(Saying("field.required", field: field))
            }
            let length = notice.text.unicodeScalars.count
            if length > longest {
                form.fail(
                    Saying(
                        "field.tooLong", ["max": "\(longest)", "length": "\(length)"],
                        field: field))
            }
        }
        try form.finish()
        let shelf = visit.settings.ear
        let persons = try await shelf.run {
            let places = shelf.placeNames()
            return notices.map {
                NoticeReader.read($0.text, published: published, places: places)
            }
        }
        let found = zip(notices, persons).enumerated().map { number, read in
            NoticeView(
                visit: visit, number: number + 1, notice: read.0, persons: read.1,
                published: published, holder: holder(own)
            ).body
        }
        let pasted = notices.count == 1 && notices[0].title == nil ? notices[0].text : ""
        let typed = Typed([("text", pasted), ("published", word)])
        return .page(page(visit, self.form(visit, typed: typed), HTML(found)))
    }

    /// Where an example is kept: the first area whose reports one may take down.
    private static func holder(_ own: SeeOwnAccount.Answer) -> Area.ID? {
        own.grants.first { Permission.of($0.role).contains(.registerMissing) }?.area
    }

    /// Keeps what was corrected and opens the form that registers the person.
    @Sendable private static func take(_ visit: Visit) async throws -> Reply {
        let own = try await mayRead(visit)
        let typed = visit.typed
        let isMissing = typed["kind"] != "found"
        guard isMissing || visit.may(.registerArrival) else { throw Ending.notAllowed }
        let fields = NoticeReport.fields(isMissing: isMissing).map { name in
            NoticeExample.Field(name, read: typed[readPrefix + name], right: typed[name])
        }
        let example = NoticeExample(
            text: typed["notice"], published: typed["published"],
            kind: isMissing ? "missing" : "found", fields: fields)
        if example.corrected > 0, let holder = holder(own) {
            try await visit.perform(KeepNoticeExample(holder: holder, example: example))
        }
        let values = Typed(fields.map { ($0.name, $0.right) })
        let given = visit.form(isMissing ? "/missing" : "/arrivals")
        let form = Form(given.action, visit.text, typed: values, csrf: given.csrf, key: given.key)
        return isMissing
            ? try await MissingPages.showForm(visit, form)
            : try await ArrivalPages.show(visit, form)
    }

    /// Before the name of a field: what was read, as it was before corrections.
    static let readPrefix = "read-"

    /// The files, if any came; else what was pasted.
    private static func notices(_ visit: Visit) throws -> [Notice] {
        let files = visit.files.filter { $0.field == "file" && !$0.bytes.isEmpty }
        guard !files.isEmpty else { return [Notice(title: nil, text: visit.typed["text"])] }
        guard files.count <= mostFiles else {
            throw InvalidFields([
                Saying("reading.tooManyFiles", ["max": "\(mostFiles)"], field: "file")
            ])
        }
        return try files.map { file in
            // Before it is decoded: four bytes a character at most.
            guard file.bytes.count <= longest * 4 else {
                throw InvalidFields([
                    Saying(
                        "field.tooLong", ["max": "\(longest)", "length": "\(file.bytes.count)"],
                        field: "file")
                ])
            }
            guard let decoded = try? TextEncoding.utf8(of: file.bytes).bytes else {
                throw InvalidFields([Saying("reading.notText", field: "file")])
            }
            return Notice(title: file.fileName, text: String(decoding: decoded, as: UTF8.self))
        }
    }

    private static func form(_ visit: Visit, typed: Typed) -> HTML {
        let text = visit.text
        let given = visit.form("/notices/new")
        let form = Form(
            given.action, text, typed: typed, problems: given.problems, csrf: given.csrf,
            key: given.key)
        return card(
            text("reading.notice"),
            form.view(
                submit: text("reading.read"), sendsFiles: true,
                """
                \(form.area("text", text("reading.text"), hint: text("reading.text.hint"),
                    limit: longest, rows: 8))
                \(form.file("file", text("reading.file"), accept: ".txt,.html,.htm,text/plain,text/html",
                    hint: text("reading.file.hint"), several: true))
                \(form.line("published", text("reading.published"), .date,
                    hint: text("reading.published.hint"), limit: 10, short: true))
                """))
    }

    private static func page(_ visit: Visit, _ form: HTML, _ found: HTML) -> Page {
        let text = visit.text
        return Page(
            text("reading.title"), lead: text("reading.lead"),
            trail: [(text("missing.title"), "/missing")], "\(found)\(form)")
    }
}
