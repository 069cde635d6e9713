/// How the person of the library would be related to the person asked about.
///
/// Where nothing else is said the line goes through men: half sibs share their
/// father, grandparents are the father's parents, an uncle or aunt is the
/// father's full sibling. Parents who are not typed are in the pedigree, so the
/// copies they pass on may have mutated.
public enum Relation: String, Sendable, CaseIterable, Hashable {
    /// The library's person is a parent of the person asked about.
    case parent
    case child
    case fullSib = "full-sib"
    case halfSib = "half-sib"
    case grandparent
    case grandchild
    /// The library's person is an uncle or an aunt.
    case avuncular
    case nephew
    /// One person under two names, or identical twins.
    case same

    public init(parsing text: String) throws(OptionError) {
        guard let found = Relation(rawValue: text) else { throw .unknownRelation(text) }
        self = found
    }

    /// One way in which the two may be related, with the sexes that it supposes.
    struct Variant: Hashable, Sendable {
        var relation: Relation
        var query: Sex
        var candidate: Sex
    }

    /// The ways to be computed for these sexes; the likeliest of them counts.
    ///
    /// A sex that matters and is not known is tried as both. It matters to whom
    /// passes alleles on at rates of their own, and to everybody on the X. There
    /// a man and a woman cannot be the same person and are no pair.
    func variants(query: Sex, candidate: Sex, _ options: KinshipOptions) -> [Variant] {
        let rates = options.mutation.male != options.mutation.female
        let queryCounts = options.onX || (rates && (self == .child || self == .grandchild))
        let candidateCounts = options.onX || (rates && (self == .parent || self == .grandparent))
        func tried(_ sex: Sex, _ counts: Bool) -> [Sex] {
            if !counts { return [.man] }
            return sex == .unknown ? [.man, .woman] : [sex]
        }
        var variants: [Variant] = []
        for q in tried(query, queryCounts) {
            for c in tried(candidate, candidateCounts) {
                // One person has one sex.
                if self == .same && options.onX && q != c { continue }
                variants.append(Variant(relation: self, query: q, candidate: c))
            }
        }
        return variants
    }
}

extension Relation.Variant {
    static let query = "query"
    static let candidate = "candidate"

    /// The pedigree that is claimed; the other hypothesis is two strangers.
    func pedigree() throws(PedigreeError) -> Pedigree {
        typealias Person = Pedigree.Person
        let (q, c) = (Self.query, Self.candidate)
        func parents(_ parent: String, _ sex: Sex) -> (father: String, mother: String) {
            sex == .woman ? ("spouse", parent) : (parent, "spouse")
        }
        func spouse(of sex: Sex) -> Person { Person("spouse", sex: sex == .woman ? .man : .woman) }
        let mother = Person("mother", sex: .woman)
        let grandparents = [Person("grandfather", sex: .man), Person("grandmother", sex: .woman)]
        switch relation {
        case .parent:
            let (f, m) = parents(c, candidate)
            return try Pedigree([
                Person(c, sex: candidate), spouse(of: candidate),
                Person(q, father: f, mother: m, sex: query),
            ])
        case .child:
            let (f, m) = parents(q, query)
            return try Pedigree([
                Person(q, sex: query), spouse(of: query),
                Person(c, father: f, mother: m, sex: candidate),
            ])
        case .fullSib:
            return try Pedigree(
                grandparents + [
                    Person(q, father: "grandfather", mother: "grandmother", sex: query),
                    Person(c, father: "grandfather", mother: "grandmother", sex: candidate),
                ])
        case .halfSib:
            return try Pedigree([
                Person("father", sex: .man), mother, Person("other", sex: .woman),
                Person(q, father: "father", mother: "mother", sex: query),
                Person(c, father: "father", mother: "other", sex: candidate),
            ])
        case .grandparent:
            let (f, m) = parents(c, candidate)
            return try Pedigree([
                Person(c, sex: candidate), spouse(of: candidate), mother,
                Person("father", father: f, mother: m, sex: .man),
                Person(q, father: "father", mother: "mother", sex: query),
            ])
        case .grandchild:
            let (f, m) = parents(q, query)
            return try Pedigree([
                Person(q, sex: query), spouse(of: query), mother,
                Person("father", father: f, mother: m, sex: .man),
                Person(c, father: "father", mother: "mother", sex: candidate),
            ])
        case .avuncular, .nephew:
            let (uncle, uncleSex) = relation == .avuncular ? (c, candidate) : (q, query)
            let (nephew, nephewSex) = relation == .avuncular ? (q, query) : (c, candidate)
            return try Pedigree(
                grandparents + [
                    mother,
                    Person("father", father: "grandfather", mother: "grandmother", sex: .man),
                    Person(uncle, father: "grandfather", mother: "grandmother", sex: uncleSex),
                    Person(nephew, father: "father", mother: "mother", sex: nephewSex),
                ])
        case .same:
            return try Pedigree([Person(q, sex: query), Person(c, sex: query, sameAs: q)])
        }
    }

    func strangers() throws(PedigreeError) -> Pedigree {
        let sex = relation == .same ? query : candidate
        return try Pedigree([.init(Self.query, sex: query), .init(Self.candidate, sex: sex)])
    }
}
