import AlmanacAPI
import AlmanacCalendar
import AlmanacTesting
import Testing

@Suite(
    "On a kernel with every controller a run uses no more than it may",
    .enabled(if: VirtualMachine.obstacle == nil, "\(VirtualMachine.obstacle ?? "")"),
    .enabled(
        if: ChildProcess.run(["sh", "-c", "command -v setfattr"])?.exitCode == 0,
        "there is no setfattr here: apt-get install attr"
    )
)
struct ResourceLimitTests {
    private static let configuration = """
        [tasks.greedy]
        run_on_start = true
        memory_max = "40MB"
        run = "awk 'BEGIN { text = \\"x\\"; while (1) text = text text }'"
        [tasks.crowd]
        run_on_start = true
        tasks_max = 4
        run = "for number in 1 2 3 4 5 6; do sleep 1 & done; wait"
        [tasks.weighty]
        run_on_start = true
        cpu_weight = 25
        run = "grep -x 25 /sys/fs/cgroup/almanac.service/runs/$ALMANAC_RUN_ID/cpu.weight"
        [tasks.long]
        run_on_start = true
        on_overlap = "skip"
        memory_max = "64MB"
        run = "while [ ! -e /go ]; do sleep 1; done; sleep 5; grep -x 64000000 /sys/fs/cgroup/almanac.service/runs/$ALMANAC_RUN_ID/memory.max"
        """

    @Test("Memory, processes and processor time; and a run keeps its limit over a restart of the daemon")
    func limits() async throws {
        let machine = try VirtualMachine(configuration: Self.configuration)
        let outcome = try await machine.run(
            from: Timestamp("2026-01-05T10:00:00Z"),
            until: Timestamp("2026-01-05T10:00:40Z"),
            delegatesControlGroup: true
        )
        func runs(_ task: String) -> [RunResource] { outcome.runs.filter { $0.taskName == task } }

        let greedy = runs("greedy")
        #expect(greedy.count == 2 && greedy.allSatisfy { $0.endReason == "failed" }, "\(outcome)")
        for run in greedy {
            #expect(run.message?.contains("of its processes to keep memory_max = 40000000 bytes") == true, "\(run)")
            let peak = try #require(run.maxRSSBytes)
            #expect((20_000_000...40_000_000).contains(peak))
        }
        let crowd = runs("crowd")
        #expect(crowd.count == 2 && crowd.allSatisfy { $0.endReason == "failed" }, "\(outcome)")
        #expect(crowd.allSatisfy { $0.message?.contains("refused to keep tasks_max = 4") == true }, "\(crowd)")
        #expect(runs("weighty").map(\.endReason) == ["success", "success"], "\(outcome)")

        #expect(Set(runs("long").map(\.endReason)) == ["success", "skipped"], "\(outcome)")
        #expect(!outcome.console.contains("the group may be entered before"))
        let lines = outcome.console.split(whereSeparator: \.isNewline)
        #expect(lines.contains("the group may be entered"), "\(outcome.console)")
        #expect(!outcome.console.contains("is not kept"), "\(outcome.console)")
    }
}
