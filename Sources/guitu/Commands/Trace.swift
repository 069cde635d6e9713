import ArgumentParser
import GuituCore
import GuituModel

struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Search for who somebody is and where their home is.",
        subcommands: [
            Open.self, Consent.self, Rank.self, Show.self, Compare.self, Close.self, Learn.self,
            Learned.self, Unlearn.self,
        ])

    struct Open: ActingCommand {
        static let configuration = CommandConfiguration(abstract: "Open a tracing request.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The person's id.")
        var person: String
        @Option(help: "What they said to it: \(ConsentToTracing.words).")
        var consent = ConsentToTracing.awaitingDecision
        @Option(help: "Why, in a sentence.")
        var reason = ""

        func run(in context: CommandContext) async throws {
            let id = try await context.perform(
                OpenTracing(person: context.id(person), consent: consent, reason: reason))
            try context.print("request \(id)", json: ["request": id])
        }
    }

    struct Consent: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record what the person, or for them the director, decided.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The request's id.")
        var request: String
        @Option(help: "The decision: \(ConsentToTracing.words).")
        var consent: ConsentToTracing
        @Option(help: "Why, in a sentence.")
        var reason: String

        func run(in context: CommandContext) async throws {
            let id: TracingRequest.ID = try context.id(request)
            let seen = try await context.perform(SeeRequest(request: id))
            try context.print(
                context.text("command.done"),
                json: try await context.perform(
                    DecideConsent(
                        request: id, consent: consent, reason: reason, version: seen.version)))
        }
    }

    struct Rank: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Rank candidates for an open tracing request.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The request's id.")
        var request: String

        func run(in context: CommandContext) async throws {
            let id: TracingRequest.ID = try context.id(request)
            // Who may not see the request may not have it ranked either.
            _ = try await context.perform(SeeRequest(request: id))
            try await RankRequest.run(id, in: context.workplace)
            try await Show.show(id, in: context)
        }
    }

    struct Show: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a tracing request and its candidates, the likeliest first.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The request's id.")
        var request: String

        func run(in context: CommandContext) async throws {
            try await Self.show(context.id(request), in: context)
        }

        static func show(_ id: TracingRequest.ID, in context: CommandContext) async throws {
            let seen = try await context.perform(SeeRequest(request: id))
            let text = context.text
            var lines = ["\(seen.personName)  \(text(of: seen.state))  \(text(of: seen.consent))"]
            for candidate in seen.candidates {
                lines.append(
                    "\(candidate.place)  \(candidate.id)  \(percent(candidate.probability))  "
                        + "\(candidate.reportName)  \(candidate.reportHolderName)  "
                        + text(of: candidate.state))
            }
            if let none = seen.noRightReport {
                lines.append("\(text("command.noRightReport"))  \(percent(none))")
            }
            try context.print(lines.joined(separator: "\n"), json: RequestJSON(seen))
        }
    }

    struct Compare: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare a candidate's two records and show each field's share.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The candidate's id.")
        var candidate: String

        func run(in context: CommandContext) async throws {
            let seen = try await context.perform(CompareCandidate(candidate: context.id(candidate)))
            var lines = ["\(seen.person.name) | \(seen.report.name)  \(percent(seen.probability))"]
            for line in seen.evidence {
                lines.append(
                    "\(signed(line.logRatio))  "
                        + context.setting.say(Saying(line.key, line.arguments)))
            }
            lines += seen.decisions.map {
                "\($0.officerName)  \(context.text(of: $0.verdict))  \($0.reason)"
            }
            try context.print(
                lines.joined(separator: "\n"),
                json: CandidateJSON(
                    id: seen.id, state: seen.state, probability: seen.probability,
                    evidenceVersion: seen.evidenceVersion, evidence: seen.evidence))
        }
    }

    struct Close: ActingCommand {
        static let configuration = CommandConfiguration(abstract: "Close a tracing request.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The request's id.")
        var request: String
        @Option(help: "How it ended: \(TracingOutcome.words).")
        var outcome: TracingOutcome

        func run(in context: CommandContext) async throws {
            try context.print(
                context.text("command.done"),
                json: try await context.perform(
                    CloseTracing(request: context.id(request), outcome: outcome)))
        }
    }
}

struct DecideCommand: ActingCommand {
    static let configuration = CommandConfiguration(
        commandName: "decide",
        abstract: "Give a verdict on a candidate; two different officers must agree.")
    @OptionGroup var options: ActingOptions
    @Argument(help: "The candidate's id.")
    var candidate: String
    @Argument(help: "The verdict: \(Verdict.words).")
    var verdict: Verdict
    @Option(help: "Why, in a sentence.")
    var reason: String
    @Option(help: "The evidence version you looked at; see 'guitu trace compare'.")
    var evidenceVersion: Int

    func run(in context: CommandContext) async throws {
        let decided = try await context.perform(
            DecideCandidate(
                candidate: context.id(candidate), verdict: verdict, reason: reason,
                evidenceVersion: evidenceVersion))
        try context.print(context.text(of: decided.state), json: decided)
    }
}

struct DepartCommand: ActingCommand {
    static let configuration = CommandConfiguration(
        commandName: "depart",
        abstract: "Let somebody leave: on their own, with their family, escorted, placed.",
        discussion: """
            Belongings in custody are returned first, with --return-to. Family collects only after \
            the relative's identity was checked and the person asked.
            """)
    @OptionGroup var options: ActingOptions
    @Argument(help: "The episode's id.")
    var episode: String
    @Option(help: "How: \(DepartureKind.words).")
    var kind: DepartureKind
    @Option(help: "Return all belongings in custody to this person first.")
    var returnTo: String?
    @Option(help: "Where they go.")
    var destination = ""
    @Option(help: "The relative who collects them.")
    var collector: String?
    @Option(help: "The relative's relation.")
    var relation = ""
    @Option(help: "The relative's identity number.")
    var identity = ""
    @Flag(help: "The relative's card was compared with their face.")
    var identityChecked = false
    @Flag(help: "The person was asked and agrees.")
    var agreed = false
    @Option(help: "The confirmed candidate that led here.")
    var candidate: String?
    @Option(help: "When, 2026-11-24T10:00; now if left out.")
    var at: String?

    func run(in context: CommandContext) async throws {
        let id: ReliefEpisode.ID = try context.id(episode)
        var leaving = Depart(
            episode: id, kind: kind, leftAt: try moment(at, now: context.workplace.clock.now))
        leaving.destination = destination
        leaving.collector = collector.map {
            .init(
                name: $0, relation: relation, identityNumber: identity,
                identityChecked: identityChecked)
        }
        leaving.agreed = agreed
        leaving.candidate = try candidate.map { try context.id($0) }
        if let returnTo {
            try await context.perform(ReturnBelongings(episode: id, receivedBy: returnTo))
        }
        try context.print(context.text("command.done"), json: try await context.perform(leaving))
    }
}

struct UndoDepartureCommand: ActingCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo-departure",
        abstract: "Take back a departure that was a mistake; their relief goes on.")
    @OptionGroup var options: ActingOptions
    @Argument(help: "The episode's id.")
    var episode: String
    @Option(help: "Why.")
    var reason: String

    func run(in context: CommandContext) async throws {
        try context.print(
            context.text("depart.undone"),
            json: try await context.perform(
                UndoDeparture(episode: context.id(episode), reason: reason)))
    }
}

private func percent(_ probability: Double) -> String {
    let tenths = (probability * 1000).rounded() / 10
    return "\(tenths)%"
}

private func signed(_ ratio: Double) -> String {
    let hundredths = (ratio * 100).rounded() / 100
    return hundredths >= 0 ? "+\(hundredths)" : "\(hundredths)"
}

private struct RequestJSON: Encodable {
    struct Line: Encodable {
        var candidate: Candidate.ID
        var place: Int
        var state: CandidateState
        var probability: Double
        var logRatio: Double
        var report: String
    }
    var id: TracingRequest.ID
    var version: Int
    var state: RequestState
    var consent: ConsentToTracing
    var noRightReport: Double?
    var candidates: [Line]

    init(_ seen: SeeRequest.Answer) {
        id = seen.id
        version = seen.version
        state = seen.state
        consent = seen.consent
        noRightReport = seen.noRightReport
        candidates = seen.candidates.map {
            Line(
                candidate: $0.id, place: $0.place, state: $0.state, probability: $0.probability,
                logRatio: $0.logRatio, report: $0.reportName)
        }
    }
}

private struct CandidateJSON: Encodable {
    var id: Candidate.ID
    var state: CandidateState
    var probability: Double
    var evidenceVersion: Int
    var evidence: [EvidenceLine]
}
