import Foundation
import GuituMatching
import GuituModel
import GuituStore

/// Ranks the missing reports for one tracing request: reads a snapshot,
/// computes outside any transaction, writes what it found.
///
/// Every open report of every area takes part; who may see which of them is
/// decided when somebody looks. Run again it changes nothing unless the
/// evidence did.
public enum RankRequest {
    public static let kind = "rank-request"

    public static func run(_ request: TracingRequest.ID, in workplace: Workplace) async throws {
        try await rank(request, on: try await workplace.shelves.shelf(in: workplace), in: workplace)
    }

    static func rank(
        _ request: TracingRequest.ID, on shelf: ReportShelf, in workplace: Workplace
    ) async throws {
        let actor = Actor.program(reason: kind)
        guard
            let described = try await workplace.perform(
                DescribePerson(request: request), as: actor)
        else { return }
        let person = shelf.engine.prepare(described)
        let ranking = shelf.engine.rank(
            person, shelf.prepared, top: workplace.settings.candidatesKept)
        let ranked = ranking.scored.enumerated().map { place, scored in
            StoreRanking.Ranked(
                report: shelf.ids[scored.index], place: place + 1, logRatio: scored.logRatio,
                probability: scored.probability,
                evidence: shelf.engine.evidence(
                    between: person, and: shelf.prepared[scored.index]
                ).map(EvidenceLine.init))
        }
        try await workplace.perform(
            StoreRanking(request: request, ranked: ranked, noRightReport: ranking.noRightReport),
            as: actor)
    }
}

/// A new report is compared with everyone who is being traced.
public enum RankReports {
    public static let kind = "rank-reports"

    public static func run(in workplace: Workplace) async throws {
        // Every request is ranked here from what is on file after this moment,
        // so that whoever waits to be ranked alone need not be.
        try await workplace.database.write { [now = workplace.clock.now] tx in
            try JobStore(tx: tx, now: now).cover(RankRequest.kind)
        }
        let shelf = try await workplace.shelves.shelf(in: workplace)
        let open = try await workplace.perform(OpenRequests(), as: .program(reason: kind))
        for request in open {
            // A province has tens of thousands: whoever stops the server does
            // not wait for all of them.
            try Task.checkCancellation()
            try await RankRequest.rank(request, on: shelf, in: workplace)
        }
    }
}

/// All open reports as the engine wants them, prepared once for many requests.
struct ReportShelf: Sendable {
    let engine: FellegiSunter
    let ids: [MissingReport.ID]
    let prepared: [PreparedDescription]

    init(_ reports: [OpenReports.Report], names: (any NameChannel)?) {
        // How common a place is, is learned from the reports on file.
        let engine = FellegiSunter(learningFrom: reports.map(\.description), names: names)
        self.engine = engine
        ids = reports.map(\.id)
        prepared = reports.map { engine.prepare($0.description) }
    }
}

/// Keeps the shelf from one ranking to the next, as long as no report was
/// added, changed or closed, and for a minute after the last one.
actor ReportShelves {
    private var kept: (mark: OpenReports.Mark, shelf: ReportShelf)?
    private var uses = 0

    func shelf(in workplace: Workplace) async throws -> ReportShelf {
        uses += 1
        forgetUnlessUsed(after: uses)
        let actor = Actor.program(reason: RankReports.kind)
        let mark = try await workplace.perform(MarkOfReports(), as: actor)
        if let kept, kept.mark == mark { return kept.shelf }
        let (now, reports) = try await workplace.perform(OpenReports(), as: actor)
        let shelf = ReportShelf(reports, names: workplace.names)
        kept = (now, shelf)
        return shelf
    }

    private func forgetUnlessUsed(after use: Int) {
        Task { [weak self] in
            try await Task.sleep(for: .seconds(60))
            await self?.forget(after: use)
        }
    }

    private func forget(after use: Int) {
        if use == uses { kept = nil }
    }
}

extension EvidenceLine {
    init(_ evidence: Evidence) {
        self.init(
            field: evidence.field.rawValue, logRatio: evidence.logLikelihoodRatio,
            key: evidence.explanation.key, arguments: evidence.explanation.arguments,
            engine: evidence.engine)
    }

    /// Whether both say the same of the same, whatever it is worth today: a
    /// ratio moves a little with every report on file, and that alone brings
    /// no decided candidate back.
    func says(_ other: EvidenceLine) -> Bool {
        field == other.field && key == other.key && arguments == other.arguments
            && engine == other.engine
    }
}

/// Every request that may be ranked; for the program itself.
struct OpenRequests: ReadingUseCase {
    static let needs = Permission.seeCandidates
    static let effect = Effect.reads
    var target: Target { .ownAreas }

    func perform(in work: Work) throws -> [TracingRequest.ID] {
        try work.tx.rows(
            """
            SELECT id FROM tracing_request WHERE closed_at IS NULL AND consent <> 'refused'
            ORDER BY id
            """
        ).map { try $0["id"] }
    }
}

/// The person of a request as engines compare them; nil when the request is
/// closed or the person refused.
struct DescribePerson: ReadingUseCase {
    static let needs = Permission.seeCandidates
    static let effect = Effect.reads
    var target: Target { .request(request) }
    var request: TracingRequest.ID

    func perform(in work: Work) throws -> PersonDescription? {
        try work.tx.first(
            """
            SELECT person FROM tracing_request
            WHERE id = \(request) AND closed_at IS NULL AND consent <> 'refused'
            """
        ).map { try Descriptions.person($0["person"], in: work.tx) }
    }
}

/// Every open report of every area; for the program itself.
struct OpenReports: ReadingUseCase {
    static let needs = Permission.seeCandidates
    static let effect = Effect.reads
    var target: Target { .ownAreas }

    struct Report: Sendable {
        var id: MissingReport.ID
        var description: PersonDescription
    }

    /// Differs whenever an open report was added, changed or closed.
    struct Mark: Sendable, Equatable {
        var reports: Int
        var versions: Int
        var last: MissingReport.ID?
    }

    func perform(in work: Work) throws -> (Mark, [Report]) {
        // The mark first: what is committed in between only makes it too old.
        (try MarkOfReports().perform(in: work), try Descriptions.openReports(in: work.tx))
    }
}

/// What tells whether the open reports are still the same.
struct MarkOfReports: ReadingUseCase {
    static let needs = Permission.seeCandidates
    static let effect = Effect.reads
    var target: Target { .ownAreas }

    func perform(in work: Work) throws -> OpenReports.Mark {
        let row = try work.tx.first(
            """
            SELECT COUNT(*) AS reports, CAST(COALESCE(SUM(version), 0) AS BIGINT) AS versions,
                MAX(id) AS last
            FROM missing_report WHERE state = 'open'
            """)
        guard let row else { throw Ending.notFound }
        return OpenReports.Mark(
            reports: try row["reports"], versions: try row["versions"], last: try row["last"])
    }
}

/// Turns files into what engines compare.
enum Descriptions {
    static func person(_ id: Person.ID, in tx: any Transaction) throws -> PersonDescription {
        guard
            let row = try tx.first(
                """
                SELECT p.name, p.name_certainty, p.sex, p.birth, p.communication, p.identity_digest,
                    e.found_place, e.found_on, e.arrived_at
                FROM person p LEFT JOIN episode e ON e.person = p.id
                WHERE p.id = \(id) ORDER BY e.arrived_at
                """)
        else { throw Ending.notFound }
        var description = PersonDescription(side: .found)
        description.names = [.init(try row["name"], try row["name_certainty"])]
        description.sex = try row["sex"]
        description.birth = try row["birth"]
        description.communication = try row["communication"]
        description.identity = identity(try row["identity_digest"])
        let certainty: NameCertainty = try row["name_certainty"]
        description.birthIsEstimate = certainty != .verified
        description.scene = (try row["found_place"] as String?).map { .init(said: $0) }
        let arrived: Instant? = try row["arrived_at"]
        description.day = try row["found_on"] ?? arrived.map { PartialDay($0.inChina.day) }
        for row in try tx.rows(
            """
            SELECT kind, value, certainty, source FROM observation
            WHERE person = \(id) AND retracted_at IS NULL ORDER BY recorded_at, id
            """)
        {
            let kind: ObservationKind = try row["kind"]
            let value: String = try row["value"]
            switch kind {
            case .age:
                // Said aloud or read: the engine expects a smaller error.
                let source: ObservationSource = try row["source"]
                if source.tellsAge { description.birthIsEstimate = false }
            case .name where !description.names.contains(where: { $0.text == value }):
                description.names.append(.init(value, .transcribed))
            case .height:
                // A height by eye is within a few centimetres at best.
                if let height = Int(value) { description.height = (height - 3)...(height + 3) }
            case .nameHeard:
                if let heard = NameHeard(reading: value), heard.whose == .own {
                    description.add(heard)
                }
            case .homePlace: description.homes.insert(.init(said: value), at: 0)
            case .place: description.homes.append(.init(said: value))
            case .mark: description.marks.append(value)
            case .accent: description.accent = value
            default: break
            }
        }
        return description
    }

    /// The keyed digest as text: engines only ask whether two are the same.
    private static func identity(_ digest: [UInt8]?) -> String {
        (digest ?? []).map { String($0, radix: 16) }.joined(separator: " ")
    }

    static func openReports(in tx: any Transaction) throws -> [OpenReports.Report] {
        try tx.rows(
            """
            SELECT id, name, sex, birth, identity_digest, lost, lost_place, home_place, height, marks,
                accent
            FROM missing_report WHERE state = 'open' ORDER BY id
            """
        ).map { row in
            var description = PersonDescription(side: .missed)
            description.names = [.init(try row["name"], .verified)]
            description.sex = try row["sex"]
            description.birth = try row["birth"]
            description.identity = identity(try row["identity_digest"])
            description.day = try row["lost"]
            description.scene = (try row["lost_place"] as String?).map { .init(said: $0) }
            description.homes = (try row["home_place"] as String?).map { [.init(said: $0)] } ?? []
            description.height = (try row["height"] as Int?).map { $0...$0 }
            description.marks = (try row["marks"] as String?).map { [$0] } ?? []
            description.accent = try row["accent"] ?? ""
            return OpenReports.Report(id: try row["id"], description: description)
        }
    }
}

/// Writes a ranking: new candidates, changed evidence, and those that fell out.
struct StoreRanking: ChangingUseCase {
    static let needs = Permission.decideCandidate
    var target: Target { .request(request) }
    var request: TracingRequest.ID
    var ranked: [Ranked]
    var noRightReport: Double

    struct Ranked: Codable, Sendable {
        var report: MissingReport.ID
        var place: Int
        var logRatio: Double
        var probability: Double
        var evidence: [EvidenceLine]
    }

    func perform(in work: Work) throws -> Nothing {
        let found = try work.tracing.lock(request)
        guard found.isOpen, found.consent != .refused else { return Nothing() }
        let before = Dictionary(
            uniqueKeysWithValues: try work.tx.rows(
                """
                SELECT id, report, state, evidence, evidence_version FROM candidate
                WHERE request = \(request)
                """
            ).map { (try $0["report"] as MissingReport.ID, $0) })
        var changed = 0
        for line in ranked {
            let evidence = try canonicalJSON(line.evidence)
            guard let row = before[line.report] else {
                let id: Candidate.ID = work.newID()
                try work.tx.execute(
                    """
                    INSERT INTO candidate (id, request, report, state, place, log_ratio, probability,
                        evidence, evidence_version, ranked_at)
                    VALUES (\(id), \(request), \(line.report), 'proposed', \(line.place),
                        \(line.logRatio), \(line.probability), \(evidence), 1, \(work.now))
                    """)
                changed += 1
                continue
            }
            let old = try EvidenceLine.list(row["evidence"])
            let same =
                old.count == line.evidence.count
                && zip(old, line.evidence).allSatisfy { $0.says($1) }
            let state: CandidateState = try row["state"]
            let version: Int = try row["evidence_version"]
            // Only new evidence brings a decided candidate back; two officers'
            // confirmation is undone by people, never by a ranking.
            let stood =
                state == .withdrawn
                ? try work.matching.standing(of: try row["id"], version: version) : state
            let next = stood == .confirmed || same ? stood : .proposed
            try work.tx.execute(
                """
                UPDATE candidate SET place = \(line.place), log_ratio = \(line.logRatio),
                    probability = \(line.probability), evidence = \(evidence), state = \(next),
                    evidence_version = \(same ? version : version + 1), ranked_at = \(work.now)
                WHERE request = \(request) AND report = \(line.report)
                """)
            if !same { changed += 1 }
        }
        let kept = Set(ranked.map(\.report))
        for (report, row) in before where !kept.contains(report) {
            let state: CandidateState = try row["state"]
            guard state == .proposed || state == .needsMore else { continue }
            try work.tx.execute(
                """
                UPDATE candidate SET state = 'withdrawn'
                WHERE request = \(request) AND report = \(report)
                """)
        }
        try work.tx.execute(
            """
            UPDATE tracing_request SET ranked_at = \(work.now), no_right_report = \(noRightReport)
            WHERE id = \(request)
            """)
        if changed > 0, let best = ranked.first, best.probability >= 0.5,
            let officer = found.officer
        {
            try work.notify(
                officer,
                Saying(
                    "notice.likelyCandidate",
                    ["case": try work.tracing.caseNumber(of: found.person)]),
                about: .request(request))
        }
        if changed > 0 {
            try work.emit(
                .candidatesRanked, about: .request(request), in: found.station,
                ["changed": "\(changed)"])
        }
        return Nothing()
    }
}
