import AlmanacCalendar
import AlmanacZoneinfo
import Foundation
import Testing

@Suite("The machine's zone is found as the C library finds it")
struct SystemZoneTests {
    /// A machine in Gaza with three zones.
    private func machine() throws -> (ScratchFolder, ZoneinfoDatabase) {
        let scratch = try ScratchFolder()
        for zone in ["Europe/Berlin", "America/New_York", "Asia/Gaza"] {
            try scratch.write(fixture("zones/\(zone)"), to: "zoneinfo/\(zone)")
        }
        try scratch.link("etc/localtime", to: "/usr/share/zoneinfo/Asia/Gaza")
        return (scratch, ZoneinfoDatabase(directory: scratch.path + "/zoneinfo"))
    }

    /// What the machine's clocks show at 2026-01-15T12:00Z and at 2026-07-15T12:00Z.
    private func hours(_ rules: ZoneRules) -> [String] {
        ["2026-01-15T12:00:00Z", "2026-07-15T12:00:00Z"].map {
            let instant = Timestamp(rfc3339: $0) ?? .minimum
            return "\(rules.wallTime(at: instant).description.dropFirst(11)) \(rules.abbreviation(at: instant))"
        }
    }

    @Test(
        "TZ comes first: the name of a zone, with or without a colon, or its path below the folder of zones",
        arguments: [
            ("Europe/Berlin", "Europe/Berlin"), (":Europe/Berlin", "Europe/Berlin"), ("", "UTC"), (":", "UTC"),
            ("UTC", "UTC"), ("$/zoneinfo/Europe/Berlin", "Europe/Berlin"),
            (":$/zoneinfo/posix/Europe/Berlin", "Europe/Berlin"), ("posix/Europe/Berlin", "Europe/Berlin"),
        ]
    )
    func environment(value: String, name: String) throws {
        let (scratch, database) = try machine()
        let value = value.replacingOccurrences(of: "$", with: scratch.path)
        let zone = try database.systemZone(environment: ["TZ": value], root: scratch.path)
        #expect(zone.rules.id.name == name && zone.source == .environment && zone.warning == nil)
        #expect(hours(zone.rules).first == (name == "UTC" ? "12:00:00 UTC" : "13:00:00 CET"))
        #expect(try database.systemZone(environment: [:], root: scratch.path).rules.id.name == "Asia/Gaza")
    }

    @Test("TZ: the path of a file anywhere, which is followed when it changes", arguments: ["", ":"])
    func file(colon: String) throws {
        let (scratch, database) = try machine()
        try scratch.write(fixture("zones/Europe/Berlin"), to: "my/clock")
        let environment = ["TZ": "\(colon)\(scratch.path)/my/clock"]
        let zone = try database.systemZone(environment: environment, root: scratch.path)
        #expect(zone.rules.id.name == "\(scratch.path)/my/clock" && zone.warning == nil)
        #expect(hours(zone.rules) == ["13:00:00 CET", "14:00:00 CEST"])
        #expect(database.folder(ofFileOf: zone.rules.id) == "\(scratch.path)/my")

        try scratch.write(fixture("zones/America/New_York"), to: "my/clock")
        #expect(database.reloadIfChanged() == [zone.rules.id])
        let changed = try database.systemZone(environment: environment, root: scratch.path)
        #expect(hours(changed.rules) == ["07:00:00 EST", "08:00:00 EDT"])
    }

    /// What a string means, as date(1) shows it.
    @Test(
        "TZ: a POSIX string, as the C library reads it",
        arguments: [
            ("CET-1CEST,M3.5.0,M10.5.0/3", ["13:00:00 CET", "14:00:00 CEST"]),
            (":CET-1CEST,M3.5.0,M10.5.0/3", ["13:00:00 CET", "14:00:00 CEST"]),
            ("<+0330>-3:30", ["15:30:00 +0330", "15:30:00 +0330"]),
            ("NZST-12NZDT,M9.5.0,M4.1.0/3", ["01:00:00 NZDT", "00:00:00 NZST"]),
            ("XYZ3", ["09:00:00 XYZ", "09:00:00 XYZ"]), ("UTC0", ["12:00:00 UTC", "12:00:00 UTC"]),
            // Without rules: those of the United States.
            ("EST5EDT", ["07:00:00 EST", "08:00:00 EDT"]),
        ]
    )
    func posix(value: String, shown: [String]) throws {
        let (scratch, database) = try machine()
        let zone = try database.systemZone(environment: ["TZ": value], root: scratch.path)
        #expect(hours(zone.rules) == shown)
        #expect(zone.source == .environment && zone.warning == nil)
        #expect(database.folder(ofFileOf: zone.rules.id) == nil)
        #expect(database.reloadIfChanged() == [])
    }

    @Test(
        "TZ that is nothing of all this is UTC, with a warning that names it",
        arguments: [
            ("Europe/Nowhere", "it is no POSIX TZ string: expected"), ("CET", "it is no POSIX TZ string: expected"),
            ("CET-1CEST,M13.5.0,M10.5.0/3", "the month at byte 11 is out of range; expected 1 to 12"),
            ("CET-99", "the offset at byte 3 is out of range"), ("<+03", "expected a letter"),
            ("/nonexistent/zone", "no file /nonexistent/zone"), (":/etc", "is not a regular file"),
            ("$/etc/text", "the zone file $/etc/text cannot be used"), ("../Europe/Berlin", "no POSIX TZ string"),
            ("\u{1B}[31m", "no POSIX TZ string"),
        ]
    )
    func malformed(value: String, reason: String) throws {
        let (scratch, database) = try machine()
        try scratch.write(Array("# no zone".utf8), to: "etc/text")
        let value = value.replacingOccurrences(of: "$", with: scratch.path)
        let zone = try database.systemZone(environment: ["TZ": value], root: scratch.path)
        #expect(zone.rules == .utc)
        let warning = try #require(zone.warning)
        #expect(
            warning.hasPrefix(
                "the environment variable TZ is \"\(value.replacingOccurrences(of: "\u{1B}", with: "\u{FFFD}"))\""
            )
        )
        #expect(warning.contains(reason.replacingOccurrences(of: "$", with: scratch.path)), "\(warning)")
        #expect(!warning.contains("\u{1B}"))
    }

    @Test(
        "Then what /etc/localtime links to",
        arguments: [
            ("/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
            ("../usr/share/zoneinfo/America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
            ("/usr/share/zoneinfo/posix/Europe/Berlin", "Europe/Berlin"), ("/usr/share/zoneinfo/UTC", "UTC"),
            ("/nix/store/x-tzdata/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"),
        ]
    )
    func localtime(target: String, name: String) throws {
        let scratch = try ScratchFolder()
        try scratch.link("etc/localtime", to: target)
        try scratch.write(Array("Asia/Gaza\n".utf8), to: "etc/timezone")
        let found = ZoneinfoDatabase.configuredZone(root: scratch.path)
        #expect(found.name.name == name)
        #expect(found.source == .localtime)
    }

    @Test("A link to a link is followed")
    func links() throws {
        let scratch = try ScratchFolder()
        try scratch.link("etc/localtime", to: "zone")
        try scratch.link("etc/zone", to: "/usr/share/zoneinfo/Europe/Berlin")
        #expect(ZoneinfoDatabase.configuredZone(root: scratch.path + "/").name.name == "Europe/Berlin")
    }

    @Test("Links in a circle lead nowhere")
    func circle() throws {
        let scratch = try ScratchFolder()
        try scratch.link("etc/localtime", to: "localtime")
        #expect(ZoneinfoDatabase.configuredZone(root: scratch.path).source == .none)
    }

    @Test(
        "Then /etc/timezone, where /etc/localtime is a plain file",
        arguments: ["Europe/Berlin", "Europe/Berlin\n", "# chosen by hand\n\n Europe/Berlin \n"]
    )
    func timezoneFile(text: String) throws {
        let scratch = try ScratchFolder()
        try scratch.write(fixture("zones/Europe/Berlin"), to: "etc/localtime")
        try scratch.write(Array(text.utf8), to: "etc/timezone")
        let found = ZoneinfoDatabase.configuredZone(root: scratch.path)
        #expect(found.name.name == "Europe/Berlin")
        #expect(found.source == .timezoneFile)
    }

    @Test("Else UTC")
    func utc() throws {
        let scratch = try ScratchFolder()
        let found = ZoneinfoDatabase.configuredZone(root: scratch.path)
        #expect(found.name == .utc)
        #expect(found.source == .none)
    }
}
