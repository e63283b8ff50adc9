import AlmanacCalendar
import AlmanacModel

/// Says what becomes of each tick of one task: every occurrence of a window is in the answer, by itself or in a count.
struct TickAccount {
    let task: TaskDefinition
    let schedule: TaskSchedule
    /// By how many seconds its starts are delayed.
    let delay: Int64
    let pause: TaskPause?

    /// The runs to make for a window, `spec/occurrences.md` 4.
    ///
    /// A firing that is due while the task is paused is held; what is held shares one request. One that is on time runs.
    /// Earlier ones are missed, share one request, and the catch-up policy says which of them run all the same. A tick
    /// that was dst_skipped is recorded as that, whatever happened at the time. Each request stands at the place of its
    /// first tick; catch-up runs, oldest first, come last.
    ///
    /// - Parameters:
    ///   - start: exclusive.
    ///   - end: inclusive.
    ///   - onTime: firings at this instant or later are late at most, delays not counted.
    func requests(after start: Timestamp, through end: Timestamp, onTime: Timestamp) -> [RunRequest] {
        var requests: [RunRequest] = []
        var missed = SharedRow()
        var held = SharedRow()
        var catchUp = LatestFirings(limit: catchUpLimit)
        for occurrence in schedule.schedule.occurrences(after: start, through: end) {
            switch occurrence.kind {
            case .dstSkipped:
                requests.append(request(for: occurrence, .recordDSTSkipped(occurrence.reason)))
            case .fire where pause?.holds(occurrence.at + delay) == true:
                if held.count == 0 {
                    held.index = requests.count
                    requests.append(request(for: occurrence))
                }
                held.add(occurrence)
            case .fire where occurrence.at >= onTime:
                requests.append(request(for: occurrence))
            case .fire:
                if missed.count == 0 {
                    missed.index = requests.count
                    requests.append(request(for: occurrence))
                }
                missed.add(occurrence)
                catchUp.add(occurrence)
            }
        }
        if let stretch = held.stretch { requests[held.index].purpose = .recordPaused(stretch) }
        if let stretch = missed.stretch { requests[missed.index].purpose = .recordMissed(stretch) }
        for occurrence in catchUp.inOrder {
            var request = request(for: occurrence)
            request.isCatchUp = true
            requests.append(request)
        }
        return requests
    }

    /// How many catch-up runs there may be.
    private var catchUpLimit: Int {
        switch task.catchUp {
        case .latest: 1
        case .all: task.maxCatchUpRuns
        case .skip: 0
        }
    }

    private func request(for occurrence: Occurrence, _ purpose: RunRequest.Purpose = .execute) -> RunRequest {
        RunRequest(
            task: task,
            trigger: .cron,
            purpose: purpose,
            scheduled: ScheduledTick(at: occurrence.at, tick: occurrence.tick, zone: schedule.schedule.zone.id)
        )
    }
}

/// Firings that share one request.
private struct SharedRow {
    var index = 0
    private(set) var count = 0
    private var until = Timestamp.minimum

    mutating func add(_ occurrence: Occurrence) {
        count += 1
        until = occurrence.at
    }

    /// Nil where there is none.
    var stretch: MissedStretch? { count == 0 ? nil : MissedStretch(count: count, until: until) }
}

/// The latest of many firings, in bounded space.
private struct LatestFirings {
    let limit: Int
    private var firings: [Occurrence] = []
    private var oldest = 0

    init(limit: Int) {
        self.limit = limit
    }

    mutating func add(_ firing: Occurrence) {
        if firings.count < limit {
            firings.append(firing)
        } else if limit > 0 {
            firings[oldest] = firing
            oldest = (oldest + 1) % limit
        }
    }

    /// Oldest first.
    var inOrder: [Occurrence] { Array(firings[oldest...] + firings[..<oldest]) }
}
