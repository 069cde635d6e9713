import Foundation
import GuituKinship
import GuituModel
import GuituStore

/// Keeps the family of somebody missing, its typed members named by their
/// sample numbers; unidentified persons are then compared with all of it.
public struct KeepFamily: LibraryUseCase {
    public static let needs = Permission.laboratory
    public var code: String
    /// CSV: `id,father,mother,sex`, an `id` that is a sample's number is typed.
    public var pedigree: String
    /// Who of it is looked for.
    public var missing: String

    public init(code: String, pedigree: String, missing: String) {
        self.code = code
        self.pedigree = pedigree
        self.missing = missing
    }

    public struct Answer: Codable, Sendable, Equatable {
        /// Members with a typing.
        public var typed: [String]
    }

    public func perform(in work: LibraryWork) throws -> Answer {
        var form = FormCheck()
        let code = form.text(code, "code", limit: 60, required: true)
        let missing = form.text(missing, "missing", limit: 64, required: true)
        try form.finish()
        let family = try explaining {
            try FamilyStore.read(code, pedigree, missing, KinshipOptions())
        }
        let members = family.pedigree.persons.map(\.id).filter { $0 != missing }
        let typed = try work.tx.rows(
            "SELECT number FROM library_sample WHERE number IN \(list: members) ORDER BY number"
        ).map { try $0["number"] as String }
        try work.tx.execute(
            """
            INSERT INTO library_family (code, pedigree, missing, kept_at, kept_by, version)
            VALUES (\(code), \(try work.keys.seal(pedigree, for: FamilyStore.place(code))),
                \(missing), \(work.now), \(work.who.label), 1)
            ON CONFLICT (code) DO UPDATE SET pedigree = excluded.pedigree,
                missing = excluded.missing, kept_at = excluded.kept_at,
                kept_by = excluded.kept_by, version = library_family.version + 1
            """)
        work.entry.options = ["family": code]
        work.entry.profiles = typed.count
        return Answer(typed: typed)
    }
}

/// The families there are, with their pedigrees.
public struct ListFamilies: LibraryUseCase {
    public static let needs = Permission.laboratory
    public init() {}

    public struct Line: Codable, Sendable, Equatable {
        public var code: String
        public var pedigree: String
        public var missing: String
    }

    public func perform(in work: LibraryWork) throws -> [Line] {
        let all = try FamilyStore.all(in: work.tx, keys: work.keys)
        work.entry.results = all.count
        return all.map { Line(code: $0.0, pedigree: $0.1, missing: $0.2) }
    }
}

enum FamilyStore {
    /// What a match with a family says as its relation.
    static let relation = "missing"

    /// A family as it was typed in.
    struct Kept {
        var code: String
        /// CSV, as `KeepFamily` takes it.
        var pedigree: String
        var missing: String
    }

    static func place(_ code: String) -> Keys.Place {
        Keys.Place(table: "library_family", column: "pedigree", row: code)
    }

    static func all(in tx: any Transaction, keys: Keys) throws -> [(String, String, String)] {
        try tx.rows("SELECT code, pedigree, missing FROM library_family ORDER BY code").map { row in
            let code: String = try row["code"]
            return (code, try keys.openText(row["pedigree"], from: place(code)), try row["missing"])
        }
    }

    static func read(_ code: String, _ text: String, _ missing: String, _ options: KinshipOptions)
        throws -> MissingPerson
    {
        do {
            let file = try PedigreeFile(try CSVFile(name: code, text: text))
            guard file.cases.count == 1, let pedigree = file.cases[0].pedigrees[1] else {
                throw InputError(file: code, .oneCaseOnly)
            }
            return try MissingPerson(pedigree, missing: missing, options: options)
        } catch let error as InputError {
            throw LibraryFailure.pedigree("\(error)")
        }
    }
}
