import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

extension Trait where Self == ConditionTrait {
    /// Skips, and says why, where Debian's cron is not installed.
    static var withCronService: Self {
        .enabled(
            if: unsafe access("/usr/sbin/cron", X_OK) == 0 && access("/lib/systemd/system/cron.service", F_OK) == 0,
            "there is no cron (apt-get install cron)"
        )
    }
}

@Suite("'almanac takeover' puts the daemon in cron's place, and back", .underSystemd, .withCronService)
struct TakeoverTests {
    /// A box with a job for each minute, under a cron that runs and is enabled.
    private func box(seconds: Int = 600) throws -> SystemdBox {
        let box = try SystemdBox(seconds: seconds)
        box.shell(
            "install -d /var/spool/cron; install -d -m 1730 -g crontab /var/spool/cron/crontabs; mkdir -p /etc/cron.d"
        )
        box.shell(
            """
            echo '* * * * * root date +\\%H:\\%M >> /run/minutes' > /etc/crontab
            echo '0 0 1 1 * nobody true' > /etc/cron.d/yearly
            """
        )
        box.shell(
            "ln -s /lib/systemd/system/cron.service /etc/systemd/system/multi-user.target.wants/ 2>/dev/null || "
                + "{ mkdir -p /etc/systemd/system/multi-user.target.wants; ln -s /lib/systemd/system/cron.service /etc/systemd/system/multi-user.target.wants/; }"
        )
        box.shell("systemctl daemon-reload; systemctl start cron")
        try #require(state(of: box) == "active enabled", "\(box.report)")
        return box
    }

    /// `active enabled`
    private func state(of box: SystemdBox) -> String {
        "\(box.property("ActiveState", of: "cron")) \(box.property("UnitFileState", of: "cron"))"
    }

    /// The files that a takeover may leave.
    private func traces(in box: SystemdBox) -> String {
        box.output(
            "ls -d /etc/systemd/system/almanac* /etc/almanac/almanac.toml /var/lib/almanac/takeover.json 2>/dev/null || true"
        )
    }

    private func sleep(_ box: SystemdBox, until second: Int) {
        box.shell("s=$(date +%-S); sleep $(( (\(second) + 60 - s) % 60 ))", seconds: 90)
    }

    @Test("Through a takeover and its undoing each minute's job runs once, and nothing is left of it")
    func thereAndBack() throws {
        let box = try box()
        let dry = box.run(["almanac", "takeover", "--dry-run"])
        #expect(dry.exitCode == 0, "\(dry)")
        for line in [
            "  cron.service, running, process \(box.property("MainPID", of: "cron")), enabled\n",
            "  /etc/crontab: 1 line\n", "  /etc/cron.d/yearly: 1 line\n",
            "2 the same, 0 with explained differences, 0 different",
            "  make /etc/almanac/almanac.toml with [cron] crontabs = true\n",
            "  stop cron.service between two minutes and mask it",
        ] {
            #expect(dry.standardOutput.contains(line), "\(line)\(dry.standardOutput)")
        }
        let json = box.run(["almanac", "takeover", "--dry-run", "--json"])
        #expect(json.exitCode == 0 && json.standardError == "" && json.standardOutput.split(separator: "\n").count == 1)
        let report = try WireCoding.decode([String: [String: JSONValue]].self, from: json.standardOutput.utf8)
        let plan = try #require(report["plan"])
        #expect(plan["equal"] == true && plan["changes_configuration"] == true && plan["installs_service"] == true)
        #expect(plan["configuration"] == "/etc/almanac/almanac.toml" && plan["units"] != nil && plan["crontabs"] != nil)
        #expect(state(of: box) == "active enabled" && traces(in: box) == "")
        let unasked = box.run(["almanac", "takeover"])
        #expect(unasked.exitCode == 1 && unasked.standardError.contains("--yes"), "\(unasked)")
        #expect(state(of: box) == "active enabled" && traces(in: box) == "")

        // Just before a minute, when it would be worst.
        sleep(box, until: 57)
        let first = box.output("date -d '+1 minute' +%H:%M")
        let takeover = box.run(["almanac", "takeover", "--yes"], seconds: 120)
        #expect(takeover.exitCode == 0, "\(takeover)\n\(box.report)")
        #expect(state(of: box) == "inactive masked")
        let list = box.output("almanac list")
        #expect(list.contains("/etc/crontab:1") && !list.contains("cron is running"), "\(list)")
        #expect(box.output("cat /etc/almanac/almanac.toml").hasSuffix("[cron]\ncrontabs = true"))
        let again = box.run(["almanac", "takeover", "--yes"])
        #expect(again.exitCode == 1 && again.standardError.contains("--undo"), "\(again)")
        let explained = box.output("almanac explain --task $(almanac list | awk '/etc.crontab:1/ { print $1 }')")
        #expect(explained.contains("line 1 of /etc/crontab: * * * * *"), "\(explained)")
        #expect(explained.contains("cron takes it for a wildcard job"), "\(explained)")

        sleep(box, until: 57)
        sleep(box, until: 3)
        #expect(
            box.output("almanac runs --json").contains("\"triggered_by\":\"cron\""),
            "\(box.output("almanac runs"))"
        )
        sleep(box, until: 58)
        let undo = box.run(["almanac", "takeover", "--undo", "--yes"], seconds: 120)
        #expect(undo.exitCode == 0, "\(undo)\n\(box.report)")
        #expect(state(of: box) == "active enabled")
        #expect(traces(in: box) == "")
        sleep(box, until: 57)
        sleep(box, until: 4)
        let last = box.output("date +%H:%M")
        let minutes = box.output("cat /run/minutes").split(separator: "\n").map(String.init)
        let expected = Self.minutes(from: first, to: last)
        #expect(Array(minutes.suffix(expected.count)) == expected, "\(minutes)")
        #expect(expected.count >= 4)
        #expect(Set(minutes).count == minutes.count, "\(minutes)")
    }

    /// `["23:59", "00:00"]`
    private static func minutes(from first: String, to last: String) -> [String] {
        var result = [first]
        while let minute = result.last, minute != last, result.count < 60 {
            let parts = minute.split(separator: ":").compactMap { Int($0) }
            let next = (parts[0] * 60 + parts[1] + 1) % 1440
            result.append((next / 60 < 10 ? "0" : "") + "\(next / 60):" + (next % 60 < 10 ? "0" : "") + "\(next % 60)")
        }
        return result
    }

    @Test("A configuration and a service that were there are given back as they were")
    func existing() throws {
        let box = try box()
        box.write("# mine\n[tasks.own]\nrun = \"true\"\n", to: "/etc/almanac/almanac.toml")
        #expect(box.run(["almanac", "service", "install"]).exitCode == 0)
        let units = traces(in: box)
        let takeover = box.run(["almanac", "takeover", "--yes"], seconds: 120)
        #expect(takeover.exitCode == 0, "\(takeover)\n\(box.report)")
        #expect(state(of: box) == "inactive masked")
        #expect(box.output("almanac list").contains("own"))
        let undo = box.run(["almanac", "takeover", "--undo", "--yes"], seconds: 120)
        #expect(undo.exitCode == 0, "\(undo)\n\(box.report)")
        #expect(state(of: box) == "active enabled")
        #expect(box.output("cat /etc/almanac/almanac.toml") == "# mine\n[tasks.own]\nrun = \"true\"")
        #expect(traces(in: box) == units)
        #expect(box.property("ActiveState", of: "almanac") == "active")
        let list = box.output("almanac list")
        #expect(list.contains("own") && !list.contains("/etc/crontab"), "\(list)")
    }

    @Test("A daemon that does not start, a hold that does not end, a kill half-way: cron is back as it was")
    func failures() throws {
        let box = try box()
        box.write("[Service]\nExecStartPre=/bin/false\n", to: "/etc/systemd/system/almanac.service.d/own.conf")
        let failed = box.run(["almanac", "takeover", "--yes"], seconds: 120)
        #expect(failed.exitCode == 1 && failed.standardError.contains("nothing was taken over"), "\(failed)")
        #expect(state(of: box) == "active enabled")
        #expect(traces(in: box) == "/etc/systemd/system/almanac.service.d")
        box.shell("rm -r /etc/systemd/system/almanac.service.d; systemctl daemon-reload")

        // Something else that is called cron goes on running.
        box.shell("cp /bin/sleep /run/crond; systemd-run --quiet --unit=other /run/crond 500")
        let held = box.run(["almanac", "takeover", "--yes"], seconds: 150)
        #expect(held.exitCode == 1 && held.standardError.contains("cron is running"), "\(held)")
        #expect(state(of: box) == "active enabled" && traces(in: box) == "", "\(held)")
        box.shell("systemctl stop other")

        let killed = box.start(["almanac", "takeover", "--yes"])
        #expect(eventually(within: 90) { box.property("UnitFileState", of: "cron") == "masked" })
        killed.send(SIGKILL)
        box.shell("pkill -9 -f 'almanac takeover' || true")
        _ = killed.wait(seconds: 10)
        if box.output("cat /var/lib/almanac/takeover.json").contains("\"taking\"") {
            let again = box.run(["almanac", "takeover", "--yes"])
            #expect(again.exitCode == 1 && again.standardError.contains("was interrupted"), "\(again)")
        }
        let undo = box.run(["almanac", "takeover", "--undo", "--yes"], seconds: 120)
        #expect(undo.exitCode == 0, "\(undo)\n\(box.report)")
        #expect(state(of: box) == "active enabled" && traces(in: box) == "")
        let nothing = box.run(["almanac", "takeover", "--undo", "--yes"])
        #expect(nothing.exitCode == 1 && nothing.standardError.contains("nothing has been taken over"), "\(nothing)")
    }
}
