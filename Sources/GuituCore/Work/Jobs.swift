import Foundation
import GuituModel
import GuituStore

/// What is done later or outside: a row of the transaction that wanted it,
/// performed at least once.
///
/// A handler may run twice (a process died after the work and before saying
/// so), so what it does must be the same twice: rebuild from what the database
/// says now, not add to what was there.
public protocol JobHandler: Sendable {
    /// The word in `job.kind`.
    static var kind: String { get }
    /// How long after one run the next begins; nil for jobs that use-cases add.
    var every: Duration? { get }

    /// `details` are what the use-case gave; ids and vocabulary only. Throws
    /// to be tried again later. Is cancelled when its lease is lost.
    func perform(_ details: [String: String], in workplace: Workplace) async throws
}

extension JobHandler {
    public var every: Duration? { nil }
}

public enum JobState: String, Codable, Sendable, CaseIterable, SQLConvertible {
    case waiting, leased, done, dead
}

/// When a job that failed is tried again.
public struct Backoff: Sendable {
    /// After the first failure; doubled with each further one.
    public var first = Duration.seconds(2)
    public var longest = Duration.seconds(3600)
    /// Failures before a job is dead: with the above, about four hours.
    public var attempts = 14

    public init() {}

    /// Between half and one and a half of the doubled time, so that what
    /// failed together is not tried together.
    func delay(after attempt: Int, using random: inout some RandomNumberGenerator) -> Duration {
        let doubled = first * (1 << min(max(attempt - 1, 0), 30))
        return min(doubled, longest) * Double.random(in: 0.5..<1.5, using: &random)
    }
}

/// A job while one worker has it.
struct LeasedJob: Sendable {
    var id: ID<Job>
    var kind: String
    var key: String
    var details: [String: String]
    var attempts: Int
    var worker: String
}

/// The job table. Leases are held against the clock of the process that takes
/// them: machines that share a database keep their clocks together (NTP), and
/// a lease is longer than what they differ by.
struct JobStore {
    let tx: any Transaction
    let now: Instant

    /// Adds a job unless one of this kind and key waits.
    ///
    /// The one that waits is updated, not merely left alone: on PostgreSQL
    /// that locks it until this transaction ends, so that no worker takes it
    /// before it can see what this transaction changed.
    func add(kind: String, key: String, details: [String: String], runAt: Instant? = nil) throws {
        try tx.execute(
            """
            INSERT INTO job (id, kind, job_key, details, state, attempts, run_at, made_at)
            VALUES (\(ID<Job>(at: now)), \(kind), \(key), \(try canonicalJSON(details)), 'waiting', 0,
                \(runAt ?? now), \(now))
            ON CONFLICT (kind, job_key) WHERE state = 'waiting' DO UPDATE SET made_at = job.made_at
            """)
    }

    /// Takes one job that is due or whose worker was lost.
    ///
    /// Two workers that choose the same row: the second waits for the first's
    /// commit, finds that the condition no longer holds, and tries the next.
    func lease(_ kinds: [String], for duration: Duration, by worker: String) throws -> LeasedJob? {
        let due: SQL = """
            ((state = 'waiting' AND run_at <= \(now)) OR (state = 'leased' AND lease_until < \(now)))
            """
        // Chosen at random among the first, so that workers seldom meet.
        let found: [ID<Job>] = try tx.rows(
            """
            SELECT id FROM job WHERE kind IN \(list: kinds) AND \(due)
            ORDER BY run_at, id LIMIT 16
            """
        ).map { try $0["id"] }
        for id in found.shuffled() {
            let row = try tx.first(
                """
                UPDATE job SET state = 'leased', attempts = attempts + 1,
                    lease_until = \(now.adding(duration)), leased_by = \(worker)
                WHERE id = \(id) AND \(due)
                RETURNING kind, job_key, details, attempts
                """)
            guard let row else { continue }
            let details: String = try row["details"]
            return LeasedJob(
                id: id, kind: try row["kind"], key: try row["job_key"],
                details: try JSONDecoder().decode([String: String].self, from: Data(details.utf8)),
                attempts: try row["attempts"], worker: worker)
        }
        return nil
    }

    /// False when another worker has it by now.
    func renew(_ job: LeasedJob, for duration: Duration) throws -> Bool {
        try tx.execute(
            """
            UPDATE job SET lease_until = \(now.adding(duration)) WHERE \(isStillOurs(job))
            """) == 1
    }

    func finish(_ job: LeasedJob) throws -> Bool {
        try tx.execute(
            """
            UPDATE job SET state = 'done', ended_at = \(now), lease_until = NULL, last_error = NULL
            WHERE \(isStillOurs(job))
            """) == 1
    }

    /// Puts a job that failed back, or among the dead after its last attempt.
    /// If a newer one of its key waits, that one carries on instead.
    func fail(_ job: LeasedJob, error: String, backoff: Backoff, delay: Duration) throws {
        if job.attempts >= backoff.attempts {
            try tx.execute(
                """
                UPDATE job SET state = 'dead', ended_at = \(now), lease_until = NULL,
                    last_error = \(error)
                WHERE \(isStillOurs(job))
                """)
            return
        }
        let runAt = now.adding(delay)
        let newer = try tx.execute(
            """
            UPDATE job SET attempts = \(job.attempts), run_at = \(runAt), last_error = \(error)
            WHERE kind = \(job.kind) AND job_key = \(job.key) AND state = 'waiting'
            """)
        if newer == 1 {
            try tx.execute(
                """
                UPDATE job SET state = 'done', ended_at = \(now), lease_until = NULL,
                    last_error = \(error)
                WHERE \(isStillOurs(job))
                """)
        } else {
            try tx.execute(
                """
                UPDATE job SET state = 'waiting', run_at = \(runAt), lease_until = NULL,
                    leased_by = NULL, last_error = \(error)
                WHERE \(isStillOurs(job))
                """)
        }
    }

    /// A periodic job that neither waits nor runs is begun.
    func ensurePeriodic(_ kind: String, runAt: Instant) throws {
        let exists = try tx.first(
            "SELECT id FROM job WHERE kind = \(kind) AND state IN ('waiting', 'leased') LIMIT 1")
        if exists == nil { try add(kind: kind, key: "periodic", details: [:], runAt: runAt) }
    }

    /// Ends the jobs of a kind that wait, when the caller is about to do for
    /// all of them what each would do for one.
    func cover(_ kind: String) throws {
        try tx.execute(
            """
            UPDATE job SET state = 'done', ended_at = \(now)
            WHERE kind = \(kind) AND state = 'waiting'
            """)
    }

    func deleteDone(before instant: Instant) throws -> Int {
        try tx.execute("DELETE FROM job WHERE state = 'done' AND ended_at < \(instant)")
    }

    // The count of attempts grows with every lease, so a worker that lost its
    // lease and won it back is not taken for itself.
    private func isStillOurs(_ job: LeasedJob) -> SQL {
        """
        id = \(job.id) AND state = 'leased' AND leased_by = \(job.worker)
        AND attempts = \(job.attempts)
        """
    }
}

/// Forgets jobs that were done long ago, daily.
public struct TidyJobs: JobHandler {
    public static let kind = "tidy-jobs"
    public var every: Duration? { .seconds(86_400) }
    public init() {}

    public func perform(_ details: [String: String], in workplace: Workplace) async throws {
        let limit = workplace.clock.now.adding(.seconds(-7 * 86_400))
        _ = try await workplace.database.write { tx in
            try JobStore(tx: tx, now: limit).deleteDone(before: limit)
        }
    }
}

/// A job as the system administrator sees it.
public struct JobSummary: Codable, Sendable, Equatable {
    public var id: ID<Job>
    public var kind: String
    public var key: String
    public var state: JobState
    public var attempts: Int
    public var runAt: Instant
    public var madeAt: Instant
    public var endedAt: Instant?
    /// A kind of error, never a value.
    public var lastError: String?
}

/// Lists jobs, the dead ones unless asked otherwise, newest first.
public struct ListJobs: ReadingUseCase {
    public static let needs = Permission.seeJobs
    public static let effect = Effect.reads
    public var target: Target { .nobody }
    public var state: JobState
    /// The last one of the page before.
    public var before: ID<Job>?
    public var limit: Int

    public init(state: JobState = .dead, before: ID<Job>? = nil, limit: Int = 50) {
        self.state = state
        self.before = before
        self.limit = limit
    }

    public struct Answer: Codable, Sendable {
        public var jobs: [JobSummary]
        public var hasMore: Bool
        /// How many there are of each state.
        public var counts: [String: Int]
    }

    public func perform(in work: Work) throws -> Answer {
        let most = min(max(limit, 1), 500)
        let older: SQL = before.map { "AND id < \($0)" } ?? ""
        let rows = try work.tx.rows(
            """
            SELECT id, kind, job_key, state, attempts, run_at, made_at, ended_at, last_error FROM job
            WHERE state = \(state) \(older) ORDER BY id DESC LIMIT \(most + 1)
            """)
        let counts = try work.tx.rows("SELECT state, COUNT(*) AS jobs FROM job GROUP BY state")
        return Answer(
            jobs: try rows.prefix(most).map { row in
                JobSummary(
                    id: try row["id"], kind: try row["kind"], key: try row["job_key"],
                    state: try row["state"], attempts: try row["attempts"],
                    runAt: try row["run_at"],
                    madeAt: try row["made_at"], endedAt: try row["ended_at"],
                    lastError: try row["last_error"])
            }, hasMore: rows.count > most,
            counts: Dictionary(
                uniqueKeysWithValues: try counts.map { (try $0["state"], try $0["jobs"]) }))
    }
}

/// Gives a dead job all its attempts again.
public struct RetryJob: ChangingUseCase {
    public static let needs = Permission.seeJobs
    public var target: Target { .nobody }
    public var id: ID<Job>

    public init(id: ID<Job>) { self.id = id }

    public enum Failure: Refusal, Equatable {
        case notDead
        /// Another one of its kind and key waits and will do the work.
        case alreadyWaiting

        public var saying: Saying {
            switch self {
            case .notDead: Saying("job.notDead")
            case .alreadyWaiting: Saying("job.alreadyWaiting")
            }
        }
    }

    public func perform(in work: Work) throws -> Nothing {
        guard let row = try work.tx.first("SELECT kind, job_key, state FROM job WHERE id = \(id)")
        else { throw Ending.notFound }
        guard try row["state"] == JobState.dead else { throw Failure.notDead }
        let kind: String = try row["kind"]
        let key: String = try row["job_key"]
        let waiting = try work.tx.first(
            "SELECT id FROM job WHERE kind = \(kind) AND job_key = \(key) AND state = 'waiting'")
        guard waiting == nil else { throw Failure.alreadyWaiting }
        let changed = try work.tx.execute(
            """
            UPDATE job SET state = 'waiting', attempts = 0, run_at = \(work.now), ended_at = NULL,
                leased_by = NULL
            WHERE id = \(id) AND state = 'dead'
            """)
        guard changed == 1 else { throw Failure.notDead }
        return Nothing()
    }
}
