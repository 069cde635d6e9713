import GuituModel
import GuituStore

/// Ends a report whose person came home without us, or that was taken back.
///
/// A report that two officers confirmed for somebody in a station ends when the
/// family collects them, and not here.
public struct CloseMissing: ChangingUseCase {
    public static let needs = Permission.registerMissing
    public var target: Target { .report(report) }
    public var report: MissingReport.ID
    public var outcome: Outcome

    public enum Outcome: String, Vocabulary {
        case cameHome = "came-home"
        case withdrawn

        var state: ReportState { self == .cameHome ? .found : .withdrawn }
    }

    public init(report: MissingReport.ID, outcome: Outcome) {
        self.report = report
        self.outcome = outcome
    }

    public enum Failure: Refusal, Equatable {
        case notOpen
        case leadsToSomebody
        public var saying: Saying {
            switch self {
            case .notOpen: Saying("missing.notOpen")
            case .leadsToSomebody: Saying("missing.leadsToSomebody")
            }
        }
    }

    public func perform(in work: Work) throws -> Nothing {
        guard
            try work.tx.execute(
                """
                UPDATE missing_report SET state = \(outcome.state), closed_at = \(work.now),
                    version = version + 1 WHERE id = \(report) AND state = 'open'
                """) == 1
        else { throw Failure.notOpen }
        // After the lock that the change is: officers may be confirming it now.
        let confirmed = try work.tx.first(
            """
            SELECT c.id FROM candidate c JOIN tracing_request r ON r.id = c.request
            WHERE c.report = \(report) AND c.state = 'confirmed' AND r.closed_at IS NULL
            """)
        guard confirmed == nil else { throw Failure.leadsToSomebody }
        try work.enqueue(RankReports.kind, key: "new")
        try work.emit(
            .missingClosed, about: .report(report), in: work.holder,
            ["outcome": outcome.rawValue])
        return Nothing()
    }
}

/// Opens a report again that was closed by mistake; one that led somebody home
/// stays closed.
public struct ReopenMissing: ChangingUseCase {
    public static let needs = Permission.registerMissing
    public var target: Target { .report(report) }
    public var report: MissingReport.ID

    public init(report: MissingReport.ID) { self.report = report }

    public enum Failure: Refusal, Equatable {
        case isOpen
        case ledHome
        public var saying: Saying {
            switch self {
            case .isOpen: Saying("missing.isOpen")
            case .ledHome: Saying("missing.ledHome")
            }
        }
    }

    public func perform(in work: Work) throws -> Nothing {
        guard
            try work.tx.execute(
                """
                UPDATE missing_report SET state = 'open', closed_at = NULL, version = version + 1
                WHERE id = \(report) AND state <> 'open'
                """) == 1
        else { throw Failure.isOpen }
        let ledHome = try work.tx.first(
            """
            SELECT c.id FROM candidate c JOIN tracing_request r ON r.id = c.request
            WHERE c.report = \(report) AND c.state = 'confirmed' AND r.outcome = 'reunited'
            """)
        guard ledHome == nil else { throw Failure.ledHome }
        try work.enqueue(RankReports.kind, key: "new")
        try work.emit(.missingReported, about: .report(report), in: work.holder)
        return Nothing()
    }
}
