import AlmanacTesting
import Testing

@testable import AlmanacCommands

@Suite("Unit files are read as systemd reads them")
struct UnitTextTests {
    @Test("Sections, comments, continued lines, lists that an empty assignment clears")
    func file() {
        var unit = UnitFile(name: "a.service", path: "/a.service")
        unit.read(
            """
            Lost=outside of a section
            # a comment
            [Unit]
            Description = Two words \\
            # a comment in between
            ; and another
              and more
            [Service]
            ExecStart=/bin/one
            ExecStart=
            ExecStart=/bin/two
            no assignment
            Nice=
            """,
            fileName: "a.service"
        )
        unit.read("[Service]\r\nExecStart=/bin/three\r\nUser=bob\\\n", fileName: "a.service.d/b.conf")
        #expect(unit.last("Unit", "Description")?.value.split(separator: " ") == ["Two", "words", "and", "more"])
        #expect(unit.last("Unit", "Description")?.place == "a.service:4")
        #expect(unit.list("Service", "ExecStart").map(\.value) == ["/bin/two", "/bin/three"])
        #expect(unit.list("Service", "ExecStart").map(\.place) == ["a.service:11", "a.service.d/b.conf:2"])
        #expect(unit.last("Service", "Nice") == nil)
        #expect(unit.last("Service", "User")?.value == "bob")
        #expect(unit.keysInForce.map(\.key) == ["Description", "ExecStart", "User"])
    }

    @Test(
        "Spans of time",
        arguments: [
            ("90", 90_000), ("15min", 900_000), ("1h 30s", 3_630_000), ("1d", 86_400_000), ("2.5s", 2500),
            ("500ms", 500), ("1w2d", 777_600_000), ("1y", 31_557_600_000), ("0", 0),
        ] as [(String, Int64)]
    )
    func span(text: String, milliseconds: Int64) {
        #expect(UnitTimeSpan.milliseconds(text) == milliseconds)
    }

    @Test("What is no span", arguments: ["", "infinity", "5 parsecs", "-1", "1..5s", "h", "99999999999999999999999y"])
    func noSpan(text: String) {
        #expect(UnitTimeSpan.milliseconds(text) == nil)
    }

    @Test("Specifiers that are the same on every machine, and those that are not")
    func specifiers() {
        let specifiers = UnitSpecifiers(unit: UnitName("a-b@x-y\\x2dz.service"))
        #expect(
            specifiers.expanded("%n %N %p %i %I %j %% %u %t %S").text
                == #"a-b@x-y\x2dz.service a-b@x-y\x2dz a-b x-y\x2dz x/y-z b % root /run /var/lib"#
        )
        let (text, unknown) = specifiers.expanded("%H-%m-%")
        #expect(text == "%H-%m-%")
        #expect(unknown == ["%H", "%m"])
    }

    @Test(
        "Names of units",
        arguments: [
            ("a.timer", ["a.timer.d", "timer.d"]),
            ("a-b-c.timer", ["a-b-c.timer.d", "a-b-.timer.d", "a-.timer.d", "timer.d"]),
            ("p@i.timer", ["p@i.timer.d", "p@.timer.d", "timer.d"]),
        ]
    )
    func dropInFolders(name: String, expected: [String]) {
        #expect(UnitName(name).dropInFolders == expected)
    }

    @Test("The unit that counts is the first one found; drop-ins are read by name, one of a name")
    func folders() throws {
        let folder = TemporaryFolder()
        try LocalFile.write("[Timer]\nOnCalendar=daily\n", to: folder.file("lib/a.timer"))
        try LocalFile.write("[Timer]\nOnCalendar=weekly\n", to: folder.file("etc/a.timer"))
        try LocalFile.write("[Timer]\nOnCalendar=10:00\n", to: folder.file("lib/a.timer.d/20.conf"))
        try LocalFile.write("[Timer]\nOnCalendar=11:00\n", to: folder.file("lib/a.timer.d/10.conf"))
        try LocalFile.write("[Timer]\nOnCalendar=\n", to: folder.file("etc/a.timer.d/10.conf"))
        try LocalFile.write("[Timer]\nOnCalendar=12:00\n", to: folder.file("lib/timer.d/30.conf"))
        try LocalFile.write("[Timer]\nOnCalendar=13:00\n", to: folder.file("lib/timer.d/40.txt"))
        try LocalFile.write("", to: folder.file("etc/masked.timer"))
        let folders = UnitFolders(folders: [folder.file("etc"), folder.file("lib")])
        let unit = try folders.unit("a.timer")
        #expect(unit.path == folder.file("etc/a.timer"))
        #expect(unit.list("Timer", "OnCalendar").map(\.value) == ["10:00", "12:00"])
        #expect(throws: UnitFolders.Fault.self) { try folders.unit("none.timer") }
        #expect(throws: UnitFolders.Fault.self) { try folders.unit("masked.timer") }
        #expect(throws: UnitFolders.Fault.self) { try folders.unit("t@.timer") }
    }
}
