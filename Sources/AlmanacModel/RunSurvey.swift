/// Looks at many runs at once: for what is done to all that fit, and for figures about all.
package protocol RunSurveying: Sendable {
    /// How many runs there are, and how they have ended.
    func tally() async throws -> RunTally

    /// The next runs that fit a query, by their creation, ids breaking ties, in the query's direction. Its sort field, limit and
    /// offset do not count.
    ///
    /// A bounded number of runs is looked at, so that others get their turn however rare those are that fit.
    ///
    /// - Parameter position: exclusive; nil to begin with the first.
    func slice(of query: RunQuery, beyond position: RunPosition?) async throws -> RunSlice
}

/// A place in the order of creation.
package struct RunPosition: Hashable, Sendable {
    package var createdAt: PreciseTimestamp
    package var id: RunID

    package init(createdAt: PreciseTimestamp, id: RunID) {
        self.createdAt = createdAt
        self.id = id
    }
}

/// A run in short.
package struct SurveyedRun: Hashable, Sendable {
    package var position: RunPosition
    package var taskName: String

    package var id: RunID { position.id }

    package init(position: RunPosition, taskName: String) {
        self.position = position
        self.taskName = taskName
    }

    package init(_ run: Run) {
        self.init(position: RunPosition(createdAt: run.createdAt, id: run.id), taskName: run.taskName)
    }
}

/// Those that fit of a stretch of runs; there may be none, and more behind it.
package struct RunSlice: Hashable, Sendable {
    package var runs: [SurveyedRun]
    /// The last run that was looked at, to go on behind; nil where there is none behind it.
    package var next: RunPosition?

    package init(runs: [SurveyedRun], next: RunPosition?) {
        self.runs = runs
        self.next = next
    }
}

/// How the runs have ended, in figures.
package struct RunTally: Hashable, Sendable {
    package var total: Int
    package var ended: [EndReason: Int]
    /// When the last one ended that ended as a failure (`EndReason.isFailure`).
    package var lastFailure: PreciseTimestamp?

    package init(total: Int, ended: [EndReason: Int], lastFailure: PreciseTimestamp?) {
        self.total = total
        self.ended = ended
        self.lastFailure = lastFailure
    }

    package var failures: Int {
        ended.reduce(0) { $0 + ($1.key.isFailure ? $1.value : 0) }
    }
}
