// swift-tools-version:6.1
import PackageDescription

// A package of its own: the engine and its peer are measured with nothing else
// to fetch or build. Two of the folders are links to the product's own sources.
let package = Package(
    name: "kinship-benchmark",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "CKinship"),
        .target(name: "GuituKinship", dependencies: ["CKinship"]),
        // What anybody would write first, in C: the figure to be compared with.
        .target(name: "CNaive"),
        .executableTarget(name: "KinshipBenchmark", dependencies: ["CNaive", "GuituKinship"]),
    ],
    swiftLanguageModes: [.v6]
)
