import GuituModel

/// A column of the list, under its Chinese or English name.
public enum ImportColumn: String, CaseIterable, Sendable {
    case key, name, sex, birth, identityNumber, lost, lostPlace, homePlace, height, marks, accent
    case reporterName, reporterRelation, reporterPhone

    /// The name that our own template uses.
    public var header: String { names[0] }

    var names: [String] {
        switch self {
        case .key: ["编号", "登记编号", "序号", "key", "id", "number"]
        case .name: ["姓名", "走失人姓名", "走失人员姓名", "name"]
        case .sex: ["性别", "sex", "gender"]
        case .birth: ["出生日期", "出生", "年龄", "birth", "birthdate", "age"]
        case .identityNumber: ["身份证号", "身份证号码", "证件号码", "公民身份号码", "identitynumber", "idnumber"]
        case .lost: ["走失日期", "走失时间", "lost", "lostdate", "missingsince"]
        case .lostPlace: ["走失地点", "走失地", "lostplace"]
        case .homePlace: ["户籍地", "家庭住址", "籍贯", "住址", "homeplace", "home"]
        case .height: ["身高", "身高cm", "身高厘米", "height"]
        case .marks: ["体貌特征", "特征", "marks"]
        case .accent: ["口音", "accent"]
        case .reporterName: ["联系人", "家属姓名", "报案人", "reporter", "reportername"]
        case .reporterRelation: ["关系", "与走失人关系", "relation", "reporterrelation"]
        case .reporterPhone: ["联系电话", "电话", "手机", "phone", "reporterphone"]
        }
    }

    /// What must be there; without a key a repeat could load a row twice.
    static let required: [ImportColumn] = [
        .key, .name, .reporterName, .reporterRelation, .reporterPhone,
    ]

    init?(header: String) {
        let plain = TextNormalizer.key(header).filter { $0.isLetter || $0.isNumber }
        guard let column = Self.allCases.first(where: { $0.names.contains(plain) }) else {
            return nil
        }
        self = column
    }
}

/// A list of missing reports, row by row.
struct ImportSheet {
    struct Row {
        enum Content {
            case report(key: String, ReportFields)
            case problem([Saying])
        }
        var line: Int
        var content: Content
    }

    private var reader: CSVReader
    private let columns: [Int: ImportColumn]
    private let today: Day
    private var keys: [String: Int] = [:]

    init(file: [UInt8], today: Day) throws {
        self.today = today
        do throws(CSVReader.Failure) {
            reader = try CSVReader(file)
        } catch {
            switch error {
            case .empty: throw MissingImport.Failure.empty
            case .unreadable(let line), .brokenHeader(let line):
                throw MissingImport.Failure.unreadable(line: line)
            }
        }
        var columns: [Int: ImportColumn] = [:]
        for (index, header) in reader.header.enumerated() {
            guard let column = ImportColumn(header: header) else { continue }
            guard !columns.values.contains(column) else {
                throw MissingImport.Failure.columnTwice(column)
            }
            columns[index] = column
        }
        for column in ImportColumn.required where !columns.values.contains(column) {
            throw MissingImport.Failure.columnMissing(column)
        }
        self.columns = columns
    }

    mutating func next() -> Row? {
        switch reader.next() {
        case nil: return nil
        case .problem(let problem):
            let saying: Saying =
                switch problem.kind {
                case .columns(let expected, let found):
                    Saying("import.columns", ["found": "\(found)", "expected": "\(expected)"])
                default: Saying("import.fieldUnreadable")
                }
            return Row(line: problem.line, content: .problem([saying]))
        case .row(let row): return Row(line: row.line, content: read(row))
        }
    }

    private mutating func read(_ row: CSVReader.Row) -> Row.Content {
        var fields = ReportFields()
        var key = ""
        var problems: [Saying] = []
        for (index, value) in row.fields.enumerated() {
            guard let column = columns[index] else { continue }
            let value = value.trimmingBlanks
            switch column {
            case .key: key = value
            case .name: fields.name = value
            case .sex:
                if let sex = Sex(written: value) {
                    fields.sex = sex
                } else {
                    problems.append(Saying("import.sex", ["value": value], field: "sex"))
                }
            case .birth:
                // A bare number up to 120 under this header is an age.
                let bare = Int(value).map { (0...120).contains($0) } ?? false
                fields.birth = day(bare ? value + "岁" : value, "birth", &problems)
            case .identityNumber:
                fields.identityNumber = value
                // Rounded by a spreadsheet, and right by chance.
                if let number = try? IdentityNumber(value), number.endsLikeRounded {
                    problems.append(
                        Saying("identity.spoiltBySpreadsheet", field: "identityNumber"))
                }
            case .lost: fields.lost = day(value, "lost", &problems)
            case .lostPlace: fields.lostPlace = value
            case .homePlace: fields.homePlace = value
            case .height: fields.height = value
            case .marks: fields.marks = value
            case .accent: fields.accent = value
            case .reporterName: fields.reporterName = value
            case .reporterRelation: fields.reporterRelation = value
            case .reporterPhone: fields.reporterPhone = value
            }
        }
        if key.isEmpty {
            problems.append(Saying("import.keyBlank", field: "key"))
        } else if key.count > 80 {
            problems.append(Saying("import.keyTooLong", field: "key"))
        } else if let first = keys[key] {
            problems.append(
                Saying("import.keyTwice", ["key": key, "line": "\(first)"], field: "key"))
        } else {
            keys[key] = row.line
        }
        guard problems.isEmpty else {
            // The other fields are checked as well: one answer names all.
            return .problem(problems + fieldProblems(fields))
        }
        return .report(key: key, fields)
    }

    private func day(_ text: String, _ field: String, _ problems: inout [Saying]) -> PartialDay? {
        guard !text.isEmpty else { return nil }
        do throws(PartialDay.Failure) {
            return try PartialDay(reading: text, on: today)
        } catch {
            problems.append(Saying("partialDay.\(error.word)", error.arguments, field: field))
            return nil
        }
    }

    private func fieldProblems(_ fields: ReportFields) -> [Saying] {
        do {
            _ = try fields.checked(on: today)
            return []
        } catch {
            return (error as? InvalidFields)?.fields ?? []
        }
    }
}

extension String {
    var trimmingBlanks: String {
        var rest = Substring(self)
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}

extension Sex {
    /// 男, 女, M, F, 1, 2, or nothing; nil for anything else.
    init?(written text: String) {
        switch TextNormalizer.key(text) {
        case "", "未知", "不详", "0", "unknown": self = .unknown
        case "男", "男性", "m", "male", "1": self = .male
        case "女", "女性", "f", "female", "2": self = .female
        case "9", "未说明": self = .unspecified
        default: return nil
        }
    }
}
