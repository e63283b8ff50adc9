import AlmanacModel
import Synchronization

/// What the runs' thread and the timer leave for the retention, without waiting for it.
final class RetentionInbox: Sendable {
    /// What there is to do.
    struct Work: Sendable {
        /// The tasks whose `keep_runs` may be exceeded.
        var tasks: Set<String> = []
        /// The tasks of which all has to be looked at.
        var wholeTasks: Set<String> = []
        /// Whether there is another catalog, or none has been looked at yet.
        var looksAtAll = false
        /// Whether the limits on all logs may be exceeded.
        var looksAtStorage = false
        /// Whether runs may have been kept for long enough.
        var looksAtTimes = false
        /// Whether there are runs whose rows are gone and whose folders may be there still.
        var finishesRemovals = false

        var isEmpty: Bool {
            tasks.isEmpty && wholeTasks.isEmpty && !looksAtAll && !looksAtStorage && !looksAtTimes
                && !finishesRemovals
        }
    }

    private struct Contents {
        var work = Work()
        var storage: StorageLimits
        var logBytes: Int64 = 0
        /// Whether somebody is at work, or on the way to it, and will look here once more.
        var isAwake = true
        var isClosed = false

        /// - Returns: whether somebody has to be woken.
        mutating func wake() -> Bool {
            if isAwake || isClosed || work.isEmpty { return false }
            isAwake = true
            return true
        }
    }

    private let contents: Mutex<Contents>

    init(_ storage: StorageLimits) {
        contents = Mutex(Contents(storage: storage))
    }

    var storage: StorageLimits { contents.withLock { $0.storage } }

    /// How many bytes the logs of all ended runs take.
    var logBytes: Int64 { contents.withLock { $0.logBytes } }

    var isClosed: Bool { contents.withLock { $0.isClosed } }

    func addLogBytes(_ count: Int64) {
        contents.withLock { $0.logBytes += count }
    }

    func setStorage(_ storage: StorageLimits) {
        contents.withLock { $0.storage = storage }
    }

    /// Takes note of a run that has ended.
    ///
    /// - Returns: whether somebody has to be woken for it.
    func note(_ run: Run, _ rule: RetentionRule) -> Bool {
        contents.withLock { contents in
            contents.logBytes += run.state.end?.logBytes ?? 0
            if run.retryOf != nil && !rule.keepsAll {
                // The run that it repeats may have waited for it.
                contents.work.wholeTasks.insert(run.taskName)
            } else if !rule.keepsAll {
                contents.work.tasks.insert(run.taskName)
            }
            if contents.storage.isExceeded(by: contents.logBytes) { contents.work.looksAtStorage = true }
            return contents.wake()
        }
    }

    /// Adds something to do.
    ///
    /// - Returns: whether somebody has to be woken for it.
    func add(_ change: @Sendable (inout Work) -> Void) -> Bool {
        contents.withLock { contents in
            change(&contents.work)
            return contents.wake()
        }
    }

    /// Takes what there is to do; nil where there is nothing, and whoever asks goes to sleep.
    func take() -> Work? {
        contents.withLock { contents in
            if contents.work.isEmpty || contents.isClosed {
                contents.isAwake = false
                return nil
            }
            defer { contents.work = Work() }
            return contents.work
        }
    }

    /// Lets nobody be woken any more.
    func close() {
        contents.withLock { $0.isClosed = true }
    }
}

/// The limits on the logs of all runs together, the table `[storage]`.
package struct StorageLimits: Hashable, Sendable {
    /// How many bytes they may take; nil for any number.
    package var maxSize: Int64?
    /// How many bytes stay free on their file system; nil for none.
    package var minFreeSpace: Int64?

    package init(maxSize: Int64? = nil, minFreeSpace: Int64? = nil) {
        self.maxSize = maxSize
        self.minFreeSpace = minFreeSpace
    }

    var isNone: Bool { maxSize == nil && minFreeSpace == nil }

    /// Whether they may be exceeded: what is free is for the file system to tell.
    func isExceeded(by logBytes: Int64) -> Bool {
        minFreeSpace != nil || maxSize.map { logBytes > $0 } ?? false
    }
}
