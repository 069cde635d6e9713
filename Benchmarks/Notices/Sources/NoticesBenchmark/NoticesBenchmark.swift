import Foundation
import GuituMatching
import GuituModel

/// Reads the labelled texts of each folder and prints F1 by field and layout.
///
/// `swift run -c release NoticesBenchmark FOLDER… [--errors] [--least 0.95] [--counties FILE]`
/// FILE names a county a line, as the index of places does for `guitu`.
@main
enum NoticesBenchmark {
    struct Sample {
        var id: String
        var layout: String
        var published: Day?
        var text: String
        var persons: [Scoring.Person]
    }

    static func main() throws {
        var folders: [String] = []
        var showsErrors = false
        var least: Double?
        var places = PlaceNames.common
        var arguments = CommandLine.arguments.dropFirst().makeIterator()
        while let argument = arguments.next() {
            switch argument {
            case "--errors": showsErrors = true
            case "--least": least = arguments.next().flatMap(Double.init)
            case "--counties":
                let list = try String(contentsOfFile: arguments.next() ?? "", encoding: .utf8)
                places = PlaceNames(counties: list.split(separator: "\n").map(String.init))
            default: folders.append(argument)
            }
        }
        var failed = folders.isEmpty
        for folder in folders {
            let samples = try load(folder)
            let f1 = report(folder, samples, places, showsErrors: showsErrors)
            let speed = speed(samples, places)
            print(String(format: "speed        %.0f notices/s on one core\n", speed))
            if let least, f1 < least || speed < 2000 { failed = true }
        }
        exit(failed ? 1 : 0)
    }

    // MARK: Files

    static func lines(_ path: String) throws -> [[String: Any]] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return try text.split(separator: "\n").map {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
        }
    }

    static func load(_ folder: String) throws -> [Sample] {
        let texts = try lines(folder + "/texts.jsonl")
        let labels = try lines(folder + "/labels.jsonl")
        let byID = Dictionary(labels.map { ($0["id"] as? String ?? "", $0) }) { $1 }
        return texts.map { line in
            let id = line["id"] as? String ?? ""
            let label = byID[id] ?? [:]
            return Sample(
                id: id, layout: (line["layout"] ?? label["layout"]) as? String ?? "-",
                published: (line["published"] as? String).flatMap { Day($0) },
                text: line["text"] as? String ?? "",
                persons: label["persons"] as? [Scoring.Person] ?? [])
        }
    }

    // MARK: Report

    static func report(
        _ folder: String, _ samples: [Sample], _ places: PlaceNames, showsErrors: Bool
    ) -> Double {
        var byField: [NoticeKey: Count] = [:]
        var byLayout: [String: Count] = [:]
        var core = Count()
        var sure: [(confidence: Double, isRight: Bool)] = []
        var persons = (labelled: 0, read: 0)
        for sample in samples {
            let read = NoticeReader.read(
                sample.text, published: sample.published, places: places)
            persons.labelled += sample.persons.count
            persons.read += read.count
            let (counts, errors) = Scoring.score(read: read, labelled: sample.persons)
            for (key, count) in counts {
                byField[key, default: Count()] += count
                guard Scoring.core.contains(key) else { continue }
                core += count
                byLayout[sample.layout, default: Count()] += count
            }
            if read.count == 1, sample.persons.count == 1 {
                sure += calibration(read[0], sample.persons[0])
            }
            if showsErrors, !errors.isEmpty {
                print("\(sample.id) \(sample.layout)\n  " + errors.joined(separator: "\n  "))
                print("  " + NoticePerson.line(id: sample.id, persons: read))
            }
        }
        print(
            "\(folder): \(samples.count) texts, \(persons.labelled) persons labelled, \(persons.read) read"
        )
        func line(_ name: String, _ count: Count) {
            let padded = name.padding(toLength: 18, withPad: " ", startingAt: 0)
            print(
                padded
                    + String(
                        format:
                            "F1 %.3f  precision %.3f  recall %.3f  (%d right, %d extra, %d missed)",
                        count.f1, count.precision, count.recall, count.right, count.extra,
                        count.missed))
        }
        for key in NoticeKey.allCases {
            line((Scoring.core.contains(key) ? "* " : "  ") + key.rawValue, byField[key] ?? Count())
        }
        line("core fields (*)", core)
        print("by layout, core fields")
        for (layout, count) in byLayout.sorted(by: { $0.key < $1.key }) {
            line("  " + layout, count)
        }
        printCalibration(sure)
        return core.f1
    }

    static func calibration(_ person: NoticePerson, _ label: Scoring.Person) -> [(
        confidence: Double, isRight: Bool
    )] {
        person.fields.map { field in
            var only = person
            only.fields = [field]
            let count = Scoring.compare(only, label).first { $0.0 == field.key }?.1
            return (field.confidence, (count?.extra ?? 1) == 0)
        }
    }

    static func printCalibration(_ sure: [(confidence: Double, isRight: Bool)]) {
        print("confidence, texts of one person")
        for bounds in [(0.0, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1.0)] {
            let some = sure.filter { $0.confidence >= bounds.0 && $0.confidence < bounds.1 }
            guard !some.isEmpty else { continue }
            let mean = some.map(\.confidence).reduce(0, +) / Double(some.count)
            let right = Double(some.count { $0.isRight }) / Double(some.count)
            print(
                String(
                    format: "  %.2f–%.2f  said %.2f  right %.2f  n %d", bounds.0, bounds.1, mean,
                    right, some.count))
        }
    }

    /// Notices a second, each read whole and written as JSON.
    static func speed(_ samples: [Sample], _ places: PlaceNames) -> Double {
        guard !samples.isEmpty else { return 0 }
        var done = 0
        var bytes = 0
        // Time of the processor, so that neighbours on the machine do not count.
        let begin = processorSeconds()
        while processorSeconds() - begin < 2 {
            for sample in samples {
                let read = NoticeReader.read(
                    sample.text, published: sample.published, places: places)
                bytes += NoticePerson.line(id: sample.id, persons: read).utf8.count
            }
            done += samples.count
        }
        precondition(bytes > 0)
        return Double(done) / (processorSeconds() - begin)
    }

    static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
