import ArgumentParser
import Foundation
import GuituCore
import GuituText
import GuituWeb

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the pages and the JSON interface.",
        discussion: """
            Makes the data folder, the key ring and the tables if they are missing. While there is \
            no account it prints a one-time code: the first visitor needs it to set the system up. \
            SIGTERM and SIGINT end it once the requests on their way are answered.
            """)

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let setting = try CommandSetting(options)
        try await setting.ended {
            let workplace = try await setting.openWorkplace(migrates: true)
            let code = try await workplace.offerSetUp()
            let server = GuituServer(
                workplace: workplace, options: setting.configuration.server, logger: setting.logger)
            let jobs = JobRunner(
                workplace,
                handlers: [
                    RankRequestJob(), RankReportsJob(), TidyJobs(),
                    AnchorHeads(file: AnchorsFile(path: setting.configuration.anchorsFile)),
                ])
            let working = Task { await jobs.run() }
            try await server.run { port in Self.greet(setting, port, code) }
            // What was begun is finished before the database closes.
            working.cancel()
            await working.value
            await workplace.database.close()
        }
    }

    /// Says where to go, once the port is open. Lines of a person's terminal,
    /// apart from the log on standard error.
    private static func greet(_ setting: CommandSetting, _ port: Int, _ code: Secret?) {
        let address = setting.configuration.address(port: port)
        print(setting.text("command.serving", ["address": address]))
        if let code {
            print(setting.text("command.setUp", ["address": address, "code": code.reveal]))
        }
        fflush(nil)  // through a pipe too, before the first visitor comes
    }
}

extension Configuration {
    var server: GuituServer.Options {
        var options = GuituServer.Options()
        options.host = host
        options.port = port
        options.isSecure = isSecure
        options.isBehindProxy = isBehindProxy
        return options
    }

    /// The public address; with `listen = …:0` the port the system gave.
    func address(port: Int) -> String {
        publicURL.isEmpty ? "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" : publicURL
    }
}
