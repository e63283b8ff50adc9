import AlmanacConfig
import AlmanacModel
import AlmanacTesting
import Glibc
import Testing

@testable import AlmanacCommands

@Suite("A timer with its service becomes tasks, and every setting is accounted for")
struct SystemdImportTests {
    /// The import of units that stand in a folder of their own.
    private func importing(_ files: [String: String], _ units: [String]? = nil) throws -> SystemdImport {
        let folder = TemporaryFolder()
        for (name, text) in files { try LocalFile.write(text, to: folder.file(name)) }
        return SystemdImport(
            units ?? files.keys.filter { $0.hasSuffix(".timer") }.sorted(),
            folders: UnitFolders(folders: [folder.path])
        )
    }

    private func read(_ configuration: ImportedConfiguration) throws -> [TaskDefinition] {
        try ConfigurationReader(ZoneFixtures.machine()).read(text: configuration.text, path: "almanac.toml").tasks
    }

    /// A task's keys as they are written.
    private func keys(_ task: ImportedTask) -> [String: String] {
        Dictionary(uniqueKeysWithValues: task.keys.map { ($0.name, $0.value.text) })
    }

    private static let service = "[Service]\nType=oneshot\nExecStart=/bin/true\n"

    @Test("Calendar, delay, persistence, description, command")
    func plain() throws {
        let result = try importing([
            "nightly.timer": """
            [Unit]
            Description=Clean up at night
            [Timer]
            OnCalendar=*-*-* 6,18:00 Europe/Berlin
            RandomizedDelaySec=12h
            AccuracySec=1h
            Persistent=true
            [Install]
            WantedBy=timers.target
            """,
            "nightly.service": """
            [Unit]
            Description=Clean up
            [Service]
            Type=oneshot
            ExecStartPre=-/usr/bin/wait-online
            ExecStart=/usr/bin/clean --all '*.gz'
            User=root
            Group=adm
            Nice=19
            UMask=0027
            WorkingDirectory=/srv
            Environment=A=1 "B=two words"
            TimeoutStartSec=1h 30min
            TimeoutStopSec=900
            KillSignal=SIGINT
            SuccessExitStatus=3 DATAERR
            MemoryMax=512M
            CPUWeight=50
            TasksMax=100
            """,
        ])
        #expect(
            result.configuration.tasks.map(keys) == [
                [
                    "description": #""Clean up at night""#, "on_calendar": #""*-*-* 6,18:00 Europe/Berlin""#,
                    "run": "\"\"\"\n{ /usr/bin/wait-online || true; } &&\n/usr/bin/clean --all '*.gz'\"\"\"",
                    "user": #""root:adm""#, "working_dir": #""/srv""#, "nice": "19", "umask": #""027""#,
                    "env": #"{ A = "1", B = "two words" }"#, "timeout": #""1h30m""#, "graceful_stop": #""15m""#,
                    "stop_signal": #""SIGINT""#, "exit_codes": "[0, 3, 65]", "memory_max": #""512mib""#,
                    "cpu_weight": "50", "tasks_max": "100", "catch_up": #""latest""#, "jitter": #""12h""#,
                    "on_overlap": #""skip""#,
                ]
            ]
        )
        #expect(result.account.remarks == [])
        #expect(
            result.account.lines(noun: "timer", taskCount: 1) == [
                "note: nightly.timer: nothing hangs here on AccuracySec=1h, WantedBy=",
                "nightly.timer: imported as nightly", "1 timer: 1 imported as 1 task, 0 not imported; 0 doubts",
            ]
        )
    }

    @Test("Several times are several tasks")
    func severalTimes() throws {
        let result = try importing([
            "a.timer": "[Timer]\nOnCalendar=daily\nOnCalendar=Mon 12:00\nOnUnitActiveSec=90min\n",
            "a.service": Self.service,
        ])
        let tasks = try read(result.configuration)
        #expect(tasks.map(\.name) == ["a", "a-2", "a-3"])
        #expect(tasks.map { $0.schedule?.text } == ["daily", "Mon 12:00", "@every 1h30m"])
        #expect(tasks.allSatisfy { $0.catchUp == .skip && $0.onOverlap == .skip })
        #expect(result.account.remarks.map(\.place) == ["a.timer:4"])
    }

    @Test("Times that have no exact counterpart are doubts")
    func doubtfulTimes() throws {
        let boot = try importing(["a.timer": "[Timer]\nOnBootSec=15min\n", "a.service": Self.service])
        #expect(try read(boot.configuration).map(\.runsOnStart) == [true])
        #expect(boot.account.remarks.map(\.isDoubt) == [true])
        let both = try importing([
            "a.timer": "[Timer]\nOnBootSec=15min\nOnUnitActiveSec=1d\nPersistent=yes\n", "a.service": Self.service,
        ])
        #expect(try read(both.configuration).map { $0.schedule?.text } == ["@every 1d"])
        #expect(try read(both.configuration).map(\.catchUp) == [.skip])
        #expect(both.account.remarks.count == 2)
    }

    @Test("Settings without a counterpart are doubts, one line each, with file and line")
    func doubts() throws {
        let result = try importing([
            "a.timer": """
            [Unit]
            ConditionVirtualization=!container
            [Timer]
            OnCalendar=daily
            OnCalendar=*:*:0/0.5
            WakeSystem=true
            FixedRandomDelay=yes
            OnClockChange=no
            """,
            "a.service": """
            [Unit]
            Requires=b.service
            ConditionPathExists=!/etc/off
            ConditionACPower=true
            [Service]
            Type=forking
            ExecStart=+/bin/true %H
            ExecStop=/bin/false
            EnvironmentFile=-/nowhere/at/all
            DynamicUser=yes
            PrivateTmp=yes
            PrivateDevices=no
            KillSignal=SIGWINCH
            TasksMax=10%
            MemoryMax=infinity
            """,
        ])
        #expect(try read(result.configuration).map(\.command) == ["{ [ ! -e /etc/off ] || exit 0; } &&\n/bin/true %H"])
        #expect(
            Set(result.account.remarks.filter(\.isDoubt).map(\.place)) == [
                "a.timer:2", "a.timer:5", "a.timer:6", "a.timer:7", "a.service:2", "a.service:4", "a.service:6",
                "a.service:7", "a.service:8", "a.service:9", "a.service:10", "a.service:11", "a.service:13",
                "a.service:14",
            ]
        )
        #expect(result.account.remarks.filter { !$0.isDoubt }.map(\.place) == ["a.service:3"])
    }

    @Test("A condition that does not hold keeps the command from running, and is no failure")
    func conditions() throws {
        let folder = TemporaryFolder()
        folder.write("", to: "there")
        for (value, output) in [("there", "ran\n"), ("!there", ""), ("none", ""), ("!none", "ran\n")] {
            let path = value.hasPrefix("!") ? "!\(folder.file(String(value.dropFirst())))" : folder.file(value)
            let result = try importing([
                "a.timer": "[Timer]\nOnCalendar=daily\n",
                "a.service": "[Unit]\nConditionPathExists=\(path)\n[Service]\nExecStart=/bin/echo ran\n",
            ])
            let command = try #require(try read(result.configuration).first?.command)
            let outcome = try #require(ChildProcess.run(["/bin/sh", "-c", command]))
            #expect(outcome.exitCode == 0 && outcome.standardOutput == output, "\(value)")
        }
    }

    @Test("Commands go on after one whose failure counts for nothing, and stop at any other")
    func sequence() throws {
        let result = try importing([
            "a.timer": "[Timer]\nOnCalendar=daily\n",
            "a.service":
                "[Service]\nType=oneshot\nExecStartPre=-/bin/false\nExecStart=/bin/echo 1\nExecStart=/bin/false\n"
                + "ExecStart=/bin/echo 2\n",
        ])
        let command = try #require(try read(result.configuration).first?.command)
        let outcome = try #require(ChildProcess.run(["/bin/sh", "-c", command]))
        #expect(outcome.exitCode == 1 && outcome.standardOutput == "1\n")
    }

    @Test("Instances of a template, other units, and a file that env_file can name")
    func lookups() throws {
        let result = try importing(
            [
                "dump@.timer": "[Timer]\nOnCalendar=weekly\nUnit=copy@%i.service\n",
                "copy@.service":
                    "[Unit]\nDescription=Copy of %i\n[Service]\nExecStart=/bin/copy %i\nEnvironmentFile=/etc/passwd\n",
            ],
            ["dump@main.timer"]
        )
        let task = try #require(result.configuration.tasks.first)
        #expect(task.name == "dump:main")
        #expect(keys(task)["run"] == #""/bin/copy main""#)
        #expect(keys(task)["description"] == #""Copy of main""#)
        #expect(keys(task)["env_file"] == #""/etc/passwd""#)
    }

    @Test("Timers that cannot be imported are told, and the others are imported all the same")
    func failures() throws {
        let result = try importing(
            [
                "good.timer": "[Timer]\nOnCalendar=daily\n", "good.service": Self.service,
                "lonely.timer": "[Timer]\nOnCalendar=daily\n", "never.timer": "[Timer]\nOnCalendar=*-02-30\n",
                "never.service": Self.service, "mount.timer": "[Timer]\nOnCalendar=daily\nUnit=a.mount\n",
            ],
            ["good.timer", "lonely.timer", "never.timer", "mount.timer", "none.timer", "good.service", "t@.timer", ""]
        )
        #expect(result.configuration.tasks.map(\.name) == ["good"])
        #expect(result.account.sources.count == 8 && result.account.failedSources == 7)
        #expect(result.advice == ["Once Almanac runs these tasks: systemctl disable --now good.timer"])
    }

    @Test("A service without a command, units of any bytes: nothing traps, and what comes out reads back")
    func mutations() throws {
        var generator = SystemRandomNumberGenerator()
        let timer = "[Timer]\nOnCalendar=daily\nRandomizedDelaySec=1h\nUnit=%p.service\n"
        let service =
            "[Service]\nType=oneshot\nExecStart=-/bin/x 'a b' ${C} $D \\x41 ; /bin/y\nEnvironment=\"A=b\" C=d\nUMask=022\n"
        for _ in 0..<300 {
            func mutated(_ text: String) -> String {
                var bytes = Array(text.utf8)
                for _ in 0..<3 {
                    let index = Int.random(in: bytes.indices, using: &generator)
                    bytes[index] = UInt8.random(in: 1...255, using: &generator)
                }
                return String(decoding: bytes, as: UTF8.self)
            }
            let texts = (mutated(timer), mutated(service))
            var unit = UnitFile(name: "a.timer", path: "/a.timer")
            unit.read(texts.0, fileName: "a.timer")
            var other = UnitFile(name: "a.service", path: "/a.service")
            other.read(texts.1, fileName: "a.service")
            let result = TimerImport(unit, service: other, account: ImportAccount()) { _ in false }
            var configuration = ImportedConfiguration()
            // A user that does not exist and the like are faults of the machine, not of the text.
            for task in result.tasks {
                var task = task
                task.keys.removeAll { $0.name != "run" && $0.name != "description" && $0.name != "env" }
                configuration.add(task)
            }
            #expect(throws: Never.self, "\(texts)") { try read(configuration) }
        }
    }
}

@Suite("The timers of this machine import to a file without faults", .enabled(if: MachineTimers.names.count > 2))
struct MachineTimerTests {
    @Test("almanac import systemd, then almanac check")
    func machine() throws {
        let folder = TemporaryFolder()
        let imported = try #require(
            ChildProcess.run(
                [BuiltProgram.path("almanac"), "import", "systemd"] + MachineTimers.names,
                environment: ["TZ": "UTC"]
            )
        )
        #expect(imported.exitCode == 0, "\(imported.standardError)")
        #expect(
            imported.standardError.contains(
                "\(MachineTimers.names.count) timers: \(MachineTimers.names.count) imported"
            )
        )
        let path = folder.write(imported.standardOutput, to: "almanac.toml")
        let check = try #require(
            ChildProcess.run(
                [BuiltProgram.path("almanac"), "check", "--config", path, "--socket", folder.file("none")],
                environment: ["TZ": "UTC"]
            )
        )
        #expect(check.exitCode == 0, "\(check.standardError)")

        // The same with --write, once more, and over again: the second time all names are taken.
        let target = folder.file("new/almanac.toml")
        let arguments = [BuiltProgram.path("almanac"), "import", "systemd", "--write", "--config", target]
        let written = try #require(ChildProcess.run(arguments + MachineTimers.names, environment: ["TZ": "UTC"]))
        #expect(written.exitCode == 0 && written.standardOutput == "", "\(written.standardError)")
        #expect(TemporaryFolder.read(target) == Array(imported.standardOutput.utf8))
        let again = try #require(ChildProcess.run(arguments + MachineTimers.names, environment: ["TZ": "UTC"]))
        #expect(again.exitCode == 1 && again.standardError.contains("not added"))
        #expect(TemporaryFolder.read(target) == Array(imported.standardOutput.utf8))
    }
}

/// The timers that Debian's packages have put on this machine.
enum MachineTimers {
    /// Those whose services need no user that may be missing.
    static let names: [String] = [
        "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "fstrim.timer",
        "logrotate.timer", "man-db.timer", "systemd-tmpfiles-clean.timer",
    ]
    .filter { LocalFile.exists("/usr/lib/systemd/system/\($0)") }
}
