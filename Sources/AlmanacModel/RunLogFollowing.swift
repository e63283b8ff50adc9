/// Which lines a log has.
package struct RunLogExtent: Hashable, Sendable {
    /// The number of the first line that is still there.
    package var firstAvailable: Int
    /// The number that the next line will have.
    package var totalLines: Int

    package init(firstAvailable: Int, totalLines: Int) {
        self.firstAvailable = firstAvailable
        self.totalLines = totalLines
    }
}

/// Some lines of a log, one after the other.
package struct RunLogStretch: Hashable, Sendable {
    /// With growing numbers; one that is damaged is missing.
    package var lines: [RunLogLine]
    /// The number of the line after the last one that was looked at: where to read on.
    package var next: Int
    package var extent: RunLogExtent

    package init(lines: [RunLogLine], next: Int, extent: RunLogExtent) {
        self.lines = lines
        self.next = next
        self.extent = extent
    }
}

/// Stands for the watching of a log.
package struct RunLogWatch: Sendable {
    /// Ends it; the callback may still be called once or twice.
    package let cancel: @Sendable () -> Void

    package init(cancel: @escaping @Sendable () -> Void) {
        self.cancel = cancel
    }
}

/// Follows the logs of runs while they are written.
package protocol RunLogFollowing: Sendable {
    func logExtent(of run: Run) async throws -> RunLogExtent

    /// The lines from one on, or from the first that is still there: a moderate number of them, none at the end.
    ///
    /// - Parameters:
    ///   - from: from 0.
    ///   - isFinal: whether the run has ended, so that nothing more is waited for.
    func logLines(of run: Run, from: Int, isFinal: Bool) async throws -> RunLogStretch

    /// Calls back when the log may have grown, many lines at a time where they come fast.
    ///
    /// Lines that are read once this has returned are either found, or called for later.
    ///
    /// - Returns: nil where there is nothing to watch yet, since the run has not been started.
    func watchLog(of run: Run, whenChanged: @escaping @Sendable () -> Void) async throws -> RunLogWatch?
}
