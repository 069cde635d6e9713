// swift-tools-version:6.1
import PackageDescription

// A package of its own: the reader is measured with nothing else to fetch or
// build. The two folders are links to the product's own sources.
let package = Package(
    name: "notices-benchmark",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "GuituModel"),
        .target(name: "GuituMatching", dependencies: ["GuituModel"]),
        .executableTarget(name: "NoticesBenchmark", dependencies: ["GuituMatching"]),
    ],
    swiftLanguageModes: [.v6]
)
