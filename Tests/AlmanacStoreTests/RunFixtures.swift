import AlmanacCalendar
import AlmanacModel
import AlmanacStore
import AlmanacTesting

extension RunID {
    /// An id of a test's own: the number in decimal digits, which are letters of base 32 too.
    init(number: Int) {
        let digits = String(number)
        guard let id = RunID(String(repeating: "0", count: 26 - digits.count) + digits) else {
            preconditionFailure("\(number) makes no id")
        }
        self = id
    }
}

extension PreciseTimestamp {
    /// RFC 3339 in whole seconds, and nanoseconds on top.
    init(_ text: String, nanosecond: Int64 = 0) {
        self.init(nanosecondsSinceEpoch: Timestamp(text).secondsSinceEpoch * 1_000_000_000 + nanosecond)
    }
}

extension Run {
    /// A pending run of a task, made at 2026-03-29T01:00:00Z and as many seconds later as its number says.
    static func pending(_ number: Int, task: String = "backup", trigger: Trigger = .api) -> Run {
        Run(
            id: RunID(number: number),
            taskName: task,
            trigger: trigger,
            createdAt: PreciseTimestamp(
                nanosecondsSinceEpoch: PreciseTimestamp("2026-03-29T01:00:00Z").nanosecondsSinceEpoch
                    + Int64(number) * 1_000_000_000
            )
        )
    }

    /// A run with a value in each of its fields.
    static let full = Run(
        id: RunID(number: 7),
        taskName: "backup",
        trigger: .cron,
        createdAt: PreciseTimestamp("2026-03-29T01:00:00Z", nanosecond: 123_456_789),
        state: .ended(
            RunEnd(
                reason: .timeout,
                exitCode: 137,
                at: PreciseTimestamp("2026-03-29T01:05:00Z", nanosecond: 1),
                startedAt: PreciseTimestamp("2026-03-29T01:00:00Z", nanosecond: 999_999_999),
                message: "it ran for longer than 5m: \"stopped\" — nach Ablauf",
                usage: ResourceUsage(cpu: .nanoseconds(12_345_678_901), maxResidentBytes: 5 << 30)
            )
        ),
        scheduled: ScheduledTick(
            at: Timestamp("2026-03-29T01:00:00Z"),
            tick: CivilDateTime("2026-03-29T02:30:00"),
            zone: ZoneID("Europe/Berlin")
        ),
        missed: MissedStretch(count: 3, until: Timestamp("2026-03-29T01:02:00Z")),
        isCatchUp: true,
        retryAttempt: 2,
        retryOf: RunID(number: 5),
        externalExecutionID: "ext/1",
        params: ["region": "eu", "empty": "", "text": "line\nbreak \u{0} \"quoted\" \\ / ü 🕰"]
    )

    /// A run of random values, with few different ones, so that filters fit some and sorts have ties.
    static func random(_ number: Int, using generator: inout SeededGenerator) -> Run {
        let created =
            PreciseTimestamp("2026-03-29T01:00:00Z").nanosecondsSinceEpoch
            + Int64.random(in: 0..<50, using: &generator) * 60_000_000_000
        var run = Run(
            id: RunID(number: number),
            taskName: ["backup", "cleanup", "100%_sure", "report"].randomElement(using: &generator) ?? "",
            trigger: [.cron, .cron, .cron, .api, .startup].randomElement(using: &generator) ?? .cron,
            createdAt: PreciseTimestamp(nanosecondsSinceEpoch: created),
            retryAttempt: [0, 0, 0, 1, 2].randomElement(using: &generator) ?? 0
        )
        let started = PreciseTimestamp(
            nanosecondsSinceEpoch: created + Int64.random(in: 0..<4, using: &generator) * 1_000_000_000
        )
        switch Int.random(in: 0..<20, using: &generator) {
        case 0: break
        case 1: run.state = .running(startedAt: started)
        default:
            let reason = EndReason.allCases.randomElement(using: &generator) ?? .success
            let ended = started.nanosecondsSinceEpoch + Int64.random(in: 0..<6, using: &generator) * 1_000_000_000
            run.state = .ended(
                RunEnd(
                    reason: reason,
                    exitCode: [0, 0, 0, 1, 2, -1, -2, 137].randomElement(using: &generator) ?? 0,
                    at: PreciseTimestamp(nanosecondsSinceEpoch: ended),
                    startedAt: Bool.random(using: &generator) ? started : nil,
                    message: [nil, "Paused", "50% done_", "a\\b"].randomElement(using: &generator) ?? nil
                )
            )
        }
        return run
    }
}

extension RunQuery {
    /// A query of random filters, sort and page.
    static func random(using generator: inout SeededGenerator) -> RunQuery {
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
        func created() -> PreciseTimestamp {
            PreciseTimestamp(
                nanosecondsSinceEpoch: PreciseTimestamp("2026-03-29T01:00:00Z").nanosecondsSinceEpoch
                    + Int64.random(in: 0..<50, using: &generator) * 60_000_000_000
            )
        }
        var query = RunQuery()
        if chance(25) { query.phases = Set(RunState.Phase.allCases.filter { _ in chance(50) }) }
        if chance(25) { query.endReasons = Set(EndReason.allCases.filter { _ in chance(25) }) }
        if chance(25) { query.taskName = ["backup", "100%_sure", "nothing"].randomElement(using: &generator) }
        if chance(25) { query.trigger = [.cron, .api, .startup, .cloud].randomElement(using: &generator) }
        if chance(15) { query.createdAfter = created() }
        if chance(15) { query.createdBefore = created() }
        if chance(15) { query.exitCodeMin = [-1, 0, 1, 100].randomElement(using: &generator) }
        if chance(15) { query.exitCodeMax = [-1, 0, 1, 100].randomElement(using: &generator) }
        query.retriesOnly = chance(15)
        if chance(20) {
            let texts = [
                "BACK", "0%_", "%", "_", "\\", "pause", "0012", "", "k", "a", "7", "1%", "zz", "nowhere", "a\0",
            ]
            query.search = texts.randomElement(using: &generator)
        }
        query.sortField = SortField.allCases.randomElement(using: &generator) ?? .createdAt
        query.sortDirection = chance(50) ? .ascending : .descending
        query.limit = [1, 10, 50, 1000].randomElement(using: &generator) ?? 50
        query.offset = [0, 0, 3, 40].randomElement(using: &generator) ?? 0
        return query
    }
}
