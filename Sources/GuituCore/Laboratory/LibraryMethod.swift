import Crypto
import Foundation
import GuituKinship
import GuituModel
import GuituStore

/// How the library compares: which frequencies, which model, which relations,
/// and from which ratio on a pair is kept.
public struct LibraryMethod: Codable, Sendable, Equatable {
    /// The frequency table as CSV, and what it is called.
    public var frequencies: String
    public var name: String
    public var population: String?
    public var mutation = "none"
    public var theta = 0.0
    public var silent = 0.0
    /// `none` passes over typings with alleles off the table.
    public var minimum = "flat:0.001"
    public var persons: Double?
    public var relations = ["parent", "child", "full-sib"]
    public var threshold = 10_000.0

    public init(frequencies: String, name: String) {
        self.frequencies = frequencies
        self.name = name
    }

    public struct Summary: Codable, Sendable, Equatable {
        public var id: String
        public var name: String
        public var digest: String
        public var population: String?
        public var mutation: String
        public var theta: Double
        public var silent: Double
        public var minimum: String
        public var relations: [String]
        public var threshold: Double
    }

    func settings() throws -> KinshipSettings {
        KinshipSettings(
            options: KinshipOptions(
                mutation: try Mutation(parsing: mutation), theta: theta, silent: silent,
                onX: false),
            minimum: try MinimumFrequency(parsing: minimum), persons: persons)
    }

    /// - Parameter seen: alleles of the typings; those off the table are added
    ///   where `minimum` gives them a frequency.
    func table(seen: [LocusName: Set<Allele>] = [:]) throws -> FrequencyTable {
        let file = try CSVFile(name: name, text: frequencies)
        let tables = try settings().tables([file], seen: seen)
        if let population {
            guard let found = tables.first(where: { $0.population == population }) else {
                throw InputError(file: name, .unknownPopulation(population))
            }
            return found
        }
        guard tables.count == 1, let only = tables.first else {
            throw InputError(file: name, .severalPopulations(tables.map(\.population)))
        }
        return only
    }

    func asked() throws -> [Relation] { try relations.map { try Relation(parsing: $0) } }

    /// Refuses what the engine would not read, before anything is kept.
    func check() throws {
        guard threshold >= 1, threshold.isFinite, !relations.isEmpty else {
            throw LibraryFailure.method("threshold >= 1, relations")
        }
        try explaining {
            _ = try asked()
            let table = try table()
            guard let locus = table.loci.first else { throw InputError(file: name, .empty) }
            let settings = try settings()
            _ = try Search(
                ProfileLibrary(loci: [locus], profiles: []), options: settings.options, threads: 1)
        }
    }
}

/// What the kinship engine refuses, as a refusal of the library.
func explaining<A>(_ body: () throws -> A) throws -> A {
    do {
        return try body()
    } catch let error as InputError {
        throw LibraryFailure.method("\(error)")
    } catch let error as OptionError {
        throw LibraryFailure.method("\(error)")
    } catch let error as PedigreeError {
        throw LibraryFailure.pedigree("\(error)")
    } catch let error as MissingPerson.Failure {
        throw LibraryFailure.pedigree("\(error)")
    }
}

struct KeptMethod {
    var id: ID<LibraryMethod>
    var digest: String
    var method: LibraryMethod

    var summary: LibraryMethod.Summary {
        .init(
            id: id.text, name: method.name, digest: digest, population: method.population,
            mutation: method.mutation, theta: method.theta, silent: method.silent,
            minimum: method.minimum, relations: method.relations, threshold: method.threshold)
    }

    init(_ row: Row) throws {
        id = try row["id"]
        digest = try row["digest"]
        let text: String = try row["method"]
        method = try JSONDecoder().decode(LibraryMethod.self, from: Data(text.utf8))
    }
}

extension LibraryWork {
    var methods: MethodStore { MethodStore(work: self) }
}

struct MethodStore {
    let work: LibraryWork

    /// The one in force.
    func newest() throws -> KeptMethod? {
        try work.tx.first(
            """
            SELECT id, digest, method FROM library_method ORDER BY chosen_at DESC, id DESC LIMIT 1
            """
        ).map(KeptMethod.init)
    }

    /// The one that is asked for, kept as it is; nil: the one in force.
    func used(_ asked: LibraryMethod?) throws -> KeptMethod {
        if let asked { return try keep(asked, chosen: false) }
        guard let newest = try newest() else { throw LibraryFailure.noMethod }
        return newest
    }

    static func find(_ id: ID<LibraryMethod>, in tx: any Transaction) throws -> KeptMethod? {
        try tx.first("SELECT id, digest, method FROM library_method WHERE id = \(id)")
            .map(KeptMethod.init)
    }

    /// Keeps it once, whoever brings it.
    func keep(_ method: LibraryMethod, chosen: Bool) throws -> KeptMethod {
        try method.check()
        let text = try canonicalJSON(method)
        let digest = hex(SHA256.hash(data: Data(text.utf8)))
        try work.tx.execute(
            """
            INSERT INTO library_method (id, digest, method, made_at, made_by, chosen_at)
            VALUES (\(work.newID() as ID<LibraryMethod>), \(digest), \(text), \(work.now),
                \(work.who.label), 0)
            ON CONFLICT (digest) DO NOTHING
            """)
        if chosen {
            try work.tx.execute(
                "UPDATE library_method SET chosen_at = \(work.now) WHERE digest = \(digest)")
        }
        guard
            let row = try work.tx.first(
                "SELECT id, digest, method FROM library_method WHERE digest = \(digest)")
        else { throw Ending.notFound }
        return try KeptMethod(row)
    }
}

/// Says how the library compares from now on, new samples on their arrival too.
public struct ChooseMethod: LibraryUseCase {
    public static let needs = Permission.laboratory
    public var method: LibraryMethod

    public init(method: LibraryMethod) { self.method = method }

    public func perform(in work: LibraryWork) throws -> LibraryMethod.Summary {
        let kept = try work.methods.keep(method, chosen: true)
        work.entry.options = ["method": kept.digest, "frequencies": method.name]
        work.entry.threshold = method.threshold
        return kept.summary
    }
}
