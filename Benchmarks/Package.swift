// swift-tools-version: 6.2
import PackageDescription

// The calendar alone, by a link to its sources, so that measuring it builds nothing else.
let package = Package(
    name: "benchmarks",
    targets: [
        .target(name: "AlmanacCalendar"),
        .target(name: "CAllocations"),
        .executableTarget(name: "Benchmarks", dependencies: ["AlmanacCalendar", "CAllocations"]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.name != "CAllocations" {
    target.swiftSettings = [
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
