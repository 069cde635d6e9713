import GuituModel
import GuituStore

/// What a family says of somebody who is missing, as typed or imported.
public struct ReportFields: Codable, Sendable, Equatable {
    public var name = ""
    public var sex = Sex.unknown
    public var birth: PartialDay?
    public var identityNumber = ""
    public var lost: PartialDay?
    public var lostPlace = ""
    public var homePlace = ""
    /// Centimetres; empty when nobody knows.
    public var height = ""
    public var marks = ""
    public var accent = ""
    public var reporterName = ""
    public var reporterRelation = ""
    public var reporterPhone = ""

    public init() {}

    struct Checked {
        var fields: ReportFields
        var identity: IdentityNumber?
        var height: Int?
        var phone: PhoneNumber?
    }

    func checked(on today: Day) throws -> Checked {
        var form = FormCheck()
        var clean = self
        clean.name = form.text(name, "name", limit: 60, required: true)
        clean.lostPlace = form.text(lostPlace, "lostPlace", limit: 200)
        clean.homePlace = form.text(homePlace, "homePlace", limit: 200)
        clean.marks = form.text(marks, "marks", limit: 1000, lines: true)
        clean.accent = form.text(accent, "accent", limit: 100)
        clean.reporterName = form.text(reporterName, "reporterName", limit: 60, required: true)
        clean.reporterRelation = form.text(
            reporterRelation, "reporterRelation", limit: 40, required: true)
        let identity = form.identity(identityNumber, "identityNumber")
        if let identity, sex.isKnown, identity.sex != sex {
            form.fail("sex", "intake.sexAgainstIdentity")
        }
        clean.birth = form.birth(birth, by: identity, on: today)
        form.past(lost, "lost", on: today)
        if let born = clean.birth?.earliest, let last = lost?.latest, last < born {
            form.fail("lost", "missing.lostBeforeBirth")
        }
        let heightText = form.text(height, "height", limit: 10)
        let centimetres = Int(heightText)
        if !heightText.isEmpty, !(centimetres.map { (30...250).contains($0) } ?? false) {
            form.fail("height", "observation.height")
        }
        let phone = form.phone(reporterPhone, "reporterPhone")
        try form.finish()
        return Checked(fields: clean, identity: identity, height: centimetres, phone: phone)
    }
}

/// Takes down that somebody is missing, and compares it with everyone at once.
public struct RegisterMissing: ChangingUseCase {
    public static let needs = Permission.registerMissing
    public var target: Target { .area(holder) }
    public var holder: Area.ID
    public var report: MissingReport.ID?
    public var fields: ReportFields
    public var reportedAt: Instant
    /// Where the report stands in another list, if it came from one.
    public var source: Source?

    public struct Source: Codable, Sendable, Equatable {
        public var list: String
        public var key: String
        public var batch: ID<ImportBatch>?
        public init(list: String, key: String, batch: ID<ImportBatch>? = nil) {
            self.list = list
            self.key = key
            self.batch = batch
        }
    }

    public init(holder: Area.ID, fields: ReportFields, reportedAt: Instant) {
        self.holder = holder
        self.fields = fields
        self.reportedAt = reportedAt
    }

    public struct Registered: Codable, Sendable, Equatable {
        public var report: MissingReport.ID
        /// The list had this row already, word for word; nothing was added.
        public var known: Bool
    }

    public enum Failure: Refusal, Equatable {
        case reportedInTheFuture
        case idInUse
        /// The list's key is on file with other content: look at both.
        case keyWithOtherContent(key: String)

        public var saying: Saying {
            switch self {
            case .reportedInTheFuture: Saying("missing.inTheFuture", field: "reportedAt")
            case .idInUse: Saying("intake.idInUse")
            case .keyWithOtherContent(let key): Saying("missing.keyWithOtherContent", ["key": key])
            }
        }
    }

    public func perform(in work: Work) throws -> Registered {
        let checked = try fields.checked(on: work.today)
        guard reportedAt <= work.now.adding(.seconds(300)) else {
            throw Failure.reportedInTheFuture
        }
        let id = report ?? work.newID()
        if report != nil, try work.missing.exists(id) { throw Failure.idInUse }
        let digest = work.keys.auditDigest(Array(try canonicalJSON(fields).utf8))
        if let source,
            let found = try work.missing.find(source, at: holder)
        {
            guard found.digest == digest else { throw Failure.keyWithOtherContent(key: source.key) }
            return Registered(report: found.id, known: true)
        }
        try work.missing.insert(
            id, checked, holder: holder, reportedAt: reportedAt, source: source, digest: digest)
        try work.enqueue(RankReports.kind, key: "new")
        try work.emit(.missingReported, about: .report(id), in: holder, at: reportedAt)
        return Registered(report: id, known: false)
    }
}

public enum ImportBatch {}
