import GuituModel
import GuituStore

/// A sample as the station's record knows it: a number, never a typing.
public struct NotedSample: Codable, Sendable, Equatable {
    public var number: String
    public var subject: SampleSubject
    /// Which relative, for a relative's sample.
    public var relative: String
    public var takenOn: Day
    /// That a laboratory concluded, and when; nothing of what.
    public var conclusions: [Conclusion]

    public struct Conclusion: Codable, Sendable, Equatable {
        public var laboratory: String
        public var on: Day
    }
}

extension SampleSubject: SQLConvertible {}

/// Notes on a search the number of a sample that was taken.
public struct NoteSample: ChangingUseCase {
    public static let needs = Permission.openTracing
    public var target: Target { .request(request) }
    public var request: TracingRequest.ID
    public var number: String
    public var subject: SampleSubject
    public var relative: String
    public var takenOn: Day

    public init(
        request: TracingRequest.ID, number: String, subject: SampleSubject, relative: String = "",
        takenOn: Day
    ) {
        self.request = request
        self.number = number
        self.subject = subject
        self.relative = relative
        self.takenOn = takenOn
    }

    public enum Failure: Refusal, Equatable {
        case alreadyNoted
        public var saying: Saying { Saying("sample.alreadyNoted", field: "number") }
    }

    public func perform(in work: Work) throws -> Nothing {
        var form = FormCheck()
        let number = form.text(number, "number", limit: 64, required: true)
        let relative = form.text(relative, "relative", limit: 60, required: subject == .relative)
        if takenOn > work.today { form.fail("taken", "sample.takenLater") }
        try form.finish()
        let found = try work.tracing.lock(request)
        guard found.isOpen else { throw TracingFailure.closed }
        let inserted = try work.tx.execute(
            """
            INSERT INTO dna_sample (id, request, number, subject, relative, taken_on, noted_at,
                noted_by)
            VALUES (\(work.newID() as ID<NotedSample>), \(request), \(number), \(subject),
                \(relative), \(takenOn), \(work.now), \(work.viewer.label))
            ON CONFLICT DO NOTHING
            """)
        guard inserted == 1 else { throw Failure.alreadyNoted }
        return Nothing()
    }
}

/// What a laboratory says of a sample number: that it concluded, and when.
struct ReportConclusion: ChangingUseCase {
    static let needs = Permission.laboratory
    var target: Target { .nobody }
    var number: String
    var laboratory: String
    var concludedOn: Day

    func perform(in work: Work) throws -> Nothing {
        let inserted = try work.tx.execute(
            """
            INSERT INTO dna_conclusion (number, laboratory, concluded_on, recorded_at)
            VALUES (\(number), \(laboratory), \(concludedOn), \(work.now)) ON CONFLICT DO NOTHING
            """)
        guard inserted == 1 else { return Nothing() }
        let requests = try work.tx.rows(
            """
            SELECT DISTINCT r.id, r.officer FROM dna_sample s
            JOIN tracing_request r ON r.id = s.request WHERE s.number = \(number) ORDER BY r.id
            """)
        for row in requests {
            guard let officer: Account.ID = try row["officer"] else { continue }
            try work.notify(
                officer, Saying("notice.laboratoryConcluded"), about: .request(try row["id"]))
        }
        return Nothing()
    }
}

extension TracingStore {
    /// The samples noted on a search, with what laboratories said of them.
    func samples(of request: TracingRequest.ID) throws -> [NotedSample] {
        let conclusions = Dictionary(
            grouping: try work.tx.rows(
                """
                SELECT DISTINCT c.number, c.laboratory, c.concluded_on FROM dna_conclusion c
                JOIN dna_sample s ON s.number = c.number WHERE s.request = \(request)
                ORDER BY c.concluded_on, c.laboratory
                """
            ).map { row in
                (
                    try row["number"] as String,
                    NotedSample.Conclusion(
                        laboratory: try row["laboratory"], on: try row["concluded_on"])
                )
            }, by: \.0)
        return try work.tx.rows(
            """
            SELECT number, subject, relative, taken_on FROM dna_sample
            WHERE request = \(request) ORDER BY taken_on, number
            """
        ).map { row in
            let number: String = try row["number"]
            return NotedSample(
                number: number, subject: try row["subject"], relative: try row["relative"],
                takenOn: try row["taken_on"],
                conclusions: conclusions[number, default: []].map(\.1))
        }
    }
}
