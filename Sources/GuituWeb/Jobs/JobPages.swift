import GuituCore
import GuituModel
import GuituText

/// Work that the program does by itself, and what it could not do.
enum JobPages {
    static let routes: [Route] = [
        .page("/jobs", [ListJobs.self], show),
        .action("/jobs/{job}/retry", [RetryJob.self], again: show, retry),
    ]

    @Sendable private static func show(_ visit: Visit) async throws -> Reply {
        let text = visit.text
        let state = JobState(rawValue: visit.query["state"]) ?? .dead
        let answer = try await visit.see(
            ListJobs(state: state, before: ID<Job>(visit.query["from"])))
        let query = visit.listQuery("/jobs", filters: ["state"], sorts: [])
        let listing = Listing(
            text("place.jobs"),
            columns: [
                .init(text("job.kind")) { "\($0.kind)" },
                .init(text("tracing.state")) {
                    badge(text(of: $0.state), $0.state == .dead ? .danger : .neutral)
                },
                .init(text("job.attempts"), isNumber: true) { "\(text($0.attempts))" },
                .init(text("job.runAt")) { "\(text($0.runAt))" },
                .init(text("job.error")) { "\($0.lastError ?? "")" },
                .init(text("job.retry")) { job in
                    job.state == .dead
                        ? visit.form("/jobs/\(job.id.text)/retry").button(text("job.retry")) : ""
                },
            ], rows: answer.jobs, query: query,
            next: answer.hasMore ? answer.jobs.last?.id.text : nil,
            empty: .init(text("job.none"), text("job.none.advice")))
        let counts = [JobState.waiting, .leased, .done, .dead].map { state in
            figure(text(of: state), text(answer.counts[state.rawValue] ?? 0))
        }
        return .page(
            Page(
                text("place.jobs"),
                """
                \(visit.problems.isEmpty ? nil : callout(.danger, visit.problems[0].sentence))
                <div class="figures">\(counts)</div>
                \(listing.view(text, filters: query.filter("state", text("tracing.state"),
                    [.waiting, .leased, .done].map { (state: JobState) in
                        Form.Option(state.rawValue, text(of: state))
                    }, all: text(of: JobState.dead))))
                """))
    }

    @Sendable private static func retry(_ visit: Visit) async throws -> Reply {
        try await visit.perform(RetryJob(id: visit.id("job")))
        return .go("/jobs", saying: Saying("job.retried"))
    }
}
