import AlmanacAPI
import AlmanacTesting
import Testing

@Suite("Under systemd each run has a cgroup of its own", .underSystemd)
struct ControlGroupTests {
    private static let folder = "/sys/fs/cgroup/system.slice/almanac.service"

    private static let configuration = """
        [tasks.group]
        run = "grep ^0:: /proc/self/cgroup; grep ^0:: /proc/$PPID/cgroup"
        [tasks.limited]
        run = "true"
        memory_max = "64MB"
        [tasks.hiding]
        run = '''
            (env -i /usr/bin/setsid /bin/sh -c 'exec /bin/sleep 98765' &)
            until pgrep -x sleep > /dev/null; do /bin/sleep 0.01; done; echo begun; while [ ! -e /run/go ]; do /bin/sleep 0.1; done
            '''
        """

    @Test(
        "It goes with the run, is there over a restart, and takes with it what hides",
        arguments: ["system", "unprivileged"]
    )
    func groups(variant: String) throws {
        let box = try SystemdBox.withUnits(of: variant)
        box.configure(Self.configuration)
        try #require(box.systemctl("start", "almanac") == 0, "\(box.report)")
        let pid = box.property("MainPID", of: "almanac")
        #expect(box.output("cat /proc/\(pid)/cgroup").contains("0::/system.slice/almanac.service/daemon"))

        let outcome = box.run(["almanac", "run", "group", "--wait"])
        let id = try #require(box.runs().first?.id, "\(box.report)")
        let group = "0::/system.slice/almanac.service/runs/\(id)"
        #expect(outcome.standardOutput.contains("\(group)/command\n\(group)\n"), "\(outcome)")
        #expect(eventually { box.output("ls \(Self.folder)/runs | grep -c ^01 || true") == "0" })

        let hasController = box.output("grep -cw memory \(Self.folder)/cgroup.controllers || true") == "1"
        let notice =
            "memory_max of 1 task (limited) is not kept: the memory controller is not in \(Self.folder)/cgroup.controllers"
        #expect(box.journal("--unit=almanac").contains(notice) == !hasController, "\(box.report)")

        // Neither its parents nor its environment say whose it is.
        let hiding = try #require(box.begin(["hiding"]).first, "\(box.report)")
        #expect(box.systemctl("restart", "almanac") == 0, "\(box.report)")
        #expect(box.runs("status=running").map(\.id) == [hiding], "\(box.report)")
        #expect(box.output("cat \(Self.folder)/runs/\(hiding)/command/cgroup.procs | wc -l") != "0")
        box.shell("pkill -9 -x almanac-run")
        #expect(eventually { box.runs().first { $0.id == hiding }?.endReason == "crashed" }, "\(box.report)")
        #expect(eventually { box.output("pgrep -f '[s]leep 98765' || true") == "" }, "\(box.report)")
    }
}
