import GuituCore
import GuituModel
import GuituText

/// Files kept with a person or a missing report: looked at, added, taken off.
enum AttachmentPages {
    static let routes: [Route] =
        [.page("/attachments/{attachment}", [SeeAttachment.self], open)]
        + routes(of: "/people/{person}") { Owner(person: try $0.id("person")) }
        + routes(of: "/missing/{report}") { Owner(report: try $0.id("report")) }

    /// What the files hang on, and where it is.
    private struct Owner: Sendable {
        var subject: AttachmentSubject
        var page: Link
        var list: (label: TextKey, link: Link)
        var name: TextKey

        init(person: Person.ID) {
            subject = .person(person)
            page = PersonPages.link(to: person)
            list = (TextKey("place.people"), "/people")
            name = TextKey("attachment.person")
        }

        init(report: MissingReport.ID) {
            subject = .report(report)
            page = "/missing/\(report.text)"
            list = (TextKey("place.missing"), "/missing")
            name = TextKey("attachment.report")
        }

        var files: Link { "\(base: page)/attachments" }
    }

    private static func routes(
        of page: String, _ owner: @escaping @Sendable (Visit) throws -> Owner
    ) -> [Route] {
        let show: Route.Handler = { try await list(owner($0), $0) }
        return [
            .page(page + "/attachments", [ListAttachments.self], show),
            .action(page + "/attachments", [AddAttachment.self], takesFiles: true, again: show) {
                try await add(owner($0), $0)
            },
            .action(
                page + "/attachments/{attachment}/remove", [RemoveAttachment.self], again: show
            ) { try await remove(owner($0), $0) },
            .action(
                page + "/attachments/{attachment}/restore", [RestoreAttachment.self], again: show
            ) { try await restore(owner($0), $0) },
        ]
    }

    private static func list(_ owner: Owner, _ visit: Visit) async throws -> Reply {
        let files = try await visit.see(ListAttachments(subject: owner.subject))
        let text = visit.text
        let form = visit.form(owner.files)
        let lines = files.map { file -> HTML in
            let address: Link = "/attachments/\(file.id.text)"
            let remove = visit.form("\(base: owner.files)/\(file.id.text)/remove")
            // Asked for when it comes into sight: each look is on the trail.
            let picture: HTML? =
                file.type.isImage
                ? """
                <a class="picture" href="\(address)"><img src="\(address)" alt="\(file.name)" loading="lazy"></a>
                """ : nil
            return """
                <li>\(picture)<div><a href="\(address)">\(file.name)</a> \(text(max(1, file.size / 1024))) kB<br>\
                <small>\(text(file.addedAt)) · \(text.who(file.addedBy))</small>\
                \(remove.button(text("attachment.remove")))</div></li>
                """
        }
        return .page(
            Page(
                text("attachment.title"),
                trail: [
                    (text(owner.list.label), owner.list.link), (text(owner.name), owner.page),
                ], isNarrow: true,
                """
                \(lines.isEmpty
                    ? emptyState(text("attachment.none"), text("attachment.none.advice"))
                    : "<ul class=\"attachments\">\(lines)</ul>" as HTML)
                \(form.view(submit: text("attachment.add"), sendsFiles: true,
                    form.file("file", text("attachment.file"),
                        accept: "image/jpeg,image/png,image/webp,application/pdf,text/plain",
                        hint: text("attachment.file.hint"), required: true)))
                """))
    }

    private static func add(_ owner: Owner, _ visit: Visit) async throws -> Reply {
        guard let file = visit.files.first(where: { $0.field == "file" }) else {
            throw InvalidFields([Saying("field.required", field: "file")])
        }
        try await visit.perform(
            AddAttachment(
                subject: owner.subject, file: UploadedFile(name: file.fileName, bytes: file.bytes)))
        return .go(owner.files, saying: Saying("attachment.added"))
    }

    /// Pictures are shown, everything else is saved: a document opened inside
    /// our own pages would act with our name.
    @Sendable private static func open(_ visit: Visit) async throws -> Reply {
        let seen = try await visit.see(SeeAttachment(id: visit.id("attachment")))
        var reply: Reply
        if seen.summary.type.isImage {
            reply = .shown(type: seen.summary.type.rawValue, seen.bytes)
        } else {
            reply = .file(
                "\(seen.summary.id.text).\(seen.summary.type.suffix)",
                type: seen.summary.type.rawValue, seen.bytes)
        }
        reply.headers[.contentSecurityPolicy] = "default-src 'none'; sandbox"
        return reply
    }

    private static func remove(_ owner: Owner, _ visit: Visit) async throws -> Reply {
        let attachment: Attachment.ID = try visit.id("attachment")
        try await visit.perform(RemoveAttachment(id: attachment))
        return .go(
            owner.files, saying: Saying("attachment.removed"),
            undo: "\(base: owner.files)/\(attachment.text)/restore")
    }

    private static func restore(_ owner: Owner, _ visit: Visit) async throws -> Reply {
        try await visit.perform(RestoreAttachment(id: visit.id("attachment")))
        return .go(owner.files, saying: Saying("attachment.restored"))
    }
}
