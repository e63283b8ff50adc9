import AlmanacAPI
import AlmanacTesting
import Testing

@Suite("'almanac service' sets the service up, shows it, and takes it away again", .underSystemd)
struct ServiceInstallTests {
    /// The files that the box has in the places where services are installed.
    private func files(in box: SystemdBox) -> String {
        box.output(
            "ls -d /etc/systemd/system/almanac* /etc/sysusers.d/almanac* /etc/tmpfiles.d/almanac* 2>/dev/null || true"
        )
    }

    /// Each line of what a command has printed, as an object of JSON.
    private func lines(_ outcome: ChildProcess.Outcome) throws -> [[String: JSONValue]] {
        #expect(outcome.standardError == "")
        return try outcome.standardOutput.split(separator: "\n").map {
            try WireCoding.decode([String: JSONValue].self, from: $0.utf8)
        }
    }

    @Test(
        "For the system: installed, idempotent, by hand changed files left alone, uninstalled without a trace but data"
    )
    func system() throws {
        let box = try SystemdBox()
        let install = box.run(["almanac", "service", "install"])
        try #require(install.exitCode == 0, "\(install.standardError)\n\(box.report)")
        #expect(install.standardOutput.contains("wrote /etc/systemd/system/almanac.service\n"))
        #expect(install.standardOutput.contains("wrote /etc/almanac/almanac.toml, without tasks\n"))
        for unit in ["almanac.service", "almanac.socket", "almanac-api.socket"] {
            #expect(box.property("ActiveState", of: unit) == "active", "\(unit)\n\(box.report)")
            #expect(box.property("UnitFileState", of: unit) == "enabled", "\(unit)")
        }
        #expect(box.run(["almanac", "list"]).standardOutput == "The daemon has no tasks.\n", "\(box.report)")

        let status = box.run(["almanac", "service", "status"])
        #expect(status.exitCode == 0)
        #expect(status.standardOutput.contains("daemon: version "))
        #expect(
            status.standardOutput.contains("socket local: /run/almanac/almanac.sock (Stream)\n"),
            "\(status.standardOutput)"
        )
        #expect(status.standardOutput.contains("socket api: 127.0.0.1:9477 (Stream)\n"))

        let report = try #require(try lines(box.run(["almanac", "service", "status", "--json"])).first)
        #expect(report["active"] == true && report["daemon_version"] == report["program_version"])
        #expect(report["remarks"] != nil)
        let unit: [String: JSONValue] = [
            "name": "almanac.service", "at_boot": "enabled", "state": "active",
            "file": "/etc/systemd/system/almanac.service",
        ]
        guard case .array(let units) = report["units"], case .object(let service) = units.first else {
            Issue.record("no units: \(report)")
            return
        }
        #expect(service.filter { $0.key != "written_by" } == unit && service["written_by"] != nil)

        let pid = box.property("MainPID", of: "almanac")
        let again = box.run(["almanac", "service", "install"])
        #expect(again.exitCode == 0 && again.standardOutput.contains("unchanged /etc/systemd/system/almanac.service\n"))
        #expect(!again.standardOutput.contains("wrote") && !again.standardOutput.contains("renewed"))
        #expect(box.property("MainPID", of: "almanac") == pid, "nothing was restarted")

        // An earlier version's file is renewed, and the service restarted under it.
        box.shell(
            """
            cd /etc/systemd/system; almanac service install --print --unprivileged |
                sed -n '\\|^# /etc/systemd/system/almanac.service$|,/^WantedBy/p' | sed 1d > almanac.service
            """
        )
        let renewed = box.run(["almanac", "service", "install"])
        #expect(renewed.exitCode == 0, "\(renewed.standardError)\n\(box.report)")
        #expect(
            renewed.standardOutput.contains("renewed /etc/systemd/system/almanac.service\n"),
            "\(renewed.standardOutput)"
        )
        #expect(box.property("MainPID", of: "almanac") != pid)

        box.shell("echo '# mine' >> /etc/systemd/system/almanac.socket")
        let refused = box.run(["almanac", "service", "install"])
        #expect(refused.exitCode == 1)
        #expect(refused.standardError.contains("/etc/systemd/system/almanac.socket has been changed by hand"))
        #expect(refused.standardError.contains("drop-in"))
        #expect(box.output("tail -1 /etc/systemd/system/almanac.socket") == "# mine")
        box.shell("sed -i '$d' /etc/systemd/system/almanac.socket")

        box.write("[Service]\nNice=1\n", to: "/etc/systemd/system/almanac.service.d/own.conf")
        let uninstall = box.run(["almanac", "service", "uninstall"])
        #expect(uninstall.exitCode == 0, "\(uninstall.standardError)")
        #expect(files(in: box) == "/etc/systemd/system/almanac.service.d")
        #expect(uninstall.standardOutput.contains("kept /etc/almanac/almanac.toml\n"))
        #expect(uninstall.standardOutput.contains("kept /var/lib/almanac\n"))
        #expect(uninstall.standardOutput.contains("kept /etc/systemd/system/almanac.service.d\n"))
        #expect(box.output("ls /etc/almanac /var/lib/almanac").contains("almanac.sqlite"))
        #expect(box.output("find /etc/systemd/system -name 'almanac*' -type l") == "")
        #expect(box.output("pgrep -xc almanac || true") == "0")
        let absent = box.run(["almanac", "service", "status", "--json"])
        #expect(absent.exitCode == 1)
        #expect(try lines(absent).first?["active"] == false)
        let nothing = box.run(["almanac", "service", "uninstall"])
        #expect(nothing.exitCode == 0 && nothing.standardOutput.hasPrefix("nothing is installed"))
        let steps = try lines(box.run(["almanac", "service", "uninstall", "--json"]))
        #expect(steps.count == 1)
        guard case .string(let step) = steps.first?["step"] else {
            Issue.record("no step: \(steps)")
            return
        }
        #expect(step.hasPrefix("nothing is installed"))
    }

    @Test("Unprivileged: with its user; and from one variant to the other and back, with the same data")
    func unprivileged() throws {
        let box = try SystemdBox()
        #expect(box.run(["almanac", "service", "install"]).exitCode == 0, "\(box.report)")
        box.configure("[tasks.who]\nrun = \"id -un\"\n[tasks.home]\nrun = \"echo $HOME $LOGNAME\"\n")
        #expect(box.systemctl("reload", "almanac") == 0)
        #expect(box.run(["almanac", "run", "who", "--wait"]).standardOutput == "root\n")
        #expect(
            box.run(["almanac", "run", "home", "--wait"]).standardOutput == "/root root\n",
            "as cron's jobs have it"
        )

        let install = box.run(["almanac", "service", "install", "--unprivileged"])
        try #require(install.exitCode == 0, "\(install.standardError)\n\(box.report)")
        #expect(box.run(["almanac", "run", "who", "--wait"]).standardOutput == "almanac\n", "\(box.report)")
        #expect(box.runs().count == 3, "\(box.report)")
        #expect(box.output("stat -c %U:%a /run/almanac/almanac.sock") == "almanac:660")
        #expect(box.run(["almanac", "service", "status"]).standardOutput.contains(", as almanac: "))

        #expect(box.run(["almanac", "service", "install"]).exitCode == 0, "\(box.report)")
        #expect(box.output("ls /etc/sysusers.d/ | grep -c almanac || true") == "0")
        #expect(box.run(["almanac", "run", "who", "--wait"]).standardOutput == "root\n", "\(box.report)")
        #expect(box.runs().count == 4)
        #expect(box.run(["almanac", "service", "uninstall"]).exitCode == 0)
        #expect(files(in: box) == "")
    }

    @Test("The first request starts the service")
    func firstRequest() throws {
        let box = try SystemdBox()
        #expect(box.run(["almanac", "service", "install"]).exitCode == 0, "\(box.report)")
        #expect(box.systemctl("stop", "almanac.service") == 0)
        #expect(box.property("ActiveState", of: "almanac.service") == "inactive")
        #expect(box.property("ActiveState", of: "almanac.socket") == "active")
        #expect(box.run(["almanac", "list"]).exitCode == 0, "\(box.report)")
        #expect(box.property("ActiveState", of: "almanac.service") == "active")
    }

    @Test(
        "On a faulty configuration it says the fault; requests wait meanwhile, and are served once the file is mended"
    )
    func faultyConfiguration() throws {
        let box = try SystemdBox()
        box.configure("nonsense\n")
        let install = box.run(["almanac", "service", "install"])
        #expect(install.exitCode == 1)
        #expect(
            install.standardError.contains("almanac.service does not start: /etc/almanac/almanac.toml:1"),
            "\(install.standardError)"
        )
        let request = box.start(["almanac", "list"])
        #expect(eventually { box.property("NRestarts", of: "almanac") != "0" }, "\(box.report)")
        #expect(box.property("ActiveState", of: "almanac.socket") == "active")
        #expect(request.isRunning, "\(request.standardError)")
        box.configure("")
        let answer = request.wait()
        #expect(answer?.standardOutput == "The daemon has no tasks.\n", "\(answer?.standardError ?? "")\n\(box.report)")
        // More than systemd's default limit of starts in ten seconds.
        for _ in 0..<8 { #expect(box.systemctl("restart", "almanac") == 0, "\(box.report)") }
    }

    @Test("For a user, under that user's own systemd")
    func user() throws {
        let box = try SystemdBox()
        box.write("u ann 1234 \"Ann\" /home/ann /bin/sh\n", to: "/etc/sysusers.d/ann.conf")
        box.shell("systemd-sysusers; install -d -o 1234 -g 1234 /home/ann; systemctl start user@1234")
        let environment = ["HOME": "/home/ann", "XDG_RUNTIME_DIR": "/run/user/1234"]
        func ann(_ arguments: String...) -> ChildProcess.Outcome {
            box.run(arguments, environment: environment, userID: 1234)
        }
        let install = ann("almanac", "service", "install", "--user")
        try #require(install.exitCode == 0, "\(install.standardError)\n\(box.report)")
        #expect(
            ann("systemctl", "--user", "is-active", "almanac.service", "almanac.socket").exitCode == 0,
            "\(box.report)"
        )
        box.write("[tasks.who]\nrun = \"id -u; pwd\"\n", to: "/home/ann/.config/almanac/almanac.toml")
        #expect(ann("systemctl", "--user", "reload", "almanac").exitCode == 0, "\(box.report)")
        #expect(ann("almanac", "run", "who", "--wait").standardOutput == "1234\n/home/ann\n", "\(box.report)")
        #expect(
            ann("almanac", "service", "status", "--user").standardOutput.contains(
                "socket local: /run/user/1234/almanac.sock"
            )
        )
        #expect(box.output("stat -c %U /home/ann/.local/state/almanac/almanac.sqlite") == "ann")
        let uninstall = ann("almanac", "service", "uninstall", "--user")
        #expect(uninstall.exitCode == 0, "\(uninstall.standardError)")
        #expect(uninstall.standardOutput.contains("kept /home/ann/.local/state/almanac\n"))
        #expect(box.output("ls -A /home/ann/.config/systemd/user") == "")
    }

    @Test("Without rights, without systemd, and for a root who asks for --user, it refuses and says the mend")
    func refusals() throws {
        let box = try SystemdBox()
        let rights = box.run(["almanac", "service", "install"], userID: 1234)
        #expect(rights.exitCode == 1 && rights.standardError.contains("takes root"), "\(rights.standardError)")
        let root = box.run(["almanac", "service", "install", "--user"])
        #expect(root.exitCode == 1 && root.standardError.contains("leave --user out"))
        let noManager = box.run(
            ["almanac", "service", "install", "--user"],
            environment: ["XDG_RUNTIME_DIR": "/run/user/1234"],
            userID: 1234
        )
        #expect(noManager.exitCode == 1 && noManager.standardError.contains("loginctl enable-linger"))
        box.shell("mv /run/systemd/system /run/systemd/system.away")
        let noSystemd = box.run(["almanac", "service", "install"])
        #expect(noSystemd.exitCode == 1 && noSystemd.standardError.contains("systemd does not run this machine"))
        #expect(files(in: box) == "")
    }
}
