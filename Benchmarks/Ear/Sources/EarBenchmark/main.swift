import Foundation
import GuituEar

// What Benchmarks/Ear/run asks for, a word and its files.
// Processor time, not the clock's: other work on the machine must not count.

func processorSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
        + Double(usage.ru_stime.tv_sec) + Double(usage.ru_stime.tv_usec) / 1e6
}

func residentMegabytes() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1024
}

let arguments = CommandLine.arguments
switch arguments.dropFirst().first {
case "build":
    let start = processorSeconds()
    let (bytes, about) = try IndexBuilder(places: arguments[2], readings: arguments[3]).build()
    try Data(bytes).write(to: URL(fileURLWithPath: arguments[4]))
    print(
        "\(about.places) places, \(about.names) names, \(about.points) points, \(about.cells) cells, "
            + "\(bytes.count) bytes, \(processorSeconds() - start) s")
case "placed":
    for (point, place) in try EarIndex(path: arguments[2]).about.placed.sorted(by: <) {
        print(point.prefix { $0 != " " }, place, separator: "\t")
    }
case "hear":
    let ear = Ear(index: try EarIndex(path: arguments[2]))
    let queries = [UInt8](try Data(contentsOf: URL(fileURLWithPath: arguments[3])))
    let outcome = try EarBatch(ear: ear).run(csv: queries)
    try Data(outcome.csv.utf8).write(to: URL(fileURLWithPath: arguments[4]))
    for line in outcome.complaints { print(line) }
case "speed":
    let start = processorSeconds()
    let ear = Ear(index: try EarIndex(path: arguments[2]))
    print("open: \(String(format: "%.1f", (processorSeconds() - start) * 1000)) ms")
    for file in arguments.dropFirst(3) {
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
        var times: [Double] = []
        for line in text.split(whereSeparator: \.isNewline).dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(
                String.init)
            // The quickest of three: other work on the machine takes the caches.
            let runs = try (0..<3).map { _ in
                let start = processorSeconds()
                let utterance = try ear.reader.utterance(fields[1], levels: fields[2])
                for candidate in ear.hear(utterance, limit: 20) {
                    for (fragment, place) in ear.pair(utterance, with: candidate.place) {
                        _ = ear.explain(fragment.spellings[0], as: place)
                    }
                }
                return (processorSeconds() - start) * 1000
            }
            times.append(runs.min() ?? 0)
        }
        times.sort()
        let at = { (share: Double) in times[min(times.count - 1, Int(share * Double(times.count)))]
        }
        print(
            file,
            String(
                format: "p50 %.2f ms, p99 %.2f ms, max %.2f ms", at(0.5), at(0.99), times.last ?? 0)
        )
    }
    print("memory: \(String(format: "%.0f", residentMegabytes())) MB")
default:
    print("build PLACES READINGS OUT | placed INDEX | hear INDEX IN OUT | speed INDEX QUERIES...")
}
