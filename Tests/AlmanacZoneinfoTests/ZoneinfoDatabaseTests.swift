import AlmanacCalendar
import AlmanacZoneinfo
import Foundation
import Testing

@Suite("The zone database reads, caches and names zones")
struct ZoneinfoDatabaseTests {
    let scratch: ScratchFolder
    let database: ZoneinfoDatabase

    init() throws {
        scratch = try ScratchFolder()
        database = ZoneinfoDatabase(directory: scratch.path)
        try scratch.write(fixture("zones/Europe/Berlin"), to: "Europe/Berlin")
        try scratch.write(fixture("slim/America/New_York"), to: "America/New_York")
    }

    @Test("A zone is read by its name")
    func reading() throws {
        let berlin = try database.rules(for: ZoneID("Europe/Berlin"))
        #expect(berlin.id == ZoneID("Europe/Berlin"))
        #expect(berlin.offset(at: Timestamp(secondsSinceEpoch: 1_774_746_000)).seconds == 7200)
    }

    @Test("UTC needs no file")
    func utc() throws {
        #expect(try database.rules(for: .utc) == .utc)
        #expect(try ZoneinfoDatabase(directory: "/nonexistent").rules(for: ZoneID("UTC")) == .utc)
    }

    @Test("A link is a zone of its own name")
    func links() throws {
        try scratch.link("Deutschland", to: "Europe/Berlin")
        let zone = try database.rules(for: ZoneID("Deutschland"))
        #expect(zone.id.name == "Deutschland")
        #expect(zone.offset(at: Timestamp(secondsSinceEpoch: 0)).seconds == 3600)
    }

    @Test(
        "Names that cannot be a zone's are refused before any file is touched",
        arguments: [
            "", "/etc/passwd", "/usr/share/zoneinfo/Europe/Berlin", "../passwd", "Europe/../../x", "a..b",
            "right/Europe/Berlin", "Europe/Berlin\0", "a\nb",
        ]
    )
    func badNames(name: String) {
        let error = #expect(throws: ZoneinfoError.self) { try database.rules(for: ZoneID(name)) }
        guard case .badName = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.path == nil)
        #expect(error?.description.contains("is not a zone's name") == true)
    }

    @Test(
        "Names are case-sensitive, and what is missing is said with its path",
        arguments: ["europe/berlin", "Europe/BERLIN", "Mars/Olympus", "Europe/Berlin/x"]
    )
    func missing(name: String) {
        let error = #expect(throws: ZoneinfoError.self) { try database.rules(for: ZoneID(name)) }
        #expect(error?.reason == .notFound)
        #expect(error?.path == scratch.path + "/" + name)
    }

    @Test("A very long name is refused")
    func longName() {
        let error = #expect(throws: ZoneinfoError.self) {
            try database.rules(for: ZoneID(String(repeating: "x", count: 100_000)))
        }
        #expect((error?.description.count ?? .max) < 300)
    }

    @Test("Folders, pipes, other files and files with leap seconds are refused")
    func otherFiles() throws {
        try scratch.write(Array("# not a zone\n".utf8), to: "leapseconds")
        try scratch.write(fixture("malformed/leap-seconds.tzif"), to: "Leap")
        try scratch.write([UInt8](repeating: 0, count: 2 << 20), to: "Huge")
        let pipe = scratch.path + "/Pipe"
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        func reason(_ name: String) -> ZoneinfoError.Reason? {
            #expect(throws: ZoneinfoError.self) { try database.rules(for: ZoneID(name)) }?.reason
        }
        #expect(reason("Europe") == .notAFile)
        #expect(reason("Pipe") == .notAFile)
        #expect(reason("Huge") == .tooLarge(limit: 1 << 20))
        #expect(reason("leapseconds") == .malformed(TZifError(reason: .notTZif, byteOffset: 0)))
        #expect(reason("Leap") == .malformed(TZifError(reason: .leapSeconds, byteOffset: 82)))
    }

    @Test("A file that was missing is found once it is there")
    func laterFile() throws {
        #expect(throws: ZoneinfoError.self) { try database.rules(for: ZoneID("Asia/Gaza")) }
        try scratch.write(fixture("zones/Asia/Gaza"), to: "Asia/Gaza")
        _ = try database.rules(for: ZoneID("Asia/Gaza"))
    }

    @Test("Rules are read once and shared")
    func caching() throws {
        let id = ZoneID("Europe/Berlin")
        let first = try database.rules(for: id)
        try FileManager.default.removeItem(atPath: scratch.path + "/Europe/Berlin")
        #expect(try database.rules(for: id) == first)
    }

    @Test("Names are those of all zone files, sorted, without the copies and the machine's own")
    func names() throws {
        try scratch.write(fixture("zones/Europe/Berlin"), to: "posix/Europe/Berlin")
        try scratch.write(fixture("zones/Europe/Berlin"), to: "right/Europe/Berlin")
        try scratch.write(fixture("zones/Europe/Berlin"), to: "localtime")
        try scratch.write(fixture("zones/Europe/Berlin"), to: "posixrules")
        try scratch.write(fixture("zones/Europe/Berlin"), to: "America/North_Dakota/Center")
        try scratch.write(Array("text".utf8), to: "zone.tab")
        try scratch.link("Deutschland", to: "Europe/Berlin")
        try scratch.link("circle", to: ".")
        #expect(
            database.names() == [
                "America/New_York", "America/North_Dakota/Center", "Deutschland", "Europe/Berlin", "UTC",
            ]
        )
        #expect(ZoneinfoDatabase(directory: "/nonexistent").names() == ["UTC"])
    }

    @Test("The version is in tzdata.zi, else in +VERSION, else unknown")
    func version() throws {
        #expect(database.version == nil)
        try scratch.write(Array("2026a\n".utf8), to: "+VERSION")
        #expect(database.version == "2026a")
        try scratch.write(
            Array("# version 2025b\n# This zic input file is in the public domain.\n".utf8),
            to: "tzdata.zi"
        )
        #expect(database.version == "2025b")
    }

    @Test("The same zone asked for by many at once is the same zone")
    func concurrency() async throws {
        let database = database
        let zones = try await withThrowingTaskGroup(of: ZoneRules.self) { group in
            for _ in 0..<64 { group.addTask { try database.rules(for: ZoneID("America/New_York")) } }
            return try await group.reduce(into: [ZoneRules]()) { $0.append($1) }
        }
        #expect(zones.count == 64)
        #expect(Set(zones.map { $0 == zones[0] }) == [true])
    }

    @Test("Every zone of the machine can be read")
    func machine() throws {
        for name in MachineZones.database.names() {
            #expect(throws: Never.self, "\(name)") { try MachineZones.database.rules(for: ZoneID(name)) }
        }
    }
}
