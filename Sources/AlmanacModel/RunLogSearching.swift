/// Looks for lines in logs, a piece at a time.
package protocol RunLogSearching: Sendable {
    /// Looks on in the log of a run, whose row or log may be gone.
    ///
    /// - Parameters:
    ///   - place: what an earlier piece has left; nil for the log's begin.
    ///   - work: how much may be done, in bytes read and in `LineScanning.work`; one line may go over it.
    ///   - limit: how many lines may be found.
    ///   - makeScanner: makes what judges the lines, where they are read.
    func search(
        _ run: SurveyedRun,
        from place: RunLogPlace?,
        work: Int,
        limit: Int,
        makeScanner: @Sendable () -> any LineScanning
    ) async throws -> RunLogFindings
}

/// Judges lines, one after the other.
package protocol LineScanning: AnyObject {
    /// How much it has done so far, in what a byte costs to read.
    var work: Int { get }

    /// Whether a line, given without its newline, is looked for. It may be no UTF-8.
    func finds(_ line: [UInt8]) -> Bool
}

/// Where a search in a log goes on.
package struct RunLogPlace: Hashable, Sendable {
    /// The number of the next line.
    package var line: Int
    /// Where that line begins, in bytes from the log's first line on.
    package var offset: Int
    /// The number of the log's first line: where it is another one, the log has been cut, and the line's number counts alone.
    package var firstLine: Int

    package init(line: Int, offset: Int, firstLine: Int) {
        self.line = line
        self.offset = offset
        self.firstLine = firstLine
    }
}

/// What a piece of a search has found.
package struct RunLogFindings: Sendable {
    package var lines: [RunLogLine]
    /// Where to go on; nil at the end of the log.
    package var place: RunLogPlace?
    package var work: Int

    package init(lines: [RunLogLine], place: RunLogPlace?, work: Int) {
        self.lines = lines
        self.place = place
        self.work = work
    }
}
