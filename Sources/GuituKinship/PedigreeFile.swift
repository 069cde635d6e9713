/// The pedigrees of a file: for each case one a hypothesis.
public struct PedigreeFile: Sendable {
    public struct Case: Sendable {
        public let name: String
        /// By hypothesis, 1 or 2.
        public var pedigrees: [Int: Pedigree] = [:]
    }

    public let name: String
    /// In the order of the file.
    public let cases: [Case]
    private let positions: [String: Int]

    /// Reads `case,hypothesis,id,father,mother,sex` and, where it is there,
    /// `same_as`: the same person or an identical twin.
    ///
    /// `case` may be left out of a file of one case, `hypothesis` where only
    /// one pedigree is needed. 0 or nothing is no parent.
    public init(_ file: CSVFile) throws(InputError) {
        name = file.name
        let caseColumn = file.optionalColumn("case")
        let hypothesisColumn = file.optionalColumn("hypothesis")
        let idColumn = try file.column("id")
        let fatherColumn = try file.column("father")
        let motherColumn = try file.column("mother")
        let sexColumn = try file.column("sex")
        let sameColumn = file.optionalColumn("same_as")

        struct Key: Hashable {
            var name: String
            var hypothesis: Int
        }
        var order: [Key] = []
        var persons: [Key: [Pedigree.Person]] = [:]
        var rows: [Key: [String: Int]] = [:]
        for row in file.rows {
            let fields = try file.fields(of: row)
            let id = try fields.required(idColumn, "id")
            let hypothesisText = hypothesisColumn.map { fields[$0] } ?? "1"
            guard hypothesisText == "1" || hypothesisText == "2" else {
                throw InputError(
                    file: name, row: row.number, .unknownHypothesis(hypothesisText))
            }
            let key = Key(
                name: caseColumn.map { fields[$0] } ?? "",
                hypothesis: hypothesisText == "1" ? 1 : 2)
            let sex: Sex
            switch fields[sexColumn] {
            case "1": sex = .man
            case "2": sex = .woman
            case "", "0": sex = .unknown
            default:
                throw InputError(file: name, row: row.number, .unknownSex(fields[sexColumn]))
            }
            let parent = { (text: String) in text.isEmpty || text == "0" ? nil : text }
            if id == "0" { throw InputError(file: name, row: row.number, .missingValue("id")) }
            if rows[key]?[id] != nil {
                throw InputError(file: name, row: row.number, .personTwice(id))
            }
            if persons[key] == nil { order.append(key) }
            rows[key, default: [:]][id] = row.number
            persons[key, default: []].append(
                Pedigree.Person(
                    id, father: parent(fields[fatherColumn]), mother: parent(fields[motherColumn]),
                    sex: sex, sameAs: sameColumn.flatMap { parent(fields[$0]) }))
        }
        var cases: [Case] = []
        var positions: [String: Int] = [:]
        for key in order {
            let pedigree: Pedigree
            do {
                pedigree = try Pedigree(persons[key, default: []])
            } catch {
                throw InputError(
                    file: name, row: rows[key]?[error.culprit], .pedigree(error))
            }
            if positions[key.name] == nil {
                positions[key.name] = cases.count
                cases.append(Case(name: key.name))
            }
            cases[positions[key.name, default: 0]].pedigrees[key.hypothesis] = pedigree
        }
        if cases.isEmpty { throw InputError(file: name, .empty) }
        self.cases = cases
        self.positions = positions
    }

    public subscript(name: String) -> Case? { positions[name].map { cases[$0] } }
}

extension PedigreeError {
    /// The person whose row should be looked at.
    var culprit: String {
        switch self {
        case .personTwice(let id), .fatherIsAWoman(let id), .motherIsAMan(let id),
            .ownAncestor(let id), .sexNeeded(let id), .unknownParent(of: let id, _),
            .unknownTwin(of: let id, _), .twinsDiffer(let id, _),
            .fraternalTwins(let id, _):
            id
        }
    }
}
