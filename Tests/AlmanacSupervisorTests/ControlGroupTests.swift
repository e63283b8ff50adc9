import AlmanacRunProtocol
import Glibc
import Testing

/// A cgroup for the test alone, where the machine shows a version 2 hierarchy that may be written to.
private struct TestControlGroup: ~Copyable {
    let group: RunControlGroup

    private static let roots = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"]

    /// The folder to make groups in; nil where there is none.
    static let root = roots.first { root in
        unsafe access("\(root)/cgroup.procs", W_OK) == 0 && access("\(root)/cgroup.controllers", R_OK) == 0
    }

    init() throws {
        let root = try #require(Self.root)
        group = RunControlGroup(parent: root, runID: "almanac-test-\(getpid())-\(UInt32.random(in: 0 ... .max))")
    }

    deinit {
        try? group.killAll()
        for _ in 0..<500 where !group.remove() { poll(nil, 0, 10) }
    }
}

@Suite(
    "A run in a cgroup of its own",
    .enabled(if: TestControlGroup.root != nil, "no cgroup version 2 that may be written to")
)
struct ControlGroupTests {
    @Test("The supervisor and the command are in their groups, which can go once the run has ended")
    func membership() throws {
        let cgroup = try TestControlGroup()
        let group = cgroup.group
        var run = try SupervisedRun("grep ^0:: /proc/self/cgroup; grep ^0:: /proc/$PPID/cgroup") {
            $0.controlGroup = group.path
        }
        let result = try run.result()
        #expect(result.outcome == .exited(code: 0))
        let name = try #require(group.path.split(separator: "/").last)
        let groups = try run.text().split(separator: "\n")
        #expect(groups.count == 2 && groups[0].hasSuffix("/\(name)/command") && groups[1].hasSuffix("/\(name)"))
        #expect(group.remove())
        #expect(unsafe access(group.path, F_OK) != 0)
    }

    @Test("Processor time is the group's: that of a process counts which nobody waits for too")
    func processorTime() throws {
        let cgroup = try TestControlGroup()
        let group = cgroup.group
        // The parent ignores the end of its children, so that their times are never added to anybody's.
        var run = try SupervisedRun(
            "trap '' CHLD; (i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; : > $RUN/done) & wait; [ -e $RUN/done ]"
        ) {
            $0.controlGroup = group.path
        }
        let result = try run.result()
        #expect(result.outcome == .exited(code: 0))
        let used = try #require(group.usage.cpuNanoseconds)
        #expect(result.cpuNanoseconds == used && used > 10_000_000)
    }

    @Test("Processes that ignore every signal, left their session and lost their parents are killed with the rest")
    func killing() throws {
        let cgroup = try TestControlGroup()
        let group = cgroup.group
        var run = try SupervisedRun(
            """
            trap '' TERM HUP INT
            for i in 1 2 3 4; do (setsid sh -c 'trap "" TERM HUP INT; : > $RUN/up'$i'; while :; do sleep 1; done' &) ; done
            while [ ! -e $RUN/up1 ] || [ ! -e $RUN/up2 ] || [ ! -e $RUN/up3 ] || [ ! -e $RUN/up4 ]; do sleep 0.01; done
            while :; do sleep 1; done
            """
        ) {
            $0.controlGroup = group.path
            $0.timeoutMilliseconds = 1000
            $0.gracePeriodMilliseconds = 100
        }
        let result = try run.result()
        #expect(result.outcome == .timedOut && result.killed)
        #expect(!group.isPopulated)
        #expect(group.remove())
    }

    @Test("A group that cannot be made is said in the log, and the run goes on without")
    func impossible() throws {
        var run = try SupervisedRun("echo here") {
            $0.controlGroup = "/sys/fs/cgroup/no/such/group"
            $0.limits.memoryMax = 1 << 20
        }
        let result = try run.result()
        #expect(result.outcome == .exited(code: 0))
        let lines = try run.lines().map { String(decoding: $0.text, as: UTF8.self) }
        #expect(lines.count == 2)
        #expect(
            lines.first?.hasPrefix(
                "the run has no cgroup of its own, and no limits: /sys/fs/cgroup/no/such/group: mkdir: "
            ) == true
        )
        #expect(lines.last == "here")
    }

    @Test(
        "A limit without its controller is said in the log",
        .enabled(if: !hasControllers, "the controllers are here")
    )
    func withoutController() throws {
        let cgroup = try TestControlGroup()
        let group = cgroup.group
        var run = try SupervisedRun("echo here") {
            $0.controlGroup = group.path
            $0.limits.memoryMax = 1 << 20
        }
        #expect(try run.result().outcome == .exited(code: 0))
        let first = try #require(try run.lines().first)
        let text = String(decoding: first.text, as: UTF8.self)
        #expect(text == "a limit of the run is not kept: \(group.path)/memory.max: open: No such file or directory")
    }

    private static var hasControllers: Bool {
        contents("\(TestControlGroup.root ?? "")/cgroup.subtree_control").map { !$0.isEmpty } ?? false
    }
}
