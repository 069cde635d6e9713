import Foundation

/// Where the likeliest counties lie, as dots over the dots of all counties: no
/// tiles, no outline, nothing fetched from anywhere.
struct HeardMap: Sendable {
    private struct Dot {
        var number: Int
        var x: Double
        var y: Double
        var radius: Double
    }

    private static let width = 600.0
    private let height: Double
    private let ground: String
    private let dots: [Dot]

    /// Nil when no county has coordinates.
    init?(_ counties: [HearingRun.County], over all: [OpenedEar.Point]) {
        let known = counties.prefix(10).enumerated().compactMap { number, county in
            county.point.map { (number: number + 1, at: $0, share: county.probability) }
        }
        guard let first = known.first else { return nil }
        // The map shows what is likely: one far place in a thousand does not
        // make everything else small.
        let likely = known.filter { $0.share > first.share / 50 }.map(\.at)
        let longitudes = likely.map(\.longitude)
        let latitudes = likely.map(\.latitude)
        let middle = OpenedEar.Point(
            longitude: ((longitudes.min() ?? 0) + (longitudes.max() ?? 0)) / 2,
            latitude: ((latitudes.min() ?? 0) + (latitudes.max() ?? 0)) / 2)
        // At least four degrees, so that the neighbours are seen.
        let squeeze = max(0.3, cos(middle.latitude * .pi / 180))
        let spanX = max(4, (longitudes.max() ?? 0) - (longitudes.min() ?? 0)) * 1.3
        let spanY = max(4 * squeeze, (latitudes.max() ?? 0) - (latitudes.min() ?? 0)) * 1.3
        let scale = min(Self.width / (spanX * squeeze), 520 / spanY)
        let height = min(520, max(280, spanY * scale)).rounded()
        func place(_ point: OpenedEar.Point) -> (x: Double, y: Double) {
            (
                Self.width / 2 + (point.longitude - middle.longitude) * squeeze * scale,
                height / 2 - (point.latitude - middle.latitude) * scale
            )
        }
        var seen = Set<String>()
        var ground = ""
        for point in all {
            let (x, y) = place(point)
            guard (0...Self.width).contains(x), (0...height).contains(y) else { continue }
            // Nearer than three units two dots are one.
            let mark = "M\(Int(x / 3) * 3) \(Int(y / 3) * 3)h0"
            if seen.insert(mark).inserted { ground += mark }
        }
        self.height = height
        self.ground = ground
        dots = known.compactMap { entry in
            let (x, y) = place(entry.at)
            guard (0...Self.width).contains(x), (0...height).contains(y) else { return nil }
            return Dot(
                number: entry.number, x: x.rounded(), y: y.rounded(),
                radius: (9 + 12 * entry.share.squareRoot()).rounded())
        }
    }

    func view(_ label: String) -> HTML {
        // The likeliest is drawn last, over the others.
        """
        <svg class="dot-map" viewBox="0 0 \(Int(Self.width)) \(Int(height))" role="img" aria-label="\(label)">\
        <path class="ground" d="\(ground)"/>\
        \(dots.reversed().map { dot in
            """
            <circle cx="\(Int(dot.x))" cy="\(Int(dot.y))" r="\(Int(dot.radius))"/>\
            <text x="\(Int(dot.x))" y="\(Int(dot.y) + 5)" text-anchor="middle">\(dot.number)</text>
            """ as HTML
        })</svg>
        """
    }
}
