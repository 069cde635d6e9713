import CNaive
import Foundation
import GuituKinship

/// The plain way: tables made genotype by genotype as `guitu dna lr` computes
/// them, and a loop in C that adds them up.
struct Naive {
    let loci: [Locus]
    let profiles: [UInt16]
    let count: Int
    let starts: [Int]

    init(_ loci: [Locus], _ profiles: [Profile]) {
        self.loci = loci
        count = profiles.count
        let numberings = loci.map(\.numbering)
        self.profiles = profiles.flatMap { profile in
            profile.genotypes.enumerated().map { UInt16(numberings[$0].number($1)) }
        }
        var starts: [Int] = []
        var next = 0
        for numbering in numberings {
            starts.append(next)
            next += numbering.count
        }
        self.starts = starts
    }

    /// The rows of one query.
    func rows(
        _ query: Profile, _ first: Pedigree, _ second: Pedigree, _ options: KinshipOptions
    ) throws -> [Double] {
        let comparison = try Comparison(
            first, second, typedPersons: ["query", "candidate"], options: options)
        return try loci.enumerated().flatMap { l, locus in
            let prepared = try comparison.prepared(locus)
            return try (0..<locus.numbering.count).map { number in
                try prepared.ratio([query.genotypes[l], locus.numbering.genotype(number)]).log
            }
        }
    }

    func sums(_ rows: [Double], into sums: inout [Double]) {
        naive_sums(profiles, count, loci.count, rows, starts, &sums)
    }

    func reaching(_ threshold: Double, _ rows: [Double]) -> [Int] {
        var places = [UInt32](repeating: 0, count: count)
        let found = naive_count(
            profiles, count, loci.count, rows, starts, log(threshold), &places)
        return places[..<found].map(Int.init)
    }
}
