import Foundation
import GuituModel
import Testing

@testable import guitu

/// The path from the door to home, typed by the people who walk it.
@Suite("The path by commands")
struct PathCommandTests {
    private struct Invented: Decodable {
        struct Login: Decodable {
            var login: String
            var role: String
        }
        var pairs: Int
        var logins: [Login]
    }
    private struct Arrived: Decodable {
        var person: String
        var episode: String
        var request: String?
    }
    private struct Shown: Decodable {
        var birthIsEstimate: Bool
    }
    private struct Line: Decodable {
        var candidate: String
        var place: Int
        var probability: Double
    }
    private struct Request: Decodable {
        var candidates: [Line]
        var noRightReport: Double?
    }
    private struct Compared: Decodable {
        struct Evidence: Decodable { var field: String }
        var evidenceVersion: Int
        var evidence: [Evidence]
    }
    private struct Station: Decodable { var id: String }
    private struct Beds: Decodable {
        struct Bed: Decodable {
            var id: String
            var kind: String
            var person: String?
        }
        var beds: [Bed]
    }
    private struct Imported: Decodable {
        var loaded: Int
        var refused: Int
    }

    /// What a solved case taught is a table that the ear's commands read.
    private func learning(_ request: String, _ tracer: String, _ clerk: String, _ shell: Shell)
        async throws
    {
        let tables = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Rig/small-country").path
        let built = try await shell.run(
            "places", "build", "--places", tables, "--readings", tables, "--output", "places.index")
        #expect(built.status == 0, "\(built.complaints)")
        let file = shell.folder.appending(path: "guitu.conf")
        let written = try String(contentsOf: file, encoding: .utf8)
        try (written + "places = places.index\n").write(
            to: file, atomically: true, encoding: .utf8)
        let hear = [
            "places", "hear", "lao lao", "--levels", "county", "--index", "places.index",
            "--aliases", "aliases.tsv", "--limit", "1",
        ]
        let unknown = try await shell.run(hear)
        #expect(!unknown.output.contains("福山县"))

        let learn = ["trace", "learn", request, "lao lao", "湖州市福山县"]
        #expect(try await shell.run(learn, token: clerk).status == 4, "a clerk does not teach")
        let lost = try await shell.run(
            "trace", "learn", request, "lao lao", "湖南县", token: tracer)
        #expect(lost.status == 6 && lost.complaints.contains("Several places"))
        let learned = try await shell.run(learn + ["--until", "2999-01-01"], token: tracer)
        #expect(learned.status == 0, "\(learned.complaints)")
        #expect(learned.output.contains("430103  湘南省 湖州市 福山县"))
        let table = try await shell.run("trace", "learned", token: tracer)
        #expect(table.output.contains("lao lao\t430103"))
        try table.output.write(
            to: shell.folder.appending(path: "aliases.tsv"), atomically: true, encoding: .utf8)
        let heard = try await shell.run(hear)
        #expect(heard.output.contains("福山县"), "\(heard.output) \(heard.complaints)")

        let id = String(learned.output.prefix { $0 != " " })
        let unlearn = ["trace", "unlearn", request, id, "--reason", "记错了"]
        #expect(try await shell.run(unlearn, token: tracer).status == 0)
        #expect(try await shell.run(unlearn, token: tracer).status == 6)
        let rest = try await shell.run("trace", "learned", token: tracer)
        #expect(rest.status == 0 && !rest.output.contains("lao lao"))
    }

    @Test("arrival, bed, missing, trace, decide and depart do what the pages do")
    func path() async throws {
        let shell = try await Shell()
        let invented = try await shell.run("invent", "--people", "6", "--reports", "8", "--json")
        #expect(invented.status == 0, "\(invented.complaints)")
        #expect(try invented.json(Invented.self).logins.contains { $0.login == "shangqiu1-clerk" })
        #expect(try await shell.run("invent").status == 6, "only into an empty database")

        func token(_ login: String) async throws -> String {
            let answer = try await shell.run(
                "account", "token", "--as", login, input: "guitu-demo-2026\n")
            #expect(answer.status == 0, "\(answer.complaints)")
            return answer.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let clerk = try await token("shangqiu1-clerk")
        let first = try await token("shangqiu1-tracer")
        let second = try await token("shangqiu1-tracer2")
        let director = try await token("shangqiu1-director")

        let stations = try await shell.run("bed", "list", "--json", token: clerk)
        let station = try #require(try stations.json([Station].self).first).id

        // A list with one bad row: the good one loads, the bad one is named.
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("guitu-list-\(UUID().uuidString).csv")
        try Data(
            """
            编号,姓名,性别,出生日期,户籍地,联系人,关系,联系电话
            L1,欧阳建国,男,1961,河南省商丘市虞城县,欧阳军,子女,13800000000
            L2,,男,,,某,子女,13800000001
            """.utf8
        ).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let loaded = try await shell.run(
            "missing", "import", "--holder", station, "--list", "走失登记", file.path, "--json",
            token: first)
        #expect(loaded.status == 6)
        #expect(loaded.complaints.contains(":3: name:"))
        let counts = try loaded.json(Imported.self)
        #expect(counts.loaded == 1 && counts.refused == 1)

        let arrival = [
            "arrival", "register", "--station", station, "--mode", "police", "--brought-by", "派出所",
            "--sex", "male", "--communication", "unclear", "--condition", "well", "--name", "欧阳建国",
            "--birth", "约65岁", "--birth-source", "self", "--keep", "旧布包", "--consent", "agreed",
            "--key",
            "0123456789abcdef", "--at", "2026-11-01T02:30", "--json",
        ]
        let registered = try await shell.run(arrival, token: clerk)
        #expect(registered.status == 0, "\(registered.complaints)")
        let arrived = try registered.json(Arrived.self)
        let again = try await shell.run(arrival, token: clerk).json(Arrived.self)
        #expect(again.person == arrived.person, "the same key is the same arrival")
        let request = try #require(arrived.request)

        let beds = try await shell.run("bed", "list", station, "--json", token: clerk)
        let bed = try #require(
            try beds.json(Beds.self).beds.first { $0.kind == "male" && $0.person == nil })
        #expect(
            try await shell.run("bed", "give", arrived.episode, bed.id, token: clerk).status == 0)

        let ranked = try await shell.run("trace", "rank", request, "--json", token: first)
        #expect(ranked.status == 0, "\(ranked.complaints)")
        let best = try #require(try ranked.json(Request.self).candidates.first)
        #expect(best.place == 1 && best.probability > 0.5)
        let compared = try await shell.run(
            "trace", "compare", best.candidate, "--json", token: first
        ).json(Compared.self)
        #expect(compared.evidence.contains { $0.field == "name" })
        #expect(
            try await shell.run("trace", "compare", best.candidate, token: first).output
                .contains("+"))

        let decide = [
            "decide", best.candidate, "confirm", "--reason", "相符", "--evidence-version",
            "\(compared.evidenceVersion)",
        ]
        #expect(try await shell.run(decide, token: clerk).status == 4, "a clerk does not decide")
        #expect(try await shell.run(decide, token: first).status == 0)
        #expect(try await shell.run(decide, token: first).status == 6, "nobody twice")
        #expect(try await shell.run(decide, token: second).status == 0)
        try await learning(request, first, clerk, shell)

        let leave = [
            "depart", arrived.episode, "--kind", "family-collects", "--collector", "欧阳军",
            "--relation", "子女", "--identity", "11010519491231002X", "--identity-checked",
            "--agreed", "--candidate", best.candidate,
        ]
        let early = try await shell.run(leave, token: clerk)
        #expect(early.status == 6, "the bag is still in custody")
        #expect(try await shell.run(leave + ["--return-to", "欧阳军"], token: clerk).status == 0)
        let file2 = try await shell.run("arrival", "show", arrived.person, token: director)
        #expect(file2.output.contains("欧阳建国"))
        let shown = try await shell.run(
            "arrival", "show", arrived.person, "--json", token: director)
        #expect(try !shown.json(Shown.self).birthIsEstimate, "they said it")
    }
}
