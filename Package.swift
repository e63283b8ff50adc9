// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "almanac",
    products: [
        .library(name: "AlmanacCalendar", targets: ["AlmanacCalendar"]),
        .executable(name: "almanac-run", targets: ["almanac-run"]),
    ],
    targets: [
        // When: nothing but the calendar.
        .target(name: "AlmanacCalendar"),
        .target(name: "AlmanacZoneinfo", dependencies: ["AlmanacCalendar"]),

        // The kernel: calls that Swift's Glibc module lacks, and the descriptors made of them.
        .target(name: "CLinux"),

        // The supervisor of one run: no Foundation, no dependencies, linked static.
        .target(name: "AlmanacRunProtocol", dependencies: ["CLinux"]),
        .target(name: "AlmanacSupervisor", dependencies: ["AlmanacRunProtocol", "CLinux"]),
        .executableTarget(
            name: "almanac-run",
            dependencies: ["AlmanacSupervisor"],
            linkerSettings: [.unsafeFlags(["-static-executable"])]
        ),
        .testTarget(name: "AlmanacCalendarTests", dependencies: ["AlmanacCalendar"]),
        .testTarget(name: "AlmanacZoneinfoTests", dependencies: ["AlmanacZoneinfo", "AlmanacCalendar"]),
        .testTarget(name: "AlmanacRunProtocolTests", dependencies: ["AlmanacRunProtocol"]),
        .testTarget(
            name: "AlmanacSupervisorTests",
            dependencies: ["AlmanacSupervisor", "AlmanacRunProtocol", "CLinux"]
        ),
    ],
    swiftLanguageModes: [.v6]
)

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
