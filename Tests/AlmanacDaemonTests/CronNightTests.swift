import AlmanacCalendar
import AlmanacTesting
import Testing

@Suite(
    "Through a clock change, a crontab's jobs start as under Debian's cron on a kernel of its own",
    .enabled(if: VirtualMachine.obstacle == nil, "\(VirtualMachine.obstacle ?? "")"),
    .enabled(if: DebianPackages.obstacle == nil, "\(DebianPackages.obstacle ?? "")"),
    .serialized
)
struct CronNightTests {
    /// Wildcard jobs, whose minute or hour begins with `*`, and fixed ones.
    static let lines = [
        ("every-five-minutes", "*/5 * * * *"),
        ("quarters", "*/15 * * * *"),
        ("half-hours", "*/30 * * * *"),
        ("hourly", "@hourly"),
        ("quarter-past", "15 * * * *"),
        ("every-other-hour", "0 */2 * * *"),
        ("ten-minutes-at-two", "*/10 2 * * *"),
        ("half-hours-at-two", "*/30 2 * * *"),
        ("half-past-two", "30 2 * * *"),
        ("twice-at-two", "0,30 2 * * *"),
        ("quarter-to-two", "45 1 * * *"),
        ("last-minute-before-two", "59 1 * * *"),
        ("half-past-each-hour", "30 0-23 * * *"),
        ("half-hours-by-range", "0-59/30 1-3 * * *"),
        ("even-hours-by-range", "0 0-23/2 * * *"),
        ("two-and-three", "0 2,3 * * *"),
        ("three", "0 3 * * *"),
        ("five-past-three", "5 3 * * *"),
        ("sundays", "30 2 * * 0"),
        ("noon", "0 12 * * *"),
    ]

    static let crontab =
        "SHELL=/bin/sh\nPATH=/bin\n"
        + lines.map { name, time in
            // That date gets its percent signs is a part of the test.
            "\(time) root echo \(name) $(date -u +\\%FT\\%TZ) >>/firings\n"
        }.joined()

    /// A window of time in which the clocks change, and what cron starts in it.
    struct Night: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let zone: String
        let from: Timestamp
        let until: Timestamp
        /// The minutes in which the real cron started some of the jobs, in UTC: each a statement about cron.
        let starts: [String: [String]]
        /// The fixed jobs that have several ticks in the gap, or one at its end too: cron starts one for each, at once; the daemon
        /// starts one. This is the one difference there is.
        let severalTicks: Set<String>
    }

    static let nights = [
        Night(
            testDescription: "Berlin, into summer time",
            zone: "Europe/Berlin",
            from: Timestamp("2026-03-29T00:57:30Z"),
            until: Timestamp("2026-03-29T02:06:30Z"),
            starts: [
                "last-minute-before-two": ["00:59"],
                "quarters": ["01:00", "01:15", "01:30", "01:45", "02:00"],
                "hourly": ["01:00", "02:00"],
                "every-other-hour": ["02:00"],
                "half-past-two": ["01:00"],
                "twice-at-two": ["01:00", "01:00"],
                "two-and-three": ["01:00", "01:00"],
                "half-hours-by-range": ["01:00", "01:00", "01:00", "01:30"],
                "even-hours-by-range": ["01:00", "02:00"],
                "half-past-each-hour": ["01:00", "01:30"],
            ],
            severalTicks: ["twice-at-two", "two-and-three", "half-hours-by-range"]
        ),
        Night(
            testDescription: "Berlin, out of summer time",
            zone: "Europe/Berlin",
            from: Timestamp("2026-10-24T23:57:30Z"),
            until: Timestamp("2026-10-25T02:06:30Z"),
            starts: [
                "hourly": ["00:00", "01:00", "02:00"],
                "every-other-hour": ["00:00", "01:00"],
                "half-hours-at-two": ["00:00", "00:30", "01:00", "01:30"],
                "half-past-two": ["00:30"],
                "twice-at-two": ["00:00", "00:30"],
                "two-and-three": ["00:00", "02:00"],
                "even-hours-by-range": ["00:00"],
                "half-past-each-hour": ["00:30"],
                "five-past-three": ["02:05"],
            ],
            severalTicks: []
        ),
        Night(
            testDescription: "Lord Howe, half an hour forward",
            zone: "Australia/Lord_Howe",
            from: Timestamp("2026-10-03T14:40:30Z"),
            until: Timestamp("2026-10-03T16:06:30Z"),
            starts: [
                "hourly": ["16:00"],
                "quarter-past": ["14:45"],
                "half-hours-at-two": ["15:30"],
                "half-past-two": ["15:30"],
                "twice-at-two": ["15:30", "15:30"],
                "two-and-three": ["15:30", "16:00"],
                "even-hours-by-range": ["15:30"],
                "half-past-each-hour": ["15:00", "15:30"],
            ],
            severalTicks: ["twice-at-two", "half-hours-by-range"]
        ),
        Night(
            testDescription: "Lord Howe, half an hour back",
            zone: "Australia/Lord_Howe",
            from: Timestamp("2026-04-04T14:27:30Z"),
            until: Timestamp("2026-04-04T16:01:30Z"),
            starts: [
                "last-minute-before-two": ["14:59"],
                "half-hours": ["14:30", "15:00", "15:30", "16:00"],
                "hourly": ["15:30"],
                "quarter-past": ["15:45"],
                "quarter-to-two": ["14:45"],
                "half-hours-by-range": ["14:30", "15:30", "16:00"],
                "half-past-each-hour": ["14:30", "16:00"],
            ],
            severalTicks: []
        ),
    ]

    @Test("The same minutes, job for job, but for the fixed job with several ticks in a gap", arguments: nights)
    func starts(_ night: Night) async throws {
        let machine = try VirtualMachine(
            configuration: "[cron]\ncrontabs = true\n",
            crontab: VirtualMachine.SystemCrontab(text: Self.crontab, zone: night.zone)
        )
        async let cronFirings = machine.firings(by: .cron, from: night.from, until: night.until)
        async let almanacFirings = machine.firings(by: .almanac, from: night.from, until: night.until)
        let cron = try await cronFirings
        let cronStarts = try Self.minutes(of: cron.text)
        for (name, minutes) in night.starts {
            #expect(cronStarts[name] == minutes, "\(name) under cron\n\(cron.console)")
        }
        let fives = night.until.secondsSinceEpoch / 300 - night.from.secondsSinceEpoch / 300
        #expect(cronStarts["every-five-minutes"]?.count == Int(fives))
        #expect(cronStarts["noon"] == nil)

        let almanac = try await almanacFirings
        var expected = cronStarts
        for name in night.severalTicks {
            let minutes = try #require(cronStarts[name])
            expected[name] = Set(minutes).sorted()
            #expect(expected[name] != minutes, "\(name) is not started several times at once")
        }
        #expect(try Self.minutes(of: almanac.text) == expected, "\(almanac.console)")
    }

    /// The minutes in which each job started, in order, from lines such as `half-past-two 2026-03-29T01:00:01Z`.
    private static func minutes(of text: String) throws -> [String: [String]] {
        var minutes: [String: [String]] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            try #require(words.count == 2 && Timestamp(rfc3339: words[1]) != nil, "\(line)")
            let minute = words[1].split(separator: "T")[1].prefix(5)
            minutes[String(words[0]), default: []].append(String(minute))
        }
        return minutes.mapValues { $0.sorted() }
    }
}
