import AlmanacAPI
import AlmanacTesting
import Testing

@Suite("Real tasks run in the unprivileged service's sandbox, and no more than that", .underSystemd)
struct SandboxTests {
    private static let tasks = """
        [tasks.shell]
        run = "test $(id -un) = almanac; test $(pwd) = /var/lib/almanac; seq 3 | sort -r | head -1"
        [tasks.state]
        run = "echo kept > state; cat state; sqlite3 db 'create table t(a); insert into t values(7); select a from t'"
        [tasks.network]
        run = "curl --silent --show-error --fail http://127.0.0.1:9999/zoneinfo/tzdata.zi | head -c 1"
        [tasks.time]
        run = "TZ=Asia/Tokyo date +%Z"
        timezone = "America/New_York"
        cron = "0 0 1 1 *"
        [tasks.temporary]
        run = "echo here > $(mktemp); file=$(mktemp -p /var/tmp); echo there > $file; cat $file"
        [tasks.python]
        run = "python3 -c 'import socket, json; print(socket.socket() and 1)'"
        [tasks.nice]
        nice = 5
        run = "nice"
        [tasks.cgroup]
        run = "mkdir /sys/fs/cgroup/system.slice/almanac.service/own; rmdir /sys/fs/cgroup/system.slice/almanac.service/own"
        [tasks.etc]
        run = "touch /etc/almanac/new"
        [tasks.home]
        run = "ls /root"
        [tasks.setuid]
        run = "cp /bin/true x; chmod u+s x"
        [tasks.namespace]
        run = "unshare -r true"
        [tasks.survivor]
        run = "echo kept > /tmp/file; echo begun; while [ ! -e go ]; do sleep 0.1; done; cat /tmp/file"
        """

    @Test("Shell, network, state, time zones, temporary files; a run that outlives the daemon keeps its /tmp")
    func sandbox() throws {
        let box = try SystemdBox.withUnits(of: "unprivileged")
        box.configure(Self.tasks)
        box.run([
            "systemd-run", "--quiet", "--unit=web", "python3", "-m", "http.server", "9999", "--directory", "/usr/share",
        ])
        try #require(box.systemctl("start", "almanac") == 0, "\(box.report)")
        for task in ["shell", "state", "network", "time", "temporary", "python", "nice", "cgroup"] {
            let outcome = box.run(["almanac", "run", task, "--wait"])
            #expect(outcome.exitCode == 0, "\(task): \(outcome.standardOutput)\(outcome.standardError)\n\(box.report)")
        }
        for task in ["etc", "home", "setuid", "namespace"] {
            #expect(box.run(["almanac", "run", task, "--wait"]).exitCode != 0, "\(task)")
        }
        let ids = box.begin(["survivor"])
        try #require(ids.count == 1, "\(box.report)")
        #expect(box.systemctl("restart", "almanac") == 0)
        box.shell("touch /var/lib/almanac/go")
        #expect(eventually { box.log(of: ids[0]) == "begun\nkept\n" }, "\(box.report)")
    }

    @Test("A unit without its RuntimeDirectory: the daemon says which line is missing")
    func noRuntimeDirectory() throws {
        let box = try SystemdBox.withUnits(of: "unprivileged")
        box.configure("")
        box.shell(
            "sed -i '/^RuntimeDirectory/d; s/^Restart=.*/Restart=no/' /etc/systemd/system/almanac.service; systemctl daemon-reload"
        )
        #expect(box.systemctl("start", "almanac") != 0)
        let lines = box.journal("--unit=almanac", "--output=cat").split(separator: "\n")
            .filter { $0.contains("RuntimeDirectory=almanac") }
        #expect(lines.count == 1, "\(box.report)")
        #expect(lines.first?.contains("/run/almanac") == true)
    }
}
