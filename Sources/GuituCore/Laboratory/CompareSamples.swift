import Foundation
import GuituKinship
import GuituModel
import GuituStore

/// Computes the ratio of two samples of the library, or of a family and a
/// sample, locus by locus, as `guitu dna lr` does from files.
public struct CompareSamples: LibraryUseCase {
    public static let needs = Permission.laboratory
    public static let isLong = true
    /// A sample's number, or a family's code where the relation is `missing`.
    public var query: String
    public var candidate: String
    /// What the candidate would be to the query.
    public var relation: String
    /// Nil: the one in force.
    public var method: LibraryMethod?
    public var inquiry: Inquiry

    public init(query: String, candidate: String, relation: String, inquiry: Inquiry) {
        self.query = query
        self.candidate = candidate
        self.relation = relation
        self.inquiry = inquiry
    }

    public struct Line: Codable, Sendable, Equatable {
        public var locus: String
        /// As the laboratory gave them, and as they are read; no family is typed.
        public var query: LocusCall?
        public var candidate: LocusCall?
        /// Of `Answer.samples` but the last, in their order.
        public var relatives: [LocusCall?]
        /// Nil where one is not computed with, `nan` is never written: see
        /// `isUndefined`.
        public var log10: Double?
        /// Zero without mutation, possible with it.
        public var needsMutation: Bool
        public var isUndefined: Bool
        /// Of the alleles both show, or else of all shown.
        public var rarest: Double?
    }

    /// What the table of frequencies says of itself.
    public struct Frequencies: Codable, Sendable, Equatable {
        public var population: String
        public var source: String
        public var loci: Int
        /// Persons behind it at the locus with fewest and with most; nil where
        /// neither the table nor the method says.
        public var fewest: Double?
        public var most: Double?
    }

    public struct Answer: Codable, Sendable, Equatable {
        /// Whose typings were compared, the candidate last.
        public var samples: [SampleLine]
        public var lines: [Line]
        /// The decimal logarithm of the product; nil where a locus is undefined,
        /// `isExcluded` where it is zero.
        public var log10: Double?
        public var isExcluded: Bool
        public var method: LibraryMethod.Summary
        public var frequencies: Frequencies
    }

    public func perform(in work: LibraryWork) throws -> Answer {
        let inquiry = try inquiry.checked()
        let family = try family(work)
        let samples =
            try family.map { try work.samples.typed(of: $0) } ?? [work.samples.find(query)]
        let candidate = try work.samples.find(candidate)
        let kept = try work.methods.used(method)
        let answer = try explaining { try compute(samples + [candidate], family, kept) }
        work.tell(inquiry)
        work.entry.options = ["method": kept.digest, "relation": relation]
        work.entry.queries = 1
        work.entry.profiles = 1
        work.tell(results: ["\(query),\(self.candidate),\(relation),\(answer.log10 ?? .nan)"])
        return answer
    }

    /// Throws `notFound` for a code that no family has.
    private func family(_ work: LibraryWork) throws -> FamilyStore.Kept? {
        guard relation == FamilyStore.relation else { return nil }
        let all = try FamilyStore.all(in: work.tx, keys: work.keys)
        guard let found = all.first(where: { $0.0 == query }) else { throw Ending.notFound }
        return .init(code: found.0, pedigree: found.1, missing: found.2)
    }

    /// Either hypothesis as a pedigree; the likeliest way counts.
    private typealias Way = (claimed: Pedigree, strangers: Pedigree)

    /// - Returns: who has a typing in them, the candidate last.
    private func hypotheses(
        _ profiles: [Profile], _ family: FamilyStore.Kept?, _ options: KinshipOptions
    ) throws -> (ways: [Way], persons: [String]) {
        if let family {
            let read = try FamilyStore.read(family.code, family.pedigree, family.missing, options)
            return (
                [(read.pedigree, try read.besideAStranger())],
                profiles.dropLast().map(\.id) + [read.missing]
            )
        }
        let ways = try Relation(parsing: relation).hypotheses(
            query: profiles[0].sex, candidate: profiles[1].sex, options)
        return (ways, ["query", "candidate"])
    }

    private func compute(
        _ samples: [StoredSample], _ family: FamilyStore.Kept?, _ kept: KeptMethod
    ) throws -> Answer {
        let loaded = try samples.map { try LoadedSample($0) }
        let options = try kept.method.settings().options
        var plain = options
        plain.mutation = .none
        let loci = try kept.method.loci(for: loaded)
        let profiles = loaded.map { $0.profile(loci).profile }
        let (ways, persons) = try hypotheses(profiles, family, options)
        var best: (lines: [Line], total: Double)?
        for way in ways {
            func ratios(_ options: KinshipOptions) throws -> [Ratio] {
                let comparison = try Comparison(
                    way.claimed, way.strangers, typedPersons: persons, options: options)
                return try loci.indices.map { l in
                    try comparison.prepared(loci[l]).ratio(profiles.map { $0.genotypes[l] })
                }
            }
            let found = try ratios(options)
            let without = try ratios(plain)
            let total = found.logTotal()
            // NaN is no number to be larger than.
            if let best, !(total > best.total) { continue }
            let lines = loci.indices.map { l in
                line(loci[l], l, samples, profiles, found[l], without[l])
            }
            best = (lines, total)
        }
        guard let best else { throw OptionError.unknownRelation(self.relation) }
        let table = try kept.method.table()
        let sizes = table.loci.compactMap(\.persons)
        return Answer(
            samples: samples.map(\.line), lines: best.lines,
            log10: best.total.isFinite ? best.total / M_LN10 : nil,
            isExcluded: best.total == -.infinity, method: kept.summary,
            frequencies: Frequencies(
                population: table.population, source: table.source, loci: table.loci.count,
                fewest: sizes.min() ?? kept.method.persons,
                most: sizes.max() ?? kept.method.persons))
    }

    private func line(
        _ locus: Locus, _ l: Int, _ samples: [StoredSample], _ profiles: [Profile],
        _ ratio: Ratio, _ plain: Ratio
    ) -> Line {
        let name = LocusName(locus.name)
        func call(_ sample: StoredSample) -> LocusCall? {
            sample.calls.first { LocusName($0.locus) == name }
        }
        let genotypes = profiles.map { $0.genotypes[l] }
        func shown(_ genotypes: some Sequence<Genotype>) -> Set<Int> {
            Set(genotypes.flatMap { [$0.first, $0.second] }.filter { $0 >= 0 }.map(Int.init))
        }
        let (theirs, own) = (shown(genotypes.dropLast()), shown(genotypes.suffix(1)))
        let shared = theirs.intersection(own)
        let alleles = shared.isEmpty ? theirs.union(own) : shared
        let isTyped = !theirs.isEmpty && !own.isEmpty
        let calls = samples.map(call)
        return Line(
            locus: locus.name, query: relation == FamilyStore.relation ? nil : calls[0],
            candidate: calls[calls.count - 1], relatives: Array(calls.dropLast()),
            log10: isTyped && ratio.value > 0 ? ratio.log / M_LN10 : nil,
            needsMutation: isTyped && plain.value == 0 && ratio.value > 0,
            isUndefined: ratio.isUndefined,
            rarest: alleles.map { locus.frequencies[$0] }.min())
    }
}

extension LoadedSample {
    init(_ sample: StoredSample) throws {
        line = sample.line
        texts = [:]
        for call in sample.calls where !call.read.isEmpty {
            texts[LocusName(call.locus)] = try GenotypeText(call.read)
        }
    }
}

extension MissingPerson {
    /// Hypothesis 2: the missing member is somebody else, and who bears the
    /// name a stranger.
    fileprivate func besideAStranger() throws -> Pedigree {
        var other = missing
        while pedigree.position(of: other) != nil { other += "'" }
        func renamed(_ id: String?) -> String? { id == missing ? other : id }
        let stranger = pedigree.persons.filter { $0.id == missing }.map {
            Pedigree.Person(missing, sex: $0.sex)
        }
        let family = pedigree.persons.map { person in
            Pedigree.Person(
                person.id == missing ? other : person.id, father: renamed(person.father),
                mother: renamed(person.mother), sex: person.sex, sameAs: renamed(person.sameAs))
        }
        return try Pedigree(family + stranger)
    }
}

extension SampleStore {
    /// Samples of a family's members, in the pedigree's order, as a search takes
    /// them: the staff's own are nobody's relatives.
    fileprivate func typed(of family: FamilyStore.Kept) throws -> [StoredSample] {
        let read = try explaining {
            try FamilyStore.read(family.code, family.pedigree, family.missing, KinshipOptions())
        }
        let members = read.pedigree.persons.map(\.id).filter { $0 != family.missing }
        let known = try tx.rows(
            """
            SELECT number FROM library_sample WHERE number IN \(list: members)
                AND kind <> \(SampleKind.elimination.rawValue)
            """
        ).map { try $0["number"] as String }
        return try members.filter(known.contains).map(find)
    }
}
