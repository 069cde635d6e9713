// swift-tools-version:6.1
import PackageDescription

// A package of its own: the engine and its peer are measured with nothing else
// to fetch or build. The three folders are links to the product's own sources.
let package = Package(
    name: "linkage-benchmark",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "GuituModel"),
        .target(name: "GuituInvented", dependencies: ["GuituModel"]),
        .target(name: "GuituMatching", dependencies: ["GuituModel"]),
        .executableTarget(
            name: "LinkageBenchmark", dependencies: ["GuituMatching", "GuituInvented"]),
    ],
    swiftLanguageModes: [.v6]
)
