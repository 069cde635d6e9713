import Foundation
import GuituInvented
import GuituMatching
import GuituModel

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let peopleCount = numbers.first ?? 2000
let reportCount = numbers.dropFirst().first ?? 10_000
let clock = ContinuousClock()
var failed = false

func text(_ share: Double) -> String { String(format: "%.3f", share) }

func milliseconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return Double(seconds) * 1000 + Double(attoseconds) / 1e15
}

print("\(peopleCount) people, \(reportCount) reports")
for seed in 1...3 as ClosedRange<UInt64> {
    var invented = InventedPeople(seed: seed)
    let world = invented.world(people: peopleCount, reports: reportCount, truePairShare: 0.8)
    let reports = world.reports.map(\.description)
    var shelf: (engine: FellegiSunter, reports: [PreparedDescription])?
    let preparing = clock.measure {
        let engine = FellegiSunter(learningFrom: reports)
        shelf = (engine, reports.map(engine.prepare))
    }
    guard let (engine, prepared) = shelf else { fatalError("measure did not run its body") }
    let sum = WeightedSum()
    var truth = [Int](repeating: -1, count: peopleCount)
    for pair in world.truth { truth[pair.person] = pair.report }

    var hits = (first: 0, ten: 0, firstBySum: 0, tenBySum: 0)
    var spent: [Double] = []
    var said = [(count: Int, sum: Double, right: Int)](repeating: (0, 0, 0), count: 10)
    var noneSaid = 0.0
    for (index, person) in world.people.enumerated() {
        let described = engine.prepare(person.description)
        var ranked: Ranking?
        spent.append(
            milliseconds(
                clock.measure {
                    ranked = engine.rank(described, prepared, prior: Prior(reported: 0.8), top: 10)
                }))
        guard let ranking = ranked, let best = ranking.scored.first else { continue }
        noneSaid += ranking.noRightReport
        let bin = min(9, Int(best.probability * 10))
        said[bin].count += 1
        said[bin].sum += best.probability
        if best.index == truth[index] { said[bin].right += 1 }
        guard truth[index] >= 0 else { continue }
        if best.index == truth[index] { hits.first += 1 }
        if ranking.scored.contains(where: { $0.index == truth[index] }) { hits.ten += 1 }
        let order = sum.rank(described, prepared).prefix(10)
        if order.first == truth[index] { hits.firstBySum += 1 }
        if order.contains(truth[index]) { hits.tenBySum += 1 }
    }
    spent.sort()
    let pairs = Double(max(1, world.truth.count))
    let median = spent[spent.count / 2]
    let slowest = spent[spent.count * 99 / 100]
    print("seed \(seed), \(world.truth.count) true pairs")
    print(
        "  Fellegi-Sunter  first \(text(Double(hits.first) / pairs))  among ten \(text(Double(hits.ten) / pairs))"
    )
    print(
        "  weighted sum    first \(text(Double(hits.firstBySum) / pairs))  among ten \(text(Double(hits.tenBySum) / pairs))"
    )
    print(
        "  a ranking: median \(text(median)) ms, p99 \(text(slowest)) ms; preparing a report: \(text(milliseconds(preparing) / Double(reportCount))) ms"
    )
    print(
        "  no right report: said \(text(noneSaid / Double(peopleCount))), true \(text(1 - pairs / Double(peopleCount)))"
    )
    let bins = said.filter { $0.count > 0 }.map {
        "\(text($0.sum / Double($0.count)))→\(text(Double($0.right) / Double($0.count))) (\($0.count))"
    }
    print("  probability of the first, said→true (people): " + bins.joined(separator: ", "))
    if hits.first < hits.firstBySum || hits.ten < hits.tenBySum { failed = true }
    if reportCount <= 10_000, median >= 50 { failed = true }
}
exit(failed ? 1 : 0)
