import Foundation
import Testing

@Suite("guitu places clues")
struct PlacesCluesTests {
    @Test("a table with faults is refused by row; a good one weighs the next belief")
    func clues() async throws {
        let shell = try await Shell()
        let tables = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Rig/small-country").path
        let built = try await shell.run(
            "places", "build", "--places", tables, "--readings", tables, "--output", "places.index")
        #expect(built.status == 0, "\(built.complaints)")
        func write(_ rows: String) throws {
            try ("kind\tvalue\tcode\tweight\tsource\n" + rows).write(
                to: shell.folder.appending(path: "new.tsv"), atomically: true, encoding: .utf8)
        }
        let take = ["places", "clues", "import", "new.tsv", "--index", "places.index"]
        let believe = [
            "places", "belief", "--heard", "tai ping", "--clue", "plate=湘Z", "--index",
            "places.index", "--limit", "1",
        ]
        let unknown = try await shell.run(believe)
        #expect(unknown.status == 6 && unknown.complaints.contains("nothing is known of plate"))

        try write("plate\t湘Z\t110101\t1\t本站\nplate\t\t110101\t1\t本站\n")
        let faulty = try await shell.run(take)
        #expect(faulty.status == 6 && faulty.complaints.contains("new.tsv, row 3"))
        try write("plate\t湘Z\t999999\t1\t本站\n")
        let lost = try await shell.run(take)
        #expect(lost.status == 6 && lost.complaints.contains("no place has the code 999999"))
        let show = ["places", "clues", "show", "--index", "places.index"]
        #expect(try await shell.run(show).status != 0, "nothing was written")

        try write("plate\t湘Z\t110101\t1\t本站\nphone\t0730\t430100\t1\t本站\n")
        let taken = try await shell.run(take)
        #expect(taken.status == 0, "\(taken.complaints)")
        #expect(taken.output.contains("phone 1, plate 1"))
        #expect(try await shell.run(show).output.contains("plate\t湘Z\t110101\t1\t本站"))
        let believed = try await shell.run(believe)
        #expect(believed.output.contains("110101"), "\(believed.output) \(believed.complaints)")
        #expect(believed.output.contains("plate=湘Z"))
        #expect(try await shell.run("places", "belief", "--clue", "plate").status == 64)
    }
}
