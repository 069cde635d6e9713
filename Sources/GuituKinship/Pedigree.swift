/// The sex of a person, as far as it matters to inheritance.
public enum Sex: UInt8, Sendable, Hashable, CaseIterable {
    case unknown = 0
    case man = 1
    case woman = 2
}

/// Why a list of persons is not a family.
public enum PedigreeError: Error, Equatable, Sendable, CustomStringConvertible {
    case personTwice(String)
    case unknownParent(of: String, String)
    case fatherIsAWoman(String)
    case motherIsAMan(String)
    case ownAncestor(String)
    case unknownTwin(of: String, String)
    case twinsDiffer(String, String)
    case fraternalTwins(String, String)
    case sexNeeded(String)

    public var description: String {
        switch self {
        case .personTwice(let id): "the person '\(id)' is there twice"
        case .unknownParent(let child, let parent):
            "the parent '\(parent)' of '\(child)' is not in the pedigree"
        case .fatherIsAWoman(let id): "the father '\(id)' is a woman"
        case .motherIsAMan(let id): "the mother '\(id)' is a man"
        case .ownAncestor(let id): "'\(id)' would be their own ancestor"
        case .unknownTwin(let id, let twin): "'\(id)' is the same as '\(twin)', who is not there"
        case .twinsDiffer(let a, let b):
            "'\(a)' and '\(b)' are the same person but differ in sex or parents"
        case .fraternalTwins(let a, let b):
            "'\(a)' and '\(b)' are fraternal twins and need the same two parents, each in their row"
        case .sexNeeded(let id): "the sex of '\(id)' must be known for loci of the X"
        }
    }
}

/// Persons with their fathers and mothers: one hypothesis about how people
/// belong together. Cousin marriages, incest and other loops are allowed.
public struct Pedigree: Sendable {
    /// One person as a file or a page gives them; parents are named by id.
    public struct Person: Sendable, Hashable {
        public var id: String
        public var father: String?
        public var mother: String?
        public var sex: Sex
        /// The same person under another name, or an identical twin.
        public var sameAs: String?

        public init(
            _ id: String, father: String? = nil, mother: String? = nil, sex: Sex = .unknown,
            sameAs: String? = nil
        ) {
            self.id = id
            self.father = father
            self.mother = mother
            self.sex = sex
            self.sameAs = sameAs
        }
    }

    struct Member: Sendable {
        var father: Int
        var mother: Int
        var sex: Sex
        /// The member whose alleles this one has; itself in nearly every case.
        var alias: Int
    }

    public let persons: [Person]
    /// Parents by position, -1 for none; twins resolved to one of them.
    let members: [Member]
    /// Parents before children, twins once.
    let order: [Int]
    private let positions: [String: Int]

    /// - Throws: `PedigreeError` for anything that is not a family.
    public init(_ persons: [Person]) throws(PedigreeError) {
        var positions: [String: Int] = [:]
        for (index, person) in persons.enumerated() {
            if positions.updateValue(index, forKey: person.id) != nil {
                throw .personTwice(person.id)
            }
        }
        var members: [Member] = []
        for (index, person) in persons.enumerated() {
            var twin = index
            if let name = person.sameAs, name != person.id {
                guard let found = positions[name] else {
                    throw .unknownTwin(of: person.id, name)
                }
                twin = found
            }
            members.append(Member(father: -1, mother: -1, sex: person.sex, alias: twin))
        }
        for index in members.indices {
            // A chain of names is followed to its end; a ring ends at its least.
            var seen: Set<Int> = [index]
            var end = index
            while members[end].alias != end {
                end = members[end].alias
                if !seen.insert(end).inserted {
                    end = seen.min() ?? index
                    break
                }
            }
            members[index].alias = end
        }
        for (index, person) in persons.enumerated() {
            let own = members[index].alias
            for (name, isFather) in [(person.father, true), (person.mother, false)] {
                guard let name else { continue }
                guard let parent = positions[name] else {
                    throw .unknownParent(of: person.id, name)
                }
                if isFather {
                    if members[parent].sex == .woman { throw .fatherIsAWoman(name) }
                    members[index].father = members[parent].alias
                    members[parent].sex = .man
                } else {
                    if members[parent].sex == .man { throw .motherIsAMan(name) }
                    members[index].mother = members[parent].alias
                    members[parent].sex = .woman
                }
            }
            if own != index {
                let other = persons[own]
                // A twin's row may leave out what the other row says.
                guard
                    person.father == nil && person.mother == nil
                        || (person.father == other.father && person.mother == other.mother)
                else { throw .twinsDiffer(person.id, other.id) }
            }
        }
        // Roles settle sexes that were left open, for both of a pair of twins.
        for index in members.indices {
            let own = members[index].alias
            if own == index { continue }
            let (a, b) = (members[index].sex, members[own].sex)
            if a != .unknown, b != .unknown, a != b {
                throw .twinsDiffer(persons[index].id, persons[own].id)
            }
            if b == .unknown { members[own].sex = a }
        }
        for index in members.indices {
            members[index].sex = members[members[index].alias].sex
            members[index].father = members[members[index].alias].father
            members[index].mother = members[members[index].alias].mother
        }

        var order: [Int] = []
        var state = [UInt8](repeating: 0, count: members.count)  // 1 open, 2 placed
        for start in members.indices where state[members[start].alias] == 0 {
            var stack = [members[start].alias]
            while let top = stack.last {
                if state[top] == 0 {
                    state[top] = 1
                    for parent in [members[top].father, members[top].mother] where parent >= 0 {
                        if state[parent] == 1 { throw .ownAncestor(persons[parent].id) }
                        if state[parent] == 0 { stack.append(parent) }
                    }
                } else {
                    stack.removeLast()
                    if state[top] == 1 {
                        state[top] = 2
                        order.append(top)
                    }
                }
            }
        }
        self.persons = persons
        self.members = members
        self.order = order
        self.positions = positions
    }

    public func position(of id: String) -> Int? { positions[id] }
    public func sex(at position: Int) -> Sex { members[position].sex }

    /// The persons as strangers to each other.
    public static func strangers(_ persons: [Person]) throws(PedigreeError) -> Pedigree {
        try Pedigree(persons.map { Person($0.id, sex: $0.sex) })
    }

    /// Loci of the X need the sex of everybody who has a copy.
    func checkSexes() throws(PedigreeError) {
        for (index, member) in members.enumerated() where member.sex == .unknown {
            throw .sexNeeded(persons[index].id)
        }
    }
}
