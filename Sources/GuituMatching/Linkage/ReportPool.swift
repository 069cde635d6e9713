import Foundation
import GuituModel

/// What the reports on file look like as a whole: the u side of the model.
///
/// Agreement on what many reports say is worth little; how many do is counted
/// here, begun with the nation's shares so that ten reports do not shout.
public struct ReportPool: Sendable {
    public var places: PlaceShares
    var lostDays: Histogram
    var births: Histogram

    public init() {
        places = PlaceShares()
        lostDays = Histogram(binWidth: 30)
        births = Histogram(binWidth: 5)
    }

    public init(_ reports: some Collection<PersonDescription>) {
        let said = reports.lazy.flatMap { $0.homes + [$0.scene].compactMap { $0 } }
            .map { PlaceReading($0.said.isEmpty ? Places.fullName(of: $0.code) : $0.said) }
        self.init()
        places = PlaceShares(learningFrom: said)
        for report in reports {
            if let day = PreparedDescription.days(report.day) { lostDays.add(day) }
            if let birth = PreparedDescription.years(report.birth) { births.add(birth) }
        }
    }
}

/// Counts in bins of one width, smoothed over the neighbours.
struct Histogram: Sendable {
    private let binWidth: Double
    private var counts: [Int: Double] = [:]
    private(set) var total = 0.0

    init(binWidth: Double) { self.binWidth = binWidth }

    /// Wide spans are shared out over the bins they cover.
    mutating func add(_ span: PreparedDescription.Span) {
        guard span.width < binWidth * 60 else { return }
        let bins = bin(span.low)...bin(span.high)
        for bin in bins { counts[bin, default: 0] += 1 / Double(bins.count) }
        total += 1
    }

    /// Counts per unit, averaged over a span: `total` times a density.
    func mass(over span: PreparedDescription.Span) -> Double {
        let bins = bin(span.low)...min(bin(span.high), bin(span.low) + 60)
        var sum = 0.0
        for bin in bins {
            sum +=
                0.25 * (counts[bin - 1] ?? 0) + 0.5 * (counts[bin] ?? 0) + 0.25
                * (counts[bin + 1] ?? 0)
        }
        return sum / Double(bins.count) / binWidth
    }

    private func bin(_ value: Double) -> Int { Int((value / binWidth).rounded(.down)) }
}

/// How common places are among reports: the u side for homes and scenes.
///
/// Begins with the provinces' shares of the population (2020, rounded) and
/// learns from the reports on file: an office in Henan sees mostly Henan.
public struct PlaceShares: Hashable, Sendable {
    private var shares: [String: Double] = [:]
    private var total = 20.0  // the nation counts as much as twenty reports

    public init() {
        let percent = [
            "44": 8.9, "37": 7.2, "41": 7.0, "32": 6.0, "51": 5.9, "13": 5.3, "43": 4.7, "33": 4.6,
            "34": 4.3,
            "42": 4.1, "45": 3.6, "53": 3.3, "36": 3.2, "21": 3.0, "35": 2.9, "61": 2.8, "52": 2.7,
            "14": 2.5,
            "23": 2.3, "50": 2.3, "62": 1.8, "65": 1.8, "31": 1.8, "15": 1.7, "22": 1.7, "71": 1.6,
            "11": 1.6,
            "12": 1.0, "46": 0.7, "64": 0.5, "81": 0.5, "63": 0.4, "54": 0.3, "82": 0.1,
        ]
        for (code, share) in percent { shares[code] = share / 100 * total }
    }

    public init(learningFrom places: some Sequence<PlaceReading>) {
        self.init()
        for place in places where !place.code.isEmpty {
            total += 1
            for length in [2, 4, 6] where length <= place.code.utf8.count {
                let code = String(place.code.prefix(length))
                if shares[code] == nil { shares[code] = spread(code) }
                shares[code]! += 1
            }
        }
    }

    /// The probability that a random report names this place, at least one in
    /// ten thousand: no table knows the rarest.
    public func share(of code: String) -> Double {
        max((shares[code] ?? spread(code)) / total, 0.000_1)
    }

    /// A place never seen has its part of the place above it before any report
    /// was counted: a twelfth for cities, an eighth for counties.
    private func spread(_ code: String) -> Double {
        switch code.utf8.count {
        case 0...2: 0.002 * 20
        case 3...4: (Self.nation[String(code.prefix(2))] ?? 0.002) * 20 / 12
        default: (Self.nation[String(code.prefix(2))] ?? 0.002) * 20 / 96
        }
    }

    private static let nation: [String: Double] = {
        let start = PlaceShares()
        return start.shares.mapValues { $0 / start.total }
    }()
}
