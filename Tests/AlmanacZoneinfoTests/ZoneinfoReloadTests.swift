import AlmanacCalendar
import AlmanacZoneinfo
import Foundation
import Testing

@Suite("A zone file that changes on disk is noticed")
struct ZoneinfoReloadTests {
    let scratch: ScratchFolder
    let database: ZoneinfoDatabase
    let berlin = ZoneID("Europe/Berlin")
    let newYork = ZoneID("America/New_York")

    init() throws {
        scratch = try ScratchFolder()
        database = ZoneinfoDatabase(directory: scratch.path)
        try scratch.write(fixture("zones/Europe/Berlin"), to: "Europe/Berlin")
        try scratch.write(fixture("zones/America/New_York"), to: "America/New_York")
        _ = try database.rules(for: berlin)
        _ = try database.rules(for: newYork)
    }

    @Test("Nothing has changed")
    func unchanged() {
        #expect(database.reloadIfChanged().isEmpty)
        #expect(database.faults.isEmpty)
    }

    @Test("A new file of other content is a change, one of the same content is none")
    func changed() throws {
        let before = try database.rules(for: berlin)
        try scratch.write(fixture("zones/Europe/London"), to: "Europe/Berlin")
        try scratch.write(fixture("zones/America/New_York"), to: "America/New_York")
        #expect(database.reloadIfChanged() == [berlin])
        let after = try database.rules(for: berlin)
        #expect(after != before)
        #expect(after.id == berlin)
        #expect(after.offset(at: Timestamp(secondsSinceEpoch: 1_767_225_600)).seconds == 0)
        // The value that was handed out before stays what it was.
        #expect(before.offset(at: Timestamp(secondsSinceEpoch: 1_767_225_600)).seconds == 3600)
        #expect(database.reloadIfChanged().isEmpty)
    }

    @Test("A link that points elsewhere is a change")
    func relinked() throws {
        try scratch.link("Here", to: "Europe/Berlin")
        _ = try database.rules(for: ZoneID("Here"))
        try FileManager.default.removeItem(atPath: scratch.path + "/Here")
        try scratch.link("Here", to: "America/New_York")
        #expect(database.reloadIfChanged() == [ZoneID("Here")])
    }

    @Test("A file that has become bad keeps the old rules, is reported, and recovers")
    func bad() throws {
        let before = try database.rules(for: berlin)
        try scratch.write(Array("TZif".utf8), to: "Europe/Berlin")
        #expect(database.reloadIfChanged().isEmpty)
        #expect(try database.rules(for: berlin) == before)
        #expect(database.faults.map(\.zone) == [berlin])
        #expect(
            database.faults.first?.reason == .malformed(TZifError(reason: .truncated(missing: "header"), byteOffset: 4))
        )

        try FileManager.default.removeItem(atPath: scratch.path + "/Europe/Berlin")
        #expect(database.reloadIfChanged().isEmpty)
        #expect(database.faults.map(\.reason) == [.notFound])

        try scratch.write(fixture("zones/Europe/Berlin"), to: "Europe/Berlin")
        #expect(database.reloadIfChanged().isEmpty)
        #expect(database.faults.isEmpty)
    }

    @Test("Zones that nobody has asked for are not read")
    func lazy() throws {
        try scratch.write(Array("no zone".utf8), to: "Unused")
        #expect(database.reloadIfChanged().isEmpty)
        #expect(database.faults.isEmpty)
    }
}
