/// The family of one missing person, as people write it down and draw it.
///
/// One person a line: the name, then words in any order.
/// ```
/// # 王家
/// 王大山 男 已采样
/// 李秀英 女 已故
/// 王小明 男 父=王大山 母=李秀英 失踪
/// 王小红 女 父=王大山 母=李秀英 已采样
/// ```
/// In English `man`, `woman`, `unknown`, `father=`, `mother=`, `twin=`,
/// `missing`, `sampled`, `deceased`; both may stand in one file. `同卵=` is an
/// identical twin or the same person; `异卵=` (`fraternal=`) is a twin who is a
/// sib like others, which only the drawing shows. A name with spaces is quoted.
public struct Family: Sendable, Equatable {
    public struct Person: Sendable, Hashable {
        public var id: String
        public var sex: Sex
        public var father: String?
        public var mother: String?
        /// An identical twin, or the same person under another name.
        public var twin: String?
        /// A twin of another egg cell: born together, with the same parents.
        public var fraternal: String?
        public var isSampled: Bool
        public var isDeceased: Bool

        public init(
            _ id: String, sex: Sex = .unknown, father: String? = nil, mother: String? = nil,
            twin: String? = nil, fraternal: String? = nil, isSampled: Bool = false,
            isDeceased: Bool = false
        ) {
            self.id = id
            self.sex = sex
            self.father = father
            self.mother = mother
            self.twin = twin
            self.fraternal = fraternal
            self.isSampled = isSampled
            self.isDeceased = isDeceased
        }
    }

    /// More can neither be drawn on a page nor computed in a sensible time.
    public static let mostPersons = 200

    public let persons: [Person]
    /// Who is looked for, if the family says it.
    public let missing: String?
    public let pedigree: Pedigree

    /// - Throws: `PedigreeError` for what is not a family.
    public init(_ persons: [Person], missing: String? = nil) throws(PedigreeError) {
        let pedigree = try Pedigree(
            persons.map {
                Pedigree.Person(
                    $0.id, father: $0.father, mother: $0.mother, sex: $0.sex, sameAs: $0.twin)
            })
        // A father whose line does not say so is a man all the same.
        self.persons = persons.indices.map {
            var person = persons[$0]
            person.sex = pedigree.sex(at: $0)
            return person
        }
        self.pedigree = pedigree
        self.missing = missing
        for (index, person) in persons.enumerated() {
            guard let name = person.fraternal else { continue }
            guard let other = pedigree.position(of: name),
                pedigree.members[other].alias != pedigree.members[index].alias,
                parents(of: index).father != nil, parents(of: index).mother != nil,
                parents(of: index) == parents(of: other)
            else { throw .fraternalTwins(person.id, name) }
        }
    }

    public static func == (a: Family, b: Family) -> Bool {
        a.persons == b.persons && a.missing == b.missing
    }

    /// Parents by position, a twin's taken from the other twin where only that
    /// line says them.
    func parents(of index: Int) -> (father: Int?, mother: Int?) {
        let person = persons[index]
        let other = person.twin.flatMap { pedigree.position(of: $0) }.map { persons[$0] }
        return (
            (person.father ?? other?.father).flatMap { pedigree.position(of: $0) },
            (person.mother ?? other?.mother).flatMap { pedigree.position(of: $0) }
        )
    }

    /// Of each person, one of those born with them: of twins of either kind the
    /// same for all.
    var births: [Int] {
        var birth = persons.indices.map { pedigree.members[$0].alias }
        for (index, person) in persons.enumerated() {
            guard let other = person.fraternal.flatMap({ pedigree.position(of: $0) }) else {
                continue
            }
            let (kept, gone) = (birth[other], birth[index])
            for k in birth.indices where birth[k] == gone { birth[k] = kept }
        }
        return birth
    }

    /// Relatives who could still give a sample.
    public var couldBeSampled: [String] {
        persons.filter { $0.id != missing && !$0.isSampled && !$0.isDeceased }.map(\.id)
    }
}

extension Family {
    /// Reads the lines above, or a pedigree file (`id,father,mother,sex`) with
    /// `same_as`, `fraternal_of`, `missing`, `sampled` and `deceased` where they
    /// are there.
    /// - Throws: `InputError` with the row.
    public init(reading text: String, name: String) throws(InputError) {
        let text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        if Self.isTable(text) {
            try self.init(table: try CSVFile(name: name, text: text))
        } else {
            try self.init(lines: text, name: name)
        }
    }

    /// Whether it begins as a table does, and not with words.
    static func isTable(_ text: String) -> Bool {
        let header = text.split(whereSeparator: \.isNewline).first.map { $0.lowercased() } ?? ""
        return header.contains(",") && header.contains("id") && header.contains("father")
    }

    private init(lines text: String, name: String) throws(InputError) {
        var draft = Draft(name: name)
        // Not `isNewline`: a form feed within a line is no reason to miscount.
        let lines = text.split(
            omittingEmptySubsequences: false,
            whereSeparator: { $0 == "\n" || $0 == "\r\n" || $0 == "\r" })
        for (index, line) in lines.enumerated() {
            let words: [Word]
            do {
                words = try Word.split(line)
            } catch { throw InputError(file: name, row: index + 1, error) }
            guard let first = words.first else { continue }
            guard first.key == nil else {
                throw InputError(file: name, row: index + 1, .familyWord(first.written))
            }
            var person = Person(first.value)
            var isMissing = false
            for word in words.dropFirst() {
                guard let meaning = word.meaning else {
                    throw InputError(file: name, row: index + 1, .familyWord(word.written))
                }
                switch meaning {
                case .sex(let sex):
                    if person.sex != .unknown, person.sex != sex {
                        throw InputError(file: name, row: index + 1, .familyWord(word.written))
                    }
                    person.sex = sex
                case .father: person.father = try draft.named(word, person.father, index + 1)
                case .mother: person.mother = try draft.named(word, person.mother, index + 1)
                case .twin: person.twin = try draft.named(word, person.twin, index + 1)
                case .fraternal:
                    person.fraternal = try draft.named(word, person.fraternal, index + 1)
                case .missing: isMissing = true
                case .sampled: person.isSampled = true
                case .deceased: person.isDeceased = true
                }
            }
            try draft.add(person, isMissing: isMissing, row: index + 1)
        }
        self = try draft.family()
    }

    private init(table file: CSVFile) throws(InputError) {
        let id = try file.column("id")
        let father = try file.column("father")
        let mother = try file.column("mother")
        let sex = try file.column("sex")
        let twin = file.optionalColumn("same_as")
        let fraternal = file.optionalColumn("fraternal_of")
        let missing = file.optionalColumn("missing")
        let sampled = file.optionalColumn("sampled")
        let deceased = file.optionalColumn("deceased")
        var draft = Draft(name: file.name)
        for row in file.rows {
            let fields = try file.fields(of: row)
            func other(_ column: Int) -> String? {
                fields[column].isEmpty || fields[column] == "0" ? nil : fields[column]
            }
            func isMarked(_ column: Int?) -> Bool {
                column.map { !["", "0"].contains(fields[$0]) } ?? false
            }
            guard let known = ["": Sex.unknown, "0": .unknown, "1": .man, "2": .woman][fields[sex]]
            else { throw InputError(file: file.name, row: row.number, .unknownSex(fields[sex])) }
            try draft.add(
                Person(
                    try fields.required(id, "id"), sex: known, father: other(father),
                    mother: other(mother), twin: twin.flatMap(other),
                    fraternal: fraternal.flatMap(other),
                    isSampled: isMarked(sampled), isDeceased: isMarked(deceased)),
                isMissing: isMarked(missing), row: row.number)
        }
        self = try draft.family()
    }

    /// The family in its own lines, which read back to the same family.
    /// - Parameter inEnglish: which words stand between the names.
    public func text(inEnglish: Bool = false) -> String {
        func word(_ meaning: Meaning) -> String { inEnglish ? meaning.english : meaning.chinese }
        var text = ""
        for person in persons {
            var words = [Word.quoted(person.id)]
            if person.sex != .unknown { words.append(word(.sex(person.sex))) }
            let others: [(Meaning, String?)] = [
                (.father, person.father), (.mother, person.mother), (.twin, person.twin),
                (.fraternal, person.fraternal),
            ]
            for (meaning, name) in others {
                if let name { words.append(word(meaning) + "=" + Word.quoted(name)) }
            }
            if person.id == missing { words.append(word(.missing)) }
            if person.isSampled { words.append(word(.sampled)) }
            if person.isDeceased { words.append(word(.deceased)) }
            text += words.joined(separator: " ") + "\n"
        }
        return text
    }

    /// The pedigree file of the other commands.
    public func csv() -> String {
        // Rare, so the column is there only where it says something.
        let hasFraternal = persons.contains { $0.fraternal != nil }
        var text =
            "id,father,mother,sex,same_as,missing,sampled,deceased"
            + (hasFraternal ? ",fraternal_of\n" : "\n")
        for person in persons {
            var fields = [
                CSVText.field(person.id), CSVText.field(person.father ?? "0"),
                CSVText.field(person.mother ?? "0"), "\(person.sex.rawValue)",
                CSVText.field(person.twin ?? ""), person.id == missing ? "1" : "",
                person.isSampled ? "1" : "", person.isDeceased ? "1" : "",
            ]
            if hasFraternal { fields.append(CSVText.field(person.fraternal ?? "")) }
            text += fields.joined(separator: ",") + "\n"
        }
        return text
    }
}

/// Persons as they are read, each with the row it came from.
private struct Draft {
    let name: String
    var persons: [Family.Person] = []
    var rows: [String: Int] = [:]
    var missing: String?

    init(name: String) { self.name = name }

    mutating func add(
        _ person: Family.Person, isMissing: Bool, row: Int
    ) throws(InputError) {
        // "0" is nobody in a pedigree file, so nobody may be called that.
        if person.id.isEmpty || person.id == "0" {
            throw InputError(file: name, row: row, .missingValue("id"))
        }
        if person.id.contains(where: \.isNewline) || person.id.count > 60 {
            throw InputError(file: name, row: row, .notAName(String(person.id.prefix(60))))
        }
        if rows.updateValue(row, forKey: person.id) != nil {
            throw InputError(file: name, row: row, .personTwice(person.id))
        }
        if persons.count == Family.mostPersons {
            throw InputError(file: name, row: row, .tooManyPersons(Family.mostPersons))
        }
        if isMissing {
            if let missing {
                throw InputError(file: name, row: row, .missingTwice(missing, person.id))
            }
            if person.isSampled { throw InputError(file: name, row: row, .missingSampled) }
            missing = person.id
        }
        persons.append(person)
    }

    func named(_ word: Word, _ known: String?, _ row: Int) throws(InputError) -> String {
        if known != nil || word.value.isEmpty {
            throw InputError(file: name, row: row, .familyWord(word.written))
        }
        return word.value
    }

    func family() throws(InputError) -> Family {
        if persons.isEmpty { throw InputError(file: name, .empty) }
        do {
            return try Family(persons, missing: missing)
        } catch {
            throw InputError(file: name, row: rows[error.culprit], .pedigree(error))
        }
    }
}

/// What a word of a line says about its person.
private enum Meaning {
    case sex(Sex)
    case father, mother, twin, fraternal, missing, sampled, deceased

    var chinese: String {
        switch self {
        case .sex(.man): "男"
        case .sex(.woman): "女"
        case .sex(.unknown): "未知"
        case .father: "父"
        case .mother: "母"
        case .twin: "同卵"
        case .fraternal: "异卵"
        case .missing: "失踪"
        case .sampled: "已采样"
        case .deceased: "已故"
        }
    }

    var english: String {
        switch self {
        case .sex(.man): "man"
        case .sex(.woman): "woman"
        case .sex(.unknown): "unknown"
        case .father: "father"
        case .mother: "mother"
        case .twin: "twin"
        case .fraternal: "fraternal"
        case .missing: "missing"
        case .sampled: "sampled"
        case .deceased: "deceased"
        }
    }

    private static let all: [Meaning] = [
        .sex(.man), .sex(.woman), .sex(.unknown), .father, .mother, .twin, .fraternal, .missing,
        .sampled, .deceased,
    ]
    private static let byWord: [String: Meaning] = {
        var words: [String: Meaning] = ["m": .sex(.man), "f": .sex(.woman), "?": .sex(.unknown)]
        for meaning in all {
            words[meaning.chinese] = meaning
            words[meaning.english] = meaning
        }
        return words
    }()

    init?(_ word: String) {
        guard let found = Self.byWord[word.lowercased()] else { return nil }
        self = found
    }

    var namesSomebody: Bool {
        switch self {
        case .father, .mother, .twin, .fraternal: true
        case .sex, .missing, .sampled, .deceased: false
        }
    }
}

/// One word of a line: `男`, `父=王大山`, `"Wang Wu"`.
private struct Word {
    var key: String?
    var value = ""
    var written = ""

    var meaning: Meaning? {
        guard let meaning = Meaning(key ?? value), meaning.namesSomebody == (key != nil) else {
            return nil
        }
        return meaning
    }

    private static func isSeparator(_ character: Character) -> Bool {
        character.isWhitespace || ",，、;；".contains(character)
    }

    static func split(_ line: Substring) throws(InputError.Reason) -> [Word] {
        var words: [Word] = []
        var word: Word?
        var (isQuoted, isEscaped) = (false, false)
        for character in line {
            if isQuoted {
                word?.written.append(character)
                if isEscaped || (character != "\\" && character != "\"") {
                    word?.value.append(character)
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else {
                    isQuoted = false
                }
                continue
            }
            if isSeparator(character) {
                if let done = word { words.append(done) }
                word = nil
                continue
            }
            if character == "#", word == nil { break }
            var now = word ?? Word()
            now.written.append(character)
            if character == "\"" {
                isQuoted = true
            } else if character == "=" || character == "＝", now.key == nil {
                now.key = now.value
                now.value = ""
            } else {
                now.value.append(character)
            }
            word = now
        }
        if isQuoted { throw .unclosedQuote }
        if let word { words.append(word) }
        return words
    }

    static func quoted(_ name: String) -> String {
        let isPlain = !name.contains { isSeparator($0) || "\"\\=＝#".contains($0) }
        if isPlain { return name }
        return "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
