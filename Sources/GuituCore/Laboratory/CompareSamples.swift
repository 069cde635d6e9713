import Foundation
import GuituKinship
import GuituModel
import GuituStore

/// Computes the ratio of two samples of the library, locus by locus, as
/// `guitu dna lr` does from files.
public struct CompareSamples: LibraryUseCase {
    public static let needs = Permission.laboratory
    public static let isLong = true
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
        /// As the laboratory gave them, and as they are read.
        public var query: LocusCall?
        public var candidate: LocusCall?
        /// Nil where one is not computed with, `nan` is never written: see
        /// `isUndefined`.
        public var log10: Double?
        /// Zero without mutation, possible with it.
        public var needsMutation: Bool
        public var isUndefined: Bool
        /// Of the alleles both show, or else of all shown.
        public var rarest: Double?
    }

    public struct Answer: Codable, Sendable, Equatable {
        public var lines: [Line]
        /// The decimal logarithm of the product; nil where a locus is undefined,
        /// `isExcluded` where it is zero.
        public var log10: Double?
        public var isExcluded: Bool
        public var method: LibraryMethod.Summary
    }

    public func perform(in work: LibraryWork) throws -> Answer {
        let inquiry = try inquiry.checked()
        let (a, b) = (try work.samples.find(query), try work.samples.find(candidate))
        let kept = try work.methods.used(method)
        let answer = try explaining { try compute(a, b, kept) }
        work.tell(inquiry)
        work.entry.options = ["method": kept.digest, "relation": relation]
        work.entry.queries = 1
        work.entry.profiles = 1
        work.tell(results: ["\(query),\(candidate),\(relation),\(answer.log10 ?? .nan)"])
        return answer
    }

    private func compute(_ a: StoredSample, _ b: StoredSample, _ kept: KeptMethod) throws -> Answer
    {
        let relation = try Relation(parsing: relation)
        let samples = try [a, b].map { try LoadedSample($0) }
        let options = try kept.method.settings().options
        var plain = options
        plain.mutation = .none
        let loci = try kept.method.loci(for: samples)
        let profiles = samples.map { $0.profile(loci).profile }
        let ways = try relation.hypotheses(
            query: profiles[0].sex, candidate: profiles[1].sex, options)
        var best: (lines: [Line], total: Double)?
        for way in ways {
            func ratios(_ options: KinshipOptions) throws -> [Ratio] {
                let comparison = try Comparison(
                    way.claimed, way.strangers, typedPersons: ["query", "candidate"],
                    options: options)
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
                line(loci[l], l, (a, b), profiles, found[l], without[l])
            }
            best = (lines, total)
        }
        guard let best else { throw OptionError.unknownRelation(self.relation) }
        return Answer(
            lines: best.lines,
            log10: best.total.isFinite ? best.total / M_LN10 : nil,
            isExcluded: best.total == -.infinity, method: kept.summary)
    }

    private func line(
        _ locus: Locus, _ l: Int, _ samples: (StoredSample, StoredSample), _ profiles: [Profile],
        _ ratio: Ratio, _ plain: Ratio
    ) -> Line {
        let name = LocusName(locus.name)
        func call(_ sample: StoredSample) -> LocusCall? {
            sample.calls.first { LocusName($0.locus) == name }
        }
        let genotypes = profiles.map { $0.genotypes[l] }
        let shown = genotypes.map { genotype in
            Set([genotype.first, genotype.second].filter { $0 >= 0 }.map(Int.init))
        }
        let shared = shown[0].intersection(shown[1])
        let alleles = shared.isEmpty ? shown[0].union(shown[1]) : shared
        let isTyped = genotypes.allSatisfy(\.isTyped)
        return Line(
            locus: locus.name, query: call(samples.0), candidate: call(samples.1),
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
