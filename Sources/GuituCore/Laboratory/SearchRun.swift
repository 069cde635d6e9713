import Foundation
import GuituKinship
import GuituModel
import GuituStore

/// Answers searches that wait, in parts; a part that was stored is not
/// computed again, so a stop loses at most one.
public struct SearchJob: JobHandler {
    public static let kind = "dna-search"
    private let laboratory: Laboratory
    public init(_ laboratory: Laboratory) { self.laboratory = laboratory }

    public func perform(_ details: [String: String], in workplace: Workplace) async throws {
        try await laboratory.answerSearches()
        try await laboratory.reportConclusions()
    }
}

extension Laboratory {
    static var program: Actor { .program(reason: SearchJob.kind) }

    /// Has searches that wait answered by a job; also asked when a server starts.
    public func enqueueSearches() async throws {
        guard try await library() != nil else { return }
        let now = workplace.clock.now
        try await workplace.database.write { tx in
            try JobStore(tx: tx, now: now).add(kind: SearchJob.kind, key: "library", details: [:])
        }
        workplace.wakes.ring()
    }

    /// Answers every search that waits. One that cannot be computed says why
    /// and does not stop the others.
    public func answerSearches() async throws {
        guard let library = try await library() else { return }
        let open = try await library.database.read { tx in
            try tx.rows(
                "SELECT id FROM library_search WHERE state IN ('waiting', 'running') ORDER BY id"
            ).map { try $0["id"] as ID<LibrarySearch> }
        }
        for id in open { try await compute(id) { _, _ in } }
    }

    /// Answers one search; `progress` is told questions answered and all there
    /// are. Throws `Ending`.
    public func answer(
        _ id: ID<LibrarySearch>, progress: @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws {
        try await workplace.ended("AnswerSearch") { try await self.compute(id, progress) }
    }

    private func compute(
        _ id: ID<LibrarySearch>, _ progress: @Sendable (Int, Int) -> Void
    ) async throws {
        guard let library = try await library() else {
            throw Ending.refused(LibraryFailure.notEnabled)
        }
        do {
            var run = try await SearchRun(id, library)
            while let part = try run.next() {
                let from = run.done
                guard
                    try await perform(
                        StoreFound(search: id, from: from, part: part), as: Self.program)
                else { return }
                run.done = part.through
                progress(part.through, part.total)
                try Task.checkCancellation()
            }
        } catch let failure as LibraryFailure {
            try await perform(
                FailSearch(search: id, reason: "\(failure.saying.arguments["reason"] ?? "")"),
                as: Self.program)
        }
    }
}

/// Samples of the library as the engine wants them.
struct LoadedSample: Sendable {
    var line: SampleLine
    var texts: [LocusName: GenotypeText]

    static func load(_ condition: SQL, _ library: Laboratory.Library) async throws -> [LoadedSample]
    {
        let keys = library.keys
        return try await library.database.withOwnConnection(for: .read) { connection in
            try connection.begin(.read)
            defer { connection.rollback() }
            var loaded: [LoadedSample] = []
            // A million samples have a few hundred different genotypes a locus.
            var known: [String: GenotypeText] = [:]
            var names: [String: LocusName] = [:]
            let store = SampleStore(tx: connection, keys: keys)
            try connection.forEachRow(
                """
                SELECT \(SampleStore.columns), typing FROM library_sample WHERE \(condition)
                ORDER BY position
                """
            ) { row in
                let line = try store.line(row)
                let sealed: [UInt8] = try row["typing"]
                var sample = LoadedSample(line: line, texts: [:])
                for call in try SampleStore.calls(sealed, of: line.number, keys: keys)
                where !call.read.isEmpty {
                    let name = names[call.locus] ?? LocusName(call.locus)
                    names[call.locus] = name
                    let text = try known[call.read] ?? GenotypeText(call.read)
                    known[call.read] = text
                    sample.texts[name] = text
                }
                loaded.append(sample)
            }
            return loaded
        }
    }

    var sex: GuituKinship.Sex { GuituKinship.Sex(rawValue: line.sex) ?? .unknown }

    /// - Returns: also how many typings have alleles off the table.
    func profile(_ loci: [Locus]) -> (profile: Profile, passedOver: Int) {
        var passedOver = 0
        let genotypes = loci.map { locus -> Genotype in
            guard let text = texts[LocusName(locus.name)] else { return .untyped }
            if let genotype = text.known(at: locus) { return genotype }
            passedOver += 1
            return .untyped
        }
        return (Profile(id: line.number, sex: sex, genotypes: genotypes), passedOver)
    }
}

extension LibraryMethod {
    /// The table's loci in which anybody is typed, alleles off the table added
    /// by the rule of least frequencies.
    func loci(for samples: [LoadedSample]) throws -> [Locus] {
        var seen: [LocusName: Set<Allele>] = [:]
        var texts: [LocusName: Set<GenotypeText>] = [:]
        for sample in samples {
            for (name, text) in sample.texts
            where texts[name, default: []].insert(text).inserted {
                seen[name, default: []].formUnion(text.seen)
            }
        }
        let table = try table(seen: seen)
        let loci = table.loci.filter { seen[LocusName($0.name)] != nil }
        guard loci.count <= 64 else {
            throw InputError(file: name, .tooManyLoci(loci.count))
        }
        return loci
    }
}

/// One search while it is computed.
private struct SearchRun {
    let search: LibrarySearch
    private let relations: [Relation]
    private let engine: Search
    private let queries: [Profile]
    private let codes: [String]
    private let families: [(family: MissingPerson, genotypes: [String: [Genotype]])]
    private let passedOver: Int
    private let isAmongThemselves: Bool
    /// Questions answered and stored.
    var done: Int

    private static let slice = 512

    init(_ id: ID<LibrarySearch>, _ library: Laboratory.Library) async throws {
        let keys = library.keys
        let (search, first, last, method, kept) = try await library.database.read {
            tx -> (LibrarySearch, Int, Int, LibraryMethod, [(String, String, String)]) in
            guard
                let row = try tx.first(
                    "SELECT \(SearchStore.columns) FROM library_search WHERE id = \(id)"),
                let method = try MethodStore.find(row["method"], in: tx)
            else { throw Ending.notFound }
            let search = try SearchStore.read(row)
            let families =
                search.kind == .unidentified
                ? try FamilyStore.all(in: tx, keys: keys) : []
            return (
                search, try row["first_position"], try row["last_position"], method.method,
                families
            )
        }
        self.search = search
        done = search.done
        isAmongThemselves = search.kind == .everyone
        let everybody = try await LoadedSample.load(
            "position <= \(last) AND kind <> \(SampleKind.elimination.rawValue)", library)
        func chosen(_ include: (LoadedSample) -> Bool) -> [LoadedSample] {
            everybody.filter(include)
        }
        let asking: [LoadedSample]
        let asked: [LoadedSample]
        switch search.kind {
        case .one:
            asking = chosen { $0.line.number == search.subject }
            asked = chosen { $0.line.number != search.subject }
        case .new:
            asking = chosen { $0.line.position >= first }
            asked = everybody
        case .unidentified:
            asking = chosen { $0.line.kind.isUnidentified }
            asked = chosen { !$0.line.kind.isUnidentified }
        case .everyone:
            asking = everybody
            asked = everybody
        }
        let threshold = search.threshold
        let built = try explaining {
            () throws -> (
                Search, [Profile], [Relation], Int,
                [(String, MissingPerson, [String: [Genotype]])], Search?
            ) in
            let settings = try method.settings()
            let loci = try method.loci(for: everybody)
            var passedOver = 0
            func profiles(_ samples: [LoadedSample]) -> [Profile] {
                samples.map {
                    let (profile, passed) = $0.profile(loci)
                    passedOver += passed
                    return profile
                }
            }
            let relations = try search.relations.map { try Relation(parsing: $0) }
            var engine = try Search(
                ProfileLibrary(loci: loci, profiles: profiles(asked)), options: settings.options,
                threshold: threshold)
            engine.isAmongThemselves = search.kind == .everyone
            let queries = profiles(asking)
            var families: [(String, MissingPerson, [String: [Genotype]])] = []
            var unidentified: Search?
            if !kept.isEmpty {
                let byNumber = Dictionary(
                    everybody.map { ($0.line.number, $0) }, uniquingKeysWith: { $1 })
                for (code, text, missing) in kept {
                    let family = try FamilyStore.read(code, text, missing, settings.options)
                    var genotypes: [String: [Genotype]] = [:]
                    for person in family.pedigree.persons where person.id != missing {
                        if let sample = byNumber[person.id] {
                            genotypes[person.id] = sample.profile(loci).profile.genotypes
                        }
                    }
                    if !genotypes.isEmpty { families.append((code, family, genotypes)) }
                }
                unidentified = try Search(
                    ProfileLibrary(loci: loci, profiles: queries), options: settings.options,
                    threshold: threshold)
            }
            return (engine, queries, relations, passedOver, families, unidentified)
        }
        (engine, queries, relations, passedOver) = (built.0, built.1, built.2, built.3)
        codes = built.4.map(\.0)
        families = built.4.map { ($0.1, $0.2) }
        familyEngine = built.5
    }

    private let familyEngine: Search?

    /// The next part; nil when all is answered.
    func next() throws -> StoreFound.Part? {
        let total = queries.count + families.count
        guard done < total || search.total == 0 && done == 0 else { return nil }
        var part = StoreFound.Part(total: total, profiles: engine.library.count)
        part.passedOver = passedOver
        let result: SearchResult
        if done < queries.count {
            let range = done..<min(done + Self.slice, queries.count)
            part.through = range.upperBound
            result = try explaining { try engine.run(queries, relations, range: range) }
            for hit in result.hits {
                let (query, candidate) = (queries[hit.query].id, engine.library.ids[hit.candidate])
                guard let relation = hit.relation, query != candidate else { continue }
                // Of two that are the same to each other, one is enough.
                if isAmongThemselves, relation.isMutual, hit.candidate < hit.query { continue }
                part.found.append(
                    .init(
                        query: query, candidate: candidate, relation: relation.rawValue,
                        log10: hit.log10))
            }
        } else if let familyEngine, done < total {
            let range = done..<min(done + 64, total)
            part.through = range.upperBound
            let asked = range.map { families[$0 - queries.count] }
            result = try explaining { try familyEngine.run(asked) }
            for hit in result.hits {
                let family = range.lowerBound + hit.query - queries.count
                part.found.append(
                    .init(
                        query: codes[family], candidate: familyEngine.library.ids[hit.candidate],
                        relation: FamilyStore.relation, log10: hit.log10))
            }
        } else {
            result = SearchResult()
        }
        part.comparisons = result.comparisons
        part.outOfReach = result.outOfReach.count
        part.undefined = result.undefined.count
        return part
    }
}

extension Relation {
    /// The same from either side.
    var isMutual: Bool { self == .fullSib || self == .halfSib || self == .same }
}
