import Crypto
import Foundation
import GuituModel
import GuituStore

/// What an attachment hangs on.
public enum AttachmentSubject: Encodable, Sendable, Hashable {
    case person(Person.ID)
    case report(MissingReport.ID)

    var target: Target {
        switch self {
        case .person(let id): .person(id)
        case .report(let id): .report(id)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode("\(target.label.kind):\(target.label.id)")
    }
}

/// Why an attachment is not taken.
public enum AttachmentRefusal: Refusal, Equatable {
    case content(ContentFault)
    /// In bytes.
    case tooLarge(limit: Int)
    case tooMany(limit: Int)
    /// The same content is already there, under this name.
    case alreadyThere(name: String)

    public var saying: Saying {
        switch self {
        case .content(.empty): Saying("attachment.empty", field: "file")
        case .content(.unknownType): Saying("attachment.unknownType", field: "file")
        case .content(.damaged): Saying("attachment.damaged", field: "file")
        case .content(.active): Saying("attachment.active", field: "file")
        case .content(.notUTF8): Saying("attachment.notUTF8", field: "file")
        case .content(.tooManyPixels): Saying("attachment.tooManyPixels", field: "file")
        case .tooLarge(let limit):
            Saying(
                "attachment.tooLarge", ["megabytes": "\(limit / (1024 * 1024))"], field: "file")
        case .tooMany(let limit): Saying("attachment.tooMany", ["limit": "\(limit)"])
        case .alreadyThere(let name):
            Saying("attachment.alreadyThere", ["name": name], field: "file")
        }
    }
}

/// A file that somebody sends. Audit digests see its SHA-256 instead of
/// megabytes of numbers.
public struct UploadedFile: Encodable, Sendable {
    public var name: String
    public var bytes: [UInt8]

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    private enum CodingKeys: CodingKey { case name, sha256 }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(Data(SHA256.hash(data: bytes)), forKey: .sha256)
    }
}

/// Keeps a picture, a document or a note with a person or a missing report.
///
/// Pictures are rebuilt without place and time, see `CheckedContent`.
public struct AddAttachment: ChangingUseCase {
    public static let needs = Permission.attach
    public var target: Target { subject.target }
    public var subject: AttachmentSubject
    public var file: UploadedFile

    // One person's file at a station holds a few portraits, papers and notes;
    // a hundred is a mistake or an attack on the disk.
    static let most = 100

    public init(subject: AttachmentSubject, file: UploadedFile) {
        self.subject = subject
        self.file = file
    }

    public struct Answer: Codable, Sendable, Equatable {
        public var id: Attachment.ID
        /// The place, time or other hidden data of a picture was removed.
        public var metadataRemoved: Bool
    }

    public func perform(in work: Work) throws -> Answer {
        let limit = work.settings.attachmentLimit
        guard file.bytes.count <= limit else { throw AttachmentRefusal.tooLarge(limit: limit) }
        let content: CheckedContent
        do { content = try CheckedContent(checking: file.bytes) } catch {
            throw AttachmentRefusal.content(error)
        }
        let present = try work.attachments.of(subject)
        guard present.count < Self.most else { throw AttachmentRefusal.tooMany(limit: Self.most) }
        let digest = work.attachments.digest(content.bytes)
        if let name = try work.attachments.name(of: digest, on: subject) {
            throw AttachmentRefusal.alreadyThere(name: name)
        }
        let id: Attachment.ID = work.newID()
        try work.attachments.insert(
            id, on: subject, name: AttachmentName.clean(file.name, type: content.type), content,
            digest)
        try work.emit(
            .attachmentAdded, about: subject.target, in: work.holder, ["attachment": id.text])
        return Answer(id: id, metadataRemoved: content.metadataRemoved)
    }
}

/// What a list shows of an attachment.
public struct AttachmentSummary: Codable, Sendable, Equatable {
    public var id: Attachment.ID
    public var name: String
    public var type: MediaType
    /// In bytes.
    public var size: Int
    public var addedAt: Instant
    public var addedBy: String

    /// A file's name is free text; what kind of file it is stays readable.
    func seen(with sight: Sight) -> Self {
        var seen = self
        if sight.isMasked { seen.name = "\(Masking.words(name)).\(type.suffix)" }
        return seen
    }
}

/// Lists what hangs on a person or a report, oldest first; removed ones are
/// not shown.
public struct ListAttachments: ReadingUseCase {
    public static let needs = Permission.attach
    public static let effect = Effect.readsSensitive
    public var target: Target { subject.target }
    public var subject: AttachmentSubject

    public init(subject: AttachmentSubject) { self.subject = subject }

    public func perform(in work: Work) throws -> [AttachmentSummary] {
        let sight = work.sight(Self.needs)
        return try work.attachments.of(subject).map { $0.seen(with: sight) }
    }
}

/// Opens one attachment.
///
/// Whoever hands it out sends `type` as it is, forbids guessing another one
/// and sends documents as downloads.
public struct SeeAttachment: ReadingUseCase {
    public static let needs = Permission.attach
    public static let effect = Effect.readsSensitive
    public var target: Target { .attachment(id) }
    public var id: Attachment.ID

    public init(id: Attachment.ID) { self.id = id }

    public struct Answer: Sendable {
        public var summary: AttachmentSummary
        public var bytes: [UInt8]
    }

    public func perform(in work: Work) throws -> Answer {
        guard var found = try work.attachments.open(id) else { throw Ending.notFound }
        found.summary = found.summary.seen(with: work.sight(Self.needs))
        return found
    }
}

/// Takes an attachment off the file. It is kept, sealed, until retention ends,
/// and `RestoreAttachment` brings it back.
public struct RemoveAttachment: ChangingUseCase {
    public static let needs = Permission.attach
    public var target: Target { .attachment(id) }
    public var id: Attachment.ID

    public init(id: Attachment.ID) { self.id = id }

    public func perform(in work: Work) throws -> Nothing {
        guard try work.attachments.setRemoved(id, at: work.now) else { throw Ending.notFound }
        try work.emit(.attachmentRemoved, about: target, in: work.holder)
        return Nothing()
    }
}

/// Undoes `RemoveAttachment`.
public struct RestoreAttachment: ChangingUseCase {
    public static let needs = Permission.attach
    public var target: Target { .attachment(id) }
    public var id: Attachment.ID

    public init(id: Attachment.ID) { self.id = id }

    public func perform(in work: Work) throws -> Nothing {
        guard try work.attachments.setRemoved(id, at: nil) else { throw Ending.notFound }
        try work.emit(.attachmentAdded, about: target, in: work.holder)
        return Nothing()
    }
}

/// File names as people may see and save them.
enum AttachmentName {
    // ext4 allows 255 bytes; 80 characters of Chinese are 240.
    private static let longest = 80

    /// Without folders, control characters and marks that turn the direction
    /// of reading (a name ending in "gpj.exe" that reads "exe.jpg"), and with
    /// the suffix of what the content is.
    static func clean(_ name: String, type: MediaType) -> String {
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        let visible = String(
            String.UnicodeScalarView(
                last.unicodeScalars.filter {
                    switch $0.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate,
                        .unassigned:
                        false
                    default: true
                    }
                }))
        var stem = visible.trimmingCharacters(in: .whitespaces)
        if let dot = stem.lastIndex(of: "."), dot > stem.startIndex,
            stem.distance(from: dot, to: stem.endIndex) <= 6
        {
            stem = String(stem[..<dot])
        }
        stem = stem.trimmingCharacters(in: CharacterSet(charactersIn: ". "))
        if stem.isEmpty { stem = "attachment" }
        while stem.count > longest || stem.utf8.count > longest * 3 { stem.removeLast() }
        return "\(stem).\(type.suffix)"
    }
}

extension Work {
    var attachments: AttachmentStore { AttachmentStore(work: self) }
}

struct AttachmentStore {
    let work: Work
    private var tx: any Transaction { work.tx }

    /// Keyed, so that a copy of the database does not tell whether a known
    /// picture is in it.
    func digest(_ bytes: [UInt8]) -> [UInt8] {
        work.keys.searchDigest(
            hex(SHA256.hash(data: bytes)), kind: "attachment")
    }

    func of(_ subject: AttachmentSubject) throws -> [AttachmentSummary] {
        let label = subject.target.label
        return try tx.rows(
            """
            SELECT a.id, a.name, a.media_type, a.size, a.added_at,
                COALESCE(b.name, a.added_by) AS by_name
            FROM attachment a LEFT JOIN account b ON b.id = a.added_by
            WHERE a.subject_kind = \(label.kind) AND a.subject = \(label.id)
                AND a.removed_at IS NULL
            ORDER BY a.added_at, a.id
            """
        ).map(summary)
    }

    func name(of digest: [UInt8], on subject: AttachmentSubject) throws -> String? {
        let label = subject.target.label
        return try tx.first(
            """
            SELECT name FROM attachment
            WHERE subject_kind = \(label.kind) AND subject = \(label.id) AND digest = \(digest)
                AND removed_at IS NULL
            """
        ).map { try $0["name"] }
    }

    func insert(
        _ id: Attachment.ID, on subject: AttachmentSubject, name: String, _ content: CheckedContent,
        _ digest: [UInt8]
    ) throws {
        let label = subject.target.label
        let sealed = try work.keys.seal(content.bytes, for: place(id))
        try tx.execute(
            """
            INSERT INTO attachment
                (id, subject_kind, subject, name, media_type, size, digest, content, added_at, added_by)
            VALUES (\(id), \(label.kind), \(label.id), \(name), \(content.type.rawValue),
                \(content.bytes.count), \(digest), \(sealed), \(work.now), \(work.viewer.label))
            """)
    }

    func open(_ id: Attachment.ID) throws -> SeeAttachment.Answer? {
        try tx.first(
            """
            SELECT a.id, a.name, a.media_type, a.size, a.added_at, a.content,
                COALESCE(b.name, a.added_by) AS by_name
            FROM attachment a LEFT JOIN account b ON b.id = a.added_by
            WHERE a.id = \(id) AND a.removed_at IS NULL
            """
        ).map {
            .init(
                summary: try summary($0),
                bytes: try work.keys.open(try $0["content"], from: place(id)))
        }
    }

    /// False when it already is, or is not, removed.
    func setRemoved(_ id: Attachment.ID, at instant: Instant?) throws -> Bool {
        let other: SQL = instant == nil ? "removed_at IS NOT NULL" : "removed_at IS NULL"
        return try tx.execute(
            "UPDATE attachment SET removed_at = \(instant) WHERE id = \(id) AND \(other)") == 1
    }

    private func place(_ id: Attachment.ID) -> Keys.Place {
        Keys.Place(table: "attachment", column: "content", row: id.text)
    }

    private func summary(_ row: Row) throws -> AttachmentSummary {
        guard let type = MediaType(rawValue: try row["media_type"]) else {
            throw RowError.unexpectedValue(type: "MediaType")
        }
        return AttachmentSummary(
            id: try row["id"], name: try row["name"], type: type, size: try row["size"],
            addedAt: try row["added_at"], addedBy: try row["by_name"])
    }
}
