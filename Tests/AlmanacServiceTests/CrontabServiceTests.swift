import AlmanacAPI
import AlmanacTesting
import FoundationEssentials
import Glibc
import Testing

@Suite("Under systemd crontabs are run live, and left to cron for as long as it runs", .underSystemd, .withCron)
struct CrontabServiceTests {
    /// A box with cron's folders, where the daemon is to run its crontabs; neither has been started.
    private func box() throws -> SystemdBox {
        let box = try SystemdBox.withUnits(of: "system")
        box.configure("[cron]\ncrontabs = true\n")
        box.shell("install -d /var/spool/cron; install -d -m 1730 -g crontab /var/spool/cron/crontabs")
        return box
    }

    private func tasks(_ box: SystemdBox, _ socket: String = "/run/almanac/almanac.sock") -> [TaskResource] {
        let body = box.output("curl -s --unix-socket \(socket) http://a/api/tasks")
        return (try? JSONDecoder().decode([TaskResource].self, from: Data(body.utf8))) ?? []
    }

    private func lines(_ box: SystemdBox) -> [String] {
        tasks(box).map { "\($0.crontabFile ?? ""):\($0.crontabLine ?? 0) \($0.user ?? "") \($0.cron ?? "")" }.sorted()
    }

    private func hold(_ box: SystemdBox, _ socket: String = "/run/almanac/almanac.sock") -> String? {
        tasks(box, socket).first.map { $0.held ?? "" }
    }

    /// The system calls that a daemon makes in some seconds in which it has nothing to do.
    private func calls(of process: String, _ box: SystemdBox) -> [String] {
        var calls = ["not traced"]
        // Threads that were needed for the start alone take some seconds to go.
        for _ in 0..<6 where !calls.isEmpty {
            box.shell("timeout 5 strace -f -o /run/trace -p \"$(\(process) | head -1)\" || true")
            calls = box.output("cat /run/trace").split(separator: "\n").map(String.init).filter { line in
                !["<unfinished ...>", "<detached ...>", "resuming interrupted"].contains { line.contains($0) }
            }
        }
        return calls
    }

    @Test("crontab(1) keeps working: what it installs, edits and removes is in force at once")
    func crontab() throws {
        let box = try box()
        try #require(box.systemctl("start", "almanac") == 0, "\(box.report)")
        #expect(lines(box) == [])
        // crontab(1) puts three lines of its own above.
        let spool = "/var/spool/cron/crontabs/daemon"
        box.shell("echo '0 0 1 1 * true' | crontab -", userID: 1)
        #expect(eventually(within: 2) { lines(box) == ["\(spool):4 daemon 0 0 1 1 *"] }, "\(lines(box)) \(box.report)")

        // crontab(1) takes an edit within the second in which it wrote the file for none.
        box.write(
            "#!/bin/sh\n{ echo '# new'; echo '0 0 2 1 * true'; } >> \"$1\"\ntouch -d '+5 seconds' \"$1\"\n",
            to: "/opt/edit"
        )
        box.shell("chmod 755 /opt/edit")
        let edit = box.run(["crontab", "-u", "daemon", "-e"], environment: ["EDITOR": "/opt/edit"])
        #expect(edit.exitCode == 0, "\(edit)")
        let both = ["\(spool):4 daemon 0 0 1 1 *", "\(spool):6 daemon 0 0 2 1 *"]
        #expect(eventually(within: 2) { lines(box) == both }, "\(lines(box)) \(box.report)")
        #expect(box.journal("--unit=almanac").contains("crontab \(spool): 1 task added"))

        // Folders of cron's that were not there, and a user who was not.
        box.write("0 0 3 1 * daemon true\n", to: "/etc/cron.d/later")
        #expect(
            eventually(within: 2) { lines(box) == ["/etc/cron.d/later:1 daemon 0 0 3 1 *"] + both },
            "\(lines(box))"
        )
        box.shell("rm -r /etc/cron.d; echo '0 0 4 1 * root true' > /etc/crontab")
        #expect(eventually(within: 2) { lines(box) == ["/etc/crontab:1 root 0 0 4 1 *"] + both }, "\(lines(box))")
        box.shell("rm /etc/crontab; crontab -r", userID: nil)
        box.shell("crontab -r -u daemon || true; printf '0 0 5 1 * true\\n' > /var/spool/cron/crontabs/ann")
        box.shell("chmod 600 /var/spool/cron/crontabs/ann")
        #expect(eventually(within: 2) { lines(box) == [] })
        #expect(
            eventually { box.journal("--unit=almanac").contains("/var/spool/cron/crontabs/ann: ") },
            "\(box.report)"
        )
        box.shell("useradd --uid 4242 ann; chown ann:crontab /var/spool/cron/crontabs/ann")
        #expect(
            eventually(within: 5) { lines(box) == ["/var/spool/cron/crontabs/ann:1 ann 0 0 5 1 *"] },
            "\(lines(box)) \(box.report)"
        )
    }

    @Test("While cron runs its crontabs are held, in the status, the log, the list and the API")
    func held() throws {
        let box = try box()
        box.shell("echo '0 0 1 1 * root echo by hand' > /etc/crontab; echo '0 0 1 1 * root true' > /etc/other")
        box.configure("[cron]\ncrontabs = true\ninclude = [\"/etc/other\"]\n")
        try #require(box.systemctl("start", "cron") == 0, "\(box.report)")
        try #require(box.systemctl("start", "almanac") == 0, "\(box.report)")
        func pid() -> String { box.property("MainPID", of: "cron") }
        func crons() -> TaskResource? { tasks(box).first { $0.crontabFile == "/etc/crontab" } }
        let task = try #require(crons())
        #expect(task.held == "cron is running (process \(pid()))")
        #expect(task.nextRunAt == nil)
        let other = try #require(tasks(box).first { $0.crontabFile == "/etc/other" })
        #expect(other.held == nil && other.nextRunAt != nil, "cron does not know it")
        let text = "1 crontab task held: cron is running (process \(pid()))"
        #expect(box.property("StatusText", of: "almanac").hasSuffix(text))
        #expect(box.journal("--unit=almanac").contains(text))
        #expect(box.output("almanac list").contains("cron is running"))
        #expect(calls(of: "pgrep -x almanac", box) == [], "it waits for cron's end without a system call")
        #expect(box.output("almanac run --wait \(task.name)").contains("by hand"), "by hand it runs all the same")

        for _ in 0..<3 {
            #expect(box.systemctl("stop", "cron") == 0)
            #expect(eventually(within: 1) { crons()?.held == nil }, "\(box.report)")
            #expect(crons()?.nextRunAt != nil)
            #expect(eventually { box.property("StatusText", of: "almanac").contains("2 scheduled") })
            #expect(box.systemctl("start", "cron") == 0)
            #expect(eventually(within: 1) { crons()?.held == "cron is running (process \(pid()))" }, "\(box.report)")
        }
        // As an init script starts it: it forks. Then a kill, which leaves the pid file as it is.
        #expect(box.systemctl("stop", "cron") == 0)
        #expect(eventually(within: 1) { crons()?.held == nil })
        box.shell("/usr/sbin/cron")
        func forked() -> String { "cron is running (process \(box.output("cat /run/crond.pid")))" }
        #expect(eventually(within: 1) { crons()?.held == forked() }, "\(box.report)")
        box.shell("kill -9 $(cat /run/crond.pid)")
        #expect(eventually(within: 1) { crons()?.held == nil }, "\(box.report)")
        // The number of a cron of long ago is another program's by now.
        box.shell("echo $$ > /run/crond.pid; exec sleep 0.3")
        #expect(crons()?.held == nil)
        #expect(box.journal("--unit=almanac").contains("1 crontab task is not held any more"))
    }

    @Test("From cron to Almanac and back each minute runs once")
    func handover() throws {
        let box = try box()
        box.shell("echo '* * * * * root date +\\%H:\\%M >> /run/minutes' > /etc/crontab")
        func sleep(until second: Int) {
            box.shell("s=$(date +%-S); sleep $(( (\(second) + 60 - s) % 60 ))", seconds: 90)
        }
        sleep(until: 5)
        let first = box.output("date +%H:%M")
        try #require(box.systemctl("start", "cron") == 0)
        try #require(box.systemctl("start", "almanac") == 0, "\(box.report)")
        sleep(until: 0)
        sleep(until: 4)
        // Almanac was held, and takes over.
        #expect(box.systemctl("stop", "cron") == 0)
        #expect(eventually(within: 1) { hold(box) == "" })
        sleep(until: 0)
        sleep(until: 4)
        // It gives way while it is not there itself.
        #expect(box.systemctl("stop", "almanac") == 0)
        #expect(box.systemctl("start", "cron") == 0)
        sleep(until: 0)
        sleep(until: 4)
        // What cron has just run is within Almanac's grace.
        #expect(box.systemctl("stop", "cron") == 0)
        #expect(box.systemctl("start", "almanac") == 0)
        sleep(until: 0)
        sleep(until: 4)
        let minutes = box.output("cat /run/minutes").split(separator: "\n").map(String.init)
        let expected = (1...4).map { box.output("date -d '\(first) today + \($0) minutes' +%H:%M") }
        #expect(minutes == expected, "\(box.report)")
        #expect(box.runs().count == 2)
        #expect(box.runs("status=missed").isEmpty)
    }

    @Test("@reboot lines are run once a boot, by whoever comes first")
    func reboot() throws {
        let box = try box()
        box.shell("echo '@reboot root echo once >> /run/once' > /etc/crontab")
        func count() -> String { box.output("cat /run/once 2>/dev/null | wc -l") }
        func boot(_ name: String) {
            box.shell(
                """
                rm -f /run/crond.reboot; echo \(name) > /run/boot-\(name)
                mount --bind /run/boot-\(name) /proc/sys/kernel/random/boot_id
                """
            )
        }
        try #require(box.systemctl("start", "almanac") == 0, "\(box.report)")
        #expect(eventually { count() == "1" }, "\(box.report)")
        for _ in 0..<3 { #expect(box.systemctl("restart", "almanac") == 0) }
        #expect(box.systemctl("start", "cron") == 0)
        #expect(eventually { box.journal("--unit=cron").contains("Skipping @reboot jobs") }, "\(box.report)")
        #expect(box.systemctl("stop", "cron", "almanac") == 0)
        #expect(count() == "1")

        boot("second")
        #expect(box.systemctl("start", "almanac") == 0)
        #expect(eventually { count() == "2" }, "\(box.report)")
        #expect(box.systemctl("stop", "almanac") == 0)

        boot("third")
        #expect(box.systemctl("start", "cron") == 0)
        #expect(eventually { count() == "3" }, "\(box.report)")
        #expect(box.systemctl("start", "almanac") == 0)
        #expect(box.systemctl("stop", "cron") == 0)
        #expect(eventually(within: 1) { hold(box) == "" })
        #expect(box.systemctl("restart", "almanac") == 0)
        #expect(box.runs().count == 2 && count() == "3")

        // cron has run them, and is not there any more when Almanac comes.
        #expect(box.systemctl("stop", "almanac") == 0)
        boot("fourth")
        #expect(box.systemctl("start", "cron") == 0)
        #expect(eventually { count() == "4" })
        #expect(box.systemctl("stop", "cron") == 0)
        #expect(box.systemctl("start", "almanac") == 0)
        #expect(box.runs().count == 2 && count() == "4")
    }

    @Test("Of two daemons the later one holds cron's crontabs until the earlier one is gone")
    func twoDaemons() throws {
        let box = try box()
        box.shell("echo '0 0 1 1 * root true' > /etc/crontab")
        try #require(box.systemctl("start", "almanac") == 0, "\(box.report)")
        let second = box.start([
            "almanac", "daemon", "--data", "/var/lib/second", "--listen", "unix:/run/second.sock",
        ])
        #expect(eventually { hold(box, "/run/second.sock") != nil }, "\(second.standardError)")
        let first = box.property("MainPID", of: "almanac")
        #expect(hold(box, "/run/second.sock") == "another Almanac runs the crontabs (process \(first))")
        #expect(calls(of: "pgrep -x almanac | grep -vx \(first)", box) == [], "it waits without a system call")
        #expect(second.standardError.contains("1 crontab task held: another Almanac runs the crontabs"))
        #expect(hold(box) == "")
        #expect(box.systemctl("stop", "almanac") == 0)
        #expect(eventually(within: 1) { hold(box, "/run/second.sock") == "" }, "\(second.standardError)")
        #expect(box.systemctl("start", "almanac") == 0)
        #expect(hold(box)?.hasPrefix("another Almanac runs the crontabs (process ") == true, "\(hold(box) ?? "")")
        box.shell("kill -9 $(cat /run/almanac-crontabs.lock)")
        #expect(eventually(within: 1) { hold(box) == "" }, "\(box.report)")
    }
}

extension Trait where Self == ConditionTrait {
    /// Debian's cron, as the machine has it: the box has the machine's /usr.
    static var withCron: Self {
        .enabled(if: unsafe access("/usr/sbin/cron", X_OK) == 0, "there is no cron here (apt-get install cron)")
    }
}
