import AlmanacCalendar
import AlmanacModel
import AlmanacScheduler
import AlmanacTesting
import Testing

@Suite("The scheduler hands what is due to the factory, and loses nothing when it is refused")
struct SchedulerTests {
    @Test("It sets its alarm for the next instant, and fires then")
    func fires() async throws {
        let bench = try await SchedulerBench("0 * * * *", at: "2026-05-01T12:30:00Z")
        try await bench.running {
            #expect(await bench.alarm.nextSetting() == Timestamp("2026-05-01T13:00:00Z"))
            let brought = await bench.pass(until: "2026-05-01T13:00:00Z")
            #expect(brought.made == ["job 2026-05-01T13:00:00Z for 2026-05-01T13:00:00"])
            #expect(brought.next == Timestamp("2026-05-01T14:00:00Z"))
        }
        #expect(try await bench.store.cursors().map(\.settledThrough) == [Timestamp("2026-05-01T13:00:00Z")])
    }

    @Test("An alarm that goes off early, or for nothing, only sets the next one")
    func early() async throws {
        let bench = try await SchedulerBench("0 * * * *", at: "2026-05-01T12:30:00Z")
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            for time in ["2026-05-01T12:30:00Z", "2026-05-01T12:59:59Z", "2026-05-01T12:59:59Z"] {
                let brought = await bench.pass(until: time)
                #expect(brought.made == [])
                #expect(brought.next == Timestamp("2026-05-01T13:00:00Z"))
            }
            #expect(await bench.wake(.clockSet).made == [])
        }
        #expect(bench.log.all == [])
    }

    @Test("A refused batch is offered again a second later, before anything newer")
    func retried() async throws {
        let bench = try await SchedulerBench("* * * * *", at: "2026-05-01T12:00:30Z")
        await bench.factory.refuse(true)
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            #expect(await bench.pass(until: "2026-05-01T12:01:00Z").next == Timestamp("2026-05-01T12:01:01Z"))
            await bench.factory.refuse(false)
            let brought = await bench.pass(until: "2026-05-01T12:02:00Z")
            #expect(
                brought.made == [
                    "job 2026-05-01T12:01:00Z for 2026-05-01T12:01:00",
                    "job 2026-05-01T12:02:00Z for 2026-05-01T12:02:00",
                ]
            )
            #expect(brought.next == Timestamp("2026-05-01T12:03:00Z"))
        }
    }

    @Test("A refused batch does not wait for a clock that was set back")
    func retriedAfterStepBack() async throws {
        let bench = try await SchedulerBench("* * * * *", at: "2026-05-01T12:00:30Z")
        await bench.factory.refuse(true)
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            _ = await bench.pass(until: "2026-05-01T12:01:00Z")
            await bench.factory.refuse(false)
            bench.clock.set("2026-05-01T10:00:00Z")
            #expect(await bench.wake(.clockSet).made == ["job 2026-05-01T12:01:00Z for 2026-05-01T12:01:00"])
        }
    }

    @Test("The rows of an outage are made once, over any number of starts")
    func outage() async throws {
        let store = InMemoryRunStore()
        _ = try await SchedulerBench("0 * * * *", catchUp: .latest, at: "2026-05-01T00:30:00Z", store: store)
        for start in 10..<14 {
            let time = "2026-05-01T10:\(start):00Z"
            let bench = try await SchedulerBench("0 * * * *", catchUp: .latest, at: time, store: store)
            try await bench.running { _ = await bench.alarm.nextSetting() }
        }
        let runs = store.allRuns
        #expect(runs.map { $0.state.end?.reason } == [.missed, nil])
        #expect(runs[0].missed == MissedStretch(count: 10, until: Timestamp("2026-05-01T10:00:00Z")))
        #expect(runs.map(\.isCatchUp) == [false, true])
        #expect(runs.map { $0.scheduled?.at.description } == ["2026-05-01T01:00:00Z", "2026-05-01T10:00:00Z"])
    }

    @Test("A tick in its delay when the daemon dies is started by the next one")
    func delayed() async throws {
        let store = InMemoryRunStore()
        // Its delay is 307 s.
        let task = try PlanDriver.task("backup-991", "0 12 * * *", jitter: .seconds(600))
        let first = try await SchedulerBench(task, at: "2026-05-01T11:00:00Z", store: store)
        try await first.running {
            #expect(await first.alarm.nextSetting() == Timestamp("2026-05-01T12:05:07Z"))
            #expect(await first.pass(until: "2026-05-01T12:03:00Z").made == [])
        }
        let second = try await SchedulerBench(task, at: "2026-05-01T12:04:00Z", store: store)
        try await second.running {
            #expect(await second.alarm.nextSetting() == Timestamp("2026-05-01T12:05:07Z"))
            let brought = await second.pass(until: "2026-05-01T12:05:07Z")
            #expect(brought.made == ["backup-991 2026-05-01T12:00:00Z for 2026-05-01T12:00:00"])
        }
    }
}
