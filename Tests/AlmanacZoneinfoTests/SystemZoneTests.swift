import AlmanacCalendar
import AlmanacZoneinfo
import Foundation
import Testing

@Suite("The machine's zone is found as the C library finds it")
struct SystemZoneTests {
    @Test(
        "TZ comes first",
        arguments: [
            ("Europe/Berlin", "Europe/Berlin"), (":Europe/Berlin", "Europe/Berlin"), ("", "UTC"), (":", "UTC"),
            ("/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
            (":/usr/share/zoneinfo/posix/Asia/Gaza", "Asia/Gaza"),
        ]
    )
    func environment(value: String, name: String) throws {
        let scratch = try ScratchFolder()
        try scratch.link("etc/localtime", to: "/usr/share/zoneinfo/Asia/Tokyo")
        let found = ZoneinfoDatabase.systemZone(environment: ["TZ": value], root: scratch.path)
        #expect(found.name.name == name)
        #expect(found.source == .environment)
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
        let found = ZoneinfoDatabase.systemZone(environment: [:], root: scratch.path)
        #expect(found.name.name == name)
        #expect(found.source == .localtime)
    }

    @Test("A link to a link is followed")
    func links() throws {
        let scratch = try ScratchFolder()
        try scratch.link("etc/localtime", to: "zone")
        try scratch.link("etc/zone", to: "/usr/share/zoneinfo/Europe/Berlin")
        #expect(ZoneinfoDatabase.systemZone(environment: [:], root: scratch.path + "/").name.name == "Europe/Berlin")
    }

    @Test("Links in a circle lead nowhere")
    func circle() throws {
        let scratch = try ScratchFolder()
        try scratch.link("etc/localtime", to: "localtime")
        #expect(ZoneinfoDatabase.systemZone(environment: [:], root: scratch.path).source == .none)
    }

    @Test(
        "Then /etc/timezone, where /etc/localtime is a plain file",
        arguments: ["Europe/Berlin", "Europe/Berlin\n", "# chosen by hand\n\n Europe/Berlin \n"]
    )
    func timezoneFile(text: String) throws {
        let scratch = try ScratchFolder()
        try scratch.write(fixture("zones/Europe/Berlin"), to: "etc/localtime")
        try scratch.write(Array(text.utf8), to: "etc/timezone")
        let found = ZoneinfoDatabase.systemZone(environment: ["HOME": "/root"], root: scratch.path)
        #expect(found.name.name == "Europe/Berlin")
        #expect(found.source == .timezoneFile)
    }

    @Test("Else UTC")
    func utc() throws {
        let scratch = try ScratchFolder()
        let found = ZoneinfoDatabase.systemZone(environment: [:], root: scratch.path)
        #expect(found.name == .utc)
        #expect(found.source == .none)
    }
}
