extension Relation {
    /// The two hypotheses of a pair: related this way, and strangers. Persons
    /// are called `query` and `candidate`.
    ///
    /// Several where a sex that matters is unknown; the larger ratio counts.
    public func hypotheses(query: Sex, candidate: Sex, _ options: KinshipOptions)
        throws(PedigreeError) -> [(claimed: Pedigree, strangers: Pedigree)]
    {
        var found: [(claimed: Pedigree, strangers: Pedigree)] = []
        for variant in variants(query: query, candidate: candidate, options) {
            found.append((try variant.pedigree(), try variant.strangers()))
        }
        return found
    }
}

extension GenotypeText {
    /// The genotype at `locus`; nil if an allele is not in its list.
    public func known(at locus: Locus) -> Genotype? {
        try? genotype(at: locus, oneCopy: false, person: "")
    }
}

extension GenotypeText {
    /// The alleles that were seen.
    public var seen: [Allele] { alleles }
}
