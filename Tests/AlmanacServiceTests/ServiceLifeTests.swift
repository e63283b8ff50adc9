import AlmanacTesting
import Testing

@Suite("systemd starts the daemon, watches it, reloads it and stops it", .underSystemd)
struct ServiceLifeTests {
    static let unit = """
        [Unit]
        StartLimitIntervalSec=0
        [Service]
        Type=notify
        ExecStart=/usr/bin/almanac daemon
        ExecReload=/bin/kill -HUP $MAINPID
        KillMode=process
        StateDirectory=almanac
        RuntimeDirectory=almanac
        """

    static let configuration = """
        [scheduler]
        timezone = "UTC"
        [tasks.yearly]
        cron = "0 2 31 12 *"
        run = "true"
        [tasks.job]
        run = "while [ ! -e /run/go ]; do sleep 0.05; done; exit 7"
        """

    private static let processes =
        #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined() + "/Processes"

    private func box(_ settings: String = "", _ configuration: String = configuration) throws -> SystemdBox {
        let box = try SystemdBox(binds: ["/opt/processes": Self.processes])
        box.write(configuration, to: "/etc/almanac/almanac.toml")
        box.write("\(Self.unit)\n\(settings)\n", to: "/etc/systemd/system/almanac.service")
        return box
    }

    private func status(_ box: SystemdBox, _ fits: (String) -> Bool) -> Bool {
        eventually { fits(box.property("StatusText", of: "almanac")) }
    }

    @Test("It is active when it is ready; its status follows; a reload is over when it is in force")
    func life() throws {
        let box = try box()
        #expect(box.systemctl("start", "almanac") == 0, "\(box.report)")
        #expect(box.property("ActiveState", of: "almanac") == "active")
        #expect(
            box.run(["curl", "-s", "--unix-socket", "/run/almanac/almanac.sock", "http://a/health"]).standardOutput
                == "OK"
        )
        #expect(
            status(box) { $0.hasPrefix("0 running, 1 scheduled, next yearly at ") && $0.hasSuffix("12-31 02:00 UTC") }
        )
        #expect(box.run(["almanac", "run", "job"]).exitCode == 0)
        #expect(status(box) { $0.hasPrefix("1 running, 1 scheduled, next yearly at ") }, "\(box.report)")

        box.write(
            Self.configuration + "\n[tasks.x]\ncron = \"61 * * * *\"\nrun = \"true\"",
            to: "/etc/almanac/almanac.toml"
        )
        #expect(box.systemctl("reload", "almanac") == 0)
        #expect(
            status(box) {
                $0.hasSuffix("; the edited configuration is refused (1 fault); the one before it is in force")
            }
        )
        #expect(box.property("ActiveState", of: "almanac") == "active")
        box.write(
            Self.configuration + "\n[tasks.x]\ncron = \"6 * * * *\"\nrun = \"true\"",
            to: "/etc/almanac/almanac.toml"
        )
        #expect(box.systemctl("reload", "almanac") == 0)
        #expect(status(box) { $0.hasPrefix("1 running, 2 scheduled, next x at ") }, "\(box.report)")
        #expect(eventually { box.property("ActiveState", of: "almanac") == "active" })

        #expect(box.systemctl("stop", "almanac") == 0)
        #expect(box.property("Result", of: "almanac") == "success")
    }

    @Test("A start that fails leaves its reason in the status")
    func failure() throws {
        let box = try box("", "[tasks.x]\nrun = 1")
        #expect(box.systemctl("start", "almanac") != 0)
        #expect(box.property("StatusErrno", of: "almanac") == "22")
        #expect(box.property("StatusText", of: "almanac").contains("almanac.toml:2: [tasks.x] run"))
    }

    @Test(
        "A daemon with a hung thread is killed and started anew, and its runs go on",
        .enabled(
            if: ChildProcess.run(["test", "-x", "/usr/bin/python3"])?.exitCode == 0,
            "there is no /usr/bin/python3"
        ),
        arguments: ["scheduler", "NIO-SGLTN-1-#1"]
    )
    func watchdog(thread: String) throws {
        let box = try box("WatchdogSec=2s\nRestart=on-failure\nRestartSec=100ms")
        #expect(box.systemctl("start", "almanac") == 0, "\(box.report)")
        #expect(box.run(["almanac", "run", "job"]).exitCode == 0)
        #expect(status(box) { $0.hasPrefix("1 running") })
        // Well for several times as long as systemd waits.
        _ = box.shell("sleep 5")
        #expect(box.property("NRestarts", of: "almanac") == "0", "\(box.report)")

        let pid = box.property("MainPID", of: "almanac")
        let freeze = box.start(["/usr/bin/python3", "/opt/processes/freeze.py", pid, thread])
        try #require(eventually { freeze.standardOutput == "stopped\n" }, "\(freeze.standardError)")
        #expect(eventually { box.journal("--unit=almanac").contains("Watchdog timeout") }, "\(box.report)")
        // The kernel keeps a process that is traced until its tracer has gone.
        freeze.send(9)
        _ = freeze.wait()
        #expect(eventually { box.property("NRestarts", of: "almanac") == "1" }, "\(box.report)")
        #expect(status(box) { $0.hasPrefix("1 running") }, "\(box.report)")
        #expect(box.property("MainPID", of: "almanac") != pid)
        box.write("", to: "/run/go")
        let runs = "curl -s --unix-socket /run/almanac/almanac.sock http://a/api/runs"
        #expect(eventually { box.output(runs).contains("\"exit_code\":7") }, "\(box.output(runs))")
    }

    @Test(
        "With sockets, the first request starts it, and ten restarts under load refuse none",
        .enabled(
            if: ChildProcess.run(["test", "-x", "/usr/bin/python3"])?.exitCode == 0,
            "there is no /usr/bin/python3"
        )
    )
    func sockets() throws {
        let box = try box(
            "Sockets=almanac.socket almanac-api.socket",
            "[api]\nauth = \"none\"\n[tasks.job]\nrun = \"true\"\nmax_concurrent = 8\nqueue_max = 100000"
        )
        for (name, address, label) in [
            ("almanac", "/run/almanac.sock", "local"), ("almanac-api", "127.0.0.1:9477", "api"),
        ] {
            box.write(
                "[Socket]\nListenStream=\(address)\nFileDescriptorName=\(label)\nService=almanac.service\nBacklog=4096\n",
                to: "/etc/systemd/system/\(name).socket"
            )
        }
        #expect(box.systemctl("start", "almanac.socket", "almanac-api.socket") == 0, "\(box.report)")
        #expect(box.property("ActiveState", of: "almanac") == "inactive")
        #expect(box.run(["curl", "-s", "http://127.0.0.1:9477/health"]).standardOutput == "OK", "\(box.report)")
        #expect(box.property("ActiveState", of: "almanac") == "active")

        let outcome = box.run(
            [
                "/usr/bin/python3", "/opt/processes/restarts.py", "2000", "10", "/run/almanac.sock", "9477", "--",
                "systemctl", "restart", "almanac",
            ],
            seconds: 200
        )
        #expect(
            outcome.standardOutput.contains("\"failed\": 0, \"failures\": [], \"lost\": 0, \"requests\": 2000"),
            "\(outcome)"
        )
        #expect(outcome.standardOutput.contains("\"codes\": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]"))
        #expect(box.systemctl("stop", "almanac") == 0)
        #expect(box.run(["test", "-S", "/run/almanac.sock"]).exitCode == 0)
    }
}
