import AlmanacAPI
import AlmanacCalendar
import AlmanacTesting
import Testing

@Suite(
    "What a machine's sleep passed over is missed, and made up for when it wakes",
    .enabled(if: VirtualMachine.obstacle == nil, "\(VirtualMachine.obstacle ?? "")"),
    .enabled(if: WallShim.works, "no C compiler here")
)
struct VirtualMachineSleepTests {
    /// What each task is to make up for, as its `catch_up` says it.
    static let tasks: [(name: String, cron: String, catchUp: String)] = [
        ("hourly", "0 * * * *", "latest"),
        ("every-other-hour", "30 */2 * * *", "all"),
        ("every-minute", "* * * * *", "skip"),
        ("quarters-at-night", "*/15 2 * * *", "latest"),
        ("half-past-two", "30 2 * * *", "all"),
        ("noon", "0 12 * * *", "all"),
    ]

    static let configuration = """
        [scheduler]
        timezone = "Europe/Berlin"
        max_concurrent = 2

        """
        + tasks.map { task in
            """
            [tasks.\(task.name)]
            cron = "\(task.cron)"
            catch_up = "\(task.catchUp)"
            run = "sleep 1"

            """
        }.joined()

    @Test("Eight hours, into summer time: one missed row for each task, then what its catch_up says")
    func eightHours() async throws {
        let from = Timestamp("2026-03-28T22:27:30Z")
        let until = Timestamp("2026-03-29T06:35:30Z")
        let sleep = VirtualMachine.Sleep(from: Timestamp("2026-03-28T22:29:10Z"), seconds: 8 * 3600)
        let machine = try VirtualMachine(configuration: Self.configuration)
        let outcome = try await machine.run(from: from, until: until, sleep: sleep)

        // As soon as the machine is awake the daemon knows: the one second is for two looks at the clock.
        let resumed = try Self.instant("resumed: ", in: outcome.console)
        let noticed = try Self.instant("the machine was suspended for [0-9]+ s, up to ", in: outcome.console)
        #expect((-1...1).contains(noticed.seconds(since: resumed)), "\(outcome.console)")
        #expect(noticed.seconds(since: sleep.from) >= sleep.seconds)
        #expect(!outcome.console.contains("the clock was set"))

        let occurrences = try machine.simulate(from: from, until: until)
        let expected = Self.tasks.flatMap { task in
            Self.rows(
                of: occurrences.filter { $0.task == task.name },
                catchUp: task.catchUp,
                asleep: sleep.from,
                awake: noticed
            )
        }
        #expect(outcome.runs.map(\.row).sorted() == expected.sorted(), "\(outcome.console)")
        #expect(expected.contains { $0.contains("quarters-at-night 2026-03-29T02:15:00 dst_skipped") })
        #expect(expected.contains { $0.contains("hourly 2026-03-29T00:00:00 missed, 8 until 2026-03-29T06:00:00Z") })
        #expect(Self.mostAtOnce(outcome.runs) == 2)
    }

    /// The rows of a task, `spec/occurrences.md` 4: a minute of grace.
    private static func rows(
        of occurrences: [VirtualMachine.Occurrence],
        catchUp: String,
        asleep: Timestamp,
        awake: Timestamp
    ) -> [String] {
        let missed = occurrences.filter { occurrence in
            guard occurrence.isFiring, let at = Timestamp(rfc3339: occurrence.at) else { return false }
            return asleep < at && at < awake.advanced(bySeconds: -60)
        }
        var rows = occurrences.map(\.row).filter { row in !missed.contains { $0.row == row } }
        guard let first = missed.first, let last = missed.last else { return rows }
        rows.append("\(first.at) \(first.task) \(first.tick ?? "") missed, \(missed.count) until \(last.at)")
        let caughtUp = catchUp == "all" ? missed[...] : missed.suffix(catchUp == "latest" ? 1 : 0)
        return rows + caughtUp.map { "\($0.row), catch-up" }
    }

    /// The instant that follows a text on the console.
    private static func instant(_ pattern: String, in console: String) throws -> Timestamp {
        let expression = try Regex("\(pattern)([-0-9T:]+Z)", as: (Substring, Substring).self)
        let match = try #require(try expression.firstMatch(in: console), "\(pattern) is not on the console: \(console)")
        return try #require(Timestamp(rfc3339: match.output.1))
    }

    /// How many runs were under way at the busiest moment.
    private static func mostAtOnce(_ runs: [RunResource]) -> Int {
        var changes: [(at: Substring, by: Int)] = []
        for run in runs {
            guard let start = run.startAt, let end = run.endAt else { continue }
            // Without the Z, and with a point where there is no fraction, their order is that of the instants.
            for (text, change) in [(start, 1), (end, -1)] {
                changes.append((text.contains(".") ? text.dropLast() : text.dropLast() + ".", change))
            }
        }
        // At one instant the end comes first.
        changes.sort { ($0.at, $0.by) < ($1.at, $1.by) }
        var (count, most) = (0, 0)
        for change in changes {
            count += change.by
            most = max(most, count)
        }
        return most
    }
}
