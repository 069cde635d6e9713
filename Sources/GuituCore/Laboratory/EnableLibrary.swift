import GuituModel
import GuituStore

/// The document under which the library is used.
public struct LibraryAuthorisation: Codable, Sendable, Equatable {
    public var laboratory: String
    public var holder: Area.ID
    public var document: String
    public var office: String
    public var signedOn: Day
    public var until: Day
    public var enabledAt: Instant
    public var enabledBy: String

    /// The last one that was recorded, in force or not.
    static func newest(in tx: any Transaction) throws -> LibraryAuthorisation? {
        try tx.first(
            """
            SELECT laboratory, holder, document, office, signed_on, valid_until, enabled_at,
                enabled_by
            FROM library_authorisation ORDER BY enabled_at DESC, id DESC LIMIT 1
            """
        ).map { row in
            LibraryAuthorisation(
                laboratory: try row["laboratory"], holder: try row["holder"],
                document: try row["document"], office: try row["office"],
                signedOn: try row["signed_on"], until: try row["valid_until"],
                enabledAt: try row["enabled_at"], enabledBy: try row["enabled_by"])
        }
    }
}

/// Records the document that lets an office keep a library of profiles, and
/// switches it on until the document ends. A later document goes on from it.
public struct EnableLibrary: LibraryUseCase {
    public static let needs = Permission.enableLibrary
    public static let worksWhileOff = true
    public var area: Area.ID
    public var laboratory: String
    public var document: String
    public var office: String
    public var signedOn: Day
    public var until: Day

    public init(
        area: Area.ID, laboratory: String, document: String, office: String, signedOn: Day,
        until: Day
    ) {
        self.area = area
        self.laboratory = laboratory
        self.document = document
        self.office = office
        self.signedOn = signedOn
        self.until = until
    }

    public func perform(in work: LibraryWork) throws -> Nothing {
        var form = FormCheck()
        let laboratory = form.text(laboratory, "laboratory", limit: 100, required: true)
        let document = form.text(document, "document", limit: 100, required: true)
        let office = form.text(office, "office", limit: 100, required: true)
        if signedOn > work.today { form.fail("signed", "library.signedLater") }
        try form.finish()
        guard until >= work.today else { throw LibraryFailure.endsBeforeToday }
        if let known = work.authorisation, known.holder != area {
            throw LibraryFailure.otherHolder
        }
        try work.tx.execute(
            """
            INSERT INTO library_authorisation (id, laboratory, holder, document, office, signed_on,
                valid_until, enabled_at, enabled_by)
            VALUES (\(work.newID() as ID<LibraryAuthorisation>), \(laboratory), \(area),
                \(document), \(office), \(signedOn), \(until), \(work.now), \(work.who.label))
            """)
        work.entry.options = [
            "document": document, "office": office, "signed": "\(signedOn)", "until": "\(until)",
        ]
        return Nothing()
    }
}

/// Whether the library is on, under which document, and how much is in it.
public struct SeeLibrary: LibraryUseCase {
    public static let needs = Permission.seeLibrary
    public static let worksWhileOff = true
    public static let isWrittenDown = false

    public init() {}

    public struct Answer: Codable, Sendable, Equatable {
        public var isOn: Bool
        public var authorisation: LibraryAuthorisation?
        /// Samples by kind.
        public var samples: [String: Int]
        public var families: Int
        /// Matches by state.
        public var matches: [String: Int]
        public var openSearches: Int
        public var method: LibraryMethod.Summary?

        static let off = Answer(
            isOn: false, authorisation: nil, samples: [:], families: 0, matches: [:],
            openSearches: 0, method: nil)
    }

    public func perform(in work: LibraryWork) throws -> Answer {
        func counts(_ sql: SQL) throws -> [String: Int] {
            Dictionary(
                uniqueKeysWithValues: try work.tx.rows(sql).map { (try $0["word"], try $0["n"]) })
        }
        func count(_ sql: SQL) throws -> Int { try work.tx.first(sql)?["n"] ?? 0 }
        return Answer(
            isOn: work.authorisation.map { work.today <= $0.until } ?? false,
            authorisation: work.authorisation,
            samples: try counts(
                "SELECT kind AS word, COUNT(*) AS n FROM library_sample GROUP BY kind"),
            families: try count("SELECT COUNT(*) AS n FROM library_family"),
            matches: try counts(
                "SELECT state AS word, COUNT(*) AS n FROM library_match GROUP BY state"),
            openSearches: try count(
                """
                SELECT COUNT(*) AS n FROM library_search WHERE state IN ('waiting', 'running')
                """),
            method: try work.methods.newest()?.summary)
    }
}
