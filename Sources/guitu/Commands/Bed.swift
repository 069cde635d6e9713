import ArgumentParser
import GuituCore
import GuituModel

struct BedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bed", abstract: "Look at beds, give and free them.",
        subcommands: [List.self, Give.self, Free.self, Move.self])

    struct List: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "List a station's beds and who waits for one; without a station, the stations.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The station's id.")
        var station: String?

        func run(in context: CommandContext) async throws {
            guard let station else {
                let desk = try await context.perform(SeeDesk())
                try context.print(
                    desk.stations.map { "\($0.id)  \($0.name)  \($0.bedsFree)" }
                        .joined(separator: "\n"),
                    json: desk.stations.map {
                        StationJSON(id: $0.id, name: $0.name, bedsFree: $0.bedsFree)
                    })
                return
            }
            let answer = try await context.perform(SeeBeds(station: context.id(station)))
            try context.print(
                (answer.beds.map {
                    "\($0.id)  \($0.room) \($0.name)  \($0.kind)  "
                        + ($0.outOfUse ? "-" : $0.occupant?.maskedName ?? "")
                }
                    + answer.waiting.map {
                        "\($0.episode)  \($0.maskedName)  \(context.text(of: $0.sex))"
                    })
                    .joined(separator: "\n"), json: BedsJSON(answer))
        }
    }

    struct Give: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give somebody a free bed in a room of their sex.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The episode's id.")
        var episode: String
        @Argument(help: "The bed's id.")
        var bed: String

        func run(in context: CommandContext) async throws {
            try context.print(
                context.text("command.done"),
                json: try await context.perform(
                    GiveBed(episode: context.id(episode), bed: context.id(bed))))
        }
    }

    struct Free: ActingCommand {
        static let configuration = CommandConfiguration(abstract: "Take a bed back.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The episode's id.")
        var episode: String

        func run(in context: CommandContext) async throws {
            try context.print(
                context.text("command.done"),
                json: try await context.perform(FreeBed(episode: context.id(episode))))
        }
    }

    struct Move: ActingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move somebody to hospital, to an institution, or back.")
        @OptionGroup var options: ActingOptions
        @Argument(help: "The episode's id.")
        var episode: String
        @Option(help: "Where to: station, hospital, institution, street.")
        var to: WhereaboutsKind
        @Option(help: "The hospital's or institution's name.")
        var place: String?
        @Option(help: "Since when, 2026-11-24T02:30; now if left out.")
        var at: String?

        func run(in context: CommandContext) async throws {
            let from = try moment(at, now: context.workplace.clock.now)
            try context.print(
                context.text("command.done"),
                json: try await context.perform(
                    ChangeWhereabouts(
                        episode: context.id(episode), place: PlaceOfStay(kind: to, place: place),
                        from: from)))
        }
    }
}

private struct StationJSON: Encodable {
    var id: Area.ID
    var name: String
    var bedsFree: Int
}

private struct BedsJSON: Encodable {
    struct Line: Encodable {
        var id: Bed.ID
        var room: String
        var name: String
        var kind: String
        var outOfUse: Bool
        var person: Person.ID?
        var episode: ReliefEpisode.ID?
    }
    var beds: [Line]
    var waiting: [ReliefEpisode.ID]

    init(_ answer: SeeBeds.Answer) {
        beds = answer.beds.map {
            Line(
                id: $0.id, room: $0.room, name: $0.name, kind: $0.kind, outOfUse: $0.outOfUse,
                person: $0.occupant?.person, episode: $0.occupant?.episode)
        }
        waiting = answer.waiting.map(\.episode)
    }
}
