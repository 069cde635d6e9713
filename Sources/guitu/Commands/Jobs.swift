import ArgumentParser
import GuituCore
import GuituModel
import GuituText

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "See what waits to be done later, and retry what failed for good.",
        subcommands: [List.self, Retry.self])
}

extension JobsCommand {
    struct List: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "List jobs, the dead ones unless asked otherwise.")
        @OptionGroup var options: ActingOptions
        @Option(help: "waiting, leased, done or dead.")
        var state: JobState = .dead
        @Option(help: "Begin after the job with this id.")
        var before: String?
        @Option(help: "Lines on a page, up to 500.")
        var limit: Int = 50

        func run(in context: CommandContext) async throws {
            let page = try await context.perform(
                ListJobs(state: state, before: try before.map(context.id), limit: limit))
            let lines = page.jobs.map { job in
                [
                    job.id.text, job.kind, job.key, "\(job.attempts)", "\(job.runAt.inChina.day)",
                    job.lastError ?? "",
                ].joined(separator: "\t")
            }
            try context.print(lines.joined(separator: "\n"), json: page)
        }
    }

    struct Retry: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a dead job all its attempts again.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The job's id.")
        var job: String

        func run(in context: CommandContext) async throws {
            let id: ID<Job> = try context.id(job)
            try await context.perform(RetryJob(id: id))
            try context.print(context.text("job.willRun"), json: ["job": id.text])
        }
    }
}

extension JobState: ExpressibleByArgument {}
