import AlmanacCalendar
import AlmanacModel

/// A time limit that lets runs pile up, or that never comes into effect.
struct TimeLimitRule: LintRule {
    let name = "time-limit"

    func messages(for job: LintJob, _ circumstances: LintCircumstances) -> [String] {
        guard let task = job.task, let timeout = task.timeout, let schedule = job.schedule, task.maxConcurrent == 1,
            task.onOverlap != .skip, let period = schedule.shortestPeriod(after: circumstances.now),
            timeout > .seconds(period)
        else { return [] }
        let every = Duration.seconds(period).readable
        switch task.onOverlap {
        case .queue:
            return [
                "timeout = \(timeout.readable) is longer than the \(every) between two firings: a run that takes its time makes those "
                    + "behind it wait, up to \(task.queueMax) of them; set a shorter timeout, or on_overlap = \"skip\""
            ]
        case .terminate:
            return [
                "timeout = \(timeout.readable) never comes: the next firing, \(every) later, stops the run before; set a shorter timeout, "
                    + "or another on_overlap"
            ]
        case .skip: return []
        }
    }
}

extension Schedule {
    /// The seconds between the two of the next firings that are closest to each other; nil for fewer than two.
    func shortestPeriod(after instant: Timestamp) -> Int64? {
        var shortest: Int64?
        var last: Timestamp?
        for firing in firings(after: instant, through: .maximum).prefix(60) {
            if let last { shortest = min(shortest ?? .max, firing.at.seconds(since: last)) }
            last = firing.at
        }
        return shortest
    }
}
