import AlmanacTesting
import Testing

@testable import AlmanacCommands

@Suite("The units that 'service install' writes are those of contrib/systemd")
struct UnitTextTests {
    static let folder = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/contrib/systemd"

    @Test("Byte for byte, and no file is missing", arguments: ServiceVariant.allCases)
    func texts(variant: ServiceVariant) throws {
        let folder = "\(Self.folder)/\(variant.rawValue)"
        let names = try #require(ChildProcess.run(["ls", folder])).standardOutput.split(separator: "\n").map(
            String.init
        )
        #expect(Set(names) == Set(variant.texts.map(\.name)))
        for (name, text) in variant.texts {
            #expect(TemporaryFolder.read("\(folder)/\(name)") == Array(text.utf8), "\(variant.rawValue)/\(name)")
        }
    }

    @Test("They name the program where it is; a percent sign stays one")
    func program() {
        let files = ServiceVariant.system.files(program: "/opt/100%/almanac", in: .system)
        #expect(files.map(\.path).contains("/etc/systemd/system/almanac.service"))
        #expect(files[0].contents.contains("\nExecStart=/opt/100%%/almanac daemon --cgroup-controllers\n"))
        #expect(
            files[0].contents.contains("\nExecReload=/opt/100%%/almanac reload --socket /run/almanac/almanac.sock\n")
        )
        #expect(!files[0].contents.contains("/usr/bin/almanac"))
    }

    @Test("A file that somebody has changed is told from one that nobody has")
    func changes() {
        let file = ServiceVariant.system.files(program: "/usr/bin/almanac", in: .system)[0]
        #expect(ServiceFile.isIntact(file.contents))
        #expect(!ServiceFile.isIntact(file.contents + "\n"))
        #expect(!ServiceFile.isIntact(SystemUnitTexts.service))
        #expect(!ServiceFile.isIntact(""))
        // An earlier version's, with another text under its own hash.
        #expect(ServiceFile.isIntact(ServiceFile(path: file.path, text: "[Unit]\n").contents))
    }

    @Test("A program that a unit cannot name, or the sandbox cannot see, is refused with the mend")
    func programPaths() {
        typealias Command = ServiceInstallCommand
        #expect(Command.fault(ofProgramPath: "/opt/my almanac/almanac", for: .system)?.contains("blanks") == true)
        #expect(
            Command.fault(ofProgramPath: "/home/ann/almanac", for: .unprivileged)?.contains("/usr/local/bin") == true
        )
        #expect(Command.fault(ofProgramPath: "/home/ann/almanac", for: .user) == nil)
        #expect(Command.fault(ofProgramPath: "/usr/bin/almanac", for: .unprivileged) == nil)
    }

    @Test("--print shows every file and changes nothing; with --user, those of the user")
    func printing() throws {
        let home = TemporaryFolder()
        let environment = ["HOME": home.path, "XDG_RUNTIME_DIR": home.path, "XDG_CONFIG_HOME": ""]
        let outcome = try #require(
            ChildProcess.run(
                [BuiltProgram.path("almanac"), "service", "install", "--user", "--print"],
                environment: environment
            )
        )
        #expect(outcome.exitCode == 0 && outcome.standardError == "")
        #expect(outcome.standardOutput.contains("# \(home.path)/.config/systemd/user/almanac.service\n"))
        #expect(outcome.standardOutput.contains("ExecStart=\(BuiltProgram.path("almanac")) daemon"))
        #expect(outcome.standardOutput.contains("systemctl --user enable --now almanac.socket almanac.service\n"))
        #expect(ChildProcess.run(["ls", "-A", home.path])?.standardOutput == "")
    }

    @Test("--user and --unprivileged together are a wrong command line")
    func wrongCommandLine() {
        let outcome = ChildProcess.run([BuiltProgram.path("almanac"), "service", "install", "--user", "--unprivileged"])
        #expect(outcome?.exitCode == 2)
    }
}

@Suite("systemd finds nothing wrong with the units, and little to take away from the unprivileged one", .underSystemd)
struct UnitAnalysisTests {
    @Test("systemd-analyze verify has nothing to say, and the security scores hold")
    func analysis() throws {
        let box = try SystemdBox(binds: ["/units": UnitTextTests.folder])
        for variant in ServiceVariant.allCases {
            box.shell("rm -f /etc/systemd/system/almanac*; cp /units/\(variant.rawValue)/almanac* /etc/systemd/system/")
            let user = variant == .user ? "--user" : "--system"
            for unit in variant.units {
                let outcome = box.run(
                    ["systemd-analyze", user, "verify", "/etc/systemd/system/\(unit)"],
                    environment: ["XDG_RUNTIME_DIR": "/run"]
                )
                #expect(
                    outcome.exitCode == 0 && outcome.standardError == "",
                    "\(variant) \(unit): \(outcome.standardError)"
                )
            }
        }
        for (variant, threshold) in [(ServiceVariant.system, 92), (.unprivileged, 14)] {
            let outcome = box.run([
                "systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=\(threshold)",
                "/units/\(variant.rawValue)/almanac.service",
            ])
            let lines = outcome.standardOutput.split(separator: "\n").map(String.init)
            print("\(variant.rawValue): \(lines.last ?? "")")
            #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
        }
    }
}
