// swift-tools-version:6.1
import PackageDescription

// Optimised in debug builds too: an array loop ran eleven times faster. The
// Makefile sets the variable; packages that depend on the ear or the kinship
// library may not have unsafe flags, so they never see them.
let numberCrunching: [SwiftSetting] =
    Context.environment["GUITU_OPTIMIZE_ENGINES"] == "1" ? [.unsafeFlags(["-O"])] : []
let numberCrunchingC: [CSetting] =
    Context.environment["GUITU_OPTIMIZE_ENGINES"] == "1" ? [.unsafeFlags(["-O2"])] : []

let package = Package(
    name: "guitu",
    defaultLocalization: "zh-Hans",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "guitu", targets: ["guitu"]),
        .library(name: "GuituEar", targets: ["GuituEar"]),
        .library(name: "GuituKinship", targets: ["GuituKinship"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .target(name: "GuituModel"),
        .target(name: "GuituRules", dependencies: ["GuituModel"]),
        .target(name: "GuituInvented", dependencies: ["GuituModel"]),
        .target(
            name: "GuituEar",
            dependencies: ["GuituModel", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: numberCrunching),
        .target(name: "CKinship", cSettings: numberCrunchingC),
        .target(
            name: "GuituKinship", dependencies: ["CKinship"], swiftSettings: numberCrunching),
        .target(
            name: "GuituMatching", dependencies: ["GuituModel"], swiftSettings: numberCrunching),
        .target(
            name: "GuituText", dependencies: ["GuituModel"], resources: [.embedInCode("Catalogs")]),
        .target(
            name: "GuituStore",
            dependencies: ["GuituModel", .product(name: "Crypto", package: "swift-crypto")]),
        .systemLibrary(name: "Clibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "GuituSQLite", dependencies: ["GuituStore", "CSQLite"]),
        .target(name: "GuituPostgres", dependencies: ["GuituStore", "Clibpq"]),
        .target(
            name: "GuituCore",
            dependencies: [
                "GuituModel", "GuituRules", "GuituMatching", "GuituKinship", "GuituInvented",
                "GuituStore",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "GuituWeb",
            dependencies: [
                "GuituCore", "GuituEar", "GuituMatching", "GuituText",
                .product(name: "Hummingbird", package: "hummingbird"),
            ],
            resources: [.embedInCode("Assets")]),
        .executableTarget(
            name: "guitu",
            dependencies: [
                "GuituWeb", "GuituEar", "GuituKinship", "GuituMatching", "GuituSQLite",
                "GuituPostgres",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "TestSupport",
            dependencies: ["GuituCore", "GuituInvented", "GuituSQLite", "GuituPostgres"],
            path: "Tests/TestSupport"),
        .testTarget(name: "GuituModelTests", dependencies: ["GuituModel", "GuituInvented"]),
        .testTarget(name: "GuituEarTests", dependencies: ["GuituEar"]),
        .testTarget(name: "GuituKinshipTests", dependencies: ["GuituKinship"]),
        .testTarget(
            name: "GuituMatchingTests", dependencies: ["GuituMatching", "GuituInvented"]),
        .testTarget(name: "GuituTextTests", dependencies: ["GuituText"]),
        .testTarget(
            name: "GuituStoreTests",
            dependencies: ["GuituStore", "GuituSQLite", "GuituPostgres", "TestSupport"],
            exclude: ["Snapshots"]),
        .testTarget(
            name: "GuituCoreTests", dependencies: ["GuituCore", "TestSupport"],
            exclude: ["Snapshots", "Laboratory/Snapshots"]),
        .testTarget(
            name: "GuituWebTests",
            dependencies: [
                "GuituWeb", "GuituEar", "TestSupport",
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ],
            exclude: ["Snapshots"]),
        .testTarget(
            name: "GuituCommandTests", dependencies: ["guitu", "TestSupport"],
            exclude: ["Snapshots"]),
    ],
    swiftLanguageModes: [.v6]
)
