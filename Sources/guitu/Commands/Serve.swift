import ArgumentParser
import Foundation
import GuituCore
import GuituStore
import GuituText
import GuituWeb

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the pages and the JSON interface.",
        discussion: """
            Makes the data folder, the key ring and the tables if they are missing. While there is \
            no account it prints a one-time code: the first visitor needs it to set the system up. \
            SIGTERM and SIGINT end it once the requests on their way are answered. While the \
            database is away, at the start or later, pages answer 503 and work again once it is back.
            """)

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let setting = try CommandSetting(options)
        try await setting.ended {
            let workplace = try setting.closedWorkplace(migrates: true)
            let code = try await Self.meet(workplace, setting)
            let laboratory = setting.laboratory(at: workplace)
            var options = setting.configuration.server
            options.laboratory = laboratory
            let server = GuituServer(
                workplace: workplace, options: options, logger: setting.logger)
            let jobs = JobRunner(
                workplace,
                handlers: [
                    RankRequestJob(), RankReportsJob(), TidyJobs(),
                    AnchorHeads(file: AnchorsFile(path: setting.configuration.anchorsFile)),
                    SearchJob(laboratory),
                ])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await server.run { port in Self.greet(setting, port, code) }
                }
                group.addTask {
                    if code == nil { try await Self.waitForDatabase(workplace, setting) }
                    do { try await laboratory.enqueueSearches() } catch {
                        // Stations work on without a laboratory's database.
                        setting.logger.warning("library away at start")
                    }
                    await jobs.run()
                }
                // The server ends when it is told to; the other only by a
                // fault that an operator has to mend.
                try await group.next()
                // What was begun is finished before the database closes.
                group.cancelAll()
                try await group.waitForAll()
            }
            await laboratory.close()
            await workplace.database.close()
        }
    }

    private enum FirstVisit: Sendable {
        case needsCode(Secret)
        case isOver
    }

    /// Brings the database up to date and opens it; nil while it is away. A
    /// station's PC may well start us before its database.
    private static func meet(_ workplace: Workplace, _ setting: CommandSetting) async throws
        -> FirstVisit?
    {
        do {
            try await setting.migrate(workplace.database)
            workplace.database.open()
            try await workplace.endCutImports()
            return try await workplace.offerSetUp().map(FirstVisit.needsCode) ?? .isOver
        } catch let error as DatabaseError where error.mayPass {
            return nil
        } catch Ending.unavailable, Ending.busy {
            return nil
        }
    }

    /// Asks for the database until it is there; meanwhile pages say 503.
    private static func waitForDatabase(_ workplace: Workplace, _ setting: CommandSetting)
        async throws
    {
        setting.logger.warning("database away at start")
        var pause = Duration.milliseconds(250)
        while !Task.isCancelled {
            do { try await Task.sleep(for: pause) } catch { return }
            pause = min(pause * 2, .seconds(5))
            guard let visit = try await meet(workplace, setting) else { continue }
            setting.logger.info("database met")
            if case .needsCode(let code) = visit { print(offer(code, setting)) }
            fflush(nil)
            return
        }
    }

    /// Says where to go, once the port is open. Lines of a person's terminal,
    /// apart from the log on standard error.
    private static func greet(_ setting: CommandSetting, _ port: Int, _ visit: FirstVisit?) {
        let address = setting.configuration.address(port: port)
        print(setting.text("command.serving", ["address": address]))
        switch visit {
        case .needsCode(let code): print(offer(code, setting, at: address))
        case .isOver: break
        case nil: print(setting.text("command.waitsForDatabase"))
        }
        fflush(nil)  // through a pipe too, before the first visitor comes
    }

    private static func offer(_ code: Secret, _ setting: CommandSetting, at address: String? = nil)
        -> String
    {
        let address = address ?? setting.configuration.address
        return setting.text("command.setUp", ["address": address, "code": code.reveal])
    }
}

extension Configuration {
    var server: GuituServer.Options {
        var options = GuituServer.Options()
        options.host = host
        options.port = port
        options.isSecure = isSecure
        options.isBehindProxy = isBehindProxy
        options.ear = EarShelf(path: placesIndex)
        return options
    }

    /// The public address; with `listen = …:0` the port the system gave.
    func address(port: Int) -> String {
        publicURL.isEmpty ? "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" : publicURL
    }
}
