// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "almanac",
    products: [
        .library(name: "AlmanacCalendar", targets: ["AlmanacCalendar"]),
        .executable(name: "almanac", targets: ["almanac"]),
        .executable(name: "almanac-run", targets: ["almanac-run"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0", traits: []),
        .package(url: "https://github.com/LebJe/TOMLKit.git", from: "0.6.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        // When: nothing but the calendar.
        .target(name: "AlmanacCalendar"),
        .target(name: "AlmanacZoneinfo", dependencies: ["AlmanacCalendar"]),

        // What: the nouns, and the ports between the parts below.
        .target(name: "AlmanacModel", dependencies: ["AlmanacCalendar"]),

        // How: each part knows the nouns and none of the other parts.
        .target(
            name: "AlmanacConfig",
            dependencies: [
                "AlmanacModel", "AlmanacCalendar",
                .product(name: "TOMLKit", package: "TOMLKit"),
            ]
        ),
        .target(
            name: "AlmanacScheduler",
            dependencies: [
                "AlmanacModel", "AlmanacCalendar", "AlmanacLinux",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "AlmanacRuns",
            dependencies: [
                "AlmanacModel", "AlmanacCalendar", "AlmanacLinux", "AlmanacRunProtocol",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "AlmanacStore",
            dependencies: [
                "AlmanacModel", "AlmanacCalendar", "AlmanacLinux",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]
        ),
        .target(
            name: "AlmanacMetrics",
            dependencies: ["AlmanacModel", .product(name: "CoreMetrics", package: "swift-metrics")]
        ),
        .target(name: "AlmanacAPI"),
        .target(
            name: "AlmanacServer",
            dependencies: [
                "AlmanacModel", "AlmanacCalendar", "AlmanacAPI", "CLinux",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),

        // The kernel: calls that Swift's Glibc module lacks, and the descriptors made of them.
        .target(name: "CLinux"),
        .target(name: "CExecutor"),
        .target(name: "AlmanacLinux", dependencies: ["CLinux"]),

        // The service manager: libsystemd, and what it is wrapped in.
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(
            name: "AlmanacSystemd",
            dependencies: [
                "CSystemd",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),

        // The supervisor of one run: no Foundation, no dependencies, linked static.
        .target(name: "AlmanacRunProtocol", dependencies: ["CLinux"]),
        .target(name: "AlmanacSupervisor", dependencies: ["AlmanacRunProtocol", "CLinux"]),
        .executableTarget(
            name: "almanac-run",
            dependencies: ["AlmanacSupervisor"],
            linkerSettings: [.unsafeFlags(["-static-executable"])]
        ),

        // The whole: one place that sees every concrete type, and the commands over it.
        .target(
            name: "AlmanacDaemon",
            dependencies: [
                "AlmanacModel", "AlmanacCalendar", "AlmanacAPI", "AlmanacZoneinfo", "AlmanacConfig", "AlmanacScheduler",
                "AlmanacRuns", "AlmanacRunProtocol", "AlmanacStore", "AlmanacServer", "AlmanacMetrics",
                "AlmanacSystemd",
                "AlmanacLinux",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "AlmanacCommands",
            dependencies: [
                "AlmanacAPI", "AlmanacCalendar", "AlmanacZoneinfo", "AlmanacConfig", "AlmanacDaemon", "AlmanacModel",
                "CExecutor",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        .executableTarget(name: "almanac", dependencies: ["AlmanacCommands"]),

        // The tests.
        .target(
            name: "AlmanacTesting",
            dependencies: [
                "AlmanacModel", "AlmanacCalendar", "AlmanacScheduler", "AlmanacRunProtocol", "AlmanacLinux", "CLinux",
            ],
            path: "Tests/AlmanacTesting"
        ),
        .testTarget(name: "AlmanacCalendarTests", dependencies: ["AlmanacCalendar"]),
        .testTarget(name: "AlmanacZoneinfoTests", dependencies: ["AlmanacZoneinfo", "AlmanacCalendar"]),
        .testTarget(name: "AlmanacModelTests", dependencies: ["AlmanacModel", "AlmanacCalendar"]),
        .testTarget(
            name: "AlmanacConfigTests",
            dependencies: [
                "AlmanacConfig", "AlmanacModel", "AlmanacCalendar", "AlmanacTesting", "AlmanacZoneinfo",
                .product(name: "TOMLKit", package: "TOMLKit"),
            ]
        ),
        .testTarget(
            name: "AlmanacSchedulerTests",
            dependencies: [
                "AlmanacScheduler", "AlmanacModel", "AlmanacCalendar", "AlmanacTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "AlmanacRunsTests",
            dependencies: [
                "AlmanacRuns", "AlmanacRunProtocol", "AlmanacMetrics", "AlmanacModel", "AlmanacCalendar",
                "AlmanacLinux",
                "AlmanacStore", "AlmanacTesting",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(name: "AlmanacRunProtocolTests", dependencies: ["AlmanacRunProtocol", "AlmanacTesting"]),
        .testTarget(
            name: "AlmanacSupervisorTests",
            dependencies: ["AlmanacSupervisor", "AlmanacRunProtocol", "AlmanacTesting", "CLinux"]
        ),
        .testTarget(
            name: "AlmanacStoreTests",
            dependencies: [
                "AlmanacStore", "AlmanacMetrics", "AlmanacModel", "AlmanacCalendar", "AlmanacTesting",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "AlmanacMetricsTests",
            dependencies: ["AlmanacMetrics", "AlmanacModel", .product(name: "Metrics", package: "swift-metrics")]
        ),
        .testTarget(
            name: "AlmanacSystemdTests",
            dependencies: [
                "AlmanacSystemd", "AlmanacLinux", "AlmanacTesting",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "AlmanacServerTests",
            dependencies: [
                "AlmanacServer", "AlmanacAPI", "AlmanacMetrics", "AlmanacModel", "AlmanacCalendar", "AlmanacTesting",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "AlmanacCommandsTests",
            dependencies: [
                "AlmanacCommands", "AlmanacAPI", "AlmanacCalendar", "AlmanacConfig", "AlmanacDaemon", "AlmanacModel",
                "AlmanacTesting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "AlmanacDaemonTests",
            dependencies: [
                "AlmanacDaemon", "AlmanacAPI", "AlmanacCalendar", "AlmanacConfig", "AlmanacModel", "AlmanacRunProtocol",
                "AlmanacScheduler", "AlmanacTesting", "CLinux",
            ]
        ),
        .testTarget(
            name: "AlmanacServiceTests",
            dependencies: ["AlmanacAPI", "AlmanacCommands", "AlmanacModel", "AlmanacTesting"]
        ),
    ],
    swiftLanguageModes: [.v6]
)

// ALMANAC_TESTS="AlmanacConfigTests AlmanacRunsTests" leaves the other test targets out, for a quick build of some.
if let tests = Context.environment["ALMANAC_TESTS"]?.split(separator: " ") {
    package.targets.removeAll { $0.type == .test && !tests.contains(Substring($0.name)) }
}

for target in package.targets where target.type != .system && !["CLinux", "CExecutor"].contains(target.name) {
    var settings = target.swiftSettings ?? []
    settings += [
        .swiftLanguageMode(.v6),
        .strictMemorySafety(),  // SE-0458
        .treatAllWarnings(as: .error),  // SE-0480
        .enableUpcomingFeature("ExistentialAny"),  // SE-0335
        .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
        .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
    ]
    target.swiftSettings = settings
}
