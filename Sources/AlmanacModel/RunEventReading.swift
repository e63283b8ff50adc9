/// What has become of a run, as it was committed.
package struct RunEventRecord: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case created, started, ended, deleted
        /// Something else about it has changed.
        case updated
    }

    /// Grows by one with each event of any run, over restarts too.
    package var number: Int64
    package var kind: Kind
    package var id: RunID
    package var taskName: String
    /// The run as it was then, as far as its row still tells; nil where it has been deleted since.
    package var run: Run?

    package init(number: Int64, kind: Kind, id: RunID, taskName: String, run: Run?) {
        self.number = number
        self.kind = kind
        self.id = id
        self.taskName = taskName
        self.run = run
    }
}

/// Some events, in their order.
package struct RunEventPage: Hashable, Sendable {
    package var records: [RunEventRecord]
    /// The number of the oldest event that is kept; 0 where there is none.
    package var oldest: Int64

    package init(records: [RunEventRecord], oldest: Int64) {
        self.records = records
        self.oldest = oldest
    }
}

/// Gives the events of runs to those who follow them. An event is there exactly if the change that it tells of is durable.
package protocol RunEventReading: Sendable {
    /// The number of the newest event; 0 where there never was one.
    func lastEventNumber() async throws -> Int64

    /// The events after a number, at most so many.
    func runEvents(after number: Int64, limit: Int) async throws -> RunEventPage

    /// Calls back after each commit that may have added events, on whatever thread that is, in the place of an earlier
    /// callback; nil for no more. It returns at once, and the callback must.
    ///
    /// Events that are read once this has returned are either found, or called for later.
    func whenRunsChange(_ callback: (@Sendable () -> Void)?)
}
