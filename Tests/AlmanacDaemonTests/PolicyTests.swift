import AlmanacAPI
import AlmanacTesting
import Testing

@Suite("What may start, what is tried again, and how a command is run")
struct PolicyTests {
    @Test("terminate: the oldest is stopped, and the new one starts once it is gone")
    func terminate() throws {
        let daemon = DaemonProcess(
            """
            [tasks.job]
            run = "echo begun; sleep 600"
            on_overlap = "terminate"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let first = try #require(daemon.trigger("job"))
        #expect(eventually { daemon.log(of: first) == "begun\n" })
        let second = try #require(daemon.trigger("job"))
        #expect(eventually { daemon.run(first.id)?.endReason == "stopped" })
        #expect(daemon.run(first.id)?.message == "a newer run took its place")
        #expect(eventually { daemon.log(of: second) == "begun\n" })
        #expect(daemon.run(second.id)?.status == "running")
    }

    @Test("A limit for all tasks holds back the runs of each")
    func commonLimit() throws {
        let daemon = DaemonProcess(
            """
            [scheduler]
            max_concurrent = 1
            [tasks.a]
            run = "while [ ! -e go ]; do sleep 0.05; done"
            [tasks.b]
            run = "while [ ! -e go ]; do sleep 0.05; done"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        _ = daemon.trigger("a")
        _ = daemon.trigger("b")
        #expect(eventually { daemon.runs("status=running").map(\.taskName) == ["a"] })
        #expect(daemon.runs("status=pending").map(\.taskName) == ["b"])
        daemon.folder.write("", to: "go")
        #expect(eventually { daemon.runs("status=success").count == 2 })
    }

    @Test("A failed run is tried again, each attempt a run of its own, over a restart too")
    func retries() throws {
        let configuration = """
            [tasks.job]
            run = "echo $ALMANAC_ATTEMPT >> attempts; [ $ALMANAC_ATTEMPT = 2 ]"
            retry_attempts = 3
            retry_delay = "1s"
            """
        let first = DaemonProcess(configuration)
        try #require(first.isReady(), "\(first.child.standardError)")
        let original = try #require(first.triggerAndWait("job"))
        #expect(original.endReason == "failed")
        let waiting = try #require(first.runs("status=pending").first)
        #expect(waiting.retryOfRunID == original.id)
        #expect(waiting.retryAttempt == 1)
        first.kill()

        let second = DaemonProcess(nil, in: first.folder)
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(eventually { second.runs("status=success").count == 1 })
        let runs = second.runs().reversed()
        #expect(runs.map(\.retryAttempt) == [0, 1, 2])
        #expect(runs.map(\.endReason) == ["failed", "failed", "success"])
        #expect(runs.dropFirst().map(\.retryOfRunID) == runs.dropLast().map(\.id))
        #expect(
            String(decoding: TemporaryFolder.read(second.folder.file("attempts")) ?? [], as: UTF8.self) == "0\n1\n2\n"
        )
    }

    @Test("A stopped run is not tried again")
    func stoppedIsFinal() throws {
        let daemon = DaemonProcess(
            """
            [tasks.job]
            run = "sleep 600"
            retry_attempts = 3
            retry_delay = "1s"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.trigger("job"))
        #expect(eventually { daemon.post("/api/tasks/job/runs/\(run.id)/stop").status == 200 })
        #expect(eventually { daemon.run(run.id)?.endReason == "stopped" })
        #expect(daemon.runs().count == 1)
    }
}
