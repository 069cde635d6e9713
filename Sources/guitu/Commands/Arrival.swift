import ArgumentParser
import GuituCore
import GuituModel

struct ArrivalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "arrival",
        abstract: "Register who arrives and look at who is here.",
        subcommands: [Register.self, Correct.self, List.self, Show.self])

    struct Register: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register an arrival: who came, how, and what the initial check found.",
            discussion: """
                Nothing about identity is required. Without a name the person becomes 无名氏 with \
                the station's next number.
                """)
        @OptionGroup var options: ActingOptions
        @Option(help: "The station's id; see 'guitu bed list'.")
        var station: String
        @Option(help: "How they came: \(ArrivalMode.words).")
        var mode: ArrivalMode
        @Option(help: "Sex: \(Sex.words).")
        var sex: Sex
        @Option(help: "Whether they can communicate: \(Communication.words).")
        var communication: Communication
        @Option(help: "What the initial check found: \(Condition.words).")
        var condition: Condition
        @Option(help: "Remarks of the initial check.")
        var checkNotes = ""
        @Option(help: "Name, if known.")
        var name = ""
        @Option(help: "How far the name can be trusted: \(NameCertainty.words).")
        var nameCertainty = NameCertainty.selfReported
        @Option(help: "Date of birth or age, as said: 1956, 属龙, 约60岁.")
        var birth: String?
        @Option(help: "Who knows the age; staff judged it by looks: \(ObservationSource.words).")
        var birthSource = ObservationSource.staff
        @Option(help: "Resident identity number, if any.")
        var identity = ""
        @Option(help: "Who brought them; required when somebody did.")
        var broughtBy = ""
        @Option(help: "Where they were found.")
        var foundPlace = ""
        @Option(help: "When they were found, as said.")
        var foundOn: String?
        @Option(help: "When they arrived, 2026-11-24T02:30; now if left out.")
        var at: String?
        @Flag(help: "They arrived more than a month ago, and that is meant.")
        var lateEntry = false
        @Option(parsing: .singleValue, help: "Something taken into custody; repeat for more.")
        var keep: [String] = []
        @Option(help: "Begin tracing, with what they said to it: \(ConsentToTracing.words).")
        var consent: ConsentToTracing?
        @Option(help: "Send the same key again to be sure that nothing happens twice.")
        var key: String?

        func validate() throws {
            // Without it the moment of the second try would be another request.
            guard key == nil || at != nil else {
                throw ValidationError(
                    "--key needs --at, so that the same request can be sent again")
            }
        }

        func run(in context: CommandContext) async throws {
            let now = context.workplace.clock.now
            var arrival = RegisterArrival(
                station: try context.id(station), arrivedAt: try moment(at, now: now), mode: mode,
                sex: sex, communication: communication,
                check: .init(condition: condition, notes: checkNotes))
            arrival.name = name
            arrival.nameCertainty = name.isEmpty ? .unknown : nameCertainty
            arrival.birth = try partialDay(birth, "--birth", now)
            arrival.birthSource = birthSource
            arrival.identityNumber = identity
            arrival.broughtBy = broughtBy
            arrival.foundPlace = foundPlace
            arrival.foundOn = try partialDay(foundOn, "--found-on", now)
            arrival.belongings = keep.map { .init(name: $0) }
            arrival.isLateEntry = lateEntry
            arrival.consent = consent
            let arrived = try await context.perform(arrival, key: try idempotencyKey(key))
            try context.print(
                context.text("command.arrived", ["case": arrived.caseNumber]) + "\n"
                    + "person \(arrived.person)\nepisode \(arrived.episode)"
                    + (arrived.request.map { "\nrequest \($0)" } ?? ""), json: arrived)
        }
    }

    struct Correct: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Correct how somebody came; what is left out stays as it is.",
            discussion: "What stood there before is kept with the reason. An empty text removes.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The person's id; their last arrival is corrected.")
        var person: String
        @Option(help: "When they arrived, 2026-11-24T02:30.")
        var at: String?
        @Flag(help: "They arrived more than a month ago, and that is meant.")
        var lateEntry = false
        @Option(help: "How they came: \(ArrivalMode.words).")
        var mode: ArrivalMode?
        @Option(help: "Who brought them.")
        var broughtBy: String?
        @Option(help: "Where they were found.")
        var foundPlace: String?
        @Option(help: "When they were found, as said.")
        var foundOn: String?
        @Option(help: "What the initial check found: \(Condition.words).")
        var condition: Condition?
        @Option(help: "Remarks of the initial check.")
        var checkNotes: String?
        @Option(help: "Why it is corrected.")
        var reason: String

        func run(in context: CommandContext) async throws {
            let now = context.workplace.clock.now
            let file = try await context.perform(SeePerson(person: context.id(person)))
            // Masked words would be saved as the words.
            guard !file.isMasked else { throw Ending.notAllowed }
            guard let stood = file.episodes.first else { throw Ending.notFound }
            var correction = CorrectArrival(
                episode: stood.id, version: file.version,
                arrivedAt: try at.map { try moment($0, now: now) } ?? stood.arrivedAt,
                mode: mode ?? stood.mode,
                check: .init(
                    condition: condition ?? stood.condition,
                    notes: checkNotes ?? stood.conditionNotes ?? ""),
                reason: reason)
            correction.broughtBy = broughtBy ?? stood.broughtBy ?? ""
            correction.foundPlace = foundPlace ?? stood.foundPlace ?? ""
            correction.foundOn =
                foundOn == nil ? stood.foundOn : try partialDay(foundOn, "--found-on", now)
            correction.isLateEntry = lateEntry
            try context.print(
                context.text("arrival.corrected"), json: try await context.perform(correction))
        }
    }

    struct List: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the people of one's own areas, names masked.")
        @OptionGroup var options: ActingOptions
        @Option(help: "Characters, pinyin or initials of the name.")
        var search = ""
        @Option(help: "Who: \(ListPeople.Standing.words).")
        var standing = ListPeople.Standing.inRelief
        @Option(help: "Lines at the most, up to 500.")
        var limit = 50
        @Option(help: "Go on where the page before ended.")
        var after: String?

        func run(in context: CommandContext) async throws {
            var list = ListPeople()
            list.search = search
            list.standing = standing
            list.limit = limit
            list.after = after
            let answer = try await context.perform(list)
            try context.print(
                answer.lines.map {
                    "\($0.id)  \($0.maskedName)  \(context.text(of: $0.sex))  \($0.stationName)  "
                        + ($0.caseNumber ?? "")
                }.joined(separator: "\n") + (answer.next.map { "\n--after '\($0)'" } ?? ""),
                json: PeopleJSON(answer))
        }
    }

    struct Show: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one person's file, masked.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The person's id.")
        var person: String

        func run(in context: CommandContext) async throws {
            let file = try await context.perform(SeePerson(person: context.id(person)))
            let text = context.text
            var lines = [
                "\(file.name)  \(text(of: file.nameCertainty))  \(text(of: file.sex))  "
                    + (file.birth?.said ?? "")
                    + (file.birthIsEstimate ? "  " + text("person.byLooks") : ""),
                file.stationName,
            ]
            for episode in file.episodes {
                lines.append(
                    "\(episode.id)  \(episode.caseNumber)  \(text(of: episode.mode))  "
                        + (episode.bed ?? ""))
            }
            lines += file.observations.map { "\(text(of: $0.kind))  \($0.value)" }
            if let request = file.request {
                lines.append("request \(request.id)  \(text(of: request.state))")
            }
            try context.print(lines.joined(separator: "\n"), json: PersonJSON(file))
        }
    }
}

private struct PeopleJSON: Encodable {
    struct Line: Encodable {
        var id: Person.ID
        var name: String
        var sex: Sex
        var station: String
        var caseNumber: String?
        var arrivedAt: Instant?
    }
    var people: [Line]
    var next: String?

    init(_ answer: ListPeople.Answer) {
        people = answer.lines.map {
            Line(
                id: $0.id, name: $0.maskedName, sex: $0.sex, station: $0.stationName,
                caseNumber: $0.caseNumber, arrivedAt: $0.arrivedAt)
        }
        next = answer.next
    }
}

private struct PersonJSON: Encodable {
    struct Episode: Encodable {
        var id: ReliefEpisode.ID
        var caseNumber: String
        var arrivedAt: Instant
        var endedAt: Instant?
        var mode: ArrivalMode
        var bed: String?
    }
    var id: Person.ID
    var version: Int
    var name: String
    var nameCertainty: NameCertainty
    var sex: Sex
    var birth: PartialDay?
    var birthIsEstimate: Bool
    var identity: String?
    var episodes: [Episode]
    var request: TracingRequest.ID?
    var requestState: RequestState?

    init(_ file: SeePerson.Answer) {
        id = file.id
        version = file.version
        name = file.name
        nameCertainty = file.nameCertainty
        sex = file.sex
        birth = file.birth
        birthIsEstimate = file.birthIsEstimate
        identity = file.maskedIdentity
        episodes = file.episodes.map {
            Episode(
                id: $0.id, caseNumber: $0.caseNumber, arrivedAt: $0.arrivedAt, endedAt: $0.endedAt,
                mode: $0.mode, bed: $0.bed)
        }
        request = file.request?.id
        requestState = file.request?.state
    }
}
