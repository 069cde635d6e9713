// swift-tools-version:6.1
import PackageDescription

// A package of its own: the ear with nothing else to fetch or build. The folder
// GuituEar is a link to the product's own sources.
let package = Package(
    name: "ear-benchmark",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "GuituEar", swiftSettings: [.unsafeFlags(["-O"])]),
        .executableTarget(
            name: "EarBenchmark", dependencies: ["GuituEar"],
            swiftSettings: [.unsafeFlags(["-O"])]),
    ],
    swiftLanguageModes: [.v6]
)
