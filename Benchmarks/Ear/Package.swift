// swift-tools-version:6.1
import PackageDescription

// A package of its own: the ear with little else to fetch or build. The folders
// GuituEar and GuituModel are links to the product's own sources.
let package = Package(
    name: "ear-benchmark",
    platforms: [.macOS(.v15)],
    dependencies: [.package(url: "https://github.com/apple/swift-crypto", from: "4.5.2")],
    targets: [
        .target(name: "GuituModel"),
        .target(
            name: "GuituEar",
            dependencies: ["GuituModel", .product(name: "Crypto", package: "swift-crypto")]),
        .executableTarget(name: "EarBenchmark", dependencies: ["GuituEar"]),
    ],
    swiftLanguageModes: [.v6]
)
