import Foundation
import GuituModel
import GuituStore

/// A notice with what was read of one person in it, and what an officer made
/// of that: a labelled example to measure the reader by.
public struct NoticeExample: Codable, Sendable, Equatable {
    /// A field of the form it was taken into.
    public struct Field: Codable, Sendable, Equatable {
        public var name: String
        public var read: String
        public var right: String

        public init(_ name: String, read: String, right: String) {
            self.name = name
            self.read = read
            self.right = right
        }
    }

    public var text: String
    /// The day it was published, `2026-11-24`; empty when not known.
    public var published: String
    /// `missing` or `found`.
    public var kind: String
    public var fields: [Field]

    public init(text: String, published: String, kind: String, fields: [Field]) {
        self.text = text
        self.published = published
        self.kind = kind
        self.fields = fields
    }

    public var corrected: Int { fields.count { $0.read != $0.right } }
}

/// Keeps an example in which somebody corrected something. One that was read
/// rightly teaches nothing and is not kept.
public struct KeepNoticeExample: ChangingUseCase {
    public static let needs = Permission.registerMissing
    public var target: Target { .area(holder) }
    public var holder: Area.ID
    public var example: NoticeExample

    public init(holder: Area.ID, example: NoticeExample) {
        self.holder = holder
        self.example = example
    }

    public enum Failure: Refusal, Equatable {
        case nothingCorrected
        public var saying: Saying { Saying("reading.nothingCorrected") }
    }

    public static let longestText = 20_000

    public func perform(in work: Work) throws -> Nothing {
        guard example.corrected > 0 else { throw Failure.nothingCorrected }
        // Sealed as it came, tabs and tags included; only its size is checked.
        let said = example.fields.flatMap { [$0.read, $0.right] } + [example.published]
        guard example.text.unicodeScalars.count <= Self.longestText,
            example.fields.count <= 40, said.allSatisfy({ $0.count <= 2000 })
        else {
            throw InvalidFields([
                Saying(
                    "field.tooLong",
                    [
                        "max": "\(Self.longestText)",
                        "length": "\(example.text.unicodeScalars.count)",
                    ],
                    field: "text")
            ])
        }
        let content = try canonicalJSON(example)
        let id: ID<NoticeExample> = work.newID()
        let sealed = try work.keys.seal(content, for: Self.place(id.text))
        try work.tx.execute(
            """
            INSERT INTO notice_example (id, holder, corrected, example, digest, kept_at, kept_by)
            VALUES (\(id), \(holder), \(example.corrected), \(sealed),
                \(work.keys.searchDigest(content, kind: "notice-example")), \(work.now),
                \(work.viewer.label))
            ON CONFLICT DO NOTHING
            """)
        return Nothing()
    }

    static func place(_ row: String) -> Keys.Place {
        .init(table: "notice_example", column: "example", row: row)
    }
}

/// The examples of one's own areas, oldest first.
public struct ListNoticeExamples: ReadingUseCase {
    public static let needs = Permission.importMissing
    public static let effect = Effect.readsSensitive
    public var target: Target { .ownAreas }

    public init() {}

    public struct Line: Sendable, Codable {
        public var id: ID<NoticeExample>
        public var keptAt: Instant
        public var example: NoticeExample
    }

    public func perform(in work: Work) throws -> [Line] {
        let mine = work.viewer.scope(Self.needs, area: "holder")
        return try work.tx.rows(
            "SELECT id, example, kept_at FROM notice_example WHERE \(mine) ORDER BY kept_at, id"
        ).map { row in
            let id: ID<NoticeExample> = try row["id"]
            let content = try work.keys.openText(
                row["example"], from: KeepNoticeExample.place(id.text))
            return Line(
                id: id, keptAt: try row["kept_at"],
                example: try JSONDecoder().decode(NoticeExample.self, from: Data(content.utf8)))
        }
    }
}
