package import AlmanacLinux
package import AlmanacModel
import AlmanacRunProtocol

/// Reads the logs in the runs' folders, on a thread that may block.
package actor RunLogs: RunLogReading {
    let dataFolder: String
    private let executor: ThreadExecutor
    /// Of the logs that pages were asked of last, so that following one does not read it from its begin each time.
    private var indexes = LineIndexes()

    package init(dataFolder: String, executor: ThreadExecutor) {
        self.dataFolder = dataFolder
        self.executor = executor
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    package func rawLog(of run: Run) async throws -> any RunLogChunks {
        try RawLogChunks(log: LogParts.open(folder(of: run)), executor: executor)
    }

    package func logPage(of run: Run, from: Int, limit: Int) async throws -> RunLogPage {
        let log = try LogParts.open(folder(of: run))
        let cut = try log.cut()
        return try indexes.withIndex(of: run.id, log, cut) { index in
            // Within what is left of the log; lines that are gone count in the numbers alone.
            let first = from >= 0 ? max(0, from - cut.droppedLines) : max(0, index.lineCount + from)
            let found = try log.lines(from: first, limit: limit, &index)
            return RunLogPage(
                lines: found.lines.map { RunLogLine($0, after: cut.droppedLines) },
                firstAvailable: cut.droppedLines,
                totalLines: cut.droppedLines + index.lineCount,
                isTruncated: cut.isTruncated,
                isFinalized: run.state.end != nil
            )
        }
    }

    private func folder(of run: Run) -> RunFolder {
        RunFolder(dataFolder: dataFolder, taskName: run.taskName, runID: run.id.description)
    }
}

extension RunLogLine {
    /// - Parameter droppedLines: how many are gone before those that are left.
    init(_ found: LogParts.Lines.Element, after droppedLines: Int) {
        self.init(found.line, number: droppedLines + found.index, isContinued: found.isContinued)
    }

    init(_ line: LogLine, number: Int, isContinued: Bool = false) {
        let stream: Stream =
            switch line.stream {
            case .stdout: .stdout
            case .stderr: .stderr
            case .system: .system
            }
        self.init(
            number: number,
            at: PreciseTimestamp(nanosecondsSinceEpoch: line.nanosecondsSinceEpoch),
            stream: stream,
            text: line.text,
            isContinued: isContinued,
            isPartial: !line.isComplete
        )
    }
}

/// The command's own bytes, a chunk at a time.
private actor RawLogChunks: RunLogChunks {
    private let log: LogParts
    private let executor: ThreadExecutor
    private var offset = 0
    private var decoder = LogDecoder()

    init(log: LogParts, executor: ThreadExecutor) {
        self.log = log
        self.executor = executor
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    func next() async throws -> [UInt8]? {
        var raw: [UInt8] = []
        while raw.isEmpty {
            guard let chunk = try log.read(at: offset) else { return nil }
            offset += chunk.count
            decoder.decode(chunk, into: &raw)
        }
        return raw
    }
}
