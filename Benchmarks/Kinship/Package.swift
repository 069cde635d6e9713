// swift-tools-version:6.1
import PackageDescription

let package = Package(
    name: "kinship-benchmark",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "guitu", path: "../..")],
    targets: [
        // What anybody would write first, in C: the figure to be compared with.
        .target(name: "CNaive"),
        .executableTarget(
            name: "KinshipBenchmark",
            dependencies: ["CNaive", .product(name: "GuituKinship", package: "guitu")]),
    ],
    swiftLanguageModes: [.v6]
)
