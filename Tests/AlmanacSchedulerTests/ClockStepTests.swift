import AlmanacCalendar
import AlmanacModel
import AlmanacScheduler
import AlmanacTesting
import Testing

@Suite("A step of the clock is said in one line, and does what the line says")
struct ClockStepTests {
    @Test("Forward within grace: late, not missed")
    func forwardWithinGrace() async throws {
        let bench = try await SchedulerBench("* * * * *", at: "2026-05-01T12:00:30Z")
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            bench.clock.set("2026-05-01T12:01:30Z")
            #expect(await bench.wake(.clockSet).made == ["job 2026-05-01T12:01:00Z for 2026-05-01T12:01:00"])
        }
        #expect(
            bench.log.all == [
                "notice: the clock was set from 2026-05-01T12:00:30Z to 2026-05-01T12:01:30Z: "
                    + "what was due in between starts late"
            ]
        )
    }

    @Test("Forward beyond it: missed, and the latest is made up for")
    func forwardBeyondGrace() async throws {
        let bench = try await SchedulerBench("0 * * * *", catchUp: .latest, at: "2026-05-01T12:30:00Z")
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            bench.clock.set("2026-05-01T15:10:00Z")
            let brought = await bench.wake(.clockSet)
            #expect(
                brought.made == [
                    "job missed 3 2026-05-01T13:00:00Z for 2026-05-01T13:00:00 until 2026-05-01T15:00:00Z",
                    "job catch-up 2026-05-01T15:00:00Z for 2026-05-01T15:00:00",
                ]
            )
            #expect(brought.next == Timestamp("2026-05-01T16:00:00Z"))
        }
        #expect(
            bench.log.all == [
                "notice: the clock was set from 2026-05-01T12:30:00Z to 2026-05-01T15:10:00Z: "
                    + "what was due in between is missed where it is later than grace",
                "warning: missed: 3 firings of 1 tasks; nobody was there when they were due",
            ]
        )
    }

    @Test("Back by up to 3 hours: it waits, and fires nothing twice")
    func backToWait() async throws {
        let bench = try await SchedulerBench("0 * * * *", at: "2026-05-01T11:30:00Z")
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            _ = await bench.pass(until: "2026-05-01T12:00:00Z")
            bench.clock.set("2026-05-01T09:00:00Z")
            #expect(await bench.wake(.clockSet).next == Timestamp("2026-05-01T13:00:00Z"))
            #expect(await bench.pass(until: "2026-05-01T12:00:00Z").made == [])
            #expect(
                await bench.pass(until: "2026-05-01T13:00:00Z").made == [
                    "job 2026-05-01T13:00:00Z for 2026-05-01T13:00:00"
                ]
            )
        }
        #expect(
            bench.log.all == [
                "notice: the clock was set from 2026-05-01T12:00:00Z to 2026-05-01T09:00:00Z: "
                    + "nothing that ran runs again, and what is due next waits for the clock to come to it"
            ]
        )
    }

    @Test("Back by more: the new time is the truth, durably")
    func backToTruth() async throws {
        let bench = try await SchedulerBench("0 * * * *", at: "2026-05-01T11:30:00Z")
        try await bench.running { () async throws in
            _ = await bench.alarm.nextSetting()
            _ = await bench.pass(until: "2026-05-01T12:00:00Z")
            bench.clock.set("2026-05-01T08:59:59Z")
            #expect(await bench.wake(.clockSet).next == Timestamp("2026-05-01T09:00:00Z"))
            #expect(try await bench.store.cursors().map(\.settledThrough) == [Timestamp("2026-05-01T08:59:59Z")])
            #expect(
                await bench.pass(until: "2026-05-01T09:00:00Z").made == [
                    "job 2026-05-01T09:00:00Z for 2026-05-01T09:00:00"
                ]
            )
        }
        #expect(
            bench.log.all == [
                "notice: the clock was set from 2026-05-01T12:00:00Z to 2026-05-01T08:59:59Z: "
                    + "the new time is taken as the truth, and what is due from now on runs, even if it ran before"
            ]
        )
    }

    @Test("Two steps back of two hours each are one of four")
    func twoSteps() async throws {
        let bench = try await SchedulerBench("0 * * * *", at: "2026-05-01T11:30:00Z")
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            _ = await bench.pass(until: "2026-05-01T12:00:00Z")
            bench.clock.set("2026-05-01T10:00:00Z")
            #expect(await bench.wake(.clockSet).next == Timestamp("2026-05-01T13:00:00Z"))
            bench.clock.set("2026-05-01T08:00:00Z")
            #expect(await bench.wake(.clockSet).next == Timestamp("2026-05-01T09:00:00Z"))
        }
    }

    @Test("A start with a cursor more than 3 hours ahead takes the present as the truth, durably, and says so")
    func startFarBehind() async throws {
        let store = InMemoryRunStore()
        _ = try await SchedulerBench("0 * * * *", at: "2098-01-01T00:00:00Z", store: store)
        let bench = try await SchedulerBench("0 * * * *", at: "2026-05-01T12:30:00Z", store: store)
        #expect(try await store.cursors().map(\.settledThrough) == [Timestamp("2026-05-01T12:30:00Z")])
        #expect(await bench.scheduler.outlook.next == Timestamp("2026-05-01T13:00:00Z"))
        #expect(
            bench.log.all == [
                "warning: the clock is behind: the schedule was settled up to 2098-01-01T00:00:00Z, and it is "
                    + "2026-05-01T12:30:00Z; the new time is taken as the truth, and what is due from now on runs, "
                    + "even if it ran before"
            ]
        )
    }

    @Test("A start with a cursor up to 3 hours ahead waits for it")
    func startSlightlyBehind() async throws {
        let store = InMemoryRunStore()
        _ = try await SchedulerBench("0 * * * *", at: "2026-05-01T12:30:00Z", store: store)
        let bench = try await SchedulerBench("0 * * * *", at: "2026-05-01T09:30:00Z", store: store)
        #expect(await bench.scheduler.outlook.next == Timestamp("2026-05-01T13:00:00Z"))
        #expect(bench.log.all == [])
    }

    @Test("A suspend is no step: it is said as what it is")
    func suspend() async throws {
        let bench = try await SchedulerBench("0 3 * * *", catchUp: .latest, at: "2026-05-01T00:30:00Z")
        try await bench.running {
            _ = await bench.alarm.nextSetting()
            bench.clock.sleep(until: "2026-05-01T08:00:00Z")
            #expect(await bench.wake(.clockSet).made.count == 2)
        }
        #expect(
            bench.log.all == [
                "notice: the machine was suspended for 27000 s, up to 2026-05-01T08:00:00Z",
                "warning: missed: 1 firings of 1 tasks; nobody was there when they were due",
            ]
        )
    }
}
