import AlmanacAPI
import AlmanacCalendar
import AlmanacModel

/// Runs for people.
struct RunListing {
    let runs: [RunResource]
    let now: PreciseTimestamp

    /// The zone of the reader's clock.
    let zone: ZoneRules

    var table: Table {
        var clock = LocalClock(zone: zone)
        var table = Table(
            .init("RUN"),
            .init("TASK"),
            .init("STATUS"),
            .init("TRIGGER"),
            .init("WHEN"),
            .init("TOOK", .right),
            .init("EXIT", .right),
            .init("NOTE")
        )
        for run in runs {
            let time = (run.startAt ?? run.scheduledAt ?? run.createdAt)
            table.add(
                .init(run.id, .dim),
                .init(run.taskName),
                .init(run.outcome, run.outcomeStyle),
                .init(run.triggeredBy),
                .init(Timestamp(rfc3339: time).map { clock.text($0) } ?? time),
                .init(run.duration(now: now)?.readable ?? ""),
                .init(run.status == "ended" && run.exitCode >= 0 ? "\(run.exitCode)" : ""),
                .init(run.note)
            )
        }
        return table
    }
}

extension RunResource {
    /// The end reason, and before the end the status.
    var outcome: String { endReason ?? status }

    fileprivate var outcomeStyle: TextStyle? {
        switch outcome {
        case "success": .green
        case "running": .cyan
        case "pending": nil
        case "failed", "timeout", "crashed", "start_failed", "log_overflow": .red
        default: .yellow
        }
    }

    /// How long the command took, or has been running; nil where none was started.
    func duration(now: PreciseTimestamp) -> Duration? {
        guard let start = startAt.flatMap({ PreciseTimestamp(rfc3339: $0) }) else { return nil }
        let end = endAt.flatMap { PreciseTimestamp(rfc3339: $0) } ?? now
        return max(.zero, end.duration(since: start))
    }

    /// What else there is to say.
    fileprivate var note: String {
        var parts: [String] = []
        if let missedCount { parts.append(missedCount == 1 ? "1 firing" : "\(missedCount) firings") }
        if catchUp == true { parts.append("catch-up") }
        if retryAttempt > 0 { parts.append("retry \(retryAttempt)") }
        if let message { parts.append(message) }
        return parts.joined(separator: ", ")
    }

    /// Why a run that has ended is no success, as a sentence; nil where the command's own exit code says it all.
    var shortfall: String? {
        guard let endReason, endReason != "success" else { return nil }
        let (outcome, explanation): (String, String?) =
            switch endReason {
            case "failed" where exitCode > 128: ("was ended by signal \(exitCode - 128)", nil)
            case "failed": ("failed", nil)
            case "stopped": ("was stopped", nil)
            case "timeout": ("was ended", "it took longer than its time limit")
            case "crashed": ("crashed", "its supervisor or the machine went away, and its exit code is not known")
            case "skipped": ("was skipped", "another run of the task is active")
            case "queue_full": ("was turned away", "the task's queue is full")
            case "log_overflow": ("was ended", "its output went over the limit")
            case "daemon_stopped": ("was ended", "the daemon was stopped with its runs")
            case "start_failed": ("could not be started", nil)
            default: ("ended as \(endReason)", nil)
            }
        if endReason == "failed", exitCode <= 128, message == nil { return nil }
        let reason = message ?? explanation
        return "run \(id) \(outcome)" + (reason.map { ": \($0)" } ?? "")
    }
}

extension PreciseTimestamp {
    /// Reads RFC 3339 with the fraction that ``Timestamp/init(rfc3339:)`` cuts off, to nanoseconds.
    init?(rfc3339 text: String) {
        guard let whole = Timestamp(rfc3339: text) else { return nil }
        var nanoseconds: Int64 = 0
        if let point = text.utf8.firstIndex(of: UInt8(ascii: ".")) {
            var unit: Int64 = 100_000_000
            for byte in text.utf8[text.utf8.index(after: point)...] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { break }
                nanoseconds += Int64(byte - UInt8(ascii: "0")) * unit
                unit /= 10
            }
        }
        let start = PreciseTimestamp(whole)
        self.init(nanosecondsSinceEpoch: start.nanosecondsSinceEpoch &+ nanoseconds)
    }
}
