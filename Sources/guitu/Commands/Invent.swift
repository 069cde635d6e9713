import ArgumentParser
import Foundation
import GuituCore
import GuituModel

struct InventCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invent",
        abstract: "Fill an empty database with a province of invented people.",
        discussion: """
            Offices, beds, accounts of every role, people at stations and families' reports, several \
            of them about the same person. Who is whom is written to a file of its own. Everybody's \
            password is the same and printed: never invent into a database that will hold real people.
            """)

    @OptionGroup var options: CommonOptions

    @Option(help: "How many people are taken in.")
    var people = 200

    @Option(help: "How many missing reports are filed.")
    var reports = 300

    @Option(help: "The same seed invents the same people.")
    var seed: UInt64 = 1

    @Option(help: "The password of every account.")
    var password = "guitu-demo-2026"

    @Option(help: "Where to write who is whom; beside the database if left out.")
    var truth: String?

    func validate() throws {
        guard (0...5_000_000).contains(people), (0...5_000_000).contains(reports) else {
            throw ValidationError("people and reports are between 0 and 5000000")
        }
    }

    func run() async throws {
        let setting = try CommandSetting(options)
        try await setting.ended {
            let workplace = try await setting.openWorkplace(migrates: true)
            let started = ContinuousClock.now
            let province = InventedProvince(
                people: people, reports: reports, seed: seed, password: Secret(password))
            let filled = try await province.fill(workplace) { what, done, all in
                if all > 1000 { complain("\(what) \(done)/\(all)") }
            }
            await workplace.database.close()
            let path = truth ?? setting.configuration.data + "/truth.json"
            try Data(try jsonText(filled.truth).utf8).write(to: URL(fileURLWithPath: path))
            let seconds = (ContinuousClock.now - started).components.seconds
            struct Answer: Encodable {
                var people: Int
                var reports: Int
                var pairs: Int
                var truth: String
                var password: String
                var logins: [InventedProvince.Login]
            }
            try setting.print(
                (filled.logins.map {
                    "  \($0.login)  \(setting.text(of: $0.role))  \($0.place)"
                } + [
                    setting.text(
                        "command.invented",
                        [
                            "people": "\(people)", "reports": "\(reports)",
                            "pairs": "\(filled.truth.count)", "path": path,
                            "seconds": "\(seconds)", "password": password,
                        ])
                ]).joined(separator: "\n"),
                json: Answer(
                    people: people, reports: reports, pairs: filled.truth.count, truth: path,
                    password: password, logins: filled.logins))
        }
    }
}
