import Dispatch
import Foundation
import Synchronization

/// A row in the codes of a library, as logarithms.
struct CodeRow: Sendable {
    /// By code, 256; what stands at 255 adds nothing and rules out nothing.
    let byCode: [Double]
    /// By genotype number.
    let full: [Double]
    /// The largest of all; a genotype costs the distance to it.
    let most: Double
    let isUndefined: Bool

    init(_ row: GenotypeRow, codebook: [UInt16]) {
        full = row.ratios.map { log($0) }
        var byCode = [Double](repeating: 0, count: 256)
        for (code, number) in codebook.enumerated() { byCode[code] = full[Int(number)] }
        self.byCode = byCode
        most = full.max() ?? 0
        isUndefined = row.isUndefined
    }
}

/// The rows of pairs, computed once for each relation, locus and genotype.
final class RowStore: Sendable {
    private let library: ProfileLibrary
    private let models: [LocusModel]
    /// By variant, then locus, then the query's genotype.
    private let rows = Mutex<[Relation.Variant: [[CodeRow?]]]>([:])

    init(_ library: ProfileLibrary, _ options: KinshipOptions) throws(OptionError) {
        self.library = library
        var models: [LocusModel] = []
        for locus in library.loci { models.append(try LocusModel(locus, options)) }
        self.models = models
    }

    /// Computes what is missing for these genotypes, on all threads.
    func prepare(
        _ variant: Relation.Variant, _ genotypes: [[Genotype]], threads: Int
    ) throws(OptionError) {
        var known =
            rows.withLock { $0[variant] }
            ?? library.loci.map { [CodeRow?](repeating: nil, count: $0.numbering.count) }
        var missing: [(locus: Int, number: Int)] = []
        for l in library.loci.indices {
            let numbering = library.loci[l].numbering
            for number in Set(genotypes.map { numbering.number($0[l]) }).sorted()
            where known[l][number] == nil {
                missing.append((l, number))
            }
        }
        if missing.isEmpty { return }
        let pairs = models.map { PairModel(variant, $0) }
        let made = Mutex<([(Int, CodeRow)], OptionError?)>(([], nil))
        let next = Atomic<Int>(0)
        let jobs = missing
        DispatchQueue.concurrentPerform(iterations: max(1, min(threads, jobs.count))) { _ in
            var own: [(Int, CodeRow)] = []
            var failure: OptionError?
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                if index >= jobs.count { break }
                let (l, number) = jobs[index]
                do throws(OptionError) {
                    let genotype = library.loci[l].numbering.genotype(number)
                    let row = try pairs[l].row(genotype)
                    own.append((index, CodeRow(row, codebook: library.codebooks[l])))
                } catch {
                    failure = error
                    break
                }
            }
            made.withLock {
                $0.0 += own
                $0.1 = $0.1 ?? failure
            }
        }
        let (done, failure) = made.withLock { $0 }
        if let failure { throw failure }
        for (index, row) in done { known[missing[index].locus][missing[index].number] = row }
        rows.withLock { $0[variant] = known }
    }

    /// Of a variant that has been prepared for this profile.
    func rows(_ variant: Relation.Variant, _ profile: Profile) -> [CodeRow] {
        rows.withLock { all in
            guard let known = all[variant] else { return [] }
            return library.loci.indices.compactMap { l in
                known[l][library.loci[l].numbering.number(profile.genotypes[l])]
            }
        }
    }
}
