import GuituCore
import GuituModel
import GuituText

/// Files kept with a person: looked at, added, taken off.
enum AttachmentPages {
    static let routes: [Route] = [
        .page("/people/{person}/attachments", [ListAttachments.self], list),
        .action(
            "/people/{person}/attachments", [AddAttachment.self], takesFiles: true, again: list, add
        ),
        .page("/attachments/{attachment}", [SeeAttachment.self], open),
        .action(
            "/people/{person}/attachments/{attachment}/remove", [RemoveAttachment.self],
            again: list, remove),
        .action(
            "/people/{person}/attachments/{attachment}/restore", [RestoreAttachment.self],
            again: list, restore),
    ]

    private static func link(_ person: Person.ID) -> Link { "/people/\(person.text)/attachments" }

    @Sendable private static func list(_ visit: Visit) async throws -> Reply {
        let person: Person.ID = try visit.id("person")
        let files = try await visit.see(ListAttachments(subject: .person(person)))
        let text = visit.text
        let form = visit.form(link(person))
        let lines = files.map { file -> HTML in
            let address: Link = "/attachments/\(file.id.text)"
            let remove = visit.form("/people/\(person.text)/attachments/\(file.id.text)/remove")
            return """
                <li><a href="\(address)">\(file.name)</a> \(text(max(1, file.size / 1024))) kB · \
                \(text(file.addedAt)) · \(file.addedBy) \(remove.button(text("attachment.remove")))</li>
                """
        }
        return .page(
            Page(
                text("attachment.title"),
                trail: [
                    (text("place.people"), "/people"),
                    (text("attachment.person"), PersonPages.link(to: person)),
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

    @Sendable private static func add(_ visit: Visit) async throws -> Reply {
        let person: Person.ID = try visit.id("person")
        guard let file = visit.files.first(where: { $0.field == "file" }) else {
            throw InvalidFields([Saying("field.required", field: "file")])
        }
        try await visit.perform(
            AddAttachment(
                subject: .person(person), file: UploadedFile(name: file.fileName, bytes: file.bytes)
            ))
        return .go(link(person), saying: Saying("attachment.added"))
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

    @Sendable private static func remove(_ visit: Visit) async throws -> Reply {
        let person: Person.ID = try visit.id("person")
        let attachment: Attachment.ID = try visit.id("attachment")
        try await visit.perform(RemoveAttachment(id: attachment))
        return .go(
            link(person), saying: Saying("attachment.removed"),
            undo: "/people/\(person.text)/attachments/\(attachment.text)/restore")
    }

    @Sendable private static func restore(_ visit: Visit) async throws -> Reply {
        let person: Person.ID = try visit.id("person")
        try await visit.perform(RestoreAttachment(id: visit.id("attachment")))
        return .go(link(person), saying: Saying("attachment.restored"))
    }
}
