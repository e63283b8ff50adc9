import AlmanacCalendar
import AlmanacModel
import AlmanacScheduler
import AlmanacTesting
import Testing

@Suite("Pausing and resuming are durable when they are acknowledged")
struct PauseTests {
    @Test("The firings of a pause share one row, over restarts too")
    func oneRow() async throws {
        let store = InMemoryRunStore()
        let first = try await SchedulerBench("0 * * * *", at: "2026-05-01T00:30:00Z", store: store)
        try await first.running {
            _ = await first.alarm.nextSetting()
            try await first.scheduler.pause("job", until: nil)
            _ = await first.alarm.nextSetting()
            _ = await first.pass(until: "2026-05-01T01:00:00Z")
            _ = await first.pass(until: "2026-05-01T02:00:00Z")
        }
        // Nobody is there at 3, 4 and 5 o'clock.
        let second = try await SchedulerBench("0 * * * *", at: "2026-05-01T05:30:00Z", store: store)
        let pause = TaskPause(taskName: "job", since: Timestamp("2026-05-01T00:30:00Z"))
        #expect(await second.scheduler.pauses == [pause])
        try await second.running { () async throws in
            _ = await second.alarm.nextSetting()
            _ = await second.pass(until: "2026-05-01T06:00:00Z")
            #expect(try await second.scheduler.resume("job"))
            _ = await second.alarm.nextSetting()
            _ = await second.pass(until: "2026-05-01T07:00:00Z")
        }
        let runs = store.allRuns
        #expect(runs.count == 2)
        #expect(runs[0].missed == MissedStretch(count: 6, until: Timestamp("2026-05-01T06:00:00Z")))
        #expect(runs[0].scheduled?.at == Timestamp("2026-05-01T01:00:00Z"))
        #expect(runs[0].state.end?.reason == .skipped)
        #expect(runs[0].state.end?.message == "paused")
        #expect(runs[1].scheduled?.at == Timestamp("2026-05-01T07:00:00Z"))
        #expect(runs[1].state == .pending)
        #expect(try await store.pauses() == [])
    }

    @Test("What is due at the moment of the pause still runs, and at the moment of the resume is held")
    func bounds() async throws {
        let bench = try await SchedulerBench("* * * * *", at: "2026-05-01T12:00:30Z")
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            bench.clock.pass(until: "2026-05-01T12:01:00Z")
            try await bench.scheduler.pause("job", until: nil)
            bench.clock.pass(until: "2026-05-01T12:02:00Z")
            try await bench.scheduler.resume("job")
        }
        #expect(
            await bench.factory.made == [
                "job 2026-05-01T12:01:00Z for 2026-05-01T12:01:00",
                "job paused 1 2026-05-01T12:02:00Z for 2026-05-01T12:02:00 until 2026-05-01T12:02:00Z",
            ]
        )
    }

    @Test("An end that comes resumes by itself, and a second pause changes it")
    func until() async throws {
        let bench = try await SchedulerBench("* * * * *", at: "2026-05-01T12:00:30Z")
        let end = Timestamp("2026-05-01T12:02:00Z")
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            try await bench.scheduler.pause("job", until: Timestamp("2026-05-01T15:00:00Z"))
            bench.clock.pass(until: "2026-05-01T12:00:40Z")
            let pause = try await bench.scheduler.pause("job", until: end)
            #expect(pause == TaskPause(taskName: "job", since: Timestamp("2026-05-01T12:00:30Z"), until: end))
            #expect(try await bench.store.pauses() == [pause])
            _ = await bench.alarm.nextSetting()
            _ = await bench.alarm.nextSetting()
            _ = await bench.pass(until: "2026-05-01T12:01:00Z")
            #expect(await bench.scheduler.pauses == [pause])
            let brought = await bench.pass(until: "2026-05-01T12:02:00Z")
            #expect(brought.made == ["job 2026-05-01T12:02:00Z for 2026-05-01T12:02:00"])
            #expect(await bench.scheduler.pauses == [])
            #expect(try await bench.scheduler.resume("job") == false)
        }
    }

    @Test("A pause that has ended is forgotten at a start, once all that it held has its row")
    func forgotten() async throws {
        let store = InMemoryRunStore()
        let first = try await SchedulerBench("0 * * * *", at: "2026-05-01T00:30:00Z", store: store)
        try await first.scheduler.pause("job", until: Timestamp("2026-05-01T02:30:00Z"))
        let second = try await SchedulerBench("0 * * * *", at: "2026-05-01T03:30:00Z", store: store)
        #expect(try await store.pauses().count == 1)
        try await second.running { _ = await second.alarm.nextSetting() }
        #expect(
            await second.factory.made == [
                "job paused 2 2026-05-01T01:00:00Z for 2026-05-01T01:00:00 until 2026-05-01T02:00:00Z",
                "job missed 1 2026-05-01T03:00:00Z for 2026-05-01T03:00:00 until 2026-05-01T03:00:00Z",
            ]
        )
        _ = try await SchedulerBench("0 * * * *", at: "2026-05-01T03:40:00Z", store: store)
        #expect(try await store.pauses() == [])
    }

    @Test("Nothing changes when what is due cannot be recorded first")
    func refused() async throws {
        let bench = try await SchedulerBench("* * * * *", at: "2026-05-01T12:00:30Z")
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            await bench.factory.refuse(true)
            bench.clock.pass(until: "2026-05-01T12:01:00Z")
            await #expect(throws: RecordingFactory.Refused.self) {
                try await bench.scheduler.pause("job", until: nil)
            }
            #expect(await bench.scheduler.pauses == [])
            #expect(try await bench.store.pauses() == [])
            await bench.factory.refuse(false)
            try await bench.scheduler.pause("job", until: nil)
            #expect(await bench.factory.made == ["job 2026-05-01T12:01:00Z for 2026-05-01T12:01:00"])
        }
    }

    @Test("A task that is not there, and an end that has passed, are refused")
    func wrong() async throws {
        let bench = try await SchedulerBench("* * * * *", at: "2026-05-01T12:00:30Z")
        await #expect(throws: TaskPausingError.noSuchTask) { try await bench.scheduler.pause("jobs", until: nil) }
        await #expect(throws: TaskPausingError.noSuchTask) { try await bench.scheduler.resume("jobs") }
        await #expect(throws: TaskPausingError.endHasPassed) {
            try await bench.scheduler.pause("job", until: Timestamp("2026-05-01T12:00:30Z"))
        }
        #expect(try await bench.scheduler.resume("job") == false)
    }
}
