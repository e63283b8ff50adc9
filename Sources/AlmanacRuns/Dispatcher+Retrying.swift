import AlmanacLinux
import AlmanacModel
import HeapModule
import Logging

/// The retries that wait for their time, on the clock that no step touches.
struct RetryQueue {
    private struct Entry: Comparable {
        /// CLOCK_BOOTTIME, nanoseconds.
        var due: Int64
        var id: RunID

        static func < (left: Entry, right: Entry) -> Bool { (left.due, left.id) < (right.due, right.id) }
    }

    private var entries = Heap<Entry>()

    /// When the first of them is due; nil where none waits.
    var nextDue: Int64? { entries.min?.due }

    mutating func insert(_ id: RunID, due: Int64) {
        entries.insert(Entry(due: due, id: id))
    }

    /// Takes those out that are due.
    mutating func removeDue(at now: Int64) -> [RunID] {
        var ids: [RunID] = []
        while let first = entries.min, first.due <= now {
            entries.removeMin()
            ids.append(first.id)
        }
        return ids
    }
}

extension Dispatcher {
    /// The run that repeats one that ends so; nil where the task wants none.
    func makeRetry(of run: Run, _ end: RunEnd) -> Run? {
        guard let task = unfinished[run.id]?.task,
            let wait = task.retry.wait(after: end.reason, attempt: run.retryAttempt)
        else { return nil }
        let retry = factory.makeRetry(of: run, after: wait, at: clock.now)
        unfinished[retry.id] = Unfinished(run: retry, task: task)
        return retry
    }

    /// Lets a retry whose row stands wait for its time.
    func awaitRetry(_ retry: Run) {
        let wait = min(retry.startAfter?.duration(since: clock.now) ?? .zero, RetryPolicy.longestWait)
        let (seconds, attoseconds) = max(wait, .zero).components
        logger.log(
            .retryPlanned,
            of: retry,
            .info,
            "attempt \(retry.retryAttempt) after the first, in \(seconds + (attoseconds > 0 ? 1 : 0)) s"
                + (retry.retryOf.map { ", in the place of run \($0)" } ?? "")
        )
        retries.insert(
            retry.id,
            due: SystemClock.bootNanoseconds() + seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        )
        setRetryTimer()
    }

    /// Starts the retries whose time has come, as the overlap policy allows.
    func startDueRetries() {
        for id in retries.removeDue(at: SystemClock.bootNanoseconds()) {
            guard closing == nil, let (run, task) = unfinished[id].map({ ($0.run, $0.task) }), run.state.end == nil
            else { continue }
            switch lanes.admit(id, of: task) {
            case .active: start(id)
            case .waiting: wait(run)
            case .waitingFor(let victim):
                replace(victim)
                wait(run)
            case .turnedAway(let reason): end(run, factory.turnedAway(reason, task, at: clock.now))
            }
        }
        setRetryTimer()
    }

    private func wait(_ run: Run) {
        lanes.commit(run.id, ofTask: run.taskName)
        startWaiting(ofTask: run.taskName)
    }

    private func setRetryTimer() {
        guard let due = retries.nextDue else { return }
        retryTimer.start(.nanoseconds(due - SystemClock.bootNanoseconds()))
    }
}
